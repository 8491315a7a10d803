"""A form's words as extracted text prints them.

They stand in any width, with spaces inside, several on a line or one over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, islice, repeat
from typing import Final, Literal, NamedTuple

from auditor.forms.model import Form
from auditor.readers.characters import WIDTHS
from auditor.records.fiscal import ERA_SIGNS, YEAR_KEY, parse_year

__all__ = ["Item", "Line", "Wording", "behind", "folded", "key_of", "name_and_stages"]

_BRACKETED: Final = re.compile(r"\s*[(（]([^()（）]*)[)）]")

Kind = Literal["row", "evaluation", "years", "furniture", "blank", "other"]


def folded(text: str) -> str:
    """The text in plain widths, character for character: what is found in it is found in the raw
    text at the same place. What can't be seen is a space in it.
    """
    return text.translate(WIDTHS)


class _Keys(dict[int, str]):
    """What each character is in a key, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = folded(chr(code)).translate(ERA_SIGNS)
        self[code] = key = "".join(plain.split())
        return key


_KEYS: Final = _Keys()


@lru_cache(maxsize=8192)
def key_of(text: str) -> str:
    """Text for matching labels only: plain widths, no white space, eras written out. Figures are
    never read from it.
    """
    return text.translate(_KEYS)


def behind(raw: str, start: int, end: int | None = None) -> str:
    """What a line prints behind the first ``start`` characters of its key, up to the character
    ``end``, white space kept.
    """
    first = next(islice(_places(raw), start - 1, None)) + 1 if start else 0
    return raw[first:] if end is None else raw[first : next(islice(_places(raw), end, None), None)]


def _places(raw: str) -> Iterator[int]:
    """Where each character of the text's key stands in the text."""
    plain = folded(raw)
    if len(plain.translate(ERA_SIGNS)) == len(plain):
        return (index for index, character in enumerate(plain) if not character.isspace())
    # An era's sign is several characters of the key.
    return chain.from_iterable(
        repeat(index, len(key_of(character))) for index, character in enumerate(raw)
    )


class Line(NamedTuple):
    """One line of a document: its number from 1, as printed, and its key."""

    number: int
    raw: str
    key: str


class Item(NamedTuple):
    """What a line outside of the texts is: a row has a field and its unit in brackets, and
    ``rest`` is what stands behind them.
    """

    line: Line
    kind: Kind
    field: str = ""
    unit: str = ""
    rest: str = ""


