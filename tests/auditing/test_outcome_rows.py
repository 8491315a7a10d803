"""The rows behind outcomes: what is said of each agrees with what the audit counts, and what is
said to have decided it did.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.auditing.departments import of_departments
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.outcome_rows import OutcomeChoice, OutcomeListing
from auditor.auditing.report import Report
from auditor.auditing.row_choice import RowChoice, WrongYear
from auditor.auditing.session import load, load_with
from auditor.auditing.why import Reasons, reasons
from auditor.records.figures import Figure
from auditor.records.model import Book, NotChecked, Sheet
from auditor.records.text import Why
from auditor.rules.findings import Outcome
from auditor.rules.loading import build_rule
from auditor.rules.outcomes import DECISIONS, Decision, RowOutcome
from auditor.rules.rows import Cell, Row, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import PASS, UNKNOWN, Verdict
from auditor.tables import read_tables
from auditor.testing.build import RandomChooser, build_book

SESSION = load()
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FORMS = ("kushiro", "minato", "hamabe")
slow = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)

UNDECIDED = (
    *("blank", "not_number", "not_read", "unit", "all_blank", "no_row", "which_row", "rows"),
    *("agreed", "param", "division", "rounding", "returned"),
)
"""What may decide that an answer is unknown."""


# --- drawn books


def put(record: Any, name: str, figure: Figure) -> Any:
    """A record with another figure."""
    if name.startswith("funding."):
        funding = {**record.funding, name.removeprefix("funding."): figure}
        return record.model_copy(update={"funding": funding})
    if name in type(record).model_fields:
        return record.model_copy(update={name: figure})
    return record.model_copy(update={"figures": {**record.figures, name: figure}})


def changed(book: Book, sheet: Sheet, name: str, year: str | None, figure: Figure) -> Book:
    """A book with another figure on a sheet, or in one of its columns."""
    if year is None:
        mended: Sheet = put(sheet, name, figure)
    else:
        years = {**sheet.years, year: put(sheet.years[year], name, figure)}
        mended = sheet.model_copy(update={"years": years})
    sheets = tuple(mended if other is sheet else other for other in book.sheets)
    return book.model_copy(update={"sheets": sheets})


HOLES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"value": None, "state": "blank", "printed": ""},
        {"value": None, "state": "dash", "printed": "-"},
        {"value": None, "state": "text", "printed": "####"},
        {"value": None, "state": "unread", "printed": ""},
        {"placed_by": "arithmetic"},
    ]
)


@st.composite
def books_with_holes(draw: st.DrawFn) -> tuple[str, Book]:
    """A book of which some figures are blank, no numbers, unread, or in doubtful columns."""
    name = draw(st.sampled_from(FORMS))
    book = build_book(
        SESSION.forms[name], RandomChooser(draw(st.integers(0, 999))), sheets=3, kpis=2
    )
    for _ in range(draw(st.integers(0, 6))):
        sheet = draw(st.sampled_from(book.sheets))
        items = [*sheet.every_figure()]
        field, year, figure = draw(st.sampled_from(items))
        hole = figure.model_copy(update=draw(HOLES))
        book = changed(book, sheet, field, year, hole)
    return name, book


def listed(book: Book, rules: RuleSet, most: int | None = None) -> Report:
    listing = OutcomeListing(OutcomeChoice(most=most))
    return audit(book, rules, SESSION.forms, AuditOptions(outcomes=listing))


@slow
@given(books_with_holes())
def test_what_is_listed_is_what_the_audit_counts(drawn: tuple[str, Book]) -> None:
    """Row by row, and nothing is judged otherwise because somebody asks."""
    _, book = drawn
    plain = audit(book, SESSION.rules, SESSION.forms)
    report = listed(book, SESSION.rules)
    assert report.outcomes == plain.outcomes
    assert report.findings == plain.findings
    counted = {
        (code, outcome): number
        for code, counts in plain.outcomes.items()
        for outcome, number in counts.items()
        if number and SESSION.rules.get(code).each != "reading"  # type: ignore[union-attr]
    }
    assert {(g.rule, g.outcome): g.total for g in report.outcome_rows} == counted
    assert {(g.rule, g.outcome): len(g.rows) for g in report.outcome_rows} == counted
    for group in report.outcome_rows:
        for row in group.rows:
            assert (row.rule, row.outcome) == (group.rule, group.outcome)
            check_reasons(row)
    failed = [row for group in report.outcome_rows for row in group.rows if row.outcome == "fail"]
    assert Counter(row.finding for row in failed) == Counter(
        finding.id
        for finding in report.findings
        if SESSION.rules.get(finding.rule).each != "reading"  # type: ignore[union-attr]
    )


def check_reasons(row: RowOutcome) -> None:
    """What is said of a row fits its outcome, and is never nothing."""
    assert row.decided, row
    kinds = {why.kind for why in row.decided}
    assert kinds <= set(DECISIONS)
    conditions = [step for step in row.steps if step.part == "when"]
    formulas = [step for step in row.steps if step.part == "formula"]
    match row.outcome:
        case "unknown":
            assert kinds <= set(UNDECIDED), (row.rule, kinds)
        case "may":
            assert kinds <= {"rounding", "column", "holds", "returned"}
            assert kinds != {"holds"}
        case "pass":
            assert kinds <= {"holds", "does_not_hold", "returned"}
        case "fail":
            assert kinds <= {"holds", "does_not_hold", "returned"}
        case _:
            assert not formulas or "returned" in kinds
    if formulas:
        wanted = {"pass": {"yes"}, "may": {"may", "yes"}, "fail": {"no"}, "unknown": {"unknown"}}
        assert formulas[-1].answer in wanted[row.outcome], row
        assert not conditions or conditions[-1].answer == "yes"


@slow
@given(books_with_holes(), st.integers(0, 9_999), st.data())
def test_filling_what_is_named_changes_the_answer_or_something_else_is_named(
    drawn: tuple[str, Book], amount: int, data: st.DataObject
) -> None:
    name, book = drawn
    form = SESSION.forms[name]
    rules = RuleSet(rule for rule in SESSION.rules if rule.check is None)
    report = listed(book, rules)
    unknown = [
        (row, why, cell)
        for group in report.outcome_rows
        if group.outcome == "unknown"
        for row in group.rows
        for why in row.decided
        for cell in why.cells
        if why.kind in ("blank", "all_blank", "not_number", "not_read")
        and cell.sheet is not None
        and not cell.field.startswith("evaluations.")
        and cell.field in {n for n, _, _ in book.sheets[cell.sheet - 1].every_figure()}
    ]
    if not unknown:
        return
    row, _, cell = data.draw(st.sampled_from(unknown))
    assert cell.sheet is not None
    sheet = book.sheets[cell.sheet - 1]
    unit = form.fields[cell.field].unit
    figure = Figure(value=amount, state="number", printed=f"{amount:,}", unit=unit)
    report = listed(changed(book, sheet, cell.field, cell.year, figure), rules)
    after = [
        other
        for group in report.outcome_rows
        for other in group.rows
        if key(other) == key(row) and other.outcome == "unknown"
    ]
    for other in after:
        assert place(cell) not in {place(c) for why in blanks(other) for c in why.cells}
        assert other.decided != row.decided


def key(row: RowOutcome) -> tuple[object, ...]:
    return row.rule, row.figure, row.sheet and row.sheet.number, row.kpi, row.year


def place(cell: Cell) -> tuple[object, ...]:
    return cell.sheet, cell.field, cell.year


def blanks(row: RowOutcome) -> list[Decision]:
    """What is said of cells that have no value."""
    return [why for why in row.decided if why.kind in ("blank", "all_blank", "not_number")]


# --- single rules


def rule_of(formula: str, each: str = "year", when: str = "") -> Rule:
    text = {"en": "t", "ja": "t"}
    return build_rule(
        {
            "code": "ZZZ001",
            "name": "z",
            "severity": "error",
            "each": each,
            "since": "",
            "formula": formula,
            "when": when,
            "title": text,
            "why": text,
            "action": text,
        },
        "zzz.toml",
        vocabulary(SESSION.forms.values()),
    )


def kushiro(**figures: Figure) -> Book:
    """A book of one sheet, of which the settled column has some figures."""
    form = SESSION.forms["kushiro"]
    book = build_book(form, RandomChooser(1), sheets=1, kpis=0)
    for name, figure in figures.items():
        book = changed(book, book.sheets[0], name.replace("__", "."), "2023", figure)
    return book


def asked(book: Book, rule: Rule, choice: RowChoice | None = None, **more: Any) -> Reasons:
    return reasons([book], RuleSet([rule]), SESSION.forms, choice or RowChoice(), **more)


def number(value: str, unit: str = "千円") -> Figure:
    return Figure(value=value, state="number", printed=value, unit=unit)


def the_year(result: Reasons, year: str = "2023") -> RowOutcome:
    (row,) = (row for row in result.rows if row.year == year)
    return row


def test_a_blank_is_named_with_its_place() -> None:
    book = kushiro(total_cost=Figure(state="blank", unit="千円", place={"line": 7}))
    row = the_year(asked(book, rule_of("total_cost == sum(funding)")))
    assert row.outcome == "unknown"
    (why,) = row.decided
    assert (why.kind, why.part) == ("blank", "formula")
    assert [(cell.field, cell.year) for cell in why.cells] == [("total_cost", "2023")]
    assert why.cells[0].place is not None and why.cells[0].place.line == 7
    assert {value.cell.field: value.state for value in row.values}["total_cost"] == "blank"


def test_what_was_not_read_is_not_blank() -> None:
    book = kushiro(total_cost=Figure(state="unread", unit="千円"))
    (why,) = the_year(asked(book, rule_of("total_cost == sum(funding)"))).decided
    assert why.kind == "not_read"
    book = kushiro(total_cost=Figure(state="text", printed="8,O30", unit="千円"))
    (why,) = the_year(asked(book, rule_of("total_cost == sum(funding)"))).decided
    assert why.kind == "not_number"


def test_the_rounding_of_a_condition_is_named() -> None:
    """A rounded 0 may be more than 0: what applies above 0 is unknown there."""
    book = kushiro(staff_cost=number("0"))
    rule = rule_of("present(total_cost)", when="staff_cost > 0")
    row = the_year(asked(book, rule))
    assert row.outcome == "unknown"
    (why,) = row.decided
    assert (why.kind, why.part, why.formula) == ("rounding", "when", "staff_cost > 0")
    assert [cell.field for cell in why.cells] == ["staff_cost"]
    (value,) = (value for value in row.values if value.cell.field == "staff_cost")
    assert value.range is not None
    assert (str(value.range.low), str(value.range.high)) == ("-0.5", "0.5")
    assert value.range.low_open
    assert value.range.high_open


def test_a_condition_that_does_not_hold_is_named() -> None:
    row = the_year(asked(kushiro(), rule_of("present(total_cost)", when='kind == "budgeted"')))
    assert row.outcome == "not_applicable"
    (why,) = row.decided
    assert (why.kind, why.part, why.formula) == ("does_not_hold", "when", 'kind == "budgeted"')


def test_steps_are_in_printed_units_and_in_their_order() -> None:
    book = kushiro(
        total_cost=number("30"),
        funding__grants=number("10"),
        funding__local_bonds=number("15"),
        funding__fees=Figure(),
        funding__other_specific=Figure(),
        funding__general_revenue=number("0"),
    )
    row = the_year(asked(book, rule_of("total_cost == sum(funding)")))
    assert row.outcome == "fail"
    total, whole = row.steps
    assert (total.formula, total.figures) == ("sum(funding)", "10 + 15 + 0")
    assert total.value == 25
    assert total.unit == "千円"
    assert (whole.formula, whole.answer) == ("total_cost == sum(funding)", "no")
    assert whole.figures == "30 ≠ 10 + 15 + 0 = 25"
    assert row.finding


def test_a_quotient_stands_in_the_unit_of_what_it_is_compared_with() -> None:
    rule = rule_of("cost_per_capita == evaluated.total_cost / population", each="sheet")
    (row,) = asked(kushiro(), rule).rows
    quotient, _ = row.steps
    assert quotient.unit == "円"
    (printed,) = (item for item in row.values if item.cell.field == "cost_per_capita")
    assert quotient.value is not None
    assert printed.cell.value is not None
    assert abs(quotient.value - printed.cell.value) <= 0.1  # type: ignore[operator]


def test_a_rule_in_python_tells_what_it_looked_at_and_what_it_gave() -> None:
    def check(row: Row) -> Verdict:
        return PASS if row.values["total_cost"] != row.values["staff_cost"] else UNKNOWN

    rule = replace(rule_of("present(total_cost)"), tree=None, check=check)
    row = the_year(asked(kushiro(), rule))
    assert [item.cell.field for item in row.values] == ["total_cost", "staff_cost"]
    (why,) = row.decided
    assert (row.outcome, why.kind, why.part) == ("pass", "returned", "rule")


def test_a_crash_is_told_with_its_message() -> None:
    def check(row: Row) -> Verdict:
        raise ValueError(f"no {row.values['total_cost'] and 'luck'}")

    rule = replace(rule_of("present(total_cost)"), tree=None, check=check)
    row = the_year(asked(kushiro(total_cost=number("3")), rule))
    assert (row.outcome, row.decided[0].kind) == ("crashed", "crashed")
    assert "no luck" in row.decided[0].message.en
    assert [item.cell.field for item in row.values] == ["total_cost"]


def test_a_rule_for_other_forms_says_so() -> None:
    rule = rule_of("total_cost == 1").of_forms(["budget-books"])
    result = asked(kushiro(), rule)
    assert result.rows == ()
    (entry,) = result.not_run
    assert [why.kind for why in entry.decided] == ["form"]


def test_what_a_form_lacks_is_named() -> None:
    names = {name for form in SESSION.forms.values() for name in form.funding}
    other = next(name for name in sorted(names) if name not in SESSION.forms["kushiro"].funding)
    result = asked(kushiro(), rule_of(f"funding.{other} == 1"))
    assert {row.outcome for row in result.rows} == {"not_applicable"}
    assert {(why.kind, why.formula) for row in result.rows for why in row.decided} == {
        ("lacks", f"funding.{other}")
    }


def test_another_book_that_was_not_given_is_named() -> None:
    result = asked(kushiro(), rule_of("total_cost == earlier.total_cost"))
    assert {why.kind for row in result.rows for why in row.decided} == {"other_book"}


# --- what is asked for


@pytest.mark.parametrize(
    ("choice", "sheets", "columns"),
    [
        ({}, {1, 2, 3}, {"2023", "2024", "2025"}),
        ({"sheets": [2]}, {2}, {"2023", "2024", "2025"}),
        ({"sheets": ["2", 3]}, {2, 3}, {"2023", "2024", "2025"}),
        ({"years": ["R5"]}, {1, 2, 3}, {"2023"}),
        ({"years": [2024], "sheets": [1]}, {1}, {"2024"}),
        ({"kinds": ["予算額"]}, {1, 2, 3}, {"2025"}),
        ({"kinds": ["settled"]}, {1, 2, 3}, {"2023", "2024"}),
        ({"columns": ["2024"]}, {1, 2, 3}, {"2024"}),
        ({"columns": ["（予算額）"]}, {1, 2, 3}, {"2025"}),
        ({"sheets": [9]}, set(), set()),
    ],
)
def test_rows_are_chosen(choice: dict[str, Any], sheets: set[int], columns: set[str]) -> None:
    book = build_book(SESSION.forms["kushiro"], RandomChooser(3), sheets=3, kpis=2)
    asking = RowChoice(**choice)
    rows = asked(book, rule_of("present(total_cost)"), asking).rows
    assert {row.sheet.number for row in rows if row.sheet} == sheets
    assert {row.year for row in rows} == columns
    # What there was to choose from is known whatever was chosen.
    assert [sheet.number for sheet in asking.sheets_there.values()] == [1, 2, 3]
    assert set(asking.columns_there) == {"2023", "2024", "2025"}


def test_a_sheet_is_chosen_by_its_name_or_a_part_of_it() -> None:
    book = build_book(SESSION.forms["kushiro"], RandomChooser(3), sheets=3, kpis=2)
    names = [sheet.name for sheet in book.sheets]
    rows = asked(book, rule_of("present(total_cost)"), RowChoice(sheets=[names[1]])).rows
    assert {row.sheet.name for row in rows if row.sheet} == {
        name for name in names if names[1] in name
    }


def test_a_year_that_is_none_is_refused() -> None:
    with pytest.raises(WrongYear, match="R6"):
        RowChoice(years=["next year"])


def test_rows_beyond_the_limit_are_counted() -> None:
    book = build_book(SESSION.forms["kushiro"], RandomChooser(3), sheets=5, kpis=2)
    report = listed(book, RuleSet([rule_of("present(total_cost)")]), most=2)
    (group,) = (group for group in report.outcome_rows if group.outcome == "pass")
    assert (len(group.rows), group.total) == (2, report.outcomes["ZZZ001"]["pass"])
    assert group.total > 2
    assert report.outcomes_of("ZZZ001", "pass") == group.rows


def test_outcomes_that_were_not_asked_for_are_refused() -> None:
    wanted: frozenset[Outcome] = frozenset(["unknown"])
    options = AuditOptions(outcomes=OutcomeListing(OutcomeChoice(wanted)))
    report = audit(kushiro(), SESSION.rules, SESSION.forms, options)
    assert {group.outcome for group in report.outcome_rows} <= {"unknown"}
    with pytest.raises(ValueError, match="fail"):
        report.outcomes_of("FND001", "fail")
    with pytest.raises(ValueError, match="not asked"):
        audit(kushiro(), SESSION.rules, SESSION.forms).outcomes_of("FND001")


def test_a_report_of_a_department_has_its_rows_alone() -> None:
    book = build_book(SESSION.forms["kushiro"], RandomChooser(3), sheets=6, kpis=2)
    report = listed(book, SESSION.rules)
    names = {sheet.department for sheet in book.sheets}
    assert len(names) > 1
    name = min(names)
    part = of_departments(report, [name])
    rows = [row for group in part.outcome_rows for row in group.rows]
    assert rows
    assert {row.department for row in rows} == {name}
    assert all(group.total == len(group.rows) for group in part.outcome_rows)


# --- rules of sets, of each figure, and of tables


@pytest.mark.parametrize(
    ("table", "plugin"),
    [("grants/grants.csv", "grants"), ("cofinancing/projects.csv", "cofinancing")],
)
def test_rules_of_tables_are_explained_too(table: str, plugin: str) -> None:
    session = load_with((), (str(EXAMPLES / plugin),))
    books = read_tables([EXAMPLES / table], session.forms).books
    listing = OutcomeListing(OutcomeChoice(most=None))
    report = audit(books, session.rules, session.forms, AuditOptions(outcomes=listing))
    plain = audit(books, session.rules, session.forms)
    assert report.outcomes == plain.outcomes
    rows = [row for group in report.outcome_rows for row in group.rows]
    assert len({row.rule for row in rows}) > 5
    for row in rows:
        check_reasons(row)


def test_a_sum_over_rows_that_may_be_missing_says_so() -> None:
    session = load_with((), (str(EXAMPLES / "grants"),))
    books = read_tables([EXAMPLES / "grants" / "grants.csv"], session.forms).books
    missed = NotChecked(why=Why(code="unreadable", en="a page", ja="ページ"))
    rule = session.rules.get("GRA003")
    assert rule is not None
    options = AuditOptions(not_checked=(missed,))
    choice = RowChoice(sheets=["Total"])
    result = reasons(books, RuleSet([rule]), session.forms, choice, options=options)
    (row,) = (row for row in result.rows if row.outcome == "unknown")
    assert [why.kind for why in row.decided] == ["rows"]


def test_a_rule_in_python_that_asks_for_nothing_shows_what_the_row_has() -> None:
    rule = replace(rule_of("present(total_cost)"), tree=None, check=lambda _: PASS)
    row = the_year(asked(kushiro(total_cost=number("3")), rule))
    assert "total_cost" in [item.cell.field for item in row.values]
