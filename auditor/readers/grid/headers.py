"""The headers of a grid's tables: which columns of the grid are which of the form's.

Years run across or down; what is said here of columns is then true of rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final, NamedTuple

from auditor.forms.model import Column, Form
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.label_text import YEAR_CELL, bare, label_key
from auditor.readers.grid.labels import Label, Labels, boxes_of
from auditor.readers.shifted import step_between
from auditor.records.fiscal import ERAS, YEAR_KEY, parse_year, year_in_era

__all__ = ["Header", "Position", "find_headers", "fiscal_year_of_headers", "heads_column"]

_SHORT_YEAR: Final = re.compile(r"([0-9]{1,2}|元)年度(.*)")
_TWICE: Final = re.compile(rf"({YEAR_KEY})(?:年度?)?\(({YEAR_KEY})(?:年度?)?\)(.*)")
# What headings call the kinds of figures, whatever the form calls them: 当初予算額, 決算見込.
_KIND: Final = re.compile(
    r"(?:当初|補正後?|最終|現計|予算|決算|実績|計画|見込み?|予定|要求|執行|査定|見積|概算|確定"
    r"|速報|現額|額|値|案|[()（）])+"
)
_LONGEST: Final = 30
_MOST_BESIDE_WORD: Final = 4
"""The characters that a cell may hold beside a year and a column's label."""


@dataclass(frozen=True)
class Position:
    """A stretch of columns (or rows, where the years run down) under one year; ``word`` is the
    label printed with it.
    """

    first: int
    last: int
    year: int | None
    word: str
    boxes: tuple[Box, ...]
    short: str = ""
    """The number of a year that prints no era: ``5``, ``元``."""

    def dated(self, fiscal_year: int) -> Position:
        """The position with its year, where only the era was left out: the era's whose year is
        nearest to the fiscal year.
        """
        if self.year is not None or not self.short:
            return self
        years = (era.western(self.short) for era in ERAS)
        return replace(self, year=min(years, key=lambda year: abs(year - fiscal_year)))


class Span(NamedTuple):
    """A box seen along a header: from ``first`` to ``last`` beside the other years, in ``line``
    to ``end`` across.
    """

    first: int
    last: int
    line: int
    end: int


def _across(box: Box) -> Span:
    return Span(box.left, box.right, box.top, box.bottom)


def _down(box: Box) -> Span:
    return Span(box.top, box.bottom, box.left, box.right)


@dataclass
class Header:
    """The years of one table. ``placed`` gives each column of the form its position; ``fits``
    says whether all years are right.
    """

    across: bool
    line: int
    end: int
    positions: tuple[Position, ...]
    placed: dict[Column, Position] = field(default_factory=dict[Column, Position])
    fits: bool = False
    by_order: bool = False

    @property
    def first(self) -> int:
        """The first column of the years."""
        return self.positions[0].first

    @property
    def last(self) -> int:
        """The last column of the years."""
        return self.positions[-1].last

    @property
    def boxes(self) -> list[Box]:
        """The boxes of the headings."""
        return list(chain.from_iterable(position.boxes for position in self.positions))

    @property
    def printed(self) -> str:
        """The headings as a remark shows them."""
        return " ".join(dict.fromkeys("".join(box.text.split()) for box in self.boxes))

    @property
    def prints_years(self) -> bool:
        """Whether any heading names a year."""
        return any(position.year is not None for position in self.positions)

    def step(self, form: Form, fiscal_year: int) -> int:
        """By how many years all headings differ from the form's columns; 0 where they do not, or
        not all alike.
        """
        return step_between([position.year for position in self.positions], form, fiscal_year)

    def against(self, form: Form, fiscal_year: int) -> list[tuple[int, int]]:
        """The year of each heading with that of the form's column; none where they are not as
        many.
        """
        if len(self.positions) != len(form.columns):
            return []
        return [
            (position.year, fiscal_year + column.offset)
            for column, position in zip(form.columns, self.positions, strict=True)
            if position.year is not None
        ]

    def place(self, form: Form, fiscal_year: int) -> None:
        """Give each column of the form its position: by year and label. Where the headings print
        no years it is the order that counts, if there are as many.
        """
        self.placed.clear()
        self.positions = tuple(position.dated(fiscal_year) for position in self.positions)
        free = list(self.positions)
        for index, column in enumerate(form.columns):
            possible = _possible(form, column, fiscal_year, free)
            later = sum(other.offset == column.offset for other in form.columns[index:])
            # Which of several kinds a column without a label is, nobody can tell.
            if possible and len(possible) <= later:
                self.placed[column] = possible[0]
                free.remove(possible[0])
        fitting = all(
            not position.word or not column.label or position.word in _words_of(column)
            for column, position in self.placed.items()
        )
        self.fits = len(self.placed) == len(form.columns) == len(self.positions) and fitting
        if not self.prints_years and len(self.positions) == len(form.columns):
            self.placed = dict(zip(form.columns, self.positions, strict=True))
            self.by_order = True


