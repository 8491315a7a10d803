"""What is worked out of a form once, however many sheets it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from auditor.forms.model import Form

__all__ = ["OncePerForm"]

T = TypeVar("T")

_MOST: Final = 64


class OncePerForm(Generic[T]):
    """A function of a form that keeps its results. Forms are told apart by identity: to compare
    all that they state would take longer than most functions.
    """

    def __init__(self, compute: Callable[[Form], T]) -> None:
        self._compute = compute
        self._results: dict[int, tuple[Form, T]] = {}

    def __call__(self, form: Form) -> T:
        entry = self._results.get(id(form))
        if entry is None:
            if len(self._results) >= _MOST:
                self._results.clear()
            entry = self._results[id(form)] = (form, self._compute(form))
        return entry[1]
