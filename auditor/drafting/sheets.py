"""Sheets of projects: labels beside their values, years across, one project a worksheet or several.

What varies from sheet to sheet is a value, and what is the same is a label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from auditor.drafting.board import Board, Spot
from auditor.drafting.headings import Heading, heading_of, same_heading
from auditor.drafting.kind_rows import KindRows, RowLabel, YearRow, year_rows
from auditor.drafting.measures import DraftColumn, Each, Layout, Measure, Record
from auditor.drafting.titles import Title, title_over
from auditor.drafting.vocabulary import Vocabulary

__all__ = ["sheets_of"]

_LONGEST_LABEL: Final = 40
_TEXT_LABELS: Final = ("department", "category")


@dataclass
class _Area:
    """The part of a board in which one project stands."""

    board: Board
    anchor: Spot
    value: Spot
    top: int
    bottom: int
    left: int
    right: int
    title: Title | None = None

    def rows(self) -> Iterator[tuple[int, list[Spot]]]:
        """The rows with the cells in the area."""
        for row, line in self.board.rows(self.top, self.bottom):
            inside = [spot for spot in line if self.left <= spot.left <= self.right]
            if inside:
                yield row, inside


@dataclass
class _Position:
    """A column of years in an area."""

    left: int
    right: int
    column: DraftColumn


@dataclass
class _Header:
    """The years of one table."""

    row: int
    bottom: int
    positions: list[_Position] = field(default_factory=list[_Position])
    kinds: KindRows | None = None
    """How the rows below it are labelled."""


def sheets_of(boards: Sequence[Board], vocabulary: Vocabulary) -> Layout | None:
    """The layout of a document of sheets; None where it is none."""
    areas = _areas(boards, vocabulary)
    if not areas:
        return None
    reading = _Reading(areas, vocabulary)
    reading.read()
    if not reading.measures:
        return None
    first = areas[0]
    return Layout(
        "sheet",
        reading.records,
        reading.columns,
        list(reading.measures.values()),
        {"name": first.anchor.text, **reading.labels},
        title=first.title.rest if first.title else "",
        title_words=first.title.words if first.title else "",
        years=tuple(dict.fromkeys(first.title.years if first.title else ())),
        unit=reading.unit,
    )


# Where the sheets are.


def _areas(boards: Sequence[Board], vocabulary: Vocabulary) -> list[_Area]:
    text = _name_label(boards, vocabulary)
    if text is None:
        return []
    areas: list[_Area] = []
    for board in boards:
        pairs = _name_pairs(board, text)
        areas += _cut(board, pairs, vocabulary)
    return areas


def _name_label(boards: Sequence[Board], vocabulary: Vocabulary) -> str | None:
    """The label of the projects' names: of those that the vocabulary knows the likeliest; else
    a text that is the same on each board, beside one that differs.
    """
    candidates: Counter[str] = Counter()
    for board in boards:
        for spot in board.spots:
            if vocabulary.label_of(spot.text) == "name" and _heads_value(board, spot, vocabulary):
                candidates[same_heading(spot.text)] += 1
    if candidates:
        return min(candidates, key=lambda text: (vocabulary.rank("name", text), -candidates[text]))
    return _varying_label(boards, vocabulary)


def _heads_value(board: Board, spot: Spot, vocabulary: Vocabulary) -> bool:
    """Whether a value stands beside a label, and no list below it."""
    beside = board.right_of(spot)
    if beside is None or not beside.is_text or _is_heading(beside, vocabulary):
        return False
    below = board.below(spot)
    if below is None or _is_heading(below, vocabulary):
        return True
    # Below the heading of a list stand names, and numbers beside them.
    return not below.is_text or not any(other.is_number for other in board.line(below.top))


def _is_heading(spot: Spot, vocabulary: Vocabulary) -> bool:
    text = spot.text
    return bool(
        vocabulary.label_of(text)
        or vocabulary.names_of(text)
        or vocabulary.kpi_part(text)
        or heading_of(text, vocabulary).is_year
    )


def _varying_label(boards: Sequence[Board], vocabulary: Vocabulary) -> str | None:
    if len(boards) < 2:
        return None
    first = boards[0]
    for spot in first.spots:
        beside = first.right_of(spot)
        if not spot.is_text or beside is None or not beside.is_text:
            continue
        if heading_of(spot.text, vocabulary).is_dated or _is_heading(beside, vocabulary):
            continue
        values = [_value_at(board, spot) for board in boards]
        texts = {value.text for value in values if value is not None and value.is_text}
        if len(texts) == len(boards):
            return same_heading(spot.text)
    return None


def _value_at(board: Board, label: Spot) -> Spot | None:
    """What stands beside the label that another board has at the same place."""
    for spot in board.line(label.top):
        if spot.left == label.left and spot.text == label.text:
            return board.right_of(spot)
    return None


def _name_pairs(board: Board, text: str) -> list[tuple[Spot, Spot]]:
    pairs: list[tuple[Spot, Spot]] = []
    for spot in board.spots:
        if spot.is_text and same_heading(spot.text) == text:
            beside = board.right_of(spot)
            if beside is not None and beside.is_text:
                pairs.append((spot, beside))
    return pairs


def _cut(
    board: Board, pairs: Sequence[tuple[Spot, Spot]], vocabulary: Vocabulary
) -> Iterator[_Area]:
    """The areas of a board's projects: below each other, and side by side in one row."""
    rows = sorted({anchor.top for anchor, _ in pairs})
    tops: list[int] = []
    titles: list[Title | None] = []
    for before, row in pairwise([0, *rows]):
        title = title_over(board, before + 1, row, vocabulary)
        titles.append(title)
        top = title.spot.top if title else row
        tops.append(top if before else 1)
    shared = next(filter(None, titles), None)
    bottoms = [*(top - 1 for top in tops[1:]), board.bottom]
    for row, top, bottom, title in zip(rows, tops, bottoms, titles, strict=True):
        beside = [pair for pair in pairs if pair[0].top == row]
        lefts = [1, *(anchor.left for anchor, _ in beside[1:])]
        rights = [*(left - 1 for left in lefts[1:]), 1_000_000]
        for (anchor, value), left, right in zip(beside, lefts, rights, strict=True):
            yield _Area(board, anchor, value, top, bottom, left, right, title or shared)


