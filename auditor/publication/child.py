"""What looks at a file in its confined place, by what the file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from auditor.files.ooxml import Limits, PackageError
from auditor.publication.disclosures import RULES, Code, Disclosures, Ledger
from auditor.publication.old_workbooks import look_at_old_sheet, look_at_old_workbook
from auditor.publication.package import look_at_package, look_at_sheet_parts, table_areas
from auditor.publication.patterns import may_match
from auditor.publication.worksheets import look_at_cells, look_at_names
from auditor.readers.in_child import is_pdf, may_be_workbook, ready_for_pdf
from auditor.readers.source import Source, UnreadableDocument
from auditor.readers.workbook import OpenWorkbook, opened_workbook
from auditor.readers.workbook.package import Workbook
from auditor.readers.workbook.worksheets import Worksheet
from auditor.readers.workbook.xls import OldWorkbook
from auditor.records.addresses import Area
from auditor.records.figures import Place
from auditor.records.model import NotChecked
from auditor.records.text import Why

__all__ = ["Looks"]

_OF_TEXTS: Final[tuple[Code, ...]] = ("PUB015", "PUB016", "PUB017", "PUB018")
_LINES: Final = 10_000
"""After so many lines of a text more time is earned."""
_NOT_OF_OLD: Final = ("PUB011",)
_NOT_OF_PDFS: Final = ("PUB001", "PUB002", "PUB010", "PUB011")


class Looks:
    """The worker in the child process; ``factor`` says how far the limits are raised."""

    def __init__(self, factor: str) -> None:
        self.factor: int = int(factor)

    def answer(
        self, path: str, data: bytes, _: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, object]:
        """What the file would give away. Raises a CodedError for a file that can't be opened."""
        ledger = Ledger()
        rules = self._look(Source(path, data), ledger, progress)
        missed = tuple(NotChecked(document=path, why=why) for why in ledger.missed)
        disclosures = Disclosures(
            path=path, rules=rules, disclosures=ledger.disclosures(), not_checked=missed
        )
        return {"disclosures": disclosures.model_dump_json()}

    def _look(
        self, source: Source, ledger: Ledger, progress: Callable[[], None]
    ) -> tuple[Code, ...]:
        """Look at a file; gives the rules of which it was looked at."""
        if is_pdf(source):
            return self._look_at_pdf(source, ledger, progress)
        if may_be_workbook(source):
            workbook = opened_workbook(source, Limits().raised(self.factor))
            if workbook is not None:
                return _look_at_workbook(workbook, source.data, ledger, progress)
        if source.text is None:
            raise UnreadableDocument(
                source.path,
                "other-kind",
                "what a file of this kind would give away is not looked at; workbooks, PDFs and "
                "texts are",
                "この種類のファイルは公開前の確認の対象外です（対象はブック、PDF、テキスト）",
            )
        for number, line in enumerate(source.text.splitlines(), 1):
            if may_match(line):
                ledger.scan(line, Place(line=number))
            if number % _LINES == 0:
                progress()
        return _OF_TEXTS

    def _look_at_pdf(
        self, source: Source, ledger: Ledger, progress: Callable[[], None]
    ) -> tuple[Code, ...]:
        ready_for_pdf(source)
        from auditor.publication.pdfs import look_at_pdf
        from auditor.readers.pdf.pages import PageLimits

        look_at_pdf(source, ledger, progress, PageLimits().raised(self.factor))
        return tuple(code for code in RULES if code not in _NOT_OF_PDFS)


def _look_at_workbook(
    workbook: OpenWorkbook, data: bytes, ledger: Ledger, progress: Callable[[], None]
) -> tuple[Code, ...]:
    look_at_names(workbook.entries, ledger)
    if isinstance(workbook, OldWorkbook):
        for entry, worksheet in zip(workbook.entries, workbook.worksheets(), strict=True):
            _look_at_worksheet(worksheet, ledger)
            look_at_old_sheet(workbook, entry, ledger)
            progress()
        look_at_old_workbook(workbook, data, ledger)
        return tuple(code for code in RULES if code not in _NOT_OF_OLD)
    assert isinstance(workbook, Workbook)
    for entry in workbook.entries:
        try:
            tables = table_areas(workbook.package, entry.part, ledger)
            _look_at_worksheet(workbook.worksheet(entry), ledger, tables)
        except PackageError as fault:
            ledger.miss(fault.message)
        look_at_sheet_parts(workbook.package, entry.part, entry.name, ledger)
        progress()
    look_at_package(workbook.package, ledger)
    return RULES


def _look_at_worksheet(worksheet: Worksheet, ledger: Ledger, tables: Sequence[Area] = ()) -> None:
    look_at_cells(worksheet, ledger, tables)
    if worksheet.lost:
        ledger.miss(
            Why(
                code="worksheet-lost",
                en=f"worksheet {worksheet.name!r} was not looked at: its content is damaged or "
                "missing",
                ja=f"ワークシート「{worksheet.name}」は内容が壊れているか失われているため、"
                "確認できませんでした",
            )
        )
