"""``auditor forms``: the list, a form's page, and a form tried on documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from auditor.auditing.session import load
from auditor.cli import main as cli
from auditor.testing import book
from tests.documents.workbook_writer import Layout, PlainCell, workbook_bytes, worksheets_of

FORMS: Final = load().forms
KUSHIRO: Final = FORMS["kushiro"]
SMALL: Final = """
name = "mycity"
title = { ja = "わが市 事業シート", en = "My City project sheet" }
detect = ["年度 事業シート"]
unit = "千円"
units = { "円" = 1, "千円" = 1000 }
evaluated = [0]
[[columns]]
offset = 0
kind = "settled"
[labels]
title = "年度 事業シート"
name = "事業名"
[fields.total_cost]
label = "事業費"
[fields.staff_cost]
label = "人件費"
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(words)
    output = capsys.readouterr()
    return code, output.out, output.err


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_form_is_listed_and_has_a_page(
    capsys: pytest.CaptureFixture[str], lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")  # nothing is broken over lines
    file = tmp_path / "mycity.toml"
    file.write_text(SMALL, encoding="utf-8")
    code, listed, faults = run(capsys, "--lang", lang, "forms", "--plugin", str(file))
    assert (code, faults) == (0, "")
    for form in FORMS.values():
        assert form.name in listed
        title = form.title.ja if lang == "ja" else form.title.en
        assert "".join(title.split()) in "".join(listed.split())
    assert "mycity" in listed

    for form in FORMS.values():
        code, page, faults = run(capsys, "--lang", lang, "forms", "show", form.name)
        assert (code, faults) == (0, "")
        text = "".join(page.split())
        for name, definition in form.fields.items():
            assert name in text
            assert all("".join(label.split()) in text for label in definition.label)
        for words in form.labels.values():
            assert all("".join(word.split()) in text for word in words)
        assert all(word in text for word in map("".join, map(str.split, form.detect)))
        assert all(meaning in page for meaning in form.evaluations)


def test_a_page_says_units_and_roundings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    _, page, _ = run(capsys, "--lang", "ja", "forms", "show", "kushiro")
    assert "四捨五入（0.1円単位）" in page
    assert "構成：シート" in page
    assert "合計の扱い：端数調整済み" in page
    _, page, _ = run(capsys, "--lang", "en", "forms", "show", "minato")
    assert "truncated (to 1,000 yen)" in page
    assert "may be below zero" in page


def test_forms_are_data_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = run(capsys, "forms", "--format", "json")
    forms = json.loads(text)
    layouts = {form["name"]: form["layout"] for form in forms if form["in_use"]}
    assert layouts == dict.fromkeys(FORMS, "sheet")
    assert {form["name"] for form in forms if not form["in_use"]} == load().catalogue.keys()
    _, text, _ = run(capsys, "forms", "show", "kushiro", "--format", "json")
    (form,) = json.loads(text)
    assert form["fields"]["total_cost"]["label"] == ["事業費 総額"]
    assert form["from"] == "auditor_rules"


def test_a_form_is_tried_on_documents(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    worksheets = worksheets_of(book(sheets=2, form=KUSHIRO, kpis=0), KUSHIRO, Layout())
    worksheets[0].cells[90, 5] = PlainCell("備考")
    worksheets[0].cells[90, 6] = PlainCell(4321)
    document = tmp_path / "book.xlsx"
    document.write_bytes(workbook_bytes(worksheets))
    file = str(load().form_files["kushiro"])

    code, text, faults = run(capsys, "--lang", "ja", "forms", "check", file, str(document))
    assert (code, faults) == (0, "")
    assert "様式 kushiro（釧路市 主要施策成果シート）は使えます" in text
    assert "未読：1件" in text
    assert "セルF90" in text

    code, text, _ = run(capsys, "forms", "check", file, str(document), "--format", "json")
    (trial,) = json.loads(text)["documents"]
    assert (code, trial["records"], trial["unread"]) == (0, 2, 1)
    assert trial["figures"] > 20


def test_figures_that_were_never_read_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mycity.toml"
    file.write_text(SMALL, encoding="utf-8")
    form = load((str(file),)).forms["mycity"]
    worksheets = worksheets_of(book(sheets=1, form=form, kpis=0), form, Layout())
    for at, cell in list(worksheets[0].cells.items()):
        if isinstance(cell.value, str) and cell.value.startswith("人件費"):
            worksheets[0].cells[at] = PlainCell("職員の費用")
    document = tmp_path / "book.xlsx"
    document.write_bytes(workbook_bytes(worksheets))
    code, text, _ = run(capsys, "--lang", "ja", "forms", "check", str(file), str(document))
    assert "数値が1つもなかった項目：人件費" in text
    assert "RD004" in text
    assert code in (0, 2)


def test_a_form_that_cannot_be_used_is_reported_with_all_its_faults(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mycity.toml"
    file.write_text(SMALL.replace("offset = 0", 'offset = "x"') + 'unitt = "円"', encoding="utf-8")
    code, text, faults = run(capsys, "--lang", "ja", "forms", "check", str(file))
    assert (code, text) == (2, "")
    assert "9行目" in faults
    assert "unitt" in faults


def test_a_form_with_a_faulty_rule_is_not_said_to_be_usable(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mycity.toml"
    rule = '[[rules]]\ncode = "CTY001"\neach = "year"\ntitle = "x"\nformula = "total_cots > 0"\n'
    file.write_text(SMALL + rule, encoding="utf-8")
    code, text, faults = run(capsys, "--lang", "ja", "forms", "check", str(file))
    assert code == 2
    assert "様式 mycity（わが市 事業シート）に直すところがあります" in text
    assert "total_cots" in faults


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show"], "様式の名前を指定してください"),
        (["check"], "様式の名前かファイルを指定してください"),
        (["shw"], "使えるのは show と check です"),
        (["show", "kushirro"], "「kushiro」のことですか"),
        (["check", "nothing.toml"], "nothing.toml というファイルはありません"),
        (["check", "lst-plain"], "「list-plain」のことですか"),
    ],
)
def test_what_is_missing_is_asked_for(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, _, faults = run(capsys, "--lang", "ja", "forms", *words)
    assert code == 2
    assert said in faults


def test_a_document_that_the_form_does_not_read_is_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = tmp_path / "memo.txt"
    document.write_text("何もない", encoding="utf-8")
    file = str(load().form_files["kushiro"])
    code, text, _ = run(capsys, "--lang", "ja", "forms", "check", file, str(document))
    assert code == 2
    assert "memo.txt" in "".join(text.split())  # a long path is broken over lines


def test_the_catalogue_is_listed_apart(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")  # nothing is broken over lines
    _, text, _ = run(capsys, "--lang", "ja", "forms")
    in_use, _, catalogue = text.partition("■ 様式例")
    assert "kushiro" in in_use
    for name in load().catalogue:
        assert name in catalogue
        assert name not in in_use
    _, page, faults = run(capsys, "--lang", "ja", "forms", "show", "kpi-list")
    assert "構成：指標の一覧" in page
    assert "当年度" in page
    assert faults == ""


def test_a_form_file_of_the_name_of_one_in_the_catalogue_takes_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "copied.toml"
    file.write_text(SMALL.replace('"mycity"', '"list-plain"'), encoding="utf-8")
    words = ["--plugin", str(file), "--format", "json"]
    code, text, faults = run(capsys, "forms", "show", "list-plain", *words)
    (form,) = json.loads(text)
    assert (code, faults) == (0, "")
    assert form["title"]["ja"] == "わが市 事業シート"
    assert form["file"] == str(file)


def test_the_fault_of_a_form_file_is_told_where_its_form_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Not only that there is no form of the name."""
    file = tmp_path / "mycity.toml"
    file.write_text(
        SMALL.replace('kind = "settled"', 'kind = "settled"\nfunding_complete = false'),
        encoding="utf-8",
    )
    words = ["--plugin", str(file), "--form", "mycity"]
    code, text, faults = run(capsys, "--lang", "ja", "check", "x.xlsx", *words)
    assert (code, text) == (2, "")
    first, *excerpt, second = faults.splitlines()
    assert any("funding_complete = false" in line for line in excerpt)
    assert "funding_complete はファイル全体の項目です" in first
    assert first.count(str(file)) == 1
    assert "「mycity」という様式はありません" in second
