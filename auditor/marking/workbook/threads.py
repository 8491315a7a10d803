"""Threads of comments, as newer versions of Excel write them: a marked cell gets a reply.

Excel shows a thread in the place of the comment of the same cell, so a text there alone would not
be seen; older programs show the comment.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from auditor.marking.workbook.package import PackageCopy
from auditor.marking.workbook.splices import Patch, Tag, attributes_in, tags, xml_text
from auditor.records.own import PROGRAM

__all__ = ["reply_in_threads"]

_AUTHOR: Final = PROGRAM
_NAMESPACE: Final = uuid.UUID("5f3f5d0a-7f0e-4b57-9a0e-6a1a4b8c2d10")
"""From which the ids of the author and of replies are made."""
_LONGEST: Final = 8_000


def reply_in_threads(copy: PackageCopy, part: str, texts: Mapping[str, str]) -> None:
    """Put texts behind the threads of some cells of the worksheet in ``part``, by their addresses.
    The replies of an earlier audit go.
    """
    threads, persons = copy.related(part, "threadedComment"), copy.related(copy.main, "person")
    if threads is None or persons is None:
        return
    author = _id("author")
    patch = Patch(copy.part(threads))
    elements, prefix = tags(patch.data, lambda _, depth: depth <= 1)
    root, *comments = elements
    for comment in comments:
        if comment.attributes.get("personId") == author:
            patch.replace(comment.start, comment.end, "")
    first = {
        comment.attributes.get("ref", ""): comment
        for comment in comments
        if "parentId" not in comment.attributes
    }
    replies = [_reply(first[cell], text, prefix) for cell, text in texts.items() if cell in first]
    patch.append(root, "".join(replies), prefix)
    copy.changed[threads] = patch.result
    if replies:
        _add_author(copy, persons, author)


def _reply(first: Tag, text: str, prefix: str) -> str:
    """A reply to the first comment of a thread, of the same time, so that copies are alike."""
    of_thread = first.attributes
    attributes = {
        "ref": of_thread.get("ref", ""),
        "dT": of_thread.get("dT", ""),
        "personId": _id("author"),
        "id": _id(f"{of_thread.get('id', '')} {text}"),
        "parentId": of_thread.get("id", ""),
    }
    present = {name: value for name, value in attributes.items() if value}
    return (
        f"<{prefix}threadedComment{attributes_in(present)}>"
        f"<{prefix}text>{xml_text(text, _LONGEST)}</{prefix}text></{prefix}threadedComment>"
    )


def _add_author(copy: PackageCopy, persons: str, author: str) -> None:
    patch = Patch(copy.part(persons))
    elements, prefix = tags(patch.data, lambda _, depth: depth <= 1)
    if any(person.attributes.get("id") == author for person in elements[1:]):
        return
    attributes = {"displayName": _AUTHOR, "id": author, "userId": _AUTHOR, "providerId": "None"}
    patch.append(elements[0], f"<{prefix}person{attributes_in(attributes)}/>", prefix)
    copy.changed[persons] = patch.result


def _id(name: str) -> str:
    return f"{{{str(uuid.uuid5(_NAMESPACE, name)).upper()}}}"
