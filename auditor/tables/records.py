"""Records to tidy tables and back: figures in base units, exact, with the form's name beside
them.

Printed forms and places stay behind. What else a figure says beside its value (a dash, a text, a
unit of its own, evidence for its column) stands in columns of its own, which exist only where
some figure needs them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, cast

import polars as pl
from pydantic import TypeAdapter, ValidationError

from auditor.forms.model import FieldDefinition, Form, KpiTable
from auditor.records.decimals import EXACT, ended, plain_digits
from auditor.records.errors import AuditorError
from auditor.records.fields import (
    BOOK_KEYS,
    EACH_OF,
    NAMES,
    SCOPES,
    TABLES,
    Field,
    TableName,
    figure_names,
)
from auditor.records.figures import Figure, Place, Record
from auditor.records.model import (
    RECORDS,
    SHEET_FIELDS,
    YEAR_FIELDS,
    Book,
    Document,
    Evaluation,
    FiscalYear,
    Kpi,
    NotChecked,
    Part,
    Remark,
    Sheet,
    UnreadNumber,
    default_of,
    figures_of_sheet,
    figures_of_year,
    numbers_in,
)
from auditor.records.text import Text
from auditor.tables.guard import Fault, Guarded, exact_numbers, guarded
from auditor.tables.shape import PARENTS, figure_columns, own_figures, shape, shapes

__all__ = ["Tables", "UnusableTables", "books_of", "from_tables", "to_tables", "words_of"]

_MESSAGES: Final[Mapping[str, TypeAdapter[Any]]] = {
    "remarks": TypeAdapter(tuple[Remark, ...]),
    "not_checked": TypeAdapter(tuple[NotChecked, ...]),
    "unread": TypeAdapter(tuple[UnreadNumber, ...]),
    "parts": TypeAdapter(tuple[Part, ...]),
}


def _plain_fields(table: TableName) -> tuple[tuple[Field, Any], ...]:
    """The fields of a table's record that are columns and no figures, with their defaults."""
    record = Document if table == "documents" else RECORDS.get(EACH_OF[table])
    if record is None:
        return ()
    return tuple(
        (field, default_of(record, field.name))
        for field in TABLES[table].columns
        if field.origin == "record" and field.kind != "figure"
    )


_PLAIN: Final = {table: _plain_fields(table) for table in NAMES}


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


# --- records to tables


class _Columns:
    """The columns of one table as they grow; a column that comes late is blank above."""

    def __init__(self, table: TableName) -> None:
        self.table: TableName = table
        sparse = {field.name for field, _ in _PLAIN[table] if field.sparse}
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
        factor = _factor(figure.unit, unit, form) if convert else Decimal(1)
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
            found = shape(self.table, name)
            kind = found.kind if found else "text"
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


def _factor(unit: str, usual: str, form: Form) -> Decimal:
    return form.factor(unit if unit and unit != usual and unit in form.units else usual)


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
    made: dict[TableName, _Columns] = {name: _Columns(name) for name in NAMES}
    sheets, kpis = Counter[str](), Counter[str]()  # books of several years may share a key
    for book in Book.merged([books] if isinstance(books, Book) else books):
        form = forms[book.form]
        for document in book.documents or (None,):
            _document(made["documents"], book.key, book, document)
        for sheet in book.sheets:
            sheets[book.key] += 1
            _sheet(made, book.key, sheets[book.key], sheet, form)
        for kpi in book.kpis:
            kpis[book.key] += 1
            _kpi(made, book.key, kpis[book.key], kpi, form)
    return Tables(**{name: columns.frame() for name, columns in made.items()})


def _document(columns: _Columns, key: str, book: Book, document: Document | None) -> None:
    columns.row(book=key, form=book.form, fiscal_year=book.fiscal_year)
    if document is not None:
        columns.put("document", document.path)
        _plain(columns, document)


def _plain(columns: _Columns, record: Record) -> None:
    """What a record holds beside its figures and keys, in the row that was begun last."""
    for field, default in _PLAIN[columns.table]:
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
            adapter = _MESSAGES[field.name]
            return adapter.dump_json(value, exclude_defaults=True).decode() if value else None
        case "number" | "text" | "month" | "day":
            return cast(object, value)
        case "figure" | "figures" | "rows" | "place" | "places":
            raise TypeError(f"{field.name}: no cell holds {field.kind}")


