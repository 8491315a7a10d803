"""Contents pages and page numbers as books print them."""

from __future__ import annotations

import pytest

from auditor.proof.contents_pages import contents_of
from auditor.proof.numbering import numbering_of
from auditor.proof.pages import BookPage
from auditor.records.model import Sheet


def sheet(name: str, department: str = "総務部総務課", *stages: str) -> Sheet:
    return Sheet(name=name, department=department, budget_stages=stages, fiscal_year=2024)


SHEETS = [
    sheet("道路整備事業"),
    sheet("道路整備事業（補助）"),
    sheet("第2期計画推進事業", "企画部企画課", "当初"),
    sheet("基金管理推進事業", "財政部財政課"),
]


def entries(*rows: str) -> list[tuple[str, int]]:
    pages = [BookPage(number=1, rows=("目　次", *rows))]
    return [(entry.name, entry.page) for entry in contents_of(pages, SHEETS, 9).entries]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("道路整備事業 ……………… 3", [("道路整備事業", 3)]),
        ("道路整備事業………………3", [("道路整備事業", 3)]),
        ("１　道路整備事業・・・・・・・１２", [("道路整備事業", 12)]),
        ("(1)  道路整備事業  総務部総務課  P.3", [("道路整備事業", 3)]),
        ("道路整備事業　－ 3 －", [("道路整備事業", 3)]),
        ("道路整備事業（補助） 3頁", [("道路整備事業(補助)", 3)]),
        ("第２期計画推進事業＜当初＞ 企画部企画課 15", [("第2期計画推進事業", 15)]),
        ("道路整備事業 … 3  基金管理推進事業 … 4", [("道路整備事業", 3), ("基金管理推進事業", 4)]),
        ("3-1 基金管理推進事業 ------ 4", [("基金管理推進事業", 4)]),
        # what is no entry
        ("第１章　総論 ……………… 1", []),
        ("基金管理推進事業の概要 … 4", []),
        ("道路整備事業 12,345千円", []),
        ("道路整備事業", []),
        ("令和６年度 基金管理推進事業", []),
    ],
)
def test_a_row_gives_the_names_with_their_pages(row: str, expected: list[tuple[str, int]]) -> None:
    assert entries(row) == expected


def test_a_name_may_begin_in_the_row_before_its_number() -> None:
    assert entries("４　基金管理", "推進事業 …… 4") == [("基金管理推進事業", 4)]


def test_only_pages_under_the_heading_count() -> None:
    row = ("道路整備事業 …… 3",)
    assert contents_of([BookPage(number=1, rows=row)], SHEETS, 9).pages == ()
    heading = BookPage(number=2, rows=("目次", *row))
    more = BookPage(number=3, rows=("基金管理推進事業 …… 4",))
    other = BookPage(number=5, rows=("基金管理推進事業 …… 4",))
    contents = contents_of([heading, more, other], SHEETS, 9)
    assert contents.pages == (2, 3)
    assert contents_of([heading], SHEETS, 2).pages == ()  # behind the first sheet: an index


@pytest.mark.parametrize(
    "heading",
    ["目次", "目　　　次", "もくじ", "目次（事業別）", "【目次】", "主要施策の目次", "CONTENTS"],
)
def test_headings_of_contents_pages(heading: str) -> None:
    page = BookPage(number=1, rows=(heading, "道路整備事業 … 3"))
    assert contents_of([page], SHEETS, 9).pages == (1,)


@pytest.mark.parametrize(
    "heading", ["目次には次のとおり記載します", "項目次第", "事業一覧", "概要"]
)
def test_other_headings_are_none(heading: str) -> None:
    page = BookPage(number=1, rows=(heading, "道路整備事業 … 3"))
    assert contents_of([page], SHEETS, 9).pages == ()


def test_rows_that_name_no_sheet_are_told() -> None:
    page = BookPage(number=1, rows=("目次", "道路整備事業 … 3", "観光案内所運営事業 … 4"))
    assert contents_of([page], SHEETS, 9).others == ("観光案内所運営事業 … 4",)


def numbers(*edges: tuple[str, ...]) -> dict[int, int]:
    pages = [BookPage(number=number, edges=edge) for number, edge in enumerate(edges, 1)]
    return numbering_of(pages).numbers


@pytest.mark.parametrize(
    "text", ["－ 3 －", "-3-", "― ３ ―", "P.3", "3頁", "3ページ", "3 / 12", "釧路市　－ 3 －"]
)
def test_a_marked_number_is_a_page_number(text: str) -> None:
    assert numbers((), (), (text,)) == {3: 3}


def test_a_bare_number_counts_where_it_goes_on() -> None:
    assert numbers((), ("1",), ("2", "2024"), ("3",)) == {2: 1, 3: 2, 4: 3}
    assert numbers(("2024",), ("12",), ("6",)) == {}
    assert numbers(("令和６年度",), ("主要施策の成果",)) == {}


def test_of_several_numbers_the_one_that_the_book_counts_with_is_the_pages() -> None:
    edges = [("－ 7 －", f"－ {number} －") for number in range(1, 5)]
    assert numbers((), *edges) == {2: 1, 3: 2, 4: 3, 5: 4}
