"""What the command makes of a folder, and whether the desk's files are the same."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf

from auditor.cli.main import main

__all__ = ["assert_alike", "commanded", "put", "unzipped"]

_READER = re.compile(r", [0-9]+\)")
"""The end of what pypdf shows of a reference: which reader it belongs to."""


def put(files: Mapping[str, bytes], below: Path) -> None:
    for name, data in files.items():
        path = below / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def commanded(
    files: Mapping[str, bytes], tmp_path: Path, *words: str, settings: Path | None = None
) -> dict[str, bytes]:
    """The files of ``auditor check FOLDER --deliver OUT``."""
    put(files, tmp_path)
    folder = tmp_path / next(iter(files)).partition("/")[0]
    out = tmp_path / "out"
    by = ["--no-settings"] if settings is None else ["--settings", str(settings)]
    main(["check", str(folder), "--deliver", str(out), "--lang", "ja", *by, *words])
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of the desk's zip, which lie in one folder."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def objects_of(data: bytes) -> list[str]:
    """The objects of a PDF after decoding."""
    reader = pypdf.PdfReader(BytesIO(data))
    objects: list[str] = []
    for number in range(1, int(reader.trailer["/Size"])):
        item: Any = reader.get_object(number)
        objects.append(_READER.sub("", str(item)))
        if hasattr(item, "get_data"):
            objects.append(repr(item.get_data()))
    return objects


def content_of(name: str, data: bytes) -> object:
    """What a file holds after unpacking."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return [(part, archive.read(part)) for part in archive.namelist()]
    return objects_of(data) if name.endswith(".pdf") else data


def assert_alike(desk: Mapping[str, bytes], command: Mapping[str, bytes]) -> None:
    assert sorted(desk) == sorted(command)
    for name, data in command.items():
        assert content_of(name, desk[name]) == content_of(name, data), name
