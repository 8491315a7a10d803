"""The command ``auditor``: arguments in, answers of the library out.

What goes wrong is reported on the standard error, in one line but for faults of the settings
file, and the exit code is 2.
"""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, Literal, Protocol, get_args

from auditor.cli.arguments import Names, Parser, wanted_language
from auditor.cli.ending import end, ending_by_itself, say_in_a_line
from auditor.cli.interrupting import interrupted, listen
from auditor.cli.output import only_output, prepare, print_error
from auditor.cli.places import check_places
from auditor.cli.settings import add_settings_options, chosen_settings, use_settings
from auditor.records.errors import AuditorError, fault_line
from auditor.records.languages import Lang
from auditor.records.reasons import reason
from auditor.version import __version__

__all__ = ["CommandName", "command_named", "command_parser", "main"]

CommandName = Literal[
    "check",
    "answers",
    "compare",
    "freeze",
    "unmark",
    "proof",
    "read",
    "totals",
    "draft-form",
    "errata",
    "rules",
    "explain",
    "why",
    "try",
    "forms",
    "plugins",
    "settings",
    "test-rules",
    "schema",
    "new-rule",
    "new-form",
    "new-plugin",
    "demo",
    "desk",
]

RoundCommand = Literal["answers", "compare", "freeze", "unmark", "proof", "errata"]
"""The commands for what comes after an audit, until the book is published, and then."""

ReasonCommand = Literal["explain", "why", "try"]
"""The commands that say why a rule is, or answers as it does."""

AuthorCommand = Literal["test-rules", "schema", "new-rule", "new-form", "new-plugin"]
"""The commands for those who write rules and forms."""

_HELP: Final[Mapping[CommandName, tuple[str, str]]] = {
    "check": ("audit documents", "文書を点検します"),
    "answers": (
        "read the reply forms that came back",
        "返ってきた回答票を読み取り、回答の状況と次にすることを示します",
    ),
    "compare": (
        "compare two rounds, or with what was finally approved",
        "前回と今回を比較します（校了との比較もできます）",
    ),
    "freeze": (
        "record what is finally approved",
        "校了した成果シートを記録します（以後の変更は compare で分かります）",
    ),
    "unmark": (
        "take the marks out of marked copies",
        "写しに書き込まれた指摘を取り除きます",
    ),
    "proof": (
        "hold the PDF of the printed book, the last file, against the corrected documents",
        "製本用の PDF（最後に指定します）を訂正後の文書と突き合わせます",
    ),
    "read": ("show what was read of documents", "文書から読み取った内容を表示します"),
    "totals": (
        "add up the figures by column and source",
        "年度・財源ごとの合計を表示します（決算書との照合用）",
    ),
    "draft-form": (
        "draft the form of a document that no form fits",
        "様式のない文書から、様式の案を作成します",
    ),
    "errata": (
        "draft a list of errata from a published and a corrected version",
        "公表版と訂正版の違いから、正誤表（案）を作ります",
    ),
    "rules": ("list the rules", "規則の一覧を表示します"),
    "explain": ("explain rules, with examples", "規則を例とともに説明します"),
    "why": (
        "show the figures and steps behind a rule's answers, and what decided them",
        "規則の判定の根拠（記載の値、計算の順序、決め手）を示します",
    ),
    "try": (
        "judge a formula on documents before it is a rule",
        "規則にする前の式を、文書で試します",
    ),
    "forms": (
        "list the forms, show what one reads, or try one on documents",
        "様式の一覧と内容を表示します。様式を文書で試すこともできます",
    ),
    "plugins": (
        "list the plugins and what each brings",
        "プラグインと、それぞれが追加したものを表示します",
    ),
    "settings": (
        "show the settings in force and where each comes from",
        "有効な設定と、それぞれの出どころを表示します",
    ),
    "test-rules": ("run the cases of rule files", "規則ファイルに書かれた例を試験します"),
    "schema": (
        "the JSON Schemas by which editors check rules, forms, settings and waivers",
        "規則・様式・設定・確認済みの各ファイルを、エディターで確認するためのスキーマ"
        "（JSON Schema）です",
    ),
    "new-rule": ("write a rule to start from", "規則のひな形を書き出します"),
    "new-form": (
        "write a form to start from, with a document that it reads",
        "様式のひな形と、読み取れる文書の例を書き出します",
    ),
    "new-plugin": (
        "write an installable plugin to start from, with its tests",
        "プラグインのひな形（様式・規則・試験）を書き出します",
    ),
    "demo": ("audit the shipped faulty example", "付属の誤りを含む例を点検します"),
    "desk": (
        "open the page that audits in a browser",
        "ブラウザーで点検する画面を開きます",
    ),
}


