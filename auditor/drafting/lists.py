"""Lists of projects and tables of items: a record on each row below a line of headings.

Names that vary down a column make it a list. Items are told by the headings of their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from auditor.drafting.blocks import Block, BlockColumn, densest_block
from auditor.drafting.board import Board, Spot
from auditor.drafting.dated import Dated, dated_columns
from auditor.drafting.headings import heading_of, same_heading
from auditor.drafting.indicators import Indicators, indicators_in
from auditor.drafting.measures import DraftColumn, Each, Layout, LayoutKind, Measure, Record
from auditor.drafting.repetition import repeated
from auditor.drafting.titles import Title, title_over
from auditor.drafting.vocabulary import Vocabulary
from auditor.forms.words import squeezed
from auditor.records.fiscal import ERAS, fiscal_year_in

__all__ = ["lists_of"]

_TOTAL_END: Final = "計"
_TEXTS: Final = ("department", "category", "plans", "kind", "purpose")


def lists_of(boards: Sequence[Board], vocabulary: Vocabulary) -> Layout | None:
    """The layout of a document of lists, by its densest block and those with the same headings;
    None where no board has headings with names and numbers below them.
    """
    blocks = [block for board in boards if (block := densest_block(board, vocabulary)) is not None]
    if not blocks:
        return None
    main = max(blocks, key=lambda block: sum(column.numbers for column in block.columns))
    alike = [block for block in blocks if _alike(block, main)]
    reading = _Reading(main, vocabulary)
    if reading.name is None or not (reading.figures or reading.indicators):
        return None
    for block in alike:
        reading.read(block)
    if reading.are_indicators:
        return reading.table_of_indicators()
    return reading.layout() if reading.records else None


def _alike(block: Block, main: Block) -> bool:
    """Whether two blocks have the same headings, so that one form reads both."""
    return block is main or block.headings == main.headings


@dataclass
class _Figure:
    """A column of figures: its number in the block, its measure, and its column of years."""

    index: int
    key: str
    column: int | None


class _Reading:
    """The columns of a block by what they hold, and the records of all blocks like it."""

    def __init__(self, main: Block, vocabulary: Vocabulary) -> None:
        self.main, self.vocabulary = main, vocabulary
        self.labels: dict[str, str] = {}
        self.columns: list[DraftColumn] = []
        self.measures: dict[str, Measure] = {}
        self.records: list[Record] = []
        self.totals: dict[str, list[str]] = {}
        self.repeats = False
        self.since: list[Sequence[Spot | None]] = []
        """The figures of the records since the last total row."""
        self.taken: set[int] = set()
        self.are_indicators = False
        """Whether a row is an indicator, and not a project that has some."""
        self.name = self._names()
        self._label_columns()
        self.indicators = self._indicators()
        self.kind_column = self._kinds()
        self.year_column = self._years()
        self.figures = self._figures()
        self.row_units = self._row_units()

    # What the columns are.

    def _names(self) -> int | None:
        """The number of the column of names: that which the vocabulary knows, that of items, else
        the texts that differ most.
        """
        columns = self.main.columns
        of_texts = [
            number
            for number, column in enumerate(columns)
            if column.texts and not column.is_of_numbers
        ]
        words = self.vocabulary
        by_word = [at for at in of_texts if words.label_of(columns[at].heading) == "name"]
        if by_word:
            best = min(by_word, key=lambda at: words.rank("name", columns[at].heading))
            # 細事業名 beside 事業名, which is merged over several rows, names the rows.
            finer = [at for at in by_word if self._is_finer(columns[at], columns[best])]
            return finer[0] if finer else best
        levels = [at for at in of_texts if words.is_item_heading(columns[at].heading)]
        if levels:
            return levels[-1]
        return max(of_texts, key=lambda number: len(set(columns[number].texts)), default=None)

    def _is_finer(self, column: BlockColumn, other: BlockColumn) -> bool:
        """Whether a column has a name of its own on each row of figures, and another has one for
        several of them.
        """
        rows = [row for row in self.main.rows if row in other.cells and row in column.cells]
        spots = {id(column.cells[row]) for row in rows}
        others = {id(other.cells[row]) for row in rows}
        return len(rows) > 1 and len(spots) == len(rows) > len(others)

    def _label_columns(self) -> None:
        """The columns of texts and keys that a form names."""
        if self.name is None:
            return
        columns = self.main.columns
        self.labels["name"] = columns[self.name].heading
        self.taken.add(self.name)
        for number, column in enumerate(columns):
            label = self.vocabulary.label_of(column.heading)
            if number in self.taken or label is None:
                continue
            is_text = column.texts and not column.is_of_numbers
            of_keys = label in ("number", "fiscal_year")
            if (of_keys and column.cells) or (label in _TEXTS and is_text):
                # A form could not tell two texts apart that are headed alike.
                named = map(same_heading, self.labels.values())
                if label not in self.labels and same_heading(column.heading) not in named:
                    self.labels[label] = column.heading
                self.taken.add(number)

    def _indicators(self) -> Indicators | None:
        """The indicators on the rows; those of a row that is one itself need no project."""
        indicators = indicators_in(self.main, self.vocabulary)
        if indicators is None or self.name is None:
            return None
        others = [
            number
            for number, column in enumerate(self.main.columns)
            if number not in self.taken | indicators.columns.keys() and column.is_of_numbers
        ]
        if others and self.name in indicators.columns:
            return None  # amounts of what?
        self.are_indicators = indicators.are_named and not others
        self.taken |= indicators.columns.keys()
        return indicators

    def _row_units(self) -> tuple[str, ...]:
        """The units of the figures on the rows, commonest first, where a column of these stands in
        the list and is of no indicators.
        """
        for column in self.main.columns:
            if self.indicators is not None or self.vocabulary.kpi_part(column.heading) != "unit":
                continue
            units = [self.vocabulary.unit_of(text) for text in column.texts]
            if units and None not in units:
                self.labels["unit"] = column.heading
                return tuple(unit for unit, _ in Counter(filter(None, units)).most_common())
        return ()

    @property
    def are_columns(self) -> bool:
        """Whether a row is one of the columns of a record, told by its year or kind."""
        return self.kind_column is not None or self.year_column is not None

    def _kinds(self) -> int | None:
        """The column whose texts are kinds of figures, on different rows of a record."""
        for number, column in enumerate(self.main.columns):
            texts = set(column.texts)
            if number == self.name or column.is_of_numbers or len(texts) < 2:
                continue
            kinds = {self.vocabulary.kind_of(text) for text in texts}
            if None not in kinds and self._names_come_again():
                self._is_label("kind", column.heading)
                self.taken.add(number)
                return number
        self.labels.pop("kind", None)
        return None

    def _years(self) -> int | None:
        """The column of years, where they differ on the rows of a record."""
        heading = self.labels.get("fiscal_year")
        for number, column in enumerate(self.main.columns):
            if column.heading != heading:
                continue
            years = {_fiscal_year(spot.text) for spot in column.cells.values()} - {None}
            if len(years) > 1 and self._names_come_again():
                self._is_label("year", column.heading)
                return number
        return None

    def _is_label(self, label: str, heading: str) -> None:
        """Let a heading be one label, and no other."""
        others = {name: text for name, text in self.labels.items() if text != heading}
        self.labels = {**others, label: heading}

    def _names_come_again(self) -> bool:
        """Whether most names stand on several rows, are merged over them or are left out on all
        but the first.
        """
        assert self.name is not None
        cells = self.main.columns[self.name].cells
        rows = [row for row in self.main.rows if any(row in c.cells for c in self.main.columns)]
        texts = {spot.text for spot in cells.values()}
        return 3 * len(texts) <= 2 * len(rows)

    def _figures(self) -> list[_Figure]:
        """The columns of figures, each with its years: by headings, by those over them, or by
        headings that come again.
        """
        numbers = [
            number
            for number, column in enumerate(self.main.columns)
            if number not in self.taken and column.is_of_numbers and not self._tells_times(column)
        ]
        columns = self.main.columns
        texts = {number: (columns[number].heading, *columns[number].groups) for number in numbers}
        title = self._title()
        near = next(iter(title.years), None) if title else None
        dated = dated_columns(numbers, texts, self.vocabulary, near)
        blocks = None
        if not any(part.year for part in dated.values()):
            blocks = repeated([f"{dated[number].group} {dated[number].rest}" for number in numbers])
        return [
            self._figure(number, dated[number], blocks[at] if blocks else None)
            for at, number in enumerate(numbers)
        ]

    def _tells_times(self, column: BlockColumn) -> bool:
        """Whether a column says when something ends or begins (R7, 令和８年度), and no amounts."""
        texts = column.texts
        dated = sum(heading_of(text, self.vocabulary).is_year for text in texts)
        return not column.numbers and 2 * dated > len(texts) > 0

    def _figure(self, number: int, dated: Dated, block: int | None) -> _Figure:
        heading = self.main.columns[number].heading
        text = dated.rest or dated.word or heading if dated.year else heading
        key = same_heading(dated.rest) or "="
        index: int | None = None
        if dated.year is not None or block is not None:
            index = self._index(DraftColumn(dated.year, block or 0, dated.kind, dated.word))
            self.repeats = self.repeats or block is not None
        elif key in self.measures:
            key = f"{same_heading(dated.group)} {key}" if dated.group else f"{key}#{number}"
        if key not in self.measures:
            each: Each = "year" if index is not None or self.are_columns else "sheet"
            self.measures[key] = Measure(key, text, each, dated.unit, dated.group)
        if index is not None:
            self.measures[key].stands_in.add(index)
        if index is not None and not dated.rest:
            # What is printed is the kind or the year alone: R5決算額, R6当初予算額.
            self.measures[key].kind_words.setdefault(text)
        return _Figure(number, key, index)

    def _index(self, column: DraftColumn) -> int:
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)

    # What the rows are.

    def read(self, block: Block) -> None:
        """The records and total rows of a block with the same headings."""
        self.since = []
        for row in block.rows:
            if _is_heading_again(block, row):
                continue
            with_indicators = self.indicators is not None and self.indicators.take(block, row)
            cells = [column.cells.get(row) for column in block.columns]
            name = self._name_in(block, row)
            numbers = [cells[figure.index] for figure in self.figures]
            printed = any(s is not None and (s.is_number or s.is_dash) for s in numbers)
            if not printed and not with_indicators:
                continue
            total = self._total(block, row) or self._added_up(block, row, numbers)
            if total is not None:
                self._take_total(total, numbers)
                self.since = []
            elif self.are_columns:
                self._take_column(name, block, row, numbers)
            elif name is not None:
                record = len(self.records)
                self.records.append(Record(name.text, name))
                self.since.append(numbers)
                self._take(record, numbers)

    def _take_column(
        self, name: Spot | None, block: Block, row: int, numbers: Sequence[Spot | None]
    ) -> None:
        """A row that is a column of a record, which may have begun above."""
        if name is not None and (not self.records or self.records[-1].name != name.text):
            self.records.append(Record(name.text, name))
        if not self.records:
            return
        kind = self._text_in(block, self.kind_column, row)
        year = _fiscal_year(self._text_in(block, self.year_column, row))
        index = self._index(DraftColumn(year, 0, self.vocabulary.kind_of(kind), kind))
        for figure, spot in zip(self.figures, numbers, strict=True):
            if spot is not None:
                self.measures[figure.key].cells[len(self.records) - 1, index] = spot

    def _text_in(self, block: Block, column: int | None, row: int) -> str:
        spot = None if column is None else block.columns[column].cells.get(row)
        return "" if spot is None else spot.text

    def _name_in(self, block: Block, row: int) -> Spot | None:
        assert self.name is not None
        spot = block.columns[self.name].cells.get(row)
        return spot if spot is not None and spot.text else None

    def _total(self, block: Block, row: int) -> tuple[str, str] | None:
        """What a row totals, and by which word, where it is called so."""
        figures = {id(block.columns[figure.index].cells.get(row)) for figure in self.figures}
        for spot in block.board.line(row):
            if spot.top == row and spot.is_text and id(spot) not in figures:
                of = self.vocabulary.total_of(spot.text)
                if of is not None:
                    return of, spot.text
        return None

    def _added_up(
        self, block: Block, row: int, numbers: Sequence[Spot | None]
    ) -> tuple[str, str] | None:
        """A row whose name ends as those of totals do (総務部計), and which has the sums of the
        rows since the last total: 会計 is no total.
        """
        texts = (spot.text for spot in block.board.line(row) if spot.top == row and spot.is_text)
        name = next((text for text in texts if squeezed(text).endswith(_TOTAL_END)), None)
        if name is None or len(self.since) < 2:
            return None
        sums = [
            (spot.value, sum(filter(None, (_value(line[at]) for line in self.since))))
            for at, spot in enumerate(numbers)
            if spot is not None and spot.value
        ]
        agree = sum(value == total for value, total in sums)
        return ("above", name) if sums and 2 * agree > len(sums) else None

    def _take_total(self, total: tuple[str, str], numbers: Sequence[Spot | None]) -> None:
        of, word = total
        words = self.totals.setdefault(of, [])
        if word not in words:
            words.append(word)
        if of == "all":
            for figure, spot in zip(self.figures, numbers, strict=True):
                if spot is not None:
                    self.measures[figure.key].totals[figure.column] = spot

    def _take(self, record: int, numbers: Sequence[Spot | None]) -> None:
        for figure, spot in zip(self.figures, numbers, strict=True):
            if spot is not None:
                self.measures[figure.key].cells[record, figure.column] = spot

    def table_of_indicators(self) -> Layout | None:
        """The layout of a table whose rows are indicators."""
        indicators = self.indicators
        if indicators is None or not indicators.rows:
            return None
        title = self._title()
        return Layout(
            "indicators",
            [Record(spot.text, spot) for spot in indicators.rows],
            [],
            [],
            {"name": indicators.labels["name"]},
            title_words=title.words if title else "",
            years=title.years if title else (),
            indicators=indicators,
        )

    def _title(self) -> Title | None:
        board, main = self.main.board, self.main
        last = main.top - 1
        while any(spot.bottom >= main.top for spot in board.line(last)):
            last -= 1  # headings stand in this row, too
        if last < 1:
            return None
        groups = {text for column in main.columns for text in column.groups}
        return title_over(board, 1, last, self.vocabulary, groups)

    def layout(self) -> Layout:
        """All that was read."""
        main, title = self.main, self._title()
        return Layout(
            self._kind(),
            self.records,
            self.columns,
            list(self.measures.values()),
            self.labels,
            title=title.rest if title else "",
            title_words=title.words if title else "",
            years=title.years if title else (),
            fiscal_years=self._fiscal_years(),
            unit=self._unit(),
            row_units=self.row_units,
            total_words=self.totals,
            header_rows=main.bottom - main.top + 1,
            rows="year" if self.are_columns else "sheet",
            repeats=self.repeats,
            levels=self._levels(),
            indicators=self.indicators,
        )

    def _fiscal_years(self) -> tuple[int, ...]:
        """The fiscal years in the column that has them."""
        heading = self.labels.get("fiscal_year")
        years: dict[int, None] = {}
        for column in self.main.columns:
            if column.heading == heading:
                texts = (spot.text for spot in column.cells.values())
                years |= dict.fromkeys(filter(None, map(_fiscal_year, texts)))
        return tuple(years)

    def _kind(self) -> LayoutKind:
        heading = self.labels["name"]
        is_items = self.vocabulary.is_item_heading(heading)
        return "items" if is_items and "department" not in self.labels else "list"

    def _levels(self) -> list[str]:
        """The headings of the columns of names, outermost first."""
        if self._kind() != "items":
            return []
        return [
            column.heading
            for number, column in enumerate(self.main.columns)
            if number not in {figure.index for figure in self.figures}
            and column.texts
            and self.vocabulary.is_item_heading(column.heading)
        ]

    def _unit(self) -> str | None:
        """The unit that stands in brackets over or beside the table."""
        units: Counter[str] = Counter()
        for _, line in self.main.board.rows(1, self.main.bottom):
            for spot in line:
                unit = self.vocabulary.unit_in(spot.text) if spot.is_text else None
                if unit is not None and self.vocabulary.is_money(unit):
                    units[unit] += 1
        for unit in filter(self.vocabulary.is_money, self.row_units):
            units[unit] += not units
        return units.most_common(1)[0][0] if units else None


def _value(spot: Spot | None) -> Decimal | None:
    return None if spot is None else spot.value


def _fiscal_year(text: str) -> int | None:
    """The fiscal year that a cell says; a number alone is one of the present era."""
    year = fiscal_year_in(text)
    if year is None and text.isdecimal() and 0 < int(text) < 100:
        return ERAS[0].western(text)
    return year


def _is_heading_again(block: Block, row: int) -> bool:
    """Whether a row repeats the headings, as on the next page."""
    same = 0
    for column in block.columns:
        spot = column.cells.get(row)
        same += spot is not None and same_heading(spot.text) == same_heading(column.heading)
    return same >= 2
