"""Labels that are merged over a row of years and the figures below it: each figure of a sheet has
its own years beside its label.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.forms.model import Form
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Source
from auditor.readers.workbook import WorkbookReader
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.documents.workbook_writer import PlainCell, PlainWorksheet
from tests.layouts.described import Pairs, worksheet_of

FIGURES = {"事業費": "total_cost", "国庫支出金": "grants", "一般財源": "general_revenue"}
FORM = Form.model_validate(
    {
        "name": "overyears",
        "title": {"en": "A sheet", "ja": "シート"},
        "unit": "千円",
        "units": {"円": 1, "千円": 1000},
        "evaluated": [0],
        "columns": [
            {"offset": -1, "kind": "settled"},
            {"offset": 0, "kind": "settled"},
            {"offset": 1, "kind": "budgeted"},
        ],
        "labels": {"name": "事業名", "department": "担当課"},
        "fields": {
            "total_cost": {"label": "事業費"},
            "funding": {
                "grants": {"label": "国庫支出金"},
                "general_revenue": {"label": "一般財源"},
            },
        },
    }
)
NUMBERS = st.lists(st.one_of(st.none(), st.integers(0, 99_999)), min_size=3, max_size=3)


def sheet(rows: list[list[int | None]], years_again: bool) -> PlainWorksheet:
    """Each figure under years of its own, or all below those beside the first one."""
    pairs = Pairs([[("事業名", "架空の事業"), ("担当課", "試験課")]])
    worksheet = worksheet_of("シート", [pairs])
    worksheet.cells[1, 6] = PlainCell("令和６年度")
    top = 4
    for label, numbers in zip(FIGURES, rows, strict=True):
        worksheet.cells[top, 1] = PlainCell(label)
        if years_again or top == 4:
            worksheet.merges.append((top, 1, top + 1, 1))
            for at, year in enumerate((5, 6, 7)):
                worksheet.cells[top, 2 + at] = PlainCell(f"令和{year}年度")
            top += 1
        for at, number in enumerate(numbers):
            worksheet.cells[top, 2 + at] = PlainCell(number)
        top += 1
    return worksheet


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@given(rows=st.lists(NUMBERS, min_size=3, max_size=3), years_again=st.booleans())
@settings(max_examples=10, deadline=None)
def test_figures_stand_below_the_years_beside_their_label(
    kind: WideKind, rows: list[list[int | None]], years_again: bool
) -> None:
    data = document_bytes([sheet(rows, years_again)], kind)
    reader = PdfReader() if kind == "pdf" else WorkbookReader()
    reading = reader.read(Source(file_name("book", kind), data), FORM)
    assert reading.unread == ()
    (of_project,) = reading.sheets
    printed = {
        (name, year): figure.value
        for year, column in of_project.years.items()
        for name, figure in column.figure_items()
    }
    for name, numbers in zip(FIGURES.values(), rows, strict=True):
        for year, number in zip((2023, 2024, 2025), numbers, strict=True):
            key = name if name == "total_cost" else f"funding.{name}"
            assert printed.get((key, str(year))) == number
