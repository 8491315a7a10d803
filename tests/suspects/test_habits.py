"""What other years and other sheets say of blank cells."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

import auditor
from auditor.suspects.habits import Habits, habits_of
from auditor.testing import book
from benchmarks.blocks import cells_of, with_values
from tests.suspects.test_same_answers import SHEETS, filled


def test_a_row_that_other_years_fill_lacks_a_figure_sooner() -> None:
    habits = Habits()
    assert habits.of_blank("grants", 500, [480]) > 1 > habits.of_blank("fees", 500, [None])
    assert habits.of_blank("grants", 500, []) == 1


def test_an_amount_like_that_of_another_year_is_likelier() -> None:
    habits = Habits()
    near, far = (habits.of_blank("grants", figure, [480]) for figure in (500, 500_000))
    assert near > 5 * far
    assert habits.of_blank("grants", -500, [480]) < near


def test_what_is_counted_at_hand_weighs_more_than_what_was_believed() -> None:
    """Where rows are filled in one year and not in the next, that they are tells little."""
    changing = [[{"a": 5, "b": 7}, {"a": None, "b": 7}], [{"a": None, "b": 2}, {"a": 9, "b": 2}]]
    steady = [[{"a": 5, "b": 7}, {"a": 5, "b": 7}]]
    fickle, plain = habits_of(changing * 20), habits_of(steady * 20)
    assert fickle.of_blank("a", 5, [5]) < 0.1 * plain.of_blank("a", 5, [5])


def test_columns_without_a_figure_tell_nothing() -> None:
    empty = [[{"a": None, "b": None}, {"a": 3, "b": 4}]] * 20
    assert habits_of(empty).of_blank("a", 5, [3]) == Habits().of_blank("a", 5, [3])


@pytest.mark.parametrize("seed", range(6))
def test_the_blank_that_last_year_fills_is_the_suspect(seed: int) -> None:
    random = Random(seed)
    clean = book(sheets=SHEETS, seed=seed, kpis=0)
    column = str(clean.sheets[0].fiscal_year)
    sheets = [filled(sheet, random) for sheet in clean.sheets]
    of_last_year = "funding.grants"
    for number, sheet in enumerate(sheets):  # fees are blank throughout
        blank: dict[tuple[str, str | None], Decimal | None] = {}
        for year in sheet.years:
            fees, total = cells_of(sheet)["funding.fees", year], sheet.years[year].total_cost
            assert fees.value is not None
            assert total is not None
            assert total.value is not None
            blank |= {
                ("funding.fees", year): None,
                ("total_cost", year): total.value - fees.value,
            }
        sheets[number] = with_values(sheet, blank)
    population = cells_of(sheets[0])["population", None].value
    total = sheets[0].years[column].total_cost
    assert population
    assert total is not None
    assert total.value is not None
    rate = (total.value * 1000 / population).quantize(Decimal("0.1"), "ROUND_HALF_UP")
    sheets[0] = with_values(
        sheets[0], {(of_last_year, column): None, ("cost_per_capita", None): rate}
    )
    report = auditor.audit(clean.model_copy(update={"sheets": tuple(sheets)}))
    finding = next(
        each
        for each in report.findings
        if each.rule == "FND001" and each.sheet and each.sheet.number == sheets[0].number
    )
    first = report.cause_of(finding).suspects[0]
    assert [(cell.field, cell.year) for cell in first.cells] == [(of_last_year, column)]
    assert first.slip.code == "left-blank"
