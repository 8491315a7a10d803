"""Products in sentences, and figures that agree while their counters don't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.narrative.claims import changes, products, shares
from tests.narrative.claim_texts import claims, printed

PRODUCTS = ["月平均{one}件×{times}か月＝{product}件", "単価{one}円×{times}人＝{product}円"]


@given(st.integers(1, 10**6), st.integers(1, 500), st.sampled_from(PRODUCTS))
def test_a_product_is_read_back(one: int, times: int, sentence: str) -> None:
    product = one * times
    text = sentence.format(one=f"{one:,}", times=f"{times:,}", product=f"{product:,}")
    (claim,) = claims(products.read, text)
    values = [claim.figures[name].value for name in ("factors.1", "times", "product")]
    assert values == [one, times, product]


@pytest.mark.parametrize(
    "text",
    [
        "10人×3回×2会場＝60人",
        "10㎝×20㎝のパネル5枚",
        "10人×3回、延べ31組",
        "3＋10人×3回＝33人",
        "月平均100件、月平均150件で、年間1,201枚の増",
        "月平均5件、月平均8枚で、年間60枚の増",
    ],
)
def test_what_is_no_product(text: str) -> None:
    assert claims(products.read, text) == []


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("申請350件のうち40枚が辞退し、残りの310件を審査した。", "枚"),
        ("申請350件のうち40件が辞退し、残りの310枚を審査した。", "枚"),
        ("申請350枚のうち40件が辞退し、残りの310件を審査した。", "枚"),
        ("相談は100件から120件へ20枚増加した。", "枚"),
        ("令和5年度の20枚に対し、令和6年度は29橋となり、9橋増加した。", "枚"),
        ("前年度と比較して7人増加し、17人となった（前年度10台）。", "台"),
        ("前年度100枚に対し、今年度は120件で20件の増", "枚"),
        ("月平均1,017件、前年度は月平均1,183枚で、年間では12,204枚の増となった。", "件"),
    ],
)
def test_counters_that_are_exchanged(text: str, odd: str) -> None:
    readers = (shares.read, changes.read, products.read)
    result = [claim for read in readers for claim in claims(read, text)]
    exchanged = [claim for claim in result if "other_counter" in claim.words]
    assert [claim.words["other_counter"] for claim in exchanged] == [odd]
    assert len(printed(exchanged[0])) > 1


@pytest.mark.parametrize(
    "text",
    [
        "申請350件のうち40枚が辞退し、残りの320件を審査した。",
        "申請350件のうち40名が辞退し、残りの310枚を審査した。",
        "5校から8校へ3人増",
        "登録1,156区間のうち休止中の1,145区間を除いた11区",
        "3校100人から5校120人へ",
    ],
)
def test_figures_that_count_different_things(text: str) -> None:
    readers = (shares.read, changes.read, products.read)
    result = [claim for read in readers for claim in claims(read, text)]
    assert not any("other_counter" in claim.words for claim in result)
