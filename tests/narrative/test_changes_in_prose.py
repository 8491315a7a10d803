"""Changes in sentences: which figure comes before which, and what is said of their difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.narrative.claims.changes import read
from tests.narrative.claim_texts import claims, printed, rates

SENTENCES = [
    "相談は{before}件から{after}件へ{difference}件{way}した。",
    "前年度の{before}件に対し、今年度は{after}件で、{difference}件の{way}となった。",
    "相談件数：{after}件（前年度{before}件、{difference}件{way}）",
    "{after}件となり、前年度の{before}件より{difference}件{way}した。",
    "令和５年度は{before}件、令和６年度は{after}件で、{difference}件の{way}",
    "令和６年度は{after}件（令和５年度{before}件、{difference}件{way}）",
    "{before}件→{after}件（{difference}件{way}）",
]
RATES = [sentence.replace("{difference}件", "{ratio}％") for sentence in SENTENCES]


def numbers(before: int, after: int) -> dict[str, str]:
    way = "増加" if after > before else "減少"
    amounts = {"before": before, "after": after, "difference": abs(after - before)}
    return {name: f"{value:,}" for name, value in amounts.items()} | {"way": way}


pairs = st.lists(st.integers(1, 10**6), min_size=2, max_size=2, unique=True)


@given(pairs, st.sampled_from(SENTENCES), st.booleans())
def test_a_difference_is_read_back(pair: list[int], sentence: str, is_wide: bool) -> None:
    before, after = pair
    text = sentence.format(**numbers(before, after))
    if is_wide:
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789,"})
    (claim,) = claims(read, text)
    values = [claim.figures[name].value for name in ("before", "after", "difference")]
    assert values == [before, after, abs(after - before)]
    assert claim.words["direction"] == ("rise" if after > before else "fall")


@given(pairs, st.sampled_from(RATES), st.integers(0, 2))
def test_a_rate_is_read_back(pair: list[int], sentence: str, places: int) -> None:
    before, after = pair
    ratio = max(rates(abs(after - before), before, places))
    (claim,) = claims(read, sentence.format(ratio=f"{ratio:f}", **numbers(before, after)))
    values = [claim.figures[name].value for name in ("before", "after", "ratio")]
    assert values == [before, after, ratio]


CASES: list[tuple[str, list[dict[str, str]], str | None]] = [
    (
        "100件から120件へ20件（20.0％）の増",
        [{"difference": "20件"}, {"ratio": "20.0％"}],
        "rise",
    ),
    ("100件→80件（△20件）", [{"difference": "△20件"}], "fall"),
    ("100件→80件（▲20.0％）", [{"ratio": "▲20.0％"}], "fall"),
    ("100件から80件に減少", [{}], "fall"),
    ("100件から250件へ2.5倍に増加", [{"times": "2.5倍"}], "rise"),
    ("120件（前年度100件、前年度比120％）", [{"times": "120％"}], None),
    ("50.0％から52.3％へ2.3ポイント上昇", [{"difference": "2.3ポイント"}], "rise"),
    ("100人から150人へ、前年度と比べて約1.5倍に増加", [{}], "rise"),
    ("目標100件を20件上回る120件", [{"difference": "20件"}], "rise"),
    ("参加者は120人で、定員100人を20人上回った。", [{"difference": "20人"}], "rise"),
    ("参加者は80人となり、前年度の100人を下回った。", [{}], "fall"),
    ("全10回から全12回に2回増", [{"difference": "2回"}], "rise"),
    ("2,201百万円から1,936百万円へ265百万円減少", [{"difference": "265百万円"}], "fall"),
    ("利用は1.2万人から1万5,000人へ3,000人増", [{"difference": "3,000人"}], "rise"),
    ("相談は100件から120件に増加し、訪問は30件増加", [{}], "rise"),
    ("前年度100人に対し、100人と同数", [{}], "same"),
    ("120件（前年度100件、前年度比20％）", [{"times": "20％"}], None),
    ("12橋で、前年度19橋に対し63.2％となった", [{"times": "63.2％"}], None),
    ("前年度と比較して13灯増加し、29灯となった（前年度16灯）", [{"difference": "13灯"}], "rise"),
    ("前年度（72人）より増加し、88人となった", [{}], "rise"),
    ("前年度100人から20人増の120人", [{"difference": "20人"}], "rise"),
    (
        "利用率は62.5％で、前年度の51.3％から11.2ポイント増",
        [{"difference": "11.2ポイント"}],
        "rise",
    ),
    ("貸出は27冊（前年度比6冊減）であった。前年度は33冊である。", [{"difference": "6冊"}], "fall"),
    ("R5：6,358人　R6：2,834人（対前年度3,524人減）", [{"difference": "3,524人"}], "fall"),
    ("令和5年度70人 → 令和6年度78人（8人の増加）", [{"difference": "8人"}], "rise"),
    # Ten per cent of the rate, or ten points of it.
    ("50.0％から60.0％へ10％増", [{}], "rise"),
]


@pytest.mark.parametrize(("text", "expected", "direction"), CASES)
def test_what_is_said_of_a_change(
    text: str, expected: list[dict[str, str]], direction: str | None
) -> None:
    """The direction goes with the first thing that is said."""
    result = claims(read, text)
    amounts = ("difference", "ratio", "times")
    shown = [{n: p for n, p in printed(claim).items() if n in amounts} for claim in result]
    assert shown == expected
    assert [claim.words.get("direction") for claim in result][:1] == [direction]
    assert all(claim.words.get("direction") is None for claim in result[1:])


@pytest.mark.parametrize(
    "text",
    [
        "前年度比10％増の110件",
        "前年度の相談100件、訪問30件で10件増",
        "前年度100件に対し、目標120件で10件減",
        "前年度100人、うち女性40人で10人増",
        "10人から20人に増員した。",
        "10人から20人の間で推移",
        "100人から120人への増加を目指す",
        "100人から120人に増加させる",
        "参加者は120人で、定員100人を上回ることができなかった。",
        "参加者は120人で、定員100人を上回らなかった。",
        "約100人から120人に増加",
        "100人程度から120人に増加",
        "100人から延べ120人に増加",
        "前年度は3校100人、今年度は4校150人で20人増",
        "A社から10件、B社から20件の増加",
        "令和５年度は申請100件、令和６年度は交付80件で20件の減",
        "令和５年度は100件、令和６年度は80件の増",
        "３月から５月へ、10時から12時に増",
        "100件から120件に増加率を見直した",
    ],
)
def test_what_could_be_read_in_two_ways_is_no_claim(text: str) -> None:
    assert claims(read, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "1件から" * 5000,
        "前年度1件、" * 4000,
        "1件→" * 6000,
        "令和5年度1件、" * 3000,
        "1件を上回る" * 4000,
    ],
)
def test_hostile_texts_end(text: str) -> None:
    claims(read, text)
