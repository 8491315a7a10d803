"""What a relation between columns is: its equation, how often it holds, and what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from auditor.records.figures import Rounding
from auditor.records.text import Text

__all__ = ["Equation", "EquationKind", "Relation", "Strength", "Term"]

EquationKind = Literal["equal", "sum", "difference", "multiple", "product", "ratio", "share"]
"""``equal``: t = a. ``sum``: t = a + b. ``difference``: t = a - b. ``multiple``: t = k × a.
``product``: t = k × a × b. ``ratio``: t = k × (a - b) ÷ c. ``share``: t = k × a ÷ the sum of a
over all records.
"""
Strength = Literal["certain", "proposed", "question"]
"""``certain``: a label says it and the numbers agree. ``proposed``: enough rows say it alone.
``question``: too few rows say it, or a label says it and the numbers do not agree.
"""


@dataclass(frozen=True, slots=True)
class Term:
    """A column in an equation, with its sign (1 or -1)."""

    key: str
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Equation:
    """``total`` = ``factor`` × ``terms`` ÷ ``divisor``, all in printed units.

    Terms are added with their signs; those of a ``product`` are multiplied. ``divisor`` is empty
    but for a ``ratio``.
    """

    kind: EquationKind
    total: str
    terms: tuple[Term, ...]
    divisor: tuple[Term, ...] = ()
    factor: Decimal = Decimal(1)

    @property
    def keys(self) -> tuple[str, ...]:
        """All columns of the equation, the total first."""
        others = (*self.terms, *self.divisor)
        return (self.total, *dict.fromkeys(term.key for term in others))


@dataclass(frozen=True, slots=True)
class Relation:
    """An equation and its evidence.

    It ``holds`` in so many ``of`` the rows that can be judged: those that print the total and
    what the equation needs of the terms. ``exceptions`` are the other judged rows (from 0).
    ``modes`` are the roundings to ``step`` under which it holds as often; the rows tell them
    apart where there is one. ``leeway`` says that the terms themselves were rounded to one
    printed unit before they were added or divided. ``silent`` are columns that stand among the
    terms and have no figure but 0, so that no row says whether they belong to them.
    ``informative`` counts the rows with different values other than 0.
    """

    equation: Equation
    holds: int
    of: int
    exceptions: tuple[int, ...]
    strength: Strength
    reason: Text
    modes: tuple[Rounding, ...] = ("exact",)
    step: Decimal | None = None
    leeway: bool = False
    silent: tuple[str, ...] = field(default=())
    informative: int = 0
    roundings: Mapping[str, tuple[Rounding, Decimal]] = field(
        default_factory=dict[str, tuple[Rounding, Decimal]]
    )
    """The rounding and step of each column that a form has to state for the relation to hold so
    often: the total's and, with leeway, those of the terms.
    """

    @property
    def total(self) -> str:
        return self.equation.total

    @property
    def terms(self) -> tuple[Term, ...]:
        return self.equation.terms

    @property
    def rounding(self) -> Rounding:
        """How the total is rounded: the plainest of the modes that the rows admit."""
        return self.modes[0]
