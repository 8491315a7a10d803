"""The engine DuckDB: tables are audited in a database, in memory or where they lie."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, cast

import narwhals as nw
import polars as pl

from auditor.engines.duckdb_runs import boundaries, disjoint, has_fixed_order, meeting
from auditor.engines.duckdb_text import quoted, written
from auditor.engines.engine import Engine, Frame, MissingEngine
from auditor.engines.expressions import Expressions
from auditor.engines.keys import CODE
from auditor.engines.polars_engine import PolarsEngine
from auditor.tables.cells import ROW, inner, steps_of

__all__ = ["DuckDbEngine"]

_DECIMAL: Final = re.compile("[0-9]+")
"""The precision and the scale of a type of decimals."""
_DIGITS: Final = 18
"""So many digits 64 bits hold, whatever they are."""


class DuckDbEngine(Engine):
    """In a DuckDB database: in memory, or where the relations to audit lie, whose connection has
    to be given.
    """

    name = "duckdb"

    def __init__(self, connection: Any = None) -> None:
        # Tables are exchanged by pyarrow.
        if find_spec("duckdb") is None or find_spec("pyarrow") is None:
            raise MissingEngine(
                "the engine duckdb needs the packages duckdb and pyarrow: "
                "install sheet-auditor[duckdb]",
                "エンジン duckdb には duckdb と pyarrow が必要です。"
                "sheet-auditor[duckdb] をインストールしてください",
            )
        import duckdb

        self.connection: Any = connection or duckdb.connect()
        self._made: list[str] = []

    def lifted(self, native: Any) -> Frame:
        if type(native).__name__ != "DuckDBPyRelation":
            rows: Any = PolarsEngine().lifted(native).collect("polars").to_native()
            return self._stored(self.connection.from_arrow(rows.to_arrow()))
        return self._renamed(native)

    def scan(self, path: Path) -> Frame:
        quoted = str(path).replace("'", "''")
        if ROW in pl.read_parquet_schema(path):
            return self._renamed(self.connection.sql(f"from read_parquet('{quoted}')"))
        read = (
            f'select * exclude (file_row_number), file_row_number + 1 as "{ROW}" '
            f"from read_parquet('{quoted}', file_row_number = true)"
        )
        return self._renamed(self.connection.sql(read))

    def frame(self, table: pl.DataFrame) -> Frame:
        # It is read where it is: each table that a database makes has all else bound again.
        rows: Any = table
        relation: Frame = nw.from_native(self.connection.from_arrow(rows.to_arrow()))
        return relation

    def collected(self, frame: Frame) -> pl.DataFrame:
        relation: Any = frame.to_native()
        table: Any = relation.pl()
        return cast(pl.DataFrame, table)

    def kept(self, frame: Frame) -> Frame:
        return self._stored(frame.to_native())

    def unique(self, frame: Frame) -> Frame:
        """By their values, where narwhals would number the rows of each."""
        relation: Any = frame.to_native()
        distinct: Frame = nw.from_native(relation.distinct())
        return distinct

    def in_order(self, frames: Sequence[Frame]) -> list[bool]:
        """Within each book, and but for where one thread's rows end and another's begin."""
        if not frames:
            return []
        schemas = [frame.collect_schema() for frame in frames]
        places = range(max(map(len, schemas)))
        sides = [f"#{side} {at}" for side, at in itertools.product(("key", "before"), places)]
        parts: list[Any] = []
        for number, (frame, schema) in enumerate(zip(frames, schemas, strict=True)):
            rows = boundaries(frame.to_native(), schema.names())
            there = rows.columns
            padded = [quoted(side) if side in there else f"0 as {quoted(side)}" for side in sides]
            chosen = [*padded, '"#begins"', '"#last"', f"{number} as number"]
            parts.append(rows.project(", ".join(chosen)))
        rows = functools.reduce(lambda a, b: a.union(b), parts).pl()
        each = [rows.filter(pl.col("number") == number) for number in range(len(frames))]
        return [disjoint(rows) is not None for rows in each]

    def moved(
        self, frame: Frame, owner: Sequence[str], order: str, step: int, columns: Mapping[str, str]
    ) -> Frame:
        """The row that is read before (or after) is the one, but where runs of rows meet."""
        if abs(step) != 1 or CODE not in frame.collect_schema():
            return super().moved(frame, owner, order, step, columns)
        if not has_fixed_order(frame.to_native()):
            frame = self.kept(frame)
        relation: Any = frame.to_native()
        keys = [CODE, *owner, order]
        runs = disjoint(boundaries(relation, keys).pl())
        if runs is None:
            return super().moved(frame, owner, order, step, columns)
        what = "lag" if step == 1 else "lead"
        of_owner = [*owner, order]
        near = [f'{what}({quoted(key)}) over () as "#near {at}"' for at, key in enumerate(of_owner)]
        near += [f"{what}({quoted(old)}) over () as {quoted(new)}" for new, old in columns.items()]
        *alike, later = (f'"#near {at}"' for at in range(len(of_owner)))
        same = [f"{quoted(key)} = {name}" for key, name in zip(owner, alike, strict=True)]
        same.append(f"{later} {'<' if step == 1 else '>'} {quoted(order)}")
        there = " and ".join(same)
        chosen = [quoted(name) for name in relation.columns if name not in columns]
        chosen += [f"case when {there} then {quoted(new)} end as {quoted(new)}" for new in columns]
        beside = relation.project(", ".join(["*", *near]))
        moved: Frame = nw.from_native(beside.project(", ".join(chosen)))
        return self._across(moved, frame, keys, meeting(runs, len(keys) - 1), step, columns)

    def _across(
        self,
        moved: Frame,
        frame: Frame,
        keys: Sequence[str],
        pairs: pl.DataFrame,
        step: int,
        columns: Mapping[str, str],
    ) -> Frame:
        """The moved columns also of those rows whose row before (or after) is in another run."""
        if pairs.is_empty():
            return moved
        first, last = ([f"#{side} {at}" for at in range(len(keys))] for side in ("first", "last"))
        here, there = (first, last) if step == 1 else (last, first)
        values = {new: f"#value {at}" for at, new in enumerate(columns)}
        of = [f"#of {key}" for key in keys]
        rows = frame.select(
            *(nw.col(key).alias(name) for key, name in zip(keys, of, strict=True)),
            *(nw.col(columns[new]).alias(value) for new, value in values.items()),
        )
        across = rows.join(self.frame(pairs), left_on=of, right_on=there, how="inner")
        across = self._stored(across.select(*here, *values.values()).to_native())
        joined = moved.join(across, left_on=list(keys), right_on=here, how="left")
        return joined.select(
            nw.coalesce(nw.col(name), nw.col(values[name])).alias(name)
            if name in values
            else nw.col(name)
            for name in moved.collect_schema()
        )

    def beside(
        self,
        frame: Frame,
        other: Frame,
        keys: Sequence[str],
        of: Sequence[str],
        how: Literal["left", "inner"] = "left",
    ) -> Frame:
        """In fewer steps than narwhals takes: each is bound by itself."""
        joined = self._joined(frame, other, keys, of, how)
        left_out = ", ".join(map(quoted, of))
        beside: Frame = nw.from_native(joined.project(f"* exclude ({left_out})"))
        return beside

    def strays(self, rows: Frame, others: Frame, key: str) -> Frame:
        """Of rows of one key that stand together, the first is looked up."""
        before = f'lag({quoted(key)}) over () as "#before"'
        first = rows.to_native().project(f"*, {before}")
        first = first.filter(f'{quoted(key)} is distinct from "#before"')
        keys = others.select(nw.col(key).alias("of"))
        heads = nw.from_native(first.project('* exclude ("#before")'))
        strays: Frame = nw.from_native(self._joined(heads, keys, [key], ["of"], "anti"))
        return strays

    def _joined(
        self, frame: Frame, other: Frame, keys: Sequence[str], of: Sequence[str], how: str
    ) -> Any:
        """The join of frames whose columns have names of their own."""
        pairs = zip(keys, of, strict=True)
        condition = " and ".join(f"{quoted(key)} = {quoted(name)}" for key, name in pairs)
        return frame.to_native().join(other.to_native().set_alias("other"), condition, how=how)

    def selected(self, frame: Frame, columns: Expressions) -> Frame:
        relation: Any = frame.to_native()
        selected: Frame = nw.from_native(relation.project(written(columns, relation)))
        return selected

    def extended(self, frame: Frame, columns: Expressions) -> Frame:
        """Their names are new ones."""
        relation: Any = frame.to_native()
        extended: Frame = nw.from_native(relation.project(f"*, {written(columns, relation)}"))
        return extended

    def summed_up(
        self, questions: Sequence[tuple[Frame, Expressions]]
    ) -> list[dict[str, int | None]]:
        answers: list[Any] = []
        for frame, columns in questions:
            relation: Any = frame.to_native()
            answers.append(relation.aggregate(written(columns, relation)))
        if not answers:
            return []
        names = [answer.columns for answer in answers]
        width = max(map(len, names))
        padded: list[Any] = []
        for number, (answer, mine) in enumerate(zip(answers, names, strict=True)):
            values = [f"cast({quoted(name)} as bigint)" for name in mine]
            values += ["null"] * (width - len(mine))
            padded.append(answer.project(", ".join([f"{number} as number", *values])))
        rows = functools.reduce(lambda a, b: a.union(b), padded).fetchall()
        return [
            dict(zip(mine, row[1:], strict=False))
            for mine, row in zip(names, sorted(rows, key=lambda row: row[0]), strict=True)
        ]

    def with_steps(self, frame: Frame, decimals: Sequence[str]) -> Frame:
        """Of decimals that 64 bits hold."""
        relation: Any = frame.to_native()
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        steps: list[str] = []
        for name in decimals:
            precision, scale = map(int, _DECIMAL.findall(types[name]))
            if precision <= _DIGITS:
                whole = f"cast({quoted(name)} * {10**scale} as bigint)"
                steps.append(f"{whole} as {quoted(steps_of(name))}")
        stepped: Frame = nw.from_native(relation.project(", ".join(["*", *steps])))
        return stepped

    def sifted(
        self, frame: Frame, flags: Sequence[str], counts: Expressions, mark: str
    ) -> tuple[dict[str, int], pl.DataFrame | None]:
        """In one look at the rows, which are not written anywhere."""
        del counts
        names = frame.collect_schema().names()
        counted = ["rows", *flags, mark]
        number = ["count(*) as n_0"]
        number += [
            f"count(*) filter (where {quoted(name)}) as n_{at}"
            for at, name in enumerate(counted[1:], 1)
        ]
        packed = ", ".join(f"v_{at} := {quoted(name)}" for at, name in enumerate(names))
        row = f"list(struct_pack({packed})) filter (where {quoted(mark)}) as marked"
        # A first row without values tells the counts also where no row has the mark.
        sums = ", ".join(f"n_{at}" for at in range(len(counted)))
        rows = frame.to_native().aggregate(", ".join([*number, row]))
        rows_and_counts = rows.project(
            f"{sums}, unnest(list_concat([null], marked), max_depth := 2)"
        ).pl()
        sizes = {name: int(rows_and_counts[f"n_{at}"][0]) for at, name in enumerate(counted)}
        if not sizes[mark]:
            return sizes, None
        values = rows_and_counts.slice(1).select(
            pl.col(f"v_{at}").alias(n) for at, n in enumerate(names)
        )
        return sizes, values

    def close(self) -> None:
        for name in self._made:
            self.connection.execute(f"drop table if exists {name}")
        self._made.clear()

    def _renamed(self, relation: Any) -> Frame:
        columns = ", ".join(f"{quoted(name)} as {quoted(inner(name))}" for name in relation.columns)
        frame: Frame = nw.from_native(relation.project(columns))
        return frame

    def _stored(self, relation: Any) -> Frame:
        name = f"auditor_kept_{id(self)}_{len(self._made)}"
        self._made.append(name)
        relation.create(name)
        table: Frame = nw.from_native(self.connection.table(name))
        return table
