"""A workbook's worksheets, streamed one at a time: cells with address, cached value, formula and
format, merges, what is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation
from typing import Final, Literal, NoReturn
from urllib.parse import unquote

from auditor.files.ooxml import Package, PackageError, parse_xml
from auditor.readers.workbook.number_formats import BUILT_IN, GENERAL, NumberFormat
from auditor.records.addresses import MAX_COLUMN, MAX_ROW, Area, address, parse_address, parse_area
from auditor.records.figures import Figure, Place, parse_figure

__all__ = ["SheetCell", "Workbook", "Worksheet", "WorksheetEntry"]

Kind = Literal["number", "text", "error", "boolean", "uncalculated"]
Visibility = Literal["visible", "hidden", "veryHidden"]

_FIFTEEN: Final = Context(prec=15)
_LARGEST_EXPONENT: Final = 308
_EMPTY_CELL: Final = re.compile(
    rb'<(?:[a-z]+:)?c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,5}")?(?:/>|></(?:[a-z]+:)?c>)'
)
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_READ_ELEMENTS: Final = (
    "c",
    "v",
    "f",
    "t",
    "is",
    "rPh",
    "row",
    "col",
    "mergeCell",
    "dimension",
    "sheetData",
)
_LONGEST_TEXT: Final = 40_000
_REFERENCE: Final = re.compile(
    r"""("(?:[^"]|"")*")|((?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)?(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w(.!])""",
    re.UNICODE,
)


class SheetCell:
    """One cell that holds something. ``raw`` is the cached value as the file has it; a merged
    cell spans its area.
    """

    __slots__ = (
        "column",
        "columns",
        "format",
        "formula",
        "kind",
        "raw",
        "row",
        "rows",
        "sheet",
        "style",
    )

    def __init__(
        self,
        sheet: str,
        row: int,
        column: int,
        kind: Kind,
        raw: str,
        formula: str | None,
        style: int,
        form: NumberFormat,
    ) -> None:
        self.sheet, self.row, self.column, self.kind, self.raw = sheet, row, column, kind, raw
        self.formula, self.style, self.format = formula, style, form
        self.rows = self.columns = 1

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def place(self) -> Place:
        return Place(sheet=self.sheet, cell=address(self.row, self.column))

    @property
    def number(self) -> Decimal | None:
        """The cached number, at the 15 digits that a spreadsheet program itself keeps and shows."""
        return _number(self.raw) if self.kind == "number" else None

    @property
    def text(self) -> str:
        """What the cell shows."""
        if self.kind == "uncalculated":
            return f"={self.formula}"
        number = self.number
        return self.raw if number is None else self.format.show(number)

    @property
    def label(self) -> str:
        """What the cell shows where that can be a label: its format prints words around the
        number, or the number is a year.
        """
        if self.kind == "text":
            return self.raw
        if self.kind != "number":
            return ""
        if self.format.has_words or (len(self.raw) == 4 and self.raw[:2] in ("19", "20")):
            return self.text
        return ""

    def figure(self, unit: str, units: tuple[str, ...]) -> Figure:
        """The cell as a figure in the unit that it prints: a percent format shows hundredths,
        ``#,##0,`` thousands.
        """
        number = self.number
        if number is None:
            if self.kind == "text":
                figure = parse_figure(
                    self.raw, unit=unit, units=units, place=self.place, placed_by="position"
                )
                return figure.model_copy(update={"formula": self.formula, "cached": self.raw})
            printed, cached = self.text, None if self.kind == "uncalculated" else self.raw
            return Figure(
                state="text",
                printed=printed,
                unit=unit,
                place=self.place,
                placed_by="position",
                formula=self.formula,
                cached=cached,
            )
        printed = self.format.show(number).strip()
        if self.format.is_date:
            return Figure(
                state="text",
                printed=printed,
                unit=unit,
                place=self.place,
                placed_by="position",
                formula=self.formula,
                cached=self.raw,
            )
        shown = parse_figure(printed, unit=unit, units=units) if self.format.has_words else None
        return Figure(
            value=_scaled(number, self.format.scale),
            state="number",
            printed=printed,
            unit=shown.unit if shown is not None and shown.state == "number" else unit,
            place=self.place,
            placed_by="position",
            formula=self.formula,
            cached=self.raw,
        )


def _number(raw: str) -> Decimal | None:
    if len(raw) <= 15 and raw.isascii() and raw.isdigit():
        return Decimal(raw)
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        return None
    if len(value.as_tuple().digits) > 15:
        value = _FIFTEEN.plus(value).normalize()
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole and abs(value.adjusted()) < 27 else value


