"""A round, read from the JSON report that its audit wrote."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierRound
from auditor.records.errors import AuditorError
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.model import Document
from auditor.records.severities import QUESTION, CountedAs
from auditor.reports.json_report import SCHEMA_VERSION, ReportDocument, Summary

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


class _Version(BaseModel):
    """The version of a report; its other keys are ignored."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    schema_version: int
    tool_version: str


def earlier_round(path: Path) -> EarlierRound:
    """The round whose JSON report ``path`` is, or whose folder holds it. Raises EarlierError."""
    return _round(_content(_file(path)))


def _round(content: ReportDocument) -> EarlierRound:
    audit = content.audit
    return EarlierRound.of(_report(content)).model_copy(
        update={
            "made_at": audit.made_at if audit is not None else None,
            "round": audit.round if audit is not None else 1,
            "not_checked": (),  # what the records of the round say of it counts
        }
    )


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
        counts=_counts(content.summary),
        waived=content.waived,
        waivers_unused=content.waivers_unused,
        accepted_earlier=content.accepted_earlier,
        kpis=content.kpis,
        left_out=content.rules_left_out,
        severities=content.severities_changed,
    )


def _counts(summary: Summary) -> Frozen[CountedAs, int]:
    """How many findings there were of each severity, and how many questions where some were."""
    counts: dict[CountedAs, int] = dict(summary.by_severity.items())
    if summary.questions:
        counts[QUESTION] = summary.questions
    return FrozenDict(counts)


def whole_round(path: Path) -> EarlierRound:
    """The round of a report that lists all its findings; raises EarlierError for another one."""
    file = _file(path)
    content = _content(file)
    _check_whole(content.summary.unlisted, file)
    return _round(content)


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
        _content(path / RESULT_FILE)
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
