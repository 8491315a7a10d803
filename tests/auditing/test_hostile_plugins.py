"""Every hook, and whatever it may give, with every kind of misbehaviour: each is said in a line
that names the plugin, and costs nobody else anything.

The hooks are those of the specification: one that is new has to say here what of it is called.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

from auditor.auditing.plugins import PROJECT, Hooks
from auditor.auditing.session import load
from auditor.cli.ending import ending_by_itself
from auditor.cli.main import main
from auditor.records.figures import parse_figure
from auditor.testing import book
from tests.documents.text_writer import text_of_sheets

HOOKS: Final = [name for name in vars(Hooks) if hasattr(getattr(Hooks, name), f"{PROJECT}_spec")]

RAISING: Final[Mapping[str, tuple[str, str]]] = {
    "an exception": ("raise RuntimeError('boom')", "boom"),
    "no exception": ("raise BaseException('boom')", "boom"),
    "end of a generator": ("raise GeneratorExit", "GeneratorExit"),
    "end of an iterator": ("raise StopIteration", ""),
    "interruption": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "end of the program": ("raise SystemExit(0)", "sys.exit"),
    "end of the process": ("import os; os._exit(0)", "sys.exit"),
    "recursion": ("again = lambda: again(); again()", "calls itself without end"),
    "huge": ("raise ValueError('x' * 10**6)", "xxx"),
    "text that fails": (
        "raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})()",
        "Odd",
    ),
    "text that ends the program": (
        "raise type('Odd', (Exception,), {'__str__': lambda self: exit(0)})()",
        "Odd",
    ),
    "no memory": ("raise MemoryError", "MemoryError"),
}
"""What any code of a plugin may raise, and what is said of it."""

GIVING: Final[Mapping[str, tuple[str, str]]] = {
    "nothing": ("pass", "None"),
    "a number": ("return 5", "5"),
    "a text": ("return 'abc'", '"abc"'),
    "a table": ("return {'a': 1}", "dict"),
    "an object": ("return object()", "object"),
    "a list of None": ("return [None]", "None"),
    "a list of objects": ("return [object()]", "object"),
    "a list of odd objects": (
        "return [type('Odd', (), {'__getattr__': lambda self, name: 1 / 0})()]",
        "",
    ),
    "a generator that fails": ("yield 'abc'; yield 1 / 0", "divides by zero"),
    "no end": ("import itertools; return itertools.repeat('abc')", "more than 10,000"),
}
"""What a hook may give in place of a list of what it is to give."""

HOOK: Final = """
import auditor

@auditor.hookimpl
def {hook}():
    {body}
"""
RULE: Final = '''
import auditor, auditor.rules.verdicts

@auditor.rule("""
code = "{code}"
name = "{name}"
severity = "error"
each = "sheet"
since = "1"
title = {{ en = "t", ja = "題" }}
why = {{ en = "w", ja = "理由" }}
action = {{ en = "a", ja = "対応" }}
""")
def check(row):
    {body}
'''
OBJECT: Final = """
import auditor

class Bad:
    name = "bad-{code}"
    def accepts(self, source, form):
        {accepts}
    def read(self, source, form):
        {read}
    def render(self, report, context):
        {render}
    def __fspath__(self):
        {path}

def claims(text):
    {claims}

@auditor.hookimpl
def {hook}():
    return [{item}]
