"""Numbers as a table of a form writes them: cells in the form's dialect become plain decimals.

Nothing is guessed. A cell that the dialect does not read stays text; what may be read in two ways
is unread, for its whole column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

import polars as pl

from auditor.forms.model import Dialect, Form
from auditor.forms.words import squeezed
from auditor.records.decimals import ended, plain_digits
from auditor.records.figures import parse_figure
from auditor.records.text import Text
from auditor.tables.guard import Fault
from auditor.tables.shape import DASHES, PLAIN, SHOWN
from auditor.tables.workbooks import Typed

__all__ = [
    "PERCENT",
    "Number",
    "Numbers",
    "faults_of",
    "hint",
    "numbers",
    "refusal",
    "written_number",
]

PERCENT: Final = ("%", "％")
"""How the unit of per cent may be written."""

_SPACES: Final = " \t\r\n\u3000\u00a0\u2009\u202f"
_SPACE_MARKS: Final = " \u00a0\u2009\u202f"
_APOSTROPHES: Final = "'’"
_PLAIN: Final = re.compile(PLAIN)


class Number(NamedTuple):
    """What one cell says: a plain decimal, with the unit that it prints beside it; None where the
    dialect reads no number in it.
    """

    plain: str | None
    unit: str = ""


def written_number(text: str, form: Form, unit: str) -> Number:
    """One cell's text as the form's tables write numbers; ``unit`` is the figure's."""
    dialect = form.table.dialect if form.table is not None else Dialect()
    return _Cells(dialect, unit, form).number(text)


def is_missing(text: str, dialect: Dialect) -> bool:
    """Whether a cell holds one of the words that stand for nothing."""
    return squeezed(text) in {squeezed(word) for word in dialect.missing}


class _Cells:
    """Reads the cells of one column."""

    def __init__(self, dialect: Dialect, unit: str, form: Form) -> None:
        self.dialect, self.unit, self.form = dialect, unit, form
        self.units = tuple(form.units)
        self.signed = dialect.percent and unit in PERCENT
        marks = [re.escape(mark) for mark in _marks(dialect)]
        point = re.escape(dialect.decimal or ".")
        whole = "[0-9]+"
        if marks:
            grouped = "|".join(f"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+" for mark in marks)
            whole = f"(?:{grouped}|{whole})"
        self.between = str.maketrans("", "", "".join(_marks(dialect)))
        self.point = dialect.decimal or "."
        self.pattern = re.compile(f"{whole}(?:{point}[0-9]+)?")
        self.before = {"-"} | {sign for sign, where in _signs(dialect) if where == "before"}
        self.behind = {sign for sign, where in _signs(dialect) if where == "behind"}
        self.bracketed = any(where == "around" for _, where in _signs(dialect))

    def number(self, text: str) -> Number:
        body = text.strip(_SPACES)
        if self.signed:
            if body[-1:] not in PERCENT:
                return Number(None)
            body = body[:-1].rstrip(_SPACES)
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
        """A value printed in another unit, as one of the column's own: a per cent is nothing else."""
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
            return body[1:-1].strip(_SPACES), True
        if body[:1] == "+":
            return body[1:], False
        if body[:1] in self.before and body:
            return body[1:].lstrip(_SPACES if body[0] != "-" else ""), True
        if body[-1:] in self.behind and body:
            return body[:-1].rstrip(_SPACES), True
        return body, False

    def _without_currency(self, body: str) -> str:
        for sign in self.dialect.currency:
            if body.startswith(sign):
                return body.removeprefix(sign).lstrip(_SPACES)
            if body.endswith(sign):
                return body.removesuffix(sign).rstrip(_SPACES)
        return body


def _marks(dialect: Dialect) -> tuple[str, ...]:
    """What may stand between thousands: any space where a space does, either apostrophe."""
    marks: list[str] = []
    for mark in dialect.thousands:
        marks += _SPACE_MARKS if mark == " " else _APOSTROPHES if mark in _APOSTROPHES else mark
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


# --- columns


