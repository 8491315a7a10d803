"""``auditor errata``: drafts a list of errata from what was published and what is right now."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from auditor.cli.arguments import Parser
from auditor.cli.documents import add_reading_options, arguments_for, missed_in, read_books
from auditor.cli.output import Refused, print_error, write, write_file
from auditor.cli.session import session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.errata.drafting import Version
    from auditor.errata.model import Draft, SourceFile
    from auditor.errata.pages import PageLookup
    from auditor.reports.wording import Wording

__all__ = ["add_arguments", "run"]

Ending = Literal[".xlsx", ".html", ".csv", ".json"]
_ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)
_NAME: Final = "正誤表案"
_NAME_BEFORE: Final = "差替えページ一覧案"


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "published",
        use="read",
        en="what was published: a document, a folder of documents, or records",
        ja="公表版：文書、そのフォルダー、または記録",
        metavar=("PUBLISHED", "公表版"),
    )
    parser.operand(
        "corrected",
        use="read",
        en="what is right now, likewise",
        ja="訂正版：文書、そのフォルダー、または記録",
        metavar=("CORRECTED", "訂正版"),
    )
    parser.option(
        "--also",
        use="read",
        en="list where this document prints the same wrong figures, too (may be repeated)",
        ja="この文書に同じ（誤の）数値があれば一覧にします（複数可）",
        metavar=("FILE", "ファイル"),
        action="append",
        default=[],
    )
    parser.flag(
        "--before-submission",
        en="list the pages to replace, with the page on the back of each",
        ja="提出前の差替えページを、裏面の頁とともに一覧にします",
    )
    parser.option(
        "--output",
        use="written",
        en="write the draft to a new file: .xlsx, .html, .csv or .json",
        ja="案を新しいファイルへ書き出します（.xlsx、.html、.csv、.json）",
        metavar=("FILE", "ファイル"),
        type=Path,
    )
    parser.option(
        "--output-dir",
        use="filled",
        en="write the draft in each of these kinds into a new folder",
        ja="案を、上のすべての形式で新しいフォルダーへ書き出します",
        metavar=("DIR", "フォルダー"),
        type=Path,
    )
    parser.option(
        "--page-list",
        use="read",
        en="cite the page numbers that the published book prints: the page list that auditor "
        "proof wrote of it (default: the settings)",
        ja="公表版に印刷された頁番号を用います。"
        "auditor proof が書き出した公表版の頁一覧を指定します（省略時は設定のとおり）",
        metavar=("FILE", "ファイル"),
    )
    add_reading_options(parser)


def run(arguments: Namespace) -> int:
    inputs = [arguments.published, arguments.corrected, *arguments.also]
    _check_outputs(arguments, inputs)
    session = session_of(arguments)
    from auditor.errata.drafting import draft_of
    from auditor.errata.presentation import without_differences
    from auditor.reports.findings import missed
    from auditor.reports.wording import Wording

    words = Wording(arguments.lang, session.forms)
    published = _version(session, arguments, [arguments.published], words)
    draft = draft_of(
        published,
        _version(session, arguments, [arguments.corrected], words),
        _version(session, arguments, arguments.also, words),
        _page_lookup(arguments, published),
        renamed=arguments.settings.departments.renamed,
    )
    not_checked = (*session.problems, *draft.not_checked)
    draft = draft.model_copy(update={"not_checked": not_checked})
    for reason in not_checked:
        print_error(missed(reason, words))
    if draft.has_differences or draft.uncompared:
        _write(draft, words, arguments, inputs)
    else:
        write(without_differences(draft, words) + "\n")
    if not_checked or draft.uncompared:
        return 2
    return 1 if draft.has_differences else 0


def _check_outputs(arguments: Namespace, inputs: Sequence[str]) -> None:
    """Raise Refused or UnwritableFile, before any work, where the draft could not be written."""
    from auditor.files.atomic import input_at
    from auditor.files.whole_folder import check_folder

    if not all(inputs):
        raise Refused("the name of a file is empty", "ファイル名が空です")
    output, folder = arguments.output, arguments.output_dir
    if output is not None and folder is not None:
        raise Refused(
            "--output can't be combined with --output-dir",
            "--output は --output-dir と同時に指定できません",
        )
    if folder is not None:
        check_folder(folder, inputs, lambda _: False, replace=False)
    if output is None:
        return
    if output.suffix.lower() not in _ENDINGS:
        raise Refused(
            f"--output {output}: the name must end in {', '.join(_ENDINGS)}",
            f"--output {output}：名前の末尾は {'、'.join(_ENDINGS)} のいずれかにしてください",
        )
    if output.exists():
        raise Refused(
            f"{output} exists already; name a new file",
            f"{output} はすでにあります。新しいファイル名を指定してください",
        )
    source = input_at(output, inputs, also_new=True)
    if source is not None:
        raise Refused(
            f"{output} lies in {source}, which is read; name a place elsewhere",
            f"{output} は、読み取る {source} の中にあります。別の場所を指定してください",
        )


def _version(
    session: Session, arguments: Namespace, paths: Sequence[str], words: Wording
) -> Version:
    """What was read of some paths, under names that tell nothing of the computer.

    Departments keep the names that are printed: the list quotes them.
    """
    from auditor.delivery.names import DocumentNames
    from auditor.errata.drafting import Version
    from auditor.errata.model import SourceFile
    from auditor.reports.findings import missed
    from auditor.settings.model import AS_THEY_COME

    if not paths:
        return Version(())
    settings = arguments.settings._replace(departments=AS_THEY_COME)
    reading = arguments_for(paths, arguments, settings=settings, table=False)
    names = DocumentNames(paths)
    books, not_checked = read_books(session, reading)
    books, not_checked = names.renamed(books, (*not_checked, *missed_in(books)))
    if not books:
        reasons = [missed(reason, words) for reason in not_checked[:1]]
        raise Refused(
            " ".join([f"nothing could be read of {paths[0]}, so nothing is compared:", *reasons]),
            "".join([f"{paths[0]} から読み取れたものがないため、比べられません：", *reasons]),
        )
    files: dict[str, SourceFile] = {}
    for path in paths:
        files |= {file.name: file for file in _file_itself(path)}
    for book in books:
        for document in book.documents:
            unread = len(document.unread)
            listed = SourceFile(name=document.path, sha256=document.sha256, unread=unread)
            files[document.path] = listed
    return Version(books, tuple(files.values()), not_checked)


def _page_lookup(arguments: Namespace, published: Version) -> PageLookup | None:
    """The pages that the page list tells; None without one. Raises Refused for one of another
    book.
    """
    from auditor.auditing.page_list import pages_in
    from auditor.cli.page_list import page_list_of
    from auditor.errata.pages import listed_pages

    listed = page_list_of(arguments)
    if listed is None:
        return None
    pages = pages_in(listed, published.books).pages
    if not pages:
        raise Refused(
            f"{arguments.page_list} is the page list of another book ({listed.book})",
            f"{arguments.page_list} は別の冊子（{listed.book}）の頁一覧です",
        )
    return listed_pages(pages)


def _file_itself(path: str) -> list[SourceFile]:
    """A file with its SHA-256; nothing for a folder."""
    from auditor.errata.model import SourceFile
    from auditor.readers.source import Source, UnreadableDocument

    try:
        return [SourceFile(name=Path(path).name, sha256=Source.open(path).sha256)]
    except UnreadableDocument:
        return []


def _write(draft: Draft, words: Wording, arguments: Namespace, inputs: Sequence[str]) -> None:
    """Write the draft where the arguments send it: to a file, a folder, or the terminal."""
    from auditor.errata.terminal import errata_text, summary

    before = arguments.before_submission
    if arguments.output is not None:
        ending = arguments.output.suffix.lower()
        contents = _contents(draft, words, arguments).items()
        content = next(content_of() for name, content_of in contents if name == ending)
        write_file(arguments.output, content, inputs)
        write(summary(draft, words, str(arguments.output)))
    elif arguments.output_dir is not None:
        from auditor.files.whole_folder import whole_folder

        name = _NAME_BEFORE if before else _NAME
        with whole_folder(arguments.output_dir, False) as folder:
            for ending, content_of in _contents(draft, words, arguments).items():
                content = content_of()
                data = (
                    content
                    if isinstance(content, bytes)
                    else content.encode("utf-8", "backslashreplace")
                )
                folder.write(name + ending, data)
        write(summary(draft, words, str(arguments.output_dir)))
    else:
        write(errata_text(draft, words, before_submission=before))


def _contents(
    draft: Draft, words: Wording, arguments: Namespace
) -> dict[Ending, Callable[[], str | bytes]]:
    """What makes each kind of file."""
    from auditor.errata.comma_separated import errata_csv
    from auditor.errata.json_file import errata_json
    from auditor.errata.page import errata_page
    from auditor.errata.workbook import errata_workbook

    before, made_at = arguments.before_submission, arguments.made_at
    return {
        ".xlsx": lambda: errata_workbook(draft, words, made_at, before_submission=before),
        ".html": lambda: errata_page(draft, words, before_submission=before),
        ".csv": lambda: errata_csv(draft, words, before_submission=before),
        ".json": lambda: errata_json(draft, before_submission=before),
    }
