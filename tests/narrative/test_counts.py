"""Counts in prose: which list a stated number is held against, and which it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.narrative.claims.counts import read
from auditor.narrative.model import Claim
from tests.narrative import claim_texts


def claims(text: str) -> list[Claim]:
    return claim_texts.claims(read, text)


def counts(text: str) -> list[tuple[int, int, str]]:
    return [
        (int(claim.figures["stated"].value or 0), claim.values["counted"], claim.words["within"])
        for claim in claims(text)
    ]


COUNTS = [
    ("東町地区、西町地区、港地区の計３地区で実施", 3, 3, "sentence"),
    ("市内３か所（公民館、図書館、体育館）で実施した。", 3, 3, "sentence"),
    ("３校（甲小学校・乙小学校・丙高等学校）を訪問した。", 3, 3, "sentence"),
    ("「甲サイト」「乙サイト」「丙サイト」の３サイトを導入した。", 3, 3, "sentence"),
    ("「甲」、「乙」及び「丙」の計３作品を上演した。", 3, 3, "sentence"),
    ("４施設（「甲」「乙」「丙」）を改修した。", 4, 3, "sentence"),
    ("取組は①周知、②相談、③支援の３つを柱とした。", 3, 3, "sentence"),
    ("全３回（６月、９月、12月）開催した。", 3, 3, "sentence"),
    ("会場：３か所\n・甲公民館\n・乙公民館\n・丙会館", 3, 3, "list"),
    ("○次の３か所で実施した。\n　・甲公民館\n　・乙公民館\n　・丙会館", 3, 3, "list"),
    ("○改修（２施設）\n　①甲会館\n　②乙会館", 2, 2, "list"),
    ("日時：①６月21日\n　　　②７月16日\n　　　③８月20日\n　　　※全３回", 3, 3, "list"),
    (
        "○参加者：市内の３機関の学生　計９名\n　・甲高等学校　３名\n　・乙工業大学　４名\n　・丙短期大学　２名",
        3,
        3,
        "list",
    ),
]


@pytest.mark.parametrize(("text", "stated", "counted", "within"), COUNTS)
def test_a_count_beside_its_list(text: str, stated: int, counted: int, within: str) -> None:
    assert counts(text) == [(stated, counted, within)]


def test_named_in_the_plan_and_counted_in_the_result() -> None:
    text = "・「甲」「乙」「丙」を導入する。\n\n◎新たに３サイトを導入し、利用を広げた。"
    assert counts(text) == [(3, 3, "sheet")]
    # Two such lists: which of them is counted is not said.
    assert counts("・「甲」「乙」を導入\n" + text) == []
    assert counts(text.replace("・「甲」", "・令和４年度：「甲」")) == []


NO_COUNTS = [
    "①甲協会\n②乙連合会\n③丙会\n計２団体\n　・甲地区\n　・乙地区\n　・丙地区",
    "次の２団体で実施した。\n　・甲会\n　・乙会\n　・丙会\n　　※全３地区で開催",
    "市内３か所（公民館、図書館、体育館など）で実施した。",
    "市内３か所（公民館、図書館、体育館ほか）で実施した。",
    "市内３か所（うち公民館、図書館）で実施した。",
    "市内20事業所（製造業、小売業）を訪問した。",
    "市内約３か所（公民館、図書館）で実施した。",
    "３校（甲小学校、乙・丙中学校）を訪問した。",
    "３団体（甲と乙、丙）が参加した。",
    "３名（甲、乙）が参加した。",
    "３事業（前年度は２事業）を実施した。",
    "３か所（各公民館、図書館）で実施した。",
    "３回（６月～９月、12月）開催した。",
    "会場：３か所\n・甲公民館など\n・乙公民館",
    "会場：３か所\n・甲公民館で実施した。\n・乙公民館で実施した。",
    "３か所で実施した。\n・参加者　30名\n・経費　20千円",
    "会場：30か所\n・甲公民館\n・乙公民館",
    "○参加者：３校の生徒　計９名\n　・男子　３名\n　・女子　６名",
    "・甲\n・乙\n※全３回",
]


@pytest.mark.parametrize("text", NO_COUNTS)
def test_what_counts_no_list(text: str) -> None:
    assert counts(text) == []


NAMES = st.lists(
    st.sampled_from(["公民館", "図書館", "甲小学校", "港体育館", "福祉会館", "文化ホール"]),
    min_size=2,
    max_size=6,
    unique=True,
)
WORDINGS = st.sampled_from(
    [
        ("市内{n}か所（{names}）で実施した。", "、"),
        ("全{n}施設（{names}）を改修した。", "・"),
        ("改修した{names}の{n}施設を公開した。", "「」"),
        ("会場：{n}か所\n・{names}", "\n・"),
        ("【会場】{n}会場\n①{names}", "\n①"),
    ]
)


@given(NAMES, WORDINGS, st.integers(-1, 1))
def test_a_list_written_from_names_is_counted(
    names: list[str], wording: tuple[str, str], slip: int
) -> None:
    pattern, sign = wording
    if sign == "「」":
        listed = "".join(f"「{name}」" for name in names)
    elif sign == "\n①":
        listed = "\n".join(f"{'①②③④⑤⑥'[i]}{name}" for i, name in enumerate(names)).removeprefix("①")
    else:
        listed = sign.join(names)
    text = pattern.format(n=len(names) + slip, names=listed)
    assert [each[:2] for each in counts(text)] == [(len(names) + slip, len(names))]


@given(st.text("３か所回校、・（）「」甲乙\n①②全の。　", max_size=60))
def test_any_text_is_read(text: str) -> None:
    claims(text)


def test_hostile_texts_are_read_in_the_end() -> None:
    for text in [
        "「甲」" * 20_000 + "の３校",
        "３校（" * 5_000,
        "①" * 20_000,
        "３校（" + "甲、" * 30_000 + "）",
    ]:
        claims(text)
