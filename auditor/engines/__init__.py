"""Engines compute columns where tables lie: columns screen the rows, the exact judge answers the
few that are left.
"""

from auditor.engines.engine import DuckDbEngine, Engine, MissingEngine, PolarsEngine, engine_named
from auditor.engines.screen import not_columnar

__all__ = [
    "DuckDbEngine",
    "Engine",
    "MissingEngine",
    "PolarsEngine",
    "engine_named",
    "not_columnar",
]
