"""Files to start from: they work as they are, in both languages, and nothing is written over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from hatchling.builders.wheel import WheelBuilder
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import Session, load
from auditor.cli import main as cli
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.records.languages import Lang
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.rule import CODE, Rule
from auditor.schemas.shipped import schema_text
from auditor.starting.names import UnfitName, check_code, check_form_name, check_prefix, prefix_of
from auditor.starting.rule import ROWS, RuleRow, UnfitForm, rule_text
from auditor.testing.cases import run_cases
from auditor.testing.mutants.run import hold_mutants
from auditor.testing.strategies import forms

ROOT = Path(__file__).resolve().parents[2]
SESSION = load()
LANGS: tuple[Lang, ...] = get_args(Lang)
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "rules"), str(ROOT / "datasets")]),
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "LC_ALL": "C.UTF-8",
}


def unnoticed(rules: Iterable[Rule], session: Session) -> list[str]:
    """The changes of rules that no case notices, and the marks that do not hold."""
    results = hold_mutants(rules, session, draws=200)
    survivors = [survivor.mutant.change for result in results for survivor in result.survivors]
    return [*survivors, *(mark.message.en for result in results for mark in result.refuted)]


def checked(text: str, form: Form, forms: dict[str, Form]) -> set[str]:
    """The outcomes of the cases of a rule's text, all of which come out as stated."""
    content = tomllib.loads(text)
    jsonschema.Draft7Validator(json.loads(schema_text("rule"))).validate(content)
    rule = build_rule(content, "-", vocabulary(forms.values())).of_forms([form.name])
    results = run_cases(rule, forms)
    assert [result.problems for result in results if not result.passed] == []
    return {case["outcome"] for case in rule.file.cases}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("each", ROWS)
@pytest.mark.parametrize("name", SESSION.forms)
def test_a_rule_passes_its_cases_on_every_form(name: str, each: RuleRow, lang: Lang) -> None:
    form = SESSION.forms[name]
    try:
        text = rule_text("CTY001", each, form, SESSION.forms, lang, named=True)
    except UnfitForm:
        assert (form.kpi is None) if each.startswith("kpi") else (not form.evaluations)
        return
    outcomes = checked(text, form, SESSION.forms)
    assert {"pass", "fail", "unknown", "not_applicable"} <= outcomes


@pytest.mark.parametrize("each", ROWS)
def test_the_cases_of_a_new_rule_notice_every_change_of_its_formulas(each: RuleRow) -> None:
    # Kushiro prints figures as they are, and Minato rounds them.
    for name in ("kushiro", "minato"):
        form = SESSION.forms[name]
        if form.kpi is None and each.startswith("kpi"):
            continue
        text = rule_text("CTY001", each, form, SESSION.forms, "en", named=True)
        words = vocabulary(SESSION.forms.values())
        rule = build_rule(tomllib.loads(text), "-", words).of_forms([name])
        assert unnoticed([rule], SESSION) == []


@given(forms(), st.sampled_from(ROWS))
def test_a_rule_passes_its_cases_on_any_form(form: Form, each: RuleRow) -> None:
    there = {form.name: form}
    try:
        text = rule_text("CTY001", each, form, there, "en", named=False)
    except UnfitForm:
        return
    assert {"pass", "fail", "unknown"} <= checked(text, form, there)


@pytest.mark.parametrize("lang", LANGS)
def test_a_new_rule_is_tested_and_never_written_over(
    lang: Lang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["new-rule", "CTY001", "--each", "sheet", "--form", "minato", "--lang", lang]
    assert cli.main(words) == 0
    assert cli.main(["test-rules", "CTY001.toml", "--lang", lang]) == 0
    text = Path("CTY001.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./rule.schema.json\n")
    assert Path("rule.schema.json").read_text(encoding="utf-8") == schema_text("rule")
    capsys.readouterr()
    assert cli.main(words) == 2
    assert (
        "上書きしません" if lang == "ja" else "nothing is written over"
    ) in capsys.readouterr().err
    assert Path("CTY001.toml").read_text(encoding="utf-8") == text
    # The next one finds the schema that is there.
    assert cli.main(["new-rule", "CTY002", "--lang", lang]) == 0


def test_a_rule_in_a_project_uses_the_schemas_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "rule.schema.json").write_text(schema_text("rule"), encoding="utf-8")
    file = tmp_path / "city" / "rules" / "CTY001.toml"
    assert cli.main(["new-rule", "CTY001", str(file)]) == 0
    assert file.read_text("utf-8").startswith("#:schema ../../schemas/rule.schema.json\n")
    assert [path.name for path in file.parent.iterdir()] == ["CTY001.toml"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("cty1", "did you mean CTY001?"),
        ("ＣＴＹ００１", "did you mean CTY001?"),
        ("CTY", "did you mean CTY001?"),
        ("C1", "such as CTY001"),
        ("FND001", "FND001 is taken: "),
        ("FND900", "the prefix FND belongs to auditor_rules"),
        ("XY001", "XY is no prefix of codes"),
    ],
)
def test_codes_that_a_rule_can_not_have_are_refused(code: str, message: str) -> None:
    with pytest.raises(UnfitName) as caught:
        check_code(code, Path("x.toml"), SESSION)
    assert message in caught.value.message.en
    assert caught.value.message.ja


