"""What the services of the page import, found by reading their sources: which of this project's
modules go into the page, and which packages of others they ask for.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, cast

__all__ = ["ROOTS", "Reach", "missing", "modules_of", "reach"]

ROOTS: Final = ("desk_worker", "auditor.desk", "auditor_rules", "auditor_datasets")
"""Where the page's Python begins; with each module, all that lies below it."""


class Reach(NamedTuple):
    """The modules that are reached, and {other package: the modules that import it}."""

    modules: frozenset[str]
    packages: Mapping[str, frozenset[str]]


def modules_of(names: Iterable[str]) -> dict[str, str]:
    """{module: name} of the ``.py`` files among ``names``, which are relative to their root."""
    return {
        name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): name
        for name in names
        if name.endswith(".py")
    }


def reach(sources: Mapping[str, bytes]) -> Reach:
    """What the roots reach in ``sources`` ({module: text} of this project's modules), by imports
    anywhere in a module, and by modules' names in texts (a worker is named as ``module:class``).
    """
    roots = [
        name
        for name in sources
        if any(name == root or name.startswith(f"{root}.") for root in ROOTS)
    ]
    modules: set[str] = set()
    packages: dict[str, set[str]] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in modules:
            continue
        modules.add(name)
        for target in _named(name, sources[name], sources):
            inside = _inside(target, sources)
            waiting += inside
            if not inside:
                packages.setdefault(target.partition(".")[0], set()).add(name)
    return Reach(
        frozenset(modules), {name: frozenset(users) for name, users in sorted(packages.items())}
    )


def missing(
    reached: Reach, shipped: Collection[str], absent: Collection[str], unused: Collection[str]
) -> list[str]:
    """A sentence for each package that the page's services import and the page does not have.

    ``shipped`` are the packages of the parts, ``absent`` those that are known to be missing, for
    what the page does not do, and ``unused`` the modules of Python that are left out.
    """
    library = sys.stdlib_module_names - set(unused)
    return [
        f"{sorted(users)[0]} imports {package}, which is not in the page: add it to "
        "desk/parts.toml (a pure wheel, or one for Pyodide), or import it only where tables are "
        "read, and name it there under [absent]"
        for package, users in reached.packages.items()
        if not ({package} & library or package in shipped or package in absent)
    ]


def _inside(target: str, sources: Mapping[str, bytes]) -> list[str]:
    """The project's modules that importing ``target`` loads: itself and the packages above."""
    parts = target.split(".")
    names = [".".join(parts[: length + 1]) for length in range(len(parts))]
    return [name for name in names if name in sources]


def _named(module: str, text: bytes, sources: Mapping[str, bytes]) -> Iterator[str]:
    """What a module imports or names, but for what only a type checker imports."""
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(module, node, sources)
        elif isinstance(node, ast.Call) and _names_a_module(node):
            yield str(cast(ast.Constant, node.args[0]).value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.partition(":")[0]
            if "." in name and name in sources:
                yield name
        waiting += ast.iter_child_nodes(node)


def _names_a_module(call: ast.Call) -> bool:
    """Whether this is ``import_module("…")`` or ``find_spec("…")``."""
    name = ast.unparse(call.func).rpartition(".")[2]
    return (
        name in ("import_module", "find_spec")
        and bool(call.args)
        and isinstance(call.args[0], ast.Constant)
    )


def _imported_from(
    module: str, node: ast.ImportFrom, sources: Mapping[str, bytes]
) -> Iterator[str]:
    assert node.level == 0, f"{module} has a relative import, which this project does not use"
    base = node.module or ""
    yield base
    yield from (f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in sources)
