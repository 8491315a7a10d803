"""The rules of the examples, which authors of rules copy: their cases notice every change."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.auditing.session import load
from auditor.testing.mutants.run import hold_mutants

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PREFIXES: dict[tuple[str, ...], str] = {
    ("grants",): "GRA",
    ("cofinancing",): "COF",
    ("opening-hours/opening_hours.py", "opening-hours/rules"): "HRS",
    ("sheet-auditor-hoshimi/sheet_auditor_hoshimi",): "HSM",
}


@pytest.mark.parametrize("plugins", PREFIXES, ids=" ".join)
def test_the_cases_of_an_example_notice_every_change(plugins: tuple[str, ...]) -> None:
    session = load(tuple(str(EXAMPLES / plugin) for plugin in plugins))
    rules = [rule for rule in session.rules if rule.code.startswith(PREFIXES[plugins])]
    results = hold_mutants(rules, session, draws=200)
    assert sum(result.mutants for result in results) > 0
    assert [result.rule.code for result in results if not result.passed] == []
