"""The columns of tables without vertical lines.

A figure belongs to the heading under which it, or a figure aligned with it, stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

from auditor.readers.grid.label_text import YEAR_CELL, label_key
from auditor.readers.pdf.pages import Rectangle
from auditor.readers.pdf.words import CURRENCY, Written
from auditor.records.figures import parse_figure

__all__ = ["Aligned", "aligned", "hull", "is_value", "rows_of", "with_currency"]

_NUMERIC: Final = frozenset("0123456789,.()- \u3000¥￥△▲−－（），．０１２３４５６７８９")
_LONGEST: Final = 16  # characters of a heading
_LEVEL: Final = 0.5  # in heights of the text: by how much the texts of one row may differ
_EDGE: Final = 0.3  # in heights: by how much the edges of one column may differ
_KINDS: Final = 2.6  # in heights: how far below the years the kinds of columns may stand
_RIM: Final = 0.6  # in heights: how far a column reaches beside its texts
_BEYOND: Final = 1.3  # widths of a column behind its left side that the last one may take up
_TWIN: Final = 2.0  # points by which the columns of two tables may differ
_EMPTY: Final = 6.0  # in heights: a wider gap ends a table


class Aligned(NamedTuple):
    """The texts with their columns, and the areas of tables whose columns can't be told."""

    written: list[Written]
    unclear: list[Rectangle]


class _Column(NamedTuple):
    """The headings of a column by their places in the page's texts, and how far they reach."""

    headings: tuple[int, ...]
    left: float
    right: float


class _Table(NamedTuple):
    """A table's rows below its years, its columns, the first and last column of each year that
    stands over several, and the figures, by their places in the page's texts.
    """

    body: list[list[int]]
    columns: list[_Column]
    groups: dict[int, tuple[int, int]]
    figures: list[int]


def aligned(written: Sequence[Written]) -> Aligned:
    """Give the texts of tables without vertical lines the columns under which they stand."""
    rows = rows_of(written)
    texts = list(written)
    unclear: list[Rectangle] = []
    tables: list[_Table] = []
    starts = [at for at, row in enumerate(rows) if len(_years(written, row)) > 1]
    for start, stop in pairwise([*starts, len(rows)]):
        body = _body(written, rows, start, stop)
        inside = list(chain.from_iterable(body))
        if not any(_is_free(written[index]) for index in inside):
            continue
        table = _table(written, _years(written, rows[start]), body)
        if table is None:
            unclear.append(hull([written[index].extent for index in (*rows[start], *inside)]))
        else:
            tables.append(table)
    for table in tables:
        twins: list[int] = []
        for other in tables:
            if other is not table and _same(other, table):
                twins += other.figures
        bands = _bands(written, table, twins)
        if bands is None:
            inside = list(chain.from_iterable(table.body))
            unclear.append(hull([written[index].extent for index in inside]))
            continue
        for index, (left, right) in bands.items():
            texts[index] = texts[index]._replace(band=(left, right))
    return Aligned(with_currency(texts, rows), unclear)


def with_currency(texts: list[Written], rows: Iterable[Sequence[int]]) -> list[Written]:
    """The texts with ¥ put before the figure of its column, however far to the left it stands."""
    gone: set[int] = set()
    for row in rows:
        for mark, figure in pairwise(row):
            sign, text = texts[mark], texts[figure]
            if sign.text in CURRENCY and sign.band is not None and sign.band == text.band:
                gone.add(mark)
                extent = hull([sign.extent, text.extent])
                texts[figure] = text._replace(text=f"{sign.text} {text.text}", extent=extent)
    return [text for index, text in enumerate(texts) if index not in gone]


def _same(table: _Table, other: _Table) -> bool:
    """Whether two tables have their columns in the same places."""
    return len(table.columns) == len(other.columns) and all(
        abs(column.left - twin.left) < _TWIN and abs(column.right - twin.right) < _TWIN
        for column, twin in zip(table.columns, other.columns, strict=True)
    )


def _table(
    written: Sequence[Written], years: Sequence[int], body: list[list[int]]
) -> _Table | None:
    columns, groups = _columns(written, years, body)
    if columns is None:
        return None
    headings = set[int]().union(*(column.headings for column in columns))
    # What stands further to the right belongs to something else.
    wide = max(
        [c.right - c.left for c in columns] + [b.left - a.left for a, b in pairwise(columns)]
    )
    end = columns[-1].left + _BEYOND * wide
    figures = [
        index
        for index in chain.from_iterable(body)
        if index not in headings
        and is_value(written[index].text)
        and written[index].extent.left < end
    ]
    return _Table(body, columns, groups, figures)


def _is_free(text: Written) -> bool:
    """Whether a text is a figure or a dash that no lines place."""
    return text.cell is None and text.band is None and is_value(text.text)


def is_value(text: str) -> bool:
    """Whether a text is a figure, a dash, or what could be a figure if it were set properly."""
    if parse_figure(text).state in ("number", "dash"):
        return True
    return any(map(str.isdigit, text)) and not set(text) - _NUMERIC


