"""How the code reads: limits that hold for every package that has had its reading pass.

``python tests/test_style.py`` counts the offences of each package; with paths behind it, it lists
the offences of those.
"""

from __future__ import annotations

import ast
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
AREAS: Final = ("auditor", "rules/auditor_rules", "datasets/auditor_datasets", "benchmarks")

# Packages and files that have had their reading pass: a pass adds its own, nothing is taken out.
DONE: Final = (
    "auditor/__init__.py",
    "auditor/__main__.py",
    "auditor/answers",
    "auditor/auditing",
    "auditor/cli",
    "auditor/desk/__init__.py",
    "auditor/desk/answers.py",
    "auditor/desk/audited.py",
    "auditor/desk/card.py",
    "auditor/desk/document.py",
    "auditor/desk/dropped.py",
    "auditor/desk/handing_out.py",
    "auditor/desk/judge.py",
    "auditor/desk/model.py",
    "auditor/desk/next_steps.py",
    "auditor/desk/office.py",
    "auditor/desk/reader.py",
    "auditor/desk/service.py",
    "auditor/desk/snapshot.py",
    "auditor/desk/state.py",
    "auditor/desk/unsaved.py",
    "auditor/desk/waiver_files.py",
    "auditor/desk/wording.py",
    "auditor/desk/work.py",
    "auditor/desk/work_file.py",
    "auditor/engines/__init__.py",
    "auditor/engines/actuals.py",
    "auditor/engines/agreement.py",
    "auditor/engines/bases.py",
    "auditor/engines/choosing.py",
    "auditor/engines/differences.py",
    "auditor/engines/duckdb_engine.py",
    "auditor/engines/engine.py",
    "auditor/engines/expressions.py",
    "auditor/engines/inputs.py",
    "auditor/engines/joining.py",
    "auditor/engines/keys.py",
    "auditor/engines/naming.py",
    "auditor/engines/pairs.py",
    "auditor/engines/polars_engine.py",
    "auditor/engines/preparing.py",
    "auditor/engines/roundings.py",
    "auditor/engines/spark.py",
    "auditor/engines/views.py",
    "auditor/errata",
    "auditor/files",
    "auditor/forms",
    "auditor/formula",
    "auditor/marking",
    "auditor/proof",
    "auditor/pytest_plugin.py",
    "auditor/publication",
    "auditor/records",
    "auditor/reports",
    "auditor/rules",
    "auditor/shipped.py",
    "auditor/starting",
    "auditor/suspects",
    "auditor/toml",
    "auditor/readers/__init__.py",
    "auditor/readers/characters.py",
    "auditor/readers/child.py",
    "auditor/readers/documents.py",
    "auditor/readers/evaluations.py",
    "auditor/readers/folders.py",
    "auditor/readers/grid",
    "auditor/readers/guarded.py",
    "auditor/readers/in_child.py",
    "auditor/readers/json",
    "auditor/readers/kinds.py",
    "auditor/readers/kpi",
    "auditor/readers/one_document.py",
    "auditor/readers/pdf",
    "auditor/readers/remarks.py",
    "auditor/readers/source.py",
    "auditor/readers/text",
    "auditor/readers/wording.py",
    "auditor/readers/workbook",
    "auditor/tables",
    "auditor/version.py",
    "auditor/waivers",
    "rules/auditor_rules/__init__.py",
)

WIDTH: Final = 100
LINES: Final = 60
COMPLEXITY: Final = 20
PARTICIPLES: Final = frozenset(
    {
        "asked",
        "found",
        "given",
        "kept",
        "known",
        "left",
        "made",
        "one",
        "own",
        "said",
        "told",
        "wanted",
    }
)