"""
QUIET: Final = {
    "accepts": "return False",
    "read": "pass",
    "render": "pass",
    "path": "return 'abc'",
    "claims": "return []",
}
CALLED: Final[Mapping[str, str]] = {
    "auditor_rules": "path",
    "auditor_forms": "path",
    "auditor_catalogue": "path",
    "auditor_readers": "accepts",
    "auditor_claims": "claims",
    "auditor_reports": "render",
}
"""What is called of what each hook gives."""

ODD_ANSWERS: Final = ("return None", "return 5", "return 'abc'", "return [1]", "return object()")
CHANGING: Final = (
    ("row.sheet.name = ''", "records can't be changed"),
    ("row.sheet.years.clear()", "records can't be changed"),
    ("row.sheet.plans[0] = ''", "tuple can't be changed"),
)
"""Ways to change what a rule is handed that Python refuses."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sheets, one of which has a figure that is wrong."""
    form = load().forms["kushiro"]
    first, second = book(2, seed=1, form=form).sheets
    year = next(iter(first.years))
    wrong = parse_figure("123,456,789", unit=form.unit)
    years = {**first.years, year: first.years[year].model_copy(update={"total_cost": wrong})}
    first = first.model_copy(update={"years": years})
    file = tmp_path_factory.mktemp("documents") / "sheets.txt"
    file.write_text(text_of_sheets([first, second], form), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    load.cache_clear()


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    return file


def assert_one_line(text: str, plugin: Path, says: str) -> None:
    assert plugin.name in text
    assert says in text
    assert "\n" not in text
    assert len(text) < 700
    assert "Traceback" not in text


def test_every_hook_is_here() -> None:
    """A hook that is new has to say what of it is called, so that all of this is tried on it."""
    assert CALLED.keys() == set(HOOKS)


def test_what_a_hook_does_wrong_is_said_in_a_line_each(tmp_path: Path) -> None:
    plugins: dict[Path, str] = {}
    for hook in HOOKS:
        for number, (body, says) in enumerate([*RAISING.values(), *GIVING.values()]):
            path = written(tmp_path, f"{hook}_{number}", HOOK.format(hook=hook, body=body))
            plugins[path] = says
    for number, (body, says) in enumerate(RAISING.values()):
        plugins[written(tmp_path, f"import_{number}", body)] = says
    for hook in (hook for hook, called in CALLED.items() if called == "path"):
        for number, (body, says) in enumerate(RAISING.values()):
            text = OBJECT.format(code=number, hook=hook, item="Bad()", **{**QUIET, "path": body})
            plugins[written(tmp_path, f"{hook}_path_{number}", text)] = says
    load.cache_clear()
    with ending_by_itself():
        session = load(tuple(map(str, plugins)))
    assert {"FND001", "KPI001"} <= {rule.code for rule in session.rules}
    assert {"kushiro", "minato"} <= session.forms.keys()
    for path, says in plugins.items():
        of_plugin = [item for item in session.problems if path.name in item.why.en]
        assert of_plugin, path.read_text(encoding="utf-8")
        assert all(path.name in item.why.ja for item in of_plugin)
        for problem in of_plugin:
            assert_one_line(problem.why.en, path, says)
            assert_one_line(problem.why.ja, path, "")


def test_what_is_called_may_raise_anything(
    tmp_path: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Readers, readers of claims and rules: all other rules judge, all sheets are read."""
    plugins: dict[Path, str] = {}
    for number, (body, says) in enumerate([*RAISING.values(), *CHANGING]):
        code = f"ZZZ{number + 100}"
        text = RULE.format(code=code, name=f"rule-{number}", body=body)
        plugins[written(tmp_path, f"rule_{number}", text)] = says
    for hook, called in CALLED.items():
        for number, (body, says) in enumerate(RAISING.values()):
            if called in ("path", "render"):
                continue
            item = "claims" if called == "claims" else "Bad()"
            text = OBJECT.format(code=number, hook=hook, item=item, **{**QUIET, called: body})
            plugins[written(tmp_path, f"{hook}_{number}", text)] = says
    options = chain.from_iterable(("--plugin", str(path)) for path in plugins)
    assert main(["check", "--lang", "en", "--format", "json", *options, str(document)]) == 2
    output = capsys.readouterr()
    report = json.loads(output.out)
    assert "FND001" in {finding["rule"] for finding in report["findings"]}
    assert report["documents"][0]["sheets"] == 2
    messages = [item["why"]["en"] for item in report["not_checked"]]
    for path, says in plugins.items():
        of_plugin = [text for text in messages if path.name in text]
        assert of_plugin, path.read_text(encoding="utf-8")
        for text in of_plugin:
            assert_one_line(text, path, says)


@pytest.mark.parametrize(
    "change", ["object.__setattr__(row.sheet, 'name', 'x')", "row.values['fiscal_year'] = 1"]
)
def test_records_that_a_plugin_changes_all_the_same_are_noticed(
    change: str, tmp_path: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = f"{change}; return auditor.rules.verdicts.PASS"
    path = written(tmp_path, "changes", RULE.format(code="ZZZ001", name="changes", body=body))
    check = ["check", "--lang", "en", "--format", "json", "--plugin", str(path)]
    assert main([*check, str(document)]) == 2
    report = json.loads(capsys.readouterr().out)
    (missed,) = (item["why"]["en"] for item in report["not_checked"])
    assert_one_line(missed, path, "changed the records")
    assert "FND001" in {finding["rule"] for finding in report["findings"]}


def test_a_reader_may_answer_anything(
    tmp_path: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each takes a document of its own; it is named once, and the other documents are read."""
    raising = [body for body, _ in RAISING.values()]
    bodies = [("read", body) for body in (*raising, *ODD_ANSWERS)]
    bodies += [("accepts", body) for body in ODD_ANSWERS]
    plugins: dict[Path, Path] = {}
    for number, (called, body) in enumerate(bodies):
        copy = tmp_path / f"document-{number}.txt"
        copy.write_bytes(document.read_bytes())
        asked = f"if {copy.name!r} not in source.path: return False\n        "
        answers = {**QUIET, "accepts": "return True", called: body}
        answers["accepts"] = asked + answers["accepts"]
        text = OBJECT.format(code=number, hook="auditor_readers", item="Bad()", **answers)
        plugins[copy] = written(tmp_path, f"reader_{number}", text)
    options = chain.from_iterable(("--plugin", str(path)) for path in plugins.values())
    files = [str(document), *map(str, plugins)]
    assert main(["check", "--lang", "en", "--format", "json", *options, *files]) == 2
    report = json.loads(capsys.readouterr().out)
    missed = {item["document"]: item["why"]["en"] for item in report["not_checked"]}
    assert len(missed) == len(report["not_checked"])
    assert "FND001" in {finding["rule"] for finding in report["findings"]}
    for number, (copy, path) in enumerate(plugins.items()):
        assert_one_line(missed[str(copy)], path, f"the reader bad-{number}")
    assert len(missed) == len(plugins)


def test_a_format_may_do_anything(
    tmp_path: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal report stands in its place; one that changes the report changes no exit code."""
    bodies = [body for body, _ in RAISING.values()]
    bodies += [*ODD_ANSWERS[:2], *ODD_ANSWERS[3:], "return ''", "return ' \\n'", "return b'x'"]
    lying = "report.__dict__['findings'] = (); report.__dict__['counts'] = {}; return 'clean'"
    objects = [
        OBJECT.format(
            code=number, hook="auditor_reports", item="Bad()", **{**QUIET, "render": body}
        )
        for number, body in enumerate([*bodies, lying])
    ]
    plugins = [written(tmp_path, f"format_{number}", text) for number, text in enumerate(objects)]
    options = [*chain.from_iterable(("--plugin", str(path)) for path in plugins), "--lang", "en"]
    for number, path in enumerate(plugins[:-1]):
        assert main(["check", str(document), "--format", f"bad-{number}", *options]) == 2
        shown = "".join(capsys.readouterr().out.split())  # it wraps its lines
        assert "FND001" in shown
        assert f"theformatbad-{number}failed" in shown
        assert path.name in shown
    assert main(["check", str(document), "--format", f"bad-{len(bodies)}", *options]) == 1
    assert capsys.readouterr().out == "clean"


def test_what_a_plugin_leaves_behind_neither_keeps_nor_ends_the_program(tmp_path: Path) -> None:
    """Threads, one of which fails; objects and calls that fail when Python ends."""
    plugin = written(
        tmp_path,
        "leaving",
        """
import atexit, auditor, os, threading, time

class Left:
    def __del__(self):
        raise ValueError("left")

def fail():
    raise ValueError("in a thread")

Left()
threading.Thread(target=fail).start()
LASTING
atexit.register(lambda: 1 / 0)
atexit.register(lambda: os._exit(7))

@auditor.hookimpl
def auditor_rules():
    return []
""",
    )
    text = plugin.read_text(encoding="utf-8")
    lasting = "threading.Thread(target=time.sleep, args=(600,)).start()"
    for line in ("", lasting):
        plugin.write_text(text.replace("LASTING", line), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "auditor", "plugins", "--lang", "en", "--plugin", str(plugin)],
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert run.returncode == 0
        assert plugin.name in run.stdout.decode()
        said = run.stderr.decode()
        assert "Traceback" not in said
        assert {"left", "in a thread"} <= {line.rsplit(": ", 1)[-1] for line in said.splitlines()}
