"""The slip model: how a true figure comes to be printed as another, and how likely that is.

The model and its source are written down in docs/suspects.md; ``python -m benchmarks.locate
--fit`` measures its numbers on seeded data of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from typing import Final

from auditor.records.text import Slip
from auditor.suspects.expressions import Span, inside

__all__ = [
    "ARBITRARY",
    "CHANCES",
    "CODES",
    "ODDS",
    "Context",
    "slip",
    "source_set",
    "sources",
    "ways",
]


CODES: Final[dict[str, tuple[str, str]]] = {
    "adjacent-digits-swapped": (
        "two adjacent digits are swapped",
        "隣り合う2つの数字が入れ替わっています",
    ),
    "digit-dropped": ("a digit is missing", "数字が1つ抜けています"),
    "digit-doubled": ("a digit is typed twice", "数字が1つ重複しています"),
    "digit-inserted": ("a digit too many is typed", "余分な数字が1つ入っています"),
    "digit-mistyped": ("one digit is another", "数字が1つ違っています"),
    "sign-lost": ("the sign (△) is lost or added", "△の付け忘れか、余分な△です"),
    "thousand-fold": (
        "the unit is off by a factor of one thousand",
        "単位が千倍（または千分の一）になっています",
    ),
    "neighbour-value": (
        "the value of the neighbouring row stands here",
        "隣の行の値が入っています",
    ),
    "other-year-value": ("the value of another year stands here", "別の年度の値が入っています"),
    "cells-swapped": ("the values of two cells are swapped", "2つの欄の値が入れ替わっています"),
    "part-left-out": ("a part is left out of the sum", "合計から内訳の1つが漏れています"),
    "left-blank": ("the value is not filled in", "値が記入されていません"),
    "missing": (
        "the value was not given and follows from the others",
        "値がないため、ほかの値から求めました",
    ),
    "arbitrary": ("another value stands here", "打ち間違いの型には当てはまりません"),
    "several": ("several slips", "2か所以上を同時に直すと合います"),
    "undecided": (
        "the search ended before it could tell which cells are wrong",
        "探索の上限に達したため、どの欄の誤りか判定できませんでした",
    ),
    "infeasible": (
        "no correction of these figures satisfies all the rules",
        "どの値に直しても、すべての規則を満たすことはできません",
    ),
    "book-disagrees": (
        "the value that the book agrees on is in doubt",
        "この欄ではなく、冊子のほかのシートの値のほうが誤っている可能性もあります",
    ),
}


@lru_cache(maxsize=64)
def slip(code: str) -> Slip:
    """A kind of slip by its code."""
    en, ja = CODES[code]
    return Slip(code=code, en=en, ja=ja)


# fitted: begin (python -m benchmarks.locate --fit)
CHANCES: Final[dict[str, float]] = {
    "adjacent-digits-swapped": 0.056,
    "digit-dropped": 0.055,
    "digit-doubled": 0.029,
    "digit-inserted": 0.037,
    "digit-mistyped": 0.209,
    "sign-lost": 0.014,
    "thousand-fold": 0.009,
    "neighbour-value": 0.017,
    "other-year-value": 0.025,
    "cells-swapped": 0.020,
    "part-left-out": 0.014,
    "left-blank": 0.020,
    "arbitrary": 0.507,
}
ODDS: Final = 0.003
"""The odds that a cell of weight 1 is wrong."""
NEGATIVE: Final = 0.01
"""How much rarer a negative figure is where the printed one is not."""
# fitted: end
ARBITRARY: Final = 1 / log(10**6)
"""An arbitrary figure has any order of magnitude up to a million steps with equal chance."""
_LONG: Final = 10**18
LIKELIEST: Final = 12
"""So many likely figures of a cell are tried before others."""


def ways(true: int, printed: int) -> Iterator[tuple[str, float]]:
    """The slips of the hand that turn a true figure into a printed one, each with its share of
    all results of its kind.
    """
    if true == -printed:
        yield "sign-lost", 1.0
        return
    if (true < 0) is not (printed < 0) and true and printed:
        return
    y, x = str(abs(true)), str(abs(printed))
    if printed == true * 1000 or true == printed * 1000:
        yield "thousand-fold", 0.5
    size, more = len(y), len(x) - len(y)
    if not -1 <= more <= 1:
        return
    ahead, behind = _alike(y, x), _alike(y[::-1], x[::-1])
    if more == 0:
        if ahead + behind == size - 1:
            yield "digit-mistyped", 1 / (9 * size)
        elif ahead + behind == size - 2 and y[ahead] == x[ahead + 1] and y[ahead + 1] == x[ahead]:
            yield "adjacent-digits-swapped", 1 / (size - 1)
    elif more < 0:
        places = ahead - (size - 1 - behind) + 1
        if places > 0:
            yield "digit-dropped", places / size
    else:
        places = ahead - (size - behind) + 1
        if places > 0:
            yield "digit-inserted", places / (10 * (size + 1))
            if places > 1:
                yield "digit-doubled", (places - 1) / size


def _alike(true: str, printed: str) -> int:
    """How many digits in front are the same."""
    size, count = min(len(true), len(printed)), 0
    while count < size and true[count] == printed[count]:
        count += 1
    return count


@lru_cache(maxsize=4096)
def sources(printed: int) -> tuple[int, ...]:
    """The true figures that one slip of the hand turns into this one."""
    size, sign = abs(printed), -1 if printed < 0 else 1
    if size >= _LONG:
        return (-printed,)
    figures: list[int] = []
    power = 1
    while power <= size or power == 1:
        digit = size // power % 10
        figures.extend(
            size + (other - digit) * power for other in range(10) if other != digit
        )  # mistyped
        left, right = divmod(size, power)
        figures.append(left // 10 * power + right)  # inserted or doubled here
        figures.extend((left * 10 + other) * power + right for other in range(10))  # dropped here
        above = size // (power * 10) % 10
        if above != digit and power * 10 <= size:
            figures.append(size + (digit - above) * power * 10 + (above - digit) * power)  # swapped
        power *= 10
    figures.extend(other * power + size for other in range(1, 10))  # dropped in front
    figures.append(size * 1000)
    if size % 1000 == 0:
        figures.append(size // 1000)
    return (*dict.fromkeys(sign * figure for figure in figures if figure != size), -printed)


@lru_cache(maxsize=4096)
def source_set(printed: int) -> frozenset[int]:
    """The same as a set."""
    return frozenset(sources(printed))


@dataclass(slots=True)
class Context:
    """What the chance of a slip depends on besides the figure: the cells beside it, of other
    years, and its parts.

    Figures are in steps. ``derived`` are the cells (a mask) that a rule computes from others,
    ``negative`` those that may well be negative.
    """

    steps: Sequence[int | None]
    weights: Sequence[float]
    rows: Mapping[int, Sequence[int]]
    years: Mapping[int, Sequence[int]]
    parts: Mapping[int, Sequence[int]]
    derived: int = 0
    negative: int = 0
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
        if printed is None:
            return CHANCES["left-blank"], "left-blank"
        best = total = CHANCES["arbitrary"] * ARBITRARY / (abs(printed) + 1)
        code = "arbitrary"
        for kind, share in ways(true, printed):
            chance = CHANCES[kind] * share
            total += chance
            if chance > best:
                best, code = chance, kind
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
        parts = self.parts.get(at, ())
        if parts and (alike := sum(self.steps[other] == true - printed for other in parts)):
            chance = CHANCES["part-left-out"] * alike / len(parts)
            total += chance
            if chance > best:
                code = "part-left-out"
        return total, code

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
        return float(ODDS ** self.weights[at])

    def prior(self, at: int, true: int) -> float:
        """How likely the true figure is as such, against the printed one: small figures are
        commoner than large ones.
        """
        printed = self.steps[at] or 0
        ratio = 1.0 if self.derived >> at & 1 else (abs(printed) + 1) / (abs(true) + 1)
        if true < 0 <= printed and not self.negative >> at & 1:
            ratio *= NEGATIVE
        return ratio

    def _mass(self, at: int, span: Span) -> float:
        """The belief in arbitrary values anywhere in a span."""
        printed = self.steps[at]
        chance = (
            CHANCES["left-blank"]
            if printed is None
            else CHANCES["arbitrary"] * ARBITRARY / (abs(printed) + 1)
        )
        lo = 0 if span[0] is None else max(span[0], 0)
        hi = max(10**6, 100 * abs(printed or 0)) if span[1] is None else span[1]
        if hi < lo:
            return chance * NEGATIVE
        return chance * (abs(printed or 0) + 1) * max(log((hi + 1) / (lo + 1)), 1 / (hi + 1))

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
        for other in self.parts.get(at, ()):
            part = self.steps[other]
            if part and inside(printed + part, span):
                figures.append(printed + part)
        beliefs = {
            figure: self.chance(at, figure)[0] * self.prior(at, figure) for figure in figures
        }
        return sorted(beliefs, key=lambda figure: (-beliefs[figure], figure))[:LIKELIEST]
