"""Records of plain names: the values that ``locate`` is given, with the formulas over them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import NamedTuple, cast, get_args

from auditor.formula.judge import judge
from auditor.formula.parse import FormulaError, parse
from auditor.formula.trace import Trace, trace
from auditor.formula.tree import Kind, Scope, Vocabulary, fields
from auditor.formula.values import BLANK, Judge, Row, Value
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.errors import WrongArgument
from auditor.records.figures import Answer, Quantity, Rounding
from auditor.records.nearest import hint, nearest_name
from auditor.rules.suspects import SuspectCell
from auditor.suspects.equations import Unusable
from auditor.suspects.expressions import Span, Variable, mask_of, stands_for
from auditor.suspects.layout import Layout, series
from auditor.suspects.numbers import ONE, Given, as_decimal, on_grid, positive
from auditor.suspects.problem import Point
from auditor.suspects.record import Record, Rules
from auditor.suspects.rows import BareRow
from auditor.suspects.slips import slip

__all__ = ["PlainRecord", "WordFormula", "layout", "plain_record"]


class _PlainRow(BareRow):
    """Plain names as a row: nothing but the values."""

    groups: Mapping[str, tuple[str, ...]] = {}

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values

    def link(self, name: str) -> _PlainRow | None:
        del name
        return None

    def param(self, name: str) -> Quantity | None:
        del name
        return None


class _PlainCells:
    """The cells of records of one shape: every name is one. Their steps say no more than which
    are missing.
    """

    def __init__(
        self, places: Mapping[str, int], variables: Sequence[Variable], missing: frozenset[int]
    ) -> None:
        self.places, self.variables = places, variables
        self.steps: Sequence[int | None] = [
            None if at in missing else 0 for at in range(len(variables))
        ]

    def index(self, _row: _PlainRow, name: str) -> int | None:
        return self.places[name]

    def consensus(self, _call: Trace[_PlainRow]) -> int | None:
        return None


class _Values:
    """The values of a record by name, worked out when a formula asks; ``point`` replaces the
    steps of some cells, ``texts`` are its words.
    """

    __slots__ = ("places", "point", "steps", "texts", "variables")

    def __init__(
        self,
        places: Mapping[str, int],
        variables: Sequence[Variable],
        steps: Sequence[int | None],
    ) -> None:
        self.places, self.variables, self.steps = places, variables, steps
        self.point: Point = {}
        self.texts: Mapping[str, Value] = {}

    def get(self, name: str, default: Value) -> Value:
        at = self.places.get(name)
        if at is None:
            return self.texts.get(name, default)
        step = self.point[at] if at in self.point else self.steps[at]
        return BLANK if step is None else stands_for(self.variables[at], step)


class WordFormula(NamedTuple):
    """A formula on words, which the search leaves aside: its judge, and the names in it."""

    judge: Judge
    names: tuple[str, ...]


class PlainRecord(Record[_PlainRow]):
    """Values by name, with the formulas over them. ``texts`` are its words."""

    grids: Sequence[Decimal]
    names: tuple[str, ...]
    values: Sequence[Decimal | None]
    on_words: tuple[WordFormula, ...]
    texts: Mapping[str, Value]

    def __init__(
        self,
        ready: _Ready,
        steps: Sequence[int | None],
        values: Sequence[Decimal | None],
        grids: Sequence[Decimal],
        texts: Mapping[str, Value],
    ) -> None:
        missing = mask_of(at for at, step in enumerate(steps) if step is None)
        super().__init__(ready.rules, steps, ready.layout, missing=missing)
        self.names, self.values, self.grids = ready.names, values, grids
        self.texts, self.on_words = texts, ready.on_words
        self.places: Mapping[str, int] = ready.places
        self._view = _Values(ready.places, ready.rules.variables, steps)
        self._row = _PlainRow(cast("Mapping[str, Value]", self._view))
        self._view.texts = texts

    def corrected(self, point: Point) -> Callable[[_PlainRow], Row]:
        self._view.point = point
        return self._only

    def broken_on_words(self, point: Point, changes: Mapping[str, Value]) -> list[int]:
        """The formulas on words (by number) that are broken once figures and words are changed."""
        self._view.point, self._view.texts = point, {**self.texts, **changes}
        broken = [
            number
            for number, formula in enumerate(self.on_words)
            if formula.judge(self._row) is Answer.NO
        ]
        self._view.texts = self.texts
        return broken

    def _only(self, _row: _PlainRow) -> _PlainRow:
        return self._row

    def cell(
        self, at: int, step: int | None, span: Span, code: str, unknown: bool = False
    ) -> SuspectCell:
        low, high = span
        exact = low == high and (low is not None or step is None)
        if exact:
            low = high = None
        return SuspectCell(
            self.names[at],
            value=self.values[at],
            corrected=None if unknown or step is None else self._value(at, step),
            low=None if low is None else self._value(at, low),
            high=None if high is None else self._value(at, high),
            emptied=step is None,
            exact=exact,
            slip=slip(code),
        )

    def _value(self, at: int, step: int) -> Decimal:
        return EXACT.multiply(Decimal(step), self.grids[at])


def layout(names: Sequence[str]) -> Layout:
    """The cells beside each, and its own of other years: names alike but for their digits."""
    rows: dict[int, tuple[int, ...]] = {}
    groups: dict[str, list[int]] = {}
    columns: dict[str, dict[str, int]] = {}
    for at, name in enumerate(names):
        rows[at] = tuple(other for other in (at - 1, at + 1) if 0 <= other < len(names))
        if digits := "/".join(re.findall(r"\d+", name)):
            field = re.sub(r"\d+", "#", name)
            groups.setdefault(field, []).append(at)
            columns.setdefault(digits, {})[field] = at
    return Layout(rows, series(groups.values()), columns)


@dataclass(frozen=True, eq=False)
class _Shape:
    """The cells of the records of one kind. Two are never compared, as there is one of each."""

    names: tuple[str, ...]
    variables: tuple[Variable, ...]
    steps: tuple[Decimal | None, ...]


class _Ready(NamedTuple):
    """Formulas over named cells, made ready once for all records of the same shape."""

    names: tuple[str, ...]
    places: Mapping[str, int]
    rules: Rules[_PlainRow]
    layout: Layout
    on_words: tuple[WordFormula, ...]


def plain_record(
    values: Mapping[str, Given],
    formulas: tuple[str, ...],
    weights: Mapping[str, float],
    steps: Mapping[str, Given] | Given,
    rounding: Mapping[str, Rounding] | Rounding | None,
    fixed: Collection[str],
    texts: Mapping[str, Value],
) -> PlainRecord:
    """The record of these values, in steps. A value that is finer than its cell's step gets a
    finer one. ``texts`` are the words beside them, as formulas name them.
    """
    printed = [as_decimal(name, value) for name, value in values.items()]
    shape = _shape(
        tuple(values),
        tuple(weights.items()),
        tuple(steps.items()) if isinstance(steps, Mapping) else steps,
        tuple(rounding.items()) if isinstance(rounding, Mapping) else rounding,
        (fixed,) if isinstance(fixed, str) else tuple(fixed),
    )
    numbers: list[int | None] = []
    finer: dict[int, Decimal] = {}
    for at, (value, step) in enumerate(zip(printed, shape.steps, strict=True)):
        if value is None:
            numbers.append(None)
            if shape.variables[at].fixed:
                name = shape.names[at]
                raise WrongArgument(
                    f"{name} is fixed but has no value", f"{name} は固定ですが値がありません"
                )
            continue
        grid, number = on_grid(value, step)
        if grid != (step or ONE):
            finer[at] = grid
        numbers.append(number)
    grids = [finer.get(at, step or ONE) for at, step in enumerate(shape.steps)]
    missing = frozenset(at for at, number in enumerate(numbers) if number is None)
    ready = _ready(shape, formulas, tuple(finer.items()), missing, tuple(texts))
    return PlainRecord(ready, numbers, printed, grids, texts)


@lru_cache(maxsize=64)
def _ready(
    shape: _Shape,
    formulas: tuple[str, ...],
    finer: tuple[tuple[int, Decimal], ...],
    missing: frozenset[int],
    words: tuple[str, ...],
) -> _Ready:
    """The formulas as rules over records of a shape that lack the same values."""
    if any(not isinstance(cast(object, formula), str) for formula in formulas):
        raise WrongArgument("formulas are texts", "数式は文字列で渡してください")
    variables = list(shape.variables)
    for at, grid in finer:
        width = variables[at].width if shape.steps[at] is not None else figures.exact(grid)
        variables[at] = replace(variables[at], grid=figures.exact(grid), width=width)
    names = shape.names
    places = {unicodedata.normalize("NFKC", name): at for at, name in enumerate(names)}
    fixed = mask_of(at for at, variable in enumerate(variables) if variable.fixed)
    rules = Rules(_PlainCells(places, variables, missing), fixed)
    kinds: dict[str, Kind] = {**dict.fromkeys(places, "number"), **dict.fromkeys(words, "text")}
    vocabulary = Vocabulary({"record": Scope(kinds)})
    on_words: list[WordFormula] = []
    # Equations name cells. What they say is the same whatever the figures are.
    row = _PlainRow({})
    for formula in formulas:
        tree = parse(formula, vocabulary, "record")
        named = fields(tree)
        if any(name.kind == "text" for name in named):
            on_words.append(WordFormula(judge(tree), tuple(name.name for name in named)))
            continue
        try:
            rules.add(formula, trace(tree, row), judge(tree))
        except Unusable as fault:
            en, ja = f"locate can't use {fault.part}", f"locate では {fault.part} を使えません"
            raise FormulaError(formula, 0, en, ja) from None
    return _Ready(names, places, rules, layout(names), tuple(on_words))


@lru_cache(maxsize=64)
def _shape(
    names: tuple[str, ...],
    weights: tuple[tuple[str, float], ...],
    steps: tuple[tuple[str, Given], ...] | Given,
    rounding: tuple[tuple[str, Rounding], ...] | Rounding | None,
    fixed: tuple[str, ...],
) -> _Shape:
    weight_of = dict(weights)
    step_of = dict(steps) if isinstance(steps, tuple) else dict.fromkeys(names, steps)
    rounding_of = dict(rounding) if isinstance(rounding, tuple) else dict.fromkeys(names, rounding)
    for option, named in (
        ("weights", weight_of),
        ("fixed", fixed),
        ("steps", step_of),
        ("rounding", rounding_of),
    ):
        for name in named:
            if name not in names:
                hint_en, hint_ja = hint(nearest_name(name, names))
                raise WrongArgument(
                    f"{option}: there is no value {name}{hint_en}",
                    f"{option} の {name} という値がありません{hint_ja}",
                )
    variables: list[Variable] = []
    widths: list[Decimal | None] = []
    for name in names:
        step = step_of.get(name)
        width = None if step is None else positive(name, step)
        mode = _mode(name, rounding_of.get(name))
        weight = weight_of.get(name, 1.0)
        if not isinstance(cast(object, weight), Real) or not 0 < weight < float("inf"):
            raise WrongArgument(
                f"weight of {name}: {weight}; a number above 0 was expected",
                f"{name} の重みは0より大きい数で指定してください",
            )
        grid = figures.exact(width or ONE)
        variables.append(Variable(name, grid, mode, grid, float(weight), name in fixed))
        widths.append(width)
    return _Shape(names, tuple(variables), tuple(widths))


def _mode(name: str, rounding: str | None) -> Rounding:
    """A name's rounding mode. Raises ValueError where there is no such mode."""
    mode = cast(Rounding, rounding or "exact")
    if mode not in get_args(Rounding):
        raise WrongArgument(
            f"rounding of {name}: {mode}; one of {', '.join(get_args(Rounding))} was expected",
            f"{name} の丸め方は {'、'.join(get_args(Rounding))} のいずれかです（指定：{mode}）",
        )
    return mode
