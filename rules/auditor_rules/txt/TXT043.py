"""TXT043: no text ends in the middle of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict

_LAST: Final = 20
"""So many characters of the end are shown."""


@auditor.rule(
    """
code = "TXT043"
name = "sentence-cut-off"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
since = "0.1"

[title]
en = "A text ends in the middle of a sentence"
ja = "文章が途中で切れています"
[why]
en = "A text that ends with a comma, a particle or an open bracket was cut off: by the size of a cell, a limit of characters, or while it was copied."
ja = "読点や助詞、閉じていないかっこで終わる文章は、欄の大きさや文字数の制限、写す途中の誤りなどで、途中で切れたものとみられます。"
[action]
en = "Complete the text from its source."
ja = "元の文章を確かめ、続きを補ってください。"

[[cases]]
form = "kushiro"
purpose = "市民の健康増進を図る。"
achieved = "・講座の開催\\n・参加者　100名（うち市職員14名）\\n・すべての世代が安心して暮らせるまちへ"
outcome = "pass"

[[cases]]
form = "kushiro"
purpose = "厳しい財政状況の中で自主財源を確保するため、寄附者に対し特産品の"
outcome = "fail"
equation = "「財源を確保するため、寄附者に対し特産品の」"

[[cases]]
form = "kushiro"
note = "a bracket that is never closed"
achieved = "市民講座を10回開催した（参加者100名"
outcome = "fail"
"""
)
def sentence_cut_off(row: Row) -> Verdict:
    """The ends of all texts but captions, and of the items of their lists, are looked at."""
    title = Text(en="A text ends in the middle of a sentence", ja="文章が途中で切れています")
    return quoting(row, _cut(row), title)


def _cut(row: Row) -> Iterator[Quote]:
    from auditor.narrative.endings import cut_off

    for section in prose_of(row).sections:
        for statement in cut_off(section):
            yield Quote.of_statement(statement, words=statement.printed[-_LAST:])
