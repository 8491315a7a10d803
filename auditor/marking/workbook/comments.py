"""The comments of a marked-up workbook: their texts and the hidden shapes that show them, in new
parts or in parts that are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from auditor.files.ooxml import PackageError
from auditor.marking.workbook.splices import DECLARATION, MAIN, Patch, tags, xml_text

__all__ = ["more_comments", "more_shapes", "new_comments", "new_shapes"]

_AUTHOR: Final = "sheet-auditor"
_VML: Final = 'xmlns:v="urn:schemas-microsoft-com:vml"'
_OFFICE: Final = 'xmlns:o="urn:schemas-microsoft-com:office:office"'
_EXCEL: Final = 'xmlns:x="urn:schemas-microsoft-com:office:excel"'
_LONGEST_COMMENT: Final = 8_000
_SHAPE_TYPE: Final = (
    f'<v:shapetype {_VML} {_OFFICE} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _shape(at: tuple[int, int], number: int) -> str:
    row, column = at[0] - 1, at[1] - 1
    return (
        f'<v:shape {_VML} {_OFFICE} id="_x0000_s{number}" type="#_x0000_t202" '
        'style="position:absolute;margin-left:60pt;margin-top:2pt;width:300pt;height:120pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 7}, 15, {max(row - 1, 0) + 9}, 4</x:Anchor>"
        "<x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def new_shapes(cells: Sequence[tuple[int, int]]) -> bytes:
    """A drawing with a hidden shape for the comment of each cell (row and column from 1)."""
    shapes = "".join(_shape(at, number) for number, at in enumerate(cells, 1025))
    return (
        f"<xml {_VML} {_OFFICE} {_EXCEL}>"
        '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        f"{_SHAPE_TYPE}{shapes}</xml>"
    ).encode()


def _comment_xml(where: str, author: int, text: str, prefix: str = "") -> str:
    body = f'<{prefix}r><{prefix}t xml:space="preserve">{xml_text(text, _LONGEST_COMMENT)}</{prefix}t></{prefix}r>'
    return f'<{prefix}comment ref="{where}" authorId="{author}"><{prefix}text>{body}</{prefix}text></{prefix}comment>'


def new_comments(texts: Mapping[str, str]) -> bytes:
    """A part of comments: a text for each cell."""
    comments = "".join(_comment_xml(where, 0, text) for where, text in texts.items())
    return (
        f'{DECLARATION}<comments xmlns="{MAIN}"><authors><author>{_AUTHOR}</author></authors>'
        f"<commentList>{comments}</commentList></comments>"
    ).encode()


def more_comments(data: bytes, texts: Mapping[str, str]) -> tuple[bytes, set[str]]:
    """A part of comments with more of them, and the cells that had one: a cell's own comment is
    kept and goes on with ours.
    """
    found, prefix = tags(data, lambda _, depth: depth <= 5)
    patch = Patch(data)
    authors = next((tag for tag in found if tag.name == "authors"), None)
    listed = next((tag for tag in found if tag.name == "commentList"), None)
    if authors is None or listed is None:
        raise PackageError(
            "broken-comments", "has comments that can't be read", "コメントの部品を読めません"
        )
    author = sum(tag.name == "author" for tag in found)
    patch.append(authors, f"<{prefix}author>{_AUTHOR}</{prefix}author>", prefix)
    had: set[str] = set()
    for comment in (tag for tag in found if tag.name == "comment"):
        where = comment.attributes.get("ref", "")
        if where not in texts:
            continue
        had.add(where)
        inside = [tag for tag in found if comment.start < tag.start < comment.end]
        text = next((tag for tag in inside if tag.name == "text"), None)
        if text is None:
            continue
        run = f'<{prefix}r><{prefix}t xml:space="preserve">\n――――\n{xml_text(texts[where], _LONGEST_COMMENT)}</{prefix}t></{prefix}r>'
        for plain in (tag for tag in inside if tag.name == "t" and tag.depth == text.depth + 1):
            patch.insert(plain.start, f"<{prefix}r>")  # a text is either plain or made of runs
            patch.insert(plain.end, f"</{prefix}r>")
        reading = next(
            (
                tag
                for tag in inside
                if tag.name in ("rPh", "phoneticPr") and tag.depth == text.depth + 1
            ),
            None,
        )
        if reading is not None:
            patch.insert(reading.start, run)
        else:
            patch.append(text, run, prefix)
    fresh = "".join(
        _comment_xml(where, author, text, prefix)
        for where, text in texts.items()
        if where not in had
    )
    if fresh:
        patch.append(listed, fresh, prefix)
    return patch.done, had


def more_shapes(data: bytes, cells: Sequence[tuple[int, int]]) -> bytes:
    """A drawing with more shapes; it may hold buttons too. Old drawings are not always XML, so
    the end tag is looked for.
    """
    end = data.rfind(b"</xml>")
    if end < 0:
        raise PackageError(
            "broken-drawing",
            "has a drawing of comments that can't be read",
            "コメントの図形の部品を読めません",
        )
    taken = [int(number) for number in re.findall(rb"_x0000_s([0-9]{1,9})", data)]
    shapes = "" if b'id="_x0000_t202"' in data else _SHAPE_TYPE
    shapes += "".join(
        _shape(at, number) for number, at in enumerate(cells, max(taken, default=1024) + 1)
    )
    named = (
        re.search(rb'xmlns:x\s*=\s*"urn:schemas-microsoft-com:office:excel"', data[:2000])
        is not None
    )
    shapes = (
        shapes
        if named
        else shapes.replace(
            "<x:ClientData", '<x:ClientData xmlns:x="urn:schemas-microsoft-com:office:excel"'
        )
    )
    return data[:end] + shapes.encode() + data[end:]
