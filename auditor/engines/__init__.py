"""Engines compute columns where tables lie.

Columns screen the rows, and the exact judge answers the few that are undecided.
"""

from auditor.engines.duckdb_engine import DuckDbEngine
from auditor.engines.engine import Engine, MissingEngine
from auditor.engines.naming import engine_named
from auditor.engines.polars_engine import PolarsEngine
from auditor.engines.screen import not_columnar

__all__ = [
    "DuckDbEngine",
    "Engine",
    "MissingEngine",
    "PolarsEngine",
    "engine_named",
    "not_columnar",
]
