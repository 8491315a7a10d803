"""Which encoding a table's text has, where nobody declared one.

It is UTF-8 or UTF-16 for sure, else CP932 where the text is Japanese for sure.

Latin letters with accents decode as CP932 too, to rare kanji and half-width katakana.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

__all__ = ["Decoding", "decoding"]

Certainty = Literal["certain", "guessed", "unknown"]


class Decoding(NamedTuple):
    """An encoding, how sure it is, and a piece of the text that makes it doubtful."""

    encoding: str
    certainty: Certainty = "certain"
    example: str = ""


_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_WIDE: Final = "\u3001-\u30ff\u3400-\u9fff\uff01-\uff60\uffe0-\uffe6"
_JAPANESE: Final = re.compile(f"[{_WIDE}]{{2,}}")
_HALF: Final = re.compile("[\uff61-\uff9f]")
_FOREIGN: Final = re.compile("[^\x00-\x7f]")
_DOUBTFUL: Final = re.compile(
    f"[A-Za-z]+(?:[{_WIDE}\ue000-\uf8ff](?![{_WIDE}])|[\uff61-\uff9f]+)[A-Za-z]*"
    f"|(?<![{_WIDE}])(?:[{_WIDE}\ue000-\uf8ff]|[\uff61-\uff9f]+)[A-Za-z]+"
    "|[\uff61-\uff9f]+|[\ue000-\uf8ff]"
)
_LONGEST_LINE: Final = 1 << 20
_MANY: Final = 3
"""So many words of Japanese signs are no accident."""


@dataclass
class _Japanese:
    """What speaks for and against a text's being Japanese."""

    kana: bool = False
    words: int = 0
    half: int = 0
    foreign: int = 0
    example: str = ""

    def see(self, text: str) -> None:
        self.kana = self.kana or _KANA.search(text) is not None
        if self.words < _MANY:
            self.words += sum(1 for _ in _JAPANESE.finditer(text))
        self.half += len(_HALF.findall(text))
        self.foreign += len(_FOREIGN.findall(text))
        if not self.example and (match := _DOUBTFUL.search(text)) is not None:
            self.example = match.group()[:40]

    @property
    def certainty(self) -> Certainty:
        if 2 * self.half > self.foreign:
            return "unknown"
        if not self.example or self.kana or self.words >= _MANY:
            return "certain"
        return "guessed" if self.words else "unknown"


def decoding(chunks: Iterable[bytes]) -> Decoding | None:
    """The encoding of a text in pieces; None for what is no text in any of these encodings."""
    utf8, cp932 = (codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp932"))
    japanese = _Japanese()
    is_utf8 = is_cp932 = True
    first = True
    rest = ""
    for chunk in chunks:
        if first and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Decoding("utf-16")
        first = False
        if b"\0" in chunk:
            return None
        is_utf8 = is_utf8 and _decodes(utf8, chunk) is not None
        text = _decodes(cp932, chunk) if is_cp932 else None
        is_cp932 = text is not None
        if text is not None:
            # A word may go on in the next piece, but not beyond its line.
            whole, end, rest = f"{rest}{text}".rpartition("\n")
            if len(rest) > _LONGEST_LINE:
                whole, end, rest = whole + end + rest, "", ""
            if not whole.isascii():
                japanese.see(whole)
        if not (is_utf8 or is_cp932):
            return None
    if is_utf8 and _ends(utf8):
        return Decoding("utf-8-sig")
    if not is_cp932 or not _ends(cp932):
        return None
    japanese.see(rest)
    return Decoding("cp932", japanese.certainty, japanese.example)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> str | None:
    try:
        return decoder.decode(chunk)
    except UnicodeDecodeError:
        return None


def _ends(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
