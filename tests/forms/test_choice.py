"""Which worksheets and pages are read, by the form or by the options of a call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.cli import main as cli
from auditor.forms.choice import chosen_worksheet, page_ranges
from auditor.forms.loading import load_form
from auditor.forms.model import Form, FormError
from auditor.readers.pdf import PdfReader
from auditor.readers.source import Reading, Source
from auditor.readers.workbook import WorkbookReader
from auditor.testing.build import book
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    workbook_bytes,
    worksheets_of,
)

FORM = load().forms["kushiro"]
PDF = "tests/documents/pdf/kushiro-two-a-page.pdf"
LIST = PlainWorksheet(
    "一覧",
    {
        (1, 1): PlainCell("主要施策成果シート"),
        (2, 1): PlainCell("事業名"),
        (2, 3): PlainCell("公園遊具更新事業"),
        (4, 1): PlainCell("事業費 総額"),
        (4, 5): PlainCell(8030),
    },
)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20), st.booleans()), max_size=5))
def test_pages_of_ranges(ranges: list[tuple[int, int, bool]]) -> None:
    parts = [f"{first}" if not more and not ends else f"{first}-{first + more if ends else ''}"
             for first, more, ends in ranges]  # fmt: skip
    expected = {
        page
        for page in range(1, 100)
        for first, more, ends in ranges
        if first <= page and (page <= first + more or (not ends and more))
    }
    form = FORM.model_copy(update={"pages": ", ".join(parts)})

    assert {page for page in range(1, 100) if form.reads_page(page)} == (
        expected if ranges else set(range(1, 100))
    )


@pytest.mark.parametrize("text", ["0", "3-1", "a", "1,", "-3", "1--2", "1-2-3", "１-2", "1" * 9])
def test_what_are_no_pages(text: str) -> None:
    with pytest.raises(ValueError, match="no range"):
        page_ranges(text)


@pytest.mark.parametrize(
    ("patterns", "read"),
    [
        ((), {"1", "シート２", "一覧", "ひな形"}),
        (("!一覧", "!ひな*"), {"1", "シート２"}),
        (("シート?",), {"シート２"}),
        (("ｼｰﾄ2",), {"シート２"}),
        (("*", "!一覧"), {"1", "シート２", "ひな形"}),
        (("?", "シート*", "!1"), {"シート２"}),
        (("無",), set()),
    ],
)
def test_names_of_worksheets(patterns: tuple[str, ...], read: set[str]) -> None:
    names = ["1", "シート２", "一覧", "ひな形"]

    assert {name for name in names if chosen_worksheet(name, patterns)} == read


def workbook(*more: PlainWorksheet) -> bytes:
    sheets = worksheets_of(book(2, form=FORM, kpis=0), FORM, Layout())
    return workbook_bytes([*sheets, *more])


def reading(data: bytes, *patterns: str) -> Reading:
    form = FORM.model_copy(update={"worksheets": patterns})
    return WorkbookReader().read(Source("book.xlsx", data), form)


def test_worksheets_are_left_out_and_listed() -> None:
    everything, without = reading(workbook(LIST)), reading(workbook(LIST), "!一覧")

    assert [part.state for part in everything.parts] == []
    assert everything.not_checked != ()
    assert without.not_checked == without.remarks == ()
    assert without.sheets == everything.sheets
    assert [(part.place.sheet, part.state) for part in without.parts] == [("一覧", "left_out")]


def test_formulas_may_name_a_worksheet_that_is_left_out() -> None:
    tabs = (
        PlainWorksheet("計", {(1, 1): PlainCell(8, "元!A1"), (2, 1): PlainCell(7, "元!A1")}),
        PlainWorksheet("元", {(1, 1): PlainCell(7)}),
    )
    remarks = reading(workbook(*tabs), "!元").remarks

    assert [(remark.rule, remark.place and remark.place.cell) for remark in remarks] == [
        ("XLS009", "A1"),
        ("XLS010", "A1"),
    ]


def test_one_worksheet_is_reported_in_one_way() -> None:
    tabs = (PlainWorksheet("空"), PlainWorksheet("要領", {(1, 1): PlainCell("記入要領")}), LIST)
    result = reading(workbook(*tabs))

    assert [remark.place.sheet for remark in result.remarks if remark.place] == ["要領"]
    assert ["一覧" in item.why.en for item in result.not_checked] == [True]
    assert [(part.place.sheet, part.state) for part in result.parts] == [
        ("空", "passed_over"),
        ("要領", "passed_over"),
    ]


def test_pages_are_left_out_and_listed() -> None:
    pytest.importorskip("pypdfium2")
    source = Source.open(PDF)
    whole = PdfReader().read(source, FORM)
    part = PdfReader().read(source, FORM.model_copy(update={"pages": "2"}))

    assert [(left.place.page, left.state) for left in part.parts] == [(1, "left_out")]
    assert 0 < len(part.sheets) < len(whole.sheets)
    assert {figure.place.page for sheet in part.sheets for figure in sheet.years["2024"].funding.values()
            if figure.place} == {2}  # fmt: skip


def test_options_take_the_place_of_the_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(LIST))
    words = ["check", str(path), "--format", "json", "--worksheet", "!一覧", "--pages", "1-2"]

    assert cli.main(words) in (0, 1)
    report = json.loads(capsys.readouterr().out)
    assert [part["state"] for part in report["documents"][0]["parts"]] == ["left_out"]
    assert report["not_checked"] == []
    assert len(auditor.read(path, worksheets=["!一覧"]).sheets) == 2
    with pytest.raises(auditor.UnreadableDocument, match="every worksheet"):
        auditor.read(path, worksheets=["無"])
    with pytest.raises(ValueError, match="0"):
        auditor.read(path, pages="0")


@pytest.mark.parametrize(
    "words",
    [("--pages", "0"), ("--pages", ""), ("--worksheet", "!"), ("--worksheet", "")],
)
def test_options_that_say_nothing(
    words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "a", *words, "--lang", "ja"]) == 2
    assert words[0] in capsys.readouterr().err


@pytest.mark.parametrize(("key", "value"), [("worksheets", '["!"]'), ("pages", '"2-1"')])
def test_a_form_whose_choice_is_none(key: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    text = Path("rules/auditor_rules/forms/hamabe.toml").read_text(encoding="utf-8")
    path.write_text(f"{key} = {value}\n{text}", encoding="utf-8")
    with pytest.raises(FormError) as caught:
        load_form(path)
    assert caught.value.key == key

    good = '["!一覧"]' if key == "worksheets" else '"2-"'
    path.write_text(f"{key} = {good}\n{text}", encoding="utf-8")
    assert isinstance(load_form(path), Form)
