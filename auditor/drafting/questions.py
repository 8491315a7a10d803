"""What a person answers to the open questions of a draft, in the words that people use."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from auditor.drafting.draft import Answers, Question
from auditor.drafting.vocabulary import Vocabulary
from auditor.forms.words import squeezed
from auditor.records.fiscal import fiscal_year_in
from auditor.records.text import Text

__all__ = ["WrongAnswer", "answered", "how_to_answer"]

_YES: Final = frozenset({"y", "yes", "はい", "ハイ", "ok"})
_NO: Final = frozenset({"n", "no", "いいえ", "いえ", "イイエ"})
_KINDS: Final = ("settled", "expected", "budgeted", "requested", "planned")


class WrongAnswer(Exception):
    """An answer that is none to its question; ``text`` says what would be one."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


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
            unit = vocabulary.unit_of(text)
            if unit is None or not vocabulary.is_money(unit):
                raise WrongAnswer(how_to_answer(question))
            return replace(answers, unit=unit)
        case "names":
            if word not in _YES | _NO:
                raise WrongAnswer(how_to_answer(question))
            return replace(answers, names=word in _YES)
        case "kinds":
            kind = word if word in _KINDS else vocabulary.kind_of(text)
            if kind is None:
                raise WrongAnswer(how_to_answer(question))
            return replace(answers, kind=kind)


def _year(text: str, question: Question) -> int:
    year = fiscal_year_in(text)
    if year is None:
        raise WrongAnswer(how_to_answer(question))
    return year
