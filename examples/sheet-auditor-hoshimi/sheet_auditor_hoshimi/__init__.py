"""Hoshimi City's plugin: each hook gives one kind of thing, as files or as objects."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import auditor
from auditor.auditing.formats import ReportFormat

HERE = Path(__file__).parent


@auditor.hookimpl
def auditor_rules() -> Iterable[Path]:
    """Both rules: a new one takes one more file in this folder."""
    return [HERE / "rules"]


@auditor.hookimpl
def auditor_forms() -> Iterable[Path]:
    """The city's form."""
    return [HERE / "forms"]


@auditor.hookimpl
def auditor_reports() -> Iterable[ReportFormat]:
    """``--format worklist``."""
    from .worklist import WorkList

    return [WorkList()]
