"""Lists of projects: whatever their layout and whatever kind of document they come in, each figure
is read with its cell, none is lost and none is made up.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from auditor.forms.checks import faults_of_file
from auditor.readers.delimited import DelimitedReader
from auditor.readers.grid.cells import Grid
from auditor.readers.listing.reading import Lists
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Reader, Reading, Source
from auditor.readers.workbook import WorkbookReader
from auditor.records.model import Sheet
from tests.documents.either_kind import KINDS, WideKind, document_bytes, file_name
from tests.layouts.described import grid_of, worksheet_of
from tests.readers.drawn_lists import FIELDS, DrawnList, lists


def figures_of(sheet: Sheet) -> dict[tuple[str, str | None], int | None]:
    """What is read of a row, by field and column; nothing for a blank."""
    figures: dict[tuple[str, str | None], int | None] = {}
    for name, column, figure in sheet.every_figure():
        assert figure.state in ("number", "blank"), figure
        figures[name, column] = None if figure.value is None else int(figure.value)
    return figures


def expected(drawn: DrawnList) -> list[tuple[str, dict[tuple[str, str | None], int | None]]]:
    """What a list says, by the names of its rows."""
    form = drawn.form
    keys = {
        (2024 + column.offset, column.kind): form.column_id(column, 2024) for column in form.columns
    }
    rows = [(project.name, project.figures, project.own) for project in drawn.projects]
    if drawn.total:
        rows.append(("合計", drawn.totals, None))
    said: list[tuple[str, dict[tuple[str, str | None], int | None]]] = []
    for name, columns, own in rows:
        figures: dict[tuple[str, str | None], int | None] = {("cases", None): own}
        for column, of_column in columns.items():
            figures |= {(field, keys[column]): value for field, value in of_column.items()}
        said.append((name, figures))
    return said


def read(drawn: DrawnList, grid: Grid) -> list[Sheet]:
    """The rows of a list, of which nothing is said that is not so."""
    reading = Lists(drawn.form, "list.xlsx").read(grid, "一覧")
    assert [str(missed.why) for missed in (*reading.not_checked, *reading.doubtful)] == []
    assert [remark.detail for remark in reading.remarks] == []
    assert [number.printed for number in reading.unread] == []
    return reading.sheets


def is_plain(drawn: DrawnList) -> bool:
    """Whether every row prints a figure in each of its lines: a name alone may be a section's."""
    rows = [(project.figures, project.own) for project in drawn.projects]
    rows += [(drawn.totals, None)] if drawn.total else []
    if drawn.years == "rows":
        return all(
            value is not None for columns, _ in rows for value in columns[drawn.columns[0]].values()
        )
    return all(
        own is not None or any(v is not None for part in columns.values() for v in part.values())
        for columns, own in rows
    )


@given(lists().filter(is_plain))
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_each_figure_of_a_list_is_read_with_its_cell(drawn: DrawnList) -> None:
    assert faults_of_file(drawn.form) == []
    worksheet = worksheet_of("一覧", drawn.pieces)
    sheets = read(drawn, grid_of(worksheet))
    assert [(sheet.name, figures_of(sheet)) for sheet in sheets] == expected(drawn)
    assert [sheet.role for sheet in sheets].count("total") == drawn.total
    # Each figure stands in a cell of its own, which prints it.
    places = [figure.place for sheet in sheets for _, _, figure in sheet.every_figure()]
    assert len(set(places)) == len(places)


def read_document(drawn: DrawnList, kind: WideKind) -> Reading:
    """The list as a document of a kind, read by the reader of that kind."""
    data = document_bytes([worksheet_of("一覧", drawn.pieces)], kind)
    source = Source(file_name("list", kind), data)
    readers: dict[str, Reader] = {"xlsx": WorkbookReader(), "xls": WorkbookReader()}
    readers |= {"pdf": PdfReader(), "pdf-unruled": PdfReader()}
    reader = readers.get(kind, DelimitedReader())
    assert reader.accepts(source, drawn.form)
    return reader.read(source, drawn.form)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "pdf-unruled"])
@given(data=st.data())
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    deadline=None,
)
def test_a_list_reads_alike_in_every_kind_of_document(kind: WideKind, data: st.DataObject) -> None:
    drawn = data.draw(lists().filter(is_plain))
    reading = read_document(drawn, kind)
    assert [remark.detail for remark in reading.remarks if remark.rule.startswith("RD")] == []
    assert reading.not_checked == ()
    assert [number.printed for number in reading.unread] == []
    assert [(sheet.name, figures_of(sheet)) for sheet in reading.sheets] == expected(drawn)


@given(data=st.data())
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    deadline=None,
)
def test_a_list_without_ruling_lines_is_read_rightly_or_refused(data: st.DataObject) -> None:
    """Space alone tells its columns apart; where it does not, no row is read and it is said why."""
    drawn = data.draw(lists().filter(is_plain))
    reading = read_document(drawn, "pdf-unruled")
    names = dict(expected(drawn))
    for sheet in reading.sheets:
        for name, column, figure in sheet.every_figure():
            if figure.state != "unread":
                value = None if figure.value is None else int(figure.value)
                assert names[sheet.name][name, column] == value
    if reading.not_checked or any(remark.rule == "RD004" for remark in reading.remarks):
        return
    assert [number.printed for number in reading.unread] == []
    assert [(sheet.name, figures_of(sheet)) for sheet in reading.sheets] == expected(drawn)


@given(data=st.data())
@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    deadline=None,
)
def test_most_lists_without_ruling_lines_are_read(data: st.DataObject) -> None:
    """One line of headings leaves nothing open, as long as each column holds something."""
    drawn = data.draw(lists().filter(is_plain).filter(is_full))
    drawn = replace(drawn, funding_group=False)
    assume(drawn.years in ("within", "one", "rows"))
    reading = read_document(drawn, "pdf-unruled")
    assert reading.not_checked == ()
    assert [(sheet.name, figures_of(sheet)) for sheet in reading.sheets] == expected(drawn)


def is_full(drawn: DrawnList) -> bool:
    """Whether something stands under each heading."""
    own = [project.own for project in drawn.projects]
    parts = [project.figures for project in drawn.projects]
    values = [[part[column][name] for part in parts] for column in drawn.columns for name in FIELDS]
    return all(any(value is not None for value in column) for column in (own, *values))
