"""A small document for each form of examples/forms, in the layout that the form is for, with the
figures that are on it and a fault to put into it. Names and figures are made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from tests.documents.workbook_writer import PlainCell, PlainWorksheet
from tests.layouts.described import (
    Beside,
    Headed,
    Lines,
    Pairs,
    Piece,
    Table,
    Value,
    cell_of,
    worksheet_of,
)

__all__ = ["EXAMPLES", "Example", "Key"]

Key = tuple[str, str, str]
"""The name of a record, a field, and a column (``2023``, ``2023-settled``; empty for a figure of
the whole record).
"""


@dataclass(frozen=True)
class Fault:
    """A figure that is printed otherwise, and the rules that then find it."""

    printed: int | Decimal
    instead: int | Decimal
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A document of a form: its worksheet, all figures on it, and a fault for it."""

    form: str
    worksheet: PlainWorksheet
    figures: Mapping[Key, Decimal]
    fault: Fault
    names: Sequence[str] = field(default=())

    @property
    def faulty(self) -> PlainWorksheet:
        """The worksheet with the fault."""
        (at,) = (
            at
            for at, cell in self.worksheet.cells.items()
            if not isinstance(cell.value, str) and cell.value == self.fault.printed
        )
        old = self.worksheet.cells[at]
        cell = replace(cell_of(self.fault.instead), number_format=old.number_format)
        return replace(self.worksheet, cells={**self.worksheet.cells, at: cell})


Amounts = Mapping[str, Sequence[int | Decimal | None]]
"""The values of a project's fields, one for each column."""


def _figures(name: str, columns: Sequence[str], amounts: Amounts) -> Iterator[tuple[Key, Decimal]]:
    for field_name, values in amounts.items():
        for column, value in zip(columns, values, strict=True):
            if value is not None:
                yield (name, field_name, column), Decimal(value)


def _all_figures(projects: Mapping[str, Amounts], columns: Sequence[str]) -> Mapping[Key, Decimal]:
    figures: dict[Key, Decimal] = {}
    for name, amounts in projects.items():
        figures |= dict(_figures(name, columns, amounts))
    return figures


# --- sheets ---------------------------------------------------------------------------------------


def _sheet_years_across() -> Example:
    labels = {
        "total_cost": "事業費",
        "funding.national": "国庫支出金",
        "funding.prefectural": "県支出金",
        "funding.local_bonds": "市債",
        "funding.other": "その他特定財源",
        "funding.general_revenue": "一般財源",
        "staff_cost": "人件費",
        "full_cost": "トータルコスト",
    }
    projects: Mapping[str, Amounts] = {
        "試験交通安全事業": {
            "total_cost": [4_110, 4_220, 4_330, 4_440],
            "funding.national": [1_000, 1_010, 1_020, 1_030],
            "funding.prefectural": [500, 505, 510, 515],
            "funding.local_bonds": [600, 700, 800, 900],
            "funding.other": [10, 5, 0, 15],
            "funding.general_revenue": [2_000, 2_000, 2_000, 1_980],
            "staff_cost": [5_001, 5_002, 5_003, 5_004],
            "full_cost": [9_111, 9_222, 9_333, 9_444],
        },
        "試験緑化事業": {
            "total_cost": [3_300, 3_210, 3_120, 3_030],
            "funding.national": [0, 0, 0, 0],
            "funding.prefectural": [300, 310, 320, 330],
            "funding.local_bonds": [0, 0, 0, 0],
            "funding.other": [700, 600, 500, 400],
            "funding.general_revenue": [2_300, 2_300, 2_300, 2_300],
            "staff_cost": [2_001, 2_002, 2_003, 2_004],
            "full_cost": [5_301, 5_212, 5_123, 5_034],
        },
    }
    headings: list[Headed] = [
        "（単位：千円）",
        "令和４年度\n決算額",
        "令和５年度\n決算額",
        "令和６年度\n当初予算額",
        "令和７年度\n計画額",
    ]
    pieces: list[Piece] = []
    for name, amounts in projects.items():
        rows: list[list[Value]] = [[labels[key], *values] for key, values in amounts.items()]
        pieces += [
            Lines(["令和５年度　事務事業評価票"]),
            Pairs(
                [
                    [("事務事業名", name), ("区分", "ソフト事業")],
                    [("担当部室課名", "市民部 試験課")],
                ]
            ),
            Table(headings, rows),
            Lines(["", ""]),
        ]
    return Example(
        "sheet-years-across",
        worksheet_of("評価票", pieces),
        _all_figures(projects, ["2022", "2023", "2024", "2025"]),
        Fault(9_222, 9_322, ("SYA001",)),
    )


