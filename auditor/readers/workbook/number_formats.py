"""What a number format of a spreadsheet shows for a number: △ and brackets for negatives,
thousands, percents, Japanese dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property
from typing import Final, Literal

from auditor.records.fiscal import era_of

__all__ = ["BUILT_IN", "GENERAL", "NumberFormat", "plain"]

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
    14: "yyyy/m/d",
    22: "yyyy/m/d h:mm",
    27: "[$-411]ge.m.d",
    28: '[$-411]ggge"年"m"月"d"日"',
    29: '[$-411]ggge"年"m"月"d"日"',
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    36: "[$-411]ge.m.d",
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* \\-#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    49: "@",
    50: "[$-411]ge.m.d",
    51: '[$-411]ggge"年"m"月"d"日"',
    54: '[$-411]ggge"年"m"月"d"日"',
    55: 'yyyy"年"m"月"',
    56: 'm"月"d"日"',
    57: "[$-411]ge.m.d",
    58: '[$-411]ggge"年"m"月"d"日"',
    34: 'yyyy"年"m"月"',
    35: 'm"月"d"日"',
}
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/標準|標準|@)|(?P<date>g{1,3}|e{1,2}|y{1,4}|m{1,5}|d{1,4}|a{3,4}|AM/PM|A/P|h{1,2}|s{1,2})(?![+-]?0)|(?P<digits>[0#?.,]+)"
    r"|(?P<exponent>E[+-]0+)|(?P<percent>%)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
_WIDE: Final = Context(prec=400)
_LARGEST_SERIAL: Final = 2_958_465  # the last day of 9999


def plain(value: Decimal) -> str:
    """A number without a format: its digits, no trailing zeros behind the point."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


PartKind = Literal["text", "digits", "percent", "date", "general", "unknown"]
_KINDS: Final[dict[str | None, PartKind]] = {
    "digits": "digits",
    "percent": "percent",
    "date": "date",
    "general": "general",
}


@dataclass(frozen=True)
class _Part:
    """One token of a section."""

    kind: PartKind
    text: str


@dataclass(frozen=True)
class _Section:
    """What stands between semicolons; ``condition`` where it says itself which numbers it is for."""

    parts: tuple[_Part, ...]
    condition: tuple[str, Decimal] | None = None

    @property
    def is_date(self) -> bool:
        return any(part.kind == "date" for part in self.parts)

    @property
    def digits(self) -> str:
        return "".join(part.text for part in self.parts if part.kind == "digits")

    @property
    def thousands_off(self) -> int:
        """How many times the section divides by a thousand: commas at the end of its digits."""
        body = self.digits.partition(".")[2] or self.digits
        return len(body) - len(body.rstrip(","))

    @property
    def percents(self) -> int:
        return sum(part.kind == "percent" for part in self.parts)

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