# What stands in them.


class _Reading:
    """The figures of all areas, gathered under their labels."""

    def __init__(self, areas: Sequence[_Area], vocabulary: Vocabulary) -> None:
        self.areas, self.vocabulary = areas, vocabulary
        self.records: list[Record] = []
        self.columns: list[DraftColumn] = []
        self.measures: dict[str, Measure] = {}
        self.labels: dict[str, str] = {}
        self.unit: str | None = None

    def read(self) -> None:
        """Read all areas."""
        for number, area in enumerate(self.areas):
            years = area.title.years if area.title else ()
            self.records.append(Record(area.value.text, area.anchor, years))
            rows = list(area.rows())
            down = {entry.row: entry for entry in year_rows(area.board, rows, self.vocabulary)}
            header: _Header | None = None
            for at, (row, line) in enumerate(rows):
                self._texts(line)
                if (entry := down.get(row)) is not None:
                    self._years_down(number, entry, line)
                elif (next_header := self._header(row, line, area)) is not None:
                    header = next_header
                    header.kinds = self._kind_rows(header, rows[at + 1 :])
                elif header is None or row > header.bottom:
                    self._figures(number, row, line, header)
        self._join_columns()

    def _join_columns(self) -> None:
        """Let the columns of a table that prints years alone be those of another table, where that
        one has a single column for each of these years: indicators below amounts.
        """
        of_year: dict[int | None, list[int]] = {}
        for at, column in enumerate(self.columns):
            if column.kind is not None:
                of_year.setdefault(column.year, []).append(at)
        joined = {
            at: of_year[column.year][0]
            for at, column in enumerate(self.columns)
            if column.kind is None and len(of_year.get(column.year, ())) == 1
        }
        if any(self._would_meet(measure, joined) for measure in self.measures.values()):
            return
        left = [at for at in range(len(self.columns)) if at not in joined]
        place = {at: left.index(joined.get(at, at)) for at in range(len(self.columns))}
        self.columns = [self.columns[at] for at in left]
        for measure in self.measures.values():
            measure.cells = {
                (record, None if at is None else place[at]): spot
                for (record, at), spot in measure.cells.items()
            }

    def _would_meet(self, measure: Measure, joined: Mapping[int, int]) -> bool:
        """Whether a figure has cells in both of two columns that are to be one."""
        return any(
            at is not None and at in joined and (record, joined[at]) in measure.cells
            for record, at in measure.cells
        )

    def _years_down(self, record: int, entry: YearRow, line: Sequence[Spot]) -> None:
        """The figures of a row that says their year."""
        for label, word, spot in entry.figures:
            column = self._column(entry.heading.year, entry.heading.short, word)
            self._add(label, record, self._index(column), spot, line)

    def _kind_rows(self, header: _Header, below: Sequence[tuple[int, Sequence[Spot]]]) -> KindRows:
        """How rows below years are labelled, up to the next line of years."""
        first = header.positions[0].left
        lines: list[list[Spot]] = []
        for row, line in below:
            if len(self._dated(row, line)) > 1:
                break
            if row > header.bottom and any(spot.is_number for spot in line):
                lines.append(self._before(line, first))
        return KindRows(lines, self.vocabulary)

    def _before(self, line: Sequence[Spot], first: int) -> list[Spot]:
        """The texts of a row before its figures, without units."""
        texts = [spot for spot in line if spot.right < first and spot.is_text]
        # 人工 is a unit, and may be the label itself.
        return [spot for spot in texts if self.vocabulary.unit_of(spot.text) is None] or texts

    def _texts(self, line: Sequence[Spot]) -> None:
        """The labels of texts, and the unit of all figures."""
        for spot, beside in pairwise(line):
            label = self.vocabulary.label_of(spot.text) if spot.is_text else None
            if label in _TEXT_LABELS and beside.is_text:
                dated = heading_of(beside.text, self.vocabulary).is_dated
                if not dated and not _is_heading(beside, self.vocabulary):
                    self.labels.setdefault(label, spot.text)
        for spot in line:
            unit = self.vocabulary.unit_in(spot.text) if spot.is_text else None
            if unit is not None and self.vocabulary.is_unit_note(spot.text):
                self.unit = self.unit or unit

    def _header(self, row: int, line: Sequence[Spot], area: _Area) -> _Header | None:
        """The header that a row begins."""
        dated = self._dated(row, line)
        if len(dated) < 2 and not (dated and self._heads_figures(dated[0][0], area)):
            return None
        header = _Header(row, max(spot.bottom for spot, _ in dated))
        self._unit_before(line, dated[0][0])
        below = [
            spot
            for spot in area.board.line(header.bottom + 1)
            if spot.is_text and self.vocabulary.kind_of(spot.text) is not None
        ]
        ends = [*(spot.left - 1 for spot, _ in dated[1:]), area.right]
        for (spot, heading), end in zip(dated, ends, strict=True):
            right = max(spot.right, min(end, spot.right if heading.kind else end))
            inside = [kind for kind in below if spot.left <= kind.left <= right]
            kinds = [] if heading.kind else inside
            for kind in kinds:
                column = self._column(heading.year, heading.short, kind.text)
                header.positions.append(_Position(kind.left, kind.right, column))
            if kinds:
                header.bottom = max(header.bottom, kinds[0].bottom)
            else:
                column = self._column(heading.year, heading.short, heading.word)
                header.positions.append(_Position(spot.left, spot.right, column))
        return header

    def _dated(self, row: int, line: Sequence[Spot]) -> list[tuple[Spot, Heading]]:
        """The cells of a row that say years. Bare numbers do where all of the row follow one
        another: among amounts 2,024 is one of them.
        """
        here = [spot for spot in line if spot.top == row and len(spot.text) <= _LONGEST_LABEL]
        dated = [(spot, heading_of(spot.text, self.vocabulary)) for spot in here]
        numbers = [heading.year for spot, heading in dated if spot.is_number]
        follow = len(numbers) > 1 and all(
            before is not None and after == before + 1 for before, after in pairwise(numbers)
        )
        return [
            (spot, heading)
            for spot, heading in dated
            if heading.is_year and (follow or not spot.is_number)
        ]

    def _unit_before(self, line: Sequence[Spot], first: Spot) -> None:
        """The unit that stands over the labels: 区分（千円）."""
        for spot in line:
            unit = self.vocabulary.unit_in(spot.text) if spot.right < first.left else None
            if unit is not None and self.vocabulary.is_money(unit):
                self.unit = self.unit or unit

    def _heads_figures(self, spot: Spot, area: _Area) -> bool:
        below = area.board.below(spot)
        if below is not None and self.vocabulary.kind_of(below.text):
            below = area.board.below(below)
        return below is not None and (below.is_number or below.is_dash)

    def _column(self, year: int | None, short: str, word: str) -> DraftColumn:
        kind = self.vocabulary.kind_of(word) if word else None
        if year is None and short:
            year = self._in_era(short)
        return DraftColumn(year, 0, kind, word)

    def _in_era(self, short: str) -> int | None:
        """The year of a number without its era: that of the title's era, which is nearest."""
        from auditor.records.fiscal import ERAS

        years = self.records[-1].years
        if not years:
            return None
        return min((era.western(short) for era in ERAS), key=lambda year: abs(year - years[0]))

    def _figures(self, record: int, row: int, line: Sequence[Spot], header: _Header | None) -> None:
        """The figures of one row: under years, or alone beside their label."""
        values = [spot for spot in line if spot.top == row and (spot.is_number or spot.is_dash)]
        positions = header.positions if header is not None else []
        placed: set[int] = set()
        # A unit where years stood above: the row is of another table, which has no years.
        goes_on = not any(
            _position_of(spot, positions)
            for spot in line
            if spot.is_text and self.vocabulary.unit_of(spot.text) is not None
        )
        if header is not None and header.kinds is not None and goes_on:
            label = header.kinds.label(self._before(line, positions[0].left))
            for spot in values:
                position = _position_of(spot, positions)
                if position is not None and label is not None:
                    self._add_in(label, record, position.column, spot, line)
                    placed.add(id(spot))
        for before, spot in pairwise(line):
            if not spot.is_number or id(spot) in placed or not before.is_text:
                continue
            if len(before.text) > _LONGEST_LABEL or self.vocabulary.label_of(before.text):
                continue  # a long text, or the number of a project
            if self.vocabulary.unit_of(before.text) is None:
                self._add(before, record, None, spot, line)

    def _add_in(
        self,
        label: RowLabel,
        record: int,
        column: DraftColumn,
        spot: Spot,
        line: Sequence[Spot],
    ) -> None:
        """A figure under a year, whose row may say of what kind it is."""
        if label.word and column.kind is None:
            column = replace(column, kind=self.vocabulary.kind_of(label.word), word=label.word)
        elif label.is_rate and column.kind is None:
            # What was spent of what was planned.
            of_year = [c for c in self.columns if c.kind and c.year == column.year]
            settled = [c for c in of_year if c.kind == "settled"]
            column = next(iter(settled or of_year), column)
        measure = self._add(label.label, record, self._index(column), spot, line, label.outer)
        if label.is_rate and column.kind is not None:
            measure.only_kinds = (column.kind,)

    def _index(self, column: DraftColumn) -> int:
        """The number of a column among those of the form, which are the same on each sheet."""
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)

    def _add(
        self,
        label: Spot,
        record: int,
        column: int | None,
        spot: Spot,
        line: Sequence[Spot],
        around: Spot | None = None,
    ) -> Measure:
        """Take a figure under its label; ``around`` is the text that tells equal labels apart."""
        text = same_heading(label.text)
        key = text if column is not None else f"{text}/1"
        outer = [other.text for other in line if other.right < label.left and other.is_text]
        group = outer[-1] if outer else ""
        if around is not None:
            group = around.text
            key = f"{same_heading(group)} {key}"
        other = self.measures.get(key)
        if other is not None and other.group != group and (record, column) in other.cells:
            # The same label under another group: the next indicator's.
            key = f"{same_heading(group)} {key}"
        if key not in self.measures:
            each: Each = "sheet" if column is None else "year"
            unit = self.vocabulary.unit_in(label.text) or _unit_beside(line, label, self.vocabulary)
            self.measures[key] = Measure(key, label.text, each, unit or spot.unit or None, group)
        self.measures[key].cells.setdefault((record, column), spot)
        return self.measures[key]


def _position_of(spot: Spot, positions: Sequence[_Position]) -> _Position | None:
    exact = [position for position in positions if spot.over(position.left, position.right)]
    return exact[0] if len(exact) == 1 else None


def _unit_beside(line: Sequence[Spot], label: Spot, vocabulary: Vocabulary) -> str | None:
    for spot in line:
        if spot.left > label.right and spot.is_text:
            return vocabulary.unit_of(spot.text)
    return None
