"""The report for programs, and its JSON Schema; both are made from the same models."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, cast

from pydantic import AwareDatetime

from auditor.auditing.changes import ChangedSpot, FileChange, SheetChange
from auditor.auditing.formats import ReportContext
from auditor.auditing.occasion import FiguresKind
from auditor.auditing.page_list import SheetPage
from auditor.auditing.report import (
    AccountPair,
    AccountRows,
    Accounts,
    AccountUndecided,
    Baseline,
    EarlierAcceptance,
    JudgedByRow,
    JudgedKpi,
    LastYear,
    NamedPair,
    NamedRecord,
    NamedUndecided,
    Report,
    UnusedWaiver,
    WaivedFinding,
)
from auditor.auditing.totals import BookTotals, totals
from auditor.auditing.uncertain import UncertainFigure, uncertain_figures
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.model import Document, NotChecked, Part, PassedOver, UnreadNumber
from auditor.records.severities import Severity
from auditor.reports.changes_json import (
    CHANGE_LISTS,
    ChangedCause,
    SinceSummary,
    round_changes,
)
from auditor.rules.causes import Cause
from auditor.rules.findings import Finding, Outcome
from auditor.version import __version__
from auditor.versions.model import ReturnedFile

__all__ = [
    "SCHEMA_FILE",
    "SCHEMA_VERSION",
    "JsonReport",
    "ReportDocument",
    "checked",
    "content_of",
    "dumped",
    "schema",
    "write_schema",
]

SCHEMA_VERSION: Final = 1
SCHEMA_FILE: Final = Path(__file__).with_name("report.schema.json")
_ESCAPED: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Halves of characters, which no encoding takes, what some programs take for ends of lines, and
what steers a terminal or turns the direction of a text.
"""
_OPTIONAL: Final = (
    "audit",
    "baseline",
    "last_year",
    "accounts",
    "narrowed",
    "totals",
    "unsure",
    "pages",
    "prose_unread",
    "judged_by_row",
    "since",
    "outcome_rows",
    *CHANGE_LISTS,
)
"""The keys of a report that are left out where they have nothing to say."""
_STEP: Final = "  "
_UNUSUAL: Final = ("other_book", "beside", "sentence", "question")
"""What most cells and findings do not have."""


class CheckedDocument(Record):
    """A document that was read, and how much it held.

    ``figures`` are the numbers that were read, ``unread`` those that are visible and were not;
    ``parts`` are the pages and worksheets that needed no audit.
    """

    path: str
    form: str
    fiscal_year: int
    sha256: str | None
    sheets: int
    kpis: int
    figures: int | None
    unread: tuple[UnreadNumber, ...]
    parts: tuple[Part, ...]


class Summary(Record):
    """Judgements by rule and outcome and findings by severity, of all findings; ``unlisted`` of
    them the report does not list. ``questions`` are places that somebody may ask about, which are
    findings, but of no severity here.
    """

    by_rule: Frozen[str, Frozen[Outcome, int]]
    by_severity: Frozen[Severity, int]
    questions: int = 0
    unlisted: int


class Narrowing(Record):
    """The departments that the findings were narrowed to, and how many others this left out."""

    departments: tuple[str, ...]
    hidden_findings: int


class Act(Record):
    """The audit as an act: its title, when, in which round and by whom (roles, no persons) it was
    made, the name of the settings file, and whether settled figures are expected or final. What
    nobody said is empty.
    """

    title: str
    made_at: AwareDatetime | None
    round: int
    office: str
    made_by: str
    settings_file: str
    figures: FiguresKind


class LastYearDocuments(Record):
    """Last year's book: its documents, which record of this year's is which there, and what has
    no partner in the other book.
    """

    documents: tuple[CheckedDocument, ...]
    pairs: tuple[NamedPair, ...]
    unpaired: tuple[NamedRecord, ...]
    unpaired_earlier: tuple[NamedRecord, ...]
    undecided: tuple[NamedUndecided, ...]


class AccountsDocument(Record):
    """The accounts: the file, which project is which sheet's, and what has no partner."""

    document: CheckedDocument
    pairs: tuple[AccountPair, ...]
    unpaired: tuple[NamedRecord, ...]
    unpaired_accounts: tuple[AccountRows, ...]
    undecided: tuple[AccountUndecided, ...]


class PageOfSheet(SheetPage):
    """A sheet's page in the printed book."""

    document: str
    sheet: int


