"""Which sheet and KPI of some tables is which of last year's tables.

The pairs are a table: book, sheet, earlier book, earlier sheet, and how each was found. Tables are
paired by names alone; what is spelt otherwise, or has a name twice, has no partner.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar, cast

import narwhals as nw
import polars as pl

from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER, SHEETS_OF_A_BOOK, Keyed
from auditor.forms.words import squeezed
from auditor.records.fields import TableName
from auditor.records.model import Kpi, Sheet
from auditor.tables.cells import as_text

__all__ = [
    "PARTNER",
    "PARTNER_BOOK",
    "YEARS_BEFORE",
    "Pairs",
    "name_of",
    "paired_books",
    "pairs_of",
    "same_names",
]

PARTNER: Final = "#partner"
"""The number of a row's sheet or KPI in last year's tables."""
PARTNER_BOOK: Final = "#partner book"
"""The number of a row's book there."""
YEARS_BEFORE: Final = 1
"""How many fiscal years last year's book is before."""

T = TypeVar("T")
U = TypeVar("U")
Name = tuple[str, ...]

_NAMED_BY: Final[Mapping[TableName, tuple[str, ...]]] = {
    "sheets": ("name", "department", "budget_stages"),
    "kpis": ("project", "name"),
}
_STAGES: Final = "budget_stages"


@dataclass(frozen=True)
class Pairs:
    """The pairs of some books. ``books`` has the numbers of both books (``#code``,
    ``#partner book``), ``owners`` of each table those of both records (``#owner``, ``#partner``).
    """

    books: pl.DataFrame
    owners: Mapping[TableName, pl.DataFrame]

    def table(self, keyed: Keyed, earlier: Keyed) -> pl.DataFrame:
        """The pairs of sheets as people read them."""
        names = keyed.books.select(pl.col("code").alias(CODE), "book")
        there = earlier.books.select(
            pl.col("code").alias(PARTNER_BOOK), pl.col("book").alias("earlier_book")
        )
        pairs = self.owners["sheets"].select(
            (pl.col(OWNER) // SHEETS_OF_A_BOOK).alias(CODE),
            (pl.col(OWNER) % SHEETS_OF_A_BOOK).alias("sheet"),
            (pl.col(PARTNER) // SHEETS_OF_A_BOOK).alias(PARTNER_BOOK),
            (pl.col(PARTNER) % SHEETS_OF_A_BOOK).alias("earlier_sheet"),
            pl.lit("name").alias("how"),
        )
        named = pairs.join(names, on=CODE).join(there, on=PARTNER_BOOK)
        return named.select("book", "sheet", "earlier_book", "earlier_sheet", "how")

    def beside(self, frame: Frame, table: TableName, engine: Engine) -> Frame:
        """The rows of a frame with the numbers of their partners; null where they have none."""
        books = engine.frame(self.books.rename({CODE: "of code"}))
        owners = engine.frame(self.owners[table].rename({OWNER: "of owner"}))
        frame = engine.linked(frame, books, [CODE], ["of code"])
        return engine.linked(frame, owners, [OWNER], ["of owner"])


def pairs_of(keyed: Keyed, earlier: Keyed, unsound: Iterable[int], engine: Engine) -> Pairs:
    """The pairs of some tables with those of last year; ``unsound`` are the earlier books that
    columns can't be sure of, and that have no partner.
    """
    books = paired_books(keyed.books, earlier.books.filter(~pl.col("code").is_in(list(unsound))))
    partner_of: dict[int, int] = dict(books.iter_rows())
    owners: dict[TableName, pl.DataFrame] = {}
    for table in _NAMED_BY:
        there = _names(earlier, table, engine)
        here = [
            ((partner_of[code], *name[1:]), owner)
            for name, owner in _names(keyed, table, engine)
            if (code := cast(int, name[0])) in partner_of
        ]
        pairs = same_names(here, there)
        schema = {OWNER: pl.Int64, PARTNER: pl.Int64}
        owners[table] = pl.DataFrame(pairs, schema=schema, orient="row")
    return Pairs(books, owners)


def same_names(
    here: Sequence[tuple[tuple[object, ...], T]], there: Sequence[tuple[tuple[object, ...], U]]
) -> list[tuple[T, U]]:
    """What has the same name on both sides, where no other has it."""
    once = Counter(name for name, _ in here), Counter(name for name, _ in there)
    partners = {name: item for name, item in there if once[1][name] == 1}
    return [
        (item, partners[name]) for name, item in here if once[0][name] == 1 and name in partners
    ]


def name_of(record: Sheet | Kpi) -> Name:
    """What a record is paired by."""
    if isinstance(record, Kpi):
        return squeezed(record.project), squeezed(record.name)
    return squeezed(record.name), squeezed(record.department), *_stages(record.budget_stages)


def _stages(stages: Iterable[str]) -> Name:
    return tuple(sorted(map(squeezed, stages)))


def paired_books(books: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The numbers of the books of one form and name, a year apart."""
    here = [
        ((form, year - YEARS_BEFORE, _title(book, form, year)), code)
        for book, form, year, code in books.select(_OF_BOOK).iter_rows()
    ]
    there = [
        ((form, year, _title(book, form, year)), code)
        for book, form, year, code in earlier.select(_OF_BOOK).iter_rows()
    ]
    schema = {CODE: pl.Int64, PARTNER_BOOK: pl.Int64}
    return pl.DataFrame(same_names(here, there), schema=schema, orient="row")


_OF_BOOK: Final = ("book", "form", "fiscal_year", "code")


def _title(book: str, form: str, fiscal_year: int) -> str:
    """The name of a book; none where it is that of its form and year."""
    return "" if book == f"{form}-{fiscal_year}" else book


def _names(keyed: Keyed, table: TableName, engine: Engine) -> list[tuple[tuple[object, ...], int]]:
    """The number of each record's book with its name, and its own number."""
    if table not in keyed.frames:
        return []
    schema = keyed.schemas[table]
    texts = {name: as_text(name, schema) for name in _NAMED_BY[table] if name in schema}
    frame = keyed.frames[table].select(
        CODE, OWNER, *(text.alias(f"name/{name}") for name, text in texts.items())
    )
    rows = engine.collected(frame.filter(~nw.col(OWNER).is_null())).to_dicts()
    named: list[tuple[tuple[object, ...], int]] = []
    for row in rows:
        words = {
            name: cast("str | None", row.get(f"name/{name}")) or "" for name in _NAMED_BY[table]
        }
        stages = _stages(_listed(words.pop(_STAGES, "")))
        named.append(((row[CODE], *map(squeezed, words.values()), *stages), row[OWNER]))
    return named


def _listed(text: str) -> list[str]:
    """The texts of a JSON list; a text that is none stands for itself."""
    try:
        stages: object = json.loads(text) if text else []
    except ValueError:
        return [text]
    return (
        [str(stage) for stage in cast("list[object]", stages)]
        if isinstance(stages, list)
        else [text]
    )
