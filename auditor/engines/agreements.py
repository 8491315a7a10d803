"""What the rows of a book's column agree on, computed once for each group: by columns where they
are sure, else by the judge's own means.

Sure is a group whose usual rows have a stretch in common, are a majority, and meet none of the
other rows: then no other value is admitted by as many. One faulty row does not unsettle its
group. Ends are quotients of whole numbers: rounded to floats they keep their order, and the two
whole numbers say exactly where the stretch begins and ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import narwhals as nw
import polars as pl

from auditor.engines.agreement import Agreement
from auditor.engines.bases import AT
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER
from auditor.engines.leftover import Agreed, Leftover, Place
from auditor.formula.columns.values import Mask, Ratio
from auditor.formula.tree import shape
from auditor.records.fields import Each
from auditor.records.figures import Quantity

__all__ = ["Agreeing", "most_admitted"]

GROUP: Final = "#group"

_TOLD_APART: Final = 2.0**50
"""Quotients of whole numbers whose product is below this are equal as floats only where they are
equal.
"""
_SAMPLE: Final = 9


@dataclass(frozen=True)
class Agreeing:
    """The groups of one kind of row of one form.

    ``exactly`` is the judge's own way, for the book and column of some groups; ``columns`` is how
    many a form has, ``usual_size`` about how many rows a group has.
    """

    scope: Each
    engine: Engine
    left: Leftover
    exactly: Callable[[Agreement, list[Place]], dict[Place, Quantity | None]]
    columns: int
    usual_size: int

    @property
    def group(self) -> list[str]:
        """The columns that make a group: a sheet or a KPI stands with all of its book."""
        return (
            [CODE]
            if self.scope in ("sheet", "kpi")
            else [GROUP]
            if self.scope == "year"
            else [CODE, AT]
        )

    def _numbered(self, frame: Frame) -> Frame:
        """The frame with a number for each book and column of it: one key is found sooner than
        two.
        """
        return (
            frame.with_columns((nw.col(CODE) * self.columns + nw.col(AT)).alias(GROUP))
            if self.group == [GROUP]
            else frame
        )

    def _of(self, row: Mapping[str, Any]) -> Place:
        """The book and column of a group."""
        return (
            divmod(row[GROUP], self.columns) if self.group == [GROUP] else (row[CODE], row.get(AT))
        )

    def joined(self, agreement: Agreement, frame: Frame) -> Frame:
        """The frame with what the rows of each group agree on, in the agreement's columns."""
        self.left.agreed[self.scope, shape(agreement.expression)] = known = Agreed(agreement)
        frame = self._numbered(frame)
        if agreement.ratio is None:
            table = self._by_judge(agreement, self._groups(frame))
        else:
            table = self._by_columns(agreement, agreement.ratio, frame)
            books = [
                (pl.col(GROUP) // self.columns).alias(CODE),
                (pl.col(GROUP) % self.columns).alias(AT),
            ]
            known.table = table.with_columns(books) if self.group == [GROUP] else table
        renamed = [pl.col(name).alias(column) for name, column in agreement.columns.items()]
        return self.engine.looked_up(frame, self.group, table.select(*self.group, *renamed))

    def _by_columns(self, agreement: Agreement, ratio: Ratio, frame: Frame) -> pl.DataFrame:
        rows, odd = self._measured(ratio, frame)
        told = self._marked(rows)
        table = self._summed(told, ratio)
        if odd is not None:  # what a row left open would say, only the judge knows
            table = table.join(odd, on=self.group, how="anti")
        settled = pl.col("state").is_not_null()
        known = pl.concat([table.filter(settled), self._swept(told, table, ratio)])
        found = self._attained(agreement, rows, known.filter(pl.col("state") == 1))
        none = known.filter(pl.col("state") == 0).select(*self.group)
        unsure = (
            table.join(found, on=self.group, how="anti")
            .join(none, on=self.group, how="anti")
            .select(self.group)
        )
        exact = self._by_judge(agreement, unsure if odd is None else pl.concat([unsure, odd]))
        nothing = [
            pl.lit(value, found.schema[name]).alias(name)
            for name, value in agreement.written(None).items()
        ]
        return pl.concat([found, none.select(*self.group, *nothing), exact])

    # --- intervals, and what usual ones have in common

    def _measured(self, ratio: Ratio, frame: Frame) -> tuple[Frame, pl.DataFrame | None]:
        """The ends of every row that has them (``lo``, ``hi``) with their whole numbers; and the
        groups of rows that are left open.
        """
        there = ratio.missing.there
        under = (
            nw.when(there).then(ratio.under.lo) if isinstance(there, nw.Expr) else ratio.under.lo
        )
        divided = replace(ratio, under=replace(ratio.under, lo=under, hi=under))
        numbers = {
            "lo": divided.floats[0],
            "hi": divided.floats[1],
            "over_lo": ratio.over.lo,
            "over_hi": ratio.over.hi,
            "under": under,
        }
        ends = ratio.open
        assert ends is not None
        marks: dict[str, Mask] = {"lo_open": ends.lo, "hi_open": ends.hi}
        chosen = [value.alias(name) for name, value in numbers.items()]
        chosen += [mask.alias(name) for name, mask in marks.items() if isinstance(mask, nw.Expr)]
        keys = dict.fromkeys([*self.group, OWNER])
        opened = ratio.missing.open
        odd = self._groups(frame.filter(opened)) if isinstance(opened, nw.Expr) else None
        return self.engine.kept(frame.select(*keys, *chosen)), odd

    def _groups(self, rows: Frame) -> pl.DataFrame:
        return self.engine.collected(rows.select(*self.group).unique())

    def _marked(self, rows: Frame) -> Frame:
        """The rows, ``near`` where they lie close to what is usual in their group; it decides
        nothing but whether the group is sure.
        """
        center, half = (nw.col("hi") + nw.col("lo")) / 2, (nw.col("hi") - nw.col("lo")) / 2
        stride = self.usual_size // _SAMPLE
        some = (rows.filter(nw.col(OWNER) % stride == 0) if stride > 1 else rows).select(
            *self.group, center.alias("center"), half.alias("half")
        )
        usual = some.group_by(*self.group).agg(
            nw.col("center").median().alias("usual"), nw.col("half").max().alias("widest")
        )
        around = [
            (pl.col("usual") + side * pl.col("widest")).alias(name)
            for name, side in (("least", -1), ("most", 1))
        ]
        found = self.engine.looked_up(
            rows, self.group, self.engine.collected(usual).select(*self.group, *around)
        )
        near = (nw.col("lo") <= nw.col("most")) & (nw.col("hi") >= nw.col("least"))
        return self.engine.kept(
            found.select(*self.group, "lo", "hi", near.fill_null(False).alias("near"))
        )

    def _summed(self, told: Frame, ratio: Ratio) -> pl.DataFrame:
        """For each group what its near rows have in common, and whether it is sure that no other
        value is admitted by as many.
        """
        group, collected = self.group, self.engine.collected
        lo, hi = nw.col("lo"), nw.col("hi")
        ends = (
            lo.max().alias("lo"),
            hi.min().alias("hi"),
            lo.min().alias("from"),
            hi.max().alias("to"),
        )
        table = collected(
            told.filter(nw.col("near")).group_by(*group).agg(nw.len().alias("admitting"), *ends)
        )
        others = collected(
            told.filter(~nw.col("near") & ~lo.is_null()).select(
                *group, lo.alias("least"), hi.alias("most")
            )
        )
        met = (pl.col("least") <= pl.col("to")) & (pl.col("most") >= pl.col("from"))
        apart = (
            others.join(table, on=group, how="left")
            .group_by(group)
            .agg(pl.len().alias("others"), met.any().alias("met"))
        )
        common = pl.col("lo") == pl.col("hi") if ratio.point else pl.col("lo") < pl.col("hi")
        some, more = pl.col("admitting").fill_null(0), pl.col("others").fill_null(0)
        sure = common & (some > more) & ~pl.col("met").fill_null(False)
        state = pl.when(some + more < 3).then(0).when(sure.fill_null(False)).then(1)
        table = table.join(apart, on=group, how="full", coalesce=True)
        return table.select(*group, "lo", "hi", state.cast(pl.Int64).alias("state"))

    def _swept(self, told: Frame, groups: pl.DataFrame, ratio: Ratio) -> pl.DataFrame:
        """Those of the groups whose answer is certain when their intervals are counted end by
        end; ``state`` is null for them.
        """
        unsure = groups.filter(pl.col("state").is_null())
        if unsure.is_empty():
            return unsure
        found = self.engine.looked_up(told, self.group, groups.select(*self.group, "state"))
        rows = found.filter(nw.col("state").is_null() & ~nw.col("lo").is_null()).select(
            *self.group, "lo", "hi"
        )
        swept = most_admitted(
            self.engine.collected(rows).join(unsure, on=self.group, how="semi"),
            self.group,
            points=ratio.point,
        )
        return swept.filter(pl.col("state").is_not_null()).select(groups.columns)

    # --- where exactly the stretch begins and ends

    def _attained(self, agreement: Agreement, rows: Frame, sure: pl.DataFrame) -> pl.DataFrame:
        """The whole numbers of both ends of each group; groups that have an end which floats
        don't tell from another are left out.
        """
        ends = sure.select(*self.group, pl.col("lo").alias("first"), pl.col("hi").alias("last"))
        found = self.engine.looked_up(rows, self.group, ends)
        at = {"lo": nw.col("lo") == nw.col("first"), "hi": nw.col("hi") == nw.col("last")}
        size = nw.col("under").cast(nw.Float64) * nw.max_horizontal(
            nw.col("over_lo").abs(), nw.col("over_hi").abs()
        ).cast(nw.Float64)
        found = found.filter(at["lo"] | at["hi"]).with_columns(
            size.alias("size"),
            *(
                nw.when(mask).then(nw.col(name)).alias(f"{name} of {end}")
                for end, mask in at.items()
                for name in (f"over_{end}", "under", *agreement.marks(end))
            ),
        )
        # Of equal quotients the one with the least divisor has the number that is nearest to 0.
        told = [nw.col("size").max().alias("size")]
        for end in at:
            over, under = nw.col(f"over_{end} of {end}"), nw.col(f"under of {end}")
            told += [
                over.min().alias(f"{end} least"),
                over.max().alias(f"{end} most"),
                under.min().alias(f"under_{end}"),
            ]
            told += [
                nw.col(f"{mark} of {end}").cast(nw.Int64).max().alias(mark)
                for mark in agreement.marks(end)
            ]
        table = self.engine.collected(found.group_by(*self.group).agg(*told)).filter(
            pl.col("size") < _TOLD_APART
        )
        nearest = [
            pl.when(pl.col(f"{end} least") > 0)
            .then(pl.col(f"{end} least"))
            .otherwise(pl.col(f"{end} most"))
            .alias(f"over_{end}")
            for end in at
        ]
        return table.with_columns(nearest).select(
            *self.group, *(pl.col(name).cast(pl.Int64) for name in agreement.columns)
        )

    def _by_judge(self, agreement: Agreement, groups: pl.DataFrame) -> pl.DataFrame:
        """The agreed values of some groups by the judge's own means, on records of their books."""
        rows = groups.to_dicts()
        judged = self.exactly(agreement, [self._of(row) for row in rows])
        self.left.agreed[self.scope, shape(agreement.expression)].judged.update(judged)
        made = [{**row, **agreement.written(judged[self._of(row)])} for row in rows]
        kind = pl.Int64 if agreement.ratio else pl.Float64
        return pl.DataFrame(
            made,
            schema={
                **dict.fromkeys(self.group, pl.Int64),
                **dict.fromkeys(agreement.columns, kind),
            },
        )


def most_admitted(
    intervals: pl.DataFrame, group: list[str], *, points: bool = False
) -> pl.DataFrame:
    """For each group the stretch that most intervals (``lo``, ``hi``) admit; ``state`` is null
    where that hangs on whether they hold ends.

    They are counted end by end as if they held them, as ``points`` do. Where the one deepest
    stretch is no mere point, all within it is as deep without.
    """
    entering = intervals.lazy().select(*group, pl.col("lo").alias("place"), pl.lit(1).alias("step"))
    leaving = intervals.lazy().select(*group, pl.col("hi").alias("place"), pl.lit(-1).alias("step"))
    marks = pl.concat([entering, leaving]).sort(
        *group, "place", "step", descending=[False] * (len(group) + 1) + [True]
    )
    depth = pl.col("step").cum_sum().cast(pl.Int64)  # each group's own steps add up to 0
    marks = marks.with_columns(depth.alias("depth"), pl.col("place").shift(-1).alias("after"))
    deepest = (
        marks.filter(pl.col("step") > 0)
        .filter(pl.col("depth") == pl.col("depth").max().over(group))
        .group_by(group)
    )
    told = (
        pl.col("depth").first(),
        pl.len().alias("stretches"),
        pl.col("place").last().alias("lo"),
        pl.col("after").last().alias("hi"),
    )
    sizes = intervals.lazy().group_by(group).agg(pl.len().cast(pl.Int64).alias("rows"))
    table = sizes.join(deepest.agg(*told), on=group, how="left")
    alone = (pl.col("stretches") == 1) & (points | (pl.col("lo") < pl.col("hi")))
    state = pl.when(pl.col("depth") * 2 <= pl.col("rows")).then(0).when(alone).then(1)
    return table.select(*group, "lo", "hi", state.cast(pl.Int64).alias("state")).collect()
