"""Quantities of prose: a number with what it counts, as printed.

Not every number counts something: articles of laws, ages, addresses, pages and clock times don't.
What can't be told apart is no quantity.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.narrative.words import Words
from auditor.records.figures import Figure

__all__ = ["NO_COUNT", "NUMBER", "RATIOS", "Quantity", "quantity_of"]


class Quantity(NamedTuple):
    """A number of a text, characters ``start`` to ``end``, counter included.

    ``value`` is in ``unit``: the scale and the counter (千円, 万人, 件, ％), of which one is
    ``factor`` base units. ``step`` is what the last printed digit counts, in ``unit``. ``before``
    and ``after`` are words next to it that say what kind of figure it is (約, 計, 以上, 増);
    ``is_signed`` tells that it is printed with a sign.
    """

    start: int
    end: int
    printed: str
    value: Decimal
    unit: str
    scale: str
    counter: str
    factor: Decimal
    step: Decimal
    before: tuple[str, ...] = ()
    after: str = ""
    is_signed: bool = False
    is_fraction: bool = False

    @property
    def figure(self) -> Figure:
        """The quantity as a figure; its place is that of its text."""
        return Figure(value=self.value, state="number", printed=self.printed, unit=self.unit)

    @property
    def in_base_units(self) -> Decimal:
        return self.value * self.factor


_SCALES: Final = {
    "億": Decimal(10**8),
    "千万": Decimal(10**7),
    "百万": Decimal(10**6),
    "十万": Decimal(10**5),
    "万": Decimal(10**4),
    "千": Decimal(1000),
    "百": Decimal(100),
}
_SCALE: Final = "|".join(_SCALES)
RATIOS: Final = {
    "%": Decimal("0.01"),
    "パーセント": Decimal("0.01"),
    "割": Decimal("0.1"),
    "ポイント": Decimal("0.01"),
}
"""The counters of ratios: how much of the whole one of each is."""

NO_COUNT: Final = (
    r"第 {0,1}[0-9]{1,5}(?: {0,1}[章節条項号期回次款編部巻代位版]){0,1}"
    r"(?:(?:の|第)[0-9]{1,4}[条項号]?){0,3}"
    r"|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])"
    r"|(?<![0-9])[0-9]{1,2}時間?[0-9]{1,3}日"
    r"|(?<![0-9])[0-9]{1,2}時(?!間)(?:[0-9]{1,2}分)?"
    r"|(?<![0-9])[0-9]{1,3}(?:歳|才)(?:以上|以下|未満|代)?|(?<![0-9])[0-9]{2}代"
    r"|(?<![0-9])[0-9]{1,3}(?:丁目|番地|番街|番(?![0-9組目])|号室|階(?!建))[0-9-]{0,8}"
    r"|(?<![0-9])[0-9]{2,5}-[0-9]{1,4}(?:-[0-9]{3,4})?(?![0-9])"
    r"|(?<![0-9])[0-9]{1,2}月(?:補正|議会|定例会|期)"
    r"|(?<![0-9])[0-9]{1,3}(?:周年|年生|年目|年次|学年|か年計画|年計画|年連続|回目|人目|件目|番目|位)"
    r"|[A-Za-z][A-Za-z.&+_-]{0,20} {0,1}[0-9][0-9A-Za-z.-]{0,12}"
    r"|(?<![0-9,.])[0-9]{1,4}[A-Z](?![a-z])"
)
"""The pattern of numbers that count nothing."""

_DIGITS: Final = r"[0-9][0-9,]{0,23}(?:\.[0-9]{1,9})?"
NUMBER: Final = (
    rf"(?P<sign>[△▲]|(?<![0-9A-Za-z~ー一-龠])[-+±] ?)?(?P<digits>{_DIGITS})"
    rf"(?P<scale>{_SCALE})?(?P<second>{_DIGITS})?(?P<scale2>{_SCALE})?(?P<third>{_DIGITS})?(?P<scale3>{_SCALE})?"
)
"""The pattern of a number, with scales in between (2億3,000万)."""

_GROUPED: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,8}|[0-9]{1,24})(?:\.[0-9]{1,9})?")
_GENERIC: Final = re.compile(r"(?:[一-龠]{1,8}|[ァ-ヶー]{2,12})")
_SPACE: Final = re.compile(r" {0,3}")


def quantity_of(match: re.Match[str], text: str, printed: str, words: Words) -> Quantity | None:
    """The quantity that a match of ``NUMBER`` begins; None for a number that can't be told."""
    value, scale, step = _value(match)
    if value is None:
        return None
    end = match.end()
    counter, end = _counter(text, end, words)
    sign = match["sign"] or ""
    if sign and sign.strip() != "+":
        value = -value
    factor = _SCALES.get(scale, Decimal(1)) * RATIOS.get(counter, Decimal(1))
    begin = match.start()
    return Quantity(
        start=begin,
        end=end,
        printed=printed[begin:end],
        value=value,
        unit=scale + counter,
        scale=scale,
        counter=counter,
        factor=factor,
        step=step,
        before=_before(text, begin, words),
        after=_after(text, end, words),
        is_signed=bool(sign),
    )


def _value(match: re.Match[str]) -> tuple[Decimal | None, str, Decimal]:
    """The value of a number in its smallest scale, that scale, and what its last digit counts."""
    pieces = [
        (match["digits"], match["scale"]),
        (match["second"], match["scale2"]),
        (match["third"], match["scale3"]),
    ]
    pieces = [(digits, scale or "") for digits, scale in pieces if digits]
    if not all(_GROUPED.fullmatch(digits) for digits, _ in pieces):
        return None, "", Decimal(1)
    scale = pieces[-1][1]
    unit = _SCALES.get(scale, Decimal(1))
    total = Decimal(0)
    for digits, of_piece in pieces:
        total += Decimal(digits.replace(",", "")) * _SCALES.get(of_piece, Decimal(1))
    places = len(pieces[-1][0].partition(".")[2])
    return total / unit, scale, Decimal(1).scaleb(-places)


def _counter(text: str, end: int, words: Words) -> tuple[str, int]:
    """What a number counts, and where that ends: the longest known word, else what follows."""
    pattern = words.pattern("counters")
    match = pattern.match(text, end)
    if match is None:
        begin = _SPACE.match(text, end)
        assert begin is not None
        match = pattern.match(text, begin.end()) if begin.end() > end else None
    if match is None:
        match = _GENERIC.match(text, end)
    return ("", end) if match is None else (match.group(), match.end())


def _before(text: str, start: int, words: Words) -> tuple[str, ...]:
    """The words right before a number that say what kind of figure it is, the nearest first."""
    before: list[str] = []
    roles = ("approximate", "cumulative", "total", "subtotal", "of_which", "each", "all", "rate")
    pattern_words = [word for role in roles for word in words[role]]
    end = start
    while True:
        head = text[:end].rstrip(" :")
        word = max((w for w in pattern_words if head.endswith(w)), key=len, default="")
        if not word:
            return tuple(before)
        before.append(word)
        end = len(head) - len(word)


def _after(text: str, end: int, words: Words) -> str:
    """The word right behind a quantity that says what kind of figure it is; empty for none."""
    match = words.pattern("roughly", "rise", "fall").match(text, end)
    return "" if match is None else match.group()
