"""The headings of a list: the rows that they stand in, and over each column the cells that make
up its heading, from the top down.

A heading may be merged, grouped under another one, or go on in the next row. A group that is not
merged reaches to the right as far as nothing else stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.label_text import is_open
from auditor.readers.listing.words import CellWords, Lexicon
from auditor.readers.years_in_headings import Year

__all__ = ["Band", "Heading", "bands_in", "headings_in", "matches", "names_in"]

_MOST_ROWS: Final = 5
_NUMBER: Final = re.compile(r"[0-9０-９,，.．△▲\-\s]+")
_LETTER: Final = re.compile(r"[A-Za-z](?:[-+÷×/][A-Za-z])*")
_SHARE: Final = 0.5
"""The share of the form's figures whose headings a list has at least."""


class Heading(NamedTuple):
    """What stands over a column of the list, which may be several columns of the grid."""

    left: int
    right: int
    boxes: tuple[Box, ...]
    cells: tuple[CellWords, ...]

    @property
    def year(self) -> Year | None:
        """The year that it says, that of the cell nearest to the figures."""
        return next((cell.year for cell in reversed(self.cells) if cell.year is not None), None)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The words for kinds of figures in it."""
        return tuple(word for cell in reversed(self.cells) for word in cell.kinds)

    @property
    def unit(self) -> str | None:
        """The unit that it states."""
        return next((cell.unit for cell in reversed(self.cells) if cell.unit is not None), None)

    @property
    def odd_unit(self) -> str:
        """A unit that it states and the form does not have."""
        if self.unit is not None:
            return ""
        return next((cell.odd_unit for cell in reversed(self.cells) if cell.odd_unit), "")

    @property
    def printed(self) -> str:
        """The heading as a person reads it."""
        return " ".join(" ".join(box.text.split()) for box in self.boxes)

    def holds(self, boxes: Iterable[Box]) -> bool:
        """Whether some cell stands under it and under no other heading."""
        return any(self.left <= box.left and box.right <= self.right for box in boxes)


class Band(NamedTuple):
    """The rows of a list's headings, and what stands over its columns from the left."""

    top: int
    bottom: int
    headings: tuple[Heading, ...]

    @property
    def columns(self) -> list[tuple[int, int, tuple[CellWords, ...]]]:
        """Where its headings stand, and what they say."""
        return [(heading.left, heading.right, heading.cells) for heading in self.headings]


# — which label a heading is —


def matches(heading: Heading, lexicon: Lexicon) -> dict[str, int]:
    """The names of the form that a heading stands for, each with the length of its label: that of
    a figure or text, or of several that are called alike.
    """
    names = lexicon.names_of.get(heading.cells)
    if names is None:
        names = lexicon.names_of[heading.cells] = {}
        variants = list(_variants(heading.cells))
        for label in lexicon.labels:
            if label.name not in names and any(
                _ends_with(parts, label.words) for parts in variants
            ):
                names[label.name] = label.length
    return names


def _variants(cells: Sequence[CellWords]) -> Iterator[tuple[str, ...]]:
    """The readings of a heading's cells: as printed, without units and years, without brackets,
    behind the marks of lists, without the words of kinds, and without the cells that only have
    the letter by which formulas call a column (A, A-B).
    """
    readings = [
        tuple(cell.raw for cell in cells),
        tuple(cell.dated for cell in cells),
        tuple(cell.full for cell in cells),
        tuple(cell.plain for cell in cells),
        tuple(cell.named[0] if cell.named else cell.full for cell in cells),
        tuple(cell.named[1] if cell.named else cell.plain for cell in cells),
        tuple(cell.rest for cell in cells),
        tuple(cell.plain for cell in cells if not _LETTER.fullmatch(cell.plain)),
    ]
    for reading in dict.fromkeys(readings):
        yield tuple(filter(None, reading))


def _ends_with(parts: Sequence[str], words: Sequence[str]) -> bool:
    """Whether cells end with the last of some words, and say the others above it, in their
    order.
    """
    *above, last = words
    for first in range(len(parts) - 1, -1, -1):
        if "".join(parts[first:]) == last:
            return not above or any(_ends_with(parts[:end], above) for end in range(first, 0, -1))
    return False


# — where the headings stand —


def bands_in(grid: Grid, lexicon: Lexicon, rows: int | None) -> list[Band]:
    """The headings of all lists in a grid, from the top; ``rows`` is how many rows they take up,
    None where that is not known.
    """
    bands: list[Band] = []
    names = _names_by_row(grid, lexicon)
    after = 0
    for row in sorted(names):
        if row <= after:
            continue
        band = _band_at(grid, lexicon, names, row, after, rows)
        if band is not None:
            bands.append(band)
            after = band.bottom
    return bands


def names_in(grid: Grid, lexicon: Lexicon) -> set[str]:
    """The names of the form's labels that cells of a grid say by themselves."""
    names: set[str] = set()
    for box in grid.boxes:
        if box.label:
            cells = (lexicon.of(box.label),)
            names.update(matches(Heading(box.left, box.right, (box,), cells), lexicon))
    return names


def _names_by_row(grid: Grid, lexicon: Lexicon) -> dict[int, set[str]]:
    """The rows in which cells say labels or parts of them, with the names that these are of."""
    names: dict[int, set[str]] = {}
    for box in grid.boxes:
        if not box.label or _NUMBER.fullmatch(box.label):
            continue
        words = lexicon.of(box.label)
        for text in {words.dated, words.full, words.plain, words.rest, *(words.named or ())}:
            if text in lexicon.pieces:
                names.setdefault(box.top, set()).update(lexicon.pieces[text])
    return names


