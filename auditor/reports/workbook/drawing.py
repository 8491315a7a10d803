"""How the workbooks are drawn: texts that stay texts, rows as high as their texts, A4 pages.

XlsxWriter writes them. What comes out of a document is written as a text and nothing else, so that
no cell can be a formula or markup.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain
from typing import Any, Final, Literal, NamedTuple, Protocol

from auditor.records.decimals import number, plain_digits
from auditor.records.own import PROGRAM, OwnKind
from auditor.reports.layout import plain, wrap
from auditor.reports.wording import Wording

__all__ = [
    "LONGEST",
    "Cell",
    "Column",
    "Drawing",
    "DropDown",
    "Linked",
    "Look",
    "Sheet",
    "Underlined",
    "cell_text",
    "table_columns",
]

Look = Literal[
    "text",
    "center",
    "count",
    "head",
    "title",
    "line",
    "faint",
    "key",
    "answer",
    "error",
    "warning",
    "note",
]
"""What a cell looks like."""

PAGE: Final = 806 / 5.25
"""The width between the margins of A4 paper that lies, in units of a column's width at 100 %."""
_SMALLEST: Final = 0.75
"""The least scale of a printed page: letters of 10 points are 7.5 points high on paper then."""
_FULL_WIDTH: Final = 1.03
"""How many half-width characters of 10 points stand in a unit of a column's width."""
_LATIN: Final = 1.15
"""The same for Latin letters, which are narrower."""
_PADDING: Final = 0.72
"""What Excel adds to the width of each column."""
_POINTS: Final = 10
_LINE: Final = 13.5
"""The height of a line, in points: enough for fonts that stand in for those named below."""
_HIGHEST: Final = 409.0
"""Excel has no higher row, in points."""
LONGEST: Final = 32_767
"""Excel takes as many characters in a cell, counted in UTF-16."""
_MOST_LINKS: Final = 65_000
"""Excel takes 65,530 links on a worksheet."""
_DIGITS: Final = 15
"""Excel keeps as many digits of a number."""
_NO_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When a workbook was made, where nobody says."""
_NONCHARACTERS: Final = re.compile("[\ufffe\uffff]")
_FONTS: Final = {"ja": "ＭＳ Ｐゴシック", "en": "Calibri"}
_BORDER: Final = {"border": 1, "border_color": "#A6A6A6"}
_CELL: Final = {"valign": "top", "text_wrap": True, **_BORDER}
_LOOKS: Final[Mapping[Look, Mapping[str, object]]] = {
    "text": _CELL,
    "center": {**_CELL, "align": "center"},
    "count": {**_CELL, "align": "right"},
    "head": {
        **_CELL,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "bg_color": "#D9D9D9",
    },
    "title": {"bold": True, "font_size": 14, "valign": "vcenter"},
    "line": {"valign": "top", "text_wrap": True},
    "faint": {**_CELL, "font_size": 7, "font_color": "#6B6B6B"},
    "key": {"valign": "top", "font_size": 7, "font_color": "#6B6B6B"},
    "answer": {**_CELL, "bg_color": "#FFFBE0", "border_color": "#404040", "locked": False},
    "error": {**_CELL, "align": "center", "bold": True, "bg_color": "#FFDADD"},
    "warning": {**_CELL, "align": "center", "bg_color": "#FFF1B8"},
    "note": {**_CELL, "align": "center", "bg_color": "#DFEDF9"},
}


class _Format(Protocol):
    """A look as XlsxWriter has it."""


class _Worksheet(Protocol):
    """What is used of an XlsxWriter worksheet; rows and columns count from 0."""

    def write_string(self, row: int, col: int, string: str, cell_format: _Format) -> int: ...
    def write_number(self, row: int, col: int, number: float, cell_format: _Format) -> int: ...
    def write_rich_string(self, row: int, col: int, *parts: str | _Format) -> int: ...
    def write_blank(self, row: int, col: int, blank: None, cell_format: _Format) -> int: ...
    def write_url(self, row: int, col: int, url: str, cell_format: _Format, string: str) -> int: ...
    def merge_range(
        self,
        first_row: int,
        first_col: int,
        last_row: int,
        last_col: int,
        data: str,
        cell_format: _Format,
    ) -> int: ...
    def set_row(self, row: int, height: float) -> int: ...
    def set_column(self, first_col: int, last_col: int, width: float) -> int: ...
    def data_validation(
        self,
        first_row: int,
        first_col: int,
        last_row: int,
        last_col: int,
        options: Mapping[str, object],
    ) -> int: ...
    def autofilter(self, first_row: int, first_col: int, last_row: int, last_col: int) -> None: ...
    def freeze_panes(self, row: int, col: int) -> None: ...
    def repeat_rows(self, first_row: int, last_row: int) -> None: ...
    def repeat_columns(self, first_col: int, last_col: int) -> None: ...
    def print_area(self, first_row: int, first_col: int, last_row: int, last_col: int) -> int: ...
    def protect(self, password: str, options: Mapping[str, bool]) -> None: ...
    def fit_to_pages(self, width: int, height: int) -> None: ...
    def set_print_scale(self, scale: int) -> None: ...
    def set_landscape(self) -> None: ...
    def set_paper(self, paper_size: int) -> None: ...
    def set_margins(self, left: float, right: float, top: float, bottom: float) -> None: ...
    def set_header(self, header: str) -> None: ...
    def set_footer(self, footer: str) -> None: ...


class Column(NamedTuple):
    """A column: its head, its width in half-width characters, and the look of its cells.

    A column that is not ``on_paper`` stands at the right end, outside of the print area.
    """

    head: str
    width: float
    look: Look = "text"
    on_paper: bool = True


def table_columns(heads: Sequence[str], widths: Sequence[float], align: str) -> list[Column]:
    """The columns of a table that other reports show too; figures stand at the right (``r``)."""
    return [
        Column(head, width, "count" if side == "r" else "text")
        for head, width, side in zip(heads, widths, align, strict=True)
    ]


class Linked(NamedTuple):
    """A text that leads somewhere; an empty ``link`` leads nowhere."""

    text: str
    link: str


class Underlined(NamedTuple):
    """A text as pieces, each with whether it is underlined."""

    pieces: Sequence[tuple[str, bool]]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(text for text, _ in self.pieces)


class DropDown(NamedTuple):
    """The list of a column's cells: its entries, and what the cell says when it is chosen."""

    entries: Sequence[str]
    title: str
    message: str


