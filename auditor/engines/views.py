"""One kind of row of one form as columns: what its formulas name, with the columns of linked rows joined to it.

Rules are compiled first; only what they named is then joined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import narwhals as nw
import polars as pl

from auditor import figures
from auditor.forms import SHEET_FIELDS, FieldDefinition, Form
from auditor.formula.columns import (
    LARGEST,
    Columns,
    Mask,
    Missing,
    NotColumnar,
    Num,
    Real,
    Reduced,
    Whole,
    Word,
    both,
    constant,
    measured,
    opposite,
)
from auditor.formula.tree import Call, Name, Node
from auditor.kpi import STRICT
from auditor.rows import Each, vocabulary
from auditor.tables.shape import TableName, shapes

__all__ = ["DECIMALS", "KEYS", "TABLES", "Agreement", "Base", "Sources", "View", "as_of", "prepared"]

TABLES: Final[Mapping[Each, TableName]] = {
    "sheet": "sheets",
    "year": "years",
    "evaluation": "evaluations",
    "kpi": "kpis",
    "kpi_year": "kpi_years",
}
KEYS: Final[Mapping[Each, tuple[str, ...]]] = {
    "sheet": ("book", "sheet"),
    "year": ("book", "sheet", "column"),
    "evaluation": ("book", "sheet", "column"),
    "kpi": ("book", "kpi"),
    "kpi_year": ("book", "kpi", "year"),
}
Path = tuple[tuple[str, ...], str]
"""The links to follow from a row, and the name there."""

DECIMALS: Final = 6
"""Decimals are screened as whole millionths."""

_TEXTS: Final[Mapping[Each, tuple[str, ...]]] = {
    "sheet": ("name", "department", "category", "purpose", "status"),
    "year": ("kind",),
    "evaluation": ("result", "meaning", "reason", "issues", "direction"),
    "kpi": ("project", "grant_type", "name", "unit", "declared_achieved", "direction", "direction_source"),
    "kpi_year": (),
    "book": (),
}
_PLAIN: Final[Mapping[Each, tuple[str, ...]]] = {
    "sheet": ("number", "fiscal_year"),
    "year": ("year",),
    "evaluation": ("year",),
    "kpi": ("due_year", "first_year", "last_year", "fiscal_year"),
    "kpi_year": ("year",),
    "book": (),
}


@dataclass(frozen=True)
class Base:
    """What is known of the columns of one kind of row: the scale and greatest value of each, and which have rows left open.

    ``open`` and ``unknown`` name the columns that have a companion ``….open`` or ``….unknown``; a name of ``absent`` has no column.
    """

    scales: Mapping[str, int]
    bounds: Mapping[str, int]
    open: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Agreement:
    """One ``agreed(…)``: the number that the rows of a group should agree on, and its name among the columns."""

    expression: Node
    value: Num
    prefix: str


@dataclass
class View(Columns):
    """The columns of one scope and form, as a formula sees them; ``paths`` grows by what is named."""

    scope: Each
    form: Form
    bases: Mapping[Each, Base]
    paths: dict[str, Path] = field(default_factory=dict[str, Path])
    agreements: dict[Node, Agreement] = field(default_factory=dict[Node, Agreement])
    opened: list[nw.Expr] = field(default_factory=list[nw.Expr])

    def __post_init__(self) -> None:
        self.scopes = vocabulary([self.form]).scopes
        self.groups = self.form.figure_groups

    def _target(self, links: tuple[str, ...]) -> Each:
        here: str = self.scope
        for link in links:
            if link not in self.scopes[here].links:
                raise NotColumnar(f"the link {link}")
            here = self.scopes[here].links[link]
        return here  # type: ignore[return-value]

    def _column(self, links: tuple[str, ...], name: str) -> tuple[Base, nw.Expr, Missing]:
        """The column under a name, and which of its rows are blank, unknown, or left open."""
        base = self.bases[self._target(links)]
        if name in base.absent:
            return base, nw.lit(None, nw.Int64), Missing(blank=True)
        value = nw.col(self._path(links, name))
        left: Mask = False
        unknown: Mask = False
        if name in base.open:
            opened = nw.col(self._path(links, f"{name}.open")).fill_null(False)
            self.opened.append(opened)
            left = opened
        if name in base.unknown:
            unknown = nw.col(self._path(links, f"{name}.unknown")).fill_null(False)
        blank = value.is_null()
        for mask in (left, unknown):
            blank = blank & ~mask if isinstance(mask, nw.Expr) else blank
        return base, value, Missing(blank, unknown, left)

    def _path(self, links: tuple[str, ...], name: str) -> str:
        path = ".".join((*links, name))
        self.paths[path] = (links, name)
        return path

    def number(self, links: tuple[str, ...], name: str) -> Num:
        scope = self._target(links)
        base, value, missing = self._column(links, name)
        scale, bound = base.scales.get(name, 1), base.bounds.get(name, LARGEST)
        if name in base.absent or name in _PLAIN[scope]:
            return Whole(value, value, 1, bound, missing)
        definition = _definition(self.form, scope, name)
        if definition is None:
            raise NotColumnar(f"{name} as a number")
        factor = self.form.factor(definition.unit) if scope in ("sheet", "year") else Decimal(1)
        if not _ends(factor):
            raise NotColumnar(f"the unit {definition.unit}")
        return _rounded(value, definition, Fraction(definition.step) * Fraction(factor), scale, bound, missing)

    def word(self, links: tuple[str, ...], name: str) -> Word:
        if name not in (*_TEXTS[self._target(links)], "target_bound"):
            raise NotColumnar(f"{name} as a text")
        _, value, missing = self._column(links, name)
        return Word(value, missing)

    def group(self, links: tuple[str, ...], name: str) -> Sequence[tuple[Num, bool]] | Reduced:
        scope = self._target(links)
        if scope == "kpi" and name == "actuals":
            if self.form.kpi is None or self.form.kpi.actual.rounding != "exact":
                raise NotColumnar("rounded actuals")
            parts = [self._reduced(links, f"actuals.{part}") for part in ("count", "least", "greatest", "total")]
            return Reduced(*parts)
        members = self.groups.get(name, ()) if scope == "year" else ()
        if scope not in ("year", "sheet", "evaluation"):
            raise NotColumnar(f"the group {name}")
        cells = {member for member, definition in self.form.fields.items() if definition.formula_cell}
        found: list[tuple[Num, bool]] = []
        for member in members:
            if member not in self.form.fields or member in SHEET_FIELDS:
                raise NotColumnar(f"the group {name}")
            found.append((self.number(links, member), member in cells))
        return found

    def _reduced(self, links: tuple[str, ...], name: str) -> Whole:
        base, value, missing = self._column(links, name)
        scale = 1 if name.endswith("count") else base.scales.get("actuals", 1)
        if name.endswith("count"):
            value, missing = value.fill_null(0), Missing(open=missing.open)
        return Whole(value, value, scale, base.bounds.get(name, LARGEST), missing)

    def param(self, name: str) -> Num:
        form = self.form
        value = form.params.get(name)
        if name == "jump_factor" and value is None and form.kpi is not None:
            value = form.kpi.jump_factor
        factor = form.factor(form.param_units.get(name, ""))
        if value is None:
            raise NotColumnar(f"the parameter {name}")
        if isinstance(value, Decimal):
            return constant(figures.exact(value * factor))
        if "year" not in _PLAIN[self.scope]:
            raise NotColumnar(f"the parameter {name} by year")
        years = {year: Fraction(number) * Fraction(factor) for year, number in value.items()}
        scale = math.lcm(*(number.denominator for number in years.values()))
        scaled = {year: int(number * scale) for year, number in years.items()}
        column = nw.col(self._path((), "year"))
        chosen = nw.lit(None, nw.Int64)
        for year, number in scaled.items():
            chosen = nw.when(column == year).then(nw.lit(number, nw.Int64)).otherwise(chosen)
        bound = max((abs(number) for number in scaled.values()), default=0)
        return Whole(chosen, chosen, scale, bound, Missing(unknown=chosen.is_null()))

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        if name != "evaluation_changes":
            raise NotColumnar(f"the table {name}")
        return [(banned.before, banned.after) for banned in self.form.evaluation_changes.banned]

    def agreed(self, call: Call) -> Num:
        expression = call.arguments[0]
        value = measured(expression, self)  # each time: its figures count among those of the rule
        self.agreements.setdefault(expression, Agreement(expression, value, f"agreed.{len(self.agreements)}"))
        group = _agreed(self.agreements[expression].prefix)
        declared = call.arguments[1] if len(call.arguments) == 2 else None
        if not isinstance(declared, Name) or declared.value not in self.form.params:
            return group
        fixed = self.param(declared.value)
        there = fixed.missing.there
        if not isinstance(there, nw.Expr):
            return fixed
        number = fixed.real
        apart = opposite(there)
        missing = Missing(False, both(group.missing.unknown, apart), both(group.missing.open, apart))

        def chosen(pick: Callable[[Real], nw.Expr]) -> nw.Expr:
            return nw.when(there).then(pick(number)).otherwise(pick(group))

        return Real(chosen(lambda r: r.lo_d), chosen(lambda r: r.lo_u), chosen(lambda r: r.hi_d), chosen(lambda r: r.hi_u), missing)


def _agreed(prefix: str) -> Real:
    lo_d, lo_u, hi_d, hi_u = (nw.col(f"{prefix}.{end}") for end in ("lo_d", "lo_u", "hi_d", "hi_u"))
    state = nw.col(f"{prefix}.state")  # 1 agreed, 0 none; null where the group was not looked at
    return Real(lo_d, lo_u, hi_d, hi_u, Missing(False, (state == 0).fill_null(False), state.is_null()))


def _definition(form: Form, scope: Each, name: str) -> FieldDefinition | None:
    match scope:
        case "sheet":
            return form.fields.get(name) if name in SHEET_FIELDS else None
        case "year":
            return form.fields.get(name)
        case "kpi" if form.kpi is not None:
            return {"target": form.kpi.target, "due_actual": form.kpi.actual, "declared_rate": form.kpi.rate}.get(name)
        case "kpi_year" if form.kpi is not None:
            return form.kpi.actual if name == "actual" else None
        case _:
            return None


def _ends(factor: Decimal) -> bool:
    """Whether dividing by it ends: only then do base units stand for a printed decimal."""
    numerator = Fraction(factor).numerator
    for prime in (2, 5):
        while numerator % prime == 0:
            numerator //= prime
    return numerator == 1


def _rounded(value: nw.Expr, definition: FieldDefinition, step: Fraction, scale: int, bound: int, missing: Missing) -> Num:
    """The interval that a printed value stands for; its ends are whole numbers on a scale fine enough."""
    if definition.rounding == "exact":
        return Whole(value, value, scale, bound, missing)
    finer = math.lcm(scale, (step / 2).denominator)
    if finer > 10**12:
        raise NotColumnar("a very fine step")
    value, bound = (value, bound) if finer == scale else (value * (finer // scale), bound * (finer // scale))
    width, half = int(step * finer), int(step / 2 * finer)
    lo, hi = value, value
    match definition.rounding:
        case "half_up" | "nearest":
            lo, hi = value - half, value + half
        case "truncate":
            lo = nw.when(value <= 0).then(value - width).otherwise(value)
            hi = nw.when(value >= 0).then(value + width).otherwise(value)
        case "up":
            lo = nw.when(value > 0).then(value - width).otherwise(value)
            hi = nw.when(value < 0).then(value + width).otherwise(value)
        case "floor":
            hi = value + width
    return Whole(lo, hi, finer, bound + width, missing)


# --- the frames behind the names


@dataclass(frozen=True)
class Sources:
    """The frames of each kind of row of one form, with ``form`` constants that links need."""

    frames: Mapping[Each, nw.LazyFrame[Any]]
    form: Form


def as_of(view: View, sources: Sources) -> nw.LazyFrame[Any]:
    """The frame of a view's rows with a column for every path that its formulas named."""
    return _linked(view.scope, [(links, name) for links, name in view.paths.values()], sources)


