"""Reads a workbook of 250 worksheets with 100 merged ranges each, against openpyxl's ordinary
load: ``python -m benchmarks.workbook``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.measure import machine

SHEETS: Final = 250
MERGES: Final = 100
PAIRS: Final = 3

# Each load runs in a process of its own, which prints its seconds of processor time and its peak
# memory in MB.
_TIMED: Final = """
import resource, sys, time
{setup}
began = time.process_time()
{load}
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
OURS: Final = (
    "from auditor.auditing.session import load\n"
    "from auditor.readers.source import Source; from auditor.readers.workbook import WorkbookReader\n"
    "form = load().forms['kushiro']",
    f"reading = WorkbookReader().read(Source.open(sys.argv[1]), form); assert len(reading.sheets) == {SHEETS}, len(reading.sheets)",
)
CELLS: Final = (
    "from pathlib import Path; from auditor.files.ooxml import Package; from auditor.readers.workbook.package import Workbook",
    "count = sum(bool(sheet.cells) for sheet in Workbook(Package(Path(sys.argv[1]).read_bytes())).worksheets());"
    f" assert count == {SHEETS}, count",
)
OPENPYXL: Final = (
    "import openpyxl",
    f"book = openpyxl.load_workbook(sys.argv[1]); assert len(book.worksheets) == {SHEETS}",
)


def make(path: Path) -> None:
    """A city's whole book: one sheet of the form on each worksheet, all its labels and figures
    merged over several columns.
    """
    from auditor.auditing.session import load
    from auditor.testing.build import book
    from tests.documents.workbook_writer import Layout, workbook_bytes, worksheets_of

    form = load().forms["kushiro"]
    worksheets = worksheets_of(book(SHEETS, form=form, kpis=0), form, Layout(value_width=3))
    for sheet in worksheets:
        below = max(row for row, _ in sheet.cells) + 2
        for index in range(MERGES - len(sheet.merges)):
            sheet.put(below + 2 * index, 1, "記入要領", rows=2, columns=8)
    path.write_bytes(workbook_bytes(worksheets, bordered=True))


def run(path: Path, setup: str, load: str) -> tuple[float, float]:
    """Seconds and peak memory (MB) of one load."""
    command = [sys.executable, "-c", _TIMED.format(setup=setup, load=load), str(path)]
    done = subprocess.run(
        command, capture_output=True, check=True, text=True, stdin=subprocess.DEVNULL
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        make(path)
        runs = [(run(path, *CELLS), run(path, *OURS), run(path, *OPENPYXL)) for _ in range(PAIRS)]
    print(machine())
    print(
        f"{SHEETS} worksheets, {MERGES} merged ranges each, processor time, median of {PAIRS} turns:"
    )
    for index, what in enumerate(
        (
            "the cells, as openpyxl's load gives them",
            "the records with all checks of formulas",
            "openpyxl's load",
        )
    ):
        seconds = median(turn[index][0] for turn in runs)
        ratio = median(turn[2][0] / turn[index][0] for turn in runs)
        peak = max(turn[index][1] for turn in runs)
        print(
            f"  {what}: {seconds:.2f} s, {ratio:.1f} times as fast as openpyxl's load, peak {peak:.0f} MB"
        )


if __name__ == "__main__":
    main()
