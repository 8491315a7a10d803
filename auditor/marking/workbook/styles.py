"""The styles of a marked workbook.

Each cell keeps its look under the fill in its finding's colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from auditor.marking.workbook.splices import Patch, tags, with_attributes
from auditor.rules.findings import Severity

__all__ = ["Styles"]

_FILLS: Final[Mapping[Severity, str]] = {
    "error": "FFFFC7CE",
    "warning": "FFFFEB9C",
    "note": "FFDDEBF7",
}
_LIKELIEST_FILLS: Final[Mapping[Severity, str]] = {
    "error": "FFFF7C80",
    "warning": "FFFFC000",
    "note": "FF9DC3E6",
}
_UNREAD_FILL: Final = "FFEDEDED"
_UNREAD_FRAME: Final = "FF808080"
_HEAD_FILL: Final = "FFD9D9D9"
_LINK_COLOR: Final = "FF0563C1"
_GROUPS: Final = ("fonts", "fills", "borders", "cellXfs")
"""The lists of the part in which formats of cells refer to each other by index."""


class Styles:
    """The styles of a workbook and those that are added to it, by their index.

    ``data`` is the part of the styles. Where there is none, or one that lacks a list, cells keep
    the style that they have.
    """

    def __init__(self, data: bytes | None) -> None:
        part = None if data is None else _StylesPart(data)
        self._part = part if part is not None and part.usable else None

    def marked(self, style: int, severity: Severity, likeliest: bool = False) -> int:
        """A style that looks like ``style``, filled in the severity's colour, which is stronger for
        the likeliest cell.
        """
        if self._part is None:
            return style
        return self._part.filled(style, (_LIKELIEST_FILLS if likeliest else _FILLS)[severity])

    def framed(self, style: int) -> int:
        """A style that looks like ``style``, framed and filled in grey."""
        if self._part is None:
            return style
        return self._part.filled(style, _UNREAD_FILL, _UNREAD_FRAME)

    @property
    def head(self) -> int:
        """The style of a heading: bold on grey."""
        if self._part is None:
            return 0
        p = self._part.prefix
        font = f'<{p}font><{p}b/><{p}sz val="11"/></{p}font>'
        return self._part.of_listing("head", font, _HEAD_FILL)

    @property
    def link(self) -> int:
        """The style of a link: blue and underlined."""
        if self._part is None:
            return 0
        p = self._part.prefix
        font = f'<{p}font><{p}u/><{p}sz val="11"/><{p}color rgb="{_LINK_COLOR}"/></{p}font>'
        return self._part.of_listing("link", font, None)

    @property
    def wrapped(self) -> int:
        """The style of a text: wrapped, from the top."""
        return 0 if self._part is None else self._part.of_listing("wrapped", None, None)

    def patched(self) -> bytes | None:
        """The part with the added styles; None where there is no part that can be used."""
        return None if self._part is None else self._part.patched()


class _StylesPart:
    """The part ``xl/styles.xml`` and what is added to its lists."""

    def __init__(self, data: bytes) -> None:
        self._patch = Patch(data)
        elements, self.prefix = tags(data, lambda _, depth: depth in (1, 2))
        self._groups = {tag.name: tag for tag in elements if tag.depth == 1}
        self._members = {
            name: [
                tag for tag in elements if tag.depth == 2 and group.start < tag.start < group.end
            ]
            for name, group in self._groups.items()
            if name in _GROUPS
        }
        self._formats = [tag for tag in self._members.get("cellXfs", ()) if tag.name == "xf"]
        self._added: dict[str, list[str]] = {name: [] for name in _GROUPS}
        self._indices: dict[tuple[int, str], int] = {}
        """The added formats: by the style that they look like (-1 for none) and a name."""

    @property
    def usable(self) -> bool:
        return set(_GROUPS) == self._members.keys() and bool(self._formats)

    def filled(self, style: int, color: str, frame: str | None = None) -> int:
        """The format that looks like ``style`` under a fill, and within a frame of a colour."""
        key = style, color
        if key not in self._indices:
            # A damaged workbook may name a style that is not there.
            tag = self._formats[style] if style < len(self._formats) else self._formats[0]
            start_tag = self._patch.data[tag.start : tag.open_end].decode()
            rest = self._patch.data[tag.open_end : tag.end].decode()
            fill = {"fillId": str(self._fill(color)), "applyFill": "1"}
            if frame is not None:
                fill |= {"borderId": str(self._border(frame)), "applyBorder": "1"}
            self._indices[key] = self._add("cellXfs", with_attributes(start_tag, fill) + rest)
        return self._indices[key]

    def of_listing(self, name: str, font: str | None, color: str | None) -> int:
        """The format of some cells in the worksheet of findings."""
        key = -1, name
        if key not in self._indices:
            p = self.prefix
            font_id = 0 if font is None else self._index("fonts", font)
            fill = 'fillId="0"'
            if color is not None:
                fill = f'fillId="{self._fill(color)}" applyFill="1"'
            xml = (
                f'<{p}xf numFmtId="0" fontId="{font_id}" {fill} borderId="0" xfId="0" '
                'applyFont="1" applyAlignment="1">'
                f'<{p}alignment vertical="top" wrapText="1"/></{p}xf>'
            )
            self._indices[key] = self._add("cellXfs", xml)
        return self._indices[key]

    def _fill(self, color: str) -> int:
        p = self.prefix
        xml = (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{color}"/>'
            f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        )
        return self._index("fills", xml)

    def _border(self, color: str) -> int:
        p = self.prefix
        sides = "".join(
            f'<{p}{side} style="thin"><{p}color rgb="{color}"/></{p}{side}>'
            for side in ("left", "right", "top", "bottom")
        )
        return self._index("borders", f"<{p}border>{sides}<{p}diagonal/></{p}border>")

    def _index(self, group: str, xml: str) -> int:
        """The index of an element in a list, which gets it unless it was added before."""
        added = self._added[group]
        if xml in added:
            return len(self._members[group]) + added.index(xml)
        return self._add(group, xml)

    def _add(self, group: str, xml: str) -> int:
        added = self._added[group]
        added.append(xml)
        return len(self._members[group]) + len(added) - 1

    def patched(self) -> bytes:
        for name, added in self._added.items():
            if added:
                group = self._groups[name]
                count = len(self._members[name]) + len(added)
                self._patch.set_attributes(group, {"count": str(count)})
                self._patch.append(group, "".join(added), self.prefix)
        return self._patch.result
