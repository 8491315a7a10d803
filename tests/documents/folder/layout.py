"""Lays the folder's projects out on worksheets, on squared paper as the city's sheets are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from auditor.records.addresses import address
from tests.documents.folder.sheets import (
    EVALUATED,
    SOURCES,
    Formula,
    Indicator,
    Key,
    Project,
)
from tests.documents.workbook_writer import PlainCell, PlainWorksheet

__all__ = ["indicator_sheet", "worksheet"]

_AMOUNT: Final = '#,##0;"△ "#,##0'
_LABELS: Final = {
    "funding.grants": "国道支出金",
    "funding.local_bonds": "地方債",
    "funding.fees": "使用料・手数料",
    "funding.other_specific": "その他特定財源",
    "funding.general_revenue": "一般財源",
}
_ROWS: Final = {
    "total_cost": 16,
    **{source: row for row, source in enumerate(SOURCES, 17)},
    "staff_cost": 25,
    "headcount": 26,
    "cost_per_capita": 27,
    "bond_burden_per_capita": 28,
    "population": 29,
}
_YEARS: Final = {"2023": 10, "2024": 13, "2025": 16}
_HEADINGS: Final = {"2023": "令和５年度", "2024": "令和６年度", "2025": "令和７年度"}
_FIRST_HEADING: Final = 14
_RIGHT: Final = 19


def _at(key: Key) -> tuple[int, int]:
    """Where a figure stands."""
    name, year = key
    if name == "population":
        return _ROWS[name], _YEARS["2023"]
    return _ROWS[name], _YEARS[year or EVALUATED]


def _written(formula: Formula) -> str:
    """A formula as a department writes it."""
    names = [address(*_at(part)) for part in formula.parts]
    match formula.kind:
        case "sum":
            return f"SUM({names[0]}:{names[-1]})"
        case "balance":
            return f"{names[0]}-SUM({names[1]}:{names[-1]})"
        case "ratio":
            persons = formula.constant or address(*_at(("population", None)))
            return f"ROUND({names[0]}*1000/{persons},1)"
        case "cost":
            return f"ROUND({names[0]}*{formula.constant},0)"


def _format(name: str) -> str:
    if name == "headcount":
        return "0.0"
    return '#,##0.0;"△ "#,##0.0' if name.endswith("per_capita") else _AMOUNT


def _as_text(value: Decimal) -> str:
    return f"△ {-value:,}" if value < 0 else f"{value:,}"


def _figure(project: Project, key: Key) -> PlainCell | None:
    value, formula = project.figures.get(key), project.formulas.get(key)
    if value is None:
        return None
    if key in project.as_text:
        return PlainCell(_as_text(value))
    written = _written(formula) if formula else None
    return PlainCell(value, written, _format(key[0]))


def worksheet(project: Project, title: str) -> PlainWorksheet:
    """One project's sheet on a worksheet of its own."""
    sheet = PlainWorksheet(title)
    _head(sheet, project)
    sheet.put(13, 1, "【予算・決算データ】", columns=18)
    _heading(sheet, project, _FIRST_HEADING)
    sheet.put(16, 1, "　　事業費　　総額", columns=7)
    sheet.put(17, 1, "財源", rows=5, columns=2)
    for source, label in _LABELS.items():
        sheet.put(_ROWS[source], 3, label, columns=5)
    sheet.put(22, 1, "【参考データ】", columns=18)
    _heading(sheet, project, 23)
    sheet.put(25, 1, "参考\n①", rows=2, columns=2)
    sheet.put(27, 1, "参考\n②", rows=2, columns=2)
    for row, label, unit in (
        (25, "職員人件費", "(千円）"),
        (26, "職員数", "(人）"),
        (27, "市民一人あたりの費用", "（円）"),
        (28, "市民一人あたりの将来負担額", "（円）"),
    ):
        sheet.put(row, 3, label, columns=5)
        sheet.put(row, 8, unit, columns=2)
    for row in range(16, 22):
        sheet.put(row, 8, "(千円）", columns=2)
    for key in project.figures:
        if key[0] != "population":
            _put(sheet, _at(key), _figure(project, key))
    _population(sheet, project)
    _evaluations(sheet, project)
    return sheet


def _put(sheet: PlainWorksheet, at: tuple[int, int], cell: PlainCell | None) -> None:
    row, column = at
    sheet.merges.append((row, column, row, column + 2))
    if cell is not None:
        sheet.cells[at] = cell


