"""Puts the program together.

A session has the shipped pack, the installed plugins and those named on the command line. A
plugin that can't be used is named in ``problems``, each of which means exit code 2. Everything
else stays in use.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from itertools import chain, islice
from os import PathLike
from pathlib import Path
from types import CodeType
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar, cast

import pluggy

from auditor.auditing.formats import ReportFormat
from auditor.auditing.plugin_paths import PluginMissing, is_module, path_of, plugin_at
from auditor.auditing.plugins import ENTRY_POINTS, PROJECT, Hooks
from auditor.files.below import files_below
from auditor.forms.loading import load_form
from auditor.forms.model import Form, FormError
from auditor.formula.tree import Vocabulary
from auditor.narrative.model import PluggedReader
from auditor.readers.source import AnyReader, Reader, RecordReader
from auditor.records.errors import AuditorError
from auditor.records.model import NotChecked
from auditor.records.nearest import nearest_name
from auditor.records.text import Text, Why
from auditor.rules.loading import load_rule_file, no_rule, rule_files
from auditor.rules.of_forms import check_forms, rule_of_form
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet, check_names, take_codes
from auditor.toml.faults import DefinitionError, harmless

__all__ = ["Origin", "Session", "load", "load_with"]

P = ParamSpec("P")
T = TypeVar("T")
HOOKS: Final = tuple(name for name in vars(Hooks) if name.startswith(f"{PROJECT}_"))
_MOST_ITEMS: Final = 10_000
"""What a hook may give; an iterator may have no end."""

SHIPPED: Final = ("auditor.shipped", "auditor_rules")


class Origin(NamedTuple):
    """What one plugin brought. ``source`` is where the plugin came from: a distribution, a module
    or a path. ``rules_for`` are the forms and domains that its rules are for, ``catalogue`` the
    forms that are used by name alone.
    """

    plugin: str
    source: str
    rules: tuple[str, ...] = ()
    rules_for: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()


class Session(NamedTuple):
    """Everything an audit needs, ready to use. ``form_files`` has the file of each form,
    ``forms_of_paths`` the forms that the paths of the run bring, ``catalogue`` the files of forms
    that are not in use until they are named (``load_with``).
    """

    forms: dict[str, Form]
    rules: RuleSet
    readers: tuple[AnyReader, ...]
    claim_readers: tuple[PluggedReader, ...]
    reports: dict[str, ReportFormat]
    origins: tuple[Origin, ...]
    problems: tuple[NotChecked, ...]
    form_files: Mapping[str, Path]
    forms_of_paths: tuple[str, ...]
    catalogue: Mapping[str, Path]

    def placed(self, rule: Rule) -> Rule:
        """A rule that comes by a path of its own, for the forms that it is for: where it does not
        say, as if its path were one of the run's, unless a plugin brings the same rule.
        """
        if rule.states_forms:
            return rule
        registered = self.rules.get(rule.code)
        if registered is not None:
            return rule.of_forms(registered.forms)
        return rule.of_forms(self.forms_of_paths or rule.forms)

    def check_new(self, rule: Rule) -> None:
        """Raises RuleError where a rule that comes by a path of its own could not be that of a
        plugin: its forms are not there, its prefix is that of shipped rules, or its codes or name
        are taken. One that is here by the same file is not new.
        """
        there = self.rules.get(rule.code)
        if there is not None and _is_same_file(there, rule):
            return
        check_forms(rule, self.forms.values())
        shipped = [origin for origin in self.origins if origin.plugin in SHIPPED]
        codes = chain.from_iterable(origin.rules for origin in shipped)
        _check_family(rule, {code.rstrip("0123456789") for code in codes})
        take_codes(rule, dict(self.rules.by_code))
        check_names(rule, self.rules)


@functools.cache
def load(plugins: tuple[str, ...] = ()) -> Session:
    """The shipped pack, every installed plugin, and ``plugins``: modules, ``.py`` files, rule or
    form files, or folders of them.
    """
    return _Assembly(plugins).session()


def load_with(names: Iterable[str | None], plugins: tuple[str, ...] = ()) -> Session:
    """The same with those forms of the catalogue that are named, as if their files were plugins.
    Names of other forms, or of none, make no difference.
    """
    session = load(plugins) if plugins else load()  # the cache tells these apart
    files = [
        str(session.catalogue[name])
        for name in names
        if name is not None and name in session.catalogue and name not in session.forms
    ]
    return load((*plugins, *dict.fromkeys(files))) if files else session


@dataclass(eq=False)
class _Plugin:
    """One plugin, and the names of what it has brought so far.

    Each plugin has a manager of its own. So everything that a manager gives is this plugin's, and
    a misspelt hook is not held against the plugins after it.
    """

    name: str
    source: str
    manager: pluggy.PluginManager
    shipped: bool
    by_path: bool
    rules: list[str] = field(default_factory=list[str])
    rules_for: dict[str, None] = field(default_factory=dict[str, None])
    forms: list[str] = field(default_factory=list[str])
    catalogue: list[str] = field(default_factory=list[str])
    readers: list[str] = field(default_factory=list[str])
    claims: list[str] = field(default_factory=list[str])
    reports: list[str] = field(default_factory=list[str])

    @property
    def origin(self) -> Origin:
        return Origin(
            self.name,
            self.source,
            rules=tuple(self.rules),
            rules_for=tuple(self.rules_for),
            forms=tuple(self.forms),
            catalogue=tuple(self.catalogue),
            readers=tuple(self.readers),
            claims=tuple(self.claims),
            reports=tuple(self.reports),
        )


class _Assembly:
    """Registers the plugins, then asks each of them for what it brings."""

    def __init__(self, plugins: Iterable[str]) -> None:
        self.problems: list[NotChecked] = []
        self.plugins: dict[object, _Plugin] = {}
        self.form_files: dict[str, Path] = {}
        for name in SHIPPED:
            module = importlib.import_module(name)
            folder = Path(cast(str, module.__file__)).parent
            self.register(name, str(folder), module, shipped=True)
        # Metadata lists the installed plugins in the order of the file system.
        installed = entry_points(group=ENTRY_POINTS)
        for entry in sorted(installed, key=lambda entry: (entry.name, entry.value)):
            self.attempt(entry.name, self.register_installed, entry)
        for name in dict.fromkeys(plugins):
            self.attempt(name, self.register_named, name)

    def session(self) -> Session:
        forms = self.forms()
        self.check_lookups(forms)
        rules = self.rules(forms)
        self.check_severities(forms, rules)
        catalogue = self.catalogue()
        return Session(
            forms=forms,
            rules=rules,
            readers=self.readers(),
            claim_readers=self.claim_readers(),
            reports=self.reports(),
            origins=tuple(plugin.origin for plugin in self.plugins.values()),
            problems=tuple(self.problems),
            form_files=dict(self.form_files),
            forms_of_paths=tuple(self.forms_of_paths()),
            catalogue=catalogue,
        )

    # — problems —

    def attempt(
        self, plugin: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """The result of a call of a plugin's code. Whatever it raises (``sys.exit`` too, but not
        Ctrl-C) becomes a problem and gives None, so that it does not end the audit.
        """
        try:
            return call(*args, **kwargs)
        except DefinitionError as fault:
            for en, ja, excerpt in fault.entries():
                self.problem(plugin, "plugin-content", Text(en=en, ja=ja), excerpt)
        except BaseException as fault:
            if _is_interrupt(fault):
                raise
            self.failed(plugin, fault)
        return None

    def failed(self, plugin: str, fault: BaseException) -> None:
        """What a plugin's code raised, at its line."""
        from auditor.records.foreign import code_place, said_of  # few plugins fail

        en, ja = said_of(fault)
        if not isinstance(fault, AuditorError):
            en, ja = f"would not load: {en}", f"読み込めません：{ja}"
        place = code_place(fault)
        if place is not None:
            en, ja = place.before(en, ja)
        excerpt = () if place is None else place.excerpt()
        self.problem(plugin, "plugin-failed", Text(en=en, ja=ja), excerpt)

    def problem(self, plugin: str, code: str, reason: Text, excerpt: tuple[str, ...] = ()) -> None:
        # What names the plugin's file already names no plugin beside it.
        if not reason.en.startswith(f"{Path(plugin)}:"):
            en, ja = f"plugin {plugin}: {reason.en}", f"プラグイン {plugin}：{reason.ja}"
            reason = Text(en=en, ja=ja)
        why = Why(code=code, en=reason.en, ja=reason.ja)
        self.problems.append(NotChecked(rule=None, why=why, excerpt=excerpt))

    def problem_at(self, plugin: str, function: object, reason: Text) -> None:
        """A hook that can't be used, at its ``def``."""
        from auditor.records.foreign import beginning_of  # few hooks can't be used

        code = getattr(function, "__code__", None)
        place = beginning_of(code) if isinstance(code, CodeType) else None
        if place is None:
            self.problem(plugin, "plugin-hook", reason)
            return
        en, ja = place.before(reason.en, reason.ja)
        self.problem(plugin, "plugin-hook", Text(en=en, ja=ja), place.excerpt())

    def clash(self, plugin: _Plugin, en: str, ja: str) -> None:
        """Something of the name ``en`` (``ja``) is there already; the first one stays in use."""
        reason = Text(en=f"{en} exists already", ja=f"{ja} はすでにあります")
        self.problem(plugin.name, "plugin-clash", reason)

    # — registering plugins —

    def register_installed(self, entry: EntryPoint) -> None:
        source = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
        self.register(entry.name, source, entry.load())

    def register_named(self, name: str) -> None:
        path = path_of(name)
        if path is None:
            if not is_module(name):
                raise PluginMissing(
                    f"there is no module or file {name}",
                    "見つかりません（モジュール名・ファイル名を確かめてください）",
                )
            module = importlib.import_module(name)
            self.register(name, str(getattr(module, "__file__", None) or name), module)
        else:
            self.register(name, str(path), plugin_at(path), by_path=True)

    def register(
        self,
        name: str,
        source: str,
        plugin: object,
        *,
        shipped: bool = False,
        by_path: bool = False,
    ) -> None:
        """Register a plugin, unless it is registered already under another name. Hooks that can't
        be used become problems; its other hooks are used.
        """
        if plugin in self.plugins:
            return
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(Hooks)
        try:
            manager.register(plugin, name)
        except pluggy.PluginValidationError:
            raise _with_arguments(plugin) from None
        hooks = ", ".join(HOOKS)

        try:
            manager.check_pending()
        except pluggy.PluginValidationError:
            for key, function in _misspelt(plugin):
                near = nearest_name(key, HOOKS)
                hint_en, hint_ja = (
                    (f"did you mean {near}?", f"{near} のことですか")
                    if near
                    else (f"the hooks are {hooks}", f"使えるフック：{hooks}")
                )
                reason = Text(
                    en=f"there is no hook {key}; {hint_en}",
                    ja=f"{key} というフックはありません。{hint_ja}",
                )
                self.problem_at(name, function, reason)

        unmarked = _unmarked(plugin)
        for key, function in unmarked:
            reason = Text(
                en=f"{key} is not marked with @auditor.hookimpl",
                ja=f"{key} に @auditor.hookimpl が付いていません",
            )
            self.problem_at(name, function, reason)

        if not unmarked and not manager.get_hookcallers(plugin):
            reason = Text(
                en=f"gives nothing; the hooks are {hooks}",
                ja=f"フックが1つもありません。使えるフック：{hooks}",
            )
            self.problem(name, "plugin-hook", reason)

        self.plugins[plugin] = _Plugin(name, source, manager, shipped, by_path)

    # — what the plugins bring —

    def paths(self, hook: str) -> Iterator[tuple[_Plugin, str | Path]]:
        """The paths that each plugin gives for a hook, in the order of registration."""
        for plugin, item in self.items(hook):
            if self.attempt(plugin.name, _check_path, hook, item) is not None:
                yield plugin, item

    def items(self, hook: str) -> Iterator[tuple[_Plugin, Any]]:
        """What each plugin gives for a hook, in the order of registration. A plugin may give
        anything; the caller checks it.
        """
        for plugin in self.plugins.values():
            for item in self.attempt(plugin.name, _called, plugin.manager, hook) or ():
                yield plugin, item

    def forms(self) -> dict[str, Form]:
        forms: dict[str, Form] = {}
        for plugin, path in self.paths("auditor_forms"):
            for file in self.attempt(plugin.name, _form_files, path) or ():
                form = self.attempt(plugin.name, load_form, file)
                if form and form.name in forms:
                    self.clash(plugin, f"a form {form.name}", f"様式 {form.name}")
                elif form:
                    forms[form.name] = form
                    self.form_files[form.name] = file
                    plugin.forms.append(form.name)
        return forms

    def catalogue(self) -> dict[str, Path]:
        """The files of the forms that are used by name alone, by their names. They are not read
        here: few runs name one.
        """
        catalogue: dict[str, Path] = {}
        for plugin, path in self.paths("auditor_catalogue"):
            for file in self.attempt(plugin.name, _form_files, path) or ():
                name = file.stem
                if name in catalogue:
                    self.clash(plugin, f"a form {name}", f"様式 {name}")
                    continue
                catalogue[name] = file
                plugin.catalogue.append(name)
        return catalogue

    def rules(self, forms: Mapping[str, Form]) -> RuleSet:
        """The rules of all plugins. Those of the shipped pack come first, so that their families
        are known when a plugin's rule is checked.
        """
        words = vocabulary(forms.values())
        rules: list[Rule] = []
        taken: dict[str, Rule] = {}
        families: set[str] = set()
        of_files = self.rules_of_files(words)
        for plugin, item in chain(of_files, self.rules_of_forms(forms, words)):
            rule = item
            if self.attempt(plugin.name, check_forms, rule, forms.values()) is None:
                continue
            if plugin.shipped:
                families.add(_family(rule))
            elif self.attempt(plugin.name, _check_family, rule, families) is None:
                continue
            else:
                # A rule that crashes is reported with its source, which names the plugin too.
                is_named = Path(plugin.name) == Path(rule.source)
                source = rule.source if is_named else f"{plugin.name}: {rule.source}"
                rule = replace(rule, source=source, plugin=plugin.name)
            if self.attempt(plugin.name, take_codes, rule, taken) is not None:
                rules.append(rule)
                plugin.rules.append(rule.code)
                plugin.rules_for |= dict.fromkeys(rule.forms)
        return RuleSet(rules)

    def rules_of_files(self, words: Vocabulary) -> Iterator[tuple[_Plugin, Rule]]:
        """The rules of all paths. One that does not say what it is for is for the forms that come
        with it; where none do, for result sheets, as the shipped rules are.
        """
        for plugin, path in self.paths("auditor_rules"):
            forms = [] if plugin.shipped else self.forms_beside(plugin)
            for rule in self.rules_of(plugin, path, words):
                yield plugin, rule if rule.states_forms or not forms else rule.of_forms(forms)

    def forms_beside(self, plugin: _Plugin) -> list[str]:
        """The forms that come with a plugin's rules: its own, or, as rules and forms may be given
        by a path each, those of all paths.
        """
        return self.forms_of_paths() if plugin.by_path else plugin.forms

    def forms_of_paths(self) -> list[str]:
        paths = (plugin for plugin in self.plugins.values() if plugin.by_path)
        return list(chain.from_iterable(plugin.forms for plugin in paths))

    def rules_of_forms(
        self, forms: Mapping[str, Form], words: Vocabulary
    ) -> Iterator[tuple[_Plugin, Rule]]:
        """The rules that stand in the files of forms."""
        for plugin in self.plugins.values():
            for name in plugin.forms:
                form, file = forms[name], str(self.form_files[name])
                for number in range(len(form.rules)):
                    rule = self.attempt(plugin.name, rule_of_form, form, number, file, words)
                    if rule is not None:
                        yield plugin, rule

    def check_lookups(self, forms: Mapping[str, Form]) -> None:
        """Report forms that look rows up in tables of a form, or by names, that there are not."""
        for plugin in self.plugins.values():
            for form in (forms[name] for name in plugin.forms):
                if form.lookups:
                    # Few forms look anything up.
                    from auditor.forms.lookups import check_lookups

                    path = self.form_files[form.name]
                    self.attempt(plugin.name, check_lookups, form, forms, path)

    def check_severities(self, forms: Mapping[str, Form], rules: RuleSet) -> None:
        """Report forms that state the severity of a rule that there is not."""
        for plugin in self.plugins.values():
            for name in plugin.forms:
                self.attempt(plugin.name, rules.with_severities, forms[name].severities)

    def rules_of(self, plugin: _Plugin, path: str | Path, words: Vocabulary) -> Iterator[Rule]:
        """The rules of a path, file by file, so that a bad file does not cost the others."""
        earlier_problems, empty = len(self.problems), True
        for file in self.attempt(plugin.name, rule_files, path) or ():
            for rule in self.attempt(plugin.name, load_rule_file, file, words) or ():
                empty = False
                yield rule
        if empty and len(self.problems) == earlier_problems:
            reason = no_rule(path).message
            reason = Text(en=f"{path}: {reason.en}", ja=f"{path}：{reason.ja}")
            self.problem(plugin.name, "plugin-content", reason)

    def readers(self) -> tuple[AnyReader, ...]:
        """The readers of plugins, which know their documents better, then the shipped ones."""
        plugged: dict[str, AnyReader] = {}
        shipped: dict[str, AnyReader] = {}
        for plugin, reader in self.items("auditor_readers"):
            if self.attempt(plugin.name, _check_reader, reader) is None:
                continue
            if reader.name in plugged or reader.name in shipped:
                self.clash(plugin, f"a reader {reader.name}", f"読み取りプログラム {reader.name}")
                continue
            (shipped if plugin.shipped else plugged)[reader.name] = reader
            plugin.readers.append(reader.name)
        return (*plugged.values(), *shipped.values())

    def claim_readers(self) -> tuple[PluggedReader, ...]:
        """The readers of claims of all plugins."""
        readers: list[PluggedReader] = []
        for plugin, reader in self.items("auditor_claims"):
            if self.attempt(plugin.name, _check_claim_reader, reader) is not None:
                readers.append(PluggedReader(plugin.name, reader))
                plugin.claims.append(_shown(reader))
        return tuple(readers)

    def reports(self) -> dict[str, ReportFormat]:
        reports: dict[str, ReportFormat] = {}
        for plugin, report in self.items("auditor_reports"):
            if self.attempt(plugin.name, _check_format, report) is None:
                continue
            if report.name in reports:
                self.clash(plugin, f"a format {report.name}", f"形式 {report.name}")
                continue
            reports[report.name] = report
            plugin.reports.append(report.name)
        return reports


