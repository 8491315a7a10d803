"""How a rule came to its answer on a row: its figures, its steps, and what decided.

Everything is read from the traces of the rule's formulas, which are those of its findings. What a
rule in Python does is its own; what it looked at is known where its rows were watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Final, NamedTuple, cast

from auditor.formula import prose
from auditor.formula.deciding import Decider, deciders
from auditor.formula.functions import kind_of
from auditor.formula.trace import Trace, trace
from auditor.formula.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    Negative,
    Not,
    Or,
    shape,
)
from auditor.formula.values import BLANK, Missing
from auditor.formula.written import written
from auditor.records import figures
from auditor.records.figures import Answer, Interval, State
from auditor.records.text import Text
from auditor.rules.findings import KpiReference, Outcome, SheetReference
from auditor.rules.outcomes import (
    Decision,
    DecisionKind,
    LookedAt,
    Part,
    Range,
    RowOutcome,
    Step,
    StepAnswer,
)
from auditor.rules.rows import Cell, Row, UnknownRow
from auditor.rules.rule import Rule
from auditor.rules.verdicts import Verdict

__all__ = ["decision", "explained_outcome", "unexplained"]

_FINEST: Final = Decimal("0.0001")
"""To which step a number is shown whose digits never end."""
_MOST_CELLS: Final = 40
"""How many cells of a row are shown."""

_MESSAGES: Final[dict[DecisionKind, Text]] = {
    "blank": Text(
        en="nothing is printed there, so it can't be worked out",
        ja="空欄のため、計算できません",
    ),
    "not_number": Text(
        en="what is printed there is no number that can be read",
        ja="数値として読めない記載のため、計算できません",
    ),
    "not_read": Text(
        en="what is printed there is not known: it was not read from the document",
        ja="文書から読み取れていないため、判定できません",
    ),
    "unit": Text(
        en="it is printed in a unit of which the form does not say how much it is",
        ja="様式が換算を定めていない単位のため、計算できません",
    ),
    "all_blank": Text(
        en="none of these is printed; one of them would be enough",
        ja="いずれも空欄のため、計算できません（どれか１つに記載があれば計算できます）",
    ),
    "no_row": Text(
        en="there is no such column or row here",
        ja="参照先の列または行がありません",
    ),
    "which_row": Text(
        en="nobody can tell which row is meant",
        ja="どの行を指すかが決まりません",
    ),
    "rows": Text(
        en="nobody knows all of its rows: some may not have been read, or it can't be told which "
        "rows belong to it",
        ja="対象の行がすべては分かりません（読み取れていない行があるか、どの行が対象か決まりません）",
    ),
    "agreed": Text(
        en="fewer than three rows have a value, or most of them do not agree",
        ja="値のある行が３行未満か、過半数の一致する値がありません",
    ),
    "param": Text(
        en="the form sets no such number for this year",
        ja="様式がこの年度の数値を定めていません",
    ),
    "division": Text(
        en="the divisor is 0, or may be",
        ja="割る数が０か、端数処理の範囲に０を含みます",
    ),
    "rounding": Text(
        en="these figures are rounded, and within their rounding both answers are possible",
        ja="端数処理された数値の範囲内では、どちらの答えもありえます",
    ),
    "column": Text(
        en="only arithmetic or the form's usual place says in which column it stands, so nothing "
        "is certain",
        ja="どの年度の列の数値かを計算または様式の通常の位置から推定しているため、確実ではありません",
    ),
    "holds": Text(en="this holds", ja="成り立ちます"),
    "does_not_hold": Text(en="this does not hold", ja="成り立ちません"),
}
_ONLY_WHERE: Final = Text(
    en="the rule looks only at rows for which this holds, and here it does not",
    ja="この条件に当てはまる行だけを点検する規則です（この行は当てはまりません）",
)
_WITHOUT_VALUE: Final = Text(
    en="what it looked at there has no value", ja="参照した欄に値がありません"
)
_ANSWERS: Final[dict[Answer, StepAnswer]] = {
    Answer.NO: "no",
    Answer.UNKNOWN: "unknown",
    Answer.MAY: "may",
    Answer.YES: "yes",
}


def decision(
    kind: DecisionKind,
    part: Part,
    *,
    message: Text | None = None,
    cells: Sequence[Cell] = (),
    size: int = 0,
    formula: str = "",
) -> Decision:
    """A decision with the sentence of its kind, unless another one is given."""
    return Decision(
        kind=kind,
        part=part,
        message=message or _MESSAGES[kind],
        cells=tuple(cells),
        size=size or len(cells),
        formula=formula,
    )


def explained_outcome(
    rule: Rule, row: Row, verdict: Verdict, looked_at: Iterable[tuple[Row, str]] = ()
) -> RowOutcome:
    """How a rule that applies to a row's form came to its verdict. ``looked_at`` is what a rule in
    Python asked for, as rows and names.
    """
    traces = _traces(rule, row)
    cells = [*chain.from_iterable(item.trace.looked_at() for item in traces), *looked_at]
    if rule.check is not None:
        cells += cast("Sequence[tuple[Row, str]]", verdict.explanation.cells)
    decided = _decided(rule, row, verdict, traces, cells)
    outcome = unexplained(rule, row, verdict.outcome, decided, cells)
    return outcome.model_copy(update={"steps": tuple(_steps(traces))})


def unexplained(
    rule: Rule,
    row: Row,
    outcome: Outcome,
    decided: Iterable[Decision],
    looked_at: Iterable[tuple[Row, str]] = (),
) -> RowOutcome:
    """The outcome of a row whose formula was not worked out: what ``decided`` it is said by whoever
    knows.
    """
    cells = [cell for cell in dict.fromkeys(looked_at) if _stands(cell[0]) and cell[1] != "year"]
    values = dict.fromkeys(_looked_at(row, here, name) for here, name in cells[:_MOST_CELLS])
    owner = row.sheet or row.kpi
    documents = ", ".join(document.path for document in row.rows.book.documents)
    return RowOutcome(
        rule=rule.code,
        name=rule.file.name,
        outcome=outcome,
        document=owner.document if owner else documents,
        sheet=SheetReference.of(row.sheet) if row.sheet else None,
        kpi=KpiReference.of(row.kpi) if row.kpi else None,
        year=row.column,
        figure=rule.figure.name if rule.figure is not None else "",
        values=tuple(values),
        decided=tuple(decided),
    )


class _Traced(NamedTuple):
    """A formula of a rule, worked out on a row."""

    part: Part
    trace: Trace[Row]


def _traces(rule: Rule, row: Row) -> list[_Traced]:
    """The formulas that were asked, in their order: where the condition does not hold for sure,
    nothing else was.
    """
    traces: list[_Traced] = []
    if rule.when is not None:
        traces.append(_Traced("when", trace(rule.when, row)))
        if traces[0].trace.answer is not Answer.YES:
            return traces
    if rule.check is None and rule.tree is not None:
        traces.append(_Traced("formula", trace(rule.tree, row)))
    return traces


# --- cells


def _stands(row: Row) -> bool:
    """Whether a row is one of a book: of what a link may lead to, nobody knows which one it is."""
    return not isinstance(row, UnknownRow)


def _looked_at(row: Row, here: Row, name: str) -> LookedAt:
    """A cell as it is printed; ``row`` is the one that is judged."""
    figure, value = here.figure(name), here.values.get(name, BLANK)
    state: State | str
    if figure is not None:
        state = figure.state
    elif isinstance(value, Missing):
        state = "blank" if value is BLANK else "unread"
    else:
        state = "word" if isinstance(value, str) else "number"
    stands_for = None
    if isinstance(value, Interval):
        definition = here.definition(name)
        unit = (figure.unit if figure else "") or (definition.unit if definition else "")
        stands_for = _range(value, here.factor(unit))
    cell = row.rows.cell_of(here, name)
    return LookedAt.model_validate({"cell": cell, "state": state, "range": stands_for})


# --- steps


def _steps(traces: Iterable[_Traced]) -> list[Step]:
    """The parts of the formulas, each once and behind those that it is made of."""
    steps: list[Step] = []
    numbers: dict[object, int] = {}
    for formula in traces:
        for item, unit in _in_order(formula.trace, None):
            key = shape(item.node)
            if key not in numbers:
                made_of = dict.fromkeys(_numbers_below(item, numbers))
                step = _step(item, formula.part, unit)
                steps.append(step.model_copy(update={"made_of": tuple(made_of)}))
                numbers[key] = len(steps)
    return steps


def _numbers_below(item: Trace[Row], numbers: Mapping[object, int]) -> Iterator[int]:
    """The numbers of the steps that a part is made of; a list is made of its items' steps."""
    for inner in item.parts:
        number = numbers.get(shape(inner.node))
        if number is None:
            yield from _numbers_below(inner, numbers)
        else:
            yield number


