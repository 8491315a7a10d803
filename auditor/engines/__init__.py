"""Auditing tables where they lie: columns screen the rows, the exact judge answers the few that are left."""

from auditor.engines.engine import DuckDbEngine, Engine, MissingEngine, PolarsEngine, engine_named
from auditor.engines.screen import not_columnar
from auditor.engines.tabular import audit_tables

__all__ = ["DuckDbEngine", "Engine", "MissingEngine", "PolarsEngine", "audit_tables", "engine_named", "not_columnar"]
