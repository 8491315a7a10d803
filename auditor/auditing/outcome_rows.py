"""The rows behind the outcomes of an audit, where they were asked for.

Each is explained as it is judged, so that what is listed is what was counted. Beyond the first
rows of a rule and outcome, rows are counted alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from auditor.forms.model import Form
from auditor.formula.tree import Call, Field, Members
from auditor.formula.values import Missing
from auditor.formula.written import written
from auditor.records.fields import OTHER_BOOKS
from auditor.records.text import Text
from auditor.rules.answering import decision, explained_outcome, unexplained
from auditor.rules.crashes import crash_of
from auditor.rules.findings import OUTCOMES, Finding, Outcome
from auditor.rules.outcomes import Decision, OutcomeRows, RowOutcome
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.verdicts import Verdict
from auditor.rules.watching import Reads

__all__ = ["MOST_ROWS", "OutcomeChoice", "OutcomeListing", "why_not_applied"]

MOST_ROWS: Final = 100
"""How many rows of a rule and outcome are listed; the others are counted."""
_MOST_LACKING: Final = 3


def _any_row(_: Row) -> bool:
    return True


@dataclass(frozen=True)
class OutcomeChoice:
    """Which rows are listed: those with one of some outcomes that ``fits``, at most ``most`` of
    each rule and outcome (all, for None). Raises ValueError for an outcome that there is not.
    """

    outcomes: frozenset[Outcome] = frozenset(OUTCOMES)
    most: int | None = MOST_ROWS
    fits: Callable[[Row], bool] = _any_row

    def __post_init__(self) -> None:
        unknown = sorted(self.outcomes.difference(OUTCOMES))
        if unknown:
            en, ja = ", ".join(OUTCOMES), "、".join(OUTCOMES)
            raise ValueError(
                f"there is no outcome {unknown[0]!r}; there are {en} / "
                f"{unknown[0]} という判定はありません。指定できるもの：{ja}"
            )

    @property
    def in_order(self) -> tuple[Outcome, ...]:
        """The outcomes in the order of reports."""
        return tuple(outcome for outcome in OUTCOMES if outcome in self.outcomes)


class OutcomeListing:
    """The rows that were listed by now, by rule and outcome.

    ``findings`` are those of the rows that failed.
    """

    def __init__(self, choice: OutcomeChoice) -> None:
        self.choice = choice
        self.findings: list[Finding] = []
        self._rows: dict[tuple[str, Outcome], list[RowOutcome]] = {}
        self._order: list[RowOutcome] = []
        self._totals: dict[tuple[str, Outcome], int] = {}
        self._rows_of_book: Rows | None = None
        self._reads: Reads | None = None

    def judge_of(self, rule: Rule, rows: Rows) -> Callable[[Row], Verdict]:
        """A function that judges the rows of a book by a rule; what a rule in Python looks at is
        noted.
        """
        if rule.check is None:
            return rule.judge
        if self._reads is None or self._rows_of_book is not rows:
            self._rows_of_book, self._reads = rows, Reads(rows)
        reads = self._reads
        reads.forget()

        def judge(row: Row) -> Verdict:
            with reads.listening():
                return rule.judge(row)

        return judge

    def add(self, rule: Rule, row: Row, verdict: Verdict, finding: Finding | None = None) -> None:
        """List a row that was judged."""
        if not self._has_room(rule, row, verdict.outcome):
            return
        looked_at = [] if rule.check is None else self._looked_at(row, verdict)
        outcome = explained_outcome(rule, row, verdict, looked_at)
        if finding is not None:
            self.findings.append(finding)
            outcome = outcome.model_copy(update={"finding": finding.id})
        self._list(outcome)

    def _looked_at(self, row: Row, verdict: Verdict | None = None) -> list[tuple[Row, str]]:
        """What a rule in Python asked a row for. Of one that asked for nothing and points at no
        cell, all that the row has.
        """
        names = () if self._reads is None else self._reads.of(row)
        if not names and (verdict is None or not verdict.explanation.cells):
            names = tuple(
                name for name, value in row.values.items() if not isinstance(value, Missing)
            )
        return [(row, name) for name in names]

    def add_crashed(self, rule: Rule, row: Row, fault: BaseException) -> None:
        """List a row on which a rule crashed."""
        if self._has_room(rule, row, "crashed"):
            why = decision("crashed", "rule", message=crash_of(rule, row, fault).message)
            self._list(unexplained(rule, row, "crashed", [why], self._looked_at(row)))

    def add_not_applied(self, rule: Rule, rows: Rows) -> None:
        """List the rows of a book to which a rule does not apply as a whole."""
        if "not_applicable" not in self.choice.outcomes or rule.each == "reading":
            return
        why = [*why_not_applied(rule, rows)]
        for row in rows.of(rule.each):
            if self._has_room(rule, row, "not_applicable"):
                self._list(unexplained(rule, row, "not_applicable", why))

    def result(self) -> tuple[OutcomeRows, ...]:
        """All that was listed, in the order of rules and outcomes."""
        order = sorted(self._totals, key=lambda key: (key[0], OUTCOMES.index(key[1])))
        return tuple(
            OutcomeRows(
                rule=code,
                outcome=outcome,
                total=self._totals[code, outcome],
                rows=tuple(self._rows[code, outcome]),
            )
            for code, outcome in order
        )

    def in_order(self) -> list[RowOutcome]:
        """The same rows, as they were judged: rule by rule, in the order of each book."""
        return list(self._order)

    def _has_room(self, rule: Rule, row: Row, outcome: Outcome) -> bool:
        """Count a row that is to be listed; gives whether there is room for it."""
        # What does not fit is asked all the same: it is told what rows there are.
        fits = self.choice.fits(row)
        if not fits or outcome not in self.choice.outcomes:
            return False
        key = rule.code, outcome
        self._totals[key] = self._totals.get(key, 0) + 1
        listed = self._rows.setdefault(key, [])
        return self.choice.most is None or len(listed) < self.choice.most

    def _list(self, outcome: RowOutcome) -> None:
        self._rows[outcome.rule, outcome.outcome].append(outcome)
        self._order.append(outcome)


# --- rules that apply to no row of a book


def why_not_applied(rule: Rule, rows: Rows) -> Iterator[Decision]:
    """Why a rule applies to no row of a book: what its form lacks, or was not given beside it."""
    form = rows.form
    if not rule.is_for(form):
        forms = ", ".join(rule.forms)
        yield decision(
            "form",
            "rule",
            message=Text(
                en=f"the rule is for {forms}; this is of the form {form.name}",
                ja=f"規則の対象は {forms} です。この文書の様式は {form.name} です",
            ),
        )
        return
    for book in OTHER_BOOKS:
        if book in rule.others and book not in rows.others:
            en, ja = OTHER_BOOKS[book]
            message = Text(
                en=f"it needs {en}, which were not given"
                if en.endswith("s")
                else f"it needs {en}, which was not given",
                ja=f"{ja}が指定されていません",
            )
            yield decision("other_book", "rule", message=message)
    yield from _lacking(rule, form)
    missing = sorted(rule.looked_up(form) - set(rows.lookups.forms))
    if missing:
        names = ", ".join(missing)
        message = Text(
            en=f"no table of form {names} was given, in which it looks rows up",
            ja=f"参照する表（様式 {names}）が指定されていません",
        )
        yield decision("table", "rule", message=message)
    for fault in rule.unit_faults(form)[:1]:
        yield decision("unlike_units", "rule", message=fault.message, formula=rule.file.formula)


def _lacking(rule: Rule, form: Form) -> Iterator[Decision]:
    """What a rule names and its form has not."""
    if (rule.each in ("kpi", "kpi_year") and form.kpi is None) or (
        rule.each == "evaluation" and not form.evaluations
    ):
        message = Text(
            en=f"the form ({form.title.en}) has no such rows",
            ja=f"様式（{form.title.ja}）にそのような行はありません",
        )
        yield decision("lacks", "rule", message=message)
        return
    names = list(dict.fromkeys(map(_need, rule.lacking(form))))
    for name in names[:_MOST_LACKING]:
        message = Text(
            en=f"the form ({form.title.en}) does not have it",
            ja=f"様式（{form.title.ja}）にはありません",
        )
        yield decision("lacks", "rule", message=message, formula=name, size=len(names))


def _need(need: Field | Members | Call | str) -> str:
    """What a rule needs of a form, as formulas name it."""
    return need if isinstance(need, str) else written(need)
