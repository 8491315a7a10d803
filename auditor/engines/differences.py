"""What failing rows should say, as columns, for rules that compare a figure.

That is expected, actual and difference in the printed unit, as the explanation of a finding gives
them. Where that takes more than columns can do, the judge explains the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import narwhals as nw
import polars as pl

from auditor.engines.expressions import Expressions
from auditor.engines.views import View
from auditor.formula.columns.numbers import measured
from auditor.formula.columns.values import Mask, NotColumnar, Num, Real, Whole, both, expression_of
from auditor.formula.functions import kind_of
from auditor.formula.tree import Call, Compare, Field, walk
from auditor.records.decimals import EXACT
from auditor.records.figures import MODES, Rounding
from auditor.rules.rule import Rule

__all__ = ["Difference", "difference"]

_PLACES = 18
_FITS = 2**60
_LARGEST = 10**17
"""Numbers from here on are left to the judge: in 64 bits they can't be told apart from each other
with more decimals.
"""


_Towards = Literal["nearest", "zero"]


class _Untold(Exception):
    """A comparison whose sides columns can't show as they would be printed."""


@dataclass(frozen=True)
class _Decimals:
    """Whole numbers of ``10 ** -places``, shown with ``least`` decimals at least."""

    value: nw.Expr
    places: int
    least: int


