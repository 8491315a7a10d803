"""The workbook of all findings (点検結果.xlsx), for the section that asks the departments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.records.severities import QUESTION, SEVERITIES
from auditor.records.text import Text
from auditor.reports.beside import BesideName, beside
from auditor.reports.cards import CHECK_SOURCE
from auditor.reports.changes import changes_notes, changes_result, changes_tables
from auditor.reports.document_names import words_with_names
from auditor.reports.entries import QUESTIONS, QUESTIONS_NOTE, entries
from auditor.reports.findings import (
    conclusion,
    form_title,
    forms_of,
    left_out,
    narrowed,
    parts_listed,
    unchecked,
    unlisted,
    unread_table,
)
from auditor.reports.heading import occasion_facts, report_title
from auditor.reports.layout import plain
from auditor.reports.overview import changes_since, counted_in, department_name, overview
from auditor.reports.returned import (
    PASSED_OVER,
    RETURNED,
    passed_over_lines,
    returned_files,
)
from auditor.reports.waived import UNUSED, WAIVED, unused_lines, waived_table
from auditor.reports.wording import Wording
from auditor.reports.workbook.cells import Key, add_causes, columns_of, identity
from auditor.reports.workbook.changes import draw_changes
from auditor.reports.workbook.drawing import Cell, Column, Drawing, Linked, table_columns
from auditor.reports.workbook.links import NO_LINKS, Links, copy_of, external, internal
from auditor.reports.workbook.rows import (
    CauseRow,
    cause_rows,
    totals_sections,
)
from auditor.rules.findings import OUTCOMES

__all__ = ["WORKSHEETS", "findings_workbook"]

WORKSHEETS: Final = {
    "overview": Text(en="Whom to ask", ja="照会先一覧"),
    "causes": Text(en="Findings", ja="指摘一覧"),
    "waived": Text(en="Accepted", ja="確認済み"),
    "totals": Text(en="Totals", ja="合計"),
    "missed": Text(en="Not checked", ja="点検できなかったもの"),
    "documents": Text(en="Documents", ja="文書"),
    "rules": Text(en="Rules", ja="規則"),
}
"""The worksheets in their order."""
_QUESTIONS: Final = Text(en="May be asked about", ja="説明を求められそうな箇所")
"""One more, where there are such places."""
_RETURNED: Final = Text(en="Returned files", ja="返却ファイル")
"""One more, where marked copies came back."""
_BESIDE: Final[Mapping[BesideName, tuple[Text, Sequence[float]]]] = {
    "last-year": (Text(en="Last year", ja="前年度との対応"), (56, 56, 30)),
    "accounts": (Text(en="Accounts", ja="財務会計との照合"), (56, 56, 18, 46)),
}
"""One more for each that the audit had, with the widths of its columns."""

_NOT_THE_AUDITORS: Final = Text(
    en="This is no audit of the accounts by the auditors under the Local Autonomy Act "
    "(Article 233, paragraph 2).",
    ja="本点検は、監査委員による決算審査（地方自治法第233条第２項）ではありません。",
)
_WIDTHS: Final[dict[Key, float]] = {
    "number": 4,
    "severity": 7,
    "department": 10,
    "document": 11,
    "owner": 13,
    "subject": 10,
    "place": 8,
    "actual": 9.5,
    "expected": 9.5,
    "unit": 5,
    "message": 22,
    "candidates": 21,
    "certainty": 8,
    "action": 15,
    "following": 7,
    "rule": 7,
    "answer": 8,
    "reason": 9,
    "confirmation": 7,
    "id": 13,
}
_ASKED: Final[dict[Key, float]] = {
    "number": 4,
    "department": 14,
    "document": 16,
    "owner": 20,
    "subject": 14,
    "place": 8,
    "message": 60,
    "action": 40,
    "rule": 8,
}
"""The columns of what somebody may ask about."""
_WITH_CHANGES: Final[dict[Key, float]] = {
    "number": 4,
    "severity": 7,
    "change": 7,
    **_WIDTHS,
    "message": 19,
    "candidates": 16,
}
"""The widths where an earlier round tells what became of each cause."""
_WAIVED: Final = (32, 7, 32, 12, 32, 12, 16, 16)
"""The widths of the columns of waived findings."""
_SHOWN_COLUMNS: Final = 3
"""How many columns of the causes stay in sight at the left."""
_DIGITS: Final = 12
"""How many digits of a document's SHA-256 are shown."""


