"""A copy of a workbook with the findings on the spot: a comment and a fill on each cell, and a worksheet that lists and links them.

Only the parts that have to change are patched, by splicing bytes: everything else in the package stays as it was, byte for byte.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from auditor.auditing import Report
from auditor.forms import Form
from auditor.ooxml import Package, PackageError, Relationship, is_zip, rels_of
from auditor.reports import Lang, ReportContext
from auditor.reports.findings import described, wording_of
from auditor.reports.marking import MarkError, copy_marked, findings_in, note, suspects
from auditor.reports.splices import Patch, Tag, as_utf8, tags, with_attributes
from auditor.reports.wording import Wording
from auditor.rules import SEVERITIES, Finding, RuleSet, Severity

__all__ = ["mark_workbook", "marked_workbook"]

_TRANSITIONAL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_VML: Final = 'xmlns:v="urn:schemas-microsoft-com:vml"'
_OFFICE: Final = 'xmlns:o="urn:schemas-microsoft-com:office:office"'
_EXCEL: Final = 'xmlns:x="urn:schemas-microsoft-com:office:excel"'
_PACKAGE_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_VML_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_FILLS: Final[Mapping[Severity, str]] = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "note": "FFDDEBF7"}
_AUTHOR: Final = "sheet-auditor"
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_COMMENT: Final = 8_000
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
    source_path: str | Path, report: Report, out_path: str | Path, lang: Lang = "ja", *, forms: Mapping[str, Form] | None = None
) -> None:
    """Write the marked-up copy of a workbook that a report is about; the file appears whole or not at all, never over its input.

    ``forms`` give the labels of the figures in Japanese. Raises MarkError.
    """
    copy_marked(source_path, report, out_path, lambda data, documents: marked_workbook(data, report, documents, lang, forms=forms))


def marked_workbook(
    data: bytes, report: Report, documents: Iterable[str], lang: Lang = "ja", *, forms: Mapping[str, Form] | None = None
) -> bytes:
    """The bytes of the copy; ``documents`` are the paths under which the report knows the workbook. Raises MarkError."""
    if not is_zip(data):
        raise MarkError("only .xlsx and .xlsm workbooks can be marked", "印を付けられるのは .xlsx と .xlsm のブックだけです")
    names = set(documents)
    findings = findings_in(report, names)
    words = wording_of(report, ReportContext(lang=lang, rules=RuleSet([]), forms=forms or {}))
    try:
        return _Marking(Package(data), findings, names, words).done()
    except PackageError as fault:
        raise MarkError(f"the workbook {fault.why.en}", f"ブックに印を付けられません: {fault.why.ja}") from None
    except expat.ExpatError:
        raise MarkError("a part of the workbook is no XML", "ブックの一部を XML として読めません") from None


def xml_text(text: str, most: int) -> str:
    """Text for XML: without what XML can't hold, not longer than a cell or comment may be."""
    text = _FORBIDDEN.sub("\ufffd", text)
    return escape(text if len(text) <= most else text[: most - 1] + "…")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _address(cell: str) -> tuple[int, int] | None:
    """Row and column of ``D12``, or None where it is no cell of a worksheet."""
    match = _CELL.fullmatch(cell)
    if match is None:
        return None
    row, column = int(match[2]), _column(match[1])
    return (row, column) if 1 <= row <= 1_048_576 and column <= 16_384 else None


# --- the marking ------------------------------------------------------------------------------------------------------------


@dataclass
class Mark:
    """A cell with its findings, worst first."""

    at: tuple[int, int]
    address: str
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def severity(self) -> Severity:
        return next(severity for severity in SEVERITIES if any(finding.severity == severity for finding in self.findings))