def _is_interrupt(fault: BaseException) -> bool:
    from auditor.records.foreign import is_interrupt  # few plugins fail

    return is_interrupt(fault)


def _unmarked(plugin: object) -> list[tuple[str, object]]:
    """Functions with the name of a hook (or nearly so) that lack the marker: pluggy ignores them
    without a word.
    """
    names = [key for key in dir(plugin) if key.startswith(f"{PROJECT}_")]
    functions = [(key, value) for key in names if callable(value := getattr(plugin, key, None))]
    return [item for item in functions if not hasattr(item[1], f"{PROJECT}_impl")]


def _marked(plugin: object) -> Iterator[tuple[str, Callable[..., object], str]]:
    """The functions of a plugin that are marked as hooks, with their names and those of the hooks
    that they are for.
    """
    for key in dir(plugin):
        value = getattr(plugin, key, None)
        options: object = getattr(value, f"{PROJECT}_impl", None)
        if callable(value) and isinstance(options, Mapping):
            yield key, value, cast("Mapping[str, str]", options).get("specname") or key


def _misspelt(plugin: object) -> list[tuple[str, object]]:
    """The hooks of a plugin that there are not, with their functions."""
    return [(hook, function) for _, function, hook in _marked(plugin) if hook not in HOOKS]


def _with_arguments(plugin: object) -> AuditorError:
    """That a hook of a plugin has arguments, which none takes."""
    written = [
        f"{key}{inspect.signature(function)}"
        for key, function, _ in _marked(plugin)
        if inspect.signature(function).parameters
    ]
    names = ", ".join(written)
    return AuditorError(f"{names}: a hook takes no arguments", f"{names}：フックに引数は書けません")


