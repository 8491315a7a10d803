"""Rules read as conditions over the cells of a record.

A rule is read from its trace on a row: sums, products, quotients, comparisons, ``and``, ``or``,
``not`` and ``when``. What a rule says that is no condition over cells raises Unusable, and is
reported to the user.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar, cast

from auditor.formula.functions import OfFigure, OfOthers, function_of, kind_of
from auditor.formula.judge import compare, gathered, members, negative
from auditor.formula.trace import Trace
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Members,
    Negative,
    Not,
    Number,
    Or,
)
from auditor.formula.values import BLANK, UNKNOWN, Missing, Row, Value
from auditor.records import figures
from auditor.records.errors import AuditorError
from auditor.records.figures import Answer, Quantity
from auditor.records.text import Text
from auditor.suspects import algebra
from auditor.suspects.algebra import NotComputable
from auditor.suspects.conditions import (
    COMPARE,
    Any,
    Comparing,
    Comparison,
    Condition,
    Constraint,
    Every,
    Known,
    Printed,
)
from auditor.suspects.expressions import (
    Absolute,
    Agreed,
    Cell,
    Cells,
    Constant,
    Expression,
    Greatest,
    Sum,
    union,
)

__all__ = ["NamedCells", "Unusable", "condition_of", "constraints"]

R = TypeVar("R", bound=Row)


class NamedCells(Cells, Protocol[R]):
    """The cells of a record, and which of them the names of a formula stand for."""

    def index(self, row: R, name: str, /) -> int | None:
        """The cell that a name stands for on a row; None where it is no figure of the record."""
        ...

    def consensus(self, call: Trace[R], /) -> int | None:
        """The cell that stands for what a group of rows agrees on; None where the group does not
        tell, or the form does.
        """
        ...


class Unusable(AuditorError):
    """A part of a formula that is no constraint over cells; ``part`` is how it is written."""

    def __init__(self, part: str) -> None:
        super().__init__(f"can't be used: {part}", f"使えない書き方があります：{part}")
        self.part = part


def constraints(
    formula: Trace[R],
    cells: NamedCells[R],
    rule: int,
    *,
    when: Trace[R] | None = None,
    answered: bool = True,
) -> list[Constraint]:
    """The constraints of a rule on a record, from the traces of its formula and of its ``when``.

    ``answered`` is whether the judge could answer the printed record. Raises Unusable where the
    rule says something that is no constraint over cells.
    """
    condition = _Reading(cells, strict=answered).condition(formula, True)
    if when is not None:
        # An unknown `when` keeps a rule from being judged, so that side is met by anything but a
        # plain yes.
        condition = _any((_Reading(cells, strict=False).condition(when, False), condition))
    parts = condition.items if isinstance(condition, Every) else (condition,)
    derived = _derived(formula, cells)
    return [Constraint(rule, part, derived) for part in parts if part.cells]


def condition_of(formula: Trace[R], cells: NamedCells[R], truth: bool = True) -> Condition:
    """A formula, or its contrary, as a condition. What no figure decides may be so. Raises
    Unusable.
    """
    return _Reading(cells, strict=False).condition(formula, truth)


def _derived(formula: Trace[R], cells: NamedCells[R]) -> int | None:
    """The cell that a rule computes: the one that stands alone on a side of its equation."""
    if isinstance(formula.node, And) and formula.parts:
        formula = formula.parts[0]
    if isinstance(formula.node, Compare) and formula.node.operator == "==":
        left, right = formula.parts
        for side, other in ((left, right), (right, left)):
            if _is_figure(side) and not _is_figure(other):
                return cells.index(*side.cells[0]) if side.cells else None
    return None


def _is_figure(part: Trace[R]) -> bool:
    return isinstance(part.node, Field) and part.node.kind == "number"


def _every(items: Sequence[Condition]) -> Condition:
    """What meets all of several conditions."""
    flat: list[Condition] = []
    for item in items:
        match item:
            case Known(answer=answer):
                if not answer:
                    return item
            case Every(items=below):
                flat.extend(below)
            case _:
                flat.append(item)
    if not flat:
        return Known(True)
    return flat[0] if len(flat) == 1 else Every(tuple(flat))


def _any(items: Sequence[Condition]) -> Condition:
    """What meets one of several conditions."""
    if any(isinstance(item, Known) and item.answer for item in items):
        return Known(True)
    open_items = tuple(item for item in items if not isinstance(item, Known))
    if not open_items:
        return Known(False)
    return open_items[0] if len(open_items) == 1 else Any(open_items)


_TURNED: Final[dict[Comparison, Comparison]] = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_NEGATED: Final[dict[Comparison, Comparison]] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}


class _Reading(Generic[R]):
    """Reads traces as conditions and expressions.

    ``truth`` says which of a condition and its contrary is read. With ``strict``, a condition
    that is unknown on the record as it is corrected is not met.
    """

    def __init__(self, cells: NamedCells[R], *, strict: bool) -> None:
        self.cells, self.strict = cells, strict

    # --- what names stand for

    def leaf(self, row: R, name: str) -> Cell | Value:
        """The cell under a name, or the value of what is no cell."""
        at = self.cells.index(row, name)
        return row.values.get(name, BLANK) if at is None else Cell(at)

    def leaves(self, part: Trace[R]) -> list[Cell | Value]:
        """What a name or a group stands for; nothing where its links lead nowhere. Raises
        NotComputable where it is not known which rows a set has.
        """
        if not isinstance(part.node, Members):
            return [self.leaf(row, name) for row, name in part.cells]
        # A trace keeps but the first of many rows.
        if not gathered(part.node, part.row).is_certain:
            raise NotComputable
        cells = cast("list[tuple[R, str]]", members(part.node, part.row))
        return [self.leaf(row, name) for row, name in cells]

    def is_blank(self, cell: Cell) -> bool:
        return self.cells.steps[cell.at] is None

    # --- conditions

    def condition(self, part: Trace[R], truth: bool) -> Condition:
        match part.node:
            case And():
                items = [self.condition(item, truth) for item in part.parts]
                return _every(items) if truth else _any(items)
            case Or():
                items = [self.condition(item, truth) for item in part.parts]
                return _any(items) if truth else _every(items)
            case Not():
                return self.condition(part.parts[0], not truth)
            case Compare():
                return self.compared(part, part.node, truth)
            case Call() if isinstance(function_of(part.node).judgement, OfOthers):
                raise Unusable(part.node.function)
            case Call(arguments=(Field(kind="number"),)):
                (leaf,) = self.leaves(part.parts[0]) or (BLANK,)
                if isinstance(leaf, Cell):
                    return Printed(leaf.at, truth is _is_present(part.node))
                return self.known(part.answer, truth)
            case Call(arguments=(Call() as inner,)) if function_of(inner).blank_as_parts:
                printed = truth is _is_present(part.node)
                return self.printed(part.parts[0], printed) or self.known(part.answer, truth)
            case _:
                return self.known(part.answer, truth)

    def compared(self, part: Trace[R], node: Compare, truth: bool) -> Condition:
        left, right = part.parts
        operator = node.operator
        if operator == "in" or operator == "not in":
            if kind_of(node.left) != "number" or not isinstance(right.node, Items):
                return self.known(part.answer, truth)
            is_one = truth is (operator == "in")
            items = [
                self.comparison("==" if is_one else "!=", left, option) for option in right.parts
            ]
            return _any(items) if is_one else _every(items)
        if kind_of(node.left) == "text":
            return self.known(part.answer, truth)
        return self.comparison(operator if truth else _NEGATED[operator], left, right)

    def known(self, answer: Answer | None, truth: bool) -> Condition:
        """A condition that no cell decides, by the judge's answer."""
        assert answer is not None, "not a condition"
        if not truth:
            answer = answer.negated()
        return Known(answer is not Answer.NO and not (answer is Answer.UNKNOWN and self.strict))

    def printed(self, call: Trace[R], printed: bool) -> Condition | None:
        """That one of several cells prints something, or that none does; None where that is no
        condition over cells.
        """
        leaves: list[Cell | Value] = []
        for part in _listed(call.parts):
            if kind_of(part.node) != "group" and not isinstance(part.node, Field):
                return None
            leaves += self.leaves(part)
        if any(not isinstance(leaf, Cell) and leaf is not BLANK for leaf in leaves):
            return None
        items = [Printed(leaf.at, printed) for leaf in leaves if isinstance(leaf, Cell)]
        return _any(items) if printed else _every(items)

    # --- comparisons

    def comparison(self, operator: Comparison, left: Trace[R], right: Trace[R]) -> Condition:
        """A comparison of two numbers."""
        if split := self.split(operator, left, right):
            return split
        needs: list[int] = []
        try:
            difference = algebra.total(
                ((1, self.number(left, needs)), (-1, self.number(right, needs)))
            )
        except NotComputable:
            return Known(not self.strict)
        if not difference.cells and not needs:
            return self.known(compare(operator, _value(left), _value(right)), True)
        return self.comparing(operator, difference, needs, self.strict)

    def comparing(
        self, operator: Comparison, difference: Expression, needs: Sequence[int], strict: bool
    ) -> Comparing:
        mask = algebra.held(difference, self.cells.variables)
        affine = algebra.affine(difference, mask)
        return Comparing(operator, difference, mask, tuple(needs), strict, affine)

    def split(self, operator: Comparison, left: Trace[R], right: Trace[R]) -> Condition | None:
        """A comparison with a least, a greatest or a distance as plainer ones, where it says the
        same: that the least of several is at least something says it of each.
        """
        turned = operator in (">=", ">")
        if turned:  # the greater side to the right
            left, operator, right = right, _TURNED[operator], left
        if operator not in ("<=", "<"):
            return None
        if _order(left) == "distance":
            return self.near(operator, left.parts[0], right)
        above, below = _order(left) == "greatest", _order(right) == "least"
        if above and not (below and turned):
            return self.each(operator, left.parts, right)
        if below:
            return self.each(_TURNED[operator], right.parts, left)
        return None

    def near(self, operator: Comparison, inner: Trace[R], bound: Trace[R]) -> Condition:
        """That a distance from 0 is below a bound: both ends are, and the bound is not negative."""
        row, at = inner.row, inner.node.at
        opposite = Trace(Negative(inner.node, at), row, negative(_value(inner)), parts=(inner,))
        nought = Trace(Number(0, at), row, 0)
        return _every(
            [
                self.comparison(operator, inner, bound),
                self.comparison(operator, opposite, bound),
                self.comparison("<=", nought, bound),
            ]
        )

    def each(self, operator: Comparison, several: Sequence[Trace[R]], bound: Trace[R]) -> Condition:
        """That each of several compares so with a bound. A blank one need not."""
        needs: list[int] = []
        try:
            parts, end = self.several(several, needs), self.number(bound, needs)
        except NotComputable:
            return Known(not self.strict)
        items: list[Condition] = []
        for part in parts:
            difference = algebra.total(((1, part), (-1, end)))
            if difference.cells:
                blank = isinstance(part, Cell) and self.is_blank(part)
                own_needs = [part.cells] if blank else []
                items.append(
                    self.comparing(operator, difference, own_needs, self.strict and not blank)
                )
            elif not _satisfied(operator, difference):
                items.append(Known(False))
        return _every(items)

    # --- numbers

    def number(self, part: Trace[R], needs: list[int]) -> Expression:
        """A number as an expression. Sets of blank cells (masks), one of each of which has to
        print something, are added to ``needs``. Raises NotComputable, and Unusable.
        """
        match part.node:
            case Number(value=value):
                return Constant((value, value), value)
            case Field(kind="number"):
                (leaf,) = self.leaves(part) or (BLANK,)
                return self.term(leaf, needs)
            case Negative():
                return algebra.negated(self.number(part.parts[0], needs))
            case Arithmetic(operator=operator):
                left, right = (self.number(below, needs) for below in part.parts)
                match operator:
                    case "+":
                        return algebra.total(((1, left), (1, right)))
                    case "-":
                        return algebra.total(((1, left), (-1, right)))
                    case "*":
                        return algebra.multiplied(left, right)
                    case "/":
                        return algebra.divided(left, right)
            case Call():
                linear = function_of(part.node).linear
                if isinstance(linear, Text):
                    raise Unusable(part.node.function)
                return cast(Expression, linear(part, _Forms(self, needs)))
            case _:
                raise Unusable(type(part.node).__name__.lower())

    def term(self, leaf: Cell | Value, needs: list[int]) -> Expression:
        """A cell or a value as an expression."""
        if isinstance(leaf, Cell):
            if self.is_blank(leaf):
                needs.append(leaf.cells)
            return leaf
        if isinstance(leaf, Missing | str):
            raise NotComputable
        span = figures.ends(leaf)
        return Constant((span.lo, span.hi), leaf)

    def several(
        self, several: Sequence[Trace[R]], needs: list[int], printed_only: bool = False
    ) -> list[Expression]:
        """The parts of a sum or the like. Blank parts count as nothing, but one part has to be
        printed.
        """
        parts: list[Expression] = []
        blanks: list[Cell] = []
        for part in _listed(several):
            if kind_of(part.node) != "group" and not isinstance(part.node, Field):
                parts.append(self.number(part, needs))
                continue
            for leaf in self.leaves(part):
                if leaf is BLANK:
                    continue
                if isinstance(leaf, Cell) and self.is_blank(leaf):
                    blanks.append(leaf)
                    if not printed_only:
                        parts.append(leaf)
                else:
                    parts.append(self.term(leaf, needs))
        if not parts or (len(blanks) == len(parts) and not printed_only):
            if not blanks:
                raise NotComputable
            needs.append(union(blank.cells for blank in blanks))
            parts = parts or [*blanks]
        return parts


