"""Looks tables over before they become records.

Lossless types come first, then the pandera schemas; then what failed is set aside.

Nothing is repaired: a cell that is no number becomes text (unknown to every rule), a row without
a sound key is left out, and both are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import narwhals as nw
import pandera.errors
import polars as pl

from auditor.forms.model import Form
from auditor.records.fields import BOOK_KEYS, NAMES, TableName
from auditor.records.text import Text
from auditor.tables.cells import ROW
from auditor.tables.keys import column_key, completed
from auditor.tables.lossless import exact_numbers, lossless
from auditor.tables.shape import (
    KEYS,
    PARENTS,
    SHOWN,
    TBL,
    OwnFigures,
    Shape,
    allowed,
    is_sound,
    own_figures,
    schema,
    shape,
    shapes,
)

__all__ = [
    "Fault",
    "Guarded",
    "empty",
    "guarded",
    "merged",
    "missing_figures",
    "structure",
]

_EMPTY: Final = "TBL008"


@dataclass(frozen=True)
class Fault:
    """Something wrong with a table. ``row`` counts from 1; ``book`` is the row's, where it has one.

    ``more`` says how many rows more it is said of than are told apart. ``cell`` is the place in a
    workbook (``Grants!B4``).
    """

    rule: str
    table: TableName
    column: str
    detail: Text
    row: int | None = None
    printed: str = ""
    book: str | None = None
    more: int = 0
    cell: str = ""


@dataclass
class Guarded:
    """The tables that can be made records of, what is wrong with them, and how many rows of each
    were left out.
    """

    frames: dict[TableName, pl.DataFrame] = field(default_factory=dict[TableName, pl.DataFrame])
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: dict[TableName, int] = field(default_factory=dict[TableName, int])
    mistyped: set[tuple[TableName, str]] = field(default_factory=set[tuple[TableName, str]])
    figures: OwnFigures = field(default_factory=dict[TableName, frozenset[str]])


def guarded(
    frames: Mapping[TableName, pl.DataFrame],
    forms: Mapping[str, Form],
    form: str | None = None,
    *,
    sound: bool = False,
) -> Guarded:
    """Check every table by its schema; ``form`` names the form of tables that have no column
    ``form``.

    Rows that are known to be ``sound`` are not checked again, only given the types that records
    are made from.
    """
    result = Guarded(figures=own_figures(forms.values()))
    for name in NAMES:  # parents come before their children
        if name not in frames:
            continue
        frame = _conformed(name, frames[name], result.figures)
        frame = _keyed(name, frame, result.frames, form)
        if sound:
            named = [
                column
                for column in frame.columns
                if shape(name, column, result.figures) is not None
            ]
            result.frames[name] = _settled(
                name, frame.select(named), {}, result.figures
            ).with_columns(frame[ROW])
            continue
        if frame.is_empty():
            result.faults.append(empty(name))
        _examine(name, frame, result)
    if not sound:
        _figures_of_forms(result, forms)
    _complete(result, forms)
    result.frames = {name: frame.drop(ROW, strict=False) for name, frame in result.frames.items()}
    return result


def structure(
    columns: Mapping[TableName, pl.DataFrame], forms: Mapping[str, Form], form: str | None = None
) -> Guarded:
    """What is wrong with the tables whatever their rows are, and which columns of which tables
    can be used; the frames may be empty.
    """
    result = Guarded(figures=own_figures(forms.values()))
    for name in NAMES:
        if name not in columns:
            continue
        frame = _keyed(
            name, _conformed(name, columns[name].clear(), result.figures), result.frames, form
        )
        result.faults += _unknown(name, frame, result.figures)
        usable, faults = _usable(name, frame, result.figures)
        result.faults += faults
        if usable is not None:
            result.frames[name] = frame.select(usable)
    if "kpi_years" in result.frames and "kpis" not in result.frames:
        del result.frames["kpi_years"]
        result.faults.append(_fault("kpi_years", "reference", "book, kpi", detail="kpis"))
    return result


def _usable(
    table: TableName, frame: pl.DataFrame, figures: OwnFigures
) -> tuple[list[str] | None, list[Fault]]:
    """The columns of a table that can be used, None where its keys can't, and what is wrong with
    the others.
    """
    columns: dict[str, Shape] = {}
    for column in frame.columns:
        if (column_shape := shape(table, column, figures)) is not None:
            columns[column] = column_shape
    wrong = [
        column
        for column, column_shape in columns.items()
        if not allowed(column_shape.kind, frame.schema[column])
    ]
    missing = [
        column
        for column, column_shape in shapes(table).items()
        if column_shape.key and not column_shape.optional and column not in frame.columns
    ]
    faults = [_fault(table, "type", name, detail=str(frame.schema[name])) for name in wrong]
    faults += [_fault(table, "column_in_dataframe", column) for column in missing]
    if missing or any(columns[column].key for column in wrong):
        return None, faults
    return [column for column in columns if column not in wrong], faults


def empty(table: TableName) -> Fault:
    return Fault(_EMPTY, table, "", Text(en="the table has no rows", ja="表に行がありません"))


def merged(faults: Iterable[Fault]) -> list[Fault]:
    """Faults of several parts of the same tables, with the first rows of each kind told apart and
    the others counted.
    """
    alike: dict[tuple[str, TableName, str, Text], list[Fault]] = {}
    for fault in faults:
        alike.setdefault((fault.rule, fault.table, fault.column, fault.detail), []).append(fault)
    result: list[Fault] = []
    for same in alike.values():
        single = [fault for fault in same if not fault.more]
        rows = [fault for fault in single if fault.row is not None or fault.printed] or single[:1]
        result += rows[:SHOWN]
        if more := sum(fault.more for fault in same) + len(rows[SHOWN:]):
            result.append(replace(same[0], row=None, printed="", more=more))
    return result


def _conformed(table: TableName, frame: pl.DataFrame, figures: OwnFigures) -> pl.DataFrame:
    """The frame with every type that can be had without loss; what can't be stays as it is, for
    the schema to tell.
    """
    dashes: list[pl.Series] = []
    columns: list[pl.Series] = []
    for series in frame:
        column_shape = shape(table, series.name, figures)
        if column_shape is not None:
            series, dashed = lossless(series, column_shape.kind)
            if dashed is not None and f"{series.name}.state" not in frame.columns:
                dashes.append(dashed)
        columns.append(series)
    return pl.DataFrame([*columns, *dashes])


def _keyed(
    table: TableName, frame: pl.DataFrame, done: Mapping[TableName, pl.DataFrame], form: str | None
) -> pl.DataFrame:
    """The frame with its rows numbered, and the keys that can be known without being written on
    every row.
    """
    frame = frame if ROW in frame.columns else frame.with_row_index(ROW, 1)
    if not _has_keys(table, frame):
        parent = done.get(PARENTS[table][0]) if table in PARENTS else None
        of_parent = None if parent is None else nw.from_native(parent.lazy())
        keyed = completed(table, nw.from_native(frame.lazy()), of_parent, form)
        frame = cast(pl.LazyFrame, keyed.to_native()).collect().sort(ROW, maintain_order=True)
    if table == "documents" and "document" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, pl.String).alias("document"))
    return frame


def _has_keys(table: TableName, frame: pl.DataFrame) -> bool:
    """Whether the columns that tell a row's book are all written."""
    return {name for name in BOOK_KEYS if name in shapes(table)} <= set(frame.columns)


