"""Audits tables: columns settle what they can, the rows left are made records of and judged exactly; the report is the records' own.

Printed forms and places are the only difference. A rule that can't be columns is judged row by row, on records of everything.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping
from typing import Final, cast

import narwhals as nw
import polars as pl

from auditor.auditing import FailOn, Report, audit, findings_of, in_order
from auditor.engines.agreements import Agreeing, expression_of
from auditor.engines.engine import Engine, PolarsEngine
from auditor.engines.leftover import PATHS, Key, Leftover, SomeRows, records
from auditor.engines.views import KEYS, TABLES, View, as_of, prepared
from auditor.forms import Form
from auditor.formula.columns import Answers, Mask, NotColumnar, answers, both, either, opposite
from auditor.formula.tree import Call, walk
from auditor.model import Book, NotChecked
from auditor.rows import Each, Row, Rows
from auditor.rules import OUTCOMES, Finding, Outcome, Rule, RuleSet
from auditor.tables.files import told
from auditor.tables.guard import Guarded, guarded
from auditor.tables.records import Tables, books_of, outlines_of
from auditor.tables.shape import TableName

__all__ = ["audit_tables", "not_columnar", "screened"]

LEFT, PASS, MAY, UNKNOWN, NOT_APPLICABLE = range(5)
_OUTCOMES: Final[Mapping[int, Outcome]] = {PASS: "pass", MAY: "may", UNKNOWN: "unknown", NOT_APPLICABLE: "not_applicable"}


def not_columnar(rules: Iterable[Rule], forms: Mapping[str, Form]) -> tuple[str, ...]:
    """The codes of the rules that are judged row by row: those in Python, of a whole book, or of formulas that can't be columns."""
    found: list[str] = []
    for rule in rules:
        applying = [form for form in forms.values() if rule.each != "reading" and rule.applies_to(form)]
        if any(_compiled(rule, _blank_view(rule, form)) is None for form in applying):
            found.append(rule.code)
    return tuple(found)


def _blank_view(rule: Rule, form: Form) -> View:
    _, bases = prepared({}, form, lambda frame: nw.from_native(frame.lazy()))
    return View(cast(Each, rule.each), form, {scope: type(base)({}, {}) for scope, base in bases.items()})


def _compiled(rule: Rule, view: View) -> dict[int, Mask] | None:
    """For which rows each outcome is certain; None where the rule can't be columns."""
    if rule.tree is None or rule.check is not None or rule.each not in TABLES:
        return None
    seen = len(view.opened)
    try:
        when = answers(rule.when, view) if rule.when is not None else Answers(yes=True)
        formula = answers(rule.tree, view)
    except NotColumnar:
        return None
    # A figure whose column was not sure makes a pass a "may", wherever in the formula it stands: the judge says so.
    sure = opposite(either(*view.opened[seen:]))
    return {
        PASS: both(when.yes, formula.yes, sure),
        MAY: both(when.yes, formula.may, sure),
        UNKNOWN: both(either(when.unknown, when.may, both(when.yes, formula.unknown)), sure),
        NOT_APPLICABLE: both(when.no, sure),
    }


def audit_tables(
    tables: Tables,
    rules: RuleSet,
    forms: Mapping[str, Form],
    *,
    form: str | None = None,
    engine: Engine | None = None,
    not_checked: Iterable[NotChecked] = (),
    fail_on: FailOn = "error",
) -> Report:
    """Audit tidy tables: the same findings and counts as an audit of their records, without making records of what is right.

    ``form`` names the form of tables that don't; ``report.kpis`` is left empty.
    """
    checked = guarded(tables.frames, forms, form)
    outline = told(outlines_of(checked, PATHS), checked, tables)
    missed = [*not_checked, *outline.not_checked]
    books = {f"{book.form}-{book.fiscal_year}": book for book in outline.books}
    if not _simple(checked, outline.books, forms):
        whole = told(books_of(checked, forms, PATHS), checked, tables)
        return audit(whole.books, rules, forms, not_checked=missed, fail_on=fail_on).model_copy(update={"kpis": ()})
    missed += [reason for book in outline.books for document in book.documents for reason in document.not_checked]
    outcomes: dict[str, dict[Outcome, int]] = {rule.code: dict.fromkeys(OUTCOMES, 0) for rule in rules}
    findings: list[Finding] = []
    chosen = engine or PolarsEngine()
    for name in dict.fromkeys(book.form for book in outline.books):
        here = {key: book for key, book in books.items() if book.form == name}
        screening = _Screening(checked, forms[name], chosen, rules, outcomes)
        left = screening.run()
        findings += _judged(screening, left, here, rules, missed)
    return Report(
        documents=tuple(document for book in outline.books for document in book.documents),
        not_checked=tuple(missed),
        outcomes=outcomes,
        findings=in_order(findings, outline.books),
        fail_on=fail_on,
    )


