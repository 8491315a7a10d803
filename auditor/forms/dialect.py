"""How a table of a form writes its numbers: one cell in the form's dialect, as a plain decimal.

Nothing is guessed. A cell that the dialect does not read is a text; ``hint`` says what to declare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from auditor.forms.model import Dialect, Form
from auditor.forms.words import squeezed
from auditor.records.decimals import ended, plain_digits
from auditor.records.figures import Figure, parse_figure
from auditor.records.text import Text

__all__ = [
    "DASHES",
    "PERCENT",
    "PLAIN",
    "SPACES",
    "CellReader",
    "Number",
    "hint",
    "is_bare",
    "is_missing",
    "written_figure",
]

PLAIN: Final = r"^[+-]?[0-9]{1,90}(\.[0-9]{1,90})?$"
"""A number in the plain way."""
DASHES: Final = ("-", "－", "−", "‐", "–", "—", "―", "ー", "─")
"""What stands in a number's cell for none."""
PERCENT: Final = ("%", "％")
"""How the unit of per cent may be written."""

SPACES: Final = " \t\r\n\u3000\u00a0\u2009\u202f"
_SPACE_MARKS: Final = " \u00a0\u2009\u202f"
_APOSTROPHES: Final = "'’"
_PLAIN: Final = re.compile(PLAIN)


class Number(NamedTuple):
    """What one cell says: a plain decimal, with the unit that it prints beside it; None where the
    dialect reads no number in it.
    """

    plain: str | None
    unit: str = ""


def written_figure(text: str, form: Form, unit: str) -> Figure:
    """One cell's text as a table of the form writes figures; ``unit`` is the figure's."""
    assert form.table is not None
    printed = text.strip(SPACES)
    if not printed or is_missing(printed, form.table.dialect):
        return Figure(unit=unit, printed=printed)
    if printed in DASHES:
        return Figure(state="dash", printed=printed, unit=unit)
    plain, _ = CellReader(form.table.dialect, unit, form).number(printed)
    if plain is None:
        return Figure(state="text", printed=printed, unit=unit)
    return Figure(value=Decimal(plain), state="number", printed=printed, unit=unit)


def is_missing(text: str, dialect: Dialect) -> bool:
    """Whether a cell holds one of the words that stand for nothing."""
    return squeezed(text) in {squeezed(word) for word in dialect.missing}


