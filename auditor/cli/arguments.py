"""Command-line arguments in two languages: which one is spoken, and a parser whose own words are
in it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NoReturn

from auditor.reports.layout import wrap

__all__ = ["Parser", "language", "wanted_language"]

Lang = Literal["ja", "en"]

_JAPANESE: Final = (
    (r"the following arguments are required: (.*)", r"引数が足りません: \1"),
    (r"unrecognized arguments: (.*)", r"使えない引数です: \1"),
    (r"argument (\S+): expected (?:at least )?one argument", r"\1 には値が必要です"),
    (
        r"argument (\S+): a number from (\d+) to (\d+) was expected",
        r"\1 には \2 から \3 までの数を指定してください",
    ),
    (
        r"argument (.*): invalid choice: (.*) \(choose from (.*)\)",
        r"\1 に \2 は指定できません。指定できるもの: \3",
    ),
    (r"argument (.*): not allowed with argument (.*)", r"\1 と \2 は同時に指定できません"),
    (r"argument (.*): ignored explicit argument (.*)", r"\1 に値 \2 は付けられません"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 はあいまいです。候補: \2"),
)


def language(environment: Mapping[str, str], windows_language: int | None = None) -> Lang:
    """The language of the locale: the environment's where it says one, else Windows' own (whose
    Japanese is 0x11).
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "ja" if value.casefold().startswith("ja") else "en"
    return "ja" if windows_language is not None and windows_language & 0x3FF == 0x11 else "en"


def wanted_language(arguments: Sequence[str]) -> Lang:
    """The language of ``--lang``, wherever it stands, or of the locale."""
    for argument, value in zip(arguments, [*arguments[1:], ""], strict=False):
        if argument == "--":
            break
        given = (
            value
            if argument == "--lang"
            else argument.removeprefix("--lang=")
            if argument.startswith("--lang=")
            else ""
        )
        if given in ("ja", "en"):
            return "ja" if given == "ja" else "en"
    return language(os.environ, _windows_language())


def _windows_language() -> int | None:
    if sys.platform == "win32":
        import ctypes

        return int(ctypes.windll.kernel32.GetUserDefaultUILanguage())
    return None


class _Formatter(argparse.HelpFormatter):
    """Help wrapped by display width, so that full-width text keeps within the line."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            indent + line for line in wrap(" ".join(text.split()), width - len(indent))
        )


class _JapaneseFormatter(_Formatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "使い方: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks ``lang``; its faults are one line, and exit 2."""

    def __init__(self, lang: Lang = "en", **settings: Any) -> None:
        formatter = _JapaneseFormatter if lang == "ja" else _Formatter
        super().__init__(formatter_class=formatter, add_help=False, allow_abbrev=False, **settings)
        self.lang = lang
        self.arguments = self.add_argument_group("引数" if lang == "ja" else "arguments")
        self.options = self.add_argument_group("オプション" if lang == "ja" else "options")
        self.options.add_argument(
            "-h",
            "--help",
            action="help",
            help="この説明を表示します" if lang == "ja" else "show this help",
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments in one line."""
        if self.lang == "ja":
            message = next(
                (match.expand(ja) for en, ja in _JAPANESE if (match := re.fullmatch(en, message))),
                message,
            )
        more = (
            f"（「{self.prog} --help」で使い方を表示します）"
            if self.lang == "ja"
            else f" (see '{self.prog} --help')"
        )
        self.exit(2, f"auditor: {message}{more}\n")
