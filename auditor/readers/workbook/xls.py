"""Workbooks of the old kind (.xls), by way of xlrd, which the extra ``xls`` installs.

xlrd rather than python-calamine, which is released more often: calamine reads ``#DIV/0!`` as an
empty cell and gives neither number formats nor hidden rows, and what a cell holds must not get
lost. Formulas don't come with it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from io import StringIO
from typing import Any, Final

from auditor.files.ooxml import Limits, PackageError
from auditor.readers.characters import looks_blank
from auditor.readers.workbook.biff import Records, never_calculated, records_of
from auditor.readers.workbook.cells import Kind, SheetCell
from auditor.readers.workbook.faces import Faces
from auditor.readers.workbook.limits import (
    too_many_filled_cells,
    too_many_worksheets,
    too_much_merged,
)
from auditor.readers.workbook.looks import PLAIN, Look, PrintsAs, Rgb, names_symbols
from auditor.readers.workbook.number_formats import GENERAL, NumberFormat
from auditor.readers.workbook.runs import PLAIN_RUN, Run, RunLook, plain_text
from auditor.readers.workbook.worksheets import Visibility, Worksheet, WorksheetEntry
from auditor.records.addresses import Area
from auditor.records.extras import how_to_install

__all__ = ["OldWorkbook"]

_ERRORS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_SOLID: Final = 1
_TWIPS: Final = 20
"""To a point."""
_FILL: Final = 4
_PRINT_AREA: Final = "Print_Area"
_LIGHT: Final = (17, 18)
"""Patterns of a few dots: gray125 and gray0625."""
_VISIBILITY: Final[dict[int, Visibility]] = {0: "visible", 1: "hidden", 2: "veryHidden"}


class OldWorkbook:
    """An .xls workbook with the same face as one of the new kind."""

    has_formulas = rounds_as_shown = False
    linked_files: tuple[str, ...] = ()

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            xlrd: Any = importlib.import_module("xlrd")
        except ImportError:
            remedy = how_to_install("xls")
            raise PackageError(
                "needs-extra",
                "is a workbook of the old kind (.xls): save it as .xlsx; or the part of the "
                f"program that reads it is missing: {remedy.en}",
                "旧形式のブック（.xls）です。.xlsx で保存し直してください。"
                f"または .xls を読み取る部品が必要です。{remedy.ja}",
            ) from None
        try:
            self.book: Any = xlrd.open_workbook(
                file_contents=data, formatting_info=True, on_demand=True, logfile=StringIO()
            )
        except Exception as fault:  # xlrd raises whatever a broken file makes it stumble over
            if "encrypt" in str(fault).lower():
                raise PackageError(
                    "encrypted",
                    "is encrypted; save it without a password",
                    "暗号化されています。パスワードなしで保存し直してください",
                ) from None
            raise _broken() from None
        self.limits = limits
        self._looks: dict[int, Look] = {}
        self._cells_left = limits.filled_cells
        names: list[str] = self.book.sheet_names()
        if len(names) > limits.worksheets:
            raise too_many_worksheets(limits)
        hidden: list[int] = list(getattr(self.book, "_sheet_visibility", [0] * len(names)))
        self.entries: tuple[WorksheetEntry, ...] = tuple(
            WorksheetEntry(
                name,
                str(index),
                _VISIBILITY.get(hidden[index], "visible") if index < len(hidden) else "visible",
            )
            for index, name in enumerate(names)
        )

    @property
    def holds_pictures_alone(self) -> bool:
        """Nobody knows: what lies over the cells of such a workbook is not read."""
        return False

    def words(self) -> str:
        texts: list[str] = []
        for sheet in self._all(counted=False):
            texts += [cell.raw for cell in sheet.cells.values() if cell.kind == "text"]
        return "\n".join(texts)

    @cached_property
    def _records(self) -> Sequence[Records]:
        """What the records of each worksheet say; nothing of workbooks before Excel 97."""
        if self.book.biff_version < 80:
            return ()
        end = self.book.base + self.book.stream_len
        starts = [self.book._sh_abs_posn[int(entry.part)] for entry in self.entries]
        return [records_of(self.book.mem, start, end) for start in starts]

    @cached_property
    def _uncalculated(self) -> Sequence[set[tuple[int, int]]]:
        return never_calculated(self._records)

    def faces(self) -> Faces:
        """How the cells are drawn, by their styles."""
        return self._faces

    @cached_property
    def _faces(self) -> Faces:
        from auditor.readers.workbook.old_faces import old_faces

        return old_faces(self.book)

    def drawn(self, entry: WorksheetEntry, area: Area) -> Worksheet:
        """One worksheet's content with the cells of an area that only have looks."""
        return self._sheet(entry, area)

    @cached_property
    def _print_areas(self) -> Mapping[int, Sequence[Area]]:
        """The areas that are printed, by the number of their worksheet."""
        areas: dict[int, list[Area]] = {}
        for name in getattr(self.book, "name_obj_list", ()):
            if not name.builtin or name.name != _PRINT_AREA or name.result is None:
                continue
            for reference in name.result.value or ():
                _, _, top, bottom, left, right = reference.coords
                areas.setdefault(name.scope, []).append(Area(top + 1, left + 1, bottom, right))
        return areas

    def worksheets(self) -> Iterator[Worksheet]:
        return self._all(counted=True)

    def _all(self, *, counted: bool) -> Iterator[Worksheet]:
        for entry in self.entries:
            worksheet = self._sheet(entry)
            if counted:
                self._cells_left -= len(worksheet.cells)
            if len(worksheet.cells) > self._cells_left and counted:
                raise too_many_filled_cells(self.limits)
            yield worksheet

    def _sheet(self, entry: WorksheetEntry, drawn: Area | None = None) -> Worksheet:
        """One worksheet's content, which xlrd holds no longer."""
        try:
            sheet: Any = self.book.sheet_by_index(int(entry.part))
        except Exception:
            raise _broken() from None
        worksheet = self._worksheet(entry, sheet)
        if drawn is not None:
            self._draw(worksheet, sheet, drawn)
        self.book.unload_sheet(int(entry.part))
        return worksheet

    def _draw(self, worksheet: Worksheet, sheet: Any, area: Area) -> None:
        """Take up what only serves to show the worksheet: cells that only have looks, the styles
        of rows and columns, heights.
        """
        for row in range(area.top - 1, min(area.bottom, sheet.nrows)):
            for column in range(area.left - 1, min(area.right, sheet.row_len(row))):
                at = row + 1, column + 1
                if worksheet.stored(*at) is None:
                    worksheet.blanks[at] = sheet.cell_xf_index(row, column)
        for row, info in sheet.rowinfo_map.items():
            if info.height:
                worksheet.heights[row + 1] = info.height / _TWIPS
            if info.has_default_xf_index and info.xf_index:
                worksheet.row_styles[row + 1] = info.xf_index
        worksheet.widths.styles = [
            (column + 1, column + 1, info.xf_index) for column, info in sheet.colinfo_map.items()
        ]
        if sheet.standardwidth:
            worksheet.widths.default, worksheet.widths.base = sheet.standardwidth / 256, None
        else:
            worksheet.widths.base = worksheet.widths.default
        if sheet.default_row_height:
            worksheet.default_height = sheet.default_row_height / _TWIPS
        worksheet.shows_grid = bool(getattr(sheet, "show_grid_lines", 1))

    def _worksheet(self, entry: WorksheetEntry, sheet: Any) -> Worksheet:
        worksheet = Worksheet(entry.name, entry.visibility)
        worksheet.lost = self._is_lost(entry, sheet)
        worksheet.print_areas = self._print_areas.get(int(entry.part), ())
        worksheet.shows_formulas = bool(getattr(sheet, "show_formulas", 0))
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                cell = self._cell(entry, row, column, sheet.cell(row, column))
                if cell is None:
                    continue
                worksheet.cells[row + 1, column + 1] = cell
                if runs := sheet.rich_text_runlist_map.get((row, column)):
                    cell.set_plain(plain_text(self._runs(cell.raw, runs), cell.look))
        worksheet.hidden_rows = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
        worksheet.hidden_columns = [
            (column + 1, column + 1) for column, info in sheet.colinfo_map.items() if info.hidden
        ]
        for top, bottom, left, right in sheet.merged_cells:
            area = Area(top + 1, left + 1, bottom, right)
            if area.size > self.limits.merged_area_once:
                raise too_much_merged(entry.name)
            worksheet.merges.append(area)
        worksheet.shows_zeros = bool(getattr(sheet, "show_zero_values", 1))
        worksheet.widths.default = float(
            getattr(sheet, "defcolwidth", None) or worksheet.widths.default
        )
        worksheet.widths.columns = [
            (column + 1, column + 1, info.width / 256) for column, info in sheet.colinfo_map.items()
        ]
        if worksheet.shows_formulas:
            self._mark_formulas(entry, worksheet)
        worksheet.arrange()
        return worksheet

    def _is_lost(self, entry: WorksheetEntry, sheet: Any) -> bool:
        """Whether records of the worksheet are missing."""
        if not self._records:
            return False
        has_rows = bool(getattr(sheet, "_dimnrows", 0))
        return not self._records[int(entry.part)].is_whole or (has_rows and sheet.nrows == 0)

    def _cell(self, entry: WorksheetEntry, row: int, column: int, cell: Any) -> SheetCell | None:
        content = _content(cell)
        if self._uncalculated and (row + 1, column + 1) in self._uncalculated[int(entry.part)]:
            content = "uncalculated", ""
        if content is None:
            return None
        kind, raw = content
        look = self.look(cell.xf_index)
        return SheetCell(entry.name, row + 1, column + 1, kind, raw, None, cell.xf_index, look)

    def _mark_formulas(self, entry: WorksheetEntry, worksheet: Worksheet) -> None:
        """Say which cells have formulas; what they are is not read."""
        for at in self._records[int(entry.part)].formulas if self._records else ():
            if (cell := worksheet.cells.get(at)) is not None:
                cell.formula = ""

    def look(self, style: int | None) -> Look:
        """The look of a style; a plain one where there is no such style."""
        index = -1 if style is None else style
        if not 0 <= index < len(self.book.xf_list):
            return PLAIN
        if index not in self._looks:
            drawn: Any = self.book.xf_list[index]
            font: Any = self._font(drawn.font_index)
            ground: Any = drawn.background
            size = _size(font)
            base = _size(self._font(0))
            first, *others = self._grounds(ground)
            self._looks[index] = Look(
                self._format(drawn.format_key),
                self._colour(font.colour_index) if font is not None else None,
                first,
                bool(font is not None and font.struck_out),
                size,
                tuple(other for other in others if other is not None),
                bool(drawn.alignment.shrink_to_fit or drawn.alignment.rotation),
                size / base if base else 1.0,
                _prints_as(font, drawn.alignment),
            )
        return self._looks[index]

    def _font(self, index: int) -> Any:
        fonts: Any = self.book.font_list
        return fonts[index] if 0 <= index < len(fonts) else None

    def _colour(self, index: int) -> Rgb | None:
        parts: Any = self.book.colour_map.get(index)
        return Rgb(*parts) if parts is not None else None

    def _format(self, key: int) -> NumberFormat:
        code: Any = self.book.format_map.get(key)
        if code is None:
            return GENERAL
        return NumberFormat(str(code.format_str), bool(self.book.datemode))

    def _grounds(self, ground: Any) -> list[Rgb | None]:
        """The colours of a cell's ground; None is no colour of its own."""
        if ground is None or ground.fill_pattern == 0:
            return [None]
        front = self._colour(ground.pattern_colour_index)
        if ground.fill_pattern == _SOLID:
            return [front]
        back = self._colour(ground.background_colour_index)
        return [back] if ground.fill_pattern in _LIGHT else [back, front or Rgb(0, 0, 0)]

    def _runs(self, text: str, starts: Any) -> list[Run]:
        """The runs of a text; the first one has the font of the cell."""
        looks = [(0, PLAIN_RUN)]
        looks += [(int(start), self._run_look(self._font(int(font)))) for start, font in starts]
        ends = [start for start, _ in looks[1:]] + [len(text)]
        return [Run(text[start:end], look) for (start, look), end in zip(looks, ends, strict=True)]

    def _run_look(self, font: Any) -> RunLook:
        if font is None:
            return PLAIN_RUN
        is_mark = bool(font.escapement or font.struck_out)
        colour = self._colour(font.colour_index)
        return RunLook(is_mark, colour, _size(font), _has_symbols(font))


