"""Audits tables: columns decide what they can where the tables lie.

The undecided rows are made records of and judged exactly. The report is the one that an audit of
the records gives; printed forms and places are the only difference. Tables are audited some books
at a time, since every key, reference, neighbour and consensus lies within a book.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final, cast

import narwhals as nw
import polars as pl

from auditor.auditing.beside_tables import BesideTables, Others, last_year_tables
from auditor.auditing.collector import FindingCollector
from auditor.auditing.documents import form_missing, unlisted_remarks
from auditor.auditing.judging import Judging, exactly, framed
from auditor.auditing.looked_up_tables import lookups_of_sources
from auditor.auditing.options import DEFAULTS, AuditOptions, Progress
from auditor.auditing.report import Report
from auditor.engines.engine import Engine, Frame
from auditor.engines.inputs import Source, sources_of
from auditor.engines.keys import CODE, OWNER, Keyed, all_with_keys, keyed
from auditor.engines.leftover import Records, plain, with_keys_of
from auditor.engines.polars_engine import PolarsEngine
from auditor.engines.preparing import prepared
from auditor.engines.screen import Plan, columnar, screened
from auditor.engines.settling import Tables as TablesOfForm
from auditor.forms.model import Form
from auditor.readers.source import unknown_form
from auditor.records.fields import BOOK_KEYS, OtherBook, TableName
from auditor.records.model import Book, Document, NotChecked
from auditor.records.sentences import EVALUATION_SECTIONS, SHEET_SECTIONS
from auditor.records.text import Text, Why
from auditor.rules.lookups import NO_LOOKUPS, Lookups
from auditor.rules.rows import NO_OTHERS, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.tables.books import outlines_of
from auditor.tables.cells import ROW
from auditor.tables.guard import Fault, guarded, merged, missing_figures
from auditor.tables.records import Tables
from auditor.tables.remarks import explained

__all__ = ["GivenTables", "audit_tables"]

_UNSOUND: Final = Text(
    en="a cell or a key of theirs is not what its column holds (the findings TBL say which)",
    ja="列の内容に合わないセルまたはキーがあります（どれかは TBL の指摘に示します）",
)

GivenTables = Tables | Mapping[str, Any] | Iterable[str | Path]
"""Frames by the names of their tables, or paths of files and folders."""


def audit_tables(
    tables: GivenTables,
    rules: RuleSet,
    forms: Mapping[str, Form],
    options: AuditOptions = DEFAULTS,
    last_year: GivenTables | None = None,
) -> Report:
    """Audit tidy tables: the findings and counts of an audit of their records, without making
    records of what is right.

    ``tables`` are frames by the names of their tables, or paths of files and folders; so are those
    of ``last_year``, whose sheets and KPIs are paired with these by their names alone.
    ``report.kpis`` is left empty. The engine is closed at the end. Raises ValueError for a table
    of no known name, and for several sets of tables of last year; TypeError for a frame that is
    not the engine's.
    """
    # Rows are what progress counts here.
    collector = FindingCollector(rules, replace(options, progress=None))
    if options.form is not None and options.form not in forms:
        why = unknown_form(options.form, forms)
        collector.not_checked.append(NotChecked(why=why))
        return collector.report(())
    engine = options.engine or PolarsEngine()
    audit = _Audit(rules, forms, options.form, engine, collector, options.progress)
    try:
        if last_year is not None:
            audit.beside = last_year_tables(last_year, forms, options.form, engine)
        documents: list[Document] = []
        sources = sources_of(tables, forms, options.form, engine, options.limits)
        audit.lookups = lookups_of_sources(sources, forms, options.form, engine)
        for source in sources:
            documents += audit.all_of(source)
    finally:
        engine.close()
    if audit.beside is not None:
        collector.not_checked.extend(audit.beside.not_checked)
    return collector.report(tuple(documents))


def _holds_prose(source: Source) -> bool:
    """Whether tables have columns of sentences."""
    sheets, evaluations = source.columns.get("sheets"), source.columns.get("evaluations")
    return any(name in (sheets or ()) for name in SHEET_SECTIONS) or any(
        name in (evaluations or ()) for name in EVALUATION_SECTIONS
    )


@dataclass
class _Inspection:
    """The books of a source without their records, and what is wrong with its tables."""

    books: list[Book] = field(default_factory=list[Book])
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: dict[TableName, int] = field(default_factory=dict[TableName, int])
    forms: dict[tuple[TableName, str], str] = field(
        default_factory=dict[tuple[TableName, str], str]
    )
    """The first book of each form in each table."""
    is_whole: bool = True
    """Whether every row of the tables is in some book, as far as was seen by now."""


@dataclass
class _Audit:
    """One audit of several sources by one engine."""

    rules: RuleSet
    forms: Mapping[str, Form]
    form: str | None
    engine: Engine
    collector: FindingCollector
    progress: Progress | None = None
    beside: BesideTables | None = None
    lookups: Lookups = NO_LOOKUPS
    _plans: dict[str, Plan] = field(default_factory=dict[str, Plan])

    _judged: bool = False

    def all_of(self, source: Source) -> list[Document]:
        """The documents of a source. A file that turns out to be damaged is reported, and the
        others are audited without it.

        Where some books were judged by then, judging them again would count them twice. So the
        audit of the source ends, which is reported.
        """
        self.collector.not_checked.extend(source.not_checked)
        self._judged = False
        try:
            return self.audited(source)
        except Exception:  # each engine has its own error for a file that it can't read
            damaged = source.damaged()
            if not damaged:
                raise
            self.collector.not_checked.extend(damaged.values())
            rest = replace(
                source,
                frames={
                    table: frame for table, frame in source.frames.items() if table not in damaged
                },
            )
            if not self._judged:
                return self.audited(rest)
            self.collector.not_checked.extend(
                _ended(path) for path in dict.fromkeys(rest.paths[table] for table in rest.frames)
            )
            return []

    def audited(self, source: Source) -> list[Document]:
        """The documents of a source; the findings go to the collector."""
        if _holds_prose(source):
            self.collector.leaves_prose = True
        inspection = _Inspection(faults=list(source.faults), left_out=dict(source.left_out))
        for batch in self._batches(source):
            self._batch(batch, source, inspection)
        for (table, name), first in inspection.forms.items():
            if table in source.columns:
                inspection.faults += missing_figures(
                    table, source.columns[table], self.forms[name], first
                )
        explanation = explained(
            tuple(inspection.books),
            source.worded(merged(inspection.faults)),
            inspection.left_out,
            source.paths,
        )
        self.collector.not_checked.extend(explanation.not_checked)
        self.collector.expect(explanation.books)
        for before, book in zip(inspection.books, explanation.books, strict=True):
            for document in book.documents:
                self.collector.not_checked.extend(document.not_checked)
                self.collector.not_checked.extend(unlisted_remarks(document, self.rules))
            form = self.forms.get(book.form)
            if book is not before and form is not None:
                self.collector.judge(Rows(_since(before, book), form), self._reading(form))
        return list(chain.from_iterable(book.documents for book in explanation.books))

    def _batches(self, source: Source) -> Iterator[dict[TableName, Frame]]:
        """The tables with their keys, some books at a time where they come into this process."""
        frames = all_with_keys(source.frames, self.form, self.engine)
        limit = self.engine.rows_at_a_time
        if limit is None:
            yield frames
            return
        sizes: dict[TableName, int] = {
            table: size
            for table, size in source.sizes.items()
            if table in frames and table != "documents"
        }
        if max(sizes.values(), default=0) <= limit:
            yield _in_memory(frames, self.engine)
            return
        largest: TableName = max(sizes, key=lambda table: sizes[table])
        spans = _spans(frames, self.engine)
        sizes_of_books = spans[largest]
        done = 0
        for books, rows in _parts(sizes_of_books, limit):
            # Rows of no book of the largest table are audited with the first books.
            others = None if done else sizes_of_books["book"].drop_nulls()
            yield _in_memory(
                {
                    table: _of_books(frame, spans.get(table), books, others)
                    for table, frame in frames.items()
                },
                self.engine,
            )
            done += rows
            if self.progress is not None:
                self.progress(done, sizes[largest])

    def _batch(
        self, frames: Mapping[TableName, Frame], source: Source, inspection: _Inspection
    ) -> None:
        """Audit some books."""
        keyed_tables = keyed(frames, self.forms, self.engine)
        if "sheets" not in source.frames:
            keyed_tables = replace(keyed_tables, derived=frozenset({"sheets"}))
        for table, name, first in keyed_tables.firsts.iter_rows():
            inspection.forms.setdefault((table, name), first)
        records = Records(keyed_tables, self.forms, self.engine, self.form, source.paths)
        documents = (
            plain(self.engine.collected(frames["documents"])) if "documents" in frames else None
        )
        beyond = self._beyond(frames, keyed_tables, source)
        if beyond or any(source.left_out.values()):
            inspection.is_whole = False
        outlines = _outlines(keyed_tables, records, documents)
        self.collector.expect(outlines.values())
        unsound: set[int] = set()
        for name in keyed_tables.books["form"].unique(maintain_order=True):
            form = self.forms[name]
            rules, needed, elsewhere = self._plan(form)
            columns = prepared(keyed_tables, form, needed, self.engine)
            beside = None
            if self.beside is not None:
                beside = self.beside.pair(keyed_tables, form, elsewhere)
            unsound |= columns.unsound
            sound_codes = keyed_tables.books.filter(
                (pl.col("form") == name) & ~pl.col("code").is_in(list(columns.unsound))
            )["code"]
            consensus = functools.partial(exactly, records, self.beside, form)
            tables = TablesOfForm(
                form,
                self.engine,
                keyed_tables,
                columns,
                tuple(sound_codes),
                inspection.is_whole,
                self.lookups,
            )
            result = screened(columns, form, self.engine, rules, consensus, tables, beside)
            self._judged = True
            sound = {code: outlines[code] for code in sound_codes if code in outlines}
            judging = Judging(
                form,
                self._judging(form),
                rules,
                columns,
                result,
                records,
                sound,
                self.collector,
                self.beside,
                self.lookups,
                inspection.is_whole,
            )
            judging.run()
            self._judge_reading_issues(form, sound, records)
        inspection.books += [book for code, book in outlines.items() if code not in unsound]
        self._outside(frames, keyed_tables, unsound, beyond, documents, source, inspection)

    def _judging(self, form: Form) -> list[Rule]:
        """The rules that judge rows."""
        return [rule for rule in self.collector.rules_of(form) if rule.each != "reading"]

    def _reading(self, form: Form) -> list[Rule]:
        """The rules that report what readers found wrong."""
        return [rule for rule in self.collector.rules_of(form) if rule.each == "reading"]

    def _plan(self, form: Form) -> Plan:
        """The rules that can be columns for a form, and the names that they need."""
        if form.name not in self._plans:
            others: tuple[OtherBook, ...] = () if self.beside is None else ("earlier",)
            self._plans[form.name] = columnar(self._judging(form), form, others, self.lookups.forms)
        return self._plans[form.name]

    def _others(self, form: Form, book: Book) -> Others:
        """What the rows of a book that columns can't judge are held against."""
        if self.beside is None:
            return NO_OTHERS
        return self.beside.others_of_records(form, book, self._plan(form).elsewhere)

    def _judge_reading_issues(
        self, form: Form, outlines: Mapping[int, Book], records: Records
    ) -> None:
        """Judge what readers found wrong with documents; it may name sheets and KPIs, which are
        made records of.
        """
        rules = self._reading(form)
        for code, outline in outlines.items():
            if not any(document.remarks for document in outline.documents):
                continue
            books = records.of([code], records.remarked(code, outline))
            for _, book, owned in books or [(code, outline, {})]:
                whole = book.model_copy(update={"documents": outline.documents})
                self.collector.judge(Rows(whole, form), rules, frame_of=framed(owned))

    def _beyond(
        self, frames: Mapping[TableName, Frame], keyed_tables: Keyed, source: Source
    ) -> set[TableName]:
        """The tables with rows that are of no book."""
        tables: dict[TableName, Frame] = {
            table: frame
            for table, frame in frames.items()
            if table in source.frames and table != "documents"
        }
        is_at_once = self.engine.rows_at_a_time is None
        rows = source.sizes if is_at_once else self.engine.heights(tables)
        counted = {table: sum(sizes.values()) for table, sizes in keyed_tables.sizes.items()}
        numbered: dict[TableName, Frame] = {
            table: keyed_tables.frames[table] for table in tables if table not in counted
        }
        of_books = {**counted, **self.engine.heights(numbered)}
        return {table for table in tables if rows[table] > of_books[table]}

    # — books that columns can't judge —

    def _frames_outside(
        self,
        frames: Mapping[TableName, Frame],
        keyed_tables: Keyed,
        unsound: set[int],
        beyond: set[TableName],
        source: Source,
    ) -> dict[TableName, pl.DataFrame]:
        """The rows that are of no sound book."""
        outside: dict[TableName, pl.DataFrame] = {}
        for table, frame in frames.items():
            if table not in source.frames or table == "documents":
                continue
            numbered, parts = keyed_tables.frames[table], list[Frame]()
            if table in beyond:
                parts.append(_rows_of_no_book(frame, keyed_tables.books, self.engine))
            if unsound:
                rows = numbered.filter(nw.col(CODE).is_in(sorted(unsound)))
                parts.append(rows.drop(CODE, OWNER))
            tables = [self.engine.collected(part) for part in parts]
            filled = [plain(rows) for rows in tables if rows.height]
            if filled:
                outside[table] = pl.concat(filled, how="vertical")
        return outside

    def _outside(
        self,
        frames: Mapping[TableName, Frame],
        keyed_tables: Keyed,
        unsound: set[int],
        beyond: set[TableName],
        documents: pl.DataFrame | None,
        source: Source,
        inspection: _Inspection,
    ) -> None:
        """Check the rows outside of sound books, make records of those that can be, and judge
        them by every rule.
        """
        frames_outside = self._frames_outside(frames, keyed_tables, unsound, beyond, source)
        if not frames_outside:
            return
        sound = keyed_tables.books.filter(~pl.col("code").is_in(sorted(unsound)))
        if documents is not None:
            frames_outside["documents"] = _documents_outside(documents, keyed_tables.books, sound)
        checked = guarded(frames_outside, self.forms, self.form)
        inspection.faults += [
            fault for fault in checked.faults if fault.row is not None or fault.more
        ]
        for table, rows in checked.left_out.items():
            inspection.left_out[table] = inspection.left_out.get(table, 0) + rows
        # A book of columns has its documents here where another book has its name.
        judged = set(sound.select(BOOK_KEYS).iter_rows())
        books = [
            (book, keys)
            for book, keys in with_keys_of(checked, self.forms, source.paths)
            if (book.key, book.form, book.fiscal_year) not in judged
        ]
        self.collector.expect(book for book, _ in books)
        is_whole = inspection.is_whole and not any(checked.left_out.values())
        sizes = _rows_of_books(checked.frames, source)
        for book, keys in books:
            self.collector.judged_by_row(
                sizes[book.key, book.form, book.fiscal_year] + sizes[(book.key,)],
                keyed_tables.doubtful.get(book.key, _UNSOUND),
                books=[book.key],
            )
            inspection.books.append(book.model_copy(update={"sheets": (), "kpis": ()}))
            self._judge_records(book, keys, is_whole)

    def _judge_records(self, book: Book, keys: dict[int, int], is_whole: bool) -> None:
        """Judge a book by every rule."""
        form = self.forms.get(book.form)
        if form is None:
            self.collector.not_checked.extend(form_missing(book))
            return
        others = self._others(form, book)
        rows = Rows(book, form, others, lookups=self.lookups, is_whole=is_whole)
        self.collector.judge(rows, frame_of=framed(keys))


