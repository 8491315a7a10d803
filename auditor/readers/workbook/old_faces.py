"""How the cells of an old workbook (.xls) are drawn."""

from __future__ import annotations

from typing import Any, Final

from auditor.readers.workbook.faces import (
    PLAIN_FACE,
    PLAIN_TYPEFACE,
    Edge,
    Face,
    Faces,
    Typeface,
    angle_of,
)
from auditor.readers.workbook.looks import Rgb

__all__ = ["old_faces"]

# Words of a new workbook for the numbers of an old one.
_HORIZONTAL: Final = (
    "general",
    "left",
    "center",
    "right",
    "fill",
    "justify",
    "centerContinuous",
    "distributed",
)
_VERTICAL: Final = ("top", "center", "bottom", "justify", "distributed")
_LINES: Final = (
    "none",
    "thin",
    "medium",
    "dashed",
    "dotted",
    "thick",
    "double",
    "hair",
    "mediumDashed",
    "dashDot",
    "mediumDashDot",
    "dashDotDot",
    "mediumDashDotDot",
    "slantDashDot",
)
_BOLD: Final = 600
_TWIPS: Final = 20


def old_faces(book: Any) -> Faces:
    """The faces of a workbook that xlrd has opened."""
    fonts = [_typeface(font) for font in book.font_list]
    usual = fonts[0] if fonts else PLAIN_TYPEFACE
    faces = [_face(book, fonts, style) for style in book.xf_list]
    return Faces(faces or (PLAIN_FACE,), usual)


def _typeface(font: Any) -> Typeface:
    return Typeface(
        str(font.name or PLAIN_TYPEFACE.name),
        font.height / _TWIPS or PLAIN_TYPEFACE.size,
        bool(font.bold) or font.weight >= _BOLD,
        bool(font.italic),
        bool(font.underline_type),
    )


def _face(book: Any, fonts: list[Typeface], style: Any) -> Face:
    alignment, border = style.alignment, style.border
    font: int = style.font_index

    def edge(line: int, colour: int) -> Edge | None:
        if not 0 < line < len(_LINES):
            return None
        parts = book.colour_map.get(colour)
        return Edge(_LINES[line], Rgb(*parts) if parts is not None else None)

    diagonal = edge(border.diag_line_style, border.diag_colour_index)
    return Face(
        fonts[font] if 0 <= font < len(fonts) else PLAIN_TYPEFACE,
        _word(_HORIZONTAL, alignment.hor_align, "general"),
        _word(_VERTICAL, alignment.vert_align, "bottom"),
        bool(alignment.text_wrapped),
        bool(alignment.shrink_to_fit),
        angle_of(alignment.rotation),
        edge(border.left_line_style, border.left_colour_index),
        edge(border.right_line_style, border.right_colour_index),
        edge(border.top_line_style, border.top_colour_index),
        edge(border.bottom_line_style, border.bottom_colour_index),
        diagonal if border.diag_down else None,
        diagonal if border.diag_up else None,
    )


def _word(words: tuple[str, ...], number: int, otherwise: str) -> str:
    return words[number] if 0 <= number < len(words) else otherwise
