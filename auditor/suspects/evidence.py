"""What readers know of cells that bears on which of them is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, assert_never

from auditor.records.fields import OtherBook
from auditor.records.model import Evidence, Kpi, Sheet
from auditor.rules.rows import Rows

__all__ = ["CellEvidence", "evidence_of"]

WRONG: Final = 0.1
"""The weight of a result that is known not to add what it should, or to be out of date."""
TYPED_OVER: Final = 0.3
UNCERTAIN: Final = 0.6

_Key = tuple[OtherBook | None, str, str | None]
"""A cell's field and year, which are of the judged book."""
_Owner = tuple[str, int | None, int | None]
"""The document and the number of a sheet or KPI."""


@dataclass(slots=True)
class CellEvidence:
    """What is known of one cell: how easily it is suspected, and what it should say by its own
    formula, with the slip that this would show.
    """

    weight: float = 1.0
    results: dict[Decimal, str] = field(default_factory=dict[Decimal, str])

    def add(self, weight: float, slip: str | None, recomputed: Decimal | None) -> None:
        """Add what one remark tells."""
        self.weight = min(self.weight, weight)
        if recomputed is not None and slip is not None:
            self.results[recomputed] = slip


def evidence_of(rows: Rows, owner: Sheet | Kpi) -> Mapping[_Key, CellEvidence]:
    """The evidence on the cells of a sheet or KPI."""
    sheet, kpi = (owner.number, None) if isinstance(owner, Sheet) else (None, owner.number)
    return rows.once(_evidence).get((owner.document, sheet, kpi), {})


def _evidence(rows: Rows) -> dict[_Owner, dict[_Key, CellEvidence]]:
    """The evidence on all cells of a book, by sheet or KPI."""
    owners: dict[_Owner, dict[_Key, CellEvidence]] = {}
    for document in rows.book.documents:
        for remark in document.remarks:
            if remark.evidence is None:
                continue
            # A part that is text is not wrong itself: the sums that skip it are.
            together = remark.alike or remark.evidence == "text"
            concerned = remark.cells if together else (remark,)
            for item in concerned:
                if item.field is not None:
                    cells = owners.setdefault((document.path, item.sheet, item.kpi), {})
                    cell = cells.setdefault((None, item.field, item.year), CellEvidence())
                    cell.add(*_weight_and_slip(remark.evidence), item.recomputed)
    return owners


def _weight_and_slip(evidence: Evidence) -> tuple[float, str | None]:
    """The weight of a cell with such evidence, and the slip that its own formula would show."""
    match evidence:
        case "text":
            return WRONG, "text-not-added"
        case "left_out" | "counted_twice":
            return WRONG, "left-out-of-sum"
        case "stale":
            return WRONG, "not-recalculated"
        case "typed_over":
            return TYPED_OVER, "typed-over"
        case "uncertain":
            return UNCERTAIN, None
        case _:
            assert_never(evidence)
