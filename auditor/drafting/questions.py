"""What a person answers to the open questions of a draft, in the words that people use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, get_args

from auditor.drafting.draft import Answers, Question, QuestionKey
from auditor.drafting.vocabulary import Vocabulary
from auditor.forms.words import squeezed
from auditor.records.fiscal import fiscal_year_in
from auditor.records.text import Text

__all__ = ["WrongAnswer", "answered", "few", "how_to_answer"]

_YES: Final = frozenset({"y", "yes", "はい", "ハイ", "ok"})
_NO: Final = frozenset({"n", "no", "いいえ", "いえ", "イイエ"})
_ORDER: Final[tuple[QuestionKey, ...]] = get_args(QuestionKey)
_MOST: Final = 2
"""So many questions a draft has at most."""
_KINDS: Final = ("settled", "expected", "budgeted", "requested", "planned")


class WrongAnswer(Exception):
    """An answer that is none to its question; ``text`` says what would be one."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def few(questions: Iterable[Question]) -> list[Question]:
    """The questions in their order, two at most: what the amounts are is one question where there
    are more, and what headings seem to say then stands at the figures alone.
    """
    by_key = {question.key: question for question in questions}
    unit, kinds = by_key.get("unit"), by_key.get("kinds")
    if len(by_key) > _MOST and unit is not None and kinds is not None:
        del by_key["unit"], by_key["kinds"]
        text = Text(
            en="What are the amounts: in which unit, and settlements (settled) or budgets "
            "(budgeted)? The document does not say.",
            ja="金額の単位は何ですか（円、千円、百万円）。また、決算額と予算額のどちらですか。"
            "いずれも文書に記載がありません。",
        )
        suggestion = f"{unit.suggestion},{kinds.suggestion}"
        by_key["amounts"] = Question("amounts", text, suggestion)
    if len(by_key) > _MOST:
        by_key.pop("names", None)
    return sorted(by_key.values(), key=lambda question: _ORDER.index(question.key))


def how_to_answer(question: Question) -> Text:
    """How a question can be answered, with an example."""
    match question.key:
        case "years":
            return Text(
                en="years, the first from the left: 2022,2023,2024 or R4,R5,R6",
                ja="左から順に、コンマで区切って入力（例：R4,R5,R6）",
            )
        case "fiscal_year":
            return Text(en="a year: 2024 or R6", ja="年度を入力（例：R6）")
        case "unit":
            return Text(en="a unit such as 千円", ja="円、千円、万円、百万円、億円のいずれか")
        case "amounts":
            return Text(
                en="a unit, then settled or budgeted, with a comma between them",
                ja="単位と、決算・予算の別を、コンマで区切って入力（例：千円,決算）",
            )
        case "names":
            return Text(en="yes or no", ja="はい／いいえ")
        case "kinds":
            return Text(en="settled or budgeted", ja="決算／予算")


def answered(answers: Answers, question: Question, text: str, vocabulary: Vocabulary) -> Answers:
    """The answers with one more. An empty text takes the suggestion; without one it leaves the
    question open. Raises WrongAnswer.
    """
    text = text.strip() or question.suggestion
    if not text:
        return answers
    word = squeezed(text).casefold()
    match question.key:
        case "years":
            years = tuple(_year(part, question) for part in re.split(r"[,、，\s]+", text) if part)
            if question.suggestion and len(years) != len(question.suggestion.split(",")):
                raise WrongAnswer(how_to_answer(question))
            return replace(answers, years=years)
        case "fiscal_year":
            return replace(answers, fiscal_year=_year(text, question))
        case "unit":
            return replace(answers, unit=_unit(text, question, vocabulary))
        case "amounts":
            parts = [part for part in re.split(r"[,、，\s]+", text) if part]
            if len(parts) != 2:
                raise WrongAnswer(how_to_answer(question))
            first, second = parts
            unit = _unit(first, question, vocabulary)
            return replace(answers, unit=unit, kind=_kind(second, question, vocabulary))
        case "names":
            if word not in _YES | _NO:
                raise WrongAnswer(how_to_answer(question))
            return replace(answers, names=word in _YES)
        case "kinds":
            return replace(answers, kind=_kind(text, question, vocabulary))


def _unit(text: str, question: Question, vocabulary: Vocabulary) -> str:
    unit = vocabulary.unit_of(text)
    if unit is None or not vocabulary.is_money(unit):
        raise WrongAnswer(how_to_answer(question))
    return unit


def _kind(text: str, question: Question, vocabulary: Vocabulary) -> str:
    word = squeezed(text).casefold()
    kind = word if word in _KINDS else vocabulary.kind_of(text)
    if kind is None:
        raise WrongAnswer(how_to_answer(question))
    return kind


def _year(text: str, question: Question) -> int:
    year = fiscal_year_in(text)
    if year is None:
        raise WrongAnswer(how_to_answer(question))
    return year
