"""The keys of tables: those that need not be written are completed alike for records and for
columns, whatever else is or is not there.
"""

from __future__ import annotations

from typing import Final
from unittest.mock import patch

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import Report, audit
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines.engine import DuckDbEngine, Engine, PolarsEngine
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


def keys_of(table: TableName) -> list[str]:
    return [field.name for field in TABLES[table].columns if field.key or field.name == "column"]


def with_every_key(table: TableName) -> pl.DataFrame:
    """The table with all the keys that it may have, those that may be left out among them."""
    frame = WHOLE[table]
    if table != "kpi_years":
        return frame
    of_kpi = WHOLE["kpis"].select("book", "kpi", "form", "fiscal_year")
    return frame.join(of_kpi, on=["book", "kpi"], maintain_order="left")


@st.composite
def some_tables(draw: st.DrawFn) -> dict[TableName, pl.DataFrame]:
    """Some of the tables, each without some of its keys, some of the keys in other types, and
    with columns that nobody knows.
    """
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    frames: dict[TableName, pl.DataFrame] = {}
    for name in sorted(names, key=NAMES.index):
        frame = with_every_key(name)
        keys = [key for key in keys_of(name) if key in frame.columns]
        frame = frame.drop(draw(st.lists(st.sampled_from(keys), unique=True, max_size=4)))
        kept = [key for key in keys if key in frame.columns]
        for key in draw(st.lists(st.sampled_from(kept), unique=True, max_size=2)) if kept else ():
            frame = frame.with_columns(pl.col(key).cast(pl.String))
        for key in draw(st.lists(st.sampled_from(["sheet", "kpi", "year", "form"]), max_size=1)):
            if key not in frame.columns:
                frame = frame.with_columns(pl.lit(1).alias(key))
        frames[name] = frame
    return frames


def listed(report: Report) -> list[str]:
    return sorted(finding.model_dump_json(exclude={"id"}) for finding in report.findings)


def same(frames: dict[TableName, pl.DataFrame], form: str | None, engine: Engine) -> None:
    tables = Tables(**{str(name): frame for name, frame in frames.items()})
    reading = read_frames(tables, SESSION.forms, form)
    with patch(
        "auditor.auditing.documents._suspected",
        lambda rows, rules, found, missed: [item.finding for item in found],
    ):
        alone = audit(reading.books, RULES, SESSION.forms, not_checked=reading.not_checked)
        columns = audit_tables(tables, RULES, SESSION.forms, form=form, engine=engine)
    assert {code: dict(counts) for code, counts in columns.outcomes.items()} == {
        code: dict(counts) for code, counts in alone.outcomes.items()
    }
    assert listed(columns) == listed(alone)
    assert columns.not_checked == alone.not_checked
    assert columns.exit_code == alone.exit_code


ENGINES: Final = {"polars": PolarsEngine, "duckdb": DuckDbEngine}
MANY = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@MANY
@given(some_tables(), st.sampled_from([None, "kushiro"]))
def test_records_and_columns_complete_the_same_keys(
    frames: dict[TableName, pl.DataFrame], form: str | None
) -> None:
    same(frames, form, PolarsEngine())


@settings(MANY, max_examples=10)
@given(some_tables(), st.sampled_from([None, "kushiro"]))
def test_records_and_columns_complete_the_same_keys_in_duckdb(
    frames: dict[TableName, pl.DataFrame], form: str | None
) -> None:
    same(frames, form, DuckDbEngine())
