"""Sentences that stand on several sheets: what is nearly the same, and what only sounds alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.narrative.near import Index

SENTENCE = "「まちづくり基本構想」を推進していく中で、引き続き「都市経営」の考え方の浸透に努める"
SIGNS = "市民健康増進図関係団体連携各種講座開催推進事業計画実施支援相談窓口施設整備をにのはがでと"


def test_a_sentence_but_for_a_sign_is_near() -> None:
    index = Index([(SENTENCE, 1), (SENTENCE.replace("努", "務"), 2)])
    near = index.elsewhere(SENTENCE, 1)
    assert near is not None
    assert near.owner == 2


def test_a_sentence_of_the_same_sheet_is_not_elsewhere() -> None:
    assert Index([(SENTENCE, 1), (SENTENCE, 1)]).elsewhere(SENTENCE, 1) is None


def test_what_many_sheets_say_is_a_phrase_of_the_form() -> None:
    index = Index((SENTENCE, number) for number in range(100))
    assert index.elsewhere(SENTENCE, 1) is None


def test_short_sentences_are_no_evidence() -> None:
    assert (
        Index([("引き続き実施する。", 1), ("引き続き実施する。", 2)]).elsewhere(
            "引き続き実施する。", 1
        )
        is None
    )


@given(st.text(SIGNS, min_size=40, max_size=80), st.text(SIGNS, min_size=40, max_size=80))
def test_the_same_is_near_and_another_is_not(text: str, other: str) -> None:
    index = Index([(text, 1), (text, 2), (other, 3)])
    near = index.elsewhere(text, 1)
    assert near is not None
    if text != other:
        assert near.owner == 2 or near.text == other
