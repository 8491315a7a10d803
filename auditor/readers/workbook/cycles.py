"""Circles among formulas: cells that need their own result, by way of other cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

__all__ = ["CellName", "circles"]

_MOST_STEPS: Final = 2_000_000


class CellName(NamedTuple):
    """A cell by its worksheet, whose name is in lower case, and by its row and column."""

    worksheet: str
    row: int
    column: int


def circles(
    cells: Iterable[CellName],
    named: Callable[[CellName], Iterable[CellName]],
    most: int = _MOST_STEPS,
) -> list[list[CellName]]:
    """The groups of several cells that all need each other, each in the order of ``cells``.

    ``named`` gives the cells that a cell's formula names. The search is Tarjan's for strongly
    connected components. It doesn't recurse, since chains of formulas are long, and ends after
    ``most`` steps with what it has found by then.
    """
    search = _Search(named, most)
    order = {cell: position for position, cell in enumerate(cells)}
    for cell in order:
        search.enter_all_from(cell)
    groups = [sorted(group, key=order.__getitem__) for group in search.groups]
    return sorted(groups, key=lambda group: order[group[0]])


class _Search:
    """A search in depth. ``groups`` are the circles that it has closed."""

    def __init__(self, named: Callable[[CellName], Iterable[CellName]], most: int) -> None:
        self._named, self._steps_left = named, most
        self._numbers: dict[CellName, int] = {}
        """The cells in the order in which they were entered."""
        self._lowest: dict[CellName, int] = {}
        """The first cell that is known to be in a circle with each one."""
        self._open: list[CellName] = []
        self._is_open: set[CellName] = set()
        self.groups: list[list[CellName]] = []

    def enter_all_from(self, start: CellName) -> None:
        """Enter a cell and all that it leads to, unless they were entered before."""
        if start in self._numbers:
            return
        path = [(start, self._enter(start))]
        while path:
            cell, following = path[-1]
            for other in following:
                self._steps_left -= 1
                if self._steps_left < 0:
                    return
                if other not in self._numbers:
                    path.append((other, self._enter(other)))
                    break
                if other in self._is_open:
                    self._lowest[cell] = min(self._lowest[cell], self._numbers[other])
            else:
                path.pop()
                if path:
                    before = path[-1][0]
                    self._lowest[before] = min(self._lowest[before], self._lowest[cell])
                self._close(cell)

    def _enter(self, cell: CellName) -> Iterator[CellName]:
        self._numbers[cell] = self._lowest[cell] = len(self._numbers)
        self._open.append(cell)
        self._is_open.add(cell)
        return iter(self._named(cell))

    def _close(self, cell: CellName) -> None:
        """The first cell of a circle closes it, with all that are still open behind it."""
        if self._lowest[cell] < self._numbers[cell]:
            return
        group: list[CellName] = []
        while not group or group[-1] != cell:
            group.append(self._open.pop())
            self._is_open.remove(group[-1])
        if len(group) > 1:
            self.groups.append(group)
