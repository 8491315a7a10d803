"""What hangs on a worksheet of a part: drawings, charts, tables, buttons.

They lose what names worksheets that are not there, as their worksheet does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from auditor.marking.workbook.part.plain import ATTRIBUTES, text_of
from auditor.marking.workbook.part.scope import Scope
from auditor.marking.workbook.part.worksheet import has_relationship
from auditor.marking.workbook.splices import Patch, Tag, tags, text_in

__all__ = ["ATTACHED", "with_linked_sheets", "with_persons", "without_relationships"]

_LINKS: Final = frozenset(["hlinkClick", "hlinkHover", "hlinkMouseOver"])
_SLICERS: Final = frozenset(["slicer", "timeslicer"])
_LOST: Final = "#REF!"
"""What Excel writes in a chart for the cells of a worksheet that was deleted."""
_IN_CHART: Final = frozenset(["f", "sqref"])
_OF_WORKBOOK: Final = frozenset(["externalData", "pivotSource"])
"""What of a chart points at a workbook that is packed into it, or at a pivot table."""
_OF_VML: Final = re.compile(rb"<((?:[\w.-]+:)?Fmla\w*)>([^<]*)</\1\s*>")
_START: Final = re.compile(rb"<[\w.-]*:?[\w.-]+" + ATTRIBUTES + rb">")
_FORMULA_ATTRIBUTE: Final = re.compile(rb"\sfmla\w+\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_COMPUTED: Final = frozenset(["calculatedColumnFormula", "totalsRowFormula"])
_QUERIES: Final = re.compile(
    rb"\s(?:tableType|connectionId|queryTableFieldId)\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)

_Patched = Callable[[bytes, Scope, Collection[str]], bytes]


def _drawing(data: bytes, scope: Scope, dropped: Collection[str]) -> bytes:
    """A drawing without the shapes whose content is not there."""
    patch = Patch(data)
    elements, _ = tags(data, lambda _, depth: depth >= 1)
    anchors = [tag for tag in elements if tag.depth == 1]
    gone: dict[int, Tag] = {}
    for tag in elements:
        if tag.name in _LINKS and has_relationship(tag, dropped):
            gone[tag.start] = tag
        elif tag.name in _SLICERS or has_relationship(tag, dropped):
            anchor = next(anchor for anchor in anchors if anchor.start <= tag.start < anchor.end)
            gone[anchor.start] = anchor
    outer = [tag for tag in gone.values() if tag.depth == 1]

    def is_inside(tag: Tag) -> bool:
        return any(anchor.start < tag.start < anchor.end for anchor in outer)

    for tag in gone.values():
        if not is_inside(tag):
            patch.replace(tag.start, tag.end, "")
    for tag in elements:
        link = tag.attributes.get("textlink", "")
        if link and scope.reaches_out(link) and tag.start not in gone and not is_inside(tag):
            patch.set_attributes(tag, {"textlink": ""})
    return patch.result


def _chart(data: bytes, scope: Scope, _: Collection[str]) -> bytes:
    """A chart that shows nothing of worksheets that are not there."""
    patch = Patch(data)
    elements, _prefix = tags(data, lambda name, depth: depth >= 1)
    lost: list[Tag] = []
    for tag in elements:
        if tag.name in _OF_WORKBOOK:
            patch.replace(tag.start, tag.end, "")
        elif tag.name in _IN_CHART and scope.reaches_out(text_in(data, tag)):
            lost.append(tag)
    emptied = 0
    for tag in lost:
        holders = (
            holder
            for holder in elements
            if holder.depth == tag.depth - 1 and holder.start < tag.start < holder.end
        )
        holder = next(holders, None)
        # What follows the cells' names are their values.
        if holder is not None and tag.start >= emptied:
            patch.replace(tag.open_end, tag.close, _LOST)
            patch.replace(tag.end, holder.close, "")
            emptied = holder.end
    return patch.result


def _vml(data: bytes, scope: Scope, _: Collection[str]) -> bytes:
    """An old drawing whose buttons and lists name no worksheet that is not there."""
    # It need not be XML.
    return _OF_VML.sub(
        lambda match: b"" if scope.reaches_out(text_of(match[2])) else match[0], data
    )


def _control(data: bytes, scope: Scope, _: Collection[str]) -> bytes:
    """A button or list that names no worksheet that is not there."""

    def rest(match: re.Match[bytes]) -> bytes:
        named = match[1] if match[1] is not None else match[2]
        return b"" if scope.reaches_out(text_of(named)) else match[0]

    return _FORMULA_ATTRIBUTE.sub(rest, data)


def _table(data: bytes, scope: Scope, _: Collection[str]) -> bytes:
    """A table that asks no other source for its rows, and computes nothing from what is not
    there.
    """
    patch = Patch(data)
    elements, _prefix = tags(data, lambda name, _: name in _COMPUTED or name == "xmlColumnPr")
    for tag in elements:
        if tag.name == "xmlColumnPr" or scope.reaches_out(text_in(data, tag)):
            patch.replace(tag.start, tag.end, "")
    return _START.sub(lambda match: _QUERIES.sub(b"", match[0]), patch.result)


ATTACHED: Final[Mapping[str, _Patched]] = {
    "drawing": _drawing,
    "chartUserShapes": _drawing,
    "chart": _chart,
    "chartEx": _chart,
    "vmlDrawing": _vml,
    "ctrlProp": _control,
    "table": _table,
}
"""How parts are patched, by the kind of the relationship that leads to them."""


def without_relationships(data: bytes, ids: Collection[str]) -> bytes:
    """A part of relationships without some of them."""
    patch = Patch(data)
    elements, _ = tags(data, lambda name, depth: name == "Relationship" and depth == 1)
    for tag in elements:
        if tag.attributes.get("Id") in ids:
            patch.replace(tag.start, tag.end, "")
    return patch.result


def with_persons(data: bytes, comments: Collection[bytes]) -> bytes:
    """The list of those who wrote in threads of comments, with the writers of ``comments``
    alone.
    """
    patch = Patch(data)
    elements, _ = tags(data, lambda name, depth: name == "person" and depth == 1)
    for tag in elements:
        name = tag.attributes.get("id", "").encode()
        if not any(name in text for text in comments):
            patch.replace(tag.start, tag.end, "")
    return patch.result


def with_linked_sheets(data: bytes, sheets: Collection[str]) -> bytes:
    """A link to another workbook, with the names of some of its worksheets and no values."""
    names = {name.casefold() for name in sheets}
    patch = Patch(data)
    elements, _ = tags(data, lambda _, depth: depth in (2, 3))
    for tag in elements:
        value = tag.attributes.get("val", "").casefold()
        stays = value in names if tag.name == "sheetName" else tag.name == "sheetNames"
        if not stays and (tag.depth == 2 or tag.name == "sheetName"):
            patch.replace(tag.start, tag.end, "")
    return patch.result
