"""Names of projects that go on in the next row of a list, as those do that were broken by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal

from auditor.readers.grid.cells import Box
from auditor.readers.grid.furniture import is_numbers
from auditor.readers.grid.label_text import OPENING, half_widths, is_open
from auditor.readers.listing.columns import ListColumns
from auditor.readers.listing.records import RowCells
from auditor.readers.listing.rows import ListRow

__all__ = ["Wrapped"]

_GOES_ON: Final = (*OPENING, "・", "、")
_OF_SECTIONS: Final = ("部", "課", "局", "室", "係", "款", "項", "目", "章", "節", "費", "関係")
"""How names of sections end."""
_FULL: Final = 2
"""In half-width characters: a name that is shorter than the longest by no more fills its column."""


class Wrapped:
    """Tells whether a row goes on with the one above it, in a list with ``columns`` and ``rows``.

    Only a column of numbers shows where a project begins.
    """

    def __init__(self, columns: ListColumns, rows: Sequence[ListRow]) -> None:
        self.columns = columns
        self.has_numbers: bool = "number" in columns.texts
        names = (row.name for row in rows if row.kind == "record")
        self._longest = max(map(half_widths, names), default=0)
        alone = [(before, row) for before, row in pairwise(rows) if row.kind == "section"]
        self.may_fill: bool = all(
            before.kind == "record" and self._fills(before.name, row.name) for before, row in alone
        )

    def is_rest(self, before: RowCells, row: ListRow) -> Literal["yes", "no", "perhaps"]:
        """Whether a row is the rest of the name above it. It may as well be the name of a section
        where it stands alone and the name above is neither open nor fills its column.
        """
        if not self.has_numbers or row.top != before.row.bottom + 1:
            return "no"
        if self._has_number(row.boxes) or not self._has_number(before.row.boxes):
            return "no"
        if row.kind == "record":
            # Its figures stand on the second line, and none on the first.
            return "no" if self._has_figures(before.row.boxes) or self._has_texts(row) else "yes"
        if row.kind != "section" or not self._stands_as_name(row):
            return "no"
        if is_open(before.row.name) or row.name.startswith(_GOES_ON):
            return "yes"
        return "yes" if self.may_fill and self._has_figures(before.row.boxes) else "perhaps"

    def _fills(self, name: str, rest: str) -> bool:
        """Whether a name fills its column, so that what stands below can be the rest of it."""
        width = half_widths(name)
        is_full = width >= self._longest - _FULL and half_widths(rest) <= width
        return is_full and not rest.endswith(_OF_SECTIONS)

    def _stands_as_name(self, row: ListRow) -> bool:
        """Whether all that a row prints stands in the columns of texts, as names do."""
        name = self.columns.texts["name"]
        return all(name.left <= box.left and box.right <= name.right for box in row.boxes)

    def _has_number(self, boxes: Iterable[Box]) -> bool:
        return self.columns.texts["number"].holds(boxes)

    def _has_texts(self, row: ListRow) -> bool:
        """Whether a row has a department of its own."""
        heading = self.columns.texts.get("department")
        return heading is not None and heading.holds(row.boxes)

    def _has_figures(self, boxes: Iterable[Box]) -> bool:
        numbers = list(filter(is_numbers, boxes))
        return any(heading.holds(numbers) for _, heading in self.columns.of_figures)
