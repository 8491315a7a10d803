"""Tables inside an engine, made ready for formulas.

Books are sound where every cell fits its column, no key occurs twice, and every row belongs to a
sheet or KPI. Only those are screened; the others are looked over in this process and made records
of.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl

from auditor.engines.actuals import with_actuals
from auditor.engines.bases import AT, Base, Needed, Prepared
from auditor.engines.choosing import FITS, Chosen, chosen, converted, figures_of
from auditor.engines.engine import Engine, Frame
from auditor.engines.expressions import Same
from auditor.engines.keys import CODE, OWNER, Keyed
from auditor.forms.model import Form
from auditor.formula.columns.values import LARGEST
from auditor.records.fields import SCOPES, TABLE_OF, Each
from auditor.tables.cells import DECIMALS, Schema, as_written, inner, is_one_of, wholly

__all__ = ["prepared"]


def prepared(keyed: Keyed, form: Form, needed: Needed, engine: Engine) -> Prepared:
    """Make one form's rows ready; ``needed`` are the names that formulas use on each kind of
    row.
    """
    books = keyed.books.filter(pl.col("form") == form.name)["code"]
    has_others = keyed.books["form"].n_unique() > 1
    names = {scope: set(needed.get(scope, ())) for scope in TABLE_OF}
    if any(name == "due_actual" or name.startswith("actuals.") for name in names["kpi"]):
        names["kpi_year"].add("actual")

    def of_scope(scope: Each) -> _Chosen:
        frame, schema = keyed.frames[TABLE_OF[scope]], keyed.schemas[TABLE_OF[scope]]
        if has_others:
            frame = frame.filter(nw.col(CODE).is_in(books.to_list()))
        if scope == "kpi_year" and _has_units(keyed, form, engine):
            units = keyed.frames["kpis"].select(OWNER, "unit")
            frame = frame.join(units, on=OWNER, how="left")
            schema = {**schema, "unit": nw.String()}
        return _chosen(scope, frame, schema, form, frozenset(names[scope]), engine)

    frames: dict[Each, Frame] = {}
    bases: dict[Each, Base] = {}
    unsound: set[int] = set()
    scopes: list[Each] = [scope for scope, table in TABLE_OF.items() if table in keyed.frames]
    selected = engine.together([functools.partial(of_scope, scope) for scope in scopes])
    questions = [(frame, choice.facts(frame.collect_schema())) for frame, choice in selected]
    facts = engine.summed_up(questions)
    parts = [
        _part(*columns, answer, engine) for columns, answer in zip(selected, facts, strict=True)
    ]
    for scope, part in zip(scopes, parts, strict=True):
        frames[scope], bases[scope] = part.frame, part.base
        unsound |= part.unfit
    rows: dict[Each, int] = {scope: part.rows for scope, part in zip(scopes, parts, strict=True)}
    unsound |= _with_namesakes(_all_astray(frames, engine), keyed.books)
    if unsound:
        codes = sorted(unsound)
        frames = {
            scope: frame.filter(~nw.col(CODE).is_in(codes)) for scope, frame in frames.items()
        }
    if "kpi" in frames:
        frames["kpi"], bases["kpi"] = with_actuals(frames, bases, names["kpi"], engine)
    heights = engine.heights(frames) if unsound else rows
    if heights.get("year") == heights.get("sheet", 0) * len(form.columns) and "year" in bases:
        bases["year"] = replace(bases["year"], gaps=False)
    bases = {scope: base.coarse for scope, base in bases.items()}
    return Prepared(frames, bases, frozenset(unsound), heights, books.len())


def _has_units(keyed: Keyed, form: Form, engine: Engine) -> bool:
    """Whether an actual may have to be converted from the unit of its KPI; where the KPIs are at
    hand, whether one has.
    """
    units = converted(form, "kpi_year", "actual")
    if not units or "unit" not in keyed.schemas.get("kpis", ()):
        return False
    if engine.rows_at_a_time is None:
        return True
    there = is_one_of(as_written("unit", keyed.schemas["kpis"]), units)
    return engine.height(keyed.frames["kpis"].filter(there)) > 0


def _with_namesakes(codes: set[int], books: pl.DataFrame) -> set[int]:
    """Some books, and those of their names: whose row is astray can only be told among all."""
    if not codes:
        return codes
    names = books.filter(pl.col("code").is_in(list(codes)))["book"]
    return {*codes, *books.filter(pl.col("book").is_in(names.implode()))["code"]}


def _all_astray(frames: Mapping[Each, Frame], engine: Engine) -> set[int]:
    """The books with rows that are astray, of all kinds of rows."""
    if engine.rows_at_a_time is not None:
        jobs = [functools.partial(_astray, scope, frames, engine) for scope in frames]
        return set[int]().union(*engine.together(jobs))
    # Where the rows are not at hand, one question costs less than a look at each table.
    keyed = {scope: frame.select(CODE, *_keys_of(scope)[1]) for scope, frame in frames.items()}
    in_order = dict(zip(keyed, engine.in_order([*keyed.values()]), strict=True))
    parts: list[Frame] = []
    for scope in frames:
        parent, keys = _keys_of(scope)
        if not in_order[scope]:
            parts.append(_twice(frames[scope].select(CODE, *keys), keys))
        if parent is not None:
            of_rows = frames[scope].select(CODE, OWNER)
            has_parents = parent in frames
            parts.append(engine.strays(of_rows, frames[parent], OWNER) if has_parents else of_rows)
    if not parts:
        return set()
    codes = nw.concat([part.select(nw.col(CODE).cast(nw.Int64)) for part in parts])
    return set(engine.collected(engine.unique(codes))[CODE].drop_nulls().to_list())


def _keys_of(scope: Each) -> tuple[Each | None, list[str]]:
    """The kind of row that rows belong to, and the keys that none has twice."""
    parent = SCOPES[scope].parent
    return parent, [OWNER] if parent is None else [OWNER, AT]


def _twice(rows: Frame, keys: Sequence[str]) -> Frame:
    """The keys of several rows, with the book of one."""
    counted = rows.group_by(*keys).agg(nw.len().alias("rows"), nw.col(CODE).min())
    return counted.filter(nw.col("rows") > 1)


def _astray(scope: Each, frames: Mapping[Each, Frame], engine: Engine) -> set[int]:
    """The books with a key that occurs twice, or with rows of a sheet or KPI that is not there."""
    parent, keys = _keys_of(scope)
    frame = frames[scope].select(CODE, *keys)
    wrong: set[int] = set()
    if not engine.distinct(frame, keys):
        twice = _twice(frame, keys)
        wrong |= set(
            engine.collected(engine.unique(twice.select(CODE)))[CODE].drop_nulls().to_list()
        )
    if parent is not None:
        lost = frame.select(CODE, OWNER)
        if parent in frames:
            lost = engine.strays(lost, frames[parent], OWNER)
        wrong |= set(engine.collected(engine.unique(lost.select(CODE)))[CODE].to_list())
    return wrong


class _Chosen(NamedTuple):
    """The chosen columns of one kind of row, computed once, and how they were chosen."""

    frame: Frame
    choice: Chosen


class _Part(NamedTuple):
    """One kind of row made ready: its columns, what is known of them, the books in which
    something does not fit, and how many rows there are.
    """

    frame: Frame
    base: Base
    unfit: set[int]
    rows: int


def _chosen(
    scope: Each,
    frame: Frame,
    schema: Schema,
    form: Form,
    needed: frozenset[str],
    engine: Engine,
) -> _Chosen:
    """What is chosen of the columns of one kind of row."""
    names = [name for name in figures_of(scope, form) if inner(name) in schema]
    decimals = [name for name in map(inner, names) if _has_steps(schema[name])]
    if decimals:
        frame = engine.with_steps(frame, decimals)
        schema = frame.collect_schema()
    choice = chosen(
        scope,
        tuple(schema.items()),
        Same(form),
        needed,
        _broken(frame, names, schema, engine),
        engine.name,
    )
    return _Chosen(engine.kept(engine.selected(frame, choice.columns)), choice)


def _part(columns: Frame, choice: Chosen, facts: Mapping[str, Any], engine: Engine) -> _Part:
    """The chosen columns with what is known of their values."""
    unfit: set[int] = set()
    if FITS in facts:
        if (facts[FITS] or 0) < facts["#rows"]:
            rows = engine.collected(engine.unique(columns.filter(~nw.col(FITS)).select(CODE)))
            unfit = set(rows[CODE].to_list())
        columns = columns.drop(FITS)
    return _Part(*_bounded(columns, _base(choice, facts)), unfit, int(facts["#rows"]))


def _has_steps(dtype: nw.dtypes.DType) -> bool:
    return isinstance(dtype, nw.Decimal) and dtype.scale <= DECIMALS


def _broken(frame: Frame, names: list[str], schema: Schema, engine: Engine) -> frozenset[str]:
    """The figures whose columns have numbers that are not whole ones, as far as their type does
    not tell it.
    """
    questions = wholly(names, schema)
    if not questions:
        return frozenset()
    questioned = frame.select(mask.alias(inner(name)) for name, mask in questions.items())
    answers = engine.collected(questioned).row(0, named=True)
    return frozenset(name for name in questions if not answers[inner(name)])


def _base(chosen: Chosen, facts: Mapping[str, Any]) -> Base:
    """What is known of the chosen columns."""
    choice = chosen.choice

    def of(kind: str) -> dict[str, Any]:
        return {name: facts.get(f"{inner(name)}/{kind}") for name in choice.values}

    least, most = of("least"), of("most")
    return Base(
        scales=choice.scales,
        bounds={
            name: max(abs(least[name] or 0), abs(most[name] or 0))
            for name in choice.values
            if f"{inner(name)}/most" in facts
        },
        least={name: value for name, value in least.items() if value is not None},
        blank=frozenset(name for name, nulls in of("nulls").items() if nulls),
        open=frozenset(name for name in choice.open if facts[f"{inner(name)}/open"]),
        unknown=frozenset(name for name in choice.unknown if facts[f"{inner(name)}/unknown"]),
        absent=frozenset(choice.absent),
    )


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
