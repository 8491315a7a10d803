"""What heads the records of documents that print little: a code beside its label, the fiscal year that
a form or a file's name gives, a title over several cards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.forms.model import Form
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Reading, Source
from auditor.readers.workbook import WorkbookReader
from tests.documents.either_kind import Kind, document_bytes
from tests.layouts.described import Beside, Lines, Pairs, Piece, Table, Value, worksheet_of

COMMON: dict[str, Any] = {
    "name": "made",
    "title": {"en": "A form", "ja": "様式"},
    "unit": "千円",
    "units": {"円": 1, "千円": 1000},
    "evaluated": [0],
}


def read(pieces: Sequence[Piece], kind: Kind, of: Form, stem: str = "document") -> Reading:
    data = document_bytes([worksheet_of("表", pieces)], kind)
    reader = PdfReader() if kind == "pdf" else WorkbookReader()
    return reader.read(Source(f"{stem}.{kind}", data), of)


# --- the code of a project


CODES = st.one_of(
    st.integers(1, 99_999_999),
    st.from_regex(r"[A-Z]{1,2}-[0-9]{2,4}", fullmatch=True),
    st.from_regex(r"0[0-9]{3,7}", fullmatch=True),
)


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@given(code=CODES)
@settings(max_examples=8, deadline=None)
def test_a_code_beside_its_label_is_the_sheets_identifier(kind: Kind, code: int | str) -> None:
    of = Form.model_validate(
        {
            **COMMON,
            "columns": [{"offset": 0, "kind": "settled"}],
            "labels": {"title": "評価シート", "name": "事業名", "number": "事業コード"},
            "fields": {"total_cost": {"label": "事業費"}},
        }
    )
    pieces: list[Piece] = [
        Lines(["令和６年度 評価シート"]),
        Pairs([[("事業コード", str(code))], [("事業名", "架空の事業")]]),
        Lines([""]),
        Table(["（千円）", "令和６年度"], [["事業費", 500]]),
    ]
    reading = read(pieces, kind, of)
    assert reading.not_checked == ()
    assert reading.unread == ()
    (sheet,) = reading.sheets
    assert (sheet.identifier, sheet.name) == (str(code), "架空の事業")
    assert sheet.years["2024"].total_cost is not None
    assert sheet.years["2024"].total_cost.value == 500


# --- a budget page that prints no year


def items(**more: Any) -> Form:
    return Form.model_validate(
        {
            **COMMON,
            "items": {},
            "columns": [
                {"offset": 0, "kind": "budgeted", "label": "本年度"},
                {"offset": -1, "kind": "budgeted", "label": "前年度"},
            ],
            "labels": {"name": "款"},
            "fields": {"amount": {"each": "year", "label": "予算額"}},
            **more,
        }
    )


ROWS: list[list[Value]] = [
    ["１ 市税", 700, 650],
    ["２ 県支出金", 300, 350],
    ["歳入合計", 1_000, 1_000],
]
PAGE: list[Piece] = [
    Lines(["歳入歳出予算事項別明細書"]),
    Table(["款", "本年度予算額", "前年度予算額"], ROWS),
]


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@pytest.mark.parametrize(
    ("stem", "stated", "year"),
    [("page", 2024, 2024), ("R6予算書", None, 2024), ("R6予算書", 2024, 2024)],
)
def test_the_year_of_a_budget_page_comes_from_its_name_or_the_form(
    stem: str, stated: int | None, year: int, kind: Kind
) -> None:
    of = items() if stated is None else items(fiscal_year=stated)
    reading = read(PAGE, kind, of, stem)
    assert reading.not_checked == ()
    assert reading.unread == ()
    assert {sheet.fiscal_year for sheet in reading.sheets} == {year}
    assert "RD011" in [remark.rule for remark in reading.remarks]
    assert [
        [column.figures["amount"].value for column in sheet.years.values()]
        for sheet in reading.sheets
    ] == [row[1:] for row in ROWS]


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_name_and_a_form_of_other_years_are_a_doubt(kind: Kind) -> None:
    reading = read(PAGE, kind, items(fiscal_year=2024), "R5予算書")
    assert [missed.why.code for missed in reading.not_checked] == ["years-contradict"]


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_budget_page_of_no_year_is_not_checked(kind: Kind) -> None:
    reading = read(PAGE, kind, items())
    assert [missed.why.code for missed in reading.not_checked] == ["list-without-year"]
    assert reading.sheets == ()


# --- cards under one title


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@given(
    values=st.lists(st.tuples(*[st.integers(0, 10**9)] * 2), min_size=2, max_size=4),
    arrange=st.sampled_from(["below", "beside"]),
)
@settings(max_examples=10, deadline=None)
def test_each_card_under_one_title_is_read(
    kind: Kind, values: list[tuple[int, int]], arrange: str
) -> None:
    of = Form.model_validate(
        {
            **COMMON,
            "labels": {"title": "行政報告書", "name": "事業名", "department": "所管課"},
            "columns": [{"offset": 0, "kind": "settled"}],
            "fields": {
                "current": {"each": "sheet", "label": "予算現額", "unit": "円"},
                "spent": {"each": "sheet", "label": "支出済額", "unit": "円"},
            },
        }
    )
    cards: list[list[Piece]] = [
        [
            Pairs([[("事業名", f"架空の事業{at}号")], [("所管課", "試験課")]]),
            Pairs([[("予算現額", current)], [("支出済額", spent)]]),
            Lines([""]),
        ]
        for at, (current, spent) in enumerate(values)
    ]
    pieces: list[Piece] = [Lines(["令和６年度　行政報告書"])]
    if arrange == "beside":
        pieces += [Beside(cards)]
    else:
        for card in cards:
            pieces += card
    reading = read(pieces, kind, of)
    assert reading.not_checked == ()
    assert reading.unread == ()
    assert [
        (sheet.name, sheet.fiscal_year, *(figure.value for figure in sheet.figures.values()))
        for sheet in reading.sheets
    ] == [(f"架空の事業{at}号", 2024, *pair) for at, pair in enumerate(values)]


# --- indentation


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@given(
    depths=st.lists(st.integers(0, 2), min_size=2, max_size=8),
    lengths=st.lists(st.integers(2, 6), min_size=8, max_size=8),
)
@settings(max_examples=15, deadline=None)
def test_blanks_before_names_tell_what_items_are_part_of(
    kind: Kind, depths: list[int], lengths: list[int]
) -> None:
    depths = [0, *depths]
    depths = [min(depth, depths[at - 1] + 1) if at else 0 for at, depth in enumerate(depths)]
    parents: list[int | None] = []
    for at, depth in enumerate(depths):
        above = [index for index in range(at) if depths[index] < depth]
        parents.append(above[-1] if above else None)
    names = [f"{'税料費金債'[at % 5] * lengths[at % 8]}{at}号" for at in range(len(depths))]
    rows: list[list[Value]] = [
        ["　" * depth + name, 100 + at, 90 + at]
        for at, (depth, name) in enumerate(zip(depths, names, strict=True))
    ]

    pieces: list[Piece] = [
        Lines(["令和６年度　予算"]),
        Table(["款", "本年度予算額", "前年度予算額"], rows),
    ]
    reading = read(pieces, kind, items())
    sheets = {sheet.identifier or str(sheet.number): sheet for sheet in reading.sheets}
    assert [sheet.name for sheet in reading.sheets] == names
    assert [sheets[s.parent].name if s.parent else None for s in reading.sheets] == [
        None if parent is None else names[parent] for parent in parents
    ]
