"""Writes books as workbooks (.xlsx), laid out in many ways: for tests of readers, and for those
who want an example to look at.

``lay_out`` places a sheet's labels and figures on a worksheet, ``workbook_bytes`` writes
worksheets as a package of plain XML.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Final, Literal
from xml.sax.saxutils import escape, quoteattr

from auditor.forms.model import FieldDefinition, Form
from auditor.records.addresses import address
from auditor.records.figures import Figure
from auditor.records.model import Book, Evaluation, Sheet

__all__ = [
    "Layout",
    "PlainCell",
    "PlainWorksheet",
    "lay_out",
    "package_of",
    "parts_of",
    "renamed_parts",
    "with_part_of",
    "workbook_bytes",
    "worksheets_of",
]

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_FULL_WIDTH: Final = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")
FORMATS: Final = (
    "General",
    "#,##0",
    '#,##0;"△ "#,##0',
    "#,##0.0",
    "#,##0.00",
    '#,##0;"△"#,##0',
    "0.0%",
    "#,##0_ ;[Red]\\-#,##0\\ ",
)


@dataclass(frozen=True)
class PlainCell:
    """A cell's content; with a formula, ``value`` is its stored result (None where it was never
    calculated).
    """

    value: str | Decimal | int | None = None
    formula: str | None = None
    number_format: str = "General"
    error: bool = False


@dataclass
class PlainWorksheet:
    """A worksheet to be written: cells by row and column, merges as (top, left, bottom, right)."""

    name: str
    cells: dict[tuple[int, int], PlainCell] = field(
        default_factory=dict[tuple[int, int], PlainCell]
    )
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list["tuple[int, int, int, int]"]
    )
    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: set[int] = field(default_factory=set[int])
    visibility: Literal["visible", "hidden", "veryHidden"] = "visible"

    def put(
        self,
        row: int,
        column: int,
        value: str | Decimal | int,
        *,
        rows: int = 1,
        columns: int = 1,
        number_format: str = "General",
    ) -> None:
        """Fill a cell, merged over several rows or columns."""
        self.cells[row, column] = PlainCell(value, number_format=number_format)
        if rows > 1 or columns > 1:
            self.merges.append((row, column, row + rows - 1, column + columns - 1))


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out. The defaults are the plainest; every other choice is one that real
    sheets make.
    """

    years: Literal["across", "down"] = "across"
    unit: Literal["label", "beside", "table", "none"] = "label"
    numbers: Literal["number", "text", "full_width"] = "number"
    value_width: int = 1
    split_labels: bool = False
    split_title: bool = False
    two_line_header: bool = True
    top: int = 1
    left: int = 1
    arrange: Literal["worksheets", "stacked", "beside"] = "worksheets"


def _era(year: int) -> str:
    return (
        f"令和{year - 2018}" if year > 2019 else "令和元" if year == 2019 else f"平成{year - 1988}"
    )


def _written(figure: Figure, definition: FieldDefinition, layout: Layout) -> PlainCell | None:
    """What stands in the cell of a figure; None for an empty one."""
    if figure.state == "blank":
        return None
    if figure.state == "number" and figure.value is not None and layout.numbers == "number":
        decimals = -min(int(definition.step.as_tuple().exponent), 0)
        number_format = '#,##0;"△ "#,##0' if decimals == 0 else "#,##0." + "0" * decimals
        return PlainCell(figure.value, number_format=number_format)
    return PlainCell(
        figure.printed.translate(_FULL_WIDTH) if layout.numbers == "full_width" else figure.printed
    )


