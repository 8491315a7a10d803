"""What there is to say about a table of indicators (KPIs): a function for each remark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.readers.kpi.rows import Row
from auditor.records.figures import Place
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Kpi, Remark
from auditor.records.text import Text

__all__ = [
    "MOST_APART",
    "cell_without_label",
    "cells_without_label",
    "fields_differ",
    "later_year",
    "missing_column",
    "no_figure",
    "no_month",
    "no_name",
    "no_project",
    "no_row",
    "stray_rows",
    "unknown_column",
    "unknown_columns",
    "unknown_word",
    "year_out_of_turn",
    "years_out_of_turn",
]


MOST_APART: Final = 10
"""How many columns or cells with the same fault are reported one by one."""


def _remark(
    rule: str,
    en: str,
    ja: str,
    *,
    place: Place | None = None,
    kpi: int | None = None,
    name: str | None = None,
    year: str | None = None,
    printed: str = "",
) -> Remark:
    return Remark(
        rule=rule,
        kpi=kpi,
        field=name,
        year=year,
        printed=printed,
        place=place,
        detail=Text(en=en, ja=ja),
    )


# --- the header


def unknown_column(label: str, place: Place) -> Remark:
    """A column whose label the form does not know, or knows of a column before it."""
    return _remark(
        "RD003",
        f"the column headed {label!r} is not one that the form knows here; its cells were not read",
        f"見出し「{label}」の列は様式にないか重複しています。この列は読み取っていません",
        place=place,
        printed=label,
    )


def unknown_columns(labels: Sequence[str], place: Place) -> Remark:
    """Many columns whose labels the form does not know; the place is that of the first."""
    first, count = labels[0], len(labels)
    return _remark(
        "RD003",
        f"{count:,} columns, the first of them headed {first!r}, are none that the form knows "
        "here; their cells were not read",
        f"見出し「{first}」など{count:,}列は様式にないか重複しています。"
        "これらの列は読み取っていません",
        place=place,
        printed=first,
    )


def missing_column(name: str, label: str, place: Place) -> Remark:
    """A field that every table has, and for which there is no column."""
    return _remark(
        "RD004",
        f"there is no column headed {label!r}; what stands in it could not be read",
        f"見出し「{label}」の列が見つかりません。この列の内容は読み取れません",
        place=place,
        name=name,
    )


def year_out_of_turn(year: int, place: Place, *, again: bool) -> Remark:
    """A column's year that does not follow the one before; ``again``, of a year that another
    column has.
    """
    en = f"the column headed {year} is out of turn"
    ja = f"{fiscal_year_in_words(year)}の列が、1年ずつの並びから外れています"
    if again:
        en += "; another has the same label, so its cells were not read"
        ja += "。同じ見出しの列がほかにあるため、この列は読み取っていません"
    return _remark("RD006", en, ja, place=place, name="actuals", year=str(year))


def years_out_of_turn(count: int, place: Place) -> Remark:
    """Many columns whose years do not follow one another; the place is that of the first."""
    return _remark(
        "RD006",
        f"{count:,} columns of years are out of turn; those with the label of another were not "
        "read",
        f"年度の列のうち{count:,}列が、1年ずつの並びから外れています。"
        "見出しの重複する列は読み取っていません",
        place=place,
        name="actuals",
    )


# --- rows


def fields_differ(row: Row, width: int) -> Remark:
    """A row with fewer or more fields than its header."""
    count = len(row.cells)
    return _remark(
        "RD007",
        f"the row has {count} fields, the header {width}",
        f"この行の項目数は {count}、見出しの項目数は {width} です",
        place=Place(line=row.line),
        printed=row.printed,
    )


def no_project(row: Row, kpi: int) -> Remark:
    """An indicator above which no project stands."""
    return _remark(
        "RD003",
        "the row belongs to no project",
        "この行がどの事業のものか分かりません",
        place=Place(line=row.line),
        kpi=kpi,
        name="project",
        printed=row.printed,
    )


def no_name(row: Row, kpi: int) -> Remark:
    """An indicator without a name."""
    return _remark(
        "RD003",
        "the row has no indicator's name",
        "この行に指標の名称がありません",
        place=Place(line=row.line),
        kpi=kpi,
        name="name",
        printed=row.printed,
    )


def stray_rows(first: Row, last: Row, count: int) -> Remark:
    """Rows next to one another that belong to nothing."""
    if count > 1:
        en = f"{count} rows (lines {first.line} to {last.line}) belong"
        ja = f"{first.line}行目から{last.line}行目までの{count}行"
    else:
        en, ja = "the row belongs", "この行"
    return _remark(
        "RD003",
        f"{en} to no section and no indicator",
        f"{ja}は、どの区分・指標にも属していません",
        place=Place(line=first.line),
        printed=first.printed,
    )


def later_year(year: int, fiscal_year: int) -> Remark:
    """Actuals of a year after the table's own."""
    return _remark(
        "RD006",
        f"there are actuals for fiscal {year}, but the title says fiscal {fiscal_year}",
        f"{fiscal_year_in_words(year)}の実績値がありますが、"
        f"題名は{fiscal_year_in_words(fiscal_year)}です",
        name="fiscal_year",
        year=str(year),
    )


_OF_ROWS: Final = {
    "target": ("target", "目標値"),
    "actuals": ("actuals", "実績値"),
    "declared_rate": ("rate of achievement", "達成率"),
}


def no_row(kpi: Kpi, name: str) -> Remark:
    """An indicator that has rows for its figures, and no single one for its targets or actuals."""
    en, ja = _OF_ROWS[name]
    return _remark(
        "RD004",
        f"the indicator {kpi.name!r} has no row of its own for its {en}, which could not be read",
        f"指標「{kpi.name}」に{ja}だけの行がありません。{ja}は読み取れません",
        place=kpi.place,
        kpi=kpi.number,
        name=name,
    )


# --- cells


def cell_without_label(printed: str, place: Place, kpi: int) -> Remark:
    """A text in a column that no header labels."""
    return _remark(
        "RD003",
        "the cell stands under no column label and was not read",
        "見出しのない列に値があります。読み取っていません",
        place=place,
        kpi=kpi,
        printed=printed,
    )


def cells_without_label(printed: str, count: int, place: Place, kpi: int) -> Remark:
    """Many cells of a row that no header labels; the first of them is shown."""
    return _remark(
        "RD003",
        f"{count:,} cells of the row stand under no column label and were not read",
        f"この行の{count:,}個のセルは見出しのない列にあり、読み取っていません",
        place=place,
        kpi=kpi,
        printed=printed,
    )


def no_figure(printed: str, place: Place, kpi: int, name: str, year: str | None) -> Remark:
    """A text where a figure stands."""
    return _remark(
        "RD001",
        f"{printed!r} is no figure",
        f"「{printed}」は数値として読めません",
        place=place,
        kpi=kpi,
        name=name,
        year=year,
        printed=printed,
    )


def no_month(printed: str, place: Place, kpi: int) -> Remark:
    """A text where the month stands by which the target is due."""
    return _remark(
        "RD008",
        f"{printed!r} is no month",
        f"「{printed}」は年月として読めません",
        place=place,
        kpi=kpi,
        name="due",
        printed=printed,
    )


def unknown_word(printed: str, place: Place, kpi: int, name: str) -> Remark:
    """A word that is none of those that the form has for a field."""
    return _remark(
        "RD009",
        f"the form does not know the word {printed!r}",
        f"「{printed}」は様式で定めた語ではありません",
        place=place,
        kpi=kpi,
        name=name,
        printed=printed,
    )
