"""Screens one form's rows by columns: counts what is certain, tells which rows fail, and leaves
the rest to the exact judge.
"""

from __future__ import annotations

import functools
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple, cast

import narwhals as nw
import polars as pl

from auditor.engines.agreement import Agreement
from auditor.engines.agreements import Agreeing
from auditor.engines.bases import AT, Base, Needed, Prepared
from auditor.engines.differences import Difference, difference
from auditor.engines.engine import Engine, Frame
from auditor.engines.expressions import Expressions, Memory, Same
from auditor.engines.joining import Sources, as_of, stepped, with_sets
from auditor.engines.keys import CODE, OWNER
from auditor.engines.leftover import Leftover, Place
from auditor.engines.looked_up import LookedUp
from auditor.engines.pairs import PARTNER_BOOK, Pairs
from auditor.engines.sets import Companions, Group
from auditor.engines.settling import Tables, settled
from auditor.engines.views import View
from auditor.forms.model import Form
from auditor.formula.columns.answers import answers
from auditor.formula.columns.numbers import measured
from auditor.formula.columns.values import (
    Answers,
    Mask,
    NotColumnar,
    both,
    either,
    expression_of,
    opposite,
)
from auditor.formula.tree import Call, Field, Members, shape, walk
from auditor.records.fields import OTHER_BOOKS, SCOPES, TABLE_OF, Each, OtherBook
from auditor.records.figures import Quantity
from auditor.records.text import Text
from auditor.rules.findings import Outcome
from auditor.rules.rule import InColumns, Rule
from auditor.rules.ruleset import RuleSet

__all__ = ["Beside", "Plan", "Screened", "columnar", "not_columnar", "screened"]

_SETTLED: Final[tuple[Outcome, ...]] = ("may", "unknown", "not_applicable", "pass", "fail")
WANTED: Final = "#wanted"
"""Whether a row fails some rule for certain, or is left to the judge."""
FINDING_KEYS: Final = (CODE, OWNER, AT)
Exactly = Callable[[Each, Agreement, list[Place]], dict[Place, Quantity | None]]


@dataclass(frozen=True)
class _Compiled:
    """For which rows of a rule each outcome is certain, each severity that the rule states, and
    how its findings are told.
    """

    rule: Rule
    masks: Mapping[Outcome, Mask]
    severities: tuple[tuple[str, Answers], ...]
    difference: Difference | None
    shown: frozenset[str]
    """The columns that findings are told by, besides those that formulas name."""

    @cached_property
    def stated(self) -> Expressions:
        """For which rows the rule states each severity."""
        return Expressions(
            expression_of(answers.yes).alias(f"is {severity}")
            for severity, answers in self.severities
        )


@dataclass(frozen=True)
class Failing:
    """The rows of one rule that fail for certain, with the columns that tell what they should
    say.
    """

    rule: _Compiled
    keys: list[str]
    rows: pl.LazyFrame

    def told(self) -> pl.LazyFrame:
        """The rows as findings: ``rule`` and ``each``, keys, severity, expected, actual,
        difference, unit; not ``told`` where the judge has to explain them.
        """
        severity = pl.lit(self.rule.rule.severity)
        for stated, _ in reversed(self.rule.severities):
            severity = pl.when(pl.col(f"is {stated}")).then(pl.lit(stated)).otherwise(severity)
        rows = self.rows
        if self.rule.severities:
            rows = rows.with_columns(self.rule.stated.of_polars)
        rows = rows.with_columns(severity.alias("severity"))
        table = (self.rule.difference or Difference(sure=False)).told(rows)
        return table.select(
            pl.lit(self.rule.rule.code).alias("rule"),
            pl.lit(self.rule.rule.each).alias("each"),
            *self.keys,
            "severity",
            "expected",
            "actual",
            "difference",
            "unit",
            pl.col("sure").alias("told"),
        )


@dataclass
class Screened:
    """What columns say of one form's rows.

    ``outcomes`` counts what is certain, by the keys of rules; ``failing`` are the rows that fail
    for certain; ``left`` are the rows of every rule for the judge.
    """

    outcomes: dict[str, dict[Outcome, int]] = field(default_factory=dict[str, dict[Outcome, int]])
    failing: dict[str, Failing] = field(default_factory=dict[str, Failing])
    left: Leftover = field(default_factory=Leftover)

    def told(self) -> dict[str, pl.DataFrame]:
        """The rows that fail for certain as findings, by rule."""
        tables = pl.collect_all([failing.told() for failing in self.failing.values()])
        return dict(zip(self.failing, tables, strict=True))