def _linked(scope: Each, paths: Sequence[Path], sources: Sources) -> nw.LazyFrame[Any]:
    below: dict[str, list[Path]] = {}
    for links, name in paths:
        if links:
            below.setdefault(links[0], []).append((links[1:], name))
    shifted = [(rest, name) for link in ("prior", "next") for rest, name in below.get(link, [])]
    if shifted:
        direct = [(links, name) for links, name in paths if links and links[0] not in ("prior", "next")]
        frame = _linked(scope, [*dict.fromkeys([*direct, *shifted])], sources)
    else:
        frame = sources.frames[scope]
    for link, wanted in below.items():
        columns = {".".join((*links, name)): ".".join((link, *links, name)) for links, name in wanted}
        if link in ("prior", "next"):
            frame = _neighbour(scope, frame, 1 if link == "prior" else -1, columns)
        elif not shifted:
            frame = _joined(scope, frame, link, wanted, columns, sources)
    return frame


def _neighbour(scope: Each, frame: nw.LazyFrame[Any], step: int, columns: Mapping[str, str]) -> nw.LazyFrame[Any]:
    """The columns of the row before or after, within the same sheet or KPI."""
    owner, order = {
        "year": (("book", "sheet", "listed"), "position"),
        "evaluation": (("book", "sheet"), "column"),
        "kpi_year": (("book", "kpi"), "year"),
    }[scope]
    moved = [nw.col(source).shift(step).over(*owner, order_by=order).alias(target) for source, target in columns.items()]
    frame = frame.with_columns(moved)
    if scope != "year":
        return frame
    return frame.with_columns(nw.when(nw.col("listed")).then(nw.col(target)).alias(target) for target in columns.values())


