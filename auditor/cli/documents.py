"""The documents and tables that a command is to read: their arguments, and the reading."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor.cli.arguments import Parser
from auditor.cli.output import Progress, Refused, print_error
from auditor.cli.session import add_plugin_option, form_named

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.auditing.session import Session
    from auditor.delivery.names import DocumentNames
    from auditor.forms.model import Form
    from auditor.readers.source import ReadResult
    from auditor.records.model import Book, NotChecked
    from auditor.versions.model import Resolved

__all__ = [
    "Inputs",
    "add_document_options",
    "add_extent_options",
    "add_reading_options",
    "arguments_for",
    "forms_read",
    "inputs_of",
    "missed_in",
    "number_type",
    "read_books",
    "read_documents",
    "read_versions",
    "takes_in",
]


def add_document_options(
    parser: Parser,
    *,
    en: str = "documents to read, or folders of them",
    ja: str = "読み取る文書、またはそのフォルダー",
    metavar: tuple[str, str] = ("FILE", "ファイル"),
) -> None:
    """Add the files, which the texts explain, and how to read them."""
    parser.operands("files", use="read", en=en, ja=ja, metavar=metavar)
    parser.flag(
        "--table",
        en="the files are tidy tables (CSV, Parquet); "
        "a folder of years.csv, sheets.csv … always is",
        ja="ファイルを表（CSV、Parquet）として読み取ります"
        "（years.csv、sheets.csv などのフォルダーは指定不要）",
    )
    add_reading_options(parser)


def add_reading_options(parser: Parser) -> None:
    """Add how documents are read."""
    parser.option(
        "--form",
        en="insist on a form (default: recognised)",
        ja="様式を指定します（省略時は自動で判別します）",
        metavar=("FORM", "様式"),
    )
    parser.option(
        "--jobs",
        en="read N documents at a time (default: 1; of hundreds, up to 4, one for each processor)",
        ja="N 件の文書を同時に読み取ります（省略時は1。数百件あるときは、プロセッサーの数に応じて"
        "4まで）",
        metavar="N",
        type=_times,
    )
    add_extent_options(parser)
    _add_take_option(parser)
    add_plugin_option(parser)


def add_extent_options(parser: Parser) -> None:
    """Add how much is read of a document."""
    parser.option(
        "--limits",
        en="let a workbook or PDF take N times the usual time, memory and size (default: 1)",
        ja="ブックや PDF の読み取りに、通常の N 倍の時間・メモリ・大きさを認めます（省略時は1）",
        metavar="N",
        type=_times,
        default=1,
    )
    parser.option(
        "--worksheet",
        en="read only the worksheets whose names match the pattern (* and ? as in file names); "
        "with ! before it, leave these out (may be repeated)",
        ja="名前がパターン（* と ? が使えます）に合うワークシートだけを読み取ります。先頭に ! を"
        "付けると、合うものを除きます（複数可）",
        metavar=("PATTERN", "パターン"),
        action="append",
        default=[],
        type=_pattern,
    )
    parser.option(
        "--pages",
        en="read only these pages of a PDF: 3-12,15",
        ja="PDF のこのページだけを読み取ります（例：3-12,15）",
        metavar=("PAGES", "ページ"),
        type=_pages,
    )


def _add_take_option(parser: Parser) -> None:
    parser.option(
        "--take",
        use="read",
        en="of files that are versions of the same sheets, audit this one (may be repeated)",
        ja="同じシートの別の版があるとき、点検する方のファイルを指定します（複数可）",
        metavar=("FILE", "ファイル"),
        action="append",
        default=[],
    )


def _pattern(text: str) -> str:
    from auditor.forms.choice import worksheet_patterns

    try:
        return worksheet_patterns([text])[0]
    except ValueError:
        raise ArgumentTypeError("a pattern was expected") from None


def _pages(text: str) -> str:
    from auditor.forms.choice import page_ranges

    try:
        if page_ranges(text):
            return text
    except ValueError:
        pass
    raise ArgumentTypeError("pages such as 3-12,15 were expected")


def _times(text: str) -> int:
    return number_type(text, 1, 64)


def number_type(text: str, low: int, high: int) -> int:
    """The number that an argument is; raises argparse's error for any other text."""
    # The length is bounded, because Python refuses to convert thousands of digits.
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and low <= int(text) <= high):
        raise ArgumentTypeError(f"a number from {low} to {high} was expected")
    return int(text)


