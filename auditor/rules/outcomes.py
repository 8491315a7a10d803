"""How rules answered rows, as records.

They hold the figures that were looked at, each step of the formula, and what decided the answer.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from auditor.records.decimals import PlainDecimal
from auditor.records.figures import Record, State
from auditor.records.text import Text
from auditor.rules.findings import KpiReference, Outcome, SheetReference, department_of
from auditor.rules.rows import Cell

__all__ = [
    "DECISIONS",
    "Decision",
    "DecisionKind",
    "LookedAt",
    "OutcomeRows",
    "Range",
    "RowOutcome",
    "Step",
    "StepAnswer",
]

StepAnswer = Literal["yes", "may", "unknown", "no"]
Part = Literal["when", "formula", "rule"]
"""What a decision is about: the condition on which a rule looks at a row, its formula, or the rule
as a whole.
"""

DecisionKind = Literal[
    "blank",
    "not_number",
    "not_read",
    "unit",
    "all_blank",
    "no_row",
    "which_row",
    "rows",
    "agreed",
    "param",
    "division",
    "rounding",
    "column",
    "holds",
    "does_not_hold",
    "returned",
    "crashed",
    "form",
    "lacks",
    "other_book",
    "table",
    "unlike_units",
    "reading",
    "waived",
]
"""What decided an answer; ``docs/why.md`` says what each means."""
DECISIONS: Final[tuple[DecisionKind, ...]] = get_args(DecisionKind)


class Range(Record):
    """The values that a number may be, in the unit beside it; an end that is ``open`` is none of
    them.
    """

    low: PlainDecimal
    high: PlainDecimal
    low_open: bool = False
    high_open: bool = False


class LookedAt(Record):
    """A cell that a rule looks at. ``state`` tells what is blank from what could not be read, and
    ``word`` is that of a cell with words. ``range`` is what a rounded figure stands for.
    """

    cell: Cell
    state: State | Literal["word"]
    range: Range | None = None


class Step(Record):
    """One part of a formula: ``formula`` as it is written, ``figures`` the same with the printed
    figures in place.

    A number has a ``value`` in the ``unit`` or, where it may be several, a ``range``; where it is
    ``blank`` or ``unknown`` it is ``missing``. A comparison or condition has an ``answer``.
    ``made_of`` are the steps that it is made of, counted from 1.
    """

    part: Part
    formula: str
    figures: str = ""
    value: PlainDecimal | None = None
    range: Range | None = None
    unit: str = ""
    missing: Literal["blank", "unknown"] | None = None
    answer: StepAnswer | None = None
    made_of: tuple[int, ...] = ()


class Decision(Record):
    """One thing that decided an answer: what it is about, in which cells (of many the first few
    of ``size``), or which part of the formula, and a sentence on that.
    """

    kind: DecisionKind
    part: Part
    message: Text
    cells: tuple[Cell, ...] = ()
    size: int = 0
    formula: str = ""


class RowOutcome(Record):
    """How one rule answered one row, and why.

    ``figure`` is the one that a rule of each figure was judged on. ``values`` are the cells that
    the rule looks at, as printed; ``steps`` are the parts of its formulas, each behind those that
    it is made of. Where several things ``decided``, each of them did. ``finding`` is the id of the
    finding of a row that failed.
    """

    rule: str
    name: str
    outcome: Outcome
    document: str
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    year: str | None = None
    figure: str = ""
    values: tuple[LookedAt, ...] = ()
    steps: tuple[Step, ...] = ()
    decided: tuple[Decision, ...] = ()
    finding: str = ""

    @property
    def department(self) -> str:
        """The department whose row it is; empty where nobody knows it."""
        return department_of(self.sheet, self.kpi)


class OutcomeRows(Record):
    """The rows on which a rule had an outcome: the first of ``total``, each explained."""

    rule: str
    outcome: Outcome
    total: int
    rows: tuple[RowOutcome, ...]
