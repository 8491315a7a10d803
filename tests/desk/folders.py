"""Folders of documents as an office has them: several departments, several kinds of files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from auditor.auditing.session import load
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Sheet
from auditor.testing.build import book as built
from tests.documents.text_writer import text_of_sheets
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    workbook_bytes,
    worksheets_of,
)

sys.path.append(str(Path(__file__).resolve().parents[1] / "documents"))

__all__ = ["LIBRARY", "MARKUP", "OLD", "PARKS", "faulty_worksheets", "mixed", "text", "workbook"]

PARKS: Final = "都市整備部公園課"
LIBRARY: Final = "教育委員会図書館"
OLD: Final = "総務部総務課"
MARKUP: Final = "<script>alert(1)</script>事業"
THIS_YEAR: Final = 2024
FORM: Final = load().forms["kushiro"]


def faulty_worksheets(
    departments: Sequence[str],
    seed: int = 3,
    *,
    fault: int = 9_999_999,
    first: int = 1,
    earlier: int = 0,
    name: str = "事業",
) -> list[PlainWorksheet]:
    """Sheets of departments, each with totals that are off; none are with ``fault`` 0. They are of
    a book so many years ``earlier``.
    """
    year = THIS_YEAR - earlier
    book = built(sheets=len(departments), seed=seed, form=FORM, kpis=0, fiscal_year=year)
    sheets = [
        sheet.model_copy(update={"department": department, "name": f"{name}{number}"})
        for number, (sheet, department) in enumerate(
            zip(book.sheets, departments, strict=True), first
        )
    ]
    book = book.model_copy(update={"sheets": tuple(sheets)})
    worksheets = worksheets_of(book, FORM, Layout())
    for worksheet in worksheets if fault else ():
        labels = [at for at, cell in worksheet.cells.items() if "事業費" in str(cell.value)]
        for row, _ in labels:
            at = max(place for place in worksheet.cells if place[0] == row)
            worksheet.cells[at] = PlainCell(fault, number_format="#,##0")
    return worksheets


def workbook(
    departments: Sequence[str], seed: int = 3, *, fault: int = 9_999_999, first: int = 1
) -> bytes:
    """A workbook of some departments."""
    return workbook_bytes(faulty_worksheets(departments, seed, fault=fault, first=first))


def last_year_of(departments: Sequence[str], seed: int = 3, *, first: int = 1) -> bytes:
    """A workbook of the year before."""
    worksheets = faulty_worksheets(departments, seed, fault=0, first=first, earlier=1)
    return workbook_bytes(worksheets)


def pdf(departments: Sequence[str], seed: int, *, first: int = 1) -> bytes:
    """A PDF of some departments, a sheet a page."""
    import make_pdfs

    return make_pdfs.drawn(faulty_worksheets(departments, seed, first=first), make_pdfs.Print())


def text(
    seed: int, department: str = OLD, *, name: str = MARKUP, sheets: int = 1, fault: int = 0
) -> bytes:
    """The text of some sheets. Nothing has to be wrong in it; with a ``fault``, a total is that."""
    book = built(sheets=sheets, seed=seed, form=FORM, kpis=0)
    renamed = (
        sheet.model_copy(update={"department": department, "name": f"{name}{number}"})
        for number, sheet in enumerate(book.sheets, 1)
    )
    return text_of_sheets([_with_total(sheet, fault) for sheet in renamed], FORM).encode()


def _with_total(sheet: Sheet, total: int) -> Sheet:
    """The sheet with another total; as it is with 0."""
    if not total:
        return sheet
    figure = Figure(value=Decimal(total), state="number", printed=f"{total:,}", unit="千円")
    column = next(key for key, year in sheet.years.items() if year.total_cost is not None)
    year = sheet.years[column].model_copy(update={"total_cost": figure})
    return sheet.model_copy(update={"years": FrozenDict({**sheet.years, column: year})})


def mixed(*, with_pdf: bool = True) -> dict[str, bytes]:
    """The files of a folder 成果シート, by their names."""
    first = workbook([PARKS, LIBRARY, PARKS], first=11)
    files = {
        "01.xlsx": first,
        "02/複数課.xlsx": workbook([LIBRARY, OLD], seed=5, first=21),
        "03.txt": text(8),
        "04/同じもの.xlsx": first,
        "05_様式なし.txt": "これは成果シートではない文書です。\n".encode() * 5,
        "06_壊れた.xlsx": first[:3000],
        "07.docx": b"PK\x03\x04nothing",
        "README.md": "このフォルダーについて\n".encode(),
        ".隠し/08.xlsx": first,
    }
    if with_pdf:
        files["09.pdf"] = pdf([PARKS, OLD], seed=6, first=31)
    return {f"成果シート/{name}": data for name, data in files.items()}
