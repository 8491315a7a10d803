"""The worksheet of findings in a marked workbook.

It has a row for each entry, with a link to the cell that is the likeliest to be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from auditor.marking.copies import places_of
from auditor.marking.workbook.package import SPREADSHEET, NewRelationships, PackageCopy
from auditor.marking.workbook.print_titles import repeat_first_row
from auditor.marking.workbook.splices import (
    DECLARATION,
    FORBIDDEN,
    Patch,
    Tag,
    tags,
    text_in,
    xml_text,
)
from auditor.marking.workbook.styles import LISTING_POINTS, Styles
from auditor.marking.workbook.worksheet import is_cell
from auditor.records.addresses import column_letters
from auditor.records.figures import Place
from auditor.records.findings_sheet import HEADINGS, NAME, is_findings_sheet
from auditor.reports.entries import LABELS, Entry, described, following
from auditor.reports.layout import wrap
from auditor.reports.wording import Wording

__all__ = ["add_listing", "earlier_listing"]

_WIDTHS: Final = (5, 8, 9, 8, 22, 36, 24, 36, 20, 30)
"""The widths of the columns, in half-width characters: together they fit A4 paper, lying."""
_CELL_COLUMN: Final = 3
_FINDING_COLUMN: Final = 5
_SUSPECTS: Final = ("suspect", "candidates", "follows", "others")
"""What the column of suspects says, by the keys of ``LABELS``."""
_LINE: Final = LISTING_POINTS * 1.4
"""The height of a line, in points."""
_HIGHEST_ROW: Final = 409
"""Excel has no higher row, in points."""
_LONGEST_CELL: Final = 32_000
"""Excel takes 32,767 characters in a cell."""
_MOST_LINKS: Final = 65_000
"""Excel takes 65,530 links on a worksheet."""


def add_listing(
    copy: PackageCopy,
    items: Sequence[Entry],
    documents: set[str],
    words: Wording,
    styles: Styles,
    remarks: Sequence[str],
) -> None:
    """Add the worksheet of findings as the last one, or renew the one that an earlier audit added.
    ``documents`` are the paths of the workbook; ``remarks`` stand below the entries, such as how
    many findings were left out, or that there are none.
    """
    listing = _Listing(words, styles)
    for number, entry in enumerate(items, 1):
        places = places_of(entry, documents, lambda place: is_cell(place, copy.worksheets))
        listing.add_entry(number, entry, [marked.place for marked in places if marked.leading])
    for remark in remarks:
        listing.add_remark(remark)
    data = listing.xml(copy.main_namespace)
    earlier = earlier_listing(copy)
    if earlier is not None:
        _renew(copy, earlier, NAME.of(words.lang), data)
    else:
        _add_worksheet(copy, NAME.of(words.lang), data)


def earlier_listing(copy: PackageCopy) -> str | None:
    """The name of the worksheet of findings that an earlier audit added; None where there is
    none.
    """
    starts = tuple(NAME.of(lang) for lang in ("en", "ja"))
    names = (name for name in copy.worksheets if name.startswith(starts))
    return next((name for name in names if is_findings_sheet(name, _first_row(copy, name))), None)


def _first_row(copy: PackageCopy, worksheet: str) -> list[str]:
    """The texts of a worksheet's first row; Excel moves them to the shared strings."""
    data = copy.part(copy.worksheets[worksheet])
    elements, _ = tags(data, lambda name, depth: name in ("row", "c", "v") and 2 <= depth <= 4)
    row = next((tag for tag in elements if tag.name == "row"), None)
    if row is None:
        return []
    inside = [tag for tag in elements if row.start < tag.start < row.end]
    shared = _shared_strings(copy) if any(_is_shared(tag) for tag in inside) else []
    texts: list[str] = []
    for cell in inside:
        if cell.name != "c":
            continue
        text = text_in(data, cell)
        if _is_shared(cell):
            text = shared[int(text)] if text.isdecimal() and int(text) < len(shared) else ""
        texts.append(text)
    return texts


def _is_shared(cell: Tag) -> bool:
    return cell.attributes.get("t") == "s"


def _shared_strings(copy: PackageCopy) -> list[str]:
    part = copy.related(copy.main, "sharedStrings")
    if part is None:
        return []
    data = copy.part(part)
    items, _ = tags(data, lambda name, depth: name == "si" and depth == 1)
    return [text_in(data, item) for item in items]


