"""The report as a table for spreadsheets.

It has a row for each finding, and one for each thing that could not be checked.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.totals import BookTotals
from auditor.records.decimals import plain_digits
from auditor.records.model import NotChecked
from auditor.reports import findings as content
from auditor.reports.layout import plain
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding

__all__ = ["CsvReport", "csv_text", "totals_csv"]

_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_NAME: Final = 2
"""The column of the rule's name."""
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
        """A heading and a row for each finding, one that says where not all are listed, then one
        for each thing not checked.
        """
        words = content.wording_of(report, context)
        groups = content.grouped(report.findings, context.by, words)
        findings = chain.from_iterable(group for _, group in groups)
        rows = [_finding(finding, words) for finding in findings]
        more = [_unlisted(text, words)] if (text := content.unlisted(report, words)) else []
        rows += [*more, *(_missed(reason, words) for reason in report.not_checked)]
        if words.lang == "ja":  # the rules' names are English; a Japanese table has the codes alone
            rows = [[*row[:_NAME], *row[_NAME + 1 :]] for row in rows]
        return csv_text(_heads(words), rows)


def _heads(words: Wording) -> list[str]:
    say = words.say
    return [
        say("entry", "区分"),
        say("rule", "規則"),
        *(["name"] if words.lang == "en" else []),
        say("message", "内容"),
        say("document", "文書"),
        say("sheet", "シート番号"),
        say("project", "事業名"),
        say("department", "所管課・室"),
        say("KPI", "KPI番号"),
        say("indicator", "指標"),
        say("year", "年度"),
        say("place", "場所"),
        say("figures", "数値"),
        say("cells", "該当箇所"),
        say("expected", "計算上の値"),
        say("actual", "記載の値"),
        say("difference", "差"),
        say("unit", "単位"),
        say("what to do", "対応"),
        say("id", "指摘ID"),
    ]


def _finding(finding: Finding, words: Wording) -> list[str]:
    sheet, kpi = finding.sheet, finding.kpi
    project = kpi.project if kpi else ""
    return [
        words.word(finding.severity),
        finding.rule,
        finding.name,
        finding.message.of(words.lang),
        finding.document,
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
        finding.action.of(words.lang),
        finding.id,
    ]


def _amount(value: Decimal | None) -> str:
    return "" if value is None else plain_digits(value)


def _unlisted(text: str, words: Wording) -> list[str]:
    row = [""] * 20
    row[0], row[3] = words.say("not listed", "未掲載"), text
    return row


def _missed(reason: NotChecked, words: Wording) -> list[str]:
    row = [""] * 20
    row[0] = words.say("not checked", "検査できず")
    row[1] = reason.rule or ""
    row[3] = reason.why.of(words.lang)
    row[4] = reason.document or ""
    row[5] = str(reason.sheet) if reason.sheet is not None else ""
    return row


def totals_csv(books: Iterable[BookTotals], words: Wording) -> str:
    """Totals with a row for each field, unit and column."""
    say = words.say
    heads = [
        say("form", "様式"),
        say("fiscal year", "年度"),
        say("department", "所管課・室"),
        say("field", "項目"),
        say("column", "列"),
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
