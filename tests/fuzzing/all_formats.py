"""A plugin whose report formats write several of the shipped ones in both languages, and the
records, so that they can be held against each other after one run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import auditor
from auditor.auditing.formats import ReportContext, ReportFormat
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.readers.json.writing import dump_records
from auditor.records.languages import Lang

LANGUAGES: tuple[Lang, ...] = ("ja", "en")


class WithFormat:
    """``--format with-NAME``: an object of texts by format and language, of the JSON, the terminal
    and NAME, and the records. Rendering all formats would take longer than the audit.
    """

    def __init__(self, shipped: str) -> None:
        self.shipped, self.name = shipped, f"with-{shipped}"

    def render(self, report: Report, context: ReportContext) -> str:
        """The texts, and the records under ``records``."""
        reports = load().reports
        texts = {"json/en": reports["json"].render(report, context._replace(lang="en"))}
        for name in ("terminal", self.shipped):
            for lang in LANGUAGES:
                key = f"{name}/{lang}"
                if key not in texts:
                    texts[key] = reports[name].render(report, context._replace(lang=lang))
        return json.dumps({"records": dump_records(context.books), "texts": texts})


@auditor.hookimpl
def auditor_reports() -> Iterable[ReportFormat]:
    from auditor.shipped import auditor_reports as shipped

    return [WithFormat(each.name) for each in shipped()]
