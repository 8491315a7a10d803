"""Settings in every command: options win over them, they win over defaults, and faults end a
command before it does anything.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

import auditor_datasets
from auditor.auditing.session import load
from auditor.cli import main as cli
from auditor.cli.main import main
from auditor.readers.json.writing import dump_records
from auditor.records.model import Book
from auditor.settings.listing import settings_in_force
from auditor.tables import to_tables, write_tables
from auditor.testing import book as built

FAULTY = str(auditor_datasets.path("kushiro-r6-faulty"))
CLEAN = str(auditor_datasets.path("kushiro-r6"))
OPERANDS = {
    "check": [CLEAN],
    "read": [CLEAN],
    "totals": [CLEAN],
    "answers": ["answers", "--since", "round"],
    "compare": [CLEAN, CLEAN],
    "freeze": [CLEAN, "--output", "final.json"],
    "unmark": [CLEAN],
    "proof": [CLEAN, "book.pdf"],
    "errata": [CLEAN, CLEAN],
    "explain": ["FND001"],
    "draft-form": [CLEAN],
    "test-rules": ["x.toml"],
    "new-rule": ["CTY001"],
    "new-form": ["mycity"],
    "new-plugin": ["mycity"],
    "why": ["FND001", CLEAN],
    "try": ["total_cost == 1", CLEAN],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, without settings as yet; the locale is English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def settle(folder: Path, text: str) -> None:
    (folder / "auditor.toml").write_text(text, encoding="utf-8")


def json_of(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    main([*words, "--format", "json"])
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    return data


# — which file —


@pytest.mark.parametrize("command", get_args(cli.CommandName))
def test_faults_end_every_command_before_it_starts(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(folder, 'langage = "ja"\n')
    assert main([command, *OPERANDS.get(command, [])]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(
        "auditor: auditor.toml:1:1: there is no setting langage; did you mean language?\n"
        '  1 | langage = "ja"\n'
        "    | ^^^^^^^\n"
    )
    # The language that a faulty file asks for is that of its faults.
    settle(folder, 'language = "ja"\nx = 1\n')
    assert main([command, *OPERANDS.get(command, [])]) == 2
    assert capsys.readouterr().err.startswith("auditor: auditor.toml 2行目 1文字目：「x」という")
    assert main([command, *OPERANDS.get(command, []), "--lang", "en"]) == 2
    assert "there is no setting x" in capsys.readouterr().err


def test_help_and_version_need_no_settings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(folder, "= no TOML")
    for words in (["--version"], ["--help"], ["check", "--help"]):
        assert main(words) == 0
    assert "--settings FILE" in capsys.readouterr().out


def test_a_file_can_be_named_or_done_without(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(folder, 'title = "here"')
    (folder / "other.toml").write_text('title = "there"')

    def title(*words: str) -> object:
        return json_of(capsys, *words)["settings"][0]["value"]

    assert title("settings") == "here"
    assert title("settings", "--settings", "other.toml") == "there"
    assert title("--settings=other.toml", "settings") == "there"
    assert title("settings", "--no-settings") == ""
    assert title("--no-settings", "settings") == ""
    assert main(["settings", "--no-settings", "--settings", "other.toml"]) == 2
    assert "exclude each other" in capsys.readouterr().err
    assert main(["settings", "--settings", "none.toml"]) == 2
    assert capsys.readouterr().err == "auditor: none.toml: can't be read: there is no such file\n"
    assert main(["settings", "--settings"]) == 2
    assert "expected one argument" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('form = "kushiroo"', ":1:8:", "kushiro"),
        ('[rules]\nselect = ["FND", "FND01"]', ":2:18:", "did you mean FND001?"),
        ('rules.ignore = ["ABC"]', ":1:17:", "there is no rule ABC\n"),
        ('[severities]\nBOK03 = "error"', ":2:1:", "did you mean BOK003?"),
        ('[severities]\nqwertyui = "error"', ":2:1:", "there is no rule qwertyui\n"),
        ('[severities]\nBOK003 = "error"\nbok003 = "note"', ":3:1:", "BOK003 is there twice"),
        ('[severities]\nRD001 = "note"', ":2:9:", "can't be lower than error"),
        ('[severities]\nTBL001 = "warning"', ":2:10:", "can't be lower than error"),
    ],
)
def test_names_that_there_are_not_are_faults_with_their_place(
    text: str, place: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(folder, text)
    for command in ("check", "settings", "explain"):
        assert main([command, *OPERANDS.get(command, [])]) == 2
        output = capsys.readouterr()
        assert output.out == ""
        assert f"auditor.toml{place}" in output.err
        assert message in output.err


# — what wins —


def test_options_win_over_settings_and_settings_over_defaults(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(
        folder,
        'language = "ja"\nfail_on = "never"\n[rules]\nselect = ["FND"]\nignore = ["FND005"]\n',
    )
    assert main(["check", FAULTY]) == 0
    assert "点検結果" in capsys.readouterr().out
    assert main(["check", FAULTY, "--fail-on", "error", "--lang", "en"]) == 1
    assert "Audit report" in capsys.readouterr().out

    def rules(*words: str) -> set[str]:
        return {finding["rule"] for finding in json_of(capsys, "check", FAULTY, *words)["findings"]}

    assert {code[:3] for code in rules()} == {"FND"}
    assert {code[:3] for code in rules("--select", "PCC", "--ignore", "PCC002")} == {"PCC"}
    assert len(rules("--no-settings")) > 5
    # The language is that of the settings, also where the arguments are wrong.
    assert main(["check"]) == 2
    assert "引数が足りません" in capsys.readouterr().err


def test_form_worksheets_and_pages_are_those_of_the_settings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(folder, 'form = "hoshimi"\nplugins = ["hoshimi"]')
    example = Path(__file__).parents[2] / "examples" / "sheet-auditor-hoshimi"
    (folder / "hoshimi").symlink_to(example / "sheet_auditor_hoshimi")
    (folder / "below").mkdir()
    report = json_of(capsys, "check", str(example / "hoshimi-2024.json"))
    assert [document["form"] for document in report["documents"]] == ["hoshimi"]
    assert main(["check", CLEAN]) == 2  # another form than the one of the settings
    capsys.readouterr()
    assert main(["check", CLEAN, "--form", "kushiro"]) == 0
    capsys.readouterr()

    settle(folder, 'worksheets = ["!Sheet*"]\npages = "2-"')
    workbook = Path(__file__).parents[1] / "documents" / "workbooks" / "kushiro.xlsx"
    if workbook.exists():
        assert main(["read", str(workbook)]) == 2


def test_plugins_of_both_places_are_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = Path(__file__).parents[2] / "examples" / "sheet-auditor-hoshimi"
    (folder / "inner").mkdir()
    (folder / "inner" / "auditor.toml").write_text('plugins = ["plugged"]')
    (folder / "inner" / "plugged").symlink_to(example / "sheet_auditor_hoshimi")
    main(["plugins", "--settings", "inner/auditor.toml", "--plugin", "nowhere.py"])
    output = capsys.readouterr()
    assert "plugged" in output.out
    assert "nowhere.py" in output.err


# — what is shown —


def test_the_settings_in_force_are_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(
        folder,
        'title = "点検"\napproval = true\n[departments.contacts]\n"観光課" = "内線1"\n'
        "[letter]\ndeadline = 2025-08-22\n",
    )
    assert main(["settings"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Settings file: auditor.toml\n")
    rows = {line.split()[0]: line for line in text.splitlines()[4:] if line[:1] != " "}
    assert {item.key for item in settings_in_force(None)} - {"departments.contacts"} <= {*rows}
    assert re.search(r'title +"点検" +auditor.toml:1', rows["title"])
    assert re.search(r"form +recognised +default", rows["form"])
    assert re.search(r"letter.deadline +2025-08-22 +auditor.toml:6", rows["letter.deadline"])
    assert re.search(r"letter.number +none +default", rows["letter.number"])
    assert main(["settings", "--lang", "ja"]) == 0
    text = capsys.readouterr().out
    assert re.search(r'departments.contacts.観光課 +"内線1" +auditor.toml 4行目', text)
    assert re.search(r"language +ロケールに従う +既定", text)

    listed = json_of(capsys, "settings")
    assert listed["file"] == "auditor.toml"
    by_key = {item["key"]: item for item in listed["settings"]}
    assert by_key["letter.deadline"] == {"key": "letter.deadline", "value": "2025-08-22", "line": 6}
    assert by_key["form"] == {"key": "form", "value": None, "line": None}
    assert json_of(capsys, "settings", "--no-settings")["file"] is None
    assert main(["settings", "--no-settings"]) == 0
    assert capsys.readouterr().out.startswith("There is no settings file")


def test_a_report_says_which_settings_made_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(
        folder,
        'title = "令和6年度"\n[severities]\nBOK003 = "warning"\n'
        '[office]\nname = "財政課"\nrole = "予算担当"\n',
    )
    report = json_of(capsys, "check", FAULTY)
    made_at = datetime.fromisoformat(report["audit"].pop("made_at"))
    assert made_at.tzinfo is not None
    assert report["audit"] == {
        "title": "令和6年度",
        "round": 1,
        "office": "財政課",
        "made_by": "予算担当",
        "settings_file": "auditor.toml",
        "figures": "",
    }
    assert report["severities_changed"] == {"BOK003": "warning"}
    assert str(folder) not in json.dumps(report)
    main(["check", FAULTY])
    text = capsys.readouterr().out
    assert "Settings file: auditor.toml\nSeverities changed: BOK003 note → warning\n" in text
    main(["check", FAULTY, "--lang", "ja", "--format", "markdown"])
    assert "重要度を変更した規則：BOK003 参考 → 要確認" in capsys.readouterr().out
    # The rules are listed and explained as they are in force.
    main(["rules", "--select", "BOK003"])
    assert re.search("BOK003 +warning", capsys.readouterr().out)
    assert json_of(capsys, "explain", "BOK003")[0]["severity"] == "warning"  # type: ignore[index]


@pytest.mark.usefixtures("folder")
def test_a_report_says_when_it_was_made(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def made_at() -> datetime:
        return datetime.fromisoformat(json_of(capsys, "check", FAULTY)["audit"]["made_at"])

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1754289000")
    assert made_at() == datetime(2025, 8, 4, 6, 30, tzinfo=UTC)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    before = datetime.now(UTC).replace(microsecond=0)
    assert before <= made_at() <= datetime.now(UTC)
    for wrong in ("now", "-1", "1.5", "9" * 40):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        assert main(["check", FAULTY, "--lang", "ja"]) == 2
        assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_report_without_settings_names_none(capsys: pytest.CaptureFixture[str]) -> None:
    report = json_of(capsys, "check", FAULTY)
    assert report["audit"]["settings_file"] == ""
    assert report["severities_changed"] == {}
    main(["check", FAULTY])
    assert "Settings file" not in capsys.readouterr().out


# — departments —


def of_departments(*names: str) -> Book:
    """A book whose sheets are of these departments in turn, each with a text to be written yet."""
    records = built(10, 1, load().forms["kushiro"], kpis=2)
    sheets = tuple(
        sheet.model_copy(update={"department": names[number % len(names)], "purpose": "○○○○"})
        for number, sheet in enumerate(records.sheets)
    )
    kpis = tuple(kpi.model_copy(update={"department": names[0]}) for kpi in records.kpis)
    return records.model_copy(update={"sheets": sheets, "kpis": kpis})


SETTLED = """
[departments]
order = ["総務課", "産業課", "観光課"]
[departments.renamed]
"商工課" = "産業課"
"農林 課" = "産業課"
"""


def test_departments_have_their_names_of_today_and_their_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(folder, SETTLED)
    records = of_departments("観光課", "商工課", "新設課", "農林課", "総務課")
    source = folder / "book.json"
    source.write_text(dump_records([records]), encoding="utf-8")
    expected = ["総務課", "産業課", "観光課", "新設課"]

    totals = json.loads(
        run(capsys, "totals", "--by", "department", "--format", "json", str(source))
    )
    assert [total["department"] for total in totals] == expected
    assert sum(total["sheets"] for total in totals) == 10
    read = json.loads(run(capsys, "read", "--format", "json", str(source)))
    assert {kpi["department"] for kpi in read["kpis"]} == {"観光課"}
    assert {sheet["department"] for sheet in read["sheets"]} == {*expected}

    text = run(capsys, "check", "--by", "department", "--totals", str(source), "--lang", "ja")
    assert positions(text, [f"{name}　" for name in expected]) == []
    main(["check", str(source), "--by", "department", "--output-dir", "out"])
    assert {path.stem for path in (folder / "out").iterdir()} == {*expected}
    main(["check", str(source), "--department", "商工"])
    assert f"known: {', '.join(expected)}" in capsys.readouterr().err


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main(words)
    return capsys.readouterr().out


def positions(text: str, names: list[str]) -> list[str]:
    """The names that do not stand in a text in this order, of those that do stand there."""
    places = [text.find(name) for name in names]
    listed = [place for place in places if place >= 0]
    return names if listed != sorted(listed) else []


def test_entries_come_in_the_official_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = of_departments("観光課", "商工課", "新設課", "農林課", "総務課")
    source = folder / "book.json"
    source.write_text(dump_records([records]), "utf-8")

    def departments() -> list[str]:
        causes = json_of(capsys, "check", str(source))["causes"]
        return list(dict.fromkeys(cause["sheet"]["department"] for cause in causes))

    assert departments() == ["観光課", "商工課", "新設課", "農林課", "総務課"]
    settle(folder, SETTLED)
    assert departments() == ["総務課", "産業課", "観光課", "新設課"]
    text = run(capsys, "check", "--by", "department", str(source))
    heads = re.findall("^◆ (\\w+) ", text, re.MULTILINE)
    assert heads == ["総務課", "産業課", "観光課", "新設課"]
    table = run(capsys, "check", "--by", "department", "--format", "csv", str(source))
    assert positions(table, ["総務課", "産業課", "観光課", "新設課"]) == []


def test_tables_are_called_by_the_names_of_today_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = of_departments("商工課", "観光課")
    write_tables(to_tables(records, load().forms), folder / "tables")
    settle(folder, SETTLED)
    causes = json_of(capsys, "check", "tables")["causes"]
    assert {cause["sheet"]["department"] for cause in causes} == {"産業課", "観光課"}
    assert main(["check", "tables", "--engine", "duckdb"]) == 2
    assert "[departments.renamed]" in capsys.readouterr().err
