"""What the reader of extracted text has to say about a sheet: one function for each thing it may
find, with its sentence.
"""

from __future__ import annotations

from auditor.records.figures import Figure, Place
from auditor.records.model import Remark
from auditor.records.text import Text

__all__ = [
    "column_not_sure",
    "header_differs",
    "header_missing",
    "label_missing",
    "stray_line",
    "text_for_figure",
    "too_many_values",
    "unknown_unit",
]


def text_for_figure(sheet: int, field: str, year: str | None, figure: Figure) -> Remark:
    detail = Text(
        en=f"'{figure.printed}' is not a figure", ja=f"「{figure.printed}」は数値として読めません"
    )
    return Remark(
        rule="RD001",
        sheet=sheet,
        field=field,
        year=year,
        printed=figure.printed,
        place=figure.place,
        detail=detail,
    )


def column_not_sure(sheet: int, field: str, year: str, figure: Figure) -> Remark:
    detail = Text(
        en=f"the text does not tell for certain which year '{figure.printed}' belongs to",
        ja=f"「{figure.printed}」がどの年度の数値か、文字からは確実に分かりません",
    )
    return Remark(
        rule="RD002",
        sheet=sheet,
        field=field,
        year=year,
        printed=figure.printed,
        place=figure.place,
        detail=detail,
    )


def stray_line(sheet: int, printed: str, line: int) -> Remark:
    detail = Text(
        en=f"'{printed}' belongs to no label of the form",
        ja=f"「{printed}」は、様式のどの項目にも当てはまりません",
    )
    return Remark(rule="RD003", sheet=sheet, printed=printed, place=Place(line=line), detail=detail)


def unknown_unit(sheet: int, field: str, unit: str, line: int) -> Remark:
    detail = Text(
        en=f"the unit '{unit}' is not one of the form's; the figures were read in the form's own unit",
        ja=f"単位「{unit}」は様式にありません。様式の単位として読み取りました",
    )
    return Remark(
        rule="RD003", sheet=sheet, field=field, printed=unit, place=Place(line=line), detail=detail
    )


def label_missing(sheet: int, field: str, label: str, line: int, year: str | None = None) -> Remark:
    detail = Text(
        en=f"'{label}' was not found on this sheet", ja=f"このシートに「{label}」が見つかりません"
    )
    return Remark(
        rule="RD004", sheet=sheet, field=field, year=year, place=Place(line=line), detail=detail
    )


def too_many_values(sheet: int, field: str, row: Figure) -> Remark:
    detail = Text(
        en=f"'{row.printed}' are more values than there are columns; neighbouring ones were kept together as text",
        ja=f"「{row.printed}」は列の数より多いため、隣り合う値をまとめて文字として残しました",
    )
    return Remark(
        rule="RD005", sheet=sheet, field=field, printed=row.printed, place=row.place, detail=detail
    )


def header_missing(sheet: int, line: int) -> Remark:
    detail = Text(
        en="the table has no header with the years; they were taken from the title",
        ja="表の見出しに年度がありません。年度は表題から定めました",
    )
    return Remark(rule="RD006", sheet=sheet, place=Place(line=line), detail=detail)


def header_differs(sheet: int, printed: str, fiscal_year: int, line: int) -> Remark:
    detail = Text(
        en=f"'{printed}' does not fit the fiscal year of the title ({fiscal_year})",
        ja=f"「{printed}」は表題の年度({fiscal_year}年度)と合いません",
    )
    return Remark(rule="RD006", sheet=sheet, printed=printed, place=Place(line=line), detail=detail)
