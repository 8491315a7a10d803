"""Which row of a table of items (款項目節) is part of which.

Names of each level stand in a column of their own; or all stand in one, where numbers (1, (1), ①)
or indentation tell the levels. What neither tells is not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from auditor.readers.grid.label_text import half_widths
from auditor.records.fiscal import YEAR_KEY

__all__ = ["Item", "Mark", "by_columns", "by_names", "is_part_of_another", "mark_of"]


class Item(NamedTuple):
    """Where a row stands: its name as printed, the names of the items above it, the index of its
    parent, and what tells it from all others.

    ``unsure`` is one of which nobody knows what it is part of.
    """

    name: str
    above: tuple[str, ...] = ()
    parent: int | None = None
    identifier: str = ""
    unsure: bool = False


class Mark(NamedTuple):
    """The number before a name: its style (``1``, ``(1)``, ``①`` …), its value, and the name
    behind it.
    """

    style: str
    value: int
    rest: str


_KANA: Final = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_IROHA: Final = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
)
_KANJI: Final = "一二三四五六七八九十"
_ROMAN: Final = {
    sign: value
    for value, sign in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"), 1)
}
_YEAR: Final = re.compile(YEAR_KEY)
# 第1款 総務費
_COUNTED: Final = re.compile(r"第?\s*([0-9]{1,4})\s*([款項目節])\s*[:.、]?\s*(\S.*)")
# (1) (ア) 〔一〕
_BRACKETED: Final = re.compile(
    r"[(\[〔【]\s*([0-9]{1,3}|[ァ-ヺ]|[a-z]|[ivx]{1,4}|[一二三四五六七八九十]{1,2})"
    r"\s*[)\]〕】]\s*(\S.*)"
)
# 1 市税, 1. 市税, 1市税; but no count of things: 1人1台, 3か所, 2千円.
_PLAIN: Final = re.compile(
    r"([0-9]{1,4})(?:\s*[.:、)]\s*|\s+"
    r"|(?![0-9.,%年月日億万千円件]|[かカヶケ]所|人(?!件)))(\S.*)"
)
_LETTER: Final = re.compile(
    r"([ァ-ヺ]|[a-z]|[一二三四五六七八九十]{1,2})(?:\s*[.、)]\s*|\s+)(\S.*)"
)
_PART: Final = ("うち", "内、", "(うち", "(内", "再掲", "(再掲")


def mark_of(name: str) -> Mark | None:
    """The number before a name; None where it has none. A year is no number of an item."""
    text = name.strip()
    if text and (circled := _circled(text)) is not None:
        return circled
    plain = unicodedata.normalize("NFKC", text).casefold()
    if _YEAR.match(plain):
        return None
    if match := _COUNTED.fullmatch(plain):
        return Mark(match[2], int(match[1]), match[3])
    if match := _BRACKETED.fullmatch(plain):
        style, value = _value(match[1])
        return Mark(f"({style})", value, match[2])
    if match := _PLAIN.fullmatch(plain):
        return Mark("1", int(match[1]), match[2])
    if match := _LETTER.fullmatch(plain):
        return Mark(*_value(match[1]), match[2])
    return None


def _circled(text: str) -> Mark | None:
    """A mark that is one sign: ①, ⑴, ⒈, Ⅰ, ㋐."""
    sign, rest = text[0], text[1:].strip(" 　.．、")
    folded = unicodedata.normalize("NFKC", sign).casefold()
    if not rest or folded == sign.casefold() or sign.isascii():
        return None
    inner = folded.strip("().")
    if len(folded) == 1 and not ("\u2460" <= sign <= "\u24ff" or "\u3200" <= sign <= "\u33ff"):
        return None  # a letter in another width
    if inner.isdigit():
        style = "(1)" if folded.startswith("(") else "①" if len(folded) == len(inner) else "1"
        return Mark(style, int(inner), rest)
    if inner in _ROMAN:
        return Mark("i", _ROMAN[inner], rest)
    if len(inner) == 1 and inner in _KANA:
        return Mark("㋐", _KANA.index(inner) + 1, rest)
    return None


def _value(sign: str) -> tuple[str, int]:
    """The style of a number or letter, and its place in its order."""
    if sign.isdigit():
        return "1", int(sign)
    if sign in _ROMAN and (len(sign) > 1 or sign == "i"):
        return "i", _ROMAN[sign]
    if all(part in _KANJI for part in sign):
        return "一", _of_kanji(sign)
    if sign in _KANA:
        return "ア", _KANA.index(sign) + 1
    if sign in _IROHA:
        return "イ", _IROHA.index(sign) + 1
    return "a", ord(sign[0]) - ord("a") + 1


def _of_kanji(sign: str) -> int:
    """一 to 十, and two of them: 十一, 二十."""
    values = [_KANJI.index(part) + 1 for part in sign]
    if len(values) == 1:
        return values[0]
    first, second = values
    return first * second if second == 10 else first + second


def is_part_of_another(name: str) -> bool:
    """Whether a row prints a part of another one, which is counted there: うち一般財源."""
    text = unicodedata.normalize("NFKC", name).lstrip(" 　・-－ー")
    return text.startswith(_PART)


# — names in a column for each level —


class _Level(NamedTuple):
    """The last name of a level, and the row on which it stands by itself."""

    name: str
    row: int | None


def by_columns(rows: Sequence[Sequence[str]]) -> list[Item]:
    """The items of rows with a name, or nothing, in the column of each level, outermost first.

    The innermost name is the row's own. Names of outer levels stand on each row, or on the first
    alone. A row whose outer levels have rows of their own is part of the innermost of those.
    """
    levels: list[_Level] = []
    items: list[Item] = []
    for index, names in enumerate(rows):
        depth = max((at for at, name in enumerate(names) if name.strip()), default=None)
        if depth is None:
            items.append(Item("", unsure=True))
            continue
        for at, name in enumerate(names[:depth]):
            if not name.strip():
                continue
            if at >= len(levels) or _key(levels[at].name) != _key(name):
                # Inner names of what was before are no names of this.
                levels[at:] = [_Level(name, None)]
        del levels[depth:]
        levels += [_Level("", None)] * (depth - len(levels))
        rows_above = [level.row for level in levels if level.row is not None]
        above = tuple(level.name for level in levels if level.name)
        items.append(Item(names[depth], above, rows_above[-1] if rows_above else None))
        levels.append(_Level(names[depth], index))
    return _identified(items)


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


# — names in one column —


def by_names(names: Sequence[str], indents: Sequence[int] | None = None) -> list[Item]:
    """The items of rows whose names stand in one column. ``indents`` are in half-width characters,
    those that the names print included; blanks before the names, unless given.

    Where rows stand further in than others, this tells what they are part of; else their numbers
    do. Rows without a number among rows with one, and numbers that do not go on, are unsure: only
    indentation would tell.
    """
    widths = list(indents) if indents is not None else [_indent(name) for name in names]
    depths = _by_indent(names, widths) or _by_marks(names)
    open_rows: list[int] = []
    items: list[Item] = []
    for index, (name, depth) in enumerate(zip(names, depths, strict=True)):
        if depth is None:
            items.append(Item(name.strip(), unsure=True))
            continue
        while open_rows and (depths[open_rows[-1]] or 0) >= depth:
            open_rows.pop()
        above = tuple(names[at].strip() for at in open_rows)
        items.append(Item(name.strip(), above, open_rows[-1] if open_rows else None))
        open_rows.append(index)
    return _identified(items)


def _indent(name: str) -> int:
    """How far in a name begins, in half-width characters."""
    return half_widths(name[: len(name) - len(name.lstrip())])


def _by_indent(names: Sequence[str], widths: Sequence[int]) -> list[int | None] | None:
    """How deep rows stand by how far in they begin; None where all begin alike. One blank that
    pads a number of one digit is no step.
    """
    steps: list[int] = []
    for width in sorted(set(widths)):
        if not steps or width - steps[-1] > 1:
            steps.append(width)
    if len(steps) < 2:
        return None
    del names
    return [max(at for at, step in enumerate(steps) if step <= width) for width in widths]


def _by_marks(names: Sequence[str]) -> list[int | None]:
    """How deep rows stand by the styles of their numbers: a style that is met for the first time
    is below the row before it.
    """
    marks = [mark_of(name) for name in names]
    if sum(mark is not None for mark in marks) * 2 < len(names):
        # A digit at the beginning of a few names (１人１台端末) is a part of them.
        return [0] * len(names)
    order: list[str] = []
    last: dict[str, int] = {}
    depths: list[int | None] = []
    for mark in marks:
        if mark is None:
            depths.append(None)
            continue
        if mark.style in order:
            at = order.index(mark.style)
            for inner in order[at + 1 :]:
                last.pop(inner, None)
        else:
            at = len(order)
            order.append(mark.style)
        # Numbers that begin again, or go back, are those of a level that looks the same.
        depths.append(at if mark.value > last.get(mark.style, 0) else None)
        last[mark.style] = mark.value
    return depths


# — what tells items apart —


def _identified(items: Sequence[Item]) -> list[Item]:
    """The items with identifiers: the numbers on the way to each where all have one, else the
    names. Equal ones are counted.
    """
    counts: dict[str, int] = {}
    identified: list[Item] = []
    for item, stem in zip(items, _stems(items), strict=True):
        counts[stem] = counts.get(stem, 0) + 1
        again = f" ({counts[stem]})" if counts[stem] > 1 else ""
        identified.append(item._replace(identifier=f"{stem}{again}"))
    return identified


def _stems(items: Sequence[Item]) -> Iterator[str]:
    paths = [(*item.above, item.name) for item in items]
    numbers = [[mark_of(name) for name in path] for path in paths]
    if all(None not in path for path in numbers):
        for marks in numbers:
            yield "-".join(str(mark.value) for mark in marks if mark is not None)
        return
    for path in paths:
        yield "／".join(name.strip() for name in path)
