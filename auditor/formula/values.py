"""What the parts of a formula stand for on a row, and what a row has to offer to a formula."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol, TypeVar, cast

from auditor.records.figures import Answer, Quantity

if TYPE_CHECKING:
    from auditor.formula.tree import Field, FunctionName, Members, Node

__all__ = ["BLANK", "UNKNOWN", "Judge", "Measure", "Missing", "Row", "RowSet", "Value"]

T = TypeVar("T")


class Missing(Enum):
    """Why a value is not there: nothing is printed, or it is text or can't be computed."""

    BLANK = "blank"
    UNKNOWN = "unknown"


BLANK: Final = Missing.BLANK
UNKNOWN: Final = Missing.UNKNOWN
Value = Quantity | str | Missing
Measure = Callable[["Row"], Quantity | Missing]
Judge = Callable[["Row"], Answer]


class RowSet:
    """A set of rows, with what was computed of it. Many rows share one, so that no row looks at
    all the others anew.

    ``is_certain`` is False where rows may be missing, or it can't be told which they are: nothing
    is known of such a set.
    """

    is_certain: bool
    rows: Sequence[Row]

    __slots__ = ("_once", "is_certain", "rows")

    def __init__(self, rows: Sequence[Row] = (), *, is_certain: bool = True) -> None:
        self.rows, self.is_certain = rows, is_certain
        self._once: dict[Hashable, object] = {}

    def once(self, key: Hashable, compute: Callable[[Sequence[Row]], T]) -> T:
        """What a function makes of the rows, computed at the first call with a key."""
        if key not in self._once:
            self._once[key] = compute(self.rows)
        return cast(T, self._once[key])


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

    def gathered(self, node: Members) -> RowSet:
        """The set of rows that a path passes through, as it is seen from this row."""
        ...

    def alike(self, keys: Sequence[Field]) -> RowSet | None:
        """The rows of the same book and kind that have what stands under some names on this row,
        itself among them; None where that is unknown, or nothing stands there.
        """
        ...