def _called(manager: pluggy.PluginManager, hook: str) -> list[Any]:
    """The items that a plugin gives for a hook; raises AuditorError where it gives no list."""
    caller: pluggy.HookCaller = getattr(manager.hook, hook)
    results: list[Any] = caller()
    # pluggy leaves out None, which is what a function without ``return`` gives.
    if len(results) < len(caller.get_hookimpls()):
        raise AuditorError(
            f"{hook} gives None; a list was expected: is there a return?",
            f"{hook} が None を返しました。リストが必要です（return を忘れていませんか）",
        )
    for result in cast("list[object]", results):
        shown = _shown(result)
        # A text is iterable too, letter by letter, and a table key by key.
        if isinstance(result, str | Path | Mapping) or not isinstance(result, Iterable):
            raise AuditorError(
                f"{hook} gives {shown}; a list was expected",
                f"{hook} が {shown} を返しました。リストが必要です",
            )
    items = list(islice(chain.from_iterable(results), _MOST_ITEMS + 1))
    if len(items) > _MOST_ITEMS:
        raise AuditorError(
            f"{hook} gives more than {_MOST_ITEMS:,} items",
            f"{hook} が{_MOST_ITEMS:,}件を超える要素を返しました",
        )
    return items


def _shown(item: object) -> str:
    """What a plugin gives, in short: a text in quotes, or what kind of object it is."""
    if isinstance(item, str):
        return f'"{harmless(item)}"'
    if item is None or isinstance(item, int | float):
        return str(item)
    if isinstance(item, type) or callable(item):
        return harmless(getattr(item, "__name__", type(item).__name__))
    return type(item).__name__


