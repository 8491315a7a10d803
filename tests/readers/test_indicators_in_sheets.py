"""Tables of indicators inside of sheets, an indicator on each row: each is read with its cells, is
its sheet's project's, and takes nothing from the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.forms.model import Form
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Reading, Source
from auditor.readers.workbook import WorkbookReader
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.layouts.described import Headed, Lines, Pairs, Piece, Table, Value, worksheet_of

Indicator = tuple[str, str, int | None, int | None, int | None]
"""Its name, unit, target, and two actuals or an actual and a rate."""


def form(**labels: Any) -> Form:
    return Form.model_validate(
        {
            "name": "withkpis",
            "title": {"en": "A sheet", "ja": "シート"},
            "unit": "千円",
            "units": {"円": 1, "千円": 1000, "人": 1},
            "evaluated": [0],
            "columns": [
                {"offset": -1, "kind": "settled", "label": "決算"},
                {"offset": 0, "kind": "settled", "label": "決算"},
            ],
            "labels": {
                "title": "事務事業評価シート",
                "name": "事業名",
                "department": "担当課",
                "purpose": "事業の目的",
            },
            "fields": {
                "total_cost": {"label": "事業費"},
                "funding": {"general_revenue": {"label": "一般財源"}},
            },
            "kpi": {"labels": labels},
        }
    )


LABELS = {
    "name": "指標名",
    "unit": "単位",
    "target": "目標値",
    "actuals": "実績値",
    "declared_rate": "達成率",
}


def sheet(
    name: str, cost: int, headings: Sequence[Headed], rows: Sequence[Sequence[Value]], at: int
) -> list[Piece]:
    """A sheet with a table of indicators above its costs (0), below them (1), or at its end (2)."""
    indicators: list[Piece] = [Lines(["【活動指標】"]), Table(headings, rows)]
    costs: list[Piece] = [
        Table(
            ["（単位：千円）", "令和５年度決算", "令和６年度決算"],
            [["事業費", cost, cost + 1], ["一般財源", cost, cost + 1]],
        )
    ]
    ending: list[Piece] = [Pairs([[("事業の目的", "架空の目的のため")]])]
    parts = [costs, ending]
    parts.insert(at, indicators)
    pieces: list[Piece] = [
        Lines(["令和６年度 事務事業評価シート"]),
        Pairs([[("事業名", name), ("担当課", "試験課")]]),
    ]
    for part in parts:
        pieces += part
    return pieces


def read(pieces: Sequence[Sequence[Piece]], kind: WideKind, of: Form) -> Reading:
    sheets = [worksheet_of(f"表{at}", part) for at, part in enumerate(pieces, 1)]
    source = Source(file_name("sheets", kind), document_bytes(sheets, kind))
    reader = PdfReader() if kind == "pdf" else WorkbookReader()
    return reader.read(source, of)


NUMBERS = st.one_of(st.none(), st.integers(0, 99_999))
INDICATORS = st.lists(
    st.tuples(st.integers(1, 99), st.sampled_from(["人", "件", "%"]), NUMBERS, NUMBERS, NUMBERS),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "pdf"])
@given(indicators=INDICATORS, at=st.integers(0, 2))
@settings(max_examples=12, deadline=None)
def test_an_indicator_a_row_is_one_of_the_sheets_project(
    kind: WideKind, indicators: list[tuple[int, str, int | None, int | None, int | None]], at: int
) -> None:
    rows: list[list[Value]] = [
        [f"架空の数{number}", unit, target, actual, rate]
        for number, unit, target, actual, rate in indicators
    ]
    headings: list[Headed] = ["指標名", "単位", "目標値", "実績値", "達成率"]
    reading = read([sheet("架空の事業", 500, headings, rows, at)], kind, form(**LABELS))
    assert [remark.detail for remark in reading.remarks if remark.rule.startswith("RD")] == []
    assert reading.not_checked == ()
    assert reading.unread == ()
    (of_project,) = reading.sheets
    assert [
        None if cost is None else cost.value
        for cost in (of_project.years[year].total_cost for year in ("2023", "2024"))
    ] == [500, 501]
    assert of_project.purpose == "架空の目的のため"
    assert [
        (kpi.name, kpi.unit, kpi.target.value, kpi.actuals["2024"].value) for kpi in reading.kpis
    ] == [(name, unit, target, actual) for name, unit, target, actual, _ in map(tuple, rows)]
    for kpi, row in zip(reading.kpis, rows, strict=True):
        assert kpi.declared_rate is not None
        assert kpi.declared_rate.value == row[4]
        assert (kpi.project, kpi.department) == ("架空の事業", "試験課")


def test_two_sheets_have_indicators_of_their_own() -> None:
    headings: list[Headed] = ["指標名", "単位", "目標値", ("実績値", ["令和５年度", "令和６年度"])]
    pieces = [
        *sheet("橋の事業", 500, headings, [["橋の数", "か所", 10, 8, 9]], 2),
        Lines([""]),
        *sheet("川の事業", 700, headings, [["川の数", "本", 5, 4, 5]], 2),
    ]
    reading = read([pieces], "xlsx", form(**LABELS))
    assert [remark.detail for remark in reading.remarks] == []
    assert reading.not_checked == ()
    assert [sheet.name for sheet in reading.sheets] == ["橋の事業", "川の事業"]
    assert [
        (kpi.project, kpi.name, {year: actual.value for year, actual in kpi.actuals.items()})
        for kpi in reading.kpis
    ] == [
        ("橋の事業", "橋の数", {"2023": Decimal(8), "2024": Decimal(9)}),
        ("川の事業", "川の数", {"2023": Decimal(4), "2024": Decimal(5)}),
    ]


def test_a_number_of_the_table_that_no_indicator_holds_is_told() -> None:
    headings: list[Headed] = ["指標名", "単位", "基準値", "目標値", "実績値"]
    rows: list[list[Value]] = [["橋の数", "か所", 7, 10, 8]]
    reading = read([sheet("橋の事業", 500, headings, rows, 1)], "xlsx", form(**LABELS))
    assert [number.printed for number in reading.unread] == ["7"]
    assert [remark.rule for remark in reading.remarks] == ["RD003"]
    (kpi,) = reading.kpis
    assert (kpi.target.value, kpi.actuals["2024"].value) == (10, 8)


def test_a_table_with_a_column_of_projects_is_no_sheets_own() -> None:
    headings: list[Headed] = ["事業", "指標名", "目標値", "令和６年度"]
    rows: list[list[Value]] = [["他の事業", "橋の数", 10, 8]]
    labels = {"project": "事業", "name": "指標名", "target": "目標値", "actuals": "実績値"}
    of = form(**labels)
    pieces = sheet("橋の事業", 500, headings, rows, 2)
    reading = read([pieces], "xlsx", of)
    assert "橋の事業" not in [kpi.project for kpi in reading.kpis]
    assert reading.kpis or {"10", "8"} <= {number.printed for number in reading.unread}
