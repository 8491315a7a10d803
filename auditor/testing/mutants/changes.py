"""Every one-step change of a formula: another comparison, a bound one off, a part left out, the
greatest for the least. Each is a formula that a rule could have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from auditor.formula.functions import FUNCTIONS, kind_of
from auditor.formula.parse import FormulaError, parse
from auditor.formula.tree import (
    FIGURE,
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
    FunctionName,
    Items,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Operator,
    Or,
    Vocabulary,
    made_of,
    parts,
    shape,
)
from auditor.formula.written import written
from auditor.rules.rule import Rule

__all__ = ["ARROW", "Mutant", "Part", "changed_formulas", "mutants_of"]

Part = Literal["when", "formula"]
ARROW: Final = "→"
"""Stands between a part of a formula and what the mutant has in its place."""

_NEIGHBOURS: Final[Mapping[Comparison, tuple[Comparison, ...]]] = {
    "<": ("<=", "!="),
    "<=": ("<", "=="),
    ">": (">=", "!="),
    ">=": (">", "=="),
    "==": ("<=", ">="),
    "!=": ("<", ">"),
    "in": ("not in",),
    "not in": ("in",),
}
"""The comparisons that answer otherwise of one of less, equal and greater."""
_OTHER_TEXTS: Final[Mapping[Comparison, tuple[Comparison, ...]]] = {"==": ("!=",), "!=": ("==",)}
_OTHER_SIGN: Final[Mapping[Operator, Operator]] = {"+": "-", "-": "+", "*": "/", "/": "*"}
_PAIRS: Final[Mapping[FunctionName, FunctionName]] = {
    "min": "max",
    "max": "min",
    "present": "blank",
    "blank": "present",
}
_TAKEN_OFF: Final[tuple[FunctionName, ...]] = ("abs", "zero")
"""Functions that make a number of one number."""


@dataclass(frozen=True)
class Mutant:
    """A rule with one step of one of its formulas changed. ``before`` and ``after`` are the part
    that is changed and what stands there now, as they are written: the smallest part by which the
    mutant can be told from all others. ``after`` is empty where the whole condition is left out.
    """

    rule: Rule
    part: Part
    before: str
    after: str

    @property
    def change(self) -> str:
        """The change as it is shown, and as a mark in the rule's file names it."""
        return f"{self.before} {ARROW} {self.after}".rstrip()


def mutants_of(rule: Rule, vocabulary: Vocabulary) -> Iterator[Mutant]:
    """All mutants of a rule: those of its condition, and those of its formula where it has one."""
    scope = rule.file.each
    if scope == FIGURE:
        vocabulary = vocabulary.with_figure()
    if rule.when is not None:
        for change in changed_formulas(rule.when, vocabulary, scope):
            yield Mutant(replace(rule, when=change.tree), "when", change.before, change.after)
        yield Mutant(replace(rule, when=None), "when", written(rule.when), "")
    if rule.tree is not None:
        for change in changed_formulas(rule.tree, vocabulary, scope):
            yield Mutant(replace(rule, tree=change.tree), "formula", change.before, change.after)


class ChangedFormula(NamedTuple):
    """A formula with one step changed, and the part of it that tells the change from others."""

    tree: Node
    before: str
    after: str


def changed_formulas(tree: Node, vocabulary: Vocabulary, scope: str) -> list[ChangedFormula]:
    """Every one-step change of a formula about a row of ``scope`` that is a formula, each once."""
    changes: dict[object, _Change] = {shape(tree): _Change(tree, ())}
    for change in _changes(tree):
        whole = _parsed(written(change.whole), vocabulary, scope)
        if whole is not None:
            changes.setdefault(shape(whole), change._replace(whole=whole))
    return list(_told_apart(list(changes.values())[1:]))


def _parsed(text: str, vocabulary: Vocabulary, scope: str) -> Node | None:
    """The tree of a formula; None where it is none, as that of a table's row cut short."""
    try:
        return parse(text, vocabulary, scope)
    except FormulaError:
        return None


class _Change(NamedTuple):
    """A formula after a change. ``around`` are the conditions that the changed part stands in,
    before and after it, the innermost first.
    """

    whole: Node
    around: tuple[tuple[Node, Node], ...]


