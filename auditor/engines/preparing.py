"""Tables inside an engine made ready for formulas: figures as whole numbers, words without
blanks, marks where only the judge may answer.

Books are sound where every cell fits its column, no key occurs twice, and every row belongs to a
sheet or KPI. Only those are screened; the others are looked over in this process and made records
of.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import narwhals as nw
import polars as pl

from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER, Keyed
from auditor.forms.model import Form
from auditor.formula.columns.values import LARGEST, Mask, both, either
from auditor.records.fields import SCOPES, TABLE_OF, Each
from auditor.records.model import RECORDS, default_of
from auditor.rules.kpi import STRICT
from auditor.tables.cells import Number, Schema, as_text, as_whole, fits, inner, number, wholly
from auditor.tables.keys import column_key
from auditor.tables.shape import FIGURES, shape

__all__ = ["AT", "Base", "Needed", "Prepared", "prepared"]

AT: Final = "#at"
"""The place of a column in its form; the year of an evaluation, or of a KPI's actual."""


@dataclass(frozen=True)
class Base:
    """What is known of the columns of one kind of row: the scale, bound and least value of each,
    and which of them have marks.

    ``blank`` names the columns in which anything is missing; ``open`` and ``unknown`` those with
    a companion ``…/open`` or ``…/unknown``; a name of ``absent`` has no column. ``gaps`` says
    that a sheet may lack rows of columns that the form prints.
    """

    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    bounds: Mapping[str, int] = field(default_factory=dict[str, int])
    least: Mapping[str, int] = field(default_factory=dict[str, int])
    blank: frozenset[str] | None = None
    open: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    gaps: bool = True


@dataclass(frozen=True)
class Prepared:
    """One form's rows, with the columns that formulas name; ``unsound`` are the books that
    columns can't be sure of.
    """

    frames: Mapping[Each, Frame]
    bases: Mapping[Each, Base]
    unsound: frozenset[int]
    heights: Mapping[Each, int]
    books: int


Needed = Mapping[Each, Iterable[str]]


def prepared(found: Keyed, form: Form, needed: Needed, engine: Engine) -> Prepared:
    """Make one form's rows ready; ``needed`` are the names that formulas use on each kind of row."""
    of_form = found.books.filter(pl.col("form") == form.name)["code"]
    several = found.books["form"].n_unique() > 1
    frames: dict[Each, Frame] = {}
    bases: dict[Each, Base] = {}
    unsound: set[int] = set()
    names = {scope: set(needed.get(scope, ())) for scope in TABLE_OF}
    if any(name == "due_actual" or name.startswith("actuals.") for name in names["kpi"]):
        names["kpi_year"].add("actual")

    def one(scope: Each) -> tuple[Frame, Base, set[int]]:
        frame, schema = found.frames[TABLE_OF[scope]], found.schemas[TABLE_OF[scope]]
        if several:
            frame = frame.filter(nw.col(CODE).is_in(of_form.to_list()))
        if scope == "kpi_year":
            frame = _with_units(frame, found)
            schema = {**schema, "unit": nw.String}
        return _prepared(scope, frame, schema, form, names[scope], engine)

    scopes: list[Each] = [scope for scope, table in TABLE_OF.items() if table in found.frames]
    for scope, (frame, base, wrong) in zip(
        scopes, engine.together([functools.partial(one, scope) for scope in scopes]), strict=True
    ):
        frames[scope], bases[scope] = frame, base
        unsound |= wrong
    astray = set[int]().union(
        *engine.together([functools.partial(_astray, scope, frames, engine) for scope in scopes])
    )
    unsound |= _with_namesakes(astray, found.books)
    if unsound:
        codes = sorted(unsound)
        frames = {
            scope: frame.filter(~nw.col(CODE).is_in(codes)) for scope, frame in frames.items()
        }
    if "kpi" in frames:
        frames["kpi"], bases["kpi"] = _with_actuals(frames, bases, names["kpi"], engine)
    heights: dict[Each, int] = {scope: engine.height(frame) for scope, frame in frames.items()}
    if heights.get("year") == heights.get("sheet", 0) * len(form.columns) and "year" in bases:
        bases["year"] = replace(bases["year"], gaps=False)
    return Prepared(frames, bases, frozenset(unsound), heights, of_form.len())


