"""How much a cell's being wrong is believed.

That is the odds that it is wrong, the chance of its slip, and how likely the true figure is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final

from auditor.suspects import slips
from auditor.suspects.expressions import Span, inside
from auditor.suspects.slips import ARBITRARY, CHANCES, NEGATIVE, UNADJUSTED, sources, ways

__all__ = ["Context", "size"]

LIKELIEST: Final = 12
"""So many likely figures of a cell are tried before others."""
NOTHING: Final = 0.17
"""The size of 0: three cells in ten hold it, or nothing at all."""
ALLOWED: Final = 0.12
"""How much rarer a negative figure is where a form allows it: 5 to 42 in the published sheets."""
ROUND: Final = 0.1
"""The share of figures that are rounded to thousands, or to a higher power of ten."""
HUNDRED: Final = 100
"""A percentage is so many times the share."""
RECOMPUTED: Final = 0.9
"""The chance that a result that is known to be wrong should be what its formula gives."""


def size(figure: int | None) -> float:
    """How rare a true figure is: small ones are commoner than large ones, those in whole
    thousands than others, and 0 is commonest.
    """
    if not figure:
        return NOTHING
    if figure % 1000:
        return abs(figure) + 1
    power = 1000
    while figure % (power * 10) == 0:
        power *= 10
    return (abs(figure) + 1) / (1 - ROUND + ROUND * power)


@dataclass(slots=True)
class Context:
    """What the belief in a slip depends on besides the figure: the cells beside it, of other
    years, and its parts.

    Figures are in steps. ``derived`` are the cells (a mask) that a rule computes from others,
    ``negative`` those that may be negative, ``computed`` those that hold a formula, to which
    no slips of the hand happen. ``results`` are what cells should say by their own formulas, each
    with the slip that this would show. ``lacking`` says how much more a blank cell is believed to
    lack a figure than others, from what stands beside it. ``tenths`` are the cells (a mask) that
    count in tenths, ``in_sums`` those of sums that hold to the unit, though their figures were
    rounded. ``percentages`` are shares of a whole, in per cent or not. ``barred`` cells can't be
    negative by the form, ``positive`` ones seldom are: nothing says that they may be. ``coarse``
    says how many steps the form's own step is, of cells that are printed finer.
    """

    steps: Sequence[int | None]
    weights: Sequence[float]
    rows: Mapping[int, Sequence[int]]
    years: Mapping[int, Sequence[int]]
    parts: Mapping[int, Sequence[int]]
    derived: int = 0
    negative: int = 0
    computed: int = 0
    results: Mapping[int, Mapping[int, str]] = field(default_factory=dict[int, Mapping[int, str]])
    lacking: Callable[[int, int], float] = lambda _at, _true: 1.0
    tenths: int = 0
    in_sums: int = 0
    percentages: int = 0
    barred: int = 0
    positive: int = 0
    coarse: Mapping[int, int] = field(default_factory=dict[int, int])
    _scored: dict[tuple[int, int], tuple[float, str]] = field(
        default_factory=dict[tuple[int, int], tuple[float, str]]
    )

    def chance(self, at: int, true: int) -> tuple[float, str]:
        """How likely the true figure is printed as the cell has it, and by which slip most
        likely.
        """
        key = (at, true)
        if key not in self._scored:
            self._scored[key] = self._chance(at, true)
        return self._scored[key]

    def _chance(self, at: int, true: int) -> tuple[float, str]:
        printed = self.steps[at]
        code = self.results[at].get(true) if at in self.results else None
        if code is not None:
            return RECOMPUTED, code
        if printed is None:
            return CHANCES["left-blank"], "left-blank"
        best, total, code = self._by_hand(at, true, printed)
        if self.in_sums >> at & 1 and abs(true - printed) == 1:
            total += UNADJUSTED / 2
            if best < UNADJUSTED / 2:
                best, code = UNADJUSTED / 2, "rounding-not-adjusted"
        parts = self.parts.get(at, ())
        if parts and (alike := sum(self.steps[other] == true - printed for other in parts)):
            chance = CHANCES["part-left-out"] * alike / len(parts)
            total += chance
            if chance > best:
                code = "part-left-out"
        return total, code

    def _by_hand(self, at: int, true: int, printed: int) -> tuple[float, float, str]:
        """How likely the likeliest slip of the hand in a cell is, all together, and which one it
        is.
        """
        best = total = self._arbitrary(printed)
        code = "arbitrary"
        if not self.computed >> at & 1:
            for kind, share in ways(true, printed):
                chance = CHANCES[kind] * share
                total += chance
                if chance > best:
                    best, code = chance, kind
            for kind, is_it in (
                ("point-lost", self.tenths >> at & 1 and printed == true * 10),
                ("share-for-percentage", self.percentages >> at & 1 and _rescaled(true, printed)),
            ):
                if is_it:
                    total += CHANCES[kind]
                    if CHANCES[kind] > best:
                        best, code = CHANCES[kind], kind
            for kind, cells in (
                ("neighbour-value", self.rows.get(at, ())),
                ("other-year-value", self.years.get(at, ())),
            ):
                alike = sum(self.steps[other] == printed for other in cells) if printed else 0
                if alike:
                    chance = CHANCES[kind] * alike / len(cells)
                    total += chance
                    if chance > best:
                        best, code = chance, kind
        return best, total, code

    def _arbitrary(self, printed: int) -> float:
        return CHANCES["arbitrary"] * ARBITRARY / (abs(printed) + 1)

    def belief(self, at: int, true: int, span: Span) -> tuple[float, str]:
        """How much a cell's being wrong with this true figure is to be believed, against its
        being right.
        """
        chance, code = self.chance(at, true)
        belief = chance * self.prior(at, true)
        if span[0] != span[1] or span[0] is None:
            rest = self._mass(at, span)
            if code == "arbitrary":
                return rest, code
            belief += rest
        return belief, code

    def odds(self, at: int) -> float:
        """The odds that a cell is wrong at all."""
        return float(slips.ODDS ** self.weights[at])

    def prior(self, at: int, true: int) -> float:
        """How likely the true figure is as such, against the printed one."""
        printed = self.steps[at]
        # How round a figure is tells nothing of how it was rounded.
        is_rounding = self.in_sums >> at & 1 and printed and true and abs(true - printed) == 1
        follows = is_rounding or self.derived >> at & 1
        ratio = 1.0 if follows else size(printed) / size(true)
        if printed is None:
            ratio *= self.lacking(at, true)
        return ratio * self.plausibility(at, true)

    def plausibility(self, at: int, true: int) -> float:
        """How much less a true figure is believed because it is negative: not at all where the
        printed one is, too.
        """
        if true >= 0:
            return 1.0
        if self.barred >> at & 1:
            return 0.0
        printed = self.steps[at] or 0
        if printed < 0:
            return 1.0
        if self.negative >> at & 1:
            return ALLOWED
        return NEGATIVE * NEGATIVE if self.positive >> at & 1 and true != -printed else NEGATIVE

    def _mass(self, at: int, span: Span) -> float:
        """The belief in arbitrary values anywhere in a span."""
        printed = self.steps[at]
        chance = CHANCES["left-blank"] if printed is None else self._arbitrary(printed)
        lo = 0 if span[0] is None else max(span[0], 0)
        hi = max(10**6, 100 * abs(printed or 0)) if span[1] is None else span[1]
        if hi < lo:
            return chance * min(NEGATIVE, self.plausibility(at, hi))
        return chance * size(printed) * max(log((hi + 1) / (lo + 1)), 1 / (hi + 1))

    def guesses(self, at: int, span: Span) -> list[int]:
        """True figures within a span to try, the most believable first; and some that are sure to
        be near.
        """
        lo, hi = span
        printed = self.steps[at]
        if lo is not None and lo == hi:
            return [lo]
        near = printed or 0
        if lo is not None and near < lo:
            near = lo
        elif hi is not None and near > hi:
            near = hi
        plain = [near]
        if at in self.coarse:
            # What is printed finer than the form has it would be corrected to the form's step.
            plain.insert(0, round(near / self.coarse[at]) * self.coarse[at])
        if lo is not None and hi is not None:
            plain += [(lo + hi) // 2, lo, hi]
        else:
            plain += [end for end in (lo, hi) if end is not None] + [near + 1, near - 1, 1]
        return [*self._likely(at, span), *plain]

    def _likely(self, at: int, span: Span) -> list[int]:
        """The figures within a span that a slip turns into the printed one, the likeliest first."""
        printed = self.steps[at]
        if printed is None:
            return []
        figures = [figure for figure in sources(printed) if inside(figure, span)]
        figures += [figure for figure in self.results.get(at, ()) if inside(figure, span)]
        if self.percentages >> at & 1:
            figures += self._rescalings(at, printed, span)
        for other in self.parts.get(at, ()):
            part = self.steps[other]
            if part and inside(printed + part, span):
                figures.append(printed + part)
        beliefs = {
            figure: self.chance(at, figure)[0] * self.prior(at, figure) for figure in figures
        }
        return sorted(beliefs, key=lambda figure: (-beliefs[figure], figure))[:LIKELIEST]

    def _rescalings(self, at: int, printed: int, span: Span) -> list[int]:
        """What is within a span, and as good as a hundred times the printed figure, or a
        hundredth of it.
        """
        figures: list[int] = []
        step = self.coarse.get(at, 1)
        for figure in (printed * HUNDRED, round(printed / HUNDRED)):
            nearest = figure if span[1] is None else min(figure, span[1])
            nearest = nearest if span[0] is None else max(nearest, span[0])
            coarse = round(nearest / step) * step
            figures += [
                true
                for true in (coarse, nearest)
                if inside(true, span) and _rescaled(true, printed)
            ]
        return figures


def _rescaled(true: int, printed: int) -> bool:
    """Whether one of two figures is a hundred times the other, as far as the smaller one tells."""
    if not printed or (true < 0) is not (printed < 0):
        return False
    small, large = sorted((abs(true), abs(printed)))
    return 2 * abs(large - small * HUNDRED) <= HUNDRED
