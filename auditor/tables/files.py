"""Tables in files: a folder of Parquet or CSV files or single ones, to books; what is wrong with them becomes TBL findings.

A file that can't be read, and rows that had to be left out, are said in ``not_checked``; all else is audited.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import polars as pl

from auditor.figures import Place
from auditor.forms import Form
from auditor.model import Book, Document, NotChecked, Remark, Text, Why
from auditor.readers.source import ReadResult, Source, UnreadableDocument
from auditor.tables.guard import Fault, Guarded, guarded
from auditor.tables.records import Tables, UnusableTables, books_of
from auditor.tables.shape import NAMES, SHOWN, TableName

__all__ = ["read_frames", "read_tables", "told", "write_tables"]

_KINDS: Final = (".parquet", ".csv", ".tsv")
# A column that only one kind of table has, for files whose names don't say which table they are.
_TELLING: Final[tuple[tuple[str, TableName], ...]] = (
    ("kind", "years"),
    ("total_cost", "years"),
    ("target", "kpis"),
    ("actual", "kpi_years"),
    ("result", "evaluations"),
    ("remarks", "documents"),
    ("population", "sheets"),
    ("name", "sheets"),
)


@dataclass
class _File:
    """One table's file: its rows, and the line on which each of them starts where it is a text."""

    path: str
    frame: pl.DataFrame
    lines: Sequence[int] | None = None
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: int = 0

    def line(self, row: int) -> int:
        """As a person counts: the line of a text, the row of a Parquet file from 1."""
        return self.lines[row] if self.lines is not None else row + 1


def read_tables(paths: Iterable[str | Path], forms: Mapping[str, Form], form: str | None = None) -> ReadResult:
    """The books of the tables in ``paths``; ``form`` is that of tables which don't name one.

    Each folder holds tables that belong together, and so do all the single files.
    """
    distinct = {os.path.realpath(path): Path(path) for path in paths}.values()
    together = [[path] for path in distinct if path.is_dir()]
    if single := [path for path in distinct if not path.is_dir()]:
        together.append(single)
    results = [_read(group, forms, form) for group in together]
    return ReadResult(
        tuple(book for result in results for book in result.books), tuple(missed for result in results for missed in result.not_checked)
    )


def _read(paths: Iterable[Path], forms: Mapping[str, Form], form: str | None) -> ReadResult:
    files, not_checked = _files(paths)
    if not files:
        return ReadResult(not_checked=tuple(not_checked))
    frames: dict[TableName, pl.DataFrame] = {name: file.frame for name, file in files.items()}
    checked = guarded(frames, forms, form)
    checked.faults[:0] = [fault for file in files.values() for fault in file.faults]
    return _result(checked, files, forms, not_checked)


def read_frames(tables: Tables, forms: Mapping[str, Form], form: str | None = None) -> ReadResult:
    """The same of frames in memory; a table's name stands for its file."""
    files: dict[TableName, _File] = {name: _File(name, frame) for name, frame in tables.frames.items()}
    return _result(guarded(tables.frames, forms, form), files, forms, [])


def told(books: tuple[Book, ...], checked: Guarded, tables: Tables) -> ReadResult:
    """Books of tables in memory with what is wrong with the tables."""
    files: dict[TableName, _File] = {name: _File(name, frame) for name, frame in tables.frames.items()}
    return _with_faults(books, checked, files, [])


def _result(checked: Guarded, files: Mapping[TableName, _File], forms: Mapping[str, Form], not_checked: list[NotChecked]) -> ReadResult:
    try:
        books = books_of(checked, forms, {name: file.path for name, file in files.items()})
    except UnusableTables as unusable:
        books, checked.faults = (), [*checked.faults, *unusable.faults]
    return _with_faults(books, checked, files, not_checked)