# What a figure shows where nothing is printed is decided in one place, `Figure.shown()`. These
# files still read `.printed` themselves: the list only gets shorter.
READS_PRINTED: Final = frozenset(
    {
        "auditor/reports/findings.py",
        "auditor/rules/kpi.py",
        "auditor/rules/rows.py",
        "auditor/tables/records.py",
        "auditor/testing/cases.py",
    }
)
# Reports write numbers and parse none.
PARSES_NUMBERS: Final = frozenset[str]()

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | ast.ClassDef | Function
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Module(NamedTuple):
    """A file of the code: its path from the root, its text, and its tree."""

    path: str
    text: str
    tree: ast.Module


class Offence(NamedTuple):
    """A line that is harder to read than it has to be, and what to do about it."""

    line: int
    advice: str


def modules(*paths: str) -> list[Module]:
    """The files at or below ``paths``; a path where there is none is an error."""
    files: set[Path] = set()
    for path in paths:
        place = ROOT / path
        below = [place] if place.is_file() else list(place.rglob("*.py"))
        assert below, f"{path}: there is no such package; correct its name in tests/test_style.py"
        files.update(below)
    return [
        Module(file.relative_to(ROOT).as_posix(), text, ast.parse(text))
        for file, text in ((file, file.read_text(encoding="utf-8")) for file in sorted(files))
    ]


# --- what is checked in packages that have had their reading pass


def columns(line: str) -> int:
    """How many columns of a terminal the line takes: two for each full-width character."""
    text = unicodedata.normalize("NFC", line)
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def wide_lines(code: Module) -> Iterator[Offence]:
    """Texts of a rule stand on one line, and an address can't be broken."""
    if code.path.startswith("rules/"):
        return
    for number, line in enumerate(code.text.splitlines(), 1):
        words = line.split()
        breakable = len(words) > 2 or (len(words) == 2 and words[0] != "#")
        if breakable and columns(line) > WIDTH:
            yield Offence(number, f"{columns(line)} columns: break the line at {WIDTH}")


def long_comprehensions(code: Module) -> Iterator[Offence]:
    """One loop and one condition are read at once; more of them are a loop's work."""
    for node in ast.walk(code.tree):
        if isinstance(node, Comprehension):
            loops = len(node.generators)
            conditions = sum(len(part.ifs) for part in node.generators)
            if loops > 1 or conditions > 1:
                yield Offence(
                    node.lineno,
                    f"a comprehension with {loops} for and {conditions} if: write a loop, "
                    "or name its parts",
                )


