"""A described layout is the same document in every kind."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.files.ooxml import Limits
from auditor.readers.workbook.xls import OldWorkbook
from auditor.records.figures import parse_figure
from tests.documents.delimited_writer import shown
from tests.documents.either_kind import KINDS, WideKind, document_bytes, file_name
from tests.documents.old_workbook_writer import old_workbook_bytes
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import (
    Beside,
    Headed,
    Lines,
    Pairs,
    Piece,
    Table,
    Value,
    cell_of,
    grid_of,
    leaves,
    worksheet_of,
)

WORDS = st.text(st.sampled_from("事業費決算額予人件国庫"), min_size=1, max_size=6)
VALUES = st.one_of(
    st.none(), WORDS, st.integers(-(10**9), 10**9), st.decimals(-9999, 9999, places=1)
)
HEADINGS: st.SearchStrategy[Headed] = st.recursive(
    WORDS, lambda under: st.tuples(WORDS, st.lists(under, min_size=1, max_size=3)), max_leaves=6
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    headings = draw(st.lists(HEADINGS, min_size=1, max_size=3))
    width = sum(leaves(heading) for heading in headings)
    row: st.SearchStrategy[list[Value] | str] = st.one_of(
        st.lists(VALUES, min_size=width, max_size=width), WORDS
    )
    return Table(
        headings,
        draw(st.lists(row, max_size=6)),
        draw(st.sets(st.integers(0, width - 1), max_size=1)),
        draw(st.sampled_from(["merged", "first", "repeated"])),
        draw(st.integers(0, 3)),
    )


PAIRS = st.lists(st.tuples(WORDS, VALUES), min_size=1, max_size=2)
FLAT: st.SearchStrategy[Piece] = st.one_of(
    st.builds(Lines, st.lists(WORDS, min_size=1, max_size=3), st.sampled_from(["left", "right"])),
    st.builds(Pairs, st.lists(PAIRS, min_size=1, max_size=3), st.just(1), st.integers(1, 2)),
    tables(),
)
STACKS = st.lists(FLAT, min_size=1, max_size=3)
PIECES: st.SearchStrategy[list[Piece]] = st.lists(
    st.one_of(FLAT, st.builds(Beside, st.lists(STACKS, min_size=1, max_size=2))),
    min_size=1,
    max_size=3,
)


def texts(sheet: PlainWorksheet) -> dict[tuple[int, int], str]:
    return {at: text for at, cell in sheet.cells.items() if (text := shown(cell))}


@given(PIECES)
def test_no_cell_lies_in_another(pieces: list[Piece]) -> None:
    sheet = worksheet_of("表", pieces)
    taken: set[tuple[int, int]] = set()
    for box in grid_of(sheet).boxes:
        for row in range(box.top, box.bottom + 1):
            area = {(row, column) for column in range(box.left, box.right + 1)}
            assert not area & taken
            taken |= area


@given(PIECES)
def test_the_grid_the_text_and_the_old_workbook_hold_the_same(pieces: list[Piece]) -> None:
    sheet = worksheet_of("表", pieces)
    expected = texts(sheet)

    assert {(box.top, box.left): box.text for box in grid_of(sheet).boxes} == expected

    rows = csv.reader(StringIO(document_bytes([sheet], "csv").decode("cp932"), newline=""))
    read = {
        (row, column): text
        for row, values in enumerate(rows, 1)
        for column, text in enumerate(values, 1)
        if text
    }
    assert read == expected


@given(PIECES)
def test_an_old_workbook_is_read_with_its_merged_cells(pieces: list[Piece]) -> None:
    pytest.importorskip("xlrd")
    sheet = worksheet_of("表", pieces)
    (read,) = OldWorkbook(old_workbook_bytes([sheet]), Limits()).worksheets()

    assert not read.lost
    assert {at: cell.text for at, cell in read.cells.items()} == texts(sheet)
    spans = {(area.top, area.left, area.bottom, area.right) for area in read.merges}
    assert spans == set(sheet.merges)


@given(st.integers(-(10**12), 10**12) | st.decimals(-(10**9), 10**9, places=2))
def test_a_shown_number_is_read_as_itself(value: int | Decimal) -> None:
    figure = parse_figure(shown(cell_of(value)), unit="千円", units=("千円",))
    assert figure.value == value


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_written(kind: WideKind) -> None:
    table = Table(["事業名", ("令和５年度", ["決算額", "執行率"])], [["甲", 1, Decimal("99.5")]])
    sheet = worksheet_of("表", [Lines(["一覧", "（単位：千円）"]), table])
    assert document_bytes([sheet], kind)
    assert file_name("a", kind).partition(".")[2] in kind