def _sheet(
    made: Mapping[TableName, _Columns], key: str, number: int, sheet: Sheet, form: Form
) -> None:
    of: dict[str, object] = {
        "book": key,
        "sheet": number,
        "form": form.name,
        "fiscal_year": sheet.fiscal_year,
    }
    sheets, years, evaluations = made["sheets"], made["years"], made["evaluations"]
    sheets.row(**of)
    _plain(sheets, sheet)
    definitions = form.definitions["sheet"]
    for name in dict.fromkeys((*SHEET_FIELDS, *definitions, *sheet.figures)):
        definition = definitions.get(name)
        unit = _usual_unit(form, "sheets", name)
        sheets.figure(name, sheet.figure(name), definition, unit, form)
    definitions = form.definitions["year"]
    for column, year in sheet.years.items():
        years.row(**of, year=year.year, kind=year.kind, column=column)
        _plain(years, year)
        there = (name for name, _ in year.figure_items())
        for name in dict.fromkeys((*YEAR_FIELDS, *definitions, *there)):
            definition = definitions.get(name)
            unit = _usual_unit(form, "years", name)
            years.figure(name, year.figure(name), definition, unit, form)
    for column, evaluation in sheet.evaluations.items():
        evaluations.row(**of, year=evaluation.year, column=column)
        _plain(evaluations, evaluation)


def _kpi(made: Mapping[TableName, _Columns], key: str, number: int, kpi: Kpi, form: Form) -> None:
    kpis, actuals = made["kpis"], made["kpi_years"]
    kpis.row(book=key, kpi=number, form=form.name, fiscal_year=kpi.fiscal_year)
    _plain(kpis, kpi)
    for name in figure_names("kpi"):
        definition = _definition(form, "kpis", name)
        unit = kpi.unit if _in_unit_of_kpi("kpis", name) else _usual_unit(form, "kpis", name)
        kpis.figure(name, getattr(kpi, name), definition, unit, form, convert=False)
    definition = _definition(form, "kpi_years", "actual")
    for year, figure in kpi.actuals.items():
        actuals.row(book=key, kpi=number, year=int(year))
        actuals.figure("actual", figure, definition, kpi.unit, form, convert=False)


def _definition(form: Form | None, table: TableName, name: str) -> FieldDefinition | None:
    """What the form says of a figure that its records always have; None for one that may be
    absent. Indicators have their figures whatever the form says.
    """
    each = EACH_OF[table]
    definition = form.definitions[each].get(name) if form is not None else None
    if each not in ("kpi", "kpi_year"):
        return definition
    optional = each == "kpi" and not Kpi.model_fields[name].is_required()
    return None if optional else definition or FieldDefinition()


def _in_unit_of_kpi(table: TableName, name: str) -> bool:
    """Whether a figure is printed in the unit of its KPI."""
    field = SCOPES[EACH_OF[table]].by_name.get(name)
    return field is not None and field.unit == "kpi"


def _usual_unit(form: Form | None, table: TableName, name: str) -> str:
    """The unit that goes without saying for a figure that has none of its KPI."""
    each = EACH_OF[table]
    field = SCOPES[each].by_name.get("funding" if name.startswith("funding.") else name)
    if form is not None and (definition := form.definitions[each].get(name)) is not None:
        return definition.unit
    if field is not None and field.part is not None:
        return KpiTable().definition(field.part).unit
    return form.unit if form is not None and field is not None and field.unit == "form" else ""


# --- tables to records


def from_tables(tables: Tables, forms: Mapping[str, Form]) -> tuple[Book, ...]:
    """The books of tidy tables; raises UnusableTables where anything would have to be left out or
    taken for text.
    """
    checked = guarded(tables.frames, forms)
    faults = [fault for fault in checked.faults if fault.rule != "TBL008"]
    if faults:
        raise UnusableTables(tuple(faults))
    return books_of(checked, forms)


def books_of(
    checked: Guarded, forms: Mapping[str, Form], paths: Mapping[TableName, str] | None = None
) -> tuple[Book, ...]:
    """The books of tables that were looked over; ``paths`` are the documents of rows that name
    none.

    Figures of a form that is not in ``forms`` stay in base units; an audit refuses such a book by
    its documents.
    """
    frames: dict[TableName, pl.DataFrame] = {
        name: _with_defaults(name, frame) for name, frame in checked.frames.items()
    }
    making = _Making(frames, forms, paths or {})
    return tuple(making.book(owner) for owner in making.books())


