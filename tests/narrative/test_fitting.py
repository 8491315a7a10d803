"""Figures of a sentence that belong together because they fit, or miss it by one digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.narrative.claims import changes, shares
from auditor.narrative.model import Claim
from tests.narrative.claim_texts import claims, printed, rates

SHARES = [
    "市民からは{whole}件が寄せられ、有効であったのは{part}件、有効率は{ratio}％である。",
    "{part}件を解決した。その割合は、受け付けた{whole}件の{ratio}％を占める。",
]


def read(text: str) -> list[Claim]:
    result = [*claims(shares.read, text), *claims(changes.read, text)]
    return [claim for claim in result if "qualifier" in claim.words]


@given(st.integers(10, 10**5), st.data())
def test_a_rate_that_fits_is_a_share(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(1, whole - 1))
    ratio = max(rates(part, whole, 1))
    text = SHARES[0].format(whole=f"{whole:,}", part=f"{part:,}", ratio=f"{ratio:f}")
    (claim,) = read(text)
    values = [claim.figures[name].value for name in ("whole", "part", "ratio")]
    assert values == [whole, part, ratio]


@given(st.lists(st.integers(1, 10**5), min_size=2, max_size=2, unique=True))
def test_a_difference_that_fits_is_a_change(pair: list[int]) -> None:
    small, large = sorted(pair)
    text = f"{large - small}件増え、前年度が{small}件であったものが、いまは{large}件ある。"
    text = text.replace("増え", "増")
    (claim,) = [claim for claim in claims(changes.read, text) if "difference" in claim.figures]
    values = [claim.figures[name].value for name in ("before", "after", "difference")]
    assert values == [small, large, large - small]


@pytest.mark.parametrize(
    "text",
    [
        "市民からは512件が寄せられ、有効であったのは364件、有効率は71.4％である。",  # 71.1
        "市民からは512件が寄せられ、有効であったのは346件、有効率は76.5％である。",  # 67.5
    ],
)
def test_a_rate_that_misses_by_a_digit_is_a_share(text: str) -> None:
    (claim,) = read(text)
    assert set(printed(claim)) == {"whole", "part", "ratio"}


@pytest.mark.parametrize(
    "text",
    [
        # Another rate of other figures.
        "申込みは512件、参加は364件、満足であった率は71.4％である。",
        "申込みは512件、参加は364件、回答率は71.4％である。",
        "申込みは512件、参加は364件、参加率は50.0％である。",
        "申込みは512件、参加は364件、参加率は約71.1％である。",
        "申込みは512件、参加は364件、辞退は12件、参加率は71.1％である。",
        "申込みは512件、参加は364人、参加率は71.1％である。",
        "申込みは512件、参加は364件、参加率は71.1％、満足度は80.0％である。",
        "前年度比112人増の1,120人、うち市民は1,018人である。",
        "前年度は112人増であったが、1,120人のところ1,018人となる。",
    ],
)
def test_what_does_not_fit_is_no_claim(text: str) -> None:
    assert [claim for claim in read(text) if len(claim.figures) > 2] == []
