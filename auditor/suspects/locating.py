"""``locate``: which values of any record are wrong, given the formulas they ought to satisfy, and
what they should be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Final, cast, get_args

from auditor.formula.judge import judge as judged
from auditor.formula.parse import FormulaError, parse
from auditor.formula.tree import Call, Field, FunctionName, Node, Scope, Vocabulary
from auditor.formula.values import BLANK, UNKNOWN, Judge, Measure, Missing, Value
from auditor.formula.values import Row as JudgedRow
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.errors import AuditorError
from auditor.records.figures import Answer, Quantity, Rounding
from auditor.records.text import Slip
from auditor.suspects.conditions import Constraint
from auditor.suspects.equations import AgreedValue, Index, Unusable, constraints
from auditor.suspects.expressions import Span, Variable, bits, stands_for
from auditor.suspects.ranking import Candidate, candidates, combined
from auditor.suspects.search import Budget, Problem, contradictory
from auditor.suspects.slips import Context, slip

__all__ = ["Correction", "Explanation", "Explanations", "Infeasible", "Undecided", "locate"]

NODES: Final = 4000
Given = int | str | Decimal | Fraction | float | None


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell to correct: what it says (None where nothing was given), what it should say, and
    how far that is certain.

    ``corrected`` is the value itself where the rules leave a single one (``exact``), else the
    best guess between ``low`` and ``high``, which are None where there is no end.
    """

    name: str
    value: Decimal | None
    corrected: Decimal
    low: Decimal | None
    high: Decimal | None
    slip: Slip

    @property
    def exact(self) -> bool:
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True)
class Explanation:
    """Cells that, corrected, make all the rules hold; what kind of slip it was; and its share of
    the belief.
    """

    cells: tuple[Correction, ...]
    slip: Slip
    share: Decimal

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cells."""
        return tuple(cell.name for cell in self.cells)


class Explanations(list[Explanation]):
    """Explanations, the likeliest first. ``complete`` is False where the budget ended before all
    had been looked for.
    """

    complete: bool = True

    @property
    def certain(self) -> bool:
        """Whether one explanation is likelier than all the others together; else the figures
        alone can't tell.
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
            f"no record can satisfy all of: {listed}", f"すべてを満たす値がありません: {listed}"
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
) -> Explanations:
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
    record = _Record.of(values, tuple(formulas), weights or {}, steps, rounding, fixed)
    if limit < 1 or nodes < 1:
        raise ValueError("limit and nodes are at least 1 / limit と nodes は1以上です")
    budget = Budget(nodes)
    parts: list[list[Candidate]] = []
    complete = True
    for component in record.rules.components:
        if not _concerned(component, record):
            continue
        found, whole = candidates(record.problem, component, record.context, budget)
        complete = complete and whole
        if not found:
            if whole or contradictory(record.problem, component):
                raise Infeasible(_core(record, component))
            raise Undecided(nodes)
        parts.append(found)
    answer = Explanations()
    answer.complete = complete
    ranked = combined(parts, limit)
    for candidate, share in ranked:
        cells = record.corrections(candidate)
        if cells:
            answer.append(Explanation(cells, slip(candidate.slip), share))
    return answer


def _concerned(component: tuple[Constraint, ...], record: _Record) -> bool:
    missing = record.problem.missing
    return any(
        (missing and one.cells & missing) or not one.condition.holds(record.problem)
        for one in component
    )


def _core(record: _Record, component: tuple[Constraint, ...]) -> list[str]:
    """The fewest formulas of a component that contradict each other."""
    rules = sorted({one.rule for one in component})

    def holds(kept: Collection[int]) -> bool:
        part = tuple(one for one in component if one.rule in kept)
        found, whole = candidates(record.problem, part, record.context, Budget(500))
        return bool(found) or not (whole or contradictory(record.problem, part))

    for size in (1, 2, 3):
        if size >= len(rules) or len(list(combinations(rules, size))) > 400:
            break
        for kept in combinations(rules, size):
            if not holds(kept):
                return [record.rules.formulas[rule] for rule in kept]
    left = list(rules)
    for rule in rules:
        if len(left) > 1 and not holds(without := [one for one in left if one != rule]):
            left = without
    return [record.rules.formulas[rule] for rule in left]


