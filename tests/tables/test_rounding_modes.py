"""Every rounding mode means the same to the judge, to columns and to the search for suspects; a
new one needs nothing but its row in the table.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args
from unittest.mock import patch

import polars as pl
import pytest

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine, not_columnar
from auditor.forms.model import Form
from auditor.records import figures
from auditor.records.figures import MODES, Interval, Mode, Rounding
from auditor.records.frozen import FrozenDict
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.suspects.expressions import Variable, stands_for
from auditor.tables import Tables, read_frames
from auditor.testing.strategies import ROUNDINGS

JUDGE = Rule.judge
CEILING = Mode(*(Interval(-1, 0, lo_open=True),) * 3, towards="ceiling")
NEW: Any = "ceiling"
STEP = Decimal("0.1")
FORMULAS = (
    "staff_cost == total_cost",
    "staff_cost < total_cost",
    "staff_cost <= total_cost",
    "staff_cost * 2 == total_cost + staff_cost",
)


@pytest.fixture(params=[*ROUNDINGS, NEW])
def rounding(request: pytest.FixtureRequest) -> Iterator[Rounding]:
    """Each mode, and one that nothing but the table knows."""
    with patch.dict(MODES, {NEW: CEILING}):  # type: ignore[arg-type]
        yield request.param


def form_of(rounding: Rounding) -> Form:
    """A form whose staff cost is rounded to tenths of a thousand yen."""
    form = Form.model_validate(
        {
            "name": "rounded",
            "title": {"en": "rounded", "ja": "端数処理の様式"},
            "detect": ["端数処理の様式"],
            "unit": "千円",
            "units": {"千円": 1000},
            "columns": [{"offset": 0, "kind": "settled"}],
            "fields": {
                "total_cost": {"label": ["総額"]},
                "staff_cost": {"label": ["人件費"], "step": str(STEP)},
            },
        }
    )
    fields = dict(form.fields)
    fields["staff_cost"] = fields["staff_cost"].model_copy(update={"rounding": rounding})
    return form.model_copy(update={"fields": FrozenDict(fields)})


def rules_of(form: Form) -> RuleSet:
    text = {"en": "t", "ja": "t"}
    common: dict[str, Any] = {"severity": "error", "since": "0", "each": "year"}
    common |= dict.fromkeys(("title", "why", "action"), text)
    return RuleSet(
        build_rule(
            {**common, "code": f"OWN{at:03d}", "name": f"own-{at}", "formula": formula},
            "test",
            vocabulary([form]),
        )
        for at, formula in enumerate(FORMULAS)
    )


def tables_of(least: int) -> Tables:
    """Printed figures from ``least`` tenths on, each beside all values near it: quarters of a
    step, in yen.
    """
    pairs = [
        (printed * 100, printed * 100 + quarters * 25)
        for printed, quarters in itertools.product(range(least, 3), range(-6, 7))
    ]
    sheets = list(range(1, len(pairs) + 1))
    keys: dict[str, Any] = {"form": "rounded", "fiscal_year": 2024, "sheet": sheets}
    return Tables(
        sheets=pl.DataFrame({**keys, "name": [f"s{sheet}" for sheet in sheets]}),
        years=pl.DataFrame(
            {
                **keys,
                "year": 2024,
                "kind": "settled",
                "staff_cost": [staff for staff, _ in pairs],
                "total_cost": [total for _, total in pairs],
            }
        ),
    )


def counts(report: Report) -> dict[str, dict[str, int]]:
    return {code: dict(outcomes) for code, outcomes in report.outcomes.items()}


@pytest.mark.parametrize("engine", [PolarsEngine, DuckDbEngine])
@pytest.mark.parametrize("least", [-2, 0, 1])
def test_columns_answer_as_the_judge(rounding: Rounding, least: int, engine: type[Engine]) -> None:
    """Negative figures, zero and positive ones, and the columns that have no sign but one."""
    form = form_of(rounding)
    rules, tables, forms = rules_of(form), tables_of(least), {form.name: form}
    assert not not_columnar(rules, forms)
    none_listed = AuditOptions(engine=engine(), max_findings=0)
    alone = audit(read_frames(tables, forms).books, rules, forms, none_listed)
    with patch.object(Rule, "judge", autospec=True, side_effect=JUDGE) as judged:
        columns = audit_tables(tables, rules, forms, none_listed)
    assert counts(columns) == counts(alone)
    # Columns leave rows open where an interval among them is a point; else they decide them all.
    assert judged.call_count <= (12 if rounding == "up" and least <= 0 else 0)
    outcomes = alone.outcomes["OWN000"]
    assert outcomes["fail"]
    assert outcomes["pass" if rounding == "exact" else "may"]


def test_suspects_stand_for_the_same_values(rounding: Rounding) -> None:
    for step in range(-3, 4):
        variable = Variable("cost", Fraction(1, 10), rounding, Fraction(1, 10))
        assert stands_for(variable, step) == figures.spread(step * STEP, rounding, STEP)


def test_every_mode_has_its_row() -> None:
    assert set(MODES) == set(get_args(Rounding))
