"""The worksheet of findings in a marked workbook.

It has a row for each cell of each finding, with a link to the cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import quoteattr

from auditor.marking.copies import EXPECTED, SIGNED, SUSPECTS, described_as, likeliest_cells
from auditor.marking.workbook.package import SPREADSHEET, NewRelationships, PackageCopy
from auditor.marking.workbook.splices import DECLARATION, FORBIDDEN, Patch, tags, xml_text
from auditor.marking.workbook.styles import Styles
from auditor.records.addresses import column_letters, parse_address
from auditor.records.findings_sheet import HEADINGS, NAME
from auditor.records.text import Text
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding

__all__ = ["add_listing"]

_NO_FINDINGS: Final = Text(en="no findings", ja="指摘はありません")
_WIDTHS: Final = (6, 9, 9, 18, 30, 50, 36, 16, 40, 40)
"""The widths of the columns, in characters."""
_CELL_COLUMN: Final = 3
_FINDING_COLUMN: Final = 5
_LONGEST_CELL: Final = 32_000
"""Excel takes 32,767 characters in a cell."""
_MOST_LINKS: Final = 65_000
"""Excel takes 65,530 links on a worksheet."""


def add_listing(
    copy: PackageCopy,
    findings: Sequence[Finding],
    documents: set[str],
    words: Wording,
    styles: Styles,
    remarks: Sequence[str],
) -> None:
    """Add the worksheet of findings as the last one. ``documents`` are the paths of the workbook;
    ``remarks`` stand below the findings, such as how many were left out.
    """
    listing = _Listing(words, styles)
    for number, finding in enumerate(findings, 1):
        listing.add_finding(number, finding, _cells_of(finding, documents, copy))
    for remark in remarks:
        listing.add_remark(remark)
    if not findings and not remarks:
        listing.add_texts([_NO_FINDINGS.of(words.lang)])
    if copy.is_signed:
        listing.add_remark(SIGNED.of(words.lang))
    _add_worksheet(copy, NAME.of(words.lang), listing.xml(copy.main_namespace))


class _CellName(NamedTuple):
    """A cell by its worksheet and address, of which either may be unknown; and whether it is the
    likeliest to be wrong.
    """

    worksheet: str
    address: str
    likeliest: bool = False

    @property
    def exists(self) -> bool:
        return self.worksheet != "" and parse_address(self.address) is not None


def _cells_of(finding: Finding, documents: set[str], copy: PackageCopy) -> list[_CellName]:
    """The cells of a finding in this workbook; where it has none, one without a name."""
    likeliest = likeliest_cells(finding)
    names = [
        _CellName(cell.place.sheet, cell.place.cell or "", cell in likeliest)
        for cell in finding.cells
        if cell.document in documents
        and cell.place is not None
        and cell.place.sheet in copy.worksheets
    ]
    return list(dict.fromkeys(names)) or [_CellName("", "")]


class _Listing:
    """The rows of the worksheet and their links."""

    def __init__(self, words: Wording, styles: Styles) -> None:
        self._words = words
        self._head, self._link, self._plain = styles.head, styles.link, styles.wrapped
        self._rows: list[str] = []
        self._links: list[str] = []
        headings = [heading.of(words.lang) for heading in HEADINGS]
        self._add_row(headings, [self._head] * len(headings))

    def add_finding(self, number: int, finding: Finding, cells: Sequence[_CellName]) -> None:
        """Add a row for each of a finding's cells."""
        words = self._words
        owner = ""
        if finding.sheet:
            owner = words.sheet(finding.sheet.number, finding.sheet.name)
        if not owner and finding.kpi:
            owner = words.kpi(finding.kpi.number, finding.kpi.name)
        for cell in cells:
            name = f"{cell.worksheet}!{cell.address}" if cell.exists else ""
            if cell.exists and cell.likeliest:
                name = f"▶{name}"
            texts = [
                str(number),
                words.word(finding.severity),
                finding.rule,
                name,
                owner,
                finding.message.of(words.lang),
                words.equation(finding.equation),
                described_as(finding, EXPECTED, words),
                described_as(finding, SUSPECTS, words),
                finding.action.of(words.lang),
            ]
            self.add_texts(texts, linked=cell.exists)
            if cell.exists and len(self._links) < _MOST_LINKS:
                self._add_link(cell, name)

    def add_remark(self, text: str) -> None:
        """Add a row with a text where the findings stand."""
        self.add_texts([*[""] * _FINDING_COLUMN, text])

    def add_texts(self, texts: Sequence[str], *, linked: bool = False) -> None:
        """Add a row; with ``linked``, the name of its cell looks like a link."""
        styles = [self._plain] * len(texts)
        if linked:
            styles[_CELL_COLUMN] = self._link
        self._add_row(texts, styles)

    def _add_row(self, texts: Sequence[str], styles: Sequence[int]) -> None:
        row = len(self._rows) + 1
        cells = [
            f'<c r="{column_letters(column)}{row}" s="{style}" t="inlineStr">'
            f'<is><t xml:space="preserve">{xml_text(text, _LONGEST_CELL)}</t></is></c>'
            for column, (text, style) in enumerate(zip(texts, styles, strict=True), 1)
        ]
        self._rows.append(f'<row r="{row}">{"".join(cells)}</row>')

    def _add_link(self, cell: _CellName, name: str) -> None:
        """Link the last row to a cell."""
        worksheet = cell.worksheet.replace("'", "''")
        location = quoteattr(f"'{worksheet}'!{cell.address}")
        reference = f"{column_letters(_CELL_COLUMN + 1)}{len(self._rows)}"
        display = quoteattr(FORBIDDEN.sub("", name))
        self._links.append(f'<hyperlink ref="{reference}" location={location} display={display}/>')

    def xml(self, namespace: str) -> bytes:
        """The worksheet: its heading stays in sight, and a page is as wide as the columns."""
        columns = [
            f'<col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
            for column, width in enumerate(_WIDTHS, 1)
        ]
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        return (
            f'{DECLARATION}<worksheet xmlns="{namespace}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            '<sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            "</sheetView></sheetViews>"
            f'<sheetFormatPr defaultRowHeight="13.5"/><cols>{"".join(columns)}</cols>'
            f"<sheetData>{''.join(self._rows)}</sheetData>{links}"
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3"'
            ' footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode()


def _add_worksheet(copy: PackageCopy, name: str, data: bytes) -> None:
    """Add a worksheet behind the others, under ``name`` or ``name 2`` …"""
    part = copy.free_name("xl/worksheets/sheet{}.xml")
    copy.changed[part] = data
    copy.content_types.append((part, f"{SPREADSHEET}.worksheet+xml"))
    relationships = NewRelationships(copy, copy.main)
    rel_id = relationships.add("worksheet", part)
    relationships.write()

    patch = Patch(copy.part(copy.main))
    elements, prefix = tags(
        patch.data, lambda local, depth: local in ("sheets", "sheet") and depth in (1, 2)
    )
    ids = [int(tag.attributes.get("sheetId", "0")) for tag in elements if tag.name == "sheet"]
    element = (
        f'<{prefix}sheet xmlns:rel="{copy.relationship_namespace}" '
        f"name={quoteattr(_free_sheet_name(name, copy))} "
        f'sheetId="{1 + max(ids, default=0)}" rel:id="{rel_id}"/>'
    )
    sheets = next(tag for tag in elements if tag.name == "sheets")
    patch.append(sheets, element, prefix)
    copy.changed[copy.main] = patch.result


def _free_sheet_name(name: str, copy: PackageCopy) -> str:
    names = {worksheet.casefold() for worksheet in copy.worksheets}
    free, number = name, 2
    while free.casefold() in names:
        free, number = f"{name} {number}", number + 1
    return free
