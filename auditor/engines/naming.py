"""The engines by their names."""

from __future__ import annotations

from auditor.engines.duckdb_engine import DuckDbEngine
from auditor.engines.engine import Engine, MissingEngine
from auditor.engines.polars_engine import PolarsEngine

__all__ = ["engine_named"]


def engine_named(name: str, master: str | None = None) -> Engine:
    """The engine ``polars``, ``duckdb`` or ``spark`` (at the cluster of ``master``); raises
    MissingEngine where it can't be had.
    """
    match name:
        case "polars":
            return PolarsEngine()
        case "duckdb":
            return DuckDbEngine()
        case "spark":
            from auditor.engines.spark import SparkEngine

            return SparkEngine(master)
        case _:
            names = "polars, duckdb, spark"
            raise MissingEngine(
                f"there is no engine {name}; known are {names}",
                f"エンジン {name} はありません。使えるのは {names} です",
            )
