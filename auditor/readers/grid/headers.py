"""The headers of a grid's tables: which columns of the grid are which of the form's.

Years run across or down; what is said here of columns is then true of rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final, NamedTuple

from auditor.forms.model import Column, Form
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.label_text import YEAR_CELL, bare, label_key
from auditor.readers.grid.labels import Label, Labels, boxes_of
from auditor.readers.shifted import step_between
from auditor.records.fiscal import ERAS, YEAR_KEY, parse_year

__all__ = ["Header", "Position", "find_headers", "fiscal_years_of_headers", "heads_column"]

_SHORT_YEAR: Final = re.compile(r"([0-9]{1,2}|元)年度(.*)")
_TWICE: Final = re.compile(rf"({YEAR_KEY})(?:年度?)?\(({YEAR_KEY})(?:年度?)?\)(.*)")
_ABBREVIATED: Final = re.compile(r"FY(?=(?:19|20)[0-9]{2})|(?P<era>[令平昭])(?=元|[0-9])")
_ERAS: Final = {era.name[0]: era.name for era in ERAS}
_RELATIVE: Final = re.compile(r"(前々|前|本|当該?|今|翌々|翌|次)年度(.*)")
_DISTANCE: Final = {"前々": -2, "前": -1, "翌": 1, "次": 1, "翌々": 2}
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
    distance: int | None = None
    """How far from the fiscal year a heading says that it is: 前年度, 本年度, 翌年度."""

    def dated(self, fiscal_year: int) -> Position:
        """The position with its year, where the heading counts from the fiscal year, or only the
        era was left out: the era's whose year is nearest to the fiscal year.
        """
        if self.year is not None:
            return self
        if self.distance is not None:
            return replace(self, year=fiscal_year + self.distance)
        if not self.short:
            return self
        return replace(self, year=_year_near(self.short, fiscal_year))


class Span(NamedTuple):
    """A box seen along a header: from ``first`` to ``last`` beside the other years, in ``line``
    to ``end`` across.
    """

    first: int
    last: int
    line: int
    end: int


@dataclass(frozen=True)
class _Axis:
    """The direction in which years run in a grid: across, or down."""

    grid: Grid
    across: bool

    def span(self, box: Box) -> Span:
        """The box as it lies along a header."""
        if self.across:
            return Span(box.left, box.right, box.top, box.bottom)
        return Span(box.top, box.bottom, box.left, box.right)

    def is_empty(self, line: int, first: int, last: int) -> bool:
        """Whether nothing stands in a stretch of a line."""
        if self.across:
            return not self.grid.within(line, first, line, last)
        return not self.grid.within(first, line, last, line)


@dataclass
class Header:
    """The years of one table. ``placed`` gives each column of the form its position; ``fits``
    says whether all years are right. ``kinds_apart`` says that the kinds of columns stand in the
    rows of the figures, so that the columns of a year share its position.
    """

    across: bool
    line: int
    end: int
    positions: tuple[Position, ...]
    placed: dict[Column, Position] = field(default_factory=dict[Column, Position])
    fits: bool = False
    by_order: bool = False
    kinds_apart: bool = False

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

    @property
    def has_words(self) -> bool:
        """Whether any heading names a kind of column."""
        return any(position.word for position in self.positions)

    def _offsets(self, form: Form) -> list[int]:
        """The distances from the fiscal year of the form's columns that have a heading each."""
        return list(dict.fromkeys(form.offsets) if self.kinds_apart else form.offsets)

    def step(self, form: Form, fiscal_year: int) -> int:
        """By how many years all headings differ from the form's columns; 0 where they do not, or
        not all alike.
        """
        years = [position.year for position in self.positions]
        return step_between(years, self._offsets(form), fiscal_year)

    def against(self, form: Form, fiscal_year: int) -> list[tuple[int, int]]:
        """The year of each heading with that of the form's column; none where they are not as
        many.
        """
        offsets = self._offsets(form)
        if len(self.positions) != len(offsets):
            return []
        return [
            (position.year, fiscal_year + offset)
            for offset, position in zip(offsets, self.positions, strict=True)
            if position.year is not None
        ]

    def place(self, form: Form, fiscal_year: int) -> None:
        """Give each column of the form its position: by year and label. Where the headings print
        no years it is their words and order that count, if there are as many.
        """
        self.placed.clear()
        self.positions = tuple(position.dated(fiscal_year) for position in self.positions)
        if self.kinds_apart:
            self._place_by_year(form, fiscal_year)
            return
        possible = {
            column: _possible(form, column, fiscal_year, self.positions) for column in form.columns
        }
        for column, positions in possible.items():
            # Which of several kinds a column without a label is, nobody can tell, unless there are
            # as many such columns as there are kinds: these have the form's order.
            alike = [other for other in possible if possible[other] == positions]
            if len(positions) == len(alike):
                self.placed[column] = positions[alike.index(column)]
        fitting = all(
            not position.word or not column.label or position.word in _words_of(column)
            for column, position in self.placed.items()
        )
        self.fits = len(self.placed) == len(form.columns) == len(self.positions) and fitting
        if not self.prints_years and len(self.positions) == len(form.columns):
            self._place_by_order(form)

    def _place_by_order(self, form: Form) -> None:
        """Give each column the first position with its word that no column before it has; none of
        them where a column has no such position.
        """
        free = list(self.positions)
        placed: dict[Column, Position] = {}
        for column in form.columns:
            words = _words_of(column)
            position = next((position for position in free if position.word in words), None)
            if position is None:
                return
            placed[column] = position
            free.remove(position)
        self.placed, self.by_order = placed, True

    def _place_by_year(self, form: Form, fiscal_year: int) -> None:
        """Give all columns of a year the one position that it has."""
        for column in form.columns:
            year = fiscal_year + column.offset
            of_year = [position for position in self.positions if position.year == year]
            if len(of_year) == 1:
                (self.placed[column],) = of_year
        placed = {id(position) for position in self.placed.values()}
        self.fits = len(self.placed) == len(form.columns) and len(placed) == len(self.positions)


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


