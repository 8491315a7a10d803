"""Causes: the things that went wrong, each with the findings that follow from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from auditor.records.decimals import PlainDecimal, number
from auditor.records.figures import Record
from auditor.records.severities import Severity
from auditor.rules.findings import KpiReference, SheetReference, where
from auditor.rules.rows import Cell
from auditor.rules.suspects import Suspect, SuspectCell

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

    def __repr__(self) -> str:
        count = len(self.findings)
        findings = f"{count} finding{'s' if count > 1 else ''}"
        return f"<Cause {self.severity}, {self._where}: {findings}, {self._suspected}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """The cause as a notebook shows it: a row for each of its suspects."""
        from auditor.records.html import table
        from auditor.records.languages import users_language

        lang = users_language()
        rows = [
            (
                ", ".join(" ".join(filter(None, (cell.field, cell.year))) for cell in each.cells),
                ", ".join(_correction(cell) for cell in each.cells),
                each.slip.of(lang),
                f"{each.share:.0%}",
            )
            for each in self.suspects
        ]
        caption = f"{self.severity}, {self._where}"
        return table(caption, ("suspected", "should be", "slip", "share"), rows)

    @property
    def _where(self) -> str:
        return where(self.document, self.sheet, self.kpi)

    @property
    def _suspected(self) -> str:
        if not self.suspects:
            return "no suspect"
        first = self.suspects[0]
        return f"suspect {', '.join(first.fields)} ({first.share:.0%})"


def _correction(cell: SuspectCell) -> str:
    """What a suspect cell should say, as a text; empty where nothing tells it."""
    if cell.fits is not None:
        return cell.fits
    return "" if cell.corrected is None else number(cell.corrected)


def certainty_of(suspects: tuple[Suspect, ...]) -> Certainty:
    """How sure the first of some suspects is; open where it proposes no value."""
    first = suspects[0] if suspects else None
    if first is None or not first.cells or first.share < _POSSIBLE:
        return "open"
    return "likely" if first.share >= _LIKELY else "possible"
