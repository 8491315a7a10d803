"""TXT040: the numbered items of the plan are in the result."""

from __future__ import annotations

from collections.abc import Iterator

import auditor
from auditor.records.text import Text
from auditor.rules.quotes import Quote, in_short, prose_of, quoting
from auditor.rules.rows import Row
from auditor.rules.verdicts import Verdict


@auditor.rule(
    """
code = "TXT040"
name = "plan-item-without-result"
severity = "note"
each = "sheet"
narrative = true
looks_at = "sheet"
since = "0.1"

[title]
en = "A numbered item of the plan has no number in the result"
ja = "当初計画の番号付きの項目が実績にありません"
[why]
en = "Where the plan numbers (1), (2), (3) and the result (1), (3), the reader asks what became of (2). Only lists that plan and result number alike are compared; further items of the result are no fault."
ja = "計画に（１）（２）（３）とあり実績に（１）（３）しかない場合、読み手は（２）がどうなったのかと考えます。計画と実績で同じように番号を付けた項目だけを比べ、実績だけにある項目は対象にしません。"
[action]
en = "Add what became of the item; if it was not carried out, say so."
ja = "その項目の実績を書き加えてください。実施しなかった場合は、その旨を書いてください。"

[[cases]]
form = "kushiro"
planned = "①広報紙の発行\\n②説明会の開催\\n③参考資料"
achieved = "①広報紙の発行　12回\\n②説明会の開催　３回\\n④その他"
outcome = "pass"

[[cases]]
form = "kushiro"
planned = "（１）広報紙の発行\\n（２）説明会の開催\\n（３）ホームページの更新"
achieved = "（１）広報紙の発行　12回\\n（３）ホームページの更新　30回"
outcome = "fail"
equation = "「（２）説明会の開催」"

[[cases]]
form = "kushiro"
note = "a result that numbers nothing, or something else, is not compared"
planned = "①広報紙の発行\\n②説明会の開催\\n③ホームページの更新"
achieved = "①４月12日\\n②５月10日"
outcome = "pass"
"""
)
def plan_item_without_result(row: Row) -> Verdict:
    """The finding shows the items and points at the plan."""
    title = Text(
        en="A numbered item of the plan has no number in the result",
        ja="当初計画の番号付きの項目が実績にありません",
    )
    return quoting(row, _missing(row), title)


def _missing(row: Row) -> Iterator[Quote]:
    from auditor.narrative.numbered import not_taken_up

    for item in not_taken_up(prose_of(row)):
        line = item.section.text.splitlines()[item.line].strip()
        yield Quote.of_statement(item.statements[0], words=in_short(line))
