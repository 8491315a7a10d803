"""Rows looked up in the tables of other forms: the programme that a project's row names."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditor.formula.tree import Field
from auditor.formula.values import BLANK
from auditor.rules.sets import is_total, key_of

if TYPE_CHECKING:  # rows look rows up here
    from auditor.forms.model import Lookup
    from auditor.rules.rows import Row, Rows

__all__ = ["NO_LOOKUPS", "Lookups"]

_Index = Mapping[tuple[Hashable, ...], Sequence["Row"]]


class Lookups:
    """The tables of an audit that rows are looked up in, by their forms.

    Nothing is known of what a table of ``partial`` does not have: some of it was not read.
    """

    def __init__(
        self,
        tables: Mapping[str, Sequence[Rows]] = MappingProxyType({}),
        partial: Collection[str] = (),
    ) -> None:
        self._tables, self._partial = tables, frozenset(partial)
        self._indices: dict[tuple[str, tuple[str, ...]], _Index] = {}
        for rows in chain.from_iterable(tables.values()):
            rows.lookups = self

    @property
    def forms(self) -> Collection[str]:
        """The forms whose tables are there."""
        return self._tables.keys()

    def tables_of(self, form: str) -> Sequence[Rows]:
        """The tables of a form."""
        return self._tables.get(form, ())

    def entries(self, lookup: Lookup) -> Iterator[tuple[tuple[Hashable, ...], Sequence[Row]]]:
        """What stands under the names of a lookup in its table, with the rows that have it."""
        yield from self._index(lookup).items()

    def is_partial(self, lookup: Lookup) -> bool:
        """Whether some of the table was not read."""
        return lookup.form in self._partial

    def candidates(self, row: Row, lookup: Lookup) -> Sequence[Row] | None:
        """The rows that may be the one which is looked up from a row: none where the table has
        none; None where that can't be told.
        """
        key = key_of(row, [_field(name) for name in lookup.on])
        if key is None:
            return None
        if any(part is BLANK for part in key):
            return ()
        rows = self._index(lookup).get(tuple(map(_comparable, key)), ())
        return None if not rows and lookup.form in self._partial else rows

    def _index(self, lookup: Lookup) -> _Index:
        names = tuple(lookup.on.values())
        place = lookup.form, names
        if place not in self._indices:
            keys = [_field(name) for name in names]
            index: dict[tuple[Hashable, ...], list[Row]] = {}
            for rows in self._tables.get(lookup.form, ()):
                for row in rows.of(rows.form.row_scope):
                    key = None if is_total(row) else key_of(row, keys)
                    if key is not None:
                        index.setdefault(tuple(map(_comparable, key)), []).append(row)
            self._indices[place] = index
        return self._indices[place]


NO_LOOKUPS = Lookups()
"""Where no table of another form was given."""


def _field(name: str) -> Field:
    *links, last = name.split(".")
    return Field(tuple(links), last, "text", 0)


def _comparable(part: Hashable) -> Hashable:
    """A part of a key: a number that one table prints is the same in the texts of another."""
    return str(part) if isinstance(part, int) else part
