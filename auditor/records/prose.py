"""The texts of a sheet that hold sentences."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.records.model import Sheet
from auditor.records.sentences import EVALUATION_SECTIONS, SHEET_SECTIONS

__all__ = ["has_prose", "texts_of"]


def texts_of(sheet: Sheet) -> Iterator[str]:
    """The texts of a sheet and of its evaluations in which anything is printed."""
    texts = [str(getattr(sheet, name)) for name in SHEET_SECTIONS]
    for evaluation in sheet.evaluations.values():
        texts += [str(getattr(evaluation, name)) for name in EVALUATION_SECTIONS]
    return filter(None, texts)


def has_prose(sheet: Sheet) -> bool:
    """Whether any such text is printed."""
    return any(True for _ in texts_of(sheet))
