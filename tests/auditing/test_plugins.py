"""Plugins: every way in, what each brings, and that a bad one is named while all else is used."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import sysconfig
import textwrap
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor.auditing import plugins, session
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import Session, load
from auditor.cli.main import main
from auditor.testing import book
from tests.documents.text_writer import text_of_sheets

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "sheet-auditor-hoshimi"
PACKAGE = EXAMPLE / "sheet_auditor_hoshimi"
RECORDS = EXAMPLE / "hoshimi-2024.json"

RULE = """
code = "{code}"
name = "{name}"
severity = "note"
each = "sheet"
formula = '{formula}'
since = "1"
title = {{ en = "t", ja = "題" }}
why = {{ en = "w", ja = "理由" }}
action = {{ en = "a", ja = "対応" }}
"""
CRASHING = '''
import auditor

@auditor.rule("""
code = "ABC009"
name = "crashes"
severity = "error"
each = "sheet"
since = "1"
title = { en = "t", ja = "題" }
why = { en = "w", ja = "理由" }
action = { en = "a", ja = "対応" }
""")
def check(row):
    BODY
'''
MINIMAL_FORM = """
name = "%s"
title = { ja = "様式", en = "form" }
unit = "円"
units = { "円" = 1 }
[[columns]]
offset = 0
kind = "settled"
[fields.total_cost]
label = "事業費"
"""


def rule(code: str = "ABC001", name: str = "always-true", formula: str = "fiscal_year > 0") -> str:
    return RULE.format(code=code, name=name, formula=formula)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def loaded(*plugins: str | Path) -> Session:
    load.cache_clear()
    return load(tuple(str(plugin) for plugin in plugins))


def only_problem(found: Session, code: str) -> str:
    """The one problem; that the shipped pack is whole is checked on the way."""
    assert {"FND001", "KPI001", "BOK001"} <= {rule.code for rule in found.rules}
    assert {"kushiro", "minato"} <= found.forms.keys()
    assert [problem.why.code for problem in found.problems] == [code]
    why = found.problems[0].why
    assert why.ja
    assert why.ja != why.en
    return why.en


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    yield
    load.cache_clear()


# — ways in —


def test_a_rule_file_is_a_plugin(tmp_path: Path) -> None:
    path = write(tmp_path / "ABC001.toml", rule())
    found = loaded(path)
    assert not found.problems
    origin = found.origins[-1]
    assert (origin.plugin, origin.source, origin.rules) == (str(path), str(path), ("ABC001",))


def test_a_form_file_is_a_plugin(tmp_path: Path) -> None:
    found = loaded(write(tmp_path / "mine.toml", MINIMAL_FORM % "mine"))
    assert not found.problems
    assert "mine" in found.forms
    assert found.origins[-1].forms == ("mine",)


def test_forms_of_a_catalogue_are_not_in_use_until_they_are_named(tmp_path: Path) -> None:
    write(tmp_path / "forms" / "sapporo.toml", MINIMAL_FORM % "sapporo")
    write(tmp_path / "forms" / "broken.toml", "name = 3")
    code = """
        from pathlib import Path
        import auditor

        @auditor.hookimpl
        def auditor_catalogue():
            return [Path(__file__).parent / "forms"]
        """
    plugin = write(tmp_path / "layouts.py", textwrap.dedent(code))
    found = loaded(plugin)
    assert found.problems == ()
    assert found.origins[-1].catalogue == ("broken", "sapporo")
    assert "sapporo" not in found.forms

    named = session.load_with(["sapporo"], (str(plugin),))
    assert named.problems == ()
    assert named.forms["sapporo"].title.en == "form"
    assert "broken" not in named.forms
    assert session.load_with(["broken"], (str(plugin),)).problems

    (tmp_path / "forms" / "broken.toml").unlink()
    (tmp_path / "more.py").write_text(plugin.read_text(encoding="utf-8"), encoding="utf-8")
    assert "sapporo" in only_problem(loaded(plugin, tmp_path / "more.py"), "plugin-clash")


def test_a_python_rule_file_is_a_plugin(tmp_path: Path) -> None:
    found = loaded(write(tmp_path / "ABC009.py", CRASHING.replace("BODY", "return None")))
    assert not found.problems
    assert found.origins[-1].rules == ("ABC009",)


def test_a_folder_gives_its_rules_and_forms_told_apart_by_content(tmp_path: Path) -> None:
    write(tmp_path / "own" / "a.toml", rule())
    write(tmp_path / "own" / "deep" / "b.py", CRASHING.replace("BODY", "return None"))
    write(tmp_path / "own" / "forms" / "mine.toml", MINIMAL_FORM % "mine")
    write(tmp_path / "own" / "other.toml", MINIMAL_FORM % "other")
    found = loaded(tmp_path / "own")
    assert not found.problems
    assert found.origins[-1].rules == ("ABC001", "ABC009")
    assert found.origins[-1].forms == ("mine", "other")


def test_a_package_folder_is_imported_with_its_relative_imports() -> None:
    found = loaded(PACKAGE)
    assert not found.problems
    assert found.origins[-1].rules == ("HSM001", "HSM002")
    assert found.origins[-1].forms == ("hoshimi",)
    assert found.origins[-1].reports == ("worklist",)
    assert found.reports["worklist"].name == "worklist"


def test_a_module_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    found = loaded("sheet_auditor_hoshimi")
    assert not found.problems
    assert found.origins[-1].plugin == "sheet_auditor_hoshimi"
    assert found.origins[-1].rules == ("HSM001", "HSM002")
    sys.modules.pop("sheet_auditor_hoshimi", None)


def test_a_folder_in_the_working_directory_is_no_empty_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "own_rules" / "a.toml", rule())
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert loaded("own_rules").origins[-1].rules == ("ABC001",)


def test_a_plugin_file_hides_no_module_of_its_name(tmp_path: Path) -> None:
    write(tmp_path / "rules" / "a.toml", rule())
    path = write(
        tmp_path / "json.py",
        """
        from pathlib import Path
        import auditor

        @auditor.hookimpl
        def auditor_rules():
            return [Path(__file__).parent / "rules"]
        """,
    )
    assert loaded(path).origins[-1].rules == ("ABC001",)
    assert sys.modules["json"] is json


def test_a_plugin_named_twice_is_loaded_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.toml", rule())
    found = loaded(path, path)
    assert not found.problems
    assert len(found.origins) == 3


def test_readers_of_plugins_are_asked_first(tmp_path: Path) -> None:
    path = write(
        tmp_path / "plugin.py",
        """
        import auditor

        class Mine:
            name = "mine"
            def accepts(self, source, form): return False
            def read(self, source, form): raise NotImplementedError

        @auditor.hookimpl
        def auditor_readers():
            return [Mine()]
        """,
    )
    found = loaded(path)
    assert not found.problems
    assert found.readers[0].name == "mine"
    assert {"records-json", "kpi-table", "sheet-text"} <= {
        reader.name for reader in found.readers[1:]
    }


def test_entry_points_come_before_those_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    entries = [
        EntryPoint("hoshimi", "sheet_auditor_hoshimi", "sheet_auditor"),
        EntryPoint("gone", "no_such_module", "sheet_auditor"),
    ]
    monkeypatch.setattr(
        session, "entry_points", lambda group: entries if group == "sheet_auditor" else []
    )
    found = loaded(write(tmp_path / "a.toml", rule()))
    assert [origin.plugin for origin in found.origins[2:]] == ["hoshimi", str(tmp_path / "a.toml")]
    assert "plugin gone" in only_problem(found, "plugin-failed")
    sys.modules.pop("sheet_auditor_hoshimi", None)


# — what goes wrong —

FORMAT = """
class A:
    name = "{name}"
    def render(self, report, context):
        return ""

