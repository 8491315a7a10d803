"""Figures that take up several cells.

A cell holds one digit or, between dotted lines, three digits; all of them stand under the one cell
of a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from auditor.readers.pdf.pages import Rectangle
from auditor.readers.pdf.words import CURRENCY, SIGNS

__all__ = ["Boxes", "DigitRow", "digit_rows"]

_NARROW: Final = 1.7  # in heights of the text: a cell no wider holds one digit
_EQUAL: Final = 0.15  # by which part of their width the cells of one figure may differ
_FEWEST: Final = 3
_THOUSANDS: Final = re.compile("[0-9０-９]{3}[,，]?")
_FIRST: Final = re.compile("[0-9０-９]{1,3}[,，]?")
_AFTER: Final = frozenset(",.，．)）")
_BEFORE: Final = SIGNS | CURRENCY | frozenset("(（")


class DigitRow(NamedTuple):
    """The cells of one figure from the left, by their numbers, and what they print together:
    nothing where all are empty, None where they may print something else than one figure.
    """

    numbers: tuple[int, ...]
    area: Rectangle
    text: str | None


class Boxes(NamedTuple):
    """The cells of a page as a lattice has them, what they print, and which of them are dotted at
    a side, by number. ``height`` is that of the page's text.
    """

    cells: Sequence[Rectangle | None]
    texts: Mapping[int, str]
    dotted: frozenset[int]
    height: float
    fine: float

    def is_part(self, number: int, cell: Rectangle) -> bool:
        """Whether a cell may hold a part of a figure."""
        return cell.right - cell.left <= _NARROW * self.height or number in self.dotted


def digit_rows(boxes: Boxes) -> list[DigitRow]:
    """The figures that take up several cells."""
    rows: dict[tuple[int, int], list[int]] = {}
    heads: dict[int, list[Rectangle]] = {}
    for number, cell in enumerate(boxes.cells):
        if cell is None:
            continue
        if boxes.is_part(number, cell):
            rows.setdefault((round(-cell.top), round(-cell.bottom)), []).append(number)
        elif number in boxes.texts:
            heads.setdefault(round(cell.bottom), []).append(cell)
    digits: list[DigitRow] = []
    for row in sorted(rows):
        for numbers, area in _groups(boxes, rows[row], heads):
            texts = ["".join(boxes.texts.get(number, "").split()) for number in numbers]
            text = _by_digits(texts) if len(numbers) >= _FEWEST else None
            if text is None and boxes.dotted.issuperset(numbers):
                text = _by_thousands(texts)
            digits.append(DigitRow(numbers, area, text))
            # What heads a row heads the row below it, too.
            heads.setdefault(round(area.bottom), []).append(area)
    return digits


def _groups(
    boxes: Boxes, row: Iterable[int], by_bottom: Mapping[int, Sequence[Rectangle]]
) -> Iterator[tuple[tuple[int, ...], Rectangle]]:
    """The cells of a row that fill the width of a cell which heads them."""
    members = sorted((cell, number) for number in row if (cell := boxes.cells[number]) is not None)
    top = round(members[0][0].top)
    near = (by_bottom.get(at, ()) for at in (top - 1, top, top + 1))
    heads = list(chain.from_iterable(near))
    for head in heads:
        inside = [
            (cell, number)
            for cell, number in members
            if cell.left >= head.left - boxes.fine and cell.right <= head.right + boxes.fine
        ]
        if len(inside) > 1 and _fill(head, [cell for cell, _ in inside], boxes.fine):
            area = Rectangle(head.left, inside[0][0].bottom, head.right, inside[0][0].top)
            yield tuple(number for _, number in inside), area


def _fill(head: Rectangle, inside: Sequence[Rectangle], fine: float) -> bool:
    """Whether cells of equal width fill the width of another."""
    width = (head.right - head.left) / len(inside)
    edges = [head.left, *(cell.right for cell in inside)]
    return (
        abs(edges[-1] - head.right) <= fine
        and all(abs(cell.left - edge) <= fine for cell, edge in zip(inside, edges, strict=False))
        and all(abs(cell.right - cell.left - width) <= _EQUAL * width for cell in inside)
    )


def _by_digits(texts: Sequence[str]) -> str | None:
    """The cells as one figure: no cell is skipped between its first digit and the last cell, and
    each holds one digit, the first one a sign, too.
    """
    begin = next((at for at, text in enumerate(texts) if text), len(texts))
    for at, text in enumerate(texts[begin:], begin):
        plain = text.rstrip("".join(_AFTER)) or text
        if at == begin:
            plain = plain.lstrip("".join(_BEFORE)) or text
        if len(plain) != 1:
            return None
    return "".join(texts[begin:])


def _by_thousands(texts: Sequence[str]) -> str | None:
    """The cells as one figure: all but the first that says something hold three digits."""
    begin = next((at for at, text in enumerate(texts) if text), len(texts))
    parts = list(texts[begin:])
    if not parts:
        return ""
    if not _FIRST.fullmatch(parts[0].lstrip("".join(_BEFORE))):
        return None
    if not all(_THOUSANDS.fullmatch(part) for part in parts[1:]):
        return None
    return ",".join(part.rstrip(",，") for part in parts)
