"""TXT050: what was planned and not done."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, around, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT050"
name = "stated-as-not-done"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
question = true
since = "0.1"

[title]
en = "The result says that something was not done"
ja = "実施していないことが実績に書かれています"
[why]
en = "実績なし, 見送り and 中止 are no errors. Councils ask why, and what became of the budget."
ja = "「実績なし」「見送り」「中止」という記載は誤りではありませんが、理由や予算の扱いについて議会で説明を求められやすい点です。"
[action]
en = "Have the reason at hand."
ja = "理由を説明できるようにしておいてください。"

[[cases]]
form = "kushiro"
achieved = "雨天中止の場合は順延とした。令和５年度は中止したが、令和６年度は３回開催した。売却物件　なし"
outcome = "pass"

[[cases]]
form = "kushiro"
achieved = "（１）出前講座の実施\\n　実績なし（申請なし）\\n（２）会議の開催は見送った。"
outcome = "fail"
equation = "「実績なし（申請なし）」 · 「会議の開催は見送った。」"

[[cases]]
form = "kushiro"
note = "of another year"
achieved = "令和５年度実績なし"
outcome = "pass"
"""
)
def stated_as_not_done(row: Row) -> Verdict:
    """Plans, issues and directions are not searched."""
    title = Text(
        en="The result says that something was not done",
        ja="実施していないことが実績に書かれています",
    )
    return quoting(row, _not_done(row), title)


def _not_done(row: Row) -> Iterator[Quote]:
    from auditor.narrative.endings import not_done

    for statement, start, end in not_done(prose_of(row)):
        words = around(statement.printed, start, end)
        yield Quote.of_statement(statement, (start, end), words)
