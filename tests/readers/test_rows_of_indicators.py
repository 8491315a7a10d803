"""Indicators whose targets, actuals and rates stand on rows of their own, with years across, and
those with a target for each year: every figure is read with its cell, in each kind of document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.forms.model import Form
from auditor.readers.delimited import DelimitedReader
from auditor.readers.kpi.table import KpiTableReader
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Reading, Source
from auditor.readers.workbook import WorkbookReader
from auditor.records.model import Kpi
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import Headed, Lines, Pairs, Piece, Table, Value, worksheet_of

LABELS = {
    "project": "事業名",
    "name": "指標名",
    "unit": "単位",
    "target": ["目標値", "目標"],
    "actuals": ["実績値", "実績"],
    "declared_rate": "達成率",
}
OF_TABLE = {part: label for part, label in LABELS.items() if part != "project"}
YEARS = (2022, 2023, 2024)
Numbers = tuple[int | None, ...]


def form(**labels: Any) -> Form:
    return Form.model_validate(
        {
            "name": "withkpis",
            "title": {"en": "Indicators", "ja": "指標"},
            "unit": "千円",
            "units": {"円": 1, "千円": 1000, "人": 1},
            "evaluated": [0],
            "columns": [{"offset": 0, "kind": "settled", "label": "決算"}],
            "labels": {"title": "事務事業評価シート", "name": "事業名", "department": "担当課"},
            "fields": {"total_cost": {"label": "事業費"}},
            "kpi": {"labels": labels or LABELS},
        }
    )


@dataclass(frozen=True)
class Rows:
    """How indicators are printed whose figures stand on rows of their own."""

    words: tuple[str, ...]
    """The words of the rows, for target, actual and rate."""
    order: tuple[int, ...]
    heading: str
    """What stands over the words."""
    names: Literal["merged", "first", "repeated"]
    grouped: bool
    """Whether a heading stands over the years."""
    remark: bool
    """Whether a column of texts stands right of the years."""
    indicators: tuple[tuple[Numbers, Numbers], ...]
    """Targets and actuals, for each indicator."""

    def table(self) -> Table:
        years: list[Headed] = [f"R{year - 2018}" for year in YEARS]
        headings: list[Headed] = [
            "指標名",
            "単位",
            self.heading,
            *([("年度", years)] if self.grouped else years),
            *(["備考"] if self.remark else []),
        ]
        rows: list[Sequence[Value]] = []
        for number, (targets, actuals) in enumerate(self.indicators, 1):
            rates = [
                None if target is None or actual is None else f"{100 * actual // target}%"
                for target, actual in zip(targets, actuals, strict=True)
            ]
            of_kinds: tuple[Sequence[Value], ...] = (targets, actuals, rates)
            for at, kind in enumerate(self.order):
                texts: list[Value] = [f"架空の数{number}", "人件"[number % 2]]
                if at and self.names == "first":
                    texts = [None, None]
                remark: list[Value] = ["架空の備考" if not at else None] if self.remark else []
                rows.append([*texts, self.words[kind], *of_kinds[kind], *remark])
        return Table(headings, rows, merged_down=(0, 1) if self.names == "merged" else ())

    def expected(self) -> list[tuple[str, int, int, int | None, int | None]]:
        """Name, year in which it is due, target, actual of this year and rate of each record."""
        return [
            (f"架空の数{number}", year, target, actual, _rate(target, actual, self.order))
            for number, (targets, actuals) in enumerate(self.indicators, 1)
            for year, target, actual in zip(YEARS, targets, actuals, strict=True)
            if target is not None
        ]


def _rate(target: int, actual: int | None, order: Sequence[int]) -> int | None:
    return None if actual is None or 2 not in order else 100 * actual // target


FIGURES = st.tuples(*[st.one_of(st.none(), st.integers(1, 99_999)) for _ in YEARS])
TARGETS = FIGURES.filter(lambda targets: sum(target is not None for target in targets) > 1)


@st.composite
def rows_of_indicators(draw: st.DrawFn) -> Rows:
    return Rows(
        draw(st.sampled_from([("目標値", "実績値", "達成率"), ("目標", "実績", "達成率（％）")])),
        draw(st.sampled_from([(0, 1), (1, 0), (0, 1, 2)])),
        draw(st.sampled_from(["", "区分"])),
        draw(st.sampled_from(["merged", "first", "repeated"])),
        draw(st.booleans()),
        draw(st.booleans()),
        tuple(draw(st.lists(st.tuples(TARGETS, FIGURES), min_size=2, max_size=4))),
    )


def read(worksheet: PlainWorksheet, kind: WideKind, of: Form) -> Reading:
    source = Source(file_name("kpi", kind), document_bytes([worksheet], kind))
    readers = (PdfReader(), WorkbookReader(), KpiTableReader(), DelimitedReader())
    reader = next(reader for reader in readers if reader.accepts(source, of))
    return reader.read(source, of)


def shown(kpi: Kpi) -> tuple[str, int, Decimal | None, Decimal | None, Decimal | None]:
    assert kpi.due_year is not None
    actual = kpi.actuals.get(str(kpi.due_year))
    return (
        kpi.name,
        kpi.due_year,
        kpi.target.value,
        actual.value if actual is not None else None,
        kpi.declared_rate.value if kpi.declared_rate is not None else None,
    )


def said(reading: Reading) -> list[str]:
    """What is said of a reading, but for what is not read of any workbook of the old kind."""
    remarks = [remark for remark in reading.remarks if not remark.rule.startswith("XLS")]
    return [remark.detail.en for remark in remarks if remark.detail is not None]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv", "tsv", "pdf"])
@given(rows=rows_of_indicators())
@settings(max_examples=5, deadline=None)
def test_rows_of_a_table_are_read_with_their_years(kind: WideKind, rows: Rows) -> None:
    title = Lines(["令和６年度　架空の総合戦略　進捗状況", ""])
    worksheet = worksheet_of("指標", [title, rows.table()])
    reading = read(worksheet, kind, form(**OF_TABLE))
    assert said(reading) == []
    assert reading.not_checked == ()
    assert reading.unread == ()
    assert list(map(shown, reading.kpis)) == rows.expected()
    for kpi in reading.kpis:
        assert kpi.unit == "人件"[int(kpi.name[-1]) % 2]
        places = [str(figure.place) for _, figure in kpi.figure_items()]
        assert len(set(places)) == len(places)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv", "pdf"])
@given(rows=rows_of_indicators())
@settings(max_examples=5, deadline=None)
def test_rows_inside_of_a_sheet_are_of_its_project(kind: WideKind, rows: Rows) -> None:
    pieces: list[Piece] = [
        Lines(["令和６年度 事務事業評価シート"]),
        Pairs([[("事業名", "架空の事業"), ("担当課", "試験課")]]),
        Table(["（単位：千円）", "令和６年度決算"], [["事業費", 500]]),
        Lines(["【指標】"]),
        rows.table(),
    ]
    reading = read(worksheet_of("表", pieces), kind, form(**LABELS))
    assert said(reading) == []
    assert reading.not_checked == ()
    assert reading.unread == ()
    assert [sheet.name for sheet in reading.sheets] == ["架空の事業"]
    assert list(map(shown, reading.kpis)) == rows.expected()
    assert {kpi.project for kpi in reading.kpis} == {"架空の事業"}


def table_of(*rows: Sequence[Value], names: Sequence[int] = ()) -> PlainWorksheet:
    title = Lines(["令和６年度　架空の総合戦略　進捗状況", ""])
    headings: list[Headed] = ["指標名", "単位", "区分", "R5", "R6"]
    return worksheet_of("指標", [title, Table(headings, rows, merged_down=names)])


def test_an_indicator_without_a_row_is_named_and_not_blank() -> None:
    worksheet = table_of(
        ["架空の数", "件", "目標値", 10, 20],
        ["架空の数", "件", "実績値", 8, 21],
        ["次の数", "件", "目標値", 5, 6],
        ["後の数", "件", "目標値", 7, 8],
        ["後の数", "件", "実績値", 7, 9],
        names=(0, 1),
    )
    reading = read(worksheet, "xlsx", form(**OF_TABLE))
    (remark,) = reading.remarks
    assert (remark.rule, remark.field, remark.kpi) == ("RD004", "actuals", 3)
    assert [shown(kpi)[:4] for kpi in reading.kpis] == [
        ("架空の数", 2023, 10, 8),
        ("架空の数", 2024, 20, 21),
        ("次の数", 2023, 5, None),
        ("次の数", 2024, 6, None),
        ("後の数", 2023, 7, 7),
        ("後の数", 2024, 8, 9),
    ]
    assert {figure.state for figure in reading.kpis[2].actuals.values()} == {"unread"}


def test_a_figure_merged_over_the_rows_of_targets_and_actuals_is_neither() -> None:
    worksheet = table_of(
        ["架空の数", "件", "目標値", 10, 20], ["架空の数", "件", "実績値", 8, 20], names=(0, 1, 4)
    )
    reading = read(worksheet, "xlsx", form(**OF_TABLE))
    assert [unread.printed for unread in reading.unread] == ["20"]
    assert {remark.field for remark in reading.remarks} == {"target", "actuals", None}
    assert [(kpi.target.value, kpi.due_year) for kpi in reading.kpis] == [(10, 2023)]


@pytest.mark.parametrize(
    "headings",
    [
        [("目標値", ["R5", "R6"]), ("実績値", ["R5", "R6"]), ("達成率", ["R5", "R6"])],
        [("R5", ["目標値", "実績値", "達成率"]), ("R6", ["目標値", "実績値", "達成率"])],
        [
            "目標値（R5）",
            "目標値（R6）",
            "実績値（R5）",
            "実績値（R6）",
            "達成率（R5）",
            "達成率（R6）",
        ],
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_each_year_may_have_its_target(kind: WideKind, headings: list[Headed]) -> None:
    texts: list[Value] = [100, 120, 95, 118, "95.0%", "98.3%"]
    if isinstance(headings[0], tuple) and headings[0][0] == "R5":
        texts = [100, 95, "95.0%", 120, 118, "98.3%"]
    table = Table(["指標名", "単位", *headings], [["架空の数", "件", *texts]])
    title = Lines(["令和６年度　架空の総合戦略　進捗状況", ""])
    reading = read(worksheet_of("指標", [title, table]), kind, form(**OF_TABLE))
    assert said(reading) == []
    assert list(map(shown, reading.kpis)) == [
        ("架空の数", 2023, 100, 95, Decimal("95.0")),
        ("架空の数", 2024, 120, 118, Decimal("98.3")),
    ]
    assert {year: figure.value for year, figure in reading.kpis[1].actuals.items()} == {
        "2023": 95,
        "2024": 118,
    }
    assert list(reading.kpis[0].actuals) == ["2023"]


def test_a_last_year_that_is_far_away_is_in_its_turn_and_an_earlier_one_is_not() -> None:
    title = Lines(["令和６年度　架空の総合戦略　進捗状況", ""])
    rows: list[Sequence[Value]] = [
        ["架空の数", "件", "目標値", 10, 20, 30],
        ["架空の数", "件", "実績値", 8, 21, "－"],
    ]
    turns: list[tuple[list[Headed], list[str]]] = [
        (["R5", "R6", "R12"], []),
        (["R6", "R5", "R12"], ["RD006"]),
    ]
    for years, rules in turns:
        table = Table(["指標名", "単位", "区分", *years], rows, merged_down=(0, 1))
        reading = read(worksheet_of("指標", [title, table]), "xlsx", form(**OF_TABLE))
        assert [remark.rule for remark in reading.remarks] == rules
        assert len(reading.kpis) == 3