def _sheet_year_groups() -> Example:
    labels = {
        "total_cost": "事業費 A",
        "funding.national": "国庫支出金",
        "funding.local_bonds": "市債",
        "funding.other": "その他特財",
        "funding.general_revenue": "一般財源",
        "staff_cost": "人件費 B",
        "full_cost": "総コスト（A+B）",
        "headcount": "人工",
    }
    projects: Mapping[str, Amounts] = {
        "試験公園整備事業": {
            "total_cost": [1_000, 980, 1_100, 1_090, 1_200],
            "funding.national": [100, 98, 110, 109, 120],
            "funding.local_bonds": [200, 190, 220, 215, 240],
            "funding.other": [50, 42, 51, 48, 52],
            "funding.general_revenue": [650, 650, 719, 718, 788],
            "staff_cost": [401, 412, 403, 414, 405],
            "full_cost": [1_401, 1_392, 1_503, 1_504, 1_605],
            "headcount": [
                Decimal("0.5"),
                Decimal("0.5"),
                Decimal("0.6"),
                Decimal("0.6"),
                Decimal("0.7"),
            ],
        }
    }
    headings: list[Headed] = [
        "（単位：千円）",
        ("令和５年度", ["予算額", "決算額"]),
        ("令和６年度", ["予算額", "決算額"]),
        ("令和７年度", ["予算額"]),
    ]
    pieces: list[Piece] = [Lines(["令和６年度　事務事業評価シート"])]
    for name, amounts in projects.items():
        rows: list[list[Value]] = [[labels[key], *values] for key, values in amounts.items()]
        pieces += [
            Pairs([[("事務事業名", name)], [("所属名", "建設局公園課")]]),
            Table(headings, rows),
        ]
    return Example(
        "sheet-year-groups",
        worksheet_of("50101010", pieces),
        _all_figures(
            projects, ["2023-budgeted", "2023-settled", "2024-budgeted", "2024-settled", "2025"]
        ),
        Fault(1_090, 1_900, ("FND001", "SYG001")),
    )


def _sheet_kinds_as_rows() -> Example:
    columns = ["2023-budgeted", "2023-settled", "2024-budgeted", "2024-settled"]
    amounts = {
        "total_cost": ("事業費", [(5_000, 4_800), (5_200, 4_992)]),
        "staff_cost": ("人件費", [(2_100, 2_050), (2_200, 2_150)]),
        "full_cost": ("総事業費", [(7_100, 6_850), (7_400, 7_142)]),
    }
    name = "試験児童館運営事業"
    rows: list[list[Value]] = []
    figures: dict[Key, Decimal] = {}
    for key, (label, years) in amounts.items():
        for index, kind in enumerate(("予算額", "決算額")):
            rows.append([label, kind, *(values[index] for values in years)])
        for column, value in zip(columns, (v for values in years for v in values), strict=True):
            figures[name, key, column] = Decimal(value)
        if key == "total_cost":
            rates = [_share(settled, budgeted) for budgeted, settled in years]
            rows.append([label, "執行率（％）", *rates])
            for column, rate in zip(columns[1::2], rates, strict=True):
                figures[name, "execution_rate", column] = rate
    headings: list[Headed] = ["（単位：千円）", "区分", "令和５年度", "令和６年度"]
    pieces: list[Piece] = [
        Lines(["令和６年度　事務事業評価表"]),
        Pairs([[("事務事業名", name)], [("担当課", "児童青少年課")]]),
        Table(headings, rows, merged_down=(0,)),
    ]
    return Example(
        "sheet-kinds-as-rows",
        worksheet_of("評価表", pieces),
        figures,
        Fault(7_142, 7_412, ("SKR001",)),
    )


