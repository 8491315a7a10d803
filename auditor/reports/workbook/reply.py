"""A department's form for its answers (回答票.xlsx), which comes back filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.records.severities import QUESTION
from auditor.records.text import Text
from auditor.reports.cards import CHECK_SOURCE
from auditor.reports.document_names import words_with_names
from auditor.reports.entries import QUESTIONS_NOTE
from auditor.reports.heading import report_title
from auditor.reports.layout import plain
from auditor.reports.overview import NEEDING_ANSWER, department_name
from auditor.reports.wording import Wording
from auditor.reports.workbook.answers import ANSWERS
from auditor.reports.workbook.cells import (
    Key,
    add_causes,
    columns_of,
    confirmation_head,
    identity,
)
from auditor.reports.workbook.drawing import Drawing
from auditor.reports.workbook.links import NO_LINKS, Links
from auditor.reports.workbook.rows import CauseRow, cause_rows

__all__ = ["WORKSHEETS", "reply_form"]

WORKSHEETS: Final = {
    "answers": Text(en="Answers", ja="回答票"),
    "notes": Text(en="Notes", ja="参考"),
    "questions": Text(en="May be asked about", ja="説明を求められそうな箇所"),
}
"""The worksheets; those of notes and of what the department may be asked about are there where it
has some.
"""

_FOR_INFORMATION: Final = Text(
    en="For your information; no answer is needed.",
    ja="参考としてお知らせするものです。回答は不要です。",
)
_TITLE: Final = Text(en="Reply form", ja="回答票")
_CAUSE: Final[dict[Key, float]] = {
    "number": 4,
    "severity": 7,
    "document": 13,
    "owner": 15,
    "subject": 12,
    "place": 8,
    "actual": 10.5,
    "expected": 10.5,
    "unit": 5,
    "message": 24,
    "candidates": 22,
    "certainty": 10,
}
_ANSWERED: Final[dict[Key, float]] = {
    **_CAUSE,
    "answer": 9,
    "reason_kind": 9,
    "reason": 15,
    "confirmation": 8,
    "id": 13,
}
_NOTED: Final[dict[Key, float]] = {**_CAUSE, "action": 24}


def reply_form(
    report: Report, context: ReportContext, department: str, links: Links = NO_LINKS
) -> bytes:
    """The form of a department, for those of its causes that need an answer; its notes, and what it
    may be asked about, stand on worksheets of their own.

    ``report`` is of the whole audit: numbers and key are the same as in the workbook of all
    findings. ``links`` are relative to the folder of the department. A department without causes
    gets a form without rows.
    """
    words = words_with_names(report, context)
    rows = cause_rows(report, context, department)
    name = department_name(department, words)
    title = words.say(f"{_TITLE.en} ({name})", f"{_TITLE.ja}（{name}）")
    drawing = Drawing(title, context.made_at, words, "reply_form")
    answered = [row for row in rows if row.severity in NEEDING_ANSWER]
    notes = [row for row in rows if row.counted_as == "note"]
    questions = [row for row in rows if row.counted_as == QUESTION]
    _draw_answers(drawing, name, answered, report, context, links)
    if notes:
        _draw_notes(drawing, WORKSHEETS["notes"], _FOR_INFORMATION, notes, context, links)
    if questions:
        _draw_notes(drawing, WORKSHEETS["questions"], QUESTIONS_NOTE, questions, context, links)
    return drawing.finished()


def _draw_answers(
    drawing: Drawing,
    department: str,
    rows: list[CauseRow],
    report: Report,
    context: ReportContext,
    links: Links,
) -> None:
    words = drawing.words
    sheet = drawing.worksheet(
        WORKSHEETS["answers"].of(words.lang), columns_of(_ANSWERED, context, words)
    )
    sheet.title(_TITLE.of(words.lang))
    for text in _preface(department, report, context, words):
        sheet.line(text)
    for number, text in enumerate(_how_to(context, words), 1):
        sheet.line(words.say(f"{number}. {text}", f"（{number}）{text}"))
    sheet.line(identity(report, context, words))
    sheet.gap()
    head = sheet.row
    sheet.head()
    add_causes(sheet, list(_ANSWERED), rows, links, words)
    sheet.filter(head, 2)
    sheet.protect()
    sheet.end()


def _preface(
    department: str, report: Report, context: ReportContext, words: Wording
) -> Iterator[str]:
    say, letter = words.say, context.settings.letter
    yield words.labelled(say("subject", "件名"), plain(report_title(report, context, words)))
    yield words.labelled(say("department", "所管課・室"), department)
    if letter.deadline is not None:
        yield words.labelled(say("answer by", "回答期限"), words.date(letter.deadline))
    if letter.reply_to:
        yield words.labelled(say("reply to", "回答先"), plain(letter.reply_to))


def _how_to(context: ReportContext, words: Wording) -> list[str]:
    """How the form is filled in."""
    corrected, as_printed, checking = (text.of(words.lang) for text in ANSWERS.values())
    office = confirmation_head(context, words)
    return [
        CHECK_SOURCE.of(words.lang),
        words.say(
            f'Choose "{corrected}", "{as_printed}" or "{checking}" as the answer for each row.',
            f"行ごとに、「所管課回答」の欄で「{corrected}」「{as_printed}」「{checking}」の"
            "いずれかを選んでください。",
        ),
        words.say(
            f'For "{as_printed}", choose the kind of reason and write down the reason.',
            f"「{as_printed}」の場合は、「理由の区分」を選び、「理由」を記入してください。",
        ),
        words.say(
            f'Leave "{office}" as it is. Do not delete rows or change the column for reference.',
            f"「{office}」の欄は記入しないでください。行の削除や「照合用」の欄の変更は"
            "しないでください。",
        ),
    ]


def _draw_notes(
    drawing: Drawing,
    name: Text,
    note: Text,
    rows: list[CauseRow],
    context: ReportContext,
    links: Links,
) -> None:
    words = drawing.words
    sheet = drawing.worksheet(name.of(words.lang), columns_of(_NOTED, context, words))
    sheet.line(note.of(words.lang))
    head = sheet.row
    sheet.head()
    add_causes(sheet, list(_NOTED), rows, links, words)
    sheet.filter(head, 2)
    sheet.protect()
    sheet.end()
