"""The command: what it prints, writes and refuses, and its exit codes.

Nothing ends in a traceback.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import auditor
import auditor_datasets
from auditor.cli import arguments
from auditor.cli import main as cli
from auditor.cli.commands import check
from auditor.files.names import safe_name
from auditor.records.languages import language

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "rules"), str(ROOT / "datasets")]),
}
CLEAN, FAULTY = (str(auditor_datasets.path(name)) for name in ("kushiro-r6", "kushiro-r6-faulty"))


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def command(*words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "auditor", *words],
        capture_output=True,
        check=False,
        env={**ENVIRONMENT, **more},
    )


def one_line(text: str) -> str:
    assert text.startswith("auditor: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    return text


def test_findings_of_errors_exit_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", FAULTY]) == 1
    output = capsys.readouterr().out
    assert "FND001" in output
    assert "8,300 ≠ 4,000 + 4,030 = 8,030" in output
    assert "difference  +270 thousand yen" in output


def test_clean_figures_exit_with_0_and_never_means_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", CLEAN]) == 0
    assert cli.main(["check", FAULTY, "--fail-on", "never"]) == 0
    assert "What was checked" in capsys.readouterr().out


def test_rules_are_selected_and_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(
            [
                "check",
                FAULTY,
                "--select",
                "FND,pcc001",
                "--ignore",
                "PCC,FND003",
                "--format",
                "json",
            ]
        )
        == 1
    )
    data = json.loads(capsys.readouterr().out)
    assert {finding["rule"] for finding in data["findings"]} == {"FND001"}
    families = {code.rstrip("0123456789") for code in data["summary"]["by_rule"]}
    assert families == {"FND", "RD", "TBL"}  # what could not be read is always reported


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\xff" * 50,
        "これは帳票ではありません".encode("euc-jp"),
        b"just some words\n",
    ],
)
@pytest.mark.parametrize("name", ["check", "read", "totals"])
def test_a_file_that_is_no_document_is_named_and_exits_with_2(
    content: bytes, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "文書.txt"
    file.write_bytes(content)
    assert cli.main([name, str(file), CLEAN, "--lang", "ja"]) == 2
    output = capsys.readouterr()
    assert "文書.txt" in "".join((output.out + output.err).split())
    assert "Traceback" not in output.out + output.err


def test_a_missing_file_does_not_keep_the_others_from_being_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["check", "nowhere.txt", FAULTY, "--format", "json"]) == 2
    data = json.loads(capsys.readouterr().out)
    assert data["exit_code"] == 2
    assert data["not_checked"][0]["document"] == "nowhere.txt"
    assert data["findings"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check", CLEAN, "--select", "FND01"], "there is no rule FND01"),
        (["check", CLEAN, "--form", "nowhere"], "there is no form"),
        (["check", CLEAN, "--format", "nothing"], "there is no format nothing"),
        (["check", CLEAN, "--department", "nobody"], "no department is called 'nobody'; known: "),
        (["check", CLEAN, "--output", CLEAN], "is one of the input files"),
        (["check", CLEAN, "--output", str(ROOT)], "is a folder"),
        (
            ["check", CLEAN, "--output", str(ROOT / "no" / "such" / "folder.txt")],
            "can't be written",
        ),
        (["check", CLEAN, "--output-dir", "x"], "--output-dir needs --by department"),
        (["check", CLEAN, "--select", ","], "--select names no rule"),
        (["explain", "nothing-like-it"], "there is no rule nothing-like-it"),
        (["check"], "the following arguments are required: FILE"),
        (["check", CLEAN, "--fail-on", "sometimes"], "invalid choice"),
        (["chekc"], "invalid choice"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_can_not_be_done_is_refused_in_one_line(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path(CLEAN).read_bytes()
    assert cli.main(words) == 2
    assert message in one_line(capsys.readouterr().err)
    assert Path(CLEAN).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check"], "引数が足りません：ファイル"),
        (["check", CLEAN, "--form", "nowhere"], "「nowhere」という様式はありません"),
        (["check", CLEAN, "--fail-on", "x"], "に「x」は指定できません"),
        (["check", CLEAN, "--what"], "使えない引数です：--what"),
        (["check", CLEAN, "--output"], "--output には値が必要です"),
        (["check", CLEAN, "--department", "税務課"], "「税務課」を含む所管課・室はありません"),
    ],
)
def test_refusals_speak_japanese(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*words, "--lang=ja"]) == 2
    assert message in one_line(capsys.readouterr().err)


def test_output_appears_whole_with_plain_permissions_and_replaces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    assert cli.main(["check", FAULTY, "--format", "json", "--output", str(target)]) == 1
    assert json.loads(target.read_text(encoding="utf-8"))["exit_code"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert stat.S_IMODE(target.stat().st_mode) & stat.S_IRUSR
    output = capsys.readouterr()
    assert not output.out
    assert "findings" in output.err


def test_output_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    assert cli.main(["check", CLEAN, "--output", str(target)]) == 2
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.txt"]


def test_output_is_never_written_over_an_input_by_another_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, link = tmp_path / "given.json", tmp_path / "link.json"
    source.write_bytes(Path(CLEAN).read_bytes())
    link.symlink_to(source)
    assert cli.main(["check", str(source), "--output", str(link)]) == 2
    assert "input" in one_line(capsys.readouterr().err)
    assert source.read_bytes() == Path(CLEAN).read_bytes()


def test_a_file_for_each_department(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "reports"
    words = [
        "check",
        FAULTY,
        "--by",
        "department",
        "--output-dir",
        str(folder),
        "--lang",
        "ja",
        "--format",
        "markdown",
    ]
    assert cli.main(words) == 1
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) > 2
    assert all(name.endswith(".md") for name in names)
    assert "総務部総務課.md" in names
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    assert cli.main(["check", FAULTY, "--format", "json"]) == 1
    causes = json.loads(capsys.readouterr().out)["causes"]
    assert sum(text.count("**対応：**") for text in texts) == len(causes)

    contents = {path: path.read_bytes() for path in folder.iterdir()}
    next(iter(contents)).write_text("mine")
    assert cli.main(words) == 2
    assert next(iter(contents)).read_text() == "mine"
    assert "--force" in one_line(capsys.readouterr().err)
    assert cli.main([*words, "--force"]) == 1
    assert {path: path.read_bytes() for path in folder.iterdir()} == contents


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("総務部/総務課", "総務部_総務課"),
        ("../..", "_"),
        ("", "none"),
        ("CON", "_CON"),
        ("a\x00b\n", "a_b"),
        ("税" * 200, "税" * 50),
    ],
)
def test_file_names_are_safe_on_every_system(text: str, name: str) -> None:
    assert safe_name(text, set(), "none") == name


def test_file_names_that_differ_in_case_alone_stay_apart() -> None:
    taken: set[str] = set()
    assert [safe_name(text, taken, "none") for text in ("DX", "dx", "DX")] == ["DX", "dx-2", "DX-3"]


def test_a_departments_file_lists_its_own_documents_and_counts(tmp_path: Path) -> None:
    """Nothing of other departments stands in it but what could not be checked."""
    (tmp_path / "in").mkdir()
    sheets = auditor.read(FAULTY).sheets
    departments = {sheet.department for sheet in sheets}
    assert len(departments) > 2
    for number, name in enumerate(sorted(departments)):
        records = [
            sheet.model_copy(update={"document": f"{number}.json"}).model_dump(mode="json")
            for sheet in sheets
            if sheet.department == name
        ]
        file = tmp_path / "in" / f"{number}.json"
        file.write_text(json.dumps({"sheets": records}, ensure_ascii=False), encoding="utf-8")
    folder = tmp_path / "out"
    words = ["check", str(tmp_path / "in"), "--by", "department", "--output-dir", str(folder)]
    assert cli.main([*words, "--lang", "ja", "--form", "kushiro"]) in (1, 2)
    for number, name in enumerate(sorted(departments)):
        text = (folder / f"{name}.txt").read_text(encoding="utf-8")
        listed = text.partition("■ 点検したもの")[2].partition("点検全体の")[0]
        assert re.findall(r"([0-9]+)\.json", listed) == [str(number)]
        findings = len(re.findall(r"^[0-9]+\. ［", text, re.MULTILINE))
        notes = len(re.findall(r"^[0-9]+\. ［参考］", text, re.MULTILINE))
        conclusion = "".join(text.split())
        if findings:
            entries = f"この所管課・室の訂正または確認が必要な箇所が{findings - notes}件"
            assert entries in conclusion or f"この所管課・室の指摘が{findings}件" in conclusion
            assert not notes or f"参考が{notes}件" in conclusion or f"参考{notes}件" in conclusion
        else:
            assert "この所管課・室の不一致は見つかりませんでした" in conclusion


def test_an_indicator_has_the_department_of_its_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table of indicators names no department: the sheet of the same project lends its own, so
    that somebody gets the finding; without a sheet, nobody is named.
    """
    kpis = [
        {"number": number, "project": project, "name": "社数", "target": {"printed": "2"}}
        | {"actuals": {str(year): {"printed": "1"} for year in (2022, 2023, 2024)}}
        for number, project in ((1, "ＤＸ推進事業"), (2, "別の事業"))
    ]
    sheets = [{"number": 1, "name": "DX推進事業", "department": "企画課", "fiscal_year": 2024}]
    file = tmp_path / "records.json"
    file.write_text(json.dumps({"sheets": sheets, "kpis": kpis}), encoding="utf-8")
    words = ["check", str(file), "--form", "kushiro", "--select", "KPI", "--format", "json"]
    cli.main(words)
    report = json.loads(capsys.readouterr().out)
    owners = {
        (finding["kpi"]["number"], finding["kpi"]["department"]) for finding in report["findings"]
    }
    assert owners == {(1, "企画課"), (2, "")}
    assert {(cause["kpi"]["number"], cause["kpi"]["department"]) for cause in report["causes"]} == (
        owners
    )
    assert [kpi["department"] for kpi in report["kpis"]] == ["企画課", ""]
    cli.main([*words, "--department", "企画課"])
    report = json.loads(capsys.readouterr().out)
    assert {finding["kpi"]["number"] for finding in report["findings"]} == {1}