def _documents_outside(
    documents: pl.DataFrame, books: pl.DataFrame, sound: pl.DataFrame
) -> pl.DataFrame:
    """The documents of books that columns can't judge, and of all that share their names."""
    if "book" not in documents.columns:
        return documents
    names = set(sound["book"]) - set(books.join(sound, on="code", how="anti")["book"])
    return documents.filter(~pl.col("book").is_in(list(names)))


def _rows_of_books(
    frames: Mapping[TableName, pl.DataFrame], source: Source
) -> Counter[tuple[object, ...]]:
    """How many rows of the tables of a source each book has, by as many of its keys as the tables
    have.
    """
    sizes: Counter[tuple[object, ...]] = Counter()
    for table, frame in frames.items():
        if table in source.frames and table != "documents":
            keys = [name for name in BOOK_KEYS if name in frame.columns]
            for *key, rows in frame.group_by(keys).len().iter_rows():
                sizes[tuple(key)] += rows
    return sizes


def _in_memory(frames: Mapping[TableName, Frame], engine: Engine) -> dict[TableName, Frame]:
    return {table: engine.kept(frame) for table, frame in frames.items()}


def _outlines(
    keyed_tables: Keyed, records: Records, documents: pl.DataFrame | None
) -> dict[int, Book]:
    """The books without their records, by number: their documents as a table describes them, or as
    the sheets and KPIs name them.
    """
    rows = keyed_tables.books.select(*BOOK_KEYS, "code").iter_rows()
    codes: dict[tuple[str, str, int], int] = {tuple(key): code for *key, code in rows}
    described: dict[int, Book] = {}
    if documents is not None:
        checked = guarded({"documents": documents}, records.forms, records.form)
        described = {
            codes[key]: book
            for book in outlines_of(checked, records.paths)
            if (key := (book.key, book.form, book.fiscal_year)) in codes and book.documents
        }
    counts = records.counts()
    outlines: dict[int, Book] = {}
    for book, form, fiscal_year, code in keyed_tables.books.select(
        "book", "form", "fiscal_year", "code"
    ).iter_rows():
        listed = tuple(
            Document(path=path, form=form, fiscal_year=fiscal_year, sheets=sheets, kpis=kpis)
            for path, (sheets, kpis) in counts.get(code, {}).items()
        )
        if code in described or listed:
            outlines[code] = (
                described[code]
                if code in described
                else Book.of_key(book, form, fiscal_year, listed)
            )
    return outlines


