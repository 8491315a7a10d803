"""The patterns of a form: regular expressions that take bounded time on any text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Final, Self, cast

from pydantic import BeforeValidator, field_validator, model_validator

from auditor.forms.pattern_runs import check_runs
from auditor.records.figures import Record
from auditor.toml.faults import WrongValue

__all__ = [
    "LONGEST_TEXT",
    "MOST_PATTERNS",
    "MOST_UNLESS",
    "Pattern",
    "PatternOf",
    "Patterns",
]

LONGEST_TEXT: Final = 1000
"""How many characters a text may have that a pattern is held against; longer ones match none."""


MOST_UNLESS: Final = 5
"""How many patterns may exclude the texts of another."""

MOST_PATTERNS: Final = 30
"""How many patterns a key may have, with those that exclude their texts."""


class Pattern(Record):
    """A regular expression, and those that must match nowhere in the same text."""

    pattern: str
    unless: tuple[str, ...] = ()

    @field_validator("unless", mode="before")
    @classmethod
    def _few(cls, value: Any) -> Any:
        _check_number(_exclusions_in({"unless": value}), MOST_UNLESS)
        return value

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


def _few_patterns(value: object) -> object:
    """The patterns of a key. Raises WrongValue for too many: each takes time to look at."""
    if not isinstance(value, list | tuple):
        return value
    items = cast("Sequence[object]", value)
    _check_number(len(items) + sum(map(_exclusions_in, items)), MOST_PATTERNS)
    return items


def _exclusions_in(item: object) -> int:
    """How many patterns exclude the texts of a pattern, as it is written."""
    if not isinstance(item, Mapping):
        return 0
    unless = cast("Mapping[str, object]", item).get("unless")
    return len(cast("Sequence[object]", unless)) if isinstance(unless, list | tuple) else 0


def _check_number(number: int, most: int) -> None:
    if number > most:
        raise WrongValue(
            f"{number:,} patterns; there may be {most}",
            f"パターンが{number:,}個あります。{most}個まで書けます",
        )


Patterns = Annotated[tuple[Annotated[Pattern, _WRITTEN], ...], BeforeValidator(_few_patterns)]
