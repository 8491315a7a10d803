"""The words of prose that a form adds: what they change, and what can't be one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.forms.prose import ROLES, ProseWords
from auditor.narrative.statements import SheetText
from auditor.narrative.words import words_of
from auditor.readers.source import Source
from auditor.readers.text.reader import SheetTextReader
from auditor.records.model import Sheet

FORM = load().forms["minato"]


def form_with(**words: Any) -> Form:
    content = FORM.model_dump(by_alias=True)
    content["text"] = {"words": words}
    return Form.model_validate(content)


def test_every_role_of_a_form_is_one_of_sentences() -> None:
    plain = words_of(FORM)
    assert [role for role in ROLES if not plain[role]] == []


def test_words_are_added_to_those_that_the_program_knows() -> None:
    plain, added = words_of(FORM), words_of(form_with(total="総括", counters=["口座"]))
    assert set(added["total"]) == {*plain["total"], "総括"}
    assert set(added["counters"]) == {*plain["counters"], "口座"}
    assert added["rate"] == plain["rate"]


def test_words_of_a_figure_are_a_role_of_their_own() -> None:
    words = words_of(form_with(fields={"total_cost": ["決算の総額"]}))
    assert "決算の総額" in words["field:total_cost"]
    assert "決算の総額" not in words["field:population"]


def test_sentences_are_read_by_the_words_of_their_form() -> None:
    sheet = Sheet(name="a", fiscal_year=2024, achieved="開設は12口座")
    (plain,) = SheetText(sheet, FORM).statements
    (added,) = SheetText(sheet, form_with(counters=["口座数", "口座"])).statements
    assert added.tokens.quantities[0].counter == "口座"
    assert plain.words["counters"] != added.words["counters"]


def test_words_alone_are_no_layout_of_texts() -> None:
    source = Source("a.txt", "\n".join(FORM.detect).encode())
    assert not SheetTextReader().accepts(source, form_with(total="総括"))


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ({"total": [""]}, "total.0"),
        ({"total": ["長" * 31]}, "total.0"),
        ({"counters": ["語"] * 201}, "counters"),
        ({"rise": ["伸"], "fall": ["伸"]}, "fall"),
        ({"target": ["値"], "actual": ["値"]}, "actual"),
        ({"fields": {"total_cots": ["総額"]}}, "fields.total_cots"),
        ({"fields": {"total_cost": [" "]}}, "fields.total_cost.0"),
        ({"totals": ["総括"]}, "totals"),
    ],
)
def test_words_that_no_sentence_can_be_read_by(words: dict[str, Any], key: str) -> None:
    with pytest.raises(ValidationError, match=rf"text\.words\.{re.escape(key)}\b"):
        form_with(**words)


def test_no_word_is_stated_twice_for_what_it_may_not_be_both() -> None:
    assert ProseWords().by_role == {}
