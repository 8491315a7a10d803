"""The page list: what a proof writes, reports show beside each sheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.records.figures import parse_figure
from auditor.records.model import Book
from auditor.testing.build import book
from auditor.testing.prints import print_of
from tests.documents.workbook_writer import workbook_bytes, worksheets_of
from tests.proof.book_pdf import TEXT, book_pdf

FORM = load().forms["kushiro"]


def with_error(documents: Book) -> Book:
    """The book with a total on its second sheet that its sources do not give."""
    sheet = documents.sheets[1]
    key, year = next(iter(sheet.years.items()))
    total = parse_figure("999,999", unit="千円")
    years = {**sheet.years, key: year.model_copy(update={"total_cost": total})}
    changed = sheet.model_copy(update={"years": years})
    return documents.model_copy(update={"sheets": (documents.sheets[0], changed)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with an error on its second sheet, its print, and the page list."""
    folder = tmp_path_factory.mktemp("book")
    documents = with_error(book(2, seed=5, form=FORM, kpis=0))
    (folder / "sheets.xlsx").write_bytes(workbook_bytes(worksheets_of(documents, FORM, TEXT)))
    (folder / "book.pdf").write_bytes(book_pdf(print_of(documents), FORM))
    words = ["proof", str(folder / "sheets.xlsx"), str(folder / "book.pdf"), "--lang", "ja"]
    assert main([*words, "--page-list-to", str(folder / "頁一覧.json")]) == 0
    return folder


def report(folder: Path, form: str, *more: str) -> bytes:
    output = folder / f"report.{form}"
    words = ["check", str(folder / "sheets.xlsx"), "--lang", "ja", "--format", form]
    words += ["--output", str(output), "--page-list", str(folder / "頁一覧.json")]
    assert main([*words, *more]) == 1
    return output.read_bytes()


@pytest.mark.parametrize("form", ["terminal", "html", "markdown"])
def test_reports_show_the_page_beside_each_sheet(folder: Path, form: str) -> None:
    text = report(folder, form).decode()
    assert "（2頁）" in text
    assert "（1頁）" not in text


def test_a_csv_has_a_column_for_the_page(folder: Path) -> None:
    rows = list(csv.reader(io.StringIO(report(folder, "csv").decode("utf-8-sig"))))
    assert rows[0][-1] == "頁"
    assert {len(row) for row in rows} == {len(rows[0])}
    assert {row[-1] for row in rows[1:] if row[5] == "2"} == {"2頁"}


def test_json_has_the_pages_of_all_sheets(folder: Path) -> None:
    pages = json.loads(report(folder, "json"))["pages"]
    assert [(page["sheet"], page["page"], page["pdf_page"]) for page in pages] == [
        (1, 1, 3),
        (2, 2, 4),
    ]


def test_the_folder_of_a_round_shows_the_pages(folder: Path, tmp_path: Path) -> None:
    words = ["check", str(folder / "sheets.xlsx"), "--lang", "ja"]
    words += ["--deliver", str(tmp_path / "out"), "--page-list", str(folder / "頁一覧.json")]
    assert main(words) == 1
    workbook = load_workbook(tmp_path / "out" / "点検結果.xlsx")
    cells = [str(cell.value) for row in workbook["指摘一覧"].iter_rows() for cell in row]
    assert any("2頁" in cell for cell in cells)


def test_without_a_page_list_nothing_is_added(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", str(folder / "sheets.xlsx"), "--lang", "ja", "--format", "json"])
    assert "pages" not in json.loads(capsys.readouterr().out)


def test_documents_that_changed_since_are_reported(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    documents = book(3, seed=5, form=FORM, kpis=0)
    later = tmp_path / "sheets.xlsx"
    later.write_bytes(workbook_bytes(worksheets_of(documents, FORM, TEXT)))
    main(["check", str(later), "--lang", "en", "--page-list", str(folder / "頁一覧.json")])
    errors = capsys.readouterr().err
    assert "sheets were printed from other versions of their documents" in errors
    assert "has no page for 1 sheets" in errors


@pytest.mark.parametrize("content", ["{}", "no json", '{"tool_version": "0", "page_list": "x"}'])
def test_another_file_is_refused(
    content: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pages.json"
    path.write_text(content, encoding="utf-8")
    words = ["check", str(folder / "sheets.xlsx"), "--page-list", str(path), "--lang", "en"]
    assert main(words) == 2
    assert "is no page list" in capsys.readouterr().err


def test_the_page_list_of_another_book_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.xlsx"
    documents = book(2, seed=99, form=FORM, kpis=0)
    other.write_bytes(workbook_bytes(worksheets_of(documents, FORM, TEXT)))
    words = ["check", str(other), "--page-list", str(folder / "頁一覧.json"), "--lang", "en"]
    assert main(words) == 2
    assert "is the page list of another book (book.pdf)" in capsys.readouterr().err
