"""``auditor freeze``: records what is finally approved, so that any later change shows."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from auditor.cli.arguments import Parser
from auditor.cli.display import print_missed
from auditor.cli.documents import add_document_options, missed_in, read_books
from auditor.cli.output import Refused, write, write_file
from auditor.cli.session import session_of

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    add_document_options(parser)
    parser.option(
        "--output",
        use="written",
        en="the file to write; an earlier one is never written over",
        ja="書き出すファイル（すでにあるファイルには上書きしません）",
        metavar=("FILE", "ファイル"),
        type=Path,
        required=True,
    )


def run(arguments: Namespace) -> int:
    from auditor.cli.rounds import files_now
    from auditor.delivery.names import DocumentNames
    from auditor.readers.json.writing import dump_records
    from auditor.records.heads import RecordsHead
    from auditor.version import __version__

    _check_output(arguments)
    _check_inputs(arguments)
    session = session_of(arguments)
    names = DocumentNames(arguments.files)
    books, not_checked = read_books(session, arguments, names)
    missed = [*session.problems, *not_checked, *missed_in(books)]
    if not books:
        print_missed(missed, arguments)
        raise Refused(
            f"nothing was read, so {arguments.output} was not written",
            f"読み取れた文書がないため、{arguments.output} は書き出していません",
        )
    files = files_now(arguments.files, books, names.name_of)
    head = RecordsHead(
        kind="frozen",
        tool_version=__version__,
        made_at=arguments.made_at,
        role=arguments.settings.office.role,
        files=files,
    )
    write_file(arguments.output, dump_records(books, not_checked, head), arguments.files)
    sheets = sum(len(book.sheets) for book in books)
    kpis = sum(len(book.kpis) for book in books)
    text = arguments.say(
        f"Recorded as finally approved: {arguments.output} ({len(files):,} files, {sheets:,} "
        f"sheets, {kpis:,} indicators)",
        f"校了として記録しました：{arguments.output}（ファイル{len(files):,}件、"
        f"シート{sheets:,}枚、指標{kpis:,}件）",
    )
    write(f"{text}\n")
    return print_missed(missed, arguments)


def _check_inputs(arguments: Namespace) -> None:
    """Raise Refused for a file that is not there: what is approved would lack it for good."""
    for name in arguments.files:
        if not os.path.lexists(name):
            raise Refused(f"there is no {name}", f"{name} がありません")


def _check_output(arguments: Namespace) -> None:
    """Raise Refused, before any work, where the file is there already or lies in what is read."""
    from auditor.files.atomic import input_at, refusals
    from auditor.readers.json.heads import head_of_records

    path: Path = arguments.output
    with refusals(path):
        exists = os.path.lexists(path)
    if exists:
        head = head_of_records(path)
        frozen = head is not None and head.kind == "frozen"
        en = "is an earlier final approval" if frozen else "exists already"
        ja = "には前の校了の記録があります" if frozen else "はすでにあります"
        raise Refused(
            f"{path} {en} and is not written over; name another file",
            f"{path} {ja}。上書きしないので、別の名前を指定してください",
        )
    if input_at(path, arguments.files, also_new=True) is not None:
        raise Refused(
            f"{path} would lie in what is recorded; name a file elsewhere",
            f"{path} は記録する文書のフォルダーの中にあります。別の場所を指定してください",
        )
