"""TXT026: what the plan dates took place on the days that it names."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT026"
name = "days-of-plan-and-result"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
optional = true
since = "0.1"

[title]
en = "The result names other days than the plan"
ja = "実績の日程が当初計画と異なります"
[why]
en = "Where plan and result print days under the same heading with the same label (会期, 日時), the days are compared. Schedules change for good reasons, so this rule works only where it is asked for."
ja = "当初計画と実績の同じ見出しに、同じ項目名（会期・日時など）で日程が書かれている場合に比べます。日程の変更はよくあるため、指定した場合だけ点検します。"
[action]
en = "Look up the days; if the schedule was changed, no change of the text is needed."
ja = "日程を確認してください。日程を変更したのであれば、訂正は不要です。"

[[cases]]
form = "kushiro"
planned = "【展示会】\\n　会期：令和６年１１月２９日（金）～１２月１日（日）"
achieved = "【展示会】　写真①\\n　会期：令和６年１１月２９日（金）～１２月１日（日）"
outcome = "pass"

[[cases]]
form = "kushiro"
planned = "【展示会】\\n　会期：令和６年１１月２９日（金）～１２月１日（日）"
achieved = "【展示会】　写真①\\n　会期：令和６年１１月３０日（土）、令和７年１月１１日（土）"
outcome = "fail"

[[cases]]
form = "kushiro"
note = "something else"
planned = "【展示会】\\n　会期：令和６年１１月２９日（金）～１２月１日（日）"
achieved = "【表彰式】\\n　会期：令和６年１１月３０日（土）"
outcome = "pass"
"""
)
def days_of_plan_and_result(row: Row) -> Verdict:
    """The finding shows the days of the plan and of the result."""
    title = Text(
        en="The result names other days than the plan",
        ja="実績の日程が当初計画と異なります",
    )
    return quoting(row, _quotes(row), title)


def _quotes(row: Row) -> Iterator[Quote]:
    from auditor.narrative.schedules import moved

    for change in moved(prose_of(row)):
        for statement in (change.achieved, change.planned):
            days = statement.tokens.days
            yield Quote.of_statement(statement, (days[0].start, days[-1].end))
