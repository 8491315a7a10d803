"""What only a workbook can tell.

That is sums that skip, miss or double rows, typed-over formulas, errors, hidden rows and stored
values.

Worksheets are looked at one by one; what spans several of them (sums over worksheets, the same
cell on every sheet) is said at the end. Everything becomes a remark under a code of the XLS
family.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from auditor.forms.model import Form
from auditor.readers.workbook.cells import SheetCell
from auditor.readers.workbook.owners import Owner, Owners, owners_of
from auditor.readers.workbook.recalculation import StoredValues
from auditor.readers.workbook.remarks import Remarks, listed
from auditor.readers.workbook.results import ResultChecks
from auditor.readers.workbook.sums import SumChecks
from auditor.readers.workbook.typed_over import TypedOverChecks
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import parse_address
from auditor.records.figures import Place
from auditor.records.model import Kpi, Remark, Sheet
from auditor.records.text import Text

__all__ = ["FormulaChecks"]

_NEED_FORMULAS: Final = (
    "XLS001",
    "XLS002",
    "XLS003",
    "XLS007",
    "XLS010",
    "XLS011",
    "XLS012",
    "XLS013",
)
"""The checks that look at formulas."""


class FormulaChecks:
    """All checks of one workbook. ``worksheet`` looks at one at a time, ``finish`` says what
    spans several.

    ``names`` are the worksheets; ``has_formulas`` is false of a workbook that is read without
    them; ``linked_files`` and ``rounds_as_shown`` are for the checks of results.
    """

    def __init__(
        self,
        form: Form,
        names: Sequence[str],
        *,
        has_formulas: bool = True,
        linked_files: Sequence[str] = (),
        rounds_as_shown: bool = False,
    ) -> None:
        self.has_formulas = has_formulas
        self.order: dict[str, int] = {name.casefold(): index for index, name in enumerate(names)}
        self.remarks: Remarks = Remarks()
        self.uncalculated: list[SheetCell] = []
        self.stored: StoredValues = StoredValues(names)
        self.results: ResultChecks = ResultChecks(
            self.remarks,
            self.stored,
            linked_files=linked_files,
            rounds_as_shown=rounds_as_shown,
        )
        self.sums: SumChecks = SumChecks(form, self.remarks, self.stored, self.results)
        self.typed_over: TypedOverChecks = TypedOverChecks(self.remarks, self.results)

    def worksheet(self, sheet: Worksheet, sheets: Iterable[Sheet], kpis: Iterable[Kpi]) -> None:
        """Look at one worksheet with the records that were read from it."""
        self.stored.add(sheet)
        records = list(sheets)
        owners = owners_of(records, kpis)
        cells = sheet.cells.values()
        self.uncalculated += [cell for cell in cells if cell.kind == "uncalculated"]
        self._errors([cell for cell in cells if cell.kind == "error"], owners)
        self.sums.worksheet(sheet, records, owners)
        self.results.worksheet(sheet, owners)
        self.typed_over.worksheet(sheet, records, owners)
        self._read_though_hidden(sheet, owners, bool(records))

    def left_out(self, sheet: Worksheet) -> None:
        """Keep the values of a worksheet that is not audited, which formulas of others may name."""
        self.stored.add(sheet)

    def finish(self, others: Iterable[Remark] = ()) -> list[Remark]:
        """The remarks on everything that was looked at and ``others``, worksheet by worksheet."""
        self.sums.finish()
        self.typed_over.finish()
        self.results.finish()
        self._unchecked()
        self.results.report_skipped()
        if self.uncalculated:
            count = f"{len(self.uncalculated):,}"
            self.remarks.add(
                "XLS005",
                self.uncalculated[0],
                None,
                f"{count} formulas have no stored result; open and save the workbook in a "
                "spreadsheet program",
                f"計算結果の保存されていない数式が{count}個あります。表計算ソフトで開き、保存し直してください",
            )
        return sorted([*self.remarks.all, *others], key=self._place)

    def _place(self, remark: Remark) -> tuple[int, int, int]:
        place = remark.place or Place()
        row, column = parse_address(place.cell or "") or (0, 0)
        return self.order.get((place.sheet or "").casefold(), 0), row, column

    def _errors(self, cells: Sequence[SheetCell], owners: Owners) -> None:
        """An error in a figure is said of the figure; those elsewhere on a worksheet together."""
        others: list[SheetCell] = []
        for cell in cells:
            owner = owners.get((cell.row, cell.column))
            if owner is None:
                others.append(cell)
                continue
            where = cell.address
            self.remarks.add(
                "XLS004",
                cell,
                owner,
                f"cell {where} holds {cell.raw}",
                f"セル{where}が {cell.raw} になっています",
            )
        if others:
            en, ja = listed(others)
            self.remarks.add(
                "XLS004", others[0], None, f"error values in {en}", f"エラー値のセル：{ja}"
            )

    def _unchecked(self) -> None:
        """Report once what could not be checked of a workbook's formulas."""
        if not self.has_formulas:
            checks = ", ".join(_NEED_FORMULAS)
            checks_ja = "、".join(_NEED_FORMULAS)
            self.remarks.all.append(
                Remark(
                    rule="XLS014",
                    detail=Text(
                        en="formulas and conditional formats of an .xls are not read, nor what "
                        f"these hide; checks that could not run: {checks}",
                        ja=".xls では数式と条件付き書式を読み取れません。条件による非表示は"
                        f"分からず、次の点検は実施していません：{checks_ja}",
                    ),
                )
            )

    def _read_though_hidden(self, sheet: Worksheet, owners: Owners, has_records: bool) -> None:
        if sheet.visibility != "visible":
            if (owners or has_records) and (first := next(iter(sheet.cells.values()), None)):
                owner = next(iter(owners.values()), None)
                en = f"the worksheet {sheet.name!r} is hidden; it was read all the same"
                self.remarks.add(
                    "XLS008",
                    first,
                    Owner(owner.sheet, owner.kpi, "", None) if owner else None,
                    en,
                    f"ワークシート「{sheet.name}」は非表示ですが、読み取りました",
                    sheet.name,
                )
            return
        if sheet.prints_no_number and owners:
            at, owner = next(iter(owners.items()))
            self.remarks.add(
                "XLS008",
                sheet.cells[at],
                Owner(owner.sheet, owner.kpi, "", None),
                f"the figures of {sheet.name!r} lie outside of its print area; they were read all "
                "the same",
                f"「{sheet.name}」の数値は印刷範囲の外にありますが、読み取りました",
            )
        hidden: dict[tuple[int | None, int | None], list[SheetCell]] = {}
        for at, owner in owners.items():
            if (cell := sheet.cells.get(at)) is not None and sheet.hides(*at):
                hidden.setdefault((owner.sheet, owner.kpi), []).append(cell)
        for (number, kpi), cells in hidden.items():
            en, ja = listed(cells)
            self.remarks.add(
                "XLS008",
                cells[0],
                Owner(number, kpi, "", None),
                f"figures in hidden rows or columns were read: {en}",
                f"非表示の行・列にある数値を読み取りました：{ja}",
            )
