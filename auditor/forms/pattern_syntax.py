r"""The syntax of a form's patterns: a part of Python's regular expressions, read into a tree.

Texts, ``.``, ``[…]``, ``\d \w \s``, ``^ $ \b``, groups, ``|`` and repetitions are all there is.
What is read here means the same to ``re``; everything else is refused.
"""

from __future__ import annotations

import re
import string
from typing import Final, Literal, NamedTuple, NoReturn, TypeAlias, cast, get_args

from auditor.records.errors import AuditorError

__all__ = [
    "LONGEST_PATTERN",
    "Anchor",
    "Choice",
    "Node",
    "OneOf",
    "PatternError",
    "Repetition",
    "Sequence",
    "parse_pattern",
    "quoted",
]

LONGEST_PATTERN: Final = 500
"""How many characters a pattern may have."""

_DEEPEST: Final = 20
_MOST_TIMES: Final = 200
_LONGEST_SHOWN: Final = 60

Category = Literal["d", "D", "w", "W", "s", "S"]
_ANCHORS: Final = frozenset("bBAZ")
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_CODED: Final = {"x": 2, "u": 4, "U": 8}
_SET_OPERATIONS: Final = frozenset("-&~|")
_TIMES: Final = re.compile(r"\{(?P<least>[0-9]*)(?P<range>,(?P<most>[0-9]*))?\}")
_LOOKS: Final = ("?=", "?!", "?<=", "?<!")


class PatternError(AuditorError, ValueError):
    """A pattern that can't be used, with the reason."""


class OneOf(NamedTuple):
    """One character: of some ranges or categories, or with ``is_other`` any but those."""

    ranges: tuple[tuple[int, int], ...]
    categories: tuple[Category, ...] = ()
    is_other: bool = False

    def takes(self, character: str) -> bool:
        """Whether this character is one of them."""
        code = ord(character)
        inside = any(first <= code <= last for first, last in self.ranges) or any(
            _is_of(category, character) for category in self.categories
        )
        return inside is not self.is_other


class Anchor(NamedTuple):
    """A place between characters, such as ``^``."""

    sign: str


class Sequence(NamedTuple):
    """Parts one after another."""

    parts: tuple[Node, ...]


class Choice(NamedTuple):
    """One of several parts."""

    options: tuple[Node, ...]


class Repetition(NamedTuple):
    """A part several times: ``most`` is None without an end. ``start`` and ``end`` are where it
    stands in the pattern.
    """

    part: Node
    least: int
    most: int | None
    start: int
    end: int

    @property
    def is_counted(self) -> bool:
        """Whether the number of times is one alone: nothing is left open."""
        return self.least == self.most

    @property
    def is_loop(self) -> bool:
        """Whether the part may come more than once, a number of times that the text decides."""
        return not self.is_counted and self.most != 1


Node: TypeAlias = OneOf | Anchor | Sequence | Choice | Repetition

_ANY: Final = OneOf(((10, 10),), is_other=True)


def _is_of(category: Category, character: str) -> bool:
    match category.lower():
        case "d":
            inside = character.isdecimal()
        case "w":
            inside = character.isalnum() or character == "_"
        case _:
            inside = character.isspace()
    return inside is category.islower()


def _literal(character: str) -> OneOf:
    return OneOf(((ord(character), ord(character)),))


def quoted(pattern: str) -> tuple[str, str]:
    """A pattern or a part of one for a message, in English and Japanese quotation marks."""
    text = "".join(character if character.isprintable() else "�" for character in pattern)
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[: _LONGEST_SHOWN - 1]}…"
    return f'"{text}"', f"「{text}」"


