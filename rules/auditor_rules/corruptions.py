"""Corruptions of a consistent book: each changes one thing, and says beforehand which rule codes
must then fire, and no others.

The codes are worked out from the form and by plain arithmetic, never by running rules. A
corruption that would leave a figure within its rounding, or whose effect can't be told
beforehand, is not made: the function returns None.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from auditor.forms.model import FieldDefinition, Form
from auditor.records.figures import Figure, exact, shown
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Evaluation, FiscalYear, Kpi, Sheet, figures_of_year
from auditor.testing.build import ENDINGS, Chooser, blank, chance, one_of, printed_figure

__all__ = ["CORRUPTIONS", "Corruption", "corrupt"]


@dataclass(frozen=True)
class Corruption:
    """A corrupted book. ``codes`` must fire; the other fields say which cell was changed, and
    from what to what.
    """

    kind: str
    book: Book
    codes: frozenset[str]
    sheet: int | None = None
    kpi: int | None = None
    field: str = ""
    year: str | None = None
    was: str = ""
    now: str = ""


Corrupter = Callable[[Book, Form, Chooser], Corruption | None]


def corrupt(kind: str, book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """One corruption of a kind, or None where the book or its form offers no place for it."""
    return CORRUPTIONS[kind](book, form, chooser)


# — the book with something put in its place —


def _with_sheet(book: Book, old: Sheet, **changes: Any) -> Book:
    new = old.model_copy(update=changes)
    return book.model_copy(
        update={"sheets": tuple(new if sheet is old else sheet for sheet in book.sheets)}
    )


def _with_year(book: Book, sheet: Sheet, column: str, **changes: Any) -> Book:
    year = sheet.years[column].model_copy(update=changes)
    return _with_sheet(book, sheet, years=FrozenDict({**sheet.years, column: year}))


def _with_amount(book: Book, sheet: Sheet, column: str, name: str, figure: Figure) -> Book:
    source = name.removeprefix("funding.")
    if source != name:
        return _with_year(
            book, sheet, column, funding=FrozenDict({**sheet.years[column].funding, source: figure})
        )
    return _with_year(book, sheet, column, **{name: figure})


def _with_kpi(book: Book, old: Kpi, **changes: Any) -> Book:
    new = old.model_copy(update=changes)
    return book.model_copy(update={"kpis": tuple(new if kpi is old else kpi for kpi in book.kpis)})


# — plain arithmetic on printed figures, in base units —


def _amount(figure: Figure | None, definition: FieldDefinition, form: Form) -> Fraction | None:
    return (
        None
        if figure is None or figure.value is None
        else Fraction(figure.value) * Fraction(form.factor(definition.unit))
    )


def _width(definition: FieldDefinition, form: Form) -> Fraction:
    """How far the true value may lie from the printed one."""
    return (
        Fraction(0)
        if definition.rounding == "exact"
        else Fraction(definition.step) * Fraction(form.factor(definition.unit))
    )


def _printed(value: Fraction, definition: FieldDefinition, form: Form) -> Figure:
    """How a field prints an amount in base units."""
    return printed_figure(
        shown(
            exact(value / Fraction(form.factor(definition.unit))),
            definition.rounding,
            definition.step,
        ),
        definition,
    )


def _parts(form: Form) -> list[str]:
    return (
        [f"funding.{part}" for part in form.groups.get("funding", form.funding)]
        if form.funding_complete
        else []
    )


def _running(book: Book) -> Iterator[tuple[Sheet, str]]:
    """The columns in which something was spent."""
    for sheet in book.sheets:
        for column, year in sheet.years.items():
            if year.total_cost is not None and year.total_cost.value:
                yield sheet, column


def _unwatched(form: Form, sheet: Sheet, column: str) -> bool:
    """Whether no evaluation says how the column's total, or the next one's, should move."""
    order = list(sheet.years)
    following = order[order.index(column) + 1] if column != order[-1] else None
    directed = {
        form.directed_column(evaluation.year, sheet.fiscal_year)
        for evaluation in sheet.evaluations.values()
        if evaluation.meaning in ("expand", "reduce")
    }
    return directed.isdisjoint({column, following})


def _ratio_code(
    form: Form,
    code: str,
    printed: Figure | None,
    name: str,
    amount: Fraction,
    slack: Fraction,
    population: Fraction,
) -> set[str] | None:
    """The code where a per-capita figure surely no longer follows, none where it surely does,
    None where that is close.
    """
    if printed is None or printed.value is None:
        return set()
    definition = form.fields[name]
    factor, step = Fraction(form.factor(definition.unit)), Fraction(definition.step)
    low, high = ((amount + sign * slack) / population / factor for sign in (-1, 1))
    value = Fraction(printed.value)
    if value < low - 2 * step or value > high + 2 * step:
        return {code}
    if (
        not slack
        and shown(exact(amount / population / factor), definition.rounding, definition.step)
        == printed.value
    ):
        return set()
    return None


def _ratio_codes(form: Form, sheet: Sheet, column: str | None) -> set[str] | None:
    """The per-capita codes for a sheet of which a column was changed, if it is the evaluated one;
    None where one is close.
    """
    if column is None or column != _evaluated(form, sheet):
        return set()
    year = sheet.years[column]
    codes: set[str] = set()
    persons = (
        _amount(sheet.population, form.fields["population"], form)
        if "population" in form.fields
        else None
    )
    if not persons:
        return codes
    for code, name, part in (
        ("PCC001", "cost_per_capita", "total_cost"),
        ("PCC002", "bond_burden_per_capita", "funding.local_bonds"),
    ):
        if name not in form.fields or part not in form.fields:
            continue
        amount = _amount(year.figure(part), form.fields[part], form)
        if amount is None and part == "total_cost":
            continue
        # Blank bonds are none; there is no rounding about a blank.
        slack = Fraction(0) if amount is None else _width(form.fields[part], form)
        found = _ratio_code(
            form, code, sheet.figure(name), name, amount or Fraction(0), slack, persons
        )
        if found is None:
            return None
        codes |= found
    return codes


def _sum_code(form: Form, year: FiscalYear) -> set[str] | None:
    """FND001 where total and sources surely disagree, none where they surely don't, None where
    rounding decides.
    """
    parts = [
        (name, amount)
        for name in _parts(form)
        if (amount := _amount(year.figure(name), form.fields[name], form)) is not None
    ]
    total = _amount(year.total_cost, form.fields["total_cost"], form)
    if total is None or not parts:
        return set()
    slack = sum(
        (_width(form.fields[name], form) for name in ("total_cost", *(name for name, _ in parts))),
        Fraction(0),
    )
    gap = abs(total - sum(amount for _, amount in parts))
    if gap and gap == form.sum_leeway:  # nobody has said what that means
        return None
    if gap > slack:
        return {"FND001"}
    return set() if gap == 0 else None


def _slip(chooser: Chooser, value: Decimal, step: Decimal) -> Decimal:
    """A typing slip: two neighbouring digits swapped, a digit doubled, a digit dropped, one digit
    changed.
    """
    digits = str(int(abs(value) / step))
    at = chooser.integer(0, len(digits) - 1)
    slips = [
        digits[:at] + digits[at + 1 : at + 2] + digits[at : at + 1] + digits[at + 2 :],
        digits[: at + 1] + digits[at:],
        digits[:at] + digits[at + 1 :],
        digits[:at] + str((int(digits[at]) + 1 + chooser.integer(0, 8)) % 10) + digits[at + 1 :],
    ]
    slipped = int(one_of(chooser, slips) or "0") * step
    return -slipped if value < 0 else slipped


def _evaluated(form: Form, sheet: Sheet) -> str | None:
    column = form.evaluated_column(sheet.fiscal_year, sheet.fiscal_year)
    return column if column in sheet.years else None


# — amounts —


def _amount_changed(
    kind: str, book: Book, form: Form, chooser: Chooser, names: list[str]
) -> Corruption | None:
    places = [
        (sheet, column, name)
        for sheet, column in _running(book)
        if _unwatched(form, sheet, column)
        for name in names
        if (figure := sheet.years[column].figure(name)) is not None and figure.value
    ]
    if not places:
        return None
    sheet, column, name = one_of(chooser, places)
    was = sheet.years[column].figure(name)
    assert was is not None and was.value is not None
    definition = form.fields[name]
    value = _slip(chooser, was.value, definition.step)
    now = printed_figure(value, definition)
    if not value or value == was.value:
        return None
    corrupted = _with_amount(book, sheet, column, name, now)
    after = corrupted.sheets[book.sheets.index(sheet)]
    codes = _sum_code(form, after.years[column])
    ratios = _ratio_codes(form, after, column)
    if codes is None or ratios is None or not codes or _looks_copied(after, column):
        return None
    return Corruption(
        kind,
        corrupted,
        frozenset(codes | ratios),
        sheet.number,
        None,
        name,
        column,
        was.printed,
        now.printed,
    )


def _amounts(year: FiscalYear) -> list[Decimal | None]:
    return [figure.value for _, figure in year.figure_items()]


def _looks_copied(sheet: Sheet, column: str) -> bool:
    """Whether a column now happens to equal a neighbour in every amount."""
    order = list(sheet.years)
    index = order.index(column)
    near = [order[other] for other in (index - 1, index + 1) if 0 <= other < len(order)]
    return any(_amounts(sheet.years[column]) == _amounts(sheet.years[other]) for other in near)


def total_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A slip in a total: it is no longer the sum, and the per-capita cost no longer follows."""
    return (
        _amount_changed("total_changed", book, form, chooser, ["total_cost"])
        if _parts(form)
        else None
    )


