"""The engine DuckDB: tables are audited in a database, in memory or where they lie."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import narwhals as nw
import polars as pl

from auditor.engines.engine import Engine, Frame, MissingEngine
from auditor.engines.polars_engine import PolarsEngine
from auditor.tables.cells import ROW, inner

__all__ = ["DuckDbEngine"]


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

        self.connection = connection or duckdb.connect()
        self._made: list[str] = []

    def lifted(self, native: Any) -> Frame:
        if type(native).__name__ != "DuckDBPyRelation":
            return self.frame(PolarsEngine().lifted(native).collect("polars").to_native())
        return self._renamed(native)

    def scan(self, path: Path) -> Frame:
        quoted = str(path).replace("'", "''")
        read = (
            f'select * exclude (file_row_number), file_row_number + 1 as "{ROW}" '
            f"from read_parquet('{quoted}', file_row_number = true)"
        )
        return self._renamed(self.connection.sql(read))

    def frame(self, table: pl.DataFrame) -> Frame:
        rows: Any = table
        return self._stored(self.connection.from_arrow(rows.to_arrow()))

    def collected(self, frame: Frame) -> pl.DataFrame:
        relation: Any = frame.to_native()
        table: Any = relation.pl()
        return cast(pl.DataFrame, table)

    def kept(self, frame: Frame) -> Frame:
        return self._stored(frame.to_native())

    def close(self) -> None:
        for name in self._made:
            self.connection.execute(f"drop table if exists {name}")
        self._made.clear()

    def _renamed(self, relation: Any) -> Frame:
        columns = ", ".join(
            f'"{_quoted(name)}" as "{_quoted(inner(name))}"' for name in relation.columns
        )
        frame: Frame = nw.from_native(relation.project(columns))
        return frame

    def _stored(self, relation: Any) -> Frame:
        name = f"auditor_kept_{id(self)}_{len(self._made)}"
        self._made.append(name)
        relation.create(name)
        table: Frame = nw.from_native(self.connection.table(name))
        return table


def _quoted(name: str) -> str:
    return name.replace('"', '""')
