"""The mistakes that real reports had, each built into a consistent book: which rules catch it,
and which mistakes none catches yet.

docs/errors.md tells the same; the last test compares the two.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from auditor.accounts.model import Ledger
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.auditing.totals import totals
from auditor.records.decimals import number
from auditor.records.figures import Figure, parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Kpi, Sheet
from auditor.testing import Years, book, years
from auditor.testing.accounts import ledger_for
from auditor.testing.build import RandomChooser

SESSION = load()
DOCS = Path(__file__).resolve().parents[1] / "docs" / "errors.md"
BEFORE, NOW, NEXT = "2023", "2024", "2025"
Change = Callable[[Book], Book]


class Mistake(NamedTuple):
    """A mistake, and the codes that it fires. ``last_year`` tells that they take last year's book,
    ``accounts`` that they take the accounts; without these nothing fires.
    """

    change: Change
    codes: frozenset[str]
    form: str = "kushiro"
    last_year: bool = False
    accounts: bool = False


MISTAKES: dict[str, Mistake] = {}


def mistake(
    name: str,
    *codes: str,
    form: str = "kushiro",
    last_year: bool = False,
    accounts: bool = False,
) -> Callable[[Change], Change]:
    """Register a mistake with all the codes that must newly fire, and no others."""

    def mark(change: Change) -> Change:
        MISTAKES[name] = Mistake(change, frozenset(codes), form, last_year, accounts)
        return change

    return mark


# — editing a book —


def amount(year: FiscalYear, name: str) -> Figure:
    found = year.funding[name] if name in year.funding else getattr(year, name)
    assert isinstance(found, Figure)
    return found


def printed(text: str, like: Figure) -> Figure:
    return parse_figure(text, unit=like.unit)


def with_sheet(made: Book, sheet: Sheet, **changes: object) -> Book:
    new = sheet.model_copy(update=changes)
    return made.model_copy(
        update={"sheets": tuple(new if other is sheet else other for other in made.sheets)}
    )


def with_kpi(made: Book, kpi: Kpi, **changes: object) -> Book:
    new = kpi.model_copy(update=changes)
    return made.model_copy(
        update={"kpis": tuple(new if other is kpi else other for other in made.kpis)}
    )


def with_amounts(
    made: Book, sheet: Sheet, column: str, amounts: Mapping[str, str], **changes: object
) -> Book:
    year = sheet.years[column]
    of_year = {
        name: printed(text, amount(year, name))
        for name, text in amounts.items()
        if name not in year.funding
    }
    funding = {
        name: printed(amounts[name], figure) if name in amounts else figure
        for name, figure in year.funding.items()
    }
    new = year.model_copy(update={**of_year, "funding": FrozenDict(funding)})
    return with_sheet(made, sheet, years=FrozenDict({**sheet.years, column: new}), **changes)


def value(year: FiscalYear, name: str) -> int:
    figure = amount(year, name)
    assert figure.value is not None
    return int(figure.value)


def sheet_where(made: Book, column: str, *names: str) -> Sheet:
    """The first continuing project that prints a positive amount under each of the names."""

    def fits(sheet: Sheet) -> bool:
        figures = [
            amount(sheet.years[column], name) for name in ("total_cost", "headcount", *names)
        ]
        return sheet.status == "continuing" and all(
            figure.value is not None and figure.value > 0 for figure in figures
        )

    return next(sheet for sheet in made.sheets if fits(sheet))


def kpi_where(made: Book, fits: Callable[[Kpi], bool]) -> Kpi:
    return next(kpi for kpi in made.kpis if fits(kpi))


def actuals(kpi: Kpi, *years: str) -> list[int]:
    return [
        int(found)
        for year in years
        if (figure := kpi.actuals.get(year)) and (found := figure.value) is not None
    ]


def people(sheet: Sheet) -> int:
    assert sheet.population is not None
    assert sheet.population.value is not None
    return int(sheet.population.value)


def per_capita(thousands: int, population: int, like: Figure | None) -> Figure:
    """Yen a head, rounded half up to 0.1, as Kushiro prints it."""
    assert like is not None
    tenths = (thousands * 20_000 + population) // (2 * population)
    return printed(f"{tenths // 10}.{tenths % 10}", like)


# — the mistakes —


@mistake("minus-as-text", "FND001")
def minus_as_text(made: Book) -> Book:
    """△ typed as text: SUM skips the cell, so the total is too high by it."""
    for sheet in made.sheets:
        for column in (BEFORE, NEXT):
            year = sheet.years[column]
            if (part := year.funding["general_revenue"].value) is not None and part < 0:
                return with_amounts(
                    made, sheet, column, {"total_cost": number(value(year, "total_cost") - part)}
                )
    raise AssertionError("no negative general revenue in the book")


@mistake("digit-inserted", "FND001", "PCC001")
def digit_inserted(made: Book) -> Book:
    sheet = sheet_where(made, NOW, "general_revenue")
    digits = str(value(sheet.years[NOW], "total_cost"))
    return with_amounts(made, sheet, NOW, {"total_cost": digits[:1] + "4" + digits[1:]})


@mistake("digit-inserted-and-carried", "ACC001", "ACC002", accounts=True)
def digit_inserted_and_carried(made: Book) -> Book:
    """The wrong amount went into everything computed from it."""
    sheet = sheet_where(made, NOW, "general_revenue")
    year = sheet.years[NOW]
    more = 4 * 10 ** len(str(value(year, "total_cost")))
    total = value(year, "total_cost") + more
    parts = {
        "total_cost": str(total),
        "general_revenue": str(value(year, "general_revenue") + more),
    }
    return with_amounts(
        made,
        sheet,
        NOW,
        parts,
        cost_per_capita=per_capita(total, people(sheet), sheet.cost_per_capita),
    )


@mistake("digit-inserted-and-carried-in-a-past-year", "YOY001", last_year=True)
def digit_inserted_and_carried_in_a_past_year(made: Book) -> Book:
    sheet = sheet_where(made, BEFORE, "general_revenue")
    year = sheet.years[BEFORE]
    more = 4 * 10 ** len(str(value(year, "total_cost")))
    parts = {name: str(value(year, name) + more) for name in ("total_cost", "general_revenue")}
    return with_amounts(made, sheet, BEFORE, parts)


@mistake("digit-inserted-in-an-actual", "KPI005")
def digit_inserted_in_an_actual(made: Book) -> Book:
    kpi = kpi_where(
        made,
        lambda kpi: (
            len(actuals(kpi, BEFORE, NOW)) == 2
            and kpi.declared_achieved is None
            and (kpi.due_year or 0) > 2024
        ),
    )
    wrong = str(actuals(kpi, NOW)[0]) + "99"
    return with_kpi(
        made, kpi, actuals=FrozenDict({**kpi.actuals, NOW: printed(wrong, kpi.actuals[NOW])})
    )


@mistake("sign-dropped", "FND001")
def sign_dropped(made: Book) -> Book:
    for sheet in made.sheets:
        for column in (BEFORE, NEXT):
            if (
                part := sheet.years[column].funding["general_revenue"].value
            ) is not None and part < 0:
                return with_amounts(made, sheet, column, {"general_revenue": number(-part)})
    raise AssertionError("no negative general revenue in the book")


@mistake("reduction-called-an-addition")
def reduction_called_an_addition(made: Book) -> Book:
    return with_sheet(made, made.sheets[0], achieved="補正予算で1,000千円を追加した。")


@mistake("wrong-source")
def wrong_source(made: Book) -> Book:
    return grants_under_fees(made, NEXT)


@mistake("wrong-source-in-a-past-year", "YOY001", last_year=True)
def wrong_source_in_a_past_year(made: Book) -> Book:
    return grants_under_fees(made, BEFORE)


@mistake("wrong-source-of-the-settled-year", "ACC002", accounts=True)
def wrong_source_of_the_settled_year(made: Book) -> Book:
    return grants_under_fees(made, NOW)


def grants_under_fees(made: Book, column: str) -> Book:
    sheet = sheet_where(made, column, "grants")
    year = sheet.years[column]
    fees = value(year, "grants") + int(year.funding["fees"].value or 0)
    return with_amounts(made, sheet, column, {"grants": "", "fees": str(fees)})


@mistake("wrong-source-of-bonds", "PCC002")
def wrong_source_of_bonds(made: Book) -> Book:
    """Bonds have a figure of their own that follows from them, so the move shows."""
    for sheet in made.sheets:
        grants, bonds = (
            int(sheet.years[NOW].funding[source].value or 0) for source in ("grants", "local_bonds")
        )
        if grants * 10_000 > people(sheet):
            return with_amounts(
                made, sheet, NOW, {"grants": "", "local_bonds": number(Decimal(grants + bonds))}
            )
    raise AssertionError("no sheet whose grants are large enough to be seen a head")


@mistake("sheet-copied-from-its-neighbour", "BOK006")
def sheet_copied_from_its_neighbour(made: Book) -> Book:
    sheet = sheet_where(made, NOW, "general_revenue", "grants")
    other = next(
        other for other in made.sheets if other is not sheet and other.status == "continuing"
    )
    ratios = {
        "cost_per_capita": sheet.cost_per_capita,
        "bond_burden_per_capita": sheet.bond_burden_per_capita,
    }
    return with_sheet(made, other, years=sheet.years, evaluations=sheet.evaluations, **ratios)


@mistake("column-copied-from-the-neighbouring-sheet", "PCC001")
def column_copied_from_the_neighbouring_sheet(made: Book) -> Book:
    """Sources and total agree with each other; what follows from them does not."""
    sheet = sheet_where(made, NOW, "general_revenue", "grants")
    other = next(
        other
        for other in made.sheets
        if other is not sheet
        and other.status == "continuing"
        and other.bond_burden_per_capita == sheet.bond_burden_per_capita
        and other.cost_per_capita != sheet.cost_per_capita
    )
    return with_sheet(made, other, years=FrozenDict({**other.years, NOW: sheet.years[NOW]}))


@mistake("indicator-copied-from-its-neighbour", "KPI007")
def indicator_copied_from_its_neighbour(made: Book) -> Book:
    first = kpi_where(
        made, lambda kpi: len(actuals(kpi, BEFORE, NOW)) == 2 and (kpi.due_year or 0) > 2024
    )
    other = next(kpi for kpi in made.kpis if kpi is not first and (kpi.due_year or 0) > 2024)
    return with_kpi(
        made,
        other,
        target=first.target,
        actuals=first.actuals,
        direction=first.direction,
        direction_source=first.direction_source,
    )


@mistake("total-of-last-year-left-in", "FND001", "PCC001")
def total_of_last_year_left_in(made: Book) -> Book:
    sheet = sheet_where(made, NOW, "general_revenue")
    return with_amounts(
        made, sheet, NOW, {"total_cost": str(value(sheet.years[BEFORE], "total_cost"))}
    )


@mistake("actual-of-last-year-left-in")
def actual_of_last_year_left_in(made: Book) -> Book:
    kpi = kpi_where(
        made,
        lambda kpi: (
            len(actuals(kpi, BEFORE, NOW)) == 2
            and kpi.declared_achieved is None
            and (kpi.due_year or 0) > 2024
        ),
    )
    return with_kpi(made, kpi, actuals=FrozenDict({**kpi.actuals, NOW: kpi.actuals[BEFORE]}))


@mistake("digit-misprinted", "FND001")
def digit_misprinted(made: Book) -> Book:
    sheet = sheet_where(made, NEXT, "general_revenue")
    digits = str(value(sheet.years[NEXT], "total_cost"))
    return with_amounts(
        made, sheet, NEXT, {"total_cost": digits[:-1] + str((int(digits[-1]) + 3) % 10)}
    )


@mistake("total-and-ratio-wrong-together", "FND001")
def total_and_ratio_wrong_together(made: Book) -> Book:
    """The ratio was computed from the wrong total: it agrees with it, and the sources don't."""
    sheet = sheet_where(made, NOW, "general_revenue")
    total = value(sheet.years[NOW], "total_cost") + 7
    return with_amounts(
        made,
        sheet,
        NOW,
        {"total_cost": str(total)},
        cost_per_capita=per_capita(total, people(sheet), sheet.cost_per_capita),
    )


