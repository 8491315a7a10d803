"""What documents are called in a file that is handed round: nothing of the machine stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.reports.wording import Wording

__all__ = ["document_names", "words_with_names"]

_PARTS: Final = re.compile(r"[/\\]+")
_ABSOLUTE: Final = re.compile(r"[/\\~]|[A-Za-z]:|\.\.[/\\]")
"""How a path begins that says where on its machine it lies."""


def document_names(paths: Iterable[str]) -> dict[str, str]:
    """The names of documents, by path: a path within the folder of the audit is its own name. Of
    others, the folders that all of them have in common are left out.
    """
    absolute = {path: _PARTS.split(path) for path in paths if _ABSOLUTE.match(path)}
    common = 0
    for parts in zip(*(parts[:-1] for parts in absolute.values()), strict=False):
        if len(set(parts)) > 1:
            break
        common += 1
    return {path: "/".join(parts[common:]) or path for path, parts in absolute.items()}


def words_with_names(report: Report, context: ReportContext) -> Wording:
    """The words of a report, in which documents have their names instead of their paths."""
    paths = [document.path for document in report.every_document]
    paths += [reason.document for reason in report.not_checked if reason.document]
    return Wording(
        context.lang,
        context.forms,
        {document.path: document.form for document in report.every_document},
        document_names(dict.fromkeys(paths)),
        context.pages,
    )
