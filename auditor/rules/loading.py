"""Rules from files: TOML with a formula, or a Python file whose function carries the same TOML."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import ValidationError

from auditor.files.below import files_below
from auditor.forms.model import EVERY_FORM, RESULT_SHEETS, Form
from auditor.formula.parse import FormulaError, parse
from auditor.formula.tree import FIGURE, Node, Vocabulary
from auditor.records.errors import AuditorError
from auditor.records.fields import EACH, OTHER_BOOKS
from auditor.records.nearest import hint, nearest_name
from auditor.records.text import Text
from auditor.rules.rule import InColumns, Names, Rule, RuleError, RuleFile
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import Check
from auditor.toml.faults import Fault, Lines, harmless
from auditor.toml.reading import Table, TomlFile, Unparsable, bytes_of, parsed, parsed_text

if TYPE_CHECKING:  # data frames are loaded only where tables are audited
    from auditor.engines.settling import Settled, Tables
    from auditor.toml.places import KeyPath

__all__ = [
    "build_rule",
    "is_form",
    "load_rule_file",
    "load_rules",
    "no_rule",
    "rule",
    "rule_files",
    "rule_of_function",
    "with_defaults",
    "within",
]


def build_rule(
    data: Mapping[str, Any],
    source: str,
    vocabulary: Vocabulary,
    check: Check | None = None,
    table: Table | None = None,
) -> Rule:
    """A rule from the content of its file, which stands in a ``table`` of one.

    Raises RuleError with all that is wrong: file, line, key and column.
    """
    building = _Building(data, table or TomlFile("", dict(data)).whole, vocabulary)
    file = building.file()
    is_judged = data.get("each") != "reading"
    building.check_formulas(has_check=check is not None)
    trees = {key: building.tree(key, formula) for key, formula in building.formulas()}
    building.check_needs()
    building.check_question()
    if file is None or building.faults:
        raise RuleError.with_faults(source, building.faults, building.table.file.lines)
    if not is_judged:
        return Rule(file, source, (EVERY_FORM,))
    return Rule(
        file,
        source,
        file.forms or (RESULT_SHEETS,),
        tree=trees.get(("formula",)),
        when=trees.get(("when",)),
        shows=trees.get(("shows",)),
        severities=tuple(
            (severity, cast(Node, trees[_SEVERITY_WHEN, severity]))
            for severity in file.severity_when
        ),
        check=check,
        passes=trees.get(("passes",)),
        in_columns=getattr(check, "rule_in_columns", None),
    )


_SEVERITY_WHEN: Final = "severity_when"


class _Building:
    """One rule being built: what its file says, and all that is wrong with it."""

    def __init__(self, data: Mapping[str, Any], table: Table, vocabulary: Vocabulary) -> None:
        self.data, self.table, self.vocabulary = data, table, vocabulary
        self.faults: list[Fault] = []
        self._meant: set[str | None] = set()

    @cached_property
    def words(self) -> Vocabulary:
        """What its formulas may name."""
        is_of_figure = self.data["each"] == FIGURE
        return self.vocabulary.with_figure() if is_of_figure else self.vocabulary

    def fault(self, key: KeyPath, en: str, ja: str, **place: Any) -> None:
        self.faults.append(self.table.fault(key, en, ja, **place))

    def file(self) -> RuleFile | None:
        """The content of the file; None where it is not what it should be."""
        try:
            return RuleFile.model_validate(dict(self.data))
        except ValidationError as error:
            # Few files are faulty.
            from auditor.toml.models import refused

            faults = refused(error, RuleFile, self.table._replace(content=self.data))
            self.faults += [fault.at(self.table) for fault in faults]
            self._meant = {fault.meant for fault in faults}
            return None

    def check_formulas(self, *, has_check: bool) -> None:
        """Note a formula where there is to be none, and none where one is needed."""
        if self.data.get("each") == "reading":
            for key in ("formula", "when"):
                if self.data.get(key):
                    self.fault(
                        (key,),
                        f"a finding of the readers has no {key}",
                        "読み取りの指摘に数式は書けません",
                        of_key=True,
                    )
            if self.data.get("forms"):
                self.fault(
                    ("forms",),
                    "a finding of the readers is for every form that they read",
                    "読み取りの指摘は、読み取るすべての様式が対象です（forms は書けません）",
                    of_key=True,
                )
        elif has_check and self.data.get("each") == FIGURE:
            self.fault(
                ("each",),
                "a rule in Python is judged on rows, not on each figure",
                "Python の規則は行ごとに判定します（each に figure は指定できません）",
            )
        elif not (self.data.get("formula") or has_check or "formula" in self._meant):
            self.fault(
                ("formula",), "a rule needs a formula", "数式（formula）がありません", of_key=True
            )
        if self.data.get("passes") and not has_check:
            self.fault(
                ("passes",),
                "passes is for rules in Python; here the formula says which rows pass",
                "passes は Python の規則だけに書けます。数式の規則では formula で判定します",
                of_key=True,
            )

    def check_question(self) -> None:
        """Note a question that would be more than a note: it is no error."""
        if self.data.get("question") is not True:
            return
        for key in ("severity", _SEVERITY_WHEN):
            if self.data.get(key, "note") != "note":
                self.fault(
                    (key,),
                    'a question is no error: with question = true the severity is "note", and '
                    "nothing else is stated",
                    "question = true の規則は誤りの指摘ではありません。severity は note とし、"
                    "severity_when は書かないでください",
                    of_key=True,
                )

    def formulas(self) -> Iterator[tuple[KeyPath, str]]:
        """The formulas that can be parsed, each with its key."""
        if self.data.get("each") not in (*EACH, FIGURE):
            return
        for key in ("formula", "when", "shows", "passes"):
            if (formula := self.data.get(key)) and isinstance(formula, str):
                yield (key,), formula
        stated: object = self.data.get(_SEVERITY_WHEN)
        if isinstance(stated, Mapping):
            for severity, formula in cast("Mapping[str, object]", stated).items():
                if isinstance(formula, str):
                    yield (_SEVERITY_WHEN, severity), formula

    def tree(self, key: KeyPath, formula: str) -> Node | None:
        try:
            return parse(formula, self.words, self.data["each"])
        except FormulaError as first:
            # A name that stands there often is one fault.
            errors = {error.message: error for error in reversed((first, *first.others))}
            for fault in reversed(errors.values()):
                message = fault.message
                within = place_in_formula(self.table, key, fault.formula, fault.column, fault.size)
                self.fault(key, message.en, message.ja, within=within, column=fault.column)
            return None

    def check_needs(self) -> None:
        """Note names that no form has."""
        needs: object = self.data.get("needs")
        if not isinstance(needs, list | tuple):
            return
        names = {*OTHER_BOOKS}.union(*(scope.names for scope in self.vocabulary.scopes.values()))
        for number, name in enumerate(cast("Sequence[object]", needs)):
            if isinstance(name, str) and name not in names:
                hint_en, hint_ja = hint(nearest_name(name, sorted(names)))
                self.fault(
                    ("needs", number),
                    f"no form has {harmless(name)}{hint_en}",
                    f"{harmless(name)} という項目は、どの様式にもありません{hint_ja}",
                )


_WORD: Final = re.compile(r"""[\w.]+|"[^"\n]*"|'[^'\n]*'|.""")


