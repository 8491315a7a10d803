"""The readers of claims, one module for a family of kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

from auditor.forms.model import Form
from auditor.narrative.claims import (
    calendar,
    changes,
    counts,
    fiscal_years,
    products,
    repeated,
    shares,
    sums,
    sums_of_tables,
    tables,
    targets,
)
from auditor.narrative.model import Claim
from auditor.narrative.statements import SheetText
from auditor.records.model import Kpi, Sheet

__all__ = ["READERS", "ClaimReader", "claims_of"]

ClaimReader = Callable[[SheetText], Iterator[Claim]]

READERS: Final[tuple[ClaimReader, ...]] = (
    shares.read,
    changes.read,
    products.read,
    sums.read,
    sums_of_tables.read,
    counts.read,
    calendar.read,
    fiscal_years.read,
    tables.read,
    repeated.read,
    targets.read,
)
"""The engine's own readers; plugins give others."""


def claims_of(
    sheet: Sheet,
    form: Form,
    kpis: Sequence[Kpi] = (),
    readers: Sequence[ClaimReader] = READERS,
) -> tuple[Claim, ...]:
    """All claims of a sheet's prose, by reader. ``kpis`` are the indicators of its project."""
    text = SheetText(sheet, form, tuple(kpis))
    return tuple(chain.from_iterable(read(text) for read in readers)) if text.sections else ()
