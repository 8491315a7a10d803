"""The reader of workbooks (.xlsx, .xlsm; .xls with the extra ``xls``).

It finds the sheets of a form and tables of indicators by their labels.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Final, Protocol

from auditor.files.ooxml import Limits, Package, PackageError, is_zip
from auditor.forms.model import Form
from auditor.readers.grid import Cell, Grid, Labels, TextCell
from auditor.readers.grid.furniture import numbers_in
from auditor.readers.grid.label_text import label_key
from auditor.readers.grid.lists import ProjectList, judged
from auditor.readers.kpi.grid import boxes_outside, numbers_beside, read_indicators
from auditor.readers.listing.in_sheets import SheetsAndIndicators, read_with_indicators
from auditor.readers.listing.reading import ListReading, Lists
from auditor.readers.printed_grids import PrintedGrid, cells_of_grid
from auditor.readers.remarks import counted, text_for_figure
from auditor.readers.shown import ShownWorksheet
from auditor.readers.source import Reading, Source, UnreadableDocument, most_common_year
from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.displayed import displayed
from auditor.readers.workbook.faces import Faces
from auditor.readers.workbook.formulas import FormulaChecks
from auditor.readers.workbook.looks import Look
from auditor.readers.workbook.owners import cell_of
from auditor.readers.workbook.package import Workbook
from auditor.readers.workbook.shown import ShownChecks
from auditor.readers.workbook.worksheets import Worksheet, WorksheetEntry
from auditor.records.addresses import Area, address
from auditor.records.figures import Figure, Place
from auditor.records.findings_sheet import is_findings_sheet
from auditor.records.fiscal import parse_month
from auditor.records.model import Kpi, NotChecked, Part, PartState, Remark, Sheet, UnreadNumber
from auditor.records.text import Text, Why

__all__ = ["Limits", "OpenWorkbook", "WorkbookReader", "opened_workbook"]

_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLD_WORKBOOK: Final = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


_LEFT_OUT: Final = Why(
    code="left-out",
    en="left out by the choice of worksheets",
    ja="読み取るワークシートの指定により除外",
)
_EMPTY: Final = Why(code="empty-worksheet", en="empty", ja="空のワークシート")
_NEVER_CALCULATED: Final = Why(
    code="never-calculated",
    en="formulas have no stored results, so their figures were not checked; save the workbook in "
    "a spreadsheet program",
    ja="数式の計算結果が保存されていないため、その数値は点検していません。表計算ソフトで開き、"
    "保存し直してください",
)
_FINDINGS: Final = Why(
    code="findings-of-an-audit",
    en="the list of findings of an earlier audit",
    ja="以前の点検の指摘一覧",
)
_NO_SHEET: Final = Why(
    code="no-sheet-on-worksheet",
    en="shows no sheet and no table of the form",
    ja="様式のシートや表がない",
)


class OpenWorkbook(Protocol):
    """A workbook of either kind."""

    entries: tuple[WorksheetEntry, ...]
    has_formulas: bool
    rounds_as_shown: bool

    @property
    def linked_files(self) -> tuple[str, ...]: ...
    @property
    def holds_pictures_alone(self) -> bool: ...
    def words(self) -> str: ...
    def worksheets(self) -> Iterator[Worksheet]: ...
    def look(self, style: int) -> Look: ...
    def faces(self) -> Faces: ...
    def drawn(self, entry: WorksheetEntry, area: Area) -> Worksheet: ...


class WorkbookReader:
    """Reads every worksheet, hidden ones too; one worksheet is held at a time. ``limits`` say how
    large a workbook may be.
    """

    limits: Limits

    name = "workbook"

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._opened: tuple[weakref.ref[Source], OpenWorkbook, str] | None = None

    def raise_limits(self, factor: int) -> None:
        """Read workbooks ``factor`` times as large."""
        self.limits = self.limits.raised(factor)

    def words(self, source: Source) -> str | None:
        """All texts of the workbook, or None where the document is none; raises
        UnreadableDocument for a broken one.
        """
        opened = self._open(source)
        return opened[1] if opened else None

    def accepts(self, source: Source, form: Form) -> bool:
        """Any workbook: which form it has, its words say."""
        return bool(form.fields or form.kpi) and self.words(source) is not None

    def read(self, source: Source, form: Form) -> Reading:
        """The sheets and indicators of all worksheets, and what the workbook itself has to say
        about them.
        """
        opened = self._open(source)
        if opened is None:
            raise UnreadableDocument(
                source.path, "no-workbook", "is no workbook", "ブックではありません"
            )
        try:
            return _Reading(source.path, form).read(opened[0])
        except PackageError as fault:
            raise UnreadableDocument(
                source.path, fault.message.code, fault.message.en, fault.message.ja
            ) from None
        finally:
            self._opened = None

    def shown(self, source: Source, form: Form) -> tuple[ShownWorksheet, ...]:
        """The cells of the worksheets that a form of tables reads, as they are displayed."""
        opened = self._open(source)
        try:
            return () if opened is None else tuple(displayed(opened[0], form))
        except PackageError as fault:
            raise UnreadableDocument(
                source.path, fault.message.code, fault.message.en, fault.message.ja
            ) from None
        finally:
            self._opened = None

    def grids(self, source: Source) -> tuple[PrintedGrid, ...]:
        """The cells of all worksheets, but for those that earlier audits made."""
        opened = self._open(source)
        try:
            return () if opened is None else tuple(_printed_grids(opened[0]))
        except PackageError as fault:
            raise UnreadableDocument(
                source.path, fault.message.code, fault.message.en, fault.message.ja
            ) from None
        finally:
            self._opened = None

    def _open(self, source: Source) -> tuple[OpenWorkbook, str] | None:
        """The workbook and its words, kept from one question about a document to the next."""
        if self._opened is not None and self._opened[0]() is source:
            return self._opened[1:]
        self._opened = None
        try:
            workbook = opened_workbook(source, self.limits)
            if workbook is None:
                return None
            words = workbook.words()
            if not words.strip() and workbook.holds_pictures_alone:
                raise _of_pictures(source.path)
        except PackageError as fault:
            raise UnreadableDocument(
                source.path, fault.message.code, fault.message.en, fault.message.ja
            ) from None
        self._opened = weakref.ref(source), workbook, words
        return workbook, words


def _of_pictures(path: str) -> UnreadableDocument:
    return UnreadableDocument(
        path,
        "pictures",
        "holds pictures and no cells: this program reads no pictures; give the file from which "
        "they were made",
        "画像だけでセルに記入のないブックです。画像は読み取れません。"
        "作成元のファイルを指定してください",
    )


def opened_workbook(source: Source, limits: Limits) -> OpenWorkbook | None:
    """The workbook of either kind, or None where the document is none. Raises PackageError for a
    broken one.
    """
    data = source.data
    if is_zip(data):
        package = Package(data, limits)
        # Other archives and Office documents are other readers' business.
        return (
            Workbook(package)
            if "[Content_Types].xml" in package and "xl/" in "".join(package.entries)
            else None
        )
    if not data.startswith(_COMPOUND):
        return None
    if _ENCRYPTED in data:
        raise PackageError(
            "encrypted",
            "is encrypted; save it without a password",
            "暗号化されています。パスワードなしで保存し直してください",
        )
    if not any(name in data for name in _OLD_WORKBOOK):
        return None
    from auditor.readers.workbook.xls import OldWorkbook

    return OldWorkbook(data, limits)


class _Reading:
    """One pass over a workbook's worksheets."""

    def __init__(self, path: str, form: Form) -> None:
        self.path, self.form, self.labels = path, form, Labels(form)
        self.listing = Lists(form, path) if form.listed is not None else None
        self.sheets: list[Sheet] = []
        self.kpis: list[Kpi] = []
        self.remarks: list[Remark] = []
        self.not_checked: list[NotChecked] = []
        self.kpi_year: int | None = None
        self.parts: list[Part] = []
        self.doubtful: list[NotChecked] = []
        self.lists: list[ProjectList] = []
        self.unread: list[UnreadNumber] = []

    def read(self, workbook: OpenWorkbook) -> Reading:
        checks = FormulaChecks(
            self.form,
            [entry.name for entry in workbook.entries],
            has_formulas=workbook.has_formulas,
            linked_files=workbook.linked_files,
            rounds_as_shown=workbook.rounds_as_shown,
        )
        shown = ShownChecks(self.form)
        for worksheet in workbook.worksheets():
            if self._is_needless(worksheet):
                checks.left_out(worksheet)
                continue
            if worksheet.lost:
                self._lost(worksheet.name)
                continue
            before = len(self.lists) + len(self.not_checked)
            sheets, kpis, areas = self._worksheet(worksheet)
            if not sheets and not kpis and len(self.lists) + len(self.not_checked) == before:
                self._nothing_read(worksheet)
            checks.worksheet(worksheet, sheets, kpis)
            shown.worksheet(worksheet, sheets, kpis, areas)
        if self.listing is not None:
            self.sheets, unsure = self.listing.finished(self.sheets)
            self.doubtful += unsure
        listed, parts, unread = judged(self.lists, self.sheets, self.form, self.path)
        self.unread += unread
        self.not_checked += [*self.doubtful, *listed]
        if not self.sheets and not self.kpis and not self.not_checked:
            raise self._nothing_at_all()
        if checks.uncalculated:
            self.not_checked.append(NotChecked(document=self.path, why=_NEVER_CALCULATED))
        year = most_common_year(self.sheets)
        return Reading(
            self.kpi_year if year is None else year,
            tuple(self.sheets),
            tuple(self.kpis),
            (*counted(self.remarks, len(self.sheets)), *checks.finish(shown.finish())),
            tuple(self.not_checked),
            tuple(self.unread),
            (*self.parts, *parts),
        )

    def _nothing_at_all(self) -> UnreadableDocument:
        if self.parts and all(part.state == "left_out" for part in self.parts):
            return UnreadableDocument(
                self.path,
                "all-left-out",
                "every worksheet is left out by the choice of worksheets",
                "読み取るワークシートの指定により、すべてのワークシートが除外されています",
            )
        return UnreadableDocument(
            self.path,
            "no-sheet",
            "no worksheet is laid out as a sheet or a table of the form",
            "様式のシートや KPI の表として読み取れるワークシートがありません",
        )

    def _is_needless(self, worksheet: Worksheet) -> bool:
        """Whether a worksheet needs no audit, by choice or by what it is; lists it."""
        if not self.form.reads_worksheet(worksheet.name):
            self._needless(worksheet, "left_out", _LEFT_OUT)
            return True
        if worksheet.lost:
            return False
        if not worksheet.cells and any(drawing.is_picture for drawing in worksheet.drawings):
            self._picture(worksheet.name)
            return True
        if not worksheet.cells:
            self._needless(worksheet, "passed_over", _EMPTY)
            return True
        if _is_of_audit(worksheet):
            self._needless(worksheet, "passed_over", _FINDINGS)
            return True
        return False

    def _needless(
        self,
        worksheet: Worksheet,
        state: PartState,
        why: Why,
        unread: tuple[UnreadNumber, ...] = (),
    ) -> None:
        place = Place(sheet=worksheet.name)
        self.parts.append(Part(place=place, state=state, why=why, unread=unread))

    def _worksheet(
        self, worksheet: Worksheet
    ) -> tuple[Sequence[Sheet], Sequence[Kpi], Sequence[tuple[int, int, int, int]]]:
        """The sheets and indicators of a worksheet, and the areas of the sheets."""
        grid = _grid(worksheet)
        reading: ListReading | SheetsAndIndicators
        if self.listing is not None:
            reading = self.listing.read(grid, worksheet.name)
        else:
            before = len(self.sheets) + len(self.not_checked)
            reading = read_with_indicators(grid, self.labels, self.path, 1 + before, len(self.kpis))
            grid = reading.rest or grid
        faulty = {
            cell.address
            for cell in worksheet.cells.values()
            if cell.kind in ("error", "uncalculated")
        }
        remarks = list(reading.remarks)
        self.sheets += reading.sheets
        self.not_checked += reading.not_checked
        self.doubtful += reading.doubtful
        self.lists += reading.lists
        self.unread += reading.unread
        kpis: Sequence[Kpi] = reading.kpis
        self.kpis += kpis
        apart = self.listing is None and self.form.kpi is not None
        of_tables: Sequence[Kpi] = ()
        if apart and self._may_hold_indicators(worksheet):
            of_tables, more = self._indicators(worksheet, grid, reading.areas)
            kpis = [*kpis, *of_tables]
            remarks += more
        self.unread += numbers_beside(reading.beside, reading.areas, grid if of_tables else None)
        # An error value is said under a code of its own.
        self.remarks += [
            remark
            for remark in remarks
            if not (remark.rule == "RD001" and remark.place and remark.place.cell in faulty)
        ]
        return reading.sheets, kpis, reading.areas

    def _picture(self, name: str) -> None:
        """Say that a worksheet shows pictures alone: nobody knows what stands in them."""
        self._not_checked(
            "pictures",
            f"worksheet {name!r} holds pictures and no cells, and was not checked: this program "
            "reads no pictures; give the file from which they were made",
            f"ワークシート「{name}」は画像だけでセルに記入がないため、確かめていません。"
            "画像は読み取れません。作成元のファイルを指定してください",
        )

    def _lost(self, name: str) -> None:
        self._not_checked(
            "worksheet-lost",
            f"worksheet {name!r} was not checked: its content is damaged or missing; open the "
            "workbook in a spreadsheet program and save it as .xlsx",
            f"ワークシート「{name}」は内容が壊れているか失われているため、確かめて"
            "いません。表計算ソフトで開いて内容を確かめ、.xlsx で保存し直してください",
        )

    def _not_checked(self, code: str, en: str, ja: str) -> None:
        self.not_checked.append(NotChecked(document=self.path, why=Why(code=code, en=en, ja=ja)))

    def _nothing_read(self, worksheet: Worksheet) -> None:
        grid = _grid(worksheet)
        unread = numbers_in(grid)
        if unread and self._goes_on(grid):
            self.unread += unread
            self._not_checked(
                "rest-of-sheet",
                f"worksheet {worksheet.name!r} was not checked: it has figures that the sheet "
                "before lacks, and no name of its own; put both on one worksheet",
                f"ワークシート「{worksheet.name}」は、前のシートで見つからない項目の続きとみられ"
                "ますが、名称がないため確かめていません。1枚のワークシートにまとめてください",
            )
            return
        self._needless(worksheet, "passed_over", _NO_SHEET, unread)
        first = next(iter(worksheet.cells.values()))
        self.remarks.append(
            Remark(
                rule="XLS009",
                printed=worksheet.name,
                place=first.place,
                detail=Text(
                    en=f"nothing on the worksheet {worksheet.name!r} is a sheet or a table of the "
                    "form; it was not read",
                    ja=f"ワークシート「{worksheet.name}」には様式のシートや表がないため、"
                    "読み取っていません",
                ),
            )
        )

    def _goes_on(self, grid: Grid) -> bool:
        """Whether a worksheet without a sheet labels what the last sheet lacks."""
        lacking = {
            remark.field
            for remark in self.remarks
            if remark.rule == "RD004" and self.sheets and remark.sheet == self.sheets[-1].number
        }
        return any(label.name in lacking for label in self.labels.find(grid))

    # Tables of indicators.

    @cached_property
    def _kpi_labels(self) -> frozenset[str]:
        labels = self.form.kpi.labels.values() if self.form.kpi else ()
        return frozenset(map(label_key, chain.from_iterable(labels)))

    def _may_hold_indicators(self, worksheet: Worksheet) -> bool:
        """Whether the heading of indicators' names or three of the table's labels stand on the
        worksheet, which is cheaper to see than its rows.
        """
        short = {
            cell.raw
            for cell in worksheet.cells.values()
            if cell.kind == "text" and len(cell.raw) <= 40
        }
        keys = frozenset(map(label_key, short))
        names = self.form.kpi.labels.get("name", ()) if self.form.kpi else ()
        return len(self._kpi_labels & keys) >= 3 or not keys.isdisjoint(map(label_key, names))

    def _indicators(
        self, worksheet: Worksheet, grid: Grid, areas: Sequence[tuple[int, int, int, int]]
    ) -> tuple[Sequence[Kpi], Sequence[Remark]]:
        """The indicators on the rows that no sheet of the form takes up."""
        assert self.form.kpi is not None
        cells = worksheet.cells
        grid = _with_plain_days(grid)

        def complete(figure: Figure, row: int, column: int) -> Figure:
            cell = cells.get((row, column))
            return _as_held(figure, cell) if cell is not None else figure

        reading = read_indicators(
            self.path,
            self.form.kpi,
            grid,
            areas,
            before=len(self.kpis),
            complete=complete,
        )
        if reading is None:
            return (), ()
        self.kpis += reading.kpis
        self.not_checked += reading.not_checked
        self.unread += reading.unread
        self.kpi_year = reading.fiscal_year if self.kpi_year is None else self.kpi_year
        # What is said of the whole table stands at its first cell, which names the worksheet.
        start = {"place": boxes_outside(grid, areas)[0].place}
        remarks = [
            remark if remark.place is not None else remark.model_copy(update=start)
            for remark in reading.remarks
        ]
        reported = {(remark.kpi, remark.field, remark.year) for remark in remarks}
        more = _no_numbers(worksheet, reading.kpis)
        remarks += [
            remark for remark in more if (remark.kpi, remark.field, remark.year) not in reported
        ]
        return reading.kpis, remarks


