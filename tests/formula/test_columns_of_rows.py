"""Columns alone, against the judge: many small formulas on one fixed table whose rows have all
edges. An answer that columns are certain of is the judge's, and where they are not certain of any,
the formula says why: of so many rows it leaves open, and of no more.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any, Final

import narwhals as nw
import polars as pl
import pytest

from auditor.formula.columns.answers import answers
from auditor.formula.columns.depth import height
from auditor.formula.columns.values import (
    Answers,
    Columns,
    Ends,
    Mask,
    Missing,
    NotColumnar,
    Num,
    Ratio,
    Reduced,
    ReducedTo,
    Whole,
    Word,
    both,
    constant,
    either,
    expression_of,
    missing_together,
    on_one_scale,
    opposite,
)
from auditor.formula.judge import judge
from auditor.formula.parse import parse
from auditor.formula.tree import Call, Members, Node, Scope, Vocabulary, shape
from auditor.formula.values import BLANK, UNKNOWN, RowSet, Value
from auditor.records.figures import Answer, Interval, Quantity, exact

ROWS: Final = 240


@dataclass(frozen=True)
class Kept:
    """A column: its values as whole numbers of ``1 / scale``, each a point or two ends, and what
    is told of it. ``open_ends`` are those of its intervals; None where nothing is told of them.
    """

    values: Sequence[int | tuple[int, int]]
    scale: int = 1
    bound: int = 0
    least: int = -1
    missing: Sequence[str] = ()
    open_ends: tuple[str, str] | None = ("never", "never")
    wide: bool = False


POINTS: Final = (-3, -2, -1, 0, 0, 1, 2, 3)
LARGE: Final = 2**52
HUGE: Final = 2**61
COLUMNS: Final[Mapping[str, Kept]] = {
    # Points of any sign, with blanks and texts.
    "a": Kept(POINTS, bound=3, missing=("blank", "unknown")),
    "b": Kept(POINTS, bound=3, missing=("blank", "unknown")),
    # In every row: of any sign, not below 0, above 0.
    "c": Kept(POINTS, bound=3),
    "n": Kept((0, 0, 1, 2, 3), bound=3, least=0),
    "p": Kept((1, 2, 3, 4), bound=4, least=1),
    # Tenths and thirds.
    "d": Kept((-25, -10, -5, 0, 5, 10, 15, 20), scale=10, bound=25, missing=("blank",)),
    "e": Kept((-6, -3, -1, 0, 1, 3, 6), scale=3, bound=6, missing=("unknown",)),
    # Rows that columns leave to the judge.
    "o": Kept(POINTS, bound=3, missing=("open", "blank")),
    # Intervals: of any sign with one end open, not below 0 with both closed, above 0 with both
    # open, some of them points, and some of which nobody said whether their ends are open.
    "r": Kept(
        tuple((5 * at, 5 * at + 10) for at in range(-6, 6)),
        scale=10,
        bound=35,
        missing=("blank",),
        open_ends=("never", "always"),
        wide=True,
    ),
    "s": Kept(
        tuple((5 * at, 5 * at + 10) for at in range(5)), scale=10, bound=30, least=0, wide=True
    ),
    "t": Kept(
        tuple((5 * at, 5 * at + 10) for at in range(1, 6)),
        scale=10,
        bound=35,
        least=5,
        open_ends=("always", "always"),
        wide=True,
    ),
    "u": Kept(
        ((-10, 0), (-10, -10), (0, 0), (0, 10), (10, 10), (10, 20), (-10, 10)),
        scale=10,
        bound=20,
        missing=("unknown",),
        open_ends=("some", "some"),
    ),
    "v": Kept(((0, 10), (10, 10), (10, 20), (20, 30)), scale=10, bound=30, least=0, open_ends=None),
    # Of which twice as much is more than 64 bits hold.
    "m": Kept((2**62, -(2**62), 2**62 - 1, 0), bound=2**62),
    # Beyond what floats or 64 bits hold exactly.
    "f": Kept((LARGE - 1, LARGE, LARGE + 1, 0, 1), bound=LARGE + 1, least=0),
    "g": Kept((LARGE, LARGE + 1, 3 * LARGE, -LARGE, 0), bound=3 * LARGE, missing=("blank",)),
    "h": Kept((HUGE, HUGE - 1, HUGE - 2, -HUGE, 1), bound=HUGE, missing=("blank", "unknown")),
    "j": Kept(((2**60 - 10, 2**60), (-(2**60), 0)), bound=2**60, wide=True),
    "k": Kept(((LARGE, LARGE + 2), (LARGE + 2, LARGE + 4)), bound=LARGE + 4, least=0, wide=True),
}
NUMBERS: Final = (*COLUMNS, "nothing")
TEXTS: Final = ("w", "x", "y", "z")
GROUPS: Final = {"parts": ("a", "b", "d"), "few": ("n", "p"), "spans": ("u", "r"), "none": ()}
TYPED: Final = frozenset({"b", "d", "u", "n"})
"""Formula cells: their plain 0 is no figure that anybody typed."""
TOGETHER: Final = ("a", "b")
"""The members of a group of which only the number, least, greatest and sum are columns."""
PAIRS: Final = (("A", "B"), ("B", "*"), ("A",), ("A", "C", "*"))
AGREED: Final = 2
VOCABULARY: Final = Vocabulary(
    {
        "row": Scope(
            {
                **dict.fromkeys(NUMBERS, "number"),
                **dict.fromkeys(TEXTS, "text"),
                **dict.fromkeys((*GROUPS, "together", "ratios"), "group"),
            },
            sets={"rows": "row"},
        )
    }
)


@dataclass(eq=False)
class Row:
    """What a formula sees."""

    values: dict[str, Value]
    groups: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {**GROUPS, "together": TOGETHER}
    )
    formula_cells: frozenset[str] = TYPED

    def link(self, name: str) -> None:
        """No row is linked to another."""

    def param(self, name: str) -> Quantity | None:
        return 3 if name == "three" else None

    def table(self, name: str) -> Sequence[tuple[str, ...]]:  # noqa: ARG002
        return PAIRS

    def over_group(self, *_: object) -> Quantity | None:
        return AGREED

    def group_rows(self) -> None:
        return None

    def gathered(self, *_: object) -> RowSet:
        return RowSet(table()[1])

    def alike(self, *_: object) -> RowSet | None:
        return None


def _drawn(cell: Kept, random: Random, data: dict[str, Any]) -> Value:
    """A value of a column, and what its row holds in ``data``."""
    state = random.choice([*cell.missing, *["there"] * 6])
    value = random.choice(cell.values)
    lo, hi = value if isinstance(value, tuple) else (value, value)
    ends = [random.random() < 0.5 for _ in range(2)]
    if cell.open_ends is not None:
        told = zip(cell.open_ends, ends, strict=True)
        ends = [when == "always" or (when == "some" and drawn) for when, drawn in told]
    if lo == hi:
        ends = [False, False]
    is_missing = state in ("blank", "unknown")
    data["lo"], data["hi"] = (None, None) if is_missing else (lo, hi)
    data["lo open"], data["hi open"] = (end and not is_missing for end in ends)
    for kind in ("blank", "unknown", "open"):
        data[kind] = state == kind
    if is_missing:
        return BLANK if state == "blank" else UNKNOWN
    low, high = exact(Fraction(lo, cell.scale)), exact(Fraction(hi, cell.scale))
    return low if lo == hi else Interval(low, high, *ends)


@cache
def table() -> tuple[pl.DataFrame, list[Row]]:
    """The rows, as a frame and for the judge."""
    random = Random(7)
    frame: list[dict[str, Any]] = []
    rows: list[Row] = []
    for _ in range(ROWS):
        row, line = Row({"nothing": BLANK}), dict[str, Any]()
        for name, cell in COLUMNS.items():
            data: dict[str, Any] = {}
            row.values[name] = _drawn(cell, random, data)
            line |= {f"{name} {key}": value for key, value in data.items()}
        for name in TEXTS:
            state = random.choice(["A", "B", "C", "A", "B", "C", "blank", "unknown"])
            missing = {"blank": BLANK, "unknown": UNKNOWN}
            line[f"{name} open"] = state == "C"
            row.values[name] = missing.get(state, state)
            line[f"{name} value"] = None if state in missing else state
            line |= {f"{name} {kind}": state == kind for kind in missing}
        frame.append(line)
        rows.append(row)
    return pl.DataFrame(frame), rows


@dataclass
class Table(Columns):
    """Columns of the table. ``steps`` are the columns that formulas made of them, by height."""

    known: dict[Any, Any] = field(default_factory=dict[Any, Any])
    steps: dict[float, list[nw.Expr]] = field(default_factory=dict[float, list[nw.Expr]])

    def number(self, links: tuple[str, ...], name: str) -> Num:
        assert links == ()
        if name == "nothing":
            none = nw.lit(None, nw.Int64)
            return Whole(none, none, 1, 0, Missing(blank=True))
        cell = COLUMNS[name]
        lo = nw.col(f"{name} lo")
        missing = Missing(**{kind: nw.col(f"{name} {kind}") for kind in cell.missing})
        if not isinstance(cell.values[0], tuple):
            return Whole(lo, lo, cell.scale, cell.bound, missing, cell.least)
        told = {"never": False, "always": True}
        ends: Ends | None = None
        if cell.open_ends is not None:
            masks: list[Mask] = [
                told.get(when, nw.col(f"{name} {end} open"))
                for end, when in zip(("lo", "hi"), cell.open_ends, strict=True)
            ]
            ends = Ends(*masks)
        hi = nw.col(f"{name} hi")
        return Whole(lo, hi, cell.scale, cell.bound, missing, cell.least, ends, cell.wide)

    def word(self, links: tuple[str, ...], name: str) -> Word:
        assert links == ()
        undecided: Mask = nw.col("z open") if name == "z" else False
        missing = Missing(nw.col(f"{name} blank"), nw.col(f"{name} unknown"), undecided)
        return Word(nw.col(f"{name} value"), missing)

    def group(self, links: tuple[str, ...], name: str) -> Sequence[tuple[Num, bool]] | Reduced:
        assert links == ()
        if name == "ratios":
            n, p = self.number((), "n"), self.number((), "p")
            assert isinstance(n, Whole)
            assert isinstance(p, Whole)
            return [(Ratio(n, p, Missing()), True)]
        if name != "together":
            return [(self.number(links, member), member in TYPED) for member in GROUPS[name]]
        a, b = (nw.col(f"{member} lo") for member in TOGETHER)
        blank = nw.col("a blank") & nw.col("b blank")
        missing = Missing(blank, nw.col("a unknown") | nw.col("b unknown"))

        def whole(value: nw.Expr, bound: int, missing: Missing) -> Whole:
            return Whole(value, value, 1, bound, missing)

        # A 0 of the formula cell ``b`` is no figure that is counted.
        counted = (~nw.col("a blank")).cast(nw.Int64)
        counted += (~nw.col("b blank") & (b.fill_null(1) != 0)).cast(nw.Int64)
        return ReducedTo(
            count=whole(counted, 2, Missing()),
            least=whole(nw.min_horizontal(a, b), 3, missing),
            greatest=whole(nw.max_horizontal(a, b), 3, missing),
            total=whole(a.fill_null(0) + b.fill_null(0), 6, missing),
        )

    def param(self, name: str) -> Num:
        if name == "three":
            return constant(3)
        none = nw.lit(None, nw.Int64)
        return Whole(none, none, 1, 0, Missing(unknown=True))

    def table(self, name: str) -> Sequence[tuple[str, ...]]:  # noqa: ARG002
        return PAIRS

    def agreed(self, call: Call) -> Num:  # noqa: ARG002
        return constant(AGREED)

    def members(self, node: Members) -> Reduced:
        values = [value for row in table()[1] if isinstance(value := row.values[node.name], int)]
        numbers = (len(values), min(values), max(values), sum(values))
        return ReducedTo(*map(constant, numbers))

    def alone(self, call: Call) -> Answers:
        raise NotImplementedError

    def let(self, expression: nw.Expr, at: float) -> nw.Expr:
        steps = self.steps.setdefault(at, [])
        name = f"#{at}/{len(steps)}"
        steps.append(expression.alias(name))
        return nw.col(name)

    def once(self, node: Node, make: Callable[[], Any]) -> Any:
        key = shape(node)
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]


ORDER: Final = {
    "yes": Answer.YES,
    "may": Answer.MAY,
    "unknown": Answer.UNKNOWN,
    "no": Answer.NO,
}


def left_open(formula: str) -> int:
    """How many rows columns leave to the judge. Where they answer, the judge says the same."""
    frame, rows = table()
    node = parse(formula, VOCABULARY, "row")
    columns = Table()
    said = answers(node, columns)
    staged = nw.from_native(frame)
    for at in sorted(columns.steps):  # a column can only be made of those below it
        staged = staged.with_columns(*columns.steps[at])
    masks = {name: expression_of(getattr(said, name)).alias(name) for name in ORDER}
    result = staged.with_columns(*masks.values()).to_native()
    exactly = judge(node)
    undecided = 0
    for at, (row, line) in enumerate(zip(rows, result.rows(named=True), strict=True)):
        certain = [answer for name, answer in ORDER.items() if line[name]]
        assert all(line[name] is not None for name in ORDER), (at, row.values)
        assert len(certain) <= 1, (at, certain, row.values)
        if certain:
            assert certain == [exactly(row)], (at, row.values)
        undecided += not certain
    return undecided


# How many of the rows columns leave to the judge, by formula. None, where all is exact; those where
# intervals touch whose ends nobody told of, those of a sign that only the judge takes, and those that
# floats can't tell apart, elsewhere.
FORMULAS: Final[Mapping[str, Mapping[str, int]]] = {
    "comparisons of points": {
        "a == b": 0,
        "a != b": 0,
        "a < b": 0,
        "a <= b": 0,
        "a > b": 0,
        "a >= b": 0,
        "a == d": 0,
        "d < e": 0,
        "e <= d": 0,
        "c == 0": 0,
        "0 == c": 0,
        "0 == 0": 0,
        "c != n": 0,
        "n < p": 0,
        "nothing == a": 0,
        "a < nothing": 0,
        "-a < d": 0,
        "-nothing == 1": 0,
        "1 < 2": 0,
        "0.5 <= d": 0,
        "c > 0.1": 0,
        "d == 0.5": 0,
        "e == d": 0,
        "p == 0": 0,
        "p > n": 0,
        "0.25 > d": 0,
        "a == 3": 0,
    },
    "comparisons of intervals": {
        "r == r": 0,
        "r == s": 0,
        "r != s": 0,
        "r < s": 0,
        "r <= s": 0,
        "s < t": 0,
        "t <= s": 0,
        "r == 1": 0,
        "r < 1": 0,
        "r <= 1": 0,
        "r > 1": 0,
        "r >= 1": 0,
        "1 == t": 0,
        "1.5 < t": 0,
        "t < 1.5": 0,
        "t >= 3.5": 0,
        "u == 0": 61,
        "u < 0": 0,
        "u <= 0": 0,
        "u >= 1": 0,
        "u != 1": 74,
        "u == u": 89,
        "u < r": 0,
        "u == s": 0,
        "v == 1": 178,
        "v < 1": 53,
        "v <= 1": 68,
        "v > 1": 68,
        "v >= 1": 53,
        "v == s": 76,
        "v < u": 28,
        "v == r": 28,
        "-r < 1": 0,
        "-u >= 0": 0,
        "-v == 0": 53,
        "-t == c": 0,
        "-r == -s": 0,
    },
    "sums": {
        "a + b == c": 0,
        "a - b <= d": 0,
        "d + e > 0": 0,
        "d - e == 0.5": 0,
        "r + s == 2": 0,
        "r - s < 0": 0,
        "t - s <= 0": 0,
        "u + u == 2": 74,
        "u - c == 0": 33,
        "u + r > 1": 0,
        "v + u < 1": 21,
        "v + c >= 2": 28,
        "a + 0 == a": 0,
        "n + p > 3": 0,
        "n - p < 0": 0,
        "a + 1.25 < b": 0,
        "c + r < 1": 0,
        "c + u < 1": 0,
        "c + r == 1": 0,
        "r + c == 1": 0,
        "m + m > 1": 0,
        "m - m == 0": 240,
        "m + c > 1": 11,
        "m + m == f": 10,
        "h + h == h + h": 0,
        "u + c > 0": 0,
    },
    "products": {
        "a * b == c": 0,
        "a * d > 1": 0,
        "d * e <= 0": 0,
        "n * r == 1": 5,
        "c * r == 1": 4,
        "c * r < 1": 0,
        "c * s > 0": 0,
        "c * t <= 0": 0,
        "p * t == 3": 0,
        "n * u == 0": 119,
        "c * u == 0": 100,
        "c * u < 1": 0,
        "c * u == u": 62,
        "c * v == 1": 24,
        "c * v <= 0": 15,
        "n * v == 0": 130,
        "p * v > 1": 26,
        "r * s == 1": 103,
        "s * t < 1": 27,
        "t * t >= 1": 50,
        "u * t == 1": 94,
        "s * v == 0": 88,
        "0 * r == 0": 195,
        "2 * r < 1": 0,
        "(a * b) * c == 1": 0,
        "n * p == 2": 0,
        "t * r < 0 - 1": 97,
        "s * r > 0 - 2": 97,
        "t * u == 0 - 1": 77,
        "s * u < 0 - 1": 77,
        "t * -t == 0 - 2": 240,
        "r * t > 0 - 1": 97,
        "u * s >= 1": 106,
        "r * u < 1": 128,
        "(a * 2) * r < 1": 0,
        "n * s == 1": 38,
        "p * s < 2": 0,
    },
    "quotients": {
        "a / b == c": 0,
        "a / p == 1": 0,
        "a / n < 1": 0,
        "n / p >= 1": 0,
        "d / e == 1": 0,
        "d / c < 1": 0,
        "c / c == 1": 0,
        "r / p == 1": 0,
        "r / p < 1": 0,
        "r / c == 1": 0,
        "r / c <= 0": 0,
        "u / c == 1": 21,
        "u / c > 0": 0,
        "v / p == 1": 113,
        "v / c < 1": 15,
        "t / n == 1": 0,
        "a / b == a / p": 0,
        "a / b < b / p": 0,
        "n / p < p / n": 0,
        "s / p == n / p": 0,
        "s / p == t / n": 0,
        "r / p < s / p": 0,
        "a / 0 == 1": 0,
        "a / 2 == 1": 0,
        "a / (0 - 2) == 1": 0,
        "1 / t < 1": 50,
        "c / t < 1": 22,
        "s / t == 1": 59,
        "t / t == 1": 0,
        "r / t > 0": 12,
        "s / v >= 1": 64,
        "c / r < 1": 75,
        "c / u == 1": 39,
        "p * (n / p) == 1": 0,
        "c * (n / p) == 1": 0,
        "c * (s / p) < 1": 0,
        "c * (r / p) > 1": 0,
        "(n / p) * c >= 1": 13,
        "-(n / p) < 0": 0,
        "-(r / p) == 0": 30,
        "n / p + 1 == 2": 47,
        "n / p - p < 0": 17,
        "(a / b) / p == 1": 4,
        "(n / p) * (p / n) == 1": 144,
        "(n / p) * s < 1": 36,
        "(n / p) / p < 1": 17,
        "o / t < 1": 45,
        "t / o < 1": 26,
        "r / o < 1": 21,
        "r / (0 - p) < 1": 0,
        "u / (c - p) == 1": 13,
        "n / (0 - p) == 0 - 1": 0,
        "t / (0 - p) >= 0 - 1": 0,
        "s / c == 1": 0,
        "(0 - n) / p < 0": 0,
        "a / d == e": 0,
        "t / r < 1": 92,
        "r / s < 1": 22,
        "n / (p - 1) >= 1": 0,
    },
    "beyond floats": {
        "f == f": 0,
        "f < g": 0,
        "f <= k": 0,
        "k == k": 0,
        "k < f": 0,
        "g == f": 0,
        "h == h": 0,
        "h < g": 0,
        "h >= 1": 0,
        "h == 1": 0,
        "h + h == 2": 0,
        "h + f > g": 0,
        "f + f == f": 0,
        "f * f > g": 0,
        "f * 2 == k": 0,
        "2 * f >= k": 0,
        "f * 0.5 < g": 0,
        "g * g == 1": 39,
        "g * c < f": 0,
        "c * g < f": 0,
        "c * h == 0": 113,
        "n * h == 0": 71,
        "n * k == k": 0,
        "f / p < g": 0,
        "g / p == f": 24,
        "h / p == g": 0,
        "f / 3 == k / 3": 0,
        "k / p == f": 0,
        "k / f == 1": 0,
        "f / f == 1": 0,
        "h - h == 0": 0,
        "h - g <= 0": 0,
        "f * k > 1": 0,
        "k * c == 0": 61,
        "d * f < e * g": 0,
        "e * h >= 1": 77,
        "abs(h) >= 1": 0,
        "-h < g": 0,
        "h / 10 == d": 0,
        "f / 10 < g / 3": 0,
        "d + f > e + g": 0,
        "d + h > e": 0,
        "sum(h, h, h) > 1": 0,
        "sum(h, d, f) > 1": 7,
        "max(h, d) > 1": 31,
        "min(h, e) < 1": 27,
        "max(g, e) == g": 0,
        "min(f, g) < 1": 0,
        "h == d": 1,
        "d < h": 1,
        "m == m": 0,
        "m < h": 0,
        "sum(m, m) > 1": 0,
        "sum(h, h) == h + h": 0,
        "m * 2 > 1": 61,
        "m * c > 0": 61,
        "m * m > 1": 61,
        "2 * m == h": 0,
        "f * (n / p) > 1": 6,
        "g * (n / p) < f": 50,
        "(n / p) * g < 1": 0,
        "c * (f / p) == f": 132,
        "c * (g / p) < 1": 72,
        "abs(m) == m": 0,
        "m / p == h": 13,
        "m / 2 == h": 55,
        "zero(h) == h": 0,
        "zero(max(h, d)) == 0": 12,
        "zero(min(h, d)) < 1": 26,
        "zero(sum(h, d)) > 1": 10,
        "3 * j + 3 * j + 3 * j > 1": 0,
        "3 * j == h": 0,
        "zero(g) * 2 < f": 0,
        "max(m, h) == m": 0,
        "min(m, d) < 1": 8,
        "g / f == 1": 50,
        "f / g < 1": 89,
        "m in [h, f]": 0,
    },
    "functions": {
        "sum(a, b) == c": 0,
        "sum(a, nothing) == a": 0,
        "sum(nothing, nothing) == 1": 0,
        "sum(a, d, e) > 1": 0,
        "sum(a, o) == 2": 23,
        "sum([a, b, c]) == c": 0,
        "sum(parts) >= 1": 0,
        "sum(few) == 3": 0,
        "sum(spans) < 1": 25,
        "sum(none) == 0": 0,
        "sum(together) == c": 0,
        "sum(r, s) == 2": 48,
        "sum(u, v) <= 1": 67,
        "sum(a, n / p) == 1": 24,
        "min(a, b) == c": 0,
        "max(a, b) == c": 0,
        "min(a, d, e) < 0": 0,
        "max(a, d, nothing) > 1": 0,
        "min(parts) == 0": 0,
        "max(parts) >= 1": 0,
        "min(few) == 1": 0,
        "max(spans) >= 1": 40,
        "min(spans) < 0": 27,
        "max(together) == 2": 0,
        "min(together) == 0 - 1": 0,
        "min(r, s) == 1": 74,
        "max(u, v) > 1": 72,
        "max(a, n / p) > 1": 37,
        "min(n / p, p / n) < 1": 47,
        "min(nothing) == 0": 0,
        "max(none) == 1": 0,
        "min(o, a) < 1": 23,
        "abs(a) == 1": 0,
        "abs(r) < 1": 109,
        "abs(s) == 1": 99,
        "abs(u) == 1": 174,
        "abs(v) <= 1": 68,
        "abs(-t) >= 1": 240,
        "abs(n / p) == 1": 47,
        "abs(c / p) >= 1": 113,
        "abs(r / p) < 1": 112,
        "abs(o) > 1": 26,
        "abs(nothing) == 0": 0,
        "abs(a - b) <= 1": 0,
        "zero(a) == 0": 0,
        "zero(a) < b": 0,
        "zero(nothing) == 0": 0,
        "zero(r) == 0": 57,
        "zero(r) < 1": 0,
        "zero(u) == 0": 61,
        "zero(n / p) == 1": 0,
        "zero(o) == 0": 26,
        "zero(s * t) > 1": 27,
        "zero(max(a, n / p)) < 1": 33,
        "zero(max(g, e, n / p)) < 1": 33,
        "zero(sum(nothing, max(d, n / p))) < 1": 44,
        "zero(a) * zero(r) < 1": 0,
        "zero(a) / p == 1": 0,
        "zero(r) / p == 0": 57,
        "p / zero(a) > 1": 0,
        'param("three") == a': 0,
        'param("none") == a': 0,
        "agreed(a) == b": 0,
        "sum(rows.n) > c": 0,
        "min(rows.c) < a": 0,
        "max(rows.p) == 4": 0,
        "max(rows.p) == p + 1": 0,
        "count(rows.c) == 240": 0,
    },
    "counts and presence": {
        "count(parts) == 2": 0,
        "count(parts) in [0, 1, 3]": 0,
        "count(few) == 2": 0,
        "count(few) >= 1": 0,
        "count(spans) == 2": 116,
        "count(spans) < 2": 116,
        "count(none) == 0": 0,
        "count(together) == 1": 0,
        "count(together) == c": 0,
        "count([a, b]) == 2": 0,
        "count([a, o]) == 1": 23,
        "count([a, nothing, n / p]) == 1": 0,
        "count([r, u]) == 1": 0,
        "count([parts, c]) == 3": 0,
        "present(a)": 0,
        "present(c)": 0,
        "present(nothing)": 0,
        "present(o)": 26,
        "present(r)": 0,
        "present(w)": 0,
        'present("A")': 0,
        'present("")': 0,
        "blank(a)": 0,
        "blank(nothing)": 0,
        "blank(o)": 26,
        "blank(u)": 0,
        "blank(w)": 0,
        'blank("")': 0,
        "present(a + b)": 0,
        "present(a / n)": 0,
        "present(sum(a, b))": 0,
        "blank(sum(a, b))": 0,
        "blank(sum(parts))": 0,
        "blank(sum(together))": 0,
        "present(min(together))": 0,
        "blank(max(d, nothing))": 0,
        "present(zero(a))": 0,
        "blank(count(parts))": 0,
        "present(abs(a))": 0,
        "present(a / o)": 19,
        "present(c / r)": 67,
    },
    "words": {
        "w == x": 0,
        "w != x": 0,
        'w == "A"': 0,
        '"A" != w': 0,
        '"A" == "A"': 0,
        '"A" == "B"': 0,
        'w in ["A", "B"]': 0,
        'w not in ["A", x]': 0,
        'w in ["A", "A"]': 0,
        '[w, x] in [["A", "B"], ["B", "A"]]': 0,
        '[w, x] not in [["A", y], ["B", "A"]]': 0,
        '[w, x] in table("pairs")': 0,
        '[w, x] not in table("pairs")': 0,
        '[w, "B"] in table("pairs")': 0,
        '["B", w] in table("pairs")': 0,
        '["B", "Z"] in table("pairs")': 0,
        '[w, x, y] in table("pairs")': 0,
        '[w, x, y, w] in table("pairs")': 0,
        "a in [1, b]": 0,
        "a in [1, 2, 3]": 0,
        "r in [1, 2]": 0,
        "c not in [a, 0]": 0,
        '[a, w] in [[1, "A"], [b, x]]': 0,
        "o in [1]": 26,
        'z == "A"': 64,
        "z != w": 64,
        'z in ["A", "B"]': 64,
        "z not in [w, x]": 64,
        '[z, w] in table("pairs")': 64,
        '[w, z] not in table("pairs")': 64,
        "present(z)": 64,
        "blank(z)": 64,
        '"A" == z': 64,
    },
    "conditions": {
        "a < b and b < c": 0,
        "a < b or b < c": 0,
        "not a < b": 0,
        'not (a == b or w == "A")': 0,
        "r < 1 and s < 1": 0,
        "r < 1 or s < 1": 0,
        "r == 1 and a == b": 0,
        "r == 1 or a == b": 0,
        "u == 0 and w == x and a < b": 26,
        "u == 0 or w == x or a < b": 42,
        "o == 1 and a == 1": 7,
        "o == 1 or a == 1": 26,
        "c == c or a < b": 0,
        "1 == 1 or a < b": 0,
        "1 == 2 or a < b": 0,
        "1 == 1 and a < b": 0,
        "blank(nothing) or o == 1": 0,
        "present(nothing) and o == 1": 0,
        "not o == 1": 26,
        "o < a": 19,
        "o + a < 1": 19,
        "o * p == 2": 26,
        "o / p < 1": 26,
        "p / o < 1": 26,
        "r * o == 1": 26,
        "v == 1 and a < b": 118,
        "v == 1 or a < b": 134,
        "not v == 1": 178,
        "nothing == 1 or a == b": 0,
        "nothing == 1 and a == b": 0,
    },
}


@pytest.mark.parametrize(
    ("formula", "undecided"), [pair for part in FORMULAS.values() for pair in part.items()]
)
def test_columns_say_what_the_judge_says(formula: str, undecided: int) -> None:
    assert left_open(formula) == undecided


@pytest.mark.parametrize(
    "formula",
    [
        "count([together, a]) == 1",
        "count(ratios) == 1",
        "a < 0.00000000001",
        "a < 99999999999999999999",
    ],
)
def test_what_columns_cannot_be(formula: str) -> None:
    with pytest.raises(NotColumnar):
        left_open(formula)


@pytest.mark.parametrize(
    ("formula", "high"),
    [
        ("a == b", 1),
        ("not a == b", 2),
        ("a == b and not b == c", 3),
        ("not b == c or a == b", 3),
        ("a + 1 == b", 2),
        ("b == a + 1", 2),
        ("-(a * b) < c", 3),
        ("sum(a, b + c) == d", 3),
        ("a in [1, b - c]", 3),
        ('param("three") == a', 2),
    ],
)
def test_how_high_a_formula_stands(formula: str, high: int) -> None:
    assert height(parse(formula, VOCABULARY, "row")) == high


@pytest.mark.parametrize(
    ("formula", "steps"),
    [
        ("a == b", {0.5: 1, 1: 3}),
        ("not a < n", {0.5: 1, 1: 3}),
        ("a + n < 1 or n < p", {1: 4, 1.5: 1, 2: 3, 3: 3}),
        ("-u == r", {1: 5, 1.5: 2, 2: 3}),
    ],
)
def test_what_is_computed_once(formula: str, steps: dict[float, int]) -> None:
    columns = Table()
    answers(parse(formula, VOCABULARY, "row"), columns)
    assert {at: len(made) for at, made in sorted(columns.steps.items())} == steps


A, B = nw.col("a"), nw.col("b")


def test_masks_that_are_the_same_for_every_row() -> None:
    assert both() is both(True) is both(True, True) is True
    assert both(False, A) is both(A, False) is both(True, False) is False
    assert both(True, A) is A
    assert either() is either(False) is either(False, False) is False
    assert either(True, A) is either(A, True) is either(False, True) is True
    assert either(False, A) is A
    assert opposite(True) is False
    assert opposite(False) is True
    frame = nw.from_native(pl.DataFrame({"a": [True, True, False], "b": [True, False, False]}))
    masks = {"both": both(A, B), "either": either(A, B), "neither": opposite(A)}
    result = frame.select(*(mask.alias(name) for name, mask in masks.items()))  # type: ignore[union-attr]
    assert result.to_native().rows() == [
        (True, True, False),
        (False, True, False),
        (False, False, True),
    ]


@pytest.mark.parametrize(
    ("number", "scale", "bound", "least"),
    [
        (3, 1, 3, 3),
        (-3, 1, 3, -3),
        (Fraction(-5, 4), 4, 5, -5),
        (Fraction(1, 10**9), 10**9, 1, 1),
        (2**62, 1, 2**62, 2**62),
        (0, 1, 0, 0),
    ],
)
def test_constants(number: Quantity, scale: int, bound: int, least: int) -> None:
    value = constant(number)
    assert isinstance(value, Whole)
    assert (value.scale, value.bound, value.least, value.point) == (scale, bound, least, True)
    assert value.missing == Missing()


@pytest.mark.parametrize(
    "number", [2**62 + 1, -(2**62) - 1, Fraction(1, 10**9 + 1), Interval(0, 1)]
)
def test_numbers_that_no_column_holds(number: Quantity) -> None:
    with pytest.raises(NotColumnar):
        constant(number)


def whole(bound: int, scale: int = 1, **more: Any) -> Whole:
    return Whole(A, A, scale, bound, Missing(), **more)


def test_scales() -> None:
    value = whole(2**61, 2)
    finer = value.scaled(4)
    assert finer is not None
    assert (finer.scale, finer.bound, finer.point) == (4, 2**62, True)
    assert value.scaled(2) is value
    assert value.scaled(6) is None
    assert on_one_scale([whole(1, 4), whole(1, 6)]) is not None
    aligned = on_one_scale([whole(5, 4), whole(7, 6)])
    assert aligned is not None
    assert [(part.scale, part.bound) for part in aligned] == [(12, 15), (12, 14)]
    assert on_one_scale([whole(5), whole(7).real]) is None
    assert on_one_scale([whole(2**62), whole(1, 2)]) is None
    over_one = whole(2**53).over_one
    assert over_one is not None
    assert (over_one.under.bound, over_one.under.scale, over_one.under.least) == (1, 1, 1)
    assert over_one.factors == (1, 1)
    ones = nw.from_native(pl.DataFrame({"a": [5]})).select(over_one.under.lo.alias("a"))
    assert ones.to_native().item() == 1
    assert whole(2**53 + 1).over_one is None


def test_what_a_quotient_is() -> None:
    ratio = Ratio(whole(5, 4), whole(7, 6, least=1), Missing())
    assert ratio.factors == (3, 2)
    assert ratio.point
    assert ratio.open == Ends()
    wide = Whole(A, B, 1, 5, Missing(), wide=True)
    assert wide.open is None
    assert Ratio(wide, whole(7), Missing()).wide
    assert not Ratio(wide, whole(7), Missing()).point
    assert not Ratio(whole(7), wide, Missing()).point
    assert wide.parts == (A, B)
    assert whole(5).parts == (A,)
    assert Ratio(wide, whole(7), Missing()).parts == (A, B, A)
    real = whole(5).real
    assert not real.point
    assert real.real is real
    absent = Missing(blank=A)
    assert replace(whole(5), missing=absent).real.missing is absent
    assert replace(ratio, missing=absent).real.missing is absent
    assert real.parts == (real.lo_d, real.lo_u, real.hi_d, real.hi_u)


@pytest.mark.parametrize(
    ("bound", "scale", "exactly"),
    [(2**53, 1, True), (2**53 + 1, 1, False), (2**53, 10, False), (2**60, 10, False)],
)
@pytest.mark.parametrize("value", [1, -7, 2**53])
def test_enclosures_hold_what_they_enclose(
    value: int, bound: int, scale: int, *, exactly: bool
) -> None:
    real = whole(bound, scale).real
    frame = nw.from_native(pl.DataFrame({"a": [value]}))
    ends = frame.select(*(end.alias(str(at)) for at, end in enumerate(real.parts))).to_native()
    lo_d, lo_u, hi_d, hi_u = ends.row(0)
    assert (lo_d, lo_u) == (hi_d, hi_u)
    true = Fraction(value, scale)
    assert Fraction(lo_d) <= true <= Fraction(lo_u)
    assert (lo_d == lo_u) is exactly
    assert exactly or Fraction(lo_d) < true < Fraction(lo_u)
    assert Fraction(lo_u) - Fraction(lo_d) <= abs(true) * Fraction(1, 2**47)


def test_what_is_missing_together() -> None:
    blank, unknown, undecided = nw.col("blank"), nw.col("unknown"), nw.col("open")
    parts = [Missing(blank=blank), Missing(unknown=unknown), Missing(open=undecided)]
    together = missing_together([replace(whole(1), missing=part) for part in parts])
    states = list(itertools.product((0, 1), repeat=3))
    frame = nw.from_native(
        pl.DataFrame(states, schema=["blank", "unknown", "open"], orient="row").cast(pl.Boolean)
    )
    assert together.blank is False
    result = frame.select(
        expression_of(together.unknown).alias("unknown"),
        expression_of(together.open).alias("open"),
        expression_of(together.there).alias("there"),
    ).to_native()
    assert result.rows() == [
        (bool(b or u), bool(o and not (b or u)), not (b or u or o)) for b, u, o in states
    ]
    assert missing_together([whole(1)]) == Missing()
    assert missing_together([whole(1)]).there is True
