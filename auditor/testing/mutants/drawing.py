"""Draws rows that a rule may be judged on: the rows of its cases with other values, each value as
the records of a case would have it.

A value of a case may decide several values of rows (the word of an evaluation is its meaning, too),
so that each is tried once in a case that is built. Rows are then drawn by putting such values
together, which builds nothing: 20,000 rows are drawn and judged in about a second. Values that are
put together need not go together, so that a row is taken for one only when its case was built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from pydantic import ValidationError

from auditor.forms.model import Form
from auditor.formula.functions import function_of
from auditor.formula.tree import Call, Field, Members, Name, Node, walk
from auditor.formula.values import Value
from auditor.records.fields import EACH
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.testing.cases import BuiltCase, CaseError, build_case
from auditor.testing.mutants.leaves import Key, leaves, with_values
from auditor.testing.mutants.pools import Pools, plain_number

if TYPE_CHECKING:
    from auditor.narrative.model import PluggedReader

__all__ = ["Builder", "Template", "templates_of"]

_SAID: Final = ("outcome", "equation", "expected", "severity", "suspects", "note")
"""What a case says of its outcome, not of its records."""
_FIXED: Final = (
    "form",
    "layout",
    "sums",
    "declares",
    "figure",
    "text",
    "name",
    "role",
    "parent",
    "number",
)
"""What is not drawn: which records there are, rather than their values."""
_MOST_TEMPLATES: Final = 16
_MOST_CASES: Final = 10
_MOST_MEMBERS: Final = 8


class Effect(NamedTuple):
    """A value of a row under a name, as an option of a case makes it."""

    row: Row
    name: str
    value: Value


class Slot(NamedTuple):
    """A place of a case at which something else may stand: each option with what it makes of the
    rows.
    """

    key: Key
    options: list[tuple[object, list[Effect]]]


@dataclass(frozen=True)
class Builder:
    """Builds cases of one rule."""

    rule: Rule
    forms: Mapping[str, Form]
    claim_readers: Sequence[PluggedReader] = ()

    def build(self, case: Mapping[str, Any]) -> BuiltCase | None:
        """The records of a case; None where there are none of which all this could be said."""
        try:
            built = build_case(self.rule, case, self.forms, self.claim_readers)
        except (CaseError, ValidationError):
            return None
        return built if built.rows else None


@dataclass
class Template:
    """A case whose values are drawn."""

    case: Mapping[str, Any]
    built: BuiltCase
    builder: Builder
    pools: Pools
    further: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Cases met on the way that have other rows."""

    @cached_property
    def row(self) -> Row:
        row = self.built.row_of(self.built.rule)
        return self.built.rows[0] if row is None else row

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows of the case's books and tables, in their order."""
        return tuple(all_rows(self.row))

    @cached_property
    def slots(self) -> list[Slot]:
        """The places of the case at which something else may stand."""
        keys = dict.fromkeys(key for key, _ in leaves(self.case))
        keys |= dict.fromkeys(self._named())
        slots: list[Slot] = []
        for key in keys:
            if any(step in _FIXED for step in key):
                continue
            options = self._options(key)
            if options:
                slots.append(Slot(key, options))
        return slots

    def _named(self) -> Iterator[Key]:
        """The keys of what the formulas name."""
        if self.row.scope == "evaluation":
            yield ("year",)
        for need in self.builder.rule.needs:
            match need:
                case Field(links=links, name=name):
                    if self.row.scope == "kpi_year" and links[:1] == ("kpi",):
                        links = links[1:]  # a case states the indicator at once with the year
                    yield (
                        *chain.from_iterable(link.split(".") for link in links),
                        *name.split("."),
                    )
                case Call(function="group", arguments=(Name(value=group),)):
                    names = self.row.groups.get(group, ())[:_MOST_MEMBERS]
                    yield from (tuple(name.split(".")) for name in names)
                case _:
                    pass
        for name in self.row.groups.get("funding", ())[:3]:
            yield tuple(name.split("."))
        actuals = self.case.get("actuals")
        if isinstance(actuals, Mapping) and actuals:
            years = [int(year) for year in cast("Mapping[str, object]", actuals)]
            yield from (("actuals", str(year)) for year in (min(years) - 1, max(years) + 1))

    def _options(self, key: Key) -> list[tuple[object, list[Effect]]]:
        options: list[tuple[object, list[Effect]]] = []
        for option in self.pools.options(self.case, key, self.built.form):
            case = with_values(self.case, {key: option})
            built = self.builder.build(case)
            if built is None:
                continue
            effects = self._effects(built)
            if effects is None:
                self.further.append(case)
            elif effects:
                options.append((option, effects))
        return options

    def _effects(self, built: BuiltCase) -> list[Effect] | None:
        """What is otherwise on the rows of a case; None where it has other rows."""
        rows = tuple(all_rows(built.rows[0]))
        if [(row.scope, row.column) for row in rows] != [
            (row.scope, row.column) for row in self.rows
        ]:
            return None
        effects: list[Effect] = []
        for here, there in zip(self.rows, rows, strict=True):
            names = dict.fromkeys((*here.values, *there.values))
            for name in names:
                value = there.values.get(name)
                if value is not None and here.values.get(name) != value:
                    effects.append(Effect(here, name, value))
        return effects

    def draw(self, random: Random) -> dict[Key, object]:
        """Change some values of the rows; gives what was chosen, which ``undo`` takes back."""
        slots = self.slots
        if random.random() < 0.5:
            count = min(len(slots), 1 + int(random.random() * 3))
            chosen = random.sample(slots, count)
        else:
            share = random.random()
            chosen = [slot for slot in slots if random.random() < share]
        choice: dict[Key, object] = {}
        for key, options in chosen:
            option, effects = options[int(random.random() * len(options))]
            choice[key] = option
            for row, name, value in effects:
                self._before.append((row, name, row.values.get(name)))
                row.values[name] = value
        if self._has_sets:
            for rows in self._books:
                rows.forget()
        return choice

    def undo(self) -> None:
        """Make the rows what they were."""
        while self._before:
            row, name, value = self._before.pop()
            if value is None:
                del row.values[name]
            else:
                row.values[name] = value

    @cached_property
    def _before(self) -> list[tuple[Row, str, Value | None]]:
        return []

    @cached_property
    def _books(self) -> tuple[Rows, ...]:
        return tuple({id(row.rows): row.rows for row in self.rows}.values())

    @cached_property
    def _has_sets(self) -> bool:
        """Whether a formula asks what several rows have."""
        rule = self.builder.rule
        trees = [tree for tree in (rule.tree, rule.when) if tree is not None]
        return any(_is_of_rows(node) for node in chain.from_iterable(map(walk, trees)))


