"""Formulas held against their stored results: stale ones, circles, figures of other files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.cycles import CellName, circles
from auditor.readers.workbook.owners import Owner, Owners
from auditor.readers.workbook.recalculation import (
    Arithmetic,
    StoredValues,
    Uncomputable,
    named,
    parsed,
)
from auditor.readers.workbook.remarks import Remarks, listed, names_listed, seen_from
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.model import Remark
from auditor.records.text import Text

__all__ = ["ResultChecks"]

_OTHER_FILE: Final = re.compile(r"\[([^\[\]]+)\](?:[^\[\]!']|'')*'?!")
"""In a formula, another file: its number in the package, or its name."""
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')


class Formula(NamedTuple):
    """A cell with a formula that can be recomputed."""

    cell: SheetCell
    owner: Owner | None
    tree: Arithmetic

    @property
    def name(self) -> CellName:
        return CellName(self.cell.sheet.casefold(), self.cell.row, self.cell.column)


class Stale(NamedTuple):
    """A formula whose stored result is not what it gives."""

    formula: Formula
    result: Decimal


class ResultChecks:
    """The checks of stored results of one workbook; ``stored`` are the values of its worksheets.

    ``linked_files`` are the other files that formulas name by their number. Where the workbook
    ``rounds_as_shown``, formulas give what their cells print, and none is recomputed.
    """

    remarks: Remarks
    stored: StoredValues
    linked_files: Sequence[str]
    rounds_as_shown: bool

    def __init__(
        self,
        remarks: Remarks,
        stored: StoredValues,
        *,
        linked_files: Sequence[str] = (),
        rounds_as_shown: bool = False,
    ) -> None:
        self.remarks, self.stored = remarks, stored
        self.linked_files, self.rounds_as_shown = linked_files, rounds_as_shown
        self._later: list[Formula] = []
        self._stale: list[Stale] = []
        self._not_recomputed: list[SheetCell] = []
        self._recomputed = 0
        self._chained: dict[CellName, Formula] = {}

    def worksheet(self, sheet: Worksheet, owners: Owners) -> None:
        """Recompute a worksheet's formulas; those over other worksheets wait for these."""
        linked: dict[int | None, list[tuple[SheetCell, Owner | None]]] = {}
        for at, cell in sheet.cells.items():
            if not cell.formula or cell.kind == "uncalculated":
                continue
            owner = owners.get(at)
            if "[" in cell.formula and _OTHER_FILE.search(_QUOTED.sub("", cell.formula)):
                linked.setdefault(owner.sheet if owner else None, []).append((cell, owner))
            if cell.kind != "number":
                continue
            tree = None if self.rounds_as_shown else parsed(cell.formula)
            if tree is None:
                self._not_recomputed.append(cell)
                continue
            formula = Formula(cell, owner, tree)
            if "!" in cell.formula:
                self._later.append(formula)
            else:
                self._recompute(formula)
        for cells in linked.values():
            self._from_other_files(cells)

    def finish(self) -> None:
        """Recompute what had to wait, and report circles and stale results."""
        for formula in self._later:
            self._recompute(formula)
        self._not_given(self._circular())

    def shown(self, cell: SheetCell, formula: str, more: Decimal = Decimal(0)) -> Decimal | None:
        """What a cell would print, had it a formula's result and ``more``; None where the formula
        cannot be worked out.
        """
        tree = None if self.rounds_as_shown else parsed(formula)
        if tree is None:
            return None
        try:
            result = self.stored.result(tree, cell)
        except Uncomputable:
            return None
        return _shown_by(cell, Decimal(f"{result.value:.15g}") + more)

    def _recompute(self, formula: Formula) -> None:
        cell, tree = formula.cell, formula.tree
        references = tuple(named(tree))
        if any(self.stored.holds(reference, cell) for reference in references):
            self._recomputed += 1
            self._report_circle([formula])
            return
        if any(any(self.stored.formulas(reference, cell.sheet)) for reference in references):
            self._chained[formula.name] = formula
        try:
            result = self.stored.result(tree, cell)
        except Uncomputable:
            self._not_recomputed.append(cell)
            return
        self._recomputed += 1
        if not result.admits(float(cell.raw)):
            self._stale.append(Stale(formula, Decimal(f"{result.value:.15g}")))

    def _circular(self) -> set[CellName]:
        """Report the circles of several formulas; returns their cells."""

        def following(name: CellName) -> Iterable[CellName]:
            formula = self._chained.get(name)
            if formula is not None:
                for reference in named(formula.tree):
                    yield from map(
                        CellName._make, self.stored.formulas(reference, formula.cell.sheet)
                    )

        in_circles: set[CellName] = set()
        for circle in circles(self._chained, following):
            in_circles.update(circle)
            self._report_circle([self._chained[name] for name in circle])
        return in_circles

    def _report_circle(self, formulas: Sequence[Formula]) -> None:
        """Report formulas that need their own results, at the first one of a figure."""
        main = next((formula for formula in formulas if formula.owner is not None), formulas[0])
        where = main.cell.address
        en = f"{where} ={main.cell.formula} needs its own result"
        ja = f"セル{where}の数式 ={main.cell.formula} は、セル{where}自身を参照しています"
        if len(formulas) > 1:
            cells = [seen_from(main.cell, formula.cell) for formula in formulas]
            names_en, names_ja = names_listed(cells)
            en = f"the formulas of these cells need each other's results: {names_en}"
            ja = f"次のセルの数式が互いの結果を参照し合っています：{names_ja}"
        self.remarks.add("XLS011", main.cell, main.owner, en, ja)

    def _not_given(self, circular: set[CellName]) -> None:
        """Report the stored results that their formulas don't give, but for those in circles,
        whose results are nothing to rely on.
        """
        for formula, result in self._stale:
            if formula.name in circular:
                continue
            cell = formula.cell
            gives, stored = _as_printed(cell, result)
            where = cell.address
            self.remarks.add(
                "XLS010",
                cell,
                formula.owner,
                f"{where} ={cell.formula} gives {gives}, but {stored} is stored; "
                "calculate and save the workbook",
                f"セル{where}の数式 ={cell.formula} の結果は {gives} ですが、保存されている値は "
                f"{stored} です。再計算して保存してください",
                evidence="stale",
                recomputed=_shown_by(cell, result),
            )

    def _from_other_files(self, cells: Sequence[tuple[SheetCell, Owner | None]]) -> None:
        """Report the cells of one sheet whose figures come from other files."""
        en, ja = listed([cell for cell, _ in cells])
        numbers: list[str] = []
        for cell, _ in cells:
            numbers += _OTHER_FILE.findall(_QUOTED.sub("", cell.formula or ""))
        files = ", ".join(dict.fromkeys(map(self._file_name, numbers)))
        cell, owner = cells[0]
        self.remarks.add(
            "XLS012",
            cell,
            owner,
            f"{en}: taken from another file ({files})",
            f"セル{ja}は別のファイル（{files}）の値です",
        )

    def _file_name(self, number: str) -> str:
        if number.isdecimal() and 0 < int(number) <= len(self.linked_files):
            return self.linked_files[int(number) - 1]
        return number

    def report_skipped(self) -> None:
        """Report once how many formulas could not be recomputed."""
        if not self._not_recomputed:
            return
        count, total = len(self._not_recomputed), self._recomputed + len(self._not_recomputed)
        names = [f"{cell.sheet}!{cell.address}" for cell in self._not_recomputed]
        en, ja = names_listed(names)
        self.remarks.all.append(
            Remark(
                rule="XLS015",
                detail=Text(
                    en=f"{count:,} of {total:,} formulas: {en}",
                    ja=f"数式{total:,}個のうち{count:,}個：{ja}",
                ),
            )
        )


def _shown_by(cell: SheetCell, result: Decimal) -> Decimal | None:
    """The number that a cell would print for a result; None where its format prints none."""
    shown = cell.format.printed(result)
    # A zero may print as a dash, or as nothing.
    return Decimal(0) if shown.value is None and shown.held == 0 else shown.value


def _as_printed(cell: SheetCell, result: Decimal) -> tuple[str, str]:
    """What a formula gives and what its cell stores, as the cell's format prints them; without it
    where that hides how they differ.
    """
    stored = cell.number or Decimal(0)
    gives, shown = (cell.format.show(value).strip() for value in (result, stored))
    if gives and shown and gives != shown:
        return gives, shown
    return f"{_plain(result):,f}", f"{_plain(stored):,f}"


def _plain(value: Decimal) -> Decimal:
    """The number without zeros behind its decimal point."""
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()
