"""Puts the program together: the shipped pack, installed plugins and those named on the command
line.

A plugin that can't be used is named in ``problems`` (each one means exit 2); all else stays in
use.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar, cast

import pluggy

from auditor.auditing.formats import ReportFormat
from auditor.auditing.plugins import ENTRY_POINTS, PROJECT, Hooks, hookimpl
from auditor.forms.loading import load_form
from auditor.forms.model import Form, FormError
from auditor.formula.tree import Vocabulary
from auditor.readers.source import Reader, RecordReader
from auditor.records.model import NotChecked
from auditor.records.text import Text, Why
from auditor.rules.loading import load_rule_file, rule_files
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule, RuleError
from auditor.rules.ruleset import RuleSet

__all__ = ["Origin", "Session", "load"]

T = TypeVar("T")
HOOKS: Final = tuple(name for name in vars(Hooks) if name.startswith(f"{PROJECT}_"))
SHIPPED: Final = ("auditor.shipped", "auditor_rules")


@dataclass(frozen=True)
class Origin:
    """What one plugin brought, and ``source``, where it came from: a distribution, a module or a
    path.
    """

    plugin: str
    source: str
    rules: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """Everything an audit needs, ready to use."""

    forms: dict[str, Form]
    rules: RuleSet
    readers: tuple[Reader | RecordReader, ...]
    reports: dict[str, ReportFormat]
    origins: tuple[Origin, ...]
    problems: tuple[NotChecked, ...]


@functools.cache
def load(plugins: tuple[str, ...] = ()) -> Session:
    """The shipped pack, every installed plugin, and ``plugins``: modules, ``.py`` files, rule or
    form files, or folders of them.
    """
    return _Assembly(plugins).session()


@dataclass
class _Plugin:
    """One plugin: its own manager, and what it has brought by now."""

    name: str
    source: str
    manager: pluggy.PluginManager
    shipped: bool
    brought: dict[str, list[str]] = field(
        default_factory=lambda: {"rules": [], "forms": [], "readers": [], "reports": []}
    )


class _Assembly:
    def __init__(self, plugins: Iterable[str]) -> None:
        self.problems: list[NotChecked] = []
        self.plugins: dict[object, _Plugin] = {}
        for name in SHIPPED:
            module = importlib.import_module(name)
            self.register(name, str(Path(cast(str, module.__file__)).parent), module, shipped=True)
        for entry in sorted(
            entry_points(group=ENTRY_POINTS), key=lambda entry: (entry.name, entry.value)
        ):
            self.guarded(entry.name, functools.partial(self.enter, entry))
        for name in dict.fromkeys(plugins):
            self.guarded(name, functools.partial(self.bring, name))

    # — finding plugins —

    def enter(self, entry: EntryPoint) -> None:
        distribution = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
        self.register(entry.name, distribution, entry.load())

    def bring(self, name: str) -> None:
        path = _path(name)
        if path is None:
            module = importlib.import_module(name)
            self.register(name, str(getattr(module, "__file__", None) or name), module)
        else:
            self.register(name, str(path), _from_path(path))

    def problem(self, plugin: str, code: str, why: Text) -> None:
        en, ja = f"plugin {plugin}: {why.en}", f"プラグイン {plugin}: {why.ja}"
        self.problems.append(NotChecked(rule=None, why=Why(code=code, en=en, ja=ja)))

    def guarded(self, plugin: str, act: Callable[[], T]) -> T | None:
        """Run what a plugin does; whatever it raises (``sys.exit`` too) is said, and is not the
        audit's end.
        """
        try:
            return act()
        except RuleError as fault:
            where = f"{fault.file}: {fault.key}" + (
                f", column {fault.column}" if fault.column else ""
            )
            where_ja = f"{fault.file}: {fault.key}" + (
                f" {fault.column}文字目" if fault.column else ""
            )
            self.problem(
                plugin,
                "plugin-content",
                Text(en=f"{where}: {fault.message.en}", ja=f"{where_ja}: {fault.message.ja}"),
            )
        except FormError as fault:
            where = f"{fault.file}: {fault.key}"
            self.problem(
                plugin,
                "plugin-content",
                Text(en=f"{where}: {fault.message.en}", ja=f"{where}: {fault.message.ja}"),
            )
        except (Exception, SystemExit) as fault:  # a plugin is foreign code
            said = f"{type(fault).__name__}: {fault}"
            self.problem(
                plugin,
                "plugin-failed",
                Text(en=f"would not load: {said}", ja=f"読み込めません: {said}"),
            )
        return None

    def register(self, name: str, source: str, plugin: object, *, shipped: bool = False) -> None:
        """Take a plugin in.

        Each has a manager of its own, so that what it gives is known to be its own, and so that
        its misspelt hook is not held against those after it.
        """
        if plugin in self.plugins:
            return
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(Hooks)
        manager.register(plugin, name)
        listed = ", ".join(HOOKS)
        try:
            manager.check_pending()
        except pluggy.PluginValidationError as fault:
            en, ja = (
                f"{fault}; the hooks are {listed}",
                f"フック名が正しくありません({fault})。使えるフック: {listed}",
            )
            self.problem(name, "plugin-hook", Text(en=en, ja=ja))
        unmarked = _unmarked(plugin)
        for key in unmarked:
            en, ja = (
                f"{key} is not marked with @auditor.hookimpl",
                f"{key} に @auditor.hookimpl が付いていません",
            )
            self.problem(name, "plugin-hook", Text(en=en, ja=ja))
        if not unmarked and not (manager.get_hookcallers(plugin) or []):
            en, ja = (
                f"gives nothing; the hooks are {listed}",
                f"フックが1つもありません。使えるフック: {listed}",
            )
            self.problem(name, "plugin-hook", Text(en=en, ja=ja))
        self.plugins[plugin] = _Plugin(name, source, manager, shipped)

    # — what they bring —

    def given(self, hook: str) -> Iterator[tuple[_Plugin, Any]]:
        """What each plugin gives for a hook, in the order of registration."""
        for plugin in self.plugins.values():
            for item in (
                self.guarded(plugin.name, functools.partial(_called, plugin.manager, hook)) or ()
            ):
                yield plugin, item

    def clash(self, plugin: _Plugin, en: str, ja: str) -> None:
        self.problem(
            plugin.name,
            "plugin-clash",
            Text(en=f"{en} exists already", ja=f"{ja} はすでにあります"),
        )

    def session(self) -> Session:
        forms = self.forms()
        return Session(
            forms=forms,
            rules=self.rules(forms),
            readers=self.readers(),
            reports=self.reports(),
            origins=tuple(
                Origin(
                    plugin.name,
                    plugin.source,
                    **{kind: tuple(names) for kind, names in plugin.brought.items()},
                )
                for plugin in self.plugins.values()
            ),
            problems=tuple(self.problems),
        )

    def forms(self) -> dict[str, Form]:
        forms: dict[str, Form] = {}
        for plugin, path in self.given("auditor_forms"):
            for file in self.guarded(plugin.name, functools.partial(_form_files, path)) or ():
                form = self.guarded(plugin.name, functools.partial(load_form, file))
                if form and form.name in forms:
                    self.clash(plugin, f"a form {form.name}", f"様式 {form.name}")
                elif form:
                    forms[form.name] = form
                    plugin.brought["forms"].append(form.name)
        return forms

    def rules(self, forms: Mapping[str, Form]) -> RuleSet:
        words = vocabulary(forms.values())
        rules: list[Rule] = []
        families: set[str] = set()
        for plugin, path in self.given("auditor_rules"):
            for item in self.rules_of(plugin, path, words):
                if plugin.shipped:
                    families.add(_prefix(item))
                elif (
                    self.guarded(plugin.name, functools.partial(_own_prefix, item, families))
                    is None
                ):
                    continue
                else:  # a rule that crashes is reported with its source: say whose it is
                    item = replace(item, source=f"{plugin.name}: {item.source}")
                if (
                    self.guarded(plugin.name, functools.partial(RuleSet, [*rules, item]))
                    is not None
                ):
                    rules.append(item)
                    plugin.brought["rules"].append(item.code)
        return RuleSet(rules)

    def rules_of(self, plugin: _Plugin, path: str | Path, words: Vocabulary) -> Iterator[Rule]:
        """The rules of a path, file by file, so that one bad file costs no other."""
        before, found = len(self.problems), False
        for file in self.guarded(plugin.name, functools.partial(rule_files, path)) or ():
            for item in (
                self.guarded(plugin.name, functools.partial(load_rule_file, file, words)) or ()
            ):
                found = True
                yield item
        if not found and len(self.problems) == before:
            self.problem(
                plugin.name,
                "plugin-content",
                Text(en=f"{path} holds no rule", ja=f"{path} に規則がありません"),
            )

    def readers(self) -> tuple[Reader | RecordReader, ...]:
        """Those of plugins first: they know their documents better than the shipped ones."""
        own: dict[str, Reader | RecordReader] = {}
        shipped: dict[str, Reader | RecordReader] = {}
        for plugin, reader in self.given("auditor_readers"):
            if (
                self.guarded(
                    plugin.name,
                    functools.partial(_is_object, reader, (Reader, RecordReader), "reader"),
                )
                is None
            ):
                continue
            if reader.name in own or reader.name in shipped:
                self.clash(plugin, f"a reader {reader.name}", f"読み取りプログラム {reader.name}")
                continue
            (shipped if plugin.shipped else own)[reader.name] = reader
            plugin.brought["readers"].append(reader.name)
        return (*own.values(), *shipped.values())

    def reports(self) -> dict[str, ReportFormat]:
        reports: dict[str, ReportFormat] = {}
        for plugin, report in self.given("auditor_reports"):
            if (
                self.guarded(
                    plugin.name,
                    functools.partial(_is_object, report, (ReportFormat,), "report format"),
                )
                is None
            ):
                continue
            if report.name in reports:
                self.clash(plugin, f"a format {report.name}", f"形式 {report.name}")
                continue
            reports[report.name] = report
            plugin.brought["reports"].append(report.name)
        return reports


def _unmarked(plugin: object) -> list[str]:
    """Functions with the name of a hook (or nearly so) that pluggy would pass over in silence."""
    named = [key for key in dir(plugin) if key.startswith(f"{PROJECT}_")]
    functions = [(key, value) for key in named if callable(value := getattr(plugin, key, None))]
    return [key for key, value in functions if not hasattr(value, f"{PROJECT}_impl")]


def _called(manager: pluggy.PluginManager, hook: str) -> list[Any]:
    results: list[Any] = getattr(manager.hook, hook)()
    for result in results:
        if isinstance(result, str | Path):
            raise TypeError(f"{hook} gives {str(result)!r}; a list or tuple was expected")
    return [item for result in results for item in result]


def _form_files(path: str | Path) -> list[Path]:
    root = Path(path)
    files = sorted(root.rglob("*.toml")) if root.is_dir() else [root]
    if not files:
        raise FormError(str(root), "-", Text(en="holds no form", ja="様式がありません"))
    return files


def _prefix(item: Rule) -> str:
    return item.code.rstrip("0123456789")


def _own_prefix(item: Rule, families: set[str]) -> Rule:
    prefix = _prefix(item)
    if prefix in families:
        en, ja = (
            f"{item.code}: the prefix {prefix} is the shipped rules' own",
            f"{item.code}: 接頭辞 {prefix} は付属の規則のものです",
        )
        reason = Text(en=en, ja=ja)
        raise RuleError(item.source, "code", reason)
    if len(prefix) < 3:
        en, ja = (
            f"{item.code}: a plugin's prefix has three or more letters",
            f"{item.code}: プラグインの接頭辞は3文字以上にしてください",
        )
        reason = Text(en=en, ja=ja)
        raise RuleError(item.source, "code", reason)
    return item


def _is_object(item: object, kinds: tuple[Any, ...], what: str) -> bool:
    """True; raises where an item lacks what a reader or report format must have (a class in place
    of an object, say).
    """
    if isinstance(item, type) or not isinstance(item, kinds):
        raise TypeError(f"{item!r} is no {what}")
    if not isinstance(cast(Any, item).name, str):
        raise TypeError(f"the name of {item!r} is no text")
    return True


# — plugins that are paths —


def _path(name: str) -> Path | None:
    """The path that a name on the command line means, or None where it is a module."""
    if not name:
        raise FileNotFoundError("the name is empty / 名前が空です")
    path = Path(name)
    if (
        path.suffix in (".py", ".toml")
        or path.is_absolute()
        or len(path.parts) > 1
        or name.startswith(".")
    ):
        return path
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    # A folder that happens to lie in the working directory looks like a package without a file:
    # it is a path.
    return path if path.exists() and (found is None or found.origin is None) else None


def _from_path(path: Path) -> object:
    """A plugin made of a module's file, a package's folder, a rule or form file, or a folder of
    those.
    """
    if not path.exists():
        raise FileNotFoundError(
            "there is no such file or folder / ファイルまたはフォルダーが見つかりません"
        )
    if path.is_dir() and not (path / "__init__.py").exists():
        return _files_as_plugin(path, sorted(path.rglob("*.toml")))
    if path.suffix == ".toml":
        return _files_as_plugin(path, [path])
    module = _imported(path)
    if not any(hasattr(value, "rule_definition") for value in vars(module).values()):
        return module
    return _files_as_plugin(path, []) if not _hooks_in(module) else module


def _hooks_in(module: ModuleType) -> bool:
    return any(hasattr(value, f"{PROJECT}_impl") for value in vars(module).values())


def _files_as_plugin(path: Path, toml_files: list[Path]) -> object:
    """The hooks of a path without any: its form files are told from rule files by their content."""
    forms = [file for file in toml_files if _is_form(file)]
    rules = [file for file in rule_files(path, empty=True) if file not in forms]
    if not forms and not rules:
        raise FileNotFoundError("holds neither rules nor forms / 規則も様式もありません")
    plugin = ModuleType(path.stem)
    if forms:
        vars(plugin)["auditor_forms"] = hookimpl(specname="auditor_forms")(lambda: forms)
    if rules:
        vars(plugin)["auditor_rules"] = hookimpl(specname="auditor_rules")(lambda: rules)
    return plugin


def _is_form(file: Path) -> bool:
    """Whether a TOML file is a form; what can't be read at all is a rule file, whose loader says
    why.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return False
    return "code" not in data and bool({"columns", "fields", "detect", "units"} & data.keys())


def _imported(path: Path) -> ModuleType:
    """The module of a file or package folder, under a name that can hide no other module."""
    package = path.is_dir()
    name = f"_auditor_plugin_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    file = path / "__init__.py" if package else path
    spec = importlib.util.spec_from_file_location(
        name, file, submodule_search_locations=[str(path)] if package else None
    )
    if spec is None or spec.loader is None:
        raise ImportError("is no Python file / Python のファイルではありません")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
