"""Times one call that delivers a folder, against what it takes the place of.

``python -m benchmarks.delivery`` writes the table of docs/delivery.md. One call audits and writes
everything; beside it stand the same audit without anything written, and a call with ``--mark`` for
each workbook, which is what a finance section did before (and whose audits see one file each).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import auditor
from benchmarks.measure import Spread, machine
from benchmarks.pages import put_between
from tests.documents.folder.layout import worksheet
from tests.documents.folder.making import made, written
from tests.documents.folder.sheets import departments
from tests.documents.workbook_writer import PlainWorksheet, workbook_bytes

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "delivery.md"
BEGIN: Final = "<!-- delivery measured: begin -->"
END: Final = "<!-- delivery measured: end -->"
ROUNDS: Final = 3
AUDITOR: Final = (sys.executable, "-P", "-m", "auditor", "check", "--no-settings", "--lang", "ja")

# The peak memory of a call and of its children, in MB, with its seconds.
_TIMED: Final = """
import resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True)
if done.returncode > 1: sys.exit(done.stderr.decode())
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(time.perf_counter() - began, peak)
"""


class Case(NamedTuple):
    """A folder to deliver, and the most seconds that its issue allows."""

    what: str
    make: Callable[[Path], None]
    seconds: float


class Measured(NamedTuple):
    """Seconds of a delivery, the two ratios, and the peak of memory in MB."""

    seconds: Spread
    against_audit: Spread
    against_marking: Spread
    memory: float


def many_workbooks(folder: Path) -> None:
    """30 workbooks with 104 sheets, and a table of indicators."""
    written(made(7).faulty, folder)


def one_department(folder: Path) -> None:
    """One workbook with 250 sheets of one department."""
    written(made(9, books=1, sheets=250).faulty, folder)


def many_departments(folder: Path) -> None:
    """One workbook with 250 sheets of 17 departments, a fault in each tenth sheet."""
    projects = [project for of in departments(Random(17), 17, 250) for project in of]
    sheets = [worksheet(project, project.name) for project in projects]
    for sheet in sheets[::10]:
        _put_fault(sheet)
    written({"全課.xlsx": workbook_bytes(sheets, bordered=True)}, folder)


def _put_fault(sheet: PlainWorksheet) -> None:
    """Change a typed figure among the funding sources."""
    for place, cell in sheet.cells.items():
        value = cell.value
        if 17 <= place[0] <= 21 and cell.formula is None and isinstance(value, int | Decimal):
            sheet.cells[place] = replace(cell, value=value + 7_000)
            return


CASES: Final = (
    Case("30 workbooks, 104 sheets", many_workbooks, 8),
    Case("one workbook, 250 sheets of one department", one_department, 10),
    Case("one workbook, 250 sheets of 17 departments", many_departments, 10),
)


def measured(case: Case, rounds: int = ROUNDS) -> Measured:
    """The figures of a case; each round runs the three commands in turn."""
    with TemporaryDirectory() as name:
        work = Path(name)
        sheets, out = work / "成果シート", work / "点検結果"
        case.make(sheets)
        deliver = [*AUDITOR, str(sheets), "--deliver", str(out)]
        audit = [*AUDITOR, str(sheets)]
        marks = [
            [*AUDITOR, str(path), "--mark", str(work / "写し.xlsx")]
            for path in sorted(sheets.iterdir())
        ]
        _taken(audit)  # the first run compiles modules and fills the disk's cache
        times: list[tuple[float, float, float]] = []
        peaks: list[float] = []
        for _ in range(rounds):
            taken, peak = _taken(deliver)
            shutil.rmtree(out)
            alone = _taken(audit)[0]
            times.append((taken, taken / alone, taken / sum(_taken(each)[0] for each in marks)))
            peaks.append(peak)
    deliveries, audits, markings = zip(*times, strict=True)
    return Measured(Spread.of(deliveries), Spread.of(audits), Spread.of(markings), max(peaks))


def _taken(command: Sequence[str]) -> tuple[float, float]:
    """The seconds and the peak memory of a command, in a process of its own."""
    timed = [sys.executable, "-c", _TIMED, *command]
    done = subprocess.run(timed, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def table() -> str:
    """The table of the docs."""
    lines = [
        "| | seconds | at most | against the audit alone | against `--mark` for each file | MB |",
        "|---|---|---|---|---|---|",
    ]
    for case in CASES:
        result = measured(case)
        seconds = f"{result.seconds.median:.1f}"
        audit, marks = result.against_audit.median, result.against_marking.median
        lines.append(
            f"| {case.what} | {seconds} | {case.seconds:g} | {audit:.2f} | {marks:.2f} "
            f"| {result.memory:.0f} |"
        )
    now = datetime.now(UTC).date()
    lines += ["", f"auditor {auditor.__version__}, {machine()}, {now}, medians of {ROUNDS} rounds."]
    return "\n".join(lines)


def main() -> None:
    text = table()
    sys.stdout.write(f"{text}\n")
    put_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
