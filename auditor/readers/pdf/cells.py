"""A page's characters, put into the cells that its ruling lines make.

What stands in no cell has its own place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from auditor.readers.pdf.alignment import aligned
from auditor.readers.pdf.boxes import Boxes, digit_rows
from auditor.readers.pdf.fills import edges_of
from auditor.readers.pdf.lines import Lattice, joined_lines
from auditor.readers.pdf.pages import Character, PrintedPage, Rectangle
from auditor.readers.pdf.unruled_lists import aligned_lists
from auditor.readers.pdf.words import (
    CURRENCY,
    SIGNS,
    TOUCHING,
    TRIANGLES,
    Run,
    Spacing,
    Written,
    extent_of,
    is_figure,
    lines_of,
    run_of,
    runs_of,
    text_of_cell,
    text_of_line,
)
from auditor.records.fiscal import parse_year

__all__ = ["PageCells", "cells_of"]

# Lines nearer than this are one (double borders, thick ones drawn as two), or a quarter of small
# print.
_SAME: Final = 2.0
# In heights of the font's box:
_APART: Final = 1.1  # from here on two texts outside of cells have nothing to do with each other
_COLUMN: Final = 1.4  # from here on two texts inside of one cell may be two columns
_BETWEEN: Final = 0.45  # in a list, texts this far apart may be two columns
_CURRENCY: Final = 12.0  # how far ¥ may stand from its figure, at the left of a column
_BESIDE: Final = 0.6  # a sign no further from a border may stick out of the cell behind it
_BEHIND: Final = 0.35  # a minus sign no further behind its digits belongs to them
_LOW, _HIGH = (
    0.17,
    0.53,
)  # above the baseline: a line between these leaves much of a digit on both sides
_OUTSIDE: Final = 0.15  # of its width, what a sign needs on both sides of a border to lie across
_MARKS: Final = SIGNS | CURRENCY | frozenset("()（）")


@dataclass
class PageCells:
    """What a page says, where its empty cells are, and which texts lie across a line and so in no
    one cell for certain.
    """

    written: list[Written]
    empty: list[Rectangle]
    crossing: list[Written]
    between: list[Rectangle]
    """Where figures stand between two rows: a line runs through the middle of their digits."""
    fine: float = _SAME
    """Edges nearer than this, in points, are one."""
    unclear: list[Rectangle] = field(default_factory=list[Rectangle])
    """Tables whose columns can't be told."""