def parse_pattern(pattern: str) -> Node:
    """The tree of a pattern. Raises PatternError."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(
            f"a pattern has at most {LONGEST_PATTERN} characters",
            f"パターンは{LONGEST_PATTERN}文字までです",
        )
    return _Parser(pattern).whole()


class _Parser:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.depth = pattern, 0, 0

    # — steps —

    @property
    def next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        character = self.next
        self.at += 1
        return character

    def refuse(self, en: str, ja: str) -> NoReturn:
        """Raises PatternError at this place."""
        column = min(self.at, len(self.pattern)) + 1
        shown, shown_ja = quoted(self.pattern)
        raise PatternError(
            f"{shown}, character {column}: {en}",
            f"{shown_ja}の{column}文字目：{ja}",
        )

    # — parts —

    def whole(self) -> Node:
        node = self.choice()
        if self.next == ")":
            self.refuse("no bracket is open here", "対応する開き括弧がありません")
        return node

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.next == "|":
            self.at += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.next and self.next not in "|)":
            start = self.at
            parts.append(self.repeated(self.part(), start))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def part(self) -> Node:
        character = self.next
        if character in "*+?" or _TIMES.match(self.pattern, self.at):
            self.refuse("there is nothing to repeat before this", "繰り返す対象がありません")
        if character == "{":
            self.refuse(r"write a brace as \{", r"「{」そのものは「\{」と書きます")
        self.at += 1
        match character:
            case ".":
                return _ANY
            case "^" | "$":
                return Anchor(character)
            case "(":
                return self.group()
            case "[":
                return self.characters()
            case "\\":
                return self.escaped()
            case _:
                return _literal(character)

    def group(self) -> Node:
        """What stands in brackets; the opening one is read."""
        if self.next == "?" and not self.pattern.startswith("?:", self.at):
            if self.pattern.startswith(_LOOKS, self.at):
                self.refuse(
                    "patterns have no look-around; write what must not match beside the pattern: "
                    '{ pattern = "…", unless = ["…"] }',
                    "先読み・後読みは使えません。除外する語は "
                    '{ pattern = "…", unless = ["…"] } のように別に書きます',
                )
            self.refuse(
                "a group begins with ( or (?: alone",
                "「?」で始まるグループは「?:」だけです",
            )
        if self.next == "?":
            self.at += 2
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse(
                f"more than {_DEEPEST} groups lie in each other",
                f"グループの入れ子が{_DEEPEST}段を超えています",
            )
        node = self.choice()
        if self.next != ")":
            self.refuse('a ")" is missing', "閉じ括弧がありません")
        self.at += 1
        self.depth -= 1
        return node

    def escaped(self) -> Node:
        """What a backslash makes of the next character."""
        character = self.next
        if character in get_args(Category):
            self.at += 1
            return OneOf((), (cast(Category, character),))
        if character and character in _ANCHORS:
            self.at += 1
            return Anchor(f"\\{character}")
        return _literal(self.plain_escape())

    def plain_escape(self) -> str:
        """The character that is written with a backslash, which is read."""
        character = self.take()
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character in _CODED:
            digits = self.pattern[self.at : self.at + _CODED[character]]
            is_code = len(digits) == _CODED[character] and set(digits) <= set(string.hexdigits)
            if is_code and int(digits, 16) <= 0x10FFFF:
                self.at += len(digits)
                return chr(int(digits, 16))
        elif character and character in string.digits:
            self.at -= 1
            self.refuse("patterns have no back-references", "後方参照（\\1 など）は使えません")
        elif character and character not in string.ascii_letters:
            return character
        self.at -= 1
        return self.refuse("no such \\ is known", "この「\\」の書き方は使えません")

    # — characters in square brackets —

    def characters(self) -> Node:
        """A class of characters; the opening bracket is read."""
        is_other = self.next == "^"
        if is_other:
            self.at += 1
        if self.next == "[":
            self.refuse(r"write the bracket as \[", r"「[」そのものは「\[」と書きます")
        ranges: list[tuple[int, int]] = []
        categories: list[Category] = []
        start = self.at
        while self.next != "]" or self.at == start:
            item = self.member()
            is_range = self.next == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("", "]")
            if isinstance(item, str) and not is_range:
                ranges.append((ord(item), ord(item)))
            elif isinstance(item, str):
                self.at += 1
                ranges.append((ord(item), self.end_of_range(item)))
            elif is_range:
                self.refuse("a range needs two characters", "範囲の両端には文字が必要です")
            else:
                categories += item.categories
        self.at += 1
        return OneOf(tuple(ranges), tuple(categories), is_other)

    def member(self) -> str | OneOf:
        """One character in square brackets, or a category."""
        character = self.take()
        if not character:
            self.refuse('a "]" is missing', "閉じる「]」がありません")
        if character == "\\":
            if self.next and self.next in get_args(Category):
                return OneOf((), (cast(Category, self.take()),))
            return self.plain_escape()
        if character in _SET_OPERATIONS and self.next == character:
            self.refuse(
                rf"write the sign as \{character}",
                rf"「{character}」そのものは「\{character}」と書きます",
            )
        return character

    def end_of_range(self, first: str) -> int:
        last = self.member()
        if not isinstance(last, str) or last < first:
            self.refuse(
                "a range goes from a character to a later one", "範囲の終わりが始まりより前です"
            )
        return ord(last)

    # — repetitions —

    def repeated(self, part: Node, start: int) -> Node:
        """The part with the repetition behind it, if there is one."""
        times = self.times()
        if times is None:
            return part
        if isinstance(part, Anchor):
            self.refuse("a place can't be repeated", "位置の指定は繰り返せません")
        if self.next == "?":
            self.at += 1
        if self.next in ("*", "+", "?") or _TIMES.match(self.pattern, self.at):
            self.refuse("one repetition follows another", "繰り返しの指定が続いています")
        return Repetition(part, *times, start, self.at)

    def times(self) -> tuple[int, int | None] | None:
        """How often the part before may come; None where that is once."""
        match self.next:
            case "*":
                self.at += 1
                return 0, None
            case "+":
                self.at += 1
                return 1, None
            case "?":
                self.at += 1
                return 0, 1
            case _:
                return self.counted()

    def counted(self) -> tuple[int, int | None] | None:
        match = _TIMES.match(self.pattern, self.at)
        if match is None or match[0] in ("{}", "{,}"):
            return None
        if max(len(match["least"]), len(match["most"] or "")) > 3:
            self.refuse(*_TOO_OFTEN)
        least = int(match["least"] or 0)
        most = int(match["most"]) if match["most"] else None
        if not match["range"]:
            most = least
        if max(least, most or 0) > _MOST_TIMES:
            self.refuse(*_TOO_OFTEN)
        if most is not None and most < max(least, 1):
            self.refuse("the numbers of times are the wrong way round", "回数の指定が逆です")
        self.at = match.end()
        return least, most


_TOO_OFTEN: Final = (
    f"a part comes at most {_MOST_TIMES} times",
    f"繰り返しの回数は{_MOST_TIMES}回までです",
)