def source_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A slip in a funding source; where it is the bonds, the burden per capita no longer follows
    either.
    """
    return (
        _amount_changed("source_changed", book, form, chooser, _parts(form))
        if _parts(form)
        else None
    )


def total_blanked(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A total goes missing while its sources stay."""
    if not _parts(form):
        return None
    places = [
        (sheet, column)
        for sheet, column in _running(book)
        if any(
            figure is not None and figure.value
            for part in _parts(form)
            for figure in [sheet.years[column].figure(part)]
        )
    ]
    if not places:
        return None
    sheet, column = one_of(chooser, places)
    was = sheet.years[column].total_cost
    assert was is not None
    definition = form.fields["total_cost"]
    codes = {"FND003"}
    settled = sheet.years[column].kind == "settled"
    asked = {
        "never": False,
        "always": True,
        "evaluated year": column == _evaluated(form, sheet),
        "settled years": settled,
        "settled years of continuing projects": settled and sheet.status == "continuing",
    }
    if asked[definition.required]:
        codes.add("REQ001")
    corrupted = _with_amount(book, sheet, column, "total_cost", blank(definition))
    return Corruption(
        "total_blanked",
        corrupted,
        frozenset(codes),
        sheet.number,
        None,
        "total_cost",
        column,
        was.printed,
        "",
    )


