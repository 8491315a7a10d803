"""The report as JSON Lines: one object a line, for programs that read as they go.

Every line has a ``type`` and, beside it, what the JSON report has under that name. A program can
stop after any line: what was not checked comes before what was found, and each cause is followed
by its findings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, cast

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.reports.changes_json import CHANGE_LISTS
from auditor.reports.json_report import content_of, dumped

__all__ = ["JsonLinesReport"]

Item = dict[str, object]

_SINGULAR: Final = {
    "not_checked": "not_checked",
    "passed_over": "passed_over",
    "documents": "document",
    "returned": "returned",
    "causes": "cause",
    "findings": "finding",
    "waived": "waived",
    "waivers_unused": "waiver_unused",
    "accepted_earlier": "accepted_earlier",
    "kpis": "kpi",
    "totals": "totals",
    "unsure": "unsure",
    "outcome_rows": "outcome_rows",
    **CHANGE_LISTS,
}
"""The lists of the JSON report in the order of the lines, and the type of a line of each."""


class JsonLinesReport:
    """``--format jsonl``: the same content as ``--format json``, in both languages."""

    name = "jsonl"

    def render(self, report: Report, context: ReportContext) -> str:
        """A header that counts the lines of each type, then these lines."""
        content = content_of(report, context)
        items = list(_items(content))
        counts = Counter(kind for kind, _ in items)
        header: Item = {
            "type": "report",
            **{key: value for key, value in content.items() if key not in _SINGULAR},
            "lines": {
                kind: counts[kind]
                for key, kind in _SINGULAR.items()
                if key in content or key not in (*CHANGE_LISTS, "outcome_rows")
            },
        }
        lines = [header, *({"type": kind, **item} for kind, item in items)]
        return "".join(dumped(line, indent=None) for line in lines)


def _items(content: Item) -> Iterator[tuple[str, Item]]:
    lists = {key: cast(list[Item], content.get(key, [])) for key in _SINGULAR}
    findings: dict[object, list[Item]] = {}
    for finding in lists["findings"]:
        findings.setdefault(finding["id"], []).append(finding)

    for key, kind in _SINGULAR.items():
        if key == "findings":  # those of a cause stand behind it; none is lost without one
            for group in findings.values():
                yield from (("finding", finding) for finding in group)
            continue
        for item in lists[key]:
            yield kind, item
            if key == "causes":
                for name in cast(list[str], item["findings"]):
                    yield from (("finding", finding) for finding in findings.pop(name, []))
