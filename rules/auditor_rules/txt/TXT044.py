"""TXT044: no particle stands twice."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT044"
name = "doubled-particle"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
since = "0.1"

[title]
en = "A particle stands twice"
ja = "助詞が重なっています"
[why]
en = "「推進をを図る」 and 「体制を強化を行う」 are what is left when half of a sentence is changed. Words that only look like it (ものの, 市とともに, 街ににぎわい) are not meant."
ja = "「推進をを図る」「体制を強化を行う」のような重なりは、文の一部だけを書き換えたときに残ります。「ものの」「市とともに」「街ににぎわい」のように正しい言い方は対象になりません。"
[action]
en = "Read the sentence again and take one of the two out."
ja = "文を読み直し、余分な助詞を除いてください。"

[[cases]]
form = "kushiro"
achieved = "参加者は増加したものの、街ににぎわいを取り戻すため、市民とともに事業の推進を図った。今年度ははじめて子どもがんばる教室を開いた。"
outcome = "pass"

[[cases]]
form = "kushiro"
achieved = "・事業の推進をを図った。"
outcome = "fail"
equation = "「推進をを図っ」"

[[cases]]
form = "kushiro"
note = "two objects of one verb, broken over two lines"
purpose = "受入体制を\\n強化を図り、市民にに周知する。"
outcome = "fail"
"""
)
def doubled_particle(row: Row) -> Verdict:
    """All prose of the sheet is searched; the finding shows a few characters around each place."""
    title = Text(en="A particle stands twice", ja="助詞が重なっています")
    return quoting(row, _doubled(row), title)


def _doubled(row: Row) -> Iterator[Quote]:
    from auditor.narrative.slips import statements_with_doubled, with_neighbours

    for section in prose_of(row).sections:
        for statement, span in statements_with_doubled(section):
            words = with_neighbours(statement.printed, span)
            yield Quote.of_statement(statement, span, words)