def _words_of(column: Column) -> list[str]:
    return [bare(word) for word in column.label]


def _possible(
    form: Form, column: Column, fiscal_year: int, positions: Sequence[Position]
) -> list[Position]:
    """The positions that can be a column's: those of its year and label, else of its year."""
    words = _words_of(column)
    # Where a year has several columns, a position with the label of another one is not this one's.
    has_twins = form.column_suffix(column) != ""
    same_year = [position for position in positions if position.year == fiscal_year + column.offset]
    if has_twins:
        same_year = [
            position for position in same_year if not position.word or position.word in words
        ]
    labelled = [position for position in same_year if position.word in words]
    return labelled or same_year


def fiscal_year_of_headers(headers: Sequence[Header], form: Form) -> int | None:
    """The fiscal year under which the headers fit the form's columns best."""
    best: tuple[int, int] | None = None
    for header in headers:
        years = {position.year for position in header.positions if position.year is not None}
        candidates: set[int] = set()
        for column in form.columns:
            candidates.update(year - column.offset for year in years)
        for candidate in sorted(candidates):
            score = len(years & {candidate + column.offset for column in form.columns})
            if best is None or score > best[0]:
                best = score, candidate
    return best[1] if best else None


_Year = tuple[Box, int | None, str]
"""A cell that names a year, the year (None without its era), and the column's label in it."""


def find_headers(grid: Grid, labels: Labels, printed_labels: Sequence[Label]) -> list[Header]:
    """Every line of years in the grid, across and down; those whose years name no table of the
    form are left to the caller.
    """
    taken = set(map(id, boxes_of(printed_labels)))
    years: list[_Year] = []
    words: list[tuple[Box, str]] = []
    for box in grid.boxes:
        if id(box) in taken:
            continue
        text = box.label
        if not text or len(text) > _LONGEST:
            continue
        key = label_key(text)
        if (year := _year(key, labels)) is not None:
            years.append((box, *year))
        elif (word := bare(text)) in labels.columns:
            words.append((box, word))
    headers = _headers_both_ways(years, words, labels)
    if not headers and words:  # a form may name its columns without their years
        headers = _headers_both_ways([(box, None, word) for box, word in words], [], labels)
    return headers


def heads_column(text: str, labels: Labels) -> bool:
    """Whether a text is what heads a column: a year, the label of a column, or both."""
    return _year(label_key(text), labels) is not None or bare(text) in labels.columns


def _year(key: str, labels: Labels) -> tuple[int | None, str] | None:
    """The year and the column's label that a cell names; (None, …) for a year without its era,
    which the cell before it or the title has.
    """
    if (twice := _TWICE.fullmatch(key)) and parse_year(twice[1]) == parse_year(twice[2]):
        key = twice[1] + twice[3]
    match = YEAR_CELL.fullmatch(key)
    short = None if match else _SHORT_YEAR.fullmatch(key)
    if match is not None:
        rest = bare(match[2])
    elif short is not None:
        rest = bare(short[2])
    else:
        return None
    word = next((word for word in labels.columns if word == rest), None)
    if rest and word is None:
        longest = len(rest) - _MOST_BESIDE_WORD
        containing = (word for word in labels.columns if word in rest)
        word = next((word for word in containing if len(word) >= longest), None)
        if word is None and not _KIND.fullmatch(rest):
            return None
        word = word or rest
    return (parse_year(match[1]) if match else None), word or ""


