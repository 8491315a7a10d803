"""The pytest plugin, in runs of pytest of its own: cases as tests, fixtures, and nothing at all for
those who don't use it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
PATHS = os.pathsep.join([str(ROOT), str(ROOT / "rules"), str(ROOT / "datasets")])

RULE = """
code = "CTY001"
name = "staff-cost-above-total"
severity = "warning"
each = "year"
when = "present(total_cost) and present(staff_cost)"
formula = "staff_cost <= total_cost"
since = "1.0"
title = { en = "The staff costs more than the project", ja = "職員人件費が事業費を上回っています" }
why = { en = "It can't.", ja = "ありえません。" }
action = { en = "Check.", ja = "確認してください。" }

[[cases]]
form = "kushiro"
total_cost = 8030
staff_cost = 3694
outcome = "pass"

[[cases]]
form = "kushiro"
note = "more than there is"
total_cost = 803
staff_cost = 3694
outcome = "OUTCOME"
"""
GOOD, BAD = RULE.replace("OUTCOME", "fail"), RULE.replace("OUTCOME", "pass")

PYTHON_RULE = '''
import auditor
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, failed


@auditor.rule("""
code = "CTY002"
name = "number-in-name"
severity = "note"
each = "sheet"
since = "1.0"
title = { en = "a number", ja = "番号" }
why = { en = "a", ja = "あ" }
action = { en = "a", ja = "あ" }

[[cases]]
form = "kushiro"
name = "庁舎維持管理事業"
outcome = "pass"

[[cases]]
form = "kushiro"
name = "3 庁舎維持管理事業"
outcome = "fail"
""")
def number_in_name(row):
    name = row.values["name"]
    if not isinstance(name, str):
        return NOT_APPLICABLE
    return failed((row, "name")) if name[0].isdigit() else PASS
'''

FORM = """
name = "hoshi"
title = { ja = "星 事業シート", en = "Hoshi" }
unit = "千円"
units = { "円" = 1, "千円" = 1000 }
evaluated = [0]
[[columns]]
offset = 0
kind = "settled"
[fields.total_cost]
label = "事業費"
[fields.funding.grants]
label = "国県支出金"
[fields.funding.general_revenue]
label = "一般財源"
[[rules]]
code = "HSH001"
each = "year"
title = "Grants above the total"
formula = "funding.grants <= total_cost"
cases = [
    { total_cost = 3, funding = { grants = 1 }, outcome = "pass" },
    { total_cost = 3, funding = { grants = 4 }, outcome = "fail" },
]
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> object:
    """Runs pytest in a process of its own, with the plugin alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", PATHS)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def runs(*words: str, also: tuple[str, ...] = ()) -> pytest.RunResult:
        more = [part for name in also for part in ("-p", name)]
        plugin = ("-p", "auditor.pytest_plugin", "-p", "no:cacheprovider")
        return pytester.runpytest_subprocess(*plugin, *more, *words)

    return runs


def project(pytester: pytest.Pytester, settings: str, **files: str) -> None:
    pytester.makefile(".ini", pytest=f"[pytest]\n{settings}")
    for name, text in files.items():
        path = pytester.path / name.replace("__", "/").replace("_toml", ".toml").replace(
            "_py", ".py"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_cases_in_the_folders_of_rules_are_tests(pytester, run) -> None:  # type: ignore[no-untyped-def]
    project(
        pytester,
        "auditor_rules = rules\n",
        rules__CTY001_toml=GOOD,
        rules__CTY002_py=PYTHON_RULE,
        other__CTY003_toml="this is no rule",
    )
    result = run("-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*CTY001.toml::CTY001?1-pass? PASSED*", "*CTY002?2-fail? PASSED*"])


def test_a_failed_case_shows_its_values_and_what_came(pytester, run) -> None:  # type: ignore[no-untyped-def]
    project(pytester, "auditor_rules = rules\n", rules__CTY001_toml=BAD)
    result = run()
    result.assert_outcomes(passed=1, failed=1)
    lines = result.stdout.str()
    assert "CTY001.toml:19: CTY001 The staff costs more than the project" in lines
    for part in ("total_cost = 803", "staff_cost = 3694", 'note = "more than there is"'):
        assert part in lines
    assert "fail came" in lines
    assert "Traceback" not in lines
    assert "pytest_plugin.py" not in lines


def test_a_failed_case_is_told_in_japanese(  # type: ignore[no-untyped-def]
    pytester, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    project(pytester, "auditor_rules = rules\n", rules__CTY001_toml=BAD)
    lines = run().stdout.str()
    assert "職員人件費が事業費を上回っています" in lines
    assert "came" not in lines


def test_a_rule_that_is_named_is_run_without_any_setting(pytester, run) -> None:  # type: ignore[no-untyped-def]
    project(pytester, "", rules__CTY001_toml=GOOD)
    run("rules/CTY001.toml").assert_outcomes(passed=2)
    run("rules").assert_outcomes()


def test_rules_in_a_form_are_run_and_their_form_is_known(pytester, run) -> None:  # type: ignore[no-untyped-def]
    project(pytester, "auditor_rules = forms\n", forms__hoshi_toml=FORM)
    run("-v").assert_outcomes(passed=2)


def test_a_rule_that_cannot_be_used_is_an_error_with_its_place(pytester, run) -> None:  # type: ignore[no-untyped-def]
    text = GOOD.replace("staff_cost <= total_cost", "staff_cost <= totl_cost")
    project(pytester, "auditor_rules = rules\n", rules__CTY001_toml=text)
    result = run()
    result.assert_outcomes(errors=1)
    assert "CTY001.toml:7:" in result.stdout.str()
    assert "did you mean total_cost?" in result.stdout.str()


def test_mutants_that_survive_fail_where_they_are_asked_for(pytester, run) -> None:  # type: ignore[no-untyped-def]
    files = {"rules__CTY001_toml": GOOD, "rules__CTY002_py": PYTHON_RULE}
    project(pytester, "auditor_rules = rules\n", **files)
    result = run("-k", "mutants", "--auditor-mutants")
    result.assert_outcomes(failed=1, deselected=4)
    lines = result.stdout.str()
    assert "total_cost < staff_cost" not in lines
    assert "staff_cost <= total_cost" in lines
    assert "[[cases]]" in lines
    assert "Traceback" not in lines
    project(pytester, "auditor_rules = rules\nauditor_mutants = true\n")
    run().assert_outcomes(passed=4, failed=1)


def test_a_rule_without_cases_fails(pytester, run) -> None:  # type: ignore[no-untyped-def]
    text = GOOD[: GOOD.index("[[cases]]")]
    project(pytester, "auditor_rules = rules\n", rules__CTY001_toml=text)
    result = run()
    result.assert_outcomes(failed=1)
    assert "CTY001: the rule has no cases" in result.stdout.str()


TESTS = """
def test_books(auditor_book, auditor_audit, auditor_forms, auditor_rules, auditor_session):
    assert "hoshi" in auditor_forms
    assert "HSH001" in {rule.code for rule in auditor_rules}
    book = auditor_book("hoshi", sheets=3, seed=1)
    assert len(book.sheets) == 3
    assert auditor_book("hoshi", sheets=3, seed=1) == book
    report = auditor_audit(book, "FND", "HSH001")
    assert report.exit_code == 0
    assert not auditor_session.problems