class Wording:
    """A form's words, ready to be found."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def keys(self, label: str) -> tuple[str, ...]:
        """The keys of one of the form's labels."""
        return tuple(key_of(word) for word in self.form.labels.get(label, ()))

    @cached_property
    def _starts(self) -> tuple[str, ...]:
        return tuple(key_of(word) for word in self.form.text.sheet_start) if self.form.text else ()

    def start_of(self, line: Line) -> int:
        """How much of the line's key begins a sheet; 0 where it begins none."""
        if not line.key.startswith(self._starts):
            return 0
        return max(len(key) for key in self._starts if line.key.startswith(key))

    @cached_property
    def texts(self) -> frozenset[str]:
        """The keys of the lines that head a sheet's texts."""
        return (
            frozenset(key_of(word) for word in self.form.text.texts)
            if self.form.text
            else frozenset()
        )

    @cached_property
    def budget(self) -> frozenset[str]:
        """The keys of the lines that head the budget table."""
        return (
            frozenset(key_of(word) for word in self.form.text.budget)
            if self.form.text
            else frozenset()
        )

    @cached_property
    def _titles(self) -> tuple[str, ...]:
        return self.keys("title")

    @cached_property
    def _title(self) -> re.Pattern[str]:
        return re.compile(f"({YEAR_KEY})(?:{_either(self._titles)})$")

    def title_in(self, key: str) -> re.Match[str] | None:
        """The year and the title that end a line's key."""
        # Few lines end so, and the pattern is tried from every character on.
        return self._title.search(key) if key.endswith(self._titles) else None

    @cached_property
    def evaluation(self) -> re.Pattern[str]:
        """The label of an evaluation with its year, and the result's behind it."""
        return re.compile(
            f"({YEAR_KEY})(?:{_either(self.keys('evaluation'))})(?:{_either(self.keys('result'))})?"
        )

    @cached_property
    def direction(self) -> re.Pattern[str]:
        """The label of a direction with its year."""
        words = self.form.text.direction if self.form.text else ()
        return re.compile(
            "|".join(_pattern(word, f"(?P<year{i}>{YEAR_KEY})") for i, word in enumerate(words))
            or "(?!)"
        )

    @cached_property
    def issues(self) -> re.Pattern[str]:
        """The label of the issues, standing alone between white space in folded text, and whether
        it begins or ends its line.
        """
        words = _either(self.keys("issues"))
        return re.compile(
            rf"(?m)(?P<begins>^[^\S\n]*)?(?<!\S)(?P<label>{words})(?!\S)(?P<ends>[^\S\n]*$)?"
        )

    @cached_property
    def category(self) -> re.Pattern[str]:
        """The label of the category, standing alone in folded text."""
        return re.compile(rf"(?<!\S)(?:{_either(self.keys('category'))})(?!\S)")

    def is_cover(self, line: str) -> bool:
        """Whether a line is the first of a chapter's cover."""
        cover = self.form.text.cover if self.form.text is not None else None
        return cover is not None and cover.search(line) is not None

    @cached_property
    def _furniture(self) -> re.Pattern[str]:
        groups = self.form.text.furniture.values() if self.form.text else ()
        words = list(chain.from_iterable(groups))
        words += chain.from_iterable(column.label for column in self.form.columns)
        return re.compile(
            "|".join(_pattern(word, YEAR_KEY) for word in sorted(words, key=len, reverse=True))
            or "(?!)"
        )

    @cached_property
    def _known(self) -> re.Pattern[str]:
        """How a key begins that is more than words of a text."""
        rows = (re.escape(label) for label, _ in chain.from_iterable(self._rows.values()))
        words = (*rows, self._furniture.pattern, self.evaluation.pattern)
        return re.compile(f"{YEAR_KEY}|" + "|".join(words))

    @cached_property
    def _rows(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The labels of rows with their fields by the first character, long ones first."""
        labels: list[tuple[str, str]] = []
        for field, definition in self.form.fields.items():
            labels += [(key_of(word), field) for word in definition.label]
        rows: dict[str, list[tuple[str, str]]] = {}
        for label, field in sorted(labels, key=lambda label: -len(label[0])):
            rows.setdefault(label[:1], []).append((label, field))
        return rows

    @cached_property
    def _items(self) -> dict[Line, Item]:
        return {}

    @cached_property
    def _years(self) -> re.Pattern[str]:
        return re.compile(f"(?:{YEAR_KEY}年度?){{{len(self.form.columns)}}}")

    def years(self, line: Line) -> tuple[int, ...]:
        """The fiscal years of a table header, one a column, or nothing where the line is none."""
        end = self._years_end(line.key)
        return tuple(
            year
            for part in re.findall(YEAR_KEY, line.key[:end])
            if (year := parse_year(part)) is not None
        )

    def _years_end(self, key: str) -> int:
        match = self._years.match(key)
        return 0 if match is None or re.match(YEAR_KEY, key[match.end() :]) else match.end()

    def is_furniture(self, key: str) -> bool:
        """Whether a key is nothing but words that every sheet of the form prints."""
        return bool(key) and self._beyond_furniture(key) == len(key)

    def _beyond_furniture(self, key: str) -> int:
        """How many characters of the key are furniture from its beginning on."""
        at = 0
        while (match := self._furniture.match(key, at)) and match.end() > at:
            at = match.end()
        return at

    def item(self, line: Line) -> Item:
        """What a line outside of the texts is; several parts of a reader ask."""
        item = self._items.get(line)
        if item is None:
            item = self._items[line] = self._item(line)
        return item

    def _item(self, line: Line) -> Item:
        """What the line is, by what its key begins with."""
        key = line.key
        if not key:
            return Item(line, "blank")
        if not self._known.match(key):  # as most lines of texts
            return Item(line, "other")
        if end := self._years_end(key):
            return Item(line, "years", rest=behind(line.raw, end).strip())
        if self.evaluation.match(key):
            return Item(line, "evaluation")
        passed = self._beyond_furniture(key)
        if passed == len(key):
            return Item(line, "furniture")
        for at in (0, passed) if passed else (0,):
            for label, field in self._rows.get(key[at], ()):
                if key.startswith(label, at) and (
                    row := self._row(line, field, behind(line.raw, at + len(label)))
                ):
                    return row
        return Item(line, "other")

    def _row(self, line: Line, field: str, rest: str) -> Item | None:
        unit = ""
        if (bracketed := _BRACKETED.match(rest)) and not any(
            character.isdigit() for character in bracketed[1]
        ):
            unit, rest = bracketed[1].strip(), rest[bracketed.end() :]
        elif rest and not (rest[0].isspace() or rest[0].isdigit()):
            return None  # a longer word that only begins like the label
        return Item(line, "row", field, unit, rest)

    def unit(self, printed: str) -> str | None:
        """The form's unit for one printed beside a label, or None where the form does not know
        it.
        """
        key = key_of(printed)
        return next((unit for unit in self.form.units if key_of(unit) == key), None)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words) or "(?!)"


def _pattern(word: str, year: str) -> str:
    return year.join(re.escape(part) for part in key_of(word).split("{year}"))


def name_and_stages(form: Form, text: str) -> tuple[str, tuple[str, ...]]:
    """A project's name, and the budget stages that stand behind it."""
    pattern = form.text.stage if form.text is not None else None
    matches = list(pattern.all(text)) if pattern is not None else []
    stages: list[str] = []
    end = len(text)
    while matches and not text[matches[-1].end() : end].strip():
        match = matches.pop()
        stages.insert(0, match[match.lastindex or 0].strip())
        end = match.start()
    return text[:end].rstrip(), tuple(stages)
