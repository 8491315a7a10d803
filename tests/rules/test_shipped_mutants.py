"""The shipped rules: a case of the rule notices every one-step change of its formulas."""

from __future__ import annotations

from auditor.auditing.session import load
from auditor.testing.mutants.run import hold_mutants

SESSION = load()


def test_no_mutant_of_a_shipped_rule_survives() -> None:
    # The command draws 20,000 rows beside, and may refute marks by them.
    results = hold_mutants(SESSION.rules, SESSION, draws=0)
    assert sum(result.mutants for result in results) > 600
    missed = [
        (result.rule.code, survivor.mutant.part, survivor.mutant.change)
        for result in results
        for survivor in result.survivors
    ]
    assert missed == []
    assert [(result.rule.code, mark) for result in results for mark in result.refuted] == []


def test_no_drawn_row_refutes_a_mark_of_a_shipped_rule() -> None:
    (result,) = hold_mutants([SESSION.rules["FND003"]], SESSION, draws=3000)
    assert (result.equivalent, result.refuted) == (1, ())