def _sheet_cards() -> Example:
    fields = ["initial", "current", "spent", "carried", "unused"]
    labels = ["当初予算額", "予算現額", "支出済額", "翌年度繰越額", "不用額"]
    projects = {
        "試験図書館運営事業": [12_000_000, 12_500_000, 11_800_000, 500_000, 200_000],
        "試験消防団事業": [3_000_000, 3_100_000, 2_950_000, 0, 150_000],
        "試験学校給食事業": [41_000_000, 40_500_000, 40_111_000, 0, 389_000],
    }
    cards: list[list[Piece]] = [
        [
            Pairs([[("事務事業名", name)], [("局/部/課", "試験局/試験部/試験課")]]),
            Pairs([[pair] for pair in zip(labels, values, strict=True)]),
            Lines([""]),
        ]
        for name, values in projects.items()
    ]
    pieces: list[Piece] = [Lines(["令和６年度　行政報告書"]), Beside(cards[:2]), *cards[2]]
    return Example(
        "sheet-cards",
        worksheet_of("報告書", pieces),
        {
            (name, key, ""): Decimal(value)
            for name, values in projects.items()
            for key, value in zip(fields, values, strict=True)
        },
        Fault(2_950_000, 2_590_000, ("CRD001",)),
    )


# --- lists ----------------------------------------------------------------------------------------


def _list_plain() -> Example:
    grants = {
        "試験商店街補助金": (5_000, 4_800, Decimal("96.0")),
        "試験団体補助金": (1_200, 1_100, Decimal("91.7")),
        "試験祭礼補助金": (800, 640, Decimal("80.0")),
    }
    rows: list[list[Value]] = [
        [number, name, "商工課", *values] for number, (name, values) in enumerate(grants.items(), 1)
    ]
    rows.append([None, "合計", None, 7_000, 6_540, Decimal("93.4")])
    table = Table(
        ["No.", "補助金名", "担当課", "交付決定額（千円）", "交付確定額（千円）", "執行率（％）"],
        rows,
    )
    title = Lines(["令和６年度　補助金交付実績一覧"], merged=False)
    note = Lines(["※ 執行率は小数点第２位を四捨五入しています。"], merged=False)
    pieces = [title, Lines(["財政課作成"], "right"), Lines([""]), table, note]
    figures = {
        (name, key, ""): Decimal(value)
        for name, values in [*grants.items(), ("合計", (7_000, 6_540, Decimal("93.4")))]
        for key, value in zip(("decided", "final", "rate"), values, strict=True)
    }
    return Example(
        "list-plain",
        worksheet_of("一覧", pieces),
        figures,
        Fault(4_800, 4_080, ("LPL001", "TOT001")),
    )


_SOURCES: Final = (
    "total_cost",
    "funding.grants",
    "funding.local_bonds",
    "funding.other",
    "funding.general_revenue",
)


def _list_year_groups() -> Example:
    projects: Mapping[str, Amounts] = {
        "試験道路改良事業": dict(
            zip(
                _SOURCES,
                ([10_100, 11_200], [4_000, 4_400], [5_000, 5_500], [0, 100], [1_100, 1_200]),
                strict=True,
            )
        ),
        "試験健診事業": dict(
            zip(
                _SOURCES,
                ([2_020, 2_130], [700, 710], [0, 0], [320, 330], [1_000, 1_090]),
                strict=True,
            )
        ),
        "試験観光案内事業": dict(
            zip(
                _SOURCES,
                ([880, 990], [0, 0], [0, 0], [80, 90], [800, 900]),
                strict=True,
            )
        ),
    }
    sources: Headed = ("財源内訳", ["国県支出金", "市債", "その他", "一般財源"])
    headings: list[Headed] = [
        "番号",
        "事業名",
        "担当課",
        ("令和５年度決算額", ["事業費", sources]),
        ("令和６年度予算額", ["事業費", sources]),
    ]
    rows: list[list[Value] | str] = []
    for number, (name, amounts) in enumerate(projects.items(), 1):
        across = [amounts[source][column] for column in (0, 1) for source in _SOURCES]
        rows.append([number, name, "試験課", *across])
    sums = [
        sum(_whole(amounts[source][column]) for amounts in projects.values())
        for column in (0, 1)
        for source in _SOURCES
    ]
    rows.insert(0, "第１章　くらし")
    rows.append([None, "合計", None, *sums])
    total: Amounts = {
        source: [sums[index], sums[index + len(_SOURCES)]] for index, source in enumerate(_SOURCES)
    }
    pieces: list[Piece] = [
        Lines(["令和６年度　主要事業一覧"]),
        Lines(["（単位：千円）"], "right"),
        Table(headings, rows),
        Lines(["※ 当初予算の額です。"]),
    ]
    return Example(
        "list-year-groups",
        worksheet_of("主要事業", pieces),
        _all_figures({**projects, "合計": total}, ["2023", "2024"]),
        Fault(11_200, 12_100, ("FND001", "TOT001")),
    )


