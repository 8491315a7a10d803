"""The runner of rule cases: what a case can say, and how it says that a case is wrong or its rule
is.
"""

from __future__ import annotations

from typing import Any

import pytest

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.rules.loading import build_rule
from auditor.rules.rows import Row, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.verdicts import Verdict
from auditor.testing import CaseResult, run_cases

FORMS = dict(load().forms)
KUSHIRO = FORMS["kushiro"].model_dump(by_alias=True)
THOUSAND = {"params": {"thousand": 1}, "param_units": {"thousand": "千円"}}
FORMS["kushiro"] = Form.model_validate({**KUSHIRO, **THOUSAND})
PAST = {"column": "2023", "total_cost": 5}
WORDS = vocabulary(FORMS.values())


def rule(each: str, formula: str, *cases: dict[str, Any], **more: Any) -> Rule:
    text = {"en": "a", "ja": "あ"}
    data = {
        "code": "ABC001",
        "name": "abc",
        "severity": "error",
        "each": each,
        "formula": formula,
        "since": "0.1",
        **more,
    }
    kushiro = [{"form": "kushiro", **case} for case in cases]
    return build_rule(
        data | {"title": text, "why": text, "action": text, "cases": kushiro}, "ABC001.toml", WORDS
    )


def ran(each: str, formula: str, case: dict[str, Any], **more: Any) -> CaseResult:
    (result,) = run_cases(rule(each, formula, {"outcome": "pass", **case}, **more), FORMS)
    return result


def complaint(result: CaseResult) -> str:
    (problem,) = result.problems
    assert problem.ja
    return problem.en


