"""A form, as one process tells it another: document after document has the same one."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from auditor.forms.model import Form

__all__ = ["as_told", "form_told"]

_MOST: Final = 16
_TOLD: Final[dict[int, tuple[Form, str]]] = {}
"""The forms that were told. They are kept, so that no other has their number."""


def as_told(form: Form) -> str:
    """A form as JSON."""
    entry = _TOLD.get(id(form))
    if entry is None or entry[0] is not form:
        if len(_TOLD) >= _MOST:
            _TOLD.clear()
        entry = _TOLD[id(form)] = form, form.model_dump_json(by_alias=True)
    return entry[1]


@lru_cache(maxsize=8)
def form_told(text: str) -> Form:
    """The form that JSON says; its patterns take longer to check than many a document to read."""
    return Form.model_validate_json(text)