def _scaled(value: Decimal, scale: Decimal) -> Decimal:
    if scale == 1:
        return value
    scaled = _FIFTEEN.multiply(value, scale).normalize()
    return (
        scaled.quantize(Decimal(1))
        if scaled == scaled.to_integral_value() and scaled.adjusted() < 27
        else scaled
    )


@dataclass
class Worksheet:
    """One worksheet: its cells in reading order by row and column, its merges, and what is
    hidden. ``lost`` is one whose content is damaged or missing, whatever cells it has.
    """

    name: str
    visibility: Visibility = "visible"
    cells: dict[tuple[int, int], SheetCell] = field(
        default_factory=dict[tuple[int, int], SheetCell]
    )
    merges: list[Area] = field(default_factory=list[Area])
    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    lost: bool = False

    def hides(self, row: int, column: int) -> bool:
        """Whether the row or the column is hidden."""
        return row in self.hidden_rows or any(
            first <= column <= last for first, last in self.hidden_columns
        )

    def merge(self) -> None:
        """Let each merged area's first cell span it."""
        for area in self.merges:
            if cell := self.cells.get((area.top, area.left)):
                cell.rows, cell.columns = area.bottom - area.top + 1, area.right - area.left + 1


@dataclass(frozen=True)
class WorksheetEntry:
    """A worksheet as the workbook lists it."""

    name: str
    part: str
    visibility: Visibility