def _with_units(frame: Frame, found: Keyed) -> Frame:
    """The actuals with the unit of their KPI, which can be one that has to be converted."""
    kpis = found.frames.get("kpis")
    if kpis is None or "unit" not in found.schemas["kpis"]:
        return frame.with_columns(nw.lit(None, nw.String).alias("unit"))
    return frame.join(kpis.select(OWNER, "unit"), on=OWNER, how="left")


def _with_namesakes(codes: set[int], books: pl.DataFrame) -> set[int]:
    """Some books, and those of their names: whose row is astray can only be told among all."""
    if not codes:
        return codes
    names = books.filter(pl.col("code").is_in(list(codes)))["book"]
    return {*codes, *books.filter(pl.col("book").is_in(names.implode()))["code"]}


def _astray(scope: Each, frames: Mapping[Each, Frame], engine: Engine) -> set[int]:
    """The books with a key that occurs twice, or with rows of a sheet or KPI that is not there."""
    parent = SCOPES[scope].parent
    keys = [OWNER] if parent is None else [OWNER, AT]
    frame = frames[scope].select(CODE, *keys)
    wrong: set[int] = set()
    if not engine.distinct(frame, keys):
        twice = (
            frame.group_by(*keys)
            .agg(nw.len().alias("rows"), nw.col(CODE).min())
            .filter(nw.col("rows") > 1)
        )
        wrong |= set(engine.collected(twice.select(CODE).unique())[CODE].drop_nulls().to_list())
    if parent is not None:
        owners = frames[parent].select(nw.col(OWNER).alias("of")) if parent in frames else None
        lost = (
            frame
            if owners is None
            else frame.join(owners, left_on=OWNER, right_on="of", how="anti")
        )
        wrong |= set(engine.collected(lost.select(CODE).unique())[CODE].to_list())
    return wrong


