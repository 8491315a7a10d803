"""BOK003: a name is written in one way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import auditor
from auditor.forms.words import squeezed
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import PASS, Verdict, failed

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables


def _settle(tables: Tables) -> Settled:
    """A sheet passes if each of its names has one spelling in the book; sheets that share a name
    of several are left together.
    """
    names = tables.engine.kept(tables.spelt("sheet", ("name", "department"), ("plans",)))
    rows = tables.flagged("sheet", tables.several(names, "text", "key"))
    return tables.settled(rows, ("#flagged", None), otherwise="pass")


@auditor.rule(
    """
code = "BOK003"
name = "name-spelt-differently"
severity = "note"
each = "sheet"
looks_at = "undecided"
since = "0.1"

[title]
en = "A name differs from another of the book only in width or spacing"
ja = "全角・半角や空白だけが異なる名称が冊子の中にあります"
[why]
en = "ＤＸ and DX are one name to a reader and two to a search or a table. Projects, departments and plans are compared."
ja = "「ＤＸ」と「DX」は読み手には同じでも、検索や集計では別の名称になります。事業名・所管課・計画名を比べています。"
[action]
en = "Settle on one way of writing the name."
ja = "表記をそろえてください。"

[[cases]]
form = "kushiro"
name = "庁舎維持管理事業"
plans = ["DX実行計画"]
book = [{ name = "財産管理事業", plans = ["DX実行計画"] }]
outcome = "pass"

[[cases]]
form = "kushiro"
name = "庁舎維持管理事業"
plans = ["ＤＸ実行計画"]
book = [{ name = "財産管理事業", plans = ["DX実行計画"] }, { name = "企画事業", plans = ["DX実行計画"] }]
outcome = "fail"
equation = "「ＤＸ実行計画」 ↔ 「DX実行計画」"
""",
    settle=_settle,
)
def name_spelt_differently(row: Row) -> Verdict:
    """A sheet fails with each name for which another way of writing is as frequent or more."""
    sheet = row.sheet
    assert sheet is not None
    spellings = row.rows.once(_spellings)
    unusual: list[tuple[str, str, str]] = []
    for kind, name in _names(sheet):
        counts = spellings[squeezed(name)]
        other = max(
            (spelling for spelling in counts if spelling != name),
            key=lambda spelling: counts[spelling],
            default=None,
        )
        if other is not None and counts[other] >= counts[name]:
            unusual.append((kind, name, other))
    if not unusual:
        return PASS
    equation = " · ".join(f"「{name}」 ↔ 「{other}」" for _, name, other in unusual)
    english = " · ".join(f'"{name}" ↔ "{other}"' for _, name, other in unusual)
    names = "、".join(f"「{name}」（ほかでは「{other}」）" for _, name, other in unusual)
    detail = Text(
        en=f"A name is written differently elsewhere in the book: {english}",
        ja=f"冊子のほかの箇所と表記が異なる名称があります：{names}",
    )
    return failed(
        *dict.fromkeys((row, kind) for kind, _, _ in unusual), equation=equation, detail=detail
    )


def _names(sheet: Sheet) -> list[tuple[str, str]]:
    named = [
        ("name", sheet.name),
        ("department", sheet.department),
        *(("plans", plan) for plan in sheet.plans),
    ]
    return [(kind, name) for kind, name in named if name]


def _spellings(rows: Rows) -> dict[str, Counter[str]]:
    """How often each way of writing a name occurs in the book."""
    found: dict[str, Counter[str]] = {}
    for sheet in rows.book.sheets:
        for _, name in _names(sheet):
            found.setdefault(squeezed(name), Counter())[name] += 1
    return found
