"""The list of what the page is made of, with versions, licences and their texts."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from desk.building.parts import Part

__all__ = ["Notice", "notices", "third_party"]

RULE: Final = "=" * 78
NO_TEXT: Final = "Its licence's text is with its source: {source}"


class Notice(NamedTuple):
    """A part as the page and THIRD-PARTY.txt show it; ``text`` is its licence."""

    name: str
    version: str
    licence: str
    source: str
    text: str


def notices(
    listing: Path, parts: Sequence[Part], files: Mapping[str, Path], own: Notice, folder: Path
) -> tuple[Notice, ...]:
    """The notices of this project, of its parts and of what they hold of others.

    ``folder`` has the texts that the parts do not bring.
    """
    texts = {part.name: _text(part, files[part.name], folder) for part in parts}
    inside = tomllib.loads(listing.read_text(encoding="utf-8"))["inside"]
    return (
        own,
        *(
            Notice(part.name, part.version, part.licence, part.source, texts[part.name])
            for part in parts
        ),
        *(
            Notice(
                item["name"],
                item["version"],
                item["licence"],
                item["source"],
                _of_inside(item, files, folder),
            )
            for item in inside
        ),
    )


def third_party(all_notices: Sequence[Notice]) -> str:
    """THIRD-PARTY.txt: the list, then the texts."""
    names = [f"{notice.name} {notice.version}".strip() for notice in all_notices]
    width = max(map(len, names))
    rows = [
        f"{name:<{width}}  {notice.licence}\n{'':<{width}}  {notice.source}"
        for name, notice in zip(names, all_notices, strict=True)
    ]
    texts = [
        f"{RULE}\n{name}: {notice.licence}\n{RULE}\n\n{notice.text.strip()}\n"
        for name, notice in zip(names, all_notices, strict=True)
        if notice.text
    ]
    head = (
        "auditor-desk.html is made of these parts. / auditor-desk.html に含まれる部品の一覧です。"
    )
    return "\n".join([head, "", *rows, "", *texts])


def _of_inside(item: Mapping[str, Any], files: Mapping[str, Path], folder: Path) -> str:
    """The licence of what Pyodide holds: files of ``folder``, or of a part (``part:file``)."""
    texts: list[str] = []
    for name in item["texts"]:
        owner, _, file = name.rpartition(":")
        if not owner:
            texts.append((folder / file).read_text(encoding="utf-8"))
            continue
        with zipfile.ZipFile(files[owner]) as wheel:
            (member,) = [
                member for member in wheel.namelist() if member.endswith(f".dist-info/{file}")
            ]
            texts.append(wheel.read(member).decode("utf-8", "replace"))
    return "\n\n".join(text.strip() for text in texts) or NO_TEXT.format(source=item["source"])


def _text(part: Part, file: Path, folder: Path) -> str:
    texts = list(_files(part, file))
    if not texts:
        texts = [(folder / f"{part.licence}.txt").read_text(encoding="utf-8")]
    return "\n\n".join(text.strip() for text in texts)


def _files(part: Part, file: Path) -> Iterator[str]:
    """The licence texts in a part."""
    if part.kind in ("pure", "browser"):
        with zipfile.ZipFile(file) as wheel:
            for name in sorted(wheel.namelist()):
                if ".dist-info/" in name and "licen" in name.lower() and not name.endswith("/"):
                    yield wheel.read(name).decode("utf-8", "replace")
        return
    with tarfile.open(file) as source:
        for member in sorted(source.getmembers(), key=lambda member: member.name):
            stream = source.extractfile(member) if member.name.count("/") == 1 else None
            if stream is not None and "licen" in member.name.lower():
                yield stream.read().decode("utf-8", "replace")
