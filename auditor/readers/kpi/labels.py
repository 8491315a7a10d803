"""Which cells are labels of a form's table of indicators (KPIs), and which rows are a header's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.forms.model import KpiTable
from auditor.forms.words import squeezed
from auditor.readers.kpi.rows import Row
from auditor.readers.years_in_headings import without_year
from auditor.records.fiscal import parse_year

__all__ = ["Labels"]

_LONGEST_LABEL: Final = 60
_LONGEST_YEAR: Final = 20
_FEWEST_NAMES: Final = 3
"""How many fields the cells of a header name."""
_OF_YEARS: Final = frozenset({"target", "declared_rate"})
"""What may be printed for each year beside the actuals."""
_OF_INDICATORS: Final = frozenset({"name", "target"})
"""What nothing but a table of indicators has beside years."""


class Labels:
    """What the form's table is labelled with. Every cell of a document is compared with the
    labels, and most texts come again, so the answers are remembered.
    """

    def __init__(self, table: KpiTable) -> None:
        self.table = table
        self.names: dict[str, str] = {}
        for name, labels in table.labels.items():
            self.names.update((squeezed(label), name) for label in labels)
        self._words = [squeezed(word) for word in table.detect]
        self._answers: dict[str, bool] = {"": False}

    def name(self, cell: str) -> str | None:
        """The field that a cell is the label of; that of a target or rate may hold a year, too."""
        name = self.names.get(squeezed(cell))
        if name is None and (dated := self.dated(cell)) is not None:
            return dated[0]
        return name

    def due_in(self, cell: str) -> int | None:
        """The fiscal year in which targets under a label are due: 目標値（R6）; None for any other
        label.
        """
        dated = self.dated(cell)
        return dated[1] if dated is not None and dated[0] == "target" else None

    def dated(self, cell: str) -> tuple[str, int] | None:
        """The part of an indicator and the year that a label names together: 目標値（R6）, 達成率
        （R6）; None for actuals, which are known by their years alone, and for any other label.
        """
        if len(cell) > _LONGEST_LABEL:
            return None
        label = squeezed(cell)
        rest, year = without_year(label)
        name = self.names.get(label) or self.names.get(rest)
        if year is None or year.year is None or name not in _OF_YEARS:
            return None
        return name, year.year

    def plain_year(self, cell: str) -> int | None:
        """The year that a cell is, where it says nothing else."""
        rest, year = without_year(squeezed(cell)) if len(cell) <= _LONGEST_YEAR else (cell, None)
        return None if year is None or rest else year.year

    def year(self, cell: str) -> int | None:
        """The year of a column of actuals, or None where the cell is no label of one."""
        label = squeezed(cell)
        pattern = self.table.year_label
        if len(label) > _LONGEST_YEAR or (pattern is not None and not pattern.search(label)):
            return None
        return parse_year(label)

    def head(self, row: Row) -> bool:
        """Whether a row is one of a header: three cells are labels, years or the table's own
        title, or two of no more than four.
        """
        # A row of one cell is a heading, whatever words it holds.
        count = sum(map(self._is_label, row.cells)) if len(row.cells) > 1 else 0
        return count >= 3 or (count == 2 and row.filled <= 4)

    def in_use(self, rows: Sequence[Row]) -> bool:
        """Whether the rows hold a header that names at least three fields, of which the actuals
        may be years alone.
        """
        names: set[str | None] = set()
        for row in rows:
            if self.head(row):
                names.update(map(self.name, row.cells))
                if any(self.year(cell) is not None for cell in row.cells):
                    names.add("actuals" if names >= _OF_INDICATORS else None)
        return len(names - {None}) >= _FEWEST_NAMES

    def may_head(self, body: str) -> bool:
        """Whether a text has the labels of a header at all; no other is worth splitting."""
        # A quotation mark is doubled in a cell, so its label need not stand in the text.
        fields = {name for label, name in self.names.items() if '"' in label or label in body}
        return len(fields) >= _FEWEST_NAMES or fields >= _OF_INDICATORS

    def _is_label(self, cell: str) -> bool:
        """Whether a cell is a label, a column's year or part of the table's title."""
        if len(cell) > _LONGEST_LABEL:
            return False
        answer = self._answers.get(cell)
        if answer is None:
            label = squeezed(cell)
            answer = (
                label in self.names
                or self.year(label) is not None
                or any(word in label for word in self._words)
            )
            self._answers[cell] = answer
        return answer
