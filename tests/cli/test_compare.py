"""``auditor compare`` and ``auditor freeze``, and what ``check --since`` tells."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.readers.json.writing import dump_records
from auditor.records.figures import parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book
from auditor.reports.comparison import COMPARISON_FORMATS
from auditor.reports.earlier import RECORDS_FILE, RESULT_FILE
from auditor.testing.build import book
from tests.documents.text_writer import text_of_sheets

FORM = load().forms["kushiro"]
CLEAN = book(6, seed=3, form=FORM, kpis=0)
TOTALS = "total_cost"


def with_total(given: Book, number: int, value: int) -> Book:
    """The book with another settled total on one of its sheets."""
    sheet = given.sheets[number]
    column = next(key for key, year in sheet.years.items() if year.total_cost is not None)
    figure = parse_figure(f"{value:,}", unit="千円")
    year = sheet.years[column].model_copy(update={TOTALS: figure})
    changed = sheet.model_copy(update={"years": FrozenDict({**sheet.years, column: year})})
    sheets = tuple(changed if each is sheet else each for each in given.sheets)
    return given.model_copy(update={"sheets": sheets})


def with_purpose(given: Book, number: int, text: str) -> Book:
    changed = given.sheets[number].model_copy(update={"purpose": text})
    sheets = tuple(changed if at == number else each for at, each in enumerate(given.sheets))
    return given.model_copy(update={"sheets": sheets})


WRONG = with_total(CLEAN, 1, 99_999_991)
"""The first round: one total is wrong."""
CORRECTED = with_purpose(CLEAN, 4, "目的を改めた。")
"""The second round: the total is corrected, and a text changed that nobody had asked about."""


def folder(path: Path, given: Book) -> Path:
    """A folder of texts with a sheet each."""
    path.mkdir(parents=True)
    for at, sheet in enumerate(given.sheets):
        (path / f"{at:02d}.txt").write_text(text_of_sheets([sheet], FORM), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders, and the result of each; the second one is held against the first."""
    top = tmp_path_factory.mktemp("rounds")
    folder(top / "前回", WRONG)
    folder(top / "今回", CORRECTED)
    assert main(["check", str(top / "前回"), "--deliver", str(top / "結果1")]) == 1
    since = ["--since", str(top / "結果1")]
    assert main(["check", str(top / "今回"), "--deliver", str(top / "結果2"), *since]) == 0
    return top


def compared(
    *words: str | Path, capsys: pytest.CaptureFixture[str], code: int = 1
) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["compare", *map(str, words), "--format", "json"]) == code
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def spots(result: dict[str, Any], pointed_at: bool) -> list[tuple[str, str, str]]:
    return [
        (spot["field"], spot["before"]["printed"], spot["after"]["printed"])
        for spot in result["content_changes"]
        if spot["pointed_at"] is pointed_at
    ]


EARLIER = ["結果1", f"結果1/{RESULT_FILE}", f"結果1/{RECORDS_FILE}", "前回"]
LATER = ["結果2", f"結果2/{RESULT_FILE}", f"結果2/{RECORDS_FILE}", "今回"]


