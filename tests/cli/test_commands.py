"""The commands as a list: each module is one, the help names what a command accepts, and every
option is tried.
"""

from __future__ import annotations

import argparse
import json
import keyword
import re
from pathlib import Path
from typing import get_args

import pytest

import auditor_datasets
from auditor.auditing import session as sessions
from auditor.cli import commands
from auditor.cli import main as cli
from auditor.engines import MissingEngine, engine_named
from auditor.records.languages import Lang
from auditor.reports.layout import shown_width
from auditor.reports.terminal import TerminalReport
from auditor.testing import book
from tests.documents.text_writer import text_of_sheets

CLEAN = str(auditor_datasets.path("kushiro-r6"))
NAMES: tuple[cli.CommandName, ...] = get_args(cli.CommandName)
OPERANDS = {
    "check": [CLEAN],
    "answers": [CLEAN],
    "compare": [CLEAN, CLEAN],
    "proof": [CLEAN],
    "read": [CLEAN],
    "draft-form": [CLEAN],
    "totals": [CLEAN],
    "explain": ["FND001"],
    "why": ["FND001", CLEAN],
    "try": ["total_cost == sum(funding)", CLEAN],
    "test-rules": ["x"],
}
WITHOUT_FORMATS = (
    "new-form",
    "new-plugin",
    "new-rule",
    "desk",
    "draft-form",
    "errata",
    "freeze",
    "schema",
    "unmark",
)
"""Commands that write files of one kind, or of that which the name of the file says, or none."""


def output_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The output on one line, both streams."""
    cli.main(words)
    output = capsys.readouterr()
    return " ".join((output.out + output.err).split())


def module_name(name: cli.CommandName) -> str:
    """The module of a command; a word of Python has an underscore behind it."""
    return f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")


def test_every_module_is_a_command_and_every_command_a_module() -> None:
    files = Path(commands.__path__[0]).glob("*.py")
    modules = {file.stem for file in files if file.stem != "__init__"}
    assert {module_name(name) for name in NAMES} == modules
    for name in NAMES:
        assert vars(cli.command_named(name))["__name__"].endswith(f".{module_name(name)}")


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


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_FORMATS])
def test_the_help_lists_the_formats_that_a_command_takes(
    name: cli.CommandName, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = output_of(capsys, name, *OPERANDS.get(name, []), "--format", "no", "--lang", "en")
    formats = re.search(r"there is no format no; known: (.*)", refusal)
    assert formats is not None
    assert f"--format FORMAT {formats[1]} (default: terminal)" in output_of(
        capsys, name, "--help", "--lang", "en"
    )
    # A line may end behind any of the names.
    japanese = "".join(output_of(capsys, name, "--help", "--lang", "ja").split())
    assert f"--format形式{formats[1].replace(', ', '、')}（省略時はterminal）" in japanese


@pytest.mark.parametrize("name", ["check", "demo"])
def test_the_help_lists_the_formats_of_plugins_too(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sessions.load()
    reports = {**session.reports, "100%": TerminalReport()}
    monkeypatch.setattr(sessions, "load", lambda: session._replace(reports=reports))
    assert ", github, 100% (default: terminal)" in output_of(capsys, name, "-h", "--lang", "en")


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


def test_a_page_of_a_rule_is_in_words_and_verbose_shows_the_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = output_of(capsys, "explain", "FND001", "--lang", "ja")
    assert "事業費総額 ＝ 財源内訳の合計" in page
    assert "sum(funding)" not in page
    page = output_of(capsys, "explain", "FND001", "--lang", "ja", "--verbose")
    assert "total_cost == sum(funding)" in page
    assert "funding-sum-mismatch" in page


def test_a_wrong_word_gets_what_would_be_right(capsys: pytest.CaptureFixture[str]) -> None:
    """Japanese says what an option's words stand for, and names the command that was meant."""
    told = output_of(capsys, "--lang", "ja", "chekc")
    assert "「chekc」というコマンドはありません。「check」のことですか" in told
    told = output_of(capsys, "--lang", "ja", "check", CLEAN, "--by", "dept")
    assert (
        "--by に「dept」は指定できません。"
        "指定できるのは department（所管課・室）、sheet（シート）、rule（規則）です" in told
    )
    told = output_of(capsys, "--lang", "ja", "check", CLEAN, "--engine", "x")
    assert "指定できるのは polars、duckdb、spark です" in told


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", get_args(Lang))
def test_the_help_stands_in_columns(name: cli.CommandName, lang: Lang) -> None:
    """By what a terminal shows: a full-width character takes two columns."""
    (action,) = (
        action
        for action in cli.command_parser(lang)._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    text = action.choices[name].format_help()
    options = re.split(r"(?m)^(?:options:|オプション：)$", text)[1]
    columns = {
        shown_width(match[1])
        for line in options.splitlines()
        if (match := re.match(r"(  -.*?  +|   +)\S", line))
    }
    assert len(columns) == 1, text


def test_a_document_is_no_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    book, pages = tmp_path / "a.xlsx", tmp_path / "a.pdf"
    book.write_bytes(b"PK\x03\x04 and so on")
    pages.write_bytes(b"%PDF-1.4 and so on")
    text = "".join(output_of(capsys, "--lang", "ja", "check", "--table", str(book)).split())
    assert "それに合う表の様式（[table]）がありません" in text
    text = "".join(output_of(capsys, "--lang", "ja", "check", "--table", str(pages)).split())
    assert "--tableを付けずに" in text


def test_a_document_of_no_form_gets_the_closest_and_how_to_start_from_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A city's sheets that differ from a form in one word."""
    form = sessions.load().forms["kushiro"]
    text = tmp_path / "a.txt"
    sheets = text_of_sheets(book(sheets=1, form=form, kpis=0).sheets, form)
    text.write_text(sheets.replace("釧路市民", "試験市民"), encoding="utf-8")
    for command in ("check", "read"):
        lines = "".join(output_of(capsys, "--lang", "ja", command, str(text)).split())
        assert "この文書に合う様式がありません" in lines
        assert f"最も近い様式：{''.join(form.title.ja.split())}（kushiro）" in lines
        assert "見つからないもの：釧路市民の人口" in lines
        assert f"auditordraft-form{text}--fromkushiro" in lines
    text.write_text("何もない", encoding="utf-8")
    assert "最も近い様式" not in output_of(capsys, "--lang", "ja", "check", str(text))


def test_a_plugin_that_is_not_there_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    told = output_of(capsys, "--lang", "ja", "check", CLEAN, "--plugin", "no_such_plugin")
    assert "プラグインno_such_plugin：見つかりません（モジュール名" in "".join(told.split())
    assert "ModuleNotFoundError" not in told
