"""Slips of blocks: several figures that went wrong by one slip.

Each is a finite number of hypotheses, and counts where the exact judge passes the record that is
corrected by it: two figures, columns or rows exchanged, a value one row off, a column in another
unit, a column that repeats another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations, pairwise
from typing import Final, NamedTuple

from auditor.suspects.beliefs import Context
from auditor.suspects.candidates import Candidate, exchange_belief
from auditor.suspects.conditions import Constraint, equation_of, is_equation
from auditor.suspects.expressions import ALL, Domains, Span, bits, mask_of, union
from auditor.suspects.layout import Layout
from auditor.suspects.problem import Budget, Correction, Figures, Point, Problem
from auditor.suspects.settling import Settling
from auditor.suspects.slips import ARBITRARY, CHANCES, ODDS

__all__ = ["Block", "Blocks"]

Component = tuple[Constraint, ...]
THOUSAND: Final = 1000
REPEATED: Final[Mapping[str, float]] = {"column-copied": 0.05, "sheet-copied": 0.002}
"""The chance that two columns of a sheet, or of two sheets, rightly print the same figures."""
ROUNDNESS: Final = 1000.0
"""Noughts at the end of all figures make another unit at most so much likelier."""
SELDOM: Final = 0.05
"""Figures that follow from wrong ones no more often are not corrected with a block."""
LEAST: Final = 2
"""So many figures of a block have to change, else it is no block."""


class Block(NamedTuple):
    """An explanation that settles some broken components (by number) together."""

    candidate: Candidate
    settles: frozenset[int]


class _Hypothesis(NamedTuple):
    """What the figures should say; ``followers`` are the cells (a mask) that were computed from
    the others.
    """

    point: Point
    slip: str
    belief: float
    followers: int = 0


@dataclass
class Blocks:
    """The slips of blocks in a record of which some components are broken."""

    problem: Problem
    context: Context
    layout: Layout
    broken: Sequence[Component]
    sums: Mapping[int, Sequence[int]]
    names: Sequence[str]
    """The names of the rules, by number: a rule of several columns has one for all."""
    more: bool = False
    """Whether other contradictions are known than those of these rules."""

    def settling(self, budget: Budget) -> list[Block]:
        """Those that settle a broken component."""
        blocks: list[Block] = []
        for hypothesis in self._hypotheses():
            if not self._touched(hypothesis.point):
                continue
            followed = self._followed(hypothesis)
            settles = self._settles(followed.point)
            if settles and self._judged(followed.point):
                blocks.append(Block(_candidate(followed), settles))
        blocks += self._repeated(budget)
        return blocks

    # --- what a hypothesis settles

    @cached_property
    def _violated(self) -> list[list[Constraint]]:
        """The violated constraints of each broken component."""
        return [list(filter(self.problem.breaks, component)) for component in self.broken]

    def _touched(self, point: Point) -> frozenset[int]:
        """The broken components that a correction settles as far as what they break goes; none
        where it leaves one half settled.
        """
        mask = mask_of(point)
        met = self._met(point)
        settles: set[int] = set()
        for number, violated in enumerate(self._violated):
            touched = [constraint for constraint in violated if constraint.cells & mask]
            if not touched:
                continue
            if len(touched) < len(violated) or not all(map(met, touched)):
                return frozenset()
            settles.add(number)
        return frozenset(settles)

    def _met(self, point: Point) -> Callable[[Constraint], bool]:
        emptied = mask_of(at for at, step in point.items() if step is None)
        record = self.problem.corrected(point)

        def met(constraint: Constraint) -> bool:
            # Whether a rule on emptied cells has an answer is for the judge to say.
            return bool(constraint.cells & emptied) or constraint.condition.holds(record)

        return met

    @cached_property
    def _computing(self) -> list[tuple[int, Constraint]]:
        """The constraints that the printed figures meet and that say what a cell was computed
        from, with that cell.
        """
        closed = self.problem.fixed | self.problem.missing
        return [
            (constraint.derived, constraint)
            for constraint in self.problem.constraints
            if constraint.derived is not None
            and not closed >> constraint.derived & 1
            and self.problem.variables[constraint.derived].follows > SELDOM
            and not self.problem.breaks(constraint)
        ]

    def _followed(self, hypothesis: _Hypothesis) -> _Hypothesis:
        """A hypothesis with what was computed from its figures, where a rule leaves one value."""
        growing = True
        while growing:
            growing = False
            mask = mask_of(hypothesis.point)
            for derived, constraint in self._computing:
                if mask >> derived & 1 or not constraint.cells & mask:
                    continue
                record = self.problem.corrected(hypothesis.point)
                if constraint.condition.holds(record):
                    continue
                domains: Domains = {derived: ALL}
                if constraint.condition.narrow(record, domains) and _is_exact(domains[derived]):
                    hypothesis = _Hypothesis(
                        {**hypothesis.point, derived: domains[derived][0]},
                        hypothesis.slip,
                        hypothesis.belief * self.problem.variables[derived].follows,
                        hypothesis.followers | 1 << derived,
                    )
                    growing = True
                    break
        return hypothesis

    def _settles(self, point: Point) -> frozenset[int]:
        """The broken components that a correction settles; none where it leaves one half settled,
        or breaks another rule.
        """
        settles = self._touched(point)
        settled = list(chain.from_iterable(self._violated[number] for number in settles))
        if not self._tells_of_several(settled):
            return frozenset()
        mask = mask_of(point)
        touching = list(filter(lambda each: each.cells & mask, self.problem.constraints))
        if not all(map(self._met(point), touching)):
            return frozenset()
        # Emptied cells settle a rule only where they were the figures of another column.
        emptied = mask_of(at for at, step in point.items() if step is None)
        record = self.problem.corrected(point)
        answered = {self.names[each.rule] for each in touching if _is_met(each, emptied, record)}
        vanished = {self.names[each.rule] for each in settled if not _is_met(each, emptied, record)}
        return settles if vanished <= answered else frozenset()

    def _tells_of_several(self, settled: Sequence[Constraint]) -> bool:
        """Whether broken rules tell of several wrong figures: a figure that only has to be
        smaller tells nothing of an exchange. Bounds that no single figure can meet do.
        """
        if any(is_equation(constraint.condition) for constraint in settled):
            return True
        for at in set(self._open).intersection(*(bits(each.cells) for each in settled)):
            domains: Domains = {at: ALL}
            if all(each.condition.narrow(self.problem, domains) for each in settled):
                return False
        return len(settled) > 1

    def _judged(self, point: Point) -> bool:
        """Whether the judge passes a correction by all rules: it asks those that it concerns."""
        return self.problem.accepts(point, {each.rule for each in self.problem.constraints})

    # --- hypotheses

    def _hypotheses(self) -> Iterator[_Hypothesis]:
        tried: set[tuple[int, int]] = set()
        for violated in self._violated:
            if violated:
                yield from self._exchanges(violated, tried)
        if not self._within_one_column:
            yield from self._columns_exchanged()
            yield from self._rows_exchanged()
        yield from self._other_unit()

    @cached_property
    def _within_one_column(self) -> bool:
        """Whether a single rule on figures of one column is broken: no block of several figures
        is needed, or would settle it.
        """
        violated = list(chain.from_iterable(self._violated))
        if self.more or len(violated) != 1:
            return False
        cells = violated[0].cells & ~self.problem.fixed
        columns = (mask_of(at for at in fields.values()) for fields in self.layout.columns.values())
        return any(cells & ~column == 0 for column in columns)

    @cached_property
    def _open(self) -> list[int]:
        """The cells that may change."""
        closed = self.problem.fixed | self.problem.missing
        return [
            at
            for at, variable in enumerate(self.problem.variables)
            if not closed >> at & 1 and not variable.agreed
        ]

    @cached_property
    def _by_value(self) -> tuple[list[int], list[int]]:
        """The cells that may change in the order of their figures, with the figures."""
        steps = self.problem.steps
        cells = sorted(self._open, key=lambda at: steps[at] or 0)
        return cells, [steps[at] or 0 for at in cells]

    def _exchanges(
        self, violated: Sequence[Constraint], tried: set[tuple[int, int]]
    ) -> Iterator[_Hypothesis]:
        """Two figures exchanged, or one that stands in a cell that should be blank."""
        pivot = min(violated, key=_pivot)
        open_cells = set(self._open)
        cells = [at for at in bits(pivot.cells) if at in open_cells]
        if equation_of(pivot.condition) is None:
            # Bounds in a row say most together.
            every = union(constraint.cells for constraint in violated)
            cells = [at for at in bits(every) if at in open_cells]
        for a, b in (*combinations(cells, 2), *self._outside(pivot, cells)):
            first, second = self.problem.steps[a], self.problem.steps[b]
            pair = (min(a, b), max(a, b))
            if (first or 0) == (second or 0) or pair in tried:
                continue
            tried.add(pair)
            if self._may_change_places(a, b):
                yield self._exchange(a, b, first, second)

    def _may_change_places(self, a: int, b: int) -> bool:
        """Whether two figures count alike. A blank cell takes only what stands beside it, and no
        result of others: where that is blank, nothing is contradicted any more.
        """
        if self.problem.variables[a].grid != self.problem.variables[b].grid:
            return False
        if None not in (self.problem.steps[a], self.problem.steps[b]):
            return True
        is_result = self.context.derived >> a & 1 or self.context.derived >> b & 1
        return not is_result and b in self.layout.rows.get(a, ())

    def _exchange(self, a: int, b: int, first: int | None, second: int | None) -> _Hypothesis:
        beside = self.layout.rows.get(a, ())
        if (not first or not second) and b in beside:
            odds = max(self.context.odds(a), self.context.odds(b))
            belief = odds * CHANCES["one-row-off"] / len(beside)
            return _Hypothesis({a: second, b: first}, "one-row-off", belief)
        belief = exchange_belief(a, b, self.context)
        return _Hypothesis({a: second, b: first}, "cells-swapped", belief)

    def _outside(self, pivot: Constraint, cells: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Pairs of a cell of an equation and another that has the figure that it needs."""
        equation = equation_of(pivot.condition)
        if equation is None:
            return
        places, figures = self._by_value
        for at in cells:
            domains: Domains = {at: ALL}
            if not equation.narrow(self.problem, domains):
                continue
            lo, hi = domains[at]
            if lo is None or hi is None:
                continue
            start = bisect_left(figures, lo)
            while start < len(figures) and figures[start] <= hi:
                if not pivot.cells >> places[start] & 1:
                    yield at, places[start]
                start += 1

    def _columns_exchanged(self) -> Iterator[_Hypothesis]:
        """Two columns exchanged, or only their parts of sums."""
        parts = set(chain.from_iterable(self.sums.values()))
        pairs = list(combinations(self.layout.columns.values(), 2))
        for left, right in pairs:
            both = [(left[field], right[field]) for field in left if field in right]
            sources = [pair for pair in both if pair[0] in parts]
            totals = [pair for pair in both if pair[0] in parts or pair[0] in self.sums]
            for several in _distinct((both, sources, totals)):
                yield from self._several_exchanged(several, "columns-exchanged", 3 * len(pairs))

    def _rows_exchanged(self) -> Iterator[_Hypothesis]:
        """Two rows beside each other exchanged in all columns."""
        columns = list(self.layout.columns.values())
        fields = list(columns[0]) if columns else []
        for upper, lower in pairwise(fields):
            several = [
                (column[upper], column[lower])
                for column in columns
                if upper in column and lower in column
            ]
            yield from self._several_exchanged(several, "rows-exchanged", len(fields))

    def _several_exchanged(
        self, several: Sequence[tuple[int, int]], slip: str, ways: int
    ) -> Iterator[_Hypothesis]:
        steps, open_cells = self.problem.steps, set(self._open)
        pairs = [(a, b) for a, b in several if (steps[a] or 0) != (steps[b] or 0)]
        if len(pairs) < LEAST or any(a not in open_cells or b not in open_cells for a, b in pairs):
            return
        point: dict[int, int | None] = {}
        for a, b in pairs:
            point |= {a: steps[b], b: steps[a]}
        yield _Hypothesis(point, slip, ODDS * CHANCES[slip] / ways)

    def _other_unit(self) -> Iterator[_Hypothesis]:
        """A column whose amounts are all printed in another unit: all figures in the unit of its
        sums, or the sums and their parts alone.
        """
        variables, printed = self.problem.variables, self.problem.steps
        summed = set(self.sums).union(*self.sums.values())
        columns = self.layout.columns.values()
        belief = ODDS * CHANCES["column-unit"] / (2 * max(1, len(columns)))
        for column in columns:
            of_sums = [at for at in column.values() if at in summed]
            grids = {variables[at].grid for at in of_sums}
            alike = [at for at in column.values() if variables[at].grid in grids]
            several = [alike] if alike == of_sums else [alike, of_sums]
            for cells in several:
                steps = {at: step for at in cells if (step := printed[at])}
                if len(steps) < LEAST:
                    continue
                larger = {at: step * THOUSAND for at, step in steps.items()}
                yield _Hypothesis(larger, "column-unit", belief)
                if all(step % THOUSAND == 0 for step in steps.values()):
                    smaller = {at: step // THOUSAND for at, step in steps.items()}
                    rounded = self._roundness(column, smaller)
                    yield _Hypothesis(smaller, "column-unit", belief * rounded)

    def _roundness(self, column: Mapping[str, int], true: Mapping[int, int]) -> float:
        """How much the noughts at the end of a column's figures speak for the smaller unit: much
        where they are many and other columns have none.
        """
        printed = self.problem.steps
        for other in self.layout.columns.values():
            if other is not column:
                names = [name for name, at in column.items() if at in true]
                beside = [printed[other[name]] for name in names if name in other]
                if any(beside) and not any((step or 0) % THOUSAND for step in beside):
                    return 1.0
        factor = 1.0
        for at, step in true.items():
            factor *= max(1.0, self.context.prior(at, step))
        return min(factor, ROUNDNESS)

    def _repeated(self, budget: Budget) -> Iterator[Block]:
        """A column that repeats another, of this record or of one beside it: its true figures are
        unknown, but for what the rules leave of them.
        """
        for key in self.layout.copied:
            column = list(self.layout.columns[key].values())
            yield from self._freed(column, "sheet-copied", budget)
        if self._within_one_column:
            return
        yield from self._rows_repeated(budget)
        steps = self.problem.steps
        for left, right in combinations(self.layout.columns.values(), 2):
            both = [(left[field], right[field]) for field in left if field in right]
            alike = all(steps[a] == steps[b] for a, b in both)
            if alike and sum(bool(steps[a]) for a, _ in both) > LEAST:
                for side in (0, 1):
                    column = [pair[side] for pair in both]
                    yield from self._freed(column, "column-copied", budget)

    def _rows_repeated(self, budget: Budget) -> Iterator[Block]:
        """A row that repeats the one beside it in every column: what it should say is known where
        the rules leave one value.
        """
        columns = list(self.layout.columns.values())
        fields = list(columns[0]) if columns else []
        steps = self.problem.steps
        for names in pairwise(fields):
            both = [
                (column[names[0]], column[names[1]])
                for column in columns
                if names[0] in column and names[1] in column
            ]
            if any(steps[a] != steps[b] for a, b in both):
                continue
            filled = [pair for pair in both if steps[pair[0]]]
            if len(filled) < LEAST:
                continue
            for side in (0, 1):
                row = [pair[side] for pair in filled]
                if any(self.context.computed >> at & 1 for at in row):
                    continue
                for block in self._freed(row, "row-copied", budget):
                    belief = self._row_belief(block.candidate, 2 * len(fields))
                    if belief:
                        yield block._replace(candidate=replace(block.candidate, belief=belief))

    def _row_belief(self, candidate: Candidate, ways: int) -> float:
        """The belief in a row that was copied; none where fewer of its figures have to change
        than make a block.
        """
        belief = min(self.context.odds(at) for at in candidate.point) * CHANCES["row-copied"] / ways
        changed = 0
        for at, step in candidate.point.items():
            if step is not None and not candidate.unknown >> at & 1:
                belief *= min(1.0, self.context.prior(at, step))
                changed += step != self.problem.steps[at]
        return belief if changed >= LEAST else 0.0

    def _freed(self, column: Sequence[int], slip: str, budget: Budget) -> Iterator[Block]:
        """A column of which each cell may say anything, where that settles what is broken."""
        if not set(self._open).issuperset(column):
            return
        mask = mask_of(column)
        settles: set[int] = set()
        for number, violated in enumerate(self._violated):
            touched = sum(bool(constraint.cells & mask) for constraint in violated)
            if touched == len(violated):
                settles.add(number)
            elif touched:
                return
        if not settles:
            return
        touching = list(filter(lambda each: each.cells & mask, self.problem.constraints))
        answer = Settling(self.problem, touching, budget).examine(mask, mask)
        if isinstance(answer, Correction):
            yield Block(self._copy(column, slip, answer), frozenset(settles))

    def _copy(self, column: Sequence[int], slip: str, correction: Correction) -> Candidate:
        """A column that was copied: blank cells belong to it where they have to be filled in."""
        domains, point = correction.domains, correction.point
        exact = [at for at in column if _is_exact(domains[at])]
        printed = self.problem.steps
        cells = [at for at in column if printed[at] is not None or (at in exact and point[at])]
        true = min((abs(point[at]) for at in exact), default=1)
        belief = ODDS * CHANCES[slip] / REPEATED.get(slip, 1.0) * ARBITRARY / (true + 1)
        unknown = mask_of(at for at in cells if at not in exact)
        return Candidate(
            tuple((at, slip) for at in cells),
            slip,
            {at: point[at] for at in cells},
            {at: domains[at] for at in cells},
            belief,
            unknown=unknown,
        )


def _is_met(constraint: Constraint, emptied: int, record: Figures) -> bool:
    """Whether the figures meet a constraint, and it does not only no longer apply to them."""
    if not constraint.cells & emptied:
        return constraint.condition.holds(record)
    equation = equation_of(constraint.condition)
    return equation is not None and equation.holds(record)


def _is_exact(span: Span) -> bool:
    return span[0] is not None and span[0] == span[1]


def _pivot(constraint: Constraint) -> tuple[bool, int]:
    """Equations of few cells say most of what is exchanged."""
    return equation_of(constraint.condition) is None, constraint.cells.bit_count()


def _distinct(several: Iterable[list[tuple[int, int]]]) -> Iterator[list[tuple[int, int]]]:
    tried: list[list[tuple[int, int]]] = []
    for pairs in several:
        if pairs and pairs not in tried:
            tried.append(pairs)
            yield pairs


def _candidate(hypothesis: _Hypothesis) -> Candidate:
    point, slip, belief, followers = hypothesis
    domains: Domains = {at: (step, step) for at, step in point.items()}
    first = sorted(point, key=lambda at: (followers >> at & 1, at))
    slips = tuple((at, "computed-from-wrong" if followers >> at & 1 else slip) for at in first)
    return Candidate(slips, slip, point, domains, belief)