def test_unknown(auditor_book):
    auditor_book("hosh")

def test_read(auditor_read, tmp_path):
    auditor_read(tmp_path / "none.csv")
"""


@pytest.mark.parametrize("by", ["option", "setting"])
def test_fixtures_have_the_plugins_of_the_tests(pytester, run, by: str) -> None:  # type: ignore[no-untyped-def]
    settings = "auditor_plugins = forms\n" if by == "setting" else ""
    project(pytester, settings, forms__hoshi_toml=FORM, test_it_py=TESTS)
    result = run(*(("--auditor-plugin", "forms") if by == "option" else ()))
    result.assert_outcomes(passed=1, failed=2)
    assert "there is no form 'hosh'" in result.stdout.str()
    assert "UnreadableDocument" in result.stdout.str()


def test_a_plugin_that_cannot_be_used_fails_what_needs_it(pytester, run) -> None:  # type: ignore[no-untyped-def]
    text = "def test_it(auditor_session):\n    pass\n"
    project(pytester, "auditor_rules = rules\n", rules__CTY001_toml=GOOD, test_it_py=text)
    result = run("--auditor-plugin", "nowhere", "test_it.py")
    result.assert_outcomes(errors=1)
    assert "there is no module or file nowhere" in result.stdout.str()
    run("--auditor-plugin", "nowhere", "rules").assert_outcomes(errors=1)


def test_a_fault_of_a_plugin_is_one_error_with_its_line(pytester, run) -> None:  # type: ignore[no-untyped-def]
    wrong = GOOD.replace("staff_cost <= total_cost", "staff_cost <= totl_cost")
    rule = GOOD.replace("CTY001", "CTY003").replace("staff-cost-above", "other")
    project(
        pytester,
        "auditor_rules = rules\nauditor_plugins = rules\n",
        rules__CTY001_toml=wrong,
        rules__CTY002_py=PYTHON_RULE,
        rules__CTY003_toml=rule,
    )
    result = run()
    result.assert_outcomes(errors=1)
    assert result.stdout.str().count("did you mean total_cost?") == 1
    assert "^^^^^^^^^" in result.stdout.str()


def test_workers_share_the_cases(pytester, run) -> None:  # type: ignore[no-untyped-def]
    project(
        pytester,
        "auditor_rules = rules\n",
        rules__CTY001_toml=BAD,
        rules__CTY002_py=PYTHON_RULE,
    )
    result = run("-n", "2", also=("xdist",))
    result.assert_outcomes(passed=3, failed=1)
    assert "total_cost = 803" in result.stdout.str()


def test_nothing_is_loaded_for_those_who_do_not_use_it(pytester, run) -> None:  # type: ignore[no-untyped-def]
    text = (
        "import sys\n"
        "def test_it():\n"
        "    heavy = {'pydantic', 'polars', 'hypothesis', 'auditor.testing', 'auditor.records.model'}\n"
        "    assert heavy.isdisjoint(sys.modules)\n"
    )
    project(pytester, "", test_it_py=text, settings_toml='code = "x"\nformula = "y"\n')
    run().assert_outcomes(passed=1)


def test_the_import_of_the_plugin_is_that_of_pytest_and_hooks() -> None:
    code = (
        "import pytest, sys; before = set(sys.modules); import auditor.pytest_plugin; "
        "print(*sorted(name for name in set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": PATHS},
    )
    ours = {name for name in done.stdout.split() if name.startswith("auditor")}
    others = {name.partition(".")[0] for name in done.stdout.split()} - {"auditor"}
    assert len(ours) < 12
    assert others - sys.stdlib_module_names <= {"pluggy"}
