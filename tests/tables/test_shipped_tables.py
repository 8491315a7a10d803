"""The shipped tables are what the shipped records say, and read back as those records."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import auditor_datasets
from auditor.auditing.session import load
from auditor.records.model import Book, Document
from auditor.tables import read_tables
from auditor_datasets.tables import FORMATS, path
from tests.tables.test_round_trip import bare

FORMS = load().forms
NAMES = [name for name in auditor_datasets.names() if not auditor_datasets.faults(name)]


def without_remarks(books: tuple[Book, ...]) -> tuple[Book, ...]:
    """What a reader of JSON remarks about its file is not in a file of tables."""

    def plain(document: Document) -> Document:
        return document.model_copy(update={"remarks": ()})

    return tuple(
        book.model_copy(update={"documents": tuple(plain(document) for document in book.documents)})
        for book in books
    )


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_read_back_as_the_records(name: str, kind: str) -> None:
    result = read_tables([path(name, kind)], FORMS)  # type: ignore[arg-type]
    assert not result.not_checked
    assert all(not document.remarks for book in result.books for document in book.documents)
    assert bare(without_remarks(result.books)) == bare(without_remarks(auditor_datasets.load(name)))
    assert any(book.sheets or book.kpis for book in result.books)


def test_the_script_makes_the_same_files(tmp_path: Path) -> None:
    maker = Path(__file__).resolve().parents[2] / "datasets" / "making" / "tables.py"
    runpy.run_path(str(maker))["main"](tmp_path)
    made = {
        file.relative_to(tmp_path / "csv"): file.read_bytes()
        for file in (tmp_path / "csv").rglob("*.csv")
    }
    shipped = path(NAMES[0], "csv").parent
    assert made == {file.relative_to(shipped): file.read_bytes() for file in shipped.rglob("*.csv")}
    assert len(made) >= 5


def test_documents_are_audited_without_data_frames() -> None:
    program = (
        "import sys, auditor, auditor_datasets\n"
        f"auditor.audit(auditor_datasets.load({NAMES[0]!r}))\n"
        "print(sorted({'polars', 'pandera', 'narwhals', 'pandas', 'auditor.tables'} & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"
