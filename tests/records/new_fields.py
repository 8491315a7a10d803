"""What two new fields can do: run by test_fields.py in a copy of the program that has them, a
sheet's ``contact`` and a column's ``overtime_cost``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine
from auditor.forms.model import Form
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.json.writing import dump_records
from auditor.readers.source import Source
from auditor.records.model import Book
from auditor.reports.wording import Wording
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.testing import book as built
from auditor.testing.cases import run_cases

KUSHIRO = load().forms["kushiro"].model_dump(by_alias=True)
FORM = Form.model_validate(
    KUSHIRO | {"fields": KUSHIRO["fields"] | {"overtime_cost": {"label": "時間外手当"}}}
)
FORMS = {FORM.name: FORM}


def rules() -> RuleSet:
    text = {"en": "t", "ja": "t"}
    common: dict[str, Any] = {
        "severity": "error",
        "since": "0",
        "title": text,
        "why": text,
        "action": text,
    }
    contact = {
        "code": "NEW001",
        "name": "contact-is-not-the-department",
        "each": "sheet",
        "formula": "contact != department",
        "cases": [
            {"form": "kushiro", "outcome": "fail", "department": "a", "contact": "a"},
            {"form": "kushiro", "outcome": "unknown", "department": "a"},
        ],
    }
    overtime = {
        "code": "NEW002",
        "name": "overtime-is-part-of-staff-cost",
        "each": "year",
        "formula": "overtime_cost <= staff_cost",
        "cases": [{"form": "kushiro", "outcome": "fail", "overtime_cost": 9, "staff_cost": 5}],
    }
    known = vocabulary([FORM])
    return RuleSet([build_rule(common | rule, "test", known) for rule in (contact, overtime)])


def book() -> Book:
    """Three sheets; the first names its department as contact, and has too much overtime."""
    whole = built(3, 4, FORM, kpis=0)
    data: dict[str, Any] = whole.model_dump()
    first = data["sheets"][0]
    first["contact"] = first["department"]
    for year in first["years"].values():
        year["overtime_cost"] = {**year["staff_cost"], "value": Decimal(10**6), "state": "number"}
    return Book.model_validate(data)


def test_documents_in_json() -> None:
    source = Source("a.json", dump_records([book()]).encode())
    result = RecordsJsonReader().read_records(source, FORMS)
    assert not result.not_checked
    assert [sheet.model_dump() for sheet in result.books[0].sheets] == [
        sheet.model_dump() for sheet in book().sheets
    ]


@pytest.mark.parametrize("engine", [PolarsEngine, DuckDbEngine])
def test_formulas_in_records_and_columns(engine: type[Engine]) -> None:
    alone = audit([book()], rules(), FORMS)
    options = AuditOptions(engine=engine())
    columns = audit_tables(to_tables(book(), FORMS), rules(), FORMS, options)
    assert alone.outcomes["NEW001"]["fail"] == 1
    assert alone.outcomes["NEW001"]["unknown"] == 2
    assert alone.outcomes["NEW002"]["fail"] > 0
    assert columns.outcomes == alone.outcomes
    assert "contact" in {cell.field for finding in alone.findings for cell in finding.cells}


def test_cases() -> None:
    for rule in rules():
        assert [result.problems for result in run_cases(rule, FORMS) if not result.passed] == []


def test_labels() -> None:
    assert Wording("ja").field("contact") == "連絡先"
    assert Wording("ja", FORMS, {"a": FORM.name}).field("overtime_cost", "a") == "時間外手当"
