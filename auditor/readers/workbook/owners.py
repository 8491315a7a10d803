"""Whose figure a cell of a worksheet holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import parse_address
from auditor.records.figures import Figure, Place
from auditor.records.model import Kpi, RemarkCell, Sheet

__all__ = ["NOBODY", "Owner", "Owners", "address_of", "cell_of", "concerned", "owners_of"]


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
    owners: dict[tuple[int, int], Owner] = {}
    for record in sheets:
        owners.update(_figures_of_sheet(record))
    for kpi in kpis:
        owners.update(_figures_of_kpi(kpi))
    return owners


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


def _figures_of_sheet(record: Sheet) -> Iterable[tuple[tuple[int, int], Owner]]:
    for name, key, figure in record.every_figure():
        if (at := address_of(figure)) is not None:
            yield at, Owner(record.number, None, name, key)


def _figures_of_kpi(kpi: Kpi) -> Iterable[tuple[tuple[int, int], Owner]]:
    figures: list[tuple[str, str | None, Figure | None]] = [
        ("target", None, kpi.target),
        ("declared_rate", None, kpi.declared_rate),
    ]
    figures += [("actuals", year, figure) for year, figure in kpi.actuals.items()]
    for name, year, figure in figures:
        if figure is not None and (at := address_of(figure)) is not None:
            yield at, Owner(None, kpi.number, name, year)