# --- which rules can be columns


def not_columnar(rules: Iterable[Rule], forms: Mapping[str, Form]) -> dict[str, Text]:
    """The rules that are judged row by row, and why: those in Python, of a whole book, or of
    formulas that can't be columns.
    """
    found: dict[str, Text] = {}
    for rule in rules:
        if rule.each == "reading" or rule.code in found:
            continue
        for form in forms.values():
            why = next(_why_not(rule.on(form), form), None)
            if why is not None:
                found[rule.code] = why
                break
    return found


def _why_not(rules: Iterable[Rule], form: Form) -> Iterator[Text]:
    """Why some rules can't be columns for a form, as far as they apply to it."""
    for rule in rules:
        if rule.applies_to(form, OTHER_BOOKS) and isinstance(why := _tried(rule, form), Text):
            yield why


def _tried(rule: Rule, form: Form) -> View | Text:
    """A rule compiled to columns of which nothing is known: the view that it was compiled for, or
    why it can't be columns.
    """
    if rule.check is not None and rule.passes is None and rule.in_columns is None:
        return Text(en="it is written in Python", ja="Python で書かれています")
    if rule.each == "claim":
        return Text(en="it is judged on sentences", ja="文章の記述ごとに判定します")
    if rule.each not in TABLE_OF and rule.in_columns is None:
        return Text(en="it is judged on a whole book", ja="冊子全体で判定します")
    bases: dict[Each, Base] = {each: Base() for each in TABLE_OF}
    others: dict[OtherBook, Mapping[Each, Base]] = {"earlier": {**bases}}
    view = View(cast(Each, rule.each), form, bases, others)
    try:
        if rule.in_columns is not None:
            _ask(rule.in_columns, view)
        else:
            _compiled(rule, view)
    except NotColumnar as why:
        en, ja = (
            f"columns can't compute {why.message.en} (form {form.name})",
            f"列として計算できない式です：{why.message.ja}（様式 {form.name}）",
        )
        return Text(en=en, ja=ja)
    return view


_TRIED: Final = Memory["View | Text"](4096)


class Plan(NamedTuple):
    """The rules that can be columns for a form, and what their formulas name on each kind of row,
    which does not hang on its values; ``elsewhere`` is what they name of last year's book.
    """

    rules: list[Rule]
    needed: Needed
    elsewhere: Needed


def columnar(
    rules: Iterable[Rule],
    form: Form,
    others: Collection[OtherBook] = (),
    tables: Collection[str] | None = None,
) -> Plan:
    """The rules that can be columns for a form beside some other books and the ``tables`` of some
    forms, and what they need.
    """
    chosen: list[Rule] = []
    needed: dict[Each, set[str]] = {scope: set() for scope in TABLE_OF}
    elsewhere: dict[Each, set[str]] = {scope: set() for scope in TABLE_OF}
    for rule in rules:
        view = None
        if rule.applies_to(form, others, tables):
            key = (Same(form), _parts(rule))
            view = _TRIED.get(key) or _TRIED.put(key, _tried(rule, form))
        if isinstance(view, View):
            chosen.append(rule)
            if rule.in_columns is not None:
                for scope, names in rule.in_columns.needed(form).items():
                    needed[scope].update(names)
            for of in view.views:
                for links, name in of.paths.values():
                    is_here = of.bases_at(links) is of.bases
                    (needed if is_here else elsewhere)[of.target(links)].add(name)
    return Plan(chosen, needed, elsewhere)