def _in_order(item: Trace[Row], unit: str | None) -> Iterator[tuple[Trace[Row], str]]:
    """The parts that are worked out, with the units that their numbers are shown in. A product or
    quotient has none of its own: it has that of the number that it is compared with.
    """
    node = item.node
    below = unit
    if isinstance(node, Compare):
        below = prose.unit_beside(_printed(item)) if kind_of(node.left) == "number" else None
    elif isinstance(node, Arithmetic) and node.operator in "*/":
        below = None
    for inner in item.parts:
        yield from _in_order(inner, below)
    match node:
        case Compare() | And() | Or() | Not():
            yield item, ""
        case Arithmetic(operator="*" | "/"):
            yield item, unit or ""
        case Arithmetic() | Negative():
            yield item, prose.unit_of(_printed(item)) if unit is None else unit
        case Call() if kind_of(node) not in ("group", "table"):
            yield item, prose.unit_of(_printed(item)) if unit is None else unit
        case _:
            return


def _step(item: Trace[Row], part: Part, unit: str) -> Step:
    step = Step(part=part, formula=written(item.node), figures=prose.in_figures(_printed(item)))
    if item.answer is not None:
        return step.model_copy(update={"answer": _ANSWERS[item.answer]})
    value = item.value
    if value is None or isinstance(value, str):
        return step
    if isinstance(value, Missing):
        return step.model_copy(update={"missing": "blank" if value is BLANK else "unknown"})
    if not prose.has_unit(_printed(item)):
        unit = ""
    factor = item.row.factor(unit)
    return step.model_copy(
        update={
            "value": None if isinstance(value, Interval) else _number(value, factor),
            "range": _range(value, factor) if isinstance(value, Interval) else None,
            "unit": unit,
        }
    )


