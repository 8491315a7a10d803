"""What explains findings: the suspects for one thing that went wrong, and their shares."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.rules.findings import Finding
from auditor.rules.rows import Row
from auditor.rules.rule import Rule
from auditor.rules.suspects import Suspect

__all__ = ["Contradiction", "Explanation", "lawful_alone", "shares"]

ALONE: Final = 0.3
"""How likely a warning without an error is right as it stands."""
MOST: Final = 999
"""The largest share that a guess has, in thousandths."""

Contradiction = tuple[Finding, Rule, Row]


class Explanation(NamedTuple):
    """One thing that went wrong: the contradictions (by number) that follow from it, what it may
    have been, likeliest first, and the belief that it was none of these. Together with the
    suspects' shares that is one.
    """

    contradictions: tuple[int, ...]
    suspects: tuple[Suspect, ...]
    none_of_these: Decimal


def lawful_alone(finding: Finding) -> float:
    """How likely nothing is wrong at all, where a finding follows from nothing else."""
    return 0.0 if finding.severity == "error" else ALONE


def shares(weights: Sequence[float]) -> tuple[list[Decimal], Decimal]:
    """Parts of the whole in thousandths, in the order given, and what is left to none of them:
    together exactly one. What is a guess is never certain.
    """
    whole = [min(MOST, round(weight * 1000)) for weight in weights]
    while sum(whole) >= 1000:
        # The last of the largest, so that what is likeliest stays so.
        largest = max(range(len(whole)), key=lambda at: (whole[at], at))
        whole[largest] -= 1
    rest = 1000 - sum(whole)
    return [Decimal(share).scaleb(-3) for share in whole], Decimal(rest).scaleb(-3)
