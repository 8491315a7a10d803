"""A worksheet as it looks: what its cells display, their styles, merges, and what lies over them.

Displayed texts and colours are those that the reader goes by. Of a large worksheet the upper left
part is shown, and ``more`` says what is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from auditor.desk.views.drawings import drawings_of
from auditor.desk.views.model import CellView, WorksheetView
from auditor.desk.views.sizes import Columns, highest, line_height, lines_of, pixels
from auditor.desk.views.styles import StyleTable, styled
from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.faces import Face, Faces
from auditor.readers.workbook.looks import Look
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import Area, column_letters
from auditor.records.text import Text

__all__ = ["DRAWN", "LONGEST", "MOST_CELLS", "drawn_worksheet"]

DRAWN: Final = Area(1, 1, 5_000, 400)
"""The rows and columns of a worksheet that are shown at most."""
MOST_CELLS: Final = 60_000
LONGEST: Final = 4_000
_HASHES: Final = "####"
_CENTRED: Final = "centerContinuous"


class _Part(NamedTuple):
    """The part of a worksheet that is shown, and what is said of the rest."""

    rows: int
    columns: int
    more: Text | None


@dataclass
class _Drawn:
    """One worksheet while its view is made."""

    sheet: Worksheet
    faces: Faces
    look: Callable[[int], Look]
    table: StyleTable = field(default_factory=StyleTable)

    def __post_init__(self) -> None:
        self.anchors = {(area.top, area.left): area for area in self.sheet.merges}
        self.spans = _columns_styled(self.sheet)

    def face(self, style: int) -> Face:
        return self.faces.of(style)

    def style_at(self, row: int, column: int) -> int:
        """The style of a cell, whether it holds something or not."""
        at = row, column
        if (cell := self.sheet.stored(*at)) is not None:
            return cell.style
        if (style := self.sheet.blanks.get(at)) is not None:
            return style
        if (style := self.sheet.row_styles.get(row)) is not None:
            return style
        return self.spans.get(column, 0)


def drawn_worksheet(
    sheet: Worksheet, faces: Faces, look: Callable[[int], Look], lang: str
) -> WorksheetView:
    """The view of a worksheet that was read with the cells that only have looks."""
    drawn = _Drawn(sheet, faces, look)
    part = _part(drawn)
    sizes = Columns(sheet.widths, faces.usual)
    columns = sizes.upto(part.columns)
    for first, last in sheet.hidden_columns:
        for column in range(max(first, 1), min(last, part.columns) + 1):
            columns[column - 1] = 0
    cells = list(_cells(drawn, part))
    rows = _rows(drawn, part, columns)
    view = WorksheetView(
        name=sheet.name,
        hidden=sheet.visibility != "visible",
        grid=sheet.shows_grid,
        columns=columns,
        rows=rows,
        cells=cells,
        merges=[list(area) for area in _merges(drawn, part)],
        styles=drawn.table.styles,
        drawings=drawings_of(sheet.drawings, columns, rows),
    )
    if sheet.lost:
        view["lost"] = True
    if part.more is not None:
        view["more"] = part.more.of(lang)
    return view


# --- how much is shown


def _part(drawn: _Drawn) -> _Part:
    """As many rows and columns as hold something that is seen, up to the most."""
    sheet = drawn.sheet
    last_row, last_column = _extent(sheet.cells)
    blanks = [at for at, style in sheet.blanks.items() if _is_drawn(drawn, style)]
    seen_row, seen_column = _extent(blanks)
    corners = [(area.bottom, area.right) for area in sheet.merges if _holds(drawn, area)]
    of_merges = _extent(corners)
    of_drawings = _extent(
        (drawing.corners[1].row, drawing.corners[1].column)
        for drawing in sheet.drawings
        if drawing.corners is not None
    )
    rows = max(last_row, seen_row, of_merges[0], of_drawings[0], 1)
    columns = max(last_column, seen_column, of_merges[1], of_drawings[1], 1)
    shown = _Part(min(rows, DRAWN.bottom), min(columns, DRAWN.right), None)
    shown = shown._replace(rows=_rows_of_most(drawn, shown))
    if shown.rows < last_row or shown.columns < last_column:
        return shown._replace(more=_rest(shown, last_row, last_column))
    return shown


def _extent(places: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The last row and the last column of some cells."""
    rows = columns = 0
    for row, column in places:
        rows, columns = max(rows, row), max(columns, column)
    return rows, columns


