"""Cards: an entry of a report as people work through it, beside a small copy of its sheet's table.

A card is data. The page and the workbook of findings show the same cards, each in its own way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal, NamedTuple, TypeVar, get_args

from auditor.records.fields import PREFIXES
from auditor.records.figures import Figure
from auditor.records.model import Book, Evaluation, Kpi, Sheet
from auditor.records.text import Text
from auditor.reports.entries import (
    CANDIDATES,
    LABELS,
    Entry,
    Following,
    computed_for,
    following,
    place_of,
    proposed,
    split_cells,
    texts_of,
)
from auditor.reports.layout import cut, plain
from auditor.reports.overview import NEEDING_ANSWER, Owner, owner_of
from auditor.reports.sentences import Quoted, quoted
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding
from auditor.rules.rows import Cell
from auditor.rules.ruleset import PUBLICATION_FAMILY
from auditor.rules.suspects import Suspect, SuspectCell

__all__ = [
    "CHECK_SOURCE",
    "NUMBERS",
    "Card",
    "CardCell",
    "CardRow",
    "CardTable",
    "Mark",
    "MarkedCell",
    "Records",
    "cards",
    "marked_cells",
]

T = TypeVar("T")

Mark = Literal["likeliest", "candidate", "follows", "partner"]
"""What a cell has to do with an entry: it is likely wrong; it may be; it was computed from a wrong
one; or it was held against it.
"""

_MARKS: Final[tuple[Mark, ...]] = get_args(Mark)

NUMBERS: Final = ("①", "②", "③")
"""The numbers of explanations, the likeliest first."""

CHECK_SOURCE: Final = Text(
    en="Check against the source (the accounting system, the settlement of accounts).",
    ja="原資料（財務会計システム、決算書）で確認してください。",
)

_DISAGREES: Final = (
    "known",
    "figures",
    "formula",
    "wording",
    "cells",
    "expected",
    "actual",
    "difference",
)
_REASONS: Final = ("suspect", "follows", "candidates", "others", "certainty", "earlier")
"""What a card says of what does not agree, and why it may be so, as keys of ``LABELS``."""

_MOST_ROWS: Final = 14
_MOST_COLUMNS: Final = 7
_MOST_OTHERS: Final = 12
_LONGEST: Final = 120
"""How much of a table or a text a card shows; what it leaves out is counted."""
_SENTENCE: Final = 240
"""How many characters of a sentence a card shows."""


@dataclass(frozen=True, slots=True)
class CardCell:
    """A cell of a card's table, as it is printed.

    ``number`` tells the explanations apart. ``computed`` is the value that the sums give for the
    cell, ``fits`` the word that would fit. A cell is ``unread`` where its document shows something
    that could not be read.
    """

    text: str
    mark: Mark | None = None
    number: str = ""
    computed: str = ""
    fits: str = ""
    unread: bool = False


@dataclass(frozen=True, slots=True)
class CardRow:
    """A row of a card's table, under its heads."""

    label: str
    cells: tuple[CardCell, ...]


