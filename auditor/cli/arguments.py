"""A parser of command-line arguments that speaks two languages, and which of them is wanted."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, NoReturn, TypeAlias

from auditor.records.languages import Lang, users_language
from auditor.reports.layout import shown_width, wrap

__all__ = ["Metavar", "Names", "Parser", "Place", "Use", "wanted_language"]

Metavar: TypeAlias = str | tuple[str, str]
"""What stands for a value in the help: the same in both languages, or English and Japanese."""

Names: TypeAlias = Callable[[], Iterable[str]]
"""Names that are too slow to list unless somebody reads them."""

Use: TypeAlias = Literal["read", "written", "filled", "added to"]
"""What a command does with the files or folders that an argument names: it reads them, writes the
file, fills the folder, or adds to the file.
"""


class Place(NamedTuple):
    """An argument that names files or folders, by its name for people and in the namespace."""

    name: str
    dest: str
    use: Use


_JAPANESE: Final = (
    (r"the following arguments are required: (.*)", r"引数が足りません：\1"),
    (r"unrecognized arguments: (.*)", r"使えない引数です：\1"),
    (r"argument (\S+): expected (?:at least )?one argument", r"\1 には値が必要です"),
    (
        r"argument (\S+): a number from (\d+) to (\d+) was expected",
        r"\1 には \2 から \3 までの数を指定してください",
    ),
    (
        r"argument (\S+): a date such as (\S+) was expected",
        r"\1 には日付を \2 のように指定してください",
    ),
    (r"argument (\S+): a pattern was expected", r"\1 にはパターンを指定してください"),
    (
        r"argument (\S+): pages such as (\S+) were expected",
        r"\1 にはページを \2 のように指定してください",
    ),
    (r"argument (.*): not allowed with argument (.*)", r"\1 と \2 は同時に指定できません"),
    (r"argument (.*): ignored explicit argument (.*)", r"\1 に値 \2 は付けられません"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 はあいまいです。候補：\2"),
)
"""What argparse reports, as patterns, and the same in Japanese."""

_INVALID_CHOICE: Final = re.compile(
    r"argument (?P<option>.*): invalid choice: '(?P<word>.*)' \(choose from (?P<known>.*)\)"
)
_CHOICES: Final[Mapping[str, str]] = {
    "department": "所管課・室",
    "sheet": "シート",
    "rule": "規則",
    "error": "要訂正",
    "warning": "要確認",
    "note": "参考",
    "never": "常に0",
    "ja": "日本語",
    "en": "英語",
}
"""What the words that an option takes stand for."""

_HEADING: Final = re.compile(r"^(\S*[^\x00-\x7f]):$", re.MULTILINE)


def wanted_language(words: Sequence[str], otherwise: Lang | None = None) -> Lang:
    """The language of ``--lang``, wherever it stands; without it ``otherwise``, or that of the
    locale.

    It is needed before the arguments are parsed, since faults in them are reported in it.
    """
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "--":
            break
        value = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in ("ja", "en"):
            return "ja" if value == "ja" else "en"
    return otherwise or users_language()


class _Formatter(argparse.HelpFormatter):
    """Help wrapped by display width, so that full-width text keeps within the line."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = wrap(" ".join(text.split()), width - len(indent))
        return "\n".join(indent + line for line in lines)

    def add_argument(self, action: argparse.Action) -> None:
        """Make room for an option by what a terminal shows of it, not by its characters."""
        super().add_argument(action)
        if action.help is not argparse.SUPPRESS:
            name = self._format_action_invocation(action)
            shown = shown_width(name) + self._current_indent
            self._action_max_length = max(self._action_max_length, shown)

    def _format_action(self, action: argparse.Action) -> str:
        # The heading of the commands says already what they are.
        subactions = list(self._iter_indented_subactions(action))
        if subactions:
            return self._join_parts([self._format_action(below) for below in subactions])
        start = min(self._action_max_length + 2, self._max_help_position)
        lead = " " * self._current_indent + self._format_action_invocation(action)
        lines = self._split_lines(
            self._expand_help(action) if action.help else "", max(self._width - start, 11)
        )
        if shown_width(lead) > start - 2 or not action.help:
            lines.insert(0, "")
        first, *others = lines
        padded = lead + " " * (start - shown_width(lead)) + first
        return "\n".join([padded.rstrip(), *(" " * start + line for line in others)]) + "\n"


