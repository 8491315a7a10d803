"""Last year's tables beside those of an audit: their columns, their records, and the pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from auditor.engines.bases import Needed, Prepared
from auditor.engines.engine import Engine, Frame
from auditor.engines.inputs import Source, sources_of
from auditor.engines.keys import OWNER, Keyed, all_with_keys, keyed
from auditor.engines.leftover import Records
from auditor.engines.pairs import (
    YEARS_BEFORE,
    Pairs,
    name_of,
    paired_books,
    pairs_of,
    same_names,
)
from auditor.engines.preparing import prepared
from auditor.engines.screen import Beside
from auditor.forms.model import Form
from auditor.records.fields import OtherBook, TableName
from auditor.records.model import Book, Kpi, NotChecked, Sheet
from auditor.records.text import Why
from auditor.rules.rows import NO_OTHERS, Other, Rows
from auditor.tables.records import Tables

__all__ = ["BesideTables", "last_year_tables"]

R = TypeVar("R", bound=Sheet | Kpi)
Owned = Mapping[int, int]
"""The number of the owner that each sheet and KPI (by identity) is."""
Part = Sequence[tuple[int, Book, Owned]]
"""Some books with their numbers and owners."""
Others = Mapping[OtherBook, Other]


@dataclass
class BesideTables:
    """Last year's tables with their records. ``pairs`` are those with the books that are being
    audited.
    """

    keyed: Keyed
    records: Records
    engine: Engine
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    pairs: Pairs | None = None
    _prepared: dict[str, Prepared] = field(default_factory=dict[str, Prepared])

    def of_form(self, form: Form, needed: Needed) -> Prepared:
        """The rows of a form; ``needed`` are the names that formulas use on each kind of row."""
        if form.name not in self._prepared:
            rows = prepared(self.keyed, form, needed, self.engine)
            self._prepared[form.name] = rows
            books = self.keyed.books.filter(pl.col("code").is_in(list(rows.unsound)))
            self.not_checked += (_unsound(book) for book in books["book"])
        return self._prepared[form.name]

    def pair(self, today: Keyed, form: Form, needed: Needed) -> Beside:
        """The rows of a form beside the tables that are being audited."""
        rows = self.of_form(form, needed)
        self.pairs = pairs_of(today, self.keyed, rows.unsound, self.engine)
        return Beside(rows, self.pairs)

    def others(self, form: Form, part: Part, whole: bool) -> dict[int, Others]:
        """What the rows of some books are held against, by the books' numbers: the partners of
        their records, or the ``whole`` books.
        """
        pairs = self.pairs
        if pairs is None:
            return {}
        codes = {code for code, _, _ in part}
        partner_of: dict[int, int] = {
            code: there for code, there in pairs.books.iter_rows() if code in codes
        }
        partners = {
            table: _partners(pairs.owners[table], _owners_of(table, part)) for table in pairs.owners
        }
        chosen = sorted(set(chain.from_iterable(each.values() for each in partners.values())))
        there = {
            code: (book, owned)
            for code, book, owned in self.records.of(
                sorted(partner_of.values()), None if whole else chosen
            )
        }
        others: dict[int, Others] = {}
        for code, book, owned in part:
            if code not in partner_of:
                continue
            nothing = Book(form=form.name, fiscal_year=book.fiscal_year - YEARS_BEFORE)
            earlier, owned_there = there.get(partner_of[code], (nothing, {}))
            sheets = _numbered(earlier.sheets, owned_there)
            kpis = _numbered(earlier.kpis, owned_there)
            others[code] = _beside(
                Rows(earlier, form),
                _pairs(book.sheets, owned, partners["sheets"], sheets),
                _pairs(book.kpis, owned, partners["kpis"], kpis),
            )
        return others

    def others_of_records(self, form: Form, book: Book, needed: Needed) -> Others:
        """The same for a book whose tables columns can't be sure of."""
        unsound = self.of_form(form, needed).unsound
        sound = self.keyed.books.filter(~pl.col("code").is_in(list(unsound)))
        key = {"book": book.key, "form": form.name, "fiscal_year": book.fiscal_year, "code": 0}
        today = pl.DataFrame([key])
        codes = [there for _, there in paired_books(today, sound).iter_rows()]
        for _, earlier, _ in self.records.of(codes) if codes else ():
            return _beside(
                Rows(earlier, form),
                same_names(_named(book.sheets), _named(earlier.sheets)),
                same_names(_named(book.kpis), _named(earlier.kpis)),
            )
        return NO_OTHERS