def screened(
    tables: Tables, rules: RuleSet, forms: Mapping[str, Form], *, form: str | None = None, engine: Engine | None = None
) -> dict[str, int]:
    """How many rows the columns leave to the judge, for each rule that can be columns; nothing is judged."""
    checked = guarded(tables.frames, forms, form)
    left: dict[str, int] = {}
    for name in {frame["form"][0] for table, frame in checked.frames.items() if table != "kpi_years" and frame.height}:
        counts: dict[str, dict[Outcome, int]] = {rule.code: dict.fromkeys(OUTCOMES, 0) for rule in rules}
        screening = _Screening(checked, forms[name], engine or PolarsEngine(), rules, counts)
        rows = screening.run().rows
        by_hand = {rule.code for rule in screening.by_hand}
        for rule in rules:
            if rule.code not in by_hand:
                left[rule.code] = left.get(rule.code, 0) + len(rows.get(rule.code, ()))
    return left


def _simple(checked: Guarded, books: tuple[Book, ...], forms: Mapping[str, Form]) -> bool:
    """Whether every book has one form that is known and a name of its own, as the tables of records have."""
    keys = {f"{book.form}-{book.fiscal_year}" for book in books}
    named = pl.concat([frame.select("book", "form").unique() for name, frame in checked.frames.items() if name != "kpi_years"] or [_NONE])
    distinct = named.unique()
    return (
        len(keys) == len(books)
        and set(distinct["book"].to_list()) == keys
        and distinct.height == len(keys)
        and all(book.form in forms for book in books)
    )


_NONE: Final = pl.DataFrame(schema={"book": pl.String, "form": pl.String})


class _Screening:
    """The columns of one form's rows, and what they leave to the judge."""

    def __init__(self, checked: Guarded, form: Form, engine: Engine, rules: RuleSet, outcomes: Mapping[str, dict[Outcome, int]]) -> None:
        self.checked, self.form, self.engine, self.rules, self.outcomes = checked, form, engine, rules, outcomes
        self.sources, self.bases = prepared(checked.frames, form, engine.frame)
        self.left = Leftover()
        self.by_hand: list[Rule] = []

    def run(self) -> Leftover:
        """Count what the columns settle, and collect the rest."""
        for scope in TABLES:
            mine = [rule for rule in self.rules if rule.each == scope]
            if mine:
                self._scope(scope, mine)
        self.by_hand += [rule for rule in self.rules if rule.each == "book" and rule.applies_to(self.form)]
        return self.left

    def _scope(self, scope: Each, rules: list[Rule]) -> None:
        view = View(scope, self.form, self.bases)
        compiled: dict[str, dict[int, Mask]] = {}
        for rule in rules:
            if not rule.applies_to(self.form):
                continue
            masks = _compiled(rule, view)
            if masks is None:
                self.by_hand.append(rule)
            else:
                compiled[rule.code] = masks
        apart = [rule.code for rule in rules if not rule.applies_to(self.form)]
        if scope in ("kpi", "kpi_year") and self.form.kpi is None:
            return
        frame = as_of(view, self.sources)
        for agreement in view.agreements.values():
            frame = Agreeing(scope, self.form, self.checked, self.engine, self.left).joined(agreement, frame)
        codes = [_coded(masks).alias(code) for code, masks in compiled.items()]
        coded = self.engine.kept(frame.select(*KEYS[scope], *codes))
        totals = [nw.len().alias("rows")]
        for code in compiled:
            totals += [(nw.col(code) == number).cast(nw.Int64).sum().alias(f"{code} {number}") for number in (LEFT, *_OUTCOMES)]
        counted = self.engine.collected(coded.select(*totals)).row(0, named=True)
        for code in apart:
            self.outcomes[code]["not_applicable"] += counted["rows"]
        for code in compiled:
            for number, outcome in _OUTCOMES.items():
                self.outcomes[code][outcome] += counted[f"{code} {number}"] or 0
        for code in compiled:
            if counted[f"{code} {LEFT}"]:
                rows = self.engine.collected(coded.filter(nw.col(code) == LEFT).select(*KEYS[scope]))
                self.left.rows[code] = set(rows.rows())
                self.left.frames[code] = rows


