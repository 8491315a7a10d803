"""A copy of a workbook with the findings on the spot.

Each cell gets a comment and a fill, and a worksheet lists and links the entries. Only the parts
that have to change are patched, by splicing bytes. Everything else in the package stays as it
was, byte for byte. What an earlier audit marked is replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.parsers import expat

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.files.ooxml import Limits, Package, PackageError, is_zip
from auditor.files.own.copies import MarkedCopy, copy_in, copy_properties
from auditor.forms.model import Form
from auditor.marking.copies import SIGNED, MarkError, copy_marked, entries_in, unread_in
from auditor.marking.workbook.listing import add_listing, earlier_listing
from auditor.marking.workbook.package import SPREADSHEET, PackageCopy
from auditor.marking.workbook.part.copy import part_of_workbook
from auditor.marking.workbook.styles import Styles
from auditor.marking.workbook.worksheet import EarlierMarks, mark_worksheet, marks_of
from auditor.records.languages import Lang
from auditor.records.model import UnreadNumber
from auditor.records.text import Text
from auditor.reports.entries import Entry
from auditor.reports.findings import nothing_found, unlisted, wording_of
from auditor.reports.waived import unmarked, waived_in
from auditor.reports.wording import Wording
from auditor.rules.ruleset import RuleSet

__all__ = ["earlier_marks", "ending_of", "is_signed_workbook", "mark_workbook", "marked_workbook"]

_OF_DOCUMENT: Final = Text(en="of this document", ja="この文書の")
_ENDINGS: Final[Mapping[str, str]] = {
    f"{SPREADSHEET}.sheet.main+xml": ".xlsx",
    f"{SPREADSHEET}.template.main+xml": ".xltx",
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": ".xlsm",
    "application/vnd.ms-excel.template.macroenabled.main+xml": ".xltm",
}
"""By the content type of a workbook's main part. Excel opens no workbook of another ending."""


def ending_of(data: bytes, limits: Limits | None = None) -> str | None:
    """The ending that a workbook's file must have, ``.xlsx`` for example; None where the bytes
    don't say so.
    """
    try:
        package = Package(data, limits)
        kind = package.content_type(package.main)
    except (PackageError, expat.ExpatError):
        return None
    return _ENDINGS.get(kind) or _ENDINGS.get(kind.lower())


def mark_workbook(
    source_path: str | Path,
    report: Report,
    out_path: str | Path,
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
) -> Text | None:
    """Write the marked copy of a workbook that a report is about. The file appears whole or not
    at all, never over its input.

    ``forms`` give the labels of the figures in Japanese; ``limits`` say how large the workbook
    may be. Returns what those who get the copy must know of it, or None. Raises MarkError,
    and UnwritableFile for the copy.
    """

    def marked(data: bytes, documents: set[str]) -> bytes:
        ending = ending_of(data, limits)
        if ending is not None and Path(out_path).suffix.lower() != ending:
            raise MarkError(
                f"the copy of this workbook has to end in {ending}; Excel would not open it",
                f"このブックの写しのファイル名は {ending} で終わる必要があります"
                "（Excel で開けなくなります）",
            )
        return marked_workbook(data, report, documents, lang, forms=forms, limits=limits)

    return copy_marked(
        source_path, report, out_path, marked, lambda data: is_signed_workbook(data, limits)
    )


def is_signed_workbook(data: bytes, limits: Limits | None = None) -> bool:
    """Whether a workbook has a digital signature. Raises PackageError."""
    return PackageCopy(Package(data, limits)).is_signed


