"""New files: all of them are written, or none where one is there already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from auditor.files.atomic import refusals, write_whole
from auditor.records.errors import AuditorError
from auditor.records.languages import Lang
from auditor.schemas.shipped import SchemaName, file_name, schema_line, schema_text

__all__ = ["FileThere", "in_language", "schema_beside", "write_new"]

_SCHEMAS: Final = "schemas"
_FURTHEST: Final = 6
"""How many folders up schemas are looked for."""


class FileThere(AuditorError):
    """A file that would be written over."""


def write_new(files: Mapping[Path, str]) -> None:
    """Write new files with their folders. Raises FileThere, and writes none, where one of them is
    there; UnwritableFile where the system refuses.
    """
    there = [str(path) for path in files if path.exists() or path.is_symlink()]
    if there:
        listed_en, listed_ja = ", ".join(there), "、".join(there)
        is_are = "is" if len(there) == 1 else "are"
        raise FileThere(
            f"{listed_en} {is_are} there already; nothing is written over",
            f"{listed_ja} はすでにあります。上書きしません",
        )
    for path, text in files.items():
        with refusals(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())


def in_language(template: str, lang: Lang, words: Mapping[str, str]) -> str:
    """A template as a file: lines behind ``@en`` or ``@ja`` are of one language, ``@NAME@`` stands
    for a word.
    """
    lines: list[str] = []
    for line in template.splitlines():
        mark, _, rest = line.lstrip().partition(" ")
        if mark in ("@en", "@ja"):
            if mark[1:] == lang:
                lines.append(line[: len(line) - len(line.lstrip())] + rest)
        else:
            lines.append(line)
    text = "\n".join(lines) + "\n"
    for name, word in words.items():
        text = text.replace(f"@{name}@", word)
    return text


def schema_beside(file: Path, name: SchemaName) -> tuple[str, dict[Path, str]]:
    """The line of a new file that names its schema, and the schema where it has to be written,
    too: one in the file's folder, or in ``schemas`` of a folder above, is used as it is.
    """
    schema, folder = file_name(name), file.parent
    if (folder / schema).exists():
        return schema_line(schema), {}
    up = ""
    for above in (folder.absolute(), *folder.absolute().parents[:_FURTHEST]):
        if (above / _SCHEMAS / schema).exists():
            return schema_line(f"{up}{_SCHEMAS}/{schema}"), {}
        up += "../"
    return schema_line(schema), {folder / schema: schema_text(name)}
