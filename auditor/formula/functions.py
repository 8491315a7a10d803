"""The functions of the rule language, each with all that is known of it.

An entry has a function's signature (``formula.signatures``), and says how the judge works it out,
how columns and the search for suspects read it, and how a finding shows it. Nothing else in the
program lists functions: parse, judge, columns, suspects and prose ask this registry. To add one,
see CONTRIBUTING.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol, TypeVar

from auditor.formula.signatures import SIGNATURES, Signature
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Field,
    FunctionName,
    Items,
    Kind,
    Members,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Or,
    String,
)
from auditor.formula.values import BLANK, UNKNOWN, Missing, Value
from auditor.records import figures
from auditor.records.figures import Answer, Quantity
from auditor.records.text import Text

if TYPE_CHECKING:  # columns need a data frame library, which no audit of documents loads
    from auditor.formula.columns.values import Answers, Num
    from auditor.formula.trace import Trace

__all__ = [
    "FUNCTIONS",
    "NAMED",
    "ColumnForms",
    "Function",
    "LinearForms",
    "OfFigure",
    "OfForm",
    "OfGroup",
    "OfOthers",
    "OfParts",
    "PhraseForms",
    "function_of",
    "kind_of",
]

E = TypeVar("E", covariant=True)


# --- how the judge works a function out


class OfParts(NamedTuple):
    """A number made of the values of its arguments: of each member of a group or list, in order.

    With ``typed_only``, a 0 that a formula cell prints counts as blank: nobody typed it.
    """

    fold: Callable[[Sequence[Value]], Quantity | Missing]
    typed_only: bool = False


class OfFigure(NamedTuple):
    """An answer about one value."""

    test: Callable[[Value], Answer]


class OfGroup(NamedTuple):
    """A number made of what an expression is on each row of a group: those of the same book, kind
    and column. Rows without a value are left out; None is "the rows do not tell".
    """

    fold: Callable[[list[Quantity]], Quantity | None]


class OfOthers:
    """An answer that hangs on whether another row of the book has the same values."""


class OfForm:
    """What the form sets under a name in quotes: a group of fields, a number, a table."""


Judgement = OfParts | OfFigure | OfGroup | OfOthers | OfForm


# --- what columns, suspects and prose offer to an entry


class ColumnForms(Protocol):
    """Columns that a function can be made of; see ``formula.columns.numbers``."""

    def total(self, arguments: Sequence[Node]) -> Num: ...
    def least(self, arguments: Sequence[Node]) -> Num: ...
    def greatest(self, arguments: Sequence[Node]) -> Num: ...
    def absolute(self, argument: Node) -> Num: ...
    def blank_as_zero(self, argument: Node) -> Num: ...
    def count(self, argument: Node) -> Num: ...
    def param(self, call: Call) -> Num: ...
    def consensus(self, call: Call) -> Num: ...
    def alone(self, call: Call) -> Answers: ...
    def present(self, argument: Node) -> Answers: ...


class LinearForms(Protocol[E]):
    """Expressions over cells that a function can be made of; see ``suspects.equations``.

    Each is made of the traces of a call's parts on a row.
    """

    def number(self, part: Trace[Any]) -> E: ...
    def total(self, parts: Sequence[Trace[Any]]) -> E: ...
    def least(self, parts: Sequence[Trace[Any]]) -> E: ...
    def greatest(self, parts: Sequence[Trace[Any]]) -> E: ...
    def absolute(self, part: Trace[Any]) -> E: ...
    def blank_as_zero(self, part: Trace[Any]) -> E: ...
    def param(self, call: Trace[Any]) -> E: ...
    def consensus(self, call: Trace[Any]) -> E: ...


class PhraseForms(Protocol):
    """Phrases that a function can be shown by; see ``formula.prose``."""

    def argument(self) -> str:
        """The argument's own phrase."""
        ...

    def sum(self) -> str:
        """The printed parts with plus signs."""
        ...

    def call(self) -> str:
        """The function's name with its arguments in brackets."""
        ...

    def extreme(self) -> str:
        """The member of a group that is its least or greatest; else as ``call``."""
        ...

    def blank_as_zero(self) -> str:
        """The argument's phrase, or 0 where it is blank."""
        ...

    def value(self) -> str:
        """The number worked out."""
        ...

    def members(self) -> str:
        """The printed members of a group."""
        ...

    def side_by_side(self) -> str:
        """The arguments' phrases."""
        ...


