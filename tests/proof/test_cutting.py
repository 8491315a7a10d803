"""Texts that a cell cut off, told from those that say something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.proof.cutting import lost_parts
from auditor.proof.pages import Frame
from auditor.records.figures import Place

BOX = (100.0, 100.0, 300.0, 110.0)
PLACE = Place(page=1, box=BOX)
WHOLE = "市内の公園の遊具を更新し、子どもたちが安心して遊べるようにする。"


def frame(text: str, **room: float) -> Frame:
    sides = {"left": 0.1, "right": 0.3, "above": 0.4, "below": 0.3, **room}
    return Frame(text=text, box=BOX, **sides)


def lost(printed: str, whole: str = WHOLE, **room: float) -> list[str]:
    return lost_parts(whole, printed, PLACE, [frame(printed, **room)])


@given(st.integers(1, len(WHOLE) - 1), st.integers(1, len(WHOLE) - 1))
def test_what_is_lost_and_what_is_printed_are_the_whole(start: int, end: int) -> None:
    start, end = sorted((start, end))
    printed = WHOLE[start : end + 1]
    parts = lost(printed)
    assert "".join([parts[0], printed, *parts[1:]]) == WHOLE


def test_a_text_that_ends_before_the_border_is_another() -> None:
    assert lost(WHOLE[:10], right=12.0) == []
    assert lost(WHOLE[:10], below=4.0) == []
    assert lost(WHOLE[10:], above=4.0) == []


@pytest.mark.parametrize("printed", ["", WHOLE, "市内の公園の砂場を更新し、", WHOLE + "以上。"])
def test_what_is_no_part_of_the_text_is_not_cut(printed: str) -> None:
    assert lost(printed) == []


def test_lines_and_widths_do_not_count() -> None:
    assert lost(
        "市内の公園の\n遊具を更新し、", "市内の公園の遊具を更新し、令和６年度も続ける。"
    ) == ["令和６年度も続ける。"]


def test_a_paragraph_may_be_missing_below_a_short_line() -> None:
    whole = "一行目の文章。\n二行目の文章。"
    assert lost("一行目の文章。", whole, right=20.0) == ["二行目の文章。"]
    assert lost("一行目の文章。", whole, right=20.0, below=3.0) == []
    assert lost("長い一行目の文章です。\n短い。", "長い一行目の文章です。\n短い。\n続き。") == [
        "続き。"
    ]
    assert lost("長い一行目の文章です。\n短い。", "長い一行目の文章です。\n短い。続き。") == []


def test_each_cell_of_a_text_may_cut_its_own_line() -> None:
    upper = Frame(text="長い計画の", box=(100, 120, 300, 130), right=0.1, left=0.1, below=0.3)
    lower = Frame(text="総合計画", box=(100, 100, 180, 110), right=14.0, left=0.1, below=0.3)
    place = Place(page=1, box=(100, 100, 300, 130))
    printed = "長い計画の\n総合計画"
    assert lost_parts("長い計画の名前\n総合計画", printed, place, [lower, upper]) == ["名前"]
    assert lost_parts("長い計画の\n総合計画（改定）", printed, place, [lower, upper]) == []


def test_small_signs_of_a_line_that_is_cut_along_its_middle_do_not_count() -> None:
    assert lost("市内の公園の遊具を更新し 子ども") == ["たちが安心して遊べるようにする。"]
    assert lost("市内の公園の遊具を更新し 子どもたちが安心して遊べるようにする") == []
