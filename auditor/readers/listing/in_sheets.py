"""The tables of indicators (KPIs) that stand inside of sheets: an indicator on each row, all of the
sheet's project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers import remarks as grid_remarks
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.furniture import is_numbers
from auditor.readers.grid.label_text import label_key
from auditor.readers.grid.labels import Labels, boxes_of
from auditor.readers.grid.sheets import GridReading, read_sheets
from auditor.readers.kpi.kind_grids import NO_ROWS, with_rows_beside
from auditor.readers.listing.columns import ListColumns
from auditor.readers.listing.headings import Band, Heading, headings_in, matches
from auditor.readers.listing.kpis import Indicators
from auditor.readers.listing.records import RowCells
from auditor.readers.listing.rows import ListRow
from auditor.readers.listing.words import KPI, Lexicon
from auditor.records.figures import parse_figure
from auditor.records.model import Kpi, Sheet, UnreadNumber

__all__ = ["SheetsAndIndicators", "read_with_indicators"]

_FEWEST: Final = 3
"""So many headings make a table: what is measured, its target, and another one."""
_MOST_ROWS: Final = 3


@dataclass
class SheetsAndIndicators(GridReading):
    """The sheets of a grid with the indicators inside of them; ``rest`` is the grid without the
    tables of these.
    """

    kpis: list[Kpi] = field(default_factory=list[Kpi])
    rest: Grid | None = None


class _Table(NamedTuple):
    """A table of indicators: its headings, and its rows."""

    band: Band
    rows: tuple[ListRow, ...]

    @property
    def boxes(self) -> Iterator[Box]:
        for heading in self.band.headings:
            yield from heading.boxes
        for row in self.rows:
            yield from row.boxes


def read_with_indicators(
    grid: Grid, labels: Labels, document: str, first: int, kpis: int
) -> SheetsAndIndicators:
    """The sheets of a grid, numbered from ``first``, and the indicators inside of them, numbered
    after ``kpis`` others. A table that no sheet stands above is left in the grid.
    """
    form = labels.form
    if form.kpi is None or not _names_indicators(grid, form):
        return _plain(read_sheets(grid, labels, document, first))
    lexicon = Lexicon(form)
    whole, beside = grid, with_rows_beside(grid, form.kpi)
    lacking = beside.lacking if beside is not None else NO_ROWS
    grid = beside.grid if beside is not None else grid
    tables = list(_tables(grid, lexicon, labels))
    taken = {id(box) for table in tables for box in table.boxes}
    rest = Grid([box for box in grid.boxes if id(box) not in taken], grid.place)
    reading = _plain(read_sheets(rest, labels, document, first)) if tables else None
    owners = [_owner(reading, table) for table in tables] if reading is not None else []
    if reading is None or None in owners:
        return _plain(read_sheets(whole, labels, document, first))
    reading.rest = rest
    for table, sheet in zip(tables, owners, strict=True):
        if sheet is not None:
            indicators = Indicators(
                ListColumns(table.band, lexicon), form, document, set(), lacking
            )
            _add(reading, grid, table, sheet, indicators, kpis)
    return reading


def _plain(reading: GridReading) -> SheetsAndIndicators:
    return SheetsAndIndicators(**vars(reading))


def _names_indicators(grid: Grid, form: Form) -> bool:
    """Whether the heading of indicators' names stands in a grid, which is cheap to see."""
    names = form.kpi.labels.get("name", ()) if form.kpi is not None else ()
    keys = set(map(label_key, names))
    return any(box.label and label_key(box.label) in keys for box in grid.boxes)


def _owner(reading: GridReading | None, table: _Table) -> Sheet | None:
    """The sheet in which a table stands: the last one that begins above it, in its columns."""
    if reading is None or len(reading.areas) != len(reading.sheets):
        return None
    left, right = table.band.headings[0].left, table.band.headings[-1].right
    above = [
        (area, sheet)
        for area, sheet in zip(reading.areas, reading.sheets, strict=True)
        if area[0] < table.band.top and area[1] <= right and left <= area[3]
    ]
    return above[-1][1] if above else None


# — where tables stand —


def _tables(grid: Grid, lexicon: Lexicon, labels: Labels) -> Iterator[_Table]:
    """The tables of indicators in a grid that have no column of projects, from the top."""
    of_sheets = {id(box) for box in boxes_of(labels.find(grid))}
    after = 0
    for row in sorted(grid.lines):
        if row <= after:
            continue
        band = _band_at(grid, lexicon, row)
        if band is not None:
            table = _Table(band, tuple(_rows(grid, band, lexicon, of_sheets)))
            if table.rows:
                yield table
                after = table.rows[-1].bottom