@dataclass(frozen=True)
class Function:
    """One function.

    ``columns`` and ``linear`` are its forms for tables and for the search for suspects, or why it
    has none. ``phrase`` shows it in a finding.

    ``order`` says that it is the least or greatest of its parts, or a distance from 0: a bound on
    it bounds its parts. ``blank_as_parts``: it is blank where all of its parts are.
    ``transparent``: it stands for the figure in it. ``has_unit``: its value has its arguments'
    unit. ``shows_parts``: a finding shows its parts, not itself.
    """

    signature: Signature
    means: Text
    judgement: Judgement
    columns: Callable[[Call, ColumnForms], Any] | Text
    linear: Callable[[Trace[Any], LinearForms[Any]], Any] | Text
    phrase: Callable[[PhraseForms], str]
    order: Literal["least", "greatest", "distance"] | None = None
    blank_as_parts: bool = False
    transparent: bool = False
    has_unit: bool = True
    shows_parts: bool = False
    own_column: bool = True
    """Whether its columns are kept as columns of their own; those of a constant need not be."""

    @property
    def name(self) -> FunctionName:
        return self.signature.name

    @property
    def takes(self) -> tuple[Kind, ...]:
        return self.signature.takes

    @property
    def gives(self) -> Kind:
        return self.signature.gives

    @property
    def kind(self) -> Literal["row", "group", "form"]:
        """Whether it is worked out on a row, on a group of rows, or set by the form."""
        match self.judgement:
            case OfParts() | OfFigure():
                return "row"
            case OfGroup() | OfOthers():
                return "group"
            case OfForm():
                return "form"


# --- the arithmetic of the functions


def _printed(fold: Callable[[list[Quantity]], Quantity]) -> OfParts:
    """Over the printed parts: blank where none is printed, unknown where one is text."""

    def over(values: Sequence[Value]) -> Quantity | Missing:
        printed: list[Quantity] = []
        for value in values:
            if value is BLANK:
                continue
            if isinstance(value, (Missing, str)):
                return UNKNOWN
            printed.append(value)
        return fold(printed) if printed else BLANK

    return OfParts(over)


def _total(values: list[Quantity]) -> Quantity:
    total: Quantity = 0
    for value in values:
        total = figures.add(total, value)
    return total


def _absolute(values: Sequence[Value]) -> Quantity | Missing:
    (value,) = values
    return UNKNOWN if isinstance(value, (Missing, str)) else figures.absolute(value)


def _blank_as_zero(values: Sequence[Value]) -> Quantity | Missing:
    (value,) = values
    if isinstance(value, str):
        return UNKNOWN
    return 0 if value is BLANK else value


def _count(values: Sequence[Value]) -> Quantity | Missing:
    if any(value is UNKNOWN for value in values):
        return UNKNOWN  # it may have been blank on paper
    return sum(value is not BLANK for value in values)


def _present(value: Value) -> Answer:
    if value is UNKNOWN:
        return Answer.UNKNOWN
    return Answer.NO if value is BLANK or value == "" else Answer.YES


def _blank(value: Value) -> Answer:
    return _present(value).negated()


_NO_NUMBER: Final = Text(en="names no number", ja="数値ではありません")
_NO_FIGURE: Final = Text(en="is no figure", ja="数値の項目ではありません")
_CONDITION: Final = Text(en="is a condition, no number", ja="条件であり、数値ではありません")