@mistake("population-and-ratios-wrong-together", "BOK001")
def population_and_ratios_wrong_together(made: Book) -> Book:
    sheet = sheet_where(made, NOW, "general_revenue")
    wrong = people(sheet) + 90
    assert sheet.population is not None
    return with_sheet(
        made,
        sheet,
        population=printed(str(wrong), sheet.population),
        cost_per_capita=per_capita(
            value(sheet.years[NOW], "total_cost"), wrong, sheet.cost_per_capita
        ),
        bond_burden_per_capita=per_capita(
            int(sheet.years[NOW].funding["local_bonds"].value or 0),
            wrong,
            sheet.bond_burden_per_capita,
        ),
    )


@mistake("headcount-and-staff-cost-wrong-together", "YOY001", last_year=True)
def headcount_and_staff_cost_wrong_together(made: Book) -> Book:
    """Another staff at its own cost, in a year that both books print (their ratio stays)."""
    sheet = sheet_where(made, BEFORE, "staff_cost")
    year = sheet.years[BEFORE]
    twin = next(
        other.years[BEFORE]
        for other in made.sheets
        if (other.years[BEFORE].headcount or year.headcount) != year.headcount
        and other.status == "continuing"
    )
    assert twin.headcount is not None
    assert twin.staff_cost is not None
    return with_amounts(
        made,
        sheet,
        BEFORE,
        {"headcount": twin.headcount.printed, "staff_cost": twin.staff_cost.printed},
    )


