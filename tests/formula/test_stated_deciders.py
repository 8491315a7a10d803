"""What an answer hangs on, stated whole: every decider of a formula on a row, with the part that it is
about, its cells and their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
import test_judge
import test_judge_steps
from test_judge import VOCABULARY
from test_judge_steps import SET, set_of

from auditor.formula.deciding import Decider, deciders
from auditor.formula.parse import parse
from auditor.formula.trace import trace
from auditor.formula.tree import Call, Compare, Field, Items, Members, Node, Number
from auditor.formula.values import BLANK, UNKNOWN, RowSet, Value
from auditor.formula.written import written
from auditor.records.figures import Interval

WORDS: Final[Mapping[str, Value]] = {"B": BLANK, "U": UNKNOWN, "R": Interval(0, 2)}
"""What stands for a value in the cases: blank, unknown, rounded."""


def valued(words: str) -> dict[str, Value]:
    """The values of ``a``, ``b`` and ``c``."""
    values = (WORDS[word] if word in WORDS else int(word) for word in words.split())
    return dict(zip("abc", values, strict=True))


def shown(items: tuple[Decider[Any], ...], rows: Mapping[int, str]) -> list[str]:
    """Each decider in a line; ``rows`` has the names of rows by their identity."""
    return [
        f"{kind} {written(part.node)} | "
        f"{' '.join(rows[id(row)] + name for row, name in cells)} | {size}"
        for kind, part, cells, size in items
    ]


def decided(formula: str, values: str, prior: str | None) -> list[str]:
    row = test_judge.Row(valued(values))
    rows = {id(row): ""}
    if prior is not None:
        row.links["prior"] = there = test_judge.Row(valued(prior))
        rows[id(there)] = "prior."
    return shown(deciders(trace(parse(formula, VOCABULARY, "row"), row)), rows)


@pytest.mark.parametrize(
    ("formula", "values", "lines"),
    [
        ("a == 1 and b == 1", "U B 1", ["unknown a | a | 1", "blank b | b | 1"]),
        ("a == 1 and b == 1", "1 B 1", ["blank b | b | 1"]),
        ("a == 1 or b == 1", "U 2 1", ["unknown a | a | 1"]),
        ("a == 1 or b == 1", "U 1 1", ["condition b == 1 |  | 0"]),
        ("a == 1 or b == 1", "2 2 1", ["condition a == 1 |  | 0", "condition b == 1 |  | 0"]),
        ("not a == 1", "B 1 1", ["blank a | a | 1"]),
        ("not a == 1", "1 1 1", ["condition a == 1 |  | 0"]),
        ("not (a == 1 or b == 1)", "U B 1", ["unknown a | a | 1", "blank b | b | 1"]),
        ("a == b", "B B 1", ["blank a | a | 1", "blank b | b | 1"]),
        ("a == b", "B U 1", ["blank a | a | 1", "unknown b | b | 1"]),
        ("a == 3", "B 1 1", ["blank a | a | 1"]),
        ("-a == b", "U 1 1", ["unknown a | a | 1"]),
        ("-a == b", "1 U 1", ["unknown b | b | 1"]),
        ("a + b == c", "U B 1", ["unknown a | a | 1", "blank b | b | 1"]),
        ("a + b == c", "1 2 B", ["blank c | c | 1"]),
        ("a * b == a", "B 1 1", ["blank a | a | 1"]),
        ("a - a == b", "B 1 1", ["blank a | a | 1"]),
        ("a / b == c", "1 0 1", ["division b |  | 0"]),
        ("a / b == c", "1 R 1", ["division b | b | 0"]),
        ("a / b == c", "R 0 1", ["division b |  | 0"]),
        ("a / b == c", "B 0 1", ["blank a | a | 1"]),
        ("a / (b - c) == 1", "1 R R", ["division b - c | b c | 0"]),
        ("a / (b - c) == 1", "1 2 2", ["division b - c |  | 0"]),
        ("1 + a / b == c", "1 0 1", ["division b |  | 0"]),
        ("a / b == c / b", "1 0 1", ["division b |  | 0", "division b |  | 0"]),
        ("abs(a) == 1", "U 1 1", ["unknown a | a | 1"]),
        ("abs(a) == 1", "B 1 1", ["blank a | a | 1"]),
        ("zero(a) == 1", "B 1 1", ["condition zero(a) == 1 |  | 0"]),
        ("zero(a) == 1", "U 1 1", ["unknown a | a | 1"]),
        ("sum(parts) == 1", "B B B", ["all_blank sum(parts) | a b c | 3"]),
        ("sum(parts) == 1", "B U B", ["unknown parts | b | 1"]),
        ("sum(parts) == 1", "U U 1", ["unknown parts | a | 1", "unknown parts | b | 1"]),
        ("sum([a, b]) == 1", "B B 1", ["all_blank sum([a, b]) | a b | 2"]),
        ("sum([a, b]) == 1", "U B 1", ["unknown a | a | 1"]),
        ("sum([a, a + b]) == 1", "1 B 1", ["blank b | b | 1"]),
        ("sum([a, a + b]) == 1", "1 U 1", ["unknown b | b | 1"]),
        ("sum([a, a + b]) == 1", "B B 1", ["blank a | a | 1", "blank b | b | 1"]),
        ("sum(a, b) == 1", "B U 1", ["unknown b | b | 1"]),
        ("max(a, b) == 1", "B B 1", ["all_blank max(a, b) | a b | 2"]),
        ("max(a, b) == 1", "U 5 1", ["unknown a | a | 1"]),
        ("min(parts) == 1", "U 5 B", ["unknown parts | a | 1"]),
        ("sum([a, sum([b, c])]) == 1", "1 U 2", ["unknown b | b | 1"]),
        ("sum([a, sum([b, c])]) == 1", "1 B B", ["condition sum([a, sum([b, c])]) == 1 |  | 0"]),
        ("sum([a, sum([b, c])]) == 1", "B B B", ["all_blank sum([a, sum([b, c])]) | a b c | 3"]),
        ("sum([abs(a), b]) == 1", "U U B", ["unknown a | a | 1", "unknown b | b | 1"]),
        ("sum([abs(a), b]) == 1", "B B B", ["blank a | a | 1"]),
        ("count(parts) == 1", "U B 1", ["unknown parts | a | 1"]),
        ("present(a)", "B 1 1", ["condition present(a) |  | 0"]),
        ("present(a)", "U 1 1", ["unknown a | a | 1"]),
        ("not present(a) and b == 1", "B U 1", ["unknown b | b | 1"]),
        ('param("four") == a', "1 1 1", ['param param("four") |  | 0']),
        ('param("three") == a', "B 1 1", ["blank a | a | 1"]),
        ("agreed(a) == b", "1 1 1", ["agreed agreed(a) |  | 0"]),
        ("agreed(a) == b", "1 B 1", ["agreed agreed(a) |  | 0", "blank b | b | 1"]),
        ("a in [1, 2]", "U 1 1", ["unknown a | a | 1"]),
        ("a in [1, 2]", "3 1 1", ["condition a in [1, 2] |  | 0"]),
        ("a in [b, 2]", "1 B 1", ["blank b | b | 1"]),
        ("[a, b] in [[1, 1], [c, 2]]", "1 U B", ["unknown b | b | 1", "blank c | c | 1"]),
        ("a == b", "R 1 1", ["rounding a == b | a | 1"]),
        ("a == b", "R R 1", ["rounding a == b | a b | 2"]),
        ("a + b == c", "R 1 R", ["rounding a + b == c | a c | 2"]),
        ("a - a == b", "R 1 1", ["rounding a - a == b | a | 1"]),
        ("a == b and b == c", "R 1 R", ["rounding a == b | a | 1", "rounding b == c | c | 1"]),
        ("a == b or b == c", "R 1 2", ["rounding a == b | a | 1"]),
        ("a == b or b == c", "R 1 1", ["condition b == c |  | 0"]),
        ("not a == b", "R 1 1", ["rounding a == b | a | 1"]),
        ("not (a == b and c == 1)", "R 1 1", ["rounding a == b | a | 1"]),
        ("a == b and c == 1", "R 1 U", ["unknown c | c | 1"]),
        ("sum(parts) == 3", "R 1 R", ["rounding sum(parts) == 3 | a c | 2"]),
        ("abs(a) == 1", "R 1 1", ["rounding abs(a) == 1 | a | 1"]),
        ("a == 1 and b == 1", "1 2 1", ["condition b == 1 |  | 0"]),
        (
            "a == 1 and (b == 1 or c == 2)",
            "1 2 1",
            ["condition b == 1 |  | 0", "condition c == 2 |  | 0"],
        ),
    ],
)
def test_what_an_answer_hangs_on(formula: str, values: str, lines: list[str]) -> None:
    assert decided(formula, values, None) == lines


@pytest.mark.parametrize(
    ("formula", "values", "prior", "lines"),
    [
        ("prior.a == 1", "1 1 1", None, ["no_row prior.a |  | 0"]),
        ("prior.a == 1", "1 1 1", "B 1 1", ["blank prior.a | prior.a | 1"]),
        ("a == prior.a", "U 1 1", "U 1 1", ["unknown a | a | 1", "unknown prior.a | prior.a | 1"]),
        ("sum(prior.parts) == a", "1 1 1", None, ["no_row sum(prior.parts) |  | 0"]),
        (
            "sum(prior.parts) == a",
            "1 1 1",
            "B B B",
            ["all_blank sum(prior.parts) | prior.a prior.b prior.c | 3"],
        ),
        ("sum(prior.parts) == a", "1 1 1", "U 1 B", ["unknown prior.parts | prior.a | 1"]),
        ("sum([a, prior.a]) == 1", "B 1 1", None, ["blank sum([a, prior.a]) | a | 1"]),
        (
            "sum([a, prior.a]) == 1",
            "B 1 1",
            "B 1 1",
            ["all_blank sum([a, prior.a]) | a prior.a | 2"],
        ),
        ("sum([a, prior.a]) == 1", "U 1 1", "B 1 1", ["unknown a | a | 1"]),
        ("prior.a == a", "1 1 1", "R 1 1", ["rounding prior.a == a | prior.a | 1"]),
        ("abs(prior.a) == 1", "1 1 1", None, ["no_row prior.a |  | 0"]),
        ("abs(prior.a) == 1", "1 1 1", "U 1 1", ["unknown prior.a | prior.a | 1"]),
        ("a == 1", "B 1 1", None, ["blank a | a | 1"]),
    ],
)
def test_what_an_answer_hangs_on_beside_another_row(
    formula: str, values: str, prior: str | None, lines: list[str]
) -> None:
    assert decided(formula, values, prior) == lines


A: Final = Field((), "a", "number", 0)
ALIKE: Final = Call("unique", (A, Field((), "b", "number", 0)), 0)


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ("B B 1", ["all_blank unique(a, b) | a b | 2"]),
        ("B 1 1", ["rows unique(a, b) |  | 0"]),
        ("1 U 1", ["unknown b | b | 1"]),
        ("U U 1", ["unknown a | a | 1", "unknown b | b | 1"]),
        ("U B 1", ["unknown a | a | 1"]),
        ("1 1 1", ["rows unique(a, b) |  | 0"]),
    ],
)
def test_what_keeps_it_from_being_known_whether_another_row_is_alike(
    values: str, lines: list[str]
) -> None:
    row: Any = test_judge_steps.Row(valued(values))
    assert shown(deciders(trace(ALIKE, row)), {id(row): ""}) == lines


def test_nothing_printed_of_the_only_cell_is_a_blank() -> None:
    row: Any = test_judge_steps.Row({"a": BLANK})
    lines = shown(deciders(trace(Call("unique", (A,), 0), row)), {id(row): ""})
    assert lines == ["blank unique(a) | a | 1"]


def of_set(rows: RowSet, *more: Node) -> list[str]:
    """The deciders of ``sum(set) == 1``, the rows of the set numbered; with more items, of the sum
    of a list.
    """
    row: Any = test_judge_steps.Row({"a": UNKNOWN}, rows=rows)
    argument = Items((SET, *more), 0) if more else SET
    node = Compare("==", Call("sum", (argument,), 0), Number(1, 0), 0)
    names = {id(item): str(number) for number, item in enumerate(rows.rows)}
    items = deciders(trace(node, row))
    assert {type(item.part.node) for item in items} <= {Members, Field, Call}
    return [
        f"{kind} {' '.join(names.get(id(end), '') + name for end, name in cells)} {size}"
        for kind, _, cells, size in items
    ]


def test_what_keeps_the_sum_of_a_set_from_being_known() -> None:
    assert of_set(set_of(1, 2, is_certain=False)) == ["rows  0"]
    assert of_set(set_of(1, UNKNOWN, BLANK, UNKNOWN)) == ["unknown 1a 3a 2"]
    assert of_set(set_of(BLANK, BLANK)) == ["no_row  0"]
    assert of_set(set_of()) == ["no_row  0"]
    assert of_set(set_of(1, UNKNOWN), A) == ["unknown 1a 1", "unknown a 1"]
    assert of_set(set_of(1, is_certain=False), A) == ["rows  0", "unknown a 1"]
    many = of_set(set_of(*[UNKNOWN] * 12))
    assert many == ["unknown 0a 1a 2a 3a 4a 5a 6a 7a 12"]
