"""Quantities of prose: a number with what it counts, as printed.

Not every number counts something: articles of laws, ages, addresses, pages and clock times don't.
What can't be told apart is no quantity.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.narrative.scales import RATIOS, SCALES
from auditor.narrative.words import Words
from auditor.records.figures import Figure

__all__ = ["NO_COUNT", "NUMBER", "RATIOS", "Fraction", "Quantity", "Span", "quantity_at"]


class Span(NamedTuple):
    """A place in a text that holds a number which counts nothing, or can't be read."""

    start: int
    end: int


class Fraction(NamedTuple):
    """A part over a whole (17/20校, ３分の１), characters ``start`` to ``end``."""

    start: int
    end: int
    printed: str
    part: Decimal
    whole: Decimal
    counter: str

    @property
    def places(self) -> tuple[Span, Span]:
        """Where the part and the whole are printed."""
        sign = "/" if "/" in self.printed else "／" if "／" in self.printed else "分の"
        first, _, second = self.printed.partition(sign)
        one = Span(self.start, self.start + len(first))
        other = Span(self.end - len(second), self.end)
        return (other, one) if sign == "分の" else (one, other)


class Quantity(NamedTuple):
    """A number of a text, characters ``start`` to ``end``, counter included.

    ``value`` is in ``unit``: the scale and the counter (千円, 万人, 件, ％), of which one is
    ``factor`` base units. ``step`` is what the last printed digit counts, in ``unit``.
    ``is_known`` tells that the counter is one of the words for counters, not just what follows.

    ``before`` and ``after`` are words next to it that say what kind of figure it is (約, 計, 以上,
    増), the nearest first; ``is_signed`` tells that it is printed with a sign. ``noun`` is what
    stands before them, up to a sign or another number; ``label`` is what a colon parts from it.
    ``is_exact`` tells that none of the words before it makes it another figure than it says (約,
    各, 平均, ほか). ``text``, ``floor`` and ``noun_end`` are where noun and label are read.
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
    is_known: bool = False
    is_exact: bool = True
    text: str = ""
    floor: int = 0
    noun_end: int = 0

    @property
    def noun(self) -> str:
        """What it is of, as the text has it before the number."""
        return _noun(self.text, self.floor, self.noun_end)

    @property
    def label(self) -> str:
        """What stands before the last colon on its left; empty for none."""
        return _label(self.text, self.start)

    @property
    def figure(self) -> Figure:
        """The quantity as a figure; its place is that of its text."""
        return Figure(value=self.value, state="number", printed=self.printed, unit=self.unit)

    @property
    def in_base_units(self) -> Decimal:
        return self.value * self.factor


NO_COUNT: Final = (
    r"第 {0,1}[0-9]{1,5}(?: {0,1}[章節条項号期回次款編部巻代位版]){0,1}"
    r"(?:(?:の|第)[0-9]{1,4}[条項号]?){0,3}"
    r"|\([0-9]{1,2}\)"
    r"|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?![0-9])"
    r"|(?<![0-9])[0-9]{1,2}時間?[0-9]{1,3}[日分]"
    r"|(?<![0-9])[0-9]{1,2}時(?!間)(?:[0-9]{1,2}分)?"
    r"|(?<![0-9])[0-9]{1,2}年(?:[0-9]{1,2}[かカヵヶケ箇]月|ぶり|以[上内降前]|生|目|次|来|に1)"
    r"|(?<![0-9])[0-9]{1,3}(?:歳|才)(?:以上|以下|未満|代|児)?|(?<![0-9])[0-9]{2}代"
    r"|(?<![0-9])[0-9]{1,3}(?:丁目|番地|番街|番(?![0-9組目])|号室|階(?!建))[0-9-]{0,8}"
    r"|(?<![0-9])[0-9]{2,5}-[0-9]{1,4}(?:-[0-9]{3,4})?(?![0-9])"
    r"|(?<![0-9])[0-9]{1,4}-[0-9]{1,4}-[0-9]{1,4}(?![0-9])"
    r"|(?<![0-9])[0-9]{1,2}月(?:補正|議会|定例会|期)"
    r"|(?<![0-9])[0-9]{1,3}(?:周年|学年|学期|[かカヵヶケ箇]年計画|年計画|年連続|位(?!置))"
    r"|(?<![0-9])[0-9]{1,3}(?:号|級|類|次|等|型|版|条|款|節|世代|次元|段階|期|年度|年(?!間)|乗)"
    r"|[A-Za-z][A-Za-z.&+_-]{0,20} {0,1}[0-9][0-9A-Za-z.-]{0,12}"
    r"|(?<![0-9,.])[0-9]{1,4}(?:[A-Z](?![A-Za-z])|LDK|DK)"
)
"""The pattern of numbers that count nothing."""

_SCALE: Final = "|".join(sorted(SCALES, key=len, reverse=True))
_SCALED: Final = rf"(?:{_SCALE})(?![貨科歳葉代島鳥博引能選寿])"
_DIGITS: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])|[0-9]{1,24})(?:\.[0-9]{1,9})?"
NUMBER: Final = (
    rf"(?P<sign>[△▲]|(?<![0-9A-Za-z~ー一-龠])[-+±] ?)?(?P<digits>{_DIGITS})"
    rf"(?:(?P<scale>{_SCALED})(?P<second>{_DIGITS})?)?"
    rf"(?:(?P<scale2>{_SCALED})(?P<third>{_DIGITS})?)?(?P<scale3>{_SCALED})?"
)
"""The pattern of a number, with scales in between (2億3,000万)."""

_REST: Final = re.compile(r"[0-9.,]{0,200}[0-9]")
_MORE_DIGITS: Final = re.compile(r"[.,]?[0-9]")
_RANGE: Final = re.compile(r" ?~ ?(?=[0-9])")
_LISTED: Final = re.compile(r"[、・,](?=[0-9]{1,2}(?![0-9,./:~]))")
_FEW: Final = 2
_STEPS: Final = tuple(Decimal(1).scaleb(-places) for places in range(10))
"""What the last of so many decimals counts."""
_FRACTION: Final = re.compile(r"(?:/|(分の))([0-9]{1,9})(?![0-9,./])")
_GENERIC: Final = re.compile(r"[一-龠]{1,8}|[ァ-ヶー]{2,12}")
_BEHIND: Final = ("rise", "fall", "same", "of_which", "roughly", "per")
_SPACE: Final = re.compile(r" {0,3}")
_PLAIN: Final = re.compile(_DIGITS)
_TENTHS: Final = re.compile(r"([0-9])分(?![の間])")

Token = Quantity | Fraction | Span


def quantity_at(match: re.Match[str], text: str, printed: str, words: Words, floor: int) -> Token:
    """What a match of ``NUMBER`` begins: a quantity, a fraction, or a number that counts nothing
    or can't be told. ``floor`` is where the number before it ends.
    """
    begin, end = match.span()
    idiom = words.pattern("idioms").match(text, match.start("digits"))
    if idiom is not None and idiom.end() >= end:
        return Span(begin, idiom.end())
    value, scale, step = _value(match)
    if value is None or _MORE_DIGITS.match(text, end) or match["sign"] in ("±", "± "):
        return _unread(text, begin, end)
    fraction = _fraction(match, text, printed, words)
    if fraction is not None:
        return fraction
    counter, end, is_known = _counter(text, end, words)
    if counter == "割" and not scale:
        value, step, end = _with_tenths(text, value, step, end)
    span = _no_quantity(text, begin, end, counter, words)
    if span is not None:
        return span
    if (match["sign"] or "+")[0] != "+":
        value = -value
    before, noun_end = _before(text, begin, words, floor)
    return Quantity(
        start=begin,
        end=end,
        printed=printed[begin:end],
        value=value,
        unit=scale + counter,
        scale=scale,
        counter=counter,
        factor=SCALES.get(scale, Decimal(1)) * RATIOS.get(counter, Decimal(1)),
        step=step,
        before=before,
        after=_after(text, end, words),
        is_signed=bool(match["sign"]),
        is_known=is_known,
        text=text,
        floor=floor,
        noun_end=noun_end,
        is_exact=not before or not any(word in words.ending(*_VAGUE) for word in before),
    )


def _unread(text: str, begin: int, end: int) -> Span:
    """A number that can't be told, with all its digits."""
    rest = _REST.match(text, end)
    return Span(begin, end if rest is None else rest.end())


