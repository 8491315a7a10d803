"""Headings that all print other years than the title and the form say, by one step: one finding
says so, figures keep their printed years, and no rule accuses the city.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.records.model import Book, Sheet
from auditor.testing.build import book
from tests.documents.either_kind import document_bytes
from tests.documents.text_writer import text_of_sheets
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    worksheets_of,
)

SESSION: Final = load()
FORMS: Final = SESSION.forms
FORM: Final = FORMS["kushiro"]
Kind = Literal["xlsx", "pdf", "txt"]
Key = tuple[str, int]


def era(year: int) -> str:
    return f"令和{year - 2018}"


def wide(year: int) -> str:
    return f"令和{'０１２３４５６７８９'[year - 2018]}"


def shifted_worksheet(worksheet: PlainWorksheet, year: int, step: int) -> None:
    """Print another year in the title."""
    for at, cell in worksheet.cells.items():
        if "主要施策成果シート" in str(cell.value):
            title = str(cell.value).replace(era(year), era(year + step))
            worksheet.cells[at] = PlainCell(title)


def written(made: Book, kind: Kind, step: int, years: Literal["across", "down"]) -> bytes:
    """The book as a document; the title of its first sheet is ``step`` years off."""
    year = made.fiscal_year
    if kind == "txt":
        text = text_of_sheets(made.sheets, FORM)
        title = "年度実施事業 主要施策成果シート"
        return text.replace(wide(year) + title, wide(year + step) + title, 1).encode()
    worksheets = worksheets_of(made, FORM, Layout(years=years))
    shifted_worksheet(worksheets[0], year, step)
    return document_bytes(worksheets, kind)


def accusing(report: Report) -> list[tuple[str, str]]:
    """The findings that are not of the reading."""
    return [
        (finding.rule, finding.message.en)
        for finding in report.findings
        if not finding.rule.startswith(("RD", "XLS"))
    ]


def by_printed_year(sheet: Sheet) -> dict[Key, object]:
    return {
        (name, year.year): figure.value
        for year in sheet.years.values()
        for name, figure in year.figure_items()
        if figure.value is not None
    }


@pytest.mark.parametrize("kind", get_args(Kind))
@settings(max_examples=12)
@given(
    seed=st.integers(0, 9_999),
    step=st.sampled_from([-1, 1]),
    years=st.sampled_from(["across", "down"]),
)
def test_a_shift_of_all_years_is_one_finding(
    kind: Kind,
    seed: int,
    step: int,
    years: Literal["across", "down"],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = book(sheets=4, seed=seed, form=FORM, kpis=0)
    assume(not accusing(audit((made,), SESSION.rules, FORMS)))
    path = tmp_path_factory.mktemp("book") / f"book.{kind}"
    path.write_bytes(written(made, kind, step, years))

    result = read_documents([path], forms=FORMS, readers=SESSION.readers, form="kushiro")
    options = AuditOptions(not_checked=result.not_checked)
    report = audit(result.books, SESSION.rules, FORMS, options)

    (sheet,) = (sheet for of_year in result.books for sheet in of_year.sheets if sheet.number == 1)
    assert sheet.fiscal_year == made.fiscal_year + step
    assert sheet.status is None
    of_years = [finding for finding in report.findings if finding.rule == "RD006"]
    assert len(of_years) == 1
    assert f"1 year {'before' if step > 0 else 'after'}" in of_years[0].message.en
    assert not accusing(report)
    truth = by_printed_year(made.sheets[0])
    assert by_printed_year(sheet).items() <= truth.items()
    assert by_printed_year(sheet)
