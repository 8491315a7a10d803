"""The words of prose by their role, and patterns of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from auditor.forms.model import Form
from auditor.narrative.folding import folded

__all__ = ["Words", "words_of"]


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


_FILE: Final = "words.toml"


@cache
def _defaults() -> Mapping[str, tuple[str, ...]]:
    text = files("auditor.narrative").joinpath(_FILE).read_text("utf-8")
    return {role: tuple(words) for role, words in tomllib.loads(text).items()}


@cache
def _default_words() -> Words:
    return Words(_defaults())


def words_of(form: Form) -> Words:
    """The words of a form's prose."""
    del form  # the engine's, until forms state their own
    return _default_words()
