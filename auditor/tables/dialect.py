"""Columns of figures as a form's tables write them: cells become plain decimals.

What may be read in two ways is unread, for its whole column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from auditor.forms.dialect import (
    DASHES,
    PERCENT,
    PLAIN,
    SPACES,
    CellReader,
    Number,
    is_bare,
    is_missing,
)
from auditor.forms.model import Dialect, Form
from auditor.records.text import Text
from auditor.tables.guard import Fault
from auditor.tables.shape import SHOWN
from auditor.tables.workbooks import Typed

__all__ = ["Numbers", "faults_of", "numbers", "refusal"]

_PLAIN: Final = re.compile(PLAIN)


@dataclass
class Numbers:
    """A column of figures in plain decimals. ``prints`` has the cells whose print is another
    text, ``states`` those that are a dash, a text or unread, ``units`` the units that cells print.

    ``refused`` are cells that look like plain numbers, and are none in the dialect; ``ambiguous``
    those that may be read in two ways; ``mixed`` is where some cells have a sign of per cent and
    others none.
    """

    values: pl.Series
    prints: pl.Series
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
    reader = CellReader(dialect, definition.unit, form)
    texts = texts.str.strip_chars(SPACES)
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
    if not is_bare(dialect):
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


def _of_typed(typed: Typed, reader: CellReader) -> tuple[pl.Series, pl.Series]:
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


def _missing(texts: pl.Series, dialect: Dialect) -> pl.Series:
    if not dialect.missing:
        return pl.Series([False]).new_from_index(0, texts.len())
    words = [text for text in texts.unique().drop_nulls() if is_missing(text, dialect)]
    return texts.is_in(words).fill_null(False)


def _read(cells: pl.Series, reader: CellReader) -> tuple[pl.Series, pl.Series, pl.Series]:
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
    grouped = bare.str.contains(rf"^[0-9]{{1,3}}(?:{point}[0-9]{{3}}){{2,}}$").fill_null(False)
    if grouped.any():
        return once | grouped
    declared = dialect.decimal is not None or dialect.thousands or dialect.figures == "japanese"
    if declared or step != step.quantize(_HUNDREDTH):
        return never
    as_thousands = bare.str.contains(rf"^[1-9][0-9]{{0,2}}{point}[0-9]{{3}}$|^[0-9]{{1,3}}$")
    # A cell that is no number in the plain way, such as 1,5, says nothing for a decimal point.
    readable = cells.str.contains(PLAIN).fill_null(False)
    return once if as_thousands.filter(readable).all() else never


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
        Fault("TBL003", "sheets", name, detail, rows[at], (read.prints[at] or "")[:60])
        for at in places.head(SHOWN)
    ]
    if places.len() > SHOWN:
        faults.append(Fault("TBL003", "sheets", name, detail, more=places.len() - SHOWN))
    return faults


def refusal(form: Form, name: str) -> Text | None:
    """What is said of a cell that the declared dialect does not read; None where none is."""
    return None if form.table is None or is_bare(form.table.dialect) else _refusal(form, name)


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
    text = read.prints[first] or ""
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
