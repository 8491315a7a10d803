"""The exact judge against the slow reference: `no` and `yes` are never wrong, points are exact,
and so is all that uses a figure once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
import reference_judge as reference
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from auditor.formula.judge import judge, measure
from auditor.formula.parse import parse
from auditor.formula.trace import trace
from auditor.formula.tree import Scope, Vocabulary
from auditor.formula.values import BLANK, UNKNOWN, RowSet, Value
from auditor.records.figures import Answer, Interval, Quantity, exact

NAMES = ("a", "b", "c", "d", "e")
VOCABULARY = Vocabulary(
    {
        "row": Scope(
            {**dict.fromkeys(NAMES, "number"), "word": "text", "parts": "group"},
            {"prior": "row", "next": "row"},
        )
    }
)


@dataclass(eq=False)
class Row:
    """What a formula sees, by hand."""

    values: Mapping[str, Value]
    groups: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"parts": ("a", "b", "c")}
    )
    formula_cells: frozenset[str] = frozenset()
    links: dict[str, Row] = field(default_factory=dict)
    pairs: Sequence[tuple[str, ...]] = ()

    def link(self, name: str) -> Row | None:
        return self.links.get(name)

    def param(self, name: str) -> Quantity | None:
        return 3 if name == "three" else None

    def table(self, name: str) -> Sequence[tuple[str, ...]]:  # noqa: ARG002
        return self.pairs

    def over_group(self, *_: object) -> Quantity | None:
        return None

    def group_rows(self) -> None:
        return None

    def gathered(self, *_: object) -> RowSet:
        return RowSet()

    def alike(self, *_: object) -> RowSet | None:
        return None


def quantity(figure: Any) -> Value:
    if figure == "blank":
        return BLANK
    if figure == "text":
        return UNKNOWN
    lo, hi, lo_open, hi_open = figure
    return (
        exact(Fraction(lo))
        if lo == hi
        else Interval(exact(Fraction(lo)), exact(Fraction(hi)), lo_open, hi_open)
    )


def judged(formula: str, figures: Mapping[str, Any], **more: Any) -> Answer:
    return judge(parse(formula, VOCABULARY, "row"))(
        Row({name: quantity(figure) for name, figure in figures.items()}, **more)
    )


@st.composite
def intervals(draw: DrawFn) -> tuple[Fraction, Fraction, bool, bool]:
    lo = Fraction(draw(st.integers(-6, 6)), 2)
    return lo, lo + Fraction(draw(st.integers(1, 6)), 2), draw(st.booleans()), draw(st.booleans())


points = st.integers(-6, 6).map(
    lambda value: (Fraction(value, 2), Fraction(value, 2), False, False)
)
printed = st.fixed_dictionaries(
    {name: points | intervals() | st.sampled_from(["blank", "text"]) for name in NAMES}
)
printed_points = st.fixed_dictionaries(
    {name: points | st.sampled_from(["blank", "text"]) for name in NAMES}
)


@st.composite
def numbers(draw: DrawFn, pool: list[str], *, once: bool, depth: int = 3) -> reference.Tree:
    """A number of a formula; with ``once``, names are taken out of the pool as they are used."""

    def name() -> str:
        chosen = draw(st.sampled_from(pool))
        if once:
            pool.remove(chosen)
        return chosen

    kinds = ["number"] + (["field", "field", "zero"] if pool else [])
    if depth:
        kinds += ["+", "-", "*", "/", "sum", "min", "max", "negative"] + ([] if once else ["abs"])
    kind = draw(st.sampled_from(kinds))
    below = numbers(pool, once=once, depth=depth - 1)
    match kind:
        case "number":
            return ("number", draw(st.integers(0, 3)))
        case "field" | "zero":
            return (kind, name())
        case "sum" | "min" | "max":
            return (kind, [draw(below) for _ in range(draw(st.integers(1, 3)))])
        case "negative" | "abs":
            return (kind, draw(below))
        case _:
            return (kind, draw(below), draw(below))


@st.composite
def conditions(draw: DrawFn, *, once: bool, depth: int = 2) -> reference.Tree:
    kind = draw(
        st.sampled_from(
            ["compare", "compare", "present", "blank", *(["and", "or", "not"] if depth else [])]
        )
    )
    below = conditions(once=once, depth=depth - 1)
    match kind:
        case "present" | "blank":
            return (kind, draw(st.sampled_from(NAMES)))
        case "and" | "or":
            return (kind, [draw(below) for _ in range(draw(st.integers(2, 3)))])
        case "not":
            return (kind, draw(below))
        case _:
            pool = list(NAMES)
            side = numbers(pool, once=once)
            return (
                draw(st.sampled_from(["==", "!=", "<", "<=", ">", ">="])),
                draw(side),
                draw(side),
            )


@given(conditions(once=True), printed)
def test_answers_are_exact_where_each_figure_is_used_once(
    tree: reference.Tree, figures: Mapping[str, Any]
) -> None:
    assert judged(reference.written(tree), figures).name.lower() == reference.answer(tree, figures)


@given(conditions(once=False), printed)
def test_no_and_yes_are_sound_whatever_is_used_twice(
    tree: reference.Tree, figures: Mapping[str, Any]
) -> None:
    answer = judged(reference.written(tree), figures)
    if answer in (Answer.YES, Answer.NO):
        for _, at in zip(
            range(400), reference.assignments(tree, figures, inside=True), strict=False
        ):
            assert reference.sampled(tree, figures, at) == answer.name.lower()


@given(conditions(once=False), printed_points)
def test_points_are_exact(tree: reference.Tree, figures: Mapping[str, Any]) -> None:
    at = {name: figure[0] for name, figure in figures.items() if figure not in ("blank", "text")}
    assert judged(reference.written(tree), figures).name.lower() == reference.sampled(
        tree, figures, at
    )


@given(conditions(once=False), printed)
def test_a_trace_answers_as_the_judge_does(
    tree: reference.Tree, figures: Mapping[str, Any]
) -> None:
    """The judge's fast path and the trace are two walks over one set of steps."""
    formula = parse(reference.written(tree), VOCABULARY, "row")
    row = Row({name: quantity(figure) for name, figure in figures.items()})
    whole = trace(formula, row)
    assert whole.answer is judge(formula)(row)
    for part in whole.walk():
        if part.answer is not None:
            assert part.answer is judge(part.node)(row)
        elif part.value is not None:  # a list has neither
            assert measure(part.node)(row) == part.value


