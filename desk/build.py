"""``make desk``: writes ``dist/auditor-desk.html``, one page with Python and this project in it.

The same commit gives the same bytes. What is fetched and compiled is kept below ``build/desk``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final, NamedTuple

from desk.building.archive import archived, packed
from desk.building.compiling import compiled
from desk.building.contents import own_files, package_files, standard_library
from desk.building.licences import Notice, notices, third_party
from desk.building.page import page
from desk.building.parts import Part, PartError, fetched, parts, unused
from desk.building.worker import lock_file, worker_script

ROOT: Final = Path(__file__).resolve().parents[1]
DESK: Final = ROOT / "desk"
CACHE: Final = ROOT / "build" / "desk"
EMPTY_ZIP: Final = b"PK\x05\x06" + bytes(18)


class Contents(NamedTuple):
    """What a page carries: the packed bytes, what it says of itself, and the list of its parts."""

    packed: bytes
    facts: dict[str, str]
    notices: tuple[Notice, ...]


def build(target: Path, cache: Path = CACHE) -> None:
    """Writes the page to ``target``, and the list of its parts beside it."""
    inside = contents(cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target, inside, DESK / "page" / "index.html")
    target.with_name("THIRD-PARTY.txt").write_text(third_party(inside.notices), encoding="utf-8")


def write(target: Path, inside: Contents, template: Path) -> None:
    """Writes a page of a template with these contents."""
    target.write_bytes(page(template, inside.packed, inside.facts).encode())


def contents(cache: Path = CACHE) -> Contents:
    """What the page carries, made anew."""
    listing = parts(DESK / "parts.toml")
    files = fetched(listing, cache / "parts")
    pyodide = unpacked(files["pyodide"], cache / "pyodide")
    inside = python_files(listing, files, pyodide, cache)
    inside = {f"files{name}": data for name, data in inside.items()}
    inside["boot/pyodide.asm.wasm"] = (pyodide / "pyodide.asm.wasm").read_bytes()
    # Python's own modules lie unpacked beside the others; Pyodide asks for their archive still.
    inside["boot/python_stdlib.zip"] = EMPTY_ZIP
    inside["boot/lock.json"] = lock_file(pyodide)
    inside["boot/worker.js"] = worker_script(pyodide, DESK / "page" / "boot" / "worker")
    inside |= sample_files(DESK / "sample")
    own = Notice(
        "sheet-auditor", own_version(), "MIT", "", (ROOT / "LICENSE").read_text(encoding="utf-8")
    )
    shown = notices(DESK / "parts.toml", listing, files, own, DESK / "licences")
    inside["parts.json"] = json.dumps([notice._asdict() for notice in shown]).encode()
    data = packed(archived(inside))
    facts = {
        "version": own_version(),
        "commit": commit(),
        "contents": hashlib.sha256(data).hexdigest(),
    }
    return Contents(data, facts, shown)


def python_files(
    listing: tuple[Part, ...], files: dict[str, Path], pyodide: Path, cache: Path
) -> dict[str, bytes]:
    """Every file of the page's Python by its path, compiled."""
    left_out = unused(DESK / "parts.toml")
    sources = standard_library((pyodide / "python_stdlib.zip").read_bytes(), left_out)
    for part in listing:
        if part.kind != "npm":
            sources |= package_files(part, files[part.name], left_out)
    sources |= own_files(ROOT, DESK / "page" / "boot" / "worker" / "desk_worker.py")
    return compiled(sources, pyodide, cache / "compiled")


def sample_files(folder: Path) -> dict[str, bytes]:
    """The invented documents with which the page can be tried."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"sample/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}


def unpacked(archive: Path, folder: Path) -> Path:
    """The npm package's folder."""
    package = folder / archive.stem / "package"
    if not package.is_dir():
        with tarfile.open(archive) as source:
            source.extractall(package.parent, filter="data")
    return package


def own_version() -> str:
    from auditor.version import __version__

    return __version__


def commit() -> str:
    """The commit that is built, with a + where the tree differs from it."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=12", "--dirty=+"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make desk", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "auditor-desk.html")
    target: Path = parser.parse_args().output
    try:
        build(target)
    except PartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    size = target.stat().st_size
    sys.stdout.write(f"{target}: {size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
