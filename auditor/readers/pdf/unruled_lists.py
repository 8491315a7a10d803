"""The columns of lists without ruling lines: which figure stands under which heading.

All texts of a column share some place, however it is aligned, so that empty space parts the columns
of the rows. Each column then has its heading where only one way leaves no heading or column across
another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from itertools import chain, pairwise, takewhile
from typing import Final, NamedTuple

from auditor.readers.grid.label_text import YEAR_CELL, label_key
from auditor.readers.pdf.alignment import Aligned, hull, is_value, rows_of, with_currency
from auditor.readers.pdf.list_groups import Group, Line, spans_of
from auditor.readers.pdf.list_headings import Interval, assigned
from auditor.readers.pdf.words import Written
from auditor.records.figures import parse_figure

__all__ = ["aligned_lists"]

_APART: Final = 1.1  # in heights: texts of one cell stand no further apart
_RIM: Final = 0.6  # in heights: how far the first and last column reach beside their texts
_LINES: Final = 3.5  # in heights: the headings end above a wider gap
_MOST_LINES: Final = 8  # of headings
_IN_BRACKETS: Final = re.compile(r"[(（〔\[][^()（）〔〕\[\]]*[)）〕\]]")
_SHORT: Final = 3  # digits of the number of a row
_FEWEST: Final = 2
"""So many texts stand at least on the row of a project."""


class _Columns(NamedTuple):
    """The edges of a list's columns from the left, the places of the texts that head it, and the
    first and last column of each group of headings. Without headings there are none of these.
    """

    edges: list[tuple[float, float]]
    leaves: list[int]
    groups: dict[int, tuple[int, int]]
    data: set[int]


def aligned_lists(written: Sequence[Written]) -> Aligned:
    """Give the texts of lists without ruling lines the columns in which they stand. The texts of a
    page are cut at narrow gaps; those that are of one cell are put together again.
    """
    rows = rows_of(written)
    data = [row for row in rows if _is_data(written, row)]
    if not data or not _mostly_free(written, rows, data):
        return Aligned(_joined(list(written), rows), [])
    first = rows.index(data[0])
    head = _head(written, rows, first)
    table = [*head, *rows[first:]]
    columns = _columns(written, head, data) if head else None
    if columns is None:
        # On a later page, the headings may be those of the page before.
        columns = _Columns(_edges(_bodies(written, data), 0.0), [], {}, set(chain(*data)))
        area = hull([written[index].extent for index in chain.from_iterable(table)])
        unclear = [area]
    else:
        unclear = []
    texts = list(written)
    for index, band in _bands(written, columns, rows[first:], head).items():
        texts[index] = texts[index]._replace(band=band)
    return Aligned(_joined(with_currency(texts, rows_of(texts)), None), unclear)


# — which rows are what —


def _is_data(written: Sequence[Written], row: Sequence[int]) -> bool:
    """Whether a row is a project's: several texts stand on it, a figure outside of cells among
    them. A number at the left alone is that of a section (１ 総括).
    """
    if len(row) < _FEWEST:
        return False
    return any(written[index].cell is None and _is_figure(written[index].text) for index in row[1:])


def _is_figure(text: str) -> bool:
    """Whether a text is a figure or a dash, and no year."""
    return is_value(text) and YEAR_CELL.fullmatch(label_key(text)) is None


def _mostly_free(
    written: Sequence[Written], rows: Sequence[Sequence[int]], data: Sequence[Sequence[int]]
) -> bool:
    """Whether a page has more rows of figures without lines than between them."""
    ruled = sum(
        any(written[index].cell is not None and _is_figure(written[index].text) for index in row)
        for row in rows
    )
    return ruled < len(data)


def _head(
    written: Sequence[Written], rows: Sequence[Sequence[int]], first: int
) -> list[Sequence[int]]:
    """The rows of headings above the first row of figures."""
    lines: list[Sequence[int]] = []
    below = rows[first]
    for row in reversed(rows[max(first - _MOST_LINES, 0) : first]):
        gap = min(written[index].extent.bottom for index in row) - max(
            written[index].extent.top for index in below
        )
        if gap > _LINES * written[row[0]].height:
            break
        lines.insert(0, row)
        below = row
    return _without_section(written, lines)


def _without_section(written: Sequence[Written], lines: list[Sequence[int]]) -> list[Sequence[int]]:
    """The headings without the name of a section under them: a single text that begins at the left
    of all.
    """
    while len(lines) > 1 and len(_close_joined(written, lines[-1])) == 1:
        edge = min(written[line[0]].extent.left for line in lines)
        name = written[lines[-1][0]]
        if name.extent.left > edge + name.height:
            break
        lines = lines[:-1]
    return lines


# — columns and their headings —


def _columns(
    written: Sequence[Written], head: Sequence[Sequence[int]], data: Sequence[Sequence[int]]
) -> _Columns | None:
    """The columns of a list, or None where they can't be told."""
    leaves = _leaves(written, head)
    heads = [_span(written[index]) for index in leaves]
    if any(after.left <= before.right for before, after in pairwise(heads)):
        return None
    bodies = _with_parts(written, data, _bodies(written, data), heads)
    of_heads = assigned(heads, bodies)
    if of_heads is None:
        # A dash may stand apart from the figures of its column: in the middle, or at the left.
        bodies = [body for body in bodies if not body.dashes]
        of_heads = assigned(heads, bodies)
    if of_heads is None:
        bodies = _with_names_apart(written, data)
        of_heads = assigned(heads, bodies)
    if of_heads is None:
        return None
    hulls = [
        heading if body is None else heading.around(bodies[body])
        for heading, body in zip(heads, of_heads, strict=True)
    ]
    height = written[leaves[0]].height
    edges = _edges(hulls, _RIM * height)
    groups = _groups(written, head, leaves, hulls)
    spans = [_span(written[index]) for index in chain.from_iterable(data)]
    if groups is None or not all(map(partial(_is_within, edges), spans)):
        return None
    return _Columns(edges, leaves, groups, set(chain.from_iterable(data)))


