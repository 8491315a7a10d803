"""Records as tidy tables: figures in base units, exact, with the form's name beside them.

Printed forms and places stay behind. What else a figure says beside its value (a dash, a text, a
unit of its own, evidence for its column) stands in columns of its own, which exist only where
some figure needs them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import polars as pl

from auditor.forms.model import FieldDefinition, Form
from auditor.records.decimals import EXACT, plain_digits
from auditor.records.errors import AuditorError
from auditor.records.fields import (
    NAMES,
    Field,
    TableName,
    figure_names,
)
from auditor.records.figures import Figure, Record
from auditor.records.model import (
    SHEET_FIELDS,
    YEAR_FIELDS,
    Book,
    Document,
    Kpi,
    Sheet,
)
from auditor.tables.fields import (
    MESSAGES,
    PLAIN,
    definition_of,
    factor_of,
    in_unit_of_kpi,
    usual_unit,
)
from auditor.tables.guard import Fault
from auditor.tables.lossless import exact_numbers
from auditor.tables.shape import shape, shapes

__all__ = ["Tables", "UnusableTables", "to_tables"]


@dataclass(frozen=True)
class Tables:
    """The tidy tables of some books. A table that is not there is None; lazy frames are
    collected.
    """

    sheets: pl.DataFrame | None = None
    years: pl.DataFrame | None = None
    evaluations: pl.DataFrame | None = None
    kpis: pl.DataFrame | None = None
    kpi_years: pl.DataFrame | None = None
    documents: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        for name in NAMES:
            frame = cast(object, getattr(self, name))
            if isinstance(
                frame, pl.LazyFrame
            ):  # pandera skips the checks of a lazy frame, and bad data would pass
                object.__setattr__(self, name, frame.collect())
            elif frame is not None and not isinstance(frame, pl.DataFrame):
                raise TypeError(
                    f"{name}: a polars DataFrame was expected, this is {type(frame).__name__}"
                )

    @property
    def frames(self) -> dict[TableName, pl.DataFrame]:
        """The tables that are there, by name."""
        return {
            name: frame
            for name in NAMES
            if (frame := cast("pl.DataFrame | None", getattr(self, name))) is not None
        }


class UnusableTables(AuditorError, ValueError):
    """Tables that no records can be made of without leaving something out; ``faults`` says what
    is wrong where.
    """

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        first = faults[0]
        row = "" if first.row is None else f", row {first.row + 1}"
        super().__init__(
            first.detail.en,
            f"{first.detail.ja} ({len(faults)} faults)",
            place=f"{first.table}{row}, {first.column}",
        )


class _Columns:
    """The columns of one table as they grow; a column that comes late is blank above."""

    def __init__(self, table: TableName) -> None:
        self.table: TableName = table
        sparse = {field.name for field, _ in PLAIN[table] if field.sparse}
        self.values: dict[str, list[Any]] = {
            name: []
            for name, column in shapes(table).items()
            if not column.optional and name not in sparse
        }
        self.height = 0
        self.figures: set[str] = set()
        self.whole: dict[str, bool] = {}

    def row(self, **values: object) -> None:
        self.height += 1
        for name, value in values.items():
            self.put(name, value)

    def put(self, name: str, value: object) -> None:
        column = self.values.setdefault(name, [])
        column.extend([None] * (self.height - 1 - len(column)))
        column.append(value if value != "" else None)

    def figure(
        self,
        name: str,
        figure: Figure | None,
        definition: FieldDefinition | None,
        unit: str,
        form: Form,
        *,
        convert: bool = True,
    ) -> None:
        """One figure of the row that was begun last; ``unit`` is the one that goes without
        saying.
        """
        usual = "absent" if definition is None else "blank"
        self.figures.add(name)
        if figure is None:
            self.put(name, None)
            if usual != "absent":
                self.put(f"{name}.state", "absent")
            return
        factor = factor_of(figure.unit, unit, form) if convert else Decimal(1)
        value = None if figure.value is None else EXACT.multiply(figure.value, factor)
        self.put(name, value)
        step = EXACT.multiply(definition.step, factor) if definition else Decimal(1)
        self.whole[name] = self.whole.get(name, convert) and step == step.to_integral_value()
        if figure.state != ("number" if value is not None else usual):
            self.put(f"{name}.state", figure.state)
        if figure.held is not None:
            self.put(f"{name}.held", plain_digits(EXACT.multiply(figure.held, factor)))
        if figure.unit not in ("", unit):
            self.put(f"{name}.unit", figure.unit)
        if figure.placed_by not in (None, "position"):
            self.put(f"{name}.placed_by", figure.placed_by)
        if name == "target" and value is not None and _words(figure.printed):
            self.put(f"{name}.printed", figure.printed)

    def frame(self) -> pl.DataFrame:
        columns: list[pl.Series] = []
        for name, values in self.values.items():
            values.extend([None] * (self.height - len(values)))
            column_shape = shape(self.table, name)
            kind = column_shape.kind if column_shape else "text"
            if kind == "number" or name in self.figures:
                columns.append(_numbers(name, values, self.whole.get(name, False)))
            else:
                dtype = {"integer": pl.Int64(), "day": pl.Date()}.get(kind, pl.String())
                columns.append(pl.Series(name, values, dtype=dtype))
        order = sorted(columns, key=lambda series: _order(self.table, series.name))
        return pl.DataFrame(order)


def _order(table: TableName, column: str) -> tuple[int, str]:
    usual = list(shapes(table))
    owner = column if column in usual else column.rpartition(".")[0]
    if owner.startswith("funding"):
        return usual.index("total_cost"), "z"
    if owner not in usual:  # a figure of a form's own, behind those that every form knows
        return usual.index(SHEET_FIELDS[-1] if table == "sheets" else YEAR_FIELDS[-1]), f"z{column}"
    return usual.index(owner), column


def _words(printed: str) -> bool:
    """Whether a printed target says more than its number: 5件未満 is not reached by five."""
    return bool(printed) and not printed[-1:].isdigit()


def _numbers(name: str, values: list[Any], whole: bool) -> pl.Series:
    text = pl.Series(
        name, [None if value is None else format(value, "f") for value in values], dtype=pl.String
    )
    text = text.str.replace(r"(\.[0-9]*?)0+$", "$1").str.strip_suffix(".")
    series = exact_numbers(text)
    return series if whole or series.dtype != pl.Int64 else series.cast(pl.Decimal(38, 6))


def to_tables(books: Book | Iterable[Book], forms: Mapping[str, Form]) -> Tables:
    """The books as tidy tables; those of one key, form and fiscal year are one. Raises KeyError
    for a form that is not in ``forms``.
    """
    tables: dict[TableName, _Columns] = {name: _Columns(name) for name in NAMES}
    sheets, kpis = Counter[str](), Counter[str]()  # books of several years may share a key
    for book in Book.merged([books] if isinstance(books, Book) else books):
        form = forms[book.form]
        for document in book.documents or (None,):
            _document(tables["documents"], book.key, book, document)
        for sheet in book.sheets:
            sheets[book.key] += 1
            _sheet(tables, book.key, sheets[book.key], sheet, form)
        for kpi in book.kpis:
            kpis[book.key] += 1
            _kpi(tables, book.key, kpis[book.key], kpi, form)
    return Tables(**{name: columns.frame() for name, columns in tables.items()})


def _document(columns: _Columns, key: str, book: Book, document: Document | None) -> None:
    columns.row(book=key, form=book.form, fiscal_year=book.fiscal_year)
    if document is not None:
        columns.put("document", document.path)
        _plain(columns, document)


def _plain(columns: _Columns, record: Record) -> None:
    """What a record holds beside its figures and keys, in the row that was begun last."""
    for field, default in PLAIN[columns.table]:
        value = getattr(record, field.name)
        is_usual = field.sparse and value == default
        if not field.key and not is_usual:
            columns.put(field.name, _written(field, value))


def _written(field: Field, value: Any) -> object:
    """A value as a cell of its column holds it; nothing for an empty list."""
    match field.kind:
        case "texts":
            return json.dumps(value, ensure_ascii=False) if value else None
        case "messages":
            adapter = MESSAGES[field.name]
            return adapter.dump_json(value, exclude_defaults=True).decode() if value else None
        case "number" | "text" | "month" | "day":
            return cast(object, value)
        case "figure" | "figures" | "rows" | "place" | "places":
            raise TypeError(f"{field.name}: no cell holds {field.kind}")


def _sheet(
    tables: Mapping[TableName, _Columns], key: str, number: int, sheet: Sheet, form: Form
) -> None:
    of: dict[str, object] = {
        "book": key,
        "sheet": number,
        "form": form.name,
        "fiscal_year": sheet.fiscal_year,
    }
    sheets, years, evaluations = tables["sheets"], tables["years"], tables["evaluations"]
    sheets.row(**of)
    _plain(sheets, sheet)
    definitions = form.definitions["sheet"]
    for name in dict.fromkeys((*SHEET_FIELDS, *definitions, *sheet.figures)):
        definition = definitions.get(name)
        unit = usual_unit(form, "sheets", name)
        sheets.figure(name, sheet.figure(name), definition, unit, form)
    definitions = form.definitions["year"]
    for column, year in sheet.years.items():
        years.row(**of, year=year.year, kind=year.kind, column=column)
        _plain(years, year)
        there = (name for name, _ in year.figure_items())
        for name in dict.fromkeys((*YEAR_FIELDS, *definitions, *there)):
            definition = definitions.get(name)
            unit = usual_unit(form, "years", name)
            years.figure(name, year.figure(name), definition, unit, form)
    for column, evaluation in sheet.evaluations.items():
        evaluations.row(**of, year=evaluation.year, column=column)
        _plain(evaluations, evaluation)


def _kpi(tables: Mapping[TableName, _Columns], key: str, number: int, kpi: Kpi, form: Form) -> None:
    kpis, actuals = tables["kpis"], tables["kpi_years"]
    kpis.row(book=key, kpi=number, form=form.name, fiscal_year=kpi.fiscal_year)
    _plain(kpis, kpi)
    for name in figure_names("kpi"):
        definition = definition_of(form, "kpis", name)
        unit = kpi.unit if in_unit_of_kpi("kpis", name) else usual_unit(form, "kpis", name)
        kpis.figure(name, getattr(kpi, name), definition, unit, form, convert=False)
    definition = definition_of(form, "kpi_years", "actual")
    for year, figure in kpi.actuals.items():
        actuals.row(book=key, kpi=number, year=int(year))
        actuals.figure("actual", figure, definition, kpi.unit, form, convert=False)