def arguments_for(files: Iterable[str], arguments: Namespace, **changes: object) -> Namespace:
    """The arguments of a command for other files, which are read with the same options but for the
    ``changes``.
    """
    return Namespace(**{**vars(arguments), "files": list(files), **changes})


class Inputs(NamedTuple):
    """The files of a command line: ``tables``, and ``others``, which are read as documents.

    A folder of tables is among both, because it may hold documents too.
    """

    tables: list[str]
    others: list[str]


def inputs_of(session: Session, arguments: Namespace) -> Inputs:
    """The files that the arguments name; raises Refused for an unknown form or an empty name."""
    from auditor.readers.folders import is_folder, tables_in

    if arguments.form is not None:
        form_named(arguments.form, session, arguments)
    if not all(arguments.files):
        raise Refused("the name of a file is empty", "ファイル名が空です")
    tables: list[str] = []
    for path in arguments.files:
        tables += tables_in(path) or ([path] if arguments.table and not is_folder(path) else [])
        tables += _described_in(session, arguments, path, tables)
        if arguments.table and is_folder(path) and not tables:
            tables.append(path)
    tables = list(dict.fromkeys(tables))
    others = [path for path in arguments.files if path not in tables or is_folder(path)]
    return Inputs(tables, others)


def _described_in(
    session: Session, arguments: Namespace, path: str, tables: Collection[str]
) -> list[str]:
    """The files at and below a path whose tables a form describes; with ``--table``, all that may
    hold one.
    """
    if not any(form.table is not None for form in session.forms.values()):
        return []
    from auditor.readers.folders import described_in
    from auditor.tables.files import fits

    files = [file for file in described_in(path) if file not in tables]
    if arguments.table:
        return files
    forms = forms_read(session, arguments)
    return [file for file in files if fits(file, forms, arguments.form, arguments.limits)]


def forms_read(session: Session, arguments: Namespace) -> dict[str, Form]:
    """The forms with the worksheets that ``--worksheet`` chooses."""
    forms = dict(session.forms)
    if not arguments.worksheet:
        return forms
    chosen = {"worksheets": tuple(arguments.worksheet)}
    return {name: form.model_copy(update=chosen) for name, form in forms.items()}


def read_documents(
    session: Session,
    arguments: Namespace,
    inputs: Inputs,
    name_of: Callable[[str], str] = str,
    form: str | None = None,
) -> ReadResult:
    """Read the documents, with the progress on a terminal. ``name_of`` gives the name that a path
    has in the result; ``form`` insists on one where the arguments don't.
    """
    from auditor.readers import documents
    from auditor.readers.guarded import GuardedReader

    readers = [
        reader.raised(arguments.limits) if isinstance(reader, GuardedReader) else reader
        for reader in session.readers
    ]
    with Progress(arguments.say, "reading", "読み取り中") as progress:
        return documents.read_documents(
            inputs.others,
            forms=session.forms,
            readers=readers,
            form=arguments.form or form,
            jobs=arguments.jobs,
            progress=progress.show,
            tables=inputs.tables,
            worksheets=arguments.worksheet,
            pages=arguments.pages or "",
            name_of=name_of,
            catalogue=session.catalogue,
        )