def _ended(path: str) -> NotChecked:
    en, ja = (
        "was not audited to its end, for another table is damaged",
        "ほかの表が壊れているため、最後まで点検していません",
    )
    return NotChecked(document=path, why=Why(code="ended", en=en, ja=ja))


def _parts(sizes_of_books: pl.DataFrame, limit: int) -> Iterator[tuple[pl.Series, int]]:
    """The books that are audited together, and how many rows they have: as many books as have
    ``limit`` rows, but at least one.
    """
    sizes: list[int] = sizes_of_books["rows"].to_list()
    start = 0
    while start < len(sizes):
        end, rows = start, 0
        while end < len(sizes) and (end == start or rows + sizes[end] <= limit):
            rows += sizes[end]
            end += 1
        yield sizes_of_books["book"][start:end], rows
        start = end


def _spans(frames: Mapping[TableName, Frame], engine: Engine) -> dict[TableName, pl.DataFrame]:
    """Where the rows of each book stand, in tables whose rows have an order."""
    return {
        table: engine.books(frame)
        for table, frame in frames.items()
        if ROW in frame.collect_schema()
    }


def _of_books(
    frame: Frame, span: pl.DataFrame | None, books: pl.Series, others: pl.Series | None
) -> Frame:
    """The rows of some books; with ``others``, those of none of these too. ``span`` says where
    the rows of each book stand, if they have an order.
    """
    named = books.drop_nulls()
    native: pl.LazyFrame = frame.to_native()
    mine = pl.col("#book").is_in(named.implode())
    if span is not None:
        here = span.filter(pl.col("book").is_in(named.implode()))
        beside = (
            others is not None
            and not span.filter(
                pl.col("book").is_null() | ~pl.col("book").is_in(others.implode())
            ).is_empty()
        )
        first, last = cast(int, here["first"].min() or 1), cast(int, here["last"].max() or 0)
        if (
            not beside and last - first + 1 == here["rows"].sum()
        ):  # they stand together, as in most tables
            # Rows of a text are numbered by its lines, and so not from 1.
            start = cast(int, span["first"].min() or 1)
            rows = native.slice(first - start, last - first + 1).collect()
            if (
                rows.height == last - first + 1
                and rows.select(pl.col(ROW).eq(pl.int_range(first, last + 1)).all()).item()
            ):
                return nw.from_native(rows.lazy())
    if others is not None:
        mine = mine | pl.col("#book").is_null() | ~pl.col("#book").is_in(others.implode())
    elif (
        native.collect_schema().get("book") == pl.String
    ):  # files sorted by book are read no further than these
        mine = pl.col("book").is_between(pl.lit(named.min()), pl.lit(named.max())) & mine
    return nw.from_native(native.filter(mine))


def _rows_of_no_book(frame: Frame, books: pl.DataFrame, engine: Engine) -> Frame:
    """The rows that are of no book whose keys are complete and plain."""
    keys = [name for name in BOOK_KEYS if f"#{name}" in frame.collect_schema()]
    sound = engine.frame(books.select(pl.col(key).alias(f"of {key}") for key in keys))
    return frame.join(
        sound,
        left_on=[f"#{key}" for key in keys],
        right_on=[f"of {key}" for key in keys],
        how="anti",
    )


def _since(before: Book, after: Book) -> Book:
    """The book with those reading issues of its documents that were added."""
    counts = {document.path: len(document.remarks) for document in before.documents}
    documents = [
        document.model_copy(update={"remarks": document.remarks[counts.get(document.path, 0) :]})
        for document in after.documents
    ]
    return after.model_copy(update={"documents": tuple(documents)})
