"""Labels that carry formulas: ⑤総事業費(①+④), 差引（A－B）, 執行率 ②÷①×100.

A label may have a mark of its own (①, (A), ア) and a formula over the marks, or the names, of
other columns. What is no formula of that kind is a name like any other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from auditor.drafting.columns import NumberColumn
from auditor.drafting.numbers import plain
from auditor.drafting.orientation import is_rate, is_total
from auditor.drafting.relation import Equation, EquationKind, Term

__all__ = ["Expression", "Label", "label_equations", "read_label"]

_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚"
_KANA: Final = "アイウエオカキクケコサシスセソタチツテト"
_SIGNS: Final = {
    **dict.fromkeys("+＋", "+"),
    **dict.fromkeys("-－−‐–―─", "-"),
    **dict.fromkeys("×✕*＊", "×"),
    **dict.fromkeys("÷/／", "÷"),
    **dict.fromkeys("=＝", "="),
    **dict.fromkeys("~～〜", "~"),
    **dict.fromkeys("(（[［〔", "("),
    **dict.fromkeys(")）]］〕", ")"),
}
_TOKEN: Final = re.compile(
    rf"(?P<mark>[{_CIRCLED}])|(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)|(?P<sign>[-+×÷=~()])"
    rf"|(?P<word>[^-{_CIRCLED}0-9+×÷=~()\s]+)|\s+"
)
_LETTER: Final = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z](?![A-Za-z0-9])|^[{_KANA}]$")
_MARK_AT_END: Final = re.compile(r"^(?P<name>.*[^A-Za-z0-9])(?P<mark>[A-Za-z])$")
_MARK_AT_START: Final = re.compile(r"^(?P<mark>[A-Za-z])(?P<name>[^A-Za-z0-9].*)$")


class _Token(NamedTuple):
    """``kind``: mark, number, word, or the sign itself."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """``factor`` × ``terms`` ÷ ``divisor``: operands are marks or names, with their signs. Two
    operands of a ``product`` are multiplied, all others added.
    """

    terms: tuple[tuple[str, int], ...]
    divisor: tuple[tuple[str, int], ...] = ()
    factor: Fraction = Fraction(1)
    product: bool = False

    @property
    def operands(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in (*self.terms, *self.divisor)))


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says: its own mark, its name, and the formula that it carries."""

    name: str
    mark: str | None = None
    expression: Expression | None = None


def read_label(text: str) -> Label:
    """The mark, the name and the formula of a label."""
    tokens = list(_tokens(text))
    expression: Expression | None = None
    start, end = len(tokens), len(tokens)
    for first, last in _spans(tokens):
        expression = _parsed(tokens[first:last])
        if expression is not None:
            start, end = first, last
            break
    others = [*tokens[:start], *tokens[end:]]
    mark = next((token.text for token in others if token.kind == "mark"), None)
    name = "".join(token.text for token in others if token.kind in ("word", "number"))
    return Label(name, mark, expression)


def _tokens(text: str) -> Iterator[_Token]:
    signs = "".join(_SIGNS.get(char, char) for char in text)
    plain_text = "".join(
        char if char in _CIRCLED else unicodedata.normalize("NFKC", char) for char in signs
    )
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(plain_text):
        kind, body = match.lastgroup, match.group().strip()
        if kind is None or not body:
            continue
        if kind == "sign":
            tokens.append(_Token(body, body))
        elif kind == "word":
            # R5 and H30 are years; a letter beside a digit is no mark.
            after = plain_text[match.end() : match.end() + 1]
            before = plain_text[match.start() - 1 : match.start()]
            tokens += _words(body, before.isdigit(), after.isdigit())
        else:
            tokens.append(_Token(kind, body))
    return iter(_unbracketed(tokens))


