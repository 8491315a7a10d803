"""What the parts of a formula stand for on a row, and what a row has to offer to a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from auditor.records.figures import Answer, Quantity

if TYPE_CHECKING:
    from auditor.formula.tree import FunctionName, Node

__all__ = ["BLANK", "UNKNOWN", "Judge", "Measure", "Missing", "Row", "Value"]


class Missing(Enum):
    """Why a value is not there: nothing is printed, or it is text or can't be computed."""

    BLANK = "blank"
    UNKNOWN = "unknown"


BLANK: Final = Missing.BLANK
UNKNOWN: Final = Missing.UNKNOWN
Value = Quantity | str | Missing
Measure = Callable[["Row"], Quantity | Missing]
Judge = Callable[["Row"], Answer]


class Row(Protocol):
    """What a formula sees: values in base units by name, the names in each group, and rows it is
    linked to.
    """

    @property
    def values(self) -> Mapping[str, Value]: ...
    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def formula_cells(self) -> frozenset[str]: ...
    def link(self, name: str) -> Row | None:
        """The row that ``prior``, ``sheet`` … stand for, or None where there is none."""
        ...

    def param(self, name: str) -> Quantity | None:
        """A number that the form sets, in base units."""
        ...

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        """The rows of a table that the form sets; ``*`` in one matches any text."""
        ...

    def over_group(
        self, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        """A function over a group of rows: what it makes of an expression on the rows of the same
        book, kind and column. ``measure`` is the expression, compiled.
        """
        ...

    def group_rows(self) -> Sequence[Row] | None:
        """The rows of that group; None where not all of them are at hand."""
        ...
