"""Sums that leave out, miss or double rows, and numbers that sums pass over."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, combinations
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.workbook.cells import SheetCell, reads_as_number
from auditor.readers.workbook.owners import Owner, Owners, address_of, cell_of, concerned
from auditor.readers.workbook.recalculation import StoredValues
from auditor.readers.workbook.references import Reference, added, sums_in
from auditor.readers.workbook.remarks import LISTED, Remarks, listed, seen_from
from auditor.readers.workbook.results import ResultChecks
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import Area, address
from auditor.records.figures import Place, parse_figure
from auditor.records.model import Evidence, Sheet

__all__ = ["SumChecks"]

_MOST_ADDED: Final = 5_000
_MOST_COMPARED: Final = 50
"""So many areas of one sum are compared with each other."""
_LAST_LINE: Final = 1_000_000
"""An area that ends behind it is a whole column."""
_MOST_RESULTS: Final = 20
"""So many sums that skip a number stored as text are named with it."""


@dataclass(frozen=True)
class Summing:
    """One cell that adds areas up."""

    cell: SheetCell
    owner: Owner | None
    references: tuple[Reference, ...]


class Suspect(NamedTuple):
    """A cell that a sum should not pass over in silence."""

    cell: SheetCell
    owner: Owner | None


@dataclass
class _Column:
    """Suspects of one column, by row."""

    rows: list[int] = field(default_factory=list[int])
    suspects: list[Suspect] = field(default_factory=list[Suspect])

    def between(self, top: int, bottom: int) -> Sequence[Suspect]:
        return self.suspects[bisect_left(self.rows, top) : bisect_right(self.rows, bottom)]


Columns = dict[int, _Column]


class SumChecks:
    """The checks of sums of one workbook. ``worksheet`` looks at one at a time, ``finish`` says
    what spans several. ``results`` recomputes sums over the ``stored`` values.
    """

    form: Form
    remarks: Remarks
    results: ResultChecks
    stored: StoredValues

    def __init__(
        self, form: Form, remarks: Remarks, stored: StoredValues, results: ResultChecks
    ) -> None:
        self.form, self.remarks, self.stored, self.results = form, remarks, stored, results
        self.sums: list[Summing] = []
        self.as_text: dict[str, Columns] = {}
        self.hidden: dict[str, Columns] = {}
        self.uneven: dict[tuple[str, str], Decimal] = {}
        """By the cells of sums, what is missing from them; below 0 what they add too often."""

    def worksheet(self, sheet: Worksheet, records: Sequence[Sheet], owners: Owners) -> None:
        """Look at the sums of one worksheet."""
        summing: list[Summing] = []
        name = sheet.name.casefold()
        for at, cell in sheet.cells.items():
            owner = owners.get(at)
            if cell.kind == "text" and reads_as_number(cell.raw):
                _put(self.as_text.setdefault(name, {}), cell, owner)
            elif cell.kind == "number" and sheet.hides(cell.row, cell.column) and cell.number:
                _put(self.hidden.setdefault(name, {}), cell, owner)
            if cell.formula and (references := sums_in(cell.formula)):
                summing.append(Summing(cell, owner, references))
        self.sums += summing
        reported = self._blocks(sheet, records, owners)
        for sum_of in summing:
            if (sum_of.cell.row, sum_of.cell.column) not in reported:
                self._range(sheet, sum_of, owners)

    def finish(self) -> None:
        """Report numbers stored as text, and hidden ones, that a sum covers."""
        texts: dict[tuple[str, str], Suspect] = {}
        skipping: dict[tuple[str, str], list[Summing]] = {}
        for summing in self.sums:
            for suspect in self._covered(summing, self.as_text):
                key = suspect.cell.sheet, suspect.cell.address
                texts.setdefault(key, suspect)
                sums = skipping.setdefault(key, [])
                if len(sums) < _MOST_RESULTS and summing not in sums[-1:]:
                    sums.append(summing)
            if hidden := [suspect.cell for suspect in self._covered(summing, self.hidden)]:
                en, ja = listed(hidden)
                where = summing.cell.address
                self.remarks.add(
                    "XLS007",
                    summing.cell,
                    summing.owner,
                    f"the sum in {where} adds hidden cells: {en}",
                    f"セル{where}の合計に非表示のセルが含まれています：{ja}",
                )
        self._texts(texts, skipping)

    def _blocks(
        self, sheet: Worksheet, records: Sequence[Sheet], owners: Owners
    ) -> set[tuple[int, int]]:
        """The total cost of each year has to add every source of its block once."""
        looked_at: set[tuple[int, int]] = set()
        if not self.form.funding_complete:
            return looked_at
        for record in records:
            for key, year in record.years.items():
                cell = cell_of(sheet, year.total_cost)
                if cell is None or cell.formula is None:
                    continue
                refs = added(cell.formula)
                if refs is None or any(ref.first is not None for ref in refs):
                    continue
                parts = {
                    name: at
                    for name, figure in year.funding.items()
                    if (at := address_of(figure)) is not None
                }
                times = {
                    name: sum(ref.area.holds(*at) for ref in refs) for name, at in parts.items()
                }
                if sum(count > 0 for count in times.values()) * 2 < len(times):
                    continue  # it adds something else
                looked_at.add((cell.row, cell.column))
                owner = Owner(record.number, None, "total_cost", key)
                missed = [parts[name] for name, count in times.items() if count == 0]
                doubled = {parts[name]: count - 1 for name, count in times.items() if count > 1}
                summing = Summing(cell, owner, refs)
                self._uneven(sheet, summing, owners, missed, doubled)
        return looked_at

    def _uneven(
        self,
        sheet: Worksheet,
        summing: Summing,
        owners: Owners,
        missed: Sequence[tuple[int, int]],
        doubled: Mapping[tuple[int, int], int],
    ) -> None:
        """Report the cells that a sum misses, and those that it adds some times too often."""
        cell = summing.cell
        if missed or doubled:
            lacking = sum((_summand(sheet.cells.get(at)) for at in missed), Decimal(0))
            excess = (_summand(sheet.cells.get(at)) * times for at, times in doubled.items())
            self.uneven[cell.sheet, cell.address] = lacking - sum(excess, Decimal(0))
        sides: tuple[tuple[Sequence[tuple[int, int]], Evidence, str, str], ...] = (
            (missed, "left_out", "leaves out", "が含まれていません"),
            (tuple(doubled), "counted_twice", "adds more than once", "が二重に含まれています"),
        )
        for cells, evidence, en, ja in sides:
            if cells:
                names = [address(*at) for at in cells[:LISTED]]
                more = " …" if len(cells) > LISTED else ""
                counted = any(_counts(sheet.cells.get(at)) for at in cells)
                where = cell.address
                formula = f"={cell.formula}"
                self.remarks.add(
                    "XLS002" if counted else "XLS013",
                    cell,
                    summing.owner,
                    f"{where} {formula} {en} {', '.join(names)}{more}",
                    f"セル{where}の数式 {formula} に{'、'.join(names)}{more}{ja}",
                    formula,
                    evidence=evidence,
                    recomputed=self._put_right(summing),
                    cells=[
                        concerned(owners[at], Place(sheet=sheet.name, cell=address(*at)))
                        for at in cells
                        if at in owners
                    ],
                )

    def _put_right(self, summing: Summing) -> Decimal | None:
        """What a sum would print if it added every part once, those stored as text too; None
        where it is no plain sum, or cannot be worked out.
        """
        cell = summing.cell
        if added(cell.formula or "") is None:
            return None
        texts = [_summand(text.cell) for text in self._covered(summing, self.as_text)]
        more = self.uneven.get((cell.sheet, cell.address), Decimal(0)) + sum(texts, Decimal(0))
        return self.results.shown(cell, cell.formula or "", more)

    def _range(self, sheet: Worksheet, summing: Summing, owners: Owners) -> None:
        """A sum outside of the form's blocks: a number between it and its range, or at the
        range's far end, is missed.
        """
        cell = summing.cell
        refs = added(cell.formula or "")
        if refs is None or any(ref.first is not None for ref in refs):
            return
        if any(ref.area.holds(cell.row, cell.column) for ref in refs):
            return  # it adds itself, which is reported as a circle
        inner: list[tuple[int, int]] = []
        for ref in refs:
            inner += self._sums_inside(sheet, ref.area, refs)
        doubled = dict.fromkeys(inner, 1)
        for at in _overlaps(sheet, refs):
            doubled[at] = sum(ref.area.holds(*at) for ref in refs) - (at not in inner)
        missed: list[tuple[int, int]] = []
        if len(refs) == 1:
            area = refs[0].area
            if area.left == area.right == cell.column:
                missed = self._beyond(sheet, cell, area, owners, down=True)
            elif area.top == area.bottom == cell.row:
                missed = self._beyond(sheet, cell, area, owners, down=False)
        self._uneven(sheet, summing, owners, missed, doubled)

    def _sums_inside(
        self, sheet: Worksheet, area: Area, refs: Sequence[Reference]
    ) -> list[tuple[int, int]]:
        """Cells that are added although they are sums of cells that are added too."""
        sums: list[tuple[int, int]] = []
        for at in sheet.filled(area):
            cell = sheet.cells[at]
            inner = added(cell.formula) if cell.formula and _is_total(cell) else None
            if inner and all(
                ref.first is None and any(_inside(ref.area, outer.area) for outer in refs)
                for ref in inner
            ):
                sums.append(at)
        return sums

    def _beyond(
        self, sheet: Worksheet, cell: SheetCell, area: Area, owners: Owners, *, down: bool
    ) -> list[tuple[int, int]]:
        """The numbers between a sum and its area, and one more at the area's far end that looks
        like those in it. The area lies in the column of the sum, or in its row.
        """
        line, first, last = cell.column, area.left, area.right
        if down:
            line, first, last = cell.row, area.top, area.bottom
        if last > _LAST_LINE or first <= line <= last:
            return []

        def at(number: int) -> SheetCell | None:
            return sheet.cells.get((number, cell.column) if down else (cell.row, number))

        gap, far, near = range(line + 1, first), last + 1, first
        if line > last:
            gap, far, near = range(last + 1, line), first - 1, last
        cells = [other for number in gap[:_MOST_ADDED] if (other := at(number)) is not None]
        missed = [other for other in cells if other.may_be_number and not _is_total(other)]
        edge, inside = at(far), at(near)
        label = sheet.cells.get((far, 1) if down else (1, far))
        is_other = edge is not label and far != line
        if edge and inside and is_other and _is_alike(edge, inside, owners):
            missed.append(edge)
        return [(other.row, other.column) for other in missed]

    def _texts(
        self,
        texts: Mapping[tuple[str, str], Suspect],
        skipping: Mapping[tuple[str, str], Sequence[Summing]],
    ) -> None:
        """Report each number stored as text once, with the first sum that skips it."""
        results: dict[Place, Decimal | None] = {}
        for summing in chain.from_iterable(skipping.values()):
            place = summing.cell.place
            if summing.owner is not None and place not in results:
                results[place] = self._put_right(summing)
        for key, suspect in texts.items():
            sums = skipping[key]
            where = seen_from(suspect.cell, sums[0].cell)
            self.remarks.add(
                "XLS001",
                suspect.cell,
                suspect.owner,
                f"cell {suspect.cell.address} holds text, so the sum in {where} leaves it out",
                f"セル{suspect.cell.address}は文字列のため、セル{where}の合計に含まれていません",
                evidence="text",
                cells=[
                    concerned(summing.owner, summing.cell.place, results[summing.cell.place])
                    for summing in sums
                    if summing.owner is not None
                ],
            )

    def _covered(self, summing: Summing, suspects: Mapping[str, Columns]) -> Iterator[Suspect]:
        """The suspects that a sum covers."""
        for reference in summing.references:
            area = reference.area
            for sheet in self.stored.sheets(reference, summing.cell.sheet):
                for column in _columns_in(area, suspects.get(sheet, {})):
                    for suspect in column.between(area.top, area.bottom):
                        if suspect.cell is not summing.cell:
                            yield suspect


def _columns_in(area: Area, columns: Columns) -> Iterator[_Column]:
    """The columns that lie in an area, from the left."""
    numbers: Iterable[int] = range(area.left, area.right + 1)
    if area.right - area.left >= len(columns):
        numbers = sorted(number for number in columns if area.left <= number <= area.right)
    for number in numbers:
        if number in columns:
            yield columns[number]


def _is_alike(edge: SheetCell, inside: SheetCell, owners: Owners) -> bool:
    """Whether a cell at the end of an area is a typed number as those inside of it, and neither a
    year nor the figure of another field.
    """
    if edge.kind != "number" or edge.formula is not None or edge.style != inside.style:
        return False
    if len(edge.raw) == 4 and edge.raw[:2] in ("19", "20"):
        return False
    owner, other = owners.get((edge.row, edge.column)), owners.get((inside.row, inside.column))
    return owner is None or other is None or owner.field == other.field


def _overlaps(sheet: Worksheet, refs: Sequence[Reference]) -> list[tuple[int, int]]:
    """Cells that two of the areas share."""
    places: list[tuple[int, int]] = []
    for (_, _, area), (_, _, other) in combinations(refs[:_MOST_COMPARED], 2):
        shared = Area(
            max(area.top, other.top),
            max(area.left, other.left),
            min(area.bottom, other.bottom),
            min(area.right, other.right),
        )
        if shared.top <= shared.bottom and shared.left <= shared.right:
            places += sheet.filled(shared)
    return places


def _inside(inner: Area, outer: Area) -> bool:
    return (
        outer.top <= inner.top
        and inner.bottom <= outer.bottom
        and outer.left <= inner.left
        and inner.right <= outer.right
    )


def _counts(cell: SheetCell | None) -> bool:
    """Whether a cell holds anything that a sum, or who reads it, may count: not blank, no dash
    and not 0.
    """
    if cell is None:
        return False
    if cell.kind == "text":
        return parse_figure(cell.raw).state not in ("blank", "dash")
    return cell.number != 0


def _is_total(cell: SheetCell) -> bool:
    return cell.formula is not None and "SUM(" in cell.formula.upper()


def _summand(cell: SheetCell | None) -> Decimal:
    """What a cell would add to a sum, a number stored as text too; 0 where it holds none."""
    if cell is None:
        return Decimal(0)
    value = parse_figure(cell.raw).value if cell.kind == "text" else cell.number
    return value or Decimal(0)


def _put(columns: Columns, cell: SheetCell, owner: Owner | None) -> None:
    column = columns.setdefault(cell.column, _Column())
    column.rows.append(cell.row)
    column.suspects.append(Suspect(cell, owner))
