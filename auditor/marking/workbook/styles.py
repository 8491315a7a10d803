"""The styles of a marked-up workbook: each cell keeps its own looks under the fill in its
finding's colour.
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


class Styles:
    """The part of a workbook's styles, if it has one that can be used, and the styles that are
    added to it.
    """

    def __init__(self, data: bytes | None) -> None:
        self.usable = data is not None
        self.added: list[str] = []
        self.known: dict[tuple[int, str], int] = {}
        self.fills: list[str] = []
        self.fonts: list[str] = []
        if data is None:
            return
        self.patch = Patch(data)
        found, self.prefix = tags(self.patch.data, lambda _, depth: depth in (1, 2))
        self.of = {tag.name: tag for tag in found if tag.depth == 1}
        formats = self.of.get("cellXfs")
        self.xfs = [
            tag
            for tag in found
            if tag.depth == 2
            and tag.name == "xf"
            and formats
            and formats.start < tag.start < formats.end
        ]
        self.counts = {
            name: sum(tag.depth == 2 and group.start < tag.start < group.end for tag in found)
            for name, group in self.of.items()
            if name in ("fills", "fonts", "cellXfs")
        }
        if not {"fills", "fonts", "cellXfs"} <= set(self.counts) or not self.xfs:
            self.usable = False

    def marked(self, style: int, severity: Severity) -> int:
        """The index of a style that looks like ``style``, filled in the severity's colour."""
        color = _FILLS[severity]
        if not self.usable:
            return style
        key = style, color
        if key not in self.known:
            xf = self.xfs[style] if style < len(self.xfs) else self.xfs[0]
            text = self.patch.data[xf.start : xf.end].decode()
            opened = self.patch.data[xf.start : xf.open_end].decode()
            changed = with_attributes(opened, {"fillId": str(self._fill(color)), "applyFill": "1"})
            self._add(key, changed + text[len(opened) :])
        return self.known[key]

    def _fill(self, color: str) -> int:
        p = self.prefix
        fill = f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{color}"/><{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        if fill not in self.fills:
            self.fills.append(fill)
        return self.counts["fills"] + self.fills.index(fill)

    def _font(self, font: str) -> int:
        if font not in self.fonts:
            self.fonts.append(font)
        return self.counts["fonts"] + self.fonts.index(font)

    def _add(self, key: tuple[int, str], xf: str) -> None:
        self.known[key] = self.counts["cellXfs"] + len(self.added)
        self.added.append(xf)

    def _own(self, name: str, font: str, fill: str | None) -> int:
        if not self.usable:
            return 0
        key = -1, name
        if key not in self.known:
            p = self.prefix
            font_id = self._font(font) if font else 0
            filled = f'fillId="{self._fill(fill)}" applyFill="1"' if fill else 'fillId="0"'
            alignment = f'<{p}alignment vertical="top" wrapText="1"/>'
            self._add(
                key,
                f'<{p}xf numFmtId="0" fontId="{font_id}" {filled} borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
                f"{alignment}</{p}xf>",
            )
        return self.known[key]

    @property
    def head(self) -> int:
        return self._own(
            "head",
            f'<{self.prefix}font><{self.prefix}b/><{self.prefix}sz val="11"/></{self.prefix}font>'
            if self.usable
            else "",
            "FFD9D9D9",
        )

    @property
    def link(self) -> int:
        p = self.prefix if self.usable else ""
        return self._own(
            "link", f'<{p}font><{p}u/><{p}sz val="11"/><{p}color rgb="FF0563C1"/></{p}font>', None
        )

    @property
    def wrapped(self) -> int:
        return self._own("wrapped", "", None)

    def done(self) -> bytes | None:
        """The part with what was added; None where there is no such part."""
        if not self.usable:
            return None
        for name, texts in (("fonts", self.fonts), ("fills", self.fills), ("cellXfs", self.added)):
            if texts:
                group = self.of[name]
                self.patch.replace(
                    group.start,
                    group.open_end,
                    self.patch.set(group, {"count": str(self.counts[name] + len(texts))}),
                )
                self.patch.append(group, "".join(texts), self.prefix)
        return self.patch.done
