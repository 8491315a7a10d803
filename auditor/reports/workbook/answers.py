"""What departments and the compiling section can answer, by the words of the drop-down lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from auditor.records.text import Text

__all__ = [
    "ANSWERS",
    "CONFIRMATIONS",
    "REASONS",
    "Answer",
    "Confirmation",
    "ReasonKind",
    "choices",
]

Answer = Literal["corrected", "as_printed", "checking"]
"""What a department answers: it corrected the figure, it stands as printed, or nobody knows yet."""

ReasonKind = Literal["rounding", "form", "shared", "sources", "other"]
"""Why a figure stands as printed."""

Confirmation = Literal["open", "accepted", "asked_again"]
"""What the compiling section makes of an answer."""

ANSWERS: Final[Mapping[Answer, Text]] = {
    "corrected": Text(en="corrected", ja="訂正した"),
    "as_printed": Text(en="stands as printed", ja="記載のとおり"),
    "checking": Text(en="being checked", ja="確認中"),
}
REASONS: Final[Mapping[ReasonKind, Text]] = {
    "rounding": Text(en="adjusted rounding", ja="端数調整"),
    "form": Text(en="exception to the form", ja="様式の例外"),
    "shared": Text(en="several departments", ja="複数課共管"),
    "sources": Text(en="other date or source", ja="出典・基準日の相違"),
    "other": Text(en="other", ja="その他"),
}
CONFIRMATIONS: Final[Mapping[Confirmation, Text]] = {
    "open": Text(en="open", ja="未確認"),
    "accepted": Text(en="accepted", ja="了承"),
    "asked_again": Text(en="asked again", ja="再照会"),
}

K = TypeVar("K", Answer, ReasonKind, Confirmation)


def choices(texts: Mapping[K, Text], lang: str) -> list[str]:
    """The entries of a drop-down list, in their order."""
    return [text.of(lang) for text in texts.values()]