def _whole(value: int | Decimal | None) -> int:
    return int(value or 0)


def _list_year_blocks() -> Example:
    fields = {
        "funding.national": "国庫支出金",
        "funding.prefectural": "都道府県支出金",
        "funding.local_bonds": "地方債",
        "funding.other": "その他",
        "funding.general_revenue": "一般財源",
        "total_cost": "事業費計（A）",
        "headcount": "正規職員従事人数",
        "hours": "延べ業務時間",
        "staff_cost": "人件費計(B)",
        "full_cost": "トータルコスト(A)＋(B)",
    }
    projects: dict[str, Amounts] = {}
    for index, name in enumerate(["試験投棄対策事業", "試験市場管理事業", "試験学校給食事業"]):
        years = range(3)
        national = [500 + 100 * index + year for year in years]
        own = [1_280 + 10 * index + 7 * year for year in years]
        bonds = [1_200 * index for _ in years]
        total = [sum(parts) for parts in zip(national, own, bonds, strict=True)]
        hours = [284 + 20 * index + 3 * year for year in years]
        staff = [4 * hour for hour in hours]
        values: list[Sequence[int]] = [
            national,
            [0] * 3,
            bonds,
            [0] * 3,
            own,
            total,
            [index + 1] * 3,
            hours,
            staff,
            [cost + more for cost, more in zip(total, staff, strict=True)],
        ]
        projects[name] = dict(zip(fields, values, strict=True))
    rows: list[list[Value]] = []
    for number, (name, amounts) in enumerate(projects.items(), 1):
        across = [amounts[key][year] for year in range(3) for key in fields]
        rows.append([number, name, "環境課", *across])
    headings = [
        "No.",
        "事務事業名",
        "部課名",
        *(label for _ in range(3) for label in fields.values()),
    ]
    return Example(
        "list-year-blocks",
        worksheet_of("一覧", [Table(headings, rows)]),
        _all_figures(projects, ["2020", "2021", "2022"]),
        Fault(projects["試験市場管理事業"]["full_cost"][1] or 0, 9_999, ("LYB001",)),
    )


def _list_year_rows() -> Example:
    columns = [
        ("令和５年度", "予算"),
        ("令和５年度", "決算"),
        ("令和６年度", "予算"),
        ("令和６年度", "決算"),
    ]
    fields = {
        "total_cost": "事業費",
        "funding.grants": "国道支出金",
        "funding.other": "その他",
        "funding.general_revenue": "一般財源",
    }
    projects: Mapping[str, Amounts] = {
        "試験除雪事業": dict(
            zip(
                fields,
                (
                    [9_000, 8_880, 9_100, 9_050],
                    [3_000, 2_960, 3_030, 3_010],
                    [500, 420, 470, 440],
                    [5_500, 5_500, 5_600, 5_600],
                ),
                strict=True,
            )
        ),
        "試験市電事業": dict(
            zip(
                fields,
                (
                    [4_400, 4_330, 4_500, 4_410],
                    [1_100, 1_080, 1_150, 1_120],
                    [300, 250, 350, 290],
                    [3_000, 3_000, 3_000, 3_000],
                ),
                strict=True,
            )
        ),
    }
    rows: list[list[Value]] = []
    for name, amounts in projects.items():
        for index, (year, kind) in enumerate(columns):
            values = [amounts[key][index] for key in fields]
            rows.append([name, f"{name[2:4]}課", year, kind, *values])
    headings = ["事業名", "所管課", "年度", "区分", *fields.values()]
    pieces: list[Piece] = [
        Lines(["令和６年度　事業費の推移"]),
        Lines(["（単位：千円）"], "right"),
        Table(headings, rows, merged_down=(0, 1)),
    ]
    keys = ["2023-budgeted", "2023-settled", "2024-budgeted", "2024-settled"]
    return Example(
        "list-year-rows",
        worksheet_of("推移", pieces),
        _all_figures(projects, keys),
        Fault(8_880, 8_080, ("FND001",)),
    )