@dataclass
class _Columns:
    """What is chosen of one table's columns, of those that the table has and the formulas need."""

    schema: Schema
    form: Form
    needed: set[str]
    keep: dict[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    scales: dict[str, int] = field(default_factory=dict[str, int])
    open: dict[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    unknown: dict[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    absent: set[str] = field(default_factory=set[str])
    fits: list[Mask] = field(default_factory=list[Mask])


def _prepared(
    scope: Each, frame: Frame, schema: Schema, form: Form, needed: set[str], engine: Engine
) -> tuple[Frame, Base, set[int]]:
    table = TABLE_OF[scope]
    columns = _Columns(schema, form, needed)
    names = [name for name in _figures(scope, form) if inner(name) in schema]
    unclear = wholly(names, schema)
    whole: dict[str, Any] = {}
    if unclear:
        whole = engine.collected(
            frame.select(mask.alias(inner(name)) for name, mask in unclear.items())
        ).row(0, named=True)
    for name in _figures(scope, form):
        if name not in names:
            columns.absent.add(name)
            continue
        found = number(name, schema, bool(whole.get(inner(name), True)))
        columns.fits.append(found.fits)
        if name in needed:
            _figure(columns, scope, name, found)
    for column in schema:
        known = None if column.startswith("#") else shape(table, column.replace("/", "."))
        if known is not None and known.kind != "number":
            columns.fits.append(fits(column, known, schema))
    _plain(columns, scope)
    _KEEPING[scope](columns)
    columns.fits.append(~nw.col(OWNER).is_null())
    return _settled(frame, columns, engine)


def _figures(scope: Each, form: Form) -> tuple[str, ...]:
    names = form.definitions[scope] if scope in ("sheet", "year") else FIGURES[TABLE_OF[scope]]
    return tuple(names)


def _figure(columns: _Columns, scope: Each, name: str, found: Number) -> None:
    """One figure, and which rows of it only the judge may answer: a unit of its own, a column
    that was not sure, a value too large.
    """
    schema, form = columns.schema, columns.form
    columns.keep[name], columns.scales[name] = found.value, found.scale
    marks: list[Mask] = [found.open]
    if f"{inner(name)}/unit" in schema:
        marks.append(~as_text(f"{name}.unit", schema).is_null())
    if f"{inner(name)}/placed_by" in schema:
        marks.append(
            as_text(f"{name}.placed_by", schema)
            .is_in(["arithmetic", "usual_place"])
            .fill_null(False)
        )
    field = SCOPES[scope].by_name.get(name)
    if field is not None and field.unit == "kpi" and "unit" in schema:
        definition = form.definitions[scope].get(name)
        plain = "" if definition is None else definition.unit
        converting = [unit for unit, factor in form.units.items() if unit != plain and factor != 1]
        if converting:
            marks.append(as_text("unit", schema).is_in(converting).fill_null(False))
    mask = either(*marks)
    if isinstance(mask, nw.Expr):
        columns.open[name] = mask
    if f"{inner(name)}/state" in schema:
        state = as_text(f"{name}.state", schema)
        unknown = ["text", "unread", "absent"]
        text = state.is_in(unknown).fill_null(False) & found.value.is_null()
        columns.unknown[name] = text & ~mask if isinstance(mask, nw.Expr) else text


def _plain(columns: _Columns, scope: Each) -> None:
    """What formulas name beside figures and keys, where a blank cell says nothing that would have
    to be worked out.
    """
    schema = columns.schema
    for item in SCOPES[scope].fields:
        if not item.in_formulas and item.name not in columns.needed:
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
            columns.absent.add(name)
        elif name in columns.needed:
            columns.keep[name] = value


def _of_sheet(columns: _Columns) -> None:
    columns.keep["fiscal_year"] = nw.col("#fiscal_year")


def _of_year(columns: _Columns) -> None:
    schema, form, needed = columns.schema, columns.form, columns.needed
    offset, kind = nw.col("#year") - nw.col("#fiscal_year"), as_text("kind", schema)
    # Where the form prints two columns of one year, the kind tells which is meant.
    twins = any(form.column_suffix(column) for column in form.columns)
    place, usual = nw.lit(None, nw.Int64), nw.lit(None, nw.String)
    for index, column in reversed(list(enumerate(form.columns))):
        here = offset == column.offset
        usual = nw.when(here).then(nw.lit(column.kind)).otherwise(usual)
        place = (
            nw.when(here & (kind == column.kind) if twins else here)
            .then(nw.lit(index, nw.Int64))
            .otherwise(place)
        )
    columns.keep |= {AT: place, "fiscal_year": nw.col("#fiscal_year"), "year": nw.col("#year")}
    columns.fits.append(~place.is_null())
    if not twins:
        columns.fits.append((kind == usual).fill_null(False))
    if "column" in schema:
        columns.fits.append(_column_fits(form, schema))
    if "kind" in needed:
        columns.keep["kind"] = kind


def _column_fits(form: Form, schema: Schema) -> nw.Expr:
    """Whether the key of a column, where it is written, is the form's own."""
    written, kind = as_text("column", schema), as_text("kind", schema)
    expected = column_key(form, nw.col("#year"), nw.col("#fiscal_year"), kind)
    return (written.is_null() | (written == expected)).fill_null(False)


def _of_evaluation(columns: _Columns) -> None:
    schema, form, needed = columns.schema, columns.form, columns.needed
    columns.keep |= {
        AT: nw.col("#year"),
        "fiscal_year": nw.col("#fiscal_year"),
        "year": nw.col("#year"),
    }
    columns.fits.append(~nw.col("#year").is_null())
    if "column" in schema:
        written = as_text("column", schema)
        columns.fits.append(
            (written.is_null() | (written == nw.col("#year").cast(nw.String))).fill_null(False)
        )
    if "meaning" not in needed:
        return
    meaning = as_text("meaning", schema) if "meaning" in schema else nw.lit(None, nw.String)
    if "result" not in schema:
        columns.keep["meaning"] = meaning
        return
    result = as_text("result", schema)
    told = nw.lit(None, nw.String)
    for word, means in form.evaluations.items():
        told = nw.when(result == word).then(nw.lit(means)).otherwise(told)
    meaning = nw.when(meaning.is_null()).then(told).otherwise(meaning)
    columns.keep["meaning"] = meaning
    columns.open["meaning"] = (
        ~result.is_null() & meaning.is_null()
    )  # a word that the form may know, or not


def _of_kpi(columns: _Columns) -> None:
    schema, needed = columns.schema, columns.needed
    columns.keep["fiscal_year"] = nw.col("#fiscal_year")
    for name in ("direction", "direction_source"):
        if name in needed:
            columns.keep[name] = (
                as_text(name, schema) if name in schema else nw.lit(None, nw.String)
            )
            columns.open[name] = columns.keep[
                name
            ].is_null()  # the form tells it from the KPI's name
    due = nw.lit(None, nw.Int64)
    if "due" in schema:
        written = as_text("due", schema)
        plain = nw.when(written.str.contains(r"^[0-9]{4}-[0-9]{2}\z").fill_null(False)).then(
            written
        )
        due = plain.str.slice(0, 4).cast(nw.Int64) - (
            plain.str.slice(5, 2).cast(nw.Int64) < 4
        ).cast(nw.Int64)
    columns.keep["due_year"] = due
    if "target_bound" in needed:
        printed = inner("target.printed")
        exclusive: nw.Expr = nw.lit(False)
        if printed in schema:
            ending = (
                nw.col(printed).str.strip_chars().str.ends_with(word).fill_null(False)
                for word in STRICT
            )
            exclusive = functools.reduce(lambda a, b: a | b, ending)
        columns.keep["target_bound"] = (
            nw.when(exclusive).then(nw.lit("exclusive")).otherwise(nw.lit("inclusive"))
        )


def _of_kpi_year(columns: _Columns) -> None:
    columns.keep |= {AT: nw.col("#year"), "year": nw.col("#year")}
    columns.fits.append(~nw.col("#year").is_null())


_KEEPING: Final = {
    "sheet": _of_sheet,
    "year": _of_year,
    "evaluation": _of_evaluation,
    "kpi": _of_kpi,
    "kpi_year": _of_kpi_year,
}


def _settled(frame: Frame, columns: _Columns, engine: Engine) -> tuple[Frame, Base, set[int]]:
    """The chosen columns, computed once, with what is known of their values; and the books in
    which something does not fit.
    """
    chosen = [
        nw.col(CODE),
        nw.col(OWNER),
        *(value.alias(inner(name)) for name, value in columns.keep.items()),
    ]
    chosen += [mask.alias(f"{inner(name)}/open") for name, mask in columns.open.items()]
    chosen += [mask.alias(f"{inner(name)}/unknown") for name, mask in columns.unknown.items()]
    sound = both(*columns.fits)
    if isinstance(sound, nw.Expr):
        chosen.append(sound.alias("#fits"))
    made = engine.kept(frame.select(chosen))
    schema = made.collect_schema()
    told: list[nw.Expr] = [nw.len().alias("#rows")]
    for name in columns.keep:
        column = nw.col(inner(name))
        told.append(column.null_count().alias(f"{inner(name)}/nulls"))
        if schema[inner(name)].is_integer():
            told += [
                column.min().alias(f"{inner(name)}/least"),
                column.max().alias(f"{inner(name)}/most"),
            ]
    told += [
        nw.col(name).cast(nw.Int64).sum().alias(name)
        for name in schema
        if name.endswith(("/open", "/unknown"))
    ]
    if "#fits" in schema:
        told.append(nw.col("#fits").cast(nw.Int64).sum().alias("#fits"))
    known = engine.collected(made.select(told)).row(0, named=True)
    unsound: set[int] = set()
    if "#fits" in schema:
        if (known["#fits"] or 0) < known["#rows"]:
            unsound = set(
                engine.collected(made.filter(~nw.col("#fits")).select(CODE).unique())[
                    CODE
                ].to_list()
            )
        made = made.drop("#fits")
    base = Base(
        scales=columns.scales,
        bounds={
            name: max(
                abs(known[f"{inner(name)}/least"] or 0), abs(known[f"{inner(name)}/most"] or 0)
            )
            for name in columns.keep
            if f"{inner(name)}/most" in known
        },
        least={
            name: least
            for name in columns.keep
            if (least := known.get(f"{inner(name)}/least")) is not None
        },
        blank=frozenset(name for name in columns.keep if known[f"{inner(name)}/nulls"]),
        open=frozenset(name for name in columns.open if known[f"{inner(name)}/open"]),
        unknown=frozenset(name for name in columns.unknown if known[f"{inner(name)}/unknown"]),
        absent=frozenset(columns.absent),
    )
    return *_bounded(made, base), unsound


def _bounded(frame: Frame, base: Base) -> tuple[Frame, Base]:
    """Leave the rows of enormous figures to the judge: one of them must not take its column with
    it.
    """
    large = [name for name in base.scales if base.bounds.get(name, 0) > LARGEST]
    opened = base.open | set(large)
    marks: list[nw.Expr] = []
    for name in large:
        over = ((nw.col(inner(name)) > LARGEST) | (nw.col(inner(name)) < -LARGEST)).fill_null(False)
        marks.append(
            (over | nw.col(f"{inner(name)}/open") if name in base.open else over).alias(
                f"{inner(name)}/open"
            )
        )
    frame = frame.with_columns(marks) if marks else frame
    hidden = [
        nw.when(~nw.col(f"{inner(name)}/open")).then(nw.col(inner(name))).alias(inner(name))
        for name in sorted(opened)
    ]
    if not hidden:
        return frame, base
    bounds = {**base.bounds, **dict.fromkeys(large, LARGEST)}
    return frame.with_columns(hidden), replace(
        base, bounds=bounds, open=opened, blank=(base.blank or frozenset()) | opened
    )


def _with_actuals(
    frames: Mapping[Each, Frame], bases: Mapping[Each, Base], needed: set[str], engine: Engine
) -> tuple[Frame, Base]:
    """The KPIs with what their years say together: the first and last one, the actual of the due
    one, least, greatest, how many.
    """
    kpis, base = frames["kpi"], bases["kpi"]
    parts = ("actuals.count", "actuals.least", "actuals.greatest", "actuals.total")
    wanted = [name for name in ("first_year", "last_printed_year", *parts) if name in needed]
    years, of_years = frames.get("kpi_year"), bases.get("kpi_year", Base())
    if years is None or "actual" in of_years.absent:
        nothing = [nw.lit(None, nw.Int64).alias(inner(name)) for name in (*wanted, "due_actual")]
        kpis = kpis.with_columns(*nothing, nw.lit(True).alias("due_actual/unknown"))
        missing = (base.blank or frozenset()) | {*wanted, "due_actual"}
        return kpis, replace(base, blank=missing, unknown=base.unknown | {"due_actual"})
    there = years.collect_schema()
    opened = nw.col("actual/open") if "actual" in of_years.open else nw.lit(False)
    unknown = nw.col("actual/unknown") if "actual" in of_years.unknown else nw.lit(False)
    blank, marks, unknowns = set(base.blank or ()), set(base.open), set(base.unknown)
    if "actual" in there and wanted:
        counted = ~nw.col("actual").is_null() | unknown
        years = years.with_columns(
            (opened | unknown).alias("not plain"), counted.cast(nw.Int64).alias("counted")
        )
        together = years.group_by(OWNER).agg(
            nw.col("year").min().alias("first_year"),
            nw.col("year").max().alias("last_printed_year"),
            nw.col("counted").sum().alias("actuals/count"),
            nw.col("actual").min().alias("actuals/least"),
            nw.col("actual").max().alias("actuals/greatest"),
            nw.col("actual").sum().alias("actuals/total"),
            nw.col("actual").count().alias("actuals/there"),
            nw.col("not plain").cast(nw.Int64).sum().alias("actuals/odd"),
        )
        kpis = kpis.join(together, on=OWNER, how="left")
        none = (nw.col("actuals/there") == 0).fill_null(True)
        odd = (nw.col("actuals/odd") > 0).fill_null(False)
        kpis = kpis.with_columns(
            nw.when(~none).then(nw.col("actuals/total")).alias("actuals/total"),
            *(odd.alias(f"{inner(name)}/open") for name in parts),
        )
        blank |= {"first_year", "last_printed_year", *parts}
        marks |= set(parts)
    if "due_actual" in needed:
        due = years.select(
            nw.col(OWNER).alias("of"),
            nw.col("year").alias("of year"),
            nw.col("actual").alias("due_actual"),
            opened.alias("due_actual/open"),
            unknown.alias("due_actual/unknown"),
        )
        kpis = kpis.join(
            due, left_on=[OWNER, "due_year"], right_on=["of", "of year"], how="left"
        ).drop("of", "of year", strict=False)
        kpis = kpis.with_columns(
            nw.col("due_actual/unknown").fill_null(True), nw.col("due_actual/open").fill_null(False)
        )
        blank.add("due_actual")
        unknowns.add("due_actual")
        if "actual" in of_years.open:
            marks.add("due_actual")
    scale, bound = of_years.scales.get("actual", 1), of_years.bounds.get("actual", LARGEST)
    most = 0
    if wanted:
        counts = years.group_by(OWNER).agg(nw.len().alias("rows")).select(nw.col("rows").max())
        most = cast(int, engine.collected(counts)["rows"][0] or 0)
    bounds = {
        **base.bounds,
        "due_actual": bound,
        "actuals.least": bound,
        "actuals.greatest": bound,
        "actuals.total": bound * most,
    }
    bounds |= {"actuals.count": most, "first_year": 3000, "last_printed_year": 3000}
    scales = {**base.scales, "due_actual": scale, "actuals": scale}
    least = {**base.least, "due_actual": of_years.least.get("actual", -1), "actuals.count": 0}
    return engine.kept(kpis), Base(
        scales, bounds, least, frozenset(blank), frozenset(marks), frozenset(unknowns), base.absent
    )
