"""TXT023: a period ends after it begins, and is as long as the text says."""

from __future__ import annotations

from typing import Final

import auditor
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed

_UNITS: Final = {"日": ("days", "日間"), "月": ("months", "か月間"), "年": ("years", "年間")}


@auditor.rule(
    """
code = "TXT023"
name = "period-of-another-length"
severity = "error"
# Fewer days than the period has may be those on which something took place.
severity_when = { note = 'present(stated_span) and stated_span < span', warning = 'within != "sentence"' }
each = "claim"
when = 'kind == "period"'
looks_at = "sheet"
since = "0.1"

[title]
en = "A period in the text ends before it begins, or is not as long as stated"
ja = "文中の期間の前後関係または長さが正しくありません"
[why]
en = "A period ends after it begins, and both its first and its last day count: １１月２６日～１１月２９日 is four days. Only a length that stands right behind the period is compared. A shorter length than that of the period is a note, as it may count the days on which something took place; where it may well be those that something was open (60 to 90 % of more than two weeks), and with 約 or 延べ, it is not compared."
ja = "期間の終わりは始まりより後になり、日数は初日と末日の両方を数えます。「１１月２６日～１１月２９日」は４日間です。期間の直後に書かれた長さだけを照合します。期間より短い日数は、実施日数の可能性があるため「参考」とします。２週間を超える期間の６割から９割の日数（開館日数など）と、「約」「延べ」の付いた長さは対象外です。"
[action]
en = "Look up the period in the records of the project and correct the day, the year or the length."
ja = "事業の記録で期間を確認し、日付・年・期間の長さのいずれかを訂正してください。"

[[cases]]
form = "kushiro"
text = "令和６年１１月２６日（火）～１１月２９日（金）の４日間、掲載した。"
outcome = "pass"

[[cases]]
form = "kushiro"
text = "令和６年１１月２６日～１１月２９日の５日間、掲載した。"
outcome = "fail"
severity = "error"

[[cases]]
form = "kushiro"
note = "one day less than the calendar counts"
text = "令和６年７月２０日～８月３１日（42日間）"
outcome = "fail"
severity = "note"

[[cases]]
form = "kushiro"
note = "the days on which a museum is open"
text = "令和６年７月２０日～８月３１日（38日間）"
outcome = "pass"

[[cases]]
form = "kushiro"
text = "令和６年６月～令和６年３月に実施した。"
outcome = "fail"
severity = "error"

[[cases]]
form = "kushiro"
text = "令和６年６月～令和７年３月の10か月間"
outcome = "pass"

[[cases]]
form = "kushiro"
note = "from one year to another: the first may count or not"
text = "2018年から2027年までの9年間"
outcome = "pass"

[[cases]]
form = "kushiro"
note = "the end may be of the year after"
text = "令和６年１１月２９日～１１月５日"
outcome = "fail"
severity = "warning"

[[cases]]
form = "kushiro"
note = "a day that was moved is no period"
text = "令和６年１０月５日から９月１日に変更した。"
outcome = "not_applicable"
"""
)
def period_of_another_length(row: Row) -> Verdict:
    """The length by the calendar, or which end is the earlier one."""
    span, stated = row.values["span"], row.values["stated_span"]
    if not isinstance(span, int):
        return NOT_APPLICABLE
    printed = row.cell("span").printed
    if span < 1:
        detail = Text(
            en=f"{printed}: the end is before the beginning",
            ja=f"「{printed}」は、終わりが始まりより前です",
        )
        return failed((row, "span"), detail=detail)
    if not isinstance(stated, int) or stated == span:
        return PASS
    english, japanese = _UNITS[str(row.values["counter"])]
    detail = Text(
        en=f"{printed} is {span} {english} long (the text says {stated})",
        ja=f"「{printed}」は{span}{japanese}です（記載は{stated}{japanese}）",
    )
    return failed((row, "stated_span"), (row, "span"), detail=detail)