@dataclass(frozen=True)
class _Forms(Generic[R]):
    """Expressions of calls; see ``functions.LinearForms``. Cells that have to print something for
    the expression to have a value are added to ``needs``.
    """

    reading: _Reading[R]
    needs: list[int]

    def number(self, part: Trace[R]) -> Expression:
        return self.reading.number(part, self.needs)

    def total(self, parts: Sequence[Trace[R]]) -> Expression:
        several = _folded(self.reading.several(parts, self.needs))
        return algebra.total([(1, item) for item in several])

    def greatest(self, parts: Sequence[Trace[R]]) -> Expression:
        return Greatest(tuple(self.reading.several(parts, self.needs, printed_only=True)))

    def least(self, parts: Sequence[Trace[R]]) -> Expression:
        items = self.reading.several(parts, self.needs, printed_only=True)
        return algebra.negated(Greatest(tuple(algebra.negated(item) for item in items)))

    def absolute(self, part: Trace[R]) -> Expression:
        return Absolute(self.number(part))

    def blank_as_zero(self, part: Trace[R]) -> Expression:
        needs: list[int] = []
        try:
            inner = self.reading.number(part, needs)
        except NotComputable:
            return Constant((0, 0), 0)
        if not isinstance(inner, Cell):
            self.needs.extend(needs)
        return inner  # a blank cell counts as nothing until it is filled

    def param(self, call: Trace[R]) -> Expression:
        return self.reading.term(_value(call), self.needs)

    def consensus(self, call: Trace[R]) -> Expression:
        at = self.reading.cells.consensus(call)
        value = _value(call)
        if at is None or isinstance(value, Missing | str):
            return self.reading.term(value, self.needs)
        return Agreed(at, value)


