"""What a rule's formulas compare and add up on a form: money, persons, ratios or bare numbers.

Which unit a figure has is the form's to say, so this is known when a rule meets a form. Money that
is compared with anything else would be thousands of false findings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, cast

from auditor.forms.model import Form, is_amount
from auditor.formula.functions import kind_of
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    Items,
    Members,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Operator,
    Or,
)
from auditor.records.fields import SCOPES, Each, followed
from auditor.records.text import Text

__all__ = ["UnitFault", "UnitKind", "is_counter", "kind_of_unit", "unit_faults"]


class UnitKind(Enum):
    """What a number counts; None stands for what can't be known from the form."""

    MONEY = "money", "金額"
    PERSONS = "a number of persons", "人数"
    RATIO = "a number without a unit", "単位のない数"
    BARE = "a bare number", "単位のない数"
    ZERO = "0", "0"

    @property
    def words(self) -> Text:
        en, ja = self.value
        return Text(en=en, ja=ja)


_Found = UnitKind | None
_MONEY, _PERSONS, _RATIO = UnitKind.MONEY, UnitKind.PERSONS, UnitKind.RATIO
_BARE, _ZERO = UnitKind.BARE, UnitKind.ZERO

_CURRENCIES: Final = (
    *("円", "元", "ドル", "ユーロ", "ポンド", "ウォン", "¥", "€", "$", "£", "₩", "₹"),
    *("yen", "euro", "euros", "dollar", "dollars", "pound", "pounds", "franc", "francs"),
    *("aud", "brl", "cad", "chf", "cny", "czk", "dkk", "eur", "gbp", "hkd", "huf", "idr", "inr"),
    *("jpy", "krw", "mxn", "myr", "nok", "nzd", "php", "pln", "ron", "sek", "sgd", "thb", "try"),
    *("twd", "uah", "usd", "vnd", "zar", "kr", "kč", "zł"),
)
_MULTIPLES: Final = (
    *("百万", "十億", "十万", "千", "万", "億", "兆"),
    *("thousands", "thousand", "millions", "million", "billions", "billion"),
    *("tsd", "tys", "mio", "mrd", "mln", "mil", "bn", "k", "m", "t"),
)
_DIGITS: Final = "0123456789,.' "
_PEOPLE: Final = frozenset(("人", "名", "person", "persons", "people", "head", "heads"))
_RATIOS: Final = frozenset(
    ("", "%", "‰", "ratio", "percent", "per cent", "割", "倍", "割合", "比率", "率")
)
_OF_ANOTHER: Final = ("/", " per ", "当たり", "あたり")
_COUNTERS: Final = frozenset(
    (
        *(
            "件",
            "回",
            "箇所",
            "か所",
            "カ所",
            "ヶ所",
            "ケ所",
            "台",
            "戸",
            "棟",
            "世帯",
            "団体",
            "社",
        ),
        *(
            "校",
            "園",
            "冊",
            "枚",
            "本",
            "通",
            "個",
            "食",
            "日",
            "時間",
            "人日",
            "人回",
            "延人",
            "事業",
        ),
        *("cases", "times", "items", "units", "households", "days", "hours"),
    )
)


def _core(unit: str) -> str:
    """A unit without the multiples before it: ``円`` of 千円, ``eur`` of thousand EUR."""
    core = unicodedata.normalize("NFKC", unit).casefold().lstrip(_DIGITS).strip(" .()")
    while True:
        multiple = next(
            (word for word in _MULTIPLES if core.startswith(word) and core != word), None
        )
        if multiple is None or core in _CURRENCIES:
            return core
        core = core.removeprefix(multiple).strip(" .()")


def kind_of_unit(form: Form, unit: str) -> _Found:
    """What a figure in a unit counts. The form's own unit is money unless its word is one of
    another thing; without a currency in it, only where a multiple of it is printed.
    """
    core, core_of_form = _core(unit), _core(form.unit)
    if core in _RATIOS:
        return _RATIO
    if core in _PEOPLE:
        return _PERSONS
    if any(word in core for word in _OF_ANOTHER):
        return None
    if core in _CURRENCIES:
        return _MONEY
    is_scaled = form.factor(form.unit) != 1 and core_of_form == core != ""
    return _MONEY if unit == form.unit and is_scaled else None


def is_counter(unit: str) -> bool:
    """Whether a unit counts things, so that its figures add up: cases, times, households."""
    return _core(unit) in _COUNTERS


class UnitFault(NamedTuple):
    """What is wrong with a formula of a rule on a form; ``column`` counts its characters from 1."""

    key: str
    column: int
    message: Text


def unit_faults(
    trees: Iterable[tuple[str, Node | None]], each: Each, form: Form
) -> tuple[UnitFault, ...]:
    """The comparisons and sums of unlike units in the formulas of a rule, by their keys."""
    faults: list[UnitFault] = []
    for key, tree in trees:
        if tree is not None:
            check = _Check(form, each)
            check.answer(tree)
            faults += [UnitFault(key, at + 1, message) for at, message in check.faults]
    return tuple(faults)