def read_books(
    session: Session, arguments: Namespace, names: DocumentNames | None = None
) -> tuple[tuple[Book, ...], tuple[NotChecked, ...]]:
    """The books of all documents and tables that the arguments name, as ``read_versions`` gives
    them, and what could not be read. What was passed over is reported on the standard error.
    Raises Refused as ``inputs_of`` does, too.
    """
    from auditor.records.model import NotChecked

    read = read_versions(session, arguments, inputs_of(session, arguments), names)
    not_checked = read.not_checked
    if not read.books:  # a file that was named and is no document
        passed_over = (NotChecked(document=f.document, why=f.why) for f in read.passed_over)
        return read.books, (*not_checked, *passed_over)
    if read.passed_over:
        from auditor.reports.returned import PASSED_OVER, grouped_files
        from auditor.reports.wording import Wording

        words = Wording(arguments.lang)
        for line in grouped_files(read.passed_over, words):
            print_error(words.labelled(PASSED_OVER.of(words.lang), line))
    return read.books, not_checked


def read_versions(
    session: Session,
    arguments: Namespace,
    inputs: Inputs,
    names: DocumentNames | None = None,
) -> Resolved:
    """The books of all documents and tables, with the departments as they are called now, and one
    version of each sheet; what could not be read; and what was passed over or came back.

    ``names`` are what documents are called in what is handed round; without them, each is called
    by its path. Raises Refused where ``--take`` names no document.
    """
    if names is None:
        return _read_versions(session, arguments, inputs, str, str)
    read = _read_versions(session, arguments, inputs, names.name_of, names.path_of)
    books, not_checked = names.renamed(read.books, read.not_checked)
    return read._replace(books=books, not_checked=not_checked)


def _read_versions(
    session: Session,
    arguments: Namespace,
    inputs: Inputs,
    name_of: Callable[[str], str],
    path_of: Callable[[str], str | None],
) -> Resolved:
    """The same, where ``name_of`` gives the name that a path has in the result, and ``path_of`` the
    path of such a name.
    """
    from auditor.auditing.departments import with_names_of_today
    from auditor.auditing.steps import audited_versions, names_in
    from auditor.files.memory import all_lasts

    departments = arguments.settings.departments
    documents = read_documents(session, arguments, inputs, name_of)
    all_lasts()
    takes = _takes(arguments.take, names_in(documents.books), path_of)
    result = audited_versions(
        documents, departments, lambda name: _saved_at(path_of(name) or ""), takes
    )
    if not inputs.tables:
        return result
    from auditor.tables import read_tables

    forms = forms_read(session, arguments)
    tables = read_tables(inputs.tables, forms, arguments.form, name_of, arguments.limits)
    more = with_names_of_today(tables.books, departments)
    return result._replace(
        books=(*result.books, *more), not_checked=(*result.not_checked, *tables.not_checked)
    )


def _saved_at(path: str) -> datetime | None:
    """When a file says that it was saved."""
    from auditor.versions.newer import saved_at_path  # few audits have two versions of a sheet

    return saved_at_path(path)


def _takes(
    paths: Iterable[str], names: Collection[str], path_of: Callable[[str], str | None]
) -> set[str]:
    """The names of the documents that ``--take`` chooses. Raises Refused for another file."""
    real = {os.path.realpath(path_of(name) or name): name for name in names}
    takes: set[str] = set()
    for path in paths:
        name = path if path in names else real.get(os.path.realpath(path))
        if name is None:
            raise Refused(
                f"--take {path}: none of the documents that were read",
                f"--take {path}：読み取った文書の中にありません",
            )
        takes.add(name)
    return takes


def takes_in(takes: Iterable[str], paths: Iterable[str]) -> list[str]:
    """Those of the files that ``--take`` names which are, or lie in, one of the paths."""
    tops = [os.path.realpath(path) for path in paths]
    return [
        take
        for take in takes
        if any(Path(os.path.realpath(take)).is_relative_to(top) for top in tops)
    ]


def missed_in(books: Iterable[Book]) -> list[NotChecked]:
    """What could not be read of documents that could."""
    missed: list[NotChecked] = []
    for book in books:
        for document in book.documents:
            missed += document.not_checked
    return missed
