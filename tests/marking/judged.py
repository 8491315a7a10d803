"""A report on other bytes than those that were judged."""

from __future__ import annotations

import hashlib
from pathlib import Path

from auditor.auditing.report import Report

__all__ = ["of_these_bytes"]


def of_these_bytes(report: Report, path: Path) -> Report:
    """The same report, as if the only document had been read with the bytes that it has now."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (document,) = report.documents
    return report.model_copy(
        update={"documents": (document.model_copy(update={"sha256": sha256}),)}
    )