def _joined(
    scope: Each, frame: nw.LazyFrame[Any], link: str, wanted: Sequence[Path], columns: Mapping[str, str], sources: Sources
) -> nw.LazyFrame[Any]:
    """The columns of a linked row of another kind."""
    target: Each = "year" if link in ("evaluated", "directed") else "kpi" if link == "kpi" else "sheet"
    other = _linked(target, wanted, sources)
    owner = "kpi" if target == "kpi" else "sheet"
    keys = ["book", owner]
    if target == "year":
        keys.append("column")
        key = _linked_column(scope, link, sources.form)
        frame = frame.with_columns(key.alias("linked"))
    renamed = [nw.col(key).alias(f"linked.{key}") for key in keys]
    other = other.select(*renamed, *(nw.col(source).alias(name) for source, name in columns.items()))
    left = ["book", owner, *(["linked"] if target == "year" else [])]
    frame = frame.join(other, left_on=left, right_on=[f"linked.{key}" for key in keys], how="left")
    return frame.drop("linked") if target == "year" else frame


def _linked_column(scope: Each, link: str, form: Form) -> nw.Expr:
    """The key of the column that an evaluation (or the sheet) looks at or directs; null where the form prints none."""
    kind, lag = ("budgeted", form.evaluation_lag) if link == "directed" else ("settled", 0)
    fiscal_year = nw.col("fiscal_year")
    year = fiscal_year if scope == "sheet" else nw.col("year") + lag
    chosen = nw.lit(None, nw.String)
    for offset in sorted({column.offset for column in form.columns}):
        of_year = sorted((column for column in form.columns if column.offset == offset), key=lambda column: column.kind != kind)
        suffix = "" if len(of_year) == 1 else f"-{of_year[0].kind}"
        key = nw.concat_str((fiscal_year + offset).cast(nw.String), nw.lit(suffix))
        chosen = nw.when(year == fiscal_year + offset).then(key).otherwise(chosen)
    return chosen


