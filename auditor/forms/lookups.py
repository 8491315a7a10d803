"""Checks that the tables in which forms look rows up are there.

They have the names, too, that rows are said to have in common.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from auditor.forms.model import Form, FormError
from auditor.records.fields import SCOPES, Each
from auditor.records.text import Text

__all__ = ["check_lookups"]


def check_lookups(form: Form, forms: Mapping[str, Form]) -> None:
    """Raises FormError for the first table or name of a form's ``[lookups]`` that there is not."""
    for name, lookup in form.lookups.items():
        there = forms.get(lookup.form)
        if there is None:
            raise _unknown(form, f"lookups.{name}.form", lookup.form, sorted(forms))
        for here, other in lookup.on.items():
            for side, of in ((here, form), (other, there)):
                names = _names(of)
                if side not in names:
                    raise _unknown(form, f"lookups.{name}.on", side, names)


def _names(form: Form) -> list[str]:
    """What formulas can name on a row of a form's table: numbers, texts and figures."""
    names = _of_scope(form, form.row_scope)
    if form.row_scope == "year":
        names += [f"sheet.{name}" for name in _of_scope(form, "sheet")]
    return names


def _of_scope(form: Form, each: Each) -> list[str]:
    words = SCOPES[each].names("number", "text")
    return [*words, *(name for name in form.definitions[each])]


def _unknown(form: Form, key: str, word: str, options: list[str]) -> FormError:
    nearest = difflib.get_close_matches(word, options, n=1, cutoff=0.5)
    en, ja = f"there is no {word}", f"{word} はありません"
    if nearest:
        en, ja = f"{en}; did you mean {nearest[0]}?", f"{ja}。{nearest[0]} のことですか"
    return FormError(form.name, key, Text(en=en, ja=ja))
