"""A document that nearly fits a form is named with what is missing, and with what stands in its
place.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.readers.grid import Labels
from auditor.readers.grid.stand_ins import stand_ins
from auditor.readers.near import held_against, near_form
from auditor.testing.build import book
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.documents.text_writer import text_of_sheets
from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import Table, grid_of, worksheet_of
from tests.readers.near_sheets import OTHER_CITY, sheets

SESSION: Final = load()
KUSHIRO: Final = SESSION.forms["kushiro"]
FORMS: Final = tuple(SESSION.forms.values())


def words_of(worksheets: list[PlainWorksheet]) -> str:
    cells = (cell.value for worksheet in worksheets for cell in worksheet.cells.values())
    return "\n".join(text for text in cells if isinstance(text, str))


def why(path: Path) -> tuple[str, str]:
    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers)
    assert not result.books
    (reason,) = result.not_checked
    assert reason.why.code == "no-form"
    return reason.why.en, reason.why.ja


@pytest.mark.parametrize("kind", ["xlsx", "xls", "csv", "pdf"])
def test_another_citys_sheet_gets_the_form_that_is_closest(kind: WideKind, tmp_path: Path) -> None:
    path = tmp_path / file_name("sheets", kind)
    worksheets = sheets(KUSHIRO, OTHER_CITY)
    path.write_bytes(document_bytes(worksheets[: 1 if kind == "csv" else 2], kind))

    en, ja = why(path)
    assert "最も近い様式：釧路市 主要施策成果シート（kushiro）" in ja
    missing = re.search("見つからないもの：(.*?)。", ja)
    assert missing is not None
    assert missing[1].startswith("釧路市民の人口（「試験市民の人口」のことですか）")
    assert "国道支出金（「国県支出金」のことですか）" in missing[1]
    assert f"auditor draft-form {path} --from kushiro" in ja
    assert "Closest: kushiro (Kushiro City project result sheet); not found: " in en
    assert f"`auditor draft-form {path} --from kushiro`" in en


def test_text_taken_out_of_such_a_document_gets_it_too(tmp_path: Path) -> None:
    text = text_of_sheets(book(sheets=2, form=KUSHIRO, kpis=0).sheets, KUSHIRO)
    path = tmp_path / "sheets.txt"
    path.write_text(text.replace("釧路市民", "試験市民"), encoding="utf-8")
    _, ja = why(path)
    assert "最も近い様式：釧路市 主要施策成果シート（kushiro）" in ja
    assert "見つからないもの：釧路市民の人口" in ja


@pytest.mark.parametrize(
    "text",
    [
        "主要施策成果シートの作成について（依頼）",
        "事業名\n担当課\n備考\n公園の清掃",
        "議事録\n市長：地方債と一般財源について説明した。",
    ],
)
def test_no_form_is_said_to_be_near_where_little_of_it_is_there(text: str, tmp_path: Path) -> None:
    path = tmp_path / "memo.txt"
    path.write_text(text, encoding="utf-8")
    en, ja = why(path)
    assert "最も近い" not in ja
    assert "Closest" not in en
    assert f"auditor draft-form {path}" in ja


def test_a_form_that_was_insisted_on_says_what_the_document_lacks(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    headings = ["番号", "所管課・室", "国県支出金"]
    worksheet = worksheet_of("一覧", [Table(headings, [[1, "公園課", 200], [2, "道路課", 300]])])
    path.write_bytes(document_bytes([worksheet], "xlsx"))
    result = read_documents([path], forms=SESSION.forms, readers=SESSION.readers, form="kushiro")
    (reason,) = result.not_checked
    assert reason.why.code == "no-sheet"
    assert "様式 kushiro の項目のうち見つからないもの：" in reason.why.ja
    assert "国道支出金（「国県支出金」のことですか）" in reason.why.ja
    assert "所管課" not in reason.why.ja.partition("見つからないもの：")[2]
    assert "not found of the form kushiro: " in reason.why.en


@given(st.sampled_from(FORMS), st.integers(0, 999))
def test_a_sheet_of_a_form_lacks_little_of_it(form: Form, seed: int) -> None:
    near = near_form(words_of(sheets(form, {}, seed)), FORMS)
    assert near is not None
    assert near.form.name == form.name
    assert not near.words


@given(st.sampled_from(FORMS), st.integers(0, 999), st.data())
def test_a_figure_with_another_label_is_missed_and_what_stands_there_found(
    form: Form, seed: int, data: st.DataObject
) -> None:
    """Whatever the label is called: what stands between its neighbours is taken for it."""
    names = form.amounts[1:-1]
    name = data.draw(st.sampled_from(names or form.amounts))
    label = form.fields[name].label[0]
    worksheet = sheets(form, {label: "試験項目"}, seed)[0]

    near = held_against(form, words_of([worksheet]))
    others = [word for definition in form.fields.values() for word in definition.label[:1]]
    if sum(label in word for word in others) == 1:
        assert name in [missing.name for missing in near.missing]
        assert near.is_near

    boxes = stand_ins(Labels(form), grid_of(worksheet))
    if names and all(label not in word for word in others if word != label):
        assert boxes[name].text.startswith("試験項目")
