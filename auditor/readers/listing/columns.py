"""Which column of a list holds what: the texts of its rows, and each figure by its year and kind.

Years stand in the headings, come in the order that the form states for blocks of headings, stand
on the rows, or are that of the whole list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from auditor.forms.model import Column, Form
from auditor.readers.grid.cells import Box
from auditor.readers.listing.headings import Band, Heading, matches
from auditor.readers.listing.words import Lexicon, kind_fits
from auditor.readers.years_in_headings import Year

__all__ = ["ListColumns", "Slot"]


class Slot(NamedTuple):
    """Where a figure stands: its heading; None where no column is its, or ``several`` may be."""

    heading: Heading | None = None
    several: tuple[Heading, ...] = ()


class ListColumns:
    """The columns of one list. ``texts`` and ``singles`` are those of its rows' texts and of the
    figures that a row has once, ``yearly`` those of the figures of ``[[columns]]``, by their names.
    """

    band: Band
    form: Form

    def __init__(self, band: Band, lexicon: Lexicon, years: Sequence[int] = ()) -> None:
        self.band, self.form = band, lexicon.form
        by_name = _by_name(band.headings, lexicon)
        form = self.form
        self.texts: dict[str, Heading] = {
            name: found[0] for name, found in by_name.items() if name in form.labels
        }
        self.levels: list[Heading] = []
        """The columns in which names of items stand, outermost first."""
        if form.items is not None:
            self.levels = sorted(by_name["name"], key=lambda heading: heading.left)
            last = max(heading.right for heading in self.levels)
            self.texts["name"] = self.levels[0]._replace(right=last)
        self.singles: dict[str, Slot] = {
            name: _slot(by_name.get(name, ())) for name in form.sheet_figures
        }
        self.yearly: dict[str, list[Heading]] = {
            name: by_name.get(name, []) for name in form.amounts
        }
        self.all_of: Mapping[str, Sequence[Heading]] = by_name
        stated = _in_blocks(self.yearly, years) if years else {}
        self._stated = self._beside_dated() | {at: Year(year=year) for at, year in stated.items()}
        self._slots: dict[object, dict[tuple[str, Column], Slot]] = {}

    @cached_property
    def _by_column(self) -> dict[int, int]:
        """The first column of the heading over each column of the grid."""
        firsts: dict[int, int] = {}
        for heading in self.band.headings:
            span = range(heading.left, heading.right + 1)
            firsts.update(dict.fromkeys(span, heading.left))
        return firsts

    def over(self, box: Box) -> int:
        """How many of the list's headings stand over a cell."""
        if box.left == box.right:
            return int(box.left in self._by_column)
        last = min(box.right, self.band.headings[-1].right)
        over = (self._by_column.get(column) for column in range(box.left, last + 1))
        return len({first for first in over if first is not None})

    @property
    def missing(self) -> list[str]:
        """The names of the form's labels that no heading is."""
        figures = [name for name, slot in self.singles.items() if slot == Slot()]
        figures += [name for name, headings in self.yearly.items() if not headings]
        texts = [name for name, words in self.form.labels.items() if words]
        return figures + [
            name for name in texts if name not in self.all_of and name not in _NOT_IN_LISTS
        ]

    def _beside_dated(self) -> dict[int, Year]:
        """The years of headings without one that stand right of those with one, several times: a
        share beside the amount of each year.
        """
        dated = {
            heading.right: heading.year
            for headings in self.yearly.values()
            for heading in headings
            if heading.year is not None
        }
        beside: dict[int, Year] = {}
        for headings in self.yearly.values():
            bare_ones = [heading for heading in headings if heading.year is None]
            years = [dated.get(heading.left - 1) for heading in bare_ones]
            if len(set(years)) == len(years) and None not in years:
                beside |= {
                    heading.left: year
                    for heading, year in zip(bare_ones, years, strict=True)
                    if year is not None
                }
        return beside

    def year_of(self, heading: Heading) -> Year | None:
        """The year that a heading says, or that the form states for its block."""
        if heading.year is not None:
            return heading.year
        return self._stated.get(heading.left)

    @property
    def of_figures(self) -> list[tuple[str, Heading]]:
        """The headings of all figures, with the names of these."""
        pairs = [(name, slot.heading) for name, slot in self.singles.items()]
        pairs += [(name, heading) for name in self.yearly for heading in self.yearly[name]]
        return [(name, heading) for name, heading in pairs if heading is not None]

    @property
    def unclear(self) -> list[tuple[str, tuple[Heading, ...]]]:
        """The figures for which several columns may be meant, with their headings."""
        unclear = {name: slot.several for name, slot in self.singles.items() if slot.several}
        for slots in self._slots.values():
            for (name, _), slot in slots.items():
                if slot.several:
                    unclear.setdefault(name, slot.several)
        return list(unclear.items())

    @property
    def unplaced(self) -> list[tuple[str, int]]:
        """The yearly figures that have headings of which none is of a column of the form, with
        how many these are.
        """
        placed: set[str] = set()
        for slots in self._slots.values():
            placed.update(name for (name, _), slot in slots.items() if slot != Slot())
        return [
            (name, len(headings))
            for name, headings in self.yearly.items()
            if headings and name not in placed and self._slots
        ]

    def absent(self, fiscal_years: Iterable[int]) -> tuple[list[Column], list[Heading]]:
        """The columns of the form that no heading is of, where headings are of others, on rows of
        some fiscal years; and the headings of yearly figures that are of no column.
        """
        placed: set[Column] = set()
        in_use: set[int] = set()
        for year in fiscal_years:
            for (_, column), slot in self.placed(year).items():
                headings = slot.several if slot.heading is None else (slot.heading,)
                in_use.update(heading.left for heading in headings)
                if headings:
                    placed.add(column)
        absent = [column for column in self.form.columns if column not in placed] if placed else []
        every = chain.from_iterable(self.yearly.values())
        return absent, [heading for heading in every if heading.left not in in_use]

    @property
    def unfit_blocks(self) -> int:
        """How often the headings come, where the form states another number of years; else 0."""
        if self._stated or not any(self.yearly.values()):
            return 0
        counts = Counter(
            len([heading for heading in headings if heading.year is None])
            for headings in self.yearly.values()
        )
        return counts.most_common(1)[0][0]

    # — figures by year and kind —

    def placed(
        self, fiscal_year: int, year: int | None = None, words: tuple[str, ...] = ()
    ) -> dict[tuple[str, Column], Slot]:
        """Where each yearly figure of each column of the form stands, on rows of a fiscal year;
        of those alone that have a ``year`` or ``words`` of a kind on them, where rows do.
        """
        key = fiscal_year, year, words
        slots = self._slots.get(key)
        if slots is None:
            slots = self._slots[key] = {}
            columns = self._columns(fiscal_year, year, words)
            for name in self.yearly:
                for column in columns:
                    if self.form.prints(name, column):
                        slot = self._slot(name, column, fiscal_year, year, words)
                        slots[name, column] = slot
        return slots

    def _columns(self, fiscal_year: int, year: int | None, words: tuple[str, ...]) -> list[Column]:
        """The columns of the form that a row can be of."""
        columns = [
            column
            for column in self.form.columns
            if year is None or fiscal_year + column.offset == year
        ]
        if not words:
            return columns
        best = max((kind_fits(column, words) for column in columns), default=0)
        fitting = [column for column in columns if best and kind_fits(column, words) == best]
        # Words that two columns of one year are called by tell neither.
        offsets = Counter(column.offset for column in fitting)
        return [column for column in fitting if offsets[column.offset] == 1]

    def _slot(
        self,
        name: str,
        column: Column,
        fiscal_year: int,
        year: int | None,
        words: tuple[str, ...],
    ) -> Slot:
        of_year = [
            heading
            for heading in self.yearly[name]
            if self._is_of(heading, column, fiscal_year, on_rows=year is not None or bool(words))
        ]
        if self._has_twins(name, column) and not words:
            of_year = [heading for heading in of_year if self._tells(heading, column)]
        else:
            of_year = [heading for heading in of_year if not self._is_anothers(heading, column)]
        best = max((kind_fits(column, heading.kinds) for heading in of_year), default=0)
        return _slot([h for h in of_year if kind_fits(column, h.kinds) == best])

    def _is_of(self, heading: Heading, column: Column, fiscal_year: int, *, on_rows: bool) -> bool:
        """Whether a heading is of the year of a column: by its year, or because nothing else is
        possible.
        """
        year = self.year_of(heading)
        if year is not None:
            return year.may_be(fiscal_year + column.offset, fiscal_year)
        offsets = {other.offset for other in self.form.columns}
        if on_rows or len(offsets) == 1:
            return True
        fitting = [other for other in self.form.columns if kind_fits(other, heading.kinds)]
        return fitting == [column]

    def _has_twins(self, name: str, column: Column) -> bool:
        """Whether another column of the same year prints a figure, too."""
        return any(
            other.offset == column.offset and other != column and self.form.prints(name, other)
            for other in self.form.columns
        )

    def _tells(self, heading: Heading, column: Column) -> bool:
        """Whether the words of a heading are those of a column, and not more those of another of
        its year.
        """
        fits = kind_fits(column, heading.kinds)
        others = (other for other in self.form.columns if other.offset == column.offset)
        return fits > 0 and fits == max(kind_fits(other, heading.kinds) for other in others)

    def _is_anothers(self, heading: Heading, column: Column) -> bool:
        """Whether a heading has the very label of another column, and not that of this one."""
        if kind_fits(column, heading.kinds) == 2:
            return False
        return any(kind_fits(other, heading.kinds) == 2 for other in self.form.columns)

    # — the fiscal year —

    @property
    def dated(self) -> list[Heading]:
        """The headings of yearly figures that name a year by itself."""
        return [
            heading
            for headings in self.yearly.values()
            for heading in headings
            if (year := self.year_of(heading)) is not None and year.year is not None
        ]

    def count(self, fiscal_year: int) -> int:
        """How many figures of a row have their place, in a list of some fiscal year."""
        return sum(slot.heading is not None for slot in self.placed(fiscal_year).values())

    @property
    def fiscal_year(self) -> int | None:
        """The fiscal year with which the years in the headings are those of the form's columns;
        None where there are none, or several would do as well.
        """
        years: set[int] = set()
        for heading in self.dated:
            year = self.year_of(heading)
            if year is not None and year.year is not None:
                years.add(year.year)
        offsets = {column.offset for column in self.form.columns}
        candidates = Counter({year - offset: 0 for year in years for offset in offsets})
        for candidate in candidates:
            candidates[candidate] = self.count(candidate)
        best = candidates.most_common(2)
        if not best or not best[0][1] or (len(best) == 2 and best[0][1] == best[1][1]):
            return None
        return best[0][0]


