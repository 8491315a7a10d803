"""What a workbook shows and what it holds.

Figures may print rounded, print nothing or print other signs, be struck out, have note marks, or
lie under merged cells. Records hold what is printed. What the cells hold beside it is reported
here, each cause once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.workbook.cells import Doubt, SheetCell
from auditor.readers.workbook.owners import Owner, cell_of, figures_of_kpi, figures_of_sheet
from auditor.readers.workbook.references import cells_named
from auditor.readers.workbook.remarks import names_listed
from auditor.readers.workbook.worksheets import Worksheet
from auditor.records.addresses import Area
from auditor.records.decimals import number
from auditor.records.figures import Figure, is_dust
from auditor.records.model import FiscalYear, Kpi, Remark, Sheet
from auditor.records.text import Text

__all__ = ["UNCERTAIN", "ShownChecks"]


class _Holder(NamedTuple):
    """A figure, whose it is, and its cell."""

    owner: Owner
    figure: Figure
    cell: SheetCell


@dataclass
class ShownChecks:
    """The checks of one workbook: ``worksheet`` looks at one at a time, ``finish`` says what
    spans several.
    """

    form: Form
    remarks: list[Remark] = field(default_factory=list[Remark])
    rounded: list[_Holder] = field(default_factory=list[_Holder])

    def worksheet(
        self,
        sheet: Worksheet,
        sheets: Sequence[Sheet],
        kpis: Sequence[Kpi],
        areas: Sequence[tuple[int, int, int, int]],
    ) -> None:
        """Look at one worksheet with the records that were read from it; ``areas`` are those of
        its sheets (top, left, bottom, right).
        """
        if not sheets and not kpis:
            return
        holders = list(_holders(sheet, sheets, kpis))
        self.rounded += [holder for holder in holders if self._is_rounded(holder, sheet)]
        self._unseen(sheet, holders, sheets, areas)
        self._by_record(holders, "XLS017", lambda holder: holder.cell.look.struck, _STRUCK)
        for doubt, words in UNCERTAIN.items():
            self._by_record(holders, "XLS016", partial(_is_in_doubt, doubt), words)
        self._by_record(holders, "XLS018", lambda holder: holder.cell.has_marks, _MARKED)
        self._covered(sheet, sheets)
        for record in sheets:
            self._contradictions(sheet, record)

    def finish(self) -> list[Remark]:
        """The remarks on everything that was looked at."""
        if self.rounded:
            self.remarks.append(_rounded(self.rounded))
        return self.remarks

    # Rounded.

    def _is_rounded(self, holder: _Holder, sheet: Worksheet) -> bool:
        """Whether the cell shows another number than it holds, or than it stands for, where the
        form prints exact ones.
        """
        shown, figure = holder.cell.shown, holder.figure
        if shown is None or figure.value is None or shown.general:
            return False
        if holder.owner.kpi is None:
            definition = self.form.fields.get(holder.owner.field)
            if definition is None or definition.rounding != "exact":
                return False
        if shown.misleads:
            return True
        if figure.held is None:
            return False
        operands = _operands(holder.cell, sheet)
        return not is_dust(figure.held - figure.value, figure.held, *operands)

    def _contradictions(self, sheet: Worksheet, record: Sheet) -> None:
        """Sources that add up in print, while what the cells hold does not."""
        if not self.form.funding_complete:
            return
        for key, year in record.years.items():
            total, parts = year.total_cost, list(year.funding.values())
            if total is None:
                continue
            if _adds_up(year, printed=True) is not True or _adds_up(year, printed=False) is True:
                continue
            cells = [cell_of(sheet, figure) for figure in parts]
            operands = [cell.number for cell in cells if cell is not None and cell.number]
            values = [_held(figure) for figure in parts]
            sums = sum(values, Decimal(0))
            if is_dust(sums - _held(total), *operands, *values):
                continue
            equation = (
                f"{number(_held(total))} ≠ "
                f"{' + '.join(number(value) for value in values if value)} = {number(sums)}"
            )
            self.remarks.append(
                Remark(
                    rule="XLS020",
                    sheet=record.number,
                    field="total_cost",
                    year=key,
                    printed=equation,
                    place=total.place,
                    detail=Text(
                        en="the printed figures add up, those that the cells hold do not: "
                        f"{equation}",
                        ja=f"表示されている数値は合いますが、セルの値は合いません：{equation}",
                    ),
                )
            )
            return  # one for the sheet

    # Not seen.

    def _unseen(
        self,
        sheet: Worksheet,
        holders: Sequence[_Holder],
        records: Sequence[Sheet],
        areas: Sequence[tuple[int, int, int, int]],
    ) -> None:
        """Numbers that a cell holds and nobody sees, in the areas of the sheets and in figures."""
        owners = {(holder.cell.row, holder.cell.column): holder.owner for holder in holders}
        cells: dict[Owner, list[SheetCell]] = {}
        for at, cell in sheet.cells.items():
            if not _prints_nothing(cell):
                continue
            owner = owners.get(at)
            if owner is None:
                inside = (
                    record
                    for record, area in zip(records, areas, strict=False)
                    if Area(*area).holds(*at)
                )
                record = next(inside, None)
                if record is None:
                    continue
                owner = Owner(record.number, None, "", None)
            cells.setdefault(Owner(owner.sheet, owner.kpi, "", None), []).append(cell)
        for owner, unseen in cells.items():
            listed = [f"{cell.address} ({cell.raw})" for cell in unseen]
            self._remark("XLS016", owner, unseen[0], _UNSEEN, listed)

    def _by_record(
        self,
        holders: Iterable[_Holder],
        rule: str,
        applies: Callable[[_Holder], bool],
        words: Text,
    ) -> None:
        """One remark for each sheet and KPI with the figures that something is to be said of."""
        records: dict[tuple[int | None, int | None], list[_Holder]] = {}
        for holder in holders:
            if applies(holder):
                key = holder.owner.sheet, holder.owner.kpi
                records.setdefault(key, []).append(holder)
        for of_record in records.values():
            first = of_record[0]
            owner = first.owner
            if len(of_record) > 1:
                owner = Owner(owner.sheet, owner.kpi, "", None)
            listed = [f"{item.cell.address} ({_shown_of(item)})" for item in of_record]
            self._remark(rule, owner, first.cell, words, listed)

    def _covered(self, sheet: Worksheet, records: Sequence[Sheet]) -> None:
        if not sheet.covered:
            return
        cells = [sheet.covered[at] for at in sorted(sheet.covered) if sheet.covered[at].raw]
        if cells:
            owner = Owner(records[0].number if len(records) == 1 else None, None, "", None)
            listed = [f"{cell.address} ({cell.raw[:20]})" for cell in cells]
            self._remark("XLS019", owner, cells[0], _COVERED, listed)

    def _remark(
        self, rule: str, owner: Owner, cell: SheetCell, words: Text, listed: Sequence[str]
    ) -> None:
        en, ja = names_listed(listed)
        self.remarks.append(
            Remark(
                rule=rule,
                sheet=owner.sheet,
                kpi=owner.kpi,
                field=owner.field or None,
                year=owner.year,
                printed=cell.raw[:40],
                place=cell.place,
                detail=Text(en=f"{words.en}: {en}", ja=f"{words.ja}：{ja}"),
            )
        )


_UNSEEN: Final = Text(
    en="read as blank",
    ja="空欄として読み取りました",
)
UNCERTAIN: Final[dict[Doubt, Text]] = {
    "condition": Text(
        en="what the cells show depends on a conditional format that was not worked out",
        ja="条件付き書式による表示が判定できないため、読み取っていません",
    ),
    "scale": Text(
        en="not read, as their format prints some numbers in thousands and others as they are",
        ja="千単位の表示とそのままの表示が混ざる書式のため、読み取っていません",
    ),
    "covered": Text(
        en="not read, as a text box, shape or picture lies over the cells",
        ja="テキストボックス・図形・画像が重なっているため、読み取っていません",
    ),
    "narrow": Text(
        en="not read, as the column is too narrow and prints ####",
        ja="列の幅が足りず「####」と表示されるため、読み取っていません",
    ),
    "symbols": Text(
        en="not read, as their font prints symbols in the place of digits",
        ja="数字が記号で表示されるフォントのため、読み取っていません",
    ),
    "repeated": Text(
        en="not read, as their alignment repeats them over the width of the cell",
        ja="配置が「繰り返し」のため、読み取っていません",
    ),
    "formulas": Text(
        en="not read, as the worksheet shows formulas in the place of their results",
        ja="計算結果ではなく数式を表示する設定のため、読み取っていません",
    ),
    "outside": Text(
        en="not read, as they lie outside of the print area",
        ja="印刷範囲の外にあるため、読み取っていません",
    ),
}
_STRUCK: Final = Text(
    en="not read",
    ja="読み取っていません",
)
_MARKED: Final = Text(
    en="the figures were read without them",
    ja="これらの文字を除いて数値を読み取りました",
)
_COVERED: Final = Text(
    en="not read, though formulas count them",
    ja="読み取っていませんが、数式では計算の対象になります",
)


# --- figures and their cells


def _is_in_doubt(doubt: Doubt, holder: _Holder) -> bool:
    return holder.cell.uncertain == doubt


def _shown_of(holder: _Holder) -> str:
    """What a cell shows; beside a figure that was read without its marks, that one too."""
    text = holder.cell.text.strip()
    read = holder.figure.printed
    return f"{text} → {read}" if holder.cell.has_marks and read else text


def _holders(sheet: Worksheet, records: Iterable[Sheet], kpis: Iterable[Kpi]) -> Iterator[_Holder]:
    """The figures of records that have a cell on the worksheet."""
    figures = chain(map(figures_of_sheet, records), map(figures_of_kpi, kpis))
    for owner, figure in chain.from_iterable(figures):
        if (cell := cell_of(sheet, figure)) is not None:
            yield _Holder(owner, figure, cell)


def _prints_nothing(cell: SheetCell) -> bool:
    """Whether a cell holds a number other than 0 and shows none."""
    if cell.kind == "text":
        return not cell.is_seen
    return bool(cell.number) and not cell.text.strip()


def _held(figure: Figure) -> Decimal:
    """What a figure's cell holds; nothing where it is blank."""
    value = figure.value if figure.held is None else figure.held
    return Decimal(0) if value is None else value