class CellReader:
    """Reads the cells of one column of figures, whose unit is ``unit``."""

    dialect: Dialect
    form: Form
    unit: str

    def __init__(self, dialect: Dialect, unit: str, form: Form) -> None:
        self.dialect, self.unit, self.form = dialect, unit, form
        self.units: tuple[str, ...] = tuple(form.units)
        self.signed: bool = dialect.percent and unit in PERCENT
        marks = [re.escape(mark) for mark in _marks(dialect)]
        point = re.escape(dialect.decimal or ".")
        whole = "[0-9]+"
        if marks:
            grouped = "|".join(f"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+" for mark in marks)
            whole = f"(?:{grouped}|{whole})"
        self.between: dict[int, int | None] = str.maketrans("", "", "".join(_marks(dialect)))
        self.point = dialect.decimal or "."
        self.pattern: re.Pattern[str] = re.compile(f"{whole}(?:{point}[0-9]+)?")
        self.before: set[str] = {"-"} | {
            sign for sign, where in _signs(dialect) if where == "before"
        }
        self.behind: set[str] = {sign for sign, where in _signs(dialect) if where == "behind"}
        self.bracketed: bool = any(where == "around" for _, where in _signs(dialect))

    def number(self, text: str) -> Number:
        """What one cell says."""
        body = text.strip(SPACES)
        if self.signed:
            if body[-1:] not in PERCENT:
                return Number(None)
            body = body[:-1].rstrip(SPACES)
        if self.dialect.figures == "japanese":
            return self._printed(body)
        return Number(self._plain(body))

    def _printed(self, body: str) -> Number:
        """What text sheets read."""
        if _PLAIN.fullmatch(body):
            return Number(body.removeprefix("+"))
        figure = parse_figure(body, unit=self.unit, units=self.units)
        if figure.value is None:
            return Number(None)
        if figure.unit == self.unit:
            return Number(format(figure.value, "f"))
        return self.converted(figure.value, figure.unit)

    def converted(self, value: Decimal, unit: str) -> Number:
        """A value printed in another unit, as one of the column's own. Per cent is apart."""
        if unit not in self.units or (unit in PERCENT) != (self.unit in PERCENT):
            return Number(None)
        factors = (Fraction(self.form.factor(name)) for name in (unit, self.unit))
        quotient = ended(Fraction(value) * next(factors) / next(factors))
        return Number(None) if quotient is None else Number(plain_digits(quotient), unit)

    def _plain(self, body: str) -> str | None:
        amount = self._without_currency(body)
        has_currency = amount != body
        body, negative = self._unsigned(amount)
        if not has_currency:  # it may stand between the sign and the digits
            body = self._without_currency(body)
        if not self.pattern.fullmatch(body):
            return None
        plain = body.translate(self.between).replace(self.point, ".")
        if not _PLAIN.fullmatch(plain):
            return None
        return f"-{plain}" if negative and plain.strip("0.") else plain

    def _unsigned(self, body: str) -> tuple[str, bool]:
        """A number without its sign, and whether it is below zero."""
        if self.bracketed and body[:1] == "(" and body[-1:] == ")":
            return body[1:-1].strip(SPACES), True
        if body[:1] == "+":
            return body[1:], False
        if body[:1] in self.before and body:
            return body[1:].lstrip(SPACES if body[0] != "-" else ""), True
        if body[-1:] in self.behind and body:
            return body[:-1].rstrip(SPACES), True
        return body, False

    def _without_currency(self, body: str) -> str:
        for sign in self.dialect.currency:
            if body.startswith(sign):
                return body.removeprefix(sign).lstrip(SPACES)
            if body.endswith(sign):
                return body.removesuffix(sign).rstrip(SPACES)
        return body


def _marks(dialect: Dialect) -> tuple[str, ...]:
    """What may stand between thousands: any space where a space does, either apostrophe."""
    alike = {" ": _SPACE_MARKS, "'": _APOSTROPHES, "’": _APOSTROPHES}
    marks: list[str] = []
    for mark in dialect.thousands:
        marks += alike.get(mark, mark)
    return tuple(dict.fromkeys(marks))


def _signs(dialect: Dialect) -> list[tuple[str, str]]:
    """The signs of numbers below zero, and where they stand."""
    signs: list[tuple[str, str]] = []
    for notation in dialect.negative:
        if notation.startswith("("):
            signs.append(("(", "around"))
        elif notation[0].isdigit():
            signs.append((notation[-1], "behind"))
        else:
            signs.append((notation[0], "before"))
    return signs


# --- what to declare

_WORDS_FOR_NOTHING: Final = re.compile(
    r"n\.?/?a\.?|null|none|nil|nan|\.{1,3}|…|x|\*+|なし|無し|該当なし|皆減|皆増", re.IGNORECASE
)
_NOTATION: Final = re.compile(r"\(.*[0-9].*\)|[-−‐‑–－△▲Δ∆▵▴].*[0-9]|.*[0-9].*[-−‐‑–－△▲Δ∆▵▴]")
_CURRENCY: Final = re.compile(r"[$€£¥￥₩₹]|\b(?:[A-Z]{3}|kr|zł|Kč|Fr)\b|\u5186")


