"""Sentences that stand on several sheets, word for word or nearly.

Sentences are looked up by a few of their runs of characters, chosen by their hashes, so that no
sentence is held against all others.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

__all__ = ["Index", "Near", "plain"]

T = TypeVar("T")

LEAST: Final = 30
"""Shorter sentences are turns of speech, which many sheets share."""

_RUN: Final = 6
_WINDOW: Final = 5
_OF_LIKENESS: Final = 4
_LIKE: Final = 0.8
"""So large a share of their short runs two sentences that are nearly the same have in common: one
sign that is another changes four of them.
"""

_MANY: Final = 20
"""What so many sentences share is a phrase of the form, and tells nothing."""


class Near(NamedTuple, Generic[T]):
    """Another sentence that says the same, and whose it is."""

    text: str
    owner: T


def plain(text: str) -> str:
    """A sentence without blanks and its full stop."""
    return text.replace(" ", "").rstrip("。")


class Index(Generic[T]):
    """The sentences of a book with their owners."""

    def __init__(self, sentences: Iterable[tuple[str, T]]) -> None:
        self._by_mark: dict[int, list[Near[T]]] = {}
        for text, owner in sentences:
            short = plain(text)
            if len(short) >= LEAST:
                for mark in _marks(short):
                    self._by_mark.setdefault(mark, []).append(Near(short, owner))

    def elsewhere(self, text: str, owner: T) -> Near[T] | None:
        """A sentence of another owner that says the same, or None."""
        short = plain(text)
        if len(short) < LEAST:
            return None
        candidates: dict[int, Near[T]] = {}
        for mark in _marks(short):
            entries = self._by_mark.get(mark, ())
            if len(entries) <= _MANY:
                candidates |= {id(entry): entry for entry in entries if entry.owner != owner}
        runs = _runs(short, _OF_LIKENESS)
        for entry in candidates.values():
            if entry.text == short or _likeness(runs, _runs(entry.text, _OF_LIKENESS)) >= _LIKE:
                return entry
        return None


def _likeness(runs: Mapping[str, None], others: Mapping[str, None]) -> float:
    shared = len(runs.keys() & others.keys())
    return shared / max(len(runs), len(others))


def _runs(text: str, length: int) -> dict[str, None]:
    return {text[end - length : end]: None for end in range(length, len(text) + 1)}


def _marks(text: str) -> frozenset[int]:
    """The runs that a sentence is looked up by: of each few neighbours the one with the least
    hash, so that sentences with a long part in common have a mark in common.
    """
    hashes = [zlib.crc32(run.encode()) for run in _runs(text, _RUN)]
    windows = range(max(1, len(hashes) - _WINDOW + 1))
    return frozenset(min(hashes[start : start + _WINDOW]) for start in windows)
