"""Measures what the prose of sheets costs: an audit with all usual rules of sheets that have a page of
it each, and the same sheets without prose.

``python -m benchmarks.narrative`` prints a table; ``--profile`` prints where the time goes.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from time import process_time
from typing import Final

import auditor
from auditor.auditing.session import load
from auditor.records.model import Book, Sheet
from auditor.testing.build import RandomChooser, build_book
from auditor.testing.prose.writing import prose_of_sheet
from benchmarks.measure import Spread, machine, on_one_core

SHEETS: Final = 1_000
CHARACTERS: Final = 1_500
"""A page of prose."""
ROUNDS: Final = 3
GOAL: Final = 200
"""Sheets a second."""


def plain_book(seed: int, sheets: int = SHEETS) -> Book:
    """Sheets that say nothing."""
    return build_book(load().forms["kushiro"], RandomChooser(seed), sheets, 0)


def book_with_pages(seed: int, sheets: int = SHEETS) -> Book:
    """Sheets with a page of prose each, of which all is true."""
    chooser = RandomChooser(seed)
    book = plain_book(seed, sheets)
    return book.model_copy(update={"sheets": tuple(_page(each, chooser) for each in book.sheets)})


def _page(sheet: Sheet, chooser: RandomChooser) -> Sheet:
    """The sheet with texts as long as a page, several sheets' worth of passages."""
    planned, achieved = "", ""
    while len(planned) + len(achieved) < CHARACTERS:
        prose = prose_of_sheet(sheet, (), chooser)
        planned += prose.text("planned") + "\n"
        achieved += prose.text("achieved") + "\n"
    return sheet.model_copy(update={"planned": planned.strip(), "achieved": achieved.strip()})


def audited(book: Book) -> None:
    """An audit that fully happens."""
    report = auditor.audit(book)
    if report.not_checked or not report.outcomes:
        raise SystemExit("the audit did not fully happen, so there is nothing to time")


def rate(books: list[Book]) -> Spread:
    """Sheets a second of the processor: of one core, whatever else the machine does."""
    rates: list[float] = []
    for book in books:
        start = process_time()
        audited(book)
        rates.append(len(book.sheets) / (process_time() - start))
    return Spread.of(rates)


def with_prose() -> Spread:
    """Sheets a second with a page of prose each, on the core that this process runs on."""
    return rate([book_with_pages(seed) for seed in range(ROUNDS)])


def without_prose() -> Spread:
    """Sheets a second of the same sheets without prose."""
    return rate([plain_book(seed) for seed in range(ROUNDS)])


def main(arguments: list[str]) -> None:
    on_one_core()
    audited(plain_book(99, 20))
    if "--profile" in arguments:
        book = book_with_pages(0, 300)
        profile = cProfile.Profile()
        profile.runcall(audited, book)
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return
    lines = [machine(), "", "| sheets | median, sheets/s | middle half |", "|---|---|---|"]
    for what, measured in (("a page of prose each", with_prose()), ("no prose", without_prose())):
        low, median, high = measured
        lines.append(f"| {what} | {median:,.0f} | {low:,.0f} – {high:,.0f} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
