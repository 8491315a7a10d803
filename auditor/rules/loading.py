"""Rules from files: TOML with a formula, or a Python file whose function carries the same TOML."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from auditor.forms.model import EVERY_FORM, RESULT_SHEETS, Form
from auditor.formula.parse import FormulaError, parse
from auditor.formula.tree import Node, Vocabulary
from auditor.records.text import Text
from auditor.rules.rule import InColumns, Names, Rule, RuleError, RuleFile
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import Check

if TYPE_CHECKING:  # data frames are loaded only where tables are audited
    from auditor.engines.settling import Settled, Tables

__all__ = ["build_rule", "load_rule_file", "load_rules", "rule", "rule_files"]


def build_rule(
    data: Mapping[str, Any], source: str, vocabulary: Vocabulary, check: Check | None = None
) -> Rule:
    """A rule from the content of its file; raises RuleError with file, key and column."""
    try:
        file = RuleFile.model_validate(dict(data))
    except ValidationError as fault:
        first = fault.errors()[0]
        # Names in brackets are pydantic's own, of the alternatives that a key has.
        parts = [part for part in map(str, first["loc"]) if "[" not in part]
        key = ".".join(parts) or "-"
        en, _, ja = first["msg"].removeprefix("Value error, ").partition(" / ")
        raise RuleError(
            source, key, Text(en=en, ja=ja or f"値が正しくありません（{en}）")
        ) from None
    if file.each == "reading":
        return Rule(file, source, (EVERY_FORM,))
    if not file.formula and check is None:
        raise RuleError(
            source, "formula", Text(en="a rule needs a formula", ja="数式（formula）がありません")
        )
    if file.passes and check is None:
        raise RuleError(
            source,
            "passes",
            Text(
                en="is for rules in Python; here the formula says which rows pass",
                ja="passes は Python の規則だけに書けます。数式の規則では formula で判定します",
            ),
        )

    def tree(key: str, formula: str) -> Node:
        try:
            return parse(formula, vocabulary, file.each)
        except FormulaError as fault:
            raise RuleError(source, key, fault.message, fault.column) from None

    return Rule(
        file,
        source,
        file.forms or (RESULT_SHEETS,),
        tree=tree("formula", file.formula) if file.formula else None,
        when=tree("when", file.when) if file.when else None,
        shows=tree("shows", file.shows) if file.shows else None,
        severities=tuple(
            (severity, tree(f"severity_when.{severity}", formula))
            for severity, formula in file.severity_when.items()
        ),
        check=check,
        passes=tree("passes", file.passes) if file.passes else None,
        in_columns=getattr(check, "rule_in_columns", None),
    )


def rule(
    definition: str,
    *,
    settle: Callable[[Tables], Settled] | None = None,
    names: Callable[[Form], Names] | Names = MappingProxyType({}),
    agreed: Iterable[Node] = (),
) -> Callable[[Check], Check]:
    """Mark a function of a Python rule file as a rule; ``definition`` is the TOML that a rule
    file would hold.

    ``settle`` tells the outcomes of which columns are sure, in tables that have the columns of
    ``names`` (by the kind of row); ``agreed`` are expressions of which the rule asks what the rows
    of a group agree on. See ``InColumns``.
    """

    def mark(check: Check) -> Check:
        cast(Any, check).rule_definition = definition
        if settle is not None:
            needed = names if callable(names) else lambda form: names
            cast(Any, check).rule_in_columns = InColumns(settle, needed, tuple(agreed))
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
    files = sorted(
        p for p in root.rglob("*") if p.suffix in (".toml", ".py") and not _is_no_rule(p, root)
    )
    if not files and not empty:
        raise RuleError(str(path), "-", Text(en="holds no rule", ja="規則がありません"))
    return files


def load_rules(path: str | Path, vocabulary: Vocabulary) -> RuleSet:
    """The rules of a file, or of a folder and all below it; raises RuleError with file, key and
    column.
    """
    rules: list[Rule] = []
    for file in rule_files(path):
        rules += load_rule_file(file, vocabulary)
    if not rules:
        raise RuleError(str(path), "-", Text(en="holds no rule", ja="規則がありません"))
    return RuleSet(rules)


def _is_no_rule(path: Path, root: Path) -> bool:
    inner = path.relative_to(root).parts
    return path.name == "__init__.py" or any(
        part.startswith((".", "__")) or part == "forms" for part in inner[:-1]
    )


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
        return [
            build_rule(
                _toml(cast(Any, check).rule_definition, str(path)), str(path), vocabulary, check
            )
            for check in checks
        ]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise RuleError(
            str(path),
            "-",
            Text(
                en=f"can't be read: {fault}",
                ja="ファイルを開けません（権限がないか、ほかの人が開いています）",
            ),
        ) from None
    return [build_rule(_toml(text, str(path)), str(path), vocabulary)]


def _toml(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise RuleError(
            source, "-", Text(en=f"is not TOML: {fault}", ja=f"TOML として読めません：{fault}")
        ) from None


def _module(path: Path) -> ModuleType:
    name = f"_auditor_rule_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    # Whatever a rule author's file does on import is that file's fault, and is reported as such.
    except KeyboardInterrupt:
        raise
    except BaseException as fault:
        del sys.modules[name]
        raise RuleError(
            str(path),
            "-",
            Text(en=f"fails on import: {fault!r}", ja=f"読み込み時に失敗しました：{fault!r}"),
        ) from fault
    return module
