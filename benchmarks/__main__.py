"""Measures the project's speeds and writes them, as ratios, between the markers of
docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import auditor
import auditor_datasets
from auditor.auditing.session import load
from auditor.records.model import Book
from auditor.suspects.analysis import analyse_formulas
from auditor.testing.build import book
from benchmarks import narrative
from benchmarks.measure import Spread, machine, on_one_core, ratio, seconds
from benchmarks.pages import put_between
from benchmarks.tables.measuring import measured
from benchmarks.tables.tools import TOOLS
from tests.documents.text_writer import text_of_sheets

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "benchmarks.md"
BEGIN: Final = "<!-- measured: begin -->"
END: Final = "<!-- measured: end -->"

# What the installed command's script does, under the same interpreter as the bare start it is
# compared with.
AUDITOR: Final = (
    sys.executable,
    "-c",
    "import sys; from auditor.cli.main import main; sys.exit(main())",
)
BARE: Final = (sys.executable, "-c", "pass")
EXCERPT: Final = ROOT.parent / "shared" / "documents" / "kushiro-r6-chapter5-excerpt.txt"
SHEETS: Final = 2_000
SHEET_YEARS: Final = 1_000_000


class Line(NamedTuple):
    """One line of the table."""

    what: str
    measured: Spread
    unit: str
    goal: float
    most: bool

    def markdown(self) -> str:
        met = self.measured.median <= self.goal if self.most else self.measured.median >= self.goal
        low, median, high = (
            f"{value:,.1f}" if value < 100 else f"{value:,.0f}" for value in self.measured
        )
        goal = f"at {'most' if self.most else 'least'} {self.goal:,g}"
        return f"| {self.what} | **{median}** {self.unit} | {low} – {high} | {goal} | {'met' if met else 'missed'} |"


def start() -> Line:
    """The start of the command: it should load no more than one rule's page needs."""
    return Line(
        "`auditor explain FND001` against a bare start of Python",
        ratio([*AUDITOR, "explain", "FND001"], BARE),
        "×",
        15,
        True,
    )


def document() -> Line:
    """A department's usual case: one document of ten sheets, from its text to the findings."""
    with TemporaryDirectory() as folder:
        text = EXCERPT
        if not text.exists():  # the same ten sheets, printed from the shipped figures
            text = Path(folder) / "sheets.txt"
            (shipped,) = auditor_datasets.load("kushiro-r6")
            text.write_text(
                text_of_sheets(shipped.sheets, load().forms[shipped.form]), encoding="utf-8"
            )
        # 0 and 1 are both results; 2 would mean that the audit did not fully happen.
        measured = ratio([*AUDITOR, "check", str(text)], BARE, exits=(0, 1))
    return Line(
        "`auditor check` of a ten-sheet text against a bare start of Python",
        measured,
        "×",
        30,
        True,
    )


def records() -> Line:
    """A prefecture's case: the audit alone, without reading, on one core."""

    def audit(sheets: Book) -> None:
        report = auditor.audit(sheets)
        if report.not_checked or not report.outcomes:
            raise SystemExit("the audit did not fully happen, so there is nothing to time")

    on_one_core()
    audit(book(sheets=20, seed=0))
    taken = seconds(audit, [book(sheets=SHEETS, seed=seed) for seed in range(1, 6)])
    rate = Spread(*(SHEETS / time for time in reversed(taken)))
    return Line(
        f"`auditor.audit` of {SHEETS:,} sheets of records on one core",
        rate,
        "sheets/s",
        1_000,
        False,
    )


def prose() -> Line:
    """A city's case: the sentences of each sheet are read and held against each other."""
    on_one_core()
    return Line(
        f"`auditor.audit` of {narrative.SHEETS:,} sheets with a page of prose each, on one core",
        narrative.with_prose(),
        "sheets/s",
        narrative.GOAL,
        False,
    )


def rules_against_each_other() -> Line:
    """A rule author's case: which of sixty linear rules contradict or imply each other."""

    def analyse(seed: int) -> None:
        random = Random(seed)
        names = [f"v{number}" for number in range(60)]
        formulas = ["{} == {} + {} + {}".format(*random.sample(names, 4)) for _ in range(45)]
        formulas += [
            "{} <= {} + {}".format(*random.sample(names, 2), random.randrange(1000))
            for _ in range(15)
        ]
        analyse_formulas(formulas)

    return Line(
        "60 linear rules held against each other (`rules --analyse`)",
        seconds(analyse, range(5)),
        "s",
        1,
        True,
    )


def tables() -> list[Line]:
    """A prefecture's history as tables, held against the Polars that an engineer would write for
    the same rules.
    """
    found = measured([tool for tool in TOOLS if tool.key == "audit"], SHEET_YEARS)
    what = f"tables of {SHEET_YEARS:,} sheet-years, against hand-written Polars"
    return [
        Line(f"screening {what}", found["screening"].ratio, "×", 1.2, True),
        Line(f"findings as columns of {what}", found["columns"].ratio, "×", 2, True),
    ]


def main() -> None:
    # The tables come before the records, which keep this process and those it starts to one core.
    measures = [start(), document(), *tables(), records(), prose(), rules_against_each_other()]
    rows = [line.markdown() for line in measures]
    table = "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d}, sheet-auditor {auditor.__version__}, {machine()}",
            "",
            "| what | median | middle half | goal | |",
            "|---|---|---|---|---|",
            *rows,
        ]
    )
    put_between(PAGE, BEGIN, END, table)
    print(table)


if __name__ == "__main__":
    main()
