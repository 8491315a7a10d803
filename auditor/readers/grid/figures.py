"""The figures in cells, with the notes that stand behind some of them."""

from __future__ import annotations

import re
from typing import Final

from auditor.forms.words import squeezed
from auditor.readers.grid.cells import Box
from auditor.records.figures import Figure, parse_figure

__all__ = ["figure_in"]

# ※, ※1, （※1）, 注1), *2, ※見込, and a remark in brackets that is no number: （R12年度までに）.
_DIGITS: Final = "[0-9０-９]{0,2}"
_NOTE: Final = re.compile(
    rf"\s*(?:[※＊*]\s*{_DIGITS}|※[^\W\d]{{1,10}}|[(（\[]\s*[※＊*]\s*{_DIGITS}\s*[)）\]]"
    rf"|[(（\[]?\s*注\s*{_DIGITS}\s*[)）\]]?"
    r"|[(（〔\[][^()（）〔〕\[\]]*[^\W\d_][^()（）〔〕\[\]]*[)）〕\]])\s*$"
)
# （百万円） is a unit, which changes what the number means, and （補正後8,000） is another number.
_UNIT: Final = re.compile(
    r"[(（〔\[]\s*[^0-9０-９]{0,6}(?:円|人|％|%|㎡|ha|km|件|回|時間|日)\s*[)）〕\]]\s*$"
)
_DATED: Final = re.compile(
    r"[※＊*注第RHSＲＨＳ]\s*[0-9０-９]{1,4}|[0-9０-９]{1,4}\s*[年月日期条項号番./／]"
)
_MOST: Final = 3
_RATIOS: Final = ("", "%", "倍", "ポイント")
_NO_NUMBER: Final = frozenset(("皆増", "皆減", "著増", "著減", "純増", "純減"))
"""What stands in the place of a ratio that can't be computed, as a dash does."""


def figure_in(box: Box, unit: str, units: tuple[str, ...]) -> Figure:
    """The figure of a cell, without the notes behind it; what it prints stays whole."""
    figure = box.cell.figure(unit, units)
    if figure.state != "text":
        return figure
    if squeezed(unit) in _RATIOS and squeezed(figure.printed).strip("()（）") in _NO_NUMBER:
        return figure.model_copy(update={"state": "dash"})
    text = figure.printed.strip()
    for _ in range(_MOST):
        note = _NOTE.search(text)
        if note is None or not text[: note.start()].strip() or _changes_meaning(note[0]):
            return figure
        text = text[: note.start()].strip()
        parsed = parse_figure(text, unit=unit, units=units)
        if parsed.state in ("number", "dash"):
            update = {"value": parsed.value, "state": parsed.state, "unit": parsed.unit}
            return figure.model_copy(update=update)
    return figure


def _changes_meaning(note: str) -> bool:
    """Whether what stands behind a number is its unit, or holds another number than a date's."""
    return bool(_UNIT.search(note)) or any(map(str.isdigit, _DATED.sub("", note)))
