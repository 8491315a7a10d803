"""Reads records from JSON: the program's own, and hand-made ones with gaps among them.

Here a file's documents get their books and forms; ``auditor.readers.json.shapes`` completes the
single record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, cast

from auditor.forms.model import Form
from auditor.readers.json.exact import Object, as_list, load_json, shortened
from auditor.readers.json.shapes import RecordShape, stated_figures
from auditor.readers.json.validation import WrongRecord, as_object, unknown_keys, validated
from auditor.readers.json.writing import SCHEMA_VERSION
from auditor.readers.source import (
    ReadResult,
    Source,
    UnreadableDocument,
    several_forms,
    titles,
    unknown_form,
)
from auditor.records.fields import figure_names
from auditor.records.figures import Record
from auditor.records.model import (
    SHEET_FIELDS,
    Book,
    Document,
    Kpi,
    NotChecked,
    Part,
    Remark,
    Sheet,
    UnreadNumber,
)
from auditor.records.text import Text, Why

__all__ = ["read_records"]

_FIGURES: Final = (
    *SHEET_FIELDS,
    *(name for name in figure_names("kpi") if Kpi.model_fields[name].is_required()),
)
_TOP: Final = frozenset({"schema_version", "head", "documents", "sheets", "kpis", "not_checked"})


def read_records(source: Source, forms: Mapping[str, Form], form: Form | None = None) -> ReadResult:
    """The books of a file; ``form`` insists on one. Raises UnreadableDocument where nothing can be
    made of it.
    """
    return _RecordsFile(source.path, forms, form).read(load_json(source))


_Source = tuple[str, str]
"""A document's path and the name of its book."""


