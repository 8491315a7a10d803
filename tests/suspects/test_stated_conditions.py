"""What the search reads in formulas, and what it makes of that.

Those are conditions over cells: whether figures meet them, and what they leave of free cells, in
whole numbers and without.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any, Final, cast

import pytest

from auditor.auditing.session import load
from auditor.formula.parse import parse
from auditor.formula.trace import trace
from auditor.formula.tree import Scope, Vocabulary
from auditor.records.figures import Answer, Interval, Rounding
from auditor.suspects import algebra
from auditor.suspects.algebra import NotComputable
from auditor.suspects.conditions import (
    COMPARE,
    Affine,
    Comparing,
    Comparison,
    equation_of,
    is_equation,
)
from auditor.suspects.equations import Unusable, condition_of, constraints
from auditor.suspects.expressions import (
    INFINITE,
    Absolute,
    Agreed,
    Cell,
    Constant,
    Domains,
    Expression,
    Greatest,
    Product,
    Quotient,
    Span,
    Sum,
    Variable,
    exactly,
    inside,
    stands_for,
)
from auditor.suspects.numbers import Given
from auditor.suspects.plain import PlainRecord, plain_record
from auditor.suspects.problem import Figures
from auditor.suspects.symbols import Symbols
from tests.suspects.conditions_written import (
    written_affine,
    written_condition,
    written_constraint,
    written_expression,
)
from tests.suspects.recorded import Stored

STORED: Final = Stored("conditions")
BATCHES: Final = 9
NAMES: Final = ("a", "b", "c", "d", "r")
VALUES: Final[Sequence[Mapping[str, Given]]] = (
    {"a": 7, "b": 4, "c": 3, "d": -2, "r": "0.3"},
    {"a": 0, "b": 4, "c": None, "d": 4, "r": "-0.2"},
    {"a": None, "b": None, "c": 3, "d": 0, "r": None},
)
FORMULAS: Final = (
    # Comparisons of sums.
    "a == b + c",
    "b + c == a",
    "a - b == c",
    "a == b",
    "a != b + c",
    "a < b",
    "a <= b + c",
    "a > b - c",
    "a >= 2 * b",
    "-a == b - 3",
    "3 == a + 0.5",
    "a == 7",
    "a * 0 == b",
    "1 == 1",
    "1 > 2",
    "a - a == 0",
    # Products and quotients.
    "a == b * c",
    "a == 2 * b * c",
    "a == b / c",
    "a / 2 == b",
    "a == 100 * b / c",
    "a == (b + c) / d",
    "a == b * (c + d)",
    "a * b == c * d",
    "a == b / (c - 3)",
    "a / 0 == b",
    "a == b / (1 - 1)",
    "a == b / c + d",
    "a == abs(b) * c",
    "r == a / b",
    "r <= a / b",
    "a == r * b",
    "r + r == a",
    # Least, greatest, distance.
    "a == max(b, c)",
    "a == min(b, c, 5)",
    "a <= max(b, c)",
    "a >= max(b, c)",
    "max(b, c) < a",
    "a <= min(b, c)",
    "min(b, c) > a",
    "min(b, c) <= a",
    "min(a, b) >= max(c, d)",
    "max(a, b) <= min(c, d)",
    "max(a, 3) <= 5",
    "max(9, 3) <= 5",
    "max(9, b) < 9",
    "a < min(9, 4)",
    "abs(a - b) <= 2",
    "2 > abs(a - b)",
    "abs(a - b) == c",
    "abs(a) >= c",
    "abs(b) < c",
    "a == abs(b - c)",
    "abs(a - b) <= abs(c)",
    # What is blank.
    "present(a)",
    "blank(c)",
    "not present(c)",
    "not blank(a)",
    "present(sum(a, c))",
    "blank(sum(a, c))",
    "not blank(max(a, c))",
    "present(sum(a + 1, c))",
    "present(min(a, c))",
    "present(zero(c))",
    "blank(a + c)",
    "a == zero(c) + b",
    "a == zero(b / c)",
    "zero(c) == 0",
    "a == sum(b, c)",
    "a == sum(b, c, d, 3, 4)",
    "a == sum(c)",
    "a == sum(b, r) - c",
    "a == max(c)",
    "a == min(c, b)",
    "a == max(b - c, c)",
    # And, or, not.
    "a == b and c == d",
    "a == b or c == d",
    "a == b or c == d and a > c",
    "not a == b",
    "not (a == b and c == d)",
    "not (a == b or c < d)",
    "not (a <= b or c >= d or a > d)",
    "a == 1 or 1 == 1",
    "a == 1 or 1 == 2",
    "a == 1 and 1 == 2",
    "a == 1 and 1 == 1",
    "1 == 2 or 2 == 3",
    "a == b and (b == c and c == d)",
    "a <= b <= c",
    "a in [1, 2, b]",
    "a not in [1, 2, b]",
    "not a in [1, b]",
    "blank(c) or a == b + c",
    "present(c) or a == b",
    "a > 0 or b > 0 or c > 0",
    "a == b or a == c",
    "a == b or c > 0",
    "a < b or c > 0",
    "count([a, b]) == 2",
)
SPANS: Final[Sequence[Span]] = ((None, None), (None, 2), (-2, 5))
FREE: Final = ((0,), (1,), (2,), (3,), (0, 1), (1, 2, 4))


def record_of(values: Mapping[str, Given], *formulas: str, **options: Any) -> PlainRecord:
    """A plain record; of each name with a point only tenths count, rounded half up."""
    options = {"steps": {"r": "0.1"}, "rounding": {"r": "half_up"}, **options}
    return plain_record(
        values,
        formulas,
        options.get("weights", {}),
        options["steps"],
        options["rounding"],
        options.get("fixed", ()),
        {},
    )


def _short(text: str) -> str:
    """A text with fractions and intervals as they are written by hand."""
    text = re.sub(r"Fraction\((-?\d+), (\d+)\)", r"\1/\2", text).replace("/1)", ")")
    return re.sub(
        r"Interval\(lo=(\S+), hi=(\S+), lo_open=(\w)\w+, hi_open=(\w)\w+\)", r"\1..\2 \3\4", text
    )


def _domains(free: Sequence[int], span: Span) -> Domains:
    return dict.fromkeys(free, span)


def _of_reading(values: Mapping[str, Given], number: int) -> Iterator[str]:
    """Each formula as constraints, strict and not, and its contrary."""
    vocabulary = Vocabulary({"record": Scope(dict.fromkeys(NAMES, "number"))})
    record = record_of(values, "a == b")
    (judge,) = record.rules.judges
    cells = record.rules.cells
    for formula in FORMULAS[number::BATCHES]:
        traced = trace(parse(formula, vocabulary, "record"), judge.row)
        try:
            several = constraints(traced, cells, 5)
            loose = constraints(traced, cells, 6, answered=False)
            once = constraints(traced, cells, 7, when=traced)
            contrary = condition_of(traced, cells, truth=False)
        except Unusable as fault:
            yield f"{formula}: {fault.part}"
            continue
        strictly = "; ".join(map(written_constraint, several))
        yield f"{formula}: {strictly}"
        loosely = "; ".join(map(written_constraint, loose))
        if loosely != strictly.replace(" strict", "").replace("5 of", "6 of"):
            yield f"loosely: {loosely}"
        if values is VALUES[1]:
            yield f"when: {'; '.join(map(written_constraint, once))}"
        yield f"not: {written_condition(contrary)}"


def _of_holding(values: Mapping[str, Given], number: int) -> Iterator[str]:
    """What each formula says of the figures and leaves of free cells."""
    for formula in FORMULAS[:-1][number::BATCHES]:
        record = record_of(values, formula)
        for constraint in record.rules.constraints:
            condition, problem = constraint.condition, record.problem
            equation = equation_of(condition)
            yield (
                f"{formula}: {condition.holds(problem)} {is_equation(condition)} "
                f"{None if equation is None else written_condition(equation)}"
            )
            for free in FREE:
                if not any(constraint.cells >> at & 1 for at in free):
                    continue
                rest: list[str] = []
                for span in SPANS:
                    domains = _domains(free, span)
                    narrowed = condition.narrow(problem, domains)
                    rest.append(str(list(domains.values())) if narrowed else "-")
                yield f"{free}: {'; '.join(rest)}"
            if isinstance(condition, Comparing):
                linear = condition.linear(problem)
                yield f"{linear} {[condition.unknown(problem, mask) for mask in range(8)]}"


def _of_shipped_rules(form: str) -> Iterator[str]:
    """The rules that are shipped, on rows of which nothing is known."""
    session = load()
    symbols = Symbols(session.forms[form])
    for rule in session.rules:
        for truth, tree in ((True, rule.tree), (False, rule.tree), (False, rule.when)):
            if tree is None:
                continue
            try:
                condition = condition_of(symbols.trace(tree), symbols, truth)
            except Unusable as fault:
                yield f"{rule.key}: {fault.part}"
                break
            yield f"{rule.key} {truth}: {written_condition(condition)}"
    for at, variable in enumerate(symbols.variables):
        yield f"{at}: {variable.name} {variable.grid} {variable.rounding} {variable.width}"
    yield f"{sorted(symbols.places.items())}"


# --- sums of cells


X, Y, Z, R = Cell(0), Cell(1), Cell(2), Cell(3)
OPEN: Final = Interval(Fraction(1), Fraction(2), True, False)
RANGE: Final = Constant((Fraction(1), Fraction(2)), OPEN)


def number(value: int) -> Constant:
    return Constant((value, value), value)


SIDES: Final[Sequence[Expression]] = (
    X,
    number(0),
    number(3),
    number(-2),
    RANGE,
    Constant((Fraction(0), Fraction(2)), Interval(Fraction(0), Fraction(2), True, False)),
    Constant((Fraction(-1), Fraction(0)), Interval(Fraction(-1), Fraction(0), False, True)),
    Sum(((2, X), (-1, Y))),
    Product(X, Y),
    Quotient(X, Z),
    Agreed(2, 4),
    Absolute(Y),
    Greatest((X, Y)),
    Z,
    Sum(((1, number(3)), (1, number(4)))),
)
WEIGHTS: Final = (
    [Variable("x", 1), Variable("y", 1), Variable("z", 1)],
    [Variable("x", 1, weight=2.0), Variable("y", 1, weight=3.0), Variable("z", 1, weight=0.5)],
    [Variable("x", 1, weight=3.0), Variable("y", 1, weight=2.0), Variable("z", 1, weight=4.0)],
)


def _of_algebra(number: int) -> Iterator[str]:
    left = SIDES[number]
    for right in SIDES:
        try:
            quotient = written_expression(algebra.divided(left, right))
        except NotComputable:
            quotient = "-"
        times = algebra.multiplied(left, right)
        whole = algebra.total(((2, left), (Fraction(1, 3), right), (1, algebra.negated(times))))
        yield f"{written_expression(times)} {quotient} {written_expression(whole)}"
        for expression in (times, Quotient(left, right), whole):
            masks = {algebra.held(expression, variables) for variables in WEIGHTS}
            quotients = list(map(written_expression, algebra.quotients(expression)))
            yield f"{sorted(masks)} {quotients}"
            for mask in sorted(masks | {0, 2, 5}):
                yield f"{mask}: {written_affine(algebra.affine(expression, mask))}"


MODES: Final[Sequence[Rounding]] = ("exact", "half_up", "truncate", "up", "floor", "nearest")
LINEAR: Final[Sequence[Expression]] = (
    algebra.total(((1, X), (-1, R))),
    algebra.total(((Fraction(2, 3), X), (-1, R), (1, number(4)))),
    algebra.total(((3, R), (Fraction(-1, 4), Y), (1, RANGE))),
    algebra.total(((1, X), (-1, X), (2, R), (-2, Y))),
    algebra.total(((1, R), (1, Product(Y, X)), (-1, Quotient(Z, Y)))),
    algebra.total(((-1, R), (-5, Quotient(algebra.total(((1, X), (2, Z))), Y)))),
    algebra.total(((1, R), (-1, Agreed(2, OPEN)))),
)
FIGURES: Final = ([8, 4, 2, 15], [0, -4, 3, -15], [5, 0, None, 0])


def _comparing(
    operator: str, expression: Expression, mask: int, affine: Affine | None
) -> Comparing:
    return Comparing(cast(Comparison, operator), expression, mask, (), True, affine)


def _of_whole_numbers(mode: Rounding, expression: Expression) -> Iterator[str]:
    """Comparisons in whole numbers, with cells that are rounded in tenths."""
    variables = [
        *(Variable(name, 1) for name in "xyz"),
        Variable("r", Fraction(1, 10), mode, Fraction(1, 10)),
    ]
    for steps in FIGURES:
        record = Figures(variables, steps)
        yield f"{written_expression(expression)} {steps}: {exactly(expression, record)}"
        mask = algebra.held(expression, variables)
        affine = algebra.affine(expression, mask)
        for operator in COMPARE:
            comparing = _comparing(operator, expression, mask, affine)
            linear = comparing.linear(record)
            assert comparing.linear(record) is linear
            assert comparing.holds(record) or linear is None or not linear.holds(steps)
            rest: list[str] = []
            for at in (0, 3):
                domains: Domains = {at: (-40, 40)}
                narrowed = comparing.narrow(record, domains)
                rest.append(str(domains[at]) if narrowed else "-")
            yield f"{operator} {comparing.holds(record)} {rest} {linear}"


def test_a_comparison_holds_where_the_judge_says_that_it_may() -> None:
    """In whole numbers as by the judge's own arithmetic."""
    for mode, expression, steps in product(MODES, LINEAR, FIGURES):
        variables = [
            *(Variable(name, 1) for name in "xyz"),
            Variable("r", Fraction(1, 10), mode, Fraction(1, 10)),
        ]
        record = Figures(variables, steps)
        mask = algebra.held(expression, variables)
        value = exactly(expression, record)
        for operator in COMPARE:
            comparing = _comparing(operator, expression, mask, algebra.affine(expression, mask))
            judged = value is not None and COMPARE[operator](value, 0) is not Answer.NO
            assert comparing.holds(record) is judged, (mode, operator, steps)