def place_in_formula(
    table: Table, key: KeyPath, formula: str, column: int, size: int | None = None
) -> tuple[int, int] | None:
    """Where a part of a formula stands in its file: so many characters from a column, or the word
    there. None where the formula is written otherwise.
    """
    from auditor.toml.written import characters  # few formulas are faulty

    spot = table.file.places.values.get((*table.path, *key))
    if spot is None:
        return None
    written = list(characters(table.file.text, spot))
    # White space counts as one blank in a formula.
    words: list[tuple[str, int, int]] = []
    for character, start, end in written:
        if not character.isspace():
            words.append((character, start, end))
        elif words and words[-1][0] != " ":
            words.append((" ", start, end))
    if words and words[-1][0] == " ":
        words.pop()
    text = "".join(character for character, _, _ in words)
    if text != formula:
        return None
    at = min(column - 1, len(words))
    if at == len(words):  # it ends too early
        return (words[-1][2], words[-1][2] + 1) if words else (spot[0], spot[0] + 1)
    if size is None:
        word = _WORD.match(text, at)
        size = len(word[0]) if word else 1
    last = min(at + max(size, 1), len(words)) - 1
    return words[at][1], words[last][2]


def rule(
    definition: str | Mapping[str, Any],
    *,
    settle: Callable[[Tables], Settled] | None = None,
    names: Callable[[Form], Names] | Names = MappingProxyType({}),
    agreed: Iterable[Node] = (),
) -> Callable[[Check], Check]:
    """Mark a function as a rule; ``definition`` is the TOML that a rule file would hold, or the
    same as a dict. In a rule file, that is all; elsewhere, ``auditor.load_rules`` and
    ``auditor.audit`` take the function.

    ``settle`` tells the outcomes of which columns are sure, in tables that have the columns of
    ``names`` (by the kind of row); ``agreed`` are expressions of which the rule asks what the rows
    of a group agree on. See ``InColumns``.
    """

    # Written as @auditor.rule alone, it is given the function.
    if not isinstance(cast(object, definition), str | Mapping):
        raise AuditorError(
            '@auditor.rule takes the text of the rule: @auditor.rule("""…""")',
            "@auditor.rule には、規則の内容（TOML）を文字列で渡してください",
        )

    def mark(check: Check) -> Check:
        cast(Any, check).rule_definition = definition
        if settle is not None:
            cast(Any, check).rule_in_columns = InColumns(settle, names, tuple(agreed))
        return check

    return mark