@auditor.hookimpl
def auditor_reports():
    return [{given}]
"""


def hook(name: str, body: str, arguments: str = "") -> str:
    return f"@auditor.hookimpl\ndef {name}({arguments}):\n    {body}"


BAD_MODULES = {
    "misspelt hook": (hook("auditor_rule", "return []"), "plugin-hook", "auditor_rule"),
    "unmarked hook": ("def auditor_rules():\n    return []", "plugin-hook", "not marked"),
    "unknown argument": (hook("auditor_rules", "return []", "form"), "plugin-failed", "form"),
    "no hook": ("x = 1", "plugin-hook", "gives nothing"),
    "syntax": ("def", "plugin-failed", "this is no Python"),
    "import failure": ("import no_such_module_at_all", "plugin-failed", "no_such_module_at_all"),
    "leaves on import": ("raise SystemExit(0)", "plugin-failed", "ends the program"),
    "leaves in a hook": (
        hook("auditor_rules", "raise SystemExit(0)"),
        "plugin-failed",
        "ends the program",
    ),
    "raises what is no Exception": ("raise GeneratorExit", "plugin-failed", "GeneratorExit"),
    "forgets to return": (hook("auditor_rules", "pass"), "plugin-failed", "None"),
    "never ends": (
        "import itertools\n" + hook("auditor_rules", "return itertools.repeat('x.toml')"),
        "plugin-failed",
        "more than 10,000 items",
    ),
    "crash in a hook": (
        hook("auditor_forms", "return 1 / 0"),
        "plugin-failed",
        "it divides by zero",
    ),
    "no list": (hook("auditor_rules", "return 'rules'"), "plugin-failed", "list"),
    "no path": (hook("auditor_forms", "return [3]"), "plugin-failed", "auditor_forms gives 3"),
    "missing rules": (
        hook("auditor_rules", "return ['no-such-folder']"),
        "plugin-content",
        "no-such-folder",
    ),
    "missing form": (
        hook("auditor_forms", "return ['no-such.toml']"),
        "plugin-content",
        "no-such.toml",
    ),
    "no reader": (hook("auditor_readers", "return [object()]"), "plugin-failed", "reader"),
    "a class": (FORMAT.format(name="own", given="A"), "plugin-failed", "is a class; give"),
    "format taken": (FORMAT.format(name="json", given="A()"), "plugin-clash", "json"),
}


@pytest.mark.parametrize(("body", "code", "says"), BAD_MODULES.values(), ids=BAD_MODULES.keys())
def test_a_bad_module_is_named_and_all_else_is_there(
    tmp_path: Path, body: str, code: str, says: str
) -> None:
    path = write(tmp_path / "bad.py", f"import auditor\n{body}\n")
    said = only_problem(loaded(path), code)
    assert said.startswith((f"plugin {path}: ", f"{path}:"))
    assert says in said


def test_what_a_plugin_with_a_misspelt_hook_has_right_is_used(tmp_path: Path) -> None:
    write(tmp_path / "rules" / "a.toml", rule())
    body = """
    import auditor
    from pathlib import Path

    @auditor.hookimpl
    def auditor_rules():
        return [Path(__file__).parent / "rules"]

    @auditor.hookimpl
    def auditor_report():
        return []
    """
    found = loaded(write(tmp_path / "bad.py", body), PACKAGE)
    assert "auditor_report" in only_problem(found, "plugin-hook")
    assert [origin.rules for origin in found.origins[2:]] == [("ABC001",), ("HSM001", "HSM002")]


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (rule("FND001"), "plugin-content", "FND001"),
        (rule("FND900"), "plugin-content", "prefix"),
        (rule("AB001"), "plugin-content", "three"),
        (rule(formula="fiscal_yaer > 0"), "plugin-content", "fiscal_year"),
        ("code = ", "plugin-content", "bad.toml:1:7: a value was expected"),
        (MINIMAL_FORM % "kushiro", "plugin-clash", "kushiro"),
        ((MINIMAL_FORM % "mine").replace("offset = 0", 'offset = "x"'), "plugin-content", "offset"),
    ],
    ids=[
        "shipped code",
        "shipped prefix",
        "short prefix",
        "bad formula",
        "no TOML",
        "form taken",
        "bad form",
    ],
)
def test_a_bad_file_is_named_and_its_neighbour_is_used(
    tmp_path: Path, text: str, code: str, says: str
) -> None:
    write(tmp_path / "own" / "bad.toml", text)
    write(tmp_path / "own" / "good.toml", rule("XYZ001", "good"))
    found = loaded(tmp_path / "own")
    said = only_problem(found, code)
    assert f"plugin {tmp_path / 'own'}" in said
    assert says in said
    assert found.origins[-1].rules == ("XYZ001",)
    shipped = found.rules.get("FND001")
    assert shipped is not None
    assert shipped.file.name == "funding-sum-mismatch"


def test_two_plugins_with_one_code_clash_and_the_first_keeps_it(tmp_path: Path) -> None:
    first, second = (
        write(tmp_path / "1.toml", rule()),
        write(tmp_path / "2.toml", rule(name="other")),
    )
    found = loaded(first, second)
    said = only_problem(found, "plugin-content")
    assert said.startswith(f"{second}:2:8: ")
    assert "ABC001 is taken" in said
    kept = found.rules.get("ABC001")
    assert kept is not None
    assert kept.file.name == "always-true"


@pytest.mark.parametrize(
    "name", ["no_such_module", "no/such/file.py", "no-such.toml", "", ".", "..", "a..b"]
)
def test_what_is_not_there_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"  # so that nothing of other tests lies in ``..``
    here.mkdir()
    monkeypatch.chdir(here)
    found = loaded(name)
    assert found.problems
    starts = f"plugin {name}: ", f"{Path(name)}: "
    assert all(problem.why.en.startswith(starts) for problem in found.problems)


@pytest.mark.parametrize(
    "body",
    [
        "return 1 / 0",
        "return None",
        "raise SystemExit(0)",
        "raise GeneratorExit",
        "return auditor.rules.verdicts.Verdict('failed')",
    ],
)
def test_a_rule_that_crashes_is_named_with_its_plugin_and_all_else_is_audited(
    tmp_path: Path, body: str
) -> None:
    text = CRASHING.replace("BODY", body).replace(
        "import auditor", "import auditor, auditor.rules.rule"
    )
    path = write(tmp_path / "ABC009.py", text)
    found = loaded(path)
    made = book(3, seed=1)
    report = audit(made, found.rules, found.forms, AuditOptions(not_checked=found.problems))
    assert report.exit_code == 2
    assert report.outcomes["ABC009"]["crashed"] == 3
    assert {missed.rule for missed in report.not_checked} == {"ABC009"}
    for missed in report.not_checked:
        assert f"ABC009 ({path}) failed: {path}:" in missed.why.en
        assert "; on this row " in missed.why.en
        assert len(missed.excerpt) == 2
    assert sum(report.outcomes["FND001"].values()) == 3 * len(made.sheets[0].years)
    assert not [finding for finding in report.findings if finding.severity == "error"]


# — the command —


def test_check_with_a_bad_plugin_exits_2_and_audits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(tmp_path / "bad.py", "import no_such_module_at_all\n")
    arguments = [
        "check",
        "--lang",
        "en",
        "--format",
        "json",
        "--plugin",
        str(bad),
        "--plugin",
        str(PACKAGE),
        str(RECORDS),
    ]
    assert main(arguments) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["exit_code"] == 2
    (missed,) = said["not_checked"]
    assert str(bad) in missed["why"]["en"]
    assert {finding["rule"] for finding in said["findings"]} == {"HSM001", "HSM002", "FND001"}


def test_the_report_format_of_a_plugin_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "check",
                "--lang",
                "ja",
                "--plugin",
                str(PACKAGE),
                "--format",
                "worklist",
                str(RECORDS),
            ]
        )
        == 1
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "■ 生涯学習課"
    assert any(line.startswith("□ FND001 「天文台改修事業」 ") for line in lines)


def test_plugins_lists_what_came_from_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "--lang", "en", "--plugin", str(PACKAGE)]) == 0
    said = capsys.readouterr().out
    assert "HSM001 HSM002" in said
    assert "worklist" in said
    assert str(PACKAGE) in said
    assert main(["plugins", "--lang", "en", "--format", "json", "--plugin", "no_such_module"]) == 2
    captured = capsys.readouterr()
    assert [origin["plugin"] for origin in json.loads(captured.out)][:2] == [
        "auditor.shipped",
        "auditor_rules",
    ]
    assert "plugin no_such_module" in captured.err


def test_an_unknown_rule_does_not_hide_the_plugin_that_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rules", "--lang", "en", "--plugin", "no_such_module", "--select", "HSM001"]) == 2
    said = capsys.readouterr().err
    assert "plugin no_such_module" in said
    assert "HSM001" in said


def test_test_rules_runs_the_cases_of_files_and_folders(capsys: pytest.CaptureFixture[str]) -> None:
    rules = PACKAGE / "rules"
    assert main(["test-rules", "--lang", "en", "--plugin", str(PACKAGE / "forms"), str(rules)]) == 0
    assert "2 rules, 10 cases" in capsys.readouterr().out
    # Without the form there is nothing that the cases could be built from.
    assert main(["test-rules", "--lang", "en", str(rules / "HSM002.py")]) == 1
    assert 'no form "hoshimi"' in capsys.readouterr().out
    # Nor has any form a parameter that only this one states.
    assert main(["test-rules", "--lang", "en", str(rules / "HSM001.toml")]) == 2
    assert 'HSM001.toml:7:58: formula: no form has a parameter "grant_rate"' in (
        capsys.readouterr().err
    )


def test_test_rules_says_what_came_out_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = """
    [[cases]]
    form = "kushiro"
    fiscal_year = 2024
    outcome = "fail"
    """
    path = write(tmp_path / "ABC001.toml", rule() + textwrap.dedent(cases))
    assert main(["test-rules", "--lang", "ja", str(path)]) == 1
    assert "例1" in (said := capsys.readouterr().out)
    assert "1件が記載どおりになりませんでした" in said
    assert main(["test-rules", "--format", "json", str(path)]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["rule"], told["wanted"], told["outcome"], told["passed"]) == (
        "ABC001",
        "fail",
        "pass",
        False,
    )


def test_test_rules_fails_on_a_rule_without_cases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test-rules", "--lang", "en", str(write(tmp_path / "ABC001.toml", rule()))]) == 1
    assert "without cases" in capsys.readouterr().out


def test_test_rules_exits_2_for_a_bad_file_and_runs_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(tmp_path / "bad.toml", rule(formula="fiscal_year >"))
    good = PACKAGE / "rules" / "HSM002.py"
    assert (
        main(
            [
                "test-rules",
                "--lang",
                "en",
                "--plugin",
                str(PACKAGE / "forms"),
                str(bad),
                str(good),
                str(tmp_path / "none"),
            ]
        )
        == 2
    )
    captured = capsys.readouterr()
    assert "3 cases as stated" in captured.out
    assert f"{bad}:6:25: formula: an expression was expected at the end" in captured.err
    assert str(tmp_path / "none") in captured.err


# — a new rule takes one file —


def test_every_shipped_rule_comes_from_one_file_of_its_code() -> None:
    found = loaded()
    for item in found.rules:
        path = Path(item.source)
        assert path.stem == item.code
        assert path.parent.name == item.code.rstrip("0123456789").lower()
    assert len({item.source for item in found.rules}) == len(found.rules)


# — the example, installed —


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment of its own, in which the example is installed beside what this
    environment has.
    """
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    paths = json.loads(
        _run(python, "-c", "import json, sysconfig; print(json.dumps(sysconfig.get_paths()))")
    )
    # What is installed here is seen there too (its own .pth files as well), so that nothing has
    # to be fetched.
    here = dict.fromkeys(
        [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]
    )
    lines = [f"import site; site.addsitedir({path!r})" for path in here if Path(path).is_dir()]
    lines += [str(path) for path in (ROOT, ROOT / "rules", ROOT / "datasets")]
    (Path(paths["purelib"]) / "of_the_tests.pth").write_text(
        "\n".join(lines) + "\n", encoding="utf-8"
    )
    source = folder / "source"
    for path in EXAMPLE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = source / path.relative_to(EXAMPLE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    # A folder of its own keeps the build from seeing, or leaving, anything in the working tree.
    _run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        str(source),
    )
    return python


