"""The schemas as they are shipped, and the line by which an editor finds one."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, get_args

__all__ = ["SCHEMAS", "SchemaName", "file_name", "schema_file", "schema_line", "schema_text"]

SchemaName = Literal["rule", "form", "settings", "waivers"]
"""The kinds of files that have a schema."""

SCHEMAS: Final[tuple[SchemaName, ...]] = get_args(SchemaName)


def file_name(name: SchemaName) -> str:
    """What the file of a schema is called, here and wherever it is written."""
    return f"{name}.schema.json"


def schema_file(name: SchemaName) -> Path:
    """The file in the package."""
    return Path(__file__).with_name(file_name(name))


def schema_text(name: SchemaName) -> str:
    """The schema, as JSON."""
    return schema_file(name).read_text(encoding="utf-8")


def schema_line(path: str) -> str:
    """The first line of a file whose schema lies at a path, seen from the file's folder. Taplo and
    Even Better TOML read it.
    """
    return f"#:schema {path if path.startswith('.') else f'./{path}'}"