@mistake("actual-and-rate-wrong-together", "YOY003", last_year=True)
def actual_and_rate_wrong_together(made: Book) -> Book:
    """The rate was computed from the wrong actual, and the target is met by either."""
    kpi = kpi_where(
        made,
        lambda kpi: (
            kpi.declared_rate is not None and kpi.due_year == 2023 and kpi.direction == "higher"
        ),
    )
    assert kpi.target.value is not None
    assert kpi.declared_rate is not None
    target = int(kpi.target.value)
    due = str(kpi.due_year)
    wrong = actuals(kpi, due)[0] + (1 if actuals(kpi, due)[0] >= target else -1)
    rate = (wrong * 2000 + target) // (2 * target)
    rates = printed(f"{rate // 10}.{rate % 10}", kpi.declared_rate)
    return with_kpi(
        made,
        kpi,
        actuals=FrozenDict({**kpi.actuals, due: printed(str(wrong), kpi.actuals[due])}),
        declared_rate=rates,
    )


@mistake("wrong-year-of-a-column", "BOK004")
def wrong_year_of_a_column(made: Book) -> Book:
    sheet = made.sheets[0]
    wrong = sheet.years[NEXT].model_copy(update={"year": 2028})
    return with_sheet(made, sheet, years=FrozenDict({**sheet.years, NEXT: wrong}))


