"""The columns of both workbooks, and what stands in them for a cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.records.text import Text
from auditor.reports.acceptance import REASONS
from auditor.reports.entries import LABELS
from auditor.reports.heading import round_in_text
from auditor.reports.overview import NEEDING_ANSWER, department_name
from auditor.reports.wording import Wording
from auditor.reports.workbook.answers import ANSWERS, CONFIRMATIONS, choices
from auditor.reports.workbook.drawing import Cell, Column, DropDown, Linked, Look, Sheet
from auditor.reports.workbook.links import Links, copy_of, external
from auditor.reports.workbook.rows import CauseRow, audit_key

__all__ = [
    "HEADS",
    "NO_ANSWER",
    "Key",
    "add_causes",
    "columns_of",
    "confirmation_head",
    "identity",
]

Key = Literal[
    "number",
    "severity",
    "change",
    "department",
    "document",
    "owner",
    "subject",
    "place",
    "actual",
    "expected",
    "unit",
    "message",
    "candidates",
    "certainty",
    "action",
    "following",
    "rule",
    "answer",
    "reason_kind",
    "reason",
    "confirmation",
    "id",
]
"""A column of causes."""

HEADS: Final[Mapping[Key, Text]] = {
    "number": Text(en="no.", ja="番号"),
    "severity": Text(en="severity", ja="重要度"),
    "change": Text(en="since last round", ja="前回から"),
    "department": Text(en="department", ja="所管課・室"),
    "document": Text(en="document", ja="文書"),
    "owner": Text(en="sheet, project", ja="シート・事業名"),
    "subject": Text(en="field, year", ja="項目・年度"),
    "place": Text(en="cell, page", ja="セル・頁"),
    "actual": LABELS["actual"],
    "expected": LABELS["expected"],
    "unit": Text(en="unit", ja="単位"),
    "message": Text(en="what does not agree", ja="内容"),
    "candidates": LABELS["candidates"],
    "certainty": LABELS["certainty"],
    "action": LABELS["action"],
    "following": Text(en="settled with it", ja="あわせて解消する指摘"),
    "rule": Text(en="rule", ja="規則"),
    "answer": Text(en="answer", ja="所管課回答"),
    "reason_kind": Text(en="kind of reason", ja="理由の区分"),
    "reason": Text(en="reason", ja="理由"),
    "id": Text(en="for reference", ja="照合用"),
}
"""The heads of the columns; that of ``confirmation`` is named after the section."""
_LOOKS: Final[Mapping[Key, Look]] = {
    "number": "center",
    "place": "center",
    "actual": "count",
    "expected": "count",
    "unit": "center",
    "rule": "center",
    "answer": "answer",
    "reason_kind": "answer",
    "reason": "answer",
    "confirmation": "answer",
    "id": "faint",
}
_IN_ENGLISH: Final[Mapping[Key, float]] = {
    "unit": 4,
    "answer": 1,
    "confirmation": 2,
    "owner": -1,
    "message": -3,
    "candidates": -3,
}
"""How much wider columns are in English, whose words are not broken."""
_ANSWERED: Final[frozenset[Key]] = frozenset({"answer", "reason_kind", "reason", "confirmation"})
_VALUES: Final[tuple[Key, ...]] = ("actual", "expected")
_CHOOSE: Final = Text(en="Choose from the list.", ja="一覧から選んでください。")
NO_ANSWER: Final = Text(en="no answer needed", ja="回答不要")


def confirmation_head(context: ReportContext, words: Wording) -> str:
    """The head of what the compiling section confirms: 財政課確認, by its own name."""
    name = context.settings.office.name or words.say("the finance section", "財政課")
    return words.say(f"confirmed by {name}", f"{name}確認")


def identity(report: Report, context: ReportContext, words: Wording) -> str:
    """A line by which a workbook is held against its audit: date, round and key."""
    parts = [words.say(f"key {audit_key(report)}", f"鍵 {audit_key(report)}")]
    if context.occasion is not None:
        parts.insert(0, round_in_text(context.occasion.round, words))
        if context.made_at is not None:
            parts.insert(0, context.made_at.date().isoformat())
    return words.labelled(HEADS["id"].of(words.lang), words.say(", ", "　").join(parts))


def columns_of(widths: Mapping[Key, float], context: ReportContext, words: Wording) -> list[Column]:
    """The columns with some widths, in half-width characters. The ids are not printed."""
    if words.lang == "en":
        widths = {key: width + _IN_ENGLISH.get(key, 0) for key, width in widths.items()}
    heads = {key: text.of(words.lang) for key, text in HEADS.items()}
    heads["confirmation"] = confirmation_head(context, words)
    heads["owner"] = words.owner_head()
    return [
        Column(heads[key], width, _LOOKS.get(key, "text"), on_paper=key != "id")
        for key, width in widths.items()
    ]


def add_causes(
    sheet: Sheet,
    keys: list[Key],
    rows: list[CauseRow],
    links: Links,
    words: Wording,
) -> None:
    """Add a row for each cause, with lists to choose answers from where there are such columns."""
    first = sheet.row
    for row in rows:
        cells = _cells(row, links, words)
        looks = _looks(row)
        by_column: dict[int, Look] = {
            keys.index(key): look for key, look in looks.items() if key in keys
        }
        sheet.add([cells[key] for key in keys], by_column)
    lists: dict[Key, list[str]] = {
        "answer": choices(ANSWERS, words.lang),
        "reason_kind": choices(REASONS, words.lang),
        "confirmation": choices(CONFIRMATIONS, words.lang),
    }
    for key, entries in lists.items():
        if key in keys:
            column = keys.index(key)
            options = DropDown(entries, sheet.columns[column].head, _CHOOSE.of(words.lang))
            sheet.drop_down(column, first, options)


def _looks(row: CauseRow) -> dict[Key, Look]:
    """The looks of a row's cells that differ from those of their columns."""
    looks: dict[Key, Look] = {"severity": row.severity}
    looks |= {key: "text" for key in _VALUES if isinstance(getattr(row, key), str)}
    if row.severity not in NEEDING_ANSWER:
        looks |= dict.fromkeys(_ANSWERED, "text")
    return looks


def _cells(row: CauseRow, links: Links, words: Wording) -> dict[Key, Cell]:
    copy = copy_of(row.source, row.department, links)
    link = external(copy, row.at) if copy is not None else ""
    place = row.place or (words.say("open", "開く") if link else "")
    needs_answer = row.severity in NEEDING_ANSWER
    open_ = CONFIRMATIONS["open"].of(words.lang)
    return {
        "number": row.number,
        "severity": words.word(row.counted_as),
        "change": row.change,
        "department": department_name(row.department, words),
        "document": row.document,
        "owner": row.owner,
        "subject": row.subject,
        # The only link of a row: LibreOffice does not wrap one, and a place is short.
        "place": Linked(place, link),
        "actual": row.actual,
        "expected": row.expected,
        "unit": row.unit,
        "message": row.message,
        "candidates": row.candidates,
        "certainty": row.certainty,
        "action": row.action,
        "following": row.following,
        "rule": row.rule,
        "answer": None if needs_answer else NO_ANSWER.of(words.lang),
        "reason_kind": None,
        "reason": None,
        "confirmation": open_ if needs_answer else None,
        "id": row.id,
    }
