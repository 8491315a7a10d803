"""All that is wrong with the file of a form.

What its keys have in common is checked where each of them is what it should be. Of a form with
wrong values, the rest is checked without those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import ValidationError

from auditor.forms.checks import faults_of_file
from auditor.forms.model import AS_WRITTEN, Form
from auditor.toml.faults import Fault, WrongValue
from auditor.toml.models import refused

if TYPE_CHECKING:
    from auditor.toml.places import KeyPath
    from auditor.toml.reading import Table

__all__ = ["faults_of_values"]

_STAND_INS: Final[Mapping[str, Any]] = {
    "name": "form",
    "title": {"en": "-", "ja": "-"},
    "unit": "",
    "units": {},
    "fields": {},
}
"""Values for the keys that every form has."""


def faults_of_values(error: ValidationError, table: Table) -> list[Fault]:
    """All faults of a form's file that has wrong values: those, and what is wrong with the rest."""
    values = refused(error, Form, table)
    paths = [_repaired(value.key) for value in values]
    # A misspelt key is not missing.
    paths += [(*value.key[:-1], value.meant) for value in values if value.meant is not None]
    faults = [value.at(table) for value in values]
    for fault in _of_rest(_without(table.content, paths)):
        if not any(_overlap(key, path) for key, path in product(fault.rests_on, paths)):
            faults.append(table.fault(fault.key, fault.en, fault.ja, of_key=fault.of_key))
    return faults


def _of_rest(content: Mapping[str, Any]) -> list[WrongValue]:
    """What is wrong with the rest of a form, where that can be told."""
    try:
        return faults_of_file(Form.model_validate(content, context=AS_WRITTEN))
    except ValidationError:
        return []


def _repaired(key: KeyPath) -> KeyPath:
    """What is taken out because of a fault: a key, or the whole list that it is in."""
    for length, part in enumerate(key):
        if isinstance(part, int):
            return key[:length]
    # Nothing can stand for a part of a text in two languages.
    return key[:1] if key[:1] == ("title",) else key


def _without(content: Mapping[str, Any], paths: Iterable[KeyPath]) -> Mapping[str, Any]:
    """The content of a form without some keys, and with all that every form has."""
    rest = _copied(content)
    for path in paths:
        here: object = rest
        for part in path[:-1]:
            here = cast("dict[object, object]", here).get(part) if isinstance(here, dict) else None
        if isinstance(here, dict):
            cast("dict[object, object]", here).pop(path[-1], None)
    return {**_STAND_INS, **cast("dict[str, Any]", rest)}


def _copied(item: object) -> object:
    if isinstance(item, Mapping):
        table = cast("Mapping[object, object]", item)
        return {name: _copied(value) for name, value in table.items()}
    return item


def _overlap(key: KeyPath, path: KeyPath) -> bool:
    """Whether one of two paths leads to the other."""
    length = min(len(key), len(path))
    return key[:length] == path[:length]