def fiscal_years_of_headers(headers: Sequence[Header], form: Form) -> list[int]:
    """The fiscal years under which the headers fit the form's columns best, those of the first
    header first and of each header the earliest; none where they print no years.
    """
    scores: list[tuple[int, int]] = []
    for header in headers:
        years = {position.year for position in header.positions if position.year is not None}
        candidates: set[int] = set()
        for offset in form.offsets:
            candidates.update(year - offset for year in years)
        for candidate in sorted(candidates):
            of_form = {candidate + offset for offset in form.offsets}
            scores.append((len(years & of_form), candidate))
    most = max((score for score, _ in scores), default=None)
    return list(dict.fromkeys(candidate for score, candidate in scores if score == most))


_Year = tuple[Box, int | None, str]
"""A cell that names a year, the year (None without its era), and the column's label in it."""

_Word = tuple[Box, str]
"""A cell that is a column's label alone, and the label."""


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
        if len(text) > _LONGEST:
            continue
        key = label_key(text)
        if (year := _year(key, labels)) is not None:
            years.append((box, *year))
        elif (word := bare(text)) in labels.columns:
            words.append((box, word))
    axes = (_Axis(grid, True), _Axis(grid, False))
    headers = _headers_both_ways(axes, years, words, labels)
    if not headers:  # a form may name its columns without their years
        undated = [(box, None, word) for box, word in words]
        headers = _headers_both_ways(axes, undated, [], labels)
    return headers


def heads_column(text: str, labels: Labels) -> bool:
    """Whether a text is what heads a column: a year, the label of a column, or both."""
    return _year(label_key(text), labels) is not None or bare(text) in labels.columns


def _year(key: str, labels: Labels) -> tuple[int | None, str] | None:
    """The year and the column's label that a cell names; (None, …) for a year without its era,
    which the cell before it or the title has, and for one that counts from the fiscal year.
    """
    key = _ABBREVIATED.sub(lambda match: _ERAS.get(match["era"], ""), key)
    if (twice := _TWICE.fullmatch(key)) is not None:
        first, second, rest = twice.groups()
        if parse_year(first) == parse_year(second):
            key = first + rest
    match = YEAR_CELL.fullmatch(key) or _SHORT_YEAR.fullmatch(key) or _RELATIVE.fullmatch(key)
    if match is None:
        return None
    year, rest = match.groups()
    word = _word_in(bare(rest), labels)
    return None if word is None else (parse_year(year), word)