def _band_at(grid: Grid, lexicon: Lexicon, row: int) -> Band | None:
    """The headings of a table that begin in a row; None where no table does."""
    line = [box for box in grid.lines[row] if box.top == row and box.label]
    if sum(bool(_names(_alone(box, lexicon), lexicon)) for box in line) < _FEWEST - 1:
        return None
    best: tuple[int, Band] | None = None
    for bottom in range(row, min(row + _MOST_ROWS, grid.bottom + 1)):
        inside = grid.rows(row, bottom)
        if any(is_numbers(box) and lexicon.of(box.text).year is None for box in inside):
            break
        headings = _of_indicators(headings_in(grid, lexicon, row, bottom), lexicon)
        slots = {(name, heading.year) for heading in headings for name in _names(heading, lexicon)}
        names = {name for name, _ in slots}
        if KPI + "name" not in names or KPI + "project" in names or len(slots) < _FEWEST:
            continue
        if not names & {KPI + "target", KPI + "actuals"}:
            continue
        if best is None or len(slots) > best[0]:
            best = len(slots), Band(row, bottom, tuple(headings))
    if best is None:
        return None
    bottom = max(heading.boxes[-1].bottom for heading in best[1].headings)
    return best[1]._replace(bottom=bottom)


def _of_indicators(headings: Iterable[Heading], lexicon: Lexicon) -> list[Heading]:
    """The headings from the first to the last one of indicators, which stand beside each other."""
    all_of = list(headings)
    at = [place for place, heading in enumerate(all_of) if _names(heading, lexicon)]
    return all_of[at[0] : at[-1] + 1] if at else []


def _alone(box: Box, lexicon: Lexicon) -> Heading:
    return Heading(box.left, box.right, (box,), (lexicon.of(box.label),))


def _names(heading: Heading, lexicon: Lexicon) -> list[str]:
    return [name for name in matches(heading, lexicon) if name.startswith(KPI)]


def _rows(grid: Grid, band: Band, lexicon: Lexicon, of_sheets: set[int]) -> Iterator[ListRow]:
    """The rows of a table, to one that is empty, has a label of the sheet or heads a table."""
    left, right = band.headings[0].left, band.headings[-1].right
    row = band.bottom + 1
    while row <= grid.bottom:
        boxes = [
            box
            for box in grid.lines.get(row, ())
            if left <= box.left <= right and box.top == row and box.text.strip()
        ]
        if not boxes or any(id(box) in of_sheets for box in boxes):
            return
        if any(box.right > right or _is_heading(box, band, lexicon) for box in boxes):
            return
        bottom = max(min(box.bottom for box in boxes), row)
        inside = tuple(
            box for box in grid.rows(row, bottom) if left <= box.left <= right and box.top >= row
        )
        yield ListRow("record", row, bottom, inside)
        row = bottom + 1


def _is_heading(box: Box, band: Band, lexicon: Lexicon) -> bool:
    """Whether a cell is a heading of something else: a note of a unit, a year in the place of a
    figure, or a text over several columns.
    """
    words = lexicon.of(box.label) if box.label else None
    columns = [heading for heading in band.headings if heading.left <= box.right]
    over = sum(heading.right >= box.left for heading in columns)
    if words is None:
        return over > 1
    is_dated = words.year is not None and columns[-1] is not band.headings[0]
    return (
        over > 1
        or is_dated
        or not (words.full or words.unit or parse_figure(box.text).state == "dash")
    )


# — what they say —


def _add(
    reading: SheetsAndIndicators,
    grid: Grid,
    table: _Table,
    sheet: Sheet,
    indicators: Indicators,
    before: int,
) -> None:
    """Add the indicators of a table, and what of it was not read."""
    for row in table.rows:
        cells = RowCells(grid, row)
        number = before + len(reading.kpis) + 1
        for kpi in indicators.of_row(cells, sheet, number):
            place = row.boxes[0].place
            reading.kpis.append(kpi.model_copy(update={"place": place}))
    reading.remarks += indicators.remarks
    for box in _unread(table.rows, indicators.used):
        printed = box.text.strip()
        reading.unread.append(UnreadNumber(printed=printed, place=box.place, sheet=sheet.number))
        reading.remarks.append(grid_remarks.stray(sheet.number, printed, box.place))


def _unread(rows: Sequence[ListRow], used: set[int]) -> Iterator[Box]:
    for row in rows:
        yield from (box for box in row.boxes if is_numbers(box) and id(box) not in used)