class _Entry(Record):
    """A document as the file lists it; a hand may leave book, form, fiscal year and counts out."""

    path: str
    book: str = ""
    form: str | None = None
    fiscal_year: int | None = None
    sha256: str | None = None
    sheets: int | None = None
    kpis: int | None = None
    figures: int | None = None
    unread: tuple[UnreadNumber, ...] = ()
    parts: tuple[Part, ...] = ()
    remarks: tuple[Remark, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


@dataclass
class _Held:
    """A document of one form and fiscal year, gathering its records; ``unknown`` remarks are
    summed up by their keys.
    """

    path: str
    name: str
    form: Form
    fiscal_year: int
    entry: _Entry | None = None
    sheets: list[Sheet] = field(default_factory=list[Sheet])
    kpis: list[Kpi] = field(default_factory=list[Kpi])
    remarks: list[Remark] = field(default_factory=list[Remark])
    unknown: dict[str, list[Remark]] = field(default_factory=dict[str, list[Remark]])

    def book(self) -> Book:
        """The book that holds this document alone."""
        entry = self.entry or _Entry(path=self.path)
        new = [*self.remarks, *(_summed(remarks) for remarks in self.unknown.values())]
        document = Document.of(
            self.path,
            self.form.name,
            self.fiscal_year,
            self.sheets,
            self.kpis,
            sha256=entry.sha256,
            unread=entry.unread,
            parts=entry.parts,
            remarks=(*entry.remarks, *(remark for remark in new if remark not in entry.remarks)),
            not_checked=entry.not_checked,
        )
        return Book(
            name=self.name,
            form=self.form.name,
            fiscal_year=self.fiscal_year,
            documents=(document,),
            sheets=tuple(self.sheets),
            kpis=tuple(self.kpis),
        )


def _summed(remarks: Sequence[Remark]) -> Remark:
    """One remark for a key that many records have."""
    first = remarks[0]
    if len(remarks) == 1 or first.detail is None:
        return first
    more = len(remarks) - 1
    detail = Text(
        en=f"{first.detail.en} (and {more} more like it)",
        ja=f"{first.detail.ja}（ほか同様のものが{more}か所）",
    )
    return first.model_copy(update={"detail": detail, "sheet": None, "kpi": None})


class _RecordsFile:
    """One pass over a file's records."""

    def __init__(self, path: str, forms: Mapping[str, Form], insisted: Form | None) -> None:
        self.path, self.forms, self.insisted = path, forms, insisted
        self.listed: list[_Entry] = []
        self.entries: dict[_Source, list[_Entry]] = {}
        self.books_of: dict[str, set[str]] = {}
        self.forms_of: dict[_Source, Form | None] = {}
        self.guessed: Form | UnreadableDocument | None = None
        self.held: dict[tuple[_Source, int], _Held] = {}
        self.loose: list[Remark] = []
        self.not_checked: list[NotChecked] = []

    def read(self, data: Any) -> ReadResult:
        """The books of the file, with what could not be read."""
        top = self._top(data)
        documents, sheets, kpis = (
            self._list(top, name) for name in ("documents", "sheets", "kpis")
        )
        if not documents and not sheets and not kpis:
            raise self._fault(
                "no-records",
                "holds no records: neither sheets nor kpis",
                "記録（sheets、kpis）がありません",
            )
        self._take_documents(documents)
        self._guess(sheets, kpis)
        for entry in self.listed:
            source = entry.path, entry.book
            form = self._form(source)
            if form is not None and entry.fiscal_year is not None:
                self.held[source, entry.fiscal_year] = _Held(
                    *source, form, entry.fiscal_year, entry
                )
        self._take_records("sheet", sheets)
        self._take_records("kpi", kpis)
        self._count(sheets, kpis)
        self._take_not_checked(self._list(top, "not_checked"))
        self.loose += unknown_keys([(key, top[key]) for key in top if key not in _TOP])
        self._place_loose()
        return ReadResult(
            Book.merged(held.book() for held in self.held.values()), tuple(self.not_checked)
        )

    def _fault(self, code: str, en: str, ja: str) -> UnreadableDocument:
        return UnreadableDocument(self.path, code, en, ja)

    def _top(self, data: Any) -> Object:
        """The file's outermost object, of a version that this program reads."""
        if not isinstance(data, dict):
            en, ja = (
                'records are an object {"sheets": […], "kpis": […]}',
                '記録は {"sheets": […], "kpis": […]} の形の JSON です',
            )
            raise self._fault("wrong-shape", en, ja)
        top = cast(Object, data)
        version = top.get("schema_version", SCHEMA_VERSION)
        if type(version) is not int or version != SCHEMA_VERSION:
            raise self._fault(
                "schema-version",
                f"schema version {shortened(version)} is not known; "
                f"this program reads {SCHEMA_VERSION}",
                f"スキーマの版 {shortened(version)} には対応していません。"
                f"対応する版は {SCHEMA_VERSION} です",
            )
        return top

    def _list(self, top: Object, name: str) -> list[Any]:
        value = top.get(name)
        if value is not None and not isinstance(value, list):
            raise self._fault(
                "wrong-shape", f"{name} is not a list", f"{name} がリストではありません"
            )
        return as_list(value)

    # Documents and their forms.

    def _take_documents(self, raws: Sequence[Any]) -> None:
        """Take up the documents that the file lists."""
        for index, raw in enumerate(raws):
            at = f"documents[{index}]"
            try:
                entry, unknown = validated(_Entry, as_object(raw, at), at)
            except WrongRecord as wrong:
                raise self._fault("wrong-record", wrong.message.en, wrong.message.ja) from None
            self.loose += unknown_keys(unknown)
            twins = self.entries.setdefault((entry.path, entry.book), [])
            if any(
                twin.fiscal_year == entry.fiscal_year or twin.form != entry.form for twin in twins
            ):
                en, ja = (
                    "lists a document again, with the same year or another form",
                    "同じ文書が、同じ年度または別の様式で重複しています",
                )
                raise self._fault("wrong-record", f"{at}: {en}", f"{at}：{ja}")
            twins.append(entry)
            self.listed.append(entry)
            self.books_of.setdefault(entry.path, set()).add(entry.book)

    def _guess(self, sheets: Sequence[Any], kpis: Sequence[Any]) -> None:
        """The form of documents that name none: the only one that has every figure of their
        records.
        """
        unnamed = [raw for raw in sheets if self._named_form(self._source(raw)) is None]
        indicators = any(self._named_form(self._source(raw)) is None for raw in kpis)
        names = set(chain.from_iterable(map(stated_figures, unnamed)))
        fitting = [
            form
            for form in self.forms.values()
            if names <= form.fields.keys() and (form.kpi is not None or not indicators)
        ]
        if len(fitting) == 1:
            self.guessed = fitting[0]
        elif fitting:
            self.guessed = several_forms(self.path, fitting)
        else:
            names_of_forms = ", ".join(self.forms) or "-"
            self.guessed = self._fault(
                "no-form",
                f"no form has all figures of these records (known: {names_of_forms}); "
                "name one with --form",
                f"この記録の項目をすべて持つ様式がありません。--form で様式を指定してください。"
                f"登録されている様式：{titles(self.forms.values())}",
            )

    def _source(self, raw: Any) -> _Source:
        """Where a record belongs; one that names no book is of the only one that its document is
        listed in.
        """
        record = cast(Object, raw) if isinstance(raw, dict) else {}
        path, book = record.get("document"), record.get("book")
        path = path if isinstance(path, str) and path else self.path
        if book is None and len(books := self.books_of.get(path, ())) == 1:
            book = next(iter(books))
        return path, book if isinstance(book, str) else ""

    def _named_form(self, source: _Source) -> str | None:
        return next(
            (entry.form for entry in self.entries.get(source, ()) if entry.form is not None), None
        )

    def _form(self, source: _Source) -> Form | None:
        """The form of a document's records; where it has none, that is said once."""
        if self.insisted is not None:
            return self.insisted
        if source not in self.forms_of:
            name = self._named_form(source)
            form = self.guessed if name is None else self.forms.get(name)
            self.forms_of[source] = form if isinstance(form, Form) else None
            if not isinstance(form, Form):
                why = form.message if form is not None else unknown_form(name or "", self.forms)
                self.not_checked.append(NotChecked(document=source[0], why=why))
        return self.forms_of[source]

    def _holder(self, source: _Source, form: Form, fiscal_year: int) -> _Held:
        """The listed document of that path, book and year, else the only listed one, else one
        that nobody listed.
        """
        entries = self.entries.get(source, [])
        fitting = [entry for entry in entries if entry.fiscal_year == fiscal_year] or (
            entries if len(entries) == 1 else []
        )
        entry = fitting[0] if fitting else None
        year = fiscal_year if entry is None or entry.fiscal_year is None else entry.fiscal_year
        if (source, year) not in self.held:
            taken = any(held.entry is entry for held in self.held.values())
            self.held[source, year] = _Held(*source, form, year, None if taken else entry)
        return self.held[source, year]

    # Records.

    def _take_records(self, kind: str, raws: Sequence[Any]) -> None:
        """Take up the records of a kind; a wrong one is named, and the others are read."""
        counts: Counter[_Source] = Counter()
        for index, raw in enumerate(raws):
            source = self._source(raw)
            counts[source] += 1
            form = self._form(source)
            if form is None:
                continue
            try:
                self._take_record(kind, f"{kind}s[{index}]", raw, source, counts[source], form)
            except WrongRecord as wrong:
                self.not_checked.append(
                    NotChecked(
                        document=source[0],
                        sheet=counts[source] if kind == "sheet" else None,
                        why=wrong.message,
                    )
                )

    def _take_record(
        self, kind: str, at: str, raw: Any, source: _Source, position: int, form: Form
    ) -> None:
        """Take up one record, numbered by its position where it has no number."""
        # In a figure's place null is a blank cell; anywhere else it is as good as not there.
        stated = {
            key: value
            for key, value in as_object(raw, at).items()
            if value is not None or key in _FIGURES
        }
        data: Object = {"document": source[0], "number": position} | stated
        if isinstance(data.get("book"), str):
            del data["book"]
        listed = self.entries.get(source, [])
        if "fiscal_year" not in data and len(listed) == 1 and listed[0].fiscal_year is not None:
            data["fiscal_year"] = listed[0].fiscal_year
        number = data["number"] if isinstance(data["number"], int) else None
        if kind == "sheet":
            shape = RecordShape(form, at, "sheet", number)
            sheet = shape.sheet(data)
            held = self._holder(source, form, sheet.fiscal_year)
            held.sheets.append(sheet)
        else:
            shape = RecordShape(form, at, "kpi", number)
            kpi = shape.kpi(data)
            held = self._holder(source, form, kpi.fiscal_year)
            held.kpis.append(kpi)
        held.remarks += shape.remarks
        for remark in shape.unknown:
            held.unknown.setdefault(f"{kind} {remark.field}", []).append(remark)

    # What belongs to no record.

    def _count(self, sheets: Sequence[Any], kpis: Sequence[Any]) -> None:
        """Says where a listed document has no records, or not as many as it is said to have."""
        counts = {
            "sheets": Counter(map(self._source, sheets)),
            "kpis": Counter(map(self._source, kpis)),
        }
        for source, entries in self.entries.items():
            path = source[0]
            for entry in entries:
                if self._form(source) is not None and not any(
                    held.entry is entry for held in self.held.values()
                ):
                    why = Why(
                        code="no-records",
                        en="there are no records of this document",
                        ja="この文書の記録がありません",
                    )
                    self.not_checked += [NotChecked(document=path, why=why), *entry.not_checked]
            for name, there in counts.items():
                stated = [
                    count
                    for entry in entries
                    if (count := entry.sheets if name == "sheets" else entry.kpis) is not None
                ]
                if len(stated) == len(entries) and sum(stated) != there[source]:
                    en = (
                        f"the document is said to have {sum(stated)} {name}; "
                        f"the file holds {there[source]}"
                    )
                    ja = (
                        f"この文書の {name} は{sum(stated)}件とされていますが、"
                        f"ファイルには{there[source]}件あります"
                    )
                    self.not_checked.append(
                        NotChecked(document=path, why=Why(code="records-missing", en=en, ja=ja))
                    )

    def _take_not_checked(self, raws: Sequence[Any]) -> None:
        for index, raw in enumerate(raws):
            at = f"not_checked[{index}]"
            try:
                entry, unknown = validated(NotChecked, as_object(raw, at), at)
            except WrongRecord as wrong:
                entry, unknown = NotChecked(document=self.path, why=wrong.message), []
            self.not_checked.append(entry)
            self.loose += unknown_keys(unknown)

    def _place_loose(self) -> None:
        """Remarks on the file as a whole go to its first document; where it has none, nothing was
        read, which is said already.
        """
        first = next(iter(self.held.values()), None)
        if first is not None:
            first.remarks += self.loose
