"""A row of a list of errata, and the draft that rows are part of."""

from __future__ import annotations

from typing import Final, Literal, get_args

from auditor.records.figures import Figure, Place, Record, parse_figure
from auditor.records.model import NotChecked

__all__ = [
    "SIDES",
    "Alone",
    "Draft",
    "Elsewhere",
    "ErrataRow",
    "PageOwner",
    "PageSource",
    "PairedOtherwise",
    "RecordKind",
    "RecordName",
    "Side",
    "SourceFile",
    "Uncompared",
    "UndecidedRecord",
]

RecordKind = Literal["sheet", "kpi"]

Side = Literal["wrong", "right"]
SIDES: Final[tuple[Side, ...]] = get_args(Side)

PageSource = Literal["pdf", "list"]
"""Where pages are from: the published PDF, or a list of pages that was given."""


class RecordName(Record):
    """What tells a sheet or a KPI apart from the others of its book, as the published book prints
    it. ``indicator`` is a KPI's own name; ``project`` is a sheet's name.
    """

    form: str
    fiscal_year: int
    record: RecordKind = "sheet"
    project: str
    stages: tuple[str, ...] = ()
    indicator: str = ""
    department: str = ""


class ErrataRow(Record):
    """One place of a book with what was published and what is right, both as printed.

    ``field`` and ``year`` name the place as a finding's cells are named, ``kind`` is that of the
    year's column. ``wrong`` or ``right`` is None where that version has no such place, and empty
    where it is blank there.

    ``is_part`` says that both are the changed part of a longer text; ``wrong`` occurs in the
    published text once then. ``page`` is empty where it is not known. ``department`` is whom the
    record belongs to; a KPI's own name of it, which may be blank, stands in ``of``.
    """

    page: str = ""
    of: RecordName
    department: str = ""
    field: str
    year: str | None = None
    kind: str = ""
    wrong: str | None
    right: str | None
    wrong_unit: str = ""
    right_unit: str = ""
    is_part: bool = False

    @property
    def wrong_figure(self) -> Figure:
        """What was published, read as a figure."""
        return parse_figure(self.wrong or "", unit=self.wrong_unit, units=(self.wrong_unit,))


class Elsewhere(Record):
    """Another place that prints the same as the published version did.

    ``row`` is the number of the row of the list, from 1; ``text`` is the part of a text around
    the figure, empty where the place holds the figure itself.
    """

    row: int
    document: str
    project: str
    indicator: str = ""
    department: str = ""
    field: str
    year: str | None = None
    kind: str = ""
    form: str = ""
    content: str
    unit: str = ""
    text: str = ""
    place: Place | None = None


class SourceFile(Record):
    """A file that was compared; ``sha256`` is None where its bytes were not read. ``unread`` counts
    the numbers in it that no record holds.
    """

    name: str
    sha256: str | None = None
    unread: int = 0


class Alone(Record):
    """A record that only one of the two versions has."""

    of: RecordName
    page: str = ""
    department: str = ""


class Uncompared(Record):
    """A place at which one of the versions, or both, could not be read. What ``row`` has for an
    ``unread`` side says nothing.
    """

    row: ErrataRow
    unread: tuple[Side, ...]


class UndecidedRecord(Record):
    """A corrected record that may be any of several published ones."""

    of: RecordName
    candidates: tuple[RecordName, ...]


class PairedOtherwise(Record):
    """Two records that were taken for the same though they are not called the same."""

    published: RecordName
    corrected: RecordName


class PageOwner(Record):
    """The departments whose records stand on a page of the published version."""

    page: str
    departments: tuple[str, ...]


class Draft(Record):
    """What a list of errata says. ``pages`` is where its pages are from, ``pairs`` how many records
    were compared. ``captions`` is false where texts outside the fields of the form were not: a PDF
    has others than the workbook that it was printed from.

    ``uncompared`` are places that one of the versions was not read at: nobody knows whether they
    differ. ``elsewhere`` lists where else the same old figures stand.
    """

    published: tuple[SourceFile, ...] = ()
    corrected: tuple[SourceFile, ...] = ()
    others: tuple[SourceFile, ...] = ()
    pages: PageSource = "pdf"
    pairs: int = 0
    captions: bool = True
    rows: tuple[ErrataRow, ...] = ()
    only_published: tuple[Alone, ...] = ()
    only_corrected: tuple[Alone, ...] = ()
    undecided: tuple[UndecidedRecord, ...] = ()
    paired_otherwise: tuple[PairedOtherwise, ...] = ()
    uncompared: tuple[Uncompared, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    page_owners: tuple[PageOwner, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()

    @property
    def has_differences(self) -> bool:
        """Whether anything differs, as far as it was compared."""
        return bool(self.rows or self.only_published or self.only_corrected or self.undecided)
