"""The shipped pack: rules by family, one file each, and the form definitions in ``forms/``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from auditor import hookimpl

__all__ = ["auditor_forms", "auditor_rules"]

HERE = Path(__file__).parent


@hookimpl
def auditor_rules() -> Iterable[Path]:
    """All rules of the pack."""
    return (HERE,)


@hookimpl
def auditor_forms() -> Iterable[Path]:
    """All forms of the pack."""
    return (HERE / "forms",)
