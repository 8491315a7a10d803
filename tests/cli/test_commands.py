"""The commands as a list: each module is one, the help names what a command accepts, and every
option is tried.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import get_args

import pytest

import auditor_datasets
from auditor.auditing import session as sessions
from auditor.cli import commands
from auditor.cli import main as cli
from auditor.engines import MissingEngine, engine_named
from auditor.reports.terminal import TerminalReport

CLEAN = str(auditor_datasets.path("kushiro-r6"))
NAMES: tuple[cli.CommandName, ...] = get_args(cli.CommandName)
OPERANDS = {"check": CLEAN, "read": CLEAN, "totals": CLEAN, "explain": "FND001", "test-rules": "x"}


def output_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The output on one line, both streams."""
    cli.main(words)
    output = capsys.readouterr()
    return " ".join((output.out + output.err).split())


def test_every_module_is_a_command_and_every_command_a_module() -> None:
    files = Path(commands.__path__[0]).glob("*.py")
    modules = {file.stem for file in files if file.stem != "__init__"}
    assert {name.replace("-", "_") for name in NAMES} == modules
    for name in NAMES:
        assert vars(cli.command_named(name))["__name__"].endswith(f".{name.replace('-', '_')}")


def test_every_option_is_tried_by_a_test() -> None:
    tests = Path(__file__).parents[1]
    texts = [path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py")]
    (names,) = [
        action.choices
        for action in cli.command_parser("en")._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    untried = {
        f"auditor {name} {action.option_strings[-1]}"
        for name, command in names.items()
        for action in command._actions
        if action.option_strings
        and not any(f'"{option}' in text for option in action.option_strings for text in texts)
    }
    assert untried == set()


def test_unread_numbers_are_listed_where_they_are_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record = {
        "documents": [
            {
                "path": "a.xlsx",
                "form": "kushiro",
                "fiscal_year": 2024,
                "unread": [{"printed": "5,000", "place": {"sheet": "Sheet1", "cell": "K9"}}],
            }
        ],
        "sheets": [{"document": "a.xlsx", "name": "a project"}],
    }
    path = tmp_path / "records.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    for command in ("check", "read"):
        words = (command, str(path), "--lang", "en")
        assert "worksheet Sheet1, cell K9" in output_of(capsys, *words, "--unread")
        assert "K9" not in output_of(capsys, *words)


def test_statistics_show_the_outcomes_of_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("check", CLEAN, "--lang", "en", "--select", "FND001")
    assert "Outcomes by rule" in output_of(capsys, *words, "--statistics")
    assert "Outcomes by rule" not in output_of(capsys, *words)


def test_an_analysis_of_the_rules_is_shown_when_it_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    analysis = output_of(capsys, "rules", "--analyse", "--lang", "en")
    assert analysis != output_of(capsys, "rules", "--lang", "en")


@pytest.mark.parametrize("name", NAMES)
def test_the_help_lists_the_formats_that_a_command_takes(
    name: cli.CommandName, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = output_of(
        capsys, name, *filter(None, [OPERANDS.get(name)]), "--format", "no", "--lang", "en"
    )
    formats = re.search(r"there is no format no; known: (.*)", refusal)
    assert formats is not None
    assert f"--format FORMAT {formats[1]} (default: terminal)" in output_of(
        capsys, name, "--help", "--lang", "en"
    )
    assert f"--format 形式 {formats[1]}（省略時は terminal）" in output_of(
        capsys, name, "--help", "--lang", "ja"
    )


@pytest.mark.parametrize("name", ["check", "demo"])
def test_the_help_lists_the_formats_of_plugins_too(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sessions.load()
    reports = {**session.reports, "100%": TerminalReport()}
    monkeypatch.setattr(sessions, "load", lambda: session._replace(reports=reports))
    assert ", csv, 100% (default: terminal)" in output_of(capsys, name, "-h", "--lang", "en")


def test_the_engines_are_those_that_can_be_had() -> None:
    parser = cli.command_parser("en")
    with pytest.raises(MissingEngine) as missing:
        engine_named("no")
    engines = missing.value.message.en.rpartition("known are ")[2].split(", ")
    assert len(engines) > 1
    for engine in engines:
        assert parser.parse_args(["check", "x", "--engine", engine]).engine == engine
    with pytest.raises(SystemExit):
        parser.parse_args(["check", "x", "--engine", "no"])


def test_a_file_may_have_the_name_of_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").write_bytes(Path(CLEAN).read_bytes())
    assert "シート1「" in output_of(capsys, "--lang", "ja", "read", "demo")
