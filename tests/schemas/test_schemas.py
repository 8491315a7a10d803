"""The schemas for editors: they are what the models say, take every file that the program takes,
and refuse what it refuses by its keys and words.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.cli import main as cli
from auditor.forms.model import Form
from auditor.rules.rule import RuleFile
from auditor.schemas.descriptions import descriptions
from auditor.schemas.making import schema_json
from auditor.schemas.shipped import SCHEMAS, SchemaName, file_name, schema_line, schema_text
from auditor.settings.listing import settings_in_force
from auditor.testing.strategies import forms

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {name: json.loads(schema_text(name)) for name in SCHEMAS}
TOML = [
    *(ROOT / "rules").rglob("*.toml"),
    *(path for path in (ROOT / "examples").rglob("*.toml") if path.name != "pyproject.toml"),
    *(ROOT / "tests" / "documents" / "forms").rglob("*.toml"),
]


def validator(name: SchemaName) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(SHIPPED[name])


def as_json(value: Any) -> Any:
    """What an editor holds against a schema: TOML's days are texts there."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def messages(name: SchemaName, content: object) -> list[str]:
    return [error.message for error in validator(name).iter_errors(as_json(content))]


def kind_of(content: dict[str, Any]) -> SchemaName:
    return "rule" if "code" in content else "form"


FILES = [
    pytest.param(content, id=path.stem)
    for path in TOML
    if {"code", "title"} & (content := tomllib.loads(path.read_text("utf-8"))).keys()
]


def fenced(page: str, mark: str) -> dict[str, Any]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    match = re.search(f"<!-- {mark} -->\n```toml\n(.*?)```", text, re.DOTALL)
    assert match is not None
    return tomllib.loads(match[1])


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_shipped_is_what_the_models_say(name: SchemaName) -> None:
    assert schema_text(name) == schema_json(name), "run `make docs`"
    validator(name).check_schema(SHIPPED[name])


@pytest.mark.parametrize("content", FILES)
def test_every_shipped_file_fits_its_schema(content: dict[str, Any]) -> None:
    assert len(FILES) > 100
    assert messages(kind_of(content), content) == []


@pytest.mark.parametrize("path", sorted((ROOT / "rules").rglob("*.py")), ids=lambda path: path.stem)
def test_rules_in_python_fit_but_for_their_formula(path: Path) -> None:
    for text in re.findall(r'@auditor\.rule\(\s*"""\n(.*?)"""', path.read_text("utf-8"), re.DOTALL):
        content = {"formula": "by a function", **tomllib.loads(text)}
        assert messages("rule", content) == []


def test_the_examples_of_the_docs_fit() -> None:
    for page in ("settings.md", "settings.ja.md"):
        assert messages("settings", fenced(page, "settings")) == []
    for page in ("waivers.md", "waivers.ja.md"):
        assert messages("waivers", fenced(page, "waivers")) == []


@given(forms())
def test_every_form_that_is_drawn_fits(form: Form) -> None:
    content = form.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    fields = content["fields"]
    for part in (*fields.values(), *content["columns"]):
        for key in [key for key, value in part.items() if value is None]:
            del part[key]
    assert messages("form", content) == []


# — what is wrong —

RULE = tomllib.loads((ROOT / "rules/auditor_rules/fnd/FND001.toml").read_text("utf-8"))
FORM = tomllib.loads((ROOT / "rules/auditor_rules/forms/minato.toml").read_text("utf-8"))
SETTINGS = fenced("settings.md", "settings")
WAIVERS = fenced("waivers.md", "waivers")
CONTENTS: dict[SchemaName, dict[str, Any]] = {
    "rule": RULE,
    "form": FORM,
    "settings": SETTINGS,
    "waivers": WAIVERS,
}


