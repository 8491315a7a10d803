"""Finds a form's labels in a grid: whole cells, cells that go on in their neighbours, with units,
notes and bullets around them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.wording import Wording, behind, key_of
from auditor.records.figures import Place, parse_figure
from auditor.records.fiscal import YEAR_KEY, parse_year

__all__ = ["Found", "Labels", "label_key"]

_LONGEST: Final = 80
_KANA: Final = re.compile(r"[\uff61-\uff9f]+")
# What may stand before a label: (1) 1. ① ・ ■
_BULLET: Final = re.compile(
    r"(?:\([0-9]{1,2}\)|[0-9]{1,2}[.)、]|[\u2460-\u2473\u2474-\u2487\u3251-\u325f・●○■□◆◇▼▲※*])+"
)
_BRACKETED: Final = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_NOTE: Final = re.compile(r"注[0-9]*\)?|※[0-9]*|\*[0-9]*")
_INLINE: Final = frozenset({"name", "department", "category"})


@lru_cache(maxsize=20_000)
def label_key(text: str) -> str:
    """Text for matching labels only: plain widths, whole kana, no white space; circled digits
    stay what they are.
    """
    return key_of(_KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), text))


class Match(NamedTuple):
    """What a text is a label of: a figure's or a label's name in the form, the bracketed words
    behind it, what follows in the same cell.
    """

    name: str
    brackets: tuple[str, ...] = ()
    rest: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Found:
    """A label in the grid. It takes up a rectangle: labels are merged, or go on in a neighbour."""

    match: Match
    boxes: tuple[Box, ...]

    @property
    def name(self) -> str:
        return self.match.name

    @cached_property
    def top(self) -> int:
        return min(box.top for box in self.boxes)

    @cached_property
    def left(self) -> int:
        return min(box.left for box in self.boxes)

    @cached_property
    def bottom(self) -> int:
        """The last row of the label's own words: what it heads stands in the rows of its last
        box.
        """
        return self.boxes[-1].bottom

    @cached_property
    def right(self) -> int:
        return max(box.right for box in self.boxes)

    @property
    def first_row(self) -> int:
        """The first row of the figures beside the label."""
        return self.boxes[-1].top

    @property
    def place(self) -> Place:
        return self.boxes[0].place


@dataclass
class Labels:
    """A form's labels, ready to be found; what a text matches is remembered, for a book repeats
    its labels on every sheet.
    """

    form: Form
    _known: dict[str, tuple[Match, ...]] = field(default_factory=dict[str, "tuple[Match, ...]"])
    _printed_always: dict[str, bool] = field(default_factory=dict[str, bool])

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.form)

    @cached_property
    def _keys(self) -> list[tuple[str, str]]:
        words = [
            (word, name)
            for name, definition in self.form.fields.items()
            for word in definition.label
        ]
        words += [
            (word, name)
            for name, several in self.form.labels.items()
            for word in several
            if name != "title"
        ]
        return sorted(
            ((label_key(word), name) for word, name in words if label_key(word)),
            key=lambda item: -len(item[0]),
        )

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, str]]]:
        """The labels by their first character, longest first."""
        found: dict[str, list[tuple[str, str]]] = {}
        for key, name in self._keys:
            found.setdefault(key[0], []).append((key, name))
        return found

    @cached_property
    def _directions(self) -> tuple[str, ...]:
        """Labels of the direction, which end a text that begins with the year it directs."""
        return tuple(key for key, name in self._keys if name == "direction")

    @cached_property
    def _beginnings(self) -> dict[str, list[tuple[str, str]]]:
        """Beginnings of labels, with what has to follow in a neighbour and the name that both
        make up.
        """
        found: dict[str, list[tuple[str, str]]] = {}
        for key, name in self._keys:
            for at in range(1, len(key)):
                found.setdefault(key[:at], []).append((key[at:], name))
        return found

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The plain words of the labels of columns, longest first."""
        words = {bare(word) for column in self.form.columns for word in column.label}
        return tuple(sorted(words - {""}, key=len, reverse=True))

    @cached_property
    def units(self) -> tuple[str, ...]:
        return tuple(self.form.units)

    @cached_property
    def _furniture(self) -> frozenset[str]:
        layout = self.form.text
        return (
            frozenset(key_of(word) for word in (*layout.sheet_start, *layout.texts, *layout.budget))
            if layout
            else frozenset()
        )

    def is_furniture(self, text: str) -> bool:
        """Whether every sheet of the form prints it, and no record needs it."""
        if len(text) > _LONGEST:
            return False
        if text not in self._printed_always:
            key = label_key(text)
            self._printed_always[text] = key in self._furniture or self.wording.is_furniture(key)
        return self._printed_always[text]

    def unit(self, text: str) -> str | None:
        """The form's unit that a text names, alone or in brackets, or None."""
        return self.wording.unit(bare(text))

    def matches(self, text: str) -> tuple[Match, ...]:
        """What a cell's text is a label of."""
        if len(text) > _LONGEST or not text:
            return ()
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = tuple(self._matches(text))
        return found

    def _matches(self, text: str) -> Iterable[Match]:
        text = _KANA.sub(lambda kana: unicodedata.normalize("NFKC", kana[0]), text)
        key = key_of(text)
        if self.wording.title.search(key):
            return [Match("title", year=parse_year(key))]
        if (
            any(key.endswith(title) for title in self.wording.keys("title"))
            or key in self._title_alone
        ):
            return [Match("title")]
        if match := self.wording.evaluation.match(key):
            rest = behind(text, match.end())
            if not key[match.end() :] or rest[:1].isspace() or key[match.end()] == ":":
                return [
                    Match("evaluation", rest=rest.strip(" \u3000:："), year=parse_year(match[1]))
                ]
        if self.wording.direction.fullmatch(key):
            return [Match("direction", year=parse_year(key))]
        for start in sorted({0, found.end() if (found := _BULLET.match(key)) else 0}):
            if matched := self._named(text, key, start):
                return matched
        return ()

    @cached_property
    def _title_alone(self) -> frozenset[str]:
        """The title's words behind the year's, which a cell of their own may hold."""
        return frozenset(
            part
            for title in self.wording.keys("title")
            for part in (title.removeprefix("年度"),)
            if part
        )

    def _named(self, text: str, key: str, start: int) -> list[Match]:
        best: list[Match] = []
        length = 0
        for label, name in self._by_first.get(key[start : start + 1], ()):
            if len(label) < length:
                break
            if (
                key.startswith(label, start)
                and (match := self._behind(name, text, key, start + len(label))) is not None
            ):
                length = len(label)
                best.append(match)
        if (
            not best
            and self._directions
            and key.endswith(self._directions)
            and (year := parse_year(key)) is not None
        ):
            return [Match("direction", year=year)]
        return best

    def _behind(self, name: str, text: str, key: str, at: int) -> Match | None:
        """The match, where what stands behind the label in its cell is brackets, notes, or
        plainly the label's value.
        """
        brackets: list[str] = []
        begin = at
        while at < len(key):
            if bracketed := _BRACKETED.match(key, at):
                brackets.append(next(group for group in bracketed.groups() if group is not None))
                at = bracketed.end()
            elif note := _NOTE.match(key, at):
                at = note.end()
            else:
                break
        if at == len(key):
            return Match(
                name,
                tuple(brackets),
                year=parse_year(key[begin:]) if name in ("evaluation", "direction") else None,
            )
        rest = behind(text, at)
        if key[at] == ":":
            return Match(name, tuple(brackets), rest.strip().lstrip(":：").strip())
        if not rest[:1].isspace():
            return None
        if name in self.form.fields:
            figure = parse_figure(value_of(rest), units=self.units)
            return (
                Match(name, tuple(brackets), rest.strip())
                if name in self.form.sheet_figures and figure.state in ("number", "dash")
                else None
            )
        return Match(name, tuple(brackets), rest.strip()) if name in _INLINE else None

    def find(self, grid: Grid) -> list[Found]:
        """All labels of the grid in reading order, each cell in one of them."""
        found: list[Found] = []
        taken: set[int] = set()
        for box in grid.boxes:
            if id(box) in taken:
                continue
            text = box.label
            if not text:
                continue
            if matches := self.matches(text):
                found += [Found(match, (box,)) for match in matches]
                taken.add(id(box))
            elif joined := self._joined(grid, box, text):
                found.append(joined)
                taken.update(id(part) for part in joined.boxes)
        return found

    def _joined(self, grid: Grid, box: Box, text: str) -> Found | None:
        """A label that begins in one cell and goes on in the next one to the right or below."""
        if len(text) > _LONGEST:
            return None
        key = label_key(text)
        if bullet := _BULLET.match(key):
            key = key[bullet.end() :]
        wanted = self._beginnings.get(key)
        if wanted is None:
            return None
        for other in [*grid.next_right(box), *grid.below(box)]:
            more = other.label
            if not more or len(more) > _LONGEST:
                continue
            key_of_more = label_key(more)
            for rest, name in wanted:
                if key_of_more.startswith(rest) and (
                    match := self._behind(name, more, key_of_more, len(rest))
                ):
                    return Found(match, (box, other))
        return None


def bare(text: str) -> str:
    """A label's key without the brackets around it."""
    return label_key(text).strip("()[]【】〔〕<>〈〉")


def value_of(text: str) -> str:
    """What stands before the first bracket that holds a date or a note."""
    return (
        re.split(r"[(（〔\[]", text.strip(), maxsplit=1)[0].strip()
        if not text.strip().startswith(("(", "（"))
        else text.strip()
    )


YEAR_CELL: Final = re.compile(rf"({YEAR_KEY})(?:年度?)?(.*)")
"""A fiscal year, and what else its cell says."""
