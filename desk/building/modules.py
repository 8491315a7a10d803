"""Puts ES modules together into one script: a page from a file cannot import another file.

It takes a plain subset: static imports of names from relative files, and named exports. What it
does not know it refuses, so that no module goes in half understood.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["ModuleError", "bundled"]

IMPORT: Final = re.compile(
    r'^import\s+\{(?P<names>[^}]*)\}\s+from\s+"(?P<path>\.[^"]+)";[ \t]*$', re.MULTILINE
)
EXPORT: Final = re.compile(
    r"^export\s+(?P<kind>async\s+function\s*\*?|function\s*\*?|class|const)\s+(?P<name>[\w$]+)",
    re.MULTILINE,
)
EXPORT_LIST: Final = re.compile(r"^export\s+\{(?P<names>[^}]*)\};[ \t]*$", re.MULTILINE)
UNKNOWN: Final = re.compile(r"^\s*(?:import\b(?!\.)|export\b).*$|\bimport\s*\(", re.MULTILINE)


class ModuleError(ValueError):
    """A module that the bundler does not understand."""


class Module(NamedTuple):
    """A module's text as the body of a function, and what it exports: {name outside: inside}."""

    body: str
    exports: dict[str, str]


def bundled(entry: Path) -> str:
    """One script that runs the entry module with all that it imports, each module once."""
    order: list[Path] = []
    modules: dict[Path, Module] = {}
    _visit(entry.resolve(), (), order, modules)
    numbers = {path: number for number, path in enumerate(order)}
    script: list[str] = []
    for path in order[:-1]:
        module = modules[path]
        exports = ", ".join(
            outside if outside == inside else f"{outside}: {inside}"
            for outside, inside in module.exports.items()
        )
        body = _linked(module.body, path, numbers, modules)
        script.append(
            f"// {path.name}\nconst module{numbers[path]} = (() => {{\n"
            f"{body}\nreturn {{ {exports} }};\n}})();\n"
        )
    # The entry stands outside of a function: it alone may await.
    script.append(_linked(modules[order[-1]].body, order[-1], numbers, modules))
    return "\n".join(script)


def _visit(
    path: Path, above: tuple[Path, ...], order: list[Path], modules: dict[Path, Module]
) -> None:
    """Puts the modules that ``path`` imports before it."""
    if path in above:
        raise ModuleError(f"{path.name} imports itself by way of {above[-1].name}")
    if path in modules:
        return
    text = path.read_text(encoding="utf-8")
    for match in IMPORT.finditer(text):
        _visit(_target(path, match), (*above, path), order, modules)
    modules[path] = _module(path, text)
    order.append(path)


def _target(path: Path, match: re.Match[str]) -> Path:
    target = (path.parent / match["path"]).resolve()
    if not target.is_file():
        raise ModuleError(f"{path.name} imports {match['path']}, which is not there")
    return target


def _module(path: Path, text: str) -> Module:
    exports = {match["name"]: match["name"] for match in EXPORT.finditer(text)}
    body = EXPORT.sub(lambda match: f"{match['kind']} {match['name']}", text)
    for match in EXPORT_LIST.finditer(body):
        exports |= {outside: inside for inside, outside in _names(match["names"])}
    body = EXPORT_LIST.sub("", body)
    strange = UNKNOWN.search(_without_comments(IMPORT.sub("", body)))
    if strange:
        raise ModuleError(f"{path.name}: the bundler does not know {strange.group().strip()!r}")
    return Module(body, exports)


def _names(listing: str) -> list[tuple[str, str]]:
    """The (name, name as it is called) pairs of ``a, b as c``."""
    pairs: list[tuple[str, str]] = []
    for item in filter(None, map(str.strip, listing.split(","))):
        name, _, alias = item.partition(" as ")
        pairs.append((name.strip(), alias.strip() or name.strip()))
    return pairs


def _linked(body: str, path: Path, numbers: dict[Path, int], modules: dict[Path, Module]) -> str:
    """The body with its imports taken from the modules before it."""

    def taken(match: re.Match[str]) -> str:
        target = _target(path, match)
        names = _names(match["names"])
        for name, _ in names:
            if name not in modules[target].exports:
                raise ModuleError(f"{path.name}: {target.name} exports no {name}")
        listing = ", ".join(name if name == alias else f"{name}: {alias}" for name, alias in names)
        return f"const {{ {listing} }} = module{numbers[target]};"

    return IMPORT.sub(taken, body)


def _without_comments(text: str) -> str:
    """The text without whole-line comments, in which the words may stand."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
