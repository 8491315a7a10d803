"""Opening hours in the prose of sheets: 9時から17時まで（8時間）.

A plugin with a kind of claims of its own, `hours`, and the rule HRS001 on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import auditor
from auditor.narrative.claims import ClaimReader
from auditor.narrative.model import Claim
from auditor.narrative.statements import SheetText
from auditor.records.sentences import Mark

# A statement's text has narrow digits and brackets, whatever the document prints. Two hours of the
# clock and a length, side by side, can't mean anything else.
HOURS = re.compile(
    r"(?<![0-9:])(?P<start>[0-9]{1,2})時(?:から|~|-)(?P<end>[0-9]{1,2})時(?:まで)?"
    r"[(、](?P<length>[0-9]{1,2})時間"
)


def hours(text: SheetText) -> Iterator[Claim]:
    """The opening hours of a sheet, each with how long it is said to be, and how long it is."""
    for statement in text.statements:
        for match in HOURS.finditer(statement.text):
            start, end = int(match["start"]), int(match["end"])
            if not start < end <= 24:  # over midnight, or no hours of the clock
                continue
            mark = Mark(start=match.start("length"), end=match.end("length"), name="stated_span")
            yield Claim(
                kind="hours",
                sentence=statement.sentence(mark),
                values={"span": end - start, "stated_span": int(match["length"])},
            )


@auditor.hookimpl
def auditor_claims() -> Iterable[ClaimReader]:
    """The reader of opening hours."""
    return [hours]


@auditor.hookimpl
def auditor_rules() -> Iterable[Path]:
    """The rule on them."""
    return [Path(__file__).parent / "rules"]
