"""The report as a table for spreadsheets.

It has a row for each entry, for each waived finding, and for each thing that could not be checked.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Final

from auditor.auditing.changes import BookChanges
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report, WaivedFinding
from auditor.auditing.rounds import Since
from auditor.auditing.totals import BookTotals
from auditor.records.decimals import plain_digits
from auditor.records.model import NotChecked
from auditor.records.own import REPORT_HEADINGS, TOTALS_HEADINGS
from auditor.records.text import Text
from auditor.reports import findings as content
from auditor.reports.changes import (
    UNCERTAIN,
    before_and_after,
    change_of,
    spot_kind,
    spot_name,
)
from auditor.reports.entries import (
    LABELS,
    Entry,
    apart,
    certainty,
    computed_for,
    entries,
    grouped,
    place_of,
    printed_in,
    proposed,
    suspect_name,
    titled,
)
from auditor.reports.layout import plain
from auditor.reports.sentences import LONGEST, bracketed
from auditor.reports.waived import UNUSED, WAIVED, entry_of, justification, unused_lines
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding, KpiReference, SheetReference, department_of

__all__ = ["CsvReport", "csv_text", "totals_csv"]

_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; a plain number stays one."""
    if _NUMBER.fullmatch(text):
        return text
    return "'" + plain(text) if text.lstrip(" \u3000").startswith(_FORMULA) else plain(text)


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file as Excel takes it: byte order mark, CRLF, formulas made harmless."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([cell(head) for head in heads])
    writer.writerows([cell(text) for text in row] for row in rows)
    return "\ufeff" + stream.getvalue()


class CsvReport:
    """``--format csv``: UTF-8 with a byte order mark."""

    name = "csv"

    def render(self, report: Report, context: ReportContext) -> str:
        """A heading and a row for each entry, one that says where not all are listed or that
        nothing was found, then one for each waived finding and each thing not checked.
        """
        words = content.wording_of(report, context)
        parts = apart(entries(report))
        groups = chain.from_iterable(grouped(part, context.by, words) for part in parts)
        items = chain.from_iterable(group for _, group in groups)
        numbered = list(enumerate(items, 1))
        rows = [_entry(number, entry, words) for number, entry in numbered]
        if text := content.unlisted(report, words):
            rows.append(_of_report(words.say("not listed", "未掲載"), text))
        elif not rows:
            text = content.conclusion(report, words, bool(context.departments))
            rows.append(_of_report(words.say("result", "結果"), text))
        waived = len(rows)
        rows += (_waived(item, words) for item in report.waived)
        unused = UNUSED.of(words.lang)
        rows += (_of_report(unused, line) for line in unused_lines(report, words))
        rows += (_missed(reason, words) for reason in report.not_checked)
        heads = _heads(report, words)
        if context.since is not None:
            changes = [change_of(entry, context, words) for _, entry in numbered]
            rows = [[*row, *changes[at : at + 1]] for at, row in enumerate(rows)]
            rows += _since(context.since, words)
            heads.append(words.say("since last round", "前回から"))
        rows = [row + [""] * (len(heads) - len(row)) for row in rows]
        findings = {at: entry.main for at, (_, entry) in enumerate(numbered)}
        findings |= {at: item.finding for at, item in enumerate(report.waived, waived)}
        # Only a printed book has pages, and only texts have sentences: without them, the table
        # stays as programs know it.
        if context.pages:
            heads.append(words.say("page", "頁"))
            rows = [[*row, _page(findings.get(at), words)] for at, row in enumerate(rows)]
        if any(finding.sentence is not None for finding in findings.values()):
            heads.append(LABELS["sentence"].of(words.lang))
            rows = [[*row, _sentence(findings.get(at))] for at, row in enumerate(rows)]
        return csv_text(heads, rows)


def _sentence(finding: Finding | None) -> str:
    """The whole sentence of a text that a finding is about, its figures in brackets."""
    sentence = finding.sentence if finding is not None else None
    return "" if sentence is None else bracketed(sentence, max(len(sentence.text), LONGEST))


