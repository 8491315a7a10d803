"""What each tidy table looks like: its columns, their kinds and keys, and its pandera schema.

The schemas' checks are bounded: each gives its first failing rows and a mask, never a million
failure cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from auditor.forms.dialect import PLAIN
from auditor.forms.model import Form
from auditor.records import fields
from auditor.records.fields import EACH_OF, NAMES, TABLE_OF, Field, TableName
from auditor.records.figures import PlacedBy, Record, State
from auditor.records.model import RECORDS, options_of

__all__ = [
    "FIGURES",
    "NO_FIGURES",
    "PARTS",
    "TBL",
    "Kind",
    "OwnFigures",
    "Shape",
    "allowed",
    "figure_columns",
    "is_sound",
    "own_figures",
    "schema",
    "shape",
    "shapes",
]

Kind = Literal["integer", "number", "text", "day"]
SHOWN: Final = 20
"""How many failing rows of one check are told apart; the rest are counted."""

WHOLE: Final = r"^[+-]?[0-9]{1,18}$"


@dataclass(frozen=True)
class Shape:
    """One column. A key has to be there and filled, an ``optional`` one filled where it is there;
    ``options``, ``pattern`` and ``between`` say what a column may hold.
    """

    kind: Kind = "text"
    key: bool = False
    optional: bool = False
    options: tuple[str, ...] = ()
    pattern: str = ""
    between: tuple[int, int] | None = None


_TEXT: Final = Shape()
_NUMBER: Final = Shape("number")
_KINDS: Final[Mapping[fields.Kind, Kind]] = {
    "number": "integer",
    "figure": "number",
    "text": "text",
    "texts": "text",
    "month": "text",
    "day": "day",
    "messages": "text",
}
"""The kind of the column of each kind of field that is one."""


def _of_field(field: Field, record: type[Record] | None) -> Shape:
    worded = record is not None and field.kind == "text" and field.name in record.model_fields
    return Shape(
        _KINDS[field.kind],
        field.key,
        field.optional,
        options_of(record, field.name) if record is not None and worded else (),
        field.pattern,
        field.between,
    )


def _of_table(table: TableName) -> dict[str, Shape]:
    record = None if table == "documents" else RECORDS.get(EACH_OF[table])
    return {field.name: _of_field(field, record) for field in fields.TABLES[table].columns}


_TABLES: Final[dict[TableName, dict[str, Shape]]] = {table: _of_table(table) for table in NAMES}
KEYS: Final[dict[TableName, tuple[str, ...]]] = {
    table: fields.TABLES[table].keys for table in NAMES
}
"""The columns that tell the rows of a table apart."""
PARENTS: Final[dict[TableName, tuple[TableName, tuple[str, str]]]] = {
    table: (TABLE_OF[parent], ("book", parent))
    for table in NAMES
    if (parent := fields.TABLES[table].parent) is not None
}
"""The table whose rows those of another one belong to, and the columns that tell to which."""
FIGURES: Final[dict[TableName, tuple[str, ...]]] = {
    name: tuple(column for column, shape in columns.items() if shape.kind == "number")
    for name, columns in _TABLES.items()
}
# What a figure says beside its value. These columns exist only where a figure says something
# unusual.
PARTS: Final[dict[str, Shape]] = {
    "state": Shape(options=("absent", *get_args(State))),
    "held": Shape(pattern=r"^-?[0-9]+([.][0-9]+)?$"),
    "unit": _TEXT,
    "placed_by": Shape(options=get_args(PlacedBy)),
    "printed": _TEXT,
    "cell": _TEXT,
}
OwnFigures = Mapping[TableName, frozenset[str]]
"""The figures that only some forms have, by the table in which they are columns."""
NO_FIGURES: Final[OwnFigures] = {}
PLACE: Final[Mapping[str, Shape]] = {
    "line": Shape("integer", between=(1, 10**12)),
    "cell": _TEXT,
}
"""Columns of a table that was made of another one: the line of each row in its file, or its first
cell in a workbook (``Grants!A4``).
"""
_SOURCE: Final = re.compile(r"funding\.[A-Za-z_][A-Za-z0-9_]*")


def shapes(table: TableName) -> Mapping[str, Shape]:
    """The columns that a table has whatever its form is, in their order."""
    return _TABLES[table]


def own_figures(forms: Iterable[Form]) -> OwnFigures:
    """The figures that only these forms have."""
    figures: dict[TableName, set[str]] = {"sheets": set(), "years": set()}
    for form in forms:
        for name, each in form.own_figures.items():
            figures[TABLE_OF[each]].add(name)
    return {table: frozenset(names) for table, names in figures.items()}


def shape(table: TableName, column: str, figures: OwnFigures = NO_FIGURES) -> Shape | None:
    """What a column of a table may hold, None for an unknown one; ``figures`` are those that only
    some forms have.
    """
    if column_shape := _TABLES[table].get(column):
        return column_shape
    if column in figures.get(table, ()):
        return _NUMBER
    if column in PLACE and table in ("sheets", "years"):
        return PLACE[column]
    if table == "years" and _SOURCE.fullmatch(column):
        return None if column.rpartition(".")[2] in PARTS else _NUMBER
    figure, _, part = column.rpartition(".")
    owner = shape(table, figure, figures) if figure else None
    return PARTS.get(part) if owner is not None and owner.kind == "number" else None


def figure_columns(
    table: TableName, columns: Iterable[str], figures: OwnFigures = NO_FIGURES
) -> tuple[str, ...]:
    """The columns of figures among the given ones: ``total_cost``, ``funding.grants`` …"""
    return tuple(
        column
        for column in columns
        if (column_shape := shape(table, column, figures)) is not None
        and column_shape.kind == "number"
    )


@dataclass(frozen=True)
class Fault:
    """What a check's failure becomes: the code of its finding, and what it says in both
    languages.
    """

    rule: str
    en: str
    ja: str


TBL: Final[dict[str, Fault]] = {
    "column_in_dataframe": Fault("TBL001", "the column is missing", "列がありません"),
    "type": Fault(
        "TBL002", "the column is of a type that holds no such values", "列の型が違います"
    ),
    "number": Fault(
        "TBL003",
        "is no plain number (digits, a point, a minus; no thousands separators)",
        "数値ではありません（桁区切りなしの数字で書いてください）",
    ),
    "integer": Fault("TBL003", "is no whole number", "整数ではありません"),
    "day": Fault(
        "TBL003", "is no day such as 2025-03-31", "「2025-03-31」の形の日付ではありません"
    ),
    "unique": Fault("TBL004", "the key occurs more than once", "同じキーの行が複数あります"),
    "differs": Fault(
        "TBL005", "differs from what the sheet of the row says", "行の属する帳票の内容と異なります"
    ),
    "differs_kpi": Fault(
        "TBL005", "differs from what the KPI of the row says", "行の属する指標の内容と異なります"
    ),
    "between": Fault("TBL005", "is out of range", "範囲外の値です"),
    "options": Fault(
        "TBL005", "is none of the words that the column knows", "この列で使える語ではありません"
    ),
    "pattern": Fault(
        "TBL005", "is no month such as 2024-03", "「2024-03」の形の年月ではありません"
    ),
    "reference": Fault(
        "TBL006", "belongs to a row that is not there", "対応する行が親の表にありません"
    ),
    "present": Fault("TBL007", "the key is blank", "キーが空欄です"),
}

_ALLOWED: Final[dict[Kind, Callable[[pl.DataType], bool]]] = {
    "integer": lambda dtype: dtype.is_integer() or dtype.is_float() or dtype == pl.String,
    "number": lambda dtype: dtype.is_numeric() or dtype == pl.String,
    "text": lambda dtype: dtype == pl.String,
    "day": lambda dtype: dtype == pl.Date or dtype == pl.String,
}


def allowed(kind: Kind, dtype: pl.DataType) -> bool:
    """Whether a column of this type can hold values of a kind."""
    return _ALLOWED[kind](dtype)


CellTest = Callable[[pl.Expr, pl.DataType], pl.Expr]
"""Whether each cell of a column passes, from the column and its type."""

RowTest = Callable[[pl.LazyFrame], pl.LazyFrame]
"""Whether each row of a frame passes, as a frame of one column."""


def _check(name: str, test: Callable[[PolarsData], pl.LazyFrame | bool]) -> pa.Check:
    return pa.Check(cast(Any, test), name=name, n_failure_cases=SHOWN, ignore_na=False)


def _rows(test: CellTest) -> Callable[[PolarsData], pl.LazyFrame]:
    """A check of every cell of a column."""

    def apply(data: PolarsData) -> pl.LazyFrame:
        column = str(data.key)
        dtype = data.lazyframe.collect_schema()[column]
        return data.lazyframe.select(_passed(test, column, dtype))

    return apply


def _passed(test: CellTest, column: str, dtype: pl.DataType) -> pl.Expr:
    """Whether each cell passes: blank ones and those of a wrong type do, as other checks say so."""
    return test(pl.col(column), dtype).fill_null(True).alias(column)


def _every(column: pl.Expr, answer: bool) -> pl.Expr:
    """One answer for every row (pandera can't report a single one beside answers of rows)."""
    return column.is_null() | True if answer else column.is_null() & False


def _valued(kind: Kind) -> Callable[[pl.Expr, pl.DataType], pl.Expr]:
    """Whether a cell is a value of its kind, without any loss: of floats, those of 15 digits at
    most are exact.
    """

    def test(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        if not _ALLOWED[kind](dtype) or not (dtype == pl.String or dtype.is_float()):
            return _every(column, True)
        if dtype == pl.String:
            if kind == "day":
                return column.str.to_date("%Y-%m-%d", strict=False).is_not_null() | column.is_null()
            return column.str.contains(WHOLE if kind == "integer" else PLAIN)
        whole = column.is_finite() & (column == column.round(0)) & (column.abs() < 10**15)
        if kind == "integer":
            return whole
        text = column.cast(pl.String)
        return whole | (
            column.is_finite()
            & text.str.contains(PLAIN)
            & (text.str.replace_all(r"[.-]|^-?0\.0*", "").str.len_chars() <= 15)
        )

    return test


def _cell_tests(column_shape: Shape) -> dict[str, CellTest]:
    """What is asked of every cell of a column, by the name of its check."""
    tests: dict[str, CellTest] = {
        "type": lambda column, dtype: _every(column, _ALLOWED[column_shape.kind](dtype))
    }
    if column_shape.kind != "text":
        tests[column_shape.kind] = _valued(column_shape.kind)
    if column_shape.key:
        tests["present"] = lambda column, dtype: column.is_not_null()
    if column_shape.between:
        low, high = column_shape.between
        tests["between"] = lambda column, dtype: (
            column.cast(pl.Int64, strict=False).is_between(low, high)
            if _ALLOWED["integer"](dtype)
            else _every(column, True)
        )
    if column_shape.options:
        options = column_shape.options
        tests["options"] = lambda column, dtype: (
            column.is_in(options) if dtype == pl.String else _every(column, True)
        )
    if column_shape.pattern:
        pattern = column_shape.pattern
        tests["pattern"] = lambda column, dtype: (
            column.str.contains(pattern) if dtype == pl.String else _every(column, True)
        )
    return tests


def _row_tests(
    table: TableName, named: Sequence[str], parent: pl.DataFrame | None
) -> dict[str, RowTest]:
    """What is asked of every row of a table with these columns, by the name of its check."""
    keys = KEYS[table]
    tests: dict[str, RowTest] = {}
    if set(keys) <= set(named):
        tests["unique"] = lambda frame: frame.select(_unique(keys))
    if parent is not None and table in PARENTS:
        _, link = PARENTS[table]
        if set(link) <= set(parent.columns) and set(link) <= set(named):
            parents = parent.select(link).unique()
            tests["reference"] = lambda frame: _referring(frame, parents, link)
    return tests


def _columns_of(
    table: TableName, columns: Sequence[str] | None, figures: OwnFigures
) -> tuple[list[str], list[str]]:
    """Those of the columns that the table knows, and the keys that have to be there beside them."""
    usual = [column for column, column_shape in shapes(table).items() if not column_shape.optional]
    named = [column for column in (columns or usual) if shape(table, column, figures) is not None]
    required = [
        column
        for column, column_shape in shapes(table).items()
        if column_shape.key and not column_shape.optional and column not in named
    ]
    return named, required


def schema(
    table: TableName,
    columns: Sequence[str] | None = None,
    parent: pl.DataFrame | None = None,
    figures: OwnFigures = NO_FIGURES,
) -> pa.DataFrameSchema:
    """The pandera schema of a table that has ``columns`` (its usual ones, if none are given).

    With ``parent``, every row has to refer to one of its rows. ``figures`` are those that only
    some forms have (``own_figures``). Validate collected frames: pandera skips checks on lazy
    ones.
    """
    named, required = _columns_of(table, columns, figures)
    return pa.DataFrameSchema(
        {
            column: pa.Column(
                None,
                [
                    _check(name, _rows(test))
                    for name, test in _cell_tests(
                        cast(Shape, shape(table, column, figures))
                    ).items()
                ],
                nullable=True,
                required=True,
            )
            for column in (*named, *required)
        },
        checks=[
            _check(name, _of_frame(test)) for name, test in _row_tests(table, named, parent).items()
        ],
        name=table,
    )


def _of_frame(test: RowTest) -> Callable[[PolarsData], pl.LazyFrame]:
    return lambda data: test(data.lazyframe)


def is_sound(
    frame: pl.DataFrame,
    table: TableName,
    parent: pl.DataFrame | None = None,
    figures: OwnFigures = NO_FIGURES,
) -> bool:
    """Whether a frame passes every check of its ``schema``.

    This is one question to polars. Pandera asks two for each check, which takes many times as
    long; only where something is wrong is there anything for it to tell.
    """
    named, required = _columns_of(table, frame.columns, figures)
    if not {*named, *required} <= set(frame.columns):
        return False
    lazy = frame.lazy()
    cells: list[pl.Expr] = []
    for column in named:
        dtype = frame.schema[column]
        tests = _cell_tests(cast(Shape, shape(table, column, figures)))
        cells += [
            _passed(test, column, dtype).all().alias(f"{column} {name}")
            for name, test in tests.items()
        ]
    rows = [
        test(lazy).select(pl.first().all().alias(name))
        for name, test in _row_tests(table, named, parent).items()
    ]
    try:
        answers = pl.concat([lazy.select(cells), *rows], how="horizontal").collect()
    except pl.exceptions.PolarsError:
        return False  # the schema says which check it was
    return all(answers.row(0))


def _unique(keys: tuple[str, ...]) -> pl.Expr:
    return ~pl.struct(keys).is_duplicated() | pl.any_horizontal(pl.col(keys).is_null())


def _referring(frame: pl.LazyFrame, parents: pl.DataFrame, link: tuple[str, str]) -> pl.LazyFrame:
    """Whether each row's parent is there; a key that is no key at all passes (other checks say
    so).
    """
    here = frame.collect_schema()
    comparable = all(
        here[key] == dtype or (dtype.is_integer() and here[key] == pl.String)
        for key, dtype in parents.schema.items()
    )
    if not comparable:
        return frame.select(_every(pl.col(link[0]), True))
    keys = frame.select(
        pl.col(key).cast(dtype, strict=False) for key, dtype in parents.schema.items()
    )
    joined = keys.join(
        parents.lazy().with_columns(pl.lit(True).alias("reference")),
        on=link,
        how="left",
        maintain_order="left",
    )
    return joined.select(
        pl.col("reference").fill_null(False) | pl.any_horizontal(pl.col(link).is_null())
    )
