"""The comments of a marked worksheet.

Their texts and the hidden shapes that show them go into new parts, or into parts that are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import unescape

from auditor.files.ooxml import PackageError
from auditor.marking.workbook.boxes import Measures, Position
from auditor.marking.workbook.package import SPREADSHEET, NewRelationships, PackageCopy
from auditor.marking.workbook.shapes import enlarged_shapes, more_shapes, new_shapes
from auditor.marking.workbook.splices import (
    DECLARATION,
    MAIN,
    Patch,
    Tag,
    local_name,
    tags,
    xml_text,
)
from auditor.records.addresses import address

__all__ = ["add_comments"]

_AUTHOR: Final = "sheet-auditor"
_BETWEEN: Final = "――――"
_LONGEST: Final = 8_000
"""How many characters of a comment are shown; a longer one is cut."""
_MARKUP: Final = re.compile(r"<[^>]*>")
_BEHIND_DRAWING: Final = frozenset(
    [
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    ]
)
"""What may follow <legacyDrawing> in a worksheet, which must stand before the first of them."""


def add_comments(
    copy: PackageCopy,
    part: str,
    worksheet: Patch,
    elements: Sequence[Tag],
    prefix: str,
    texts: Mapping[Position, str],
) -> None:
    """Give cells of a worksheet comments. ``elements`` are those of the worksheet, with its root's
    children; a new drawing is spliced into ``worksheet``.
    """
    relationships = NewRelationships(copy, part)
    by_address = {address(*at): text for at, text in texts.items()}
    measures = Measures(elements)

    commented: dict[str, str] = {}
    comments = copy.related(part, "comments")
    if comments is not None:
        copy.changed[comments], commented = _more_comments(copy.part(comments), by_address)
    else:
        comments = copy.free_name("xl/comments{}.xml")
        copy.changed[comments] = _new_comments(by_address)
        copy.content_types.append((comments, f"{SPREADSHEET}.comments+xml"))
        relationships.add("comments", comments)

    # A cell that had a comment has a shape too.
    boxes = {
        at: measures.box(at, text) for at, text in texts.items() if address(*at) not in commented
    }
    whole = {at: commented[address(*at)] for at in texts if address(*at) in commented}
    legacy = next((tag for tag in elements if tag.name == "legacyDrawing"), None)
    drawing = relationships.existing.get(_relationship_id(legacy)) if legacy else None
    if drawing is not None and drawing.target in copy.package:
        shapes = enlarged_shapes(copy.part(drawing.target), whole, measures)
        copy.changed[drawing.target] = more_shapes(shapes, boxes)
    else:
        target = copy.free_name("xl/drawings/vmlDrawing{}.vml")
        copy.changed[target] = new_shapes(boxes)
        rel_id = relationships.add("vmlDrawing", target)
        namespace = copy.relationship_namespace
        element = f'<{prefix}legacyDrawing xmlns:rel="{namespace}" rel:id="{rel_id}"/>'
        if legacy is not None:
            worksheet.replace(legacy.start, legacy.end, element)
        else:
            worksheet.insert(_drawing_offset(worksheet, elements), element)
    relationships.write()


def _relationship_id(tag: Tag) -> str:
    ids = [value for name, value in tag.attributes.items() if local_name(name) == "id"]
    return ids[0] if ids else ""


def _drawing_offset(worksheet: Patch, elements: Sequence[Tag]) -> int:
    """Where a worksheet's <legacyDrawing> has to stand."""
    sheet_end = next(tag for tag in elements if tag.name == "sheetData").end
    for tag in elements:
        if tag.depth == 1 and tag.name in _BEHIND_DRAWING and tag.start >= sheet_end:
            return tag.start
    return worksheet.data.rindex(b"</")


# — the part of the texts —


