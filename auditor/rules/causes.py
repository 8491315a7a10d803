"""Causes: the things that went wrong, each with the findings that follow from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from auditor.records.decimals import PlainDecimal
from auditor.records.figures import Record
from auditor.records.severities import Severity
from auditor.rules.findings import KpiReference, SheetReference
from auditor.rules.rows import Cell
from auditor.rules.suspects import Suspect

__all__ = ["Cause", "Certainty", "certainty_of"]

Certainty = Literal["likely", "possible", "open"]
"""How sure the first suspect is: believed to 90 % or more, to 50 % or more, or less."""

_LIKELY: Final = Decimal("0.9")
_POSSIBLE: Final = Decimal("0.5")


class Cause(Record):
    """One thing that went wrong, as far as the figures show it: an entry of the report.

    ``findings`` are the ids of what follows from it, the main finding first; every finding of a
    report belongs to exactly one cause. ``place`` has the keys of their places. ``document``,
    ``sheet`` and ``kpi`` are those of the main finding, ``severity`` is the highest of all.

    ``suspects`` are the cells that may be wrong, the likeliest first, each with its probability;
    ``none_of_these`` is what is left of 1. ``cells`` are the cells of the suspects as they stand
    in the document. A finding that nothing explains is a cause without suspects.
    """

    id: str
    place: tuple[str, ...]
    document: str
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    severity: Severity
    findings: tuple[str, ...]
    suspects: tuple[Suspect, ...] = ()
    none_of_these: PlainDecimal = Decimal(1)
    certainty: Certainty = "open"
    cells: tuple[Cell, ...] = ()


def certainty_of(suspects: tuple[Suspect, ...]) -> Certainty:
    """How sure the first of some suspects is; open where it proposes no value."""
    first = suspects[0] if suspects else None
    if first is None or not first.cells or first.share < _POSSIBLE:
        return "open"
    return "likely" if first.share >= _LIKELY else "possible"
