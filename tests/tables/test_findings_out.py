"""Many findings: a limit on those that are listed changes no count, and the file of findings
holds every one.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import auditor
import auditor_datasets
from auditor.auditing.departments import of_departments
from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions, Progress
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.cli.main import main
from auditor.files.atomic import UnwritableFile
from auditor.records.decimals import plain_digits
from auditor.records.fields import TableName
from auditor.records.model import Book, Document, Remark
from auditor.reports.csv_table import CsvReport
from auditor.reports.findings import conclusion, statistics_table
from auditor.reports.json_report import JsonReport
from auditor.reports.markdown import MarkdownReport
from auditor.reports.terminal import TerminalReport
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import READING_FAMILIES, RuleSet
from auditor.suspects import explaining
from auditor.suspects.explanation import Explanation
from auditor.tables import findings as rows_of_findings
from auditor.tables import to_tables, write_tables
from auditor.tables.findings import FINDINGS, FindingFile, finding_frame
from auditor.testing import book as built

SESSION = load()
(FAULTY,) = auditor_datasets.load("kushiro-r6-faulty")
FAULTY_PATH = str(auditor_datasets.path("kushiro-r6-faulty"))
KINDS = ("parquet", "jsonl", "csv")


def spread(papers: list[str], name: str = "") -> Book:
    """The faulty book with its sheets in several documents, the first of which its reader
    remarked something on.
    """
    sheets = tuple(
        sheet.model_copy(update={"document": paper, "number": number})
        for number, (sheet, paper) in enumerate(zip(FAULTY.sheets, papers, strict=False), 1)
    )
    remark = Remark(rule="RD001", sheet=1, printed="1,00")
    documents = tuple(
        Document(
            path=path,
            form=FAULTY.form,
            fiscal_year=FAULTY.fiscal_year,
            remarks=() if place else (remark, remark),
        )
        for place, path in enumerate(dict.fromkeys(papers))
    )
    return Book(
        name=name,
        form=FAULTY.form,
        fiscal_year=FAULTY.fiscal_year,
        documents=documents,
        sheets=sheets,
    )


def audited(books: list[Book], **more: object) -> Report:
    return audit(books, SESSION.rules, SESSION.forms, AuditOptions(**more))  # type: ignore[arg-type]


def read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".jsonl":
        return pl.DataFrame(
            [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()],
            schema=FINDINGS,
        )
    return pl.read_csv(path, schema=FINDINGS)


documents = st.lists(st.sampled_from(["甲.txt", "b.txt", "c.txt"]), min_size=4, max_size=6)


def project_of(finding: Finding) -> str | None:
    if finding.sheet is not None:
        return finding.sheet.name or None
    return (finding.kpi.project or None) if finding.kpi is not None else None


def assert_limited(limited: Report, whole: Report, most: int) -> None:
    """A limited report has the causes of the first findings, each of them whole."""
    first = {finding.id for finding in whole.findings[:most]}
    causes = [cause for cause in whole.causes if first.intersection(cause.findings)]
    assert sorted(limited.causes, key=repr) == sorted(causes, key=repr)
    ids = set(chain.from_iterable(cause.findings for cause in causes))
    assert limited.findings == tuple(item for item in whole.findings if item.id in ids)
    assert limited.unlisted == len(whole.findings) - len(limited.findings)


@settings(max_examples=20)
@given(
    papers=st.lists(documents, min_size=1, max_size=2),
    most=st.one_of(st.integers(0, 45), st.just(10**9)),
    batch=st.integers(1, 9),
)
def test_a_limit_lists_the_first_findings_and_changes_nothing_else(
    papers: list[list[str]], most: int, batch: int
) -> None:
    books = [spread(of, name) for of, name in zip(papers, ("", "second"), strict=False)]
    whole = audited(books)
    with patch("auditor.auditing.collector._BATCH", batch):
        limited = audited(books, max_findings=most)
    assert_limited(limited, whole, most)
    unchanged = (
        "documents",
        "not_checked",
        "outcomes",
        "counts",
        "rule_counts",
        "kpis",
        "exit_code",
        "by_severity",
    )
    for name in unchanged:
        assert getattr(limited, name) == getattr(whole, name), name
    assert {severity: count for severity, count in limited.by_severity.items() if count} == Counter(
        f.severity for f in whole.findings
    )
    context = ReportContext(lang="en", rules=SESSION.rules)
    assert conclusion(limited, Wording("ja"))
    _, of_limited, _ = statistics_table(limited, context, Wording("en"))
    _, of_whole, _ = statistics_table(whole, context, Wording("en"))
    assert [row[-8:] for row in of_limited] == [row[-8:] for row in of_whole]


@settings(max_examples=10)
@given(papers=documents, most=st.integers(0, 30))
def test_departments_are_narrowed_before_the_limit(papers: list[str], most: int) -> None:
    whole = audited([spread(papers)])
    department = whole.findings[-1].sheet.department if whole.findings[-1].sheet else ""
    shown = of_departments(whole, {department})
    assert {severity: count for severity, count in shown.counts.items() if count} == Counter(
        finding.severity for finding in shown.findings
    )
    assert {code: count for code, count in shown.rule_counts.items() if count} == Counter(
        finding.rule for finding in shown.findings
    )
    limited = shown.limited(most)
    assert (limited.counts, limited.exit_code) == (shown.counts, shown.exit_code)
    assert_limited(limited, shown, most)
    if limited.unlisted:
        with pytest.raises(ValueError, match="narrowed first"):
            of_departments(limited, {department})


def test_what_is_not_listed_is_not_searched_for_suspects() -> None:
    searched: list[int] = []

    def counting(
        _: Rows, __: RuleSet, failed: Sequence[tuple[Finding, Rule, Row]], ___: Progress | None
    ) -> tuple[list[Explanation], list[explaining.Failure]]:
        searched.append(len(failed))
        return [], []

    with patch.object(explaining, "explained", counting):
        audited([FAULTY], max_findings=0)
        assert searched == []
        audited([FAULTY], max_findings=1)
    of_first = [
        finding
        for finding in audited([FAULTY]).findings
        if finding.sheet and finding.sheet.number == 1
    ]
    assert searched == [sum(finding.severity != "note" for finding in of_first)]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    "form",
    [TerminalReport(), MarkdownReport(), CsvReport(), JsonReport()],
    ids=lambda form: form.name,
)
def test_every_report_says_what_it_does_not_list(form: TerminalReport, lang: str) -> None:
    report = audited([FAULTY], max_findings=3)
    listed = len(report.findings)
    context = ReportContext(lang="ja" if lang == "ja" else "en", rules=SESSION.rules, width=1000)
    text = form.render(report, context)
    whole = form.render(audited([FAULTY]), context)
    total = len(report.findings) + report.unlisted
    if form.name == "json":
        assert json.loads(text)["summary"]["unlisted"] == total - listed
        assert json.loads(whole)["summary"]["unlisted"] == 0
        assert (
            json.loads(text)["summary"]["by_severity"]
            == json.loads(whole)["summary"]["by_severity"]
        )
        return
    said = (
        f"{listed} of {total} findings are listed"
        if lang == "en"
        else f"指摘{total}件のうち{listed}件を掲載しています"
    )
    assert said in text
    assert "max" in text
    assert said not in whole
    assert "--findings" not in whole.replace("\\", "")


# --- the file


@settings(max_examples=10)
@given(papers=documents, most=st.sampled_from([None, 0, 2]), held=st.sampled_from([1, 7, 100_000]))
def test_the_file_holds_every_finding_whatever_is_listed(
    papers: list[str], most: int | None, held: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("findings")
    books = [spread(papers), spread(papers[:2], "second")]
    whole = audited(books)
    frames: list[pl.DataFrame] = []
    for kind in KINDS:
        with (
            patch.object(rows_of_findings, "_HELD", held),
            FindingFile(folder / f"found.{kind}") as file,
        ):
            audited(books, max_findings=most, findings=file)
        assert file.rows == len(whole.findings)
        frames.append(read(folder / f"found.{kind}"))
        assert frames[-1].schema == FINDINGS
        assert frames[-1].equals(frames[0])
    told = Counter(
        (
            f.rule,
            f.severity,
            f.document,
            f.sheet.number if f.sheet else None,
            (f.sheet.department if f.sheet else "") or None,
            project_of(f),
            f.year,
            written(f.expected),
            written(f.actual),
            written(f.difference),
            f.unit or None,
        )
        for f in whole.findings
    )
    wanted = (
        "rule",
        "severity",
        "document",
        "sheet",
        "department",
        "project",
        "year",
        "expected",
        "actual",
        "difference",
        "unit",
    )
    assert Counter(frames[0].select(wanted).iter_rows()) == told
    assert set(frames[0]["book"]) == {"kushiro-2024", "second"}
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"found.{kind}" for kind in KINDS
    )


@pytest.mark.parametrize("kind", KINDS)
def test_texts_of_every_kind_come_back(kind: str, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "rule": ["FND001"] * 4,
            "severity": ["error"] * 4,
            "book": ['a,"b"', "行1\n行2", "=1+1", "△"],
            "document": [None, "x", " ", "\t"],
            "sheet": [1, None, 10**12, 2],
            "kpi": [None, 3, None, None],
            "department": ["総務課", None, None, ","],
            "project": [None, "事業", '"', "a\nb"],
            "year": ["2024", None, "2024-budgeted", "x"],
            "expected": [None, "1" + "0" * 40 + ".10", "-0.5", "007"],
            "actual": ["1", "2", "3", "4"],
            "difference": ["1", "2", "3", "4"],
            "unit": ["千円", None, "%", "円"],
        },
        schema=FINDINGS,
    )
    with FindingFile(tmp_path / f"found.{kind}") as file:
        file.write(frame.head(1))
        file.write(frame.tail(3).select(reversed(frame.columns)))
    assert read(tmp_path / f"found.{kind}").equals(frame)


@pytest.mark.parametrize("kind", KINDS)
def test_no_finding_is_a_file_without_rows(kind: str, tmp_path: Path) -> None:
    with FindingFile(tmp_path / f"found.{kind}") as file:
        pass
    assert file.rows == 0
    assert (tmp_path / f"found.{kind}").exists()
    assert read(tmp_path / f"found.{kind}").equals(pl.DataFrame(schema=FINDINGS))


def test_a_path_that_is_no_text_is_kept_as_far_as_files_can() -> None:
    finding = audited([FAULTY]).findings[0].model_copy(update={"document": "a\udcff.txt"})
    assert finding_frame([finding], "b")["document"].to_list() == ["a\\udcff.txt"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_fails_leaves_what_was_there(kind: str, tmp_path: Path) -> None:
    target = tmp_path / f"found.{kind}"
    target.write_text("old")
    frame = finding_frame(audited([FAULTY]).findings, "b")

    def fail(file: FindingFile) -> None:
        file.write(frame)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), FindingFile(target) as file:
        fail(file)
    assert target.read_text() == "old"
    with FindingFile(target) as file:
        file.write(frame)
        assert target.read_text() == "old"
    assert read(target).height == frame.height
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_the_permissions_of_a_file_that_is_replaced_stay(tmp_path: Path) -> None:
    target = tmp_path / "found.csv"
    target.write_text("old")
    target.chmod(0o640)
    with FindingFile(target):
        pass
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys; from auditor.cli.main import main; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200));"
        "print([main(['check', sys.argv[1], '--lang', 'en', '--findings', target]) for target in sys.argv[2:]])"
    )
    targets = [str(tmp_path / f"found.{kind}") for kind in KINDS]
    root = Path(__file__).resolve().parents[2]
    paths = os.pathsep.join(str(root / part) for part in (".", "rules", "datasets"))
    done = subprocess.run(
        [sys.executable, "-c", script, FAULTY_PATH, *targets],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.stdout == "[2, 2, 2]\n"
    said = [line for line in done.stderr.splitlines() if line.startswith("auditor:")]
    assert said == [f"auditor: {target} can't be written: File too large" for target in targets]
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


# --- the command


def test_the_command_writes_all_and_lists_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "found.csv"
    assert (
        main(
            [
                "check",
                FAULTY_PATH,
                "--max-findings",
                "2",
                "--format",
                "json",
                "--findings",
                str(target),
            ]
        )
        == 1
    )
    data = json.loads(capsys.readouterr().out)
    listed = len(data["findings"])
    assert listed >= 2
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert (
        len(rows)
        == sum(data["summary"]["by_severity"].values())
        == data["summary"]["unlisted"] + listed
    )
    assert Counter(row["rule"] for row in rows) == Counter(
        {
            code: counts["fail"]
            for code, counts in data["summary"]["by_rule"].items()
            if counts["fail"]
        }
    )


def test_departments_list_their_own_first_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = FAULTY.sheets[-1]
    assert main(
        [
            "check",
            FAULTY_PATH,
            "--department",
            sheet.department,
            "--max-findings",
            "1",
            "--format",
            "json",
        ]
    ) in (0, 1)
    data = json.loads(capsys.readouterr().out)
    assert {finding["sheet"]["department"] for finding in data["findings"]} == {sheet.department}
    assert len(data["causes"]) == 1
    assert (
        main(
            [
                "check",
                FAULTY_PATH,
                "--by",
                "department",
                "--max-findings",
                "1",
                "--format",
                "json",
                "--output-dir",
                str(tmp_path),
            ]
        )
        == 1
    )
    split = [json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()]
    assert all(
        len(part["causes"]) == min(1, sum(part["summary"]["by_severity"].values()))
        for part in split
    )
    assert sum(sum(part["summary"]["by_severity"].values()) for part in split) == len(
        audited([FAULTY]).findings
    )


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["check", FAULTY_PATH, *words]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("auditor: ")
    assert shown.err.count("\n") == 1
    return shown.err


@pytest.mark.parametrize(
    ("name", "en", "ja"),
    [
        (
            "found.txt",
            "ends in .parquet, .jsonl, .csv",
            "拡張子は .parquet、.jsonl、.csv のいずれか",
        ),
        ("found", "ends in .parquet", "拡張子は"),
        ("none/found.csv", "can't be written: No such file or directory", "フォルダーがありません"),
        ("folder.csv", "is no file; name another", "別の名前を指定してください"),
        ("inside/found.csv", "is one of the input files", "は入力ファイルです。上書きしません"),
        ("inside/new.csv", "lies in it", "その中のファイルです"),
        ("link.csv", "is one of the input files", "は入力ファイルです。上書きしません"),
        (
            "report.csv",
            "both would be written to",
            "の書き出し先が同じです",
        ),
    ],
)
def test_hostile_targets_are_refused_in_one_line(
    name: str, en: str, ja: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "inside").mkdir()
    there = tmp_path / "inside" / "found.csv"
    there.write_text("kept")
    (tmp_path / "link.csv").symlink_to(there)
    words = [
        str(tmp_path / "inside"),
        "--findings",
        str(tmp_path / name),
        "--output",
        str(tmp_path / "report.csv"),
    ]
    for lang, said in (("en", en), ("ja", ja)):
        assert said in refused([*words, "--lang", lang], capsys)
    assert there.read_text() == "kept"
    assert not (tmp_path / "report.csv").exists()
    assert not list(tmp_path.rglob(".auditor-*"))


def test_the_document_itself_is_no_target(tmp_path: Path) -> None:
    document = tmp_path / "kpi.csv"
    document.write_text("kept")
    hard = tmp_path / "hard.csv"
    hard.hardlink_to(document)
    for target in (document, hard):
        with pytest.raises(UnwritableFile, match="is the input"):
            FindingFile(target, [document])


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "", "１", "10000000000", "9" * 5000])
def test_a_limit_is_a_number(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "a number from 0 to 1000000000 was expected" in refused(
        [f"--max-findings={number}", "--lang", "en"], capsys
    )
    assert "--max-findings には 0 から 1000000000 までの数を" in refused(
        [f"--max-findings={number}", "--lang", "ja"], capsys
    )


# --- tables


def written(value: Any) -> Any:
    """What stands in a row for a value of a finding."""
    return plain_digits(value) if isinstance(value, Decimal) else value


def sound_tables(books: int) -> dict[TableName, pl.DataFrame]:
    """Tables of which columns alone tell the findings: most totals are a thousand yen off."""
    form = SESSION.forms["kushiro"]
    made = [
        built(4, number, form, kpis=0).model_copy(update={"name": f"book {number}"})
        for number in range(books)
    ]
    frames = to_tables(made, SESSION.forms).frames
    total = pl.col("total_cost")
    frames["years"] = frames["years"].with_columns(
        pl.when(total > 0).then(total + 1000).otherwise(total).alias("total_cost")
    )
    return frames


@settings(max_examples=6)
@given(
    papers=st.lists(documents, min_size=1, max_size=3),
    most=st.integers(0, 40),
    named=st.booleans(),
    sound=st.booleans(),
    select=st.sampled_from([["FND001", "PCC002"], ["FND001", "BOK001", "RD001"]]),
)
def test_a_limit_on_findings_of_tables_lists_the_first_too(
    papers: list[list[str]],
    most: int,
    named: bool,
    sound: bool,
    select: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    frames = to_tables(
        [spread(of, f"book {number}") for number, of in enumerate(papers)], SESSION.forms
    ).frames
    frames = sound_tables(len(papers)) if sound else frames
    if not named:  # then all books are of one document
        frames = {
            name: frame.drop("document", strict=False)
            for name, frame in frames.items()
            if name != "documents"
        }
    rules = SESSION.rules.select(select)
    whole = audit_tables(frames, rules, SESSION.forms)
    with FindingFile(tmp_path_factory.mktemp("found") / "found.jsonl") as file:
        limited = audit_tables(
            frames, rules, SESSION.forms, AuditOptions(max_findings=most, findings=file)
        )
    assert whole.counts["error"] > (3 * len(papers) if sound else 0)
    assert_limited(limited, whole, most)
    for name in ("documents", "not_checked", "outcomes", "counts", "rule_counts", "exit_code"):
        assert getattr(limited, name) == getattr(whole, name), name
    rows = read(file.path)
    told = ("rule", "severity", "expected", "actual", "difference", "department", "project")
    wanted = [
        (
            *(written(getattr(finding, name)) for name in told[:5]),
            (finding.sheet.department if finding.sheet else "") or None,
            project_of(finding),
        )
        for finding in whole.findings
    ]
    assert Counter(rows.select(told).iter_rows()) == Counter(wanted)
    assert (
        rows.drop_nulls("sheet").join(frames["sheets"], on=["book", "sheet"], how="anti").height
        == 0
    )


# --- the public functions


def test_the_public_functions_take_a_limit_and_a_file(tmp_path: Path) -> None:
    report = auditor.audit(FAULTY, max_findings=1, findings=tmp_path / "found.parquet")
    assert len(report.causes) == 1
    assert report.unlisted == read(tmp_path / "found.parquet").height - len(report.findings)
    tables = to_tables(FAULTY, SESSION.forms)
    for tidy in (tables.frames, write_tables(tables, tmp_path / "data")[0].parent):
        of_tables = auditor.audit_tables(
            tidy, ["FND", "PCC"], max_findings=2, findings=str(tmp_path / "tables.parquet")
        )
        of_records = auditor.audit(FAULTY, ["FND", "PCC"])
        for code, count in of_records.rule_counts.items():
            if not code.startswith(READING_FAMILIES):
                assert of_tables.rule_counts[code] == count
        assert 1 <= len(of_tables.causes) <= 2 <= len(of_tables.findings)
        found = read(tmp_path / "tables.parquet")
        assert Counter(found["rule"]) == {
            code: count for code, count in of_tables.rule_counts.items() if count
        }
        assert Counter(found["severity"]) == {
            severity: count for severity, count in of_tables.counts.items() if count
        }


def test_the_public_functions_write_over_no_input(tmp_path: Path) -> None:
    (path,) = {
        file.parent for file in write_tables(to_tables(FAULTY, SESSION.forms), tmp_path / "data")
    }
    with pytest.raises(UnwritableFile, match="is the input"):
        auditor.audit_tables(path, ["FND"], findings=path / "years.parquet")
    document = tmp_path / "sheets.csv"
    with pytest.raises(UnwritableFile, match="is the input"):
        auditor.audit(spread([str(document)] * 4), ["FND"], findings=document)
