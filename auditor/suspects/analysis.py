"""What a set of rules says as such, under a form.

Rules may contradict each other, follow from others, or never fail or apply.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Final

from auditor.forms.model import Form
from auditor.formula.judge import quoted
from auditor.formula.parse import parse
from auditor.formula.tree import Call, Field, Members, Node, Scope, Vocabulary
from auditor.records.fields import OTHER_BOOKS, japanese_label
from auditor.records.text import Text
from auditor.rules.rule import Rule
from auditor.rules.searchable import why_unusable
from auditor.suspects import simplex
from auditor.suspects.conditions import Any, Comparing, Condition, Every, Known, Printed
from auditor.suspects.equations import Unusable, condition_of
from auditor.suspects.expressions import ALL, bits
from auditor.suspects.implications import Implied, contradiction, implications, in_groups
from auditor.suspects.symbols import Symbols

__all__ = ["Analysis", "analyse", "analyse_formulas", "unusable"]

CASES: Final = 64
"""A condition that can be met in more ways is not analysed."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found of a set of rules; rules by their codes (formulas by their texts).

    ``contradicting`` are smallest sets of rules that no record satisfies together;
    ``never_fails`` and ``never_applies`` say of each such rule why; ``left_out`` are rules that
    the analysis can't use, with the reason; ``elsewhere`` are those that are for other forms.
    """

    contradicting: tuple[tuple[str, ...], ...]
    implied: tuple[Implied, ...]
    never_fails: Mapping[str, Text]
    never_applies: Mapping[str, Text]
    left_out: Mapping[str, Text]
    elsewhere: tuple[str, ...] = ()


def unusable(rules: Iterable[Rule]) -> list[tuple[Rule, Text]]:
    """The rules that the search for suspects can't use, each with the reason."""
    return [(rule, why) for rule in rules if (why := why_unusable(rule)) is not None]


def analyse_formulas(formulas: Sequence[str]) -> Analysis:
    """The same of plain formulas, as ``locate`` takes them. Raises FormulaError."""
    names = sorted(set(chain.from_iterable(map(_names, formulas))))
    vocabulary = Vocabulary({"record": Scope(dict.fromkeys(names, "number"))})
    reading = _Reading(Symbols(None))
    for formula in dict.fromkeys(formulas):
        reading.add(formula, parse(formula, vocabulary, "record"), None)
    return reading.analysis()


def analyse(rules: Iterable[Rule], form: Form) -> Analysis:
    """The analysis of rules under a form."""
    reading = _Reading(Symbols(form))
    elsewhere: list[str] = []
    for rule in chain.from_iterable(rule.on(form) for rule in rules):
        if not rule.is_for(form):
            elsewhere.append(rule.code)
        elif (why := _lacking(rule, form)) is not None:
            reading.never_applies[rule.key] = why
        elif rule.each == "claim":
            reading.left_out[rule.key] = Text(
                en="judged on sentences, each with figures of its own",
                ja="文ごとに数値が異なるため",
            )
        elif rule.tree is None or (why := why_unusable(rule)) is not None:
            reading.left_out[rule.key] = why_unusable(rule) or Text(
                en="has no formula", ja="数式がありません"
            )
        else:
            reading.add(rule.key, rule.tree, rule.when)
    return replace(reading.analysis(), elsewhere=tuple(elsewhere))


def _names(formula: str) -> list[str]:
    """The names of a formula: whatever the parser misses in an empty vocabulary."""
    try:
        tree = ast.parse(" ".join(formula.split()), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in called | inner
    ]
    return [unicodedata.normalize("NFKC", ast.unparse(node)) for node in names]


def _lacking(rule: Rule, form: Form) -> Text | None:
    """What a form lacks for a rule to apply."""
    if rule.each == "reading" or rule.applies_to(form, OTHER_BOOKS):
        return None
    if rule.each in ("kpi", "kpi_year") and form.kpi is None:
        return Text(en="the form has no table of indicators", ja="様式に指標の表がありません")
    if rule.each == "evaluation" and not form.evaluations:
        return Text(en="the form has no evaluations", ja="様式に評価がありません")
    if not rule.is_for(form):
        return Text(en="it is for other forms", ja="ほかの様式の規則です")
    if faults := rule.unit_faults(form):
        return faults[0].message
    # A rule may name one field in several places.
    lacking = {_named(need): need for need in rule.lacking(form)}
    return Text(
        en=f"the form has no {', '.join(lacking)}",
        ja=f"様式にない項目を使っています：{'、'.join(map(_named_in_japanese, lacking.values()))}",
    )