def _word_in(rest: str, labels: Labels) -> str | None:
    """The column's label in what stands beside a year; None where it is no kind of figures."""
    if not rest:
        return rest
    longest = len(rest) - _MOST_BESIDE_WORD
    containing = (word for word in labels.columns if word in rest)
    word = next((word for word in containing if len(word) >= longest), None)
    if word is None and not _KIND.fullmatch(rest):
        return None
    return word or rest


def _headers_both_ways(
    axes: Iterable[_Axis], years: Sequence[_Year], words: Sequence[_Word], labels: Labels
) -> list[Header]:
    return list(chain.from_iterable(_headers(years, words, labels, axis) for axis in axes))


def _headers(
    years: Sequence[_Year], words: Sequence[_Word], labels: Labels, axis: _Axis
) -> list[Header]:
    """The headers whose years stand in one line. ``words`` are cells with the label of a column
    alone: those in the next line on either side belong to the years.
    """
    span = axis.span
    by_line: dict[int, list[_Year]] = {}
    for item in years:
        by_line.setdefault(span(item[0]).line, []).append(item)
    words_by_line: dict[int, list[_Word]] = {}
    for labelled in words:
        words_by_line.setdefault(span(labelled[0]).line, []).append(labelled)
    fewest = min(2, len(labels.form.columns))
    headers: list[Header] = []
    for line, items in sorted(by_line.items()):
        items.sort(key=lambda item: span(item[0]).first)
        for run in _runs(items, _words_of_items(items, words_by_line, axis), labels.form):
            end = max(span(box).end for box, _, _ in run)
            near = [*words_by_line.get(line - 1, ()), *words_by_line.get(end + 1, ())]
            positions = _positions_of_run(run, near, axis)
            if len(positions) < fewest:
                continue
            boxes = chain.from_iterable(position.boxes for position in positions)
            spans = list(map(span, boxes))
            first_line = min(part.line for part in spans)
            last_line = max(part.end for part in spans)
            headers.append(Header(axis.across, first_line, last_line, tuple(positions)))
    return headers


def _positions_of_run(run: Sequence[_Year], near: Sequence[_Word], axis: _Axis) -> list[Position]:
    """The positions of years beside each other; one without its era is near the one before."""
    positions: list[Position] = []
    previous: int | None = None
    for box, year, word in run:
        key = label_key(box.text)
        short = _SHORT_YEAR.fullmatch(key)
        if short is not None and previous is not None:
            year, short = _year_near(short[1], previous), None
        previous = year if year is not None else previous
        relative = _RELATIVE.fullmatch(key)
        last = axis.span(box).last if word else _last_of_year(run, box, near, axis)
        of_year = _positions(box, year, word, near, axis, last)
        if short is not None:
            of_year = [replace(position, short=short[1]) for position in of_year]
        if relative is not None:
            distance = _DISTANCE.get(relative[1], 0)
            of_year = [replace(position, distance=distance) for position in of_year]
        positions += of_year
    return positions


def _last_of_year(run: Sequence[_Year], box: Box, near: Sequence[_Word], axis: _Axis) -> int:
    """How far a year reaches: over its cell, and over what follows without a year of its own where
    words beside it name further kinds.
    """
    first, last, line, _ = axis.span(box)
    begin = min(axis.span(other).first for other, _, _ in run)
    spans = [(axis.span(other), text) for other, text in near]
    below = [(other, text) for other, text in spans if _overlaps(other, first, last)]
    lines = {other.line for other, _ in below}
    words = sorted((other, text) for other, text in spans if other.line in lines)
    if len(lines) != 1 or any(other.first < begin for other, _ in words):
        return last  # a year may stand over the middle of its kinds
    names = {text for _, text in below}
    for other, text in words:
        if other.first == last + 1 and text not in names:
            if not axis.is_empty(line, other.first, other.last):
                break
            last = other.last
            names.add(text)
    return last


