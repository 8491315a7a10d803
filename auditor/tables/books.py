"""Tidy tables as books of records: what they hold and no more, in printed units."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any, Final, cast

import polars as pl
from pydantic import ValidationError

from auditor.forms.model import Form
from auditor.records.decimals import EXACT, ended
from auditor.records.fields import (
    BOOK_KEYS,
    EACH_OF,
    TABLES,
    TableName,
    figure_names,
)
from auditor.records.figures import Figure, Place
from auditor.records.model import (
    SHEET_FIELDS,
    Book,
    Document,
    Evaluation,
    FiscalYear,
    Kpi,
    Sheet,
    figures_of_sheet,
    figures_of_year,
    numbers_in,
)
from auditor.records.text import Text
from auditor.tables.fields import (
    MESSAGES,
    PLAIN,
    definition_of,
    factor_of,
    in_unit_of_kpi,
    usual_unit,
)
from auditor.tables.guard import Fault, Guarded, guarded
from auditor.tables.records import Tables, UnusableTables
from auditor.tables.shape import PARENTS, figure_columns, own_figures, shapes

__all__ = ["books_of", "from_tables", "outlines_of", "words_of"]


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
            rows = (
                frame
                if name == "documents"
                else frame.unique(subset=BOOK_KEYS, keep="first", maintain_order=True)
            )
            few[name] = _with_defaults(name, rows)
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
        (name, column_shape)
        for name, column_shape in shapes(table).items()
        if name not in frame.columns and column_shape.kind != "number"
    ]
    return frame.with_columns(
        pl.lit(None, dtypes.get(column_shape.kind, pl.String)).alias(name)
        for name, column_shape in lacking
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
        self.stated_books: dict[str, set[tuple[str, int]]] = {}
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
            self.stated_books.setdefault(key, set()).add((of[0], of[1]))
        for name, frame in frames.items():
            for row in frame.iter_rows(named=True):
                if name in self.of_book:
                    owner = self.owner(row["book"], row["form"], row["fiscal_year"])
                    self.of_book[name].setdefault(owner, []).append(row)
                else:
                    self.of_row[name].setdefault(
                        (row["book"], row[PARENTS[name][1][1]]), []
                    ).append(row)
        figures = own_figures(forms.values())
        self.figures = {
            name: figure_columns(name, frame.columns, figures) for name, frame in frames.items()
        }
        self._reading: dict[tuple[TableName, str, str], Callable[[Row, str], Figure | None]] = {}

    def owner(self, key: str, form: str, fiscal_year: int) -> Owner:
        """The book of a row. A sheet of another fiscal year than the only one its book is told to
        have is a stray one of that book.
        """
        stated_books = self.stated_books.get(key, ())
        years = [year for of, year in stated_books if of == form]
        return (key, form, years[0] if len(stated_books) == len(years) == 1 else fiscal_year)

    def books(self) -> list[Owner]:
        return list(dict.fromkeys(chain.from_iterable(self.of_book.values())))

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
                _document_of(row, form, fiscal_year) for row in rows if row["document"] is not None
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
        definition = definition_of(form, table, name)
        own_unit = in_unit_of_kpi(table, name)
        unit_of_form = usual_unit(form, table, name)
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
            factor = (
                factor_of(stated, usual, form) if converted and form is not None else Decimal(1)
            )
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
        for field, default in PLAIN[table]:
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


def _document_of(row: Row, form: str, fiscal_year: int) -> Document:
    plain: dict[str, Any] = {"form": form, "fiscal_year": fiscal_year}
    for field, default in PLAIN["documents"]:
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
        return MESSAGES[name].validate_json(row[name]) if row[name] else ()
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
