"""``auditor answers``: from the delivered folder to waivers and the next round."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from auditor.answers.model import Answers
from auditor.cli.main import main
from auditor.readers.own_files import own_file
from auditor.reports.earlier import RESULT_FILE
from tests.answers.filled import FormRows, edited
from tests.documents.folder.faults import KINDS
from tests.documents.folder.making import made, written

Json = dict[str, Any]


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents, their correction, and what was delivered."""
    path = tmp_path_factory.mktemp("round")
    pair = made(11, books=3, sheets=6, rows=6, kinds=KINDS)  # indicators have no department
    written(pair.faulty, path / "成果シート")
    written(pair.clean, path / "訂正版")
    assert check(path / "成果シート", "--deliver", str(path / "点検結果")) == 1
    return path


def check(sheets: Path, *words: str) -> int:
    return main(["check", str(sheets), "--lang", "ja", *words])


def answers(round_: Path, back: Path, *words: str) -> int:
    since = ["--since", str(round_ / "点検結果"), "--lang", "ja", "--no-settings"]
    return main(["answers", str(back), *since, *words])


def sent_back(round_: Path, back: Path, texts: Mapping[str, str]) -> None:
    """Fill in every row of every form alike."""

    def fill(rows: FormRows) -> None:
        for row in rows.rows:
            for key, text in texts.items():
                rows.put(row, key, text)

    for form in (round_ / "点検結果").rglob("回答票.xlsx"):
        edited(form.read_bytes(), back / form.parent.name / "回答票.xlsx", fill)


ACCEPTED = {
    "answer": "記載のとおり",
    "reason_kind": "端数調整",
    "reason": "切捨てで転記しているため",
    "confirmation": "了承",
}


def test_accepted_answers_become_waivers_that_the_next_audit_reads(
    round_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent_back(round_, tmp_path / "back", ACCEPTED)
    waivers = tmp_path / "確認済み.toml"
    waivers.write_text("# 手書き\n", encoding="utf-8")
    assert answers(round_, tmp_path / "back", "--waivers-to", str(waivers)) == 0
    captured = capsys.readouterr()
    assert "了承済みです" in captured.out
    assert "新規に登録" in captured.err
    assert waivers.read_text(encoding="utf-8").startswith("# 手書き\n")
    assert check(round_ / "成果シート", "--waivers", str(waivers)) == 0
    assert check(round_ / "成果シート", "--waivers", str(waivers), "--no-waivers") == 2
    before = waivers.read_bytes()
    assert answers(round_, tmp_path / "back", "--waivers-to", str(waivers)) == 0
    assert waivers.read_bytes() == before


@pytest.mark.parametrize("confirmation", ["未確認", "再照会"])
def test_without_a_confirmation_nothing_is_waived(
    confirmation: str, round_: Path, tmp_path: Path
) -> None:
    sent_back(round_, tmp_path / "back", {**ACCEPTED, "confirmation": confirmation})
    waivers = tmp_path / "確認済み.toml"
    assert answers(round_, tmp_path / "back", "--waivers-to", str(waivers)) == 1
    assert not waivers.exists()


def test_corrections_are_held_against_the_new_version(
    round_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back = tmp_path / "back"
    sent_back(round_, back, {"answer": "訂正した"})
    assert answers(round_, back) == 0
    assert "--with" in capsys.readouterr().out
    assert answers(round_, back, "--with", str(round_ / "訂正版")) == 0
    assert "訂正版で解消しています" in capsys.readouterr().out
    assert answers(round_, back, "--with", str(round_ / "成果シート")) == 1
    assert "訂正版の値が前回のままです" in capsys.readouterr().out
    # A later result has its records.
    assert answers(round_, back, "--with", str(round_ / "点検結果")) == 1
    assert "訂正版の値が前回のままです" in capsys.readouterr().out
    assert answers(round_, back, "--with", str(round_ / "ない")) == 2


def test_formats(round_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    back = tmp_path / "back"
    sent_back(round_, back, {"answer": "確認中"})
    assert answers(round_, back, "--format", "json") == 1
    content: Json = json.loads(capsys.readouterr().out)
    for key in ("schema_version", "tool_version", "exit_code"):
        content.pop(key)
    read = Answers.model_validate_json(json.dumps(content))
    assert {cause.state for cause in read.causes} == {"checking"}
    out = tmp_path / "回答.xlsx"
    assert answers(round_, back, "--format", "xlsx", "--output", str(out)) == 1
    assert openpyxl.load_workbook(out).sheetnames == ["回答の状況", "回答一覧"]
    text, data = tmp_path / "回答.txt", tmp_path / "回答.json"
    assert answers(round_, back, "--output", str(text)) == 1
    assert answers(round_, back, "--format", "json", "--output", str(data)) == 1
    assert {own_file(path) for path in (text, data, out)} == {"report"}
    # It is no form itself, wherever it is saved.
    out.rename(back / "回答.xlsx")
    assert answers(round_, back, "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["others"] == []
    (back / "メモ.txt").write_text("x", encoding="utf-8")
    assert answers(round_, back) == 1
    assert "- メモ.txt\n" in capsys.readouterr().out


def test_the_delivered_folder_itself_has_no_answers(
    round_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answers(round_, round_ / "点検結果") == 1
    shown = capsys.readouterr().out
    assert "回答票の提出を依頼してください" in shown
    assert "確認が必要な記入" not in shown


def test_what_can_not_be_done_is_one_line(
    round_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back = tmp_path / "back"
    sent_back(round_, back, ACCEPTED)
    without_records = tmp_path / "result"
    without_records.mkdir()
    shutil.copy(round_ / "点検結果" / RESULT_FILE, without_records)
    broken = tmp_path / "x.toml"
    broken.write_text("waiver = []\n", encoding="utf-8")
    for words in (
        ["--format", "html"],
        ["--format", "xlsx"],
        ["--until", "2020-01-01"],
        ["--until", "2020-01-01", "--waivers-to", str(tmp_path / "w.toml")],
        ["--waivers-to", str(broken)],
        ["--since", str(tmp_path)],
        ["--with", str(without_records)],
        ["--output", str(back / "総務部総務課" / "回答票.xlsx")],
        ["--output", str(tmp_path / "w.toml"), "--waivers-to", str(tmp_path / "w.toml")],
        ["--output", str(tmp_path), "--waivers-to", str(tmp_path / "w.toml")],
    ):
        assert answers(round_, back, *words) == 2, words
        captured = capsys.readouterr()
        assert captured.out == ""
        assert len(captured.err.splitlines()) == 1, words
        assert "--no-waivers" not in captured.err
        assert not (tmp_path / "w.toml").exists()
    assert broken.read_text(encoding="utf-8") == "waiver = []\n"
    assert answers(round_, tmp_path / "ない") == 2