# --- preparing the tables


Lift = Callable[[pl.DataFrame], nw.LazyFrame[Any]]


def prepared(frames: Mapping[TableName, pl.DataFrame], form: Form, lift: Lift) -> tuple[Sources, dict[Each, Base]]:
    """One form's rows with whole numbers for figures, texts without blanks, and marks where only the judge may answer."""
    made: dict[Each, pl.DataFrame] = {}
    bases: dict[Each, Base] = {}
    for scope, table in TABLES.items():
        frame = frames.get(table, _none(table))
        if scope == "kpi_year":
            kpis = frames.get("kpis", _none("kpis"))
            owners = kpis.select("book", "kpi", "form", "fiscal_year", *(["unit"] if "unit" in kpis.columns else []))
            frame = frame.join(owners, on=["book", "kpi"], how="left")
        frame = frame.filter(pl.col("form") == form.name)
        made[scope], bases[scope] = _prepared(scope, frame, form)
    if "kpi" in made:
        made["kpi"], bases["kpi"] = _with_actuals(made["kpi"], bases["kpi"], made.get("kpi_year"), bases.get("kpi_year"))
    return Sources({scope: lift(frame) for scope, frame in made.items()}, form), bases


def _none(table: TableName) -> pl.DataFrame:
    """A table that is not there, as one without rows."""
    keys = {name: pl.Int64 if found.kind == "integer" else pl.String for name, found in shapes(table).items() if found.key}
    return pl.DataFrame(schema={**keys, "column": pl.String} if table in ("years", "evaluations") else keys)


