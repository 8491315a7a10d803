"""A copy of the document with the findings marked in it: ``--mark``."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused, print_error
from auditor.files.atomic import input_at

if TYPE_CHECKING:
    from auditor.auditing.report import Report
    from auditor.forms.model import Form
    from auditor.records.text import Text

__all__ = ["add_mark_option", "check_marked_copy", "write_marked_copy"]


def add_mark_option(parser: Parser) -> None:
    """Add ``--mark``."""
    parser.option(
        "--mark",
        use="written",
        en="write a copy of the document (.xlsx, .xlsm, .pdf) with the findings on the spot; "
        "never over an input",
        ja="文書（.xlsx、.xlsm、.pdf）の写しを作り、指摘をその場所に書き込みます"
        "（入力ファイルには上書きしません）",
        metavar=("COPY", "写し"),
        type=Path,
    )


def check_marked_copy(arguments: Namespace) -> None:
    """Raises Refused, before any work, for a copy that could not be made or opened: of several
    documents, or under an ending that is not the document's; MarkError for a protected PDF.
    """
    copy: Path | None = arguments.mark
    if copy is None:
        return
    source = _source(copy, arguments.files)
    ending = _ending(source)
    if ending is None:
        return
    if ending not in (".pdf", ".xlsx", ".xlsm", ".xltx", ".xltm"):
        raise Refused(
            f"{source} can't be marked; --mark takes .xlsx, .xlsm and .pdf"
            + ("; save it as .xlsx" if ending == ".xls" else ""),
            f"{source} には印を付けられません。--mark で使えるのは .xlsx、.xlsm、.pdf です"
            + ("。.xlsx で保存し直してください" if ending == ".xls" else ""),
        )
    if copy.suffix.lower() != ending:
        raise Refused(
            f"the copy of {source} has to end in {ending}: {copy.stem}{ending}",
            f"{source} の写しのファイル名は {ending} で終わる必要があります：{copy.stem}{ending}",
        )
    if ending == ".pdf":
        from auditor.files.confined import Limits
        from auditor.marking.pdf.copy import check_pdf

        check_pdf(Path(source).read_bytes(), Limits().raised(arguments.limits))


def _ending(source: str) -> str | None:
    """The ending of a document by its content; None where that can't be told, and "" of a document
    that is no workbook and no PDF.
    """
    from auditor.marking.workbook.copy import ending_of

    try:
        data = Path(source).read_bytes()
    except (OSError, ValueError):  # reading it says so
        return None
    if b"%PDF-" in data[:1024]:
        return ".pdf"
    if data.startswith(b"PK"):
        return ending_of(data)
    return ".xls" if data.startswith(b"\xd0\xcf\x11\xe0") else ""


def write_marked_copy(arguments: Namespace, forms: Mapping[str, Form], report: Report) -> None:
    """Write the marked copy of the one document of its kind; raises Refused, MarkError
    or UnwritableFile."""
    copy: Path = arguments.mark
    source = _source(copy, arguments.files)
    if input_at(copy, arguments.files) is not None:
        raise Refused(
            f"{copy} is one of the input files", f"{copy} は入力ファイルです。上書きしません"
        )
    audited = {os.path.realpath(document.path) for document in report.documents}
    if os.path.realpath(source) not in audited:
        raise Refused(
            f"{source} was not read, so no marked copy was made",
            f"{source} を読み取れなかったため、写しは作成していません",
        )
    caution = _marked(arguments, source, forms, report)
    if caution is not None:
        print_error(f"{copy}: {caution.of(arguments.lang)}")


def _source(copy: Path, files: list[str]) -> str:
    """The only document, or the only one of the copy's kind."""
    from auditor.readers.documents import documents_in

    kind = copy.suffix.lower()
    documents: list[str] = []
    for path in files:
        documents += documents_in(path)
    same_kind = [path for path in documents if Path(path).suffix.lower() == kind]
    if len(documents) == 1:
        return documents[0]
    if len(same_kind) == 1:
        return same_kind[0]
    number = len(same_kind)
    raise Refused(
        f"--mark copies one document, and {number} of the files are {kind or 'of that kind'}",
        f"--mark で写しを作れる文書は1つだけです"
        f"（{kind or '同じ種類'} の入力は{number}件あります）",
    )


def _marked(
    arguments: Namespace, source: str, forms: Mapping[str, Form], report: Report
) -> Text | None:
    """Write the copy; gives a caution, where there is one."""
    from auditor.files.confined import Limits
    from auditor.files.ooxml import Limits as WorkbookLimits
    from auditor.marking.pdf.copy import mark_pdf
    from auditor.marking.workbook.copy import mark_workbook

    copy: Path = arguments.mark
    if copy.suffix.lower() == ".pdf":
        limits = Limits().raised(arguments.limits)
        return mark_pdf(source, report, copy, arguments.lang, forms=forms, limits=limits)
    size = WorkbookLimits().raised(arguments.limits)
    return mark_workbook(source, report, copy, arguments.lang, forms=forms, limits=size)
