"""Drafts of tables of indicators (KPIs) and of lists with indicators: their targets, actuals and
rates are read as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.drafting.coverage import coverage_of
from auditor.drafting.draft import Answers, Draft
from auditor.drafting.drafter import drafted
from auditor.drafting.explanation import explanation_page
from auditor.drafting.form_file import form_text
from auditor.drafting.shipped import shipped_vocabulary
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.readers.printing import printed_grids
from auditor.readers.source import Source
from auditor.records.model import Kpi
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import Headed, Lines, Pairs, Table, Value, worksheet_of

VOCABULARY = shipped_vocabulary()
SESSION = load()
INDICATORS = ("試験相談件数", "試験満足度", "試験移住者数", "試験利用者数")


def draft_in(folder: Path, worksheet: PlainWorksheet, kind: WideKind) -> tuple[Path, Draft]:
    return draft_of(folder, [worksheet], kind)


def draft_of(folder: Path, worksheets: list[PlainWorksheet], kind: WideKind) -> tuple[Path, Draft]:
    path = folder / file_name("book", kind)
    path.write_bytes(document_bytes(worksheets, kind))
    grids = printed_grids(Source.open(path))
    assert grids is not None
    draft = drafted(grids, VOCABULARY, source=path.name, name="mycity", answers=Answers())
    assert draft is not None
    return path, draft


def form_in(folder: Path, draft: Draft) -> Form:
    path = folder / "mycity.toml"
    path.write_text(form_text(draft), encoding="utf-8")
    return load_form(path)


def read_with(form: Form, path: Path) -> list[Kpi]:
    result = read_documents(
        [path], forms={form.name: form}, readers=SESSION.readers, form=form.name
    )
    (book,) = result.books
    return list(book.kpis)


@dataclass(frozen=True)
class TableOfIndicators:
    """How a table of indicators is printed."""

    name: str
    target: str
    actual: str
    years: tuple[int, ...]
    is_grouped: bool
    """Whether years stand under the headings, and not in them."""
    baseline: int | None
    has_project: bool
    has_unit: bool
    has_flag: bool
    targets_first: bool
    numbers: tuple[tuple[int | None, ...], ...]
    """For each indicator the target, the actuals, and the baseline."""

    def worksheet(self) -> PlainWorksheet:
        due = f"R{max(self.years) - 2018}"
        target: list[Headed] = (
            [(self.target, [due])] if self.is_grouped else [f"{self.target}（{due}）"]
        )
        years = [f"R{year - 2018}" for year in self.years]
        actuals: list[Headed] = [f"{year}年度{self.actual}" for year in years]
        if self.is_grouped:
            actuals = [(self.actual, [f"{year}年度" for year in years])]
        baseline: list[Headed] = []
        if self.baseline is not None:
            year = f"R{self.baseline - 2018}"
            baseline = [("基準値", [year])] if self.is_grouped else [f"基準値（{year}）"]
        headings: list[Headed] = [
            *(["事業名"] if self.has_project else []),
            self.name,
            *(["単位"] if self.has_unit else []),
            *baseline,
            *(target + actuals if self.targets_first else actuals + target),
            *(["達成状況"] if self.has_flag else []),
        ]
        rows: list[list[Value]] = []
        for indicator, (goal, *reached, before) in zip(INDICATORS, self.numbers, strict=False):
            of_years = [value if value is not None else "－" for value in reached]
            rows.append(
                [
                    *(["試験推進事業"] if self.has_project else []),
                    indicator,
                    *(["件"] if self.has_unit else []),
                    *([before] if self.baseline is not None else []),
                    *([goal, *of_years] if self.targets_first else [*of_years, goal]),
                    *(["達成"] if self.has_flag else []),
                ]
            )
        title = Lines([f"試験総合戦略　進捗状況（令和{max(self.years) - 2018}年度）", ""])
        return worksheet_of("KPI", [title, Table(headings, rows)])


@st.composite
def tables_of_indicators(draw: st.DrawFn) -> TableOfIndicators:
    count = draw(st.integers(2, 4))
    first = draw(st.integers(2020, 2022))
    numbers = st.tuples(
        st.integers(1, 99_999),
        *[st.one_of(st.none(), st.integers(0, 99_999)) for _ in range(count)],
        st.integers(0, 99_999),
    )
    return TableOfIndicators(
        draw(st.sampled_from(["指標名", "重要業績評価指標（KPI）", "成果指標", "KPI"])),
        draw(st.sampled_from(["目標値", "目標", "最終目標値"])),
        draw(st.sampled_from(["実績値", "実績"])),
        tuple(range(first, first + count)),
        draw(st.booleans()),
        draw(st.sampled_from([None, 2019])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.booleans()),
        tuple(draw(st.lists(numbers, min_size=2, max_size=4))),
    )


@given(table=tables_of_indicators(), kind=st.sampled_from(["xlsx", "csv"]))
@settings(max_examples=25, deadline=None)
def test_targets_and_actuals_of_a_table_are_read_as_such(
    tmp_path_factory: pytest.TempPathFactory, table: TableOfIndicators, kind: WideKind
) -> None:
    folder = tmp_path_factory.mktemp("indicators")
    path, draft = draft_in(folder, table.worksheet(), kind)
    assert not draft.questions
    assert draft.layout.kind == "indicators"
    form = form_in(folder, draft)
    coverage = coverage_of(str(path), form, SESSION.readers)
    assert coverage.is_whole, coverage
    kpis = read_with(form, path)
    assert [kpi.name for kpi in kpis] == list(INDICATORS[: len(table.numbers)])
    for kpi, (goal, *reached, before) in zip(kpis, table.numbers, strict=True):
        assert kpi.target.value == goal
        expected = dict(zip(map(str, table.years), reached, strict=True))
        if table.baseline is not None:
            expected[str(table.baseline)] = before
        assert {year: figure.value for year, figure in kpi.actuals.items()} == expected
        assert kpi.due == f"{max(table.years) + 1}-03"
        assert kpi.declared_achieved == ("achieved" if table.has_flag else None)
        assert kpi.project == ("試験推進事業" if table.has_project else "")


def test_the_page_says_what_the_headings_are(tmp_path: Path) -> None:
    numbers = ((20, 18, 21, 10), (5, 4, None, 3))
    table = TableOfIndicators(
        "指標名", "目標値", "実績値", (2023, 2024), False, None, True, True, True, True, numbers
    )  # fmt: skip
    path, draft = draft_in(tmp_path, table.worksheet(), "xlsx")
    coverage = coverage_of(str(path), form_in(tmp_path, draft), SESSION.readers)
    assert "| 目標値 | 目標値 |" in explanation_page(draft, coverage, "ja")
    assert "| 目標値 | target |" in explanation_page(draft, coverage, "en")


def test_indicators_on_the_rows_of_projects_stand_beside_their_amounts(tmp_path: Path) -> None:
    of_indicator = ["目標値", "実績値", "達成率"]
    headings: list[Headed] = [
        "主要事務事業名", "担当課", ("ＫＰＩ①", of_indicator), ("ＫＰＩ②", of_indicator),
        "予算額（千円）", "決算額（千円）",
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [f"試験{word}事業", "試験課", 40, 50, Decimal("125.0"), 10 + at, 9, 90, 5000 + at, 4800]
        for at, word in enumerate(["観光", "移住", "福祉"])
    ]
    title = Lines(["令和６年度　行政評価の取組結果", ""])
    worksheet = worksheet_of("一覧", [title, Table(headings, rows)])
    path, draft = draft_in(tmp_path, worksheet, "xlsx")
    assert draft.layout.kind == "list"
    form = form_in(tmp_path, draft)
    assert coverage_of(str(path), form, SESSION.readers).is_whole
    kpis = read_with(form, path)
    assert len(kpis) == 6
    assert [kpi.target.value for kpi in kpis[:2]] == [40, 10]
    assert {kpi.declared_rate.value for kpi in kpis if kpi.declared_rate} == {125, 90}


def test_words_that_may_say_either_are_left_to_the_reader_of_the_form(tmp_path: Path) -> None:
    rows: list[list[Value]] = [["試験件数", 20, 18, "△"], ["試験人数", 20, 21, "達成"]]
    headings = ["指標名", "目標値（R6）", "R6実績値", "達成状況"]
    _, draft = draft_in(tmp_path, worksheet_of("KPI", [Table(headings, rows)]), "xlsx")
    assert draft.layout.indicators is not None
    assert draft.layout.indicators.unclear == ["△"]
    assert "「△」は、達成か未達成かを判断できません" in form_text(draft)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("merged", [(0, 1), ()])
def test_rows_of_targets_and_actuals_are_drafted_as_indicators(
    tmp_path: Path, kind: WideKind, merged: tuple[int, ...]
) -> None:
    rows: list[list[Value]] = []
    for at, name in enumerate(INDICATORS):
        texts: list[Value] = [name, "件" if at % 2 else "人"]
        rows.append([*texts, "目標値", 100 + at, 110 + at, 120 + at])
        rows.append([*(texts if merged else [None, None]), "実績値", 90 + at, 115, 108 - at])
    headings: list[Headed] = ["指標名", "単位", "区分", "R4", "R5", "R6"]
    title = Lines(["試験総合戦略　進捗状況（令和６年度）", ""])
    table = Table(headings, rows, merged_down=merged)
    path, draft = draft_in(tmp_path, worksheet_of("KPI", [title, table]), kind)
    assert not draft.questions
    assert draft.layout.kind == "indicators"
    form = form_in(tmp_path, draft)
    assert coverage_of(str(path), form, SESSION.readers).is_whole
    kpis = read_with(form, path)
    assert [(kpi.name, kpi.due_year, kpi.target.value) for kpi in kpis] == [
        (name, year, goal + at)
        for at, name in enumerate(INDICATORS)
        for year, goal in ((2022, 100), (2023, 110), (2024, 120))
    ]
    assert [len(kpi.actuals) for kpi in kpis] == [1, 1, 3] * len(INDICATORS)


@pytest.mark.parametrize("in_rows", [True, False])
def test_indicators_inside_of_sheets_are_drafted_with_them(tmp_path: Path, in_rows: bool) -> None:
    worksheets: list[PlainWorksheet] = []
    for at in range(1, 4):
        name = f"試験{at}事業"
        years: list[Headed] = ["R5", "R6"]
        goals, reached = [100 + at, 120 + at], [90 - at, 130 - at]
        of_rows: list[list[Value]] = [[f"試験数{at}", "件", "目標値", *goals]]
        of_rows.append([f"試験数{at}", "件", "実績値", *reached])
        table = Table(["指標名", "単位", "区分", *years], of_rows, merged_down=(0, 1))
        if not in_rows:
            grouped: list[Headed] = [("目標値", years), ("実績値", years)]
            of_one: list[list[Value]] = [[f"試験数{at}", "件", *goals, *reached]]
            table = Table(["指標名", "単位", *grouped], of_one)
        grants, rest = 3000 + 37 * at, 1000 + 51 * at
        costs: list[list[Value]] = [
            ["事業費", grants + rest, grants + rest + 9],
            ["国庫支出金", grants, grants + 4],
            ["一般財源", rest, rest + 5],
        ]
        pieces = [
            Lines(["令和６年度　事務事業評価シート"]),
            Pairs([[("事業名", name), ("担当課", f"試験{at}課")]]),
            Lines([""]),
            table,
            Lines([""]),
            Table(["（単位：千円）", "R5決算", "R6決算"], costs),
        ]
        worksheets.append(worksheet_of(f"表{at}", pieces))
    path, draft = draft_of(tmp_path, worksheets, "xlsx")
    assert draft.layout.kind == "sheet"
    assert not draft.questions
    form = form_in(tmp_path, draft)
    assert coverage_of(str(path), form, SESSION.readers).is_whole
    kpis = read_with(form, path)
    assert [(kpi.project, kpi.name, kpi.due_year, kpi.target.value) for kpi in kpis] == [
        (f"試験{at}事業", f"試験数{at}", year, goal + at)
        for at in (1, 2, 3)
        for year, goal in ((2023, 100), (2024, 120))
    ]


@pytest.mark.parametrize(("rates", "says"), [((90, 87, 66, 57, 45), True), ((90,), False)])
def test_how_rates_are_rounded_is_seen(tmp_path: Path, rates: tuple[int, ...], says: bool) -> None:
    """Rates without decimals, cut off: 133 of 200 is 66 %."""
    actuals = (90, 175, 133, 115, 91)
    rows: list[list[Value]] = [
        [f"試験数{at}", "件", 100 if not at else 200, actual, f"{rate}%"]
        for at, (actual, rate) in enumerate(zip(actuals, rates, strict=False))
    ]
    title = Lines(["試験総合戦略　進捗状況（令和６年度）", ""])
    table = Table(["指標名", "単位", "目標値（R6）", "R6年度実績値", "達成率"], rows)
    _, draft = draft_in(tmp_path, worksheet_of("KPI", [title, table]), "xlsx")
    assert draft.layout.indicators is not None
    assert draft.layout.indicators.rate_rounding == (("truncate", Decimal(1)) if says else None)
    rate = form_in(tmp_path, draft).kpi.rate  # type: ignore[union-attr]
    assert (rate.rounding, rate.unit) == ("truncate" if says else "half_up", "%")
