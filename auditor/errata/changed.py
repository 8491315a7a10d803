"""What changed from one text to another, as a printer would underline it.

Line breaks, spaces and the width of characters are no change, since a page breaks its lines where
it likes. A number changes as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

__all__ = ["Excerpt", "Span", "changed_spans", "excerpts", "occurrences", "replaced"]

_TOKEN: Final = re.compile(
    r"(?:[△▲−]|(?<![0-9A-Za-z])-)?[0-9]+(?:,[0-9]+)*(?:\.[0-9]+)?|[A-Za-z]+|.", re.DOTALL
)
_ENDS: Final = "。！？!?"
_CLOSING: Final = "」』）)】"
_BULLETS: Final = "・○●◎■□◆◇▪※★☆◯①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MOST: Final = 4_000_000
"""Of more pairs of characters, a stretch of text counts as changed throughout."""
_ALIKE: Final = 0.34
"""Stretches of which a smaller share is equal were written anew."""
_CONTEXT: Final = 60
"""How many characters beside a change an excerpt has at most."""
_SHORT: Final = 80
"""Texts that are no longer are shown whole."""


class Span(NamedTuple):
    """A stretch of a text, from ``start`` up to ``end``."""

    start: int
    end: int


class Excerpt(NamedTuple):
    """A changed part of two texts; ``wrong`` occurs in the first text once."""

    wrong: str
    right: str


@dataclass(frozen=True)
class _Letters:
    """What of a text counts: its letters in one width, without white space.

    ``starts`` and ``ends`` say where in the text each of them stands.
    """

    text: str
    letters: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Letters:
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for start, end in _clusters(text):
            for letter in "".join(unicodedata.normalize("NFKC", text[start:end]).split()):
                letters.append(letter)
                starts.append(start)
                ends.append(end)
        return cls(text, "".join(letters), starts, ends)

    @cached_property
    def tokens(self) -> list[Span]:
        """Numbers and Latin words as wholes, every other letter for itself."""
        return [Span(*match.span()) for match in _TOKEN.finditer(self.letters)]

    @cached_property
    def sentence_starts(self) -> frozenset[int]:
        """The numbers of the tokens that begin a sentence or an item of a list."""
        starts = {0}
        for at in range(1, len(self.tokens)):
            first = self.tokens[at].start
            before = self.letters[first - 1]
            is_end = before in _ENDS or (
                before in _CLOSING and self.letters[first - 2 : first - 1] in tuple(_ENDS)
            )
            between = self.text[self.ends[first - 1] : self.starts[first]]
            if (is_end and self.letters[first] not in _CLOSING) or (
                "\n" in between and self.text[self.starts[first]] in _BULLETS
            ):
                starts.add(at)
        return frozenset(starts)

    def words(self, start: int, end: int) -> list[str]:
        """The tokens of a stretch as texts."""
        return [self.letters[token.start : token.end] for token in self.tokens[start:end]]

    def span(self, start: int, end: int) -> Span:
        """Where the tokens of a stretch stand in the text."""
        if start == end:
            at = self.starts[self.tokens[start].start] if start < len(self.tokens) else None
            place = len(self.text) if at is None else at
            return Span(place, place)
        return Span(self.starts[self.tokens[start].start], self.ends[self.tokens[end - 1].end - 1])


def _clusters(text: str) -> Iterator[Span]:
    """The characters of a text, each with the marks that belong to it (ｶﾞ)."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _is_mark(text[at]):
            yield Span(start, at)
            start = at


def _is_mark(character: str) -> bool:
    if character < "\u0300":
        return False
    plain = unicodedata.normalize("NFKC", character)
    return unicodedata.combining(plain[0]) != 0


class _Change(NamedTuple):
    """Tokens of the first text that became others of the second."""

    start: int
    end: int
    right_start: int
    right_end: int


def _changes(wrong: _Letters, right: _Letters) -> list[_Change]:
    """The changed stretches in their order; sentences are held together first, then what of two
    sentences differs.
    """
    changes: list[_Change] = []
    for block in _blocks(wrong, right):
        changes += _within(block, wrong, right)
    return _joined(changes)


def _blocks(wrong: _Letters, right: _Letters) -> Iterator[_Change]:
    """The stretches of sentences that differ."""
    ends = [
        [*sorted(letters.sentence_starts), len(letters.tokens)] if letters.tokens else [0]
        for letters in (wrong, right)
    ]
    sentences = [
        ["".join(letters.words(start, end)) for start, end in pairwise(at)]
        for letters, at in zip((wrong, right), ends, strict=True)
    ]
    matcher = SequenceMatcher(None, sentences[0], sentences[1], autojunk=False)
    for kind, start, end, right_start, right_end in matcher.get_opcodes():
        if kind != "equal":
            yield _Change(ends[0][start], ends[0][end], ends[1][right_start], ends[1][right_end])


def _within(block: _Change, wrong: _Letters, right: _Letters) -> list[_Change]:
    """The changed tokens of a stretch; the whole where it was written anew."""
    old = wrong.words(block.start, block.end)
    new = right.words(block.right_start, block.right_end)
    if not old or not new or len(old) * len(new) > _MOST:
        return [block]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return [block]
    changes: list[_Change] = []
    for kind, start, end, right_start, right_end in matcher.get_opcodes():
        if kind != "equal":
            changes.append(
                _Change(
                    block.start + start,
                    block.start + end,
                    block.right_start + right_start,
                    block.right_start + right_end,
                )
            )
    return changes


