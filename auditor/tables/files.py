"""Tables in files: a folder of Parquet or CSV files or single ones, to books; what is wrong with
them becomes TBL findings.

A file that can't be read, and rows that had to be left out, are said in ``not_checked``; all else
is audited.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl

from auditor.forms.model import Form
from auditor.readers.folders import is_folder
from auditor.readers.source import ReadResult, Source, UnreadableDocument
from auditor.records.fields import NAMES, TableName
from auditor.records.figures import Place
from auditor.records.model import Book, Document, NotChecked, Remark
from auditor.records.text import Text, Why
from auditor.tables.cells import ROW
from auditor.tables.described import (
    Heading,
    NotDescribed,
    described,
    heading,
    in_its_words,
    rows_of,
)
from auditor.tables.guard import Fault, Guarded, guarded
from auditor.tables.records import Tables, UnusableTables, books_of
from auditor.tables.shape import SHOWN

__all__ = [
    "TableFile",
    "damaged",
    "described_files",
    "explained",
    "read_frames",
    "read_tables",
    "table_files",
    "together",
    "unreadable",
    "write_tables",
]

_KINDS: Final = (".parquet", ".csv", ".tsv")
_AT_A_TIME: Final = 50_000
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
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
class TableFile:
    """One table's file. ``frame`` are the rows of a text, each with the line that it starts on; a
    Parquet file stays where it is.
    """

    path: str
    columns: tuple[str, ...]
    frame: pl.DataFrame | None = None
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: int = 0

    def read(self) -> pl.DataFrame:
        """All rows; raises UnreadableDocument for a damaged file."""
        if self.frame is not None:
            return self.frame
        try:
            return pl.read_parquet(self.path, glob=False)
        except (
            Exception,
            pl.exceptions.PanicException,
        ) as fault:  # a damaged file fails in many ways inside the engine
            raise damaged(self.path, fault) from None


def damaged(path: str, fault: BaseException) -> UnreadableDocument:
    """What is said of a Parquet file that can't be read to its end."""
    why = " ".join(str(fault).split())[:120]
    return UnreadableDocument(
        path,
        "damaged",
        f"is no complete Parquet file ({why})",
        f"Parquet ファイルとして読めません。途中で切れていませんか（{why}）",
    )


def unreadable(path: str) -> BaseException | None:
    """Why a Parquet file can't be read to its end, a part at a time; None where it can."""
    try:
        for _ in pl.scan_parquet(path, glob=False).collect_batches():
            pass
    except (Exception, pl.exceptions.PanicException) as fault:
        return fault
    return None


def together(paths: Iterable[str | Path]) -> list[list[Path]]:
    """Which paths belong together: each folder holds tables that do, and so do all the single
    files.
    """
    distinct = {os.path.realpath(path): Path(path) for path in paths}.values()
    groups = [[path] for path in distinct if is_folder(path)]
    if single := [path for path in distinct if not is_folder(path)]:
        groups.append(single)
    return groups


def read_tables(
    paths: Iterable[str | Path],
    forms: Mapping[str, Form],
    form: str | None = None,
    name_of: Callable[[str], str] = str,
) -> ReadResult:
    """The books of the tables in ``paths``; ``form`` is that of tables which don't name one.

    Each folder holds tables that belong together, and so do all the single files. ``name_of``
    gives the name that the path of a table has in the books, its own if it is left out.
    """
    foreign, tidy, not_checked = described_files(paths, forms, form)
    results = [
        ReadResult(not_checked=not_checked),
        *(_described(file, found, forms, name_of) for file, found in foreign),
    ]
    results += [_read(group, forms, form, name_of) for group in together(tidy)]
    return ReadResult(
        tuple(book for result in results for book in result.books),
        tuple(missed for result in results for missed in result.not_checked),
    )


def _read(
    paths: Iterable[Path],
    forms: Mapping[str, Form],
    form: str | None,
    name_of: Callable[[str], str],
) -> ReadResult:
    files, not_checked = table_files(paths)
    frames: dict[TableName, pl.DataFrame] = {}
    for name, file in files.items():
        try:
            frames[name] = file.read()
        except UnreadableDocument as fault:
            not_checked.append(fault.not_checked)
    if not frames:
        return ReadResult(not_checked=tuple(not_checked))
    checked = guarded(frames, forms, form)
    checked.faults[:0] = [fault for file in files.values() for fault in file.faults]
    for name, file in files.items():
        checked.left_out[name] = checked.left_out.get(name, 0) + file.left_out
    names: dict[TableName, str] = {name: name_of(file.path) for name, file in files.items()}
    result = _result(checked, names, forms)
    return ReadResult(result.books, (*not_checked, *result.not_checked))


def _described(
    file: TableFile, found: Heading, forms: Mapping[str, Form], name_of: Callable[[str], str]
) -> ReadResult:
    """The books of a table that a form describes; what is wrong with it is told in its own words."""
    try:
        frames = described(file.read(), found)
    except UnreadableDocument as fault:
        return ReadResult(not_checked=(fault.not_checked,))
    checked = guarded(frames, forms)
    of_rows = rows_of(found)
    checked.left_out[of_rows] = checked.left_out.get(of_rows, 0) + file.left_out
    faults = [*(replace(fault, table=of_rows) for fault in file.faults), *checked.faults]
    checked.faults = [in_its_words(fault, found) for fault in faults]
    return _result(checked, dict.fromkeys(frames, name_of(file.path)), forms)


