"""File names that every system takes, made from names of documents."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["loose_name", "safe_name"]

# Names of devices on Windows, with or without a suffix.
_RESERVED: Final = re.compile(
    r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?"
)

# File systems take 255 bytes; what is short of them is for a counter and a suffix.
_LONGEST_NAME: Final = 150


def loose_name(text: str) -> str:
    """A name as the least exact file system takes it: names that differ only in case, or in how
    Unicode writes a letter, are one there.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def safe_name(text: str, taken: set[str], otherwise: str, suffix: str = "") -> str:
    """A file name that every system takes, made from a name of a document.

    ``otherwise`` is the name where nothing is left of ``text``. ``suffix`` stands behind it, and
    is never cut. ``taken`` holds the names in use, as ``loose_name`` gives them, and gains this
    one.
    """
    safe = "".join(
        "_" if character in '/\\:*?"<>|' or not character.isprintable() else character
        for character in text.strip()
    )
    name = unicodedata.normalize("NFC", " ".join(safe.split())).strip(". ")
    while len(name.encode()) > _LONGEST_NAME:
        name = name[:-1]
    name = name.strip(". ") or otherwise
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    unique, number = name + suffix, 2
    while loose_name(unique) in taken:
        unique, number = f"{name}-{number}{suffix}", number + 1
    taken.add(loose_name(unique))
    return unique
