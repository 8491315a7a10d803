"""Kinds of cases that are command lines: every command with its own options, sensible and not, in
any combination, over several documents.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any, Final, get_args

from auditor.cli.main import CommandName, command_parser
from tests.fuzzing.files import left, settings_text, waivers_text
from tests.fuzzing.model import Case, Failure, Kind, Outcome
from tests.fuzzing.texts import damaged_word

__all__ = ["OPTIONS"]

_COMMANDS: Final = tuple(
    name
    for name in get_args(CommandName)
    # The desk opens a browser, and what is to be started is written into the current folder alone.
    if name not in ("desk",)
)
_INPUTS: Final = ("book.txt", "later.txt", "this.txt", "last.txt")
_VALUES: Final = (
    "", " ", "0", "1", "2", "-1", "64", "65", "1.5", "99999999999999999999", "x", "ja", "en", "FND",
    "FND001", "fnd001", "default", "FND,BOK", ",", "*", "!*", "!", "3-1", "1-", "1-3,5", "kushiro",
    "2024", "令和６年度", "総務部総務課", "x" * 300, "あ" * 300, "a\0b", "a\nb", "\udc80", "-", "--",
    ".", "/dev/null", "nowhere/x", "book.txt", "later.txt", "report.json", "records.json", "result",
    "waivers.toml", "accounts.csv", "auditor.toml", "new.json", "new.xlsx", "new.csv", "new.txt",
    "copy.xlsx", "folder", "book.txt/x", "con", "~", "$HOME", "%s", "{}", "total_cost == 1",
    "year", "sheet", "unknown,fail", "crashed", "2025-08-18", "2025-02-30", "=1+1", "\x1b[31m",
)  # fmt: skip
_ENDLESS: Final = frozenset({"--watch", "--spark-master"})
"""Options that wait for changes of files, or for a cluster."""
_SLOW: Final = ("spark",)
"""Values that start something that takes longer than all else."""
_OUTPUTS: Final = ("--output", "--mark", "--deliver", "--output-dir", "--findings", "--waivers-to")


@dataclass(frozen=True)
class _Line:
    """A command line, word by word."""

    words: tuple[str, ...]


@cache
def _actions(command: str) -> tuple[argparse.Action, ...]:
    """The options and operands of a command."""
    parser = command_parser("en", commands=[command])  # type: ignore[list-item]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return tuple(action.choices[command]._actions)
    return ()


def _value(random: Random, action: argparse.Action) -> str:
    if action.choices is not None and random.randrange(5):
        choices = {str(choice) for choice in action.choices}
        return random.choice(sorted(choices.difference(_SLOW)))
    return random.choice(_VALUES)


def _start(random: Random) -> _Line:
    command = "check" if random.randrange(2) else random.choice(_COMMANDS)
    words: list[str] = [command]
    for action in _actions(command):
        if action.option_strings:
            continue
        several = random.choice((1, 1, 2)) if action.nargs in ("+", "*") else 1
        words += [random.choice(_INPUTS) for _ in range(several)]
    if command in ("explain", "why"):
        words[1] = "FND001"
    if command == "try":
        words[1] = "total_cost == sum(funding)"
    return _Line(tuple(words))


def _damage(random: Random, line: _Line) -> _Line:
    """One option more, or a word of the line changed."""
    words = list(line.words)
    options = [
        action
        for action in _actions(words[0])
        if action.option_strings and not _ENDLESS.intersection(action.option_strings)
    ]
    if options and random.randrange(6):
        action = random.choice(options)
        words.append(random.choice(action.option_strings))
        if action.nargs != 0:
            words.append(_value(random, action))
    else:
        at = random.randrange(1, len(words)) if len(words) > 1 else 0
        if at:
            words[at] = random.choice((*_VALUES, damaged_word(random, words[at])))
    return replace(line, words=tuple(words))


def _case(line: _Line) -> Case:
    files = {name: left()[name] for name in ("book.txt", "later.txt", "this.txt", "last.txt")}
    files |= {name: left()[name] for name in ("report.json", "records.json", "accounts.csv")}
    files |= {"waivers.toml": waivers_text(), "folder/auditor.toml": settings_text()}
    files |= {name: data for name, data in left().items() if name.startswith("result/")}
    return Case(files, line.words, foreign=True)


def _check(case: Case, outcome: Outcome) -> list[Failure]:
    return list(_wrong(case, outcome))


def _wrong(case: Case, outcome: Outcome) -> Iterator[Failure]:
    if outcome.code == 2 and not (outcome.err.strip() or outcome.out.strip()):
        yield Failure("silent", "exit code 2 without a word")
    if outcome.code in (0, 1) and case.words[0] == "check":
        yield from _outputs(case, outcome)


def _outputs(case: Case, outcome: Outcome) -> Iterator[Failure]:
    """Each file that was asked for was written, once, and what says that it is JSON is."""
    options = _given(case)
    if {"-h", "--help"}.intersection(case.words):
        return
    name = options.get("--output")
    if name is not None and name in outcome.written and options.get("--format") == "json":
        try:
            json.loads(outcome.written[name])
        except ValueError:
            yield Failure("output", f"{name} is no JSON")
    for option in _OUTPUTS[:2]:
        wanted = options.get(option)
        if wanted is not None and wanted.startswith("new") and wanted not in outcome.written:
            yield Failure("output", f"{option} {wanted} was not written")


def _given(case: Case) -> Mapping[str, str]:
    words = case.words
    return {
        word: words[at + 1]
        for at, word in enumerate(words[:-1])
        if word.startswith("--") and not words[at + 1].startswith("--")
    }


OPTIONS: Final[tuple[Kind[Any], ...]] = (
    Kind("options", _start, _damage, _case, _check, most_steps=6),
)
