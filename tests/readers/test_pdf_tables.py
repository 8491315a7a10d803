"""Printed tables of all kinds of rules and alignment: every figure is read right, or it is said
that it is not.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import strategies as st

pytest.importorskip("pypdfium2")
pytest.importorskip("reportlab")

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.source import Reading
from auditor.records.figures import Figure
from auditor.records.model import Sheet
from tests.documents.workbook_writer import Layout

FORMS = load().forms
WIDE = (1190.0, 2400.0)
LAYOUTS = st.builds(
    Layout,
    unit=st.sampled_from(["label", "beside", "table", "none"]),
    value_width=st.sampled_from([1, 2]),
    two_line_header=st.booleans(),
)


def figures_of(sheet: Sheet, form: Form) -> dict[str, Decimal | None]:
    """Every figure by its field and column."""
    figures: dict[str, Decimal | None] = {}

    def put(key: str, figure: Figure | None) -> None:
        figures[key] = figure.value if figure is not None else None

    for name in form.sheet_figures:
        put(name, sheet.figure(name))
    for year, of_year in sheet.years.items():
        for name in form.amounts:
            put(f"{name}@{year}", of_year.figure(name))
    return figures


def faults(sheets: tuple[Sheet, ...], reading: Reading, form: Form) -> list[str]:
    """The figures that are not read as they were printed, on sheets that own up to nothing."""
    silent: list[str] = []
    if reading.not_checked:
        return silent
    doubted = {remark.sheet for remark in reading.remarks}
    read = {sheet.name: sheet for sheet in reading.sheets}
    for sheet in sheets:
        copy = read.get(sheet.name)
        if copy is None:
            silent.append(sheet.name)
        elif copy.number not in doubted and None not in doubted:
            printed, known = figures_of(sheet, form), figures_of(copy, form)
            silent += [key for key, value in printed.items() if known.get(key) != value]
    return silent
