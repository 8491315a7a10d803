"""Plugins that are paths: a Python file or package, a rule or form file, or a folder of those."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from auditor.auditing.plugins import PROJECT, hookimpl
from auditor.files.below import files_below
from auditor.records.errors import AuditorError
from auditor.rules import loading
from auditor.rules.loading import rule_files
from auditor.toml.reading import Unparsable, bytes_of, parsed

__all__ = ["PluginMissing", "is_form", "is_module", "path_of", "plugin_at"]


class PluginMissing(AuditorError):
    """There is nothing under the name of a plugin that could be one."""


def is_module(name: str) -> bool:
    """Whether Python finds a module of this name."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def path_of(name: str) -> Path | None:
    """The path that a name on the command line means, or None where it names a module.

    Raises PluginMissing for an empty name.
    """
    if not name:
        raise PluginMissing("the name is empty", "名前が空です")
    path = Path(name)
    if (
        path.suffix in (".py", ".toml")
        or path.is_absolute()
        or len(path.parts) > 1
        or name.startswith(".")
    ):
        return path
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    # A folder that happens to lie in the working directory looks like a package without a file:
    # it is a path.
    return path if path.exists() and (spec is None or spec.origin is None) else None


def plugin_at(path: Path) -> object:
    """The plugin that a path holds, as an object with hooks.

    Raises PluginMissing where there is nothing that a plugin could be made of, and whatever a
    module raises while it is imported.
    """
    if not path.exists():
        raise PluginMissing(
            "there is no such file or folder",
            "ファイルまたはフォルダーが見つかりません（名前を確かめてください）",
        )
    if path.is_dir() and not (path / "__init__.py").exists():
        return _plugin_of_files(path, files_below(path, [".toml"]))
    if path.suffix == ".toml":
        return _plugin_of_files(path, [path])
    module = _imported(path)
    # A module that only defines rules has no hook of its own: it is a rule file.
    if _any_has(module, "rule_definition") and not _any_has(module, f"{PROJECT}_impl"):
        return _plugin_of_files(path, [])
    return module


def _any_has(module: ModuleType, attribute: str) -> bool:
    return any(hasattr(value, attribute) for value in vars(module).values())


def _plugin_of_files(path: Path, toml_files: list[Path]) -> object:
    """A plugin whose hooks give the rules and forms of a path."""
    forms = [file for file in toml_files if is_form(file)]
    rules = [file for file in rule_files(path, empty=True) if file not in forms]
    if not forms and not rules:
        raise PluginMissing("holds neither rules nor forms", "規則も様式もありません")
    plugin = ModuleType(path.stem)
    if forms:
        vars(plugin)["auditor_forms"] = hookimpl(specname="auditor_forms")(lambda: forms)
    if rules:
        vars(plugin)["auditor_rules"] = hookimpl(specname="auditor_rules")(lambda: rules)
    return plugin


def is_form(file: Path) -> bool:
    """Whether a TOML file is a form, by its keys."""
    content = bytes_of(file, "form file", "様式ファイル")
    try:
        data = parsed(content).content if isinstance(content, bytes) else {}
    except Unparsable:
        return False  # the loader of rules will say what is wrong with the file
    return loading.is_form(data)


def _imported(path: Path) -> ModuleType:
    """The module of a file or package folder, under a name that can hide no other module."""
    package = path.is_dir()
    name = f"_auditor_plugin_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    file = path / "__init__.py" if package else path
    spec = importlib.util.spec_from_file_location(
        name, file, submodule_search_locations=[str(path)] if package else None
    )
    if spec is None or spec.loader is None:
        raise PluginMissing("is no Python file", "Python のファイルではありません")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