class Command(Protocol):
    """One command, which is a module of ``auditor.cli.commands``."""

    def add_arguments(self, parser: Parser) -> None:
        """Add the command's arguments and options."""
        ...

    def run(self, arguments: Namespace) -> int:
        """Do what the arguments ask for; gives the exit code."""
        ...


def command_named(name: CommandName) -> Command:
    """The module of a command. It is imported here, and what its run needs is imported there:
    `auditor explain` must not wait for the other commands, readers and report formats.
    """
    match name:
        case "check":
            from auditor.cli.commands import check

            return check
        case "answers" | "compare" | "freeze" | "unmark" | "proof" | "errata":
            return _command_of_rounds(name)
        case "read":
            from auditor.cli.commands import read

            return read
        case "totals":
            from auditor.cli.commands import totals

            return totals
        case "draft-form":
            from auditor.cli.commands import draft_form

            return draft_form
        case "rules":
            from auditor.cli.commands import rules

            return rules
        case "explain" | "why" | "try":
            return _command_of_reasons(name)
        case "forms":
            from auditor.cli.commands import forms

            return forms
        case "plugins":
            from auditor.cli.commands import plugins

            return plugins
        case "settings":
            from auditor.cli.commands import settings

            return settings
        case "test-rules" | "schema" | "new-rule" | "new-form" | "new-plugin":
            return _command_of_authors(name)
        case "demo":
            from auditor.cli.commands import demo

            return demo
        case "desk":
            from auditor.cli.commands import desk

            return desk


def _command_of_reasons(name: ReasonCommand) -> Command:
    """The module of a command that says why."""
    match name:
        case "explain":
            from auditor.cli.commands import explain

            return explain
        case "why":
            from auditor.cli.commands import why

            return why
        case "try":
            from auditor.cli.commands import try_

            return try_


def _command_of_rounds(name: RoundCommand) -> Command:
    """The module of a command for what comes after an audit."""
    match name:
        case "answers":
            from auditor.cli.commands import answers

            return answers
        case "compare":
            from auditor.cli.commands import compare

            return compare
        case "freeze":
            from auditor.cli.commands import freeze

            return freeze
        case "unmark":
            from auditor.cli.commands import unmark

            return unmark
        case "proof":
            from auditor.cli.commands import proof

            return proof
        case "errata":
            from auditor.cli.commands import errata

            return errata


def _command_of_authors(name: AuthorCommand) -> Command:
    """The module of a command for those who write rules and forms."""
    match name:
        case "test-rules":
            from auditor.cli.commands import test_rules

            return test_rules
        case "schema":
            from auditor.cli.commands import schema

            return schema
        case "new-rule":
            from auditor.cli.commands import new_rule

            return new_rule
        case "new-form":
            from auditor.cli.commands import new_form

            return new_form
        case "new-plugin":
            from auditor.cli.commands import new_plugin

            return new_plugin


def main(words: Sequence[str] | None = None) -> int:
    """Run the command with the words of a command line; None takes this process's.

    Returns the exit code: 0, 1 for findings, 2 where something could not be done.
    """
    if words is None:
        _start()
        say_in_a_line()
        listen()
        return end(_run(sys.argv[1:]))
    return _run(words)


