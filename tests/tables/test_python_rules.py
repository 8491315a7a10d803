"""Python rules on tables: columns settle what they are sure of, and no rule that ships has records
made of every row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, PolarsEngine
from auditor.engines.leftover import Records
from auditor.forms.model import Form
from auditor.formula.judge import judge
from auditor.formula.trace import SHOWN
from auditor.records.figures import Answer
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.rules.loading import load_rules
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.rule import RuleError
from auditor.rules.ruleset import RuleSet
from auditor.tables import Tables, to_tables
from auditor.testing import book as built
from tests.tables.test_columns import hard_books, quickly_same, same

SESSION = load()
SETTLING = RuleSet(rule for rule in SESSION.rules if rule.passes or rule.in_columns)
NAMES = [
    "DX推進事業",
    "ＤＸ推進事業",
    "DX 推進事業",
    "庁舎（新館）",
    "庁舎(新館)",
    "○○○事業",
    "xxx",
    "",
]
RESULTS = ["終了", "終　了", "拡充", "拡大", "継続維持"]

QUICK = settings(
    max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def muddled_books(draw: st.DrawFn, form: Form | None = None) -> tuple[Form, Book]:
    """A book with hard figures, names that are nearly alike, texts with fillers, copied sheets
    and KPIs, and evaluations that end a project.
    """
    form, book = draw(hard_books(form))
    sheets = list(book.sheets)
    for number, sheet in enumerate(sheets):
        update: dict[str, Any] = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "name": st.sampled_from(NAMES),
                    "department": st.sampled_from(NAMES),
                    "plans": st.lists(st.sampled_from(NAMES[:-1]), max_size=2).map(tuple),
                    "purpose": st.sampled_from(NAMES),
                    "years": st.just(sheets[draw(st.integers(0, number))].years),
                },
            )
        )
        evaluations = {
            year: evaluation.model_copy(update={"result": word, "meaning": form.meaning(word)})
            for year, evaluation in sheet.evaluations.items()
            if (word := draw(st.sampled_from([*RESULTS, evaluation.result]))) is not None
        }
        update["evaluations"] = FrozenDict({**sheet.evaluations, **evaluations})
        sheets[number] = sheet.model_copy(update=update)
    kpis = [
        # Tables lend no department to a KPI; records do, of the sheet of its project.
        kpi.model_copy(
            update={
                "project": draw(st.sampled_from([sheet.name for sheet in sheets])),
                "department": "観光課",
            }
        )
        for kpi in book.kpis
    ]
    return form, book.model_copy(update={"sheets": tuple(sheets), "kpis": (*kpis, *kpis[:1])})


@st.composite
def three_muddled_books(draw: st.DrawFn) -> tuple[Form, list[Book]]:
    """Books of one form, for all of which rules are made columns once."""
    form, first = draw(muddled_books())
    books = [first, draw(muddled_books(form))[1], draw(muddled_books(form))[1]]
    named = [
        book.model_copy(update={"name": f"book {number}"}) for number, book in enumerate(books)
    ]
    return form, named


@settings(QUICK, max_examples=9)
@given(three_muddled_books())
def test_columns_and_records_say_the_same(drawn: tuple[Form, list[Book]]) -> None:
    form, books = drawn
    quickly_same(to_tables(books, {form.name: form}), SETTLING, form, PolarsEngine())


@settings(QUICK, max_examples=1)
@given(three_muddled_books())
def test_duckdb_says_the_same(drawn: tuple[Form, list[Book]]) -> None:
    form, books = drawn
    quickly_same(to_tables(books, {form.name: form}), SETTLING, form, DuckDbEngine())


@QUICK
@given(muddled_books())
def test_what_a_rule_states_to_pass_does(drawn: tuple[Form, Book]) -> None:
    form, book = drawn
    rows = Rows(book, form)
    for rule in SESSION.rules:
        if rule.passes is None or not rule.applies_to(form):
            continue
        passes = judge(rule.passes)
        for row in rows.of(rule.each):  # type: ignore[arg-type]
            if passes(row) is Answer.YES and (rule.applies is None or rule.applies(row)):
                assert rule.judge(row).outcome == "pass"


def records_made(tables: Tables, form: Form, rules: RuleSet) -> int:
    """How many sheets and KPIs an audit makes records of, consensus apart."""
    made = 0
    records_of = Records.of

    def counted(self: Records, *arguments: Any) -> Any:
        nonlocal made
        books = records_of(self, *arguments)
        made += sum(len(owned) for _, _, owned in books)
        return books

    with patch.object(Records, "of", counted):
        audit_tables(
            tables, rules, {form.name: form}, AuditOptions(max_findings=0, narrative=False)
        )
    return made


@pytest.mark.parametrize("name", sorted(SESSION.forms))
def test_no_shipped_rule_makes_records_of_every_row(name: str) -> None:
    form = SESSION.forms[name]
    book = built(60, 3, form)
    sheets = [
        sheet.model_copy(update={"name": f"{number}号事業", "years": _apart(sheet, number)})
        for number, sheet in enumerate(book.sheets)
    ]
    tables = to_tables(book.model_copy(update={"sheets": tuple(sheets)}), SESSION.forms)
    rules = RuleSet(rule for rule in SESSION.rules if not rule.file.optional)
    assert records_made(tables, form, rules) <= 40


def _apart(sheet: Sheet, number: int) -> FrozenDict[str, Any]:
    """The columns of a sheet with a headcount of its own, so that none is another's copy."""
    years: dict[str, Any] = {}
    for key, year in sheet.years.items():
        head = year.headcount
        if head is not None and head.value:
            head = head.model_copy(update={"value": head.value + number})
        years[key] = year.model_copy(update={"headcount": head})
    return FrozenDict(years)


