"""The command on tables: folders and single files beside documents, and what can't be read."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import auditor_datasets
from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.tables import to_tables, write_tables
from auditor.testing import book as built
from auditor_datasets.tables import path

FORMS = load().forms


def checked(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, dict[str, list[dict[str, object]]]]:
    code = main(["check", "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_folder_of_tables(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = checked(capsys, str(path("kushiro-r6")), str(path("kushiro-r5-kpi", "csv")))
    assert code == 0
    assert report["not_checked"] == []
    assert [document["path"] for document in report["documents"]] == [
        "kushiro-r6.json",
        "kushiro-r5-kpi.json",
    ]
    assert {finding["rule"] for finding in report["findings"]} >= {"EVL005"}


def test_a_name_that_no_file_can_have_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--table", f"{'a' * 300}.csv", "--lang", "en"]) == 2
    shown = capsys.readouterr()
    assert "could not be checked" in shown.out
    assert shown.err == ""


def test_one_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_tables(to_tables(built(6, 2, FORMS["kushiro"]), FORMS), tmp_path, kind="csv")
    code, report = checked(capsys, "--table", str(tmp_path / "years.csv"), "--select", "FND")
    assert (code, report["findings"]) == (0, [])
    assert [document["sheets"] for document in report["documents"]] == [6]


def test_a_half_written_table_is_exit_2_and_the_rest_is_audited(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_tables(to_tables(built(6, 2, FORMS["kushiro"]), FORMS), tmp_path)
    years = tmp_path / "years.parquet"
    years.write_bytes(years.read_bytes()[:1000])
    code, report = checked(capsys, str(tmp_path))
    assert code == 2
    assert [missed["document"] for missed in report["not_checked"]] == [str(years)]
    assert [document["sheets"] for document in report["documents"]] == [6]


def test_the_terminal_shows_the_figures_of_tables(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tables = to_tables(built(6, 2, FORMS["kushiro"]), FORMS)
    assert tables.years is not None
    write_tables(tables, tmp_path, kind="csv")
    lines = (tmp_path / "years.csv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("total_cost")
    row, cells = next(
        (row, line.split(","))
        for row, line in enumerate(lines)
        if row and line.split(",")[column] > "0"
    )
    cells[column] = "1234567000"
    lines[row] = ",".join(cells)
    (tmp_path / "years.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["check", "--lang", "ja", "--select", "FND001", str(tmp_path)]) == 1
    assert "1,234,567千円" in capsys.readouterr().out


TABLES = str(path("kushiro-r6"))
DOCUMENT = str(auditor_datasets.path("kushiro-r6-faulty"))


@pytest.mark.parametrize(
    ("words", "en", "ja"),
    [
        (
            ["--engine", "polars", DOCUMENT],
            "--engine needs tables alone, and",
            "--engine は表だけの点検で使えます",
        ),
        (
            ["--engine", "duckdb", TABLES, DOCUMENT],
            "is a document; audit documents in a call of their own",
            "文書は別に点検してください",
        ),
        (
            ["--findings", "x.csv", TABLES, DOCUMENT],
            "--findings needs tables alone",
            "--findings は表だけの点検で使えます",
        ),
        (
            ["--engine", "polars", TABLES, "--totals"],
            "--engine of tables can't be combined with --totals",
            "--totals（すべてのシートの記録",
        ),
        (
            ["--engine", "polars", TABLES, "--unsure"],
            "combined with --unsure",
            "--unsure（すべてのシートの記録",
        ),
        (
            ["--engine", "spark", TABLES, "--department", "x"],
            "combined with --department",
            "--department（",
        ),
        (
            ["--engine", "spark", TABLES, "--by", "department"],
            "combined with --by department",
            "--by department（",
        ),
        (
            ["--findings", "x.csv", TABLES, "--totals"],
            "--findings of tables can't be combined with --totals",
            "--findings を --totals（",
        ),
        (
            ["--spark-master", "local[2]", TABLES],
            "--spark-master needs --engine spark",
            "--engine spark とともに",
        ),
        (
            ["--spark-master", "local[2]", DOCUMENT],
            "--spark-master needs --engine spark",
            "--engine spark とともに",
        ),
        (["--engine", "pandas", TABLES], "invalid choice: 'pandas'", "「pandas」は指定できません"),
        (
            ["--findings", f"{TABLES}/found.parquet", TABLES],
            "or lies in it",
            "その中のファイルです",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: list[str],
    en: str,
    ja: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for lang, said in (("en", en), ("ja", ja)):
        assert main(["check", *words, "--lang", lang]) == 2
        shown = capsys.readouterr()
        assert (shown.out, shown.err.count("\n")) == ("", 1)
        assert said in shown.err
    assert list(tmp_path.iterdir()) == []


def test_tables_and_documents_in_one_call(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = checked(capsys, TABLES, DOCUMENT)
    assert code == 1
    assert [document["path"] for document in report["documents"]] == [
        "kushiro-r6-faulty.json",
        "kushiro-r6.json",
    ]
    assert {finding["document"] for finding in report["findings"]} == {
        "kushiro-r6-faulty.json",
        "kushiro-r6.json",
    }


def test_options_that_need_records_still_make_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = checked(capsys, TABLES, "--totals", "--unsure", "--by", "department")
    assert code == 0
    assert report["totals"]


def test_rules_that_are_no_columns_are_named_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        main(["rules", "--columns", "--lang", "ja", "--select", "YOY001,FND001,TXT001,REQ001"]) == 0
    )
    shown = capsys.readouterr().out
    assert "YOY001（対象：成果シート）：" in shown
    assert "FND001" not in shown
    assert "TXT001" not in shown
    assert main(["rules", "--columns", "--suspects", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {"not_columnar", "unusable"} == set(data)
    assert all(
        set(why) == {"en", "ja"} and why["en"] != why["ja"] for why in data["not_columnar"].values()
    )
    assert main(["rules", "--columns", "--select", "FND001", "--lang", "en"]) == 0
    assert "There are none." in capsys.readouterr().out


@pytest.mark.parametrize(("engine", "package"), [("duckdb", "duckdb"), ("spark", "pyspark")])
def test_an_engine_that_is_not_installed_is_named_with_what_to_install(
    engine: str, package: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    for lang, said in (
        ("en", f"install sheet-auditor[{engine}]"),
        ("ja", f"sheet-auditor[{engine}] をインストール"),
    ):
        assert main(["check", TABLES, "--engine", engine, "--lang", lang]) == 2
        shown = capsys.readouterr()
        assert (shown.out, shown.err.count("\n")) == ("", 1)
        assert said in shown.err


def test_every_engine_of_this_process_says_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = [
        (
            checked(
                capsys,
                TABLES,
                *words,
                "--select",
                "EVL005,FND001,BOK003",
                "--findings",
                str(tmp_path / "found.csv"),
            ),
            (tmp_path / "found.csv").read_text(),
        )
        for words in ((), ("--engine", "polars"), ("--engine", "duckdb"))
    ]
    assert told[0] == told[1]
    (code, report), rows = told[2]
    assert (code, report) == told[0][0]
    assert sorted(rows.splitlines()) == sorted(told[0][1].splitlines())