def hull(areas: Sequence[Rectangle]) -> Rectangle:
    return Rectangle(
        min(area.left for area in areas),
        min(area.bottom for area in areas),
        max(area.right for area in areas),
        max(area.top for area in areas),
    )


def rows_of(written: Sequence[Written]) -> list[list[int]]:
    """The places of the texts by rows from the top, each row from the left."""
    order = sorted(range(len(written)), key=lambda index: -written[index].extent.bottom)
    rows: list[list[int]] = []
    for index in order:
        bottom = written[index].extent.bottom
        if rows:
            first = written[rows[-1][0]]
            if first.extent.bottom - bottom <= _LEVEL * written[index].height:
                rows[-1].append(index)
                continue
        rows.append([index])
    for row in rows:
        row.sort(key=lambda index: written[index].extent.left)
    return rows


def _years(written: Sequence[Written], row: Iterable[int]) -> list[int]:
    return [
        index
        for index in row
        if len(written[index].text) <= _LONGEST
        and YEAR_CELL.fullmatch(label_key(written[index].text)) is not None
    ]


def _body(
    written: Sequence[Written], rows: Sequence[Sequence[int]], start: int, stop: int
) -> list[list[int]]:
    """The rows of the table below a row of years, without the labels of the rows."""
    years = _years(written, rows[start])
    start_of_columns = min(_left(written[index]) for index in years)
    reach = max(_left(written[b]) - _left(written[a]) for a, b in pairwise(years))
    body: list[list[int]] = []
    above = written[years[0]]
    for row in rows[start + 1 : stop]:
        first = written[row[0]]
        if above.extent.bottom - first.extent.top > _EMPTY * above.height:
            break
        above = first
        inside = [index for index in row if written[index].extent.right > start_of_columns]
        if not body and len(inside) % len(years) and not len(row) % len(years):
            inside = list(row)  # kinds of columns, set further to the left than their years
            start_of_columns = min(start_of_columns, _left(first))
        # Figures at the left of the first column end before the middle of its heading.
        for index in reversed(row[: len(row) - len(inside)]):
            distance = start_of_columns - _left(written[index])
            if not is_value(written[index].text) or distance > reach:
                break
            inside.insert(0, index)
        if inside:
            body.append(inside)
    return body


def _left(text: Written) -> float:
    return text.cell.left if text.cell is not None else text.extent.left


def _right(text: Written) -> float:
    return text.cell.right if text.cell is not None else text.extent.right


def _bands(
    written: Sequence[Written], table: _Table, twins: Sequence[int]
) -> dict[int, tuple[float, float]] | None:
    """The left and right of the column of each text, or None where it can't be told."""
    body, columns, groups, figures = table
    members = _members(written, columns, figures, twins)
    if members is None:
        return None
    sides = [
        (
            min([column.left, *(written[index].extent.left for index in inside)]),
            max([column.right, *(written[index].extent.right for index in inside)]),
        )
        for column, inside in zip(columns, members, strict=True)
    ]
    if any(after[0] < before[1] for before, after in pairwise(sides)):
        return None
    edges = _edges(sides, _RIM * written[columns[0].headings[0]].height)
    bands: dict[int, tuple[float, float]] = {}
    for number, (column, inside) in enumerate(zip(columns, members, strict=True)):
        for index in (*column.headings, *inside):
            bands[index] = edges[number]
    for year, (first, last) in groups.items():
        bands[year] = edges[first][0], edges[last][1]
    # What else stands in one column, as words do in place of a figure, is in that column.
    for row in body:
        for index in row:
            left, right = written[index].extent.left, written[index].extent.right
            for edge, side in zip(edges, sides, strict=True):
                within = edge[0] <= left and right <= edge[1]
                if index not in bands and within and left < side[1] and right > side[0]:
                    bands[index] = edge
    return {index: band for index, band in bands.items() if written[index].cell is None}


def _edges(sides: Sequence[tuple[float, float]], rim: float) -> list[tuple[float, float]]:
    """Where columns begin and end: a little beside their texts, or midway to the next one."""
    edges: list[tuple[float, float]] = []
    for number, (left, right) in enumerate(sides):
        before = sides[number - 1][1] if number else left - rim
        after = sides[number + 1][0] if number + 1 < len(sides) else right + rim
        edges.append((max(left - rim, (before + left) / 2), min(right + rim, (right + after) / 2)))
    return edges


def _columns(
    written: Sequence[Written], years: Sequence[int], body: Sequence[Sequence[int]]
) -> tuple[list[_Column] | None, dict[int, tuple[int, int]]]:
    """The columns that the headings name, and the first and last column of each year that stands
    over several.
    """
    plain = [_Column((year,), _left(written[year]), _right(written[year])) for year in years]
    if not body:
        return plain, {}
    kinds = list(body[0])
    below = written[years[0]].extent.bottom - written[kinds[0]].extent.bottom
    near = below <= _KINDS * written[years[0]].height
    if not near or len(kinds) % len(years) or any(is_value(written[k].text) for k in kinds):
        return plain, {}
    each = len(kinds) // len(years)
    columns: list[_Column] = []
    groups: dict[int, tuple[int, int]] = {}
    for number, year in enumerate(years):
        of_year = kinds[number * each : (number + 1) * each]
        first, last = _left(written[of_year[0]]), _right(written[of_year[-1]])
        if each == 1:
            left = min(first, _left(written[year]))
            right = max(last, _right(written[year]))
            columns.append(_Column((year, of_year[0]), left, right))
            continue
        if _left(written[year]) > last or _right(written[year]) < first:
            return None, {}
        groups[year] = len(columns), len(columns) + each - 1
        columns += (_Column((k,), _left(written[k]), _right(written[k])) for k in of_year)
    return columns, groups


