"""Findings between two books as formulas that the search can use.

Such a rule is often written in Python: it holds all figures of a row against those of last year's
book. What it found different is a formula, whatever the rule is written in.
"""

from __future__ import annotations

from dataclasses import replace

from auditor.formula.judge import judge
from auditor.formula.tree import And, Call, Compare, Field, Node
from auditor.records.figures import Answer
from auditor.rules.findings import Finding
from auditor.rules.rows import Cell, Row
from auditor.suspects.explanation import Contradiction

__all__ = ["as_formula"]


def as_formula(contradiction: Contradiction) -> Contradiction:
    """A contradiction with a rule that has a formula, where the finding tells one: figures of the
    row that are others in last year's book. Any other contradiction as it is.
    """
    finding, rule, row = contradiction
    if rule.tree is not None or "earlier" not in rule.others:
        return contradiction
    tree = _same_figures(finding, row)
    if tree is None or judge(tree)(row) is not Answer.NO:
        return contradiction
    return finding, replace(rule, tree=tree, when=_is_there(row), check=None), row


def _same_figures(finding: Finding, row: Row) -> Node | None:
    """That the figures of a finding which stand in both books are the same; None without any."""
    here = {(cell.field, cell.year) for cell in finding.cells if cell.other_book is None}
    there = [cell for cell in finding.cells if cell.other_book == "earlier"]
    names = [_name(cell, row) for cell in there if (cell.field, cell.year) in here]
    equal = [_equal(name) for name in names if row.figure(name) is not None]
    if not equal:
        return None
    return equal[0] if len(equal) == 1 else And(tuple(equal), 0)


def _is_there(row: Row) -> Node:
    """That last year's book has the row: the other rows of the record need not be there."""
    name = "year" if "year" in row.values else "fiscal_year"
    return Call("present", (Field(("earlier",), name, "number", 0),), 0)


def _name(cell: Cell, row: Row) -> str:
    """What a formula calls the field of a cell on a row."""
    return "actual" if row.scope == "kpi_year" else cell.field


def _equal(name: str) -> Node:
    """A blank cell says as much as 0, as it does in sums."""
    sides = (Field(links, name, "number", 0) for links in ((), ("earlier",)))
    here, there = (Call("zero", (side,), 0) for side in sides)
    return Compare("==", here, there, 0)