COMPARING = """
import auditor
from auditor.rules.verdicts import PASS, failed

@auditor.rule('''
code = "OWN001"
name = "own-population"
severity = "error"
each = "sheet"
passes = "population > 0 and {passes}"
since = "0"
title = {{ en = "t", ja = "t" }}
why = {{ en = "t", ja = "t" }}
action = {{ en = "t", ja = "t" }}
''')
def largest(row):
    every = [other.sheet.number for other in row.rows.of("sheet")]
    return PASS if row.sheet.number < max(every) else failed((row, "population"))
"""


def test_the_rows_that_are_left_are_judged_among_their_whole_book(tmp_path: Path) -> None:
    form = SESSION.forms["kushiro"]
    (tmp_path / "OWN001.py").write_text(COMPARING.format(passes="number < 5"), encoding="utf-8")
    rules = load_rules(tmp_path, vocabulary([form]))
    same(to_tables(built(8, 1, form), SESSION.forms), rules, form, PolarsEngine())


def test_a_rule_with_a_formula_states_no_passes(tmp_path: Path) -> None:
    text = COMPARING.format(passes="number < 5").split("'''")[1]
    (tmp_path / "OWN001.toml").write_text(
        text.replace("since", 'formula = "population > 0"\nsince'), encoding="utf-8"
    )
    with pytest.raises(RuleError, match="passes"):
        load_rules(tmp_path, vocabulary([SESSION.forms["kushiro"]]))


def test_a_finding_does_not_grow_with_its_group() -> None:
    form = SESSION.forms["kushiro"]
    book = built(1, 2, form)
    copies = [book.sheets[0].model_copy(update={"number": n}) for n in range(1, 61)]
    copied = book.model_copy(update={"sheets": tuple(copies)})
    report = audit_tables(
        to_tables(copied, SESSION.forms), SESSION.rules.select(["BOK"]), {form.name: form}
    )
    alike = [finding for finding in report.findings if finding.rule in ("BOK002", "BOK006")]
    assert {finding.rule for finding in alike} == {"BOK002", "BOK006"}
    assert all(len(finding.cells) <= 2 * (SHOWN + 1) for finding in alike)
    assert all("51 more" in finding.message.en for finding in alike if finding.rule == "BOK006")
    assert pl.Series([len(finding.message.ja) for finding in alike]).max() < 500  # type: ignore[operator]
