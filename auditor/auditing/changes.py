"""Everything that differs between two versions of some books, whether anybody asked for it or not.

A change at a cell that an earlier audit pointed at is a correction; every other one is listed apart
from those.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile
from typing import Final, Literal, NamedTuple, TypeVar, get_args

from auditor.auditing.departments import department_of_kpi, lent_departments
from auditor.comparison.contents import Content
from auditor.comparison.differences import Difference, differences
from auditor.comparison.pairs import Pairing, pair_kpis, pair_sheets
from auditor.records.errors import AuditorError
from auditor.records.figures import Record
from auditor.records.model import Book, Kpi, Sheet
from auditor.rules.findings import KpiReference, SheetReference, department_of

__all__ = [
    "FILE_STATES",
    "SHEET_STATES",
    "BookChanges",
    "ChangedSpot",
    "FileChange",
    "FileState",
    "FilesOf",
    "PointedCell",
    "SheetChange",
    "SheetState",
    "UnrelatedBooks",
    "book_changes",
    "file_changes",
]

SheetState = Literal["new_sheet", "gone_sheet", "unread_sheet", "undecided_sheet"]
"""What became of a sheet or KPI without partner: it is new, or gone, or its document could not be
read now, or it may be any of several.
"""

SHEET_STATES: Final[tuple[SheetState, ...]] = get_args(SheetState)

FileState = Literal["new_file", "gone_file", "renamed_file", "changed_file", "other_bytes"]
"""What became of a file. ``other_bytes`` is one whose bytes changed while nothing that was read of
it did.
"""

FILE_STATES: Final[tuple[FileState, ...]] = get_args(FileState)

T = TypeVar("T", Sheet, Kpi)
FilesOf = Mapping[str, str]
"""The SHA-256 of files by their names."""


class UnrelatedBooks(AuditorError):
    """Two versions that have no form and fiscal year, or no sheet, in common."""


WHOLE_GROUP: Final = "{}.*"
"""The field of a pointed cell that stands for all figures of a group, as ``funding.*``."""


class PointedCell(NamedTuple):
    """A cell that a finding or one of its suspects points at. One without a field, which a reader
    reports, is known by its ``address`` on a worksheet.
    """

    document: str
    sheet: int | None
    kpi: int | None
    field: str
    year: str | None = None
    address: tuple[str, str] | None = None


class ChangedSpot(Record):
    """A figure or text that is another one now. ``before`` or ``after`` is None where that version
    has no such column.

    ``document``, ``sheet`` and ``kpi`` are those of the later version; ``pointed_at`` where a
    finding or suspect of the earlier audit was on it.
    """

    document: str
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    field: str
    year: str | None = None
    before: Content | None = None
    after: Content | None = None
    pointed_at: bool = False

    @property
    def department(self) -> str:
        """The department whose record it is."""
        return department_of(self.sheet, self.kpi)


class SheetChange(Record):
    """A sheet or KPI without partner. ``candidates`` are the earlier ones that it may be, by their
    names.
    """

    state: SheetState
    document: str
    sheet: SheetReference | None = None
    kpi: KpiReference | None = None
    candidates: tuple[str, ...] = ()

    @property
    def department(self) -> str:
        """The department whose record it is."""
        return department_of(self.sheet, self.kpi)


class FileChange(Record):
    """A file that is new, gone or another one. ``earlier`` is its earlier name where that was
    another.
    """

    state: FileState
    path: str
    earlier: str = ""


class BookChanges(Record):
    """All changes from earlier books to later ones.

    ``pairs`` counts the sheets and KPIs that were held together. ``uncertain`` are spots that one
    of the versions has numbers for that could not be read: nobody knows whether they changed.
    """

    pairs: int = 0
    spots: tuple[ChangedSpot, ...] = ()
    uncertain: tuple[ChangedSpot, ...] = ()
    sheets: tuple[SheetChange, ...] = ()
    files: tuple[FileChange, ...] = ()

    @property
    def corrections(self) -> tuple[ChangedSpot, ...]:
        """The changes where the earlier audit had pointed."""
        return tuple(spot for spot in self.spots if spot.pointed_at)

    @property
    def others(self) -> tuple[ChangedSpot, ...]:
        """The changes that nobody had asked for."""
        return tuple(spot for spot in self.spots if not spot.pointed_at)

    @property
    def is_complete(self) -> bool:
        """Whether everything could be held together."""
        unclear = ("unread_sheet", "undecided_sheet")
        return not self.uncertain and all(sheet.state not in unclear for sheet in self.sheets)

    def of_departments(self, names: Collection[str]) -> BookChanges:
        """The changes of some departments; those of files are everybody's."""
        return self.model_copy(
            update={
                "spots": tuple(spot for spot in self.spots if spot.department in names),
                "uncertain": tuple(spot for spot in self.uncertain if spot.department in names),
                "sheets": tuple(sheet for sheet in self.sheets if sheet.department in names),
            }
        )


