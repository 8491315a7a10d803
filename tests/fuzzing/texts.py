"""What befalls texts: signs, lines and bytes, as copying, typing and broken tools do it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

__all__ = ["damaged_bytes", "damaged_text", "damaged_word"]

_WIDE: Final = str.maketrans("0123456789,.-()", "０１２３４５６７８９，．－（）")
_ODD: Final = (
    "\0", "\u202e", "\u2066", "\u200b", "\ufeff", "\u3000", "\u00a0", "\x1b[31m", "\x85",
    "\u2028", "\x0c", "\x0b", "①", "△", "▲", "－", "ー", "〇", "㌔", "㎡", "‰", "％", "1e9", "９",
    "=1+1", "|", "`", "<b>", "&", "\"", "'", "\\", "𠮷", "é", "e\u0301", "が", "か\u3099",
    "令和", "年度", "千円", "（", "）", "［", "」", "合計", "※", "注1）",
)  # fmt: skip
_NUMBERS: Final = (
    "0", "-0", "00", "1,00", "12,34,567", "1.", ".5", "1e400", "99999999999999999999999999999",
    "0.00000000000000000001", "△ 1,234", "(1,234)", "1,234千円", "1,234,567", "皆増", "-", "－",
    "12３4", "１２３", "1 234", "#DIV/0!", "####", "4.56%", "1/2", "2024/4/1", "R6.3", "1²", "①10",
)  # fmt: skip
_LINE: Final = re.compile(r"(?<=\n)")


def damaged_word(random: Random, text: str) -> str:
    """One short text, such as a cell's, changed."""
    at = random.randint(0, len(text))
    match random.randrange(9):
        case 0:
            return text[:at] + random.choice(_ODD) + text[at:]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text.translate(_WIDE)
        case 3:
            return random.choice(_NUMBERS)
        case 4:
            return text[:at] + random.choice((" ", "\u3000", "\n", "\t", ",")) + text[at:]
        case 5:
            return text[:at] + text[at : at + 3] * random.randint(2, 5) + text[at + 3 :]
        case 6:
            return _other_digit(random, text)
        case 7:
            return text + random.choice(_ODD) + text
        case _:
            return text[:at]


def _other_digit(random: Random, text: str) -> str:
    digits = [at for at, sign in enumerate(text) if sign.isdigit()]
    if not digits:
        return text + str(random.randint(0, 10**6))
    at = random.choice(digits)
    return text[:at] + str(random.randint(0, 9)) + text[at + 1 :]


def _in_line(random: Random, lines: list[str], at: int) -> None:
    body = lines[at].rstrip("\n")
    lines[at] = damaged_word(random, body) + lines[at][len(body) :]


def _in_number(random: Random, lines: list[str], at: int) -> None:
    """Damage the first number of a line, or of one behind it."""
    for index in (*range(at, len(lines)), *range(at)):
        runs = list(re.finditer(r"[0-9][0-9,.]*", lines[index]))
        if runs:
            run = random.choice(runs)
            line = lines[index]
            lines[index] = line[: run.start()] + damaged_word(random, run[0]) + line[run.end() :]
            return


def _drop(_: Random, lines: list[str], at: int) -> None:
    del lines[at]


def _double(random: Random, lines: list[str], at: int) -> None:
    lines.insert(random.randint(0, len(lines)), lines[at])


def _swap(random: Random, lines: list[str], at: int) -> None:
    other = random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _join(_: Random, lines: list[str], at: int) -> None:
    lines[at] = lines[at].rstrip("\n")


def _break(random: Random, lines: list[str], at: int) -> None:
    place = random.randint(0, max(len(lines[at]) - 1, 0))
    lines[at] = lines[at][:place] + "\n" + lines[at][place:]


def _cut_off(random: Random, lines: list[str], at: int) -> None:
    if random.randrange(2):
        del lines[at:]
    else:
        del lines[:at]


def _drop_block(random: Random, lines: list[str], at: int) -> None:
    del lines[at : at + random.randint(2, 12)]


def _double_block(random: Random, lines: list[str], at: int) -> None:
    lines[at:at] = lines[at : at + random.randint(2, 40)]


def _ends(random: Random, lines: list[str], _: int) -> None:
    end = random.choice(("\r\n", "\r", "\n\n", "\u2028\n"))
    lines[:] = [line.replace("\n", end) for line in lines]


_LINES: Final[Sequence[Callable[[Random, list[str], int], None]]] = (
    _in_line, _in_line, _in_line, _in_number, _in_number, _in_number, _drop, _drop, _double, _swap,
    _join, _break, _cut_off, _drop_block, _double_block, _ends,
)  # fmt: skip


def damaged_text(random: Random, text: str) -> str:
    """A text of lines, changed in one place, or in its line ends."""
    lines = [line for line in _LINE.split(text) if line]
    if not lines:
        return random.choice(_ODD)
    random.choice(_LINES)(random, lines, random.randrange(len(lines)))
    return "".join(lines)


def damaged_bytes(random: Random, data: bytes) -> bytes:
    """Bytes as a broken disk or copy leaves them."""
    at, size = random.randint(0, len(data)), random.choice((1, 1, 1, 2, 16, 200))
    match random.randrange(6):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[at + size :]
        case 2:
            return data[:at] + random.randbytes(size) + data[at + size :]
        case 3:
            return data[:at] + random.randbytes(size) + data[at:]
        case 4:
            return data[:at] + data[at : at + size] * 2 + data[at + size :]
        case _:
            return data[:at] + b"\0" * size + data[at + size :]
