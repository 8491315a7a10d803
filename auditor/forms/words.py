"""How the labels of a form are matched: as texts without white space, in one width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["squeezed"]


_LONGEST_LABEL = 200
"""Whole documents are not kept."""


def squeezed(text: str) -> str:
    """Text for matching labels only: NFKC, without white space. Figures are never read from it."""
    return _label(text) if len(text) <= _LONGEST_LABEL else _squeezed(text)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=32_768)  # a large book has names by the ten thousand
def _label(text: str) -> str:
    return _squeezed(text)