_NOT_IN_LISTS = frozenset({"title", "book"})


def _by_name(headings: Iterable[Heading], lexicon: Lexicon) -> dict[str, list[Heading]]:
    """The headings of each name, those with its longest labels alone, from the left."""
    found: dict[str, list[tuple[int, Heading]]] = {}
    for heading in headings:
        names = matches(heading, lexicon)
        longest = max(names.values(), default=0)
        for name, length in names.items():
            if length == longest:
                found.setdefault(name, []).append((length, heading))
    by_name: dict[str, list[Heading]] = {}
    for name, pairs in found.items():
        longest = max(length for length, _ in pairs)
        is_level = name == "name" and lexicon.form.items is not None
        single = name in lexicon.form.labels or name in lexicon.form.sheet_figures
        single = single and not is_level
        by_name[name] = [heading for length, heading in pairs if length == longest or not single]
    return by_name


def _slot(headings: Sequence[Heading]) -> Slot:
    if len(headings) > 1:
        return Slot(None, tuple(headings))
    return Slot(headings[0]) if headings else Slot()


def _in_blocks(yearly: Mapping[str, Sequence[Heading]], years: Sequence[int]) -> dict[int, int]:
    """The year of each heading that does not say it, by its first column: of blocks of headings
    that come again in the order of some years.
    """
    undated = {
        name: [heading for heading in headings if heading.year is None]
        for name, headings in yearly.items()
    }
    # Each year has the same kinds, or each its own.
    groups: list[Sequence[Heading]] = []
    for headings in undated.values():
        for kinds in dict.fromkeys(heading.kinds for heading in headings):
            groups.append([heading for heading in headings if heading.kinds == kinds])
    whole = [group for group in groups if len(group) == len(years)]
    whole = whole or [group for group in undated.values() if len(group) == len(years)]
    if not whole:
        return {}
    starts = [min(group[at].left for group in whole) for at in range(len(years))]
    stated: dict[int, int] = {}
    for headings in undated.values():
        for heading in headings:
            block = max((at for at, start in enumerate(starts) if start <= heading.left), default=0)
            stated[heading.left] = years[block]
    return stated
