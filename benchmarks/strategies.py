"""Measures what drawing books for property tests costs, beside a strategy of a few lines as an author
would write it, and how long it takes until a fault in one figure has shrunk to one sheet.

``python -m benchmarks.strategies`` prints both as tables. Times are of the processor.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from time import process_time
from typing import Any, Final, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Sheet
from auditor.testing.strategies import consistent_books
from benchmarks.measure import machine

FORMS: Final = ("kushiro", "minato", "hamabe")
WITH_SOURCES: Final = ("kushiro", "minato")
"""Those that print a total beside sources."""
# More than the rounding of any form may hide.
TOO_MUCH: Final = 10_000
FISCAL_YEAR: Final = 2024
EXAMPLES: Final = 60
ROUNDS: Final = 5


class Drawing(NamedTuple):
    """What one form's books cost: milliseconds a sheet, of ours and of one written by hand."""

    form: str
    ours: float
    by_hand: float


class Shrinking(NamedTuple):
    """What it took until the least example stood: seconds, calls, and the sheets it has."""

    form: str
    seconds: float
    calls: int
    sheets: int


def drawing(form: Form) -> Drawing:
    """The median of some rounds."""
    books = consistent_books(form, sheets=(1, 5), kpis=(0, 3))
    ours = sorted(_milliseconds(books, lambda pair: len(pair[1].sheets)) for _ in range(ROUNDS))
    lists = st.lists(written_by_hand(form), min_size=1, max_size=5)
    by_hand = sorted(_milliseconds(lists, len) for _ in range(ROUNDS))
    return Drawing(form.name, ours[ROUNDS // 2], by_hand[ROUNDS // 2])


@st.composite
def written_by_hand(draw: st.DrawFn, form: Form) -> Sheet:
    """A sheet of which the sources sum to the total in each year, and nothing else is filled in."""
    years: dict[str, FiscalYear] = {}
    for column in form.columns:
        amounts = {name: draw(st.integers(0, 100_000)) for name in form.funding}
        years[str(FISCAL_YEAR + column.offset)] = FiscalYear(
            year=FISCAL_YEAR + column.offset,
            kind=column.kind,
            total_cost=_figure(sum(amounts.values()), form),
            funding=FrozenDict({name: _figure(amount, form) for name, amount in amounts.items()}),
        )
    name = draw(st.text(min_size=1))
    return Sheet(fiscal_year=FISCAL_YEAR, name=name, years=FrozenDict(years))


def _figure(amount: int, form: Form) -> Figure:
    return Figure(value=Decimal(amount), state="number", printed=f"{amount:,}", unit=form.unit)


def _milliseconds(strategy: st.SearchStrategy[Any], sheets: Callable[[Any], int]) -> float:
    count = 0

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(strategy)
    def draw(example: Any) -> None:
        nonlocal count
        count += sheets(example)

    start = process_time()
    draw()
    return (process_time() - start) * 1_000 / count


def shrinking(form: Form) -> Shrinking:
    """A total that is too high, wherever a book has one beside its sources."""
    calls = 0
    least = 0

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(consistent_books(form, sheets=(1, 5)))
    def holds(pair: tuple[Form, Book]) -> None:
        nonlocal calls, least
        calls += 1
        changed = too_high(pair[1])
        if changed is None:
            return
        fails = auditor.audit(changed, ["FND001"]).findings
        if fails:
            least = len(changed.sheets)
        assert not fails

    start = process_time()
    with suppress(AssertionError, BaseExceptionGroup):
        holds()
    return Shrinking(form.name, process_time() - start, calls, least)


def too_high(book: Book) -> Book | None:
    """The book with too much in the first total that is filled in beside sources; None without one."""
    for at, sheet in enumerate(book.sheets):
        for year, figures in sheet.years.items():
            total = figures.total_cost
            if total and total.value and any(source.value for source in figures.funding.values()):
                value = total.value + TOO_MUCH
                more = Figure(value=value, state="number", printed=f"{value:,}", unit=total.unit)
                years = {**sheet.years, year: figures.model_copy(update={"total_cost": more})}
                changed = sheet.model_copy(update={"years": FrozenDict(years)})
                sheets = (*book.sheets[:at], changed, *book.sheets[at + 1 :])
                return book.model_copy(update={"sheets": sheets})
    return None


def main() -> None:
    forms = load().forms
    lines = [
        machine(),
        "",
        "| form | a consistent sheet, ms | one written by hand, sums alone, ms | × |",
        "|---|---|---|---|",
    ]
    for name in FORMS:
        _, ours, by_hand = drawing(forms[name])
        lines.append(f"| {name} | {ours:.1f} | {by_hand:.1f} | {ours / by_hand:.2f} |")
    lines += ["", "| form | shrunk after, s | calls | sheets left |", "|---|---|---|---|"]
    for name in WITH_SOURCES:
        _, seconds, calls, sheets = shrinking(forms[name])
        lines.append(f"| {name} | {seconds:.1f} | {calls} | {sheets} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