class _Sheet:
    """One sheet being laid out downwards from its first cell."""

    def __init__(
        self,
        worksheet: PlainWorksheet,
        sheet: Sheet,
        form: Form,
        layout: Layout,
        top: int,
        left: int,
    ) -> None:
        self.worksheet, self.sheet, self.form, self.layout = worksheet, sheet, form, layout
        self.row, self.left = top, left
        self.width = 4 + layout.value_width * max(len(form.columns), 3)
        if layout.years == "down":
            self.width = max(self.width, 2 + len(self._fields()))

    def lay_out(self) -> None:
        self._head()
        self._table()
        self._singles()
        self._evaluations()
        self._texts()

    def _label(self, name: str) -> str:
        definition = self.form.fields.get(name)
        words = definition.label if definition else self.form.labels.get(name, ())
        return words[0] if words else ""

    def _line(self, name: str, *texts: str) -> None:
        label = self._label(name)
        if not label:
            return
        for index, text in enumerate(texts or ("",)):
            if index == 0:
                self.worksheet.put(self.row, self.left, label, columns=2)
            if text:
                self.worksheet.put(self.row, self.left + 2, text, columns=self.width - 2)
            self.row += 1

    def _head(self) -> None:
        sheet, title = self.sheet, self._label("title")
        year = _era(sheet.fiscal_year)
        if self.layout.split_title and title.startswith("年度"):
            self.worksheet.put(self.row, self.left, f"{year}年度", columns=2)
            self.worksheet.put(
                self.row, self.left + 2, title.removeprefix("年度").strip(), columns=self.width - 2
            )
        elif title:
            self.worksheet.put(self.row, self.left, f"{year}{title}", columns=self.width)
        self.row += 1
        stages = sheet.budget_stages if self.form.text and self.form.text.stage else ()
        self._line("name", sheet.name + "".join(f"＜{stage}＞" for stage in stages))
        self._line("department", sheet.department)
        self._line("category", sheet.category)
        self._line("plans", *sheet.plans)
        self._line("purpose", sheet.purpose)

    def _fields(self) -> list[str]:
        return [name for name in self.form.amounts if self._label(name)]

    def _field_label(self, name: str) -> str:
        definition = self.form.fields[name]
        in_label = self.layout.unit == "label" or (
            self.layout.unit == "table" and definition.unit != self.form.unit
        )
        return (
            f"{self._label(name)} ({definition.unit})"
            if in_label and definition.unit
            else self._label(name)
        )

    def _table(self) -> None:
        self.row += 1
        if self.layout.unit == "table":
            self.worksheet.put(self.row, self.left + self.width - 1, f"（単位：{self.form.unit}）")
            self.row += 1
        if self.layout.years == "across":
            self._across()
        else:
            self._down()

    def _heads(self) -> list[tuple[str, str, str]]:
        """Each column's id, its year as printed, and its label."""
        form, year = self.form, self.sheet.fiscal_year
        return [
            (
                form.column_id(column, year),
                f"{_era(year + column.offset)}年度",
                (column.label or ("",))[0].strip("（）"),
            )
            for column in form.columns
        ]

    def _figure(self, name: str, key: str) -> PlainCell | None:
        year = self.sheet.years.get(key)
        if year is None:
            return None
        figure = year.figure(name)
        return None if figure is None else _written(figure, self.form.fields[name], self.layout)

    def _across(self) -> None:
        sheet, wide = self.worksheet, self.layout.value_width
        first = self.left + 4
        for index, (_, year, label) in enumerate(self._heads()):
            column = first + index * wide
            if self.layout.two_line_header:
                sheet.put(self.row, column, year, columns=wide)
                if label:
                    sheet.put(self.row + 1, column, f"（{label}）", columns=wide)
            else:
                sheet.put(self.row, column, f"{year}\n{label}", columns=wide)
        self.row += 2
        for name in self._fields():
            label = self._field_label(name)
            if self.layout.split_labels and len(self._label(name)) >= 4:
                sheet.put(self.row, self.left, label[:2])
                sheet.put(self.row, self.left + 1, label[2:], columns=2)
            else:
                sheet.put(self.row, self.left, label, columns=3)
            if self.layout.unit == "beside":
                sheet.put(self.row, self.left + 3, f"（{self.form.fields[name].unit}）")
            for index, (key, _, _) in enumerate(self._heads()):
                if (cell := self._figure(name, key)) is not None:
                    column = first + index * wide
                    sheet.cells[self.row, column] = cell
                    if wide > 1:
                        sheet.merges.append((self.row, column, self.row, column + wide - 1))
            self.row += 1

    def _down(self) -> None:
        sheet = self.worksheet
        names = self._fields()
        for index, name in enumerate(names):
            sheet.put(self.row, self.left + 2 + index, self._field_label(name))
            if self.layout.unit == "beside":
                sheet.put(self.row + 1, self.left + 2 + index, f"（{self.form.fields[name].unit}）")
        self.row += 2
        for key, year, label in self._heads():
            if self.layout.two_line_header:
                sheet.put(self.row, self.left, year)
                sheet.put(self.row, self.left + 1, label)
            else:
                sheet.put(self.row, self.left, f"{year}{label}", columns=2)
            for index, name in enumerate(names):
                if (cell := self._figure(name, key)) is not None:
                    sheet.cells[self.row, self.left + 2 + index] = cell
            self.row += 1

    def _singles(self) -> None:
        self.row += 1
        for name in self.form.sheet_figures:
            figure = self.sheet.figure(name)
            if not self._label(name):
                continue
            definition = self.form.fields[name]
            self.worksheet.put(self.row, self.left, self._label(name), columns=3)
            if name == "population":
                day = self.sheet.population_as_of
                as_of = f"（R{day.year - 2018}.{day.month}末現在）" if day else ""
                self.worksheet.put(self.row, self.left + 5, f"{definition.unit}{as_of}")
            else:
                self.worksheet.put(self.row, self.left + 3, f"（{definition.unit}）")
            if (
                figure is not None
                and (cell := _written(figure, definition, self.layout)) is not None
            ):
                self.worksheet.cells[self.row, self.left + 4] = cell
            self.row += 1

    def _evaluations(self) -> None:
        self.row += 1
        for evaluation in self.sheet.evaluations.values():
            heading = self._label("evaluation")
            if not heading:
                return
            self.worksheet.put(self.row, self.left, f"{_era(evaluation.year)}{heading}", columns=3)
            if self._label("result"):
                self.worksheet.put(self.row, self.left + 3, self._label("result"))
            if evaluation.result:
                self.worksheet.put(self.row, self.left + 4, evaluation.result)
            self.row += 1
            self._block(evaluation)

    def _block(self, evaluation: Evaluation) -> None:
        directed = evaluation.year + self.form.evaluation_lag
        direction = self._label("direction")
        if self.form.text and self.form.text.direction:
            direction = self.form.text.direction[0].replace("{year}", _era(directed))
        for label, text in (
            (self._label("issues"), evaluation.issues or evaluation.reason),
            (direction, evaluation.direction),
        ):
            if label:
                self.worksheet.put(self.row, self.left, label, columns=2)
                if text:
                    self.worksheet.put(self.row, self.left + 2, text, columns=self.width - 2)
                self.row += 1

    def _texts(self) -> None:
        self.row += 1
        half = self.width // 2
        for index, name in enumerate(("planned", "achieved")):
            if self._label(name):
                self.worksheet.put(
                    self.row,
                    self.left + index * half,
                    f"（{index + 1}）{self._label(name)}",
                    columns=half,
                )
                if text := getattr(self.sheet, name):
                    self.worksheet.put(
                        self.row + 1, self.left + index * half, text, rows=2, columns=half
                    )
        self.row += 4