class Workbook:
    """A workbook's package. Worksheets are read when they are asked for, so that only one is held
    at a time.
    """

    has_formulas = True

    def __init__(self, package: Package) -> None:
        self.package = package
        kind = package.content_type(package.main)
        if "sheet.binary" in kind:
            raise PackageError(
                "xlsb",
                "is a binary workbook (.xlsb); save it as .xlsx",
                "バイナリ形式のブック (.xlsb) です。.xlsx で保存し直してください",
            )
        if "spreadsheetml" not in kind and "ms-excel" not in kind:
            raise PackageError(
                "no-workbook",
                "is an Office file, but no workbook",
                "Office のファイルですが、ブックではありません",
            )
        self.from_1904 = self.rounds_as_shown = False
        self._links: list[str] = []
        self.entries: tuple[WorksheetEntry, ...] = ()
        self._open()
        self.strings = self._strings()
        self.formats = self._formats()
        self._cells_left = package.limits.cells
        self._filled_left = package.limits.filled_cells
        self._merges_left = package.limits.merges

    def _part(self, kind: str) -> str | None:
        rels = self.package.relationships(self.package.main).values()
        return next(
            (
                rel.target
                for rel in rels
                if rel.kind == kind and not rel.external and rel.target in self.package
            ),
            None,
        )

    def _open(self) -> None:
        package = self.package
        rels = package.relationships(package.main)
        entries: list[WorksheetEntry] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "calcPr":
                self.rounds_as_shown = attributes.get("fullPrecision") in ("0", "false")
            elif tag == "externalReference":
                self._links.append(attributes.get("id", ""))
            elif tag == "workbookPr":
                self.from_1904 = attributes.get("date1904") in ("1", "true")
            elif tag == "sheet":
                # The relationship's id is the attribute of another namespace; without namespaces
                # both can be called id.
                rel = rels.get(attributes.get("id", ""))
                state = attributes.get("state")
                name = attributes.get("name", "")
                if rel is None or rel.external or rel.target not in package:
                    raise PackageError(
                        "missing-worksheet",
                        f"worksheet {name!r} is missing from the file",
                        f"ワークシート「{name}」の中身がファイルにありません",
                    )
                if rel.kind != "worksheet":
                    return
                visibility: Visibility = (
                    "hidden"
                    if state == "hidden"
                    else "veryHidden"
                    if state == "veryHidden"
                    else "visible"
                )
                entries.append(WorksheetEntry(name, rel.target, visibility))

        parse_xml(package.chunks(package.main), package.main, start)
        if not entries:
            raise PackageError("no-worksheet", "holds no worksheet", "ワークシートがありません")
        if len(entries) > package.limits.worksheets:
            most = f"{package.limits.worksheets:,}"
            raise PackageError(
                "too-many-worksheets",
                f"holds more than {most} worksheets",
                f"ワークシートが {most} 枚を超えています",
            )
        if len({entry.name.casefold() for entry in entries}) < len(entries):
            raise PackageError(
                "duplicate-worksheet",
                "holds two worksheets of one name",
                "同じ名前のワークシートが2枚あります",
            )
        self.entries = tuple(entries)

    @property
    def linked_files(self) -> tuple[str, ...]:
        """The other files that formulas name, by their numbers from 1; one that is not known is
        its number.
        """
        package = self.package
        rels = package.relationships(package.main)
        files: list[str] = []
        for number, link in enumerate(self._links, 1):
            part = rels.get(link)
            targets = package.relationships(part.target).values() if part is not None else ()
            path = next((rel.target for rel in targets if rel.external), f"[{number}]")
            files.append(unquote(path.replace("\\", "/").rpartition("/")[2]))
        return tuple(files)

    def _strings(self) -> list[str]:
        part = self._part("sharedStrings")
        if part is None:
            return []
        strings: list[str] = []
        pieces: list[str] = []
        inside = phonetic = False
        most = self.package.limits.strings

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal inside, phonetic
            if tag == "t":
                inside = not phonetic
            elif tag == "rPh":  # the reading of kanji is no part of the text
                phonetic = True

        def end(tag: str) -> None:
            nonlocal inside, phonetic
            if tag == "t":
                inside = False
            elif tag == "rPh":
                phonetic = False
            elif tag == "si":
                if len(strings) >= most:
                    raise PackageError(
                        "too-many-texts",
                        f"holds more than {most:,} texts",
                        f"文字列が {most:,} 個を超えています",
                    )
                strings.append(_unescaped("".join(pieces)))
                pieces.clear()

        def text(data: str) -> None:
            if inside:
                pieces.append(data)

        parse_xml(self.package.chunks(part), part, start, end, text)
        return strings

    def _formats(self) -> list[NumberFormat]:
        part = self._part("styles")
        if part is None:
            return [GENERAL]
        codes = dict(BUILT_IN)
        formats: list[NumberFormat] = []
        known: dict[str, NumberFormat] = {}
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if tag == "cellXfs":
                inside = True
            elif tag == "numFmt" and attributes.get("numFmtId", "").isdigit():
                codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "General")
            elif tag == "xf" and inside:
                number = attributes.get("numFmtId", "0")
                code = codes.get(int(number), "General") if number.isdigit() else "General"
                formats.append(known.setdefault(code, NumberFormat(code, self.from_1904)))

        def end(tag: str) -> None:
            nonlocal inside
            if tag == "cellXfs":
                inside = False

        parse_xml(self.package.chunks(part), part, start, end)
        return formats or [GENERAL]

    def words(self) -> str:
        """All texts of the workbook, for finding out which form it has: the shared ones, and
        those that stand in the cells.
        """
        inline = [
            cell.raw
            for entry in self.entries
            if self._holds_inline(entry.part)
            for cell in self.worksheet(entry, counted=False).cells.values()
            if cell.kind == "text"
        ]
        return "\n".join([*self.strings, *inline])

    def _holds_inline(self, part: str) -> bool:
        tail = b""
        for chunk in self.package.chunks(part):
            if any(word in tail + chunk for word in (b"inlineStr", b't="str"', b"t='str'")):
                return True
            tail = chunk[-16:]
        return False

    def worksheets(self) -> Iterator[Worksheet]:
        """Every worksheet, in the workbook's order."""
        for entry in self.entries:
            yield self.worksheet(entry)

    def worksheet(self, entry: WorksheetEntry, *, counted: bool = True) -> Worksheet:
        """One worksheet's content. What is ``counted`` counts against the limits of the whole
        workbook.
        """
        sheet = Worksheet(entry.name, entry.visibility)
        stream = _SheetStream(sheet, self, entry.part)
        limits = self._cells_left, self._filled_left, self._merges_left
        try:
            try:
                stream.read(*limits)
            except _Unaddressed:
                sheet = Worksheet(entry.name, entry.visibility)
                stream = _SheetStream(sheet, self, entry.part, whole=True)
                stream.read(*limits)
        except PackageError as fault:
            if fault.code not in ("broken-xml", "damaged-part"):
                raise
            message, name = fault.message, entry.name
            raise PackageError(
                fault.code,
                f"worksheet {name!r} can't be read: {message.en}",
                f"ワークシート「{name}」を読み取れません: {message.ja}",
            ) from None
        if counted:
            self._cells_left -= stream.seen
            self._filled_left -= len(sheet.cells)
            self._merges_left -= len(sheet.merges)
        sheet.merge()
        return sheet


class _Unaddressed(Exception):
    """A cell without an address stands behind cells that were left out."""


