"""What settings say of rules and forms, held against those that there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.readers.source import unknown_form
from auditor.rules.rule import RuleError

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.settings.loading import SettingsFile
    from auditor.toml.faults import Fault

__all__ = ["unknown_names"]


def unknown_names(session: Session, file: SettingsFile) -> Iterator[Fault]:
    """The names in the settings that the session does not have."""
    settings = file.settings
    forms = (*session.forms, *session.catalogue)
    if settings.form is not None and settings.form not in forms:
        why = unknown_form(settings.form, session.forms, session.catalogue)
        yield file.fault(("form",), why.en, why.ja)
    for key, names in (("select", settings.rules.select), ("ignore", settings.rules.ignore)):
        for number, name in enumerate(names):
            try:
                session.rules.codes(name)
            except RuleError as fault:
                message = fault.message
                yield file.fault(("rules", key, number), message.en, message.ja)
    codes: set[str] = set()
    for name, severity in settings.severities.items():
        path = ("severities", name)
        try:
            code = session.rules.with_severity(name, severity)[name].code
        except RuleError as fault:
            message = fault.message
            yield file.fault(path, message.en, message.ja, of_key=fault.key == "code")
            continue
        if code in codes:
            en, ja = f"{code} is there twice", f"{code} が重複しています"
            yield file.fault(path, en, ja, of_key=True)
        codes.add(code)