def test_findings_are_narrowed_to_departments_and_that_is_reported(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cli.main(
        ["check", FAULTY, "--format", "json", "--department", "ｽﾎﾟｰﾂ", "--department", "総務課"]
    )
    assert "known" in capsys.readouterr().err
    cli.main(["check", FAULTY, "--format", "json", "--department", "総務部 総務課"])
    data = json.loads(capsys.readouterr().out)
    assert {finding["sheet"]["department"] for finding in data["findings"]} <= {"総務部総務課"}
    assert data["narrowed"]["hidden_findings"] > 0


def test_read_gives_records_that_can_be_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["read", CLEAN, "--format", "json"]) == 0
    file = tmp_path / "again.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert auditor.read(file).sheets[0].years == auditor.read(CLEAN).sheets[0].years


def test_read_shows_people_every_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["read", CLEAN, "--lang", "ja"]) == 0
    output = capsys.readouterr().out
    for sheet in auditor.read(CLEAN).sheets:
        assert f"シート{sheet.number}「" in output
    assert "令和６年度" in output


def test_totals_are_those_of_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["totals", CLEAN, "--format", "json"]) == 0
    (book,) = json.loads(capsys.readouterr().out)
    values = {(total["field"], total["year"]): total["value"] for total in book["totals"]}
    sheets = auditor.read(CLEAN).sheets
    figures = [sheet.years["2024"].total_cost for sheet in sheets]
    assert values["total_cost", "2024"] == str(
        sum(figure.value for figure in figures if figure and figure.value is not None)
    )


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)
    for rule in rules:
        for lang in ("ja", "en"):
            assert cli.main(["explain", rule["code"], "--lang", lang]) == 0
            page = capsys.readouterr().out
            assert page.startswith(f"{rule['code']} ")
            assert "".join(rule["why"][lang].split()) in "".join(page.split())
    assert cli.main(["explain", "funding-sum-mismatch", "--lang", "ja"]) == 0
    by_name = capsys.readouterr().out
    assert cli.main(["explain", "fnd001", "--lang", "ja"]) == 0
    assert "不一致" in by_name
    assert by_name.splitlines()[0] == capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_demo_shows_findings_and_exits_with_0(
    lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "--lang", lang]) == 0
    assert "FND001" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", ["", *get_args(cli.CommandName)])