def _printed_grids(workbook: OpenWorkbook) -> Iterator[PrintedGrid]:
    for number, worksheet in enumerate(workbook.worksheets(), 1):
        if not _is_of_audit(worksheet):
            cells = cells_of_grid(_grid(worksheet))
            yield PrintedGrid(worksheet.name, number, cells, worksheet.lost)


def _is_of_audit(worksheet: Worksheet) -> bool:
    """Whether a worksheet lists the findings of an earlier audit."""
    headings = [cell.raw for (row, _), cell in worksheet.cells.items() if row == 1]
    return is_findings_sheet(worksheet.name, headings)


def _grid(worksheet: Worksheet) -> Grid:
    return Grid.of(
        worksheet.cells.values(),
        lambda row, column: Place(sheet=worksheet.name, cell=address(row, column)),
    )


def _no_numbers(worksheet: Worksheet, kpis: Iterable[Kpi]) -> Iterator[Remark]:
    """Remarks on numbers in a table whose print is no figure. A word in their place may be
    meant.
    """
    for kpi in kpis:
        for field, year, figure in kpi.every_figure():
            cell = cell_of(worksheet, figure)
            if figure.state == "text" and cell is not None and cell.kind == "number":
                yield text_for_figure(None, field, year, figure, kpi=kpi.number)


