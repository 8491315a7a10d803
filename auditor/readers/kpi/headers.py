"""The header of a table of indicators (KPIs): in which column each field and each year stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from auditor.forms.words import squeezed
from auditor.readers.kpi import remarks
from auditor.readers.kpi.labels import Labels
from auditor.readers.kpi.rows import Row
from auditor.readers.years_in_headings import without_year
from auditor.records.addresses import column_letters
from auditor.records.figures import Place
from auditor.records.model import Remark

__all__ = ["Header", "read_header"]

_REQUIRED: Final = ("project", "name", "target", "unit", "due", "actuals")
_MERGED: Final = ("project", "department", "summary")


class Header(NamedTuple):
    """The column of each field and of each year, counted from 0, and the columns that have a
    label. A row has to reach the last labelled column (``width``) and end by ``length``. ``due`` is
    the fiscal year in which all targets are due, where the heading of the targets says it.
    """

    fields: Mapping[str, int]
    years: Mapping[str, int]
    labelled: frozenset[int]
    width: int
    length: int
    due: int | None = None

    def holds_indicator(self, row: Row) -> bool:
        """Whether a row says anything beside a project's name and summary, whose cells are merged
        over several rows.
        """
        columns = {index for name, index in self.fields.items() if name not in _MERGED}
        columns.update(self.years.values())
        return any(row.cell(index) for index in columns)


class _Year(NamedTuple):
    """A column of actuals: its place from 0, its year, and what its label says besides."""

    column: int
    year: int
    rest: str

    @property
    def distance(self) -> int:
        """That of columns whose years go up by one is the same."""
        return self.year - self.column


def read_header(rows: Sequence[Row], labels: Labels) -> tuple[Header, list[Remark]]:
    """The header that consecutive rows make up. Columns go by their labels, never by position."""
    place = Place(line=rows[-1].line)
    messages: list[Remark] = []
    fields: dict[str, int] = {}
    years: list[_Year] = []
    unknown: list[tuple[int, str]] = []
    length = max(len(row.cells) for row in rows)
    leaves = {index: leaf for index in range(length) if (leaf := _leaf(rows, index))}
    due: int | None = None
    for index, lowest in leaves.items():
        leaf = _dated_target(rows, index, labels) or lowest
        name = labels.name(leaf)
        if name == "target" and name not in fields:
            due = labels.due_in(leaf)
        year = labels.year(leaf) if name is None else None
        if name is not None and name != "actuals" and name not in fields:
            fields[name] = index
        elif year is not None:
            years.append(_Year(index, year, without_year(squeezed(leaf))[0]))
        else:
            unknown.append((index, leaf))
    messages += _of_unknown(unknown, place)
    columns, of_years = _columns_of_years(years, place)
    messages += of_years
    for name in _REQUIRED:
        if name not in labels.table.labels or (name == "due" and due is not None):
            continue
        if not (columns if name == "actuals" else name in fields):
            label = next(iter(labels.table.labels.get(name, ())), name)
            messages.append(remarks.missing_column(name, label, place))
    width = max(leaves, default=-1) + 1
    return Header(fields, columns, frozenset(leaves), width, length, due), messages


def _of_unknown(columns: Sequence[tuple[int, str]], place: Place) -> list[Remark]:
    """What is said of columns that the form does not know: of each, or of all where they are
    many.
    """
    if len(columns) > remarks.MOST_APART:
        index, _ = columns[0]
        labels = [leaf for _, leaf in columns]
        return [remarks.unknown_columns(labels, _in_column(place, index))]
    return [remarks.unknown_column(leaf, _in_column(place, index)) for index, leaf in columns]


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
