"""Suspects: what explains a contradiction, in a finding or in any record.

The search makes many of them, so they are plain dataclasses. Pydantic takes those as they are, and
JSON shows the suspects of a finding.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeVar

from pydantic import ConfigDict, Field

from auditor.records.decimals import DecimalText, PlainDecimal
from auditor.records.fields import OtherBook
from auditor.records.text import Slip

if TYPE_CHECKING:
    from auditor.rules.rows import Cell

__all__ = ["Beside", "Suspect", "SuspectCell"]

T = TypeVar("T")
ForPython = Annotated[T, Field(exclude=True)]
"""For those who call the search from Python; JSON leaves it out."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A sheet of the judged book, by its document and number."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    document: str
    sheet: int


@dataclass(frozen=True, slots=True)
class SuspectCell:
    """A cell to correct. ``value`` is None where nothing is printed, ``corrected`` what the cell
    should say: exact where the rules leave a single value, else the best guess between ``low``
    and ``high``, which are None where there is no end, and where ``corrected`` is exact. It is
    None where nothing tells what the cell should say, and where it should be ``emptied``. A cell
    of words has its ``word`` and the word that ``fits``, instead of numbers. One that was computed
    from a wrong cell has a ``slip`` that says so. ``other_book`` is the book beside the judged one
    that the cell is of: nobody is asked to correct that one. ``beside`` says which sheet (row of a
    table) the cell stands on, where several are explained together; else it is the finding's.
    ``name`` tells the figures of a sentence apart, as that of a finding's cell does.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    field: str
    year: str | None = None
    value: DecimalText | None = None
    corrected: PlainDecimal | None = None
    low: PlainDecimal | None = None
    high: PlainDecimal | None = None
    unit: str = ""
    emptied: bool = False
    word: str | None = None
    fits: str | None = None
    other_book: OtherBook | None = None
    beside: Beside | None = None
    name: str = ""
    exact: Annotated[bool, Field(exclude=True)] = dataclasses.field(default=True, compare=False)
    slip: Slip | None = dataclasses.field(default=None, compare=False)

    def stands_at(self, cell: Cell) -> bool:
        """Whether a cell of the finding, or of its cause, is this one."""
        here = self.field, self.name, self.year, self.other_book
        if here != (cell.field, cell.name, cell.year, cell.other_book):
            return False
        beside = self.beside
        return beside is None or (beside.document, beside.sheet) == (cell.document, cell.sheet)


@dataclass(frozen=True, slots=True)
class Suspect:
    """Cells that, corrected, make all rules of the record hold; what kind of slip it was; and its
    share of all belief. With the belief in none of them, the shares of the suspects of a
    contradiction add up to one.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    cells: tuple[SuspectCell, ...]
    slip: Slip
    share: PlainDecimal

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the cells."""
        return tuple(cell.field for cell in self.cells)
