"""Judges the rows that columns leave undecided.

Makes records of their sheets, some books at a time, and gives their findings to the collector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Final, cast

import polars as pl

from auditor.auditing.beside_tables import BesideTables, Others
from auditor.auditing.book_findings import tables_missing
from auditor.auditing.collector import FindingCollector
from auditor.auditing.judged_rows import JudgedFinding
from auditor.engines.agreement import Agreement
from auditor.engines.bases import AT, Prepared
from auditor.engines.keys import CODE, OWNER, SHEETS_OF_A_BOOK
from auditor.engines.leftover import Key, Place, Records, SomeRows, place
from auditor.engines.polars_engine import AS_WRITTEN
from auditor.engines.screen import Screened
from auditor.forms.model import Form
from auditor.formula.judge import measure
from auditor.records.fields import SCOPES, TABLE_OF, Each, OtherBook, TableName
from auditor.records.figures import Quantity
from auditor.records.model import Book
from auditor.records.text import Text
from auditor.rules.lookups import NO_LOOKUPS, Lookups
from auditor.rules.rows import NO_OTHERS, Row, Rows
from auditor.rules.rule import Rule
from auditor.tables.findings import FINDINGS, finding_frame

__all__ = ["Judging", "exactly", "parts"]

_NOT_COLUMNS: Final = Text(
    en="these rules can't be columns (rules --columns says why)",
    ja="これらの規則は列として計算できません（理由は rules --columns で表示されます）",
)
_AT_A_TIME: Final = 5_000
"""How many sheets and KPIs are made records of at a time, which bounds the memory."""


def exactly(
    records: Records,
    beside: BesideTables | None,
    form: Form,
    scope: Each,
    agreement: Agreement,
    groups: Sequence[Place],
) -> dict[Place, Quantity | None]:
    """The consensus of some groups of rows (a book and a column each), as the judge finds it."""
    columns: dict[int, list[int | None]] = {}
    for code, at in groups:
        columns.setdefault(code, []).append(at)
    consensus: dict[Place, Quantity | None] = {}
    measured = measure(agreement.expression)
    for part in parts(records.sizes(list(columns))) if columns else ():
        books = records.of(part)
        others = {} if beside is None else beside.others(form, books, whole=False)
        for code, book, _ in books:
            rows = Rows(book, form, others.get(code, NO_OTHERS))
            first = {place(row, form): row for row in reversed(rows.of(scope))}
            consensus |= {
                (code, at): rows.over_group(first[at], "agreed", agreement.expression, measured)
                for at in columns[code]
            }
    return consensus


def parts(sizes: Mapping[int, int], limit: int = _AT_A_TIME) -> Iterator[list[int]]:
    """Numbers of books, as many at a time as have ``limit`` sheets and KPIs together; ``sizes``
    has how many each has.
    """
    part: list[int] = []
    total = 0
    for code, size in sizes.items():
        if part and total + size > limit:
            yield part
            part, total = [], 0
        part.append(code)
        total += size
    if part:
        yield part


@dataclass(frozen=True)
class Judging:
    """The judging of one form's sound books, after columns have screened them.

    ``columnar`` are the rules that columns could decide. ``outlines`` are the books with their
    documents alone, by number, in the report's order.
    """

    form: Form
    rules: Sequence[Rule]
    columnar: Sequence[Rule]
    prepared: Prepared
    screened: Screened
    records: Records
    outlines: Mapping[int, Book]
    collector: FindingCollector
    beside: BesideTables | None = None
    lookups: Lookups = NO_LOOKUPS
    is_whole: bool = True
    """Whether every row of the tables is in some book."""
    failing: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    """The rows that certainly fail, as findings, by rule."""

    def run(self) -> None:
        """Count the rows that columns decided. Judge the undecided ones, those whose message only
        the judge can give, and those that the report lists.
        """
        self._count()
        self.failing.update(self.screened.told())
        by_hand = [rule for rule in self.rules if rule not in self.columnar and self._applies(rule)]
        judged = self._to_judge()
        self._only_counted(judged)
        owners = self._owners(judged)
        whole = set(self.outlines) if by_hand else self._whole(judged)
        if by_hand:
            codes = list(dict.fromkeys(rule.code for rule in by_hand))
            self.collector.judged_by_row(sum(self._heights.values()), _NOT_COLUMNS, rules=codes)
        sizes: dict[int, int] = dict(
            owners.group_by(CODE, maintain_order=True).len().sort(CODE).iter_rows()
        )
        if whole:
            sizes |= self.records.sizes(sorted(whole))
        for part in parts(sizes):
            self._judge(part, owners, whole, judged, by_hand)

    def _owners(self, judged: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """The sheets and KPIs whose records are needed: those of the rows to judge, and those
        that their rules look at.
        """
        frames = [frame.select(CODE, OWNER) for frame in judged.values() if OWNER in frame.columns]
        frames += self.screened.left.also
        for key, companions in self.screened.left.companions.items():
            if key in judged:
                frames.append(companions.owners(judged[key]))
        none = pl.DataFrame(schema={CODE: pl.Int64, OWNER: pl.Int64})
        return pl.concat([none, *frames]).unique().sort(CODE, OWNER)

    def _whole(self, judged: Mapping[str, pl.DataFrame]) -> set[int]:
        """The books of which all records are needed, because a rule in Python may look at all."""
        counted = set(chain.from_iterable(self.screened.left.once.values()))
        whole: set[int] = set()
        for rule in self.columnar:
            if rule.check is None or rule.key not in judged:
                continue
            codes = set(judged[rule.key][CODE].to_list())
            if rule.file.looks_at == "book":
                whole |= codes
            elif rule.each == "book":
                whole |= codes - counted
        return whole

    @cached_property
    def _by_key(self) -> Mapping[str, Rule]:
        """The rules by what tells them apart."""
        return {rule.key: rule for rule in self.rules}

    def _count(self) -> None:
        outcomes = self.collector.outcomes
        for key, counts in self.screened.outcomes.items():
            for outcome, rows in counts.items():
                outcomes[self._by_key[key].code][outcome] += rows
        for rule in self.rules:
            if not self._applies(rule):
                rows = (
                    len(self.outlines)
                    if rule.each == "book"
                    else self._heights.get(cast(Each, rule.each), 0)
                )
                outcomes[rule.code]["not_applicable"] += rows
                missing = tables_missing(rule, self.form, self._others, self.lookups)
                reported = self.collector.not_checked
                reported.extend(item for item in missing if item not in reported)

    def _applies(self, rule: Rule) -> bool:
        """Whether a rule applies to the form, beside the books and tables that were given."""
        return rule.applies_to(self.form, self._others, self.lookups.forms)

    @property
    def _others(self) -> tuple[OtherBook, ...]:
        """The books that these are held against."""
        return () if self.beside is None else ("earlier",)

    @property
    def _heights(self) -> Mapping[Each, int]:
        heights = dict(self.prepared.heights)
        if self.form.kpi is None:
            heights |= {"kpi": 0, "kpi_year": 0}
        return heights

    def _to_judge(self) -> dict[str, pl.DataFrame]:
        """The rows to judge, by rule: the undecided ones, those whose figures only the judge can
        give, and the failing ones of the first books, until the report is full.
        """
        judged = {key: [frame] for key, frame in self.screened.left.frames.items()}
        last = self._last_listed()
        for key, frame in self.failing.items():
            rows = self._listed(frame, last)
            if rows.height:
                judged.setdefault(key, []).append(rows.select(_keys(rows)))
        return {key: pl.concat(frames) for key, frames in judged.items()}

    def _listed(self, failing: pl.DataFrame, last: int | None) -> pl.DataFrame:
        """Those of a rule's failing rows that need a judge, where ``last`` is the last book whose
        rows the report lists.
        """
        if last is None:
            return failing
        untold = self.collector.file is not None and not failing["told"].all()
        if last < 0 and not untold:
            return failing.clear()
        listed = pl.col(CODE) <= last
        return failing.filter(listed | ~pl.col("told") if untold else listed)

    def _last_listed(self) -> int | None:
        """The last book whose failing rows the report lists; None for all, -1 for no book."""
        if self.collector.most is None:
            return None
        capacity = self.collector.most - len(self.collector.listed)
        if capacity <= 0 or not self.failing:
            return -1
        counts = (
            pl.concat([frame.select(CODE) for frame in self.failing.values()])
            .group_by(CODE)
            .len()
            .sort(CODE)
        )
        enough = counts.filter(pl.col("len").cum_sum() >= capacity)
        return None if enough.is_empty() else cast(int, enough[CODE][0])

    def _only_counted(self, judged: Mapping[str, pl.DataFrame]) -> None:
        """Count the failing rows that are not judged, and write them with the columns' figures."""
        frames: list[pl.DataFrame] = []
        for key, frame in self.failing.items():
            rows = frame.join(judged[key], on=_keys(frame), how="anti") if key in judged else frame
            if rows.height:
                rule = self._by_key[key]
                self.collector.outcomes[rule.code]["fail"] += rows.height
                for severity, number in rows["severity"].value_counts().iter_rows():
                    self.collector.count(rule.counted_as(severity), number)
                frames.append(rows)
        if not frames:
            return
        if self.collector.file is not None:
            self.collector.file.write(self._finding_rows(frames))

    def _finding_rows(self, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Failing rows, some of each rule, as rows of ``FINDINGS``."""
        tables: dict[str, TableName] = {
            each: TABLE_OF[scope.owner] for each, scope in SCOPES.items() if scope.owner
        }
        owners: dict[TableName, list[pl.Series]] = {}
        for frame in frames:
            owners.setdefault(tables[frame["each"][0]], []).append(frame[OWNER])
        documents = [
            self.records.names(table, pl.concat(parts).unique().to_list())
            .lazy()
            .with_columns(pl.lit(table).alias("table"))
            for table, parts in owners.items()
        ]
        rows = pl.concat(frames, how="diagonal")
        books = self.records.found.books.select(pl.col("code").alias(CODE), "book", "fiscal_year")
        place = pl.col(AT) if AT in rows.columns else pl.lit(None, pl.Int64)
        year = place.cast(pl.String)
        for index, column in enumerate(self.form.columns):
            column_year = (pl.col("fiscal_year") + column.offset).cast(pl.String)
            suffix = self.form.column_suffix(column)
            year = (
                pl.when((pl.col("each") == "year") & (place == index))
                .then(pl.concat_str(column_year, pl.lit(suffix)))
                .otherwise(year)
            )
        key = pl.col(OWNER) % SHEETS_OF_A_BOOK
        columns = {
            "sheet": pl.when(pl.col("table") == "sheets").then(key),
            "kpi": pl.when(pl.col("table") == "kpis").then(key),
            "year": year,
            "unit": pl.when(pl.col("unit") != "").then(pl.col("unit")),
        }
        of_table = pl.col("each").replace_strict(tables, return_dtype=pl.String)
        named = (
            rows.lazy()
            .with_columns(of_table.alias("table"))
            .join(pl.concat(documents), on=[OWNER, "table"], how="left", maintain_order="left")
        )
        named = named.join(books.lazy(), on=CODE, how="left", maintain_order="left")
        return named.select(
            columns.get(name, pl.col(name)).alias(name) for name in FINDINGS.names()
        ).collect(optimizations=AS_WRITTEN)

    def _rows(self, code: int, book: Book, beside: Others, *, is_whole: bool) -> Rows:
        """The rows of a book; one that ``is_whole`` has the records of all of its sheets."""
        if not is_whole:
            return SomeRows(
                book,
                self.form,
                code,
                self.screened.left,
                beside,
                lookups=self.lookups,
                is_whole=self.is_whole,
            )
        return Rows(
            book,
            self.form,
            beside,
            lookups=self.lookups,
            is_whole=self.is_whole,
            claims_of=self.collector.claims_of,
        )

    def _judge(
        self,
        part: list[int],
        owners: pl.DataFrame,
        whole: set[int],
        judged: Mapping[str, pl.DataFrame],
        by_hand: list[Rule],
    ) -> None:
        """Judge some books: the rows of ``judged`` by the columnar rules, and all rows by those
        of ``by_hand``. Of books that are not ``whole``, only ``owners`` are made records of.
        """
        chosen: dict[str, set[tuple[int, Key]]] = {}
        for rule in self.columnar:
            if rule.key in judged:
                frame = judged[rule.key].filter(pl.col(CODE).is_in(part))
                chosen[rule.key] = set(_places(frame))
        everything = {rule.key for rule in by_hand}
        some = [code for code in part if code not in whole]
        books = self.records.of([code for code in part if code in whole]) if whole else []
        if some:
            few = owners.filter(pl.col(CODE).is_in(some))[OWNER].to_list()
            books += self.records.of(some, few)
        others: Mapping[int, Others] = {}
        if self.beside is not None:
            others = self.beside.others(self.form, books, whole=bool(by_hand))
        for code, book, owned in books:
            book = book.model_copy(update={"documents": self.outlines[code].documents})
            beside = others.get(code, NO_OTHERS)
            rows = self._rows(code, book, beside, is_whole=code in whole)

            def rows_of(
                rule: Rule, rows: Rows = rows, code: int = code, owned: Mapping[int, int] = owned
            ) -> Iterable[Row]:
                of_rule = rows.of(cast(Each, rule.each))
                if rule.key in everything:
                    return of_rule
                places = chosen.get(rule.key)
                if not places:
                    return ()
                return [row for row in of_rule if (code, self._key_of(row, owned)) in places]

            self.collector.judge(rows, [*self.columnar, *by_hand], rows_of, framed(owned))

    def _key_of(self, row: Row, owned: Mapping[int, int]) -> Key:
        """The key that columns have for a row; a book has none beside its number."""
        if row.scope == "book":
            return None, None
        return owned[id(row.sheet or row.kpi)], place(row, self.form)


def _places(frame: pl.DataFrame) -> Iterator[tuple[int, Key]]:
    """The books of rows to judge, and the keys of the rows."""
    for code, *key in frame.iter_rows():
        yield code, (key[0] if key else None, key[1] if len(key) > 1 else None)


def framed(owned: Mapping[int, int]) -> Callable[[Iterable[JudgedFinding], str], pl.DataFrame]:
    """A function that makes rows of findings, with the keys of their sheets and KPIs in the
    tables. ``owned`` has these keys by the identity of the record.
    """

    def frame_of(findings: Iterable[JudgedFinding], book: str) -> pl.DataFrame:
        items = list(findings)
        keys = {"sheet": [_key(item.row.sheet if item.row else None, owned) for item in items]}
        keys["kpi"] = [_key(item.row.kpi if item.row else None, owned) for item in items]
        frame = finding_frame((item.finding for item in items), book)
        return frame.with_columns(
            pl.Series(name, numbers, dtype=pl.Int64) for name, numbers in keys.items()
        )

    return frame_of


def _key(record: object, owned: Mapping[int, int]) -> int | None:
    return None if record is None else owned[id(record)] % SHEETS_OF_A_BOOK


def _keys(frame: pl.DataFrame) -> list[str]:
    return [name for name in (CODE, OWNER, AT) if name in frame.columns]