def last_year_tables(
    tables: Tables | Mapping[str, Any] | Iterable[str | Path],
    forms: Mapping[str, Form],
    form: str | None,
    engine: Engine,
) -> BesideTables:
    """Last year's tables, ready to be held against others. Raises ValueError for tables that do
    not belong together, and what ``sources_of`` raises.
    """
    sources = sources_of(tables, forms, form, engine)
    not_checked = list(chain.from_iterable(source.not_checked for source in sources))
    usable = [source for source in sources if source.frames]
    if len(usable) > 1:
        raise ValueError(
            "last year's tables are several sets of tables: give one of them / "
            "前年度の表が複数の組になっています。1組だけ指定してください"
        )
    source = usable[0] if usable else Source({}, {})
    if source.faults or not usable:
        not_checked.append(_faulty(source))
    frames: dict[TableName, Frame] = {
        table: engine.kept(frame)
        for table, frame in all_with_keys(source.frames, form, engine).items()
    }
    numbered = keyed(frames, forms, engine)
    if "sheets" not in source.frames:
        numbered = replace(numbered, derived=frozenset({"sheets"}))
    records = Records(numbered, forms, engine, form, source.paths)
    return BesideTables(numbered, records, engine, not_checked)


def _beside(
    rows: Rows, sheets: Sequence[tuple[Sheet, Sheet]], kpis: Sequence[tuple[Kpi, Kpi]]
) -> Others:
    return {"earlier": Other(rows, sheets, kpis)}


def _owners_of(table: TableName, part: Part) -> list[int]:
    """The numbers of the sheets or of the KPIs of some books."""
    numbers: list[int] = []
    for _, book, owned in part:
        records = book.sheets if table == "sheets" else book.kpis
        numbers += (owned[id(record)] for record in records)
    return numbers


def _numbered(records: Iterable[R], owned: Owned) -> dict[int, R]:
    """Some records of one kind by the numbers of their owners."""
    return {owned[id(record)]: record for record in records}


def _pairs(
    records: Iterable[R], owned: Owned, partners: Mapping[int, int], there: Mapping[int, R]
) -> list[tuple[R, R]]:
    """The records of one kind that have a partner, with it."""
    beside = ((record, there.get(partners.get(owned[id(record)], -1))) for record in records)
    return [(record, partner) for record, partner in beside if partner is not None]


def _named(records: Iterable[R]) -> list[tuple[tuple[object, ...], R]]:
    return [(name_of(record), record) for record in records]


def _partners(pairs: pl.DataFrame, owners: Sequence[int]) -> dict[int, int]:
    """The partners of some owners, by their numbers."""
    return dict(pairs.filter(pl.col(OWNER).is_in(list(owners))).iter_rows())


def _faulty(source: Source) -> NotChecked:
    why = Why(
        code="last-year-tables",
        en="last year's tables can't be used as they are; audit them by themselves to see why",
        ja="前年度の表に使えないものがあります。理由は、前年度の表だけを点検すると表示されます",
    )
    return NotChecked(document=next(iter(source.paths.values()), None), why=why)


def _unsound(book: str) -> NotChecked:
    why = Why(
        code="last-year-tables",
        en=f"last year's book {book} has faults in its tables, so nothing was held against it",
        ja=f"前年度の冊子 {book} の表に誤りがあるため、前年度と照合していません",
    )
    return NotChecked(document=book, why=why)
