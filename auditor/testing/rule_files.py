"""The rules of one file, as `auditor test-rules` and pytest run their cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.rules.rule import Rule

__all__ = ["line_of_case", "rules_in"]


def rules_in(file: Path, session: Session) -> list[Rule]:
    """The rules of a rule file, or those that stand in the file of a form of the session.

    Raises RuleError where the file can't be used, or as a plugin's could not.
    """
    from auditor.auditing.plugin_paths import is_form
    from auditor.rules.loading import load_rule_file
    from auditor.rules.rows import vocabulary

    if file.suffix == ".toml" and is_form(file):
        return _in_form(file, session)
    rules: list[Rule] = []
    for rule in load_rule_file(file, vocabulary(session.forms.values())):
        session.check_new(rule)
        rules.append(session.placed(rule))
    return rules


def _in_form(file: Path, session: Session) -> list[Rule]:
    path = file.resolve()
    for name, other in session.form_files.items():
        if other.resolve() == path:
            codes = [str(rule.get("code")) for rule in session.forms[name].rules]
            return [rule for rule in map(session.rules.get, codes) if rule is not None]
    return []


def line_of_case(file: Path, number: int) -> int | None:
    """The line on which a case of a TOML rule begins; the first case is 1. None where that is not
    plain.
    """
    from auditor.toml.faults import Lines
    from auditor.toml.reading import Unparsable, bytes_of, parsed

    data = bytes_of(file, "rule file", "規則ファイル")
    if file.suffix != ".toml" or not isinstance(data, bytes):
        return None
    try:
        toml = parsed(data)
    except Unparsable:
        return None
    spot = toml.places.of_value(("cases", number - 1))
    return None if spot is None else Lines(toml.text).at(spot[0])[0]
