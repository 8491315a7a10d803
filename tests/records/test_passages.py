"""Passages: the sentences of a text in which something stands, on one line and marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records.sentences import passage

TEXTS = st.text("aあ 　。！\n\r・1)（）", max_size=80)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(TEXTS, st.lists(st.integers(0, 80), max_size=8))
def test_a_passage_is_one_line_with_every_span_marked(text: str, places: list[int]) -> None:
    ends = sorted(min(place, len(text)) for place in places)
    spans = list(zip(ends[::2], ends[1::2], strict=False))
    sentence = passage(text, spans, "achieved", "2024", "filler")
    assert len(sentence.text.splitlines()) <= 1
    assert "".join(piece for piece, _ in sentence.pieces) == sentence.text
    marked = [squeezed(piece) for piece, mark in sentence.pieces if mark is not None]
    quoted = [squeezed(text[start:end]) for start, end in spans]
    assert [piece for piece in marked if piece] == [piece for piece in quoted if piece]
    assert squeezed(sentence.text) in squeezed(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一文。これは〇〇〇です。次の文。", "これは〇〇〇です。"),
        ("前の行が\n続く〇〇〇\n　の文。次", "前の行が続く〇〇〇の文。"),
        ("the first\nline 〇〇〇 ends", "the first line 〇〇〇 ends"),
        ("・一つ目\n・二つ目の〇〇〇\n・三つ目", "・二つ目の〇〇〇"),
        ("見出し\n\n〇〇〇を行う\n(2) 次", "〇〇〇を行う"),
    ],
)
def test_a_passage_is_the_sentence_around_what_is_wrong(text: str, expected: str) -> None:
    start = text.index("〇〇〇")
    sentence = passage(text, [(start, start + 3)], "planned")
    assert sentence.text == expected
    assert [piece for piece, mark in sentence.pieces if mark] == ["〇〇〇"]


def test_a_passage_says_in_which_line_it_begins() -> None:
    text = "一行目。\n二行目。\n三行目の〇〇〇。"
    start = text.index("〇〇〇")
    assert passage(text, [(start, start + 3)], "planned").line == 2


def test_without_a_span_it_is_the_whole_text() -> None:
    assert passage("一。\n二。", [], "purpose").text == "一。二。"
