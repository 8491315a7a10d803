"""The tables in a workbook's worksheets that forms describe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

import polars as pl

from auditor.forms.model import Form
from auditor.readers.in_child import workbook_reader
from auditor.readers.shown import ShownWorksheet
from auditor.readers.source import Source, UnreadableDocument
from auditor.records.frozen import FrozenDict
from auditor.records.model import NotChecked
from auditor.records.text import Text, Why
from auditor.tables.described import Heading, NotDescribed, UnlikeAny
from auditor.tables.fitting import fitting, with_line
from auditor.tables.guard import Fault
from auditor.tables.headings import Header, Layout, header_in, layout_of
from auditor.tables.workbooks import Cells, Segment, frame_of, lines_of

__all__ = ["WorkbookTable", "workbook_tables"]


_TRIED: Final = 20
"""The rows that are tried for headings."""


@dataclass
class WorkbookTable:
    """The rows of the worksheets that one form describes, a worksheet after the other."""

    first: Heading
    segments: list[Segment] = field(default_factory=list[Segment])
    parts: list[tuple[ShownWorksheet, Header, dict[str, int]]] = field(
        default_factory=list["tuple[ShownWorksheet, Header, dict[str, int]]"]
    )
    faults: list[Fault] = field(default_factory=list[Fault])
    rows: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of the columns, as the first worksheet has them."""
        return tuple(dict.fromkeys(self.first.columns.values()))

    @property
    def heading(self) -> Heading:
        """The form and the columns, with the place of each row."""
        return replace(self.first, cells=Cells(tuple(self.segments)))

    def add(self, worksheet: ShownWorksheet, header: Header, match: Heading) -> None:
        """Take up a worksheet; its columns are those of the first one, by what they hold."""
        numbers = {
            column: header.columns.index(match.columns[name]) + 1
            for name, column in self.first.columns.items()
            if name in match.columns
        }
        self.segments.append(Segment(self.rows, worksheet.name, numbers))
        self.parts.append((worksheet, header, numbers))
        self.rows += max((cell.row for cell in worksheet.cells), default=0)

    def frame(self) -> pl.DataFrame:
        """All rows."""
        frames = [
            frame_of(worksheet, header, numbers, segment.offset)
            for (worksheet, header, numbers), segment in zip(self.parts, self.segments, strict=True)
        ]
        return pl.concat(frames, how="diagonal")


def workbook_tables(
    path: Path, forms: Sequence[Form], *, insisted: bool, limits: int
) -> tuple[list[WorkbookTable], list[NotChecked]]:
    """The tables that forms describe, at least one, and the worksheets that can't be read. Raises
    NotDescribed, UnreadableDocument.
    """
    worksheets = _worksheets(path, forms, limits)
    tables: dict[str, WorkbookTable] = {}
    faults: list[tuple[ShownWorksheet, NotDescribed]] = []
    not_checked: list[NotChecked] = []
    is_read = False
    for worksheet in worksheets:
        of_worksheet = [form for form in forms if form.reads_worksheet(worksheet.name)]
        is_read = is_read or bool(of_worksheet)
        if worksheet.lost:
            not_checked += [_lost(path, worksheet.name)] if of_worksheet else []
            continue
        if not of_worksheet or not worksheet.cells:
            continue
        headers = _headers(worksheet, of_worksheet)
        columns = {layout: header.columns for layout, header in headers.items()}
        try:
            match = fitting(columns, of_worksheet, insisted=insisted)
        except NotDescribed as fault:
            top = _first_row(worksheet)
            rows = [
                (cells, line)
                for line, cells in enumerate(lines_of(worksheet, top, _TRIED), top)
                if any(cells)
            ]
            faults.append((worksheet, with_line(fault, rows, of_worksheet)))
        else:
            table = tables.setdefault(match.form.name, WorkbookTable(match))
            table.add(worksheet, headers[layout_of(match.form)], match)
    if not tables:
        raise _none(path, faults, is_read=is_read or not worksheets)
    first = next(iter(tables.values()))
    first.faults += [_not_read(worksheet, fault) for worksheet, fault in faults]
    return list(tables.values()), not_checked