class _JapaneseFormatter(_Formatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "使い方：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks ``lang``; a fault in the arguments is one line, and exit 2.

    ``report_formats`` gives the names of the report formats, for the help.
    """

    report_formats: Names
    places: list[Place]
    """The arguments that name files or folders."""

    def __init__(self, lang: Lang, report_formats: Names, **settings: Any) -> None:
        formatter = _JapaneseFormatter if lang == "ja" else _Formatter
        super().__init__(formatter_class=formatter, add_help=False, allow_abbrev=False, **settings)
        self.lang, self.report_formats, self.places = lang, report_formats, []
        self._arguments = self.add_argument_group(self.say("arguments", "引数"))
        self._options = self.add_argument_group(self.say("options", "オプション"))
        self._late_help: list[tuple[argparse.Action, Callable[[], str]]] = []
        self.option("-h", "--help", en="show this help", ja="この説明を表示します", action="help")

    def say(self, en: str, ja: str) -> str:
        """The text of the parser's language."""
        return ja if self.lang == "ja" else en

    def operand(
        self, name: str, *, en: str, ja: str, metavar: Metavar, use: Use | None = None
    ) -> None:
        """Add one positional argument of a command, which stands before its other ones."""
        self._add_operand(name, use, help=self.say(en, ja), metavar=self._metavar(metavar))

    def operands(
        self, name: str, *, en: str, ja: str, metavar: Metavar, use: Use | None = None
    ) -> None:
        """Add the positional arguments of a command, of which there is at least one."""
        text, metavar = self.say(en, ja), self._metavar(metavar)
        self._add_operand(name, use, nargs="+", help=text, metavar=metavar)

    def optional_operands(
        self, name: str, *, en: str, ja: str, metavar: Metavar, use: Use | None = None
    ) -> None:
        """Add the positional arguments of a command that needs none."""
        text, metavar = self.say(en, ja), self._metavar(metavar)
        self._add_operand(name, use, nargs="*", help=text, metavar=metavar)

    def _add_operand(self, name: str, use: Use | None, **settings: Any) -> None:
        action = self._arguments.add_argument(name, **settings)
        if use is not None:
            self.places.append(Place(str(action.metavar), name, use))

    def option(
        self,
        *names: str,
        en: str,
        ja: str,
        metavar: Metavar | None = None,
        use: Use | None = None,
        **settings: Any,
    ) -> argparse.Action:
        """Add an option; ``use`` is of one that names files or folders, ``settings`` are
        argparse's.
        """
        if metavar is not None:
            settings["metavar"] = self._metavar(metavar)
        action = self._options.add_argument(*names, help=self.say(en, ja), **settings)
        if use is not None:
            self.places.append(Place(names[-1], action.dest, use))
        return action

    def flag(self, name: str, *, en: str, ja: str) -> None:
        """Add an option without a value."""
        self.option(name, en=en, ja=ja, action="store_true")

    def help_later(self, action: argparse.Action, text: Callable[[], str]) -> None:
        """Let the help text of an option be made when somebody reads it."""
        self._late_help.append((action, text))

    def complete_help(self) -> None:
        """Make the help texts that were left for later."""
        for action, text in self._late_help:
            action.help = text().replace("%", "%%")

    def format_help(self) -> str:
        """The help, complete."""
        self.complete_help()
        text = super().format_help()
        return _HEADING.sub(r"\1：", text) if self.lang == "ja" else text

    def error(self, message: str) -> NoReturn:
        """Report in one line what is wrong with the arguments, and exit."""
        if self.lang == "ja":
            message = _in_japanese(message)
        hint = self.say(
            f" (see '{self.prog} --help')", f"（「{self.prog} --help」で使い方を表示します）"
        )
        self.exit(2, f"auditor: {message}{hint}\n")

    def _metavar(self, metavar: Metavar) -> str:
        return metavar if isinstance(metavar, str) else self.say(*metavar)


def _in_japanese(message: str) -> str:
    if match := _INVALID_CHOICE.fullmatch(message):
        return _no_choice(match["option"], match["word"], re.findall(r"'([^']*)'", match["known"]))
    for pattern, japanese in _JAPANESE:
        if match := re.fullmatch(pattern, message):
            return match.expand(japanese)
    return message


def _no_choice(option: str, word: str, choices: Sequence[str]) -> str:
    """What is wrong with a word that an option, or a command line, does not take."""
    if not option.startswith("-"):
        from difflib import get_close_matches  # few words are mistyped

        near = get_close_matches(word, choices, n=1)
        hint = f"「{near[0]}」のことですか" if near else f"使えるのは {'、'.join(choices)} です"
        return f"「{word}」という{option}はありません。{hint}"
    words = (f"{name}（{_CHOICES[name]}）" if name in _CHOICES else f"{name} " for name in choices)
    listed = "、".join(words).replace(" 、", "、")
    return f"{option} に「{word}」は指定できません。指定できるのは {listed}です"
