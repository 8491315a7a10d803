"""The calls by which a document is looked at.

The last one stays open, so that its worksheets and pages come without its bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, cast

from pydantic import Field

from auditor.desk.service import Call, DeskError, Reply, entry
from auditor.desk.views import Viewed, viewed
from auditor.desk.views.model import LettersView
from auditor.readers.source import LARGEST, Source, too_large
from auditor.records.figures import Record
from auditor.records.languages import Lang

__all__ = ["Looking", "PageArguments", "PageShown", "ViewArguments"]


class ViewArguments(Record):
    """The document, and of a workbook the worksheet; without one, the first that is not hidden."""

    name: str
    worksheet: str | None = None
    lang: Lang = "ja"


class PageArguments(Record):
    """A page of the document, counted from 1, and the width of its picture in pixels."""

    name: str
    number: int = Field(ge=1)
    width: int = Field(ge=1)


class PageShown(TypedDict):
    """The picture's size in pixels, the part of the page that it shows in points (left, bottom,
    right, top), and the quarter turns clockwise by which the page is shown. ``letters`` are texts
    that the picture lacks, ``substitutes`` says whether some of its fonts are not in the file, and
    ``lacking`` whether letters of them may lack all the same.
    """

    width: int
    height: int
    room: tuple[float, float, float, float]
    turns: int
    letters: Sequence[LettersView]
    substitutes: bool
    lacking: bool


class Looking:
    """The document that is looked at."""

    def __init__(self) -> None:
        self.entries = {
            "view": entry(ViewArguments, self._view),
            "page": entry(PageArguments, self._page),
        }
        self._name = ""
        self._document: Viewed | None = None

    def _view(self, arguments: ViewArguments, call: Call) -> Reply:
        document = self._held(arguments.name, call.data)
        view = document.view(arguments.worksheet, arguments.lang)
        return Reply(cast(Mapping[str, object], view))

    def _page(self, arguments: PageArguments, call: Call) -> Reply:
        """The picture of a page; its PNG file is the data."""
        document = self._held(arguments.name, call.data)
        picture = document.picture(arguments.number, arguments.width)
        shown = PageShown(
            width=picture.width,
            height=picture.height,
            room=picture.room,
            turns=picture.turns,
            letters=picture.letters,
            substitutes=picture.substitutes,
            lacking=picture.lacking,
        )
        return Reply(cast(Mapping[str, object], shown), picture.data)

    def _held(self, name: str, data: bytes | None) -> Viewed:
        """The document of these bytes; without bytes, the one that is held."""
        if data is None:
            if self._document is None or self._name != name:
                raise DeskError(
                    "not-held",
                    "the document is not open any more; send it again",
                    "文書が開かれていません。もう一度送ってください",
                )
            return self._document
        self._let_go()
        if len(data) > LARGEST:
            raise too_large(name)
        self._document = viewed(Source(name, data))
        self._name = name
        return self._document

    def _let_go(self) -> None:
        document, self._document = self._document, None
        if document is not None:
            document.close()
