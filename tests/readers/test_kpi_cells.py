"""Indicators in the cells of a page or worksheet: each number is a figure with its own place, or is
said not to be one.
"""

from __future__ import annotations

from auditor.auditing.session import load
from auditor.readers.grid.cells import Grid, TextCell
from auditor.readers.kpi.grid import read_indicators
from auditor.records.figures import Place

TABLE = load().forms["kushiro"].kpi
HEADINGS = "事業の名称,指標,指標値,単位,年月,R5年度,R6年度,達成率"
ROWS = ("試験事業,指標1,100,人,R7.3,55,80,80%", "試験事業,指標2,200,人,R7.3,65,90,45%")


def grid_of(shifted: int | None = None) -> Grid:
    """The cells; with ``shifted``, each cell of that column begins where the one before it does, as
    on a page on which a rule between them is missing.
    """
    cells = [
        TextCell(
            row, column - (column == shifted), text, Place(page=1, box=(column, row, column, row))
        )
        for row, line in enumerate(("令和６年度", "指標の一覧", HEADINGS, *ROWS), 1)
        for column, text in enumerate(line.split(","), 1)
    ]
    return Grid.of(cells, lambda row, column: Place(page=1, box=(column, row, column, row)))


def test_each_figure_has_its_own_place() -> None:
    assert TABLE is not None
    reading = read_indicators("page.pdf", TABLE, grid_of(), ())
    assert reading is not None
    assert reading.unread == ()
    for row, kpi in enumerate(reading.kpis, 4):
        places = {figure.printed: figure.place for _, figure in kpi.figure_items()}
        columns = {printed: place.box for printed, place in places.items() if place is not None}
        assert columns[kpi.target.printed] == (3, row, 3, row)
        assert columns[kpi.actuals["2024"].printed] == (7, row, 7, row)


def test_numbers_that_begin_in_one_place_are_no_figure_of_either() -> None:
    """One of them would stand with the other's place, and the other nowhere."""
    assert TABLE is not None
    reading = read_indicators("page.pdf", TABLE, grid_of(shifted=7), ())
    assert reading is not None
    for kpi, printed in zip(reading.kpis, ("55 80", "65 90"), strict=True):
        (figure,) = kpi.actuals.values()
        assert (figure.state, figure.printed) == ("text", printed)
    assert {remark.rule for remark in reading.remarks} >= {"RD001"}