def cells_of(page: PrintedPage, *, lists: bool = False) -> PageCells:
    """The page's texts by cells; with ``lists``, a table without lines is taken for a list."""
    fine = _SAME
    if page.characters:
        heights = sorted(character.height for character in page.characters)
        fine = min(_SAME, 0.25 * heights[len(heights) // 2])
    lattice = Lattice(joined_lines(page.across, fine), joined_lines(page.down, fine), fine)
    across, down = edges_of(page.fills, lambda u, v: lattice.at(u, v) >= 0)
    if across:
        across, down = [*page.across, *across], [*page.down, *down]
        lattice = Lattice(joined_lines(across, fine), joined_lines(down, fine), fine)
    return _Filling(lattice, runs_of(page.characters)).cells(lists=lists)


class _Filling:
    """Words in the cells of a lattice. One that lies across a line goes whole into the cell that
    has most of it.
    """

    def __init__(self, lattice: Lattice, words: Iterable[list[Character]]) -> None:
        self.lattice = lattice
        self.by_cell: dict[int, list[Run]] = {}
        self.free: list[Run] = []
        self.crossing: list[Written] = []
        self.between: list[Rectangle] = []
        for word in words:
            for part, cell, tears in self._parted(word):
                run = run_of(part)
                if tears:
                    self._doubt(run)
                if self._is_between(run):
                    self.between.append(extent_of([run]))
                if cell < 0:
                    self.free.append(run)
                else:
                    self.by_cell.setdefault(cell, []).append(run)

    def cells(self, *, lists: bool) -> PageCells:
        """The texts of the page."""
        self._return_signs()
        apart = _BETWEEN if lists else _APART
        free = self._groups(lines_of(self.free), apart)
        spacing = Spacing([*free, *chain.from_iterable(map(lines_of, self.by_cell.values()))])
        if spacing.gaps:
            self._return_digits(spacing)
            free = self._groups(lines_of(self.free), apart)
        lines = {number: lines_of(runs) for number, runs in self.by_cell.items()}
        for number in sorted(self._in_columns(lines, lists=lists)):
            free += self._groups(lines.pop(number), _BETWEEN if lists else _COLUMN)
        spacing = Spacing([*free, *chain.from_iterable(lines.values())])
        texts = {number: text_of_cell(of_cell, spacing) for number, of_cell in lines.items()}
        written, empty, merged = self._digits_apart(texts)
        for number, text in texts.items():
            if number not in merged and text:
                runs = self.by_cell[number]
                height = max(run.height for run in runs)
                written.append(Written(text, extent_of(runs), self.lattice.cells[number], height))
        for group in free:
            if text := text_of_line(group, spacing).strip():
                height = max(run.height for run in group)
                written.append(Written(text, extent_of(group), None, height))
        empty += [
            cell
            for number, cell in enumerate(self.lattice.cells)
            if cell is not None and number not in self.by_cell and number not in merged
        ]
        written, unclear = aligned_lists(written) if lists else aligned(written)
        return PageCells(written, empty, self.crossing, self.between, self.lattice.fine, unclear)

    def _in_columns(self, lines: Mapping[int, Sequence[Sequence[Run]]], *, lists: bool) -> set[int]:
        """The numbers of the cells that hold columns which no lines part."""
        split = {number for number, of_cell in lines.items() if _holds_figures(of_cell)}
        years = {number for number, of_cell in lines.items() if _holds_years(of_cell)}
        if lists and split:
            # Headings, names of sections and totals in rows of one cell over the whole width.
            sides = {self._sides(number) for number in split}
            return {number for number in lines if self._sides(number) in sides} | years
        heads = {
            (round(cell.left), round(cell.right), round(cell.bottom))
            for number in years
            if (cell := self.lattice.cells[number]) is not None
        }
        kinds = {
            number
            for number in lines
            if (cell := self.lattice.cells[number]) is not None
            and (round(cell.left), round(cell.right), round(cell.top)) in heads
        }
        return split | years | kinds

    def _sides(self, number: int) -> tuple[int, int] | None:
        cell = self.lattice.cells[number]
        return None if cell is None else (round(cell.left), round(cell.right))

    def _digits_apart(
        self, texts: Mapping[int, str]
    ) -> tuple[list[Written], list[Rectangle], set[int]]:
        """The figures that take up several cells, where there are such cells without a figure,
        and the numbers of all these cells.
        """
        every_run = chain.from_iterable(self.by_cell.values())
        heights = sorted(run.height for run in every_run)
        height = heights[len(heights) // 2] if heights else 0.0
        lattice = self.lattice
        boxes = Boxes(lattice.cells, texts, lattice.dotted(), height, lattice.fine)
        written: list[Written] = []
        empty: list[Rectangle] = []
        merged: set[int] = set()
        for row in digit_rows(boxes):
            of_cells = (self.by_cell.get(number, ()) for number in row.numbers)
            runs = list(chain.from_iterable(of_cells))
            if row.text is None:
                continue
            merged.update(row.numbers)
            if runs:
                written.append(Written(row.text, extent_of(runs), row.area, height))
            else:
                empty.append(row.area)
        return written, empty, merged

    def _is_between(self, run: Run) -> bool:
        """Whether a line runs along the middle of a figure."""
        middle = (run.left + run.right) / 2
        low = self.lattice.at(middle, run.base + _LOW * run.height)
        high = self.lattice.at(middle, run.base + _HIGH * run.height)
        return low != high and (is_figure(run.text) or run.text in SIGNS)

    def _doubt(self, run: Run) -> None:
        self.crossing.append(Written(run.text, extent_of([run]), None, run.height))

    def _parted(self, word: list[Character]) -> Iterator[tuple[list[Character], int, bool]]:
        """A word cut where a line stands in a gap of it; what a line merely runs through stays
        whole. Gives the parts with their cells, and whether it is uncertain which cell is theirs.
        """
        cells = self.lattice.around(word)
        if len(set(cells)) == 1:
            yield word, cells[0], False
            return
        parts: list[tuple[list[Character], list[int]]] = [([word[0]], [cells[0]])]
        for before, character, cell in zip(word, word[1:], cells[1:], strict=False):
            touching = character.left - before.right < TOUCHING * character.height
            # A sign that sticks out is given back to its figure later.
            whole = touching and before.text not in TRIANGLES
            if cell != parts[-1][1][-1] and not whole:
                parts.append(([], []))
            parts[-1][0].append(character)
            parts[-1][1].append(cell)
        for part, of in parts:
            yield part, max(set(of), key=of.count), _tears(part, of)

    def _return_signs(self) -> None:
        """Give signs that stick out of their cell, over its left border, back to its figure."""
        signs: list[tuple[Run, int, list[Run]]] = []
        for number, runs in [*self.by_cell.items(), (-1, self.free)]:
            signs += ((run, number, runs) for run in runs if run.text in SIGNS)
        # From the right: a figure may end where the next figure's sign lies over it.
        for sign, number, runs in sorted(signs, key=lambda item: -item[0].left):
            target = self._owner(sign, number, runs)
            if target is None:
                continue
            if _trails(sign, runs):
                self._doubt(sign)
                continue
            runs.remove(sign)
            self.by_cell[target].append(sign)
        self.by_cell = {number: runs for number, runs in self.by_cell.items() if runs}

    def _owner(self, sign: Run, number: int, runs: Sequence[Run]) -> int | None:
        """The cell into which a sign belongs that stands in another or in none: the next one to
        the right, if a figure without a sign stands there on the same line.
        """
        if any(_is_beside(sign, run) and run.left > sign.left for run in runs):
            return None
        level = sign.base + 0.25 * sign.height
        target = self.lattice.at(sign.right + _BESIDE * sign.height, level)
        cell = self.lattice.cells[target] if target >= 0 else None
        if cell is None or target == number:
            return None
        width = sign.right - sign.left
        across = (
            sign.left < cell.left - _OUTSIDE * width and sign.right > cell.left + _OUTSIDE * width
        )
        # A dash is a figure of its own: only where it lies across the border it is a sign.
        if sign.text not in TRIANGLES and not across:
            return None
        beside = [run for run in self.by_cell.get(target, ()) if _is_beside(sign, run)]
        text = "".join(run.text for run in sorted(beside, key=lambda run: run.left))
        return target if is_figure(text) and not set(text) & SIGNS else None

    def _return_digits(self, spacing: Spacing) -> None:
        """Give digits that stick out of their cell, over its left border, back to a figure whose
        digits stand apart.
        """
        for target, runs in list(self.by_cell.items()):
            cell = self.lattice.cells[target]
            lines = lines_of(runs)
            if cell is None or len(lines) != 1:
                continue
            line = lines[0]
            outside = self.lattice.at(cell.left - self.lattice.fine, line[0].base)
            others = self.free if outside < 0 else self.by_cell.get(outside, [])
            before = sorted(
                (run for run in others if _is_beside(line[0], run) and run.left < cell.left),
                key=lambda run: run.left,
            )
            digits = spacing.before(line, before)
            if not digits:
                continue
            figure = spacing.figure([*digits, *line])
            if is_figure(text_of_line(line, spacing)):
                if len(digits) == len(before) and is_figure(text_of_line(digits, spacing)):
                    continue  # two figures, and both fill their cells
                self._doubt(line[0])
            if figure is not None:
                for run in digits:
                    others.remove(run)
                runs += digits
        self.by_cell = {number: runs for number, runs in self.by_cell.items() if runs}

    def _groups(self, lines: Iterable[list[Run]], gap: float) -> list[list[Run]]:
        """The runs of each line that make one text: cut at wide gaps and where a line stands
        between.
        """
        groups: list[list[Run]] = []
        for line in lines:
            groups.append([line[0]])
            for run in line[1:]:
                before = groups[-1][-1]
                room = _CURRENCY if before.text in CURRENCY else gap
                if before.text in SIGNS or _are_spaced(before.text, run.text):
                    room = max(room, _APART)
                wide = run.left - before.right > room * max(run.height, before.height)
                years = _is_year(before.text) and _is_year(run.text)
                level = run.base + 0.25 * run.height
                wide = wide or run.text in CURRENCY
                if wide or years or self.lattice.divides(before.right, run.left, level):
                    groups.append([])
                groups[-1].append(run)
        return groups


def _are_spaced(before: str, after: str) -> bool:
    """Whether two characters may be of one word that is set with blanks: 事 業 名, or 1 2 3."""
    if len(before) != 1 or len(after) != 1:
        return False
    return (before.isalpha() and after.isalpha()) or (before + after).isdigit()


def _is_beside(sign: Run, run: Run) -> bool:
    """Whether a run stands on the line of a sign."""
    return run is not sign and abs(run.base - sign.base) <= 0.35 * max(run.height, sign.height)


def _trails(sign: Run, runs: Sequence[Run]) -> bool:
    """Whether a sign may as well belong to the figure before it, as some programs print it."""
    return any(
        _is_beside(sign, run)
        and is_figure(run.text)
        and -TOUCHING * sign.height <= sign.left - run.right <= _BEHIND * sign.height
        for run in runs
    )


def _tears(word: Sequence[Character], cells: Sequence[int]) -> bool:
    """Whether a line through a word leaves it in doubt in which cell a figure stands. A sign may
    stick out of its figure's cell, and labels may well be too long for theirs.
    """
    if len(set(cells)) == 1:
        return False
    text = "".join(character.text for character in word)
    if text[0] in SIGNS and len(set(cells[1:])) == 1 and is_figure(text[1:]):
        return False
    parts = [
        "".join(c.text for c, of in zip(word, cells, strict=True) if of == cell)
        for cell in set(cells)
    ]
    return any(is_figure(part) for part in (text, *parts))


def _is_year(text: str) -> bool:
    """Whether a word heads a column, however near the next one stands."""
    return "年度" in text and parse_year(text) is not None


def _holds_years(lines: Iterable[Sequence[Run]]) -> bool:
    """Whether a cell heads several columns."""
    return any(sum(_is_year(run.text) for run in line) > 1 for line in lines)


def _holds_figures(lines: Iterable[Sequence[Run]]) -> bool:
    """Whether a cell holds columns that no lines part: a figure, and far from it on the same line
    something else than its sign.
    """
    spacing = Spacing(())
    for line in lines:
        groups: list[list[Run]] = [[line[0]]]
        for run in line[1:]:
            if run.left - groups[-1][-1].right > _COLUMN * run.height:
                groups.append([])
            groups[-1].append(run)
        if len(groups) == 1:
            continue
        texts = [text_of_line(group, spacing) for group in groups]
        others = [text for text in texts if not is_figure(text)]
        figures = len(texts) - len(others)
        if figures > 1 or (figures and any(set(text) - _MARKS for text in others)):
            return True
    return False
