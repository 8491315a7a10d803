"""What a number format of a spreadsheet prints for a number, and which number that print is.

Decimals, thousands, percents, conditions, signs, days and times are worked out as a spreadsheet
program does. What is not understood is said to be so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal, NamedTuple

from auditor.records.fiscal import era_of

__all__ = ["BUILT_IN", "GENERAL", "NumberFormat", "Print", "plain"]

_ERA: Final = "[$-411]ge.m.d"
_ERA_LONG: Final = '[$-411]ggge"年"m"月"d"日"'
_MONTH: Final = 'yyyy"年"m"月"'
_MONTH_DAY: Final = 'm"月"d"日"'

# The formats that a file names by number only, as a Japanese Excel shows them.
BUILT_IN: Final = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"\\-#,##0',
    6: '"¥"#,##0;[Red]"¥"\\-#,##0',
    7: '"¥"#,##0.00;"¥"\\-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"\\-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: _ERA,
    28: _ERA_LONG,
    29: _ERA_LONG,
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"',
    34: _MONTH,
    35: _MONTH_DAY,
    36: _ERA,
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* \\-#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
    50: _ERA,
    51: _ERA_LONG,
    52: _MONTH,
    53: _MONTH_DAY,
    54: _ERA_LONG,
    55: _MONTH,
    56: _MONTH_DAY,
    57: _ERA,
    58: _ERA_LONG,
}
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/標準|標準|@)"
    r"|(?P<fraction>[0#?]+/[0#?0-9]+)|(?P<exponent>E[+-][0#?]+)"
    r"|(?P<date>g{1,3}|e{1,2}|y{1,4}|m{1,5}|d{1,4}|a{3,4}|AM/PM|A/P|h{1,2}|s{1,2})"
    r"|(?P<digits>[0#?.,]+)|(?P<percent>%)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]*[0-9])")
_ELAPSED: Final = re.compile(r"h+|m+|s+", re.IGNORECASE)
_COLOUR: Final = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|[黒青水緑紫赤白黄]色?|(?:color|色)\s?[0-9]{1,2}",
    re.IGNORECASE,
)
_RED: Final = frozenset(("red", "赤", "赤色", "color3", "色3"))
_MINUS: Final = frozenset("△▲－−-‐")
_WIDE: Final = Context(prec=400)
_LARGEST_SERIAL: Final = 2_958_465  # the last day of 9999
_GENERAL_WIDTH: Final = 11  # the digits and the point of a number without a format
_LONGEST_CODE: Final = 1000
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def plain(value: Decimal) -> str:
    """A number without a format: its digits, no trailing zeros behind the point."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _general(value: Decimal) -> Decimal:
    """A number as a cell without a format shows it: at eleven characters, the point included."""
    if value == value.to_integral_value():
        return value
    places = max(_GENERAL_WIDTH - 1 - max(value.adjusted() + 1, 1), 0)
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


PrintKind = Literal["number", "words", "day", "unknown"]


class Print(NamedTuple):
    """What a cell prints for a number.

    A ``number`` prints as ``value``; ``held`` is the number that the cell holds, in the same unit:
    hundredths under a percent format, thousands under ``#,##0,``. ``words`` print no number of
    their own (nothing, a dash, digits within words), a ``day`` also prints times. Of ``unknown``
    formats the text is only the number. ``misleads``: sign or scale of the number cannot be told
    from the text. ``general``: no format has rounded it. ``shift`` is the power of ten by which
    the format multiplies.
    """

    text: str
    kind: PrintKind
    value: Decimal | None = None
    held: Decimal | None = None
    colour: str = ""
    misleads: bool = False
    general: bool = False
    shift: int = 0


PartKind = Literal[
    "text",
    "dashes",  # as many as the cell has room for
    "digits",
    "percent",
    "date",
    "elapsed",
    "general",
    "exponent",
    "fraction",
    "unknown",
]


@dataclass(frozen=True)
class _Part:
    """One token of a section."""

    kind: PartKind
    text: str


