"""The benchmark of lists compares the same work: every tool here finds the pairs that the list's
maker put in, and no others.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from auditor.auditing.documents import audit
from auditor.tables import read_tables
from benchmarks.lists import by_hand, data, ours, pandera_checks
from benchmarks.lists.__main__ import LISTS, markdown
from benchmarks.peers.harness import Pair
from benchmarks.tables.measuring import Measured

ROWS = 900


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data.make(tmp_path_factory.mktemp("list"), ROWS)


@pytest.fixture(scope="module")
def judged(folder: Path) -> set[Pair]:
    """What the exact judge says of the records."""
    file, session = ours.opened(folder)
    read = read_tables([file], session.forms)
    report = audit(read.books, session.rules, session.forms)
    assert not report.not_checked
    return {
        (finding.rule, "", finding.sheet.number, None)
        for finding in report.findings
        if finding.sheet
    }


def test_every_rule_has_failing_rows(judged: set[Pair]) -> None:
    assert set(Counter(rule for rule, *_ in judged)) == set(by_hand.EXPRESSIONS)


def test_polars_by_hand_and_pandera_find_what_the_judge_finds(
    folder: Path, judged: set[Pair]
) -> None:
    assert set(by_hand.pairs(by_hand.work(folder))) == judged
    assert set(by_hand.pairs(pandera_checks.work(folder))) == judged


def test_columns_find_what_the_judge_finds(folder: Path, judged: set[Pair]) -> None:
    opened = ours.opened(folder)
    assert set(ours.pairs(ours.audited(opened, "all"))) == judged
    rows = {pair for pair in judged if pair[0] in by_hand.OF_ROWS}
    assert set(ours.pairs(ours.audited(opened, "rows"))) == rows


def test_rows_of_one_name_are_as_many_findings_and_no_larger_ones(tmp_path: Path) -> None:
    opened = ours.opened(data.make(tmp_path, 200, one_name=True))
    report = ours.audited(opened, "objects").report
    of_names = [finding for finding in report.findings if finding.rule == "LST005"]
    assert len(of_names) == 200
    assert max(len(finding.cells) for finding in of_names) < 20


def test_the_table_says_what_a_default_run_costs() -> None:
    half, double = (Measured.of([seconds] * 3, [seconds] * 3, 100, 7) for seconds in (0.5, 1.0))
    page = markdown(LISTS, {10_000: {"rows": half, "all": double}})
    assert "| **sheet-auditor, a default run** | 1.0 (1.0 s) | 100 |" in page
    assert "takes 2.0 times as long as the rules on single rows alone" in page
    assert "| Great Expectations (1.24.1) | — | — |" in page
