"""The rows of a book, judged by one rule, and the findings that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from auditor.records.model import NotChecked
from auditor.records.severities import Severity
from auditor.records.text import Why
from auditor.records.unchecked import MOST_ALIKE
from auditor.rules.findings import OUTCOMES, Finding, Outcome
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.verdicts import CRASHED

if TYPE_CHECKING:  # few audits list rows beside their findings
    from auditor.auditing.outcome_rows import OutcomeListing

__all__ = ["JudgedFinding", "judged_rows"]


class JudgedFinding(NamedTuple):
    """A finding with its rule and row; a reading issue has no row. ``severity`` is the one that
    the rule gives it, whatever settings say.
    """

    finding: Finding
    rule: Rule
    row: Row | None
    severity: Severity


def judged_rows(
    rule: Rule,
    rows: Iterable[Row],
    counts: dict[Outcome, int],
    not_checked: list[NotChecked],
    of_book: Rows,
    listing: OutcomeListing | None,
) -> Iterator[JudgedFinding]:
    more = 0
    judge = rule.judge if listing is None else listing.judge_of(rule, of_book)
    for row in rows:
        finding = None
        # A rule is foreign code. One that crashes says nothing about the data: it is counted and
        # named.
        try:
            verdict = judge(row)
            if verdict.outcome not in OUTCOMES:
                raise ValueError(f"there is no outcome {verdict.outcome!r}")
            if verdict.outcome == "fail":
                finding = rule.finding(row, verdict)
        except BaseException as fault:
            from auditor.records.foreign import is_interrupt  # few rules crash

            if is_interrupt(fault):
                raise
            verdict = CRASHED
            if listing is not None:
                listing.add_crashed(rule, row, fault)
            if counts["crashed"] < MOST_ALIKE:
                not_checked.append(_crash(rule, row, fault))
            else:
                more += 1
        counts[verdict.outcome] += 1
        if listing is not None and verdict is not CRASHED:
            listing.add(rule, row, verdict, finding)
        if finding is not None:
            yield JudgedFinding(finding, rule, row, verdict.severity or rule.file.severity)
    if more:
        # Rows are of many documents, and the fault is the rule's: it is counted for all of them.
        en = f"rule {rule.code} ({rule.source}) failed on {more:,} more rows"
        ja = f"規則 {rule.code}（{rule.source}）は、ほかに{more:,}行でも途中で止まりました"
        why = Why(code="crashed", en=en, ja=ja)
        not_checked.append(NotChecked(rule=rule.code, why=why, more=more))


def _crash(rule: Rule, row: Row, fault: BaseException) -> NotChecked:
    from auditor.rules.crashes import crash_of  # few rules crash

    owner = row.sheet or row.kpi
    crash = crash_of(rule, row, fault)
    return NotChecked(
        document=owner.document if owner else None,
        sheet=row.sheet.number if row.sheet else None,
        rule=rule.code,
        why=Why(
            code="crashed",
            en=f"rule {rule.code} ({rule.source}) failed: {crash.message.en}",
            ja=f"規則 {rule.code}（{rule.source}）が途中で止まりました：{crash.message.ja}",
        ),
        excerpt=crash.excerpt,
    )