class ReportDocument(Record):
    """The content of ``--format json``. ``audit`` is there where a command made the report,
    ``baseline``, ``last_year`` and ``accounts`` where such were given; what follows them is there
    where it was asked for only, from ``since`` on what changed since an earlier round.
    """

    schema_version: Literal[1] = 1
    tool_version: str
    audit: Act | None = None
    exit_code: Literal[0, 1, 2]
    documents: tuple[CheckedDocument, ...]
    not_checked: tuple[NotChecked, ...]
    passed_over: tuple[PassedOver, ...]
    returned: tuple[ReturnedFile, ...]
    summary: Summary
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    waived: tuple[WaivedFinding, ...]
    waivers_unused: tuple[UnusedWaiver, ...]
    accepted_earlier: tuple[EarlierAcceptance, ...]
    baseline: Baseline | None = None
    kpis: tuple[JudgedKpi, ...]
    rules_left_out: tuple[str, ...]
    severities_changed: Frozen[str, Severity]
    last_year: LastYearDocuments | None = None
    accounts: AccountsDocument | None = None
    narrowed: Narrowing | None = None
    totals: tuple[BookTotals, ...] | None = None
    unsure: tuple[UncertainFigure, ...] | None = None
    pages: tuple[PageOfSheet, ...] | None = None
    prose_unread: tuple[str, ...] | None = None
    judged_by_row: tuple[JudgedByRow, ...] | None = None
    since: SinceSummary | None = None
    earlier_causes: tuple[ChangedCause, ...] | None = None
    content_changes: tuple[ChangedSpot, ...] | None = None
    uncertain_changes: tuple[ChangedSpot, ...] | None = None
    sheet_changes: tuple[SheetChange, ...] | None = None
    file_changes: tuple[FileChange, ...] | None = None


class JsonReport:
    """``--format json``: the same content in both languages."""

    name = "json"

    def render(self, report: Report, context: ReportContext) -> str:
        """The report as JSON; see ``report.schema.json``."""
        return "".join(_written(_content(report, context)))


def content_of(report: Report, context: ReportContext) -> dict[str, object]:
    """The data of a report under the names of its schema."""
    content = _content(report, context)
    return {
        name: value
        for name, value in content.model_dump(mode="json").items()
        if value is not None or name not in _OPTIONAL
    }


def _content(report: Report, context: ReportContext) -> ReportDocument:
    further: dict[str, Any] = {}
    if context.since is not None:
        further |= round_changes(context.since, context)._asdict()
    if report.outcomes_listed:
        further["outcome_rows"] = report.outcome_rows
    return _document_type(report)(
        tool_version=__version__,
        audit=Act(**context.occasion._asdict()) if context.occasion is not None else None,
        exit_code=cast(Literal[0, 1, 2], report.exit_code),
        documents=tuple(map(checked, report.documents)),
        not_checked=report.not_checked,
        passed_over=report.passed_over,
        returned=report.returned,
        summary=Summary(
            by_rule=report.outcomes,
            by_severity=FrozenDict(report.by_severity),
            questions=report.questions,
            unlisted=report.unlisted,
        ),
        findings=report.findings,
        causes=report.causes,
        waived=report.waived,
        waivers_unused=report.waivers_unused,
        accepted_earlier=report.accepted_earlier,
        baseline=report.baseline,
        kpis=report.kpis,
        rules_left_out=report.left_out,
        severities_changed=report.severities,
        last_year=_last_year(report.last_year),
        accounts=_accounts(report.accounts),
        narrowed=Narrowing(departments=context.departments, hidden_findings=context.hidden)
        if context.departments
        else None,
        totals=totals(context.books, context.by == "department", context.order)
        if "totals" in context.sections
        else None,
        unsure=uncertain_figures(context.books) if "unsure" in context.sections else None,
        pages=tuple(_pages(context)) or None,
        prose_unread=report.prose_unread or None,
        judged_by_row=report.judged_by_row or None,
        **further,
    )


def _document_type(report: Report) -> type[ReportDocument]:
    """The model of a report: most list no rows, and need not wait for the models of these."""
    if not report.outcomes_listed:
        return ReportDocument
    from auditor.reports.json_rows import DocumentWithRows

    return DocumentWithRows


def _pages(context: ReportContext) -> Iterator[PageOfSheet]:
    for (document, sheet), place in context.pages.items():
        yield PageOfSheet(document=document, sheet=sheet, page=place.page, pdf_page=place.pdf_page)


