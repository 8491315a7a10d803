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
    rule: str


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


class _Version(_Part):
    schema_version: int
    tool_version: str


class _Result(_Part):
    findings: tuple[_Finding, ...]
    causes: tuple[_Cause, ...]
    waived: tuple[_Waived, ...] = ()
    audit: _Audit = _Audit()


def earlier_round(path: Path) -> EarlierRound:
    """The round whose JSON report ``path`` is, or whose folder holds it. Raises EarlierError."""
    result = _result(_file(path))
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
                rules=tuple(finding.rule for finding in findings),
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
        if len(data) > _LARGEST:
            raise _no_result(file)
        version = _Version.model_validate_json(data)
        if version.schema_version != SCHEMA_VERSION:
            raise EarlierError(
                f"{file} was written by version {version.tool_version} of the program, whose "
                "results can't be compared with today's",
                f"{file} は別の版（{version.tool_version}）で作成した結果のため、今回の結果と"
                "比較できません",
            )
        return _Result.model_validate_json(data)
    except ValidationError:
        raise _no_result(file) from None


def _no_result(file: Path) -> EarlierError:
    return EarlierError(
        f"{file} is not the result of an audit (the {RESULT_FILE} of an earlier round)",
        f"{file} は点検の結果（前回の {RESULT_FILE}）ではありません",
    )