def _headers_both_ways(
    years: Sequence[_Year], words: Sequence[tuple[Box, str]], labels: Labels
) -> list[Header]:
    return [
        *_headers(years, words, labels, _across, True),
        *_headers(years, words, labels, _down, False),
    ]


def _headers(
    years: Sequence[_Year],
    words: Sequence[tuple[Box, str]],
    labels: Labels,
    span: Callable[[Box], Span],
    across: bool,
) -> list[Header]:
    """The headers whose years stand in one line. ``words`` are cells with the label of a column
    alone: those in the next line on either side belong to the years.
    """
    by_line: dict[int, list[_Year]] = {}
    for item in years:
        by_line.setdefault(span(item[0]).line, []).append(item)
    words_by_line: dict[int, list[tuple[Box, str]]] = {}
    for labelled in words:
        words_by_line.setdefault(span(labelled[0]).line, []).append(labelled)
    fewest = min(2, len(labels.form.columns))
    headers: list[Header] = []
    for line, items in sorted(by_line.items()):
        items.sort(key=lambda item: span(item[0]).first)
        for run in _runs(items):
            end = max(span(box).end for box, _, _ in run)
            near = [*words_by_line.get(line - 1, ()), *words_by_line.get(end + 1, ())]
            positions = _positions_of_run(run, near, span)
            if len(positions) < fewest:
                continue
            boxes = chain.from_iterable(position.boxes for position in positions)
            spans = list(map(span, boxes))
            first_line = min(part.line for part in spans)
            last_line = max(part.end for part in spans)
            headers.append(Header(across, first_line, last_line, tuple(positions)))
    return headers


def _positions_of_run(
    run: Sequence[_Year], near: Sequence[tuple[Box, str]], span: Callable[[Box], Span]
) -> list[Position]:
    """The positions of years beside each other; one without its era has that of the one before."""
    positions: list[Position] = []
    previous: int | None = None
    for box, year, word in run:
        key = label_key(box.text)
        if year is None and previous is not None and "年度" in key:
            year = _same_era(key, previous)
        previous = year if year is not None else previous
        short = _SHORT_YEAR.fullmatch(key) if year is None else None
        of_year = _positions(box, year, word, near, span)
        positions += [replace(p, short=short[1]) for p in of_year] if short else of_year
    return positions


def _runs(items: Sequence[_Year]) -> list[list[_Year]]:
    """The items of a line, cut where a year comes again or goes back: side by side stand two
    tables.
    """
    runs: list[list[_Year]] = []
    seen: set[tuple[int | None, str]] = set()
    last: int | None = None
    for item in items:
        key = item[1], item[2]
        back = last is not None and item[1] is not None and item[1] < last
        if not runs or back or (item[1] is not None and key in seen):
            runs.append([])
            seen = set()
        runs[-1].append(item)
        seen.add(key)
        last = item[1] if item[1] is not None else last
    return runs


def _same_era(key: str, previous: int) -> int | None:
    """A year without its era, in the era of the one before it."""
    match, beside = _SHORT_YEAR.fullmatch(key), year_in_era(previous)
    return beside.era.western(match[1]) if match and beside else None


def _positions(
    box: Box,
    year: int | None,
    word: str,
    near: Sequence[tuple[Box, str]],
    span: Callable[[Box], Span],
) -> list[Position]:
    """The position under a year's cell; several where cells beside it name several columns of
    that year.
    """
    first, last, _, _ = span(box)
    beside = [
        (other, text)
        for other, text in near
        if span(other).first <= last and span(other).last >= first
    ]
    inside = [
        (other, text)
        for other, text in beside
        if span(other).first >= first and span(other).last <= last
    ]
    if not word and len(inside) > 1:
        inside.sort(key=lambda item: span(item[0]).first)
        return [
            Position(span(other).first, span(other).last, year, text, (box, other))
            for other, text in inside
        ]
    if word or not beside:
        return [Position(first, last, year, word, (box,))]
    other, text = beside[0]
    return [Position(first, last, year, text, (box, other))]
