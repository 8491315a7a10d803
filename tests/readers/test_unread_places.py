"""Where visible numbers are listed that no record holds: with the document where their page or
worksheet was not checked, and with the part where it was passed over. Copies frame the former.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.marking.copies import unread_in
from auditor.readers.documents import read_documents
from auditor.testing.build import book
from tests.documents.either_kind import Kind, document_bytes
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    worksheets_of,
)

SESSION: Final = load()
FORM: Final = SESSION.forms["kushiro"]


def cover() -> PlainWorksheet:
    worksheet = PlainWorksheet("表紙")
    worksheet.put(1, 1, "予算の概要", columns=2)
    worksheet.put(2, 1, "一般会計")
    worksheet.put(2, 2, "98,765")
    return worksheet


def listing(names: list[str]) -> PlainWorksheet:
    worksheet = PlainWorksheet("一覧")
    worksheet.put(1, 1, "令和6年度実施事業 主要施策成果シート 一覧", columns=3)
    for column, words in enumerate(("事業名", "所管課・室", "事業費 総額"), 1):
        worksheet.put(2, column, words)
    for row, name in enumerate(names, 3):
        worksheet.put(row, 1, name)
        worksheet.put(row, 2, "道路課")
        worksheet.put(row, 3, f"77,70{row}")
    return worksheet


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@pytest.mark.parametrize("listed", [True, False])
def test_numbers_are_framed_where_a_part_was_not_checked(
    kind: Kind, listed: bool, tmp_path: Path
) -> None:
    made = book(sheets=2, seed=5, form=FORM, kpis=0)
    worksheets = worksheets_of(made, FORM, Layout())
    for at, cell in worksheets[1].cells.items():
        if str(cell.value) in ("事業名", made.sheets[1].name) or made.sheets[1].name in str(
            cell.value
        ):
            worksheets[1].cells[at] = PlainCell("　")
    names = [made.sheets[0].name] if listed else ["河川事業"]
    path = tmp_path / f"book.{kind}"
    parts = [cover(), *worksheets, listing([*names, "公園事業"])]
    path.write_bytes(document_bytes(parts, kind))

    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers, form="kushiro")
    options = AuditOptions(not_checked=result.not_checked)
    report = audit(result.books, SESSION.rules, SESSION.forms, options)

    framed = [number.printed for number in unread_in(report, [str(path)])]
    of_parts = [
        number.printed
        for document in report.documents
        for part in document.parts
        for number in part.unread
    ]
    totals = [
        figure.printed
        for name, _, figure in made.sheets[1].every_figure()
        if name == "total_cost" and figure.printed
    ]
    assert "98,765" in of_parts
    assert "98,765" not in framed
    assert totals
    assert set(totals) <= set(framed)
    assert ("77,703" in of_parts) == listed
    assert ("77,703" in framed) == (not listed)