def test_every_command_has_help_in_both_languages(
    name: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*filter(None, [name]), "--lang", lang, "--help"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("使い方：auditor" if lang == "ja" else "usage: auditor")
    assert ("options:" in output) == (lang == "en")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"auditor {auditor.__version__}\n"


@pytest.mark.parametrize(
    ("environment", "windows", "lang"),
    [
        ({"LANG": "ja_JP.UTF-8"}, None, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, None, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "ja", "LANG": "en_US"}, None, "ja"),
        ({}, None, "en"),
        ({}, 0x0411, "ja"),
        ({}, 0x0409, "en"),
        ({"LANG": "en_US.UTF-8"}, 0x0411, "en"),
    ],
)
def test_language_follows_the_locale(
    environment: dict[str, str], windows: int | None, lang: str
) -> None:
    assert language(environment, windows) == lang


def test_language_of_the_command_line_comes_first() -> None:
    assert arguments.wanted_language(["check", "--lang", "ja", "x"]) == "ja"
    assert arguments.wanted_language(["check", "--lang=ja"]) == "ja"
    assert arguments.wanted_language([]) == "en"


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "latin-1", "utf-8"])
def test_terminals_of_any_encoding_get_the_report(encoding: str) -> None:
    process = command("check", FAULTY, "--lang", "ja", PYTHONIOENCODING=encoding)
    assert process.returncode == 1
    assert not process.stderr
    text = process.stdout.decode(encoding)
    assert ("8,300 != 4,000" if encoding in ("ascii", "latin-1") else "8,300 ≠ 4,000") in text
    assert ("指摘事項" in text) == (encoding in ("cp932", "utf-8"))


