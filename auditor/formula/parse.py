"""Reads a formula: the grammar of Python's expressions, limited to what the rule language means.

Nothing is ever evaluated by Python. An error says where in the formula, what was expected, and
the nearest known name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast, get_args

from auditor.formula.bounds import LONGEST_FORMULA, deep_part, long_product
from auditor.formula.functions import (
    FUNCTIONS,
    NAMED,
    Function,
    OfParts,
    function_of,
    kind_of,
)
from auditor.formula.grammar import expression, is_path, path, readable
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Comparison,
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
    Operator,
    Or,
    Path,
    String,
    Vocabulary,
    walk,
)
from auditor.records.decimals import FARTHEST, LONGEST_NUMBER, is_bounded
from auditor.records.errors import AuditorError
from auditor.records.fields import SetName, keys_in, kind_in
from auditor.records.figures import exact
from auditor.records.nearest import nearest_name
from auditor.records.text import Text

# What slips are called is loaded where a formula has some.
if TYPE_CHECKING:
    from auditor.formula.slips import Slip

__all__ = ["FormulaError", "parse"]

_UNPRINTED: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_CHARACTER: Final = (
    "there is a control character, or half a character",
    "制御文字など、使えない文字が含まれています",
)
_HYPHENATED: Final = re.compile(r"[a-z_][\w.]*(?:-[a-z_]\w*)+")


_OPERATORS: Final[dict[type[ast.operator], Operator]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_COMPARISONS: Final[dict[type[ast.cmpop], Comparison]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_KINDS: Final[dict[Kind, Text]] = {
    "number": Text(en="a number", ja="数値"),
    "text": Text(en="a text", ja="文字列"),
    "group": Text(en="a group of figures", ja="項目のまとまり"),
    "list": Text(en="a list", ja="リスト"),
    "table": Text(en="a table", ja="対応表"),
    "answer": Text(en="a comparison", ja="比較"),
}


_STATED: Final[Mapping[FunctionName, Text]] = {
    "group": Text(en="group", ja="まとまり"),
    "param": Text(en="parameter", ja="パラメーター"),
    "agreed": Text(en="parameter", ja="パラメーター"),
    "table": Text(en="table", ja="対応表"),
}
"""What the names in quotes are."""


def _use_on_a_group() -> Text:
    """Which functions make a number of a group."""
    names = [f"{entry.name}()" for entry in FUNCTIONS.values() if "group" in entry.takes]
    return Text(
        en=f"; use {', '.join(names[:-1])} or {names[-1]} on a group",
        ja=f"。まとまりには {'、'.join(names)} を使います",
    )


class FormulaError(AuditorError, ValueError):
    """A formula that can't be used; ``column`` counts its characters from 1, ``nearest`` is the
    likeliest name meant.
    """

    column: int
    formula: str
    nearest: str | None

    def __init__(
        self,
        formula: str,
        at: int,
        en: str,
        ja: str,
        nearest: str | None = None,
        size: int | None = None,
    ) -> None:
        if nearest:
            en, ja = f"{en}; did you mean {nearest}?", f"{ja}。{nearest} のことですか"
        super().__init__(en, ja)
        self.formula, self.column, self.nearest = formula, at + 1, nearest
        self.size: int | None = size
        """How many characters it is about; None for the word that stands there."""
        self.others: tuple[FormulaError, ...] = ()
        """The further errors of the formula."""

    def __str__(self) -> str:
        en = f"column {self.column}: {self.message.en}"
        ja = f"{self.column}文字目：{self.message.ja}"
        return f"{en} / {ja}\n  {self.formula}\n  {' ' * (self.column - 1)}^"


def parse(formula: str, vocabulary: Vocabulary, scope: str) -> Node:
    """The tree of a formula that answers yes or no about a row of ``scope``. Raises the first
    FormulaError, which has the others.
    """
    text = " ".join(formula.split())
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(
            text[:60] + "…",
            0,
            f"longer than {LONGEST_FORMULA:,} characters",
            f"{LONGEST_FORMULA:,}文字を超えています",
        )
    if (unprinted := _UNPRINTED.search(text)) is not None:
        raise FormulaError(text, unprinted.start(), *_NO_CHARACTER)
    try:
        node = _Reading(text, vocabulary, scope).whole(expression(text))
        kind = kind_of(node)
    except SyntaxError as fault:
        raise _unread(text, vocabulary, scope, fault) from None
    except (RecursionError, MemoryError, ValueError) as fault:
        if isinstance(fault, FormulaError):
            raise
        raise FormulaError(
            text[:60] + "…",
            0,
            "the formula is nested too deeply",
            "入れ子が深すぎます",
        ) from None
    if (reason := long_product(node)) is not None:
        raise FormulaError(text, 0, reason.en, reason.ja)
    if kind != "answer":
        raise FormulaError(
            text,
            0,
            f"a comparison was expected, this is {_KINDS[kind].en}",
            f"比較が必要ですが、これは{_KINDS[kind].ja}です",
            size=len(text),
        )
    return node


def _unread(text: str, vocabulary: Vocabulary, scope: str, fault: SyntaxError) -> FormulaError:
    """Why a formula can't be read: the slips in it, and what else is wrong with what was meant."""
    from auditor.formula.slips import slips

    wrong = slips(text, vocabulary, scope)
    if not wrong:
        return FormulaError(text, *_unexpected(text, fault))
    first, *others = (FormulaError(text, s.at, s.en, s.ja, size=s.size) for s in wrong)
    others += _errors_as_meant(text, wrong, vocabulary, scope)
    first.others = tuple(others)
    return first


