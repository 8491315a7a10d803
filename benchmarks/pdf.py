"""The PDF reader against pdfplumber on the same pages and figures: ``python -m benchmarks.pdf``
(needs pdfplumber and reportlab).
"""

from __future__ import annotations

import importlib
import io
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from auditor.auditing.session import load
from auditor.files.confined.process import end_waiting
from auditor.forms.model import Form
from auditor.readers.in_child import pdf_reader
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Source
from auditor.records.model import Book
from auditor.testing.build import book
from tests.documents.workbook_writer import Layout

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = 250
GOAL: Final = 5


def printed(pages: int) -> tuple[bytes, Book, Form]:
    """A sheet a page, drawn as the test documents are."""
    sys.path.append(str(ROOT / "tests" / "documents"))
    make_pdfs: Any = importlib.import_module("make_pdfs")
    form = load().forms["kushiro"]
    made = book(sheets=pages, seed=0, form=form, kpis=0)
    return (
        make_pdfs.printed(made, form, Layout(numbers="text"), make_pdfs.Print(borders="solid")),
        made,
        form,
    )


def amounts(made: Book) -> list[list[str]]:
    """Every printed figure of the tables, sheet by sheet."""
    found: list[list[str]] = []
    for sheet in made.sheets:
        of = [
            figure
            for year in sheet.years.values()
            for figure in (year.total_cost, *year.funding.values(), year.staff_cost, year.headcount)
        ]
        found.append(
            sorted(figure.printed for figure in of if figure is not None and figure.printed)
        )
    return found


def processor_time() -> float:
    """Seconds of processor time of this process and its ended children: other programs' load does
    not count.
    """
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def by_pdfplumber(data: bytes, made: Book) -> tuple[float, bool]:
    """Processor seconds that its tables take, and whether they hold the figures; pages are
    closed, as its manual advises.
    """
    pdfplumber: Any = importlib.import_module("pdfplumber")
    began = processor_time()
    pages: list[set[str]] = []
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            pages.append(
                {cell for table in page.extract_tables() for row in table for cell in row if cell}
            )
            page.close()
    took = processor_time() - began
    return took, all(
        set(wanted) <= found for wanted, found in zip(amounts(made), pages, strict=True)
    )


def by_auditor(data: bytes, made: Book, form: Form) -> tuple[float, bool]:
    """Processor seconds from bytes to records, child process and all, and whether they hold the
    figures.
    """
    source = Source("sheets.pdf", data)
    reader = pdf_reader()
    end_waiting()
    began = processor_time()
    words = reader.words(source)
    reading = reader.read(source, form)
    end_waiting()  # a child's time counts when it has ended
    took = processor_time() - began
    return took, bool(words) and amounts(
        Book(form=form.name, fiscal_year=made.fiscal_year, sheets=reading.sheets)
    ) == amounts(made)


def peak(path: str) -> None:
    """Print the peak memory in MiB of reading a file in this process."""
    source = Source(path, Path(path).read_bytes())
    PdfReader().read(source, load().forms["kushiro"])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def peaks(counts: tuple[int, ...]) -> list[float]:
    """The peak memory for documents of so many pages."""
    found: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            path = Path(folder) / f"{count}.pdf"
            path.write_bytes(printed(count)[0])
            run = subprocess.run(
                [sys.executable, "-m", "benchmarks.pdf", str(path)],
                capture_output=True,
                text=True,
                check=True,
                cwd=ROOT,
            )
            found.append(float(run.stdout))
    return found


def main() -> None:
    if len(sys.argv) > 1:
        peak(sys.argv[1])
        return
    data, made, form = printed(PAGES)
    theirs, theirs_right = by_pdfplumber(data, made)
    print(f"{PAGES} pages: pdfplumber {theirs:.2f} s (figures right: {theirs_right})")
    ratios: list[float] = []
    for _ in range(3):
        ours, right = by_auditor(data, made, form)
        ratios.append(theirs / ours)
        print(f"{PAGES} pages: auditor {ours:.2f} s (figures right: {right})")
    middle = sorted(ratios)[1]
    print(
        f"{middle:.1f} times as fast as pdfplumber; the goal is {GOAL}: {'met' if middle >= GOAL else 'missed'}"
    )
    few, many = peaks((25, PAGES))
    print(f"peak memory: {few:.0f} MiB for 25 pages, {many:.0f} MiB for {PAGES}")


if __name__ == "__main__":
    main()