def _compiled(rule: Rule, view: View) -> _Compiled:
    """Raises NotColumnar for a rule that can't be columns."""
    if rule.check is not None:
        return _compiled_passes(rule, view)
    assert rule.tree is not None
    seen = len(view.opened)
    when = answers(rule.when, view) if rule.when is not None else Answers(yes=True)
    formula = answers(rule.tree, view)
    stated = rule.severities if rule.assigned is None else ()
    severities = tuple((str(severity), answers(tree, view)) for severity, tree in stated)
    # A figure whose column was not sure makes a pass a "may", wherever in the formula it stands:
    # the judge says so.
    sure = opposite(either(*view.opened[seen:]))
    stated_of = [
        either(stated.yes, stated.may, stated.unknown, stated.no) for _, stated in severities
    ]
    # A rule that looks at another book applies to no row of a book without one.
    beside: Mask = ~nw.col(PARTNER_BOOK).is_null() if rule.others else True
    sure = both(sure, beside)
    masks: dict[Outcome, Mask] = {
        "may": both(when.yes, formula.may, sure),
        "unknown": both(either(when.unknown, when.may, both(when.yes, formula.unknown)), sure),
        "not_applicable": either(both(when.no, sure), opposite(beside)),
        "pass": both(when.yes, formula.yes, sure),
        "fail": both(when.yes, formula.no, sure, *stated_of),
    }
    told_by = difference(rule, view)
    parts = [stated.yes for _, stated in severities] + list(told_by.parts if told_by else ())
    return _Compiled(rule, masks, severities, told_by, frozenset(view.names_of(parts)))


def _ask(in_columns: InColumns, view: View) -> None:
    """Have columns tell what groups agree on, which a Python rule will ask. Raises NotColumnar."""
    for expression in in_columns.agreed:
        measured(Call("agreed", (expression,), 0), view)


def _compiled_passes(rule: Rule, view: View) -> _Compiled:
    """A Python rule that states which rows pass."""
    assert rule.passes is not None
    seen = len(view.opened)
    when = answers(rule.when, view) if rule.when is not None else Answers(yes=True)
    passes = answers(rule.passes, view)
    sure = opposite(either(*view.opened[seen:]))
    masks: dict[Outcome, Mask] = {
        "unknown": both(either(when.unknown, when.may), sure),
        "not_applicable": both(when.no, sure),
        "pass": both(when.yes, passes.yes, sure),
    }
    return _Compiled(rule, masks, (), None, frozenset())


# --- screening


class Beside(NamedTuple):
    """Last year's rows of one form, and the pairs with those that are screened."""

    prepared: Prepared
    pairs: Pairs


def screened(
    found: Prepared,
    form: Form,
    engine: Engine,
    rules: RuleSet | Iterable[Rule],
    exactly: Exactly,
    tables: Tables,
    beside: Beside | None = None,
) -> Screened:
    """Screen one form's rows by the ``rules`` that can be columns; ``exactly`` is the judge's own
    way to what a group agrees on. ``tables`` are what Python rules look at; ``beside`` is last
    year's book, if there is one.
    """
    sources = replace(
        _sources(found, form, engine, beside), is_whole=tables.is_whole, lookups=tables.lookups
    )
    rules = list(rules)
    expressed = [rule for rule in rules if rule.in_columns is None or rule.in_columns.agreed]
    of_scope: dict[Each, list[Rule]] = {
        scope: [rule for rule in expressed if rule.each == scope]
        for scope in TABLE_OF
        if scope in found.frames
    }
    parts = engine.together(
        [
            functools.partial(_scope, scope, mine, found, sources, exactly, beside)
            for scope, mine in of_scope.items()
            if mine
        ]
    )
    result = Screened()
    for part in parts:
        result.outcomes |= part.outcomes
        result.failing |= part.failing
        result.left.frames |= part.left.frames
        result.left.agreed |= part.left.agreed
        result.left.companions |= part.left.companions
    by_themselves = settled(rules, tables)
    result.outcomes |= {code: dict(counts) for code, counts in by_themselves.outcomes.items()}
    result.left.frames |= by_themselves.left
    result.left.also += by_themselves.also
    result.left.once |= by_themselves.once
    return result


def _sources(found: Prepared, form: Form, engine: Engine, beside: Beside | None) -> Sources:
    """The rows of a form, with the numbers of their partners where there are any."""
    if beside is None:
        return Sources(found.frames, form, engine)
    frames: dict[Each, Frame] = {}
    for scope, frame in found.frames.items():
        table = TABLE_OF[SCOPES[scope].owner or scope]
        frames[scope] = engine.kept(beside.pairs.beside(frame, table, engine))
    there = Sources(beside.prepared.frames, form, engine)
    return Sources(frames, form, engine, {"earlier": there})


