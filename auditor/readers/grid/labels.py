"""Finds a form's labels in a grid: whole cells, or cells that go on in their neighbours.

Units, notes and bullets may stand around a label, and its value may follow in the same cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.characters import is_visible
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.groups import stands_in_group
from auditor.readers.grid.label_text import (
    bare,
    label_key,
    label_starts,
    stands_apart,
    value_of,
    with_whole_kana,
)
from auditor.readers.wording import Wording, behind, folded, key_of
from auditor.records.figures import Place, parse_figure
from auditor.records.fiscal import parse_year

__all__ = ["Label", "Labels", "boxes_of"]

_LONGEST: Final = 80
"""Longer texts are no labels."""
_BRACKETED: Final = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_NOTE: Final = re.compile(r"注[0-9]*\)?|※[0-9]*|\*[0-9]*")
_INLINE: Final = frozenset({"name", "department", "category"})
"""Texts that may stand in their label's cell, apart from it by white space: 事業名 子育て支援."""


class Match(NamedTuple):
    """What a text is a label of: a figure's or a label's name in the form, the bracketed words
    behind it, what follows in the same cell.
    """

    name: str
    brackets: tuple[str, ...] = ()
    rest: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Label:
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


def boxes_of(labels: Iterable[Label]) -> Iterator[Box]:
    """The boxes that labels take up."""
    return chain.from_iterable(label.boxes for label in labels)


