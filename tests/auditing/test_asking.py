"""``auditor.why`` and ``auditor.try_formula``: the same answers from books and from data frames."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import auditor
import auditor_datasets
from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.auditing.trying import TRIED, trial_rule
from auditor.rules.findings import Outcome
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.testing.build import RandomChooser, build_book

SESSION = load()
BOOK = auditor.read(auditor_datasets.path("kushiro-r6-faulty"))


def frames(book: auditor.Book) -> dict[str, Any]:
    return dict(to_tables([book], SESSION.forms).frames)


def test_why_tells_what_an_audit_counts() -> None:
    rows = auditor.why(BOOK, "FND001", most=None)
    report = auditor.audit(BOOK, ["FND001"])
    assert Counter(row.outcome for row in rows) == Counter(
        {outcome: number for outcome, number in report.outcomes["FND001"].items() if number}
    )
    (row,) = auditor.why(BOOK, "FND001", sheet=1, year="R6")
    assert isinstance(row, auditor.RowOutcome)
    assert (row.outcome, row.year) == ("fail", "2024")
    with pytest.raises(Exception, match="frozen"):
        row.outcome = "pass"  # type: ignore[misc]
    assert auditor.why(BOOK, "FND001", sheet=99) == ()
    assert auditor.why(BOOK, "FND001", column="2024", outcomes=["fail"], kind="決算額")
    assert auditor.why(BOOK, "KPI", kpi=1) == ()


def test_a_rule_for_other_forms_has_an_entry() -> None:
    rule = trial_rule("total_cost == 1", SESSION.forms).of_forms(["budget-books"])
    (row,) = auditor.why(BOOK, rule)
    assert (row.outcome, row.sheet, row.decided[0].kind) == ("not_applicable", None, "form")


def test_unknown_rules_and_years_are_refused() -> None:
    with pytest.raises(auditor.RuleError):
        auditor.why(BOOK, "FND999")
    with pytest.raises(Exception, match="no fiscal year"):
        auditor.why(BOOK, "FND001", year="soon")


@pytest.mark.parametrize("library", ["polars", "lazy", "pandas", "arrow"])
def test_frames_answer_as_their_book_does(library: str) -> None:
    change = {
        "polars": lambda frame: frame,
        "lazy": lambda frame: frame.lazy(),
        "pandas": lambda frame: frame.to_pandas(),
        "arrow": lambda frame: frame.to_arrow(),
    }[library]
    tables = {name: change(frame) for name, frame in frames(BOOK).items()}
    formula = "total_cost == sum(funding)"
    assert auditor.try_formula(formula, tables).counts == auditor.try_formula(formula, BOOK).counts
    rows = auditor.why(tables, "FND001", sheet=1)
    of_book = auditor.why(BOOK, "FND001", sheet=1)
    assert [(row.year, row.outcome) for row in rows] == [(row.year, row.outcome) for row in of_book]
    assert [[why.kind for why in row.decided] for row in rows] == [
        [why.kind for why in row.decided] for row in of_book
    ]


@pytest.mark.parametrize("source", ["sheets.txt", 3, None, [3], ["sheets.txt"]])
def test_what_is_no_book_is_refused(source: Any) -> None:
    with pytest.raises(Exception, match="why takes books"):
        auditor.why(source, "FND001")
    with pytest.raises(Exception, match="try_formula takes books"):
        auditor.try_formula("total_cost > 0", source)


def test_wrong_choices_are_refused() -> None:
    with pytest.raises(Exception, match="outcomes is one of"):
        auditor.why(BOOK, "FND001", outcomes=["fial"])  # type: ignore[list-item]
    with pytest.raises(Exception, match="most is a whole number"):
        auditor.why(BOOK, "FND001", most=-1)
    with pytest.raises(Exception, match="outcomes is one of"):
        auditor.audit(BOOK, outcomes=["fial"])  # type: ignore[list-item]
    assert auditor.audit(BOOK, outcomes="fail").outcomes_of("FND001", "fail")
    assert {row.outcome for row in auditor.why(BOOK, "FND001", outcomes="fail")} == {"fail"}


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table"):
        auditor.why({"yeers": frames(BOOK)["years"]}, "FND001")
    with pytest.raises(TypeError):
        auditor.why({"years": 3}, "FND001")


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=20)
@given(
    st.integers(0, 999),
    st.sampled_from(
        [
            "total_cost == sum(funding)",
            "total_cost >= staff_cost",
            "total_cost <= prior.total_cost * 2",
            "population > 0",
            "present(actual) and actual >= 0",
            "unique(name)",
        ]
    ),
)
def test_a_formula_is_tried_as_its_rule_is_judged(seed: int, formula: str) -> None:
    book = build_book(SESSION.forms["kushiro"], RandomChooser(seed), sheets=4, kpis=2)
    trial = auditor.try_formula(formula, book, most=1000)
    rule = trial_rule(formula, SESSION.forms)
    report = audit(book, RuleSet([rule]), SESSION.forms)
    assert trial.counts == report.outcomes[TRIED]
    shown: tuple[Outcome, ...] = ("fail", "unknown", "crashed")
    assert Counter(row.outcome for row in trial.rows if row.outcome in shown) == Counter(
        {outcome: trial.counts[outcome] for outcome in shown if trial.counts[outcome]}
    )
    assert all(row.decided for row in trial.rows)


def test_faults_of_a_formula_are_all_told() -> None:
    with pytest.raises(auditor.RuleError) as caught:
        auditor.try_formula("total_cst == sum(fundings)", BOOK, when='kind = "settled"')
    assert len(caught.value.faults) == 3
    assert str(caught.value).count("^") > 3