@dataclass
class _Side:
    """A side of a comparison: its node, and what it counts."""

    node: Node
    kind: _Found


class _Check:
    """One pass over a formula. A fault is noted once; what it is part of counts as unknown."""

    def __init__(self, form: Form, each: Each) -> None:
        self.form = form
        self.each: Each = each
        self.faults: list[tuple[int, Text]] = []

    # — answers —

    def answer(self, node: Node) -> None:
        match node:
            case And(items=items) | Or(items=items):
                for item in items:
                    self.answer(item)
            case Not(operand=operand):
                self.answer(operand)
            case Compare(operator="in" | "not in", left=left, right=Items(items=options)):
                self.membership(left, options)
            case Compare(operator="in" | "not in"):
                pass
            case Compare(left=left, right=right):
                if kind_of(left) == "number":
                    self.compared(self.side(left), self.side(right))
            case Call(arguments=arguments):
                for argument in arguments:
                    self.kind(argument)
            case _:
                pass

    def membership(self, member: Node, options: Iterable[Node]) -> None:
        values = member.items if isinstance(member, Items) else (member,)
        for option in options:
            others = option.items if isinstance(option, Items) else (option,)
            for value, other in zip(values, others, strict=False):
                if kind_of(value) == kind_of(other) == "number":
                    self.compared(self.side(value), self.side(other))

    def side(self, node: Node) -> _Side:
        return _Side(node, self.kind(node))

    def compared(self, left: _Side, right: _Side) -> None:
        if _are_unlike(left.kind, right.kind):
            self.note(left, right, "is compared with", "を比べています")

    def note(self, left: _Side, right: _Side, en: str, ja: str) -> None:
        """Note that two sides do not go together."""
        assert left.kind is not None
        assert right.kind is not None
        a, b = left.kind.words, right.kind.words
        first, second = _written(left.node), _written(right.node)
        hint = self._hint(left, right)
        message = Text(
            en=f"{a.en} ({first}) {en} {b.en} ({second}){hint.en}",
            ja=f"{a.ja}（{first}）と{b.ja}（{second}）{ja}{hint.ja}",
        )
        self.faults.append((left.node.at, message))

    def _hint(self, left: _Side, right: _Side) -> Text:
        """How to write what was meant."""
        other = right if left.kind is _MONEY else left
        unit = self.form.unit
        if isinstance(other.node, Call) and other.node.function == "param":
            name = cast(Name, other.node.arguments[0]).value
            return Text(
                en=f'; give it its unit in the form: [param_units] {name} = "{unit}"',
                ja=f'。様式に単位を書いてください：[param_units] {name} = "{unit}"',
            )
        if other.kind is _BARE:
            return Text(
                en=f"; an amount belongs in the form, with its unit: [params] limit = …, "
                f'[param_units] limit = "{unit}", and is written param("limit")',
                ja="。金額は単位とともに様式に書き（[params] limit = …、"
                f'[param_units] limit = "{unit}"）、数式では param で「limit」を参照してください',
            )
        if isinstance(other.node, Field) and other.kind is _RATIO:
            return Text(
                en="; if it is an amount, give it its unit in the form",
                ja="。金額であれば、様式の項目に単位（unit）を書いてください",
            )
        return Text(en="", ja="")

    # — numbers —

    def kind(self, node: Node) -> _Found:
        """What a number, or each number of a group or list, counts."""
        match node:
            case Number(value=value):
                return _ZERO if value == 0 else _BARE
            case Negative(operand=operand):
                return self.kind(operand)
            case Field():
                return self._field(node)
            case Members():
                return _single(self._members(node))
            case Arithmetic(operator="*" | "/" as operator, left=left, right=right):
                return _product(operator, self.kind(left), self.kind(right))
            case Arithmetic(left=left, right=right):
                return self._joined([self.side(left), self.side(right)])
            case Items(items=items):
                return self._joined([self.side(item) for item in items])
            case Call():
                return self._call(node)
            case _:
                return None

    def _joined(self, sides: list[_Side]) -> _Found:
        """What numbers count that are added up, or of which one is chosen."""
        if not sides:
            return None
        first = sides[0]
        for side in sides[1:]:
            if _are_unlike(first.kind, side.kind):
                self.note(first, side, "is put together with", "を一緒に計算しています")
                return None
            if first.kind is _ZERO or (first.kind is _BARE and side.kind is not _ZERO):
                first = side
            elif side.kind not in (first.kind, _ZERO, _BARE):
                return None
        return first.kind

    def _call(self, call: Call) -> _Found:
        match call:
            case Call(function="param", arguments=(Name(value=name),)):
                return self._param(name)
            case Call(function="group"):
                return _single(self._members(call))
            case Call(function="count", arguments=arguments):
                for argument in arguments:
                    for item in argument.items if isinstance(argument, Items) else (argument,):
                        self.kind(item)
                return _RATIO
            case Call(function="sum", arguments=(argument,)) if kind_of(argument) == "group":
                return self._total(argument)
            case Call(function="sum" | "min" | "max", arguments=arguments):
                return self._joined([self.side(argument) for argument in arguments])
            case Call(function="abs" | "zero" | "agreed", arguments=(argument, *_)):
                return self.kind(argument)
            case _:
                return None

    def _param(self, name: str) -> _Found:
        if name == "sum_leeway":
            return _MONEY
        unit = self.form.param_units.get(name)
        if unit is None:
            return _RATIO if name == "jump_factor" else _BARE
        return kind_of_unit(self.form, unit)

    def _field(self, field: Field) -> _Found:
        _, scope, name = followed(self.each, (*field.links, *field.name.split(".")))
        if scope is None:
            return None
        if field.kind == "group":
            return _single(self._members(field))
        return self._figure(name, scope)

    def _total(self, group: Node) -> _Found:
        """What the sum of a group counts."""
        kinds = self._members(group)
        other = next((kind for kind in (_PERSONS, _RATIO) if kind in kinds), None)
        if _MONEY in kinds and other is not None:
            a, b, written = _MONEY.words, other.words, _written(group)
            message = Text(
                en=f"the sum of {written} adds {a.en} and {b.en}",
                ja=f"{written} の合計は{a.ja}と{b.ja}を足しています",
            )
            self.faults.append((group.at, message))
        return _single(kinds)

    def _members(self, group: Node) -> set[_Found]:
        """What the figures of a group count."""
        scope: Each | None = self.each
        match group:
            case Call(function="group", arguments=(Name(value=name),)):
                pass
            case Field(links=links, name=name):
                _, scope, _ = followed(self.each, (*links, name))
            case Members(links=links, of=of, then=then, name=name):
                _, scope, _ = followed(self.each, (*links, ""))
                if scope is not None:
                    rows = next(rows for rows in SCOPES[scope].sets if rows.name == of)
                    _, scope, _ = followed(rows.to, (*then, ""))
            case _:
                return set()
        if scope is None or scope == "claim":  # in words a figure has any unit
            return set()
        if name in self.form.definitions[scope]:
            return {self._figure(name, scope)}
        return {self._figure(member, scope) for member in self.form.figure_groups.get(name, ())}

    def _figure(self, name: str, scope: Each) -> _Found:
        """What the form says that a figure of a scope counts."""
        named = SCOPES[scope].by_name.get(name)
        if named is not None and named.kind == "number":
            return _RATIO
        definition = self.form.definitions[scope].get(name)
        if definition is None or (named is not None and named.unit == "kpi"):
            return None
        if name in ("population", "headcount") and not definition.unit:
            return _PERSONS
        if named is not None and not definition.unit:
            return None
        kind = kind_of_unit(self.form, definition.unit)
        is_money = kind is None and is_amount(name) and definition.unit == self.form.unit
        return _MONEY if is_money else kind


