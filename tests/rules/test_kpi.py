"""Whether a KPI reached its target: every outcome, both directions, and rates rounded half up."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.forms.loading import load_form
from auditor.readers.kpi.table import KpiTableReader
from auditor.readers.source import Source
from auditor.records.figures import Figure, parse_figure
from auditor.records.model import Book, Kpi
from auditor.rules.findings import Outcome
from auditor.rules.kpi import achievement

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "documents"


def kpi(
    target: str = "20",
    *,
    due: str | None = "2024-03",
    year: int = 2023,
    suffix: str = "",
    **rest: Any,
) -> Kpi:
    actuals = {
        name.removeprefix("y"): parse_figure(rest.pop(name))
        for name in list(rest)
        if name.startswith("y")
    }
    figure = parse_figure(target).model_copy(update={"printed": target + suffix})
    return Kpi(
        fiscal_year=year, project="p", name="n", target=figure, due=due, actuals=actuals, **rest
    )


@pytest.mark.parametrize(
    ("made", "outcome", "rate"),
    [
        (kpi(y2022="30", y2023="22"), "achieved", "110.0"),
        (kpi(y2022="30", y2023="20"), "achieved", "100.0"),
        (kpi(y2022="30", y2023="19.99"), "missed", "100.0"),
        (kpi(y2023="19", direction="lower"), "achieved", "95.0"),
        (kpi(y2023="20", direction="lower"), "achieved", "100.0"),
        (kpi(y2023="21", direction="lower"), "missed", "105.0"),
        (kpi(suffix="未満", y2023="20", direction="lower"), "missed", "100.0"),
        (kpi(suffix="以下", y2023="20", direction="lower"), "achieved", "100.0"),
        (kpi(suffix="超", y2023="20"), "missed", "100.0"),
        (kpi("0", y2023="0", direction="lower"), "achieved", None),
        (kpi("0", y2023="3"), "achieved", None),
        (kpi("△ 10", y2023="△ 5"), "achieved", "50.0"),
        (kpi("3", y2023="2"), "missed", "66.7"),
        (kpi("8", y2023="0.1"), "missed", "1.3"),
        (kpi(y2022="30", y2023="-"), "unknown", None),
        (kpi(y2022="30", y2023=""), "unknown", None),
        (kpi(y2022="30", y2023="約20"), "unknown", None),
        (kpi("増加", y2023="20"), "unknown", None),
        (kpi("-", y2023="20"), "unknown", None),
        (kpi(y2023="22", due=None), "unknown", None),
        (kpi(y2023="22", due="2022-03"), "unknown", None),
        (kpi(), "unknown", None),
        (kpi(y2023="22", due="2024-04"), "not_due", None),
        (kpi(y2023="22", y2024="23", due="2025-03"), "not_due", "115.0"),
        (kpi(y2023="22", due="2025-03", year=2024), "not_due", None),
        (kpi(y2022="22", due="2024-03"), "not_due", None),
        (kpi(y2023="22", due="2024-03", year=2022), "not_due", "110.0"),
        (kpi(y2023="22", due="2023-04", year=2025), "achieved", "110.0"),
    ],
)
def test_outcomes(made: Kpi, outcome: str, rate: str | None) -> None:
    result = achievement(made)
    assert (result.outcome, result.rate) == (outcome, None if rate is None else Decimal(rate))
    assert (result.direction, result.direction_source) == (made.direction, made.direction_source)
    assert result.year == made.due_year
    assert result.actual == made.actuals.get(str(made.due_year))


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_rates_are_exact_to_the_tenth_and_rounded_half_up(
    actual: int, target: int, places: int
) -> None:
    value = Decimal(actual).scaleb(-places)
    figures = {"2023": Figure(value=value, state="number", printed=str(value))}
    goal = Figure(value=Decimal(target), state="number", printed=str(target))
    result = achievement(
        Kpi(fiscal_year=2023, project="p", name="n", target=goal, due="2024-03", actuals=figures)
    )
    if target == 0:
        assert result.rate is None
        return
    assert result.rate is not None
    exact = Fraction(value) * 100 / target
    off = Fraction(result.rate) - exact
    assert result.rate.as_tuple().exponent == -1
    assert abs(off) <= Fraction(1, 20)
    if abs(off) == Fraction(1, 20):  # a tie goes away from zero
        assert abs(Fraction(result.rate)) > abs(exact)
    assert result.outcome == ("achieved" if value >= target else "missed")


def judged_by_hand() -> list[tuple[str, list[bool]]]:
    """Tables and whether each indicator was achieved: the tests' own, and the shared excerpt
    where it is there.
    """
    header = "交付対象事業の名称\t指標\t指標値\t単位\t年月\tR4年度\tR5年度\n"
    own = (
        header
        + "甲\t利用者数\t1,152\t人\tR6.3\t284\t481\n\t満足度\t55\t%\tR6.3\t-\t62.5\n\t平均以下の学校数\t5\t校\tR6.3\t7\t5\n"
    )
    tables = [(own, [False, True, True])]
    if DOCUMENTS.exists():
        truth = json.loads((DOCUMENTS / "expected-records.json").read_text(encoding="utf-8"))[
            "kpis"
        ]
        excerpt = (DOCUMENTS / "kushiro-r5-kpi-excerpt.tsv").read_text(encoding="utf-8")
        tables.append((excerpt, [kpi["achieved_in_due_year"] for kpi in truth]))
    return tables


@pytest.mark.parametrize(("text", "achieved"), judged_by_hand())
def test_whole_tables_are_judged_as_they_were_by_hand(text: str, achieved: list[bool]) -> None:
    form = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
    kpis = KpiTableReader().read(Source("kpi.tsv", text.encode()), form).kpis
    assert [achievement(kpi).outcome for kpi in kpis] == [
        "achieved" if reached else "missed" for reached in achieved
    ]


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        (kpi(suffix="未満", y2023="20", direction="lower", declared_achieved="missed"), "pass"),
        (kpi(suffix="未満", y2023="20", direction="lower", declared_achieved="achieved"), "fail"),
        (kpi(suffix="超", y2023="20", declared_achieved="missed"), "pass"),
        (kpi(suffix="以下", y2023="20", direction="lower", declared_achieved="missed"), "fail"),
        (kpi(y2023="20", due="2025-03", declared_achieved="missed"), "unknown"),
    ],
)
def test_what_is_declared_is_held_against_what_follows(made: Kpi, outcome: Outcome) -> None:
    book = Book(form="kushiro", fiscal_year=2023, kpis=(made,))
    report = auditor.audit(book, ["KPI001"])
    assert report.outcomes["KPI001"][outcome] == 1
    assert len(report.findings) == (outcome == "fail")


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("全国平均以下の学校数", "lower"),
        ("全国平均以下の学校数（全15校）", "lower"),
        ("全国平均以下の学校数※15校中", "lower"),
        ("65歳以下の利用者数", "higher"),
        ("交通事故件数", "lower"),
        ("不登校の児童生徒数の率（小学校）", "lower"),
        ("交通事故防止講習の受講者数", "higher"),
        ("不登校児童への支援件数", "higher"),
        ("滞納整理率", "higher"),
        ("苦情解決率", "higher"),
        ("無事故率", "higher"),
        ("未来塾の参加者数", "higher"),
    ],
)
def test_a_name_tells_the_direction_only_where_it_counts_what_is_unwanted(
    name: str, direction: str
) -> None:
    form = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
    assert form.kpi is not None
    assert form.kpi.direction(name) == (
        direction,
        "inferred" if direction == "lower" else "assumed",
    )
