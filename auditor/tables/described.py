"""Tables of another domain, as a form describes them.

Here stands which form fits a table's header, and the tidy tables that it stands for.

A row is a sheet, or a sheet's column. Columns are found by their headers; those that the form
does not know are other people's data and are passed over. Amounts in printed units become base
units without any loss; what can't be read is left for the guard to tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from typing import Any, Final, NamedTuple, cast

import narwhals as nw
import polars as pl

from auditor.forms.dialect import PLAIN, hint
from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.records.decimals import EXACT
from auditor.records.errors import AuditorError
from auditor.records.fields import TableName
from auditor.records.text import Text
from auditor.tables.cells import ROW
from auditor.tables.dialect import faults_of, numbers, refusal
from auditor.tables.guard import Fault
from auditor.tables.identifiers import keys, years
from auditor.tables.lossless import exact_numbers, lossless
from auditor.tables.shape import PARTS
from auditor.tables.totals import with_totals
from auditor.tables.workbooks import Cells, of_workbook

__all__ = [
    "Described",
    "Heading",
    "NotDescribed",
    "UnlikeAny",
    "described",
    "heading",
    "in_its_words",
    "is_exact",
    "rows_of",
    "several",
    "tidied",
]

_KEYS: Final = ("book", "fiscal_year", "year", "kind")
_WHOLE: Final = ("number", "fiscal_year", "year", "block", "since")
_LARGEST: Final = 2**63 - 1


class NotDescribed(AuditorError, ValueError):
    """A table that no form describes, several do, or one only in part; the message says which and
    what is missing. ``likely``: it is meant for a form of tables.
    """

    likely = True


class UnlikeAny(NotDescribed):
    """A table whose heading has nothing of any form's."""

    likely = False


@dataclass(frozen=True)
class Heading:
    """A form and the columns of a table that it describes, by what they hold; ``missing`` has no
    column. ``cells`` says where its rows stand in a workbook.
    """

    form: Form
    columns: Mapping[str, str]
    missing: tuple[str, ...] = ()
    cells: Cells | None = None

    def word(self, name: str) -> str:
        """What the table calls a column of the tidy ones: its own header, or the form's where it
        has none.
        """
        figure, _, part = name.rpartition(".")
        if figure and part in PARTS:
            return self.word(figure)
        key = "number" if name == "sheet" else name
        return self.columns.get(key) or next(iter(self.form.headers.get(key, ())), name)


def is_exact(schema: Mapping[str, pl.DataType], match: Heading) -> bool:
    """Whether the types of a table's columns say already what its keys and figures are, so that no
    cell has to be read.
    """
    for name, column in match.columns.items():
        dtype = schema[column]
        if name in match.form.fields and not dtype.is_numeric():
            return False
        if name in ("number", "fiscal_year", "year") and not dtype.is_integer():
            return False
    return True


def heading(
    columns: Iterable[str], forms: Iterable[Form], insisted: Form | None = None
) -> Heading | None:
    """The form that describes a table with these columns; None where no form describes tables, or
    none is anything like it.

    ``insisted`` need not have all its figures, but the keys. Raises NotDescribed.
    """
    there = _by_header(columns)
    if insisted is not None:
        match = _match(there, insisted)
        keys = [name for name in match.missing if name in (*_KEYS, "number")]
        if keys or not any(name in insisted.fields for name in match.columns):
            raise _lacking(match)
        return match
    near: list[Heading] = []
    unsure: list[NotDescribed] = []
    for form in forms:
        if form.table is not None:
            try:
                near.append(_match(there, form))
            except NotDescribed as fault:  # another form may fit without any doubt
                unsure.append(fault)
    fitting = [match for match in near if not match.missing]
    if len(fitting) > 1:
        raise several(fitting)
    if fitting:
        return fitting[0]
    if unsure:
        raise unsure[0]
    nearest = max(near, key=lambda match: len(match.columns), default=None)
    if nearest is None or not any(name in nearest.form.fields for name in nearest.columns):
        return None
    raise _lacking(nearest)


