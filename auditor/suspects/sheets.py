"""Suspects of a book's findings: for each sheet or KPI that has some, what its rules admit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, cast

from auditor.forms.model import FieldDefinition
from auditor.formula.judge import judge
from auditor.formula.trace import Trace, trace
from auditor.formula.tree import Call, FunctionName, Name, Node
from auditor.formula.values import Judge, Measure, Missing, Value
from auditor.formula.values import Row as JudgedRow
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.fields import TABLE_OF, Each
from auditor.records.figures import Answer, Figure, Quantity
from auditor.records.model import Kpi, Sheet
from auditor.rules.findings import Finding
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.searchable import why_unusable
from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects.equations import Unusable
from auditor.suspects.expressions import Span, Variable, stands_for
from auditor.suspects.ranking import Candidate
from auditor.suspects.record import Component, Neighbours, Record, Rules, series
from auditor.suspects.search import Budget
from auditor.suspects.slips import slip

__all__ = ["Failure", "suspected"]

NODES: Final = 1500
SHOWN: Final = 5
COMPUTED: Final = 1.6
"""The weight of a formula cell, and of a cell left blank: either is less often wrong than a
figure typed in.
"""
AGREED: Final = 3.0
"""The weight of what a whole book agrees on."""
SCOPES: Final[tuple[Each, ...]] = tuple(TABLE_OF)

Contradiction = tuple[Finding, Rule, Row]


class Failure(NamedTuple):
    """A row of the sheet or KPI whose search for suspects failed, and why."""

    row: Row
    fault: Exception


def suspected(
    rows: Rows, rules: RuleSet, contradictions: Sequence[Contradiction]
) -> tuple[list[Finding], list[Failure]]:
    """The findings of a book, each with the suspects of its sheet that explain it; and the sheets
    and KPIs whose findings stand without, because their search failed.
    """
    usable = [rule for rule in rules if why_unusable(rule) is None and rule.applies_to(rows.form)]
    suspects, failures = _suspects_of(rows, usable, contradictions)
    findings = [
        finding.model_copy(update={"suspects": suspects[number]})
        if suspects.get(number)
        else finding
        for number, (finding, _, _) in enumerate(contradictions)
    ]
    return findings, failures


def _suspects_of(
    rows: Rows, usable: Sequence[Rule], contradictions: Sequence[Contradiction]
) -> tuple[dict[int, tuple[Suspect, ...]], list[Failure]]:
    """The suspects of each contradiction by its number. Only sheets and KPIs that break a usable
    rule are searched.
    """
    codes = {rule.code for rule in usable}
    owners: dict[int, list[int]] = {
        id(_owner(row)): [] for _, rule, row in contradictions if rule.code in codes and _owner(row)
    }
    if not owners:
        return {}, []
    for number, (_, _, row) in enumerate(contradictions):
        if id(_owner(row)) in owners:
            owners[id(_owner(row))].append(number)
    rows_of: dict[int, list[Row]] = {owner: [] for owner in owners}
    for row in chain.from_iterable(map(rows.of, SCOPES)):
        if id(_owner(row)) in rows_of:
            rows_of[id(_owner(row))].append(row)

    hard = [rule for rule in usable if rule.file.severity == "error"]
    suspects: dict[int, tuple[Suspect, ...]] = {}
    failures: list[Failure] = []
    for owner, numbers in owners.items():
        # What the search can't take, in a figure or in a rule, costs this sheet its suspects and
        # no other.
        try:
            sheet = _Sheet(rows_of[owner], hard)
            suspects |= {number: sheet.suspects(*contradictions[number]) for number in numbers}
        except Exception as fault:
            failures.append(Failure(contradictions[numbers[0]][2], fault))
    return suspects, failures


def _owner(row: Row) -> Sheet | Kpi | None:
    """The sheet or KPI in which the suspects of a row are sought."""
    return row.sheet or row.kpi


# --- the cells of a sheet


@dataclass(slots=True)
class _Cell:
    """One figure of the record, with every row and name under which formulas see it."""

    figure: Figure
    field: str
    year: str | None
    grid: Decimal
    seen: list[tuple[Row, str]]


class _SheetCells:
    """The cells of a sheet or a KPI, in the form's order; others come as rules name them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.cells: list[_Cell | None] = []
        """None stands for what the book agrees on."""
        self.variables: list[Variable] = []
        self.steps: list[int | None] = []
        self._places: dict[tuple[str, str | None], int] = {}
        self._agreed: dict[tuple[FunctionName, Node, Each, str | None], int] = {}
        for row in rows:
            for name in _figures(row):
                self.index(row, name)

    def index(self, row: Row, name: str) -> int | None:
        """The cell that a name stands for on a row; None where it is no figure, or one that is
        not to be filled in.
        """
        figure = row.figure(name)
        definition = row.definition(name) or (
            row.definition("due_actual") if row.scope == "kpi" else None
        )
        if figure is None or definition is None or figure.state in ("text", "unread"):
            return None
        key = _key(row, name)
        at = self._places.get(key)
        if at is not None:
            cell = self.cells[at]
            if cell is not None and (row, name) not in cell.seen:
                cell.seen.append((row, name))
            return at
        if figure.state == "dash" or (figure.value is None and row.scope in ("kpi", "kpi_year")):
            return None
        self._places[key] = at = len(self.cells)
        self._append(row, name, figure, definition)
        return at

    def _append(self, row: Row, name: str, figure: Figure, definition: FieldDefinition) -> None:
        unit = definition.unit
        if figure.unit and figure.unit in row.form.units:
            unit = figure.unit
        factor = row.factor(unit)
        grid = definition.step
        if figure.value is not None and EXACT.remainder(figure.value, grid):
            grid = Decimal(1).scaleb(min(0, cast(int, figure.value.as_tuple().exponent)))
        weight = 1.0
        if definition.weight is not None:
            weight = float(definition.weight)
        elif definition.formula_cell or figure.value is None:
            weight = COMPUTED
        one_step = figures.base_units(grid, factor)
        width = figures.base_units(definition.step, factor)
        step = None if figure.value is None else int(Fraction(figure.value) / Fraction(grid))
        self.variables.append(Variable(name, one_step, definition.rounding, width, weight))
        self.steps.append(step)
        self.cells.append(_Cell(figure, *_key(row, name), grid, [(row, name)]))

    def consensus(self, call: Trace[Row]) -> int | None:
        """The cell that stands for what the book agrees on; None where the form declares it, or
        the book does not agree.
        """
        node = cast(Call, call.node)
        declared = node.arguments[-1]
        if isinstance(declared, Name) and call.row.param(declared.value) is not None:
            return None
        if isinstance(call.value, Missing):
            return None
        key = (node.function, node.arguments[0], call.row.scope, call.row.column)
        if key not in self._agreed:
            self._agreed[key] = len(self.variables)
            self.variables.append(Variable("agreed", 1, weight=AGREED, agreed=True))
            self.steps.append(0)
            self.cells.append(None)
        return self._agreed[key]

    def neighbours(self) -> Neighbours:
        """The cells beside each in its column, and its own of other years."""
        columns: dict[str | None, list[int]] = {}
        groups: dict[str, list[int]] = {}
        for at, cell in enumerate(self.cells):
            if cell is not None:
                columns.setdefault(cell.year, []).append(at)
                groups.setdefault(cell.field, []).append(at)
        rows: dict[int, tuple[int, ...]] = {}
        for column in columns.values():
            for place, at in enumerate(column):
                rows[at] = (*column[max(0, place - 1) : place], *column[place + 1 : place + 2])
        return Neighbours(rows, series(groups.values()))

    def of_fields(self, names: Collection[str]) -> int:
        """The cells (a mask) of some fields."""
        return sum(
            1 << at
            for at, cell in enumerate(self.cells)
            if cell is not None and cell.field in names
        )


