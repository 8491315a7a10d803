"""``locate`` and the audit answer the same on the same figures and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Final, NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.records.figures import Rounding
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.rules.suspects import Suspect
from auditor.suspects.locating import Suspects, locate
from auditor.testing import book
from benchmarks.blocks import cells_of, explanations, with_values

Key = tuple[str, str | None]
UNIT: Final = Decimal(7388)
TENTH: Final = Decimal("0.1")
TENTHS: Final = ("headcount", "cost_per_capita", "bond_burden_per_capita")
FIGURES: Final = frozenset(("FND001", "PCC001", "PCC002", "STF001"))
LIKELY: Final = Decimal("0.9")
SHEETS: Final = 12


class Faulty(NamedTuple):
    """A book in which one figure of a sheet is wrong."""

    book: Book
    sheet: Sheet


def filled(sheet: Sheet, random: Random) -> Sheet:
    """A sheet in which every cell has a figure and all sums hold."""
    cells = cells_of(sheet)
    values: dict[Key, Decimal | None] = {}
    for column in sheet.years:
        sources = [key for key in cells if key[1] == column and key[0].startswith("funding.")]
        amounts = [Decimal(round(10 ** random.uniform(1, 5))) for _ in sources]
        values |= dict(zip(sources, amounts, strict=True))
        values["total_cost", column] = sum(amounts, Decimal(0))
        people = Decimal(random.randrange(1, 60)) / 10
        values["headcount", column] = people
        values["staff_cost", column] = (people * UNIT).quantize(Decimal(1), ROUND_HALF_UP)
    year = str(sheet.fiscal_year)
    population = cells["population", None].value
    assert population
    for name, of in (
        ("cost_per_capita", "total_cost"),
        ("bond_burden_per_capita", "funding.local_bonds"),
    ):
        amount = values[of, year]
        assert amount is not None
        values[name, None] = (amount * 1000 / population).quantize(TENTH, ROUND_HALF_UP)
    whole = with_values(sheet, {key: value for key, value in values.items() if key in cells})
    return whole.model_copy(update={"evaluations": FrozenDict()})


def faulty(seed: int) -> Faulty | None:
    """A book with one figure mistyped; None where that changes nothing."""
    random = Random(seed)
    clean = book(sheets=SHEETS, seed=seed, kpis=0)
    sheets = [filled(sheet, random) for sheet in clean.sheets]
    at = random.randrange(len(sheets))
    cells = {key: cell for key, cell in cells_of(sheets[at]).items() if cell.value}
    key = random.choice(sorted((key for key in cells if key[0] != "population"), key=str))
    value = cells[key].value
    assert value is not None
    step = TENTH if key[0] in TENTHS else Decimal(1)
    digits = [*str(int(value / step))]
    digits[random.randrange(len(digits))] = random.choice("0123456789")
    wrong = int("".join(digits)) * step
    if wrong == value:
        return None
    sheets[at] = with_values(sheets[at], {key: wrong})
    return Faulty(clean.model_copy(update={"sheets": tuple(sheets)}), sheets[at])


def name_of(field: str, year: str | None) -> str:
    name = field.removeprefix("funding.")
    return name if year is None else f"{name}_{year}"


def located(sheet: Sheet, of_form: str) -> Suspects:
    """What ``locate`` says of the figures of a sheet, under the rules of its form."""
    form = load().forms[of_form]
    cells = cells_of(sheet)
    columns = [
        (name, year) for year in sheet.years for name in form.fields if (name, year) in cells
    ]
    single = [(name, None) for name in form.fields if (name, None) in cells]
    values: dict[str, Decimal | None] = {}
    steps: dict[str, Decimal] = {}
    rounding: dict[str, Rounding] = {}
    for key in (*columns, *single):
        name, definition = name_of(*key), form.fields[key[0]]
        values[name] = cells[key].value
        steps[name], rounding[name] = definition.step, definition.rounding
    formulas: list[str] = []
    for year in sheet.years:
        sources = [
            name_of(*key) for key in columns if key[1] == year and key[0].startswith("funding.")
        ]
        formulas.append(f"total_cost_{year} == {' + '.join(sources)}")
        formulas.append(f"staff_cost_{year} == headcount_{year} * unit_cost_{year}")
        values[f"unit_cost_{year}"] = UNIT
    now = sheet.fiscal_year
    formulas.append(f"cost_per_capita == total_cost_{now} * 1000 / population")
    formulas.append(f"bond_burden_per_capita == local_bonds_{now} * 1000 / population")
    fixed = ("population", *(f"unit_cost_{year}" for year in sheet.years))
    return locate(values, formulas, steps=steps, rounding=rounding, fixed=fixed)


def named(suspect: Suspect) -> Mapping[str, Decimal | None]:
    return {name_of(cell.field, cell.year): cell.corrected for cell in suspect.cells}


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_what_the_audit_says_is_likely_locate_says_too(seed: int) -> None:
    fault = faulty(seed)
    assume(fault is not None)
    assert fault is not None
    judged, several = explanations(fault.book)
    broken = [item.finding.rule in FIGURES for item in judged]
    about = [each for each in several if any(broken[number] for number in each.contradictions)]
    assume(about)
    (of_audit, of_locate) = about[0].suspects[0], located(fault.sheet, fault.book.form)[0]
    likely = max(of_audit.share, of_locate.share) >= LIKELY
    if not likely:
        return
    mine, theirs = named(of_locate), named(of_audit)
    assert mine.keys() == theirs.keys()
    for name, value in theirs.items():
        other = mine[name]
        assert value is not None
        assert other is not None
        # A book's unit cost is what its sheets leave of it, not a number to the unit.
        assert abs(value - other) <= (max(1, value // 1000) if name.startswith("staff") else 0)
    # The audit alone knows that the form's sums are adjusted.
    if any(suspect.slip.code == "rounding-not-adjusted" for suspect in about[0].suspects):
        return
    # The audit believes more often that typed results were computed from what is wrong.
    assert abs(of_audit.share - of_locate.share) < Decimal("0.4")


def options_of(suspects: Iterable[Suspect]) -> list[tuple[str, str, str, Decimal]]:
    """The words and figures of some suspects, each with what fits and its share."""
    return sorted(
        (str(cell.word), str(cell.fits), str(cell.value), suspect.share)
        for suspect in suspects
        for cell in suspect.cells
    )


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_both_name_the_same_words(seed: int) -> None:
    clean = book(sheets=0, seed=seed, kpis=3)
    kpi = next((kpi for kpi in clean.kpis if kpi.declared_achieved is not None), None)
    assume(kpi is not None)
    assert kpi is not None
    flags = {"achieved": "missed", "missed": "achieved"}
    wrong = kpi.model_copy(update={"declared_achieved": flags[kpi.declared_achieved or ""]})
    kpis = tuple(wrong if one is kpi else one for one in clean.kpis)
    judged, several = explanations(clean.model_copy(update={"kpis": kpis}))
    at = next((at for at, item in enumerate(judged) if item.finding.rule == "KPI001"), None)
    assume(at is not None)
    (cause,) = [each for each in several if at in each.contradictions]
    assume(judged[at or 0].finding.severity == "error")
    row = judged[at or 0].row
    assert row is not None
    words = {
        "declared_achieved": ("achieved", "missed"),
        "direction": ("higher", "lower"),
        "target_bound": (),
    }
    formula = next(rule for rule in load().rules if rule.code == "KPI001").file.formula
    assert formula is not None
    values = {name: row.values[name] for name in words}
    figures = {name: row.figure(name) for name in ("target", "due_actual")}
    values |= {name: figure.value for name, figure in figures.items() if figure is not None}
    suspects = locate(values, [formula], words=words)  # type: ignore[arg-type]
    assert options_of(suspects) == options_of(cause.suspects)
    assert suspects.none_of_these == cause.none_of_these
