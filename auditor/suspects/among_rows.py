"""Which rows of a book are explained together: totals with their rows, parents with children.

A sum over thousands of rows is contradicted by each of them. Searched are the rows that break
rules of their own, those that a slip of the hand turns into what the sum needs, and blank ones, if
they are few; the others are counted, as explanations that are not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Final, NamedTuple, cast

from auditor.formula.functions import kind_of
from auditor.formula.judge import gathered, measure, members
from auditor.formula.trace import trace
from auditor.formula.tree import Call, Compare, Field, Members, Name, walk
from auditor.formula.values import Missing, RowSet
from auditor.records.fields import Each
from auditor.records.figures import Answer, ends
from auditor.records.model import Sheet
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.suspects.beliefs import size
from auditor.suspects.explanation import Contradiction
from auditor.suspects.expressions import connected
from auditor.suspects.slips import ARBITRARY, CHANCES, NEGATIVE, ODDS, ways

__all__ = ["ANOTHER", "Together", "explained_together"]

TOTALS: Final = 8
"""More rows whose sums share parts are not explained together."""
DETAILS: Final = 6
"""So many parts of a sum are searched, with all rules of their rows."""
ANOTHER: Final = 0.01
"""The chance of a slip that settles what is broken besides."""
LOOKED_AT: Final = 300_000
"""So many parts of sums that hold are looked at, to see which confirm a row that breaks rules of
its own."""

Part = tuple[Row, str]
"""A figure that a sum adds up."""


class Together(NamedTuple):
    """Sheets that are explained together, that of the first contradiction first, and those that
    only confirm them; ``unlisted`` is the belief in explanations by parts that are not searched.
    """

    sheets: Sequence[Sheet]
    confirming: Sequence[Sheet]
    unlisted: float


@dataclass
class _Sum:
    """A row of which a rule compares figures with those of other rows, and these; ``sheets`` are
    theirs, by identity.
    """

    rule: Rule
    row: Row
    parts: Sequence[Part]
    sheets: frozenset[int]
    number: int | None = None
    """The number of its contradiction; None where it holds."""


def _sheets_of(parts: Iterable[Part]) -> frozenset[int]:
    return frozenset(id(row.sheet) for row, _ in parts)


def explained_together(
    rows: Rows,
    hard: Sequence[Rule],
    among: Sequence[Rule],
    contradictions: Sequence[Contradiction],
) -> list[Together]:
    """The sheets of a book that are explained together; ``among`` are the rules that look at other
    rows, ``hard`` those that any correction has to satisfy. What a sheet contradicts is explained
    the first time that it is among them.
    """
    if not among:
        return []
    failing = list(_failing(among, contradictions))
    broken = {
        id(row.sheet)
        for _, rule, row in contradictions
        if row.sheet is not None and rule in hard and rule not in among
    }
    holding = list(_holding(rows, among, failing))
    several = list(_of_totals(rows, hard, failing, holding, broken))
    taken = set(map(id, chain.from_iterable(together.sheets for together in several)))
    return [*several, *_confirmed(contradictions, holding, broken - taken)]


def _of_totals(
    rows: Rows,
    hard: Sequence[Rule],
    failing: Sequence[_Sum],
    holding: Sequence[_Sum],
    broken: set[int],
) -> Iterator[Together]:
    """The broken sums with the parts that may be wrong."""
    groups = rows.form.figure_groups
    bound = frozenset(chain.from_iterable(_names(rule, groups) for rule in hard))
    for group in _groups(failing):
        together = _of_sums(group, holding, broken, bound)
        if together is not None:
            yield together


def _confirmed(
    contradictions: Sequence[Contradiction], holding: Sequence[_Sum], broken: set[int]
) -> Iterator[Together]:
    """The rows that break rules of their own, with the totals that hold and confirm their
    figures, or do not.
    """
    sheets = _distinct(row.sheet for _, _, row in contradictions if row.sheet is not None)
    looked_at = 0
    for sheet in sheets:
        if id(sheet) not in broken:
            continue
        totals = [other for other in holding if id(sheet) in other.sheets]
        looked_at += sum(len(other.parts) for other in totals)
        if looked_at > LOOKED_AT:
            return
        confirming = _distinct(other.row.sheet for other in totals if other.row.sheet)
        if confirming:
            yield Together([sheet], confirming, 0.0)


def _failing(among: Sequence[Rule], contradictions: Sequence[Contradiction]) -> Iterator[_Sum]:
    """The broken sums.

    One that so many rows share that it is not searched has no parts, only their sheets, which all
    its rows share: parts of each row would be as many as the square of its rows.
    """
    looking = [
        (number, rule, row, sets)
        for number, (_, rule, row) in enumerate(contradictions)
        if rule in among and (sets := _sets(rule, row)) is not None
    ]
    sharing: dict[tuple[int, ...], set[int]] = {}
    for _, rule, row, sets in looking:
        sharing.setdefault(_key(rule, sets), set()).add(id(row.sheet))
    crowds: dict[tuple[int, ...], frozenset[int]] = {}
    for number, rule, row, sets in looking:
        key = _key(rule, sets)
        if not sets or len(sharing[key]) <= TOTALS:
            if parts := _parts(rule, row):
                yield _Sum(rule, row, parts, _sheets_of(parts), number)
            continue
        if key not in crowds:
            of_sets = chain.from_iterable(_members(node, row) for node in _nodes(rule))
            crowds[key] = _sheets_of(part for part in of_sets if part[0].sheet is not None)
        sheets, beside = crowds[key], _sheets_of(_others(_traced(rule, row), row))
        yield _Sum(rule, row, (), sheets if beside <= sheets else sheets | beside, number)


def _key(rule: Rule, sets: Sequence[RowSet]) -> tuple[int, ...]:
    """What is equal for rows of which a rule looks at the same sets."""
    return id(rule), *map(id, sets)


def _nodes(rule: Rule) -> Iterator[Members]:
    """The sets that a rule names."""
    assert rule.tree is not None
    return (node for node in walk(rule.tree) if isinstance(node, Members))


def _sets(rule: Rule, row: Row) -> list[RowSet] | None:
    """The sets that a rule looks at from a row; None where it can't be told which rows are in
    one.
    """
    sets = [gathered(node, row) for node in _nodes(rule)]
    return sets if all(rows.is_certain for rows in sets) else None


def _members(node: Members, row: Row) -> list[Part]:
    return cast("list[Part]", members(node, row))


def _traced(rule: Rule, row: Row) -> Iterator[Part]:
    """The figures that the trace of a rule names."""
    assert rule.tree is not None
    return chain.from_iterable(part.cells for part in trace(rule.tree, row).walk())


def _parts(rule: Rule, row: Row) -> list[Part]:
    """The figures of other sheets that a rule compares with those of a row."""
    if _sets(rule, row) is None:
        return []
    of_sets = chain.from_iterable(_members(node, row) for node in _nodes(rule))
    others = _others(chain(of_sets, _traced(rule, row)), row)
    return list({(id(other), name): (other, name) for other, name in others}.values())


def _others(parts: Iterable[Part], row: Row) -> Iterator[Part]:
    """Those of some figures that are of other sheets of a row's book."""
    return (part for part in parts if _is_beside(part[0], row))