def test_no_value_that_meets_a_comparison_is_narrowed_away() -> None:
    """Of one free cell all that is left meets it, too: the ends are as near as they can be."""
    for mode, expression, steps in product(MODES[:3], LINEAR[:3], FIGURES[:2]):
        variables = [
            *(Variable(name, 1) for name in "xyz"),
            Variable("r", Fraction(1, 10), mode, Fraction(1, 10)),
        ]
        mask = algebra.held(expression, variables)
        affine = algebra.affine(expression, mask)
        for operator, at in product(("==", "<", "<=", ">", ">="), (0, 1, 3)):
            comparing = _comparing(operator, expression, mask, affine)
            if not expression.cells >> at & 1:
                continue
            meeting = [
                value
                for value in range(-30, 31)
                if comparing.holds(Figures(variables, [*steps[:at], value, *steps[at + 1 :]]))
            ]
            domains: Domains = {at: (-30, 30)}
            narrowed = comparing.narrow(Figures(variables, steps), domains)
            assert all(inside(value, domains[at]) for value in meeting)
            assert narrowed or not meeting


def test_comparisons_are_those_of_figures() -> None:
    for a, b in product((-1, 0, Fraction(1, 2)), repeat=2):
        several = {
            "==": a == b,
            "!=": a != b,
            "<": a < b,
            "<=": a <= b,
            ">": a > b,
            ">=": a >= b,
        }
        assert {
            operator: compare(a, b) is Answer.YES for operator, compare in COMPARE.items()
        } == several


