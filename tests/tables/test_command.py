"""The command on tables: folders and single files beside documents, and what can't be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli import main
from auditor.session import load
from auditor.tables import to_tables, write_tables
from auditor.testing import book as built
from auditor_datasets.tables import path

FORMS = load().forms


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, list[dict[str, object]]]]:
    code = main(["check", "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_folder_of_tables(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = checked(capsys, str(path("kushiro-r6")), str(path("kushiro-r5-kpi", "csv")))
    assert code == 0
    assert report["not_checked"] == []
    assert [document["path"] for document in report["documents"]] == ["kushiro-r6.json", "kushiro-r5-kpi.json"]
    assert {finding["rule"] for finding in report["findings"]} >= {"EVL005"}


def test_one_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_tables(to_tables(built(6, 2, FORMS["kushiro"]), FORMS), tmp_path, kind="csv")
    code, report = checked(capsys, "--table", str(tmp_path / "years.csv"), "--select", "FND")
    assert (code, report["findings"]) == (0, [])
    assert [document["sheets"] for document in report["documents"]] == [6]


def test_a_half_written_table_is_exit_2_and_the_rest_is_audited(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_tables(to_tables(built(6, 2, FORMS["kushiro"]), FORMS), tmp_path)
    years = tmp_path / "years.parquet"
    years.write_bytes(years.read_bytes()[:1000])
    code, report = checked(capsys, str(tmp_path))
    assert code == 2
    assert [missed["document"] for missed in report["not_checked"]] == [str(years)]
    assert [document["sheets"] for document in report["documents"]] == [6]


def test_the_terminal_shows_the_figures_of_tables(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    tables = to_tables(built(6, 2, FORMS["kushiro"]), FORMS)
    assert tables.years is not None
    write_tables(tables, tmp_path, kind="csv")
    lines = (tmp_path / "years.csv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("total_cost")
    row, cells = next((row, line.split(",")) for row, line in enumerate(lines) if row and line.split(",")[column] > "0")
    cells[column] = "1234567000"
    lines[row] = ",".join(cells)
    (tmp_path / "years.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["check", "--lang", "ja", "--select", "FND001", str(tmp_path)]) == 1
    assert "1,234,567千円" in capsys.readouterr().out