@pytest.mark.parametrize("encoding", ["ascii", "cp932"])
def test_programs_get_utf_8_whatever_the_encoding_of_the_terminal(encoding: str) -> None:
    process = command("check", FAULTY, "--format", "json", PYTHONIOENCODING=encoding)
    assert (
        json.loads(process.stdout.decode("utf-8"))["findings"][0]["sheet"]["department"]
        == "総合政策部市民協働推進課"
    )


def test_csv_has_a_byte_order_mark_and_lines_of_crlf() -> None:
    process = command("check", FAULTY, "--format", "csv", "--lang", "ja")
    assert process.stdout.startswith("\ufeff番号,区分,規則".encode())
    assert process.stdout.count(b"\r\n") == process.stdout.count(b"\n") > 5


def test_a_reader_that_goes_away_is_one_line_and_no_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "auditor", "read", CLEAN, FAULTY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        message = process.stderr.read().decode()
        process.wait()
    assert process.returncode == 2
    assert "went away" in one_line(message)


def test_interruption_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "session_of", interrupted)
    assert cli.main(["check", CLEAN]) == 2
    assert one_line(capsys.readouterr().err) == "auditor: interrupted\n"


def test_a_fault_of_the_program_is_one_line_and_developers_can_see_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError("by\nnothing")

    monkeypatch.setattr(check, "session_of", broken)
    assert cli.main(["check", CLEAN]) == 2
    assert "internal error: ZeroDivisionError: by nothing" in one_line(capsys.readouterr().err)
    monkeypatch.setenv("AUDITOR_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main(["check", CLEAN])


def modules_after(*words: str) -> set[str]:
    """The modules that a new process has loaded when the command is done."""
    code = (
        f"import sys; from auditor.cli.main import main; main({list(words)!r}); print(*sys.modules)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    return set(process.stdout.splitlines()[-1].split())


def test_a_page_of_a_shipped_rule_waits_for_no_engine() -> None:
    modules = modules_after("explain", "FND001")
    assert "auditor.reports.rule_pages" in modules
    assert "auditor.cli.commands.explain" in modules
    slow = {
        "pydantic",
        "polars",
        "pandera",
        "tabulate",
        "auditor.auditing.session",
        "auditor.readers.documents",
        "auditor.cli.commands.check",
    }
    assert not slow & modules


def test_checking_documents_loads_no_data_frames() -> None:
    frames = {"polars", "pandera", "narwhals", "pandas", "numpy"}
    assert not frames & modules_after("check", CLEAN)


def test_ignoring_every_selected_rule_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", CLEAN, "--select", "FND", "--ignore", "FND"]) == 2
    assert one_line(capsys.readouterr().err) == "auditor: --ignore leaves no rule to check\n"


def test_an_empty_name_is_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", ""]) == 2
    assert one_line(capsys.readouterr().err) == "auditor: the name of a file is empty\n"


def test_rule_files_that_are_not_there_have_no_results(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["test-rules", "nowhere"]) == 2
    assert capsys.readouterr().out == ""


def test_why_nothing_could_be_written_is_reported_in_japanese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        cli.main(["check", CLEAN, "--lang", "ja", "--output", str(tmp_path / "nowhere" / "x.txt")])
        == 2
    )
    assert "フォルダーがありません" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("fault", [SystemExit(0), GeneratorExit(), BaseException("x")])
def test_only_the_parser_may_end_the_command(
    fault: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: object) -> int:
        raise fault

    monkeypatch.setattr(check, "run", run)
    assert cli.main(["check", CLEAN]) == 2
    assert type(fault).__name__ in one_line(capsys.readouterr().err)


def test_a_program_without_a_standard_output_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """As under ``pythonw``, or in a scheduled task."""
    monkeypatch.setattr(sys, "stdout", None)
    assert cli.main(["check", CLEAN]) == 2
    assert "--output" in one_line(capsys.readouterr().err)
    assert cli.main(["check", CLEAN, "--output", str(tmp_path / "report.txt")]) == 0
