"""Which tests can run in the page's Python, told by what their modules import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, cast

__all__ = ["NEVER", "PLACES", "Choice", "chosen"]

PLACES: Final = (
    "accounts",
    "comparison",
    "desk",
    "formula",
    "forms",
    "readers/test_*text*.py",
    "records",
    "rules",
)
"""The folders of tests that are looked through, or files in them: the path of documents, and what
judges them. All readers together take minutes there.
"""

NEVER: Final[Mapping[str, str]] = {
    "auditor.cli": "runs the command, which the page does not have",
    "auditor.engines": "runs tables, which the page does not read",
    "auditor.files.confined.process": "starts child processes",
    "auditor.readers.guarded": "limits what child processes take",
    "auditor.tables": "makes tables, which the page does not read",
    "multiprocessing": "starts child processes",
    "playwright": "opens a browser",
    "subprocess": "starts child processes",
    "threading": "starts threads",
    "tracemalloc": "measures memory",
}
"""{module: what a test does that imports it}; what lies below a module counts, too."""

OWN: Final = ("auditor", "auditor_rules", "auditor_datasets", "desk", "tests")
OF_TESTS: Final = ("desk", "tests")

Choice = Mapping[str, str]
"""{test module: why it is left out}; the reason is empty for one that runs."""


def chosen(tests: Path, installed: Collection[str], places: Collection[str] = PLACES) -> Choice:
    """The test modules of some folders, or those that a pattern names, by their paths from
    ``tests`` on. ``installed`` are the packages that are there beside Python's own.
    """
    allowed = {*installed, *sys.stdlib_module_names, *OWN}
    choice: dict[str, str] = {}
    for place in sorted(places):
        pattern = place if place.endswith(".py") else f"{place}/test_*.py"
        for file in sorted(tests.glob(pattern)):
            shared = file.with_name("conftest.py")
            why = _reason(shared, tests, allowed, set()) if shared.is_file() else ""
            name = file.relative_to(tests).as_posix()
            choice[name] = why or _reason(file, tests, allowed, set())
    return choice


def _reason(file: Path, tests: Path, allowed: Collection[str], seen: set[Path]) -> str:
    """Why a module can't run, by what it imports and what the modules of tests import that it
    does; empty where it can.
    """
    seen.add(file)
    for name in _imported(ast.parse(file.read_bytes())):
        for module, why in NEVER.items():
            if name == module or name.startswith(f"{module}."):
                return why
        top = name.partition(".")[0]
        other = _of_tests(name, file, tests)
        if other is None and top not in (*allowed, *OF_TESTS):
            return f"needs {top}"
        if other is not None and other not in seen:
            why = _reason(other, tests, allowed, seen)
            if why:
                return why
    return ""


def _of_tests(name: str, user: Path, tests: Path) -> Path | None:
    """The file of a module that belongs to the tests, or to the build of the page. Makers of
    documents are imported from their own folder.
    """
    top = name.partition(".")[0]
    beside = user.parent, tests, tests / "documents", tests / "readers"
    places = (tests.parent,) if top in OF_TESTS else beside
    files = (place.joinpath(*name.split(".")).with_suffix(".py") for place in places)
    return next((file for file in files if file.is_file()), None)


def _imported(tree: ast.AST) -> Iterator[str]:
    """What is imported with a module; what only functions import, some tests do without."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            if (node.module or "").partition(".")[0] in OWN:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _asks_for(node):
            yield str(cast(ast.Constant, node.args[0]).value)
        waiting += ast.iter_child_nodes(node)


def _asks_for(call: ast.Call) -> bool:
    """Whether this is ``importorskip("…")`` or ``import_module("…")``."""
    name = ast.unparse(call.func).rpartition(".")[2]
    return (
        name in ("importorskip", "import_module")
        and bool(call.args)
        and isinstance(call.args[0], ast.Constant)
    )
