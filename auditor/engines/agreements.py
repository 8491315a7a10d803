"""What the rows of a book's column agree on, computed once for each group: by columns where they
are sure, else by the judge's own means.

Sure is a group whose usual rows have a stretch in common, are a majority, and meet none of the
other rows: then no other value is admitted by as many. One faulty row does not unsettle its
group. Ends are quotients of whole numbers: rounded to floats they keep their order, and the two
whole numbers say exactly where the stretch begins and ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw
import polars as pl

from auditor.engines.agreement import Agreement
from auditor.engines.agreement_questions import GROUP, Questions, numbered, questions_of
from auditor.engines.bases import AT
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER
from auditor.engines.leftover import Agreed, Leftover, Place
from auditor.formula.columns.values import Ratio
from auditor.formula.tree import shape
from auditor.records.fields import Each
from auditor.records.figures import Quantity

__all__ = ["Agreeing", "most_admitted"]

_SAMPLE: Final = 9
_FEW: Final = 500
"""So few groups are sooner named than looked up."""


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

    def _of(self, row: Mapping[str, Any]) -> Place:
        """The book and column of a group."""
        return (
            divmod(row[GROUP], self.columns) if self.group == [GROUP] else (row[CODE], row.get(AT))
        )

    def joined(self, agreement: Agreement, frame: Frame) -> Frame:
        """The frame with what the rows of each group agree on, in the agreement's columns."""
        self.left.agreed[self.scope, shape(agreement.expression)] = known = Agreed(agreement)
        if self.group == [GROUP]:
            frame = self.engine.extended(frame, numbered(self.columns))
        if agreement.ratio is None:
            table = self._by_judge(agreement, self._groups(frame))
        else:
            table = self._by_columns(agreement, agreement.ratio, frame)
            books = [
                (pl.col(GROUP) // self.columns).alias(CODE),
                (pl.col(GROUP) % self.columns).alias(AT),
            ]
            known.table = table.with_columns(books) if self.group == [GROUP] else table
        return self.engine.looked_up(frame, self.group, table.rename(agreement.columns))

    def _by_columns(self, agreement: Agreement, ratio: Ratio, frame: Frame) -> pl.DataFrame:
        questions = questions_of(agreement, self.group)
        rows = self.engine.kept(self.engine.selected(frame, questions.ends))
        odd = None
        if questions.opened is not None:
            odd = self._groups(self.engine.filtered(frame, questions.opened))
        table = self._summed(rows, questions)
        if odd is not None:  # what a row left open would say, only the judge knows
            table = table.join(odd, on=self.group, how="anti")
        table = self._swept(rows, table, ratio)

        sure, none = (table.filter(pl.col("state") == state) for state in (1, 0))
        parts = [self._attained(rows, sure, questions)]
        if none.height:
            nothing = [
                pl.lit(value, parts[0].schema[name]).alias(name)
                for name, value in agreement.written(None).items()
            ]
            parts.append(none.select(*self.group, *nothing))
        unsure = [] if odd is None else [odd]
        if sum(part.height for part in parts) < table.height:
            rest = table.select(self.group)
            for part in parts:
                rest = rest.join(part, on=self.group, how="anti")
            unsure.append(rest)
        if unsure:
            parts.append(self._by_judge(agreement, pl.concat(unsure)))
        return parts[0] if len(parts) == 1 else pl.concat(parts)

    @property
    def _stride(self) -> int:
        """Of how many rows one is enough to tell what is usual. Sheets have a row for each column,
        so rows as far apart as there are columns would all be of one.
        """
        stride = self.usual_size // _SAMPLE
        while math.gcd(stride, max(self.columns, 1)) > 1:
            stride += 1
        return stride

    def _groups(self, rows: Frame) -> pl.DataFrame:
        return self.engine.collected(self.engine.unique(rows.select(*self.group)))

    # --- what usual intervals have in common

    def _summed(self, rows: Frame, questions: Questions) -> pl.DataFrame:
        """For each group what the rows have in common that lie near to what is usual, and whether
        it is sure that no other value is admitted by as many: its ``state``.
        """
        engine, group = self.engine, self.group
        stride = self.usual_size // _SAMPLE
        while (
            math.gcd(stride, max(self.columns, 1)) > 1
        ):  # rows of one column may stand so far apart
            stride += 1
        some = engine.sampled(rows, OWNER, stride) if stride > 1 else rows
        usual = engine.grouped(some, group, questions.usual)
        beside = engine.with_grouped(rows, group, usual)
        told = engine.grouped(engine.selected(beside, questions.near), group, questions.common)
        return engine.collected(engine.selected(told, questions.state))

    def _swept(self, rows: Frame, groups: pl.DataFrame, ratio: Ratio) -> pl.DataFrame:
        """The groups. Those whose state is null get the one that is certain when their intervals
        are counted end by end; it stays null where none is.
        """
        unsure = groups.filter(pl.col("state").is_null())
        if unsure.is_empty():
            return groups
        if self.group == [GROUP] and unsure.height <= _FEW:
            of_groups = rows.filter(nw.col(GROUP).is_in(unsure[GROUP].to_list()))
        else:
            beside = self.engine.looked_up(rows, self.group, groups.select(*self.group, "state"))
            of_groups = beside.filter(nw.col("state").is_null())
        wanted = of_groups.filter(~nw.col("lo").is_null()).select(*self.group, "lo", "hi")
        swept = most_admitted(
            self.engine.collected(wanted).join(unsure, on=self.group, how="semi"),
            self.group,
            points=ratio.point,
        )
        return pl.concat(
            [
                groups.filter(pl.col("state").is_not_null()),
                swept.select(groups.columns),
                unsure.join(swept, on=self.group, how="anti"),
            ]
        )

    # --- where exactly the stretch begins and ends

    def _attained(self, rows: Frame, sure: pl.DataFrame, questions: Questions) -> pl.DataFrame:
        """The whole numbers of both ends of each group; groups that have an end which floats
        don't tell from another are left out.
        """
        engine, group = self.engine, self.group
        stretches = sure.select(*group, pl.col("lo").alias("first"), pl.col("hi").alias("last"))
        beside = engine.looked_up(rows, group, stretches)
        at_an_end = engine.selected(engine.filtered(beside, questions.at_an_end), questions.at_ends)
        told = engine.grouped(at_an_end, group, questions.attained)
        told = engine.filtered(told, questions.told_apart)
        return engine.collected(engine.selected(told, questions.whole_numbers))

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
