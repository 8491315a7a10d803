"""Targets that prose states, and what was reached: 目標100名、実績98名.

A target is held against a result only where both are called so, count the same and stand in one
sentence or under one name, or where last year's result is the target and both years' are printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from auditor.narrative.model import Claim
from auditor.narrative.quantities import Quantity
from auditor.narrative.statements import SheetText, Statement
from auditor.narrative.words import Words
from auditor.records.sentences import Mark

__all__ = ["read"]

Bound = Literal["at_least", "at_most", "more", "less"]

_OF_RESULTS: Final = frozenset({"achieved", "undivided", "issues"})
"""The sections that say what was reached."""

_DIRECTIONS: Final = (
    ("target_exceeded", "rise"),
    ("target_missed", "fall"),
    ("target_reached", "reached"),
)

_REACH: Final = 12
"""How many characters before a figure the word that calls it a target or a result may begin."""


class _Named(NamedTuple):
    """A quantity that a statement calls a target, or a result."""

    statement: Statement
    quantity: Quantity


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kinds ``target`` (target, actual, bound) and ``cumulative`` (total, part)."""
    for statement in text.statements:
        yield from _in_one_sentence(text, statement)
        yield from _cumulative(statement, text.words)
    yield from _against_last_year(text)


def _called(statement: Statement, words: Words, role: str) -> list[_Named]:
    """The quantities of a statement right behind a word of some role."""
    pattern = words.pattern(role)
    named: list[_Named] = []
    for quantity in statement.tokens.quantities:
        start = max(0, quantity.start - _REACH)
        before = list(pattern.finditer(statement.text, start, quantity.start))
        if before and _is_next(statement.text[before[-1].end() : quantity.start]):
            named.append(_Named(statement, quantity))
    return named


_BETWEEN: Final = frozenset("値数額:はがも=( 」)のを計件人")


def _is_next(between: str) -> bool:
    """Whether nothing but marks and particles parts a word from its figure."""
    return set(between) <= _BETWEEN


def _in_one_sentence(text: SheetText, statement: Statement) -> Iterator[Claim]:
    targets = _called(statement, text.words, "target")
    if len(targets) != 1:
        return
    (target,) = targets
    actuals = _called(statement, text.words, "actual") or _beside(target, text.words)
    if len(actuals) != 1 or not _alike(target.quantity, actuals[0].quantity):
        return
    claim = _claim(target, actuals[0], _bound(target, text), within="sentence")
    behind = statement.text[max(target.quantity.end, actuals[0].quantity.end) :]
    direction = _direction(behind, text.words)
    if direction is not None:
        claim = claim.model_copy(update={"words": {**claim.words, "direction": direction}})
    yield claim


def _direction(behind: str, words: Words) -> str | None:
    """How a sentence says, behind its figures, that the result compares with the target; None
    where it says nothing or says it with a negation.
    """
    for role, direction in _DIRECTIONS:
        match = words.pattern(role).search(behind)
        if match is not None:
            rest = behind[match.end() : match.end() + _REACH]
            return None if words.pattern("negation").search(rest) else direction
    return None


def _beside(target: _Named, words: Words) -> list[_Named]:
    """The only other figure of a statement that counts what its target does, where it was reached:
    the target stands in brackets behind it, or the sentence says how the two compare.
    """
    statement = target.statement
    if statement.section.field not in _OF_RESULTS:
        return []
    others = [q for q in statement.tokens.quantities if _alike(target.quantity, q)]
    if len(others) != 1:
        return []
    (other,) = others
    between = statement.text[other.end : target.quantity.start].replace(" ", "")
    in_brackets = between.startswith("(") and words.pattern("target").match(between, 1) is not None
    behind = statement.text[max(other.end, target.quantity.end) :]
    compared = words.pattern("compared").search(behind) is not None
    return [_Named(statement, other)] if in_brackets or compared else []


def _alike(a: Quantity, b: Quantity) -> bool:
    are_plain = a.is_exact and b.is_exact and not b.after
    return are_plain and bool(a.counter) and a.counter == b.counter and a.start != b.start


def _bound(target: _Named, text: SheetText) -> Bound:
    """What a target asks for: at least so many, or at most where it says so."""
    after = target.quantity.after
    if after in text.words["at_most"]:
        return "at_most"
    kpi = text.form.kpi
    head = target.statement.text[: target.quantity.start]
    if kpi is not None and any(pattern.search(head) for pattern in kpi.lower_is_better):
        return "at_most"
    return "at_least"


# --- last year's result as the target


def _against_last_year(text: SheetText) -> Iterator[Claim]:
    """令和５年度を上回る: the results of both years, where each is printed once for its counter."""
    year = text.sheet.fiscal_year
    if not any(_exceeds(statement, text.words, year - 1) for statement in text.statements):
        return
    results = {of: _results_of(text, of) for of in (year - 1, year)}
    for counter, last in results[year - 1].items():
        now = results[year].get(counter)
        if now is not None:
            yield _claim(last, now, "more", within="sheet")


def _exceeds(statement: Statement, words: Words, year: int) -> bool:
    """Whether a statement's target is to exceed the results of a year."""
    exceed = words.pattern("exceed").search(statement.text)
    target = words.pattern("target").search(statement.text)
    years = [day for day in statement.tokens.days if day.is_fiscal and day.year == year]
    return exceed is not None and target is not None and bool(years)


def _results_of(text: SheetText, year: int) -> dict[str, _Named]:
    """The results of a year by counter: those that stand right behind 令和５年度実績, each counter
    once on the sheet.
    """
    named: dict[str, list[_Named]] = {}
    for statement in text.statements:
        days = statement.tokens.days
        if len(days) != 1 or days[0].year != year or not days[0].is_fiscal or days[0].start > 0:
            continue
        match = text.words.pattern("actual").match(statement.text, days[0].end)
        if match is None:
            continue
        for quantity in statement.tokens.quantities:
            named.setdefault(quantity.counter, []).append(_Named(statement, quantity))
    return {counter: same[0] for counter, same in named.items() if counter and len(same) == 1}


# --- persons counted once, and each time they came


def _cumulative(statement: Statement, words: Words) -> Iterator[Claim]:
    quantities = statement.tokens.quantities
    totals = [q for q in quantities if any(word in words["cumulative"] for word in q.before)]
    persons = _called(statement, words, "persons")
    if len(totals) != 1 or len(persons) != 1 or not _alike(totals[0], persons[0].quantity):
        return
    total, part = totals[0], persons[0].quantity
    yield Claim(
        kind="cumulative",
        sentence=statement.sentence(*_marks((total, "total"), (part, "part"))),
        figures={"total": total.figure, "part": part.figure},
        words={"counter": total.counter, "within": "sentence"},
    )


def _claim(target: _Named, actual: _Named, bound: Bound, within: str) -> Claim:
    together: Sequence[tuple[Quantity, str]] = ((actual.quantity, "actual"),)
    if target.statement is actual.statement:
        together = ((target.quantity, "target"), *together)
    return Claim(
        kind="target",
        sentence=actual.statement.sentence(*_marks(*together)),
        figures={"target": target.quantity.figure, "actual": actual.quantity.figure},
        words={"bound": bound, "counter": actual.quantity.counter, "within": within},
    )


def _marks(*quantities: tuple[Quantity, str]) -> Iterator[Mark]:
    return (Mark(start=q.start, end=q.end, name=name) for q, name in quantities)
