"""Formulas in words, for people who read about a rule.

``total_cost == sum(funding)`` is 事業費総額 ＝ 財源内訳の合計.

A formula is read by its grammar alone, which is Python's, so that the page of a rule waits for no
form and no judge.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from auditor.formula.grammar import expression, is_path, path
from auditor.formula.signatures import SIGNATURES
from auditor.records.fields import PREFIXES, SCOPES, followed, keys_in

__all__ = ["Vocabulary", "in_words"]

_COMPARISONS: Final[Mapping[type[ast.cmpop], tuple[str, str]]] = {
    ast.Eq: ("=", "＝"),
    ast.NotEq: ("≠", "≠"),
    ast.Lt: ("<", "＜"),
    ast.LtE: ("≤", "≦"),
    ast.Gt: (">", "＞"),
    ast.GtE: ("≥", "≧"),
}
_OPERATORS: Final[Mapping[type[ast.operator], tuple[str, str]]] = {
    ast.Add: ("+", "＋"),
    ast.Sub: ("−", "－"),
    ast.Mult: ("×", "×"),
    ast.Div: ("÷", "÷"),
}


@dataclass(frozen=True)
class Vocabulary:
    """The words of one language: ``field`` names a field (of an evaluation behind
    ``evaluations.``) or a link, ``word`` a value, and ``named`` what the form calls by a name.
    """

    japanese: bool
    field: Callable[[str], str]
    word: Callable[[str], str]
    named: Callable[[str, str], str]

    def say(self, pair: tuple[str, str]) -> str:
        return pair[self.japanese]

    def quoted(self, text: str) -> str:
        return self.say((f'"{text}"', f"「{text}」"))

    def bracketed(self, text: str) -> str:
        return self.say((f"({text})", f"（{text}）"))


def in_words(formula: str, each: str, vocabulary: Vocabulary) -> str:
    """The formula in words, as the rows of ``each`` see it; as it is written where it can't be
    read.
    """
    try:
        tree = expression(" ".join(formula.split()))
        # A figure has the same rows beside it, whatever row it stands on.
        scope = "sheet" if each == "figure" else each
        return _Words(scope, vocabulary).phrase(tree)
    except (SyntaxError, ValueError, KeyError, RecursionError, MemoryError):
        return formula


@dataclass(frozen=True)
class _Words:
    each: str
    vocabulary: Vocabulary

    def phrase(self, node: ast.expr) -> str:
        if is_path(node):
            return self._field(path(node) or ())
        match node:
            case ast.BoolOp():
                return self._joined(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.BinOp(left=left, right=right, op=operator):
                sides = (self._operand(side, operator) for side in (left, right))
                sign = self.vocabulary.say(_OPERATORS[type(operator)])
                return f" {sign} ".join(sides)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                denied = self.vocabulary.bracketed(self.phrase(operand))
                return self.vocabulary.say((f"not {denied}", f"{denied}ではない"))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.vocabulary.say(("−", "△")) + self.phrase(operand)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self._call(function, arguments)
            case ast.List(elts=items):
                return self._listed([self.phrase(item) for item in items])
            case ast.Constant(value=str(text)):
                return self.vocabulary.quoted(self._word(text))
            case ast.Constant(value=value):
                return f"{value:,}" if isinstance(value, int | float) else str(value)
            case _:
                raise ValueError(f"{ast.unparse(node)} is no part of a formula")

    def _joined(self, node: ast.BoolOp) -> str:
        word = (" and ", " かつ ") if isinstance(node.op, ast.And) else (" or ", " または ")
        parts = [
            self.vocabulary.bracketed(self.phrase(part))
            if isinstance(part, ast.BoolOp)
            else self.phrase(part)
            for part in node.values
        ]
        return self.vocabulary.say(word).join(parts)

    def _comparison(self, node: ast.Compare) -> str:
        text = self.phrase(node.left)
        for operator, side in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn):
                return self._membership(node.left, operator, side)
            if isinstance(side, ast.Constant) and isinstance(side.value, str):
                return self._wording(text, operator, side)
            text += f" {self.vocabulary.say(_COMPARISONS[type(operator)])} {self.phrase(side)}"
        return text

    def _word(self, text: str) -> str:
        """A text of the formula: what the program's own words mean where it is judged."""
        if self.each == "claim":
            key = PREFIXES["claim"] + text
            word = self.vocabulary.word(key)
            if word != key:
                return word
        return self.vocabulary.word(text)

    def _wording(self, text: str, operator: ast.cmpop, side: ast.expr) -> str:
        """Which word stands somewhere."""
        word = self.phrase(side)
        if isinstance(operator, ast.Eq):
            return self.vocabulary.say((f"{text} is {word}", f"{text}が{word}である"))
        return self.vocabulary.say((f"{text} is not {word}", f"{text}が{word}ではない"))

    def _membership(self, member: ast.expr, operator: ast.cmpop, side: ast.expr) -> str:
        text, words = self.phrase(member), self.phrase(side)
        if isinstance(member, ast.List):
            parts = [self.phrase(item) for item in member.elts]
            text = self.vocabulary.say((" with ".join(parts), f"{'と'.join(parts)}の組み合わせ"))
        if isinstance(operator, ast.In):
            return self.vocabulary.say(
                (f"{text} is one of {words}", f"{text}が{words}のいずれかである")
            )
        return self.vocabulary.say(
            (f"{text} is none of {words}", f"{text}が{words}のいずれでもない")
        )

    def _operand(self, node: ast.expr, operator: ast.operator) -> str:
        """A side of an operation, in brackets where it would be read otherwise without."""
        text = self.phrase(node)
        is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
        return self.vocabulary.bracketed(text) if is_sum and type(operator) is not ast.Add else text

    def _call(self, name: str, arguments: Sequence[ast.expr]) -> str:
        signature = SIGNATURES.get(name)
        if signature is None:
            listed = self._listed([self.phrase(argument) for argument in arguments])
            return f"{name}{self.vocabulary.bracketed(listed)}"
        if signature.quoted == "only":
            match arguments:
                case [ast.Constant(value=str(stated))]:
                    return self.vocabulary.named(name, stated)
                case _:
                    raise ValueError(f"{name} takes a name in quotes")
        # The name in quotes behind the others says how a function works, not of what.
        shown = arguments[:1] if signature.quoted == "also" else arguments
        listed = self._listed([self.phrase(argument) for argument in shown])
        return self.vocabulary.say(signature.words).format(listed)

    def _listed(self, phrases: Sequence[str]) -> str:
        return self.vocabulary.say((", ", "、")).join(phrases)

    def _of_a_set(self, steps: Sequence[str]) -> str | None:
        """A name on each row of a set: the grant of all rows, 全行の補助金; None for another
        name.
        """
        for end, step in enumerate(steps[:-1]):
            _, here, _ = followed(self.each, (*steps[:end], ""))
            rows = SCOPES[here].gathered(step) if here is not None else None
            if rows is None:
                continue
            keys = [
                _Words(rows.to, self.vocabulary)._field(key.split("."))
                for key in keys_in(step) or ()
            ]
            alike = self.vocabulary.say((" and ", "と")).join(keys)
            words = self.vocabulary.say((rows.en, rows.ja)).format(alike)
            name = _Words(rows.to, self.vocabulary)._field(steps[end + 1 :])
            before = f"{self._field(steps[:end])}の" if end else ""
            return self.vocabulary.say((f"{name} of {words}", f"{before}{words}の{name}"))
        return None

    def _field(self, steps: Sequence[str]) -> str:
        """A name with the links that lead to it: 前年度の事業費総額. English says last which book
        it is in: the total cost in last year's book.
        """
        say = self.vocabulary.say
        if (gathered := self._of_a_set(steps)) is not None:
            return gathered
        links, here, name = followed(self.each, steps)
        words: list[str] = []
        book = ""
        for link in links:
            if link.over != "book":
                words.append(self.vocabulary.field(link.name))
                continue
            book = f" in {link.en}"
            words += say(("", link.ja)), self.vocabulary.word(link.kind) if link.kind else ""
            words.append(say(("evaluated year", "評価対象年度")) if link.evaluated else "")
        words = [word for word in words if word]
        if words and name == "year":
            label = say(("column", "列の年度"))
        else:
            prefix = "" if here is None else PREFIXES.get(here, "")
            label = self.vocabulary.field(prefix + name)
        return say((" ", "の")).join([*words, label]) + say((book, ""))