def marked_workbook(
    data: bytes,
    report: Report,
    documents: Iterable[str],
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
    worksheets: Collection[str] | None = None,
) -> bytes:
    """The bytes of the copy; ``documents`` are the paths under which the report knows the
    workbook. With ``worksheets``, the copy holds these alone. Raises MarkError.
    """
    if not is_zip(data):
        raise MarkError(
            "only .xlsx and .xlsm workbooks can be marked",
            "印を付けられるのは .xlsx と .xlsm のブックだけです",
        )
    names = set(documents)
    items = entries_in(report, names)
    report = waived_in(report, names)
    words = wording_of(report, ReportContext(lang=lang, rules=RuleSet([]), forms=forms or {}))
    try:
        whole = copy = PackageCopy(Package(data, limits))
        if worksheets is not None:
            copy = PackageCopy(Package(part_of_workbook(data, worksheets, limits), limits))
        unread = unread_in(report, names)
        note = unlisted(report, words)
        if not items and not note:
            part = tuple(document for document in report.documents if document.path in names)
            of_workbook = report.model_copy(update={"documents": part})
            note = nothing_found(of_workbook, words, _OF_DOCUMENT)
        remarks = [
            note,
            unmarked(report, words),
            _unread_note(unread, words),
            SIGNED.of(lang) if whole.is_signed else "",
        ]
        again = earlier_listing(whole) is not None
        # By now the worksheets are those of the document, and perhaps an earlier list.
        listing = earlier_listing(copy)
        parts = {name: part for name, part in copy.worksheets.items() if name != listing}
        earlier = copy_in(data, limits) if again else None
        written = _mark(copy, items, unread, names, words, remarks, again=again, earlier=earlier)
        _state_origin(copy, parts, data, written)
        return copy.zipped()
    except PackageError as fault:
        raise MarkError(
            f"the workbook {fault.message.en}", f"ブックに印を付けられません：{fault.message.ja}"
        ) from None
    except expat.ExpatError:
        raise MarkError(
            "a part of the workbook is no XML", "ブックの一部を XML として読めません"
        ) from None


def _state_origin(
    copy: PackageCopy,
    worksheets: Mapping[str, str],
    original: bytes,
    marks: Mapping[str, EarlierMarks],
) -> None:
    """Let the copy say what it is a copy of, what the cells of its worksheets hold, and what its
    marks cover and say.
    """
    main = copy.main
    strings, styles = copy.related(main, "sharedStrings"), copy.related(main, "styles")
    fills = {name: of_part.fills for name, of_part in marks.items()}
    notes = {name: of_part.notes for name, of_part in marks.items()}
    others = [part for part in (main, strings, styles) if part is not None]
    copy.set_properties(
        copy_properties(original, worksheets, others, strings, fills, notes, copy.as_written)
    )


def _mark(
    copy: PackageCopy,
    items: Sequence[Entry],
    unread: Sequence[UnreadNumber],
    documents: set[str],
    words: Wording,
    remarks: Sequence[str],
    *,
    again: bool,
    earlier: MarkedCopy | None,
) -> dict[str, EarlierMarks]:
    """Mark the worksheets, and list what was marked; ``earlier`` is what an earlier copy says of
    itself. Returns what the copy is to say of its marks.
    """
    styles_part = copy.related(copy.main, "styles")
    styles = Styles(None if styles_part is None else copy.part(styles_part))
    listing = earlier_listing(copy)
    marks = marks_of(items, unread, documents, copy.worksheets, words)
    written: dict[str, EarlierMarks] = {}
    for name, part in copy.worksheets.items():
        if name in marks or (again and name != listing):
            before = earlier_marks(earlier, name)
            written[name] = mark_worksheet(
                copy, part, marks.get(name, []), styles, again=again, before=before
            )
    add_listing(copy, items, documents, words, styles, list(filter(None, remarks)))
    if styles_part is not None and (data := styles.patched()) is not None:
        copy.changed[styles_part] = data
    return written


def earlier_marks(copy_of: MarkedCopy | None, worksheet: str) -> EarlierMarks | None:
    """What an earlier copy says of its marks on a worksheet."""
    if copy_of is None:
        return None
    return EarlierMarks(copy_of.fills.get(worksheet, {}), copy_of.notes.get(worksheet, {}))


def _unread_note(unread: Sequence[UnreadNumber], words: Wording) -> str:
    count = len(unread)
    if not count:
        return ""
    return words.say(
        f"Filled in grey: {count:,} numbers that are visible and were not read",
        f"灰色の欄：紙面にあるものの読み取れなかった数値（{count:,}個）",
    )
