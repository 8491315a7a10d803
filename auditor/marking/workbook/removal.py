"""Takes out of a workbook what the program put into it: its worksheet and its properties."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from auditor.files.ooxml import rels_of
from auditor.files.own.properties import (
    RELATIONSHIP,
    STRICT_RELATIONSHIP,
    part_of_properties,
)
from auditor.marking.workbook.package import PackageCopy
from auditor.marking.workbook.part.attached import without_relationships
from auditor.marking.workbook.splices import Patch, Tag, relationship_of, tags

__all__ = ["remove_empty_comments", "remove_properties", "remove_worksheet"]

_PROPERTY: Final = b"<property"
_COMMENT: Final = re.compile(rb"<(?:\w+:)?comment[\s>]")
_SHAPE: Final = re.compile(rb"<(?:\w+:)?shape[\s>]")


def remove_worksheet(copy: PackageCopy, name: str) -> None:
    """Remove a worksheet with all that is its own: its part, its names, its relationships."""
    patch = Patch(copy.part(copy.main))
    elements, _ = tags(patch.data, lambda _, depth: depth in (1, 2))
    sheets = [tag for tag in elements if tag.name == "sheet" and tag.depth == 2]
    index = [tag.attributes.get("name") for tag in sheets].index(name)
    patch.replace(sheets[index].start, sheets[index].end, "")
    _remove_names(patch, elements, index)
    for view in elements:
        if view.name == "workbookView":
            _show_other(patch, view, index, len(sheets) - 1)
    copy.changed[copy.main] = patch.result

    part = copy.worksheets[name]
    _drop(copy, copy.main, [relationship_of(sheets[index])])
    _leave_out(copy, _parts_of(copy, part))


def _parts_of(copy: PackageCopy, part: str) -> set[str]:
    """A worksheet's part with those that it alone points to."""
    shared: set[str] = set()
    for other in copy.worksheets.values():
        if other != part:
            shared |= _targets(copy, other)
    return {part, *(_targets(copy, part) - shared)}


def _targets(copy: PackageCopy, part: str) -> set[str]:
    relationships = copy.package.relationships(part).values()
    return {rel.target for rel in relationships if not rel.external}


def _remove_names(patch: Patch, elements: Collection[Tag], index: int) -> None:
    """Remove the names of a sheet, by its number from 0; those of later sheets move up."""
    for names in elements:
        if names.name != "definedNames" or names.depth != 1:
            continue
        inside = [tag for tag in elements if names.start < tag.start < names.end]
        gone = [tag for tag in inside if tag.attributes.get("localSheetId") == str(index)]
        if len(gone) == len(inside):
            patch.replace(names.start, names.end, "")
            return
        for tag in gone:
            patch.replace(tag.start, tag.end, "")
        for tag in inside:
            number = tag.attributes.get("localSheetId", "")
            if number.isdecimal() and int(number) > index:
                patch.set_attributes(tag, {"localSheetId": str(int(number) - 1)})


def _show_other(patch: Patch, view: Tag, index: int, count: int) -> None:
    """Let a window show a worksheet that is there."""
    values: dict[str, str] = {}
    for key in ("activeTab", "firstSheet"):
        number = view.attributes.get(key, "")
        if number.isdecimal() and int(number) >= index:
            values[key] = str(max(min(int(number), count) - 1, 0))
    if values:
        patch.set_attributes(view, values)


def remove_properties(copy: PackageCopy) -> None:
    """Remove the program's own properties, and their part where it holds no others."""
    relationships = copy.package.relationships("")
    for rel in relationships.values():
        if rel.kind not in (RELATIONSHIP, STRICT_RELATIONSHIP) or rel.target not in copy.package:
            continue
        rest = part_of_properties(copy.part(rel.target), {})
        if _PROPERTY in rest:
            copy.changed[rel.target] = rest
        else:
            _drop(copy, "", [rel.id])
            _leave_out(copy, {rel.target})


def _drop(copy: PackageCopy, part: str, relationships: Collection[str]) -> None:
    name = rels_of(part)
    copy.changed[name] = without_relationships(copy.part(name), relationships)


def _leave_out(copy: PackageCopy, parts: Collection[str]) -> None:
    """Leave parts out, with their relationships."""
    names = {*parts, *map(rels_of, parts)}
    copy.left_out |= {name.casefold() for name in names}
    for name in names:
        copy.changed.pop(name, None)


def remove_empty_comments(copy: PackageCopy, part: str) -> None:
    """Remove what shows the comments of a worksheet, where there are none any more."""
    comments = copy.related(part, "comments")
    if comments is None or _COMMENT.search(copy.part(comments)):
        return
    gone = {comments}
    drawing = copy.related(part, "vmlDrawing")
    patch = Patch(copy.part(part))
    elements, _ = tags(patch.data, lambda name, depth: depth == 1 and name == "legacyDrawing")
    if drawing is not None and elements and not _SHAPE.search(copy.part(drawing)):
        rel = copy.package.relationships(part).get(relationship_of(elements[0]))
        if rel is not None and rel.target == drawing:
            gone.add(drawing)
            patch.replace(elements[0].start, elements[0].end, "")
            copy.changed[part] = patch.result
    relationships = copy.package.relationships(part).values()
    _drop(copy, part, [rel.id for rel in relationships if rel.target in gone])
    _leave_out(copy, gone)