def _with_faults(books: tuple[Book, ...], checked: Guarded, files: Mapping[TableName, _File], not_checked: list[NotChecked]) -> ReadResult:
    for name, file in files.items():
        out = checked.left_out.get(name, 0) + file.left_out
        if out:
            not_checked.append(_left_out(file.path, out, "the findings say why", "理由は指摘に示します"))
    remarks: dict[str, dict[str, list[Remark]]] = {}
    known = [book_key(book) for book in books]
    for fault in checked.faults:
        file = files[fault.table]
        remark = _remark(fault, file)
        if not known:
            detail = remark.detail or Text(en=fault.rule, ja=fault.rule)
            not_checked.append(NotChecked(document=file.path, why=Why(code=fault.rule, en=detail.en, ja=detail.ja)))
            continue
        owner = fault.book if fault.book in known else known[0]
        remarks.setdefault(owner, {}).setdefault(file.path, []).append(remark)
    return ReadResult(tuple(_remarked(book, remarks.get(book_key(book), {})) for book in books), tuple(not_checked))


def book_key(book: Book) -> str:
    """The name of a book in tables that don't name it otherwise."""
    return f"{book.form}-{book.fiscal_year}"


def _left_out(path: str, rows: int, en: str, ja: str) -> NotChecked:
    return NotChecked(
        document=path, why=Why(code="rows-left-out", en=f"{rows:,} rows were not audited; {en}", ja=f"{rows:,} 行は検査していません。{ja}")
    )


def _remark(fault: Fault, file: _File) -> Remark:
    line = None if fault.row is None else file.line(fault.row)
    where = f"{file.path}" + (f", row {line}" if line else "") + (f", column {fault.column}" if fault.column else "")
    ort = f"{file.path}" + (f" {line}行目" if line else "") + (f" {fault.column} 列" if fault.column else "")
    value = f" ({fault.printed})" if fault.printed else ""
    return Remark(
        rule=fault.rule,
        field=fault.column or None,
        printed=fault.printed,
        place=None if line is None else Place(line=line),
        detail=Text(en=f"{where}{value}: {fault.detail.en}", ja=f"{ort}{value}: {fault.detail.ja}"),
    )


def _remarked(book: Book, remarks: Mapping[str, list[Remark]]) -> Book:
    """The book with the remarks on the files that it came from."""
    if not remarks:
        return book
    documents = [
        document.model_copy(update={"remarks": (*document.remarks, *remarks[document.path])}) if document.path in remarks else document
        for document in book.documents
    ]
    there = {document.path for document in documents}
    documents += [
        Document(path=path, form=book.form, fiscal_year=book.fiscal_year, remarks=tuple(remarks[path]))
        for path in remarks
        if path not in there
    ]
    return book.model_copy(update={"documents": tuple(documents)})


# --- opening files


def _files(paths: Iterable[Path]) -> tuple[dict[TableName, _File], list[NotChecked]]:
    found: dict[TableName, _File] = {}
    not_checked: list[NotChecked] = []
    for path in _listed(paths, not_checked):
        try:
            file = _opened(path)
            name = _name(path, file)
            if name in found:
                first = found[name].path
                raise UnreadableDocument(
                    str(path), "table-twice", f"holds the table {name}, as {first} does", f"表 {name} はすでに {first} から読み込みました"
                )
            found[name] = file
        except UnreadableDocument as fault:
            not_checked.append(fault.not_checked)
    return found, not_checked


def _listed(paths: Iterable[Path], not_checked: list[NotChecked]) -> list[Path]:
    listed: list[Path] = []
    for path in paths:
        if not path.is_dir():
            listed.append(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix in _KINDS)
        known = [file for file in inside if file.stem in NAMES]
        for file in inside:
            if file not in known:
                names = ", ".join(NAMES)
                en, ja = f"is none of the tables {names}", f"{names} のいずれでもないため、読み込んでいません"
                not_checked.append(NotChecked(document=str(file), why=Why(code="no-table", en=en, ja=ja)))
        if not inside:
            en, ja = "the folder holds no table (.parquet, .csv)", "フォルダーに表 (.parquet、.csv) がありません"
            not_checked.append(NotChecked(document=str(path), why=Why(code="no-table", en=en, ja=ja)))
        listed.extend(known)
    return listed


def _opened(path: Path) -> _File:
    if path.suffix == ".parquet":
        return _File(str(path), _parquet(path))
    return _delimited(path)


