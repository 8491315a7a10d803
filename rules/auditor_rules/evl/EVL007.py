"""EVL007: ended projects print what comes after in one way."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import auditor
from auditor.records.figures import spread
from auditor.records.model import FiscalYear, Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, UNKNOWN, Verdict, elsewhere, failed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditor.engines.engine import Frame
    from auditor.engines.settling import Settled, Tables
    from auditor.forms.model import Form
    from auditor.rules.rule import Names

ENDED = ("end", "complete", "abolish")
WAYS = ("zero", "blank")


def _needed(form: Form) -> Names:
    return {"year": _figures(form)}


def _settle(tables: Tables) -> Settled:
    """An ended sheet is left with all others of its book where they differ, or may differ."""
    import narwhals as nw

    from auditor.engines.settling import in_its_book, more_than

    form = tables.form
    evaluated = form.evaluated_column(0, 0)
    places = [form.column_id(column, 0) for column in form.columns]
    if evaluated is None or not (tables.has("evaluation") and tables.has("year")):
        return tables.settled(tables.keys("sheet"), otherwise="not_applicable")
    after = range(places.index(evaluated) + 1, len(places))
    ended = tables.engine.kept(_ended(tables))
    sheets = tables.with_owned("sheet", ended, {"fiscal_year": nw.col("fiscal_year")})
    sheets = tables.beside(sheets, _columns_after(tables, ended, after))
    expected = nw.lit(0, nw.Int64)
    for place in after:
        later = nw.col("fiscal_year") + form.columns[place].offset > nw.col("ended")
        expected = expected + later.fill_null(False).cast(nw.Int64)
    absent = any(tables.printed("year", name).absent for name in _figures(form))
    lacking = ~(nw.col("columns").fill_null(0) >= expected) | absent
    is_over = (expected > 0) & ~more_than("printed")
    doubtful = is_over & more_than("doubtful")
    ways = {
        (name, way): in_its_book(is_over & ~lacking & more_than(f"{name} {way}"))
        for name in _figures(form)
        for way in WAYS
    }
    left = in_its_book(doubtful)
    for name in _figures(form):
        left = left | (ways[name, "zero"] & ways[name, "blank"])
    return tables.settled(
        sheets,
        (~is_over, "not_applicable"),
        (left, None),
        (lacking, "unknown"),
        otherwise="pass",
    )


def _ended(tables: Tables) -> Frame:
    """The sheets whose project ended, and the first year in which they say so."""
    import narwhals as nw

    meaning = tables.form.meaning
    words = [word for word in tables.words("evaluation", "result") if meaning(word) in ENDED]
    rows = tables.texts("evaluation", ["result"]).filter(nw.col("result").is_in(words))
    return tables.of_owners("evaluation", least={"ended": nw.col("#at")}, of=rows)


def _columns_after(tables: Tables, ended: Frame, places: Iterable[int]) -> Frame:
    """What the columns of ended sheets print after that year: anything, a zero, nothing."""
    import narwhals as nw

    from auditor.engines.settling import any_of, at_places

    figures = {name: tables.printed("year", name) for name in _figures(tables.form)}
    rows = tables.beside(tables.rows("year"), ended, "inner")
    rows = rows.filter(at_places([*places]) & (nw.col("year") > nw.col("ended")))
    zeros = {name: (figure.value == 0).fill_null(False) for name, figure in figures.items()}
    conditions: dict[str, nw.Expr] = {"columns": nw.lit(True)}
    conditions["printed"] = any_of(
        mask for figure in figures.values() for mask in (figure.nonzero, figure.text)
    ) | any_of(zeros[name] for name in figures if not _is_plain_zero(tables.form, name))
    # The tables may say of a blank cell that it prints a dash, which is no blank here.
    conditions["doubtful"] = any_of(figure.open for figure in figures.values()) | any_of(
        figure.blank for name, figure in figures.items() if tables.states("year", name)
    )
    for name, figure in figures.items():
        conditions[f"{name} zero"] = zeros[name]
        conditions[f"{name} blank"] = any_of([figure.blank])
    return tables.of_owners("year", anywhere=conditions, of=rows)


def _is_plain_zero(form: Form, name: str) -> bool:
    """Whether a printed 0 stands for 0 alone."""
    its = form.fields[name]
    return spread(Decimal(0), its.rounding, its.step, form.factor(its.unit)) == 0


def _figures(form: Form) -> list[str]:
    return [name for name in ("total_cost", "headcount") if name in form.fields]


@auditor.rule(
    """
code = "EVL007"
name = "ended-projects-print-differently"
severity = "note"
each = "sheet"
looks_at = "undecided"
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
""",
    settle=_settle,
    names=_needed,
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
    for year, name in ((year, name) for year in after for name in _figures(row.form)):
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
                *((later, field) for later in after for field in _figures(row.form)), detail=detail
            )
    return PASS


def _ways(rows: Rows) -> dict[tuple[str, bool], list[Sheet]]:
    """The ended sheets that print a field as 0 (True) or leave it blank."""
    ways: dict[tuple[str, bool], list[Sheet]] = {}
    for row in rows.of("sheet"):
        for year in _after(row) or ():
            for name in _figures(row.form):
                if row.sheet is not None:
                    ways.setdefault((name, year.values[name] == 0), []).append(row.sheet)
    return ways


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
    cells = [(year, year.figure(name), name) for year in later for name in _figures(row.form)]
    if any(
        figure is not None and year.values[name] != 0 and figure.state != "blank"
        for year, figure, name in cells
    ):
        return []
    return None if any(figure is None for _, figure, _ in cells) else later
