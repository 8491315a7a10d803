"""TXT001: no filler is left over in the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import auditor
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.quotes import Quote, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables
    from auditor.narrative.words import Words

OF_SHEET: Final = (
    "name",
    "department",
    "category",
    "purpose",
    "planned",
    "achieved",
    "undivided",
    "captions",
)
OF_EVALUATION: Final = ("issues", "direction", "reason")


def _settle(tables: Tables) -> Settled:
    """A sheet passes if nothing in its texts is anything like a filler."""
    from auditor.narrative.slips import maybe_fillers
    from auditor.narrative.words import words_of

    maybe = maybe_fillers(words_of(tables.form))
    maybe_in_list = rf"{maybe}|\\u"  # a list may write signs by number
    doubtful = [
        tables.matching("sheet", OF_SHEET, maybe),
        tables.matching("sheet", ["plans"], maybe_in_list),
    ]
    if tables.has("evaluation"):
        doubtful.append(tables.matching("evaluation", OF_EVALUATION, maybe))
    return tables.settled(tables.flagged("sheet", *doubtful), ("#flagged", None), otherwise="pass")


@auditor.rule(
    """
code = "TXT001"
name = "leftover-filler"
severity = "warning"
each = "sheet"
looks_at = "undecided"
since = "0.1"

[title]
en = "Leftover filler in the text"
ja = "仮の文字が残っています"
[why]
en = "Text such as あああ, ○○○, ●●課, XX人, ○月○日, （要確認） or TODO was typed to be replaced, and went into print in real reports."
ja = "「あああ」「○○○」「●●課」「XX人」「○月○日」「（要確認）」「TODO」などは、後で書き換えるつもりの仮の文字です。実際の報告書でも、残ったまま印刷されたことがあります。"
[action]
en = "Replace it by the text that was meant."
ja = "正しい文に書き換えてください。"

[[cases]]
form = "kushiro"
name = "企画事業"
purpose = "○市民との協働"
outcome = "pass"

[[cases]]
form = "kushiro"
name = "企画事業"
purpose = "あああああ"
outcome = "fail"
equation = "「あああああ」"

[[cases]]
form = "kushiro"
name = "○○○事業"
outcome = "fail"

[[cases]]
form = "kushiro"
name = "企画事業"
achieved = "○人材の育成\\n○日程の調整\\n・\\n●●課題●●"
outcome = "pass"

[[cases]]
form = "kushiro"
name = "企画事業"
achieved = "○月○日に開催し、XX人が参加した。（要確認）"
outcome = "fail"
equation = "「○月○日」 · 「XX」 · 「（要確認）」"
""",
    settle=_settle,
)
def leftover_filler(row: Row) -> Verdict:
    """All texts of the sheet are searched; the finding shows what was found and in which section."""
    from auditor.narrative.words import words_of

    assert row.sheet is not None
    words = words_of(row.form)
    title = Text(en="Leftover filler in the text", ja="仮の文字が残っています")
    return quoting(row, _fillers(row.sheet, words), title)


def _fillers(sheet: Sheet, words: Words) -> Iterator[Quote]:
    from auditor.narrative.folding import folded
    from auditor.narrative.slips import fillers

    said = ((year, section, text) for year, section, text in _texts(sheet) if text)
    for year, section, text in said:
        for span in fillers(folded(text), words):
            yield Quote.of_text(text, span, section, year)


def _texts(sheet: Sheet) -> Iterator[tuple[str | None, str, str]]:
    """The texts of a sheet with their fields; those of an evaluation have its year, too."""
    for section in OF_SHEET:
        yield None, section, str(getattr(sheet, section))
    for plan in sheet.plans:
        yield None, "plans", plan
    for year, evaluation in sheet.evaluations.items():
        yield year, "issues", evaluation.issues
        yield year, "direction", evaluation.direction
        yield year, "reason", evaluation.reason or ""
