"""TXT042: a result is not the plan word for word."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT042"
name = "result-is-the-plan"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
since = "0.1"

[title]
en = "The result is word for word the plan"
ja = "実績が当初計画と一字一句同じです"
[why]
en = "What was planned is seldom what is reported in every word; the text may have been copied to be changed. Headings that a result repeats are not meant: an item counts only where it says nothing else."
ja = "計画の文がそのまま実績になっている場合、写したまま書き換えていないことがあります。見出しとして計画の文を繰り返し、その下に実績を書いている場合は対象になりません。"
[action]
en = "Say what was done."
ja = "実施した結果を書いてください。"

[[cases]]
form = "kushiro"
planned = "（１）広報紙の発行\\n　市民に市政を知らせるため、広報紙を毎月発行する。"
achieved = "（１）広報紙の発行\\n　市民に市政を知らせるため、広報紙を毎月発行した。"
outcome = "pass"

[[cases]]
form = "kushiro"
planned = "（１）広報紙の発行\\n　市民に市政を知らせるため、広報紙を毎月発行する。\\n（２）説明会"
achieved = "（１）広報紙の発行\\n　市民に市政を知らせるため、広報紙を毎月発行する。\\n（２）説明会\\n　３回開催した。"
outcome = "fail"

[[cases]]
form = "kushiro"
note = "a line of the plan as the heading of its result"
planned = "・市民に市政を知らせるため、広報紙を毎月発行する。\\n・説明会を開催する。"
achieved = "・市民に市政を知らせるため、広報紙を毎月発行する。\\n　◎12回発行した。\\n・説明会を開催する。\\n　◎３回開催した。"
outcome = "pass"
"""
)
def result_is_the_plan(row: Row) -> Verdict:
    """Spaces, line breaks and widths make no difference."""
    title = Text(en="The result is word for word the plan", ja="実績が当初計画と一字一句同じです")
    return quoting(row, _copied(row), title)


def _copied(row: Row) -> Iterator[Quote]:
    from auditor.narrative.repetition import said_as_planned

    for statement in said_as_planned(prose_of(row)):
        yield Quote.of_statement(statement)
