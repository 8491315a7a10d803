"""Seeded slips of blocks in generated books, and how well they are explained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain, pairwise
from random import Random
from typing import Final, NamedTuple

from auditor.auditing.book_findings import findings_of
from auditor.auditing.judged_rows import JudgedFinding
from auditor.auditing.session import load
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Sheet, figures_of_sheet, figures_of_year
from auditor.rules.findings import OUTCOMES, Outcome
from auditor.rules.rows import Rows
from auditor.rules.suspects import Suspect
from auditor.suspects.explaining import explained
from auditor.suspects.explanation import Explanation
from auditor.testing import book

__all__ = [
    "BLOCK_HEADER",
    "KINDS",
    "Fault",
    "block_line",
    "cells_of",
    "explanations",
    "fault",
    "names_its_cells",
    "with_values",
]

Key = tuple[str, str | None]
Cells = Mapping[Key, Figure]
Changes = dict[Key, Decimal | None]
TENTH: Final = Decimal("0.1")
LIKELY: Final = Decimal("0.9")


class Fault(NamedTuple):
    """A book with one slip: the sheet that has it, and the true values of the cells that it
    changed.
    """

    book: Book
    sheet: Sheet
    truth: Mapping[Key, Decimal | None]


class Drawn(NamedTuple):
    """The sheet to make a slip in, and the others of its book."""

    sheet: Sheet
    others: Sequence[Sheet]
    random: Random


def cells_of(sheet: Sheet) -> dict[Key, Figure]:
    """The figures of a sheet by field and year."""
    cells: dict[Key, Figure] = {(name, None): figure for name, figure in sheet.figure_items()}
    for key, year in sheet.years.items():
        cells |= {(name, key): figure for name, figure in year.figure_items()}
    return cells


def with_values(sheet: Sheet, changes: Changes) -> Sheet:
    """A sheet with other values in some cells."""
    cells = dict(cells_of(sheet).items())
    for key, value in changes.items():
        cells[key] = _printed(cells[key], value)
    years: dict[str, FiscalYear] = {}
    for column, year in sheet.years.items():
        figures = {name: figure for (name, at), figure in cells.items() if at == column}
        years[column] = year.model_copy(update=figures_of_year(figures))
    single = {name: figure for (name, at), figure in cells.items() if at is None}
    update = {**figures_of_sheet(single), "years": FrozenDict(years)}
    return sheet.model_copy(update=update)


def _printed(figure: Figure, value: Decimal | None) -> Figure:
    if value is None:
        return figure.model_copy(update={"value": None, "printed": "", "state": "blank"})
    text = f"{value:,f}".replace("-", "△")
    return figure.model_copy(update={"value": value, "printed": text, "state": "number"})


# --- the slips, each as the changes that it makes of a sheet, or none where it can't happen


def _values(cells: Cells, column: str, prefix: str = "") -> dict[Key, Decimal]:
    return {
        key: figure.value
        for key, figure in cells.items()
        if key[1] == column and key[0].startswith(prefix) and figure.value is not None
    }


def _figures_exchanged(drawn: Drawn) -> Changes:
    values = _values(cells_of(drawn.sheet), _column(drawn))
    money = {key: value for key, value in values.items() if key[0] != "headcount" and value}
    if len(money) < 2:
        return {}
    a, b = drawn.random.sample(sorted(money, key=str), 2)
    return {a: money[b], b: money[a]}


def _columns_exchanged(drawn: Drawn) -> Changes:
    cells = cells_of(drawn.sheet)
    first, second, *_ = drawn.sheet.years
    return _exchanged(cells, first, second, "")


def _sources_exchanged(drawn: Drawn) -> Changes:
    first, second, *_ = drawn.sheet.years
    return _exchanged(cells_of(drawn.sheet), first, second, "funding.")


def _exchanged(cells: Cells, first: str, second: str, prefix: str) -> Changes:
    changes: Changes = {}
    for (name, column), figure in cells.items():
        if column == first and name.startswith(prefix) and (name, second) in cells:
            changes[name, first] = cells[name, second].value
            changes[name, second] = figure.value
    return changes


def _one_row_off(drawn: Drawn) -> Changes:
    column = _column(drawn)
    cells = cells_of(drawn.sheet)
    sources = [key for key in cells if key[1] == column and key[0].startswith("funding.")]
    for upper, lower in pairwise(sources):
        pair = (upper, lower) if cells[upper].value else (lower, upper)
        full, empty = cells[pair[0]].value, cells[pair[1]].value
        if full and not empty:
            return {pair[0]: None, pair[1]: full}
    return {}


def _other_unit(drawn: Drawn) -> Changes:
    column = str(drawn.sheet.fiscal_year)
    values = _values(cells_of(drawn.sheet), column, "funding.")
    values |= _values(cells_of(drawn.sheet), column, "total_cost")
    return {key: value * 1000 for key, value in values.items() if value}


def _column_copied(drawn: Drawn) -> Changes:
    cells = cells_of(drawn.sheet)
    first, second, *_ = drawn.sheet.years
    return {
        (name, second): figure.value
        for (name, column), figure in cells.items()
        if column == first and (name, second) in cells
    }


def _never_entered(drawn: Drawn) -> Changes:
    values = _values(cells_of(drawn.sheet), _column(drawn), "funding.")
    printed = sorted((key for key, value in values.items() if value), key=str)
    return {drawn.random.choice(printed): None} if printed else {}


def _of_last_year(drawn: Drawn) -> Changes:
    cells = cells_of(drawn.sheet)
    first, second, *_ = drawn.sheet.years
    for (name, column), figure in cells.items():
        if column == first and figure.value and name.startswith("funding."):
            return {(name, second): figure.value}
    return {}


def _population_with_what_follows(drawn: Drawn) -> Changes:
    cells = cells_of(drawn.sheet)
    people = cells["population", None].value
    total = cells.get(("total_cost", str(drawn.sheet.fiscal_year)))
    if not people or total is None or not total.value:
        return {}
    wrong = people + drawn.random.randrange(500, 5000)
    rate = (total.value * 1000 / wrong).quantize(TENTH, ROUND_HALF_UP)
    return {("population", None): wrong, ("cost_per_capita", None): rate}


def _sheet_copied(drawn: Drawn) -> Changes:
    column = str(drawn.sheet.fiscal_year)
    others = cells_of(drawn.random.choice(drawn.others))
    return {
        key: others[key].value
        for key in cells_of(drawn.sheet)
        if key[1] == column and key in others
    }


def _column(drawn: Drawn) -> str:
    return drawn.random.choice(list(drawn.sheet.years))


KINDS: Final[dict[str, Callable[[Drawn], Changes]]] = {
    "figures exchanged": _figures_exchanged,
    "columns exchanged": _columns_exchanged,
    "sources of two columns exchanged": _sources_exchanged,
    "one row off": _one_row_off,
    "column in another unit": _other_unit,
    "column copied": _column_copied,
    "copied from another sheet": _sheet_copied,
    "never entered": _never_entered,
    "last year's value": _of_last_year,
    "population with what follows": _population_with_what_follows,
}


def fault(kind: str, seed: int, sheets: int = 12) -> Fault | None:
    """A consistent book with one slip of a kind; None where it can't happen in the sheet that the
    seed takes.
    """
    random = Random(f"{kind}/{seed}")
    clean = book(sheets=sheets, seed=seed, kpis=0)
    sheet = random.choice(clean.sheets)
    before = cells_of(sheet)
    others = [other for other in clean.sheets if other is not sheet]
    drawn = Drawn(sheet, others, random)
    changes = {
        key: value
        for key, value in KINDS[kind](drawn).items()
        if (before[key].value or 0) != (value or 0)
    }
    if not changes:
        return None
    changed = with_values(sheet, changes)
    sheets_of = tuple(changed if other is sheet else other for other in clean.sheets)
    wrong = clean.model_copy(update={"sheets": sheets_of})
    return Fault(wrong, changed, {key: before[key].value for key in changes})


# --- how well they are explained


def explanations(whole: Book) -> tuple[list[JudgedFinding], list[Explanation]]:
    """The errors and warnings of a book, and what explains them."""
    session = load()
    rows = Rows(whole, session.forms[whole.form])
    counts: dict[str, dict[Outcome, int]] = {
        rule.code: dict.fromkeys(OUTCOMES, 0) for rule in session.rules
    }
    judged = [
        item
        for item in findings_of(rows, session.rules, counts, [])
        if item.row is not None and item.finding.severity != "note"
    ]
    contradictions = [(item.finding, item.rule, item.row) for item in judged if item.row]
    several, failures = explained(rows, session.rules, contradictions)
    assert not failures, failures
    return judged, several


def names_its_cells(suspect: Suspect, slip: Fault) -> bool:
    """Whether a suspect names the cells that a slip changed; of a column that was copied, those
    that print something.
    """
    named = {(cell.field, cell.year) for cell in suspect.cells}
    if suspect.slip.code in ("column-copied", "sheet-copied"):
        printed = cells_of(slip.sheet)
        return named >= {key for key in slip.truth if printed[key].value is not None}
    return named == set(slip.truth)


def block_line(kind: str, seeds: Iterable[int]) -> str:
    """A line of the table of blocks: how many the rules see, how many are named first, what is
    said to be likely and is right, and entries for each slip.
    """
    seen = first = likely = right = entries = 0
    for seed in seeds:
        slip = fault(kind, seed)
        judged, several = explanations(slip.book) if slip else ([], [])
        if slip is None or not any(item.finding.severity == "error" for item in judged):
            continue
        seen += 1
        explained_numbers = set(chain.from_iterable(each.contradictions for each in several))
        entries += len(several) + len(judged) - len(explained_numbers)
        if not several:
            continue
        main = max(several, key=lambda each: len(each.contradictions))
        is_right = names_its_cells(main.suspects[0], slip)
        first += is_right
        if main.suspects[0].share >= LIKELY:
            likely += 1
            right += is_right
    if not seen:
        return f"| {kind} | 0 | — | — | — |"
    rights = f"{right} of {likely}"
    return f"| {kind} | {seen} | {first / seen:.0%} | {rights} | {entries / seen:.2f} |"


BLOCK_HEADER: Final = """| slip | seen by the rules | named first | right of the likely \
| entries a slip |
|---|---|---|---|---|"""
