"""Labels of forms: texts as they are printed, one or several."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

__all__ = ["Labels", "as_tuple"]


def as_tuple(value: Any) -> Any:
    """One text as several of which there is one; anything else as it is."""
    return (value,) if isinstance(value, str) else value


Labels = Annotated[
    tuple[str, ...], BeforeValidator(as_tuple, json_schema_input_type=str | tuple[str, ...])
]
"""Texts as they are printed; a file may give one text alone."""