def point(value: int) -> tuple[int, int, bool, bool]:
    return value, value, False, False


def test_a_chain_is_all_of_its_comparisons() -> None:
    assert judged("a < b <= c", {"a": point(1), "b": point(2), "c": point(2)}) is Answer.YES
    assert judged("a < b < c", {"a": point(1), "b": point(2), "c": point(2)}) is Answer.NO


def test_and_goes_below_unknown_for_a_no_and_or_above_it_for_a_yes() -> None:
    figures = {"a": point(1), "b": "text"}
    assert judged("a == 1 and b == 1", figures) is Answer.UNKNOWN
    assert judged("a == 2 and b == 1", figures) is Answer.NO
    assert judged("a == 1 or b == 1", figures) is Answer.YES
    assert judged("a == 2 or b == 1", figures) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"a": point(1), "b": "blank", "c": "blank"}, Answer.YES),
        ({"a": "blank", "b": "blank", "c": "blank"}, Answer.UNKNOWN),
        ({"a": point(1), "b": "text", "c": "blank"}, Answer.UNKNOWN),
        ({"a": point(1), "b": point(1), "c": "blank"}, Answer.NO),
    ],
)
def test_a_sum_takes_blanks_as_nothing_unless_all_are(
    values: Mapping[str, Any], answer: Answer
) -> None:
    assert judged("sum(parts) == 1", values) is answer


@pytest.mark.parametrize(
    ("figure", "count"),
    [
        (point(0), 0),
        ((-1, 1, True, True), 0),
        ((0, 1, False, True), 0),
        (point(5), 1),
        ((Fraction(1, 2), 2, False, True), 1),
        ("blank", 0),
    ],
)
def test_count_leaves_out_what_a_formula_cell_prints_as_0(figure: Any, count: int) -> None:
    """A 0 is a 0 in a form that rounds, too: there it stands for the values that print as it."""
    values = {"a": figure, "b": "blank", "c": "blank"}
    assert judged(f"count(parts) == {count}", values, formula_cells=frozenset({"a"})) is Answer.YES
    printed_zero = 0 if figure == "blank" else 1
    assert judged(f"count(parts) == {printed_zero}", values) is Answer.YES


def test_count_is_unknown_where_a_part_is() -> None:
    """Whether an unknown cell was blank on paper, nobody knows."""
    values = {"a": "text", "b": point(1), "c": "blank"}
    assert judged("count(parts) == 1", values) is Answer.UNKNOWN
    assert judged("count(parts) == 2", values) is Answer.UNKNOWN


def test_links_lead_to_other_rows_and_to_blanks_where_there_is_none() -> None:
    prior = Row({"a": 4})
    row = Row({"a": 5}, links={"prior": prior})
    assert judge(parse("prior.a == 4", VOCABULARY, "row"))(row) is Answer.YES
    assert judge(parse("blank(prior.prior.a)", VOCABULARY, "row"))(row) is Answer.YES
    assert judge(parse("next.a == 4", VOCABULARY, "row"))(row) is Answer.UNKNOWN


def test_parameters_and_tables_come_from_the_form() -> None:
    row = Row({"a": 3, "word": "end"}, pairs=[("end", "*"), ("new", "end")])
    assert judge(parse('a == param("three")', VOCABULARY, "row"))(row) is Answer.YES
    assert judge(parse('a == param("four")', VOCABULARY, "row"))(row) is Answer.UNKNOWN
    assert judge(parse('[word, word] in table("changes")', VOCABULARY, "row"))(row) is Answer.YES
    assert (
        judge(parse('["old", word] not in table("changes")', VOCABULARY, "row"))(row) is Answer.YES
    )
    assert judge(parse('word in ["end", "stop"]', VOCABULARY, "row"))(row) is Answer.YES
    assert (
        judge(parse('[word, prior.word] in table("changes")', VOCABULARY, "row"))(row)
        is Answer.UNKNOWN
    )
