"""Sheets that nearly fit a form: some of their words are printed otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from auditor.forms.model import Form
from auditor.testing.build import book
from tests.documents.workbook_writer import Layout, PlainWorksheet, worksheets_of

__all__ = ["OTHER_CITY", "sheets"]

TEXT: Final = Layout(numbers="text")
OTHER_CITY: Final = {"釧路市民": "試験市民", "国道支出金": "国県支出金"}
"""What another city prints in the place of words of Kushiro."""


def sheets(form: Form, replaced: Mapping[str, str], seed: int = 0) -> list[PlainWorksheet]:
    """Sheets of a form in which some words are printed otherwise."""
    worksheets = worksheets_of(book(sheets=2, seed=seed, form=form, kpis=0), form, TEXT)
    for worksheet in worksheets:
        for at, cell in worksheet.cells.items():
            text = cell.value
            if isinstance(text, str):
                for old, new in replaced.items():
                    text = text.replace(old, new)
                worksheet.cells[at] = replace(cell, value=text)
    return worksheets
