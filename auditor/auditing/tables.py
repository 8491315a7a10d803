"""Audits tables: columns settle what they can where the tables lie, the rows left are made
records of and judged exactly.

The report is the one that an audit of the records gives; printed forms and places are the only
difference. Tables are looked at some books at a time, since every key, reference, neighbour and
agreement lies within a book.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import narwhals as nw
import polars as pl

from auditor.auditing.collector import FindingCollector
from auditor.auditing.documents import unknown_form
from auditor.auditing.judging import Judging, exactly, framed
from auditor.auditing.options import DEFAULTS, AuditOptions, Progress
from auditor.auditing.report import Report
from auditor.engines.engine import ROW, Engine, Frame, PolarsEngine
from auditor.engines.inputs import Source, sources_of
from auditor.engines.keys import CODE, OWNER, Keyed, keyed, with_keys
from auditor.engines.leftover import Records, plain, with_keys_of
from auditor.engines.preparing import Needed, prepared
from auditor.engines.screen import columnar, screened
from auditor.forms.model import Form
from auditor.records.model import Book, Document, NotChecked
from auditor.records.text import Why
from auditor.rules.rows import Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.tables.files import explained
from auditor.tables.guard import Fault, guarded, merged, missing_figures
from auditor.tables.records import Tables, outlines_of
from auditor.tables.shape import TableName

__all__ = ["audit_tables"]


def audit_tables(
    tables: Tables | Mapping[str, Any] | Iterable[str | Path],
    rules: RuleSet,
    forms: Mapping[str, Form],
    options: AuditOptions = DEFAULTS,
) -> Report:
    """Audit tidy tables: the findings and counts of an audit of their records, without making
    records of what is right.

    ``tables`` are frames by the names of their tables, or paths of files and folders.
    ``report.kpis`` is left empty. The engine is closed at the end. Raises ValueError for a table
    of no known name, TypeError for a frame that is not the engine's.
    """
    engine = options.engine or PolarsEngine()
    collector = FindingCollector(rules, options)
    audit = _Audit(rules, forms, options.form, engine, collector, options.progress)
    try:
        documents = tuple(
            document
            for source in sources_of(tables, forms, options.form, engine)
            for document in audit.all_of(source)
        )
    finally:
        engine.close()
    return collector.report(documents)


@dataclass
class _Looked:
    """What was seen of a source's books: their outlines, and what is wrong with the tables."""

    books: list[Book] = field(default_factory=list[Book])
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: dict[TableName, int] = field(default_factory=dict[TableName, int])
    forms: dict[tuple[TableName, str], str] = field(
        default_factory=dict[tuple[TableName, str], str]
    )
    """The first book of each form in each table."""


