"""The reader of PDFs that print text (with the extra ``pdf``): every value by the cell between
ruling lines in which it stands.

The program runs it in a child process: see ``auditor.readers.in_child``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

from auditor.forms.model import Form
from auditor.readers.grid import Grid, Labels, read_sheets
from auditor.readers.in_child import is_pdf, ready_for_pdf
from auditor.readers.kpi.grid import read_indicators
from auditor.readers.pdf.cells import cells_of
from auditor.readers.pdf.grids import LaidPage, grid_of
from auditor.readers.pdf.pages import PageLimits, PageTooLarge, page_words, printed_page
from auditor.readers.source import Reading, Source, UnreadableDocument, most_common_year
from auditor.records.figures import Place
from auditor.records.model import Kpi, NotChecked, Part, Remark, Sheet
from auditor.records.text import Text, Why

__all__ = ["PdfReader"]

_MOST_PAGES: Final = 5_000
_MOST_PAGES_A_SHEET: Final = 50
_HEADS: Final = frozenset({"title", "name", "department", "category"})
# What a page that shows nothing consists of: numbers, names, and operators that only prepare for
# something to be shown.
_QUIET: Final = re.compile(
    rb"(?:[-+.0-9]+|/\S*|\[|\]|<<|>>|[qQwJjMdigGkKnmlcvyhW]|W\*|T\*|cm|ri|gs|rg|RG|cs|CS|scn?|SCN?|re|BT|ET|T[fmdDLcwzrs]|BMC|BDC|EMC|MP|DP)"
)
_EMPTY: Final = (
    40  # bytes in which a filter packs nothing; more of them that unpack to nothing are damaged
)
_LEFT_OUT: Final = Why(
    code="left-out", en="left out by the choice of pages", ja="読み取るページの指定により除外"
)
_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD
_SECURITY: Final = 5


def _nobody() -> None:
    """Nobody wants to know how far the reading is."""


class PdfReader:
    """Reads the sheets of a PDF page by page, in this process, and tells ``progress`` of each.

    ``limits`` say how much one page may hold, ``pages`` how many there may be.
    """

    name = "pdf"

    def __init__(self, limits: PageLimits | None = None, pages: int = _MOST_PAGES) -> None:
        self.limits, self.most_pages = limits or PageLimits(), pages
        self.progress: Callable[[], None] = _nobody

    def raise_limits(self, factor: int) -> None:
        """Read ``factor`` times as much of a page, and as many pages."""
        most = self.limits
        self.limits = PageLimits(
            most.characters * factor, most.objects * factor, most.lines * factor
        )
        self.most_pages *= factor

    def accepts(self, source: Source, form: Form) -> bool:
        """Any PDF: which form it has, its words say."""
        return bool(form.fields) and is_pdf(source)

    def words(self, source: Source) -> str | None:
        """All text of the document, or None where it is no PDF; raises UnreadableDocument for a
        scan or a broken file.
        """
        if not is_pdf(source):
            return None
        ready_for_pdf(source)
        found: list[str] = []
        with _opened(source) as document:
            count = self._count(source, document)
            for index in range(count):
                with _page(document, index) as page:
                    if page is not None:
                        found.append(page_words(page, self.limits))
                self.progress()
        words = "\n".join(found)
        if not words.strip():
            raise _scan(source.path)
        return words

    def read(self, source: Source, form: Form) -> Reading:
        """The sheets on all pages. A sheet that goes on over the next page is read as one."""
        ready_for_pdf(source)
        reading = _Reading(source.path, Labels(form))
        with _opened(source) as document:
            for number in range(1, self._count(source, document) + 1):
                if not form.reads_page(number):
                    reading.left_out(number)
                    self.progress()
                    continue
                with _page(document, number - 1) as page:
                    if page is None:
                        reading.not_read(
                            number, "page-unreadable", "can't be read", "読み取れません"
                        )
                        continue
                    try:
                        printed = printed_page(page, number, self.limits)
                        if printed.hidden and not printed.shown:
                            en, ja = (
                                "prints no text, only a picture with hidden text behind it (a scan)",
                                "スキャン画像です(文字は表示されていません)",
                            )
                            reading.not_read(number, "scan", en, ja)
                        elif not all(c.text.isspace() for c in printed.characters):
                            reading.page(LaidPage(number, printed.turn, cells_of(printed)))
                        elif printed.pictures or printed.curves:
                            en, ja = (
                                "shows a picture or drawing, and no text (a scan)",
                                "文字がなく、画像や図形だけです(スキャンなど)",
                            )
                            reading.not_read(number, "scan", en, ja)
                        elif not (
                            printed.characters or printed.across or printed.down
                        ) and not _is_blank(source, number - 1):
                            reading.not_read(
                                number, "page-unreadable", "is damaged", "壊れています"
                            )
                    except PageTooLarge as fault:
                        why = fault.message
                        reading.not_read(number, why.code, why.en, why.ja)
                self.progress()
        return reading.done()

    def _count(self, source: Source, document: Any) -> int:
        count = len(document)
        if count > self.most_pages:
            raise UnreadableDocument(
                source.path,
                "too-many-pages",
                f"has more than {self.most_pages:,} pages; split it",
                f"{self.most_pages:,} ページを超えています。分割してください",
            )
        if not count:
            raise _damaged(source)
        return count


@contextmanager
def _opened(source: Source) -> Generator[Any]:
    pypdfium2: Any = importlib.import_module("pypdfium2")

    if b"%%EOF" not in source.data.rstrip(b"\0 \r\n\t")[-2048:]:
        raise _damaged(source)
    try:
        document: Any = pypdfium2.PdfDocument(source.data)
    except pypdfium2.PdfiumError as fault:
        if getattr(fault, "err_code", None) in (_PASSWORD, _SECURITY):
            raise UnreadableDocument(
                source.path,
                "encrypted",
                "is encrypted; save it without a password",
                "暗号化されています。パスワードなしで保存し直してください",
            ) from None
        raise _damaged(source) from None
    try:
        yield document
    finally:
        document.close()


def _is_blank(source: Source, index: int) -> bool:
    """Whether a page on which pdfium finds nothing has nothing to show. If in doubt, it is
    damaged.
    """
    try:
        pypdf: Any = importlib.import_module("pypdf")
        contents: Any = pypdf.PdfReader(BytesIO(source.data)).pages[index].get("/Contents")
        found: Any = contents.get_object() if contents is not None else []
        streams: Any = (
            [part.get_object() for part in found] if not hasattr(found, "get_data") else [found]
        )
        contents_of = [(stream.get_data().split(), len(stream._data)) for stream in streams]
        return all(
            all(map(_QUIET.fullmatch, tokens)) if tokens else packed <= _EMPTY
            for tokens, packed in contents_of
        )
    except Exception:  # pypdf raises whatever a damaged file makes it stumble over
        return False


def _scan(path: str) -> UnreadableDocument:
    return UnreadableDocument(
        path,
        "scan",
        "shows no text: it is a scan or a picture; read the file from which it was printed",
        "文字の情報がない PDF (スキャン画像など) です。印刷元のファイルを指定してください",
    )


def _damaged(source: Source) -> UnreadableDocument:
    return UnreadableDocument(
        source.path,
        "truncated",
        "the PDF file is cut off or damaged",
        "PDF ファイルが途中で切れているか壊れています",
    )


@contextmanager
def _page(document: Any, index: int) -> Generator[Any | None]:
    """A page, closed again afterwards, so that memory does not grow with their number; None where
    it can't be opened.
    """
    raw: Any = importlib.import_module("pypdfium2.raw")

    page = raw.FPDF_LoadPage(document, index)
    try:
        yield page or None
    finally:
        if page:
            raw.FPDF_ClosePage(page)


class _Reading:
    """One pass over the pages. Those of a sheet are held until the next one begins."""

    def __init__(self, path: str, labels: Labels) -> None:
        self.path, self.labels = path, labels
        self.pages: list[LaidPage] = []
        self.grid: Grid | None = None  # theirs, where they are one
        self.sheets: list[Sheet] = []
        self.kpis: list[Kpi] = []
        self.kpi_year: int | None = None
        self.remarks: list[Remark] = []
        self.not_checked: list[NotChecked] = []
        self.parts: list[Part] = []

    def left_out(self, page: int) -> None:
        """Say that a page is left out by choice."""
        self.parts.append(Part(place=Place(page=page), state="left_out", why=_LEFT_OUT))

    def not_read(self, page: int, code: str, en: str, ja: str) -> None:
        """Say that a page was not read."""
        self.not_checked.append(
            NotChecked(
                document=self.path,
                why=Why(code=code, en=f"page {page} {en}", ja=f"{page} ページ: {ja}"),
            )
        )

    def page(self, page: LaidPage) -> None:
        """Take the next page in."""
        grid = grid_of([page])
        if self.pages and (self._begins(grid) or len(self.pages) >= _MOST_PAGES_A_SHEET):
            self._finish()
        self.pages.append(page)
        self.grid = grid if len(self.pages) == 1 else None

    def _begins(self, page: Grid) -> bool:
        """Whether a sheet begins at the top of a page: what heads it stands before every other
        label; or a table of indicators does.

        A title alone does not tell: print titles come again on every page.
        """
        form = self.labels.form
        names = [label.name for label in self.labels.find(page)]
        if names and names[0] in _HEADS and ("name" in names or "name" not in form.labels):
            return True
        figures = any(name in form.fields for name in names)
        return not figures and self._indicators(page, ()) is not None

    def _indicators(self, grid: Grid, areas: Sequence[tuple[int, int, int, int]]) -> Reading | None:
        """The indicators outside of the sheets' areas, if there are any. A figure in a merged cell
        has that cell's place in each of its rows.
        """
        table = self.labels.form.kpi
        if table is None:
            return None

        def place(row: int, column: int) -> Place:
            boxes = grid.lines.get(row, ())
            return next((box.place for box in boxes if box.left == column), grid.place(row, column))

        return read_indicators(self.path, table, grid, areas, place, before=len(self.kpis))

    def _looks_like_a_sheet(self, names: set[str]) -> bool:
        """Whether a page that could not be read as a sheet seems to be one; a cover has a title,
        too, and a list has names.
        """
        return {"title", "name"} <= names or any(name in self.labels.form.fields for name in names)

    def _finish(self) -> None:
        """Read the pages held."""
        if not self.pages:
            return
        grid = self.grid or grid_of(self.pages)
        number = 1 + len(self.sheets) + sum(missed.sheet is not None for missed in self.not_checked)
        found = read_sheets(grid, self.labels, self.path, number)
        self.sheets += found.sheets
        self.remarks += found.remarks
        self.not_checked += found.not_checked
        table = self._indicators(grid, found.areas)
        if table is not None:
            self.kpis += table.kpis
            self.remarks += table.remarks
            self.not_checked += table.not_checked
            self.kpi_year = table.fiscal_year if self.kpi_year is None else self.kpi_year
        elif not found.areas and self._looks_like_a_sheet(
            {label.name for label in self.labels.find(grid)}
        ):
            en, ja = (
                "holds labels of the form, but no sheet could be made out",
                "様式の項目がありますが、シートとして読み取れません",
            )
            self.not_read(self.pages[0].number, "sheet-not-understood", en, ja)
        for page in self.pages:
            for written in page.cells.crossing:
                self.remarks.append(
                    _across_a_line(written.text, page, found.sheets, written.extent)
                )
        self.pages = []

    def done(self) -> Reading:
        """Everything read; raises UnreadableDocument where no page held a sheet."""
        self._finish()
        if (
            not self.sheets
            and self.not_checked
            and all(missed.why.code == "scan" for missed in self.not_checked)
        ):
            raise _scan(self.path)
        if not self.sheets and not self.kpis and not self.not_checked:
            raise UnreadableDocument(
                self.path,
                "no-sheet",
                "no page is laid out as a sheet or a table of the form",
                "様式のシートや表として読み取れるページがありません",
            )
        year = most_common_year(self.sheets)
        return Reading(
            self.kpi_year if year is None else year,
            tuple(self.sheets),
            tuple(self.kpis),
            tuple(self.remarks),
            tuple(self.not_checked),
            parts=tuple(self.parts),
        )


def _across_a_line(text: str, page: LaidPage, sheets: Sequence[Sheet], extent: Any) -> Remark:
    return Remark(
        rule="RD002",
        sheet=sheets[0].number if len(sheets) == 1 else None,
        printed=text,
        place=page.place(extent),
        detail=Text(
            en=f"'{text}' lies across a ruling line; it was read as the value of the cell that holds most of it",
            ja=f"「{text}」は罫線をまたいでいます。大部分が入っているセルの値として読み取りました",
        ),
    )