def _list_indicators() -> Example:
    projects = {
        "試験観光事業": ((100, 90), (30, 12), (5_000, 4_800)),
        "試験移住事業": ((20, 25), None, (3_000, 2_950)),
        "試験福祉事業": (None, None, (10_000, 9_700)),
    }
    rows: list[list[Value]] = []
    figures: dict[Key, Decimal] = {}
    for number, (name, (*indicators, money)) in enumerate(projects.items(), 1):
        cells: list[Value] = []
        for label, pair in zip(("ＫＰＩ①", "ＫＰＩ②"), indicators, strict=True):
            if pair is None:
                cells += ["－", "－", "－"]
                continue
            target, actual = pair
            rate = _share(actual, target)
            cells += [target, actual, PlainCell(rate / 100, number_format="0.0%")]
            figures[f"{name}{label}", "target", ""] = Decimal(target)
            figures[f"{name}{label}", "actual", "2024"] = Decimal(actual)
            figures[f"{name}{label}", "declared_rate", ""] = rate
        budget, settled = money
        rows.append([number, name, "企画課", *cells, budget, settled])
        figures[name, "budget", ""] = Decimal(budget)
        figures[name, "settled_amount", ""] = Decimal(settled)
    parts = ["目標値", "実績値", "達成率"]
    headings: list[Headed] = [
        "番号",
        "主要事務事業名",
        "担当課",
        ("ＫＰＩ①", parts),
        ("ＫＰＩ②", parts),
        "予算額（千円）",
        "決算額（千円）",
    ]
    pieces: list[Piece] = [
        Lines(["令和６年度　行政評価の取組結果（事業評価）"]),
        Table(headings, rows),
    ]
    return Example(
        "list-indicators",
        worksheet_of("事業評価", pieces),
        figures,
        Fault(2_950, 3_950, ("LIN001",)),
    )


def _kpi_list() -> Example:
    indicators = [
        ("起業件数（累計）", "件", 25, (16, 20, 27), "達成"),
        ("相談満足度", "％", 80, (75, 78, 79), "未達成"),
        ("移住者数", "人", 100, (55, 80, 102), "達成"),
        ("待機児童数", "人", 0, (5, 2, 0), "達成"),
    ]
    rows: list[list[Value]] = [
        ["１　しごとをつくる", "商工課", name, unit, target, *actuals, achieved]
        for name, unit, target, actuals, achieved in indicators
    ]
    headings: list[Headed] = [
        "基本目標",
        "担当課",
        "重要業績評価指標（KPI）",
        "単位",
        "目標値（R6）",
        ("実績値", ["R4年度", "R5年度", "R6年度"]),
        "達成状況",
    ]
    pieces: list[Piece] = [
        Lines(["令和６年度　総合戦略KPI進捗状況"]),
        Table(headings, rows, merged_down=(0, 1)),
    ]
    figures: dict[Key, Decimal] = {}
    for indicator, _, target, actuals, _ in indicators:
        name = f"１しごとをつくる{indicator}"
        figures[name, "target", ""] = Decimal(target)
        for year, actual in zip(("2022", "2023", "2024"), actuals, strict=True):
            figures[name, "actual", year] = Decimal(actual)
    return Example("kpi-list", worksheet_of("KPI", pieces), figures, Fault(27, 22, ("KPI001",)))


# --- items ----------------------------------------------------------------------------------------