def _value(match: re.Match[str]) -> tuple[Decimal | None, str, Decimal]:
    """The value of a number in its smallest scale, that scale, and what its last digit counts."""
    if match["second"] is None and match["scale2"] is None:
        digits = match["digits"].replace(",", "")
        places = len(digits.partition(".")[2])
        return Decimal(digits), match["scale"] or "", _STEPS[places]
    pieces = [
        (match["digits"], match["scale"] or ""),
        (match["second"], match["scale2"] or ""),
        (match["third"], match["scale3"] or ""),
    ]
    if not match["second"] and match["scale2"]:
        return None, "", Decimal(1)
    pieces = [piece for piece in pieces if piece[0]]
    scale = pieces[-1][1]
    unit = SCALES.get(scale, Decimal(1))
    total, larger = Decimal(0), Decimal("Infinity")
    for digits, of_piece in pieces:
        factor = SCALES.get(of_piece, Decimal(1))
        amount = Decimal(digits.replace(",", "")) * factor
        if factor >= larger or amount >= larger:
            return None, "", Decimal(1)
        total += amount
        larger = factor
    places = len(pieces[-1][0].partition(".")[2])
    return total / unit, scale, _STEPS[places]


def _fraction(
    match: re.Match[str], text: str, printed: str, words: Words
) -> Fraction | Span | None:
    """A fraction that begins with a number; None where it is none. 三 of ３分の１ is the whole."""
    if match["scale"] or match["sign"]:
        return None
    second = _FRACTION.match(text, match.end())
    if second is None:
        return None
    one = Decimal(match["digits"].replace(",", ""))
    other = Decimal(second[2])
    part, whole = (other, one) if second[1] else (one, other)
    counter, end, is_known = _counter(text, second.end(), words)
    if not is_known:
        counter, end = "", second.end()
    if not whole:
        return Span(match.start(), end)
    return Fraction(match.start(), end, printed[match.start() : end], part, whole, counter)


