"""``auditor proof``: holds the PDF of the printed book against the corrected documents."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, assert_never, cast, get_args

from auditor.cli.arguments import Parser
from auditor.cli.display import (
    add_output_options,
    check_format,
    check_workbook,
    colour_of,
    deliver,
    width_of,
)
from auditor.cli.documents import (
    Inputs,
    add_document_options,
    read_books,
    read_documents,
)
from auditor.cli.output import Refused, write_file
from auditor.cli.session import session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.proof.model import Proof
    from auditor.proof.pages import BookPage
    from auditor.records.model import Book, NotChecked

__all__ = ["add_arguments", "run"]

_Format = Literal["terminal", "json", "html", "xlsx"]
_FORMATS: Final[tuple[_Format, ...]] = get_args(_Format)


def add_arguments(parser: Parser) -> None:
    add_document_options(parser)
    add_output_options(parser, lambda: _FORMATS)
    parser.option(
        "--page-list-to",
        use="written",
        en="write the page of every sheet to a file, for check --page-list",
        ja="各シートの頁をファイルに書き出します（check --page-list で使います）",
        metavar=("FILE", "ファイル"),
        type=Path,
    )


def run(arguments: Namespace) -> int:
    from auditor.proof.page_list import page_list_of
    from auditor.proof.proofing import proof_of
    from auditor.records.fiscal import fiscal_year_in_words

    session = session_of(arguments)
    check_format(arguments.format, _FORMATS)
    check_workbook(arguments)
    book_path = _take_book(arguments)
    books, not_checked = read_books(session, arguments)
    form = _form_of(books, not_checked, arguments)
    printed, missed = _printed(session, arguments, book_path, form)
    if (printed.form, printed.fiscal_year) not in {(b.form, b.fiscal_year) for b in books}:
        raise Refused(
            f"{book_path} is the book of another fiscal year ({printed.fiscal_year}) than the "
            "documents",
            f"{book_path} は文書と異なる年度（{fiscal_year_in_words(printed.fiscal_year)}）の"
            "冊子です",
        )
    pages = _pages(arguments, book_path)
    proof = proof_of(books, printed, pages, [*session.problems, *not_checked], missed)
    inputs = [*arguments.files, book_path]
    if arguments.page_list_to is not None:
        from auditor.reports.json_report import dumped

        text = dumped(page_list_of(proof).model_dump(mode="json"))
        write_file(arguments.page_list_to, text, inputs)
    _write(proof, session, arguments, inputs)
    return proof.exit_code


def _take_book(arguments: Namespace) -> str:
    """The PDF, which is the last of the files; the others stay the documents. A folder in which
    the PDF lies is read without it. Raises Refused.
    """
    from auditor.readers.documents import documents_in

    *documents, book = cast("list[str]", arguments.files)
    if not documents:
        raise Refused(
            "name the documents, or their folder, and then the PDF of the book",
            "文書（またはそのフォルダー）と、最後に製本用の PDF を指定してください",
        )
    try:
        with Path(book).open("rb") as file:
            is_pdf = b"%PDF-" in file.read(1024)
    except (OSError, ValueError):
        raise Refused(f"{book} can't be opened", f"{book} を開けません") from None
    if not is_pdf:
        raise Refused(
            f"{book} is no PDF; the last file is the PDF of the book",
            f"{book} は PDF ではありません。最後に製本用の PDF を指定してください",
        )
    target = os.path.realpath(book)
    files: list[str] = []
    for path in documents:
        inside = documents_in(path) if Path(path).is_dir() else [path]
        others = [name for name in inside if os.path.realpath(name) != target]
        files += others if len(others) < len(inside) else [path]
    if not files:
        raise Refused(
            "there is no document beside the PDF of the book",
            "製本用の PDF のほかに文書がありません",
        )
    arguments.files = files
    return book


def _form_of(books: Sequence[Book], not_checked: Sequence[NotChecked], arguments: Namespace) -> str:
    """The form of the documents. Raises Refused where they have none, or several."""
    forms = {book.form for book in books}
    if len(forms) == 1:
        return forms.pop()
    if forms:
        names = ", ".join(sorted(forms))
        raise Refused(
            f"the documents are of several forms ({names}); name one with --form",
            f"文書に複数の様式（{names}）があります。--form で指定してください",
        )
    from auditor.cli.display import print_missed

    print_missed(not_checked, arguments)
    raise Refused("no document could be read", "読み取れた文書がありません")


def _printed(
    session: Session, arguments: Namespace, path: str, form: str
) -> tuple[Book, tuple[NotChecked, ...]]:
    """The book as the PDF prints it. Raises Refused, in the words of its reader, for a scan, an
    encrypted file, or a PDF without a sheet.
    """
    from auditor.auditing.departments import with_names_of_today
    from auditor.reports.findings import missed
    from auditor.reports.wording import Wording

    result = read_documents(session, arguments, Inputs([], [path]), form=form)
    if result.books:
        books = with_names_of_today(result.books, arguments.settings.departments)
        main = max(books, key=lambda book: len(book.sheets))
        others = [book for book in books if book is not main]
        # A sheet of another fiscal year is in the book all the same.
        update = {
            "documents": (*main.documents, *chain.from_iterable(b.documents for b in others)),
            "sheets": (*main.sheets, *chain.from_iterable(b.sheets for b in others)),
            "kpis": (*main.kpis, *chain.from_iterable(b.kpis for b in others)),
        }
        return main.model_copy(update=update), result.not_checked
    reasons = [(missed(r, Wording("en")), missed(r, Wording("ja"))) for r in result.not_checked]
    en, ja = reasons[0] if reasons else (f"{path} shows no sheet", f"{path} にシートがありません")
    raise Refused(en, ja)


def _pages(arguments: Namespace, path: str) -> tuple[BookPage, ...]:
    from auditor.proof.pages import pages_of
    from auditor.readers.source import Source

    return pages_of(Source.open(path), arguments.limits)


def _write(proof: Proof, session: Session, arguments: Namespace, inputs: Sequence[str]) -> None:
    from auditor.reports.document_names import document_names
    from auditor.reports.wording import Wording

    paths = [proof.book.path, *(document.path for document in proof.documents)]
    form_of = dict.fromkeys(paths, proof.book.form)
    words = Wording(arguments.lang, session.forms, form_of, document_names(paths))
    name: _Format = arguments.format
    match name:
        case "terminal":
            from auditor.proof.terminal import proof_text

            text = proof_text(proof, words, width_of(arguments), color=colour_of(arguments))
        case "json":
            from auditor.proof.json_form import proof_json

            text = proof_json(proof)
        case "html":
            from auditor.proof.page import proof_page

            text = proof_page(proof, words)
        case "xlsx":
            from auditor.proof.workbook import proof_workbook

            workbook = proof_workbook(proof, words, arguments.made_at)
            write_file(arguments.output, workbook, inputs)
            return
        case _ as never:
            assert_never(never)
    deliver(arguments, text, inputs)
