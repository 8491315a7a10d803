"""The header of a table of indicators (KPIs): in which column each field and each year stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from auditor.readers.kpi import remarks
from auditor.readers.kpi.labels import Labels
from auditor.readers.kpi.rows import Row
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


def read_header(rows: Sequence[Row], labels: Labels) -> tuple[Header, list[Remark]]:
    """The header that consecutive rows make up. Columns go by their labels, never by position."""
    place = Place(line=rows[-1].line)
    messages: list[Remark] = []
    fields: dict[str, int] = {}
    years: list[tuple[int, int]] = []
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
            years.append((index, year))
        else:
            unknown.append((index, leaf))
    messages += _of_unknown(unknown, place)
    columns, of_years = _columns_of_years(years, place)
    messages += of_years
    for name in _REQUIRED:
        if name == "due" and (due is not None or name not in labels.table.labels):
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


def _columns_of_years(
    years: Sequence[tuple[int, int]], place: Place
) -> tuple[dict[str, int], list[Remark]]:
    """The column of each year. Columns follow one another by a year; of two with one label,
    only the one in its turn is read.
    """
    messages: list[Remark] = []
    # Years that go up by one from column to column have the same distance to their columns.
    distances = Counter(year - index for index, year in years)
    usual = distances.most_common(1)[0][0] if distances else 0
    columns: dict[str, int] = {}
    out_of_turn: list[int] = []
    for index, year in sorted(years, key=lambda item: item[1] - item[0] != usual):
        again = str(year) in columns
        if not again:
            columns[str(year)] = index
        if year - index == usual:
            continue
        out_of_turn.append(index)
        if len(out_of_turn) <= remarks.MOST_APART:
            messages.append(remarks.year_out_of_turn(year, _in_column(place, index), again=again))
    if len(out_of_turn) > remarks.MOST_APART:
        first = _in_column(place, min(out_of_turn))
        messages = [remarks.years_out_of_turn(len(out_of_turn), first)]
    return {year: columns[year] for year in sorted(columns)}, messages


def _in_column(place: Place, index: int) -> Place:
    return place.model_copy(update={"cell": column_letters(index + 1)})
