"""What is checked: rules and their files, the rows that they are judged on, and verdicts.

Rules in Python take from here what their functions return: ``from auditor.rules import PASS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.rules.rows import Row
    from auditor.rules.verdicts import (
        MAY,
        NOT_APPLICABLE,
        PASS,
        UNKNOWN,
        Verdict,
        failed,
        printed,
        quantity,
    )

__all__ = [
    "MAY",
    "NOT_APPLICABLE",
    "PASS",
    "UNKNOWN",
    "Row",
    "Verdict",
    "failed",
    "printed",
    "quantity",
]


# Whoever imports a module of this package does not pay for the others.
def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from importlib import import_module

    home = "auditor.rules.rows" if name == "Row" else "auditor.rules.verdicts"
    value: object = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
