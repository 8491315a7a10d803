"""The incremental update of a PDF that a marked-up copy has behind the original.

A child process makes it: see ``auditor.files.confined``.
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final

from auditor.files.confined import Stopped
from auditor.records.figures import Record
from auditor.rules.findings import Severity

__all__ = ["Bookmark", "Box", "Mark", "Update", "Updates"]

Box = tuple[float, float, float, float]

_COLOURS: Final[Mapping[Severity, tuple[float, float, float]]] = {
    "error": (0.85, 0.1, 0.1),
    "warning": (0.9, 0.55, 0.0),
    "note": (0.2, 0.4, 0.8),
}
_AUTHOR: Final = "sheet-auditor"
_MARGIN: Final = 1.5  # points between a figure and its box
_STROKE: Final = 1.2
_POPUP: Final = (220.0, 120.0)
_PRINTED: Final = 4  # the flag of an annotation that is printed too


class Mark(Record):
    """A place on a page (from 1) in points from its lower left, and the note that stands there."""

    page: int
    box: Box
    severity: Severity
    note: str


class Bookmark(Record):
    """A bookmark that leads to a mark (by its number), or to the first page."""

    title: str
    mark: int | None = None


class Update(Record):
    """Everything that is added; the bookmarks stand under the heading. Marks of pages that the
    PDF does not have are left out.
    """

    heading: str
    marks: tuple[Mark, ...]
    bookmarks: tuple[Bookmark, ...]


class Updates:
    """The worker in the child: it answers with what is to be added to the file, in base64."""

    def answer(
        self, _: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, str]:
        """Raises Stopped for a PDF that can't be kept as it is, and whatever a damaged file makes
        pypdf stumble over.
        """
        written = _Writing(data).done(Update.model_validate_json(question["update"]), progress)
        if not written.startswith(data):
            raise Stopped(
                "not-kept", "its content could not be kept unchanged", "元の内容を保てません"
            )
        return {"bytes": base64.b64encode(written[len(data) :]).decode()}


class _Writing:
    """One PDF being written on."""

    def __init__(self, data: bytes) -> None:
        self.pypdf: Any = importlib.import_module("pypdf")
        self.generic: Any = importlib.import_module("pypdf.generic")
        if self.pypdf.PdfReader(BytesIO(data)).is_encrypted:
            raise Stopped(
                "encrypted",
                "it is protected; save it without protection",
                "保護されています。保護を外して保存し直してください",
            )
        self.writer: Any = self.pypdf.PdfWriter(BytesIO(data), incremental=True)

    def done(self, update: Update, progress: Callable[[], None]) -> bytes:
        """The whole copy."""
        pages = len(self.writer.pages)
        marks = {
            number: mark for number, mark in enumerate(update.marks) if 1 <= mark.page <= pages
        }
        for mark in marks.values():
            self._annotate(mark)
            progress()
        self._bookmarks(update.heading, update.bookmarks, marks)
        stream = BytesIO()
        self.writer.write(stream)
        return stream.getvalue()

    def _numbers(self, *values: float) -> Any:
        return self.generic.ArrayObject(
            [self.generic.FloatObject(round(value, 2)) for value in values]
        )

    def _annotate(self, mark: Mark) -> None:
        """A box that looks the same in every viewer, and its note."""
        generic, writer = self.generic, self.writer
        name, text = generic.NameObject, generic.TextStringObject
        page = writer.pages[mark.page - 1]
        left, bottom, right, top = mark.box
        rect = (left - _MARGIN, bottom - _MARGIN, right + _MARGIN, top + _MARGIN)
        red, green, blue = _COLOURS[mark.severity]
        look = generic.StreamObject()
        width, height = rect[2] - rect[0], rect[3] - rect[1]
        inset = _STROKE / 2
        look.set_data(
            f"{red} {green} {blue} RG {_STROKE} w {inset} {inset} {width - _STROKE:.2f} {height - _STROKE:.2f} re S".encode(
                "ascii"
            )
        )
        look.update(
            {
                name("/Type"): name("/XObject"),
                name("/Subtype"): name("/Form"),
                name("/BBox"): self._numbers(0, 0, width, height),
                name("/Resources"): generic.DictionaryObject(),
            }
        )
        box = generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Square"),
                name("/Rect"): self._numbers(*rect),
                name("/C"): self._numbers(red, green, blue),
                name("/BS"): generic.DictionaryObject({name("/W"): generic.FloatObject(_STROKE)}),
                name("/F"): generic.NumberObject(_PRINTED),
                name("/T"): text(_AUTHOR),
                name("/NM"): text(f"{_AUTHOR}-{mark.page}-{left:.2f}-{bottom:.2f}"),
                name("/Contents"): text(mark.note),
                name("/AP"): generic.DictionaryObject({name("/N"): writer._add_object(look)}),
            }
        )
        box_reference = writer._add_object(box)
        popup = generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Popup"),
                name("/Rect"): self._numbers(
                    rect[2] + 6, rect[3] - _POPUP[1], rect[2] + 6 + _POPUP[0], rect[3]
                ),
                name("/Parent"): box_reference,
                name("/Open"): generic.BooleanObject(False),
            }
        )
        popup_reference = writer._add_object(popup)
        box[name("/Popup")] = popup_reference
        annotations = page.get("/Annots")
        listed = (
            generic.ArrayObject(annotations.get_object())
            if annotations is not None
            else generic.ArrayObject()
        )
        listed += [box_reference, popup_reference]
        page[name("/Annots")] = listed

    def _bookmarks(
        self, heading: str, bookmarks: Sequence[Bookmark], marks: Mapping[int, Mark]
    ) -> None:
        top = self.writer.add_outline_item(title=heading, page_number=0, bold=True)
        for bookmark in bookmarks:
            mark = None if bookmark.mark is None else marks.get(bookmark.mark)
            if mark is None:
                self.writer.add_outline_item(title=bookmark.title, page_number=0, parent=top)
            else:
                fit = self.generic.Fit.xyz(left=None, top=mark.box[3] + 40, zoom=None)
                self.writer.add_outline_item(
                    title=bookmark.title, page_number=mark.page - 1, parent=top, fit=fit
                )
