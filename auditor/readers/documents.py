"""The one way from paths to books: opens each document, finds its form and the reader for it.

What could not be read is said in the result.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar, cast

from auditor.files.confined import in_order
from auditor.forms.loading import detect
from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.folders import contents_of
from auditor.readers.kinds import explained, kind_of, refused
from auditor.readers.remarks import alike
from auditor.readers.source import (
    AnyReader,
    Reader,
    Reading,
    ReadResult,
    RecordReader,
    Source,
    UnreadableDocument,
    WordedReader,
    several_forms,
    unknown_form,
)
from auditor.readers.wording import folded
from auditor.records.errors import fault_line
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, NotChecked, PassedOver, Remark
from auditor.records.text import Text, Why

if TYPE_CHECKING:
    from auditor.files.own.copies import MarkedCopy

__all__ = [
    "AnyReader",
    "ReadResult",
    "Reader",
    "Reading",
    "RecordReader",
    "Source",
    "UnreadableDocument",
    "documents_in",
    "read_documents",
    "unchanged_copy",
]

T = TypeVar("T")

# Codes of documents that no reader knows.
_UNKNOWN: Final = ("binary", "no-form", "no-reader")


def read_documents(
    paths: Iterable[str | Path],
    *,
    forms: Mapping[str, Form],
    readers: Iterable[AnyReader],
    form: str | None = None,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    tables: Collection[str] = (),
    worksheets: Sequence[str] = (),
    pages: str = "",
    name_of: Callable[[str], str] = str,
    catalogue: Mapping[str, Path] = FrozenDict(),
) -> ReadResult:
    """Read every document that can be read; of a folder, all documents below it. A path given
    twice is read once.

    ``form`` insists on a form by its name; of the ``readers`` the first that accepts a document
    reads it. A file that can't be read is an entry of ``not_checked`` and keeps no other from
    being read; so are the files of other kinds in a folder, but for the tables of the folders
    that ``tables`` names. ``jobs`` documents are read at a time, which changes nothing in the
    result; ``progress`` hears how many of how many are read. ``worksheets`` and ``pages``, where
    they are given, say what is read of a workbook and of a PDF in place of those keys of each form.
    ``name_of`` gives the name that a path has in the result, its own if it is left out. A document
    that no form fits is held against the ``catalogue`` too, the files of forms that are not in use.
    """
    if worksheets or pages:
        chosen: dict[str, object] = {"worksheets": tuple(worksheets)} if worksheets else {}
        if pages:
            chosen["pages"] = pages
        forms = {name: each.model_copy(update=chosen) for name, each in forms.items()}
    if form is not None and form not in forms:
        return ReadResult(not_checked=(NotChecked(why=unknown_form(form, forms)),))
    choice = _Forms(forms, forms[form] if form is not None else None, catalogue)
    readers = tuple(readers)
    books: list[Book] = []
    inputs = _Inputs(paths, tables, name_of)
    not_checked = inputs.not_checked
    documents = inputs.documents
    seen: set[tuple[str, str, int, str]] = set()
    for number, (path, result) in enumerate(_results(documents, name_of, choice, readers, jobs), 1):
        if progress is not None:
            progress(number, len(documents))
        not_checked.extend(result.not_checked)
        for book in result.books:
            keys = {
                (book.key, book.form, book.fiscal_year, document.path)
                for document in book.documents
            }
            if keys & seen:
                not_checked.append(_twice(path, sorted(key[3] for key in keys & seen)))
            else:
                books.append(book)
            seen |= keys
    return ReadResult(
        Book.merged(books),
        tuple(not_checked),
        tuple(dict.fromkeys(inputs.passed_over)),
        FrozenDict(inputs.copies),
    )


class _Inputs:
    """The documents of some paths, each once, and what else the paths hold.

    ``copies`` are the marked copies among the documents, by their names in the result.
    """

    def __init__(
        self, paths: Iterable[str | Path], tables: Collection[str], name_of: Callable[[str], str]
    ) -> None:
        self._name_of = name_of
        self.not_checked: list[NotChecked] = []
        self.passed_over: list[PassedOver] = []
        self.copies: dict[str, MarkedCopy] = {}
        distinct: dict[str, str] = {}
        marked: dict[str, None] = {}
        for path in dict.fromkeys(map(str, paths)):
            contents = contents_of(path, tables)
            self.not_checked += (_named(reason, name_of) for reason in contents.not_checked)
            for item in contents.passed_over:
                self._pass_over(item.document, item.why)
            marked |= dict.fromkeys(map(_identity, contents.copies))
            for document in contents.documents:
                distinct.setdefault(_identity(document), document)
        self.documents = list(distinct.values())
        if marked:
            self._take_copies([distinct[key] for key in marked])

    def _pass_over(self, path: str, why: Why) -> None:
        self.passed_over.append(PassedOver(document=self._name_of(path), why=why))

    def _take_copies(self, marked: Sequence[str]) -> None:
        """Take up the marked copies. Those that are as they were written, and whose originals are
        read, need not be read: they say what the originals do.
        """
        originals = {_sha256(path): path for path in reversed(self.documents)}
        for path in marked:
            copy_of = _copy_at(path)
            if copy_of is None:
                continue
            original = originals.get(copy_of.original)
            if copy_of.state == "untouched" and original is not None:
                self.documents.remove(path)
                self._pass_over(path, unchanged_copy(self._name_of(original)))
            else:
                self.copies[self._name_of(path)] = copy_of


def _sha256(path: str) -> str | None:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):  # reading it says so
        return None


def _copy_at(path: str) -> MarkedCopy | None:
    from auditor.files.own.copies import copy_in  # few audits hold a copy

    try:
        return copy_in(Path(path).read_bytes())
    except OSError:
        return None


def unchanged_copy(original: str) -> Why:
    """Why a marked copy in which nothing was changed is passed over."""
    return Why(
        code="unchanged-copy",
        en=f"a marked copy of {original}, in which nothing was changed",
        ja=f"「{original}」に指摘を書き込んだ写し（変更なし）",
    )


def documents_in(path: str) -> list[str]:
    """The documents below a folder, in the order of their names; a file, or a folder without any,
    as it is given.
    """
    return contents_of(path).documents or [path]


def _results(
    paths: Sequence[str],
    name_of: Callable[[str], str],
    forms: _Forms,
    readers: Sequence[AnyReader],
    jobs: int,
) -> Iterator[tuple[str, ReadResult]]:
    """The name of each path and what became of it, in their order."""
    names = list(map(name_of, paths))
    jobs = min(jobs, len(paths))
    works: list[Callable[[], ReadResult]] = []
    for path, name in zip(paths, names, strict=True):
        # A reader keeps its document open between questions: each job has its own readers.
        of_path = [copy(reader) for reader in readers] if jobs > 1 else readers
        works.append(partial(_read, path, name, forms, of_path))
    yield from zip(names, in_order(works, jobs), strict=True)


def _identity(path: str | Path) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # no path that a file can have; opening it says so
        return str(path)


def _twice(path: str, documents: Sequence[str]) -> NotChecked:
    """Records of a document that was read already: counting them twice would find its faults
    twice.
    """
    names = ", ".join(documents)
    return NotChecked(
        document=path,
        why=Why(
            code="read-twice",
            en=f"holds records of documents that were read already ({names}); "
            "this book was left out",
            ja=f"すでに読み込んだ文書（{'、'.join(documents)}）の記録を含むため、"
            "この分は読み込んでいません",
        ),
    )


def _named(reason: NotChecked, name_of: Callable[[str], str]) -> NotChecked:
    """The reason with the name of its document in place of its path."""
    if reason.document is None:
        return reason
    return reason.model_copy(update={"document": name_of(reason.document)})


def _read(
    path: str,
    name: str,
    forms: _Forms,
    readers: Sequence[AnyReader],
) -> ReadResult:
    """What became of one document, which the result calls ``name``. Nothing that happens in it
    stops the reading of others.
    """
    try:
        source = replace(Source.open(path), path=name)
    except UnreadableDocument as fault:
        return ReadResult(not_checked=(_named(fault.not_checked, lambda _: name),))
    candidates = _Readers(name, readers)
    try:
        result = _of_source(source, forms, candidates)
    except _ReaderFailed:
        result = ReadResult()
    except UnreadableDocument as fault:
        # Where a reader failed, it may be the one that was wanting.
        unread = fault.message.code in _UNKNOWN and candidates.failures
        result = ReadResult(not_checked=() if unread else (fault.not_checked,))
    except Exception as fault:  # the other documents are read all the same
        result = ReadResult(
            not_checked=(_crashed(name, "the choice of a reader", "読み取り方法の選択", fault),)
        )
    reasons = result.not_checked
    if not result.books:
        reasons = _explained(source, reasons, forms.in_use.values())
    return result._replace(not_checked=(*reasons, *candidates.failures))


def _explained(
    source: Source, missed: Sequence[NotChecked], forms: Iterable[Form]
) -> tuple[NotChecked, ...]:
    """Why nothing of a document was read, with what to do about it."""
    reasons = explained(source, [reason.why for reason in missed], forms)
    if len(reasons) != len(missed):
        return tuple(NotChecked(document=source.path, why=why) for why in reasons)
    return tuple(
        reason.model_copy(update={"why": why}) for reason, why in zip(missed, reasons, strict=True)
    )


def _of_source(source: Source, forms: _Forms, readers: _Readers) -> ReadResult:
    """What the reader makes of the document that knows it best."""
    for record_reader in readers.of_records:
        if readers.ask(record_reader.name, partial(record_reader.accepts_records, source)):
            records = partial(_records, record_reader, source, forms.in_use, forms.insisted)
            return readers.insist(record_reader.name, records)
    form, reader, words = _chosen(source, forms, readers)

    def books() -> ReadResult:
        try:
            return _books(source, form, reader.read(source, form))
        except UnreadableDocument as fault:
            if fault.message.code != "no-sheet" or words is None:
                raise
            from auditor.readers.near import without_labels

            raise without_labels(fault, form, words) from None

    return readers.insist(reader.name, books)


def _records(
    reader: RecordReader, source: Source, forms: Mapping[str, Form], insisted: Form | None
) -> ReadResult:
    result = reader.read_records(source, forms, insisted)
    # A plugin may give anything.
    if not isinstance(cast(object, result), ReadResult):
        raise TypeError(f"read_records gives {type(result).__name__}, which is no ReadResult")
    return result


def _words(reader: WordedReader, source: Source) -> str | None:
    words = reader.words(source)
    # A plugin may give anything.
    if not isinstance(cast(object, words), str | None):
        raise TypeError(f"words gives {type(words).__name__}, which is no text")
    return words


def _crashed(path: str, en: str, ja: str, fault: BaseException) -> NotChecked:
    message = fault_line(fault)
    why = Why(
        code="crashed", en=f"{en} failed: {message}", ja=f"{ja}が途中で止まりました：{message}"
    )
    return NotChecked(document=path, why=why)


class _ReaderFailed(Exception):
    """The reader that has a document did not come to an end."""


class _Forms(NamedTuple):
    """The forms that documents may have, the one that is insisted on, and the files of those that
    are used by name alone.
    """

    in_use: Mapping[str, Form]
    insisted: Form | None
    catalogue: Mapping[str, Path]


class _Readers:
    """The readers of one document. They may be foreign code: one that fails is named, and it is
    asked no more.
    """

    def __init__(self, path: str, readers: Iterable[AnyReader]) -> None:
        self.path, self._readers = path, tuple(readers)
        self.failures: list[NotChecked] = []
        self._failed: set[str] = set()

    @property
    def of_records(self) -> list[RecordReader]:
        """Those that read records, and have not failed."""
        return [reader for reader in self._usable if isinstance(reader, RecordReader)]

    @property
    def of_documents(self) -> list[Reader]:
        """Those that read documents, and have not failed."""
        return [reader for reader in self._usable if isinstance(reader, Reader)]

    @property
    def _usable(self) -> list[AnyReader]:
        return [reader for reader in self._readers if reader.name not in self._failed]

    def ask(self, name: str, call: Callable[[], T]) -> T | None:
        """What a reader answers; None where it fails. Raises UnreadableDocument."""
        try:
            return call()
        except (UnreadableDocument, KeyboardInterrupt):
            raise
        except BaseException as fault:
            failure = _crashed(
                self.path, f"the reader {name}", f"読み取りプログラム {name} ", fault
            )
            self.failures.append(failure)
            self._failed.add(name)
            return None

    def insist(self, name: str, call: Callable[[], T]) -> T:
        """What a reader answers; raises _ReaderFailed where it fails, and UnreadableDocument."""
        answer = self.ask(name, call)
        if answer is None:
            raise _ReaderFailed
        return answer


def _chosen(source: Source, forms: _Forms, readers: _Readers) -> tuple[Form, Reader, str | None]:
    """The form that fits, the first reader that accepts, and the document's words where they are
    known; raises UnreadableDocument where form or reader is wanting or in doubt.

    Which form a text has, its words say; of anything else, only the readers can tell.
    """
    kind = kind_of(source)
    words = source.text if kind is None else None
    for reader in readers.of_documents if words is None else ():
        if isinstance(reader, WordedReader):
            words = readers.ask(reader.name, partial(_words, reader, source))
        if words is not None:
            break
    in_use = forms.in_use.values()
    if forms.insisted is not None:
        fitting: tuple[Form, ...] = (forms.insisted,)
    elif words is None:
        fitting = tuple(form for form in in_use if _accepting(source, form, readers) is not None)
    else:
        body = source.body if words is source.text else squeezed(folded(words))
        fitting = detect(body, in_use)
        if not fitting:
            from auditor.readers.near import no_form  # most documents have a form

            raise no_form(source.path, words, forms.in_use, forms.catalogue)
    if len(fitting) > 1:
        raise several_forms(source.path, fitting)
    for form in fitting:
        if (accepting := _accepting(source, form, readers)) is not None:
            return form, accepting, words
    raise refused(source, [reader.name for reader in readers.of_documents])


def _accepting(source: Source, form: Form, readers: _Readers) -> Reader | None:
    """The first reader that accepts the document."""
    for reader in readers.of_documents:
        if readers.ask(reader.name, partial(reader.accepts, source, form)):
            return reader
    return None


def _books(source: Source, form: Form, reading: Reading) -> ReadResult:
    """A document's records as books, one for each fiscal year that it holds records of."""
    years = [sheet.fiscal_year for sheet in reading.sheets]
    years += [kpi.fiscal_year for kpi in reading.kpis]
    path = source.path
    if not years:
        return ReadResult(not_checked=_reasons_without_records(path, form, reading))
    main = reading.fiscal_year if reading.fiscal_year in years else years[0]
    of_sheet: dict[int | None, int] = {sheet.number: sheet.fiscal_year for sheet in reading.sheets}
    of_kpi: dict[int | None, int] = {kpi.number: kpi.fiscal_year for kpi in reading.kpis}

    def year_of(remark: Remark) -> int:
        """The year of the record that a remark is on; one on no record is in the main book."""
        if remark.sheet is not None:
            return of_sheet.get(remark.sheet, main)
        return of_kpi.get(remark.kpi, main)

    books: list[Book] = []
    for year in dict.fromkeys((main, *years)):
        sheets = tuple(sheet for sheet in reading.sheets if sheet.fiscal_year == year)
        kpis = tuple(kpi for kpi in reading.kpis if kpi.fiscal_year == year)
        unread = (number for number in reading.unread if of_sheet.get(number.sheet, main) == year)
        document = Document.of(
            path,
            form.name,
            year,
            sheets,
            kpis,
            sha256=source.sha256,
            remarks=tuple(alike([remark for remark in reading.remarks if year_of(remark) == year])),
            not_checked=reading.not_checked if year == main else (),
            unread=tuple(unread),
            parts=reading.parts if year == main else (),
        )
        books.append(
            Book(form=form.name, fiscal_year=year, documents=(document,), sheets=sheets, kpis=kpis)
        )
    return ReadResult(tuple(books))


def _reasons_without_records(path: str, form: Form, reading: Reading) -> tuple[NotChecked, ...]:
    """Why a document gave no record; its remarks are among the reasons, for there is no book to
    hold them.
    """
    reasons = [NotChecked(document=path, why=_nothing(form)), *reading.not_checked]
    for remark in reading.remarks:
        detail = remark.detail or Text(en=remark.printed, ja=remark.printed)
        why = Why(code=remark.rule, en=detail.en, ja=detail.ja)
        reasons.append(NotChecked(document=path, why=why))
    return tuple(reasons)


def _nothing(form: Form) -> Why:
    return Why(
        code="no-records",
        en=f"no sheet and no indicator of the form {form.name} could be read",
        ja=f"様式 {form.name} の事業シートも指標も読み取れませんでした",
    )
