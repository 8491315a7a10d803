"""The incremental update of a PDF, which a marked copy has behind the original.

What an earlier audit marked goes. It is made in a child process: see ``auditor.files.confined``.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final, Literal

from auditor.files.own.copies import PDF_KEY
from auditor.files.pdfium import pdfium
from auditor.marking.pdf.earlier import (
    AUTHOR,
    HEADING_COLOUR,
    NAMED,
    OF_PROGRAM,
    without_earlier,
)
from auditor.marking.pdf.increment import increment, is_sound, is_whole
from auditor.marking.pdf.opening import MAY_ADD_NOTES, damaged, opened, shown_on
from auditor.marking.pdf.part import part_of_pdf
from auditor.records.figures import Record
from auditor.records.severities import Severity

__all__ = ["Bookmark", "Box", "Mark", "Update", "Updates"]

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

Look = Severity | Literal["unread"]
"""What a box looks like: as grave as its findings, or grey around what was not read."""

_COLOURS: Final[Mapping[Look, tuple[float, float, float]]] = {
    "error": (0.85, 0.1, 0.1),
    "warning": (0.9, 0.55, 0.0),
    "note": (0.2, 0.4, 0.8),
    "unread": (0.5, 0.5, 0.5),
}
# Lengths in points.
_MARGIN: Final = 1.5
"""Between a figure and its box."""
_STROKE: Final = 1.8
_THIN_STROKE: Final = 0.6
_POPUP_GAP: Final = 6
_POPUP_WIDTH: Final = 220.0
_POPUP_HEIGHT: Final = 120.0
_ABOVE_MARK: Final = 40
"""How much of the page a bookmark shows above its mark."""
_PRINTED: Final = 4
"""The flag of an annotation that is printed too."""


class Mark(Record):
    """A box on a page (from 1), in points from the page's lower left, and its note.

    A ``light`` one has a thin line: it stands beside the figure that may be wrong.
    """

    page: int
    box: Box
    look: Look
    light: bool = False
    note: str


class Bookmark(Record):
    """A bookmark that leads to a mark (by its number), or to the first page."""

    title: str
    mark: int | None = None


class Update(Record):
    """Everything that is added. The bookmarks stand under the heading, if there are any; a mark on
    a page that the PDF does not have is left out.
    """

    heading: str
    marks: tuple[Mark, ...]
    bookmarks: tuple[Bookmark, ...]
    original: str = ""
    """The SHA-256 of the PDF of which this makes a copy."""
    pages: tuple[int, ...] = ()
    """The numbers that the pages of a part have in the whole PDF."""


class Updates:
    """The worker in the child process."""

    def answer(
        self, _: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, str]:
        """The bytes to add to the file, in base64; none, where there is no update, and the answer
        is whether there can be one. With ``pages``, the update is of a part of the file with these
        alone, and the bytes are the whole part.

        Raises Stopped for a PDF that can't be marked, and pypdf's errors for a damaged one.
        """
        part = b""
        if "pages" in question:
            data = part = part_of_pdf(data, json.loads(question["pages"]), progress)
        writer = _Writer(data)
        if "update" not in question:
            return {"bytes": ""}
        update = Update.model_validate_json(question["update"])
        added = writer.bytes_of(update, progress)
        return {"bytes": base64.b64encode(part + added).decode()}


class _Writer:
    """Writes on one PDF. pypdf is imported here, since only the child process may load it, and it
    has no types.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pypdf: Any = importlib.import_module("pypdf")
        self.generic: Any = importlib.import_module("pypdf.generic")
        self.reader: Any = opened(data, MAY_ADD_NOTES)
        self.writer: Any = self.pypdf.PdfWriter(self.reader, incremental=True)

    def bytes_of(self, update: Update, progress: Callable[[], None]) -> bytes:
        """What is added to the file, nothing where it stays as it is; ``progress`` is called after
        each mark.
        """
        pages = len(self.writer.pages)
        gone, is_outline_changed = without_earlier(self.generic, self.writer)
        marks = {
            number: mark for number, mark in enumerate(update.marks) if 1 <= mark.page <= pages
        }
        for mark in marks.values():
            self._annotate(mark)
            progress()
        if update.bookmarks:
            self._add_bookmarks(update.heading, update.bookmarks, marks)
        is_origin_gone = self._state_origin(update, bool(marks or update.bookmarks))
        if not (marks or update.bookmarks or gone or is_outline_changed or is_origin_gone):
            return b""
        added = increment(self.pypdf, self.reader, self.writer, self.data)
        self._check(self.data + added, marks.values(), gone, progress)
        return added

    def _state_origin(self, update: Update, is_marked: bool) -> bool:
        """Let a copy with marks say what it is a copy of, and one without say nothing. Returns
        whether what it said before is gone.
        """
        generic, name = self.generic, self.generic.NameObject
        root = self.writer.root_object
        of_programs = root.get("/PieceInfo")
        if of_programs is not None:
            of_programs = of_programs.get_object()
        if not is_marked and not update.pages:
            if of_programs is None or OF_PROGRAM not in of_programs:
                return False
            rest = {key: value for key, value in of_programs.items() if key != OF_PROGRAM}
            root[name("/PieceInfo")] = generic.DictionaryObject(rest)
            return True
        copy_of = generic.DictionaryObject(
            {
                name("/Original"): name(f"/{update.original}"),
                name("/Start"): name(f"/{hashlib.sha256(self.data).hexdigest()}"),
                name("/Length"): generic.NumberObject(len(self.data)),
                name("/Pages"): generic.ArrayObject(map(generic.NumberObject, update.pages)),
            }
        )
        private = self._dictionary(
            LastModified=generic.TextStringObject("D:19800101000000Z"),
            Private=generic.DictionaryObject({name(PDF_KEY): copy_of}),
        )
        root[name("/PieceInfo")] = generic.DictionaryObject(
            {**(of_programs or {}), name(OF_PROGRAM): private}
        )
        return False

    def _check(
        self,
        copy: bytes,
        marks: Iterable[Mark],
        gone: Mapping[int, int],
        progress: Callable[[], None],
    ) -> None:
        """Read the copy before it is handed over. Raises Stopped where it lacks a mark, or shows
        less than the original without the annotations that are ``gone``.
        """
        pypdfium2 = pdfium()
        # A mark is a box and its window.
        new_notes = Counter({number: -count for number, count in gone.items()})
        for mark in marks:
            new_notes[mark.page - 1] += 2
        good = is_sound(copy) and len(self.pypdf.PdfReader(BytesIO(copy)).pages) == len(
            self.writer.pages
        )
        before, after = pypdfium2.PdfDocument(self.data), pypdfium2.PdfDocument(copy)
        try:
            good = good and len(before) == len(after)
            # Where the file's own tables lead everywhere, they still do.
            pages = new_notes if is_whole(self.reader, self.data) else range(len(before))
            for number in pages if good else ():
                notes, characters = shown_on(before, number)
                good = good and shown_on(after, number) == (notes + new_notes[number], characters)
                progress()
        finally:
            after.close()
            before.close()
        if not good:
            raise damaged()

    def _annotate(self, mark: Mark) -> None:
        """Add a box with its note to the page."""
        generic, name = self.generic, self.generic.NameObject
        page = self.writer.pages[mark.page - 1]
        # How many points a unit of the page is; pages made small have large units.
        unit = float(page.get("/UserUnit", 1)) or 1.0
        left, bottom, right, top = mark.box
        margin = _MARGIN / unit
        frame = (left - margin, bottom - margin, right + margin, top + margin)

        box = self._box(mark, frame, (_THIN_STROKE if mark.light else _STROKE) / unit)
        box_reference = self.writer._add_object(box)
        popup_reference = self.writer._add_object(self._popup(frame, box_reference, unit))
        box[name("/Popup")] = popup_reference

        annotations = generic.ArrayObject()
        if (existing := page.get("/Annots")) is not None:
            annotations = generic.ArrayObject(existing.get_object())
        annotations += [box_reference, popup_reference]
        page[name("/Annots")] = annotations

    def _box(self, mark: Mark, frame: Box, stroke: float) -> Any:
        """The annotation that is a mark's box and holds its note."""
        generic = self.generic
        name, text = generic.NameObject, generic.TextStringObject
        return generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Square"),
                name("/Rect"): self._numbers(*frame),
                name("/C"): self._numbers(*_COLOURS[mark.look]),
                name("/BS"): self._dictionary(W=generic.FloatObject(round(stroke, 3))),
                name("/F"): generic.NumberObject(_PRINTED),
                name("/T"): text(AUTHOR),
                name("/Subj"): text(AUTHOR),
                name("/NM"): text(f"{NAMED}{mark.page}-{mark.box[0]:.2f}-{mark.box[1]:.2f}"),
                name("/Contents"): text(mark.note),
                name("/AP"): self._dictionary(
                    N=self.writer._add_object(self._look(mark.look, frame, stroke))
                ),
            }
        )

    def _look(self, look: Look, frame: Box, stroke: float) -> Any:
        """The drawing of a box, so that it looks the same in every viewer."""
        generic, name = self.generic, self.generic.NameObject
        width, height = frame[2] - frame[0], frame[3] - frame[1]
        red, green, blue = _COLOURS[look]
        inset = stroke / 2
        rectangle = f"{inset:.3f} {inset:.3f} {width - stroke:.3f} {height - stroke:.3f} re"
        drawing = generic.StreamObject()
        drawing.set_data(f"{red} {green} {blue} RG {stroke:.3f} w {rectangle} S".encode("ascii"))
        drawing.update(
            {
                name("/Type"): name("/XObject"),
                name("/Subtype"): name("/Form"),
                name("/BBox"): self._numbers(0, 0, width, height),
                name("/Resources"): generic.DictionaryObject(),
            }
        )
        return drawing

    def _popup(self, frame: Box, box_reference: Any, unit: float) -> Any:
        """The window that shows a box's note, to the right of the box."""
        generic, name = self.generic, self.generic.NameObject
        x, top = frame[2] + _POPUP_GAP / unit, frame[3]
        width, height = _POPUP_WIDTH / unit, _POPUP_HEIGHT / unit
        return generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Popup"),
                name("/Rect"): self._numbers(x, top - height, x + width, top),
                name("/Parent"): box_reference,
                name("/Open"): generic.BooleanObject(False),
            }
        )

    def _dictionary(self, **entries: Any) -> Any:
        name = self.generic.NameObject
        return self.generic.DictionaryObject(
            {name(f"/{key}"): value for key, value in entries.items()}
        )

    def _numbers(self, *values: float) -> Any:
        return self.generic.ArrayObject(
            [self.generic.FloatObject(round(value, 2)) for value in values]
        )

    def _add_bookmarks(
        self, heading: str, bookmarks: Sequence[Bookmark], marks: Mapping[int, Mark]
    ) -> None:
        parent = self.writer.add_outline_item(
            title=heading, page_number=0, color=HEADING_COLOUR, bold=True
        )
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