def test_what_is_held_is_remembered_for_few_values() -> None:
    """The same whole numbers for the same values of the held cells, which are not all kept."""
    variables = [Variable("x", 1), Variable("y", 1, weight=2.0), Variable("z", 1)]
    expression = algebra.total(((1, Product(X, Y)), (-1, Z)))
    comparing = Comparing("==", expression, 2, (), True, algebra.affine(expression, 2))
    first = comparing.linear(Figures(variables, [1, 0, 0]))
    for value in range(512):
        linear = comparing.linear(Figures(variables, [value, value, 3]))
        assert linear is not None
        assert linear.factors == ({0: value, 2: -1} if value else {2: -1})
    assert comparing.linear(Figures(variables, [9, 0, 7])) is first
    assert comparing.linear(Figures(variables, [9, 512, 7])) is not None
    assert comparing.linear(Figures(variables, [9, 0, 7])) is first
    assert comparing.linear(Figures(variables, [9, 513, 7])) is not None
    again = comparing.linear(Figures(variables, [9, 0, 7]))
    assert again is not first
    assert again == first


# --- expressions


ROUNDED: Final[dict[str, Expression]] = {
    "r": R,
    "r * x": Product(R, X),
    "x * r": Product(X, R),
    "r / x": Quotient(R, X),
    "x / r": Quotient(X, R),
    "x / y": Quotient(X, Y),
    "x * y": Product(X, Y),
    "x * z": Product(X, Z),
    "(x + 1) * y": Product(algebra.total(((1, X), (1, number(1)))), Y),
    "agreed": Agreed(1, OPEN),
    "agreed - x": algebra.total(((1, Agreed(1, OPEN)), (-1, X))),
    "range * x": Product(RANGE, X),
    "abs(r)": Absolute(R),
    "abs(x - 2y)": Absolute(algebra.total(((1, X), (-2, Y)))),
    "max(x, r, 2)": Greatest((X, R, number(2))),
    "max(x, y)": Greatest((X, Y)),
    "2x + y / 3": algebra.total(((2, X), (Fraction(1, 3), Y))),
    "-x + r": algebra.total(((-1, X), (1, R))),
    "number": number(3),
    "range": RANGE,
}
ENDS: Final = (
    (0, 0),
    (1, 1),
    (2, 7),
    (-7, -2),
    (3, 9),
    (Fraction(-1, 2), Fraction(3, 2)),
    (-INFINITE, 0),
    (0, INFINITE),
    (-INFINITE, -1),
    (1, INFINITE),
    (-INFINITE, INFINITE),
)
NARROWED: Final[Sequence[Domains]] = (
    {},
    {0: (0, 0)},
    {0: (1, 5)},
    {0: (-5, -1)},
    {0: (-4, 0)},
    {0: (0, 4)},
    {0: (None, None)},
    {1: (0, None)},
    {1: (None, 0)},
    {1: (-3, 2)},
    {0: (-2, 4), 1: (1, 3)},
    {0: (0, 4), 1: (0, 3)},
    {0: (-4, -2), 1: (-3, -1)},
    {0: (None, -1), 1: (None, None)},
    {0: (3, None), 3: (None, 20)},
    {3: (0, None)},
    {0: (1, 2), 3: (-30, 0)},
    {0: (-3, 3), 1: (0, 5), 3: (-20, 20)},
)


