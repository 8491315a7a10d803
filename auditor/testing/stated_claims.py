"""Claims as a rule's case states them: figure by figure, or as a sentence that is read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, cast

from auditor.forms.model import Form
from auditor.narrative.folding import folded
from auditor.narrative.model import Claim
from auditor.narrative.tokens import tokens_of
from auditor.narrative.words import words_of
from auditor.records.decimals import number
from auditor.records.fields import SCOPES
from auditor.records.figures import Figure
from auditor.records.sentences import EVALUATION_SECTIONS, SHEET_SECTIONS, Mark, Sentence

__all__ = ["NAMES", "SECTIONS", "Misfit", "stated_claim"]

_FIELDS: Final = SCOPES["claim"].by_name
NAMES: Final = tuple(_FIELDS)
"""What a case may state of a claim."""

SECTIONS: Final = (*SHEET_SECTIONS, *EVALUATION_SECTIONS)
"""The texts in which a claim may stand."""


class Misfit(Exception):
    """A name of a claim with a value that it can't have; ``wanted`` says what kind it takes."""

    def __init__(self, name: str, value: object, wanted: tuple[str, str]) -> None:
        super().__init__(name)
        self.name, self.value, self.wanted = name, value, wanted


_TEXT: Final = "a text", "文字列"
_NUMBER: Final = "a whole number", "整数"
_FIGURE: Final = "a number or a printed figure", "数値か記載どおりの文字列"
_LIST: Final = "a list of figures", "数値の並び"


def stated_claim(stated: Mapping[str, object], form: Form, section: str, year: str | None) -> Claim:
    """The claim that a case states name by name, in a sentence of its figures. Raises Misfit."""
    words: dict[str, str] = {}
    values: dict[str, int] = {}
    figures: dict[str, Figure] = {}
    for name, value in stated.items():
        match _FIELDS[name].kind:
            case "text":
                words[name] = _text(name, value)
            case "number":
                values[name] = _whole(name, value)
            case "figures":
                items = _items(name, value)
                figures |= {
                    f"{name}.{at}": _figure(name, item, form) for at, item in enumerate(items, 1)
                }
            case _:
                figures[name] = _figure(name, value, form)
    kind = words.pop("kind", "")
    return Claim(
        kind=kind,
        sentence=_sentence(figures, section, year),
        figures=figures,
        values=values,
        words=words,
    )


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Misfit(name, value, _TEXT)
    return value


def _whole(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misfit(name, value, _NUMBER)
    return value


def _items(name: str, value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise Misfit(name, value, _LIST)
    return list(cast("list[object]", value))


def _figure(name: str, value: object, form: Form) -> Figure:
    """A figure as prose prints it. One that can't be read stays text, and is unknown to rules."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        exact = Decimal(str(value))
        return Figure(value=exact, state="number", printed=number(exact))
    if not isinstance(value, str):
        raise Misfit(name, value, _FIGURE)
    tokens = tokens_of(folded(value), value, words_of(form))
    whole = [item for item in tokens.quantities if (item.start, item.end) == (0, len(value))]
    return whole[0].figure if whole else Figure(state="text", printed=value)


def _sentence(figures: Mapping[str, Figure], section: str, year: str | None) -> Sentence:
    """The figures side by side, as a sentence that holds them."""
    text, marks = "", list[Mark]()
    for name, figure in figures.items():
        text += "、" if text else ""
        marks.append(Mark(start=len(text), end=len(text) + len(figure.shown()), name=name))
        text += figure.shown()
    return Sentence(text=text, section=section, year=year, marks=tuple(marks))
