"""What is wrong with a file of TOML: each fault with its place, an excerpt and a caret."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final, NamedTuple, Protocol, Self

from auditor.records.errors import AuditorError
from auditor.records.excerpts import excerpt, harmless, plain_character

__all__ = [
    "MOST",
    "DefinitionError",
    "Fault",
    "FaultyFile",
    "Lines",
    "WrongValue",
    "first_of",
    "harmless",
]

MOST: Final = 100
"""How many faults are listed; the others are counted."""


class Fault(NamedTuple):
    """One fault: its place as offsets in the file's text (None for the file as a whole), what is
    wrong and what was expected, in English and Japanese.

    ``key`` is where the text does not name it; ``column`` is the place in a formula, from 1.
    """

    place: tuple[int, int] | None
    en: str
    ja: str
    key: str = ""
    column: int | None = None


class Lines:
    """A text by lines, which tells line and column of an offset, both from 1."""

    def __init__(self, text: str) -> None:
        self.texts: list[str] = text.split("\n")
        self._starts = [0]
        for line in self.texts:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = min(bisect_right(self._starts, offset), len(self.texts))
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; the nearest there is, for one beyond the text."""
        line = min(max(line, 1), len(self.texts))
        column = min(max(column, 1), len(self.texts[line - 1]) + 1)
        return self._starts[line - 1] + column - 1

    def excerpt(self, start: int, end: int) -> list[str]:
        """The line of an offset, and carets under what stands from there to ``end``."""
        line, column = self.at(start)
        return excerpt(line, self.texts[line - 1], column, end - start)


class Said(Protocol):
    """A message in both languages."""

    @property
    def en(self) -> str: ...
    @property
    def ja(self) -> str: ...