def _holds(drawn: _Drawn, area: Area) -> bool:
    at = area.top, area.left
    return at in drawn.sheet.cells or at in drawn.sheet.blanks


def _is_drawn(drawn: _Drawn, style: int) -> bool:
    """Whether something of a cell is seen that holds nothing."""
    return drawn.face(style).has_lines or drawn.look(style).ground is not None


def _rows_of_most(drawn: _Drawn, part: _Part) -> int:
    """The rows that hold as many cells as are shown at most."""
    counts: dict[int, int] = {}
    for row, column in _places(drawn):
        if row <= part.rows and column <= part.columns:
            counts[row] = counts.get(row, 0) + 1
    total = 0
    for row in sorted(counts):
        total += counts[row]
        if total > MOST_CELLS:
            return max(row - 1, 1)
    return part.rows


def _rest(part: _Part, rows: int, columns: int) -> Text:
    letters = column_letters(part.columns)
    return Text(
        en=f"Shown are the rows up to {part.rows:,} of {rows:,} and the columns up to {letters} "
        f"of {column_letters(columns)}; open the document itself for the rest. "
        "What is not shown was audited all the same.",
        ja=f"{rows:,}行のうち{part.rows:,}行目まで、{column_letters(columns)}列までのうち"
        f"{letters}列までを表示しています。残りは元の文書で確かめてください。"
        "表示していない部分も点検の対象です。",
    )


# --- cells


def _places(drawn: _Drawn) -> Iterator[tuple[int, int]]:
    """The cells that hold something or have a style of their own, those under merges apart."""
    yield from drawn.sheet.cells
    for at in drawn.sheet.blanks:
        if at not in drawn.sheet.cells:
            yield at


def _cells(drawn: _Drawn, part: _Part) -> Iterator[CellView]:
    """The cells of the part in reading order."""
    places = set(_places(drawn)) | _of_whole_columns(drawn, part)
    merges = _merges_by_row(drawn, part, {row for row, _ in places})
    for row, column in sorted(places):
        if row > part.rows or column > part.columns:
            continue
        if _is_covered((row, column), merges.get(row, ())):
            continue
        cell = drawn.sheet.cells.get((row, column))
        view = _cell(drawn, row, column, cell)
        if view is not None:
            yield view


def _of_whole_columns(drawn: _Drawn, part: _Part) -> set[tuple[int, int]]:
    """Cells that are not in the file, and look as their rows or columns do."""
    columns = [
        column
        for column, style in drawn.spans.items()
        if column <= part.columns and _is_drawn(drawn, style)
    ]
    rows = [
        row
        for row, style in drawn.sheet.row_styles.items()
        if row <= part.rows and _is_drawn(drawn, style)
    ]
    if len(columns) * part.rows + len(rows) * part.columns > MOST_CELLS:
        return set()
    places: set[tuple[int, int]] = set()
    for column in columns:
        places.update((row, column) for row in range(1, part.rows + 1))
    for row in rows:
        places.update((row, column) for column in range(1, part.columns + 1))
    return places


def _columns_styled(sheet: Worksheet) -> dict[int, int]:
    styles: dict[int, int] = {}
    for first, last, style in sheet.widths.styles[: DRAWN.right]:
        for column in range(max(first, 1), min(last, DRAWN.right) + 1):
            styles.setdefault(column, style)
    return styles


