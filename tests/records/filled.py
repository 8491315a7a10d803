"""Records in which every field holds something: drawn by walking the fields of each record by
their types, so that a new field is filled without anyone thinking of it.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from auditor.forms.model import Form
from auditor.records.figures import Figure, Place, PlacedBy, Record, State
from auditor.records.model import (
    SHEET_FIELDS,
    YEAR_FIELDS,
    Book,
    Document,
    Evaluation,
    FiscalYear,
    Kpi,
    Sheet,
)

Some = TypeVar("Some", bound=Record)

TEXTS: Final = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)
WORDS: Final[Mapping[type, SearchStrategy[Any]]] = {
    str: TEXTS.filter(lambda text: text == text.strip()),
    bool: st.just(True),
    int: st.integers(1, 10**6),
    float: st.integers(0, 1000).map(float),
    date: st.dates(date(1800, 1, 1), date(2999, 12, 31)),
    Decimal: st.decimals(-(10**25), 10**25, places=3),
}


def full_form(form: Form) -> Form:
    """The form with every figure that records hold, and with one of its own on each kind of
    row.
    """
    data = form.model_dump(by_alias=True)
    held = {name: {"unit": form.unit} for name in (*SHEET_FIELDS, *YEAR_FIELDS)}
    own = {
        "advance": {"each": "sheet", "unit": form.unit},
        "balance": {"each": "year", "unit": form.unit},
    }
    return Form.model_validate(data | {"fields": held | data["fields"] | own})


def of_type(annotation: Any) -> SearchStrategy[Any]:
    """Values of a type, never none of them: all of an optional type but None."""
    origin = get_origin(annotation)
    parts = get_args(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of(*(of_type(part) for part in parts if part is not types.NoneType))
    if origin is Annotated:
        return of_type(parts[0])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple and parts[-1] is not Ellipsis:
        return st.tuples(*(of_type(part) for part in parts))
    if origin is tuple:
        return st.lists(of_type(parts[0]), min_size=1, max_size=2).map(tuple)
    if origin is Mapping:
        return st.dictionaries(of_type(parts[0]), of_type(parts[1]), min_size=1, max_size=2)
    if annotation is Figure:
        raise TypeError("a figure needs its unit: see figures()")
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return filled(annotation)
    return WORDS[annotation]


def filled(record: type[Some], **stated: SearchStrategy[Any]) -> SearchStrategy[Some]:
    """Records with every field filled but those that are for people alone; ``stated`` are the
    fields that depend on others.
    """
    fields = {
        name: stated[name] if name in stated else of_type(field.annotation)
        for name, field in record.model_fields.items()
        if not field.exclude
    }
    return st.builds(record, **fields)


@cache
def figures(*units: str) -> SearchStrategy[Figure]:
    """Figures in one of some units, with a number, or none for a reason."""
    place = filled(Place)
    common: dict[str, Any] = {
        "unit": st.sampled_from(units),
        "place": place,
        "placed_by": st.sampled_from(get_args(PlacedBy)),
        "formula": TEXTS,
        "cached": TEXTS,
        "held": WORDS[Decimal],
    }
    numbers = st.builds(
        Figure, value=WORDS[Decimal], state=st.just("number"), printed=TEXTS, **common
    )
    others = st.builds(
        Figure,
        state=st.sampled_from([state for state in get_args(State) if state != "number"]),
        printed=TEXTS,
        **common,
    )
    return numbers | others


def figures_by(names: Any, *units: str) -> SearchStrategy[dict[str, Figure]]:
    return cast(
        "SearchStrategy[dict[str, Figure]]",
        st.fixed_dictionaries({name: figures(*units) for name in names}),
    )


def books(form: Form) -> SearchStrategy[Book]:
    """Books of a form of which every field is filled, its own figures too."""
    fiscal_year, path = 2024, "a.json"
    money = ("千円", "円", "百万円")
    own = {
        each: [name for name, place in form.own_figures.items() if place == each]
        for each in ("sheet", "year")
    }

    def of_record(record: type[Record], *units: str) -> dict[str, SearchStrategy[Any]]:
        single = (Figure, Figure | None)
        return {
            name: figures(*units)
            for name, field in record.model_fields.items()
            if field.annotation in single
        }

    years = {
        form.column_id(column, fiscal_year): filled(
            FiscalYear,
            year=st.just(fiscal_year + column.offset),
            kind=st.just(column.kind),
            funding=figures_by(form.funding, *money),
            figures=figures_by(own["year"], *money),
            **of_record(FiscalYear, *money),
        )
        for column in form.columns
    }
    evaluations = {
        str(year): filled(Evaluation, year=st.just(year)) for year in (fiscal_year - 1, fiscal_year)
    }
    sheets = filled(
        Sheet,
        document=st.just(path),
        fiscal_year=st.just(fiscal_year),
        years=st.fixed_dictionaries(years),
        evaluations=st.fixed_dictionaries(evaluations),
        figures=figures_by(own["sheet"], *money),
        **of_record(Sheet, *money, "人"),
    )
    kpis = filled(
        Kpi,
        document=st.just(path),
        fiscal_year=st.just(fiscal_year),
        unit=st.sampled_from(["人", "件"]),
        due=st.sampled_from(["2024-03", "2025-12"]),
        actuals=figures_by(["2023", "2024"], "人", "千人"),
        **of_record(Kpi, "人", "%"),
    )
    documents = filled(
        Document, path=st.just(path), form=st.just(form.name), fiscal_year=st.just(fiscal_year)
    )
    whole = filled(
        Book,
        form=st.just(form.name),
        fiscal_year=st.just(fiscal_year),
        documents=st.tuples(documents),
        sheets=st.lists(sheets, min_size=1, max_size=2).map(tuple),
        kpis=st.lists(kpis, min_size=1, max_size=2).map(tuple),
    )
    return whole.map(_counted)


def _counted(book: Book) -> Book:
    """The book whose document says how many records it has."""
    (document,) = book.documents
    counted = Document.of(
        document.path,
        document.form,
        document.fiscal_year,
        book.sheets,
        book.kpis,
        **{name: getattr(document, name) for name in ("unread", "parts", "remarks", "not_checked")},
    )
    return book.model_copy(update={"documents": (counted,)})