def _of_expressions(mode: Rounding, name: str) -> Iterator[str]:
    variables = [
        Variable("x", 1),
        Variable("y", Fraction(1, 2)),
        Variable("z", 3),
        Variable("r", Fraction(1, 10), mode, Fraction(1, 5)),
    ]
    record = Figures(variables, [2, -3, 1, 12])
    expression = ROUNDED[name]
    for domains in NARROWED:
        answers: list[str] = []
        for lo, hi in ENDS:
            rest = dict(domains)
            narrowed = expression.narrow(record, rest, lo, hi)
            answers.append(str(list(rest.values())) if narrowed else "-")
        yield f"{name} {domains}: {expression.ends(record, domains)} {'; '.join(answers)}"


def test_a_figure_stands_for_the_values_that_are_printed_so() -> None:
    for mode, sign in product(MODES, (-3, 0, 3)):
        variable = Variable("r", Fraction(1, 10), mode, Fraction(1, 10))
        value = stands_for(variable, sign)
        point = Fraction(sign, 10)
        if mode == "exact":
            assert value == point
            continue
        noise = variable.noise((sign > 0) - (sign < 0))
        if noise.lo == noise.hi:
            assert value == point
            continue
        assert isinstance(value, Interval)
        assert (value.lo, value.hi) == (point + noise.lo, point + noise.hi)
        assert (value.lo_open, value.hi_open) == (noise.lo_open, noise.hi_open)
    assert stands_for(Variable("x", 1000), 4) == 4000
    assert stands_for(Variable("x", Fraction(1000)), 4) == 4000