def _counter(text: str, end: int, words: Words) -> tuple[str, int, bool]:
    """What a number counts, where that ends, and whether it is a known word: the longest known
    word, else what follows.
    """
    pattern = words.pattern("counters")
    match = pattern.match(text, end)
    if match is None and text[end : end + 1] == " ":
        begin = _SPACE.match(text, end)
        assert begin is not None
        match = pattern.match(text, begin.end())
    if match is not None:
        return match.group(), match.end(), True
    match = _GENERIC.match(text, end)
    if match is None:
        return "", end, False
    # ９橋増加 counts 橋.
    stop = words.pattern(*_BEHIND).search(text, end + 1, match.end())
    last = match.end() if stop is None else stop.start()
    return text[end:last], last, False


def _with_tenths(
    text: str, value: Decimal, step: Decimal, end: int
) -> tuple[Decimal, Decimal, int]:
    """A value in 割 with the 分 behind it: ３割５分 is 3.5割."""
    tenths = _TENTHS.match(text, end)
    if tenths is None or step != 1:
        return value, step, end
    return value + Decimal(tenths[1]) / 10, Decimal("0.1"), tenths.end()


def _no_quantity(text: str, begin: int, end: int, counter: str, words: Words) -> Span | None:
    """The span of a number whose surroundings say that it is no figure: a range, the number of a
    picture, one of a row (５回目), or a rate (１人当たり).
    """
    last = _last_of_range(text, begin, end, counter, words)
    if last > end:
        return Span(begin, last)
    if text[max(0, begin - 1) : begin] == "~":
        return Span(begin, end)
    per = words.pattern("per").match(text, end)
    if per is not None and words.pattern("compounds").match(text, end) is None:
        return Span(begin, per.end())
    if not counter and words.ending("numbered").search(text, begin) is not None:
        return Span(begin, end)
    return None


