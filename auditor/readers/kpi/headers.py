"""The header of a table of indicators (KPIs): in which column each field and each year stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from auditor.forms.words import squeezed
from auditor.readers.kpi import remarks
from auditor.readers.kpi.kind_rows import FIGURES
from auditor.readers.kpi.labels import Labels
from auditor.readers.kpi.rows import Row
from auditor.readers.years_in_headings import without_year
from auditor.records.addresses import column_letters
from auditor.records.figures import Place
from auditor.records.model import Remark

__all__ = ["Header", "read_header", "unread_columns"]

_REQUIRED: Final = ("project", "name", "target", "unit", "due", "actuals")
_NONE: Final[Mapping[int, int]] = MappingProxyType({})
_NOTHING: Final[Mapping[int, str]] = MappingProxyType({})
_NOWHERE: Final = Place()
_SEVERAL: Final = 2
_MERGED: Final = ("project", "department", "summary")


class Header(NamedTuple):
    """The column of each field and of each year, counted from 0, and the columns that have a
    label. A row has to reach the last labelled column (``width``) and end by ``length``. ``due`` is
    the fiscal year in which all targets are due, where the heading of the targets says it.

    ``targets`` and ``rates`` are the columns of those by their years, where there are several
    targets. ``unknown`` are the columns that the form does not know, and ``place`` is that of the
    header; ``lacks`` says whether a text that the form names has no column.
    """

    fields: Mapping[str, int]
    years: Mapping[str, int]
    labelled: frozenset[int]
    width: int
    length: int
    due: int | None = None
    targets: Mapping[int, int] = _NONE
    rates: Mapping[int, int] = _NONE
    unknown: Mapping[int, str] = _NOTHING
    lacks: bool = False
    place: Place = _NOWHERE

    def holds_indicator(self, row: Row) -> bool:
        """Whether a row says anything beside a project's name and summary, whose cells are merged
        over several rows.
        """
        columns = {index for name, index in self.fields.items() if name not in _MERGED}
        columns.update(self.years.values(), self.targets.values(), self.rates.values())
        return any(row.cell(index) for index in columns)


class _Year(NamedTuple):
    """A column of actuals: its place from 0, its year, what its label says besides, and by how
    much it stands behind others in the order of years.
    """

    column: int
    year: int
    rest: str
    order: int

    @property
    def distance(self) -> int:
        """That of columns whose years go up by one is the same."""
        return self.year - self.order


def read_header(rows: Sequence[Row], labels: Labels) -> tuple[Header, list[Remark]]:
    """The header that consecutive rows make up. Columns go by their labels, never by position."""
    place = Place(line=rows[-1].line)
    messages: list[Remark] = []
    of_header = _Columns(rows, labels)
    for index in of_header.leaves:
        of_header.take(index)
    fields, due = of_header.fields, of_header.due
    columns, of_years = _columns_of_years(of_header.years, place)
    messages += of_years
    for name in _REQUIRED:
        if name not in labels.table.labels or (name == "due" and due is not None):
            continue
        if not (columns if name == "actuals" else name in fields):
            label = next(iter(labels.table.labels.get(name, ())), name)
            messages.append(remarks.missing_column(name, label, place))
    lacks = any(name not in fields for name in labels.table.labels if name not in FIGURES)
    header = Header(
        fields,
        columns,
        frozenset(of_header.leaves),
        max(of_header.leaves, default=-1) + 1,
        max(len(row.cells) for row in rows),
        due,
        targets=of_header.by_year.get("target", _NONE),
        rates=of_header.by_year.get("declared_rate", _NONE),
        unknown=of_header.unknown,
        lacks=lacks and not (due is not None and "due" not in fields),
        place=place,
    )
    return header, messages


class _Columns:
    """What the columns of a header are, taken up from the left."""

    def __init__(self, rows: Sequence[Row], labels: Labels) -> None:
        self.rows, self.labels = rows, labels
        length = max(len(row.cells) for row in rows)
        self.leaves = {index: leaf for index in range(length) if (leaf := _leaf(rows, index))}
        dated = _dated(rows, self.leaves, labels)
        targets = {year for name, year in dated.values() if name == "target"}
        self.dated = dated if len(targets) >= _SEVERAL else {}
        self.by_year: dict[str, dict[int, int]] = {name: {} for name, _ in self.dated.values()}
        self.fields: dict[str, int] = {}
        self.years: list[_Year] = []
        self.unknown: dict[int, str] = {}
        self.due: int | None = None

    def take(self, index: int) -> None:
        """Take up a column that has a label."""
        if index in self.dated:
            self._take_dated(index, *self.dated[index])
            return
        leaf = _dated_target(self.rows, index, self.labels) or self.leaves[index]
        name = self.labels.name(leaf)
        if name == "target" and name not in self.fields:
            self.due = self.labels.due_in(leaf)
        year = self.labels.year(leaf) if name is None else None
        if name is not None and name != "actuals" and name not in self.fields:
            self.fields[name] = index
        elif year is not None:
            self._take_year(index, year, without_year(squeezed(leaf))[0])
        else:
            self.unknown[index] = leaf

    def _take_dated(self, index: int, name: str, year: int) -> None:
        columns = self.by_year[name]
        if name == "actuals":
            self._take_year(index, year, name)
        elif year in columns:
            self.unknown[index] = self.leaves[index]
        else:
            columns[year] = index
            self.fields.setdefault(name, index)

    def _take_year(self, index: int, year: int, rest: str) -> None:
        order = index
        if self.dated:
            # Targets of years may stand between, and the year of the last may be some years away.
            follows = not self.years or year > self.years[-1].year
            order = year if follows else year - 1
        self.years.append(_Year(index, year, rest, order))


def unread_columns(header: Header, with_numbers: Collection[int]) -> list[Remark]:
    """What is said of columns that the form does not know, of each, or of all where they are many:
    of those in which numbers stand, and of texts only where one that the form names is not there.
    """
    columns = [
        (index, leaf)
        for index, leaf in header.unknown.items()
        if header.lacks or index in with_numbers
    ]
    place = header.place
    if len(columns) > remarks.MOST_APART:
        index, _ = columns[0]
        labels = [leaf for _, leaf in columns]
        return [remarks.unknown_columns(labels, _in_column(place, index))]
    return [remarks.unknown_column(leaf, _in_column(place, index)) for index, leaf in columns]


def _dated(
    rows: Sequence[Row], leaves: Mapping[int, str], labels: Labels
) -> dict[int, tuple[str, int]]:
    """The columns that are of a part of indicators and a year, both named in one heading or one
    over the other: a group reaches as far as nothing else stands beside it.
    """
    over = {index: _over(rows, index) for index in leaves}
    years = {index: labels.plain_year(leaf) for index, leaf in leaves.items()}
    groups = {labels.name(over[index]) for index, year in years.items() if year is not None}
    dated: dict[int, tuple[str, int]] = {}
    for index, leaf in leaves.items():
        name, of_group = labels.name(leaf), labels.name(over[index])
        year, year_over = years[index], labels.plain_year(over[index])
        if (both := labels.dated(leaf)) is not None:
            dated[index] = both
        elif year is not None and of_group in FIGURES and "actuals" in groups:
            dated[index] = of_group, year
        elif name in FIGURES and year_over is not None:
            dated[index] = name, year_over
    return dated


def _over(rows: Sequence[Row], index: int) -> str:
    """The heading over the lowest one of a column, whose cell may begin before it."""
    at = max((at for at, row in enumerate(rows) if row.cell(index)), default=0)
    if at == 0:
        return ""
    above = rows[at - 1]
    return next((text for before in range(index, -1, -1) if (text := above.cell(before))), "")


def _leaf(rows: Sequence[Row], index: int) -> str:
    """The lowest label of a column: those above it span it together with others."""
    return next((text for row in reversed(rows) if (text := row.cell(index))), "")


def _dated_target(rows: Sequence[Row], index: int, labels: Labels) -> str | None:
    """The heading of targets that have the year in which they are due below it, as one label:
    目標値 over R6. None for any other column.
    """
    *_, above, leaf = ("", "", *(text for row in rows if (text := row.cell(index))))
    dated = f"{above}({leaf})"
    if labels.name(above) != "target" or labels.name(leaf) is not None:
        return None
    return dated if labels.due_in(dated) is not None else None


def _columns_of_years(years: Sequence[_Year], place: Place) -> tuple[dict[str, int], list[Remark]]:
    """The column of each year. Columns follow one another by a year; of two with one label,
    only the one in its turn is read. A baseline before them has a turn of its own.
    """
    messages: list[Remark] = []
    distances = _usual_distances(years)
    columns: dict[str, int] = {}
    out_of_turn: list[int] = []
    for entry in sorted(years, key=lambda entry: entry.distance != distances[entry.rest]):
        index, year = entry.column, entry.year
        again = str(year) in columns
        if not again:
            columns[str(year)] = index
        if entry.distance == distances[entry.rest] and not again:
            continue
        out_of_turn.append(index)
        if len(out_of_turn) <= remarks.MOST_APART:
            messages.append(remarks.year_out_of_turn(year, _in_column(place, index), again=again))
    if len(out_of_turn) > remarks.MOST_APART:
        first = _in_column(place, min(out_of_turn))
        messages = [remarks.years_out_of_turn(len(out_of_turn), first)]
    return {year: columns[year] for year in sorted(columns)}, messages


def _usual_distances(years: Sequence[_Year]) -> Mapping[str, int]:
    """The distance between year and column of most columns, for what columns say besides. Those
    of years before all others may be called otherwise, and have a distance of their own.
    """
    alike: dict[str, list[_Year]] = {}
    for entry in years:
        alike.setdefault(entry.rest, []).append(entry)
    main = max(alike.values(), key=len) if alike else []
    first = min((entry.year for entry in main), default=0)
    distances: dict[str, int] = {}
    for rest, entries in alike.items():
        are_before = all(entry.year < first for entry in entries)
        usual = Counter(entry.distance for entry in (entries if are_before else main))
        distances[rest] = usual.most_common(1)[0][0]
    return distances


def _in_column(place: Place, index: int) -> Place:
    return place.model_copy(update={"cell": column_letters(index + 1)})