def findings_workbook(report: Report, context: ReportContext, links: Links = NO_LINKS) -> bytes:
    """The workbook, in the context's language. ``links`` lead to the documents or their copies;
    documents that have none there are named without a link.
    """
    words = words_with_names(report, context)
    title = report_title(report, context, words)
    drawing = Drawing(title, context.made_at, words)
    every_row = cause_rows(report, context)
    rows = [row for row in every_row if row.counted_as != QUESTION]
    _draw_overview(drawing, title, report, context, rows)
    _draw_causes(drawing, report, context, rows, links)
    questions = [row for row in every_row if row.counted_as == QUESTION]
    _draw_questions(drawing, context, questions, links)
    _draw_waived(drawing, report)
    if context.since is not None:
        draw_changes(drawing, changes_tables(context.since, context, words, whole=True))
    _draw_beside(drawing, report)
    _draw_totals(drawing, context)
    _draw_missed(drawing, report)
    _draw_returned(drawing, report)
    _draw_documents(drawing, report, links)
    _draw_rules(drawing, report, context)
    return drawing.finished()


def _name(key: str, words: Wording) -> str:
    return WORKSHEETS[key].of(words.lang)


# — whom to ask —


def _draw_overview(
    drawing: Drawing,
    title: str,
    report: Report,
    context: ReportContext,
    rows: list[CauseRow],
) -> None:
    words = drawing.words
    say, since = words.say, context.since is not None
    counted = counted_in(report)
    columns = [
        Column(say("department", "所管課・室"), 30),
        *(Column(words.word(name), 9, "count") for name in counted),
        Column(words.owners_name(forms_of(report.documents)), 10, "count"),
        Column(say("what it is about", "主な内容"), 72),
        *([Column(say("since last round", "前回から"), 18)] if since else []),
        Column(say("whom to ask", "連絡先"), 24),
    ]
    sheet = drawing.worksheet(_name("overview", words), columns)
    sheet.title(title)
    for text in _preface(report, context, words):
        sheet.line(text)
    sheet.gap()
    head = sheet.row
    sheet.head()
    causes, first = _name("causes", words), _first_rows(rows)
    departments = overview(report, context)
    for row in departments:
        name = department_name(row.department, words)
        at = first.get(row.department)
        link = Linked(name, internal(causes, f"A{at + 1}") if at is not None else "")
        counts = [*row.counts.values(), row.questions][: len(counted)]
        subjects = "\n".join(plain(subject) for subject in row.subjects)
        changes = [changes_since(row.department, report, context, words)] if since else []
        sheet.add([link, *counts, row.sheets, subjects, *changes, plain(row.contact)])
    if len(first) > 1:
        sums = [sum(row.counts[severity] for row in departments) for severity in SEVERITIES]
        sums += [report.questions] if report.questions else []
        nothing = [None] * (2 + since)
        sheet.add([say("all", "合計"), *sums, sum(row.sheets for row in departments), *nothing])
    sheet.repeat(head)
    sheet.gap()
    for note in (CHECK_SOURCE, _NOT_THE_AUDITORS):
        sheet.line(note.of(words.lang))
    sheet.line(identity(report, context, words))
    sheet.end()


def _preface(report: Report, context: ReportContext, words: Wording) -> Iterator[str]:
    """When and by whom the audit was made, its result, and what it did not check."""
    say = words.say
    for label, text in occasion_facts(context, words):
        if text:
            yield words.labelled(label, plain(text))
    result = conclusion(report, words, bool(context.departments))
    yield words.labelled(say("result", "結果"), result)
    if context.since is not None:
        texts = [changes_result(context.since, words), *changes_notes(context.since, words)]
        yield words.labelled(say("since last round", "前回から"), " ".join(texts))
    missing = words.listed(unchecked(report, words)) or say("none", "なし")
    yield words.labelled(say("not checked", "点検していないもの"), missing)
    for note in (narrowed(context, words), unlisted(report, words)):
        if note:
            yield note


