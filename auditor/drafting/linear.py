"""Equal columns, sums and differences of a block: what the search gives, counted and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from auditor.drafting.counting import Count, computed, count
from auditor.drafting.evidence import is_credible
from auditor.drafting.numbers import Numbers
from auditor.drafting.orientation import oriented
from auditor.drafting.relation import Equation, Term
from auditor.drafting.sums import SumSearch

__all__ = ["linear_candidates", "preference", "rounded_sums", "superseded"]

_FIRST: Final = 24
_NEAR: Final = 8
_LONGEST: Final = 16


def linear_candidates(numbers: Numbers, rows: Sequence[int]) -> list[Count]:
    """Equations that show on those rows and hold in most of all rows, each once."""
    search = SumSearch(numbers, rows)
    entries: list[Count] = []
    tried: set[frozenset[tuple[int, int]]] = set()
    for balance in _balances(numbers, search):
        # One equation, whichever of its columns is called the total.
        sign = balance[min(balance)]
        name = frozenset((at, value * sign) for at, value in balance.items())
        if name in tried:
            continue
        tried.add(name)
        equation = oriented(numbers, balance)
        if _shows(numbers, equation, rows[:_FIRST], 7) and _shows(numbers, equation, rows, 9):
            entry = count(numbers, equation)
            if is_credible(entry):
                entries.append(entry)
    return entries


def _balances(numbers: Numbers, search: SumSearch) -> Iterator[dict[int, int]]:
    """Columns that add up to 0 with their signs."""
    found_apart = (((total, parts) for parts in search.parts(total)) for total in numbers.operands)
    for total, parts in chain(chain.from_iterable(found_apart), search.runs()):
        yield {total: -1, **dict.fromkeys(parts, 1)}
    yield from search.balances()


def _shows(numbers: Numbers, equation: Equation, rows: Iterable[int], tenths: int) -> bool:
    sample = computed(numbers, equation, rows)
    holds = sum(row.stated * row.below == row.above for row in sample)
    return holds * 10 >= len(sample) * tenths


def preference(numbers: Numbers, entry: Count) -> tuple[int, ...]:
    """Orders equations that may say the same: sums before those with several columns on both
    sides, short ones first, then those with fewer exceptions, within one group, closely together.
    """
    equation = entry.equation
    places = [numbers.place[key] for key in equation.keys]
    groups = {numbers.columns[at].group for at in places}
    positive = sum(term.sign > 0 for term in equation.terms)
    balance = equation.kind == "difference" and positive > 1
    span = max(places) - min(places)
    missing = entry.of - entry.holds
    return (balance, len(places), missing, len(groups), span, *sorted(places))


def superseded(entry: Count, others: Iterable[Count]) -> bool:
    """Whether an equation with more columns has fewer exceptions, or one with fewer as many."""
    keys = frozenset(entry.equation.keys)
    exceptions = entry.of - entry.holds
    for other in others:
        if other is entry:
            continue
        besides = frozenset(other.equation.keys)
        missing = other.of - other.holds
        if (keys < besides and missing < exceptions) or (besides < keys and missing <= exceptions):
            return True
    return False


def rounded_sums(numbers: Numbers, totals: Iterable[int]) -> Iterator[Count]:
    """Runs of neighbours that add up to a column but for what rounding takes or gives: the
    shortest run of each total.
    """
    places = {at: number for number, at in enumerate(numbers.operands)}
    for total in totals:
        rows = [row for row in range(numbers.rows) if numbers.filled[total][row]]
        sample = rows[:: max(1, len(rows) // _NEAR)][:_NEAR]
        if len(sample) < _NEAR:
            continue
        for run in _runs_beside(numbers.operands, places[total]):
            if _is_near(numbers, total, run, sample):
                terms = tuple(Term(numbers.columns[at].key) for at in run)
                equation = Equation("sum", numbers.columns[total].key, terms)
                entry = count(numbers, equation, leeway=True)
                if is_credible(entry):
                    yield entry
                    break


def _runs_beside(operands: Sequence[int], number: int) -> Iterator[Sequence[int]]:
    """Runs that end, or begin, one or two columns beside a column."""
    for length in range(2, _LONGEST):
        for gap in (1, 2):
            if number - gap - length + 1 >= 0:
                yield operands[number - gap - length + 1 : number - gap + 1]
            if number + gap + length <= len(operands):
                yield operands[number + gap : number + gap + length]


def _is_near(numbers: Numbers, total: int, run: Sequence[int], sample: Sequence[int]) -> bool:
    """Whether a sum is a total, give or take half a step for each number, in all but one row."""
    slack = sum(numbers.steps[at] for at in (*run, total))
    near = 0
    for row in sample:
        value = sum(numbers.filled[at][row] for at in run)
        near += abs(value - numbers.filled[total][row]) * 2 <= slack
    return near + 1 >= len(sample)
