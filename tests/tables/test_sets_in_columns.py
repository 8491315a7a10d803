"""Totals, parents and lookups of described tables as columns: they say what records say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine, not_columnar
from auditor.engines.leftover import Records
from auditor.forms.model import Form
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.tables import Tables, read_frames
from auditor.tables.described import described, heading
from tests.tables.test_columns import QUICK, listed

OF_TOTALS = [
    "amount == sum(details.amount)",
    "max(details.amount) >= min(details.amount) or count(details.amount) > 2",
    "sum(children.amount) <= amount",
    "amount <= parent.amount",
    "present(parent.name) and parent.category == category",
    'role == "total" or sum(same("parent").amount) > 3',
    "unique(name, category)",
]
OF_TOTALS_BY_YEAR = [
    *OF_TOTALS[:4],
    "present(parent.sheet.name) and parent.sheet.category == sheet.category",
    'sheet.role == "total" or sum(same("sheet.parent").amount) > 3',
    "unique(sheet.name, sheet.category, year)",
]
OF_LOOKUPS = [
    "amount <= programme.amount",
    "present(programme.name)",
    "programme.category == name or sum(amount, programme.amount) > 4",
]
TEXT = {"en": "t", "ja": "t"}
NAMES = ["A", "B", "Ｂ", "C c", "Ｃc", "Total", "合計", "Subtotal", "Sub 2", "Cat", "x1", "x2"]
AMOUNTS = ["1", "2", "3", "5", "8", "", "n/a", "0.5", "-"]
CATEGORIES = ["k1", "k2", "ｋ1", "k 2", ""]


def form_of(name: str, *, rows: str = "sheet", number: bool = False, **more: Any) -> Form:
    amount: dict[str, Any] = {"each": rows, "label": "Amount", "rounding": "half_up", "step": "1"}
    labels = {"name": "Name", "category": "Category", "parent": "Parent"}
    if number:
        labels["number"] = "No"
    totals = [
        {"words": ["Total", "合計"], "of": "all"},
        {"words": ["Sub*"], "of": "above"},
        {"words": ["Cat"], "of": ["category"]},
    ]
    data: dict[str, Any] = {
        "name": name,
        "title": TEXT,
        "unit": "USD",
        "units": {"USD": 1},
        "fiscal_year": 2024,
        "table": {"rows": rows, "totals": totals},
        "labels": labels,
        "fields": {"amount": amount},
        **more,
    }
    if rows == "year":
        data["labels"]["year"] = "Year"
        data["columns"] = [{"kind": "settled", "offset": 0}, {"kind": "settled", "offset": -1}]
    return Form.model_validate(data)


def rules_of(form: Form, forms: Mapping[str, Form], formulas: list[str]) -> RuleSet:
    words = vocabulary(forms.values())
    return RuleSet(
        build_rule(
            {
                "code": f"OWN{number:03d}",
                "name": f"own-{number}",
                "severity": "error",
                "each": form.row_scope,
                "formula": formula,
                "forms": [form.name],
                "since": "0",
                "title": TEXT,
                "why": TEXT,
                "action": TEXT,
            },
            "test",
            words,
        )
        for number, formula in enumerate(formulas)
    )


def tidy(form: Form, rows: list[dict[str, str]]) -> pl.DataFrame:
    """The table of a form's rows, as a file of them would be read."""
    frame = pl.DataFrame(rows)
    found = heading(frame.columns, [form], form)
    assert found is not None
    made = described(frame, found).frames
    return made["sheets" if form.row_scope == "sheet" else "years"]


def unexplained(*_: object) -> list[object]:
    """What explains findings is not looked for: it takes longer than all else."""
    return []


def same(tables: Tables, rules: RuleSet, forms: Mapping[str, Form], engine: Engine) -> None:
    assert not not_columnar(rules, forms)
    with patch("auditor.auditing.collector.explained_findings", unexplained):
        reading = read_frames(tables, forms)
        options = AuditOptions(not_checked=reading.not_checked)
        alone = audit(reading.books, rules, forms, options)
        columns = audit_tables(tables, rules, forms, AuditOptions(engine=engine))
    assert {code: dict(counts) for code, counts in columns.outcomes.items()} == {
        code: dict(counts) for code, counts in alone.outcomes.items()
    }
    assert listed(columns) == listed(alone)


