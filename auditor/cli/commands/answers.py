"""``auditor answers``: reads the reply forms that came back, all together."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    check_workbook,
    context_of,
    deliver,
)
from auditor.cli.documents import add_reading_options
from auditor.cli.output import Progress, Refused, check_file, print_error, write_file
from auditor.cli.session import session_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.answers.inquiry import Inquiry
    from auditor.answers.model import Answers, Check
    from auditor.auditing.formats import ReportContext
    from auditor.auditing.session import Session
    from auditor.records.model import NotChecked
    from auditor.reports.wording import Wording

__all__ = ["add_arguments", "run"]

_FORMATS: Final = ("terminal", "json", "xlsx")


def add_arguments(parser: Parser) -> None:
    parser.operands(
        "folders",
        use="read",
        en="the folders in which the reply forms lie, or the forms",
        ja="返ってきた回答票のあるフォルダー、または回答票",
        metavar=("FOLDER", "回答フォルダー"),
    )
    parser.option(
        "--since",
        use="read",
        en="the round that asked: its folder, or its JSON report",
        ja="照会したときの結果のフォルダーか、その中の 結果.json",
        metavar=("RESULT", "前回の結果"),
        type=Path,
    )
    parser.option(
        "--with",
        use="read",
        en="hold answers against the new version: documents, folders of them, or a later result "
        "(may be repeated)",
        ja="訂正版と照合します。文書、そのフォルダー、または次の回の結果のフォルダーを"
        "指定します（複数可）",
        metavar=("FILES", "訂正版"),
        dest="versions",
        action="append",
        default=[],
    )
    parser.option(
        "--waivers-to",
        use="added to",
        en="register what was accepted in this file of waivers; what it holds already stays",
        ja="了承したものを、この確認済みファイルに登録します（すでにある登録は残します）",
        metavar=("FILE", "確認済み.toml"),
        type=Path,
    )
    parser.option(
        "--until",
        en="with --waivers-to: the last day on which the waivers count, as 2026-03-31",
        ja="--waivers-to の登録の期限（2026-03-31 の形）",
        metavar=("DATE", "日付"),
        type=_day,
    )
    add_output_options(parser, lambda: _FORMATS)
    add_reading_options(parser)
    # The new version is audited by the rules that the settings choose.
    parser.set_defaults(select=[], ignore=[], table=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("a date such as 2026-03-31 was expected") from None


def run(arguments: Namespace) -> int:
    from auditor.answers.collecting import collected
    from auditor.answers.forms import forms_in
    from auditor.answers.inquiry import Inquiry
    from auditor.reports.earlier import earlier_report
    from auditor.reports.findings import wording_of

    session = session_of(arguments)
    _check_arguments(arguments)
    earlier = earlier_report(arguments.since)
    context = context_of(arguments, session, session.rules)
    inquiry = Inquiry(earlier, context)
    checks, missed = _checks(session, arguments)
    with Progress(arguments.say, "reading", "読み取り中") as progress:
        returned = forms_in(
            [Path(folder) for folder in arguments.folders],
            factor=arguments.limits,
            jobs=arguments.jobs,
            progress=progress.show,
        )
    deadline = arguments.settings.letter.deadline
    returned = returned._replace(unread=(*returned.unread, *missed))
    answers = collected(returned, inquiry, arguments.made_at, checks, deadline)
    words = wording_of(inquiry.report, context)
    if arguments.waivers_to is not None:
        answers = _register(answers, inquiry, arguments, words)
    _show(answers, arguments, context, words)
    return answers.exit_code


def _check_arguments(arguments: Namespace) -> None:
    """Raise Refused, or WaiverError, for what can't be done, before any work."""
    check_format(arguments.format, _FORMATS)
    if arguments.since is None:
        raise Refused(
            "name the round that asked with --since (its folder, or its JSON report)",
            "--since で、照会したときの結果のフォルダー（またはその中の 結果.json）を"
            "指定してください",
        )
    check_workbook(arguments)
    for name in arguments.folders:
        if not Path(name).exists():
            raise Refused(f"there is no {name}", f"{name} がありません")
    if arguments.until is not None:
        if arguments.waivers_to is None:
            raise Refused(
                "--until needs --waivers-to", "--until は --waivers-to とともに指定してください"
            )
        if arguments.until < arguments.made_at.date():
            raise Refused("--until is over already", "--until の日付はすでに過ぎています")
    if arguments.waivers_to is not None and arguments.waivers_to.exists():
        from auditor.waivers.loading import WaiverTargetError, read_waivers

        read_waivers([arguments.waivers_to], WaiverTargetError)
    if arguments.output is not None:
        check_file(arguments.output, _inputs(arguments))


def _checks(
    session: Session, arguments: Namespace
) -> tuple[Mapping[str, Check], tuple[NotChecked, ...]]:
    """What the new version shows of each cause, and what of it could not be read; nothing without
    a new version. Raises Refused, EarlierError or UnrelatedBooks for one that is none.
    """
    if not arguments.versions:
        return {}, ()
    from auditor.answers.corrections import corrections
    from auditor.cli.rounds import Rounds
    from auditor.cli.rule_choice import selected_rules
    from auditor.reports.earlier import earlier_round

    rules = selected_rules(session, arguments)
    version = Rounds(arguments, session, rules).later(arguments.versions)
    checks = corrections(earlier_round(arguments.since), version.report, version.books)
    return checks, version.report.not_checked


def _register(answers: Answers, inquiry: Inquiry, arguments: Namespace, words: Wording) -> Answers:
    """Add what was accepted to the file of waivers; gives the answers with what can't be waived.
    Raises WaiverError, UnfitFile or UnwritableFile, and the file is as it was.
    """
    from auditor.answers.waivers import waivers_from
    from auditor.waivers.writing import add_waivers

    office = arguments.settings.office
    role = " ".join(name for name in (office.name, office.role) if name)
    role = role or arguments.say("the finance section", "財政課")
    waivers, faults = waivers_from(answers, inquiry, role, arguments.until, words)
    done = add_waivers(arguments.waivers_to, waivers)
    today = answers.made_at.date()
    expired = [item for item in done.present if item.until is not None and item.until < today]
    added, present = f"{len(done.added):,}", f"{len(done.present):,}"
    print_error(
        arguments.say(
            f"{arguments.waivers_to}: {added} waivers added, {present} were there already",
            f"{arguments.waivers_to}：新規に登録{added}件、登録済み{present}件",
        )
    )
    for item in expired:
        print_error(
            arguments.say(
                f"{item.file}:{item.line}: its time is over; change until there",
                f"{item.file} {item.line}行目：期限を過ぎています。until を書き換えてください",
            )
        )
    return answers.model_copy(update={"faults": (*answers.faults, *faults)})


def _inputs(arguments: Namespace) -> list[str]:
    return [*arguments.folders, str(arguments.since), *arguments.versions]


def _show(answers: Answers, arguments: Namespace, context: ReportContext, words: Wording) -> None:
    """Write the answers to where the arguments send them."""
    inputs = _inputs(arguments)
    if arguments.format == "xlsx":
        from auditor.answers.workbook import answers_workbook

        write_file(arguments.output, answers_workbook(answers, words), inputs)
        return
    if arguments.format == "json":
        from auditor.answers.json_answers import answers_json

        deliver(arguments, answers_json(answers), inputs)
        return
    from auditor.answers.terminal import answers_text

    deliver(arguments, answers_text(answers, context, words), inputs)
