"""Books as they go to print: cover, contents pages, a sheet a page; and what goes wrong with them.

``BookPrint`` says what is printed where. ``as_read`` gives what a reader would make of its PDF; a
maker of PDFs draws the same pages. Each corruption says which faults it makes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from auditor.forms.model import Form
from auditor.proof.model import FaultKind
from auditor.proof.pages import BookPage, Frame
from auditor.records.decimals import number
from auditor.records.figures import Place, parse_figure
from auditor.records.model import Book, Document, Sheet
from auditor.testing.build import Chooser
from auditor.testing.strategies import DrawnChooser, consistent_books

__all__ = [
    "CORRUPTIONS",
    "BookPrint",
    "ContentsRow",
    "Corrupted",
    "as_read",
    "print_of",
    "prints",
]

_FRONT: Final = 2
"""The cover and the contents page; the first sheet stands on page 1 by its printed number."""
_LONG: Final = "この事業は、市民が安心して暮らすことのできる環境を整えることを目的とします。" * 3
_CUT: Final = 30
"""How much of a long text its cell shows."""


@dataclass(frozen=True)
class ContentsRow:
    """A row of the contents page: a project with its page."""

    name: str
    department: str
    page: int


@dataclass(frozen=True)
class BookPrint:
    """A book as it is printed: the sheets in their order, one a page.

    ``contents`` is empty in a book without contents pages; ``numbered`` says whether pages print
    their number (－ 3 －). ``cut`` are the sheets whose purpose is printed only in part, with the
    length that is printed; both by the sheet's place in ``sheets``.
    """

    sheets: tuple[Sheet, ...]
    contents: tuple[ContentsRow, ...] = ()
    numbered: bool = True
    cut: Mapping[int, int] = field(default_factory=dict[int, int])

    @property
    def front(self) -> int:
        """How many pages stand before the first sheet."""
        return _FRONT if self.contents else _FRONT - 1


@dataclass(frozen=True)
class Corrupted:
    """A print with something wrong, the documents that it is held against, and the faults that
    this makes.
    """

    documents: Book
    printed: BookPrint
    faults: Counter[FaultKind]


def print_of(book: Book, *, contents: bool = True, numbered: bool = True) -> BookPrint:
    """A book's sheets as they are printed when nothing goes wrong."""
    rows = tuple(
        ContentsRow(sheet.name, sheet.department, page) for page, sheet in enumerate(book.sheets, 1)
    )
    return BookPrint(book.sheets, rows if contents else (), numbered)


@st.composite
def prints(
    draw: DrawFn, form: Form | None = None, *, least: int = 2, most: int = 5
) -> tuple[Book, BookPrint, Chooser]:
    """A consistent book, its print, and a chooser for what may go wrong with it."""
    _, book = draw(consistent_books(form, sheets=(least, most), kpis=(0, 0)))
    printed = print_of(book, contents=draw(st.booleans()), numbered=draw(st.booleans()))
    return book, printed, DrawnChooser(draw)


# — what a reader makes of it —


def as_read(printed: BookPrint, form: Form) -> tuple[Book, tuple[BookPage, ...]]:
    """The print as the PDF reader would give it: its book, and its pages."""
    pages = [BookPage(number=1, rows=("主要施策成果報告書",))]
    if printed.contents:
        rows = [f"{row.name} ……………… {row.page}" for row in printed.contents]
        pages.append(BookPage(number=2, rows=("目　次", *rows)))
    sheets: list[Sheet] = []
    for at, sheet in enumerate(printed.sheets):
        page = printed.front + at + 1
        read, frames = _read_sheet(sheet, at + 1, page, printed.cut.get(at))
        sheets.append(read)
        edges = (f"－ {at + 1} －",) if printed.numbered else ()
        pages.append(BookPage(number=page, edges=edges, frames=tuple(frames)))
    year = sheets[0].fiscal_year
    document = Document.of("book.pdf", form.name, year, sheets, sha256="0" * 64)
    book = Book(form=form.name, fiscal_year=year, documents=(document,), sheets=tuple(sheets))
    return book, tuple(pages)


def _read_sheet(sheet: Sheet, number: int, page: int, cut: int | None) -> tuple[Sheet, list[Frame]]:
    place = Place(page=page, box=(50.0, 700.0, 200.0, 710.0))
    purpose = sheet.purpose if cut is None else sheet.purpose[:cut]
    box = (100.0, 600.0, 300.0, 610.0)
    room = 20.0 if cut is None else 0.2
    frame = Frame(text=purpose, box=box, left=0.1, right=room, above=0.5, below=0.3)
    read = sheet.model_copy(
        update={
            "document": "book.pdf",
            "number": number,
            "place": place,
            "purpose": purpose,
            "places": {"purpose": Place(page=page, box=box)},
        }
    )
    return read, [frame]