def _has_symbols(font: Any) -> bool:
    """Whether a font prints signs in the place of digits."""
    name, charset = getattr(font, "name", ""), getattr(font, "character_set", 0)
    return names_symbols(str(name), str(charset))


def _prints_as(font: Any, alignment: Any) -> PrintsAs | None:
    if font is not None and _has_symbols(font):
        return "symbols"
    return "repeated" if getattr(alignment, "hor_align", 0) == _FILL else None


def _size(font: Any) -> float:
    """The size of a font in points."""
    return font.height / 20 if font is not None else 11.0


def _content(cell: Any) -> tuple[Kind, str] | None:
    """What a cell holds, as a workbook of the new kind would have it."""
    kind = int(cell.ctype)
    if kind == 1 and cell.value:
        text = str(cell.value)
        return None if looks_blank(text) else ("text", text)
    if kind in (2, 3):
        value = float(cell.value)
        whole = value.is_integer() and abs(value) < 1e15
        return "number", str(int(value)) if whole else repr(value)
    if kind == 4:
        return "boolean", "TRUE" if cell.value else "FALSE"
    if kind == 5:
        return "error", _ERRORS.get(int(cell.value), "#VALUE!")
    return None


def _broken() -> PackageError:
    return PackageError(
        "truncated",
        "the workbook (.xls) is cut off or damaged",
        "ブック（.xls）が途中で切れているか壊れています",
    )
