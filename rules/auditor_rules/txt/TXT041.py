"""TXT041: a result is not in the future tense."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT041"
name = "result-still-planned"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
since = "0.1"

[title]
en = "The result still speaks of its year in the future tense"
ja = "実績が、当該年度について予定の書き方のままです"
[why]
en = "「実施する予定である」 was copied from the plan into the result. What is planned for later years is not meant: a sentence counts where it names the sheet's own year, or where its item says nothing else."
ja = "「令和６年度に実施する予定である」のような文は、計画から写したまま書き換えていないことがあります。当該年度を指す文と、ほかに何も書かれていない項目だけを対象とし、翌年度以降の予定は対象にしません。"
[action]
en = "Say what was done."
ja = "実施した結果を書いてください。"

[[cases]]
form = "kushiro"
achieved = "研修会を３回開催した。結果は次年度に公表する予定である。令和６年度の結果を踏まえ、見直していく。"
outcome = "pass"

[[cases]]
form = "kushiro"
achieved = "研修会を３回開催した。\\n令和６年度は広報紙を作成する予定である。"
outcome = "fail"
equation = "「令和６年度は広報紙を作成する予定である。」"

[[cases]]
form = "kushiro"
note = "an item that says nothing but what is planned"
achieved = "（１）研修会\\n　３回開催した。\\n（２）説明会\\n　市民を対象に実施する予定。"
outcome = "fail"
equation = "「市民を対象に実施する予定。」"

[[cases]]
form = "kushiro"
note = "no year is named, and something was done"
achieved = "研修会を開催した。報告書はホームページで公表する予定。"
outcome = "pass"
"""
)
def result_still_planned(row: Row) -> Verdict:
    """Only the section of results is read: directions and issues speak of the future by nature."""
    title = Text(
        en="The result still speaks of its year in the future tense",
        ja="実績が、当該年度について予定の書き方のままです",
    )
    return quoting(row, _planned(row), title)


def _planned(row: Row) -> Iterator[Quote]:
    from auditor.narrative.endings import still_planned

    for statement in still_planned(prose_of(row)):
        yield Quote.of_statement(statement)
