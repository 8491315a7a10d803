"""What a workbook shows and what it holds: records have what is printed, and what they leave out
is reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule, FormulaRule, IconSetRule
from openpyxl.styles import Font, PatternFill

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.readers.source import Reading, Source
from auditor.readers.workbook import WorkbookReader
from auditor.readers.workbook.conditions import Blank, Condition, Content, Fault
from auditor.readers.workbook.looks import Change
from auditor.readers.workbook.number_formats import NumberFormat
from auditor.readers.workbook.xls import OldWorkbook
from auditor.records.addresses import Area
from auditor.records.figures import Figure
from auditor.testing.build import book
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    workbook_bytes,
    worksheets_of,
)

FORM: Final = load().forms["kushiro"]
AMOUNT: Final = '#,##0;"△ "#,##0'


def package() -> bytes:
    return workbook_bytes(worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout()))


def read(data: bytes) -> Reading:
    return WorkbookReader().read(Source("book.xlsx", data), FORM)


def changed(change: Callable[[Any], object]) -> bytes:
    """The book with its worksheet changed."""
    workbook = openpyxl.load_workbook(BytesIO(package()))
    change(workbook.active)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def amounts(reading: Reading) -> dict[str, Figure]:
    """The amounts of the sheet by their cells."""
    (sheet,) = reading.sheets
    figures = [figure for year in sheet.years.values() for _, figure in year.figure_items()]
    return {figure.place.cell: figure for figure in figures if figure.place and figure.place.cell}


CELLS: Final = sorted(
    cell for cell, figure in amounts(read(package())).items() if figure.value not in (None, 0)
)


@dataclass(frozen=True)
class Trick:
    """Something that is done to a cell; what it then prints (None for nothing, or for nothing
    that is sure), and the code that says so.
    """

    do: Callable[[Any], object]
    state: str
    rule: str


def _style(**values: Any) -> Callable[[Any], object]:
    def do(cell: Any) -> None:
        for name, value in values.items():
            setattr(cell, name, value)

    return do


def _condition(rule: Callable[[Any], Any]) -> Callable[[Any], object]:
    return lambda cell: cell.parent.conditional_formatting.add(cell.coordinate, rule(cell))


def _rich(cell: Any) -> None:
    cell.value = CellRichText(f"{cell.value}", TextBlock(InlineFont(vertAlign="superscript"), "1"))


def _struck_digit(cell: Any) -> None:
    cell.value = CellRichText(TextBlock(InlineFont(strike=True), "3"), f"{cell.value}")


WHITE: Final = Font(color="FFFFFFFF")
TRICKS: Final = {
    "format": Trick(_style(number_format=";;;"), "blank", "XLS016"),
    "white": Trick(_style(font=WHITE), "blank", "XLS016"),
    "theme": Trick(
        _style(font=Font(color=openpyxl.styles.colors.Color(theme=0))), "blank", "XLS016"
    ),
    "named": Trick(_style(number_format="[White]#,##0;[White]#,##0"), "blank", "XLS016"),
    "ground": Trick(
        _style(font=Font(color="FF336699"), fill=PatternFill("solid", fgColor="FF336699")),
        "blank",
        "XLS016",
    ),
    "tiny": Trick(_style(font=Font(sz=1)), "blank", "XLS016"),
    "condition": Trick(
        _condition(lambda cell: CellIsRule("notEqual", ["0"], font=WHITE)), "blank", "XLS016"
    ),
    "formula": Trick(
        _condition(lambda cell: FormulaRule([f"ISNUMBER({cell.coordinate})"], font=WHITE)),
        "blank",
        "XLS016",
    ),
    "unsure": Trick(
        _condition(lambda cell: FormulaRule(["COUNTIF(A:A,1)>0"], font=WHITE)),
        "unread",
        "XLS016",
    ),
    "icons": Trick(
        _condition(lambda cell: IconSetRule("3Arrows", "num", [0, 1, 2], showValue=False)),
        "blank",
        "XLS016",
    ),
    "struck": Trick(_style(font=Font(strike=True)), "unread", "XLS017"),
    "raised": Trick(_rich, "number", "XLS018"),
    "struck digit": Trick(_struck_digit, "number", "XLS018"),
}


@pytest.mark.parametrize("name", sorted(TRICKS))
@pytest.mark.parametrize("where", CELLS[:2] + CELLS[-1:])
def test_what_is_not_seen_is_no_figure_and_is_reported(name: str, where: str) -> None:
    trick = TRICKS[name]
    before = amounts(read(package()))[where]

    reading = read(changed(lambda sheet: trick.do(sheet[where])))

    figure = amounts(reading)[where]
    assert figure.state == trick.state
    assert figure.value == (before.value if trick.state == "number" else None)
    assert trick.rule in {remark.rule for remark in reading.remarks if remark.sheet == 1}


@pytest.mark.parametrize(
    "do",
    [
        _style(fill=PatternFill("solid", fgColor="FF000080"), font=WHITE),
        _condition(lambda cell: CellIsRule("equal", ["0"], font=WHITE)),
        _condition(lambda cell: FormulaRule([f"ISERROR({cell.coordinate})"], font=WHITE)),
        _condition(
            lambda cell: FormulaRule(["MOD(ROW(),2)=0"], fill=PatternFill(bgColor="FFFF00"))
        ),
        _style(number_format='[Red]#,##0;[Red]"△ "#,##0'),
    ],
)
def test_what_is_seen_stays_a_figure(do: Callable[[Any], object]) -> None:
    before, reading = amounts(read(package())), read(changed(lambda sheet: do(sheet[CELLS[0]])))

    assert amounts(reading)[CELLS[0]].value == before[CELLS[0]].value
    assert reading.remarks == ()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CELLS),
    st.decimals(min_value=-(10**7), max_value=10**7, places=3),
    st.sampled_from(
        [AMOUNT, "#,##0", "#,##0.0", "0.00", "#,##0,", "General", "#,##0_ ;[Red]-#,##0 "]
    ),
)
def test_a_figure_is_what_is_printed_and_keeps_what_is_held(
    where: str, held: Decimal, code: str
) -> None:
    def change(sheet: Any) -> None:
        sheet[where].value, sheet[where].number_format = held, code

    figure = amounts(read(changed(change)))[where]

    printed = NumberFormat(code).printed(held.normalize())
    assert figure.printed == printed.text.strip()
    assert figure.value == printed.value
    assert (figure.value if figure.held is None else figure.held) == printed.held


def test_a_contradiction_in_print_is_the_rules_and_says_what_is_held(tmp_path: Any) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(package())
    (sheet,) = read(package()).sheets
    key, year = next(
        (key, year)
        for key, year in sheet.years.items()
        if year.total_cost and year.total_cost.value
    )
    parts = [figure for figure in year.funding.values() if figure.value]
    assert year.total_cost and year.total_cost.place and parts[0].place

    def change(worksheet: Any) -> None:
        for figure in (year.total_cost, parts[0]):
            assert figure and figure.place and figure.value is not None
            worksheet[figure.place.cell].value = figure.value + Decimal(
                "0.5" if figure is year.total_cost else "0.4"
            )

    path.write_bytes(changed(change))
    session = load()
    books = read_documents([path], forms=session.forms, readers=session.readers).books
    report = audit(books, session.rules, session.forms)
    findings = [finding for finding in report.findings if finding.year == key]

    (finding,) = [finding for finding in findings if finding.rule == "FND001"]
    assert f"{year.total_cost.value + Decimal('0.5'):,f}" in finding.message.en
    assert "the cells hold" in finding.message.en and "セルの値は" in finding.message.ja


def test_held_figures_that_alone_disagree_are_one_note() -> None:
    def change(worksheet: Any) -> None:
        for cell in CELLS:
            if worksheet[cell].value is not None:
                worksheet[cell].value = Decimal(worksheet[cell].value) + Decimal("0.3")

    reading = read(changed(change))

    rules = [remark.rule for remark in reading.remarks]
    assert rules.count("XLS006") == 1 and rules.count("XLS020") == 1
    assert amounts(reading)[CELLS[0]].value == amounts(read(package()))[CELLS[0]].value


@pytest.mark.parametrize("off", ["1e-10", "-2.8e-14", "4.66e-11"])
def test_what_a_binary_number_is_off_by_is_not_reported(off: str) -> None:
    def change(worksheet: Any) -> None:
        cell = worksheet[CELLS[0]]
        cell.value = float(Decimal(cell.value) + Decimal(off))

    reading = read(changed(change))

    assert reading.remarks == ()
    assert amounts(reading)[CELLS[0]].value == amounts(read(package()))[CELLS[0]].value


def test_values_under_a_merge_are_no_figures_labels_or_texts() -> None:
    worksheets = worksheets_of(book(1, form=FORM, kpis=0), FORM, Layout(value_width=3))
    before = amounts(read(workbook_bytes(worksheets)))
    (worksheet,) = worksheets
    under = 0
    for top, left, bottom, right in list(worksheet.merges):
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    worksheet.cells[row, column] = PlainCell(55_555 if under % 2 else "事業費")
                    under += 1
    assert under

    reading = read(workbook_bytes(worksheets))

    assert {cell: figure.value for cell, figure in amounts(reading).items()} == {
        cell: figure.value for cell, figure in before.items()
    }
    assert [remark.rule for remark in reading.remarks] == ["XLS019"]


def test_zeros_that_a_worksheet_does_not_show_are_blank() -> None:
    def change(worksheet: Any) -> None:
        worksheet[CELLS[0]].value = 0
        worksheet.sheet_view.showZeros = False

    reading = read(changed(change))

    figure = amounts(reading)[CELLS[0]]
    assert (figure.state, figure.value, figure.held) == ("blank", None, 0)
    assert reading.remarks == ()


@pytest.mark.parametrize("text", ["\u200b", "\ufeff \u00ad", "\u3000\u200b"])
def test_a_cell_that_looks_blank_is_blank(text: str) -> None:
    def change(worksheet: Any) -> None:
        worksheet[CELLS[0]].value = text

    figure = amounts(read(changed(change)))[CELLS[0]]

    assert (figure.state, figure.printed) == ("blank", "")


@pytest.mark.parametrize("code", ["mmm-yy", "d-mmm", "h:mm", "[h]:mm", "0.00E+00", "# ?/?"])
def test_days_times_and_powers_are_no_figures(code: str) -> None:
    def change(worksheet: Any) -> None:
        worksheet[CELLS[0]].number_format = code

    reading = read(changed(change))

    assert amounts(reading)[CELLS[0]].state == "text"
    assert "RD001" in {remark.rule for remark in reading.remarks}


def test_people_are_no_money() -> None:
    def change(worksheet: Any) -> None:
        worksheet[CELLS[0]].value = "4,000人"

    reading = read(changed(change))

    assert amounts(reading)[CELLS[0]].state == "text"
    assert "RD001" in {remark.rule for remark in reading.remarks}


# Tables of indicators.

HEADER: Final = ("交付対象事業の名称", "指標", "指標値", "単位", "年月", "R4年度", "R5年度")


def kpi_table(actual: PlainCell, due: PlainCell) -> bytes:
    sheet = PlainWorksheet("KPI")
    sheet.put(1, 1, "令和5年度")
    row = ("移住促進事業", "移住者数", 2300, "人", due, 2100, actual)
    for column, (label, value) in enumerate(zip(HEADER, row, strict=True), 1):
        sheet.put(2, column, label)
        sheet.cells[3, column] = value if isinstance(value, PlainCell) else PlainCell(value)
    return workbook_bytes([sheet])


@pytest.mark.parametrize("code", ["mmm-yy", "d-mmm", "yyyy/m/d", "m/d/yy", "[$-411]ge.m"])
def test_a_month_is_read_whatever_format_shows_it(code: str) -> None:
    due = PlainCell(45352, number_format=code)

    (kpi,) = read(kpi_table(PlainCell(2300), due)).kpis

    assert kpi.due == "2024-03"


def test_an_indicators_rounded_figure_is_reported() -> None:
    rounded = PlainCell(Decimal("2299.6"), number_format="#,##0")

    reading = read(kpi_table(rounded, PlainCell("R6.3")))

    (kpi,) = reading.kpis
    figure = kpi.actuals["2023"]
    assert (figure.value, figure.held, figure.printed) == (2300, Decimal("2299.6"), "2,300")
    assert [(remark.rule, remark.kpi) for remark in reading.remarks] == [("XLS006", 1)]


# Conditions.

_SIGNS: Final = {
    "equal": lambda a, b: a == b,
    "notEqual": lambda a, b: a != b,
    "lessThan": lambda a, b: a < b,
    "lessThanOrEqual": lambda a, b: a <= b,
    "greaterThan": lambda a, b: a > b,
    "greaterThanOrEqual": lambda a, b: a >= b,
}
_WRITTEN: Final = dict(zip(_SIGNS, ("=", "<>", "<", "<=", ">", ">="), strict=True))
_NUMBERS: Final = st.integers(-5, 5).map(Decimal)


@given(_NUMBERS, _NUMBERS, st.sampled_from(sorted(_SIGNS)))
def test_comparisons_are_worked_out(cell: Decimal, limit: Decimal, operator: str) -> None:
    areas = [Area(5, 2, 9, 2)]
    cells = {(7, 2): cell, (7, 3): limit, (1, 1): limit}

    def content(row: int, column: int) -> Content:
        return cells.get((row, column), Blank())

    expected = _SIGNS[operator](cell, limit)
    sign = _WRITTEN[operator]
    for formula in (f"{limit}", "C5", "$A$1", f"0+({limit})"):
        rule = Condition(areas, "cellIs", 1, Change(), operator, formulas=[[formula]])
        assert rule.holds(7, 2, content) is expected
    for formula in (f"B5{sign}{limit}", f"AND(B5{sign}C5,TRUE)", f"NOT(NOT(B5{sign}$A$1))"):
        rule = Condition(areas, "expression", 1, Change(), formulas=[[formula]])
        assert rule.holds(7, 2, content) is expected


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("containsErrors", Fault(), True),
        ("containsErrors", Decimal(1), False),
        ("containsBlanks", Decimal(0), False),
        ("notContainsBlanks", Decimal(0), True),
        ("top10", Decimal(1), None),
        ("expression", Decimal(1), None),
    ],
)
def test_other_conditions_hold_or_are_not_known(
    kind: str, content: Content, expected: bool | None
) -> None:
    rule = Condition([Area(1, 1, 1, 1)], kind, 1, Change(), formulas=[["SUM(A1:A9)>TODAY()"]])

    assert rule.holds(1, 1, lambda row, column: content) is expected


@given(st.text(max_size=30))
def test_no_formula_of_a_condition_fails(formula: str) -> None:
    rule = Condition([Area(1, 1, 1, 1)], "expression", 1, Change(), formulas=[[formula]])

    assert rule.holds(1, 1, lambda row, column: Decimal(1)) in (True, False, None)


# The old kind.


def old_workbook(value: object, *, font: Any, runs: Any = (), kind: int = 2) -> OldWorkbook:
    """A workbook as xlrd gives it, with one cell."""
    workbook = object.__new__(OldWorkbook)
    plain = SimpleNamespace(struck_out=0, escapement=0, colour_index=8, height=220)
    raised = SimpleNamespace(struck_out=0, escapement=1, colour_index=8, height=220)
    ground = SimpleNamespace(fill_pattern=0, pattern_colour_index=64)
    upright = SimpleNamespace(shrink_to_fit=0, rotation=0)
    workbook.book = SimpleNamespace(
        biff_version=0,
        xf_list=[SimpleNamespace(font_index=0, background=ground, format_key=0, alignment=upright)],
        font_list=[font or plain, plain, raised],
        colour_map={8: (0, 0, 0), 9: (255, 255, 255)},
        format_map={0: SimpleNamespace(format_str="#,##0")},
        datemode=0,
    )
    workbook._looks = {}
    cell = SimpleNamespace(ctype=kind, value=value, xf_index=0)
    workbook.sheet = SimpleNamespace(  # type: ignore[attr-defined]
        nrows=1,
        row_len=lambda row: 1,
        cell=lambda row, column: cell,
        rich_text_runlist_map={(0, 0): list(runs)} if runs else {},
        rowinfo_map={},
        colinfo_map={},
        merged_cells=[],
        show_zero_values=1,
    )
    return workbook


@pytest.mark.parametrize(
    ("changes", "state"),
    [({}, "number"), ({"colour_index": 9}, "blank"), ({"struck_out": 1}, "unread")],
)
def test_the_old_kind_tells_colours_and_strikes(changes: dict[str, int], state: str) -> None:
    usual = {"struck_out": 0, "escapement": 0, "colour_index": 8, "height": 220}
    workbook = old_workbook(4000.4, font=SimpleNamespace(**{**usual, **changes}))
    entry = SimpleNamespace(name="A", part="0", visibility="visible")

    cell = workbook._worksheet(entry, workbook.sheet).cells[1, 1]  # type: ignore[arg-type,attr-defined]

    figure = cell.figure("千円", ())
    assert figure.state == state
    assert figure.held == Decimal("4000.4")


def test_the_old_kind_tells_raised_characters() -> None:
    workbook = old_workbook("4001", font=None, runs=[(3, 2)], kind=1)
    entry = SimpleNamespace(name="A", part="0", visibility="visible")

    cell = workbook._worksheet(entry, workbook.sheet).cells[1, 1]  # type: ignore[arg-type,attr-defined]

    assert (cell.text, cell.figure("千円", ()).value) == ("4001", 400)


@pytest.mark.parametrize("code", ['#,##0"1"', "0.00E+00", "[DBNum1]0"])
def test_a_number_of_a_table_that_prints_as_no_figure_is_reported(code: str) -> None:
    workbook = openpyxl.load_workbook("tests/documents/workbooks/kushiro-kpi.xlsx")
    before = read(Path("tests/documents/workbooks/kushiro-kpi.xlsx").read_bytes()).kpis[0].target
    assert before.place is not None and before.place.sheet is not None
    workbook[before.place.sheet][before.place.cell].number_format = code
    out = BytesIO()
    workbook.save(out)

    reading = read(out.getvalue())

    assert reading.kpis[0].target.state == "text"
    (remark,) = [remark for remark in reading.remarks if remark.rule == "RD001"]
    assert (remark.kpi, remark.field, remark.place) == (1, "target", before.place)