class _SheetStream:
    """One pass over a worksheet's XML. Cells that only have looks are left out of it before it is
    parsed, most cells being such.
    """

    def __init__(
        self, sheet: Worksheet, workbook: Workbook, part: str, *, whole: bool = False
    ) -> None:
        self.sheet, self.workbook, self.part, self.whole = sheet, workbook, part, whole
        self.seen = self.left_out = 0

    def _filled(self, most_cells: int) -> Iterator[bytes]:
        """The part without its empty cells. Where comments or unparsed sections begin, one could
        look like a cell.
        """
        for chunk in self.workbook.package.chunks(self.part):
            self.whole = self.whole or b"<!" in chunk
            if self.whole:
                yield chunk
                continue
            kept, count = _EMPTY_CELL.subn(b"", chunk)
            self.seen += count
            self.left_out += count
            if self.seen > most_cells:
                self._too_many()
            yield kept

    def _too_many(self) -> NoReturn:
        most = f"{self.workbook.package.limits.cells:,}"
        raise PackageError(
            "too-many-cells", f"has more than {most} cells", f"セルが {most} 個を超えています"
        )

    def read(self, most_cells: int, most_filled: int, most_merges: int) -> None:
        """Fill the worksheet. Names keep their prefix, which the root element tells; that is
        faster than namespaces.
        """
        sheet, part, limits = self.sheet, self.part, self.workbook.package.limits
        strings, formats = self.workbook.strings, self.workbook.formats
        cells, name, hidden_rows, merges = sheet.cells, sheet.name, sheet.hidden_rows, sheet.merges
        shared: dict[str, tuple[str, int, int]] = {}
        tags: dict[str, str] = {}
        row = column = style = merged = 0
        kind, shared_id, shares = "n", "", False
        value: list[str] = []
        formula: list[str] = []
        held: list[str] | None = None  # where character data goes
        phonetic = False
        has_formula = False
        cell_reference: str | None = None
        size: Area | None = None
        has_body = False

        def located(reference: str) -> tuple[int, int]:
            at = parse_address(reference)
            if at is None:
                raise PackageError(
                    "bad-address",
                    f"has a cell {reference[:20]!r}",
                    f"セルの番地が不正です: {reference[:20]!r}",
                )
            return at

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal \
                row, \
                column, \
                style, \
                kind, \
                held, \
                shared_id, \
                shares, \
                phonetic, \
                merged, \
                has_formula, \
                cell_reference, \
                size, \
                has_body
            if not tags:
                prefix = tag[: tag.find(":") + 1]
                tags.update({prefix + local: local for local in _READ_ELEMENTS})
            local = tags.get(tag)
            if local == "c":
                self.seen += 1
                if self.seen > most_cells:
                    self._too_many()
                if "r" in attributes:
                    cell_reference = attributes["r"]
                elif self.left_out:
                    raise _Unaddressed
                elif cell_reference is None:
                    column += 1
                else:  # without an address, a cell stands behind the one before it
                    column = located(cell_reference)[1] + 1
                    cell_reference = None
                kind = attributes.get("t", "n")
                style = int(attributes.get("s", "0"))
            elif local == "v" or local == "t":
                if not phonetic:
                    held = value
            elif local == "f":
                held = formula
                has_formula = True
                shares = attributes.get("t") == "shared"
                shared_id = attributes.get("si", "")
            elif local == "row":
                reference = attributes.get("r")
                row = int(reference) if reference else row + 1
                if not 1 <= row <= MAX_ROW:
                    raise PackageError(
                        "bad-address", f"has a row {row}", f"行番号が不正です: {row}"
                    )
                column, cell_reference = 0, None
                if attributes.get("hidden") in ("1", "true") or attributes.get("ht") == "0":
                    hidden_rows.add(row)
            elif local == "rPh":
                phonetic = True
            elif local == "sheetData":
                has_body = True
            elif local == "dimension":
                size = parse_area(attributes.get("ref", ""))
            elif local == "mergeCell":
                area = parse_area(attributes.get("ref", ""))
                if area is None:
                    reference = attributes.get("ref", "")[:40]
                    raise PackageError(
                        "bad-address",
                        f"merges {reference!r}",
                        f"結合セルの番地が不正です: {reference!r}",
                    )
                merged += area.size
                if (
                    area.size > limits.merged_area_once
                    or merged > limits.merged_area
                    or len(merges) >= most_merges
                ):
                    raise PackageError(
                        "too-much-merged",
                        f"worksheet {name!r} merges too many cells",
                        f"ワークシート「{name}」の結合セルが大きすぎるか多すぎます",
                    )
                merges.append(area)
            elif local == "col" and (
                attributes.get("hidden") in ("1", "true") or attributes.get("width") == "0"
            ):
                sheet.hidden_columns.append(
                    (int(attributes.get("min", "1")), int(attributes.get("max", "1")))
                )

        def end(tag: str) -> None:
            nonlocal held, phonetic, has_formula, row, column
            local = tags.get(tag)
            if local == "c":
                if (
                    value or has_formula
                ):  # most cells only have looks; where they stand is nobody's concern
                    if cell_reference is not None:
                        row, column = located(cell_reference)
                    written = "".join(formula) if has_formula else None
                    if has_formula and shares:
                        if written:
                            shared[shared_id] = (written, row, column)
                        elif shared_id in shared:
                            pattern, from_row, from_column = shared[shared_id]
                            written = shifted(pattern, row - from_row, column - from_column)
                    cell = _cell(
                        name, row, column, kind, "".join(value), written, style, strings, formats
                    )
                    if cell is not None:
                        if (row, column) in cells:
                            where = address(row, column)
                            raise PackageError(
                                "duplicate-cell",
                                f"has two cells {where}",
                                f"セル {where} が2つあります",
                            )
                        cells[row, column] = cell
                        if len(cells) > most_filled:
                            most = f"{limits.filled_cells:,}"
                            raise PackageError(
                                "too-many-cells",
                                f"has more than {most} filled cells",
                                f"入力セルが {most} 個を超えています",
                            )
                    value.clear()
                    formula.clear()
                    has_formula = False
            elif local == "v" or local == "t" or local == "f":
                held = None
            elif local == "rPh":
                phonetic = False

        def text(data: str) -> None:
            if held is not None:
                held.append(data)

        try:
            parse_xml(self._filled(most_cells), part, start, end, text, prefixed=True)
        except (ValueError, IndexError):
            raise PackageError(
                "broken-worksheet",
                f"worksheet {name!r} is damaged",
                f"ワークシート「{name}」が壊れています",
            ) from None
        # A worksheet that says how large it is has cells, if only with looks.
        sheet.lost = not has_body or (size is not None and size.size > 1 and self.seen == 0)
        if any(first > second for first, second in zip(cells, list(cells)[1:], strict=False)):
            sheet.cells = dict(sorted(cells.items()))
        sheet.hidden_columns = [
            (first, min(last, MAX_COLUMN)) for first, last in sheet.hidden_columns
        ]


