"""What of the two sides of a row is underlined: the changed part, in what its cells show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditor.errata.changed import Span, changed_spans
from auditor.errata.columns import displayed
from auditor.errata.model import ErrataRow
from auditor.reports.wording import Wording

__all__ = ["Pieces", "pieces_of"]

Pieces = Sequence[tuple[str, bool]]
"""A text in pieces, each with whether it is underlined."""


def pieces_of(
    row: ErrataRow, words: Wording, harmless: Callable[[str], str]
) -> tuple[Pieces, Pieces]:
    """The texts of both sides, with the changed parts marked. The name of a blank is none of the
    document's, so it is not underlined.
    """
    wrong, right = (harmless(displayed(row, side, words)) for side in ("wrong", "right"))
    if not (row.wrong and row.wrong.strip() and row.right and row.right.strip()):
        is_new = bool(row.right and row.right.strip())
        return [(wrong, not is_new)], [(right, is_new)]
    wrong_spans, right_spans = changed_spans(wrong, right)
    return _pieces(wrong, wrong_spans), _pieces(right, right_spans)


def _pieces(text: str, spans: Sequence[Span]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    end = 0
    for span in spans:
        pieces += [(text[end : span.start], False), (text[span.start : span.end], True)]
        end = span.end
    pieces.append((text[end:], False))
    return [piece for piece in pieces if piece[0]]
