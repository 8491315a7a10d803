"""Chooses the cases of a rule to start from.

There is one of each outcome that the rule can have on its form, and those without which nobody
would notice a change of its formulas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from auditor.forms.model import Form
from auditor.records.languages import Lang
from auditor.rules.findings import OUTCOMES
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule
from auditor.testing.cases import run_cases
from auditor.testing.mutants.changes import Mutant, mutants_of
from auditor.testing.mutants.killing import case_rows, survivors

__all__ = ["Case", "Chosen", "choose"]

Case = dict[str, Any]

_NOTES: Final[Mapping[str, tuple[str, str]]] = {
    "pass": ("as it should be", "問題のない例"),
    "may": ("rounded figures: it may be so, or not", "端数処理のため、どちらともいえない例"),
    "fail": ("what is found", "指摘になる例"),
    "unknown": ("a figure that can't be read is never a pass", "読み取れない数値がある例"),
    "not_applicable": ("nothing to judge", "対象にならない例"),
}
_AT_THE_BOUND: Final = ("at the bound of the formula", "境界の例")
_IN_RANGES: Final = {
    "en": "Rounded figures stand for ranges: whether both are equal makes no difference.",
    "ja": "端数処理をした数値は幅のある値を表すため、等しいかどうかで判定は変わりません。",
}
_OTHER_BOUNDS: Final = (("<=", "<"), (">=", ">"), ("<", "<="), (">", ">="))


class Chosen(NamedTuple):
    """The cases of a rule, and the marks of the changes that no case can notice, as its file has
    them.
    """

    cases: Sequence[Case]
    equivalent: Sequence[Mapping[str, object]]


def choose(
    content: Mapping[str, Any],
    cases: Sequence[Case],
    form: Form,
    forms: Mapping[str, Form],
    lang: Lang,
) -> Chosen:
    """Of cases without outcomes, which may tell much or nothing of the rule, the first one of each
    outcome, in the usual order, and those that notice a change which no case before them does.
    """
    words = vocabulary(forms.values())

    def rule_of(cases: Sequence[Case]) -> Rule:
        # A rule that names no form is for those of its plugin.
        return build_rule({**content, "cases": cases}, "-", words).of_forms([form.name])

    tried: list[Case] = [{"form": form.name, **case, "outcome": "pass"} for case in cases]
    results = run_cases(rule_of(tried), forms)
    by_outcome: dict[str, list[Case]] = {outcome: [] for outcome in OUTCOMES if outcome in _NOTES}
    for case, result in zip(tried, results, strict=True):
        if result.outcome in by_outcome:
            by_outcome[result.outcome].append({**case, "outcome": result.outcome})
    first = [group[0] for group in by_outcome.values() if group]
    others = chain.from_iterable(group[1:] for group in by_outcome.values())

    rule = rule_of([*first, *others])
    mutants = list(mutants_of(rule, words))
    chosen: list[Case] = []
    for row in case_rows(rule, forms):
        rest = survivors(mutants, [row])
        is_first = row.number <= len(first)
        if is_first or len(rest) < len(mutants):
            note = _note(row.case["outcome"], lang, is_first=is_first)
            chosen.append({**row.case, "note": note})
        mutants = rest
    # Where equal figures may be so or not, they stand for ranges.
    of_equals = filter(_is_of_equals, mutants if by_outcome["may"] else ())
    marks = [{mutant.part: mutant.change, "reason": _IN_RANGES} for mutant in of_equals]
    return Chosen(chosen, marks)


def _note(outcome: str, lang: Lang, *, is_first: bool) -> str:
    is_judged = outcome in ("pass", "may", "fail")
    note = _AT_THE_BOUND if is_judged and not is_first else _NOTES[outcome]
    return note[lang == "ja"]


def _is_of_equals(mutant: Mutant) -> bool:
    """Whether a mutant differs from its rule only where two figures are equal."""
    pairs = ((f" {sign} ", f" {other} ") for sign, other in _OTHER_BOUNDS)
    return any(mutant.before.replace(sign, other) == mutant.after for sign, other in pairs)
