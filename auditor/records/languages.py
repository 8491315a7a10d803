"""The languages that the program speaks."""

from __future__ import annotations

from typing import Literal

__all__ = ["Lang"]

Lang = Literal["ja", "en"]
