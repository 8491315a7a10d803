"""The hidden shapes that show the comments of a worksheet.

They stand in a new drawing or in one that is there, in VML, an older language than that of the
other parts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from auditor.files.ooxml import PackageError
from auditor.marking.workbook.boxes import Box, Measures, Position
from auditor.records.addresses import address

__all__ = ["enlarged_shapes", "more_shapes", "new_shapes", "without_shapes"]

_VML: Final = 'xmlns:v="urn:schemas-microsoft-com:vml"'
_OFFICE: Final = 'xmlns:o="urn:schemas-microsoft-com:office:office"'
_EXCEL: Final = 'xmlns:x="urn:schemas-microsoft-com:office:excel"'
_FIRST_ID: Final = 1025
"""Excel numbers the shapes of the first drawing from here."""
_SHAPE_TYPE: Final = (
    f'<v:shapetype {_VML} {_OFFICE} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_STYLE: Final = (
    "position:absolute;margin-left:60pt;margin-top:2pt;width:{width}pt;height:{height}pt;"
    "z-index:1;visibility:hidden"
)
_NOTE: Final = re.compile(
    rb"<(?:\w+:)?ClientData\b[^>]*ObjectType=[\"']Note[\"'].*?ClientData>", re.DOTALL
)
_SHAPE: Final = re.compile(rb"<((?:\w+:)?)shape(?=[\s>]).*?</\1shape\s*>", re.DOTALL)
_CELL: Final = re.compile(rb"<(?:\w+:)?(Row|Column)>\s*([0-9]{1,7})\s*<")
_ROW: Final = re.compile(rb"<((?:\w+:)?)Row>")
_ANCHOR: Final = re.compile(rb"(?<=Anchor>)[^<]*(?=<)")


def new_shapes(cells: Mapping[Position, Box]) -> bytes:
    """A drawing with a hidden shape for the comment of each cell."""
    shapes = "".join(
        _shape(at, box, number) for number, (at, box) in enumerate(cells.items(), _FIRST_ID)
    )
    return (
        f"<xml {_VML} {_OFFICE} {_EXCEL}>"
        '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        f"{_SHAPE_TYPE}{shapes}</xml>"
    ).encode()


def enlarged_shapes(data: bytes, texts: Mapping[Position, str], measures: Measures) -> bytes:
    """A drawing whose boxes of some cells are large enough for the texts of their comments."""

    def enlarged(note: re.Match[bytes]) -> bytes:
        places = {name: int(number) + 1 for name, number in _CELL.findall(note[0])}
        at = places.get(b"Row", 0), places.get(b"Column", 0)
        text = texts.get(at)
        if text is None:
            return note[0]
        if _ANCHOR.search(note[0]) is None:  # it would be as large as the program pleases
            anchor = rb"<\1Anchor>" + measures.box(at, text).anchor.encode() + rb"</\1Anchor>\g<0>"
            return _ROW.sub(anchor, note[0], count=1)
        return _ANCHOR.sub(
            lambda anchor: measures.enlarged(anchor[0].decode("latin-1"), text).encode("latin-1"),
            note[0],
        )

    return _NOTE.sub(enlarged, data)


def without_shapes(data: bytes, cells: Collection[str]) -> bytes:
    """A drawing without the boxes of the comments of some cells, by their addresses."""
    if not cells:
        return data

    def rest(shape: re.Match[bytes]) -> bytes:
        if _NOTE.search(shape[0]) is None:
            return shape[0]
        places = {name: int(number) + 1 for name, number in _CELL.findall(shape[0])}
        at = places.get(b"Row", 0), places.get(b"Column", 0)
        return b"" if min(at) and address(*at) in cells else shape[0]

    return _SHAPE.sub(rest, data)


def more_shapes(data: bytes, cells: Mapping[Position, Box]) -> bytes:
    """A drawing with more shapes; it may hold buttons too. Raises PackageError for one without an
    end.
    """
    # Old drawings are not always XML, so nothing is parsed.
    end = data.rfind(b"</xml>")
    if end < 0:
        raise PackageError(
            "broken-drawing",
            "has a drawing of comments that can't be read",
            "コメントの図形の部品を読めません",
        )
    numbers = [int(number) for number in re.findall(rb"_x0000_s([0-9]{1,9})", data)]
    first = max(numbers, default=_FIRST_ID - 1) + 1
    shapes = "".join(
        _shape(at, box, number) for number, (at, box) in enumerate(cells.items(), first)
    )
    if b'id="_x0000_t202"' not in data:
        shapes = _SHAPE_TYPE + shapes
    declares_excel = rb'xmlns:x\s*=\s*"urn:schemas-microsoft-com:office:excel"'
    if not re.search(declares_excel, data[:2000]):
        shapes = shapes.replace("<x:ClientData", f"<x:ClientData {_EXCEL}")
    return data[:end] + shapes.encode() + data[end:]


def _shape(at: Position, box: Box, number: int) -> str:
    row, column = at[0] - 1, at[1] - 1
    style = _STYLE.format(width=box.width * 3 // 4, height=box.height * 3 // 4)
    return (
        f'<v:shape {_VML} {_OFFICE} id="_x0000_s{number}" type="#_x0000_t202" '
        f'style="{style}" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{box.anchor}</x:Anchor>"
        "<x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