@dataclass(frozen=True)
class _Section:
    """What stands between semicolons.

    ``condition`` is there where it says itself which numbers it is for, ``colour`` where it names
    one.
    """

    parts: tuple[_Part, ...]
    condition: tuple[str, Decimal] | None = None
    colour: str = ""

    @cached_property
    def kinds(self) -> frozenset[PartKind]:
        return frozenset(part.kind for part in self.parts)

    @cached_property
    def is_date(self) -> bool:
        return bool(self.kinds & {"date", "elapsed"})

    @cached_property
    def is_for_texts(self) -> bool:
        return any(part.kind == "general" and part.text == "@" for part in self.parts)

    @cached_property
    def is_unclear(self) -> bool:
        """Whether what it prints is not known; a line of dashes before a number is no minus."""
        if "dashes" in self.kinds:
            return bool(self.kinds & {"digits", "general", "exponent", "fraction", "unknown"})
        return "unknown" in self.kinds

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The placeholders for digits, of one number each time that words stand between them."""
        return tuple(part.text for part in self.parts if part.kind == "digits")

    @cached_property
    def shift(self) -> int:
        """By which power of ten the number is multiplied before its digits are shown: 2 for a
        percent, −3 for each comma at the end of its placeholders or before the point.
        """
        whole, _, fraction = "".join(self.groups).partition(".")
        commas = len(whole) - len(whole.rstrip(",")) if any(c in whole for c in "0#?") else 0
        commas += len(fraction) - len(fraction.rstrip(","))
        percents = sum(part.kind == "percent" for part in self.parts)
        return 2 * percents - 3 * commas

    @cached_property
    def before(self) -> str:
        """The words before the digits."""
        return "".join(self._words(self.parts))

    @cached_property
    def after(self) -> str:
        """The words behind the digits."""
        return "".join(reversed(self._words(self.parts[::-1])))

    def _words(self, parts: tuple[_Part, ...]) -> list[str]:
        words: list[str] = []
        for part in parts:
            if part.kind != "text":
                break
            words.append(part.text)
        return words

    @cached_property
    def glues_digits(self) -> bool:
        """Whether its words put digits of their own before or behind those of the number."""
        return self.before[-1:].isdecimal() or self.after[:1].isdecimal()

    @cached_property
    def has_minus(self) -> bool:
        """Whether its own words make the number negative, brackets apart."""
        return not _MINUS.isdisjoint(self.before)

    @cached_property
    def in_brackets(self) -> bool:
        opened = not {"(", "（"}.isdisjoint(self.before)
        return opened and not {")", "）"}.isdisjoint(self.after)

    def accepts(self, value: Decimal) -> bool:
        if self.condition is None:
            return False
        sign, limit = self.condition
        return {
            "<": value < limit,
            ">": value > limit,
            "=": value == limit,
            "<=": value <= limit,
            ">=": value >= limit,
            "<>": value != limit,
        }[sign]

    @property
    def for_negatives_alone(self) -> bool:
        """Whether its condition admits no other numbers; it prints them without a minus then."""
        if self.condition is None:
            return False
        sign, limit = self.condition
        return (sign == "<" and limit <= 0) or (sign in ("<=", "=") and limit < 0)


@dataclass(frozen=True)
class NumberFormat:
    """A format's code, and what it prints."""

    code: str = "General"
    from_1904: bool = False

    @cached_property
    def _sections(self) -> tuple[_Section, ...]:
        sections: list[_Section] = []
        parts: list[_Part] = []
        condition: tuple[str, Decimal] | None = None
        colour = ""
        for match in _TOKEN.finditer(self.code[:_LONGEST_CODE]):
            if match.lastgroup == "other" and match[0] == ";":
                sections.append(_Section(tuple(parts), condition, colour))
                parts, condition, colour = [], None, ""
            elif match.lastgroup != "bracket":
                parts += _parts(match)
            elif limit := _CONDITION.fullmatch(match["bracket"].strip()):
                condition = limit[1], Decimal(limit[2])
            elif _COLOUR.fullmatch(match["bracket"].strip()):
                colour = match["bracket"].strip().casefold().replace(" ", "")
            else:
                parts += _bracketed(match["bracket"])
        sections.append(_Section(tuple(parts), condition, colour))
        return tuple(sections)

    @cached_property
    def has_words(self) -> bool:
        """Whether it prints letters around a number, or days: 2024年度, 令和6年."""
        section = self._sections[0]
        return section.is_date or any(
            part.kind == "text" and any(map(str.isalpha, part.text)) for part in section.parts
        )

    @cached_property
    def _for_numbers(self) -> tuple[_Section, ...]:
        """The sections without the one for texts, which is the fourth, or the last of several
        that holds an @.
        """
        sections = self._sections
        return sections[:-1] if len(sections) > 1 and sections[-1].is_for_texts else sections[:4]

    @cached_property
    def mixes_scales(self) -> bool:
        """Whether its sections print digits at different scales."""
        return len({section.shift for section in self._for_numbers if section.groups}) > 1

    def _section(self, value: Decimal) -> tuple[_Section, bool] | None:
        """The section for a number, and whether a negative one still needs its sign; None where
        programs differ on it.
        """
        sections = self._for_numbers
        if len(self._sections) > 4:
            return None
        if any(section.condition for section in sections):
            return self._conditional(value)
        if value > 0 or len(sections) == 1 or (value == 0 and len(sections) == 2):
            return sections[0], value < 0
        return (sections[1], False) if value < 0 else (sections[2], False)

    def _conditional(self, value: Decimal) -> tuple[_Section, bool] | None:
        """The section of a format with conditions.

        A condition may stand in the first two sections. With three, a second section that has
        none is for the negative numbers that the first one leaves.
        """
        first, *others = self._for_numbers
        second, third = (*others, None, None)[:2]
        if any(section.condition for section in others[1:]):
            return None
        if first.accepts(value):
            return first, value < 0 and not first.for_negatives_alone
        if second is None:
            return None
        if second.condition is not None:
            return self._after_two(value, first, second, third)
        if third is None:
            return self._rest(value, first, second)
        return (second, False) if value < 0 else (third, False)

    def _after_two(
        self, value: Decimal, first: _Section, second: _Section, third: _Section | None
    ) -> tuple[_Section, bool] | None:
        if first.condition is None and value > 0:
            # A first section without a condition is for positive numbers, says one program;
            # another one looks at the second section before.
            return None if second.accepts(value) else (first, False)
        if second.accepts(value):
            return second, value < 0 and not second.for_negatives_alone
        return None if third is None else (third, value < 0)

    def _rest(
        self, value: Decimal, first: _Section, rest: _Section
    ) -> tuple[_Section, bool] | None:
        """The second of two sections, which takes what the condition of the first one leaves."""
        if value >= 0:
            return rest, False
        sign, limit = first.condition or ("", Decimal(0))
        if sign in (">", ">=") and limit <= 0:
            # Negative numbers alone: whether a program adds a minus of its own is not the same
            # everywhere, and matters only where the section has none.
            return (rest, False) if rest.has_minus or rest.in_brackets else None
        return rest, True

    def show(self, value: Decimal) -> str:
        """What a cell prints for a number."""
        return self.printed(value).text

    @cached_property
    def changes_texts(self) -> bool:
        """Whether a text is printed with words around it, or not at all."""
        sections = self._sections
        if self.code in ("General", "@"):
            return False
        return len(sections) > 3 or any(section.is_for_texts for section in sections[-1:])

    def show_text(self, text: str) -> str:
        """What a cell prints for a text."""
        if not self.changes_texts:
            return text
        last = self._sections[-1]
        return "".join(
            text if part.text == "@" else part.text
            for part in last.parts
            if part.kind in ("text", "general")
        )

    def printed(self, value: Decimal) -> Print:
        """What a cell prints for a number, and which number that is."""
        choice = self._section(value)
        if choice is None:
            return Print(plain(value), "unknown")
        section, signed = choice
        if not section.parts and len(self._for_numbers) == 1:
            return _as_general(value, section, signed)
        if section.is_date:
            text = self._moment(value, section)
            return Print(plain(value) if text is None else text, "day", colour=section.colour)
        if section.is_unclear:
            return Print(plain(value), "unknown", colour=section.colour)
        if section.kinds & {"exponent", "fraction"}:
            return _in_parts(value, section, signed)
        if "general" in section.kinds:
            return _as_general(value, section, signed)
        if not section.groups:
            minus = "-" if signed else ""
            text = "".join(_word(part) for part in section.parts)
            held = value.scaleb(section.shift)
            return Print(minus + text, "words", None, held, section.colour)
        if len(section.groups) > 1:
            return _spread(value, section, signed)
        return _number(value, section, signed)

    def day(self, value: Decimal) -> date | None:
        """The day that a serial number stands for."""
        if not 0 <= value <= _LARGEST_SERIAL:
            return None
        if self.from_1904:
            return date(1904, 1, 1) + timedelta(days=int(value))
        return date(1899, 12, 31 if value < 60 else 30) + timedelta(days=int(value))

    def is_day(self, value: Decimal) -> bool:
        """Whether a number is printed as a day that says its month."""
        choice = self._section(value)
        if choice is None:
            return False
        return any(
            part.kind == "date" and part.text[0].lower() in "ymdge" for part in choice[0].parts
        )

    def _moment(self, value: Decimal, section: _Section) -> str | None:
        """A day and a time; None for a number that is none."""
        day = self.day(value)
        if day is None:
            return None
        parts = section.parts
        fraction = max((len(text) - 1 for text in _fractions(parts)), default=0)
        seconds = (value % 1 * 86_400).quantize(Decimal(1).scaleb(-fraction), ROUND_HALF_UP)
        if seconds == 86_400:
            seconds, day = Decimal(0), day + timedelta(days=1)
        clock = _Clock(day, seconds, int(value) * 86_400 + int(seconds), _halves(parts))
        return "".join(clock.part(parts, index) for index in range(len(parts)))


