"""Makes records of documents small.

A folder may have hundreds of thousands of them, and half of their memory is the names of the fields
that each was given.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Final

from auditor.records.figures import Place, Record
from auditor.records.model import Kpi, Sheet

__all__ = ["compacted", "place_of_line"]

_GIVEN: Final = "__pydantic_fields_set__"


@lru_cache(maxsize=4_096)
def place_of_line(line: int) -> Place:
    """The place of a line in a text: the same object for the same line."""
    return Place(line=line)


@lru_cache(maxsize=4_096)
def _one(names: frozenset[str]) -> set[str]:
    return set(names)


def compacted(sheets: Iterable[Sheet], kpis: Iterable[Kpi]) -> None:
    """Let records that were given the same fields share the set of their names. Records never
    change, and so neither does that set.
    """
    for record in chain(map(_of_sheet, sheets), map(_of_kpi, kpis)):
        for each in record:
            object.__setattr__(each, _GIVEN, _one(frozenset(each.model_fields_set)))


def _of_sheet(sheet: Sheet) -> Iterable[Record]:
    """A sheet, its columns and evaluations, and their figures and places."""
    yield sheet
    yield from sheet.years.values()
    for evaluation in sheet.evaluations.values():
        yield evaluation
        yield from evaluation.places.values()
    yield from _printed(sheet)


def _of_kpi(kpi: Kpi) -> Iterable[Record]:
    """An indicator, its figures and places."""
    yield kpi
    yield from _printed(kpi)


def _printed(item: Sheet | Kpi) -> Iterable[Record]:
    """The places and figures of a sheet or an indicator."""
    yield from item.places.values()
    for _, _, figure in item.every_figure():
        yield figure
        if figure.place is not None:
            yield figure.place
