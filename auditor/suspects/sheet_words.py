"""The words of a sheet or KPI that rules compare."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import Final, get_args

from auditor.formula.trace import Trace, trace
from auditor.formula.tree import Field
from auditor.formula.values import Value
from auditor.records.model import Direction
from auditor.rules.rows import Cell, Row
from auditor.rules.rule import Rule
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.corrected import CorrectedRow, broken_by, is_met
from auditor.suspects.explanation import Contradiction, Explanation, lawful_alone, shares
from auditor.suspects.slips import slip
from auditor.suspects.words import LAWFUL, Word, WordContradiction, words_that_fit

__all__ = ["explained_by_words"]

ACHIEVEMENTS: Final = ("achieved", "missed")


def explained_by_words(
    rows: Sequence[Row],
    rules: Mapping[str, Sequence[Rule]],
    contradictions: Mapping[int, Contradiction],
) -> list[Explanation]:
    """The explanations of contradictions (by number) whose words may be wrong, under the rules on
    words (by scope); none of those where no other word fits.
    """
    words = _SheetWords(_with_partners(rows, contradictions), rules)
    on_words: dict[int, WordContradiction] = {}
    for number, (finding, rule, row) in contradictions.items():
        contradiction = words.contradiction(rule, row, finding.severity != "error")
        if contradiction is not None:
            on_words[number] = contradiction
    explanations: list[Explanation] = []
    for numbers, options in words_that_fit(on_words, words.breaking):
        lawful = min(lawful_alone(contradictions[number][0]) for number in numbers)
        parts, none = shares([share * (1 - lawful) for _, share in options])
        suspects = [
            Suspect((cell,), cell.slip or slip("other-word"), share)
            for (cell, _), share in zip(options, parts, strict=True)
        ]
        explanations.append(Explanation(numbers, tuple(suspects), none))
    return explanations


def _with_partners(
    rows: Sequence[Row], contradictions: Mapping[int, Contradiction]
) -> Sequence[Row]:
    """The rows of a sheet or KPI, and those of its partners where a contradiction is with one."""
    if not any(rule.others for _, rule, _ in contradictions.values()):
        return rows
    owner = rows[0].sheet or rows[0].kpi
    assert owner is not None
    return [*rows, *rows[0].rows.partners_of(owner)]


class _SheetWords:
    """The words that rows hold, and the rules on them, the warnings among them."""

    def __init__(self, rows: Sequence[Row], rules: Mapping[str, Sequence[Rule]]) -> None:
        self.rows, self.rules = rows, rules
        self._places: dict[Hashable, tuple[Row, str]] = {}

    def contradiction(self, rule: Rule, row: Row, may_stand: bool) -> WordContradiction | None:
        """A broken rule, where it looks at words."""
        if rule.tree is None:
            return None
        words: dict[Hashable, Word] = {}
        figures: dict[Hashable, SuspectCell] = {}
        for of, name in _named(rule, row):
            if of.figure(name) is not None:
                figures[id(of), name] = self._side(of, name)
            elif (word := self._word(of, name)) is not None:
                words[word.key] = word

        def is_met_with(word: Word, other: str) -> bool:
            return is_met(rule, self._corrected(word, other)(row))

        return WordContradiction([*words.values()], figures, is_met_with, may_stand)

    def breaking(self, word: Word, other: str) -> float:
        """How much less another word is believed for the rules that it breaks."""
        belief = 1.0
        for rule in broken_by(self._corrected(word, other), self.rows, self.rules):
            belief *= LAWFUL if rule.file.severity == "warning" else 0.0
        return belief

    def _corrected(self, word: Word, other: str) -> Callable[[Row], CorrectedRow]:
        """Shows a row as it is with another word in a place."""
        changed, name = self._places[word.key]
        values = {**changed.values, **_values(changed, name, other)}
        return lambda row: CorrectedRow(row, {id(changed): values})

    def _word(self, row: Row, name: str) -> Word | None:
        """A word that a form or the program has a list of; None for any other, and for a blank."""
        vocabulary: Collection[str]
        match row.scope, name:
            case "evaluation", ("result" | "meaning"):
                name, vocabulary = "result", row.form.evaluations
            case "kpi", "declared_achieved":
                vocabulary = ACHIEVEMENTS
            case "kpi", "direction":
                vocabulary = get_args(Direction)
            case _:
                return None
        printed = row.values.get(name)
        if not isinstance(printed, str):
            return None
        cell = self._cell(row, name)
        key = id(row), name
        self._places[key] = row, name
        others = [word for word in vocabulary if word != printed]
        return Word(key, cell.field, cell.year, printed, others, cell.other_book)

    def _cell(self, row: Row, name: str) -> Cell:
        return self.rows[0].rows.cell_of(row, name)

    def _side(self, row: Row, name: str) -> SuspectCell:
        """A figure that a word contradicts."""
        cell, figure = self._cell(row, name), row.figure(name)
        return SuspectCell(
            cell.field,
            cell.year,
            figure.value if figure else None,
            unit=cell.unit,
            other_book=cell.other_book,
            exact=False,
            slip=slip("against-word"),
        )


def _values(row: Row, name: str, other: str) -> Mapping[str, Value]:
    """What a row holds with another word in a place: an evaluation has its meaning, too."""
    if row.scope == "evaluation":
        return {"result": other, "meaning": row.form.evaluations[other]}
    return {name: other}


def _named(rule: Rule, row: Row) -> Iterator[tuple[Row, str]]:
    """The cells that a rule names on a row."""
    assert rule.tree is not None
    traces: list[Trace[Row]] = [trace(rule.tree, row)]
    if rule.when is not None:
        traces.append(trace(rule.when, row))
    for whole in traces:
        for part in whole.walk():
            if isinstance(part.node, Field):
                yield from part.cells