def _is_within(edges: Sequence[tuple[float, float]], span: Interval) -> bool:
    """Whether a text stands in one column and in no other."""
    return any(left <= span.left and span.right <= right for left, right in edges)


def _span(text: Written) -> Interval:
    area = text.cell or text.extent
    return Interval(area.left, area.right)


def _leaves(written: Sequence[Written], head: Sequence[Sequence[int]]) -> list[int]:
    """The headings below which no other one stands, from the left."""
    leaves: list[int] = []
    below: list[Interval] = []
    for row in reversed(head):
        spans = [_span(written[index]) for index in row]
        if len(row) == 1 and _IN_BRACKETS.fullmatch(written[row[0]].text.strip()):
            continue  # a note of the unit
        if below and len(_close_joined(written, row)) == 1:
            # A title, whose words may well stand over the space between two columns.
            whole = Interval(spans[0].left, spans[-1].right)
            spans = [whole] * len(spans)
        leaves += [
            index
            for index, span in zip(row, spans, strict=True)
            if not any(span.meets(other) for other in below)
        ]
        below += spans
    return sorted(leaves, key=lambda index: written[index].extent.left)


def _bodies(written: Sequence[Written], data: Sequence[Sequence[int]]) -> list[Interval]:
    """What the texts of each column take up, from the left: nothing stands between two columns."""
    texts = sorted(
        (written[index] for index in chain.from_iterable(data)), key=lambda text: _span(text).left
    )
    bodies: list[Interval] = []
    for text in texts:
        is_dash = parse_figure(text.text).state == "dash"
        figures = 1 if _is_figure(text.text) else -1
        span = _span(text)._replace(figures=figures, dashes=is_dash)
        if bodies and span.left <= bodies[-1].right:
            bodies[-1] = bodies[-1].around(span)
        else:
            bodies.append(span)
    return bodies


def _with_names_apart(written: Sequence[Written], data: Sequence[Sequence[int]]) -> list[Interval]:
    """The columns, where names at the right (１ 市税) and the name of a total at the left are one:
    what stands before all figures but the numbers of rows, and never twice on a row.
    """
    numbered = [
        pair
        for pair in chain.from_iterable(map(pairwise, data))
        if _is_number_of(written[pair[0]], written[pair[1]])
    ]
    of_names = set(chain.from_iterable(numbered))
    rest = [[index for index in row if index not in of_names] for row in data]
    bodies = _bodies(written, rest)
    plain = list(takewhile(lambda body: body.figures <= 0, bodies))
    names = [
        Interval(_span(written[number]).left, _span(written[name]).right)
        for number, name in numbered
    ]
    if len(plain) + bool(names) != 2:
        return bodies
    for row in data:
        on_row = int(any(index in of_names for index in row))
        spans = [_span(written[index]) for index in row if index not in of_names]
        on_row += sum(any(body.meets(span) for span in spans) for body in plain)
        if on_row > 1:
            return bodies
    first = reduce(Interval.around, [*plain, *names])
    return [first._replace(figures=-1), *bodies[len(plain) :]]


def _is_number_of(number: Written, name: Written) -> bool:
    """Whether a short number stands close before a text, as that of its row."""
    close = _span(name).left - _span(number).right <= _APART * name.height
    return (
        close and len(number.text) <= _SHORT and number.text.isdigit() and not _is_figure(name.text)
    )


def _with_parts(
    written: Sequence[Written],
    data: Sequence[Sequence[int]],
    bodies: Sequence[Interval],
    heads: Sequence[Interval],
) -> list[Interval]:
    """The columns, where a text that goes on behind a blank is no column of its own: nothing heads
    it, and it is always close behind the one before.
    """
    parts: list[Interval] = []
    for body in bodies:
        is_headed = any(heading.meets(body) for heading in heads)
        alone = is_headed or not parts or body.figures > 0
        if alone or not all(_follows(written, row, body) for row in data):
            parts.append(body)
        else:
            parts[-1] = parts[-1].around(body)
    return parts


def _follows(written: Sequence[Written], row: Sequence[int], body: Interval) -> bool:
    """Whether what a row has in a column stands close behind something else."""
    for before, after in pairwise([None, *row]):
        assert after is not None
        if not body.meets(_span(written[after])):
            continue
        if before is None or not _is_close(written[before], written[after]):
            return False
    return True


