"""What the parts of the search say for themselves: slips, beliefs, narrowing, linear rules, worlds.

Each is held against plain counting where that is possible, and against a stored answer in full.
``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from types import SimpleNamespace
from typing import Final, cast

import pytest

from auditor.auditing.session import load
from auditor.records.errors import AuditorError
from auditor.rules.ruleset import RuleSet
from auditor.suspects import simplex
from auditor.suspects.algebra import affine, held, multiplied, negated, quotients, total
from auditor.suspects.algebra import divided as quotient
from auditor.suspects.analysis import analyse, analyse_formulas
from auditor.suspects.beliefs import ALLOWED, Context, size
from auditor.suspects.blocks import Block
from auditor.suspects.candidates import Candidate, common_slip, joined
from auditor.suspects.conditions import Linear, divided
from auditor.suspects.explanation import shares
from auditor.suspects.expressions import (
    Absolute,
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
    bits,
    connected,
    exactly,
    hull,
    inside,
    mask_of,
    meet,
    union,
)
from auditor.suspects.habits import Habits, habits_of
from auditor.suspects.layout import series
from auditor.suspects.numbers import as_decimal, on_grid, positive
from auditor.suspects.problem import Figures
from auditor.suspects.slips import NEGATIVE, source_set, sources, ways
from auditor.suspects.worlds import Part, explanations, likeliest, total_of, worlds
from tests.suspects.recorded import Stored, digits

STORED: Final = Stored("parts")
SPANS: Sequence[Span] = ((None, None), (None, 2), (-1, None), (-2, 3), (1, 4), (-3, -1))
X: Final = Cell(0)
Y: Final = Cell(1)
Z: Final = Cell(2)
EXACT: Final = Variable("x", 1)


def number(value: int) -> Constant:
    return Constant((value, value), value)


# --- slips


def _of_slips() -> Iterator[str]:
    for true, printed in (
        *((5724, other) for other in (5274, 524, 572, 724, 57724, 57924, 157240, 5774, 5734)),
        *((5724, other) for other in (-5724, -572, 5724000, 15724, 57240, 7524, 5742, 4725)),
        *((-5724, other) for other in (-572, 572, 5724, -5274, 0)),
        *((0, other) for other in (0, 3, 10, 1000)),
        *((5, other) for other in (55, 50, 15, 5000, 6, 0)),
        *((5000, other) for other in (5, 500, 50000, 4999)),
        *((1122, other) for other in (11122, 11222, 112, 122, 1212)),
    ):
        several = ", ".join(f"{kind} {digits(share)}" for kind, share in ways(true, printed))
        yield f"{true} printed {printed}: {several}"


def test_every_figure_that_a_slip_makes_of_another_has_that_among_its_sources() -> None:
    for printed in (7, 10, -30, 99, 100, 305, 4000):
        every = sources(printed)
        assert source_set(printed) == set(every)
        assert len(source_set(printed)) == len(every)
        reached = {
            true for true in range(-200, 1200) if any(ways(true, printed)) and true != printed
        }
        assert reached <= source_set(printed)


def _of_sources() -> Iterator[str]:
    for printed in (0, 4, -4, 10, 307, 2000, -1500, 10**18 - 1, 10**18):
        yield f"{printed}: {sources(printed)}"


def test_small_and_round_figures_are_commoner() -> None:
    assert [size(figure) for figure in (None, 0)] == [0.17, 0.17]
    assert [size(figure) for figure in (1, -1, 999, 1001)] == [2, 2, 1000, 1002]
    assert size(1000) == pytest.approx(1001 / 100.9)
    assert size(-20000) == pytest.approx(20001 / 1000.9)
    assert size(123000) == pytest.approx(123001 / 100.9)


# --- beliefs


def _context() -> Context:
    return Context(
        steps=[5724, 5742, None, -30, 0, 34, 205000, 572, 6000, 5724],
        weights=[1.0, 2.0, 0.5, 1.0, 1.0, 1.0, 3.5, 1.0, 1.0, 1.0],
        rows={0: (1, 7), 1: (0, 9), 3: (2, 4), 5: (4, 6)},
        years={0: (9,), 1: (9, 0), 4: (5, 0)},
        parts={0: (5, 7), 6: (0, 1, 5)},
        derived=mask_of((6, 7)),
        negative=mask_of((3, 5)),
        computed=1 << 9,
        results={1: {5700: "not-recalculated"}, 8: {60: "typed-over"}},
        lacking=lambda at, true: 3.0 + at + true % 2,
        tenths=1 << 8,
        in_sums=mask_of((0, 1, 4)),
        percentages=mask_of((5, 8)),
        barred=1 << 4,
        positive=mask_of((0, 7)),
        coarse={5: 10, 7: 4},
    )


def _of_beliefs() -> Iterator[str]:
    context = _context()
    trues = (5724, 5723, 5725, 5742, 5700, 5758, 6296, -5724, -3, 0, 30, 600, 60, 3400, 205000)
    for at in range(10):
        yield f"odds {at}: {digits(context.odds(at))}"
        for true in trues:
            chance, code = context.chance(at, true)
            prior = digits(context.prior(at, true))
            several = [
                " ".join(map(str, (digits(belief), why)))
                for belief, why in (
                    context.belief(at, true, span)
                    for span in ((true, true), (true - 5, true + 9), (None, 3), (true, None))
                )
            ]
            yield f"{at} {true}: {digits(chance)} {code} {prior} {several}"


def _of_plain_beliefs() -> Iterator[str]:
    """Of cells of which nothing is known but their figures."""
    context = Context([5724, None, 30, -8], [1.0] * 4, {}, {}, {})
    for at, true in product(range(4), (5725, 572, 3000, 300, 3, 0, -8, -30, -5724)):
        chance, code = context.chance(at, true)
        yield f"{at} {true}: {digits(chance)} {code} {digits(context.prior(at, true))}"
        yield f"{context.belief(at, true, (true - 1, None))} {context.guesses(at, (true, None))}"


def _of_guesses() -> Iterator[str]:
    context = _context()
    for at in range(10):
        for span in ((None, None), (3, 3), (5000, 6000), (None, 40), (100, None), (-60, -20)):
            yield f"{at} {span}: {context.guesses(at, span)}"


OTHERS: Sequence[list[float | None]] = ([], [None], [0.0], [6.0, None], [700.0, 900.0])


def _of_habits() -> Iterator[str]:
    year = {"a": 5.0, "b": 700.0, "c": None, "d": -40.0}
    like = {"a": 6.0, "b": 90.0, "c": None, "d": -41.0}
    other = {"a": None, "b": 700.0, "c": 3.0, "e": 8.0}
    empty = {"a": None, "b": 0.0}
    for sheets in ([], [[year, like]], [[year, other, empty]], [[year, like], [year, other]] * 3):
        habits: Habits = habits_of(sheets)
        for name, figure, others in product(("a", "c", "f"), (5, 800, -40), OTHERS):
            yield f"{name} {figure} {others}: {digits(habits.of_blank(name, figure, others))}"


# --- expressions


EXPRESSIONS: Final[dict[str, Expression]] = {
    "x + y": total(((1, X), (1, Y))),
    "x - y": total(((1, X), (-1, Y))),
    "3x - 2y + 1": total(((3, X), (-2, Y), (1, number(1)))),
    "x / 2 - y": total(((Fraction(1, 2), X), (-1, Y))),
    "x * y": Product(X, Y),
    "x * -2": multiplied(X, number(-2)),
    "x * 0": multiplied(X, number(0)),
    "x / y": Quotient(X, Y),
    "x / -2": quotient(X, number(-2)),
    "abs(x)": Absolute(X),
    "abs(x - y)": Absolute(total(((1, X), (-1, Y)))),
    "max(x, y)": Greatest((X, Y)),
    "min(x, y)": negated(Greatest((negated(X), negated(Y)))),
    "max(x, y) * z": Product(Greatest((X, Y)), Z),
    "x * y - z": total(((1, Product(X, Y)), (-1, Z))),
}
PLAIN: Final[dict[str, Callable[[int, int, int], Fraction | None]]] = {
    "x + y": lambda x, y, _: Fraction(x + y),
    "x - y": lambda x, y, _: Fraction(x - y),
    "3x - 2y + 1": lambda x, y, _: Fraction(3 * x - 2 * y + 1),
    "x / 2 - y": lambda x, y, _: Fraction(x, 2) - y,
    "x * y": lambda x, y, _: Fraction(x * y),
    "x * -2": lambda x, y, _: Fraction(-2 * x),
    "x * 0": lambda x, y, _: Fraction(0),
    "x / y": lambda x, y, _: Fraction(x, y) if y else None,
    "x / -2": lambda x, y, _: Fraction(x, -2),
    "abs(x)": lambda x, y, _: Fraction(abs(x)),
    "abs(x - y)": lambda x, y, _: Fraction(abs(x - y)),
    "max(x, y)": lambda x, y, _: Fraction(max(x, y)),
    "min(x, y)": lambda x, y, _: Fraction(min(x, y)),
    "max(x, y) * z": lambda x, y, z: Fraction(max(x, y) * z),
    "x * y - z": lambda x, y, z: Fraction(x * y - z),
}
GOALS: Final = ((0, 0), (2, 5), (-6, -2), (-float("inf"), 1), (3, float("inf")))
RECORD: Final = Figures([EXACT, EXACT, EXACT], [2, -3, 4])


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_narrowing_loses_no_value_and_ends_hold_them_all(name: str) -> None:
    expression, plain = EXPRESSIONS[name], PLAIN[name]
    for first, second in product(SPANS[2:], SPANS):
        values = [
            (x, y, value)
            for x, y in product(range(-4, 6), range(-4, 6))
            if inside(x, first) and inside(y, second) and (value := plain(x, y, 4)) is not None
        ]
        domains: Domains = {0: first, 1: second}
        low, high = expression.ends(RECORD, domains)
        assert all(low <= value <= high for _, _, value in values)
        for lo, hi in GOALS:
            rest = dict(domains)
            if not expression.narrow(RECORD, rest, lo, hi):
                assert not any(lo <= value <= hi for _, _, value in values)
                continue
            assert all(
                inside(x, rest[0]) and inside(y, rest[1])
                for x, y, value in values
                if lo <= value <= hi
            )


def _of_narrowing() -> Iterator[str]:
    several: list[Domains] = [
        {0: first, 1: second} for first, second in product(SPANS[1:5], SPANS[2:])
    ]
    several += [{0: span} for span in SPANS]
    several += [{1: span} for span in SPANS]
    for (name, expression), domains in product(EXPRESSIONS.items(), (*several, {})):
        ends = expression.ends(RECORD, domains)
        answers: list[str] = []
        for lo, hi in GOALS:
            rest = dict(domains)
            answers.append(str(rest) if expression.narrow(RECORD, rest, lo, hi) else "-")
        yield f"{name} {domains}: {ends[0]} to {ends[1]}; {'; '.join(answers)}"


def _of_roundings() -> Iterator[str]:
    for rounding in ("half_up", "truncate", "up", "floor", "nearest", "either"):
        cell = Variable("r", Fraction(1, 10), rounding, Fraction(1, 10))
        coarse = Variable("r", Fraction(1, 100), rounding, Fraction(1, 10))
        for variable in (cell, coarse):
            record = Figures([variable, EXACT], [25, 3])
            yield f"{rounding} {variable.loose()} {[variable.noise(sign) for sign in (-1, 0, 1)]}"
            for span in ((None, None), (None, -3), (-2, None), (0, 0), (5, 9), (-9, 9)):
                domains: Domains = {0: span}
                low, high = X.ends(record, domains)
                left = X.narrow(record, domains, Fraction(-1, 3), Fraction(4, 5))
                yield f"{span}: {low} to {high}; {left} {domains[0]}"


WEIGHED: Final = [Variable("x", 1, weight=2.0), Variable("y", 1, weight=3.0), Variable("z", 1)]
NESTED: Final[dict[str, Expression]] = {
    **EXPRESSIONS,
    "x * z": Product(X, Z),
    "z * x": Product(Z, X),
    "x * (y * z)": Product(X, Product(Y, Z)),
    "z * (x + y * z)": Product(Z, total(((1, X), (1, Product(Y, Z))))),
    "(x + y) / z": Quotient(total(((1, X), (2, Y))), Z),
    "x / (y * z)": Quotient(X, Product(Y, Z)),
    "x / y / z": Quotient(Quotient(X, Y), Z),
    "2 * x": Product(number(2), X),
    "3": number(3),
    "x * (y / z) + abs(x)": total(((1, Product(X, Quotient(Y, Z))), (2, Absolute(X)))),
    "x * y + z / y": total(((5, Product(X, Y)), (-1, Quotient(Z, Y)))),
}


def _of_affine() -> Iterator[str]:
    for name, expression in NESTED.items():
        kept = held(expression, WEIGHED)
        yield f"{name}: {kept} {list(quotients(expression))}"
        for mask in dict.fromkeys((kept, 0, 1, 6)):
            yield f"{mask}: {affine(expression, mask)}"
        yield f"{exactly(expression, RECORD)} {exactly(expression, Figures(WEIGHED, [1, 0, 5]))}"


def test_sums_are_flat_and_one_term_is_itself() -> None:
    assert total(((1, X),)) is X
    assert total(()) == Sum(())
    assert total(((2, X),)) == Sum(((2, X),))
    assert total(((1, total(((2, X), (3, Y)))), (-1, Z))) == Sum(((2, X), (3, Y), (-1, Z)))
    assert total(((-2, total(((2, X), (3, Y)))),)) == Sum(((-4, X), (-6, Y)))
    assert negated(negated(X)) is X


def test_sets_of_cells_are_what_they_say() -> None:
    places = (0, 3, 4, 9)
    assert mask_of(places) == 0b1000011001
    assert mask_of((3, 3)) == 8
    assert tuple(bits(mask_of(places))) == places
    assert union((1, 6, 4)) == 7
    assert union(()) == 0
    items = [0b1, 0b110, 0b1000, 0b10010, 0b1001]
    groups = sorted(sorted(group) for group in connected(items, lambda item: item))
    assert groups == [[0b1, 0b1000, 0b1001], [0b110, 0b10010]]
    assert series(((1, 2, 3), (4,))) == {1: (2, 3), 2: (1, 3), 3: (1, 2)}


def _values(span: Span) -> set[int]:
    return {value for value in range(-9, 10) if inside(value, span)}


def test_spans_meet_and_join_as_their_values_do() -> None:
    for a, b in product(SPANS, repeat=2):
        both = meet(a, b)
        assert (_values(both) if both else set()) == _values(a) & _values(b)
        joint = hull(a, b)
        values = _values(a) | _values(b)
        assert _values(joint) == set(range(min(values), max(values) + 1))


def test_whole_numbers_between_ends_are_divided_as_they_are_counted() -> None:
    for lo, hi, factor in product((None, -7, 0, 5), (None, -3, 6, 8), (-3, -1, 1, 2)):
        values = {
            value
            for value in range(-9, 10)
            if (lo is None or lo <= factor * value) and (hi is None or factor * value <= hi)
        }
        low, high = divided(lo, hi, factor)
        assert _values((low, high)) == values


# --- linear rules


NOISE: Final = (
    (-5, 0, True, False),
    (-5, 5, True, True),
    (0, 5, False, True),
    (-5, 5, False, False),
)


def _of_linear() -> Iterator[str]:
    several = [
        Linear({0: 1}, 2, 2, False, False, (), True, 1),
        Linear({0: 2, 1: -3, 2: 1}, -1, 4, False, False, (), True, 1),
        Linear({0: 2, 1: -3, 2: 1}, None, 4, False, True, (), False, 1),
        Linear({0: -10, 2: 10}, 0, 0, False, False, ((1, NOISE),), True, 10),
        Linear({0: -10, 1: 10}, 0, None, True, False, ((0, NOISE), (2, NOISE)), False, 10),
    ]
    records: list[list[int | None]] = [[2, 1, 3], [0, None, -2], [-1, -4, 5]]
    for linear, steps in product(several, records):
        yield f"{steps}: {linear.holds(steps)} {linear.bounds(steps, {})}"
        for ends in product((None, -1, 0, 1), repeat=2):
            bounded = linear._replace(lo=ends[0], hi=ends[1], rounded=())
            yield f"{ends}: {bounded.holds(steps)} {bounded.narrow(steps, {9: (1, 5)})}"
        for free in (1, 2, 3, 5, 7):
            domains: Domains = dict.fromkeys(bits(free), (-3, 6))
            yield f"{free}: {linear.bounds(steps, domains)} {linear.residue(steps, free)}"
            opened: Domains = dict.fromkeys(bits(free), (None, None))
            opened[next(bits(free))] = (None, 4)
            yield f"{linear.narrow(steps, domains)} {domains}"
            yield f"{linear.narrow(steps, opened)} {opened}"


SYSTEMS: Final[dict[str, list[simplex.Row]]] = {
    "solved": [({0: 1, 1: 1}, 10, 10), ({0: 1, 1: -1}, 4, 4)],
    "no whole numbers": [({0: 1, 1: 1}, 10, 10), ({0: 1, 1: -1}, 5, 5)],
    "three": [({0: 1, 1: 1, 2: 1}, 9, 9), ({0: 2, 1: -1}, 3, 3), ({1: 1, 2: -1}, 0, 4)],
    "dependent": [({0: 1, 1: 1}, 5, 5), ({1: 1, 2: 2}, 7, 7), ({0: 1, 1: 2, 2: 2}, 12, 12)],
    "dependent, but other": [
        ({0: 1, 1: 1}, 5, 5),
        ({1: 1, 2: 2}, 7, 7),
        ({0: 1, 1: 2, 2: 2}, 11, 11),
    ],
    "bounded": [({0: 1}, 0, 6), ({1: 1}, 1, 4), ({0: 1, 1: 2}, None, 9), ({0: 1, 1: 1}, 4, None)],
    "bounded by others": [({0: 1}, 2, None), ({1: 1}, 3, None), ({0: 2, 1: 1}, 7, None)],
    "bounds that clash": [({0: 1, 1: 1}, 5, None), ({0: 1}, None, 2), ({1: 1}, None, 2)],
    "an equation of bounds": [({0: 1, 1: -1}, None, 0), ({0: 1, 1: -1}, 0, None), ({0: 1}, 3, 8)],
    "under an equation": [({0: 1, 1: 1}, 8, 8), ({0: 3}, 2, 11), ({1: 2, 2: 1}, None, 6)],
    "under an equation, clash": [({0: 1, 1: 1}, 8, 8), ({0: 1, 1: 1}, 9, None)],
    "fractions": [({0: 3, 1: 2}, 7, 7), ({1: 5, 2: -4}, 1, 1), ({0: 1, 2: 1}, 0, 20)],
    "turning": [
        ({0: 1, 1: 2, 2: 3}, None, 12),
        ({0: 2, 1: 1, 2: -1}, -4, 6),
        ({0: -1, 1: 1, 2: 1}, -3, 5),
        ({0: 1}, 0, None),
        ({1: 1}, 0, None),
        ({2: 1}, -1, 3),
    ],
}


def _of_systems() -> Iterator[str]:
    for name, rows in SYSTEMS.items():
        for whole in (False, True):
            system = simplex.System(rows, whole=whole)
            clash = None if system.clash is None else sorted(system.clash)
            dependent = {number: sorted(used) for number, used in system.dependent.items()}
            yield f"{name} {whole}: {clash} {dependent} {simplex.infeasible(rows)}"
            if clash is not None:
                continue
            places = sorted({at for factors, _, _ in rows for at in factors})
            yield f"{[system.span(at) for at in places]} {system.tight()}"
            for number in system.unequal:
                follows = system.follows(number)
                yield f"{number} follows {None if follows is None else sorted(follows)}"


def test_spans_of_a_system_are_those_of_its_whole_solutions() -> None:
    """Where every corner is whole, the ends are those that counting gives."""
    rows = SYSTEMS["bounded"]
    points = [
        (x, y)
        for x, y in product(range(-20, 21), repeat=2)
        if 0 <= x <= 6 and 1 <= y <= 4 and x + 2 * y <= 9 and x + y >= 4
    ]
    system = simplex.System(rows, whole=True)
    assert system.span(0) == (min(x for x, _ in points), max(x for x, _ in points))
    assert system.span(1) == (min(y for _, y in points), max(y for _, y in points))


FORMULAS: Final[dict[str, list[str]]] = {
    "a circle": ["x > y", "y > z", "z >= x", "a == b"],
    "three": ["a == b + c", "b == c + 1", "a == 2 * c + 2", "c >= 0"],
    "implied": ["a == b + c", "m <= n", "n <= k", "b == a - c", "m <= k + 1"],
    "implied sum": ["a == b", "b == c", "a + b == 2 * c"],
    "implied bounds": ["a <= b", "b <= a", "a == b", "a >= b - 1"],
    "never fails": ["a >= a - 1", "abs(a) >= 0", "a > 0 or a <= 0", "a > 0 or a < 0"],
    "impossible": ["p == p + 1", "a > 0 and a < 0", "present(a) and blank(a)"],
    "held": ["a == b * c", "a / b == c", "b == 0", "max(a, b) <= c"],
    "two groups": ["a == b", "b == a", "x >= y", "x >= y - 1"],
    "many ways": ["a == 1 or a == 2 or a == 3", "not (a == 1 and b == 2)", "a == 9"],
    "one of": ["a in [1, 2]", "a not in [3]", "a == 2 and 1 == 1", "1 == 2"],
    "no formula": ["a =="],
    "texts and numbers": ["a == 'x'", "1 == 2 or a == b", "-(a - b) <= 3"],
    "each of several": ["max(3, a) <= 5", "max(3, 7) <= 5", "abs(a - b) < 3", "min(a, b) >= c"],
    "over the limit": [" or ".join(f"a == {at} and b != {at}" for at in range(40)), "a == 41"],
    "unusable": ["count(a, b) == 1", "a == b"],
}


def _of_forms() -> Iterator[str]:
    """What a few rules say under forms that have all that they need, or lack it."""
    session = load()
    codes = ("FND001", "PCC001", "KPI001", "EVL001", "BOK001", "TXT010")
    rules = RuleSet(session.rules[code] for code in codes)
    for name in ("hamabe", "kushiro", "minato"):
        found = analyse(rules, session.forms[name])
        never = {code: text.en for code, text in found.never_applies.items()}
        yield f"{name}: {never} {sorted(found.left_out)} {found.elsewhere} {found.implied}"


def _of_analyses() -> Iterator[str]:
    for name, formulas in FORMULAS.items():
        try:
            found = analyse_formulas(formulas)
        except AuditorError as fault:
            yield f"{name}: {type(fault).__name__}"
            continue
        implied = [(each.rule, each.by) for each in found.implied]
        yield f"{name}: {found.contradicting} {implied}"
        for texts in (found.never_fails, found.never_applies, found.left_out):
            yield f"{ {formula: text.en for formula, text in texts.items()} }"


# --- candidates and worlds


def candidate(belief: float, *cells: int, count: int = 1, plausibility: float = 1.0) -> Candidate:
    slips = tuple((at, "arbitrary") for at in cells)
    point = {at: at * 10 for at in cells}
    domains: Domains = {at: (at * 10, at * 10) for at in cells}
    return Candidate(slips, "arbitrary", point, domains, belief, count, 0, plausibility)


def _name(several: Candidate) -> str:
    places = [at for at, _ in several.slips]
    return f"{digits(several.belief)} {places} {several.slip} {several.count} {several.unknown}"


def _of_worlds() -> Iterator[str]:
    first = Part.of(0, [candidate(0.1, 1), candidate(0.4, 0, 2), candidate(0.4, 3)], True)
    second = Part.of(1, [candidate(0.02, 4, 5, count=2), candidate(0.01, 6)], False, 0.3)
    third = Part.of(2, [candidate(0.2, 7, 8, 9, 10, count=4, plausibility=0.01)], True, 0.5)
    several = [
        Block(candidate(0.3, 0, 4), frozenset((0, 1))),
        Block(candidate(0.2, 7), frozenset((2,))),
        Block(candidate(0.15, 11), frozenset((3,))),
    ]
    parts = (first, second, third)
    for part in parts:
        names = [_name(each) for each in part.candidates]
        yield f"{sorted(part.settles)} {digits(part.none)} {digits(part.total)} {names}"
    yield f"{digits(total_of(parts))} {digits(total_of(()))}"
    yield f"{[[_name(each) for each in choice] for choice in likeliest(parts)]}"
    yield f"{[[_name(each) for each in choice] for choice in likeliest(parts[:1])]}"
    for blocks in ((), several[:1], several[:2], several):
        options = worlds(parts, blocks)
        yield f"{[[sorted(part.settles) for part in world] for world in options]}"
        for limit in (1, 3, 20):
            listed = explanations(options, limit)
            yield f"{limit} {[(_name(each), digits(share)) for each, share in listed]}"
    yield _name(joined([candidate(0.5, 1), candidate(0.25, 2, count=2)]))


def test_slips_that_differ_are_several() -> None:
    assert common_slip(()) == "missing"
    assert common_slip({"sign-lost"}) == "sign-lost"
    assert common_slip({"sign-lost", "arbitrary"}) == "several"
    only = candidate(0.5, 1)
    assert joined([only]) is only
    assert only.times(1.0) is only
    assert only.times(0.5).belief == 0.25


def test_shares_are_thousandths_that_leave_room_for_what_is_not_listed() -> None:
    def whole(*weights: float) -> list[int]:
        parts, rest = shares(weights)
        assert sum(parts) + rest == 1
        return [*(int(part * 1000) for part in parts), int(rest * 1000)]

    assert whole() == [1000]
    assert whole(1.0) == [999, 1]
    assert whole(0.5, 0.25) == [500, 250, 250]
    assert whole(0.6004, 0.4) == [599, 400, 1]
    assert whole(0.0004) == [0, 1000]
    assert whole(0.5, 0.5) == [500, 499, 1]


# --- numbers


def test_numbers_are_taken_as_far_as_they_can_be_searched() -> None:
    largest = 10**24 - 1
    for value in (largest, -largest, str(largest), Decimal(largest), Fraction(largest)):
        assert as_decimal("a", value) == Decimal(
            value if not isinstance(value, Fraction) else largest
        )
    for value in (10**24, -(10**24), str(10**24), Decimal(10**24), Fraction(10**24)):
        with pytest.raises(ValueError, match="can be searched"):
            as_decimal("a", value)
    for places, is_taken in ((29, True), (30, False)):
        text = f"0.{'0' * (places - 1)}1"
        for value in (text, Decimal(text), Fraction(1, 10**places)):
            if is_taken:
                assert as_decimal("a", value) == Decimal(text)
            else:
                with pytest.raises(ValueError, match="can be searched"):
                    as_decimal("a", value)
    with pytest.raises(ValueError, match="is no number"):
        as_decimal("a", Fraction(1, 10**31))
    assert as_decimal("a", Fraction(-3, 8)) == Decimal("-0.375")
    assert as_decimal("a", "+5") == 5
    assert as_decimal("a", None) is None
    assert positive("a", "0.5") == Decimal("0.5")
    for step in (0, -1, "x", None):
        with pytest.raises(ValueError, match="above 0"):
            positive("a", step)


def test_a_value_counts_in_its_step_or_in_its_last_place() -> None:
    one, tenth, hundredth = Decimal(1), Decimal("0.1"), Decimal("0.01")
    assert on_grid(Decimal("5.2"), tenth) == (tenth, 52)
    assert on_grid(Decimal("5.25"), tenth) == (hundredth, 525)
    assert on_grid(Decimal("5.25"), None) == (hundredth, 525)
    assert on_grid(Decimal(-30), None) == (one, -30)
    assert on_grid(Decimal("3E+2"), None) == (one, 300)
    assert on_grid(Decimal(30), Decimal(10)) == (Decimal(10), 3)
    assert on_grid(Decimal(35), Decimal(10)) == (one, 35)


PARTS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "slips": _of_slips,
    "sources": _of_sources,
    "beliefs": _of_beliefs,
    "plain beliefs": _of_plain_beliefs,
    "guesses": _of_guesses,
    "habits": _of_habits,
    "narrowing": _of_narrowing,
    "sums of cells": _of_affine,
    "roundings": _of_roundings,
    "linear rules": _of_linear,
    "systems": _of_systems,
    "analyses": _of_analyses,
    "rules under forms": _of_forms,
    "worlds": _of_worlds,
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_the_search_says_what_it_said(name: str) -> None:
    STORED.compare(name, {"lines": list(PARTS[name]())})


def test_each_stored_answer_has_a_part() -> None:
    STORED.cases_are(PARTS)


@pytest.mark.parametrize(
    ("true", "printed", "masks", "plausibility"),
    [
        (0, 5, "", 1.0),
        (3, 5, "barred negative positive", 1.0),
        (-3, 5, "barred negative positive", 0.0),
        (-3, -5, "barred", 0.0),
        (-3, -5, "negative positive", 1.0),
        (-3, 5, "negative positive", ALLOWED),
        (-3, None, "negative", ALLOWED),
        (-3, 5, "positive", NEGATIVE * NEGATIVE),
        (-5, 5, "positive", NEGATIVE),
        (-3, 5, "", NEGATIVE),
        (-3, 0, "", NEGATIVE),
    ],
)
def test_a_figure_below_zero_is_less_plausible(
    true: int, printed: int | None, masks: str, plausibility: float
) -> None:
    """As far as its form allows no such figure, and its column has none."""
    bits = {name: int(name in masks.split()) << 1 for name in ("barred", "negative", "positive")}
    context = cast(Context, SimpleNamespace(steps=[7, printed], **bits))
    assert Context.plausibility(context, 1, true) == plausibility
