"""A page's characters, put into the cells that its ruling lines make; what stands in no cell is
told by its own place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from auditor.readers.pdf.pages import Character, Line, PageTooLarge, PrintedPage, Rectangle
from auditor.records.figures import parse_figure
from auditor.records.fiscal import parse_year

__all__ = ["PageCells", "Written", "cells_of"]

_SAME: Final = 2.0  # lines nearer than this are one (double borders, thick ones drawn as two), or a quarter of small print
_MEET: Final = 1.5  # by how much more a line may stop short of another
_SHORT, _GAP = 9.0, 6.0  # the longest dash, and the widest gap between two
_SHORTEST: Final = 3.5  # a line shorter than this rules nothing
_MOST_ATOMS: Final = 400_000
# In heights of the font's box, which is a little more than its size:
_TOUCHING: Final = 0.1  # characters nearer than this were set as one word
_WORD: Final = 0.25  # from here on a gap is a space
_APART: Final = 1.1  # from here on two texts outside of cells have nothing to do with each other
_COLUMN: Final = 1.4  # from here on two texts inside of one cell may be two columns
_SIGNS: Final = frozenset("△▲－−-‐¥￥\\()（）")


class Written(NamedTuple):
    """A text and its extent; ``cell`` is the ruled cell that it fills alone, or None where it
    stands by itself.
    """

    text: str
    extent: Rectangle
    cell: Rectangle | None
    height: float


class Run(NamedTuple):
    """Characters set as one word on one line."""

    text: str
    left: float
    right: float
    base: float
    height: float


@dataclass
class PageCells:
    """What a page says, where its empty cells are, and which texts lie across a line and so in no
    one cell for certain.
    """

    written: list[Written]
    empty: list[Rectangle]
    crossing: list[Written]
    fine: float = _SAME
    """Edges nearer than this, in points, are one."""


def cells_of(page: PrintedPage) -> PageCells:
    """The page's texts by cells."""
    fine = _SAME
    if page.characters:
        heights = sorted(character.height for character in page.characters)
        fine = min(_SAME, 0.25 * heights[len(heights) // 2])
    return _Lattice(_joined(page.across, fine), _joined(page.down, fine), fine).filled(
        _runs_of(page.characters)
    )


# --- lines ------------------------------------------------------------------------------------------------------------------


def _joined(lines: Iterable[Line], fine: float) -> list[Line]:
    """Lines along one direction with their pieces put together: dashes, cells' own borders, both
    strokes of a double line.
    """
    groups: list[list[Line]] = []
    for line in sorted(lines):
        if groups and line.at - groups[-1][0].at <= fine:
            groups[-1].append(line)
        else:
            groups.append([line])
    found: list[Line] = []
    for group in groups:
        group.sort(key=lambda line: line.start)
        at = sum(line.at * (line.end - line.start + 0.01) for line in group) / sum(
            line.end - line.start + 0.01 for line in group
        )
        start, end, last, widest = group[0].start, group[0].end, group[0].end - group[0].start, 0.0
        for line in group[1:]:
            length, gap = line.end - line.start, line.start - end
            dashes = last <= _SHORT and length <= _SHORT
            if gap <= (_GAP if dashes else 1.5):
                widest = max(widest, gap)
                last = length if gap > -0.5 else max(last, length)
                end = max(end, line.end)
                continue
            found.append(Line(at, start - widest, end + widest))
            start, end, last, widest = line.start, line.end, length, 0.0
        found.append(Line(at, start - widest, end + widest))
    return [line for line in found if line.end - line.start >= min(_SHORTEST, 2 * fine)]


def _positions(lines: Sequence[Line]) -> list[float]:
    return sorted({line.at for line in lines})


class _Lattice:
    """The smallest rectangles between all lines; where no line divides two of them they belong to
    one region.
    """

    def __init__(self, across: Sequence[Line], down: Sequence[Line], fine: float) -> None:
        self.fine = fine
        self.us, self.vs = _positions(down), _positions(across)
        self.columns, self.rows = max(len(self.us) - 1, 0), max(len(self.vs) - 1, 0)
        if self.columns * self.rows > _MOST_ATOMS:
            raise PageTooLarge
        # walls_right[row][column] stands at us[column], walls_up at vs[row].
        self.upright = [bytearray(self.columns + 1) for _ in range(self.rows)]
        self.level = [bytearray(self.columns) for _ in range(self.rows + 1)]
        for line in down:
            column = bisect_left(self.us, line.at)
            for row in _covered(self.vs, line, _MEET * fine):
                self.upright[row][column] = 1
        for line in across:
            row = bisect_left(self.vs, line.at)
            for column in _covered(self.us, line, _MEET * fine):
                self.level[row][column] = 1
        self.region: list[list[int]] = [[-1] * self.columns for _ in range(self.rows)]
        self.cells: list[Rectangle | None] = []
        for row in range(self.rows):
            for column in range(self.columns):
                if self.region[row][column] < 0:
                    self.cells.append(self._flooded(row, column, len(self.cells)))

    def _flooded(self, row: int, column: int, number: int) -> Rectangle | None:
        """Mark a region; gives its rectangle where it is one and closed on all sides."""
        region, upright, level = self.region, self.upright, self.level
        region[row][column] = number
        todo = [(row, column)]
        count, is_open = 0, False
        top, bottom, left, right = row, row, column, column
        while todo:
            r, c = todo.pop()
            count += 1
            top, bottom, left, right = max(top, r), min(bottom, r), min(left, c), max(right, c)
            for wall, next_r, next_c in (
                (upright[r][c], r, c - 1),
                (upright[r][c + 1], r, c + 1),
                (level[r][c], r - 1, c),
                (level[r + 1][c], r + 1, c),
            ):
                if wall:
                    continue
                if not (0 <= next_r < self.rows and 0 <= next_c < self.columns):
                    is_open = True
                elif region[next_r][next_c] < 0:
                    region[next_r][next_c] = number
                    todo.append((next_r, next_c))
        if is_open or count != (top - bottom + 1) * (right - left + 1):
            return None
        return Rectangle(self.us[left], self.vs[bottom], self.us[right + 1], self.vs[top + 1])

    def at(self, u: float, v: float) -> int:
        """The number of the cell around a point, or -1 where it stands in none."""
        column, row = bisect_right(self.us, u) - 1, bisect_right(self.vs, v) - 1
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return -1
        number = self.region[row][column]
        return number if self.cells[number] is not None else -1

    def divides(self, left: float, right: float, v: float) -> bool:
        """Whether a line stands between two points of one height."""
        row = bisect_right(self.vs, v) - 1
        if not 0 <= row < self.rows:
            return False
        return any(self.upright[row][bisect_left(self.us, left) : bisect_right(self.us, right)])

    def filled(self, words: Iterable[list[Character]]) -> PageCells:
        """Put words into cells; one that lies across a line goes whole into the cell that has
        most of it.
        """
        by_cell: dict[int, list[Run]] = {}
        free: list[Run] = []
        crossing: list[Written] = []
        for word in words:
            for part, cell, crosses in self._parted(word):
                run = _run(part)
                if crosses:
                    crossing.append(Written(run.text, _extent([run]), None, run.height))
                if cell < 0:
                    free.append(run)
                else:
                    by_cell.setdefault(cell, []).append(run)
        written: list[Written] = []
        for number, runs in by_cell.items():
            lines = _lines(runs)
            if _in_columns(lines):
                written += self._apart(lines, _COLUMN)
                continue
            text = "\n".join(_joined_text(line) for line in lines).strip()
            if text:
                written.append(
                    Written(
                        text, _extent(runs), self.cells[number], max(run.height for run in runs)
                    )
                )
        written += self._apart(_lines(free), _APART)
        empty = [
            cell
            for number, cell in enumerate(self.cells)
            if cell is not None and number not in by_cell
        ]
        return PageCells(written, empty, crossing, self.fine)

    def _parted(self, word: list[Character]) -> list[tuple[list[Character], int, bool]]:
        """A word cut where a line stands in a gap of it; what a line merely runs through stays
        whole.
        """
        cells = [self.at((c.left + c.right) / 2, c.base + 0.25 * c.height) for c in word]
        if len(set(cells)) == 1:
            return [(word, cells[0], False)]
        parts: list[tuple[list[Character], list[int]]] = [([word[0]], [cells[0]])]
        for before, character, cell in zip(word, word[1:], cells[1:], strict=False):
            touching = character.left - before.right < _TOUCHING * character.height
            if cell != parts[-1][1][-1] and not touching:
                parts.append(([], []))
            parts[-1][0].append(character)
            parts[-1][1].append(cell)
        return [(part, max(set(of), key=of.count), _tears(part, of)) for part, of in parts]

    def _apart(self, lines: Iterable[list[Run]], gap: float) -> list[Written]:
        """Texts that stand by themselves: the runs of a line, cut at wide gaps and where a line
        stands between.
        """
        found: list[Written] = []
        for line in lines:
            groups: list[list[Run]] = [[line[0]]]
            for run in line[1:]:
                before = groups[-1][-1]
                wide = run.left - before.right > gap * max(run.height, before.height)
                years = _is_year(before.text) and _is_year(run.text)
                if (
                    wide
                    or years
                    or self.divides(before.right, run.left, run.base + 0.25 * run.height)
                ):
                    groups.append([])
                groups[-1].append(run)
            for group in groups:
                if text := _joined_text(group).strip():
                    found.append(
                        Written(text, _extent(group), None, max(run.height for run in group))
                    )
        return found


def _tears(word: Sequence[Character], cells: Sequence[int]) -> bool:
    """Whether a line through a word leaves it in doubt in which cell a figure stands; labels may
    well be too long for theirs.
    """
    if len(set(cells)) == 1:
        return False
    texts = ["".join(character.text for character in word)]
    texts += [
        "".join(c.text for c, of in zip(word, cells, strict=True) if of == cell)
        for cell in set(cells)
    ]
    return any(parse_figure(text).state == "number" for text in texts)


def _covered(marks: Sequence[float], line: Line, reach: float) -> range:
    """The stretches between marks that a line covers, if for a little at its ends."""
    return range(bisect_left(marks, line.start - reach), bisect_right(marks, line.end + reach) - 1)


# --- words and lines of text ------------------------------------------------------------------------------------------------


def _runs_of(characters: Iterable[Character]) -> Iterable[list[Character]]:
    """The characters as words, in the order of the file; a space ends a word."""
    word: list[Character] = []
    for character in characters:
        if character.text.isspace():
            if word:
                yield word
            word = []
            continue
        if word:
            last = word[-1]
            gap = character.left - last.right
            if (
                abs(character.base - last.base) > 0.2 * character.height
                or not -0.5 * character.height < gap < _WORD * character.height
            ):
                yield word
                word = []
        word.append(character)
    if word:
        yield word


def _run(word: Sequence[Character]) -> Run:
    return Run(
        "".join(c.text for c in word),
        word[0].left,
        max(c.right for c in word),
        word[0].base,
        max(c.height for c in word),
    )


def _lines(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs by lines from the top, each line from the left."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.base):
        if lines and abs(lines[-1][0].base - run.base) <= 0.35 * max(
            run.height, lines[-1][0].height
        ):
            lines[-1].append(run)
        else:
            lines.append([run])
    for line in lines:
        line.sort(key=lambda run: run.left)
    return lines


def _joined_text(line: Sequence[Run]) -> str:
    text, last = line[0].text, line[0]
    for run in line[1:]:
        text += (" " if run.left - last.right >= _TOUCHING * run.height else "") + run.text
        last = run
    return text


def _is_year(text: str) -> bool:
    """Whether a word heads a column, however near the next one stands."""
    return "年度" in text and parse_year(text) is not None


def _extent(runs: Sequence[Run]) -> Rectangle:
    return Rectangle(
        min(run.left for run in runs),
        min(run.base - 0.2 * run.height for run in runs),
        max(run.right for run in runs),
        max(run.base + 0.8 * run.height for run in runs),
    )


def _in_columns(lines: Iterable[Sequence[Run]]) -> bool:
    """Whether a cell holds columns that no lines part: a figure, and far from it on the same line
    something else than its sign.
    """
    for line in lines:
        groups: list[list[Run]] = [[line[0]]]
        for run in line[1:]:
            if run.left - groups[-1][-1].right > _COLUMN * run.height:
                groups.append([])
            groups[-1].append(run)
        texts = [_joined_text(group) for group in groups]
        if len(texts) > 1 and any(parse_figure(text).state == "number" for text in texts):
            others = [text for text in texts if parse_figure(text).state != "number"]
            if len(texts) - len(others) > 1 or any(set(text) - _SIGNS for text in others):
                return True
    return False