GENERAL: Final = NumberFormat()


# --- parts of a section


def _parts(match: re.Match[str]) -> list[_Part]:
    """A token outside of square brackets."""
    match match.lastgroup:
        case "digits" | "date" | "general" | "exponent" | "fraction" | "percent" as kind:
            return [_Part(kind, match[0])]
        case "space":
            return [_Part("text", " ")]
        case "fill":  # it is repeated over the cell's width
            if match["fill"] in _MINUS:
                return [_Part("dashes", match["fill"])]
            return [] if match["fill"].isspace() else [_Part("text", match["fill"])]
        case "quoted" | "escaped" as kind:
            return [_Part("text", match[kind])]
        case _:
            return [_Part("text", match[0])] if match[0] else []


def _bracketed(content: str) -> list[_Part]:
    """What stands in square brackets: a currency, elapsed time, or what is not understood."""
    if content.startswith("$"):
        currency = content[1:].partition("-")[0]
        return [_Part("text", currency)] if currency else []
    if _ELAPSED.fullmatch(content):
        return [_Part("elapsed", content)]
    return [_Part("unknown", content)]


def _word(part: _Part) -> str:
    return "%" if part.kind == "percent" else part.text


def _fractions(parts: tuple[_Part, ...]) -> list[str]:
    """The placeholders for parts of seconds."""
    return [part.text for part in parts if part.kind == "digits" and part.text.strip("0") == "."]