def read_frames(tables: Tables, forms: Mapping[str, Form], form: str | None = None) -> ReadResult:
    """The same of frames in memory; a table's name stands for its file."""
    return _result(
        guarded(tables.frames, forms, form), {name: name for name in tables.frames}, forms
    )


def _result(
    checked: Guarded, paths: Mapping[TableName, str], forms: Mapping[str, Form]
) -> ReadResult:
    try:
        books = books_of(checked, forms, paths)
    except UnusableTables as unusable:
        books, checked.faults = (), [*checked.faults, *unusable.faults]
    return explained(books, checked.faults, checked.left_out, paths)


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
    known = {book.key: None for book in books}
    for fault in sorted(
        faults,
        key=lambda fault: (NAMES.index(fault.table), fault.rule, fault.column, fault.row or 0),
    ):
        path = paths[fault.table]
        remark = _remark(fault, path)
        if not known:
            detail = remark.detail or Text(en=fault.rule, ja=fault.rule)
            not_checked.append(
                NotChecked(document=path, why=Why(code=fault.rule, en=detail.en, ja=detail.ja))
            )
            continue
        owner = fault.book if fault.book in known else next(iter(known))
        remarks.setdefault(owner, {}).setdefault(path, []).append(remark)
    told = [_remarked(book, remarks.pop(book.key, {})) for book in books]
    return ReadResult(tuple(told), tuple(not_checked))


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
    where = (
        path
        + (f", row {line}" if line else book)
        + (f", column {fault.column}" if fault.column else "")
    )
    ort = (
        path
        + (f" {line}行目" if line else of_book)
        + (f" {fault.column} 列" if fault.column else "")
    )
    value = f" ({fault.printed})" if fault.printed else ""
    more, hoka = (
        (f": {fault.more:,} more rows", f"：ほか {fault.more:,} 行") if fault.more else ("", "")
    )
    return Remark(
        rule=fault.rule,
        field=fault.column or None,
        printed=fault.printed,
        place=None if line is None else Place(line=line),
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


# --- opening files


def described_files(
    paths: Iterable[str | Path], forms: Mapping[str, Form], form: str | None = None
) -> tuple[list[tuple[TableFile, Heading]], list[Path], tuple[NotChecked, ...]]:
    """The files whose tables a form describes, all other paths, and what is almost such a table."""
    insisted = forms.get(form) if form is not None else None
    insisted = insisted if insisted is not None and insisted.table is not None else None
    asked = insisted is not None or (
        form is None and any(known.table is not None for known in forms.values())
    )
    found: list[tuple[TableFile, Heading]] = []
    others: list[Path] = []
    not_checked: list[NotChecked] = []
    for path in {os.path.realpath(path): Path(path) for path in paths}.values():
        if not asked or is_folder(path) or (insisted is None and path.stem in NAMES):
            others.append(path)
            continue
        try:
            file = _opened(path)
            of = heading(file.columns, forms.values(), insisted)
        except NotDescribed as fault:
            not_checked.append(
                NotChecked(
                    document=str(path),
                    why=Why(code="no-table", en=fault.message.en, ja=fault.message.ja),
                )
            )
        except UnreadableDocument as fault:
            not_checked.append(fault.not_checked)
        else:
            if of is None:
                others.append(path)
            else:
                found.append((file, of))
    return found, others, tuple(not_checked)


def table_files(paths: Iterable[Path]) -> tuple[dict[TableName, TableFile], list[NotChecked]]:
    """The tables' files among paths that belong together, and what is none."""
    found: dict[TableName, TableFile] = {}
    not_checked: list[NotChecked] = []
    for path in _listed(paths, not_checked):
        try:
            file = _opened(path)
            name = _name(path, file)
            file.faults = [replace(fault, table=name) for fault in file.faults]
            if name in found:
                first = found[name].path
                raise UnreadableDocument(
                    str(path),
                    "table-twice",
                    f"holds the table {name}, as {first} does",
                    f"表 {name} はすでに {first} から読み込みました",
                )
            found[name] = file
        except UnreadableDocument as fault:
            not_checked.append(fault.not_checked)
    return found, not_checked


def _listed(paths: Iterable[Path], not_checked: list[NotChecked]) -> list[Path]:
    listed: list[Path] = []
    for path in paths:
        if not is_folder(path):
            listed.append(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix in _KINDS)
        known = [file for file in inside if file.stem in NAMES]
        for file in inside:
            if file not in known:
                names = ", ".join(NAMES)
                en, ja = (
                    f"is none of the tables {names}",
                    f"{names} のいずれでもないため、読み込んでいません",
                )
                not_checked.append(
                    NotChecked(document=str(file), why=Why(code="no-table", en=en, ja=ja))
                )
        if not inside:
            en, ja = (
                "the folder holds no table (.parquet, .csv)",
                "フォルダーに表（.parquet、.csv）がありません",
            )
            not_checked.append(
                NotChecked(document=str(path), why=Why(code="no-table", en=en, ja=ja))
            )
        listed.extend(known)
    return listed


def _opened(path: Path) -> TableFile:
    if path.suffix != ".parquet":
        return _delimited(path)
    if not path.exists():
        raise UnreadableDocument(
            str(path), "missing", "there is no such file", "ファイルが見つかりません"
        )
    try:
        return TableFile(str(path), tuple(pl.scan_parquet(path, glob=False).collect_schema()))
    except (
        Exception,
        pl.exceptions.PanicException,
    ) as fault:  # a damaged file fails in many ways inside the engine
        raise damaged(str(path), fault) from None


def _delimited(path: Path) -> TableFile:
    source = Source.open(path)
    if source.text is None:
        raise UnreadableDocument(
            source.path,
            "encoding",
            "is no text in UTF-8 or CP932",
            "UTF-8 または CP932 のテキストとして読めません",
        )
    rows = _parsed(source)
    first, _ = next(rows, (list[str](), 1))
    header = [name.strip() for name in first]
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        raise UnreadableDocument(
            source.path,
            "header",
            f"the header names the column {twice} twice",
            f"見出しに列 {twice} が2回あります",
        )
    header = [name or f"column {number}" for number, name in enumerate(header, 1)]
    file = TableFile(source.path, tuple(header))
    parts = [_part([], [], header)]
    kept, kept_lines = list[list[str]](), list[int]()
    for cells, line in rows:
        if len(cells) != len(header):
            file.left_out += 1
            if file.left_out <= SHOWN:
                file.faults.append(_ragged(cells, line, len(header)))
            continue
        kept.append(cells)
        kept_lines.append(line)
        if len(kept) == _AT_A_TIME:
            parts.append(_part(kept, kept_lines, header))
            kept, kept_lines = [], []
    if file.left_out > SHOWN:
        said = Text(
            en="the number of fields differs from the header's", ja="欄の数が見出しと合いません"
        )
        file.faults.append(Fault("TBL010", "years", "", said, more=file.left_out - SHOWN))
    file.frame = pl.concat([*parts, _part(kept, kept_lines, header)])
    return file


def _part(
    rows: Sequence[Sequence[str]], lines: Sequence[int], header: Sequence[str]
) -> pl.DataFrame:
    """Some rows of a text; cells as Python has them take several times as much memory."""
    frame = pl.DataFrame(
        [
            pl.Series(name, [cells[index] for cells in rows], dtype=pl.String)
            for index, name in enumerate(header)
        ]
    )
    blanked = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in header]
    return frame.with_columns(*blanked, pl.Series(ROW, lines, dtype=pl.Int64))