def _members(
    written: Sequence[Written],
    columns: Sequence[_Column],
    figures: Sequence[int],
    twins: Sequence[int],
) -> list[list[int]] | None:
    """The figures of each column, or None where one of them may belong to another. ``twins`` are
    the figures of tables with the same columns.
    """
    everything = [*figures, *twins]
    over = {index: _over(written[index], columns) for index in everything}
    by_right = _together(written, everything, lambda area: area.right)
    by_middle = _together(written, everything, lambda area: (area.left + area.right) / 2)
    by_left = _together(written, everything, lambda area: area.left)
    middles = _middles(written, by_middle, columns)
    offsets = _offsets(written, columns, by_right, over)
    members: list[list[int]] = [[] for _ in columns]
    for index in figures:
        text = written[index]
        mates = {*by_right[index], *by_middle[index], *by_left[index]}
        numbers = set[int]().union(*(over[mate] for mate in mates))
        if not numbers:
            numbers = _at_offsets(text, columns, offsets)
        if not numbers and _differ(
            [written[mate].extent.left for mate in by_right[index]], text.height
        ):
            numbers = _before(text, columns)
        if not numbers and _differ(
            [written[mate].extent.right for mate in by_left[index]], text.height
        ):
            numbers = _after(text, columns)
        if not numbers:
            numbers = {number for number, group in enumerate(middles) if index in group}
        if len(numbers) != 1:
            return None
        members[numbers.pop()].append(index)
    return members


def _offsets(
    written: Sequence[Written],
    columns: Sequence[_Column],
    by_right: Mapping[int, list[int]],
    over: Mapping[int, set[int]],
) -> set[float]:
    """How far behind the beginning of its column a figure ends that is aligned at its right."""
    offsets: set[float] = set()
    for index, group in by_right.items():
        text = written[index]
        if _differ([written[mate].extent.left for mate in group], text.height):
            numbers = set[int]().union(*(over[mate] for mate in group)) or _before(text, columns)
            offsets.update(text.extent.right - columns[number].left for number in numbers)
    return offsets


def _at_offsets(text: Written, columns: Sequence[_Column], offsets: Iterable[float]) -> set[int]:
    """The columns of which a text is as far off as one of the ``offsets``."""
    numbers: set[int] = set()
    for offset in offsets:
        start = text.extent.right - offset
        numbers.update(
            number
            for number, column in enumerate(columns)
            if abs(start - column.left) <= _EDGE * text.height
        )
    return numbers


def _differ(sides: Sequence[float], height: float) -> bool:
    """Whether figures that are aligned at one side are not so at the other."""
    return max(sides) - min(sides) > _EDGE * height


def _middles(
    written: Sequence[Written],
    by_middle: Mapping[int, list[int]],
    columns: Sequence[_Column],
) -> list[list[int]]:
    """The centred figures by columns, where there are as many groups of them as columns."""
    groups = {id(group): group for group in by_middle.values()}
    centred = sorted(
        groups.values(),
        key=lambda group: written[group[0]].extent.left + written[group[0]].extent.right,
    )
    proven = any(
        _differ([written[index].extent.left for index in group], written[group[0]].height)
        for group in centred
    )
    return centred if proven and len(centred) == len(columns) else []


def _together(
    written: Sequence[Written], figures: Iterable[int], side: Callable[[Rectangle], float]
) -> dict[int, list[int]]:
    """For each figure those that end, are centred or begin where it does, itself among them."""
    groups: dict[int, list[int]] = {}
    group: list[int] = []
    for index in sorted(figures, key=lambda index: side(written[index].extent)):
        at = side(written[index].extent)
        if group and at - side(written[group[0]].extent) > _EDGE * written[index].height:
            group = []
        group.append(index)
        groups[index] = group
    return groups


def _over(text: Written, columns: Sequence[_Column]) -> set[int]:
    """The columns whose headings stand over a text."""
    left, _, right, _ = text.extent
    return {
        number
        for number, column in enumerate(columns)
        if column.left < right and left < column.right
    }


def _before(text: Written, columns: Sequence[_Column]) -> set[int]:
    """The column of a figure that stands at the right of its column, between two headings: the
    heading before it begins where the column does.
    """
    before = [number for number, column in enumerate(columns) if column.right <= text.extent.left]
    return {before[-1]} if before else set()


def _after(text: Written, columns: Sequence[_Column]) -> set[int]:
    """The column of a figure that stands at the left of its column, between two headings: the
    heading behind it ends where the column does.
    """
    after = [number for number, column in enumerate(columns) if column.left >= text.extent.right]
    return {after[0]} if after else set()
