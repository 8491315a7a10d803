"""What a set of rules says as such, under a form.

Rules may contradict each other, follow from others, or never fail or apply.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain, combinations, product
from typing import Final, NamedTuple, cast

from auditor.forms.model import Form
from auditor.formula.functions import function_of
from auditor.formula.judge import quoted
from auditor.formula.parse import parse
from auditor.formula.trace import Trace, trace
from auditor.formula.tree import Call, Field, Name, Node, Scope, Vocabulary
from auditor.formula.values import UNKNOWN, Missing, Value
from auditor.records import figures
from auditor.records.fields import japanese_label
from auditor.records.figures import Quantity
from auditor.records.model import Book
from auditor.records.text import Text
from auditor.rules.rows import Rows
from auditor.rules.rule import Rule
from auditor.rules.searchable import NO_FIGURES, why_unusable
from auditor.suspects import simplex
from auditor.suspects.conditions import Any, Comparing, Condition, Every, Known, Printed
from auditor.suspects.equations import Unusable, condition_of
from auditor.suspects.expressions import Variable, bits, connected
from auditor.suspects.rows import BareRow

__all__ = ["Analysis", "Implied", "analyse", "analyse_formulas", "unusable"]

CASES: Final = 64
"""A condition that can be met in more ways is not analysed."""


@dataclass(frozen=True, slots=True)
class Implied:
    """A rule that says nothing that the others do not, and the fewest from which it follows."""

    rule: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found of a set of rules; rules by their codes (formulas by their texts).

    ``contradicting`` are smallest sets of rules that no record satisfies together;
    ``never_fails`` and ``never_applies`` say of each such rule why; ``left_out`` are rules that
    the analysis can't use, with the reason.
    """

    contradicting: tuple[tuple[str, ...], ...]
    implied: tuple[Implied, ...]
    never_fails: Mapping[str, Text]
    never_applies: Mapping[str, Text]
    left_out: Mapping[str, Text]


def unusable(rules: Iterable[Rule]) -> list[tuple[Rule, Text]]:
    """The rules that the search for suspects can't use, each with the reason."""
    return [(rule, why) for rule in rules if (why := why_unusable(rule)) is not None]


def analyse_formulas(formulas: Sequence[str]) -> Analysis:
    """The same of plain formulas, as ``locate`` takes them. Raises FormulaError."""
    names = sorted(set(chain.from_iterable(map(_names, formulas))))
    vocabulary = Vocabulary({"record": Scope(dict.fromkeys(names, "number"))})
    reading = _Reading(_Symbols(None))
    for formula in dict.fromkeys(formulas):
        reading.add(formula, parse(formula, vocabulary, "record"), None)
    return reading.analysis()


def analyse(rules: Iterable[Rule], form: Form) -> Analysis:
    """The analysis of rules under a form."""
    reading = _Reading(_Symbols(form))
    for rule in rules:
        if (why := _lacking(rule, form)) is not None:
            reading.never_applies[rule.code] = why
        elif rule.tree is None or (why := why_unusable(rule)) is not None:
            reading.left_out[rule.code] = why_unusable(rule) or Text(
                en="has no formula", ja="数式がありません"
            )
        else:
            reading.add(rule.code, rule.tree, rule.when)
    return reading.analysis()


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
    if rule.each == "reading" or rule.applies_to(form):
        return None
    if rule.each in ("kpi", "kpi_year") and form.kpi is None:
        return Text(en="the form has no table of indicators", ja="様式に指標の表がありません")
    if rule.each == "evaluation" and not form.evaluations:
        return Text(en="the form has no evaluations", ja="様式に評価がありません")
    needs = {
        need.path if isinstance(need, Field) else f'{need.function}("{quoted(need)}")': (
            japanese_label(need.path) if isinstance(need, Field) else f"「{quoted(need)}」"
        )
        for need in rule.needs
    }
    needs |= {name: japanese_label(name) for name in rule.file.needs}
    return Text(
        en=f"the form lacks some of: {', '.join(needs)}",
        ja=f"様式にない項目を使っています：{'、'.join(needs.values())}",
    )


