"""Why rules answered as they did: an audit by a few rules whose rows are all told apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from auditor.auditing.documents import audit
from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.outcome_rows import OutcomeChoice, OutcomeListing, why_not_applied
from auditor.auditing.report import Report
from auditor.auditing.row_choice import RowChoice
from auditor.auditing.waiving import waive
from auditor.forms.model import Form
from auditor.records.model import Book
from auditor.records.text import Text
from auditor.rules.answering import decision
from auditor.rules.findings import OUTCOMES, Finding, Outcome
from auditor.rules.outcomes import RowOutcome
from auditor.rules.rows import Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.waivers.model import Waiver

__all__ = ["Reasons", "reasons"]

_READING = Text(
    en="it lists what was noticed while the document was read; no row is judged by it",
    ja="文書の読み取り時に気付いた点を示す規則で、行ごとの判定はしません",
)
_NOT_A_RULE_OF_ROWS = ("no-rule-applies", "no-documents", "unlisted")


class Reasons(NamedTuple):
    """How some rules answered the rows that were asked for.

    ``rows`` are the first of ``total``, in the order of rules and of the book. ``not_run`` has an
    entry for each rule and book that has no rows for it. ``choice`` knows what rows there were.
    ``report`` is the audit by these rules.
    """

    rows: tuple[RowOutcome, ...]
    total: int
    not_run: tuple[RowOutcome, ...]
    choice: RowChoice
    report: Report

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many of the rows that were asked for had each outcome."""
        counts: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        for group in self.report.outcome_rows:
            counts[group.outcome] += group.total
        return counts


def reasons(
    books: Iterable[Book],
    rules: RuleSet,
    forms: Mapping[str, Form],
    choice: RowChoice,
    *,
    outcomes: Collection[Outcome] = OUTCOMES,
    most: int | None = None,
    options: AuditOptions = DEFAULTS,
    waivers: Sequence[Waiver] = (),
    day: date | None = None,
) -> Reasons:
    """How rules answered the rows of a choice that have one of some outcomes: at most ``most`` of
    each rule and outcome are explained, and all are counted. A finding that one of the ``waivers``
    accepts on that ``day`` is said to be accepted.
    """
    listing = OutcomeListing(OutcomeChoice(frozenset(outcomes), most, choice.fits))
    books = list(books)
    # Nothing is listed as a finding, so that nothing is searched for what explains it.
    chosen = replace(options, outcomes=listing, max_findings=0)
    report = audit(books, rules, forms, chosen)
    missed = [item for item in report.not_checked if item.why.code not in _NOT_A_RULE_OF_ROWS]
    report = report.model_copy(update={"not_checked": tuple(missed)})
    groups = report.outcome_rows
    rows = listing.in_order()
    if waivers and day is not None:
        accepted = _accepted(report, listing.findings, waivers, day)
        rows = [_with_waiver(row, accepted) for row in rows]
    not_run = tuple(_not_run(books, rules, forms))
    return Reasons(tuple(rows), sum(group.total for group in groups), not_run, choice, report)


def _accepted(
    report: Report, findings: Sequence[Finding], waivers: Sequence[Waiver], day: date
) -> Mapping[str, Waiver]:
    """The waivers that accept findings, by the id of each finding."""
    held = Report(documents=report.documents, findings=tuple(findings))
    return {item.finding.id: item.waiver for item in waive(held, waivers, day).waived}


def _with_waiver(row: RowOutcome, accepted: Mapping[str, Waiver]) -> RowOutcome:
    waiver = accepted.get(row.finding)
    if waiver is None:
        return row
    message = Text(
        en=f"it was accepted as it is: {waiver.reason}",
        ja=f"確認済み（訂正不要）です：{waiver.reason}",
    )
    waived = decision("waived", "rule", message=message)
    return row.model_copy(update={"decided": (*row.decided, waived)})


def _not_run(
    books: Sequence[Book], rules: Iterable[Rule], forms: Mapping[str, Form]
) -> Iterator[RowOutcome]:
    """The rules that judge no row of a book at all: those for other forms, and those of readers."""
    for book in Book.merged(books):
        form = forms.get(book.form)
        if form is None:
            continue
        for rule in rules:
            if rule.each == "reading":
                why = [decision("reading", "rule", message=_READING)]
            elif not rule.is_for(form):
                why = [*why_not_applied(rule, Rows(book.model_copy(update=_EMPTY), form))]
            else:
                continue
            yield RowOutcome(
                rule=rule.code,
                name=rule.file.name,
                outcome="not_applicable",
                document=", ".join(document.path for document in book.documents),
                decided=tuple(why),
            )


_EMPTY = {"sheets": (), "kpis": ()}
