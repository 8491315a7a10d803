"""Prose of consistent books: sentences, bullets and small tables that are written from figures, so
that all they say is true, with the figures and days that were written.
"""

from __future__ import annotations

from auditor.testing.prose.model import (
    DaySlot,
    NumberSlot,
    Passage,
    ProseOfSheet,
    WithProse,
    WordSlot,
)
from auditor.testing.prose.writing import ALL_WRITERS, with_prose, write_prose

__all__ = [
    "ALL_WRITERS",
    "DaySlot",
    "NumberSlot",
    "Passage",
    "ProseOfSheet",
    "WithProse",
    "WordSlot",
    "with_prose",
    "write_prose",
]
