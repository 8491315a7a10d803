"""Mutants of rules: what they are, and which of them the cases of a rule notice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.formula.parse import parse
from auditor.formula.tree import shape
from auditor.formula.written import written
from auditor.rules.loading import load_rule_file
from auditor.rules.rows import vocabulary
from auditor.testing.cases import run_cases
from auditor.testing.mutants.changes import changed_formulas
from auditor.testing.mutants.killing import case_rows, survivors
from auditor.testing.mutants.run import hold_mutants
from tests.cli.test_test_rules import FORM

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
    assert (code, "4 mutants of 1 rule: none survives, a case notices each" in output) == (
        0,
        True,
    ), output


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


def mark(change: str) -> str:
    return f"[[equivalent]]\nformula = '{change}'\nreason = {{ en = 'r', ja = '理由' }}\n"


NO_MATTER = "count(funding) == 0 → count(funding) <= 0"
LESS = "funding.local_bonds <= total_cost → funding.local_bonds < total_cost"


def marked_rule(
    folder: Path, *changes: str, formula: str = "", cases: Iterable[str] = CASES
) -> Path:
    path = rule_file(folder, *cases)
    text = path.read_text(encoding="utf-8")
    text = text.replace("funding.local_bonds <= total_cost", formula) if formula else text
    path.write_text("\n".join([text, *map(mark, changes)]), encoding="utf-8")
    return path


def test_a_change_that_makes_no_difference_can_be_marked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    formula = "funding.local_bonds <= total_cost or count(funding) == 0"
    path = marked_rule(tmp_path, formula=formula)
    code, output = run(capsys, path)
    assert code == 1
    assert "none of 20,000 drawn rows tells the two apart" in output
    changes = [
        block.split("[[equivalent]] formula = ")[1]
        for block in output.split("Where nothing can, mark it")[1:]
    ]
    marks = [change.split(" reason = ")[0].strip("'\"") for change in changes]
    assert NO_MATTER in marks
    code, output = run(capsys, marked_rule(tmp_path, *marks, formula=formula))
    assert f"{len(marks)} marked as making no difference" in output
    assert "tells the two apart" not in output
    assert "refuted" not in output


@pytest.mark.parametrize(
    ("change", "cases", "message"),
    [
        (LESS, CASES, "this change makes a difference: a case of the rule notices it"),
        (LESS, ("below", "above", "blank"), "it is seen in the case below"),
        (LESS.replace("→", "->"), CASES, "a case of the rule notices it"),
        (LESS.replace("< total", "!= total"), CASES, "there is no such change of formula; did you"),
    ],
)
def test_a_mark_is_refuted(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    change: str,
    cases: Iterable[str],
    message: str,
) -> None:
    code, output = run(capsys, marked_rule(tmp_path, change, cases=cases))
    assert code == 1
    assert message in output
    assert "CTX001.toml:" in output
    assert "1 mark refuted" in output


def test_a_mark_names_one_change_and_a_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = rule_file(tmp_path, *CASES)
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n[[equivalent]]\nreason = {{ en = 'r', ja = '理由' }}\n", "utf-8")
    assert main(["test-rules", str(path), "--lang", "en"]) == 2
    assert "state one of the two" in capsys.readouterr().err


def test_a_case_may_declare_otherwise_than_its_form(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = rule_file(tmp_path, "above")
    text = path.read_text(encoding="utf-8").replace(
        'form = "kushiro"\n',
        'form = "kushiro"\ndeclares = { fields = { funding = { local_bonds = { unit = "円" } } } }\n',
    )
    path.write_text(text.replace('"fail"', '"pass"'), encoding="utf-8")
    assert main(["test-rules", str(path), "--lang", "en"]) == 0, capsys.readouterr().out
    path.write_text(text.replace('"円"', "1"), encoding="utf-8")
    assert main(["test-rules", str(path), "--lang", "en"]) == 1
    assert "declares.fields.funding.local_bonds.unit: " in " ".join(capsys.readouterr().out.split())
    path.write_text(text.replace("fields =", "columns ="), encoding="utf-8")
    assert main(["test-rules", str(path), "--lang", "en"]) == 1
    output = " ".join(capsys.readouterr().out.split())
    assert "declares.columns: a case can say otherwise of fields" in output


def test_mutants_wait_for_cases_that_hold(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nothing is said of mutants, nor of marks, where a case fails or there is none."""
    path = rule_file(tmp_path, "above", "blank", "equal")
    text = path.read_text(encoding="utf-8")
    failing = text.replace('outcome = "pass"', 'outcome = "fail"')
    without = text.partition("[[cases]]")[0]
    for other in (failing, without):
        path.write_text(other, encoding="utf-8")
        code, output = run(capsys, path)
        assert code == 1
        assert "4 mutants not tried" in output
        assert "1 rule not tried" in output
        assert "survive" not in output
        assert "[[equivalent]]" not in output


