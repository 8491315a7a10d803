"""Screens one form's rows by columns: counts what is certain, tells which rows fail, and leaves the rest to the exact judge."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import narwhals as nw
import polars as pl

from auditor.engines.agreements import Agreeing, witnesses
from auditor.engines.differences import Difference, difference
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import CODE, OWNER
from auditor.engines.leftover import Leftover
from auditor.engines.preparing import AT, TABLES, Base, Needed, Prepared
from auditor.engines.views import Agreement, Sources, View, as_of, stepped
from auditor.figures import Quantity
from auditor.forms import Form
from auditor.formula.columns import Answers, Mask, NotColumnar, answers, both, either, expression_of, opposite
from auditor.formula.tree import Call, walk
from auditor.model import Text
from auditor.rows import Each
from auditor.rules import Outcome, Rule, RuleSet

__all__ = ["Screened", "agrees", "names_needed", "not_columnar", "screened"]

_SETTLED: Final[tuple[Outcome, ...]] = ("may", "unknown", "not_applicable", "pass", "fail")
FINDING_KEYS: Final = (CODE, OWNER, AT)
Exactly = Callable[[Each, Agreement, int, int | None], Quantity | None]


@dataclass(frozen=True)
class _Compiled:
    """For which rows of a rule each outcome is certain, each severity that the rule states, and how its findings are told."""

    rule: Rule
    masks: Mapping[Outcome, Mask]
    severities: tuple[tuple[str, Answers], ...]
    difference: Difference | None


@dataclass
class Screened:
    """What columns say of one form's rows.

    ``outcomes`` counts what is certain, by rule; ``failing`` are the rows that fail for certain (``#code``, ``#owner``, ``#at``,
    ``severity``, ``expected`` …; ``told`` is false where the judge has to explain them); ``left`` are the rows of every rule for the judge.
    """

    outcomes: dict[str, dict[Outcome, int]] = field(default_factory=dict[str, dict[Outcome, int]])
    failing: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    left: Leftover = field(default_factory=Leftover)


# --- which rules can be columns


def not_columnar(rules: Iterable[Rule], forms: Mapping[str, Form]) -> dict[str, Text]:
    """The rules that are judged row by row, and why: those in Python, of a whole book, or of formulas that can't be columns."""
    found: dict[str, Text] = {}
    for rule in rules:
        if rule.each == "reading" or rule.code in found:
            continue
        for form in forms.values():
            if rule.applies_to(form) and (why := _why_not(rule, form)) is not None:
                found[rule.code] = why
                break
    return found


def _why_not(rule: Rule, form: Form) -> Text | None:
    if rule.check is not None or rule.tree is None:
        return Text(en="it is written in Python", ja="Python で書かれています")
    if rule.each not in TABLES:
        return Text(en="it is judged on a whole book", ja="冊子全体で判定します")
    try:
        _compiled(rule, _blank(cast(Each, rule.each), form))
    except NotColumnar as why:
        en, ja = f"columns can't compute {why.part.en} (form {form.name})", f"列として計算できない式です: {why.part.ja}（様式 {form.name}）"
        return Text(en=en, ja=ja)
    return None


def _blank(scope: Each, form: Form) -> View:
    """A view that knows nothing of the values: what a formula names does not hang on them."""
    return View(scope, form, {each: Base() for each in TABLES})


def columnar(rule: Rule, form: Form) -> bool:
    return rule.applies_to(form) and _why_not(rule, form) is None


def names_needed(rules: Iterable[Rule], form: Form) -> Needed:
    """What the formulas of rules that can be columns name on each kind of row."""
    needed: dict[Each, set[str]] = {scope: set() for scope in TABLES}
    for rule in rules:
        view = _blank(cast(Each, rule.each), form)
        _compiled(rule, view)
        for links, name in view.paths.values():
            needed[view.target(links)].add(name)
    return needed


def agrees(rule: Rule) -> bool:
    trees = [tree for tree in (rule.tree, rule.when) if tree is not None]
    return any(isinstance(node, Call) and node.function == "agreed" for tree in trees for node in walk(tree))


def _compiled(rule: Rule, view: View) -> _Compiled:
    """Raises NotColumnar for a rule that can't be columns."""
    assert rule.tree is not None
    seen = len(view.opened)
    when = answers(rule.when, view) if rule.when is not None else Answers(yes=True)
    formula = answers(rule.tree, view)
    severities = tuple((str(severity), answers(tree, view)) for severity, tree in rule.severities)
    # A figure whose column was not sure makes a pass a "may", wherever in the formula it stands: the judge says so.
    sure = opposite(either(*view.opened[seen:]))
    told = [either(stated.yes, stated.may, stated.unknown, stated.no) for _, stated in severities]
    masks: dict[Outcome, Mask] = {
        "may": both(when.yes, formula.may, sure),
        "unknown": both(either(when.unknown, when.may, both(when.yes, formula.unknown)), sure),
        "not_applicable": both(when.no, sure),
        "pass": both(when.yes, formula.yes, sure),
        "fail": both(when.yes, formula.no, sure, *told),
    }
    return _Compiled(rule, masks, severities, difference(rule, view))


