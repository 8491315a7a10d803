"""The headings from the plans to the budget table, and the lines under each.

They follow each other in every order of the blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from auditor.readers.wording import Line, Wording, behind, folded, key_of
from auditor.records.fiscal import parse_year

__all__ = ["HEADINGS", "Heading", "Headings", "find_headings"]

Heading = Literal["plans", "title", "name", "texts", "category", "department", "purpose", "budget"]
HEADINGS: Final[tuple[Heading, ...]] = (
    "plans",
    "title",
    "name",
    "texts",
    "category",
    "department",
    "purpose",
    "budget",
)
_BEHIND_TEXTS: Final[tuple[Heading, ...]] = ("department", "purpose", "budget")
"""The headings that follow the texts; the category stands before them."""


class Headings(NamedTuple):
    """Which lines of a sheet (from ``start`` up to ``end``) the headings take up, and what stands
    under each that was found.

    The first line under a heading is the rest of the heading's own.
    """

    start: int
    end: int
    under: Mapping[Heading, tuple[Line, ...]]
    fiscal_year: int | None


class _Spot(NamedTuple):
    """Where a heading stands: its line, and where in the line's key it starts and stops."""

    position: int
    start: int
    stop: int


_Span = tuple[int, int]
_Find = Callable[[Line], _Span | None]


class _Search:
    """Looks for the headings of a sheet, each in some of the lines."""

    def __init__(self, lines: Sequence[Line], wording: Wording) -> None:
        self.lines, self.wording = lines, wording
        self.spots: dict[Heading, _Spot] = {}

    def look(self, heading: Heading, indices: Iterable[int], find: _Find) -> int:
        """Take the first line in which the heading is found; gives the index behind it, or 0."""
        for index in indices:
            if span := find(self.lines[index]):
                self.spots[heading] = _Spot(index, *span)
                return index + 1
        return 0

    def look_for_all(self) -> int:
        """Look for every heading; gives the index behind the last line that they head."""
        wording, count = self.wording, len(self.lines)
        after = self.look("title", range(count), self._title)
        plans = range(after - 1 if after else count)
        after = max(after, self.look("plans", plans, self._labelled("plans")))
        after = max(after, self.look("name", range(after, count), self._labelled("name")))
        # The line of the name may have run into it.
        texts = range(max(after - 1, 0), count)
        first_text = after = max(after, self.look("texts", texts, self._at_end(wording.texts)))
        for heading in ("department", "purpose"):
            indices = range(after, count)
            after = max(after, self.look(heading, indices, self._labelled(heading)))
        self.look("budget", range(after, count), self._alone(wording.budget))
        end = self._end()
        # The category stands among the texts, and is the last line there that looks like one.
        behind_texts = (self.spots[name].position for name in _BEHIND_TEXTS if name in self.spots)
        category = range(first_text, min(behind_texts, default=end))
        self.look("category", reversed(category), self._category)
        return end

    def _end(self) -> int:
        """The index behind the last heading; where the budget table's is lost, its first row."""
        count = len(self.lines)
        last = max((spot.position for spot in self.spots.values()), default=count)
        end = last + 1
        if "budget" in self.spots:
            return end
        rows = (
            index
            for index in range(end, count)
            if self.wording.item(self.lines[index]).kind in ("row", "years")
        )
        return next(rows, count)

    def _labelled(self, label: str) -> _Find:
        """Lines that begin with a label."""
        keys = self.wording.keys(label)

        def find(line: Line) -> _Span | None:
            # Most lines begin with no label, which is quick to see.
            if not line.key.startswith(keys):
                return None
            return next(((0, len(key)) for key in keys if _begins(line, key)), None)

        return find

    def _alone(self, keys: frozenset[str]) -> _Find:
        """Lines that are a heading and nothing else."""
        return lambda line: (0, len(line.key)) if line.key in keys else None

    def _at_end(self, keys: frozenset[str]) -> _Find:
        """Lines that end in a heading."""
        ends = tuple(keys)

        def find(line: Line) -> _Span | None:
            if not line.key.endswith(ends):
                return None
            length = max(len(key) for key in keys if line.key.endswith(key))
            return len(line.key) - length, len(line.key)

        return find

    def _title(self, line: Line) -> _Span | None:
        return match.span() if (match := self.wording.title_in(line.key)) else None

    def _category(self, line: Line) -> _Span | None:
        match = self.wording.category.search(folded(line.raw))
        if match is None:
            return None
        return len(key_of(line.raw[: match.start()])), len(key_of(line.raw[: match.end()]))


def find_headings(lines: Sequence[Line], wording: Wording) -> Headings:
    """Each heading is looked for behind the one before it; text under one that is missing stays
    with the heading before.
    """
    search = _Search(lines, wording)
    end = search.look_for_all()
    spots = search.spots
    order = sorted(spots, key=lambda heading: spots[heading].position)
    year = None
    if title := spots.get("title"):
        year = parse_year(behind(lines[title.position].raw, title.start))
    count = len(lines)
    return Headings(
        spots[order[0]].position if order else count,
        end if order else count,
        _under(order, spots, lines, end),
        year,
    )


def _under(
    order: Sequence[Heading], spots: Mapping[Heading, _Spot], lines: Sequence[Line], end: int
) -> dict[Heading, tuple[Line, ...]]:
    """The lines under each heading, up to the next one or ``end``."""
    under: dict[Heading, tuple[Line, ...]] = {}
    for heading, previous, following in zip(
        order, (None, *order), (*order[1:], None), strict=False
    ):
        index, start, stop = spots[heading]
        line = lines[index]
        stop_index = spots[following].position if following else end
        shared = following is not None and stop_index == index
        rest_end = spots[following].start if following is not None and shared else None
        under[heading] = (
            _line(line.number, behind(line.raw, stop, rest_end).strip()),
            *lines[index + 1 : stop_index],
        )
        # A heading may stand on one baseline with the last line of what is above it.
        if start and not (previous and spots[previous].position == index):
            owner = previous or heading
            under[owner] = (*under[owner], _line(line.number, behind(line.raw, 0, start)))
    return under


def _line(number: int, raw: str) -> Line:
    return Line(number, raw, key_of(raw))


def _begins(line: Line, label: str) -> bool:
    """The line is the label, alone or with something behind white space."""
    if not line.key.startswith(label):
        return False
    rest = behind(line.raw, len(label))
    return not rest or rest[0].isspace()