def _band_at(
    grid: Grid,
    lexicon: Lexicon,
    names: dict[int, set[str]],
    row: int,
    after: int,
    rows: int | None,
) -> Band | None:
    """The headings that begin at a row, or a little above it; None where a list's are not all
    there.
    """
    near: set[str] = set()
    for other in range(row, row + _MOST_ROWS):
        near |= names.get(other, set())
    if not _is_enough(near, lexicon):
        return None
    best: tuple[tuple[int, int, int], Band] | None = None
    for top in range(max(row - 2, after + 1), row + 1):
        if top < row and _has_figures(grid, lexicon, top, row - 1):
            continue
        if any(_is_title(grid, above, row) for above in range(top, row)):
            continue
        for bottom in range(row, min(top + _MOST_ROWS, grid.bottom + 1)):
            if rows is not None and bottom - top + 1 != rows:
                continue
            if _has_figures(grid, lexicon, row, bottom):
                break
            headings = tuple(headings_in(grid, lexicon, top, bottom))
            slots, found, units = _score(headings, lexicon)
            if not _is_enough(found, lexicon):
                continue
            score = slots, units, top - bottom
            if best is None or score > best[0]:
                best = score, Band(top, bottom, headings)
    return None if best is None else _whole(_without_title(grid, lexicon, *best))


def _without_title(grid: Grid, lexicon: Lexicon, score: tuple[int, int, int], band: Band) -> Band:
    """The headings without a title over all of them, which may hold words of labels as well."""
    top = band.top
    while top < band.bottom:
        line = [box for box in grid.lines.get(top, ()) if box.top == top and box.text.strip()]
        if len(line) > 1 or (line and line[0].left > band.headings[0].left):
            break
        top += 1
    headings = tuple(headings_in(grid, lexicon, top, band.bottom))
    slots, _, units = _score(headings, lexicon)
    # A title may say the kind or the year of them all.
    return band._replace(top=top, headings=headings) if (slots, units) == score[:2] else band


def _is_title(grid: Grid, above: int, row: int) -> bool:
    """Whether all that stands in a row is one text over the first heading below it: a title, and
    no group of columns, whatever year or unit it says.
    """
    boxes = [box for box in grid.lines.get(above, ()) if box.text.strip()]
    first = min((box.left for box in grid.lines.get(row, ()) if box.text.strip()), default=0)
    return len(boxes) == 1 and boxes[0].bottom < row and boxes[0].left <= first


def _whole(band: Band) -> Band:
    """The band with all rows of the cells that its headings end with."""
    bottom = max(heading.boxes[-1].bottom for heading in band.headings)
    return band._replace(bottom=max(band.bottom, min(bottom, band.top + _MOST_ROWS - 1)))


def _is_enough(names: set[str], lexicon: Lexicon) -> bool:
    """Whether names are those of a list: that of its rows, and half of those of its figures."""
    fields = lexicon.form.fields
    labelled = [name for name in fields if fields[name].label]
    figures = sum(name in names for name in labelled)
    return "name" in names and figures >= max(1, _SHARE * len(labelled))


def _has_figures(grid: Grid, lexicon: Lexicon, first: int, last: int) -> bool:
    """Whether numbers stand in rows that are to be headings: a year is none."""
    for box in grid.rows(first, last):
        text = box.text.strip()
        if not text or lexicon.of(text).year is not None:
            continue
        if not box.label or box.cell.figure("", lexicon.units).state == "number":
            return True
    return False


def _score(headings: Sequence[Heading], lexicon: Lexicon) -> tuple[int, set[str], int]:
    """How many different columns the headings tell, of which names, and how many units."""
    slots: set[tuple[str, Year | None, tuple[str, ...]]] = set()
    names: set[str] = set()
    units = 0
    for heading in headings:
        match = _best(matches(heading, lexicon))
        names.update(match)
        slots.update((name, heading.year, heading.kinds) for name in match)
        # A note over the list says a unit, too, and is no part of the heading below it.
        lower = heading.cells[1:] or heading.cells
        units += bool(match) and any(cell.unit is not None for cell in lower)
    return len(slots), names, units


def _best(match: dict[str, int]) -> list[str]:
    longest = max(match.values(), default=0)
    return [name for name, length in match.items() if length == longest]


def headings_in(grid: Grid, lexicon: Lexicon, top: int, bottom: int) -> Iterator[Heading]:
    """What stands over each column in some rows, neighbours with the same cells as one."""
    stacks: dict[int, list[Box]] = {}
    for row in range(bottom, top - 1, -1):
        line = [box for box in grid.lines.get(row, ()) if box.top >= top and box.text.strip()]
        line.sort(key=lambda box: box.left)
        for at, box in enumerate(line):
            following = line[at + 1].left if at + 1 < len(line) else grid.right + 1
            for column in range(box.left, min(box.right, grid.right) + 1):
                stack = stacks.setdefault(column, [])
                if not stack or stack[-1] is not box:
                    stack.append(box)
            if box.left == box.right and box.top == row and lexicon.reaches(box):
                # A group that is not merged.
                for column in range(box.right + 1, following):
                    if column not in stacks:
                        break
                    stacks[column].append(box)
    columns = sorted(stacks)
    for _, group in groupby(
        enumerate(columns), key=lambda item: (item[1] - item[0], tuple(map(id, stacks[item[1]])))
    ):
        span = [column for _, column in group]
        boxes = tuple(reversed(stacks[span[0]]))
        cells = tuple(map(lexicon.of, _unbroken(box.label or box.text for box in boxes)))
        yield Heading(span[0], span[-1], boxes, cells)


def _unbroken(texts: Iterable[str]) -> Iterator[str]:
    """What cells say, where one that opens a bracket goes on in the next: 事業費（ over 千円）."""
    whole = ""
    for text in texts:
        whole += text
        if not is_open(whole):
            yield whole
            whole = ""
    if whole:
        yield whole