def _folded(parts: Sequence[Expression]) -> list[Expression]:
    """Parts of a sum with all that no cell decides added up: it may be thousands of rows."""
    constants = [part for part in parts if isinstance(part, Constant)]
    if len(constants) < 2:
        return list(parts)
    whole: Quantity = 0
    for constant in constants:
        whole = figures.add(whole, constant.exact)
    span = figures.ends(whole)
    others = [part for part in parts if not isinstance(part, Constant)]
    return [*others, Constant((span.lo, span.hi), whole)]


def _listed(parts: Sequence[Trace[R]]) -> list[Trace[R]]:
    """Parts side by side, with those of lists in the place of the lists."""
    flat: list[Trace[R]] = []
    for part in parts:
        flat += _listed(part.parts) if isinstance(part.node, Items) else (part,)
    return flat


def _value(part: Trace[R]) -> Value:
    return UNKNOWN if part.value is None else part.value


def _is_present(call: Call) -> bool:
    """Whether a condition on one value is that something is printed; else, that nothing is."""
    judgement = function_of(call).judgement
    assert isinstance(judgement, OfFigure), f"not a condition: {call}"
    return judgement.test(0) is Answer.YES


def _order(part: Trace[R]) -> str | None:
    """Whether a part is the least or greatest of several, or a distance from 0."""
    return function_of(part.node).order if isinstance(part.node, Call) else None


def _satisfied(operator: Comparison, expression: Expression) -> bool:
    """Whether an expression of constants alone satisfies a comparison with nought."""
    match expression:
        case Constant(exact=value):
            return COMPARE[operator](value, 0) is not Answer.NO
        case Sum(terms=terms):
            total: Quantity = 0
            for factor, term in terms:
                if not isinstance(term, Constant):
                    return True
                total = figures.add(total, figures.multiply(term.exact, factor))
            return COMPARE[operator](total, 0) is not Answer.NO
        case _:
            return True
