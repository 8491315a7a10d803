"""Columns screen tables: with the judge's answers for what is left, an audit says what the judge alone says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.auditing import Report, audit
from auditor.engines import DuckDbEngine, Engine, PolarsEngine, audit_tables, not_columnar
from auditor.figures import Figure
from auditor.forms import Form
from auditor.model import Book
from auditor.rows import Row, vocabulary
from auditor.rules import Rule, RuleSet, Verdict, build_rule
from auditor.session import load
from auditor.tables import Tables, read_frames, to_tables
from auditor.testing import book as built
from auditor.testing.strategies import consistent_books

SESSION = load()
JUDGE = Rule.judge
COLUMNAR = RuleSet(rule for rule in SESSION.rules if rule.code not in not_columnar(SESSION.rules, SESSION.forms))

# Formulas that use what the shipped ones don't, each on the rows that it names.
FORMULAS = [
    ("year", "total_cost - sum(funding) == 0"),
    ("year", "abs(total_cost - sum(funding)) <= 5000 or blank(total_cost)"),
    ("year", "not (total_cost < 0) and staff_cost >= 0"),
    ("year", "total_cost == prior.total_cost or total_cost != next.total_cost"),
    ("year", "prior.prior.total_cost <= max(total_cost, prior.total_cost)"),
    ("year", "staff_cost / headcount <= 10000000 or headcount / staff_cost > 1"),
    ("year", "zero(total_cost) / zero(staff_cost) >= 1 or zero(staff_cost) * zero(total_cost) >= 0"),
    ("year", "agreed(staff_cost / headcount) * headcount == staff_cost"),
    ("year", "agreed(total_cost) == total_cost"),
    ("year", "total_cost == agreed(zero(total_cost) - zero(staff_cost)) or headcount * 3 - 1 < 4"),
    ("year", "count([total_cost, staff_cost, headcount]) in [0, 1, 3] or kind in ['settled']"),
    ("year", "present(sheet.population) and sheet.population > 1000 and sheet.status != 'new'"),
    ("year", "-total_cost / sheet.population < -0.5 or kind == 'budgeted'"),
    ("year", "min(total_cost, staff_cost, headcount) >= 0 or total_cost * staff_cost > headcount"),
    ("sheet", "cost_per_capita * population == evaluated.total_cost"),
    ("sheet", "evaluated.total_cost / (population - 1000) >= cost_per_capita / 2"),
    ("sheet", "agreed(population) == population"),
    ("sheet", "min(bond_burden_per_capita, cost_per_capita) == bond_burden_per_capita"),
    ("evaluation", "present(directed.total_cost) or evaluated.total_cost <= directed.total_cost"),
    ("evaluation", "[prior.meaning, meaning] not in [['expand', 'end'], ['end', 'expand']] or blank(next.meaning)"),
    ("kpi", "due_actual >= target and count(actuals) > 1 or declared_rate == due_actual / target * 100"),
    ("kpi", "sum(actuals) >= max(actuals) and min(actuals) >= 0"),
    ("kpi_year", "actual >= prior.actual or actual == next.actual or kpi.target - actual > 0"),
    ("kpi_year", "agreed(actual) == actual"),
]


def own_rules(form: Form) -> RuleSet:
    words = vocabulary([form])
    text = {"en": "t", "ja": "t"}
    common: dict[str, Any] = {"severity": "error", "since": "0", "title": text, "why": text, "action": text}
    return RuleSet(
        build_rule({**common, "code": f"OWN{number:03d}", "name": f"own-{number}", "each": each, "formula": formula}, "test", words)
        for number, (each, formula) in enumerate(FORMULAS)
    )


def cells() -> st.SearchStrategy[Figure]:
    """Figures that are hard to settle: blanks, zeros, negatives, texts, boundaries of roundings, numbers beyond a float's digits."""
    whole = st.one_of(
        st.integers(-3, 3),
        st.sampled_from([10**15, -(10**15), 10**15 + 1, 2**53 + 1, 10**18, 7388, 7389, 20000, 10**30]),
        st.integers(-(10**6), 10**6),
    )
    number = st.builds(lambda value, places: Decimal(value).scaleb(-places), whole, st.sampled_from([0, 0, 0, 1, 2, 7]))
    placed = st.sampled_from([None, None, None, "arithmetic", "position"])
    numbers = st.builds(lambda value, by: Figure(value=value, state="number", placed_by=by), number, placed)
    return st.one_of(numbers, numbers, st.sampled_from([Figure(state="blank"), Figure(state="dash"), Figure(state="text", printed="1,00")]))


