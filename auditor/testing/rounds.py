"""Hypothesis strategies: two rounds of one book, with every change between them known beforehand.

The later round may list its records in another order, in files of other names; it may print a
figure or break a text otherwise. None of that is a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from auditor.forms.model import Form
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, FiscalYear, Kpi, Sheet
from auditor.testing.strategies import consistent_books

__all__ = ["DrawnChange", "TwoRounds", "two_rounds"]

_TEXTS: Final = ("category", "purpose", "planned", "achieved")
_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class DrawnChange:
    """One change: the number of the sheet or KPI in the earlier round, the field and year, and
    what is printed before and after.
    """

    sheet: int | None
    kpi: int | None
    field: str
    year: str | None
    before: str
    after: str


@dataclass(frozen=True)
class TwoRounds:
    """Two versions of a book. ``gone`` and ``new`` are the names of sheets that only the earlier
    or only the later one has.
    """

    form: Form
    before: Book
    after: Book
    changes: tuple[DrawnChange, ...]
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@st.composite
def two_rounds(
    draw: DrawFn, form: Form | SearchStrategy[Form] | None = None, *, most: int = 4
) -> TwoRounds:
    """A consistent book, and the same with at most ``most`` drawn changes of figures and texts, at
    most one sheet less and one more, and other files, orders, places and prints.
    """
    chosen, book = draw(consistent_books(form, sheets=(1, 5), kpis=(0, 3)))
    names = [(sheet.name, sheet.budget_stages, sheet.department) for sheet in book.sheets]
    indicators = [(kpi.project, kpi.name) for kpi in book.kpis]
    assume(len(set(names)) == len(names) and len(set(indicators)) == len(indicators))
    gone, new = _missing(draw, len(book.sheets))
    changes: list[DrawnChange] = []
    sheets = [_later_sheet(draw, sheet, changes, most) for sheet in book.sheets]
    kpis = [_later_kpi(draw, kpi, changes, most) for kpi in book.kpis]
    later = [sheet for at, sheet in enumerate(sheets) if at != gone]
    numbers = [sheet.number for at, sheet in enumerate(book.sheets) if at in (gone, new)]
    shown = tuple(change for change in changes if change.sheet not in numbers)
    return TwoRounds(
        form=chosen,
        before=_with(book, [sheet for at, sheet in enumerate(book.sheets) if at != new], book.kpis),
        after=_elsewhere(draw, book, draw(st.permutations(later)), draw(st.permutations(kpis))),
        changes=shown,
        gone=() if gone is None else (book.sheets[gone].name,),
        new=() if new is None else (book.sheets[new].name,),
    )


def _missing(draw: DrawFn, count: int) -> tuple[int | None, int | None]:
    """Which sheet only the earlier round has, and which only the later one: never all."""
    if count < 3:
        return None, None
    numbers = st.none() | st.integers(0, count - 1)
    gone, new = draw(numbers), draw(numbers)
    return gone, None if new == gone else new


def _with(book: Book, sheets: Any, kpis: Any) -> Book:
    """The book with these records alone."""
    return book.model_copy(update={"sheets": tuple(sheets), "kpis": tuple(kpis)})


def _elsewhere(draw: DrawFn, book: Book, sheets: list[Sheet], kpis: list[Kpi]) -> Book:
    """The book with its records in this order, and sometimes in a file of another name."""
    name = draw(
        st.sampled_from(["第2回/事業.xlsx", *(document.path for document in book.documents)])
    )
    moved = [
        sheet.model_copy(update={"number": number, "document": name})
        for number, sheet in enumerate(sheets, 1)
    ]
    rows = [
        kpi.model_copy(update={"number": number, "document": name})
        for number, kpi in enumerate(kpis, 1)
    ]
    document = Document.of(name, book.form, book.fiscal_year, moved, rows)
    return _with(book.model_copy(update={"documents": (document,)}), moved, rows)


# — what changes on a record —


def _later_sheet(draw: DrawFn, sheet: Sheet, changes: list[DrawnChange], most: int) -> Sheet:
    """The sheet with drawn changes, which are added to ``changes``."""
    later = sheet
    for name in _TEXTS:
        before: str = getattr(later, name)
        text = _text(draw, before, len(changes) < most)
        if text != before:
            later = later.model_copy(update={name: text})
        if "".join(text.split()) != "".join(before.split()):
            changes.append(DrawnChange(sheet.number, None, name, None, before, text))
    for field, year, figure in sheet.every_figure():
        other = _figure(draw, figure, len(changes) < most)
        if other is figure:
            continue
        later = _with_figure(later, field, year, other)
        if (other.value, other.state) != (figure.value, figure.state):
            shown = figure.shown(), other.shown()
            changes.append(DrawnChange(sheet.number, None, field, year, *shown))
    return later


def _later_kpi(draw: DrawFn, kpi: Kpi, changes: list[DrawnChange], most: int) -> Kpi:
    """The KPI with drawn changes of its actuals, which are added to ``changes``."""
    actuals = dict(kpi.actuals)
    for year, figure in kpi.actuals.items():
        other = _figure(draw, figure, len(changes) < most)
        actuals[year] = other
        if (other.value, other.state) != (figure.value, figure.state):
            shown = figure.shown(), other.shown()
            changes.append(DrawnChange(None, kpi.number, "actuals", year, *shown))
    return kpi.model_copy(update={"actuals": FrozenDict(actuals)})


def _text(draw: DrawFn, text: str, may_change: bool) -> str:
    """The text, now and then broken into lines otherwise or, where it may, another one."""
    kind = draw(st.sampled_from(["same", "same", "same", "broken", "changed"]))
    if kind == "changed" and may_change:
        return draw(st.sampled_from(["", f"{text}（一部改め）", f"別の{text}"]))
    return f"{text[:3]}\n　{text[3:]}" if kind == "broken" and len(text) > 3 else text


def _figure(draw: DrawFn, figure: Figure, may_change: bool) -> Figure:
    """The figure, now and then printed elsewhere and otherwise or, where it may, another one."""
    if draw(st.integers(0, 9)) < 8:
        return figure
    if not may_change or draw(st.booleans()):
        place = Place(sheet="事業", cell="Z9")
        return figure.model_copy(
            update={"printed": figure.shown().translate(_WIDE), "place": place}
        )
    if figure.value is None:
        return parse_figure("1,234", unit=figure.unit)
    if draw(st.booleans()):
        return figure.model_copy(update={"value": None, "state": "blank", "printed": ""})
    value = figure.value + draw(st.sampled_from([Decimal(1), Decimal("0.1"), Decimal(10_000)]))
    return parse_figure(f"{value:,f}", unit=figure.unit)


def _with_figure(sheet: Sheet, field: str, year: str | None, figure: Figure) -> Sheet:
    """The sheet with another figure at a field and column."""
    if year is None:
        return sheet.model_copy(update=_update(sheet, field, figure))
    column = sheet.years[year]
    changed = column.model_copy(update=_update(column, field, figure))
    return sheet.model_copy(update={"years": FrozenDict({**sheet.years, year: changed})})


def _update(record: Sheet | FiscalYear, field: str, figure: Figure) -> dict[str, Any]:
    """What changes on a record for a figure of it."""
    group, _, name = field.rpartition(".")
    if group == "funding" and isinstance(record, FiscalYear):
        return {"funding": FrozenDict({**record.funding, name: figure})}
    if field in record.figures:
        return {"figures": FrozenDict({**record.figures, field: figure})}
    return {field: figure}