def _check_path(hook: str, item: object) -> bool:
    """True; raises AuditorError where an item of a hook is no path."""
    if isinstance(item, str | PathLike):
        return True
    shown = _shown(item)
    raise AuditorError(
        f"{hook} gives {shown} in its list; paths were expected",
        f"{hook} のリストに {shown} があります。パスが必要です",
    )


def _form_files(path: str | Path) -> list[Path]:
    root = Path(path)
    files = files_below(root, [".toml"]) if root.is_dir() else [root]
    if not files:
        raise FormError(str(root), "-", Text(en="holds no form", ja="様式がありません"))
    return files


def _is_same_file(rule: Rule, other: Rule) -> bool:
    """Whether two rules stand in one file; the first one has a file."""
    return Path(rule.path).resolve() == Path(other.path).resolve()


def _family(rule: Rule) -> str:
    """The letters of a rule's code: FND for FND001."""
    return rule.code.rstrip("0123456789")


def _check_family(rule: Rule, shipped: Collection[str]) -> bool:
    """True; raises RuleError where a plugin's rule has a family that it may not have."""
    family = _family(rule)
    if family not in shipped and len(family) >= 3:
        return True
    from auditor.rules.definitions import fault_of_rule  # few rules are of a wrong family

    if family in shipped:
        en, ja = (
            f"{rule.code}: the prefix {family} is the shipped rules' own",
            f"{rule.code}：接頭辞 {family} は付属の規則のものです",
        )
    else:
        en, ja = (
            f"{rule.code}: a plugin's prefix has three or more letters",
            f"{rule.code}：プラグインの接頭辞は3文字以上にしてください",
        )
    raise fault_of_rule(rule, ("code",), Text(en=en, ja=ja))


