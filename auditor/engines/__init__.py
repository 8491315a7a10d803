"""Engines compute columns where tables lie.

Columns screen the rows, and the exact judge answers the few that are undecided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engines.duckdb_engine import DuckDbEngine
from auditor.engines.engine import Engine, MissingEngine
from auditor.engines.naming import engine_named
from auditor.engines.polars_engine import PolarsEngine
from auditor.engines.screen import not_columnar

if TYPE_CHECKING:
    from auditor.engines.spark import SparkEngine

__all__ = [
    "DuckDbEngine",
    "Engine",
    "MissingEngine",
    "PolarsEngine",
    "SparkEngine",
    "engine_named",
    "not_columnar",
]

# Spark's engine needs a package that few have.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name != "SparkEngine":
            raise AttributeError(f"module 'auditor.engines' has no attribute {name!r}")
        from auditor.engines.spark import SparkEngine

        return SparkEngine


def __dir__() -> list[str]:
    return list(__all__)
