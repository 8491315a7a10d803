"""Mutants of rules: what they are, and which of them the cases of a rule notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.formula.parse import parse
from auditor.formula.tree import shape
from auditor.formula.written import written
from auditor.rules.rows import vocabulary
from auditor.testing.mutants.changes import changed_formulas

SESSION = load()
WORDS = vocabulary(SESSION.forms.values())

RULE = """\
code = "CTX001"
name = "bonds-within-cost"
severity = "note"
each = "year"
when = "present(funding.local_bonds)"
formula = "funding.local_bonds <= total_cost"
since = "1"
title = { en = "t", ja = "題" }
why = { en = "w", ja = "理由" }
action = { en = "a", ja = "対応" }
"""
CASES = {
    "below": 'total_cost = 5000\nfunding = { local_bonds = 3000 }\noutcome = "pass"',
    "equal": 'total_cost = 5000\nfunding = { local_bonds = 5000 }\noutcome = "pass"',
    "above": 'total_cost = 5000\nfunding = { local_bonds = 6000 }\noutcome = "fail"',
    "blank": 'total_cost = 5000\noutcome = "not_applicable"',
}


def rule_file(folder: Path, *cases: str) -> Path:
    path = folder / "CTX001.toml"
    tables = (f'[[cases]]\nform = "kushiro"\n{CASES[name]}\n' for name in cases)
    path.write_text("\n".join([RULE, *tables]), encoding="utf-8")
    return path


ATOMS = st.sampled_from(
    [
        "total_cost >= 0",
        "total_cost == sum(funding)",
        "abs(staff_cost - total_cost) < 10.5",
        "prior.total_cost * 2 != staff_cost + 1 - headcount",
        'kind in ["settled", "budgeted"]',
        'sheet.status not in ["new"]',
        'kind == "settled"',
        "present(total_cost)",
        "blank(min(funding))",
        "max(total_cost, staff_cost, 3) <= -1",
        'min(group("parts")) > zero(staff_cost) / sheet.population',
    ]
)
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' and '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
        inner.map(lambda part: f"not ({part})"),
    ),
    max_leaves=4,
)


@settings(max_examples=20)
@given(FORMULAS)
def test_every_mutant_is_another_formula_and_is_told_from_all_others(formula: str) -> None:
    tree = parse(formula, WORDS, "year")
    changes = changed_formulas(tree, WORDS, "year")
    assert changes
    for change in changes:
        text = written(change.tree)
        assert shape(parse(text, WORDS, "year")) == shape(change.tree)
        assert text != written(tree)
        assert change.before != change.after
        assert change.before in written(tree)
        assert change.after in text
    assert len({written(change.tree) for change in changes}) == len(changes)


@pytest.mark.parametrize(
    ("formula", "mutants"),
    [
        (
            "total_cost >= 0",
            {"total_cost > 0", "total_cost == 0", "total_cost >= 1", "total_cost >= -1"},
        ),
        ('kind == "settled"', {'kind != "settled"'}),
        (
            'kind in ["settled", "budgeted"]',
            {'kind in ["settled"]', 'kind in ["budgeted"]', 'kind not in ["settled", "budgeted"]'},
        ),
        (
            "not blank(total_cost) and present(min(funding))",
            {
                "not blank(total_cost)",
                "present(min(funding))",
                "not blank(total_cost) or present(min(funding))",
                "blank(total_cost) and present(min(funding))",
                "not present(total_cost) and present(min(funding))",
                "not blank(total_cost) and blank(min(funding))",
                "not blank(total_cost) and present(max(funding))",
            },
        ),
        (
            "total_cost < staff_cost + zero(headcount)",
            {
                "total_cost <= staff_cost + zero(headcount)",
                "total_cost != staff_cost + zero(headcount)",
                "total_cost < staff_cost - zero(headcount)",
                "total_cost < staff_cost",
                "total_cost < zero(headcount)",
                "total_cost < staff_cost + headcount",
            },
        ),
    ],
)
def test_the_mutants_of_a_formula(formula: str, mutants: set[str]) -> None:
    changes = changed_formulas(parse(formula, WORDS, "year"), WORDS, "year")
    assert {written(change.tree) for change in changes} == mutants


def test_what_two_changes_have_in_common_is_shown_with_what_stands_around_it() -> None:
    formula = "present(total_cost) and staff_cost > 0 or blank(total_cost) and staff_cost > 0"
    changes = changed_formulas(parse(formula, WORDS, "year"), WORDS, "year")
    shown = {(change.before, change.after) for change in changes}
    assert len(shown) == len(changes)
    assert (
        "blank(total_cost) and staff_cost > 0",
        "blank(total_cost) and staff_cost >= 0",
    ) in shown


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    code = main(["test-rules", *map(str, words), "--mutants", "--lang", "en"])
    return code, " ".join(capsys.readouterr().out.split())


def test_cases_at_every_bound_notice_every_mutant(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, output = run(capsys, rule_file(tmp_path, *CASES))
    assert (code, "4 mutants of 1 rule: each is noticed by a case" in output) == (0, True), output


@pytest.mark.parametrize(
    ("missing", "mutant"),
    [
        ("below", "formula: funding.local_bonds <= total_cost → funding.local_bonds == total_cost"),
        ("equal", "formula: funding.local_bonds <= total_cost → funding.local_bonds < total_cost"),
    ],
)
def test_a_mutant_survives_without_the_case_at_its_bound(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, missing: str, mutant: str
) -> None:
    path = rule_file(tmp_path, *(name for name in CASES if name != missing))
    code, output = run(capsys, path)
    assert code == 1
    assert "1 of 4 mutants survive the cases" in output
    assert mutant in output


def test_mutants_for_programs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = rule_file(tmp_path, "above", "blank", "equal")
    assert main(["test-rules", str(path), "--mutants", "--format", "json"]) == 1
    content = json.loads(capsys.readouterr().out)
    assert [case["passed"] for case in content["cases"]] == [True] * 3
    (mutants,) = content["mutants"]
    assert mutants["mutants"] == 4
    (survivor,) = mutants["survivors"]
    assert survivor == {
        "part": "formula",
        "before": "funding.local_bonds <= total_cost",
        "after": "funding.local_bonds == total_cost",
    }


def test_a_rule_in_python_has_no_mutants(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "ctx.py"
    lines = RULE.replace('formula = "funding.local_bonds <= total_cost"\n', "")
    case = f'[[cases]]\nform = "kushiro"\n{CASES["below"]}\n'
    path.write_text(
        f"import auditor\nfrom auditor.rules.verdicts import PASS\n\n\n@auditor.rule('''{lines}{case}''')\n"
        "def check(row):\n    return PASS\n",
        encoding="utf-8",
    )
    code, output = run(capsys, path)
    assert code == 0, output
    assert "0 mutants of 0 rules" in output
    assert "1 rule in Python left out" in output
