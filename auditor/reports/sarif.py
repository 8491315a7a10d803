"""The report as SARIF 2.1.0, the format of code scanning: a result for each cause.

Waived findings are results that are suppressed. What was not checked is an error of the
invocation, which then was not successful.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.rounds import Change, EarlierCause
from auditor.records.figures import Place, Record
from auditor.records.model import Document, NotChecked
from auditor.reports import findings as content
from auditor.reports.changes_json import round_changes
from auditor.reports.entries import (
    Entry,
    change,
    described,
    entries,
    following,
    place_of,
    titled,
)
from auditor.reports.json_report import checked, dumped
from auditor.reports.layout import cut, plain
from auditor.reports.locations import documents_of, in_utc, line_of, uri_of
from auditor.reports.sarif_rules import RuleList
from auditor.reports.waived import UNUSED, entry_of, justification, unused_lines
from auditor.rules.findings import Finding
from auditor.rules.rows import Cell
from auditor.rules.suspects import SuspectCell

__all__ = ["SCHEMA_URI", "SarifReport"]

SCHEMA_URI: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
Json = dict[str, object]

_BASELINE: Final[dict[Change, str]] = {
    "added": "new",
    "still_wrong": "updated",
    "open": "unchanged",
    "resolved": "absent",
    "not_audited": "unchanged",
}
"""SARIF's words for what became of a result."""
_LONGEST: Final = 1_000
"""The characters of one line of a message."""
_MOST_LOCATIONS: Final = 100
"""Code scanning shows no more places of one result."""
_LINK: Final = re.compile(r"\]\(")


class SarifReport:
    """``--format sarif``: texts in the language of the report, rules in both."""

    name = "sarif"

    def render(self, report: Report, context: ReportContext) -> str:
        """A log of one run, which follows the schema of OASIS."""
        run = _Run(report, context)
        return dumped({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run.content()]})


def _message(*lines: str) -> Json:
    """Texts of documents as the text of a message: nothing in them is a link or stands for an
    argument.
    """
    text = "\n".join(cut(line, _LONGEST) for line in lines)
    return {"text": _LINK.sub(r"\\](", text).replace("{", "{{").replace("}", "}}")}