def _edges(hulls: Sequence[Interval], rim: float) -> list[tuple[float, float]]:
    """Where columns begin and end: midway between what stands in two of them."""
    middles = [(before.right + after.left) / 2 for before, after in pairwise(hulls)]
    lefts = [hulls[0].left - rim, *middles]
    rights = [*middles, hulls[-1].right + rim]
    return list(zip(lefts, rights, strict=True))


def _groups(
    written: Sequence[Written],
    head: Sequence[Sequence[int]],
    leaves: Sequence[int],
    hulls: Sequence[Interval],
) -> dict[int, tuple[int, int]] | None:
    """The first and last column under each heading that others stand under; None where that can't
    be told. A line of one text, such as a title, heads no columns.
    """
    lowest = min(written[index].extent.bottom for index in leaves)
    columns = [
        Group(hull_of.left, hull_of.right, written[index].extent.bottom, is_leaf=True)
        for index, hull_of in zip(leaves, hulls, strict=True)
    ]
    texts = [Interval(_span(written[i]).left, _span(written[i]).right) for i in leaves]
    several = next((row for row in head if len(_close_joined(written, row)) > 1), ())
    is_top_aligned = any(index in leaves for index in several)
    spans: dict[int, tuple[int, int]] = {}
    for row in head:
        line = _close_joined(written, [index for index in row if index not in leaves])
        if not line:
            continue
        groups = [
            Group(
                _span(written[part[0]]).left,
                _span(written[part[-1]]).right,
                written[part[0]].extent.bottom,
            )
            for part in line
        ]
        beside = [columns[leaves.index(index)] for index in row if index in leaves]
        line_of = Line(groups, beside, is_top_aligned, lowest, written[row[0]].height)
        of_line = spans_of(line_of, columns, texts)
        if of_line is None:
            if len(line) == 1 and not _reaches_down(written, row, head):
                continue
            return None
        for part, span in zip(line, of_line, strict=True):
            spans |= dict.fromkeys(part, span)
    return spans


def _reaches_down(
    written: Sequence[Written], row: Sequence[int], head: Sequence[Sequence[int]]
) -> bool:
    """Whether a line of headings stands no higher than the top one of several texts."""
    several = [other for other in head if len(_close_joined(written, other)) > 1]
    return bool(several) and (written[row[0]].extent.bottom <= written[several[0][0]].extent.bottom)


# — texts and their columns —


def _bands(
    written: Sequence[Written],
    columns: _Columns,
    rows: Iterable[Sequence[int]],
    head: Sequence[Sequence[int]],
) -> dict[int, tuple[float, float]]:
    """The left and right of the column of each text that has one. Headings that are printed again
    have those that they had.
    """
    edges = columns.edges
    bands: dict[int, tuple[float, float]] = {}
    for index, edge in zip(columns.leaves, edges, strict=False):
        bands[index] = edge
    for index, (first, last) in columns.groups.items():
        bands[index] = edges[first][0], edges[last][1]
    again = {
        (written[index].text, round(written[index].extent.left)): bands[index]
        for index in chain.from_iterable(head)
        if index in bands
    }
    for row in rows:
        is_data = any(index in columns.data for index in row)
        for index in row:
            span = _span(written[index])
            key = written[index].text, round(span.left)
            if not is_data and key in again:
                bands[index] = again[key]
                continue
            inside = [edge for edge in edges if edge[0] <= span.left and span.right <= edge[1]]
            if inside:
                bands[index] = inside[0]
    return {index: band for index, band in bands.items() if written[index].cell is None}


def _is_close(before: Written, after: Written) -> bool:
    gap = after.extent.left - before.extent.right
    return gap <= _APART * max(before.height, after.height)


def _close_joined(written: Sequence[Written], row: Sequence[int]) -> list[list[int]]:
    """The texts of a line, those that stand close to each other together."""
    parts: list[list[int]] = []
    for index in row:
        if parts and _is_close(written[parts[-1][-1]], written[index]):
            parts[-1].append(index)
        else:
            parts.append([index])
    return parts


def _joined(texts: list[Written], rows: Sequence[Sequence[int]] | None) -> list[Written]:
    """The texts, those of one column on a line that stand close to each other as one."""
    lines = rows_of(texts) if rows is None else rows
    return list(chain.from_iterable(_line(texts, row) for row in lines))


def _line(texts: Sequence[Written], row: Sequence[int]) -> Iterator[Written]:
    last: Written | None = None
    for index in row:
        text = texts[index]
        if last is not None and _is_one(last, text):
            whole = f"{last.text} {text.text}"
            extent = hull([last.extent, text.extent])
            last = last._replace(text=whole, extent=extent)
            continue
        if last is not None:
            yield last
        last = text
    if last is not None:
        yield last


def _is_one(before: Written, after: Written) -> bool:
    """Whether two texts beside each other are of one cell without lines."""
    if before.cell is not None or after.cell is not None:
        return False
    return before.band == after.band and _is_close(before, after)