@pytest.mark.parametrize(
    ("earlier", "later"), [*zip(EARLIER, LATER, strict=True), (EARLIER[0], LATER[3])]
)
def test_whatever_names_a_round_gives_the_same(
    earlier: str, later: str, rounds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = compared(rounds / earlier, rounds / later, capsys=capsys)
    changes = {item["change"] for item in result["causes"] if item["cause"]["severity"] != "note"}
    assert changes == {"resolved"}
    corrections, others = spots(result, True), spots(result, False)
    assert [(field, before) for field, before, _ in corrections] == [(TOTALS, "99,999,991")]
    assert [(field, after) for field, _, after in others] == [("purpose", "目的を改めた。")]
    assert (result["sheet_changes"], result["uncertain_changes"]) == ([], [])
    of_check = json.loads((rounds / "結果2" / RESULT_FILE).read_text(encoding="utf-8"))
    assert spots(of_check, True) == corrections
    assert spots(of_check, False) == others
    counts = {item["department"]: item["counts"] for item in of_check["since"]["by_department"]}
    assert sum(count["corrections"] for count in counts.values()) == 1


def test_every_format_shows_both_lists(rounds: Path, tmp_path: Path) -> None:
    names = [str(rounds / "結果1"), str(rounds / "結果2")]
    for name in COMPARISON_FORMATS:
        file = tmp_path / f"out.{name}"
        words = ["--format", name, "--output", str(file), "--lang", "ja"]
        assert main(["compare", *names, *words]) == 1
        if name == "xlsx":
            sheets = openpyxl.load_workbook(file)
            rows = chain.from_iterable(sheet.iter_rows(values_only=True) for sheet in sheets)
            text = "\n".join(map(str, chain.from_iterable(rows)))
            assert {"指摘箇所の訂正", "指摘していない箇所の変更"} <= set(sheets.sheetnames)
        else:
            text = file.read_text(encoding="utf-8-sig")
        assert "99,999,991" in text, name
        assert "目的を改めた" in text, name
        assert str(rounds) not in text, name
        if name != "json":
            assert "指摘していない箇所の変更" in text, name
            assert "解消" in text, name


def test_what_a_document_says_is_text_in_every_format(tmp_path: Path) -> None:
    """Neither markup, nor a formula, nor something that steers a terminal."""
    hostile = '=HYPERLINK("http://x")<script>alert(1)</script>|*強調*|\x1b[31m赤'
    records = {"前": CLEAN, "後": with_purpose(CLEAN, 2, hostile)}
    for name, given in records.items():
        (tmp_path / f"{name}.json").write_text(dump_records([given]), encoding="utf-8")
    words = ["compare", str(tmp_path / "前.json"), str(tmp_path / "後.json")]
    for name in COMPARISON_FORMATS:
        file = tmp_path / f"out.{name}"
        assert main([*words, "--format", name, "--output", str(file)]) == 1
        if name == "xlsx":
            rows = chain.from_iterable(sheet.iter_rows() for sheet in openpyxl.load_workbook(file))
            assert {cell.data_type for cell in chain.from_iterable(rows)} <= {"s", "n"}
            continue
        text = file.read_text(encoding="utf-8-sig")
        assert "\x1b" not in text, name
        if name in ("html", "markdown"):
            assert "<script>alert" not in text, name
        if name == "csv":
            cells = chain.from_iterable(csv.reader(io.StringIO(text)))
            assert not [cell for cell in cells if cell.startswith("=")]


@pytest.mark.parametrize(
    "name", ["terminal", "html", "markdown", "csv", "json", "jsonl", "sarif", "junit", "github"]
)
def test_the_report_of_a_check_tells_too(name: str, rounds: Path, tmp_path: Path) -> None:
    later = folder(tmp_path / "次", with_total(CORRECTED, 2, 77_777_771))
    file = tmp_path / "out"
    words = ["--since", str(rounds / "結果1"), "--format", name, "--output", str(file)]
    assert main(["check", str(later), *words, "--lang", "ja"]) == 1
    text = file.read_text(encoding="utf-8-sig")
    if name == "sarif":
        states = [result.get("baselineState") for result in json.loads(text)["runs"][0]["results"]]
        assert {"new", "absent"} <= set(states)
    elif name == "jsonl":
        kinds = [json.loads(line)["type"] for line in text.splitlines()]
        assert kinds.count("content_change") == 3
        assert kinds.count("earlier_cause") >= 1
    elif name == "json":
        assert len(json.loads(text)["content_changes"]) == 3
        assert set(json.loads(text)["since"]["changes"].values()) >= {"added"}
    else:
        assert "解消" in text
        assert "新規" in text
        assert "指摘していない箇所の変更" in text
    if name == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {"解消", "新規"} <= {row["前回から"] for row in rows}


def test_a_report_on_one_department_tells_of_that_alone(
    rounds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, other = CORRECTED.sheets[4].department, CORRECTED.sheets[1].department
    assert own != other
    words = ["--since", str(rounds / "結果1"), "--department", own, "--format", "json"]
    capsys.readouterr()
    main(["check", str(rounds / "今回"), *words])
    result = json.loads(capsys.readouterr().out)
    assert [spot["field"] for spot in result["content_changes"]] == ["purpose"]
    result = compared(rounds / "結果1", rounds / "結果2", "--department", own, capsys=capsys)
    assert [spot["field"] for spot in result["content_changes"]] == ["purpose"]


def test_exit_codes(rounds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0: nothing changed and nothing open. 1: open alone. 2: not everything was compared."""
    same = compared(rounds / "今回", rounds / "今回", capsys=capsys, code=0)
    assert same["content_changes"] == []
    compared(rounds / "前回", rounds / "前回", capsys=capsys, code=1)
    broken = folder(tmp_path / "一部", CORRECTED)
    (broken / "05.txt").write_bytes(b"\x00\x01\x02")
    result = compared(rounds / "今回", broken, capsys=capsys, code=2)
    assert [item["state"] for item in result["sheet_changes"]] == ["unread_sheet"]
    gone = folder(tmp_path / "前の一部", CORRECTED)
    (gone / "05.txt").unlink()
    result = compared(rounds / "今回", gone, capsys=capsys, code=1)
    assert [item["state"] for item in result["sheet_changes"]] == ["gone_sheet"]


def test_a_result_without_records_is_not_fully_compared(
    rounds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "古い結果"
    alone.mkdir()
    data = (rounds / "結果1" / RESULT_FILE).read_bytes()
    (alone / RESULT_FILE).write_bytes(data)
    result = compared(alone, rounds / "今回", capsys=capsys, code=2)
    assert (result["since"]["compared"], result["content_changes"]) == (False, [])
    assert main(["compare", str(rounds / "結果1"), str(alone)]) == 2
    # Records of another audit beside it are not those of this one.
    other = json.loads(data)
    other["audit"]["made_at"] = "2001-01-01T00:00:00Z"
    (alone / RESULT_FILE).write_text(json.dumps(other), encoding="utf-8")
    (alone / RECORDS_FILE).write_bytes((rounds / "結果1" / RECORDS_FILE).read_bytes())
    compared(alone, rounds / "今回", capsys=capsys, code=2)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_can_t_be_compared_is_refused_in_one_line(
    lang: str, rounds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = folder(tmp_path / "別の年度", book(3, seed=9, form=FORM, kpis=0, fiscal_year=2019))
    today = str(rounds / "今回")
    capsys.readouterr()
    for command in (
        ["compare", str(other), today],
        ["check", today, "--since", str(other)],
        ["compare", str(tmp_path / "ない"), today],
        ["compare", today, str(tmp_path / "ない")],
        ["compare", today, today, "--format", "xlsx"],
    ):
        assert main([*command, "--lang", lang]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert len(err.splitlines()) == 1, err


def test_records_of_a_round_can_be_read_again(
    rounds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["read", str(rounds / "結果1" / RECORDS_FILE), "--format", "json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert len(result["sheets"]) == len(WRONG.sheets)
    assert str(rounds) not in json.dumps(result, ensure_ascii=False)


# — the final approval —


@pytest.fixture
def approved(tmp_path: Path) -> Path:
    """A folder of workbooks and texts, and what was recorded of it."""
    sheets = folder(tmp_path / "成果シート", CLEAN)
    settings = tmp_path / "auditor.toml"
    settings.write_text('[office]\nrole = "予算担当"\n', encoding="utf-8")
    words = ["--output", str(tmp_path / "校了.json"), "--settings", str(settings)]
    assert main(["freeze", str(sheets), *words]) == 0
    return tmp_path


def test_what_was_approved_is_recorded_and_never_written_over(approved: Path) -> None:
    file = approved / "校了.json"
    data = file.read_bytes()
    head = json.loads(data)["head"]
    assert (head["kind"], head["role"], len(head["files"])) == ("frozen", "予算担当", 6)
    assert head["made_at"]
    assert head["tool_version"]
    assert str(approved) not in data.decode("utf-8")
    assert main(["freeze", str(approved / "成果シート"), "--output", str(file)]) == 2
    assert file.read_bytes() == data
    inside = approved / "成果シート" / "校了.json"
    assert main(["freeze", str(approved / "成果シート"), "--output", str(inside)]) == 2
    # What a mistyped name leaves out would be missing for good.
    other, absent = approved / "校了2.json", approved / "ない.xlsx"
    assert main(["freeze", str(approved / "成果シート"), str(absent), "--output", str(other)]) == 2
    assert not other.exists()
    assert not inside.exists()


def test_nothing_changed_after_the_approval(
    approved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = compared(approved / "校了.json", approved / "成果シート", capsys=capsys, code=0)
    assert (result["since"]["kind"], result["content_changes"]) == ("frozen", [])
    assert result["file_changes"] == []
    # A copy of the folder elsewhere is the same.
    elsewhere = folder(approved / "写し" / "最終版", CLEAN)
    result = compared(approved / "校了.json", elsewhere, capsys=capsys, code=0)
    assert result["file_changes"] == []


def test_what_changed_after_the_approval(
    approved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets = approved / "成果シート"
    (sheets / "00.txt").unlink()
    (sheets / "01.txt").rename(sheets / "改名.txt")
    text = (sheets / "02.txt").read_text(encoding="utf-8")
    (sheets / "02.txt").write_text(text + "\n\n", encoding="utf-8")
    changed = with_purpose(CLEAN, 3, "校了の後で改めた。")
    (sheets / "03.txt").write_text(text_of_sheets([changed.sheets[3]], FORM), encoding="utf-8")
    new = CLEAN.sheets[5].model_copy(update={"name": "新しい事業", "years": {}})
    (sheets / "新.txt").write_text(text_of_sheets([new], FORM), encoding="utf-8")

    result = compared(approved / "校了.json", sheets, capsys=capsys)
    files = {item["path"].rpartition("/")[2]: item["state"] for item in result["file_changes"]}
    assert files == {
        "00.txt": "gone_file",
        "改名.txt": "renamed_file",
        "02.txt": "other_bytes",
        "03.txt": "changed_file",
        "新.txt": "new_file",
    }
    assert [spot["field"] for spot in result["content_changes"]] == ["purpose"]
    for words in (
        ["compare", str(approved / "校了.json"), str(sheets)],
        ["check", str(sheets), "--since", str(approved / "校了.json")],
    ):
        main([*words, "--lang", "ja"])
        text = capsys.readouterr().out
        assert "校了後の変更" in text
        assert "ファイルは変わった" in text
        assert "指摘していない箇所の変更" not in text


def test_a_file_that_can_t_be_read_is_recorded_by_its_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets = folder(tmp_path / "成果シート", CLEAN)
    (sheets / "壊れた.xlsx").write_bytes(b"PK\x03\x04" + bytes(50))
    file = tmp_path / "校了.json"
    assert main(["freeze", str(sheets), "--output", str(file)]) == 2
    assert len(json.loads(file.read_text(encoding="utf-8"))["head"]["files"]) == 7
    result = compared(file, sheets, capsys=capsys, code=2)
    assert result["file_changes"] == []
    (sheets / "壊れた.xlsx").write_bytes(b"PK\x03\x04" + bytes(60))
    result = compared(file, sheets, capsys=capsys, code=2)
    assert [item["state"] for item in result["file_changes"]] == ["other_bytes"]