def _run(words: Sequence[str]) -> int:
    lang = wanted_language(words)
    prepare()
    try:
        file = chosen_settings(words)
        if file is not None:
            lang = wanted_language(words, file.settings.language)
        named = [name for name in get_args(CommandName) if name in words]
        parser = command_parser(lang, commands=named)
        try:
            arguments = parser.parse_args(words)
        except SystemExit as ended:  # argparse ends so, after a help text or a fault
            return ended.code if isinstance(ended.code, int) else 0
        run: Callable[[Namespace], int] = arguments.run
        with only_output(), ending_by_itself():
            if arguments.command is not None:
                use_settings(arguments, file)
                check_places(arguments)
            return run(arguments)
    except AuditorError as fault:
        print_error(fault.message.of(lang))
    except KeyboardInterrupt:
        return interrupted(lang)
    # A fault of the program, or of a plugin where none is expected: whatever it raises, the exit
    # code is 2. Users get a line, developers the traceback.
    except BaseException as fault:
        if os.environ.get("AUDITOR_TRACEBACK"):
            raise
        print_error(_internal(fault, lang))
    return 2


def _start() -> None:
    """Make this process ready to load much in little time; ``session_of`` ends that."""
    # What is loaded stays to the end, so nothing is gained by looking for what can be freed.
    gc.disable()
    # Pydantic would look through all installed packages for plugins that watch its models.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _internal(fault: BaseException, lang: Lang) -> str:
    if isinstance(fault, OSError) and fault.strerror:
        # What the system refused where nobody expected it: a share that went away, for example.
        en, ja = reason(fault)
        name = f"{fault.filename}: " if fault.filename else ""
        return f"{name}{en}" if lang == "en" else f"{name.replace(': ', '：')}{ja}"
    message = fault_line(fault)
    hint = "AUDITOR_TRACEBACK=1"
    if lang == "ja":
        return f"プログラムの異常です：{message}（{hint} を設定すると詳細を表示します）"
    return f"internal error: {message} ({hint} shows more)"


def _registered_formats() -> Iterable[str]:
    from auditor.auditing.session import load

    return load().reports


def command_parser(
    lang: Lang,
    *,
    commands: Collection[CommandName] = get_args(CommandName),
    report_formats: Names = _registered_formats,
) -> Parser:
    """The parser of the command line; the namespace that it gives has the command's ``run``.

    All commands are listed in its help; only ``commands`` can be parsed. ``report_formats`` gives
    the names of the report formats, for the help of ``--format``.
    """
    parser = Parser(lang, report_formats, prog="auditor")
    parser.description = parser.say(
        "Audits the figures of municipal result sheets.",
        "自治体の主要施策成果シートなどの数値を点検し、互いに矛盾する数値を指摘します。",
    )
    parser.epilog = parser.say(
        "Exit codes: 0 no finding at or above --fail-on, 1 findings, "
        "2 something could not be checked.",
        "終了コード：0（--fail-on 以上の指摘なし）、1（指摘あり）、2（点検できなかったものあり）",
    )
    parser.option(
        "--version",
        en="show the version",
        ja="版を表示します",
        action="version",
        version=f"auditor {__version__}",
    )
    _add_language_option(parser)
    add_settings_options(parser)
    parser.set_defaults(say=parser.say, command=None, run=partial(_without_command, parser))
    subparsers = parser.add_subparsers(
        title=parser.say("commands", "コマンド"), metavar=parser.say("COMMAND", "コマンド")
    )
    for name, (en, ja) in _HELP.items():
        text = parser.say(en, ja)
        subparser = subparsers.add_parser(
            name, lang=lang, report_formats=report_formats, help=text, description=text
        )
        if name in commands:
            command = command_named(name)
            command.add_arguments(subparser)
            _add_language_option(subparser)
            add_settings_options(subparser)
            subparser.set_defaults(command=name, run=command.run, places=subparser.places)
    return parser


def _add_language_option(parser: Parser) -> None:
    parser.option(
        "--lang",
        en="language of the output (default: of the settings, else of the locale)",
        ja="表示の言語（省略時は設定ファイル、なければロケールに従います）",
        choices=("ja", "en"),
        default=parser.lang,
    )


def _without_command(parser: Parser, _: Namespace) -> int:
    parser.print_help(sys.stderr)
    return 2
