"""A pen: how one writer prints figures and days, and how a wording is filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from string import Formatter
from typing import Final, Literal, NamedTuple, TypeVar

from auditor.records.model import Kpi, Sheet
from auditor.testing.build import Chooser, chance, one_of
from auditor.testing.prose.model import DaySlot, NumberSlot, Passage, Piece, Slot, WordSlot

__all__ = ["WEEKDAYS", "Pen", "Style", "Topic", "era_year"]

T = TypeVar("T")

WEEKDAYS: Final = "月火水木金土日"
_WIDE: Final = str.maketrans("0123456789,.%/", "０１２３４５６７８９，．％／")
_ERAS: Final = (("令和", "R", 2018), ("平成", "H", 1988), ("昭和", "S", 1925))


class Style(NamedTuple):
    """How digits are printed: ``half`` or ``full`` width, or full where there is a ``single`` one;
    with or without separators; and the brackets and the sign of per cent that go with them.
    """

    digits: Literal["half", "full", "single"] = "half"
    separators: bool = True
    brackets: str = "（）"
    per_cent: str = "％"
    colon: str = "："
    wave: str = "～"


class Topic(NamedTuple):
    """What an item of the plan does, whom or what it counts, in which counter, the name of its
    rate, and the verb of those who are counted.
    """

    title: str
    noun: str
    counter: str
    rate: str
    verb: str


def era_year(year: int) -> tuple[str, str, int]:
    """The era of a year (令和), its letter (R), and the year in it."""
    for name, letter, before in _ERAS:
        if year > before:
            return name, letter, year - before
    raise ValueError(f"no era for the year {year}")


class Pen:
    """Writes passages of one sheet, from the choices of ``chooser``."""

    def __init__(self, chooser: Chooser, sheet: Sheet, kpis: Sequence[Kpi], style: Style) -> None:
        self.chooser = chooser
        self.sheet = sheet
        self.kpis = kpis
        self.style = style
        self.year = sheet.fiscal_year

    # — choices —

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return one_of(self.chooser, options)

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return chance(self.chooser, percent)

    def integer(self, least: int, greatest: int) -> int:
        """A whole number between two, both among them."""
        return self.chooser.integer(least, greatest)

    def size(self, least: int = 2) -> int:
        """A count as it occurs: small ones more often."""
        return self.chooser.integer(least, 10 ** self.chooser.integer(1, 5) + least)

    def labels(self, options: Sequence[T], number: int) -> list[T]:
        """So many different ones of the options, in their order."""
        rest = list(range(len(options)))
        chosen: list[int] = []
        for _ in range(min(number, len(options))):
            chosen.append(rest.pop(self.chooser.integer(0, len(rest) - 1)))
        return [options[at] for at in sorted(chosen)]

    # — figures —

    def digits(self, value: Fraction | int, places: int = 0) -> str:
        """A number in the style of this pen."""
        number = Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)
        text = f"{number:,.{places}f}" if self.style.separators else f"{number:.{places}f}"
        wide = self.style.digits == "full" or (self.style.digits == "single" and len(text) == 1)
        return text.translate(_WIDE) if wide else text

    def count(self, name: str, value: int | Fraction, counter: str, sign: str = "") -> NumberSlot:
        """A figure that was counted out: 1,234件."""
        return self.number(name, Fraction(value), counter, exact=True, sign=sign)

    def number(
        self,
        name: str,
        value: Fraction,
        unit: str,
        *,
        scale: Fraction | int = 1,
        places: int = 0,
        exact: bool = False,
        cut: bool = False,
        sign: str = "",
    ) -> NumberSlot:
        """A figure in a unit of ``scale`` base units; what is beyond its places is rounded half
        up, or cut off.
        """
        step = Fraction(scale) / 10**places

        def write(value: Fraction) -> str:
            steps = abs(value) / step
            whole = int(steps) if cut else int(steps + Fraction(1, 2))
            return f"{sign}{self.digits(Fraction(whole, 10**places), places)}{unit}"

        return NumberSlot(name, write(value), value, step, exact, write, unit)

    def ratio(self, name: str, value: Fraction, places: int | None = None) -> NumberSlot:
        """A rate in per cent, rounded half up or cut off."""
        chosen = self.pick((1, 1, 1, 0, 2)) if places is None else places
        return self.number(
            name,
            value,
            self.style.per_cent,
            scale=Fraction(1, 100),
            places=chosen,
            cut=self.chance(20),
        )

    # — days —

    def day(self, name: str, day: date, wording: str) -> DaySlot:
        """A day in a wording with {era} {letter} {year} {western} {month} {day} {m2} {d2}."""

        def write(year: int, month: int, day: int) -> str:
            era, letter, of_era = era_year(year)
            return wording.format(
                era=era,
                letter=letter,
                year="元" if of_era == 1 else self.plain(of_era),
                western=self.plain(year),
                month=self.plain(month),
                day=self.plain(day),
                m2=self.padded(month),
                d2=self.padded(day),
            )

        return DaySlot(
            name, write(day.year, day.month, day.day), (day.year, day.month, day.day), write
        )

    def plain(self, value: int) -> str:
        """A whole number without separators."""
        text = str(value)
        wide = self.style.digits == "full" or (self.style.digits == "single" and len(text) == 1)
        return text.translate(_WIDE) if wide else text

    def padded(self, value: int) -> str:
        """A whole number below 100, with a space before a single digit, as columns of dates are
        padded.
        """
        text = self.plain(value)
        return text if len(text) == 2 else f"{'　' if self.style.digits == 'full' else ' '}{text}"

    def weekday(self, day: date, name: str = "weekday") -> WordSlot:
        """The weekday of a day."""
        return WordSlot(name, WEEKDAYS[day.weekday()])

    def day_of_year(self, year: int | None = None) -> date:
        """A day of a fiscal year: of this sheet's, unless told otherwise."""
        first = date(self.year if year is None else year, 4, 1)
        return first + timedelta(days=self.integer(0, 363))

    # — wordings —

    def passage(self, kind: str, wording: str, words: dict[str, str | Slot]) -> Passage:
        """A wording with its words and figures in place of their names in braces."""
        pieces: list[Piece] = []
        for literal, name, _, _ in Formatter().parse(wording):
            if literal:
                pieces.append(self.signs(literal))
            if name is not None:
                word = words[name]
                pieces.append(self.signs(word) if isinstance(word, str) else word)
        return Passage(kind, tuple(pieces))

    def signs(self, text: str) -> str:
        """Literal text with the brackets, colons and waves of this pen."""
        opening, closing = self.style.brackets[0], self.style.brackets[1]
        return (
            text.replace("（", opening)
            .replace("）", closing)
            .replace("：", self.style.colon)
            .replace("～", self.style.wave)
        )


Writer = Callable[[Pen, Topic], Passage]