def several(fitting: Iterable[Heading]) -> NotDescribed:
    """The fault of a table that several forms describe."""
    names = ", ".join(match.form.name for match in fitting)
    ja = f"複数の様式に当てはまります：{names}。--form で指定してください"
    return NotDescribed(f"fits several forms: {names}; name one with --form", ja)


def _by_header(columns: Iterable[str]) -> dict[str, list[str]]:
    there: dict[str, list[str]] = {}
    for column in columns:
        there.setdefault(squeezed(column).casefold(), []).append(column)
    return there


def _match(there: Mapping[str, list[str]], form: Form) -> Heading:
    """What of a form the columns of a table are, which come by their squeezed headings."""
    columns: dict[str, str] = {}
    missing: list[str] = []
    for name, labels in form.headers.items():
        headings = dict.fromkeys(squeezed(label).casefold() for label in labels)
        fitting = list(chain.from_iterable(there.get(heading, ()) for heading in headings))
        if len(fitting) > 1:
            en, ja = (
                f"several columns are {name} of form {form.name}",
                f"様式 {form.name} の {name} に当たる列が複数あります",
            )
            raise NotDescribed(f"{en}: {', '.join(fitting)}", f"{ja}: {', '.join(fitting)}")
        if fitting:
            columns[name] = fitting[0]
        elif name != "fiscal_year" or form.table is None or form.fiscal_year is None:
            missing.append(name)
    return Heading(form, columns, tuple(missing))


def _lacking(match: Heading) -> NotDescribed:
    listed = ", ".join(match.word(name) for name in match.missing)
    name = match.form.name
    fault = NotDescribed(
        f"is most like a table of form {name}, but has no column {listed}",
        f"様式 {name} の表に最も似ていますが、必要な列がありません：{listed}",
    )
    fault.likely = len(match.columns) >= len(match.missing)
    return fault


# --- tidy tables, where the data lies


def tidied(
    frame: nw.LazyFrame[Any],
    match: Heading,
    *,
    line: str | None = None,
    scaled: Collection[str] = (),
) -> dict[TableName, nw.LazyFrame[Any]]:
    """The tidy tables that a table stands for, as expressions in its own engine: ``sheets``, and
    ``years`` where its rows are columns.

    Figures are whole or decimal numbers and are multiplied to base units, except those of
    ``scaled``, which are so already. ``line`` is a column that counts the rows as a person does;
    without it and without a column of numbers, rows are numbered in the order of what they hold.
    Raises NotDescribed for a figure whose type or unit can't be multiplied exactly. (Spark's
    columns have no points in their names.)
    """
    form, table = match.form, match.form.table
    assert table is not None
    number = match.columns.get("number") or line
    if number is None:
        number = "#number"
        frame = frame.with_row_index(number, order_by=list(match.columns.values())).with_columns(
            (nw.col(number) + 1).cast(nw.Int64)
        )
    schema = frame.collect_schema()
    dated = (
        _column(match, "fiscal_year")
        if "fiscal_year" in match.columns
        else nw.lit(form.fiscal_year, nw.Int64).alias("fiscal_year")
    )
    keys = [nw.lit(form.name).alias("form"), nw.col(number).alias("sheet"), dated]
    keys += [_column(match, "book").cast(nw.String)] if "book" in match.columns else []
    apart = (*_KEYS, "number")
    texts = [
        _column(match, name) if name in _WHOLE else _column(match, name).cast(nw.String)
        for name in match.columns
        if name not in form.fields and name not in apart
    ]
    lines = [nw.col(line).alias("line"), nw.col(line).alias(ROW)] if line is not None else []
    amounts = [
        _amount(match, name, schema[match.columns[name]], name in scaled)
        for name in form.fields
        if name in match.columns
    ]
    if table.rows == "sheet":
        return {"sheets": frame.select(*keys, *texts, *lines, *amounts)}
    kind = (
        _column(match, "kind").cast(nw.String)
        if "kind" in match.columns
        else nw.lit(form.columns[0].kind).alias("kind")
    )
    years = frame.select(*keys, _column(match, "year"), kind, *lines, *amounts)
    sheets = frame.select(*keys, *texts, *lines[1:])
    names = [name for name in sheets.collect_schema().names() if name != ROW]
    return {
        "sheets": sheets.group_by(*names).agg(nw.col(ROW).min()) if lines else sheets.unique(),
        "years": years,
    }