def _coded(masks: Mapping[int, Mask]) -> nw.Expr:
    """One number a row: the outcome that is certain, or that the row is left."""
    code = nw.lit(LEFT)
    for number, mask in masks.items():
        if mask is not False:
            code = nw.when(expression_of(mask)).then(nw.lit(number)).otherwise(code)
    return code


# --- judging what is left


def _judged(screening: _Screening, left: Leftover, books: Mapping[str, Book], rules: RuleSet, missed: list[NotChecked]) -> list[Finding]:
    """The findings of the rows that were left, of the rules that are no columns, and of the readers."""
    by_hand = {rule.code for rule in screening.by_hand}
    agreeing: dict[str, Each] = {rule.code: cast(Each, rule.each) for rule in rules if rule.tree is not None and _agrees(rule)}
    needed = None if by_hand else [*left.needed(agreeing), *_remarked(screening.checked, books)]
    made = records(screening.checked, screening.form, books, needed)
    findings: list[Finding] = []
    for key, outline in books.items():
        book, owners = made.get(key, (outline, dict[int, int]()))
        book = book.model_copy(update={"documents": outline.documents})
        rows = Rows(book, screening.form) if by_hand else SomeRows(book, screening.form, key, left)
        chosen = functools.partial(_chosen, rows=rows, book=key, owners=owners, left=left, by_hand=by_hand)
        findings += findings_of(rows, rules, screening.outcomes, missed, chosen)
        for rule in rules:
            if rule.each == "book" and rule.code not in by_hand:
                screening.outcomes[rule.code]["not_applicable"] += 1
    return findings


def _chosen(rule: Rule, *, rows: Rows, book: str, owners: Mapping[int, int], left: Leftover, by_hand: Collection[str]) -> list[Row]:
    """The rows of a rule that the columns did not settle: all, for a rule that is no columns."""
    if rule.each == "reading":
        return []
    if rule.code in by_hand:
        return rows.of(rule.each)
    wanted = left.rows.get(rule.code)
    return [row for row in rows.of(rule.each) if _key(row, book, owners) in wanted] if wanted else []


def _agrees(rule: Rule) -> bool:
    trees = [tree for tree in (rule.tree, rule.when) if tree is not None]
    return any(isinstance(node, Call) and node.function == "agreed" for tree in trees for node in walk(tree))


def _key(row: Row, book: str, owners: Mapping[int, int]) -> Key:
    owner = owners[id(row.sheet or row.kpi)]
    if row.scope in ("sheet", "kpi"):
        return (book, owner)
    return (book, owner, int(row.column or 0) if row.scope == "kpi_year" else row.column)


def _remarked(checked: Guarded, books: Mapping[str, Book]) -> list[pl.DataFrame]:
    """The sheets and KPIs that readers remarked something on: their findings name them."""
    parts: list[pl.DataFrame] = []
    for scope, table in (("sheet", "sheets"), ("kpi", "kpis")):
        frame = checked.frames.get(cast(TableName, table))
        if frame is None or "document" not in frame.columns:
            continue
        wanted = [
            (key, document.path, number)
            for key, book in books.items()
            for document in book.documents
            for remark in document.remarks
            if (number := remark.sheet if scope == "sheet" else remark.kpi) is not None
        ]
        if wanted:
            named = pl.DataFrame(wanted, schema={"book": pl.String, "document": pl.String, "number": pl.Int64}, orient="row").unique()
            parts.append(frame.join(named, on=["book", "document", "number"], how="semi").select("book", scope))
    return parts
