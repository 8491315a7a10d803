"""A finance section's year, by the commands alone: two rounds, the final approval, the printed
book, a mistake that was printed after all, and the first day of the next year.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.forms.model import Form
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.testing.prints import print_of
from auditor.testing.years import Years, years
from tests.answers.filled import FormRows, edited
from tests.documents.workbook_writer import Layout, workbook_bytes, worksheets_of
from tests.proof.book_pdf import book_pdf

FORM: Form = load().forms["kushiro"]
TYPED: Layout = Layout()


@pytest.fixture
def pair() -> Years:
    """The book of this story, ``last_year``, and the one of the year after it."""
    return years(8, seed=4, form=FORM, kpis=0)


def with_total(sheet: Sheet, more: int) -> Sheet:
    """A sheet whose settled total is off by some thousand yen."""
    key = str(sheet.fiscal_year)
    column = sheet.years[key]
    assert column.total_cost is not None and column.total_cost.value is not None
    value = column.total_cost.value + more
    figure: Figure = column.total_cost.model_copy(update={"value": value, "printed": f"{value:,}"})
    column = column.model_copy(update={"total_cost": figure})
    return sheet.model_copy(update={"years": FrozenDict({**sheet.years, key: column})})


def funded(book: Book) -> list[Sheet]:
    """The sheets whose settled total can be told wrong by its sources."""
    key = str(book.fiscal_year)
    return [
        sheet
        for sheet in book.sheets
        if sheet.years[key].total_cost is not None
        and sum(part.state == "number" for part in sheet.years[key].funding.values()) > 1
    ]


def with_sheets(book: Book, sheets: Iterator[Sheet] | list[Sheet]) -> Book:
    return book.model_copy(update={"sheets": tuple(sheets)})


def hand_in(book: Book, folder: Path) -> None:
    """Write a workbook for each department, as the departments hand them in."""
    folder.mkdir()
    of_departments: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in book.sheets:
        of_departments[sheet.department].append(sheet)
    for department, sheets in of_departments.items():
        package = workbook_bytes(worksheets_of(with_sheets(book, sheets), FORM, TYPED))
        (folder / f"{department}.xlsx").write_bytes(package)


def command(*words: str | Path) -> int:
    return main([str(word) for word in words] + ["--lang", "ja"])


def result(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "結果.json").read_text("utf-8"))


def test_a_year(
    pair: Years,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    right = pair.last_year
    mistaken, explained, missed = funded(right)[:3]
    typed = {mistaken.name: 90, explained.name: 7}
    first = [with_total(sheet, typed.get(sheet.name, 0)) for sheet in right.sheets]
    hand_in(with_sheets(right, first), Path("成果シート"))

    # The first round: one call, and each department gets its own.
    assert command("check", "成果シート", "--deliver", "第１回") == 1
    causes = result(Path("第１回"))["causes"]
    asked = {cause["sheet"]["name"] for cause in causes if cause["severity"] != "note"}
    assert asked == set(typed)

    # Answers come back: the one was corrected, the other stands as printed.
    def corrected(rows: FormRows) -> None:
        for row in rows.rows:
            is_mistaken = mistaken.name in str(rows.get(row, "owner"))
            rows.put(row, "answer", "訂正した" if is_mistaken else "記載のとおり")
            if not is_mistaken:
                rows.put(row, "reason_kind", "出典・基準日の相違")
                rows.put(row, "reason", "繰越分を含むため")
                rows.put(row, "confirmation", "了承")

    for form in Path("第１回").glob("*/回答票.xlsx"):
        edited(form.read_bytes(), Path("回答", f"{form.parent.name}.xlsx"), corrected)
    second = [sheet for sheet in first if sheet.name != mistaken.name]
    second.insert(0, mistaken)
    hand_in(with_sheets(right, second), Path("訂正版"))
    words = ["answers", "回答", "--since", "第１回", "--with", "訂正版"]
    assert command(*words, "--waivers-to", "確認済み.toml") == 0
    assert "訂正版で解消しています" in capsys.readouterr().out

    # The second round: what was corrected is settled, what was accepted is waived.
    words = ["check", "訂正版", "--waivers", "確認済み.toml", "--since", "第１回"]
    assert command(*words, "--deliver", "第２回") == 0
    report = result(Path("第２回"))
    assert [item["change"] for item in report["earlier_causes"]] == ["resolved"]
    assert {item["cause"]["sheet"]["name"] for item in report["waived"]} == {explained.name}
    assert command("compare", "第１回", "第２回", "--waivers", "確認済み.toml") == 1

    # The final approval, and the book that is printed from it.
    assert command("freeze", "訂正版", "--output", "校了.json") == 0
    assert command("compare", "校了.json", "訂正版") == 0
    final = with_sheets(right, second)
    Path("製本用.pdf").write_bytes(book_pdf(print_of(final), FORM))
    assert command("proof", "訂正版", "製本用.pdf", "--page-list-to", "頁一覧.json") == 0
    assert "脱落 0、余分 0、重複 0、順序違い 0" in capsys.readouterr().out

    # A change behind the final approval is seen.
    book = Path("訂正版", f"{missed.department}.xlsx")
    of_department = [sheet for sheet in second if sheet.department == missed.department]
    late = [with_total(sheet, sheet.name == missed.name) for sheet in of_department]
    book.write_bytes(workbook_bytes(worksheets_of(with_sheets(right, late), FORM, TYPED)))
    capsys.readouterr()
    assert command("compare", "校了.json", "訂正版") == 1
    assert "校了後の変更" in capsys.readouterr().out

    # What was published is held against what is right: a list of errata, by page.
    words = ["errata", "製本用.pdf", "訂正版", "--page-list", "頁一覧.json"]
    assert command(*words, "--output", "正誤.json") == 1
    (row,) = json.loads(Path("正誤.json").read_text("utf-8"))["errata"]
    assert int(row["page"]) == 1 + [sheet.name for sheet in second].index(missed.name)
    assert row["of"]["project"] == missed.name

    # The next year begins with last year's book, and its list of errata.
    hand_in(pair.book, Path("翌年度"))
    capsys.readouterr()
    beside = ["--last-year", "第２回/記録.json"]
    assert command("check", "翌年度", *beside, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    year_on_year = [item for item in told["findings"] if item["rule"] == "YOY001"]
    assert {item["sheet"]["name"] for item in year_on_year} == {explained.name}
