"""Severities that settings give to rules: every finding of a rule has its own, nothing else
changes, and what says that figures may be missing can't be hidden.
"""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.records.model import Book
from auditor.records.severities import SEVERITIES, Severity
from auditor.rules.rule import RuleError
from auditor.rules.ruleset import READING_FAMILIES
from auditor.testing import book
from auditor.testing.build import RandomChooser
from auditor_rules.corruptions import CORRUPTIONS, corrupt

SESSION: Final = load()
FORM: Final = SESSION.forms["kushiro"]
CODES: Final = [rule.code for rule in SESSION.rules if not rule.code.startswith(READING_FAMILIES)]


def faulty(kind: str, seed: int) -> Book:
    """A book with a fault of a kind, where it has room for one."""
    records = book(8, seed, FORM, kpis=4)
    corruption = corrupt(kind, records, FORM, RandomChooser(seed))
    return records if corruption is None else corruption.book


@settings(max_examples=20)
@given(
    st.sampled_from(sorted(CORRUPTIONS)),
    st.integers(0, 30),
    st.dictionaries(st.sampled_from(CODES), st.sampled_from(SEVERITIES), max_size=20),
)
def test_only_the_severities_change(kind: str, seed: int, severities: dict[str, Severity]) -> None:
    records = faulty(kind, seed)
    usual = audit(records, SESSION.rules, SESSION.forms)
    report = audit(records, SESSION.rules.with_severities(severities), SESSION.forms)
    assert report.severities == severities
    assert report.outcomes == usual.outcomes
    assert report.not_checked == usual.not_checked
    own = {finding.id: finding for finding in usual.findings}
    for finding in report.findings:
        severity = severities.get(finding.rule, own[finding.id].severity)
        assert finding == own[finding.id].model_copy(update={"severity": severity})
    # How much a finding matters makes no cell more or less likely to be wrong.
    explained = {frozenset(cause.findings): cause.suspects for cause in usual.causes}
    assert {frozenset(cause.findings): cause.suspects for cause in report.causes} == explained


def test_a_rule_that_states_severities_has_one_then() -> None:
    (rule,) = SESSION.rules.select(["KPI001"]).with_severities({"KPI001": "note"})[:1]
    assert rule.severities
    assert rule.severity == "note"


def test_codes_and_names_are_known() -> None:
    rules = SESSION.rules.with_severities({"bok003": "error", "column-copied": "note"})
    assert rules.assigned["BOK003"] == "error"
    with pytest.raises(RuleError, match="there is no rule BOK03; did you mean BOK003"):
        SESSION.rules.with_severities({"BOK03": "error"})
    with pytest.raises(RuleError, match="there is no rule BOK"):
        SESSION.rules.with_severities({"BOK": "error"})


@pytest.mark.parametrize("rule", SESSION.rules.of_reading, ids=lambda rule: rule.code)
def test_what_says_that_figures_may_be_missing_is_not_lowered(rule: object) -> None:
    item = SESSION.rules.get(rule.code)  # type: ignore[attr-defined]
    assert item is not None
    for number, severity in enumerate(SEVERITIES):
        if number > SEVERITIES.index(item.severity):
            with pytest.raises(RuleError, match="can't be lower"):
                SESSION.rules.with_severity(item.code, severity)
        else:
            assert SESSION.rules.with_severity(item.code, severity)[item.code].severity == severity
