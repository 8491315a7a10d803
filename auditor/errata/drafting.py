"""A draft made from two versions of the same books.

Their records are paired, and every place that differs is a row, whatever anybody found wrong with
it.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, Literal, NamedTuple

from auditor.auditing.departments import department_of_kpi, lent_departments
from auditor.comparison.contents import Content, Spot, contents
from auditor.comparison.differences import Difference, differences
from auditor.comparison.pairs import NO_NAMES, Pairing, pair_kpis, pair_sheets
from auditor.errata.applying import is_figure, record_name
from auditor.errata.changed import Excerpt, excerpts
from auditor.errata.elsewhere import elsewhere
from auditor.errata.model import (
    SIDES,
    Alone,
    Draft,
    ErrataRow,
    PageOwner,
    PairedOtherwise,
    Side,
    SourceFile,
    Uncompared,
    UndecidedRecord,
)
from auditor.errata.pages import PDF_PAGES, PageLookup
from auditor.records.addresses import parse_address
from auditor.records.errors import AuditorError
from auditor.records.figures import Place
from auditor.records.model import Book, Kpi, NotChecked, Sheet

__all__ = ["UnrelatedBooks", "Version", "draft_of"]


class UnrelatedBooks(AuditorError):
    """Two versions of which no record is the same."""


class Version(NamedTuple):
    """What was read of one version, and from which files."""

    books: Sequence[Book]
    files: tuple[SourceFile, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


_NO_VERSION: Final = Version(())
_CAPTIONS: Final = "captions"

Medium = Literal["", "page", "cell", "line"]
"""What places of a document name; empty where nobody knows."""


def draft_of(
    published: Version,
    corrected: Version,
    others: Version = _NO_VERSION,
    pages: PageLookup | None = None,
    renamed: Mapping[str, str] = NO_NAMES,
) -> Draft:
    """The draft of what is published held against what is right.

    ``pages`` gives the pages as they are cited; without it they are those of the published PDF.
    ``renamed`` says what departments are called now. Raises UnrelatedBooks where no record of one
    version is one of the other.
    """
    unread = _unread_sheets(published) | _unread_sheets(corrected)
    drafting = _Drafting(pages or PDF_PAGES, renamed, unread)
    for before, after in _by_form(published.books, corrected.books):
        drafting.compare(before, after)
    if drafting.left_out and not drafting.pairs:
        raise UnrelatedBooks(
            "no sheet could be read in both versions, so nothing is compared",
            "公表版と訂正版の両方で読み取れたシートがないため、比べられません",
        )
    if not drafting.pairs:
        raise UnrelatedBooks(
            "the two versions have no sheet or KPI in common",
            "公表版と訂正版に、同じシートや指標がありません",
        )
    rows = drafting.sorted_rows()
    return Draft(
        published=published.files,
        corrected=corrected.files,
        others=others.files,
        pages="pdf" if pages is None else "list",
        pairs=drafting.pairs,
        captions=drafting.captions,
        rows=rows,
        only_published=tuple(drafting.only_published),
        only_corrected=tuple(drafting.only_corrected),
        undecided=tuple(drafting.undecided),
        paired_otherwise=tuple(drafting.paired_otherwise),
        uncompared=tuple(drafting.uncompared),
        elsewhere=tuple(elsewhere(rows, (*corrected.books, *others.books))),
        page_owners=drafting.page_owners(),
        not_checked=(*published.not_checked, *corrected.not_checked, *others.not_checked),
    )


def _by_form(
    published: Iterable[Book], corrected: Iterable[Book]
) -> Iterator[tuple[list[Book], list[Book]]]:
    """The books of both versions by form and fiscal year."""
    groups: defaultdict[tuple[str, int], tuple[list[Book], list[Book]]] = defaultdict(
        lambda: ([], [])
    )
    for at, books in enumerate((published, corrected)):
        for book in books:
            groups[book.form, book.fiscal_year][at].append(book)
    yield from groups.values()


def _unread_sheets(version: Version) -> frozenset[int]:
    """The sheets, by identity, that were read so badly that they were not checked: what they lack
    is no difference.
    """
    missed = {(reason.document, reason.sheet) for reason in version.not_checked if reason.sheet}
    sheets = _sheets(version.books)
    return frozenset(id(sheet) for sheet in sheets if (sheet.document, sheet.number) in missed)


class _Order(NamedTuple):
    """Where a row stands in the list: its page, its record, and its place within both."""

    page: float
    record: int
    place: tuple[float, ...]


class _Drafting:
    """The lists of a draft as they grow."""

    def __init__(
        self, pages: PageLookup, renamed: Mapping[str, str], unread: frozenset[int]
    ) -> None:
        self.pages, self.renamed = pages, renamed
        self.unread = unread
        self.pairs = self.left_out = 0
        self.captions = True
        self.rows: list[tuple[_Order, ErrataRow]] = []
        self.uncompared: list[Uncompared] = []
        self.only_published: list[Alone] = []
        self.only_corrected: list[Alone] = []
        self.undecided: list[UndecidedRecord] = []
        self.paired_otherwise: list[PairedOtherwise] = []
        self._records = 0
        self._owners: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def page_owners(self) -> tuple[PageOwner, ...]:
        """The departments of each known page."""
        owners = sorted(self._owners.items(), key=lambda item: _page_order(item[0]))
        return tuple(PageOwner(page=page, departments=tuple(names)) for page, names in owners)

    def sorted_rows(self) -> tuple[ErrataRow, ...]:
        """The rows in the order of the published pages."""
        return tuple(row for _, row in sorted(self.rows, key=lambda item: item[0]))

    def compare(self, published: Sequence[Book], corrected: Sequence[Book]) -> None:
        """Add what the books of one form and fiscal year say."""
        form = (published or corrected)[0].form
        sheets, earlier_sheets = _sheets(corrected), _sheets(published)
        kpis, earlier_kpis = _kpis(corrected), _kpis(published)
        lent = lent_departments(published) or lent_departments(corrected)

        def owner_of(record: Sheet | Kpi) -> str:
            if isinstance(record, Kpi):
                return department_of_kpi(record, lent)
            return record.department

        sheet_pairs = pair_sheets(sheets, earlier_sheets, self.renamed)
        self._add(sheet_pairs, earlier_sheets, form, owner_of)
        self._add(pair_kpis(kpis, earlier_kpis), earlier_kpis, form, owner_of)

    def _add(
        self,
        pairing: Pairing[Sheet] | Pairing[Kpi],
        published: Sequence[Sheet | Kpi],
        form: str,
        owner_of: Callable[[Sheet | Kpi], str],
    ) -> None:
        places = {id(record): self._records + at for at, record in enumerate(published)}
        self._records += len(published)
        for record in published:
            for page in self._pages_of(record):
                self._owners[page].setdefault(owner_of(record))
        for pair in pairing.pairs:
            before, after = pair.earlier, pair.record
            if not self.unread.isdisjoint((id(before), id(after))):
                self.left_out += 1
                continue
            self.pairs += 1
            place = places[id(before)]
            for order, row in self._rows(before, after, form, owner_of(before)):
                self.rows.append((order._replace(record=place), row))
            if pair.how not in ("name", "given"):
                names = record_name(before, form), record_name(after, form)
                self.paired_otherwise.append(
                    PairedOtherwise(published=names[0], corrected=names[1])
                )
        for record in pairing.unpaired_earlier:
            self.only_published.append(self._alone(record, form, owner_of(record)))
        for record in pairing.unpaired:
            self.only_corrected.append(self._alone(record, form, owner_of(record)))
        for undecided in pairing.undecided:
            candidates = tuple(record_name(record, form) for record in undecided.candidates)
            name = record_name(undecided.record, form)
            self.undecided.append(UndecidedRecord(of=name, candidates=candidates))

    def _pages_of(self, record: Sheet | Kpi) -> set[str]:
        places = [record.place, *(content.place for content in contents(record).values())]
        return {self.pages(record, place) for place in places} - {""}

    def _alone(self, record: Sheet | Kpi, form: str, department: str) -> Alone:
        page = self.pages(record, record.place)
        return Alone(of=record_name(record, form), page=page, department=department)

    def _rows(
        self, before: Sheet | Kpi, after: Sheet | Kpi, form: str, department: str
    ) -> Iterator[tuple[_Order, ErrataRow]]:
        """The rows of two versions of a record."""
        before, after = _alike_divided(before, after)
        spots = {spot: at for at, spot in enumerate(contents(before))}
        name = record_name(before, form)
        for difference in differences(before, after):
            if _says_nothing(difference):
                continue
            if difference.field == _CAPTIONS and _medium(before) != _medium(after):
                self.captions = False
                continue
            spot = Spot(difference.field, difference.year)
            place = difference.before.place if difference.before is not None else None
            page = self.pages(before, place)
            row = ErrataRow(
                page=page,
                of=name,
                department=department,
                field=spot.field,
                year=spot.year,
                kind=_kind(spot, before, after),
                wrong=_printed(difference.before),
                right=_printed(difference.after),
                wrong_unit=_unit(difference.before),
                right_unit=_unit(difference.after),
            )
            sides = zip(SIDES, (difference.before, difference.after), strict=True)
            unread: list[Side] = [side for side, content in sides if _is_unread(content)]
            if unread:
                self.uncompared.append(Uncompared(row=row, unread=tuple(unread)))
                continue
            at = spots.get(spot, len(spots))
            order = _Order(_page_order(page), 0, (*_place_order(place or before.place), at))
            for part in _parts(row, is_figure(before, spot)):
                yield order, part


def _medium(record: Sheet | Kpi) -> Medium:
    """In what a record was read: each kind of document has other texts beside its fields."""
    place = record.place
    if place is None:
        return ""
    if place.page is not None:
        return "page"
    return "line" if place.cell is None else "cell"


def _alike_divided(before: Sheet | Kpi, after: Sheet | Kpi) -> tuple[Sheet | Kpi, Sheet | Kpi]:
    """Two sheets of which none or both tell plan and results apart: where a document no longer
    tells where the plan ends, that is no difference.
    """
    if isinstance(before, Kpi) or isinstance(after, Kpi):
        return before, after
    if bool(before.undivided) == bool(after.undivided):
        return before, after
    return _undivided(before), _undivided(after)


def _undivided(sheet: Sheet) -> Sheet:
    texts = (sheet.undivided, sheet.planned, sheet.achieved)
    text = "\n".join(text for text in texts if text)
    return sheet.model_copy(update={"undivided": text, "planned": "", "achieved": ""})


def _sheets(books: Iterable[Book]) -> list[Sheet]:
    return list(chain.from_iterable(book.sheets for book in books))


def _kpis(books: Iterable[Book]) -> list[Kpi]:
    return list(chain.from_iterable(book.kpis for book in books))


def _is_unread(content: Content | None) -> bool:
    """Whether nobody knows what is printed: it was not found, or is the result of a formula that
    was never calculated, of which the reader has the formula alone.
    """
    if content is None:
        return False
    is_formula = content.state == "text" and content.shown().startswith("=")
    return content.state == "unread" or is_formula


def _says_nothing(difference: Difference) -> bool:
    """Whether paper shows no difference: a blank looks like what is not there."""
    return not any(
        content is not None and (content.state in ("unread", "dash") or content.shown().strip())
        for content in (difference.before, difference.after)
    )


def _printed(content: Content | None) -> str | None:
    if content is None:
        return None
    if content.state == "dash" and not content.shown():
        return "-"  # tables keep no print of it
    return content.shown()


def _unit(content: Content | None) -> str:
    return content.unit if content is not None else ""


def _kind(spot: Spot, *records: Sheet | Kpi) -> str:
    """The kind of the column of a spot."""
    for record in records:
        if isinstance(record, Sheet) and not spot.field.startswith("evaluations."):
            column = record.years.get(spot.year or "")
            if column is not None:
                return column.kind
    return ""


_WHOLE: Final = ("name", "project", "plans", "budget_stages", "department")
"""Texts that are corrected as wholes."""


def _parts(row: ErrataRow, of_figure: bool) -> Iterator[ErrataRow]:
    """The rows of a place: one, or one for each changed part of a long text."""
    wrong, right = row.wrong, row.right
    if of_figure or row.field in _WHOLE or not wrong or not right:
        yield row
        return
    parts: Sequence[Excerpt] = excerpts(wrong, right)
    for part in parts:
        is_part = (part.wrong, part.right) != (wrong, right)
        yield row.model_copy(update={"wrong": part.wrong, "right": part.right, "is_part": is_part})


_DIGITS: Final = re.compile("[0-9]{1,9}")


def _page_order(page: str) -> float:
    match = _DIGITS.search(page)
    return int(match[0]) if match else math.inf


def _place_order(place: Place | None) -> tuple[float, ...]:
    """A place in reading order, within a record: on its page, in its worksheet, or by its line."""
    if place is None:
        return (math.inf,)
    if place.box is not None:
        across, up, _, _ = place.box
        return (place.page or 0, -round(up), across)
    address = parse_address(place.cell) if place.cell else None
    return address if address is not None else (place.line or 0,)