def _column(match: Heading, name: str) -> nw.Expr:
    return nw.col(match.columns[name]).alias(name)


def _amount(match: Heading, name: str, dtype: nw.dtypes.DType, scaled: bool) -> nw.Expr:
    """One figure in base units."""
    definition = match.form.fields[name]
    factor = match.form.factor(definition.unit)
    if factor == 1 or scaled:
        return _column(match, name)
    if factor != factor.to_integral_value() or not (dtype.is_integer() or dtype.is_decimal()):
        header = match.columns[name]
        raise NotDescribed(
            f"column {header} ({dtype}) can't be turned from {definition.unit} into base units "
            "exactly; make it whole numbers or decimals",
            f"{header} 列（{dtype}）の {definition.unit} を誤差なく換算できません。"
            "整数か小数（DECIMAL）の列にしてください",
        )
    return (nw.col(match.columns[name]) * int(factor)).alias(name)


# --- tables that were read into this process


def rows_of(match: Heading) -> TableName:
    """The tidy table that has a row for each row of a described one."""
    return "years" if match.form.table is not None and match.form.table.rows == "year" else "sheets"


def in_its_words(faults: Iterable[Fault], match: Heading) -> list[Fault]:
    """The faults with their columns as the described table heads them, the cells of a workbook,
    and what would let an unreadable cell be read. A book that is only named after the fiscal year
    is no column.
    """
    listed = list(faults)
    if "book" not in match.columns:
        listed = [fault for fault in listed if fault.column != "book"]
    return [_in_its_words(fault, match) for fault in listed]


def _in_its_words(fault: Fault, match: Heading) -> Fault:
    names = fault.column.split(", ") if fault.column else []
    words = [match.word(name) for name in names]
    detail, cell = fault.detail, fault.cell
    if fault.rule in ("TBL003", "TBL005") and names and names[0] in ("fiscal_year", "year"):
        detail = _NO_YEAR
    elif fault.rule == "TBL003" and names and names[0] in match.form.fields:
        unit = match.form.fields[names[0]].unit
        advice = hint(fault.printed, match.form, unit) if fault.printed else None
        detail = advice or refusal(match.form, names[0]) or detail
    if match.cells is not None and fault.row is not None and not cell:
        cell = match.cells.place(fault.row, words[0] if words else "")
    return replace(fault, column=", ".join(words), detail=detail, cell=cell)


_NO_YEAR: Final = Text(
    en="is no fiscal year that can be told for sure (2024, FY2024, 2024-25, 2024-04-01, R6)",
    ja="年度として確実に読めません（2024、FY2024、2024-25、2024-04-01、令和6年度の形で"
    "書いてください）",
)


class Described(NamedTuple):
    """The tidy tables that another table stands for, and what is wrong with its cells beside what
    the guard sees.
    """

    frames: dict[TableName, pl.DataFrame]
    faults: list[Fault]