def _page(finding: Finding | None, words: Wording) -> str:
    """The page of a finding's sheet in the printed book."""
    if finding is None or finding.sheet is None:
        return ""
    return words.page(finding.document, finding.sheet.number)


_HEADS: Final = (
    *REPORT_HEADINGS,
    Text(en="sheet", ja="シート番号"),
    Text(en="project", ja="事業名"),
    Text(en="department", ja="所管課・室"),
    Text(en="KPI", ja="KPI番号"),
    Text(en="indicator", ja="指標"),
    Text(en="year", ja="年度"),
    Text(en="place", ja="場所"),
    Text(en="figures", ja="数値"),
    Text(en="cells", ja="該当箇所"),
    Text(en="computed", ja="計算上の値"),
    Text(en="printed", ja="記載の値"),
    Text(en="difference", ja="差"),
    Text(en="unit", ja="単位"),
    Text(en="suspect", ja="疑わしい欄"),
    Text(en="suspect's place", ja="疑わしい欄の場所"),
    Text(en="suspect printed", ja="疑わしい欄の記載の値"),
    Text(en="suspect computed", ja="疑わしい欄の計算上の値"),
    Text(en="certainty", ja="確からしさ"),
    Text(en="what to do", ja="対応"),
    Text(en="findings", ja="指摘の数"),
    Text(en="other findings", ja="ほかの指摘"),
    Text(en="id", ja="識別番号"),
)
_RECORD: Final = 5
"""The column of a record's number, headed by what its form calls it."""
_MESSAGE: Final = 3
"""The column of messages, in which a row that is no entry says what it has to."""
_ACTION: Final = 23
"""The column of what to do."""


def _heads(report: Report, words: Wording) -> list[str]:
    heads = [head.of(words.lang) for head in _HEADS]
    name = words.row_name(content.forms_of(report.documents))
    heads[_RECORD] = words.say(name, f"{name}番号")
    return heads


def _entry(number: int, entry: Entry, words: Wording) -> list[str]:
    finding, cause = entry.main, entry.cause
    sheet, kpi = finding.sheet, finding.kpi
    project = kpi.project if kpi else ""
    return [
        str(number),
        words.word(entry.counted_as),
        finding.rule,
        finding.message.of(words.lang),
        words.document(finding.document),
        str(sheet.number) if sheet else "",
        sheet.name if sheet else project,
        finding.department,
        str(kpi.number) if kpi else "",
        kpi.name if kpi else "",
        words.year(finding.year) if finding.year else "",
        next((words.place(cell.place) for cell in finding.cells if cell.place), ""),
        words.equation(finding.equation),
        words.listed([words.cell(part, finding) for part in finding.cells]),
        _amount(finding.expected),
        _amount(finding.actual),
        _amount(finding.difference),
        words.unit(finding.unit),
        *_suspect(entry, words),
        certainty(entry, words),
        finding.action.of(words.lang),
        str(len(entry.findings)),
        words.listed([titled(other, words) for other in entry.findings[1:]]),
        cause.id,
    ]


def _since(since: Since, words: Wording) -> Iterator[list[str]]:
    """A row for each earlier cause that is gone, and for each change of a figure or text."""
    for cause, change in since.earlier:
        message = cause.message.of(words.lang) if cause.message is not None else ""
        row = _about(words.word(cause.counted_as), cause.document, cause.sheet, cause.kpi, words)
        row[2] = cause.rules[0] if cause.rules else ""
        row[_MESSAGE] = message
        row[10] = words.year(cause.year) if cause.year else ""
        row[12] = words.equation(cause.equation)
        yield [*row[:-1], cause.id, words.word(change)]
    content = since.content or BookChanges()
    spots = [(spot_kind(spot, since), spot) for spot in content.spots]
    spots += ((UNCERTAIN, spot) for spot in content.uncertain)
    for kind, spot in spots:
        before, after = before_and_after(spot, words, whole=True)
        row = _about(kind.of(words.lang), spot.document, spot.sheet, spot.kpi, words)
        row[_MESSAGE] = words.labelled(spot_name(spot, words), f"{before} → {after}")
        row[10] = words.year(spot.year) if spot.year else ""
        side = spot.after or spot.before
        row[11] = words.place(side.place) if side is not None else ""
        yield row


