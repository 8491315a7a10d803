"""Reads files of TOML. Where their keys stand is worked out only where something is wrong."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from auditor.toml.bounds import (
    DEEPEST,
    LARGEST,
    large_values,
    sign_too_many,
    too_many_signs,
)
from auditor.toml.faults import Fault, Lines

if TYPE_CHECKING:
    from auditor.toml.places import KeyPath, Places

__all__ = [
    "Table",
    "TomlFile",
    "Unparsable",
    "bytes_of",
    "parsed",
    "parsed_text",
]

_LONG_PATH: Final = re.compile(rf"^(?:[^.\n]*\.){{{DEEPEST}}}", re.MULTILINE)
"""A line that may have a key of very many parts, which would keep the parser busy for hours."""


class Unparsable(Exception):
    """A file that is no TOML; ``text`` is what could be decoded of it."""

    fault: Fault
    text: str

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(fault)
        self.text, self.fault = text, fault


class _Large(Exception):
    """A text of TOML in which something is too large."""

    fault: Fault

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class TomlFile:
    """A file of TOML: its text, and what that says.

    The text may stand ``around``, in that of a Python file, where it begins at ``start``. Nothing
    in it has a place where that is empty: the text was put together, or there is no file.
    """

    content: dict[str, Any]
    text: str

    def __init__(
        self, text: str, content: dict[str, Any], *, around: str | None = None, start: int = 0
    ) -> None:
        self.text, self.content = text, content
        self._around = text if around is None else around
        self._start = start

    @cached_property
    def places(self) -> Places:
        """Where the keys and values stand in the text."""
        from auditor.toml.places import places_in

        return places_in(self.text)

    @cached_property
    def lines(self) -> Lines | None:
        """The lines of the file; None where nothing has a place."""
        return Lines(self._around) if self._around else None

    @property
    def whole(self) -> Table:
        """The table that the file is."""
        return Table(self, (), self.content)

    def place(self, spot: tuple[int, int]) -> tuple[int, int] | None:
        """A place in the text, as one in the file."""
        return (spot[0] + self._start, spot[1] + self._start) if self._around else None


class Table(NamedTuple):
    """A table of a file: its path there, and what it says."""

    file: TomlFile
    path: KeyPath
    content: Mapping[str, Any]

    def fault(
        self,
        key: KeyPath,
        en: str,
        ja: str,
        *,
        of_key: bool = False,
        within: tuple[int, int] | None = None,
        column: int | None = None,
    ) -> Fault:
        """A fault of a key's value, or of the key itself; ``within`` is a narrower place in the
        text. ``column`` is where it lies in a formula.
        """
        spot = within or self.file.places.of_fault((*self.path, *key), of_key=of_key)
        return Fault(self.file.place(spot), en, ja, ".".join(map(str, key)), column)


def bytes_of(path: Path, kind_en: str, kind_ja: str) -> bytes | tuple[str, str]:
    """The bytes of a file of some kind, or why there are none."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return f"is a folder, not a {kind_en}", f"フォルダーです。{kind_ja}ではありません"
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as fault:
        return _unreadable(fault)
    if len(data) > LARGEST:
        return (
            f"is larger than {LARGEST:,} bytes, which no {kind_en} has",
            f"{LARGEST:,}バイトを超えているため、{kind_ja}として読み込みません",
        )
    return data


def _unreadable(fault: OSError | ValueError) -> tuple[str, str]:
    from auditor.records.reasons import reason

    en, ja = reason(fault) if isinstance(fault, OSError) else ("no such name", "名前が不正です")
    if isinstance(fault, FileNotFoundError):
        en, ja = "there is no such file", "ファイルがありません"
    return f"can't be read: {en}", f"読み込めません（{ja}）"


def parsed(data: bytes) -> TomlFile:
    """What the bytes of a TOML file say. Raises Unparsable."""
    return parsed_text(_text_of(data))


