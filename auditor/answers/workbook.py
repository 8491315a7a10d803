"""The answers as a workbook: what came back, every answer, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from auditor.answers.model import DONE, AnsweredCause, Answers, State
from auditor.answers.wording import (
    CHECKS,
    DEPARTMENT_ALIGN,
    DEPARTMENT_HEADS,
    NO_FORMS,
    STATES,
    conclusion,
    department_row,
    fault_line,
    next_steps,
    others_line,
    subtitle,
)
from auditor.records.own import ANSWERS_TITLE
from auditor.records.text import Text
from auditor.reports.acceptance import REASONS
from auditor.reports.findings import missed
from auditor.reports.layout import plain
from auditor.reports.overview import department_name
from auditor.reports.wording import Wording
from auditor.reports.workbook.answers import ANSWERS, CONFIRMATIONS
from auditor.reports.workbook.cells import HEADS
from auditor.reports.workbook.drawing import Cell, Column, Drawing, Look, table_columns

__all__ = ["WORKSHEETS", "answers_workbook"]

WORKSHEETS: Final = {
    "departments": ANSWERS_TITLE,
    "causes": Text(en="All answers", ja="回答一覧"),
    "faults": Text(en="To look at", ja="確認が必要な記入"),
}
_LOOKS: Final[Mapping[State, Look]] = {
    **dict.fromkeys(STATES, "error"),
    "asked_again": "warning",
    "checking": "warning",
    "unconfirmed": "warning",
    **dict.fromkeys(DONE, "note"),
}
_STATE: Final = 2
"""The column of the state among the answers."""


def answers_workbook(answers: Answers, words: Wording) -> bytes:
    """The workbook in the language of the words; texts of forms are texts only."""
    drawing = Drawing(ANSWERS_TITLE.of(words.lang), answers.made_at, words)
    _draw_departments(drawing, answers)
    _draw_causes(drawing, answers)
    _draw_faults(drawing, answers)
    return drawing.finished()


def _draw_departments(drawing: Drawing, answers: Answers) -> None:
    words = drawing.words
    widths = (26, 7, 7, 7, 26, 30)
    heads = [head.of(words.lang) for head in DEPARTMENT_HEADS]
    columns = table_columns(heads, widths, DEPARTMENT_ALIGN)
    columns.append(Column(words.say("what to do next", "次にすること"), 64))
    sheet = drawing.worksheet(WORKSHEETS["departments"].of(words.lang), columns)
    sheet.title(ANSWERS_TITLE.of(words.lang))
    sheet.line(subtitle(answers, words))
    sheet.line(conclusion(answers, words))
    sheet.gap()
    head = sheet.row
    sheet.head()
    for part in answers.departments:
        name, *_, until, forms = department_row(part, words)
        counts: list[Cell] = [part.entries, part.answered, part.open]
        steps = "\n".join(next_steps(part, words))
        look: Look = "error" if part.overdue else "text"
        sheet.add([name, *counts, until, forms, steps], {4: look})
    sheet.filter(head, 1)
    sheet.end()


def _draw_causes(drawing: Drawing, answers: Answers) -> None:
    words = drawing.words
    say, lang = words.say, words.lang
    columns = [
        Column(HEADS["number"].of(lang), 5, "center"),
        Column(HEADS["department"].of(lang), 20),
        Column(say("state", "状況"), 14, "center"),
        Column(HEADS["owner"].of(lang), 26),
        Column(HEADS["subject"].of(lang), 18),
        Column(HEADS["rule"].of(lang), 9, "center"),
        # Under the head of the forms, this workbook would be taken for one.
        Column(say("answer given", "回答"), 11, "center"),
        Column(HEADS["reason_kind"].of(lang), 12),
        Column(HEADS["reason"].of(lang), 36),
        Column(say("confirmation", "確認"), 9, "center"),
        Column(say("new version", "訂正版"), 12, "center"),
        Column(HEADS["id"].of(lang), 13, "faint", on_paper=False),
    ]
    sheet = drawing.worksheet(WORKSHEETS["causes"].of(lang), columns)
    head = sheet.row
    sheet.head()
    for cause in answers.causes:
        sheet.add(_row(cause, words), {_STATE: _LOOKS[cause.state]})
    sheet.filter(head, 3)
    sheet.end()


def _row(cause: AnsweredCause, words: Wording) -> list[Cell]:
    lang = words.lang
    return [
        cause.number,
        department_name(cause.department, words),
        STATES[cause.state].of(lang),
        cause.owner,
        cause.subject,
        plain(cause.rule),
        ANSWERS[cause.answer].of(lang) if cause.answer is not None else "",
        REASONS[cause.kind].of(lang) if cause.kind is not None else "",
        cause.reason,
        CONFIRMATIONS[cause.confirmation].of(lang),
        CHECKS[cause.check].of(lang) if cause.check is not None else "",
        cause.id,
    ]


def _draw_faults(drawing: Drawing, answers: Answers) -> None:
    words = drawing.words
    numbers = {cause.id: cause.number for cause in answers.causes}
    lines = [fault_line(fault, numbers, words) for fault in answers.faults]
    lines += [missed(reason, words) for reason in answers.unread]
    if answers.others:
        lines.append(words.labelled(NO_FORMS.of(words.lang), others_line(answers, words)))
    if not lines:
        return
    column = Column(WORKSHEETS["faults"].of(words.lang), 140)
    sheet = drawing.worksheet(WORKSHEETS["faults"].of(words.lang), [column])
    sheet.table([line] for line in lines)
    sheet.end()
