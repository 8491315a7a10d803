"""The incremental update of a PDF, which a marked copy has behind the original.

It is made in a child process: see ``auditor.files.confined``.
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
"""Left, bottom, right, top."""

_COLOURS: Final[Mapping[Severity, tuple[float, float, float]]] = {
    "error": (0.85, 0.1, 0.1),
    "warning": (0.9, 0.55, 0.0),
    "note": (0.2, 0.4, 0.8),
}
_AUTHOR: Final = "sheet-auditor"
# Lengths in points.
_MARGIN: Final = 1.5
"""Between a figure and its box."""
_STROKE: Final = 1.2
_POPUP_GAP: Final = 6
_POPUP_WIDTH: Final = 220.0
_POPUP_HEIGHT: Final = 120.0
_ABOVE_MARK: Final = 40
"""How much of the page a bookmark shows above its mark."""
_PRINTED: Final = 4
"""The flag of an annotation that is printed too."""


class Mark(Record):
    """A box on a page (from 1), in points from the page's lower left, and its note."""

    page: int
    box: Box
    severity: Severity
    note: str


class Bookmark(Record):
    """A bookmark that leads to a mark (by its number), or to the first page."""

    title: str
    mark: int | None = None


class Update(Record):
    """Everything that is added. The bookmarks stand under the heading; a mark on a page that the
    PDF does not have is left out.
    """

    heading: str
    marks: tuple[Mark, ...]
    bookmarks: tuple[Bookmark, ...]


class Updates:
    """The worker in the child process."""

    def answer(
        self, _: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, str]:
        """The bytes to add to the file, in base64.

        Raises Stopped for a PDF that can't be kept as it is, and pypdf's errors for a damaged one.
        """
        update = Update.model_validate_json(question["update"])
        copy = _Writer(data).copy_with(update, progress)
        if not copy.startswith(data):
            raise Stopped(
                "not-kept", "its content could not be kept unchanged", "元の内容を保てません"
            )
        return {"bytes": base64.b64encode(copy[len(data) :]).decode()}


class _Writer:
    """Writes on one PDF. pypdf is imported here, since only the child process may load it, and it
    has no types.
    """

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

    def copy_with(self, update: Update, progress: Callable[[], None]) -> bytes:
        """The whole copy; ``progress`` is called after each mark."""
        pages = len(self.writer.pages)
        marks = {
            number: mark for number, mark in enumerate(update.marks) if 1 <= mark.page <= pages
        }
        for mark in marks.values():
            self._annotate(mark)
            progress()
        self._add_bookmarks(update.heading, update.bookmarks, marks)
        stream = BytesIO()
        self.writer.write(stream)
        return stream.getvalue()

    def _annotate(self, mark: Mark) -> None:
        """Add a box with its note to the page."""
        generic, name = self.generic, self.generic.NameObject
        left, bottom, right, top = mark.box
        frame = (left - _MARGIN, bottom - _MARGIN, right + _MARGIN, top + _MARGIN)

        box = self._box(mark, frame)
        box_reference = self.writer._add_object(box)
        popup_reference = self.writer._add_object(self._popup(frame, box_reference))
        box[name("/Popup")] = popup_reference

        page = self.writer.pages[mark.page - 1]
        annotations = generic.ArrayObject()
        if (existing := page.get("/Annots")) is not None:
            annotations = generic.ArrayObject(existing.get_object())
        annotations += [box_reference, popup_reference]
        page[name("/Annots")] = annotations

    def _box(self, mark: Mark, frame: Box) -> Any:
        """The annotation that is a mark's box and holds its note."""
        generic = self.generic
        name, text = generic.NameObject, generic.TextStringObject
        return generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Square"),
                name("/Rect"): self._numbers(*frame),
                name("/C"): self._numbers(*_COLOURS[mark.severity]),
                name("/BS"): generic.DictionaryObject({name("/W"): generic.FloatObject(_STROKE)}),
                name("/F"): generic.NumberObject(_PRINTED),
                name("/T"): text(_AUTHOR),
                name("/NM"): text(f"{_AUTHOR}-{mark.page}-{mark.box[0]:.2f}-{mark.box[1]:.2f}"),
                name("/Contents"): text(mark.note),
                name("/AP"): generic.DictionaryObject(
                    {name("/N"): self.writer._add_object(self._look(mark.severity, frame))}
                ),
            }
        )

    def _look(self, severity: Severity, frame: Box) -> Any:
        """The drawing of a box, so that it looks the same in every viewer."""
        generic, name = self.generic, self.generic.NameObject
        width, height = frame[2] - frame[0], frame[3] - frame[1]
        red, green, blue = _COLOURS[severity]
        inset = _STROKE / 2
        rectangle = f"{inset} {inset} {width - _STROKE:.2f} {height - _STROKE:.2f} re"
        look = generic.StreamObject()
        look.set_data(f"{red} {green} {blue} RG {_STROKE} w {rectangle} S".encode("ascii"))
        look.update(
            {
                name("/Type"): name("/XObject"),
                name("/Subtype"): name("/Form"),
                name("/BBox"): self._numbers(0, 0, width, height),
                name("/Resources"): generic.DictionaryObject(),
            }
        )
        return look

    def _popup(self, frame: Box, box_reference: Any) -> Any:
        """The window that shows a box's note, to the right of the box."""
        generic, name = self.generic, self.generic.NameObject
        x, top = frame[2] + _POPUP_GAP, frame[3]
        return generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Popup"),
                name("/Rect"): self._numbers(x, top - _POPUP_HEIGHT, x + _POPUP_WIDTH, top),
                name("/Parent"): box_reference,
                name("/Open"): generic.BooleanObject(False),
            }
        )

    def _numbers(self, *values: float) -> Any:
        return self.generic.ArrayObject(
            [self.generic.FloatObject(round(value, 2)) for value in values]
        )

    def _add_bookmarks(
        self, heading: str, bookmarks: Sequence[Bookmark], marks: Mapping[int, Mark]
    ) -> None:
        parent = self.writer.add_outline_item(title=heading, page_number=0, bold=True)
        for bookmark in bookmarks:
            mark = None if bookmark.mark is None else marks.get(bookmark.mark)
            if mark is None:
                self.writer.add_outline_item(title=bookmark.title, page_number=0, parent=parent)
                continue
            _, _, _, top = mark.box
            fit = self.generic.Fit.xyz(left=None, top=top + _ABOVE_MARK, zoom=None)
            self.writer.add_outline_item(
                title=bookmark.title, page_number=mark.page - 1, parent=parent, fit=fit
            )