def _is_beside(other: Row, row: Row) -> bool:
    """Whether a row is of another sheet of the same book."""
    return other.rows is row.rows and other.sheet is not row.sheet and other.sheet is not None


def _holding(rows: Rows, among: Sequence[Rule], failing: Sequence[_Sum]) -> Iterator[_Sum]:
    """The total rows and parents of which such rules hold: they confirm their parts."""
    broken = {(id(each.rule), id(each.row)) for each in failing}
    seen = 0
    for rule in among:
        if rule.each == "reading":
            continue
        for row in rows.of(rule.each):
            if (id(rule), id(row)) in broken or not _confirms(rule, row):
                continue
            parts = _parts(rule, row)
            seen += len(parts)
            if seen > LOOKED_AT:
                return
            if parts and rule.holds(row) in (Answer.YES, Answer.MAY):
                yield _Sum(rule, row, parts, _sheets_of(parts))


def _confirms(rule: Rule, row: Row) -> bool:
    """Whether a row has parts of its own: those of a total, or the children of a parent."""
    assert rule.tree is not None
    sets = {node.of for node in walk(rule.tree) if isinstance(node, Members)}
    if sets & {"rows", "same"}:
        return False
    if rule.applies is not None and rule.applies(row) is not Answer.YES:
        return False
    is_total = row.sheet is not None and row.sheet.role == "total"
    return is_total or "children" in sets


def _groups(failing: Sequence[_Sum]) -> list[list[_Sum]]:
    """The broken sums that share parts, or of which one is a part of another."""
    if len(failing) > LOOKED_AT // 100:
        return []
    numbers: dict[int, int] = {}
    of_sheets: dict[int, int] = {}

    def number(sheet: int) -> int:
        return 1 << numbers.setdefault(sheet, len(numbers))

    def mask(each: _Sum) -> int:
        # Rows of one crowd share their sheets.
        sheets = id(each.sheets)
        if sheets not in of_sheets:
            of_sheets[sheets] = sum(map(number, each.sheets))
        return of_sheets[sheets] | number(id(each.row.sheet))

    masks = {id(each): mask(each) for each in failing}
    return [list(group) for group in connected(failing, lambda each: masks[id(each)])]