PARTS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    **{
        f"read {at} {number}": partial(_of_reading, VALUES[at], number)
        for at, number in product(range(len(VALUES)), range(BATCHES))
    },
    **{
        f"held {at} {number}": partial(_of_holding, VALUES[at], number)
        for at, number in product(range(len(VALUES)), range(BATCHES))
    },
    **{f"rules of {form}": partial(_of_shipped_rules, form) for form in ("kushiro", "minato")},
    **{f"sums {number}": partial(_of_algebra, number) for number in range(len(SIDES))},
    **{
        f"whole numbers {mode} {number}": partial(_of_whole_numbers, mode, LINEAR[number])
        for mode, number in product(MODES[:4], range(len(LINEAR)))
    },
    **{f"{name}, exact": partial(_of_expressions, "exact", name) for name in ROUNDED},
    **{
        f"{name}, {mode}": partial(_of_expressions, mode, name)
        for mode, name in product(MODES[1:3], ROUNDED)
        if "r" in name
    },
}


@pytest.mark.parametrize("name", PARTS)
def test_conditions_say_what_they_said(name: str) -> None:
    STORED.compare(name, {"lines": list(map(_short, PARTS[name]()))})


def test_each_stored_answer_of_conditions_has_a_part() -> None:
    STORED.cases_are(PARTS)