def _words_of_items(
    items: Sequence[_Year],
    words_by_line: Mapping[int, Sequence[_Word]],
    axis: _Axis,
) -> list[str]:
    """The one word that stands beside each year, where its own cell has none: years that come again
    with another word are columns of one table.
    """
    words: list[str] = []
    for box, _, word in items:
        first, last, line, end = axis.span(box)
        near = [*words_by_line.get(line - 1, ()), *words_by_line.get(end + 1, ())]
        beside = [text for other, text in near if _overlaps(axis.span(other), first, last)]
        words.append(word or ("".join(beside) if len(beside) == 1 else ""))
    return words


def _overlaps(span: Span, first: int, last: int) -> bool:
    return span.first <= last and span.last >= first


def _runs(items: Sequence[_Year], words: Sequence[str], form: Form) -> list[list[_Year]]:
    """The items of a line, table by table: where all years come again with their words, in
    whatever order, the same tables stand side by side.
    """
    keys = [(year, word) for (_, year, _), word in zip(items, words, strict=True)]
    size = len(keys)
    if any(year is not None for year, _ in keys):
        repeated = (at for at in range(1, size) if keys == keys[:at] * (size // at))
        size = next(repeated, size)
    runs: list[list[_Year]] = []
    for at in range(0, len(keys), size):
        runs += _runs_apart(items[at : at + size], words[at : at + size], form)
    return runs


def _runs_apart(items: Sequence[_Year], words: Sequence[str], form: Form) -> list[list[_Year]]:
    """Items, cut where a year comes again with its word, or goes back. What together has every
    column of the form once at most is one table, in whatever order.
    """
    runs: list[list[_Year]] = []
    keys: list[set[tuple[int | None, str]]] = []
    last: int | None = None
    for item, word in zip(items, words, strict=True):
        year = item[1]
        again = year is not None and bool(keys) and (year, word) in keys[-1]
        back = last is not None and year is not None and year < last
        if not runs or back or again:
            runs.append([])
            keys.append(set())
        runs[-1].append(item)
        keys[-1].add((year, word))
        last = year if year is not None else last
    return _of_one_table(runs, keys, form)


def _of_one_table(
    runs: Sequence[list[_Year]], keys: Sequence[set[tuple[int | None, str]]], form: Form
) -> list[list[_Year]]:
    """The runs, with those after each other put together that have no year and word in common, and
    years of the form's columns alone.
    """
    whole: list[list[_Year]] = []
    seen: set[tuple[int | None, str]] = set()
    for run, of_run in zip(runs, keys, strict=True):
        together = seen | of_run
        if whole and not seen & of_run and _are_of_form(together, form):
            whole[-1].extend(run)
            seen = together
        else:
            whole.append(list(run))
            seen = of_run
    return whole


def _are_of_form(keys: Collection[tuple[int | None, str]], form: Form) -> bool:
    """Whether some fiscal year has a column of the form for each of some years with words."""
    years = Counter(year for year, _ in keys if year is not None)
    columns = Counter(form.offsets)
    fiscal_years: set[int] = set()
    for offset in columns:
        fiscal_years.update(year - offset for year in years)
    return any(
        all(count <= columns[year - fiscal_year] for year, count in years.items())
        for fiscal_year in fiscal_years
    )


def _year_near(short: str, other: int) -> int:
    """A year without its era, in the era in which it is nearest to another year."""
    years = (era.western(short) for era in ERAS)
    return min(years, key=lambda year: abs(year - other))


def _positions(
    box: Box,
    year: int | None,
    word: str,
    near: Sequence[_Word],
    axis: _Axis,
    last: int,
) -> list[Position]:
    """The position under a year's cell; several where cells beside it name several columns of
    that year. ``last`` is where the year ends.
    """
    span = axis.span
    first = span(box).first
    beside = [(other, text) for other, text in near if _overlaps(span(other), first, last)]
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
