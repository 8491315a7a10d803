"""What columns leave to the exact judge: which rows, the records that they need, and what columns
tell of whole books.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import narwhals as nw
import polars as pl

from auditor.engines.agreement import Agreement
from auditor.engines.bases import AT
from auditor.engines.engine import Engine
from auditor.engines.keys import CODE, OWNER, SHEETS_OF_A_BOOK, Keyed
from auditor.engines.sets import Companions
from auditor.forms.model import Form
from auditor.formula.tree import FunctionName, Node, shape
from auditor.formula.values import Measure
from auditor.records.fields import BOOK_KEYS, SCOPES, TABLES, Each, OtherBook, TableName
from auditor.records.figures import Quantity
from auditor.records.model import Book
from auditor.rules.lookups import NO_LOOKUPS, Lookups
from auditor.rules.rows import NO_OTHERS, Other, Row, Rows
from auditor.tables.books import books_of
from auditor.tables.cells import ROW, as_text, as_whole, outer
from auditor.tables.guard import Guarded, guarded

__all__ = [
    "Agreed",
    "Key",
    "Leftover",
    "Place",
    "Records",
    "SomeRows",
    "place",
    "plain",
    "with_keys_of",
]

T = TypeVar("T")
Key = tuple[int | None, int | None]
"""The owner of a row, and its place within it."""
Place = tuple[int, int | None]
"""A book and the column of a group of its rows."""


@dataclass
class Agreed:
    """What the groups of one kind of row agree on: as columns tell it (``table``, its keys
    ``#code`` and ``#at``), or as ``judged``.
    """

    agreement: Agreement
    table: pl.DataFrame | None = None
    judged: dict[Place, Quantity | None] = field(default_factory=dict[Place, "Quantity | None"])

    def of(self, code: int, at: int | None) -> Quantity | None:
        """What a book's rows of one column agree on."""
        if (code, at) not in self.judged:
            assert self.table is not None
            here = (
                pl.col(CODE) == code if at is None else (pl.col(CODE) == code) & (pl.col(AT) == at)
            )
            rows = self.table.filter(here).to_dicts()
            self.judged[code, at] = self.agreement.read(rows[0]) if rows else None
        return self.judged[code, at]


@dataclass
class Leftover:
    """What is left to the judge: rows by rule, and what groups agree on."""

    frames: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    agreed: dict[tuple[Each, Any], Agreed] = field(default_factory=dict[tuple[Each, Any], Agreed])
    """By the kind of row, and by what the formula says."""
    also: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    """Owners whose records Python rules need besides."""
    once: dict[Callable[[Rows], Any], Mapping[int, Any]] = field(
        default_factory=dict[Callable[[Rows], Any], Mapping[int, Any]]
    )
    """What columns tell in place of ``Rows.once``, by function and book."""
    companions: dict[str, Companions] = field(default_factory=dict[str, "Companions"])
    """What rules that look at sets of rows need besides, by their keys."""


def place(row: Row, form: Form) -> int | None:
    """Where a row stands within its sheet or KPI, as columns count."""
    if SCOPES[row.scope].parent is None or row.column is None:
        return None
    if row.scope != "year":
        return int(row.column)
    sheet = row.sheet
    assert sheet is not None
    return next(
        index
        for index, column in enumerate(form.columns)
        if form.column_id(column, sheet.fiscal_year) == row.column
    )


class SomeRows(Rows):
    """Rows of some sheets of a book; what the rows of the whole book agree on is known from the
    columns.
    """

    def __init__(
        self,
        book: Book,
        form: Form,
        code: int,
        left: Leftover,
        others: Mapping[OtherBook, Other] = NO_OTHERS,
        *,
        lookups: Lookups = NO_LOOKUPS,
        is_whole: bool = True,
    ) -> None:
        super().__init__(book, form, others, lookups=lookups, is_whole=is_whole)
        self._code, self._left = code, left

    def over_group(
        self, row: Row, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        """The value of the whole group, as it was computed."""
        del function, measure  # columns know one function over a group, and measured all its rows
        at = place(row, self.form)
        return self._left.agreed[row.scope, shape(expression)].of(self._code, at)

    def group_rows(self, row: Row) -> Sequence[Row] | None:
        """Not all rows of the group are at hand."""
        del row
        return None

    def once(self, compute: Callable[[Rows], T]) -> T:
        """What columns tell of the whole book; else what the function makes of the rows at hand."""
        told = self._left.once.get(compute, {})
        return cast(T, told[self._code]) if self._code in told else super().once(compute)


_OWNING: Final[tuple[TableName, TableName]] = ("sheets", "kpis")


@dataclass(frozen=True)
class Records:
    """Makes records of books that columns have looked at. ``paths`` are the documents of rows
    that name none.
    """

    found: Keyed
    forms: Mapping[str, Form]
    engine: Engine
    form: str | None
    paths: Mapping[TableName, str]

    def of(
        self, codes: Sequence[int], owners: Sequence[int] | None = None
    ) -> list[tuple[int, Book, dict[int, int]]]:
        """Each book's number, the book, and the owner that each of its sheets and KPIs (by
        identity) is; ``owners`` alone, if given.
        """
        frames: dict[TableName, pl.DataFrame] = {}
        wanted = (
            None
            if owners is None
            else self.engine.frame(pl.DataFrame({"of": owners}, schema={"of": pl.Int64}).unique())
        )
        for table, frame in self.found.frames.items():
            if table in self.found.derived:
                continue
            frame = frame.filter(nw.col(CODE).is_in(list(codes)))
            if wanted is not None:
                frame = frame.join(wanted, left_on=OWNER, right_on="of", how="semi")
            frames[table] = plain(self.engine.collected(frame))
        checked = guarded(frames, self.forms, self.form, sound=True)
        books = self.found.books.filter(pl.col("code").is_in(list(codes)))
        numbers = {tuple(key): code for *key, code in books.select(*BOOK_KEYS, "code").iter_rows()}
        made: list[tuple[int, Book, dict[int, int]]] = []
        for book, keys in with_keys_of(checked, self.forms, self.paths):
            code: int = numbers[book.key, book.form, book.fiscal_year]
            made.append(
                (
                    code,
                    book,
                    {record: code * SHEETS_OF_A_BOOK + key for record, key in keys.items()},
                )
            )
        return sorted(made, key=lambda item: item[0])

    def sizes(self, codes: Sequence[int]) -> dict[int, int]:
        """How many sheets and KPIs each book has."""
        sizes = dict.fromkeys(codes, 0)
        for table in _OWNING:
            if table in self.found.frames:
                for code, rows in self._sizes(table).items():
                    if code in sizes:
                        sizes[code] += rows
        return sizes

    def _sizes(self, table: TableName) -> Mapping[int, int]:
        """How many rows of a table each book has."""
        if table in self.found.sizes:
            return self.found.sizes[table]
        counted = self.engine.collected(
            self.found.frames[table].group_by(CODE).agg(nw.len().alias("rows"))
        )
        return dict(counted.select(CODE, "rows").iter_rows())

    def counts(self) -> dict[int, dict[str, tuple[int, int]]]:
        """How many sheets and KPIs the documents of each book have."""
        counts: dict[int, dict[str, tuple[int, int]]] = {}
        for index, table in enumerate(_OWNING):
            if table not in self.found.frames:
                continue
            usual = self.usual_path(table)
            for code, path, rows in self._of_documents(table):
                here = counts.setdefault(code, {})
                sheets, kpis = here.get(path or usual, (0, 0))
                of_table = (sheets + rows, kpis) if index == 0 else (sheets, kpis + rows)
                here[path or usual] = of_table
        return counts

    def _of_documents(self, table: TableName) -> Iterator[tuple[int, str | None, int]]:
        """A book, one of its documents, and how many rows of a table name it, in their order."""
        if "document" not in self.found.schemas[table]:
            for code, rows in self._sizes(table).items():
                yield code, None, rows
            return
        counted = self.found.frames[table].group_by(CODE, "document")
        rows_of = counted.agg(nw.len().alias("rows"), nw.col(OWNER).min().alias("first"))
        ordered = self.engine.collected(rows_of).sort("first")
        yield from ordered.select(CODE, "document", "rows").iter_rows()

    def remarked(self, code: int, outline: Book) -> list[int]:
        """The sheets and KPIs of a book that readers remarked something on."""
        owners: list[int] = []
        for index, table in enumerate(_OWNING):
            wanted = [
                (document.path, number)
                for document in outline.documents
                for remark in document.remarks
                if (number := (remark.sheet, remark.kpi)[index]) is not None
            ]
            if not wanted or table not in self.found.frames:
                continue
            schema, key = self.found.schemas[table], f"#{TABLES[table].owner}"
            numbers = (
                as_whole("number", schema)[0] if "number" in schema else nw.lit(None, nw.Int64)
            )
            document = (
                as_text("document", schema) if "document" in schema else nw.lit(None, nw.String)
            )
            frame = self.found.frames[table].filter(nw.col(CODE) == code)
            rows = self.engine.collected(
                frame.select(OWNER, key, numbers.alias("number"), document.alias("document"))
            )
            rows = rows.with_columns(
                pl.coalesce("number", key), pl.coalesce("document", pl.lit(self.usual_path(table)))
            )
            named = pl.DataFrame(
                wanted, schema={"document": pl.String, "number": pl.Int64}, orient="row"
            ).unique()
            owners += rows.join(named, on=["document", "number"], how="semi")[OWNER].to_list()
        return owners

    def names(self, table: TableName, owners: Sequence[int]) -> pl.DataFrame:
        """What names each owner: ``#owner``, ``document``, ``department``, ``project``; null where
        the table does not say.
        """
        columns = {
            name: of for name, of in _NAMES[table].items() if of in self.found.schemas[table]
        }
        frame = pl.DataFrame({OWNER: owners}, schema={OWNER: pl.Int64})
        if columns:
            wanted = self.engine.frame(frame.rename({OWNER: "of"}))
            named = (
                self.found.frames[table]
                .join(wanted, left_on=OWNER, right_on="of", how="semi")
                .select(OWNER, *columns.values())
            )
            frame = self.engine.collected(named).rename({of: name for name, of in columns.items()})
        nothing = pl.lit(None, pl.String)
        named_by = {
            name: pl.col(name).cast(pl.String) if name in columns else nothing
            for name in ("document", "department", "project")
        }
        usual = pl.lit(self.usual_path(table))
        return frame.select(
            OWNER,
            pl.coalesce(named_by.pop("document"), usual).alias("document"),
            *(pl.when(text != "").then(text).alias(name) for name, text in named_by.items()),
        )

    def usual_path(self, table: TableName) -> str:
        """The document of rows that name none."""
        names: tuple[TableName, ...] = (
            ("kpis",) if TABLES[table].owner == "kpi" else ("sheets", "years", "evaluations")
        )
        return next((self.paths[name] for name in names if name in self.paths), "")


_NAMES: Final[Mapping[TableName, Mapping[str, str]]] = {
    "sheets": {"document": "document", "department": "department", "project": "name"},
    "kpis": {"document": "document", "project": "project"},
}
"""The columns that name a sheet or a KPI, by what findings call them."""


def with_keys_of(
    checked: Guarded, forms: Mapping[str, Form], paths: Mapping[TableName, str]
) -> list[tuple[Book, dict[int, int]]]:
    """The books of tables, each with the keys that its sheets and KPIs (by identity) have there."""
    books = books_of(checked, forms, paths)
    keys: list[dict[int, int]] = [{} for _ in books]
    for table in _OWNING:
        frame = checked.frames.get(table)
        if frame is None:
            continue
        rows: dict[tuple[str, str, int], deque[int]] = {}
        for name, form, year, key in frame.select(*BOOK_KEYS, str(TABLES[table].owner)).iter_rows():
            rows.setdefault((name, form, year), deque()).append(key)
        for book, known in zip(books, keys, strict=True):
            for record in book.sheets if table == "sheets" else book.kpis:
                known[id(record)] = rows[book.key, book.form, record.fiscal_year].popleft()
    return list(zip(books, keys, strict=True))


def plain(table: pl.DataFrame) -> pl.DataFrame:
    """A table of an engine as its user had it, in the order of its rows, with their places where
    they are known.
    """
    order = [name for name in (ROW, CODE, OWNER, "#year") if name in table.columns]
    table = table.sort(order[:1] if ROW in order else order) if order else table
    kept = table.select(name for name in table.columns if not name.startswith("#") or name == ROW)
    return kept.rename({name: outer(name) for name in kept.columns if outer(name) != name})