class _Reading:
    """Rules read as conditions on symbols."""

    def __init__(self, symbols: _Symbols) -> None:
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
        lo, hi = linear.bounds(self.symbols.steps, dict.fromkeys(linear.factors, (None, None)))
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
                    elif not item.narrow(
                        self.symbols, dict.fromkeys(bits(item.cells), (None, None))
                    ):
                        return False
        return not simplex.infeasible(rows)

    def analysis(self) -> Analysis:
        contradicting: list[tuple[str, ...]] = [(code,) for code in self.impossible]
        implied: list[Implied] = []
        for group in _connected(self.linear):
            rows = {code: self.linear[code] for code in group}
            if clash := _clash(rows):
                contradicting.append(clash)
            else:
                implied.extend(_implied(rows))
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


def _connected(linear: Mapping[str, Sequence[simplex.Row]]) -> list[list[str]]:
    """The rules in groups that share no cell."""

    def cells_of(code: str) -> int:
        cells = set(chain.from_iterable(factors for factors, _, _ in linear[code]))
        return sum(1 << at for at in cells)

    return connected(linear, cells_of)


class _Numbered(NamedTuple):
    """The rows of several rules in one list, each with its rule."""

    rows: list[simplex.Row]
    rules: list[str]

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[simplex.Row]], codes: Iterable[str]) -> _Numbered:
        numbered = cls([], [])
        for code in codes:
            numbered.rows.extend(rows[code])
            numbered.rules.extend([code] * len(rows[code]))
        return numbered

    def named(self, numbers: Iterable[int]) -> list[str]:
        return list(dict.fromkeys(self.rules[number] for number in sorted(numbers)))


def _impossible(rows: Mapping[str, Sequence[simplex.Row]], codes: Iterable[str]) -> bool:
    return simplex.infeasible(_Numbered.of(rows, codes).rows)


def _clash(rows: Mapping[str, Sequence[simplex.Row]]) -> tuple[str, ...]:
    """The fewest rules that contradict each other; none where some record satisfies all."""
    numbered = _Numbered.of(rows, rows)
    clash = simplex.System(numbered.rows).clash
    if clash is None:
        return ()
    clashing = _needed(numbered.named(clash), lambda subset: _impossible(rows, subset))
    for size in range(1, min(len(clashing), 3)):
        for subset in combinations(rows, size):
            if _impossible(rows, subset):
                return subset
    return tuple(clashing)


def _needed(codes: Sequence[str], holds: Callable[[list[str]], bool]) -> list[str]:
    """A part of some rules that still has a property, and of which nothing can be left out."""
    needed = list(codes)
    for code in codes:
        without = [other for other in needed if other != code]
        if holds(without):
            needed = without
    return needed


def _implied(rows: Mapping[str, Sequence[simplex.Row]]) -> Iterator[Implied]:
    """The rules that follow from others; of rules that follow from each other, the later."""
    codes = list(rows)
    while (implied := _first_implied(rows, codes)) is not None:
        codes.remove(implied.rule)
        yield implied


def _first_implied(
    rows: Mapping[str, Sequence[simplex.Row]], codes: Sequence[str]
) -> Implied | None:
    """The last of the rules that follows from the others."""
    numbered = _Numbered.of(rows, codes)
    system = simplex.System(numbered.rows)
    tight = system.tight()
    for code in reversed(codes):
        by: set[int] = set()
        for number, owner in enumerate(numbered.rules):
            if owner != code:
                continue
            if number in system.dependent:
                used: frozenset[int] | None = system.dependent[number]
            elif number in system.unequal:
                used = system.follows(number)
            else:
                used = frozenset(range(len(numbered.rules))) if tight else None
            if used is None:
                break
            by |= used
        else:
            others = [other for other in numbered.named(by) if other != code]
            if _follows(rows, code, others):
                return Implied(code, tuple(_needed(others, partial(_follows, rows, code))))
    return None


