"""The slip model: how a true figure comes to be printed as another, and how likely that is.

The model and its source are written down in docs/suspects.md; ``python -m benchmarks.locate
--fit`` measures its numbers on seeded data of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import log
from typing import Final

from auditor.records.text import Slip

__all__ = [
    "ARBITRARY",
    "CHANCES",
    "CODES",
    "ODDS",
    "UNADJUSTED",
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
    "point-lost": ("the decimal point is lost", "小数点が抜けています"),
    "share-for-percentage": (
        "a share stands for a percentage, or a percentage for a share",
        "割合と百分率（％）の取り違えです",
    ),
    "neighbour-value": (
        "the value of the cell beside it stands here",
        "隣の欄の値が入っています",
    ),
    "other-year-value": ("the value of another year stands here", "別の年度の値が入っています"),
    "cells-swapped": ("the values of two cells are swapped", "2つの欄の値が入れ替わっています"),
    "part-left-out": ("a part is left out of the sum", "合計から内訳の1つが漏れています"),
    "left-blank": ("the value is not filled in", "値が記入されていません"),
    "one-row-off": (
        "the value stands in the cell beside its own",
        "値が隣の欄に記入されています",
    ),
    "columns-exchanged": (
        "the figures of two columns are exchanged",
        "2つの列の値が入れ替わっています",
    ),
    "rows-exchanged": (
        "the figures of two rows are exchanged",
        "2つの行の値が入れ替わっています",
    ),
    "column-unit": (
        "the whole column is in another unit",
        "列全体の単位がずれています",
    ),
    "column-copied": (
        "the column repeats the figures of another column",
        "列全体に別の列と同じ値が入っています",
    ),
    "sheet-copied": (
        "the column repeats the figures of another sheet",
        "列全体に別のシートと同じ値が入っています",
    ),
    "row-copied": (
        "the row repeats the figures of the row beside it",
        "行全体に隣の行と同じ値が入っています",
    ),
    "computed-from-wrong": (
        "it was computed from the wrong value",
        "誤った値から計算されています",
    ),
    "text-not-added": (
        "a number typed as text is not added",
        "文字列として入力された数値が合計に含まれていません",
    ),
    "rounding-not-adjusted": (
        "the figure was rounded, and not adjusted to the sum",
        "端数調整漏れ：丸めた値が、合計に合わせて調整されていません",
    ),
    "left-out-of-sum": (
        "the formula leaves out a part, or adds one twice",
        "数式の範囲に、抜けている欄または二重に含まれる欄があります",
    ),
    "not-recalculated": (
        "the stored result is out of date",
        "計算結果が更新されていません",
    ),
    "typed-over": (
        "a number was typed over the formula",
        "数式の上から数値が直接入力されています",
    ),
    "out-of-bounds": (
        "one of the two sides is wrong",
        "大小関係にある欄のどれかが誤っています",
    ),
    "other-word": ("another word stands here", "別の語が記入されています"),
    "against-word": (
        "this figure does not fit the word",
        "語と合わない数値です",
    ),
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
    "cells-swapped": 0.010,
    "part-left-out": 0.014,
    "left-blank": 0.040,
    "point-lost": 0.040,
    "share-for-percentage": 0.100,
    "one-row-off": 0.020,
    "columns-exchanged": 0.050,
    "rows-exchanged": 0.020,
    "column-unit": 0.100,
    "column-copied": 0.050,
    "sheet-copied": 0.050,
    "row-copied": 0.020,
    "arbitrary": 0.507,
}
ODDS: Final = 0.003
"""The odds that a cell of weight 1 is wrong."""
NEGATIVE: Final = 0.01
"""How much rarer a negative figure is where the printed one is not."""
# fitted: end
UNADJUSTED: Final = 0.05
"""The chance that a figure of an exact sum was rounded and not adjusted. It does not occur in the
training cases.
"""
ARBITRARY: Final = 1 / log(10**6)
"""An arbitrary figure has any order of magnitude up to a million steps with equal chance."""
_LONG: Final = 10**18


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
