"""The hidden shapes that show the comments of a worksheet.

They stand in a new drawing or in one that is there, in VML, an older language than that of the
other parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from auditor.files.ooxml import PackageError

__all__ = ["Position", "more_shapes", "new_shapes"]

Position = tuple[int, int]
"""Row and column of a cell, from 1."""

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
    "position:absolute;margin-left:60pt;margin-top:2pt;width:300pt;height:120pt;z-index:1;"
    "visibility:hidden"
)


def new_shapes(cells: Sequence[Position]) -> bytes:
    """A drawing with a hidden shape for the comment of each cell."""
    shapes = "".join(_shape(at, number) for number, at in enumerate(cells, _FIRST_ID))
    return (
        f"<xml {_VML} {_OFFICE} {_EXCEL}>"
        '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        f"{_SHAPE_TYPE}{shapes}</xml>"
    ).encode()


def more_shapes(data: bytes, cells: Sequence[Position]) -> bytes:
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
    shapes = "".join(_shape(at, number) for number, at in enumerate(cells, first))
    if b'id="_x0000_t202"' not in data:
        shapes = _SHAPE_TYPE + shapes
    declares_excel = rb'xmlns:x\s*=\s*"urn:schemas-microsoft-com:office:excel"'
    if not re.search(declares_excel, data[:2000]):
        shapes = shapes.replace("<x:ClientData", f"<x:ClientData {_EXCEL}")
    return data[:end] + shapes.encode() + data[end:]


def _shape(at: Position, number: int) -> str:
    row, column = at[0] - 1, at[1] - 1
    # The box opens beside the cell, one row higher.
    top = max(row - 1, 0)
    anchor = f"{column + 1}, 15, {top}, 10, {column + 7}, 15, {top + 9}, 4"
    return (
        f'<v:shape {_VML} {_OFFICE} id="_x0000_s{number}" type="#_x0000_t202" '
        f'style="{_STYLE}" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor>"
        "<x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