def book_changes(
    earlier: Sequence[Book],
    books: Sequence[Book],
    pointed: Collection[PointedCell] = (),
    missed: Iterable[str] = (),
    missed_before: Iterable[str] = (),
) -> BookChanges:
    """All changes of figures and texts from earlier books to these.

    ``missed`` are the documents that could not be read, or not whole, now, ``missed_before`` those
    of the earlier version. Raises UnrelatedBooks where the two have no form and fiscal year, or no
    sheet and KPI, in common.
    """
    before, after = _by_kind(earlier), _by_kind(books)
    if before and after and not before.keys() & after.keys():
        raise UnrelatedBooks(
            "the two have no form and fiscal year in common, so they are not compared",
            "前回と今回で様式または年度が異なるため、比較できません",
        )
    comparison = _Comparison(earlier, books, pointed)
    comparison.missed = set(map(_file_name, missed))
    comparison.missed_before = set(map(_file_name, missed_before))
    for key in dict.fromkeys([*after, *before]):
        olds, news = before.get(key, []), after.get(key, [])
        sheets = chain.from_iterable(book.sheets for book in news)
        old_sheets = chain.from_iterable(book.sheets for book in olds)
        comparison.take(_paired(tuple(sheets), tuple(old_sheets), _sheets_paired))
        kpis = chain.from_iterable(book.kpis for book in news)
        old_kpis = chain.from_iterable(book.kpis for book in olds)
        comparison.take(_paired(tuple(kpis), tuple(old_kpis), pair_kpis))
    if before and after and not comparison.pairs:
        raise UnrelatedBooks(
            "the two have no sheet in common, so they are not compared",
            "前回と今回に共通するシートがないため、比較できません",
        )
    return comparison.changes()


def _by_kind(books: Iterable[Book]) -> dict[tuple[str, int], list[Book]]:
    kinds: dict[tuple[str, int], list[Book]] = {}
    for book in books:
        if book.sheets or book.kpis:
            kinds.setdefault((book.form, book.fiscal_year), []).append(book)
    return kinds


def _sheets_paired(
    sheets: Iterable[Sheet], earlier: Iterable[Sheet], settled: Iterable[tuple[Sheet, Sheet]]
) -> Pairing[Sheet]:
    return pair_sheets(sheets, earlier, given=settled)


def _paired(
    records: Sequence[T],
    earlier: Sequence[T],
    pair: Callable[[Sequence[T], Sequence[T], Sequence[tuple[T, T]]], Pairing[T]],
) -> Pairing[T]:
    """The records with their earlier versions. Of several alike, the one at the same place of the
    same document is meant, else the one that says the same.
    """
    pairing = pair(records, earlier, ())
    twins: list[tuple[T, T]] = []
    taken: set[int] = set()
    for is_meant in (_same_place, _same_contents):
        settled = {id(record) for record, _ in twins}
        for item in pairing.undecided:
            if id(item.record) in settled:
                continue
            free = (other for other in item.candidates if id(other) not in taken)
            match = next((other for other in free if is_meant(item.record, other)), None)
            if match is not None:
                twins.append((item.record, match))
                taken.add(id(match))
    return pair(records, earlier, twins) if twins else pairing