def lay_out(
    worksheet: PlainWorksheet, sheet: Sheet, form: Form, layout: Layout, top: int, left: int
) -> tuple[int, int]:
    """Put a sheet on a worksheet from a cell on; gives the first row and column that are free
    behind it.
    """
    laid = _Sheet(worksheet, sheet, form, layout, top, left)
    laid.lay_out()
    return laid.row, left + laid.width


def worksheets_of(book: Book, form: Form, layout: Layout) -> list[PlainWorksheet]:
    """A book's sheets as worksheets, in the layout's arrangement."""
    found: list[PlainWorksheet] = []
    top, left = layout.top, layout.left
    for number, sheet in enumerate(book.sheets, 1):
        if not found or layout.arrange == "worksheets":
            found.append(PlainWorksheet(f"{number} {sheet.name}"[:28].replace("/", "・")))
            top, left = layout.top, layout.left
        below, right = lay_out(found[-1], sheet, form, layout, top, left)
        if layout.arrange == "stacked":
            top = below + 1
        else:
            left = right + 1
    return found


# --- the package ------------------------------------------------------------------------------------------------------------


def _cell_xml(
    at: tuple[int, int], cell: PlainCell, strings: dict[str, int], styles: Mapping[str, int]
) -> str:
    where, style = address(*at), f' s="{styles[cell.number_format]}"'
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula is not None else ""
    if cell.value is None:
        return f'<c r="{where}"{style}>{formula}</c>'
    if cell.error:
        return f'<c r="{where}"{style} t="e">{formula}<v>{escape(str(cell.value))}</v></c>'
    if isinstance(cell.value, str):
        if formula:
            return f'<c r="{where}"{style} t="str">{formula}<v>{escape(cell.value)}</v></c>'
        return (
            f'<c r="{where}"{style} t="s"><v>{strings.setdefault(cell.value, len(strings))}</v></c>'
        )
    return f'<c r="{where}"{style}>{formula}<v>{cell.value}</v></c>'


