"""What columns leave to the exact judge: which rows, the records that they need, and what their groups agree on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import polars as pl

from auditor import figures
from auditor.figures import Quantity
from auditor.forms import Form
from auditor.formula.judge import Measure, Missing
from auditor.formula.tree import Node
from auditor.model import Book
from auditor.rows import Each, Row, Rows
from auditor.tables.guard import Guarded
from auditor.tables.records import books_of
from auditor.tables.shape import NAMES, TableName

__all__ = ["PATHS", "Group", "Key", "Leftover", "SomeRows", "records"]

PATHS: Final[Mapping[TableName, str]] = {name: name for name in NAMES}
"""The documents of rows that name none: a table in memory goes by its name."""
Key = tuple[Any, ...]
Group = tuple[str, Each, str | None, Node]


@dataclass
class Leftover:
    """What is left to the judge: rows by rule, and the sheets and KPIs that their records need."""

    rows: dict[str, set[Key]] = field(default_factory=dict[str, set[Key]])
    agreed: dict[Group, Quantity | float | None] = field(default_factory=dict[Group, Quantity | float | None])
    """What a group agrees on: the value, none, or (as a float) a place in the middle of it."""
    frames: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    witnesses: list[tuple[Each, pl.DataFrame]] = field(default_factory=list[tuple[Each, pl.DataFrame]])
    """For each group the rows that the judge makes its exact value of."""

    def needed(self, agreeing: Mapping[str, Each]) -> list[pl.DataFrame]:
        """The sheets and KPIs that the judge needs; ``agreeing`` are the rules that ask what a group agrees on."""
        parts = list(self.frames.values())
        for scope, found in self.witnesses:
            group = [column for column in found.columns if column not in ("sheet", "kpi")]
            asking = [frame.select(group) for code, frame in self.frames.items() if agreeing.get(code) == scope]
            if asking:
                parts.append(found.join(pl.concat(asking).unique(), on=group, how="semi"))
        return parts


class SomeRows(Rows):
    """Rows of some sheets of a book; what the rows of the whole book agree on is known from the columns."""

    def __init__(self, book: Book, form: Form, key: str, left: Leftover) -> None:
        super().__init__(book, form)
        self._key, self._left = key, left

    def agreed(self, row: Row, expression: Node, measured: Measure) -> Quantity | None:
        """The value of the whole group: as computed, or what the rows here that admit its middle have in common."""
        group = (self._key, row.scope, row.column, expression)
        known = self._left.agreed.get(group)
        if not isinstance(known, float):
            return known
        middle = Fraction(known)
        common: Quantity | None = None
        for other in self.column(row):
            value = measured(other)
            if isinstance(value, Missing) or figures.equal(value, middle) is figures.Answer.NO:
                continue
            common = value if common is None else figures.meet(common, value)
        self._left.agreed[group] = common
        return common


def records(
    checked: Guarded, form: Form, books: Iterable[str], needed: Iterable[pl.DataFrame] | None
) -> dict[str, tuple[Book, dict[int, int]]]:
    """Records of the sheets and KPIs that are needed (of all, for None), by book, with the key of each by its identity."""
    wanted = list(books)
    frames: dict[TableName, pl.DataFrame] = {name: frame.filter(pl.col("book").is_in(wanted)) for name, frame in checked.frames.items()}
    if needed is not None:
        parts = list(needed)
        for owner, tables in _OF_OWNER.items():
            keys = [frame.select("book", owner) for frame in parts if owner in frame.columns]
            keep = pl.concat(keys).unique() if keys else pl.DataFrame(schema={"book": pl.String, owner: pl.Int64})
            for name in tables:
                if name in frames:
                    frames[name] = frames[name].join(keep, on=["book", owner], how="semi", maintain_order="left")
    made: dict[str, tuple[Book, dict[int, int]]] = {}
    built = {f"{book.form}-{book.fiscal_year}": book for book in books_of(Guarded(frames), {form.name: form}, PATHS)}
    for key, book in built.items():
        owners: dict[int, int] = {}
        if "sheets" in frames:
            numbers: list[int] = frames["sheets"].filter(pl.col("book") == key)["sheet"].to_list()
            owners |= {id(sheet): number for sheet, number in zip(book.sheets, numbers, strict=True)}
        if "kpis" in frames:
            numbers = frames["kpis"].filter(pl.col("book") == key)["kpi"].to_list()
            owners |= {id(kpi): number for kpi, number in zip(book.kpis, numbers, strict=True)}
        made[key] = (book, owners)
    return made


_OF_OWNER: Final[Mapping[str, tuple[TableName, ...]]] = {"sheet": ("sheets", "years", "evaluations"), "kpi": ("kpis", "kpi_years")}
