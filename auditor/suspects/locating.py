"""``locate``: which values of any record are wrong, and what they should be.

All that is said of the record are the formulas that its values ought to satisfy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple, cast, get_args

from auditor.formula.judge import judge
from auditor.formula.parse import FormulaError, parse
from auditor.formula.trace import Trace, trace
from auditor.formula.tree import Scope, Vocabulary
from auditor.formula.values import BLANK, Row, Value
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.errors import AuditorError
from auditor.records.figures import Quantity, Rounding
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.equations import Unusable
from auditor.suspects.expressions import Span, Variable, stands_for
from auditor.suspects.ranking import Candidate
from auditor.suspects.record import Component, Neighbours, Record, Rules, series
from auditor.suspects.rows import BareRow
from auditor.suspects.search import Budget
from auditor.suspects.slips import slip

__all__ = ["Infeasible", "Suspects", "Undecided", "locate", "neighbours"]

NODES: Final = 4000
PROOF_NODES: Final = 500
"""The budget for each set of formulas that is looked at for a smaller contradiction."""
Given = int | str | Decimal | Fraction | float | None


class Suspects(list[Suspect]):
    """Suspects, the likeliest first. ``complete`` is False where the budget ended before all had
    been looked for.
    """

    complete: bool = True

    @property
    def certain(self) -> bool:
        """Whether one suspect is likelier than all the others together; else the figures alone
        can't tell.
        """
        return bool(self) and self[0].share * 2 > 1


class Undecided(AuditorError):
    """The budget of nodes ended before an explanation was found. There may be one."""

    def __init__(self, nodes: int) -> None:
        super().__init__(
            f"undecided after {nodes} nodes; nodes=… allows more",
            f"{nodes}ノードでは判定できませんでした。nodes=… で増やせます",
        )
        self.nodes = nodes


class Infeasible(AuditorError):
    """No values of the cells that may change satisfy these formulas; leave out one, and there are
    some.
    """

    def __init__(self, formulas: Sequence[str]) -> None:
        listed = ", ".join(formulas)
        super().__init__(
            f"no record can satisfy all of: {listed}", f"すべてを満たす値がありません：{listed}"
        )
        self.formulas = tuple(formulas)


def locate(
    values: Mapping[str, Given],
    formulas: Iterable[str],
    *,
    weights: Mapping[str, float] | None = None,
    steps: Mapping[str, Given] | Given = None,
    rounding: Mapping[str, Rounding] | Rounding | None = None,
    fixed: Collection[str] = (),
    limit: int = 10,
    nodes: int = NODES,
) -> Suspects:
    """The likeliest explanations of why a record breaks its formulas; an empty list where all of
    them hold.

    ``values`` maps names to numbers, a text of plain digits (``"-52.50"``) among them; a float
    counts as the shortest decimal that it prints as. A missing value (None) is free, and gets a
    value where the formulas imply one. ``weights`` say how hard a cell is to suspect (1 where
    they say nothing), ``fixed`` names cells that are right. A cell counts in ``steps`` (its last
    printed decimal place if not given) and stands for what ``rounding`` makes of it, by name or
    for all. Raises FormulaError, ValueError, Undecided where the budget of ``nodes`` ended, and
    Infeasible, with the smallest contradicting formulas, where no values can satisfy them all.
    """
    record = _record(values, tuple(formulas), weights or {}, steps, rounding, fixed)
    if limit < 1 or nodes < 1:
        raise ValueError("limit and nodes are at least 1 / limit と nodes は1以上です")
    budget = Budget(nodes)
    parts: list[Sequence[Candidate]] = []
    suspects = Suspects()
    for component in record.rules.components:
        if not record.breaks(component):
            continue
        explained = record.explain(component, budget)
        suspects.complete = suspects.complete and explained.complete
        match explained.reason:
            case "infeasible":
                raise Infeasible(_core(record, component))
            case "undecided":
                raise Undecided(nodes)
            case None:
                parts.append(explained.candidates)
    suspects.extend(suspect for suspect in record.suspects(parts, limit) if suspect.cells)
    return suspects


def _core(record: _PlainRecord, component: Component) -> list[str]:
    """The fewest formulas of a component that contradict each other."""
    numbers = sorted({constraint.rule for constraint in component})

    def holds(subset: Collection[int]) -> bool:
        part = tuple(constraint for constraint in component if constraint.rule in subset)
        return record.explain(part, Budget(PROOF_NODES)).reason != "infeasible"

    def named(subset: Iterable[int]) -> list[str]:
        return [record.rules.judges[number].name for number in subset]

    for size in (1, 2, 3):
        subsets = list(combinations(numbers, size))
        if size >= len(numbers) or len(subsets) > 400:
            break
        for subset in subsets:
            if not holds(subset):
                return named(subset)
    core = numbers
    for number in numbers:
        without = [other for other in core if other != number]
        if without and not holds(without):
            core = without
    return named(core)


# --- rows and records of plain names


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

    def index(self, row: _PlainRow, name: str) -> int | None:
        del row
        return self.places[name]

    def consensus(self, call: Trace[_PlainRow]) -> int | None:
        del call
        return None


class _Values:
    """The values of a record by name, worked out when a formula asks; ``point`` replaces the
    steps of some cells.
    """

    __slots__ = ("places", "point", "steps", "variables")

    def __init__(
        self,
        places: Mapping[str, int],
        variables: Sequence[Variable],
        steps: Sequence[int | None],
    ) -> None:
        self.places, self.variables, self.steps = places, variables, steps
        self.point: Mapping[int, int] = {}

    def get(self, name: str, default: Value) -> Value:
        at = self.places.get(name)
        if at is None:
            return default
        step = self.point.get(at)
        if step is None:
            step = self.steps[at]
        return BLANK if step is None else stands_for(self.variables[at], step)


class _PlainRecord(Record[_PlainRow]):
    """Values by name, with the formulas over them."""

    def __init__(
        self,
        ready: _Ready,
        steps: Sequence[int | None],
        values: Sequence[Decimal | None],
        grids: Sequence[Decimal],
    ) -> None:
        missing = sum(1 << at for at, step in enumerate(steps) if step is None)
        super().__init__(ready.rules, steps, ready.neighbours, missing=missing)
        self.names, self.values, self.grids = ready.names, values, grids
        self._view = _Values(ready.places, ready.rules.variables, steps)
        self._row = _PlainRow(cast("Mapping[str, Value]", self._view))

    def corrected(self, point: Mapping[int, int]) -> Callable[[_PlainRow], Row]:
        self._view.point = point
        return self._only

    def _only(self, _row: _PlainRow) -> _PlainRow:
        return self._row

    def cell(self, at: int, step: int, span: Span, code: str) -> SuspectCell:
        grid = self.grids[at]
        corrected = EXACT.multiply(Decimal(step), grid)
        low, high = span
        if low is not None and low == high:
            return SuspectCell(
                self.names[at], value=self.values[at], corrected=corrected, slip=slip(code)
            )
        return SuspectCell(
            self.names[at],
            value=self.values[at],
            corrected=corrected,
            low=None if low is None else EXACT.multiply(Decimal(low), grid),
            high=None if high is None else EXACT.multiply(Decimal(high), grid),
            exact=False,
            slip=slip(code),
        )


def neighbours(names: Sequence[str]) -> Neighbours:
    """The cells beside each, and its own of other years: names alike but for their digits."""
    rows: dict[int, tuple[int, ...]] = {}
    groups: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        rows[at] = tuple(other for other in (at - 1, at + 1) if 0 <= other < len(names))
        if re.search(r"\d", name):
            groups.setdefault(re.sub(r"\d+", "#", name), []).append(at)
    return Neighbours(rows, series(groups.values()))


# --- what records of one shape have in common


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
    neighbours: Neighbours


def _record(
    values: Mapping[str, Given],
    formulas: tuple[str, ...],
    weights: Mapping[str, float],
    steps: Mapping[str, Given] | Given,
    rounding: Mapping[str, Rounding] | Rounding | None,
    fixed: Collection[str],
) -> _PlainRecord:
    """The record of these values, in steps. A value that is finer than its cell's step gets a
    finer one.
    """
    printed = [_number(name, value) for name, value in values.items()]
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
                raise ValueError(
                    f"{name} is fixed but has no value / {name} は固定ですが値がありません"
                )
            continue
        width = step or _ONE
        whole, rest = EXACT.divmod(value, width)
        number = int(whole)
        if rest or (step is None and value.as_tuple().exponent != 0):
            grid, number = _grid(value, step)
            if grid != width:
                finer[at] = grid
        numbers.append(number)
    grids = [finer.get(at, step or _ONE) for at, step in enumerate(shape.steps)]
    missing = frozenset(at for at, number in enumerate(numbers) if number is None)
    ready = _ready(shape, formulas, tuple(finer.items()), missing)
    return _PlainRecord(ready, numbers, printed, grids)


@lru_cache(maxsize=64)
def _ready(
    shape: _Shape,
    formulas: tuple[str, ...],
    finer: tuple[tuple[int, Decimal], ...],
    missing: frozenset[int],
) -> _Ready:
    """The formulas as rules over records of a shape that lack the same values."""
    if any(not isinstance(cast(object, formula), str) for formula in formulas):
        raise ValueError("formulas are texts / 数式は文字列で渡してください")
    variables = list(shape.variables)
    for at, grid in finer:
        width = variables[at].width if shape.steps[at] is not None else figures.exact(grid)
        variables[at] = replace(variables[at], grid=figures.exact(grid), width=width)
    names = shape.names
    places = {unicodedata.normalize("NFKC", name): at for at, name in enumerate(names)}
    fixed = sum(1 << at for at, variable in enumerate(variables) if variable.fixed)
    rules = Rules(_PlainCells(places, variables, missing), fixed)
    vocabulary = Vocabulary({"record": Scope(dict.fromkeys(places, "number"))})
    # Equations name cells. What they say is the same whatever the figures are.
    row = _PlainRow({})
    for formula in formulas:
        tree = parse(formula, vocabulary, "record")
        try:
            rules.add(formula, trace(tree, row), judge(tree))
        except Unusable as fault:
            en, ja = f"locate can't use {fault.part}", f"locate では {fault.part} を使えません"
            raise FormulaError(formula, 0, en, ja) from None
    return _Ready(names, places, rules, neighbours(names))


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
                raise ValueError(
                    f"{option}: there is no value {name!r} / {name!r} という値がありません"
                )
    variables: list[Variable] = []
    widths: list[Decimal | None] = []
    for name in names:
        step = step_of.get(name)
        width = None if step is None else _positive(name, step)
        mode = _mode(name, rounding_of.get(name))
        weight = weight_of.get(name, 1.0)
        if not isinstance(cast(object, weight), int | float) or not 0 < weight < float("inf"):
            raise ValueError(
                f"weight of {name}: {weight!r}; a number above 0 / 重みは0より大きい数です"
            )
        grid = figures.exact(width or _ONE)
        variables.append(Variable(name, grid, mode, grid, float(weight), name in fixed))
        widths.append(width)
    return _Shape(names, tuple(variables), tuple(widths))


def _mode(name: str, rounding: str | None) -> Rounding:
    """A name's rounding mode. Raises ValueError where there is no such mode."""
    mode = cast(Rounding, rounding or "exact")
    if mode not in get_args(Rounding):
        raise ValueError(
            f"rounding of {name}: {mode!r}; one of {', '.join(get_args(Rounding))} / "
            "丸め方の指定が正しくありません"
        )
    return mode


