"""Which column a heading with another year stands for, and which column a sheet evaluates: stated
case by case.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest

from auditor.forms.model import Form
from auditor.readers.shifted import (
    evaluated_years,
    shifted_column,
    step_between,
    undated,
    unless_required,
)
from auditor.readers.text.placement import Evidence
from auditor.records.figures import Figure

COLUMNS: Final = ((-2, "settled"), (-1, "settled"), (-1, "budgeted"), (0, "budgeted"), (1, "plan"))


def form(*columns: tuple[int, str], **fields: Any) -> Form:
    return Form.model_validate(
        {
            "name": "drawn",
            "title": {"en": "drawn", "ja": "見本の様式"},
            "detect": ["見本の様式"],
            "unit": "千円",
            "units": {"千円": 1000},
            "columns": [{"offset": offset, "kind": kind} for offset, kind in columns],
            "fields": {"total_cost": {"label": ["総額"], **fields}},
        }
    )


@pytest.mark.parametrize(
    ("printed", "offsets", "step"),
    [
        ((2023, 2024), (-1, 0), 0),
        ((2024, 2025), (-1, 0), 1),
        ((2021, 2022), (-1, 0), -2),
        ((2024, 2024), (-1, 0), 0),
        ((2024, None), (-1, 0), 0),
        ((None, None), (-1, 0), 0),
        ((2025,), (-1, 0), 0),
        ((2025,), (0,), 1),
        ((), (), 0),
    ],
)
def test_by_how_many_years_headings_differ(
    printed: tuple[int | None, ...], offsets: tuple[int, ...], step: int
) -> None:
    assert step_between(printed, offsets, 2024) == step


@pytest.mark.parametrize(
    ("index", "step", "column"),
    [
        (0, 0, 0),
        (0, 1, 1),  # of two columns of that year, the one of the same kind
        (3, -1, 2),
        (4, -2, None),  # none of them is of the same kind
        (4, -1, 3),  # the only one of that year, of whatever kind
        (1, 1, 3),
        (4, 1, None),
        (0, -1, None),
    ],
)
def test_the_column_of_a_year(index: int, step: int, column: int | None) -> None:
    assert shifted_column(form(*COLUMNS), index, step) == column


def test_evaluations_move_only_all_together() -> None:
    drawn = form(*COLUMNS)
    offsets = drawn.evaluated
    here = [2024 + offset for offset in offsets]
    later = [2025 + offset for offset in offsets]
    assert evaluated_years(drawn, 2024, 1, later) == later
    assert evaluated_years(drawn, 2024, 1, here) == here
    assert evaluated_years(drawn, 2024, 0, here) == here
    assert evaluated_years(drawn, 2024, 1, [*later, 1999]) == here


NUMBER: Final = Figure(state="number", value=Decimal(3), held=Decimal("3.2"), printed="3")
UNREAD: Final = Figure(state="unread", printed="3")
BLANK: Final = Figure(state="blank")


def test_all_but_a_dated_figure_are_unread() -> None:
    figures = {"population": NUMBER, "cost_per_capita": NUMBER}
    assert undated(figures) == {"population": NUMBER, "cost_per_capita": UNREAD}


@pytest.mark.parametrize(
    "required",
    ["evaluated year", "settled years", "settled years of continuing projects"],
)
def test_a_blank_is_unread_where_some_columns_require_it(required: str) -> None:
    drawn = form(*COLUMNS, required=required)
    assert unless_required(drawn, "total_cost", BLANK) == Figure(state="unread")
    assert unless_required(drawn, "total_cost", NUMBER) == NUMBER


def test_a_blank_is_one_where_no_column_requires_it() -> None:
    assert unless_required(form(*COLUMNS), "total_cost", BLANK) == BLANK


@pytest.mark.parametrize(
    ("columns", "evaluated"),
    [
        (COLUMNS, 3),
        (((-1, "settled"), (0, "budgeted"), (0, "settled")), 2),
        (((0, "settled"), (0, "budgeted")), 0),
        (((0, "budgeted"), (0, "plan")), 0),
        (((-1, "settled"), (1, "budgeted")), None),
    ],
)
def test_the_column_that_a_sheet_evaluates(
    columns: tuple[tuple[int, str], ...], evaluated: int | None
) -> None:
    assert Evidence(form(*columns)).evaluated == evaluated
