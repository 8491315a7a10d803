"""The items of a document, once all of its rows were read: what each is part of.

A table may go on over pages. Where its rows are numbered, numbers that begin again behind a total,
or on another page, are those of another table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.readers.listing.hierarchy import (
    Item,
    by_columns,
    by_names,
    is_part_of_another,
    mark_of,
)

__all__ = ["ItemRows", "fields_of", "is_part_of_another"]


class _Row(NamedTuple):
    """A row by its names on each level; ``begins`` where another page or table may begin."""

    names: tuple[str, ...]
    table: int
    is_total: bool
    begins: bool

    @property
    def own_name(self) -> str:
        """The name of the innermost level."""
        return next((name.strip() for name in reversed(self.names) if name.strip()), "")

    @property
    def is_apart(self) -> bool:
        """Whether it prints a part of another row, which is no item by itself."""
        return is_part_of_another(self.own_name)


class ItemRows:
    """The rows of a document's items in their order."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._begins = True

    def begin(self) -> None:
        """A page or worksheet begins."""
        self._begins = True

    def add(self, names: Sequence[str], *, table: int, is_total: bool) -> None:
        """Take up the next row."""
        self._rows.append(_Row(tuple(names), table, is_total, self._begins))
        # Behind a total another table may begin.
        self._begins = is_total

    def items(self) -> list[Item]:
        """What each row is; a total row is part of nothing, and has no identifier. Nor is a row
        apart (うち…) part of one, as it is counted there.
        """
        items = [
            Item(row.own_name, identifier=row.own_name) if row.is_apart else Item("")
            for row in self._rows
        ]
        for run in self._runs():
            rows = [self._rows[index] for index in run]
            if len(rows[0].names) > 1:
                of_run = by_columns([row.names for row in rows])
            else:
                of_run = by_names([row.names[0] for row in rows])
            for index, item in zip(run, of_run, strict=True):
                parent = None if item.parent is None else run[item.parent]
                items[index] = item._replace(parent=parent)
        return _told_apart(items)

    def _runs(self) -> Iterator[list[int]]:
        """The rows that total none, by the tables that they are of."""
        run: list[int] = []
        for index, row in enumerate(self._rows):
            if row.is_total or row.is_apart:
                continue
            if run and (self._rows[run[0]].table != row.table or self._begins_again(run, row)):
                yield run
                run = []
            run.append(index)
        if run:
            yield run

    def _begins_again(self, run: Sequence[int], row: _Row) -> bool:
        """Whether a row numbers its table anew, where one may begin."""
        first, mark = mark_of(self._rows[run[0]].names[0]), mark_of(row.names[0])
        if not row.begins or first is None or mark is None:
            return False
        return (mark.style, mark.value) == (first.style, first.value)


def _told_apart(items: Sequence[Item]) -> list[Item]:
    """The items with identifiers that no other table of the document has."""
    counts: dict[str, int] = {}
    apart: list[Item] = []
    for item in items:
        counts[item.identifier] = counts.get(item.identifier, 0) + 1
        again = counts[item.identifier]
        is_twin = item.identifier and again > 1
        apart.append(item._replace(identifier=f"{item.identifier} #{again}") if is_twin else item)
    return apart


def fields_of(item: Item, items: Sequence[Item]) -> dict[str, object]:
    """What a record says of an item; nothing of a total row."""
    if not item.name:
        return {}
    parent = "" if item.parent is None else items[item.parent].identifier
    return {"name": item.name, "identifier": item.identifier, "parent": parent}
