"""Mappings of records, which never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator

__all__ = ["Frozen", "FrozenDict"]

K = TypeVar("K")


V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dict that refuses every change."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("records never change; build a new one with model_copy(update=…)")

    if not TYPE_CHECKING:
        __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenDict, (dict(self),))

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


Frozen = Annotated[Mapping[K, V], AfterValidator(FrozenDict)]
"""A mapping field that is copied on the way in and can't be changed afterwards."""