def test_a_rule_in_the_file_of_a_form_has_mutants_and_marks(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "ctx.toml"
    rule = """
[[rules]]
code = "CTX002"
title = "来館者数がありません"
each = "sheet"
formula = "count([visitors]) >= 1"
cases = [{ visitors = 3, outcome = "pass" }, { outcome = "fail" }]
equivalent = [
  { formula = "count([visitors]) >= 1 → count([visitors]) == 1", reason = "欄は１つです" },
]
"""
    path.write_text(FORM + rule, encoding="utf-8")
    code, output = run(capsys, path)
    assert "1 marked as making no difference" in output, output
    assert (code, "none survives" in output) == (0, True)


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
        "case": survivor["case"],
    }
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{survivor['case']}\n", encoding="utf-8")
    assert main(["test-rules", str(path), "--mutants"]) == 0


OF_KINDS = {
    "year": (
        "present(prior.total_cost)",
        "max(funding) <= total_cost",
        'form = "minato"\ntotal_cost = 5000\nfunding = { fees = 100, local_bonds = 300 }\n'
        "prior = { total_cost = 400 }",
    ),
    "evaluation": (
        'meaning in ["end", "expand"]',
        "zero(directed.total_cost) == 0",
        'form = "kushiro"\nyear = 2023\nresult = "終了"\ndirected = { total_cost = 0 }',
    ),
    "kpi": (
        "count(actuals) >= 2",
        "due_actual >= target",
        'form = "kushiro"\ntarget = 20\nunit = "人"\ndue = "2024-03"\n'
        "actuals = { 2022 = 22, 2023 = 22 }",
    ),
    "kpi_year": (
        "kpi.unit == kpi.earlier.unit",
        "actual == earlier.actual",
        'form = "kushiro"\ntarget = 20\nunit = "人"\ndue = "2024-03"\nyear = 2023\n'
        'actuals = { 2023 = 22 }\nearlier = { unit = "人", actuals = { 2023 = 22 } }',
    ),
    "claim": (
        'kind == "share" and whole > 0',
        "ratio == part / whole",
        'form = "kushiro"\ntext = "アンケートでは200人中50人（25.0%）が満足と回答した。"',
    ),
    "sheet": (
        "evaluated.total_cost >= 0",
        "unique(name, budget_stages)",
        'form = "kushiro"\nname = "甲事業"\nbook = [{ name = "乙事業" }]',
    ),
}


@pytest.mark.parametrize("each", OF_KINDS)
def test_the_cases_that_are_shown_notice_the_mutants_of_rules_over_every_kind(
    tmp_path: Path, each: str
) -> None:
    when, formula, case = OF_KINDS[each]
    lines = RULE.replace("bonds-within-cost", "of-a-kind").replace('"year"', f'"{each}"')
    lines = lines.replace("present(funding.local_bonds)", when.replace('"', "'"))
    lines = lines.replace("funding.local_bonds <= total_cost", formula.replace('"', "'"))
    path = tmp_path / "CTX001.toml"
    path.write_text(f'{lines}\n[[cases]]\n{case}\noutcome = "pass"\n', encoding="utf-8")
    (rule,) = load_rule_file(path, WORDS)
    (result,) = hold_mutants([rule], SESSION, draws=2000)
    shown = [survivor.case for survivor in result.survivors]
    assert sum(case is None for case in shown) <= 1
    cases = (*rule.file.cases, *(case for case in shown if case is not None))
    more = replace(rule, file=rule.file.model_copy(update={"cases": cases}))
    assert all(result.passed for result in run_cases(more, SESSION.forms)[1:])
    mutants = [survivor.mutant for survivor in result.survivors if survivor.case is not None]
    assert survivors(mutants, case_rows(more, SESSION.forms)) == []


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
    assert "mutants of" not in output
    assert "1 rule in Python left out" in output
