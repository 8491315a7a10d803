"""Measures which faults in sentences the rules find, and writes the table of docs/errors.md.

Sentences that are true are drawn (``auditor.testing.with_prose``), one thing of one sentence is made
false (``auditor_rules.corruptions_of_prose``), and the sheet is audited with the usual rules.
``python docs/make_errors.py``; with ``--missed KIND`` it prints what was missed instead.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import auditor
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.testing.build import RandomChooser
from auditor.testing.prose import with_prose
from auditor_rules.corruptions_of_prose import (
    CORRUPTIONS_OF_PROSE,
    OUT_OF_REACH,
    ProseCorruption,
    corrupt_prose,
)

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "errors.md"
BEGIN: Final = "<!-- measured: sentences -->"
END: Final = "<!-- measured: sentences end -->"
FORM: Final = "kushiro"
FAULTS: Final = 60
"""How many faults of each kind are tried."""
SEEDS: Final = range(4_000)


class Tally(NamedTuple):
    """How many faults of a kind were tried and found; what was found beside them; and what was
    missed, as (before, after).
    """

    tried: int
    found: int
    others: int
    missed: tuple[tuple[str, str], ...]


def faults(kind: str, number: int, form: Form) -> Iterator[ProseCorruption]:
    """So many corruptions of a kind, each in a book of its own."""
    count = 0
    for seed in SEEDS:
        made = with_prose(4, seed, form, kpis=4)
        corruption = corrupt_prose(kind, made, RandomChooser(seed))
        if corruption is not None:
            count += 1
            yield corruption
        if count == number:
            return


def fired(corruption: ProseCorruption, form: Form) -> set[str]:
    """The rules of texts that have a finding on the sheet."""
    book = corruption.made.book
    sheet = book.sheets[corruption.sheet]
    report = auditor.audit(book.model_copy(update={"sheets": (sheet,)}), forms=[form])
    return {finding.rule for finding in report.findings if finding.rule.startswith("TXT")}


def measured(kind: str, number: int = FAULTS) -> Tally:
    """What of a kind is found."""
    form = load().forms[FORM]
    tried = found = others = 0
    missed: list[tuple[str, str]] = []
    for corruption in faults(kind, number, form):
        tried += 1
        codes = fired(corruption, form)
        if codes & corruption.codes:
            found += 1
        else:
            missed.append((corruption.was, corruption.now))
        others += bool(codes - corruption.codes)
    return Tally(tried, found, others, tuple(missed))


def codes_of(kind: str) -> str:
    """The rules that a kind declares."""
    form = load().forms[FORM]
    return ", ".join(sorted({code for each in faults(kind, 8, form) for code in each.codes}))


def table() -> str:
    """The table, a line for each kind."""
    lines = ["| fault | what is changed | rules | found |", "|---|---|---|---|"]
    for kind, corrupter in CORRUPTIONS_OF_PROSE.items():
        tally = measured(kind)
        what = (corrupter.__doc__ or "").split("\n")[0].rstrip(".")
        share = f"{100 * tally.found // max(tally.tried, 1)} %"
        if kind in OUT_OF_REACH:
            share += f"; out of reach: {OUT_OF_REACH[kind]}"
        lines.append(f"| `{kind}` | {what[:1].lower()}{what[1:]} | {codes_of(kind)} | {share} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--missed"]:
        for kind in arguments[1:] or list(CORRUPTIONS_OF_PROSE):
            tally = measured(kind)
            sys.stdout.write(f"{kind}: {tally.found}/{tally.tried}, others {tally.others}\n")
            for was, now in tally.missed[:8]:
                sys.stdout.write(f"    {was!r}\n      → {now!r}\n")
        return
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
