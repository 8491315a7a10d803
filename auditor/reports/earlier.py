"""A round, read from the JSON report that its audit wrote."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.auditing.changes import PointedCell
from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierCause, EarlierRound, FindingSpot
from auditor.records.errors import AuditorError
from auditor.records.figures import Place
from auditor.records.model import Document
from auditor.records.severities import Severity
from auditor.records.text import Text
from auditor.reports.json_report import SCHEMA_VERSION, ReportDocument
from auditor.rules.findings import KpiReference, SheetReference

__all__ = [
    "RECORDS_FILE",
    "RESULT_FILE",
    "EarlierError",
    "EarlierReport",
    "earlier_report",
    "earlier_round",
    "is_result",
    "looks_like_result",
    "report_of",
    "whole_round",
]

RESULT_FILE: Final = "結果.json"
"""The name of the JSON report in the folder of a round."""
RECORDS_FILE: Final = "記録.json"
"""The name of the records in the folder of a round."""

_RESULT_START: Final = re.compile(rb'\s*\{\s*"schema_version"\s*:\s*[0-9]+\s*,\s*"tool_version"')
"""The first two keys of a JSON report. Records have none of a version there."""
_START: Final = 200
_LARGEST: Final = 256 * 1024 * 1024


class EarlierError(AuditorError):
    """A file that is not the result of an earlier round."""


class _Part(BaseModel):
    """A part of the report; keys that a comparison does not need are ignored."""

    model_config = ConfigDict(extra="ignore")


class _Cell(_Part):
    document: str = ""
    sheet: int | None = None
    kpi: int | None = None
    field: str = ""
    year: str | None = None
    place: Place | None = None

    def pointed(self) -> PointedCell:
        """The cell as findings point at it."""
        place, address = self.place, None
        if not self.field and place is not None and place.sheet and place.cell:
            address = place.sheet, place.cell
        return PointedCell(self.document, self.sheet, self.kpi, self.field, self.year, address)


class _Finding(_Part):
    id: str
    place: str
    values: str
    rule: str
    document: str = ""
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    message: Text | None = None
    equation: str = ""
    year: str | None = None
    cells: tuple[_Cell, ...] = ()


class _Suspect(_Part):
    cells: tuple[_Cell, ...] = ()


class _Cause(_Part):
    id: str
    severity: Severity
    document: str = ""
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    findings: tuple[str, ...]
    cells: tuple[_Cell, ...] = ()
    suspects: tuple[_Suspect, ...] = ()

    def pointed(self) -> set[PointedCell]:
        """The cells of its suspects, which are those of its own sheet or KPI."""
        sheet = self.sheet.number if self.sheet is not None else None
        kpi = self.kpi.number if self.kpi is not None else None
        suspected = chain.from_iterable(suspect.cells for suspect in self.suspects)
        cells = {
            PointedCell(self.document, sheet, kpi, cell.field, cell.year) for cell in suspected
        }
        return cells.union(cell.pointed() for cell in self.cells)


class _Waived(_Part):
    finding: _Finding
    cause: _Cause | None = None


class _Audit(_Part):
    made_at: datetime | None = None
    round: int = 1


class _Version(_Part):
    schema_version: int
    tool_version: str


class _Summary(_Part):
    unlisted: int = 0


class _Result(_Part):
    summary: _Summary = _Summary()
    findings: tuple[_Finding, ...]
    causes: tuple[_Cause, ...]
    waived: tuple[_Waived, ...] = ()
    audit: _Audit = _Audit()


def earlier_round(path: Path) -> EarlierRound:
    """The round whose JSON report ``path`` is, or whose folder holds it. Raises EarlierError."""
    return _round(_result(_file(path)))


def _round(result: _Result) -> EarlierRound:
    by_id = {finding.id: finding for finding in result.findings}
    causes: list[EarlierCause] = []
    for cause in result.causes:
        findings = [by_id[key] for key in cause.findings if key in by_id]
        if findings:
            causes.append(_cause(cause, findings))
    audit = result.audit
    return EarlierRound(
        made_at=audit.made_at,
        round=audit.round,
        causes=tuple(causes),
        waived={item.finding.place: item.finding.values for item in result.waived},
        pointed=frozenset(_pointed(result)),
        findings=frozenset(map(_spot, _all_findings(result))),
    )


def _cause(cause: _Cause, findings: list[_Finding]) -> EarlierCause:
    main = findings[0]
    return EarlierCause(
        id=cause.id,
        severity=cause.severity,
        document=cause.document,
        sheet=cause.sheet,
        kpi=cause.kpi,
        rules=tuple(finding.rule for finding in findings),
        places=tuple(finding.place for finding in findings),
        values=tuple(finding.values for finding in findings),
        message=main.message,
        equation=main.equation,
        year=main.year,
        place=next((cell.place for cell in main.cells if cell.place is not None), None),
    )


def _pointed(result: _Result) -> set[PointedCell]:
    """The cells that findings, waived ones among them, and suspects point at."""
    cells: set[PointedCell] = set()
    for finding in _all_findings(result):
        cells.update(cell.pointed() for cell in finding.cells)
    for cause in (*result.causes, *(item.cause for item in result.waived)):
        cells.update(cause.pointed() if cause is not None else ())
    return cells


def _all_findings(result: _Result) -> tuple[_Finding, ...]:
    return (*result.findings, *(item.finding for item in result.waived))


def _spot(finding: _Finding) -> FindingSpot:
    sheet = finding.sheet.number if finding.sheet is not None else None
    kpi = finding.kpi.number if finding.kpi is not None else None
    return FindingSpot(finding.rule, finding.document, sheet, kpi, finding.year)


def report_of(path: Path) -> Report:
    """The whole report that the JSON report at ``path``, or in that folder, holds. Raises
    EarlierError.
    """
    return _report(_content(_file(path)))


def _content(file: Path) -> ReportDocument:
    data = _data(file)
    try:
        return ReportDocument.model_validate_json(data)
    except ValidationError:
        raise _no_result(file) from None


def _report(content: ReportDocument) -> Report:
    return Report(
        documents=tuple(
            Document.model_validate(document.model_dump()) for document in content.documents
        ),
        not_checked=content.not_checked,
        outcomes=content.summary.by_rule,
        findings=content.findings,
        causes=content.causes,
        counts=content.summary.by_severity,
        waived=content.waived,
        waivers_unused=content.waivers_unused,
        accepted_earlier=content.accepted_earlier,
        kpis=content.kpis,
        left_out=content.rules_left_out,
        severities=content.severities_changed,
    )


def whole_round(path: Path) -> EarlierRound:
    """The round of a report that lists all its findings; raises EarlierError for another one."""
    file = _file(path)
    result = _result(file)
    _check_whole(result.summary.unlisted, file)
    return _round(result)


def _check_whole(unlisted: int, file: Path) -> None:
    if unlisted:
        raise EarlierError(
            f"{file} does not list all its findings ({unlisted:,} are missing); "
            "make it anew with a larger --max-findings",
            f"{file} は指摘をすべて掲載していません（未掲載{unlisted:,}件）。"
            "--max-findings を大きくして作り直してください",
        )


class EarlierReport(NamedTuple):
    """A whole report of an earlier audit, its round, and the version that wrote it."""

    report: Report
    round: int
    tool_version: str


def earlier_report(path: Path) -> EarlierReport:
    """The whole report whose JSON ``path`` is, or whose folder holds it. Raises EarlierError for
    what is none, or does not list all its findings.
    """
    file = _file(path)
    content = _content(file)
    _check_whole(content.summary.unlisted, file)
    if content.narrowed is not None:
        raise EarlierError(
            f"{file} is narrowed to some departments; name the result of all",
            f"{file} は一部の所管課・室だけの結果です。全体の結果を指定してください",
        )
    return EarlierReport(
        _report(content), content.audit.round if content.audit else 1, content.tool_version
    )


def _file(path: Path) -> Path:
    try:
        return path / RESULT_FILE if path.is_dir() else path
    except OSError:  # in a folder that nobody may look into
        return path


def is_result(path: Path) -> bool:
    """Whether a folder holds the result of a round."""
    try:
        _result(path / RESULT_FILE)
    except EarlierError:
        return False
    return True


def looks_like_result(file: Path) -> bool:
    """Whether a file begins as a JSON report does; what is in it may be that of another version."""
    try:
        with file.open("rb") as stream:
            start = stream.read(_START)
    except OSError:
        return False
    return _RESULT_START.match(start) is not None


def _result(file: Path) -> _Result:
    data = _data(file)
    try:
        return _Result.model_validate_json(data)
    except ValidationError:
        raise _no_result(file) from None


def _data(file: Path) -> bytes:
    """What a report of today's version holds. Raises EarlierError for one of another version."""
    data = _bytes_of(file)
    try:
        version = _Version.model_validate_json(data)
    except ValidationError:
        raise _no_result(file) from None
    if version.schema_version != SCHEMA_VERSION:
        raise EarlierError(
            f"{file} was written by version {version.tool_version} of the program, whose "
            "results can't be compared with today's",
            f"{file} は別の版（{version.tool_version}）で作成した結果のため、今回の結果と"
            "比較できません",
        )
    return data


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError:
        raise EarlierError(
            f"{file} can't be opened; name the folder of the earlier result, or its {RESULT_FILE}",
            f"{file} を開けません。前回の結果のフォルダーか、その中の {RESULT_FILE} を"
            "指定してください",
        ) from None
    if len(data) > _LARGEST:
        raise _no_result(file)
    return data


def _no_result(file: Path) -> EarlierError:
    return EarlierError(
        f"{file} is not the result of an audit (the {RESULT_FILE} of an earlier round)",
        f"{file} は点検の結果（前回の {RESULT_FILE}）ではありません",
    )