# — what goes wrong —


def _missing(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    at = chooser.integer(0, len(printed.sheets) - 1)
    sheets = (*printed.sheets[:at], *printed.sheets[at + 1 :])
    return Corrupted(book, replace(printed, sheets=sheets), Counter(["missing"]))


def _extra(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    at = chooser.integer(0, len(book.sheets) - 1)
    sheets = (*book.sheets[:at], *book.sheets[at + 1 :])
    return Corrupted(_with_sheets(book, sheets), printed, Counter(["extra"]))


def _twice(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    at = chooser.integer(0, len(printed.sheets) - 1)
    to = chooser.integer(0, len(printed.sheets))
    sheets = (*printed.sheets[:to], printed.sheets[at], *printed.sheets[to:])
    return Corrupted(book, replace(printed, sheets=sheets), Counter(["twice"]))


def _order(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    at = chooser.integer(0, len(printed.sheets) - 2)
    sheets = list(printed.sheets)
    sheets[at], sheets[at + 1] = sheets[at + 1], sheets[at]
    # Without contents pages, nobody says what order is right.
    faults: Counter[FaultKind] = Counter(["order"]) if printed.contents else Counter()
    return Corrupted(book, replace(printed, sheets=tuple(sheets)), faults)


def _contents_page(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    rows = list(printed.contents)
    if not rows:
        return Corrupted(book, printed, Counter())
    at = chooser.integer(0, len(rows) - 1)
    rows[at] = replace(rows[at], page=rows[at].page + 1)
    return Corrupted(book, replace(printed, contents=tuple(rows)), Counter(["page"]))


def _unlisted(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    rows = list(printed.contents)
    if len(rows) < 2:
        return Corrupted(book, printed, Counter())
    at = chooser.integer(0, len(rows) - 1)
    name = rows.pop(at).name
    # One row may stand for all sheets of a project.
    faults: Counter[FaultKind] = Counter()
    if all(row.name != name for row in rows):
        faults["unlisted"] = 1
    return Corrupted(book, replace(printed, contents=tuple(rows)), faults)


def _figure(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    return _with_total(book, printed, chooser, lambda value: number(value + 1), "difference")


def _hashes(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    return _with_total(book, printed, chooser, lambda _: "####", "hashes")


def _with_total(
    book: Book,
    printed: BookPrint,
    chooser: Chooser,
    print_: Callable[[Decimal], str],
    kind: FaultKind,
) -> Corrupted:
    """A print in which the total of a column is printed otherwise."""
    at = chooser.integer(0, len(printed.sheets) - 1)
    sheet = printed.sheets[at]
    for key, year in sheet.years.items():
        total = year.total_cost
        if total is None or total.value is None:
            continue
        figure = parse_figure(print_(total.value), unit=total.unit, place=total.place)
        years = {**sheet.years, key: year.model_copy(update={"total_cost": figure})}
        changed = _with_sheet(printed, at, {"years": years})
        return Corrupted(book, changed, Counter([kind]))
    return Corrupted(book, printed, Counter())


def _cut(book: Book, printed: BookPrint, chooser: Chooser) -> Corrupted:
    """A purpose that is longer than its cell."""
    at = chooser.integer(0, len(printed.sheets) - 1)
    documents = list(book.sheets)
    documents[at] = documents[at].model_copy(update={"purpose": _LONG})
    changed = _with_sheet(printed, at, {"purpose": _LONG})
    return Corrupted(
        _with_sheets(book, documents), replace(changed, cut={at: _CUT}), Counter(["cut"])
    )


CORRUPTIONS: Final[Mapping[str, Callable[[Book, BookPrint, Chooser], Corrupted]]] = {
    "sheet missing": _missing,
    "sheet extra": _extra,
    "sheet twice": _twice,
    "order changed": _order,
    "page off by one in the contents": _contents_page,
    "sheet not in the contents": _unlisted,
    "figure changed": _figure,
    "figure as ####": _hashes,
    "text cut": _cut,
}
"""What goes wrong with a print, each by itself; the sheets of print and documents correspond."""


def _with_sheet(printed: BookPrint, at: int, update: Mapping[str, Any]) -> BookPrint:
    sheets = list(printed.sheets)
    sheets[at] = sheets[at].model_copy(update=update)
    return replace(printed, sheets=tuple(sheets))


def _with_sheets(book: Book, sheets: Sequence[Sheet]) -> Book:
    return book.model_copy(update={"sheets": tuple(sheets)})
