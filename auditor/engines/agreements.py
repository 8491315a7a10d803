"""What the rows of a book's column agree on, computed once for each group: by columns where they are sure, else by the judge's own means.

Sure is a group whose usual rows have a stretch in common, are a majority, and meet none of the other rows: then no other value is
admitted by as many. One faulty row does not unsettle its group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import narwhals as nw
import polars as pl

from auditor import figures
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER
from auditor.engines.leftover import Group, Leftover
from auditor.engines.preparing import AT
from auditor.engines.views import Agreement
from auditor.figures import Quantity
from auditor.formula.columns import either, expression_of
from auditor.rows import Each

__all__ = ["Agreeing"]

_ENDS: Final = ("lo_d", "lo_u", "hi_d", "hi_u")


def _enclosed(value: int | Fraction) -> tuple[float, float]:
    near = float(value)
    away = abs(near) * 2.0**-51
    return near - away, near + away


@dataclass(frozen=True)
class Agreeing:
    """The groups of one kind of row of one form. ``exactly`` is the judge's own way, for the book and column of a group."""

    scope: Each
    engine: Engine
    left: Leftover
    exactly: Callable[[Agreement, int, int | None], Quantity | None]

    @property
    def group(self) -> list[str]:
        """The columns that make a group: a sheet or a KPI stands with all of its book."""
        return [CODE] if self.scope in ("sheet", "kpi") else [CODE, AT]

    def joined(self, agreement: Agreement, frame: Frame) -> Frame:
        """The frame with the value that the rows of each group agree on, in columns that begin with the agreement's prefix."""
        rows = self._measured(agreement, frame)
        table = self._settled(agreement, rows)
        ends = [pl.col(name).alias(f"{agreement.prefix}/{name}") for name in (*_ENDS, "state")]
        return self.engine.looked_up(frame, self.group, table.select(*self.group, *ends))

    def _measured(self, agreement: Agreement, frame: Frame) -> Frame:
        """The interval of every row that has one or may have one."""
        value = agreement.value.real
        there, opened = value.missing.there, value.missing.open
        ends = {"lo_d": value.lo_d, "lo_u": value.lo_u, "hi_d": value.hi_d, "hi_u": value.hi_u}
        marks: list[nw.Expr] = []
        if isinstance(opened, nw.Expr):
            ends = {name: nw.when(expression_of(there)).then(end) for name, end in ends.items()}
            marks = [opened.alias("open")]
        wanted = either(there, opened)
        if not isinstance(wanted, bool):
            frame = frame.filter(wanted)
        elif not wanted:
            frame = frame.head(0)
        keys = dict.fromkeys([*self.group, OWNER])
        return self.engine.kept(frame.select(*keys, *(end.alias(name) for name, end in ends.items()), *marks))

    def _settled(self, agreement: Agreement, rows: Frame) -> pl.DataFrame:
        """What each group agrees on, enclosed; ``state`` is 1, or 0 where it agrees on nothing."""
        opened = "open" in rows.collect_schema()
        odd = self._groups(rows.filter(nw.col("open"))) if opened else None
        told = self._marked(rows.filter(~nw.col("open")) if opened else rows)
        table = self._summed(told)
        if odd is not None:  # what a row left open would say, only the judge knows
            table = table.join(odd, on=self.group, how="anti")
        settled = pl.col("state").is_not_null()
        known = pl.concat([table.filter(settled), self._swept(told, table.filter(~settled))])
        for row in known.iter_rows(named=True):
            self.left.agreed[self._key(agreement, row)] = None if row["state"] == 0 else (row["lo_u"] + row["hi_d"]) / 2
        self.left.witnesses.append((self.scope, told, known.filter(pl.col("state") == 1)))
        unsure = table.join(known, on=self.group, how="anti").select(self.group)
        unsure = unsure if odd is None else pl.concat([unsure, odd])
        exact = [self._exactly(agreement, row) for row in unsure.iter_rows(named=True)]
        return pl.concat([known, pl.DataFrame(exact, schema=table.schema)]) if exact else known

    def _groups(self, rows: Frame) -> pl.DataFrame:
        return self.engine.collected(rows.select(*self.group).unique())

    def _marked(self, rows: Frame) -> Frame:
        """The rows, ``near`` where they lie close to what is usual in their group; it decides nothing but whether the group is sure."""
        center, half = (nw.col("hi_u") + nw.col("lo_d")) / 2, (nw.col("hi_u") - nw.col("lo_d")) / 2
        some = self._some(rows).select(*self.group, center.alias("center"), half.alias("half"))
        usual = some.group_by(*self.group).agg(nw.col("center").median().alias("usual"), nw.col("half").max().alias("widest"))
        found = self.engine.looked_up(rows, self.group, self.engine.collected(usual))
        near = (center - nw.col("usual")).abs() <= half + nw.col("widest")
        return self.engine.kept(found.with_columns(near.fill_null(False).alias("near")))

    def _summed(self, told: Frame) -> pl.DataFrame:
        """For each group what its near rows have in common, and whether it is sure that no other value is admitted by as many."""
        group, collected = self.group, self.engine.collected
        table = collected(
            told.with_columns(nw.when(nw.col("near")).then(nw.col(end)).alias(end) for end in _ENDS)
            .group_by(*group)
            .agg(
                nw.len().alias("values"),
                nw.col("lo_d").count().alias("admitting"),
                nw.col("lo_d").max(),
                nw.col("lo_u").max(),
                nw.col("hi_d").min(),
                nw.col("hi_u").min(),
                nw.col("lo_d").min().alias("from"),
                nw.col("hi_u").max().alias("to"),
            )
        )
        others = collected(told.filter(~nw.col("near")).select(*group, nw.col("lo_d").alias("least"), nw.col("hi_u").alias("most")))
        met = (pl.col("least") <= pl.col("to")) & (pl.col("most") >= pl.col("from"))
        meeting = others.join(table, on=group, how="left").filter(met).select(group).unique().with_columns(pl.lit(True).alias("met"))
        sure = (pl.col("lo_u") < pl.col("hi_d")) & (pl.col("admitting") * 2 > pl.col("values")) & pl.col("met").is_null()
        state = pl.when(pl.col("values") < 3).then(0).when(sure.fill_null(False)).then(1)
        return table.join(meeting, on=group, how="left").select(*group, *_ENDS, state.cast(pl.Int64).alias("state"))

    def _some(self, rows: Frame) -> Frame:
        """About one row in so many that each group keeps some twenty, where groups are larger on the whole."""
        sizes = rows.group_by(*self.group).agg(nw.len().alias("rows")).select(nw.col("rows").mean())
        stride = int((self.engine.collected(sizes)["rows"][0] or 0) // 20)
        return rows.filter(nw.col(OWNER) % stride == 0) if stride > 1 else rows

    def _swept(self, told: Frame, groups: pl.DataFrame) -> pl.DataFrame:
        """Those of the groups whose answer is certain when their intervals are counted end by end."""
        if groups.is_empty():
            return groups
        keys = self.engine.frame(groups.select(pl.col(key).alias(f"of {key}") for key in self.group))
        rows = self.engine.collected(told.join(keys, left_on=self.group, right_on=[f"of {key}" for key in self.group], how="semi"))
        made: list[dict[str, Any]] = []
        for of, intervals in rows.group_by(*self.group):
            found = most_admitted(intervals.select(_ENDS).rows())
            if found is not None:
                made.append({**dict(zip(self.group, of, strict=True)), **found})
        return pl.DataFrame(made, schema=groups.schema)

    def _key(self, agreement: Agreement, row: Mapping[str, Any]) -> Group:
        return (row[CODE], self.scope, row[AT] if len(self.group) > 1 else None, agreement.expression)

    def _exactly(self, agreement: Agreement, row: Mapping[str, Any]) -> dict[str, Any]:
        """The agreed value of one group by the judge's own means, on records of its sheets."""
        key = self._key(agreement, row)
        self.left.agreed[key] = value = self.exactly(agreement, key[0], key[2])
        known = {name: row[name] for name in self.group}
        if value is None:
            return {**known, **dict.fromkeys(_ENDS), "state": 0}
        span = figures.ends(value)
        (lo_d, lo_u), (hi_d, hi_u) = _enclosed(span.lo), _enclosed(span.hi)
        return {**known, "lo_d": lo_d, "lo_u": lo_u, "hi_d": hi_d, "hi_u": hi_u, "state": 1}


def most_admitted(intervals: list[tuple[float, float, float, float]]) -> dict[str, Any] | None:
    """The stretch that most intervals admit, its ends enclosed; None where enclosures can't tell.

    Each interval is ``lo_d, lo_u, hi_d, hi_u``: it holds all between ``lo_u`` and ``hi_d``, and nothing outside ``lo_d`` to ``hi_u``.
    """
    inner = _deepest([(lo_u, hi_d) for _, lo_u, hi_d, _ in intervals if lo_u < hi_d], closed=False)
    outer = _deepest([(lo_d, hi_u) for lo_d, _, _, hi_u in intervals], closed=True)
    if outer[0] * 2 <= len(intervals):
        return {**dict.fromkeys(_ENDS), "state": 0}
    if inner[0] != outer[0] or inner[1] > 1 or outer[1] > 1:
        return None
    return {"lo_d": outer[2], "lo_u": inner[2], "hi_d": inner[3], "hi_u": outer[3], "state": 1}


def _deepest(spans: list[tuple[float, float]], *, closed: bool) -> tuple[int, int, float, float]:
    """How many spans lie over each other at most, in how many stretches, and where the last of these begins and ends."""
    marks = sorted([(lo, not closed, 1) for lo, _ in spans] + [(hi, closed, -1) for _, hi in spans])
    depth = best = stretches = 0
    start = end = 0.0
    for place, _, step in marks:
        if step < 0 and depth == best:
            end = place
        depth += step
        if depth > best:
            best, stretches, start = depth, 1, place
        elif depth == best and step > 0:
            stretches, start = stretches + 1, place
    return best, stretches, start, end


def witnesses(rows: Frame, sure: pl.DataFrame, engine: Engine) -> pl.DataFrame:
    """For each group the sheets or KPIs at either end of what it agrees on: the judge makes the exact ends of them."""
    group: list[str] = [name for name in (CODE, AT) if name in sure.columns]
    ends = [pl.col(end).alias(f"agreed {end}") for end in _ENDS]
    other = engine.frame(sure.select(*(pl.col(key).alias(f"of {key}") for key in group), *ends))
    joined = rows.join(other, left_on=group, right_on=[f"of {key}" for key in group], how="inner")
    admitting = (nw.col("lo_d") <= nw.col("agreed hi_u")) & (nw.col("hi_u") >= nw.col("agreed lo_d"))
    at_end = (nw.col("lo_u") >= nw.col("agreed lo_d")) | (nw.col("hi_d") <= nw.col("agreed hi_u"))
    alike = joined.filter(admitting & at_end).group_by(*group, *_ENDS).agg(nw.col(OWNER).min())
    return engine.collected(alike.select(*group, OWNER))
