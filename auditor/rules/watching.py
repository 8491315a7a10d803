"""What a rule in Python looks at: rows that note which of their values are asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

from auditor.formula.values import Value
from auditor.records.figures import Figure
from auditor.rules.rows import Row

__all__ = ["Reads"]


class Reads:
    """The names that are asked of rows while it listens, each once, in their order.

    Its rows are a book's own, of whose values it takes the place: nobody else may judge them
    meanwhile.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._names: dict[int, dict[str, None]] = {}
        self._is_listening = False
        for row in rows:
            row.values = _WatchedValues(row.values, self, id(row))
            row.__class__ = _WatchedRow

    @contextmanager
    def listening(self) -> Generator[None]:
        """Note what is asked for meanwhile."""
        self._is_listening = True
        try:
            yield
        finally:
            self._is_listening = False

    def note(self, row: int, name: object) -> None:
        """Note that a row was asked for a name."""
        if self._is_listening and isinstance(name, str):
            self._names.setdefault(row, {}).setdefault(name)

    def forget(self) -> None:
        """Forget what was asked for, before another rule asks."""
        self._names.clear()

    def of(self, row: Row) -> tuple[str, ...]:
        """The names that a row was asked for by now."""
        return tuple(self._names.get(id(row), ()))


class _WatchedValues(dict[str, Value]):
    """The values of a row, which tell what is asked for."""

    def __init__(self, values: dict[str, Value], reads: Reads, row: int) -> None:
        super().__init__(values)
        self._reads, self._row = reads, row

    def __getitem__(self, name: str) -> Value:
        self._reads.note(self._row, name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None, /) -> Any:
        self._reads.note(self._row, name)
        return super().get(name, default)

    def note(self, name: str) -> None:
        """Note that the figure behind a name was asked for."""
        self._reads.note(self._row, name)


class _WatchedRow(Row):
    """A row that tells which figures are asked for."""

    __slots__ = ()

    def figure(self, name: str) -> Figure | None:
        if isinstance(self.values, _WatchedValues):
            self.values.note(name)
        return super().figure(name)


# A rule's author knows the class by this name, and reads it in what Python says of a slip.
_WatchedRow.__name__ = _WatchedRow.__qualname__ = Row.__name__