def _sheet_xml(
    sheet: PlainWorksheet, strings: dict[str, int], styles: Mapping[str, int], bordered: bool
) -> str:
    columns = "".join(
        f'<col min="{column}" max="{column}" width="9" hidden="1"/>'
        for column in sorted(sheet.hidden_columns)
    )
    rows: dict[int, list[str]] = {row: [] for row in sheet.hidden_rows}
    cells = dict(sheet.cells)
    if bordered:  # every cell of a merged area has its own borders, as Excel writes them
        for top, left, bottom, right in sheet.merges:
            for at in (
                (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
            ):
                cells.setdefault(at, PlainCell())
    for at, cell in sorted(cells.items()):
        rows.setdefault(at[0], []).append(_cell_xml(at, cell, strings, styles))
    hidden = ' hidden="1"'
    body = "".join(
        f'<row r="{row}"{hidden if row in sheet.hidden_rows else ""}>{"".join(of)}</row>'
        for row, of in sorted(rows.items())
    )
    merges = "".join(
        f'<mergeCell ref="{address(top, left)}:{address(bottom, right)}"/>'
        for top, left, bottom, right in sheet.merges
    )
    merged = f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else ""
    cols = f"<cols>{columns}</cols>" if columns else ""
    return f'<worksheet xmlns="{_MAIN}">{cols}<sheetData>{body}</sheetData>{merged}</worksheet>'


def workbook_bytes(worksheets: Sequence[PlainWorksheet], *, bordered: bool = False) -> bytes:
    """The worksheets as an .xlsx file; ``bordered`` draws a line around every cell."""
    codes = sorted(
        {cell.number_format for sheet in worksheets for cell in sheet.cells.values()} - {"General"}
    )
    styles = {"General": 0} | {code: index for index, code in enumerate(codes, 1)}
    formats = "".join(
        f'<numFmt numFmtId="{163 + index}" formatCode={quoteattr(code)}/>'
        for code, index in styles.items()
        if index
    )
    border = int(bordered)
    xfs = "".join(
        f'<xf numFmtId="{163 + index if index else 0}" fontId="0" fillId="0" borderId="{border}" xfId="0"/>'
        for index in styles.values()
    )
    sides = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))
    strings: dict[str, int] = {}
    parts: dict[str, str] = {}
    listed = rels = overrides = ""
    for number, sheet in enumerate(worksheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet_xml(sheet, strings, styles, bordered)
        state = "" if sheet.visibility == "visible" else f' state="{sheet.visibility}"'
        listed += (
            f'<sheet name={quoteattr(sheet.name)} sheetId="{number}"{state} r:id="rId{number}"/>'
        )
        rels += f'<Relationship Id="rId{number}" Type="{_RELS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        overrides += _override(f"/xl/worksheets/sheet{number}.xml", "worksheet")
    texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{_MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">{texts}</sst>'
    )
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(codes)}">{formats}</numFmts><fonts count="1"><font><sz val="11"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        f'<borders count="2"><border/><border>{sides}<diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(styles)}">{xfs}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ).replace('<numFmts count="0"></numFmts>', "")
    extra = "".join(
        f'<Relationship Id="r{kind}" Type="{_RELS}/{kind}" Target="{kind}.xml"/>'
        for kind in ("sharedStrings", "styles")
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>{listed}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{rels}{extra}</Relationships>'
    )
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + _override("/xl/workbook.xml", "sheet.main")
        + _override("/xl/sharedStrings.xml", "sharedStrings")
        + _override("/xl/styles.xml", "styles")
        + f"{overrides}</Types>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (
            "[Content_Types].xml",
            *(part for part in parts if part != "[Content_Types].xml"),
        ):
            info = zipfile.ZipInfo(
                name, (2025, 4, 1, 0, 0, 0)
            )  # the same book gives the same bytes
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(
                info, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + parts[name]
            )
    return out.getvalue()


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'


def parts_of(package: bytes) -> dict[str, bytes]:
    """The parts of a package by their names."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package_of(parts: Mapping[str, bytes]) -> bytes:
    """The package of some parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part_of(package: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package with one part changed."""
    parts = parts_of(package)
    return package_of(parts | {name: change(parts[name])})


def renamed_parts(package: bytes, name: Callable[[str], str]) -> bytes:
    """A package whose parts have other names."""
    return package_of({name(part): content for part, content in parts_of(package).items()})