def _parquet(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise UnreadableDocument(str(path), "missing", "there is no such file", "ファイルが見つかりません")
    try:
        return pl.read_parquet(path)
    except (Exception, pl.exceptions.PanicException) as fault:  # a damaged file fails in many ways inside the engine
        why = " ".join(str(fault).split())[:120]
        raise UnreadableDocument(
            str(path), "damaged", f"is no complete Parquet file ({why})", f"Parquet ファイルとして読めません。途中で切れていませんか({why})"
        ) from None


def _delimited(path: Path) -> _File:
    source = Source.open(path)
    if source.text is None:
        raise UnreadableDocument(source.path, "encoding", "is no text in UTF-8 or CP932", "UTF-8 または CP932 のテキストとして読めません")
    rows, lines = _parsed(source)
    header = [name.strip() for name in rows[0]]
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        raise UnreadableDocument(source.path, "header", f"the header names the column {twice} twice", f"見出しに列 {twice} が2回あります")
    header = [name or f"column {number}" for number, name in enumerate(header, 1)]
    file = _File(source.path, pl.DataFrame())
    kept, kept_lines = list[list[str]](), list[int]()
    for cells, line in zip(rows[1:], lines[1:], strict=True):
        if len(cells) == len(header):
            kept.append(cells)
            kept_lines.append(line)
            continue
        file.left_out += 1
        if file.left_out <= SHOWN:
            file.faults.append(_ragged(cells, line, len(header)))
    if file.left_out > SHOWN:
        more = file.left_out - SHOWN
        file.faults.append(Fault("TBL010", "years", "", Text(en=f"{more:,} more such rows", ja=f"ほか {more:,} 行")))
    file.frame = pl.DataFrame([pl.Series(name, [cells[index] for cells in kept], dtype=pl.String) for index, name in enumerate(header)])
    file.frame = file.frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in header)
    file.lines = kept_lines
    name = _name(path, file)
    file.faults = [Fault(fault.rule, name, fault.column, fault.detail, printed=fault.printed) for fault in file.faults]
    return file


def _ragged(cells: list[str], line: int, width: int) -> Fault:
    told = Text(
        en=f"line {line} has {len(cells)} fields, the header {width}; it was left out",
        ja=f"{line}行目の欄は {len(cells)} 個で、見出しの {width} 個と合わないため、読み飛ばしました",
    )
    return Fault("TBL010", "years", "", told, printed=",".join(cells)[:60])


def _parsed(source: Source) -> tuple[list[list[str]], list[int]]:
    """The rows that hold anything, and the line on which each starts."""
    reader = csv.reader(io.StringIO(source.text or "", newline=""), delimiter="\t" if source.path.endswith(".tsv") else ",")
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for cells in reader:
            if any(cells):
                rows.append(cells)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as fault:
        raise UnreadableDocument(source.path, "damaged", f"line {start}: {fault}", f"{start}行目を CSV として読めません({fault})") from None
    return rows, lines


def _name(path: Path, file: _File) -> TableName:
    """Which table a file holds: by its name, or by a column that only one table has."""
    if path.stem in NAMES:
        return cast(TableName, path.stem)
    for column, name in _TELLING:
        if column in file.frame.columns:
            return name
    raise UnreadableDocument(
        file.path,
        "no-table",
        f"neither its name nor its columns tell which table it is ({', '.join(NAMES)})",
        f"名前からも列からも、どの表 ({', '.join(NAMES)}) か分かりません",
    )


def write_tables(tables: Tables, folder: str | Path, *, kind: str = "parquet") -> tuple[Path, ...]:
    """Write every table that is there into ``folder``, as ``parquet`` or ``csv`` (UTF-8); returns the files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, frame in tables.frames.items():
        path = folder / f"{name}.{kind}"
        if kind == "parquet":
            frame.write_parquet(path)
        else:
            plain = [
                pl.col(column).cast(pl.String).str.replace(r"(\.[0-9]*?)0+$", "$1").str.strip_suffix(".")
                for column, dtype in frame.schema.items()
                if isinstance(dtype, pl.Decimal)
            ]
            frame.with_columns(plain).write_csv(path)
        written.append(path)
    return tuple(written)
