"""What may stand at a place of a case: the numbers and words of the rule's cases and formulas, one
less and one more, nothing, and what can't be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import chain, islice
from typing import Any, Final

from auditor.forms.model import Form
from auditor.formula.judge import quoted
from auditor.formula.tree import Call, Compare, Field, Items, Node, Number, String, Vocabulary, walk
from auditor.records.fields import SCOPES
from auditor.records.sentences import EVALUATION_SECTIONS, SHEET_SECTIONS
from auditor.rules.rule import Rule
from auditor.testing.mutants.leaves import ABSENT, Key, leaves, value_at

__all__ = ["Pools", "plain_number"]

_UNREADABLE: Final = "1,00"
_TEXTS: Final = frozenset(
    field.name
    for scope in SCOPES.values()
    for field in scope.fields
    if field.kind in ("text", "texts")
)
"""The names that texts stand under."""
_MOST: Final = 18
"""How many values are tried at one place: each is built once."""
_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
_SMALL: Final = (0, 1, 2, -1)
_UNKNOWN_WORD: Final = "（不明）"
_YEARS: Final = tuple(range(2021, 2028))
"""Around the fiscal year that a case has where it states none, 2024."""


class Pools:
    """The options for the values of a rule's cases."""

    def __init__(self, rule: Rule, vocabulary: Vocabulary) -> None:
        self._rule, self._vocabulary = rule, vocabulary
        trees = [tree for tree in (rule.when, rule.tree) if tree is not None]
        self._nodes = tuple(chain.from_iterable(map(walk, trees)))
        self._numbers = tuple(dict.fromkeys(_constants(self._nodes)))
        self._stated = _stated_in(rule.file.cases)
        self._words = {
            name: {value: None for value in values if isinstance(value, str)}
            for name, values in self._stated.items()
            if any(isinstance(value, str) and _number(value) is None for value in values)
        }
        for name, word in self._words_of_formulas():
            self._words.setdefault(name, {})[word] = None

    def _words_of_formulas(self) -> Iterator[tuple[str, str]]:
        """The words that formulas hold names against, and those that a name can have at all."""
        scope = self._rule.file.each
        for node in self._nodes:
            if isinstance(node, Compare):
                yield from _compared(node)
            if isinstance(node, Field) and node.kind == "text" and scope in SCOPES:
                words = self._vocabulary.words_of(scope, node) or ()
                yield from ((node.name, word) for word in words)

    def options(self, case: Mapping[str, Any], key: Key, form: Form) -> tuple[object, ...]:
        """What may stand at a key of a case in place of what does."""
        stated = value_at(case, key)
        name = next((step for step in reversed(key) if isinstance(step, str)), "")
        pool: Iterable[object]
        if isinstance(stated, bool):
            pool = ()
        elif name == "column":
            pool = (str(column.offset) for column in form.columns)
        elif name in ("year", "fiscal_year"):
            pool = _YEARS
        elif isinstance(stated, str) and _MONTH.fullmatch(stated):
            year = int(stated[:4])
            pool = (ABSENT, *(f"{year + step}{stated[4:]}" for step in (-2, -1, 1, 2)))
        elif name == "result" and form.evaluations:
            pool = (*self._words.get(name, ()), *form.evaluations, _UNKNOWN_WORD, "", ABSENT)
        elif name == "section":
            pool = (*SHEET_SECTIONS, *EVALUATION_SECTIONS)
        elif name in _TEXTS and _number(stated) is None:
            pool = (*self._words.get(name, ()), _UNKNOWN_WORD, "", ABSENT)
        else:
            numbers = self._numbers_for(case, stated, name, self._parameters(form))
            pool = (*_of_targets(name, stated, form), *numbers)
        others = (option for option in dict.fromkeys(pool) if not _is(option, stated))
        return tuple(islice(others, _MOST))

    def _parameters(self, form: Form) -> list[Decimal]:
        """The numbers that the formulas have the form set."""
        calls = (
            node for node in self._nodes if isinstance(node, Call) and node.function == "param"
        )
        names = dict.fromkeys(quoted(call) for call in calls)
        values = (form.param(name, _YEARS[len(_YEARS) // 2]) for name in names)
        return [value for value in values if value is not None]

    def _numbers_for(
        self, case: Mapping[str, Any], stated: object, name: str, parameters: Sequence[Decimal]
    ) -> Iterator[object]:
        """Numbers that may stand beside those of a case, and texts that do elsewhere."""
        here, step = _number(stated), Decimal(1)
        yield from (ABSENT, "", _UNREADABLE)
        if here is not None:
            step = Decimal(1).scaleb(min(int(here.as_tuple().exponent), 0))
            yield from map(plain_number, (here - step, here + step, -here))
        numbers = [number for _, value in leaves(case) if (number := _number(value)) is not None]
        for parameter in parameters:
            yield from map(plain_number, (parameter, *(number * parameter for number in numbers)))
        yield from _SMALL
        yield from self._numbers
        yield from map(plain_number, numbers)
        yield from self._stated.get(name, ())
        if here is not None:
            yield from map(plain_number, (here * 10, here - 2 * step, here + 2 * step, here * 2))
        for number in numbers:
            yield from (plain_number(number + 1), plain_number(number * 10))


def _is(option: object, stated: object) -> bool:
    return type(option) is type(stated) and option == stated


def _compared(node: Compare) -> Iterator[tuple[str, str]]:
    match node:
        case Compare(left=Field(name=name), right=String(value=word)):
            yield name, word
        case Compare(left=Field(name=name), right=Items(items=items)):
            yield from ((name, item.value) for item in items if isinstance(item, String))
        case _:
            pass


def _constants(nodes: Iterable[Node]) -> Iterator[int]:
    for node in nodes:
        if isinstance(node, Number) and not isinstance(node.value, Fraction):
            yield from (node.value - 1, node.value, node.value + 1)


def _of_targets(name: str, stated: object, form: Form) -> Iterator[str]:
    """A target with the words that say which way is better (以上), as the form has them."""
    if name == "target" and form.kpi is not None and _number(stated) is not None:
        yield from (f"{stated}{suffix}" for suffix in form.kpi.target_suffixes)


def _stated_in(cases: Sequence[Mapping[str, Any]]) -> dict[str, dict[object, None]]:
    """The values of the cases by the names that they stand under."""
    values: dict[str, dict[object, None]] = {}
    for case in cases:
        for key, value in leaves(case):
            name = next((step for step in reversed(key) if isinstance(step, str)), "")
            if not isinstance(value, bool):
                values.setdefault(name, {})[value] = None
    return values


def _number(value: object) -> Decimal | None:
    """The number that a case states; None for what is no plain number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def plain_number(value: Decimal) -> int | float:
    """A number as a case states it."""
    return int(value) if value == value.to_integral_value() else float(value)
