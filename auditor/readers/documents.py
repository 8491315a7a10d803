"""The one way from paths to books: opens each document, finds its form and the reader for it, and
says what could not be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Final

from auditor.forms.loading import detect
from auditor.forms.model import Form
from auditor.readers.folders import found_in
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
from auditor.records.model import Book, Document, NotChecked
from auditor.records.text import Text, Why

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
]

# How files that are no text begin, and what they are.
_KINDS: Final = (
    (b"%PDF", "a PDF file", "PDF ファイル"),
    (
        b"\xd0\xcf\x11\xe0",
        "an Excel or Word file of the old kind (.xls, .doc)",
        "旧形式の Excel・Word ファイル (.xls, .doc)",
    ),
    (b"\x89PNG", "a picture (PNG)", "画像 (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "画像 (JPEG)"),
    (b"GIF8", "a picture (GIF)", "画像 (GIF)"),
    (b"\x1f\x8b", "a compressed file (gzip)", "圧縮ファイル (gzip)"),
    (b"PAR1", "a table (Parquet)", "表データ (Parquet)"),
)
_PACKED: Final = (
    (b"xl/workbook", "an Excel workbook (.xlsx)", "Excel ブック (.xlsx)"),
    (b"word/document", "a Word document (.docx)", "Word 文書 (.docx)"),
    (b"", "a ZIP archive", "ZIP ファイル"),
)


def read_documents(
    paths: Iterable[str | Path],
    *,
    forms: Mapping[str, Form],
    readers: Iterable[AnyReader],
    form: str | None = None,
    jobs: int = 1,
    told: Callable[[int, int], None] | None = None,
    tables: Collection[str] = (),
    worksheets: Sequence[str] = (),
    pages: str = "",
) -> ReadResult:
    """Read every document that can be read; of a folder, all documents below it. A path given
    twice is read once.

    ``form`` insists on a form by its name; of the ``readers`` the first that accepts a document
    reads it. A file that can't be read is an entry of ``not_checked`` and keeps no other from
    being read; so are the files of other kinds in a folder, but for the tables of the folders
    that ``tables`` names. ``jobs`` documents are read at a time, which changes nothing in the
    result; ``told`` hears how many of how many are read. ``worksheets`` and ``pages``, where they
    are given, say what is read of a workbook and of a PDF in place of those keys of each form.
    """
    if worksheets or pages:
        chosen: dict[str, object] = {"worksheets": tuple(worksheets)} if worksheets else {}
        if pages:
            chosen["pages"] = pages
        forms = {name: each.model_copy(update=chosen) for name, each in forms.items()}
    if form is not None and form not in forms:
        return ReadResult(not_checked=(NotChecked(why=unknown_form(form, forms)),))
    insisted, asked = forms[form] if form is not None else None, tuple(readers)
    distinct: dict[str, str] = {}
    books: list[Book] = []
    not_checked: list[NotChecked] = []
    for path in dict.fromkeys(map(str, paths)):
        found = found_in(path, tables)
        not_checked.extend(found.not_checked)
        for document in found.documents:
            distinct.setdefault(_identity(document), document)
    seen: set[tuple[str, str, int, str]] = set()
    for number, (path, result) in enumerate(
        _results(list(distinct.values()), forms, asked, insisted, jobs), 1
    ):
        if told is not None:
            told(number, len(distinct))
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
    return ReadResult(Book.merged(books), tuple(not_checked))


def documents_in(path: str) -> list[str]:
    """The documents below a folder, in the order of their names; a file, or a folder without any,
    as it is given.
    """
    return found_in(path).documents or [path]


def _results(
    paths: Sequence[str],
    forms: Mapping[str, Form],
    readers: Sequence[AnyReader],
    insisted: Form | None,
    jobs: int,
) -> Iterator[tuple[str, ReadResult]]:
    """What became of each path, in their order."""
    if jobs <= 1 or len(paths) <= 1:
        yield from ((path, _read(path, forms, readers, insisted)) for path in paths)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(
        jobs
    ) as pool:  # a reader keeps its document open between questions: each path has its own readers
        each = [
            pool.submit(_read, path, forms, [copy(reader) for reader in readers], insisted)
            for path in paths
        ]
        yield from ((path, result.result()) for path, result in zip(paths, each, strict=True))


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
            en=f"holds records of documents that were read already ({names}); this book was left out",
            ja=f"すでに読み込んだ文書 ({names}) の記録を含むため、この分は読み込んでいません",
        ),
    )


def _read(
    path: str, forms: Mapping[str, Form], readers: Sequence[AnyReader], insisted: Form | None
) -> ReadResult:
    name = ""
    try:
        source = Source.open(path)
        for reader in readers:
            if isinstance(reader, RecordReader) and reader.accepts_records(source):
                name = reader.name
                return reader.read_records(source, forms, insisted)
        documents = [reader for reader in readers if isinstance(reader, Reader)]
        form, reader = _chosen(source, forms, documents, insisted)
        name = reader.name
        return _books(path, form, reader.read(source, form))
    except UnreadableDocument as fault:
        return ReadResult(not_checked=(fault.not_checked,))
    except (
        Exception
    ) as fault:  # a reader that crashes has read nothing; the other documents are read all the same
        en = f"the reader {name or '(choosing one)'} failed: {type(fault).__name__}: {fault}"
        ja = f"読み取りプログラム {name or '(選択中)'} が途中で止まりました: {type(fault).__name__}: {fault}"
        return ReadResult(
            not_checked=(NotChecked(document=path, why=Why(code="crashed", en=en, ja=ja)),)
        )


def _chosen(
    source: Source, forms: Mapping[str, Form], readers: Sequence[Reader], insisted: Form | None
) -> tuple[Form, Reader]:
    """The form that fits and the first reader that accepts; raises UnreadableDocument where
    either is wanting or in doubt.

    Which form a text has, its words say; of anything else, only the readers can tell.
    """
    kind = _kind(source)
    known = ", ".join(forms) or "-"
    words = source.text if kind is None else None
    if words is None:
        words = next(
            (
                found
                for reader in readers
                if isinstance(reader, WordedReader) and (found := reader.words(source)) is not None
            ),
            None,
        )
    if insisted is not None:
        fitting: tuple[Form, ...] = (insisted,)
    elif words is None:
        fitting = tuple(
            form
            for form in forms.values()
            if any(reader.accepts(source, form) for reader in readers)
        )
    else:
        fitting = detect(words, forms.values())
        if not fitting:
            described = any(form.table is not None for form in forms.values())
            table, hyo = (
                (", or give --table for a table", "。表であれば --table を付けてください")
                if described
                else ("", "")
            )
            raise UnreadableDocument(
                source.path,
                "no-form",
                f"no form fits the text (known: {known}); name one with --form{table}",
                f"該当する様式がありません(登録済み: {known})。--form で様式を指定してください{hyo}",
            )
    if len(fitting) > 1:
        raise several_forms(source.path, fitting)
    for form in fitting:
        for reader in readers:
            if reader.accepts(source, form):
                return form, reader
    raise _refused(source, kind, readers)


def _kind(source: Source) -> tuple[str, str] | None:
    """What a file that is no text is, in both languages; None where its first bytes don't tell."""
    if source.data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((en, ja) for part, en, ja in _PACKED if part in source.data)
    return next(((en, ja) for magic, en, ja in _KINDS if source.data.startswith(magic)), None)


