"""A pandera schema made of rules fails the rows that an audit of the records finds fault with,
each under its rule's code.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import auditor
from auditor.auditing import pandera_schema
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.pandera_schema import RuleSchema, needed, schema_of
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.forms.model import Form
from auditor.records.model import Book
from auditor.rules.ruleset import RuleSet
from auditor.tables import TableName, to_tables
from auditor.testing import book as built
from tests.tables.test_columns import QUICK, SESSION, faulty, hard_books, own_rules

KUSHIRO: Final = SESSION.forms["kushiro"]
TABLES: Final[dict[TableName, str]] = {
    "sheets": "sheet",
    "years": "year",
    "evaluations": "evaluation",
    "kpis": "kpi",
    "kpi_years": "kpi_year",
}
Failing = dict[str, set[int]]


def failing(schema: RuleSchema, frame: pl.DataFrame) -> Failing:
    """The rows that fail each rule, by validation."""
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        return {
            error.check.name: set((~error.check_output.to_series()).arg_true())
            for error in failed.schema_errors
        }
    return {}


def others(
    book: Book, form: Form, table: TableName
) -> tuple[pl.DataFrame, dict[TableName, pl.DataFrame]]:
    frames = to_tables(book, {form.name: form}).frames
    mine = frames.pop(table)
    return mine, {
        name: frame for name, frame in frames.items() if name != "documents" and frame.height
    }


def of_records(
    book: Book, form: Form, table: TableName, frame: pl.DataFrame, rules: RuleSet
) -> tuple[Failing, dict[str, int]]:
    """The same by an audit of the records, and how often each rule was unknown."""
    of_scope = RuleSet(
        [rule for rule in rules if rule.each == TABLES[table] and rule.applies_to(form)]
    )
    with patch(
        "auditor.auditing.collector.explained_findings",
        lambda *_: [],
    ):
        report = audit(book, of_scope, {form.name: form})
    assume(not report.not_checked)  # where no rule has anything to judge, validation says so
    owner = "kpi" if table in ("kpis", "kpi_years") else "sheet"
    column = "year" if table == "kpi_years" else "column"
    keys = zip(
        frame[owner],
        frame[column].cast(pl.String) if column in frame.columns else [None] * frame.height,
        strict=True,
    )
    places = {key: number for number, key in enumerate(keys)}
    found: Failing = {}
    for finding in report.findings:
        reference: Any = finding.kpi or finding.sheet
        year = None if table in ("sheets", "kpis") else finding.year
        found.setdefault(finding.rule, set()).add(places[reference.number, year])
    return found, {
        code: counts["unknown"] for code, counts in report.outcomes.items() if counts["unknown"]
    }


@settings(QUICK, max_examples=12)
@given(hard_books(), st.sampled_from(list(TABLES)), st.booleans())
def test_the_failing_rows_are_those_of_an_audit(
    drawn: tuple[Form, Book], table: TableName, own: bool
) -> None:
    form, book = drawn
    rules = own_rules(form) if own else SESSION.rules
    frame, linked = others(book, form, table)
    rules = RuleSet(
        [
            rule
            for rule in rules
            if rule.each == TABLES[table] and set(needed(rule, form)) <= {table, *linked}
        ]
    )
    if not any(rule.applies_to(form) for rule in rules):
        with pytest.raises(ValueError, match="none of the rules"):
            schema_of(rules, form, table, linked)
        return
    schema = schema_of(rules, form, table, linked)
    expected, unknown = of_records(book, form, table, frame, rules)
    assert failing(schema, frame) == expected
    assert schema.metadata is not None
    assert schema.metadata["auditor"]["unknown"] == unknown


def wrong() -> tuple[pl.DataFrame, dict[TableName, pl.DataFrame]]:
    tables, _ = faulty(40, 5)
    assert tables.years is not None
    assert tables.sheets is not None
    assert tables.evaluations is not None
    return tables.years, {"sheets": tables.sheets, "evaluations": tables.evaluations}


def test_a_failure_names_the_row_and_the_rule() -> None:
    years, linked = wrong()
    schema = auditor.to_pandera(form="kushiro", table="years", others=linked)
    with pytest.raises(pandera.errors.SchemaErrors) as failed:
        schema.validate(years, lazy=True)
    told = failed.value.failure_cases.filter(pl.col("check").str.starts_with("FND001"))
    assert set(told["check"]) == {"FND001 Funding sources do not add up to the total cost"}
    first = told.row(0, named=True)
    row = years.row(first["index"], named=True)
    assert row["sheet"] % 5 == 0
    assert f'"sheet":{row["sheet"]},"year":{row["year"]}' in first["failure_case"]
    assert {error.check.name for error in failed.value.schema_errors} >= {"FND001", "STF001"}
    with pytest.raises(pandera.errors.SchemaError, match="FND001 財源内訳の合計"):
        auditor.to_pandera(["FND"], form="kushiro", table="years", language="ja").validate(years)


def test_a_frame_is_audited_once_for_all_its_rules() -> None:
    years, linked = wrong()
    schema = auditor.to_pandera(form="kushiro", table="years", others=linked)
    with patch.object(pandera_schema, "audit_tables", wraps=pandera_schema.audit_tables) as audits:
        assert failing(schema, years)
        assert audits.call_count == 1
        sound = years.filter(pl.col("sheet") % 5 != 0)
        assert schema.validate(sound).equals(sound)
        assert audits.call_count == 2
    apart = pa.DataFrameSchema(
        checks=schema.checks
    )  # the checks go into a schema of the pipeline's own, too
    with pytest.raises(pandera.errors.SchemaErrors):
        apart.validate(years, lazy=True)


def test_few_cases_are_shown_where_every_row_fails() -> None:
    years = to_tables(built(700, 9, KUSHIRO), SESSION.forms).years
    assert years is not None
    years = years.with_columns(pl.lit(-7).alias("total_cost"))
    schema = auditor.to_pandera(["FND001"], form="kushiro", table="years", n_failure_cases=3)
    with pytest.raises(pandera.errors.SchemaErrors) as failed:
        schema.validate(years, lazy=True)
    (error,) = failed.value.schema_errors
    assert failed.value.failure_cases.height == 3
    assert error.check_output.to_series().sum() == 0


def test_lighter_rules_may_warn() -> None:
    tables = to_tables(built(1, 12, KUSHIRO, kpis=4), SESSION.forms)
    assert tables.kpi_years is not None
    jumps = tables.kpi_years.with_columns(
        (10 ** (2 * (pl.col("year") - 2018))).cast(pl.Int64).alias("actual")
    )
    assert set(
        failing(
            auditor.to_pandera(
                "KPI005", form="kushiro", table="kpi_years", others={"kpis": tables.kpis}
            ),
            jumps,
        )
    ) == {"KPI005"}
    grave = auditor.to_pandera(
        "KPI005", form="kushiro", table="kpi_years", others={"kpis": tables.kpis}, fail_on="error"
    )
    with pytest.warns(pandera.errors.SchemaWarning, match="KPI005"):
        assert grave.validate(jumps).equals(jumps)


def test_what_is_not_checked_fails() -> None:
    years, _ = wrong()
    schema = auditor.to_pandera(["FND001"], form="kushiro", table="years")
    sound = years.filter(pl.col("sheet") % 5 != 0)
    for broken in (
        sound.with_columns(pl.when(pl.col("sheet") > 1).then("sheet").alias("sheet")),
        sound.with_columns(pl.lit("nowhere").alias("form")),
        pl.concat([sound, sound.head(1)]),
    ):
        with pytest.raises(
            pandera.errors.SchemaErrors, match=r"not audited|there is no form"
        ) as failed:
            schema.validate(broken, lazy=True)
        assert "not_checked" in {error.check.name for error in failed.value.schema_errors}
    for broken in (
        sound.drop("sheet"),
        sound.drop("funding.grants"),
        sound.with_columns(pl.lit("x").alias("total_cost")),
    ):
        with pytest.raises(pandera.errors.SchemaError):
            schema.validate(broken)


def test_frames_that_are_not_polars() -> None:
    years, _ = wrong()
    schema = auditor.to_pandera(["FND001"], form="kushiro", table="years")
    with pytest.raises(pandera.errors.SchemaError):
        schema.validate(years.lazy())  # pandera alone would pass it
    sound = years.filter(pl.col("sheet") % 5 != 0)
    lazy = schema.validate(sound.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(sound)
    pandas = pytest.importorskip("pandas")
    with pytest.raises(TypeError, match=r"this is pandas\.DataFrame: convert it first"):
        schema.validate(pandas.DataFrame({"sheet": [1]}))


@pytest.mark.parametrize(
    ("rules", "options", "said"),
    [
        (None, {"table": "years"}, "BOK005 looks at the table sheets, evaluations too"),
        (["PCC001"], {"table": "sheets"}, "PCC001 looks at the table years too"),
        (["KPI001"], {"table": "kpis"}, "KPI001 looks at the table kpi_years too"),
        (
            ["FND001", "EVL001"],
            {"table": "years"},
            "EVL001 is judged on each evaluation: no check of years",
        ),
        (["KPI"], {"table": "years"}, "none of the rules is judged on rows of years"),
        (None, {"table": "yeers"}, "there is no table yeers"),
        (None, {"table": "documents"}, "there is no table documents with rules"),
        (
            None,
            {"table": "years", "others": {"sheet": pl.DataFrame()}},
            "there is no table sheet",
        ),
        (
            None,
            {"table": "years", "others": {"years": pl.DataFrame()}},
            "years is the table to validate",
        ),
        (None, {"table": None}, "kushiro describes no table of its own"),
        (None, {"table": "years", "form": "nowhere"}, "form is one of hamabe"),
    ],
)
def test_what_can_not_be_made_is_said(
    rules: list[str] | None, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said) as fault:
        auditor.to_pandera(rules, **{"form": "kushiro", **options})
    assert re.search("[ぁ-ん]", str(fault.value))


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(auditor.RuleError):
        auditor.to_pandera(["FND999"], form="kushiro", table="years")


# — a table that its form describes —

EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples" / "cofinancing"


def test_a_described_table_is_validated_as_it_stands() -> None:
    session = load((str(EXAMPLE),))
    form = session.forms["cofinancing"]
    projects = pl.read_csv(EXAMPLE / "projects.csv")
    schema = auditor.to_pandera(session.rules, form=form)
    report = audit_tables(
        [EXAMPLE / "projects.csv"], session.rules, session.forms, AuditOptions(form="cofinancing")
    )
    found = failing(schema, projects)
    counts = {code: rows for code, rows in report.rule_counts.items() if rows}
    assert {code: len(rows) for code, rows in found.items()} == {
        "TBL": counts.pop("TBL003"),
        **counts,
    }
    assert projects["Project"][min(found["COF001"])] == "Cycle bridge over the Linn"
    sound = projects.filter(
        ~pl.int_range(pl.len()).is_in(sorted(set[int]().union(*found.values())))
    )
    assert schema.validate(sound).equals(sound)
    assert failing(schema, sound.cast(pl.String)) == {}
    text = pl.col("Grant").cast(pl.String)
    unread = sound.with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("1,0")).otherwise(text).alias("Grant")
    )
    assert failing(schema, unread) == {"TBL": {3}}
    with pytest.raises(pandera.errors.SchemaErrors, match="Grant"):
        schema.validate(sound.drop("Grant"), lazy=True)
