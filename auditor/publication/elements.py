"""The elements of an XML part by their names, and all of its text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from auditor.files.ooxml import parse_xml

__all__ = ["Element", "elements_of", "scan_texts"]

_LONGEST: Final = 40_000
_SPOKEN: Final = frozenset(
    {
        "author",
        "caption",
        "comment",
        "descr",
        "display",
        "displayName",
        "error",
        "errorTitle",
        "name",
        "prompt",
        "promptTitle",
        "providerId",
        "Target",
        "text",
        "title",
        "tooltip",
        "userId",
        "userName",
        "v",
    }
)
"""The attributes in which people's words stand, or what a table keeps of them."""
_RUNS: Final = frozenset({"r", "t", "rPr", "latin", "ea", "cs", "solidFill", "srgbClr", "font"})
"""Elements that part a text only by its looks."""


@dataclass
class Element:
    """An element with its attributes, its name and theirs without their namespaces, and the text
    in it and in the elements within.
    """

    tag: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list[str])
    length: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()

    def take(self, text: str) -> None:
        """Add to the text, up to what a cell may hold."""
        if self.length < _LONGEST:
            self.pieces.append(text)
            self.length += len(text)


def elements_of(
    chunks: Iterator[bytes], part: str, tags: Collection[str], *, skip: str = ""
) -> list[Element]:
    """The elements of a part that have one of these names, in the order of their beginnings; those
    within elements named ``skip`` are left out. Readings of kanji are no text.
    """
    elements: list[Element] = []
    open_elements: list[Element] = []
    depth = 0  # within what is left out

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth or tag in (skip, "rPh"):
            depth += 1
        elif tag in tags:
            element = Element(tag, attributes)
            elements.append(element)
            open_elements.append(element)

    def end(tag: str) -> None:
        nonlocal depth
        if depth:
            depth -= 1
        elif open_elements and open_elements[-1].tag == tag:
            open_elements.pop()

    def text(data: str) -> None:
        if not depth:
            for element in open_elements:
                element.take(data)

    parse_xml(chunks, part, start, end, text)
    return elements


def scan_texts(chunks: Iterator[bytes], part: str, scan: Callable[[str], None]) -> None:
    """Give every text of a part to ``scan``: what stands in its elements, and in the attributes
    that hold people's words. What is set in several runs is one text.
    """
    pieces: list[str] = []
    length = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name in _SPOKEN:
                scan(value)
        if tag not in _RUNS:
            finish()

    def end(tag: str) -> None:
        if tag not in _RUNS:
            finish()

    def text(data: str) -> None:
        nonlocal length
        pieces.append(data)
        length += len(data)
        if length > _LONGEST:
            finish()

    def finish() -> None:
        nonlocal length
        if pieces:
            scan("".join(pieces))
            pieces.clear()
            length = 0

    parse_xml(chunks, part, start, end, text)
