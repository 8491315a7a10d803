"""Numbers that were typed where formulas belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.owners import Owner, Owners, cell_of, figures_of_sheet
from auditor.readers.workbook.references import shifted
from auditor.readers.workbook.remarks import Remarks, seen_from
from auditor.readers.workbook.results import ResultChecks
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.model import Sheet

__all__ = ["TypedOverChecks"]

_FAR: Final = (500_000, 8_000)
_Typed = tuple[SheetCell, Owner]


class TypedOverChecks:
    """The checks of one workbook: ``worksheet`` looks at one at a time, ``finish`` compares the
    same cell of all sheets.
    """

    remarks: Remarks
    results: ResultChecks

    def __init__(self, remarks: Remarks, results: ResultChecks) -> None:
        self.remarks, self.results = remarks, results
        self._same: dict[tuple[str, str], list[_Typed]] = {}
        """The same figure of the same column on all sheets, by its field and its column."""
        self._reported: set[tuple[str, str]] = set()

    def worksheet(self, sheet: Worksheet, records: Sequence[Sheet], owners: Owners) -> None:
        """Look at one worksheet with its records."""
        for record in records:
            self._rows(sheet, record)
        if any(cell.formula for cell in sheet.cells.values()):
            self._between_formulas(sheet, owners)

    def _rows(self, sheet: Worksheet, record: Sheet) -> None:
        """A figure that is typed in one column, where the others of its row have a formula."""
        rows: dict[str, list[_Typed]] = {}
        for owner, figure in figures_of_sheet(record):
            if (cell := cell_of(sheet, figure)) is not None:
                rows.setdefault(owner.field, []).append((cell, owner))
                column = owner.field, _offset(owner.year, record.fiscal_year)
                self._same.setdefault(column, []).append((cell, owner))
        for cells in rows.values():
            formulas = [cell for cell, _ in cells if cell.formula]
            typed = [(cell, owner) for cell, owner in cells if not cell.formula]
            if len(formulas) < 2 or len(typed) != 1 or not typed[0][0].may_be_number:
                continue
            if len(set(map(_relative, formulas))) == 1:
                self._report(*typed[0], formulas[0])

    def _between_formulas(self, sheet: Worksheet, owners: Owners) -> None:
        """A number of no record between two cells with the same formula."""
        for (row, column), cell in sheet.cells.items():
            if cell.formula or (row, column) in owners or cell.kind != "number":
                continue
            for down, across in ((0, 1), (1, 0)):
                before = sheet.cells.get((row - down, column - across))
                after = sheet.cells.get((row + down, column + across))
                if before and after and _is_same_formula(before, after):
                    self._report(cell, None, before)
                    break

    def finish(self) -> None:
        """The same figure of the same column on all sheets of the form: where three in four have
        a formula, the rest should.
        """
        for cells in self._same.values():
            with_formula = [cell for cell, _ in cells if cell.formula]
            typed = [
                (cell, owner) for cell, owner in cells if not cell.formula and cell.may_be_number
            ]
            if typed and len(with_formula) >= 3 and len(with_formula) >= 3 * len(typed):
                for cell, owner in typed:
                    self._report(cell, owner, with_formula[0])

    def _report(self, cell: SheetCell, owner: Owner | None, neighbour: SheetCell) -> None:
        """Report a typed number once, with a cell that has the formula."""
        key = cell.sheet, cell.address
        if key in self._reported:
            return
        self._reported.add(key)
        where = seen_from(cell, neighbour)
        self.remarks.add(
            "XLS003",
            cell,
            owner,
            f"cell {cell.address} holds a typed number, where {where} has ={neighbour.formula}",
            f"セル{cell.address}には数値が直接入力されています"
            f"（セル{where}は数式 ={neighbour.formula}）",
            evidence="typed_over",
            recomputed=self.results.shown(cell, _filled(neighbour, cell)),
        )


def _is_same_formula(cell: SheetCell, other: SheetCell) -> bool:
    return bool(cell.formula and other.formula) and _relative(cell) == _relative(other)


def _relative(cell: SheetCell) -> str:
    """The formula as it would read in one and the same cell: equal for formulas that were filled
    across or down.
    """
    return shifted((cell.formula or "").upper(), _FAR[0] - cell.row, _FAR[1] - cell.column)


def _filled(neighbour: SheetCell, cell: SheetCell) -> str:
    """The formula of a neighbour as it reads when it is filled to a cell."""
    rows, columns = cell.row - neighbour.row, cell.column - neighbour.column
    return shifted(neighbour.formula or "", rows, columns)


def _offset(key: str | None, fiscal_year: int) -> str:
    if key is None:
        return ""
    year, _, kind = key.partition("-")
    return f"{int(year) - fiscal_year}{kind}"
