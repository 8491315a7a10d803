"""Rows that lie in no book: they have no tables of a form, and no other rows beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from auditor.formula.tree import Field, FunctionName, Members, Node
from auditor.formula.values import Measure, RowSet
from auditor.records.figures import Quantity

__all__ = ["BareRow"]


class BareRow:
    """What such rows answer to formulas; values, groups, links and parameters are their own."""

    formula_cells: frozenset[str] = frozenset()

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        del name
        return ()

    def over_group(
        self, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        del function, expression, measure
        return None

    def group_rows(self) -> Sequence[Self] | None:
        return None

    def gathered(self, node: Members) -> RowSet:
        del node
        return RowSet()

    def alike(self, keys: Sequence[Field]) -> RowSet | None:
        del keys
        return None