@mistake("wrong-year-of-a-target", "YOY005", last_year=True)
def wrong_year_of_a_target(made: Book) -> Book:
    kpi = kpi_where(made, lambda kpi: (kpi.due_year or 0) > 2024)
    return with_kpi(made, kpi, due="2029-03")


@mistake("leftover-filler", "TXT001")
def leftover_filler(made: Book) -> Book:
    return with_sheet(made, made.sheets[0], purpose="あああああ")


@mistake("rating-against-its-text", "TXT053")
def rating_against_its_text(made: Book) -> Book:
    sheet = next(sheet for sheet in made.sheets if sheet.evaluations[NOW].result == "継続維持")
    text = "目標を達成したため、事業を終了する。"
    evaluation = sheet.evaluations[NOW].model_copy(update={"direction": text})
    return with_sheet(made, sheet, evaluations=FrozenDict({**sheet.evaluations, NOW: evaluation}))


@mistake("rating-against-its-budget", "EVL005")
def rating_against_its_budget(made: Book) -> Book:
    """Rated as expanded two years ago, and the budget that this directed falls."""
    for sheet in made.sheets:
        evaluation = sheet.evaluations[BEFORE]
        years = [sheet.years[column].total_cost for column in (NOW, NEXT)]
        before, after = (figure.value if figure else None for figure in years)
        if (
            evaluation.result in ("継続維持", "縮小")
            and before is not None
            and after is not None
            and after < before
        ):
            changed = evaluation.model_copy(update={"result": "拡充", "meaning": "expand"})
            return with_sheet(
                made, sheet, evaluations=FrozenDict({**sheet.evaluations, BEFORE: changed})
            )
    raise AssertionError("no project with a falling budget")