def _same_place(record: Sheet | Kpi, earlier: Sheet | Kpi) -> bool:
    places = [(_file_name(each.document), each.number) for each in (record, earlier)]
    return places[0] == places[1]


def _file_name(path: str) -> str:
    """The name of a file without its folders, which may be others in another round."""
    return path.replace("\\", "/").rpartition("/")[2].casefold()


def _same_contents(record: Sheet | Kpi, earlier: Sheet | Kpi) -> bool:
    return not differences(earlier, record)


class _Comparison:
    """Gathers the changes of one kind of record after the other."""

    def __init__(
        self,
        earlier: Sequence[Book],
        books: Sequence[Book],
        pointed: Collection[PointedCell],
    ) -> None:
        self.pairs = 0
        self.missed: set[str] = set()
        self.missed_before: set[str] = set()
        self._pointed = {cell for cell in pointed if cell.address is None}
        self._addresses = {(cell.document, cell.address) for cell in pointed if cell.address}
        self._unread_before, self._unread_now = _unread_of(earlier), _unread_of(books)
        self._lent = {**lent_departments(earlier), **lent_departments(books)}
        self._spots: list[ChangedSpot] = []
        self._uncertain: list[ChangedSpot] = []
        self._sheets: list[SheetChange] = []

    def changes(self) -> BookChanges:
        """All that was gathered."""
        return BookChanges(
            pairs=self.pairs,
            spots=tuple(self._spots),
            uncertain=tuple(self._uncertain),
            sheets=tuple(self._sheets),
        )

    def take(self, pairing: Pairing[Sheet] | Pairing[Kpi]) -> None:
        """Take the changes of paired records, and the records without partner."""
        for pair in pairing.pairs:
            self.pairs += 1
            self._compare(pair.earlier, pair.record)
        for record in pairing.unpaired:
            unread = _file_name(record.document) in self.missed_before
            state: SheetState = "unread_sheet" if unread else "new_sheet"
            self._sheets.append(self._without_partner(state, record))
        for record in pairing.unpaired_earlier:
            unread = _file_name(record.document) in self.missed
            state = "unread_sheet" if unread else "gone_sheet"
            self._sheets.append(self._without_partner(state, record))
        for item in pairing.undecided:
            names = tuple(_named(other) for other in item.candidates)
            undecided = self._without_partner("undecided_sheet", item.record)
            self._sheets.append(undecided.model_copy(update={"candidates": names}))

    def _references(self, record: Sheet | Kpi) -> tuple[SheetReference | None, KpiReference | None]:
        if isinstance(record, Sheet):
            return SheetReference.of(record), None
        department = department_of_kpi(record, self._lent)
        return None, KpiReference.of(record).model_copy(update={"department": department})

    def _without_partner(self, state: SheetState, record: Sheet | Kpi) -> SheetChange:
        sheet, kpi = self._references(record)
        return SheetChange(state=state, document=record.document, sheet=sheet, kpi=kpi)

    def _compare(self, before: Sheet | Kpi, after: Sheet | Kpi) -> None:
        sheet, kpi = self._references(after)
        for difference in differences(before, after):
            spot = ChangedSpot(
                document=after.document,
                sheet=sheet,
                kpi=kpi,
                field=difference.field,
                year=difference.year,
                before=difference.before,
                after=difference.after,
                pointed_at=self._is_pointed_at(before, difference),
            )
            uncertain = (
                not difference.is_known
                or _is_uncalculated(difference)
                or self._may_be_unread(before, after, difference)
            )
            (self._uncertain if uncertain else self._spots).append(spot)

    def _is_pointed_at(self, record: Sheet | Kpi, difference: Difference) -> bool:
        is_sheet = isinstance(record, Sheet)
        cell = PointedCell(
            record.document,
            record.number if is_sheet else None,
            None if is_sheet else record.number,
            difference.field,
            difference.year,
        )
        group = WHOLE_GROUP.format(difference.field.partition(".")[0])
        if cell in self._pointed or cell._replace(field=group) in self._pointed:
            return True
        place = difference.before.place if difference.before is not None else None
        if place is None or place.sheet is None or place.cell is None:
            return False
        return (record.document, (place.sheet, place.cell)) in self._addresses

    def _may_be_unread(
        self, before: Sheet | Kpi, after: Sheet | Kpi, difference: Difference
    ) -> bool:
        """Whether a spot is empty in a version with numbers on that sheet that were not read."""
        sides = (
            (before, difference.before, self._unread_before),
            (after, difference.after, self._unread_now),
        )
        return any(
            isinstance(record, Sheet)
            and (record.document, record.number) in unread
            and (content is None or content.state == "blank")
            for record, content, unread in sides
        )


