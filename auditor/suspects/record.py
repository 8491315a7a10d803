"""A record as the search sees it: numbered cells, the rules on them, and what explains a fault.

Whatever the record is (plain names, a sheet, a KPI), its rules are read from traces, the exact
judge is asked about rows with corrected cells, and suspects come out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, Generic, NamedTuple, TypeVar

from auditor.formula.trace import Trace
from auditor.formula.values import Judge, Row
from auditor.records.figures import Answer
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.algebra import quotients
from auditor.suspects.beliefs import Context, size
from auditor.suspects.blocks import Component
from auditor.suspects.candidates import Candidate
from auditor.suspects.conditions import Condition, Constraint, equation_of
from auditor.suspects.equations import NamedCells, constraints
from auditor.suspects.expressions import ALL, Span, Variable, bits, connected, mask_of, union
from auditor.suspects.habits import Habits, habits_of
from auditor.suspects.layout import Layout
from auditor.suspects.problem import Point, Problem
from auditor.suspects.slips import slip

__all__ = ["Record", "RowJudge", "Rules", "Signs"]

R = TypeVar("R", bound=Row)
ALONE: Final = 4.0
"""How much likelier a blank part of a sum lacks a figure where the record has no other years: such
rows are seldom computed, so that what is not entered shows."""
THOUSAND: Final = 1000


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

    def passes(self, row: Row, emptied: int = 0) -> bool:
        """Whether a corrected row passes, or has no answer where the printed one has none. Where
        cells that the rule looks at (a mask) are emptied, it need not have one.
        """
        if self.when is not None and self.when(row) is not Answer.YES:
            return True
        answer = self.formula(row)
        if answer is Answer.UNKNOWN:
            return not self.answered or bool(self.cells & emptied)
        return answer >= Answer.MAY


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
        mask = union(constraint.cells for constraint in added)
        self.judges.append(RowJudge(name, formula.row, judge, applies, answered, mask))
        self.constraints.extend(added)

    def copy(self) -> Rules[R]:
        """The same rules on the same cells, to add others to."""
        return Rules(self.cells, self.fixed, [*self.constraints], [*self.judges])

    @cached_property
    def variables(self) -> Sequence[Variable]:
        return self.cells.variables

    @cached_property
    def names(self) -> list[str]:
        """The names of the rules, by number."""
        return [judge.name for judge in self.judges]

    @cached_property
    def weights(self) -> list[float]:
        return [variable.weight for variable in self.variables]

    @cached_property
    def tenths(self) -> int:
        """The cells (a mask) that count in tenths."""
        return mask_of(
            at for at, variable in enumerate(self.variables) if variable.grid.denominator == 10
        )

    @cached_property
    def coarse(self) -> dict[int, int]:
        """How many steps what a cell is rounded to is, of those that are printed finer."""
        return {
            at: int(variable.width / variable.grid)
            for at, variable in enumerate(self.variables)
            if variable.rounding != "exact" and variable.width > variable.grid
        }

    @cached_property
    def agreed(self) -> int:
        """The cells (a mask) that stand for what a book agrees on."""
        return mask_of(at for at, variable in enumerate(self.variables) if variable.agreed)

    @cached_property
    def components(self) -> list[Component]:
        """The constraints in groups that share no cell that may change."""
        groups = connected(self.constraints, lambda constraint: constraint.cells & ~self.fixed)
        return [tuple(sorted(group, key=lambda constraint: constraint.rule)) for group in groups]

    @cached_property
    def derived(self) -> int:
        """The cells (a mask) that rules compute from others."""
        derived = (constraint.derived for constraint in self.constraints)
        return mask_of(at for at in derived if at is not None)

    @cached_property
    def sums(self) -> dict[int, tuple[int, ...]]:
        """The cells that rules compute as the sum of others, with these."""
        sums: dict[int, tuple[int, ...]] = {}
        for constraint in self.constraints:
            if constraint.derived is not None and _is_sum(constraint.condition):
                others = tuple(at for at in bits(constraint.cells) if at != constraint.derived)
                if len(others) > 1:
                    sums[constraint.derived] = others
        return sums

    def percentages(self, units: Sequence[str]) -> int:
        """The cells (a mask) that are computed as a quotient of two figures of one unit, and have
        another: shares, in per cent or not. ``units`` are those of the cells.
        """
        mask = 0
        for constraint in self.constraints:
            at, equation = constraint.derived, equation_of(constraint.condition)
            if at is None or equation is None:
                continue
            for quotient in quotients(equation.expression):
                above, below = (
                    {units[cell] for cell in bits(side.cells)}
                    for side in (quotient.left, quotient.right)
                )
                if len(above) == 1 and above == below and units[at] not in above:
                    mask |= 1 << at
        return mask


class Signs(NamedTuple):
    """Cells (masks) that may well be negative, that can't be, and that seldom are: nothing says
    that they may be.
    """

    negative: int = 0
    barred: int = 0
    positive: int = 0


UNSIGNED: Final = Signs()
"""Nothing is said of any sign."""


class Record(ABC, Generic[R]):
    """A record with its rules and figures. ``missing`` are cells (a mask) that have no value and
    may take any, ``signs`` says which may be negative.
    """

    layout: Layout
    rules: Rules[R]

    def __init__(
        self,
        rules: Rules[R],
        steps: Sequence[int | None],
        layout: Layout,
        *,
        missing: int = 0,
        signs: Signs = UNSIGNED,
        computed: int = 0,
        in_sums: int = 0,
        percentages: int = 0,
        results: Mapping[int, Mapping[int, str]] | None = None,
    ) -> None:
        self.rules, self.layout = rules, layout
        negative = signs.negative
        for at, step in enumerate(steps):
            if step is not None and step < 0:
                negative |= 1 << at
        self.context: Context = Context(
            steps,
            rules.weights,
            layout.rows,
            layout.years,
            rules.sums,
            rules.derived,
            negative,
            computed,
            results or {},
            self._lacking,
            rules.tenths,
            in_sums,
            percentages,
            signs.barred,
            signs.positive,
            rules.coarse,
        )
        self.problem: Problem = Problem(
            rules.variables,
            steps,
            rules.constraints,
            missing,
            rules.fixed,
            self.accepts,
            self.context.guesses,
        )

    @abstractmethod
    def corrected(self, point: Point) -> Callable[[R], Row]:
        """Shows a row as it is with these cells (in steps) corrected. What the rest of the book
        agrees on stays as it is.
        """

    @abstractmethod
    def cell(
        self, at: int, step: int | None, span: Span, code: str, unknown: bool = False
    ) -> SuspectCell:
        """A cell to correct: its figure, what it should say (nothing, for None), what is left of
        it, and the slip. Nothing is said of what it should say where that is ``unknown``.
        """

    @cached_property
    def habits(self) -> Habits:
        """What is known of blank cells; here, what the record's own columns show."""
        columns = [
            {name: self.context.steps[at] for name, at in column.items()}
            for column in self.layout.columns.values()
        ]
        return habits_of([columns])

    @cached_property
    def _fields(self) -> dict[int, str]:
        """The field of each cell that stands in a column."""
        fields: dict[int, str] = {}
        for column in self.layout.columns.values():
            fields |= {at: name for name, at in column.items()}
        return fields

    def _lacking(self, at: int, true: int) -> float:
        """How much more a blank cell is believed to lack this figure than others."""
        name, steps = self._fields.get(at), self.context.steps
        if not self.layout.columns:
            return self._lacking_alone(at, true)
        if name is None:
            return 1.0
        others = [steps[other] for other in self.layout.years.get(at, ())]
        lacking = self.habits.of_blank(name, true, others)
        # Of a sum without any part, one has to be missing.
        parts = next((parts for parts in self.rules.sums.values() if at in parts), ())
        return lacking if any(steps[part] for part in parts) else max(1.0, lacking)

    def _lacking_alone(self, at: int, true: int) -> float:
        """The same in a record without years, where only the figures of its sum tell."""
        steps = self.context.steps
        for total, parts in self.rules.sums.items():
            if at in parts and true > 1:
                figures = [step for other in (total, *parts) if (step := steps[other])]
                return ALONE * _as_round(true, figures)
        return 1.0

    def accepts(self, point: Point, rules: Collection[int]) -> bool:
        """The exact judge on a corrected record. Rules on what is doubted of the book are not
        asked.
        """
        changed = mask_of(point)
        emptied = mask_of(at for at, step in point.items() if step is None)
        doubted = changed & self.rules.agreed
        judges, row_of = self.rules.judges, self.corrected(point)
        for rule in rules:
            judge = judges[rule]
            concerns = judge.cells & changed and not judge.cells & doubted
            if concerns and not judge.passes(row_of(judge.row), emptied):
                return False
        return True

    def breaks(self, component: Component) -> bool:
        """Whether the record as printed breaks these rules, or lacks a value of theirs."""
        missing = self.problem.missing
        return any(
            constraint.cells & missing or self.problem.breaks(constraint)
            for constraint in component
        )

    def holds_rule(self, component: Component, about: tuple[str, int]) -> bool:
        """Whether a rule on a row is in a component."""
        judges = (self.rules.judges[constraint.rule] for constraint in component)
        return any((judge.name, id(judge.row)) == about for judge in judges)

    def suspect(self, candidate: Candidate, share: Decimal) -> Suspect:
        """An explanation as a suspect: the cells to correct, and the missing ones that follow."""
        point, domains = candidate.point, candidate.domains
        cells = [
            self.cell(at, point[at], domains.get(at, ALL), code, bool(candidate.unknown >> at & 1))
            for at, code in candidate.slips
        ]
        if missing := self.problem.missing:
            for at, span in sorted(domains.items()):
                if missing >> at & 1 and span != ALL:
                    cells.append(self.cell(at, point[at], span, "missing"))
        return Suspect(tuple(cells), slip(candidate.slip), share)


def _as_round(true: int, figures: Sequence[int]) -> float:
    """How much likelier a figure is because it ends in as many noughts as those beside it."""
    power = 1
    while all(figure % (power * 10) == 0 for figure in (true, *figures)):
        power *= 10
    if power < THOUSAND or len(figures) < 2:
        return 1.0
    return max(1.0, size(true) / (true / power + 1))


def _is_sum(condition: Condition) -> bool:
    """Whether a condition says that one cell is the sum of others."""
    equation = equation_of(condition)
    if equation is None or equation.held or equation.affine is None:
        return False
    return all(abs(term.factor) == 1 for term in equation.affine.terms)