def _scope(
    scope: Each,
    rules: list[Rule],
    found: Prepared,
    sources: Sources,
    exactly: Exactly,
    beside: Beside | None,
) -> Screened:
    """What columns say of one kind of row."""
    result = Screened()
    compilation = _compilation(rules, _view(scope, found, sources, beside))
    agreeing = _agreeing(scope, found, sources, result.left, exactly)
    rows = _flagged(compilation, sources, agreeing)
    counts, wanted = sources.engine.sifted(rows, compilation.flags, compilation.counts, WANTED)

    undecided: dict[str, int] = {}
    for item in compilation.rules:
        of_rule: dict[Outcome, int] = {
            outcome: int(counts.get(_flag(item, outcome)) or 0) for outcome in _SETTLED
        }
        undecided[item.rule.key] = counts["rows"] - sum(of_rule.values())
        del of_rule["fail"]
        result.outcomes[item.rule.key] = of_rule
    if wanted is None:
        return result

    left = [item for item in compilation.rules if undecided[item.rule.key]]
    failing = [item for item in compilation.rules if counts.get(_flag(item, "fail"))]
    _sort_out(wanted, left, failing, compilation, result)
    for item in (*left, *failing):
        if groups := compilation.companions[item.rule.key]:
            companions = Companions(rows, groups, sources.engine)
            result.left.companions[item.rule.key] = companions
    return result


def _view(scope: Each, found: Prepared, sources: Sources, beside: Beside | None) -> View:
    """One kind of row as formulas see it, before any is compiled."""
    others: dict[OtherBook, Mapping[Each, Base]] = {}
    if beside is not None:
        others["earlier"] = beside.prepared.bases
    return View(
        scope,
        sources.form,
        found.bases,
        others,
        heights={each: _rounded_up(rows) for each, rows in found.heights.items()},
        is_whole=sources.is_whole,
        lookups=sources.lookups,
    )


def _rounded_up(rows: int) -> int:
    """A power of two: what was compiled for so many rows holds for other tables, too."""
    return 1 << max(rows - 1, 0).bit_length()


def _agreeing(
    scope: Each, found: Prepared, sources: Sources, left: Leftover, exactly: Exactly
) -> Agreeing:
    """What the groups of one kind of row agree on."""
    columns = len(sources.form.columns)
    groups = found.books * (columns if scope == "year" else 1)
    usual_size = found.heights[scope] // max(groups, 1)
    of_scope = functools.partial(exactly, scope)
    return Agreeing(scope, sources.engine, left, of_scope, columns, usual_size)


def _flagged(compilation: _Compilation, sources: Sources, agreeing: Agreeing) -> Frame:
    """The rows with what findings are told by, and a flag for each rule and outcome."""
    view, engine = compilation.view, sources.engine
    frame = with_sets(view, as_of(view, sources), sources)
    frame = stepped(view, frame, engine, agreeing.joined)
    frame = engine.extended(engine.selected(frame, compilation.columns), compilation.wanted)
    return engine.kept(frame) if any(compilation.companions.values()) else frame


def _sort_out(
    rows: pl.DataFrame,
    left: Sequence[_Compiled],
    failing: Sequence[_Compiled],
    compilation: _Compilation,
    result: Screened,
) -> None:
    """Add to a result which of some rows are left to the judge, and which fail, by rule."""
    keys = compilation.keys
    for item in left:
        settling = compilation.settling(item)
        undecided = rows.filter(~pl.any_horizontal(settling)) if settling else rows
        result.left.frames[item.rule.key] = undecided.select(keys)
    for item in failing:
        failing_rows = rows.lazy().filter(pl.col(_flag(item, "fail")))
        result.failing[item.rule.key] = Failing(item, keys, failing_rows)


def _groups(rule: Rule, view: View) -> list[Group]:
    """The groups of rows that a rule's formulas look at."""
    trees = (rule.tree, rule.when, rule.shows, *(tree for _, tree in rule.severities))
    parts = [part for tree in trees if tree is not None for part in walk(tree)]
    names = [shape(part) for part in parts if isinstance(part, Members | Call)]
    names += [part.links[:1] for part in parts if isinstance(part, Field)]
    sets = (view.gathered.get(name) for name in names)
    groups = chain.from_iterable(item.groups() for item in sets if item is not None)
    return list(dict.fromkeys(groups))