def hint(text: str, form: Form, unit: str) -> Text | None:
    """Which key of ``[table.dialect]`` would read a cell, and with what value; None where none
    would.
    """
    assert form.table is not None
    dialect = form.table.dialect
    for change, shown in _candidates(text.strip(SPACES), dialect, unit):
        changed = dialect.model_copy(update=change)
        is_read = is_missing(text, changed) or (
            CellReader(changed, unit, form).number(text).plain is not None
        )
        if is_read:
            return Text(
                en=f"is no plain number; to read it, set {shown} in the form's [table.dialect]",
                ja=f"数値として読めません。この書き方であれば、様式の [table.dialect] に {shown} を"
                "指定してください",
            )
    return None


Candidate = tuple[dict[str, object], str]


def _candidates(text: str, dialect: Dialect, unit: str) -> Iterable[Candidate]:
    """Changes of the dialect that may read a text, the smallest first."""
    changes = [change for change in _changes(text, dialect, unit) if change[0]]
    yield from changes
    for index, (first, shown) in enumerate(changes):
        for second, beside in changes[index + 1 :]:
            if not first.keys() & second.keys():
                yield {**first, **second}, f"{shown}, {beside}"
    if len(changes) > 2:
        every: dict[str, object] = {}
        for change, _ in reversed(changes):
            every |= change
        yield (
            every,
            ", ".join(shown for change, shown in changes if change.items() <= every.items()),
        )
    if _OF_JAPANESE.search(text):
        yield {"figures": "japanese", "decimal": None} | _NONE, 'figures = "japanese"'


_OF_JAPANESE: Final = re.compile("[０-９，．△▲¥￥円人％（）]")
_NONE: Final[dict[str, object]] = {"thousands": (), "currency": (), "negative": ()}


def _changes(text: str, dialect: Dialect, unit: str) -> Iterable[Candidate]:
    if _WORDS_FOR_NOTHING.fullmatch(text):
        yield {"missing": (*dialect.missing, text)}, f'missing = ["{text}"]'
        return
    if unit in PERCENT and text[-1:] in PERCENT:
        yield {"percent": True}, "percent = true"
    yield from _of_marks(text, dialect)
    currency = _CURRENCY.search(text)
    if currency is not None:
        sign = currency.group()
        yield {"currency": (*dialect.currency, sign)}, f'currency = ["{sign}"]'
    bare = _CURRENCY.sub("", text).strip(SPACES)
    if _NOTATION.fullmatch(bare):
        digits = "40"
        if bare.startswith("("):
            notation = f"({digits})"
        else:
            notation = f"{digits}{bare[-1]}" if bare[0].isdigit() else f"{bare[0]}{digits}"
        yield {"negative": (*dialect.negative, notation)}, f'negative = ["{notation}"]'


def _of_marks(text: str, dialect: Dialect) -> Iterable[Candidate]:
    """The marks between thousands and before decimals that a text may have."""
    bare = re.sub(r"[^0-9., '’\u00a0\u2009\u202f]", "", text).strip(SPACES)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point >= 0:
        yield {"decimal": ",", "thousands": (".",)}, 'decimal = ",", thousands = "."'
    elif comma >= 0 and re.search(r",[0-9]{3}(?:[,.]|$)", bare):
        yield {"thousands": (*dialect.thousands, ",")}, 'thousands = ","'
    elif comma >= 0:
        yield {"decimal": ","}, 'decimal = ","'
    elif bare.count(".") > 1:
        yield {"decimal": ",", "thousands": (".",)}, 'decimal = ",", thousands = "."'
    for mark in (" ", "'"):
        if any(other in bare for other in (_SPACE_MARKS if mark == " " else _APOSTROPHES)):
            yield {"thousands": (*dialect.thousands, mark)}, f'thousands = "{mark}"'


_BARE: Final = Dialect()


def is_bare(dialect: Dialect) -> bool:
    """Whether numbers are written in the plain way."""
    layout = {"delimiter": "", "encoding": None, "header_row": (), "missing": ()}
    return dialect.model_copy(update=layout) == _BARE