def _prepared(scope: Each, frame: pl.DataFrame, form: Form) -> tuple[pl.DataFrame, Base]:
    scales: dict[str, int] = {}
    bounds: dict[str, int] = {}
    opened: set[str] = set()
    unknown: set[str] = set()
    absent: set[str] = set()
    there = set(frame.columns)
    keep: list[pl.Expr] = [pl.col(key) for key in KEYS[scope]]
    if "fiscal_year" in there and scope != "kpi_year":
        keep.append(pl.col("fiscal_year"))
    figures_of = {
        "sheet": SHEET_FIELDS,
        "year": tuple(name for name in form.fields if name not in SHEET_FIELDS),
        "kpi": ("target", "declared_rate"),
        "kpi_year": ("actual",),
    }.get(scope, ())
    converted: list[pl.Expr] = []
    for name in figures_of:
        if name not in there or (scope == "sheet" and name not in form.fields):
            absent.add(name)
            continue
        value, scale = _whole(frame, name)
        odd = _odd(scope, frame, name, form)
        scales[name] = scale
        keep.append(value.alias(name))
        if odd is not None:
            converted.append(odd.fill_null(False).alias(f"{name}.open"))
    for name in _TEXTS[scope]:
        if name not in there:
            absent.add(name)
            continue
        text = pl.col(name)
        keep.append(pl.when(text != "").then(text).alias(name))
    frame = frame.with_columns(converted)
    keep.extend(pl.col(f"{name}.open") for name in figures_of if f"{name}.open" in frame.columns)
    opened.update(name for name in figures_of if f"{name}.open" in frame.columns)
    if scope == "evaluation":
        keep.append(pl.col("year"))
    if scope == "year":
        keep.extend(_positions(form))
    if scope == "kpi":
        due = pl.col("due")
        year = due.str.slice(0, 4).cast(pl.Int64) - (due.str.slice(5, 2).cast(pl.Int64) < 4).cast(pl.Int64)
        strict = pl.any_horizontal([pl.col("target.printed").str.strip_chars_end().str.ends_with(word) for word in STRICT])
        exclusive = strict.fill_null(False) if "target.printed" in there else pl.lit(False)
        keep.append(pl.when(exclusive).then(pl.lit("exclusive")).otherwise(pl.lit("inclusive")).alias("target_bound"))
        keep.append((year if "due" in there else pl.lit(None, pl.Int64)).alias("due_year"))
        keep.extend(
            (pl.col(name).is_null() if name in there else pl.lit(True)).alias(f"{name}.open") for name in ("direction", "direction_source")
        )
        opened |= {"direction", "direction_source"}
        absent -= {"direction", "direction_source"}
        keep.extend(pl.lit(None, pl.String).alias(name) for name in ("direction", "direction_source") if name not in there)
    if scope == "sheet":
        number = pl.coalesce("number", "sheet") if "number" in there else pl.col("sheet")
        keep.append(number.alias("number"))
        if "status" in there:
            keep = [expr for expr in keep if expr.meta.output_name() != "status"]
        keep.append((pl.col("status").fill_null("continuing") if "status" in there else pl.lit("continuing")).alias("status"))
        absent.discard("status")
    if scope == "evaluation" and "meaning" not in absent and "result" not in absent:
        missing = (pl.col("result") != "").fill_null(False) & ((pl.col("meaning") == "") | pl.col("meaning").is_null())
        keep.append(missing.alias("meaning.open"))  # a word that the form may know, or not
        opened.add("meaning")
    frame = frame.select(keep)
    numbers = [name for name, dtype in frame.schema.items() if dtype == pl.Int64]
    if frame.height:
        most = frame.select(pl.col(numbers).abs().max()).row(0, named=True)
        bounds = {name: int(value or 0) for name, value in most.items()}
    large = [name for name in scales if bounds.get(name, 0) > LARGEST]
    for name in large:  # one enormous figure is left to the judge, and does not take its column with it
        over = pl.col(name).abs() > LARGEST
        before = pl.col(f"{name}.open") if name in opened else pl.lit(False)
        frame = frame.with_columns((over.fill_null(False) | before).alias(f"{name}.open"))
        frame = frame.with_columns(pl.when(pl.col(name).abs() <= LARGEST).then(pl.col(name)).alias(name))
        opened.add(name)
        bounds[name] = LARGEST
    quiet = [name for name in opened if not frame[f"{name}.open"].any()]
    frame = frame.drop(f"{name}.open" for name in quiet)
    frame = frame.with_columns(pl.when(~pl.col(f"{name}.open")).then(pl.col(name)).alias(name) for name in opened - set(quiet))
    return frame, Base(scales, bounds, frozenset(opened - set(quiet)), frozenset(unknown), frozenset(absent))