def _refused(
    source: Source, kind: tuple[str, str] | None, readers: Sequence[Reader]
) -> UnreadableDocument:
    if kind is not None:
        en, ja = (
            f"is {kind[0]}; there is no reader for it",
            f"{kind[1]}です。対応する読み取りプログラムがありません",
        )
        return UnreadableDocument(source.path, "binary", en, ja)
    if source.text is None and b"\0" in source.data:
        return UnreadableDocument(
            source.path, "binary", "is no text file", "テキストファイルではありません"
        )
    if source.text is None:
        en, ja = (
            "the text is encoded neither as UTF-8 nor as CP932 (Shift_JIS)",
            "文字コードが UTF-8 でも CP932 (Shift_JIS) でもありません",
        )
        return UnreadableDocument(source.path, "encoding", en, ja)
    names = ", ".join(reader.name for reader in readers) or "-"
    return UnreadableDocument(
        source.path,
        "no-reader",
        f"nothing that is laid out as a sheet or a table was found in it (readers: {names})",
        f"シートまたは表として読み取れる部分がありません(読み取りプログラム: {names})",
    )


def _books(path: str, form: Form, reading: Reading) -> ReadResult:
    """A document's records as books, one for each fiscal year that it holds records of."""
    found = [sheet.fiscal_year for sheet in reading.sheets] + [
        kpi.fiscal_year for kpi in reading.kpis
    ]
    if not found:
        reasons = [NotChecked(document=path, why=_nothing(form)), *reading.not_checked]
        for remark in reading.remarks:  # without records there is no book to hold them
            detail = remark.detail or Text(en=remark.printed, ja=remark.printed)
            reasons.append(
                NotChecked(document=path, why=Why(code=remark.rule, en=detail.en, ja=detail.ja))
            )
        return ReadResult(not_checked=tuple(reasons))
    main = reading.fiscal_year if reading.fiscal_year in found else found[0]
    of_sheet: dict[int | None, int] = {sheet.number: sheet.fiscal_year for sheet in reading.sheets}
    of_kpi = {kpi.number: kpi.fiscal_year for kpi in reading.kpis}
    books: list[Book] = []
    for year in dict.fromkeys((main, *found)):
        sheets = tuple(sheet for sheet in reading.sheets if sheet.fiscal_year == year)
        kpis = tuple(kpi for kpi in reading.kpis if kpi.fiscal_year == year)
        remarks = tuple(
            remark
            for remark in reading.remarks
            if (
                of_sheet.get(remark.sheet, main)
                if remark.sheet is not None
                else of_kpi.get(remark.kpi or 0, main)
            )
            == year
        )
        document = Document.of(
            path,
            form.name,
            year,
            sheets,
            kpis,
            remarks=remarks,
            not_checked=reading.not_checked if year == main else (),
            unread=tuple(
                number for number in reading.unread if of_sheet.get(number.sheet, main) == year
            ),
            parts=reading.parts if year == main else (),
        )
        books.append(
            Book(form=form.name, fiscal_year=year, documents=(document,), sheets=sheets, kpis=kpis)
        )
    return ReadResult(tuple(books))


def _nothing(form: Form) -> Why:
    return Why(
        code="no-records",
        en=f"no sheet and no indicator of the form {form.name} could be read",
        ja=f"様式 {form.name} の事業シートも指標も読み取れませんでした",
    )
