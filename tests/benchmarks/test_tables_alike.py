"""The benchmark of table audits compares the same work: its data is bad where it says so, and
every tool here finds the same pairs.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.engines import PolarsEngine
from auditor.rules.findings import Finding
from auditor.rules.ruleset import RuleSet
from auditor.tables import Tables, from_tables
from benchmarks.peers import by_hand, duckdb_sql
from benchmarks.peers.harness import Pair
from benchmarks.tables import data, ours
from benchmarks.tables.measuring import Measured, agreed
from benchmarks.tables.process import Process
from benchmarks.tables.report import markdown
from benchmarks.tables.tools import BASELINE, TOOLS

SHEET_YEARS = 3_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data.make(tmp_path_factory.mktemp("tables"), SHEET_YEARS)


@pytest.fixture(scope="module")
def judged(folder: Path) -> set[Pair]:
    """What the exact judge says of the records of each book."""
    session = load()
    rules = RuleSet(rule for rule in session.rules if rule.code in ours.CODES)
    found: set[Pair] = set()
    for key in data.written(folder)["sheets"]["book"].unique():
        frames = {name: frame.filter(book=key) for name, frame in data.written(folder).items()}
        report = audit(from_tables(Tables(**frames), session.forms), rules, session.forms)
        assert not report.not_checked
        found |= {_pair(finding, key) for finding in report.findings}
    return found


def _pair(finding: Finding, book: str) -> Pair:
    owner = finding.kpi or finding.sheet
    assert owner is not None
    year = finding.year if finding.rule in ("EVL001", "FND001", "STF001") else None
    return finding.rule, book, owner.number, None if year is None else int(year)


def test_every_rule_has_failing_rows(judged: set[Pair]) -> None:
    assert set(Counter(rule for rule, *_ in judged)) == set(ours.CODES)


def test_one_sheet_year_in_a_hundred_is_bad(folder: Path, judged: set[Pair]) -> None:
    frames = data.written(folder)
    assert frames["years"].height == SHEET_YEARS
    # A wrong total or source may make a per-capita figure wrong too, and there are KPIs.
    assert SHEET_YEARS / data.BAD <= len(judged) <= 2 * SHEET_YEARS / data.BAD


def test_polars_by_hand_finds_what_the_judge_finds(folder: Path, judged: set[Pair]) -> None:
    assert set(by_hand.rows(by_hand.work(by_hand.load(folder)))) == judged
    assert set(by_hand.rows(by_hand.stream(by_hand.scan(folder)))) == judged


def test_sql_finds_what_the_judge_finds(folder: Path, judged: set[Pair]) -> None:
    assert set(duckdb_sql.rows(duckdb_sql.work(duckdb_sql.load(folder)))) == judged


def test_columns_find_what_the_judge_finds(folder: Path, judged: set[Pair]) -> None:
    audit = ours.audited(data.written(folder), PolarsEngine(), 0)
    assert set(ours.pairs(audit)) == judged
    assert audit.report.findings == ()
    assert all(seconds > 0 for seconds in audit.phases.values())


def test_objects_are_as_many_as_the_rows_of_columns(folder: Path, judged: set[Pair]) -> None:
    audit = ours.audited(data.written(folder), PolarsEngine(), None)
    assert set(ours.pairs(audit)) == judged
    assert len(audit.report.findings) == len(judged)


def test_a_tool_that_differs_is_not_timed() -> None:
    tool = TOOLS[0]
    agreed(tool, {"a", "b"}, {"a", "b"})
    with pytest.raises(
        SystemExit,
        match=r"(?s)does not find what hand-written Polars finds.*it alone finds 1: c.*it misses 2: a; b d",
    ):
        agreed(tool, {"c"}, {"a", "b\td"})


def test_a_process_is_told_to_work_and_answers(
    folder: Path, judged: set[Pair], tmp_path: Path
) -> None:
    with Process(BASELINE, folder) as process:
        run = process.run()
        lines = process.pairs(tmp_path / "pairs")
    assert run.seconds > 0
    assert run.peak_mb > 10
    assert lines == {
        "\t".join("" if part is None else str(part) for part in pair) for pair in judged
    }


def test_the_table_says_what_was_measured_and_what_was_not() -> None:
    half, double = (Measured.of([seconds] * 3, [seconds] * 3, 100, 7) for seconds in (0.5, 2.0))
    small = {
        "by-hand": half,
        "audit": double,
        "screening": half,
        "columns": half,
        "guard": half,
        "objects": double,
    }
    told = markdown({10_000: small, 100_000: {"by-hand": double}})
    assert "| tool | 10 k | 100 k | MB at 100 k |" in told
    assert "| Polars by hand | 1 (500 ms) | 1 (2.0 s) | 100 |" in told
    assert "| **sheet-auditor, the whole audit** | 2.0 (2.0 s) | — | — |" in told
    assert "Great Expectations" not in told


def test_the_same_seed_makes_the_same_tables(folder: Path, tmp_path: Path) -> None:
    again = data.written(data.make(tmp_path, SHEET_YEARS))
    assert all(again[name].equals(frame) for name, frame in data.written(folder).items())


def test_batches_go_on_where_the_last_one_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(data, "BATCH", 2)
    frames = data.written(data.make(tmp_path, 3_000))
    keys = frames["years"].select("book", "sheet", "year")
    assert frames["years"].height == 3_000
    assert keys.is_unique().all()
    assert keys.equals(keys.sort("book", "sheet", "year"))
