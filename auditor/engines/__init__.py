"""Auditing tables where they lie: columns screen the rows, the exact judge answers the few that are left."""

from auditor.engines.engine import DuckDbEngine, Engine, PolarsEngine
from auditor.engines.screen import audit_tables, not_columnar, screened

__all__ = ["DuckDbEngine", "Engine", "PolarsEngine", "audit_tables", "not_columnar", "screened"]