def _unknown(table: TableName, frame: pl.DataFrame, figures: OwnFigures) -> list[Fault]:
    """The columns that nobody knows."""
    return [
        Fault(
            "TBL009",
            table,
            column,
            Text(
                en=f"the table knows no column {column}; it was passed over",
                ja=f"{column} という列は使わないため、読み飛ばしました",
            ),
        )
        for column in frame.columns
        if column != ROW and shape(table, column, figures) is None
    ]


def _examine(table: TableName, frame: pl.DataFrame, result: Guarded) -> None:
    """Validate one frame, say what failed, and set it aside."""
    result.faults += _unknown(table, frame, result.figures)
    parent = result.frames.get(PARENTS[table][0]) if table in PARENTS else None
    columns = [
        column for column in frame.columns if shape(table, column, result.figures) is not None
    ]
    failures = _Failures(table, frame, result)
    chosen = frame.select(columns)
    if not is_sound(chosen, table, parent, result.figures):
        checks = schema(table, columns, parent, result.figures)
        try:
            checks.validate(chosen, lazy=True)
        except pandera.errors.SchemaErrors as failed:
            for error in cast(list[Any], failed.schema_errors):
                failures.add(error)
    keys = {column for column, column_shape in shapes(table).items() if column_shape.key}
    if keys & failures.unusable:
        result.left_out[table] = frame.height
        return
    if failures.rows.any():
        result.left_out[table] = int(failures.rows.sum())
    usable = frame.select(column for column in columns if column not in failures.unusable)
    settled = _settled(table, usable, failures.cells, result.figures)
    result.frames[table] = settled.with_columns(frame[ROW]).filter(~failures.rows)