@given(st.text(max_size=12))
def test_what_is_no_code_is_refused(code: str) -> None:
    if not CODE.fullmatch(code) or SESSION.rules.get(code) is not None:
        with pytest.raises(UnfitName):
            check_code(code, Path("x.toml"), SESSION)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("MyCity", "did you mean mycity?"),
        ("my city", "did you mean my-city?"),
        ("わが市", "such as mycity"),
        ("kushiro", "there is a form kushiro already"),
    ],
)
def test_names_that_a_form_can_not_have_are_refused(
    name: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnfitName) as caught:
        check_form_name(name, SESSION)
    assert message in caught.value.message.en
    for command in ("new-form", "new-plugin"):
        assert cli.main([command, name, str(tmp_path / "x"), "--lang", "en"]) == 2
        assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_prefixes_come_from_the_name_and_clash_with_none() -> None:
    assert prefix_of("my-city2") == "MYCITY"
    with pytest.raises(UnfitName, match="--prefix CTY"):
        prefix_of("x1")
    with pytest.raises(UnfitName, match="belongs to auditor_rules"):
        check_prefix("FND", SESSION)


@pytest.mark.parametrize("lang", LANGS)
def test_a_new_form_reads_its_document(
    lang: Lang, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, example = tmp_path / "mycity.toml", tmp_path / "mycity-example.csv"
    assert cli.main(["new-form", "mycity", str(file), "--lang", lang]) == 0
    assert "draft-form" in capsys.readouterr().out
    assert load_form(file).name == "mycity"
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(json.loads(schema_text("form"))).validate(content)
    assert cli.main(["forms", "check", str(file), str(example), "--lang", "en"]) == 0
    assert "(100.0 %); unread: 0" in capsys.readouterr().out
    assert cli.main(["check", str(example), "--plugin", str(file), "--lang", lang]) == 0


# — plugins —


@pytest.fixture(scope="module", params=LANGS)
def plugin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plugin") / "new"
    words = ["new-plugin", "my-city", str(folder), "--prefix", "UNB", "--lang", request.param]
    assert cli.main(words) == 0
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_tests_of_a_new_plugin_pass(plugin: Path) -> None:
    plugins = ("-p", "auditor.pytest_plugin", "-p", "_hypothesis_pytestplugin")
    words = ("-q", "-p", "no:cacheprovider", *plugins, "--auditor-plugin", "sheet_auditor_my_city")
    process = run(plugin, "pytest", *words)
    assert process.returncode == 0, process.stdout + process.stderr
    assert "38 passed" in process.stdout


def test_the_cases_of_a_new_plugin_notice_every_change_of_its_formulas(plugin: Path) -> None:
    session = load((str(plugin / "sheet_auditor_my_city"),))
    assert unnoticed((rule for rule in session.rules if rule.code[:3] == "UNB"), session) == []


def test_a_new_plugin_is_typed(plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    shared = tmp_path_factory.getbasetemp() / "types of the program"
    process = run(plugin, "mypy", "--cache-dir", str(shared))
    assert process.returncode == 0, process.stdout + process.stderr


def test_a_new_plugin_is_built_with_all_of_its_files(plugin: Path, tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(plugin)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = next(
            archive.read(name).decode() for name in names if name.endswith("entry_points.txt")
        )
    module = plugin / "sheet_auditor_my_city"
    files = [path for path in module.rglob("*") if path.is_file() and "__py" not in str(path)]
    assert {str(path.relative_to(plugin)) for path in files} <= set(names)
    assert "my-city = sheet_auditor_my_city" in entry_points


def test_a_new_plugin_checks_its_document(plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module, example = plugin / "sheet_auditor_my_city", plugin / "example" / "my-city-2024.csv"
    assert cli.main(["check", str(example), "--plugin", str(module), "--lang", "en"]) == 0
    assert "No findings in what was checked (1 document, 1 sheet" in capsys.readouterr().out
    faulty = plugin / "faulty.csv"
    text = example.read_text(encoding="utf-8")
    faulty.write_text(text.replace("160円", "106円"), encoding="utf-8")
    assert cli.main(["check", str(faulty), "--plugin", str(module), "--lang", "en"]) == 1
    assert "UNB003" in capsys.readouterr().out
    faulty.unlink()


def test_a_plugin_gets_one_more_rule(plugin: Path) -> None:
    rules = plugin / "sheet_auditor_my_city" / "rules"
    words = ["--plugin", str(plugin / "sheet_auditor_my_city"), "--form", "my-city"]
    file = rules / "UNB006.toml"
    assert cli.main(["new-rule", "UNB006", str(file), *words]) == 0
    assert file.read_text("utf-8").startswith("#:schema ../../schemas/rule.schema.json\n")
    assert cli.main(["test-rules", str(rules), *words[:2]]) == 0
    file.unlink()


def test_nothing_of_a_plugin_is_written_over(
    plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in plugin.rglob("*") if path.is_file()}
    assert cli.main(["new-plugin", "other", str(plugin), "--lang", "en"]) == 2
    assert "pyproject.toml" in capsys.readouterr().err
    after = {path: path.read_bytes() for path in plugin.rglob("*") if path.is_file()}
    assert after == before


def test_no_mark_of_a_template_is_left(plugin: Path) -> None:
    for path in plugin.rglob("*"):
        if path.is_file() and path.suffix in (".toml", ".py", ".md", ".yml", ".csv"):
            text = path.read_text(encoding="utf-8")
            for mark in ("@en ", "@ja ", "@NAME@", "@MODULE@", "@PREFIX@", "@VERSION@"):
                assert mark not in text, path
