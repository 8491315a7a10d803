"""Units in formulas: money is compared with money, and a rule that does otherwise is not run."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.rules.loading import build_rule
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import Verdict
from auditor.tables.described import described, heading
from auditor.testing.build import RandomChooser, build_book
from auditor.testing.cases import run_cases

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "cofinancing"
SESSION = load()
KUSHIRO = SESSION.forms["kushiro"]
DATA = KUSHIRO.model_dump(by_alias=True)


def form(**changes: Any) -> Form:
    """Kushiro's form with figures of its own and parameters."""
    fields = {
        "full_cost": {"each": "year"},
        "visitors": {"each": "year", "unit": "人"},
        "share": {"each": "year", "unit": "%"},
        "hours": {"each": "year", "unit": "時間"},
        "tries": {"each": "year", "unit": ""},
    }
    units = {"円": 1, "千円": 1000, "人": 1, "千人": 1000, "%": 1, "時間": 1}
    params = {"limit": 8000, "bare": 8000, "unit_price": 7388}
    data = {"fields": {**DATA["fields"], **fields}, "units": units, "params": params}
    data["param_units"] = {"limit": "千円", "unit_price": "円"}
    return Form.model_validate({**DATA, **data, **changes})


FORM = form()


def rule_of(formula: str, on: Form = FORM, **keys: Any) -> Rule:
    text = {"en": "t", "ja": "題"}
    data = {"code": "ZZZ001", "name": "a-rule-of-the-tests", "severity": "error", "each": "year"}
    texts = {"since": "1", "title": text, "why": text, "action": text}
    return build_rule({**data, "formula": formula, **texts, **keys}, "tests", vocabulary([on]))


UNLIKE = [
    ("total_cost > 1000", "total_cost", "a bare number (1000)"),
    ("total_cost / 1000 == 8", "total_cost / 1000", "a bare number (8)"),
    ("1 <= total_cost", "1", "money (total_cost)"),
    ("total_cost >= headcount", "total_cost", "a number of persons (headcount)"),
    ("total_cost == sheet.population", "total_cost", "a number of persons (sheet.population)"),
    ("full_cost > visitors", "full_cost", "a number of persons (visitors)"),
    ("share == total_cost", "a number without a unit (share)", "money (total_cost)"),
    ("total_cost <= full_cost / staff_cost", "total_cost", "full_cost / staff_cost"),
    ("total_cost + headcount == full_cost", "total_cost", "is put together with"),
    ("sum([total_cost, headcount]) > 0", "total_cost", "is put together with"),
    ("max(total_cost, 1) > 0", "total_cost", "a bare number (1)"),
    ('sum(group("amounts")) > 0', 'the sum of group("amounts")', "a number of persons"),
    ("total_cost in [0, 5]", "total_cost", "a bare number (5)"),
    ('total_cost <= param("bare")', "total_cost", '[param_units] bare = "千円"'),
    ("sum(funding) == 5", "sum(…)", "[params] limit"),
    ("not (prior.total_cost == year)", "prior.total_cost", "a number without a unit (year)"),
    ("sum(rows.total_cost) == 5", "sum(…)", "a bare number (5)"),
    ('max(same("kind").total_cost) > headcount', "max(…)", "a number of persons"),
    ("total_cost > tries", "total_cost", "give it its unit in the form"),
]
ALIKE = [
    "sum(rows.total_cost) >= total_cost and count(rows.total_cost) < 5",
    "max(sheet.years.full_cost) >= sum(sheet.years.total_cost) / 2",
    "full_cost == total_cost + staff_cost",
    "total_cost == 0 or total_cost > -0",
    "total_cost * 1000 == staff_cost",
    "total_cost == headcount * 7388000",
    'staff_cost == headcount * param("unit_price")',
    'total_cost <= param("limit")',
    "share == staff_cost / total_cost * 100",
    "staff_cost / total_cost <= 0.5",
    "total_cost / sheet.population == sheet.cost_per_capita",
    "full_cost == total_cost / sheet.population",
    "count(funding) == 2 and year == 2024",
    "count([total_cost, headcount]) <= 2",
    "headcount > 3 and visitors == 5 * headcount",
    "hours > 100 and total_cost > hours",
    'max(group("amounts")) > 0',
    "total_cost in [0, staff_cost]",
    "zero(funding.grants) <= abs(total_cost)",
    'full_cost == headcount * agreed(staff_cost / headcount, "bare")',
]


@pytest.mark.parametrize(("formula", "first", "second"), UNLIKE, ids=lambda text: text[:30])
def test_money_against_something_else_is_a_fault(formula: str, first: str, second: str) -> None:
    rule = rule_of(formula)
    (fault, *_) = rule.unit_faults(FORM)
    assert first in fault.message.en
    assert second in fault.message.en
    assert "金額" in fault.message.ja
    assert not rule.applies_to(FORM)