def _about(
    kind: str,
    document: str,
    sheet: SheetReference | None,
    kpi: KpiReference | None,
    words: Wording,
) -> list[str]:
    """A row about a sheet or an indicator that is no entry."""
    row = _of_report(kind, "")
    row[4] = words.document(document)
    row[5] = str(sheet.number) if sheet else ""
    row[6] = sheet.name if sheet else ""
    row[7] = department_of(sheet, kpi)
    if kpi is not None:
        row[6], row[8], row[9] = kpi.project, str(kpi.number), kpi.name
    return row


def _waived(item: WaivedFinding, words: Wording) -> list[str]:
    """The row of a waived finding: its severity beside the mark, the reason in place of what to do,
    and its own id.
    """
    row = _entry(0, entry_of(item), words)
    row[0] = ""
    row[1] = words.listed([WAIVED.of(words.lang), words.word(item.finding.counted_as)])
    row[_ACTION] = justification(item.waiver, words)
    row[-1] = item.finding.id
    return row


def _suspect(entry: Entry, words: Wording) -> list[str]:
    """The likeliest cell, its place, what it prints and what it should say; several cells of one
    suspect stand beside each other. A worksheet that the finding's place names is not named again.
    """
    cells = proposed(entry) or chain.from_iterable(
        suspect.cells for suspect in entry.cause.suspects[:1]
    )
    cells = tuple(cell for cell in cells if cell.other_book is None)
    places = [place_of(cell, entry) for cell in cells]
    return [
        words.listed([suspect_name(cell, entry, words) for cell in cells]),
        words.listed([words.place_beside(place.place, entry.main) for place in places if place]),
        words.listed([_amount(cell.value) or printed_in(cell, words) for cell in cells]),
        words.listed([_amount(cell.corrected) or computed_for(cell, words) for cell in cells]),
    ]


def _amount(value: Decimal | None) -> str:
    return "" if value is None else plain_digits(value)


def _of_report(kind: str, text: str) -> list[str]:
    """A row that is about the whole report."""
    row = [""] * len(_HEADS)
    row[1], row[_MESSAGE] = kind, text
    return row


def _missed(reason: NotChecked, words: Wording) -> list[str]:
    row = [""] * len(_HEADS)
    row[1] = words.say("not checked", "点検できず")
    row[2] = reason.rule or ""
    row[_MESSAGE] = reason.why.of(words.lang)
    row[4] = reason.document or ""
    row[5] = str(reason.sheet) if reason.sheet is not None else ""
    return row


def totals_csv(books: Iterable[BookTotals], words: Wording) -> str:
    """Totals with a row for each field, unit and column."""
    say = words.say
    heads = [
        *(head.of(words.lang) for head in TOTALS_HEADINGS),
    ]
    heads += [
        say("total", "合計"),
        say("unit", "単位"),
        say("summed cells", "合計したセル"),
        say("blank cells", "空欄のセル"),
    ]
    heads.append(say("cells with text", "文字のセル"))
    return csv_text(heads, chain.from_iterable(_totals(book, words) for book in books))


def _totals(book: BookTotals, words: Wording) -> Iterator[list[str]]:
    for total in book.totals:
        yield [
            book.form,
            words.year(book.fiscal_year),
            book.department or "",
            words.field(total.field, form=book.form),
            words.year(total.year, total.kind),
            plain_digits(total.value) if total.summed else "",
            words.unit(total.unit),
            str(total.summed),
            str(total.blank),
            str(total.text),
        ]
