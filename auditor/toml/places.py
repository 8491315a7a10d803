"""Where the keys and values of a TOML text stand, which the parser of Python does not tell.

It is no parser: it judges nothing, and stops where it does not understand a text. Only what is too
deep is refused, since that is what would keep the parser busy for hours.
"""

from __future__ import annotations

import re
import tomllib
from typing import Final, TypeAlias

from auditor.toml.bounds import DEEPEST

__all__ = ["KeyPath", "Places", "Spot", "TooDeep", "places_in"]

KeyPath: TypeAlias = tuple[str | int, ...]
"""The names of the tables and the key, from the outermost; numbers for elements of arrays."""

Spot: TypeAlias = tuple[int, int]
"""Where something begins and ends, as offsets in the text."""

_BLANKS: Final = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_SPACES: Final = re.compile(r"[ \t]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_BASIC: Final = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"')
_LITERAL: Final = re.compile(r"'[^'\n]*'")
_SCALAR: Final = re.compile(r"[^,\]}\n#\s](?:[^,\]}\n#]*[^,\]}\n#\s])?")
_ESCAPE_OR_END: Final = re.compile(r'\\.|"""', re.DOTALL)


class TooDeep(Exception):
    """Tables or arrays lie deeper in each other than in any file; ``place`` is where."""

    def __init__(self, place: Spot) -> None:
        super().__init__(place)
        self.place = place


class _Lost(Exception):
    """The text goes on in a way that TOML does not."""


class Places:
    """The places of keys and values, by their paths. ``repeated`` are keys that are there again;
    the first one's place is the key's. ``end`` is up to where the text was understood.
    """

    def __init__(self) -> None:
        self.keys: dict[KeyPath, Spot] = {}
        self.values: dict[KeyPath, Spot] = {}
        self.repeated: list[Spot] = []
        self.end = 0

    def of_key(self, path: KeyPath) -> Spot | None:
        """The place of a key, or of the innermost table around it that has one."""
        for length in range(len(path), 0, -1):
            if (spot := self.keys.get(path[:length])) is not None:
                return spot
        return None

    def of_value(self, path: KeyPath) -> Spot | None:
        """The place of a value; that of its key where it is a table with a heading."""
        return self.values.get(path) or self.of_key(path)

    def of_fault(self, path: KeyPath, *, of_key: bool) -> Spot:
        """Where a fault of a key, or of its value, is shown; the text's beginning where neither
        has a place.
        """
        return (self.of_key(path) if of_key else self.of_value(path)) or (0, 0)


def places_in(text: str) -> Places:
    """The places in a TOML text whose lines end in ``\\n``, as far as it is understood. Raises
    TooDeep.
    """
    scanner = _Scanner(text)
    scanner.run()
    return scanner.places


class _Scanner:
    """Goes over a text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.places = text, 0, Places()
        self._set: set[KeyPath] = set()
        """The keys with a value, and the tables with a heading."""
        self._by_dots: set[KeyPath] = set()
        """The tables that dotted keys make, and those that keys stand in."""
        self._elements: dict[KeyPath, int] = {}
        """The number of the last table of each array of tables."""

    def run(self) -> None:
        table: KeyPath = ()
        try:
            while self._next() != "":
                if self._here("["):
                    table = self._heading()
                else:
                    self._pair(table)
                self._skip(_SPACES)
                if self.at < len(self.text) and not self._here("\n") and not self._here("#"):
                    break
        except _Lost:
            pass
        self.places.end = self.at

    # — steps —

    def _here(self, start: str) -> bool:
        return self.text.startswith(start, self.at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _next(self) -> str:
        """The next character that is no blank and in no comment; empty at the end."""
        self._skip(_BLANKS)
        return self.text[self.at : self.at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _Lost
        self.at = match.end()
        return match[0]

    def _expect(self, word: str) -> None:
        if not self._here(word):
            raise _Lost
        self.at += len(word)

    # — keys —

    def _key(self, outer: KeyPath) -> list[tuple[str, Spot]]:
        """The parts of a dotted key in a table."""
        parts: list[tuple[str, Spot]] = []
        while True:
            self._skip(_SPACES)
            start = self.at
            name = self._name()
            spot = (start, self.at)
            parts.append((name, spot))
            if len(outer) + len(parts) > DEEPEST:
                raise TooDeep(spot)
            self._skip(_SPACES)
            if not self._here("."):
                return parts
            self.at += 1

    def _name(self) -> str:
        if self._here("'"):
            return self._take(_LITERAL)[1:-1]
        if not self._here('"'):
            return self._take(_BARE_KEY)
        quoted = self._take(_BASIC)
        if "\\" not in quoted:
            return quoted[1:-1]
        try:
            name: str = tomllib.loads(f"key = {quoted}")["key"]
        except ValueError:
            raise _Lost from None
        return name

    def _heading(self) -> KeyPath:
        """The table that a heading opens."""
        is_element = self._here("[[")
        self._expect("[[" if is_element else "[")
        parts = self._key(())
        path: KeyPath = ()
        for number, (name, spot) in enumerate(parts, 1):
            path = (*path, name)
            self.places.keys.setdefault(path, spot)
            if number == len(parts):
                path = self._opened(path, spot, is_element)
            elif path in self._elements:
                path = (*path, self._elements[path])
        self._expect("]]" if is_element else "]")
        return path

    def _opened(self, path: KeyPath, spot: Spot, is_element: bool) -> KeyPath:
        if is_element:
            number = self._elements.get(path, -1) + 1
            self._elements[path] = number
            path = (*path, number)
            self.places.keys[path] = spot
        elif path in self._set or path in self._by_dots:
            self.places.repeated.append(spot)
        self._set.add(path)
        return path

    def _pair(self, table: KeyPath) -> None:
        parts = self._key(table)
        path = table
        for name, spot in parts:
            self._by_dots.add(path)
            path = (*path, name)
            self.places.keys.setdefault(path, spot)
        if path in self._set:
            self.places.repeated.append(parts[-1][1])
        self._set.add(path)
        self._expect("=")
        self._skip(_SPACES)
        self._value(path)

    # — values —

    def _value(self, path: KeyPath) -> None:
        start = self.at
        if self._here('"""'):
            self._long_basic()
        elif self._here("'''"):
            self._long_literal()
        elif self._here('"'):
            self._take(_BASIC)
        elif self._here("'"):
            self._take(_LITERAL)
        elif self._here("["):
            self._array(path)
        elif self._here("{"):
            self._inline_table(path)
        else:
            self._take(_SCALAR)
        self.places.values.setdefault(path, (start, self.at))

    def _array(self, path: KeyPath) -> None:
        if len(path) >= DEEPEST:
            raise TooDeep((self.at, self.at + 1))
        self.at += 1
        number = 0
        while self._next() != "]":
            self._value((*path, number))
            number += 1
            if self._next() != "]":
                self._expect(",")
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while self._next() != "}":
            self._pair(path)
            if self._next() != "}":
                self._expect(",")
        self.at += 1

    def _long_basic(self) -> None:
        end = self.at + 3
        while (match := _ESCAPE_OR_END.search(self.text, end)) is not None:
            end = match.end()
            if match[0] == '"""':
                self.at = end
                self._more_quotes('"')
                return
        raise _Lost

    def _long_literal(self) -> None:
        end = self.text.find("'''", self.at + 3)
        if end < 0:
            raise _Lost
        self.at = end + 3
        self._more_quotes("'")

    def _more_quotes(self, quote: str) -> None:
        """One or two quotes before the closing three belong to the text."""
        for _ in range(2):
            if self._here(quote):
                self.at += 1
