"""Fillers, doubled particles and figures of two widths: what is a slip, and what only looks so."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.narrative.folding import folded
from auditor.narrative.slips import (
    MAYBE_TWO_WIDTHS,
    doubled_particles,
    fillers,
    maybe_doubled,
    maybe_fillers,
    maybe_slips,
    mixed_widths,
)
from auditor.narrative.words import words_of

WORDS = words_of(load().forms["kushiro"])
SIGNS = "あいア○〇◯●×xXｘＸ■＊*?？年月日人件課題材令和R第約計、。（）()仮要確認※をのに市民街ぎ 　\n12１２,，推進"


def slips(text: str) -> list[str]:
    plain = folded(text)
    return [text[start:end] for start, end in fillers(plain, WORDS)]


@pytest.mark.parametrize(
    "text",
    [
        "ああああ",
        "○○○に関する講座",
        "××人が参加した。",
        "ＸＸ人",
        "●●課と連携",
        "令和○年度に実施",
        "○月○日に開催",
        "第○回の審議会",
        "約●件",
        "参加者 120人（仮）",
        "（要確認）",
        "金額は※要確認",
        "【要修正】",
        "担当課は●●と調整する",
        "TODO",
        "??人",
    ],
)
def test_a_filler_is_found(text: str) -> None:
    assert slips(text)


@pytest.mark.parametrize(
    "text",
    [
        "○人材の育成",
        "○日程の調整",
        "○年間計画の策定",
        "●●課題●●",
        "●● 概要 ●●",
        "◎参加者：100名",
        "・\n・\n",
        "新図書館（仮称）の整備",
        "新図書館（仮）の整備",
        "要確認者への訪問",
        "精密検査の要確認者",
        "二〇二四年",
        "平成二〇年度",
        "内訳\n○件数の推移",
        "XX線撮影",
        "A×B、3×4",
        "＊＊＊＊＊＊＊＊＊＊＊＊",
        "△１００千円",
    ],
)
def test_what_only_looks_like_a_filler_is_left_alone(text: str) -> None:
    assert slips(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "推進をを図る",
        "事業のの推進",
        "市民にに周知",
        "受入体制を強化を行う",
        "窓口を開設を支援",
        "利用者がが増加",
        "4月からから実施",
        "計画をの策定",
        "「講座」のの開催",
    ],
)
def test_a_doubled_particle_is_found(text: str) -> None:
    assert list(doubled_particles(folded(text), WORDS))


@pytest.mark.parametrize(
    "text",
    [
        "増加したものの、減少",
        "市民とともに",
        "街ににぎわいを創出",
        "今年度ははじめて開催",
        "方向性ははっきりしない",
        "市民ががん検診を受診",
        "説明会ののち",
        "子どもののびのびとした活動",
        "老舗ののれん",
        "もののうち",
        "鶏もも肉",
        "市民を対象とした講座を開催",
        "環境を整備し、施設を改修",
        "利用者数はやや増加",
        "国や道との連携をとおして",
        "平和をと願う",
        "行動をともにする",
        "3月までまちを巡回",
    ],
)
def test_what_only_looks_like_a_doubled_particle_is_left_alone(text: str) -> None:
    assert list(doubled_particles(folded(text), WORDS)) == []


@pytest.mark.parametrize("text", ["１0,717", "1０件", "１,２34", "令和６年１0月"])
def test_a_figure_of_two_widths_is_found(text: str) -> None:
    assert list(mixed_widths(text))


@pytest.mark.parametrize(
    "text", ["10,717", "１２,３４５", "R６.10", "（１）2024", "１．5歳児", "１\n0", "１ 0", "１、2"]
)
def test_figures_that_only_stand_together_are_left_alone(text: str) -> None:
    assert list(mixed_widths(text)) == []


@given(st.integers(0, 10**9), st.data())
def test_one_width_is_no_slip_and_one_digit_of_another_is(number: int, data: st.DataObject) -> None:
    narrow = f"{number:,}"
    wide = narrow.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert not list(mixed_widths(narrow))
    assert not list(mixed_widths(wide))
    digits = [index for index, sign in enumerate(narrow) if sign.isdigit()]
    if len(digits) > 1:
        changed = data.draw(st.sampled_from(digits))
        mixed = narrow[:changed] + wide[changed] + narrow[changed + 1 :]
        assert list(mixed_widths(mixed)) == [(0, len(mixed))]


@given(st.text(SIGNS, max_size=30))
def test_what_engines_search_for_is_at_least_what_is_found(text: str) -> None:
    """A pattern for columns may let too much through, but nothing less."""
    plain = folded(text)
    if list(fillers(plain, WORDS)):
        assert re.search(maybe_fillers(WORDS), text)
        assert re.search(maybe_slips(WORDS), text)
    joined = "".join(text.split())
    if list(doubled_particles(folded(joined), WORDS)):
        assert re.search(maybe_doubled(WORDS), text)
    if list(mixed_widths(text)):
        assert re.search(MAYBE_TWO_WIDTHS, text)
