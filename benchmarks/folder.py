"""Audits a finance section's folder with known faults, and says how well the report names them.

``python -m benchmarks.folder`` writes the table of docs/suspects.md; ``--seeds`` sets how many
folders are made, ``--show KIND`` prints what the reports say of one kind of fault instead, and
``--documents N`` what time and memory a folder of N one-sheet texts takes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final, get_args

import auditor
from auditor.auditing.report import Report
from auditor.rules.causes import Certainty
from auditor.rules.suspects import Suspect, SuspectCell
from benchmarks.many_documents import HEADER as HEADER_OF_COSTS
from benchmarks.many_documents import PASSAGES, cost_of
from benchmarks.measure import machine, on_one_core
from benchmarks.pages import put_between
from tests.documents.folder.faults import HIDDEN_KINDS, Answer
from tests.documents.folder.making import PutIn, made, written
from tests.documents.folder.sheets import SOURCES, Key

__all__ = ["Audited", "Entry", "Verdict", "audited", "entries", "names", "verdict"]

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "suspects.md"
BEGIN: Final = "<!-- folder measured: begin -->"
END: Final = "<!-- folder measured: end -->"
SEED: Final = 30_000
_FIGURES: Final = frozenset(
    (
        *SOURCES,
        "total_cost",
        "staff_cost",
        "headcount",
        "population",
        "cost_per_capita",
        "bond_burden_per_capita",
    )
)


@dataclass(frozen=True)
class Entry:
    """One entry of a report: where it stands, the rules of its findings, its suspects, and how
    sure it is of the first one.
    """

    document: str
    sheet: int | None
    kpi: int | None
    codes: frozenset[str]
    suspects: tuple[Suspect, ...]
    certainty: Certainty
    text: str


@dataclass(frozen=True)
class Audited:
    """The entries of a folder's report, and the seconds of processor time for the audit alone."""

    entries: tuple[Entry, ...]
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """What a report makes of a fault: the entries about it, those that give the answer, and those
    that say something else.
    """

    fault: PutIn
    entries: tuple[Entry, ...]
    right: tuple[Entry, ...]
    rivals: tuple[Entry, ...]


def entries(report: Report) -> tuple[Entry, ...]:
    """The entries of a report, one for each cause."""
    findings = {finding.id: finding for finding in report.findings}
    return tuple(
        Entry(
            Path(cause.document).name,
            cause.sheet.number if cause.sheet else None,
            cause.kpi.number if cause.kpi else None,
            frozenset(findings[key].rule for key in cause.findings),
            cause.suspects,
            cause.certainty,
            findings[cause.findings[0]].message.en,
        )
        for cause in report.causes
    )


def audited(books: Mapping[str, bytes]) -> Audited:
    """Audit workbooks as a folder; what could not be checked ends the measuring."""
    with TemporaryDirectory() as folder:
        written(books, Path(folder))
        read = auditor.read_books([folder])
    began = process_time()
    report = auditor.audit(read)
    seconds = process_time() - began
    if report.not_checked:
        raise SystemExit(f"not checked: {report.not_checked[0].why.en}")
    return Audited(entries(report), seconds)


# What an entry says of a fault.


def names(entry: Entry, answer: Answer) -> bool:
    """Whether an entry gives the answer: its first suspect is the wrong cells with their right
    values, or its finding says what is wrong by itself.
    """
    if not entry.suspects:
        return not answer.codes.isdisjoint(entry.codes)
    cells = _by_key(entry.suspects[0])
    if answer.cells:
        return answer.cells.keys() <= cells.keys() and _fits(cells, answer)
    # The answer is a word or a text: nothing may be said of figures.
    says_nothing = entry.certainty == "open" or _FIGURES.isdisjoint(name for name, _ in cells)
    return says_nothing and not answer.codes.isdisjoint(entry.codes)


def _by_key(suspect: Suspect) -> dict[Key, SuspectCell]:
    return {(cell.field, cell.year): cell for cell in suspect.cells}


def _fits(cells: Mapping[Key, SuspectCell], answer: Answer) -> bool:
    """Whether no cell but those of the answer and its followers is named, each with its value."""
    return all(
        key in answer.followers or (key in answer.cells and _is_value(cell, answer.cells[key]))
        for key, cell in cells.items()
    )


def _is_value(cell: SuspectCell, right: str | None) -> bool:
    """Whether a cell is to hold the right value or word; a blank cell is as good as 0."""
    if right is None:
        return True
    if right == "":
        return cell.emptied or cell.corrected == 0
    if cell.word is not None:
        return cell.fits == right
    return cell.corrected is not None and cell.corrected == Decimal(right)


def verdict(fault: PutIn, of_report: Iterable[Entry]) -> Verdict:
    """What a report makes of a fault."""
    about = tuple(entry for entry in of_report if _is_about(entry, fault))
    right = tuple(entry for entry in about if names(entry, fault.answer))
    rivals = tuple(
        entry
        for entry in about
        if entry not in right
        and entry.suspects
        and entry.certainty != "open"
        and not (fault.answer.cells and _fits(_by_key(entry.suspects[0]), fault.answer))
    )
    return Verdict(fault, about, right, rivals)


def _is_about(entry: Entry, fault: PutIn) -> bool:
    if fault.twin is not None and (entry.document, entry.sheet) == fault.twin:
        return True
    place = (fault.document, fault.sheet, fault.kpi)
    return (entry.document, entry.sheet, entry.kpi) == place


