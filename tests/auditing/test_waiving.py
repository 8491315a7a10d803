"""Waivers: what they take out of the counts, and when they don't apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditor.auditing.departments import departments, of_departments
from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.rounds import since
from auditor.auditing.session import load
from auditor.auditing.waiving import waive
from auditor.records.model import Book
from auditor.reports.earlier import RESULT_FILE, earlier_round
from auditor.reports.json_report import JsonReport
from auditor.rules.findings import Finding
from auditor.testing.build import RandomChooser, book
from auditor.waivers.model import Waiver
from auditor_rules.corruptions import CORRUPTIONS, corrupt

SESSION = load()
FORM = SESSION.forms["kushiro"]
DAY = date(2025, 8, 18)


def waiver_of(finding: Finding, **changes: object) -> Waiver:
    waiver = Waiver(
        rule=finding.rule,
        place=finding.place,
        values=finding.values,
        reason="円単位の決算額を切捨てで転記しているため",
        kind="端数調整",
        role="財政課予算担当",
        date=DAY,
    )
    return waiver.model_copy(update=changes)


def keys(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(finding.id for finding in findings)


@st.composite
def wrong_books(draw: st.DrawFn) -> Book:
    """A book with some corruptions, of which one has findings of more than one rule often."""
    clean = book(4, seed=draw(st.integers(0, 30)), form=FORM)
    chooser = RandomChooser(draw(st.integers(0, 30)))
    wrong = clean
    kinds = draw(st.lists(st.sampled_from(sorted(CORRUPTIONS)), min_size=1, max_size=3))
    for kind in kinds:
        corruption = corrupt(kind, wrong, FORM, chooser)
        wrong = wrong if corruption is None else corruption.book
    return wrong


def audited(wrong: Book) -> Report:
    options = AuditOptions(fail_on="note")
    return audit([wrong], SESSION.rules, SESSION.forms, options)


def is_waivable(finding: Finding) -> bool:
    return not finding.rule.startswith(("RD", "TBL"))


@given(wrong_books())
def test_waiving_every_finding_leaves_nothing_to_fail_for(wrong: Book) -> None:
    report = audited(wrong)
    assume(all(map(is_waivable, report.findings)))
    waived = waive(report, [waiver_of(finding) for finding in report.findings], DAY)
    assert waived.exit_code == 0
    assert waived.findings == ()
    assert waived.causes == ()
    assert not any(waived.counts.values())
    assert not any(waived.rule_counts.values())
    assert keys(item.finding for item in waived.waived) == keys(report.findings)


@given(wrong_books(), st.data())
def test_what_is_listed_and_what_is_waived_is_the_whole(wrong: Book, data: st.DataObject) -> None:
    report = audited(wrong)
    chosen = [finding for finding in report.findings if data.draw(st.booleans())]
    result = waive(report, [waiver_of(finding) for finding in chosen], DAY)
    waived = [item.finding for item in result.waived]
    assert keys([*result.findings, *waived]) == keys(report.findings)
    of_chosen = {(each.rule, each.place, each.values) for each in filter(is_waivable, chosen)}
    assert {(each.rule, each.place, each.values) for each in waived} == of_chosen
    # A cause of which only some findings are waived keeps the others, each in one cause.
    assert Counter(key for cause in result.causes for key in cause.findings) == keys(
        result.findings
    )
    for item in result.waived:
        assert item.cause in report.causes
        assert item.finding.id in item.cause.findings
    assert sum(result.counts.values()) == len(result.findings)
    assert result.rule_counts == {
        code: count - sum(each.rule == code for each in waived)
        for code, count in report.rule_counts.items()
    }
    assert result.outcomes == report.outcomes

    # A department's report has its own waivers.
    names = {*departments([wrong]), *(each.department for each in report.findings)}
    parts = [of_departments(result, {name}) for name in names]
    assert sum(len(part.waived) for part in parts) == len(waived)
    for name, part in zip(names, parts, strict=True):
        assert {item.finding.department for item in part.waived} <= {name}


@given(wrong_books(), st.data())
def test_a_changed_value_opens_exactly_its_finding(wrong: Book, data: st.DataObject) -> None:
    report = audited(wrong)
    findings = list(filter(is_waivable, report.findings))
    assume(findings)
    changed = data.draw(st.sampled_from(findings))
    # Findings that are alike to the last figure share one waiver.
    alike = {each.id for each in findings if waiver_of(each) == waiver_of(changed)}
    waivers = [
        waiver_of(each, values="000000000000") if each.id in alike else waiver_of(each)
        for each in findings
    ]
    result = waive(report, waivers, DAY)
    opened = {each.id for each in result.findings if is_waivable(each)}
    assert opened == alike
    assert [item.why for item in result.waivers_unused if item.why != "repeated"] == ["changed"]
    assert result.waivers_unused[0].department == changed.department


@given(wrong_books(), st.data())
def test_waivers_without_use_are_listed(wrong: Book, data: st.DataObject) -> None:
    report = audited(wrong)
    findings = {waiver_of(each): each for each in filter(is_waivable, report.findings)}
    assume(findings)
    (finding, *others) = findings.values()
    until = data.draw(st.dates(DAY, DAY + timedelta(days=400)))
    day = data.draw(st.dates(DAY, DAY + timedelta(days=400)))
    nowhere = waiver_of(finding, place="0123456789ab", department="観光課")
    waivers = [
        nowhere,
        waiver_of(finding, until=until),
        *(waiver_of(each) for each in others),
        *(waiver_of(each, reason="二重") for each in others),
        waiver_of(finding, rule="XXX001"),
    ]
    result = waive(report, waivers, day)
    is_expired = day > until
    counts = Counter(item.why for item in result.waivers_unused)
    assert counts == +Counter(unmatched=2, expired=int(is_expired), repeated=len(others))
    assert (finding.id in keys(result.findings)) == is_expired
    assert result.waivers_unused[0].department == "観光課"
    order = [waivers.index(item.waiver) for item in result.waivers_unused]
    assert order == sorted(order)


def one_wrong() -> tuple[Book, Report]:
    clean = book(4, seed=3, form=FORM)
    made = (corrupt(kind, clean, FORM, RandomChooser(3)) for kind in sorted(CORRUPTIONS))
    wrong = next(each.book for each in made if each is not None)
    return wrong, audited(wrong)


def test_an_expired_waiver_gives_way_to_one_in_force() -> None:
    _, report = one_wrong()
    finding = next(filter(is_waivable, report.findings))
    past = waiver_of(finding, until=DAY - timedelta(days=1))
    result = waive(report, [past, waiver_of(finding)], DAY)
    assert [item.waiver for item in result.waived][:1] == [waiver_of(finding)]
    assert [item.why for item in result.waivers_unused] == ["expired"]


@pytest.mark.parametrize("rule", ["RD001", "TBL003"])
def test_missing_figures_are_never_waived(rule: str) -> None:
    _, report = one_wrong()
    findings = [each.model_copy(update={"rule": rule}) for each in report.findings]
    report = report.of_findings(findings)
    result = waive(report, [waiver_of(each) for each in findings], DAY)
    assert result.findings == report.findings
    assert result.exit_code == 1


def test_a_limited_report_is_refused() -> None:
    _, report = one_wrong()
    with pytest.raises(ValueError, match="limited"):
        waive(report.limited(0), [], DAY)


def test_a_finding_that_is_waived_now_is_not_resolved_and_comes_back_open(tmp_path: Path) -> None:
    wrong, report = one_wrong()
    waived = waive(report, [waiver_of(each) for each in report.findings], DAY)
    context = ReportContext(lang="ja", rules=SESSION.rules)
    file = tmp_path / RESULT_FILE
    file.write_text(JsonReport().render(report, context), encoding="utf-8")
    assert since(earlier_round(tmp_path), waived, [wrong]).earlier == ()
    file.write_text(JsonReport().render(waived, context), encoding="utf-8")
    changes = since(earlier_round(tmp_path), report, [wrong])
    assert set(changes.changes.values()) == {"open"}
