"""The card of one entry, as the reports have it."""

from __future__ import annotations

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.desk.model import Card, CardFollowing
from auditor.reports.cards import Card as ReportCard
from auditor.reports.cards import Records, cards
from auditor.reports.document_names import words_with_names
from auditor.reports.entries import Entry
from auditor.reports.html.glossary import glossary
from auditor.reports.layout import plain

__all__ = ["card_of"]


def card_of(entry: Entry, report: Report, context: ReportContext) -> Card:
    """The card of an entry of a report."""
    words = words_with_names(report, context)
    (card,) = cards([entry], Records(context.books), words)
    rule = context.rules.get(entry.main.rule)
    return Card(
        id=entry.cause.id,
        title=card.title,
        severity=entry.counted_as,
        severity_word=card.severity,
        severity_help=dict(glossary(words)).get(card.severity, ""),
        rule=card.rule,
        rule_help=plain(rule.file.why.of(words.lang)) if rule is not None else "",
        place=card.place,
        tables=card.tables,
        sentence=card.sentence,
        disagrees=card.disagrees,
        reasons=card.reasons,
        action=card.action,
        following=_following(card),
    )


def _following(card: ReportCard) -> CardFollowing | None:
    if card.following is None:
        return None
    items = [f"{mark} {text}" for mark, text in card.following.findings]
    if card.following.more:
        items.append(card.following.more)
    heading = card.following.heading
    return CardFollowing(heading=heading, items=tuple(items))