class _Plain:
    """A record of plain names as the judge's row; ``point`` replaces the steps of some cells."""

    groups: Mapping[str, tuple[str, ...]] = {}
    formula_cells: frozenset[str] = frozenset()

    def __init__(self, record: _Record) -> None:
        self.record = record
        self.point: Mapping[int, int] = {}

    @property
    def values(self) -> Mapping[str, Value]:
        return cast("Mapping[str, Value]", self)

    def get(self, name: str, default: Value) -> Value:
        at = self.record.rules.places.get(name)
        if at is None:
            return default
        step = self.point.get(at)
        if step is None:
            step = self.record.steps[at]
        return BLANK if step is None else stands_for(self.record.rules.variables[at], step)

    def link(self, name: str) -> JudgedRow | None:
        del name
        return None

    def param(self, name: str) -> Quantity | None:
        del name
        return None

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        del name
        return ()

    def over_group(
        self, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        del function, expression, measure
        return None

    def group_rows(self) -> Sequence[JudgedRow] | None:
        return None


class _Binding:
    """Plain names: each is a cell, and nothing else has a value."""

    def __init__(self, rules: _Rules, missing: frozenset[int]) -> None:
        self.variables = rules.variables
        self.steps: Sequence[int | None] = [
            None if at in missing else 0 for at in range(len(rules.variables))
        ]
        self.places = rules.places

    def field(self, node: Field) -> Quantity | Missing | Index:
        return Index(self.places[node.name])

    def members(self, node: Node) -> list[Quantity | Missing | Index]:
        del node
        return []

    def param(self, call: Call) -> Quantity | Missing:
        del call
        return UNKNOWN

    def over_group(self, call: Call) -> AgreedValue | Quantity | Missing:
        del call
        return UNKNOWN

    def constant(self, node: Node) -> Answer:
        """Only what names no cell is constant here."""
        return judged(node)(cast(JudgedRow, _NOTHING))


class _Nothing:
    values: Mapping[str, Value] = {}
    groups: Mapping[str, tuple[str, ...]] = {}
    formula_cells: frozenset[str] = frozenset()


_NOTHING: Final = _Nothing()


@dataclass(slots=True)
class _Rules:
    """Formulas over named cells, made ready once for all records of the same shape."""

    names: tuple[str, ...]
    places: Mapping[str, int]
    formulas: tuple[str, ...]
    variables: tuple[Variable, ...]
    judges: list[tuple[int, Judge]] = field(default_factory=list[tuple[int, Judge]])
    components: list[tuple[Constraint, ...]] = field(default_factory=list[tuple[Constraint, ...]])
    rows: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    years: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    parts: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    derived: int = 0
    fixed: int = 0


def _rules(
    names: tuple[str, ...],
    formulas: tuple[str, ...],
    variables: tuple[Variable, ...],
    missing: frozenset[int],
) -> _Rules:
    places = {unicodedata.normalize("NFKC", name): at for at, name in enumerate(names)}
    rules = _Rules(names, places, formulas, variables)
    vocabulary = Vocabulary({"record": Scope(dict.fromkeys(places, "number"))})
    binding = _Binding(rules, missing)
    found: list[Constraint] = []
    for number, formula in enumerate(formulas):
        tree = parse(formula, vocabulary, "record")
        try:
            own = constraints(tree, binding, number)
        except Unusable as fault:
            en, ja = f"locate can't use {fault.part}", f"locate では {fault.part} を使えません"
            raise FormulaError(formula, 0, en, ja) from None
        mask = 0
        for one in own:
            mask |= one.cells
        rules.judges.append((mask, judged(tree)))
        found.extend(own)
    rules.fixed = sum(1 << at for at, variable in enumerate(variables) if variable.fixed)
    rules.components = components(found, rules.fixed)
    rules.derived, rules.parts = sums(found)
    rules.rows, rules.years = neighbours(names)
    return rules


def components(found: Sequence[Constraint], fixed: int) -> list[tuple[Constraint, ...]]:
    """The constraints in groups that share no cell that may change."""
    groups: list[tuple[int, list[Constraint]]] = []
    for one in found:
        mask, mine = one.cells & ~fixed, [one]
        apart: list[tuple[int, list[Constraint]]] = []
        for cells, several in groups:
            if cells & mask:
                mask, mine = mask | cells, several + mine
            else:
                apart.append((cells, several))
        groups = [*apart, (mask, mine)]
    return [tuple(sorted(several, key=lambda one: one.rule)) for _, several in groups]


def sums(found: Sequence[Constraint]) -> tuple[int, dict[int, tuple[int, ...]]]:
    """The cells that rules compute (a mask), and the parts of each."""
    derived = 0
    parts: dict[int, tuple[int, ...]] = {}
    for one in found:
        if one.derived is not None:
            derived |= 1 << one.derived
            others = tuple(at for at in bits(one.cells) if at != one.derived)
            if len(others) > 1:
                parts[one.derived] = others
    return derived, parts


def neighbours(
    names: Sequence[str],
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """The cells beside each, and its own of other years: names alike but for their digits."""
    rows: dict[int, tuple[int, ...]] = {}
    series: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        rows[at] = tuple(other for other in (at - 1, at + 1) if 0 <= other < len(names))
        if re.search(r"\d", name):
            series.setdefault(re.sub(r"\d+", "#", name), []).append(at)
    years = {
        at: tuple(other for other in several if other != at)
        for several in series.values()
        for at in several
        if len(several) > 1
    }
    return rows, years


@dataclass(slots=True)
class _Record:
    rules: _Rules
    steps: list[int | None]
    values: list[Decimal | None]
    grids: list[Decimal]
    problem: Problem = field(init=False)
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        rules = self.rules
        missing = sum(1 << at for at, step in enumerate(self.steps) if step is None)
        negative = sum(
            1 << at for at, step in enumerate(self.steps) if step is not None and step < 0
        )
        weights = [variable.weight for variable in rules.variables]
        self.context = Context(
            self.steps, weights, rules.rows, rules.years, rules.parts, rules.derived, negative
        )
        every = [one for component in rules.components for one in component]
        self.problem = Problem(
            rules.variables,
            self.steps,
            every,
            missing,
            rules.fixed,
            self._accepts(),
            self.context.guesses,
        )

    def _accepts(self) -> Callable[[Mapping[int, int], Collection[int]], bool]:
        row = _Plain(self)
        seen = cast(JudgedRow, row)
        judges = self.rules.judges

        def accepts(point: Mapping[int, int], rules: Collection[int]) -> bool:
            changed = 0
            for at in point:
                changed |= 1 << at
            row.point = point
            return all(
                judges[rule][1](seen) >= Answer.MAY for rule in rules if judges[rule][0] & changed
            )

        return accepts

    def corrections(self, candidate: Candidate) -> tuple[Correction, ...]:
        """The cells to correct, and the missing ones that follow."""
        found: list[Correction] = []
        for at, code in candidate.slips:
            found.append(
                self._correction(
                    at, candidate.point[at], candidate.domains.get(at, (None, None)), code
                )
            )
        for at, span in sorted(candidate.domains.items()):
            if self.steps[at] is None and span != (None, None):
                found.append(self._correction(at, candidate.point[at], span, "missing"))
        return tuple(found)

    def _correction(self, at: int, step: int, span: Span, code: str) -> Correction:
        grid = self.grids[at]
        low, high = (None if end is None else _times(end, grid) for end in span)
        corrected = _times(step, grid)
        return Correction(self.rules.names[at], self.values[at], corrected, low, high, slip(code))

    @classmethod
    def of(
        cls,
        values: Mapping[str, Given],
        formulas: tuple[str, ...],
        weights: Mapping[str, float],
        steps: Mapping[str, Given] | Given,
        rounding: Mapping[str, Rounding] | Rounding | None,
        fixed: Collection[str],
    ) -> _Record:
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
            own = step or _ONE
            whole, rest = EXACT.divmod(value, own)
            number = int(whole)
            if rest or (step is None and value.as_tuple().exponent != 0):
                grid, number = _grid(value, step)
                if grid != own:
                    finer[at] = grid
            numbers.append(number)
        grids = [finer.get(at, step or _ONE) for at, step in enumerate(shape.steps)]
        missing = frozenset(at for at, number in enumerate(numbers) if number is None)
        return cls(_ready(shape, formulas, tuple(finer.items()), missing), numbers, printed, grids)


@dataclass(frozen=True, eq=False)
class _Shape:
    """What the records of one kind have in common; two are never compared, as there is one of
    each.
    """

    names: tuple[str, ...]
    variables: tuple[Variable, ...]
    steps: tuple[Decimal | None, ...]


@lru_cache(maxsize=64)
def _ready(
    shape: _Shape,
    formulas: tuple[str, ...],
    finer: tuple[tuple[int, Decimal], ...],
    missing: frozenset[int],
) -> _Rules:
    if any(not isinstance(cast(object, formula), str) for formula in formulas):
        raise ValueError("formulas are texts / 数式は文字列で渡してください")
    variables = list(shape.variables)
    for at, grid in finer:
        width = variables[at].width if shape.steps[at] is not None else figures.exact(grid)
        variables[at] = replace(variables[at], grid=figures.exact(grid), width=width)
    return _rules(shape.names, formulas, tuple(variables), missing)


@lru_cache(maxsize=64)
def _shape(
    names: tuple[str, ...],
    weights: tuple[tuple[str, float], ...],
    steps: tuple[tuple[str, Given], ...] | Given,
    rounding: tuple[tuple[str, Rounding], ...] | Rounding | None,
    fixed: tuple[str, ...],
) -> _Shape:
    weight, step = (
        dict(weights),
        dict(steps) if isinstance(steps, tuple) else dict.fromkeys(names, steps),
    )
    how = dict(rounding) if isinstance(rounding, tuple) else dict.fromkeys(names, rounding)
    for what, named in (("weights", weight), ("fixed", fixed), ("steps", step), ("rounding", how)):
        for name in named:
            if name not in names:
                raise ValueError(
                    f"{what}: there is no value {name!r} / {name!r} という値がありません"
                )
    variables: list[Variable] = []
    widths: list[Decimal | None] = []
    for name in names:
        width = None if step.get(name) is None else _positive(name, step[name])
        rule = cast(Rounding, how.get(name) or "exact")
        if rule not in get_args(Rounding):
            raise ValueError(
                f"rounding of {name}: {rule!r}; one of {', '.join(get_args(Rounding))} / 丸め方の指定が正しくありません"
            )
        own = weight.get(name, 1.0)
        if not isinstance(cast(object, own), int | float) or not 0 < own < float("inf"):
            raise ValueError(
                f"weight of {name}: {own!r}; a number above 0 / 重みは0より大きい数です"
            )
        grid = figures.exact(width or _ONE)
        variables.append(Variable(name, grid, rule, grid, float(own), name in fixed))
        widths.append(width)
    return _Shape(names, tuple(variables), tuple(widths))


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
            f"{name}: {value!r} is no number: an int, Decimal, finite float, a Fraction that ends as a decimal, or a text like '-52.5' / "
            f"{name} の値 {value!r} は数値ではありません。整数、Decimal、有限の float、小数で表せる Fraction、"
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
            f"step of {name}: {step!r}; a number above 0 / 刻み (step) は0より大きい数です"
        )
    return number


def _times(steps: int, grid: Decimal) -> Decimal:
    """So many steps as a value."""
    return EXACT.multiply(Decimal(steps), grid)


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