class _Listing:
    """The rows of the worksheet and their links."""

    def __init__(self, words: Wording, styles: Styles) -> None:
        self._words = words
        self._head, self._link, self._plain = styles.head, styles.link, styles.wrapped
        self._rows: list[str] = []
        self._links: list[str] = []
        self._entries = 0
        headings = [heading.of(words.lang) for heading in HEADINGS]
        self._add_row(headings, [self._head] * len(headings))

    def add_entry(self, number: int, entry: Entry, places: Sequence[Place]) -> None:
        """Add the row of an entry, with a link to the first of some cells."""
        words, finding = self._words, entry.main
        labelled = dict(described(entry, words))
        texts = {key: labelled.get(label.of(words.lang), "") for key, label in LABELS.items()}
        others = following(entry, words)
        message = finding.message.of(words.lang)
        if others is not None:
            message += f"\n→ {others.heading}"
        place = places[0] if places else None
        row = [
            str(number),
            words.word(entry.counted_as),
            finding.rule,
            (place.cell or "") if place else "",
            (place.sheet or "") if place else "",
            message,
            "\n".join(filter(None, (words.equation(finding.equation), texts["sentence"]))),
            "\n".join(
                texts[key] for key in ("suspect", "candidates", "follows", "others") if texts[key]
            ),
            texts["certainty"],
            texts["action"],
        ]
        self.add_texts(row, linked=place is not None)
        self._entries += 1
        if place is not None and len(self._links) < _MOST_LINKS:
            self._add_link(place)

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
        height = min(_lines(texts) * _LINE + 3, _HIGHEST_ROW)
        self._rows.append(
            f'<row r="{row}" ht="{height:.1f}" customHeight="1">{"".join(cells)}</row>'
        )

    def _add_link(self, place: Place) -> None:
        """Link the last row to a cell."""
        worksheet = (place.sheet or "").replace("'", "''")
        location = quoteattr(FORBIDDEN.sub("", f"'{worksheet}'!{place.cell}"))
        reference = f"{column_letters(_CELL_COLUMN + 1)}{len(self._rows)}"
        display = quoteattr(FORBIDDEN.sub("", place.cell or ""))
        self._links.append(f'<hyperlink ref="{reference}" location={location} display={display}/>')

    def xml(self, namespace: str) -> bytes:
        """The worksheet: its heading stays in sight and filters the entries; a page is as wide as
        the columns.
        """
        columns = [
            f'<col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
            for column, width in enumerate(_WIDTHS, 1)
        ]
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        last = f"{column_letters(len(HEADINGS))}{self._entries + 1}"
        return (
            f'{DECLARATION}<worksheet xmlns="{namespace}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            '<sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            "</sheetView></sheetViews>"
            f'<sheetFormatPr defaultRowHeight="13.5"/><cols>{"".join(columns)}</cols>'
            f'<sheetData>{"".join(self._rows)}</sheetData><autoFilter ref="A1:{last}"/>{links}'
            '<printOptions gridLines="1"/>'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3"'
            ' footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C&amp;A　&amp;P / &amp;N</oddFooter></headerFooter>"
            "</worksheet>"
        ).encode()


def _lines(texts: Sequence[str]) -> int:
    """How many lines the longest text of a row takes in its column."""
    columns = zip(texts, _WIDTHS, strict=False)
    return max(
        (sum(len(wrap(line, width - 1)) for line in text.split("\n")) for text, width in columns),
        default=1,
    )


def _renew(copy: PackageCopy, worksheet: str, name: str, data: bytes) -> None:
    """Put new rows in the place of an earlier audit's, under the name in this language."""
    copy.changed[copy.worksheets[worksheet]] = data
    patch = Patch(copy.part(copy.main))
    sheets, _ = tags(patch.data, lambda local, depth: local == "sheet" and depth == 2)
    index = [tag.attributes.get("name") for tag in sheets].index(worksheet)
    if not worksheet.startswith(name):
        worksheet = _free_sheet_name(name, copy)
        patch.set_attributes(sheets[index], {"name": worksheet})
    repeat_first_row(patch, worksheet, index)
    if patch.splices:
        copy.changed[copy.main] = patch.result


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
    free_name = _free_sheet_name(name, copy)
    element = (
        f'<{prefix}sheet xmlns:rel="{copy.relationship_namespace}" '
        f"name={quoteattr(free_name)} "
        f'sheetId="{1 + max(ids, default=0)}" rel:id="{rel_id}"/>'
    )
    sheets = next(tag for tag in elements if tag.name == "sheets")
    patch.append(sheets, element, prefix)
    repeat_first_row(patch, free_name, len(ids))
    copy.changed[copy.main] = patch.result


def _free_sheet_name(name: str, copy: PackageCopy) -> str:
    names = {worksheet.casefold() for worksheet in copy.worksheets}
    free, number = name, 2
    while free.casefold() in names:
        free, number = f"{name} {number}", number + 1
    return free
