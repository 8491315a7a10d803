"""What only a workbook can tell: sums that skip, miss or double rows, typed-over formulas,
errors, hidden rows, stored values.

Worksheets are looked at one by one; what spans several of them (sums over worksheets, the same
cell on every sheet) is said at the end. Everything becomes a remark under a code of the XLS
family.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.workbook.cells import SheetCell, reads_as_number
from auditor.readers.workbook.cycles import CellName, circles
from auditor.readers.workbook.recalculation import (
    Arithmetic,
    StoredValues,
    Uncomputable,
    named,
    parsed,
)
from auditor.readers.workbook.references import Reference, added, shifted, sums_in
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import Area, address, parse_address
from auditor.records.figures import Figure, Place, parse_figure
from auditor.records.model import Evidence, Kpi, Remark, RemarkCell, Sheet
from auditor.records.text import Text

__all__ = ["FormulaChecks", "Owner"]

_OTHER_FILE: Final = re.compile(r"\[([^\[\]]+)\](?:[^\[\]!']|'')*'?!")
"""In a formula, another file: its number in the package, or its name."""
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
_FAR: Final = (500_000, 8_000)
_LISTED: Final = 5
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
_MOST_ADDED: Final = 5_000
_MOST_RESULTS: Final = 20
"""So many sums that skip a number stored as text are named with it."""


class Owner(NamedTuple):
    """Whose figure a cell holds."""

    sheet: int | None
    kpi: int | None
    field: str
    year: str | None


@dataclass(frozen=True)
class Summing:
    """One cell that adds areas up."""

    cell: SheetCell
    owner: Owner | None
    references: tuple[Reference, ...]


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


class FormulaChecks:
    """All checks of one workbook. ``worksheet`` looks at one at a time, ``finish`` says what
    spans several.

    ``names`` are the worksheets; ``has_formulas`` is false of a workbook that is read without them;
    ``linked_files`` are the other files that formulas name by their number. Where the workbook ``rounds_as_shown``, formulas give what their cells print, and none
    is recomputed.
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
        self.form, self.has_formulas = form, has_formulas
        self.linked_files, self.rounds_as_shown = linked_files, rounds_as_shown
        self.order = {name.casefold(): index for index, name in enumerate(names)}
        self.names = names
        self.remarks: list[Remark] = []
        self.sums: list[Summing] = []
        self.as_text: dict[str, Columns] = {}
        self.hidden: dict[str, Columns] = {}
        self.uncalculated: list[SheetCell] = []
        self.kept: dict[tuple[str, str], list[tuple[SheetCell, Owner]]] = {}
        self.typed_over: set[tuple[str, str]] = set()
        self.uneven: dict[tuple[str, str], Decimal] = {}
        """By the cells of sums, what is missing from them; below 0 what they add too often."""
        self.stored = StoredValues(names)
        self.later: list[Formula] = []
        self.stale: list[Stale] = []
        self.not_recomputed: list[SheetCell] = []
        self.recomputed = 0
        self.chained: dict[CellName, Formula] = {}

    # One worksheet.

    def worksheet(self, sheet: Worksheet, sheets: Iterable[Sheet], kpis: Iterable[Kpi]) -> None:
        """Look at one worksheet with the records that were read from it."""
        self.stored.add(sheet)
        records = list(sheets)
        owners: dict[tuple[int, int], Owner] = {}
        for record in records:
            owners.update(_figures_of_sheet(record))
        for kpi in kpis:
            owners.update(_figures_of_kpi(kpi))
        errors: list[SheetCell] = []
        summing: list[Summing] = []
        for at, cell in sheet.cells.items():
            owner = owners.get(at)
            if cell.kind == "error":
                errors.append(cell)
            elif cell.kind == "uncalculated":
                self.uncalculated.append(cell)
            elif cell.kind == "text" and reads_as_number(cell.raw):
                _put(self.as_text.setdefault(sheet.name.casefold(), {}), cell, owner)
            elif cell.kind == "number" and sheet.hides(cell.row, cell.column) and cell.number:
                _put(self.hidden.setdefault(sheet.name.casefold(), {}), cell, owner)
            if cell.formula and (references := sums_in(cell.formula)):
                summing.append(Summing(cell, owner, references))
        self.sums += summing
        self._errors(errors, owners)
        reported = self._blocks(sheet, records, owners)
        for sum_of in summing:
            if (sum_of.cell.row, sum_of.cell.column) not in reported:
                self._range(sheet, sum_of, owners)
        self._formulas(sheet, owners)
        self._typed_over(sheet, records, owners)
        self._read_though_hidden(sheet, owners, bool(records))

    def left_out(self, sheet: Worksheet) -> None:
        """Keep the values of a worksheet that is not audited, which formulas of others may name."""
        self.stored.add(sheet)

    def finish(self, others: Iterable[Remark] = ()) -> list[Remark]:
        """The remarks on everything that was looked at and ``others``, worksheet by worksheet."""
        self._skipped()
        self._typed_over_across_sheets()
        for formula in self.later:
            self._recompute(formula)
        self._not_given(self._circular())
        self._unchecked()
        if self.uncalculated:
            cells = self.uncalculated
            self._remark(
                "XLS005",
                cells[0],
                None,
                f"{len(cells):,} formulas have no stored result; open and save the workbook in a spreadsheet program",
                f"計算結果の保存されていない数式が{len(cells):,}個あります。表計算ソフトで開き、保存し直してください",
            )
        return sorted([*self.remarks, *others], key=self._place)

    def _place(self, remark: Remark) -> tuple[int, int, int]:
        place = remark.place or Place()
        row, column = parse_address(place.cell or "") or (0, 0)
        return self.order.get((place.sheet or "").casefold(), 0), row, column

    def _remark(
        self,
        rule: str,
        cell: SheetCell,
        owner: Owner | None,
        en: str,
        ja: str,
        printed: str = "",
        *,
        evidence: Evidence | None = None,
        recomputed: Decimal | None = None,
        cells: Iterable[RemarkCell] = (),
    ) -> None:
        own = owner or Owner(None, None, "", None)
        self.remarks.append(
            Remark(
                rule=rule,
                sheet=own.sheet,
                kpi=own.kpi,
                field=own.field or None,
                year=own.year,
                printed=printed or cell.text.strip(),
                place=cell.place,
                detail=Text(en=en, ja=ja),
                evidence=evidence,
                recomputed=recomputed,
                cells=tuple(cells),
            )
        )

    def _errors(self, cells: Sequence[SheetCell], owners: Mapping[tuple[int, int], Owner]) -> None:
        """An error in a figure is said of the figure; those elsewhere on a worksheet together."""
        others: list[SheetCell] = []
        for cell in cells:
            owner = owners.get((cell.row, cell.column))
            if owner is None:
                others.append(cell)
                continue
            where = cell.address
            self._remark(
                "XLS004",
                cell,
                owner,
                f"cell {where} holds {cell.raw}",
                f"セル {where} が {cell.raw} になっています",
            )
        if others:
            en, ja = _listed(others)
            self._remark(
                "XLS004", others[0], None, f"error values in {en}", f"エラー値のセル：{ja}"
            )

    # Sums and the blocks they add.

    def _blocks(
        self, sheet: Worksheet, records: Sequence[Sheet], owners: Mapping[tuple[int, int], Owner]
    ) -> set[tuple[int, int]]:
        """The total cost of each year has to add every source of its block once."""
        looked_at: set[tuple[int, int]] = set()
        if not self.form.funding_complete:
            return looked_at
        for record in records:
            for key, year in record.years.items():
                cell = _cell_of(sheet, year.total_cost)
                if cell is None or cell.formula is None:
                    continue
                refs = added(cell.formula)
                if refs is None or any(ref.first is not None for ref in refs):
                    continue
                parts = {
                    name: at
                    for name, figure in year.funding.items()
                    if (at := _address_of(figure)) is not None
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
        owners: Mapping[tuple[int, int], Owner],
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
                listed = ", ".join(address(*at) for at in cells[:_LISTED]) + (
                    " …" if len(cells) > _LISTED else ""
                )
                counted = any(_counts(sheet.cells.get(at)) for at in cells)
                where = cell.address
                formula = f"={cell.formula}"
                self._remark(
                    "XLS002" if counted else "XLS013",
                    cell,
                    summing.owner,
                    f"{where} {formula} {en} {listed}",
                    f"{where} の {formula} に {listed} {ja}",
                    formula,
                    evidence=evidence,
                    recomputed=self._put_right(summing),
                    cells=[
                        _concerned(owners[at], Place(sheet=sheet.name, cell=address(*at)))
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
        return self._result(cell, cell.formula or "", more)

    def _result(self, cell: SheetCell, formula: str, more: Decimal = Decimal(0)) -> Decimal | None:
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

    def _range(
        self, sheet: Worksheet, summing: Summing, owners: Mapping[tuple[int, int], Owner]
    ) -> None:
        """A sum outside of the form's blocks: a number between it and its range, or at the
        range's far end, is missed.
        """
        cell = summing.cell
        refs = added(cell.formula or "")
        if refs is None or any(ref.first is not None for ref in refs):
            return
        if any(ref.area.holds(cell.row, cell.column) for ref in refs):
            return  # it adds itself, which is reported as a circle
        inner = [at for ref in refs for at in self._sums_inside(sheet, ref.area, refs)]
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
        found: list[tuple[int, int]] = []
        for cell in _cells(sheet, area):
            inner = added(cell.formula) if cell.formula and "SUM(" in cell.formula.upper() else None
            if inner and all(
                ref.first is None and any(_inside(ref.area, outer.area) for outer in refs)
                for ref in inner
            ):
                found.append((cell.row, cell.column))
        return found

    def _beyond(
        self,
        sheet: Worksheet,
        cell: SheetCell,
        area: Area,
        owners: Mapping[tuple[int, int], Owner],
        *,
        down: bool,
    ) -> list[tuple[int, int]]:
        own, first, last = (
            (cell.row, area.top, area.bottom) if down else (cell.column, area.left, area.right)
        )
        if last > 1_000_000 or first <= own <= last:
            return []

        def at(line: int) -> SheetCell | None:
            return sheet.cells.get((line, cell.column) if down else (cell.row, line))

        gap = range(last + 1, own) if own > last else range(own + 1, first)
        between = [
            found
            for line in gap[:_MOST_ADDED]
            if (found := at(line)) is not None and _is_number(found) and not _is_total(found)
        ]
        far = first - 1 if own > last else last + 1
        edge, inside = at(far), at(first if own > last else last)
        if (
            edge is not None
            and inside is not None
            and edge.kind == "number"
            and edge.formula is None
            and edge.style == inside.style
        ):
            label = sheet.cells.get((far, 1) if down else (1, far))
            year_like = len(edge.raw) == 4 and edge.raw[:2] in ("19", "20")
            mine, other = (
                owners.get((edge.row, edge.column)),
                owners.get((inside.row, inside.column)),
            )
            if (
                not year_like
                and far != own
                and not (mine and other and mine.field != other.field)
                and label is not edge
            ):
                between.append(edge)
        return [(found.row, found.column) for found in between]

    # Formulas and their stored results.

    def _formulas(self, sheet: Worksheet, owners: Mapping[tuple[int, int], Owner]) -> None:
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
                self.not_recomputed.append(cell)
                continue
            formula = Formula(cell, owner, tree)
            if "!" in cell.formula:
                self.later.append(formula)
            else:
                self._recompute(formula)
        for cells in linked.values():
            self._from_other_files(cells)

    def _recompute(self, formula: Formula) -> None:
        cell, tree = formula.cell, formula.tree
        references = tuple(named(tree))
        if any(self.stored.holds(reference, cell) for reference in references):
            self.recomputed += 1
            self._report_circle([formula])
            return
        if any(any(self.stored.formulas(reference, cell.sheet)) for reference in references):
            self.chained[formula.name] = formula
        try:
            result = self.stored.result(tree, cell)
        except Uncomputable:
            self.not_recomputed.append(cell)
            return
        self.recomputed += 1
        if not result.admits(float(cell.raw)):
            self.stale.append(Stale(formula, Decimal(f"{result.value:.15g}")))

    def _circular(self) -> set[CellName]:
        """Report the circles of several formulas; returns their cells."""

        def following(name: CellName) -> Iterable[CellName]:
            formula = self.chained.get(name)
            if formula is not None:
                for reference in named(formula.tree):
                    yield from map(
                        CellName._make, self.stored.formulas(reference, formula.cell.sheet)
                    )

        in_circles: set[CellName] = set()
        for circle in circles(self.chained, following):
            in_circles.update(circle)
            self._report_circle([self.chained[name] for name in circle])
        return in_circles

    def _report_circle(self, formulas: Sequence[Formula]) -> None:
        """Report formulas that need their own results, at the first one of a figure."""
        main = next((formula for formula in formulas if formula.owner is not None), formulas[0])
        where = main.cell.address
        en = f"{where} ={main.cell.formula} needs its own result"
        ja = f"{where} の ={main.cell.formula} は、{where} 自身を参照しています"
        if len(formulas) > 1:
            cells = [_where(formula.cell, main.cell) for formula in formulas]
            names_en, names_ja = _names_listed(cells)
            en = f"the formulas of these cells need each other's results: {names_en}"
            ja = f"次のセルの数式が互いの結果を参照し合っています：{names_ja}"
        self._remark("XLS011", main.cell, main.owner, en, ja)

    def _not_given(self, circular: set[CellName]) -> None:
        """Report the stored results that their formulas don't give, but for those in circles,
        whose results are nothing to rely on.
        """
        for formula, result in self.stale:
            if formula.name in circular:
                continue
            cell = formula.cell
            gives, stored = _as_printed(cell, result)
            where = cell.address
            self._remark(
                "XLS010",
                cell,
                formula.owner,
                f"{where} ={cell.formula} gives {gives}, but {stored} is stored; "
                "calculate and save the workbook",
                f"{where} の ={cell.formula} は {gives} になるはずですが、{stored} が"
                "保存されています。再計算して保存してください",
                evidence="stale",
                recomputed=_shown_by(cell, result),
            )

    def _from_other_files(self, cells: Sequence[tuple[SheetCell, Owner | None]]) -> None:
        """Report the cells of one sheet whose figures come from other files."""
        en, ja = _listed([cell for cell, _ in cells])
        numbers = [
            number
            for cell, _ in cells
            for number in _OTHER_FILE.findall(_QUOTED.sub("", cell.formula or ""))
        ]
        files = ", ".join(dict.fromkeys(map(self._file_name, numbers)))
        cell, owner = cells[0]
        self._remark(
            "XLS012",
            cell,
            owner,
            f"{en}: taken from another file ({files})",
            f"{ja} は別のファイル（{files}）の値です",
        )

    def _file_name(self, number: str) -> str:
        if number.isdecimal() and 0 < int(number) <= len(self.linked_files):
            return self.linked_files[int(number) - 1]
        return number

    def _unchecked(self) -> None:
        """Report once what could not be checked of a workbook's formulas."""
        if not self.has_formulas:
            checks = ", ".join(_NEED_FORMULAS)
            checks_ja = "、".join(_NEED_FORMULAS)
            self.remarks.append(
                Remark(
                    rule="XLS014",
                    detail=Text(
                        en="formulas and conditional formats of an .xls are not read: what "
                        f"conditions hide is not known, and these checks could not run: {checks}",
                        ja=".xls では数式と条件付き書式を読み取れません。条件による非表示は"
                        f"分からず、次の検査は実施していません：{checks_ja}",
                    ),
                )
            )
        if self.not_recomputed:
            count, total = len(self.not_recomputed), self.recomputed + len(self.not_recomputed)
            names = [f"{cell.sheet}!{cell.address}" for cell in self.not_recomputed]
            en, ja = _names_listed(names)
            self.remarks.append(
                Remark(
                    rule="XLS015",
                    detail=Text(
                        en=f"{count:,} of {total:,} formulas: {en}",
                        ja=f"数式 {total:,} 個のうち {count:,} 個：{ja}",
                    ),
                )
            )

    def _skipped(self) -> None:
        """Numbers stored as text, and hidden ones, that a sum covers."""
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
                en, ja = _listed(hidden)
                where = summing.cell.address
                self._remark(
                    "XLS007",
                    summing.cell,
                    summing.owner,
                    f"the sum in {where} adds hidden cells: {en}",
                    f"{where} の合計に非表示のセルが含まれています：{ja}",
                )
        self._texts(texts, skipping)

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
            where = _where(sums[0].cell, suspect.cell)
            self._remark(
                "XLS001",
                suspect.cell,
                suspect.owner,
                f"cell {suspect.cell.address} holds text, so the sum in {where} leaves it out",
                f"セル {suspect.cell.address} は文字列のため、{where} の合計に含まれていません",
                evidence="text",
                cells=[
                    _concerned(summing.owner, summing.cell.place, results[summing.cell.place])
                    for summing in sums
                    if summing.owner is not None
                ],
            )

    def _covered(self, summing: Summing, suspects: Mapping[str, Columns]) -> Iterable[Suspect]:
        own = summing.cell
        for reference in summing.references:
            area = reference.area
            for sheet in self.stored.sheets(reference, own.sheet):
                columns = suspects.get(sheet, {})
                if not columns:
                    continue
                wanted = (
                    range(area.left, area.right + 1)
                    if area.right - area.left < len(columns)
                    else sorted(columns)
                )
                for column in wanted:
                    if area.left <= column <= area.right and column in columns:
                        for suspect in columns[column].between(area.top, area.bottom):
                            if suspect.cell is not own:
                                yield suspect

    # Constants where formulas belong.

    def _typed_over(
        self, sheet: Worksheet, records: Sequence[Sheet], owners: Mapping[tuple[int, int], Owner]
    ) -> None:
        for record in records:
            rows: dict[str, list[tuple[SheetCell, Owner]]] = {}
            for name, key, figure in record.every_figure():
                if (cell := _cell_of(sheet, figure)) is not None:
                    owner = Owner(record.number, None, name, key)
                    rows.setdefault(name, []).append((cell, owner))
                    self.kept.setdefault((name, _offset(key, record.fiscal_year)), []).append(
                        (cell, owner)
                    )
            for cells in rows.values():
                patterns = {_relative(cell) for cell, _ in cells if cell.formula}
                typed = [(cell, owner) for cell, owner in cells if not cell.formula]
                if (
                    len(patterns) == 1
                    and len(cells) - len(typed) >= 2
                    and len(typed) == 1
                    and _is_number(typed[0][0])
                ):
                    self._over(*typed[0], next(cell for cell, _ in cells if cell.formula))
        if not any(cell.formula for cell in sheet.cells.values()):
            return
        for at, cell in sheet.cells.items():
            if cell.formula or at in owners or cell.kind != "number":
                continue
            for before, after in (((0, -1), (0, 1)), ((-1, 0), (1, 0))):
                one = sheet.cells.get((at[0] + before[0], at[1] + before[1]))
                two = sheet.cells.get((at[0] + after[0], at[1] + after[1]))
                if one and two and one.formula and two.formula and _relative(one) == _relative(two):
                    self._over(cell, None, one)
                    break

    def _over(self, cell: SheetCell, owner: Owner | None, neighbour: SheetCell) -> None:
        key = cell.sheet, cell.address
        if key in self.typed_over:
            return
        self.typed_over.add(key)
        where = _where(neighbour, cell)
        self._remark(
            "XLS003",
            cell,
            owner,
            f"cell {cell.address} holds a typed number, where {where} has ={neighbour.formula}",
            f"セル {cell.address} には数値が直接入力されています（{where} は ={neighbour.formula}）",
            evidence="typed_over",
            recomputed=self._result(cell, _filled(neighbour, cell)),
        )

    def _typed_over_across_sheets(self) -> None:
        """The same figure of the same column on all sheets of the form: where three in four have
        a formula, the rest should.
        """
        for cells in self.kept.values():
            with_formula = [cell for cell, _ in cells if cell.formula]
            typed = [
                (cell, owner) for cell, owner in cells if not cell.formula and _is_number(cell)
            ]
            if typed and len(with_formula) >= 3 and len(with_formula) >= 3 * len(typed):
                for cell, owner in typed:
                    self._over(cell, owner, with_formula[0])

    def _read_though_hidden(
        self, sheet: Worksheet, owners: Mapping[tuple[int, int], Owner], has_records: bool
    ) -> None:
        if sheet.visibility != "visible":
            if (owners or has_records) and (first := next(iter(sheet.cells.values()), None)):
                owner = next(iter(owners.values()), None)
                en = f"the worksheet {sheet.name!r} is hidden; it was read all the same"
                self._remark(
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
            self._remark(
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
            en, ja = _listed(cells)
            self._remark(
                "XLS008",
                cells[0],
                Owner(number, kpi, "", None),
                f"figures in hidden rows or columns were read: {en}",
                f"非表示の行・列にある数値を読み取りました：{ja}",
            )


# --- cells ------------------------------------------------------------------------------------------------------------------


def _figures_of_sheet(record: Sheet) -> Iterable[tuple[tuple[int, int], Owner]]:
    for name, key, figure in record.every_figure():
        if (at := _address_of(figure)) is not None:
            yield at, Owner(record.number, None, name, key)


def _figures_of_kpi(kpi: Kpi) -> Iterable[tuple[tuple[int, int], Owner]]:
    figures: list[tuple[str, str | None, Figure | None]] = [
        ("target", None, kpi.target),
        ("declared_rate", None, kpi.declared_rate),
    ]
    figures += [("actuals", year, figure) for year, figure in kpi.actuals.items()]
    for name, year, figure in figures:
        if figure is not None and (at := _address_of(figure)) is not None:
            yield at, Owner(None, kpi.number, name, year)


def _address_of(figure: Figure | None) -> tuple[int, int] | None:
    return (
        parse_address(figure.place.cell)
        if figure is not None and figure.place is not None and figure.place.cell
        else None
    )


def _cell_of(sheet: Worksheet, figure: Figure | None) -> SheetCell | None:
    at = _address_of(figure)
    return sheet.cells.get(at) if at is not None else None


def _cells(sheet: Worksheet, area: Area) -> list[SheetCell]:
    if area.size <= len(sheet.cells):
        places = (
            (row, column)
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        )
        return [cell for at in places if (cell := sheet.cells.get(at)) is not None]
    return [cell for at, cell in sheet.cells.items() if area.holds(*at)]


def _overlaps(sheet: Worksheet, refs: Sequence[Reference]) -> list[tuple[int, int]]:
    """Cells that two of the areas share."""
    found: list[tuple[int, int]] = []
    for index, one in enumerate(refs[:50]):
        for other in refs[index + 1 : 50]:
            a, b = one.area, other.area
            shared = Area(
                max(a.top, b.top),
                max(a.left, b.left),
                min(a.bottom, b.bottom),
                min(a.right, b.right),
            )
            if shared.top <= shared.bottom and shared.left <= shared.right:
                found += [(cell.row, cell.column) for cell in _cells(sheet, shared)]
    return found


def _inside(inner: Area, outer: Area) -> bool:
    return (
        outer.top <= inner.top
        and inner.bottom <= outer.bottom
        and outer.left <= inner.left
        and inner.right <= outer.right
    )


def _is_number(cell: SheetCell) -> bool:
    return cell.kind == "number" or (cell.kind == "text" and reads_as_number(cell.raw))


def _counts(cell: SheetCell | None) -> bool:
    """Whether a cell holds anything that a sum, or who reads it, may count: not blank, dash or 0."""
    if cell is None:
        return False
    if cell.kind == "text":
        return parse_figure(cell.raw).state not in ("blank", "dash")
    return cell.number != 0


def _is_total(cell: SheetCell) -> bool:
    return cell.formula is not None and "SUM(" in cell.formula.upper()


def _relative(cell: SheetCell) -> str:
    """The formula as it would read in one and the same cell: equal for formulas that were filled
    across or down.
    """
    return shifted((cell.formula or "").upper(), _FAR[0] - cell.row, _FAR[1] - cell.column)


def _filled(neighbour: SheetCell, cell: SheetCell) -> str:
    """The formula of a neighbour as it reads when it is filled to a cell."""
    rows, columns = cell.row - neighbour.row, cell.column - neighbour.column
    return shifted(neighbour.formula or "", rows, columns)


def _concerned(owner: Owner, place: Place, recomputed: Decimal | None = None) -> RemarkCell:
    """A figure in another cell that a remark concerns."""
    return RemarkCell(
        sheet=owner.sheet,
        kpi=owner.kpi,
        field=owner.field,
        year=owner.year,
        place=place,
        recomputed=recomputed,
    )


def _summand(cell: SheetCell | None) -> Decimal:
    """What a cell would add to a sum, a number stored as text too; 0 where it holds none."""
    if cell is None:
        return Decimal(0)
    value = parse_figure(cell.raw).value if cell.kind == "text" else cell.number
    return value or Decimal(0)


def _shown_by(cell: SheetCell, result: Decimal) -> Decimal | None:
    """The number that a cell would print for a result; None where its format prints none."""
    shown = cell.format.printed(result)
    # A zero may print as a dash, or as nothing.
    return Decimal(0) if shown.value is None and shown.held == 0 else shown.value


def _offset(key: str | None, fiscal_year: int) -> str:
    if key is None:
        return ""
    year, _, kind = key.partition("-")
    return f"{int(year) - fiscal_year}{kind}"


def _put(columns: Columns, cell: SheetCell, owner: Owner | None) -> None:
    column = columns.setdefault(cell.column, _Column())
    column.rows.append(cell.row)
    column.suspects.append(Suspect(cell, owner))


def _where(cell: SheetCell, seen_from: SheetCell) -> str:
    return cell.address if cell.sheet == seen_from.sheet else f"{cell.sheet}!{cell.address}"


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


def _listed(cells: Sequence[SheetCell]) -> tuple[str, str]:
    return _names_listed([cell.address for cell in cells])


def _names_listed(names: Sequence[str]) -> tuple[str, str]:
    en, ja = (mark.join(names[:_LISTED]) for mark in (", ", "、"))
    more = len(names) - _LISTED
    return (f"{en} and {more:,} more", f"{ja} ほか{more:,}個") if more > 0 else (en, ja)
