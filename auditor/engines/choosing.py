"""What is chosen of one table's columns.

Figures are whole numbers, words have no blanks; marks say where only the judge may answer, and
which rows fit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import narwhals as nw

from auditor.engines.bases import AT
from auditor.engines.expressions import KEPT, Expressions, Same
from auditor.engines.keys import CODE, OWNER
from auditor.forms.model import Form
from auditor.formula.columns.values import Mask, both, either
from auditor.records.fields import SCOPES, TABLE_OF, Each
from auditor.records.model import RECORDS, default_of
from auditor.rules.kpi import STRICT
from auditor.tables.cells import (
    Number,
    Schema,
    as_text,
    as_whole,
    as_written,
    fits,
    inner,
    is_one_of,
    number,
)
from auditor.tables.keys import column_key
from auditor.tables.shape import FIGURES, shape

__all__ = ["FITS", "Choice", "Chosen", "chosen", "converted", "figures_of"]

FITS: Final = "#fits"
"""Whether all cells of a row are what their columns hold."""


@dataclass
class Choice:
    """What is chosen of one table's columns, of those that the table has and the formulas need."""

    schema: Schema
    form: Form
    needed: frozenset[str]
    values: dict[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    scales: dict[str, int] = field(default_factory=dict[str, int])
    open: dict[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    unknown: dict[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    absent: set[str] = field(default_factory=set[str])
    fits: list[Mask] = field(default_factory=list[Mask])


class Chosen:
    """The columns that are made of a table's, and what is then asked of them all together."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        columns = {inner(name): value for name, value in choice.values.items()}
        for mark, masks in (("open", choice.open), ("unknown", choice.unknown)):
            columns |= {f"{inner(name)}/{mark}": mask for name, mask in masks.items()}
        sound = both(*choice.fits)
        if isinstance(sound, nw.Expr):
            columns[FITS] = sound
        named = [value.alias(name) for name, value in columns.items()]
        self.columns: Expressions = Expressions([nw.col(CODE), nw.col(OWNER), *named])
        self._facts: Expressions | None = None

    def facts(self, schema: Schema) -> Expressions:
        """How many rows there are; how many cells of a column are null, its least and its most
        value; how many marks are set.
        """
        if self._facts is None:
            self._facts = Expressions(self._asked(schema))
        return self._facts

    def _asked(self, schema: Schema) -> Iterable[nw.Expr]:
        yield nw.len().alias("#rows")
        for name in map(inner, self.choice.values):
            column = nw.col(name)
            yield column.null_count().alias(f"{name}/nulls")
            if schema[name].is_integer():
                yield column.min().alias(f"{name}/least")
                yield column.max().alias(f"{name}/most")
        for name in schema:
            if name == FITS or name.endswith(("/open", "/unknown")):
                yield nw.col(name).cast(nw.Int64).sum().alias(name)


@functools.lru_cache(KEPT)
def chosen(
    scope: Each,
    schema: tuple[tuple[str, nw.dtypes.DType], ...],
    form: Same[Form],
    needed: frozenset[str],
    broken: frozenset[str],
    engine: str,
) -> Chosen:
    """What is chosen of a table of this ``schema``; ``needed`` are the names of formulas,
    ``broken`` the figures of which some are no whole numbers. Kept between audits, by engine.
    """
    del engine
    table, columns = TABLE_OF[scope], dict(schema)
    choice = Choice(columns, form.item, needed)
    for name in figures_of(scope, form.item):
        if inner(name) not in columns:
            choice.absent.add(name)
            continue
        figure = number(name, columns, name not in broken)
        choice.fits.append(figure.fits)
        if name in needed:
            _figure(choice, scope, name, figure)
    for column in columns:
        kind = None if column.startswith("#") else shape(table, column.replace("/", "."))
        if kind is not None and kind.kind != "number":
            choice.fits.append(fits(column, kind, columns))
    _plain(choice, scope)
    _CHOOSING[scope](choice)
    choice.fits.append(~nw.col(OWNER).is_null())
    return Chosen(choice)


def figures_of(scope: Each, form: Form) -> tuple[str, ...]:
    names = form.definitions[scope] if scope in ("sheet", "year") else FIGURES[TABLE_OF[scope]]
    return tuple(names)


def _figure(choice: Choice, scope: Each, name: str, figure: Number) -> None:
    """One figure, and which rows of it only the judge may answer: a unit of its own, a column
    that was not sure, a value too large.
    """
    schema, form = choice.schema, choice.form
    choice.values[name], choice.scales[name] = figure.value, figure.scale
    marks: list[Mask] = [figure.open]
    if f"{inner(name)}/unit" in schema:
        marks.append((as_written(f"{name}.unit", schema) != "").fill_null(False))
    if f"{inner(name)}/placed_by" in schema:
        placed = is_one_of(as_written(f"{name}.placed_by", schema), ("arithmetic", "usual_place"))
        marks.append(placed.fill_null(False))
    field = SCOPES[scope].by_name.get(name)
    if field is not None and field.unit == "kpi" and "unit" in schema:
        units = converted(form, scope, name)
        marks.append(is_one_of(as_written("unit", schema), units).fill_null(False))
    mask = either(*marks)
    if isinstance(mask, nw.Expr):
        choice.open[name] = mask
    if f"{inner(name)}/state" in schema:
        state = is_one_of(as_written(f"{name}.state", schema), ("text", "unread", "absent"))
        text = state.fill_null(False) & figure.value.is_null()
        choice.unknown[name] = text & ~mask if isinstance(mask, nw.Expr) else text


def converted(form: Form, scope: Each, name: str) -> list[str]:
    """The units of indicators in which a figure is no number of base units."""
    definition = form.definitions[scope].get(name)
    plain = "" if definition is None else definition.unit
    return [unit for unit, factor in form.units.items() if unit != plain and factor != 1]


def _plain(choice: Choice, scope: Each) -> None:
    """What formulas name beside figures and keys, where a blank cell says nothing that would have
    to be worked out.
    """
    schema = choice.schema
    for item in SCOPES[scope].fields:
        if not item.in_formulas and item.name not in choice.needed:
            continue
        worked_out = item.origin == "derived" or item.fill == "form" or item.key
        if worked_out or item.kind not in ("text", "texts", "month", "number"):
            continue
        name, usual = item.name, default_of(RECORDS[scope], item.name)
        value: nw.Expr | None = None
        if name in schema:
            text = item.kind != "number"
            value = as_text(name, schema) if text else as_whole(name, schema)[0]
        if item.fill == "number":
            owner = nw.col(f"#{SCOPES[scope].owner}")
            value = owner if value is None else nw.coalesce(value, owner)
        elif usual not in ("", None, ()):
            value = nw.lit(usual) if value is None else value.fill_null(usual)
        if value is None:
            choice.absent.add(name)
        elif name in choice.needed:
            choice.values[name] = value


def _of_sheet(choice: Choice) -> None:
    choice.values["fiscal_year"] = nw.col("#fiscal_year")


def _of_year(choice: Choice) -> None:
    schema, form, needed = choice.schema, choice.form, choice.needed
    offset, kind = nw.col("#year") - nw.col("#fiscal_year"), as_written("kind", schema)
    # Where the form prints two columns of one year, the kind tells which is meant.
    twins = any(form.column_suffix(column) for column in form.columns)
    place = _place_of_twins(form, offset, kind) if twins else _place(form, offset)
    choice.values |= {AT: place, "fiscal_year": nw.col("#fiscal_year"), "year": nw.col("#year")}
    choice.fits.append(~place.is_null())
    if not twins:
        offsets: dict[str, list[int]] = {}
        for column in form.columns:
            offsets.setdefault(column.kind, []).append(column.offset)
        usual = (offset.is_in(years) & (kind == name) for name, years in offsets.items())
        fitting = functools.reduce(lambda a, b: a | b, usual, nw.lit(False))
        choice.fits.append(fitting.fill_null(False))
    if "column" in schema:
        choice.fits.append(_column_fits(form, schema))
    if "kind" in needed:
        choice.values["kind"] = as_text("kind", schema)


def _place(form: Form, offset: nw.Expr) -> nw.Expr:
    """The place of the column that the form prints for a year."""
    offsets = [column.offset for column in form.columns]
    first = offsets[0] if offsets else 0
    if offsets and offsets == [*range(first, first + len(offsets))]:
        return nw.when((offset >= first) & (offset <= offsets[-1])).then(offset - first)
    place = nw.lit(None, nw.Int64)
    for index, distance in reversed([*enumerate(offsets)]):
        place = nw.when(offset == distance).then(nw.lit(index, nw.Int64)).otherwise(place)
    return place


def _place_of_twins(form: Form, offset: nw.Expr, kind: nw.Expr) -> nw.Expr:
    """The place of the column that the form prints for a year and a kind."""
    place = nw.lit(None, nw.Int64)
    for index, column in reversed([*enumerate(form.columns)]):
        here = (offset == column.offset) & (kind == column.kind)
        place = nw.when(here).then(nw.lit(index, nw.Int64)).otherwise(place)
    return place


def _column_fits(form: Form, schema: Schema) -> nw.Expr:
    """Whether the key of a column, where it is written, is the form's own."""
    written, kind = as_text("column", schema), as_text("kind", schema)
    expected = column_key(form, nw.col("#year"), nw.col("#fiscal_year"), kind)
    return (written.is_null() | (written == expected)).fill_null(False)


def _of_evaluation(choice: Choice) -> None:
    schema, form, needed = choice.schema, choice.form, choice.needed
    choice.values |= {
        AT: nw.col("#year"),
        "fiscal_year": nw.col("#fiscal_year"),
        "year": nw.col("#year"),
    }
    choice.fits.append(~nw.col("#year").is_null())
    if "column" in schema:
        written = as_text("column", schema)
        choice.fits.append(
            (written.is_null() | (written == nw.col("#year").cast(nw.String))).fill_null(False)
        )
    if "meaning" not in needed:
        return
    if "result" not in schema:
        stated = "meaning" in schema
        choice.values["meaning"] = as_text("meaning", schema) if stated else nw.lit(None, nw.String)
        return
    result = as_written("result", schema)
    meaning = nw.lit(None, nw.String)
    for word, means in form.evaluations.items():
        meaning = nw.when(result == word).then(nw.lit(means)).otherwise(meaning)
    # A word that the form may know, or not.
    is_open = ~is_one_of(result, ("", *form.evaluations)).fill_null(True)
    if "meaning" in schema:
        written = as_written("meaning", schema)
        is_blank = (written == "").fill_null(True)
        meaning = nw.when(is_blank).then(meaning).otherwise(written)
        is_open = is_blank & is_open
    choice.values["meaning"] = meaning
    choice.open["meaning"] = is_open


def _of_kpi(choice: Choice) -> None:
    schema, needed = choice.schema, choice.needed
    choice.values["fiscal_year"] = nw.col("#fiscal_year")
    for name in ("direction", "direction_source"):
        if name in needed:
            value = as_text(name, schema) if name in schema else nw.lit(None, nw.String)
            choice.values[name] = value
            choice.open[name] = value.is_null()  # the form tells it from the KPI's name
    choice.values["due_year"] = _due_year(schema)
    if "target_bound" in needed:
        printed = inner("target.printed")
        exclusive: nw.Expr = nw.lit(False)
        if printed in schema:
            ending = (
                nw.col(printed).str.strip_chars().str.ends_with(word).fill_null(False)
                for word in STRICT
            )
            exclusive = functools.reduce(lambda a, b: a | b, ending)
        choice.values["target_bound"] = (
            nw.when(exclusive).then(nw.lit("exclusive")).otherwise(nw.lit("inclusive"))
        )


def _due_year(schema: Schema) -> nw.Expr:
    """The fiscal year of the month in which a KPI is due: it begins in April."""
    if "due" not in schema:
        return nw.lit(None, nw.Int64)
    written = as_text("due", schema)
    is_month = written.str.contains(r"^[0-9]{4}-[0-9]{2}\z").fill_null(False)
    plain = nw.when(is_month).then(written)
    is_before_april = plain.str.slice(5, 2).cast(nw.Int64) < 4
    return plain.str.slice(0, 4).cast(nw.Int64) - is_before_april.cast(nw.Int64)


def _of_kpi_year(choice: Choice) -> None:
    choice.values |= {AT: nw.col("#year"), "year": nw.col("#year")}
    choice.fits.append(~nw.col("#year").is_null())


_CHOOSING: Final[Mapping[Each, Callable[[Choice], None]]] = {
    "sheet": _of_sheet,
    "year": _of_year,
    "evaluation": _of_evaluation,
    "kpi": _of_kpi,
    "kpi_year": _of_kpi_year,
}