def _errors_as_meant(
    text: str, wrong: Sequence[Slip], vocabulary: Vocabulary, scope: str
) -> list[FormulaError]:
    """The errors of a formula whose slips are taken for what was meant."""
    from auditor.formula.slips import as_meant

    repaired = as_meant(text, wrong)
    if repaired is None:
        return []
    meant, places = repaired
    try:
        _Reading(meant, vocabulary, scope).whole(expression(meant))
    except FormulaError as fault:
        errors: list[FormulaError] = []
        for error in (fault, *fault.others):
            message = error.message
            at = places[error.column - 1]
            end = places[min(error.column - 1 + (error.size or 1), len(meant))]
            # What is wrong with a slip itself was said.
            if not any(slip.at < end and at < slip.at + slip.size for slip in wrong):
                size = max(end - at, 1)
                errors.append(FormulaError(text, at, message.en, message.ja, size=size))
        return errors
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return []
    return []


_ZEROS: Final = (
    "numbers have neither commas nor zeros before them",
    "数値に桁区切りのカンマや、先頭の0は書きません",
)
_BACKSLASH: Final = (
    "a text in quotes has no backslash",
    "引用符の中にバックスラッシュ（\\）は書けません",
)
_RUN_TOGETHER: Final = (
    "a space was expected between the number and the word",
    "数値と語の間を空けてください",
)
_POWER: Final = re.compile(r"[\d_.]+[eE][+-]?0*[1-9][\d_]{3,}")
_INFINITE: Final = Decimal("Infinity")
_NOT_CLOSED: Final = re.compile(r"'(.)' was never closed")
_NOT_OPENED: Final = re.compile(r"unmatched '(.)'|closing parenthesis '(.)' does not match")


