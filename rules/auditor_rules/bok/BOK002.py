"""BOK002: a project and budget stage stand in a book once."""

from __future__ import annotations

import auditor
from auditor.forms.words import squeezed
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import PASS, Verdict, elsewhere, failed


@auditor.rule(
    """
code = "BOK002"
name = "duplicate-sheet"
severity = "error"
each = "sheet"
since = "0.1"

[title]
en = "The same project and budget stage has a sheet already"
ja = "同じ事業・同じ予算区分のシートが重複しています"
[why]
en = "A project has one sheet for each budget stage. A second one counts its cost twice in the totals of the book, and one of the two is often an older draft."
ja = "シートは、事業と予算区分ごとに1枚です。重複すると冊子の合計に二重に計上されます。どちらかが古い原稿であることもあります。"
[action]
en = "Keep the sheet that is right and take out the other, or correct the name or the stage."
ja = "正しいシートを残して他方を外すか、事業名または予算区分を訂正してください。"

[[cases]]
form = "kushiro"
name = "庁舎維持管理事業"
budget_stages = ["当初"]
book = [{ name = "財産管理事業", budget_stages = ["当初"] }, { name = "庁舎維持管理事業", budget_stages = ["9月補正"] }]
outcome = "pass"

[[cases]]
form = "kushiro"
note = "full-width and half-width letters are the same name"
name = "ＤＸ推進事業"
budget_stages = ["当初"]
book = [{ name = "DX推進事業", budget_stages = ["当初"] }]
outcome = "fail"
"""
)
def duplicate_sheet(row: Row) -> Verdict:
    """A sheet fails if another one of the book has its name and stage; the finding names the
    other.
    """
    sheet = row.sheet
    assert sheet is not None
    twins = [other for other in row.rows.once(_by_key)[_key(sheet)] if other is not row]
    if not twins:
        return PASS
    others = [elsewhere(twin.sheet, sheet) for twin in twins if twin.sheet is not None]
    detail = Text(
        en="The same project and budget stage has another sheet: "
        + ", ".join(other.en for other in others),
        ja="同じ事業・同じ予算区分のシートがほかにもあります："
        + "、".join(other.ja for other in others),
    )
    stages = "".join(f"＜{stage}＞" for stage in sheet.budget_stages)
    return failed(
        (row, "name"),
        *((twin, "name") for twin in twins),
        equation=f"「{sheet.name}{stages}」",
        detail=detail,
    )


def _key(sheet: Sheet) -> tuple[str, ...]:
    return (squeezed(sheet.name), *sorted(squeezed(stage) for stage in sheet.budget_stages))


def _by_key(rows: Rows) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows.of("sheet"):
        if row.sheet is not None:
            found.setdefault(_key(row.sheet), []).append(row)
    return found
