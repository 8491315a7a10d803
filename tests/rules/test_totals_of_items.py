"""Books of items without a fault have no finding; one changed figure is seen by exactly the rules
that look at it, and is suspected.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from auditor.auditing.documents import audit
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.rules.additive import added_figures
from auditor.testing.build import RandomChooser
from auditor.testing.items import WithItems, build_items, build_list
from auditor.testing.strategies import DrawnChooser
from auditor_rules.corruptions_of_totals import CORRUPTIONS_OF_TOTALS, corrupt_totals

SESSION = load()
SHIPPED = sorted(SESSION.forms)
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def audited(made: WithItems) -> Report:
    report = audit(made.book, SESSION.rules, {made.form.name: made.form})
    assert report.not_checked == ()
    return report


def fired(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("seed", range(4))
def test_items_without_a_fault_have_no_finding(name: str, seed: int) -> None:
    made = build_items(SESSION.forms[name], RandomChooser(seed), 7)
    report = audited(made)
    assert fired(report) == set()
    for code in ("TOT001", "TOT002"):
        counts = report.outcomes[code]
        assert counts["pass"] + counts["may"] > 0
        assert counts["unknown"] == counts["crashed"] == 0


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("seed", range(4))
def test_the_total_row_of_a_list_is_no_project(name: str, seed: int) -> None:
    made = build_list(SESSION.forms[name], RandomChooser(seed), 7)
    report = audited(made)
    assert {finding.rule for finding in report.findings if finding.severity != "note"} == set()
    assert report.outcomes["TOT001"]["pass"] + report.outcomes["TOT001"]["may"] > 0
    total = made.book.sheets[-1]
    assert not [f for f in report.findings if f.sheet and f.sheet.number == total.number]


@slow
@given(st.data(), st.sampled_from(SHIPPED), st.sampled_from(sorted(CORRUPTIONS_OF_TOTALS)))
def test_a_changed_figure_is_seen_by_the_rules_that_look_at_it(
    data: DataObject, name: str, kind: str
) -> None:
    chooser = DrawnChooser(data.draw)
    made = build_items(SESSION.forms[name], chooser, chooser.integer(1, 5))
    corruption = corrupt_totals(kind, made, chooser)
    if corruption is None:
        return
    report = audited(corruption.made)
    assert fired(report) == corruption.codes
    (cause,) = report.causes
    named = [(cell.field, cell.year) for suspect in cause.suspects for cell in suspect.cells]
    assert (corruption.field, corruption.year) in named
    if kind == "item":
        first = cause.suspects[0].cells
        assert [(cell.field, cell.year) for cell in first] == [(corruption.field, corruption.year)]
        assert cause.cells[0].sheet == corruption.sheet


def form_with(*fields: dict[str, Any], **more: Any) -> Form:
    return Form.model_validate(
        {
            "name": "budget",
            "title": {"en": "Budget", "ja": "予算"},
            "unit": "千円",
            "units": {"円": 1, "千円": 1000, "%": 1, "人": 1, "件": 1, "点": 1},
            "labels": {"name": "款"},
            "items": {},
            "fields": {
                f"x{number}": {"each": "sheet", **field} for number, field in enumerate(fields)
            },
            **more,
        }
    )


@pytest.mark.parametrize(
    ("field", "adds_up"),
    [
        ({"label": "予算額"}, True),
        ({"label": "増減額"}, True),
        ({"label": "一人当たり（円）", "unit": "円"}, False),
        ({"label": "市民１人あたりの額"}, False),
        ({"label": "単価（千円）"}, False),
        ({"label": "平均額"}, False),
        ({"label": "構成比", "unit": "%"}, False),
        ({"label": "指数", "unit": ""}, False),
        ({"label": "人数", "unit": "人"}, True),
        ({"label": "件数", "unit": "件"}, True),
        ({"label": "評点", "unit": "点"}, False),
        ({"label": "評点", "unit": "点", "adds_up": True}, True),
        ({"label": "予算額", "adds_up": False}, False),
        ({"label": "繰入額（円）", "unit": "円"}, False),
    ],
)
def test_which_figures_add_up(field: dict[str, Any], adds_up: bool) -> None:
    assert bool(added_figures(form_with(field))) is adds_up


def test_a_rule_of_the_form_that_says_the_same_is_enough() -> None:
    rule = {"code": "BUD001", "title": "t", "formula": "sum(details.x0) == x0", "each": "sheet"}
    form = form_with({"label": "予算額"}, {"label": "前年度"}, rules=[rule])
    said = [rule["code"]]
    assert _judging(form, said) == ["TOT001 x1", "TOT002 x0", "TOT002 x1"]
    assert _judging(form, []) == ["TOT001 x0", "TOT001 x1", "TOT002 x0", "TOT002 x1"]


def _judging(form: Form, codes: Sequence[str]) -> list[str]:
    """The rules on totals that judge a form's rows, beside some rules of its own."""
    from auditor.rules.of_forms import rule_of_form
    from auditor.rules.rows import vocabulary
    from auditor.rules.ruleset import RuleSet

    words = vocabulary([form])
    mine = [rule_of_form(form, number, "budget.toml", words) for number in range(len(codes))]
    rules = RuleSet([*SESSION.rules, *mine]).of_form(form)
    return [rule.key for rule in rules if rule.code.startswith("TOT")]