def _check_reader(item: Any) -> bool:
    return _check_kind(item, (Reader, RecordReader), "reader", "読み取りプログラム")


def _check_format(item: Any) -> bool:
    return _check_kind(item, (ReportFormat,), "report format", "出力形式")


def _check_claim_reader(item: Any) -> bool:
    """True; raises AuditorError where an item is no function from sentences to claims."""
    if callable(item) and not isinstance(item, type) and _takes(item, 1):
        return True
    shown = _shown(item)
    raise AuditorError(
        f"{shown} is no reader of claims; a function read(text) was expected",
        f"{shown} は文を読むプログラムではありません。関数 read(text) が必要です",
    )


def _check_kind(item: Any, kinds: tuple[type[object], ...], en: str, ja: str) -> bool:
    """True; raises AuditorError where an item lacks what a reader or report format must have (a
    class in place of an object, for example), or takes other arguments.
    """
    shown = _shown(item)
    if isinstance(item, type):
        raise AuditorError(
            f"{shown} is a class; give an object of it: {shown}()",
            f"{shown} はクラスです。{shown}() のようにオブジェクトを返してください",
        )
    kind = next((kind for kind in kinds if isinstance(item, kind)), None)
    if kind is None:
        raise _lacking(item, kinds, en, ja)
    if not isinstance(cast(Any, item).name, str):
        raise AuditorError(
            f"the name of {shown} is no text", f"{shown} の name が文字列ではありません"
        )
    for name in _members(kind):
        stated = getattr(kind, name)
        if not callable(stated):
            continue
        expected = list(inspect.signature(stated).parameters)[1:]
        if not _takes(getattr(item, name), len(expected)):
            words = _written(kind, name)
            raise AuditorError(
                f"{name}() of {shown} takes other arguments; {words} was expected",
                f"{shown} の {name}() の引数が違います。{words} としてください",
            )
    return True


