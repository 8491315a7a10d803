"""The words of prose by their role, and patterns of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from auditor.forms.model import Form
from auditor.narrative.folding import folded

__all__ = ["Ending", "Words", "words_of"]


class Ending:
    """Words that may end at a place of a text."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._lengths = sorted({len(word) for word in self._words}, reverse=True)
        self._last = frozenset(word[-1:] for word in self._words)

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def search(self, text: str, end: int) -> str | None:
        """The longest of the words that ends before character ``end``; None for none."""
        if text[end - 1 : end] not in self._last:
            return None
        for length in self._lengths:
            word = text[end - length : end] if length <= end else ""
            if word in self._words:
                return word
        return None


class Words:
    """The words of each role, the longest first, folded as texts are."""

    def __init__(self, by_role: Mapping[str, tuple[str, ...]]) -> None:
        self._by_role = {
            role: tuple(
                sorted({folded(word) for word in words}, key=lambda word: (-len(word), word))
            )
            for role, words in by_role.items()
        }
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}
        self._endings: dict[tuple[str, ...], Ending] = {}
        self._first_alike = {
            word: group.split()[0] for group in self["alike"] for word in group.split()
        }

    def __getitem__(self, role: str) -> tuple[str, ...]:
        return self._by_role.get(role, ())

    def pattern(self, *roles: str) -> re.Pattern[str]:
        """A pattern of the words of some roles, the longest first. It matches nothing where the
        roles have no words.
        """
        pattern = self._patterns.get(roles)
        if pattern is None:
            words = sorted({word for role in roles for word in self[role]}, key=len, reverse=True)
            source = "|".join(re.escape(word) for word in words) or "(?!)"
            pattern = self._patterns[roles] = re.compile(source)
        return pattern

    def ending(self, *roles: str) -> Ending:
        """The words of some roles, to be looked for before a place of a text."""
        ending = self._endings.get(roles)
        if ending is None:
            words = {word for role in roles for word in self[role]}
            ending = self._endings[roles] = Ending(words)
        return ending

    def are_alike(self, counter: str, other: str) -> bool:
        """Whether two counters count the same: 人 and 名."""
        first = self._first_alike
        return first.get(counter, counter) == first.get(other, other)


_FILE: Final = "words.toml"


@cache
def _defaults() -> Mapping[str, tuple[str, ...]]:
    text = files("auditor.narrative").joinpath(_FILE).read_text("utf-8")
    return {role: tuple(words) for role, words in tomllib.loads(text).items()}


@lru_cache(maxsize=32)
def _words(stated: tuple[tuple[str, tuple[str, ...]], ...]) -> Words:
    """The words that the program knows, and those that a form states besides."""
    by_role = dict(_defaults())
    for role, words in stated:
        by_role[role] = (*by_role.get(role, ()), *words)
    return Words(by_role)


def words_of(form: Form) -> Words:
    """The words of a form's prose."""
    words = form.text.words if form.text is not None else None
    return _words(() if words is None else tuple(words.by_role.items()))
