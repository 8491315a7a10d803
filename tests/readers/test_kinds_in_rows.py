"""Sheets whose kinds of columns stand in rows: under each figure, before a block of figures, or
with the years down the rows. What was written is read back, each figure from its own cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Sheet
from tests.documents.either_kind import Kind, document_bytes
from tests.documents.workbook_writer import PlainWorksheet

SESSION: Final = load()
HEAD: Final = """
name = "made"
title = { ja = "様式", en = "form" }
unit = "千円"
units = { "円" = 1, "千円" = 1000, "%" = 1 }
evaluated = [0]
"""
LABELS: Final = """
[labels]
title = "年度 事業評価表"
name = "事業名"
"""
FIGURES: Final = {
    "total_cost": "事業費",
    "funding.national": "国庫支出金",
    "funding.local_bonds": "市債",
    "funding.general_revenue": "一般財源",
}
KINDS: Final = {"budgeted": "予算額", "settled": "決算額", "planned": "計画額"}
RATE: Final = "執行率"
YEAR: Final = 2024

Arrangement = Literal[
    "under",
    "unmerged",
    "before",
    "before unmerged",
    "year rows",
    "years unmerged",
    "one cell",
    "columns",
]
ARRANGEMENTS: Final[tuple[Arrangement, ...]] = (
    "under",
    "unmerged",
    "before",
    "before unmerged",
    "year rows",
    "years unmerged",
    "one cell",
    "columns",
)
ROWS_OF_YEARS: Final = ("year rows", "years unmerged", "one cell")


@dataclass(frozen=True)
class Drawn:
    """A sheet to be written: its figures by name, kind and year."""

    figures: tuple[str, ...]
    kinds: tuple[str, ...]
    offsets: tuple[int, ...]
    rates: bool
    arrangement: Arrangement
    by_kind: bool
    """Whether the rows of years are in the order of their kinds."""
    values: dict[tuple[str, str, int], int]

    @property
    def rows(self) -> list[tuple[str, int]]:
        """The kinds and offsets of rows of years."""
        pairs = [(kind, offset) for offset in self.offsets for kind in self.kinds]
        return sorted(pairs, key=lambda pair: self.kinds.index(pair[0])) if self.by_kind else pairs


@st.composite
def sheets(draw: st.DrawFn) -> Drawn:
    figures = draw(st.lists(st.sampled_from(sorted(FIGURES)), min_size=1, unique=True))
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=3, unique=True))
    first = draw(st.integers(-3, 0))
    offsets = tuple(range(first, first + draw(st.integers(2, 4))))
    cells = [(name, kind, offset) for name in figures for kind in kinds for offset in offsets]
    numbers = st.lists(
        st.integers(1, 99_999), min_size=len(cells), max_size=len(cells), unique=True
    )
    arrangement = draw(st.sampled_from(ARRANGEMENTS))
    return Drawn(
        tuple(figures),
        tuple(kinds),
        offsets,
        draw(st.booleans()) and arrangement in ("under", "unmerged"),
        arrangement,
        draw(st.booleans()) and arrangement in ("year rows", "one cell"),
        dict(zip(cells, draw(numbers), strict=True)),
    )


def form_of(drawn: Drawn, folder: Path) -> Form:
    columns = [
        f'[[columns]]\noffset = {offset}\nkind = "{kind}"\nlabel = "{KINDS[kind]}"'
        for offset in drawn.offsets
        for kind in drawn.kinds
    ]
    fields = [f'[fields.{name}]\nlabel = "{FIGURES[name]}"' for name in drawn.figures]
    if drawn.rates:
        fields += [
            f'[fields.rate_{index}]\neach = "year"\nunit = "%"\nlabel = "{FIGURES[name]} {RATE}"'
            f'\ncolumns = ["{drawn.kinds[0]}"]'
            for index, name in enumerate(drawn.figures)
        ]
    path = folder / "made.toml"
    path.write_text("\n".join([HEAD, *columns, LABELS, *fields]), encoding="utf-8")
    return load_form(path)


def worksheet_of(drawn: Drawn) -> PlainWorksheet:
    worksheet = PlainWorksheet("シート")
    worksheet.put(1, 1, fiscal_year_in_words(YEAR) + "　事業評価表", columns=5)
    worksheet.put(2, 1, "事業名", columns=2)
    worksheet.put(2, 3, "道路維持事業", columns=3)
    if drawn.arrangement in ROWS_OF_YEARS:
        _write_rows_of_years(worksheet, drawn)
        return worksheet
    if drawn.arrangement == "columns":
        _write_columns_of_kinds(worksheet, drawn)
        return worksheet
    for index, offset in enumerate(drawn.offsets):
        worksheet.put(4, 3 + index, fiscal_year_in_words(YEAR + offset))
    if drawn.arrangement.startswith("before"):
        _write_kinds_before(worksheet, drawn)
    else:
        _write_kinds_under(worksheet, drawn)
    return worksheet


def _write_kinds_under(worksheet: PlainWorksheet, drawn: Drawn) -> None:
    row = 5
    for at, name in enumerate(drawn.figures):
        height = len(drawn.kinds) + drawn.rates
        merged = height if drawn.arrangement == "under" else 1
        worksheet.put(row, 1, FIGURES[name], rows=merged)
        for kind in drawn.kinds:
            worksheet.put(row, 2, KINDS[kind])
            _write_years(worksheet, drawn, row, name, kind)
            row += 1
        if drawn.rates:
            worksheet.put(row, 2, RATE)
            for index, _ in enumerate(drawn.offsets):
                worksheet.put(row, 3 + index, 10 * at + index)
            row += 1


def _write_kinds_before(worksheet: PlainWorksheet, drawn: Drawn) -> None:
    row = 5
    for kind in drawn.kinds:
        merged = len(drawn.figures) if drawn.arrangement == "before" else 1
        worksheet.put(row, 1, KINDS[kind], rows=merged)
        for name in drawn.figures:
            worksheet.put(row, 2, FIGURES[name])
            _write_years(worksheet, drawn, row, name, kind)
            row += 1


def _write_years(worksheet: PlainWorksheet, drawn: Drawn, row: int, name: str, kind: str) -> None:
    for index, offset in enumerate(drawn.offsets):
        worksheet.put(row, 3 + index, drawn.values[name, kind, offset])


def _write_rows_of_years(worksheet: PlainWorksheet, drawn: Drawn) -> None:
    for index, name in enumerate(drawn.figures):
        worksheet.put(4, 3 + index, FIGURES[name])
    for row, (kind, offset) in enumerate(drawn.rows, 5):
        year = fiscal_year_in_words(YEAR + offset)
        if drawn.arrangement == "one cell":
            worksheet.put(row, 1, f"{year}　{KINDS[kind]}", columns=2)
        else:
            if drawn.arrangement == "year rows" or kind == drawn.kinds[0]:
                worksheet.put(row, 1, year)
            worksheet.put(row, 2, KINDS[kind])
        for index, name in enumerate(drawn.figures):
            worksheet.put(row, 3 + index, drawn.values[name, kind, offset])


def _write_columns_of_kinds(worksheet: PlainWorksheet, drawn: Drawn) -> None:
    for index, offset in enumerate(drawn.offsets):
        worksheet.put(6 + index, 1, fiscal_year_in_words(YEAR + offset))
    column = 2
    for name in drawn.figures:
        worksheet.put(4, column, FIGURES[name], columns=len(drawn.kinds))
        for kind in drawn.kinds:
            worksheet.put(5, column, KINDS[kind])
            for index, offset in enumerate(drawn.offsets):
                worksheet.put(6 + index, column, drawn.values[name, kind, offset])
            column += 1


def values_of(sheet: Sheet, names: tuple[str, ...]) -> dict[tuple[str, str, int], object]:
    return {
        (name, year.kind, year.year - YEAR): figure.value
        for year in sheet.years.values()
        for name, figure in year.figure_items()
        if name in names
    }


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@settings(max_examples=40)
@given(drawn=sheets())
def test_what_is_written_is_read_back(
    kind: Kind, drawn: Drawn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kinds")
    form = form_of(drawn, folder)
    path = folder / f"book.{kind}"
    path.write_bytes(document_bytes([worksheet_of(drawn)], kind))

    result = read_documents([path], forms={"made": form}, readers=SESSION.readers, form="made")

    assert not result.not_checked
    (book,) = result.books
    (document,) = book.documents
    assert not document.not_checked
    assert [remark.rule for remark in document.remarks] == []
    assert not document.unread
    (sheet,) = book.sheets
    assert values_of(sheet, drawn.figures) == drawn.values
    if drawn.rates:
        _holds_rates(sheet, drawn)


def _holds_rates(sheet: Sheet, drawn: Drawn) -> None:
    """The rates stand in the columns of one kind, and the others print none."""
    for at, _ in enumerate(drawn.figures):
        for year in sheet.years.values():
            figure = year.figures[f"rate_{at}"]
            if year.kind != drawn.kinds[0]:
                assert figure.state == "blank"
                continue
            assert figure.value == 10 * at + drawn.offsets.index(year.year - YEAR)


def test_the_row_of_a_kind_that_is_missing_is_said(tmp_path: Path) -> None:
    cells = [("total_cost", kind, offset) for kind in ("budgeted", "settled") for offset in (-1, 0)]
    drawn = Drawn(
        ("total_cost",),
        ("budgeted", "settled"),
        (-1, 0),
        False,
        "under",
        False,
        {cell: index for index, cell in enumerate(cells, 1)},
    )
    worksheet = worksheet_of(drawn)
    worksheet.put(6, 2, "執行額")
    path = tmp_path / "book.xlsx"
    path.write_bytes(document_bytes([worksheet], "xlsx"))
    form = form_of(drawn, tmp_path)

    result = read_documents([path], forms={"made": form}, readers=SESSION.readers, form="made")

    (sheet,) = result.books[0].sheets
    states = {key: year.total_cost.state for key, year in sheet.years.items() if year.total_cost}
    assert states == {
        "2023-budgeted": "number",
        "2023-settled": "unread",
        "2024-budgeted": "number",
        "2024-settled": "unread",
    }
    (document,) = result.books[0].documents
    details = [remark.detail.ja for remark in document.remarks if remark.detail is not None]
    assert "「事業費」に「決算額」の行が見つかりません" in details
    assert [number.printed for number in document.unread] == ["3", "4"]
