"""What readers know of cells that bears on which of them is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, assert_never

from auditor.records.model import Book, Evidence, Kpi, Remark, Sheet

__all__ = ["CellEvidence", "evidence_of"]

WRONG: Final = 0.1
"""The weight of a result that is known not to add what it should, or to be out of date."""
TYPED_OVER: Final = 0.3
UNCERTAIN: Final = 0.6
_SLIPS: Final[Mapping[Evidence, str]] = {
    "text": "text-not-added",
    "left_out": "left-out-of-sum",
    "counted_twice": "left-out-of-sum",
    "stale": "not-recalculated",
    "typed_over": "typed-over",
}


@dataclass(slots=True)
class CellEvidence:
    """What is known of one cell: how easily it is suspected, and what it should say by its own
    formula, with the slip that this would show.
    """

    weight: float = 1.0
    results: dict[Decimal, str] = field(default_factory=dict[Decimal, str])


def evidence_of(book: Book, owner: Sheet | Kpi) -> dict[tuple[str, str | None], CellEvidence]:
    """The evidence on the cells of a sheet or KPI, by field and year."""
    cells: dict[tuple[str, str | None], CellEvidence] = {}
    for remark in _remarks(book, owner):
        match remark.evidence:
            case None:
                pass
            case "text":  # the cell is a part; what is wrong are the sums that skip it
                for result in remark.cells:
                    if _number(result.sheet, result.kpi) == _number_of(owner):
                        cell = cells.setdefault((result.field, result.year), CellEvidence())
                        _add(cell, WRONG, result.recomputed, "text")
            case "left_out" | "counted_twice" | "stale" | "typed_over" as evidence:
                if remark.field is not None:
                    cell = cells.setdefault((remark.field, remark.year), CellEvidence())
                    weight = TYPED_OVER if evidence == "typed_over" else WRONG
                    _add(cell, weight, remark.recomputed, evidence)
            case "uncertain":
                _raise(cells, remark, UNCERTAIN)
            case _:
                assert_never(remark.evidence)
    return cells


def _remarks(book: Book, owner: Sheet | Kpi) -> Iterator[Remark]:
    """The remarks on a sheet or KPI, and those that may name it among others."""
    documents = (document for document in book.documents if document.path == owner.document)
    for document in documents:
        for remark in document.remarks:
            if _number(remark.sheet, remark.kpi) == _number_of(owner) or remark.evidence == "text":
                yield remark


def _number(sheet: int | None, kpi: int | None) -> tuple[int | None, int | None]:
    return sheet, kpi


def _number_of(owner: Sheet | Kpi) -> tuple[int | None, int | None]:
    return (owner.number, None) if isinstance(owner, Sheet) else (None, owner.number)


def _add(cell: CellEvidence, weight: float, recomputed: Decimal | None, evidence: Evidence) -> None:
    cell.weight = min(cell.weight, weight)
    if recomputed is not None:
        cell.results[recomputed] = _SLIPS[evidence]


def _raise(
    cells: dict[tuple[str, str | None], CellEvidence], remark: Remark, weight: float
) -> None:
    if remark.field is not None:
        cell = cells.setdefault((remark.field, remark.year), CellEvidence())
        cell.weight = min(cell.weight, weight)
