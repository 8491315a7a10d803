"""EVL007: ended projects print what comes after in one way."""

from __future__ import annotations

import auditor
from auditor.records.model import FiscalYear, Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, elsewhere, failed

ENDED = ("end", "complete", "abolish")


@auditor.rule(
    """
code = "EVL007"
name = "ended-projects-print-differently"
severity = "note"
each = "sheet"
since = "0.1"

[title]
en = "Ended projects differ in printing blank or zero for the years after"
ja = "終了した事業の翌年度以降の欄が、空欄のものと0のものに分かれています"
[why]
en = "After a project has ended, some sheets leave the total and the headcount blank and others print 0. Both can be read, but a sum or a count over the sheets treats them differently."
ja = "終了した事業の翌年度以降について、総額や職員数を空欄にしたシートと0としたシートがあります。読み手には分かりますが、集計すると扱いが変わります。"
[action]
en = "Settle on one way for the book."
ja = "冊子全体でどちらかにそろえてください。"

[[cases]]
form = "kushiro"
evaluations = { 2024 = { result = "終了" } }
years = { 2025 = { total_cost = 0, headcount = "0.0" } }
book = [{ name = "別の事業", evaluations = { 2024 = { result = "終了" } }, years = { 2025 = { total_cost = 0, headcount = "0.0" } } }]
outcome = "pass"

[[cases]]
form = "kushiro"
evaluations = { 2024 = { result = "終了" } }
years = { 2025 = { total_cost = 0, headcount = "0.0" } }
book = [{ name = "別の事業", evaluations = { 2024 = { result = "終了" } }, years = { 2025 = { funding = { general_revenue = 0 } } } }]
outcome = "fail"

[[cases]]
form = "kushiro"
evaluations = { 2024 = { result = "継続維持" } }
years = { 2025 = { total_cost = 300 } }
outcome = "not_applicable"
"""
)
def ended_projects_print_differently(row: Row) -> Verdict:
    """A sheet fails if another ended one leaves blank what it prints as 0, or the other way
    round.
    """
    sheet = row.sheet
    assert sheet is not None
    after = _after(row)
    if after is None:
        return UNKNOWN
    if not after:
        return NOT_APPLICABLE
    ways = row.rows.once(_ways)
    for year, name in ((year, name) for year in after for name in _names(row)):
        others = ways.get((name, year.values[name] != 0))
        if others:
            other = elsewhere(others[0], sheet)
            detail = Text(
                en="Ended projects differ in printing blank or zero for the years after: "
                f"see also {other.en}",
                ja="終了した事業の翌年度以降の欄が、空欄のものと0のものに分かれています。"
                f"もう一方は{other.ja}です",
            )
            return failed(
                *((later, field) for later in after for field in _names(row)), detail=detail
            )
    return PASS


def _ways(rows: Rows) -> dict[tuple[str, bool], list[Sheet]]:
    """The ended sheets that print a field as 0 (True) or leave it blank."""
    ways: dict[tuple[str, bool], list[Sheet]] = {}
    for row in rows.of("sheet"):
        for year in _after(row) or ():
            for name in _names(row):
                if row.sheet is not None:
                    ways.setdefault((name, year.values[name] == 0), []).append(row.sheet)
    return ways


def _names(row: Row) -> list[str]:
    return [name for name in ("total_cost", "headcount") if name in row.form.fields]


def _after(row: Row) -> list[Row] | None:
    """The columns after the year in which the sheet's project ended, if all they print is blank
    or zero; None where the record lacks what they print.
    """
    sheet = row.sheet
    assert isinstance(sheet, Sheet)
    ended = [
        evaluation.year
        for evaluation in sheet.evaluations.values()
        if row.form.meaning(evaluation.result) in ENDED
    ]
    if not ended:
        return []
    years: list[Row] = []
    here = row.links.get("evaluated")
    while here is not None and (here := here.link("next")) is not None:
        years.append(here)
    later = [
        year
        for year in years
        if isinstance(year.record, FiscalYear) and year.record.year > min(ended)
    ]
    cells = [(year, year.figure(name), name) for year in later for name in _names(row)]
    if any(
        figure is not None and year.values[name] != 0 and figure.state != "blank"
        for year, figure, name in cells
    ):
        return []
    return None if any(figure is None for _, figure, _ in cells) else later
