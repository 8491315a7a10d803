"""Rules read as conditions over the cells of a record: sums, products, quotients, comparisons,
``and``, ``or``, ``not``, ``when``.

What a rule says that is no condition over cells raises Unusable, and is told to the user.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple, Protocol, cast

from auditor.formula.functions import OfFigure, function_of, kind_of
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Negative,
    Node,
    Not,
    Number,
    Or,
)
from auditor.formula.values import BLANK, Missing
from auditor.records import figures
from auditor.records.errors import AuditorError
from auditor.records.figures import Answer, Interval, Quantity
from auditor.records.text import Text
from auditor.suspects.conditions import (
    COMPARE,
    Affine,
    Any,
    Comparing,
    Comparison,
    Condition,
    Constraint,
    Every,
    Known,
    Printed,
    Term,
)
from auditor.suspects.expressions import (
    Absolute,
    Agreed,
    Cell,
    Constant,
    Expression,
    Greatest,
    Product,
    Quotient,
    Sum,
    Variable,
    bits,
)

__all__ = ["AgreedValue", "Binding", "Index", "Unusable", "condition_of", "constraints"]


class Binding(Protocol):
    """What the names of a formula stand for on one record."""

    @property
    def variables(self) -> Sequence[Variable]: ...
    @property
    def steps(self) -> Sequence[int | None]: ...
    def field(self, node: Field) -> Quantity | Missing | Index:
        """A cell, or the value of what is no cell."""
        ...

    def members(self, node: Node) -> list[Index | Quantity | Missing]:
        """The cells of a group."""
        ...

    def param(self, call: Call) -> Quantity | Missing:
        """A number that the form sets."""
        ...

    def over_group(self, call: Call) -> AgreedValue | Quantity | Missing:
        """For a function over a group of rows: the cell that stands for the book, and the value
        that the rows agree on.
        """
        ...

    def constant(self, node: Node) -> Answer:
        """The judge's answer to a condition that the search can't turn into a constraint."""
        ...


class Index(NamedTuple):
    """A cell by its place among the variables."""

    at: int


class AgreedValue(NamedTuple):
    """What a book agrees on, with the variable that stands for the book."""

    at: int
    value: Quantity


class Unusable(AuditorError):
    """A part of a formula that is no constraint over cells; ``part`` is how it is written."""

    def __init__(self, part: str) -> None:
        super().__init__(f"can't be used: {part}", f"使えない書き方があります: {part}")
        self.part = part


def constraints(
    tree: Node, binding: Binding, rule: int, *, when: Node | None = None, known: bool = True
) -> list[Constraint]:
    """The constraints of a rule on a record; ``known`` is whether the judge could answer the
    printed record.

    Raises Unusable where the rule says something that is no constraint over cells.
    """
    reading = _Reading(binding, strict=known)
    condition = reading.condition(tree, wanted=True)
    if when is not None:
        # An unknown `when` keeps a rule from being judged, so that side is met by anything but a
        # plain yes.
        condition = _any((_Reading(binding, strict=False).condition(when, wanted=False), condition))
    parts = condition.items if isinstance(condition, Every) else (condition,)
    derived = _derived(tree, binding)
    return [Constraint(rule, part, derived) for part in parts if part.cells]


def condition_of(tree: Node, binding: Binding, wanted: bool = True) -> Condition:
    """A formula, or its contrary, as a condition. Raises Unusable."""
    return _Reading(binding, strict=True).condition(tree, wanted)


def _derived(tree: Node, binding: Binding) -> int | None:
    """The cell that a rule computes: the one that stands alone on a side of its equation."""
    if isinstance(tree, And) and tree.items:
        tree = tree.items[0]
    if isinstance(tree, Compare) and tree.operator == "==":
        for side, other in ((tree.left, tree.right), (tree.right, tree.left)):
            if (
                isinstance(side, Field)
                and side.kind == "number"
                and not (isinstance(other, Field) and other.kind == "number")
            ):
                found = binding.field(side)
                return found.at if isinstance(found, Index) else None
    return None


def _every(items: Sequence[Condition]) -> Condition:
    if any(isinstance(item, Known) and not item.answer for item in items):
        return Known(False)
    flat: list[Condition] = []
    for item in items:
        if isinstance(item, Every):
            flat.extend(item.items)
        elif not isinstance(item, Known):
            flat.append(item)
    return flat[0] if len(flat) == 1 else Every(tuple(flat)) if flat else Known(True)


def _any(items: Sequence[Condition]) -> Condition:
    if any(isinstance(item, Known) and item.answer for item in items):
        return Known(True)
    left = tuple(item for item in items if not isinstance(item, Known))
    return left[0] if len(left) == 1 else Any(left) if left else Known(False)


_TURNED: Final[dict[str, Comparison]] = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_NEGATED: Final[dict[str, Comparison]] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}


class _Reading:
    def __init__(self, binding: Binding, *, strict: bool) -> None:
        self.binding, self.strict = binding, strict

    def condition(self, node: Node, wanted: bool) -> Condition:
        match node:
            case And(items=items):
                return (_every if wanted else _any)(
                    [self.condition(item, wanted) for item in items]
                )
            case Or(items=items):
                return (_any if wanted else _every)(
                    [self.condition(item, wanted) for item in items]
                )
            case Not(operand=operand):
                return self.condition(operand, not wanted)
            case Compare(operator="in" | "not in", left=left, right=Items(items=options)) if (
                kind_of(left) == "number"
            ):
                equal: list[Node] = [Compare("==", left, option, left.at) for option in options]
                return self.condition(Or(tuple(equal), node.at), wanted is (node.operator == "in"))
            case Compare(operator="in" | "not in"):
                return self.known(node, wanted)
            case Compare(left=left) if kind_of(left) == "text":
                return self.known(node, wanted)
            case Compare(operator=operator, left=left, right=right):
                if operator == "in" or operator == "not in":
                    return self.known(node, wanted)
                return self.comparison(operator if wanted else _NEGATED[operator], left, right)
            case Call(arguments=(Field(kind="number") as argument,)):
                cell = self.binding.field(argument)
                if not isinstance(cell, Index):
                    return self.known(node, wanted)
                return Printed(cell.at, wanted is self.is_present(node))
            case Call(arguments=(Call(arguments=several) as inner,)) if function_of(
                inner
            ).blank_as_parts:
                return self.printed(node, several, wanted, wanted is self.is_present(node))
            case _:
                return self.known(node, wanted)

    def is_present(self, call: Call) -> bool:
        """Whether a condition on one value is that something is printed; else, that nothing is."""
        judgement = function_of(call).judgement
        assert isinstance(judgement, OfFigure), f"not a condition: {call}"
        return judgement.test(0) is Answer.YES

    def printed(
        self, node: Node, several: Sequence[Node], wanted: bool, printed: bool
    ) -> Condition:
        """That one of several cells prints something, or that none does."""
        parts = [
            part
            for argument in several
            for part in (argument.items if isinstance(argument, Items) else (argument,))
        ]
        cells: list[Quantity | Missing | Index] = []
        for part in parts:
            if kind_of(part) == "group":
                cells.extend(self.binding.members(part))
            elif isinstance(part, Field):
                cells.append(self.binding.field(part))
            else:
                return self.known(node, wanted)
        if any(not isinstance(cell, Index) and cell is not BLANK for cell in cells):
            return self.known(node, wanted)
        items = [Printed(cell.at, printed) for cell in cells if isinstance(cell, Index)]
        return _any(items) if printed else _every(items)

    def known(self, node: Node, wanted: bool) -> Condition:
        answer = self.binding.constant(node if wanted else Not(node, node.at))
        return Known(answer is not Answer.NO and not (answer is Answer.UNKNOWN and self.strict))

    def comparison(self, operator: Comparison, left: Node, right: Node) -> Condition:
        """A comparison; that the least of several is at least something says it of each, and so
        does the greatest.
        """
        if split := self.split(operator, left, right):
            return split
        needs: list[int] = []
        try:
            a, b = self.number(left, needs), self.number(right, needs)
        except _Unknown:
            return Known(not self.strict)
        expression = _sum(((1, a), (-1, b)))
        if not expression.cells and not needs:
            return self.known(Compare(operator, left, right, left.at), wanted=True)
        return self.compared(operator, expression, needs)

    def compared(
        self, operator: Comparison, expression: Expression, needs: Sequence[int]
    ) -> Condition:
        held = _held(expression, self.binding)
        return Comparing(
            operator, expression, held, tuple(needs), self.strict, _affine(expression, held)
        )

    def split(self, operator: Comparison, left: Node, right: Node) -> Condition | None:
        """A comparison with a least, a greatest or a distance as plainer ones, where it says the
        same: that the least of several is at least something says it of each.
        """
        turned = operator in (">=", ">")
        if turned:  # the greater side to the right
            left, operator, right = right, _TURNED[operator], left
        if operator not in ("<=", "<"):
            return None
        if _order(left) == "distance":
            return self.near(operator, cast(Call, left), right)
        above, below = _order(left) == "greatest", _order(right) == "least"
        if above and not (below and turned):
            return self.each(operator, cast(Call, left).arguments, right)
        if below:
            return self.each(_TURNED[operator], cast(Call, right).arguments, left)
        return None

    def near(self, operator: Comparison, call: Call, bound: Node) -> Condition:
        """That a distance from 0 is below a bound: both ends are, and the bound is not negative."""
        inner, at = call.arguments[0], call.at
        return _every(
            [
                self.comparison(operator, inner, bound),
                self.comparison(operator, Negative(inner, at), bound),
                self.comparison("<=", Number(0, at), bound),
            ]
        )

    def each(self, operator: Comparison, several: Sequence[Node], bound: Node) -> Condition:
        """That each of several compares so with a bound. A blank one need not."""
        needs: list[int] = []
        try:
            parts, end = self.several(several, needs), self.number(bound, needs)
        except _Unknown:
            return Known(not self.strict)
        items: list[Condition] = []
        for part in parts:
            expression = _sum(((1, part), (-1, end)))
            own = (
                [part.cells]
                if isinstance(part, Cell) and self.binding.steps[part.at] is None
                else []
            )
            if expression.cells:
                held = _held(expression, self.binding)
                items.append(
                    Comparing(
                        operator,
                        expression,
                        held,
                        tuple(own),
                        self.strict and not own,
                        _affine(expression, held),
                    )
                )
            elif not _satisfied(operator, expression):
                items.append(Known(False))
        return _every(items)

    def leaf(self, found: Quantity | Missing | Index, needs: list[int]) -> Expression:
        if isinstance(found, Index):
            if self.binding.steps[found.at] is None:
                needs.append(1 << found.at)
            return Cell(found.at)
        if isinstance(found, Missing):
            raise _Unknown
        span = figures.ends(found)
        return Constant((span.lo, span.hi), found)

    def number(self, node: Node, needs: list[int]) -> Expression:
        match node:
            case Number(value=value):
                return Constant((value, value), value)
            case Field(kind="number"):
                return self.leaf(self.binding.field(node), needs)
            case Negative(operand=operand):
                return _sum(((-1, self.number(operand, needs)),))
            case Arithmetic(operator="+" | "-" as operator, left=left, right=right):
                return _sum(
                    (
                        (1, self.number(left, needs)),
                        (1 if operator == "+" else -1, self.number(right, needs)),
                    )
                )
            case Arithmetic(operator="*", left=left, right=right):
                return _multiplied(self.number(left, needs), self.number(right, needs))
            case Arithmetic(operator="/", left=left, right=right):
                return _divided_by(self.number(left, needs), self.number(right, needs))
            case Call():
                linear = function_of(node).linear
                if isinstance(linear, Text):
                    raise Unusable(node.function)
                return cast(Expression, linear(node, _Forms(self, needs)))
            case _:
                raise Unusable(type(node).__name__.lower())

    def several(
        self, arguments: Sequence[Node], needs: list[int], printed_only: bool = False
    ) -> list[Expression]:
        """The parts of a sum or the like. Blank parts count as nothing, but one part has to be
        printed.
        """
        parts: list[Expression] = []
        blanks: list[int] = []
        for argument in arguments:
            found: Iterable[Quantity | Missing | Index]
            if kind_of(argument) == "group":
                found = self.binding.members(argument)
            elif isinstance(argument, Items):
                parts.extend(self.several(argument.items, needs, printed_only))
                continue
            elif isinstance(argument, Field):
                found = [self.binding.field(argument)]
            else:
                parts.append(self.number(argument, needs))
                continue
            for one in found:
                if one is BLANK:
                    continue
                if isinstance(one, Index) and self.binding.steps[one.at] is None:
                    blanks.append(one.at)
                    if printed_only:
                        continue
                    parts.append(Cell(one.at))
                else:
                    parts.append(self.leaf(one, needs))
        if not parts or (len(blanks) == len(parts) and not printed_only):
            if not blanks:
                raise _Unknown
            needs.append(sum(1 << at for at in blanks))
            parts = parts or [Cell(at) for at in blanks]
        return parts


@dataclass(frozen=True)
class _Forms:
    """Expressions of calls; see ``functions.LinearForms``. Cells that have to print something for
    the expression to have a value are added to ``needs``.
    """

    reading: _Reading
    needs: list[int]

    def number(self, node: Node) -> Expression:
        return self.reading.number(node, self.needs)

    def total(self, arguments: Sequence[Node]) -> Expression:
        return _sum(tuple((1, item) for item in self.reading.several(arguments, self.needs)))

    def greatest(self, arguments: Sequence[Node]) -> Expression:
        return Greatest(tuple(self.reading.several(arguments, self.needs, printed_only=True)))

    def least(self, arguments: Sequence[Node]) -> Expression:
        items = self.reading.several(arguments, self.needs, printed_only=True)
        return _sum(((-1, Greatest(tuple(_sum(((-1, item),)) for item in items))),))

    def absolute(self, argument: Node) -> Expression:
        return Absolute(self.number(argument))

    def blank_as_zero(self, argument: Node) -> Expression:
        needs: list[int] = []
        try:
            inner = self.reading.number(argument, needs)
        except _Unknown:
            return Constant((0, 0), 0)
        if not isinstance(inner, Cell):
            self.needs.extend(needs)
        return inner  # a blank cell counts as nothing until it is filled

    def param(self, call: Call) -> Expression:
        return self.reading.leaf(self.reading.binding.param(call), self.needs)

    def consensus(self, call: Call) -> Expression:
        value = self.reading.binding.over_group(call)
        if isinstance(value, AgreedValue):
            return Agreed(value.at, value.value)
        return self.reading.leaf(value, self.needs)


def _order(node: Node) -> str | None:
    """Whether a part is the least or greatest of several, or a distance from 0."""
    return function_of(node).order if isinstance(node, Call) else None


def _satisfied(operator: Comparison, expression: Expression) -> bool:
    """Whether an expression of constants alone satisfies a comparison with nought."""
    match expression:
        case Constant(exact=value) | Sum(terms=((1, Constant(exact=value)),)):
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


class _Unknown(Exception):
    """A number that can't be computed on this record."""