_KINDS: Final[dict[str, Kind]] = {
    "n": "number",
    "str": "text",
    "inlineStr": "text",
    "e": "error",
    "b": "boolean",
    "d": "text",
}


def _cell(
    sheet: str,
    row: int,
    column: int,
    kind: str,
    raw: str,
    formula: str | None,
    style: int,
    strings: list[str],
    formats: list[NumberFormat],
) -> SheetCell | None:
    """The cell, or None where it holds nothing. A formula without a cached value was never
    calculated.
    """
    number_format = formats[style] if style < len(formats) else GENERAL
    if not raw:
        if formula is None or kind == "str":
            return None
        return SheetCell(sheet, row, column, "uncalculated", "", formula, style, number_format)
    if kind == "s":
        raw = strings[int(raw)]
        return (
            SheetCell(
                sheet, row, column, "text", raw[:_LONGEST_TEXT], formula, style, number_format
            )
            if raw
            else None
        )
    found = _KINDS.get(kind, "text")
    if found == "text":
        raw = _unescaped(raw)[:_LONGEST_TEXT]
    elif found == "boolean":
        raw = "TRUE" if raw.strip() == "1" else "FALSE"
    elif found == "number" and _number(raw) is None:
        found = "text"
    return SheetCell(sheet, row, column, found, raw, formula, style, number_format)


def _unescaped(text: str) -> str:
    """``_x000D_`` is how a worksheet writes what XML can't hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(
        lambda match: (
            chr(int(match[1], 16)) if not 0xD800 <= int(match[1], 16) <= 0xDFFF else match[0]
        ),
        text,
    )


def shifted(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads when it is filled from its cell to another: what is not fixed by
    ``$`` moves along.
    """

    def moved(match: re.Match[str]) -> str:
        text, sheet, fixed_column, letters, fixed_row, digits = match.groups()
        if text is not None:
            return text
        at = parse_address(letters + digits)
        if at is None:
            return match[0]
        row = at[0] if fixed_row else at[0] + rows
        column = at[1] if fixed_column else at[1] + columns
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            return "#REF!"
        letter = address(1, column)[:-1]
        return f"{sheet or ''}{fixed_column}{letter}{fixed_row}{row}"

    return _REFERENCE.sub(moved, formula)