def _printed(item: Trace[Row]) -> prose.Part:
    """The same trace: its rows know how their figures are printed."""
    return cast("prose.Part", item)


def _number(value: int | Fraction, factor: Decimal) -> Decimal:
    return figures.shown(figures.exact(Fraction(value) / Fraction(factor)), "exact", _FINEST)


def _range(value: Interval, factor: Decimal) -> Range:
    return Range(
        low=_number(value.lo, factor),
        high=_number(value.hi, factor),
        low_open=value.lo_open,
        high_open=value.hi_open,
    )


# --- what decided


def _decided(
    rule: Rule,
    row: Row,
    verdict: Verdict,
    traces: Sequence[_Traced],
    looked_at: Sequence[tuple[Row, str]],
) -> Iterator[Decision]:
    if traces and traces[-1].part == "when" and traces[-1].trace.answer is not Answer.YES:
        yield from _of_trace(row, traces[-1])
        return
    if rule.check is not None:
        yield _returned(row, verdict, looked_at)
        return
    for item in traces:
        if item.part == "formula":
            if verdict.outcome == "may" and item.trace.answer is Answer.YES:
                yield _of_columns(row, item.trace)
            yield from _of_trace(row, item)


def _of_trace(row: Row, item: _Traced) -> Iterator[Decision]:
    for decider in deciders(item.trace):
        yield from _decisions(row, decider, item.part)


