"""A hierarchy of items is written in the ways that budget books know, and read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.readers.listing.hierarchy import (
    Mark,
    by_columns,
    by_names,
    is_part_of_another,
    mark_of,
)

WORDS = ["試験税", "総務費", "管理費", "旅費", "需用費", "委託料", "諸収入", "基金", "雑入"]


class Node(NamedTuple):
    """An item of a drawn tree, by the index of its parent, with its place among its siblings."""

    name: str
    depth: int
    parent: int | None
    order: int


@st.composite
def trees(draw: st.DrawFn, most: int = 4) -> list[Node]:
    """The items of a tree in the order of a page; equal names come again below others."""
    nodes: list[Node] = []
    counts: dict[int | None, int] = {}
    for _ in range(draw(st.integers(1, 14))):
        path: list[int] = []
        at = len(nodes) - 1 if nodes else None
        while at is not None:
            path.insert(0, at)
            at = nodes[at].parent
        depth = draw(st.integers(0, min(len(path), most - 1)))
        parent = path[depth - 1] if depth else None
        counts[parent] = counts.get(parent, 0) + 1
        nodes.append(Node(draw(st.sampled_from(WORDS)), depth, parent, counts[parent]))
    return nodes


def parents(items: Sequence[object]) -> list[int | None]:
    return [getattr(item, "parent") for item in items]  # noqa: B009


def path_of(nodes: Sequence[Node], index: int) -> list[int]:
    parent = nodes[index].parent
    return [*(path_of(nodes, parent) if parent is not None else ()), index]


@given(trees(), st.booleans())
def test_levels_in_columns_are_read_back(nodes: list[Node], repeats: bool) -> None:
    rows: list[list[str]] = []
    for index, node in enumerate(nodes):
        row = ["", "", "", ""]
        for depth, at in enumerate(path_of(nodes, index)):
            if repeats or at == index:
                # A number tells equal names beside each other apart, as budget books do.
                row[depth] = f"{nodes[at].order} {nodes[at].name}"
        assert row[node.depth]
        rows.append(row)
    items = by_columns(rows)
    assert parents(items) == [node.parent for node in nodes]
    identifiers = [item.identifier for item in items]
    assert len(set(identifiers)) == len(identifiers)


STYLES: list[Callable[[int], str]] = [
    lambda n: f"{n} ",
    lambda n: f"({n}) ",
    lambda n: chr(0x2460 + n - 1) + " ",
    lambda n: "アイウエオカキクケコサシスセソ"[n - 1] + " ",
]
FULL_WIDTH: list[Callable[[int], str]] = [
    lambda n: f"{n}".translate(str.maketrans("0123456789", "０１２３４５６７８９")) + "．",
    lambda n: f"（{n}）",
    lambda n: f"第{n}節 ",
    lambda n: "一二三四五六七八九十"[n - 1] + "　",
]


@given(trees(), st.sampled_from([STYLES, FULL_WIDTH]))
def test_numbers_in_one_column_are_read_back(
    nodes: list[Node], styles: list[Callable[[int], str]]
) -> None:
    names = [
        styles[node.depth](min(node.order, 10)) + node.name
        for node in nodes
        if max(other.order for other in nodes) <= 10
    ]
    assert parents(by_names(names)) == [node.parent for node in nodes][: len(names)]


@given(trees(), st.sampled_from(["　", "  ", "    "]), st.booleans())
def test_indentation_is_read_back(nodes: list[Node], step: str, by_cells: bool) -> None:
    names = [step * node.depth + node.name for node in nodes]
    indents = [node.depth * 3 for node in nodes] if by_cells else None
    items = by_names([name.strip() for name in names] if by_cells else names, indents)
    if len({node.depth for node in nodes}) > 1:
        assert parents(items) == [node.parent for node in nodes]
    assert [item.name for item in items] == [node.name for node in nodes]


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("1 市税", Mark("1", 1, "市税")),
        ("1市税", Mark("1", 1, "市税")),
        ("１２．諸収入", Mark("1", 12, "諸収入")),
        ("第2款 総務費", Mark("款", 2, "総務費")),
        ("3款民生費", Mark("款", 3, "民生費")),
        ("(1) 市民税", Mark("(1)", 1, "市民税")),
        ("⑴市民税", Mark("(1)", 1, "市民税")),
        ("① 個人", Mark("①", 1, "個人")),
        ("ア 旅費", Mark("ア", 1, "旅費")),
        ("（ア）旅費", Mark("(ア)", 1, "旅費")),
        ("Ⅱ 歳出", Mark("i", 2, "歳出")),
        ("市税", None),
        ("2024年度 決算", None),
        ("R6年度繰越", None),
        ("アイヌ文化振興費", None),
    ],
)
def test_the_number_before_a_name(name: str, mark: Mark | None) -> None:
    assert mark_of(name) == mark


def test_rows_of_which_nothing_tells_what_they_are_part_of_are_unsure() -> None:
    items = by_names(["1 市税", "(1) 市民税", "過年度分", "2 使用料"])
    assert [item.unsure for item in items] == [False, False, True, False]
    again = by_names(["1 市税", "1 市民税", "2 固定資産税", "2 使用料"])
    assert [item.unsure for item in again] == [False, True, False, True]


def test_a_digit_in_a_few_names_numbers_nothing() -> None:
    items = by_names(["１人１台端末整備", "庁舎管理", "道路補修", "公園管理"])
    assert not any(item.unsure or item.parent is not None for item in items)


def test_a_digit_that_is_padded_is_no_step() -> None:
    items = by_names([f"{number:>2} 試験費" for number in (1, 2, 10, 11)])
    assert parents(items) == [None] * 4
    assert [item.identifier for item in items] == ["1", "2", "10", "11"]


def test_outer_names_that_stand_on_the_first_row_alone_are_carried_on() -> None:
    items = by_columns([["総務費", "管理費"], ["", "徴税費"], ["民生費", "福祉費"]])
    assert [item.above for item in items] == [("総務費",), ("総務費",), ("民生費",)]
    assert parents(items) == [None] * 3


@pytest.mark.parametrize("name", ["うち一般財源", "　（うち人件費）", "（再掲）基金"])
def test_parts_of_other_rows(name: str) -> None:
    assert is_part_of_another(name)
    assert not is_part_of_another("内部管理費")
