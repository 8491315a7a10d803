"""How texts end, and what of a plan a result takes up: the rules' finer points, sentence by
sentence.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.narrative.endings import cut_off, not_done, still_planned
from auditor.narrative.folding import folded
from auditor.narrative.numbered import not_taken_up
from auditor.narrative.repetition import repeated_sections, said_as_planned
from auditor.narrative.slips import fillers, mixed_widths, statements_with_doubled
from auditor.narrative.statements import SheetText
from auditor.records.frozen import FrozenDict
from auditor.records.model import Evaluation, Sheet

FORM = load().forms["kushiro"]


def prose(evaluations: dict[str, Evaluation] | None = None, **texts: str) -> SheetText:
    sheet = Sheet(name="講座事業", fiscal_year=2024, evaluations=FrozenDict(evaluations or {}))
    return SheetText(sheet.model_copy(update=texts), FORM)


def is_cut(text: str) -> bool:
    section = prose(purpose=text).section("purpose")
    return section is not None and any(cut_off(section))


@pytest.mark.parametrize(
    "text",
    [
        "自主財源を確保するため、寄附者に対し特産品の",
        "参加者の募集については市公式ホームページのほか、",
        "講座を10回開催した（参加者100名",
        "講座を開催した。利用者からは「また参加したい",
        "関係機関と連携し、市民の健康づくりを",
        "講座を開催した。参加者は前年度の市民に",
        "事業の推進と周知及び",
        "システムの取り扱いについては、操作方法を検討しており",
        "円滑な実施に向けて引き続き検討する必要があ",
    ],
)
def test_a_text_that_ends_in_the_middle_is_cut_off(text: str) -> None:
    assert is_cut(text)


@pytest.mark.parametrize(
    "text",
    [
        "講座を10回開催した。",
        "・講座の開催\n・参加者　100名",
        "明日を",
        "すべての世代が安心して暮らせるまちへ",
        "手続をより簡単に",
        "自主財源を確保するため",
        "特になし",
        "売却に至らなかった物件の処分",
        "１）開会 ２）講演",
        "実施物件（７物件）",
        "参加者が少ないこと",
        "令和６年４月～令和７年３月",
        "窓口の見直し",
        "その他の生き物",
        "引き続き周知に努める",
    ],
)
def test_a_text_that_ends_as_headings_do_is_whole(text: str) -> None:
    assert not is_cut(text)


@given(st.text("市民が講座を開催した。、（）「」のにを ", max_size=30))
def test_a_text_that_ends_with_a_full_stop_outside_brackets_is_whole(text: str) -> None:
    assert not is_cut(f"{text}。")


def planned_still(text: str) -> list[str]:
    return [statement.printed for statement in still_planned(prose(achieved=text))]


@pytest.mark.parametrize(
    "text",
    [
        "令和６年度は研修を実施する予定である。",
        "研修を３回開催した。今年度は報告書を作成していく。",
        "R6年度中に施設を改修する予定",
        "令和７年２月に講演会を開催予定。",
        "（１）研修\n　３回開催した。\n（２）講演会\n　市民を対象に開催する予定である。",
    ],
)
def test_a_result_that_is_still_planned_is_found(text: str) -> None:
    assert planned_still(text)


@pytest.mark.parametrize(
    "text",
    [
        "引き続き、活用可能事業を検討していく。",
        "令和７年度に実施する予定である。",
        "令和７年10月に開催予定。",
        "研修を開催した。報告書はホームページで公表する予定。",
        "令和６年度の結果を踏まえ、研修の内容を見直していく。",
        "令和６年度から毎年度実施していく。",
        "10月に次回の講演会を開催する予定。",
        "予定していた研修を開催した。",
        "予定どおり実施した。",
        "管理職を含めたチームで業務改善に取り組む。",
    ],
)
def test_what_is_planned_for_later_is_no_fault(text: str) -> None:
    assert planned_still(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("実績なし（申請なし）", "実績なし"),
        ("・令和６年度実績なし。引続き検討する。", "実績なし"),
        ("会議の開催は見送った。", "見送った"),
        ("感染症の影響により中止", "中止"),
        ("悪天候のため中止となった。", "中止となった"),
        ("（２）講演会　未実施", "未実施"),
    ],
)
def test_what_was_not_done_is_found(text: str, words: str) -> None:
    (found,) = not_done(prose(achieved=text))
    statement, start, end = found
    assert statement.text[start:end] == words


@pytest.mark.parametrize(
    "text",
    [
        "雨天中止",
        "令和５年度は中止した。",
        "中止していた講座を再開した。",
        "売却物件　なし",
        "中止することなく開催した。",
        "中止となった場合の対応を定めた。",
    ],
)
def test_what_only_sounds_so_was_done(text: str) -> None:
    assert list(not_done(prose(achieved=text))) == []


TITLES = ["広報紙の発行", "説明会の開催", "ホームページ更新", "職員研修の実施", "施設改修工事"]
MARKERS = {
    "①": ("①", "②", "③", "④", "⑤"),
    "(1)": ("（１）", "（２）", "（３）", "（４）", "（５）"),
    "1.": ("１．", "２．", "３．", "４．", "５．"),
}


@given(
    st.integers(2, 5),
    st.sampled_from(sorted(MARKERS)),
    st.sets(st.integers(0, 4)),
    st.booleans(),
)
def test_exactly_the_numbers_that_the_result_lacks_are_named(
    items: int, kind: str, dropped: set[int], has_text: bool
) -> None:
    """As long as the result takes up any of them, whatever stands below."""
    marker = MARKERS[kind]
    below = "\n　・対象は市民とする。" if has_text else ""
    planned = [f"{marker[number]}{TITLES[number]}{below}" for number in range(items)]
    lines = [f"{marker[n]}{TITLES[n]}\n　◎10回" for n in range(items) if n not in dropped]
    text = prose(planned="\n".join(planned), achieved="\n".join(lines))
    missing = [item.ordinal for item in not_taken_up(text)]
    expected = [number + 1 for number in range(items) if number in dropped]
    assert missing == (expected if lines else [])


@pytest.mark.parametrize(
    ("planned", "achieved"),
    [
        ("①講座の開催\n②参考資料", "①講座の開催　10回"),
        ("①講座の開催\n②研修の開催", "・講座の開催　10回"),
        ("①講座の開催\n②研修の開催", "①４月12日\n③５月12日"),
        ("①講座の開催\n②研修の開催\n③広報紙", "①講座の開催\n①～③のとおり実施した。"),
        ("（１）講座の開催\n（２）研修の開催", "（１）（２）講座の開催、研修の開催とも実施"),
        ("①講座の開催\n②職員研修の開催", "①講座の開催\n・職員研修の開催　３回"),
        ("①講座の開催", "①講座の開催\n②研修の開催"),
    ],
)
def test_what_the_result_may_well_take_up_is_not_missing(planned: str, achieved: str) -> None:
    assert list(not_taken_up(prose(planned=planned, achieved=achieved))) == []


def test_items_below_a_number_are_compared_below_the_same_number() -> None:
    planned = "（１）広報\n　①広報紙の発行\n　②動画の配信\n（２）研修\n　①職員研修の開催\n　②市民研修の開催"
    achieved = "（１）広報\n　12回発行した。\n（２）研修\n　①職員研修の開催　３回"
    (item,) = not_taken_up(prose(planned=planned, achieved=achieved))
    assert item.text == "市民研修の開催"


def test_a_result_that_is_the_plan_is_found() -> None:
    words = "市民に市政を知らせるため、広報紙を毎月発行する。"
    assert list(said_as_planned(prose(planned=words, achieved=words[:12] + "\n" + words[12:])))


@pytest.mark.parametrize(
    ("planned", "achieved"),
    [
        ("・講座の開催", "・講座の開催"),
        (
            "講座の開催\n　市民の健康増進を目的とした講座を開催する。",
            "講座の開催\n　10回開催した。",
        ),
        (
            "①市民の健康増進を目的とした講座を開催する。",
            "①市民の健康増進を目的とした講座を開催する。\n　◎10回開催した。",
        ),
        (
            "・釧路市民憲章推進書道展\n・市民の健康を支える施設である。",
            "・釧路市民憲章推進書道展\n・市民の健康を支える施設である。\n・参加者　10名",
        ),
    ],
)
def test_headings_that_a_result_repeats_are_no_fault(planned: str, achieved: str) -> None:
    assert list(said_as_planned(prose(planned=planned, achieved=achieved))) == []


def test_an_evaluation_that_repeats_the_one_before_is_found_without_its_first_clause() -> None:
    sentence = "市と団体が役割を分担しながら協働することで、公益性と波及効果のある事業がより効果的に実施できた。"
    text = prose(
        {
            "2023": Evaluation(year=2023, result="継続", issues=f"最多の応募があり、{sentence}"),
            "2024": Evaluation(year=2024, result="継続", issues=sentence),
        }
    )
    (repeated,) = repeated_sections(text)
    assert (repeated.statement.section.year, repeated.other.year) == ("2024", "2023")


RUNS = [
    "①講座を開催する予定。\n",
    "・講座を開催する予定\n",
    "・講座の開催を\n",
    "（講座「",
    "①講座の開催に\n",
    "（1）",
    "実施する予定である。",
    "中止。",
    "のの",
    "を推",
    "１0",
    "●●人",
    "①1 ",
]


@pytest.mark.parametrize("unit", RUNS)
def test_a_long_run_of_one_thing_is_read(unit: str) -> None:
    """What took the square of its length, or more, would not end here."""
    run = unit * (20_000 // len(unit))
    text = prose(
        planned="①講座の開催\n②研修の開催\n" + run, achieved=run, undivided=run, purpose=run
    )
    for read in (not_taken_up, said_as_planned, still_planned, not_done, repeated_sections):
        list(read(text))
    for section in text.sections:
        list(cut_off(section))
        list(statements_with_doubled(section))
        list(mixed_widths(section.text))
        list(fillers(folded(section.text), text.words))
