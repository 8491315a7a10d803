"""How sheets are dated: by headings in every notation and order, by a title, a name, or the form."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.records.fiscal import fiscal_year_in_words, wide_digits
from auditor.records.model import Document, Sheet
from tests.documents.either_kind import Kind, document_bytes
from tests.documents.workbook_writer import PlainWorksheet

SESSION: Final = load()
FORM: Final = """
name = "made"
title = { ja = "様式", en = "form" }
unit = "千円"
units = { "円" = 1, "千円" = 1000 }
evaluated = [0]
FISCAL_YEAR
[[columns]]
offset = -1
kind = "settled"
label = "決算"
[[columns]]
offset = 0
kind = "settled"
label = "決算"
[[columns]]
offset = 1
kind = "budgeted"
label = "予算"
[labels]
title = "TITLE"
name = "事業名"
[fields.total_cost]
label = "事業費"
"""
WORDS: Final = {-1: "決算", 0: "決算", 1: "予算"}
RELATIVE: Final = {
    -1: ["前年度"],
    0: ["本年度", "当年度", "今年度", "当該年度"],
    1: ["翌年度", "次年度"],
}
Told = Literal["title", "worksheet", "file", "form"]


def notations(year: int, offset: int) -> st.SearchStrategy[str]:
    """How a heading may print a year near the fiscal year."""
    of_era = year - 2018
    return st.sampled_from(
        [
            fiscal_year_in_words(year),
            f"R{of_era}",
            f"令{of_era}",
            f"令{of_era}年度",
            f"{of_era}年度",
            wide_digits(f"{of_era} 年度"),
            f"{year}年度",
            f"FY{year}",
            f"{year}(R{of_era})",
            f"令和{of_era}年度（{year}年度）",
            *RELATIVE[offset],
        ]
    )


@st.composite
def headings(draw: st.DrawFn, fiscal_year: int) -> list[tuple[int, str]]:
    """The offset and the heading of each column, in whatever order."""
    columns = [
        (
            offset,
            draw(notations(fiscal_year + offset, offset))
            + draw(st.sampled_from(["", WORDS[offset], f"（{WORDS[offset]}）"])),
        )
        for offset in (-1, 0, 1)
    ]
    return draw(st.permutations(columns))


def form_of(folder: Path, *, year: int | None = None, title: str = "年度 事業評価表") -> Form:
    path = folder / "made.toml"
    stated = "" if year is None else f"fiscal_year = {year}"
    text = FORM.replace("FISCAL_YEAR", stated).replace("TITLE", title)
    path.write_text(text, encoding="utf-8")
    return load_form(path)


def worksheet_of(
    title: str, columns: list[tuple[int, str]], name: str = "シート"
) -> PlainWorksheet:
    worksheet = PlainWorksheet(name)
    worksheet.put(1, 1, title, columns=5)
    worksheet.put(2, 1, "事業名", columns=2)
    worksheet.put(2, 3, "道路維持事業", columns=3)
    worksheet.put(5, 1, "事業費", columns=2)
    for index, (offset, heading) in enumerate(columns):
        worksheet.put(4, 3 + index, heading)
        worksheet.put(5, 3 + index, 100 + offset)
    return worksheet


def read(path: Path, form: Form) -> tuple[Sheet, Document]:
    result = read_documents([path], forms={"made": form}, readers=SESSION.readers, form="made")
    assert not result.not_checked
    (book,) = result.books
    return book.sheets[0], book.documents[0]


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@settings(max_examples=25)
@given(data=st.data(), year=st.integers(2021, 2035))
def test_headings_date_the_columns(
    kind: Kind, data: st.DataObject, year: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = data.draw(st.sampled_from(["title", "worksheet", "file", "form"]))
    columns = data.draw(headings(year))
    folder = tmp_path_factory.mktemp("years")
    if kind == "pdf" and told == "worksheet":
        told = "file"
    by_name = fiscal_year_in_words(year)
    title = f"{by_name}　事業評価表" if told == "title" else "事業評価表"
    name = f"シート（{by_name}）" if told == "worksheet" else "シート"
    stem = f"評価表_{by_name}" if told == "file" else "評価表"
    form = form_of(folder, year=year if told == "form" else None)
    path = folder / f"{stem}.{kind}"
    path.write_bytes(document_bytes([worksheet_of(title, columns, name)], kind))

    sheet, document = read(path, form)

    assert sheet.fiscal_year == year
    costs = {
        key: figures.total_cost.value for key, figures in sheet.years.items() if figures.total_cost
    }
    assert costs == {str(year + offset): 100 + offset for offset in (-1, 0, 1)}
    assert not document.not_checked and not document.unread
    assert {remark.rule for remark in document.remarks} <= {"RD011"}


def test_a_title_with_its_year_elsewhere_tells_it(tmp_path: Path) -> None:
    columns = [(-1, "５年度"), (0, "６年度"), (1, "７年度")]
    path = tmp_path / "book.xlsx"
    worksheet = worksheet_of("令和６年度　試験市　事業評価表", columns)
    path.write_bytes(document_bytes([worksheet], "xlsx"))

    sheet, document = read(path, form_of(tmp_path, title="事業評価表"))

    assert sheet.fiscal_year == 2024
    assert document.remarks == ()


@pytest.mark.parametrize(
    ("stem", "name", "year", "named"),
    [
        ("R6評価表", "シート", None, ["数値の見出し", "ファイル名"]),
        ("評価表", "シート", 2024, ["数値の見出し", "様式"]),
        ("評価表", "R6", None, ["数値の見出し", "ワークシート名"]),
    ],
)
def test_what_contradicts_the_headings_is_a_doubt(
    tmp_path: Path, stem: str, name: str, year: int | None, named: list[str]
) -> None:
    columns = [(-1, "令和４年度"), (0, "令和５年度"), (1, "令和６年度")]
    path = tmp_path / f"{stem}.xlsx"
    path.write_bytes(document_bytes([worksheet_of("事業評価表", columns, name)], "xlsx"))

    _, document = read(path, form_of(tmp_path, year=year))

    (reason,) = document.not_checked
    assert all(word in reason.why.ja for word in named)
    assert "令和５年度" in reason.why.ja and "令和６年度" in reason.why.ja


def test_a_worksheet_called_by_another_year_is_remarked_on(tmp_path: Path) -> None:
    columns = [(-1, "令和５年度"), (0, "令和６年度"), (1, "令和７年度")]
    path = tmp_path / "book.xlsx"
    worksheets = [worksheet_of("令和６年度　事業評価表", columns, name) for name in ("R5", "R6")]
    path.write_bytes(document_bytes(worksheets, "xlsx"))

    _, document = read(path, form_of(tmp_path))

    (remark,) = document.remarks
    assert remark.rule == "RD006" and remark.sheet == 1
    assert remark.detail is not None and "ワークシート名では令和５年度" in remark.detail.ja
    assert document.not_checked == ()


def test_without_any_year_the_form_can_state_it(tmp_path: Path) -> None:
    columns = [(-1, "５年度"), (0, "６年度"), (1, "７年度")]
    path = tmp_path / "book.xlsx"
    path.write_bytes(document_bytes([worksheet_of("事業評価表", columns)], "xlsx"))
    form = form_of(tmp_path)

    result = read_documents([path], forms={"made": form}, readers=SESSION.readers, form="made")

    assert not result.books
    assert any("fiscal_year" in reason.why.ja for reason in result.not_checked)
