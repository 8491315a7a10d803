"""Sentences as reports show them: cut around their figures, which stay whole and marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records.sentences import Mark, Sentence
from auditor.reports.layout import plain
from auditor.reports.sentences import bracketed, cut_sentence, quoted

LETTERS = "あ件数１2,.％（）。\x1b…"


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    """A sentence with some figures, none of which is longer than those of documents."""
    text, marks = draw(st.text(LETTERS, max_size=40)), list[Mark]()
    for number in range(draw(st.integers(0, 12))):
        figure = draw(st.text("0123456789,％件", min_size=1, max_size=15))
        marks.append(Mark(start=len(text), end=len(text) + len(figure), name=f"parts.{number}"))
        text += figure + draw(st.text(LETTERS, max_size=60))
    return Sentence(text=text, section="achieved", marks=tuple(marks))


def figures(sentence: Sentence) -> list[tuple[str, str]]:
    """The marked figures of a sentence with their names."""
    return [(mark.name, text) for text, mark in sentence.pieces if mark is not None]


@given(sentences(), st.integers(20, 240))
def test_every_mark_stays_whole_within_the_length(sentence: Sentence, longest: int) -> None:
    cut = cut_sentence(sentence, longest)
    assert len(cut.text) <= longest
    shown = figures(cut)
    assert shown == figures(sentence)[: len(shown)]
    assert shown or not sentence.marks


@given(sentences(), st.integers(20, 240))
def test_what_is_shown_stands_in_the_sentence_in_its_order(
    sentence: Sentence, longest: int
) -> None:
    text = sentence.model_copy(update={"text": sentence.text.replace("…", "・")})
    at = 0
    for part in cut_sentence(text, longest).text.split("…"):
        at = text.text.index(part, at) + len(part)


@given(sentences())
def test_a_short_sentence_is_shown_whole(sentence: Sentence) -> None:
    assert cut_sentence(sentence, max(len(sentence.text), 20)) == sentence


@given(sentences(), st.integers(20, 240))
def test_no_figure_is_left_out_while_there_is_room(sentence: Sentence, longest: int) -> None:
    room = sum(mark.end - mark.start + 1 for mark in sentence.marks) + 1
    if room <= longest:
        assert figures(cut_sentence(sentence, longest)) == figures(sentence)


@given(sentences(), st.integers(20, 240))
def test_room_is_used_up_to_a_few_characters(sentence: Sentence, longest: int) -> None:
    """A margin that is one wider for each figure would be too long."""
    cut = cut_sentence(sentence, longest)
    if len(sentence.text) > longest and len(figures(cut)) == len(sentence.marks) > 0:
        assert len(cut.text) > longest - 2 * len(sentence.marks) - 2


@given(sentences())
def test_parts_are_the_text_made_harmless(sentence: Sentence) -> None:
    parts = quoted(sentence, 10_000)
    assert "".join(part.text for part in parts) == plain(sentence.text)
    assert [part.text for part in parts if part.marked] == [text for _, text in figures(sentence)]


@given(sentences())
def test_brackets_stand_nowhere_else(sentence: Sentence) -> None:
    shown = bracketed(sentence, 10_000)
    assert shown.count("【") == shown.count("】") == len(sentence.marks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("申請は120件中90件です", "申請は【120件】中90件です"),
        ("【内訳】申請は120件です", "【内訳】申請は≪120件≫です"),
    ],
)
def test_the_brackets_are_ones_that_the_sentence_does_not_have(text: str, expected: str) -> None:
    start = text.index("120件")
    mark = Mark(start=start, end=start + 4, name="whole")
    assert bracketed(Sentence(text=text, section="achieved", marks=(mark,))) == expected


def test_a_long_sentence_is_cut_around_its_figures() -> None:
    text = "あ" * 50 + "98,803件中98,644件" + "い" * 50 + "99.8％" + "う" * 50
    marks = tuple(
        Mark(start=text.index(figure), end=text.index(figure) + len(figure), name=figure)
        for figure in ("98,803件", "98,644件", "99.8％")
    )
    sentence = Sentence(text=text, section="achieved", marks=marks)
    assert (
        bracketed(sentence, 40)
        == "…ああああ【98,803件】中【98,644件】いいいい…いいいい【99.8％】うううう…"
    )