def _joined(changes: Sequence[_Change]) -> list[_Change]:
    """Changes with a single letter between two of them are one."""
    joined: list[_Change] = []
    for change in changes:
        if joined and change.start - joined[-1].end <= 1:
            last = joined.pop()
            change = _Change(last.start, change.end, last.right_start, change.right_end)
        joined.append(change)
    return joined


def changed_spans(wrong: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Where each of two texts says something else than the other: whole numbers, else the
    characters that differ.

    What only one of them has is underlined there alone.
    """
    old, new = _Letters.of(wrong), _Letters.of(right)
    changes = _changes(old, new)
    spans = (old.span(change.start, change.end) for change in changes)
    right_spans = (new.span(change.right_start, change.right_end) for change in changes)
    return (
        tuple(span for span in spans if span.start < span.end),
        tuple(span for span in right_spans if span.start < span.end),
    )


def excerpts(wrong: str, right: str) -> list[Excerpt]:
    """The changed sentences of two texts, each part as it stands there.

    Replacing each ``wrong`` by its ``right`` makes the second text of the first, but for spaces.
    Where no part will do that, or the texts are short, there is one excerpt: both texts.
    """
    whole = [Excerpt(wrong, right)]
    if max(len(wrong), len(right)) <= _SHORT:
        return whole
    old, new = _Letters.of(wrong), _Letters.of(right)
    parts = [_around(change, old, new) for change in _changes(old, new)]
    stretches = _merged(parts)
    while any(not _is_single(stretch, old) for stretch in stretches):
        wider = [
            stretch if _is_single(stretch, old) else _widened(stretch, old, new)
            for stretch in stretches
        ]
        stretches = _merged(wider)
    texts = [
        Excerpt(
            wrong[slice(*old.span(stretch.start, stretch.end))],
            right[slice(*new.span(stretch.right_start, stretch.right_end))],
        )
        for stretch in stretches
    ]
    applied = replaced(wrong, texts)
    return texts if applied is not None and _same(applied, right) else whole


def _same(text: str, other: str) -> bool:
    return _Letters.of(text).letters == _Letters.of(other).letters


def _around(change: _Change, old: _Letters, new: _Letters) -> _Change:
    """A change with the rest of its sentence, or with as much of it as is shown."""
    shown, at, right_at = 0, change.start, change.right_start
    while shown < _CONTEXT and at > 0 and right_at > 0 and at not in old.sentence_starts:
        if right_at in new.sentence_starts or not _equal(at - 1, right_at - 1, old, new):
            break
        at, right_at, shown = at - 1, right_at - 1, shown + 1
    end, right_end, shown = change.end, change.right_end, 0
    while shown < _CONTEXT and end < len(old.tokens) and right_end < len(new.tokens):
        if (end in old.sentence_starts and shown) or not _equal(end, right_end, old, new):
            break
        end, right_end, shown = end + 1, right_end + 1, shown + 1
    return _Change(at, end, right_at, right_end)


def _equal(at: int, right_at: int, old: _Letters, new: _Letters) -> bool:
    return old.words(at, at + 1) == new.words(right_at, right_at + 1)


def _widened(stretch: _Change, old: _Letters, new: _Letters) -> _Change:
    """A stretch with one token more on either side."""
    at, end, right_at, right_end = stretch
    return _Change(
        max(at - 1, 0),
        min(end + 1, len(old.tokens)),
        max(right_at - 1, 0),
        min(right_end + 1, len(new.tokens)),
    )


def _merged(stretches: Sequence[_Change]) -> list[_Change]:
    """Stretches that have a token in common are one."""
    merged: list[_Change] = []
    for stretch in stretches:
        if merged and (
            stretch.start < merged[-1].end or stretch.right_start < merged[-1].right_end
        ):
            last = merged.pop()
            stretch = _Change(
                min(last.start, stretch.start),
                max(last.end, stretch.end),
                min(last.right_start, stretch.right_start),
                max(last.right_end, stretch.right_end),
            )
        merged.append(stretch)
    return merged


def _is_single(stretch: _Change, old: _Letters) -> bool:
    """Whether the stretch occurs in its text once, or is the whole of it."""
    if stretch.start == 0 and stretch.end == len(old.tokens):
        return True
    part = "".join(old.words(stretch.start, stretch.end))
    return bool(part) and _count(old.letters, part) == 1


def _count(text: str, part: str) -> int:
    """How often a part occurs, also where its occurrences overlap."""
    number, at = 0, text.find(part)
    while at >= 0:
        number, at = number + 1, text.find(part, at + 1)
    return number


def occurrences(text: str, part: str) -> int:
    """How often a text says something, whatever its spaces, line breaks and widths."""
    letters = _Letters.of(part).letters
    return _count(_Letters.of(text).letters, letters) if letters else 0


def replaced(text: str, parts: Sequence[Excerpt]) -> str | None:
    """The text with each wrong part replaced; None where one of them does not occur in it once,
    or two overlap.
    """
    letters = _Letters.of(text)
    places: list[tuple[Span, str]] = []
    for part in parts:
        wrong = _Letters.of(part.wrong).letters
        if not wrong or _count(letters.letters, wrong) != 1:
            return None
        at = letters.letters.index(wrong)
        span = Span(letters.starts[at], letters.ends[at + len(wrong) - 1])
        places.append((span, part.right))
    places.sort(key=lambda place: place[0])
    pieces: list[str] = []
    end = 0
    for span, right in places:
        if span.start < end:
            return None
        pieces += [text[end : span.start], right]
        end = span.end
    return "".join([*pieces, text[end:]])
