"""YOY011: the headcounts of a whole book are not last year's."""

from __future__ import annotations

from typing import Final

import auditor
from auditor.rules.beside import same_print
from auditor.rules.rows import Row
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed, quantity

_LEAST: Final = 5
_SHOWN: Final = 8


@auditor.rule(
    """
code = "YOY011"
name = "headcounts-of-last-year"
severity = "note"
each = "book"
needs = ["earlier", "headcount"]
since = "0.1"

[title]
en = "Every headcount is that of last year's book"
ja = "職員数が、すべての事業で前年度の冊子と同じです"
[why]
en = "A project may have the same staff as a year before; all projects of a book seldom do. The column may have been copied from last year's book. Books with fewer than five projects are left alone."
ja = "職員数が前年度と同じ事業はありますが、すべての事業で同じになることはまれです。前年度の冊子から写したままの可能性があります。比べられる事業が5件に満たない場合は対象にしません。"
[action]
en = "Compare with the record of this year's staff; if it agrees, no change is needed."
ja = "今年度の職員配置の資料と照合してください。一致していれば訂正は不要です。"

[[cases]]
form = "kushiro"
note = "one project with another staff is enough"
sheets = [{ evaluated = { headcount = "0.5" } }, { evaluated = { headcount = "1.5" } }, { evaluated = { headcount = "2.0" } }, { evaluated = { headcount = "0.1" } }, { evaluated = { headcount = "0.3" } }]
earlier = { sheets = [{ evaluated = { headcount = "0.5" } }, { evaluated = { headcount = "1.5" } }, { evaluated = { headcount = "2.0" } }, { evaluated = { headcount = "0.1" } }, { evaluated = { headcount = "0.4" } }] }
outcome = "pass"

[[cases]]
form = "kushiro"
sheets = [{ evaluated = { headcount = "0.5" } }, { evaluated = { headcount = "1.5" } }, { evaluated = { headcount = "2.0" } }, { evaluated = { headcount = "0.1" } }, { evaluated = { headcount = "0.3" } }]
earlier = { sheets = [{ evaluated = { headcount = "0.5" } }, { evaluated = { headcount = "1.5" } }, { evaluated = { headcount = "2.0" } }, { evaluated = { headcount = "0.1" } }, { evaluated = { headcount = "0.3" } }] }
outcome = "fail"

[[cases]]
form = "kushiro"
note = "few projects prove nothing"
sheets = [{ evaluated = { headcount = "0.5" } }]
earlier = { sheets = [{ evaluated = { headcount = "0.5" } }] }
outcome = "not_applicable"
"""
)
def headcounts_of_last_year(row: Row) -> Verdict:
    """Hold the headcount of each evaluated column against that of last year's book."""
    pairs: list[tuple[Row, Row]] = []
    for sheet in row.rows.of("sheet"):
        here = sheet.link("evaluated")
        there = here.link("earlier.own") if here is not None else None
        if here is None or there is None:
            continue
        if quantity(here, "headcount") and quantity(there, "headcount"):
            pairs.append((here, there))
    if len(pairs) < _LEAST:
        return NOT_APPLICABLE
    if not all(same_print(here, there, "headcount") for here, there in pairs):
        return PASS
    return failed(*((here, "headcount") for here, _ in pairs[:_SHOWN]))
