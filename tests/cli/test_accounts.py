"""``auditor check --accounts``: what an office sees of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.readers.json.writing import dump_records
from auditor.testing import accounts_csv, with_accounts

FORM = load().forms["kushiro"]
SOME = with_accounts(6, 3, FORM)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the records of a book and its accounts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")  # texts of a table break where its columns are narrow
    (tmp_path / "book.json").write_text(dump_records([SOME.book]), encoding="utf-8")
    text = accounts_csv(SOME.ledger, FORM)
    (tmp_path / "決算額.csv").write_bytes(text.encode("cp932"))
    return tmp_path


def json_of(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    main(["check", "book.json", *words, "--format", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("folder")
def test_accounts_that_agree_find_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    report = json_of(capsys, "--accounts", "決算額.csv", "--figures", "見込")
    assert not [each for each in report["findings"] if each["rule"].startswith("ACC")]
    assert report["audit"]["figures"] == "expected"
    accounts = report["accounts"]
    assert accounts["document"]["path"] == "決算額.csv"
    assert len(accounts["pairs"]) == len({entry.project for entry in SOME.ledger.entries})
    assert not accounts["unpaired_accounts"]


@pytest.mark.usefixtures("folder")
def test_an_audit_without_accounts_says_nothing_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    report = json_of(capsys)
    assert "accounts" not in report
    assert report["audit"]["figures"] == ""
    applied = report["summary"]["by_rule"].get("ACC001", {})
    assert not any(count for outcome, count in applied.items() if outcome != "not_applicable")


def test_a_difference_and_projects_without_partner_are_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = list(SOME.ledger.entries)
    first, last = entries[0], entries[-1]
    more = {**first.amounts, "total_cost": first.amounts["total_cost"] + 5_000_000}
    entries[0] = first._replace(amounts=more)
    entries[-1] = last._replace(project="基金積立金")
    ledger = SOME.ledger._replace(entries=tuple(entries))
    (folder / "決算額.csv").write_text(accounts_csv(ledger, FORM), encoding="utf-8")
    assert main(["check", "book.json", "--accounts", "決算額.csv", "--lang", "ja"]) == 0
    shown = capsys.readouterr().out
    assert "ACC001 事業費総額が財務会計の決算額と一致しません" in shown
    assert "財務会計の一覧だけにある" in shown
    assert "基金積立金" in shown
    assert "財務会計の一覧にない" in shown


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_namesake_of_another_department_is_another_project(
    folder: Path, capsys: pytest.CaptureFixture[str], *, is_shared: bool
) -> None:
    names = [entry.project for entry in SOME.ledger.entries]
    own = next(
        entry
        for entry in SOME.ledger.entries
        if names.count(entry.project) == 1 and entry.amounts["total_cost"]
    )
    other = own._replace(
        department="他部他課",
        amounts={"total_cost": Decimal(5_000_000)},
        is_shared=is_shared,
    )
    ledger = SOME.ledger._replace(entries=(*SOME.ledger.entries, other))
    (folder / "決算額.csv").write_text(accounts_csv(ledger, FORM), encoding="utf-8")
    report = json_of(capsys, "--accounts", "決算額.csv")
    # Rows that the file marks as shared belong together, whatever they add up to.
    assert any(each["rule"] == "ACC001" for each in report["findings"]) == is_shared
    alone = [each["departments"] for each in report["accounts"]["unpaired_accounts"]]
    assert alone == ([] if is_shared else [["他部他課"]])


def test_settings_name_the_file_and_its_columns(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = accounts_csv(SOME.ledger, FORM).replace("決算額", "支出済額")
    (folder / "決算額.csv").write_text(text, encoding="utf-8")
    (folder / "auditor.toml").write_text(
        'figures = "確定"\n[accounts]\nfile = "決算額.csv"\ntotal = "支出済額"\n', encoding="utf-8"
    )
    report = json_of(capsys)
    assert report["accounts"]["pairs"]
    assert report["audit"]["figures"] == "settled"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("事業名,予算額\n観光事業,1\n".encode(), "見出しは「事業名」「予算額」です"),
        ("事業名,決算額\nほかの事業,1\n".encode(), "同じ事業が1つもない"),
        ("事業名,決算額\n観光事業,1.5\n".encode(), "1円未満の端数"),
        (b"PK\x03\x04\0", "CSVファイル"),
        (b"", "ファイルが空です"),
        (None, "ファイルが見つかりません"),
    ],
)
def test_accounts_that_can_not_be_used_are_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, message: str
) -> None:
    path = folder / "他.csv"
    if data is not None:
        path.write_bytes(data)
    assert main(["check", "book.json", "--accounts", "他.csv", "--lang", "ja"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err
    assert "他.csv" in shown.err
    assert len(shown.err.strip().splitlines()) == 1


def test_a_delivery_shows_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--accounts", "決算額.csv", "--figures", "確定", "--deliver", "結果", "--lang", "ja"]
    assert main(["check", "book.json", *words]) == 0
    assert "財務会計の決算額との照合" in capsys.readouterr().out
    pages = [path.read_text(encoding="utf-8") for path in (folder / "結果").rglob("*.html")]
    assert any("財務会計の決算額との照合" in page and "確定額" in page for page in pages)
    assert all(str(folder) not in page for page in pages)
