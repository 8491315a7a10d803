"""Characters that look like others, or like nothing.

Documents print them for 民, 令和 or a space; a form's words have the plain characters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["WIDTHS", "invisible_in", "is_visible", "looks_blank"]

# Radicals that PDFs give for whole characters, and which NFKC leaves as they are: ⺠ is 民.
_RADICALS: Final = str.maketrans(
    "⺁⺄⺅⺉⺊⺒⺓⺖⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺧⺨⺩⺬⺭⺮⺯⺲⺶"
    "⺹⺼⺽⺾⺿⻀⻁⻂⻃⻄⻆⻌⻍⻎⻑⻒⻖⻗⻘⻝⻟⻣⻤⻨⻩⻫⻭⻯⻲",
    "厂乙亻刂卜巳幺忄扌攵旡日月歺母民氵氺灬爫牛犭王示礻竹糹罒羊"
    "耂肉臼艹艹艹虎衤覀西角辶辶辶長镸阝雨青食飠骨鬼麦黄斉歯竜亀",
)
# Of others NFKC gives the traditional form: ⼾ is 戸 in Japan.
_TRADITIONAL: Final = str.maketrans("戶靑黃黑", "戸青黄黒")
_RADICAL: Final = range(0x2E80, 0x2FE0)
# Characters without width or ink: spaces of no width, marks of direction, selectors of a variant,
# and the fillers of other scripts.
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef"
)
_INVISIBLE: Final = re.compile(f"[{_UNSEEN}]")
_BLANK: Final = re.compile(rf"[\s{_UNSEEN}]*")


class _Widths(dict[int, str]):
    """NFKC for every character that stays one character; circled and raised digits stay what they
    are, and what can't be seen is a space.
    """

    def __missing__(self, code: int) -> str:
        self[code] = _plain(chr(code))
        return self[code]


def _plain(character: str) -> str:
    if _INVISIBLE.match(character):
        return " "
    if ord(character) in _RADICAL:
        plain = unicodedata.normalize("NFKC", character).translate(_RADICALS)
        return plain.translate(_TRADITIONAL)
    if unicodedata.decomposition(character).startswith(("<circle>", "<super>", "<sub>")):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


WIDTHS: Final = _Widths()
"""For ``str.translate``: each character in its plain width and form."""


def is_visible(character: str) -> bool:
    """Whether a character has a width."""
    return not _INVISIBLE.match(character)


def invisible_in(text: str) -> tuple[str, ...]:
    """The invisible characters in a text, each once: U+200B."""
    return tuple(f"U+{ord(character):04X}" for character in dict.fromkeys(_INVISIBLE.findall(text)))


def looks_blank(text: str) -> bool:
    """Whether a text is made of spaces and invisible characters alone."""
    return _BLANK.fullmatch(text) is not None