@dataclass(frozen=True, slots=True)
class CardTable:
    """A part of a sheet or a KPI redrawn. The first of ``heads`` stands over the labels; ``more``
    says what is left out, empty where nothing is.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[CardRow, ...]
    more: str = ""
    numeric: bool = True


class Card(NamedTuple):
    """What an entry says. ``disagrees`` and ``reasons`` are labels with their texts; ``place`` is
    the year and where to look in the document. ``sentence`` is what a text says there, its figures
    marked; it has no parts where the entry is about no text.
    """

    entry: Entry
    severity: str
    rule: str
    title: str
    place: str
    tables: tuple[CardTable, ...]
    sentence: tuple[Quoted, ...]
    disagrees: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    action: str
    following: Following | None

    @property
    def needs_answer(self) -> bool:
        """Whether its department has to answer it."""
        return self.entry.severity in NEEDING_ANSWER


_Key = tuple[str, str | None]
"""The field and the year of a cell."""


class Records:
    """The sheets and KPIs of some books, by document and number."""

    def __init__(self, books: Iterable[Book]) -> None:
        self._sheets: dict[tuple[str, int], Sheet] = {}
        self._kpis: dict[tuple[str, int], Kpi] = {}
        for book in books:
            self._sheets.update(((sheet.document, sheet.number), sheet) for sheet in book.sheets)
            self._kpis.update(((kpi.document, kpi.number), kpi) for kpi in book.kpis)

    def of(self, entry: Entry) -> Sheet | Kpi | None:
        """The record that an entry is about; None where it is about none, or none is there."""
        cause = entry.cause
        if cause.sheet is not None:
            return self._sheets.get((cause.document, cause.sheet.number))
        if cause.kpi is not None:
            return self._kpis.get((cause.document, cause.kpi.number))
        return None


def cards(items: Iterable[Entry], records: Records, words: Wording) -> list[Card]:
    """A card for each entry. Without its record, as in an audit of tables, a card has no table and
    names the cells instead.
    """
    return [_card(entry, records.of(entry), words) for entry in items]


def _card(entry: Entry, record: Sheet | Kpi | None, words: Wording) -> Card:
    texts = texts_of(entry, words)
    finding = entry.main
    tables = tuple(_tables(entry, record, words)) if record is not None else ()
    if tables or (record is not None and finding.sentence is not None):
        texts.pop("cells", None)
    year = words.year(finding.year) if finding.year else ""
    place = words.place(finding.first_place)
    return Card(
        entry=entry,
        severity=words.word(entry.counted_as),
        rule=plain(finding.rule),
        title=cut(finding.message.of(words.lang)),
        place=words.listed([part for part in (year, place) if part]),
        tables=tables,
        sentence=_quoted(entry, words),
        disagrees=tuple(_labelled(texts, _DISAGREES, words)),
        reasons=tuple(_labelled(texts, _REASONS, words)),
        action=_action(entry, texts.get("action", ""), words),
        following=following(entry, words),
    )


def _quoted(entry: Entry, words: Wording) -> tuple[Quoted, ...]:
    """The sentence of a text that an entry is about, with what its figures should say."""
    sentence = entry.main.sentence
    if sentence is None:
        return ()
    computed = {cell.name: computed_for(cell, words) for cell in proposed(entry) if cell.name}
    return tuple(quoted(sentence, _SENTENCE, computed))


def _action(entry: Entry, text: str, words: Wording) -> str:
    """What to do. Figures are held against their source; what a file would give away has none, and
    what is no error needs none.
    """
    if entry.is_question or entry.main.rule.startswith(PUBLICATION_FAMILY):
        return text
    return text + words.say(" ", "") + CHECK_SOURCE.of(words.lang)


def _labelled(
    texts: Mapping[str, str], keys: Sequence[str], words: Wording
) -> Iterator[tuple[str, str]]:
    for key in keys:
        if key in texts:
            yield LABELS[key].of(words.lang), texts[key]


# — marks —


class MarkedCell(NamedTuple):
    """A cell that an entry points at, and what it has to do with it. ``number`` and ``computed``
    are those of the card's cell.
    """

    cell: Cell
    mark: Mark
    number: str = ""
    computed: str = ""


def marked_cells(entry: Entry, words: Wording) -> list[MarkedCell]:
    """The cells that an entry points at, those that are likeliest wrong first. Of the cells of
    another book there is none.
    """
    return _Marks(entry, words).placed()


class _Marked(NamedTuple):
    mark: Mark
    number: str = ""
    computed: str = ""
    fits: str = ""


class _Marks:
    """What the cells of an entry are marked with, by owner, field and year."""

    def __init__(self, entry: Entry, words: Wording) -> None:
        self._marks: dict[tuple[Owner, _Key], _Marked] = {}
        self._cells: dict[tuple[Owner, _Key], Cell] = {}
        self.owner = owner_of(entry)
        for number, suspect in zip(NUMBERS, _explanations(entry), strict=False):
            is_likeliest = number == NUMBERS[0] and bool(proposed(entry))
            wrong, after = split_cells(suspect)
            for cell in wrong:
                mark: Mark = "likeliest" if is_likeliest else "candidate"
                self._add(cell, entry, _marked(cell, mark, number, words))
            for cell in after:
                self._add(cell, entry, _marked(cell, "follows", "", words))
        for compared in entry.main.cells:
            key = _owner(compared), (compared.field, compared.year)
            self._cells.setdefault(key, compared)
            self._marks.setdefault(key, _Marked("partner"))

    def _add(self, cell: SuspectCell, entry: Entry, mark: _Marked) -> None:
        at = place_of(cell, entry)
        if at is not None:
            owner = _owner(at)
        else:
            owner = self.owner if cell.other_book is None else (cell.other_book, None, None)
        key = owner, (cell.field, cell.year)
        if at is not None:
            self._cells.setdefault(key, at)
        # A cell of several explanations has the number of the likeliest.
        self._marks.setdefault(key, mark)

    @property
    def here(self) -> set[_Key]:
        """The marked cells of the record itself."""
        return {key for owner, key in self._marks if owner == self.owner}

    def placed(self) -> list[MarkedCell]:
        """The marked cells of the book itself, as they stand in their documents."""
        marked = ((cell, self._marks[place]) for place, cell in self._cells.items())
        return [
            MarkedCell(cell, mark.mark, mark.number, mark.computed)
            for cell, mark in sorted(marked, key=lambda item: _MARKS.index(item[1].mark))
            if cell.other_book is None
        ]

    def cell(self, text: str, field: str, year: str | None, *, unread: bool = False) -> CardCell:
        """A cell of the record with its mark."""
        mark = self._marks.get((self.owner, (field, year)))
        return _with_mark(text, mark, unread=unread)

    def elsewhere(self, drawn: set[_Key]) -> list[tuple[Cell, _Marked]]:
        """The marked cells that no table has: those of other records, and what is in none."""
        return [
            (cell, self._marks[place])
            for place, cell in self._cells.items()
            if place[0] != self.owner or place[1] not in drawn
        ]


def _explanations(entry: Entry) -> Iterator[Suspect]:
    """The explanations of an entry that its text names too."""
    shown = 1 if entry.cause.certainty == "likely" else CANDIDATES
    suspects = [suspect for suspect in entry.cause.suspects if suspect.cells]
    return iter(suspects[:shown])


def _owner(cell: Cell) -> Owner:
    """The record of a cell. One of another book is none of this, whatever its document is."""
    book = f"{cell.other_book}:" if cell.other_book is not None else ""
    return book + cell.document, cell.sheet, cell.kpi


def _marked(cell: SuspectCell, mark: Mark, number: str, words: Wording) -> _Marked:
    """The mark of a suspected cell; the unit of its value stands at the row's label."""
    value = computed_for(dataclasses.replace(cell, unit=""), words)
    if cell.fits is not None:
        return _Marked(mark, number, fits=value)
    return _Marked(mark, number, computed=value)


