"""What the rows of a book's column agree on, computed once for each group: by columns where they are sure, else by the judge's own means.

Sure is a group whose usual rows have a stretch in common, are a majority, and meet none of the other rows: then no other value is
admitted by as many. One faulty row does not unsettle its group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

import narwhals as nw
import polars as pl

from auditor import figures
from auditor.engines.engine import Engine
from auditor.engines.leftover import Group, Leftover, records
from auditor.engines.views import KEYS, TABLES, Agreement
from auditor.forms import Form
from auditor.formula.columns import Mask
from auditor.formula.judge import measure
from auditor.rows import Each, Rows
from auditor.tables.guard import Guarded

__all__ = ["Agreeing", "expression_of"]

_ENDS: Final = ("lo_d", "lo_u", "hi_d", "hi_u")


def _enclosed(value: int | Fraction) -> tuple[float, float]:
    near = float(value)
    away = abs(near) * 2.0**-51
    return near - away, near + away


def expression_of(mask: Mask) -> nw.Expr:
    """A mask as an expression, also where it is the same for every row."""
    return mask if isinstance(mask, nw.Expr) else nw.lit(mask)


@dataclass(frozen=True)
class Agreeing:
    """The groups of one kind of row of one form."""

    scope: Each
    form: Form
    checked: Guarded
    engine: Engine
    left: Leftover

    @property
    def group(self) -> list[str]:
        """The columns that make a group: a sheet or a KPI stands with all of its book."""
        return ["book"] if self.scope in ("sheet", "kpi") else ["book", KEYS[self.scope][-1]]

    def joined(self, agreement: Agreement, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """The frame with the value that the rows of each group agree on, in columns that begin with the agreement's prefix."""
        rows = self._measured(agreement, frame)
        table = self._settled(agreement, rows)
        ends = [pl.col(name).alias(f"{agreement.prefix}.{name}") for name in (*_ENDS, "state")]
        return self._with(frame, self.engine.frame(table.select(*self.group, *ends)))

    def _with(self, frame: nw.LazyFrame[Any], other: nw.LazyFrame[Any], how: Literal["left", "inner"] = "left") -> nw.LazyFrame[Any]:
        """A frame with the columns of its groups joined to it."""
        keys = [f"of {key}" for key in self.group]
        renamed = other.rename(dict(zip(self.group, keys, strict=True)))
        joined = frame.join(renamed, left_on=self.group, right_on=keys, how=how)
        return joined.drop(keys, strict=False)

    def _measured(self, agreement: Agreement, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Every row's interval, and whether it lies near the group's usual one.

        Which rows are called near decides nothing but whether the group is sure.
        """
        value = agreement.value.real
        there = expression_of(value.missing.there)
        ends = zip(_ENDS, (value.lo_d, value.lo_u, value.hi_d, value.hi_u), strict=True)
        rows = frame.select(
            *dict.fromkeys([*self.group, KEYS[self.scope][1]]),
            *(nw.when(there).then(end).alias(name) for name, end in ends),
            expression_of(value.missing.open).alias("open"),
            there.alias("there"),
        )
        rows = self.engine.kept(
            rows.with_columns(
                ((nw.col("hi_u") + nw.col("lo_d")) / 2).alias("center"),
                ((nw.col("hi_u") - nw.col("lo_d")) / 2).alias("half"),
            )
        )
        usual = rows.group_by(*self.group).agg(nw.col("center").median().alias("usual"), nw.col("half").max().alias("widest"))
        rows = self._with(rows, usual)
        near = (nw.col("center") - nw.col("usual")).abs() <= nw.col("half") + nw.col("widest")
        return self.engine.kept(rows.with_columns(near.fill_null(False).alias("near")))

    def _settled(self, agreement: Agreement, rows: nw.LazyFrame[Any]) -> pl.DataFrame:
        """What each group agrees on, enclosed; ``state`` is 1, or 0 where it agrees on nothing."""
        group, collected = self.group, self.engine.collected
        counts = collected(
            rows.group_by(*group).agg(
                nw.col("there").cast(nw.Int64).sum().alias("values"), nw.col("open").cast(nw.Int64).sum().alias("open")
            )
        )
        admitting = collected(
            rows.filter(nw.col("near"))
            .group_by(*group)
            .agg(
                nw.len().alias("admitting"),
                nw.col("lo_d").max(),
                nw.col("lo_u").max(),
                nw.col("hi_d").min(),
                nw.col("hi_u").min(),
                nw.col("lo_d").min().alias("from"),
                nw.col("hi_u").max().alias("to"),
            )
        )
        others = rows.filter(nw.col("there") & ~nw.col("near")).select(*group, nw.col("lo_d").alias("least"), nw.col("hi_u").alias("most"))
        meeting = (
            collected(others)
            .join(admitting, on=group, how="left")
            .filter((pl.col("least") <= pl.col("to")) & (pl.col("most") >= pl.col("from")))
        )
        table = counts.join(admitting, on=group, how="left")
        table = table.join(meeting.select(group).unique().with_columns(pl.lit(True).alias("met")), on=group, how="left")
        closed = pl.col("open") == 0
        common = pl.col("lo_u") < pl.col("hi_d")
        sure = closed & common & (pl.col("admitting") * 2 > pl.col("values")) & pl.col("met").is_null()
        state = pl.when(closed & (pl.col("values") < 3)).then(0).when(sure.fill_null(False)).then(1)
        table = table.select(*group, *_ENDS, state.cast(pl.Int64).alias("state"))
        known = table.filter(pl.col("state").is_not_null())
        for row in known.iter_rows(named=True):
            self.left.agreed[self._key(agreement, row)] = None if row["state"] == 0 else (row["lo_u"] + row["hi_d"]) / 2
        self._witnesses(rows, known.filter(pl.col("state") == 1))
        exact = [self._exactly(agreement, row) for row in table.filter(pl.col("state").is_null()).iter_rows(named=True)]
        return pl.concat([known, pl.DataFrame(exact, schema=table.schema)]) if exact else known

    def _key(self, agreement: Agreement, row: Mapping[str, Any]) -> Group:
        column = str(row[self.group[1]]) if len(self.group) > 1 else None
        return (row["book"], self.scope, column, agreement.expression)

    def _witnesses(self, rows: nw.LazyFrame[Any], sure: pl.DataFrame) -> None:
        """Remember for each group the rows at either end of what is agreed on: the judge makes the exact ends of them."""
        ends = [pl.col(end).alias(f"agreed {end}") for end in _ENDS]
        joined = self._with(rows.filter(nw.col("near")), self.engine.frame(sure.select(*self.group, *ends)), "inner")
        at_end = (nw.col("lo_u") >= nw.col("agreed lo_d")) | (nw.col("hi_d") <= nw.col("agreed hi_u"))
        owner = KEYS[self.scope][1]
        alike = joined.filter(at_end).group_by(*self.group, *_ENDS).agg(nw.col(owner).min())
        self.left.witnesses.append((self.scope, self.engine.collected(alike.select(*self.group, owner))))

    def _exactly(self, agreement: Agreement, row: Mapping[str, Any]) -> dict[str, Any]:
        """The agreed value of one group by the judge's own means, on records of its sheets."""
        frame = self.checked.frames[TABLES[self.scope]]
        for name in self.group:
            frame = frame.filter(pl.col(name) == row[name])
        book, _ = records(self.checked, self.form, [row["book"]], [frame.select(KEYS[self.scope][:2])])[row["book"]]
        key = self._key(agreement, row)
        rows = Rows(book, self.form)
        first = next(item for item in rows.of(self.scope) if item.column == key[2])
        value = rows.agreed(first, agreement.expression, measure(agreement.expression))
        self.left.agreed[key] = value
        known = {name: row[name] for name in self.group}
        if value is None:
            return {**known, **dict.fromkeys(_ENDS), "state": 0}
        span = figures.ends(value)
        (lo_d, lo_u), (hi_d, hi_u) = _enclosed(span.lo), _enclosed(span.hi)
        return {**known, "lo_d": lo_d, "lo_u": lo_u, "hi_d": hi_d, "hi_u": hi_u, "state": 1}
