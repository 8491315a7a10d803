"""Records of plain names, in full.

That is which numbers they take, how they count, which words fit, what contradicts itself, and what
is said of formulas and rules as such.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import chain, combinations, product
from random import Random
from typing import Any, Final

import pytest

from auditor.auditing.session import load
from auditor.records.errors import AuditorError
from auditor.suspects import simplex
from auditor.suspects.analysis import Analysis, analyse, analyse_formulas, unusable
from auditor.suspects.implications import contradiction, implications, in_groups
from auditor.suspects.locating import locate
from auditor.suspects.numbers import as_decimal, on_grid, positive
from auditor.suspects.plain import layout, plain_record
from auditor.suspects.plain_words import PlainWords, printed_words
from auditor.suspects.slips import CODES, slip
from tests.suspects.model_numbers import model_numbers
from tests.suspects.recorded import Stored, digits, suspect_lines

STORED: Final = Stored("plain")
NUMBERS: Final[Sequence[Any]] = (
    *(0, 7, -7, 10**24 - 1, 10**24, -(10**24), True, False, 2.5, -0.0, 1e300, 0.1),
    *(float("nan"), float("inf"), float("-inf")),
    *map(Decimal, ("0", "5.20", "-3E+2", "1E-29", "1E-30", "NaN", "sNaN", "Infinity", "1E+24")),
    *(Fraction(1, 3), Fraction(-7, 8), Fraction(5), Fraction(1, 2**30), Fraction(1, 2**31)),
    *(Fraction(1, 10**29), Fraction(10**25, 3), Fraction(-3, 20)),
    *("5", "+5", "-5.50", "5.", ".5", "1e3", " 5", "5 ", "", "５", "1,000", "x", "△3", "0005"),
    *("9" * 24, "9" * 25, "0." + "1" * 29, "0." + "1" * 30, None, (), [5], b"5", object, 1j),
)
STEPS: Final = (None, *map(Decimal, ("1", "0.1", "0.25", "10", "3", "1E+3")))
VALUES: Final = tuple(
    map(Decimal, ("0", "5", "-30", "5.2", "5.25", "-0.75", "3E+2", "5.20", "1000"))
)


def _tried(work: Callable[[], object]) -> str:
    """What comes of some work, or what is said of it."""
    try:
        return str(work())
    except (AuditorError, ValueError, TypeError) as fault:
        return f"{type(fault).__name__}: {fault}"


def _of_numbers() -> Iterator[str]:
    for value in NUMBERS:
        yield f"{value!r}: {_tried(partial(as_decimal, 'x', value))}"
        yield f"as a step: {_tried(partial(positive, 'x', value))}"
    for value, step in product(VALUES, STEPS):
        yield f"{value} in {step}: {on_grid(value, step)}"


def _of_layouts() -> Iterator[str]:
    for names in (
        (),
        ("a",),
        ("a", "b", "c"),
        ("a1", "b1", "a2", "b2", "c"),
        ("x_2022_1", "x_2023_1", "x_2022_2", "y_2022_1", "7", "8"),
        ("２a", "3a", "a", "a4b"),
    ):
        yield f"{names}: {layout(names)}"


# --- records


RECORDS: Final[dict[str, tuple[Mapping[str, Any], Sequence[Any], Mapping[str, Any]]]] = {
    "plain": ({"x": 5, "y": "7.5", "z": None}, ["x == y + z"], {}),
    "fine steps": (
        {"x": "5.25", "y": "7.5", "z": "-3"},
        ["x == y + z"],
        {"steps": {"x": "0.1", "z": 2}},
    ),
    "one step": ({"x": "5.25", "y": 7, "z": 30}, ["x == y + z"], {"steps": "0.25"}),
    "a step of ten": ({"x": 50, "y": 75, "z": 30}, ["x == y + z"], {"steps": 10}),
    "rounded": (
        {"x": "5.25", "y": 7, "z": 30},
        ["x == y + z", "y < z"],
        {"rounding": {"x": "half_up", "y": "truncate"}, "steps": {"x": "0.5"}},
    ),
    "all rounded": ({"x": 5, "y": 7}, ["x == y"], {"rounding": "up"}),
    "tenths rounded to ones": (
        {"x": "5.2", "y": 7},
        ["x == y"],
        {"rounding": {"x": "half_up"}, "steps": {"x": 1}},
    ),
    "weights": ({"x": 5, "y": 7}, ["x == y"], {"weights": {"x": 0.5, "y": 3}}),
    "fixed": ({"x": 5, "y": 7, "z": 1}, ["x == y", "y >= z"], {"fixed": ("y", "z")}),
    "wide names": ({"ｘ1": 5, "㍻": 7}, ["x1 == 平成"], {}),
    "words": (
        {"x": 5, "y": 7},
        ["x == y", 'w == "a" or x > 3', "v == w"],
        {"texts": {"w": "a", "v": "b"}},
    ),
    "a shared shape": ({"x": 6, "y": None}, ["x == y"], {}),
    "another shape": ({"x": 6, "y": 8}, ["x == y", "x > 0"], {}),
    "years": ({"a_1": 1, "b_1": 2, "a_2": None, "b_2": 4}, ["a_1 == b_1", "a_2 == b_2"], {}),
    # What is refused.
    "no such weight": ({"total": 5}, ["total == 1"], {"weights": {"totl": 2}}),
    "no such step": ({"total": 5}, ["total == 1"], {"steps": {"q": 2}}),
    "no such rounding": ({"total": 5}, ["total == 1"], {"rounding": {"q": "up"}}),
    "no such fixed": ({"total": 5}, ["total == 1"], {"fixed": ["Total"]}),
    "a weight of nothing": ({"x": 5}, ["x == 1"], {"weights": {"x": 0}}),
    "a weight below nothing": ({"x": 5}, ["x == 1"], {"weights": {"x": -1}}),
    "a weight without end": ({"x": 5}, ["x == 1"], {"weights": {"x": float("inf")}}),
    "a weight that is none": ({"x": 5}, ["x == 1"], {"weights": {"x": "3"}}),
    "a step of nothing": ({"x": 5}, ["x == 1"], {"steps": 0}),
    "no such mode": ({"x": 5}, ["x == 1"], {"rounding": {"x": "sideways"}}),
    "no such mode for all": ({"x": 5}, ["x == 1"], {"rounding": "sideways"}),
    "fixed without a value": ({"x": None}, ["x == 1"], {"fixed": ["x"]}),
    "no number": ({"x": "five"}, ["x == 1"], {}),
    "a formula that is none": ({"x": 5}, [5], {}),
    "a formula that can't be used": ({"x": 5, "y": 6}, ["count([x, y]) == 2"], {}),
    "a formula that can't be read": ({"x": 5}, ["x =="], {}),
    "no such name": ({"x": 5}, ["x == zz"], {}),
}
POINTS: Final = ({}, {0: 1}, {0: None}, {1: -4}, {0: 3, 1: 3})
SPANS: Final = ((None, None), (3, 3), (None, 4), (-2, None), (0, 9))


def _of_record(
    values: Mapping[str, Any], formulas: Sequence[Any], options: Mapping[str, Any]
) -> Iterator[str]:
    def work() -> Any:
        return plain_record(
            values,
            tuple(formulas),
            options.get("weights", {}),
            options.get("steps"),
            options.get("rounding"),
            options.get("fixed", ()),
            options.get("texts", {}),
        )

    fault = _tried(work)
    if "Error" in fault.partition(":")[0] or fault.startswith("WrongArgument"):
        yield fault
        return
    record = work()
    yield from map(repr, record.rules.variables)
    yield f"{record.problem.steps} {record.values} {list(record.grids)} {record.names}"
    yield f"{record.problem.missing} {record.problem.fixed} {dict(record.places)} {record.layout}"
    yield f"{[formula.names for formula in record.on_words]} {record.rules.names}"
    for point in POINTS:
        if max(point, default=0) >= len(record.names):
            continue
        row = record.corrected(point)(record.rules.judges[0].row)
        shown = {name: row.values.get(name, None) for name in (*record.places, "none", "w")}
        yield f"{point}: {shown} {record.broken_on_words(point, {'w': 'b'})}"
    for span, step in product(SPANS, (None, 3, 0)):
        for unknown in (False, True):
            yield repr(record.cell(0, step, span, "arbitrary", unknown))


# --- words


GRADES: Final = ("expand", "continue", "end")
ON_WORDS: Final[dict[str, tuple[Mapping[str, Any], Sequence[str], Mapping[str, Any]]]] = {
    "one formula": ({"w": "end", "x": 5}, ['w != "end" or x == 0'], {}),
    "two formulas": (
        {"w": "end", "v": "expand", "x": 5},
        ['w != "end" or x == 0', 'w != "end" or v == "end"'],
        {},
    ),
    "one that another word breaks": (
        {"w": "end", "x": 5},
        ['w != "end" or x == 0', 'w != "expand"', 'w != "continue" or x < 3'],
        {},
    ),
    "two causes": (
        {"w": "end", "v": "end", "x": 5, "y": 6},
        ['w != "end" or x == 0', 'v != "end" or y == 0'],
        {},
    ),
    "no word fits": ({"w": "end", "x": 5}, ['w == "never" or x == 0'], {}),
    "one of two fits": (
        {"w": "end", "v": "end", "x": 5},
        ['w == "never" or x == 0', 'v != "end" or x == 0'],
        {},
    ),
    "fixed word": ({"w": "end", "x": 5}, ['w != "end" or x == 0'], {"fixed": ["w"]}),
    "fixed figure": ({"w": "end", "x": 5}, ['w != "end" or x == 0'], {"fixed": ["x"]}),
    "fixed figure behind another": (
        {"w": "end", "x": 5, "y": 6},
        ['w != "end" or x == y'],
        {"fixed": ["y"]},
    ),
    "a word is missing": ({"w": None, "x": 5}, ['w != "end" or x == 0', "x == 4"], {}),
    "with a sum": (
        {"w": "end", "x": 8301, "a": 4000, "b": 4031},
        ['w != "end" or x > 8200', "x == a + b"],
        {},
    ),
    "with a sum that mends it": (
        {"w": "end", "x": 8301, "a": 4000, "b": 4031},
        ['w != "end" or x < 8200', "x == a + b"],
        {},
    ),
    "wide": ({"ｗ": "end", "x": 5}, ['w != "end" or x == 0'], {}),
}


def _of_words(
    values: Mapping[str, Any], formulas: Sequence[str], options: Mapping[str, Any]
) -> Iterator[str]:
    names = [name for name in values if not isinstance(values[name], int) or name == "w"]
    words = dict.fromkeys(names, GRADES)
    fixed = options.get("fixed", ())
    texts = printed_words(values, words, fixed)
    yield f"{texts}"
    figures = {name: value for name, value in values.items() if name not in words}
    record = plain_record(
        figures,
        tuple(formulas),
        {},
        None,
        None,
        [name for name in fixed if name in figures],
        PlainWords.texts(texts),
    )
    on_words = PlainWords(record, texts)
    for step in (None, 0, 1, 8031):
        point = {} if step is None else {0: step}
        yield f"{point}: {on_words.broken(point)}"
        for cells, share in on_words.fitting(point):
            yield f"{digits(share)} {[(cell.field, cell.word, cell.fits) for cell in cells]}"
            yield from map(repr, cells[:1])
    yield f"{_located(values, formulas, words=words, **options)}"


def _located(values: Mapping[str, Any], formulas: Sequence[str], **options: Any) -> str:
    def work() -> object:
        suspects = locate(values, formulas, **options)
        return suspect_lines(suspects), suspects.none_of_these, suspects.certain, suspects.complete

    return _tried(work)


REFUSED: Final[dict[str, Mapping[str, Any]]] = {
    "no such word": {"words": {"v": ["a"]}},
    "words in one text": {"words": {"w": "abc"}},
    "words that are none": {"words": {"w": [1, 2]}},
    "a number that is no word": {"words": {"x": ["a"]}},
    "no limit": {"limit": 0},
    "no nodes": {"nodes": 0},
    "one": {"limit": 1, "nodes": 1},
    "values without names": {"values": [1]},
    "one formula": {"formulas": "x == 1"},
}


def _of_refusals() -> Iterator[str]:
    for name, options in REFUSED.items():
        whole: dict[str, Any] = {"values": {"x": 5, "w": "a"}, "formulas": ["x == 1"]}
        whole |= {"words": {"w": ["a", "b"]}, **options}
        yield f"{name}: {_tried(partial(locate, **whole))}"


INFEASIBLE: Final[dict[str, tuple[Sequence[str], Mapping[str, Any]]]] = {
    "one": (["a == a + 1", "b == 3"], {}),
    "one of several": (["a == b", "c == c + 1", "b == c"], {}),
    "two": (["a == b + 1", "b == a + 1"], {}),
    "two of four": (["a == b", "b == c", "c == a + 2", "d == c"], {}),
    "two last": (["d == a", "b <= 3", "a == b + c", "a == b + c + 1"], {}),
    "three": (["a == b", "b == c + 1", "c == a", "c >= d"], {}),
    "four": (["a == b", "b == c", "c == d", "d == a + 1", "e >= d"], {}),
    "five": (["a == b", "b == c", "c == d", "d == e", "e == a + 1", "a >= 0"], {}),
    "three before six": (
        ["a == b", "b == c", "c == a + 1", "a <= d", "d <= e", "e <= b - 50"],
        {},
    ),
    "bounds": (["a <= b", "b <= c", "c <= a - 1", "a == 3"], {}),
    "fixed": (["a == b", "b == 9", "a >= c"], {"fixed": ["a"]}),
    "halves": (["2 * a == 2 * b + 1", "a == c"], {}),
    "undecided": (["a * a == b", "b == 10007"], {}),
    "products": (["a * b == 7", "a == 2", "b == 3"], {"fixed": ["a", "b"]}),
}


def _of_infeasible() -> Iterator[str]:
    values = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    for name, (formulas, options) in INFEASIBLE.items():
        yield f"{name}: {_located(values, formulas, **options)}"
        missing = {**values, "b": None}
        yield f"with a blank: {_located(missing, formulas, **options, nodes=60)}"


# --- formulas and rules as such


FORMULAS: Final[Sequence[Sequence[str]]] = (
    ["a == b", "b == c", "c == a"],
    ["a == b", "b == a", "a - b == 0"],
    ["a <= b", "b <= c", "c <= d", "a <= d"],
    ["a <= b", "b <= a", "a == b"],
    ["a <= b", "b <= a", "a == b", "b == c", "a == c", "c <= a + 4"],
    ["a >= 3", "a >= 2", "a >= 3.5", "a > 1"],
    ["a + b <= 10", "a >= 4", "b >= 3", "a <= 8", "b <= 6", "a + b <= 11"],
    ["a + b == 10", "a - b == 4", "a == 7", "b == 3", "a * 2 == 14"],
    ["a == 1", "a == 2"],
    ["a == b", "b == c", "a == c + 1"],
    ["a == b", "b == c", "c == d", "d == a + 1"],
    ["a <= b", "b <= c", "c <= a - 1", "a == 5"],
    ["a < b", "b < a + 1"],
    ["a == b + c and b == c", "a == 2 * c", "a == 2 * b"],
    ["a == b and c == d", "b == a", "d == c"],
    ["not a == b", "a == b"],
    ["a != b", "a < b or a > b"],
    ["a in [1, 2]", "a in [3]", "a not in [1, 2, 3]"],
    ["present(a)", "blank(a)", "present(a) or a == 1"],
    ["present(a) and blank(a)", "present(a) and present(b)", "blank(a) or present(a)"],
    ["a * b == c", "c == a * b", "a / b == c"],
    ["abs(a) <= 3", "a <= 4", "a >= -4", "abs(a) <= 2"],
    ["max(a, b) <= 3", "a <= 3", "b <= 4", "min(a, b) >= 1", "a >= 0"],
    ["a == sum(b, c)", "sum(b, c) == a", "sum(a, b) == 2 * b + c"],
    ["a >= 0 and a <= 5 and a == 6", "a == 2 or a == 3", "a == 2"],
    [" and ".join(f"(a == {at} or b == {at})" for at in range(6)), "a == b"],
    [" and ".join(f"(a == {at} or b == {at})" for at in range(7)), "a == b"],
    [" or ".join(f"a == {at}" for at in range(64)), "a == 70"],
    [" or ".join(f"a == {at}" for at in range(65)), "a == 70"],
    ["1 == 1", "1 == 2", "a - a == 0", "a - a == 1"],
    ["x.y == z", "min(f, g) == h"],
    ["平成 == ２ * b", "㍻ == 2 * b"],
)


def _analysed(analysis: Analysis) -> Iterator[str]:
    implied = [(each.rule, each.by) for each in analysis.implied]
    yield f"{analysis.contradicting} {implied} {list(analysis.elsewhere)}"
    for texts in (analysis.never_fails, analysis.never_applies, analysis.left_out):
        yield f"{ {code: (text.en, text.ja) for code, text in texts.items()} }"


def _of_formulas() -> Iterator[str]:
    for formulas in FORMULAS:
        yield f"{[formula[:40] for formula in formulas]}"
        try:
            yield from _analysed(analyse_formulas(formulas))
        except AuditorError as fault:
            yield f"{type(fault).__name__}: {str(fault)[:80]}"


def _of_forms(form: str) -> Iterator[str]:
    """What all shipped rules say under a form."""
    session = load()
    yield from _analysed(analyse(session.rules, session.forms[form]))
    if form == "kushiro":
        for rule, why in unusable(session.rules):
            yield f"{rule.key}: {why.en}"


def _rows_of(seed: int) -> dict[str, list[simplex.Row]]:
    """Linear rules over three to five names, some with two rows."""
    random = Random(seed)
    rules: dict[str, list[simplex.Row]] = {}
    for number in range(random.randint(3, 6)):
        rows: list[simplex.Row] = []
        for _ in range(random.choice((1, 1, 1, 2))):
            places = random.sample(range(5), random.randint(1, 3))
            factors = {at: random.choice((-2, -1, 1, 1, 2)) for at in places}
            lo, hi = random.choice(((0, 0), (0, 0), (None, 3), (-2, None), (1, 5), (4, 4)))
            rows.append((factors, lo, hi))
        rules[f"r{number}"] = rows
    if seed % 2:
        # One that follows: the sum of two others.
        first, second = rules["r0"][0], rules["r1"][0]
        factors = {at: first[0].get(at, 0) + second[0].get(at, 0) for at in {*first[0], *second[0]}}
        ends = (
            None if first[end] is None or second[end] is None else first[end] + second[end]
            for end in (1, 2)
        )
        lo, hi = ends
        rules["sum"] = [({at: factor for at, factor in factors.items() if factor}, lo, hi)]
    return rules


def _of_linear_rules() -> Iterator[str]:
    for seed in range(60):
        rules = _rows_of(seed)
        clash = contradiction(rules)
        implied = [] if clash else [(each.rule, each.by) for each in implications(rules)]
        yield f"{seed}: {in_groups(rules)} {clash} {implied}"
        rows = list(chain.from_iterable(rules.values()))
        for whole in (False, True):
            system = simplex.System(rows, whole=whole)
            conflict = None if system.clash is None else sorted(system.clash)
            dependent = {number: sorted(used) for number, used in system.dependent.items()}
            yield f"{conflict} {dependent}"
            if conflict is None:
                follows = {number: system.follows(number) for number in system.unequal}
                named = {
                    number: None if used is None else sorted(used)
                    for number, used in follows.items()
                }
                yield f"{[system.span(at) for at in range(5)]} {system.tight()} {named}"


def test_what_clashes_clashes_for_every_small_value() -> None:
    """Of seeded rules no values satisfy those that are said to contradict each other, and without
    any one of these some do.
    """
    for seed in range(60):
        rules = _rows_of(seed)
        clash = contradiction(rules)
        if not clash:
            continue
        for names in (clash, *combinations(clash, len(clash) - 1)):
            rows = list(chain.from_iterable(rules[name] for name in names))
            assert simplex.infeasible(rows) is (names == clash)
            if names == clash:
                assert not any(
                    all(_meets(row, values) for row in rows)
                    for values in product(range(-2, 3), repeat=5)
                )


def _meets(row: simplex.Row, values: Sequence[int]) -> bool:
    factors, lo, hi = row
    total = sum(factor * values[at] for at, factor in factors.items())
    return (lo is None or lo <= total) and (hi is None or total <= hi)


def _of_slips() -> Iterator[str]:
    for code in CODES:
        kind = slip(code)
        yield f"{kind.code}: {kind.en} / {kind.ja}"


PARTS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "numbers": _of_numbers,
    "layouts": _of_layouts,
    **{f"record: {name}": partial(_of_record, *RECORDS[name]) for name in RECORDS},
    **{f"words: {name}": partial(_of_words, *ON_WORDS[name]) for name in ON_WORDS},
    "refusals": _of_refusals,
    "infeasible": _of_infeasible,
    "formulas": _of_formulas,
    **{f"rules of {form}": partial(_of_forms, form) for form in ("kushiro", "minato", "hamabe")},
    "linear rules": _of_linear_rules,
    "kinds of slips": _of_slips,
}


@pytest.mark.parametrize("name", PARTS)
def test_plain_records_say_what_they_said(name: str) -> None:
    STORED.compare(name, {"lines": list(PARTS[name]())})


MODULES: Final = (
    *("analysis", "implications", "locating", "numbers", "plain", "plain_words", "symbols"),
    *("settling", "slips", "search", "simplex"),
)


@pytest.mark.parametrize("name", MODULES)
def test_the_numbers_of_plain_records_are_stated(name: str) -> None:
    Stored("numbers").compare(name, {"numbers": list(model_numbers(name))})


def test_each_stored_plain_answer_has_a_part() -> None:
    STORED.cases_are(PARTS)