class _Failures:
    """What of one frame failed: its ``unusable`` columns, the ``rows`` without a sound key, and
    the ``cells`` of other columns. Faults go into the result.
    """

    def __init__(self, table: TableName, frame: pl.DataFrame, result: Guarded) -> None:
        self.table: TableName = table
        self.frame, self.result = frame, result
        self.unusable: set[str] = set()
        self.rows = pl.Series("out", [False]).new_from_index(0, frame.height)
        self.cells: dict[str, pl.Series] = {}

    def add(self, error: Any) -> None:
        """One failure of the schema; raised where it is the schema's own, never the data's."""
        check = getattr(error.check, "name", None) or str(error.check)
        match check:
            case "column_in_dataframe":
                self._add_column(check, str(error.failure_cases))
            case "type":
                column = str(error.schema.name)
                self.result.mistyped.add((self.table, column))
                self._add_column(check, column, str(self.frame.schema[column]))
            case "unique":
                self._add_rows(check, ", ".join(KEYS[self.table]), error)
            case "reference":
                self._add_rows(check, ", ".join(PARENTS[self.table][1]), error)
            case _ if check in TBL:
                self._add_rows(check, str(error.schema.name), error)
            case _:
                raise error

    def _add_column(self, check: str, column: str, detail: str = "") -> None:
        self.unusable.add(column)
        self.result.faults.append(_fault(self.table, check, column, detail=detail))

    def _add_rows(self, check: str, column: str, error: Any) -> None:
        mask: pl.Series = error.check_output.to_series()
        if mask.len() != self.frame.height:
            mask = mask.new_from_index(0, self.frame.height)
        self.result.faults.extend(_rows(self.table, check, column, self.frame, ~mask))
        column_shape = shape(self.table, column, self.result.figures)
        if column_shape is None or column_shape.key:
            self.rows |= ~mask
        else:
            failed = self.cells.get(column)
            self.cells[column] = ~mask if failed is None else failed | ~mask


def _fault(
    table: TableName,
    check: str,
    column: str,
    row: int | None = None,
    printed: str = "",
    detail: str = "",
    book: str | None = None,
) -> Fault:
    kind = TBL[check]
    more = f" ({detail})" if detail else ""
    return Fault(
        kind.rule, table, column, Text(en=kind.en + more, ja=kind.ja + more), row, printed, book
    )


def _rows(
    table: TableName, check: str, column: str, frame: pl.DataFrame, failed: pl.Series
) -> Iterable[Fault]:
    """The first failing rows of a check, and how many more there are."""
    rows = failed.arg_true()
    shown = rows.head(SHOWN)
    books = (
        frame["book"].gather(shown).to_list() if "book" in frame.columns else [None] * len(shown)
    )
    columns = [name for name in column.split(", ") if name in frame.columns]
    values = frame.select(columns)[shown.to_list()].rows()
    for row, book, value in zip(frame[ROW].gather(shown).to_list(), books, values, strict=True):
        printed = ", ".join("" if part is None else str(part)[:60] for part in value)
        yield _fault(table, check, column, row, printed, book=book)
    if (more := len(rows) - len(shown)) > 0:
        yield replace(_fault(table, check, column), more=more)


def _settled(
    table: TableName, frame: pl.DataFrame, failed: Mapping[str, pl.Series], figures: OwnFigures
) -> pl.DataFrame:
    """Failing cells become blank, those of figures text; every column has the type that the
    records are made from.
    """
    changed: dict[str, pl.Series] = {}
    for column in frame.columns:
        column_shape, series = cast(Shape, shape(table, column, figures)), frame[column]
        bad = failed.get(column)
        if bad is not None:
            if column_shape.kind == "number":
                state = changed.get(
                    f"{column}.state",
                    frame[f"{column}.state"]
                    if f"{column}.state" in frame.columns
                    else _blank(frame.height),
                )
                changed[f"{column}.state"] = state.set(bad, "text").alias(f"{column}.state")
            series = series.set(bad, None)
        if column_shape.kind == "number":
            series = exact_numbers(series)
        elif column_shape.kind == "integer":
            series = series.cast(pl.Int64, strict=False)
        elif column_shape.kind == "day" and series.dtype == pl.String:
            series = series.str.to_date("%Y-%m-%d", strict=False)
        changed.setdefault(column, series)
    return frame.with_columns(*changed.values())


