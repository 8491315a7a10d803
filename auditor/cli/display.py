"""How a command shows what it has: format and file, colours and width, what was not checked."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from auditor.auditing.formats import Section
from auditor.cli.arguments import Names, Parser
from auditor.cli.output import Refused, is_terminal, print_error, write, write_file

if TYPE_CHECKING:
    from auditor.auditing.formats import ReportContext
    from auditor.auditing.session import Session
    from auditor.records.model import Book, NotChecked
    from auditor.rules.ruleset import RuleSet
    from auditor.settings.model import Settings

__all__ = [
    "add_output_options",
    "check_format",
    "check_workbook",
    "colour_of",
    "context_of",
    "deliver",
    "print_missed",
    "width_of",
]


def add_output_options(parser: Parser, formats: Names) -> None:
    """Add ``--format``, whose help lists the formats, and ``--output``."""

    def format_help() -> str:
        names = list(formats())
        return parser.say(
            f"{', '.join(names)} (default: terminal)", f"{'、'.join(names)}（省略時は terminal）"
        )

    option = parser.option("--format", en="", ja="", metavar=("FORMAT", "形式"), default="terminal")
    parser.help_later(option, format_help)
    parser.option(
        "--output",
        use="written",
        en="write to a file instead; never over an input",
        ja="画面の代わりにファイルへ書き出します（入力ファイルには上書きしません）",
        metavar=("FILE", "ファイル"),
        type=Path,
    )


def check_format(name: str, formats: Iterable[str]) -> None:
    """Raise Refused for a format that is none of these."""
    if name not in formats:
        names = ", ".join(formats)
        raise Refused(
            f"there is no format {name}; known: {names}",
            f"「{name}」という形式はありません。指定できる形式：{'、'.join(formats)}",
        )


def check_workbook(arguments: Namespace) -> None:
    """Raise Refused for a workbook without a file that could hold it."""
    if arguments.format == "xlsx" and arguments.output is None:
        raise Refused(
            "--format xlsx needs --output", "--format xlsx は --output とともに指定してください"
        )


def context_of(
    arguments: Namespace,
    session: Session,
    rules: RuleSet,
    books: Iterable[Book] = (),
) -> ReportContext:
    """What a report may look at beside its findings, as the arguments ask for it."""
    from auditor.auditing.formats import ReportContext
    from auditor.auditing.occasion import FIGURES_KINDS, Occasion

    settings: Settings = arguments.settings
    file = arguments.settings_file
    sections: list[Section] = [
        section for section in get_args(Section) if getattr(arguments, section, False)
    ]
    return ReportContext(
        lang=arguments.lang,
        rules=rules,
        books=tuple(books),
        color=colour_of(arguments),
        width=width_of(arguments),
        forms=session.forms,
        by=getattr(arguments, "by", None),
        sections=frozenset(sections),
        occasion=Occasion(
            title=settings.title,
            made_at=arguments.made_at,
            office=settings.office.name,
            made_by=settings.office.role,
            settings_file="" if file is None else file.name,
            figures=FIGURES_KINDS[getattr(arguments, "figures", None)],
        ),
        settings=settings,
    )


def width_of(arguments: Namespace) -> int:
    """How many columns a line of the output may have."""
    if _to_file(arguments):
        return 100
    return min(max(shutil.get_terminal_size((100, 24)).columns, 40), 160)


def colour_of(arguments: Namespace) -> bool:
    """Whether the output goes to a terminal that wants colours."""
    if _to_file(arguments) or not is_terminal():
        return False
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    # Not every terminal of Windows understands colours; those that do set one of these.
    return sys.platform != "win32" or any(
        name in os.environ for name in ("WT_SESSION", "TERM", "ANSICON")
    )


def _to_file(arguments: Namespace) -> bool:
    return arguments.output is not None or getattr(arguments, "output_dir", None) is not None


def deliver(arguments: Namespace, text: str, inputs: Sequence[str] = ()) -> None:
    """Write a text to where the arguments send it; never over one of the inputs."""
    if arguments.output is not None:
        write_file(arguments.output, text, inputs)
    else:
        write(text, exact=arguments.format != "terminal")


def print_missed(not_checked: Iterable[NotChecked], arguments: Namespace) -> int:
    """Report each on the standard error; gives the exit code, 2 if there are any."""
    entries = tuple(not_checked)
    if not entries:
        return 0
    from auditor.records.unchecked import counted
    from auditor.reports.findings import missed
    from auditor.reports.wording import Wording

    for reason in counted(entries):
        print_error("\n".join((missed(reason, Wording(arguments.lang)), *reason.excerpt)))
    return 2
