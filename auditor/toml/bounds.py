"""How large a file of TOML may be, and what stands in it.

Every file that a user writes is read within seconds, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

from auditor.toml.faults import WrongValue

if TYPE_CHECKING:
    from auditor.records.text import Text

__all__ = [
    "DEEPEST",
    "LARGEST",
    "LONGEST_KEY",
    "LONGEST_NAME",
    "LONGEST_NOTE",
    "LONGEST_SETTING",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "MOST_CASES",
    "MOST_ITEMS",
    "MOST_SIGNS",
    "LargeValue",
    "large_values",
    "short",
    "short_name",
    "sign_too_many",
    "too_many_signs",
]

LARGEST: Final = 1_000_000
"""How many bytes a file may have."""

MOST_SIGNS: Final = 30_000
"""How many of the signs that join keys and values a file may have: ``=``, ``.``, ``,``, ``[`` and
``{``, those in texts and comments left out. The time to read a file grows with them.
"""

DEEPEST: Final = 32
"""How many tables and arrays may lie in each other."""

MOST_CASES: Final = 300
"""How many cases a rule may have."""

MOST_ITEMS: Final = 5_000
"""How many items a list may have."""

LONGEST_TEXT: Final = 20_000
"""How many characters a text may have."""

LONGEST_KEY: Final = 200
"""How many characters a key may have."""

LONGEST_NAME: Final = 100
"""How many characters the name of a rule or a form may have."""

LONGEST_TITLE: Final = 200
"""How many characters the title of a rule or a form may have."""

LONGEST_SETTING: Final = 1_000
"""How many characters a text of the settings may have: a name, a title, a path."""

LONGEST_NOTE: Final = 2_000
"""How many characters the other texts of a rule may have: why it matters, what to do."""

_SIGNS: Final = "=.,[{"
_TOKEN: Final = re.compile(r'"""|\'\'\'|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\'|#[^\n]*+|[=.,\[{]')
"""What may stand in a text of TOML beside names and numbers, from left to right."""
_END_OF_TEXT: Final = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+"""', re.DOTALL),
    "'''": re.compile(r"(?:[^']|'(?!''))*+'''"),
}

_Path: TypeAlias = tuple[str | int, ...]


class LargeValue(NamedTuple):
    """A value, or a key, that is larger than any: its path, and why it is refused."""

    path: _Path
    of_key: bool
    en: str
    ja: str


def sign_too_many(text: str) -> int | None:
    """Where the first sign stands that is one too many; None where there are few enough."""
    if sum(map(text.count, _SIGNS)) <= MOST_SIGNS:
        return None
    count = at = 0
    while (token := _TOKEN.search(text, at)) is not None:
        at = token.end()
        if (end := _END_OF_TEXT.get(token[0])) is not None:
            match = end.match(text, at)
            at = len(text) if match is None else match.end()
        elif token[0] in _SIGNS:
            count += 1
            if count > MOST_SIGNS:
                return token.start()
    return None


def too_many_signs() -> tuple[str, str]:
    """That a file has too many keys and values, in English and Japanese."""
    return (
        f"more than {MOST_SIGNS:,} keys and values, counted by the signs {' '.join(_SIGNS)}; "
        "split the file",
        f"項目と値が{MOST_SIGNS:,}個を超えています（{' '.join(_SIGNS)} の数）。"
        "ファイルを分けてください",
    )


def large_values(content: Mapping[str, object], path: _Path = ()) -> Iterator[LargeValue]:
    """The texts, lists and keys of a table, and of those in it, that are too large."""
    for key, value in content.items():
        here = (*path, key)
        if len(key) > LONGEST_KEY:
            yield LargeValue(
                here,
                True,
                f"a key has at most {LONGEST_KEY:,} characters",
                f"項目名は{LONGEST_KEY:,}字までです",
            )
        yield from _large(value, here)


def _large(value: object, path: _Path) -> Iterator[LargeValue]:
    if isinstance(value, dict):
        yield from large_values(cast("dict[str, object]", value), path)
    elif isinstance(value, str) and len(value) > LONGEST_TEXT:
        yield LargeValue(
            path,
            False,
            f"a text has at most {LONGEST_TEXT:,} characters, this one {len(value):,}",
            f"文字列は{LONGEST_TEXT:,}字までです（記載：{len(value):,}字）",
        )
    elif isinstance(value, list):
        items = cast("list[object]", value)
        if len(items) > MOST_ITEMS:
            yield LargeValue(
                path,
                False,
                f"a list has at most {MOST_ITEMS:,} items, this one {len(items):,}",
                f"並びは{MOST_ITEMS:,}個までです（記載：{len(items):,}個）",
            )
            return
        for number, item in enumerate(items):
            yield from _large(item, (*path, number))


def short(text: Text, most: int) -> Text:
    """A text of a rule or a form, if it is short enough to be shown. Raises WrongValue."""
    for lang in ("en", "ja"):
        _check_length(text.of(lang), most, lang)
    return text


def short_name(name: str) -> str:
    """The name of a rule or a form, if it is short enough. Raises WrongValue."""
    _check_length(name, LONGEST_NAME)
    return name


def _check_length(text: str, most: int, *key: str) -> None:
    if len(text) > most:
        raise WrongValue(
            f"at most {most:,} characters are possible here; these are {len(text):,}",
            f"ここに書けるのは{most:,}字までです（記載：{len(text):,}字）",
            key,
        )
