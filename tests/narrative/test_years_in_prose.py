"""Claims of fiscal years: which sentences are about a year, and which year they should be about."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.forms.loading import load_form
from auditor.narrative.claims import fiscal_years
from auditor.narrative.statements import SheetText
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Evaluation, Sheet

FORM: Final = load_form(
    Path(__file__).parents[2] / "rules" / "auditor_rules" / "forms" / "kushiro.toml"
)


def years(
    achieved: str = "", planned: str = "", direction: str = "", *, fiscal_year: int = 2024
) -> list[tuple[int, int | None]]:
    """Each fiscal year of a text, and the one that its sentence should be about."""
    evaluations = {
        str(fiscal_year): Evaluation(year=fiscal_year, direction=direction),
    }
    sheet = Sheet(
        name="港の事業",
        fiscal_year=fiscal_year,
        planned=planned,
        achieved=achieved,
        evaluations=evaluations,
    )
    return [
        (claim.values["year"], claim.values.get("other_year"))
        for claim in fiscal_years.read(SheetText(sheet, FORM))
    ]


@given(
    st.integers(2001, 2060), st.integers(-1, 0), st.sampled_from(["は", "には、", "においては、"])
)
def test_results_are_of_the_sheets_year(year: int, shift: int, particle: str) -> None:
    text = f"{fiscal_year_in_words(year + shift)}{particle}相談会を開催した。"
    assert years(text, fiscal_year=year) == [(year + shift, year)]


@given(st.integers(2001, 2060), st.integers(-1, 2))
def test_what_will_be_done_is_of_a_later_year(year: int, shift: int) -> None:
    text = f"{fiscal_year_in_words(year + shift)}は相談会を実施する。"
    expected = max(year + 1, year + shift)
    assert years(direction=text, fiscal_year=year) == [(year + shift, expected)]


@pytest.mark.parametrize(
    "text",
    [
        "令和５年度に策定した計画により実施した。",
        "令和５年度の報告書を作成した。",
        "令和５年度は、前年度に比べて多くの相談会を開催した。",
        "令和５年度は中止したが、令和６年度は開催した。",
        "令和５年度は基本設計を実施した。令和６年度は工事を実施した。",
        "令和４年度は調査を実施した。令和５年度は設計を実施した。",
        "令和５年度は休止した。",
        "令和５年度からの繰越事業として実施した。",
        "令和５年度は設計を実施した。今年度は工事を実施した。",
        "令和３年度は設計を実施した。",
        "令和５年度実績　30件\n令和６年度実績　40件",
        "令和５・６年度は設計を実施した。",
    ],
)
def test_sentences_that_may_be_about_another_year(text: str) -> None:
    assert {expected for _, expected in years(text)} <= {None}


@pytest.mark.parametrize(
    ("achieved", "planned", "direction"),
    [
        ("", "", "記念事業であるため、令和６年度で終了する。"),
        ("", "", "令和６年度は多くの参加があったことから、継続して実施する。"),
        ("", "", "令和６年度は予約制としたところであり、引き続き周知に努める。"),
        ("", "", "令和６年度は新たな会場でも開催しており、今後も継続して実施する。"),
        ("", "", "令和６年度以降も継続して実施する。"),
        ("", "令和５年度に導入した設備を活用する。", ""),
        ("", "令和４年度より継続して実施する。", ""),
    ],
)
def test_plans_and_outlooks_that_may_name_it(achieved: str, planned: str, direction: str) -> None:
    assert {expected for _, expected in years(achieved, planned, direction)} == {None}


def test_a_heading_of_results() -> None:
    assert years("令和５年度実績　30件") == [(2023, 2024)]
    assert years("令和６年度実績　30件") == [(2024, 2024)]


def test_a_plan_of_the_year_before() -> None:
    assert years(planned="令和５年度は、相談会を実施する。") == [(2023, 2024)]
