"""The search against trying everything: on small records, each minimal set is found and nothing
else is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, product
from random import Random

import pytest

from auditor.formula.judge import judge
from auditor.formula.parse import parse
from auditor.formula.tree import Scope, Vocabulary
from auditor.records.figures import Answer, exact
from auditor.suspects.locating import Infeasible, Undecided, locate

NAMES = ("a", "b", "c", "d")
VOCABULARY = Vocabulary({"record": Scope(dict.fromkeys(NAMES, "number"))})
REACH = range(-15, 31)


class Plain:
    """A record of whole numbers as the judge sees it."""

    groups: Mapping[str, tuple[str, ...]] = {}
    formula_cells: frozenset[str] = frozenset()

    def __init__(self, values: Mapping[str, int]) -> None:
        self.values = {name: exact(value) for name, value in values.items()}


@lru_cache
def judged(formula: str) -> Callable[[Plain], Answer]:
    return judge(parse(formula, VOCABULARY, "record"))  # type: ignore[return-value]


def holds(values: Mapping[str, int], formulas: Sequence[str]) -> bool:
    row = Plain(values)
    return all(judged(formula)(row) >= Answer.MAY for formula in formulas)


def atom(random: Random) -> str:
    x, y, z = random.sample(NAMES, 3)
    number = random.randrange(2, 12)
    return random.choice(
        [
            f"{x} == {y} + {z}",
            f"{x} == {y} - {z} + {number}",
            f"{x} == {number} * {y}",
            f"{x} <= {y}",
            f"{x} < {y} + {number}",
            f"{x} >= {number}",
            f"{x} == {y} * {z}",
            f"{x} * {y} == {number} * {z}",
            f"{x} == {y} / {z}",
            f"abs({x} - {y}) <= {number}",
            f"{x} == max({y}, {z})",
            f"min({x}, {y}) >= {number}",
            f"{x} != {y}",
            f"sum({x}, {y}, {z}) == {number * 3}",
        ]
    )


def formula(random: Random) -> str:
    kind = random.random()
    if kind < 0.6:
        return atom(random)
    if kind < 0.8:
        return f"not ({atom(random)}) or {atom(random)}"
    return f"{atom(random)} {random.choice(('and', 'or'))} {atom(random)}"


def tied(formulas: Sequence[str]) -> bool:
    """Whether several cells that may all be wrong are multiplied, divided, or the greatest of
    each other.
    """
    return any(re.search(r"[a-d] [*/] [a-d]|max", text) for text in formulas)


def brute(values: Mapping[str, int], formulas: Sequence[str]) -> list[frozenset[str]]:
    """The minimal sets of cells with some values in reach that make all formulas hold."""
    found: list[frozenset[str]] = []
    for size in range(3):
        for names in combinations(NAMES, size):
            if any(one <= set(names) for one in found):
                continue
            if any(
                holds({**values, **dict(zip(names, new, strict=True))}, formulas)
                for new in product(REACH, repeat=size)
            ):
                found.append(frozenset(names))
        if found and size == min(map(len, found)):
            break  # the smallest are enough: the search promises them all
    return found


@pytest.mark.parametrize("seed", range(150))
def test_the_smallest_sets_are_those_of_trying_everything(seed: int) -> None:
    random = Random(seed)
    values = {name: random.randrange(0, 13) for name in NAMES}
    formulas = [formula(random) for _ in range(2)]
    smallest = brute(values, formulas)
    try:
        found = locate(values, formulas, limit=100)
    except Infeasible:
        assert not smallest
        return
    except Undecided:
        assert tied(formulas), (
            "only products of several uncertain cells are out of the reach of the search"
        )
        return
    if smallest == [frozenset()]:
        assert found == []
        return
    assert found.complete or tied(formulas)
    if any(cell.corrected is None for one in found for cell in one.cells):
        return  # a side of an inequality, of which nothing is claimed
    for one in found:
        assert holds(
            {**values, **{cell.field: int(cell.corrected) for cell in one.cells}}, formulas
        )
    if not found.complete:
        return
    least = min(len(one.cells) for one in found)
    ours = {frozenset(one.fields) for one in found if len(one.cells) == least}
    if smallest:  # else the values needed are out of the reach of trying
        assert least <= len(smallest[0])
    if smallest and least == len(smallest[0]):
        assert ours >= set(smallest)
        for names in ours - set(smallest):
            [one] = [one for one in found if frozenset(one.fields) == names]
            assert any(not -15 <= cell.corrected <= 30 for cell in one.cells), (
                "a set that trying everything should have found"
            )
    for one in found:
        corrected = {cell.field: int(cell.corrected) for cell in one.cells}
        if len(one.cells) == least:
            for cell in one.cells:
                part = {name: value for name, value in corrected.items() if name != cell.field}
                assert not holds({**values, **part}, formulas), "a smaller set would do"
