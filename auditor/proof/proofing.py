"""Holds a printed book against its documents: every sheet once, in its place, unchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from operator import eq
from typing import Final, Literal, NamedTuple

from auditor.comparison.contents import Content, contents
from auditor.comparison.differences import Difference, differences
from auditor.comparison.pairs import Pairing, name_of_sheet, pair_kpis, pair_sheets
from auditor.forms.words import squeezed
from auditor.proof.contents_pages import Contents, assigned, contents_of
from auditor.proof.cutting import HASHES, lost_parts
from auditor.proof.model import (
    ContentsState,
    Fault,
    FaultKind,
    PrintedBook,
    Proof,
    ProofSheet,
    ProvenDocument,
    State,
    state_of,
)
from auditor.proof.numbering import Numbering, numbering_of
from auditor.proof.pages import BookPage, Frame
from auditor.proof.placing import Placed, placements
from auditor.records.errors import AuditorError
from auditor.records.figures import Place
from auditor.records.model import Book, Kpi, NotChecked, Sheet
from auditor.records.text import Why

__all__ = ["UnrelatedBook", "proof_of"]

_NOT_HELD: Final = frozenset({"captions", "undivided"})
"""Text that belongs to no field: a page shows more of it than a worksheet's print area."""


_REASON: Final = "evaluations.reason"
_HOLDING_REASONS: Final = frozenset({"evaluations.issues", "evaluations.direction"})


class UnrelatedBook(AuditorError):
    """A PDF that is not the print of the documents."""


class _Sides(NamedTuple):
    """The sheets of the documents with what the book prints for them, and the rest of both."""

    pairs: list[tuple[Sheet, Sheet]]
    missing: list[Sheet]
    extra: list[Sheet]
    unknown: list[Sheet]
    copies: list[tuple[Sheet, Sheet]]
    """Sheets with a further print of them."""


class _Lone(NamedTuple):
    """What a sheet is that only the documents have, and one that only the book has. Nobody knows
    that where something on the other side could not be read: it may stand there.
    """

    in_documents: Literal["missing", "unknown"]
    in_book: Literal["extra", "unknown"]


def proof_of(
    books: Sequence[Book],
    printed: Book,
    pages: Sequence[BookPage],
    missed: Iterable[NotChecked] = (),
    missed_in_book: Iterable[NotChecked] = (),
) -> Proof:
    """The printed book held against the books of its documents.

    ``pages`` are those of the PDF. ``missed`` is what of the documents could not be read: a sheet
    that seems to be extra may stand there; ``missed_in_book`` the same of the PDF. Raises
    UnrelatedBook where no sheet is in both.
    """
    sheets = list(chain.from_iterable(book.sheets for book in books))
    kpis = list(chain.from_iterable(book.kpis for book in books))
    documents = list(chain.from_iterable(book.documents for book in books))
    begins = min((page for sheet in printed.sheets if (page := _page(sheet))), default=0)
    contents = contents_of(pages, sheets, begins)
    sides = _sides(sheets, printed.sheets, [entry.name for entry in contents.entries])
    if sheets and not sides.pairs and not sides.unknown:
        path = printed.documents[0].path
        raise UnrelatedBook(
            f"{path} holds none of the documents' sheets; name the PDF that was printed from them",
            f"{path} には、指定した文書のシートが1枚もありません。"
            "同じ文書から作成した PDF を指定してください",
        )
    in_documents = [*missed, *chain.from_iterable(part.not_checked for part in documents)]
    in_book = [*missed_in_book, *_unread_pages(pages, printed)]
    in_book += chain.from_iterable(part.not_checked for part in printed.documents)
    lone = _Lone(
        "unknown" if in_book else "missing",
        "unknown" if in_documents else "extra",
    )
    work = _Work(sheets, sides, pages, printed, contents, lone, _sheets_of(in_book))
    result = [*work.sheets(), *_kpis(kpis, printed.kpis, work)]
    result.sort(key=_in_book)
    document = printed.documents[0]
    if work.contents.pages and not work.contents.entries:
        in_book.append(_contents_unreadable(document.path, work.contents.pages))
    return Proof(
        book=PrintedBook(
            path=document.path,
            sha256=document.sha256 or "",
            form=printed.form,
            fiscal_year=printed.fiscal_year,
            pages=len(pages),
            numbered=len(work.numbering.numbers),
            contents=work.contents.pages,
            contents_state=_contents_state(work.contents),
        ),
        documents=tuple(
            ProvenDocument(path=part.path, sha256=part.sha256, sheets=part.sheets)
            for part in documents
        ),
        sheets=tuple(result),
        entries=work.contents.others,
        kpis=bool(printed.kpis) or not kpis,
        not_checked=(*in_documents, *in_book),
    )


