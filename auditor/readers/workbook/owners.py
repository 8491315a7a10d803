"""Whose figure a cell of a worksheet holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Final, NamedTuple

from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import parse_address
from auditor.records.figures import Figure, Place
from auditor.records.model import Kpi, RemarkCell, Sheet

__all__ = [
    "NOBODY",
    "Owner",
    "Owners",
    "address_of",
    "cell_of",
    "concerned",
    "figures_of_kpi",
    "figures_of_sheet",
    "owners_of",
]


class Owner(NamedTuple):
    """Whose figure a cell holds."""

    sheet: int | None
    kpi: int | None
    field: str
    year: str | None


NOBODY: Final = Owner(None, None, "", None)
Owners = Mapping[tuple[int, int], Owner]
"""By row and column."""


def owners_of(sheets: Iterable[Sheet], kpis: Iterable[Kpi]) -> dict[tuple[int, int], Owner]:
    """Whose figures the cells of a worksheet hold."""
    figures = list(chain.from_iterable(map(figures_of_sheet, sheets)))
    for kpi in kpis:
        # Remarks name the cells in this order: the actuals behind the indicator's own figures.
        figures += sorted(figures_of_kpi(kpi), key=lambda item: item[0].year is not None)
    return {at: owner for owner, figure in figures if (at := address_of(figure)) is not None}


def figures_of_sheet(record: Sheet) -> Iterator[tuple[Owner, Figure]]:
    """The figures of a sheet and its columns, each with its owner."""
    for name, key, figure in record.every_figure():
        yield Owner(record.number, None, name, key), figure


def figures_of_kpi(kpi: Kpi) -> Iterator[tuple[Owner, Figure]]:
    """The figures of an indicator, each with its owner."""
    for name, year, figure in kpi.every_figure():
        yield Owner(None, kpi.number, name, year), figure


def address_of(figure: Figure | None) -> tuple[int, int] | None:
    return (
        parse_address(figure.place.cell)
        if figure is not None and figure.place is not None and figure.place.cell
        else None
    )


def cell_of(sheet: Worksheet, figure: Figure | None) -> SheetCell | None:
    at = address_of(figure)
    return sheet.cells.get(at) if at is not None else None


def concerned(owner: Owner, place: Place, recomputed: Decimal | None = None) -> RemarkCell:
    """A figure in another cell that a remark concerns."""
    return RemarkCell(
        sheet=owner.sheet,
        kpi=owner.kpi,
        field=owner.field,
        year=owner.year,
        place=place,
        recomputed=recomputed,
    )