def outlines_of(checked: Guarded, paths: Mapping[TableName, str] | None = None) -> tuple[Book, ...]:
    """The same books with their documents alone, made without looking at every row."""
    usual = _usual_paths(paths or {})
    few: dict[TableName, pl.DataFrame] = {}
    with_books: tuple[TableName, ...] = ("documents", "sheets", "kpis")
    for name in with_books:
        if (frame := checked.frames.get(name)) is not None:
            kept = (
                frame
                if name == "documents"
                else frame.unique(subset=BOOK_KEYS, keep="first", maintain_order=True)
            )
            few[name] = _with_defaults(name, kept)
    making = _Making(few, {}, {})
    counts: dict[Owner, dict[str, list[int]]] = {}
    for index, name in enumerate(with_books[1:]):
        if (frame := checked.frames.get(name)) is not None:
            document = (
                pl.col("document")
                if "document" in frame.columns
                else pl.lit(None, pl.String).alias("document")
            )
            for *of, path, rows in (
                frame.group_by(*BOOK_KEYS, document, maintain_order=True).len().iter_rows()
            ):
                counts.setdefault(making.owner(*of), {}).setdefault(path or usual[index], [0, 0])[
                    index
                ] += rows
    return tuple(making.outline(owner, counts.get(owner, {})) for owner in making.books())


def _usual_paths(paths: Mapping[TableName, str]) -> tuple[str, str]:
    """The documents of sheets and KPIs that name none."""
    return paths.get("sheets") or paths.get("years") or paths.get("evaluations") or "", paths.get(
        "kpis", ""
    )