def _head(sheet: PlainWorksheet, project: Project) -> None:
    sheet.put(1, 1, "令和６年度実施事業　主要施策成果シート", columns=40)
    sheet.put(2, 1, "１　事業名等", columns=18)
    sheet.put(2, _RIGHT, "２　当初計画と実績・コスト・成果", columns=22)
    for row, label, text in (
        (3, "事業名", f"{project.name}＜当初＞"),
        (4, "分類", "令和６年度予算の主要事業"),
        (5, "所管課・室", project.department),
    ):
        sheet.put(row, 1, label, columns=4)
        sheet.put(row, 5, text, columns=14)
    sheet.put(6, 1, "根拠となる計画", rows=2, columns=4)
    sheet.put(6, 5, "試作市まちづくり計画\n試作市総合戦略", rows=2, columns=14)
    sheet.put(8, 1, "目的と概要", rows=5, columns=4)
    sheet.put(8, 5, project.words["purpose", None], rows=5, columns=14)
    sheet.put(3, _RIGHT, "（1）年度当初計画", columns=11)
    sheet.put(3, _RIGHT + 11, "（2）事業の実績と成果", columns=11)
    sheet.put(4, _RIGHT, project.words["planned", None], rows=27, columns=11)
    sheet.put(4, _RIGHT + 11, project.words["achieved", None], rows=27, columns=11)


def _heading(sheet: PlainWorksheet, project: Project, row: int) -> None:
    sheet.put(row, 1, " ", rows=2, columns=9)
    for year, column in _YEARS.items():
        heading = _HEADINGS[year]
        if row == _FIRST_HEADING:
            heading = project.headings.get(year, heading)
        sheet.put(row, column, heading, columns=3)
        kind = "（予算額）" if year == "2025" else "（決算額）"
        sheet.put(row + 1, column, kind, columns=3)


def _population(sheet: PlainWorksheet, project: Project) -> None:
    """The population, in a cell of its own where formulas refer to it, else in its sentence."""
    value = project.figures["population", None]
    sheet.put(29, 1, "注1）", columns=2)
    if project.population_apart:
        sheet.put(29, 3, "釧路市民の人口", columns=7)
        cell = None if value is None else PlainCell(value, None, "#,##0")
        _put(sheet, _at(("population", None)), cell)
        sheet.put(29, 13, "人（R7.3末現在）", columns=6)
    else:
        words = f"釧路市民の人口 {value:,} 人（R7.3末現在）"
        sheet.put(29, 3, words, columns=16)
    note = "市民一人当たりの費用は事業費総額/人口、将来負担額は地方債/人口で算出した。"
    sheet.put(30, 1, f"注2）{note}", columns=18)


def _evaluations(sheet: PlainWorksheet, project: Project) -> None:
    sheet.put(31, 1, "３　事業実施上の課題と今後（令和８年度以降）の方向性", columns=40)
    for year, column, era, directed, word in (
        ("2023", 1, "５", "７", 15),
        ("2024", _RIGHT, "６", "８", 36),
    ):
        sheet.put(32, column, f"令和{era}年度実施事業評価結果", columns=word - column)
        sheet.put(32, word, "評価")
        if result := project.words["result", year]:
            sheet.put(32, word + 1, result, columns=3)
        else:
            sheet.merges.append((32, word + 1, 32, word + 3))
        sheet.put(33, column, "課題", rows=5, columns=4)
        sheet.put(33, column + 4, project.words["issues", year], rows=5, columns=14)
        sheet.put(38, column, f"今後(令和{directed}\n年度以降)\nの方向性", rows=5, columns=4)
        sheet.put(38, column + 4, project.words["direction", year], rows=5, columns=14)


def indicator_sheet(rows: Sequence[Indicator], texts: Mapping[str, str]) -> PlainWorksheet:
    """The table of indicators; ``texts`` are its title and the grant's name."""
    sheet = PlainWorksheet("KPI")
    sheet.put(1, 1, texts["title"], columns=13)
    sheet.put(2, 1, texts["grant"], columns=13)
    headings = ("交付対象\n事業の名称", "事業の概要", "指標", "指標値", "単位", "年月")
    years = tuple(f"R{year - 2018}年度" for year in range(2020, 2025))
    sheet.put(3, 3, "ＫＰＩ（重要業績評価指標）", columns=4)
    sheet.put(3, 7, "実績値", columns=5)
    for column, text in enumerate((*headings, *years, "達成状況", "達成率"), 1):
        sheet.put(4, column, text)
    for row, indicator in enumerate(rows, 5):
        sheet.put(row, 1, indicator.project)
        sheet.put(row, 2, f"{indicator.project}の概要")
        sheet.put(row, 3, indicator.name)
        sheet.put(row, 4, indicator.target, number_format="#,##0")
        sheet.put(row, 5, "人")
        sheet.put(row, 6, "R7.3")
        for column, actual in enumerate(indicator.actuals, 7):
            sheet.put(row, column, actual, number_format="#,##0")
        sheet.put(row, 12, indicator.flag)
        sheet.put(row, 13, indicator.rate / 100, number_format="0.0%")
    return sheet