def parsed_text(text: str, *, around: str | None = None, start: int = 0) -> TomlFile:
    """What a text of TOML says, whose lines end in ``\\n``. ``around`` is the text of the file in
    which it begins at ``start``, where that is another one. Raises Unparsable.
    """
    try:
        if (sign := sign_too_many(text)) is not None:
            raise _Large(Fault((sign, sign + 1), *too_many_signs()))
        if _LONG_PATH.search(text):
            _check_depth(text)
        content = tomllib.loads(text)
        if _is_deep(content):
            _check_depth(text)
        _check_values(text, content)
        return TomlFile(text, content, around=around, start=start)
    except _Large as large:
        fault = large.fault
    except tomllib.TOMLDecodeError as error:
        from auditor.toml.syntax import syntax_fault

        _check_depth(text)
        fault = syntax_fault(text, str(error))
    except ValueError:  # what Python refuses to convert
        fault = Fault(None, "a number has too many digits", "数値の桁数が多すぎます")
    except RecursionError:
        _check_depth(text)
        fault = _too_deep(None)
    if around is not None and fault.place is not None:
        file = TomlFile(text, {}, around=around, start=start)
        fault = fault._replace(place=file.place(fault.place))
    raise Unparsable(text if around is None else around, fault)


def _text_of(data: bytes) -> str:
    """The text of a file, its lines ending in ``\\n``. Raises Unparsable where it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _other_encoding(data, fault.start) from None
    return text.replace("\r\n", "\n")


def _other_encoding(data: bytes, start: int) -> Unparsable:
    """That a file is not UTF-8, shown in the encoding that it has, where that can be told."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names, encoding, start = ("UTF-16", "UTF-16 "), "utf-16", 0
    elif b"\0" not in data and _is_shift_jis(data):
        names, encoding = ("Shift_JIS (CP932)", "Shift_JIS（CP932）"), "cp932"
    else:
        names, encoding = ("", ""), "utf-8-sig"
    text = data.decode(encoding, "replace").replace("\r\n", "\n")
    before = data[:start].decode(encoding, "replace").replace("\r\n", "\n") if start else ""
    is_en = f"is {names[0]}, not UTF-8" if names[0] else "is not UTF-8"
    is_ja = f" {names[1]}で、" if names[1] else ""
    return Unparsable(
        text,
        Fault(
            None if b"\0" in data and not names[0] else (len(before), len(before) + 1),
            f"{is_en}; save the file as UTF-8",
            f"文字コードが{is_ja or ' '}UTF-8 ではありません。UTF-8 で保存し直してください",
        ),
    )


def _is_shift_jis(data: bytes) -> bool:
    try:
        data.decode("cp932")
    except UnicodeDecodeError:
        return False
    return True


def _is_deep(item: object, depth: int = 0) -> bool:
    """Whether tables and arrays may lie too deep in each other."""
    if not isinstance(item, dict | list):
        return False
    if depth == DEEPEST:
        return True
    inner: Iterable[object] = cast("list[object]", item)
    if isinstance(item, dict):
        inner = cast("dict[str, object]", item).values()
    return any(_is_deep(value, depth + 1) for value in inner)


def _check_depth(text: str) -> None:
    """Raises Unparsable where tables or arrays lie too deep in each other."""
    from auditor.toml.places import TooDeep, places_in

    try:
        places_in(text)
    except TooDeep as fault:
        raise Unparsable(text, _too_deep(fault.place)) from None


def _check_values(text: str, content: Mapping[str, Any]) -> None:
    """Raises _Large where a text, a list or a key is too large."""
    large = next(large_values(content), None)
    if large is not None:
        from auditor.toml.places import places_in

        place = places_in(text).of_fault(large.path, of_key=large.of_key)
        raise _Large(Fault(place, large.en, large.ja))


def _too_deep(place: tuple[int, int] | None) -> Fault:
    return Fault(
        place,
        f"more than {DEEPEST} tables or lists lie in each other",
        f"表や並びの入れ子が{DEEPEST}段を超えています",
    )
