"""What a worksheet says of many cells together.

That is conditional formats, those of its extensions (x14) among them, the widths of its columns,
and whether zeros or formulas are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from auditor.readers.workbook.conditions import Condition, areas_of
from auditor.readers.workbook.looks import Change, ChangeReader, Styles, number_of
from auditor.records.addresses import MAX_COLUMN

__all__ = ["EXTRA_TAGS", "Extras", "Widths"]

EXTRA_TAGS: Final = (
    "sheetView",
    "sheetFormatPr",
    "conditionalFormatting",
    "cfRule",
    "formula",
    "dataBar",
    "iconSet",
    "colorScale",
)
_DEFAULT_WIDTH: Final = 8.43
_USUAL_HEIGHT: Final = 13.5  # points


class Widths:
    """The widths of a worksheet's columns, in characters of the workbook's own font."""

    def __init__(self) -> None:
        self.default = _DEFAULT_WIDTH
        self.columns: list[tuple[int, int, float]] = []
        self.base: float | None = 8.0
        """The default in digits alone, without the room beside them; None where ``default`` was
        stated.
        """
        self.styles: list[tuple[int, int, int]] = []
        """The styles of whole columns: first, last and style."""
        self._of: dict[int, float] = {}

    @property
    def least(self) -> float:
        """The width of the narrowest column."""
        return min((self.default, *(width for _, _, width in self.columns)))

    def of(self, first: int, last: int) -> float:
        """The width of the columns from ``first`` to ``last``."""
        return sum(map(self._one, range(first, last + 1)))

    def _one(self, column: int) -> float:
        width = self._of.get(column)
        if width is None:
            stated = (size for begin, end, size in self.columns if begin <= column <= end)
            width = self._of[column] = next(stated, self.default)
        return width


class Extras:
    """Takes up the elements of a worksheet that do not stand in its cells, in their order."""

    shows_zeros: bool
    shows_formulas: bool
    shows_grid: bool
    height: float
    inside: bool

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.shows_zeros, self.shows_formulas, self.shows_grid = True, False, True
        self.widths: Widths = Widths()
        self.height = _USUAL_HEIGHT
        self.conditions: list[Condition] = []
        self.inside = False
        """Whether a conditional format has begun and not ended."""
        self._group: list[Condition] = []
        self._areas: list[str] = []
        self._change: ChangeReader | None = None
        self._has_scale = False

    def start(self, tag: str, attributes: dict[str, str]) -> list[str] | None:
        """Take up an element, named without its prefix; the answer is where its text goes."""
        if tag == "sheetView":
            self.shows_zeros = attributes.get("showZeros", "1") not in ("0", "false")
            self.shows_formulas |= attributes.get("showFormulas") in ("1", "true")
            self.shows_grid = attributes.get("showGridLines", "1") not in ("0", "false")
        elif tag == "sheetFormatPr":
            self.widths.default = _default_width(attributes)
            base = number_of(attributes.get("baseColWidth", "")) or self.widths.base
            self.widths.base = None if attributes.get("defaultColWidth") else base
            self.height = number_of(attributes.get("defaultRowHeight", "")) or self.height
        elif tag == "conditionalFormatting":
            self.inside, self._group = True, []
            self._areas = [attributes.get("sqref", "")]
        elif self.inside:
            return self._of_condition(tag, attributes)
        return None

    def column(self, attributes: dict[str, str]) -> None:
        """Take up the width and the style of some columns."""
        first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
        last = min(last, MAX_COLUMN)
        if (width := attributes.get("width")) is not None:
            self.widths.columns.append((first, last, number_of(width)))
        if (style := attributes.get("style", "0")).isdecimal() and style != "0":
            self.widths.styles.append((first, last, int(style)))

    def end(self, tag: str) -> None:
        """Take up the end of an element, named without its prefix."""
        if tag == "conditionalFormatting":
            self.inside, self._change = False, None
            areas = tuple(areas_of("".join(self._areas)))
            if areas:
                self.conditions += [replace(rule, areas=areas) for rule in self._group]
        elif tag == "dxf":
            self._change = None
        elif tag == "colorScale":
            self._has_scale = False

    def _of_condition(self, tag: str, attributes: dict[str, str]) -> list[str] | None:
        """An element within those of a conditional format."""
        if tag == "cfRule":
            self._group.append(self._condition(attributes))
        elif tag == "sqref":  # where an extension says its areas
            return self._areas
        elif not self._group:
            return None
        elif self._change is not None:
            self._change.start(tag, attributes)
        else:
            return self._of_rule(self._group[-1], tag, attributes)
        return None

    def _of_rule(self, rule: Condition, tag: str, attributes: dict[str, str]) -> list[str] | None:
        """An element within a rule, a change of the look apart."""
        match tag:
            case "formula" | "f":
                pieces: list[str] = []
                rule.formulas.append(pieces)
                return pieces
            case "dxf":
                self._change = ChangeReader(self.styles.colours, self.styles.from_1904)
                rule.change = self._change.change
            case "dataBar" | "iconSet":
                rule.hides = rule.hides or attributes.get("showValue") in ("0", "false")
            case "colorScale":
                self._has_scale = True
            case "color" if self._has_scale:
                if (colour := self.styles.colours.colour(attributes)) is not None:
                    rule.scale = (*rule.scale, Change(ground=colour))
            case _:
                pass
        return None

    def _condition(self, attributes: dict[str, str]) -> Condition:
        number = attributes.get("dxfId", "")
        changes: Sequence[Change] = self.styles.changes
        is_there = number.isdecimal() and int(number) < len(changes)
        return Condition(
            (),
            attributes.get("type", ""),
            int(attributes.get("priority", "0")),
            changes[int(number)] if is_there else Change(),
            attributes.get("operator", ""),
            attributes.get("text", ""),
            attributes.get("stopIfTrue") in ("1", "true"),
            rank=int(attributes.get("rank", "0")),
            is_bottom=attributes.get("bottom") in ("1", "true"),
            is_percent=attributes.get("percent") in ("1", "true"),
        )


def _default_width(attributes: dict[str, str]) -> float:
    width = attributes.get("defaultColWidth") or attributes.get("baseColWidth")
    return number_of(width) if width else _DEFAULT_WIDTH
