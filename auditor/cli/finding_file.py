"""The file of every finding: ``--findings``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser

if TYPE_CHECKING:
    from auditor.tables.findings import FindingFile

__all__ = ["add_finding_file_option", "finding_file"]


def add_finding_file_option(parser: Parser) -> None:
    """Add ``--findings``."""
    parser.option(
        "--findings",
        use="written",
        en="write every finding, a row each, to a .parquet, .jsonl or .csv file too; "
        "never among the inputs",
        ja="指摘を全件、1件1行で .parquet、.jsonl、.csv のファイルにも書き出します"
        "（入力の場所には書き込みません）",
        metavar=("FILE", "ファイル"),
        type=Path,
    )


@contextmanager
def finding_file(arguments: Namespace) -> Generator[FindingFile | None, None, None]:
    """The file, open for rows; None without the option. Raises UnwritableFile where it can't be
    written.
    """
    path: Path | None = arguments.findings
    if path is None:
        yield None
        return
    from auditor.tables.findings import FindingFile

    with FindingFile(path, arguments.files) as file:
        yield file