@dataclass
class _Audit:
    """One audit of several sources by one engine."""

    rules: RuleSet
    forms: Mapping[str, Form]
    form: str | None
    engine: Engine
    collector: FindingCollector
    progress: Progress | None = None
    _plans: dict[str, tuple[list[Rule], Needed]] = field(
        default_factory=dict[str, tuple[list[Rule], "Needed"]]
    )

    _judged: bool = False

    def __post_init__(self) -> None:
        self.judging = [rule for rule in self.rules if rule.each != "reading"]
        self.reading = [rule for rule in self.rules if rule.each == "reading"]

    def all_of(self, source: Source) -> list[Document]:
        """The documents of a source; a file that turns out to be damaged is said, and the others
        are audited without it.

        Where some books were judged by then, judging them again would count them twice: the audit
        of the source ends, which is said.
        """
        self.collector.not_checked.extend(source.not_checked)
        self._judged = False
        try:
            return self.audited(source)
        except Exception:  # each engine has its own words for a file that it can't read
            wrong = source.damaged()
            if not wrong:
                raise
            self.collector.not_checked.extend(wrong.values())
            rest = replace(
                source,
                frames={
                    table: frame for table, frame in source.frames.items() if table not in wrong
                },
            )
            if not self._judged:
                return self.audited(rest)
            self.collector.not_checked.extend(
                _ended(path) for path in dict.fromkeys(rest.paths[table] for table in rest.frames)
            )
            return []

    def audited(self, source: Source) -> list[Document]:
        """The documents of a source; what was found goes to the collector."""
        looked = _Looked(faults=list(source.faults), left_out=dict(source.left_out))
        for batch in self._batches(source):
            self._batch(batch, source, looked)
        for (table, name), first in looked.forms.items():
            if table in source.columns:
                looked.faults += missing_figures(
                    table, source.columns[table], self.forms[name], first
                )
        told = explained(
            tuple(looked.books), source.worded(merged(looked.faults)), looked.left_out, source.paths
        )
        self.collector.not_checked.extend(told.not_checked)
        self.collector.expect(told.books)
        for before, book in zip(looked.books, told.books, strict=True):
            self.collector.not_checked.extend(
                reason for document in book.documents for reason in document.not_checked
            )
            if book is not before and book.form in self.forms:
                self.collector.judge(
                    Rows(_since(before, book), self.forms[book.form]), self.reading
                )
        return [document for book in told.books for document in book.documents]

    def _batches(self, source: Source) -> Iterator[dict[TableName, Frame]]:
        """The tables with their keys, some books at a time where they come into this process."""
        frames = with_keys(source.frames, self.form, self.engine)
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
            yield _kept(frames, self.engine)
            return
        largest: TableName = max(sizes, key=lambda table: sizes[table])
        spans = _spans(frames, self.engine)
        counted = spans[largest]
        done = 0
        for books, rows in _parts(counted, limit):
            # What belongs to no book of the largest table is looked at with the first ones.
            others = None if done else counted["book"].drop_nulls()
            yield _kept(
                {
                    table: _of_books(frame, spans.get(table), books, others)
                    for table, frame in frames.items()
                },
                self.engine,
            )
            done += rows
            if self.progress is not None:
                self.progress(done, sizes[largest])

    def _batch(self, frames: Mapping[TableName, Frame], source: Source, looked: _Looked) -> None:
        """Audit some books."""
        found = keyed(frames, self.forms, self.engine)
        if "sheets" not in source.frames:
            found = replace(found, derived=frozenset({"sheets"}))
        for table, name, first in found.firsts.iter_rows():
            looked.forms.setdefault((table, name), first)
        records = Records(found, self.forms, self.engine, self.form, source.paths)
        documents = (
            plain(self.engine.collected(frames["documents"])) if "documents" in frames else None
        )
        outlines = _outlines(found, records, documents)
        self.collector.expect(outlines.values())
        unsound: set[int] = set()
        for name in found.books["form"].unique(maintain_order=True):
            form = self.forms[name]
            rules, needed = self._plan(form)
            made = prepared(found, form, needed, self.engine)
            unsound |= made.unsound
            mine = found.books.filter(
                (pl.col("form") == name) & ~pl.col("code").is_in(list(made.unsound))
            )["code"]
            result = screened(
                made, form, self.engine, rules, functools.partial(exactly, records, form)
            )
            self._judged = True
            sound = {code: outlines[code] for code in mine if code in outlines}
            Judging(form, self.judging, rules, made, result, records, sound, self.collector).run()
            self._remarked(form, sound, records)
        looked.books += [book for code, book in outlines.items() if code not in unsound]
        self._outside(frames, found, unsound, documents, source, looked)

    def _plan(self, form: Form) -> tuple[list[Rule], Needed]:
        """The rules that can be columns for a form, and the names that they need."""
        if form.name not in self._plans:
            self._plans[form.name] = columnar(self.judging, form)
        return self._plans[form.name]

    def _remarked(self, form: Form, outlines: Mapping[int, Book], records: Records) -> None:
        """The findings of what readers remarked on documents, which name sheets and KPIs."""
        for code, outline in outlines.items():
            if any(document.remarks for document in outline.documents):
                for _, book, owned in records.of([code], records.remarked(code, outline)) or [
                    (code, outline, {})
                ]:
                    whole = book.model_copy(update={"documents": outline.documents})
                    self.collector.judge(Rows(whole, form), self.reading, frame_of=framed(owned))

    # --- books that columns can't be sure of

    def _outside(
        self,
        frames: Mapping[TableName, Frame],
        found: Keyed,
        unsound: set[int],
        documents: pl.DataFrame | None,
        source: Source,
        looked: _Looked,
    ) -> None:
        """Look over the rows outside sound books, make records of those that can be, and judge
        them all.
        """
        wrong: dict[TableName, pl.DataFrame] = {}
        for table, frame in frames.items():
            if table in source.frames and table != "documents":
                parts: list[pl.DataFrame] = []
                if self.engine.height(frame) > self.engine.height(found.frames[table]):
                    parts.append(self.engine.collected(_astray(frame, found.books, self.engine)))
                if unsound:
                    parts.append(
                        self.engine.collected(
                            found.frames[table]
                            .filter(nw.col(CODE).is_in(sorted(unsound)))
                            .drop(CODE, OWNER)
                        )
                    )
                kept = [plain(part) for part in parts if part.height]
                if kept:
                    wrong[table] = pl.concat(kept, how="vertical")
        if not wrong:
            return
        if documents is not None:
            sound = found.books.filter(~pl.col("code").is_in(sorted(unsound)))["book"]
            wrong["documents"] = (
                documents.filter(~pl.col("book").is_in(sound.implode()))
                if "book" in documents.columns
                else documents
            )
        checked = guarded(wrong, self.forms, self.form)
        looked.faults += [fault for fault in checked.faults if fault.row is not None or fault.more]
        for table, rows in checked.left_out.items():
            looked.left_out[table] = looked.left_out.get(table, 0) + rows
        books = with_keys_of(checked, self.forms, source.paths)
        self.collector.expect(book for book, _ in books)
        for book, keys in books:
            looked.books.append(book.model_copy(update={"sheets": (), "kpis": ()}))
            form = self.forms.get(book.form)
            if form is None:
                self.collector.not_checked.extend(unknown_form(book))
            else:
                self.collector.judge(Rows(book, form), frame_of=framed(keys))


