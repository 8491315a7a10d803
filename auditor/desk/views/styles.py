"""The styles of a worksheet's cells, each once: what a face and a look make of a cell."""

from __future__ import annotations

import json
from typing import Final

from auditor.desk.views.model import Align, EdgeView, Level, StyleView
from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.faces import Edge, Face
from auditor.readers.workbook.looks import Look, Rgb, named_colour

__all__ = ["StyleTable", "styled"]

_A_POINT: Final = 96 / 72
_ALIGNS: Final[dict[str, Align]] = {
    "left": "left",
    "fill": "left",
    "center": "center",
    "centerContinuous": "center",
    "right": "right",
    "justify": "justify",
    "distributed": "distributed",
}
_LEVELS: Final[dict[str, Level]] = {
    "top": "top",
    "center": "middle",
    "justify": "justify",
    "distributed": "middle",
}
_LINES: Final[dict[str, tuple[int, str]]] = {
    "hair": (1, "dotted"),
    "thin": (1, "solid"),
    "medium": (2, "solid"),
    "thick": (3, "solid"),
    "double": (3, "double"),
    "dashed": (1, "dashed"),
    "dotted": (1, "dotted"),
    "dashDot": (1, "dashed"),
    "dashDotDot": (1, "dashed"),
    "mediumDashed": (2, "dashed"),
    "mediumDashDot": (2, "dashed"),
    "mediumDashDotDot": (2, "dashed"),
    "slantDashDot": (2, "dashed"),
}
"""The widths and lines as CSS names them; what is not listed is thin."""
_LARGEST: Final = 409.0
_MOST_STEPS: Final = 100
_LONGEST_NAME: Final = 60


class StyleTable:
    """Styles by their numbers; number 0 is that of a cell of which nothing is seen."""

    def __init__(self) -> None:
        self.styles: list[StyleView] = [StyleView(font="", size=0, align="left", level="bottom")]
        self._numbers: dict[str, int] = {}

    def number(self, style: StyleView | None) -> int:
        """The number of a style; 0 for None."""
        if style is None:
            return 0
        key = json.dumps(style, ensure_ascii=False, sort_keys=True)
        if key not in self._numbers:
            self._numbers[key] = len(self.styles)
            self.styles.append(style)
        return self._numbers[key]


def styled(face: Face, look: Look, cell: SheetCell | None) -> StyleView | None:
    """The style of a cell; None where it holds nothing and nothing of it is seen."""
    style = StyleView(font="", size=0, align="left", level="bottom")
    if look.ground is not None:
        style["fill"] = _hex(look.ground)
    _take_lines(style, face)
    if cell is None:
        is_drawn = look.ground is not None or face.has_lines
        return style if is_drawn else None
    _take_font(style, face, look, cell)
    style["align"] = _ALIGNS.get(face.horizontal) or _usual(cell)
    style["level"] = _LEVELS.get(face.vertical, "bottom")
    is_long = face.wraps or face.horizontal in ("justify", "distributed")
    if is_long and cell.kind == "text":  # no program breaks a number
        style["wrap"] = True
    if face.shrinks:
        style["shrink"] = True
    if face.turned:
        style["turned"] = face.turned
    if look.indent:
        style["indent"] = min(look.indent, _MOST_STEPS)
    return style


def _take_font(style: StyleView, face: Face, look: Look, cell: SheetCell) -> None:
    font = face.font
    style["font"] = font.name[:_LONGEST_NAME]
    style["size"] = round(min(max(font.size, 1.0), _LARGEST) * _A_POINT, 2)
    if font.bold:
        style["bold"] = True
    if font.italic:
        style["italic"] = True
    if font.underlined:
        style["underlined"] = True
    if look.struck:
        style["struck"] = True
    ink = look.ink
    if cell.shown is not None and cell.shown.colour:
        ink = named_colour(cell.shown.colour) or ink
    if ink is not None and any(ink):
        style["ink"] = _hex(ink)


def _take_lines(style: StyleView, face: Face) -> None:
    if face.left is not None:
        style["left"] = _edge(face.left)
    if face.right is not None:
        style["right"] = _edge(face.right)
    if face.top is not None:
        style["top"] = _edge(face.top)
    if face.bottom is not None:
        style["bottom"] = _edge(face.bottom)
    if face.down is not None:
        style["down"] = _edge(face.down)
    if face.up is not None:
        style["up"] = _edge(face.up)


def _edge(edge: Edge) -> EdgeView:
    width, line = _LINES.get(edge.line, (1, "solid"))
    return EdgeView(width=width, line=line, colour=_hex(edge.colour or Rgb(0, 0, 0)))


def _usual(cell: SheetCell) -> Align:
    """How a cell is aligned that says nothing of it."""
    match cell.kind:
        case "number":
            return "right"
        case "boolean" | "error":
            return "center"
        case _:
            return "left"


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