# --- screening


def screened(found: Prepared, form: Form, engine: Engine, rules: RuleSet | Iterable[Rule], exactly: Exactly) -> Screened:
    """Screen one form's rows by the ``rules`` that can be columns; ``exactly`` is the judge's own way to what a group agrees on."""
    result = Screened()
    sources = Sources(found.frames, form, engine)
    for scope in TABLES:
        if scope not in found.frames:
            continue
        mine = [rule for rule in rules if rule.each == scope]
        if mine:
            _scope(scope, mine, found, sources, exactly, result)
    return result


def _scope(scope: Each, rules: list[Rule], found: Prepared, sources: Sources, exactly: Exactly, result: Screened) -> None:
    engine, form = sources.engine, sources.form
    view = View(scope, form, found.bases)
    compiled = [_compiled(rule, view) for rule in rules]
    keys = [name for name in FINDING_KEYS if name != AT or scope not in ("sheet", "kpi")]
    agreeing = Agreeing(scope, engine, result.left, functools.partial(exactly, scope))
    frame = stepped(view, as_of(view, sources), agreeing.joined)
    ways = [f"{agreement.prefix}/{end}" for agreement in view.agreements.values() for end in ("lo_d", "lo_u", "hi_d", "hi_u", "state")]
    used = [name for name in (*view.paths, *ways) if name not in keys]
    flags = {_flag(item, outcome): expression_of(mask) for item in compiled for outcome, mask in item.masks.items() if mask is not False}
    made = engine.kept(frame.select(*keys, *used, *(mask.alias(name) for name, mask in flags.items())))
    told = made.select(nw.len().alias("rows"), *(nw.col(name).cast(nw.Int64).sum() for name in flags))
    counted = engine.collected(told).row(0, named=True)
    rows = counted["rows"]
    odd: list[nw.Expr] = []
    for item in compiled:
        counts = {outcome: counted.get(_flag(item, outcome)) or 0 for outcome in _SETTLED}
        result.outcomes[item.rule.code] = {outcome: counts[outcome] for outcome in _SETTLED if outcome != "fail"}
        if sum(counts.values()) < rows:
            odd.append(_left(item, flags))
        if counts["fail"]:
            odd.append(nw.col(_flag(item, "fail")))
    if odd:
        flagged = engine.collected(made.filter(functools.reduce(lambda a, b: a | b, odd)))
        small = cast(pl.LazyFrame, stepped(view, nw.from_native(flagged.lazy())).to_native()).collect()
        for item in compiled:
            _told(item, keys, small, flags, result)


def _flag(item: _Compiled, outcome: Outcome) -> str:
    return f"{item.rule.code} {outcome}"


def _left(item: _Compiled, flags: Mapping[str, Any]) -> nw.Expr:
    settled = [nw.col(name) for outcome in _SETTLED if (name := _flag(item, outcome)) in flags]
    return ~functools.reduce(lambda a, b: a | b, settled) if settled else nw.lit(True)


def _told(item: _Compiled, keys: list[str], small: pl.DataFrame, flags: Mapping[str, Any], result: Screened) -> None:
    """Sort the flagged rows of one rule into those that fail for certain and those that are left."""
    code = item.rule.code
    frame: Frame = nw.from_native(small.lazy())
    left = cast(pl.LazyFrame, frame.filter(_left(item, flags)).select(*keys).to_native()).collect()
    if left.height:
        result.left.frames[code] = left
    name = _flag(item, "fail")
    if name not in flags:
        return
    failing = small.filter(pl.col(name)).lazy()
    severity = pl.lit(item.rule.file.severity)
    for stated, found in reversed(item.severities):
        failing = nw.from_native(failing).with_columns(expression_of(found.yes).alias(f"is {stated}")).to_native()
        severity = pl.when(pl.col(f"is {stated}")).then(pl.lit(stated)).otherwise(severity)
    told = item.difference or Difference(sure=False)
    table = told.told(failing.with_columns(severity.alias("severity")))
    chosen = table.select(*keys, "severity", "expected", "actual", "difference", "unit", pl.col("sure").alias("told")).collect()
    if chosen.height:
        result.failing[code] = chosen


def left_witnesses(result: Screened, judged: Mapping[str, pl.DataFrame], rules: Iterable[Rule], engine: Engine) -> list[pl.DataFrame]:
    """The sheets or KPIs that the judge makes the exact value of those groups of, that the rows ``judged`` by each rule ask for."""
    asking = {rule.code: rule.each for rule in rules if agrees(rule)}
    parts: list[pl.DataFrame] = []
    for scope, near, sure in result.left.witnesses:
        group = [name for name in (CODE, AT) if name in sure.columns]
        frames = [frame for code, frame in judged.items() if asking.get(code) == scope]
        if frames:
            wanted = pl.concat([frame.select(group) for frame in frames]).unique()
            parts.append(witnesses(near, sure.join(wanted, on=group, how="semi"), engine))
    return parts