@dataclass(frozen=True)
class Difference:
    """How columns tell a rule's findings; ``sure`` are the rows whose numbers are certain."""

    numbers: Mapping[str, _Decimals] = field(default_factory=dict[str, _Decimals])
    unit: nw.Expr | str = ""
    sure: Mask = True
    parts: tuple[Any, ...] = ()
    """The columns on the way that it is made of."""
    before: Mapping[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    """What is computed before the numbers."""

    def told(self, failing: pl.LazyFrame) -> pl.LazyFrame:
        """The failing rows with ``expected``, ``actual``, ``difference`` as plain decimals,
        ``unit``, and ``sure``.
        """
        for stage in self._stages:
            if stage.all:
                failing = failing.with_columns(stage.of_polars)
        return failing.with_columns(self._texts)

    @cached_property
    def _stages(self) -> tuple[Expressions, Expressions]:
        """The numbers as whole ones, after what they are computed from."""
        unit = self.unit if isinstance(self.unit, nw.Expr) else nw.lit(self.unit or None, nw.String)
        numbers = [number.value.alias(name) for name, number in self.numbers.items()]
        return (
            Expressions(value.alias(name) for name, value in self.before.items()),
            Expressions([*numbers, unit.alias("unit"), expression_of(self.sure).alias("sure")]),
        )

    @cached_property
    def _texts(self) -> list[pl.Expr]:
        """The numbers as texts, and the rows for which they are certain."""
        places = max((number.places for number in self.numbers.values()), default=0)
        texts: dict[str, pl.Expr] = dict.fromkeys(
            ("expected", "actual", "difference"), pl.lit(None, pl.String)
        )
        sure = pl.col("sure")
        for name, number in self.numbers.items():
            sure = sure & (
                pl.col(name).abs() < _LARGEST // 10 ** (places - number.places)
            ).fill_null(False)
            texts[name] = _decimal(pl.col(name), number.places, number.least)
        if len(self.numbers) == 2:
            actual, expected = self.numbers["actual"], self.numbers["expected"]
            apart = _finer(pl.col("actual"), places - actual.places) - _finer(
                pl.col("expected"), places - expected.places
            )
            shown = _more(
                _shown(pl.col(name), number.places, number.least)
                for name, number in self.numbers.items()
            )
            texts["difference"] = _decimal(apart, places, shown)
        return [*(text.alias(name) for name, text in texts.items()), sure.alias("sure")]


def _finer(value: pl.Expr, places: int) -> pl.Expr:
    """A number in units of some more decimals."""
    return value * 10**places if places else value


def _shown(value: pl.Expr, places: int, least: int) -> pl.Expr | int:
    """How many decimals a number shows; the same for every row where it can't show more."""
    if least >= places:
        return least
    shown = pl.lit(least)
    for more in range(least + 1, places + 1):
        shown = pl.when(value % 10 ** (places - more + 1) != 0).then(pl.lit(more)).otherwise(shown)
    return shown


def _more(numbers: Iterable[pl.Expr | int]) -> pl.Expr | int:
    """The greatest of some numbers."""
    parts = list(numbers)
    fixed = [part for part in parts if isinstance(part, int)]
    if len(fixed) == len(parts):
        return max(fixed)
    return pl.max_horizontal(pl.lit(part) if isinstance(part, int) else part for part in parts)


def _decimal(value: pl.Expr, places: int, least: int | pl.Expr) -> pl.Expr:
    """A whole number of ``10 ** -places`` as a plain decimal: with ``least`` decimals, and more
    where they are not 0.
    """
    if places == 0:
        return value.cast(pl.String)
    shown = _shown(value, places, least) if isinstance(least, int) else least
    size = value.abs()
    whole, rest = (
        (size // 10**places).cast(pl.String),
        (size % 10**places).cast(pl.String).str.zfill(places),
    )
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    if isinstance(shown, int):
        return pl.concat_str(sign, whole, pl.lit("."), rest)
    decimals = pl.concat_str(pl.lit("."), rest.str.slice(0, shown))
    return pl.concat_str(sign, whole, pl.when(shown != 0).then(decimals).otherwise(pl.lit("")))


def difference(rule: Rule, view: View) -> Difference | None:
    """How columns tell a rule's findings; None where the judge has to."""
    tree = rule.tree if rule.shows is None else rule.shows
    if rule.others:  # what another book prints is no result
        return None
    if isinstance(tree, Call):
        return Difference()
    if not isinstance(tree, Compare):
        return None
    if kind_of(tree.left) != "number" or kind_of(tree.right) != "number":
        return Difference()
    try:
        return _compared(tree, view)
    except (NotColumnar, _Untold):
        return None


def _compared(part: Compare, view: View) -> Difference:
    side, other = (
        (part.left, part.right) if isinstance(part.left, Field) else (part.right, part.left)
    )
    if not isinstance(side, Field) or (part.operator != "==" and side is not part.left):
        raise _Untold("what is compared is no printed figure", "記載された数値でない比較")
    definition, unit = view.definition(side), view.unit(side)
    left = measured(side, view)
    if definition is None or not isinstance(left, Whole):
        raise _Untold("what is compared is no printed figure", "記載された数値でない比較")
    others = [view.unit(below) for below in walk(other) if isinstance(below, Field)]
    if (
        isinstance(unit, str)
        and not unit
        and any(isinstance(name, nw.Expr) or name for name in others)
    ):
        raise _Untold("a unit that only the other side has", "片側だけにある単位")
    factor = Fraction(view.form.factor(unit)) if isinstance(unit, str) else Fraction(1)
    point, scale = view.point(side)
    is_of_sheet = view.scope in ("sheet", "year", "evaluation")
    places = max(0, -_exponent(definition.step)) if is_of_sheet else 0
    actual = _scaled(point, scale, factor, places)
    if part.operator != "==":
        return Difference({"actual": actual}, unit, left.missing.there)
    right = measured(other, view)
    towards = _towards(definition.rounding)
    before = _middle(right, Fraction(definition.step) * factor) if towards else {}
    sure: Mask = True
    if before and towards:
        expected = _from_middle(towards, definition.step)
    else:
        expected, sure = _expected(right, factor, definition.rounding, definition.step)
    missing = right.missing
    parts = (*right.parts, missing.blank, missing.unknown, missing.open)
    certain = both(left.missing.there, missing.there, sure)
    return Difference({"actual": actual, "expected": expected}, unit, certain, parts, before)


def _towards(rounding: Rounding) -> _Towards | None:
    """Where columns round a computed side to; None where they can't, or need not."""
    towards = MODES[rounding].towards
    if rounding == "exact" or (towards != "nearest" and towards != "zero"):
        return None
    return towards


def _exponent(step: Decimal) -> int:
    exponent = step.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _scaled(value: nw.Expr, scale: int, factor: Fraction, least: int) -> _Decimals:
    """Whole numbers of ``1 / scale`` base units in printed ones."""
    part = Fraction(1, scale) / factor
    for places in range(_PLACES):
        if (part * 10**places).denominator == 1:
            return (
                _Decimals(value * int(part * 10**places), places, min(least, places))
                if places >= least
                else _Decimals(value * int(part * 10**least), least, least)
            )
    raise _Untold("a unit that is no decimal part of another", "ほかの単位の10進の倍数でない単位")


def _expected(
    right: Num, factor: Fraction, rounding: Rounding, step: Decimal
) -> tuple[_Decimals, Mask]:
    """The computed side as it would be printed, and for which rows that is certain."""
    if rounding == "exact":
        if not isinstance(right, Whole) or not right.point:
            raise _Untold("a computed side that is no exact number", "端数を切った数による計算")
        return _scaled(right.lo, right.scale, factor, 0), True
    towards = _towards(rounding)
    if towards is None:
        raise _Untold(f"rounding {rounding}", f"端数処理 {rounding}")
    places = max(0, -_exponent(step))
    parts = int(EXACT.scaleb(step, places))
    real, size = right.real, float(Fraction(step) * factor)
    low, high = (real.lo_d + real.hi_d) / 2 / size, (real.lo_u + real.hi_u) / 2 / size
    least, most = (
        _rounded(end + end.abs() * away, towards)
        for end, away in ((low, -(2.0**-48)), (high, 2.0**-48))
    )
    sure = ((least == most) & (least.abs() < _LARGEST // parts)).fill_null(False)
    return _Decimals(nw.when(sure).then(least).cast(nw.Int64) * parts, places, places), sure


def _middle(value: Num, size: Fraction) -> dict[str, nw.Expr]:
    """The middle of what was computed as a quotient of whole numbers, in steps of a size; nothing
    where 64 bits don't hold it twice.
    """
    if isinstance(value, Real):
        return {}
    over, under = (value, None) if isinstance(value, Whole) else (value.over, value.under)
    up, down = (1, over.scale) if isinstance(value, Whole) else value.factors
    part, bound = Fraction(up, down) / size / 2, under.bound if under else 1
    if under is None or under.point:
        top, most, divisor, divisors = (
            over.lo + over.hi,
            2 * over.bound,
            under.lo if under else nw.lit(1, nw.Int64),
            bound,
        )
    else:
        top, most = over.lo * under.hi + over.hi * under.lo, 2 * over.bound * bound
        divisor, divisors = under.lo * under.hi, bound**2
    if max(most * part.numerator, divisors * part.denominator) > _FITS:
        return {}
    return {"#over": top * part.numerator, "#under": divisor * part.denominator}


def _from_middle(towards: _Towards, step: Decimal) -> _Decimals:
    """The middle as it would be printed: a half goes away from 0."""
    over, under, places = nw.col("#over"), nw.col("#under"), max(0, -_exponent(step))
    steps = over.abs() // under if towards == "zero" else (2 * over.abs() + under) // (2 * under)
    parts = int(EXACT.scaleb(step, places))
    return _Decimals(nw.when(over < 0).then(-steps).otherwise(steps) * parts, places, places)


def _rounded(value: nw.Expr, towards: _Towards) -> nw.Expr:
    """A float as a whole number: a half goes away from zero, or, where digits are cut off, all
    goes towards it.
    """
    magnitude = (value.abs() + (0.0 if towards == "zero" else 0.5)).floor()
    return nw.when(value < 0).then(-magnitude).otherwise(magnitude)
