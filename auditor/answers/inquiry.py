"""What a round asked, as its result tells it: by this the forms that came back are read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Final, get_args

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.forms.words import squeezed
from auditor.records.decimals import number, plain_digits
from auditor.records.languages import Lang
from auditor.reports.earlier import EarlierReport
from auditor.reports.overview import NEEDING_ANSWER
from auditor.reports.workbook.cells import Key
from auditor.reports.workbook.drawing import cell_text
from auditor.reports.workbook.rows import CauseRow, Value, audit_key, cause_rows
from auditor.rules.causes import Cause
from auditor.rules.findings import Finding
from auditor.version import __version__
from auditor.waivers.model import Waiver

__all__ = ["Inquiry"]

_COMPARED: Final[tuple[Key, ...]] = ("owner", "subject", "actual", "expected", "unit")
"""The columns of which a form must say what it said when it was sent."""
_LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)
_DIGITS: Final = 15


class Inquiry:
    """The causes of a round by their ids, with the rows that they have in its forms.

    ``context`` is as that of the reports: the official order gives the numbers.
    """

    report: Report
    round: int

    def __init__(self, earlier: EarlierReport, context: ReportContext) -> None:
        self.report, self.round = earlier.report, earlier.round
        self._context = context._replace(since=None)
        self._same_version = earlier.tool_version == __version__
        self.key: str = audit_key(self.report)
        self.rows: Mapping[str, CauseRow] = self._rows[context.lang]
        self.causes: Mapping[str, Cause] = {cause.id: cause for cause in self.report.causes}
        self.findings: Mapping[str, Finding] = {item.id: item for item in self.report.findings}
        self._accepted = {item.finding: item.waiver for item in self.report.accepted_earlier}

    @cached_property
    def _rows(self) -> dict[Lang, dict[str, CauseRow]]:
        rows: dict[Lang, list[CauseRow]] = {
            lang: cause_rows(self.report, self._context._replace(lang=lang)) for lang in _LANGUAGES
        }
        return {lang: {row.id: row for row in items} for lang, items in rows.items()}

    @cached_property
    def by_department(self) -> dict[str, list[str]]:
        """The ids of the causes that each department has to answer; those of no department are
        under ``""``.
        """
        departments: dict[str, list[str]] = {}
        for row in self.rows.values():
            if row.severity in NEEDING_ANSWER:
                departments.setdefault(row.department, []).append(row.id)
        return departments

    def findings_of(self, cause: str) -> tuple[Finding, ...]:
        """The findings of a cause, the main one first."""
        return tuple(self.findings[key] for key in self.causes[cause].findings)

    def accepted_earlier(self, cause: str) -> Waiver | None:
        """The waiver by which the place of a cause was accepted in the year before."""
        keys = self.causes[cause].findings
        return next((self._accepted[key] for key in keys if key in self._accepted), None)

    def retyped(self, cause: str, texts: Mapping[Key, str]) -> tuple[Key, ...]:
        """The columns in which a row of a form says something else than it did when it was sent,
        in the language that has fewest. None are held against a result of another version, whose
        words may be others.
        """
        if not self._same_version:
            return ()
        rows = (self._rows[lang][cause] for lang in _LANGUAGES)
        return min((_differing(row, texts) for row in rows), key=len)


def _differing(row: CauseRow, texts: Mapping[Key, str]) -> tuple[Key, ...]:
    return tuple(
        key for key in _COMPARED if not _is_alike(getattr(row, key), texts.get(key, "").strip())
    )


def _is_alike(value: Value, text: str) -> bool:
    """Whether a cell still says a value; width and white space make no difference to words."""
    if isinstance(value, str):
        return squeezed(cell_text(value)) == squeezed(text)
    if squeezed(text) in (squeezed(plain_digits(value)), squeezed(number(value))):
        return True
    try:
        shown = Decimal(text)
    except InvalidOperation:
        return False
    # A workbook keeps as many digits.
    return shown.is_finite() and f"{shown:.{_DIGITS}g}" == f"{value:.{_DIGITS}g}"