@pytest.mark.parametrize(
    ("each", "formula", "case"),
    [
        (
            "year",
            "total_cost == sum(funding)",
            {"total_cost": 8030, "funding": {"grants": "4,000", "general_revenue": "４０３０"}},
        ),
        ("year", "total_cost == -5 * param('thousand')", {"total_cost": "△ 5"}),
        ("year", "total_cost == earlier.total_cost", {**PAST, "earlier": {"total_cost": 5}}),
        ("year", "blank(earlier.total_cost)", {**PAST, "earlier": {}}),
        ("year", "blank(earlier.year)", {**PAST, "earlier": False}),
        (
            "year",
            "earlier.own.total_cost == 5 * param('thousand')",
            {"earlier": {"own": {"total_cost": 5}}},
        ),
        (
            "year",
            'earlier.as("budgeted").total_cost == 5 * param("thousand")',
            {"earlier": {"as": {"budgeted": {"total_cost": 5}}}},
        ),
        (
            "year",
            "sheet.earlier.population == 9 and earlier.prior.total_cost == 1 * param('thousand')",
            {
                **PAST,
                "earlier": {"prior": {"total_cost": 1}, "sheet": {"population": 9}},
            },
        ),
        ("year", "total_cost == accounts.total_cost", {**PAST, "accounts": {"total_cost": 5000}}),
        (
            "year",
            "accounts.total_cost == 5.412 * param('thousand')",
            {"accounts": {"total_cost": "5,412"}},
        ),
        (
            "sheet",
            "earlier.evaluated.total_cost == 5 * param('thousand') and earlier.name == name",
            {"name": "道路", "earlier": {"name": "道路", "evaluated": {"total_cost": 5}}},
        ),
        (
            "evaluation",
            "earlier.result == '拡充' and earlier.own.result == '継続維持'",
            {"year": 2022, "earlier": {"result": "拡充", "own": {"result": "継続維持"}}},
        ),
        (
            "kpi",
            "earlier.target == 9 and blank(earlier.unit)",
            {"target": 8, "earlier": {"target": 9}},
        ),
        (
            "kpi_year",
            "actual == earlier.actual",
            {"year": "2023", "actuals": {"2023": 5}, "earlier": {"actuals": {"2023": 5}}},
        ),
        ("book", "earlier.fiscal_year == 2023", {"earlier": {"sheets": [{}]}}),
        ("year", "headcount == 0.5", {"headcount": 0.5}),
        ("year", "year == 2025 and kind == 'budgeted'", {"column": "2025"}),
        ("year", "year == 2023", {"column": "-1"}),
        (
            "year",
            "total_cost > prior.total_cost and next.total_cost == 7 * param('thousand')",
            {"total_cost": 2, "prior": {"total_cost": 1}, "next": {"total_cost": 7}},
        ),
        (
            "year",
            "prior.prior.total_cost == 1 * param('thousand')",
            {"column": "2025", "prior": {"prior": {"total_cost": 1}}},
        ),
        (
            "year",
            "sheet.population == 10 and sheet.status == 'new'",
            {"sheet": {"population": 10, "status": "new"}},
        ),
        (
            "year",
            "total_cost == agreed(total_cost)",
            {"total_cost": 5, "book": [{"total_cost": 5}, {"total_cost": 5}, {"total_cost": 6}]},
        ),
        (
            "sheet",
            "evaluated.prior.total_cost == 1 * param('thousand')",
            {"years": {"-1": {"total_cost": 1}}},
        ),
        (
            "sheet",
            "evaluated.next.total_cost == 1 * param('thousand')",
            {"years": {"2025": {"total_cost": 1}}, "evaluated": {"total_cost": 3}},
        ),
        (
            "sheet",
            "name == 'a' and number == 1 and department == 'b'",
            {"name": "a", "department": "b"},
        ),
        (
            "sheet",
            "status == 'new'",
            {
                "evaluations": {
                    "2023": {"reason": "令和６年度からの新規事業のため、空欄となります。"}
                }
            },
        ),
        (
            "sheet",
            "population == agreed(population)",
            {"population": 3, "book": [{"population": 3}, {"population": 3}]},
        ),
        (
            "evaluation",
            "meaning == 'expand' and prior.meaning == 'end' and blank(next.result)",
            {"result": "拡充", "prior": {"result": "終了"}},
        ),
        (
            "evaluation",
            "directed.total_cost > evaluated.total_cost",
            {"year": 2023, "directed": {"total_cost": 2}, "evaluated": {"total_cost": 1}},
        ),
        (
            "evaluation",
            "year == 2023 and present(issues) and direction == 'x'",
            {"year": 2023, "issues": "i", "direction": "x"},
        ),
        ("evaluation", "sheet.population == 9", {"sheet": {"population": 9}}),
        (
            "kpi",
            "due_actual >= target and due_year == 2023",
            {"target": 20, "due": "2024-03", "actuals": {"2022": 5, "2023": 21}},
        ),
        (
            "kpi",
            "direction == 'lower' and direction_source == 'inferred'",
            {"name": "不登校の児童生徒数の率", "target": 1},
        ),
        ("kpi", "direction == 'lower' and direction_source == 'declared'", {"target": "5以下"}),
        (
            "kpi",
            "direction_source == 'declared' and declared_achieved == 'missed'",
            {"target": 1, "direction": "lower", "declared_achieved": "missed"},
        ),
        (
            "kpi",
            "declared_rate >= 81.65 and declared_rate < 81.75 and target == 29",
            {"target": "29%", "unit": "%", "declared_rate": "81.7%"},
        ),
        (
            "kpi",
            "blank(due_actual) or sum(actuals) == 3",
            {"target": 1, "actuals": {"2022": 1, "2023": 2}, "fiscal_year": 2030},
        ),
        (
            "kpi_year",
            "actual == 2 and prior.actual == 1 and kpi.target == 9",
            {"target": 9, "actuals": {"2022": 1, "2023": 2}, "year": 2023},
        ),
        ("book", "fiscal_year == 2024", {"sheets": [{"population": 5}], "kpis": [{"target": 3}]}),
    ],
)
def test_what_a_case_can_say(each: str, formula: str, case: dict[str, Any]) -> None:
    result = ran(each, formula, case)
    assert result.outcome == "pass", result.problems
    assert result.passed