def _run(python: Path, *arguments: str, expected: int = 0) -> str:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP_"))
    } | {"PYTHONUTF8": "1"}
    done = subprocess.run(
        [python, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=python.parent,
        env=environment,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


def test_the_installed_example_is_found_by_its_entry_point(installed: Path) -> None:
    listed = json.loads(_run(installed, "-m", "auditor", "plugins", "--format", "json"))
    (mine,) = [origin for origin in listed if origin["plugin"] == "hoshimi"]
    assert mine == {
        "plugin": "hoshimi",
        "source": "sheet-auditor-hoshimi 1.0",
        "rules": ["HSM001", "HSM002"],
        "rules_for": ["hoshimi"],
        "forms": ["hoshimi"],
        "catalogue": [],
        "readers": [],
        "claims": [],
        "reports": ["worklist"],
    }


def test_an_installed_program_has_the_catalogue(installed: Path) -> None:
    listed = json.loads(_run(installed, "-m", "auditor", "forms", "--format", "json"))
    names = {form["name"] for form in listed if not form["in_use"]}
    assert names == load().catalogue.keys()
    assert "list-plain" in names


def test_the_installed_example_audits_its_form(installed: Path) -> None:
    said = json.loads(
        _run(installed, "-m", "auditor", "check", "--format", "json", str(RECORDS), expected=1)
    )
    assert sorted(finding["rule"] for finding in said["findings"]) == ["FND001", "HSM001", "HSM002"]
    assert "□ HSM001" in _run(
        installed,
        "-m",
        "auditor",
        "check",
        "--lang",
        "ja",
        "--format",
        "worklist",
        str(RECORDS),
        expected=1,
    )


def test_public_hook_marker_is_the_one_plugins_use() -> None:
    assert auditor.hookimpl is plugins.hookimpl


BROKEN_FORMAT = """
import auditor

class Broken:
    name = "broken"
    def render(self, report, context):
        {body}

@auditor.hookimpl
def auditor_reports():
    return [Broken()]
"""


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("raise KeyError('no such column')", "no such column"),
        ("raise SystemExit(0)", "sys.exit"),
        ("return report", "Report"),
    ],
)
@pytest.mark.parametrize(
    "options", [[], ["--output", "out.broken"], ["--by", "department", "--output-dir", "out"]]
)
def test_a_format_that_fails_loses_nothing_of_the_audit(
    body: str,
    says: str,
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The terminal report takes its place and names the plugin; the exit code is 2, also where
    the format wanted to end the program.
    """
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "broken_format.py", BROKEN_FORMAT.format(body=body))
    demo = ["demo", "--plugin", "broken_format.py", "--select", "FND001", "--lang"]
    assert main([*demo, "en"]) == 0
    shown = capsys.readouterr().out
    for lang, words in (
        ("en", "the format broken failed"),
        ("ja", "形式 broken の出力に失敗しました"),
    ):
        assert main([*demo, lang, "--format", "broken", *options]) == 2
        told = capsys.readouterr().out
        unwrapped = "".join(told.split())
        for part in ("broken_format.py", words, says):
            assert "".join(part.split()) in unwrapped
        assert told.count("FND001") == shown.count("FND001")
    assert not (tmp_path / "out.broken").exists()


READER = """
import sys
import auditor

class Broken:
    name = "broken"
    def accepts(self, source, form):
        {accepts}
    def read(self, source, form):
        {read}

@auditor.hookimpl
def auditor_readers():
    return [Broken()]
"""


@pytest.mark.parametrize(
    "accepts", ["sys.exit(0)", "raise GeneratorExit", "return 1 / 0", "return self.no_such()"]
)
def test_a_reader_that_fails_to_choose_costs_its_own_work_alone(
    accepts: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other readers go on, and the exit code says that something is wrong."""
    document = tmp_path / "sheets.txt"
    form = load().forms["kushiro"]
    document.write_text(text_of_sheets(book(2, seed=1, form=form).sheets, form), encoding="utf-8")
    plugin = write(tmp_path / "broken.py", READER.format(accepts=accepts, read="raise KeyError"))
    assert main(["read", str(document), "--format", "json", "--plugin", str(plugin)]) == 2
    output = capsys.readouterr()
    assert len(json.loads(output.out)["sheets"]) == 2
    assert output.err.count("the reader broken failed") == 1
    assert "broken.py:8:" in output.err


@pytest.mark.parametrize(
    "read",
    [
        "sys.exit(0)",
        "raise GeneratorExit",
        "return None",
        "return [1]",
        "raise ValueError('x' * 10**6)",
    ],
)
def test_a_reader_that_fails_to_read_is_named(
    read: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = write(tmp_path / "any.txt", "釧路市民の人口 主要施策成果シート")
    plugin = write(tmp_path / "broken.py", READER.format(accepts="return True", read=read))
    arguments = ["check", str(document), "--form", "kushiro", "--format", "json"]
    assert main([*arguments, "--plugin", str(plugin), "--lang", "ja"]) == 2
    (missed,) = json.loads(capsys.readouterr().out)["not_checked"]
    assert missed["why"]["code"] == "crashed"
    assert missed["document"] == str(document)
    for text in missed["why"].values():
        assert len(text) < 500
    assert missed["why"]["ja"].startswith("読み取りプログラム broken")
    assert "broken.py" in missed["why"]["ja"]


PRINTING = (
    CRASHING.replace(
        "BODY", "print('printed by the rule'); return auditor.rules.verdicts.PASS"
    ).replace("import auditor\n", "import auditor, auditor.rules.verdicts\nprint('on import')\n", 1)
    + """
class Loud:
    name = "loud"
    def render(self, report, context):
        print("printed by the format")
        return "{}"
    def accepts(self, source, form):
        print("printed by the reader")
        return False
    def read(self, source, form):
        raise NotImplementedError

@auditor.hookimpl
def auditor_rules():
    print("printed by the hook")
    return [__file__]

@auditor.hookimpl
def auditor_readers():
    return [Loud()]

@auditor.hookimpl
def auditor_reports():
    return [Loud()]
"""
)


@pytest.mark.parametrize("name", ["json", "loud"])
def test_what_a_plugin_prints_is_not_in_the_report(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin = write(tmp_path / "loud.py", PRINTING)
    assert (
        main(
            [
                "check",
                str(RECORDS),
                "--format",
                name,
                "--plugin",
                str(PACKAGE),
                "--plugin",
                str(plugin),
            ]
        )
        < 2
    )
    output = capsys.readouterr()
    assert isinstance(json.loads(output.out), dict)
    assert {"on import", "printed by the rule", "printed by the hook"} <= set(
        output.err.splitlines()
    )
    assert ("printed by the format" in output.err) is (name == "loud")