def nested_ternaries(code: Module) -> Iterator[Offence]:
    """A choice among three is an if statement, a match or a table."""
    for node in ast.walk(code.tree):
        if isinstance(node, ast.IfExp):
            parts = (node.test, node.body, node.orelse)
            if any(isinstance(part, ast.IfExp) for part in parts):
                yield Offence(node.lineno, "a ternary in a ternary: write if, match or a table")


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, those within others too."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def long_functions(code: Module) -> Iterator[Offence]:
    """A function fits on a screen."""
    for function in functions(code.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LINES:
            yield Offence(function.lineno, f"{function.name} has {lines} lines: split at {LINES}")


def within(scope: Scope) -> Iterator[ast.AST]:
    """The nodes of a function, class or module, without those of functions and classes in it."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def decisions(node: ast.AST) -> int:
    """How many decisions a node adds, as lizard counts them."""
    match node:
        case ast.If() | ast.IfExp() | ast.For() | ast.AsyncFor() | ast.While():
            return 1
        case ast.ExceptHandler():
            return 1
        case ast.Try() | ast.TryStar():
            return bool(node.finalbody)
        case ast.BoolOp():
            return len(node.values) - 1
        case ast.comprehension():
            return 1 + len(node.ifs)
        case ast.match_case():
            return 1 + (node.guard is not None)
        case _:
            return 0


def complexity(function: Function) -> int:
    """The cyclomatic complexity of a function; functions within it count for themselves."""
    return 1 + sum(decisions(node) for node in within(function))


def complex_functions(code: Module) -> Iterator[Offence]:
    """Whoever reads a function keeps all of its ways in mind."""
    for function in functions(code.tree):
        count = complexity(function)
        if count > COMPLEXITY:
            yield Offence(
                function.lineno,
                f"{function.name} has complexity {count}: split it, {COMPLEXITY} is the most",
            )


def bindings(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """The lines and names of what is bound: assigned, looped over, captured, or a parameter."""
    for node in nodes:
        match node:
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.arg():
                yield node.lineno, node.arg
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case _:
                pass


def participles(code: Module) -> Iterator[Offence]:
    """Variables are nouns. `left` is one beside `right`: the left side of an operator."""
    scopes = [node for node in ast.walk(code.tree) if isinstance(node, Scope)]
    for scope in scopes:
        names = list(bindings(within(scope)))
        sides = any(name == "right" for _, name in names)
        for line, name in names:
            if name in PARTICIPLES and not (name == "left" and sides):
                yield Offence(line, f"a variable is named `{name}`: name it by a noun")


def cut_docstrings(code: Module) -> Iterator[Offence]:
    """A module opens with a sentence, and the first line of it ends where a clause ends."""
    docstring = ast.get_docstring(code.tree)
    if docstring is None:
        yield Offence(1, "say in a docstring what lives in this module")
        return
    first, *others = docstring.splitlines()
    if others and not first.endswith((".", ":", ";", "。")):
        yield Offence(1, "the first line of the docstring ends within a sentence: shorten it")


Check = Callable[[Module], Iterator[Offence]]

CHECKS: Final[dict[str, Check]] = {
    "wide": wide_lines,
    "for/if": long_comprehensions,
    "ternary": nested_ternaries,
    "long": long_functions,
    "complex": complex_functions,
    "names": participles,
    "doc": cut_docstrings,
}


# --- what is checked in all of auditor/


def reads_printed(code: Module) -> Iterator[Offence]:
    """Reads of a figure's ``printed``, told by the attribute's name: a reading issue and a fault
    of a table have one too, and it is theirs.
    """
    for node in ast.walk(code.tree):
        if isinstance(node, ast.Attribute) and node.attr == "printed":
            owner = getattr(node.value, "id", getattr(node.value, "attr", ""))
            if isinstance(node.ctx, ast.Load) and owner not in {"self", "remark", "issue", "fault"}:
                yield Offence(node.lineno, "call Figure.shown() instead of reading `.printed`")


def parses_numbers(code: Module) -> Iterator[Offence]:
    """Numbers made of anything but a number that stands in the code."""
    for node in ast.walk(code.tree):
        match node:
            case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant()]):
                pass
            case ast.Call(func=ast.Name(id="Decimal")):
                yield Offence(node.lineno, "take the Decimal from the finding, parse no text")
            case _:
                pass


class Ratchet(NamedTuple):
    """A check with files that are still excepted; an exception that is needed no more is one."""

    check: Check
    paths: tuple[str, ...]
    homes: tuple[str, ...]
    excepted: frozenset[str]
    name: str


RATCHETS: Final = (
    Ratchet(
        reads_printed,
        ("auditor",),
        ("auditor/readers/", "auditor/records/", "auditor/comparison/", "auditor/narrative/"),
        READS_PRINTED,
        "READS_PRINTED",
    ),
    Ratchet(parses_numbers, ("auditor/reports",), (), PARSES_NUMBERS, "PARSES_NUMBERS"),
)


@pytest.mark.parametrize("ratchet", RATCHETS, ids=lambda ratchet: ratchet.name)
def test_no_file_does_what_has_a_place_of_its_own(ratchet: Ratchet) -> None:
    messages: list[str] = []
    offenders: set[str] = set()
    for code in modules(*ratchet.paths):
        if code.path.startswith(ratchet.homes):
            continue
        for offence in ratchet.check(code):
            offenders.add(code.path)
            if code.path not in ratchet.excepted:
                messages.append(f"{code.path}:{offence.line}: {offence.advice}")
    messages += [
        f"{path}: has no such line any more, take it out of {ratchet.name} in tests/test_style.py"
        for path in sorted(ratchet.excepted - offenders)
    ]
    assert not messages, "\n" + "\n".join(messages)


# --- the checks hold, and can fail


def offences(path: str) -> list[str]:
    """``path:line: what to do`` for every offence at or below a path, in order."""
    messages: list[str] = []
    for code in modules(path):
        rows = sorted(chain.from_iterable(check(code) for check in CHECKS.values()))
        messages += [f"{code.path}:{line}: {advice}" for line, advice in rows]
    return messages


@pytest.mark.parametrize("path", DONE)
def test_a_package_that_has_had_its_reading_pass_keeps_to_the_limits(path: str) -> None:
    messages = offences(path)
    assert not messages, "\n" + "\n".join(messages)


BAD: Final = {
    "wide": "# " + "年度 " * 20 + "x",
    "for/if": "x = [a for a in b for c in d]",
    "ternary": "x = 1 if a else (2 if b else 3)",
    "long": "def f():\n" + "    g()\n" * LINES,
    "complex": "def f():\n    return " + " or ".join(["a"] * (COMPLEXITY + 1)),
    "names": "for found in x:\n    pass",
    "doc": None,
}
GOOD: Final = {
    "wide": "# " + "年度 " * 19,
    "for/if": "x = [a for a in b if c]",
    "ternary": "x = f(1 if a else 2, 3 if b else 4)",
    "long": "def f():\n" + "    g()\n" * (LINES - 1),
    "complex": "def f():\n    return " + " or ".join(["a"] * COMPLEXITY),
    "names": "def f(left, right):\n    return left + right",
    "doc": "",
}


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_can_fail(name: str) -> None:
    def count(source: str | None) -> int:
        head = '"""One\nthought."""\n' if source is None else '"""One thought:\nor two."""\n'
        text = head + (source or "")
        return len(list(CHECKS[name](Module("x.py", text, ast.parse(text)))))

    assert count(BAD[name]) == 1
    assert count(GOOD[name]) == 0


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f(a):\n if a and b or c: pass\n elif d: pass\n else: pass", 5),
        ("def f(a):\n return [b for b in a if b] if a else 0", 4),
        ("def f(a):\n try: pass\n except E: pass\n finally: pass", 3),
        ("def f(a):\n match a:\n  case 1 if b: pass\n  case _: pass", 4),
        ("def f(a):\n def g():\n  if a: pass\n return lambda: a or b", 2),
    ],
)
def test_complexity_is_counted_as_lizard_counts_it(source: str, count: int) -> None:
    outer = next(functions(ast.parse(source)))
    assert complexity(outer) == count


# --- as a script


def package(path: str) -> str:
    """The package that a file is counted with: the first folder below its area."""
    area = next(area for area in AREAS if path.startswith(f"{area}/"))
    room, folder, _ = path.removeprefix(f"{area}/").partition("/")
    return f"{area}/{room}{folder}"


def main(paths: list[str]) -> None:
    """Count the offences of each package, or list those of ``paths``."""
    if paths:
        for path in paths:
            messages = offences(Path(path).resolve().relative_to(ROOT).as_posix())
            sys.stdout.write("".join(f"{message}\n" for message in messages))
        return

    counts: dict[str, Counter[str]] = {}
    for code in modules(*AREAS):
        row = counts.setdefault(package(code.path), Counter())
        for name, check in CHECKS.items():
            row[name] += len(list(check(code)))

    sys.stdout.write("".join(f"{name:>9}" for name in CHECKS) + "\n")
    for name, row in [*counts.items(), ("all", sum(counts.values(), Counter[str]()))]:
        done = "  (done)" if any(f"{name}/".startswith(f"{path}/") for path in DONE) else ""
        sys.stdout.write("".join(f"{row[check]:9}" for check in CHECKS) + f"  {name}{done}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
