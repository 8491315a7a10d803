"""Sentences that no label of a sheet got, where a label has lost its text: they are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Remark
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
PARAGRAPH: Final = (
    "老朽化した施設の改修を進め、利用者の安全を確保するとともに、地域の交流を広げた。"
)
NOTE: Final = "単位未満を切り捨てているため、合計が合わないことがある。"


def filled(**texts: str) -> Book:
    """A book with one sheet, all texts of which are filled but for those given."""
    made = book(sheets=1, seed=5, form=FORM, kpis=0)
    (sheet,) = made.sheets
    evaluations = FrozenDict(
        {
            key: evaluation.model_copy(
                update={"issues": "課題の文である。" * 7, "direction": "予算の文である。" * 7}
            )
            for key, evaluation in sheet.evaluations.items()
        }
    )
    update = {
        "planned": "計画の文である。" * 3,
        "achieved": "実績の文である。" * 3,
        "purpose": "目的の文である。" * 3,
        "evaluations": evaluations,
    }
    return made.model_copy(update={"sheets": (sheet.model_copy(update=update | texts),)})


def remarks_of(worksheet: PlainWorksheet, kind: Kind, folder: Path) -> list[Remark]:
    path = folder / f"book.{kind}"
    path.write_bytes(document_bytes([worksheet], kind))
    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers, form="kushiro")
    (document,) = result.books[0].documents
    return [remark for remark in document.remarks if remark.rule.startswith("RD")]


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_sheet_with_all_its_texts_has_nothing_to_report(kind: Kind, tmp_path: Path) -> None:
    (worksheet,) = worksheets_of(filled(), FORM, Layout())

    assert remarks_of(worksheet, kind, tmp_path) == []


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@pytest.mark.parametrize("which", [0, 1])
def test_the_text_of_an_evaluation_that_lost_its_label_is_reported(
    kind: Kind, which: int, tmp_path: Path
) -> None:
    (worksheet,) = worksheets_of(filled(), FORM, Layout())
    at = [at for at, cell in worksheet.cells.items() if cell.value == "課題"][which]
    worksheet.cells[at] = PlainCell("\u3000")

    (remark,) = remarks_of(worksheet, kind, tmp_path)

    assert remark.rule == "RD003"
    assert remark.printed.startswith("課題の文である。")


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_text_between_boxes_is_reported_where_a_label_has_none(kind: Kind, tmp_path: Path) -> None:
    (worksheet,) = worksheets_of(filled(planned=""), FORM, Layout())
    filled_rows = {row for row, _ in worksheet.cells}
    between = next(row for row in range(1, max(filled_rows)) if row not in filled_rows)
    worksheet.put(between, 1, PARAGRAPH, columns=6)

    (remark,) = remarks_of(worksheet, kind, tmp_path)

    assert remark.rule == "RD003"
    assert remark.printed == PARAGRAPH


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@pytest.mark.parametrize("mark", ["", "※"])
def test_notes_are_no_lost_texts(kind: Kind, mark: str, tmp_path: Path) -> None:
    """A short text may be a note to the table above it: it is kept with the captions."""
    (worksheet,) = worksheets_of(filled(planned=""), FORM, Layout())
    filled_rows = {row for row, _ in worksheet.cells}
    between = next(row for row in range(1, max(filled_rows)) if row not in filled_rows)
    worksheet.put(between, 1, mark + NOTE, columns=6)

    assert remarks_of(worksheet, kind, tmp_path) == []
