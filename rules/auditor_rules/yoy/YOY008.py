"""YOY008: a project that did not end is not gone."""

from __future__ import annotations

from typing import Final

import auditor
from auditor.forms.words import squeezed
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed

_ENDINGS: Final = ("end", "complete", "abolish")
_NAMED: Final = 8
"""How many projects a finding names; more are counted."""


@auditor.rule(
    """
code = "YOY008"
name = "project-gone"
severity = "warning"
each = "book"
needs = ["earlier"]
since = "0.1"

[title]
en = "Projects of last year's book are gone without having ended"
ja = "前年度の冊子で終了していない事業が、今年度の冊子にありません"
[why]
en = "A project goes on until it ends. One that is in last year's book alone may have been forgotten, renamed beyond recognition, or merged into another. Only departments that have sheets this year are looked at."
ja = "終了していない事業は翌年度の冊子にも載ります。載っていない場合、提出漏れ、事業名の変更、ほかの事業への統合などが考えられます。今年度のシートがある所管課・室の事業だけを対象にしています。"
[action]
en = "Ask the departments for the sheets, or for where the projects went."
ja = "所管課・室に、シートの有無と、事業の改称・統合の有無を確かめてください。"

[[cases]]
form = "kushiro"
note = "departments without a sheet are in other files"
sheets = [{ name = "公園管理事業", department = "公園課" }]
earlier = { sheets = [{ name = "観光宣伝事業", department = "観光課", evaluated = { total_cost = 5 } }] }
outcome = "pass"

[[cases]]
form = "kushiro"
sheets = [{ name = "公園管理事業", department = "公園課" }]
earlier = { sheets = [{ name = "遊具更新事業", department = "公園課", evaluated = { total_cost = 5 } }] }
outcome = "fail"

[[cases]]
form = "kushiro"
sheets = [{ name = "公園管理事業", department = "公園課" }]
earlier = { sheets = [{ name = "遊具更新事業", department = "公園課", evaluated = { total_cost = 5 }, evaluations = { 2023 = { result = "終了" } } }] }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "a project of one year"
sheets = [{ name = "公園管理事業", department = "公園課" }]
earlier = { sheets = [{ name = "遊具更新事業", department = "公園課", status = "single_year", evaluated = { total_cost = 5 } }] }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "a project whose department and name are the same"
sheets = [{ name = "公園管理事業", department = "公園課" }]
earlier = { sheets = [{ name = "公園管理事業", department = "公園課", evaluated = { total_cost = 5 } }] }
outcome = "pass"

[[cases]]
form = "kushiro"
note = "without sheets of this year there is nothing to hold together"
earlier = { sheets = [{ name = "遊具更新事業", department = "公園課", evaluated = { total_cost = 5 } }] }
outcome = "not_applicable"
"""
)
def project_gone(row: Row) -> Verdict:
    """Look for sheets of last year's book without a partner, which did not end."""
    earlier = row.link("earlier")
    book = row.rows.book
    if earlier is None or not book.sheets:
        return NOT_APPLICABLE
    gone = [each for each in earlier.rows.of("sheet") if _is_gone(each, row.rows)]
    if not gone:
        return PASS
    if any(document.not_checked for document in book.documents):
        return UNKNOWN
    names = [_named(each) for each in gone[:_NAMED]]
    more = len(gone) - len(names)
    return failed(
        *((each, "name") for each in gone[:_NAMED]),
        detail=Text(
            en="Projects of last year's book are gone without having ended: "
            + ", ".join(name.en for name in names)
            + (f" and {more:,} more" if more else ""),
            ja="前年度の冊子で終了していない事業が、今年度の冊子にありません："
            + "、".join(name.ja for name in names)
            + (f" ほか{more:,}件" if more else ""),
        ),
    )


def _is_gone(row: Row, rows: Rows) -> bool:
    """Whether a sheet of last year's book has no partner, although its project went on and its
    department has sheets this year.
    """
    sheet = row.sheet
    if sheet is None or id(sheet) in rows.once(_partners) or sheet.status == "single_year":
        return False
    evaluation = sheet.evaluations.get(str(sheet.fiscal_year))
    if evaluation is not None and evaluation.meaning in _ENDINGS:
        return False
    return squeezed(sheet.department) in rows.once(_departments)


def _partners(rows: Rows) -> frozenset[int]:
    """The sheets of last year's book that are, or may be, a sheet of this year's, by their ids."""
    other = rows.others["earlier"]
    return frozenset(
        id(sheet) for sheet in (*(there for _, there in other.sheets), *other.undecided)
    )


def _departments(rows: Rows) -> frozenset[str]:
    return frozenset(squeezed(sheet.department) for sheet in rows.book.sheets)


def _named(row: Row) -> Text:
    assert row.sheet is not None
    sheet: Sheet = row.sheet
    department = sheet.department
    return Text(
        en=f'"{sheet.name}"' + (f" ({department})" if department else ""),
        ja=f"「{sheet.name}」" + (f"（{department}）" if department else ""),
    )
