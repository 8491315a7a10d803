"""A table of which half stands on another page: read where its columns are those of its headings,
refused with the page where they are not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.readers.documents import read_documents
from auditor.records.model import Document, Sheet
from tests.documents.either_kind import document_bytes
from tests.documents.workbook_writer import PlainWorksheet

SESSION: Final = load()
FORM: Final = """
name = "made"
title = { ja = "様式", en = "form" }
unit = "千円"
units = { "千円" = 1000 }
evaluated = [0]
[[columns]]
offset = -1
kind = "settled"
[[columns]]
offset = 0
kind = "settled"
[[columns]]
offset = 1
kind = "budgeted"
[labels]
title = "年度 事業評価表"
name = "事業名"
[fields.total_cost]
label = "事業費"
[fields.funding.grants]
label = "国庫支出金"
[fields.funding.general_revenue]
label = "一般財源"
[fields.staff_cost]
label = "人件費"
"""
YEARS: Final = ("令和５年度", "令和６年度", "令和７年度")


def rows(worksheet: PlainWorksheet, top: int, left: int, *labels: str) -> None:
    for row, label in enumerate(labels, top):
        worksheet.put(row, 1, label)
        for index in range(3):
            worksheet.put(row, left + index, 100 * row + index)


def headings(worksheet: PlainWorksheet, row: int, left: int) -> None:
    for index, year in enumerate(YEARS):
        worksheet.put(row, left + index, year)


def first_page(left: int) -> PlainWorksheet:
    page = PlainWorksheet("1")
    page.put(1, 1, "令和６年度　事業評価表", columns=left + 2)
    page.put(2, 1, "事業名")
    page.put(2, 2, "道路維持事業", columns=left + 1)
    headings(page, 4, left)
    for column in range(2, left):
        page.put(4, column, "備考の欄で横に広いもの")
    rows(page, 5, left, "事業費", "国庫支出金")
    return page


def second_page(left: int, *, repeated: bool) -> PlainWorksheet:
    page = PlainWorksheet("2")
    if repeated:
        headings(page, 1, left)
    rows(page, 2, left, "一般財源", "人件費")
    return page


def read(tmp_path: Path, *pages: PlainWorksheet) -> tuple[Sheet, Document]:
    (tmp_path / "made.toml").write_text(FORM, encoding="utf-8")
    form = load_form(tmp_path / "made.toml")
    path = tmp_path / "book.pdf"
    path.write_bytes(document_bytes(pages, "pdf"))
    result = read_documents([path], forms={"made": form}, readers=SESSION.readers, form="made")
    (book,) = result.books
    return book.sheets[0], book.documents[0]


@pytest.mark.parametrize(("left", "repeated"), [(2, False), (2, True), (3, True)])
def test_it_is_read_on(tmp_path: Path, left: int, repeated: bool) -> None:
    sheet, document = read(tmp_path, first_page(left), second_page(2, repeated=repeated))

    assert not document.not_checked and not document.unread and not document.remarks
    values = [[figure.value for _, figure in year.figure_items()] for year in sheet.years.values()]
    assert values == [[500 + at, 600 + at, 200 + at, 300 + at] for at in range(3)]


def test_columns_that_are_not_those_of_the_headings_are_refused(tmp_path: Path) -> None:
    sheet, document = read(tmp_path, first_page(3), second_page(2, repeated=False))

    (reason,) = document.not_checked
    assert "2ページ" in reason.why.ja and "page 2" in reason.why.en
    for year in sheet.years.values():
        assert year.total_cost is not None and year.total_cost.state == "number"
        assert year.staff_cost is not None and year.staff_cost.state == "unread"
        assert year.funding["general_revenue"].state == "unread"
    assert len(document.unread) == 6
