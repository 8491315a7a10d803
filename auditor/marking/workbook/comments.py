"""The comments of a marked worksheet.

Their texts and the hidden shapes that show them go into new parts, or into parts that are there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import unescape

from auditor.files.ooxml import PackageError
from auditor.marking.workbook.boxes import POINTS, Measures, Position
from auditor.marking.workbook.package import SPREADSHEET, NewRelationships, PackageCopy
from auditor.marking.workbook.shapes import (
    enlarged_shapes,
    more_shapes,
    new_shapes,
    without_shapes,
)
from auditor.marking.workbook.splices import (
    DECLARATION,
    MAIN,
    Patch,
    Tag,
    attributes_in,
    relationship_of,
    tags,
    text_in,
    xml_text,
)
from auditor.marking.workbook.threads import reply_in_threads
from auditor.records.addresses import address
from auditor.records.own import PROGRAM

__all__ = ["add_comments", "note_digest"]

_AUTHOR: Final = PROGRAM
_NO_AUTHOR: Final = ("", "Unknown", "Unknown Author")
"""What programs write that keep no authors of comments, as LibreOffice does."""
_OWN_TEXTS: Final = (
    "【要訂正・指摘",
    "【要確認・指摘",
    "【参考・指摘",
    "→ 指摘",
    "[error, finding ",
    "[warning, finding ",
    "[note, finding ",
    "→ finding ",
)
"""How the program's notes and pointers begin."""
_BETWEEN: Final = "――――"
_ESCAPED_BREAKS: Final = re.compile(r"&#(?:10|13|x[aAdD]);")
_LINE_BREAKS: Final = re.compile(rb"(?:[\r\n]|&#(?:10|13|x[aAdD]);)+$")
_LONGEST: Final = 8_000
"""How many characters of a comment are shown; a longer one is cut."""
_FONT: Final = (
    ("sz", {"val": str(POINTS)}),
    ("color", {"indexed": "81"}),
    ("rFont", {"val": "MS P ゴシック"}),
    ("family", {"val": "3"}),
    ("charset", {"val": "128"}),
)
"""How comments are set, by the elements of a run: as Excel does it, in the size of their boxes."""
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
    written: Mapping[str, str],
) -> None:
    """Give cells of a worksheet comments, and take away those of an earlier audit. ``elements``
    are those of the worksheet, with its root's children; a new drawing is spliced into
    ``worksheet``.

    ``written`` has the digests of the earlier audit's texts, by cell. A text that somebody has
    changed since is theirs, and stays.
    """
    by_address = {address(*at): text for at, text in texts.items()}
    reply_in_threads(copy, part, by_address)
    part_of_comments = copy.related(part, "comments")
    if part_of_comments is None and not texts:
        return
    relationships = NewRelationships(copy, part)
    earlier = _Earlier({}, set())
    if part_of_comments is not None:
        data = copy.part(part_of_comments)
        copy.changed[part_of_comments], earlier = _more_comments(data, by_address, written)
    else:
        part_of_comments = copy.free_name("xl/comments{}.xml")
        copy.changed[part_of_comments] = _new_comments(by_address)
        copy.content_types.append((part_of_comments, f"{SPREADSHEET}.comments+xml"))
        relationships.add("comments", part_of_comments)

    # A cell that had a comment has a shape too.
    measures = Measures(elements)
    addresses = {at: address(*at) for at in texts}
    boxes = {
        at: measures.box(at, texts[at])
        for at, cell in addresses.items()
        if cell not in earlier.commented
    }
    whole = {
        at: earlier.commented[cell] for at, cell in addresses.items() if cell in earlier.commented
    }
    legacy = next((tag for tag in elements if tag.name == "legacyDrawing"), None)
    drawing = relationships.existing.get(relationship_of(legacy)) if legacy else None
    if drawing is not None and drawing.target in copy.package:
        shapes = without_shapes(copy.part(drawing.target), earlier.removed)
        shapes = enlarged_shapes(shapes, whole, measures)
        copy.changed[drawing.target] = more_shapes(shapes, boxes)
    elif boxes:
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


class _Earlier(NamedTuple):
    """The comments that a worksheet had: what those of marked cells say now, and the cells that
    have none any more. Older programs show a thread by a comment of the same cell.
    """

    commented: dict[str, str]
    removed: set[str]


def _more_comments(
    data: bytes, texts: Mapping[str, str], written: Mapping[str, str]
) -> tuple[bytes, _Earlier]:
    """A part of comments with more of them. The comment of a cell that had one is kept, and the
    text follows it; comments and texts of an earlier audit go. Raises PackageError for a part
    without its lists.
    """
    elements, prefix = tags(data, lambda _, depth: depth <= 5)
    patch = Patch(data)
    authors = next((tag for tag in elements if tag.name == "authors"), None)
    comments = next((tag for tag in elements if tag.name == "commentList"), None)
    if authors is None or comments is None:
        raise PackageError(
            "broken-comments", "has comments that can't be read", "コメントの部品を読めません"
        )
    names = [text_in(data, tag) for tag in elements if tag.name == "author"]
    author = names.index(_AUTHOR) if _AUTHOR in names else len(names)
    if author == len(names) and texts:
        patch.append(authors, f"<{prefix}author>{_AUTHOR}</{prefix}author>", prefix)

    earlier = _Earlier({}, set())
    for comment in elements:
        if comment.name == "comment":
            inside = [tag for tag in elements if comment.start < tag.start < comment.end]
            _renew(patch, comment, inside, _Renewal(texts, written, names, author, prefix, earlier))
    others = [
        _comment(cell, author, text, prefix)
        for cell, text in texts.items()
        if cell not in earlier.commented
    ]
    if others:
        patch.append(comments, "".join(others), prefix)
    return patch.result, earlier


