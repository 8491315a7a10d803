"""The part of a page to which an object is clipped."""

from __future__ import annotations

import ctypes
from typing import Any, Final

from auditor.readers.pdf.pages import Rectangle

__all__ = ["clip_of"]

_MOST: Final = 64  # paths, and points of a path; what is more intricate is a drawing
_EVERYWHERE: Final = Rectangle(float("-inf"), float("-inf"), float("inf"), float("inf"))


def clip_of(raw: Any, item: Any) -> Rectangle:
    """The bounds within which an object of a page is painted, by its clipping paths, in the space
    of the page or of the form that holds it.
    """
    clip = raw.FPDFPageObj_GetClipPath(item)
    area = _EVERYWHERE
    for number in range(min(raw.FPDFClipPath_CountPaths(clip), _MOST) if clip else 0):
        bounds = _bounds(raw, clip, number)
        if bounds is not None:
            area = Rectangle(
                max(area.left, bounds.left),
                max(area.bottom, bounds.bottom),
                min(area.right, bounds.right),
                min(area.top, bounds.top),
            )
    return area


def _bounds(raw: Any, clip: Any, number: int) -> Rectangle | None:
    count = raw.FPDFClipPath_CountPathSegments(clip, number)
    if not 0 < count <= _MOST:
        return None
    x, y = ctypes.c_float(), ctypes.c_float()
    xs: list[float] = []
    ys: list[float] = []
    for index in range(count):
        segment = raw.FPDFClipPath_GetPathSegment(clip, number, index)
        if raw.FPDFPathSegment_GetPoint(segment, x, y):
            xs.append(x.value)
            ys.append(y.value)
    return Rectangle(min(xs), min(ys), max(xs), max(ys)) if xs else None