def bonds_blanked(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """The bonds of the evaluated year go missing while their burden per capita stays."""
    name = "funding.local_bonds"
    if (
        name not in _parts(form)
        or not {"population", "bond_burden_per_capita"} <= form.fields.keys()
    ):
        return None
    places = [
        (sheet, column)
        for sheet in book.sheets
        if (column := _evaluated(form, sheet))
        and (figure := sheet.years[column].funding["local_bonds"]).value
        and figure.value > 0
    ]
    if not places:
        return None
    sheet, column = one_of(chooser, places)
    corrupted = _with_amount(book, sheet, column, name, blank(form.fields[name]))
    after = corrupted.sheets[book.sheets.index(sheet)]
    codes, ratios = _sum_code(form, after.years[column]), _ratio_codes(form, after, column)
    if codes is None or ratios is None or "PCC002" not in ratios:
        return None
    was = sheet.years[column].funding["local_bonds"].printed
    # Where the bonds were all there was, no printed source is left.
    alone = not any(
        figure.value is not None
        for part, figure in after.years[column].funding.items()
        if f"funding.{part}" in _parts(form)
    )
    return Corruption(
        "bonds_blanked",
        corrupted,
        frozenset(codes | ratios | ({"FND004"} if alone else set())),
        sheet.number,
        None,
        name,
        column,
        was,
        "",
    )


def sources_blanked(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """All funding sources of a column go missing while its total stays."""
    names = _parts(form)
    places = [(sheet, column) for sheet, column in _running(book) if names]
    if not places:
        return None
    sheet, column = one_of(chooser, places)
    total = _amount(sheet.years[column].total_cost, form.fields["total_cost"], form)
    if (
        any(form.fields[name].required != "never" for name in names)
        or not total
        or abs(total) <= _width(form.fields["total_cost"], form)
    ):
        return None
    empty = {name.removeprefix("funding."): blank(form.fields[name]) for name in names}
    corrupted = _with_year(
        book, sheet, column, funding=FrozenDict({**sheet.years[column].funding, **empty})
    )
    after = corrupted.sheets[book.sheets.index(sheet)]
    ratios = _ratio_codes(form, after, column)
    if ratios is None:
        return None
    return Corruption(
        "sources_blanked",
        corrupted,
        frozenset({"FND004"} | ratios),
        sheet.number,
        None,
        "funding",
        column,
    )


def sign_added(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A funding source that can't be negative is printed with a minus."""
    allowed = form.groups.get("negative_allowed", ())
    places = [
        (sheet, column, name)
        for sheet, column in _running(book)
        for name in _parts(form)
        if name.removeprefix("funding.") not in allowed
        and (amount := _amount(sheet.years[column].figure(name), form.fields[name], form))
        is not None
        and amount > _width(form.fields[name], form)
    ]
    if not places:
        return None
    sheet, column, name = one_of(chooser, places)
    was = sheet.years[column].figure(name)
    assert was is not None and was.value is not None
    now = printed_figure(-was.value, form.fields[name])
    corrupted = _with_amount(book, sheet, column, name, now)
    after = corrupted.sheets[book.sheets.index(sheet)]
    codes = _sum_code(form, after.years[column])
    ratios = _ratio_codes(form, after, column)
    if codes is None or ratios is None:
        return None
    return Corruption(
        "sign_added",
        corrupted,
        frozenset({"FND002"} | codes | ratios),
        sheet.number,
        None,
        name,
        column,
        was.printed,
        now.printed,
    )


def part_raised(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """In a form that prints only some sources, one of them exceeds the total."""
    places = list(_running(book)) if not form.funding_complete and form.funding else []
    if not places:
        return None
    sheet, column = one_of(chooser, places)
    name = f"funding.{one_of(chooser, form.funding)}"
    was, total = sheet.years[column].figure(name), sheet.years[column].total_cost
    assert was is not None and total is not None and total.value is not None
    slack = _width(form.fields[name], form) + _width(form.fields["total_cost"], form)
    amount = (
        Fraction(total.value) * Fraction(form.factor(form.fields["total_cost"].unit)) * 2
        + 2 * slack
    )
    now = _printed(amount, form.fields[name], form)
    return Corruption(
        "part_raised",
        _with_amount(book, sheet, column, name, now),
        frozenset({"FND005"}),
        sheet.number,
        None,
        name,
        column,
        was.printed,
        now.printed,
    )


def column_copied(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A whole column is copied from last year's; the year's unit cost, and the per-capita
    figures, no longer fit it.
    """
    running = {(sheet.number, column) for sheet, column in _running(book)}
    places: list[tuple[Sheet, str, str]] = []
    for sheet in book.sheets:
        order = list(sheet.years)
        for before, column in itertools.pairwise(order):
            if {(sheet.number, before), (sheet.number, column)} <= running and _unwatched(
                form, sheet, column
            ):
                places.append((sheet, before, column))
    if not places:
        return None
    sheet, before, column = one_of(chooser, places)
    last = sheet.years[before]
    changes = figures_of_year({name: last.figure(name) for name in form.amounts})
    corrupted = _with_year(book, sheet, column, **changes)
    after = corrupted.sheets[book.sheets.index(sheet)]
    money = {
        figure.value
        for figure in (last.total_cost, last.staff_cost, *last.funding.values())
        if figure is not None and figure.value
    }
    staff = _staff_code(book, form, sheet, column, after.years[column])
    ratios = _ratio_codes(form, after, column)
    following = list(sheet.years)[list(sheet.years).index(column) + 1 :][:1]
    if (
        len(money) < 2
        or staff is None
        or ratios is None
        or any(_amounts(sheet.years[key]) == _amounts(last) for key in following)
    ):
        return None
    return Corruption(
        "column_copied",
        corrupted,
        frozenset({"BOK005"} | staff | ratios),
        sheet.number,
        None,
        "",
        column,
        column,
        before,
    )


# — per capita and population —


def _ratio_changed(
    kind: str, book: Book, form: Form, chooser: Chooser, name: str, part: str
) -> Corruption | None:
    if not {name, "population", part} <= form.fields.keys() or not (
        places := [sheet for sheet in book.sheets if _evaluated(form, sheet)]
    ):
        return None
    sheet = one_of(chooser, places)
    was = sheet.figure(name)
    if was is None or was.value is None:
        return None
    definition = form.fields[name]
    value = (
        _slip(chooser, was.value, definition.step)
        if chance(chooser, 50)
        else was.value + chooser.integer(1, 10_000) * definition.step
    )
    now = printed_figure(value, definition)
    corrupted = _with_sheet(book, sheet, **{name: now})
    after = corrupted.sheets[book.sheets.index(sheet)]
    codes = _ratio_codes(form, after, _evaluated(form, sheet))
    if not codes:
        return None
    return Corruption(
        kind, corrupted, frozenset(codes), sheet.number, None, name, None, was.printed, now.printed
    )


def per_capita_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A slip in the cost per capita."""
    return _ratio_changed(
        "per_capita_changed", book, form, chooser, "cost_per_capita", "total_cost"
    )


def burden_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A slip in the bond burden per capita."""
    return _ratio_changed(
        "burden_changed", book, form, chooser, "bond_burden_per_capita", "funding.local_bonds"
    )


def population_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """One sheet prints another population; its per-capita figures may no longer follow."""
    if "population" not in form.fields or len(book.sheets) < 2:
        return None
    sheet = one_of(chooser, book.sheets)
    definition = form.fields["population"]
    assert sheet.population is not None and sheet.population.value is not None
    value = _slip(chooser, sheet.population.value, definition.step)
    if abs(value - sheet.population.value) <= 2 * definition.step or value <= 0:
        return None
    now = printed_figure(value, definition)
    corrupted = _with_sheet(book, sheet, population=now)
    codes = _ratio_codes(form, corrupted.sheets[book.sheets.index(sheet)], _evaluated(form, sheet))
    if codes is None:
        return None
    return Corruption(
        "population_changed",
        corrupted,
        frozenset({"BOK001"} | codes),
        sheet.number,
        None,
        "population",
        None,
        sheet.population.printed,
        now.printed,
    )


# — staff —


def _unit_cost(form: Form, year: FiscalYear) -> tuple[Fraction, Fraction] | None:
    """The unit costs that a column's staff cost and headcount admit at most; None where either is
    not printed or may be 0.
    """
    cost, staff = form.fields["staff_cost"], form.fields["headcount"]
    amount, persons = _amount(year.staff_cost, cost, form), _amount(year.headcount, staff, form)
    if amount is None or persons is None or persons - _width(staff, form) <= 0:
        return None
    low, high = amount - _width(cost, form), amount + _width(cost, form)
    least, most = persons - _width(staff, form), persons + _width(staff, form)
    return low / (most if low >= 0 else least), high / least


def _staff_code(
    book: Book, form: Form, sheet: Sheet, column: str, year: FiscalYear
) -> set[str] | None:
    """STF001 where a column's unit cost is surely not that of the other sheets, none where
    nothing can be said of it.
    """
    if not {"staff_cost", "headcount"} <= form.fields.keys():
        return set()
    mine = _unit_cost(form, year)
    others = [
        found
        for other in book.sheets
        if other is not sheet
        and column in other.years
        and (found := _unit_cost(form, other.years[column])) is not None
    ]
    declared = form.param("staff_unit_cost", year.year)
    if declared is not None:
        unit = Fraction(declared) * Fraction(
            form.factor(form.param_units.get("staff_unit_cost", ""))
        )
        others = [(unit, unit)] * 2
    if len(others) < 2:
        return set()  # too few to agree
    if mine is None or not all(mine[1] < low or high < mine[0] for low, high in others):
        return None
    return {"STF001"}


def _staff_changed(
    kind: str, book: Book, form: Form, chooser: Chooser, name: str
) -> Corruption | None:
    if not {"staff_cost", "headcount"} <= form.fields.keys():
        return None
    places = [
        (sheet, column) for sheet, column in _running(book) if _unit_cost(form, sheet.years[column])
    ]
    if not places:
        return None
    sheet, column = one_of(chooser, places)
    was = sheet.years[column].figure(name)
    assert was is not None and was.value is not None
    definition = form.fields[name]
    value = _slip(chooser, was.value, definition.step)
    now = printed_figure(value, definition)
    corrupted = _with_amount(book, sheet, column, name, now)
    after = corrupted.sheets[book.sheets.index(sheet)]
    codes = _staff_code(book, form, sheet, column, after.years[column])
    if not value or not codes or _looks_copied(after, column):
        return None
    return Corruption(
        kind,
        corrupted,
        frozenset(codes),
        sheet.number,
        None,
        name,
        column,
        was.printed,
        now.printed,
    )


def staff_blanked(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A headcount goes missing while its cost stays."""
    if (
        not {"staff_cost", "headcount"} <= form.fields.keys()
        or form.fields["headcount"].required != "never"
    ):
        return None
    places = [
        (sheet, column)
        for sheet, column in _running(book)
        if (figure := sheet.years[column].staff_cost) and figure.value
    ]
    if not places:
        return None
    sheet, column = one_of(chooser, places)
    was = sheet.years[column].headcount
    corrupted = _with_amount(book, sheet, column, "headcount", blank(form.fields["headcount"]))
    return Corruption(
        "staff_blanked",
        corrupted,
        frozenset({"STF002"}),
        sheet.number,
        None,
        "headcount",
        column,
        was.printed if was else "",
        "",
    )


def staff_cost_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A slip in a staff cost, so that its unit cost is not that of the other sheets."""
    return _staff_changed("staff_cost_changed", book, form, chooser, "staff_cost")


def headcount_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A slip in a headcount, so that the unit cost is not that of the other sheets."""
    return _staff_changed("headcount_changed", book, form, chooser, "headcount")


# — indicators —


def achievement_flipped(book: Book, _: Form, chooser: Chooser) -> Corruption | None:
    """A met target is declared missed, or the other way round."""
    places = [kpi for kpi in book.kpis if kpi.declared_achieved is not None]
    if not places:
        return None
    kpi = one_of(chooser, places)
    now = "missed" if kpi.declared_achieved == "achieved" else "achieved"
    corrupted = _with_kpi(book, kpi, declared_achieved=now)
    return Corruption(
        "achievement_flipped",
        corrupted,
        frozenset({"KPI001"}),
        None,
        kpi.number,
        "declared_achieved",
        None,
        str(kpi.declared_achieved),
        now,
    )


def due_actual_removed(book: Book, _: Form, chooser: Chooser) -> Corruption | None:
    """The actual of the year in which the target is due goes missing."""
    places = [
        kpi
        for kpi in book.kpis
        if (figure := kpi.actuals.get(str(kpi.due_year))) is not None and figure.value is not None
    ]
    if not places:
        return None
    kpi = one_of(chooser, places)
    year = str(kpi.due_year)
    gone = Figure(state="dash", printed="-") if chance(chooser, 50) else Figure()
    corrupted = _with_kpi(book, kpi, actuals=FrozenDict({**kpi.actuals, year: gone}))
    was = kpi.actuals[year].printed
    return Corruption(
        "due_actual_removed",
        corrupted,
        frozenset({"KPI002"}),
        None,
        kpi.number,
        "actuals",
        year,
        was,
        gone.printed,
    )


def rate_changed(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A slip in a declared rate of achievement."""
    places = [
        kpi
        for kpi in book.kpis
        if kpi.declared_rate is not None and kpi.declared_rate.value is not None
    ]
    if not places or form.kpi is None:
        return None
    kpi = one_of(chooser, places)
    was, definition = kpi.declared_rate, form.kpi.rate
    assert was is not None and was.value is not None
    value = _slip(chooser, was.value, definition.step)
    if abs(value - was.value) <= 2 * definition.step:
        return None
    now = printed_figure(value, definition)
    corrupted = _with_kpi(book, kpi, declared_rate=now)
    return Corruption(
        "rate_changed",
        corrupted,
        frozenset({"KPI003"}),
        None,
        kpi.number,
        "declared_rate",
        None,
        was.printed,
        now.printed,
    )


def direction_inferred(book: Book, _: Form, chooser: Chooser) -> Corruption | None:
    """A direction stands that nothing declares."""
    places = [kpi for kpi in book.kpis if kpi.direction_source != "inferred"]
    if not places:
        return None
    kpi = one_of(chooser, places)
    corrupted = _with_kpi(book, kpi, direction_source="inferred")
    return Corruption(
        "direction_inferred",
        corrupted,
        frozenset({"KPI004"}),
        None,
        kpi.number,
        "direction_source",
        None,
        kpi.direction_source,
        "inferred",
    )


# — evaluations —


def _consecutive(book: Book) -> Iterator[tuple[Sheet, str, str]]:
    """Two evaluations of a sheet that follow each other, both with a result."""
    for sheet in book.sheets:
        keys = sorted(sheet.evaluations)
        for before, after in itertools.pairwise(keys):
            if sheet.evaluations[before].result and sheet.evaluations[after].result:
                yield sheet, before, after


def _with_evaluation(book: Book, sheet: Sheet, evaluation: Evaluation) -> Book:
    return _with_sheet(
        book, sheet, evaluations=FrozenDict({**sheet.evaluations, str(evaluation.year): evaluation})
    )


def evaluated_after_end(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """Last year's evaluation becomes one after which this year's can't follow."""
    places: list[tuple[Sheet, str, str]] = []
    for sheet, before, after in _consecutive(book):
        meaning = sheet.evaluations[after].meaning
        for word, said in form.evaluations.items():
            banned = any(
                change.before in ("*", said) and change.after in ("*", meaning)
                for change in form.evaluation_changes.banned
            )
            if banned and said not in ("expand", "reduce"):
                places.append((sheet, before, word))
    if not places:
        return None
    sheet, before, word = one_of(chooser, places)
    was = sheet.evaluations[before]
    meaning = form.evaluations[word]
    codes = {"EVL001"}
    column = form.directed_column(was.year, sheet.fiscal_year)
    if meaning in ENDINGS and column is not None and column in sheet.years:
        total = sheet.years[column].total_cost
        if total is not None and total.value:
            codes.add("EVL003")
    corrupted = _with_evaluation(
        book, sheet, was.model_copy(update={"result": word, "meaning": meaning})
    )
    return Corruption(
        "evaluated_after_end",
        corrupted,
        frozenset(codes),
        sheet.number,
        None,
        "evaluations.result",
        before,
        was.result or "",
        word,
    )


def evaluation_blanked(book: Book, _: Form, chooser: Chooser) -> Corruption | None:
    """An evaluation goes missing, and nothing says why."""
    places = [
        (sheet, evaluation)
        for sheet in book.sheets
        for evaluation in sheet.evaluations.values()
        if evaluation.result
    ]
    if not places:
        return None
    sheet, evaluation = one_of(chooser, places)
    corrupted = _with_evaluation(
        book, sheet, evaluation.model_copy(update={"result": None, "meaning": None})
    )
    year, was = str(evaluation.year), evaluation.result or ""
    return Corruption(
        "evaluation_blanked",
        corrupted,
        frozenset({"EVL002"}),
        sheet.number,
        None,
        "evaluations.result",
        year,
        was,
        "",
    )


def reason_beside_evaluation(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """The reason for a blank stands beside a printed evaluation."""
    places = [
        (sheet, evaluation)
        for sheet in book.sheets
        for evaluation in sheet.evaluations.values()
        if evaluation.result
    ]
    if not places or not form.reasons:
        return None
    sheet, evaluation = one_of(chooser, places)
    code = one_of(chooser, list(form.reasons))
    reason = form.reasons[code]
    corrupted = _with_evaluation(
        book, sheet, evaluation.model_copy(update={"reason": reason, "reason_code": code})
    )
    year = str(evaluation.year)
    return Corruption(
        "reason_beside_evaluation",
        corrupted,
        frozenset({"EVL002"}),
        sheet.number,
        None,
        "evaluations.reason",
        year,
        "",
        reason,
    )


def word_mistyped(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """An evaluation is none of the form's words."""
    places = [
        (sheet, evaluation)
        for sheet in book.sheets
        for evaluation in sheet.evaluations.values()
        if evaluation.result
    ]
    if not places:
        return None
    sheet, evaluation = one_of(chooser, places)
    word = f"{evaluation.result}{evaluation.result}"
    if form.meaning(word) is not None:
        return None
    corrupted = _with_evaluation(
        book, sheet, evaluation.model_copy(update={"result": word, "meaning": None})
    )
    year, was = str(evaluation.year), evaluation.result or ""
    return Corruption(
        "word_mistyped",
        corrupted,
        frozenset({"EVL006"}),
        sheet.number,
        None,
        "evaluations.result",
        year,
        was,
        word,
    )


def direction_turned(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """The project is to be expanded while its budget falls, or reduced while it rises."""
    places: list[tuple[Sheet, Evaluation, str]] = []
    definition = form.fields.get("total_cost")
    if definition is None:
        return None
    for sheet in book.sheets:
        order = list(sheet.years)
        for evaluation in sheet.evaluations.values():
            column = form.directed_column(evaluation.year, sheet.fiscal_year)
            if not evaluation.result or column not in order[1:]:
                continue
            totals = [
                _amount(sheet.years[key].total_cost, definition, form)
                for key in (order[order.index(column) - 1], column)
            ]
            if (
                totals[0] is None
                or totals[1] is None
                or abs(totals[1] - totals[0]) <= 2 * _width(definition, form)
            ):
                continue
            wanted = "reduce" if totals[1] > totals[0] else "expand"
            places.extend(
                (sheet, evaluation, word)
                for word, meaning in form.evaluations.items()
                if meaning == wanted
            )
    if not places:
        return None
    sheet, evaluation, word = one_of(chooser, places)
    turned = evaluation.model_copy(update={"result": word, "meaning": form.evaluations[word]})
    corrupted = _with_evaluation(book, sheet, turned)
    after = corrupted.sheets[book.sheets.index(sheet)]
    keys = sorted(after.evaluations)
    chain = [after.evaluations[key].meaning for key in keys]
    for before, following in itertools.pairwise(chain):
        if None not in (before, following) and any(
            change.before in ("*", before) and change.after in ("*", following)
            for change in form.evaluation_changes.banned
        ):
            return None
    year, was = str(evaluation.year), evaluation.result or ""
    return Corruption(
        "direction_turned",
        corrupted,
        frozenset({"EVL005"}),
        sheet.number,
        None,
        "evaluations.result",
        year,
        was,
        word,
    )


def called_new(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A project is called new this year, with last year's figures standing beside it."""
    reason = form.reasons.get("new")
    places: list[tuple[Sheet, Evaluation]] = []
    if not {"total_cost", "staff_cost", "headcount"} <= form.fields.keys() or not _parts(form):
        return None
    for sheet in book.sheets:
        order = list(sheet.years)
        column = _evaluated(form, sheet)
        if reason is None or sheet.status != "continuing" or column not in order[1:]:
            continue
        before = sheet.years[order[order.index(column) - 1]]
        total = _amount(before.total_cost, form.fields["total_cost"], form)
        if (
            before.year < sheet.fiscal_year
            and total
            and abs(total) > _width(form.fields["total_cost"], form)
        ):
            places.extend(
                (sheet, evaluation)
                for evaluation in sheet.evaluations.values()
                if evaluation.year < sheet.fiscal_year
            )
    if not places:
        return None
    sheet, evaluation = one_of(chooser, places)
    told = Evaluation(year=evaluation.year, reason=reason, reason_code="new")
    evaluations = FrozenDict({**sheet.evaluations, str(evaluation.year): told})
    corrupted = _with_sheet(book, sheet, evaluations=evaluations, status="new")
    return Corruption(
        "called_new",
        corrupted,
        frozenset({"EVL004"}),
        sheet.number,
        None,
        "status",
        None,
        "continuing",
        "new",
    )


# — the book —


def year_mistaken(book: Book, form: Form, chooser: Chooser) -> Corruption | None:
    """A column's heading prints another year."""
    places = [(sheet, column) for sheet in book.sheets for column in sheet.years]
    if not places:
        return None
    sheet, column = one_of(chooser, places)
    year = sheet.years[column].year
    now = year - chooser.integer(1, 9)
    if form.param("staff_unit_cost", now) not in (None, form.param("staff_unit_cost", year)):
        return None  # another year's unit cost would be asked of it
    corrupted = _with_year(book, sheet, column, year=now)
    return Corruption(
        "year_mistaken",
        corrupted,
        frozenset({"BOK004"}),
        sheet.number,
        None,
        "year",
        column,
        str(year),
        str(now),
    )


def filler_left(book: Book, _: Form, chooser: Chooser) -> Corruption | None:
    """Filler is left over in a text."""
    if not book.sheets:
        return None
    sheet = one_of(chooser, book.sheets)
    filler = one_of(chooser, ("あああああ", "○○○", "ＸＸＸ", "TODO"))
    corrupted = _with_sheet(book, sheet, achieved=f"{sheet.name}は{filler}")
    return Corruption(
        "filler_left",
        corrupted,
        frozenset({"TXT001"}),
        sheet.number,
        None,
        "achieved",
        None,
        sheet.achieved,
        filler,
    )


def sheet_repeated(book: Book, _: Form, chooser: Chooser) -> Corruption | None:
    """A sheet stands in the book twice."""
    if not book.sheets:
        return None
    sheet = one_of(chooser, book.sheets)
    copy = sheet.model_copy(update={"number": len(book.sheets) + 1})
    corrupted = book.model_copy(update={"sheets": (*book.sheets, copy)})
    return Corruption(
        "sheet_repeated",
        corrupted,
        frozenset({"BOK002"}),
        copy.number,
        None,
        "name",
        None,
        "",
        copy.name,
    )


CORRUPTIONS: Final[Mapping[str, Corrupter]] = {
    corrupter.__name__: corrupter
    for corrupter in (
        total_changed,
        source_changed,
        total_blanked,
        sources_blanked,
        sign_added,
        part_raised,
        column_copied,
        bonds_blanked,
        per_capita_changed,
        burden_changed,
        population_changed,
        staff_cost_changed,
        headcount_changed,
        staff_blanked,
        achievement_flipped,
        due_actual_removed,
        rate_changed,
        direction_inferred,
        evaluated_after_end,
        evaluation_blanked,
        reason_beside_evaluation,
        word_mistyped,
        direction_turned,
        called_new,
        year_mistaken,
        filler_left,
        sheet_repeated,
    )
}
"""Every kind of corruption, by name."""