def _follows(rows: Mapping[str, Sequence[simplex.Row]], code: str, others: Sequence[str]) -> bool:
    """Whether every record that satisfies the given rules satisfies this one: its contrary
    contradicts them.
    """
    premises = _Numbered.of(rows, others).rows
    for factors, lo, hi in rows[code]:
        for below, above in (
            (None, None if lo is None else lo - 1),
            (None if hi is None else hi + 1, None),
        ):
            if (below is not None or above is not None) and not simplex.infeasible(
                [*premises, (factors, below, above)]
            ):
                return False
    return True


class _Unknowns(Mapping[str, Value]):
    """Every name, with no value that is known."""

    def __getitem__(self, name: str) -> Value:
        return UNKNOWN

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


_UNKNOWNS: Final = _Unknowns()


class _SymbolRow(BareRow):
    """A row of which nothing is known, on the column that its links reach from the rule's row."""

    def __init__(self, symbols: _Symbols, links: tuple[str, ...] = ()) -> None:
        self.symbols, self.links = symbols, links
        self.values: Mapping[str, Value] = _UNKNOWNS
        self.groups = symbols.groups

    def path(self, name: str) -> str:
        return ".".join((*self.links, name))

    def link(self, name: str) -> _SymbolRow | None:
        return _SymbolRow(self.symbols, (*self.links, name))

    def param(self, name: str) -> Quantity | None:
        form = self.symbols.form
        value = form.param(name) if form else None
        return None if value is None else figures.exact(value)


class _Symbols:
    """The cells of records under a form, before any figure is known; or, without a form, those
    that formulas name.
    """

    def __init__(self, form: Form | None) -> None:
        self.form = form
        self.variables: list[Variable] = []
        self.steps: list[int | None] = []
        self.places: dict[tuple[tuple[str, ...], str], int] = {}
        self.groups: Mapping[str, tuple[str, ...]] = (
            Rows(Book(form=form.name, fiscal_year=0), form).groups if form else {}
        )

    def trace(self, formula: Node) -> Trace[_SymbolRow]:
        """The trace of a formula. Raises Unusable where no symbol can stand for a part of it."""
        traced = trace(formula, _SymbolRow(self))
        for part in traced.walk():
            self._check(part)
        return traced

    def _check(self, part: Trace[_SymbolRow]) -> None:
        match part.node:
            case (
                Field(kind="group", name=name)
                | Call(function="group", arguments=(Name(value=name),))
            ) if name not in self.groups:
                raise Unusable(name)
            case Call(function=function) if isinstance(part.value, Missing) and (
                function_of(part.node).kind == "form"
            ):
                raise Unusable(function)
            case _:
                pass

    def index(self, row: _SymbolRow, name: str) -> int:
        """The symbol of a name. Raises Unusable where it is no figure's."""
        if self.form is not None and name in NO_FIGURES:
            raise Unusable(row.path(name))
        key = _place(row.links), name
        if key not in self.places:
            definition = self.form.fields.get(name) if self.form else None
            rounding = definition.rounding if definition else "exact"
            width = (
                Fraction(definition.step) * Fraction(self.form.factor(definition.unit))
                if definition and self.form
                else Fraction(1)
            )
            self.places[key] = len(self.variables)
            self.variables.append(Variable(name, width, rounding, width))
            self.steps.append(0)
        return self.places[key]

    def consensus(self, call: Trace[_SymbolRow]) -> int | None:
        """Raises Unusable: a single record agrees on nothing."""
        raise Unusable(cast(Call, call.node).function)


def _place(links: tuple[str, ...]) -> tuple[str, ...]:
    """Links without steps there and back; a sheet's row is the same from all its columns."""
    place: list[str] = []
    for link in links:
        if link == "sheet":
            place = ["sheet"]
        elif place and {place[-1], link} == {"prior", "next"}:
            place.pop()
        else:
            place.append(link)
    return tuple(place)
