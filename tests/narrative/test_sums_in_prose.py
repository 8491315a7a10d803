"""Sums in prose: which figures are parts of which total, and what is no sum."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from auditor.narrative.claims import sums_of_tables
from auditor.narrative.claims.sums import read
from auditor.narrative.model import Claim
from tests.narrative import claim_texts


def claims(text: str) -> list[Claim]:
    return claim_texts.claims(read, text)


def values(claim: Claim) -> tuple[Decimal | None, list[Decimal | None]]:
    parts = [figure.value for name, figure in claim.figures.items() if name != "total"]
    return claim.figures["total"].value, parts


def sums(text: str) -> list[tuple[int, list[int]]]:
    """The sums of a text, in what is printed."""
    return [
        (int(total or 0), [int(part or 0) for part in parts])
        for total, parts in map(values, claims(text))
    ]


# --- one sentence

SENTENCES = [
    ("相談　1,234件（電話567件、来所432件、その他235件）", 1234, [567, 432, 235]),
    ("参加者　第１回25人、第２回31人（延べ56人）", 56, [25, 31]),
    (
        "甲館34,567人（前年度比103.2％）、乙館12,345人（同98.7％）、合計46,912人",
        46912,
        [34567, 12345],
    ),
    ("甲校10名（うち女性３名）、乙校５名、丙校２名、計17名", 17, [10, 5, 2]),
    ("国費1,200千円　市費800千円の計2,000千円を支出した。", 2000, [1200, 800]),
    ("国費1,200千円、市費800千円を合わせた2,000千円を支出した。", 2000, [1200, 800]),
    ("甲校３名、乙校４名、計７名が参加した。", 7, [3, 4]),
    ("甲校３名、乙校４名の計７名が参加した。", 7, [3, 4]),
    ("甲校３名と乙校４名、合わせて７名が参加した。", 7, [3, 4]),
    ("甲校３名・乙校４名・丙校１名、合計８名", 8, [3, 4, 1]),
    ("参加者：甲校　３名、乙校　４名（計７名）", 7, [3, 4]),
    ("参加者は計７名（甲校３名、乙校４名）であった。", 7, [3, 4]),
    ("参加者は７名（内訳：甲校３名、乙校４名）であった。", 7, [3, 4]),
    ("参加者は７名で、内訳は甲校３名、乙校４名である。", 7, [3, 4]),
    ("７名体制（係長３名、係員４名）で実施した。", 7, [3, 4]),
    ("全10回（座学６回、実習４回）開催した。", 10, [6, 4]),
    ("４月10人、５月20人、６月30人、計60名", 60, [10, 20, 30]),
    ("第１回10名、第２回20名、その他５名、計35名", 35, [10, 20, 5]),
    ("国費1,200千円、市費800千円、合計2,000千円", 2000, [1200, 800]),
    ("車両２台を使い、委託業者５名、協力員３名、計８名で行った。", 8, [5, 3]),
    ("甲校３名、\n乙校４名、\n計７名", 7, [3, 4]),
]


@pytest.mark.parametrize(("text", "total", "parts"), SENTENCES)
def test_a_sum_in_one_sentence(text: str, total: int, parts: list[int]) -> None:
    (claim,) = claims(text)
    assert sums(text) == [(total, parts)]
    assert claim.words["within"] == "sentence"


NO_SUMS = [
    "参加者は計100名であった。",
    "計100名（うち職員14名）",
    "甲校10名（引率３名）、乙校５名、丙校２名、計20名",
    "甲館25人、乙館31人（延べ58人）",
    "相談　1,234件（電話567件、来所432件）",
    "申込みは90件で、その内訳は甲町22件、乙町61件、丙",
    "事業費は90千円で、その内訳は国費40千円、県費30千円、市費",
    "甲校３名　乙校４名　８名",
    "甲校約３名、乙校４名、計８名",
    "甲校３名、乙校４名、計８名程度",
    "講師２名、補助３名、参加者計50名",
    "講師２名、補助３名を配置し、計50名が参加した。",
    "定員30名に対し、市内10名、市外20名、計30名が参加した。",
    "職員10名、車両２台、委託業者５名、協力員３名、計18名",
    "男性30名、女性20名、65歳以上10名、計50名",
    "計50件（甲地区10件、乙地区５件など）",
    "計50件（主なもの：甲地区10件、乙地区５件）",
    "計９名（教員３名、保護者４名、車両１台）",
    "３４課８３名、６課７係、計90名",
    "甲校30.0％、乙校70.0％、計100.0％",
    "参加者20名（教員３名、保護者５名）",
    "延べ200名（甲会場120名、乙会場90名）",
    "４月は10名が参加、５月は20名が参加、計50名を見込む。",
    "甲校３名、乙校４名、丙校２名、計７名",
    "甲校３名、乙校３名を含め、計９名",
    "９人のうち甲校３名、乙校４名、計７名が市内から参加した。",
]


@pytest.mark.parametrize("text", NO_SUMS)
def test_what_is_no_plain_sum(text: str) -> None:
    assert claims(text) == []


COUNTERS = st.sampled_from(["名", "件", "校", "回", "千円", "箇所", "台", "kg"])
NUMBERS = st.lists(st.integers(1, 99_999), min_size=2, max_size=6)
NAMES = "甲乙丙丁戊己"
FORMS = st.sampled_from(
    [
        ("{parts}、計{total}", "、"),
        ("{parts}の合計{total}を数えた。", "、"),
        ("{parts}（計{total}）", "・"),
        ("計{total}（{parts}）であった。", "、"),
        ("{total}（内訳：{parts}）", "、"),
        ("総数{total}（{parts}）", "・"),
    ]
)


def printed(value: int, counter: str) -> str:
    return f"{value:,}{counter}"


@given(NUMBERS, COUNTERS, FORMS)
def test_a_sum_written_from_figures_is_read_back(
    numbers: list[int], counter: str, form: tuple[str, str]
) -> None:
    pattern, sign = form
    parts = sign.join(
        f"{name}校{printed(n, counter)}" for name, n in zip(NAMES, numbers, strict=False)
    )
    text = pattern.format(parts=parts, total=printed(sum(numbers), counter))
    assert sums(text) == [(sum(numbers), numbers)]


@given(NUMBERS, COUNTERS, FORMS, st.integers(-50, 50).filter(bool))
@example([3, 4], "名", ("{parts}、計{total}", "、"), 1)
def test_a_wrong_total_is_a_claim_that_fails(
    numbers: list[int], counter: str, form: tuple[str, str], slip: int
) -> None:
    total = sum(numbers) + slip
    # What some of the parts add up to is another statement than a sum.
    runs = [sum(numbers[i:j]) for i in range(len(numbers)) for j in range(i, len(numbers) + 1)]
    assume(total > 0 and total not in runs)
    pattern, sign = form
    parts = sign.join(
        f"{name}校{printed(n, counter)}" for name, n in zip(NAMES, numbers, strict=False)
    )
    text = pattern.format(parts=parts, total=printed(total, counter))
    assert sums(text) == [(total, numbers)]


def test_brackets_behind_the_parts_are_a_sum_of_their_own() -> None:
    text = "助成は太陽光12件（1,200千円）、蓄電池25件（2,500千円）、計37件（3,700千円）となった。"
    assert sums(text) == [(37, [12, 25]), (3700, [1200, 2500])]


# --- lists


@given(NUMBERS, COUNTERS, st.sampled_from(["・", "　・", "○", ""]), st.sampled_from(["計", "合計"]))
def test_a_list_written_from_figures_is_read_back(
    numbers: list[int], counter: str, marker: str, word: str
) -> None:
    rows = [
        f"{marker}{name}校　　{printed(n, counter)}"
        for name, n in zip(NAMES, numbers, strict=False)
    ]
    below = "\n".join([*rows, f"{marker}{word}　　{printed(sum(numbers), counter)}"])
    assert sums(below) == [(sum(numbers), numbers)]
    above = "\n".join([f"{marker}{word}　　{printed(sum(numbers), counter)}", *rows])
    assert sums(above) == [(sum(numbers), numbers)]


@given(NUMBERS, COUNTERS, st.sampled_from(["・", "①", "-"]))
def test_a_head_with_the_total_of_its_items(numbers: list[int], counter: str, marker: str) -> None:
    rows = [
        f"　{'①②③④⑤⑥'[i] if marker == '①' else marker}{NAMES[i]}校：{printed(n, counter)}"
        for i, n in enumerate(numbers)
    ]
    text = "\n".join(
        [f"○参加　計{printed(sum(numbers), counter)}", *rows, "◎成果", "・交流が進んだ。"]
    )
    (claim,) = claims(text)
    assert sums(text) == [(sum(numbers), numbers)]
    assert claim.words["within"] == "list"


def test_parts_that_are_far_less_may_be_some_of_them() -> None:
    (claim,) = claims("計50件（甲地区10件、乙地区５件）")
    assert claim.words["within"] == "list"


def test_a_total_in_brackets_below_its_breakdown() -> None:
    assert sums("（内訳）\n・甲館　53社\n・乙館　8,543社\n（合計）8,596社") == [(8596, [53, 8543])]


def test_a_total_with_a_name_is_no_foot_of_the_figures_above_it() -> None:
    text = "前回は30組。\n申込み　計５組\n□新規：３組\n□継続：２組"
    assert sums(text) == [(5, [3, 2])]
    assert sums("（内訳）\n　　甲館　45人\n　　乙館　769人\n（合計）814人") == [(814, [45, 769])]
    assert sums("事業費　合計90千円【内訳】国費50千円　市費40千円") == [(90, [50, 40])]


def test_a_subtotal_is_not_added_again() -> None:
    text = (
        "【売却収入】\n"
        "　・一般競争入札　　　　なし\n"
        "　・随意契約　　　　　　11,662千円\n"
        "　・小計　５物件（５筆、1,210.95㎡）　11,662千円\n"
        "　・その他　　　　　　　119千円\n"
        "　・合計　　　　　　　　11,781千円\n"
    )
    assert sums(text) == [(11662, [0, 11662]), (11781, [11662, 119])]


def test_each_counter_of_a_total_is_a_sum_of_its_own() -> None:
    text = "・甲　２物件（３筆、4,414.15㎡)\n・乙　５物件（５筆、1,997.65㎡）\n・合計　７物件（８筆、6,411.80㎡）"
    assert [values(claim) for claim in claims(text)] == [
        (7, [2, 5]),
        (8, [3, 5]),
        (Decimal("6411.80"), [Decimal("4414.15"), Decimal("1997.65")]),
    ]


NO_LISTS = [
    "・甲校　３名\n・乙校　約４名\n・丙校　２名\n・丁校　１名\n・計　10名",
    "・甲校　３名\n・乙校は欠席\n・丙校　２名\n・丁校　１名\n・計　８名",
    "・甲校　３名\n　・引率　１名\n・乙校　４名\n・計　８名",
    "・講座　３回\n・参加者　４名\n・計　８名",
    "○実績　計50件（主なもの）\n　・甲　10件\n　・乙　５件",
    "○実績　計50件\n　・甲　10件\n　・乙　５件\n　・丙など",
    "・定員　30名\n・甲校　３名\n・乙校　27名\n・計　30名",
    "・当初　100件\n・変更　20件\n・取消　５件\n・合計　120件",
    "・甲地区\n　-１班　３名\n　-２班　４名\n・合計　20名",
]


@pytest.mark.parametrize("text", NO_LISTS)
def test_a_list_that_is_no_plain_sum(text: str) -> None:
    assert claims(text) == []


def test_a_total_belongs_to_the_list_above_it() -> None:
    text = "○甲　３灯\n○乙　４灯\n・計：７灯\n－窓口　５灯\n－郵送　７灯"
    assert sums(text) == [(7, [3, 4])]


def test_part_of_an_item_is_no_item() -> None:
    assert sums("・甲校　30名\n（うち女性　10名）\n・乙校　20名\n・計　50名") == [(50, [30, 20])]


@given(st.text("計合３名4件、・（）()内訳：\n　千円なし延べ。", max_size=80))
def test_any_text_is_read(text: str) -> None:
    claims(text)


def test_hostile_texts_are_read_in_the_end() -> None:
    for text in [
        "計３名（" * 3000,
        "３名、" * 20_000 + "計７名",
        "・甲　３名\n" * 3000,
        "（" * 10**4 + "計７名",
    ]:
        assert claims(text) == []


# --- across lists, and tables


def test_items_of_one_label_in_several_lists() -> None:
    lines = [
        "(1)入札",
        "　・予定　２物件（３筆、4,414.15㎡)",
        "　◎売却　なし",
        "(2)公売",
        "　・予定　５物件（５筆、1,997.65㎡）",
        "　◎売却　１物件（２筆、120.50㎡）",
        "【合計】",
        "　・入札　16千円",
        "　・随契　計画なし",
        "　・合計　７物件（８筆、6,411.80㎡）　16千円",
    ]
    across = [claim for claim in claims("\n".join(lines)) if claim.words["within"] == "sheet"]
    assert [str(values(claim)[0]) for claim in across] == ["7", "8", "6411.80"]
    lines[-1] = lines[-1].replace("８筆", "９筆")
    across = [claim for claim in claims("\n".join(lines)) if claim.words["within"] == "sheet"]
    assert [str(values(claim)[0]) for claim in across] == ["7", "9", "6411.80"]
    # Where two of the three don't add up nothing says that they are the parts.
    lines[-1] = lines[-1].replace("７物件", "６物件")
    assert not [claim for claim in claims("\n".join(lines)) if claim.words["within"] == "sheet"]


def of_tables(text: str) -> list[tuple[int, list[int]]]:
    return [
        (int(total or 0), [int(part or 0) for part in parts])
        for total, parts in map(values, claim_texts.claims(sums_of_tables.read, text))
    ]


@given(
    st.lists(st.lists(st.integers(1, 9999), min_size=3, max_size=3), min_size=2, max_size=5),
    st.booleans(),
)
def test_a_table_of_figures_is_added_up(rows: list[list[int]], is_spaced: bool) -> None:
    lines = ["年度　R4　R5　R6"]
    lines += [f"{NAMES[i]}館　" + "　".join(f"{n:,}" for n in row) for i, row in enumerate(rows)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    lines.append("合計　" + "　".join(f"{sum(column):,}" for column in columns))
    text = ("\n\n" if is_spaced else "\n").join(lines)
    assert of_tables(text) == [(sum(column), column) for column in columns]


def test_a_line_of_a_table_that_was_broken_is_one_or_none() -> None:
    text = "区分　東町　西町　計\n相談（件）　233　798　1\n　031"
    assert of_tables(text) == [(1031, [233, 798])]
    assert of_tables(text + "件") == []


def test_a_column_of_totals() -> None:
    text = "区分　男　女　計\n市内　3　4　7\n市外　5　6　12"
    assert of_tables(text) == [(7, [3, 4]), (12, [5, 6])]


NO_TABLES = [
    "年度　R4　R5\n金額（千円）　100　200\n件数（件）　3　4\n合計　103　204",
    "区分　目標　実績　計\n市内　3　4　8",
    "区分　R4　R5\n市内　3　4\nうち新規　1　2\n合計　9　9",
    "区分　R4　R5\n市内　3　4\n割合　50　50\n合計　9　9",
]


@pytest.mark.parametrize("text", NO_TABLES)
def test_a_table_that_is_not_added_up(text: str) -> None:
    assert of_tables(text) == []