def _is_uncalculated(difference: Difference) -> bool:
    """Whether a cell has a formula whose result is not known."""
    sides = (difference.before, difference.after)
    return any(
        side is not None and side.state == "text" and side.shown().startswith("=") for side in sides
    )


def _unread_of(books: Iterable[Book]) -> set[tuple[str, int | None]]:
    """The sheets with numbers that could not be read."""
    unread: set[tuple[str, int | None]] = set()
    for document in chain.from_iterable(book.documents for book in books):
        unread.update((document.path, number.sheet) for number in document.unread)
    return unread


def _named(record: Sheet | Kpi) -> str:
    return record.name if isinstance(record, Sheet) else f"{record.project} {record.name}"


# — files —


def file_changes(
    earlier: FilesOf, files: FilesOf, changed: Collection[str]
) -> tuple[FileChange, ...]:
    """What became of files. ``changed`` are those of ``files`` of which something that was read
    changed.

    Files are the same by their names and as many of the folders above them as agree, else by their
    bytes.
    """
    partners = dict(_same_files(earlier, files))
    free = {digest: path for path, digest in earlier.items() if path not in partners.values()}
    changes: list[FileChange] = []
    for path, digest in files.items():
        was = partners.get(path)
        if was is not None:
            if digest != earlier[was]:
                state: FileState = "changed_file" if path in changed else "other_bytes"
                changes.append(FileChange(state=state, path=path))
        elif digest in free:
            was = partners[path] = free.pop(digest)
            changes.append(FileChange(state="renamed_file", path=path, earlier=was))
        else:
            changes.append(FileChange(state="new_file", path=path))
    gone = earlier.keys() - partners.values()
    changes += (FileChange(state="gone_file", path=path) for path in earlier if path in gone)
    return tuple(changes)


def _same_files(earlier: FilesOf, files: FilesOf) -> Iterator[tuple[str, str]]:
    """The files with their earlier versions: of several with one name, those with most folders in
    common first.
    """
    by_name: dict[str, list[str]] = {}
    for path in earlier:
        by_name.setdefault(_file_name(path), []).append(path)
    rivals: list[tuple[int, str, str]] = []
    for path in files:
        same = by_name.get(_file_name(path), ())
        rivals += ((_shared_folders(path, was), path, was) for was in same)
    rivals.sort(key=lambda rival: -rival[0])
    taken: set[str] = set()
    settled: set[str] = set()
    for _, path, was in rivals:
        if path not in settled and was not in taken:
            settled.add(path)
            taken.add(was)
            yield path, was


def _shared_folders(path: str, earlier: str) -> int:
    """How many of the innermost folders of two files are called the same."""
    folders = zip(reversed(_folders(path)), reversed(_folders(earlier)), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], folders))


def _folders(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")[:-1]
