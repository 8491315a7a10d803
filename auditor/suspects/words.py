"""Words as suspects: where a rule compares words, the words that fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, get_args

from auditor.forms.model import Form
from auditor.formula.trace import Trace, trace
from auditor.formula.tree import Field
from auditor.formula.values import Value
from auditor.records.model import Direction
from auditor.rules.rows import Row
from auditor.rules.rule import Rule
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.corrected import CorrectedRow, is_met
from auditor.suspects.explanation import Contradiction, Explanation, lawful_alone, shares
from auditor.suspects.slips import slip

__all__ = ["explained_by_words"]

NONE: Final = 0.05
"""The belief in what is neither a word nor a figure of the rule."""
ACHIEVEMENTS: Final = ("achieved", "missed")


class _Word(NamedTuple):
    """A word of a row, with the values that each other word would give."""

    row: Row
    name: str
    text: str
    others: Mapping[str, Mapping[str, Value]]


def explained_by_words(number: int, contradiction: Contradiction) -> list[Explanation]:
    """The explanation of a contradiction (by its number) in which words are wrong; none where no
    other word fits.
    """
    finding, rule, row = contradiction
    options = _words_that_fit(rule, row)
    if not options:
        return []
    lawful = lawful_alone(finding)
    parts, none = shares([share * (1 - lawful) for _, share in options])
    suspects = [
        Suspect((cell,), cell.slip or slip("other-word"), share)
        for (cell, _), share in zip(options, parts, strict=True)
    ]
    return [Explanation((number,), tuple(suspects), none)]


def _words_that_fit(rule: Rule, row: Row) -> list[tuple[SuspectCell, float]]:
    """The words of a contradiction, each with one that fits, and its figures, of which nothing
    is said; all with their shares.
    """
    if rule.tree is None:
        return []
    words, figures = _named(rule, row)
    fitting: list[tuple[_Word, str]] = []
    for word in words:
        fitting += [
            (word, other)
            for other, values in word.others.items()
            if _fits(rule, row, word.row, values)
        ]
    if not fitting:
        return []
    concerned = len({(id(word.row), word.name) for word, _ in fitting}) + len(figures)
    counts: dict[tuple[int, str], int] = {}
    for word, _ in fitting:
        key = id(word.row), word.name
        counts[key] = counts.get(key, 0) + 1
    each = (1 - NONE) / concerned
    options = [
        (_cell_of(word, other), each / counts[id(word.row), word.name]) for word, other in fitting
    ]
    options += [(_side(of, name), each) for of, name in figures]
    options.sort(key=lambda option: -option[1])
    return options


def _named(rule: Rule, row: Row) -> tuple[list[_Word], list[tuple[Row, str]]]:
    """The words that a rule looks at on a row, and the figures."""
    assert rule.tree is not None
    traces = [trace(rule.tree, row)]
    if rule.when is not None:
        traces.append(trace(rule.when, row))
    words: dict[tuple[int, str], _Word] = {}
    figures: dict[tuple[int, str], tuple[Row, str]] = {}
    for part in _fields(traces):
        for of, name in part.cells:
            key = id(of), name
            if of.figure(name) is not None:
                figures[key] = (of, name)
            elif (word := _word(of, name)) is not None:
                words[id(of), word.name] = word
    return list(words.values()), list(figures.values())


def _fields(traces: list[Trace[Row]]) -> Iterator[Trace[Row]]:
    for whole in traces:
        for part in whole.walk():
            if isinstance(part.node, Field):
                yield part


def _word(row: Row, name: str) -> _Word | None:
    """A word that a form or the program has a list of; None for any other, and for a blank."""
    if row.scope == "evaluation" and name in ("result", "meaning"):
        return _evaluation(row)
    vocabulary: tuple[str, ...]
    match row.scope, name:
        case "kpi", "declared_achieved":
            vocabulary = ACHIEVEMENTS
        case "kpi", "direction":
            vocabulary = get_args(Direction)
        case _:
            return None
    printed = row.values.get(name)
    if not isinstance(printed, str):
        return None
    others: dict[str, Mapping[str, Value]] = {
        word: {str(name): word} for word in vocabulary if word != printed
    }
    return _Word(row, name, printed, others)


def _evaluation(row: Row) -> _Word | None:
    printed = row.values.get("result")
    if not isinstance(printed, str):
        return None
    form: Form = row.form
    others: dict[str, Mapping[str, Value]] = {
        word: {"result": word, "meaning": meaning}
        for word, meaning in form.evaluations.items()
        if word != printed
    }
    return _Word(row, "result", printed, others)


def _fits(rule: Rule, row: Row, changed: Row, values: Mapping[str, Value]) -> bool:
    """Whether a contradiction is gone with other words on a row."""
    return is_met(rule, CorrectedRow(row, {id(changed): {**changed.values, **values}}))


def _cell_of(word: _Word, fits: str) -> SuspectCell:
    cell = word.row.cell(word.name)
    return SuspectCell(
        cell.field,
        cell.year,
        word=word.text,
        fits=fits,
        slip=slip("other-word"),
    )


def _side(row: Row, name: str) -> SuspectCell:
    cell = row.cell(name)
    figure = row.figure(name)
    return SuspectCell(
        cell.field,
        cell.year,
        figure.value if figure else None,
        unit=cell.unit,
        exact=False,
        slip=slip("against-word"),
    )
