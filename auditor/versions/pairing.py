"""Which record of a marked copy is which of the document that it is a copy of.

A copy keeps the worksheets and the order of its original, so place comes before name: a project
whose name was corrected is still the same sheet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from auditor.comparison.pairs import name_of_kpi, name_of_sheet, pair_kpis, pair_sheets
from auditor.files.own.copies import MarkedCopy
from auditor.records.model import Kpi, Sheet
from auditor.versions.files import Record

__all__ = ["Key", "Pairs", "key_of", "pairs_of_copy"]

T = TypeVar("T", bound=Sheet | Kpi)
Key = tuple[str | int, ...]
"""What two versions of a record have in common; ``sheet`` or ``kpi`` comes first."""


class Pairs(NamedTuple):
    """The records of a copy with those of the original, those that are new in it, and those of
    the original that it does not hold any more though they were written.
    """

    pairs: Sequence[tuple[Record, Record]]
    added: Sequence[Record]
    missing: Sequence[Record]


def key_of(record: Record) -> Key:
    """What two versions of a record have in common."""
    if isinstance(record, Kpi):
        return "kpi", record.fiscal_year, *name_of_kpi(record)
    return "sheet", record.fiscal_year, *name_of_sheet(record)


def _spot_of(record: Record) -> str | int | None:
    """The worksheet or the page that a record begins on."""
    if record.place is None:
        return None
    return record.place.sheet if record.place.sheet is not None else record.place.page


def pairs_of_copy(
    records: Iterable[Record], originals: Iterable[Record], copy_of: MarkedCopy
) -> Pairs:
    """The records of a copy with those of its original that were written into it."""
    records, originals = list(records), list(originals)
    pages = dict(enumerate(copy_of.pages, 1))

    def spot_in_original(record: Record) -> str | int | None:
        spot = _spot_of(record)
        return pages.get(spot, spot) if isinstance(spot, int) else spot

    written = [record for record in originals if _was_written(record, copy_of)]
    pairs: list[tuple[Record, Record]] = []
    pairs += _by_place(_of(Sheet, records), _of(Sheet, written), spot_in_original)
    pairs += _by_place(_of(Kpi, records), _of(Kpi, written), spot_in_original)
    paired = {id(record) for pair in pairs for record in pair}
    rest = [record for record in records if id(record) not in paired]
    rest_written = [record for record in written if id(record) not in paired]
    pairs += _by_name(rest, rest_written)
    paired = {id(record) for pair in pairs for record in pair}
    return Pairs(
        pairs,
        [record for record in records if id(record) not in paired],
        [record for record in written if id(record) not in paired],
    )


def _was_written(record: Record, copy_of: MarkedCopy) -> bool:
    """Whether a record of the original is in what was copied of it."""
    spot = _spot_of(record)
    if isinstance(spot, int):
        return not copy_of.pages or spot in copy_of.pages
    return spot is None or not copy_of.worksheets or spot in copy_of.worksheets


def _by_place(
    records: Sequence[T], others: Sequence[T], spot_in_original: Callable[[T], str | int | None]
) -> Iterator[tuple[T, T]]:
    """Pairs of one worksheet or page: by names, then in their order where as many are left."""
    here: defaultdict[Hashable, list[T]] = defaultdict(list)
    there: defaultdict[Hashable, list[T]] = defaultdict(list)
    for record in records:
        here[spot_in_original(record)].append(record)
    for record in others:
        there[_spot_of(record)].append(record)
    for spot, group in here.items():
        if spot is None:
            continue
        same = list(_same_names(group, there[spot]))
        yield from same
        taken = {id(record) for pair in same for record in pair}
        rest = [record for record in group if id(record) not in taken]
        rest_there = [record for record in there[spot] if id(record) not in taken]
        if len(rest) == len(rest_there):
            yield from zip(rest, rest_there, strict=True)


def _same_names(records: Iterable[T], others: Iterable[T]) -> Iterator[tuple[T, T]]:
    """Pairs of one name that nothing else on the spot has."""
    here, there = _by_key(records), _by_key(others)
    for key, group in here.items():
        if len(group) == len(there.get(key, ())) == 1:
            yield group[0], there[key][0]


def _by_key(records: Iterable[T]) -> Mapping[Key, list[T]]:
    groups: defaultdict[Key, list[T]] = defaultdict(list)
    for record in records:
        groups[key_of(record)].append(record)
    return groups


def _by_name(
    records: Iterable[Record], others: Iterable[Record]
) -> Iterator[tuple[Record, Record]]:
    """Pairs of records that moved to another worksheet or page."""
    records, others = list(records), list(others)
    sheets = pair_sheets(_of(Sheet, records), _of(Sheet, others))
    yield from ((pair.record, pair.earlier) for pair in sheets.pairs)
    kpis = pair_kpis(_of(Kpi, records), _of(Kpi, others))
    yield from ((pair.record, pair.earlier) for pair in kpis.pairs)


def _of(kind: type[T], records: Iterable[Record]) -> list[T]:
    return [record for record in records if isinstance(record, kind)]
