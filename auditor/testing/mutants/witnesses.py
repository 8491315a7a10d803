"""Looks for cases that tell mutants from their rule: drawn, built, and made small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NamedTuple

from auditor.formula.tree import Vocabulary
from auditor.rules.findings import Outcome
from auditor.rules.rows import Row
from auditor.rules.rule import Rule
from auditor.testing.cases import BuiltCase
from auditor.testing.mutants.changes import Mutant
from auditor.testing.mutants.drawing import Builder, Template, templates_of
from auditor.testing.mutants.killing import of_figure, outcome_on
from auditor.testing.mutants.leaves import ABSENT, Key, leaves, value_at, with_values
from auditor.testing.mutants.pools import Pools

__all__ = ["DRAWS", "witnesses"]

DRAWS: Final = 20_000
"""How many rows are drawn before a mutant counts as one that no row tells from its rule."""
_ENOUGH: Final = 3
"""How many cases are looked at for the one that is shown."""
_MOST_BUILT: Final = 200
"""How many drawn rows of one mutant are built. A row that is drawn may be none that there is."""
_PLAIN: Final[Mapping[Outcome, int]] = {"pass": 0, "fail": 0, "not_applicable": 1, "may": 2}


@dataclass
class _Search:
    """What was found for one mutant so far."""

    mutant: Mutant
    built: int = 0
    cases: list[tuple[dict[str, Any], Template, dict[Key, object]]] = field(
        default_factory=list[tuple[dict[str, Any], Template, dict[Key, object]]]
    )

    @property
    def is_open(self) -> bool:
        return len(self.cases) < _ENOUGH and self.built < _MOST_BUILT


def witnesses(
    mutants: Sequence[Mutant], builder: Builder, vocabulary: Vocabulary, draws: int = DRAWS
) -> list[dict[str, Any] | None]:
    """For each mutant of a rule a case that comes out otherwise for it, with the outcome that it
    should have; None where no drawn row tells it from its rule.
    """
    searches = [_Search(mutant) for mutant in mutants]
    pools = Pools(builder.rule, vocabulary)
    _draw(searches, templates_of(builder, pools), builder, draws)
    return [_smallest(search, builder) for search in searches]


class _Judged(NamedTuple):
    """A rule on the rows of a template: whether it looks at them at all is the same for all that
    are drawn.
    """

    rule: Rule
    applies: bool

    @classmethod
    def on(cls, rule: Rule, template: Template) -> _Judged:
        return cls(rule, template.built.applies_to(rule, template.row))

    def outcome(self, row: Row) -> Outcome:
        return outcome_on(self.rule, row) if self.applies else "not_applicable"


def _draw(
    searches: Sequence[_Search], templates: list[Template], builder: Builder, draws: int
) -> None:
    random = Random(builder.rule.code)
    judges: dict[int, tuple[_Judged, list[_Judged]]] = {}
    at = -1
    for _ in range(draws):
        waiting = [search for search in searches if search.is_open]
        if not waiting or not templates:
            return
        at = (at + 1) % len(templates)
        template = templates[at]
        choice = template.draw(random)
        if template.further:
            _take(template, templates, builder)
        if at not in judges:
            rules = [of_figure(search.mutant.rule, template.built) for search in searches]
            judges[at] = (
                _Judged.on(template.built.rule, template),
                [_Judged.on(rule, template) for rule in rules],
            )
        rule, others = judges[at]
        outcome = rule.outcome(template.row)
        different = [
            search
            for search, other in zip(searches, others, strict=True)
            if search.is_open and other.outcome(template.row) != outcome
        ]
        template.undo()
        for search in different:
            search.built += 1
            case = with_values(template.case, choice)
            if differing(search.mutant, case, builder) is not None:
                search.cases.append((case, template, choice))


_MOST_TEMPLATES: Final = 24


def _take(template: Template, templates: list[Template], builder: Builder) -> None:
    """Cases with other rows are drawn from, too."""
    known = {repr(other.case) for other in templates}
    for case in template.further:
        if len(templates) < _MOST_TEMPLATES and repr(case) not in known:
            built = builder.build(case)
            if built is not None:
                known.add(repr(case))
                templates.append(Template(case, built, builder, template.pools))
    template.further.clear()


def differing(
    mutant: Mutant, case: Mapping[str, Any], builder: Builder
) -> tuple[Outcome, Outcome] | None:
    """What a rule and its mutant answer on a case that is built; None where that is the same."""
    built = builder.build(case)
    if built is None:
        return None
    rule, other = built.rule, of_figure(mutant.rule, built)
    row, there = built.row_of(rule), built.row_of(other)
    first, second = _outcome(rule, built, row), _outcome(other, built, there)
    return None if first == second else (first, second)


def _outcome(rule: Rule, built: BuiltCase, row: Row | None) -> Outcome:
    if row is None or not built.applies_to(rule, row):
        return "not_applicable"
    return outcome_on(rule, row)


def _smallest(search: _Search, builder: Builder) -> dict[str, Any] | None:
    """The plainest of the cases that were found, with no more in it than it takes."""
    found: list[tuple[tuple[int, int], dict[str, Any]]] = []
    for case, template, choice in search.cases:
        outcomes = differing(search.mutant, case, builder)
        assert outcomes is not None
        small = _shrunk(search.mutant, case, template, choice, outcomes, builder)
        rank = _PLAIN.get(outcomes[0], 3), sum(1 for _ in leaves(small))
        found.append((rank, {**small, "outcome": outcomes[0]}))
    return min(found, key=lambda item: item[0])[1] if found else None


def _shrunk(
    mutant: Mutant,
    case: dict[str, Any],
    template: Template,
    choice: Mapping[Key, object],
    outcomes: tuple[Outcome, Outcome],
    builder: Builder,
) -> dict[str, Any]:
    """The case without what makes no difference: values are those of the rule's own cases where
    they can be, and what is not needed is left out.
    """
    for key in choice:
        other = with_values(case, {key: value_at(template.case, key)})
        if differing(mutant, other, builder) == outcomes:
            case = other
    for key in _removable(case):
        other = with_values(case, {key: ABSENT})
        if other != case and differing(mutant, other, builder) == outcomes:
            case = other
    return case


def _removable(case: Mapping[str, Any]) -> list[Key]:
    """The tables and values of a case, whole tables first."""
    keys: dict[Key, None] = {}
    for key, _ in leaves(case):
        for size in range(1, len(key) + 1):
            keys[key[:size]] = None
    # Lists get shorter from their ends, so that what is left keeps its place.
    return sorted((key for key in reversed(keys) if key != ("form",)), key=len)
