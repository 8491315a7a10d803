"""The list of errata for programs; ``reading`` takes its rows back."""

from __future__ import annotations

from auditor.errata.leaves import leaves
from auditor.errata.model import Draft
from auditor.reports.json_report import dumped
from auditor.version import __version__

__all__ = ["errata_json"]


def errata_json(draft: Draft, *, before_submission: bool = False) -> str:
    """The whole draft; ``pages`` are there before submission alone."""
    data = draft.model_dump(mode="json")
    listed = {"pages": [leaf.model_dump(mode="json") for leaf in leaves(draft)]}
    return dumped(
        {
            "schema_version": 1,
            "tool_version": __version__,
            "page_source": data.pop("pages"),
            "errata": data.pop("rows"),
            **(listed if before_submission else {}),
            **data,
        }
    )
