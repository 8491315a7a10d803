"""Checks that the tables in which forms look rows up are there.

They have the names, too, that rows are said to have in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from auditor.forms.model import Form, FormError
from auditor.records.fields import SCOPES, Each
from auditor.records.nearest import hint, nearest_name
from auditor.records.text import Text
from auditor.toml.faults import WrongValue
from auditor.toml.reading import bytes_of, parsed

__all__ = ["check_lookups"]


def check_lookups(form: Form, forms: Mapping[str, Form], path: Path) -> None:
    """Raises FormError for all tables and names of a form's ``[lookups]`` that there are not;
    ``path`` is the form's file.
    """
    wrong = list(_faults(form, forms))
    if not wrong:
        return
    # Where they stand is looked for only where something is wrong.
    data = bytes_of(path, "form file", "様式ファイル")
    if not isinstance(data, bytes):
        raise FormError(str(path), "lookups", Text(en=wrong[0].en, ja=wrong[0].ja))
    file = parsed(data)
    faults = [
        file.whole.fault(fault.key, fault.en, fault.ja, of_key=fault.of_key) for fault in wrong
    ]
    raise FormError.with_faults(str(path), faults, file.lines)


def _faults(form: Form, forms: Mapping[str, Form]) -> Iterator[WrongValue]:
    for name, lookup in form.lookups.items():
        there = forms.get(lookup.form)
        if there is None:
            yield _unknown(lookup.form, sorted(forms), ("lookups", name, "form"))
        for here, other in lookup.on.items():
            key = ("lookups", name, "on", here)
            if here not in (names := _names(form)):
                yield _unknown(here, names, key, of_key=True)
            if there is not None and other not in (names := _names(there)):
                yield _unknown(other, names, key)


def _names(form: Form) -> list[str]:
    """What formulas can name on a row of a form's table: numbers, texts and figures."""
    names = _of_scope(form, form.row_scope)
    if form.row_scope == "year":
        names += [f"sheet.{name}" for name in _of_scope(form, "sheet")]
    return names


def _of_scope(form: Form, each: Each) -> list[str]:
    words = SCOPES[each].names("number", "text")
    return [*words, *(name for name in form.definitions[each])]


def _unknown(
    word: str, options: Sequence[str], key: Sequence[str], *, of_key: bool = False
) -> WrongValue:
    hint_en, hint_ja = hint(nearest_name(word, options))
    en, ja = f"there is no {word}{hint_en}", f"{word} はありません{hint_ja}"
    return WrongValue(en, ja, key, of_key=of_key)
