"""How two records came to be a pair, apart from the pairing, which only a comparison loads."""

from __future__ import annotations

from typing import Literal

__all__ = ["How"]

How = Literal["name", "spelling", "columns", "given"]
"""What made a pair: the names, names spelt alike, figures that both print, or the user."""
