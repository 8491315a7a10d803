"""Comparisons and conditions of a formula as columns: for which rows each answer is certain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import narwhals as nw

from auditor.formula.columns.depth import height, mask_column
from auditor.formula.columns.numbers import call_columns, measured, word_of
from auditor.formula.columns.values import (
    FITS,
    Answers,
    Columns,
    Mask,
    NotColumnar,
    Num,
    Ratio,
    Real,
    Whole,
    Word,
    both,
    certain,
    either,
    expression_of,
    missing_together,
    opposite,
)
from auditor.formula.functions import kind_of
from auditor.formula.judge import quoted
from auditor.formula.tree import (
    And,
    Call,
    Compare,
    Items,
    Node,
    Not,
    Or,
)

__all__ = ["answers"]


def answers(node: Node, columns: Columns) -> Answers:
    """For which rows a condition's answer is certain; raises NotColumnar where the formula can't
    be columns.
    """
    value: Answers = columns.once(node, lambda: _let_answers(node, columns))
    return value


def _let_answers(node: Node, columns: Columns) -> Answers:
    value = _answers(node, columns)
    if isinstance(node, Not) or (isinstance(node, Compare) and node.operator in ("in", "not in")):
        return value  # made of columns that stand as high
    masks = (
        mask_column(mask, height(node), columns)
        for mask in (value.yes, value.may, value.unknown, value.no)
    )
    return Answers(*masks)


def _answers(node: Node, columns: Columns) -> Answers:
    match node:
        case And(items=items):
            return _all([answers(item, columns) for item in items])
        case Or(items=items):
            return _any(list(_until_sure(items, columns)))
        case Not(operand=operand):
            return answers(operand, columns).negated
        case Compare(operator=("in" | "not in") as operator, left=left, right=right):
            member = _membership(left, right, columns)
            return member if operator == "in" else member.negated
        case Compare(operator=operator, left=left, right=right) if kind_of(left) == "text":
            same = _same(word_of(left, columns), word_of(right, columns))
            return same if operator == "==" else same.negated
        case Compare(operator=operator, left=left, right=right):
            a, b, at = measured(left, columns), measured(right, columns), height(node) - 0.5
            match operator:
                case "==":
                    return _equal(a, b, columns, at)
                case "!=":
                    return _equal(a, b, columns, at).negated
                case "<":
                    return _less(a, b, columns, at)
                case ">":
                    return _less(b, a, columns, at)
                case ">=":
                    return _less(a, b, columns, at).negated
                case _:
                    return _less(b, a, columns, at).negated
        case Call():
            return cast(Answers, call_columns(node, columns))
        case _:
            raise NotColumnar(
                f"{type(node).__name__} as a condition", f"条件としての {type(node).__name__}"
            )


def _until_sure(items: Sequence[Node], columns: Columns) -> Iterator[Answers]:
    """The answers of conditions up to the first that is yes in every row."""
    for item in items:
        answer = answers(item, columns)
        yield answer
        if answer.yes is True:
            return


def _all(parts: Sequence[Answers]) -> Answers:
    """``and``: the least in the order no < unknown < may < yes."""
    never_no = [either(part.yes, part.may, part.unknown) for part in parts]
    at_least_may = [either(part.yes, part.may) for part in parts]
    return Answers(
        yes=both(*(part.yes for part in parts)),
        may=both(either(*(part.may for part in parts)), *at_least_may),
        unknown=both(either(*(part.unknown for part in parts)), *never_no),
        no=either(*(part.no for part in parts)),
    )


def _any(parts: Sequence[Answers]) -> Answers:
    """``or``: the greatest in the same order."""
    never_yes = [either(part.no, part.may, part.unknown) for part in parts]
    at_most_unknown = [either(part.no, part.unknown) for part in parts]
    return Answers(
        yes=either(*(part.yes for part in parts)),
        may=both(either(*(part.may for part in parts)), *never_yes),
        unknown=both(either(*(part.unknown for part in parts)), *at_most_unknown),
        no=both(*(part.no for part in parts)),
    )


@dataclass(frozen=True)
class _Facing:
    """The upper end of one side and the lower end of the other as whole numbers of one size, and
    where both or one of them is open.
    """

    hi: nw.Expr
    lo: nw.Expr
    open: Mask | None

    @property
    def below(self) -> Mask:
        """Where the one side is surely less than the other as a whole; nowhere else, if it is
        known which ends are open.
        """
        if self.open is None or self.open is False:
            return self.hi < self.lo
        return (
            self.hi <= self.lo
            if self.open is True
            else (self.hi < self.lo) | ((self.hi == self.lo) & self.open)
        )


def _facing(a: Num, b: Num) -> _Facing | None:
    """What says whether ``a`` is below ``b``, divisors multiplied out; None where 64 bits would
    not hold it.
    """
    if isinstance(a, Real) or isinstance(b, Real):
        return None
    up, down = a.factors if isinstance(a, Ratio) else (1, a.scale)
    other_up, other_down = b.factors if isinstance(b, Ratio) else (1, b.scale)
    common = math.gcd(up * other_down, other_up * down)
    hi = _product(a.over if isinstance(a, Ratio) else a, b, up * other_down // common)
    lo = _product(b.over if isinstance(b, Ratio) else b, a, other_up * down // common)
    if hi is None or lo is None:
        return None
    ends, other_ends = a.open, b.open
    return _Facing(hi[1], lo[0], either(ends.hi, other_ends.lo) if ends and other_ends else None)


def _product(value: Whole, other: Num, factor: int) -> tuple[nw.Expr, nw.Expr] | None:
    """Both ends times a factor and what divides the end of the other side that they face."""
    under = other.under if isinstance(other, Ratio) else None
    if value.bound * (under.bound if under else 1) * factor > FITS:
        return None

    def times(end: nw.Expr, divisor: nw.Expr | None) -> nw.Expr:
        end = end if divisor is None else end * divisor
        return end if factor == 1 else end * factor

    return times(value.lo, under.hi if under else None), times(
        value.hi, under.lo if under else None
    )


def _comparable(a: Num, b: Num, columns: Columns, at: float) -> tuple[Mask, Mask]:
    """For which rows both sides are there, and where one of them is missing for certain: a
    comparison is null only in other rows.
    """
    missing = missing_together((a, b))
    there = missing.there
    return columns.let(there, at) if isinstance(there, nw.Expr) else there, missing.unknown


def _equal(a: Num, b: Num, columns: Columns, at: float) -> Answers:
    there, unknown = _comparable(a, b, columns, at)
    below, above = _facing(a, b), _facing(b, a)
    if below is None or above is None:
        # Two points can't overlap strictly from both sides, so one of the sides is an interval:
        # the answer is "may".
        r, s = a.real, b.real
        overlap, apart = (
            (r.lo_u < s.hi_d) & (s.lo_u < r.hi_d),
            (r.hi_u < s.lo_d) | (s.hi_u < r.lo_d),
        )
    elif a.point and b.point:
        if _is_nought(a) and _is_nought(b):
            return Answers(yes=there, unknown=unknown)
        return Answers(
            yes=both(below.hi == below.lo, there),
            unknown=unknown,
            no=both(below.hi != below.lo, there),
        )
    else:
        apart = expression_of(either(below.below, above.below))
        if below.open is not None and _wide(a, b):
            apart = columns.let(apart, at)
            overlap = ~apart
        else:
            overlap = (below.hi > below.lo) & (above.hi > above.lo)
    return Answers(may=both(overlap, there), unknown=unknown, no=both(apart, there))


def _is_nought(side: Num) -> bool:
    """Whether a side is 0 in every row that has it."""
    return isinstance(side, Whole) and side.bound == 0


def _wide(a: Num, b: Num) -> bool:
    """Whether one of the sides is a point in no row."""
    return any(not isinstance(side, Real) and side.wide for side in (a, b))


def _less(a: Num, b: Num, columns: Columns, at: float) -> Answers:
    there, unknown = _comparable(a, b, columns, at)
    below, above = _facing(a, b), _facing(b, a)
    if below is None or above is None:
        r, s = a.real, b.real
        yes, no = both(r.hi_u < s.lo_d, there), both(r.lo_d >= s.hi_u, there)
        overlap = (r.lo_u < s.hi_d) & (s.lo_u < r.hi_d)
        return Answers(yes=yes, may=both(overlap, there), unknown=unknown, no=no)
    yes, no = both(below.below, there), both(above.hi <= above.lo, there)
    if a.point and b.point:
        return Answers(yes=yes, unknown=unknown, no=no)
    before = below.hi <= below.lo if below.open is None else expression_of(below.below)
    return Answers(
        yes=yes, may=both(~before & (above.hi > above.lo), there), unknown=unknown, no=no
    )


def _absent(words: Sequence[Word]) -> tuple[Mask, Mask]:
    """Where all words are there, and where one is missing for certain."""
    unknown = either(*(either(word.missing.blank, word.missing.unknown) for word in words))
    undecided = either(*(word.missing.open for word in words))
    return opposite(either(unknown, undecided)), both(unknown, opposite(undecided))


def _same(a: Word, b: Word) -> Answers:
    there, unknown = _absent((a, b))
    if isinstance(a.value, str) and isinstance(b.value, str):
        return Answers(yes=a.value == b.value, no=a.value != b.value)
    first, second = (a.value, b.value) if isinstance(a.value, nw.Expr) else (b.value, a.value)
    value = cast(nw.Expr, first)
    return Answers(
        yes=both(certain(value == second), there),
        unknown=unknown,
        no=both(certain(value != second), there),
    )


def _membership(left: Node, right: Node, columns: Columns) -> Answers:
    if isinstance(right, Call):
        return _tabled(left, columns.table(quoted(right)), columns)
    return _any([_equal_parts(left, option, columns) for option in cast(Items, right).items])


def _tabled(texts: Node, table: Sequence[tuple[str, ...]], columns: Columns) -> Answers:
    """Whether words are a row of a table."""
    words = [word_of(item, columns) for item in _side(texts)]
    there, unknown = _absent(words)
    patterns = (pattern for pattern in table if len(pattern) == len(words))
    member = either(*(both(*map(_fits, words, pattern)) for pattern in patterns))
    return Answers(yes=both(member, there), unknown=unknown, no=both(opposite(member), there))


def _equal_parts(node: Node, option: Node, columns: Columns) -> Answers:
    """Whether a value, or each of a list's, equals that of an option."""
    pairs = zip(_side(node), _side(option), strict=True)
    equal = [answers(Compare("==", a, b, a.at), columns) for a, b in pairs]
    return equal[0] if len(equal) == 1 else _all(equal)


def _side(node: Node) -> Sequence[Node]:
    return node.items if isinstance(node, Items) else (node,)


def _fits(word: Word, text: str) -> Mask:
    """For which rows a word is a text of a table; ``*`` stands for any."""
    if text == "*":
        return True
    return word.value == text if isinstance(word.value, str) else certain(word.value == text)
