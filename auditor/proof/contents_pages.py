"""The contents pages (目次) of a book: which sheet they put on which page.

A row counts by the name of a sheet before a page number. What is between the two may only be
dots, the sheet's budget stages and a department; what is before it may be anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from auditor.forms.words import squeezed
from auditor.proof.pages import BookPage
from auditor.records.model import Sheet

__all__ = ["Contents", "Entry", "assigned", "contents_of"]

_HEADING: Final = re.compile(
    r"(?:[^0-9]{0,24}の)?\W*(?:目次|もくじ|contents|tableofcontents)\W*(?:[(<\[【〈《].{0,20})?",
    re.I,
)
_LEADER: Final = re.compile(r"[.…‥・･\-_―─━—–=~〜\s()\[\]<>＜＞〈〉《》「」【】、,:/|]+")
_NUMBER: Final = re.compile(
    r"(?<![0-9年度第])(?<![0-9][.,])[(]?(?:[pP]\s*\.?\s*)?([0-9]{1,4})\s*(?:頁|ページ)?[)]?"
    r"(?=\s|$|[-―─—–])"
)
_LONGEST_HEADING: Final = 40


class Entry(NamedTuple):
    """A row of the contents pages: the names that it may mean are those of one text."""

    name: str
    page: int
    text: str


class Contents(NamedTuple):
    """What the contents pages say. ``pages`` are theirs in the file, empty where a book has none;
    ``others`` are rows that end with a number and name no sheet.
    """

    pages: tuple[int, ...] = ()
    entries: tuple[Entry, ...] = ()
    others: tuple[str, ...] = ()


def contents_of(pages: Iterable[BookPage], sheets: Iterable[Sheet], first: int) -> Contents:
    """The contents pages of a book before page ``first``, where its sheets begin: a page under the
    heading 目次, and those behind it that go on. ``sheets`` are those of the documents.
    """
    rows = _Rows(sheets)
    listed: list[int] = []
    entries: list[Entry] = []
    others: list[str] = []
    for page in pages:
        if page.number >= first:
            break
        begins = any(map(_is_heading, page.rows))
        if not begins and (not listed or listed[-1] != page.number - 1):
            continue
        of_page, rest = rows.entries(page.rows)
        if begins or of_page:
            listed.append(page.number)
            entries += of_page
            others += rest
    return Contents(tuple(listed), tuple(entries), tuple(others))


def _is_heading(row: str) -> bool:
    return len(row) <= _LONGEST_HEADING and _HEADING.fullmatch(squeezed(row)) is not None


class _Rows:
    """Reads rows by the names of the sheets."""

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        names: set[str] = set()
        beside: set[str] = set()
        for sheet in sheets:
            names.add(squeezed(sheet.name))
            beside.update(map(squeezed, (sheet.department, sheet.category, *sheet.budget_stages)))
        self.names = sorted(names - {""}, key=len, reverse=True)
        self.beside = sorted(beside - {""}, key=len, reverse=True)

    def entries(self, rows: Sequence[str]) -> tuple[list[Entry], list[str]]:
        """The entries of a page, and the rows with a number that name no sheet. A name may begin
        in the row before its number.
        """
        entries: list[Entry] = []
        others: list[str] = []
        carried = ""
        for row in rows:
            text = unicodedata.normalize("NFKC", row)
            start = 0
            numbers = list(_NUMBER.finditer(text))
            for match in numbers:
                segment = text[start : match.start()]
                name = self._name_in(segment) or self._name_in(carried + segment)
                if name is not None:
                    entries.append(Entry(name, int(match[1]), (segment + match[0]).strip()))
                    start, carried = match.end(), ""
            if not start and numbers and numbers[-1].end() == len(text.rstrip()):
                others.append(row.strip())
            carried = text[start:]
        return entries, others

    def _name_in(self, segment: str) -> str | None:
        """The longest name that a row ends with, but for what may stand behind it."""
        key = squeezed(segment)
        for name in self.names:
            at = key.rfind(name)
            if at >= 0 and self._is_beside(key[at + len(name) :]):
                return name
        return None

    def _is_beside(self, rest: str) -> bool:
        for word in self.beside:
            rest = rest.replace(word, "")
        return not _LEADER.sub("", rest)


def assigned(
    contents: Contents, sheets: Sequence[Sheet], numbers: Mapping[int, int]
) -> Iterator[tuple[int, Entry]]:
    """The entries with the sheets that they mean, as their places in ``sheets``. Of sheets with
    one name, an entry means the one that its row tells by stage and department, or that stands on
    its page (``numbers``), or the next.
    """
    by_name: dict[str, list[int]] = {}
    for at, sheet in enumerate(sheets):
        by_name.setdefault(squeezed(sheet.name), []).append(at)
    for entry in contents.entries:
        open_ones = by_name.get(entry.name, [])
        if not open_ones:
            continue
        text = squeezed(entry.text)

        def likeness(at: int, entry: Entry = entry, text: str = text) -> tuple[int, bool]:
            sheet = sheets[at]
            words = [*sheet.budget_stages, sheet.department]
            named = sum(squeezed(word) in text for word in words if word)
            return named, numbers.get(at) == entry.page

        best = max(open_ones, key=likeness)
        open_ones.remove(best)
        yield best, entry