def _single(kinds: set[_Found]) -> _Found:
    return next(iter(kinds)) if len(kinds) == 1 else None


def _are_unlike(left: _Found, right: _Found) -> bool:
    """Whether one is money and the other certainly is not."""
    others = (_PERSONS, _RATIO, _BARE)
    return (left is _MONEY and right in others) or (right is _MONEY and left in others)


def _product(operator: Operator, left: _Found, right: _Found) -> _Found:
    """What a product or quotient counts. Money for each person is money, too."""
    match operator, left, right:
        case _, None, _:
            return None
        case _, _, None:
            return None
        case "/", UnitKind.MONEY, UnitKind.MONEY:
            return _RATIO
        case "/", UnitKind.PERSONS, UnitKind.PERSONS:
            return _RATIO
        case "*", UnitKind.MONEY, UnitKind.MONEY:
            return None
        case "*", UnitKind.PERSONS, UnitKind.PERSONS:
            return None
        case _, UnitKind.MONEY, _:
            return _MONEY
        case "*", _, UnitKind.MONEY:
            return _MONEY
        case "/", _, UnitKind.MONEY | UnitKind.PERSONS:
            return None
        # A bare number for each person may be a price.
        case "*", UnitKind.PERSONS, UnitKind.BARE:
            return None
        case "*", UnitKind.BARE, UnitKind.PERSONS:
            return None
        case _, UnitKind.PERSONS, _:
            return _PERSONS
        case _, _, UnitKind.PERSONS:
            return _PERSONS
        case _, UnitKind.BARE | UnitKind.ZERO, UnitKind.BARE | UnitKind.ZERO:
            return _BARE
        case _:
            return _RATIO


def _written(node: Node) -> str:
    """A side as a message shows it, shortened."""
    return "".join(_pieces(node, 0))


def _pieces(node: Node, depth: int) -> Iterator[str]:
    match node:
        case Field() | Members():
            yield node.path
        case Number(value=value):
            yield f"{value}"
        case Negative(operand=operand):
            yield "-"
            yield from _pieces(operand, depth + 1)
        case Call(function=function, arguments=(Name(value=name),)):
            yield f'{function}("{name}")'
        case Call(function=function):
            yield f"{function}(…)"
        case Arithmetic(operator=operator, left=left, right=right) if depth < 2:
            yield from _pieces(left, depth + 1)
            yield f" {operator} "
            yield from _pieces(right, depth + 1)
        case _:
            yield "…"