def _last_year(last_year: LastYear | None) -> LastYearDocuments | None:
    if last_year is None:
        return None
    return LastYearDocuments(
        documents=tuple(map(checked, last_year.documents)),
        pairs=last_year.pairs,
        unpaired=last_year.unpaired,
        unpaired_earlier=last_year.unpaired_earlier,
        undecided=last_year.undecided,
    )


def _accounts(accounts: Accounts | None) -> AccountsDocument | None:
    if accounts is None:
        return None
    return AccountsDocument(
        document=checked(accounts.document),
        pairs=accounts.pairs,
        unpaired=accounts.unpaired,
        unpaired_accounts=accounts.unpaired_accounts,
        undecided=accounts.undecided,
    )


def checked(document: Document) -> CheckedDocument:
    """A document as reports of JSON show it: without its remarks, which are findings."""
    return CheckedDocument(
        path=document.path,
        form=document.form,
        fiscal_year=document.fiscal_year,
        sha256=document.sha256,
        sheets=document.sheets,
        kpis=document.kpis,
        figures=document.figures,
        unread=document.unread,
        parts=document.parts,
    )


def _written(content: ReportDocument) -> Iterator[str]:
    """A report as JSON, as ``dumped`` writes it. Of what may be many, the data of each is made when
    it is written: those of all findings would take more memory than the findings.
    """
    between = "{\n"
    for name in type(content).model_fields:
        value = getattr(content, name)
        if value is None and name in _OPTIONAL:
            continue
        yield f"{between}{_STEP}{_text(name)}: "
        between = ",\n"
        if isinstance(value, tuple) and value and isinstance(value[0], Record):
            records = cast(tuple[Record, ...], value)
            before = f"[\n{_STEP * 2}"
            for record in records:
                yield before + _indented(_text(record.model_dump(mode="json")), 2)
                before = f",\n{_STEP * 2}"
            yield f"\n{_STEP}]"
        else:
            data = content.model_dump(mode="json", include={name})
            yield _indented(_text(data[name]), 1)
    yield "\n}\n"


def _indented(text: str, steps: int) -> str:
    """JSON as it stands so deep in another."""
    return text.replace("\n", "\n" + _STEP * steps)


def dumped(data: object, indent: int | None = 2) -> str:
    """JSON as the project writes it: places without what they don't have, and no character that
    breaks a line or an encoding. Without an indent it is one line.
    """
    return _text(data, indent) + "\n"


def _text(data: object, indent: int | None = len(_STEP)) -> str:
    text = json.dumps(_pruned(data), ensure_ascii=False, indent=indent, allow_nan=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _pruned(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list | tuple):
        return [_pruned(item) for item in cast(list[object], value)]
    if not isinstance(value, Mapping):
        return value
    mapping = cast(Mapping[str, object], value)
    pairs = {
        key: _pruned(item)
        for key, item in mapping.items()
        if key not in _UNUSUAL or not (item is None or item is False)
    }
    return {key: _placed(key, item) for key, item in pairs.items()}


def _placed(key: str, item: object) -> object:
    """What a key holds, where that is a place or the places of texts."""
    if key == "places" and isinstance(item, dict):
        places = cast(dict[str, object], item)
        return {name: _stated(place) for name, place in places.items()}
    return _stated(item) if key == "place" else item


def _stated(place: object) -> object:
    """A place with what it says; a box that is no box (a reader's infinity) is left out."""
    if not isinstance(place, dict):
        return place
    pairs = cast(dict[str, object], place)
    return {key: item for key, item in pairs.items() if item is not None and not _broken(item)}


def _broken(box: object) -> bool:
    return isinstance(box, list) and None in cast(list[object], box)


def schema() -> dict[str, Any]:
    """The JSON Schema of the report, of which ``report.schema.json`` is the copy that ships.

    Programs must not mind keys that they don't know: a later version may add some.
    """
    from auditor.reports.json_rows import DocumentWithRows

    content = DocumentWithRows.model_json_schema(mode="serialization")
    for name, definition in {"": content, **content["$defs"]}.items():
        definition.pop("additionalProperties", None)
        if name != "Place" and "properties" in definition:  # a place says only what it has
            definition["required"] = [
                key for key in definition["properties"] if key not in (*_OPTIONAL, *_UNUSUAL)
            ]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **content}


def write_schema() -> None:
    """Renew the copy that ships."""
    SCHEMA_FILE.write_text(
        json.dumps(schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
