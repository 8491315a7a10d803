"""Where a text is no TOML, and what was expected there."""

from __future__ import annotations

import re
from typing import Final

from auditor.toml.faults import Fault, Lines, harmless
from auditor.toml.places import places_in

__all__ = ["syntax_fault"]


_AT: Final = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|.*)\)", re.DOTALL
)
"""A message of the parser: what is wrong, and where."""

_REPEATED: Final = re.compile(r"Cannot (declare|overwrite|mutate|redefine)|Duplicate")

_SENTENCES: Final = (
    (
        r"Unterminated|Found invalid character '\\n'|Illegal character '\\n'|Expected \"?'{1,3}\"?$"
        r"|Expected '\"",
        "the text has no closing quote",
        "文字列を閉じる引用符がありません",
    ),
    (
        r"Unescaped|Invalid hex|Escaped character",
        r"a backslash in double quotes is written \\; or use single quotes: 'C:\…'",
        r"二重引用符の中の \ は \\ と書くか、全体を一重引用符（'C:\…'）で囲んでください",
    ),
    (
        r"Unclosed array",
        '"," or "]" was expected',
        "「,」または「]」が必要です",
    ),
    (
        r"Unclosed inline table",
        '"," or "}" was expected',
        "「,」または「}」が必要です",
    ),
    (
        r"Expected '\]\]?' at the end",
        'the heading of the table has no "]" here',
        "表の見出しを閉じる「]」がありません",
    ),
    (
        r"Expected '=' after a key",
        '"=" was expected after the key',
        "項目名の後に「=」が必要です",
    ),
    (
        r"Expected newline",
        "the line was expected to end here; a setting is: key = value",
        "ここで改行が必要です（1行に1項目を「項目名 = 値」の形で書いてください）",
    ),
    (r"Invalid date", "there is no such date or time", "日付または時刻として正しくありません"),
    (
        r"Invalid value",
        "a value was expected: a text in quotes, a date, true or false, or a list",
        "値が必要です（文字列は引用符で囲み、日付・true・false・並びはそのまま書いてください）",
    ),
    (
        r"Illegal|Found invalid character",
        "there is a character that TOML does not allow here",
        "TOML で使えない文字があります",
    ),
)
"""What the parser of Python reports, as patterns, and what people are told."""

_WORD: Final = re.compile(r"[^\s,\]}#]*")
_DATED: Final = re.compile(r"[^=\n]*=[ \t]*(\d{1,4}[-/.]\d{1,2}[-/.]?[^\s#]*)")
_OF_KEY: Final = r"[^\s=.\"'\[\]{},#]"
"""A character that may be meant as one of a key without quotes."""

_NO_TOML: Final = (
    "a key or a [table] was expected",
    "項目名または [表] が必要です",
)


def syntax_fault(text: str, message: str) -> Fault:
    """What the parser reports of a text, in words for people."""
    places = places_in(text)
    match = _AT.fullmatch(message)
    what = match["what"] if match else message
    if match and match["line"]:
        start = Lines(text).offset(int(match["line"]), int(match["column"]))
    else:
        start = min(places.end, len(text.rstrip()))

    if _REPEATED.match(what):
        spot = places.repeated[0] if places.repeated else (start, start + 1)
        name = harmless(text[slice(*spot)])
        if not places.repeated or not name.strip():
            return Fault(spot, "the key or table is there twice", "項目または表が重複しています")
        return Fault(spot, f"{name} is there twice", f"「{name}」が重複しています")

    word = _WORD.match(text, start)
    place = (start, max(word.end() if word else start, start + 1))
    character = text[start : start + 1]
    habit = _habit(what, text, start)
    if habit is not None:
        return Fault(place, *habit)
    is_key = re.match(r"Invalid statement|Invalid initial|Expected '=' after|Expected '\]", what)
    if is_key and character and not character.isascii():
        return _unquoted(text, start)
    if what.startswith("Expected newline") and (day := _dated(text, start)) is not None:
        what, place = "Invalid date", day
    for pattern, en, ja in _SENTENCES:
        if re.match(pattern, what):
            return Fault(place, en, ja)
    return Fault(place, *_NO_TOML)


def _habit(what: str, text: str, at: int) -> tuple[str, str] | None:
    """What is written out of habit: Japanese quotes and signs, words without quotes, semicolons,
    colons.
    """
    character = text[at : at + 1]
    word = _WORD.match(text, at)
    shown = harmless(word[0]) if word else ""
    if what.startswith("Invalid value") and character in _ODD_QUOTES and character:
        inner = shown.strip("".join(_ODD_QUOTES))
        return (
            f'a text stands in straight quotes: "{inner}"',
            f'文字列は半角の引用符で囲みます："{inner}"',
        )
    if what.startswith("Invalid value") and re.match(r"[^\W\d]\w*$", shown):
        return (
            f'a text stands in quotes: "{shown}"',
            f'文字列は引用符で囲みます："{shown}"',
        )
    if what.startswith("Expected newline") and character in (";", "；"):
        return "a line has no semicolon at its end", "行の末尾にセミコロンは書きません"
    before = text[text.rfind("\n", 0, at) + 1 : at]
    is_sign = character in ("＝", ":", "：") and re.fullmatch(r"\s*[\w.\"'-]+\s*", before)
    if is_sign and re.match(r"Expected '=' after|Invalid statement|Invalid initial", what):
        return (
            f"a key and its value are joined by =, not by {character}",
            f"項目名と値は、「{character}」ではなく半角の「=」でつなぎます",
        )
    return None


_ODD_QUOTES: Final = "“”„‟＂「」『』‘’＇"


def _dated(text: str, at: int) -> tuple[int, int] | None:
    """The place of a value that ends nowhere because it is meant as a date (2025-13-01)."""
    start = text.rfind("\n", 0, at) + 1
    match = _DATED.match(text, start)
    return match.span(1) if match is not None and match.start(1) < at <= match.end(1) else None


def _unquoted(text: str, at: int) -> Fault:
    """A key without quotes has a character that needs them: 観光課 for one."""
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
    first = at - text.rfind("\n", 0, at) - 1
    before = re.search(rf"{_OF_KEY}*$", line[:first])
    after = re.match(rf"{_OF_KEY}*", line[first:])
    start, end = at - len(before[0] if before else ""), at + len(after[0] if after else "")
    word = harmless(text[start:end])
    return Fault(
        (start, end),
        f'a key with such characters has to be in quotes: "{word}"',
        f'このような文字を含む項目名は、"{word}" のように引用符で囲んでください',
    )
