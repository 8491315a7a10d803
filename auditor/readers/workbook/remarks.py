"""The remarks on a workbook's cells while they are collected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.owners import NOBODY, Owner
from auditor.records.model import Evidence, Remark, RemarkCell
from auditor.records.text import Text

__all__ = ["LISTED", "Remarks", "listed", "names_listed", "seen_from"]

LISTED: Final = 5
"""So many cells are named; the others are counted."""


class Remarks:
    """Remarks on cells, in the order in which they were made."""

    def __init__(self) -> None:
        self.all: list[Remark] = []

    def add(
        self,
        rule: str,
        cell: SheetCell,
        owner: Owner | None,
        en: str,
        ja: str,
        printed: str = "",
        *,
        evidence: Evidence | None = None,
        recomputed: Decimal | None = None,
        cells: Iterable[RemarkCell] = (),
    ) -> None:
        """Remark something on a cell; ``printed`` is what it prints unless it is given."""
        owner = owner or NOBODY
        self.all.append(
            Remark(
                rule=rule,
                sheet=owner.sheet,
                kpi=owner.kpi,
                field=owner.field or None,
                year=owner.year,
                printed=printed or cell.text.strip(),
                place=cell.place,
                detail=Text(en=en, ja=ja),
                evidence=evidence,
                recomputed=recomputed,
                cells=tuple(cells),
            )
        )


def seen_from(other: SheetCell, cell: SheetCell) -> str:
    """The address of a cell, as it is written on the worksheet of another."""
    return cell.address if cell.sheet == other.sheet else f"{cell.sheet}!{cell.address}"


def listed(cells: Sequence[SheetCell]) -> tuple[str, str]:
    """The addresses of cells in English and Japanese, the first of many."""
    return names_listed([cell.address for cell in cells])


def names_listed(names: Sequence[str]) -> tuple[str, str]:
    """Names in English and Japanese, the first of many."""
    en, ja = (mark.join(names[:LISTED]) for mark in (", ", "、"))
    more = len(names) - LISTED
    return (f"{en} and {more:,} more", f"{ja} ほか{more:,}個") if more > 0 else (en, ja)
