"""The hooks by which rules, forms, readers and report formats reach the program.

The shipped ones use the same hooks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pluggy

if TYPE_CHECKING:
    from auditor.auditing.formats import ReportFormat
    from auditor.narrative.claims import ClaimReader
    from auditor.readers.source import AnyReader

__all__ = ["ENTRY_POINTS", "PROJECT", "Hooks", "hookimpl"]

PROJECT: Final = "auditor"
ENTRY_POINTS: Final = "sheet_auditor"
hookspec: Final[pluggy.HookspecMarker] = pluggy.HookspecMarker(PROJECT)
hookimpl: Final[pluggy.HookimplMarker] = pluggy.HookimplMarker(PROJECT)


class Hooks:
    """What a plugin may give. Every hook is optional."""

    @hookspec
    def auditor_rules(self) -> Iterable[Path]:  # type: ignore[empty-body]
        """Rule files (``.toml``, ``.py``), or folders of them."""

    @hookspec
    def auditor_forms(self) -> Iterable[Path]:  # type: ignore[empty-body]
        """Form definitions (``.toml``), or folders of them."""

    @hookspec
    def auditor_catalogue(self) -> Iterable[Path]:  # type: ignore[empty-body]
        """Form definitions, or folders of them, that are used where they are named and never chosen
        for a document. ``NAME.toml`` holds the form NAME.
        """

    @hookspec
    def auditor_readers(self) -> Iterable[AnyReader]:  # type: ignore[empty-body]
        """Readers. Those of plugins are tried before the shipped ones."""

    @hookspec
    def auditor_claims(self) -> Iterable[ClaimReader]:  # type: ignore[empty-body]
        """Readers of claims: functions from the sentences of a sheet
        (``auditor.narrative.statements.SheetText``) to claims, on which rules of
        ``each = "claim"`` are judged beside those that the program reads.
        """

    @hookspec
    def auditor_reports(self) -> Iterable[ReportFormat]:  # type: ignore[empty-body]
        """Report formats, each with the name that ``--format`` takes."""
