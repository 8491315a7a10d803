"""The sets of rows that formulas pass through.

They are all rows of a book, those that are alike, the details of a total, the children of a row.

Each set is found by an index that is built once for the book, and rows that are alike share one
set: nothing here compares rows in pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeVar, cast

from auditor.forms.words import squeezed
from auditor.formula.tree import Field, Members, shape
from auditor.formula.values import BLANK, UNKNOWN, RowSet, Value
from auditor.records.fields import SCOPES, Each
from auditor.records.model import Sheet

if TYPE_CHECKING:  # rows look up their sets here
    from auditor.rules.rows import Row, Rows

__all__ = ["Sets", "is_total", "key_of"]

T = TypeVar("T")

_NONE: Final = RowSet()
_UNCERTAIN: Final = RowSet(is_certain=False)

Key = tuple[Hashable, ...]


class Sets:
    """The sets of rows of one book."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._once: dict[Hashable, object] = {}

    def gathered(self, row: Row, node: Members) -> RowSet:
        """The set that a path passes through, as it is seen from a row. Of a book that was not
        read whole, only the columns of a document's sheet are known.
        """
        rows = self._rows
        if not rows.is_whole and (node.of != "years" or rows.form.table is not None):
            return _UNCERTAIN
        match node.of:
            case "rows":
                return self._all(row.scope)
            case "same":
                return self._same(row, node.keys)
            case "details":
                return self._details(row)
            case "children":
                return self._children(row)
            case "years":
                return self._years(row)

    def alike(self, row: Row, keys: Sequence[Field]) -> RowSet | None:
        """The rows that have what stands under some names on a row, itself among them; None where
        that is unknown, or nothing stands there. A total row is like no other.
        """
        if is_total(row):
            return RowSet((row,))
        key = key_of(row, keys)
        if key is None or all(part is BLANK for part in key):
            return None
        return self._by_key(row.scope, keys)[key]

    def parents(self, row: Row) -> Sequence[Row] | None:
        """The rows that may be the one which this row names as its parent: of the same column,
        where it has one. None where that can't be told.
        """
        if row.sheet is None or not row.sheet.parent:
            return ()
        parent = self._name(row.sheet, row.sheet.parent), row.column
        rows = self._by_own_name(row.scope).get(parent, ())
        return None if not rows and not self._rows.is_whole else rows

    # --- the sets

    def _all(self, scope: Each) -> RowSet:
        return self._let(("all", scope), lambda: RowSet(list(self._plain(scope))))

    def _same(self, row: Row, keys: Sequence[Field]) -> RowSet:
        """Those alike; where a key is not known, of this row or of another, nobody knows them."""
        key = key_of(row, keys)
        if key is None or self._lacks_keys(row.scope, keys):
            return _UNCERTAIN
        return self._by_key(row.scope, keys).get(key, _NONE)

    def _details(self, row: Row) -> RowSet:
        """Those that a total row adds up, of its column where it has one."""
        sheet = row.sheet
        if sheet is None or not is_total(row):
            return _NONE
        return self._let(
            ("details", id(sheet), row.scope, row.column), lambda: self._totalled(row, sheet)
        )

    def _totalled(self, row: Row, sheet: Sheet) -> RowSet:
        match sheet.totals:
            case ("all",):
                columns = self._let(("columns", row.scope), lambda: self._by_column(row.scope))
                return RowSet(columns.get(row.column, []))
            case ("above",):
                if sheet.block is None or sheet.since is None or self._lacks_blocks:
                    return _UNCERTAIN
                blocks = self._let(("blocks", row.scope), lambda: self._by_block(row.scope))
                spans = range(sheet.since, sheet.block + 1)
                parts = (blocks.get((block, row.column), ()) for block in spans)
                return RowSet(list(chain.from_iterable(parts)))
            case labels:
                before = () if row.scope == "sheet" else ("sheet",)
                keys = [Field(before, label, "text", 0) for label in labels]
                if row.column is not None:
                    keys += [Field((), name, "text", 0) for name in ("year", "kind")]
                return self._same(row, tuple(keys)) if labels else _UNCERTAIN

    def _children(self, row: Row) -> RowSet:
        """Those whose parent a row is; unknown where another row is called the same."""
        if row.sheet is None or is_total(row):
            return _NONE
        name = self._own_name(row.sheet), row.column
        if len(self._by_own_name(row.scope)[name]) > 1:
            return _UNCERTAIN
        children = self._let(("children", row.scope), lambda: self._by_parent(row.scope))
        return children.get(name, _NONE)

    def _years(self, row: Row) -> RowSet:
        """The columns of a sheet. A document prints all columns of its form, so that one which
        its record lacks is not known; a table has the rows that it has.
        """
        sheet = row.sheet
        if sheet is None:
            return _NONE
        rows = self._rows

        def columns() -> RowSet:
            years = [year for year in rows.of_owner(sheet) if year.scope == "year"]
            if rows.form.table is None:
                years += rows.absent_years(sheet)
            return RowSet(years)

        return self._let(("years", id(sheet)), columns)

    # --- the indices

    def _let(self, key: Hashable, compute: Callable[[], T]) -> T:
        if key not in self._once:
            self._once[key] = compute()
        return cast(T, self._once[key])

    def _plain(self, scope: Each) -> Iterator[Row]:
        """The rows that total no others."""
        return (row for row in self._rows.of(scope) if not is_total(row))

    def _by_key(self, scope: Each, keys: Sequence[Field]) -> dict[Key, RowSet]:
        """The rows that are alike in some names, by what stands under these."""
        names = tuple(map(shape, keys))
        return self._let(
            ("same", scope, names),
            lambda: _sets_of((key_of(row, keys), row) for row in self._plain(scope)),
        )

    def _lacks_keys(self, scope: Each, keys: Sequence[Field]) -> bool:
        """Whether it is not known of some row what it is alike to."""
        names = tuple(map(shape, keys))
        return self._let(
            ("lacks", scope, names),
            lambda: any(key_of(row, keys) is None for row in self._plain(scope)),
        )

    def _by_column(self, scope: Each) -> dict[str | None, list[Row]]:
        columns: dict[str | None, list[Row]] = {}
        for row in self._plain(scope):
            columns.setdefault(row.column, []).append(row)
        return columns

    def _by_block(self, scope: Each) -> dict[tuple[int, str | None], list[Row]]:
        blocks: dict[tuple[int, str | None], list[Row]] = {}
        for row in self._plain(scope):
            if row.sheet is not None and row.sheet.block is not None:
                blocks.setdefault((row.sheet.block, row.column), []).append(row)
        return blocks

    @property
    def _lacks_blocks(self) -> bool:
        """Whether it is not known of some row to which block it belongs."""
        sheets = (sheet for sheet in self._rows.book.sheets if sheet.role == "row")
        return self._let("blockless", lambda: any(sheet.block is None for sheet in sheets))

    def _by_own_name(self, scope: Each) -> dict[tuple[str, str | None], list[Row]]:
        """The rows by what their children call them."""

        def by_name() -> dict[tuple[str, str | None], list[Row]]:
            named: dict[tuple[str, str | None], list[Row]] = {}
            for row in self._plain(scope):
                if row.sheet is not None:
                    named.setdefault((self._own_name(row.sheet), row.column), []).append(row)
            return named

        return self._let(("names", scope), by_name)

    def _by_parent(self, scope: Each) -> dict[tuple[str, str | None], RowSet]:
        named: dict[tuple[str, str | None], list[Row]] = {}
        for row in self._plain(scope):
            if row.sheet is not None and row.sheet.parent:
                parent = self._name(row.sheet, row.sheet.parent), row.column
                named.setdefault(parent, []).append(row)
        return {parent: RowSet(rows) for parent, rows in named.items()}

    def _own_name(self, sheet: Sheet) -> str:
        """What the children of a row call it: its number, or its name where rows have none."""
        if not self._has_numbers:
            return self._name(sheet, sheet.name)
        return self._name(sheet, sheet.identifier or str(sheet.number))

    def _name(self, sheet: Sheet, text: str) -> str:
        """A name as others may write it; zeros before a plain number are no part of it. An item
        is part of one of its own document.
        """
        name = squeezed(text)
        if self._rows.form.items is not None:
            return f"{sheet.document}\n{name}"
        if self._has_numbers and not self._has_identifiers and name.isascii() and name.isdigit():
            return name.lstrip("0") or "0"
        return name

    @property
    def _has_identifiers(self) -> bool:
        """Whether rows have identifiers that are no plain numbers."""
        return self._let(
            "identifiers", lambda: any(sheet.identifier for sheet in self._rows.book.sheets)
        )

    @property
    def _has_numbers(self) -> bool:
        return bool(self._rows.form.labels.get("number")) or self._rows.form.items is not None


