"""The headers of a grid's tables: which rows or columns of it belong to which column of the form,
across or down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from auditor.forms.model import Column, Form
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.labels import YEAR_CELL, Found, Labels, bare, label_key
from auditor.records.fiscal import ERAS, YEAR_KEY, parse_year, year_in_era

__all__ = ["Header", "Position", "find_headers", "fiscal_year_of_headers"]

_SHORT_YEAR: Final = re.compile(r"([0-9]{1,2}|元)年度(.*)")
_TWICE: Final = re.compile(rf"({YEAR_KEY})(?:年度?)?\(({YEAR_KEY})(?:年度?)?\)(.*)")
# What headings call the kinds of figures, whatever the form calls them: 当初予算額, 決算見込.
_KIND: Final = re.compile(
    r"(?:当初|補正後?|最終|現計|予算|決算|実績|計画|見込み?|予定|要求|執行|査定|見積|概算|確定"
    r"|速報|現額|額|値|案|[()（）])+"
)
_LONGEST: Final = 30


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
        return self.positions[0].first

    @property
    def last(self) -> int:
        return self.positions[-1].last

    @property
    def boxes(self) -> list[Box]:
        return [box for position in self.positions for box in position.boxes]

    @property
    def printed(self) -> str:
        return " ".join(dict.fromkeys("".join(box.text.split()) for box in self.boxes))

    @property
    def prints_years(self) -> bool:
        return any(position.year is not None for position in self.positions)

    def step(self, form: Form, fiscal_year: int) -> int:
        """By how many years all headings differ from the form's columns; 0 where they do not, or
        not all alike.
        """
        if len(self.positions) != len(form.columns):
            return 0
        steps = {
            position.year - fiscal_year - column.offset if position.year is not None else 0
            for column, position in zip(form.columns, self.positions, strict=True)
        }
        return steps.pop() if len(steps) == 1 else 0

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
            year = fiscal_year + column.offset
            twins = form.column_suffix(column) != ""
            words = [bare(word) for word in column.label]
            same = [
                position
                for position in free
                if position.year == year
                and not (twins and position.word and position.word not in words)
            ]
            labelled = [position for position in same if position.word in words]
            later = sum(other.offset == column.offset for other in form.columns[index:])
            # Which of several kinds a column without a label is, nobody can tell.
            if (same := labelled or same) and len(same) <= later:
                self.placed[column] = same[0]
                free.remove(same[0])
        fitting = all(
            not position.word
            or not column.label
            or position.word in [bare(word) for word in column.label]
            for column, position in self.placed.items()
        )
        self.fits = len(self.placed) == len(form.columns) == len(self.positions) and fitting
        if not self.prints_years and len(self.positions) == len(form.columns):
            self.placed = dict(zip(form.columns, self.positions, strict=True))
            self.by_order = True


def fiscal_year_of_headers(headers: Sequence[Header], form: Form) -> int | None:
    """The fiscal year under which the headers fit the form's columns best."""
    best: tuple[int, int] | None = None
    for header in headers:
        years = {position.year for position in header.positions if position.year is not None}
        for candidate in sorted(
            {year - column.offset for year in years for column in form.columns}
        ):
            score = len(years & {candidate + column.offset for column in form.columns})
            if best is None or score > best[0]:
                best = score, candidate
    return best[1] if best else None


def find_headers(grid: Grid, labels: Labels, found: Sequence[Found]) -> list[Header]:
    """Every line of years in the grid, across and down; those whose years name no table of the
    form are left to the caller.
    """
    taken = {id(box) for label in found for box in label.boxes}
    years: list[tuple[Box, int | None, str]] = []
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
    headers = _headers(years, words, labels, _across, True) + _headers(
        years, words, labels, _down, False
    )
    if not headers and words:  # a form may name its columns without their years
        bare_words: list[tuple[Box, int | None, str]] = [(box, None, word) for box, word in words]
        headers = _headers(bare_words, [], labels, _across, True) + _headers(
            bare_words, [], labels, _down, False
        )
    return headers


def _year(key: str, labels: Labels) -> tuple[int | None, str] | None:
    """The year and the column's label that a cell names; (None, …) for a year without its era,
    which the cell before it or the title has.
    """
    if (twice := _TWICE.fullmatch(key)) and parse_year(twice[1]) == parse_year(twice[2]):
        key = twice[1] + twice[3]
    match = YEAR_CELL.fullmatch(key)
    short = None if match else _SHORT_YEAR.fullmatch(key)
    rest = bare(match[2]) if match else bare(short[2]) if short else None
    if rest is None:
        return None
    word = next((word for word in labels.columns if word == rest), None)
    if rest and word is None:
        word = next(
            (word for word in labels.columns if word in rest and len(rest) <= len(word) + 4), None
        )
        if word is None and not _KIND.fullmatch(rest):
            return None
        word = word or rest
    return (parse_year(match[1]) if match else None), word or ""


def _headers(
    years: Sequence[tuple[Box, int | None, str]],
    words: Sequence[tuple[Box, str]],
    labels: Labels,
    span: Callable[[Box], Span],
    across: bool,
) -> list[Header]:
    by_line: dict[int, list[tuple[Box, int | None, str]]] = {}
    for item in years:
        by_line.setdefault(span(item[0]).line, []).append(item)
    words_by_line: dict[int, list[tuple[Box, str]]] = {}
    for labelled in words:
        words_by_line.setdefault(span(labelled[0]).line, []).append(labelled)
    least = min(2, len(labels.form.columns))
    headers: list[Header] = []
    for line, items in sorted(by_line.items()):
        items.sort(key=lambda item: span(item[0]).first)
        for run in _runs(items):
            end = max(span(box).end for box, _, _ in run)
            near = [word for at in (line - 1, end + 1) for word in words_by_line.get(at, ())]
            positions: list[Position] = []
            previous: int | None = None
            for box, year, word in run:
                if year is None and previous is not None and "年度" in label_key(box.text):
                    year = _same_era(label_key(box.text), previous)
                previous = year if year is not None else previous
                short = _SHORT_YEAR.fullmatch(label_key(box.text)) if year is None else None
                placed = _positions(box, year, word, near, span)
                positions += [replace(p, short=short[1]) for p in placed] if short else placed
            if len(positions) < least:
                continue
            lines = [span(part) for position in positions for part in position.boxes]
            headers.append(
                Header(
                    across,
                    min(part.line for part in lines),
                    max(part.end for part in lines),
                    tuple(positions),
                )
            )
    return headers


def _runs(items: list[tuple[Box, int | None, str]]) -> list[list[tuple[Box, int | None, str]]]:
    """The items of a line, cut where a year comes again or goes back: side by side stand two
    tables.
    """
    runs: list[list[tuple[Box, int | None, str]]] = []
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
    own = span(box)
    beside = [
        (other, text)
        for other, text in near
        if span(other).first <= own.last and span(other).last >= own.first
    ]
    inside = [
        (other, text)
        for other, text in beside
        if span(other).first >= own.first and span(other).last <= own.last
    ]
    if not word and len(inside) > 1:
        inside.sort(key=lambda item: span(item[0]).first)
        return [
            Position(span(other).first, span(other).last, year, text, (box, other))
            for other, text in inside
        ]
    named = word or (beside[0][1] if beside else "")
    return [
        Position(
            own.first, own.last, year, named, (box, *(other for other, _ in beside[:1] if not word))
        )
    ]