class DefinitionError(AuditorError):
    """A rule or a form that can't be used. ``faults`` are all that its file has.

    ``key``, ``column`` (of a formula) and ``message`` are those of the first one; ``str()`` shows
    all of them in both languages, each with its line and an excerpt.
    """

    column: int | None
    file: str
    key: str

    def __init__(self, file: str, key: str, reason: Said, column: int | None = None) -> None:
        super().__init__(reason.en, reason.ja)
        self.file, self.key, self.column = file, key, column
        self.lines: Lines | None = None
        self.faults: tuple[Fault, ...] = (Fault(None, reason.en, reason.ja, key, column),)
        self.place: str = self._place(self.faults[0], "en")

    @classmethod
    def with_faults(cls, file: str, faults: Sequence[Fault], lines: Lines | None) -> Self:
        """The error of all faults of a file, in the order of its lines."""
        ordered = sorted(faults, key=lambda fault: fault.place or (0, 0))
        first = ordered[0]
        error = cls(file, first.key or "-", first, first.column)
        error.faults, error.lines = tuple(ordered), lines
        error.place = error._place(first, "en")
        return error

    def __str__(self) -> str:
        rows: list[str] = []
        for fault in self.faults[:MOST]:
            rows.append(f"{self._place(fault, 'en')}: {fault.en} / {fault.ja}")
            rows += self._excerpt(fault)
        return "\n".join((*rows, *map(" / ".join, self._more())))

    @property
    def line(self) -> int | None:
        """The line of the first fault."""
        place = self.faults[0].place
        return None if place is None or self.lines is None else self.lines.at(place[0])[0]

    def entries(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Each fault in a line, in English and Japanese, with an excerpt of the file."""
        for fault in self.faults[:MOST]:
            en, ja = self._place(fault, "en"), self._place(fault, "ja")
            yield f"{en}: {fault.en}", f"{ja}：{fault.ja}", tuple(self._excerpt(fault))
        for en, ja in self._more():
            yield en, ja, ()

    def listing(self, lang: str) -> str:
        """All faults in a language, each with an excerpt."""
        rows: list[str] = []
        for fault in self.faults[:MOST]:
            text = fault.ja if lang == "ja" else fault.en
            rows.append(f"{self._place(fault, lang)}{'：' if lang == 'ja' else ': '}{text}")
            rows += self._excerpt(fault)
        rows += [ja if lang == "ja" else en for en, ja in self._more()]
        return "\n".join(rows)

    def _more(self) -> Iterator[tuple[str, str]]:
        more = len(self.faults) - MOST
        if more > 0:
            file = "".join(map(plain_character, self.file))
            yield f"{file}: {more:,} more faults", f"{file}：ほか{more:,}か所"

    def _excerpt(self, fault: Fault) -> list[str]:
        if fault.place is None or self.lines is None:
            return []
        return self.lines.excerpt(*fault.place)

    def _place(self, fault: Fault, lang: str) -> str:
        """File, line, column and key of a fault."""
        file, key = (
            "".join(map(plain_character, self.file)),
            "".join(map(plain_character, fault.key)),
        )
        if fault.place is not None and self.lines is not None:
            line, column = self.lines.at(fault.place[0])
            if lang == "ja":
                return f"{file} {line}行目 {column}文字目" + (f"：{key}" if key else "")
            return f"{file}:{line}:{column}" + (f": {key}" if key else "")
        where = ""
        if fault.column:
            where = f" {fault.column}文字目" if lang == "ja" else f", column {fault.column}"
        if not where and key in ("", "-"):
            return file
        return f"{file}: {key or '-'}{where}"


class WrongValue(ValueError):
    """A value that a check of a model refuses: why, in English and Japanese, and the key that it
    is of, seen from where the check stands. It may bring others that were found beside it.
    """

    en: str
    ja: str
    key: tuple[str | int, ...]
    of_key: bool

    def __init__(
        self,
        en: str,
        ja: str,
        key: Sequence[str | int] = (),
        *,
        of_key: bool = False,
        rests_on: Sequence[Sequence[str | int]] = (),
    ) -> None:
        super().__init__(f"{'.'.join(map(str, key))}: {en} / {ja}" if key else f"{en} / {ja}")
        self.en, self.ja, self.key, self.of_key = en, ja, tuple(key), of_key
        self.rests_on: tuple[tuple[str | int, ...], ...] = (
            self.key,
            *map(tuple, rests_on),
        )
        """The keys because of which the value is refused."""
        self.others: tuple[WrongValue, ...] = ()

    def all(self) -> tuple[WrongValue, ...]:
        """This one and those beside it."""
        return (self, *self.others)


def first_of(faults: Sequence[WrongValue]) -> WrongValue:
    """The first of some faults, which brings the others."""
    first, *others = faults
    first.others = tuple(others)
    return first


class FaultyFile(AuditorError):
    """A file that can't be used. ``faults`` are all that it has; the message shows each with file,
    line, column and an excerpt.
    """

    # English and Japanese: texts are pydantic's, for which a start without faults need not wait.
    kind: ClassVar[tuple[str, str]]
    """What the file is, as the conclusion says it."""
    without: ClassVar[tuple[str, str]]
    """How to go without the file."""

    def __init__(self, name: str, lines: Lines, faults: Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        name = "".join(map(plain_character, name))
        parts_en: list[str] = []
        parts_ja: list[str] = []
        for fault in self.faults[:MOST]:
            if fault.place is None:
                parts_en.append(f"{name}: {fault.en}")
                parts_ja.append(f"{name}：{fault.ja}")
                continue
            line, column = lines.at(fault.place[0])
            excerpt = lines.excerpt(*fault.place)
            parts_en += [f"{name}:{line}:{column}: {fault.en}", *excerpt]
            parts_ja += [f"{name} {line}行目 {column}文字目：{fault.ja}", *excerpt]
        # A file that can't be opened is one line.
        if any(fault.place is not None for fault in self.faults):
            en, ja = self._conclusion(len(self.faults))
            parts_en.append(en)
            parts_ja.append(ja)
        super().__init__("\n".join(parts_en), "\n".join(parts_ja))

    def _conclusion(self, number: int) -> tuple[str, str]:
        """How many faults there are, and what that means."""
        more = number - MOST
        more_en = f" ({more:,} of them not shown)" if more > 0 else ""
        more_ja = f"（ほか{more:,}か所は表示していません）" if more > 0 else ""
        kind_en, kind_ja = self.kind
        without_en, without_ja = self.without
        return (
            f"{number:,} {'fault' if number == 1 else 'faults'} in the {kind_en}{more_en}; "
            f"nothing was done ({without_en})",
            f"{kind_ja}に{number:,}か所の誤りがあるため{more_ja}、処理を行いませんでした"
            f"（{without_ja}）",
        )
