"""What a function over a group of rows, a link and a scope that are new can do: run by
test_fields.py in a copy of the program whose catalogue has the link ``before_last`` and the scope
``document``.
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
from auditor.formula import functions
from auditor.formula.functions import Function, OfGroup
from auditor.formula.signatures import Signature
from auditor.records import figures
from auditor.records.model import Book
from auditor.records.text import Text
from auditor.rules.loading import build_rule
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.testing import book as built
from auditor.testing.cases import run_cases

FORM = load().forms["kushiro"]
FORMS = {FORM.name: FORM}
PEAK = Function(
    Signature(
        "peak",  # type: ignore[arg-type]  # the type names the functions that ship
        words=("the greatest {}", "最大の{}"),
        takes=("number",),
        gives="number",
    ),
    means=Text(en="the greatest of the book's column", ja="冊子の同じ列の最大値"),
    judgement=OfGroup(lambda values: figures.greatest(values) if values else None),
    columns=Text(en="a whole column is looked at", ja="列全体を見ます"),
    linear=Text(en="looks at a whole column", ja="列全体を見ています"),
    phrase=lambda forms: forms.value(),
)


@pytest.fixture(autouse=True)
def _grown(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry in (functions.FUNCTIONS, functions.NAMED):
        monkeypatch.setitem(registry, PEAK.name, PEAK)


def rule(code: str, each: str, formula: str, *cases: dict[str, Any]) -> Rule:
    text = {"en": "t", "ja": "t"}
    data = {"code": code, "name": f"new-{code.lower()}", "each": each, "formula": formula}
    texts = {"since": "0", "title": text, "why": text, "action": text}
    data |= {"severity": "error", "cases": list(cases), **texts}
    return build_rule(data, "test", vocabulary([FORM]))


def rules() -> RuleSet:
    last = {"form": "kushiro", "headcount": 4, "column": "2025"}
    return RuleSet(
        [
            rule(
                "NEW001",
                "year",
                "headcount <= before_last.headcount",
                {**last, "outcome": "fail", "before_last": {"headcount": 3}},
                {**last, "outcome": "pass", "before_last": {"headcount": 4}},
            ),
            rule("NEW002", "year", "headcount <= peak(before_last.headcount)"),
        ]
    )


def book() -> Book:
    """Three sheets, of which the first has more staff in its last column than ever."""
    data: dict[str, Any] = built(3, 4, FORM, kpis=0).model_dump()
    for sheet in data["sheets"]:
        for at, year in enumerate(sheet["years"].values()):
            staff = 9 if sheet is data["sheets"][0] and at == len(sheet["years"]) - 1 else 5
            year["headcount"] = {"value": Decimal(staff), "state": "number", "printed": str(staff)}
    return Book.model_validate(data)


def test_a_row_leads_to_the_row_before_the_last() -> None:
    for row in Rows(book(), FORM).of("year"):
        last = row.link("prior")
        assert row.link("before_last") is (last.link("prior") if last else None)


@pytest.mark.parametrize("engine", [PolarsEngine, DuckDbEngine])
def test_formulas_in_records_and_columns(engine: type[Engine]) -> None:
    alone = audit([book()], rules(), FORMS)
    assert alone.outcomes["NEW001"]["fail"] == 1
    assert alone.outcomes["NEW002"]["fail"] == 1
    options = AuditOptions(engine=engine())
    columns = audit_tables(to_tables(book(), FORMS), rules(), FORMS, options)
    assert columns.outcomes == alone.outcomes


def test_documents_are_judged() -> None:
    whole = RuleSet(
        [
            rule("NEW003", "document", "sheets < 3"),
            rule("NEW004", "document", "sheets <= peak(sheets)"),
        ]
    )
    outcomes = audit([book()], whole, FORMS).outcomes
    assert (outcomes["NEW003"]["fail"], outcomes["NEW004"]["pass"]) == (1, 1)


def test_cases() -> None:
    for new in rules():
        assert [result.problems for result in run_cases(new, FORMS) if not result.passed] == []
