"""A copy of a workbook with the findings on the spot.

Each cell gets a comment and a fill, and a worksheet lists and links the findings. Only the parts
that have to change are patched, by splicing bytes. Everything else in the package stays as it
was, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.parsers import expat

from auditor.auditing.formats import Lang, ReportContext
from auditor.auditing.report import Report
from auditor.files.ooxml import Limits, Package, PackageError, is_zip
from auditor.forms.model import Form
from auditor.marking.copies import MarkError, copy_marked, findings_in
from auditor.marking.workbook.listing import add_listing
from auditor.marking.workbook.package import PackageCopy
from auditor.marking.workbook.styles import Styles
from auditor.marking.workbook.worksheet import mark_worksheet, marks_of
from auditor.records.text import Text
from auditor.reports.findings import unlisted, wording_of
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding
from auditor.rules.ruleset import RuleSet

__all__ = ["mark_workbook", "marked_workbook"]


def mark_workbook(
    source_path: str | Path,
    report: Report,
    out_path: str | Path,
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
) -> Text | None:
    """Write the marked copy of a workbook that a report is about. The file appears whole or not
    at all, never over its input.

    ``forms`` give the labels of the figures in Japanese; ``limits`` say how large the workbook
    may be. Returns what those who get the copy must know of it, or None. Raises MarkError,
    and UnwritableFile for the copy.
    """

    def marked(data: bytes, documents: set[str]) -> bytes:
        return marked_workbook(data, report, documents, lang, forms=forms, limits=limits)

    def is_signed(data: bytes) -> bool:
        return PackageCopy(Package(data, limits)).is_signed

    return copy_marked(source_path, report, out_path, marked, is_signed)


def marked_workbook(
    data: bytes,
    report: Report,
    documents: Iterable[str],
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
) -> bytes:
    """The bytes of the copy; ``documents`` are the paths under which the report knows the
    workbook. Raises MarkError.
    """
    if not is_zip(data):
        raise MarkError(
            "only .xlsx and .xlsm workbooks can be marked",
            "印を付けられるのは .xlsx と .xlsm のブックだけです",
        )
    names = set(documents)
    findings = findings_in(report, names)
    words = wording_of(report, ReportContext(lang=lang, rules=RuleSet([]), forms=forms or {}))
    try:
        copy = PackageCopy(Package(data, limits))
        return _marked(copy, findings, names, words, unlisted(report, words))
    except PackageError as fault:
        raise MarkError(
            f"the workbook {fault.message.en}", f"ブックに印を付けられません: {fault.message.ja}"
        ) from None
    except expat.ExpatError:
        raise MarkError(
            "a part of the workbook is no XML", "ブックの一部を XML として読めません"
        ) from None


def _marked(
    copy: PackageCopy,
    findings: Sequence[Finding],
    documents: set[str],
    words: Wording,
    limit_note: str,
) -> bytes:
    styles_part = copy.related(copy.main, "styles")
    styles = Styles(None if styles_part is None else copy.part(styles_part))
    for name, marks in marks_of(findings, documents, copy.worksheets).items():
        mark_worksheet(copy, copy.worksheets[name], marks, styles, words)
    add_listing(copy, findings, documents, words, styles, limit_note)
    if styles_part is not None and (data := styles.patched()) is not None:
        copy.changed[styles_part] = data
    return copy.zipped()
