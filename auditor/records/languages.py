"""The languages that the program speaks, and which one this machine's user reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Literal

__all__ = ["Lang", "language", "users_language"]

Lang = Literal["ja", "en"]


def language(environment: Mapping[str, str], windows_language: int | None = None) -> Lang:
    """The language of the locale: the environment's where it names one, else Windows' own.

    ``windows_language`` is a language identifier of Windows, whose low ten bits name the
    language.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "ja" if value.casefold().startswith("ja") else "en"
    return "ja" if windows_language is not None and windows_language & 0x3FF == 0x11 else "en"


def users_language() -> Lang:
    """The language of this machine's locale."""
    return language(os.environ, _windows_language())


def _windows_language() -> int | None:
    if sys.platform == "win32":
        import ctypes

        return int(ctypes.windll.kernel32.GetUserDefaultUILanguage())
    return None
