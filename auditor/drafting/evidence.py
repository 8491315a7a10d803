"""How sure a relation is, and the sentence that says why."""

from __future__ import annotations

from typing import Final

from auditor.drafting.counting import Count, holds_often
from auditor.drafting.relation import Strength
from auditor.records.text import Text

__all__ = ["ENOUGH", "HYPOTHESES", "is_credible", "strength_by_label", "strength_by_numbers"]

ENOUGH: Final = 20
"""So many rows with different values a relation needs that only numbers speak for."""
HYPOTHESES: Final = 2**24
"""So many equations are tried, give or take, before one is found."""
_FEWEST: Final = 3
_BITS: Final = 20


def is_credible(entry: Count) -> bool:
    """Whether a relation holds in nearly all rows, also in those in which there is something, and
    they are enough for a proposal or a question.

    A question may rest on fewer rows, if it holds in all of them and their numbers are so long
    that chance would hardly agree with them.
    """
    if not holds_often(entry.holds, entry.of):
        return False
    figures = entry.figures
    if not holds_often(sum(figures), len(figures)):
        return False
    return len(entry.informative) >= ENOUGH or _says_enough(entry)


def _says_enough(entry: Count) -> bool:
    if len(entry.informative) < _FEWEST or entry.holds < entry.of:
        return False
    step = entry.rounded.step or entry.step
    bits = sum((abs(entry.rows[at].stated) // step).bit_length() for at in entry.informative)
    return bits >= _BITS + HYPOTHESES.bit_length()


def strength_by_label(entry: Count, heading: str) -> tuple[Strength, Text]:
    """How sure a relation is that a heading says, or the vocabulary (``heading`` is empty)."""
    holds, of = entry.holds, entry.of
    source = Text(en="the words of the headings say so", ja="見出しの用語がこの関係を示し")
    if heading:
        source = Text(
            en=f"the heading “{heading}” says so", ja=f"見出し「{heading}」がこの式を示し"
        )
    agrees = holds_often(holds, of) or (holds >= _FEWEST and holds * 10 >= of * 8)
    if agrees and any(entry.figures):
        return "certain", Text(
            en=f"{source.en}, and it holds in {holds:,} of {of:,} rows",
            ja=f"{source.ja}、{of:,}行のうち{holds:,}行で成り立ちます",
        )
    return "question", Text(
        en=f"{source.en}, but it holds in {holds:,} of {of:,} rows only",
        ja=f"{source.ja}ていますが、成り立つのは{of:,}行のうち{holds:,}行だけです",
    )


def strength_by_numbers(entry: Count, sure: bool) -> tuple[Strength, Text]:
    """How sure a relation is that no word speaks for."""
    holds, of, informative = entry.holds, entry.of, len(entry.informative)
    if not sure:
        return "question", Text(
            en=f"it holds in {holds:,} of {of:,} rows, but only {informative:,} have different"
            f" values other than 0; {ENOUGH} are needed",
            ja=f"{of:,}行のうち{holds:,}行で成り立ちますが、0以外の異なる値がある行は{informative:,}行だけで、"
            f"確かめるには{ENOUGH}行が必要です",
        )
    return "proposed", Text(
        en=f"it holds in {holds:,} of {of:,} rows, {informative:,} of them with different values",
        ja=f"{of:,}行のうち{holds:,}行で成り立ちます（0以外の異なる値がある行は{informative:,}行）",
    )
