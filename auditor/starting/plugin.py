"""A plugin to start from: an installable package with a form, five rules, and its tests."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

from auditor.records.languages import Lang
from auditor.schemas.shipped import SchemaName, file_name, schema_line, schema_text
from auditor.starting.files import in_language
from auditor.starting.form import example_text, form_text
from auditor.version import __version__

__all__ = ["distribution", "module_name", "plugin_files"]

_TEMPLATES: Final = Path(__file__).with_name("templates") / "plugin"
_FOLDERS: Final = {"module": "", "github": ".github/workflows"}
"""Folders of templates that have another name in the plugin."""


def distribution(name: str) -> str:
    """What pip calls the plugin."""
    return f"sheet-auditor-{name.replace('_', '-')}"


def module_name(name: str) -> str:
    """The Python package of the plugin."""
    return f"sheet_auditor_{name.replace('-', '_')}"


def plugin_files(name: str, prefix: str, lang: Lang) -> dict[PurePosixPath, str]:
    """All files of the plugin by their paths in its folder."""
    module = module_name(name)
    words = {
        "NAME": name,
        "MODULE": module,
        "PREFIX": prefix,
        "DISTRIBUTION": distribution(name),
        "VERSION": __version__,
        "RULE_SCHEMA": schema_line(f"../../schemas/{file_name('rule')}"),
    }
    files: dict[PurePosixPath, str] = {}
    for template in sorted(_TEMPLATES.rglob("*.in")):
        inner = template.relative_to(_TEMPLATES)
        text = in_language(template.read_text(encoding="utf-8"), lang, words)
        files[_path(PurePosixPath(inner.as_posix()), words)] = text
    form = PurePosixPath(module, "forms", f"{name}.toml")
    line = schema_line(f"../../schemas/{file_name('form')}")
    files[form] = f"{line}\n{form_text(name, lang)}"
    files[PurePosixPath("example", f"{name}-2024.csv")] = example_text(name)
    files[PurePosixPath(module, "py.typed")] = ""
    schemas: tuple[SchemaName, ...] = ("rule", "form")
    for schema in schemas:
        files[PurePosixPath("schemas", file_name(schema))] = schema_text(schema)
    return files


def _path(template: PurePosixPath, words: dict[str, str]) -> PurePosixPath:
    """Where the file of a template stands in the plugin."""
    first, *others = template.with_suffix("").parts
    path = "/".join([_FOLDERS.get(first, first) or words["MODULE"], *others])
    for name, word in words.items():
        path = path.replace(name, word)
    return PurePosixPath(path.replace("dot_", "."))