def _items_years_across() -> Example:
    items: Mapping[str, tuple[int, int | None]] = {
        "１ 試験税": (46_000, 44_000),
        "２ 地方譲与税": (678, 658),
        "３ 国庫支出金": (16_482, 13_823),
        "４ 環境性能割交付金": (90, None),
        "５ 市債": (10_676, 5_963),
    }
    sums = (73_926, 64_444)
    rows: list[list[Value]] = []
    figures: dict[Key, Decimal] = {}
    for name, (now, before) in [*items.items(), ("歳入合計", sums)]:
        share, change = _share(now, sums[0]), now - (before or 0)
        figures |= {
            (name, "amount", "2026"): Decimal(now),
            (name, "share", "2026"): share,
            (name, "change", ""): Decimal(change),
        }
        if before is None:
            rows.append([name, now, share, "－", "－", change, "皆増"])
            continue
        share_before, ratio = _share(before, sums[1]), _share(now, before)
        rows.append([name, now, share, before, share_before, change, ratio])
        figures |= {
            (name, "amount", "2025"): Decimal(before),
            (name, "share", "2025"): share_before,
            (name, "ratio", ""): ratio,
        }
    headings = [
        "款",
        "令和８年度歳入額",
        "構成比",
        "令和７年度歳入額",
        "構成比",
        "増減",
        "前年度比",
    ]
    pieces: list[Piece] = [
        Lines(["令和８年度　歳入予算　款別一覧"]),
        Lines(["（単位：千円、％）"], "right"),
        Table(headings, rows),
    ]
    return Example(
        "items-years-across",
        worksheet_of("歳入", pieces),
        figures,
        Fault(16_482, 16_842, ("IYA001", "IYA002", "TOT001")),
    )


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"))


def _items_levels() -> Example:
    budget = {
        "１ 市税": {
            "１ 市民税": {"１ 個人": (21_000, 20_500), "２ 法人": (4_100, 4_300)},
            "２ 固定資産税": {"１ 固定資産税": (18_000, 17_700)},
        },
        "２ 県支出金": {
            "１ 県負担金": {"１ 民生費負担金": (3_300, 3_100), "２ 衛生費負担金": (900, 850)}
        },
    }
    rows: list[list[Value]] = []
    figures: dict[Key, Decimal] = {}

    def add(level: int, name: str, amounts: Sequence[tuple[int, int]]) -> None:
        now, before = (sum(column) for column in zip(*amounts, strict=True))
        names: list[Value] = [name if level == at else None for at in range(3)]
        rows.append([*names, now, before, now - before])
        values = {"amount": now, "before": before, "change": now - before}
        figures.update({(name, key, f"#{len(rows)}"): Decimal(v) for key, v in values.items()})

    for chapter, sections in budget.items():
        all_items = [amount for items in sections.values() for amount in items.values()]
        add(0, chapter, all_items)
        for section, items in sections.items():
            add(1, section, list(items.values()))
            for item, amount in items.items():
                add(2, item, [amount])
    every = [
        amount
        for sections in budget.values()
        for items in sections.values()
        for amount in items.values()
    ]
    add(0, "歳入合計", every)
    headings = ["款", "項", "目", "本年度予算額", "前年度予算額", "比較"]
    pieces: list[Piece] = [
        Lines(["令和６年度　予算事項別明細書　歳入"]),
        Lines(["（単位：千円）"], "right"),
        Table(headings, rows),
    ]
    return Example(
        "items-levels",
        worksheet_of("歳入", pieces),
        figures,
        Fault(4_100, 4_010, ("ILV001", "TOT002")),
    )