def _adds_up(year: FiscalYear, *, printed: bool) -> bool | None:
    """Whether the sources add up to the total; None where a figure is no number."""
    if year.total_cost is None:
        return None
    figures = [year.total_cost, *year.funding.values()]
    if any(figure.state not in ("number", "blank", "dash") for figure in figures):
        return None
    if year.total_cost.value is None or len({figure.unit for figure in figures}) > 1:
        return None
    if printed:
        values = [figure.value or Decimal(0) for figure in figures]
    else:
        values = [_held(figure) for figure in figures]
    return values[0] == sum(values[1:], Decimal(0))


def _operands(cell: SheetCell, sheet: Worksheet) -> list[Decimal]:
    """The numbers that a formula names on its worksheet."""
    if cell.formula is None:
        return []
    cells = (sheet.stored(*at) for at in cells_named(cell.formula))
    return [value for named in cells if named is not None and (value := named.number) is not None]


# --- words


def _rounded(holders: Sequence[_Holder]) -> Remark:
    """One remark on all cells of the workbook that show another number than they hold."""
    # Where a sum is among them, the cause is what it adds.
    holders = sorted(holders, key=lambda holder: holder.cell.formula is not None)
    first = holders[0]
    owner, printed = first.owner, first.figure.printed
    if len(holders) == 1:
        held = first.figure.cached
        detail = Text(
            en=f"the cell shows {printed} but holds {held}; sums use what it holds",
            ja=f"セルの表示は {printed} ですが、実際の値は {held} です。"
            "合計には実際の値が使われます",
        )
    else:
        sheets = {holder.owner.sheet for holder in holders}
        kpis = {holder.owner.kpi for holder in holders}
        owner = Owner(
            owner.sheet if len(sheets) == 1 else None,
            owner.kpi if len(kpis) == 1 else None,
            "",
            None,
        )
        several = len({holder.cell.sheet for holder in holders}) > 1
        count = f"{len(holders):,}"
        examples = [_example(holder, several) for holder in holders]
        en, _ = names_listed([en for en, _ in examples])
        _, ja = names_listed([ja for _, ja in examples])
        detail = Text(
            en=f"{count} cells show other numbers than they hold; sums use what they hold: {en}",
            ja=f"{count}個のセルで表示と実際の値が異なります。合計には実際の値が使われます：{ja}",
        )
    return Remark(
        rule="XLS006",
        sheet=owner.sheet,
        kpi=owner.kpi,
        field=owner.field or None,
        year=owner.year,
        printed=printed,
        place=first.cell.place,
        detail=detail,
    )


def _example(holder: _Holder, several: bool) -> tuple[str, str]:
    """A cell with what it shows and what it holds."""
    where = holder.cell.address
    where = f"{holder.cell.sheet}!{where}" if several else where
    printed, held = holder.figure.printed, holder.figure.cached
    return f"{where} shows {printed}, holds {held}", f"{where} 表示 {printed}、値 {held}"
