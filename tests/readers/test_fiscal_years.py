"""The fiscal year of a document that prints none: names, the form, and what contradicts what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.readers.fiscal_years import dated_by, year_in_name
from auditor.records.figures import Place
from auditor.records.fiscal import fiscal_year_in_words

YEARS = st.integers(2019, 2035)
NOTATIONS = (
    lambda year: fiscal_year_in_words(year),
    lambda year: f"R{year - 2018}",
    lambda year: f"Ｒ{year - 2018}年度",
    lambda year: f"㋿{year - 2018}",
    lambda year: f"{year}年度",
    lambda year: f"FY{year}",
    lambda year: f"{year}",
)
AROUND = st.sampled_from(["", "事業シート_", "（", "様式 "])
BEHIND = st.sampled_from(["", "_シート", "）", "（公表用）", "決算"])


@given(year=YEARS, notation=st.sampled_from(NOTATIONS), before=AROUND, behind=BEHIND)
def test_a_name_tells_its_year(year: int, notation: object, before: str, behind: str) -> None:
    assert callable(notation)
    assert year_in_name(f"{before}{notation(year)}{behind}") == year


@given(first=YEARS, second=YEARS, notation=st.sampled_from(NOTATIONS))
def test_a_name_with_two_years_tells_none(first: int, second: int, notation: object) -> None:
    assert callable(notation)
    name = f"{notation(first)}と{notation(second)}"
    assert year_in_name(name) == (first if first == second else None)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "シート1",
        "Sheet2024a",
        "20241127",
        "2024-11-27",
        "2024.11",
        "R6.11.27公表",
        "令和6年11月",
        "DXR6",
        "S1",
        "H2",
        "R0",
        "R6-2",
        "79",
    ],
)
def test_dates_and_codes_are_no_years(name: str) -> None:
    assert year_in_name(name) is None


@given(
    title=st.none() | YEARS,
    headings=st.none() | YEARS,
    worksheet=st.none() | YEARS,
    file=st.none() | YEARS,
    form=st.none() | YEARS,
)
def test_the_first_that_tells_counts_and_others_are_held_against_it(
    title: int | None,
    headings: int | None,
    worksheet: int | None,
    file: int | None,
    form: int | None,
) -> None:
    dated = dated_by(
        title=title,
        headings=headings,
        worksheet="" if worksheet is None else f"R{worksheet - 2018}",
        document="book.pdf" if file is None else f"folder/令和{file - 2018}年度.xlsx",
        form=form,
    )
    years = [year for year in (title, headings, worksheet, file, form) if year is not None]
    assert dated.year == (years[0] if years else None)
    if title is None:
        others = set(years) - {dated.year}
        assert {year for _, year in dated.against} == others
    else:
        assert all(origin == "worksheet" for origin, _ in dated.against)
    assert (dated.contradiction is not None) == (title is None and bool(dated.against))
    remark = dated.remark(1, Place())
    if title is not None:
        assert (remark is not None and remark.rule == "RD006") == bool(dated.against)
    else:
        assert (remark is None) == (headings is not None or not years)
    if remark is not None and remark.detail is not None and dated.year is not None:
        assert fiscal_year_in_words(dated.year) in remark.detail.ja