@pytest.mark.parametrize("formula", ALIKE)
def test_sound_formulas_are_left_alone(formula: str) -> None:
    rule = rule_of(formula)
    assert rule.unit_faults(FORM) == ()
    assert rule.applies_to(FORM)


@pytest.mark.parametrize(
    ("unit", "units", "is_money"),
    [
        ("thousand EUR", {"EUR": 1, "thousand EUR": 1000}, True),
        ("百万円", {"円": 1, "百万円": 1_000_000}, True),
        ("tys. zł", {"tys. zł": 1000}, True),
        ("thousand talers", {"thousand talers": 1000}, True),
        ("t", {"t": 1}, False),
        ("人", {"人": 1}, False),
        ("件", {"件": 1}, False),
        ("円/人", {"円/人": 1}, False),
    ],
)
def test_the_unit_of_a_form_is_money_where_its_word_says_so(
    unit: str, units: dict[str, int], is_money: bool
) -> None:
    table = Form.model_validate(
        {
            "name": "list",
            "title": {"en": "a list", "ja": "一覧"},
            "unit": unit,
            "units": units,
            "fiscal_year": 2024,
            "table": {},
            "labels": {"name": "Name"},
            "fields": {"total": {"each": "sheet"}, "part": {"each": "sheet"}},
        }
    )
    assert (
        bool(rule_of("total > 5", table, each="sheet", forms=["list"]).unit_faults(table))
        is is_money
    )
    assert not rule_of("total == part + part", table, each="sheet", forms=["list"]).unit_faults(
        table
    )


def test_every_shipped_rule_fits_every_shipped_form() -> None:
    pairs = [(rule, each) for rule in SESSION.rules for each in SESSION.forms.values()]
    assert [rule.code for rule, each in pairs if rule.unit_faults(each)] == []


def test_a_rule_of_unlike_units_is_reported_once_and_not_run() -> None:
    rules = RuleSet([rule_of("total_cost > 1000"), *SESSION.rules])
    book = build_book(KUSHIRO, RandomChooser(2), sheets=3, kpis=0)
    report = audit([book], rules, {"kushiro": KUSHIRO})
    assert report.exit_code == 2
    assert not any(finding.rule == "ZZZ001" for finding in report.findings)
    (reason,) = report.not_checked
    assert (reason.rule, reason.why.code) == ("ZZZ001", "unlike-units")
    assert "formula, column 1" in reason.why.en
    assert "様式 kushiro" in reason.why.ja


def test_an_own_figure_without_a_unit_has_that_of_the_form() -> None:
    assert FORM.fields["full_cost"].unit == "千円"
    assert FORM.fields["tries"].unit == ""
    book = build_book(FORM, RandomChooser(2), sheets=2, kpis=0)
    rule = rule_of("full_cost == total_cost + full_cost - total_cost")
    outcomes = [rule.judge(row).outcome for row in Rows(book, FORM).of("year")]
    assert "fail" not in outcomes


def test_the_cases_of_such_a_rule_say_why_they_fail() -> None:
    case = {"form": "kushiro", "outcome": "pass", "total_cost": 8300}
    rule = rule_of("total_cost > 1000", KUSHIRO, cases=[case])
    (result,) = run_cases(rule, {"kushiro": KUSHIRO})
    assert result.outcome == Verdict("not_applicable").outcome
    assert "a bare number (1000)" in result.problems[0].en


def test_a_table_says_the_same() -> None:
    table = load_form(EXAMPLE / "form.toml")
    rule = rule_of("grant > 1000", table, each="sheet", forms=["cofinancing"])
    sound = rule_of("grant <= total", table, each="sheet", forms=["cofinancing"], code="ZZZ002")
    rows = {"Project": ["a", "b"], "Year": [2024, 2024], "Grant": [5000, 70]}
    frame = pl.DataFrame(rows).with_columns(
        pl.lit("x").alias("Beneficiary"),
        pl.lit("y").alias("Programme"),
        pl.lit(9000).alias("Total eligible cost"),
        pl.lit(0).alias("Other public funding"),
        pl.lit(0).alias("Own contribution"),
        pl.lit(Decimal("1.0")).alias("Co-financing rate"),
    )
    found = heading(frame.columns, [table])
    assert found is not None
    tables = described(frame, found).frames
    report = audit_tables(tables, RuleSet([rule, sound]), {table.name: table})
    assert report.outcomes["ZZZ001"]["fail"] == 0
    assert report.outcomes["ZZZ002"]["pass"] == 2
    assert [(entry.rule, entry.why.code) for entry in report.not_checked] == [
        ("ZZZ001", "unlike-units")
    ]
