"""Severities: how much a finding matters, and from which one on an audit fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, get_args

__all__ = ["QUESTION", "SEVERITIES", "CountedAs", "FailOn", "Severity", "worst"]

Severity = Literal["error", "warning", "note"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""The highest first."""

CountedAs = Literal["error", "warning", "note", "question"]
"""What a finding counts as: its severity, or a question, which is a place that somebody may ask
about and no error.
"""

QUESTION: Final = "question"

FailOn = Literal["error", "warning", "note", "never"]
"""The least severity that makes an audit fail."""


def worst(severities: Iterable[Severity]) -> Severity:
    """The highest of some severities; raises StopIteration where there is none."""
    present = set(severities)
    return next(severity for severity in SEVERITIES if severity in present)
