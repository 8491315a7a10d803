"""What is wrong with tables, as remarks on the documents of their books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.readers.source import ReadResult
from auditor.records.fields import NAMES, TableName
from auditor.records.figures import Place
from auditor.records.model import Book, Document, NotChecked, Remark
from auditor.records.text import Text, Why
from auditor.tables.guard import Fault

__all__ = ["explained"]


def explained(
    books: tuple[Book, ...],
    faults: Iterable[Fault],
    left_out: Mapping[TableName, int],
    paths: Mapping[TableName, str],
) -> ReadResult:
    """Books with what is wrong with their tables as remarks on the tables' files, and how many
    rows were left out.
    """
    not_checked = [
        _left_out(paths[name], rows, "the findings say why", "理由は指摘に示します")
        for name, rows in left_out.items()
        if rows
    ]
    remarks: dict[str, dict[str, list[Remark]]] = {}
    keys = {book.key: None for book in books}
    for fault in sorted(
        faults,
        key=lambda fault: (NAMES.index(fault.table), fault.rule, fault.column, fault.row or 0),
    ):
        path = paths[fault.table]
        remark = _remark(fault, path)
        if not keys:
            detail = remark.detail or Text(en=fault.rule, ja=fault.rule)
            not_checked.append(
                NotChecked(document=path, why=Why(code=fault.rule, en=detail.en, ja=detail.ja))
            )
            continue
        owner = fault.book if fault.book in keys else next(iter(keys))
        remarks.setdefault(owner, {}).setdefault(path, []).append(remark)
    remarked = [_remarked(book, remarks.pop(book.key, {})) for book in books]
    return ReadResult(tuple(remarked), tuple(not_checked))


def _left_out(path: str, rows: int, en: str, ja: str) -> NotChecked:
    return NotChecked(
        document=path,
        why=Why(
            code="rows-left-out",
            en=f"{rows:,} {'row was' if rows == 1 else 'rows were'} not audited; {en}",
            ja=f"{rows:,} 行は点検していません。{ja}",
        ),
    )


def _remark(fault: Fault, path: str) -> Remark:
    line = fault.row
    book, of_book = (
        (f", book {fault.book}", f" 冊子 {fault.book}")
        if fault.book and fault.printed and not line
        else ("", "")
    )
    at_en, at_ja = (f", row {line}", f" {line}行目") if line else (book, of_book)
    if fault.cell:
        at_en, at_ja = f", {fault.cell}", f" {fault.cell}"
    where = path + at_en + (f", column {fault.column}" if fault.column else "")
    ort = path + at_ja + (f" {fault.column} 列" if fault.column else "")
    place = None if line is None else Place(line=line)
    if fault.cell:
        worksheet, _, address = fault.cell.rpartition("!")
        place = Place(sheet=worksheet, cell=address)
    value = f" ({fault.printed})" if fault.printed else ""
    more, hoka = (
        (f": {fault.more:,} more rows", f"：ほか {fault.more:,} 行") if fault.more else ("", "")
    )
    return Remark(
        rule=fault.rule,
        field=fault.column or None,
        printed=fault.printed,
        place=place,
        detail=Text(
            en=f"{where}{value}: {fault.detail.en}{more}",
            ja=f"{ort}{value}：{fault.detail.ja}{hoka}",
        ),
    )


def _remarked(book: Book, remarks: Mapping[str, list[Remark]]) -> Book:
    """The book with the remarks on the files that it came from."""
    if not remarks:
        return book
    documents = [
        document.model_copy(update={"remarks": (*document.remarks, *remarks[document.path])})
        if document.path in remarks
        else document
        for document in book.documents
    ]
    there = {document.path for document in documents}
    documents += [
        Document(
            path=path, form=book.form, fiscal_year=book.fiscal_year, remarks=tuple(remarks[path])
        )
        for path in remarks
        if path not in there
    ]
    return book.model_copy(update={"documents": tuple(documents)})