def _items_data() -> Example:
    data = [
        ("総務費", "総務管理費", "一般管理費", "報酬", 12_000, 11_800),
        ("総務費", "総務管理費", "一般管理費", "旅費", 640, 610),
        ("総務費", "総務管理費", "文書広報費", "旅費", 85, 90),
        ("総務費", "徴税費", "賦課徴収費", "委託料", 7_300, 7_450),
        ("民生費", "社会福祉費", "社会福祉総務費", "委託料", 5_150, 4_900),
        ("民生費", "社会福祉費", "社会福祉総務費", "扶助費", 41_000, 39_870),
    ]
    rows: list[list[Value]] = []
    figures: dict[Key, Decimal] = {}
    for *names, now, before in data:
        rows.append([*names, now, before, now - before])
        values = {"amount": now, "before": before, "change": now - before}
        name = names[-1]
        figures.update({(name, key, f"#{len(rows)}"): Decimal(v) for key, v in values.items()})
    names_of_levels = ["款名称", "項名称", "目名称", "節名称"]
    headings = [*names_of_levels, "本年度予算額", "前年度予算額", "増減額"]
    return Example(
        "items-data",
        worksheet_of("予算", [Table(headings, rows)]),
        figures,
        Fault(7_450, 7_540, ("IDT001",)),
    )


def _sheet_circled_labels() -> Example:
    """The year of the budget has no actual of the indicator yet: its cell is empty."""
    costs: Amounts = {
        "total_cost": [7_210_000, 6_924_000, 7_500_000],
        "funding.grants": [1_000_000, 900_000, 1_000_000],
        "funding.local_bonds": [0, 0, 0],
        "funding.other": [210_000, 24_000, 0],
        "funding.general_revenue": [6_000_000, 6_000_000, 6_500_000],
        "average_salary": [7_300_000, 7_350_000, 7_400_000],
        "headcount": [Decimal("0.5"), Decimal("0.5"), Decimal("0.6")],
        "staff_cost": [3_650_000, 3_675_000, 4_440_000],
        "full_cost": [10_860_000, 10_599_000, 11_940_000],
    }
    indicators: Amounts = {"indicator_target": [80, 82, 85], "indicator_actual": [78, 81, None]}
    labels = {
        "total_cost": ("①事業費", ""),
        "funding.grants": ("財源内訳", "国道支出金"),
        "funding.local_bonds": ("財源内訳", "地方債"),
        "funding.other": ("財源内訳", "その他"),
        "funding.general_revenue": ("財源内訳", "一般財源"),
        "average_salary": ("②平均職員費", ""),
        "headcount": ("③人員(人工)", ""),
        "staff_cost": ("④職員費(②×③)", ""),
        "full_cost": ("⑤総事業費(①+④)", ""),
    }
    rows: list[list[Value]] = []
    for key, values in costs.items():
        label, under = labels[key]
        rows.append([label, under or None, *values])
    years: list[Headed] = ["令和５年度決算", "令和６年度決算", "令和７年度予算"]
    below: list[list[Value]] = [
        ["目標値", None, *indicators["indicator_target"]],
        ["実績値", None, *indicators["indicator_actual"]],
    ]
    name = "試験除雪事業"
    pieces: list[Piece] = [
        Lines(["令和６年度　事務事業評価シート（中間・事後）"]),
        Pairs([[("事務事業名", name)], [("部課名", "都市整備部")]]),
        Lines([""]),
        Table(["区分（単位：円）", "", *years], rows, merged_down=(0,)),
        Lines([""]),
        Pairs([[("成果指標名", "試験満足度")]]),
    ]
    sheet = worksheet_of("除雪", pieces)
    bottom = max(row for row, _ in sheet.cells)
    for row, values in enumerate(below, bottom + 1):
        for column, value in enumerate(values, 1):
            if value is not None:
                sheet.cells[row, column] = cell_of(value)
    return Example(
        "sheet-circled-labels",
        sheet,
        _all_figures({name: {**costs, **indicators}}, ["2023", "2024", "2025"]),
        Fault(3_675_000, 3_765_000, ("SCL001", "SCL002")),
    )


_MAKERS: Final[Sequence[Callable[[], Example]]] = (
    _sheet_years_across,
    _sheet_year_groups,
    _sheet_kinds_as_rows,
    _sheet_cards,
    _sheet_circled_labels,
    _list_plain,
    _list_year_groups,
    _list_year_blocks,
    _list_year_rows,
    _list_indicators,
    _kpi_list,
    _items_years_across,
    _items_levels,
    _items_data,
)
EXAMPLES: Final[Mapping[str, Example]] = {
    example.form: example for example in (make() for make in _MAKERS)
}
