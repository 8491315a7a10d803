"""Rules without a file: of dicts and of functions; sets of rules put together, asked and changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.records.errors import WrongArgument
from auditor.records.model import Book
from auditor.records.severities import SEVERITIES, Severity
from auditor.rules import PASS, Row, Verdict, failed
from auditor.testing.build import book

DOUBLED: dict[str, Any] = {
    "code": "CTY004",
    "title": {"en": "The total has doubled", "ja": "事業費が2倍を超えています"},
    "each": "year",
    "formula": "total_cost <= 2 * prior.total_cost",
}


@auditor.rule({"code": "CTY005", "title": "シート", "each": "sheet", "severity": "note"})
def every_sheet(row: Row) -> Verdict:
    return failed((row, "name"))


@auditor.rule(
    """
code = "CTY006"
name = "never"
severity = "note"
each = "sheet"
since = "1"
title = { en = "t", ja = "題" }
why = { en = "w", ja = "理由" }
action = { en = "a", ja = "対応" }
"""
)
def no_sheet(row: Row) -> Verdict:
    return PASS if row.sheet is not None else failed((row, "name"))


@pytest.fixture(scope="module")
def consistent() -> Book:
    return book(2, seed=1, form=load().forms["kushiro"])


def test_a_dict_is_a_rule_like_that_of_a_file(consistent: Book) -> None:
    rules = auditor.load_rules(DOUBLED)
    (rule,) = rules
    assert (rule.code, rule.file.name, rule.severity) == ("CTY004", "cty004", "error")
    assert rule.file.why == rule.file.title
    report = auditor.audit(consistent, rules)
    assert sum(report.outcomes["CTY004"].values()) == sum(
        len(sheet.years) for sheet in consistent.sheets
    )


def test_functions_are_rules(consistent: Book) -> None:
    report = auditor.audit(consistent, [every_sheet, no_sheet, DOUBLED])
    assert report.outcomes["CTY005"]["fail"] == len(consistent.sheets)
    assert report.outcomes["CTY006"]["pass"] == len(consistent.sheets)
    assert {finding.rule for finding in report.findings} >= {"CTY005"}
    assert auditor.audit(consistent, every_sheet).counts["note"] == len(consistent.sheets)


def test_a_fault_of_a_dict_names_its_key() -> None:
    with pytest.raises(auditor.RuleError) as caught:
        auditor.load_rules({**DOUBLED, "formula": "total_cots = 1", "severty": "note"})
    assert {fault.key for fault in caught.value.faults} == {"formula", "severty"}
    assert "CTY004: formula, column" in str(caught.value)


def test_sets_are_put_together() -> None:
    installed, mine = auditor.load_rules(), auditor.load_rules(DOUBLED, every_sheet)
    both = installed | mine
    assert len(both) == len(installed) + 2
    assert "CTY004" in both
    assert "funding-sum-mismatch" in both
    assert "CTY009" not in both
    assert both["fnd001"] is installed["funding-sum-mismatch"]
    assert list(both | mine) == list(both)
    assert mine["CTY004"] in both
    with pytest.raises(auditor.RuleError, match=r"did you mean CTY004\?"):
        both["CTY04"]
    with pytest.raises(auditor.RuleError, match="CTY004 is taken by"):
        mine | auditor.load_rules({**DOUBLED, "name": "other"})
    shared = mine | auditor.load_rules({**DOUBLED, "code": "CTY007", "name": "cty004"})
    assert shared.codes("cty004") == ["CTY004", "CTY007"]
    with pytest.raises(WrongArgument, match="rules are put together with rules"):
        mine | [3]  # type: ignore[list-item]


@given(st.sampled_from(SEVERITIES), st.sampled_from(SEVERITIES))
def test_a_severity_is_changed_and_all_else_is_kept(first: Severity, second: Severity) -> None:
    rules = auditor.load_rules(DOUBLED, every_sheet)
    changed = rules.with_severity("CTY005", first).with_severity("cty004", second)
    assert [rule.severity for rule in changed] == [second, first]
    assert [rule.file for rule in changed] == [rule.file for rule in rules]
    assert changed.assigned == {"CTY004": second, "CTY005": first}


def test_the_changed_severity_is_that_of_findings_and_of_the_exit_code(consistent: Book) -> None:
    rules = auditor.load_rules(every_sheet).with_severity("CTY005", "error")
    report = auditor.audit(consistent, rules)
    assert {finding.severity for finding in report.findings} == {"error"}
    assert report.exit_code == 1


def test_no_severity_is_guessed() -> None:
    rules = auditor.load_rules()
    with pytest.raises(auditor.RuleError, match=r"did you mean warning\?"):
        rules.with_severity("STF001", "warn")  # type: ignore[arg-type]
    with pytest.raises(auditor.RuleError, match="can't be lower"):
        rules.with_severity("RD001", "note")


def test_sets_and_rules_print_themselves_in_short() -> None:
    rules = auditor.load_rules(DOUBLED)
    assert repr(rules) == "<RuleSet of 1 rule: CTY004>"
    assert repr(rules["CTY004"]) == "<Rule CTY004 cty004 (error)>"
    assert repr(auditor.RuleSet([])) == "<RuleSet of 0 rules>"
    assert len(repr(auditor.load_rules())) < 120
    html = auditor.load_rules({**DOUBLED, "title": "a < b"})._repr_html_()
    assert "<td>CTY004</td>" in html
    assert "a &lt; b" in html
