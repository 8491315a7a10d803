"""The name that was meant by one that there is not, and the words that ask whether it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["hint", "nearest_name", "nearest_text"]

_NEAR: Final = 0.75
_ALIKE: Final = 0.6
"""Labels are alike where three in five characters are the same: 釧路市民の人口, 市民の人口."""


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The name that was meant, where that is plain: the same but for hyphens, capitals or an
    ending, or a letter or two beside it.
    """
    import difflib  # few files are faulty

    words = list(names)
    plain = name.strip().lower().replace("-", "_")
    if plain in words:
        return plain
    if len(plain) >= 4:
        longer = [word for word in words if word.startswith(plain)]
        if len(longer) == 1:
            return longer[0]
    matches = difflib.get_close_matches(plain[:60], words, n=1, cutoff=_NEAR)
    return matches[0] if matches else None


def nearest_text(label: str, texts: Iterable[str]) -> str | None:
    """The text of a document that looks most like a label that it does not have; None where none
    looks like it. Both are as labels are compared.
    """
    import difflib  # few documents lack labels

    matches = difflib.get_close_matches(label, texts, n=1, cutoff=_ALIKE)
    return matches[0] if matches else None


def hint(near: str | None) -> tuple[str, str]:
    """The end of a message that asks whether a name was meant, in English and Japanese; nothing
    where there is none.
    """
    return ("", "") if near is None else (f"; did you mean {near}?", f"。{near} のことですか")