def rule_files(path: str | Path, *, empty: bool = False) -> list[Path]:
    """The rule files of a path: itself, or all in the folder and below it; raises RuleError where
    there are none (unless ``empty``).
    """
    root = Path(path)
    # An empty name would stand for the working folder, and run every file in it.
    if not str(path) or not root.exists():
        raise RuleError(
            str(path),
            "-",
            Text(
                en="there is no such file or folder", ja="ファイルまたはフォルダーが見つかりません"
            ),
        )
    if root.is_file():
        return [root]
    files = [file for file in files_below(root, (".toml", ".py")) if not _is_no_rule(file, root)]
    if not files and not empty:
        raise no_rule(path)
    return files


def no_rule(path: str | Path) -> RuleError:
    """That there is no rule in a file or folder."""
    reason = Text(en="holds no rule", ja="規則がありません")
    if str(path).endswith(".py"):
        reason = Text(
            en='holds no rule: no function is marked with @auditor.rule("""…""")',
            ja="規則がありません（@auditor.rule(…) を付けた関数がありません）",
        )
    return RuleError(str(path), "-", reason)


def load_rules(path: str | Path, vocabulary: Vocabulary) -> RuleSet:
    """The rules of a file, or of a folder and all below it; raises RuleError with file, key and
    column.
    """
    rules: list[Rule] = []
    for file in rule_files(path):
        rules += load_rule_file(file, vocabulary)
    if not rules:
        raise no_rule(path)
    return RuleSet(rules)


_NO_RULES: Final = ("__init__.py", "pyproject.toml", "auditor.toml")


def _is_no_rule(path: Path, root: Path) -> bool:
    inner = path.relative_to(root).parts
    return path.name in _NO_RULES or any(
        part.startswith((".", "__")) or part == "forms" for part in inner[:-1]
    )


def is_form(content: Mapping[str, Any]) -> bool:
    """Whether a file is that of a form, by its keys."""
    return "code" not in content and bool({"columns", "fields", "detect", "units"} & set(content))


def load_rule_file(path: Path, vocabulary: Vocabulary) -> list[Rule]:
    """The rules of one file; none where a Python file defines none. Raises RuleError with file,
    key and column.
    """
    if path.suffix == ".py":
        module = _module(path)
        checks = [
            cast(Check, value)
            for value in vars(module).values()
            if callable(value) and hasattr(value, "rule_definition")
        ]
        return _rules_of_checks(path, checks, vocabulary)
    data = bytes_of(path, *_KIND)
    if not isinstance(data, bytes):
        raise RuleError(str(path), "-", Text(en=data[0], ja=data[1]))
    file = _parsed(path, lambda: parsed(data))
    if is_form(file.content):
        reason = Text(
            en="this is a form, not a rule; --plugin takes both",
            ja="規則ではなく様式のファイルです（--plugin にはどちらも指定できます）",
        )
        raise RuleError(str(path), "-", reason)
    if not file.content:
        raise RuleError(str(path), "-", Text(en="the file is empty", ja="ファイルが空です"))
    item = build_rule(file.content, str(path), vocabulary, table=file.whole)
    return [replace(item, path=str(path))]


