"""The checks that only a workbook allows, each on a small worksheet made for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.readers.source import Source
from auditor.readers.workbook import WorkbookReader
from auditor.readers.workbook.references import added, shifted
from auditor.records.addresses import address, parse_address
from auditor.records.model import Remark
from auditor.testing.build import book
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    with_part_of,
    workbook_bytes,
    worksheets_of,
)

FORM = load().forms["kushiro"]


def number(value: int | str, formula: str | None = None) -> PlainCell:
    return PlainCell(Decimal(value), formula)


def remarks(*worksheets: PlainWorksheet) -> list[Remark]:
    """What is said of worksheets beside one with a sheet of the form."""
    sheets = [*worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout()), *worksheets]
    reading = WorkbookReader().read(Source("book.xlsx", workbook_bytes(sheets)), FORM)
    return [remark for remark in reading.remarks if remark.rule != "XLS009"]


def told(*worksheets: PlainWorksheet) -> list[tuple[str, str, str]]:
    return [
        (remark.rule, remark.place.sheet or "", remark.place.cell or "")
        for remark in remarks(*worksheets)
        if remark.place
    ]


def column(
    total: PlainCell, *parts: PlainCell, name: str = "集計", **more: set[int]
) -> PlainWorksheet:
    """Parts from B2 down, and the total under them."""
    cells = {(row, 2): cell for row, cell in enumerate((*parts, total), 2)}
    return PlainWorksheet(name, cells, **more)  # type: ignore[arg-type]


def test_a_right_sum_is_passed_over() -> None:
    assert told(column(number(6, "SUM(B2:B4)"), number(1), number(2), number(3))) == []


@pytest.mark.parametrize("text", ["2", "△ 2", "２", "1,234", "(2)"])
def test_a_number_stored_as_text_is_skipped_by_its_sum(text: str) -> None:
    sheet = column(number(4, "SUM(B2:B4)"), number(1), PlainCell(text), number(3))

    assert told(sheet) == [("XLS001", "集計", "B3")]


def test_sums_over_worksheets_skip_text_too() -> None:
    parts = [column(number(1, "SUM(B2)"), number(1), name=name) for name in ("一", "二", "三")]
    parts[1].cells[2, 2] = PlainCell("1")
    parts[1].cells[3, 2] = number(0, "SUM(B2)")
    total = PlainWorksheet(
        "計", {(1, 1): number(2, "SUM(一:三!B2)"), (2, 1): number(1, "SUM('一'!B2)")}
    )

    found = remarks(*parts, total)
    assert [(remark.rule, remark.place and remark.place.sheet) for remark in found] == [
        ("XLS001", "二")
    ]


def test_dashes_and_words_are_no_numbers() -> None:
    assert (
        told(
            column(number(4, "SUM(B2:B5)"), number(1), PlainCell("-"), PlainCell("未定"), number(3))
        )
        == []
    )


@pytest.mark.parametrize(
    ("formula", "value", "missed"),
    [
        ("SUM(B2:B3)", 3, "B4"),
        ("SUM(B3:B4)", 5, "B2"),
        ("SUM(B2:B4)+B3", 8, "B3"),
        ("SUM(B2:B4,B4)", 9, "B4"),
        ("SUM(B2:B4,B2:B3)", 9, "B2"),
    ],
)
def test_a_range_that_misses_or_doubles_a_row(formula: str, value: int, missed: str) -> None:
    found = remarks(column(number(value, formula), number(1), number(2), number(3)))

    assert [remark.rule for remark in found] == ["XLS002"]
    assert found[0].detail is not None
    assert missed in found[0].detail.en
    assert missed in found[0].detail.ja


def test_a_total_that_adds_its_subtotal() -> None:
    sheet = column(
        number(9, "SUM(B2:B5)"), number(1), number(2), number(3, "SUM(B2:B3)"), number(3)
    )

    assert told(sheet) == [("XLS002", "集計", "B6")]


def test_a_constant_between_equal_formulas() -> None:
    cells = {(1, c): number(c) for c in range(1, 6)} | {
        (2, c): number(2 * c, f"{chr(64 + c)}1*2") for c in range(1, 6)
    }
    cells[2, 3] = number(7)

    assert told(PlainWorksheet("倍", cells)) == [("XLS003", "倍", "C2")]


def test_errors_of_a_worksheet_are_listed_together() -> None:
    cells = {(row, 1): PlainCell("#REF!", "X1", error=True) for row in range(1, 10)}
    found = remarks(PlainWorksheet("誤", cells))

    assert [remark.rule for remark in found] == ["XLS004"]
    assert found[0].detail is not None
    assert "4 more" in found[0].detail.en


def test_hidden_rows_in_a_sum() -> None:
    shown = column(number(6, "SUM(B2:B4)"), number(1), number(2), number(3), hidden_rows={3})
    blank = column(
        number(4, "SUM(B2:B4)"), number(1), number(0), number(3), name="零", hidden_rows={3}
    )

    assert told(shown, blank) == [("XLS007", "集計", "B5")]


def test_a_stored_result_that_is_old() -> None:
    assert told(column(number(5, "SUM(B2:B4)"), number(1), number(2), number(3))) == [
        ("XLS010", "集計", "B5")
    ]
    assert (
        told(
            column(
                number("0.6", "SUM(B2:B4)"),
                number("0.1"),
                number("0.2"),
                number("0.30000000000000004"),
            )
        )
        == []
    )


def test_a_block_of_the_form_leaves_out_a_source() -> None:
    made = book(1, form=FORM, kpis=0, seed=3)
    sheets = worksheets_of(made, FORM, Layout())
    reading = WorkbookReader().read(Source("book.xlsx", workbook_bytes(sheets)), FORM)
    total = reading.sheets[0].years["2024"].total_cost
    parts = [
        figure.place.cell
        for figure in reading.sheets[0].years["2024"].funding.values()
        if figure.place and figure.place.cell
    ]
    assert total is not None and total.place is not None and total.place.cell is not None
    row, col = int(total.place.cell[1:]), ord(total.place.cell[0]) - 64
    value = sheets[0].cells[row, col].value
    for formula, codes in (
        (f"SUM({parts[0]}:{parts[-1]})", set()),
        (f"SUM({parts[0]}:{parts[-2]})", {"XLS002"}),
    ):
        sheets[0].cells[row, col] = PlainCell(value, formula)
        again = WorkbookReader().read(Source("book.xlsx", workbook_bytes(sheets)), FORM)
        assert {remark.rule for remark in again.remarks} - {"XLS010"} == codes


def test_formulas_that_do_nothing_but_add() -> None:
    assert added("SUM(D5:D9)+D11") is not None
    assert added("+D5+$D$6") is not None
    assert added("SUM(D5:D9)*2") is None
    assert added("ROUND(SUM(D5:D9),0)") is None
    assert added("D5-D6") is None


def test_a_formula_filled_to_another_cell() -> None:
    assert shifted("SUM(D5:D$9)+$E1*'表 1'!F2&\"D5\"", 1, 2) == "SUM(F6:F$9)+$E2*'表 1'!H3&\"D5\""
    assert shifted("A1", -1, 0) == "#REF!"


@pytest.mark.parametrize(
    ("formula", "stored", "stale"),
    [
        ("別!B2", 7, False),
        ("別!B2", 8, True),
        ("B2+B3-'別'!B2", -4, False),
        ("B2+B3-'別'!B2", 4, True),
        ("SUBTOTAL(9,B2:B4)", 6, False),
        ("SUBTOTAL(109,B2:B4)", 5, True),
        ("ROUND(SUM(B2:B4)/4,0)", 2, False),
        ("ROUNDDOWN(SUM(B2:B4)/4,0)", 2, True),
        ("SUM(集計:別!B2)", 8, False),
    ],
)
def test_one_step_over_stored_values(formula: str, stored: int, stale: bool) -> None:
    parts = column(number(stored, formula), number(1), number(2), number(3))
    other = PlainWorksheet("別", {(2, 2): number(7)})

    assert told(parts, other) == ([("XLS010", "集計", "B5")] if stale else [])


def test_a_stale_result_is_reported_where_it_is_and_not_above() -> None:
    sheet = column(number(4, "SUM(B2:B4)"), number(1), number(2), number(3))
    sheet.cells[6, 2], sheet.cells[7, 2] = number(4, "B5"), number(40, "B6*10")

    assert told(sheet) == [("XLS010", "集計", "B5")]


def test_numbers_of_a_stale_result_are_as_they_print() -> None:
    sheet = column(
        PlainCell(Decimal("8030.0"), "SUM(B2:B3)", "#,##0"), number(4000), number("4030.2")
    )
    sheet.cells[5, 2] = PlainCell(Decimal("-5"), "B2*-1", '#,##0;"△ "#,##0')
    messages = [remark.detail.en for remark in remarks(sheet) if remark.detail]

    assert "gives 8,030.2, but 8,030 is stored" in messages[0]
    assert "gives △ 4,000, but △ 5 is stored" in messages[1]


def test_formulas_that_need_their_own_result() -> None:
    own = column(number(0, "SUM(B2:B5)"), number(1), number(2), number(3))
    others = PlainWorksheet(
        "輪",
        {
            (1, 1): number(1, "B1+1"),
            (1, 2): number(5, "C1+集計!B2"),
            (1, 3): number(9, "A1"),
            (2, 1): number(1, "A1"),
        },
    )

    assert told(own, others) == [("XLS011", "集計", "B5"), ("XLS011", "輪", "A1")]


def test_figures_from_another_file() -> None:
    cells = {
        (1, 1): number(1, "[1]予算!A1"),
        (2, 1): number(1, "'[2]予算 6'!A1+1"),
        (3, 1): PlainCell("[1]予算!A1", '"[1]予算!A1"'),
        (4, 1): number(1, "SUM(表[令和6])"),
        (5, 1): number(1, r"'C:\a\[決算.xlsx]歳出'!B2"),
    }
    found = [remark for remark in remarks(PlainWorksheet("外", cells)) if remark.rule == "XLS012"]

    assert len(found) == 1
    assert found[0].detail is not None
    assert found[0].detail.en == "A1, A2, A5: taken from another file (1, 2, 決算.xlsx)"


def test_a_sum_that_leaves_out_an_empty_row_is_right_today() -> None:
    made = book(1, form=FORM, kpis=0, seed=3)
    sheet = worksheets_of(made, FORM, Layout())[0]
    reading = WorkbookReader().read(Source("book.xlsx", workbook_bytes([sheet])), FORM)
    year = reading.sheets[0].years["2024"]
    parts = [figure.place.cell for figure in year.funding.values() if figure.place]
    assert year.total_cost is not None
    assert year.total_cost.place is not None
    at, last = parse_address(year.total_cost.place.cell or ""), parse_address(parts[-1] or "")
    assert at is not None
    assert last is not None
    value = sheet.cells[at].value
    assert isinstance(value, Decimal)
    for content, rule in (
        (None, "XLS013"),
        (PlainCell("-"), "XLS013"),
        (number(0), "XLS013"),
        (number(5), "XLS002"),
        (PlainCell("5"), "XLS002"),
    ):
        sheet.cells.pop(last, None)
        if content is not None:
            sheet.cells[last] = content
        sheet.cells[at] = PlainCell(value, f"SUM({parts[0]}:{parts[-2]})")
        again = WorkbookReader().read(Source("book.xlsx", workbook_bytes([sheet])), FORM)
        assert {remark.rule for remark in again.remarks} & {"XLS002", "XLS013"} == {rule}


def test_what_was_not_recomputed_is_counted_once() -> None:
    cells = {(row, 1): number(row, "IF(B1>0,1,2)") for row in range(1, 8)}
    cells[8, 1] = number(0, "SUM(B1:B3)")
    found = remarks(PlainWorksheet("式", cells))

    assert [remark.rule for remark in found] == ["XLS015"]
    assert found[0].detail is not None
    assert found[0].detail.en == "7 of 8 formulas: 式!A1, 式!A2, 式!A3, 式!A4, 式!A5 and 2 more"


def test_a_workbook_that_rounds_as_shown_is_not_recomputed() -> None:
    sheets = [
        *worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout()),
        column(number(5, "SUM(B2:B4)"), number(1), number(2), number(3)),
    ]
    data = with_part_of(
        workbook_bytes(sheets),
        "xl/workbook.xml",
        lambda part: part.replace(b"</sheets>", b'</sheets><calcPr fullPrecision="0"/>'),
    )
    rules = [remark.rule for remark in WorkbookReader().read(Source("a.xlsx", data), FORM).remarks]

    assert "XLS010" not in rules
    assert "XLS015" in rules


# Evidence: what a remark tells of the cell that is wrong.


@dataclass
class Block:
    """A worksheet with a sheet of the form, and the cells of its last column but one."""

    sheet: PlainWorksheet
    total: tuple[int, int]
    parts: dict[str, tuple[int, int]]

    @property
    def sum(self) -> str:
        """The formula that adds all parts."""
        rows = list(self.parts.values())
        return f"SUM({address(*rows[0])}:{address(*rows[-1])})"

    def put(self, values: Sequence[int], stored: int, formula: str) -> None:
        """Typed parts under a total with a formula and a stored result."""
        for at, value in zip(self.parts.values(), values, strict=True):
            self.sheet.cells[at] = number(value)
        self.sheet.cells[self.total] = number(stored, formula)

    def remark(self, *rules: str) -> Remark:
        """The only remark of some rules."""
        reading = WorkbookReader().read(Source("book.xlsx", workbook_bytes([self.sheet])), FORM)
        (remark,) = (remark for remark in reading.remarks if remark.rule in rules)
        assert remark.sheet == 1
        assert remark.year == "2024"
        return remark


@lru_cache(maxsize=1)
def _where() -> tuple[tuple[int, int], dict[str, tuple[int, int]]]:
    """Where a sheet of the form has the total of 2024, and its parts."""
    reading = WorkbookReader().read(Source("book.xlsx", workbook_bytes([_plain_sheet()])), FORM)
    places = {
        name: parse_address(figure.place.cell)
        for name, figure in reading.sheets[0].years["2024"].figure_items()
        if figure.place and figure.place.cell
    }
    parts = {name: at for name, at in places.items() if at and name.startswith("funding.")}
    total = places["total_cost"]
    assert total is not None
    return total, parts


def _plain_sheet() -> PlainWorksheet:
    return worksheets_of(book(1, form=FORM, kpis=0, seed=3), FORM, Layout())[0]


def block() -> Block:
    return Block(_plain_sheet(), *_where())


AMOUNTS = st.lists(st.integers(1, 999_999), min_size=5, max_size=5)


@given(AMOUNTS, st.integers(0, 4), st.booleans())
def test_a_part_stored_as_text_names_the_result_that_it_should_have_had(
    amounts: list[int], index: int, negative: bool
) -> None:
    made = block()
    part = -amounts[index] if negative else amounts[index]
    made.put(amounts, sum(amounts) - amounts[index], made.sum)
    name = list(made.parts)[index]
    made.sheet.cells[made.parts[name]] = PlainCell(f"{'△ ' if negative else ''}{abs(part):,}")

    remark = made.remark("XLS001")

    assert (remark.evidence, remark.field, remark.recomputed) == ("text", name, None)
    assert [(cell.field, cell.year, cell.recomputed) for cell in remark.cells] == [
        ("total_cost", "2024", sum(amounts) - amounts[index] + part)
    ]


@given(AMOUNTS, st.sampled_from(["first", "last"]))
def test_a_sum_that_misses_an_end_is_worked_out_in_full(amounts: list[int], end: str) -> None:
    made = block()
    rows = [address(*at) for at in made.parts.values()]
    missed, formula = (0, f"SUM({rows[1]}:{rows[-1]})")
    if end == "last":
        missed, formula = (len(rows) - 1, f"SUM({rows[0]}:{rows[-2]})")
    made.put(amounts, sum(amounts) - amounts[missed], formula)

    remark = made.remark("XLS002")

    assert (remark.evidence, remark.field) == ("left_out", "total_cost")
    assert remark.recomputed == sum(amounts)
    assert [cell.field for cell in remark.cells] == [list(made.parts)[missed]]


@given(AMOUNTS, st.integers(0, 4))
def test_a_part_counted_twice_is_taken_out_once(amounts: list[int], index: int) -> None:
    made = block()
    name, at = list(made.parts.items())[index]
    made.put(amounts, sum(amounts) + amounts[index], f"{made.sum}+{address(*at)}")

    remark = made.remark("XLS002")

    assert (remark.evidence, remark.field) == ("counted_twice", "total_cost")
    assert remark.recomputed == sum(amounts)
    assert [cell.field for cell in remark.cells] == [name]


@given(AMOUNTS, st.integers(-999_999, 999_999).filter(bool))
def test_a_stale_result_is_worked_out_anew(amounts: list[int], off: int) -> None:
    made = block()
    made.put(amounts, sum(amounts) + off, made.sum)

    remark = made.remark("XLS010")

    assert (remark.evidence, remark.field) == ("stale", "total_cost")
    assert remark.recomputed == sum(amounts)


def test_a_number_over_a_formula_has_the_result_of_its_neighbours_formula() -> None:
    made = block()
    column = made.total[1]
    step = next(
        other - column
        for other in range(column + 1, column + 10)
        if isinstance(made.sheet.cells.get((made.total[0], other), PlainCell()).value, Decimal)
    )
    typed: Final = 4_321
    for shift in (-step, 0, step):
        for at in made.parts.values():
            made.sheet.cells[at[0], at[1] + shift] = number(100)
        top, bottom = (address(at[0], at[1] + shift) for at in _ends(made))
        total = number(500, f"SUM({top}:{bottom})") if shift else number(typed)
        made.sheet.cells[made.total[0], column + shift] = total

    remark = made.remark("XLS003")

    assert (remark.evidence, remark.field) == ("typed_over", "total_cost")
    assert remark.printed == str(typed)
    assert remark.recomputed == 500


def _ends(made: Block) -> tuple[tuple[int, int], tuple[int, int]]:
    rows = list(made.parts.values())
    return rows[0], rows[-1]


def test_text_and_a_missed_row_are_put_right_together() -> None:
    made = block()
    rows = [address(*at) for at in made.parts.values()]
    made.put([1, 2, 4, 8, 16], 12, f"SUM({rows[1]}:{rows[-1]})")
    made.sheet.cells[list(made.parts.values())[1]] = PlainCell("△ 2")
    made.sheet.cells[list(made.parts.values())[4]] = PlainCell("16")

    assert made.remark("XLS002").recomputed == 1 - 2 + 4 + 8 + 16