def _in_book(sheet: ProofSheet) -> tuple[bool, int, bool, int]:
    """The order of the book; what is missing there comes last, in that of the documents."""
    missing = sheet.pdf_page is None
    return missing, sheet.pdf_page or 0, sheet.kind == "kpi", sheet.number if missing else 0


def _contents_state(contents: Contents) -> ContentsState:
    if not contents.pages:
        return "none"
    return "read" if contents.entries else "unreadable"


def _contents_unreadable(path: str, pages: Sequence[int]) -> NotChecked:
    number = pages[0]
    why = Why(
        code="contents-unreadable",
        en=f"the contents page {number} names none of the sheets with a page number; order and "
        "pages were not checked",
        ja=f"{number}ページの目次から、シートの事業名と頁を読み取れません。"
        "順序と頁は照合していません",
    )
    return NotChecked(document=path, why=why)


def _sheets_of(reasons: Iterable[NotChecked]) -> set[int]:
    """The numbers of the sheets that were not checked."""
    return {reason.sheet for reason in reasons if reason.sheet is not None}


def _unread_pages(pages: Iterable[BookPage], printed: Book) -> Iterator[NotChecked]:
    """The pages that could not be looked at, unless the reader has said so already."""
    document = printed.documents[0]
    if document.not_checked:
        return
    for page in pages:
        if not page.is_read:
            why = Why(
                code="page-not-looked-at",
                en=f"page {page.number} could not be read",
                ja=f"{page.number}ページを読み取れません",
            )
            yield NotChecked(document=document.path, why=why)


# — which sheet is which —


