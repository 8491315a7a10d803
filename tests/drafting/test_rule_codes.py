"""The codes of drafted rules: two names have different ones, and no shipped rule has any."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.drafting.codes import code_of, rule_prefix

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)
PREFIXES = st.frozensets(st.sampled_from(["XAB", "XABC", "XMYCITY", "FND", "RD"]))


@given(NAMES, PREFIXES)
def test_a_code_is_one_that_rules_may_have(name: str, taken: frozenset[str]) -> None:
    prefix = rule_prefix(name, taken)
    assert prefix not in taken
    assert re.fullmatch("X[A-Z]{3,7}", prefix)
    assert code_of(prefix, 7) == f"{prefix}007"


@given(st.sets(NAMES, min_size=2, max_size=8))
def test_two_names_have_two_prefixes(names: set[str]) -> None:
    assert len({rule_prefix(name) for name in names}) == len(names)


@given(NAMES)
def test_a_name_has_the_same_prefix_each_time(name: str) -> None:
    assert rule_prefix(name) == rule_prefix(name)


def test_names_that_begin_alike_are_told_apart() -> None:
    assert rule_prefix("kushi") == "XKUSHI"
    names = ["kushiro-r5", "kushiro-r6", "kushiro", "kushiro1", "kushiro_"]
    assert len({rule_prefix(name) for name in names}) == len(names)


def test_no_shipped_rule_has_such_a_code() -> None:
    prefixes = {rule.code.rstrip("0123456789") for rule in load().rules}
    assert max(map(len, prefixes)) <= 3