def _lacking(item: object, kinds: tuple[type[object], ...], en: str, ja: str) -> AuditorError:
    """That an object is no reader or report format: what it lacks, of the kind that it is nearest
    to.
    """

    def lacks(kind: type[object]) -> list[str]:
        return [name for name in _members(kind) if not hasattr(item, name)]

    kind = min(kinds, key=lambda kind: len(lacks(kind)))
    missing = lacks(kind)
    shown, names = _shown(item), [name for name in dir(item) if not name.startswith("_")]
    if len(missing) == len(_members(kind)):
        needs = ", ".join(_written(kind, name) for name in missing)
        return AuditorError(
            f"{shown} is no {en}; one has {needs}",
            f"{shown} は{ja}ではありません（必要なもの：{needs}）",
        )
    parts = [_written(kind, name) for name in missing]
    near = [match for name in missing if (match := nearest_name(name, names)) is not None]
    hint_en = hint_ja = ""
    if near:
        hint_en, hint_ja = f" (it has {', '.join(near)})", f"（{'、'.join(near)} があります）"
    return AuditorError(
        f"the {en} {shown} lacks {', '.join(parts)}{hint_en}",
        f"{ja} {shown} に {'、'.join(parts)} がありません{hint_ja}",
    )


def _written(kind: type[object], name: str) -> str:
    """A member of a kind as it is written: a method with its arguments."""
    stated = getattr(kind, name)
    if not callable(stated):
        return name
    return f"{name}({', '.join([*inspect.signature(stated).parameters][1:])})"


def _members(kind: type[object]) -> list[str]:
    """What an object must have to be of a kind."""
    return sorted(name for name in vars(kind) if not name.startswith("_"))


def _takes(function: Callable[..., object], number: int) -> bool:
    """Whether a function can be called with so many arguments."""
    try:
        inspect.signature(function).bind(*range(number))
    except TypeError:
        return False
    except ValueError:  # it does not tell
        return True
    return True