def _with_plain_days(grid: Grid) -> Grid:
    """The grid with days as a table's reader knows them, whatever their format prints: a month
    under ``mmm-yy`` is one.
    """
    if not any(_day(box.cell) for box in grid.boxes):
        return grid
    cells = (
        box.cell if (day := _day(box.cell)) is None else _of_text(box.cell, day)
        for box in grid.boxes
    )
    return Grid.of(cells, grid.place)


def _day(cell: Cell) -> str | None:
    """The day that a cell holds, where what it prints does not say its month and year."""
    number = cell.number if isinstance(cell, SheetCell) else None
    if number is None or not isinstance(cell, SheetCell) or not cell.format.is_day(number):
        return None
    day = cell.format.day(number)
    return None if day is None or parse_month(cell.text) is not None else day.isoformat()


def _of_text(cell: Cell, text: str) -> TextCell:
    return TextCell(cell.row, cell.column, text, cell.place, cell.rows, cell.columns)


def _as_held(read: Figure, cell: SheetCell) -> Figure:
    """The figure of a table's text with what the workbook says of its cell: what it prints
    exactly, what it holds, its formula.
    """
    figure = cell.figure(read.unit, (read.unit,) if read.unit else ())
    if cell.kind == "number" or cell.has_marks or figure.state == "unread":
        return figure.model_copy(update={"place": read.place, "unit": read.unit})
    return read.model_copy(update={"formula": figure.formula, "cached": figure.cached})