def _whole(frame: pl.DataFrame, name: str) -> tuple[pl.Expr, int]:
    """A column of figures as whole numbers; what is not exactly one is null here, and marked by ``_odd``."""
    dtype = frame.schema[name]
    if dtype == pl.Int64:
        return pl.col(name), 1
    if isinstance(dtype, pl.Decimal) and dtype.scale <= DECIMALS:
        # A binary float keeps millionths up to thousands of millions; what is larger is left to the judge.
        number = (pl.col(name).cast(pl.Float64) * 10**DECIMALS).round(0)
        return pl.when(number.abs() <= 2**49).then(number).cast(pl.Int64), 10**DECIMALS
    return pl.lit(None, pl.Int64), 1


def _odd(scope: Each, frame: pl.DataFrame, name: str, form: Form) -> pl.Expr | None:
    """Which rows of a figure only the judge may answer: text, a unit of its own, a column that was not sure, a value too large."""
    marks: list[pl.Expr] = []
    if f"{name}.state" in frame.columns:
        marks.append(pl.col(f"{name}.state") == "text")
    if f"{name}.unit" in frame.columns:
        marks.append(pl.col(f"{name}.unit").is_not_null())
    if f"{name}.placed_by" in frame.columns:
        marks.append(pl.col(f"{name}.placed_by").is_in(["arithmetic", "usual_place"]))
    dtype = frame.schema[name]
    if dtype != pl.Int64:
        value, _ = _whole(frame, name)
        marks.append(pl.col(name).is_not_null() & value.is_null())
    if scope in ("kpi", "kpi_year") and "unit" in frame.columns and name != "declared_rate":
        table = form.kpi
        plain = "" if table is None else (table.target if name == "target" else table.actual).unit
        converting = [unit for unit, factor in form.units.items() if unit != plain and factor != 1]
        marks.append(pl.col("unit").is_in(converting))
    return pl.any_horizontal(*marks) if marks else None