@dataclass
class Numbers:
    """A column of figures in plain decimals. ``printed`` has the cells whose print is another
    text, ``states`` those that are a dash, a text or unread, ``units`` the units that cells print.

    ``refused`` are cells that look like plain numbers, and are none in the dialect; ``ambiguous``
    those that may be read in two ways; ``mixed`` is where some cells have a sign of per cent and
    others none.
    """

    values: pl.Series
    printed: pl.Series
    states: pl.Series
    units: pl.Series
    refused: pl.Series
    ambiguous: pl.Series
    mixed: bool = False


def numbers(texts: pl.Series, form: Form, name: str, typed: Typed | None = None) -> Numbers:
    """The texts of a column of figures, read as the form's dialect says; ``typed`` is what the
    cells of a workbook hold. What no number can be made of stays as it is in ``values``, for the
    guard to tell.
    """
    assert form.table is not None
    dialect, definition = form.table.dialect, form.fields[name]
    reader = _Cells(dialect, definition.unit, form)
    texts = texts.str.strip_chars(_SPACES)
    texts = _without(texts, (texts == "").fill_null(False))
    missing = _missing(texts, dialect)
    cells = _without(texts, missing)
    if typed is not None:
        cells = _without(cells, typed.values.is_not_null() | typed.unread)
    dash = cells.is_in(DASHES).fill_null(False)
    cells = _without(cells, dash)

    ambiguous = _ambiguous(cells, dialect, definition.step)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, texts.len())
    refused = pl.Series([False]).new_from_index(0, texts.len())
    values, units = cells, nothing
    if not _is_bare(dialect):
        values, units, refused = _read(cells, reader)
    values = _without(values, ambiguous | refused)
    unread = ambiguous
    if typed is not None:
        held, of_percent = _of_typed(typed, reader)
        values, units = _coalesced(values, held), _coalesced(units, of_percent)
        unread = ambiguous | typed.unread
    states = pl.select(
        pl.when(pl.lit(dash))
        .then(pl.lit("dash"))
        .when(pl.lit(refused))
        .then(pl.lit("text"))
        .when(pl.lit(unread))
        .then(pl.lit("unread"))
    ).to_series()
    same = (values == texts).fill_null(False) & values.str.contains(PLAIN).fill_null(False)
    printed = _without(texts, same | dash | missing)
    percent = texts.str.contains("[%％]$").fill_null(False)
    bare = ~percent & (values.str.contains(PLAIN).fill_null(False) | ambiguous)
    mixed = definition.unit in PERCENT and bool(percent.any() and bare.any())
    return Numbers(values, printed, states, units, refused, ambiguous, mixed)


def _without(texts: pl.Series, which: pl.Series) -> pl.Series:
    """The column with some of its cells blank."""
    return texts.set(which, None) if which.any() else texts


def _coalesced(first: pl.Series, second: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(pl.lit(first), pl.lit(second))).to_series()


def _of_typed(typed: Typed, reader: _Cells) -> tuple[pl.Series, pl.Series]:
    """The numbers that the cells of a workbook print, in the column's unit, and the units of those
    that print another.
    """
    others = typed.units.is_not_null() & (typed.units != reader.unit).fill_null(False)
    if not others.any():
        return typed.values, typed.values.clear(typed.values.len())
    values: list[str | None] = []
    units: list[str | None] = []
    for value, unit in zip(typed.values, typed.units, strict=True):
        number = Number(value)
        if value is not None and unit not in (None, reader.unit):
            number = reader.converted(Decimal(value), unit)
        values.append(number.plain)
        units.append(number.unit or None)
    return pl.Series(values, dtype=pl.String), pl.Series(units, dtype=pl.String)


_BARE: Final = Dialect()


def _is_bare(dialect: Dialect) -> bool:
    """Whether numbers are written in the plain way."""
    layout = {"delimiter": "", "encoding": None, "header_row": (), "missing": ()}
    return dialect.model_copy(update=layout) == _BARE