def _unexpected(text: str, fault: SyntaxError) -> tuple[int, str, str]:
    """Where a formula goes on otherwise than an expression does, and what was expected there."""
    # At offset 0 the formula ended too early.
    at = min(fault.offset - 1 if fault.offset else len(text), len(text))
    what = fault.msg or ""
    if (bracket := _NOT_CLOSED.match(what)) is not None:
        return at, f'"{bracket[1]}" is not closed', f"「{bracket[1]}」が閉じていません"
    if (bracket := _NOT_OPENED.match(what)) is not None:
        sign = bracket[1] or bracket[2]
        return at, f'"{sign}" closes nothing', f"「{sign}」に対応する括弧がありません"
    if what.startswith("leading zeros"):
        return at, *_ZEROS
    if "escape sequence" in what:
        return at, *_BACKSLASH
    if re.match(r"invalid \w+ literal", what) and re.match(r"[^\W\d_]", text[at + 1 :]):
        return at, *_RUN_TOGETHER
    if what.startswith("unterminated string"):
        return at, "the text has no closing quote", "文字列を閉じる引用符がありません"
    if at >= len(text.rstrip()):
        return at, "an expression was expected at the end", "式が途中で終わっています"
    before = text[:at].rstrip()
    if before and re.search(r"[\w)\]\"']$", before) and re.match(r"[\w(\[\"']", text[at:]):
        words = re.search(r"\w+$", before)
        if words is None or words[0] not in ("and", "or", "not", "in"):
            return (
                at,
                "an operator such as == or + was expected before this",
                "ここの前に == や + などの演算子が必要です",
            )
    return at, "an expression was expected here", "ここには式が必要です"


def _in_place_of(name: str) -> tuple[str, str]:
    """What is written in place of a function that there is not, as the end of a message."""
    from auditor.formula.slips import called_otherwise

    en, ja = called_otherwise(name) or (
        f"known: {', '.join(FUNCTIONS)}",
        f"使えるもの：{'、'.join(FUNCTIONS)}",
    )
    return f"; {en}", f"。{ja}"


def _is_same(call: ast.Call) -> bool:
    """Whether a call in a formula is one of ``same``."""
    match call:
        case ast.Call(func=ast.Name(id="same") | ast.Attribute(attr="same")):
            return True
        case _:
            return False


