"""Kinds of cases that are plugins: everything that a hook calls, misbehaving in every way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from tests.fuzzing.files import book_text, hashed
from tests.fuzzing.model import Case, Failure, Kind, Outcome
from tests.fuzzing.texts import damaged_text

__all__ = ["HOOKS"]

_SOURCE: Final = '''"""A plugin that misbehaves."""
import sys
from pathlib import Path

import auditor
from auditor.rules import PASS


AT_IMPORT


def misbehave():
    DEED


class Reader:
    name = "fuzzed"

    def accepts(self, source, form):
        ACCEPTS

    def read(self, source, form):
        READ

    def words(self, source):
        WORDS


class RecordReader:
    name = "fuzzed-records"

    def accepts_records(self, source):
        ACCEPTS_RECORDS

    def read_records(self, source, forms, form):
        READ_RECORDS


class Format:
    name = "fuzzed"

    def render(self, report, context):
        RENDER


def claims(text):
    CLAIMS


HOOKS


@auditor.rule("""
code = "FZZ001"
name = "fuzzed-rule"
severity = "error"
each = "sheet"
since = "1.0"
[title]
en = "A fuzzed rule"
ja = "試験用の規則"
[why]
en = "It is a test."
ja = "試験です。"
[action]
en = "Do nothing."
ja = "何もしません。"
[[cases]]
form = "kushiro"
name = "x"
outcome = "pass"
""")
def judged(row):
    RULE
'''

_DEEDS: Final = (
    "raise Exception('x')",
    "raise ValueError",
    "raise BaseException('x')",
    "raise SystemExit",
    "raise SystemExit(0)",
    "raise SystemExit('x')",
    "sys.exit(1)",
    "raise GeneratorExit",
    "raise StopIteration",
    "raise MemoryError",
    "raise RecursionError",
    "raise UnicodeDecodeError('utf-8', b'x', 0, 1, 'x')",
    "raise OSError(28, 'No space left on device')",
    "raise auditor.AuditorError('a', 'あ')",
    "raise type('Odd', (BaseException,), {'__str__': lambda self: 1 / 0})()",
    "raise Exception('\\x1b[31m\\u202e' * 50)",
    "return misbehave()",
    "assert False",
    "return undefined",
    "import nowhere",
    "return 1 / 0",
)
"""After one of these, something is said and the exit code is 2."""
_GIFTS: Final = (
    "return None",
    "pass",
    "return 7",
    "return 'text'",
    "return b''",
    "return [1]",
    "return [None]",
    "return {'a': 1}",
    "return object()",
    "return auditor.rules.PASS",
    "return float('nan')",
    "return lambda: None",
    "return Reader",
    "return [Reader]",
    "return [Reader(), Reader()]",
    "return (x for x in (1, 2))",
    "return iter(lambda: 1, 2)",
    "return ['\\0']",
    "return ['/nowhere', '']",
    "return [3.5]",
    "yield",
    "yield misbehave()",
    "return type('Odd', (), {'__eq__': None, '__hash__': None, '__bool__': misbehave})()",
    "return [type('Odd', (), {'name': property(misbehave)})()]",
    "return [type('Odd', (), {'name': None})()]",
    "return type('Odd', (str,), {'__str__': misbehave})('x')",
)
_NOISES: Final = ("print('noise')", "sys.stdout.write('noise')", "sys.stderr.write('noise\\n')")

_RIGHT: Final[Mapping[str, str]] = {
    "AT_IMPORT": "pass",
    "DEED": "raise Exception('misbehaved')",
    "ACCEPTS": "return False",
    "READ": "return None",
    "WORDS": "return None",
    "ACCEPTS_RECORDS": "return False",
    "READ_RECORDS": "return None",
    "RENDER": "return 'rendered'",
    "CLAIMS": "return []",
    "RULE": "return PASS",
}
_HOOK_NAMES: Final = (
    "auditor_rules",
    "auditor_forms",
    "auditor_catalogue",
    "auditor_readers",
    "auditor_claims",
    "auditor_reports",
)
_USUAL_HOOKS: Final[Mapping[str, str]] = {
    "auditor_rules": "return [Path(__file__)]",
    "auditor_readers": "return [Reader(), RecordReader()]",
    "auditor_claims": "return [claims]",
    "auditor_reports": "return [Format()]",
}


@dataclass(frozen=True)
class _Plugin:
    """The bodies of a plugin's functions by their marks, those of its hooks, and the words.
    ``fails`` says whether one of them raises where the run calls it.
    """

    bodies: Mapping[str, str]
    hooks: Mapping[str, str]
    words: tuple[str, ...]
    fails: bool = False
    source: str = ""

    @property
    def text(self) -> str:
        """The plugin's source."""
        if self.source:
            return self.source
        text = _SOURCE
        for mark, body in self.bodies.items():
            indent = "" if mark == "AT_IMPORT" else "    " if mark in _AT_TOP else "        "
            lines = ("\n" + indent).join(body.splitlines())
            text = text.replace(f"\n{indent}{mark}\n", f"\n{indent}{lines}\n")
        hooks = "\n\n\n".join(
            f"@auditor.hookimpl\ndef {name}():\n    " + "\n    ".join(body.splitlines())
            for name, body in self.hooks.items()
        )
        return text.replace("\nHOOKS\n", f"\n{hooks}\n")


