"""The keys of tables: those that need not be written are completed alike for records and for
columns, whatever else is or is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import Report, audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine
from auditor.records.fields import NAMES, TABLES, TableName
from auditor.rules.ruleset import RuleSet
from auditor.tables import Tables, read_frames, to_tables
from auditor.testing import book as built

SESSION = load()
FORM = SESSION.forms["kushiro"]
RULES = RuleSet(
    [rule for rule in SESSION.rules if rule.each == "reading" or rule.code in ("FND001", "KPI005")]
)
BOOKS = [built(4, 3, FORM, kpis=3), built(3, 5, FORM, kpis=2, fiscal_year=2023)]
WHOLE: Final = to_tables(BOOKS, SESSION.forms).frames


def with_every_key(table: TableName) -> pl.DataFrame:
    """The table with all the keys that it may have, those that may be left out among them."""
    frame = WHOLE[table]
    if table != "kpi_years":
        return frame
    of_kpi = WHOLE["kpis"].select("book", "kpi", "form", "fiscal_year")
    return frame.join(of_kpi, on=["book", "kpi"], maintain_order="left")


@dataclass(frozen=True)
class Change:
    """What becomes of a table: keys dropped, keys as text, and keys of other tables added."""

    dropped: tuple[str, ...] = ()
    as_text: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def of(self, table: TableName) -> pl.DataFrame:
        frame = with_every_key(table).drop(self.dropped)
        return frame.with_columns(
            *(pl.col(key).cast(pl.String) for key in self.as_text if key in frame.columns),
            *(pl.lit(1).alias(key) for key in self.added),
        )


def changes(table: TableName) -> st.SearchStrategy[Change]:
    keys = [field.name for field in TABLES[table].columns if field.key or field.name == "column"]
    there = [key for key in keys if key in with_every_key(table).columns]
    foreign = [key for key in ("sheet", "kpi", "year") if key not in TABLES[table].by_name]
    some = st.lists(st.sampled_from(there), unique=True, max_size=4).map(tuple)
    others = (
        st.just(())
        if not foreign
        else st.lists(st.sampled_from(foreign), unique=True, max_size=1).map(tuple)
    )
    return st.builds(Change, some, some, others)


@st.composite
def plans(draw: st.DrawFn) -> dict[TableName, Change]:
    """Some of the tables, each without some of its keys, some of the keys in other types, and
    with columns that it doesn't know.
    """
    names = draw(st.lists(st.sampled_from(NAMES[1:]), min_size=1, unique=True))
    plan = {name: draw(changes(name)) for name in sorted(names, key=NAMES.index)}
    # Documents alone are no books to columns, which find them by their rows.
    whole = {"sheets": Change()} | plan if draw(st.booleans()) else plan
    if whole is not plan and whole["sheets"] == Change():
        whole = {"documents": draw(changes("documents"))} | whole
    return {name: whole[name] for name in NAMES if name in whole}


def listed(report: Report) -> list[str]:
    return sorted(finding.model_dump_json(exclude={"id"}) for finding in report.findings)


def same(plan: dict[TableName, Change], form: str | None, engine: Engine) -> None:
    tables = Tables(**{str(name): change.of(name) for name, change in plan.items()})
    reading = read_frames(tables, SESSION.forms, form)
    with patch(
        "auditor.auditing.collector.explained_findings",
        lambda *_: [],
    ):
        said = AuditOptions(not_checked=reading.not_checked)
        alone = audit(reading.books, RULES, SESSION.forms, said)
        options = AuditOptions(form=form, engine=engine)
        columns = audit_tables(tables, RULES, SESSION.forms, options)
    assert {code: dict(counts) for code, counts in columns.outcomes.items()} == {
        code: dict(counts) for code, counts in alone.outcomes.items()
    }
    assert listed(columns) == listed(alone)
    assert columns.not_checked == alone.not_checked
    assert columns.exit_code == alone.exit_code


MANY = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@MANY
@given(plans(), st.sampled_from([None, "kushiro"]))
def test_records_and_columns_complete_the_same_keys(
    plan: dict[TableName, Change], form: str | None
) -> None:
    same(plan, form, PolarsEngine())


@settings(MANY, max_examples=10)
@given(plans(), st.sampled_from([None, "kushiro"]))
def test_records_and_columns_complete_the_same_keys_in_duckdb(
    plan: dict[TableName, Change], form: str | None
) -> None:
    same(plan, form, DuckDbEngine())


KPIS: Final[TableName] = "kpis"
YEARS: Final[TableName] = "kpi_years"


@pytest.mark.parametrize("engine", [PolarsEngine, DuckDbEngine])
def test_the_years_of_kpis_may_tell_their_book_by_form_and_fiscal_year(
    engine: type[Engine],
) -> None:
    plan = {KPIS: Change(("book",)), YEARS: Change(("book",))}
    same(plan, None, engine())
    whole = {KPIS: Change(), YEARS: Change()}
    frames = [{name: change.of(name) for name, change in each.items()} for each in (plan, whole)]
    first, second = (audit_tables(each, RULES, SESSION.forms) for each in frames)
    assert first.outcomes == second.outcomes
    assert first.outcomes["KPI005"]["pass"] > 0
    assert not first.findings
    assert not first.not_checked


@pytest.mark.parametrize("engine", [PolarsEngine, DuckDbEngine])
def test_a_year_of_another_fiscal_year_than_its_kpi_is_reported(engine: type[Engine]) -> None:
    years = with_every_key(YEARS).with_columns(
        pl.when(pl.int_range(pl.len()) == 0)
        .then(2020)
        .otherwise("fiscal_year")
        .alias("fiscal_year")
    )
    frames = {KPIS: WHOLE[KPIS], YEARS: years}
    report = audit_tables(frames, RULES, SESSION.forms, AuditOptions(engine=engine()))
    (finding,) = report.findings
    assert finding.rule == "TBL005"
    assert "differs from what the KPI" in finding.message.en
    assert report.exit_code == 2
