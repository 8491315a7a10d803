"""The headings from the plans to the budget table, which follow each other in every block order,
and the lines under each.
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


class Headings(NamedTuple):
    """Which lines of a sheet (from ``start`` up to ``end``) the headings take up, and what stands
    under each that was found.

    The first line under a heading is the rest of the heading's own.
    """

    start: int
    end: int
    under: Mapping[Heading, tuple[Line, ...]]
    fiscal_year: int | None


def find_headings(lines: Sequence[Line], wording: Wording) -> Headings:
    """Each heading is looked for behind the one before it; text under one that is missing stays
    with the heading before.
    """
    at: dict[
        Heading, tuple[int, int, int]
    ] = {}  # the heading's line, and where in its key the heading begins and ends

    def look(
        heading: Heading, places: Iterable[int], find: Callable[[Line], tuple[int, int] | None]
    ) -> int:
        for index in places:
            if span := find(lines[index]):
                at[heading] = index, *span
                return index + 1
        return 0

    def labelled(label: str) -> Callable[[Line], tuple[int, int] | None]:
        keys = wording.keys(label)

        def begin(line: Line) -> tuple[int, int] | None:
            if not line.key.startswith(keys):  # most lines, told at once
                return None
            return next(((0, len(key)) for key in keys if _begins(line, key)), None)

        return begin

    def alone(keys: frozenset[str]) -> Callable[[Line], tuple[int, int] | None]:
        return lambda line: (0, len(line.key)) if line.key in keys else None

    def at_end(keys: frozenset[str]) -> Callable[[Line], tuple[int, int] | None]:
        ends = tuple(keys)

        def find(line: Line) -> tuple[int, int] | None:
            if not line.key.endswith(ends):
                return None
            length = max(len(key) for key in keys if line.key.endswith(key))
            return len(line.key) - length, len(line.key)

        return find

    def title(line: Line) -> tuple[int, int] | None:
        return match.span() if (match := wording.title_in(line.key)) else None

    def category(line: Line) -> tuple[int, int] | None:
        match = wording.category.search(folded(line.raw))
        return (
            (len(key_of(line.raw[: match.start()])), len(key_of(line.raw[: match.end()])))
            if match
            else None
        )

    count = len(lines)
    after = look("title", range(count), title)
    after = max(after, look("plans", range(after - 1 if after else count), labelled("plans")))
    after = max(after, look("name", range(after, count), labelled("name")))
    # The line of the name may have run into it.
    texts = after = max(
        after, look("texts", range(max(after - 1, 0), count), at_end(wording.texts))
    )
    after = max(after, look("department", range(after, count), labelled("department")))
    after = max(after, look("purpose", range(after, count), labelled("purpose")))
    look("budget", range(after, count), alone(wording.budget))
    last = max((index for index, _, _ in at.values()), default=count)
    end = last + 1
    if "budget" not in at:
        end = next(
            (
                index
                for index in range(end, count)
                if wording.item(lines[index]).kind in ("row", "years")
            ),
            count,
        )
    look(
        "category",
        reversed(
            range(texts, min((at[name][0] for name in _BEHIND_TEXTS if name in at), default=end))
        ),
        category,
    )

    order = sorted(at, key=lambda heading: at[heading][0])
    under: dict[Heading, tuple[Line, ...]] = {}
    for position, heading in enumerate(order):
        index, start, stop = at[heading]
        line = lines[index]
        following = at[order[position + 1]][0] if position + 1 < len(order) else end
        shared = position + 1 < len(order) and following == index
        own_end = at[order[position + 1]][1] if shared else None
        under[heading] = (
            _line(line.number, behind(line.raw, stop, own_end).strip()),
            *lines[index + 1 : following],
        )
        if start and not (
            position and at[order[position - 1]][0] == index
        ):  # a heading may stand on one baseline with the last line of what is above it
            owner = order[max(0, position - 1)]
            under[owner] = (*under[owner], _line(line.number, behind(line.raw, 0, start)))
    title_at, title_start, _ = at.get("title", (0, 0, 0))
    year = parse_year(behind(lines[title_at].raw, title_start)) if "title" in at else None
    return Headings(at[order[0]][0] if order else count, end if order else count, under, year)


def _line(number: int, raw: str) -> Line:
    return Line(number, raw, key_of(raw))


def _begins(line: Line, label: str) -> bool:
    """The line is the label, alone or with something behind white space."""
    if not line.key.startswith(label):
        return False
    rest = behind(line.raw, len(label))
    return not rest or rest[0].isspace()