def _halves(parts: tuple[_Part, ...]) -> bool:
    return any(part.text.upper() in ("AM/PM", "A/P") for part in parts)


# --- numbers


def _signed_value(
    value: Decimal, shown: Decimal, section: _Section, signed: bool
) -> tuple[Decimal, bool]:
    """The number that is printed, from its digits, and whether its sign can't be told from them.

    A minus is the program's or the section's own. Brackets around a positive number and red
    around a negative one are not: they may mean something else.
    """
    if signed or section.has_minus:
        return -shown if shown else shown, False
    if value < 0:
        if section.in_brackets:
            return -shown if shown else shown, False
        red = section.colour in _RED
        return (-shown if red and shown else shown), red and bool(shown)
    return shown, section.in_brackets and bool(shown)


def _number(value: Decimal, section: _Section, signed: bool) -> Print:
    """One number with words around it."""
    held = value.scaleb(section.shift, _WIDE)
    digits, shown = _digits(abs(held), section.groups[0])
    if signed and section.has_minus and shown:
        return Print(plain(value), "unknown", colour=section.colour)
    number, against = _signed_value(value, shown, section, signed)
    text = "".join(digits if part.kind == "digits" else _word(part) for part in section.parts)
    if not digits.strip():
        return Print(text, "words", None, held, section.colour)
    minus = "-" if signed and shown else ""
    if section.glues_digits:
        return Print(minus + text, "unknown", colour=section.colour)
    return Print(minus + text, "number", number, held, section.colour, against, shift=section.shift)


