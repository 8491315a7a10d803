"""What lies on a page without being its content.

Values of form fields become text like any other; of annotations only the places are known.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

__all__ = ["OpenPage", "opened_page"]

_POPUP, _WIDGET, _SQUARE, _CIRCLE = 16, 20, 5, 6
# Notes, texts, lines, shapes, struck text, stamps, carets, ink, files, redactions: what may say
# something else than the page does. Links, popups, highlights and underlines do not.
_SPEAKING: Final = frozenset({1, 3, 4, 7, 8, 12, 13, 14, 15, 17, 28})
_HIDDEN: Final = 2 | 32  # flags of annotations: hidden, not to be viewed
_TEXT_FIELDS: Final = frozenset({4, 6})  # choices and texts


class OpenPage(NamedTuple):
    """An open page of pypdfium2, and places on it as left, bottom, right, top: of annotations that
    may change what it says, and of form fields with a value, whose text the page should show.
    """

    page: Any
    annotations: list[tuple[float, float, float, float]]
    filled: list[tuple[float, float, float, float]]


@contextmanager
def opened_page(document: Any, index: int) -> Generator[OpenPage | None]:
    """A page with the values of its form fields as content; None where it can't be opened.

    It is closed again afterwards, so that memory does not grow with the number of pages.
    """
    raw: Any = importlib.import_module("pypdfium2.raw")

    page = raw.FPDF_LoadPage(document, index)
    annotations: list[tuple[float, float, float, float]] = []
    filled: list[tuple[float, float, float, float]] = []
    try:
        if page and raw.FPDFPage_GetAnnotCount(page) > 0:
            form = document.formenv
            if form:
                raw.FORM_OnAfterLoadPage(page, form)
            _sort(raw, page, form, annotations, filled)
            flat = raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            if form:
                raw.FORM_OnBeforeClosePage(page, form)
            if flat == raw.FLATTEN_SUCCESS:
                raw.FPDF_ClosePage(page)
                page = raw.FPDF_LoadPage(document, index)
        yield OpenPage(page, annotations, filled) if page else None
    finally:
        if page:
            raw.FPDF_ClosePage(page)


def _sort(
    raw: Any,
    page: Any,
    form: Any,
    annotations: list[tuple[float, float, float, float]],
    filled: list[tuple[float, float, float, float]],
) -> None:
    """Note where annotations and filled fields lie, and take all but fields off the page."""
    for index in reversed(range(raw.FPDFPage_GetAnnotCount(page))):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        shown = not raw.FPDFAnnot_GetFlags(annotation) & _HIDDEN
        area = raw.FS_RECTF()
        place = (
            (area.left, min(area.bottom, area.top), area.right, max(area.bottom, area.top))
            if raw.FPDFAnnot_GetRect(annotation, area)
            else None
        )
        if place is not None and shown:
            if kind == _WIDGET:
                if form and _has_value(raw, form, annotation):
                    filled.append(place)
            elif kind in _SPEAKING or (kind in (_SQUARE, _CIRCLE) and _is_filled(raw, annotation)):
                annotations.append(place)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind != _WIDGET:
            raw.FPDFPage_RemoveAnnot(page, index)


def _has_value(raw: Any, form: Any, annotation: Any) -> bool:
    if raw.FPDFAnnot_GetFormFieldType(form, annotation) not in _TEXT_FIELDS:
        return False
    return bool(raw.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0) > 2)


def _is_filled(raw: Any, annotation: Any) -> bool:
    """Whether a shape hides what lies under it."""
    colour = [ctypes.c_uint() for _ in range(4)]
    interior = raw.FPDFANNOT_COLORTYPE_InteriorColor
    return bool(
        raw.FPDFAnnot_HasKey(annotation, b"IC")
        or raw.FPDFAnnot_GetColor(annotation, interior, *colour)
    )
