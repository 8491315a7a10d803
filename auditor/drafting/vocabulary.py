"""The words by which a draft names what it finds. The words themselves are data of a rule pack.

A word is compared as labels are: in one width, without spaces, behind the marks of lists, and
without the brackets behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from auditor.forms.words import squeezed
from auditor.readers.grid.label_text import label_key, label_starts
from auditor.toml.reading import bytes_of, parsed

__all__ = ["SumWords", "Vocabulary", "load_vocabulary", "plain_heading", "word_key"]

_BRACKETED: Final = re.compile(r"[(\[【〔<][^()\[\]【】〔〕<>]*[)\]】〕>]")
_SIGNS: Final = re.compile(r"[\s:：*※]+")
_BRACKETS: Final = re.compile(r"[()\[\]【】〔〕<>]")
_LISTED: Final = re.compile(r"[・、,，]")
_BEHIND: Final = re.compile(r"[+＋×÷=＝-]+$")
_LETTER: Final = re.compile(r"(?<=[^\x00-\x7f])[A-Z]$")


def _unmarked(text: str) -> str:
    """A heading's key without the marks before it; a mark alone is the whole heading: No., A."""
    key = label_key(text)
    return _SIGNS.sub("", key[label_starts(text)[-1] :] or key)


def plain_heading(text: str) -> str:
    """A heading without the marks before it and the brackets behind it, in one width."""
    rest = _unmarked(text)
    return _BEHIND.sub("", _BRACKETED.sub("", rest)) or rest


def word_key(text: str) -> str:
    """What of a word of the vocabulary is compared."""
    return squeezed(_BRACKETS.sub("", _unmarked(text))).upper()


def _heading_keys(text: str) -> tuple[str, ...]:
    """What of a heading may be a word: all of it; without what stands in brackets; without a
    letter by which formulas call it.
    """
    plain = squeezed(plain_heading(text)).upper()
    return tuple(dict.fromkeys((word_key(text), plain, _LETTER.sub("", plain))))


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class SumWords(_Part):
    """A figure, and those of which it is made, by the names of figures; ``funding`` are all
    sources. A rate is per cent of its first part in the second.
    """

    total: str
    parts: tuple[str, ...]


_Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: tuple(value))]


