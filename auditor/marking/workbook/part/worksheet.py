"""A worksheet of a part of a workbook: it loses what names the worksheets that are not there.

A formula that does goes, and its stored result stays as a constant. The cells are found by
patterns, all else by a parser.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from auditor.marking.workbook.part.plain import ATTRIBUTES, attribute, prefix_of, text_of
from auditor.marking.workbook.part.scope import Scope
from auditor.marking.workbook.splices import Patch, Tag, tags, text_in

__all__ = ["WorksheetPart", "has_relationship"]

_ANY_FORMULA: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:f|formula[12]?)(?=[\s>])" + ATTRIBUTES + rb">([^<]+)<"
)
_DROPPED: Final = frozenset(["customSheetViews", "dataConsolidate", "smartTags"])
"""What a worksheet says for its whole workbook."""
_FORMULAS: Final = frozenset(["f", "formula", "formula1", "formula2"])
_NAMING: Final = frozenset(["location", "linkedCell", "listFillRange", "macro", "link"])
"""Attributes that name cells or macros."""
_SINGLE: Final = frozenset(["dataValidation", "cfRule", "hyperlink", "ext"])
"""What goes without the others of its list. Where all of a list go, the list does."""
_MANY: Final = frozenset(["mergeCell", "col", "brk", "sheetData", "row", "c", "v"])
"""Elements that name nothing."""


class _Formula(NamedTuple):
    """The element of a cell's formula; ``shared`` is the number of its group."""

    start: int
    end: int
    inner: tuple[int, int]
    text: str
    shared: str | None