@dataclass(frozen=True)
class NumberFormat:
    """A format's code, and what it shows. What it can't say it shows plainly: a value is never
    changed by its looks.
    """

    code: str = "General"
    from_1904: bool = False

    @cached_property
    def _sections(self) -> tuple[_Section, ...]:
        sections: list[_Section] = []
        parts: list[_Part] = []
        condition: tuple[str, Decimal] | None = None
        for match in _TOKEN.finditer(self.code[:1000]):
            kind, text = match.lastgroup, match[0]
            if kind == "other" and text == ";":
                sections.append(_Section(tuple(parts), condition))
                parts, condition = [], None
            elif kind == "bracket":
                if found := _CONDITION.fullmatch(match["bracket"]):
                    condition = found[1], Decimal(found[2])
                elif match["bracket"].startswith("$") and (
                    currency := match["bracket"][1:].partition("-")[0]
                ):
                    parts.append(_Part("text", currency))
                elif re.fullmatch(r"h+|m+|s+", match["bracket"], re.IGNORECASE):
                    parts.append(_Part("unknown", text))
            elif kind == "space":
                parts.append(_Part("text", " "))
            elif kind in _KINDS:
                parts.append(_Part(_KINDS[kind], text))
            elif kind == "exponent":
                parts.append(_Part("unknown", text))
            elif kind != "fill" and text:
                parts.append(
                    _Part(
                        "text",
                        next(
                            (
                                match[name]
                                for name in ("quoted", "escaped")
                                if match[name] is not None
                            ),
                            text,
                        ),
                    )
                )
        sections.append(_Section(tuple(parts), condition))
        return tuple(sections)

    @cached_property
    def is_date(self) -> bool:
        """Whether numbers under this format are days."""
        return self._sections[0].is_date

    @cached_property
    def has_words(self) -> bool:
        """Whether it prints letters around a number, or days: 2024年度, 令和6年."""
        return self.is_date or any(
            part.kind == "text" and any(map(str.isalpha, part.text))
            for part in self._sections[0].parts
        )

    @cached_property
    def scale(self) -> Decimal:
        """By what a number is multiplied before its digits are shown: 100 for a percent, 0.001
        for thousands (``#,##0,``).
        """
        section = self._sections[0]
        return Decimal(1).scaleb(2 * section.percents - 3 * section.thousands_off)

    def _section(self, value: Decimal) -> tuple[_Section, bool]:
        """The section for a value, and whether a negative one still needs its sign."""
        sections = self._sections
        if any(section.condition for section in sections):
            found = next((section for section in sections if section.accepts(value)), None)
            chosen = found or next(
                (section for section in reversed(sections[:3]) if section.condition is None),
                sections[-1],
            )
            return chosen, value < 0 and not (
                found is not None
                and found.condition is not None
                and found.condition[0] in ("<", "<=")
            )
        if value > 0 or len(sections) == 1 or (value == 0 and len(sections) == 2):
            return sections[0], value < 0
        return (sections[1], False) if value < 0 else (sections[2], False)

    def show(self, value: Decimal) -> str:
        """What a cell prints for a number."""
        section, signed = self._section(value)
        if section.is_date:
            return self._day(value, section) or plain(value)
        kinds = [part.kind for part in section.parts]
        if "unknown" in kinds or (not section.parts and len(self._sections) == 1):
            return plain(value)
        shown = ""
        number = (
            _digits(
                abs(value).scaleb(2 * section.percents - 3 * section.thousands_off), section.digits
            )
            if "digits" in kinds
            else None
        )
        for part in section.parts:
            if part.kind == "digits":
                shown, number = (
                    shown + (number or ""),
                    None,
                )  # digits after a text inside (0"億"0000) belong to the same number
            elif part.kind == "general":
                shown += plain(abs(value))
            elif part.kind == "percent":
                shown += "%"
            else:
                shown += part.text
        if kinds.count("digits") > 1:
            return plain(value)
        return (
            f"-{shown}"
            if signed and any(character in "123456789" for character in shown)
            else shown
        )

    def day(self, value: Decimal) -> date | None:
        """The day that a serial number stands for."""
        if not 0 <= value <= _LARGEST_SERIAL:
            return None
        if self.from_1904:
            return date(1904, 1, 1) + timedelta(days=int(value))
        return date(1899, 12, 31 if value < 60 else 30) + timedelta(days=int(value))

    def _day(self, value: Decimal, section: _Section) -> str | None:
        day = self.day(value)
        tokens = {part.text.lower()[0] for part in section.parts if part.kind == "date"}
        if (
            day is None
            or not tokens & {"y", "e", "m", "d"}
            or any(part.text.strip(".,") for part in section.parts if part.kind == "digits")
        ):
            return None
        if tokens & {"h", "s"}:
            return day.isoformat()
        return "".join(
            _day_part(part.text.lower(), day) if part.kind == "date" else part.text
            for part in section.parts
        )


GENERAL: Final = NumberFormat()


def _digits(value: Decimal, pattern: str) -> str:
    whole_pattern, _, fraction_pattern = pattern.rstrip(",").partition(".")
    fraction_pattern = fraction_pattern.replace(",", "").replace(".", "")
    rounded = value.quantize(Decimal(1).scaleb(-len(fraction_pattern)), ROUND_HALF_UP, _WIDE)
    whole, _, fraction = f"{rounded:f}".partition(".")
    least = fraction_pattern.rstrip("#?")
    fraction = fraction[: len(least)] + fraction[len(least) :].rstrip("0")
    needed = sum(character == "0" for character in whole_pattern)
    whole = whole.rjust(needed, "0") if needed or whole != "0" else ""
    if "," in whole_pattern:
        whole = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ",", whole)
    return f"{whole}.{fraction}" if fraction else whole


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
            return ""