_AT_TOP: Final = ("DEED", "CLAIMS", "RULE")


def _start(random: Random) -> _Plugin:
    words = random.choice(
        (
            ("check", "book.txt", "--no-settings", "--format", "json", "--plugin", "NAME"),
            ("check", "book.txt", "--no-settings", "--format", "json", "--plugin", "NAME"),
            ("check", "book.txt", "--no-settings", "--format", "fuzzed", "--plugin", "NAME"),
            ("check", "book.txt", "--no-settings", "--lang", "en", "--plugin", "NAME"),
            ("read", "book.txt", "--no-settings", "--format", "json", "--plugin", "NAME"),
            ("plugins", "--no-settings", "--lang", "en", "--plugin", "NAME"),
            ("rules", "--no-settings", "--plugin", "NAME"),
            ("test-rules", "NAME", "--no-settings"),
        )
    )
    return _Plugin(_RIGHT, _USUAL_HOOKS, words)


def _damage(random: Random, plugin: _Plugin) -> _Plugin:
    if plugin.source:
        return replace(plugin, source=damaged_text(random, plugin.source))
    if not random.randrange(20):
        return replace(plugin, source=damaged_text(random, plugin.text), fails=False)
    deed = random.choice(_DEEDS)
    gift = random.choice(_GIFTS)
    noise = random.choice(_NOISES)
    body = random.choice((deed, deed, gift, gift, f"{noise}\n{deed}", f"{noise}\n{gift}"))
    is_deed = body.endswith(deed)
    if random.randrange(2):
        name = random.choice(_HOOK_NAMES)
        return replace(
            plugin,
            hooks={**plugin.hooks, name: body},
            fails=plugin.fails or (is_deed and "--plugin" in plugin.words),
        )
    mark = random.choice([mark for mark in _RIGHT if mark != "DEED"])
    if mark == "AT_IMPORT":
        body = deed if "return" not in deed else "raise Exception"
        return replace(plugin, bodies={**plugin.bodies, mark: body}, fails=True)
    called = _called(mark, plugin)
    return replace(
        plugin,
        bodies={**plugin.bodies, mark: body},
        fails=plugin.fails or (is_deed and called),
    )


def _called(mark: str, plugin: _Plugin) -> bool:
    """Whether the run is sure to call a function, if nothing else fails before."""
    audits = "check" in plugin.words
    reads = audits or "read" in plugin.words
    usual = plugin.hooks == _USUAL_HOOKS and plugin.bodies == _RIGHT
    match mark:
        case "ACCEPTS" | "ACCEPTS_RECORDS" | "WORDS":
            return usual and reads and mark != "WORDS"
        case "RENDER":
            return usual and "fuzzed" in plugin.words
        case "RULE" | "CLAIMS":
            return usual and audits and mark == "RULE"
        case _:
            return False


def _case(plugin: _Plugin) -> Case:
    data = plugin.text.encode("utf-8", "replace")
    name = hashed("plugin.py", data)
    words = [word.replace("NAME", name) for word in plugin.words]
    files = {"book.txt": book_text(), name: data}
    if plugin.fails:
        files["fails"] = b""  # tells the check below that the exit code has to be 2
    return Case(files, words, foreign=True)


def _check(case: Case, outcome: Outcome) -> list[Failure]:
    return list(_wrong(case, outcome))


def _wrong(case: Case, outcome: Outcome) -> Iterator[Failure]:
    if "fails" in case.files and outcome.code != 2:
        yield Failure("fail-open", f"exit code {outcome.code} though the plugin fails")
    if "json" in case.words and outcome.out.strip():
        try:
            json.loads(outcome.out)
        except ValueError:
            yield Failure("output", "the JSON on the standard output is none")


HOOKS: Final[tuple[Kind[Any], ...]] = (Kind("hooks", _start, _damage, _case, _check, most_steps=2),)
