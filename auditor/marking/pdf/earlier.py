"""The marks of an earlier audit in a PDF, which are taken away before it is marked again.

The program knows its boxes by their name or subject, and its heading of bookmarks by title, weight
and colour. Other programs that save the PDF keep these. It works in a child process.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any, Final

from auditor.records.findings_sheet import NAME
from auditor.records.own import PROGRAM

__all__ = ["AUTHOR", "HEADING_COLOUR", "NAMED", "OF_PROGRAM", "is_own_box", "without_earlier"]

AUTHOR: Final = PROGRAM
"""The author of the program's boxes, and their subject."""
NAMED: Final = f"{AUTHOR}-"
"""What the names of the program's boxes begin with."""
OF_PROGRAM: Final = "/SheetAuditor"
"""The name under which the catalog keeps what the program says of a copy."""
HEADING_COLOUR: Final = (0.12, 0.24, 0.52)
"""The red, green and blue of the heading of the program's bookmarks."""
_NEAR: Final = 0.005
"""How far a program that saves colours in bytes may move them."""
_TITLES: Final = frozenset((NAME.en, NAME.ja))
_BOLD: Final = 2
_HIDDEN: Final = 2 | 32
"""The flags of an annotation that is not shown: some programs show a reply in its box's window."""
_MOST_BOOKMARKS: Final = 100_000


def without_earlier(generic: Any, writer: Any) -> tuple[Counter[int], bool]:
    """Take the marks of an earlier audit out of the PDF of a pypdf writer.

    Returns how many annotations went from each page (from 0), and whether a bookmark did. The
    annotations of others stay; their replies to the program's boxes become notes.
    """
    gone = Counter[int]()
    for number, page in enumerate(writer.pages):
        if number_gone := _clear_page(generic, page):
            gone[number] = number_gone
    return gone, _remove_bookmarks(generic, writer.root_object)


def _clear_page(generic: Any, page: Any) -> int:
    annotations = _value(page, "/Annots")
    if not isinstance(annotations, generic.ArrayObject):
        return 0
    members = [(member, member.get_object()) for member in annotations]
    boxes = [value for _, value in members if is_own_box(generic, value)]
    if not boxes:
        return 0
    windows = [_value(box, "/Popup") for box in boxes]
    rest = generic.ArrayObject()
    for member, value in members:
        parent = _value(value, "/Parent") if _is_popup(generic, value) else None
        if any(value is mark for mark in (*boxes, *windows)) or any(parent is box for box in boxes):
            continue
        if isinstance(value, generic.DictionaryObject):
            _detach(generic, value, boxes)
        rest.append(member)
    page[generic.NameObject("/Annots")] = rest
    return len(annotations) - len(rest)


def _value(dictionary: Any, key: str) -> Any:
    """What stands under a key, also where it is an object of its own; None for nothing."""
    value = dictionary.get(key)
    return None if value is None else value.get_object()


def is_own_box(generic: Any, annotation: Any) -> bool:
    """Whether an annotation is a box of the program."""
    if not isinstance(annotation, generic.DictionaryObject):
        return False
    if str(_value(annotation, "/NM")).startswith(NAMED):
        return True
    return bool(_value(annotation, "/T") == AUTHOR == _value(annotation, "/Subj"))


def _is_popup(generic: Any, annotation: Any) -> bool:
    return (
        isinstance(annotation, generic.DictionaryObject)
        and _value(annotation, "/Subtype") == "/Popup"
    )


def _detach(generic: Any, annotation: Any, boxes: list[Any]) -> None:
    """Make a reply to one of the boxes a note that stands by itself."""
    answered = _value(annotation, "/IRT")
    if not any(answered is box for box in boxes):
        return
    for key in ("/IRT", "/RT"):
        annotation.pop(key, None)
    flags = int(_value(annotation, "/F") or 0)
    annotation[generic.NameObject("/F")] = generic.NumberObject(flags & ~_HIDDEN)


def _remove_bookmarks(generic: Any, root: Any) -> bool:
    """Take the program's headings, with the bookmarks below them, out of the outline."""
    name = generic.NameObject
    outline = _value(root, "/Outlines")
    if not isinstance(outline, generic.DictionaryObject):
        return False
    items: list[tuple[Any, Any]] = []
    item = _value(outline, "/First")
    while item is not None and len(items) < _MOST_BOOKMARKS:
        if not isinstance(item, generic.DictionaryObject):
            return False  # a damaged outline is left alone
        items.append((item.indirect_reference, item))
        item = _value(item, "/Next")
    rest = [(reference, item) for reference, item in items if not _is_own_heading(item)]
    if len(rest) == len(items) or len(items) == _MOST_BOOKMARKS:
        return False
    for (before, item), (after, following) in pairwise(rest):
        item[name("/Next")], following[name("/Prev")] = after, before
    if not rest:
        del root["/Outlines"]
        return True
    outline[name("/First")], outline[name("/Last")] = rest[0][0], rest[-1][0]
    rest[0][1].pop("/Prev", None)
    rest[-1][1].pop("/Next", None)
    # The outline counts its items and those that are unfolded below them.
    shown = sum(1 + max(int(_value(item, "/Count") or 0), 0) for _, item in rest)
    outline[name("/Count")] = generic.NumberObject(shown)
    return True


def _is_own_heading(item: Any) -> bool:
    colour = _value(item, "/C") or ()
    return (
        str(_value(item, "/Title")) in _TITLES
        and bool(int(_value(item, "/F") or 0) & _BOLD)
        and len(colour) == len(HEADING_COLOUR)
        and all(
            abs(float(part) - intended) <= _NEAR
            for part, intended in zip(colour, HEADING_COLOUR, strict=True)
        )
    )