def _is_of_rows(node: Node) -> bool:
    return isinstance(node, Members) or (
        isinstance(node, Call) and function_of(node).kind == "group"
    )


def all_rows(row: Row) -> Iterator[Row]:
    """All rows of the book of a row, and of the books and tables beside it."""
    books = [row.rows, *(other.rows for other in row.rows.others.values())]
    for name in row.rows.lookups.forms:
        books += row.rows.lookups.tables_of(name)
    for rows in books:
        for scope in EACH:
            if scope != "claim" or row.scope == "claim":
                yield from rows.of(scope)


def templates_of(builder: Builder, pools: Pools) -> list[Template]:
    """The cases of a rule, as far as they can be built, without what they say of their outcomes;
    then the same on the other forms, with what else they can say, and without each of their parts.
    """
    cases = [_records(case) for case in builder.rule.file.cases]
    elsewhere = [[{**case, "form": name} for case in cases] for name in builder.forms]
    shorter = list(chain.from_iterable(map(_shorter, cases)))
    # The first case on every form, then what all are without a part, then the others elsewhere.
    further = list(chain.from_iterable(zip(*elsewhere, strict=True)))
    first = len(elsewhere)
    others = [case | other for other in _otherwise(builder.rule) for case in cases[:2]]
    waiting = [*cases[:_MOST_CASES], *further[:first], *others, *shorter, *further[first:]]
    templates: dict[str, Template] = {}
    for case in waiting:
        if len(templates) >= _MOST_TEMPLATES:
            break
        if repr(case) in templates:
            continue
        built = builder.build(case)
        if built is None:
            continue
        if "text" in case and (stated := _stated(case, built, builder)) is not None:
            case, built = stated, builder.build(stated)
            if built is None:
                continue
        templates[repr(case)] = Template(case, built, builder, pools)
    return list(templates.values())


def _otherwise(rule: Rule) -> list[dict[str, Any]]:
    """What else a case can say of its rows and its form, where the rule looks at that."""
    others: list[dict[str, Any]] = []
    for need in rule.needs:
        match need:
            case Field(name="role"):
                others.append({"role": "total"})
            case Field(links=("earlier", *_)):
                others.append({"earlier": False})
            case Call(function="param", arguments=(Name(value="sum_leeway"),)):
                others += [{"sums": sums} for sums in ("exact", "rounded", "undeclared")]
            case _:
                pass
    return others


def _records(case: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name not in _SAID}


def _stated(case: Mapping[str, Any], built: BuiltCase, builder: Builder) -> dict[str, Any] | None:
    """A case whose ``text`` makes a claim, with the claim stated figure by figure in place of it;
    plain numbers stand for the figures for which they are the same.
    """
    row = built.row_of(built.rule)
    claim = None if row is None else row.claim
    if row is None or claim is None:
        return None
    stated: dict[str, Any] = {name: value for name, value in case.items() if name != "text"}
    stated |= {"section": claim.sentence.section, "kind": claim.kind}
    stated |= {**claim.words, **claim.values}
    plain: dict[Key, object] = {}
    for name, figure in claim.figures.items():
        first, _, number = name.partition(".")
        if number:
            stated.setdefault(first, []).append(figure.shown())
        else:
            stated[name] = figure.shown()
        if figure.state == "number" and figure.value is not None:
            plain[(first, int(number) - 1) if number else (first,)] = plain_number(figure.value)
    for key, value in plain.items():
        other = with_values(stated, {key: value})
        rebuilt = builder.build(other)
        if rebuilt is not None and all(
            rebuilt.rows[0].values.get(name) == row.values.get(name) for name in claim.figures
        ):
            stated = other
    return stated


def _shorter(case: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A case without each of its parts."""
    for name in case:
        if name != "form":
            yield {key: item for key, item in case.items() if key != name}
