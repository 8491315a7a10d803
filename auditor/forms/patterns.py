"""The patterns of a form: regular expressions that take bounded time on any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, model_validator

from auditor.forms.pattern_runs import check_runs
from auditor.records.figures import Record

__all__ = ["LONGEST_TEXT", "Pattern", "PatternOf", "Patterns"]

LONGEST_TEXT: Final = 1000
"""How many characters a text may have that a pattern is held against; longer ones match none."""


class Pattern(Record):
    """A regular expression, and those that must match nowhere in the same text."""

    pattern: str
    unless: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        for pattern in (self.pattern, *self.unless):
            check_runs(pattern)
        return self

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _exclusions(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(re.compile, self.unless))

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in a text; None where there is none, or something excludes the text."""
        return next(self.all(text), None)

    def all(self, text: str) -> Iterator[re.Match[str]]:
        """All matches in a text, from left to right."""
        if len(text) > LONGEST_TEXT or any(other.search(text) for other in self._exclusions):
            return
        yield from self._compiled.finditer(text)


def _as_pattern(value: Any) -> Any:
    """A file may give a pattern alone; an empty one is none."""
    if isinstance(value, str):
        return {"pattern": value} if value else None
    return value


_WRITTEN: Final = BeforeValidator(_as_pattern, json_schema_input_type=str | Pattern)

PatternOf = Annotated[Pattern | None, _WRITTEN]
"""A pattern, alone or with its exclusions; None without one."""

Patterns = tuple[Annotated[Pattern, _WRITTEN], ...]