def _words(body: str, after_digit: bool, before_digit: bool) -> list[_Token]:
    if _LETTER.fullmatch(body) and not (after_digit or before_digit):
        return [_Token("mark", body.upper())]
    if not before_digit and (match := _MARK_AT_END.match(body)):
        return [_Token("word", match["name"]), _Token("mark", match["mark"].upper())]
    if not after_digit and (match := _MARK_AT_START.match(body)):
        return [_Token("mark", match["mark"].upper()), _Token("word", match["name"])]
    return [_Token("word", body)]


def _unbracketed(tokens: Sequence[_Token]) -> list[_Token]:
    """Tokens with (A) and (1) as the marks that they are."""
    result: list[_Token] = []
    at = 0
    while at < len(tokens):
        inner = tokens[at + 1] if at + 2 < len(tokens) else None
        if inner and tokens[at].kind == "(" and tokens[at + 2].kind == ")":
            if inner.kind == "mark":
                result.append(inner)
                at += 3
                continue
            if inner.kind == "number" and inner.text.isdigit() and len(inner.text) <= 2:
                result.append(_Token("mark", f"({inner.text})"))
                at += 3
                continue
        result.append(tokens[at])
        at += 1
    return result


def _spans(tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """Where a formula may stand: behind =, within brackets, or as the longest run of marks."""
    for at, token in enumerate(tokens):
        if token.kind == "=":
            for last in range(len(tokens), at + 1, -1):
                # The sign itself belongs to the formula, not to the name.
                yield at, last
    opening = [at for at, token in enumerate(tokens) if token.kind == "("]
    for first in opening:
        depth = 0
        for last in range(first, len(tokens)):
            depth += (tokens[last].kind == "(") - (tokens[last].kind == ")")
            if depth == 0:
                after = last + 1
                # (B/A)×100: the factor stands behind the brackets.
                if after + 1 < len(tokens) and tokens[after].kind == "×":
                    yield first, after + 2
                yield first, after
                break
    for length in range(len(tokens), 2, -1):
        for first in range(len(tokens) - length + 1):
            span = tokens[first : first + length]
            if length == len(tokens) or all(token.kind != "word" for token in span):
                yield first, first + length


def _parsed(tokens: Sequence[_Token]) -> Expression | None:
    """The formula that tokens are; None where they are none."""
    if tokens and tokens[0].kind == "=":
        tokens = tokens[1:]
    if not any(token.kind in "+-×÷~" for token in tokens):
        return None
    reader = _Reader(tokens)
    try:
        value = reader.sum()
    except _NoFormula:
        return None
    if reader.at != len(tokens) or not value.operands:
        return None
    if len(value.operands) == 1 and not value.divisor and value.factor == 1:
        return None
    return value


class _NoFormula(Exception):
    """The tokens are no formula that an equation can say."""


class _Reader:
    """Reads sums of products of marks, names and numbers."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self.at = 0

    def _next(self, kinds: str) -> str | None:
        if self.at < len(self._tokens) and self._tokens[self.at].kind in tuple(kinds):
            self.at += 1
            return self._tokens[self.at - 1].kind
        return None

    def sum(self) -> Expression:
        value = self._product()
        while sign := self._next("+-"):
            value = _added(value, self._product(), 1 if sign == "+" else -1)
        return value

    def _product(self) -> Expression:
        value = self._operand()
        while sign := self._next("×÷"):
            other = self._operand()
            value = _multiplied(value, other) if sign == "×" else _divided(value, other)
        return value

    def _operand(self) -> Expression:
        if self._next("("):
            value = self.sum()
            if not self._next(")"):
                raise _NoFormula
            return value
        if self.at >= len(self._tokens):
            raise _NoFormula
        token = self._tokens[self.at]
        self.at += 1
        if token.kind == "number":
            return Expression((), factor=Fraction(token.text.replace(",", "")))
        if token.kind not in ("mark", "word"):
            raise _NoFormula
        if token.kind == "mark" and self._next("~"):
            return self._range(token.text)
        return Expression(((token.text, 1),))

    def _range(self, first: str) -> Expression:
        if self.at >= len(self._tokens):
            raise _NoFormula
        last = self._tokens[self.at].text
        self.at += 1
        for marks in (_CIRCLED, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", _KANA):
            if len(first) == len(last) == 1 and first in marks and last in marks:
                span = marks[marks.index(first) : marks.index(last) + 1]
                if len(span) > 1:
                    return Expression(tuple((mark, 1) for mark in span))
        raise _NoFormula


def _added(left: Expression, right: Expression, sign: int) -> Expression:
    for side in (left, right):
        if side.divisor or side.product or side.factor != 1 or not side.terms:
            raise _NoFormula
    return Expression((*left.terms, *((name, sign * by) for name, by in right.terms)))


def _multiplied(left: Expression, right: Expression) -> Expression:
    factor = left.factor * right.factor
    if not left.terms or not right.terms:
        side = left if left.terms else right
        return Expression(side.terms, side.divisor, factor, side.product)
    single = len(left.terms) == len(right.terms) == 1
    if not single or left.divisor or right.divisor or left.product or right.product:
        raise _NoFormula
    return Expression((*left.terms, *right.terms), (), factor, True)


def _divided(left: Expression, right: Expression) -> Expression:
    if not left.terms or right.divisor or right.product or not right.factor:
        raise _NoFormula
    factor = left.factor / right.factor
    if not right.terms:
        return Expression(left.terms, left.divisor, factor, left.product)
    if left.divisor or left.product:
        raise _NoFormula
    return Expression(left.terms, right.terms, factor)


# --- between the columns of a block


def label_equations(columns: Sequence[NumberColumn]) -> list[tuple[Equation, str]]:
    """The equations that headings carry, each with the heading that says it.

    A mark means the nearest column of that mark, those before sooner than those behind: blocks
    that repeat have marks of their own. A name means the one column that it is the heading of.
    """
    labels = [_label_of(column) for column in columns]
    result: list[tuple[Equation, str]] = []
    for at, label in enumerate(labels):
        if label.expression is None:
            continue
        places = {name: _place(name, at, columns, labels) for name in label.expression.operands}
        if at in places.values():
            continue
        keys = {name: columns[place].key for name, place in places.items() if place is not None}
        if len(keys) == len(places) == len(set(keys.values())):
            equation = _equation(columns[at], label.expression, keys)
            if equation is not None:
                result.append((equation, columns[at].heading))
    return result


def _label_of(column: NumberColumn) -> Label:
    """A column's label; the mark of its group belongs to the group's total."""
    body = column.heading
    if column.group and body.startswith(column.group):
        body = body.removeprefix(column.group)
        label = read_label(body)
        if label.mark is None and is_total(plain(body)):
            return Label(label.name, read_label(column.group).mark, label.expression)
        return label
    return read_label(body)


def _place(
    name: str, at: int, columns: Sequence[NumberColumn], labels: Sequence[Label]
) -> int | None:
    places = [place for place, label in enumerate(labels) if label.mark == name and place != at]
    if not places:
        text = plain(name)
        places = [
            place
            for place, label in enumerate(labels)
            if place != at and text in (plain(label.name), plain(columns[place].heading))
        ]
    before = [place for place in places if place < at]
    if before:
        return before[-1]
    return places[0] if places else None


def _equation(
    column: NumberColumn, expression: Expression, keys: Mapping[str, str]
) -> Equation | None:
    terms = tuple(Term(keys[name], sign) for name, sign in expression.terms)
    divisor = tuple(Term(keys[name], sign) for name, sign in expression.divisor)
    factor = Decimal(expression.factor.numerator) / expression.factor.denominator
    kind: EquationKind
    if divisor:
        kind = "ratio"
        if factor == 1 and (is_rate(plain(column.heading)) or column.unit == "%"):
            factor = Decimal(100)
    elif expression.product:
        kind = "product"
    elif factor != 1:
        kind = "multiple"
        if len(terms) != 1:
            return None
    else:
        kind = "sum" if all(term.sign > 0 for term in terms) else "difference"
    return Equation(kind, column.key, terms, divisor, factor)