def _sides(sheets: Sequence[Sheet], prints: Sequence[Sheet], order: Sequence[str]) -> _Sides:
    """The sheets held together. Where the book has more prints under one name than the documents
    have sheets, the nearest one is the sheet's, and the others are copies; of equal ones, the one
    between its neighbours in ``order``, the names of the contents pages.
    """
    neighbours = _Neighbours(prints, order)
    by_key: defaultdict[tuple[str, ...], list[Sheet]] = defaultdict(list)
    for sheet in prints:
        by_key[name_of_sheet(sheet)].append(sheet)
    originals: defaultdict[tuple[str, ...], list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        originals[name_of_sheet(sheet)].append(sheet)
    nearest_prints: list[tuple[Sheet, Sheet]] = []
    copies: list[tuple[Sheet, Sheet]] = []
    for key, of_key in originals.items():
        candidates = by_key.get(key, [])
        if len(of_key) != 1 or len(candidates) < 2:
            continue
        nearest = min(candidates, key=partial(_distance, of_key[0], neighbours))
        nearest_prints.append((of_key[0], nearest))
        copies += ((of_key[0], each) for each in candidates if each is not nearest)
    copied = {id(each) for _, each in copies}
    rest = [sheet for sheet in prints if id(sheet) not in copied]
    pairing: Pairing[Sheet] = pair_sheets(sheets, rest, given=nearest_prints)
    return _Sides(
        [(pair.record, pair.earlier) for pair in pairing.pairs],
        list(pairing.unpaired),
        list(pairing.unpaired_earlier),
        [undecided.record for undecided in pairing.undecided],
        copies,
    )


def _distance(sheet: Sheet, neighbours: _Neighbours, print_: Sheet) -> tuple[int, int]:
    """How far a print is from a sheet: by what differs, then by where it stands."""
    return len(list(_real(sheet, print_))), -neighbours.in_place(print_)


class _Neighbours:
    """The names before and behind each print, and those that the contents pages put there."""

    def __init__(self, prints: Sequence[Sheet], order: Sequence[str]) -> None:
        names = [squeezed(print_.name) for print_ in prints]
        self.prints = {
            id(print_): around for print_, around in zip(prints, _around(names), strict=False)
        }
        self.contents = dict(zip(order, _around(order), strict=False))

    def in_place(self, print_: Sheet) -> int:
        """How many of its two neighbours a print has beside it."""
        right = self.contents.get(squeezed(print_.name), (None, None))
        return sum(map(eq, self.prints[id(print_)], right))


def _around(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands before and behind each name, empty at the ends."""
    return zip(["", *names], [*names[1:], ""], strict=False)


# — what differs —


def _real(before: Sheet | Kpi, after: Sheet | Kpi) -> Iterator[Difference]:
    """The differences that somebody can see: a spot that is not there is as good as blank."""
    for difference in differences(before, after):
        if difference.field in _NOT_HELD:
            continue
        sides = (difference.before, difference.after)
        if all(side is None or side.state == "blank" for side in sides):
            continue
        if difference.field == _REASON and _is_within(difference, before, after):
            continue
        yield difference


def _is_within(difference: Difference, *records: Sheet | Kpi) -> bool:
    """Whether a reason is a part of other texts of its evaluation, which are compared themselves:
    readers take as much of them as tells it.
    """
    for side, record in zip((difference.before, difference.after), records, strict=True):
        words = squeezed(side.shown()) if side is not None else ""
        others = (
            squeezed(content.shown())
            for spot, content in contents(record).items()
            if spot.year == difference.year and spot.field in _HOLDING_REASONS
        )
        if not any(words in other for other in others):
            return False
    return True


def _faults(
    before: Sheet | Kpi, after: Sheet | Kpi, frames: Mapping[int, Sequence[Frame]]
) -> Iterator[Fault]:
    for difference in _real(before, after):
        yield _fault(difference, frames)


def _fault(difference: Difference, frames: Mapping[int, Sequence[Frame]]) -> Fault:
    field, year = difference.field, difference.year
    before, after = difference.before, difference.after
    if after is not None and HASHES.search(after.shown()):
        return Fault(kind="hashes", field=field, year=year, before=before, after=after)
    if not difference.is_known:
        return Fault(kind="unknown", field=field, year=year, before=before, after=after)
    lost: list[str] = []
    if before is not None and after is not None and after.place is not None:
        of_page = frames.get(after.place.page or 0, ())
        lost = lost_parts(before.shown(), after.shown(), after.place, of_page)
    kind: FaultKind = "cut" if lost else "difference"
    return Fault(kind=kind, field=field, year=year, before=before, after=after, lost=tuple(lost))


def _as_unknown(fault: Fault) -> Fault:
    """A fault of a print that was read too badly to be checked: what it lacks may stand there."""
    if fault.kind not in ("difference", "cut"):
        return fault
    after = None if fault.after is None or fault.after.state == "blank" else fault.after
    return fault.model_copy(update={"kind": "unknown", "after": after, "lost": ()})


class _Work:
    """One book in work: its pages, their numbers and contents, and its sheets in their places."""

    def __init__(
        self,
        sheets: Sequence[Sheet],
        sides: _Sides,
        pages: Sequence[BookPage],
        printed: Book,
        contents: Contents,
        lone: _Lone,
        unread: Collection[int],
    ) -> None:
        self.all, self.sides, self.lone, self.unread = sheets, sides, lone, unread
        self.frames = {page.number: page.frames for page in pages}
        self.numbering: Numbering = numbering_of(pages)
        self.begins = sorted({page for sheet in printed.sheets if (page := _page(sheet))})
        self.contents = contents
        self.last = len(pages)

    def sheets(self) -> Iterator[ProofSheet]:
        """Every sheet of both sides with what is wrong with it."""
        prints = {id(sheet): print_ for sheet, print_ in self.sides.pairs}
        unknown = {id(sheet) for sheet in self.sides.unknown}
        copies: defaultdict[int, list[int]] = defaultdict(list)
        for sheet, copy in self.sides.copies:
            copies[id(sheet)].append(_page(copy) or 0)
        faults = [self._own_faults(sheet, prints.get(id(sheet)), unknown) for sheet in self.all]
        for sheet, of_sheet in zip(self.all, faults, strict=True):
            if copies[id(sheet)]:
                of_sheet.append(Fault(kind="twice"))
        placed = self._placed(prints)
        inserted = [(page, self._extent(page)) for page in self._inserted(copies)]
        for of_sheet, wrong in zip(faults, placements(placed, inserted), strict=True):
            if wrong.is_out_of_order:
                of_sheet.append(Fault(kind="order"))
            if wrong.is_on_other_page:
                of_sheet.append(Fault(kind="page", follows=wrong.follows))
        self._unlisted(placed, faults)
        for sheet, of_sheet, place in zip(self.all, faults, placed, strict=True):
            shown = _shown(sheet, of_sheet)
            yield shown.model_copy(
                update={
                    "pdf_page": place.pdf_page,
                    "page": self.numbering.numbers.get(place.pdf_page or 0),
                    "contents_page": place.contents_page,
                    "copies": tuple(copies[id(sheet)]),
                    "state": _state(of_sheet),
                }
            )
        for sheet in self.sides.extra:
            page = _page(sheet)
            yield _shown(sheet, [Fault(kind=self.lone.in_book)]).model_copy(
                update={
                    "document": "",
                    "pdf_page": page,
                    "page": self.numbering.numbers.get(page or 0),
                    "state": self.lone.in_book,
                }
            )

    def _own_faults(
        self, sheet: Sheet, print_: Sheet | None, unknown: Collection[int]
    ) -> list[Fault]:
        """What is wrong with a sheet by itself. Nobody knows what stands on pages that were not
        read: a sheet may be there.
        """
        if print_ is not None:
            faults = list(_faults(sheet, print_, self.frames))
            if print_.number in self.unread:
                faults = list(map(_as_unknown, faults))
            return [*faults, *self._hashes(print_, faults)]
        return [Fault(kind="unknown" if id(sheet) in unknown else self.lone.in_documents)]

    def _hashes(self, print_: Sheet, faults: Iterable[Fault]) -> Iterator[Fault]:
        """The ``####`` on the page of a sheet that stand in no figure of its form."""
        boxes = [
            fault.after.place.box
            for fault in faults
            if fault.after is not None and fault.after.place is not None
        ]
        page = _page(print_) or 0
        if sum(_page(pair[1]) == page for pair in self.sides.pairs) > 1:
            return  # nobody knows whose they are, and its figures tell most of them
        for frame in self.frames.get(page, ()):
            if HASHES.fullmatch(squeezed(frame.text)) and frame.box not in boxes:
                after = Content(
                    printed=frame.text, state="text", place=Place(page=page, box=frame.box)
                )
                yield Fault(kind="hashes", after=after)

    def _placed(self, prints: Mapping[int, Sheet]) -> list[Placed]:
        pages = [_page(prints[id(sheet)]) if id(sheet) in prints else None for sheet in self.all]
        numbers = {
            at: number
            for at, page in enumerate(pages)
            if page is not None and (number := self.numbering.number_of(page)) is not None
        }
        entries = list(assigned(self.contents, self.all, numbers))
        ranks = {at: (rank, entry.page) for rank, (at, entry) in enumerate(entries)}
        return [
            Placed(
                page,
                numbers.get(at),
                ranks[at][1] if at in ranks else None,
                ranks[at][0] if at in ranks else None,
            )
            for at, page in enumerate(pages)
        ]

    def _unlisted(self, placed: Sequence[Placed], faults: Sequence[list[Fault]]) -> None:
        """Take up the sheets of the book that the contents pages don't list. One row may stand for
        all sheets of a project.
        """
        if not self.contents.entries:
            return
        names = {
            squeezed(sheet.name)
            for sheet, place in zip(self.all, placed, strict=True)
            if place.rank is not None
        }
        for sheet, place, of_sheet in zip(self.all, placed, faults, strict=True):
            if place.pdf_page is not None and squeezed(sheet.name) not in names:
                of_sheet.append(Fault(kind="unlisted"))

    def _inserted(self, copies: Mapping[int, Sequence[int]]) -> Iterator[int]:
        """The pages of the file on which something stands that is not the documents' there."""
        for pages in copies.values():
            yield from pages
        for sheet in self.sides.extra:
            if page := _page(sheet):
                yield page

    def _extent(self, page: int) -> int:
        """How many pages the sheet on a page takes."""
        after = [other for other in self.begins if other > page]
        return (after[0] if after else self.last + 1) - page


def _page(record: Sheet | Kpi) -> int | None:
    return None if record.place is None else record.place.page


def _state(faults: Iterable[Fault]) -> State:
    kinds = {fault.kind for fault in faults}
    return "missing" if "missing" in kinds else state_of(faults)


def _shown(sheet: Sheet, faults: Sequence[Fault]) -> ProofSheet:
    return ProofSheet(
        name=sheet.name,
        stages=sheet.budget_stages,
        department=sheet.department,
        document=sheet.document,
        number=sheet.number,
        faults=tuple(faults),
    )


# — indicators —


def _kpis(kpis: Sequence[Kpi], prints: Sequence[Kpi], work: _Work) -> Iterator[ProofSheet]:
    """The KPIs of both sides; none where the book has none, which its table may not be part of."""
    if not prints:
        return
    pairing: Pairing[Kpi] = pair_kpis(kpis, prints)
    for pair in pairing.pairs:
        faults = list(_faults(pair.record, pair.earlier, work.frames))
        yield _shown_kpi(pair.record, faults, work, _page(pair.earlier))
    for kpi in pairing.unpaired:
        yield _shown_kpi(kpi, [Fault(kind=work.lone.in_documents)], work, None)
    for undecided in pairing.undecided:
        yield _shown_kpi(undecided.record, [Fault(kind="unknown")], work, None)
    for kpi in pairing.unpaired_earlier:
        shown = _shown_kpi(kpi, [Fault(kind=work.lone.in_book)], work, _page(kpi))
        yield shown.model_copy(update={"document": "", "state": work.lone.in_book})


def _shown_kpi(kpi: Kpi, faults: Sequence[Fault], work: _Work, page: int | None) -> ProofSheet:
    return ProofSheet(
        kind="kpi",
        name=f"{kpi.project} {kpi.name}",
        department=kpi.department,
        document=kpi.document,
        number=kpi.number,
        state=_state(faults),
        pdf_page=page,
        page=work.numbering.numbers.get(page or 0),
        faults=tuple(faults),
    )