class _Reading:
    def __init__(self, text: str, vocabulary: Vocabulary, scope: str) -> None:
        self.text, self.vocabulary, self.scope = text, vocabulary, scope
        self.readable = readable(text)
        self.encoded = self.readable.encode()
        self.others: list[FormulaError] = []
        """Errors beside the one that is raised."""

    def whole(self, tree: ast.expr) -> Node:
        """The node of the whole formula; raises the first of all its errors."""
        if (part := deep_part(tree)) is not None:
            raise self.error(part.node, part.message.en, part.message.ja)
        try:
            return self.node(tree)
        except FormulaError as fault:
            errors = {(error.column, error.message): error for error in (fault, *self.others)}
            first, *others = sorted(errors.values(), key=lambda error: error.column)
            first.others = tuple(others)
            raise first from None

    def every(self, trees: Iterable[ast.expr], read: Callable[[ast.expr], Node]) -> list[Node]:
        """The nodes of parts that stand side by side: each is read, so that all their errors are
        reported.
        """
        nodes: list[Node] = []
        errors: list[FormulaError] = []
        for tree in trees:
            try:
                nodes.append(read(tree))
            except FormulaError as fault:
                errors.append(fault)
        if errors:
            self.others += errors[1:]
            raise errors[0]
        return nodes

    def at(self, node: ast.expr) -> int:
        return len(self.encoded[: node.col_offset].decode(errors="ignore"))

    def end(self, node: ast.expr) -> int:
        return len(self.encoded[: node.end_col_offset].decode(errors="ignore"))

    def error(self, node: ast.expr, en: str, ja: str, nearest: str | None = None) -> FormulaError:
        at = self.at(node)
        return FormulaError(self.text, at, en, ja, nearest, self.end(node) - at)

    def not_in_formulas(self, tree: ast.expr) -> FormulaError:
        """The error of an expression that formulas do not have: of what it is a slip, if of any."""
        from auditor.formula.slips import slips

        wrong = slips(self.text, self.vocabulary, self.scope, self.at(tree), self.end(tree))
        if wrong:
            first, *others = (FormulaError(self.text, s.at, s.en, s.ja, size=s.size) for s in wrong)
            self.others += others
            return first
        return self.error(
            tree,
            "the rule language has no such expression; it knows names, numbers, texts, "
            "lists, + - * /, comparisons, and, or, not, in and functions",
            "この書き方は使えません。項目名・数値・文字列・リスト・四則・比較・"
            "and・or・not・in・関数が使えます",
        )

    def node(self, tree: ast.expr) -> Node:
        at = self.at(tree)
        match tree:
            case ast.Constant(value=str() as value):
                return String(self.text_of(tree, value), at)
            case ast.Constant(value=None):
                raise self.error(
                    tree,
                    "there is no None; blank(…) asks whether something is blank",
                    "None はありません。空欄かどうかは blank(…) で調べます",
                )
            case ast.Constant(value=bool()):
                raise self.error(
                    tree,
                    "a name, number or text was expected",
                    "項目名・数値・文字列のいずれかが必要です",
                )
            case ast.Constant(value=int() | float()):
                return Number(self.literal(tree), at)
            case _ if is_path(tree):
                return self.field(tree)
            case ast.List(elts=[]):
                raise self.error(
                    tree,
                    "the list is empty: nothing is in it",
                    "リストが空です。値を書いてください",
                )
            case ast.List(elts=elements):
                return Items(tuple(self.every(elements, self.node)), at)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.expect(operand, "number"), at)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.expect(operand, "answer"), at)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                # Both sides are read here: long sums lie deep in each other.
                first = None
                try:
                    first = self.expect(left, "number")
                except FormulaError as fault:
                    self.others.append(fault)
                second = self.expect(right, "number")
                if first is None:
                    raise self.others.pop()
                return Arithmetic(_OPERATORS[type(operator)], first, second, at)
            case ast.BoolOp(op=operator, values=values):
                parts = tuple(self.every(values, self.answer))
                return And(parts, at) if isinstance(operator, ast.And) else Or(parts, at)
            case ast.Compare():
                return self.comparison(tree)
            case ast.Call():
                return self.call(tree)
            case _:
                raise self.not_in_formulas(tree)

    def text_of(self, tree: ast.expr, value: str) -> str:
        """A text in quotes, if it is one that a document can print."""
        if _UNPRINTED.search(value):
            raise self.error(tree, *_NO_CHARACTER)
        return value

    def literal(self, tree: ast.Constant) -> int | Fraction:
        """A number as it is written, exactly."""
        written = self.encoded[tree.col_offset : tree.end_col_offset].decode()
        if re.match(r"0\d", written):
            raise self.error(tree, *_ZEROS)
        try:
            # A power of ten that is too large for this machine's decimals is too large here.
            value = _INFINITE if _POWER.fullmatch(written) else Decimal(written)
        except ArithmeticError:
            raise self.error(
                tree, "a plain decimal number was expected", "10進の数値で書いてください"
            ) from None
        if not is_bounded(value):
            raise self.error(
                tree,
                f"a number has at most {LONGEST_NUMBER} digits, and is at most 1e{FARTHEST}",
                f"数値は{LONGEST_NUMBER}桁まで、大きさは1e{FARTHEST}までです",
            )
        return exact(value)

    def expect(self, tree: ast.expr, *kinds: Kind) -> Node:
        node = self.node(tree)
        kind = kind_of(node)
        if kind not in kinds:
            hint = _use_on_a_group() if kind == "group" else Text(en="", ja="")
            expected = " or ".join(_KINDS[option].en for option in kinds)
            expected_ja = "または".join(_KINDS[option].ja for option in kinds)
            raise self.error(
                tree,
                f"{expected} was expected, this is {_KINDS[kind].en}{hint.en}",
                f"{expected_ja}が必要ですが、これは{_KINDS[kind].ja}です{hint.ja}",
            )
        return node

    def answer(self, tree: ast.expr) -> Node:
        return self.expect(tree, "answer")

    def field(self, tree: ast.expr) -> Field | Members:
        steps = path(tree)
        if steps is None:
            raise self.error(tree, *self.no_path(tree))
        match = self.vocabulary.resolve(self.scope, steps)
        if match is None:
            raise self.unknown_name(tree, steps)
        if match.of is not None:
            return self.members(tree, match)
        return Field(match.links, match.name, match.kind, self.at(tree))

    def members(self, tree: ast.expr, match: Path) -> Members:
        """A name on each row of a set."""
        assert match.of is not None
        if match.kind not in ("number", "text"):
            raise self.error(
                tree,
                f"one figure of each row was expected, {match.name} is {_KINDS[match.kind].en}",
                f"行ごとに1つの数値が必要ですが、{match.name} は{_KINDS[match.kind].ja}です",
            )
        here = self.vocabulary.here(self.scope, match.links)
        keys = tuple(self.key(tree, here, name) for name in match.keys)
        return Members(
            match.links, match.of, keys, match.then, match.name, match.kind, self.at(tree)
        )

    def key(self, tree: ast.expr, scope: str, name: str) -> Field:
        """What the rows of ``same(…)`` have in common."""
        steps = tuple(name.split("."))
        match = self.vocabulary.resolve(scope, steps)
        if match is None:
            raise self.error(
                tree,
                f"unknown name {name} in same(…)",
                f"same(…) の {name} という項目はありません",
                self.vocabulary.nearest(scope, steps),
            )
        if match.of is not None or match.kind not in ("number", "text"):
            raise self.error(
                tree,
                f"same(…) takes names of numbers and texts, {name} is none",
                f"same(…) には数値か文字列の項目名を書きます。{name} は使えません",
            )
        return Field(match.links, match.name, match.kind, 0)

    def no_path(self, tree: ast.expr) -> tuple[str, str]:
        """What is wrong with an expression that is written as a name is."""
        calls = (part for part in ast.walk(tree) if isinstance(part, ast.Call))
        if any(_is_same(call) and path(call) is None for call in calls):
            return (
                'names in quotes were expected, as in same("category").total_cost',
                "same の後の括弧には、項目名を引用符で囲んで書きます",
            )
        if any(isinstance(part, ast.Call) and is_path(part) for part in ast.walk(tree)):
            return (
                "one kind of column in quotes was expected, as in "
                'earlier.as("budgeted").total_cost',
                "as の後の括弧には、列の種類を引用符で囲んで1つだけ書きます",
            )
        return "a name was expected before the point", "ピリオドの前には項目名が必要です"

    def unknown_name(self, tree: ast.expr, steps: Sequence[str]) -> FormulaError:
        name = ".".join(steps)
        if steps[-1] in get_args(SetName) or keys_in(steps[-1]) is not None:
            return self.error(
                tree,
                f"a name was expected behind {name}, as in sum({name}.total_cost)",
                f"{name} の後には項目名が必要です",
            )
        if name in NAMED:
            return self.error(
                tree,
                f"{name} is a function: write {name}(…)",
                f"{name} は関数です。{name}(…) と書きます",
            )
        if (kind := self.unknown_kind(steps)) is not None:
            return self.error(tree, *kind)
        if (meant := self.meant_by(tree, steps)) is not None:
            return meant
        return self.error(
            tree,
            f"unknown name {name}",
            f"{name} という項目はありません",
            self.vocabulary.nearest(self.scope, steps),
        )

    def meant_by(self, tree: ast.expr, steps: Sequence[str]) -> FormulaError | None:
        """The error of a name that is written in another way: as its label, with hyphens, or with
        its link behind it; or of a text without its quotes. None for another one.
        """
        from auditor.formula.slips import of_label

        name = ".".join(steps)
        label = None if name.isascii() else self.vocabulary.of_labelled_path(self.scope, steps)
        if label is not None:
            return self.error(tree, *of_label(steps[-1], label))
        if (joined := self.hyphenated(tree)) is not None:
            return joined
        turned = ".".join(reversed(steps))
        if len(steps) > 1 and self.vocabulary.resolve(self.scope, tuple(reversed(steps))):
            return self.error(tree, f"{name} is written {turned}", f"{name} は {turned} と書きます")
        if any(name in words for words in self.vocabulary.words.values()):
            return self.error(
                tree,
                f'{name} is a text, which stands in quotes: "{name}"',
                f'{name} は文字列です。"{name}" のように引用符で囲みます',
            )
        return None

    def hyphenated(self, tree: ast.expr) -> FormulaError | None:
        """The error of a name that is written with hyphens; None for another one."""
        at = self.at(tree)
        for match in _HYPHENATED.finditer(self.text):
            name = match[0].replace("-", "_")
            is_known = self.vocabulary.resolve(self.scope, name.split(".")) is not None
            if match.start() <= at < match.end() and is_known:
                return FormulaError(
                    self.text,
                    match.start(),
                    f"{match[0]} is written {name}",
                    f"「{match[0]}」は {name} と書きます",
                    size=len(match[0]),
                )
        return None

    def unknown_kind(self, steps: Sequence[str]) -> tuple[str, str, str | None] | None:
        """What is wrong with the first kind of column that no form prints; None without one."""
        kinds = self.vocabulary.kinds
        for step in steps:
            kind = kind_in(step)
            if kind is None or kind in kinds:
                continue
            return (
                f'unknown kind "{kind}"; known: {", ".join(kinds) or "-"}',
                f"「{kind}」という列の種類はありません。使えるもの：{'、'.join(kinds) or '-'}",
                nearest_name(kind, kinds),
            )
        return None

    def comparison(self, tree: ast.Compare) -> Node:
        parts: list[Node] = []
        sides = [tree.left, *tree.comparators]
        nodes = self.every(sides, self.node)
        for index, operator in enumerate(tree.ops):
            if type(operator) not in _COMPARISONS:
                raise self.error(
                    sides[index + 1],
                    "a comparison (== != < <= > >= in) was expected",
                    "比較 (== != < <= > >= in) が必要です",
                )
            parts.append(
                self.pair(
                    _COMPARISONS[type(operator)],
                    nodes[index],
                    nodes[index + 1],
                    sides[index],
                    sides[index + 1],
                )
            )
        return parts[0] if len(parts) == 1 else And(tuple(parts), self.at(tree))

    def pair(
        self,
        operator: Comparison,
        left: Node,
        right: Node,
        left_tree: ast.expr,
        right_tree: ast.expr,
    ) -> Compare:
        a, b = kind_of(left), kind_of(right)
        if operator in ("in", "not in"):
            if a not in ("number", "text", "list"):
                self.expect(left_tree, "number", "text", "list")
            if b not in ("list", "table"):
                self.expect(right_tree, "list", "table")
            self.check_membership(left, right, left_tree, right_tree)
        elif operator in ("==", "!=") and a == "text":
            if b != "text":
                self.expect(right_tree, "text")
            self.check_word(left, right, right_tree)
            self.check_word(right, left, left_tree)
        else:
            if a != "number":
                self.expect(left_tree, "number")
            if b != "number":
                self.expect(right_tree, "number")
        return Compare(operator, left, right, left.at)

    def check_word(self, left: Node, right: Node, right_tree: ast.expr) -> None:
        """Raises FormulaError where a field is compared with a text that it never has."""
        if not isinstance(left, Field) or not isinstance(right, String):
            return
        words = self.vocabulary.words_of(self.scope, left)
        if words is not None and right.value not in words:
            raise self.unknown_word(
                right_tree,
                right.value,
                words,
                Text(en=f"{left.path} is never", ja=f"{left.path} の値に、次の語はありません："),
            )

    def unknown_word(
        self, tree: ast.expr, word: str, words: Sequence[str], reason: Text
    ) -> FormulaError:
        """The error of a word in quotes that is none of those that there are."""
        return self.error(
            tree,
            f'{reason.en} "{word}"; known: {", ".join(words) or "-"}',
            f"{reason.ja}「{word}」。使えるもの：{'、'.join(words) or '-'}",
            nearest_name(word, words),
        )

    def check_membership(
        self, left: Node, right: Node, left_tree: ast.expr, right_tree: ast.expr
    ) -> None:
        """Raises FormulaError where what is sought in a list or table could never be there: it is
        of another kind, or of another number of values.
        """
        values = left.items if isinstance(left, Items) else (left,)
        elements = left_tree.elts if isinstance(left_tree, ast.List) else [left_tree]
        for value, element in zip(values, elements, strict=True):
            if kind_of(value) not in ("number", "text"):
                self.expect(element, "number", "text")
        if isinstance(right, Call):
            self.check_row(values, right, left_tree)
            return
        assert isinstance(right, Items) and isinstance(right_tree, ast.List)
        for option, tree in zip(right.items, right_tree.elts, strict=True):
            self.check_option(left, option, tree)

    def check_row(self, values: Sequence[Node], table: Call, tree: ast.expr) -> None:
        """Raises FormulaError where values are no row of a table: each is so many texts."""
        size = self.vocabulary.tables.get(cast(Name, table.arguments[0]).value, len(values))
        if len(values) != size or any(kind_of(value) != "text" for value in values):
            row = f"[{', '.join('…' * size)}] in table(…)"
            raise self.error(
                tree,
                f"the table has rows of {size} texts: write {row}",
                f"対応表の行は{size}個の文字列です。{row} と書きます",
            )

    def check_option(self, sought: Node, option: Node, tree: ast.expr) -> None:
        """Raises FormulaError where an item of a list is not what is sought in it could be."""
        if not isinstance(sought, Items):
            self.expect(tree, kind_of(sought))
            self.check_word(sought, option, tree)
            return
        if not isinstance(option, Items) or len(option.items) != len(sought.items):
            raise self.error(
                tree,
                f"a list of {len(sought.items)} values was expected, as on the left",
                f"左側と同じ{len(sought.items)}個の値のリストが必要です",
            )
        assert isinstance(tree, ast.List)
        for value, item, element in zip(sought.items, option.items, tree.elts, strict=True):
            self.expect(element, kind_of(value))
            self.check_word(value, item, element)

    def stated(self, tree: ast.Call, function: Function, arguments: list[ast.expr]) -> Name:
        """A name in quotes that a form states."""
        name = self.quoted(tree, arguments)
        names = self.vocabulary.stated.get(function.name)
        if names is None or name.value in names:
            return name
        is_optional = function.signature.quoted == "also"
        # What a form may declare, a form to come may be the first to declare.
        if not is_optional or nearest_name(name.value, names) is not None:
            noun = _STATED[function.name]
            raise self.unknown_word(
                arguments[0],
                name.value,
                names,
                Text(en=f"no form has a {noun.en}", ja=f"どの様式にもない{noun.ja}です："),
            )
        return name

    def call(self, tree: ast.Call) -> Call:
        function = self.function(tree)
        if tree.keywords:
            raise self.error(tree, "arguments have no names here", "引数に名前は付けられません")
        if function.signature.quoted == "only":
            return Call(function.name, (self.stated(tree, function, tree.args),), self.at(tree))
        if function.signature.names:
            return Call(function.name, self.names(tree, function), self.at(tree))
        arguments = list(tree.args)
        parameter: tuple[Node, ...] = ()
        if function.signature.quoted == "also" and len(arguments) == 2:
            parameter = (self.stated(tree, function, arguments[1:]),)
            arguments = arguments[:1]
        if not arguments or (len(arguments) > 1 and not function.signature.several):
            raise self.error(
                tree,
                f"{function.name}() takes one argument",
                f"{function.name}() の引数は1つです",
            )
        takes: tuple[Kind, ...] = ("number",) if len(arguments) > 1 else function.takes
        nodes = tuple(self.every(arguments, lambda argument: self.expect(argument, *takes)))
        for node, argument in zip(nodes, arguments, strict=True):
            if isinstance(node, Items):
                self.numbers(node, cast(ast.List, argument))
            if isinstance(node, Members):
                self.of_a_set(argument, function, node)
            if function.kind == "group":
                self.no_group_inside(tree, function, node)
        return Call(function.name, (*nodes, *parameter), self.at(tree))

    def function(self, tree: ast.Call) -> Function:
        """The function that is called."""
        name = tree.func.id if isinstance(tree.func, ast.Name) else ast.unparse(tree.func)
        function = NAMED.get(name) if isinstance(tree.func, ast.Name) else None
        if function is None:
            near = nearest_name(name, FUNCTIONS)
            hint_en, hint_ja = ("", "") if near else _in_place_of(name)
            raise self.error(
                tree.func if isinstance(tree.func, ast.Name) else tree,
                f"unknown function {name}{hint_en}",
                f"{name} という関数はありません{hint_ja}",
                near,
            )
        return function

    def names(self, tree: ast.Call, function: Function) -> tuple[Node, ...]:
        """The names that are a function's arguments."""
        nodes = tuple(self.expect(argument, *function.takes) for argument in tree.args)
        for node, argument in zip(nodes, tree.args, strict=True):
            if not isinstance(node, Field):
                raise self.error(
                    argument,
                    f"{function.name}() takes names alone",
                    f"{function.name}() には項目名だけを書きます",
                )
        if not nodes:
            raise self.error(
                tree,
                f"{function.name}() takes one name or several",
                f"{function.name}() には項目名が1つ以上必要です",
            )
        return nodes

    def of_a_set(self, tree: ast.expr, function: Function, node: Members) -> None:
        """Texts on the rows of a set can be counted, and nothing else."""
        judgement = function.judgement
        counts = isinstance(judgement, OfParts) and judgement.typed_only
        if node.kind == "text" and not counts:
            raise self.error(
                tree,
                f"figures were expected, {node.name} is a text: count() counts texts",
                f"数値が必要ですが、{node.name} は文字列です。文字列には count() を使います",
            )

    def numbers(self, node: Items, tree: ast.List) -> None:
        """A list that is an argument holds numbers and groups."""
        for item, element in zip(node.items, tree.elts, strict=True):
            if isinstance(item, Members):
                raise self.error(
                    element,
                    "a set of rows can't stand in a list: write sum(…) of each set by itself",
                    "行の集まりはリストに書けません。集まりごとに sum(…) などを書きます",
                )
            if kind_of(item) not in ("number", "group"):
                self.expect(element, "number", "group")

    def no_group_inside(self, tree: ast.Call, function: Function, argument: Node) -> None:
        """A function over a group of rows can't stand inside another one."""
        for below in walk(argument):
            if isinstance(below, Call) and function_of(below).kind == "group":
                inner, outer = below.function, function.name
                raise self.error(
                    tree,
                    f"{inner}() can't stand inside {outer}()",
                    f"{outer}() の中に {inner}() は書けません",
                )

    def quoted(self, tree: ast.Call, arguments: list[ast.expr]) -> Name:
        match arguments:
            case [ast.Constant(value=str() as value) as argument]:
                return Name(value, self.at(argument))
            case _:
                raise self.error(
                    tree,
                    'one name in quotes was expected, as in group("negative_allowed")',
                    "引用符で囲んだ名前が1つ必要です",
                )