def _last_of_range(text: str, begin: int, end: int, counter: str, words: Words) -> int:
    """Where the numbers end that a number begins as a range (３～５件) or as a few (２、３回)."""
    while True:
        match = _RANGE.match(text, end)
        if match is None and not counter and end - begin <= _FEW:
            match = _LISTED.match(text, end)
        if match is None:
            return end
        number = _PLAIN.match(text, match.end())
        assert number is not None
        counter, end, _ = _counter(text, number.end(), words)
        begin = number.start()


def _before(text: str, start: int, words: Words, floor: int) -> tuple[tuple[str, ...], int]:
    """The words right before a number that say what kind of figure it is, the nearest first, and
    where what stands before them ends.
    """
    before: list[str] = []
    pattern = words.ending(*_BEFORE)
    compounds = words.ending("compounds")
    end = noun_end = start
    per = words.ending("per").search(text, start) if start == floor else None
    if per is not None:
        return (per,), start
    while end > floor:
        while end > floor and text[end - 1] in " :":
            end -= 1
        match = pattern.search(text, end)
        if match is None or end - len(match) < floor:
            break
        compound = compounds.search(text, end)
        if compound is not None and len(compound) > len(match):
            break
        head = end - len(match)
        # 約 of 契約 is no word of its own, but 計 of 男女計 is.
        is_suffix = len(match) == 1 and match not in _SUFFIXES and _is_kanji(text, head - 1, floor)
        if is_suffix and pattern.search(text, head) is None:
            break
        before.append(match)
        end = head
        if not match.startswith(_OF_NOUNS) and not match.endswith(_OF_NOUNS):
            noun_end = head
    return tuple(before), noun_end


_BEFORE: Final = (
    "approximate",
    "cumulative",
    "total",
    "subtotal",
    "of_which",
    "each",
    "all",
    "rate",
    "besides",
    "limit",
)
_VAGUE: Final = ("approximate", "per", "each", "besides", "limit")
_SUFFIXES: Final = ("計", "率")
_OF_NOUNS: Final = ("率", "割合", "総")
"""Words that are part of what a figure is called, too."""


def _is_kanji(text: str, index: int, floor: int) -> bool:
    return index >= floor and "一" <= text[index] <= "龠"


def _after(text: str, end: int, words: Words) -> str:
    """The word right behind a quantity that says what kind of figure it is; empty for none."""
    is_of = text[end : end + 1] == "の"
    roles = ("rise", "fall") if is_of else ("roughly", "rise", "fall")
    match = words.pattern(*roles).match(text, end + is_of)
    if match is None:
        return ""
    compound = words.pattern("compounds").match(text, end + is_of)
    return "" if compound is not None and compound.end() > match.end() else match.group()


_DELIMITER: Final = re.compile(r"[、。,()「」『』【】\[\]〈〉《》≪≫<>:;・…※→⇒/=＝×+]")
_LONGEST_NOUN: Final = 30
_PARTICLES: Final = re.compile(
    r"^(?:から|より|まで|として|について|に対し|のうち|うち|[はがもをにでとのへや中]){1,6}"
    r"|(?:から|より|まで|として|[はがもをにでとの]){1,6}$"
)


def _noun(text: str, floor: int, end: int) -> str:
    """What stands before a number and its qualifiers, up to a sign or the number before."""
    while end > floor and text[end - 1] in " :":
        end -= 1
    floor = max(floor, end - _LONGEST_NOUN)
    delimiter = _DELIMITER.search(text[floor:end][::-1])
    begin = floor if delimiter is None else end - delimiter.start()
    return _PARTICLES.sub("", _squeezed(text[begin:end])).strip()


def _squeezed(text: str) -> str:
    """A text without padding: 参　加　者 is one word, of two columns the last one counts."""
    pieces = text.split()
    if len(pieces) > 1 and all(len(piece) == 1 for piece in pieces):
        return "".join(pieces)
    return text.strip().rpartition("  ")[2].strip() if "  " in text else text.strip()


def _label(text: str, start: int) -> str:
    """What the last colon before a number parts from it; empty for none."""
    colon = text.rfind(":", max(0, start - 60), start)
    if colon <= 0 or text[colon - 1].isdigit():
        return ""
    return _noun(text, 0, colon)
