"""Suspects of sums over rows: the total, or the row that breaks a rule of its own; what totals
confirm; groups of thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from random import Random

import pytest

from auditor.rules.causes import Cause
from tests.suspects.listed_grants import causes_of, corrections

OWN = "total == grant + public"
FIELDS = ("total", "grant", "public")
SUMS = [f"{name} == sum(details.{name})" for name in FIELDS]
RIGHT = [(4812, 4000, 812), (913, 900, 13), (10021, 10000, 21)]
TOTAL = (15746, 14900, 846)


def causes(
    rows: Sequence[tuple[int | None, ...]],
    total: tuple[int, ...] = TOTAL,
    formulas: Sequence[str] = (OWN, *SUMS),
) -> Sequence[Cause]:
    """The causes of what rows and their total row contradict; the total is the last row."""
    numbers = count(1)
    several = {f"p{next(numbers)}": dict(zip(FIELDS, row, strict=True)) for row in rows}
    several["Total"] = dict(zip(FIELDS, total, strict=True))
    return causes_of(several, formulas, Total={"role": "total", "totals": ("all",)})


def changed(row: int, **values: int | None) -> list[tuple[int | None, ...]]:
    """The right rows with some figures of one of them changed."""
    rows: list[tuple[int | None, ...]] = [*RIGHT]
    rows[row] = tuple({**dict(zip(FIELDS, rows[row], strict=True)), **values}.values())
    return rows


def test_right_rows_have_no_findings() -> None:
    assert causes(RIGHT) == ()


@pytest.mark.parametrize(
    ("row", "name", "wrong", "right"),
    [(0, "total", 4821, 4812), (0, "public", 821, 812), (2, "grant", 1000, 10000)],
)
def test_one_cell_that_settles_a_row_and_its_total_comes_first(
    row: int, name: str, wrong: int, right: int
) -> None:
    (cause,) = causes(changed(row, **{name: wrong}))
    assert len(cause.findings) == 2
    assert cause.certainty == "likely"
    assert corrections(cause)[0][1] == {f"{name}@{row + 1}": right}
    # The cell is found where it stands, on another row than one of the findings.
    assert (cause.cells[0].sheet, cause.cells[0].field) == (row + 1, name)


def test_the_total_is_wrong_where_its_own_row_says_so() -> None:
    (cause,) = causes(RIGHT, (15764, *TOTAL[1:]))
    assert len(cause.findings) == 2
    assert corrections(cause)[0][1] == {"total@4": 15746}


def test_totals_that_hold_confirm_the_figures_of_a_row() -> None:
    # The row alone can't tell which of its three figures is wrong; the columns can.
    formulas = (OWN, *SUMS[1:])
    (cause,) = causes(changed(0, total=4877), formulas=formulas)
    slips = corrections(cause)
    assert slips[0][1] == {"total@1": 4812}
    assert cause.certainty == "likely"


def test_a_blank_part_is_filled_in_with_what_the_total_lacks() -> None:
    (cause,) = causes(changed(1, total=None), formulas=SUMS[:1])
    assert ("left-blank", {"total@2": Decimal(913)}) in corrections(cause)


def test_two_rows_that_are_wrong_explain_their_total() -> None:
    rows = changed(0, total=4821)
    rows[1] = (931, 900, 13)
    (cause,) = causes(rows)
    assert len(cause.findings) == 3
    assert corrections(cause)[0][1] == {"total@1": 4812, "total@2": 913}


def test_a_parent_is_explained_with_its_children() -> None:
    rows = {"Office": (5725, 4900, 825), "p1": (4821, 4000, 812), "p2": (913, 900, 13)}
    several = {name: dict(zip(FIELDS, row, strict=True)) for name, row in rows.items()}
    child = {"parent": "Office"}
    (cause,) = causes_of(several, [OWN, "total == sum(children.total)"], p1=child, p2=child)
    assert corrections(cause)[0][1] == {"total@2": 4812}


def test_of_thousands_of_rows_those_are_searched_that_matter() -> None:
    random = Random(1)
    rows: list[tuple[int, ...]] = []
    for _ in range(2000):
        grant, public = random.randrange(100, 99999), random.randrange(9999)
        rows.append((grant + public, grant, public))
    total = tuple(map(sum, zip(*rows, strict=True)))
    wrong = (rows[700][0] + 9000, *rows[700][1:])
    (cause,) = causes([*rows[:700], wrong, *rows[701:]], total, (OWN, SUMS[0]))
    assert corrections(cause)[0][1] == {"total@701": rows[700][0]}
    # Where nothing but the sum is known, one of thousands may be wrong, and none is proposed.
    (cause,) = causes(rows, (total[0] + 1234567, *total[1:]), SUMS[:1])
    assert cause.certainty == "open"
    assert cause.none_of_these > Decimal("0.9")


def test_rows_that_are_not_unique_have_no_suspect() -> None:
    several = {"Bridge": {"total": 1}, "Bridge ": {"total": 2}}
    found = causes_of(several, ["unique(name)"])
    assert found
    assert all(cause.suspects == () for cause in found)
