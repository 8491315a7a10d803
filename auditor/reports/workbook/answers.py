"""What departments and the compiling section can answer, by the words of the drop-down lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from auditor.records.text import Text
from auditor.waivers.model import WaiverKind

__all__ = [
    "ANSWERS",
    "CONFIRMATIONS",
    "Answer",
    "Confirmation",
    "choices",
]

Answer = Literal["corrected", "as_printed", "checking"]
"""What a department answers: it corrected the figure, it stands as printed, or nobody knows yet."""

Confirmation = Literal["open", "accepted", "asked_again"]
"""What the compiling section makes of an answer."""

ANSWERS: Final[Mapping[Answer, Text]] = {
    "corrected": Text(en="corrected", ja="訂正した"),
    "as_printed": Text(en="stands as printed", ja="記載のとおり"),
    "checking": Text(en="being checked", ja="確認中"),
}
CONFIRMATIONS: Final[Mapping[Confirmation, Text]] = {
    "open": Text(en="open", ja="未確認"),
    "accepted": Text(en="accepted", ja="了承"),
    "asked_again": Text(en="asked again", ja="再照会"),
}

K = TypeVar("K", Answer, WaiverKind, Confirmation)


def choices(texts: Mapping[K, Text], lang: str) -> list[str]:
    """The entries of a drop-down list, in their order."""
    return [text.of(lang) for text in texts.values()]
