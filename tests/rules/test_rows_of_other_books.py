"""Links to other books lead to the partner's row of the same year and kind, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.book_findings import findings_of
from auditor.auditing.session import load
from auditor.formula.judge import judge
from auditor.formula.parse import parse
from auditor.formula.tree import String, walk
from auditor.formula.values import BLANK, UNKNOWN
from auditor.records.figures import Answer, Figure
from auditor.records.model import Book, Evaluation, FiscalYear, Kpi, Sheet
from auditor.reports.wording import Wording
from auditor.rules.findings import OUTCOMES
from auditor.rules.loading import build_rule
from auditor.rules.rows import Other, Row, Rows, vocabulary
from auditor.rules.rule import Rule
from auditor.testing.build import RandomChooser, build_book

FORM = load().forms["kushiro"]
WORDS = vocabulary([FORM])
TEXT = {"en": "t", "ja": "題"}
Owner = Sheet | Kpi


def rule(each: str, formula: str, **keys: Any) -> Rule:
    texts = dict.fromkeys(("title", "why", "action"), TEXT)
    data = {"code": "TST001", "name": "test", "severity": "warning", "since": "1", "each": each}
    return build_rule({**data, "formula": formula, **texts, **keys}, "test", WORDS)


def lacking(book: Book, column: int) -> Book:
    """The book whose first sheet has no record of a column that the form prints."""
    first, *others = book.sheets
    years = {key: year for at, (key, year) in enumerate(first.years.items()) if at != column}
    sheets = first.model_copy(update={"years": years}), *others
    return book.model_copy(update={"sheets": sheets})


@st.composite
def beside_another(draw: st.DrawFn) -> tuple[Rows, Other, dict[int, Owner]]:
    """The rows of a book beside another one, with any pairs."""
    seed = draw(st.integers(0, 50))
    book = build_book(FORM, RandomChooser(seed), 3, 2, 2024, "this")
    years = draw(st.sampled_from([2022, 2023, 2024]))
    other = lacking(build_book(FORM, RandomChooser(seed + 1), 3, 2, years, "that"), seed % 5)
    order = draw(st.permutations(range(3)))
    count = draw(st.integers(0, 3))
    sheets = [(book.sheets[at], other.sheets[to]) for at, to in enumerate(order[:count])]
    kpis = [(book.kpis[1], other.kpis[0])] if draw(st.booleans()) else []
    there = Other(Rows(other, FORM), sheets, kpis)
    partners: dict[int, Owner] = {id(mine): partner for mine, partner in [*sheets, *kpis]}
    return Rows(book, FORM, {"earlier": there}), there, partners


def record_there(row: Row, partner: Owner | None, step: str) -> object:
    """What a link leads to, looked up the slow way."""
    if partner is None:
        return None
    own, kind = step == "earlier.own", step.partition('"')[2].removesuffix('")')
    match row.record:
        case FiscalYear(year=year, kind=same):
            assert isinstance(partner, Sheet)
            wanted = (partner.fiscal_year, "settled") if own else (year, kind or same)
            years = partner.years.values()
            return next((item for item in years if (item.year, item.kind) == wanted), None)
        case Evaluation(year=year):
            assert isinstance(partner, Sheet)
            return partner.evaluations.get(str(partner.fiscal_year if own else year))
        case Figure():
            assert isinstance(partner, Kpi)
            return partner.actuals.get(str(partner.fiscal_year) if own else row.column or "")
        case _:
            return partner


@settings(max_examples=60)
@given(beside_another())
def test_links_lead_to_the_partners_row(drawn: tuple[Rows, Other, dict[int, Owner]]) -> None:
    rows, other, partners = drawn
    printed = {(column.offset, column.kind) for column in FORM.columns}
    for row in rows:
        if row.scope == "book":
            assert row.link("earlier") is other.rows.of("book")[0]
            continue
        partner = partners.get(id(row.sheet or row.kpi))
        steps = [
            step for step in ("earlier", "earlier.own") if step in WORDS.scopes[row.scope].links
        ]
        steps += ['earlier.as("budgeted")'] if row.scope == "year" else []
        for step in steps:
            link, record = row.link(step), record_there(row, partner, step)
            if record is None and link is not None:
                # The form prints the column, so what the document says there is not known.
                year = link.record
                assert isinstance(year, FiscalYear)
                assert link.sheet is partner
                assert (year.year - other.rows.book.fiscal_year, year.kind) in printed
                assert set(link.values.values()) == {UNKNOWN}
            else:
                assert (link and link.record) is record
            if link is not None:
                assert rows.other_book(link) == "earlier"
                assert link.link("earlier") is None


@settings(max_examples=40)
@given(beside_another())
def test_the_judge_compares_what_both_print(drawn: tuple[Rows, Other, dict[int, Owner]]) -> None:
    rows, _, partners = drawn
    holds = judge(parse("total_cost == earlier.total_cost", WORDS, "year"))
    for row in rows.of("year"):
        there = record_there(row, partners.get(id(row.sheet)), "earlier")
        mine = row.record
        assert isinstance(mine, FiscalYear)
        values = [year.total_cost.value for year in (mine, there) if isinstance(year, FiscalYear)]
        if len(values) < 2 or None in values:
            assert holds(row) is Answer.UNKNOWN
        else:
            assert holds(row) is (Answer.YES if values[0] == values[1] else Answer.NO)


def test_links_stand_anywhere_in_a_chain() -> None:
    book = build_book(FORM, RandomChooser(1), 2, 0, 2024, "this")
    other = build_book(FORM, RandomChooser(2), 2, 0, 2023, "that")
    there = Other(Rows(other, FORM), list(zip(book.sheets, other.sheets, strict=True)))
    for row in Rows(book, FORM, {"earlier": there}).of("year"):
        sheet = followed(row, ["sheet", "earlier"])
        assert sheet is not None
        # A column that last year's book does not print leads to no sheet.
        assert followed(row, ["earlier", "sheet"]) in (None, sheet)
    sheet = Rows(book, FORM, {"earlier": there}).of("sheet")[0]
    evaluated = followed(sheet, ["earlier", "evaluated"])
    assert evaluated is not None
    assert evaluated is followed(sheet, ["evaluated", "earlier.own"])


def followed(row: Row | None, steps: list[str]) -> Row | None:
    for step in steps:
        row = row and row.link(step)
    return row


def test_a_rule_between_books_applies_only_beside_one() -> None:
    book = build_book(FORM, RandomChooser(1), 2, 0, 2024, "this")
    own = rule("year", "total_cost == earlier.total_cost")
    named = rule("year", "present(total_cost)", needs=["earlier"])
    for each in (own, named):
        counts = {each.code: dict.fromkeys(OUTCOMES, 0)}
        assert not list(findings_of(Rows(book, FORM), [each], counts, []))
        assert counts[each.code]["not_applicable"] == len(Rows(book, FORM).of("year"))
        assert each.others == {"earlier"}
    # There is such a book; nothing of it is a partner: a value that is not there is blank.
    beside = Rows(book, FORM, {"earlier": Other(Rows(book, FORM))})
    counts = {own.code: dict.fromkeys(OUTCOMES, 0)}
    assert not list(findings_of(beside, [own], counts, []))
    assert counts[own.code]["unknown"] == len(beside.of("year"))
    assert followed(beside.of("year")[0], ["earlier"]) is None


def test_a_cell_of_another_book_says_so() -> None:
    book = build_book(FORM, RandomChooser(1), 1, 0, 2024, "this")
    other = build_book(FORM, RandomChooser(1), 1, 0, 2024, "that")
    there = Other(Rows(other, FORM), [(book.sheets[0], other.sheets[0])])
    rows = Rows(book, FORM, {"earlier": there})
    apart = rule("year", "present(total_cost) and total_cost != earlier.total_cost")
    row = next(row for row in rows.of("year") if row.values["total_cost"] not in (BLANK, UNKNOWN))
    finding = apart.finding(row, apart.judge(row))
    assert [(cell.document, cell.other_book) for cell in finding.cells] == [
        ("this", None),
        ("that", "earlier"),
    ]
    assert finding.expected is None, "what last year's book prints is no result"


@pytest.mark.parametrize(
    ("formula", "each", "at", "message"),
    [
        ("earlier.earlier.total_cost == 1", "year", 1, "did you mean earlier.prior.total_cost?"),
        ("earlier.as(budgeted).total_cost == 1", "year", 1, "one kind of column in quotes"),
        ('1 == earlier.as("budgetd").total_cost', "year", 6, "did you mean budgeted?"),
        ('earlier.as("budgeted") == 1', "year", 1, "unknown name"),
        ('prior.as("budgeted").total_cost == 1', "year", 1, "unknown name"),
        ("earler.total_cost == 1", "year", 1, "did you mean earlier.total_cost?"),
        ("accounts.target == 1", "kpi", 1, "unknown name accounts.target"),
        ("earlier.own == 1", "year", 1, "unknown name earlier.own"),
    ],
)
def test_a_wrong_path_is_an_error_with_the_nearest_name(
    formula: str, each: str, at: int, message: str
) -> None:
    with pytest.raises(ValueError, match=r".") as fault:
        parse(formula, WORDS, each)
    assert getattr(fault.value, "column", None) == at
    assert message in str(fault.value)


def test_as_is_a_word_in_texts() -> None:
    parts = walk(parse('name != "as(" and "a.as(" != name', WORDS, "sheet"))
    assert [part.value for part in parts if isinstance(part, String)] == ["as(", "a.as("]


@pytest.mark.parametrize(
    ("formula", "each", "en", "ja"),
    [
        (
            "total_cost == earlier.total_cost",
            "year",
            "total cost = total cost in last year's book",
            "事業費総額 ＝ 前年度の冊子の事業費総額",
        ),
        (
            'total_cost != earlier.as("budgeted").total_cost',
            "year",
            "total cost ≠ budgeted total cost in last year's book",
            "事業費総額 ≠ 前年度の冊子の予算額の事業費総額",
        ),
        (
            "present(earlier.own.result)",
            "evaluation",
            "evaluated year evaluation in last year's book is filled in",
            "前年度の冊子の評価対象年度の評価に記入がある",
        ),
        (
            "evaluated.earlier.total_cost == evaluated.accounts.total_cost",
            "sheet",
            "evaluated year total cost in last year's book = evaluated year total cost in the accounts",
            "評価対象年度の前年度の冊子の事業費総額 ＝ 評価対象年度の財務会計の事業費総額",
        ),
    ],
)
def test_formulas_in_words_name_the_book(formula: str, each: str, en: str, ja: str) -> None:
    parse(formula, WORDS, each)
    assert Wording("en").formula(formula, each) == en
    assert Wording("ja").formula(formula, each) == ja