@dataclass
class Labels:
    """A form's labels, ready to be found; what a text matches is remembered, for a book repeats
    its labels on every sheet.
    """

    form: Form
    _matches_of: dict[str, tuple[Match, ...]] = field(
        default_factory=dict[str, "tuple[Match, ...]"]
    )
    _pairs_of: dict[str, tuple[Match, ...]] = field(default_factory=dict[str, "tuple[Match, ...]"])
    _rests_of: dict[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict[str, "tuple[tuple[str, str], ...]"]
    )
    _printed_always: dict[str, bool] = field(default_factory=dict[str, bool])
    _last: tuple[Grid, tuple[Label, ...]] | None = None

    @cached_property
    def wording(self) -> Wording:
        """The form's words as patterns."""
        return Wording(self.form)

    @cached_property
    def _keys(self) -> list[tuple[str, str]]:
        """The labels with their names, longest first: a label may begin with a shorter one."""
        labels = [(name, definition.label) for name, definition in self.form.fields.items()]
        # A title is found by the year in it, see `_matches`.
        labels += [(name, words) for name, words in self.form.labels.items() if name != "title"]
        keys: list[tuple[str, str]] = []
        for name, words in labels:
            keys += [(key, name) for word in words if (key := label_key(word))]
        return sorted(keys, key=lambda item: -len(item[0]))

    @cached_property
    def _grouped(self) -> dict[str, list[tuple[str, str]]]:
        """The labels of figures that name a group first (財源内訳 国庫支出金), by their last word:
        the plain name of the group, and the figure's.
        """
        grouped: dict[str, list[tuple[str, str]]] = {}
        for name, definition in self.form.fields.items():
            for text in definition.label:
                *group, last = text.split()
                if group:
                    grouped.setdefault(label_key(last), []).append((bare("".join(group)), name))
        return grouped

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        """The last words of such labels, by the plain name of their group."""
        members: dict[str, set[str]] = {}
        for last, groups in self._grouped.items():
            for group, _ in groups:
                members.setdefault(group, set()).add(last)
        return members

    @cached_property
    def _single_keys(self) -> list[tuple[str, str]]:
        """The labels of the figures that a sheet has once."""
        return [(key, name) for key, name in self._keys if name in self.form.sheet_figures]

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, str]]]:
        """The labels by their first character, longest first."""
        labels: dict[str, list[tuple[str, str]]] = {}
        for key, name in self._keys:
            labels.setdefault(key[0], []).append((key, name))
        return labels

    @cached_property
    def _directions(self) -> tuple[str, ...]:
        """Labels of the direction, which end a text that begins with the year it directs."""
        return tuple(key for key, name in self._keys if name == "direction")

    @cached_property
    def _beginnings(self) -> dict[str, list[tuple[str, str]]]:
        """Beginnings of labels, with what has to follow in a neighbour and the name that both
        make up.
        """
        rests: dict[str, list[tuple[str, str]]] = {}
        for key, name in self._keys:
            for at in range(1, len(key)):
                rests.setdefault(key[:at], []).append((key[at:], name))
        return rests

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The plain words of the labels of columns, longest first."""
        words: set[str] = set()
        for column in self.form.columns:
            words.update(map(bare, column.label))
        return tuple(sorted(words - {""}, key=len, reverse=True))

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units that the form knows."""
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
        matches = self._matches_of.get(text)
        if matches is None:
            matches = self._matches_of[text] = tuple(self._matches(text))
        return matches

    def _matches(self, text: str) -> Iterable[Match]:
        """What a text is a label of: the title, an evaluation, a direction, or any other label;
        a bullet or the mark of a note may stand before all but the title.
        """
        text = with_whole_kana(text)
        key = key_of(text)
        if self.wording.title_in(key):
            return [Match("title", year=parse_year(key))]
        if (
            any(key.endswith(title) for title in self.wording.keys("title"))
            or key in self._title_alone
        ):
            return [Match("title")]
        starts = label_starts(text)
        if match := next(
            filter(None, (self.wording.evaluation.match(key, at) for at in starts)), None
        ):
            rest = behind(text, match.end())
            if not key[match.end() :] or rest[:1].isspace() or key[match.end()] == ":":
                return [
                    Match("evaluation", rest=rest.strip(" \u3000:："), year=parse_year(match[1]))
                ]
        if any(self.wording.direction.fullmatch(key, at) for at in starts):
            return [Match("direction", year=parse_year(key))]
        return next(filter(None, (self._named(text, key, at) for at in starts)), ())

    @cached_property
    def _title_alone(self) -> frozenset[str]:
        """The title's words behind the year's, which a cell of their own may hold."""
        parts = (title.removeprefix("年度") for title in self.wording.keys("title"))
        return frozenset(filter(None, parts))

    def _named(self, text: str, key: str, start: int) -> list[Match]:
        """The longest labels that stand at a place of a text's key: a word may label several
        figures.
        """
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
        apart = folded(rest)[:1].isspace()
        if name in self.form.fields:
            is_value = name in self.form.sheet_figures and self._is_value(rest, apart=apart)
            return Match(name, tuple(brackets), rest.strip()) if is_value else None
        return Match(name, tuple(brackets), rest.strip()) if apart and name in _INLINE else None

    def _is_value(self, text: str, *, apart: bool) -> bool:
        """Whether what stands behind a label in its cell is its value. One that is glued to it has
        a unit or more than two digits: 人口2 may be a second population.
        """
        value = value_of("".join(filter(is_visible, text)))
        figure = parse_figure(value, units=self.units)
        if figure.state != "number":
            return apart and figure.state == "dash"
        return apart or bool(figure.unit) or sum(map(str.isdigit, value)) > 2

    def _pairs(self, text: str) -> tuple[Match, ...]:
        """Labels of the sheet's figures that stand somewhere in a cell, each with its value:
        参考 人口 152,875人.
        """
        pairs = self._pairs_of.get(text)
        if pairs is None:
            pairs = self._pairs_of[text] = self._pairs_within(text)
        return pairs

    def _pairs_within(self, text: str) -> tuple[Match, ...]:
        """The labels that a text holds, with what stands behind each up to the next one."""
        key = label_key(text)
        if not any(label in key for label, _ in self._single_keys):
            return ()
        text = with_whole_kana(text)
        starts: dict[int, tuple[int, str]] = {}
        for label, name in self._single_keys:
            at = key.find(label)
            if at < 0:
                continue
            inside = any(start <= at < end for start, (end, _) in starts.items())
            if not inside and stands_apart(text, key, at):
                starts[at] = (at + len(label), name)
        matches: list[Match | None] = []
        order = sorted(starts)
        for index, at in enumerate(order):
            # A label's value ends where the next label begins.
            end = order[index + 1] if index + 1 < len(order) else len(key)
            stop, name = starts[at]
            matches.append(self._behind(name, behind(text, 0, end), key[:end], stop))
        return tuple(match for match in matches if match is not None and match.rest)

    def find(self, grid: Grid) -> list[Label]:
        """All labels of the grid in reading order, each cell in one of them. Those of the last
        grid are remembered: it is looked at for what it holds, and then read.
        """
        if self._last is None or self._last[0] is not grid:
            self._last = grid, tuple(self._find(grid))
        return list(self._last[1])

    def _find(self, grid: Grid) -> list[Label]:
        """The labels of single cells first, then those with their value in longer texts: such a
        text counts only where no cell has the label alone.
        """
        labels: list[Label] = []
        taken: set[int] = set()
        others: list[Box] = []
        for box in grid.boxes:
            text = box.label
            if not text or id(box) in taken:
                continue
            if grouped := self._in_group(grid, box, text):
                labels.append(grouped)
                taken.add(id(box))
            elif matches := self.matches(text):
                labels += [Label(match, (box,)) for match in matches]
                taken.add(id(box))
            elif joined := self._joined(grid, box, text):
                labels.append(joined)
                taken.update(id(part) for part in joined.boxes)
            else:
                others.append(box)
        names = {label.name for label in labels}
        for box in others:
            if id(box) not in taken and len(box.label) <= _LONGEST:
                pairs = [match for match in self._pairs(box.label) if match.name not in names]
                labels += [Label(match, (box,)) for match in pairs]
        return sorted(labels, key=lambda label: (label.boxes[0].top, label.boxes[0].left))

    def _in_group(self, grid: Grid, box: Box, text: str) -> Label | None:
        """The label that a cell is by the group in which it stands."""
        if not self._grouped or len(text) > _LONGEST:
            return None
        key = label_key(text)
        for start in label_starts(text):
            for last, groups in self._grouped.items():
                if not key.startswith(last, start):
                    continue
                for group, name in groups:
                    match = self._behind(name, text, key, start + len(last))
                    members = self._members[group]
                    if match is not None and stands_in_group(grid, box, group, members):
                        return Label(match, (box,))
        return None

    def _rests(self, text: str) -> tuple[tuple[str, str], ...]:
        """What has to follow a text in a neighbour to make it a label, with that label's name."""
        key = label_key(text)
        return tuple(
            next(filter(None, (self._beginnings.get(key[at:]) for at in label_starts(text))), ())
        )

    def _joined(self, grid: Grid, box: Box, text: str) -> Label | None:
        """A label that begins in one cell and goes on in the next one to the right or below."""
        if len(text) > _LONGEST:
            return None
        rests = self._rests_of.get(text)
        if rests is None:
            rests = self._rests_of[text] = self._rests(text)
        if not rests:
            return None
        for other in [*grid.next_right(box), *grid.below(box)]:
            more = other.label
            if not more or len(more) > _LONGEST:
                continue
            key_of_more = label_key(more)
            for rest, name in rests:
                if key_of_more.startswith(rest) and (
                    match := self._behind(name, more, key_of_more, len(rest))
                ):
                    return Label(match, (box, other))
        return None