@st.composite
def hard_books(draw: st.DrawFn, form: Form | None = None) -> tuple[Form, Book]:
    """A book of the form (or of any) with a few figures replaced by hard ones, or by each other's."""
    form, book = draw(consistent_books(form, sheets=(1, 6)))
    replaced: dict[tuple[int, str, str], Figure] = {}
    places = [
        (number, "", name) for number in range(len(book.sheets)) for name in ("population", "cost_per_capita", "bond_burden_per_capita")
    ]
    places += [
        (number, key, name)
        for number, sheet in enumerate(book.sheets)
        for key, year in sheet.years.items()
        for name in ("total_cost", "staff_cost", "headcount", *(f"funding.{source}" for source in year.funding))
    ]
    for place in draw(st.lists(st.sampled_from(places), max_size=8)):
        replaced[place] = draw(cells())
    rows = list(book.sheets)
    for (number, key, name), cell in replaced.items():
        sheet = rows[number]
        owner: Any = sheet.years[key] if key else sheet
        old = owner.funding.get(name[8:]) if name.startswith("funding.") else getattr(owner, name)
        if old is None:
            continue
        cell = cell.model_copy(update={"unit": old.unit})
        change = {"funding": {**owner.funding, name[8:]: cell}} if name.startswith("funding.") else {name: cell}
        owner = owner.model_copy(update=change)
        rows[number] = sheet.model_copy(update={"years": {**sheet.years, key: owner}}) if key else owner
    kpis = [
        kpi.model_copy(
            update={
                "target": draw(cells()).model_copy(update={"unit": kpi.unit}) if draw(st.booleans()) else kpi.target,
                "actuals": {
                    year: draw(cells()).model_copy(update={"unit": kpi.unit}) if draw(st.integers(0, 4)) == 0 else actual
                    for year, actual in kpi.actuals.items()
                },
            }
        )
        for kpi in book.kpis
    ]
    return form, book.model_copy(update={"sheets": tuple(rows), "kpis": tuple(kpis)})


def quickly_same(tables: Tables, rules: RuleSet, form: Form, engine: Engine) -> None:
    """Without the search for suspects, which takes longer than all else and sees the same findings."""
    with patch("auditor.auditing._suspected", lambda rows, rules, found, missed: [item.finding for item in found]):
        same(tables, rules, form, engine)


def same(tables: Tables, rules: RuleSet, form: Form, engine: Engine) -> None:
    forms = {form.name: form}
    reading = read_frames(tables, forms)
    alone = audit(reading.books, rules, forms, not_checked=reading.not_checked)
    columns = audit_tables(tables, rules, forms, engine=engine)
    assert {code: dict(counts) for code, counts in columns.outcomes.items()} == {
        code: dict(counts) for code, counts in alone.outcomes.items()
    }
    assert listed(columns) == listed(alone)
    assert columns.not_checked == alone.not_checked
    assert sorted(columns.documents, key=repr) == sorted(alone.documents, key=repr)
    assert dict(columns.counts) == dict(alone.counts)
    assert columns.exit_code == alone.exit_code


QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def listed(report: Report) -> list[str]:
    """Findings in an order of their own, since engines have none, without the ids that tell equal ones apart in that order."""
    return sorted(finding.model_dump_json(exclude={"id"}) for finding in report.findings)


@QUICK
@given(hard_books())
def test_shipped_rules_on_polars(drawn: tuple[Form, Book]) -> None:
    form, book = drawn
    quickly_same(to_tables(book, {form.name: form}), COLUMNAR, form, PolarsEngine())


@QUICK
@given(hard_books())
def test_every_part_of_the_language_on_polars(drawn: tuple[Form, Book]) -> None:
    form, book = drawn
    quickly_same(to_tables(book, {form.name: form}), own_rules(form), form, PolarsEngine())


