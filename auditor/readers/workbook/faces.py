"""How cells are drawn: their fonts, alignments and borders.

Nothing of this decides what is read. It is for showing a worksheet as it looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from auditor.files.ooxml import parse_xml
from auditor.readers.workbook.looks import Colours, Rgb, is_on, number_of

__all__ = [
    "PLAIN_FACE",
    "PLAIN_TYPEFACE",
    "Edge",
    "Face",
    "Faces",
    "Typeface",
    "angle_of",
    "faces_in",
]

_USUAL_FONT: Final = "Calibri"
_USUAL_SIZE: Final = 11.0
# A border of a sheet that is written from right to left names its sides by where text begins.
_OTHER_NAMES: Final = {"start": "left", "end": "right"}


class Edge(NamedTuple):
    """A line of a border in the words of a workbook (thin, medium, hair, double and so on);
    without a colour it is black.
    """

    line: str
    colour: Rgb | None = None


class Typeface(NamedTuple):
    """A font; ``size`` is in points."""

    name: str = _USUAL_FONT
    size: float = _USUAL_SIZE
    bold: bool = False
    italic: bool = False
    underlined: bool = False


PLAIN_TYPEFACE: Final = Typeface()


@dataclass(frozen=True)
class Face:
    """How a cell is drawn, beside its Look. ``horizontal`` and ``vertical`` are in the words of a
    workbook; ``turned`` is the angle of its text in degrees, counter-clockwise, and 255 stands for
    letters one below the other. ``down`` and ``up`` are the diagonals.
    """

    font: Typeface = PLAIN_TYPEFACE
    horizontal: str = "general"
    vertical: str = "bottom"
    wraps: bool = False
    shrinks: bool = False
    turned: int = 0
    left: Edge | None = None
    right: Edge | None = None
    top: Edge | None = None
    bottom: Edge | None = None
    down: Edge | None = None
    up: Edge | None = None

    @property
    def has_lines(self) -> bool:
        """Whether the cell has a border or a diagonal."""
        lines = (self.left, self.right, self.top, self.bottom, self.down, self.up)
        return any(line is not None for line in lines)

    def with_lines(self, right: Edge | None, bottom: Edge | None) -> Face:
        """The same with other lines on the right and below, as a merged area has them."""
        return replace(self, right=right, bottom=bottom)


PLAIN_FACE: Final = Face()


class Faces(NamedTuple):
    """The faces that the cells of a workbook number. ``usual`` is the workbook's own font, by
    whose digits the widths of columns are counted.
    """

    numbered: Sequence[Face] = (PLAIN_FACE,)
    usual: Typeface = PLAIN_TYPEFACE

    def of(self, style: int) -> Face:
        """The face of a style; a plain one where there is no such style."""
        return self.numbered[style] if 0 <= style < len(self.numbered) else PLAIN_FACE


@dataclass
class _Border:
    """The lines of a border, by their sides."""

    lines: dict[str, Edge] = field(default_factory=dict[str, Edge])
    down: bool = False
    up: bool = False

    def on(self, face: Face) -> Face:
        """A face with this border."""
        lines, diagonal = self.lines, self.lines.get("diagonal")
        return replace(
            face,
            left=lines.get("left"),
            right=lines.get("right"),
            top=lines.get("top"),
            bottom=lines.get("bottom"),
            down=diagonal if self.down else None,
            up=diagonal if self.up else None,
        )


def faces_in(chunks: Iterator[bytes], part: str, colours: Colours) -> Faces:
    """The faces of a part with styles."""
    reader = _Reader(colours)
    parse_xml(chunks, part, reader.start, reader.end)
    fonts = reader.fonts or [PLAIN_TYPEFACE]
    usual = fonts[reader.usual] if reader.usual < len(fonts) else fonts[0]
    return Faces(reader.faces or (PLAIN_FACE,), usual)


class _Reader:
    """Takes up the elements of a part with styles, in their order."""

    def __init__(self, colours: Colours) -> None:
        self.colours = colours
        self.fonts: list[Typeface] = []
        self.borders: list[_Border] = []
        self.faces: list[Face] = []
        self.usual = 0
        self._has_usual = False
        self._list = ""
        self._side = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("fonts", "borders", "cellXfs", "cellStyleXfs", "dxfs", "fills"):
            self._list = tag
        elif self._list == "fonts":
            self._font(tag, attributes)
        elif self._list == "borders":
            self._border(tag, attributes)
        elif self._list == "cellStyleXfs" and tag == "xf" and not self._has_usual:
            # The first of the named styles is the one of a workbook's usual cells.
            self._has_usual, self.usual = True, _number(attributes, "fontId")
        elif self._list == "cellXfs":
            self._face(tag, attributes)

    def end(self, tag: str) -> None:
        if tag == self._list:
            self._list = ""

    def _font(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "font":
            self.fonts.append(PLAIN_TYPEFACE)
            return
        font = self.fonts[-1]
        match tag:
            case "name":
                font = font._replace(name=attributes.get("val", "") or font.name)
            case "sz":
                font = font._replace(size=number_of(attributes.get("val", "")) or font.size)
            case "b":
                font = font._replace(bold=is_on(attributes))
            case "i":
                font = font._replace(italic=is_on(attributes))
            case "u":
                font = font._replace(underlined=attributes.get("val") != "none")
            case _:
                pass
        self.fonts[-1] = font

    def _border(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "border":
            border = _Border(down=_is_set(attributes, "diagonalDown"))
            border.up = _is_set(attributes, "diagonalUp")
            self.borders.append(border)
            return
        lines = self.borders[-1].lines
        if tag == "color":
            if self._side in lines:
                colour = self.colours.colour(attributes)
                lines[self._side] = lines[self._side]._replace(colour=colour)
            return
        self._side = _OTHER_NAMES.get(tag, tag)
        line = attributes.get("style", "none")
        if line != "none":
            lines[self._side] = Edge(line)

    def _face(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "xf":
            font = _number(attributes, "fontId")
            border = _number(attributes, "borderId")
            face = Face(self.fonts[font] if font < len(self.fonts) else PLAIN_TYPEFACE)
            has_border = border < len(self.borders)
            self.faces.append(self.borders[border].on(face) if has_border else face)
        elif tag == "alignment" and self.faces:
            self.faces[-1] = replace(
                self.faces[-1],
                horizontal=attributes.get("horizontal", "general"),
                vertical=attributes.get("vertical", "bottom"),
                wraps=_is_set(attributes, "wrapText"),
                shrinks=_is_set(attributes, "shrinkToFit"),
                turned=angle_of(_number(attributes, "textRotation")),
            )


def angle_of(stated: int) -> int:
    """An angle as a workbook states it: up to 90 counter-clockwise, then clockwise; 255 for
    letters one below the other.
    """
    if stated == 255 or stated <= 90:
        return stated
    return 90 - stated if stated <= 180 else 0


def _number(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _is_set(attributes: Mapping[str, str], name: str) -> bool:
    return attributes.get(name) in ("1", "true")
