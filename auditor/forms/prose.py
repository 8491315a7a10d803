"""The words of a form's prose: what a city's sentences call things, beside what the program knows.

A role of words has the same name here and where sentences are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from pydantic import Field

from auditor.forms.labels import Labels
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.toml.faults import WrongValue

__all__ = ["ROLES", "ProseWords", "faults_of_words"]


class ProseWords(Record):
    """``[text.words]``: further words of prose, by what they say of the figures beside them."""

    total: Labels = ()
    subtotal: Labels = ()
    breakdown: Labels = ()
    of_which: Labels = ()
    cumulative: Labels = ()
    persons: Labels = ()
    none: Labels = ()
    rate: Labels = ()
    rise: Labels = ()
    fall: Labels = ()
    same: Labels = ()
    before: Labels = ()
    approximate: Labels = ()
    roughly: Labels = ()
    each: Labels = ()
    besides: Labels = ()
    limit: Labels = ()
    numbered: Labels = ()
    idioms: Labels = ()
    compounds: Labels = ()
    counters: Labels = ()
    target: Labels = ()
    actual: Labels = ()
    other_years: Labels = ()
    fields: Frozen[str, Labels] = Field(default_factory=FrozenDict)

    @property
    def by_role(self) -> Mapping[str, tuple[str, ...]]:
        """The words of each role that the form adds to; those of a figure are of the role
        ``field:NAME``.
        """
        stated: dict[str, tuple[str, ...]] = {role: getattr(self, role) for role in ROLES}
        stated |= {f"field:{name}": words for name, words in self.fields.items()}
        return {role: words for role, words in stated.items() if words}


ROLES: Final = tuple(name for name in ProseWords.model_fields if name != "fields")
"""The roles that a form can add words to."""

_LONGEST: Final = 30
_MOST: Final = 200
_OPPOSED: Final = (
    ("rise", "fall", "same"),
    ("total", "subtotal", "breakdown", "rate"),
    ("target", "actual"),
)
"""Roles of which no word can have two."""


def faults_of_words(words: ProseWords) -> Iterator[WrongValue]:
    """Words that no sentence can be read by."""
    for role, listed in words.by_role.items():
        path = (role,) if role in ROLES else ("fields", role.removeprefix("field:"))
        if len(listed) > _MOST:
            yield WrongValue(
                f"at most {_MOST} words are possible",
                f"書けるのは{_MOST}語までです",
                ("text", "words", *path),
            )
        for number, word in enumerate(listed):
            if not word.strip() or len(word) > _LONGEST:
                yield WrongValue(
                    f"a word of at most {_LONGEST} characters is needed here",
                    f"{_LONGEST}字以内の語が必要です",
                    ("text", "words", *path, number),
                )
    for roles in _OPPOSED:
        for first, second in combinations(roles, 2):
            both = sorted({*getattr(words, first)}.intersection(getattr(words, second)))
            if both:
                yield WrongValue(
                    f"{both[0]} is among the words of {first}, too",
                    f"{both[0]} は {first} の語にもなっています",
                    ("text", "words", second),
                )