def _merges_by_row(drawn: _Drawn, part: _Part, rows: set[int]) -> dict[int, list[Area]]:
    """The merged areas that lie on some rows."""
    merges: dict[int, list[Area]] = {}
    for area in _merges(drawn, part):
        for row in range(area.top, area.bottom + 1):
            if row in rows:
                merges.setdefault(row, []).append(area)
    return merges


def _is_covered(at: tuple[int, int], merges: Iterable[Area]) -> bool:
    """Whether a cell lies under a merged area and is not its first one."""
    return any(area.left <= at[1] <= area.right and at != area[:2] for area in merges)


def _merges(drawn: _Drawn, part: _Part) -> list[Area]:
    """The merged areas that begin in the part, cut off at its end."""
    return [
        Area(
            area.top,
            area.left,
            min(area.bottom, part.rows),
            min(area.right, part.columns),
        )
        for area in drawn.sheet.merges
        if area.top <= part.rows and area.left <= part.columns
    ]


def _cell(drawn: _Drawn, row: int, column: int, cell: SheetCell | None) -> CellView | None:
    style = drawn.style_at(row, column)
    face = _with_far_lines(drawn, row, column, drawn.face(style))
    look = drawn.look(style) if cell is None else cell.look
    number = drawn.table.number(styled(face, look, cell))
    text = "" if cell is None else displayed_text(cell)
    if not text and not number:
        return None
    view = CellView(r=row, c=column, style=number)
    if text:
        view["text"] = text
    if cell is not None and cell.kind != "text":
        view["fixed"] = True
    if face.horizontal == _CENTRED and text:
        view["across"] = _across(drawn, row, column)
    return view


def displayed_text(cell: SheetCell) -> str:
    """What a cell displays, as the reader goes by it; a text keeps its spaces."""
    if cell.uncertain == "narrow":
        return _HASHES
    text = cell.text
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _with_far_lines(drawn: _Drawn, row: int, column: int, face: Face) -> Face:
    """The face of a merged area: its lines on the right and below are those of its last cells."""
    area = drawn.anchors.get((row, column))
    if area is None:
        return face
    right = drawn.face(drawn.style_at(row, area.right)).right
    bottom = drawn.face(drawn.style_at(area.bottom, column)).bottom
    if right == face.right and bottom == face.bottom:
        return face
    return face.with_lines(right, bottom)


def _across(drawn: _Drawn, row: int, column: int) -> int:
    """Over how many columns a text is centred: those behind it that are empty and say the same."""
    last = column
    while last < DRAWN.right and (row, last + 1) not in drawn.sheet.cells:
        if drawn.face(drawn.style_at(row, last + 1)).horizontal != _CENTRED:
            break
        last += 1
    return last - column + 1


# --- rows


def _rows(drawn: _Drawn, part: _Part, columns: Sequence[int]) -> list[int]:
    """The heights of the rows."""
    sheet = drawn.sheet
    default = pixels(sheet.default_height)
    heights = [default] * part.rows
    needs = _needs(drawn, part, columns)
    for row in range(1, part.rows + 1):
        if row in sheet.hidden_rows:
            heights[row - 1] = 0
        elif (height := sheet.heights.get(row)) is not None:
            heights[row - 1] = pixels(height)
        elif row in needs:
            heights[row - 1] = highest(needs[row], default)
    return heights


def _needs(drawn: _Drawn, part: _Part, columns: Sequence[int]) -> dict[int, list[int]]:
    """The heights that texts need in rows that state none; merged cells need none."""
    sheet = drawn.sheet
    needs: dict[int, list[int]] = {}
    for (row, column), cell in sheet.cells.items():
        if row in sheet.heights or row > part.rows or column > part.columns:
            continue
        if (row, column) in drawn.anchors:
            continue
        face = drawn.face(cell.style)
        text = displayed_text(cell)
        width = columns[column - 1] if face.wraps else None
        lines = lines_of(text, face.font, width) if face.wraps else 1
        needs.setdefault(row, []).append(lines * line_height(face.font))
    return needs