def _blank(height: int) -> pl.Series:
    return pl.Series("state", [None], dtype=pl.String).new_from_index(0, height)


def _complete(result: Guarded, forms: Mapping[str, Form]) -> None:
    """Every row gets the key of its column, and years that came alone get sheets; rows that clash
    are left out.
    """
    for table in PARENTS:
        _agreeing(result, table)
    for table in ("years", "evaluations"):
        frame = result.frames.get(table)
        if frame is None:
            continue
        frame = _with_column_keys(frame, forms if table == "years" else {})
        clash = frame.select(pl.struct("book", "sheet", "column").is_duplicated()).to_series()
        result.frames[table] = _without(result, table, "column", "unique", frame, clash)
    alone = [result.frames[name] for name in ("years", "evaluations") if name in result.frames]
    if "kpi_years" in result.frames and "kpis" not in result.frames:
        result.left_out["kpi_years"] = (
            result.left_out.get("kpi_years", 0) + result.frames.pop("kpi_years").height
        )
        result.faults.append(_fault("kpi_years", "reference", "book, kpi", detail="kpis"))
    if "sheets" not in result.frames and alone:
        keys = ("book", "sheet", "form", "fiscal_year")
        sheets = pl.concat([frame.select(keys) for frame in alone]).unique(
            subset=["book", "sheet"], keep="first", maintain_order=True
        )
        result.frames["sheets"] = sheets.with_columns(
            pl.concat_str(pl.lit("#"), pl.col("sheet").cast(pl.String)).alias("name")
        )


def _agreeing(result: Guarded, table: TableName) -> None:
    """Leave out the rows whose form or fiscal year is not that of their sheet or KPI."""
    parent, link = PARENTS[table]
    frame, of_parent = result.frames.get(table), result.frames.get(parent)
    names = [
        name for name in ("form", "fiscal_year") if frame is not None and name in frame.columns
    ]
    if frame is None or of_parent is None or not names:
        return
    expected = of_parent.select(*link, pl.col(names).name.suffix(" of"))
    joined = frame.join(expected, on=list(link), how="left", maintain_order="left")
    check = "differs" if parent == "sheets" else "differs_kpi"
    for name in names:
        differs = (joined[name] != joined[f"{name} of"]).fill_null(False)
        frame = _without(result, table, name, check, frame, differs)
        joined = joined.filter(~differs)
    result.frames[table] = frame


def _with_column_keys(frame: pl.DataFrame, forms: Mapping[str, Form]) -> pl.DataFrame:
    """The frame with the id of each row's column: as written, else as its form names it."""
    lazy = nw.from_native(frame.lazy())
    key = nw.col("year").cast(nw.String)
    for form in forms.values():
        named = column_key(form, nw.col("year"), nw.col("fiscal_year"), nw.col("kind"))
        key = nw.when(nw.col("form") == form.name).then(named).otherwise(key)
    written = nw.coalesce(nw.col("column"), key) if "column" in frame.columns else key
    return lazy.with_columns(written.alias("column")).to_native().collect()


def _without(
    result: Guarded,
    table: TableName,
    column: str,
    check: str,
    frame: pl.DataFrame,
    failed: pl.Series,
) -> pl.DataFrame:
    """The frame without the rows that failed, which are told."""
    if not failed.any():
        return frame
    result.faults.extend(_rows(table, check, column, frame, failed))
    result.left_out[table] = result.left_out.get(table, 0) + int(failed.sum())
    return frame.filter(~failed)


def _figures_of_forms(result: Guarded, forms: Mapping[str, Form]) -> None:
    for table, frame in result.frames.items():
        if frame.is_empty() or "form" not in frame.columns:
            continue
        mistyped = {column for wrong, column in result.mistyped if wrong == table}
        first = frame.unique(subset="form", keep="first", maintain_order=True)
        for name, book in first.select("form", "book").iter_rows():
            if name in forms:
                result.faults += missing_figures(
                    table, {*frame.columns, *mistyped}, forms[name], book
                )


def missing_figures(
    table: TableName, columns: Collection[str], form: Form, book: str
) -> list[Fault]:
    """The figures of a form that a table has no column for: every rule that needs them would stay
    unknown in silence.
    """
    needed = {"years": form.amounts, "sheets": form.sheet_figures, "kpis": ("target",)}.get(
        table, ()
    )
    lacking = [column for column in needed if column not in columns]
    return [
        _fault(table, "column_in_dataframe", column, detail=f"form {form.name}", book=book)
        for column in lacking
    ]