class _Renewal(NamedTuple):
    """What a comment is renewed by: the texts of the marked cells, the digests of those that were
    written earlier, the names of all authors and the number of the program's, the prefix of
    elements; and what becomes of the comments.
    """

    texts: Mapping[str, str]
    written: Mapping[str, str]
    names: Sequence[str]
    author: int
    prefix: str
    earlier: _Earlier


def _renew(patch: Patch, comment: Tag, inside: Sequence[Tag], renewal: _Renewal) -> None:
    """Put the text of its cell into a comment, and take what an earlier audit put there."""
    cell = comment.attributes.get("ref", "")
    text, name = renewal.texts.get(cell), _author_of(comment, renewal.names)
    earlier, prefix = renewal.earlier, renewal.prefix
    is_own = name == _AUTHOR or (name.strip() in _NO_AUTHOR and _is_own_text(patch, comment))
    is_changed = _is_changed(patch, inside, renewal.written.get(cell), is_own=is_own)
    if is_changed or not is_own:
        before = _continue_comment(patch, inside, text, prefix, is_whole=is_changed)
        if text is not None:
            earlier.commented[cell] = f"{before}\n{_BETWEEN}\n{text}"
    elif text is not None:
        earlier.commented[cell] = text
        new = _comment(cell, renewal.author, text, prefix)
        patch.replace(comment.start, comment.end, new)
    else:
        earlier.removed.add(cell)
        patch.replace(comment.start, comment.end, "")


def _is_own_text(patch: Patch, comment: Tag) -> bool:
    """Whether a comment says what the program writes into one."""
    return text_in(patch.data, comment).lstrip().startswith(_OWN_TEXTS)


def _is_changed(patch: Patch, inside: Sequence[Tag], digest: str | None, *, is_own: bool) -> bool:
    """Whether somebody has changed what an earlier audit wrote into a comment: into one of its
    own, or behind the text of another.
    """
    body = next((tag for tag in inside if tag.name == "text"), None)
    if body is None or digest is None:
        return False
    content = text_in(patch.data, body)
    if not is_own:
        content = content.partition(_BETWEEN)[2]
    return bool(content.strip()) and note_digest(content) != digest


def note_digest(text: str) -> str:
    """What tells a note from others, whatever a program does to its spaces."""
    shown = _ESCAPED_BREAKS.sub("", unescape(xml_text(text, _LONGEST)))
    return hashlib.sha256("".join(shown.split()).encode()).hexdigest()[:8]


def _author_of(comment: Tag, names: Sequence[str]) -> str:
    number = comment.attributes.get("authorId", "")
    return names[int(number)] if number.isdecimal() and int(number) < len(names) else ""


def _comment(cell: str, author: int, text: str, prefix: str) -> str:
    return (
        f'<{prefix}comment ref="{cell}" authorId="{author}"><{prefix}text>'
        f"{_run(xml_text(text, _LONGEST), prefix)}</{prefix}text></{prefix}comment>"
    )


def _continue_comment(
    patch: Patch, inside: Sequence[Tag], text: str | None, prefix: str, *, is_whole: bool
) -> str:
    """Put a text (None for none) behind that of a comment, whose elements are ``inside``; returns
    what it said. What an earlier audit put there goes, unless the comment ``is_whole``.
    """
    body = next((tag for tag in inside if tag.name == "text"), None)
    if body is None:
        return ""
    children = [tag for tag in inside if tag.depth == body.depth + 1]
    original = text_in(patch.data, body) if is_whole else _without_earlier(patch, children)
    if text is None:
        return original
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
    return original


def _without_earlier(patch: Patch, children: Sequence[Tag]) -> str:
    """Take what an earlier audit put into a comment from its text; returns what is left of it."""
    before: list[str] = []
    last: Tag | None = None
    is_own = False
    for tag in children:
        if tag.name not in ("r", "t"):
            continue
        content, mark, _ = text_in(patch.data, tag).partition(_BETWEEN)
        if is_own or (mark and not content.strip()):
            patch.replace(tag.start, tag.end, "")
            if not is_own and last is not None:
                _trim(patch, last)
        else:
            last = tag
            before.append(content)
            if mark:  # a program may have made one run of both texts
                end = patch.data.index(_BETWEEN.encode(), tag.start)
                start = len(patch.data[:end].rstrip())
                patch.replace(start, patch.data.index(b"</", end), "")
        is_own = is_own or bool(mark)
    text = "".join(before)
    return text.rstrip("\n") if is_own else text


def _trim(patch: Patch, tag: Tag) -> None:
    """Take the line breaks from the end of a text, which a program has moved there."""
    close = tag.close if tag.name == "t" else patch.data.rindex(b"</", tag.start, tag.close)
    end = _LINE_BREAKS.search(patch.data[tag.open_end : close])
    if end is not None:
        patch.replace(tag.open_end + end.start(), close, "")


def _run(text: str, prefix: str) -> str:
    font = "".join(f"<{prefix}{name}{attributes_in(values)}/>" for name, values in _FONT)
    return (
        f"<{prefix}r><{prefix}rPr>{font}</{prefix}rPr>"
        f'<{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}r>'
    )