class WorksheetPart:
    """The part of a worksheet, without comments and unparsed sections."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._prefix = prefix_of(data)

    @cached_property
    def formulas(self) -> tuple[str, ...]:
        """All that cells, conditions and lists of choices compute."""
        return tuple({text_of(text) for text in _ANY_FORMULA.findall(self.data)})

    @cached_property
    def strings(self) -> set[int]:
        """The numbers of the shared texts that the cells hold."""
        cell, value, formula = (self._prefix + name for name in (b"c", b"v", b"f"))
        pattern = re.compile(
            rb"<"
            + cell
            + rb"(?=\s)"
            + ATTRIBUTES
            + rb"\st\s*=\s*[\"']s[\"']"
            + ATTRIBUTES
            + rb">\s*"
            rb"(?:<" + formula + rb"(?=[\s/>])" + ATTRIBUTES + rb"(?:/>|>[^<]*</[^>]*>)\s*)?"
            rb"<" + value + rb"(?:\s" + ATTRIBUTES + rb")?>\s*([0-9]+)\s*<"
        )
        numbers = pattern.findall(self._body)
        if len(numbers) != len(re.findall(rb"\st\s*=\s*[\"']s[\"']", self._body)):
            return self._parsed_strings()
        return set(map(int, numbers))

    def _parsed_strings(self) -> set[int]:
        elements, _ = tags(self.data, lambda name, depth: name in ("c", "v") and depth in (3, 4))
        shared = False
        numbers: set[int] = set()
        for tag in elements:
            if tag.name == "c":
                shared = tag.attributes.get("t") == "s"
            elif shared and (text := text_in(self.data, tag).strip()).isdecimal():
                numbers.add(int(text))
        return numbers

    def patched(self, scope: Scope, dropped: Collection[str], *, active: bool) -> bytes:
        """The worksheet in the part. ``dropped`` are the ids of relationships that it loses;
        ``active`` is whether it is the one that is shown first.
        """
        head, body, tail = self._pieces
        # The parser sees a worksheet without cells.
        shell = Patch(head + tail)
        elements, _ = tags(shell.data, lambda name, _: name not in _MANY)
        _patch_shell(shell, elements, _Loss(scope, dropped))
        for view in elements:
            if view.name == "sheetView" and (active or "tabSelected" in view.attributes):
                shell.set_attributes(view, {"tabSelected": "1" if active else "0"})
        before = [splice for splice in shell.splices if splice[1] <= len(head)]
        behind = [
            (start - len(head), end - len(head), text)
            for start, end, text in shell.splices
            if end > len(head)
        ]
        return b"".join(
            [Patch(head, before).result, self._cells(body, scope), Patch(tail, behind).result]
        )

    @cached_property
    def _pieces(self) -> tuple[bytes, bytes, bytes]:
        """What stands before the rows, the rows, and what stands behind them."""
        name = self._prefix + b"sheetData"
        opened = re.search(rb"<" + name + rb"(?=[\s/>])" + ATTRIBUTES + rb">", self.data)
        if opened is None or opened[0].endswith(b"/>"):
            return self.data, b"", b""
        close = self.data.find(b"</" + name, opened.end())
        close = len(self.data) if close < 0 else close
        return self.data[: opened.end()], self.data[opened.end() : close], self.data[close:]

    @property
    def _body(self) -> bytes:
        return self._pieces[1]

    def _cells(self, body: bytes, scope: Scope) -> bytes:
        """The rows, whose formulas stay inside of the part."""
        patch = Patch(body)
        formulas = list(self._cell_formulas(body))
        out = {
            formula.shared
            for formula in formulas
            if formula.shared is not None and formula.text and scope.reaches_out(formula.text)
        }
        for formula in formulas:
            if formula.shared in out or scope.reaches_out(formula.text):
                patch.replace(formula.start, formula.end, "")
            elif (new := scope.renumbered(formula.text)) != formula.text:
                patch.replace(*formula.inner, escape(new))
        return self._without_metadata(patch.result)

    def _cell_formulas(self, body: bytes) -> Iterator[_Formula]:
        pattern = re.compile(
            rb"<" + self._prefix + rb"f(?=[\s/>])(" + ATTRIBUTES + rb")(?:/>|>([^<]*)</[^>]*>)"
        )
        for match in pattern.finditer(body):
            attributes, text = match[1], match[2]
            shared = None
            if b"shared" in attributes and attribute(attributes, b"t") == "shared":
                shared = attribute(attributes, b"si") or ""
            yield _Formula(*match.span(), match.span(2), text_of(text or b""), shared)

    def _without_metadata(self, body: bytes) -> bytes:
        """The rows without the numbers of what the workbook tells of single cells besides."""
        if b" cm=" not in body and b" vm=" not in body:
            return body
        cell = re.compile(rb"<" + self._prefix + rb"c(?=\s)" + ATTRIBUTES + rb">")
        number = re.compile(rb"\s[cv]m\s*=\s*(?:\"[^\"]*\"|'[^']*')")
        return cell.sub(lambda match: number.sub(b"", match[0]), body)


class _Loss(NamedTuple):
    """What a worksheet loses: all that reaches out of a scope, and some relationships."""

    scope: Scope
    dropped: Collection[str]

    def has(self, tag: Tag, data: bytes) -> bool:
        """Whether an element is lost."""
        if tag.name in _DROPPED and tag.depth == 1:
            return True
        if has_relationship(tag, self.dropped):
            return True
        named = [value for name, value in tag.attributes.items() if name in _NAMING]
        if tag.name == "cfvo" and tag.attributes.get("type") == "formula":
            named.append(tag.attributes.get("val", ""))
        if tag.name in _FORMULAS:
            named.append(text_in(data, tag))
        return any(map(self.scope.reaches_out, named))


def has_relationship(tag: Tag, ids: Collection[str]) -> bool:
    """Whether an element names one of some relationships."""
    return any(":" in name and value in ids for name, value in tag.attributes.items())


def _patch_shell(patch: Patch, elements: Sequence[Tag], loss: _Loss) -> None:
    """Take out of a worksheet what is lost, and the lists that lose all that they hold."""
    members = [tag for tag in elements if tag.depth == 2 and tag.name in _SINGLE]
    groups = [tag for tag in elements if tag.depth == 1]
    lost = _holders(patch.data, elements, [*groups, *members], loss)
    for group in groups:
        inside = [tag for tag in members if group.start < tag.start < group.end]
        rest = [tag for tag in inside if tag.start not in lost]
        if group.start in lost or (inside and not rest):
            patch.replace(group.start, group.end, "")
            continue
        if not inside:
            continue
        for tag in inside:
            if tag.start in lost:
                patch.replace(tag.start, tag.end, "")
        _set_where_there(patch, group, {"count": str(len(rest)), "pivot": "0"})


def _set_where_there(patch: Patch, tag: Tag, values: Mapping[str, str]) -> None:
    """Change attributes of an element, of those that it has."""
    changed = {
        name: text for name, text in values.items() if tag.attributes.get(name, text) != text
    }
    if changed:
        patch.set_attributes(tag, changed)


def _holders(data: bytes, elements: Sequence[Tag], holders: Sequence[Tag], loss: _Loss) -> set[int]:
    """The offsets of the innermost of some elements that hold one which is lost."""
    lost: set[int] = set()
    for tag in elements:
        if loss.has(tag, data):
            around = [holder for holder in holders if holder.start <= tag.start < holder.end]
            lost |= {holder.start for holder in around[-1:]}
    return lost