def _with_mark(text: str, mark: _Marked | None, *, unread: bool = False) -> CardCell:
    if mark is None:
        return CardCell(text, unread=unread)
    return CardCell(text, mark.mark, mark.number, mark.computed, mark.fits, unread)


# — tables —


def _tables(entry: Entry, record: Sheet | Kpi, words: Wording) -> Iterator[CardTable]:
    """The parts of a record that an entry is about."""
    marks = _Marks(entry, words)
    drawn: set[_Key] = set()
    for part in _parts(record, marks, words):
        drawn |= part.keys
        yield part.table
    others = [item for item in marks.elsewhere(drawn) if not _is_quoted(item[0], entry.main)]
    if others:
        yield _others(others, entry, words)


def _is_quoted(cell: Cell, finding: Finding) -> bool:
    """Whether a cell is the text whose sentence the card shows, or a figure of it."""
    sentence = finding.sentence
    if sentence is None or cell.other_book is not None:
        return False
    section = cell.field.removeprefix(PREFIXES["evaluation"])
    return bool(cell.name) or (section, cell.year) == (sentence.section, sentence.year)


def _parts(record: Sheet | Kpi, marks: _Marks, words: Wording) -> Iterator[_Part]:
    if isinstance(record, Sheet):
        return _sheet(record, marks, words)
    return _kpi(record, marks, words)


class _Part(NamedTuple):
    """A table, and which cells it draws."""

    table: CardTable
    keys: set[_Key]


def _sheet(sheet: Sheet, marks: _Marks, words: Wording) -> Iterator[_Part]:
    years = _Grid(words, sheet.document)
    for key, year in sheet.years.items():
        years.column(key, words.year(str(year.year), year.kind))
        for field, figure in year.figure_items():
            years.figure(field, key, figure)
    if years.keys & marks.here:
        yield years.part(words.say("amounts by year", "年度別の金額"), marks)

    singles = _Grid(words, sheet.document)
    singles.column(None, words.say("printed", "記載"))
    for field, figure in sheet.figure_items():
        singles.figure(field, None, figure)
    if singles.keys & marks.here:
        name = words.row_name([words.form_of.get(sheet.document, "")])
        yield singles.part(words.say(f"figures of the {name}", f"{name}の数値"), marks)

    evaluations = _Grid(words, sheet.document)
    concerned = {field for field, _ in marks.here if field.startswith("evaluations.")}
    for key, evaluation in sheet.evaluations.items():
        evaluations.column(key, words.year(str(evaluation.year)))
        for field in ("evaluations.result", *sorted(concerned - {"evaluations.result"})):
            evaluations.text(field, key, _evaluated(evaluation, field, words))
    if evaluations.keys & marks.here:
        yield evaluations.part(words.say("evaluations", "評価"), marks, numeric=False)


def _evaluated(evaluation: Evaluation, field: str, words: Wording) -> str:
    """What an evaluation says under a field; its meaning is what the form takes its print for."""
    value = getattr(evaluation, field.removeprefix("evaluations."), None)
    if not isinstance(value, str | int):
        return ""
    return words.word(str(value)) if field == "evaluations.meaning" else str(value)


