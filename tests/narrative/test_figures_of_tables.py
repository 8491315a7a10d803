"""Figures of the tables, told in words: what is held against which cell, and what is left alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor_rules
from auditor.forms.loading import load_form
from auditor.narrative.claims import repeated, tables, targets
from auditor.narrative.likeness import may_be_meant
from auditor.narrative.model import Claim
from auditor.narrative.statements import SheetText
from auditor.records.figures import Figure
from auditor.records.model import FiscalYear, Kpi, Sheet

FORM: Final = load_form(Path(auditor_rules.__file__).parent / "forms" / "kushiro.toml")


def _figure(value: str, unit: str) -> Figure:
    return Figure(value=Decimal(value), state="number", printed=value, unit=unit)


def _text(achieved: str, planned: str = "", kpis: tuple[Kpi, ...] = ()) -> SheetText:
    year = FiscalYear(
        year=2024,
        kind="settled",
        total_cost=_figure("12345", "千円"),
        funding={"grants": _figure("4000", "千円")},
    )
    sheet = Sheet(
        name="港の事業",
        fiscal_year=2024,
        planned=planned,
        achieved=achieved,
        population=_figure("98765", "人"),
        years={"2024": year},
    )
    return SheetText(sheet, FORM, kpis)


def _tables(achieved: str, planned: str = "") -> list[Claim]:
    return list(tables.read(_text(achieved, planned)))


@pytest.mark.parametrize(
    ("achieved", "field"),
    [
        ("事業費総額は12,345千円でした。", "total_cost"),
        ("事業費 総額　１２，３４５千円", "total_cost"),
        ("財源は国道支出金4,000千円を充てた。", "funding.grants"),
        ("釧路市民の人口98,765人に対して配布した。", "population"),
        ("令和６年度の事業費総額は1,234万5千円となった。", "total_cost"),
        ("事業費総額は12,354千円でした。", "total_cost"),  # two digits exchanged
        ("人口98,756人", "population"),
        ("本事業の決算額は４７千円であった。", "total_cost"),  # all of it, whatever the figure
        ("令和６年度の事業費総額は47千円であった。", "total_cost"),
    ],
)
def test_a_figure_behind_its_label_is_held_against_the_table(achieved: str, field: str) -> None:
    (claim,) = _tables(achieved)
    assert claim.kind == "table"
    assert claim.references["printed"].field == field


@pytest.mark.parametrize(
    "achieved",
    [
        "会場の事業費総額は300千円でした。",  # that of a part
        "令和５年度の事業費総額は12,345千円でした。",  # a year that the sheet has no column of
        "国道支出金4,000人",
        "事業費総額は約12,345千円",
        "国道支出金を活用し、3,999千円の備品を買った。",
        "周辺の人口45,678人",
        "本事業の決算額は12,345千円で、前年度決算額は12,354千円であった。",
        "前年度の事業費総額は12,354千円であった。",
        "当初予算額 12,354千円",
        "翌年度事業費総額 12,354千円",
        "・事業費 300千円\n・備品費 100千円",
    ],
)
def test_a_figure_that_may_be_another_is_no_claim(achieved: str) -> None:
    figures = [claim.figures["stated"].value for claim in _tables(achieved)]
    assert set(figures) <= {Decimal(12345)}


def test_a_plan_without_a_year_is_of_no_column() -> None:
    assert _tables("", planned="事業費総額は12,345千円を見込む。") == []


def test_an_actual_is_held_against_the_table_of_indicators() -> None:
    kpi = Kpi(
        number=3,
        project="港の事業",
        name="年間の乗船者数",
        unit="人",
        fiscal_year=2024,
        target=_figure("1000", "人"),
        actuals={"2024": _figure("1200", "人")},
    )
    (claim,) = tables.read(_text("年間の乗船者数は1,210人となった。", kpis=(kpi,)))
    assert claim.kind == "indicator"
    assert claim.references["printed"].kpi == 3
    assert list(tables.read(_text("乗船者数は1,210人となった。", kpis=(kpi,)))) == []


NUMBERS: Final = st.integers(10_000, 9_999_999)


@given(NUMBERS, st.data())
def test_one_slip_is_recognised_and_another_number_is_not(number: int, data: st.DataObject) -> None:
    digits = str(number)
    index = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from("123456789"))
    slip = digits[:index] + other + digits[index + 1 :]
    (quantity,) = _quantities(f"{int(slip):,}件")
    assert may_be_meant(quantity, Decimal(number))
    (longer,) = _quantities(f"{number * 1100 + 11:,}件")
    assert not may_be_meant(longer, Decimal(number))


@given(st.integers(10_000_000, 9_999_999_999))
def test_scaled_figures_agree_when_rounded_or_cut_off(yen: int) -> None:
    for scaled in ((yen + 500) // 1000, yen // 1000):
        (quantity,) = _quantities(f"{scaled:,}千円")
        assert may_be_meant(quantity, Decimal(yen))


def _quantities(text: str) -> tuple[tables.Quantity, ...]:
    (statement,) = _text(text).statements
    return statement.tokens.quantities


@pytest.mark.parametrize(
    ("achieved", "count"),
    [
        ("利用件数：12,345件\n・利用件数は12,354件であった。", 1),
        ("利用件数：12,345件\n・利用件数は12,345件であった。", 0),
        ("利用件数：12,345件\n・利用件数は23,456件であった。", 0),
        ("令和５年度利用件数：12,345件\n令和６年度利用件数：12,354件", 0),
        ("利用件数：12,345件\n・貸出件数は12,354件であった。", 0),
        ("利用件数：12,345件\n・利用件数は12,354人であった。", 0),
        ("利用件数：12,345件\n利用件数：12,354件\n利用件数：12,355件", 0),
    ],
)
def test_one_name_with_two_values_that_look_alike(achieved: str, count: int) -> None:
    claims = [
        c for c in repeated.read(_text(achieved)) if c.figures["stated"] != c.figures["other"]
    ]
    assert len([c for c in claims if _differs(c)]) == count


def _differs(claim: Claim) -> bool:
    return claim.figures["stated"].value != claim.figures["other"].value


@pytest.mark.parametrize(
    ("achieved", "bound"),
    [
        ("目標100名に対し、実績98名となった。", "at_least"),
        ("目標値：50件以下、実績値：48件", "at_most"),
        ("参加店舗10店舗（目標11店舗）", "at_least"),
        ("交換灯具は50灯となり、目標の51灯に届かなかった。", "at_least"),
    ],
)
def test_a_target_beside_its_result(achieved: str, bound: str) -> None:
    (claim,) = targets.read(_text(achieved))
    assert (claim.kind, claim.words["bound"]) == ("target", bound)


@pytest.mark.parametrize(
    "achieved",
    [
        "目標100名、実績98件",
        "目標を達成し、実績は98名となった。",
        "参加店舗10店舗、協力店舗３店舗（目標11店舗）",
        "目標100名に向けて、90名に案内した。",
        "目標約100名に対し、実績98名",
        "令和６年度目標100名、令和７年度目標120名、実績98名",
    ],
)
def test_no_target_without_its_result(achieved: str) -> None:
    assert list(targets.read(_text(achieved))) == []


def test_last_years_result_as_the_target() -> None:
    planned = "令和６年度目標：令和５年度を上回ること\n\n令和５年度実績　110件　2,000円"
    claims = list(targets.read(_text("令和６年度実績　98件　2,500円", planned=planned)))
    assert [claim.words["bound"] for claim in claims] == ["more", "more"]
    shown = [(c.figures["target"].printed, c.figures["actual"].printed) for c in claims]
    assert shown == [("110件", "98件"), ("2,000円", "2,500円")]


def test_persons_beside_how_often_they_came() -> None:
    (claim,) = targets.read(_text("延べ120人（実人数135人）が参加した。"))
    assert claim.kind == "cumulative"
    assert claim.figures["part"].value == Decimal(135)
