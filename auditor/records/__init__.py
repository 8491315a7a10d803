"""What everything stands on: figures, fiscal years, records, and places in a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

# The package stands under everything, and a start of the command loads little of it.
if TYPE_CHECKING:
    from auditor.records.errors import AuditorError
    from auditor.records.figures import Figure, Place, parse_figure
    from auditor.records.model import (
        Book,
        Document,
        Evaluation,
        FiscalYear,
        Kpi,
        NotChecked,
        Remark,
        Sheet,
    )
    from auditor.records.text import Text, Why

__all__ = [
    "AuditorError",
    "Book",
    "Document",
    "Evaluation",
    "Figure",
    "FiscalYear",
    "Kpi",
    "NotChecked",
    "Place",
    "Remark",
    "Sheet",
    "Text",
    "Why",
    "parse_figure",
]

_ELSEWHERE = {
    "AuditorError": "errors",
    "Figure": "figures",
    "Place": "figures",
    "parse_figure": "figures",
    "Text": "text",
    "Why": "text",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module 'auditor.records' has no attribute {name!r}")
        from importlib import import_module

        home = _ELSEWHERE.get(name, "model")
        return getattr(import_module(f"auditor.records.{home}"), name)


def __dir__() -> list[str]:
    return list(__all__)
