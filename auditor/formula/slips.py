"""What authors write in place of what the rule language has.

Spreadsheets, other languages and Japanese keyboards have other signs and words. They are looked
for in formulas that can't be used, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.formula.tree import Vocabulary
from auditor.records.decimals import is_bounded, plain_digits

__all__ = ["Slip", "as_meant", "called_otherwise", "of_label", "slips"]


class Slip(NamedTuple):
    """A part of a formula that is written otherwise: where it begins, how long it is, what is said
    of it, and what was meant, where that is plain.
    """

    at: int
    size: int
    en: str
    ja: str
    meant: str | None = None


_QUOTES: Final = "“”„‟＂「」『』‘’‚‛＇"
_PARTS: Final = re.compile(
    rf"""
      (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<quoted>[{_QUOTES}][^{_QUOTES}"']*[{_QUOTES}])
    | (?<![\w.])(?P<number>\d[\d_]*(?:,\d{{3}}(?!\d))*(?:\.\d+)?(?:[eE][+-]?\d+)?)
      (?P<unit>[ ]?%|[ ]?[^\W\d_a-zA-Z]+)?
    | (?P<word>[^\W\d]\w*)
    | (?P<sign>===|!==|&&|\|\||<>|=>|=<|:=|~=|\*\*|//|==|!=|<=|>=|[^\w\s])
    """,
    re.VERBOSE,
)
_SIGNS: Final[Mapping[str, str]] = {
    "=": "==",
    "===": "==",
    ":=": "==",
    "!==": "!=",
    "<>": "!=",
    "≠": "!=",
    "=>": ">=",
    "≧": ">=",
    "≥": ">=",
    "=<": "<=",
    "≦": "<=",
    "≤": "<=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "¬": "not",
    "×": "*",
    "✕": "*",
    "÷": "/",
    "//": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "‐": "-",
    "△": "-",
    "▲": "-",
    "、": ",",
    "{": "[",
    "}": "]",
    "〔": "(",
    "〕": ")",
    "【": "(",
    "】": ")",
}
"""Signs that are written otherwise in formulas."""
_NO_SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "**": ("there are no powers: write a * a", "べき乗はありません。a * a と書きます"),
    "^": ("there are no powers: write a * a", "べき乗はありません。a * a と書きます"),
    "%": (
        "there is no remainder and no percent sign: 10 % is written 0.1",
        "剰余の計算やパーセント記号は使えません。10 % は 0.1 と書きます",
    ),
    "≒": (
        "nothing is nearly equal: write a bound, as in abs(a - b) <= 5",
        "「ほぼ等しい」は書けません。差の上限を abs(…) <= 5 のように書きます",
    ),
    ";": (
        "a formula is one expression: join two with and",
        "数式は1つの式です。2つの式は and でつなぎます",
    ),
}
_NO_SIGNS_ALIKE: Final[Mapping[str, str]] = {"~=": "≒", "≈": "≒", "∼": "≒"}
_ALLOWED: Final = frozenset(
    ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", ".", '"', "'"]
)
_WORDS: Final[Mapping[str, str]] = {
    "かつ": "and",
    "および": "and",
    "及び": "and",
    "または": "or",
    "又は": "or",
    "もしくは": "or",
    "以上": ">=",
    "以下": "<=",
    "未満": "<",
    "ー": "-",
}
_OPERATORS: Final = frozenset(["and", "or", "not", "in"])
_CONDITIONS: Final = frozenset(["if", "then", "else", "elif", "when", "unless", "もし", "ならば"])
_ON_A_CONDITION: Final = (
    "a condition is a key of its own: when = '…'",
    "条件は、数式とは別に when = '…' と書きます",
)
_FUNCTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "if": _ON_A_CONDITION,
    "ifs": _ON_A_CONDITION,
    "iferror": _ON_A_CONDITION,
    "and": ("write a and b", "a and b のように書きます"),
    "or": ("write a or b", "a or b のように書きます"),
    "not": ("write not a", "not a のように書きます"),
    "average": ("write sum(…) / count(…)", "sum(…) / count(…) と書きます"),
    "avg": ("write sum(…) / count(…)", "sum(…) / count(…) と書きます"),
    "mean": ("write sum(…) / count(…)", "sum(…) / count(…) と書きます"),
    "len": ("count(…) counts what is printed", "記載の件数は count(…) で数えます"),
    "counta": ("count(…) counts what is printed", "記載の件数は count(…) で数えます"),
    "isblank": ("write blank(…)", "blank(…) と書きます"),
    "isnull": ("write blank(…)", "blank(…) と書きます"),
    "total": ("write sum(…)", "sum(…) と書きます"),
    **dict.fromkeys(
        ["round", "rounddown", "roundup", "int", "trunc", "floor", "ceil"],
        (
            "the form says how figures are rounded, so formulas round nothing",
            "端数処理は様式の rounding に書きます。数式では丸めません",
        ),
    ),
    **dict.fromkeys(
        ["sumif", "sumifs", "countif", "countifs"],
        (
            'a sum over rows alike is written sum(same("kind").total_cost)',
            "同じ区分の行の合計は、sum(…) の中に same(…) を使って書きます",
        ),
    ),
    **dict.fromkeys(
        ["vlookup", "xlookup", "lookup", "index"],
        (
            "the form says in [lookups] how rows find each other",
            "行どうしの対応は、様式の [lookups] に書きます",
        ),
    ),
}
"""Functions of spreadsheets and other languages, and what stands in their place."""


def called_otherwise(name: str) -> tuple[str, str] | None:
    """What is written in place of a function of spreadsheets or other languages."""
    return _FUNCTIONS.get(name.lower())


def slips(
    text: str, vocabulary: Vocabulary, scope: str, start: int = 0, end: int | None = None
) -> list[Slip]:
    """The slips in a formula about rows of ``scope``, in their order; those between two places,
    where they are given.
    """
    end = len(text) if end is None else end
    return [slip for slip in _Scan(text, vocabulary, scope).run() if start <= slip.at < end]


def as_meant(text: str, wrong: Sequence[Slip]) -> tuple[str, list[int]] | None:
    """The formula as it was meant, with the place in the first text of each of its characters and
    of its end; None where one of the slips does not tell.
    """
    meant: list[str] = []
    places: list[int] = []
    at = 0
    for slip in wrong:
        if slip.meant is None:
            return None
        meant += text[at : slip.at]
        places += range(at, slip.at)
        words = f" {slip.meant} " if slip.meant.isalpha() else slip.meant
        meant += words
        places += [slip.at] * len(words)
        at = slip.at + slip.size
    meant += text[at:]
    places += range(at, len(text) + 1)
    return "".join(meant), places


def _label_at(text: str, at: int, vocabulary: Vocabulary, scope: str) -> tuple[int, str] | None:
    """How long the label of a form is that begins at a place, and what formulas call it."""
    for end in range(min(at + _LONGEST_LABEL, len(text)), at, -1):
        is_whole = text[end - 1 : end].strip() and not re.match(r"\w", text[end : end + 1])
        name = vocabulary.of_label(scope, text[at:end]) if is_whole else None
        if name is not None:
            # Columns have headings with their unit: 事業費（千円）.
            unit = _UNIT.match(text, end)
            is_unit = unit is not None and unit[1] in vocabulary.units
            return (unit.end() if unit is not None and is_unit else end) - at, name
    return None


_LONGEST_LABEL: Final = 40
_UNIT: Final = re.compile(r"[(（]([^()（）]+)[)）]")


def _plain(character: str) -> str:
    """A character in half width; itself where it is none in another width."""
    if character in _QUOTES:
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


class _Scan:
    """Goes over a formula once, from left to right."""

    def __init__(self, text: str, vocabulary: Vocabulary, scope: str) -> None:
        self.text, self.vocabulary, self.scope = text, vocabulary, scope
        self.plain = "".join(map(_plain, text))
        self.depth = 0
        self.at = 0

    def run(self) -> Iterator[Slip]:
        while (match := _PARTS.search(self.plain, self.at)) is not None:
            start, self.at = match.span()
            match match.lastgroup:
                case "text":
                    # Nothing is changed in quotes; the text there has its own width.
                    pass
                case "quoted":
                    yield self.quoted(start)
                case "number" | "unit":
                    yield from self.number(match)
                case "word":
                    yield from self.word(start, match["word"])
                case _:
                    yield from self.sign(start, match["sign"])

    def slip(self, start: int, en: str, ja: str, meant: str | None = None) -> Slip:
        return Slip(start, self.at - start, en, ja, meant)

    def quoted(self, start: int) -> Slip:
        meant = f'"{self.text[start + 1 : self.at - 1]}"'
        return self.slip(
            start,
            f"a text stands in straight quotes: {meant}",
            f"文字列は半角の引用符で囲みます：{meant}",
            meant,
        )

    def number(self, match: re.Match[str]) -> Iterator[Slip]:
        """A number with a unit or separators, or in another width."""
        start, digits, unit = match.start(), match["number"], (match["unit"] or "").strip()
        if unit in _WORDS or unit in _CONDITIONS:
            self.at, unit = match.end("number"), ""
        elif unit not in self.vocabulary.units:
            # Words may follow a unit: 100円以上.
            first = next((size for size in range(len(unit) - 1, 0, -1) if self.ends(unit, size)), 0)
            self.at -= len(unit) - first if first else 0
            unit = unit[:first] or unit
        has_commas = "," in digits
        if has_commas and self.depth and not re.search(",0", digits) and not unit:
            # In brackets, commas stand between values.
            self.at = start + digits.index(",")
            digits, has_commas = digits[: digits.index(",")], False
        value = Decimal(digits.replace(",", "").replace("_", ""))
        if not is_bounded(value):
            return
        shown = plain_digits(value)
        if unit == "%":
            meant = plain_digits(value / 100)
            yield self.slip(
                start,
                f"{self.text[start : self.at]} is written {meant}",
                f"{self.text[start : self.at]} は {meant} と書きます",
                meant,
            )
        elif unit:
            yield self.with_unit(start, value, unit)
        elif has_commas:
            yield self.slip(
                start,
                f"numbers have no commas: {shown}",
                f"数値に桁区切りのカンマは書きません：{shown}",
                shown,
            )
        elif not self.text[start : self.at].isascii():
            yield self.slip(
                start, f"digits are in half width: {shown}", f"数字は半角で書きます：{shown}", shown
            )

    def ends(self, unit: str, size: int) -> bool:
        """Whether what stands behind a number is a unit and then another word."""
        return unit[:size] in self.vocabulary.units and unit[size:] in _WORDS

    def with_unit(self, start: int, value: Decimal, unit: str) -> Slip:
        factor = self.vocabulary.units.get(unit)
        if factor is None:
            return self.slip(
                start,
                f"numbers have no unit ({unit}) in formulas, which compute in base units: yen, "
                "persons",
                f"数値に単位（{unit}）は付けません。数式は円・人などの基本の単位で計算します",
            )
        meant = plain_digits(value * factor)
        return self.slip(
            start,
            "numbers have no unit in formulas, which compute in base units (yen, persons): "
            f"{meant}",
            f"数値に単位は付けません。数式は円・人などの基本の単位で計算します：{meant}",
            meant,
        )

    def word(self, start: int, word: str) -> Iterator[Slip]:
        """A label in place of a name, an operator written otherwise, or a name in two words."""
        if word in _OPERATORS:
            return
        lower = word.lower()
        if lower in _OPERATORS and self.plain[self.at : self.at + 1] != "(":
            yield self.slip(start, *_written(self.text[start : self.at], lower), lower)
        elif word in _WORDS:
            meant = _WORDS[word]
            # ≧ stands before a number, 以上 behind it.
            is_before = meant not in (">=", "<=", "<")
            yield self.slip(start, *_written(word, meant), meant if is_before else None)
        elif lower in _CONDITIONS and self.plain[self.at : self.at + 1] != "(":
            yield self.slip(start, *_ON_A_CONDITION)
        elif (label := self.label(start, word)) is not None:
            size, name = label
            self.at = start + size
            yield self.slip(start, *of_label(self.text[start : self.at], name), name)
        elif (joined := self.in_two_words(word)) is not None:
            yield self.slip(start, f"did you mean {joined}?", f"{joined} のことですか", joined)

    def label(self, start: int, word: str) -> tuple[int, str] | None:
        """How long the label is that begins with a word, and what formulas call it."""
        if word.isascii():
            return None
        return _label_at(self.text, start, self.vocabulary, self.scope)

    def in_two_words(self, word: str) -> str | None:
        """The name that some words in a row are meant for: ``total cost``."""
        best = None
        name, end = word, self.at
        for match in re.finditer(r"[ ]+(\w+)", self.plain[self.at :]):
            if self.at + match.start() != end or match[1] in _OPERATORS:
                break
            name, end = f"{name}_{match[1]}", self.at + match.end()
            if self.vocabulary.resolve(self.scope, (name,)) is not None:
                best = name, end
        if best is None:
            return None
        self.at = best[1]
        return best[0]

    def sign(self, start: int, sign: str) -> Iterator[Slip]:
        self.depth += (sign in "([") - (sign in ")]")
        shown = self.text[start : self.at]
        if sign in _ALLOWED:
            if shown != sign:
                yield self.slip(start, *_written(shown, sign), sign)
            return
        nothing = _NO_SIGNS.get(_NO_SIGNS_ALIKE.get(sign, sign))
        meant = _SIGNS.get(sign)
        if nothing is not None:
            yield self.slip(start, *nothing)
        elif meant is None:
            yield self.slip(
                start, f"formulas have no sign {shown}", f"数式に「{shown}」という記号はありません"
            )
        elif meant == "==":
            is_first = not self.text[:start].strip()
            yield self.slip(start, *(_FIRST if is_first else _EQUAL), "" if is_first else meant)
        else:
            yield self.slip(start, *_written(shown, meant), meant)


_EQUAL: Final = ("equal is written ==", "等しいことは == と書きます")
_FIRST: Final = (
    "a formula does not begin with =",
    "数式の先頭に = は書きません",
)


def _written(shown: str, meant: str) -> tuple[str, str]:
    return f"{shown} is written {meant}", f"「{shown}」は {meant} と書きます"


def of_label(label: str, name: str) -> tuple[str, str]:
    """That a label stands in place of a name."""
    return (
        f"{label} is a label of a form; formulas name it {name}",
        f"「{label}」は様式の見出しです。数式では {name} と書きます",
    )
