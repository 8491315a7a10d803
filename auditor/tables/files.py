"""Tables in files, read into books: a folder of Parquet or CSV files, or single ones.

What is wrong with them becomes TBL findings.

A file that can't be read, and rows that had to be left out, are said in ``not_checked``; all else
is audited.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final, Literal

import polars as pl

from auditor.forms.model import Form
from auditor.readers.folders import is_folder
from auditor.readers.kinds import explained as explained_kind
from auditor.readers.kinds import kind_of, refused
from auditor.readers.source import (
    LARGEST,
    ReadResult,
    Source,
    UnreadableDocument,
    cannot_open,
)
from auditor.records.fields import NAMES, TableName
from auditor.records.model import NotChecked
from auditor.records.text import Text, Why
from auditor.tables.books import books_of
from auditor.tables.delimited import LARGEST_TIDY, Delimited
from auditor.tables.described import (
    Heading,
    NotDescribed,
    UnlikeAny,
    described,
    heading,
    in_its_words,
    rows_of,
)
from auditor.tables.fitting import fitting, with_advice
from auditor.tables.guard import Fault, Guarded, guarded
from auditor.tables.headings import PLAIN_LAYOUT, Layout, layout_of
from auditor.tables.records import Tables, UnusableTables
from auditor.tables.remarks import explained
from auditor.tables.table_file import TableFile, check_decimals, parquet
from auditor.tables.workbook_files import workbook_tables

__all__ = ["described_files", "fits", "read_frames", "read_tables", "table_files", "together"]

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
    limits: int = 1,
) -> ReadResult:
    """The books of the tables in ``paths``; ``form`` is that of tables which don't name one.

    Each folder holds tables that belong together, and so do all the single files. ``name_of``
    gives the name that the path of a table has in the books, its own if it is left out. ``limits``
    is how many times the usual work a workbook may take.
    """
    foreign, groups, not_checked = described_files(paths, forms, form, limits)
    results = [
        ReadResult(not_checked=tuple(not_checked)),
        *(_described(file, heading, forms, name_of) for file, heading in foreign),
    ]
    results += [_read(group, forms, form, name_of) for group in groups]
    return ReadResult(
        tuple(chain.from_iterable(result.books for result in results)),
        tuple(chain.from_iterable(result.not_checked for result in results)),
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
    checked.faults[:0] = chain.from_iterable(file.faults for file in files.values())
    for name, file in files.items():
        checked.left_out[name] = checked.left_out.get(name, 0) + file.left_out
    names: dict[TableName, str] = {name: name_of(file.path) for name, file in files.items()}
    result = _result(checked, names, forms)
    return ReadResult(result.books, (*not_checked, *result.not_checked))


def _described(
    file: TableFile, heading: Heading, forms: Mapping[str, Form], name_of: Callable[[str], str]
) -> ReadResult:
    """The books of a table that a form describes; faults are in its own words."""
    try:
        frames, cell_faults = described(file.read(), heading)
    except UnreadableDocument as fault:
        return ReadResult(not_checked=(fault.not_checked,))
    checked = guarded(frames, forms)
    checked.faults += cell_faults
    of_rows = rows_of(heading)
    checked.left_out[of_rows] = checked.left_out.get(of_rows, 0) + file.left_out
    faults = [*(replace(fault, table=of_rows) for fault in file.faults), *checked.faults]
    checked.faults = in_its_words(faults, heading)
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


# --- opening files


def described_files(
    paths: Iterable[str | Path],
    forms: Mapping[str, Form],
    form: str | None = None,
    limits: int = 1,
) -> tuple[list[tuple[TableFile, Heading]], list[list[Path]], list[NotChecked]]:
    """The tables that a form describes, of files and of the table files in folders; all other
    files, those that belong together in a list; and what is almost such a table, or like none.

    ``form`` insists on one by its name. ``limits`` is how many times the usual work a workbook may
    take.
    """
    tables: list[tuple[TableFile, Heading]] = []
    groups: list[list[Path]] = []
    not_checked: list[NotChecked] = []
    candidates, insisted = _candidates(forms, form)
    seen: set[str] = set()
    for group in together(paths):
        files = list(_files_of(group))
        if not candidates or not files:
            groups.append(group)
            continue
        others: list[Path] = []
        for path in files:
            real = os.path.realpath(path)
            if real in seen:
                continue
            seen.add(real)
            try:
                tables += tables_of(path, candidates, insisted=insisted, limits=limits)
            except UnlikeAny as fault:
                if _is_tidy(path):
                    others.append(path)
                else:
                    not_checked.append(_no_table(path, fault.message))
            except NotDescribed as fault:
                not_checked.append(_no_table(path, fault.message))
            except UnreadableDocument as fault:
                not_checked.append(fault.not_checked)
        if others:
            groups.append(others)
    for file, _ in tables:
        not_checked += file.not_checked
    return tables, groups, not_checked


def _no_table(path: Path, message: Why | Text) -> NotChecked:
    why = Why(code="no-table", en=message.en, ja=message.ja)
    return NotChecked(document=str(path), why=why)


def _candidates(forms: Mapping[str, Form], form: str | None) -> tuple[list[Form], bool]:
    """The forms of tables that a file may have, and whether it is insisted on one."""
    if form is None:
        return [each for each in forms.values() if each.table is not None], False
    insisted = forms.get(form)
    return ([], False) if insisted is None or insisted.table is None else ([insisted], True)


def _files_of(group: Iterable[Path]) -> Iterator[Path]:
    for path in group:
        if is_folder(path):
            yield from sorted(file for file in path.iterdir() if file.suffix in _KINDS)
        else:
            yield path


def _is_tidy(path: Path) -> bool:
    """Whether a file seems to be one of the tidy tables, by its name or a column."""
    try:
        return _name(path, _header_of(path)) in NAMES
    except UnreadableDocument as fault:
        return fault.message.code != "no-table"


def fits(path: str | Path, forms: Mapping[str, Form], form: str | None, limits: int = 1) -> bool:
    """Whether a form of tables describes a file, as its heading tells, or would but for a column
    or two.
    """
    candidates, insisted = _candidates(forms, form)
    # A pipe can be read only once.
    if not candidates or not os.path.isfile(path):  # noqa: PTH113 - takes what is no path at all
        return False
    try:
        return bool(tables_of(Path(path), candidates, insisted=insisted, limits=limits, rows=False))
    except NotDescribed as fault:
        return fault.likely
    except UnreadableDocument as fault:
        return fault.message.code == "encoding" and _fits_in_any_encoding(path, candidates)


def _fits_in_any_encoding(path: str | Path, forms: Iterable[Form]) -> bool:
    """Whether the heading of a text fits a form where it is taken for one of single bytes."""
    text = Delimited(str(path), LARGEST_TIDY)
    for form in forms:
        header = text.header(layout_of(form)._replace(encoding="latin-1"))
        try:
            if header is not None and heading(header.columns, [form]) is not None:
                return True
        except NotDescribed:
            continue
    return False


def tables_of(
    path: Path, forms: Sequence[Form], *, insisted: bool, limits: int = 1, rows: bool = True
) -> list[tuple[TableFile, Heading]]:
    """The tables of a file that forms describe: one, or one for each form of the worksheets of a
    workbook. Without ``rows``, their headings alone. Raises NotDescribed, UnreadableDocument.
    """
    match content_of(path):
        case "parquet":
            file = parquet(path)
            match = fitting({PLAIN_LAYOUT: file.columns}, forms, insisted=insisted)
            check_decimals(file, match.columns.values())
            return [(file, match)]
        case "workbook":
            tables, not_checked = workbook_tables(path, forms, insisted=insisted, limits=limits)
            files = [
                (TableFile(str(path), table.columns, table.frame(), table.faults), table.heading)
                for table in tables
            ]
            files[0][0].not_checked += not_checked
            return files
        case "text":
            text = Delimited(str(path), LARGEST_TIDY)
            headers = {
                layout: header
                for layout in dict.fromkeys(map(layout_of, forms))
                if (header := text.header(layout)) is not None
            }
            columns = {layout: header.columns for layout, header in headers.items()}
            try:
                match = fitting(columns, forms, insisted=insisted)
            except NotDescribed as fault:
                raise with_advice(fault, text, forms) from None
            file = TableFile(text.path, tuple(dict.fromkeys(match.columns.values())))
            if rows:
                text.check_size(LARGEST)
                layout = layout_of(match.form)
                header = headers[layout]
                read = text.read(
                    layout,
                    header,
                    [header.columns.index(name) for name in file.columns],
                    file.columns,
                )
                file.keep(read.stored)
                file.faults, file.left_out = read.faults, read.left_out
                file.faults += _guess_of(text, layout)
            return [(file, match)]


def _guess_of(text: Delimited, layout: Layout) -> list[Fault]:
    """What is to be said of an encoding that was guessed."""
    seen = None if layout.encoding is not None else text.decoding
    if seen is None or seen.certainty == "certain":
        return []
    detail = Text(
        en=f"was read as {seen.encoding.upper()}, which is a guess ({seen.example}); set encoding "
        "in [table.dialect] of its form, or save it as UTF-8",
        ja=f"文字コードを {seen.encoding.upper()} と推定して読みました（{seen.example}）。様式の "
        "[table.dialect] に encoding を指定するか、UTF-8 で保存し直してください",
    )
    return [Fault("TBL013", "sheets", "", detail)]


Content = Literal["parquet", "workbook", "text"]


def content_of(path: Path) -> Content:
    """What kind of table a file is, by its first bytes; raises UnreadableDocument for a kind that
    holds none, with what to do.
    """
    beginning = b""
    try:
        if path.is_file():
            with path.open("rb") as file:
                beginning = file.read(_BEGINNING)
    except (OSError, ValueError) as fault:
        raise cannot_open(str(path), fault) from None
    suffix = path.suffix.lower()
    if suffix == ".parquet" or beginning.startswith(b"PAR1"):
        return "parquet"
    if suffix in _JSON and beginning.lstrip().startswith((b"{", b"[")):
        raise UnreadableDocument(
            str(path),
            "other-kind",
            "is JSON; write its rows as CSV or Parquet",
            "JSON です。表の行を CSV か Parquet で書き出してください",
        )
    if not beginning.startswith(_BINARY):
        return "text"
    source = Source.open(path)
    kind = kind_of(source)
    endings = frozenset(() if kind is None else kind.endings)
    # What is called a workbook and is a broken one is said to be so by the reader of workbooks.
    is_broken = suffix in _WORKBOOKS and ".zip" in endings
    if endings & _WORKBOOKS or is_broken:
        return "workbook"
    if kind is not None and ".pdf" in endings:
        raise UnreadableDocument(
            str(path),
            "other-kind",
            f"is {kind.name.en}, and no table; leave --table out to read it as a document",
            f"{kind.name.ja}であり、表ではありません。--table を付けずに指定してください",
        )
    reasons = explained_kind(source, [refused(source, ()).message], ())
    raise UnreadableDocument(str(path), reasons[0].code, reasons[0].en, reasons[0].ja)


_BEGINNING: Final = 512
_JSON: Final = frozenset({".json", ".jsonl", ".ndjson"})
_BINARY: Final = (
    b"PK",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
)
_WORKBOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls"})


def table_files(paths: Iterable[Path]) -> tuple[dict[TableName, TableFile], list[NotChecked]]:
    """The tables' files among paths that belong together, and what is none."""
    files: dict[TableName, TableFile] = {}
    not_checked: list[NotChecked] = []
    for path in _listed(paths, not_checked):
        try:
            file = _opened(path)
            name = _name(path, file.columns)
            file.faults = [replace(fault, table=name) for fault in file.faults]
            if name in files:
                first = files[name].path
                raise UnreadableDocument(
                    str(path),
                    "table-twice",
                    f"holds the table {name}, as {first} does",
                    f"表 {name} はすでに {first} から読み込みました",
                )
            files[name] = file
        except UnreadableDocument as fault:
            not_checked.append(fault.not_checked)
    return files, not_checked


