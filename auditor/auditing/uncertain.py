"""Figures whose column is uncertain: the text had lost it, and the reader inferred it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from auditor.auditing.totals import figures_of
from auditor.records.figures import Place, PlacedBy, Record
from auditor.records.model import Book, Sheet

__all__ = ["UncertainFigure", "uncertain_figures"]


class UncertainFigure(Record):
    """A printed figure whose column was inferred; ``placed_by`` is the evidence for it."""

    document: str
    sheet: int
    name: str
    department: str
    field: str
    year: str
    printed: str
    unit: str
    placed_by: PlacedBy
    place: Place | None = None


def uncertain_figures(books: Iterable[Book]) -> tuple[UncertainFigure, ...]:
    """The printed figures that only arithmetic or the form's usual place put into their column."""
    sheets = chain.from_iterable(book.sheets for book in books)
    return tuple(chain.from_iterable(_uncertain(sheet) for sheet in sheets))


def _uncertain(sheet: Sheet) -> Iterator[UncertainFigure]:
    for name, key, _, figure in figures_of(sheet):
        if figure.placed_by in ("arithmetic", "usual_place") and figure.shown():
            yield UncertainFigure(
                document=sheet.document,
                sheet=sheet.number,
                name=sheet.name,
                department=sheet.department,
                field=name,
                year=key,
                printed=figure.shown(),
                unit=figure.unit,
                placed_by=figure.placed_by,
                place=figure.place,
            )