def _sum(terms: Sequence[tuple[int | Fraction, Expression]]) -> Expression:
    flat: list[tuple[int | Fraction, Expression]] = []
    for factor, term in terms:
        if isinstance(term, Sum):
            flat.extend((factor * inner, below) for inner, below in term.terms)
        else:
            flat.append((factor, term))
    return flat[0][1] if len(flat) == 1 and flat[0][0] == 1 else Sum(tuple(flat))


def _multiplied(left: Expression, right: Expression) -> Expression:
    for a, b in ((left, right), (right, left)):
        if isinstance(a, Constant) and not isinstance(a.exact, Interval) and a.exact != 0:
            return _sum(((a.exact, b),))
    return Product(left, right)


def _divided_by(left: Expression, right: Expression) -> Expression:
    if isinstance(right, Constant):
        if right.value[0] <= 0 <= right.value[1]:
            raise _Unknown
        if not isinstance(right.exact, Interval):
            return _sum(((Fraction(1) / right.exact, left),))
    return Quotient(left, right)


def _held(expression: Expression, binding: Binding) -> int:
    """The cells to keep at their values so that the rest is linear: divisors, and the
    harder-to-suspect factor of a product.
    """
    match expression:
        case Sum(terms=terms):
            mask = 0
            for _, term in terms:
                mask |= _held(term, binding)
            return mask
        case Quotient(left=left, right=right):
            return _held(left, binding) | right.cells
        case Product(left=left, right=right):
            if isinstance(left, Constant) or isinstance(right, Constant):
                return left.cells | right.cells
            hard = max(
                (left, right),
                key=lambda side: max(
                    (binding.variables[at].weight for at in bits(side.cells)), default=0
                ),
            )
            return hard.cells | _held(right if hard is left else left, binding)
        case Absolute() | Greatest() | Agreed():
            return expression.cells
        case _:
            return 0


def _affine(expression: Expression, held: int) -> Affine | None:
    terms: list[Term] = []
    constants: list[tuple[int | Fraction, Expression]] = []

    def add(factor: int | Fraction, node: Expression) -> bool:
        if not node.cells & ~held:
            constants.append((factor, node))
            return True
        match node:
            case Cell(at=at):
                terms.append(Term(at, factor))
                return True
            case Sum(terms=inner):
                return all(add(factor * below, term) for below, term in inner)
            case Quotient(left=Cell(at=at), right=right):
                terms.append(Term(at, factor, right, True))
                return True
            case (
                Product(left=Cell(at=at), right=right) | Product(left=right, right=Cell(at=at))
            ) if not right.cells & ~held:
                terms.append(Term(at, factor, right))
                return True
            case Quotient(left=Sum(terms=inner), right=right):
                return all(add(factor * below, Quotient(term, right)) for below, term in inner)
            case _:
                return False

    return Affine(tuple(terms), tuple(constants)) if add(1, expression) else None