def _listed(paths: Iterable[Path], not_checked: list[NotChecked]) -> list[Path]:
    listed: list[Path] = []
    for path in paths:
        if not is_folder(path):
            listed.append(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.suffix in _KINDS)
        tables = [file for file in inside if file.stem in NAMES]
        for file in inside:
            if file not in tables:
                message = Text(
                    en=f"is none of the tables {', '.join(NAMES)}, and no form describes it",
                    ja=f"{'、'.join(NAMES)} のいずれでもなく、表の様式（[table]）にも合わないため、"
                    "読み込んでいません",
                )
                not_checked.append(_no_table(file, message))
        if not inside:
            message = Text(
                en="the folder holds no table (.parquet, .csv)",
                ja="フォルダーに表（.parquet、.csv）がありません",
            )
            not_checked.append(_no_table(path, message))
        listed.extend(tables)
    return listed


def _opened(path: Path) -> TableFile:
    """One of the tidy tables, which is laid out in the plain way."""
    match content_of(path):
        case "parquet":
            file = parquet(path)
            check_decimals(file, file.columns)
            return file
        case "workbook":
            raise UnreadableDocument(
                str(path),
                "other-kind",
                "is a workbook, and no form of tables is given that describes it ([table]); "
                f"the tables {', '.join(NAMES)} are CSV or Parquet",
                "ブックですが、それに合う表の様式（[table]）がありません。"
                f"表 {'、'.join(NAMES)} は CSV か Parquet で用意してください",
            )
        case "text":
            text = Delimited(str(path), LARGEST_TIDY)
            header = text.header(PLAIN_LAYOUT)
            named = () if header is None else header.columns
            twice = next((name for name in named if name and named.count(name) > 1), None)
            if twice is not None:
                raise UnreadableDocument(
                    text.path,
                    "header",
                    f"the header names the column {twice} twice",
                    f"見出しに列 {twice} が2回あります",
                )
            columns = tuple(name or f"column {number}" for number, name in enumerate(named, 1))
            file = TableFile(text.path, columns)
            if header is None:
                file.frame = pl.DataFrame()
                return file
            read = text.read(PLAIN_LAYOUT, header, range(len(columns)), columns)
            file.keep(read.stored)
            file.faults, file.left_out = read.faults, read.left_out
            file.faults += _guess_of(text, PLAIN_LAYOUT)
            return file


def _header_of(path: Path) -> tuple[str, ...]:
    """The headings of a table that is laid out in the plain way."""
    if content_of(path) == "parquet":
        return parquet(path).columns
    header = Delimited(str(path), LARGEST_TIDY).header(PLAIN_LAYOUT)
    return () if header is None else header.columns


def _name(path: Path, columns: Sequence[str]) -> TableName:
    """Which table a file holds: by its name, or by a column that only one table has."""
    if path.stem in NAMES:
        return path.stem
    for column, name in _TELLING:
        if column in columns:
            return name
    raise UnreadableDocument(
        str(path),
        "no-table",
        f"neither its name nor its columns tell which table it is ({', '.join(NAMES)}), and no "
        "form of tables ([table]) was given that describes it",
        f"名前からも列からも、どの表（{'、'.join(NAMES)}）か分かりません。"
        "それに合う表の様式（[table]）もありません",
    )
