"""The steps of the judge, each by itself: what is missing, words side by side, what nobody typed,
groups behind links, and sets of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import pytest

from auditor.formula.functions import FUNCTIONS, OfParts
from auditor.formula.judge import (
    alone,
    arithmetic,
    compare,
    equal_to,
    gathered,
    judge,
    listed,
    measure,
    members,
    negative,
    printed_of,
    tabled,
    typed,
)
from auditor.formula.tree import Call, Field, Items, Members, Name, Number, String
from auditor.formula.values import BLANK, UNKNOWN, RowSet, Value
from auditor.records.figures import Answer, Interval, Quantity

YES, MAY, NO, UNSURE = Answer.YES, Answer.MAY, Answer.NO, Answer.UNKNOWN
MISSING: Final = (BLANK, UNKNOWN)


@dataclass(eq=False)
class Row:
    """What a formula sees, by hand; ``set`` is what any path of it gathers."""

    values: Mapping[str, Value] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    formula_cells: frozenset[str] = frozenset()
    links: dict[str, Row] = field(default_factory=dict)
    rows: RowSet = field(default_factory=RowSet)
    like: RowSet | None = None
    of_group: Quantity | None = None

    def link(self, name: str) -> Row | None:
        return self.links.get(name)

    def param(self, name: str) -> Quantity | None:
        return 3 if name == "three" else None

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        return [("a", "*"), (name, name)]

    def over_group(self, *_: object) -> Quantity | None:
        return self.of_group

    def group_rows(self) -> None:
        return None

    def gathered(self, *_: object) -> RowSet:
        return self.rows

    def alike(self, *_: object) -> RowSet | None:
        return self.like


def test_what_is_missing_or_a_word_makes_no_number() -> None:
    for value in (*MISSING, "word"):
        assert negative(value) is UNKNOWN
        for pair in ((value, 1), (1, value), (value, value)):
            assert arithmetic("+", *pair) is UNKNOWN
    assert negative(3) == -3
    results = [arithmetic(operator, 7, 2) for operator in ("+", "-", "*")]
    assert results == [9, 5, 14]
    assert arithmetic("/", 8, 2) == 4
    assert arithmetic("/", 8, 0) is UNKNOWN


OPERATORS: Final = ("==", "!=", "<", "<=", ">", ">=")


def test_numbers_are_compared_and_words_are_the_same_or_not() -> None:
    for a, b in product((1, 2, 3), repeat=2):
        answers = [compare(operator, a, b) is YES for operator in OPERATORS]  # type: ignore[arg-type]
        assert answers == [a == b, a != b, a < b, a <= b, a > b, a >= b]
    assert [compare(operator, "a", "a") for operator in ("==", "!=")] == [YES, NO]  # type: ignore[arg-type]
    assert [compare(operator, "a", "b") for operator in ("==", "!=")] == [NO, YES]  # type: ignore[arg-type]
    assert compare("==", "1", 1) is NO
    for missing, operator in product(MISSING, OPERATORS):
        for pair in ((missing, 1), ("a", missing), (missing, missing)):
            assert compare(operator, *pair) is UNSURE  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "options", "answer"),
    [
        (["a"], [], NO),
        (["a"], [["b"], ["a"]], YES),
        (["a", 1], [["a", 2], ["b", 1]], NO),
        (["a", 1], [["a", UNKNOWN], ["b", 1]], UNSURE),
        (["a", UNKNOWN], [["b", 1]], NO),
        (["a", Interval(0, 2)], [["a", 1]], MAY),
        ([BLANK], [["a"]], UNSURE),
        ([Interval(0, 2), BLANK], [[1, 1]], UNSURE),
        ([UNKNOWN], [["a"], [1]], UNSURE),
        ([Interval(0, 2)], [[UNKNOWN], [1]], MAY),
    ],
)
def test_values_in_a_list(values: list[Value], options: list[list[Value]], answer: Answer) -> None:
    assert listed(values, options) is answer


def test_words_in_a_table() -> None:
    table = [("a", "*"), ("b", "c")]
    answers = {pair: tabled(pair, table) for pair in product("abc", repeat=2)}
    assert {pair for pair, answer in answers.items() if answer is YES} == {
        ("a", "a"),
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    }
    assert set(answers.values()) == {YES, NO}
    assert tabled(["a", BLANK], table) is tabled([UNKNOWN, "c"], table) is UNSURE
    assert tabled(["a"], table) is tabled(["a", "b", "c"], table) is NO


def test_a_zero_of_a_formula_cell_is_blank_and_no_other_value() -> None:
    values = {"x": 0, "y": 0, "z": 5, "w": Interval(-1, 1), "t": UNKNOWN}
    row: Any = Row(values, formula_cells=frozenset({"x", "z", "w", "t"}))
    assert {name: typed(row, name) for name in (*values, "nothing")} == {
        "x": BLANK,
        "y": 0,
        "z": 5,
        "w": BLANK,
        "t": UNKNOWN,
        "nothing": BLANK,
    }


GROUP: Final = Field((), "parts", "group", 0)


def test_figures_of_a_group_are_those_of_the_row_that_links_lead_to() -> None:
    there: Any = Row({"p": 1}, {"parts": ("p", "q")})
    row: Any = Row({"a": 2}, {"parts": ("a",)}, links={"prior": there})
    assert members(GROUP, row) == [(row, "a")]
    behind = Field(("prior",), "parts", "group", 0)
    assert members(behind, row) == [(there, "p"), (there, "q")]
    assert members(behind, there) == []
    assert members(Field(("prior", "prior"), "parts", "group", 0), row) == []
    assert members(Call("group", (Name("parts", 0),), 0), row) == [(row, "a")]
    assert members(Call("param", (Name("parts", 0),), 0), row) == []
    assert members(Number(1, 0), row) == []
    assert members(Field((), "others", "group", 0), row) == []
    total = measure(Call("sum", (behind,), 0))
    there.values["q"] = 5
    assert (total(row), total(there)) == (6, BLANK)
    here = measure(Call("sum", (GROUP,), 0))
    assert here(row) == 2


def test_sums_of_groups_lists_and_numbers_side_by_side() -> None:
    row: Any = Row({"a": 2, "b": 3, "c": 4}, {"parts": ("a", "b")})
    plain = Field((), "c", "number", 0)
    both = Items((plain, Number(10, 0)), 0)
    assert measure(Call("sum", (GROUP, both), 0))(row) == 19
    assert measure(Call("max", (GROUP, plain), 0))(row) == 4
    assert measure(Call("min", (both,), 0))(row) == 4
    assert measure(Call("param", (Name("three", 0),), 0))(row) == 3
    assert measure(Call("param", (Name("four", 0),), 0))(row) is UNKNOWN


def test_what_the_form_declares_goes_before_what_a_group_tells() -> None:
    expression = Field((), "a", "number", 0)
    declared = measure(Call("agreed", (expression, Name("three", 0)), 0))
    lacking = measure(Call("agreed", (expression, Name("four", 0)), 0))
    rows: list[Any] = [Row(), Row(of_group=8)]
    assert [declared(row) for row in rows] == [3, 3]
    assert [lacking(row) for row in rows] == [UNKNOWN, 8]


@pytest.mark.parametrize("node", [String("a", 0), Call("present", (GROUP,), 0)])
def test_what_is_no_number_is_refused(node: Any) -> None:
    with pytest.raises(TypeError, match="not a number"):
        measure(node)


@pytest.mark.parametrize("node", [Number(1, 0), GROUP, Call("sum", (GROUP,), 0)])
def test_what_is_no_condition_is_refused(node: Any) -> None:
    with pytest.raises(TypeError, match="not a condition"):
        judge(node)


SET: Final = Members((), "parts", (), (), "a", "number", 0)


def set_of(*values: Value, is_certain: bool = True) -> RowSet:
    rows: Any = [Row({"a": value}, formula_cells=frozenset({"a"})) for value in values]
    return RowSet(rows, is_certain=is_certain)


def test_a_set_is_that_of_the_row_that_links_lead_to() -> None:
    there: Any = Row(rows=set_of(1, 2))
    row: Any = Row(links={"prior": there})
    behind = Members(("prior",), "parts", (), (), "a", "number", 0)
    assert gathered(behind, row) is there.rows
    assert list(gathered(behind, there).rows) == []
    assert gathered(SET, there) is there.rows
    assert [name for _, name in members(SET, there)] == ["a", "a"]
    assert measure(Call("sum", (behind,), 0))(row) == 3


def test_of_a_set_that_is_not_certain_nothing_is_known() -> None:
    total = measure(Call("sum", (SET,), 0))
    rows: list[Any] = [Row(rows=set_of(1, 2)), Row(rows=set_of(1, 2, is_certain=False))]
    assert [total(row) for row in rows] == [3, UNKNOWN]


def test_of_a_set_those_are_counted_that_somebody_typed() -> None:
    judgements = {name: function.judgement for name, function in FUNCTIONS.items()}
    typed_only = [
        name
        for name, judgement in judgements.items()
        if isinstance(judgement, OfParts) and judgement.typed_only
    ]
    assert "count" in typed_only
    row: Any = Row(rows=set_of(0, 5, BLANK, 7))
    assert measure(Call("count", (SET,), 0))(row) == 2
    assert measure(Call("sum", (SET,), 0))(row) == 12
    assert measure(Call("min", (SET,), 0))(row) == 0


def test_printed_and_equal_figures_of_a_set() -> None:
    row: Any = Row(rows=set_of(1, BLANK, UNKNOWN, 1, 2))
    cells = printed_of(SET, row)
    assert [end.values["a"] for end, _ in cells] == [1, UNKNOWN, 1, 2]
    assert len(equal_to(SET, row, 1)) == 2
    assert [len(equal_to(SET, row, value)) for value in (2, 3)] == [1, 0]


def test_figures_of_a_set_may_stand_behind_a_link() -> None:
    end: Any = Row({"a": 4})
    rows: Any = [Row({"a": 1}, links={"prior": end}), Row({"a": 2})]
    row: Any = Row(rows=RowSet(rows))
    behind = Members((), "parts", (), ("prior",), "a", "number", 0)
    assert members(behind, row) == [(end, "a")]
    assert measure(Call("sum", (behind,), 0))(row) == 4


def test_a_row_is_alone_among_those_like_it() -> None:
    answers = [alone(rows) for rows in (None, set_of(), set_of(1), set_of(1, 1))]
    assert answers == [UNSURE, YES, YES, NO]
    lonely = judge(Call("unique", (Field((), "a", "number", 0),), 0))
    rows: list[Any] = [Row(like=set_of(1)), Row(like=set_of(1, 1)), Row()]
    assert [lonely(row) for row in rows] == [YES, NO, UNSURE]


def test_what_a_set_keeps_of_one_name_is_not_that_of_another() -> None:
    """A set of rows is shared by all formulas that ask for it."""
    ends: list[Any] = [Row({"a": 10, "b": 20}), Row({"a": 30, "b": BLANK})]
    rows: Any = [
        Row({"a": 1, "b": 2}, links={"prior": ends[0]}),
        Row({"a": 3, "b": 1}, links={"prior": ends[1]}),
    ]
    row: Any = Row(rows=RowSet(rows))
    sets = {
        (then, name): Members((), "parts", (), then, name, "number", 0)
        for then, name in product(((), ("prior",)), "ab")
    }
    for _ in range(2):
        sums = {key: measure(Call("sum", (node,), 0))(row) for key, node in sets.items()}
        assert list(sums.values()) == [4, 3, 40, 20]
        counts = {key: measure(Call("count", (node,), 0))(row) for key, node in sets.items()}
        assert list(counts.values()) == [2, 2, 2, 1]
        assert [len(members(node, row)) for node in sets.values()] == [2, 2, 2, 2]
        assert [len(printed_of(node, row)) for node in sets.values()] == [2, 2, 2, 1]
        for value, sizes in ((1, [1, 1, 0, 0]), (BLANK, [0, 0, 0, 1]), (30, [0, 0, 1, 0])):
            assert [len(equal_to(node, row, value)) for node in sets.values()] == sizes


def test_a_name_that_a_row_lacks_is_blank() -> None:
    there: Any = Row()
    row: Any = Row(links={"prior": there})
    for links in ((), ("prior",), ("next",), ("prior", "prior")):
        assert measure(Field(links, "a", "number", 0))(row) is BLANK
