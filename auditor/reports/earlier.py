"""An earlier round, read from the JSON report that its audit wrote."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.auditing.rounds import EarlierCause, EarlierRound
from auditor.records.errors import AuditorError
from auditor.reports.json_report import SCHEMA_VERSION
from auditor.rules.findings import KpiReference, SheetReference
from auditor.rules.severities import Severity

__all__ = ["RESULT_FILE", "EarlierError", "earlier_round", "is_result"]

RESULT_FILE: Final = "結果.json"
"""The name of the JSON report in the folder of a round."""

_LARGEST: Final = 256 * 1024 * 1024


class EarlierError(AuditorError):
    """A file that is not the result of an earlier round."""


class _Part(BaseModel):
    """A part of the report; keys that a comparison does not need are ignored."""

    model_config = ConfigDict(extra="ignore")


class _Finding(_Part):
    id: str
    place: str
    values: str


class _Waived(_Part):
    finding: _Finding


class _Cause(_Part):
    id: str
    severity: Severity
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    findings: tuple[str, ...]


class _Audit(_Part):
    made_at: datetime | None = None
    round: int = 1


class _Result(_Part):
    schema_version: int
    tool_version: str
    findings: tuple[_Finding, ...]
    causes: tuple[_Cause, ...]
    waived: tuple[_Waived, ...] = ()
    audit: _Audit = _Audit()


def earlier_round(path: Path) -> EarlierRound:
    """The round whose JSON report ``path`` is, or whose folder holds it. Raises EarlierError."""
    file = path / RESULT_FILE if path.is_dir() else path
    result = _result(file)
    by_id = {finding.id: finding for finding in result.findings}
    causes: list[EarlierCause] = []
    for cause in result.causes:
        findings = [by_id[key] for key in cause.findings if key in by_id]
        causes.append(
            EarlierCause(
                id=cause.id,
                severity=cause.severity,
                sheet=cause.sheet,
                kpi=cause.kpi,
                places=tuple(finding.place for finding in findings),
                values=tuple(finding.values for finding in findings),
            )
        )
    audit = result.audit
    waived = (item.finding for item in result.waived)
    return EarlierRound(
        made_at=audit.made_at,
        round=audit.round,
        causes=tuple(causes),
        waived={finding.place: finding.values for finding in waived},
    )


def is_result(path: Path) -> bool:
    """Whether a folder holds the result of a round."""
    try:
        _result(path / RESULT_FILE)
    except EarlierError:
        return False
    return True


def _result(file: Path) -> _Result:
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError:
        raise EarlierError(
            f"{file} can't be opened; name the folder of the earlier result, or its {RESULT_FILE}",
            f"{file} を開けません。前回の結果のフォルダーか、その中の {RESULT_FILE} を"
            "指定してください",
        ) from None
    try:
        result = _Result.model_validate_json(data[:_LARGEST])
    except ValidationError:
        result = None
    if result is None or result.schema_version != SCHEMA_VERSION or len(data) > _LARGEST:
        raise EarlierError(
            f"{file} is not the result of an audit (the {RESULT_FILE} of an earlier round)",
            f"{file} は点検の結果（前回の {RESULT_FILE}）ではありません",
        )
    return result
