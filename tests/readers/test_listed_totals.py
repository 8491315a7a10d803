"""Blocks say exactly which rows each total of a document adds up."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.model import Total
from auditor.readers.listing.totals import Line, Standing, standings, totalled

ALL = Total(words=("総計",), of="all")
SUM = Total(words=("合計",), of="above")
SUBTOTAL = Total(words=("小計*",), of="above")
OF_KIND = Total(words=("計",), of=("category",))


def added_up(standing: Sequence[Standing], index: int) -> set[int] | None:
    """The rows that a record with such blocks totals; None where nobody knows."""
    total = standing[index]
    if total.totals != ("above",):
        return None
    assert total.block is not None and total.since is not None
    return {
        at
        for at, other in enumerate(standing)
        if not other.totals
        and other.block is not None
        and total.since <= other.block <= total.block
    }


@st.composite
def documents(draw: st.DrawFn) -> list[Line]:
    """Tables of rows with totals of all kinds, parts of rows, and rows apart."""
    lines: list[Line] = []
    for table in range(draw(st.integers(1, 3))):
        start = len(lines)
        for at in range(draw(st.integers(0, 8))):
            total = draw(st.sampled_from([None, None, None, SUBTOTAL, SUM, ALL]))
            above = [other for other in range(start, start + at) if lines[other].total is None]
            parent = draw(st.none() | st.sampled_from(above)) if above and total is None else None
            apart = total is None and draw(st.integers(0, 5)) == 0
            lines.append(Line(table, parent, total, apart=apart))
    return lines


@given(documents())
def test_blocks_say_which_rows_a_total_adds_up(lines: list[Line]) -> None:
    standing = standings(lines)
    for index, members in totalled(lines).items():
        says = added_up(standing, index)
        assert says is None or says == members
        assert all(lines[other].table == lines[index].table for other in members)
        assert not any(lines[other].apart or lines[other].total for other in members)
    for line, stand in zip(lines, standing, strict=True):
        assert (line.total is None) == (not stand.totals and stand.block is not None) or line.total


@given(documents())
def test_totals_of_rows_without_parts_are_always_told(lines: list[Line]) -> None:
    flat = [line._replace(parent=None) for line in lines]
    standing = standings(flat)
    for index in totalled(flat):
        if flat[index].total in (ALL, SUM) or not any(line.total is SUM for line in flat):
            assert added_up(standing, index) is not None


def test_a_subtotal_a_total_and_the_totals_of_two_tables() -> None:
    lines = [
        *(Line(), Line(), Line(total=SUBTOTAL), Line(), Line(total=SUBTOTAL), Line(total=SUM)),
        *(Line(1), Line(1, total=SUM)),
    ]
    assert totalled(lines) == {2: {0, 1}, 4: {3}, 5: {0, 1, 3}, 7: {6}}
    standing = standings(lines)
    assert [added_up(standing, index) for index in (2, 4, 5, 7)] == [{0, 1}, {3}, {0, 1, 3}, {6}]


def test_what_is_part_of_a_row_is_not_added_up_again() -> None:
    lines = [Line(), Line(parent=0), Line(parent=1), Line(), Line(total=SUM)]
    assert totalled(lines) == {4: {0, 3}}


def test_a_total_at_the_top_is_of_the_rows_below_it() -> None:
    assert totalled([Line(total=SUM), Line(), Line()]) == {0: {1, 2}}
    assert totalled([Line(total=SUM)]) == {0: frozenset()}


def test_a_total_of_rows_alike() -> None:
    kinds = [Line(texts={"category": kind}) for kind in ("国庫", "県", "国庫")]
    lines = [*kinds, Line(total=OF_KIND, texts={"category": "国庫"})]
    assert added_up(standings(lines), 3) == {0, 2}


def test_nobody_knows_the_totals_of_a_table_in_which_a_row_is_unsure() -> None:
    lines = [Line(), Line(unsure=True), Line(total=SUM), Line(1), Line(1, total=SUM)]
    standing = standings(lines)
    assert added_up(standing, 2) is None
    assert added_up(standing, 4) == {3}
