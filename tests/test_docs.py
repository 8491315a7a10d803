"""The docs: their examples run, nothing that they should tell is missing, and what is made from
the code is up to date.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from auditor.auditing.formats import ReportFormat
from auditor.auditing.plugins import Hooks
from auditor.auditing.session import load
from auditor.cli import main as cli
from auditor.forms import model as forms
from auditor.forms import prose
from auditor.forms.loading import load_form
from auditor.formula.functions import FUNCTIONS
from auditor.records.fields import HEADED
from auditor.rules.loading import build_rule, load_rule_file
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Equivalent, RuleFile
from auditor.testing import run_cases

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
SESSION = load()
WORDS = vocabulary(SESSION.forms.values())


class Block(NamedTuple):
    """A fenced block: its language, the comment before it, and its text."""

    language: str
    comment: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    pattern = re.compile(
        r"(?:<!-- (?P<comment>[^>]*?) -->\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$",
        re.MULTILINE | re.DOTALL,
    )
    for match in pattern.finditer(text):
        yield Block(
            match["language"],
            match["comment"] or "",
            match["body"],
            text[: match.start()].count("\n") + 1,
        )


def of_language(*languages: str) -> list[tuple[Path, Block]]:
    return [
        (page, block) for page in PAGES for block in blocks(page) if block.language in languages
    ]


def named(found: list[tuple[Path, Block]]) -> list[object]:
    return [pytest.param(page, block, id=f"{page.name}:{block.line}") for page, block in found]


def make_reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# — what is made from the code —


MADE = make_reference().pages(SESSION)


@pytest.mark.parametrize("page", MADE, ids=lambda page: page.name)
def test_what_is_made_from_the_code_is_up_to_date(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == MADE[page], (
        f"{page.name} is out of date: run `make docs`"
    )


# — examples —


@pytest.mark.parametrize(("page", "block"), named(of_language("python")))
def test_python_examples_run(
    page: Path, block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sheets.txt" in block.text or "my-rules" in block.text:
        compile(
            block.text, str(page), "exec"
        )  # the design's sketch of the API names files that only a reader has
        return
    monkeypatch.chdir(tmp_path)
    name = f"example_{page.stem}_{block.line}".replace("-", "_").replace(".", "_")
    path = tmp_path / f"{name}.py"
    path.write_text(block.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    for name, value in vars(module).items():
        if name.startswith("test_"):
            value()
    if "@auditor.rule(" in block.text:
        for rule in load_rule_file(path, WORDS):
            assert rule.file.cases
            assert [
                result.problems for result in run_cases(rule, SESSION.forms) if not result.passed
            ] == []


@pytest.mark.parametrize(("page", "block"), named(of_language("toml")))
def test_toml_examples_are_rules_forms_or_parts_of_them(
    page: Path, block: Block, tmp_path: Path
) -> None:
    data = tomllib.loads(block.text)
    if "code" in data and "…" not in block.text:
        rule = build_rule(data, page.name, WORDS)
        assert rule.file.cases
        assert [
            result.problems for result in run_cases(rule, SESSION.forms) if not result.passed
        ] == []
    elif "columns" in data and "…" not in block.text:
        path = tmp_path / "form.toml"
        path.write_text(block.text, encoding="utf-8")
        assert load_form(path).name == data["name"]
    else:
        assert data


RUN = re.compile(r"run: exit (\d)")
CONSOLE = [(page, block) for page, block in of_language("console", "powershell")]


def commands(block: Block) -> Iterator[tuple[list[str], list[str]]]:
    """Each `auditor …` line of a block, and the lines that it must print."""
    arguments: list[str] | None = None
    expected: list[str] = []
    for line in block.text.splitlines():
        start = re.match(r"(?:\$ |.*\\)auditor (.*)", line)
        if start:
            if arguments is not None:
                yield arguments, expected
            arguments, expected = shlex.split(start[1]), []
        elif line.strip() and arguments is not None:
            expected.append(line.strip())
    if arguments is not None:
        yield arguments, expected


@pytest.mark.parametrize(
    ("page", "block"),
    named([(page, block) for page, block in CONSOLE if RUN.search(block.comment)]),
)
def test_console_examples_print_what_they_say(
    page: Path,
    block: Block,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for example in ("sheet-auditor-hoshimi", "cofinancing", "grants"):
        shutil.copytree(ROOT / "examples" / example, tmp_path / example)
    for own in blocks(page):
        if own.language == "toml" and (match := re.match(r'code = "(\w+)"', own.text)):
            (tmp_path / f"{match[1]}.toml").write_text(own.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")  # the width of the pages, whatever terminal runs the tests
    wanted = RUN.search(block.comment)
    assert wanted is not None
    ran = list(commands(block))
    assert ran
    for arguments, expected in ran:
        assert cli.main(arguments) == int(wanted[1])
        said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
        assert expected
        for line in expected:
            assert any(" ".join(line.split()) in part for part in said), line


@pytest.mark.parametrize(("page", "block"), named(CONSOLE))
def test_console_examples_use_options_that_exist(page: Path, block: Block) -> None:
    assert page.exists()
    for arguments, _ in commands(block):
        if "--version" not in arguments:
            assert cli.command_parser("en").parse_args(arguments).run


def test_commands_of_ci_use_options_that_exist() -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ *entry: auditor (.*)$", hooks, re.MULTILINE)
    page = [block.text for block in blocks(DOCS / "ci.md") if block.language == "yaml"]
    calls = re.findall(r"auditor (check .*)$", "\n".join(page), re.MULTILINE)
    (hook_arguments,) = re.findall(r"args: \[(成果シート.*)\]", "\n".join(page))
    assert len(entries) == 2
    assert len(calls) == 3
    for call in [*(f"{entry} FOLDER" for entry in entries), *calls]:
        assert cli.command_parser("en").parse_args(shlex.split(call)).run
    check = ["check", *hook_arguments.split(", ")]
    assert cli.command_parser("en").parse_args(check).lang == "ja"
    ids = re.findall(r"^- id: (.*)$", hooks, re.MULTILINE)
    assert re.findall(r"- id: (.*)", "\n".join(page)) == ids


SHOWN = re.compile(r"shown by: auditor (.*)")


@pytest.mark.parametrize(
    ("page", "block"),
    named([(page, block) for page, block in of_language("text") if SHOWN.match(block.comment)]),
)
def test_what_a_report_looks_like_is_what_it_looks_like(
    page: Path, block: Block, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert page.exists()
    monkeypatch.chdir(ROOT / "examples")
    monkeypatch.setenv("COLUMNS", "100")
    command = SHOWN.match(block.comment)
    assert command is not None
    assert cli.main(shlex.split(command[1])) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line for line in block.text.splitlines() if line.rstrip() not in said] == []


def test_every_link_leads_somewhere() -> None:
    checked = 0
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", *ROOT.glob("examples/*/README.md")]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            checked += 1
            assert (page.parent / target).exists(), f"{page.name}: {target}"
    assert checked > 20


@pytest.mark.parametrize("language", ["", ".ja"])
def test_the_index_names_every_page_of_its_language(language: str) -> None:
    index = DOCS / f"index{language}.md"
    names = {page.name for page in PAGES if page.name.endswith(".ja.md") == bool(language)}
    text = index.read_text(encoding="utf-8")
    assert [name for name in sorted(names - {index.name}) if f"({name})" not in text] == []


# — nothing is missing —


def rows(page: str, heading: str | None = None) -> set[str]:
    """The first cells, in backquotes, of the tables of a page, or of one section."""
    text = (DOCS / page).read_text(encoding="utf-8")
    if heading is not None:
        (text,) = re.findall(
            rf"^## {heading}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL
        )
    return {
        name
        for cell in re.findall(r"^\| (`[^|]*?`) \|", text, flags=re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", cell)
    }


@pytest.mark.parametrize("page", ["rule-reference.md", "rule-reference.ja.md"])
def test_every_shipped_rule_is_documented(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    missing = [rule.code for rule in SESSION.rules if f"### {rule.code} " not in text]
    assert missing == []
    for rule in SESSION.rules:
        lang = "ja" if page.endswith(".ja.md") else "en"
        assert rule.file.why.of(lang) in text
        assert rule.file.action.of(lang) in text


@pytest.mark.parametrize("page", ["first-audit.md", "first-audit.ja.md"])
def test_a_first_audit_says_what_to_do_with_every_finding(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [rule.code for rule in SESSION.rules if f"| {rule.code} |" not in text] == []


@pytest.mark.parametrize("page", ["commands.md", "commands.ja.md"])
def test_every_command_and_option_is_documented(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    (choices,) = [
        action.choices
        for action in cli.command_parser("en")._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    assert len(choices) >= 6
    for name, command in choices.items():
        (section,) = re.findall(
            rf"^## auditor {name}\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL
        )
        options = [
            option
            for action in command._actions
            for option in action.option_strings
            if option not in ("-h", "--help")
        ]
        assert [option for option in options if not re.search(rf"`{option}[ `]", section)] == []


def test_every_hook_is_documented() -> None:
    hooks = {name for name in vars(Hooks) if name.startswith("auditor_")}
    assert hooks <= rows("plugins.md", "The hooks")


def test_every_function_and_name_of_formulas_is_documented() -> None:
    text = (DOCS / "formula.md").read_text(encoding="utf-8")
    assert {f"{name}()" for name in FUNCTIONS} <= rows("formula.md")
    for scope, content in vocabulary(()).scopes.items():
        (line,) = [
            line
            for line in text.splitlines()
            if line.startswith(f"| `{scope}` |") and line.count("|") > 4
        ]
        assert [name for name in content.names if f"`{name}`" not in line] == []
        assert [link for link in content.links if f"`{link}.`" not in line] == []


def test_every_key_of_a_rule_is_documented() -> None:
    assert RuleFile.model_fields.keys() - rows("rules.md", "The keys") == set()
    heading = "Changes that make no difference"
    assert Equivalent.model_fields.keys() - rows("rules.md", heading) == set()


@pytest.mark.parametrize(
    ("model", "heading"),
    [
        (forms.Form, "Form"),
        (forms.Column, "Column"),
        (forms.FieldDefinition, "Field"),
        (forms.EvaluationChanges, "Banned change"),
        (forms.BannedChange, "Banned change"),
        (forms.DescribedTable, "Table"),
        (forms.Listing, "List"),
        (forms.Items, "Items"),
        (forms.Dialect, "Dialect"),
        (forms.Total, "Total rows"),
        (forms.Lookup, "Lookups"),
        (forms.FormWords, "Words"),
        (forms.KpiTable, "Indicators"),
        (forms.TextLayout, "Text layout"),
        (prose.ProseWords, "Words of prose"),
        (forms.ApartFigures, "Text layout"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_every_key_of_a_form_is_documented(model: type[forms.Form], heading: str) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys - rows("forms.md", heading) == set()


def test_every_heading_of_a_sheet_is_documented() -> None:
    text = (DOCS / "forms.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `labels` \| the headings of a sheet's texts: .*$", text, re.MULTILINE)
    assert [name for name in HEADED if f"`{name}`" not in row] == []


def test_every_table_of_a_form_is_one_of_those_tested() -> None:
    # A model added to the form's own module would otherwise go undocumented without anybody
    # noticing.
    marks = next(
        mark
        for mark in test_every_key_of_a_form_is_documented.pytestmark
        if mark.name == "parametrize"
    )
    tested = {model for model, _ in marks.args[1]}
    modules = forms.__name__, prose.__name__
    models = {
        value
        for value in vars(forms).values()
        if isinstance(value, type)
        and hasattr(value, "model_fields")
        and value.__module__ in modules
    }
    assert models == tested


def test_the_roundings_and_requirements_are_documented() -> None:
    text = (DOCS / "forms.md").read_text(encoding="utf-8")
    for annotation in (forms.Rounding, forms.Required):
        assert [word for word in annotation.__args__ if f"`{word}`" not in text] == []


def test_the_outcomes_are_documented() -> None:
    text = (DOCS / "rules.md").read_text(encoding="utf-8")
    assert [
        outcome
        for outcome in ("pass", "may", "fail", "unknown", "not_applicable", "crashed")
        if f"`{outcome}`" not in text
    ] == []


def test_every_shipped_report_format_is_named() -> None:
    assert all(isinstance(report, ReportFormat) for report in SESSION.reports.values())
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert [name for name in SESSION.reports if name not in text] == []
    for readme in ("README.md", "README.ja.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert [name for name in SESSION.reports if f"`{name}`" not in text] == [], readme


def test_what_plugins_can_do_wrong_is_documented() -> None:
    source = (ROOT / "auditor" / "auditing" / "session.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"(plugin-[a-z]+)"', source))
    assert codes
    text = (DOCS / "plugins.md").read_text(encoding="utf-8")
    assert [code for code in codes if f"`{code}`" not in text] == []