class _Marking:
    """One workbook being marked; ``changed`` are the parts that differ from the original."""

    def __init__(self, package: Package, findings: Sequence[Finding], documents: set[str], words: Wording) -> None:
        self.package, self.findings, self.documents, self.words = package, findings, documents, words
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
        for tag in tags(self.part(self.main), lambda name, depth: name == "sheet" and depth == 2)[0]:
            rel_id = next((value for name, value in tag.attributes.items() if name.rpartition(":")[2] == "id" and ":" in name), "")
            if rel_id in rels and rels[rel_id].kind == "worksheet":
                found[tag.attributes.get("name", "")] = rels[rel_id].target
        return found

    @property
    def flavour(self) -> str:
        """The namespace of relationships: strict or transitional."""
        return _STRICT if b"purl.oclc.org/ooxml" in self.part(self.main)[:4000] else _TRANSITIONAL

    def done(self) -> bytes:
        """The marked-up package."""
        styles = _Styles(self)
        for name, marks in self._marks().items():
            self._worksheet(self.sheets[name], marks, styles)
        self._listing(styles)
        styles.finish()
        self._content_types()
        return self._zipped()

    def _marks(self) -> dict[str, list[Mark]]:
        marks: dict[str, dict[tuple[int, int], Mark]] = {}
        for finding in self.findings:
            for cell in finding.cells:
                place = cell.place
                if cell.document not in self.documents or place is None or place.sheet not in self.sheets or place.cell is None:
                    continue
                if (at := _address(place.cell)) is None:
                    continue
                mark = marks.setdefault(place.sheet, {}).setdefault(at, Mark(at, place.cell))
                if finding not in mark.findings:
                    mark.findings.append(finding)
        return {name: [of[at] for at in sorted(of)] for name, of in marks.items()}

    # A worksheet: fills in its cells, comments beside it.

    def _worksheet(self, part: str, marks: Sequence[Mark], styles: _Styles) -> None:
        wanted = {mark.at[0]: True for mark in marks}
        data = self.part(part)
        keep = frozenset(("row", "c", "col"))
        found, prefix = tags(data, lambda name, depth: depth == 1 or (name in keep and depth in (2, 3)))
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
                at = _address(tag.attributes.get("r", ""))
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
        styles: _Styles,
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

    def _cell(self, mark: Mark, row: Tag | None, columns: Sequence[Tag], styles: _Styles, prefix: str) -> str:
        """An empty cell that only shows its fill, in the looks of its row or column."""
        style = "0"
        if row is not None and row.attributes.get("customFormat") in ("1", "true"):
            style = row.attributes.get("s", "0")
        else:
            for tag in columns:
                if int(tag.attributes.get("min", "0")) <= mark.at[1] <= int(tag.attributes.get("max", "0")):
                    style = tag.attributes.get("style", "0")
        return f'<{prefix}c r="{mark.address}" s="{styles.marked(int(style), mark.severity)}"/>'

    def _comments(self, part: str, marks: Sequence[Mark], sheet: Patch, found: Sequence[Tag], prefix: str) -> None:
        rels = self.package.relationships(part)
        existing = next((rel for rel in rels.values() if rel.kind == "comments" and not rel.external and rel.target in self.package), None)
        legacy = next((tag for tag in found if tag.name == "legacyDrawing"), None)
        legacy_id = next((value for name, value in legacy.attributes.items() if name.rpartition(":")[2] == "id"), "") if legacy else ""
        drawing = rels.get(legacy_id)
        new: list[tuple[str, str, str]] = []
        texts = {mark.address: self._comment(mark) for mark in marks}
        if existing is not None:
            told = self._more_comments(existing.target, texts)
        else:
            target = self._free("xl/comments{}.xml")
            told = set[str]()
            self.changed[target] = _new_comments(texts).encode()
            self.types.append((target, f"{_SPREADSHEET}.comments+xml"))
            new.append((self._rel_id(rels, new), f"{self.flavour}/comments", target))
        without_shape = [mark for mark in marks if mark.address not in told]
        if drawing is not None and drawing.target in self.package:
            self._more_shapes(drawing.target, without_shape)
        else:
            target = self._free("xl/drawings/vmlDrawing{}.vml")
            self.changed[target] = _new_shapes(without_shape).encode()
            rel_id = self._rel_id(rels, new)
            new.append((rel_id, f"{self.flavour}/vmlDrawing", target))
            element = f'<{prefix}legacyDrawing xmlns:rel="{self.flavour}" rel:id="{rel_id}"/>'
            if legacy is not None:
                sheet.replace(legacy.start, legacy.end, element)
            else:
                sheet_end = next(tag for tag in found if tag.name == "sheetData").end
                behind = next((tag for tag in found if tag.depth == 1 and tag.name in _BEHIND_LEGACY and tag.start >= sheet_end), None)
                sheet.insert(behind.start if behind else sheet.data.rindex(b"</"), element)
        self._relate(part, new)

    def _comment(self, mark: Mark) -> str:
        """What a comment says: rule and message, the figures, what was expected, the likeliest slip."""
        return "\n\n".join(note(finding, self.words) for finding in mark.findings)

    def _more_comments(self, part: str, texts: Mapping[str, str]) -> set[str]:
        """Add comments to a part that has some; a cell's own comment is kept and goes on with ours. Gives the cells that had one."""
        data = self.part(part)
        found, prefix = tags(data, lambda _, depth: depth <= 5)
        patch = Patch(data)
        authors = next((tag for tag in found if tag.name == "authors"), None)
        listed = next((tag for tag in found if tag.name == "commentList"), None)
        if authors is None or listed is None:
            raise PackageError("broken-comments", "has comments that can't be read", "コメントの部品を読めません")
        author = sum(tag.name == "author" for tag in found)
        patch.append(authors, f"<{prefix}author>{_AUTHOR}</{prefix}author>", prefix)
        had: set[str] = set()
        for comment in (tag for tag in found if tag.name == "comment"):
            where = comment.attributes.get("ref", "")
            if where not in texts:
                continue
            had.add(where)
            inside = [tag for tag in found if comment.start < tag.start < comment.end]
            text = next((tag for tag in inside if tag.name == "text"), None)
            if text is None:
                continue
            run = f'<{prefix}r><{prefix}t xml:space="preserve">\n――――\n{xml_text(texts[where], _LONGEST_COMMENT)}</{prefix}t></{prefix}r>'
            for plain in (tag for tag in inside if tag.name == "t" and tag.depth == text.depth + 1):
                patch.insert(plain.start, f"<{prefix}r>")  # a text is either plain or made of runs
                patch.insert(plain.end, f"</{prefix}r>")
            reading = next((tag for tag in inside if tag.name in ("rPh", "phoneticPr") and tag.depth == text.depth + 1), None)
            if reading is not None:
                patch.insert(reading.start, run)
            else:
                patch.append(text, run, prefix)
        fresh = "".join(_comment_xml(where, author, text, prefix) for where, text in texts.items() if where not in had)
        if fresh:
            patch.append(listed, fresh, prefix)
        self.changed[part] = patch.done
        return had

    def _more_shapes(self, part: str, marks: Sequence[Mark]) -> None:
        """Add shapes to a drawing that may hold buttons too. Old drawings are not always XML, so the end tag is looked for."""
        data = self.part(part)
        end = data.rfind(b"</xml>")
        if end < 0:
            raise PackageError("broken-drawing", "has a drawing of comments that can't be read", "コメントの図形の部品を読めません")
        taken = [int(number) for number in re.findall(rb"_x0000_s([0-9]{1,9})", data)]
        shapes = "" if b'id="_x0000_t202"' in data else _SHAPE_TYPE
        shapes += "".join(_shape(mark, number) for number, mark in enumerate(marks, max(taken, default=1024) + 1))
        named = re.search(rb'xmlns:x\s*=\s*"urn:schemas-microsoft-com:office:excel"', data[:2000]) is not None
        shapes = shapes if named else shapes.replace("<x:ClientData", '<x:ClientData xmlns:x="urn:schemas-microsoft-com:office:excel"')
        self.changed[part] = data[:end] + shapes.encode() + data[end:]

    # The worksheet that lists the findings.

    def _listing(self, styles: _Styles) -> None:
        say = self.words.say
        name = self._free_sheet_name(say("Audit findings", "監査結果"))
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
            owner = self.words.sheet(finding.sheet.number, finding.sheet.name) if finding.sheet else ""
            owner = owner or (self.words.kpi(finding.kpi.number, finding.kpi.name) if finding.kpi else "")
            places = [
                cell.place for cell in finding.cells if cell.place and cell.document in self.documents and cell.place.sheet in self.sheets
            ]
            for place in list(dict.fromkeys((place.sheet or "", place.cell or "") for place in places)) or [("", "")]:
                number += 1
                linked = place[0] != "" and _address(place[1]) is not None
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
                rows.append(_text_row(number, texts, [plain] * 3 + [link if linked else plain] + [plain] * 6))
                if linked and len(links) < 65_000:
                    sheet = place[0].replace("'", "''")
                    target = quoteattr(f"'{sheet}'!{place[1]}")
                    links.append(f'<hyperlink ref="D{number}" location={target} display={quoteattr(_FORBIDDEN.sub("", texts[3]))}/>')
        if not self.findings:
            rows.append(_text_row(2, [say("no findings", "指摘はありません")], [plain]))
        widths = (6, 9, 9, 18, 30, 50, 36, 16, 40, 40)
        cols = "".join(f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(widths, 1))
        hyperlinks = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
        self.changed[part] = (
            f'{_DECLARATION}<worksheet xmlns="{self._main_namespace}">'
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
        found, prefix = tags(patch.data, lambda local, depth: local in ("sheets", "sheet") and depth in (1, 2))
        sheets = next(tag for tag in found if tag.name == "sheets")
        identity = 1 + max((int(tag.attributes.get("sheetId", "0")) for tag in found if tag.name == "sheet"), default=0)
        patch.append(
            sheets, f'<{prefix}sheet xmlns:rel="{self.flavour}" name={quoteattr(name)} sheetId="{identity}" rel:id="{rel_id}"/>', prefix
        )
        self.changed[self.main] = patch.done

    @property
    def _main_namespace(self) -> str:
        return "http://purl.oclc.org/ooxml/spreadsheetml/main" if self.flavour == _STRICT else _MAIN

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
            self.changed[name] = f'{_DECLARATION}<Relationships xmlns="{_PACKAGE_RELS}">{written("")}</Relationships>'.encode()
            return
        patch = Patch(self.part(name))
        found, prefix = tags(patch.data, lambda _, depth: depth == 0)
        patch.append(found[0], written(prefix), prefix)
        self.changed[name] = patch.done

    def _content_types(self) -> None:
        name = "[Content_Types].xml"
        patch = Patch(self.part(name))
        found, prefix = tags(patch.data, lambda _, depth: depth <= 1)
        known = {tag.attributes.get("Extension", "").casefold() for tag in found if tag.name == "Default"}
        text = "".join(f'<{prefix}Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in self.types)
        drawings = [part for part in self.changed if part.endswith(".vml") and part not in self.package]
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
                copy.compress_type, copy.external_attr, copy.create_system = entry.compress_type, entry.external_attr, entry.create_system
                changed = next((name for name in left if name.casefold() == entry.filename.casefold()), None)
                archive.writestr(
                    copy, left.pop(changed) if changed is not None else self.package.read(entry.filename) if not entry.is_dir() else b""
                )
            for name, data in left.items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        return out.getvalue()


class _Styles:
    """The workbook's styles, and those that are added: each cell keeps its own looks under the fill."""

    def __init__(self, marking: _Marking) -> None:
        self.marking = marking
        rels = marking.package.relationships(marking.main).values()
        part = next((rel.target for rel in rels if rel.kind == "styles" and not rel.external and rel.target in marking.package), None)
        self.part = part
        self.added: list[str] = []
        self.known: dict[tuple[int, str], int] = {}
        self.fills: list[str] = []
        self.fonts: list[str] = []
        if part is None:
            return
        self.patch = Patch(marking.part(part))
        found, self.prefix = tags(self.patch.data, lambda _, depth: depth in (1, 2))
        self.of = {tag.name: tag for tag in found if tag.depth == 1}
        formats = self.of.get("cellXfs")
        self.xfs = [tag for tag in found if tag.depth == 2 and tag.name == "xf" and formats and formats.start < tag.start < formats.end]
        self.counts = {
            name: sum(tag.depth == 2 and group.start < tag.start < group.end for tag in found)
            for name, group in self.of.items()
            if name in ("fills", "fonts", "cellXfs")
        }
        if not {"fills", "fonts", "cellXfs"} <= set(self.counts) or not self.xfs:
            self.part = None

    def marked(self, style: int, severity: Severity) -> int:
        """The index of a style that looks like ``style``, filled in the severity's colour."""
        color = _FILLS[severity]
        if self.part is None:
            return style
        key = style, color
        if key not in self.known:
            xf = self.xfs[style] if style < len(self.xfs) else self.xfs[0]
            text = self.patch.data[xf.start : xf.end].decode()
            opened = self.patch.data[xf.start : xf.open_end].decode()
            changed = with_attributes(opened, {"fillId": str(self._fill(color)), "applyFill": "1"})
            self._add(key, changed + text[len(opened) :])
        return self.known[key]

    def _fill(self, color: str) -> int:
        p = self.prefix
        fill = (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{color}"/><{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        )
        if fill not in self.fills:
            self.fills.append(fill)
        return self.counts["fills"] + self.fills.index(fill)

    def _font(self, font: str) -> int:
        if font not in self.fonts:
            self.fonts.append(font)
        return self.counts["fonts"] + self.fonts.index(font)

    def _add(self, key: tuple[int, str], xf: str) -> None:
        self.known[key] = self.counts["cellXfs"] + len(self.added)
        self.added.append(xf)

    def _own(self, name: str, font: str, fill: str | None) -> int:
        if self.part is None:
            return 0
        key = -1, name
        if key not in self.known:
            p = self.prefix
            font_id = self._font(font) if font else 0
            filled = f'fillId="{self._fill(fill)}" applyFill="1"' if fill else 'fillId="0"'
            alignment = f'<{p}alignment vertical="top" wrapText="1"/>'
            self._add(
                key,
                f'<{p}xf numFmtId="0" fontId="{font_id}" {filled} borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
                f"{alignment}</{p}xf>",
            )
        return self.known[key]

    @property
    def head(self) -> int:
        return self._own(
            "head", f'<{self.prefix}font><{self.prefix}b/><{self.prefix}sz val="11"/></{self.prefix}font>' if self.part else "", "FFD9D9D9"
        )

    @property
    def link(self) -> int:
        p = self.prefix if self.part else ""
        return self._own("link", f'<{p}font><{p}u/><{p}sz val="11"/><{p}color rgb="FF0563C1"/></{p}font>', None)

    @property
    def wrapped(self) -> int:
        return self._own("wrapped", "", None)

    def finish(self) -> None:
        """Write what was added."""
        if self.part is None:
            return
        for name, texts in (("fonts", self.fonts), ("fills", self.fills), ("cellXfs", self.added)):
            if texts:
                group = self.of[name]
                self.patch.replace(group.start, group.open_end, self.patch.set(group, {"count": str(self.counts[name] + len(texts))}))
                self.patch.append(group, "".join(texts), self.prefix)
        self.marking.changed[self.part] = self.patch.done


# --- new parts --------------------------------------------------------------------------------------------------------------

_SHAPE_TYPE: Final = (
    f'<v:shapetype {_VML} {_OFFICE} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _shape(mark: Mark, number: int) -> str:
    row, column = mark.at[0] - 1, mark.at[1] - 1
    return (
        f'<v:shape {_VML} {_OFFICE} id="_x0000_s{number}" type="#_x0000_t202" '
        'style="position:absolute;margin-left:60pt;margin-top:2pt;width:300pt;height:120pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {max(row - 1, 0)}, 10, {column + 7}, 15, {max(row - 1, 0) + 9}, 4</x:Anchor>"
        "<x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )


def _new_shapes(marks: Sequence[Mark]) -> str:
    shapes = "".join(_shape(mark, number) for number, mark in enumerate(marks, 1025))
    return (
        f"<xml {_VML} {_OFFICE} {_EXCEL}>"
        '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
        f"{_SHAPE_TYPE}{shapes}</xml>"
    )


def _comment_xml(where: str, author: int, text: str, prefix: str = "") -> str:
    body = f'<{prefix}r><{prefix}t xml:space="preserve">{xml_text(text, _LONGEST_COMMENT)}</{prefix}t></{prefix}r>'
    return f'<{prefix}comment ref="{where}" authorId="{author}"><{prefix}text>{body}</{prefix}text></{prefix}comment>'


def _new_comments(texts: Mapping[str, str]) -> str:
    comments = "".join(_comment_xml(where, 0, text) for where, text in texts.items())
    return (
        f'{_DECLARATION}<comments xmlns="{_MAIN}"><authors><author>{_AUTHOR}</author></authors>'
        f"<commentList>{comments}</commentList></comments>"
    )


def _text_row(number: int, texts: Sequence[str], styles: Sequence[int]) -> str:
    cells = "".join(
        f'<c r="{chr(ord("A") + index)}{number}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{xml_text(text, _LONGEST_CELL)}</t></is></c>'
        for index, (text, style) in enumerate(zip(texts, styles, strict=True))
    )
    return f'<row r="{number}">{cells}</row>'
