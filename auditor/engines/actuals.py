"""KPIs with what their years say together.

That is the first and the last one, the actual of the due one, how many there are, and their
least, greatest and sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

import narwhals as nw

from auditor.engines.bases import Base
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import OWNER
from auditor.formula.columns.values import LARGEST
from auditor.records.fields import Each
from auditor.tables.cells import inner

__all__ = ["with_actuals"]

_PARTS: Final = ("actuals.count", "actuals.least", "actuals.greatest", "actuals.total")
_LAST_YEAR: Final = 3000


def with_actuals(
    frames: Mapping[Each, Frame], bases: Mapping[Each, Base], needed: set[str], engine: Engine
) -> tuple[Frame, Base]:
    """The KPIs with what formulas need of their years."""
    kpis, base = frames["kpi"], bases["kpi"]
    names = [name for name in ("first_year", "last_printed_year", *_PARTS) if name in needed]
    years, of_years = frames.get("kpi_year"), bases.get("kpi_year", Base())
    if years is None or "actual" in of_years.absent:
        return _without_years(kpis, base, names)
    blank, marks, unknowns = set(base.blank or ()), set(base.open), set(base.unknown)
    if names:
        kpis = _joined(kpis, years, of_years)
        blank |= {"first_year", "last_printed_year", *_PARTS}
        marks |= set(_PARTS)
    if "due_actual" in needed:
        kpis = _with_due(kpis, years, of_years)
        blank.add("due_actual")
        unknowns.add("due_actual")
        if "actual" in of_years.open:
            marks.add("due_actual")
    most = 0
    if names:
        counts = years.group_by(OWNER).agg(nw.len().alias("rows")).select(nw.col("rows").max())
        most = cast(int, engine.collected(counts)["rows"][0] or 0)
    scale, bound = of_years.scales.get("actual", 1), of_years.bounds.get("actual", LARGEST)
    bounds = {
        **base.bounds,
        **dict.fromkeys(("due_actual", "actuals.least", "actuals.greatest"), bound),
        "actuals.total": bound * most,
        "actuals.count": most,
        "first_year": _LAST_YEAR,
        "last_printed_year": _LAST_YEAR,
    }
    scales = {**base.scales, "due_actual": scale, "actuals": scale}
    least = {**base.least, "due_actual": of_years.least.get("actual", -1), "actuals.count": 0}
    return engine.kept(kpis), Base(
        scales, bounds, least, frozenset(blank), frozenset(marks), frozenset(unknowns), base.absent
    )


def _without_years(kpis: Frame, base: Base, names: Sequence[str]) -> tuple[Frame, Base]:
    """The KPIs where there are no years: what is due is unknown, all else blank."""
    columns = (*names, "due_actual")
    nothing = [nw.lit(None, nw.Int64).alias(inner(name)) for name in columns]
    kpis = kpis.with_columns(*nothing, nw.lit(True).alias("due_actual/unknown"))
    blank = (base.blank or frozenset()) | {*columns}
    return kpis, replace(base, blank=blank, unknown=base.unknown | {"due_actual"})


def _marks(base: Base) -> tuple[nw.Expr, nw.Expr]:
    """Which actuals are left open, and which are unknown."""
    return (
        nw.col("actual/open") if "actual" in base.open else nw.lit(False),
        nw.col("actual/unknown") if "actual" in base.unknown else nw.lit(False),
    )


def _joined(kpis: Frame, years: Frame, of_years: Base) -> Frame:
    """The KPIs with their first and last years, and all actuals together."""
    opened, unknown = _marks(of_years)
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
        nw.col("not plain").cast(nw.Int64).sum().alias("actuals/unsettled"),
    )
    kpis = kpis.join(together, on=OWNER, how="left")
    none = (nw.col("actuals/there") == 0).fill_null(True)
    unsettled = (nw.col("actuals/unsettled") > 0).fill_null(False)
    return kpis.with_columns(
        nw.when(~none).then(nw.col("actuals/total")).alias("actuals/total"),
        *(unsettled.alias(f"{inner(name)}/open") for name in _PARTS),
    )


def _with_due(kpis: Frame, years: Frame, of_years: Base) -> Frame:
    """The KPIs with the actual of the year in which they are due."""
    opened, unknown = _marks(of_years)
    due = years.select(
        nw.col(OWNER).alias("of"),
        nw.col("year").alias("of year"),
        nw.col("actual").alias("due_actual"),
        opened.alias("due_actual/open"),
        unknown.alias("due_actual/unknown"),
    )
    kpis = kpis.join(due, left_on=[OWNER, "due_year"], right_on=["of", "of year"], how="left")
    return kpis.drop("of", "of year", strict=False).with_columns(
        nw.col("due_actual/unknown").fill_null(True), nw.col("due_actual/open").fill_null(False)
    )
