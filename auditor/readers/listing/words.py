"""What the cells of a list's headings say: labels of the form, years, kinds of figures, units.

A label is compared with what a cell says beside its year, its unit and its notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from auditor.forms.model import Column, Form
from auditor.readers.grid.cells import Box
from auditor.readers.grid.label_text import bare, label_key, label_starts
from auditor.readers.wording import behind
from auditor.readers.years_in_headings import Year, tidy, without_year

__all__ = ["KPI", "CellWords", "Lexicon", "is_kind", "kind_fits"]

KPI: Final = "kpi."
"""Stands before the names of the labels of indicators."""

_LONGEST: Final = 80
"""Longer texts are no headings."""

_BRACKETED: Final = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|<([^<>]*)>")
_NOTE: Final = re.compile(r"注[0-9]*\)?|※[0-9]*|\*[0-9]*")
_OF_UNIT: Final = re.compile(r"単位[:は]?")
_NOTED_UNIT: Final = re.compile(r"(?:金額)?単位[:は]?([^()0-9]{1,6})")

# What headings call the kinds of figures, whatever the form calls them.
_KIND: Final = re.compile(
    r"(?:当初|補正後?|最終|現計|予算|決算|実績|計画|見込み?|予定|要求|執行|査定|見積|概算|確定"
    r"|速報|現額|額|値|案)+"
)
_OF_KIND: Final = {
    "settled": ("決算", "実績", "支出済"),
    "expected": ("見込",),
    "budgeted": ("予算",),
    "requested": ("要求",),
    "planned": ("計画",),
}
"""The words by which a column without labels is known, by its kind."""


class CellWords(NamedTuple):
    """One cell of a heading, by its keys: ``raw`` with all that it prints, ``dated`` without its
    unit and marks of notes, ``full`` without its year, too, ``plain`` without brackets; ``named``
    are the last two behind the mark of a list (①, ア).

    ``kinds`` are the words of kinds that it says, ``rest`` what is left of ``plain`` without them.
    """

    raw: str = ""
    dated: str = ""
    full: str = ""
    plain: str = ""
    named: tuple[str, str] | None = None
    kinds: tuple[str, ...] = ()
    rest: str = ""
    year: Year | None = None
    unit: str | None = None
    odd_unit: str = ""


class Tokens(NamedTuple):
    """A label of the form: the name that it is of, and its words as keys, those of groups first."""

    name: str
    words: tuple[str, ...]
    length: int


def is_kind(text: str) -> bool:
    """Whether a text is nothing but the word for a kind of figures: 当初予算額."""
    return _KIND.fullmatch(bare(text)) is not None


def kind_fits(column: Column, words: Iterable[str]) -> int:
    """How well some words are what a column of the form is called: 2 where one is its label, 1
    where it holds the label, or the usual word for a column without labels; else 0.
    """
    labels = {bare(label) for label in column.label} - {""}
    said = list(words)
    if any(word in labels for word in said):
        return 2
    parts = labels or _OF_KIND.get(column.kind, ())
    kinds = [word for word in said if _KIND.fullmatch(word)]
    return int(any(part in word or word in part for part in parts for word in kinds))


def _always(_: Box) -> bool:
    return True


@dataclass
class Lexicon:
    """A form's words for the headings of its lists; what a text says is remembered."""

    form: Form
    names_of: dict[tuple[CellWords, ...], dict[str, int]] = field(
        default_factory=dict["tuple[CellWords, ...]", "dict[str, int]"]
    )
    """The names that the cells of a heading stand for, with the lengths of their labels."""
    reaches: Callable[[Box], bool] = _always
    """Whether the cell of a group that is not merged may stand over the headings to its right."""
    _cells: dict[str, CellWords] = field(default_factory=dict[str, CellWords])

    @cached_property
    def labels(self) -> tuple[Tokens, ...]:
        """The labels of texts and figures, the longest first."""
        labels = [(name, definition.label) for name, definition in self.form.fields.items()]
        labels += [(name, words) for name, words in self.form.labels.items() if name != "title"]
        if self.form.kpi is not None:
            labels += [(KPI + name, words) for name, words in self.form.kpi.labels.items()]
        tokens: list[Tokens] = []
        for name, texts in labels:
            for text in texts:
                tokens += self._tokens(name, text)
        return tuple(sorted(tokens, key=lambda label: -label.length))

    def _tokens(self, name: str, text: str) -> Iterator[Tokens]:
        """A label as one word, and by its groups where it has white space."""
        key = label_key(text)
        if not key:
            return
        words = self.of(text)
        # A label that names a year means this year.
        plain = (words.dated if words.year is not None else words.full) or key
        yield from (Tokens(name, (word,), len(key)) for word in dict.fromkeys((key, plain)))
        parts = text.split()
        if len(parts) > 1:
            groups = tuple(self.of(part).full or label_key(part) for part in parts)
            yield Tokens(name, groups, len(key))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The words of the form's columns, longest first."""
        words: set[str] = set()
        for column in self.form.columns:
            words.update(map(bare, column.label))
        return tuple(sorted(words - {""}, key=len, reverse=True))

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units that the form knows."""
        return tuple(self.form.units)

    @cached_property
    def _units(self) -> dict[str, str]:
        return {label_key(unit): unit for unit in self.form.units}

    @cached_property
    def pieces(self) -> dict[str, frozenset[str]]:
        """What a cell may say that is a word of labels or a part of one, with their names: a
        heading may go on in the next cell.
        """
        names: dict[str, set[str]] = {}
        for label in self.labels:
            for word in label.words:
                for piece in _pieces(word):
                    names.setdefault(piece, set()).add(label.name)
        return {piece: frozenset(of_piece) for piece, of_piece in names.items()}

    def unit(self, text: str) -> str | None:
        """The unit of the form that a text is: 千円, （千円）."""
        return self._units.get(bare(text))

    def stated_unit(self, text: str) -> str | None:
        """The unit that a note over the list states, as it prints it: 単位：千円."""
        key = bare(text) if len(text) <= _LONGEST else ""
        match = _NOTED_UNIT.search(key)
        return None if match is None else match[1]

    def of(self, text: str) -> CellWords:
        """What a cell of a heading says."""
        words = self._cells.get(text)
        if words is None:
            words = self._cells[text] = self._of(text)
        return words

    def _of(self, text: str) -> CellWords:
        if len(text) > _LONGEST:
            return CellWords()
        raw = label_key(text)
        if _NOTED_UNIT.fullmatch(bare(text)) is not None:
            return CellWords()  # said of the whole list
        key, unit, odd = self._without_unit(text, raw)
        dated = tidy(_NOTE.sub("", key))
        full, year = without_year(dated)
        plain = tidy(_BRACKETED.sub("", full))
        kinds, without = self._kinds(full, plain)
        named: tuple[str, str] | None = None
        starts = label_starts(text)
        if len(starts) > 1 and starts[-1] < len(raw):
            inner = self.of(behind(text, starts[-1]))
            named = inner.full, inner.plain
        return CellWords(raw, dated, full, plain, named, kinds, without, year, unit, odd)

    def _without_unit(self, text: str, key: str) -> tuple[str, str | None, str]:
        """A key without the unit that it states, that unit, and one that the form lacks."""
        if (alone := self.unit(text)) is not None:
            return "", alone, ""
        odd = ""
        for match in _BRACKETED.finditer(key):
            content = next(group for group in match.groups() if group is not None)
            unit = self.unit(_OF_UNIT.sub("", content).rpartition("・")[2])
            if unit is not None:
                return key[: match.start()] + key[match.end() :], unit, ""
            if _AS_UNIT.fullmatch(_OF_UNIT.sub("", content)):
                odd = content
        *before, last = text.split() or [""]
        if before and (unit := self.unit(last)) is not None:
            return label_key("".join(before)), unit, ""
        return key, None, odd

    def _kinds(self, full: str, plain: str) -> tuple[tuple[str, ...], str]:
        """The words of kinds in a cell, and what else it says."""
        inside = [
            next(group for group in match.groups() if group is not None)
            for match in _BRACKETED.finditer(full)
        ]
        kinds = [word for word in (full, plain) if word in self.kinds or _KIND.fullmatch(word)]
        kinds += [word for word in inside if word in self.kinds or _KIND.fullmatch(word)]
        if plain in kinds:
            return tuple(dict.fromkeys(kinds)), ""
        for word in self.kinds:
            for end in (full, plain):
                if end.endswith(word):
                    return (word, *kinds), tidy(end.removesuffix(word))
                if end.startswith(word):
                    return (word, *kinds), tidy(end.removeprefix(word))
        return tuple(dict.fromkeys(kinds)), plain


_AS_UNIT: Final = re.compile(r"[^0-9]{0,6}(?:円|人|%)")


def _pieces(word: str) -> Iterator[str]:
    """A word, its beginnings and its ends."""
    yield word
    for at in range(1, len(word)):
        yield word[:at]
        yield word[at:]
