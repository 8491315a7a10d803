"""Whether the certainty of explanations is true: how often what is said to be likely is right.

Nothing was fitted on the ``keypad`` generator. It has slips that the model does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from auditor.rules.suspects import SuspectCell
from auditor.suspects.locating import Suspects, Undecided, locate
from benchmarks.corrupted import (
    CELLS,
    FIXED,
    FORMULAS,
    OFFICE,
    ROUNDING,
    STEPS,
    Case,
    Kind,
    arbitrary_chance,
    corrections,
    draw,
    office_prior,
    slip_chance,
)

__all__ = [
    "AgainstIdeal",
    "Calibration",
    "against_ideal",
    "calibrated",
    "certainty_table",
    "ideal_shares",
]

LIKELY: Final = Decimal("0.9")
POSSIBLE: Final = Decimal("0.5")
MISTAKES: Final = (1, 1, 1, 1, 1, 1, 1, 2, 2, 3)
"""How many figures of a record are wrong: one in seven of ten."""
KINDS: Final[tuple[Kind, ...]] = ("slip", "slip", "slip", "arbitrary")


@dataclass
class Calibration:
    """How many explanations were likely (90 % and over) or possible (50 to 90 %), and how many of
    them right, with the true values; and the sum of Brier scores.
    """

    cases: int = 0
    likely: int = 0
    likely_right: int = 0
    possible: int = 0
    possible_right: int = 0
    brier: float = 0.0

    def add(self, suspects: Suspects, truth: Mapping[str, Decimal]) -> None:
        """Count the explanations of one record."""
        self.cases += 1
        score = 1.0
        for suspect in suspects:
            share = float(suspect.share)
            is_right = corrected(suspect.cells) == truth
            score += share * share - (2 * share if is_right else 0)
            if suspect.share >= LIKELY:
                self.likely += 1
                self.likely_right += is_right
            elif suspect.share >= POSSIBLE:
                self.possible += 1
                self.possible_right += is_right
        self.brier += score


def corrected(cells: Iterable[SuspectCell]) -> dict[str, Decimal]:
    """What an explanation says of its cells."""
    return {cell.field: cell.corrected for cell in cells if cell.corrected is not None}


def _located(case: Case) -> Suspects:
    try:
        return locate(case.values, FORMULAS, steps=STEPS, rounding=ROUNDING, fixed=FIXED, limit=50)
    except Undecided:
        return Suspects()


def _truth(case: Case) -> dict[str, Decimal]:
    return {name: step * STEPS[name] for name, step in case.truth.items()}


def calibrated(generator: str, cases: int, seed: str) -> Calibration:
    """The calibration on a mixture of records with one, two or three wrong figures."""
    random = Random(f"{seed}/{generator}")
    calibration = Calibration()
    for _ in range(cases):
        case = draw(generator, random.choice(KINDS), random.choice(MISTAKES), random)
        calibration.add(_located(case), _truth(case))
    return calibration


def ideal_shares(case: Case) -> dict[tuple[str, int], float]:
    """What Bayes\' rule makes of one wrong cell for one who knows the office generator by heart:
    the share of each cell and value.
    """
    beliefs: dict[tuple[str, int], float] = {}
    for name, value in _corrections(case):
        record = {**case.printed, name: value}
        printed = case.printed[name]
        chance = (slip_chance(name, record, printed, OFFICE) + arbitrary_chance(printed)) / 2
        prior = office_prior(name, case.printed) or 1e-12
        beliefs[name, value] = chance * office_prior(name, record) / prior
    total = sum(beliefs.values())
    return {key: belief / total for key, belief in beliefs.items()} if total else {}


def _corrections(case: Case) -> Iterator[tuple[str, int]]:
    for name in CELLS:
        for value in corrections(name, case.printed):
            yield name, value


@dataclass
class AgainstIdeal:
    """Single slips of the office generator: the Brier scores, and of those that the ideal
    observer puts at 90 % or more, how many are said to be so.
    """

    cases: int = 0
    brier: float = 0.0
    ideal_brier: float = 0.0
    sure: int = 0
    also_said: int = 0


def against_ideal(cases: int, seed: str) -> AgainstIdeal:
    """The certainty of single slips beside that of the ideal observer."""
    random = Random(f"{seed}/ideal")
    result = AgainstIdeal()
    for number in range(cases):
        case = draw("office", ("slip", "arbitrary")[number % 2], 1, random)
        suspects = _located(case)
        single = Calibration()
        single.add(suspects, _truth(case))
        shares = ideal_shares(case)
        ((name, value),) = case.truth.items()
        result.cases += 1
        result.brier += single.brier
        result.ideal_brier += (
            1 + sum(share * share for share in shares.values()) - 2 * shares.get((name, value), 0)
        )
        (best, share) = max(shares.items(), key=lambda item: item[1])
        if share >= LIKELY:
            result.sure += 1
            answer = {best[0]: best[1] * STEPS[best[0]]}
            result.also_said += any(
                suspect.share >= LIKELY and corrected(suspect.cells) == answer
                for suspect in suspects[:1]
            )
    return result


def certainty_table(cases: int, seed: str) -> str:
    """Calibration as a table, and the certainty beside that of the ideal observer."""
    lines = [
        "| generator | records | likely: right | possible: right | Brier score |",
        "|---|---|---|---|---|",
    ]
    for generator in ("office", "keypad"):
        result = calibrated(generator, cases, seed)
        likely = result.likely_right / max(1, result.likely)
        possible = result.possible_right / max(1, result.possible)
        lines.append(
            f"| {generator} | {result.cases:,} | {likely:.1%} of {result.likely:,} "
            f"| {possible:.1%} of {result.possible:,} | {result.brier / result.cases:.3f} |"
        )
    ideal = against_ideal(cases, seed)
    brier, best = ideal.brier / ideal.cases, ideal.ideal_brier / ideal.cases
    lines += [
        "",
        f"One wrong figure of the office generator ({ideal.cases:,} records): Brier score "
        f"{brier:.3f}, of the ideal observer {best:.3f}; of {ideal.sure:,} that it puts at 90 % "
        f"or more, {ideal.also_said / ideal.sure:.1%} are said to be likely.",
    ]
    return "\n".join(lines)
