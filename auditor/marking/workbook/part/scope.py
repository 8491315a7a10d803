"""What the formulas of a part of a workbook may name: its own worksheets, names and tables.

A formula that names anything else reaches out of the part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

__all__ = ["Scope"]

_OPERATORS: Final = r"\s'\"!(),;+\-*/^&=<>{}%@#"
_TOKEN: Final = re.compile(
    rf"""(?P<text>"(?:[^"]|"")*")|\#[A-Z0-9/]+[!?]?"""
    rf"""|(?:(?P<quoted>'(?:[^']|'')*')|(?P<word>[^{_OPERATORS}]+))(?P<mark>[!(]?)"""
)
"""A text, an error value, or a name: of worksheets before ``!``, of a function before ``(``."""
_IN_WORD: Final = re.compile(r"[^:\[\]$]+")
_LINK: Final = re.compile(r"\[([0-9]{1,5})\]([^\[\]]*)")
_NUMBERED: Final = re.compile(r"(?<![\w\].\[])\[([0-9]{1,5})\](?=[^\[\]\"]*!)")
_ELSEWHERE: Final = ("SHEET", "SHEETS", "GETPIVOTDATA", "CUBE", "RTD")
"""What the names of functions begin with whose results come from other worksheets, from pivot
tables or from other programs."""
_POINTING: Final = "INDIRECT"
_BUILT_IN: Final = re.compile(r"(?:_xl\w+\.)*[A-Z][A-Z0-9._]*|_xlpm\..*")
"""The functions of Excel, as files write them; others are macros."""


class _Names(NamedTuple):
    """What a formula names. ``sheets`` are written as before the ``!``, without quotes; ``words``
    are in lower case; ``has_more`` is whether it names what can't be told.
    """

    sheets: frozenset[str]
    words: frozenset[str]
    has_more: bool


class Scope:
    """The worksheets of a part, by their names, out of those of the workbook in their ``order``.

    ``links`` are the other workbooks that formulas may name: the numbers that they get in the part
    by those that they have. ``gone`` are the names that the part lacks, in lower case: those that
    are defined, and those of tables.
    """

    def __init__(
        self, order: Sequence[str], worksheets: Collection[str], links: Mapping[int, int]
    ) -> None:
        self._order = {name.casefold(): number for number, name in enumerate(order)}
        self._inside = [name in worksheets for name in order]
        self.links = links
        self.gone: set[str] = set()
        self._seen: dict[str, _Names] = {}

    def renumbered(self, formula: str) -> str:
        """A formula of the part, with the part's numbers of other workbooks."""
        if "[" not in formula or all(old == new for old, new in self.links.items()):
            return formula
        return _NUMBERED.sub(lambda match: f"[{self.links.get(int(match[1]), 0)}]", formula)

    def reaches_out(self, formula: str) -> bool:
        """Whether a formula names what the part lacks."""
        names = self._names(formula)
        if names.has_more or not names.words.isdisjoint(self.gone):
            return True
        return not all(map(self._is_inside, names.sheets))

    def names_inside(self, formula: str) -> bool:
        """Whether a formula names a worksheet of the part."""
        return any(map(self._is_worksheet, self._names(formula).sheets))

    def words(self, formula: str) -> frozenset[str]:
        """The words of a formula that may be names, in lower case."""
        return self._names(formula).words

    def linked_sheets(self, formula: str) -> set[tuple[int, str]]:
        """The worksheets of other workbooks that a formula names, with the workbooks' numbers."""
        matches = map(_LINK.fullmatch, self._names(formula).sheets)
        return {(int(match[1]), match[2]) for match in matches if match is not None}

    def _is_inside(self, sheets: str) -> bool:
        """Whether worksheets, as a formula writes them, belong to the part."""
        link = _LINK.fullmatch(sheets)
        if link is None:
            return self._is_worksheet(sheets)
        number = int(link[1])
        # Names follow: of the workbook itself, which is number 0, or of another.
        if not link[2]:
            return number == 0
        return number in self.links

    def _is_worksheet(self, sheets: str) -> bool:
        first, _, last = sheets.casefold().partition(":")
        begin, end = self._order.get(first), self._order.get(last or first)
        if begin is None or end is None:
            return False
        return all(self._inside[min(begin, end) : max(begin, end) + 1])

    def _names(self, formula: str) -> _Names:
        names = self._seen.get(formula)
        if names is None:
            names = self._seen[formula] = _names_in(formula)
        return names


def _names_in(formula: str) -> _Names:
    sheets: set[str] = set()
    words: set[str] = set()
    texts: list[str] = []
    functions: set[str] = set()
    has_more = False
    for match in _TOKEN.finditer(formula):
        if match["text"] is not None:
            texts.append(match["text"])
        elif match["quoted"] is not None:
            # Quotes stand around the names of worksheets. Others escape characters in the names of
            # columns; where such a name begins and ends is not told apart here.
            has_more = has_more or match["mark"] != "!"
            sheets.add(match["quoted"][1:-1].replace("''", "'"))
        elif match["word"] is not None and match["mark"] == "!":
            sheets.add(match["word"])
        elif match["word"] is not None and match["mark"] == "(":
            functions.add(match["word"])
        elif match["word"] is not None:
            words |= {word.casefold() for word in _IN_WORD.findall(match["word"])}
    if _POINTING in functions:
        has_more = has_more or not texts or any("!" in text for text in texts)
    has_more = has_more or any(map(_is_elsewhere, functions))
    return _Names(frozenset(sheets), frozenset(words), has_more)


def _is_elsewhere(function: str) -> bool:
    """Whether a function gives something else, or nothing, in a part of its workbook."""
    name = function.rpartition("_xlfn.")[2]
    return _BUILT_IN.fullmatch(function) is None or name.startswith(_ELSEWHERE)