class _Run:
    """One audit. Documents and rules are listed once; results name them by their numbers too."""

    def __init__(self, report: Report, context: ReportContext) -> None:
        self._report, self._context = report, context
        self._words = content.wording_of(report, context)
        self._rules = RuleList(report, context)
        self._files: dict[str, list[Document]] = {}
        for document in report.documents:
            self._files.setdefault(document.path, []).append(document)
        self._numbers = {path: at for at, path in enumerate(self._files)}

    def content(self) -> Json:
        report, words = self._report, self._words
        narrowed = bool(self._context.departments)
        return {
            "tool": {"driver": self._rules.driver()},
            "translations": [self._rules.translation()],
            "language": words.lang,
            "invocations": [self._invocation()],
            "artifacts": [_artifact(path, read) for path, read in self._files.items()],
            "results": list(self._results()),
            "properties": {
                "conclusion": content.conclusion(report, words, narrowed=narrowed),
                "by_severity": dict(report.by_severity),
                "questions": report.questions,
                "unlisted": report.unlisted,
                **self._since(),
            },
        }

    def _since(self) -> Json:
        """What changed since the earlier round, under the names of the JSON report."""
        if self._context.since is None:
            return {}
        changes = round_changes(self._context.since, self._context)
        return {
            name: item.model_dump(mode="json")
            if isinstance(item, Record)
            else [each.model_dump(mode="json") for each in item]
            for name, item in changes._asdict().items()
        }

    # — the audit and its documents —

    def _invocation(self) -> Json:
        report, words = self._report, self._words
        notes = [content.narrowed(self._context, words), content.unlisted(report, words)]
        unused = UNUSED.of(words.lang)
        made_at = self._context.made_at
        return {
            **({"endTimeUtc": f"{in_utc(made_at)}Z"} if made_at else {}),
            "executionSuccessful": not report.not_checked,
            "exitCode": report.exit_code,
            "toolExecutionNotifications": [self._missed(reason) for reason in report.not_checked],
            "toolConfigurationNotifications": [
                *({"level": "warning", "message": _message(note)} for note in notes if note),
                *(
                    {"level": "note", "message": _message(words.labelled(unused, line))}
                    for line in unused_lines(report, words)
                ),
            ],
            "ruleConfigurationOverrides": [
                {"descriptor": {"id": code}, "configuration": {"enabled": False}}
                for code in dict.fromkeys(map(plain, report.left_out))
            ],
        }

    def _missed(self, reason: NotChecked) -> Json:
        notification: Json = {
            "level": "error",
            "message": _message(content.missed(reason, self._words)),
            "descriptor": {"id": plain(reason.why.code)},
            "properties": {"not_checked": reason.model_dump(mode="json")},
        }
        if reason.document:
            notification["locations"] = [self._location(reason.document)]
        if reason.rule:
            rule = plain(reason.rule)
            number = self._rules.numbers.get(rule)
            index = {} if number is None else {"index": number}
            notification["associatedRule"] = {"id": rule, **index}
        return notification

    # — results —

    def _results(self) -> Iterator[Json]:
        seen: Counter[str] = Counter()
        for entry in entries(self._report):
            seen[entry.main.place] += 1
            yield self._result(entry, seen[entry.main.place])
        for item in self._report.waived:
            place = item.finding.place
            seen[place] += 1
            suppression: Json = {
                "kind": "external",
                "status": "accepted",
                "justification": _message(justification(item.waiver, self._words))["text"],
                "properties": {"waiver": item.waiver.model_dump(mode="json")},
            }
            yield {**self._result(entry_of(item), seen[place]), "suppressions": [suppression]}
        since = self._context.since
        for cause, state in since.earlier if since is not None else ():
            if state == "resolved" and cause.rules:
                yield self._absent(cause)

    def _result(self, entry: Entry, number: int) -> Json:
        """The result of a cause; ``number`` counts those of the same place."""
        main, words = entry.main, self._words
        others = following(entry, words)
        rule = plain(main.rule)
        return {
            "ruleId": rule,
            "ruleIndex": self._rules.numbers[rule],
            # A result that is no problem has no level.
            "kind": "informational" if entry.is_question else "fail",
            "level": "none" if entry.is_question else entry.severity,
            **self._baseline(entry),
            "message": _message(
                main.message.of(words.lang),
                *(words.labelled(label, text) for label, text in described(entry, words)),
                *([others.heading] if others else []),
            ),
            "locations": self._places(entry),
            "relatedLocations": [
                {"id": at, **location}
                for at, location in enumerate(islice(self._related(entry), _MOST_LOCATIONS), 1)
            ],
            "partialFingerprints": {
                "place/v1": main.place,
                "values/v1": main.values,
                # The only one by which GitHub knows a result again.
                "primaryLocationLineHash": f"{main.place}:{number}",
            },
            "properties": {
                "cause": entry.cause.model_dump(mode="json"),
                "findings": [finding.model_dump(mode="json") for finding in entry.findings],
            },
        }

    def _absent(self, cause: EarlierCause) -> Json:
        """The result of an earlier cause that is resolved."""
        message = cause.message.of(self._words.lang) if cause.message is not None else ""
        return {
            "ruleId": plain(cause.rules[0]),
            "kind": "fail",
            "level": cause.severity,
            "message": _message(message),
            "baselineState": "absent",
            "locations": [self._location(cause.document, cause.place)] if cause.document else [],
            "partialFingerprints": {
                "place/v1": cause.places[0],
                "values/v1": cause.values[0],
                "primaryLocationLineHash": f"{cause.places[0]}:1",
            },
            "properties": {"earlier": cause.model_dump(mode="json")},
        }

    def _baseline(self, entry: Entry) -> Json:
        """Whether the baseline has a cause, else what became of it since the earlier round, where
        there is one.
        """
        if self._report.baseline is not None:
            return {"baselineState": "unchanged" if entry.in_baseline else "new"}
        since = self._context.since
        change = since.changes.get(entry.cause.id) if since is not None else None
        return {} if change is None else {"baselineState": _BASELINE[change]}

    def _places(self, entry: Entry) -> list[Json]:
        cell = entry.main.first_placed
        if cell is not None:
            return [self._location(cell.document, cell.place)]
        paths = documents_of(entry.main, self._numbers)
        return [self._location(path) for path in paths[:_MOST_LOCATIONS]]

    def _related(self, entry: Entry) -> Iterator[Json]:
        """The suspected cells, the likeliest first; the other cells of the main finding; and the
        other findings of the cause.
        """
        main, words = entry.main, self._words
        suspected_cells: list[SuspectCell] = []
        for suspect in entry.cause.suspects:
            for suspected in suspect.cells:
                text = change(suspected, entry, words)
                yield self._of_cell(place_of(suspected, entry), main, text, "suspect")
                suspected_cells.append(suspected)
        for cell in main.cells:
            if not any(suspected.stands_at(cell) for suspected in suspected_cells):
                yield self._of_cell(cell, main, words.cell(cell, main), "cell")
        for finding in entry.findings[1:]:
            yield self._of_cell(finding.first_placed, finding, titled(finding, words), "finding")

    def _of_cell(self, cell: Cell | None, finding: Finding, text: str, role: str) -> Json:
        """Where a cell stands; the document of its finding where nobody knows."""
        if cell is None:
            return self._location(finding.document, None, text, role)
        return self._location(cell.document, cell.place, text, role)

    def _location(
        self, document: str, place: Place | None = None, text: str = "", role: str = ""
    ) -> Json:
        """A place in a document. SARIF's regions are of texts: a worksheet's cell and a page are
        logical locations.
        """
        location: Json = {}
        if physical := self._physical(document, place):
            location["physicalLocation"] = physical
        if logical := _logical(place):
            location["logicalLocations"] = [logical]
        if text:
            location["message"] = _message(text)
        properties: Json = {"role": role} if role else {}
        if place is not None:
            properties["place"] = place.model_dump(mode="json")
        if properties:
            location["properties"] = properties
        return location

    def _physical(self, document: str, place: Place | None) -> Json:
        uri = uri_of(document)
        if not uri:
            return {}
        number = self._numbers.get(document)
        artifact: Json = {"uri": uri, **({} if number is None else {"index": number})}
        line = line_of(place)
        region: Json = {} if line is None else {"region": {"startLine": line}}
        return {"artifactLocation": artifact, **region}


def _artifact(path: str, documents: list[Document]) -> Json:
    """A file, with the documents that were read from it: as a rule one."""
    uri = uri_of(path)
    digest = next((document.sha256 for document in documents if document.sha256), None)
    return {
        **({"location": {"uri": uri}} if uri else {}),
        **({"hashes": {"sha-256": digest}} if digest else {}),
        "roles": ["analysisTarget"],
        "properties": {
            "documents": [checked(document).model_dump(mode="json") for document in documents]
        },
    }


def _logical(place: Place | None) -> Json:
    """A worksheet, its cell or a page by its name; empty for a line of text."""
    if place is None:
        return {}
    if place.sheet is not None:
        sheet = plain(place.sheet)
        if place.cell is None:
            return {"name": sheet, "fullyQualifiedName": sheet, "kind": "worksheet"}
        cell = plain(place.cell)
        return {"name": cell, "fullyQualifiedName": f"{sheet}!{cell}", "kind": "cell"}
    if place.page is not None:
        name = f"page {place.page}"
        return {"name": name, "fullyQualifiedName": name, "kind": "page"}
    return {}