@mistake("text-of-last-year", "YOY012", "TXT047", last_year=True)
def text_of_last_year(made: Book) -> Book:
    sheet = next(sheet for sheet in made.sheets if sheet.status == "continuing")
    again = sheet.evaluations[NOW].model_copy(update={"issues": sheet.evaluations[BEFORE].issues})
    return with_sheet(made, sheet, evaluations=FrozenDict({**sheet.evaluations, NOW: again}))


@mistake("part-larger-than-its-whole", "FND001")
def part_larger_than_its_whole(made: Book) -> Book:
    sheet = sheet_where(made, NEXT, "general_revenue")
    return with_amounts(
        made, sheet, NEXT, {"general_revenue": str(value(sheet.years[NEXT], "total_cost") * 10 + 1)}
    )


@mistake("only-part-larger-than-its-whole", "FND005", form="hamabe")
def only_part_larger_than_its_whole(made: Book) -> Book:
    sheet = made.sheets[0]
    return with_amounts(
        made, sheet, NOW, {"general_revenue": str(value(sheet.years[NOW], "total_cost") + 1)}
    )


@mistake("column-of-last-year-copied", "BOK005", "STF001")
def column_of_last_year_copied(made: Book) -> Book:
    """The unit cost of the staff changes every year, so the copied staff cost is wrong as well."""
    sheet = next(
        s
        for s in made.sheets
        if s.status == "continuing"
        and s.evaluations[BEFORE].result == "継続維持"
        and s.evaluations[NOW].result != "終了"
    )
    copied = sheet.years[NOW].model_copy(update={"year": 2025, "kind": "budgeted"})
    return with_sheet(made, sheet, years=FrozenDict({**sheet.years, NEXT: copied}))


@mistake("total-and-part-swapped", "FND001")
def total_and_part_swapped(made: Book) -> Book:
    sheet = sheet_where(made, NEXT, "general_revenue", "grants")
    year = sheet.years[NEXT]
    return with_amounts(
        made,
        sheet,
        NEXT,
        {
            "total_cost": year.funding["grants"].printed,
            "grants": amount(year, "total_cost").printed,
        },
    )


@mistake("total-and-only-part-swapped", "FND005", form="hamabe")
def total_and_only_part_swapped(made: Book) -> Book:
    for sheet in made.sheets:
        year = sheet.years[NOW]
        part = year.funding["general_revenue"]
        if part.value is not None and part.value < value(year, "total_cost"):
            return with_amounts(
                made,
                sheet,
                NOW,
                {"total_cost": part.printed, "general_revenue": amount(year, "total_cost").printed},
            )
    raise AssertionError("no part smaller than its whole")


