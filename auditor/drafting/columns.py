"""A column of numbers as a draft sees it: its heading and one value for each record."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

__all__ = ["NumberColumn"]


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """One column of a block. All columns of a block have as many values, in the same order.

    A record is a row of a list, or a column of a sheet's table; total rows are no records.
    ``key`` is unique in the block (``"C5"``). ``heading`` is the column's heading as it is
    printed, all its rows joined; ``group`` the part of it that several columns share
    (``"令和5年度"``, ``"財源内訳"``). A value is in the printed unit, and None where the cell is
    blank, has a dash or a text. ``unit`` is the unit where it is known (``"千円"``).
    ``total`` is the figure of the row that totals all records, where there is one.
    """

    key: str
    heading: str
    values: tuple[Decimal | None, ...]
    group: str = ""
    unit: str = ""
    total: Decimal | None = None
