"""A baseline: only what is new fails; what is known is shown, what is gone is counted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.baseline import hold_against
from auditor.auditing.departments import departments, of_departments
from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.records.model import Book
from auditor.reports.earlier import earlier_round
from auditor.reports.entries import entries
from auditor.reports.json_report import JsonReport
from auditor.testing.build import RandomChooser, book
from auditor_rules.corruptions import CORRUPTIONS, corrupt
from tests.documents.folder.making import made, written

SESSION = load()
FORM = SESSION.forms["kushiro"]
CONTEXT = ReportContext(lang="ja", rules=SESSION.rules, forms=SESSION.forms)


def audited(wrong: Book) -> Report:
    return audit([wrong], SESSION.rules, SESSION.forms, AuditOptions(fail_on="note"))


def against(today: Report, earlier: Report, folder: Path) -> Report:
    path = folder / "findings.json"
    path.write_text(JsonReport().render(earlier, CONTEXT), encoding="utf-8")
    return hold_against(today, earlier_round(path))


def keys(report: Report) -> Counter[tuple[str, str, str]]:
    return Counter((each.rule, each.place, each.values) for each in report.findings)


@given(
    seed=st.integers(0, 20),
    kinds=st.lists(st.sampled_from(sorted(CORRUPTIONS)), min_size=1, max_size=2),
    more=st.sampled_from(sorted(CORRUPTIONS)),
)
def test_only_what_is_new_fails(
    tmp_path_factory: pytest.TempPathFactory, seed: int, kinds: list[str], more: str
) -> None:
    folder = tmp_path_factory.mktemp("baseline")
    clean = book(4, seed=seed, form=FORM)
    before = clean
    for kind in kinds:
        corruption = corrupt(kind, before, FORM, RandomChooser(seed))
        before = before if corruption is None else corruption.book
    corruption = corrupt(more, before, FORM, RandomChooser(seed + 1))
    today = before if corruption is None else corruption.book
    reports = [audited(each) for each in (clean, before, today)]

    same = against(reports[1], reports[1], folder)
    assert same.exit_code == 0
    assert all(entry.in_baseline for entry in entries(same))
    assert same.baseline is not None
    assert sum(same.baseline.fixed.values()) == 0

    result = against(reports[2], reports[1], folder)
    new = keys(reports[2]) - keys(reports[1])
    assert sum(result.new_counts.values()) == new.total()
    assert result.exit_code == int(bool(new))
    # Nothing is hidden: the report lists what it would list without a baseline.
    assert result.findings == reports[2].findings
    assert result.counts == reports[2].counts
    baseline = result.baseline
    assert baseline is not None
    known = set(baseline.unchanged)
    for entry in entries(result):
        assert entry.in_baseline == known.issuperset(part.id for part in entry.findings)

    # Each department has its own share.
    names = {*departments([today]), *(each.department for each in result.findings)}
    parts = [of_departments(result, {name}) for name in names]
    assert sum(sum(part.new_counts.values()) for part in parts) == new.total()

    gone = against(reports[0], reports[1], folder)
    assert gone.exit_code == int(bool(keys(reports[0]) - keys(reports[1])))


def test_a_waived_finding_of_the_baseline_is_not_known(tmp_path: Path) -> None:
    from tests.auditing.test_waiving import DAY, one_wrong, waive, waiver_of

    _, report = one_wrong()
    waived = waive(report, [waiver_of(each) for each in report.findings], DAY)
    result = against(report, waived, tmp_path)
    assert result.baseline is not None
    assert result.baseline.unchanged == ()
    assert result.exit_code == report.exit_code == 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("folder")
    pair = made(11, books=3, sheets=6, rows=6)
    written(pair.faulty, path / "sheets")
    written(pair.clean, path / "clean")
    base = path / "findings.json"
    assert check(path / "sheets", "--format", "json", "--output", str(base)) == 1
    return path


def check(sheets: Path, *words: str) -> int:
    return main(["check", str(sheets), "--lang", "ja", *words])


@pytest.mark.parametrize(
    "name", ["terminal", "markdown", "json", "jsonl", "sarif", "junit", "github", "csv", "html"]
)
def test_every_format_shows_what_is_known(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["--baseline", str(folder / "findings.json"), "--max-findings", "5"]
    assert check(folder / "sheets", "--format", name, *base) == 0
    shown = capsys.readouterr().out
    if name != "csv":
        assert any(word in shown for word in ("既知", '"unchanged"', '"baseline"'))
    assert check(folder / "sheets", "--format", name) == 1
    without = capsys.readouterr().out
    assert not any(word in without for word in ("既知", "baselineState", '"baseline"'))


def test_the_option(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = folder / "findings.json"
    assert check(folder / "clean", "--baseline", str(base)) == 0
    assert "なくなった箇所" in "".join(capsys.readouterr().out.split())
    # The first run of a new rule, or of a file that was clean, fails.
    clean = folder / "clean.json"
    assert check(folder / "clean", "--format", "json", "--output", str(clean)) == 0
    assert check(folder / "sheets", "--baseline", str(clean)) == 1
    # The baseline is never written over.
    before = base.read_bytes()
    words = ["--format", "json", "--output", str(base)]
    assert check(folder / "sheets", "--baseline", str(base), *words) == 2
    assert base.read_bytes() == before


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"schema_version": 99}', "limited"])
def test_a_broken_baseline_is_refused(
    content: str | None, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "findings.json"
    if content == "limited":
        data = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        data["summary"]["unlisted"] = 3
        content = json.dumps(data)
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert check(folder / "sheets", "--baseline", str(path)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
