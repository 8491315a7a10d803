"""``check --waivers``: from the JSON report to a waiver, by option and by settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.main import main
from tests.documents.folder.making import made, written

Json = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("folder") / "成果シート"
    written(made(11, books=3, sheets=6, rows=6).faulty, path)
    return path


def result(folder: Path, *words: str) -> tuple[int, Json]:
    out = folder.parent / "result.json"
    code = main(
        ["check", str(folder), "--lang", "ja", "--format", "json", "--output", str(out), *words]
    )
    return code, json.loads(out.read_text(encoding="utf-8"))


def entry(finding: Json, **changes: str) -> str:
    texts = {
        "rule": finding["rule"],
        "place": finding["place"],
        "values": finding["values"],
        "kind": "その他",
        "reason": "所管課の説明を了承したため",
        "role": "財政課予算担当",
        **changes,
    }
    lines = [f'{key} = "{text}"' for key, text in texts.items()]
    return "\n".join(["[[waiver]]", *lines, "date = 2025-08-01", ""])


@pytest.fixture(scope="module")
def findings(folder: Path) -> list[Json]:
    code, content = result(folder)
    assert code == 1
    assert content["waived"] == []
    findings: list[Json] = content["findings"]
    return [each for each in findings if not each["rule"].startswith(("RD", "TBL"))]


@pytest.fixture(scope="module")
def waivers(folder: Path, findings: list[Json]) -> Path:
    path = folder.parent / "確認済み.toml"
    path.write_text("\n".join(map(entry, findings)), encoding="utf-8")
    return path


def test_what_json_says_waives_every_finding(
    folder: Path, findings: list[Json], waivers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, content = result(folder, "--waivers", str(waivers), "--max-findings", "1")
    assert code == 0
    assert content["findings"] == []
    assert [each["finding"] for each in content["waived"]] == findings
    assert content["waived"][0]["waiver"]["file"] == "確認済み.toml"
    assert "確認済み（訂正不要）" in capsys.readouterr().err


def test_the_limit_is_of_what_is_left(folder: Path, findings: list[Json]) -> None:
    path = folder.parent / "one.toml"
    path.write_text(entry(findings[0]), encoding="utf-8")
    _, whole = result(folder, "--waivers", str(path))
    _, limited = result(folder, "--waivers", str(path), "--max-findings", "1")
    assert len(limited["waived"]) == 1
    assert limited["findings"] == whole["findings"][: len(limited["findings"])]
    assert limited["summary"]["by_severity"] == whole["summary"]["by_severity"]
    assert limited["summary"]["unlisted"] == len(whole["findings"]) - len(limited["findings"])


def test_settings_name_the_file_beside_them(
    folder: Path, waivers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = folder.parent / "auditor.toml"
    settings.write_text(f'waivers = "{waivers.name}"\n', encoding="utf-8")
    monkeypatch.chdir(folder)
    assert result(folder)[0] == 0
    assert result(folder, "--no-waivers")[0] == 1
    empty = folder.parent / "empty.toml"
    empty.write_text("", encoding="utf-8")
    assert result(folder, "--waivers", str(empty))[0] == 1
    settings.unlink()


def test_a_department_shows_its_own(folder: Path, findings: list[Json], waivers: Path) -> None:
    name = next(each["sheet"]["department"] for each in findings if each["sheet"])
    _, content = result(folder, "--waivers", str(waivers), "--department", name)
    departments = {each["finding"]["sheet"]["department"] for each in content["waived"]}
    assert departments == {name}


def test_a_fault_in_the_file_stops_the_audit(
    folder: Path, findings: list[Json], capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder.parent / "wrong.toml"
    path.write_text(entry(findings[0]) + entry(findings[1], rule="RD001"), encoding="utf-8")
    assert main(["check", str(folder), "--lang", "ja", "--waivers", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "10行目" in captured.err
    assert main(["check", str(folder), "--waivers", str(path), "--no-waivers"]) == 2
    assert "--no-waivers" in capsys.readouterr().err


def test_the_file_is_never_written_over(folder: Path, waivers: Path) -> None:
    before = waivers.read_bytes()
    words = ["--waivers", str(waivers), "--format", "json", "--output", str(waivers)]
    assert main(["check", str(folder), *words]) == 2
    assert waivers.read_bytes() == before


def test_a_delivery_asks_for_no_waived_finding(
    folder: Path, findings: list[Json], waivers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder.parent / "点検結果"
    words = ["--lang", "ja", "--waivers", str(waivers), "--deliver", str(out)]
    assert main(["check", str(folder), *words]) == 0
    assert not [path for path in out.iterdir() if path.is_dir()]
    shown = capsys.readouterr().out
    assert "確認済み（訂正不要）" in shown
    content = json.loads((out / "結果.json").read_text(encoding="utf-8"))
    assert len(content["waived"]) == len(findings)
