"""Random consistent books, written to workbooks in random layouts, are read back equal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.source import Source
from auditor.readers.workbook import WorkbookReader
from auditor.records.figures import Figure
from auditor.records.model import Sheet
from auditor.testing.strategies import consistent_books
from tests.documents.workbook_writer import Layout, workbook_bytes, worksheets_of

LAYOUTS = st.builds(
    Layout,
    years=st.sampled_from(["across", "down"]),
    unit=st.sampled_from(["label", "beside", "table", "none"]),
    numbers=st.sampled_from(["number", "text", "full_width"]),
    value_width=st.sampled_from([1, 2, 3]),
    split_labels=st.booleans(),
    split_title=st.booleans(),
    two_line_header=st.booleans(),
    top=st.integers(1, 5),
    left=st.integers(1, 4),
    arrange=st.sampled_from(["worksheets", "stacked", "beside"]),
)


def figures(sheet: Sheet) -> Iterator[tuple[str, Decimal | None, str]]:
    """Every figure's name, value and state; a sheet's column that prints nothing is like one with
    blanks.
    """

    def told(name: str, figure: Figure | None) -> tuple[str, Decimal | None, str]:
        return (name, None, "blank") if figure is None else (name, figure.value, figure.state)

    for name in ("population", "cost_per_capita", "bond_burden_per_capita"):
        yield told(name, getattr(sheet, name))
    for key, year in sorted(sheet.years.items()):
        for name in ("total_cost", "staff_cost", "headcount"):
            yield told(f"{key} {name}", getattr(year, name))
        for source, figure in year.funding.items():
            yield told(f"{key} {source}", figure)


def words(sheet: Sheet, form: Form) -> tuple[object, ...]:
    head = sheet.name, sheet.budget_stages if form.text else (), sheet.fiscal_year, sheet.department
    if "evaluation" not in form.labels:
        return head
    return (
        *head,
        sheet.status,
        {key: (e.result, e.meaning, e.reason_code) for key, e in sheet.evaluations.items()},
    )


@pytest.mark.parametrize("name", ["kushiro", "minato", "hamabe"])
@settings(max_examples=150)
@given(data=st.data(), layout=LAYOUTS)
def test_what_is_written_is_read_back(name: str, data: st.DataObject, layout: Layout) -> None:
    form = load().forms[name]
    _, book = data.draw(consistent_books(form, sheets=(1, 3), kpis=(0, 0)))
    source = Source("book.xlsx", workbook_bytes(worksheets_of(book, form, layout)))

    reading = WorkbookReader().read(source, form)

    assert [words(sheet, form) for sheet in reading.sheets] == [
        words(sheet, form) for sheet in book.sheets
    ]
    for read, written in zip(reading.sheets, book.sheets, strict=True):
        assert list(figures(read)) == list(figures(written))
    assert reading.not_checked == ()
    assert reading.unread == ()
    assert [remark for remark in reading.remarks if remark.rule.startswith("RD")] == []
    assert reading.fiscal_year == book.fiscal_year
