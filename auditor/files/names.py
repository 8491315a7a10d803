"""File names that every system takes, made from names of documents."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["safe_name"]

# Names of devices on Windows, with or without a suffix.
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")

# File systems take 255 bytes; what is short of them is for a counter and a suffix.
_LONGEST_NAME: Final = 150


def safe_name(text: str, taken: set[str], otherwise: str, suffix: str = "") -> str:
    """A file name that every system takes, made from a name of a document.

    ``otherwise`` is the name where nothing is left of ``text``. ``suffix`` stands behind it, and
    is never cut. ``taken`` holds the names in use, folded, and gains this one.
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
    while unique.casefold() in taken:
        unique, number = f"{name}-{number}{suffix}", number + 1
    taken.add(unique.casefold())
    return unique