def _positions(form: Form) -> list[pl.Expr]:
    """Where a column stands in the form's order, and whether it stands there at all."""
    position = pl.lit(None, pl.Int64)
    for index, column in reversed(list(enumerate(form.columns))):
        twins = sum(other.offset == column.offset for other in form.columns)
        suffix = "" if twins == 1 else f"-{column.kind}"
        key = pl.concat_str((pl.col("fiscal_year") + column.offset).cast(pl.String), pl.lit(suffix))
        position = pl.when(pl.col("column") == key).then(pl.lit(index, pl.Int64)).otherwise(position)
    return [pl.col("year"), position.alias("position"), position.is_not_null().alias("listed")]


def _with_actuals(kpis: pl.DataFrame, base: Base, years: pl.DataFrame | None, of_years: Base | None) -> tuple[pl.DataFrame, Base]:
    """The KPIs with what their years say together: the first and last one, the actual of the due one, least, greatest, how many."""
    names = ("first_year", "last_year", "actuals.count", "actuals.least", "actuals.greatest", "actuals.total")
    if years is None or of_years is None or "actual" in of_years.absent:
        nothing = kpis.with_columns(pl.lit(None, pl.Int64).alias(name) for name in (*names, "due_actual"))
        nothing = nothing.with_columns(pl.lit(True).alias("due_actual.unknown"))
        return nothing, Base(base.scales, base.bounds, base.open, base.unknown | {"due_actual"}, base.absent)
    opened = pl.col("actual.open") if "actual" in of_years.open else pl.lit(False)
    owner = ["book", "kpi"]
    together = years.group_by(owner).agg(
        pl.col("year").min().alias("first_year"),
        pl.col("year").max().alias("last_year"),
        pl.col("actual").count().cast(pl.Int64).alias("actuals.count"),
        pl.col("actual").min().alias("actuals.least"),
        pl.col("actual").max().alias("actuals.greatest"),
        pl.when(pl.col("actual").count() > 0).then(pl.col("actual").sum()).alias("actuals.total"),
        opened.any().alias("actuals.open"),
    )
    due = years.select(*owner, pl.col("year").alias("due_year"), pl.col("actual").alias("due_actual"), opened.alias("due_actual.open"))
    due = due.with_columns(pl.lit(True).alias("printed"))
    joined = kpis.join(together, on=owner, how="left", maintain_order="left").join(
        due, on=[*owner, "due_year"], how="left", maintain_order="left"
    )
    joined = joined.with_columns(
        pl.col("printed").is_null().alias("due_actual.unknown"), *(pl.col("actuals.open").alias(f"{name}.open") for name in names[2:])
    ).drop("printed", "actuals.open")
    scale = of_years.scales.get("actual", 1)
    bound = of_years.bounds.get("actual", LARGEST)
    most = years.group_by(owner).len()["len"].max() if years.height else 0
    assert isinstance(most, int | None)
    scales = {**base.scales, "due_actual": scale, "actuals": scale}
    bounds = {**base.bounds, "due_actual": bound, "actuals.least": bound, "actuals.greatest": bound, "actuals.total": bound * (most or 0)}
    bounds |= {"actuals.count": most or 0, "first_year": 3000, "last_year": 3000}
    return joined, Base(scales, bounds, base.open | {"due_actual", *names[2:]}, base.unknown | {"due_actual"}, base.absent)
