"""Findings on what a sheet's text says: rules in Python that quote its sentences, one of which
asks a question.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import auditor
from auditor.auditing.report import Report
from auditor.records.figures import Place
from auditor.records.model import Book, Document, Sheet
from auditor.records.sentences import Mark, Sentence, passage
from auditor.rules import PASS, Row, Verdict, failed

DOCUMENT: Final = "報告書/本文.txt"
ACHIEVED: Final = (
    "　窓口での手続を見直した。手続のうち電子申請を受け付けたものは、\n"
    "9,880件中9,864件（利用率98.9％）であった。\n"
    "・講座は目標の12回に対し9回の開催となった。来年度は回数を増やす。"
)
FIGURES: Final = {"whole": "9,880件", "part": "9,864件", "ratio": "98.9％"}


def _marked(text: str, names: dict[str, str]) -> Sentence:
    """The passage of a text with these figures, each marked under its name."""
    spans = [(text.index(figure), text.index(figure) + len(figure)) for figure in names.values()]
    quoted = passage(text, spans, "achieved")
    named = (
        Mark(start=mark.start, end=mark.end, name=name)
        for mark, name in zip(quoted.marks, names, strict=True)
    )
    return quoted.model_copy(update={"marks": tuple(named)})


@auditor.rule(
    """
code = "PRS001"
name = "share-of-text"
severity = "error"
each = "sheet"
since = "1"
title = { en = "The share in the text does not fit", ja = "文中の割合が合いません" }
why = { en = "A share follows from its figures.", ja = "割合は数値から決まります。" }
action = { en = "Check the three figures.", ja = "３つの数値を確かめてください。" }
"""
)
def share(row: Row) -> Verdict:
    if row.sheet is None or "9,880件" not in row.sheet.achieved:
        return PASS
    return failed(
        (row, "achieved"),
        equation="98.9% ≠ 9,864件 ÷ 9,880件 = 99.8%",
        expected=Decimal("99.8"),
        actual=Decimal("98.9"),
        difference=Decimal("-0.9"),
        unit="%",
        sentence=_marked(row.sheet.achieved, FIGURES),
    )


@auditor.rule(
    """
code = "PRS002"
name = "target-missed"
severity = "note"
question = true
each = "sheet"
since = "1"
title = { en = "The text names a target that was missed", ja = "目標を下回ったと書かれています" }
why = { en = "A council asks why.", ja = "議会で理由を聞かれることがあります。" }
action = { en = "Have the reason ready.", ja = "理由を説明できるようにしておいてください。" }
"""
)
def missed(row: Row) -> Verdict:
    if row.sheet is None or "目標の12回" not in row.sheet.achieved:
        return PASS
    figures = {"target": "12回", "actual": "9回"}
    return failed((row, "achieved"), sentence=_marked(row.sheet.achieved, figures))


def prose_book(text: str = ACHIEVED) -> Book:
    """A book of one sheet with this result."""
    sheet = Sheet(
        document=DOCUMENT,
        number=1,
        name="手続案内事業",
        fiscal_year=2024,
        department="総務部 総務課",
        achieved=text,
        places={"achieved": Place(line=12)},
    )
    document = Document.of(DOCUMENT, "kushiro", 2024, (sheet,))
    return Book(form="kushiro", fiscal_year=2024, documents=(document,), sheets=(sheet,))


def prose_report(text: str = ACHIEVED) -> Report:
    """The audit of that book: an error and a place that may be asked about."""
    return auditor.audit(prose_book(text), [share, missed])