def _digits(value: Decimal, pattern: str) -> tuple[str, Decimal]:
    """The digits of a number that is not negative, under its placeholders, and their value."""
    whole_pattern, _, fraction_pattern = pattern.partition(".")
    fraction_pattern = fraction_pattern.replace(",", "").replace(".", "")
    whole_pattern = whole_pattern.rstrip(",")
    shown = value.quantize(Decimal(1).scaleb(-len(fraction_pattern)), ROUND_HALF_UP, _WIDE)
    whole, _, fraction = f"{shown:f}".partition(".")
    least = fraction_pattern.rstrip("#?")
    fraction = fraction[: len(least)] + fraction[len(least) :].rstrip("0")
    needed = sum(character == "0" for character in whole_pattern)
    whole = whole.rjust(needed, "0") if needed or whole != "0" else ""
    if "," in whole_pattern:
        whole = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ",", whole)
    # A point is printed even where no digit stands behind it.
    point = "." if "." in pattern else ""
    return f"{whole}{point}{fraction}", shown


def _spread(value: Decimal, section: _Section, signed: bool) -> Print:
    """One whole number whose digits stand in several groups with words between them:
    ``0"億"0000"万"``.
    """
    *others, last = section.groups
    if not {".", ","}.isdisjoint("".join(others)) or "." in last:
        return Print(plain(value), "unknown", colour=section.colour)
    held = value.scaleb(section.shift, _WIDE)
    shown = abs(held).quantize(Decimal(1), ROUND_HALF_UP, _WIDE)
    rest = f"{shown:f}" if shown else ""
    pieces: list[str] = []
    for part in reversed(section.parts):
        if part.kind != "digits":
            pieces.append(_word(part))
            continue
        piece = ""
        for placeholder in reversed(part.text.rstrip(",")):
            digit, rest = rest[-1:], rest[:-1]
            piece = (digit or ("0" if placeholder == "0" else "")) + piece
        pieces.append(piece)
    index = next(at for at, part in enumerate(section.parts) if part.kind == "digits")
    pieces[-1 - index] = rest + pieces[-1 - index]
    minus = "-" if signed and shown else ""
    return Print(minus + "".join(reversed(pieces)), "words", shown, abs(held), section.colour)


def _as_general(value: Decimal, section: _Section, signed: bool) -> Print:
    """A number without placeholders, and words around it."""
    shown = _general(abs(value))
    words = "".join(
        plain(shown) if part.kind == "general" else _word(part) for part in section.parts
    )
    number, against = _signed_value(value, shown, section, signed)
    text = words if section.parts else plain(shown)
    minus = "-" if signed and shown else ""
    return Print(minus + text, "number", number, value, section.colour, against, general=True)


def _in_parts(value: Decimal, section: _Section, signed: bool) -> Print:
    """A number with an exponent, or as a fraction: printed, and read by nobody as a figure."""
    text = None
    if len(section.groups) <= 1:
        pattern = section.groups[0] if section.groups else "0"
        part = next(part for part in section.parts if part.kind in ("exponent", "fraction"))
        number = abs(value.scaleb(section.shift, _WIDE))
        if part.kind == "exponent":
            text = _scientific(number, pattern, part.text)
        else:
            text = _fraction(number, part.text, bool(section.groups))
    return Print(
        plain(value) if text is None else ("-" if signed and value else "") + text,
        "unknown",
        colour=section.colour,
    )