@st.composite
def totalled(draw: st.DrawFn) -> tuple[Form, Tables]:
    """A table with total rows and parents, of rows or of columns of sheets."""
    by_year = draw(st.booleans())
    number = by_year or draw(st.booleans())
    form = form_of("totalled", rows="year" if by_year else "sheet", number=number)
    parents = ["", "A", "B", "1", "02", "x1", "zz"]
    rows: list[dict[str, str]] = []
    for at in range(draw(st.integers(2, 12))):
        row = {
            "Name": draw(st.sampled_from(NAMES)),
            "Category": draw(st.sampled_from(CATEGORIES)),
            "Parent": draw(st.sampled_from(parents)),
        }
        row |= {"No": str(at + 1)} if number else {}
        for year in ("2024", "2023") if by_year else ("",):
            amount = {"Amount": draw(st.sampled_from(AMOUNTS))}
            rows.append({**row, **amount, **({"Year": year} if by_year else {})})
    frame = pl.DataFrame(rows)
    found = heading(frame.columns, [form])
    assert found is not None
    return form, Tables(**described(frame, found).frames)


def formulas(form: Form) -> list[str]:
    return OF_TOTALS if form.row_scope == "sheet" else OF_TOTALS_BY_YEAR


@QUICK
@given(totalled())
def test_totals_and_parents(drawn: tuple[Form, Tables]) -> None:
    form, tables = drawn
    forms = {form.name: form}
    same(tables, rules_of(form, forms, formulas(form)), forms, PolarsEngine())


@settings(QUICK, max_examples=2)
@given(totalled())
def test_totals_and_parents_on_duckdb(drawn: tuple[Form, Tables]) -> None:
    form, tables = drawn
    forms = {form.name: form}
    same(tables, rules_of(form, forms, formulas(form)), forms, DuckDbEngine())


@QUICK
@given(st.data())
def test_lookups(data: st.DataObject) -> None:
    on = {"programme": {"form": "programmes", "on": {"category": "name"}}}
    form, programmes = form_of("grants", lookups=on), form_of("programmes")
    forms = {form.name: form, programmes.name: programmes}

    def rows(names: list[str], categories: list[str]) -> list[dict[str, str]]:
        row = st.fixed_dictionaries(
            {
                "Name": st.sampled_from(names),
                "Category": st.sampled_from(categories),
                "Parent": st.just(""),
                "Amount": st.sampled_from(AMOUNTS),
            }
        )
        return data.draw(st.lists(row, min_size=1, max_size=6))

    tables = [
        tidy(form, rows(["A", "Ｂ"], CATEGORIES)).with_columns(book=pl.lit("grants")),
        tidy(programmes, rows(CATEGORIES, ["A", "B"])).with_columns(book=pl.lit("programmes")),
    ]
    both = pl.concat([table.cast({"amount": pl.String}) for table in tables], how="diagonal")
    both = both.drop("#row", "line", strict=False)
    same(Tables(sheets=both), rules_of(form, forms, OF_LOOKUPS), forms, PolarsEngine())


def test_a_failing_row_brings_the_records_of_its_group_alone() -> None:
    form = form_of("totalled")
    forms = {form.name: form}
    rows = [
        {"Name": f"x{at}", "Category": f"k{at // 2}", "Parent": "", "Amount": "1"}
        for at in range(200)
    ]
    rows[7]["Name"] = "x6"
    tables = Tables(sheets=tidy(form, rows))
    of_pairs = ["unique(name)", 'sum(same("category").amount) == amount * 2']
    made = 0
    records_of = Records.of

    def counted(self: Records, *arguments: Any) -> Any:
        nonlocal made
        books = records_of(self, *arguments)
        made += sum(len(owned) for _, _, owned in books)
        return books

    with patch.object(Records, "of", counted):
        report = audit_tables(tables, rules_of(form, forms, of_pairs), forms)
    assert [finding.rule for finding in report.findings] == ["OWN000", "OWN000"]
    assert made == 2
