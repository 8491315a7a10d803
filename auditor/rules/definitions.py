"""Where a loaded rule is written: its file is read again where something of it turns out wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from auditor.records.text import Text
from auditor.rules.rule import Rule, RuleError

if TYPE_CHECKING:
    from auditor.toml.places import KeyPath
    from auditor.toml.reading import Table

__all__ = ["definition_of", "fault_of_rule"]


def definition_of(rule: Rule) -> Table | None:
    """The table of a rule in its file; None where that can't be read any more, or there is none."""
    from auditor.rules.loading import within
    from auditor.toml.reading import Table, Unparsable, bytes_of, parsed

    if not rule.path:
        return None
    path = Path(rule.path)
    try:
        if rule.check is not None:
            definition: object = cast(Any, rule.check).rule_definition
            return within(path, definition).whole if isinstance(definition, str) else None
        data = bytes_of(path, "rule file", "規則ファイル")
        file = parsed(data) if isinstance(data, bytes) else None
    except Unparsable:
        return None
    if file is None:
        return None
    if file.content.get("code") == rule.code:
        return file.whole
    listed: list[dict[str, Any]] = file.content.get("rules", [])  # those of a form
    for number, item in enumerate(listed):
        if item.get("code") == rule.code:
            return Table(file, ("rules", number), item)
    return None


def fault_of_rule(rule: Rule, key: KeyPath, reason: Text) -> RuleError:
    """What is wrong with a key of a rule that was loaded, at its place in the file."""
    table = definition_of(rule)
    if table is None:
        return RuleError(rule.source, ".".join(map(str, key)), reason)
    fault = table.fault(key, reason.en, reason.ja)
    return RuleError.with_faults(rule.path, [fault], table.file.lines)
