"""What goes into the folder of a round: the reports on all, and a folder for each department.

Files are made one at a time and written at once, so that memory stays flat however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final, NamedTuple, Protocol

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.delivery.copies import Copies, NoCopy
from auditor.delivery.letter import LetterTemplate
from auditor.delivery.letter_values import letter_values
from auditor.files.names import safe_name
from auditor.readers.json.writing import dump_records
from auditor.records.heads import RecordsHead
from auditor.records.text import Text
from auditor.reports.earlier import RECORDS_FILE, RESULT_FILE
from auditor.reports.entries import Entry
from auditor.reports.html.page import HtmlReport
from auditor.reports.json_report import JsonReport
from auditor.reports.overview import entries_by_department, needing_answer
from auditor.reports.workbook.findings import findings_workbook
from auditor.reports.workbook.links import Copy
from auditor.reports.workbook.reply import reply_form
from auditor.version import __version__

__all__ = ["Delivered", "Folder", "Progress", "copies_wanted", "deliver"]

HTML_FILE: Final = "点検結果.html"
WORKBOOK_FILE: Final = "点検結果.xlsx"
REPLY_FILE: Final = "回答票.xlsx"
LETTER_FILE: Final = "照会文.docx"
_FOR_PROGRAMS: Final = (RESULT_FILE, RECORDS_FILE)
MARKED: Final = "（指摘）"
"""Stands in the name of a marked copy, before its ending."""

Progress = Callable[[int, int], None]
"""Called with how many files are written, and how many there will be at least."""


class Folder(Protocol):
    """Takes the files of a round."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file; ``name`` has the folders above it, with ``/`` between them."""
        ...


class Delivered(NamedTuple):
    """What was put into a folder: how many departments, how many entries belong to none of them,
    the documents of which no marked copy could be made, and what those who get the copies of a
    document must know.
    """

    departments: int
    without_department: int
    without_copy: Sequence[NoCopy]
    cautions: Mapping[str, Text]


def deliver(
    folder: Folder,
    report: Report,
    context: ReportContext,
    copies: Copies,
    template: LetterTemplate,
    progress: Progress,
) -> Delivered:
    """Write the files of a round. ``report`` is whole: neither limited nor narrowed.

    Raises UnwritableFile, and MarkError for a document that changed since it was read.
    """
    return _Delivery(folder, report, context, copies, template, progress).written()


@dataclass(eq=False)
class _Delivery:
    """The files of one round as they are written; ``links`` say where marked copies lie. ``files``
    are written by now, of ``total`` that are expected.
    """

    folder: Folder
    report: Report
    context: ReportContext
    source: Copies
    template: LetterTemplate
    progress: Progress
    links: dict[tuple[str, str], Copy] = field(default_factory=dict[tuple[str, str], Copy])
    without_copy: list[NoCopy] = field(default_factory=list[NoCopy])
    cautions: dict[str, Text] = field(default_factory=dict[str, Text])
    files: int = 0
    total: int = 0

    def written(self) -> Delivered:
        groups = entries_by_department(self.report, self.context)
        departments = {name: items for name, items in groups.items() if name}
        documents: dict[str, list[str]] = {name: [] for name in departments}
        for copy in copies_wanted(self.report, self.context):
            documents[copy.department].append(copy.document)
        self.total = 4 + 2 * len(departments) + sum(map(len, documents.values()))
        taken = {name.casefold() for name in (HTML_FILE, WORKBOOK_FILE, *_FOR_PROGRAMS)}
        for name, items in departments.items():
            place = safe_name(name, taken, "department")
            self.write_department(place, name, items, documents[name])
        report, context = self.report, self.context
        self.write(HTML_FILE, HtmlReport().render(report, context))
        self.write(WORKBOOK_FILE, findings_workbook(report, context, self.links))
        self.write(RESULT_FILE, JsonReport().render(report, context))
        self.write(RECORDS_FILE, self.records())
        without_department = len(groups.get("", []))
        return Delivered(len(departments), without_department, self.without_copy, self.cautions)

    def records(self) -> str:
        """The records of this round, with the documents of which nothing was read."""
        occasion, books = self.context.occasion, self.context.books
        paths = {document.path for document in self.report.documents}
        missed = [
            reason
            for reason in self.report.not_checked
            if reason.document is not None and reason.document not in paths
        ]
        head = RecordsHead(
            kind="round",
            tool_version=__version__,
            made_at=self.context.made_at,
            round=occasion.round if occasion is not None else 1,
            role=occasion.made_by if occasion is not None else "",
        )
        return dump_records(books, missed, head)

    def write(self, name: str, data: bytes | str) -> None:
        raw = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
        self.folder.write(name, raw)
        self.files += 1
        self.progress(self.files, max(self.files, self.total))

    def write_department(
        self, place: str, name: str, items: Sequence[Entry], documents: Sequence[str]
    ) -> None:
        """Write what one department gets; ``place`` is its folder."""
        taken = {REPLY_FILE.casefold(), LETTER_FILE.casefold()}
        copies: list[str] = []
        links: dict[tuple[str, str], Copy] = {}
        for document in documents:
            share = self.source.copy(document, name, items)
            if isinstance(share, NoCopy):
                self.without_copy.append(share)
                continue
            path = PurePath(document)
            file = safe_name(
                path.stem.removesuffix(MARKED) + MARKED, taken, "document", share.ending
            )
            self.write(f"{place}/{file}", share.data)
            copies.append(file)
            if share.caution is not None:
                self.cautions[document] = share.caution
            links[document, name] = Copy(file, share.pages)
            self.links[document, name] = Copy(f"{place}/{file}", share.pages)
        if needing_answer(items):
            form = reply_form(self.report, self.context, name, links)
            self.write(f"{place}/{REPLY_FILE}", form)
            values = letter_values(self.report, self.context, name, items, [REPLY_FILE, *copies])
            self.write(f"{place}/{LETTER_FILE}", self.template.letter(values))


class WantedCopy(NamedTuple):
    """A marked copy that belongs into the folder: of a document, for a department, with its
    entries.
    """

    document: str
    department: str
    items: Sequence[Entry]


def copies_wanted(report: Report, context: ReportContext) -> list[WantedCopy]:
    """All marked copies of a round, in the order in which ``deliver`` asks for them."""
    groups = entries_by_department(report, context)
    wanted: list[WantedCopy] = []
    for department, items in groups.items():
        if department:  # nobody gets what belongs to none
            wanted += (WantedCopy(name, department, items) for name in _documents(items))
    return wanted


def _documents(items: Iterable[Entry]) -> list[str]:
    """The documents that hold a cell of some entries' own sheets, in the order of the entries."""
    return list(dict.fromkeys(entry.cause.document for entry in items))