def _ragged(cells: list[str], line: int, width: int) -> Fault:
    told = Text(
        en=f"line {line} has {len(cells)} fields, the header {width}; it was left out",
        ja=f"{line}行目の欄は{len(cells)}個で、見出しの{width}個と合わないため、読み飛ばしました",
    )
    return Fault("TBL010", "years", "", told, printed=",".join(cells)[:60])


def _parsed(source: Source) -> Iterator[tuple[list[str], int]]:
    """The rows that hold anything, and the line on which each starts."""
    lines = (line.group() for line in _LINE.finditer(source.text or ""))
    reader = csv.reader(lines, delimiter="\t" if source.path.endswith(".tsv") else ",")
    start = 1
    try:
        for cells in reader:
            if any(cells):
                yield cells, start
            start = reader.line_num + 1
    except csv.Error as fault:
        raise UnreadableDocument(
            source.path,
            "damaged",
            f"line {start}: {fault}",
            f"{start}行目を CSV として読めません（{fault}）",
        ) from None


def _name(path: Path, file: TableFile) -> TableName:
    """Which table a file holds: by its name, or by a column that only one table has."""
    if path.stem in NAMES:
        return path.stem
    for column, name in _TELLING:
        if column in file.columns:
            return name
    raise UnreadableDocument(
        file.path,
        "no-table",
        f"neither its name nor its columns tell which table it is ({', '.join(NAMES)})",
        f"名前からも列からも、どの表（{'、'.join(NAMES)}）か分かりません",
    )


def write_tables(tables: Tables, folder: str | Path, *, kind: str = "parquet") -> tuple[Path, ...]:
    """Write every table that is there into ``folder``, as ``parquet`` or ``csv`` (UTF-8); returns
    the files.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, frame in tables.frames.items():
        path = folder / f"{name}.{kind}"
        if kind == "parquet":
            frame.write_parquet(path)
        else:
            plain = [
                pl.col(column)
                .cast(pl.String)
                .str.replace(r"(\.[0-9]*?)0+$", "$1")
                .str.strip_suffix(".")
                for column, dtype in frame.schema.items()
                if isinstance(dtype, pl.Decimal)
            ]
            frame.with_columns(plain).write_csv(path)
        written.append(path)
    return tuple(written)
