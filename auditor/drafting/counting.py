"""An equation held against every row of a block, and how little chance could do the same.

Chance is measured on the rows themselves: printed totals are held against what other rows
compute, as if the column had been shuffled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import comb
from typing import Final

from auditor.drafting.numbers import Numbers
from auditor.drafting.relation import Equation
from auditor.drafting.roundings import Computed, Rounded, agrees, best_rounding

__all__ = ["Count", "computed", "count", "holds_often", "is_no_chance"]

_OFTEN: Final = 97
"""Of a hundred rows, in so many a relation has to hold."""
_CERTAINTY: Final = 2**20
_SHIFTS: Final = 16


@dataclass(frozen=True, slots=True)
class Count:
    """An equation on the rows that can be judged. ``informative`` are places in ``rows``: those
    whose values are other than 0 and not those of another row. ``step`` is what the total's
    numbers are multiples of.
    """

    equation: Equation
    rows: tuple[Computed, ...]
    rounded: Rounded
    informative: tuple[int, ...]
    step: int = 1
    leeway: bool = False

    @property
    def of(self) -> int:
        return len(self.rows)

    @property
    def holds(self) -> int:
        return self.rounded.holds

    @property
    def exceptions(self) -> tuple[int, ...]:
        judged = zip(self.rows, self.rounded.answers, strict=True)
        return tuple(row.row for row, answer in judged if not answer)

    @property
    def figures(self) -> tuple[bool, ...]:
        """Whether the relation holds, in each row in which a side is other than 0."""
        judged = zip(self.rows, self.rounded.answers, strict=True)
        return tuple(answer for row, answer in judged if row.stated or row.above)

    def half(self, odd: bool) -> tuple[int, ...]:
        """The informative rows of one half of the block: those of even or of odd number."""
        return tuple(at for at in self.informative if self.rows[at].row % 2 == odd)


def holds_often(holds: int, of: int) -> bool:
    """Whether a relation holds in so many rows that the others are exceptions."""
    return of > 0 and holds * 100 >= of * _OFTEN


def computed(numbers: Numbers, equation: Equation, rows: Iterable[int]) -> list[Computed]:
    """What those rows compute that can be judged.

    A blank counts as nothing in a sum, unless all of its terms are blank. It leaves a product, a
    ratio or a multiple unknown, as a divisor of 0 does. A blank total is not judged.
    """
    build = _BUILDERS[equation.kind]
    return build(numbers, equation, rows)


def _linear(numbers: Numbers, equation: Equation, rows: Iterable[int]) -> list[Computed]:
    total = numbers.cells[numbers.place[equation.total]]
    terms = [(numbers.cells[numbers.place[term.key]], term.sign) for term in equation.terms]
    above, below = equation.factor.as_integer_ratio()
    result: list[Computed] = []
    for row in rows:
        stated = total[row]
        if stated is None:
            continue
        value, blank = 0, True
        for column, sign in terms:
            part = column[row]
            if part is not None:
                value, blank = value + sign * part, False
        if not blank:
            result.append(Computed(row, stated, value * above, below))
    return result


def _product(numbers: Numbers, equation: Equation, rows: Iterable[int]) -> list[Computed]:
    total = numbers.cells[numbers.place[equation.total]]
    terms = [numbers.cells[numbers.place[term.key]] for term in equation.terms]
    above, below = equation.factor.as_integer_ratio()
    below *= numbers.scale ** (len(terms) - 1)
    result: list[Computed] = []
    for row in rows:
        stated = total[row]
        parts = [column[row] for column in terms]
        if stated is None or None in parts:
            continue
        value = above
        for part in parts:
            value *= part or 0
        result.append(Computed(row, stated, value, below))
    return result


def _ratio(numbers: Numbers, equation: Equation, rows: Iterable[int]) -> list[Computed]:
    total = numbers.cells[numbers.place[equation.total]]
    above = [(numbers.cells[numbers.place[term.key]], term.sign) for term in equation.terms]
    below = [(numbers.cells[numbers.place[term.key]], term.sign) for term in equation.divisor]
    by, over = equation.factor.as_integer_ratio()
    by *= numbers.scale
    result: list[Computed] = []
    for row in rows:
        stated = total[row]
        parts = _sum(above, row)
        whole = _sum(below, row)
        if stated is None or parts is None or not whole:
            continue
        parts, whole = parts * by, whole * over
        if whole < 0:
            parts, whole = -parts, -whole
        result.append(Computed(row, stated, parts, whole))
    return result


def _sum(terms: Sequence[tuple[list[int | None], int]], row: int) -> int | None:
    if len(terms) == 1:
        column, sign = terms[0]
        value = column[row]
        return None if value is None else sign * value
    total = 0
    for column, sign in terms:
        value = column[row]
        if value is None:
            return None
        total += sign * value
    return total


def _share(numbers: Numbers, equation: Equation, rows: Iterable[int]) -> list[Computed]:
    total = numbers.cells[numbers.place[equation.total]]
    at = numbers.place[equation.terms[0].key]
    part, whole = numbers.cells[at], numbers.whole(at)
    by, over = equation.factor.as_integer_ratio()
    by *= numbers.scale
    if whole <= 0:
        return []
    result: list[Computed] = []
    for row in rows:
        stated, value = total[row], part[row]
        if stated is not None and value is not None:
            result.append(Computed(row, stated, value * by, whole * over))
    return result


_BUILDERS: Final[dict[str, Callable[[Numbers, Equation, Iterable[int]], list[Computed]]]] = {
    "equal": _linear,
    "sum": _linear,
    "difference": _linear,
    "multiple": _linear,
    "product": _product,
    "ratio": _ratio,
    "share": _share,
}


def count(numbers: Numbers, equation: Equation, *, leeway: bool = False) -> Count:
    """An equation on all rows, under the rounding that fits them best.

    Sums of printed numbers are exact. With ``leeway`` each number of them was rounded to its
    column's step before it was printed.
    """
    rows = computed(numbers, equation, range(numbers.rows))
    step = numbers.steps[numbers.place[equation.total]]
    if equation.kind in ("equal", "sum", "difference"):
        if leeway:
            slack = sum(numbers.steps[numbers.place[term.key]] for term in equation.terms)
            # Half a step for each term; the total's own half is added where it is compared.
            rows = [row._replace(below=row.below * 2, above=row.above * 2) for row in rows]
            rows = [row._replace(slack=slack * row.below // 2) for row in rows]
            answers = tuple(agrees(row, "half_up", step) for row in rows)
            rounded = Rounded(("half_up",), step, answers)
        else:
            answers = tuple(row.stated * row.below == row.above for row in rows)
            rounded = Rounded(("exact",), 0, answers)
    else:
        rounded = best_rounding(rows, step)
    return Count(equation, tuple(rows), rounded, _informative(rows), step, leeway)


def _informative(rows: Sequence[Computed]) -> tuple[int, ...]:
    places: dict[tuple[int, int, int], int] = {}
    for at, row in enumerate(rows):
        if row.stated and row.above:
            places.setdefault((row.stated, row.above, row.below), at)
    return tuple(places.values())


def is_no_chance(entry: Count, places: Sequence[int], hypotheses: int) -> bool:
    """Whether so many of those rows can't hold by chance, when so many equations were tried.

    Chance is how often a row's printed number agrees with what another row computes.
    """
    rows = [entry.rows[at] for at in places]
    successes = sum(entry.rounded.answers[at] for at in places)
    if successes < 3:
        return False
    mode, step = entry.rounded.modes[0], entry.rounded.step
    trials = matches = 0
    for shift in _shifts(len(rows)):
        for at, row in enumerate(rows):
            other = rows[(at + shift) % len(rows)]
            trials += 1
            matches += agrees(row._replace(stated=other.stated), mode, step)
    ways = comb(len(rows), successes) * hypotheses * _CERTAINTY
    chance: int = (matches + 1) ** successes
    certainty: int = (trials + 1) ** successes
    return chance * ways <= certainty


def _shifts(rows: int) -> range:
    """Some distances between two rows, spread over all of them."""
    return range(1, rows, max(1, (rows - 1) // _SHIFTS))
