"""Rows of two books held together, for Python rules.

Whether both print the same, and what the sheet itself says of a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from auditor.forms.words import squeezed
from auditor.formula.judge import compare
from auditor.formula.values import BLANK
from auditor.records.figures import Answer, Figure
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.rows import Row

__all__ = ["amounts_of", "printed_apart", "reason_on", "same_print"]

_REASONS: Final = re.compile(
    "繰越|繰り越|組替|組み替え|統合|分割|移管|再編|改称|名称変更|名称を変更|錯誤|訂正|修正後"
)
"""What a sheet says where its figures lawfully differ from those of last year's book."""
_SENTENCE: Final = re.compile(r"[^。\n]+")
_ITEMS: Final = "・●○◎〇■□◆◇▲△※＊→（【〈＜①-⑳０-９"
_HALF_WIDTH_ITEMS: Final = "*(<0-9-"
_WRAPPED: Final = re.compile(rf"(?<=[^\s。])\n[ 　]*(?=[^\s{_ITEMS}{_HALF_WIDTH_ITEMS}])")
"""The end of a line behind which the same sentence goes on: no item begins there."""
_LONGEST: Final = 60
_BEFORE: Final = 20
"""How much of a long sentence is quoted before the word that tells the reason."""


def amounts_of(row: Row) -> list[str]:
    """The figures that the form prints in a column, without its year and kind."""
    return [name for name in row.values if row.definition(name) is not None]


def same_print(row: Row, other: Row, name: str) -> bool | None:
    """Whether two rows print the same figure under a name; None where nobody knows.

    Figures of one unit are the same by their digits, whatever their rounding. A blank is 0. Figures
    of two units are the same where one value could be printed as both.
    """
    here, there = row.figure(name), other.figure(name)
    if here is None or there is None or "unread" in (here.state, there.state):
        return None
    if "text" in (here.state, there.state):
        return True if squeezed(here.shown()) == squeezed(there.shown()) else None
    if here.unit == there.unit or not _number(here) or not _number(there):
        return _number(here) == _number(there)
    answer = compare("==", row.values.get(name, BLANK), other.values.get(name, BLANK))
    return None if answer is Answer.UNKNOWN else answer is not Answer.NO


def _number(figure: Figure) -> object:
    return figure.value or 0


def printed_apart(row: Row, other: Row, names: list[str]) -> str:
    """The figures that two rows print under some names, beside each other: ``103 ≠ 130``."""
    pairs = ((row.figure(name), other.figure(name)) for name in names)
    return " · ".join(f"{_shown(here)} ≠ {_shown(there)}" for here, there in pairs)


def _shown(figure: Figure | None) -> str:
    text = figure.shown() if figure is not None else ""
    return (
        f"{text}{figure.unit}" if figure is not None and figure.value is not None else text or "0"
    )


def reason_on(sheet: Sheet | None) -> Text | None:
    """A remark with the sentence of the sheet that may explain a finding (繰越, 組替え …); None
    without one.
    """
    sentence = next(_reasons(sheet), "") if sheet is not None else ""
    if not sentence:
        return None
    quoted = _excerpt(sentence)
    return Text(en=f' (the sheet says: "{quoted}")', ja=f"（シートの記載：「{quoted}」）")


def _excerpt(sentence: str) -> str:
    """A sentence, or the part of a long one that holds the reason."""
    match = _REASONS.search(sentence)
    if len(sentence) <= _LONGEST or match is None:
        return sentence
    begin = max(match.start() - _BEFORE, 0) if match.end() >= _LONGEST else 0
    part = sentence[begin : begin + _LONGEST - 1]
    rest = "…" if begin + len(part) < len(sentence) else ""
    return ("…" if begin else "") + part + rest


def _reasons(sheet: Sheet) -> Iterator[str]:
    texts = [sheet.achieved, sheet.planned, sheet.undivided, sheet.captions, sheet.purpose]
    for evaluation in sheet.evaluations.values():
        texts += [evaluation.issues, evaluation.direction]
    whole = (_WRAPPED.sub("", text) for text in texts)
    sentences = chain.from_iterable(map(_SENTENCE.findall, whole))
    return (part.strip() for part in sentences if _REASONS.search(part))
