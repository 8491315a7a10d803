"""Whether the printed sources add up to the printed total to the unit, or as rounded amounts do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from auditor.drafting.columns import NumberColumn
from auditor.drafting.evidence import ENOUGH
from auditor.drafting.relation import Relation
from auditor.records.text import Text

__all__ = ["AddingUp", "adding_up"]


@dataclass(frozen=True)
class AddingUp:
    """What the form declares of its sums, and why."""

    sums: Literal["exact", "rounded"]
    why: Text


def adding_up(relation: Relation | None, columns: Sequence[NumberColumn]) -> AddingUp | None:
    """What the relation between the total and its sources says of roundings; None where it does
    not decide, as where it is of fewer than 20 rows, or some rows differ by a unit.

    ``columns`` have the numbers of all figures, by their keys.
    """
    if relation is None or relation.informative < ENOUGH or relation.strength == "question":
        return None
    holds, of = relation.holds, relation.of
    if relation.leeway:
        return AddingUp(
            "rounded",
            Text(
                en=f"total and sources differ by no more than rounding in {holds:,} of {of:,} rows",
                ja=f"財源の合計と事業費の差は、{of:,}件中{holds:,}件で四捨五入の範囲内です",
            ),
        )
    if relation.roundings or _differ_little(relation, {c.key: c.values for c in columns}):
        return None
    return AddingUp(
        "exact",
        Text(
            en=f"total and sources agree to the unit in {holds:,} of {of:,} rows",
            ja=f"財源の合計と事業費は、{of:,}件中{holds:,}件で端数まで一致しています",
        ),
    )


def _differ_little(relation: Relation, values: dict[str, tuple[Decimal | None, ...]]) -> bool:
    """Whether some exceptions are no larger than what rounding each amount to a unit can do."""
    leeway = Decimal(len(relation.terms) + 1) / 2
    for row in relation.exceptions:
        parts = sum((values[term.key][row] or Decimal(0)) * term.sign for term in relation.terms)
        total = values[relation.total][row]
        if total is not None and abs(total - parts) < leeway:
            return True
    return False
