"""How the labels of a form are matched: as texts without white space, in one width."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["squeezed"]


def squeezed(text: str) -> str:
    """Text for matching labels only: NFKC, without white space. Figures are never read from it."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