def _missing(texts: pl.Series, dialect: Dialect) -> pl.Series:
    if not dialect.missing:
        return pl.Series([False]).new_from_index(0, texts.len())
    words = [text for text in texts.unique().drop_nulls() if is_missing(text, dialect)]
    return texts.is_in(words).fill_null(False)


def _read(cells: pl.Series, reader: _Cells) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The cells as plain numbers, the units that they print, and those that only look plain."""
    distinct = cells.unique().drop_nulls()
    readings = [reader.number(text) for text in distinct]
    looks = [_PLAIN.fullmatch(text) is not None for text in distinct]
    table = pl.DataFrame(
        {
            "cell": distinct,
            "plain": pl.Series([reading.plain for reading in readings], dtype=pl.String),
            "unit": pl.Series([reading.unit or None for reading in readings], dtype=pl.String),
            "refused": pl.Series(
                [
                    look and reading.plain is None
                    for look, reading in zip(looks, readings, strict=True)
                ],
                dtype=pl.Boolean,
            ),
        }
    )
    joined = pl.DataFrame({"cell": cells}).join(table, on="cell", how="left", maintain_order="left")
    values = joined.select(pl.coalesce("plain", "cell")).to_series()
    return values, joined["unit"], joined["refused"].fill_null(False)


def _ambiguous(cells: pl.Series, dialect: Dialect, step: Decimal) -> pl.Series:
    """The cells whose decimal mark may as well stand between thousands.

    They may where the column shows a number of two such marks, or where nothing in it contradicts
    that reading and the form does not say which mark is the decimal one.
    """
    mark = dialect.decimal or "."
    point = re.escape(mark)
    never = pl.Series([False]).new_from_index(0, cells.len())
    bare = cells.str.replace_all(r"[^0-9.,]", "")
    marked = bare.str.contains(mark, literal=True).fill_null(False)
    if not marked.any():
        return never
    once = bare.str.contains(rf"^[0-9]{{1,3}}{point}[0-9]{{3}}$").fill_null(False)
    if not once.any():
        return never
    if bare.str.contains(rf"^[0-9]{{1,3}}(?:{point}[0-9]{{3}}){{2,}}$").any():
        return once
    declared = dialect.decimal is not None or dialect.thousands or dialect.figures == "japanese"
    if declared or step != step.quantize(_HUNDREDTH):
        return never
    as_thousands = bare.str.contains(rf"^[1-9][0-9]{{0,2}}{point}[0-9]{{3}}$|^[0-9]{{1,3}}$")
    numeric = bare.str.contains("[0-9]").fill_null(False)
    return once if as_thousands.filter(numeric).all() else never


_HUNDREDTH: Final = Decimal("0.01")


# --- what is wrong with a column


def faults_of(read: Numbers, rows: pl.Series, form: Form, name: str) -> list[Fault]:
    """What is to be said of a column of figures; ``rows`` counts them."""
    assert form.table is not None
    dialect = form.table.dialect
    faults = _each(read, rows, name, read.refused, _refusal(form, name))
    unread = (read.states == "unread").fill_null(False) & ~read.ambiguous
    faults += _each(read, rows, name, unread, _UNREAD)
    if read.ambiguous.any():
        faults.append(_of_ambiguous(read, rows, name, dialect))
    if read.mixed:
        faults.append(Fault("TBL012", "sheets", name, _MIXED))
    return faults


def _each(read: Numbers, rows: pl.Series, name: str, which: pl.Series, detail: Text) -> list[Fault]:
    """A fault for each of the first cells, and one that counts the rest."""
    places = which.arg_true()
    faults = [
        Fault("TBL003", "sheets", name, detail, rows[at], (read.printed[at] or "")[:60])
        for at in places.head(SHOWN)
    ]
    if places.len() > SHOWN:
        faults.append(Fault("TBL003", "sheets", name, detail, more=places.len() - SHOWN))
    return faults


def refusal(form: Form, name: str) -> Text | None:
    """What is said of a cell that the declared dialect does not read; None where none is."""
    return None if form.table is None or _is_bare(form.table.dialect) else _refusal(form, name)


def _refusal(form: Form, name: str) -> Text:
    assert form.table is not None
    dialect, unit = form.table.dialect, form.fields[name].unit
    where_en, where_ja = (
        f"[table.dialect] of form {form.name}",
        f"様式 {form.name} の [table.dialect]",
    )
    if dialect.percent and unit in PERCENT:
        return Text(
            en=f"has no sign of per cent, and {where_en} says percent = true",
            ja=f"{where_ja} は percent = true ですが、％記号がありません",
        )
    return Text(
        en=f"is no number as {where_en} says that numbers are written",
        ja=f"{where_ja} で指定された数値の書き方ではありません",
    )


_UNREAD: Final = Text(
    en="what the cell shows is not known (struck through, covered, too narrow, hidden, or a "
    "formula that was never calculated)",
    ja="セルに何が表示されるか分かりません（取り消し線、図形の下、幅不足、非表示、未計算の数式など）",
)
_MIXED: Final = Text(
    en="some cells print a sign of per cent and others none: 0.6 beside 60 % may be meant as 60 %",
    ja="％記号のあるセルとないセルが混在しています。0.6 が 60％ の意味でないか確かめてください",
)


def _of_ambiguous(read: Numbers, rows: pl.Series, name: str, dialect: Dialect) -> Fault:
    """One finding for the whole column."""
    first = read.ambiguous.arg_true()[0]
    text = read.printed[first] or ""
    mark = dialect.decimal or "."
    other = "," if mark == "." else "."
    count = int(read.ambiguous.sum())
    keys = f'thousands = "{mark}" (with decimal = "{other}"), or decimal = "{mark}",'
    keys_ja = f'thousands = "{mark}"（decimal = "{other}" も）か、decimal = "{mark}"'
    return Fault(
        "TBL011",
        "sheets",
        name,
        Text(
            en=f"the mark in {text} may stand between thousands or before decimals, as in "
            f"{count:,} {'cell' if count == 1 else 'cells'} of the column, which are unread; set "
            f"{keys} in [table.dialect]",
            ja=f"{text} の「{mark}」が桁区切りか小数点か分からないため、この列の {count:,} "
            f"個のセルを読み取っていません。[table.dialect] に {keys_ja} を指定してください",
        ),
        rows[first],
        text,
    )


# --- what to declare

_WORDS_FOR_NOTHING: Final = re.compile(
    r"n\.?/?a\.?|null|none|nil|nan|\.{1,3}|…|x|\*+|なし|無し|該当なし|皆減|皆増", re.IGNORECASE
)
_NOTATION: Final = re.compile(r"\(.*[0-9].*\)|[-−‐‑–－△▲Δ∆▵▴].*[0-9]|.*[0-9].*[-−‐‑–－△▲Δ∆▵▴]")
_CURRENCY: Final = re.compile(r"[$€£¥￥₩₹]|\b(?:[A-Z]{3}|kr|zł|Kč|Fr)\b|円")


def hint(text: str, form: Form, unit: str) -> Text | None:
    """Which key of ``[table.dialect]`` would read a cell, and with what value; None where none
    would.
    """
    assert form.table is not None
    dialect = form.table.dialect
    for change, shown in _candidates(text.strip(_SPACES), dialect, unit):
        changed = dialect.model_copy(update=change)
        is_read = is_missing(text, changed) or (
            _Cells(changed, unit, form).number(text).plain is not None
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
    bare = _CURRENCY.sub("", text).strip(_SPACES)
    if _NOTATION.fullmatch(bare):
        digits = "40"
        if bare.startswith("("):
            notation = f"({digits})"
        else:
            notation = f"{digits}{bare[-1]}" if bare[0].isdigit() else f"{bare[0]}{digits}"
        yield {"negative": (*dialect.negative, notation)}, f'negative = ["{notation}"]'


def _of_marks(text: str, dialect: Dialect) -> Iterable[Candidate]:
    """The marks between thousands and before decimals that a text may have."""
    bare = re.sub(r"[^0-9., '’\u00a0\u2009\u202f]", "", text).strip(_SPACES)
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
