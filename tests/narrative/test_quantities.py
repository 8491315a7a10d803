"""The numbers of prose: what each counts, in which unit, and which of them count nothing."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.narrative.folding import folded
from auditor.narrative.scales import SCALES
from auditor.narrative.tokens import Tokens, tokens_of
from auditor.narrative.words import words_of

ROOT = Path(__file__).parents[2]
WORDS = words_of(load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml"))
WIDE = str.maketrans("0123456789,.%", "０１２３４５６７８９，．％")


def read(text: str) -> Tokens:
    return tokens_of(folded(text), text, WORDS)


def values(text: str) -> list[tuple[Decimal, str]]:
    return [(quantity.value, quantity.unit) for quantity in read(text).quantities]


amounts = st.decimals(0, 10**9, places=2, allow_nan=False) | st.integers(0, 10**9).map(Decimal)
counters = st.sampled_from(["件", "人", "か所", "㎡", "円", "回", "サイト", "品目", "%"])
scales = st.sampled_from(["", "千", "百万", "万", "億"])
tails = st.sampled_from(["", "を行った。", "（", "、", "実施", "で", "が参加した", "）"])


@given(amounts, scales, counters, tails, st.lists(st.booleans(), min_size=40, max_size=40))
def test_a_printed_amount_is_read_back(
    amount: Decimal, scale: str, counter: str, tail: str, wide: list[bool]
) -> None:
    """In digits of either width, mixed as books mix them, whatever follows."""
    plain = f"{amount:,}"
    mixed = "".join(
        sign.translate(WIDE) if is_wide else sign
        for sign, is_wide in zip(plain, wide, strict=False)
    )
    text = f"実績は{mixed}{scale}{counter}{tail}"
    (quantity,) = read(text).quantities
    assert (quantity.value, quantity.unit, quantity.is_known) == (amount, scale + counter, True)
    assert quantity.step == Decimal(1).scaleb(amount.as_tuple().exponent)  # type: ignore[arg-type]
    assert text[quantity.start : quantity.end] == quantity.printed == mixed + scale + counter
    assert quantity.noun == "実績"


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["円", "人"]))
def test_scales_in_between_add_up(larger: int, smaller: int, counter: str) -> None:
    (quantity,) = read(f"総額は{larger:,}億{smaller:,}万{counter}").quantities
    assert quantity.in_base_units == larger * SCALES["億"] + smaller * SCALES["万"]
    assert quantity.unit == "万" + counter


@given(st.text("0123456789,.万千億件人回率割分の約計～／/、・（）△-％ 年月日第うち中", max_size=60))
def test_places_are_in_order_and_apart(text: str) -> None:
    """Whatever a text says: the tokens don't overlap, and hold all digits."""
    tokens = read(text)
    places = sorted(
        (token.start, token.end)
        for group in (tokens.quantities, tokens.days, tokens.others, tokens.fractions)
        for token in group
    )
    for (_, end), (start, _) in pairwise(places):
        assert end <= start
    outside = list(text)
    for start, end in places:
        outside[start:end] = " " * (end - start)
    assert not any(sign.isdigit() for sign in outside)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10回実践研修", [("10", "回")]),
        ("1億2千万円", [("12", "千万円")]),
        ("2千3百円", [("23", "百円")]),
        ("1万2,000人", [("12000", "人")]),
        ("△５件", [("-5", "件")]),
        ("▲20.5％", [("-20.5", "%")]),
        ("＋３人", [("3", "人")]),
        ("3割5分", [("3.5", "割")]),
        ("5割以下", [("5", "割")]),
        ("５百貨店", [("5", "百貨店")]),
        ("受講者　29人参加", [("29", "人")]),
        ("３４課８３名", [("34", "課"), ("83", "名")]),
        ("４高等教育機関", [("4", "高等教育機関")]),
        ("65歳以上1,234人", [("1234", "人")]),
        ("2.3ポイント上昇", [("2.3", "ポイント")]),
    ],
)
def test_units(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == [(Decimal(value), unit) for value, unit in expected]


@pytest.mark.parametrize(
    "text",
    [
        *("SPI3", "24時間365日", "第233条第5項", "65歳以上", "30代", "桜町5丁目3番地", "P.11"),
        *("画像1～3", "写真２", "0154-23-5151", "〒085-8505", "3号室", "Ver.2.0", "６月補正"),
        *(
            "Society5.0",
            "13：00～17：00",
            "午後２時30分",
            "2時間30分",
            "第２期",
            "５回目",
            "３社目",
        ),
        *(
            "１人当たり",
            "１日平均",
            "３年ぶり",
            "２次募集",
            "5類移行",
            "60周年",
            "1人1台端末",
            "(1)",
        ),
        *("3～5件", "３件～５件", "2、3回", "3・4年生", "～10人", "±3人", "１件/月", "5か年計画"),
        *("12,34件", "1.2.3", "3千5百万円", "1,0件", "№5", "A4", "1Fロビー"),
    ],
)
def test_numbers_that_are_no_figures(text: str) -> None:
    """Marks, names and ranges count nothing; what can't be told is not taken for a figure."""
    tokens = read(text)
    assert not tokens.quantities
    assert tokens.others


@pytest.mark.parametrize(
    ("text", "part", "whole", "counter"),
    [
        ("補助率１０／１０", 10, 10, ""),
        ("17/20校", 17, 20, "校"),
        ("３分の１", 1, 3, ""),
    ],
)
def test_fractions(text: str, part: int, whole: int, counter: str) -> None:
    tokens = read(text)
    (fraction,) = tokens.fractions
    assert (fraction.part, fraction.whole, fraction.counter) == (
        Decimal(part),
        Decimal(whole),
        counter,
    )
    assert not tokens.quantities


@pytest.mark.parametrize(
    ("text", "before", "after", "noun"),
    [
        ("約40,200件", ("約",), "", ""),
        ("延べ１２６件", ("延べ",), "", ""),
        ("参加者：計約１８名", ("約", "計"), "", "参加者"),
        ("学生等計100名", ("計",), "", "学生等"),
        ("月平均1,017件", ("月平均",), "", ""),
        ("100人程度", (), "程度", ""),
        ("20人余り", (), "余り", ""),
        ("前年度比10％の増", (), "増", "前年度比"),
        ("5件増加", (), "増加", ""),
        ("3件減免", (), "", ""),
        ("10件以上", (), "以上", ""),
        ("3社目標", (), "", ""),
        ("随意契約　　　1,662千円", (), "", "随意契約"),
        ("会計5件", (), "", "会計"),
        ("利用率99.8％", ("率",), "", "利用率"),
        ("令和6年度返礼品総数：95品目", ("総数",), "", "返礼品総数"),
        ("参 加 者 ： 18名", (), "", "参加者"),
        ("講座（３回）のほか３回", ("ほか",), "", ""),
    ],
)
def test_words_around_a_figure(text: str, before: tuple[str, ...], after: str, noun: str) -> None:
    quantity = read(text).quantities[-1]
    assert (quantity.before, quantity.after, quantity.noun) == (before, after, noun)


def test_a_label_goes_before_a_colon() -> None:
    quantity = read("参 加 者：市内の学生 計23名").quantities[0]
    assert (quantity.label, quantity.noun) == ("参加者", "市内の学生")


@pytest.mark.parametrize(
    "text",
    [
        *("1" * 20000, "1,1," * 9000, "1、" * 9000, "１～" * 9000, "約" * 20000 + "1", "1/" * 9000),
        *("A" * 20000 + "1", "1千" * 9000, "1 " * 9000, "第1の" * 7000, "率" * 20000 + "1"),
    ],
)
def test_hostile_texts_end(text: str) -> None:
    read(text)
