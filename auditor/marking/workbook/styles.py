"""The styles of a marked workbook.

Each cell keeps its look under the fill in its entry's colour, and gets it back when the workbook
is marked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from auditor.marking.workbook.splices import Patch, Tag, attributes_in, tags, with_attributes
from auditor.records.severities import Severity

__all__ = ["LISTING_POINTS", "Colour", "Styles", "fill_of"]

_FILLS: Final[Mapping[Severity, str]] = {
    "error": "FFFFDADD",
    "warning": "FFFFF1B8",
    "note": "FFDFEDF9",
}
_SUSPECTED_FILLS: Final[Mapping[Severity, str]] = {
    "error": "FFFF7B81",
    "warning": "FFFFBF03",
    "note": "FF9CC4E7",
}
_UNREAD_FILL: Final = "FFDCDDDE"
_OWN_FILLS: Final = frozenset([*_FILLS.values(), *_SUSPECTED_FILLS.values(), _UNREAD_FILL])
"""The colours by which the program knows its fills again: none is in a palette of Excel."""
Colour = Mapping[str, str]
"""A colour by the attributes of its element: ``rgb``, or ``theme`` and ``tint``, or ``indexed``."""
LISTING_POINTS: Final = 10
"""The size of the letters in the worksheet of findings."""
_HEAD_FILL: Final = "FFD9D9D9"
_LINK_COLOR: Final = "FF0563C1"
_NO_COLOR: Final = {"indexed": "64"}
_PREFIX: Final = re.compile(rb"<(/?)[A-Za-z0-9_.-]+:")
_FACE: Final = frozenset(["name", "family", "charset", "scheme"])
"""The elements of a font that say what its letters look like."""
_GROUPS: Final = ("fonts", "fills", "cellXfs")
"""The lists of the part in which formats of cells refer to each other by index."""
_CONDITIONS: Final = "dxfs"
"""The list of the looks of conditional formats, which not every workbook has."""


def fill_of(severity: Severity | None, suspected: bool) -> str:
    """The colour of a mark's fill: that of its severity, stronger for a cell that may be wrong, or
    grey for an unread number, which has none.
    """
    if severity is None:
        return _UNREAD_FILL
    return (_SUSPECTED_FILLS if suspected else _FILLS)[severity]


class Styles:
    """The styles of a workbook and those that are added to it, by their index.

    ``data`` is the part of the styles. Where there is none, or one that lacks a list, cells keep
    the style that they have.
    """

    def __init__(self, data: bytes | None) -> None:
        part = None if data is None else _StylesPart(data)
        self._part = part if part is not None and part.usable else None

    def filled(self, style: int, color: str, before: Colour | None = None) -> int:
        """A style that looks like ``style`` under a fill. ``before`` is the colour that the cell
        had before an earlier audit filled it; without it, the style tells.
        """
        return style if self._part is None else self._part.filled(style, color, before)

    def colour(self, style: int, before: Colour | None = None) -> Colour:
        """The colour that the cell of a style has, or had before the program filled it; empty for
        none.
        """
        return {} if self._part is None else self._part.colour(style, before)

    def condition(self, color: str) -> int | None:
        """The look of a conditional format with a fill; None where the workbook has no looks of
        conditional formats.
        """
        return None if self._part is None else self._part.condition(color)

    def is_own_condition(self, look: int) -> bool:
        """Whether the look of a conditional format is one that the program added."""
        return self._part is not None and self._part.is_own_condition(look)

    def original(self, style: int, before: Colour | None = None) -> int:
        """The style that a cell had before the program filled it; ``style`` itself where it did
        not. ``before`` is its colour then.
        """
        return style if self._part is None else self._part.original(style, before)

    @property
    def head(self) -> int:
        """The style of a heading: bold on grey."""
        if self._part is None:
            return 0
        p = self._part.prefix
        font = f'<{p}b/><{p}sz val="{LISTING_POINTS}"/>'
        return self._part.of_listing("head", font, _HEAD_FILL)

    @property
    def link(self) -> int:
        """The style of a link: blue and underlined."""
        if self._part is None:
            return 0
        p = self._part.prefix
        font = f'<{p}u/><{p}sz val="{LISTING_POINTS}"/><{p}color rgb="{_LINK_COLOR}"/>'
        return self._part.of_listing("link", font, None)

    @property
    def wrapped(self) -> int:
        """The style of a text: wrapped, from the top."""
        if self._part is None:
            return 0
        p = self._part.prefix
        font = f'<{p}sz val="{LISTING_POINTS}"/>'
        return self._part.of_listing("wrapped", font, None)

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
            if name in (*_GROUPS, _CONDITIONS)
        }
        self._formats = [tag for tag in self._members.get("cellXfs", ()) if tag.name == "xf"]
        self._added: dict[str, list[str]] = {name: [] for name in self._members}
        self._indices: dict[tuple[int, str, str], int] = {}
        """The added formats: by the style that they look like (-1 for none), a name, and the
        colour that is below a fill.
        """
        self._originals: dict[tuple[int, str], int] = {}

    @property
    def usable(self) -> bool:
        return self._members.keys() >= set(_GROUPS) and bool(self._formats)

    def filled(self, style: int, color: str, before: Colour | None) -> int:
        """The format that looks like ``style`` under a fill."""
        below = self.colour(style, before)
        key = style, color, str(below)
        if key not in self._indices:
            # A damaged workbook may name a style that is not there.
            tag = self._formats[style] if style < len(self._formats) else self._formats[0]
            fill = self._fill(color, below)
            self._indices[key] = self._like(tag, {"fillId": str(fill), "applyFill": "1"})
        return self._indices[key]

    def condition(self, color: str) -> int | None:
        """The look of a conditional format with a fill, where there are others."""
        if not self._members.get(_CONDITIONS):
            return None
        p = self.prefix
        fill = f'<{p}patternFill><{p}bgColor rgb="{color}"/></{p}patternFill>'
        return self._index(_CONDITIONS, f"<{p}dxf><{p}fill>{fill}</{p}fill></{p}dxf>")

    def is_own_condition(self, look: int) -> bool:
        """Whether the look of a conditional format is no more than a fill of the program."""
        looks = self._members.get(_CONDITIONS, ())
        if look >= len(looks):
            return False
        elements = self._within(looks[look], lambda _, depth: depth in (1, 3))
        return [tag.name for tag in elements if tag.depth == 1] == ["fill"] and any(
            tag.name == "bgColor" and tag.attributes.get("rgb") in _OWN_FILLS for tag in elements
        )

    def colour(self, style: int, before: Colour | None) -> Colour:
        """The colour of a format without the program's fill."""
        if style >= len(self._formats):
            return {}
        tag = self._formats[style]
        return self._color_of(tag) if before is None or not self._is_own(tag) else before

    def original(self, style: int, before: Colour | None) -> int:
        """The format that looks like ``style`` without the program's fill."""
        if style >= len(self._formats) or not self._is_own(self._formats[style]):
            return style
        below = self.colour(style, before)
        key = style, str(below)
        if key not in self._originals:
            fill = self._index("fills", self._solid(below)) if below else 0
            self._originals[key] = self._like(self._formats[style], {"fillId": str(fill)})
        return self._originals[key]

    def _is_own(self, tag: Tag) -> bool:
        """Whether a format has a fill of the program."""
        color = self._colors(int(tag.attributes.get("fillId", "0"))).get("fgColor", {})
        return color.get("rgb") in _OWN_FILLS

    def _like(self, tag: Tag, attributes: Mapping[str, str]) -> int:
        """A format like another one, with some attributes of its own."""
        start_tag = self._patch.data[tag.start : tag.open_end].decode()
        rest = self._patch.data[tag.open_end : tag.end].decode()
        return self._add("cellXfs", with_attributes(start_tag, attributes) + rest)

    def _color_of(self, tag: Tag) -> Mapping[str, str]:
        """The colour of a format's solid fill, by the attributes of its element; empty for none.
        The program's own fills stand for the one that was there before.
        """
        colors = self._colors(int(tag.attributes.get("fillId", "0")))
        if not self._is_own(tag):
            return colors.get("fgColor", {})
        before = colors.get("bgColor", {})
        return {} if before.keys() <= {"indexed"} else before

    def _colors(self, fill: int) -> dict[str, dict[str, str]]:
        """The colours of a solid fill, ``fgColor`` and ``bgColor``, by their attributes."""
        fills = self._members["fills"]
        if fill >= len(fills):
            return {}
        elements = self._within(fills[fill], lambda _, depth: depth in (1, 2))
        pattern = next((tag for tag in elements if tag.name == "patternFill"), None)
        if pattern is None or pattern.attributes.get("patternType") != "solid":
            return {}
        return {tag.name: tag.attributes for tag in elements if tag.depth == 2}

    def of_listing(self, name: str, font: str, color: str | None) -> int:
        """The format of some cells in the worksheet of findings, in the workbook's own face."""
        key = -1, name, ""
        if key not in self._indices:
            p = self.prefix
            font_id = self._index("fonts", f"<{p}font>{font}{self._face}</{p}font>")
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

    @property
    def _face(self) -> str:
        """The face of the workbook's letters, which its first font has."""
        fonts = self._members["fonts"]
        if not fonts:
            return ""
        elements = self._within(fonts[0], lambda name, depth: name in _FACE and depth == 1)
        return "".join(
            f"<{self.prefix}{tag.name}{attributes_in(tag.attributes)}/>" for tag in elements
        )

    def _within(self, member: Tag, keep: Callable[[str, int], bool]) -> list[Tag]:
        """Elements within the member of a list, by their local names and depths in it."""
        # The part's prefix may be declared outside of the member.
        data = _PREFIX.sub(rb"<\1", self._patch.data[member.start : member.end])
        elements, _ = tags(data, keep)
        return elements

    def _fill(self, color: str, before: Mapping[str, str] | None = None) -> int:
        """A fill; the colour that was there before stays in it, where a solid fill shows none."""
        return self._index("fills", self._solid({"rgb": color}, before))

    def _solid(self, color: Mapping[str, str], behind: Mapping[str, str] | None = None) -> str:
        p = self.prefix
        return (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor{attributes_in(color)}/>'
            f"<{p}bgColor{attributes_in(behind or _NO_COLOR)}/></{p}patternFill></{p}fill>"
        )

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
