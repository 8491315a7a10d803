"""Files and folders that arguments name: outputs are held against each other and against what is
read, before anything is written, in every command. The arguments are those of the parsers.
"""

from __future__ import annotations

import argparse
import os
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Final, get_args

import pytest

from auditor.cli import main as cli
from auditor.cli.arguments import Parser, Place

NAMES: tuple[cli.CommandName, ...] = get_args(cli.CommandName)
_WORDS: Final = (
    "CODE COLUMN COMMAND CTY DATE FORM FORMAT FORMULA KIND KPI N NAME OUTCOMES PAGES PATTERN ROW "
    "RULE RULES SHEET URL YEAR show|check"
)
NO_FILES: Final = frozenset(_WORDS.split())
"""What stands for values that name no file."""
WAYS: Final = ("same", "up and down", "link", "hard link", "letters", "unicode", "inside")


def parser_of(name: cli.CommandName) -> Parser:
    (commands,) = (
        action.choices
        for action in cli.command_parser("en", commands=[name])._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    parser = commands[name]
    assert isinstance(parser, Parser)
    return parser


PARSERS: Final = {name: parser_of(name) for name in NAMES}


def outputs_of(parser: Parser) -> list[Place]:
    return [place for place in parser.places if place.use != "read"]


def words_of(parser: Parser, values: dict[str, str]) -> list[str]:
    """A command line with these values, by the names in the namespace, and with what the parser
    requires beside them.
    """
    operands: list[str] = []
    options: list[str] = []
    for action in parser._actions:
        is_wanted = action.dest in values or (action.required and not action.choices)
        if not is_wanted or (not action.option_strings and action.nargs == "*"):
            operands += [values[action.dest]] if action.dest in values else []
            continue
        value = values.get(action.dest, f"no-{action.dest}")
        if action.option_strings:
            options.append(f"{action.option_strings[-1]}={value}")
        else:
            operands.append(value)
    return [parser.prog.split()[-1], *options, *(["--", *operands] if operands else [])]


def pairs() -> Iterator[tuple[cli.CommandName, Place, Place]]:
    for name, parser in PARSERS.items():
        for first, second in combinations(outputs_of(parser), 2):
            yield name, first, second


def test_every_argument_that_names_files_says_for_what() -> None:
    """One that is new has to say it, or what else it is (NO_FILES)."""
    for name, parser in PARSERS.items():
        dests = {place.dest for place in parser.places}
        for action in parser._actions:
            if action.nargs == 0 or action.choices is not None:
                continue
            if action.dest not in dests:
                assert action.type is not Path, (name, action.dest)
                assert str(action.metavar).split("=")[0] in NO_FILES, (name, action.dest)


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def other_name(target: Path, way: str, folder: Path) -> str | None:
    """Another name of a file (or a folder), or of one in it; None where there is none here."""
    other = folder / "other.csv"
    match way:
        case "same":
            return str(target)
        case "up and down":
            return str(target.parent / "sub" / ".." / target.name)
        case "link":
            other.symlink_to(target)
        case "hard link":
            if not target.is_file():
                return None
            os.link(target, other)
        case "letters":
            return str(target.with_name(target.name.upper()))
        case "unicode":
            return str(target.with_name(unicodedata.normalize("NFD", target.name)))
        case _:
            return str(target / "inner.csv")
    return str(other)


@pytest.mark.parametrize(
    ("name", "first", "second"), [*pairs()], ids=lambda part: getattr(part, "name", part)
)
def test_two_outputs_are_never_one(
    name: cli.CommandName,
    first: Place,
    second: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for way in WAYS:
        folder = tmp_path / way
        (folder / "sub").mkdir(parents=True)
        monkeypatch.chdir(folder)
        target = folder / "が.csv"
        if way in ("link", "hard link"):
            target.write_text("old", encoding="utf-8")
        other = other_name(target, way, folder)
        if other is None:
            continue
        before = snapshot(folder)
        values = {first.dest: str(target), second.dest: other}
        words = words_of(PARSERS[name], values)
        for lang in ("en", "ja"):
            assert cli.main([words[0], "--lang", lang, *words[1:]]) == 2, way
            output = capsys.readouterr()
            assert output.out == ""
            (line,) = output.err.splitlines()
            assert first.name in line
            assert second.name in line
        assert snapshot(folder) == before


def test_no_output_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever names the input: an operand, an option, the settings file."""
    monkeypatch.chdir(tmp_path)
    Path("auditor.toml").write_text('[letter]\ntemplate = "letter.txt"\n', encoding="utf-8")
    for name, parser in PARSERS.items():
        reads = [place.dest for place in parser.places if place.use == "read"]
        for place in outputs_of(parser):
            if place.use != "written":
                continue
            for dest in (*reads, "settings file", "letter"):
                path = {"settings file": "auditor.toml", "letter": "letter.txt"}.get(dest, "in.csv")
                Path(path).touch()
                before = snapshot(tmp_path)
                values = {place.dest: path, dest: path} if dest in reads else {place.dest: path}
                assert cli.main(words_of(parser, values)) == 2, (name, dest)
                output = capsys.readouterr()
                assert output.out == ""
                assert path in output.err, (name, dest)
                assert len(output.err.splitlines()) == 1
                assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    "bad", ["x" * 300, "a\0b", "loop", "\ud800"], ids=["long", "NUL", "loop", "half a character"]
)
def test_a_name_that_no_file_can_have_is_refused_before_any_work(
    bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    for name, parser in PARSERS.items():
        for place in outputs_of(parser):
            assert cli.main(["--lang", "ja", *words_of(parser, {place.dest: bad})]) == 2
            output = capsys.readouterr()
            assert output.out == ""
            assert "に書き込めません" in output.err, (name, place)
            assert len(output.err.splitlines()) == 1
    assert Path("loop").is_symlink()


USUAL: Final = {
    "files": "in.txt",
    "file": "in.txt",
    "folders": "empty",
    "corrected": "in.txt",
    "published": "in.txt",
    "earlier": "in.txt",
    "rule": "FND001",
    "codes": "FND001",
    "code": "CTY001",
    "formula": "total_cost > 0",
    "name": "mycity",
    "since": "in.txt",
    "output": "out.json",
}
"""What stands for what a command requires while one of its arguments has an odd name."""


def one_of_each_argument(*, read: bool = True) -> Iterator[tuple[cli.CommandName, str]]:
    """The arguments that name what is read, or written; one that several commands share is tried
    once.
    """
    shared: set[str] = set()
    for name, parser in PARSERS.items():
        for place in parser.places:
            (action,) = (action for action in parser._actions if action.dest == place.dest)
            is_wanted = (place.use == "read") is read
            if is_wanted and f"{place.dest} {action.help}" not in shared:
                shared.add(f"{place.dest} {action.help}")
                yield name, place.dest


@pytest.mark.parametrize("bad", ["a\0b.py", "\ud800", "x" * 300, "loop", ".", "", "a/" * 2500])
def test_whatever_is_named_is_read_or_said_in_a_line(
    bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    Path("empty").mkdir()
    Path("in.txt").write_text("事業名", encoding="utf-8")
    for name, dest in one_of_each_argument():
        parser = PARSERS[name]
        required = {a.dest for a in parser._actions if a.required or a.dest == "files"}
        values = {key: text for key, text in USUAL.items() if key in required}
        code = cli.main(words_of(parser, {**values, dest: bad}))
        assert_said(capsys, code, name, dest)


def assert_said(capsys: pytest.CaptureFixture[str], code: int, *what: str) -> None:
    output = capsys.readouterr()
    assert code in (0, 1, 2), what
    assert output.out or output.err, what
    shown = "".join((output.out + output.err).split())
    for sign in ("internalerror", "Traceback", "Errno", "embeddednull", "surrogates"):
        assert sign not in shown, (*what, output.err)


@pytest.mark.parametrize("bad", [r"a\u0000b", "x" * 300, "loop", "."])
def test_names_in_settings_are_read_or_said_in_a_line(
    bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    Path("in.txt").write_text("事業名", encoding="utf-8")
    for line in (
        'waivers = "{}"',
        'plugins = ["{}"]',
        'page_list = "{}"',
        'last_year = ["{}"]',
        'last_year_errata = "{}"',
        '[accounts]\nfile = "{}"',
        '[letter]\ntemplate = "{}"',
    ):
        Path("auditor.toml").write_text(line.format(bad), encoding="utf-8")
        for words in (["check", "in.txt"], ["check", "in.txt", "--deliver", "result"]):
            assert cli.main(words) == 2
            assert_said(capsys, 2, line)
    assert not Path("result").exists()


@pytest.mark.parametrize("missing", [("stdout",), ("stderr",), ("stdin", "stdout", "stderr")])
def test_every_command_runs_without_standard_streams(
    missing: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A scheduled task and ``pythonw`` have none: what can't be shown is said, where it can be."""
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("in.txt").write_text("事業名", encoding="utf-8")
    for name, parser in PARSERS.items():
        if name == "desk":  # it serves until it is ended
            continue
        required = {a.dest for a in parser._actions if a.required or a.dest == "files"}
        words = words_of(parser, {key: text for key, text in USUAL.items() if key in required})
        with monkeypatch.context() as patch:
            for stream in missing:
                patch.setattr(f"sys.{stream}", None)
            code = cli.main(["--lang", "en", *words])
        output = capsys.readouterr()
        assert code in (0, 1, 2), name
        assert "internal error" not in output.err, (name, output.err)
        if "stderr" in missing:
            assert output.err == ""
