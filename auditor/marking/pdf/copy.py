"""A copy of a PDF with the findings on the spot.

Each figure gets a box and a pop-up note, each entry a bookmark; those of an earlier audit go. The
copy is the original, byte for byte, with an incremental update behind it, which a child process
makes with pypdf (extra ``pdf``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib.util
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.files.confined import Limits, Stopped, Task, answered, broken_down
from auditor.forms.model import Form
from auditor.marking.copies import (
    SIGNED,
    MarkError,
    copy_marked,
    entries_in,
    note,
    places_of,
    pointer,
    unread_in,
    unread_note,
)
from auditor.marking.pdf.update import Bookmark, Box, Mark, Update
from auditor.records.extras import how_to_install
from auditor.records.figures import Place
from auditor.records.findings_sheet import NAME
from auditor.records.languages import Lang
from auditor.records.model import UnreadNumber
from auditor.records.severities import worst
from auditor.records.text import Text
from auditor.reports.entries import Entry, titled
from auditor.reports.findings import unlisted, wording_of
from auditor.reports.waived import unmarked, waived_in
from auditor.reports.wording import Wording
from auditor.rules.ruleset import RuleSet

__all__ = ["check_pdf", "is_signed_pdf", "mark_pdf", "marked_pdf", "without_marks_of_pdf"]

_LONGEST_NOTE: Final = 8_000
_LONGEST_TITLE: Final = 200
# A signature's /ByteRange can't stand in a compressed part of the file, so it is found as text.
_SIGNATURE: Final = re.compile(rb"/ByteRange\s*\[")
_MARKING: Final = Text(en="marking", ja="印付け")


def mark_pdf(
    source_path: str | Path,
    report: Report,
    out_path: str | Path,
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
) -> Text | None:
    """Write the marked copy of a PDF that a report is about. The file appears whole or not at
    all, never over its input.

    ``forms`` give the labels of the figures in Japanese; ``limits`` say what the work may take.
    Returns what those who get the copy must know of it, or None. Raises MarkError, and
    UnwritableFile for the copy.
    """

    def marked(data: bytes, documents: set[str]) -> bytes:
        return marked_pdf(data, report, documents, lang, forms=forms, limits=limits)

    return copy_marked(source_path, report, out_path, marked, is_signed_pdf)


def marked_pdf(
    data: bytes,
    report: Report,
    documents: Iterable[str],
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
    pages: Collection[int] | None = None,
) -> bytes:
    """The bytes of the copy; ``documents`` are the paths under which the report knows the PDF.
    With ``pages``, counted from 1, the copy holds these alone. Raises MarkError.
    """
    if importlib.util.find_spec("pypdf") is None:
        remedy = how_to_install("pdf")
        raise MarkError(
            f"the part of the program that marks PDFs is missing; {remedy.en}",
            f"PDF に印を付ける部品が導入されていません。{remedy.ja}",
        )
    if b"%PDF-" not in data[:1024]:
        raise MarkError(
            "the file to be marked is no PDF", "印を付けるファイルが PDF ではありません"
        )
    names = set(documents)
    items = entries_in(report, names)
    words = wording_of(report, ReportContext(lang=lang, rules=RuleSet([]), forms=forms or {}))
    notes = (unlisted(report, words), unmarked(waived_in(report, names), words))
    remarks = [note for note in notes if note]
    unread = unread_in(report, names)
    if (items or remarks or unread) and is_signed_pdf(data):
        remarks.append(SIGNED.of(lang))
    update = _with_unread(_update(items, names, words, remarks, pages), unread, words)
    update = update.model_copy(update={"original": hashlib.sha256(data).hexdigest()})
    if pages is None:
        return data + _answered({"update": update.model_dump_json()}, data, limits)
    numbers = {number: new for new, number in enumerate(sorted(pages), 1)}
    question = {
        "pages": json.dumps(list(numbers)),
        "update": _moved(update, numbers).model_dump_json(),
    }
    return _answered(question, data, limits)


def without_marks_of_pdf(data: bytes, limits: Limits | None = None) -> bytes:
    """The bytes of a PDF without the marks of this program; the same bytes where it has none.
    Raises MarkError.
    """
    update = Update(heading="", marks=(), bookmarks=())
    return data + _answered({"update": update.model_dump_json()}, data, limits)


def _moved(update: Update, numbers: Mapping[int, int]) -> Update:
    """An update of a part of the PDF, by the new numbers of its pages."""
    marks = tuple(
        mark.model_copy(update={"page": numbers.get(mark.page, 0)}) for mark in update.marks
    )
    return update.model_copy(update={"marks": marks, "pages": tuple(numbers)})


def check_pdf(data: bytes, limits: Limits | None = None) -> None:
    """Raise MarkError for a protected PDF that can't be marked. Marking says the same, but an
    audit may come before it.
    """
    if b"/Encrypt" in data:
        _answered({}, data, limits)


def is_signed_pdf(data: bytes) -> bool:
    """Whether a PDF has a digital signature."""
    return _SIGNATURE.search(data) is not None


def _with_unread(update: Update, unread: Sequence[UnreadNumber], words: Wording) -> Update:
    """The update with grey marks around the numbers that were not read."""
    if not unread:
        return update
    note_of_it = words.say("This number was not read.", "読み取れなかった数値です。")
    marks = [
        Mark(page=place.page, box=place.box, look="unread", light=True, note=note_of_it)
        for number in unread
        if (place := number.place) is not None and place.page is not None and place.box is not None
    ]
    bookmark = Bookmark(
        title=unread_note(len(unread), words), mark=len(update.marks) if marks else None
    )
    return update.model_copy(
        update={
            "marks": (*update.marks, *marks),
            "bookmarks": (*update.bookmarks, bookmark),
        }
    )


def _answered(question: Mapping[str, str], data: bytes, limits: Limits | None) -> bytes:
    """The bytes that a child process adds to the file; raises MarkError."""
    task = Task("auditor.marking.pdf.update:Updates", (), limits or Limits(), _MARKING)
    try:
        answer = answered(task, "", data, question)
        try:
            return base64.b64decode(answer["bytes"], validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise broken_down(task) from None
    except Stopped as fault:
        why = fault.message
        raise MarkError(
            f"the PDF can't be marked: {why.en}", f"この PDF には印を付けられません（{why.ja}）"
        ) from None


def _update(
    items: Sequence[Entry],
    documents: set[str],
    words: Wording,
    remarks: Sequence[str],
    pages: Collection[int] | None,
) -> Update:
    """Marks where the entries have places (on some ``pages``, or on all); a bookmark for each
    remark on the copy, and for each entry, with or without a mark.
    """
    at_place: dict[_Spot, _Box] = {}
    first_mark: dict[int, _Spot] = {}
    for number, entry in enumerate(items, 1):
        places = places_of(entry, documents, lambda place: _is_box(place, pages))
        for marked in places:
            spot = _spot(marked.place)
            box = at_place.setdefault(spot, _Box())
            box.entries.append(entry)
            box.suspected = box.suspected or marked.suspected
            if marked.leading:
                first_mark[number] = spot
                box.notes.insert(box.leading, note(number, entry, words))
                box.leading += 1
            else:
                box.notes.append(pointer(number, entry, places[0].place, words))
    marks = tuple(
        Mark(
            page=page,
            box=corners,
            look=worst(entry.severity for entry in box.entries),
            light=not box.suspected,
            note=_shortened("\n\n".join(box.notes)),
        )
        for (page, corners), box in at_place.items()
    )
    numbers = {spot: number for number, spot in enumerate(at_place)}
    bookmarks = [Bookmark(title=remark) for remark in remarks]
    for number, entry in enumerate(items, 1):
        leading = first_mark.get(number)
        mark = None if leading is None else numbers[leading]
        bookmarks.append(Bookmark(title=_title(number, entry, words), mark=mark))
    return Update(heading=NAME.of(words.lang), marks=marks, bookmarks=tuple(bookmarks))


_Spot = tuple[int, Box]
"""A page and a box on it."""


@dataclass
class _Box:
    """A marked box: its entries, and their notes, those that are about this place first."""

    entries: list[Entry] = field(default_factory=list[Entry])
    notes: list[str] = field(default_factory=list[str])
    leading: int = 0
    suspected: bool = False


def _is_box(place: Place, pages: Collection[int] | None) -> bool:
    """Whether a place is a box, on one of some pages or on any."""
    if place.page is None or place.box is None:
        return False
    return pages is None or place.page in pages


def _spot(place: Place) -> _Spot:
    assert place.page is not None
    assert place.box is not None
    return place.page, place.box


def _title(number: int, entry: Entry, words: Wording) -> str:
    finding = entry.main
    sheet = f"{finding.sheet.name} " if finding.sheet else ""
    return f"{number}. {sheet}{titled(finding, words)}"[:_LONGEST_TITLE]


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_NOTE else text[: _LONGEST_NOTE - 1] + "…"
