"""``auditor errata``: from a printed book and its corrected version to the draft."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.page_list import ListedSheet, PageList
from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.errata.reading import read_errata
from auditor.readers.json.writing import dump_records
from auditor.readers.own_files import own_file
from auditor.records.figures import parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.testing import book
from tests.documents.make_pdfs import TEXT, Print, printed
from tests.documents.workbook_writer import workbook_bytes, worksheets_of

FORM = load().forms["kushiro"]
PUBLISHED = book(5, 4, FORM, kpis=0)
WRONG, RIGHT = "8,030", "△ 8,300"


def with_total(sheet: Sheet, total: str) -> Sheet:
    column = sheet.years["2024"]
    figure = parse_figure(total, unit="千円")
    changed = column.model_copy(update={"total_cost": figure})
    return sheet.model_copy(update={"years": FrozenDict({**sheet.years, "2024": changed})})


def with_sheet(of: Book, number: int, sheet: Sheet) -> Book:
    sheets = (*of.sheets[:number], sheet, *of.sheets[number + 1 :])
    return of.model_copy(update={"sheets": sheets})


# The third sheet is wrong; the fifth has a text that changes.
WRONG_BOOK = with_sheet(PUBLISHED, 2, with_total(PUBLISHED.sheets[2], WRONG))
RIGHT_BOOK = with_sheet(
    with_sheet(PUBLISHED, 2, with_total(PUBLISHED.sheets[2], RIGHT)),
    4,
    PUBLISHED.sheets[4].model_copy(update={"purpose": "文化財の保存と <b>活用</b>"}),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A printed book with something wrong, and its corrected workbooks."""
    path = tmp_path_factory.mktemp("errata")
    (path / "公表版.pdf").write_bytes(printed(WRONG_BOOK, FORM, TEXT, Print()))
    (path / "訂正版").mkdir()
    workbook = workbook_bytes(worksheets_of(RIGHT_BOOK, FORM, TEXT))
    (path / "訂正版" / "全課.xlsx").write_bytes(workbook)
    (path / "概要版.json").write_text(dump_records([WRONG_BOOK]), encoding="utf-8")
    other = PUBLISHED.model_copy(
        update={
            "fiscal_year": 2020,
            "sheets": tuple(
                sheet.model_copy(update={"fiscal_year": 2020, "evaluations": FrozenDict()})
                for sheet in PUBLISHED.sheets
            ),
            "documents": (),
        }
    )
    (path / "別の冊子.json").write_text(dump_records([other]), encoding="utf-8")
    return path


def run(folder: Path, *words: str, lang: str = "ja") -> int:
    names = [str(folder / word) if (folder / word).exists() else word for word in words]
    return main(["errata", *names, "--lang", lang])


VERSIONS = ("公表版.pdf", "訂正版")


def drafted(folder: Path, out: Path, *words: str, lang: str = "ja") -> dict[str, Any]:
    assert run(folder, *VERSIONS, "--output-dir", str(out), *words, lang=lang) == 1
    (file,) = out.glob("*.json")
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def test_what_differs_is_listed_with_its_page(folder: Path, tmp_path: Path) -> None:
    content = drafted(folder, tmp_path / "案")
    total, purpose = content["errata"]
    assert (total["page"], total["wrong"], total["right"]) == ("3", WRONG, RIGHT)
    assert (total["field"], total["year"], total["kind"]) == ("total_cost", "2024", "settled")
    assert total["department"] == PUBLISHED.sheets[2].department
    assert (purpose["page"], purpose["field"]) == ("5", "purpose")
    assert purpose["right"] == "文化財の保存と <b>活用</b>"
    assert [file["name"] for file in content["published"]] == ["公表版.pdf"]
    assert all(len(file["sha256"]) == 64 for file in content["published"] + content["corrected"])


def test_every_kind_of_file_has_the_same_rows(folder: Path, tmp_path: Path) -> None:
    drafted(folder, tmp_path / "案")
    files = {file.name for file in (tmp_path / "案").iterdir()}
    assert files == {f"正誤表案{ending}" for ending in (".xlsx", ".html", ".csv", ".json")}
    rows = [read_errata(tmp_path / "案" / f"正誤表案.{kind}") for kind in ("xlsx", "csv", "json")]
    assert rows[0] == rows[1] == rows[2]
    assert len(rows[0]) == 2


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_lists_are_known_as_files_of_this_program(folder: Path, tmp_path: Path, lang: str) -> None:
    drafted(folder, tmp_path / "案", lang=lang)
    assert {own_file(file) for file in (tmp_path / "案").iterdir()} == {"report"}