@pytest.mark.parametrize(
    ("each", "case", "said"),
    [
        (
            "year",
            {"form": "nowhere"},
            f'form: there is no form "nowhere"; known: {", ".join(FORMS)}',
        ),
        ("year", {"total_cots": 1}, "total_cots: no such key here; did you mean total_cost?"),
        (
            "year",
            {"funding": {"grant": 1}},
            "funding.grant: no such key here; did you mean grants?",
        ),
        ("year", {"prior": {"totl": 1}}, "prior.totl: no such key here"),
        (
            "year",
            {"book": [{"sheets": 1}]},
            "book[0].sheets: no such key here; did you mean sheet?",
        ),
        (
            "year",
            {"column": "2031"},
            "column: form kushiro has no column 2031; known: 2023, 2024, 2025",
        ),
        ("year", {"column": "2025", "next": {}}, "next: form kushiro has no column there"),
        (
            "year",
            {"total_cost": True},
            "total_cost: a number or a printed figure was expected, not true",
        ),
        (
            "year",
            {"total_cost": [1]},
            "total_cost: a number or a printed figure was expected, not [1]",
        ),
        ("year", {"funding": 3}, "funding: a table was expected, not 3"),
        ("year", {"form": "hamabe", "staff_cost": 3}, "staff_cost: form hamabe has no staff_cost"),
        (
            "year",
            {"sheet": {"status": "newish"}},
            "status: one of continuing, new, single_year, not_evaluated was expected",
        ),
        ("year", {"sheet": {"years": {}}}, "sheet.years: no such key here"),
        ("sheet", {"years": {"0": {}}, "evaluated": {}}, "years.0: column 2024 is given twice"),
        (
            "sheet",
            {"evaluations": {"next": {}}},
            "evaluations.next: a year or an offset was expected",
        ),
        ("sheet", {"plans": [1]}, "plans: texts were expected, not [1]"),
        ("sheet", {"name": 1}, "name: a text was expected, not 1"),
        ("evaluation", {"year": 2024, "directed": {}}, "directed: form kushiro has no such column"),
        ("evaluation", {"year": "2024"}, 'year: a whole number was expected, not "2024"'),
        ("kpi", {"form": "minato", "target": 1}, "form: form minato has no KPI table"),
        ("kpi", {"target": 1, "due": "R6.3"}, "due: a text of the form ^"),
        (
            "kpi",
            {"target": 1, "actuals": {"R5": 1}},
            "actuals.R5: a fiscal year such as 2023 was expected",
        ),
        ("kpi_year", {"target": 1, "year": 2023}, 'year: actuals has no "2023"'),
        ("book", {"sheets": [{"totl": 1}]}, "sheets[0].totl: no such key here"),
    ],
)
def test_a_case_that_cannot_be_built_says_which_key_is_wrong(
    each: str, case: dict[str, Any], said: str
) -> None:
    formula = {
        "year": "year > 0",
        "sheet": "number > 0",
        "evaluation": "year > 0",
        "book": "fiscal_year > 0",
    }.get(each, "1 > 0")
    result = ran(each, formula, case)
    assert result.outcome is None
    assert said in complaint(result)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"outcome": "fail"}, "outcome: 'fail' was wanted, pass came"),
        (
            {"total_cost": 9, "outcome": "fail", "equation": "9 ≠ 8"},
            "equation: '9 ≠ 8' was wanted, 9 ≠ 5 came",
        ),
        ({"total_cost": 9, "outcome": "fail", "expected": "6"}, "expected: '6' was wanted, 5 came"),
        (
            {"total_cost": 9, "outcome": "fail", "severity": "note"},
            "severity: 'note' was wanted, error came",
        ),
        (
            {"total_cost": 9, "outcome": "fail", "suspects": ["headcount"]},
            "suspects: ['headcount'] was wanted",
        ),
    ],
)
def test_a_case_that_comes_out_otherwise_says_what_came(case: dict[str, Any], said: str) -> None:
    (result,) = run_cases(
        rule(
            "year", "total_cost == sum(funding)", {"total_cost": 5, "funding": {"grants": 5}} | case
        ),
        FORMS,
    )
    assert not result.passed
    assert said in complaint(result)


def test_what_follows_from_a_failure_can_be_asked_for() -> None:
    case = {
        "total_cost": 8300,
        "funding": {"grants": 4000, "general_revenue": 4030},
        "outcome": "fail",
        "severity": "error",
    }
    asked = case | {
        "equation": "8,300 ≠ 4,000 + 4,030 = 8,030",
        "expected": "8,030",
        "suspects": ["total_cost"],
    }
    assert ran("year", "total_cost == sum(funding)", asked).passed


def test_a_rule_that_raises_has_crashed_and_its_case_says_why() -> None:
    def check(row: Row) -> Verdict:
        raise ZeroDivisionError(row.scope)

    text = {"en": "a", "ja": "あ"}
    data = {
        "code": "ABC001",
        "name": "abc",
        "severity": "error",
        "each": "sheet",
        "since": "0.1",
        "title": text,
        "why": text,
        "action": text,
    }
    cases = [{"form": "kushiro", "outcome": "pass"}, {"form": "kushiro", "outcome": "crashed"}]
    first, second = run_cases(build_rule(data | {"cases": cases}, "ABC001.py", WORDS, check), FORMS)
    assert first.outcome == second.outcome == "crashed"
    assert "ZeroDivisionError: sheet" in first.problems[0].en
    assert second.passed


def test_a_rule_that_the_form_cannot_answer_is_not_applicable() -> None:
    assert ran("year", "headcount > 0", {"form": "hamabe", "outcome": "not_applicable"}).passed


def test_a_finding_of_the_readers_has_no_cases() -> None:
    text = {"en": "a", "ja": "あ"}
    data = {
        "code": "ABC001",
        "name": "abc",
        "severity": "error",
        "each": "reading",
        "since": "0.1",
        "title": text,
        "why": text,
        "action": text,
    }
    (result,) = run_cases(
        build_rule(
            data | {"cases": [{"form": "kushiro", "outcome": "fail"}]}, "ABC001.toml", WORDS
        ),
        FORMS,
    )
    assert "test its reader" in complaint(result)