def _first_rows(rows: list[CauseRow]) -> dict[str, int]:
    """In which row of the causes each department begins; the head is row 0."""
    first: dict[str, int] = {}
    for at, row in enumerate(rows, 1):
        first.setdefault(row.department, at)
    return first


# — the causes —


def _draw_causes(
    drawing: Drawing,
    report: Report,
    context: ReportContext,
    rows: list[CauseRow],
    links: Links,
) -> None:
    words = drawing.words
    widths = _WIDTHS if context.since is None else _WITH_CHANGES
    sheet = drawing.worksheet(_name("causes", words), columns_of(widths, context, words))
    sheet.head()
    add_causes(sheet, list(widths), rows, links, words)
    sheet.filter(0, _SHOWN_COLUMNS)
    note = unlisted(report, words)
    if note:
        sheet.gap()
        sheet.line(note)
    sheet.end()


def _draw_questions(
    drawing: Drawing, context: ReportContext, rows: list[CauseRow], links: Links
) -> None:
    """What somebody may ask about, where there is such, on a worksheet of its own."""
    if not rows:
        return
    words = drawing.words
    sheet = drawing.worksheet(_QUESTIONS.of(words.lang), columns_of(_ASKED, context, words))
    sheet.title(QUESTIONS.of(words.lang))
    sheet.line(QUESTIONS_NOTE.of(words.lang))
    head = sheet.row
    sheet.head()
    add_causes(sheet, list(_ASKED), rows, links, words)
    sheet.filter(head, 2)
    sheet.end()


# — what was accepted as it is —


def _draw_waived(drawing: Drawing, report: Report) -> None:
    words = drawing.words
    heads, rows, align = waived_table(report, words)
    sheet = drawing.worksheet(_name("waived", words), table_columns(heads, _WAIVED, align))
    sheet.line(WAIVED.of(words.lang))
    if rows:
        sheet.table(rows)
    else:
        sheet.line(words.say("There is none.", "ありません。"))
    lines = unused_lines(report, words)
    if lines:
        sheet.gap()
        sheet.line(UNUSED.of(words.lang))
    for text in lines:
        sheet.line(text)
    sheet.end()


# — last year's book, the accounts —


def _draw_beside(drawing: Drawing, report: Report) -> None:
    words = drawing.words
    for part in beside(report, words):
        name, widths = _BESIDE[part.name]
        heads, rows, align = part.table
        sheet = drawing.worksheet(name.of(words.lang), table_columns(heads, widths, align))
        sheet.line(part.title)
        sheet.line(part.summary)
        if rows:
            sheet.table(rows)
        sheet.end()


# — totals, what was not checked, documents, rules —


def _draw_totals(drawing: Drawing, context: ReportContext) -> None:
    words = drawing.words
    sections = totals_sections(context.books, context, words)
    years = max((len(section.columns) for section in sections), default=0)
    rest = words.say("not summed", "合計に含まないセル")
    columns = [
        Column(words.say("department", "所管課・室"), 26),
        Column(words.say("field", "項目"), 26),
        *(Column("", 16, "count") for _ in range(years)),
        Column(rest, 36),
    ]
    sheet = drawing.worksheet(_name("totals", words), columns)
    sheet.line(
        words.say(
            "Totals of the printed figures, to hold against the settlement of accounts.",
            "記載された数値の合計です。決算書との照合に使ってください。",
        )
    )
    for section in sections:
        empty = [""] * (years - len(section.columns))
        sheet.gap()
        sheet.line(section.heading)
        sheet.head([columns[0].head, columns[1].head, *section.columns, *empty, rest])
        head = sheet.row - 1
        for row in section.rows:
            whole = words.say("(all)", "（全体）")
            name = whole if row.department is None else department_name(row.department, words)
            sheet.add([name, row.label, *row.values, *(None for _ in empty), row.rest])
        if len(sections) == 1:
            sheet.filter(head, 2)
    if not sections:
        sheet.line(words.say("There are none.", "ありません。"))
    sheet.end()


