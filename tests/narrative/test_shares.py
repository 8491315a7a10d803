"""Parts of a whole in sentences: which figures belong together, and which don't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.narrative.claims.shares import read
from tests.narrative.claim_texts import claims, printed, rates

SENTENCES = [
    "利用実績：{whole}件中{part}件（利用率{ratio}％）",
    "全{whole}件のうち、電子申請は{part}件（{ratio}％）であった。",
    "アンケートは{whole}件中{part}件を回収し、回収率は{ratio}％となった。",
    "{whole}件のうち{ratio}％に当たる{part}件を処理した。",
    "処理したのは{part}件（{whole}件の{ratio}％）である。",
    "申請{whole}件、採択{part}件、採択率{ratio}％",
    "配布数{whole}件　回収数{part}件　回収率 {ratio}％",
    "{part}/{whole}件（{ratio}％）で実施した。",
    "{whole}件のうち{part}件、率にして{ratio}％が加入した。",
    "対象となる{whole}件に案内を送付し、{part}件が参加した（参加率{ratio}％）。",
    "集積率は{ratio}％（{whole}件中{part}件）となった。",
    "実施件数{part}件／計画件数{whole}件＝{ratio}％",
    "全{whole}件中{part}件で{ratio}％の参加率",
    "{whole}件の対象者に対し交付者は{part}件であり、交付率は{ratio}％である。",
    "アンケートは{whole}件に配布し、{part}件を回収した（回収率{ratio}％）。",
    "執行率は、予算現額{whole}円に対し決算額{part}円で{ratio}％であった。",
    "アンケート回収率　{ratio}％（回収{part}件／配布{whole}件）",
    "定員{whole}件に対し、{part}件の応募があり、充足率は{ratio}％であった。",
]


@given(
    st.integers(10, 10**6),
    st.data(),
    st.sampled_from(SENTENCES),
    st.integers(0, 2),
    st.booleans(),
)
def test_a_share_is_read_back(
    whole: int, data: st.DataObject, sentence: str, places: int, is_wide: bool
) -> None:
    part = data.draw(st.integers(1, whole - 1))
    ratio = max(rates(part, whole, places))
    numbers = {"whole": str(whole), "part": str(part), "ratio": f"{ratio:f}"}
    if "/" not in sentence:
        numbers |= {"whole": f"{whole:,}", "part": f"{part:,}"}
    text = sentence.format(**numbers)
    if is_wide:
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789,.()"})
    share = next(claim for claim in claims(read, text) if "ratio" in claim.figures)
    assert share.kind == "share"
    values = [share.figures[name].value for name in ("whole", "part", "ratio")]
    assert values == [whole, part, ratio]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("参加者：100名（うち市職員14名）", [{"whole": "100名", "part": "14名"}]),
        (
            "100人中男性40人（40％）、女性60人（60％）",
            [
                {"whole": "100人", "part": "40人", "ratio": "40％"},
                {"whole": "100人", "part": "60人", "ratio": "60％"},
            ],
        ),
        (
            "100人（うち市内60人、うち市外40人）",
            [{"whole": "100人", "part": "60人"}, {"whole": "100人", "part": "40人"}],
        ),
        (
            "総額2億3,000万円のうち国庫補助金が1億1,500万円（50.0％）",
            [{"whole": "2億3,000万円", "part": "1億1,500万円", "ratio": "50.0％"}],
        ),
        (
            "委員２０人のうち公募は５名（公募率25％）",
            [{"whole": "２０人", "part": "５名", "ratio": "25％"}],
        ),
        (
            "募集10人、応募28人、応募倍率2.8倍",
            [{"whole": "10人", "part": "28人", "ratio": "2.8倍"}],
        ),
        (
            "歳入予算額5,910百万円のうち収入済額は5,876百万円（収入率99.4％）",
            [{"whole": "5,910百万円", "part": "5,876百万円", "ratio": "99.4％"}],
        ),
        ("84件の応募があり、うち4件が辞退した。", [{"whole": "84件", "part": "4件"}]),
        # A rate of something else is none of these two.
        ("100人中30人（前年度比5％増）", [{"whole": "100人", "part": "30人"}]),
        ("50人中30人（達成率80％）", [{"whole": "50人", "part": "30人"}]),
        ("発送1,000件中、宛先不明50件で、回収率は45％", [{"whole": "1,000件", "part": "50件"}]),
        (
            "対象100人中申込60人、うち受診30人（受診率50％）",
            [{"whole": "100人", "part": "60人"}, {"whole": "100人", "part": "30人"}],
        ),
        ("100人中30人が欠席、残りが出席（70％）", [{"whole": "100人", "part": "30人"}]),
        ("20校中5校が未実施で、実施率は75％", [{"whole": "20校", "part": "5校"}]),
        ("100件中20件が不採択（採択率80％）", [{"whole": "100件", "part": "20件"}]),
        ("30人のうち20人が参加せず、参加率は33％", [{"whole": "30人", "part": "20人"}]),
        # The rate fits two others of the sentence: it may be said of those.
        (
            "対象1,000人のうち受診は420人（42.0％）、うち指導対象は63人（15.0％）",
            [
                {"whole": "1,000人", "part": "420人", "ratio": "42.0％"},
                {"whole": "1,000人", "part": "63人"},
            ],
        ),
        ("100人中30人（約30％）", [{"whole": "100人", "part": "30人"}]),
    ],
)
def test_figures_of_a_share(text: str, expected: list[dict[str, str]]) -> None:
    assert [printed(claim) for claim in claims(read, text) if claim.kind == "share"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "145,265枚を交付した（人口比89.9％）。",
        "交付枚数145,265枚、交付率89.9％（人口161,000人）",
        "対象児童100人中学生30人",
        "計画10回中12回実施",
        "定員100人中120人",
        "約100人中30人（30％）",
        "100人中約30人（30％）",
        "100人程度のうち30人",
        "100件のうち処理に10件以上かかるもの",
        "50人のうち、延べ100人",
        "100人のうち前年度に150人",
        "10校のうち延べ3校で計120名が参加した。",
        "登録者500人、利用者250人、利用率60％",
        "補助率10/10（100％）",
        "対象者500人に案内し、申込者は250人、参加者は200人で参加率40％",
        "定員30人、募集20人、応募40人、倍率1.3倍",
        "7組の対象者に対し申込みは9組であり、参加率は9％である。",
        "満足度は73.5％、目標は55％、回答は20件",
        "10日のうち30日",
        "3～5件のうち8件",
        "10回ずつ、うち20回",
        "1人当たり10冊のうち20冊",
    ],
)
def test_what_could_be_read_in_two_ways_is_no_claim(text: str) -> None:
    assert claims(read, text) == []


@pytest.mark.parametrize(
    ("text", "bound", "figures"),
    [
        ("17事業のうち１事業が辞退、16事業を審査し、14事業を採択。", "at_most", ("17", "1", "16")),
        ("20校のうち3校が中止となり、残りの17校で実施した。", None, ("20", "3", "17")),
        ("17事業のうち1事業が辞退、14事業を採択", "less", ("17", "1", "14")),
        ("84件の応募があり、うち4件が辞退したため、80件を審査した。", "at_most", ("84", "4", "80")),
        (
            "52事業所から申請があり、うち2事業所が取下げ、残る48事業所に給付した。",
            None,
            ("52", "2", "48"),
        ),
        ("定員20人のうち15人が埋まり、空きは5人であった。", None, ("20", "15", "5")),
        ("申請26件から取下げ2件を除く24件について審査した。", None, ("26", "2", "24")),
        ("50件中30件が完了し、残り20件は来年度に行う。", None, ("50", "30", "20")),
    ],
)
def test_what_remains(text: str, bound: str | None, figures: tuple[str, str, str]) -> None:
    (claim,) = [claim for claim in claims(read, text) if claim.kind == "remainder"]
    values = [str(claim.figures[name].value) for name in ("whole", "part", "rest")]
    assert (values, claim.words.get("bound")) == (list(figures), bound)


@pytest.mark.parametrize(
    "text",
    [
        "20校のうち3校が中止となり、前年度の残り10校",
        "100人のうち30人が市外、60人が市内",
        "20校のうち3校が辞退、2校が不参加となり、15校で実施",
    ],
)
def test_what_remains_is_not_guessed(text: str) -> None:
    assert [claim for claim in claims(read, text) if claim.kind == "remainder"] == []


@pytest.mark.parametrize(
    "text",
    [
        "1件中" * 5000,
        "1件（" * 5000,
        "1件のうち、あ" * 3000,
        "件うち1件50％" * 3000,
        "10件中7件（50％）。" * 700,
    ],
)
def test_hostile_texts_end(text: str) -> None:
    claims(read, text)