def _new_comments(texts: Mapping[str, str]) -> bytes:
    """A part of comments, with a text for each address."""
    comments = "".join(_comment(cell, 0, text, "") for cell, text in texts.items())
    return (
        f'{DECLARATION}<comments xmlns="{MAIN}"><authors><author>{_AUTHOR}</author></authors>'
        f"<commentList>{comments}</commentList></comments>"
    ).encode()


def _more_comments(data: bytes, texts: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """A part of comments with more of them, and what the cells that had one now say: their comment
    is kept, and the text follows it. Comments and texts of an earlier audit are replaced. Raises
    PackageError for a part without its lists.
    """
    elements, prefix = tags(data, lambda _, depth: depth <= 5)
    patch = Patch(data)
    authors = next((tag for tag in elements if tag.name == "authors"), None)
    comments = next((tag for tag in elements if tag.name == "commentList"), None)
    if authors is None or comments is None:
        raise PackageError(
            "broken-comments", "has comments that can't be read", "コメントの部品を読めません"
        )
    names = [tag for tag in elements if tag.name == "author"]
    author = len(names)
    earlier = {str(i) for i, tag in enumerate(names) if _text_in(data, tag) == _AUTHOR}
    patch.append(authors, f"<{prefix}author>{_AUTHOR}</{prefix}author>", prefix)

    commented: dict[str, str] = {}
    for comment in elements:
        cell = comment.attributes.get("ref", "")
        if comment.name == "comment" and cell in texts:
            if comment.attributes.get("authorId") in earlier:
                commented[cell] = texts[cell]
                new = _comment(cell, author, texts[cell], prefix)
                patch.replace(comment.start, comment.end, new)
                continue
            inside = [tag for tag in elements if comment.start < tag.start < comment.end]
            before = _continue_comment(patch, inside, texts[cell], prefix)
            commented[cell] = f"{before}\n{_BETWEEN}\n{texts[cell]}"

    others = [
        _comment(cell, author, text, prefix)
        for cell, text in texts.items()
        if cell not in commented
    ]
    if others:
        patch.append(comments, "".join(others), prefix)
    return patch.result, commented


def _comment(cell: str, author: int, text: str, prefix: str) -> str:
    return (
        f'<{prefix}comment ref="{cell}" authorId="{author}"><{prefix}text>'
        f"{_run(xml_text(text, _LONGEST), prefix)}</{prefix}text></{prefix}comment>"
    )


def _continue_comment(patch: Patch, inside: Sequence[Tag], text: str, prefix: str) -> str:
    """Put a text behind that of a comment, whose elements are ``inside``; returns what it said.
    What an earlier audit put there goes.
    """
    body = next((tag for tag in inside if tag.name == "text"), None)
    if body is None:
        return ""
    children = [tag for tag in inside if tag.depth == body.depth + 1]
    before: list[str] = []
    for tag in children:
        content = _text_in(patch.data, tag)
        if tag.name == "r" and content.startswith(f"\n{_BETWEEN}\n"):
            patch.replace(tag.start, tag.end, "")
        elif tag.name in ("r", "t"):
            before.append(content)
    # A text is either plain or made of runs, so a plain one becomes a run.
    for tag in children:
        if tag.name == "t":
            patch.insert(tag.start, f"<{prefix}r>")
            patch.insert(tag.end, f"</{prefix}r>")
    run = _run(f"\n{_BETWEEN}\n{xml_text(text, _LONGEST)}", prefix)
    # Readings of the text's characters (furigana) stand behind all of its runs.
    reading = next((tag for tag in children if tag.name in ("rPh", "phoneticPr")), None)
    if reading is not None:
        patch.insert(reading.start, run)
    else:
        patch.append(body, run, prefix)
    return "".join(before)


def _text_in(data: bytes, tag: Tag) -> str:
    """The text of an element and of those inside."""
    return unescape(_MARKUP.sub("", data[tag.open_end : tag.close].decode()))


def _run(text: str, prefix: str) -> str:
    return f'<{prefix}r><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}r>'