# --- numbers


_ONE: Final = Decimal(1)
_LARGEST: Final = 10**24


_PLAIN: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def _number(name: str, value: Given) -> Decimal | None:
    if value is None:
        return None
    if type(value) is int and -_LARGEST < value < _LARGEST:
        return Decimal(value)
    if (
        type(value) is Decimal
        and value == value
        and -_LARGEST < value < _LARGEST
        and cast(int, value.as_tuple().exponent) > -30
    ):
        return value
    number = _decimal(value)
    if number is None:
        raise ValueError(
            f"{name}: {value!r} is no number: an int, Decimal, finite float, a Fraction that ends "
            f"as a decimal, or a text like '-52.5' / {name} の値 {value!r} は数値ではありません。"
            "整数、Decimal、有限の float、小数で表せる Fraction、"
            "'-52.5' のような文字列のどれかで渡してください"
        )
    if number.copy_abs() >= _LARGEST or cast(int, number.as_tuple().exponent) <= -30:
        raise ValueError(
            f"{name}: {value!r} is no number that can be searched / {name} の値は扱えない数値です"
        )
    return number


def _decimal(value: object) -> Decimal | None:
    """The finite decimal that a number or text is, or None where it is none."""
    if isinstance(value, str):
        return Decimal(value) if _PLAIN.fullmatch(value) else None
    if isinstance(value, Fraction):
        return _ended(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number if number.is_finite() else None


def _ended(value: Fraction) -> Decimal | None:
    """A fraction as a decimal of at most 30 places, or None."""
    places = next((places for places in range(31) if 10**places % value.denominator == 0), None)
    return (
        None
        if places is None
        else Decimal(f"{value.numerator * 10**places // value.denominator}E-{places}")
    )


def _positive(name: str, step: Given) -> Decimal:
    number = _decimal(step)
    if number is None or number <= 0:
        raise ValueError(
            f"step of {name}: {step!r}; a number above 0 / 刻み（step）は0より大きい数です"
        )
    return number


def _grid(value: Decimal, step: Decimal | None) -> tuple[Decimal, int]:
    """The step that a value counts in, and how many of them it is; finer than asked for where the
    value is.
    """
    if step is not None:
        whole, rest = EXACT.divmod(value, step)
        if not rest:
            return step, int(whole)
    exponent = cast(int, value.as_tuple().exponent)
    if exponent >= 0:
        return _ONE, int(value)
    grid = Decimal(1).scaleb(exponent)
    return grid, int(Fraction(value) / Fraction(grid))
