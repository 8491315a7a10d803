"""Collects what was not checked.

The first entries of a kind are listed and the others are counted, however many a document has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final, Self

from auditor.records.model import NotChecked
from auditor.records.text import Why

__all__ = ["MOST_ALIKE", "Reasons", "counted", "number_of"]

MOST_ALIKE: Final = 20
"""How many entries of one kind are listed of what was not checked."""

_Kind = tuple[str | None, str | None, str]
"""The document, the rule and the code of an entry."""


class Reasons(list[NotChecked]):
    """Entries of what was not checked, of which at most ``MOST_ALIKE`` of a kind are held: those of
    one document, rule and code. ``counted`` gives them all, and says how many more there are.
    """

    def __init__(self, entries: Iterable[NotChecked] = ()) -> None:
        super().__init__()
        self._listed: Counter[_Kind] = Counter()
        self._more: Counter[_Kind] = Counter()
        self._worded: dict[_Kind, NotChecked] = {}
        self.extend(entries)

    def append(self, entry: NotChecked, /) -> None:
        """Take up an entry; one that counts others comes behind those that are listed."""
        kind = entry.document, entry.rule, entry.why.code
        if entry.more:
            self._more[kind] += entry.more
            self._worded[kind] = entry
        elif self._listed[kind] < MOST_ALIKE:
            self._listed[kind] += 1
            super().append(entry)
        else:
            self._more[kind] += 1

    def extend(self, entries: Iterable[NotChecked], /) -> None:
        """Take up some entries."""
        for entry in entries:
            self.append(entry)

    # ``+`` of lists gives a list, which the checker holds against this.
    def __iadd__(  # type: ignore[misc, override]
        self, entries: Iterable[NotChecked], /
    ) -> Self:
        self.extend(entries)
        return self

    def counted(self) -> tuple[NotChecked, ...]:
        """The entries, and behind them one for each kind of which there are more."""
        return (*self, *(self._others(kind, more) for kind, more in self._more.items()))

    def _others(self, kind: _Kind, more: int) -> NotChecked:
        """The entry for the others of a kind, in its own words where it came with such."""
        worded = self._worded.get(kind)
        return worded if worded is not None and worded.more == more else _more(kind, more)


def _more(kind: _Kind, more: int) -> NotChecked:
    document, rule, code = kind
    why = Why(
        code=code,
        en=f"{more:,} more of this kind ({code}), which are not listed",
        ja=f"同じ種類（{code}）のものが、ほかに{more:,}件あります",
    )
    return NotChecked(document=document, rule=rule, why=why, more=more)


def counted(entries: Iterable[NotChecked]) -> tuple[NotChecked, ...]:
    """The first entries of each document, rule and code, and behind all of them how many more
    there are.
    """
    return Reasons(entries).counted()


def number_of(entries: Iterable[NotChecked]) -> int:
    """How many things were not checked: those that are listed, and those that are counted."""
    return sum(entry.more or 1 for entry in entries)