_KIND: Final = ("rule file", "規則ファイル")


def _rules_of_checks(path: Path, checks: Iterable[Check], vocabulary: Vocabulary) -> list[Rule]:
    """The rules of the functions in a Python file."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    lines: Lines | None = None
    for check in checks:
        try:
            rules.append(rule_of_function(path, check, vocabulary))
        except RuleError as error:
            faults += error.faults
            lines = lines or error.lines
    if faults:
        raise RuleError.with_faults(str(path), faults, lines)
    return rules


def rule_of_function(path: Path, check: Check, vocabulary: Vocabulary) -> Rule:
    """The rule of a function in a Python file. Raises RuleError."""
    _check_function(path, check)
    definition: str | Mapping[str, Any] = cast(Any, check).rule_definition
    if isinstance(definition, str):
        file = _parsed(path, partial(within, path, definition))
        item = build_rule(file.content, str(path), vocabulary, check, file.whole)
    else:
        item = build_rule(with_defaults(definition), str(path), vocabulary, check)
    return replace(item, path=str(path))


def with_defaults(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a rule that has at least a code and a title, with what it leaves out: its
    name, an error as its severity, its texts. A text may be one for both languages.
    """
    data: dict[str, Any] = {
        "name": str(stated.get("code", "")).lower(),
        "severity": "error",
        "since": "",
        "action": _ACTION,
        **stated,
    }
    if "title" in data:
        data.setdefault("why", data["title"])
    for key in ("title", "why", "action"):
        text = data.get(key)
        if isinstance(text, str):
            data[key] = {"en": text, "ja": text}
    marks = data.get("equivalent")
    if isinstance(marks, list | tuple):
        data["equivalent"] = [_with_both(mark) for mark in cast("Sequence[object]", marks)]
    return data


def _with_both(mark: object) -> object:
    """A mark whose reason is one text, with it for both languages."""
    if not isinstance(mark, Mapping):
        return mark
    stated = cast("Mapping[str, object]", mark)
    reason = stated.get("reason")
    return {**stated, "reason": {"en": reason, "ja": reason}} if isinstance(reason, str) else stated


_ACTION: Final = {
    "en": "Check the figures, and correct the wrong one.",
    "ja": "数値を確認し、誤りを訂正してください。",
}


def _check_function(path: Path, check: Check) -> None:
    """Raises RuleError where a rule's function can't be called with a row, or yields."""
    name = getattr(check, "__name__", "-")
    if not _takes_a_row(check):
        reason = Text(
            en=f"the function takes the row alone: def {name}(row)",
            ja=f"関数 {name} の引数は、行（row）1つだけにしてください",
        )
    elif inspect.isgeneratorfunction(check) or inspect.iscoroutinefunction(check):
        reason = Text(
            en="the function gives one verdict by return, without yield and async",
            ja=f"関数 {name} は、判定を1つ return で返してください（yield・async は使えません）",
        )
    else:
        return
    from auditor.rules.python_files import fault_of_function

    raise fault_of_function(path, name, reason)


def _takes_a_row(check: Check) -> bool:
    try:
        inspect.signature(check).bind(None)
    except TypeError:
        return False
    except ValueError:  # it does not tell
        return True
    return True


def within(path: Path, definition: str) -> TomlFile:
    """The text of a rule that stands in a Python file."""
    try:
        around = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        around = ""
    start = around.find(definition)
    if start < 0:  # it is put together, or has escapes
        return parsed_text(definition, around="")
    return parsed_text(definition, around=around, start=start)


def _parsed(path: Path, read: Callable[[], TomlFile]) -> TomlFile:
    try:
        return read()
    except Unparsable as why:
        raise RuleError.with_faults(str(path), [why.fault], Lines(why.text)) from None


def _module(path: Path) -> ModuleType:
    name = f"_auditor_rule_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    # Whatever a rule author's file does on import is that file's fault, and is reported as such.
    except BaseException as fault:
        from auditor.records.foreign import is_interrupt
        from auditor.rules.python_files import fault_of_code

        del sys.modules[name]
        if is_interrupt(fault):
            raise
        raise fault_of_code(path, fault) from fault
    return module
