"""What the first bytes of a file say of its kind."""

from __future__ import annotations

from typing import Final

__all__ = ["COMPOUND", "is_pdf"]

COMPOUND: Final = b"\xd0\xcf\x11\xe0"
"""Those of a compound file, as documents of the old Office are (.xls, .doc)."""


def is_pdf(data: bytes) -> bool:
    """Whether they are those of a PDF, before which other bytes may stand."""
    return b"%PDF-" in data[:1024]
