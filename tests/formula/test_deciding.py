"""What decides an answer is true and no more than needed, and formulas are written as they are
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import reference_judge as reference
from hypothesis import given
from hypothesis import strategies as st
from test_judge import NAMES, VOCABULARY, Row, conditions, point, printed, quantity

from auditor.formula.deciding import Decider, deciders
from auditor.formula.parse import parse
from auditor.formula.trace import trace
from auditor.formula.tree import shape
from auditor.formula.values import BLANK, UNKNOWN, Missing
from auditor.formula.written import written
from auditor.records.figures import Answer, Interval, middle


def row_of(figures: Mapping[str, Any], **more: Any) -> Row:
    return Row({name: quantity(figure) for name, figure in figures.items()}, **more)


def decided(formula: str, row: Row) -> tuple[Decider[Row], ...]:
    return deciders(trace(parse(formula, VOCABULARY, "row"), row))


def named(items: tuple[Decider[Row], ...]) -> list[str]:
    """The names of all cells of some deciders."""
    return [name for item in items for _, name in item.cells]


@given(conditions(once=False), printed)
def test_every_answer_hangs_on_something(tree: reference.Tree, figures: Mapping[str, Any]) -> None:
    row = row_of(figures)
    whole = trace(parse(reference.written(tree), VOCABULARY, "row"), row)
    items = deciders(whole)
    assert items
    kinds = {item.kind for item in items}
    match whole.answer:
        case Answer.UNKNOWN:
            assert kinds <= {"blank", "unknown", "all_blank", "division", "no_row"}
            for item in items:
                if item.kind != "division":
                    assert all(isinstance(row.values[name], Missing) for _, name in item.cells)
        case Answer.MAY:
            assert kinds == {"rounding"}
            assert all(isinstance(row.values[name], Interval) for name in named(items))
        case _:
            assert kinds == {"condition"}
            assert all(item.part.answer in (Answer.YES, Answer.NO) for item in items)


@given(conditions(once=False), printed, st.data())
def test_filling_a_named_cell_changes_the_answer_or_another_is_named(
    tree: reference.Tree, figures: Mapping[str, Any], data: st.DataObject
) -> None:
    formula, row = reference.written(tree), row_of(figures)
    whole = trace(parse(formula, VOCABULARY, "row"), row)
    if whole.answer is not Answer.UNKNOWN:
        return
    items = [item for item in deciders(whole) if item.kind != "division" and item.cells]
    if not items:
        return
    item = data.draw(st.sampled_from(items))
    _, name = data.draw(st.sampled_from(item.cells))
    filled = replace(row, values={**row.values, name: data.draw(st.integers(-3, 3))})
    after = trace(parse(formula, VOCABULARY, "row"), filled)
    if after.answer is Answer.UNKNOWN:
        left = deciders(after)
        assert left
        assert name not in [n for i in left if i.kind != "division" for _, n in i.cells]


@given(conditions(once=False), printed)
def test_what_is_not_named_has_no_part_in_the_unknown(
    tree: reference.Tree, figures: Mapping[str, Any]
) -> None:
    """With all named cells filled, only a divisor that is 0 can leave the answer unknown, or what
    they uncovered: a cell that was not looked at before.
    """
    formula, row = parse(reference.written(tree), VOCABULARY, "row"), row_of(figures)
    for _ in range(len(NAMES) + 1):
        whole = trace(formula, row)
        names = named(tuple(item for item in deciders(whole) if item.kind != "division"))
        if whole.answer is not Answer.UNKNOWN or not names:
            break
        row = replace(row, values={**row.values, **dict.fromkeys(names, 1)})
    assert whole.answer is not Answer.UNKNOWN or {i.kind for i in deciders(whole)} == {"division"}


@given(conditions(once=True), printed)
def test_without_the_named_roundings_the_answer_is_not_open(
    tree: reference.Tree, figures: Mapping[str, Any]
) -> None:
    """Where each figure is used once: with every named figure exact, only what they uncovered can
    leave the answer open, and nothing does in the end.
    """
    formula, row = parse(reference.written(tree), VOCABULARY, "row"), row_of(figures)
    whole = trace(formula, row)
    for _ in range(len(NAMES) + 1):
        if whole.answer is not Answer.MAY:
            return
        names = named(deciders(whole))
        assert names
        exact = {name: middle(row.values[name]) for name in names}  # type: ignore[arg-type]
        row = replace(row, values={**row.values, **exact})
        whole = trace(formula, row)
    assert whole.answer is not Answer.MAY


@given(conditions(once=False))
def test_a_formula_is_written_as_it_is_read(tree: reference.Tree) -> None:
    node = parse(reference.written(tree), VOCABULARY, "row")
    assert shape(parse(written(node), VOCABULARY, "row")) == shape(node)


@pytest.mark.parametrize(
    "formula",
    [
        "a - (b - c) == -(a + b) * 2",
        "a / (b * c) < 0.5 and not (a == b or c == 1)",
        'word in ["x", "y\\"z"] or word != "長い語"',
        "abs(a - prior.b) <= max(sum(parts), zero(c))",
        "not present(a) and (b > 1 and c > 1)",
    ],
)
def test_brackets_stand_where_they_are_needed(formula: str) -> None:
    assert written(parse(formula, VOCABULARY, "row")) == formula


@pytest.mark.parametrize(
    ("formula", "values", "kinds"),
    [
        # Only what is text keeps the sum from being known; the blank beside it does not.
        ("sum(parts) == 1", {"a": UNKNOWN, "b": BLANK, "c": 1}, [("unknown", ["a"])]),
        # Where nothing is printed, one of the parts would be enough.
        ("sum(parts) == 1", dict.fromkeys("abc", BLANK), [("all_blank", ["a", "b", "c"])]),
        # Both cells have to be filled.
        ("a + b == c", {"a": BLANK, "b": BLANK, "c": 1}, [("blank", ["a"]), ("blank", ["b"])]),
        # What is known already decides nothing.
        ("a == c and b == c", {"a": 1, "b": UNKNOWN, "c": 1}, [("unknown", ["b"])]),
        ("abs(a) == 1", {"a": BLANK}, [("blank", ["a"])]),
        ("zero(a) == 1", {"a": UNKNOWN}, [("unknown", ["a"])]),
        ("prior.a == 1", {}, [("no_row", [])]),
        ("a / b == 1", {"a": 1, "b": Interval(-1, 1)}, [("division", ["b"])]),
        ('param("four") == a', {"a": 1}, [("param", [])]),
        ("agreed(a) == a", {"a": 1}, [("agreed", [])]),
        ('[word, word] in table("x")', {"word": BLANK}, [("blank", ["word"])]),
        ("a == b", {"a": Interval(0, 2), "b": 1}, [("rounding", ["a"])]),
        ("a == b and c == 1", {"a": 1, "b": 1, "c": 2}, [("condition", [])]),
    ],
)
def test_what_decides(
    formula: str, values: Mapping[str, Any], kinds: list[tuple[str, list[str]]]
) -> None:
    items = decided(formula, Row(values))
    assert [(item.kind, named((item,))) for item in items] == kinds


def test_a_cell_of_two_places_is_named_once() -> None:
    row = row_of({"a": "text", "b": point(1)})
    assert named(decided("a == b and a + b == 2", row)) == ["a"]