Cell = str | int | Decimal | Linked | Underlined | None


def cell_text(text: str) -> str:
    """A text as a cell holds it: harmless, no longer than Excel takes, lines kept.

    XlsxWriter takes a text in ``<r>`` for runs that are marked up; with a blank before it, it is a
    text.
    """
    lines = (plain(line) for line in text.split("\n"))
    whole = _NONCHARACTERS.sub("\ufffd", "\n".join(lines))
    while _utf16(whole) > LONGEST:
        whole = whole[: len(whole) - max((_utf16(whole) - LONGEST) // 2, 1) - 1] + "…"
    return f" {whole[:-1]}" if whole.startswith("<r>") and whole.endswith("</r>") else whole


def _utf16(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


class Drawing:
    """A workbook that is being made. It names no author, no company and no computer; the same
    content gives the same bytes.
    """

    def __init__(
        self,
        title: str,
        made_at: datetime | None,
        words: Wording,
        kind: OwnKind = "report",
    ) -> None:
        xlsxwriter: Any = importlib.import_module("xlsxwriter")
        self.words = words
        self.title = title
        self._data = BytesIO()
        self._book: Any = xlsxwriter.Workbook(
            self._data,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        created = (made_at or _NO_DATE).astimezone(UTC)
        self._book.set_properties({"title": cell_text(title), "created": created})
        # By this the file is known again, and never read as a document.
        self._book.set_custom_property(PROGRAM, kind, "text")
        self._formats: dict[tuple[Look, str, bool, bool], _Format] = {}

    def worksheet(self, name: str, columns: Sequence[Column]) -> Sheet:
        """A new worksheet. Names are the program's own, which Excel takes."""
        return Sheet(self, self._book.add_worksheet(name), name, columns)

    def format(
        self, look: Look, numbers: str = "", *, linked: bool = False, underlined: bool = False
    ) -> _Format:
        """The look of cells; ``numbers`` is how those that hold one print it."""
        key = look, numbers, linked, underlined
        if key not in self._formats:
            font: dict[str, object] = {"font_name": _FONTS[self.words.lang], "font_size": _POINTS}
            # A number that its column is too narrow for is made smaller: it never prints as ####.
            more: dict[str, object] = (
                {"num_format": numbers, "text_wrap": False, "shrink": True} if numbers else {}
            )
            if linked:
                more |= {"font_color": "#0563C1", "underline": 1}
            elif underlined:
                more |= {"underline": 1}
            self._formats[key] = self._book.add_format({**font, **_LOOKS[look], **more})
        return self._formats[key]

    def finished(self) -> bytes:
        """The whole workbook as a file."""
        self._book.close()
        return self._data.getvalue()


class Sheet:
    """A worksheet that is filled from the top; ``row`` is the next row, counted from 0."""

    columns: Sequence[Column]
    name: str
    row: int

    def __init__(
        self, drawing: Drawing, worksheet: _Worksheet, name: str, columns: Sequence[Column]
    ) -> None:
        self.name, self.columns = name, columns
        self.row = 0
        self._drawing, self._worksheet = drawing, worksheet
        self._links = 0
        for at, column in enumerate(columns):
            worksheet.set_column(at, at, column.width)
        self._set_page()

    @property
    def width(self) -> float:
        """The width of the printed columns, in units of a column's width."""
        return sum(column.width + _PADDING for column in self.columns if column.on_paper)

    @property
    def _on_paper(self) -> int:
        """How many columns are printed."""
        return sum(column.on_paper for column in self.columns)

    @property
    def scale(self) -> float:
        """At which scale a page is printed."""
        return max(min(PAGE / self.width, 1), _SMALLEST)

    def _set_page(self) -> None:
        """A4 that lies, one page wide; more pages where letters would be too small."""
        worksheet = self._worksheet
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.set_margins(0.25, 0.25, 0.6, 0.6)
        if PAGE / self.width >= _SMALLEST:
            worksheet.fit_to_pages(1, 0)
        else:
            worksheet.set_print_scale(round(_SMALLEST * 100))
            worksheet.repeat_columns(0, 0)
        page = self._drawing.words.say("&P / &N", "&P／&N頁")
        worksheet.set_header(f"&L{_in_header(self._drawing.title)}&R{_in_header(self.name)}")
        worksheet.set_footer(f"&C{page}")

    # — rows —

    def title(self, text: str) -> None:
        """A large text in a row of its own."""
        self._write(0, text, "title")
        self._worksheet.set_row(self.row, 24)
        self.row += 1

    def line(self, text: str) -> None:
        """A text over the width of all columns."""
        last = self._on_paper - 1
        look = self._drawing.format("line")
        if last:
            self._worksheet.merge_range(self.row, 0, self.row, last, "", look)
        self._write(0, text, "line")
        self._worksheet.set_row(self.row, _height([(text, self.width)]))
        self.row += 1

    def gap(self) -> None:
        """An empty row."""
        self.row += 1

    def head(self, heads: Sequence[str] | None = None) -> None:
        """The heads of the columns, which other ones may replace."""
        texts = [column.head for column in self.columns] if heads is None else heads
        for at, text in enumerate(texts):
            self._write(at, text, "head")
        self._end_row(texts)

    def add(self, cells: Sequence[Cell], looks: Mapping[int, Look] | None = None) -> None:
        """A row of cells; ``looks`` replace those of some columns."""
        for at, (cell, column) in enumerate(zip(cells, self.columns, strict=False)):
            self._write(at, cell, (looks or {}).get(at, column.look))
        self._end_row([_shown(cell) for cell in cells])

    def table(self, rows: Iterable[Sequence[Cell]]) -> None:
        """The heads of the columns, and rows below them."""
        self.head()
        for row in rows:
            self.add(row)

    def _end_row(self, texts: Sequence[str]) -> None:
        cells = zip(texts, self.columns, strict=False)
        height = _height((text, column.width) for text, column in cells if column.look != "key")
        self._worksheet.set_row(self.row, height)
        self.row += 1

    def _write(self, column: int, cell: Cell, look: Look) -> None:
        if isinstance(cell, Linked) and cell.link and self._links < _MOST_LINKS:
            text = cell_text(cell.text)
            linked = self._drawing.format(look, linked=True)
            self._worksheet.write_url(self.row, column, cell.link, linked, text)
            self._links += 1
        elif isinstance(cell, Underlined) and cell.text:
            self._write_underlined(column, cell, look)
        elif isinstance(cell, int) or (isinstance(cell, Decimal) and _is_exact(cell)):
            shown = self._drawing.format(look, _printed_as(cell, self._drawing.words))
            self._worksheet.write_number(self.row, column, float(cell), shown)
        elif cell is None or not _shown(cell):
            self._worksheet.write_blank(self.row, column, None, self._drawing.format(look))
        else:
            text = cell_text(_shown(cell))
            self._worksheet.write_string(self.row, column, text, self._drawing.format(look))

    def _write_underlined(self, column: int, cell: Underlined, look: Look) -> None:
        """Write a text of which some pieces are underlined; Excel takes no empty ones, and knows
        a text of one piece by the look of its cell.
        """
        pieces = [(cell_text(text), underlined) for text, underlined in cell.pieces if text]
        styled = [(self._drawing.format(look, underlined=style), text) for text, style in pieces]
        if len(pieces) == 1:
            ((style, text),) = styled
            self._worksheet.write_string(self.row, column, text, style)
            return
        parts = chain.from_iterable(styled)
        self._worksheet.write_rich_string(self.row, column, *parts, self._drawing.format(look))

    # — what is done to the whole —

    def filter(self, head: int, columns: int = 0) -> None:
        """Arrows on the heads in a row, which filter the rows below; the head stays in sight, with
        some columns at its left. The head is repeated on each page.
        """
        last = max(self.row - 1, head)
        self._worksheet.autofilter(head, 0, last, len(self.columns) - 1)
        self._worksheet.freeze_panes(head + 1, columns)
        self.repeat(head)

    def repeat(self, head: int) -> None:
        """Repeat a row on each page."""
        self._worksheet.repeat_rows(head, head)

    def drop_down(self, column: int, first: int, options: DropDown) -> None:
        """A list to choose from in the cells of a column, from a row on to the last."""
        if self.row <= first:
            return
        validation = {
            "validate": "list",
            "source": list(options.entries),
            "input_title": options.title[:32],
            "input_message": options.message[:255],
            "error_title": options.title[:32],
            "error_message": options.message[:255],
        }
        self._worksheet.data_validation(first, column, self.row - 1, column, validation)

    def protect(self) -> None:
        """Lock all cells but those for answers, without a password; columns can be made wider, and
        rows be filtered.
        """
        allowed = {"format_columns": True, "format_rows": True, "autofilter": True}
        self._worksheet.protect("", allowed)

    def end(self) -> None:
        """Set what is printed, after the last row."""
        self._worksheet.print_area(0, 0, max(self.row - 1, 0), self._on_paper - 1)


def _in_header(text: str) -> str:
    """A text for the head of a page, where & begins a code."""
    return plain(text)[:80].replace("&", "&&")


def _shown(cell: Cell) -> str:
    """What a cell shows, for the height of its row, and where a number can't be written as one."""
    match cell:
        case None:
            return ""
        case Linked(text, _):
            return text
        case Underlined():
            return cell.text
        case Decimal():
            return number(cell) if _is_short(cell) else plain_digits(cell)
        case int():
            return f"{cell:,}"
        case _:
            return cell


def _height(cells: Iterable[tuple[str, float]]) -> float:
    """The height of a row: that of the cell with most lines."""
    lines = 1
    for text, width in cells:
        pieces = text[:LONGEST].split("\n")
        lines = max(lines, sum(_lines(piece, width) for piece in pieces))
    return min(lines * _LINE + 3, _HIGHEST)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column."""
    letters = _LATIN if text.isascii() else _FULL_WIDTH
    return len(wrap(text, math.floor(width * letters)))


def _is_short(value: Decimal) -> bool:
    return value.adjusted() < 100


def _is_exact(value: Decimal) -> bool:
    """Whether a workbook can hold a number without losing a digit."""
    if not value.is_finite():
        return False
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    return len(digits) <= _DIGITS and exponent >= -10 and value.adjusted() < _DIGITS


def _printed_as(value: Decimal | int, words: Wording) -> str:
    """The number format of a value: its own decimals, △ for a minus in Japanese."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    places = max(-exponent, 0) if isinstance(exponent, int) else 0
    digits = "#,##0" + ("." + "0" * places if places else "")
    return words.say(digits, f'{digits};"△"{digits}')