def _headers(worksheet: ShownWorksheet, forms: Sequence[Form]) -> dict[Layout, Header]:
    """The headings of a worksheet in the layout of each form."""
    headers: dict[Layout, Header] = {}
    for layout in dict.fromkeys(map(layout_of, forms)):
        first = layout.header_row[0] if layout.header_row else _first_row(worksheet)
        last = layout.header_row[-1] if layout.header_row else _first_row(worksheet)
        rows = enumerate(lines_of(worksheet, first, last - first + 1), first)
        header = header_in(((cells, line) for line, cells in rows), layout.header_row)
        if header is not None:
            headers[layout] = header
    return headers


def _first_row(worksheet: ShownWorksheet) -> int:
    return min((cell.row for cell in worksheet.cells if cell.text.strip()), default=1)


def _none(
    path: Path, faults: Sequence[tuple[ShownWorksheet, NotDescribed]], *, is_read: bool
) -> NotDescribed | UnreadableDocument:
    """Why no worksheet holds a table."""
    if not is_read:
        return UnreadableDocument(
            str(path),
            "all-left-out",
            "every worksheet is left out by the choice of worksheets",
            "読み取るワークシートの指定により、すべてのワークシートが除外されています",
        )
    near = [item for item in faults if not isinstance(item[1], UnlikeAny)] or faults
    if not near:
        return UnlikeAny("no worksheet holds anything", "どのワークシートも空です")
    worksheet, fault = near[0]
    return type(fault)(
        f"worksheet {worksheet.name!r}: {fault.message.en}",
        f"ワークシート「{worksheet.name}」：{fault.message.ja}",
    )


def _not_read(worksheet: ShownWorksheet, fault: NotDescribed) -> Fault:
    """What is said of a worksheet beside a table."""
    first = min(worksheet.cells)
    detail = Text(
        en=f"the worksheet {worksheet.name!r} was not read: {fault.message.en}; where it need not "
        "be, leave it out by worksheets in the form, or --worksheet",
        ja=f"ワークシート「{worksheet.name}」は読み取っていません（{fault.message.ja}）。"
        "読み取る必要がなければ、様式の worksheets か --worksheet で除外してください",
    )
    place = Cells((Segment(0, worksheet.name, {"": first.column}),)).place(first.row)
    return Fault("XLS009", "sheets", "", detail, printed=worksheet.name, cell=place)


def _lost(path: Path, name: str) -> NotChecked:
    return NotChecked(
        document=str(path),
        why=Why(
            code="worksheet-lost",
            en=f"worksheet {name!r} was not checked: its content is damaged or missing; open the "
            "workbook in a spreadsheet program and save it as .xlsx",
            ja=f"ワークシート「{name}」は内容が壊れているか失われているため、確かめていません。"
            "表計算ソフトで開いて内容を確かめ、.xlsx で保存し直してください",
        ),
    )


def _worksheets(path: Path, forms: Sequence[Form], limits: int) -> tuple[ShownWorksheet, ...]:
    """All worksheets, with the units of all the forms told from figures."""
    units: dict[str, Decimal] = {}
    for each in forms:
        units |= each.units
    form = forms[0].model_copy(update={"units": FrozenDict(units), "worksheets": ()})
    try:
        status = path.stat()
    except OSError:
        status = None
    version = (0, 0) if status is None else (status.st_mtime_ns, status.st_size)
    return _shown(str(path), version, tuple(units), limits, _OfForm(form))


class _OfForm:
    """A form that does not count in what is remembered of a file."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _OfForm)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1)  # a file is looked at before it is read
def _shown(
    path: str, version: tuple[int, int], units: tuple[str, ...], limits: int, of: _OfForm
) -> tuple[ShownWorksheet, ...]:
    del version, units
    source = Source.open(path)
    shown = workbook_reader().raised(limits).shown(source, of.form)
    if shown is None:
        raise UnreadableDocument(path, "no-workbook", "is no workbook", "ブックではありません")
    return shown
