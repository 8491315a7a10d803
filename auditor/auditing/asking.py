"""The public functions that ask why: of a rule on some books or tables, and of a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from auditor.auditing.arguments import books_of, check_number, outcomes_of
from auditor.auditing.options import AuditOptions
from auditor.auditing.row_choice import RowChoice
from auditor.auditing.rule_sources import RuleSource, rules_of
from auditor.auditing.session import load_with
from auditor.auditing.trying import TRIED, trial_rule, tried
from auditor.auditing.why import reasons
from auditor.records.model import Book, NotChecked
from auditor.rules.findings import OUTCOMES, Outcome
from auditor.rules.outcomes import RowOutcome
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from auditor.auditing.session import Session

__all__ = ["Trial", "try_formula", "why"]

Source = Book | Iterable[Book] | Mapping[str, Any]
"""One book, several, or data frames by the names of their tables."""


class Trial(NamedTuple):
    """How a formula answered.

    ``each`` is the kind of row that it was judged on, ``counts`` has how many rows had each
    outcome, ``rows`` the first that fail and of which it is unknown, explained; where it applies
    to no row, the first one says why. ``not_checked`` is what could not be checked.
    """

    each: str
    counts: Mapping[Outcome, int]
    rows: tuple[RowOutcome, ...]
    not_checked: tuple[NotChecked, ...]


def why(
    source: Source,
    rule: RuleSource,
    *,
    sheet: int | str | None = None,
    kpi: int | str | None = None,
    year: int | str | None = None,
    kind: str | None = None,
    column: str | None = None,
    outcomes: Iterable[Outcome] | Outcome = OUTCOMES,
    most: int | None = 100,
    form: str | None = None,
) -> tuple[RowOutcome, ...]:
    """How a rule answered rows, each with the cells as printed, the steps of its formula, and what
    decided: at most ``most`` of each outcome (all, for None), in the order of the book.

    ``source`` is a book, several, or data frames by the names of their tables (``form`` is that of
    tables which name none). ``rule`` is a code, a name, a family, or a rule
    as ``load_rules`` takes one. ``sheet`` and ``kpi``
    are a number, a name or a part of it, ``year`` is a fiscal year in any notation (2024, "R6"),
    ``kind`` and ``column`` choose columns; without them all rows are meant.

    A rule that judges no row of a book at all, since it is for other forms, has one entry for that
    book, without a sheet. Raises RuleError for an unknown rule, AuditorError for a year that can't
    be read or tables of which a book can't be had, ValueError for a table or outcome that there is
    not.
    """
    books, session = _books(source, form, "why")
    rules = _rules_of(rule, session) if isinstance(rule, str) else rules_of(rule, session)
    chosen = outcomes_of(outcomes)
    check_number("most", most)
    choice = RowChoice(
        sheets=() if sheet is None else (sheet,),
        kpis=() if kpi is None else (kpi,),
        years=() if year is None else (year,),
        kinds=() if kind is None else (kind,),
        columns=() if column is None else (column,),
    )
    result = reasons(
        books,
        RuleSet(rules),
        session.forms,
        choice,
        outcomes=chosen,
        most=most,
        options=AuditOptions(not_checked=session.problems, claim_readers=session.claim_readers),
    )
    return (*result.rows, *result.not_run)


def try_formula(
    formula: str,
    source: Source,
    *,
    when: str = "",
    each: str | None = None,
    most: int = 5,
    form: str | None = None,
) -> Trial:
    """How a formula answers all rows of some books or data frames, before it is a rule.

    ``when`` chooses the rows that it is judged on. ``each`` is the kind of row (``year``,
    ``sheet`` …); None takes the first on which the formula can be read, years before sheets.
    ``most`` rows that fail, and as many of which it is unknown, are explained. ``source`` and
    ``form`` are as in ``why``. Raises RuleError with all faults of the formula.
    """
    books, session = _books(source, form, "try_formula")
    check_number("most", most)
    rule = trial_rule(formula, session.forms, when=when, each=each)
    options = AuditOptions(not_checked=session.problems, claim_readers=session.claim_readers)
    trial = tried(books, rule, session.forms, most=most, options=options)
    counts = trial.report.outcomes.get(TRIED, {})
    return Trial(
        each=str(rule.file.each),
        counts={outcome: counts.get(outcome, 0) for outcome in OUTCOMES},
        rows=trial.rows,
        not_checked=trial.report.not_checked,
    )


def _books(source: Source, form: str | None, name: str) -> tuple[list[Book], Session]:
    """The books of a source, and the session that has their forms. Raises WrongArgument for what
    is none, in the name of the function that was called.
    """
    if isinstance(source, Mapping):
        # Most programs that ask have books, and need not wait for what reads frames.
        from auditor.tables.frames import books_of_frames

        session = load_with([form])
        frames = cast("Mapping[str, Any]", source)
        return list(books_of_frames(frames, session.forms, form)), session
    books = books_of(source, name)
    return books, load_with([form, *(book.form for book in books)])


def _rules_of(name: str, session: Session) -> list[Rule]:
    """The rules that a code, name or family means; raises RuleError for none."""
    rules = map(session.rules.get, session.rules.codes(name))
    return [rule for rule in rules if rule is not None]