def _with_defaults(table: TableName, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every usual column, so that each row says the same things."""
    dtypes: dict[str, Any] = {"integer": pl.Int64, "number": pl.Int64, "day": pl.Date}
    lacking = [
        (name, found)
        for name, found in shapes(table).items()
        if name not in frame.columns and found.kind != "number"
    ]
    return frame.with_columns(
        pl.lit(None, dtypes.get(found.kind, pl.String)).alias(name) for name, found in lacking
    )


Row = Mapping[str, Any]
Owner = tuple[str, str, int]
"""What makes a book: the column ``book``, form and fiscal year."""


class _Making:
    def __init__(
        self,
        frames: Mapping[TableName, pl.DataFrame],
        forms: Mapping[str, Form],
        paths: Mapping[TableName, str],
    ) -> None:
        self.forms = forms
        self.sheet_path, self.kpi_path = _usual_paths(paths)
        self.told: dict[str, set[tuple[str, int]]] = {}
        self.of_book: dict[TableName, dict[Owner, list[Row]]] = {
            "documents": {},
            "sheets": {},
            "kpis": {},
        }
        self.of_row: dict[TableName, dict[tuple[str, int], list[Row]]] = {
            "years": {},
            "evaluations": {},
            "kpi_years": {},
        }
        documents = frames.get("documents")
        for key, *of in documents.select(BOOK_KEYS).iter_rows() if documents is not None else ():
            self.told.setdefault(key, set()).add((of[0], of[1]))
        for name, frame in frames.items():
            for row in frame.iter_rows(named=True):
                if name in self.of_book:
                    owner = self.owner(row["book"], row["form"], row["fiscal_year"])
                    self.of_book[name].setdefault(owner, []).append(row)
                else:
                    self.of_row[name].setdefault(
                        (row["book"], row[PARENTS[name][1][1]]), []
                    ).append(row)
        own = own_figures(forms.values())
        self.figures = {
            name: figure_columns(name, frame.columns, own) for name, frame in frames.items()
        }
        self._reading: dict[tuple[TableName, str, str], Callable[[Row, str], Figure | None]] = {}

    def owner(self, key: str, form: str, fiscal_year: int) -> Owner:
        """The book of a row. A sheet of another fiscal year than the only one its book is told to
        have is a stray one of that book.
        """
        told = self.told.get(key, ())
        years = [year for of, year in told if of == form]
        return (key, form, years[0] if len(told) == len(years) == 1 else fiscal_year)

    def books(self) -> list[Owner]:
        return list(dict.fromkeys(owner for rows in self.of_book.values() for owner in rows))

    def book(self, owner: Owner) -> Book:
        sheets = tuple(self._sheet(row) for row in self.of_book["sheets"].get(owner, ()))
        kpis = tuple(self._kpi(row) for row in self.of_book["kpis"].get(owner, ()))
        counts: dict[str, list[int]] = {}
        for index, paths in enumerate(
            ([sheet.document for sheet in sheets], [kpi.document for kpi in kpis])
        ):
            for path in paths:
                counts.setdefault(path, [0, 0])[index] += 1
        book = self.outline(owner, counts)
        documents = tuple(_counted(document, sheets, kpis) for document in book.documents)
        return book.model_copy(update={"documents": documents, "sheets": sheets, "kpis": kpis})

    def outline(self, owner: Owner, counts: Mapping[str, list[int]]) -> Book:
        """The book without its records; ``counts`` are the sheets and KPIs of each document."""
        key, form, fiscal_year = owner
        return Book.of_key(key, form, fiscal_year, self._documents(owner, counts))

    def _documents(self, owner: Owner, counts: Mapping[str, list[int]]) -> tuple[Document, ...]:
        _, form, fiscal_year = owner
        if rows := self.of_book["documents"].get(owner):
            return tuple(
                _told(row, form, fiscal_year) for row in rows if row["document"] is not None
            )
        return tuple(
            Document(path=path, form=form, fiscal_year=fiscal_year, sheets=sheets, kpis=kpis)
            for path, (sheets, kpis) in counts.items()
        )

    def _figure(
        self, table: TableName, name: str, row: Row, form_name: str, unit: str = ""
    ) -> Figure | None:
        """One figure of a row; ``unit`` is that of its KPI."""
        key = (table, name, form_name)
        if key not in self._reading:
            self._reading[key] = self._reader(*key)
        return self._reading[key](row, unit)

    def _reader(
        self, table: TableName, name: str, form_name: str
    ) -> Callable[[Row, str], Figure | None]:
        """A function that makes one figure of a row of a form and the unit of its KPI."""
        form = self.forms.get(form_name)
        definition = _definition(form, table, name)
        own_unit = _in_unit_of_kpi(table, name)
        unit_of_form = _usual_unit(form, table, name)
        converted = EACH_OF[table] not in ("kpi", "kpi_year")
        step = definition.step if definition is not None and converted else None
        # A column that is not there, or of no use, says nothing: that is not blank.
        lacking = converted and name not in self.figures[table]

        def read(row: Row, unit: str) -> Figure | None:
            place = _place(row, row.get(f"{name}.cell"))
            printed = row.get(f"{name}.printed") or ""
            state = row.get(f"{name}.state")
            value = row.get(name)
            if value is None and (state == "absent" or (state is None and definition is None)):
                return None
            if value is None and state is None and lacking:
                state = "unread"
            usual = unit if own_unit else unit_of_form
            stated = row.get(f"{name}.unit") or usual
            placed = row.get(f"{name}.placed_by")
            factor = _factor(stated, usual, form) if converted and form is not None else Decimal(1)
            held = _held(row.get(f"{name}.held"), factor)

            def of_state(state: Any) -> Figure:
                return Figure(
                    held=held,
                    state=state,
                    unit=stated,
                    placed_by=placed,
                    printed=printed,
                    place=place,
                )

            if value is None:
                state = "blank" if state in (None, "number") else state
                return of_state(state)
            number = _printed(Decimal(value), factor, step)
            if number is None:
                return of_state("text")
            return of_state("number").model_copy(update={"value": number})

        return read

    def _plain(self, table: TableName, row: Row, path: str = "") -> dict[str, Any]:
        """What a row says of its record beside figures, by field: all that stands in a column and
        is no key of the table alone.
        """
        plain: dict[str, Any] = {}
        for field, default in _PLAIN[table]:
            value = row[field.name]
            if field.kind == "texts":
                value = words_of(value)
            elif value is None and field.fill == "number":
                value = row[TABLES[table].keys[-1]]
            plain[field.name] = default if value is None else value
        if "document" in plain:
            plain["document"] = row["document"] or path
        return plain

    def _sheet(self, row: Row) -> Sheet:
        form = self.forms.get(row["form"])
        key = (row["book"], row["sheet"])
        of_form = form.sheet_figures if form else ()
        names = dict.fromkeys((*SHEET_FIELDS, *of_form, *self.figures["sheets"]))
        years = self.of_row["years"].get(key, ())
        evaluations = self.of_row["evaluations"].get(key, ())
        return Sheet(
            place=_place(row),
            evaluations={item["column"]: self._evaluation(item, form) for item in evaluations},
            years={item["column"]: self._year(item) for item in years},
            **self._plain("sheets", row, self.sheet_path),
            **figures_of_sheet(
                {name: self._figure("sheets", name, row, row["form"]) for name in names}
            ),
        )

    def _year(self, row: Row) -> FiscalYear:
        figures = {
            name: self._figure("years", name, row, row["form"]) for name in self.figures["years"]
        }
        return FiscalYear(**self._plain("years", row), **figures_of_year(figures))

    def _evaluation(self, row: Row, form: Form | None) -> Evaluation:
        plain = self._plain("evaluations", row)
        if plain["meaning"] is None and form is not None:
            plain["meaning"] = form.meaning(plain["result"])
        return Evaluation(**plain)

    def _kpi(self, row: Row) -> Kpi:
        form = self.forms.get(row["form"])
        plain = self._plain("kpis", row, self.kpi_path)
        unit = plain["unit"]
        if row["direction"] is None and form is not None and form.kpi is not None:
            printed = row.get("target.printed") or ""
            direction, source = form.kpi.direction(plain["name"], printed)
            plain |= {"direction": direction, "direction_source": source}
        figures = {
            name: self._figure("kpis", name, row, row["form"], unit) for name in figure_names("kpi")
        }
        required = (name for name in figures if Kpi.model_fields[name].is_required())
        figures |= {name: figures[name] or Figure(unit=unit) for name in required}
        actuals: dict[str, Figure] = {}
        for item in self.of_row["kpi_years"].get((row["book"], row["kpi"]), ()):
            actual = self._figure("kpi_years", "actual", item, row["form"], unit)
            actuals[str(item["year"])] = actual or Figure(unit=unit)
        return Kpi(**plain, **cast("dict[str, Any]", figures), actuals=actuals)


def _place(row: Row, cell: str | None = None) -> Place | None:
    """Where the row stood, or a figure of it, if its table was made of another one."""
    cell = cell or row.get("cell")
    if cell is not None:
        worksheet, _, address = cell.rpartition("!")
        return Place(sheet=worksheet, cell=address)
    return None if (line := row.get("line")) is None else Place(line=line)


def _told(row: Row, form: str, fiscal_year: int) -> Document:
    plain: dict[str, Any] = {"form": form, "fiscal_year": fiscal_year}
    for field, default in _PLAIN["documents"]:
        value = row[field.name]
        if field.kind == "messages":
            value = _messages(field.name, row)
        if not field.key:
            plain[field.name] = default if value is None else value
    return Document(path=row["document"], **plain)


def _counted(document: Document, sheets: Iterable[Sheet], kpis: Iterable[Kpi]) -> Document:
    """The document with how many figures its records hold, where its table does not say it."""
    if document.figures is not None:
        return document
    figures = numbers_in(
        [sheet for sheet in sheets if sheet.document == document.path],
        [kpi for kpi in kpis if kpi.document == document.path],
    )
    return document.model_copy(update={"figures": figures})


def _messages(name: str, row: Row) -> Any:
    """The messages of a document's cell; raises UnusableTables where it holds none."""
    try:
        return _MESSAGES[name].validate_json(row[name]) if row[name] else ()
    except ValidationError:
        raise UnusableTables(
            (Fault("TBL005", "documents", name, _NOT_JSON, book=row["book"]),)
        ) from None


_NOT_JSON: Final = Text(en="is no JSON of remarks", ja="指摘の JSON として読めません")


def words_of(text: str | None) -> tuple[str, ...]:
    """A list of words: JSON, as ``to_tables`` writes it, or one word as it stands."""
    if not text:
        return ()
    try:
        words = json.loads(text) if text.startswith("[") else None
    except ValueError:
        words = None
    return (
        tuple(str(word) for word in cast("list[object]", words))
        if isinstance(words, list)
        else (text,)
    )


def _held(text: str | None, factor: Decimal) -> Decimal | None:
    """What a cell held, in the printed unit; None where the table does not say it in digits."""
    return None if text is None else _printed(Decimal(text), factor, None)


def _printed(value: Decimal, factor: Decimal, step: Decimal | None) -> Decimal | None:
    """A base value in the printed unit, with as many decimals as the form prints; None where no
    decimal number is it.
    """
    quotient = ended(Fraction(value) / Fraction(factor))
    if quotient is None or step is None:
        return quotient
    printed, usual = (-cast(int, decimal.as_tuple().exponent) for decimal in (quotient, step))
    # A step of a millionth is there for the noise of binary numbers, and nobody prints it.
    places = max(printed, usual if usual <= _PRINTED_PLACES else 0)
    return EXACT.quantize(quotient, Decimal(1).scaleb(-places))


_PRINTED_PLACES: Final = 3