_ENTRIES: Final[tuple[Function, ...]] = (
    Function(
        SIGNATURES["sum"],
        means=Text(
            en="the sum of the printed parts; blank where no part is printed",
            ja="記載された内訳の合計。1つも記載がなければ空欄",
        ),
        judgement=_printed(_total),
        columns=lambda call, forms: forms.total(call.arguments),
        linear=lambda call, forms: forms.total(call.parts),
        phrase=lambda forms: forms.sum(),
        blank_as_parts=True,
        shows_parts=True,
    ),
    Function(
        SIGNATURES["abs"],
        means=Text(en="the value without its sign", ja="絶対値"),
        judgement=OfParts(_absolute),
        columns=lambda call, forms: forms.absolute(call.arguments[0]),
        linear=lambda call, forms: forms.absolute(call.parts[0]),
        phrase=lambda forms: forms.call(),
        order="distance",
        shows_parts=True,
    ),
    Function(
        SIGNATURES["min"],
        means=Text(en="the least printed value", ja="記載された値のうち最小のもの"),
        judgement=_printed(figures.least),
        columns=lambda call, forms: forms.least(call.arguments),
        linear=lambda call, forms: forms.least(call.parts),
        phrase=lambda forms: forms.extreme(),
        order="least",
        blank_as_parts=True,
        shows_parts=True,
    ),
    Function(
        SIGNATURES["max"],
        means=Text(en="the greatest printed value", ja="記載された値のうち最大のもの"),
        judgement=_printed(figures.greatest),
        columns=lambda call, forms: forms.greatest(call.arguments),
        linear=lambda call, forms: forms.greatest(call.parts),
        phrase=lambda forms: forms.extreme(),
        order="greatest",
        blank_as_parts=True,
        shows_parts=True,
    ),
    Function(
        SIGNATURES["present"],
        means=Text(en="yes where something is printed", ja="記載があれば「はい」"),
        judgement=OfFigure(_present),
        columns=lambda call, forms: forms.present(call.arguments[0]),
        linear=_CONDITION,
        phrase=lambda forms: forms.argument(),
    ),
    Function(
        SIGNATURES["blank"],
        means=Text(en="yes where nothing (or a dash) is printed", ja="空欄または「-」なら「はい」"),
        judgement=OfFigure(_blank),
        columns=lambda call, forms: forms.present(call.arguments[0]).negated,
        linear=_CONDITION,
        phrase=lambda forms: forms.argument(),
    ),
    Function(
        SIGNATURES["zero"],
        means=Text(en="the value, a blank read as 0", ja="値。空欄は0とみなす"),
        judgement=OfParts(_blank_as_zero),
        columns=lambda call, forms: forms.blank_as_zero(call.arguments[0]),
        linear=lambda call, forms: forms.blank_as_zero(call.parts[0]),
        phrase=lambda forms: forms.blank_as_zero(),
        transparent=True,
        shows_parts=True,
    ),
    Function(
        SIGNATURES["count"],
        means=Text(
            en="how many are printed; a formula cell's 0 does not count; unknown where a part is",
            ja="記載されている数。数式のセルに出る0は数えない。判定不能の内訳があれば判定不能",
        ),
        judgement=OfParts(_count, typed_only=True),
        columns=lambda call, forms: forms.count(call.arguments[0]),
        linear=Text(en="counts printed cells", ja="記入のある欄の数を数える規則のため"),
        phrase=lambda forms: forms.call(),
        has_unit=False,
    ),
    Function(
        SIGNATURES["group"],
        means=Text(
            en="a group of figures that the form names", ja="様式が名前を付けた項目のまとまり"
        ),
        judgement=OfForm(),
        columns=_NO_NUMBER,
        linear=_NO_NUMBER,
        phrase=lambda forms: forms.members(),
    ),
    Function(
        SIGNATURES["param"],
        means=Text(en="a number that the form sets", ja="様式が定める数値"),
        judgement=OfForm(),
        columns=lambda call, forms: forms.param(call),
        linear=lambda call, forms: forms.param(call),
        phrase=lambda forms: forms.value(),
        own_column=False,
    ),
    Function(
        SIGNATURES["table"],
        means=Text(en="a table of words that the form sets", ja="様式が定める対応表"),
        judgement=OfForm(),
        columns=_NO_FIGURE,
        linear=_NO_FIGURE,
        phrase=lambda forms: forms.call(),
    ),
    Function(
        SIGNATURES["agreed"],
        means=Text(
            en="the value that most rows of the book's same column agree on",
            ja="冊子の同じ列の行の過半数が一致する値",
        ),
        judgement=OfGroup(figures.agreed),
        columns=lambda call, forms: forms.consensus(call),
        linear=lambda call, forms: forms.consensus(call),
        phrase=lambda forms: forms.value(),
        own_column=False,
    ),
    Function(
        SIGNATURES["unique"],
        means=Text(
            en="yes where no other row of the book has the same values; unknown where one of them "
            "is, or all are blank",
            ja="同じ値の行が冊子にほかになければ「はい」。値が判定不能か、すべて空欄なら判定不能",
        ),
        judgement=OfOthers(),
        columns=lambda call, forms: forms.alone(call),
        linear=_CONDITION,
        phrase=lambda forms: forms.side_by_side(),
    ),
)
FUNCTIONS: Final[dict[FunctionName, Function]] = {entry.name: entry for entry in _ENTRIES}
"""All functions by name, in the order of the docs."""
NAMED: Final[Mapping[str, Function]] = {str(name): entry for name, entry in FUNCTIONS.items()}
"""The same for names that may be none."""


def function_of(call: Call) -> Function:
    """The entry of a call's function."""
    return FUNCTIONS[call.function]


def kind_of(node: Node) -> Kind:
    """What a node stands for."""
    match node:
        case Field(kind=kind):
            return kind
        case Number() | Negative() | Arithmetic():
            return "number"
        case String() | Name():
            return "text"
        case Members():
            return "group"
        case Items():
            return "list"
        case Call(function=function):
            return FUNCTIONS[function].gives
        case Compare() | And() | Or() | Not():
            return "answer"