def _of_sums(
    group: Sequence[_Sum],
    holding: Sequence[_Sum],
    broken: set[int],
    bound: frozenset[tuple[Each, str]],
) -> Together | None:
    """The sheets to explain some broken sums with; None where they are too many."""
    totals = _distinct(each.row.sheet for each in group if each.row.sheet is not None)
    if len(totals) > TOTALS:
        return None
    details: list[Sheet] = []
    unlisted = 0.0
    for each in group:
        if len(broken & each.sheets) > DETAILS:
            return None
        chosen, rest = _likely(each, broken, bound)
        details += chosen
        unlisted += rest
    sheets = _distinct(chain(totals, details))
    parts = {id(sheet) for sheet in details}
    confirming = [
        each.row.sheet
        for each in holding
        if each.row.sheet is not None and not parts.isdisjoint(each.sheets)
    ]
    explained = set(map(id, sheets))
    others = [sheet for sheet in _distinct(confirming) if id(sheet) not in explained]
    return Together(sheets, others[:TOTALS], unlisted)


def _names(rule: Rule, groups: Mapping[str, Sequence[str]]) -> Iterator[tuple[Each, str]]:
    """The figures of its own row that a rule binds together."""
    for node in walk(rule.tree) if rule.tree is not None else ():
        names: Sequence[str] = ()
        match node:
            case Field(links=(), kind="number", name=name):
                names = (name,)
            case Field(links=(), name=name) | Call(function="group", arguments=(Name(value=name),)):
                names = groups.get(name, ())
            case _:
                pass
        for name in names:
            yield cast(Each, rule.each), name


def _likely(
    each: _Sum, broken: set[int], bound: frozenset[tuple[Each, str]]
) -> tuple[list[Sheet], float]:
    """The parts of a broken sum that are searched, and the belief in the others. One that a rule
    of its own row binds would be wrong together with another figure there.
    """
    off = _difference(each)
    scored: list[tuple[float, int, Sheet]] = []
    blank: list[Sheet] = []
    unlisted: list[float] = []
    for order, (row, name) in enumerate(each.parts):
        sheet = row.sheet
        assert sheet is not None
        figure = row.figure(name)
        if figure is None or figure.value is None:
            blank.append(sheet)
            continue
        chance, arbitrary = _chances(row, name, off)
        if id(sheet) in broken:
            scored.append((1 + chance, order, sheet))
        elif chance:
            scored.append((chance, order, sheet))
        else:
            is_bound = (row.scope, name) in bound
            unlisted.append(arbitrary * ODDS * ANOTHER if is_bound else arbitrary)
    scored.sort(key=lambda item: (-item[0], item[1]))
    chosen = [sheet for _, _, sheet in scored[:DETAILS]]
    if len(blank) <= DETAILS // 2:
        chosen += blank
    return _distinct(chosen), ODDS * sum(unlisted)


def _difference(each: _Sum) -> Fraction | None:
    """By how much the parts are too small together, in base units: the middle, where figures are
    rounded. None where the rule is no equation of numbers.
    """
    tree = each.rule.tree
    if not isinstance(tree, Compare) or tree.operator != "==" or kind_of(tree.left) != "number":
        return None
    middles: list[Fraction] = []
    for side in (tree.left, tree.right):
        value = measure(side)(each.row)
        if isinstance(value, Missing):
            return None
        span = ends(value)
        middles.append(Fraction(span.lo + span.hi) / 2)
    left, right = middles
    on_the_left = any(isinstance(node, Members) for node in walk(tree.left))
    return right - left if on_the_left else left - right


def _chances(row: Row, name: str, off: Fraction | None) -> tuple[float, float]:
    """How likely a slip of the hand made a printed figure of the one that is larger by a
    difference (in base units), with how likely that other is; and the same of any other mistake.
    """
    figure, definition = row.figure(name), row.definition(name)
    if off is None or figure is None or figure.value is None or definition is None:
        return 0.0, 0.0
    unit = figure.unit if figure.unit in row.form.units else definition.unit
    exponent = cast(int, figure.value.as_tuple().exponent)
    grid = min(Fraction(definition.step), Fraction(10) ** exponent)
    printed = int(Fraction(figure.value) / grid)
    true = printed + round(off / Fraction(row.factor(unit)) / grid)
    if true == printed:
        return 0.0, 0.0
    prior = size(printed) / size(true)
    by_hand = sum(CHANCES[kind] * share for kind, share in ways(true, printed)) * prior
    if true < 0 <= printed:
        return by_hand * NEGATIVE, 0.0
    return by_hand, CHANCES["arbitrary"] * ARBITRARY / (abs(printed) + 1) * prior


def _distinct(sheets: Iterable[Sheet]) -> list[Sheet]:
    return list({id(sheet): sheet for sheet in sheets}.values())
