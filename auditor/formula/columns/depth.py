"""Columns of their own for what a formula computes on the way, by the depth of the part."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import cast

import narwhals as nw

from auditor.formula.columns.values import Columns, Ends, Mask, Missing, Num, Ratio, Real, Whole
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Items,
    Negative,
    Node,
    Not,
    Or,
)

__all__ = ["height", "value_column"]


@functools.lru_cache(maxsize=4096)
def height(node: Node) -> int:
    """How high a node stands above the fields of its formula."""
    match node:
        case And(items=below) | Or(items=below) | Items(items=below) | Call(arguments=below):
            return 1 + max(map(height, below), default=0)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return 1 + max(height(left), height(right))
        case Negative(operand=operand) | Not(operand=operand):
            return 1 + height(operand)
        case _:
            return 0


def mask_column(mask: Mask, at: int, columns: Columns) -> Mask:
    return columns.let(mask, at) if isinstance(mask, nw.Expr) else mask


def value_column(value: Num, at: int, columns: Columns) -> Num:
    missing = Missing(
        *(
            mask_column(mask, at, columns)
            for mask in (value.missing.blank, value.missing.unknown, value.missing.open)
        )
    )
    if isinstance(value, Ratio):
        over, under = (
            cast(Whole, value_column(replace(side, missing=Missing()), at, columns))
            for side in (value.over, value.under)
        )
        return Ratio(over, under, missing)
    if isinstance(value, Whole):
        lo = columns.let(value.lo, at)
        hi = lo if value.point else columns.let(value.hi, at)
        ends = value.ends and Ends(
            mask_column(value.ends.lo, at, columns), mask_column(value.ends.hi, at, columns)
        )
        return replace(value, lo=lo, hi=hi, missing=missing, ends=ends)
    lo_d, lo_u, hi_d, hi_u = (
        columns.let(end, at) for end in (value.lo_d, value.lo_u, value.hi_d, value.hi_u)
    )
    return Real(lo_d, lo_u, hi_d, hi_u, missing)