def _told_apart(changes: Sequence[_Change]) -> Iterator[ChangedFormula]:
    """The changes by parts that are no larger than it takes to tell each from all others."""
    levels = [0] * len(changes)
    texts = [_at(change, 0) for change in changes]
    # What two changes have in common is shown with more of what stands around it.
    while True:
        counts = Counter(texts)
        grown = [
            number
            for number, text in enumerate(texts)
            if counts[text] > 1 and levels[number] + 1 < len(changes[number].around)
        ]
        if not grown:
            break
        for number in grown:
            levels[number] += 1
            texts[number] = _at(changes[number], levels[number])
    for change, (before, after) in zip(changes, texts, strict=True):
        yield ChangedFormula(change.whole, before, after)


def _at(change: _Change, level: int) -> tuple[str, str]:
    before, after = change.around[level]
    return written(before), written(after)


def _changes(node: Node) -> Iterator[_Change]:
    """The changes of a node and of all below it, each with the whole that it makes of the node."""
    for other in _others(node):
        yield _Change(other, ((node, other),) if kind_of(node) == "answer" else ())
    below = parts(node)
    for number, part in enumerate(below):
        for change in _changes(part):
            whole = made_of(node, (*below[:number], change.whole, *below[number + 1 :]))
            around = change.around
            if kind_of(node) == "answer":
                around = (*around, (node, whole))
            yield _Change(whole, around)


def _others(node: Node) -> Iterator[Node]:
    """What may stand in the place of a node, one step from it."""
    match node:
        case Number(value=value, at=at):
            step = _last_digit(value)
            yield from (_number(other, at) for other in (value - step, value + step))
        case Negative(operand=operand) | Not(operand=operand):
            yield operand
        case And(items=items, at=at) | Or(items=items, at=at):
            yield from _without_one(node, items)
            yield Or(items, at) if isinstance(node, And) else And(items, at)
        case Items(items=items):
            yield from _without_one(node, items, at_least=1)
        case Compare(operator=operator, left=left, right=right, at=at):
            is_text = kind_of(left) == "text" and operator in _OTHER_TEXTS
            for other in (_OTHER_TEXTS if is_text else _NEIGHBOURS)[operator]:
                yield Compare(other, left, right, at)
        case Arithmetic():
            yield from _other_sums(node)
        case Call():
            yield from _other_calls(node)
        case _:
            return


def _last_digit(value: int | Fraction) -> int | Fraction:
    """One of the last digit with which a number is written."""
    step = Fraction(1)
    while (value / step).denominator != 1:
        step /= 10
    return int(step) if step == 1 else step


def _number(value: int | Fraction, at: int) -> Node:
    return Number(value, at) if value >= 0 else Negative(Number(-value, at), at)


def _without_one(node: Node, items: Sequence[Node], *, at_least: int = 2) -> Iterator[Node]:
    """A node without each of its parts. Of two conditions, the other one alone is what is left."""
    if len(items) < 2:
        return
    for number in range(len(items)):
        rest = (*items[:number], *items[number + 1 :])
        yield rest[0] if len(rest) < at_least else made_of(node, rest)


def _other_sums(node: Arithmetic) -> Iterator[Node]:
    """A sum or product with another sign, and each of its parts alone. The left part of a longer
    sum is left out in parts of its own.
    """
    yield Arithmetic(_OTHER_SIGN[node.operator], node.left, node.right, node.at)
    yield node.left
    signs = ("+", "-") if node.operator in ("+", "-") else ("*", "/")
    if isinstance(node.left, Arithmetic) and node.left.operator in signs:
        return
    match node.operator:
        case "+" | "*":
            yield node.right
        case "-":
            yield Negative(node.right, node.at)
        case "/":
            yield Arithmetic("/", Number(1, node.at), node.right, node.at)


def _other_calls(node: Call) -> Iterator[Node]:
    """A function's counterpart, and what it takes without the function, or without a part."""
    if (other := _PAIRS.get(node.function)) is not None:
        yield Call(other, node.arguments, node.at)
    if node.function in _TAKEN_OFF:
        yield node.arguments[0]
    signature = FUNCTIONS[node.function].signature
    if signature.several or signature.names or signature.quoted == "also":
        numbers = [part for part in node.arguments if not isinstance(part, Name)]
        if signature.quoted == "also" and len(numbers) < len(node.arguments):
            yield Call(node.function, tuple(numbers), node.at)
        else:
            yield from _without_one(node, node.arguments, at_least=1)