def _scientific(value: Decimal, pattern: str, exponent_pattern: str) -> str:
    step = max(sum(c in "0#?" for c in pattern.partition(".")[0]), 1)
    power = value.adjusted() if value else 0
    power -= power % step
    digits, shown = _digits(value.scaleb(-power, _WIDE), pattern)
    if shown >= Decimal(10) ** step:
        power += step
        digits, _ = _digits(value.scaleb(-power, _WIDE), pattern)
    sign = "+" if exponent_pattern[1] == "+" else ""
    sign = "-" if power < 0 else sign
    return f"{digits}E{sign}{abs(power):0{len(exponent_pattern) - 2}d}"


def _fraction(value: Decimal, pattern: str, with_whole: bool) -> str:
    below = pattern.partition("/")[2]
    whole, rest = (int(value), Fraction(value % 1)) if with_whole else (0, Fraction(value))
    if below.isdigit() and int(below):
        over, under = round(rest * int(below)), int(below)
    else:
        nearest = rest.limit_denominator(10 ** len(below) - 1)
        over, under = nearest.numerator, nearest.denominator
    if with_whole and over == under:
        whole, over = whole + 1, 0
    if with_whole and not over:
        return str(whole)
    return f"{whole} {over}/{under}" if whole else f"{over}/{under}"


# --- days and times


@dataclass(frozen=True)
class _Clock:
    """A day with its seconds, and the seconds since the first day."""

    day: date
    seconds: Decimal
    elapsed: int
    halves: bool

    def part(self, parts: tuple[_Part, ...], index: int) -> str:
        """One part of a section for days."""
        part = parts[index]
        token = part.text.lower()
        if part.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token[0]]
            return f"{self.elapsed // unit:0{len(token)}d}"
        if part.kind == "digits" and part.text.strip("0") == "." and len(part.text) > 1:
            return f"{self.seconds % 1:.{len(part.text) - 1}f}"[1:]
        if part.kind != "date":
            return part.text
        if token[0] in "hs" or "/" in token or (token[0] == "m" and _is_minute(parts, index)):
            return self._time(token)
        return _day_part(token, self.day)

    def _time(self, token: str) -> str:
        whole = int(self.seconds)
        hour = whole // 3600
        if "/" in token:
            half = "AM" if hour < 12 else "PM"
            return half if token == "am/pm" else half[0]
        number = {"h": hour, "m": whole // 60 % 60, "s": whole % 60}[token[0]]
        if token[0] == "h" and self.halves:
            number = hour % 12 or 12
        return f"{number:0{len(token)}d}"


def _is_minute(parts: tuple[_Part, ...], index: int) -> bool:
    """Whether an ``m`` stands behind hours or before seconds."""
    if len(parts[index].text) > 2:
        return False
    timed = [
        (at, part.text[0].lower())
        for at, part in enumerate(parts)
        if part.kind in ("date", "elapsed")
    ]
    before = [letter for at, letter in timed if at < index]
    behind = [letter for at, letter in timed if at > index]
    return before[-1:] == ["h"] or behind[:1] == ["s"]


def _day_part(token: str, day: date) -> str:
    era = era_of(day)
    letter, name = (era.letter, era.name) if era is not None else ("", "")
    year = day.year if era is None else day.year - era.begins.year + 1
    match token:
        case "g":
            return letter
        case "gg":
            return name[:1]
        case "ggg":
            return name
        case "e":
            return str(year)
        case "ee":
            return f"{year:02d}"
        case "y" | "yy":
            return f"{day.year % 100:02d}"
        case "yyy" | "yyyy":
            return str(day.year)
        case "m" | "d":
            return str(day.month if token == "m" else day.day)
        case "mm" | "dd":
            return f"{day.month if token == 'mm' else day.day:02d}"
        case "aaa" | "aaaa":
            return "月火水木金土日"[day.weekday()] + ("曜日" if token == "aaaa" else "")
        case _:
            return _english(token, day)


def _english(token: str, day: date) -> str:
    name = _MONTHS[day.month - 1] if token[0] == "m" else _DAYS[day.weekday()]
    return {3: name[:3], 4: name, 5: name[:1]}.get(len(token), name)
