"""BOK001: one book, one population."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import auditor
from auditor.formula.judge import measure
from auditor.formula.tree import Field
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.figures import Answer, Quantity
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed, quantity

_POPULATION: Final = Field((), "population", "number", 0)
_MEASURED: Final = measure(_POPULATION)


@auditor.rule(
    """
code = "BOK001"
name = "population-differs"
severity = "error"
each = "sheet"
needs = ["population"]
formula = "population == agreed(population)"    # by which suspects are searched; the function also judges two sheets
passes = "population == agreed(population)"
looks_at = "undecided"
since = "0.1"

[title]
en = "The population differs from the other sheets of the book"
ja = "人口が冊子のほかのシートと異なります"
[why]
en = "Every sheet of a book prints the same population of the same day. A sheet that differs has a typing slip or last year's figure, and its per-capita figures follow it."
ja = "冊子のシートには、どれも同じ基準日の同じ人口が記載されます。異なるシートには、打ち間違いか前年度の数値が残っており、市民一人あたりの額にも影響します。"
[action]
en = "Enter the population of the reference day, and compute the per-capita figures again."
ja = "基準日の人口に直し、市民一人あたりの額を計算し直してください。"

[[cases]]
form = "kushiro"
population = 152875
book = [{ population = 152875 }, { population = 152875 }]
outcome = "pass"

[[cases]]
form = "kushiro"
population = 152857
book = [{ population = 152875 }, { population = 152875 }]
outcome = "fail"
equation = "152,857 ≠ 152,875"
expected = "152875"

[[cases]]
form = "kushiro"
note = "two sheets that differ: which is wrong can't be told"
population = 152857
book = [{ population = 152875 }]
outcome = "fail"

[[cases]]
form = "kushiro"
population = "152,87"
book = [{ population = 152875 }, { population = 152875 }]
outcome = "unknown"

[[cases]]
form = "kushiro"
population = 152875
outcome = "not_applicable"
"""
)
def population_differs(row: Row) -> Verdict:
    """Compare a sheet's population with the one most sheets print; where no majority does, with
    all the others.
    """
    mine = quantity(row, "population")
    if mine is None:
        return UNKNOWN
    usual = row.over_group("agreed", _POPULATION, _MEASURED)
    # Where no value has a majority, columns leave all sheets of the book undecided.
    against = row.rows.once(_populations) if usual is None else [usual]
    if usual is None and len(against) < 2:
        return NOT_APPLICABLE
    differing = next((value for value in against if figures.equal(mine, value) is Answer.NO), None)
    if differing is None:
        return PASS
    unit = row.rows.definitions["sheet", "population"].unit
    actual, expected = (
        figures.shown(figures.middle(value), "exact", Decimal(1)) for value in (mine, differing)
    )
    equation = f"{actual:,f} ≠ {expected:,f}"
    if usual is not None:
        return failed(
            (row, "population"),
            equation=equation,
            expected=expected,
            actual=actual,
            difference=EXACT.subtract(actual, expected),
            unit=unit,
        )
    detail = Text(
        en="The sheets of the book print different populations, and no value has a majority",
        ja="冊子のシートで人口が食い違っており、どの値も過半数になりません",
    )
    return failed((row, "population"), equation=equation, actual=actual, unit=unit, detail=detail)


def _populations(rows: Rows) -> list[Quantity]:
    """All populations that are printed."""
    printed = (quantity(row, "population") for row in rows.of("sheet"))
    return [value for value in printed if value is not None]
