"""``auditor proof`` on PDFs that are drawn, from the command line on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.readers.own_files import own_file
from auditor.records.model import Book
from auditor.testing.build import RandomChooser, book
from auditor.testing.prints import CORRUPTIONS, BookPrint, print_of
from tests.documents.workbook_writer import workbook_bytes, worksheets_of
from tests.proof.book_pdf import TEXT, book_pdf

FORM = load().forms["kushiro"]


def files(folder: Path, documents: Book, printed: BookPrint) -> tuple[str, str]:
    """A workbook of the documents and the PDF of the print."""
    workbook, pdf = folder / "sheets.xlsx", folder / "book.pdf"
    workbook.write_bytes(workbook_bytes(worksheets_of(documents, FORM, TEXT)))
    pdf.write_bytes(book_pdf(printed, FORM))
    return str(workbook), str(pdf)


def proof(folder: Path, documents: Book, printed: BookPrint) -> tuple[int, dict[str, Any]]:
    """The exit code of the command, and its JSON."""
    output = folder / "proof.json"
    paths = files(folder, documents, printed)
    code = main(["proof", *paths, "--format", "json", "--output", str(output), "--lang", "en"])
    return code, json.loads(output.read_text(encoding="utf-8"))


@pytest.mark.parametrize("contents", [True, False])
@pytest.mark.parametrize("numbered", [True, False])
def test_a_print_of_the_documents_has_no_fault(
    tmp_path: Path, *, contents: bool, numbered: bool
) -> None:
    documents = book(3, seed=5, form=FORM, kpis=0)
    printed = print_of(documents, contents=contents, numbered=numbered)
    code, data = proof(tmp_path, documents, printed)
    assert [sheet["faults"] for sheet in data["sheets"]] == [[], [], []]
    assert (code, data["states"]["matched"]) == (0, 3)
    assert [sheet["page"] for sheet in data["sheets"]] == ([1, 2, 3] if numbered else [None] * 3)
    assert data["book"]["contents"] == ([2] if contents else [])


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_corruption_has_its_own_fault(name: str, tmp_path: Path) -> None:
    documents = book(3, seed=5, form=FORM, kpis=0)
    corrupted = CORRUPTIONS[name](documents, print_of(documents), RandomChooser(7))
    assert corrupted.faults
    code, data = proof(tmp_path, corrupted.documents, corrupted.printed)
    counts = Counter({kind: count for kind, count in data["faults"].items() if count})
    assert (counts, code) == (corrupted.faults, 1)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_a_proof_writes_is_known_as_an_own_file(lang: str, tmp_path: Path) -> None:
    documents = book(2, seed=5, form=FORM, kpis=0)
    paths = files(tmp_path, documents, print_of(documents))
    for form in ("terminal", "json", "html", "xlsx"):
        output, pages = tmp_path / f"proof.{form}", tmp_path / f"{form}.pages"
        words = ["proof", *paths, "--lang", lang, "--format", form, "--output", str(output)]
        assert main([*words, "--page-list-to", str(pages)]) == 0
        assert (own_file(output), own_file(pages)) == ("report", "report"), form