def _decisions(row: Row, decider: Decider[Row], part: Part) -> Iterator[Decision]:
    """A decider as decisions: cells that are unknown for other reasons stand apart."""
    formula = written(decider.part.node)
    if decider.kind == "condition":
        holds = decider.part.answer is Answer.YES
        message = _ONLY_WHERE if part == "when" and not holds else None
        kind: DecisionKind = "holds" if holds else "does_not_hold"
        yield decision(kind, part, message=message, formula=formula)
        return
    if decider.kind != "unknown":
        cells = [row.rows.cell_of(here, name) for here, name in decider.cells if _stands(here)]
        yield decision(decider.kind, part, cells=cells, size=decider.size, formula=formula)
        return
    by_kind: dict[DecisionKind, list[tuple[Row, str]]] = {}
    for here, name in decider.cells:
        by_kind.setdefault(_unknown_kind(here, name), []).append((here, name))
    for kind, several in by_kind.items():
        cells = [row.rows.cell_of(here, name) for here, name in several if _stands(here)]
        # Of a large set only the first cells are at hand.
        size = decider.size if len(by_kind) == 1 else len(cells)
        yield decision(kind, part, cells=cells, size=size, formula=formula)


def _unknown_kind(row: Row, name: str) -> DecisionKind:
    """Why nobody knows what stands in a cell."""
    if not _stands(row):
        return "which_row"
    figure = row.figure(name)
    if figure is None or figure.state == "unread":
        return "not_read" if figure is not None or name != "meaning" else "not_number"
    return "unit" if figure.state == "number" else "not_number"


def _is_missing(row: Row, name: str) -> bool:
    """Whether a name on a row has no value."""
    return isinstance(row.values.get(name, BLANK), Missing)


def _of_columns(row: Row, whole: Trace[Row]) -> Decision:
    """That figures stand in columns that only arithmetic or habit gave them."""
    cells = [(here, name) for here, name in dict.fromkeys(whole.looked_at()) if name in here.unsure]
    return decision(
        "column", "formula", cells=[row.rows.cell_of(here, name) for here, name in cells]
    )


def _returned(row: Row, verdict: Verdict, looked_at: Sequence[tuple[Row, str]]) -> Decision:
    """What a rule in Python gave, and the cells that it pointed at; where it knew no answer, those
    without a value that it looked at.
    """
    explanation = verdict.explanation
    about = cast("Sequence[tuple[Row, str]]", explanation.cells)
    if verdict.outcome == "unknown" and not about:
        there = dict.fromkeys(cell for cell in looked_at if _stands(cell[0]))
        about = [(here, name) for here, name in there if _is_missing(here, name)]
    cells = [row.rows.cell_of(here, name) for here, name in about]
    names = {
        "pass": ("agrees", "一致"),
        "may": ("may agree", "一致（端数処理の範囲内）"),
        "fail": ("does not agree", "不一致"),
        "unknown": ("unknown", "判定不能"),
        "not_applicable": ("not applicable", "対象外"),
        "crashed": ("failed", "規則の異常"),
    }
    en, ja = names[verdict.outcome]
    note = explanation.note
    if cells and verdict.outcome == "unknown":
        note = note or _WITHOUT_VALUE
    message = Text(
        en=f"the rule's own function answered: {en}" + (f" ({note.en})" if note else ""),
        ja=f"規則の関数の答え：{ja}" + (f"（{note.ja}）" if note else ""),
    )
    return decision("returned", "rule", message=message, cells=cells)