@dataclass(frozen=True)
class _Compilation:
    """Some rules of one kind of row as columns: ``columns`` are keys, what the formulas name, and
    the ``flags`` of each rule and outcome; ``counts`` says how many rows have each flag, and
    ``wanted`` which rows fail or are left to the judge. ``companions`` are the groups of rows
    that the rules look at, by their keys.
    """

    view: View
    rules: list[_Compiled]
    keys: list[str]
    flags: tuple[str, ...]
    companions: Mapping[str, list[Group]]
    columns: Expressions
    counts: Expressions
    wanted: Expressions

    def settling(self, item: _Compiled) -> list[str]:
        """The flags of a rule: a row that has none of them is left to the judge."""
        flags = (_flag(item, outcome) for outcome in _SETTLED)
        return [flag for flag in flags if flag in self.flags]


_COMPILATIONS: Final = Memory[_Compilation]()


def _compilation(rules: Sequence[Rule], view: View) -> _Compilation:
    """The rules compiled for a view that nothing was compiled for yet, now or in an audit before.

    What sets of rows come to hangs on how many rows there are. Values of rows that are looked up
    in another table are part of the expressions, so these are compiled each time.
    """
    bases = [*view.bases.items()]
    bases += chain.from_iterable(there.items() for there in view.others.values())
    key = (
        view.scope,
        Same(view.form),
        tuple(map(_parts, rules)),
        tuple((each, base.key) for each, base in bases),
        tuple(view.others),
    )
    with_sets = (*key, view.is_whole, *view.heights.items())
    compilation = _COMPILATIONS.get(key) or _COMPILATIONS.get(with_sets)
    if compilation is None:
        compilation = _compiled_together(rules, view)
        if not view.gathered:
            _COMPILATIONS.put(key, compilation)
        elif not any(isinstance(item, LookedUp) for item in view.gathered.values()):
            _COMPILATIONS.put(with_sets, compilation)
    return compilation


def _parts(rule: Rule) -> Hashable:
    """What a rule is made of. One that got another severity is a new object of the same parts."""
    return tuple(Same(getattr(rule, part.name)) for part in fields(rule))


def _compiled_together(rules: Iterable[Rule], view: View) -> _Compilation:
    """Raises NotColumnar for a rule that can't be columns."""
    compiled: list[_Compiled] = []
    for rule in rules:
        if rule.in_columns is None:
            compiled.append(_compiled(rule, view))
        else:
            _ask(rule.in_columns, view)
    keys = [name for name in FINDING_KEYS if name != AT or view.scope not in ("sheet", "kpi")]
    ways = [
        column
        for agreement in view.agreements.values()
        for name, column in agreement.columns.items()
        if not name.endswith("_open")
    ]
    shown = set[str]().union(*(item.shown for item in compiled))
    companions = {item.rule.key: _groups(item.rule, view) for item in compiled}
    groups = dict.fromkeys(chain.from_iterable(companions.values()))
    marks = chain.from_iterable(group.marks for group in groups)
    used = dict.fromkeys((*keys, *view.paths, *ways, *sorted(shown), *marks))
    flags: dict[str, nw.Expr] = {}
    for item in compiled:
        for outcome, mask in item.masks.items():
            if mask is not False:
                flags[_flag(item, outcome)] = expression_of(mask)
    columns = [*map(nw.col, used), *(mask.alias(name) for name, mask in flags.items())]
    counted = [*flags, WANTED]
    counts = [nw.len().alias("rows"), *(nw.col(name).cast(nw.Int64).sum() for name in counted)]
    wanted = expression_of(either(*chain.from_iterable(_wanted(compiled, flags))))
    return _Compilation(
        view,
        compiled,
        keys,
        tuple(flags),
        companions,
        Expressions(columns),
        Expressions(counts),
        Expressions([wanted.alias(WANTED)]),
    )


def _wanted(compiled: Iterable[_Compiled], flags: Collection[str]) -> Iterator[list[Mask]]:
    """The rows of each rule that fail, and those of which no outcome is certain."""
    for item in compiled:
        settling = [name for outcome in _SETTLED if (name := _flag(item, outcome)) in flags]
        fails = [nw.col(name) for name in settling if name == _flag(item, "fail")]
        yield [opposite(either(*map(nw.col, settling))), *fails]


def _flag(item: _Compiled, outcome: Outcome) -> str:
    return f"{item.rule.key} {outcome}"