def test_the_page_underlines_what_changed_and_is_text(folder: Path, tmp_path: Path) -> None:
    drafted(folder, tmp_path / "案")
    page = (tmp_path / "案" / "正誤表案.html").read_text(encoding="utf-8")
    assert "正誤表（案）</h1>" in page
    assert f"<td><u>{WRONG}</u></td><td><u>{RIGHT}</u></td>" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<img" not in page
    assert '<meta name="generator" content="sheet-auditor">' in page


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("option", [(), ("--before-submission",)])
def test_no_apology_no_procedure_and_no_date_of_issue(
    folder: Path, tmp_path: Path, lang: str, option: tuple[str, ...]
) -> None:
    drafted(folder, tmp_path / "案", *option, lang=lang)
    (file,) = (tmp_path / "案").glob("*.html")
    page = file.read_text(encoding="utf-8")
    shown = re.sub(r"<style>.*?</style>|[0-9a-f]{64}", "", page, flags=re.DOTALL)
    for word in ("お詫び", "おわび", "深く", "議決", "apolog", "sorry", "発行", "令和７年", "2025"):
        assert word not in shown
    assert ("（案）" if lang == "ja" else "(draft)") in shown


def test_pages_to_replace_are_named_with_their_backs(folder: Path, tmp_path: Path) -> None:
    content = drafted(folder, tmp_path / "案", "--before-submission")
    pages = [(leaf["page"], leaf["reverse"], leaf["reverse_changes"]) for leaf in content["pages"]]
    assert pages == [("3", "4", False), ("5", "6", False)]
    assert content["pages"][0]["departments"] == [PUBLISHED.sheets[2].department]
    assert content["pages"][0]["reverse_departments"] == [PUBLISHED.sheets[3].department]


def test_a_page_list_gives_the_printed_page_numbers(folder: Path, tmp_path: Path) -> None:
    listed = PageList(
        form=FORM.name,
        fiscal_year=PUBLISHED.fiscal_year,
        book="公表版.pdf",
        book_sha256="",
        sheets=tuple(
            ListedSheet(
                department=sheet.department,
                name=sheet.name,
                stages=sheet.budget_stages,
                page=sheet.number + 40,
                pdf_page=sheet.number,
            )
            for sheet in PUBLISHED.sheets
        ),
    )
    path = tmp_path / "頁一覧.json"
    path.write_text(listed.model_dump_json(), encoding="utf-8")
    content = drafted(folder, tmp_path / "案", "--page-list", str(path))
    assert [row["page"] for row in content["errata"]] == ["43", "45"]
    assert content["page_source"] == "list"
    other = listed.model_copy(update={"fiscal_year": 1999})
    path.write_text(other.model_dump_json(), encoding="utf-8")
    assert run(folder, *VERSIONS, "--page-list", str(path)) == 2


def test_other_documents_that_print_the_same_are_listed(folder: Path, tmp_path: Path) -> None:
    other = str(folder / "概要版.json")
    content = drafted(folder, tmp_path / "案", "--also", other)
    places = [(item["field"], item["year"], item["content"]) for item in content["elsewhere"]]
    assert places == [("total_cost", "2024", WRONG)]


def test_versions_without_a_difference_give_no_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "e.xlsx"
    assert run(folder, "訂正版", "訂正版", "--output", str(out)) == 0
    assert not out.exists()
    assert "違いはありません" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("公表版.pdf", "別の冊子.json"),
        ("公表版.pdf", "ない.xlsx"),
        ("公表版.pdf", ""),
    ],
)
def test_what_is_no_pair_gives_one_line_and_no_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, str]
) -> None:
    out = tmp_path / "e.html"
    names = [str(folder / words[0]), words[1] and str(folder / words[1])]
    assert main(["errata", *names, "--lang", "ja", "--output", str(out)]) == 2
    assert not out.exists()
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_nothing_is_written_over(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "e.csv"
    out.write_text("mine", encoding="utf-8")
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", encoding="utf-8")
    outputs = [
        ("--output", str(out)),
        ("--output", str(folder / "訂正版" / "e.csv")),
        ("--output", str(tmp_path / "e.docx")),
        ("--output", str(tmp_path / "e.xlsx"), "--output-dir", str(tmp_path / "案")),
        ("--output-dir", str(full)),
    ]
    for words in outputs:
        assert run(folder, *VERSIONS, *words) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert out.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.csv", "full"]


def test_without_a_file_the_rows_are_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, *VERSIONS) == 1
    shown = capsys.readouterr().out
    assert f"誤：{WRONG}\n      正：{RIGHT}" in shown
    assert "3頁" in shown


def test_what_could_not_be_read_is_no_difference(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = WRONG_BOOK.sheets[2]
    unread = with_total(sheet, WRONG).years["2024"].total_cost
    assert unread is not None
    column = sheet.years["2024"].model_copy(
        update={"total_cost": unread.model_copy(update={"state": "unread", "value": None})}
    )
    years = FrozenDict({**sheet.years, "2024": column})
    lost = with_sheet(WRONG_BOOK, 2, sheet.model_copy(update={"years": years}))
    path = tmp_path / "公表版.json"
    path.write_text(dump_records([lost]), encoding="utf-8")
    assert main(["errata", str(path), str(folder / "訂正版"), "--lang", "ja"]) == 2
    shown = capsys.readouterr().out
    assert "比べられなかった箇所" in shown
    assert "（読み取れず）" in shown
    assert f"正：{RIGHT}" not in shown
