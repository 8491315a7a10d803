"""Rows as they would be with corrected cells, and what rules answer on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from auditor.formula.tree import Field, FunctionName, Members, Node
from auditor.formula.values import Measure, RowSet, Value
from auditor.formula.values import Row as JudgedRow
from auditor.records.figures import Answer, Quantity
from auditor.rules.rows import Row
from auditor.rules.rule import Rule

__all__ = ["CorrectedRow", "broken_by", "is_met"]


class CorrectedRow:
    """A row as it would be with corrected cells, on itself and on the rows it is linked to. What
    the rest of the book agrees on stays as it is.
    """

    corrected: Mapping[int, Mapping[str, Value]]
    row: Row

    __slots__ = ("corrected", "row", "values")

    def __init__(self, row: Row, corrected: Mapping[int, Mapping[str, Value]]) -> None:
        self.row, self.corrected = row, corrected
        self.values: Mapping[str, Value] = corrected.get(id(row), row.values)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        return self.row.groups

    @property
    def formula_cells(self) -> frozenset[str]:
        return self.row.formula_cells

    def link(self, name: str) -> JudgedRow | None:
        row = self.row.link(name)
        return None if row is None else CorrectedRow(row, self.corrected)

    def param(self, name: str) -> Quantity | None:
        return self.row.param(name)

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        return self.row.table(name)

    def over_group(
        self, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        return self.row.over_group(function, expression, measure)

    def group_rows(self) -> Sequence[JudgedRow] | None:
        return self.row.group_rows()

    def gathered(self, node: Members) -> RowSet:
        rows = self.row.gathered(node)
        if not node.then and all(id(row) not in self.corrected for row in rows.rows):
            return rows
        corrected: list[JudgedRow] = [
            CorrectedRow(cast(Row, row), self.corrected)
            if node.then or id(row) in self.corrected
            else row
            for row in rows.rows
        ]
        return RowSet(corrected, is_certain=rows.is_certain)

    def alike(self, keys: Sequence[Field]) -> RowSet | None:
        return self.row.alike(keys)


def broken_by(
    corrected: Callable[[Row], CorrectedRow],
    rows: Iterable[Row],
    rules: Mapping[str, Sequence[Rule]],
) -> Iterator[Rule]:
    """The rules (given by scope) that a correction breaks on some rows, once for each row. Those
    that are broken as the rows are printed are not among them.
    """
    for row in rows:
        for rule in rules.get(row.scope, ()):
            broken = _answer_of(rule, corrected(row)) is Answer.NO
            if broken and _answer_of(rule, row) is not Answer.NO:
                yield rule


def is_met(rule: Rule, row: JudgedRow) -> bool:
    """Whether a rule with a formula contradicts nothing on a row."""
    answer = _answer_of(rule, row)
    return answer is None or answer >= Answer.MAY


def _answer_of(rule: Rule, row: JudgedRow) -> Answer | None:
    """What a rule with a formula answers on a row; None where it does not apply."""
    if rule.applies is not None and rule.applies(row) is not Answer.YES:
        return None
    return rule.holds(row)