def _key(row: Row, name: str) -> tuple[str, str | None]:
    """Field and year of a cell, as findings name them."""
    if row.scope == "kpi_year":
        return "actuals", row.column
    if row.scope == "kpi" and name == "due_actual" and row.kpi:
        return "actuals", str(row.kpi.due_year)
    if row.scope == "kpi" and name.startswith("actuals."):
        return "actuals", name.removeprefix("actuals.")
    return name, row.column


def _figures(row: Row) -> list[str]:
    """The names of a row's figures, in the form's order."""
    if row.scope in ("year", "sheet"):
        return [name for name in row.form.fields if row.definition(name) is not None]
    if row.scope == "kpi":
        return ["target", "declared_rate", *row.groups.get("actuals", ()), "due_actual"]
    return ["actual"] if row.scope == "kpi_year" else []


# --- the rules of a sheet


class _Corrected:
    """A row as it would be with corrected cells, on itself and on the rows it is linked to. What
    the rest of the book agrees on stays as it is.
    """

    __slots__ = ("corrected", "row", "values")

    def __init__(self, row: Row, corrected: Mapping[int, Mapping[str, Value]]) -> None:
        self.row, self.corrected = row, corrected
        self.values: Mapping[str, Value] = corrected.get(id(row), row.values)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        return self.row.groups

    @property
    def formula_cells(self) -> frozenset[str]:
        return self.row.formula_cells

    def link(self, name: str) -> JudgedRow | None:
        row = self.row.link(name)
        return None if row is None else _Corrected(row, self.corrected)

    def param(self, name: str) -> Quantity | None:
        return self.row.param(name)

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        return self.row.table(name)

    def over_group(
        self, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        return self.row.over_group(function, expression, measure)

    def group_rows(self) -> Sequence[JudgedRow] | None:
        return self.row.group_rows()


class _SheetRecord(Record[Row]):
    """A sheet or a KPI with its rules."""

    def __init__(self, rules: Rules[Row], cells: _SheetCells, negative: int) -> None:
        super().__init__(rules, cells.steps, cells.neighbours(), negative=negative)
        self.cells = cells

    def corrected(self, point: Mapping[int, int]) -> Callable[[Row], JudgedRow]:
        values_of: dict[int, dict[str, Value]] = {}
        for at, step in point.items():
            cell = self.cells.cells[at]
            for row, name in cell.seen if cell else ():
                values = values_of.get(id(row))
                if values is None:
                    values = values_of[id(row)] = dict(row.values)
                values[name] = stands_for(self.cells.variables[at], step)
        return lambda row: _Corrected(row, values_of)

    def cell(self, at: int, step: int, span: Span, code: str) -> SuspectCell:
        cell = self.cells.cells[at]
        if cell is None:
            return SuspectCell("agreed", exact=False, slip=slip(code))
        low, high = (
            None if end is None else EXACT.multiply(Decimal(end), cell.grid) for end in span
        )
        exact = low is not None and low == high
        return SuspectCell(
            cell.field,
            cell.year,
            cell.figure.value,
            EXACT.multiply(Decimal(step), cell.grid),
            None if exact else low,
            None if exact else high,
            cell.figure.unit,
            exact,
            slip(code),
        )


class _Explained(NamedTuple):
    """Connected rules that do not all hold, by code and row; and what explains it, or why nothing
    does.
    """

    rules: frozenset[tuple[str, int]]
    candidates: Sequence[Candidate]
    reason: str | None


class _Sheet:
    """A sheet or a KPI that has findings, with the rules that any correction has to satisfy."""

    def __init__(self, rows: Sequence[Row], hard: Sequence[Rule]) -> None:
        self.rows, self.hard = rows, hard
        self.cells = _SheetCells(rows)
        self.rules = Rules(self.cells)
        for rule in hard:
            self.add(rule, self.rules)
        self._explained: dict[str | None, tuple[_SheetRecord, list[_Explained]]] = {}

    def add(self, rule: Rule, rules: Rules[Row]) -> None:
        """Add a rule on all its rows."""
        for row in self.rows:
            if row.scope != rule.each:
                continue
            try:
                traces = _Traces.of(rule, row)
            except Exception:  # the audit has named the rule that crashes here; it says nothing
                continue
            with suppress(Unusable):
                rules.add(
                    rule.code,
                    traces.formula,
                    traces.judge,
                    traces.when,
                    traces.applies,
                    answered=traces.answered,
                )

    def suspects(self, finding: Finding, rule: Rule, row: Row) -> tuple[Suspect, ...]:
        """The suspects of a finding: what explains its rule or, if that is no constraint, what
        touches its cells.
        """
        is_soft = all(other is not rule for other in self.hard) and why_unusable(rule) is None
        record, explained = self.explained(rule if is_soft else None)
        for group in explained:
            if (rule.code, id(row)) in group.rules:
                return _ranked(record, group)
        cells = {(cell.field, cell.year) for cell in finding.cells}
        for group in explained:
            touching = [
                candidate for candidate in group.candidates if self.touches(candidate, cells)
            ]
            if touching:
                return _ranked(record, group._replace(candidates=touching))
        return ()

    def touches(self, candidate: Candidate, cells: Collection[tuple[str, str | None]]) -> bool:
        """Whether a candidate corrects one of these cells."""
        corrected = [self.cells.cells[at] for at, _ in candidate.slips]
        return any(cell is not None and (cell.field, cell.year) in cells for cell in corrected)

    def explained(self, soft: Rule | None) -> tuple[_SheetRecord, list[_Explained]]:
        """The sheet with its hard rules and a softer one, and each group of connected rules that
        does not hold.
        """
        code = soft.code if soft else None
        if code not in self._explained:
            rules = self.rules.copy()
            if soft:
                self.add(soft, rules)
            record = _SheetRecord(rules, self.cells, self.may_be_negative())
            broken = filter(record.breaks, rules.components)
            self._explained[code] = (
                record,
                [self.explanation(record, component) for component in broken],
            )
        return self._explained[code]

    def explanation(self, record: _SheetRecord, component: Component) -> _Explained:
        explained = record.explain(component, Budget(NODES))
        judges = [record.rules.judges[constraint.rule] for constraint in component]
        rules = frozenset((judge.name, id(judge.row)) for judge in judges)
        return _Explained(rules, explained.candidates, explained.reason)

    def may_be_negative(self) -> int:
        """The cells (a mask) of the form's group of figures that may be negative."""
        names = self.rows[0].groups.get("negative_allowed", ()) if self.rows else ()
        return self.cells.of_fields(names)


class _Traces(NamedTuple):
    """A rule on a row, worked out once: its formula and its ``when``, with the judges of both.
    ``answered`` is whether the printed row has an answer.
    """

    formula: Trace[Row]
    judge: Judge
    when: Trace[Row] | None
    applies: Judge | None
    answered: bool

    @classmethod
    def of(cls, rule: Rule, row: Row) -> _Traces:
        """The traces of a rule that has a formula. Raises what the rule raises."""
        assert rule.tree is not None
        formula = trace(rule.tree, row)
        is_known = formula.answer is not Answer.UNKNOWN
        if rule.when is None:
            return cls(formula, _judge(rule.tree), None, None, is_known)
        when = trace(rule.when, row)
        answered = is_known and when.answer is Answer.YES
        return cls(formula, _judge(rule.tree), when, _judge(rule.when), answered)


@lru_cache(maxsize=1024)
def _judge(node: Node) -> Judge:
    """A formula compiled once for all rows of all books."""
    return judge(node)


def _ranked(record: _SheetRecord, group: _Explained) -> tuple[Suspect, ...]:
    """The likeliest suspects; one without cells says why there are none."""
    if group.reason is not None:
        return (Suspect((), slip(group.reason), Decimal(0)),)
    suspects = record.suspects([group.candidates], SHOWN)
    return tuple(suspect for suspect in suspects if suspect.share or len(suspects) == 1)