def changed(name: SchemaName, path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    content: Any = deepcopy(CONTENTS[name])
    here = content
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("rule", ("severty",), "error"),
        ("rule", ("severity",), "eror"),
        ("rule", ("code",), "FND1"),
        ("rule", ("name",), "資金"),
        ("rule", ("each",), "row"),
        ("rule", ("title",), {"en": "only one language"}),
        ("rule", ("cases", 0, "outcome"), "failed"),
        ("rule", ("severity_when",), {"wrong": "1 == 1"}),
        ("form", ("lable",), {}),
        ("form", ("name",), "わが市"),
        ("form", ("columns", 0, "offset"), "last year"),
        ("form", ("fields", "total_cost", "rounding"), "half-up"),
        ("form", ("fields", "total_cost", "lable"), "事業費"),
        ("form", ("fields", "funding", "grants"), {"units": "円"}),
        ("form", ("evaluations", "Ａ"), "expnd"),
        ("form", ("sums",), "about"),
        ("form", ("rules",), [{"code": "ABC001", "title": "x"}]),
        ("form", ("rules",), [{"code": "ABC001", "title": "x", "formula": "a", "forms": ["b"]}]),
        ("settings", ("lang",), "ja"),
        ("settings", ("fail_on",), "eror"),
        ("settings", ("approval",), "yes"),
        ("settings", ("office", "nam"), "財政課"),
        ("settings", ("severities", "KPI005"), "low"),
        ("waivers", ("waiver", 0, "ruel"), "FND001"),
        ("waivers", ("waiver", 0, "kind"), "誤差"),
        ("waivers", ("waiver", 0, "line"), 3),
        ("waivers", ("waivers",), []),
    ],
)
def test_a_wrong_key_or_word_is_refused(
    name: SchemaName, path: tuple[str | int, ...], value: object
) -> None:
    assert messages(name, CONTENTS[name]) == []
    assert messages(name, changed(name, path, value)) != []


@given(st.sampled_from(sorted(RuleFile.model_fields)), st.text("abcdefgh_", min_size=1))
def test_a_rule_with_any_other_key_is_refused(key: str, more: str) -> None:
    content = {**RULE, key + more: "x"}
    assert (messages("rule", content) == []) == (key + more in RuleFile.model_fields)


@pytest.mark.parametrize("key", ["code", "name", "severity", "each", "formula", "since", "why"])
def test_a_rule_without_what_it_needs_is_refused(key: str) -> None:
    content = {name: value for name, value in RULE.items() if name != key}
    assert messages("rule", content) != []


# — descriptions —


def properties(schema: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for key, part in schema.get("properties", {}).items():
            yield key, part
        for part in schema.values():
            yield from properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from properties(part)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_described_in_both_languages(name: SchemaName) -> None:
    # The catalogue of fields has no word for some headings.
    labels = SHIPPED[name]["properties"].get("labels", {}).get("properties", {}).values()
    parts = [
        (key, part)
        for key, part in properties(SHIPPED[name])
        if "const" not in part and part not in labels
    ]
    assert len(parts) > 10
    for key, part in parts:
        en, ja = part["description"].split("\n\n")
        assert en, key
        assert re.search("[ぁ-ん一-龯]", ja), (key, ja)
        assert "](" not in part["description"]


def test_no_description_is_of_a_key_that_there_is_not() -> None:
    keys = {item.key for item in settings_in_force(None)}
    assert descriptions()["Settings"].keys() == keys
    assert descriptions()["RuleFile"].keys() == RuleFile.model_fields.keys()
    described = descriptions()["Form"].keys()
    assert described == {field.alias or key for key, field in Form.model_fields.items()}


# — the command —


def test_one_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "rule"]) == 0
    assert json.loads(capsys.readouterr().out) == SHIPPED["rule"]


def test_all_are_written_into_a_folder_and_renewed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "新しい" / "schemas"
    for _ in range(2):
        assert cli.main(["schema", "--output", str(folder), "--lang", "ja"]) == 0
    assert {path.name for path in folder.iterdir()} == {file_name(name) for name in SCHEMAS}
    assert "書き出しました" in capsys.readouterr().out
    assert cli.main(["schema", "form", "--output", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "form.schema.json").read_text("utf-8")) == SHIPPED["form"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["schema"], "name one of rule, form, settings, waivers"),
        (["schema", "rule", "form"], "name one of"),
        (["schema", "rules"], "there is no schema rules; did you mean rule?"),
        (["schema", "xyz"], "known: rule, form, settings, waivers"),
    ],
)
def test_other_words_are_refused(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*words, "--lang", "en"]) == 2
    assert message in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "there"
    path.write_text("x", encoding="utf-8")
    assert cli.main(["schema", "--output", str(path), "--lang", "ja"]) == 2
    assert "フォルダーではない" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "x"


def test_the_line_is_seen_from_the_folder_of_the_file() -> None:
    assert schema_line("rule.schema.json") == "#:schema ./rule.schema.json"
    assert schema_line("../schemas/rule.schema.json") == "#:schema ../schemas/rule.schema.json"
