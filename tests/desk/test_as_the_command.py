"""What the desk hands out is what the command does, file by file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("reportlab", reason="PDFs are drawn with reportlab")
pytest.importorskip("pypdf", reason="the extra pdf is not installed")

from tests.desk.as_command import assert_alike, commanded, put, unzipped
from tests.desk.folders import (
    LIBRARY,
    OLD,
    PARKS,
    last_year_of,
    mixed,
    workbook,
)
from tests.desk.plain import NOW, Desk, call


@pytest.fixture(autouse=True)
def _time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))


def test_a_folder_of_several_departments_gives_the_same_files(tmp_path: Path) -> None:
    files = mixed()
    desk = Desk()
    desk.drop(files)
    result, data = desk.delivered()
    assert result["name"] == "所管課へ渡すファイル_第1回_20250801.zip"
    command = commanded(files, tmp_path)
    assert_alike(unzipped(data), command)
    departments = {name.partition("/")[0] for name in command if "/" in name}
    assert departments == {PARKS, LIBRARY, OLD}
    assert any(name.endswith("（指摘）.pdf") for name in command)
    for kind, file in {"html": "点検結果.html", "json": "結果.json"}.items():
        _, single = call(desk.judge, "output", kind=kind, lang="ja", made_at=NOW.isoformat())
        assert single == command[file]


def test_documents_of_the_round_before_give_the_changes_of_since(tmp_path: Path) -> None:
    before = {name: data for name, data in mixed(with_pdf=False).items() if "複数課" not in name}
    today = {**before, "成果シート/01.xlsx": workbook([PARKS, LIBRARY, PARKS], fault=77, first=11)}
    del before["成果シート/04/同じもの.xlsx"], today["成果シート/04/同じもの.xlsx"]
    desk = Desk()
    desk.drop(before)
    desk.drop({"成果シート/01.xlsx": today["成果シート/01.xlsx"]})
    assert desk.state()["round"] == 2
    put(before, tmp_path / "前回")
    since = ("--since", str(tmp_path / "前回" / "成果シート"))
    assert_alike(unzipped(desk.delivered()[1]), commanded(today, tmp_path, *since))


def test_what_was_accepted_is_waived_as_by_a_file(tmp_path: Path) -> None:
    files = {"成果シート/01.xlsx": workbook([PARKS, LIBRARY, PARKS], first=11)}
    desk = Desk()
    desk.drop(files)
    entry = next(item for item in desk.state()["entries"] if item["waivable"])
    answer = {"kind": "accepted", "reason": "決算書と照合した", "role": "予算担当"}
    desk.ask("answer", entry=entry["id"], waiver_kind="端数調整", lang="ja", **answer)
    _, waivers = call(desk.judge, "output", kind="waivers", lang="ja", made_at=NOW.isoformat())
    assert waivers is not None
    file = tmp_path / "確認済み.toml"
    file.write_bytes(waivers)
    other = Desk()
    other.drop(files)
    dropped = [{"name": file.name, "text": waivers.decode()}]
    assert other.ask("configure", waivers=dropped)["problems"] == []
    command = commanded(files, tmp_path, "--waivers", str(file))
    assert_alike(unzipped(other.delivered()[1]), command)
    titles = [item["title"] for item in desk.state()["waived"]]
    assert titles == [item["title"] for item in other.state()["waived"]] != []
    assert len(json.loads(command["結果.json"])["waived"]) == len(desk.state()["waived"])


def test_last_years_book_is_held_against_this_years(tmp_path: Path) -> None:
    files = {"今年度/01.xlsx": workbook([PARKS, LIBRARY], first=11)}
    earlier = {"前年度/01.xlsx": last_year_of([PARKS, LIBRARY], first=11)}
    desk = Desk()
    desk.drop(files)
    desk.drop(earlier, last_year=True)
    put(earlier, tmp_path)
    words = ("--last-year", str(tmp_path / "前年度"))
    command = commanded(files, tmp_path, *words)
    assert_alike(unzipped(desk.delivered()[1]), command)
    assert json.loads(command["結果.json"])["last_year"]["pairs"]
    assert [item["name"] for item in desk.state()["documents"] if item["last_year"]] == [*earlier]


SETTINGS = f"""
title = "令和６年度点検結果"
form = "kushiro"
fail_on = "never"
approval = true
figures = "見込"
[rules]
ignore = ["BOK003"]
[severities]
FND001 = "warning"
[office]
name = "財政部財政課"
role = "予算担当"
[departments]
order = ["{LIBRARY}", "{PARKS}"]
[departments.renamed]
"{OLD}" = "総務部行政課"
[departments.contacts]
"{PARKS}" = "庶務担当"
[letter]
deadline = 2025-08-22
seal_omitted = true
"""


def test_a_dropped_settings_file_is_what_the_option_is(tmp_path: Path) -> None:
    files = mixed(with_pdf=False)
    desk = Desk()
    dropped = {"name": "auditor.toml", "text": SETTINGS}
    for service in (desk.reader, desk.judge):
        assert call(service, "configure", settings=dropped, lang="ja")[0]["problems"] == []
    desk.drop(files)
    file = tmp_path / "auditor.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    command = commanded(files, tmp_path, settings=file)
    assert_alike(unzipped(desk.delivered()[1]), command)
    assert any(name.startswith("総務部行政課/") for name in command)
    assert "令和６年度点検結果" in command["点検結果.html"].decode()
    state = desk.state()
    names = [item["name"] for item in state["departments"]]
    assert names.index(LIBRARY) < names.index(PARKS)  # as many errors each: in the official order
    data = desk.saved()
    assert Desk().open(data) == desk.state()
