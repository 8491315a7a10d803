"""The next year: a place that was accepted is open again, and the report says why it was."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.waiving import may_be_waived, waive
from auditor.records.decimals import plain_digits
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.reports.entries import entries
from auditor.reports.workbook.rows import cause_rows
from auditor.rules.findings import Finding, keys_of
from auditor.rules.rows import Cell
from auditor.settings.model import Departments
from auditor.testing.build import FISCAL_YEAR, RandomChooser, book
from auditor.waivers.model import Waiver
from auditor_rules.corruptions import CORRUPTIONS, corrupt

SESSION = load()
FORM = SESSION.forms["kushiro"]
DAY = date(2026, 8, 18)


def audited(wrong: Book) -> Report:
    return audit([wrong], SESSION.rules, SESSION.forms, AuditOptions(fail_on="note"))


def wrong_book(seed: int, kind: str, year: int) -> Book | None:
    """A book of a year with one mistake; of two years, all but the years is alike."""
    clean = book(4, seed=seed, form=FORM, fiscal_year=year)
    corruption = corrupt(kind, clean, FORM, RandomChooser(seed))
    return None if corruption is None else corruption.book


def waiver_of(finding: Finding, year: int, **changes: object) -> Waiver:
    waiver = Waiver(
        rule=finding.rule,
        place=finding.place,
        values=finding.values,
        reason="切捨てのため",
        kind="端数調整",
        role="財政課",
        date=date(2025, 8, 18),
        until=date(2026, 3, 31),
        department=finding.department,
        fiscal_year=year,
        recurring=finding.recurring,
    )
    return waiver.model_copy(update=changes)


@given(seed=st.integers(0, 20), kind=st.sampled_from(sorted(CORRUPTIONS)))
def test_what_was_accepted_is_open_in_the_next_year_with_its_reason(seed: int, kind: str) -> None:
    books = [wrong_book(seed, kind, FISCAL_YEAR + more) for more in (0, 1, 2)]
    assume(all(books))
    before, today, later = (audited(each) for each in books if each is not None)
    waivers = [waiver_of(each, FISCAL_YEAR) for each in before.findings if may_be_waived(each)]
    assume(waivers)
    # In its own year it is waived, and nothing is said of an earlier one.
    same = waive(before, [each.model_copy(update={"until": None}) for each in waivers], DAY)
    assert len(same.waived) == len(waivers)
    assert same.accepted_earlier == ()
    # In the next it is not, whether its values are the same or not.
    result = waive(today, waivers, DAY)
    assert result.waived == ()
    assert result.findings == today.findings
    assert result.exit_code == today.exit_code
    recurring = {(each.rule, each.recurring) for each in before.findings if each.recurring}
    expected = {
        each.id
        for each in today.findings
        if may_be_waived(each) and (each.rule, each.recurring) in recurring
    }
    assert {item.finding for item in result.accepted_earlier} == expected
    places = {(each.rule, each.recurring) for each in today.findings}
    gone = [each for each in waivers if (each.rule, each.recurring) not in places]
    assert {each.why for each in result.waivers_unused} <= {"earlier_year"}
    assert len(result.waivers_unused) >= len(gone)
    # Two years later nothing is said of it.
    assert waive(later, waivers, DAY).accepted_earlier == ()


def next_year() -> tuple[Report, Waiver, Finding]:
    before = wrong_book(3, "total_changed", FISCAL_YEAR)
    today = wrong_book(3, "total_changed", FISCAL_YEAR + 1)
    assert before is not None
    assert today is not None
    first = next(each for each in audited(before).findings if each.sheet and each.recurring)
    report = audited(today)
    match = next(each for each in report.findings if each.recurring == first.recurring)
    return report, waiver_of(first, FISCAL_YEAR), match


@pytest.mark.parametrize(
    "changes",
    [
        {"department": "別の課"},
        {"rule": "XXX001"},
        {"fiscal_year": FISCAL_YEAR - 1},
        {"recurring": "0" * 12},
        {"recurring": "", "fiscal_year": None},
    ],
)
def test_another_place_department_rule_or_year_is_not_the_same(changes: dict[str, object]) -> None:
    report, waiver, match = next_year()
    assert match.id in {item.finding for item in waive(report, [waiver], DAY).accepted_earlier}
    other = waiver.model_copy(update=changes)
    assert waive(report, [other], DAY).accepted_earlier == ()


def test_a_department_may_have_another_name_now() -> None:
    report, waiver, _ = next_year()
    old = waiver.model_copy(update={"department": "旧の課"})
    names = Departments(renamed=FrozenDict({"旧の課": waiver.department}))
    assert waive(report, [old], DAY, names).accepted_earlier
    assert not waive(report, [old], DAY).accepted_earlier


def test_the_latest_reason_is_shown_in_every_format() -> None:
    report, waiver, match = next_year()
    later = waiver.model_copy(update={"date": date(2025, 9, 1), "reason": "のちの理由"})
    result = waive(report, [later, waiver], DAY)
    assert {item.waiver.reason for item in result.accepted_earlier} == {"のちの理由"}
    context = ReportContext(lang="ja", rules=SESSION.rules, forms=SESSION.forms)
    line = "前年度も同じ箇所を『記載のとおり』とした（理由：端数調整、のちの理由）"
    for name in ("terminal", "markdown", "html", "sarif", "junit", "github"):
        text = SESSION.reports[name].render(result, context._replace(width=200))
        assert line in text.replace("\\_", "_"), name
        assert line not in SESSION.reports[name].render(report, context._replace(width=200))
    assert "のちの理由" in SESSION.reports["json"].render(result, context)
    assert any(line in row.message for row in cause_rows(result, context))
    (entry,) = (each for each in entries(result) if match in each.findings)
    assert entry.earlier == later


# — a waiver lapses —

CELLS = st.builds(
    Cell,
    document=st.just("a.xlsx"),
    sheet=st.just(1),
    field=st.sampled_from(["total_cost", "population", "funding.grants", "purpose"]),
    year=st.sampled_from([None, "2024", "2023-settled"]),
    value=st.none() | st.decimals(-9_999, 9_999, places=1) | st.sampled_from(["拡充", "継続"]),
    printed=st.sampled_from(["", "1,234", "拡充", "－"]),
)


@given(st.lists(CELLS, min_size=1, max_size=4), st.data())
def test_any_change_of_any_value_changes_the_key_of_the_values(
    cells: list[Cell], data: st.DataObject
) -> None:
    sheet = book(2, form=FORM).sheets[0]
    at = data.draw(st.integers(0, len(cells) - 1))
    other = data.draw(CELLS)
    changed = cells[at].model_copy(update={"value": other.value, "printed": other.printed})
    assume(shown(changed) != shown(cells[at]))
    keys = keys_of("FND001", FORM.name, sheet, "2024", cells)
    others = keys_of("FND001", FORM.name, sheet, "2024", [*cells[:at], changed, *cells[at + 1 :]])
    assert others.place == keys.place
    assert others.recurring == keys.recurring
    assert others.values != keys.values


def shown(cell: Cell) -> str:
    if cell.value is None or isinstance(cell.value, str):
        return cell.shown()
    return plain_digits(cell.value.normalize())


@given(seed=st.integers(0, 15), kind=st.sampled_from(sorted(CORRUPTIONS)), data=st.data())
def test_a_waiver_lapses_when_a_cell_of_its_finding_changes(
    seed: int, kind: str, data: st.DataObject
) -> None:
    wrong = wrong_book(seed, kind, FISCAL_YEAR)
    assume(wrong is not None)
    assert wrong is not None
    report = audited(wrong)
    changes: list[tuple[Finding, Sheet, Cell, Figure]] = []
    for finding in filter(may_be_waived, report.findings):
        for cell in finding.cells:
            sheet = next((each for each in wrong.sheets if each.number == cell.sheet), None)
            figure = _figure(sheet, cell) if sheet is not None else None
            if sheet is not None and figure is not None and figure.value is not None:
                changes.append((finding, sheet, cell, figure))
    assume(changes)
    finding, sheet, cell, figure = data.draw(st.sampled_from(changes))
    more = data.draw(st.integers(1, 999_999))
    assert figure.value is not None
    value = figure.value + more
    changed = figure.model_copy(update={"value": value, "printed": f"{value:,f}"})
    edited = _with_figure(sheet, cell, changed)
    sheets = tuple(edited if each is sheet else each for each in wrong.sheets)
    today = audited(wrong.model_copy(update={"sheets": sheets}))
    result = waive(today, [waiver_of(finding, FISCAL_YEAR, until=None)], DAY)
    twins = {each.number for each in wrong.sheets if each.name == sheet.name} - {sheet.number}
    assume(not twins)
    assert result.waived == ()
    assert {item.why for item in result.waivers_unused} <= {"changed", "unmatched"}


def _figure(sheet: Sheet, cell: Cell) -> Figure | None:
    if cell.year is None:
        return sheet.figure(cell.field)
    year = sheet.years.get(cell.year)
    return None if year is None else dict(year.figure_items()).get(cell.field)


def _with_figure(sheet: Sheet, cell: Cell, figure: Figure) -> Sheet:
    if cell.year is None:
        return sheet.model_copy(update={cell.field: figure})
    year = sheet.years[cell.year]
    name, _, source = cell.field.partition(".")
    content = FrozenDict({**year.funding, source: figure}) if source else figure
    changed = year.model_copy(update={name: content})
    return sheet.model_copy(update={"years": FrozenDict({**sheet.years, cell.year: changed})})
