"""Loads forms from files, and finds those whose words a text holds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from auditor.forms.model import Form, FormError
from auditor.forms.words import squeezed
from auditor.records.errors import AuditorError
from auditor.records.text import Text

__all__ = ["Near", "detect", "load_form", "nearest"]

_NEAR: Final = 0.5
"""From which share of its words on a form is near to a text."""


def load_form(path: Path) -> Form:
    """Read a form definition; raises FormError with file, key and reason."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        reason = Text(
            en=f"can't be read: {fault.strerror}",
            ja="ファイルを開けません（権限がないか、ほかの人が開いています）",
        )
        raise FormError(str(path), "-", reason) from None
    except UnicodeDecodeError:
        reason = Text(en="is not UTF-8", ja="UTF-8 ではありません")
        raise FormError(str(path), "-", reason) from None
    except tomllib.TOMLDecodeError as fault:
        reason = Text(en=f"is not TOML: {fault}", ja=f"TOML として読めません：{fault}")
        raise FormError(str(path), "-", reason) from None

    try:
        return Form.model_validate(data)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "-"
        refusal = first.get("ctx", {}).get("error")
        if isinstance(refusal, AuditorError):
            raise FormError(str(path), key, refusal.message) from None
        # The checks of a form give both languages, with a slash between; pydantic gives English.
        en, _, ja = first["msg"].removeprefix("Value error, ").partition(" / ")
        reason = Text(en=en, ja=ja or f"値が正しくありません（{en}）")
        raise FormError(str(path), key, reason) from None


class Near(NamedTuple):
    """A form that nearly fits a text, and its words that do not occur in it."""

    form: Form
    missing: tuple[str, ...]


def nearest(text: str, forms: Iterable[Form]) -> Near | None:
    """The form of whose words most occur in a text that no form fits; None where none has half of
    them there.
    """
    body = squeezed(text)
    best: tuple[float, Near] | None = None
    for form in forms:
        for words in (form.detect, form.kpi.detect if form.kpi is not None else ()):
            missing = tuple(word for word in words if squeezed(word) not in body)
            share = 1 - len(missing) / len(words) if words else 0.0
            if share >= _NEAR and (best is None or share > best[0]):
                best = share, Near(form, missing)
    return best[1] if best else None


def detect(body: str, forms: Iterable[Form]) -> tuple[Form, ...]:
    """The forms that fit a document's text, which is squeezed: all words of the sheet, or all
    words of the KPI table, occur in it.
    """

    def fits(words: tuple[str, ...]) -> bool:
        return bool(words) and all(squeezed(word) in body for word in words)

    return tuple(
        form
        for form in forms
        if fits(form.detect) or (form.kpi is not None and fits(form.kpi.detect))
    )
