"""A copy of a PDF with the findings on the spot: a box and a pop-up note on each figure, and a bookmark for each finding.

The copy is the original, byte for byte, with an incremental update behind it (pypdf, extra ``pdf``).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from auditor.auditing import Report
from auditor.forms import Form
from auditor.reports import Lang, ReportContext
from auditor.reports.findings import wording_of
from auditor.reports.marking import MarkError, copy_marked, findings_in, note
from auditor.reports.wording import Wording
from auditor.rules import SEVERITIES, Finding, RuleSet, Severity

__all__ = ["mark_pdf", "marked_pdf"]

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
_LONGEST: Final = 8_000
_PRINTED: Final = 4  # the flag of an annotation that is printed too


@dataclass
class Mark:
    """A place on a page with its findings."""

    page: int
    box: Box
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def severity(self) -> Severity:
        return SEVERITIES[min(SEVERITIES.index(finding.severity) for finding in self.findings)]


def mark_pdf(
    source_path: str | Path, report: Report, out_path: str | Path, lang: Lang = "ja", *, forms: Mapping[str, Form] | None = None
) -> None:
    """Write the marked-up copy of a PDF that a report is about; the file appears whole or not at all, never over its input.

    ``forms`` give the labels of the figures in Japanese. Raises MarkError.
    """
    copy_marked(source_path, report, out_path, lambda data, documents: marked_pdf(data, report, documents, lang, forms=forms))


def marked_pdf(
    data: bytes, report: Report, documents: Iterable[str], lang: Lang = "ja", *, forms: Mapping[str, Form] | None = None
) -> bytes:
    """The bytes of the copy; ``documents`` are the paths under which the report knows the PDF. Raises MarkError."""
    if importlib.util.find_spec("pypdf") is None:
        raise MarkError(
            "to mark a PDF, install the extra: pip install 'sheet-auditor[pdf]'",
            "PDF に印を付けるには pip install 'sheet-auditor[pdf]' を実行してください",
        )
    if b"%PDF-" not in data[:1024]:
        raise MarkError("the file to be marked is no PDF", "印を付けるファイルが PDF ではありません")
    names = set(documents)
    findings = findings_in(report, names)
    words = wording_of(report, ReportContext(lang=lang, rules=RuleSet([]), forms=forms or {}))
    try:
        return _Marking(data, findings, names, words).done()
    except MarkError:
        raise
    except Exception as fault:  # pypdf raises whatever a damaged file makes it stumble over
        said = f"{type(fault).__name__}: {fault}"[:200]
        raise MarkError(f"the PDF can't be marked: {said}", f"この PDF には印を付けられません({said})") from None


class _Marking:
    """One PDF being marked."""

    def __init__(self, data: bytes, findings: Sequence[Finding], documents: set[str], words: Wording) -> None:
        self.data, self.findings, self.documents, self.words = data, findings, documents, words
        self.pypdf: Any = importlib.import_module("pypdf")
        self.generic: Any = importlib.import_module("pypdf.generic")
        if self.pypdf.PdfReader(BytesIO(data)).is_encrypted:
            raise MarkError(
                "the PDF is protected; save it without protection to have it marked",
                "保護された PDF には印を付けられません。保護を外して保存し直してください",
            )
        self.writer: Any = self.pypdf.PdfWriter(BytesIO(data), incremental=True)

    def done(self) -> bytes:
        """The original with its marks behind it; the original alone where there is nothing to mark."""
        if not self.findings:
            return self.data
        marks = self._marks()
        for mark in marks:
            self._annotate(mark)
        self._bookmarks(marks)
        stream = BytesIO()
        self.writer.write(stream)
        written = stream.getvalue()
        if not written.startswith(self.data):
            raise MarkError("the original could not be kept unchanged", "元の内容を保ったまま印を付けることができませんでした")
        return written

    def _marks(self) -> list[Mark]:
        marks: dict[tuple[int, Box], Mark] = {}
        pages = len(self.writer.pages)
        for finding in self.findings:
            for cell in finding.cells:
                place = cell.place
                if cell.document not in self.documents or place is None or place.page is None or place.box is None:
                    continue
                if not 1 <= place.page <= pages:
                    continue
                mark = marks.setdefault((place.page, place.box), Mark(place.page, place.box))
                if finding not in mark.findings:
                    mark.findings.append(finding)
        return list(marks.values())

    def _numbers(self, *values: float) -> Any:
        return self.generic.ArrayObject([self.generic.FloatObject(round(value, 2)) for value in values])

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
            f"{red} {green} {blue} RG {_STROKE} w {inset} {inset} {width - _STROKE:.2f} {height - _STROKE:.2f} re S".encode("ascii")
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
                name("/Contents"): text(self._note(mark)),
                name("/AP"): generic.DictionaryObject({name("/N"): writer._add_object(look)}),
            }
        )
        box_reference = writer._add_object(box)
        popup = generic.DictionaryObject(
            {
                name("/Type"): name("/Annot"),
                name("/Subtype"): name("/Popup"),
                name("/Rect"): self._numbers(rect[2] + 6, rect[3] - _POPUP[1], rect[2] + 6 + _POPUP[0], rect[3]),
                name("/Parent"): box_reference,
                name("/Open"): generic.BooleanObject(False),
            }
        )
        popup_reference = writer._add_object(popup)
        box[name("/Popup")] = popup_reference
        annotations = page.get("/Annots")
        listed = generic.ArrayObject(annotations.get_object()) if annotations is not None else generic.ArrayObject()
        listed += [box_reference, popup_reference]
        page[name("/Annots")] = listed

    def _note(self, mark: Mark) -> str:
        text = "\n\n".join(note(finding, self.words) for finding in mark.findings)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _bookmarks(self, marks: Sequence[Mark]) -> None:
        """A bookmark for each finding, under one that is ours; a finding without a place points to the first page."""
        say, fit = self.words.say, self.generic.Fit
        top = self.writer.add_outline_item(title=say("Audit findings", "監査結果"), page_number=0, bold=True)
        for finding in self.findings:
            mark = next((mark for mark in marks if finding in mark.findings), None)
            where = self.words.listed([finding.sheet.name] if finding.sheet else [])
            title = f"{finding.rule} {where} {finding.message.of(self.words.lang)}".replace("  ", " ")[:200]
            if mark is None:
                self.writer.add_outline_item(title=title, page_number=0, parent=top)
            else:
                self.writer.add_outline_item(
                    title=title,
                    page_number=mark.page - 1,
                    parent=top,
                    fit=fit.xyz(left=None, top=mark.box[3] + 40, zoom=None),
                )