@settings(QUICK, max_examples=4)
@given(hard_books())
def test_every_part_of_the_language_on_duckdb(drawn: tuple[Form, Book]) -> None:
    form, book = drawn
    quickly_same(to_tables(book, {form.name: form}), RuleSet([*own_rules(form), *COLUMNAR]), form, DuckDbEngine())


@pytest.mark.parametrize("name", sorted(SESSION.forms))
def test_all_rules_on_shipped_forms(name: str) -> None:
    """With the rules in Python, which see whole books."""
    form = SESSION.forms[name]
    same(to_tables([built(15, 4, form), built(15, 5, form, fiscal_year=2023)], SESSION.forms), SESSION.rules, form, PolarsEngine())


def faulty(rows: int, every: int) -> tuple[Tables, Form]:
    form = SESSION.forms["kushiro"]
    tables = to_tables(built(rows, 9, form), SESSION.forms)
    assert tables.years is not None
    bad = (pl.col("sheet") % every == 0) & (pl.col("total_cost") > 0) & (pl.col("staff_cost") > 0)
    years = tables.years.with_columns(
        pl.when(bad).then(pl.col("total_cost") + 9_000).otherwise("total_cost").alias("total_cost"),
        pl.when(bad).then(pl.col("staff_cost") * 2).otherwise("staff_cost").alias("staff_cost"),
    )
    return Tables(sheets=tables.sheets, years=years, evaluations=tables.evaluations, kpis=tables.kpis, kpi_years=tables.kpi_years), form


def test_only_what_is_wrong_is_left_to_the_judge() -> None:
    """One faulty row must not send its group to the judge: its colleagues agree without it."""
    tables, form = faulty(120, 20)
    judged: dict[str, int] = {}

    def counting(self: Rule, row: Row) -> Verdict:
        judged[self.code] = judged.get(self.code, 0) + 1
        return JUDGE(self, row)

    with patch.object(Rule, "judge", counting):
        report = audit_tables(tables, COLUMNAR, {form.name: form}, max_findings=0)
    fails = {code: counts["fail"] for code, counts in report.outcomes.items()}
    assert fails["FND001"] > 3
    assert fails["STF001"] > 3
    assert not report.findings
    for code in ("FND001", "STF001", "PCC001", "PCC002", "EVL001", "KPI006"):
        assert judged.get(code, 0) <= 2, code
    same(tables, COLUMNAR, form, PolarsEngine())


def test_what_is_not_columnar_is_named() -> None:
    named = not_columnar(SESSION.rules, SESSION.forms)
    assert {"BOK001", "REQ001"} <= set(named)
    assert {"FND001", "PCC001", "PCC002", "EVL001", "STF001", "EVL004", "KPI005", "KPI006"}.isdisjoint(named)
    form = SESSION.forms["kushiro"]
    text = {"en": "t", "ja": "t"}
    words = vocabulary([form])
    rule = build_rule(
        {
            "code": "OWN900",
            "name": "own-plans",
            "each": "sheet",
            "formula": "present(plans)",
            "severity": "note",
            "since": "0",
            "title": text,
            "why": text,
            "action": text,
        },
        "test",
        words,
    )
    assert set(not_columnar([rule], {"kushiro": form})) == {"OWN900"}
    same(to_tables(built(5, 1, form), SESSION.forms), RuleSet([rule]), form, PolarsEngine())


def test_faults_of_the_tables_are_findings_too() -> None:
    tables, form = faulty(12, 5)
    assert tables.years is not None
    years = tables.years.with_columns(
        pl.when(pl.col("sheet") == 2).then(pl.lit("x")).otherwise(pl.col("staff_cost").cast(pl.String)).alias("staff_cost")
    )
    years = pl.concat([years, years.head(1)])
    broken = Tables(sheets=tables.sheets, years=years, evaluations=tables.evaluations)
    same(broken, SESSION.rules, form, PolarsEngine())
    report: Report = audit_tables(broken, SESSION.rules, {form.name: form})
    assert report.exit_code == 2
    assert {"TBL003", "TBL004"} <= {finding.rule for finding in report.findings}