def _draw_missed(drawing: Drawing, report: Report) -> None:
    words = drawing.words
    say = words.say
    columns = [
        Column(say("document", "文書"), 40),
        Column(words.row_name(forms_of(report.documents)), 20),
        Column(say("rule", "規則"), 14),
        Column(say("why", "理由"), 90),
    ]
    sheet = drawing.worksheet(_name("missed", words), columns)
    sheet.line(say("What could not be checked", "点検できなかったもの"))
    if report.not_checked:
        sheet.head()
    for reason in report.not_checked:
        number = ""
        if reason.sheet is not None:
            number = words.sheet(reason.sheet, document=reason.document or "")
        why = plain(reason.why.of(words.lang))
        document = words.document(reason.document) if reason.document else ""
        sheet.add([document, number, plain(reason.rule or ""), why])
    if not report.not_checked:
        sheet.line(say("There is none.", "ありません。"))
    heads, unread, _ = unread_table(report.documents, words)
    if unread:
        sheet.gap()
        sheet.line(say("Numbers that could not be read", "読み取れなかった数値"))
        sheet.head(heads)
        for row in unread:
            sheet.add(row)
    parts = parts_listed(report.documents, words)
    if parts:
        sheet.gap()
        sheet.line(say("Pages and worksheets without a sheet", "対象外のページ・ワークシート"))
        for text in parts:
            sheet.line(text)
    if report.passed_over:
        sheet.gap()
        sheet.line(PASSED_OVER.of(words.lang))
        for text in passed_over_lines(report, words):
            sheet.line(text)
    sheet.end()


def _draw_returned(drawing: Drawing, report: Report) -> None:
    """The copies that came back, where there are some, on a worksheet of their own."""
    if not report.returned:
        return
    words = drawing.words
    sheet = drawing.worksheet(_RETURNED.of(words.lang), [Column("", 120)])
    sheet.title(RETURNED.of(words.lang))
    for file in returned_files(report, words):
        sheet.gap()
        for text in (file.title, *file.lines):
            sheet.line(text)
    sheet.end()


def _draw_documents(drawing: Drawing, report: Report, links: Links) -> None:
    words = drawing.words
    say = words.say
    columns = [
        Column(say("document", "文書"), 64),
        Column(say("form", "様式"), 34),
        Column(say("fiscal year", "年度"), 14, "center"),
        Column(words.rows_name(forms_of(report.documents)), 8, "count"),
        Column("KPI", 8, "count"),
        Column(say("figures", "数値"), 9, "count"),
        Column(say("unread", "未読"), 8, "count"),
        Column(say("SHA-256 (first 12)", "SHA-256（先頭12桁）"), 16, "center"),
    ]
    sheet = drawing.worksheet(_name("documents", words), columns)
    sheet.head()
    for document in report.documents:
        copy = copy_of(document.path, "", links)
        cells: list[Cell] = [
            Linked(words.document(document.path), external(copy, None) if copy is not None else ""),
            form_title(document.form, words),
            words.year(document.fiscal_year),
            document.sheets,
            document.kpis,
            document.figures,
            len(document.unread),
            (document.sha256 or "")[:_DIGITS],
        ]
        sheet.add(cells)
    sheet.filter(0)
    sheet.end()


def _draw_rules(drawing: Drawing, report: Report, context: ReportContext) -> None:
    words = drawing.words
    say = words.say
    columns = [
        Column(say("rule", "規則"), 9, "center"),
        Column(say("title", "内容"), 76),
        Column(say("entries", "箇所"), 7, "count"),
        Column(say("findings", "指摘"), 7, "count"),
        *(Column(words.word(outcome), 12, "count") for outcome in OUTCOMES),
    ]
    sheet = drawing.worksheet(_name("rules", words), columns)
    sheet.head()
    mains = Counter(entry.main.rule for entry in entries(report))
    idle: list[str] = []
    for code, by_outcome in report.outcomes.items():
        counts = [mains[code], report.rule_counts.get(code, 0)]
        counts += [by_outcome.get(outcome, 0) for outcome in OUTCOMES]
        if not any(counts):
            idle.append(plain(code))
            continue
        rule = context.rules.get(code)
        title = plain(rule.file.title.of(words.lang)) if rule is not None else ""
        sheet.add([plain(code), title, *(count or None for count in counts)])
    sheet.filter(0)
    sheet.gap()
    if idle:
        name = say("Rules for which there was nothing to judge", "判定の対象がなかった規則")
        sheet.line(words.labelled(name, words.listed(idle)))
    note = left_out(report, context, words)
    if note:
        sheet.line(note)
    sheet.end()
