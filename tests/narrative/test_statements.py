"""Statements: what the layout broke is one again, and what is apart stays apart."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.narrative.folding import folded, width
from auditor.narrative.lines import bracket_ends, ordinal_of
from auditor.narrative.statements import Section, Statement
from auditor.narrative.words import words_of

ROOT = Path(__file__).parents[2]
FORM = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
WORDS = words_of(FORM)


def section(text: str) -> Section:
    return Section("achieved", None, text, WORDS)


def texts(text: str) -> list[str]:
    return [statement.text for statement in section(text).statements]


def paragraphs(text: str) -> list[str]:
    return [paragraph.text for paragraph in section(text).paragraphs]


# --- what the layout broke

PIECES = st.sampled_from(
    [
        "令和６年度",
        "は",
        "市民",
        "及び",
        "事業者",
        "を対象に",
        "講習会",
        "（全３回）",
        "「港まつり」",
        "で",
        "1,017件",
        "１人あたり",
        "ＫＰＩ",
        "の達成に向け、",
        "利用促進",
        "など、",
        "取組",
        "を進める",
        "ことにより",
        "ウェブサイト",
        "更新",
        "し、",
    ]
)
SENTENCES = st.lists(PIECES, min_size=3, max_size=30).map(lambda pieces: "".join(pieces) + "した。")


def wrapped(text: str, columns: int, indent: str = "") -> str:
    """The text in lines of so many narrow columns, set as Japanese is: no stop begins a line and
    no bracket opens at its end.
    """
    lines = [indent]
    for sign in text:
        if width(lines[-1] + sign) > columns and sign not in "、。）」ー":
            opening = lines[-1][-1] if lines[-1].endswith(("（", "「")) else ""
            lines[-1] = lines[-1].removesuffix(opening)
            lines.append(opening)
        lines[-1] += sign
    return "\n".join(lines)


@given(
    st.lists(SENTENCES, min_size=1, max_size=4),
    st.integers(40, 100),
    st.sampled_from(["", "　", "・"]),
)
@example(["令和６年度は事業者の更新した。"], 40, "")
def test_a_paragraph_reads_the_same_at_any_width(
    sentences: list[str], columns: int, indent: str
) -> None:
    text = "".join(sentences)
    assert texts(wrapped(text, columns, indent)) == [folded(sentence) for sentence in sentences]


@given(
    st.lists(
        st.sampled_from(
            [
                "博物館の入館者数",
                "参加者30人",
                "講師２名",
                "計画なし",
                "美術館　12,000人",
                "会場：公民館",
                "【表彰】",
            ]
        ),
        min_size=2,
        max_size=8,
    )
)
def test_short_lines_of_their_own_stay_apart(lines: list[str]) -> None:
    assert texts("\n".join(lines)) == [folded(line) for line in lines]


@given(st.lists(SENTENCES, min_size=1, max_size=4), st.integers(40, 100), st.sampled_from("・○①◎※"))
def test_items_with_markers_stay_apart(sentences: list[str], columns: int, marker: str) -> None:
    items = [wrapped(sentence, columns, marker) for sentence in sentences]
    assert paragraphs("\n".join(items)) == [folded(sentence) for sentence in sentences]


BROKEN = [
    "令\n和７年３月に実施した。",
    "ＫＰ\nＩの達成に向けた取組を行い、職員への周知を図ったうえで進めることとした。",
    "市民一人\nあたり３冊を貸し出した。",
    "効率的かつ\n効果的な運営を行う。",
    "庁内公募による「研修会」\nの実施。",
    "計100名を対象と\nする。",
    "利用件数110,034件中109,869件\n　　　　（利用率99.9％）",
    "「ひまわり」「あさ\n　　　がお」を導入",
    "交付　甲小学校６件・乙小学校41件・港小学校\n498件・森小学校9,978件　計10,523件",
    "来場　中央館４件、東分館5,890\n件、西分館93件、北館８件、南分\n館12件",
    "甲町:365件、乙町:７件、丙町\n:1,412件、丁町:413件",
    "会期　令和６年10月１日～令和７年 ３\n月 31日",
    "会期　R６年11月30日（土)～R６年１\n２月29日（日)",
    "市内の対象者のうち申込みは1,2\n34件であった。",
    "申込みは1,013件で、内訳は甲町 22件、乙町 61件、丙\n　町 930件である。",
    "募集期間　R６. ８.23～R６.\n11.14まで",
    "市民（小学生\nを除く\n）の参加",
    "新たに端末を導入し、業務の\n　効率化と人材の育成を\n　図る。",
]


def test_a_sentence_that_plainly_goes_on_is_one() -> None:
    for text in BROKEN:
        lines = [line.strip() for line in text.split("\n")]
        assert texts(text) == [folded("".join(lines))]


def test_what_begins_anew_is_apart() -> None:
    for text in [
        "学生による課題解決型の交流の催しの実施について\n　学生の視点で課題を見いだし、市の検討の参考とする。",
        "会期：令和７年１月17日\n会場：公民館",
        "会　期　　令和７年１月17日\n会　場　　公民館",
        "年度　R4　R5　R6\n件数（件）　12　13　14\n金額（千円）　120　130　140",
        "参加者30人\n\n見学者20人",
        "令和６年度の目標：令和５年度の件数と金額をどちらも上回ること\n　令和５年度実績　110件　2,000円",
        "市内の小学校の全学年を対象とした読書の催しの実施\n令和５年度の催しに参加した児童の数　110人",
        "募集物件\n　一般競争入札において不調となった物件",
        "【作品展】\n会期は３日間",
    ]:
        lines = [folded(line).strip() for line in text.split("\n") if line.strip()]
        assert texts(text) == lines


def test_a_narrow_column_beside_a_picture_has_an_edge_of_its_own() -> None:
    text = (
        "　市の施設の利用者に配る案内を作り直し、四か国語で案内できるようにしたほか、受付の職員に研修を行った。\n"
        "\n"
        "・既存の受付台に加え、新たに端末を\n"
        "　導入し、業務効率化と職員の育成を\n"
        "　進めた。\n"
    )
    assert (
        texts(text)[-1]
        == "既存の受付台に加え、新たに端末を導入し、業務効率化と職員の育成を進めた。"
    )


# --- brackets


def test_a_bracket_that_never_closes_swallows_nothing() -> None:
    lines = [f"施設{index}の修繕。" for index in range(20)]
    assert texts("（補足\n" + "\n".join(lines)) == ["(補足", *(folded(line) for line in lines)]


def test_brackets_of_two_widths_belong_together() -> None:
    assert texts("２物件（３筆、4,414㎡)を売却。残りは継続。") == [
        "2物件(3筆、4,414㎡)を売却。",
        "残りは継続。",
    ]


def test_a_stop_within_brackets_ends_no_statement() -> None:
    assert texts("意見（よかった。また来たい。）があった。次回も行う。") == [
        "意見(よかった。また来たい。)があった。",
        "次回も行う。",
    ]


@given(st.text("()「」『』[]あ。", max_size=60))
def test_brackets_close_once_and_within_each_other(text: str) -> None:
    ends = bracket_ends(text)
    assert all(start < end for start, end in ends.items())
    assert len(set(ends.values())) == len(ends)
    for start, end in ends.items():
        assert all(start < other < end for begin, other in ends.items() if start < begin < end)


# --- what every text keeps

ANY = st.text("令和６年度、。（）「」・①(1)※：　 \n\t３件計ア【】Ａabc-", max_size=200)


@given(ANY)
def test_nothing_is_lost_or_moved(text: str) -> None:
    """All statements are in the text, in its order, but for its space and its markers."""
    read = "".join(statement.printed for statement in section(text).statements)
    rest = iter("".join(text.split()))
    assert all(sign in rest for sign in "".join(read.split()))


@given(ANY)
def test_a_statement_knows_its_line(text: str) -> None:
    lines = text.splitlines()
    for statement in section(text).statements:
        assert statement.printed[0] in lines[statement.line]
        assert len(statement.printed) == len(statement.text)


@given(ANY)
def test_the_tree_holds_each_paragraph_once(text: str) -> None:
    every = section(text).paragraphs
    for paragraph in every:
        assert all(item.head is paragraph for item in paragraph.items)
        assert paragraph.level == (paragraph.head.level + 1 if paragraph.head else 0)
    assert sum(len(paragraph.items) for paragraph in every) + sum(
        paragraph.head is None for paragraph in every
    ) == len(every)


def test_hostile_texts_are_read_in_the_end() -> None:
    for text in [
        "（" * 10**5,
        "（あ」\n" * 10**4,
        "・\n" * 10**4,
        "あ\n" * 10**4,
        "1," * 10**5,
        " " * 10**5 + "あ",
    ]:
        assert all(isinstance(statement, Statement) for statement in section(text).statements)


# --- markers and lists


def test_markers_and_their_numbers() -> None:
    text = (
        "(1)入札\n　　・予定　２件\n　 ◎結果　１件\n（２）随意契約\n　・予定　３件\n①\n・\n①・④参照"
    )
    read = [(p.marker, p.ordinal, p.level, p.text) for p in section(text).paragraphs]
    assert read == [
        ("(1)", 1, 0, "入札"),
        ("・", None, 1, "予定 2件"),
        ("◎", None, 1, "結果 1件"),
        ("(2)", 2, 0, "随意契約"),
        ("・", None, 1, "予定 3件"),
        ("", None, 1, "①・④参照"),
    ]
    assert [ordinal_of(marker) for marker in ("⑳", "(12)", "3.", "ウ)", "・", "")] == [
        20,
        12,
        3,
        3,
        None,
        None,
    ]


def test_the_first_item_behind_a_label_is_an_item() -> None:
    text = "　日時：①６月21日\n　　　　②７月16日\n　　　　※全２回"
    read = [(p.marker, p.text, p.head.text if p.head else "") for p in section(text).paragraphs]
    assert read[:3] == [("", "日時:", ""), ("①", "6月21日", "日時:"), ("②", "7月16日", "日時:")]


def test_a_number_and_a_space_is_a_marker_in_a_row_of_them() -> None:
    text = "1 相談会の開催\n　・３回開催\n2 移住の支援\n　・２件\n3 広報"
    read = [(p.kind, p.ordinal, p.level, p.text) for p in section(text).paragraphs]
    assert [line for line in read if line[0] == "1"] == [
        ("1", 1, 0, "相談会の開催"),
        ("1", 2, 0, "移住の支援"),
        ("1", 3, 0, "広報"),
    ]
    assert paragraphs("2 人が参加\n\n1 人が辞退") == ["2 人が参加", "1 人が辞退"]


def test_items_stand_below_their_head() -> None:
    text = "○参加者　計23名\n・甲大学　３名\n・乙大学　20名\n◎成果\n　交流が進んだ。"
    first, *_ = section(text).paragraphs
    assert [item.text for item in first.items] == ["甲大学 3名", "乙大学 20名"]
