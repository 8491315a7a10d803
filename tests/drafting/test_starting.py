"""A form that starts from one which a document nearly fits reads that document wholly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from auditor.auditing.session import load, load_with
from auditor.cli import main as cli
from auditor.drafting.started_file import started_text
from auditor.drafting.starting import started_from
from auditor.forms.loading import load_form
from auditor.readers.documents import read_documents
from auditor.readers.printed_grids import PrintedGrid, cells_of_grid
from auditor.testing.build import book
from tests.documents.either_kind import WideKind, document_bytes, file_name
from tests.layouts.catalogue import EXAMPLES
from tests.layouts.described import Table, grid_of, worksheet_of
from tests.readers.near_sheets import OTHER_CITY, sheets

CATALOGUE: Final = load().catalogue
SESSION: Final = load_with(sorted(CATALOGUE))
KUSHIRO: Final = SESSION.forms["kushiro"]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = cli.main(words)
    output = capsys.readouterr()
    return code, output.out + output.err


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_another_citys_sheets_are_read_after_one_command(
    kind: WideKind, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document, file = tmp_path / file_name("other", kind), tmp_path / "other.toml"
    document.write_bytes(document_bytes(sheets(KUSHIRO, OTHER_CITY), kind))
    code, text = run(
        capsys, "--lang", "ja", "draft-form", str(document), "--from", "kushiro",
        "--output", str(file),
    )  # fmt: skip
    assert "釧路市民の人口 → 試験市民の人口" in text
    assert "国道支出金 → 国県支出金" in text
    assert "どの項目にも当たらない数値：0個" in text
    assert code == 0

    # No word tells the new form apart from the old one but those of the document.
    forms = load((str(file),)).forms
    result = read_documents([document], forms=forms, readers=SESSION.readers)
    (read,) = result.books
    assert read.form == "other"
    expected = [sheet.years for sheet in book(sheets=2, form=KUSHIRO, kpis=0).sheets]
    for sheet, years in zip(read.sheets, expected, strict=True):
        for key, year in sheet.years.items():
            assert year.total_cost is not None
            total = years[key].total_cost
            assert total is not None
            assert year.total_cost.value == total.value


@pytest.mark.parametrize("name", sorted(SESSION.forms))
def test_a_form_started_from_itself_is_the_same_but_for_its_name(name: str, tmp_path: Path) -> None:
    """Nothing of a form gets lost on the way through its file, but that its rules are others."""
    base = SESSION.forms[name]
    worksheets = [EXAMPLES[name].worksheet] if name in EXAMPLES else sheets(base, {})
    grids = [
        PrintedGrid(worksheet.name, number, cells_of_grid(grid_of(worksheet)))
        for number, worksheet in enumerate(worksheets, 1)
    ]
    start = started_from(base, grids, "book.xlsx", "again")
    file = tmp_path / "again.toml"
    file.write_text(started_text(start), encoding="utf-8")
    same = {"name": base.name, "title": base.title, "detect": base.detect, "labels": base.labels}
    again = load_form(file)
    assert [of_form(rule) for rule in again.rules] == [of_form(rule) for rule in base.rules]
    assert again.model_copy(update={**same, "rules": base.rules}) == base.model_copy()

    session = load((*map(str, CATALOGUE.values()), str(file)))
    assert not session.problems
    codes = {rule.code for rule in SESSION.rules}
    assert {rule["code"] for rule in again.rules}.isdisjoint(codes)


def of_form(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule without its code."""
    return {key: part for key, part in rule.items() if key != "code"}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_near_miss_names_the_command_that_reads_it(
    lang: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = tmp_path / "other.xlsx"
    document.write_bytes(document_bytes(sheets(KUSHIRO, OTHER_CITY), "xlsx"))
    code, text = run(capsys, "--lang", lang, "check", "other.xlsx")
    assert code == 2
    command = "draft-form other.xlsx --from kushiro"
    assert f"auditor{command}".replace(" ", "") in "".join(text.split())
    assert "釧路市民の人口" in "".join(text.split())

    code, text = run(capsys, "--lang", lang, *command.split())
    assert code == 0
    assert "釧路市民の人口 → 試験市民の人口" in text
    form = (tmp_path / "other.toml").read_text(encoding="utf-8")
    assert "# 「釧路市民の人口」の代わりに、文書にある見出しを使っています。" in form
    assert 'label = ["試験市民の人口"]' in form
    code, _ = run(capsys, "--lang", lang, "read", "other.xlsx", "--plugin", "other.toml")
    assert code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "kushirro"], "「kushiro」のことですか"),
        (["--from", "minato"], "見出しが1つもありません"),
    ],
)
def test_a_form_that_is_no_start_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = tmp_path / "other.xlsx"
    worksheet = worksheet_of("表", [Table(["品名", "数"], [["りんご", 3], ["みかん", 5]])])
    document.write_bytes(document_bytes([worksheet], "xlsx"))
    file = tmp_path / "other.toml"
    code, text = run(
        capsys, "--lang", "ja", "draft-form", str(document), *words, "--output", str(file)
    )
    assert code == 2
    assert said in "".join(text.split())
    assert not file.exists()


def test_a_list_of_indicators_with_another_heading_is_read_after_one_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    example = EXAMPLES["kpi-list"]
    cells = {
        at: replace(cell, value=cell.value.replace("目標値", "目標の値"))
        if isinstance(cell.value, str)
        else cell
        for at, cell in example.worksheet.cells.items()
    }
    document, file = tmp_path / "other.xlsx", tmp_path / "other.toml"
    document.write_bytes(document_bytes([replace(example.worksheet, cells=cells)], "xlsx"))
    words = ["draft-form", str(document), "--from", "kpi-list", "--output", str(file)]
    code, text = run(capsys, "--lang", "ja", *words)
    assert "目標値 → 目標の値" in text
    assert "どの項目にも当たらない数値：0個" in text
    assert code == 0
    assert "# 「目標値」の代わりに" in file.read_text(encoding="utf-8")
    read = read_documents([document], forms=load((str(file),)).forms, readers=SESSION.readers)
    (of_kpis,) = read.books
    figures = [figure for kpi in of_kpis.kpis for _, _, figure in kpi.every_figure()]
    assert sum(figure.value is not None for figure in figures) == len(example.figures)
