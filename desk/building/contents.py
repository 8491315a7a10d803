"""Which files go into the page: Python's own modules, the parts' and this project's."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hatchling.builders.wheel import WheelBuilder

from desk.building.parts import Part

__all__ = ["LIBRARY", "own_wheel", "package_files", "standard_library"]

LIBRARY: Final = "/lib/python3.14"
SITE: Final = f"{LIBRARY}/site-packages"

DATA: Final = (".dist-info/METADATA", ".dist-info/entry_points.txt")
"""What Python asks of an installed package beside its modules."""

UNUSED_FILES: Final = (".pyi", ".typed", ".c", ".h", ".md", ".rst")


def standard_library(archive: bytes) -> dict[str, bytes]:
    """The files of Pyodide's ``python_stdlib.zip`` that documents need, by their paths."""
    with zipfile.ZipFile(io.BytesIO(archive)) as library:
        return {
            f"{LIBRARY}/{name}": library.read(name)
            for name in library.namelist()
            if not name.endswith("/")
        }


def package_files(part: Part, file: Path) -> dict[str, bytes]:
    """The modules of a part and the data that they read."""
    unpack = _source_files if part.kind == "source" else _wheel_files
    return {
        f"{SITE}/{name}": data
        for name, data in unpack(file)
        if name.endswith(DATA) or (".dist-info/" not in name and not name.endswith(UNUSED_FILES))
    }


def own_wheel(root: Path, folder: Path) -> Path:
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
