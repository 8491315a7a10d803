"""The shipped figures as tidy tables, in base units: a folder of CSV and one of Parquet files for
each data set.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

__all__ = ["FORMATS", "path"]

FORMATS: Final[tuple[Literal["csv", "parquet"], ...]] = ("csv", "parquet")


def path(name: str, kind: Literal["csv", "parquet"] = "parquet") -> Path:
    """The folder of a data set's tables, for ``auditor check`` or ``auditor.tables.read_tables``."""
    return Path(__file__).parent / kind / name
