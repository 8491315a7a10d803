"""Rounds: what became of the causes of an earlier audit."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.rounds import CHANGES, Change, Since, since
from auditor.auditing.session import load
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, NotChecked, Sheet, UnreadNumber
from auditor.records.text import Why
from auditor.reports.earlier import RESULT_FILE, EarlierError, earlier_round, is_result
from auditor.reports.json_report import JsonReport
from auditor.rules.findings import Finding
from auditor.rules.ruleset import RuleSet
from auditor.testing.build import RandomChooser, book
from auditor_rules.corruptions import CORRUPTIONS, corrupt

SESSION = load()
FORM = SESSION.forms["kushiro"]


def audited(*books: Book, **options: object) -> Report:
    return audit(books, SESSION.rules, SESSION.forms, AuditOptions(**options))  # type: ignore[arg-type]


def compared(before: Report, today: Report, books: list[Book], folder: Path) -> Since:
    """What changed, by way of the file that the earlier round wrote."""
    context = ReportContext(lang="ja", rules=SESSION.rules)
    folder.mkdir(exist_ok=True)
    (folder / RESULT_FILE).write_text(JsonReport().render(before, context), encoding="utf-8")
    return since(earlier_round(folder), today, books)


def places(report: Report) -> set[str]:
    return {finding.place for finding in report.findings}


def main_of(report: Report, key: str) -> Finding:
    """The main finding of a cause."""
    cause = next(cause for cause in report.causes if cause.id == key)
    return next(finding for finding in report.findings if finding.id == cause.findings[0])


def keys_of(finding: Finding) -> tuple[str, str]:
    """A sheet that is there twice has the same findings twice."""
    return finding.place, finding.values


def total_of(changes: Since, report: Report, departments: set[str]) -> dict[Change, int]:
    counts = [changes.counts(report, name) for name in departments]
    return {change: sum(each[change] for each in counts) for change in CHANGES}


def with_total(book: Book, number: int, value: int) -> Book:
    """The book with another total in the settled year of one of its sheets."""
    sheet = book.sheets[number]
    column = next(key for key, year in sheet.years.items() if year.total_cost is not None)
    year = sheet.years[column]
    assert year.total_cost is not None
    figure = Figure(
        value=Decimal(value), state="number", printed=f"{value:,}", unit=year.total_cost.unit
    )
    years = FrozenDict({**sheet.years, column: year.model_copy(update={"total_cost": figure})})
    changed = sheet.model_copy(update={"years": years})
    sheets = tuple(changed if each is sheet else each for each in book.sheets)
    return book.model_copy(update={"sheets": sheets})


@pytest.mark.parametrize(
    ("before", "today", "expected"),
    [
        (99_999_991, 99_999_991, {"open": 1}),
        (99_999_991, 88_888_881, {"still_wrong": 1}),
        (99_999_991, None, {"resolved": 1}),
        (None, 99_999_991, {"added": 1}),
        (None, None, {}),
    ],
)
def test_what_becomes_of_a_wrong_total(
    before: int | None, today: int | None, expected: dict[str, int], tmp_path: Path
) -> None:
    clean = book(4, seed=3, form=FORM)
    books = [clean if value is None else with_total(clean, 1, value) for value in (before, today)]
    reports = [audited(each) for each in books]
    changes = compared(*reports, [books[1]], tmp_path)
    department = clean.sheets[1].department
    counts = changes.counts(reports[1], department)
    # One wrong total may be seen by several rules that share no cause.
    shown = {change for change, count in counts.items() if count}
    assert shown == set(expected)


@example(seed=1, kinds=["achievement_flipped", "sheet_repeated"])
@example(seed=37, kinds=["total_changed", "sheet_repeated"])
@given(
    seed=st.integers(0, 50),
    kinds=st.lists(st.sampled_from(sorted(CORRUPTIONS)), min_size=2, max_size=2),
)
def test_a_round_against_itself_is_open_and_against_nothing_new(
    seed: int, kinds: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    clean = book(4, seed=seed, form=FORM)
    chooser = RandomChooser(seed)
    wrong = [corrupt(kind, clean, FORM, chooser) for kind in kinds]
    assume(all(wrong))
    first, second = (each.book for each in wrong if each is not None)
    reports = {name: audited(each) for name, each in (("a", first), ("b", second))}
    nothing = audited(clean)
    before = {keys_of(finding) for finding in nothing.findings}
    notes = {cause.id for cause in nothing.causes}
    folder = tmp_path_factory.mktemp("round")
    for report, books in ((reports["a"], [first]), (reports["b"], [second])):
        same = compared(report, report, books, folder)
        assert set(same.changes.values()) <= {"open"}
        assert same.earlier == ()
        # A consistent book may have notes, which are there before and after.
        added = compared(nothing, report, books, folder)
        new = {key: change for key, change in added.changes.items() if key not in notes}
        assert all(
            change in ("added", "still_wrong") or keys_of(main_of(report, key)) in before
            for key, change in new.items()
        )
        assert all(added.changes[key] == "open" for key in notes & added.changes.keys())
        resolved = compared(report, nothing, [clean], folder)
        assert {change for _, change in resolved.earlier} <= {"resolved"}
        gone = {cause.places[0] for cause, _ in resolved.earlier}
        assert gone == {main_of(report, cause.id).place for cause in report.causes} - places(
            nothing
        )

    # Every cause of either round is counted once.
    changes = compared(reports["a"], reports["b"], [second], folder)
    departments = {sheet.department for sheet in clean.sheets} | {
        cause.kpi.department for report in reports.values() for cause in report.causes if cause.kpi
    }
    counts = total_of(changes, reports["b"], departments | {""})
    assert sum(counts.values()) == len(reports["b"].causes) + len(changes.earlier)


def of_sheets(book: Book, sheets: tuple[Sheet, ...]) -> Book:
    return book.model_copy(update={"sheets": sheets, "kpis": ()})


def test_a_sheet_that_is_missing_today_is_not_resolved(tmp_path: Path) -> None:
    clean = book(4, seed=3, form=FORM)
    wrong = with_total(clean, 1, 99_999_991)
    others = of_sheets(clean, (clean.sheets[0], *clean.sheets[2:]))
    changes = compared(audited(wrong), audited(others), [others], tmp_path)
    assert {change for _, change in changes.earlier} == {"not_audited"}


def test_a_document_that_could_not_be_checked_is_not_resolved(tmp_path: Path) -> None:
    clean = book(4, seed=3, form=FORM)
    wrong = with_total(clean, 1, 99_999_991)
    why = Why(code="damaged", en="damaged", ja="壊れています")
    missed = NotChecked(document=clean.documents[0].path, why=why)
    today = audited(clean, not_checked=(missed,))
    changes = compared(audited(wrong), today, [clean], tmp_path)
    assert {change for _, change in changes.earlier} == {"not_audited"}


def test_a_rule_that_did_not_run_today_resolves_nothing(tmp_path: Path) -> None:
    clean = book(4, seed=3, form=FORM)
    before = audited(with_total(clean, 1, 99_999_991))
    codes = {finding.rule for finding in before.findings}
    rules = RuleSet(rule for rule in SESSION.rules if rule.file.code not in codes)
    today = audit([clean], rules, SESSION.forms)
    changes = compared(before, today, [clean], tmp_path)
    assert {change for _, change in changes.earlier} == {"not_audited"}


def test_a_sheet_of_the_same_name_in_another_department_resolves_nothing(tmp_path: Path) -> None:
    clean = book(4, seed=3, form=FORM)
    before = audited(with_total(clean, 1, 99_999_991))
    namesake = clean.sheets[1].model_copy(update={"department": "別の課"})
    today = of_sheets(clean, (clean.sheets[0], namesake, *clean.sheets[2:]))
    changes = compared(before, audited(today), [today], tmp_path)
    assert {change for _, change in changes.earlier} == {"not_audited"}


def test_a_sheet_with_numbers_that_could_not_be_read_is_not_resolved(tmp_path: Path) -> None:
    clean = book(4, seed=3, form=FORM)
    before = audited(with_total(clean, 1, 99_999_991))
    sheet = clean.sheets[1]
    unread = (UnreadNumber(printed="99,999,991", sheet=sheet.number),)
    documents = tuple(
        document.model_copy(update={"unread": unread})
        if document.path == sheet.document
        else document
        for document in clean.documents
    )
    today = clean.model_copy(update={"documents": documents})
    changes = compared(before, audited(today), [today], tmp_path)
    assert {change for _, change in changes.earlier} == {"not_audited"}


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "\x00", '{"schema_version": 1}', '{"schema_version": "x", "findings": []}'],
)
def test_another_file_is_no_round(text: str, tmp_path: Path) -> None:
    (tmp_path / RESULT_FILE).write_text(text, encoding="utf-8")
    assert not is_result(tmp_path)
    with pytest.raises(EarlierError) as refused:
        earlier_round(tmp_path)
    assert RESULT_FILE in refused.value.message.ja


def test_a_round_of_another_version_is_refused(tmp_path: Path) -> None:
    context = ReportContext(lang="ja", rules=SESSION.rules)
    data = json.loads(JsonReport().render(audited(book(2, form=FORM)), context))
    file = tmp_path / RESULT_FILE
    file.write_text(json.dumps(data), encoding="utf-8")
    assert is_result(tmp_path)
    assert earlier_round(file) == earlier_round(tmp_path)
    file.write_text(json.dumps({**data, "schema_version": 99}), encoding="utf-8")
    assert not is_result(tmp_path)
    with pytest.raises(EarlierError) as refused:
        earlier_round(file)
    assert "別の版" in refused.value.message.ja


def test_a_missing_round_is_said(tmp_path: Path) -> None:
    with pytest.raises(EarlierError):
        earlier_round(tmp_path / "none")