class _File(_Part):
    """The file of a vocabulary."""

    labels: Mapping[str, _Words]
    fields: Mapping[str, _Words]
    figures: Mapping[str, _Words]
    figure_units: Mapping[str, str]
    titles: Mapping[str, str]
    sums: tuple[SumWords, ...] = ()
    products: tuple[SumWords, ...] = ()
    differences: tuple[SumWords, ...] = ()
    rates: tuple[SumWords, ...] = ()
    kinds: Mapping[str, _Words]
    title_kinds: Mapping[str, _Words]
    totals: Mapping[str, _Words]
    items: Mapping[str, _Words]
    kpi: Mapping[str, _Words]
    units: Mapping[str, Decimal]
    money: Mapping[str, _Words]
    sheets: Mapping[str, _Words]


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary, ready to be asked."""

    file: _File
    remembered: dict[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """What headings were found to say: a document repeats them."""

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        """The figures that a heading can name, the likeliest first."""
        names: dict[str, list[str]] = {}
        for figures in (self.file.fields, self.file.figures):
            for name, words in figures.items():
                for key in dict.fromkeys(map(word_key, words)):
                    names.setdefault(key, []).append(name)
        return {key: tuple(dict.fromkeys(of_key)) for key, of_key in names.items()}

    def names_of(self, heading: str) -> tuple[str, ...]:
        """The figures that a heading can name, the likeliest first; none where it names none."""
        return _first(self._names, heading) or ()

    def is_field(self, name: str) -> bool:
        """Whether every form knows a figure of that name."""
        return name in self.file.fields

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        labels: dict[str, str] = {}
        for name, words in self.file.labels.items():
            for word in words:
                labels.setdefault(word_key(word), name)
        return labels

    def label_of(self, text: str) -> str | None:
        """Which of a form's labels a text is, or None."""
        return _first(self._labels, text)

    def rank(self, label: str, text: str) -> int:
        """How far behind in the vocabulary a text stands among the words of a label; the first is
        likeliest.
        """
        words = {word_key(word): at for at, word in enumerate(self.file.labels.get(label, ()))}
        rank = _first(words, text)
        return len(words) if rank is None else rank

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        kinds: dict[str, str] = {}
        for kind, words in self.file.kinds.items():
            kinds.update((word_key(word), kind) for word in words)
        return kinds

    def kind_of(self, text: str) -> str | None:
        """The kind of column that a text names, or None."""
        return _first(self._kinds, text)

    @cached_property
    def title_kinds(self) -> Mapping[str, str]:
        """The words of titles that say what kind of amounts a document has."""
        return {
            label_key(word): of for of, words in self.file.title_kinds.items() for word in words
        }

    def unit_in(self, text: str) -> str | None:
        """The unit that stands in a heading's brackets, behind 単位, or alone, or None."""
        key = squeezed(text)
        for inside in re.findall(r"[(\[【〔<]([^()\[\]【】〔〕<>]*)[)\]】〕>]", key):
            if (unit := self._unit_among(self._without_unit_words(inside))) is not None:
                return unit
        noted = self._without_unit_words(key)
        return self._unit_among(noted) if noted != key else self.unit_of(key)

    def _without_unit_words(self, key: str) -> str:
        """A note without 単位 before it."""
        return re.sub("|".join(self._unit_words) + "|:", "", key)

    def _unit_among(self, text: str) -> str | None:
        """The unit that a text is, or the one among others in it: 税込・円. Of several,
        that of money is meant: 千円、％.
        """
        unit = self.unit_of(text)
        if unit is not None:
            return unit
        parts = [self.unit_of(part) for part in _LISTED.split(text)]
        units = [unit for unit in parts if unit is not None]
        of_money = [unit for unit in units if self.is_money(unit)]
        if of_money:
            return of_money[0]
        return units[0] if units and (len(units) == 1 or None not in parts) else None

    @cached_property
    def _unit_words(self) -> tuple[str, ...]:
        return tuple(map(re.escape, self.file.sheets["unit_words"]))

    @cached_property
    def _units(self) -> Mapping[str, str]:
        return {squeezed(unit): unit for unit in self.file.units}

    def is_unit_note(self, text: str) -> bool:
        """Whether a text says in which unit of money all figures are."""
        unit = self.unit_in(text)
        words = map(squeezed, self.file.sheets["unit_words"])
        return unit is not None and self.is_money(unit) and any(w in squeezed(text) for w in words)

    def unit_of(self, text: str) -> str | None:
        """The unit that a text is, or None."""
        return self._units.get(squeezed(text))

    def is_money(self, unit: str) -> bool:
        """Whether a unit is one of money."""
        return unit in self.file.money["units"]

    def factor(self, unit: str) -> Decimal:
        """How many base units one of a unit is."""
        return self.file.units.get(unit, Decimal(1))

    def total_of(self, text: str) -> str | None:
        """``"all"`` or ``"above"`` where a text is what total rows are called, or None."""
        key = squeezed(text)
        for of, words in self.file.totals.items():
            if any(_fits(word, key) for word in words):
                return of
        return None

    def is_item_heading(self, text: str) -> bool:
        """Whether the names of items stand under a heading."""
        return self._holds("items", "headings", text)

    def level_of(self, text: str) -> int | None:
        """The level of items that a heading is, from 0, or None."""
        levels = {word_key(word): at for at, word in enumerate(self.file.items["levels"])}
        return _first(levels, text)

    def is_group(self, text: str) -> bool:
        """Whether a heading stands around several fields, and names none."""
        return self._holds("sheets", "groups", text)

    def kpi_part(self, text: str) -> str | None:
        """Which column of a table of indicators a heading is, or None."""
        return _first(self._kpi_parts, text)

    @cached_property
    def _kpi_parts(self) -> Mapping[str, str]:
        parts: dict[str, str] = {}
        for part, words in self.file.kpi.items():
            if part not in ("achieved", "missed", "lower_is_better"):
                parts |= {word_key(word): part for word in words}
        return parts

    def achievement(self, text: str) -> bool | None:
        """Whether a word says that a target was reached; None for one that is not known."""
        key = squeezed(text)
        for said, part in ((True, "achieved"), (False, "missed")):
            if key in map(squeezed, self.file.kpi[part]):
                return said
        return None

    @property
    def lower_is_better(self) -> tuple[str, ...]:
        """Patterns of the names of indicators of which less is better."""
        return self.file.kpi["lower_is_better"]

    def is_title(self, text: str) -> bool:
        """Whether a text ends as titles of sheets do."""
        key = squeezed(_BRACKETED.sub("", label_key(text)))
        return key.endswith(tuple(map(squeezed, self.file.sheets["titles"])))

    def _holds(self, section: str, name: str, text: str) -> bool:
        words: Mapping[str, Iterable[str]] = getattr(self.file, section)
        return _first(dict.fromkeys(map(word_key, words[name]), True), text) is not None


_T = TypeVar("_T")


def _first(words: Mapping[str, _T], heading: str) -> _T | None:
    """What the words say of the first key of a heading that is one of them."""
    return next((words[key] for key in _heading_keys(heading) if key in words), None)


def _fits(word: str, key: str) -> bool:
    if word.startswith("*"):
        return key.endswith(squeezed(word[1:]))
    if word.endswith("*"):
        return key.startswith(squeezed(word[:-1]))
    return key == squeezed(word)


def load_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary of a file, which ships with the program."""
    data = bytes_of(path, "vocabulary", "語彙")
    assert isinstance(data, bytes), data
    return Vocabulary(_File.model_validate(parsed(data).content))