# The table.


@dataclass
class _Tally:
    """Counts of one kind of fault, or of all."""

    faults: int = 0
    found: int = 0
    named: int = 0
    clear: int = 0
    rivals: int = 0
    entries: int = 0

    def add(self, said: Verdict) -> None:
        self.faults += 1
        self.found += bool(said.entries)
        self.named += bool(said.right)
        self.clear += bool(said.right) and not said.rivals
        self.rivals += len(said.rivals)
        self.entries += len(said.entries)

    def row(self, name: str) -> str:
        counts = (self.faults, self.found, self.named, self.clear, self.rivals, self.entries)
        return f"| {name} | " + " | ".join(map(str, counts)) + " |"


HEADER: Final = (
    "| fault | put in | found | right answer first | and no rival | rival claims | entries |\n"
    "|---|---|---|---|---|---|---|"
)


@dataclass
class _Measured:
    """What several folders' reports make of their faults."""

    kinds: dict[str, _Tally]
    all: _Tally
    hidden: _Tally
    elsewhere: int = 0
    false: int = 0
    claims: Counter[Certainty] = field(default_factory=Counter["Certainty"])
    right_claims: Counter[Certainty] = field(default_factory=Counter["Certainty"])
    sheets: int = 0
    seconds: float = 0.0

    def add(self, verdicts: Sequence[Verdict], after: Audited, before: Audited) -> None:
        """Count one folder's reports."""
        for said in verdicts:
            fault = said.fault
            tally = self.hidden if fault.is_hidden else self.all
            tally.add(said)
            self.kinds.setdefault(fault.kind, _Tally()).add(said)
            for entry in said.entries:
                if entry.suspects:
                    self._count_claim(entry, entry in said.right)
        about = {id(entry) for said in verdicts for entry in said.entries}
        self.elsewhere += sum(id(entry) not in about for entry in after.entries)
        self.false += len(before.entries)
        self.seconds += after.seconds

    def _count_claim(self, entry: Entry, is_right: bool) -> None:
        self.claims[entry.certainty] += 1
        self.right_claims[entry.certainty] += is_right

    def lines(self) -> Iterator[str]:
        """The table and the sentences below it."""
        yield HEADER
        for kind in sorted(self.kinds, key=lambda kind: (kind in HIDDEN_KINDS, kind)):
            if kind == min(HIDDEN_KINDS):
                yield self.all.row("**all that shows**")
            yield self.kinds[kind].row(kind.replace("_", " "))
        faults, entries = self.all.faults, self.all.entries + self.elsewhere
        yield ""
        yield f"- Entries for each fault: {entries / max(faults, 1):.2f}."
        yield f"- Entries of other sheets: {self.elsewhere}. False entries of the clean folders: {self.false}."
        claims = "; ".join(
            f"{word}: {self.right_claims[word]} of {self.claims[word]}"
            for word in get_args(Certainty)
        )
        yield f"- First suspects that are right, by certainty: {claims}."
        yield f"- Audit without reading: {self.sheets / max(self.seconds, 1e-9):,.0f} sheets/s."


def measured(seeds: Sequence[int]) -> tuple[_Measured, list[Verdict]]:
    """Make, audit and compare a folder for each seed."""
    result = _Measured({}, _Tally(), _Tally())
    every: list[Verdict] = []
    for seed in seeds:
        folder = made(seed)
        after, before = audited(folder.faulty), audited(folder.clean)
        verdicts = [verdict(fault, after.entries) for fault in folder.faults]
        result.add(verdicts, after, before)
        result.sheets += folder.sheets
        every += verdicts
    return result, every


def _shown(said: Verdict) -> Iterator[str]:
    """A fault, its answer, and what the report says."""
    fault = said.fault
    yield f"{fault.kind}: {fault.document}, sheet {fault.sheet}, KPI {fault.kpi}"
    yield f"  answer: {dict(fault.answer.cells)} {sorted(fault.answer.codes)}"
    for entry in said.entries:
        mark = "right" if entry in said.right else "rival" if entry in said.rivals else "-"
        yield f"  [{mark}] {'/'.join(sorted(entry.codes))}: {entry.text}"
        for suspect in entry.suspects[:2]:
            cells = ", ".join(
                f"{cell.field} {cell.year or ''} {cell.word or cell.value} -> "
                f"{cell.fits or cell.corrected}"
                for cell in suspect.cells
            )
            yield f"      {suspect.share:.2f} {cells} ({suspect.slip.code}, {entry.certainty})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--show", action="append", help="a kind of fault, or 'all'")
    parser.add_argument("--documents", type=int, help="how many one-sheet texts to audit instead")
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()
    if options.documents:
        print(HEADER_OF_COSTS)
        for passages in PASSAGES:
            print(cost_of(options.documents, passages, options.jobs).row())
        return
    on_one_core()
    result, verdicts = measured(range(SEED, SEED + options.seeds))
    if options.show:
        for said in verdicts:
            if "all" in options.show or said.fault.kind in options.show:
                print("\n".join(_shown(said)))
        return
    title = (
        f"{datetime.now(UTC):%Y-%m-%d}, sheet-auditor {auditor.__version__}, {machine()}; "
        f"{options.seeds} folders of 30 workbooks, 104 sheets and 20 indicators"
    )
    text = "\n".join((title, "", *result.lines()))
    print(text)
    put_between(PAGE, BEGIN, END, text)


if __name__ == "__main__":
    main()
