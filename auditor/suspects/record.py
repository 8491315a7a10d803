"""A record as the search sees it: numbered cells, the rules on them, and what explains a fault.

Whatever the record is (plain names, a sheet, a KPI), its rules are read from traces, the exact
judge is asked about rows with corrected cells, and suspects come out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, Literal, NamedTuple, TypeVar

from auditor.formula.trace import Trace
from auditor.formula.values import Judge, Row
from auditor.records.figures import Answer
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.conditions import Constraint
from auditor.suspects.equations import NamedCells, constraints
from auditor.suspects.expressions import Span, Variable, bits, connected
from auditor.suspects.ranking import Candidate, candidates, combined
from auditor.suspects.search import Budget, Problem, contradictory
from auditor.suspects.slips import Context, slip

__all__ = ["Component", "Explained", "Neighbours", "Record", "RowJudge", "Rules", "series"]

R = TypeVar("R", bound=Row)
Component = tuple[Constraint, ...]
"""Constraints that share cells."""


class RowJudge(NamedTuple, Generic[R]):
    """A rule as the exact judge answers it for a corrected row.

    ``answered`` is whether the row as printed has an answer, ``cells`` (a mask) what the rule
    looks at.
    """

    name: str
    row: R
    formula: Judge
    when: Judge | None
    answered: bool
    cells: int

    def passes(self, row: Row) -> bool:
        if self.when is not None and self.when(row) is not Answer.YES:
            return True
        answer = self.formula(row)
        return answer >= Answer.MAY or (answer is Answer.UNKNOWN and not self.answered)


@dataclass
class Rules(Generic[R]):
    """The rules on a record's cells, as constraints and for the judge. Records that differ in
    their figures alone share them. ``fixed`` are cells (a mask) that are right.
    """

    cells: NamedCells[R]
    fixed: int = 0
    constraints: list[Constraint] = field(default_factory=list[Constraint])
    judges: list[RowJudge[R]] = field(default_factory=list[RowJudge[R]])

    def add(
        self,
        name: str,
        formula: Trace[R],
        judge: Judge,
        when: Trace[R] | None = None,
        applies: Judge | None = None,
        *,
        answered: bool = True,
    ) -> None:
        """Add a rule on a row: the traces of its formula and its ``when``, with the judges of
        both. Raises Unusable.
        """
        number = len(self.judges)
        added = constraints(formula, self.cells, number, when=when, answered=answered)
        mask = 0
        for constraint in added:
            mask |= constraint.cells
        self.judges.append(RowJudge(name, formula.row, judge, applies, answered, mask))
        self.constraints.extend(added)

    def copy(self) -> Rules[R]:
        """The same rules on the same cells, to add others to."""
        return Rules(self.cells, self.fixed, [*self.constraints], [*self.judges])

    @cached_property
    def variables(self) -> Sequence[Variable]:
        return self.cells.variables

    @cached_property
    def weights(self) -> list[float]:
        return [variable.weight for variable in self.variables]

    @cached_property
    def agreed(self) -> int:
        """The cells (a mask) that stand for what a book agrees on."""
        return sum(1 << at for at, variable in enumerate(self.variables) if variable.agreed)

    @cached_property
    def components(self) -> list[Component]:
        """The constraints in groups that share no cell that may change."""
        groups = connected(self.constraints, lambda constraint: constraint.cells & ~self.fixed)
        return [tuple(sorted(group, key=lambda constraint: constraint.rule)) for group in groups]

    @cached_property
    def derived(self) -> int:
        """The cells (a mask) that rules compute from others."""
        mask = 0
        for constraint in self.constraints:
            if constraint.derived is not None:
                mask |= 1 << constraint.derived
        return mask

    @cached_property
    def parts(self) -> dict[int, tuple[int, ...]]:
        """The cells from which rules compute one: its parts, where it is a sum."""
        parts: dict[int, tuple[int, ...]] = {}
        for constraint in self.constraints:
            if constraint.derived is not None:
                others = tuple(at for at in bits(constraint.cells) if at != constraint.derived)
                if len(others) > 1:
                    parts[constraint.derived] = others
        return parts


class Neighbours(NamedTuple):
    """The cells beside each cell, and its own of other years."""

    rows: Mapping[int, tuple[int, ...]]
    years: Mapping[int, tuple[int, ...]]


def series(groups: Collection[Sequence[int]]) -> dict[int, tuple[int, ...]]:
    """For each cell of a group, the others of the group; none for a group of one cell."""
    others: dict[int, tuple[int, ...]] = {}
    for group in groups:
        if len(group) > 1:
            others |= {at: tuple(other for other in group if other != at) for at in group}
    return others


class Explained(NamedTuple):
    """What explains the fault of a component, the most believed first, and whether all that may
    explain it was looked at; or the reason why nothing was found.
    """

    candidates: Sequence[Candidate]
    complete: bool
    reason: Literal["infeasible", "undecided"] | None = None


class Record(ABC, Generic[R]):
    """A record with its rules and figures. ``missing`` are cells (a mask) that have no value and
    may take any, ``negative`` those that may well be negative.
    """

    def __init__(
        self,
        rules: Rules[R],
        steps: Sequence[int | None],
        neighbours: Neighbours,
        *,
        missing: int = 0,
        negative: int = 0,
    ) -> None:
        self.rules = rules
        for at, step in enumerate(steps):
            if step is not None and step < 0:
                negative |= 1 << at
        self.context = Context(
            steps,
            rules.weights,
            neighbours.rows,
            neighbours.years,
            rules.parts,
            rules.derived,
            negative,
        )
        self.problem = Problem(
            rules.variables,
            steps,
            rules.constraints,
            missing,
            rules.fixed,
            self.accepts,
            self.context.guesses,
        )

    @abstractmethod
    def corrected(self, point: Mapping[int, int]) -> Callable[[R], Row]:
        """Shows a row as it is with these cells (in steps) corrected. What the rest of the book
        agrees on stays as it is.
        """

    @abstractmethod
    def cell(self, at: int, step: int, span: Span, code: str) -> SuspectCell:
        """A cell to correct: its figure, what is left of it, and the slip."""

    def accepts(self, point: Mapping[int, int], rules: Collection[int]) -> bool:
        """The exact judge on a corrected record. Rules on what is doubted of the book are not
        asked.
        """
        changed = 0
        for at in point:
            changed |= 1 << at
        doubted = changed & self.rules.agreed
        judges, row_of = self.rules.judges, self.corrected(point)
        for rule in rules:
            judge = judges[rule]
            concerns = judge.cells & changed and not judge.cells & doubted
            if concerns and not judge.passes(row_of(judge.row)):
                return False
        return True

    def breaks(self, component: Component) -> bool:
        """Whether the record as printed breaks these rules, or lacks a value of theirs."""
        missing = self.problem.missing
        return any(
            constraint.cells & missing or not constraint.condition.holds(self.problem)
            for constraint in component
        )

    def explain(self, component: Component, budget: Budget) -> Explained:
        """What explains why a component of the rules does not hold."""
        ranking = candidates(self.problem, component, self.context, budget)
        if ranking.candidates:
            return Explained(ranking.candidates, ranking.complete)
        proof = ranking.complete or contradictory(self.problem, component)
        return Explained((), ranking.complete, "infeasible" if proof else "undecided")

    def suspects(self, parts: Sequence[Sequence[Candidate]], limit: int) -> list[Suspect]:
        """The likeliest suspects, with one candidate for each part, and their shares."""
        return [
            Suspect(self.corrections(candidate), slip(candidate.slip), share)
            for candidate, share in combined(parts, limit)
        ]

    def corrections(self, candidate: Candidate) -> tuple[SuspectCell, ...]:
        """The cells to correct, and the missing ones that follow."""
        point, domains = candidate.point, candidate.domains
        cells = [
            self.cell(at, point[at], domains.get(at, (None, None)), code)
            for at, code in candidate.slips
        ]
        if missing := self.problem.missing:
            for at, span in sorted(domains.items()):
                if missing >> at & 1 and span != (None, None):
                    cells.append(self.cell(at, point[at], span, "missing"))
        return tuple(cells)