def _named(need: Field | Members | Call | str) -> str:
    """What a rule needs of a form, as its formula names it."""
    match need:
        case str():
            return need
        case Call():
            return f'{need.function}("{quoted(need)}")'
        case _:
            return need.path


def _named_in_japanese(need: Field | Members | Call | str) -> str:
    return f"「{quoted(need)}」" if isinstance(need, Call) else japanese_label(_named(need))


class _Reading:
    """Rules read as conditions on symbols."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.linear: dict[str, list[simplex.Row]] = {}
        self.impossible: list[str] = []
        self.never_fails: dict[str, Text] = {}
        self.never_applies: dict[str, Text] = {}
        self.left_out: dict[str, Text] = {}

    def add(self, code: str, tree: Node, when: Node | None) -> None:
        try:
            formula = self.symbols.trace(tree)
            holds = condition_of(formula, self.symbols)
            fails = condition_of(formula, self.symbols, truth=False)
            applies: Condition = Known(True)
            if when is not None:
                applies = condition_of(self.symbols.trace(when), self.symbols)
        except Unusable as fault:
            self.left_out[code] = fault.message
            return
        if not self.possible(applies):
            self.never_applies[code] = Text(
                en="no record meets its `when`", ja="`when` を満たす記録がありません"
            )
        elif not self.possible(Every((applies, fails))):
            self.never_fails[code] = Text(
                en="every record to which it applies satisfies it",
                ja="対象となるどの記録も満たします",
            )
        elif not self.possible(Every((applies, holds))):
            self.impossible.append(code)
        elif all(isinstance(item, Printed) and item.present for item in _flat(applies)):
            rows = [row for item in _flat(holds) if (row := self.row(item)) is not None]
            if rows:
                self.linear[code] = rows

    def row(self, item: Condition) -> simplex.Row | None:
        """A comparison before any figure is known, where it is linear."""
        if (
            not isinstance(item, Comparing)
            or item.held
            or (linear := item.linear(self.symbols)) is None
        ):
            return None
        lo, hi = linear.bounds(self.symbols.steps, dict.fromkeys(linear.factors, ALL))
        return dict(linear.factors), lo, hi

    def possible(self, condition: Condition) -> bool:
        """Whether some record may meet a condition; where that can't be told, it may."""
        cases = _cases(condition)
        return cases is None or any(self.together(case) for case in cases)

    def together(self, items: Sequence[Condition]) -> bool:
        """Whether one record may meet all of these."""
        printed: dict[int, bool] = {}
        rows: list[simplex.Row] = []
        for item in items:
            match item:
                case Known(answer=answer):
                    if not answer:
                        return False
                case Printed(at=at, present=present):
                    if printed.setdefault(at, present) is not present:
                        return False
                case _:
                    row = self.row(item)
                    if row is not None:
                        rows.append(row)
                    elif not item.narrow(self.symbols, dict.fromkeys(bits(item.cells), ALL)):
                        return False
        return not simplex.infeasible(rows)

    def analysis(self) -> Analysis:
        contradicting: list[tuple[str, ...]] = [(code,) for code in self.impossible]
        implied: list[Implied] = []
        for group in in_groups(self.linear):
            rows = {code: self.linear[code] for code in group}
            if clash := contradiction(rows):
                contradicting.append(clash)
            else:
                implied.extend(implications(rows))
        return Analysis(
            tuple(contradicting),
            tuple(implied),
            self.never_fails,
            self.never_applies,
            self.left_out,
        )


def _flat(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that all have to be met; what is always met left out."""
    items = condition.items if isinstance(condition, Every) else (condition,)
    return tuple(item for item in items if not (isinstance(item, Known) and item.answer))


def _cases(condition: Condition) -> list[tuple[Condition, ...]] | None:
    """The ways to meet a condition, each as what has to be met together; None where there are too
    many.
    """
    match condition:
        case Any(items=items):
            ways: list[tuple[Condition, ...]] = []
            for item in items:
                cases = _cases(item)
                if cases is None:
                    return None
                ways.extend(cases)
        case Every(items=items):
            ways = [()]
            for item in items:
                cases = _cases(item)
                if cases is None or len(cases) * len(ways) > CASES:
                    return None
                ways = [(*way, *case) for way, case in product(ways, cases)]
        case _:
            ways = [(condition,)]
    return ways if len(ways) <= CASES else None
