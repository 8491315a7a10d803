"""Makes the workbooks of this folder: invented cities' sheets in many layouts, clean and with
faults, and what they hold beside them.

``python tests/documents/make_workbooks.py`` writes workbooks/*.xlsx with openpyxl; LibreOffice
calculates the formulas of those that are to have stored results. What each workbook holds is
written down here by hand in ``PROJECTS`` and ``FAULTS``, not read from it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
OUT = HERE / "workbooks"
THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
AMOUNT = '#,##0;"△ "#,##0'


@dataclass
class Project:
    """One invented project: figures by field and column, None for an empty cell."""

    name: str
    department: str
    years: dict[str, dict[str, Any]]
    results: dict[str, str | None]
    stages: tuple[str, ...] = ()
    population: int | None = None
    plans: tuple[str, ...] = ("総合計画",)
    reason: str = ""
    singles: dict[str, str] = field(default_factory=dict[str, str])


def year(
    total: Any, grants: Any, bonds: Any, fees: Any, other: Any, general: Any, staff: Any, heads: Any
) -> dict[str, Any]:
    names = (
        "total_cost",
        "grants",
        "local_bonds",
        "fees",
        "other_specific",
        "general_revenue",
        "staff_cost",
        "headcount",
    )
    return dict(zip(names, (total, grants, bonds, fees, other, general, staff, heads), strict=True))


POPULATION = 98_765
KUSHIRO = [
    Project(
        "公園遊具更新事業",
        "都市整備部公園課",
        {
            "2023": year(12_000, 6_000, 4_000, None, None, 2_000, 3_700, 0.5),
            "2024": year(24_690, 10_000, 9_000, None, 690, 5_000, 7_400, 1),
            "2025": year(18_000, 9_000, 5_000, None, None, 4_000, 7_500, 1),
        },
        {"2023": "継続維持", "2024": "拡充"},
        ("当初", "9月補正"),
        POPULATION,
    ),
    Project(
        "図書館利用促進事業",
        "教育委員会図書館",
        {
            "2023": year(3_210, None, None, 210, None, 3_000, 1_480, 0.2),
            "2024": year(4_938, None, None, 338, 600, 4_000, 1_480, 0.2),
            "2025": year(5_000, None, None, 300, 700, 4_000, 1_500, 0.2),
        },
        {"2023": "継続維持", "2024": "継続維持"},
        ("当初",),
        POPULATION,
    ),
    Project(
        "防災行政無線整備事業",
        "総務部防災課",
        {
            "2023": year(None, None, None, None, None, 0, 0, None),
            "2024": year(148_147, 60_000, 80_000, None, None, 8_147, 5_920, 0.8),
            "2025": year(90_000, 40_000, 45_000, None, None, 5_000, 6_000, 0.8),
        },
        {"2023": None, "2024": "継続維持"},
        ("6月補正",),
        POPULATION,
        ("総合計画", "地域防災計画"),
        "令和６年度からの新規事業のため、空欄となります。",
    ),
    Project(
        "土地売払収入充当事業",
        "財政部管財課",
        {
            "2023": year(5_000, None, None, 1_000, 24_007, -20_007, 740, 0.1),
            "2024": year(9_877, None, None, 877, 19_000, -10_000, 740, 0.1),
            "2025": year(8_000, None, None, 1_000, 12_000, -5_000, 750, 0.1),
        },
        {"2023": "縮小", "2024": "終了"},
        ("当初",),
        POPULATION,
    ),
]
SOURCES = {
    "grants": "国道支出金",
    "local_bonds": "地方債",
    "fees": "使用料・手数料",
    "other_specific": "その他特定財源",
    "general_revenue": "一般財源",
}
COLUMNS = (
    ("2023", "令和５年度", "（決算額）"),
    ("2024", "令和６年度", "（決算額）"),
    ("2025", "令和７年度", "（予算額）"),
)


class Sheet:
    """Cells, merges and borders of one worksheet, with an offset so that several sheets fit on
    one.
    """

    def __init__(self, worksheet: Worksheet, top: int = 0, left: int = 0) -> None:
        self.worksheet, self.top, self.left = worksheet, top, left

    def put(
        self,
        row: int,
        column: int,
        value: Any,
        *,
        rows: int = 1,
        columns: int = 1,
        form: str = "General",
        bold: bool = False,
    ) -> None:
        row, column = row + self.top, column + self.left
        for cells in self.worksheet.iter_rows(row, row + rows - 1, column, column + columns - 1):
            for cell in cells:
                cell.border = BOX
        cell = self.worksheet.cell(row, column, value)
        cell.number_format = form
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.font = Font(name="IPAGothic", size=9, bold=bold)
        if rows > 1 or columns > 1:
            self.worksheet.merge_cells(
                start_row=row,
                start_column=column,
                end_row=row + rows - 1,
                end_column=column + columns - 1,
            )

    def at(self, row: int, column: int) -> str:
        return self.worksheet.cell(row + self.top, column + self.left).coordinate


def kushiro(
    sheet: Sheet, project: Project, *, formulas: bool = True, wide: int = 2
) -> dict[str, str]:
    """A landscape sheet: the table on the left, plan and results on the right. Gives the address
    of each figure.
    """
    right = 6 + 3 * wide + 1
    at: dict[str, str] = {}
    sheet.put(1, 1, "令和６年度実施事業　主要施策成果シート", columns=right + 7, bold=True)
    sheet.put(2, 1, "１　事業名等", columns=right - 2)
    sheet.put(2, right, "２　当初計画と実績・コスト・成果", columns=8)
    stages = "".join(f"＜{stage}＞" for stage in project.stages)
    for row, label, value in (
        (3, "事業名", project.name + stages),
        (4, "所管課・室", project.department),
        (5, "分類", "主要事業"),
    ):
        sheet.put(row, 1, label, columns=2)
        sheet.put(row, 3, value, columns=right - 4)
    sheet.put(6, 1, "根拠となる計画", rows=2, columns=2)
    for index, plan in enumerate(project.plans):
        sheet.put(6 + index, 3, plan, columns=right - 4)
    sheet.put(8, 1, "目的と概要", columns=2)
    sheet.put(8, 3, f"{project.name}の目的", columns=right - 4)
    sheet.put(3, right, "（1）年度当初計画", columns=4)
    sheet.put(3, right + 4, "（2）事業の実績と成果", columns=4)
    sheet.put(4, right, "●計画した内容", rows=14, columns=4)
    sheet.put(4, right + 4, "●実施した内容\n　年度　Ｒ４　Ｒ５　Ｒ６", rows=14, columns=4)

    def header(row: int) -> None:
        for index, (_, words, kind) in enumerate(COLUMNS):
            sheet.put(row, 6 + index * wide, words, columns=wide)
            sheet.put(row + 1, 6 + index * wide, kind, columns=wide)

    def line(
        row: int, name: str, formula: Callable[[int], str] | None = None, form: str = AMOUNT
    ) -> None:
        for index, (key, _, _) in enumerate(COLUMNS):
            column = 6 + index * wide
            value = project.years[key][name]
            sheet.put(
                row,
                column,
                formula(column) if formula and value is not None and formulas else value,
                columns=wide,
                form=form,
            )
            at[f"{key}.{name}"] = sheet.at(row, column)

    sheet.put(10, 1, "【予算・決算データ】", columns=5)
    header(11)
    sheet.put(13, 1, "　　事業費　　総額 (千円）", columns=5)
    line(13, "total_cost", lambda column: f"=SUM({sheet.at(14, column)}:{sheet.at(18, column)})")
    sheet.put(14, 1, "財源", rows=5)
    for row, (name, label) in enumerate(SOURCES.items(), 14):
        sheet.put(row, 2, f"{label} (千円）", columns=4)
        line(row, name)
    sheet.put(19, 1, "【参考データ】", columns=5)
    header(20)
    sheet.put(22, 1, "参考\n①", rows=2)
    sheet.put(22, 2, "職員人件費 (千円）", columns=4)
    line(22, "staff_cost")
    sheet.put(23, 2, "職員数 (人）", columns=4)
    line(23, "headcount", form="0.0")
    sheet.put(24, 1, "参考\n②", rows=3)
    value_column = 6 + wide
    total, bonds, people = sheet.at(13, value_column), sheet.at(15, value_column), sheet.at(26, 6)
    for row, label, formula in (
        (24, "市民一人あたりの費用", f"=ROUND({total}*1000/{people},1)"),
        (25, "市民一人あたりの将来負担額", f"=ROUND({bonds}*1000/{people},1)"),
    ):
        sheet.put(row, 2, label, columns=2)
        sheet.put(row, 4, "（円）")
        sheet.put(row, 5, f"注{row - 23}）")
        amount = project.years["2024"]["total_cost" if row == 24 else "local_bonds"] or 0
        sheet.put(
            row,
            value_column,
            formula if formulas else round(amount * 1000 / POPULATION + 1e-9, 1),
            columns=wide,
            form="0.0",
        )
    at["cost_per_capita"], at["bond_burden_per_capita"] = (
        sheet.at(24, value_column),
        sheet.at(25, value_column),
    )
    sheet.put(26, 2, "釧路市民の人口", columns=4)
    sheet.put(26, 6, project.population, form="#,##0")
    sheet.put(26, 7, "人（R7.3末現在）", columns=3)
    at["population"] = sheet.at(26, 6)
    sheet.put(19, right, "３　事業実施上の課題と今後（令和８年度以降）の方向性", columns=8)
    for index, (key, of_era, directed) in enumerate((("2023", "５", "７"), ("2024", "６", "８"))):
        column = right + 4 * index
        result = project.results[key]
        sheet.put(20, column, f"令和{of_era}年度実施事業評価結果", columns=2)
        sheet.put(20, column + 2, "評価")
        sheet.put(20, column + 3, result)
        sheet.put(21, column, "課題", rows=2)
        sheet.put(
            21, column + 1, "利用者が減っている。" if result else project.reason, rows=2, columns=3
        )
        sheet.put(23, column, f"今後(令和{directed}\n年度以降)\nの方向性", rows=3)
        sheet.put(
            23, column + 1, "引き続き取り組む。" if result else project.reason, rows=3, columns=3
        )
    return at


def truth(project: Project, at: dict[str, str], worksheet: str) -> dict[str, Any]:
    """What a sheet holds, for the tests."""
    figures = {
        f"{key}.{name}": value for key, of in project.years.items() for name, value in of.items()
    }
    return {
        "worksheet": worksheet,
        "name": project.name,
        "budget_stages": list(project.stages),
        "department": project.department,
        "population": project.population,
        "results": project.results,
        "figures": {
            name: {"value": None if value is None else str(value), "cell": at[name]}
            for name, value in figures.items()
        },
    }


def clean() -> tuple[Workbook, dict[str, Any]]:
    book, sheets = Workbook(), []
    for index, project in enumerate(KUSHIRO):
        worksheet = book.active if index == 0 else book.create_sheet()
        assert isinstance(worksheet, Worksheet)
        worksheet.title = f"{index + 1}{project.name}"[:20]
        sheets.append(truth(project, kushiro(Sheet(worksheet), project), worksheet.title))
    return book, {"form": "kushiro", "fiscal_year": 2024, "sheets": sheets, "faults": []}


def faulty() -> tuple[Workbook, dict[str, Any]]:
    """The clean workbook with one mistake of each kind that only a workbook can tell."""
    book, held = clean()
    one, two, three, four = book.worksheets
    at = [
        {name: figure["cell"] for name, figure in sheet["figures"].items()}
        for sheet in held["sheets"]
    ]
    faults: list[dict[str, Any]] = []

    def fault(rule: str, worksheet: Worksheet, cell: str) -> None:
        faults.append({"rule": rule, "worksheet": worksheet.title, "cell": cell})

    cell = at[0]["2024.local_bonds"]
    one[cell] = "9,000"
    fault("XLS001", one, cell)
    cell = at[1]["2023.total_cost"]
    two[cell] = two[cell].value.replace("18)", "17)")
    fault("XLS002", two, cell)
    cell = at[2]["2025.total_cost"]
    three[cell] = 90_000
    fault("XLS003", three, cell)
    cell = at[2]["2024.staff_cost"]
    three[cell] = "=5920/0"
    fault("XLS004", three, cell)
    cell = at[3]["2024.fees"]
    four[cell] = 877.4
    fault("XLS006", four, cell)
    row = four[at[3]["2025.other_specific"]].row
    four.row_dimensions[row].hidden = True
    fault("XLS007", four, at[3]["2025.total_cost"])
    two.sheet_state = "hidden"
    fault("XLS008", two, "A1")
    notes = book.create_sheet("記入要領")
    notes["A1"] = "金額は千円単位で入力してください。"
    fault("XLS009", notes, "A1")
    one[at[0]["2023.total_cost"]].comment = Comment("前年度の決算書で確認済み", "財政課")
    return book, {**held, "faults": faults}


def stacked() -> tuple[Workbook, dict[str, Any]]:
    """Two sheets below each other on one worksheet, two side by side on another; no formulas, one
    narrow and one wide.
    """
    book, sheets = Workbook(), []
    worksheet = book.active
    assert isinstance(worksheet, Worksheet)
    worksheet.title = "上下"
    for index, project in enumerate(KUSHIRO[:2]):
        sheets.append(
            truth(
                project,
                kushiro(Sheet(worksheet, top=30 * index), project, formulas=False, wide=1),
                "上下",
            )
        )
    beside = book.create_sheet("左右")
    for index, project in enumerate(KUSHIRO[2:]):
        sheets.append(
            truth(
                project,
                kushiro(Sheet(beside, top=2, left=1 + 24 * index), project, formulas=False),
                "左右",
            )
        )
    return book, {"form": "kushiro", "fiscal_year": 2024, "sheets": sheets, "faults": []}


MINATO = Project(
    "港湾緑地管理事務",
    "港湾課",
    {
        "2022": {"total_cost": 8_200_000, "national_grants": 1_000_000, "prefectural_grants": 500_000, "local_bonds": None,
                 "other_specific": 200_000, "general_revenue": 6_499_000, "staff_cost": 2_100_000, "headcount": 0.25},
        "2023": {"total_cost": 9_345_000, "national_grants": 1_200_000, "prefectural_grants": 600_000, "local_bonds": 2_000_000,
                 "other_specific": 245_000, "general_revenue": 5_300_000, "staff_cost": 2_150_000, "headcount": 0.25},
        "2024": {"total_cost": 10_001_000, "national_grants": 2_000_000, "prefectural_grants": 1_000_000, "local_bonds": 3_000_000,
                 "other_specific": None, "general_revenue": 4_000_000, "staff_cost": 2_200_000, "headcount": 0.3},
        "2025": {"total_cost": 11_500_000, "national_grants": 2_500_000, "prefectural_grants": 1_000_000, "local_bonds": 3_500_000,
                 "other_specific": None, "general_revenue": 4_500_000, "staff_cost": 2_250_000, "headcount": 0.3},
    },
    {"2023": "A", "2024": "B"},
)  # fmt: skip


def minato() -> tuple[Workbook, dict[str, Any]]:
    """A portrait sheet in yen: four columns, units in cells of their own, grants apart, truncated
    to thousands, ratings S to D.
    """
    book, project = Workbook(), MINATO
    worksheet = book.active
    assert isinstance(worksheet, Worksheet)
    worksheet.title = "緑地"
    worksheet.page_setup.orientation = "portrait"
    sheet, at = Sheet(worksheet, top=1, left=1), {}
    sheet.put(1, 1, "令和6年度", columns=2)
    sheet.put(1, 3, "事務事業成果シート", columns=5)
    for row, label, value in (
        (2, "事務事業名", project.name),
        (3, "担当課", project.department),
        (4, "区分", "経常"),
        (5, "関連計画", "みなと総合計画"),
        (6, "目的", "緑地を安全に保つ。"),
    ):
        sheet.put(row, 1, label, columns=2)
        sheet.put(row, 3, value, columns=5)
    sheet.put(8, 1, "表示単位未満を切り捨てているため、合計が一致しない場合があります。", columns=7)
    heads = [
        ("2022", "令和4年度", "決算"),
        ("2023", "令和5年度", "決算"),
        ("2024", "令和6年度", "決算見込"),
        ("2025", "令和7年度", "予算"),
    ]
    sheet.put(9, 1, "区分", rows=2, columns=3)
    for index, (_, words, kind) in enumerate(heads):
        sheet.put(9, 4 + index, words)
        sheet.put(10, 4 + index, kind)
    rows = [
        ("national_grants", "国庫支出金"),
        ("prefectural_grants", "県支出金"),
        ("local_bonds", "市債"),
        ("other_specific", "その他"),
        ("general_revenue", "一般財源"),
        ("total_cost", "事業費"),
        ("staff_cost", "人件費"),
        ("headcount", "従事職員数"),
    ]
    sheet.put(11, 1, "財源", rows=5)
    for row, (name, label) in enumerate(rows, 11):
        sheet.put(row, 2 if row < 16 else 1, label, columns=1 if row < 16 else 2)
        sheet.put(row, 3, "人" if name == "headcount" else "円")
        for index, (key, _, _) in enumerate(heads):
            sheet.put(
                row,
                4 + index,
                project.years[key][name],
                form="0.00" if name == "headcount" else "#,##0",
            )
            at[f"{key}.{name}"] = sheet.at(row, 4 + index)
    sheet.put(20, 1, "計画内容", columns=3)
    sheet.put(20, 4, "実施内容", columns=4)
    sheet.put(21, 1, "芝刈り 10 回", rows=2, columns=3)
    sheet.put(21, 4, "芝刈り 9 回", rows=2, columns=4)
    for row, (key, words) in enumerate((("2023", "令和5"), ("2024", "令和6"))):
        sheet.put(24 + 3 * row, 1, f"{words}年度評価", columns=2)
        sheet.put(24 + 3 * row, 3, project.results[key])
        sheet.put(25 + 3 * row, 1, "課題", columns=2)
        sheet.put(25 + 3 * row, 3, "人手が足りない。", columns=5)
        sheet.put(26 + 3 * row, 1, "今後の方向", columns=2)
        sheet.put(26 + 3 * row, 3, "委託を検討する。", columns=5)
    return book, {
        "form": "minato",
        "fiscal_year": 2024,
        "sheets": [truth(project, at, "緑地")],
        "faults": [],
    }


YAMATE = Project(
    "林道維持補修事業",
    "産業係",
    {
        "2022": {"total_cost": 1_500, "national_grants": None, "prefectural_grants": 500, "local_bonds": None,
                 "general_revenue": 1_000, "headcount": 0.2},
        "2023": {"total_cost": 1_800, "national_grants": 300, "prefectural_grants": 500, "local_bonds": None,
                 "general_revenue": 1_000, "headcount": 0.2},
        "2024": {"total_cost": 3_000, "national_grants": 600, "prefectural_grants": 700, "local_bonds": 1_000,
                 "general_revenue": 700, "headcount": 0.3},
        "2025-budgeted": {"total_cost": 2_500, "national_grants": 500, "prefectural_grants": 600, "local_bonds": 800,
                          "general_revenue": 600, "headcount": 0.3},
        "2025-requested": {"total_cost": 2_900, "national_grants": 500, "prefectural_grants": 700, "local_bonds": 900,
                           "general_revenue": 800, "headcount": 0.3},
    },
    {"2024": "B"},
    population=4_321,
)  # fmt: skip


def yamate() -> tuple[Workbook, dict[str, Any]]:
    """Years down, sources across, the unit stated over the table, the budget of one year in two
    rows, full-width digits as text.
    """
    book, project = Workbook(), YAMATE
    worksheet = book.active
    assert isinstance(worksheet, Worksheet)
    worksheet.title = "林道"
    sheet, at = Sheet(worksheet, top=3, left=2), {}
    sheet.put(1, 1, "令和6年度 事業別決算整理票", columns=8)
    sheet.put(2, 1, "事業の名称：" + project.name, columns=5)
    sheet.put(2, 6, "担当係")
    sheet.put(2, 7, project.department, columns=2)
    sheet.put(3, 1, "村の人口　4,321人（令和7年3月末現在）", columns=8)
    at["population"] = sheet.at(3, 1)
    sheet.put(4, 8, "（単位：千円）")
    sheet.put(5, 1, "年度", rows=2, columns=2)
    sheet.put(5, 3, "事業費計", rows=2)
    sheet.put(5, 4, "財源内訳", columns=4)
    for index, label in enumerate(("国費", "県費", "村債", "一般財源")):
        sheet.put(6, 4 + index, label)
    sheet.put(5, 8, "従事者数(人)", rows=2)
    names = (
        "total_cost",
        "national_grants",
        "prefectural_grants",
        "local_bonds",
        "general_revenue",
        "headcount",
    )
    heads = [
        ("2022", "令和4年度", "決算"),
        ("2023", "令和5年度", "決算"),
        ("2024", "令和6年度", "決算"),
    ]
    for row, (_, words, kind) in enumerate(heads, 7):
        sheet.put(row, 1, words)
        sheet.put(row, 2, kind)
    sheet.put(10, 1, "令和7年度", rows=2)
    sheet.put(10, 2, "当初予算")
    sheet.put(11, 2, "要求")
    for row, (key, values) in enumerate(project.years.items(), 7):
        for index, name in enumerate(names):
            value = values[name]
            if (
                key == "2023" and value is not None
            ):  # typed by somebody whose keyboard was set to full width
                value = f"{value:,}".translate(
                    str.maketrans("0123456789,.", "０１２３４５６７８９，．")
                )
            sheet.put(row, 3 + index, value, form="0.0" if name == "headcount" else "#,##0")
            at[f"{key}.{name}"] = sheet.at(row, 3 + index)
    sheet.put(13, 1, "令和6年度の評価", columns=2)
    sheet.put(14, 1, project.results["2024"], columns=2)
    sheet.put(13, 3, "課題")
    sheet.put(13, 4, "路面の傷みが早い。", rows=2, columns=5)
    return book, {
        "form": "yamate",
        "fiscal_year": 2024,
        "sheets": [truth(project, at, "林道")],
        "faults": [],
    }


INDICATORS = [
    (
        "みなとまち観光推進事業",
        "観光入込客数",
        "120",
        "千人",
        "R6.3",
        ["98", "45", "60", "101", "118"],
    ),
    (
        "みなとまち観光推進事業",
        "宿泊者数",
        "2,300",
        "人",
        "R6.3",
        ["1,581", "2,124", "1,832", "2,026", "2,410"],
    ),
    ("みなとまち観光推進事業", "満足度", "85.5", "％", "R6.3", ["-", "-", "80.2", "83.4", "86.1"]),
    ("しごと創生事業", "新規雇用者数", "20", "人", "R7.3", ["21", "6", "25", "22", "-"]),
]


def indicators() -> tuple[Workbook, dict[str, Any]]:
    """A table of indicators with merged project cells, a percent format, dates as dates, and a
    two-row header.
    """
    book = Workbook()
    worksheet = book.active
    assert isinstance(worksheet, Worksheet)
    worksheet.title = "KPI"
    sheet = Sheet(worksheet)
    sheet.put(1, 1, "令和5年度デジタル田園都市国家構想交付金事業の実績", columns=11)
    sheet.put(2, 1, "【デジタル田園都市国家構想交付金（地方創生推進タイプ）対象事業】", columns=11)
    for column, label in ((1, "交付対象\n事業の名称"), (2, "事業の概要")):
        sheet.put(3, column, label, rows=3)
    sheet.put(3, 3, "ＫＰＩ（重要業績評価指標）", columns=9)
    sheet.put(4, 3, "指標", rows=2)
    sheet.put(4, 4, "指標値", columns=3)
    sheet.put(4, 7, "実績値", columns=5)
    for column, label in enumerate(
        ("指標値", "単位", "年月", "R1年度", "R2年度", "R3年度", "R4年度", "R5年度"), 4
    ):
        sheet.put(5, column, label)
    row = 6
    for project in dict.fromkeys(item[0] for item in INDICATORS):
        of = [item for item in INDICATORS if item[0] == project]
        sheet.put(row, 1, project, rows=len(of))
        sheet.put(row, 2, f"{project}の概要", rows=len(of))
        for _, name, target, unit, due, actuals in of:
            sheet.put(row, 3, name)
            for column, text in [(4, target), *enumerate(actuals, 7)]:
                number = text.replace(",", "")
                percent = unit == "％" and text != "-"
                value: Any = (
                    float(number) / 100 if percent else text if text == "-" else float(number)
                )
                sheet.put(row, column, value, form="0.0%" if percent else "#,##0")
            sheet.put(row, 5, unit)
            sheet.put(row, 6, due)
            row += 1
    kpis = [
        {
            "project": project,
            "name": name,
            "target": target.replace(",", ""),
            "unit": unit,
            "actuals": [text.replace(",", "") for text in actuals],
        }
        for project, name, target, unit, _, actuals in INDICATORS
    ]
    return book, {"form": "kushiro", "fiscal_year": 2023, "sheets": [], "kpis": kpis, "faults": []}


BOOKS: dict[str, tuple[Callable[[], tuple[Workbook, dict[str, Any]]], bool]] = {
    "kushiro-clean": (clean, True),
    "kushiro-faulty": (faulty, True),
    "kushiro-uncalculated": (clean, False),
    "kushiro-stacked": (stacked, False),
    "minato-portrait": (minato, False),
    "yamate-years-down": (yamate, False),
    "kushiro-kpi": (indicators, False),
}


def calculated(book: Workbook, path: Path, kind: str = "xlsx:Calc MS Excel 2007 XML") -> None:
    """Save a workbook with stored results, by way of LibreOffice."""
    office = shutil.which("soffice")
    if office is None:
        raise SystemExit("LibreOffice (soffice) is needed to calculate the workbooks")
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / path.with_suffix(".xlsx").name
        book.save(raw)
        command = [
            office,
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(path.parent),
            str(raw),
        ]
        subprocess.run(command, check=True, capture_output=True)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    for name, (make, calculate) in BOOKS.items():
        book, held = make()
        path = OUT / f"{name}.xlsx"
        if calculate:
            calculated(book, path)
        else:
            book.save(path)
        path.with_suffix(".json").write_text(
            json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    calculated(clean()[0], OUT / "kushiro-clean.xls", "xls:MS Excel 97")


if __name__ == "__main__":
    main()