@mistake("columns-swapped", "PCC001", "STF001")
def columns_swapped(made: Book) -> Book:
    """This year's column and the next year's, from the total down to the staff."""
    for sheet in made.sheets:
        now, after = sheet.years[NOW], sheet.years[NEXT]
        same_bonds = now.funding["local_bonds"].value == after.funding["local_bonds"].value
        ended = sheet.evaluations[NOW].result == "終了"
        directed = sheet.evaluations[BEFORE].result in ("拡充", "縮小")
        if sheet.status == "continuing" and same_bonds and not ended and not directed:
            years = {
                NOW: after.model_copy(update={"year": 2024, "kind": "settled"}),
                NEXT: now.model_copy(update={"year": 2025, "kind": "budgeted"}),
            }
            return with_sheet(made, sheet, years=FrozenDict({**sheet.years, **years}))
    raise AssertionError("no sheet whose columns could be swapped")


@mistake("errors-that-cancel-out", "FND001")
def errors_that_cancel_out(made: Book) -> Book:
    """One total too high, another too low: the book's total is right."""
    first = sheet_where(made, NEXT, "general_revenue")
    changed = with_amounts(
        made, first, NEXT, {"total_cost": str(value(first.years[NEXT], "total_cost") + 10)}
    )
    others = (
        sheet
        for sheet in changed.sheets
        if sheet.number != first.number and sheet.status == "continuing"
    )
    other = next(
        sheet
        for sheet in others
        if (figure := sheet.years[NEXT].total_cost) and figure.value and figure.value > 10
    )
    return with_amounts(
        changed, other, NEXT, {"total_cost": str(value(other.years[NEXT], "total_cost") - 10)}
    )


# — what catches them —


Places = set[tuple[str, int | None, int | None, str | None]]


def found_in(made: Book, *last_year: Book, accounts: Ledger | None = None) -> Places:
    options = AuditOptions(last_year=last_year, accounts=accounts)
    report = audit(made, SESSION.rules, SESSION.forms, options)
    assert not report.not_checked
    return {
        (f.rule, f.sheet.number if f.sheet else None, f.kpi.number if f.kpi else None, f.year)
        for f in report.findings
    }


@functools.cache
def consistent(form: str, seed: int) -> tuple[Years, Places]:
    """A consistent pair of books, and the notes that fall on this year's all the same."""
    pair = years(24, seed, SESSION.forms[form], kpis=24 if SESSION.forms[form].kpi else 0)
    return pair, found_in(*pair)


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("seed", [11, 12])
def test_a_mistake_is_caught_by_the_rules_named(name: str, seed: int) -> None:
    change, codes, form, last_year, accounts = MISTAKES[name]
    pair, findings = consistent(form, seed)
    wrong = change(pair.book)
    assert wrong != pair.book
    alone = {rule for rule, *_ in found_in(wrong) - findings}
    if not last_year and not accounts:
        assert alone == codes
        return
    assert alone == {code for code in codes if not code.startswith(("YOY", "ACC"))}
    if accounts:
        ledger = ledger_for(pair.book, SESSION.forms[form], RandomChooser(seed))
        assert {rule for rule, *_ in found_in(wrong, accounts=ledger) - findings} == codes
        return
    assert {rule for rule, *_ in found_in(wrong, pair.last_year) - findings} == codes


def test_a_consistent_book_has_nothing_worse_than_notes() -> None:
    for form in SESSION.forms.values():
        report = audit(book(24, 11, form), SESSION.rules, SESSION.forms)
        assert {finding.severity for finding in report.findings} <= {"note"}


def test_errors_that_cancel_out_leave_the_totals_of_the_book() -> None:
    made = book(24, 11, SESSION.forms["kushiro"])
    wrong = errors_that_cancel_out(made)
    assert totals([wrong]) == totals([made])
    rows = found_in(wrong) - found_in(made)
    assert len({sheet for rule, sheet, *_ in rows if rule == "FND001"}) == 2


def test_the_docs_tell_the_same() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \|(.*)\|$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    told = {
        name: frozenset(re.findall(r"\b[A-Z]{2,8}\d{3}\b", rest.rpartition("|")[2]))
        for name, rest in rows
    }
    assert told == {name: found.codes for name, found in MISTAKES.items()}
