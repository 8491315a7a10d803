"""A copy of a workbook with the findings on the spot: a comment and a fill on each cell, and a
worksheet that lists and links them.

Only the parts that have to change are patched, by splicing bytes: everything else in the package
stays as it was, byte for byte.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from auditor.auditing.formats import Lang, ReportContext
from auditor.auditing.report import Report
from auditor.files.ooxml import Limits, Package, PackageError, Relationship, is_zip, rels_of
from auditor.forms.model import Form
from auditor.marking.copies import SIGNED, MarkError, copy_marked, findings_in, note, suspects
from auditor.marking.workbook.comments import more_comments, more_shapes, new_comments, new_shapes
from auditor.marking.workbook.splices import (
    DECLARATION,
    FORBIDDEN,
    MAIN,
    Patch,
    Tag,
    as_utf8,
    tags,
    xml_text,
)
from auditor.marking.workbook.styles import Styles
from auditor.records.addresses import address, column_letters, parse_address
from auditor.records.text import Text
from auditor.reports.findings import described, unlisted, wording_of
from auditor.reports.wording import Wording
from auditor.rules.findings import SEVERITIES, Finding, Severity
from auditor.rules.ruleset import RuleSet

__all__ = ["mark_workbook", "marked_workbook"]

_TRANSITIONAL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LONGEST_CELL: Final = 32_000
# What may follow <legacyDrawing> in a worksheet; it has to stand before the first of them.
_BEHIND_LEGACY: Final = frozenset(
    [
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    ]
)


def mark_workbook(
    source_path: str | Path,
    report: Report,
    out_path: str | Path,
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
) -> Text | None:
    """Write the marked-up copy of a workbook that a report is about; the file appears whole or
    not at all, never over its input.

    ``forms`` give the labels of the figures in Japanese, ``limits`` say how large the workbook
    may be. Returns what whoever gets the copy has to know of it, if anything. Raises MarkError,
    and UnwritableFile for the copy.
    """

    def marked(data: bytes, documents: set[str]) -> bytes:
        return marked_workbook(data, report, documents, lang, forms=forms, limits=limits)

    return copy_marked(
        source_path, report, out_path, marked, lambda data: _is_signed(Package(data, limits))
    )


def marked_workbook(
    data: bytes,
    report: Report,
    documents: Iterable[str],
    lang: Lang = "ja",
    *,
    forms: Mapping[str, Form] | None = None,
    limits: Limits | None = None,
) -> bytes:
    """The bytes of the copy; ``documents`` are the paths under which the report knows the
    workbook. Raises MarkError.
    """
    if not is_zip(data):
        raise MarkError(
            "only .xlsx and .xlsm workbooks can be marked",
            "印を付けられるのは .xlsx と .xlsm のブックだけです",
        )
    names = set(documents)
    findings = findings_in(report, names)
    words = wording_of(report, ReportContext(lang=lang, rules=RuleSet([]), forms=forms or {}))
    try:
        return _Marking(
            Package(data, limits), findings, names, words, unlisted(report, words)
        ).done()
    except PackageError as fault:
        raise MarkError(
            f"the workbook {fault.message.en}", f"ブックに印を付けられません: {fault.message.ja}"
        ) from None
    except expat.ExpatError:
        raise MarkError(
            "a part of the workbook is no XML", "ブックの一部を XML として読めません"
        ) from None


def _is_signed(package: Package) -> bool:
    return any(
        rel.type.endswith("/digital-signature/origin") for rel in package.relationships("").values()
    )


# --- the marking ------------------------------------------------------------------------------------------------------------


@dataclass
class Mark:
    """A cell with its findings, worst first."""

    at: tuple[int, int]
    address: str
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def severity(self) -> Severity:
        return next(
            severity
            for severity in SEVERITIES
            if any(finding.severity == severity for finding in self.findings)
        )


class _Marking:
    """One workbook being marked; ``changed`` are the parts that differ from the original,
    ``unlisted`` says if findings are left out.
    """

    def __init__(
        self,
        package: Package,
        findings: Sequence[Finding],
        documents: set[str],
        words: Wording,
        unlisted: str,
    ) -> None:
        self.package, self.findings, self.documents, self.words, self.unlisted = (
            package,
            findings,
            documents,
            words,
            unlisted,
        )
        self.changed: dict[str, bytes] = {}
        self.main = package.main
        self.types: list[tuple[str, str]] = []
        self.new_xfs: dict[tuple[int, Severity], int] = {}
        self.sheets = self._sheets()

    def part(self, name: str) -> bytes:
        return self.changed.get(name) or as_utf8(self.package.read(name))

    def _sheets(self) -> dict[str, str]:
        """The part of each worksheet, by its name."""
        rels = self.package.relationships(self.main)
        found: dict[str, str] = {}
        for tag in tags(self.part(self.main), lambda name, depth: name == "sheet" and depth == 2)[
            0
        ]:
            rel_id = next(
                (
                    value
                    for name, value in tag.attributes.items()
                    if name.rpartition(":")[2] == "id" and ":" in name
                ),
                "",
            )
            if rel_id in rels and rels[rel_id].kind == "worksheet":
                found[tag.attributes.get("name", "")] = rels[rel_id].target
        return found

    @property
    def flavour(self) -> str:
        """The namespace of relationships: strict or transitional."""
        return _STRICT if b"purl.oclc.org/ooxml" in self.part(self.main)[:4000] else _TRANSITIONAL

    def done(self) -> bytes:
        """The marked-up package."""
        rels = self.package.relationships(self.main).values()
        part = next(
            (
                rel.target
                for rel in rels
                if rel.kind == "styles" and not rel.external and rel.target in self.package
            ),
            None,
        )
        styles = Styles(None if part is None else self.part(part))
        for name, marks in self._marks().items():
            self._worksheet(self.sheets[name], marks, styles)
        self._listing(styles)
        if part is not None and (styled := styles.done()) is not None:
            self.changed[part] = styled
        self._content_types()
        return self._zipped()

    def _marks(self) -> dict[str, list[Mark]]:
        marks: dict[str, dict[tuple[int, int], Mark]] = {}
        for finding in self.findings:
            for cell in finding.cells:
                place = cell.place
                if (
                    cell.document not in self.documents
                    or place is None
                    or place.sheet not in self.sheets
                    or place.cell is None
                ):
                    continue
                if (at := parse_address(place.cell)) is None:
                    continue
                mark = marks.setdefault(place.sheet, {}).setdefault(at, Mark(at, address(*at)))
                if finding not in mark.findings:
                    mark.findings.append(finding)
        return {name: [of[at] for at in sorted(of)] for name, of in marks.items()}

    # A worksheet: fills in its cells, comments beside it.

    def _worksheet(self, part: str, marks: Sequence[Mark], styles: Styles) -> None:
        wanted = {mark.at[0]: True for mark in marks}
        data = self.part(part)
        keep = frozenset(("row", "c", "col"))
        found, prefix = tags(
            data, lambda name, depth: depth == 1 or (name in keep and depth in (2, 3))
        )
        patch = Patch(data)
        rows: dict[int, Tag] = {}
        cells: dict[int, list[tuple[int, Tag]]] = {}
        columns = [tag for tag in found if tag.name == "col"]
        number = column = 0
        for tag in found:
            if tag.name == "row" and tag.depth == 2:
                number, column = int(tag.attributes.get("r", number + 1)), 0
                rows[number] = tag
            elif tag.name == "c" and tag.depth == 3:
                at = parse_address(tag.attributes.get("r", ""))
                column = at[1] if at else column + 1
                if number in wanted:
                    cells.setdefault(number, []).append((column, tag))
        body = next(tag for tag in found if tag.name == "sheetData")
        by_row: dict[int, list[Mark]] = {}
        for mark in marks:
            by_row.setdefault(mark.at[0], []).append(mark)
        later = sorted(rows)
        fresh_at_end: list[str] = []
        for row, of_row in sorted(by_row.items()):
            if row in rows:
                self._row(patch, rows[row], cells.get(row, []), of_row, columns, styles, prefix)
                continue
            filled = "".join(self._cell(mark, None, columns, styles, prefix) for mark in of_row)
            text = f'<{prefix}row r="{row}">{filled}</{prefix}row>'
            after = next((other for other in later if other > row), None)
            if after is None:
                fresh_at_end.append(text)
            else:
                patch.insert(rows[after].start, text)
        if fresh_at_end:
            patch.append(body, "".join(fresh_at_end), prefix)
        self._comments(part, marks, patch, found, prefix)
        self.changed[part] = patch.done

    def _row(
        self,
        patch: Patch,
        row: Tag,
        cells: Sequence[tuple[int, Tag]],
        marks: Sequence[Mark],
        columns: Sequence[Tag],
        styles: Styles,
        prefix: str,
    ) -> None:
        at_end: list[str] = []
        for mark in marks:
            there = next((tag for column, tag in cells if column == mark.at[1]), None)
            if there is not None:
                style = styles.marked(int(there.attributes.get("s", "0")), mark.severity)
                patch.replace(there.start, there.open_end, patch.set(there, {"s": str(style)}))
                continue
            text = self._cell(mark, row, columns, styles, prefix)
            after = next((tag for column, tag in cells if column > mark.at[1]), None)
            if after is None:
                at_end.append(text)
            else:
                patch.insert(after.start, text)
        if at_end:
            patch.append(row, "".join(at_end), prefix)

    def _cell(
        self, mark: Mark, row: Tag | None, columns: Sequence[Tag], styles: Styles, prefix: str
    ) -> str:
        """An empty cell that only shows its fill, in the looks of its row or column."""
        style = "0"
        if row is not None and row.attributes.get("customFormat") in ("1", "true"):
            style = row.attributes.get("s", "0")
        else:
            for tag in columns:
                if (
                    int(tag.attributes.get("min", "0"))
                    <= mark.at[1]
                    <= int(tag.attributes.get("max", "0"))
                ):
                    style = tag.attributes.get("style", "0")
        return f'<{prefix}c r="{mark.address}" s="{styles.marked(int(style), mark.severity)}"/>'

    def _comments(
        self, part: str, marks: Sequence[Mark], sheet: Patch, found: Sequence[Tag], prefix: str
    ) -> None:
        rels = self.package.relationships(part)
        existing = next(
            (
                rel
                for rel in rels.values()
                if rel.kind == "comments" and not rel.external and rel.target in self.package
            ),
            None,
        )
        legacy = next((tag for tag in found if tag.name == "legacyDrawing"), None)
        legacy_id = (
            next(
                (
                    value
                    for name, value in legacy.attributes.items()
                    if name.rpartition(":")[2] == "id"
                ),
                "",
            )
            if legacy
            else ""
        )
        drawing = rels.get(legacy_id)
        new: list[tuple[str, str, str]] = []
        texts = {mark.address: self._comment(mark) for mark in marks}
        if existing is not None:
            self.changed[existing.target], told = more_comments(self.part(existing.target), texts)
        else:
            target = self._free("xl/comments{}.xml")
            told = set[str]()
            self.changed[target] = new_comments(texts)
            self.types.append((target, f"{_SPREADSHEET}.comments+xml"))
            new.append((self._rel_id(rels, new), f"{self.flavour}/comments", target))
        without_shape = [mark.at for mark in marks if mark.address not in told]
        if drawing is not None and drawing.target in self.package:
            self.changed[drawing.target] = more_shapes(self.part(drawing.target), without_shape)
        else:
            target = self._free("xl/drawings/vmlDrawing{}.vml")
            self.changed[target] = new_shapes(without_shape)
            rel_id = self._rel_id(rels, new)
            new.append((rel_id, f"{self.flavour}/vmlDrawing", target))
            element = f'<{prefix}legacyDrawing xmlns:rel="{self.flavour}" rel:id="{rel_id}"/>'
            if legacy is not None:
                sheet.replace(legacy.start, legacy.end, element)
            else:
                sheet_end = next(tag for tag in found if tag.name == "sheetData").end
                behind = next(
                    (
                        tag
                        for tag in found
                        if tag.depth == 1 and tag.name in _BEHIND_LEGACY and tag.start >= sheet_end
                    ),
                    None,
                )
                sheet.insert(behind.start if behind else sheet.data.rindex(b"</"), element)
        self._relate(part, new)

    def _comment(self, mark: Mark) -> str:
        """What a comment says: rule and message, the figures, what was expected, the likeliest
        slip.
        """
        return "\n\n".join(note(finding, self.words) for finding in mark.findings)

    # The worksheet that lists the findings.

    def _listing(self, styles: Styles) -> None:
        say = self.words.say
        name = self._free_sheet_name(say("Audit findings", "検査結果"))
        part = self._free("xl/worksheets/sheet{}.xml")
        heads = [
            say("no.", "番号"),
            say("severity", "重大度"),
            say("rule", "規則"),
            say("cell", "セル"),
            say("sheet", "シート"),
            say("finding", "指摘"),
            say("figures", "数値"),
            say("expected", "計算上の値"),
            say("suspects", "疑わしい箇所"),
            say("what to do", "対応"),
        ]
        head, link, plain = styles.head, styles.link, styles.wrapped
        rows = [_text_row(1, heads, [head] * len(heads))]
        links: list[str] = []
        number = 1
        for position, finding in enumerate(self.findings, 1):
            pairs = dict(described(finding, self.words))
            owner = (
                self.words.sheet(finding.sheet.number, finding.sheet.name) if finding.sheet else ""
            )
            owner = owner or (
                self.words.kpi(finding.kpi.number, finding.kpi.name) if finding.kpi else ""
            )
            places = [
                cell.place
                for cell in finding.cells
                if cell.place
                and cell.document in self.documents
                and cell.place.sheet in self.sheets
            ]
            for place in list(
                dict.fromkeys((place.sheet or "", place.cell or "") for place in places)
            ) or [("", "")]:
                number += 1
                linked = place[0] != "" and parse_address(place[1]) is not None
                texts = [
                    str(position),
                    self.words.word(finding.severity),
                    finding.rule,
                    f"{place[0]}!{place[1]}" if linked else "",
                    owner,
                    finding.message.of(self.words.lang),
                    finding.equation,
                    pairs.get(say("expected", "計算上の値"), ""),
                    suspects(finding, self.words),
                    finding.action.of(self.words.lang),
                ]
                rows.append(
                    _text_row(
                        number, texts, [plain] * 3 + [link if linked else plain] + [plain] * 6
                    )
                )
                if linked and len(links) < 65_000:
                    sheet = place[0].replace("'", "''")
                    target = quoteattr(f"'{sheet}'!{place[1]}")
                    links.append(
                        f'<hyperlink ref="D{number}" location={target} display={quoteattr(FORBIDDEN.sub("", texts[3]))}/>'
                    )
        if self.unlisted:
            number += 1
            rows.append(_text_row(number, ["", "", "", "", "", self.unlisted], [plain] * 6))
        elif not self.findings:
            number += 1
            rows.append(_text_row(number, [say("no findings", "指摘はありません")], [plain]))
        if _is_signed(self.package):
            rows.append(
                _text_row(number + 1, ["", "", "", "", "", SIGNED.of(self.words.lang)], [plain] * 6)
            )
        widths = (6, 9, 9, 18, 30, 50, 36, 16, 40, 40)
        cols = "".join(
            f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>'
            for i, width in enumerate(widths, 1)
        )
        hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
        self.changed[part] = (
            f'{DECLARATION}<worksheet xmlns="{self._main_namespace}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            '<sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="13.5"/><cols>{cols}</cols><sheetData>{"".join(rows)}</sheetData>{hyperlinks}'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode()
        self.types.append((part, f"{_SPREADSHEET}.worksheet+xml"))
        rel_id = self._rel_id(self.package.relationships(self.main), [])
        self._relate(self.main, [(rel_id, f"{self.flavour}/worksheet", part)])
        patch = Patch(self.part(self.main))
        found, prefix = tags(
            patch.data, lambda local, depth: local in ("sheets", "sheet") and depth in (1, 2)
        )
        sheets = next(tag for tag in found if tag.name == "sheets")
        identity = 1 + max(
            (int(tag.attributes.get("sheetId", "0")) for tag in found if tag.name == "sheet"),
            default=0,
        )
        patch.append(
            sheets,
            f'<{prefix}sheet xmlns:rel="{self.flavour}" name={quoteattr(name)} sheetId="{identity}" rel:id="{rel_id}"/>',
            prefix,
        )
        self.changed[self.main] = patch.done

    @property
    def _main_namespace(self) -> str:
        return "http://purl.oclc.org/ooxml/spreadsheetml/main" if self.flavour == _STRICT else MAIN

    def _free_sheet_name(self, name: str) -> str:
        taken = {sheet.casefold() for sheet in self.sheets}
        tried, number = name, 2
        while tried.casefold() in taken:
            tried, number = f"{name} {number}", number + 1
        return tried

    # Names, relationships, content types.

    def _free(self, pattern: str) -> str:
        number = 1
        while pattern.format(number) in self.package or pattern.format(number) in self.changed:
            number += 1
        return pattern.format(number)

    def _rel_id(self, rels: Mapping[str, Relationship], new: Sequence[tuple[str, str, str]]) -> str:
        number = 1
        while f"rIdAudit{number}" in rels or any(rel[0] == f"rIdAudit{number}" for rel in new):
            number += 1
        return f"rIdAudit{number}"

    def _relate(self, part: str, new: Sequence[tuple[str, str, str]]) -> None:
        if not new:
            return
        name = rels_of(part)
        folder = posixpath.dirname(part)

        def written(prefix: str) -> str:
            return "".join(
                f'<{prefix}Relationship Id="{rel_id}" Type="{kind}" Target="{posixpath.relpath(target, folder)}"/>'
                for rel_id, kind, target in new
            )

        if name not in self.package and name not in self.changed:
            self.changed[name] = (
                f'{DECLARATION}<Relationships xmlns="{_PACKAGE_RELS}">{written("")}</Relationships>'.encode()
            )
            return
        patch = Patch(self.part(name))
        found, prefix = tags(patch.data, lambda _, depth: depth == 0)
        patch.append(found[0], written(prefix), prefix)
        self.changed[name] = patch.done

    def _content_types(self) -> None:
        name = "[Content_Types].xml"
        patch = Patch(self.part(name))
        found, prefix = tags(patch.data, lambda _, depth: depth <= 1)
        known = {
            tag.attributes.get("Extension", "").casefold() for tag in found if tag.name == "Default"
        }
        text = "".join(
            f'<{prefix}Override PartName="/{part}" ContentType="{kind}"/>'
            for part, kind in self.types
        )
        drawings = [
            part for part in self.changed if part.endswith(".vml") and part not in self.package
        ]
        if drawings and "vml" not in known:
            first = next((tag for tag in found if tag.depth == 1), None)
            default = f'<{prefix}Default Extension="vml" ContentType="{_VML_TYPE}"/>'
            patch.insert(first.start if first else found[0].close, default)
        patch.append(found[0], text, prefix)
        self.changed[name] = patch.done

    def _zipped(self) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            left = dict(self.changed)
            for entry in self.package.zip.infolist():
                copy = zipfile.ZipInfo(entry.filename, entry.date_time)
                copy.compress_type, copy.external_attr, copy.create_system = (
                    entry.compress_type,
                    entry.external_attr,
                    entry.create_system,
                )
                changed = next(
                    (name for name in left if name.casefold() == entry.filename.casefold()), None
                )
                archive.writestr(
                    copy,
                    left.pop(changed)
                    if changed is not None
                    else self.package.read(entry.filename)
                    if not entry.is_dir()
                    else b"",
                )
            for name, data in left.items():
                archive.writestr(
                    zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED
                )
        return out.getvalue()


def _text_row(number: int, texts: Sequence[str], styles: Sequence[int]) -> str:
    cells = "".join(
        f'<c r="{column_letters(index + 1)}{number}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{xml_text(text, _LONGEST_CELL)}</t></is></c>'
        for index, (text, style) in enumerate(zip(texts, styles, strict=True))
    )
    return f'<row r="{number}">{cells}</row>'