def described(frame: pl.DataFrame, match: Heading) -> Described:
    """The tidy tables of rows of any type, the text of a CSV file among them. A column ``#row``
    counts them, or they count from 1.
    """
    if ROW not in frame.columns:
        frame = frame.with_row_index(ROW, 1)
    rows = frame[ROW].cast(pl.Int64)
    columns = [rows]
    parts: list[pl.Series] = []
    faults: list[Fault] = []
    scaled: set[str] = set()
    for name, column in match.columns.items():
        if name in match.form.fields:
            cells = _figures(frame, column, match, name)
            faults += cells.faults
            series, dashed = lossless(cells.values, "number")
            if dashed is not None and "state" not in cells.parts:
                cells.parts["state"] = dashed
            series = exact_numbers(series)
            factor = match.form.factor(match.form.fields[name].unit)
            if factor != 1 and not _multiplies(series, factor):
                series = _multiplied(series, factor)
                scaled.add(name)
            parts += [part.alias(f"{name}.{suffix}") for suffix, part in cells.parts.items()]
        elif name in ("fiscal_year", "year"):
            series = years(frame[column])
        elif name == "number":
            series, identifiers = keys(frame[column], rows)
            if identifiers is not None:
                columns.append(identifiers.alias("#identifier"))
        else:
            series, _ = lossless(frame[column], "text")
        columns.append(series.alias(f"#{name}"))
    if match.cells is not None:
        parts.append(match.cells.column(rows, "").alias("cell"))
    table = with_totals(pl.DataFrame(columns), match.form)
    lazy: nw.LazyFrame[Any] = nw.from_native(table.lazy())
    named = (column.removeprefix("#") for column in table.columns[1:])
    renamed = replace(match, columns={name: f"#{name}" for name in named})
    tidy = tidied(lazy, renamed, line=ROW, scaled=scaled)
    frames: dict[TableName, pl.DataFrame] = {
        name: cast(pl.LazyFrame, table.to_native()).collect() for name, table in tidy.items()
    }
    of_rows = rows_of(match)
    frames[of_rows] = frames[of_rows].with_columns(parts)
    ordered: dict[TableName, pl.DataFrame] = {
        name: table.sort(ROW, *(column for column in table.columns if column != ROW))
        for name, table in frames.items()
    }
    return Described(ordered, [replace(fault, table=of_rows) for fault in faults])


@dataclass
class _Cells:
    """A column of figures as plain numbers, with what they say beside their values."""

    values: pl.Series
    parts: dict[str, pl.Series] = field(default_factory=dict[str, pl.Series])
    faults: list[Fault] = field(default_factory=list[Fault])


def _figures(frame: pl.DataFrame, column: str, match: Heading, name: str) -> _Cells:
    """One column of figures; typed numbers need no dialect."""
    cells = _Cells(frame[column])
    if isinstance(cells.values.dtype, pl.Categorical | pl.Enum):
        cells.values = cells.values.cast(pl.String)
    if cells.values.dtype == pl.String:
        typed = of_workbook(frame, column)
        read = numbers(cells.values, match.form, name, typed)
        cells.values = read.values
        shown = {"state": read.states, "printed": read.prints, "unit": read.units}
        if typed is not None:
            factor = match.form.factor(match.form.fields[name].unit)
            held = typed.held if factor == 1 else _multiplied(typed.held, factor)
            shown["held"] = held.cast(pl.String)
        cells.parts = {part: series for part, series in shown.items() if series.count()}
        cells.faults = faults_of(read, frame[ROW], match.form, name)
    if match.cells is not None:
        cells.parts["cell"] = match.cells.column(frame[ROW], column)
    return cells


def _multiplies(series: pl.Series, factor: Decimal) -> bool:
    """Whether the engine multiplies the column without losing a digit."""
    if factor != factor.to_integral_value() or not (
        series.dtype.is_integer() or series.dtype.is_decimal()
    ):
        return False
    most = max(
        (Decimal(str(end)).copy_abs() for end in (series.min(), series.max()) if end is not None),
        default=Decimal(0),
    )
    return EXACT.multiply(most, factor) <= _LARGEST


def _multiplied(series: pl.Series, factor: Decimal) -> pl.Series:
    """The column with every plain number multiplied, digit by digit; other cells as they are."""
    text = series.cast(pl.String)
    plain = text.str.contains(PLAIN).fill_null(False)
    values = [
        format(EXACT.multiply(Decimal(cell), factor), "f") if fits else cell
        for cell, fits in zip(text.to_list(), plain.to_list(), strict=True)
    ]
    return exact_numbers(pl.Series(series.name, values, dtype=pl.String))
