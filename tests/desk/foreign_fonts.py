"""PDFs with texts in a font that they do not embed, for tests of how they look."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import pytest

__all__ = ["HIGH", "WIDE", "pages_with"]

WIDE: Final = 300
HIGH: Final = 400


def pages_with(
    texts: Sequence[tuple[str, float, float]],
    *,
    turns: int = 0,
    font: str = "HeiseiMin-W3",
    size: float = 20,
    covers: Sequence[tuple[float, float, float, float]] = (),
) -> bytes:
    """A page of 300 by 400 points with texts at places (left, baseline), turned by quarters when
    it is shown. White rectangles (left, bottom, width, height) lie over some.
    """
    canvases: Any = pytest.importorskip("reportlab.pdfgen.canvas")
    metrics: Any = pytest.importorskip("reportlab.pdfbase.pdfmetrics")
    fonts: Any = pytest.importorskip("reportlab.pdfbase.cidfonts")
    if font.startswith("Heisei"):
        metrics.registerFont(fonts.UnicodeCIDFont(font))
    out = BytesIO()
    # reportlab takes the size as it is shown.
    shown = (HIGH, WIDE) if turns % 2 else (WIDE, HIGH)
    canvas = canvases.Canvas(out, pagesize=shown)
    canvas.setPageRotation(90 * turns)
    canvas.setFont(font, size)
    for text, x, y in texts:
        canvas.drawString(x, y, text)
    canvas.setFillColorRGB(1, 1, 1)
    for cover in covers:
        canvas.rect(*cover, stroke=0, fill=1)
    canvas.save()
    return out.getvalue()