def is_total(row: Row) -> bool:
    """Whether a row totals others."""
    return row.sheet is not None and row.sheet.role == "total"


def _sets_of(rows: Iterable[tuple[Key | None, Row]]) -> dict[Key, RowSet]:
    by_key: dict[Key, list[Row]] = {}
    for key, row in rows:
        if key is not None:
            by_key.setdefault(key, []).append(row)
    return {key: RowSet(alike) for key, alike in by_key.items()}


def key_of(row: Row, keys: Sequence[Field]) -> Key | None:
    """What stands under some names: texts without width and spaces; None where one is unknown."""
    parts: list[Hashable] = []
    for field in keys:
        here: Row | None = row
        for link in field.links:
            here = here.link(link) if here is not None else None
        value: Value = BLANK if here is None else here.values.get(field.name, BLANK)
        if value is UNKNOWN:
            return None
        parts.append(_part(value, here, field.name))
    return tuple(parts)


def _part(value: Value, row: Row | None, name: str) -> Hashable:
    """A value as a part of a key. Several texts are alike in whatever order they stand, and a
    number is what the table prints for it.
    """
    if name == "number" and row is not None and row.scope == "sheet" and row.sheet is not None:
        return squeezed(row.sheet.identifier) or value
    if not isinstance(value, str):
        return value
    field = SCOPES[row.scope].by_name.get(name) if row is not None else None
    if field is not None and field.kind == "texts":
        return tuple(sorted(map(squeezed, value.split("、"))))
    return squeezed(value) or BLANK
