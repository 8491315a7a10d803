"""Claims of fiscal years: which year a sentence is about, and which one it should be about there.

What was done is told of the sheet's year, what will be done of a year after the evaluated one. A
sentence says so only where a fiscal year is its subject, and nothing beside it names another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from auditor.narrative.days import Day
from auditor.narrative.model import Claim
from auditor.narrative.statements import Section, SheetText, Statement
from auditor.records.sentences import Mark

__all__ = ["read"]

_RESULTS: Final = ("achieved", "undivided")
_PLANS: Final = ("planned", "undivided")
_OUTLOOK: Final = ("direction",)
_END: Final = re.compile(r"[。.\s]*$")


def read(text: SheetText) -> Iterator[Claim]:
    """The fiscal years that a sheet's prose names; ``other_year`` is the one that the sentence
    should be about.
    """
    for section in text.sections:
        statements = [item for item in section.statements if item.tokens.days]
        if statements:
            reading = _Reading(section, _year_of(section, text), statements)
            for statement in statements:
                yield from reading.claims(statement)


def _year_of(section: Section, text: SheetText) -> int:
    """The year that a section is about: that of its evaluation, or the sheet's."""
    evaluation = None if section.year is None else text.sheet.evaluations.get(section.year)
    return text.sheet.fiscal_year if evaluation is None else evaluation.year


class _Subject(NamedTuple):
    """A statement whose subject is a fiscal year, ``is_head`` where it is the heading of results
    (令和６年度実績).
    """

    statement: Statement
    day: Day
    year: int
    is_head: bool


def _subject(statement: Statement) -> _Subject | None:
    """The fiscal year that a statement begins with, as its subject."""
    day, words, text = statement.tokens.days[0], statement.words, statement.text
    if not day.is_fiscal or day.year is None or day.month is not None:
        return None
    before = text[: day.start].strip(" 、「(○◎・")
    if before and words.pattern("opening").fullmatch(before) is None:
        return None
    if words.pattern("topic").match(text, day.end) is not None:
        return _Subject(statement, day, day.year, is_head=False)
    if words.pattern("result_heads").match(text, day.end) is not None:
        return _Subject(statement, day, day.year, is_head=True)
    return None


class _Reading:
    """A section that names fiscal years; ``year`` is the one that it is about."""

    def __init__(self, section: Section, year: int, statements: list[Statement]) -> None:
        self._field, self._year = section.field, year
        subjects = [subject for item in statements if (subject := _subject(item)) is not None]
        self._subjects = {id(subject.statement): subject for subject in subjects}
        # Beside a sentence about another year, each may be about its own.
        years = {subject.year for subject in subjects}
        this_year = section.words.pattern("this_year")
        self._is_about_one = len(years) == 1 and this_year.search(section.text) is None
        self._times_named = sum(
            day.is_fiscal and day.year == year for item in statements for day in item.tokens.days
        )

    def claims(self, statement: Statement) -> Iterator[Claim]:
        """The fiscal years of a statement."""
        subject = self._subjects.get(id(statement))
        for day in statement.tokens.days:
            if not day.is_fiscal or day.year is None or day.month is not None:
                continue
            values = {"year": day.year}
            if subject is not None and subject.day is day:
                expected = self._expected(subject)
                values |= {} if expected is None else {"other_year": expected}
            mark = Mark(start=day.start, end=day.end, name="year")
            yield Claim(kind="fiscal_year", sentence=statement.sentence(mark), values=values)

    def _expected(self, subject: _Subject) -> int | None:
        """The year that a sentence should be about; None where it may be about any."""
        statement, year = subject.statement, self._year
        if (
            len(statement.tokens.days) > 1
            or _has(statement, "beside_year")
            or not self._is_about_one
        ):
            return None
        if self._field in _OUTLOOK:
            if not _ends_with(statement, "ends_future") or _has(statement, "already"):
                return None
            return subject.year if subject.year > year else year + 1
        if subject.year not in (year - 1, year):
            return None
        if subject.is_head:
            names_other = self._times_named > (subject.year == year)
            return None if names_other or self._field != "achieved" else year
        is_result = self._field in _RESULTS and _ends_with(statement, "ends_done")
        is_plan = self._field in _PLANS and _ends_with(statement, "ends_future")
        return year if is_result or is_plan else None


def _has(statement: Statement, role: str) -> bool:
    """Whether a statement has a word of a role."""
    return statement.words.pattern(role).search(statement.text) is not None


def _ends_with(statement: Statement, role: str) -> bool:
    """Whether a statement ends with a word of a role, but for its full stop."""
    text = statement.text
    end = _END.search(text)
    plain = text if end is None else text[: end.start()]
    return plain.endswith(statement.words[role])
