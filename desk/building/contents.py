"""Which files go into the page: Python's own modules, the parts' and this project's."""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hatchling.builders.wheel import WheelBuilder

from desk.building.imports import modules_of, reach
from desk.building.parts import Part, Unused

__all__ = ["LIBRARY", "own_files", "package_files", "standard_library"]

LIBRARY: Final = "/lib/python3.14"
METADATA: Final = (".dist-info/METADATA", ".dist-info/entry_points.txt")
"""What Python asks of this project beside its modules: its version, and the pack of rules."""

SITE: Final = f"{LIBRARY}/site-packages"

UNUSED_FILES: Final = (".pyi", ".typed", ".c", ".h", ".md", ".rst")


def standard_library(archive: bytes, unused: Unused) -> dict[str, bytes]:
    """The files of Pyodide's ``python_stdlib.zip`` that documents need, by their paths."""
    with zipfile.ZipFile(io.BytesIO(archive)) as library:
        return {
            f"{LIBRARY}/{name}": library.read(name)
            for name in library.namelist()
            if not name.endswith("/")
            and name.partition("/")[0].removesuffix(".py") not in unused.library
            and not name.startswith(unused.modules)
        }


def package_files(part: Part, file: Path, unused: Unused) -> dict[str, bytes]:
    """The modules of a part and the data that they read."""
    unpack = _source_files if part.kind == "source" else _wheel_files
    return {
        f"{SITE}/{name}": data
        for name, data in unpack(file)
        if ".dist-info/" not in name
        and not name.endswith(UNUSED_FILES)
        and not name.startswith(unused.modules)
    }


def own_files(root: Path, glue: Path) -> dict[str, bytes]:
    """This project's modules that the page's services reach, with their data; ``glue`` is the
    module that joins them to the page.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = dict(_wheel_files(_own_wheel(root, Path(folder))))
    files[glue.name] = glue.read_bytes()
    modules = modules_of(files)
    reached = reach({module: files[name] for module, name in modules.items()}).modules
    unreached = {name for module, name in modules.items() if module not in reached}
    # The data of a package goes with it.
    folders = tuple(
        name.removesuffix("__init__.py") for name in unreached if name.endswith("/__init__.py")
    )
    return {
        f"{SITE}/{name}": data
        for name, data in files.items()
        if name not in unreached
        and not name.startswith(folders)
        and (".dist-info/" not in name or name.endswith(METADATA))
        and not name.endswith(UNUSED_FILES)
    }


def _own_wheel(root: Path, folder: Path) -> Path:
    """This project's wheel, built below ``folder``."""
    (wheel,) = WheelBuilder(str(root)).build(directory=str(folder), versions=["standard"])
    return Path(wheel)


def _wheel_files(file: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(file) as wheel:
        for name in wheel.namelist():
            if not name.endswith("/"):
                yield name, wheel.read(name)


def _source_files(file: Path) -> Iterator[tuple[str, bytes]]:
    """What lies below ``src`` in a package's source."""
    with tarfile.open(file) as source:
        for member in source.getmembers():
            _, _, name = member.name.partition("/src/")
            stream = source.extractfile(member) if name else None
            if stream is not None and ".egg-info/" not in name:
                yield name, stream.read()
