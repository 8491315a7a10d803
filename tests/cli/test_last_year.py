"""``check --last-year``: what can be last year's book, and what every report shows of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor.auditing.last_year import LastYearError
from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.readers.json.writing import dump_records
from auditor.records.model import Book, Remark
from auditor.testing import Years, book, years
from auditor.testing.build import RandomChooser
from auditor_rules.corruptions_of_years import corrupt_years
from tests.documents.text_writer import text_of_sheets

FORM = load().forms["kushiro"]
PAIR = years(8, 5, FORM, kpis=2)
Json = dict[str, Any]


def written(folder: Path, pair: Years) -> tuple[Path, Path]:
    """This year's book as a text, and last year's as records."""
    today, before = folder / "今年.txt", folder / "昨年.json"
    today.write_text(text_of_sheets(pair.book.sheets, FORM), encoding="utf-8")
    before.write_text(dump_records([pair.last_year]), encoding="utf-8")
    return today, before


def checked(*words: str | Path) -> int:
    return main(["check", *map(str, words), "--lang", "ja", "--no-settings"])


def result(tmp_path: Path, *words: str | Path) -> tuple[int, Json]:
    out = tmp_path / "out.json"
    code = checked(*words, "--format", "json", "--output", out)
    return code, json.loads(out.read_text(encoding="utf-8"))


def corrupted(kind: str) -> Years:
    corruption = corrupt_years(kind, PAIR, FORM, RandomChooser(3))
    assert corruption is not None
    return corruption.years


def renamed(pair: Years, *names: str) -> Years:
    """The pair with other names for the first projects of this year."""
    going_on = {sheet.name for sheet in pair.last_year.sheets}
    first = [sheet for sheet in pair.book.sheets if sheet.name in going_on]
    new = {id(sheet): name for sheet, name in zip(first, names, strict=False)}
    sheets = tuple(
        sheet.model_copy(update={"name": new.get(id(sheet), sheet.name)})
        for sheet in pair.book.sheets
    )
    return pair._replace(book=pair.book.model_copy(update={"sheets": sheets}))


def test_a_consistent_pair_passes(tmp_path: Path) -> None:
    today, before = written(tmp_path, PAIR)
    code, content = result(tmp_path, today, "--last-year", before)
    assert code == 0
    assert not [item for item in content["findings"] if item["rule"].startswith("YOY")]
    last_year = content["last_year"]
    assert [each["fiscal_year"] for each in last_year["documents"]] == [2023]
    assert {each["how"] for each in last_year["pairs"]} == {"name"}
    names = {each["record"]["sheet"]["name"] for each in last_year["pairs"]}
    assert names == {sheet.name for sheet in PAIR.last_year.sheets} & {
        sheet.name for sheet in PAIR.book.sheets
    }
    assert "last_year" not in result(tmp_path, today)[1]


def test_a_difference_is_a_warning_with_both_figures(tmp_path: Path) -> None:
    today, before = written(tmp_path, corrupted("past_figure_changed"))
    code, content = result(tmp_path, today, "--last-year", before)
    assert code == 0, "a difference between two books is to be confirmed, not to be corrected"
    (finding,) = [item for item in content["findings"] if item["rule"] == "YOY001"]
    assert finding["severity"] == "warning"
    assert "≠" in finding["equation"]
    here, there = finding["cells"]
    assert here["document"] == str(today)
    assert there["other_book"] == "earlier"
    assert checked(today, "--last-year", before, "--fail-on", "warning") == 1


def test_settings_name_the_book_and_raise_a_rule(tmp_path: Path) -> None:
    today, _ = written(tmp_path, corrupted("past_figure_changed"))
    settings = tmp_path / "auditor.toml"
    settings.write_text(
        'last_year = ["昨年.json"]\nseverities.YOY001 = "error"\n', encoding="utf-8"
    )
    assert main(["check", str(today), "--settings", str(settings)]) == 1


@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_reports_list_the_pairs_that_names_did_not_make(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "100")  # texts of a table break where its columns are narrow
    pair = renamed(PAIR, "名称をすべて改めた取組み")
    today, before = written(tmp_path, pair)
    assert checked(today, "--last-year", before, "--format", name) == 0
    text = capsys.readouterr().out.replace("\n", "").replace(" ", "")
    for part in ("前年度の冊子との対応", "名称をすべて改めた取組み", "数値が一致（要確認）"):
        assert part in text
    assert "前年度の冊子にない" in text, "new projects"


def test_the_folder_that_is_handed_round_names_no_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today, before = written(tmp_path, corrupted("past_figure_changed"))
    folder = tmp_path / "結果"
    assert checked(today, "--last-year", before, "--deliver", folder) == 0
    assert "前年度の冊子との対応" in capsys.readouterr().out
    text = (folder / "結果.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert json.loads(text)["last_year"]["documents"][0]["path"] == PAIR.last_year.documents[0].path


def test_a_department_has_its_own_pairs_alone(tmp_path: Path) -> None:
    today, before = written(tmp_path, PAIR)
    department = PAIR.last_year.sheets[0].department
    _, content = result(tmp_path, today, "--last-year", before, "--department", department)
    pairs = content["last_year"]["pairs"]
    assert pairs
    assert {each["record"]["sheet"]["department"] for each in pairs} == {department}


# — what can't be last year's book —


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (book(2, 1, FORM), "令和６年度のもの"),
        (book(2, 1, FORM, fiscal_year=2025), "令和７年度のもの"),
        (book(2, 1, load().forms["minato"], fiscal_year=2023), "様式が minato"),
    ],
)
def test_another_book_is_refused_before_the_audit(
    other: Book, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today, _ = written(tmp_path, PAIR)
    file = tmp_path / "別.json"
    file.write_text(dump_records([other]), encoding="utf-8")
    assert checked(today, "--last-year", file) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert message in err
    with pytest.raises(LastYearError):
        auditor.audit(PAIR.book, last_year=other)


def test_what_can_not_be_read_at_all_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today, before = written(tmp_path, PAIR)
    empty = tmp_path / "空.pdf"
    empty.write_bytes(b"")
    for words in (empty, tmp_path / "無い.txt", today):
        assert checked(today, "--last-year", words) == 2
        out, err = capsys.readouterr()
        assert (out, len(err.strip().splitlines())) == ("", 1)
    # Beside a book that was read, it is one thing that could not be checked.
    code, content = result(tmp_path, today, "--last-year", before, "--last-year", empty)
    assert code == 2
    assert [reason["document"] for reason in content["not_checked"]] == [str(empty)]
    assert content["last_year"]["pairs"]


def test_versions_of_last_year_are_chosen_among(tmp_path: Path) -> None:
    today, _ = written(tmp_path, PAIR)
    folder = tmp_path / "昨年"
    folder.mkdir()
    sheets = PAIR.last_year.sheets
    old = [sheet.model_copy(update={"purpose": f"旧{sheet.purpose}"}) for sheet in sheets]
    (folder / "旧.txt").write_text(text_of_sheets(old, FORM), encoding="utf-8")
    new = folder / "新.txt"
    new.write_text(text_of_sheets(sheets, FORM), encoding="utf-8")
    assert checked(today, "--last-year", folder) == 2
    assert result(tmp_path, today, "--last-year", folder, "--take", new)[0] == 0


def test_a_book_of_other_projects_is_not_checked(tmp_path: Path) -> None:
    today, before = written(tmp_path, PAIR)
    others = years(3, 8, FORM, kpis=0).last_year
    sheets = [
        sheet.model_copy(update={"name": f"別の{number}", "department": f"他課{number}"})
        for number, sheet in enumerate(others.sheets)
    ]
    others = others.model_copy(update={"sheets": tuple(sheets)})
    before.write_text(dump_records([others]), encoding="utf-8")
    code, content = result(tmp_path, today, "--last-year", before)
    assert code == 2
    codes = [reason["why"]["code"] for reason in content["not_checked"]]
    assert codes == ["last-year-unrelated"]


def test_tables_are_audited_by_records_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today, before = written(tmp_path, PAIR)
    assert checked(today, "--last-year", before, "--engine", "polars") == 2
    assert "--engine" in capsys.readouterr().err


# — what was not read —


def test_remarks_of_last_years_reading_are_reported() -> None:
    (document,) = PAIR.last_year.documents
    remarks = (Remark(rule="RD001"), Remark(rule="RD002"), Remark(rule="XLS001"))
    last_year = PAIR.last_year.model_copy(
        update={"documents": (document.model_copy(update={"remarks": remarks}),)}
    )
    report = auditor.audit(PAIR.book, last_year=last_year)
    (reason,) = report.not_checked
    assert reason.why.code == "last-year-unread"
    assert "2か所" in reason.why.ja
    assert report.exit_code == 2


def test_a_project_of_a_document_that_was_not_read_is_not_gone(tmp_path: Path) -> None:
    today, before = written(tmp_path, corrupted("project_gone"))
    _, content = result(tmp_path, today, "--last-year", before)
    assert "YOY008" in {item["rule"] for item in content["findings"]}
    empty = tmp_path / "空.txt"
    empty.write_bytes(b"")
    code, content = result(tmp_path, today, empty, "--last-year", before)
    assert code == 2
    assert "YOY008" not in {item["rule"] for item in content["findings"]}


def test_a_book_without_a_year_before_is_not_checked() -> None:
    other = book(2, 1, load().forms["minato"])
    report = auditor.audit([PAIR.book, other], last_year=PAIR.last_year)
    assert [reason.why.code for reason in report.not_checked] == ["no-last-year"]


# — rules that are off —


def test_an_optional_rule_is_off_until_it_is_named(tmp_path: Path) -> None:
    today, before = written(tmp_path, corrupted("text_left_in"))
    for words, is_on in (
        ((), False),
        (("--select", "YOY"), False),
        (("--select", "YOY012"), True),
        (("--select", "default,YOY012"), True),
        (("--select", "default,text-of-last-year", "--ignore", "YOY012"), False),
    ):
        _, content = result(tmp_path, today, "--last-year", before, *words)
        assert ("YOY012" in {item["rule"] for item in content["findings"]}) is is_on, words
        assert "YOY012" not in content["rules_left_out"]
    _, content = result(tmp_path, today, "--last-year", before, "--select", "default")
    assert content["rules_left_out"] == []


# — last year's errata —


def test_errata_are_applied_before_anything_is_compared(tmp_path: Path) -> None:
    """What the list corrects is no difference; a row that fits nothing is reported."""
    wrong = corrupted("past_figure_changed")
    today, before = written(tmp_path, wrong)
    right = tmp_path / "訂正版.json"
    right.write_text(dump_records([PAIR.last_year]), encoding="utf-8")
    errata = tmp_path / "正誤表.csv"
    words = ["errata", str(before), str(right), "--output", str(errata)]
    drafted = main([*words, "--no-settings", "--lang", "ja"])
    assert drafted == 1, "there is something to correct"
    code, content = result(tmp_path, today, "--last-year", before, "--last-year-errata", errata)
    assert code == 0
    assert not [item for item in content["findings"] if item["rule"].startswith("YOY")]
    # The book that is right already needs no correction.
    code, content = result(tmp_path, today, "--last-year", right, "--last-year-errata", errata)
    assert (code, content["not_checked"]) == (0, [])
    # The list does not fit a book without the project.
    others = [
        sheet.model_copy(update={"name": f"{sheet.name}他"}) for sheet in PAIR.last_year.sheets
    ]
    other = PAIR.last_year.model_copy(update={"sheets": tuple(others), "kpis": ()})
    right.write_text(dump_records([other]), encoding="utf-8")
    code, content = result(tmp_path, today, "--last-year", right, "--last-year-errata", errata)
    assert code == 2
    assert "errata-not-applied" in {each["why"]["code"] for each in content["not_checked"]}
    assert checked(today, "--last-year-errata", errata) == 2
    assert checked(today, "--last-year", before, "--last-year-errata", today) == 2