def _kept(frames: Mapping[TableName, Frame], engine: Engine) -> dict[TableName, Frame]:
    return {table: engine.kept(frame) for table, frame in frames.items()}


def _outlines(found: Keyed, records: Records, documents: pl.DataFrame | None) -> dict[int, Book]:
    """The books without their records, by number: their documents as a table tells them, or as
    the sheets and KPIs name them.
    """
    codes: dict[str, int] = dict(found.books.select("book", "code").iter_rows())
    told: dict[int, Book] = {}
    if documents is not None:
        checked = guarded({"documents": documents}, records.forms, records.form)
        told = {
            codes[book.key]: book
            for book in outlines_of(checked, records.paths)
            if book.key in codes and book.documents
        }
    counts = records.counts()
    outlines: dict[int, Book] = {}
    for book, form, fiscal_year, code in found.books.select(
        "book", "form", "fiscal_year", "code"
    ).iter_rows():
        listed = tuple(
            Document(path=path, form=form, fiscal_year=fiscal_year, sheets=sheets, kpis=kpis)
            for path, (sheets, kpis) in counts.get(code, {}).items()
        )
        if code in told or listed:
            outlines[code] = (
                told[code] if code in told else Book.of_key(book, form, fiscal_year, listed)
            )
    return outlines


def _ended(path: str) -> NotChecked:
    en, ja = (
        "was not audited to its end, for another table is damaged",
        "ほかの表が壊れているため、最後まで検査していません",
    )
    return NotChecked(document=path, why=Why(code="ended", en=en, ja=ja))


def _parts(counted: pl.DataFrame, limit: int) -> Iterator[tuple[pl.Series, int]]:
    """The books that are looked at together, and how many rows they have."""
    sizes: list[int] = counted["rows"].to_list()
    start = 0
    while start < len(sizes):
        end, rows = start, 0
        while end < len(sizes) and (end == start or rows + sizes[end] <= limit):
            rows += sizes[end]
            end += 1
        yield counted["book"][start:end], rows
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
    """The rows of some books; with ``others`` also those that are of none of these. ``span``
    tells where the rows of each book stand.
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
            rows = native.slice(first - 1, last - first + 1).collect()
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


def _astray(frame: Frame, books: pl.DataFrame, engine: Engine) -> Frame:
    """The rows that are of no book whose keys are complete and plain."""
    keys = [
        name for name in ("book", "form", "fiscal_year") if f"#{name}" in frame.collect_schema()
    ]
    known = engine.frame(books.select(pl.col(key).alias(f"of {key}") for key in keys))
    return frame.join(
        known,
        left_on=[f"#{key}" for key in keys],
        right_on=[f"of {key}" for key in keys],
        how="anti",
    )


def _since(before: Book, after: Book) -> Book:
    """The book with those remarks on its documents that were added."""
    known = {document.path: len(document.remarks) for document in before.documents}
    documents = [
        document.model_copy(update={"remarks": document.remarks[known.get(document.path, 0) :]})
        for document in after.documents
    ]
    return after.model_copy(update={"documents": tuple(documents)})
