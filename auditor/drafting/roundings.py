"""How a printed number is rounded: the plainest mode under which a relation holds in most rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from auditor.records.figures import Rounding

__all__ = ["Computed", "Rounded", "agrees", "best_rounding"]


class Computed(NamedTuple):
    """What a row prints, and what its equation computes as ``above`` ÷ ``below`` (above 0).

    ``slack`` ÷ ``below`` is how far the computed value may be off for the terms' own rounding.
    """

    row: int
    stated: int
    above: int
    below: int
    slack: int = 0


class Rounded(NamedTuple):
    """The modes that hold in as many rows as any other, the plainest first; ``step`` in the
    numbers' scale, 0 for exact ones; by row whether the first of them holds.
    """

    modes: tuple[Rounding, ...]
    step: int
    answers: tuple[bool, ...]

    @property
    def holds(self) -> int:
        return sum(self.answers)


_Test = Callable[[int, int, int, int], bool]


def _nearest(printed: int, above: int, below: int, step: int) -> bool:
    return 2 * abs(above - printed * below) <= step * below


def _half_up(printed: int, above: int, below: int, step: int) -> bool:
    magnitude = (2 * abs(above) + step * below) // (2 * step * below) * step
    return printed == (-magnitude if above < 0 else magnitude)


def _truncate(printed: int, above: int, below: int, step: int) -> bool:
    magnitude = abs(above) // (step * below) * step
    return printed == (-magnitude if above < 0 else magnitude)


def _up(printed: int, above: int, below: int, step: int) -> bool:
    magnitude = -(-abs(above) // (step * below)) * step
    return printed == (-magnitude if above < 0 else magnitude)


def _floor(printed: int, above: int, below: int, step: int) -> bool:
    return printed == above // (step * below) * step


_TESTS: Final[Mapping[Rounding, _Test]] = {
    "exact": lambda printed, above, below, _step: printed * below == above,
    "half_up": _half_up,
    "truncate": _truncate,
    "floor": _floor,
    "up": _up,
    "nearest": _nearest,
}
"""The modes of :data:`auditor.records.figures.MODES`, the plainest first."""


def agrees(row: Computed, mode: Rounding, step: int) -> bool:
    """Whether a row's printed number is its computed one, rounded in a mode to a step.

    With slack, some value within it has to be.
    """
    if not row.slack:
        return _TESTS[mode](row.stated, row.above, row.below, step)
    # Each number stands for what is less than half a step above it: all of it together is too far.
    return abs(row.above - row.stated * row.below) * 2 < row.slack * 2 + step * row.below


def best_rounding(rows: Sequence[Computed], step: int) -> Rounded:
    """The rounding under which most rows hold.

    Exact where that holds in as many rows as any rounding to ``step`` does: a rounding that no
    row shows is not stated.
    """
    answers: dict[Rounding, tuple[bool, ...]] = {}
    for mode in _TESTS:
        answers[mode] = tuple(agrees(row, mode, step) for row in rows)
        if mode == "exact" and all(answers[mode]):
            return Rounded(("exact",), 0, answers[mode])
    # Whatever holds half up holds to the nearest, so that mode has to hold in more rows.
    most = max(sum(answer) for mode, answer in answers.items() if mode != "nearest")
    if most * 2 >= len(rows):
        nearest = sum(answers["nearest"])
        if nearest > most:
            return Rounded(("nearest",), step, answers["nearest"])
    modes: tuple[Rounding, ...] = tuple(
        mode for mode, answer in answers.items() if sum(answer) == most and mode != "nearest"
    )
    return Rounded(modes, 0 if modes[0] == "exact" else step, answers[modes[0]])
