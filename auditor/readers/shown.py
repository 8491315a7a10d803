"""The cells of a workbook as they are displayed, for tables that stand in worksheets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pydantic import TypeAdapter

__all__ = ["ShownCell", "ShownWorksheet", "shown_adapter"]


class ShownCell(NamedTuple):
    """A cell: what it displays, and the number in that, in plain digits, where it holds one.

    ``held`` is the number that it holds, where it displays another one; ``unit`` what it displays
    behind the number. What an ``unread`` cell displays is not known.
    """

    row: int
    column: int
    text: str
    value: str | None = None
    held: str | None = None
    unit: str = ""
    unread: bool = False


@dataclass(frozen=True)
class ShownWorksheet:
    """A worksheet that is read; of one that is ``lost``, the content is damaged or missing."""

    name: str
    cells: tuple[ShownCell, ...] = ()
    lost: bool = False


@cache
def shown_adapter() -> TypeAdapter[tuple[ShownWorksheet, ...]]:
    """How they go through JSON; built only where a workbook is read so."""
    return TypeAdapter(tuple[ShownWorksheet, ...])
