"""The analysis of rule sets: contradictions, implied rules, rules that never fail or apply, and
what is left out.
"""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import pytest

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.suspects import simplex
from auditor.suspects.analysis import analyse, analyse_formulas, unusable


@pytest.fixture(scope="module")
def form() -> Form:
    return load().forms["kushiro"]


def rule(code: str, form: Form, **content: Any) -> Any:
    texts = {key: {"en": key, "ja": key} for key in ("title", "why", "action")}
    data = {
        "code": code,
        "name": "rule-" + code.lower(),
        "severity": "error",
        "each": "year",
        "since": "0.1",
        **texts,
        **content,
    }
    return build_rule(data, "test", vocabulary([form]))


def test_contradictions_come_with_the_fewest_rules() -> None:
    found = analyse_formulas(["a == b + c", "x > y", "y > z", "z >= x", "p == p + 1", "a >= 0"])
    assert {frozenset(one) for one in found.contradicting} == {
        frozenset(["x > y", "y > z", "z >= x"]),
        frozenset(["p == p + 1"]),
    }
    assert found.implied == ()


def test_implied_rules_come_with_the_fewest_from_which_they_follow() -> None:
    found = analyse_formulas(
        ["a == b + c", "m <= n", "n <= k", "b == a - c", "m <= k + 1", "a + m <= b + c + k"]
    )
    assert {one.rule: set(one.by) for one in found.implied} == {
        "b == a - c": {"a == b + c"},
        "m <= k + 1": {"m <= n", "n <= k"},
        "a + m <= b + c + k": {"a == b + c", "m <= n", "n <= k"},
    }
    assert found.contradicting == ()


def test_an_equation_can_follow_from_inequalities() -> None:
    [one] = analyse_formulas(["a <= b", "b <= a", "a == b"]).implied
    assert (one.rule, set(one.by)) == ("a == b", {"a <= b", "b <= a"})


def test_a_figure_of_another_book_is_one_of_its_own() -> None:
    form = load().forms["kushiro"]
    rules = [
        rule("AAA001", form, formula="sheet.population == 1"),
        rule("AAA002", form, formula="earlier.sheet.population == 2"),
        rule("AAA003", form, formula="total_cost == earlier.total_cost"),
    ]
    assert analyse(rules, form).contradicting == ()
    more = rule("AAA004", form, formula="sheet.earlier.population == 3")
    assert analyse([*rules, more], form).contradicting == (("AAA002", "AAA004"),)


def test_rules_that_never_fail_are_named() -> None:
    found = analyse_formulas(["a >= a - 1", "abs(a) >= 0", "a > 0 or a <= 0", "a > 0 or a < 0"])
    assert set(found.never_fails) == {"a >= a - 1", "abs(a) >= 0", "a > 0 or a <= 0"}


def test_a_rule_that_cannot_be_answered_is_none_that_never_fails() -> None:
    found = analyse_formulas(["a == b / 0", "a == b or b == a / 0"])
    assert (found.contradicting, dict(found.never_fails)) == ((), {})


def test_rules_that_never_apply_under_a_form_are_named(form: Form) -> None:
    rules = RuleSet(
        [
            rule(
                "AAA001", form, when="total_cost > 0 and total_cost < 0", formula="staff_cost >= 0"
            ),
            rule(
                "AAA002",
                form,
                when="present(total_cost) and blank(total_cost)",
                formula="staff_cost >= 0",
            ),
            rule("AAA003", form, when="present(total_cost)", formula="total_cost == sum(funding)"),
            rule("AAA004", form, formula='total_cost >= max(group("parts"))'),
            rule("AAA005", form, formula="count(funding) == 0"),
        ]
    )
    found = analyse(rules, form)
    assert set(found.never_applies) == {"AAA001", "AAA002", "AAA004"}
    # What is missing, not what is there.
    assert found.never_applies["AAA004"].en == 'the form has no group("parts")'
    assert set(found.left_out) == {"AAA005"}
    assert [item.code for item, _ in unusable(rules)] == ["AAA005"]


def test_a_rule_that_follows_under_a_form_is_named(form: Form) -> None:
    rules = RuleSet(
        [
            rule("AAA001", form, formula="total_cost == sum(funding)"),
            rule(
                "AAA002",
                form,
                formula="total_cost - funding.grants == sum(funding) - funding.grants",
            ),
        ]
    )
    [one] = analyse(rules, form).implied
    assert (one.rule, one.by) == ("AAA002", ("AAA001",))


def test_the_shipped_rules_do_not_contradict_each_other_under_any_form() -> None:
    session = load()
    for form in session.forms.values():
        found = analyse(session.rules, form)
        assert (found.contradicting, found.implied, dict(found.never_fails)) == ((), (), {})


def test_what_is_implied_is_found_among_sixty_linear_rules() -> None:
    random = Random(3)
    names = [f"v{number}" for number in range(60)]
    formulas = ["{} == {} + {} + {}".format(*random.sample(names, 4)) for _ in range(45)]
    formulas += [
        "{} <= {} + {}".format(*random.sample(names, 2), random.randrange(1000)) for _ in range(13)
    ]
    formulas += [formulas[0].replace("==", "<="), formulas[5].replace("==", ">=") + " - 3"]
    found = analyse_formulas(formulas)
    assert {one.rule for one in found.implied} == set(formulas[-2:])


def test_the_simplex_agrees_with_trying_all_subsets_of_small_systems() -> None:
    """By Helly's theorem, rows over two variables contradict each other only if some three of
    them do.
    """
    random = Random(5)
    clashes = 0
    for _ in range(150):
        rows: list[simplex.Row] = []
        for _ in range(6):
            low = random.randrange(-9, 9)
            rows.append(
                (
                    {0: random.randrange(-3, 4), 1: random.randrange(-3, 4)},
                    low,
                    random.choice((None, low, low + 4)),
                )
            )
        triples = any(simplex.infeasible(list(some)) for some in combinations(rows, 3))
        assert simplex.infeasible(rows) is triples
        clash = simplex.System(rows).clash
        if clash is not None:
            clashes += 1
            assert simplex.infeasible([rows[number] for number in clash])
    assert 20 < clashes < 150
