"""The rules that read prose, on some sheets of a book at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Literal, cast

from auditor.auditing.judged_rows import JudgedFinding, judged_rows
from auditor.files.memory import all_lasts
from auditor.records.fields import Each
from auditor.records.model import NotChecked, Sheet
from auditor.records.prose import has_prose
from auditor.rules.findings import Outcome
from auditor.rules.rows import SHEETS_AT_A_TIME, Row, Rows
from auditor.rules.rule import Rule

if TYPE_CHECKING:  # few audits list rows beside their findings, and few books are large
    from auditor.auditing.outcome_rows import OutcomeListing
    from auditor.auditing.prose_ahead import ProseAhead

__all__ = ["Part", "of_prose", "prose_findings"]


def of_prose(rule: Rule) -> bool:
    """Whether a rule is judged on some sheets at a time, because it reads their sentences."""
    return rule.reads_prose and rule.each in ("sheet", "evaluation", "claim")


def prose_findings(
    rules: Sequence[Rule],
    rows: Rows,
    outcomes: Mapping[str, dict[Outcome, int]],
    not_checked: list[NotChecked],
    listing: OutcomeListing | None,
    ahead: ProseAhead | None,
) -> Iterator[JudgedFinding]:
    """The findings of rules that read prose on a book, some sheets at a time: their sentences are
    let go then. What was judged ``ahead``, and passed, is not judged again.
    """
    sheets = rows.book.sheets
    for first in range(0, len(sheets), SHEETS_AT_A_TIME):
        if len(sheets) > SHEETS_AT_A_TIME:
            rows.let_prose_go()
            all_lasts()
        some = sheets[first : first + SHEETS_AT_A_TIME]
        whole = Part(rows, some)
        for rule in rules:
            counts = outcomes[rule.code]
            part = whole if ahead is None else Part(rows, ahead.unsettled(rule, some, counts))
            judged = part.every(rule) if listing is not None else part.chosen(rule, counts)
            yield from judged_rows(rule, judged, counts, not_checked, rows, listing)


class Part:
    """The rows of some sheets of a book for the rules that read prose."""

    def __init__(self, rows: Rows, sheets: Sequence[Sheet]) -> None:
        self._rows, self._sheets = rows, sheets
        self._of: dict[Each | Literal["book", "reading"], list[Row]] = {}

    def every(self, rule: Rule) -> list[Row]:
        """All rows that a rule is for."""
        each = rule.each
        if each not in self._of:
            self._of[each] = self._rows.of_sheets(cast(Each, each), self._sheets)
        return self._of[each]

    def chosen(self, rule: Rule, counts: dict[Outcome, int]) -> list[Row]:
        """The rows on which a rule has anything to judge; the others are counted."""
        rows = self.every(rule)
        if rule.each == "sheet":
            counts["pass"] += len(rows) - len(self._with_prose)
            return self._with_prose
        kinds = rule.claim_kinds if rule.each == "claim" else None
        if kinds is None:
            return rows
        counts["not_applicable"] += len(rows) - sum(map(len, map(self._claims, kinds)))
        return list(chain.from_iterable(map(self._claims, sorted(kinds))))

    @cached_property
    def _with_prose(self) -> list[Row]:
        rows = self._rows.of_sheets("sheet", self._sheets)
        return [row for row in rows if row.sheet is not None and has_prose(row.sheet)]

    def _claims(self, kind: str) -> Sequence[Row]:
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> Mapping[str, Sequence[Row]]:
        claims: dict[str, list[Row]] = {}
        for row in self._rows.of_sheets("claim", self._sheets):
            claims.setdefault(str(row.values["kind"]), []).append(row)
        return claims