def _kpi(kpi: Kpi, marks: _Marks, words: Wording) -> Iterator[_Part]:
    grid = _Grid(words, kpi.document)
    grid.column(None, words.say("printed", "記載"))
    for year in kpi.actuals:
        grid.column(year, words.year(year))
    for field, of_year, figure in kpi.every_figure():
        grid.figure(field, of_year, figure)
    if kpi.declared_achieved is not None:
        grid.text("declared_achieved", None, words.word(kpi.declared_achieved))
    grid.text("due", None, words.month(kpi.due))
    if grid.keys & marks.here:
        caption = words.say("target and actuals", "指標値と実績値")
        unit = words.unit(kpi.unit)
        yield grid.part(caption + (words.say(f" ({unit})", f"（{unit}）") if unit else ""), marks)


class _Grid:
    """A table that is drawn: the columns by year, the rows by field."""

    def __init__(self, words: Wording, document: str) -> None:
        self._words, self._document = words, document
        self._heads: dict[str | None, str] = {}
        self._fields: dict[str, str] = {}
        self._cells: dict[_Key, tuple[str, bool]] = {}

    @property
    def keys(self) -> set[_Key]:
        """The cells that the table has."""
        return set(self._cells)

    def column(self, key: str | None, head: str) -> None:
        self._heads[key] = head

    def figure(self, field: str, year: str | None, figure: Figure) -> None:
        """Add a figure; the first one with a unit gives the unit of its row."""
        unread = figure.state == "unread"
        self._cells[field, year] = cut(self._words.figure(figure), _LONGEST), unread
        if not self._fields.get(field):
            self._fields[field] = self._words.unit(figure.unit)

    def text(self, field: str, year: str | None, text: str) -> None:
        """Add a text."""
        self._cells[field, year] = cut(text, _LONGEST), False
        self._fields.setdefault(field, "")

    def part(self, caption: str, marks: _Marks, *, numeric: bool = True) -> _Part:
        """The table, without rows and columns of which a card has too many."""
        here = self.keys & marks.here
        words = self._words
        fields = _first(self._fields, {field for field, _ in here}, _MOST_ROWS)
        years = _first(self._heads, {year for _, year in here}, _MOST_COLUMNS)
        rows = tuple(
            CardRow(self._label(field), tuple(self._cell(field, year, marks) for year in years))
            for field in fields
        )
        left_out = [
            words.say(f"{count:,} {en}", f"{ja}{count:,}{counter}")
            for count, en, ja, counter in (
                (len(self._fields) - len(fields), "more rows", "ほか", "行"),
                (len(self._heads) - len(years), "more columns", "ほか", "列"),
            )
            if count > 0
        ]
        heads = (words.say("field", "項目"), *(self._heads[year] for year in years))
        table = CardTable(caption, heads, rows, words.listed(left_out), numeric)
        return _Part(table, set(product(fields, years)) & self.keys)

    def _label(self, field: str) -> str:
        name, unit = self._words.field(field, self._document), self._fields[field]
        return name + (self._words.say(f" ({unit})", f"（{unit}）") if unit else "")

    def _cell(self, field: str, year: str | None, marks: _Marks) -> CardCell:
        text, unread = self._cells.get((field, year), ("", False))
        return marks.cell(text, field, year, unread=unread)


def _first(keys: Mapping[T, object], concerned: set[T], most: int) -> list[T]:
    """The keys that an entry concerns, and as many others as there is room for, in their order."""
    room = most - len(concerned)
    chosen: list[T] = []
    for key in keys:
        if key in concerned:
            chosen.append(key)
        elif room > 0:
            chosen.append(key)
            room -= 1
    return chosen


def _others(cells: Sequence[tuple[Cell, _Marked]], entry: Entry, words: Wording) -> CardTable:
    """The cells of other sheets, and those that no table has."""
    shown = cells[:_MOST_OTHERS]
    places = [cut(words.apart(cell, entry.main), _LONGEST) for cell, _ in shown]
    heads = [words.say("cell", "欄"), words.say("printed", "記載")]
    if any(places):
        heads.append(words.say("where", "場所"))
    rows: list[CardRow] = []
    for (cell, mark), place in zip(shown, places, strict=True):
        name = words.field(cell.field, cell.document)
        printed = _with_mark(cut(words.content_of(cell), _LONGEST), mark)
        rows.append(CardRow(name, (printed, CardCell(place)) if any(places) else (printed,)))
    more = len(cells) - len(rows)
    left_out = words.say(f"{more:,} more cells", f"ほか{more:,}か所") if more else ""
    caption = words.say("other cells", "そのほかの欄")
    return CardTable(caption, tuple(heads), tuple(rows), left_out, numeric=False)
