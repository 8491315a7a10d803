"""Suspects of a book's findings: for each sheet or KPI that has some, the explanations that its
rules admit, ranked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple, cast

from auditor.forms.model import FieldDefinition
from auditor.formula.functions import function_of
from auditor.formula.judge import judge as judged
from auditor.formula.judge import measure, members, quoted
from auditor.formula.tree import Call, Field, FunctionName, Name, Node, walk
from auditor.formula.values import BLANK, UNKNOWN, Judge, Measure, Missing, Value
from auditor.formula.values import Row as JudgedRow
from auditor.records import figures
from auditor.records.decimals import EXACT
from auditor.records.fields import TABLE_OF, Each
from auditor.records.figures import Answer, Figure, Quantity
from auditor.records.text import Text
from auditor.rules.findings import Finding, Suspect, SuspectCell
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.suspects.conditions import Constraint
from auditor.suspects.equations import AgreedValue, Index, Unusable, constraints
from auditor.suspects.expressions import Variable, stands_for
from auditor.suspects.locating import components, sums
from auditor.suspects.ranking import Candidate, candidates, combined
from auditor.suspects.search import Budget, Problem, contradictory
from auditor.suspects.slips import Context, slip

__all__ = ["Failure", "suspected", "why_unusable"]

NODES: Final = 1500
SHOWN: Final = 5
COMPUTED: Final = 1.6
"""The weight of a formula cell, and of a cell left blank: either is less often wrong than a
figure typed in.
"""
AGREED: Final = 3.0
"""The weight of what a whole book agrees on."""
NO_FIGURES: Final = frozenset(
    {"year", "number", "fiscal_year", "due_year", "first_year", "last_year"}
)
SCOPES: Final[tuple[Each, ...]] = tuple(TABLE_OF)


class Failure(NamedTuple):
    """A row of the sheet or KPI whose search for suspects failed, and why."""

    row: Row
    fault: Exception


def suspected(
    rows: Rows, rules: RuleSet, failed: Sequence[tuple[Finding, Rule, Row]]
) -> tuple[list[Finding], list[Failure]]:
    """The findings of a book, each with the suspects of its sheet that explain it; and the sheets
    and KPIs whose findings stand without, because their search failed.
    """
    explained, failures = _explained(rows, rules, failed)
    findings = [
        finding.model_copy(update={"suspects": explained[number]})
        if explained.get(number)
        else finding
        for number, (finding, _, _) in enumerate(failed)
    ]
    return findings, failures


def _explained(
    rows: Rows, rules: RuleSet, failed: Sequence[tuple[Finding, Rule, Row]]
) -> tuple[dict[int, tuple[Suspect, ...]], list[Failure]]:
    """The explanations of each failed verdict by its number, ranked; only sheets and KPIs with
    findings are searched.
    """
    usable = {
        rule.code for rule in rules if why_unusable(rule) is None and rule.applies_to(rows.form)
    }
    contradicted = {
        id(row.sheet or row.kpi)
        for _, rule, row in failed
        if rule.code in usable and (row.sheet or row.kpi)
    }
    if not contradicted:
        return {}, []
    owners: dict[int, list[int]] = {owner: [] for owner in contradicted}
    for number, (_, _, row) in enumerate(failed):
        if id(row.sheet or row.kpi) in owners:
            owners[id(row.sheet or row.kpi)].append(number)
    of_owner: dict[int, list[Row]] = {owner: [] for owner in owners}
    for scope in SCOPES:
        for row in rows.of(scope):
            if (mine := of_owner.get(id(row.sheet or row.kpi))) is not None:
                mine.append(row)
    hard = [rule for rule in rules if rule.file.severity == "error" and rule.code in usable]
    explained: dict[int, tuple[Suspect, ...]] = {}
    failures: list[Failure] = []
    for owner, numbers in owners.items():
        # What the search can't take, in a figure or in a rule, costs this sheet its suspects and
        # no other.
        try:
            record = _Record(of_owner[owner], hard)
            explained |= {number: record.explain(*failed[number]) for number in numbers}
        except Exception as fault:
            failures.append(Failure(failed[numbers[0]][2], fault))
    return explained, failures


def why_unusable(rule: Rule) -> Text | None:
    """Why the search can't use a rule, or None where it can."""
    if rule.each == "reading":
        return Text(
            en="found by a reader, not by a formula", ja="読み取り時の指摘で、数式がありません"
        )
    if rule.tree is None:
        return Text(
            en="written in Python, without a formula", ja="Python で書かれ、数式がありません"
        )
    parts = [part for tree in (rule.tree, rule.when) if tree for part in walk(tree)]
    calls = [function_of(part) for part in parts if isinstance(part, Call)]
    for function in calls:
        if function.gives == "number" and isinstance(function.linear, Text):
            return function.linear
    named = [part for part in parts if isinstance(part, Field)]
    words = [part.path for part in named if part.kind == "text" and part.name != "kind"]
    if words:
        listed = ", ".join(dict.fromkeys(words))
        return Text(
            en=f"the mistake may be in words: {listed}",
            ja=f"言葉の方が誤りかもしれません: {listed}",
        )
    figured = any(
        part.kind in ("number", "group") and part.name not in NO_FIGURES for part in named
    )
    if not figured and not any(function.gives == "group" for function in calls):
        return Text(en="names no figure", ja="数値の項目がありません")
    return None


@dataclass(slots=True)
class _Cell:
    """One figure of the record, with every row and name under which formulas see it."""

    figure: Figure
    field: str
    year: str | None
    factor: Decimal
    grid: Decimal
    seen: list[tuple[Row, str]]


@dataclass(slots=True)
class _Judged:
    """A rule on a row, as the judge asks it of a corrected record."""

    rule: Rule
    row: Row
    known: bool
    cells: int

    def passes(self, row: JudgedRow) -> bool:
        rule = self.rule
        if rule.when is not None and _ask(rule.when, row) is not Answer.YES:
            return True
        assert rule.tree is not None
        answer = _ask(rule.tree, row)
        return answer >= Answer.MAY or (answer is Answer.UNKNOWN and not self.known)


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


_JUDGES: dict[int, tuple[Node, Judge]] = {}


def _ask(node: Node, row: JudgedRow) -> Answer:
    if len(_JUDGES) > 4096:
        _JUDGES.clear()
    found = _JUDGES.get(id(node))
    if found is None or found[0] is not node:
        found = _JUDGES[id(node)] = (node, judged(node))
    return found[1](row)


class _Record:
    """A sheet or a KPI with its rules as constraints."""

    def __init__(self, rows: Sequence[Row], rules: Sequence[Rule]) -> None:
        self.rows, self.rules = rows, rules
        self.cells: list[_Cell | None] = []
        self.variables: list[Variable] = []
        self.steps: list[int | None] = []
        self.places: dict[tuple[str, str | None], int] = {}
        self.agreed: dict[tuple[FunctionName, Node, Each, str | None], int] = {}
        for row in rows:
            for name in _figures(row):
                self.index(row, name)
        self.judged: list[_Judged] = []
        self.constraints: list[Constraint] = []
        for rule in rules:
            self.add(rule)
        self._explained: dict[
            tuple[str, ...], list[tuple[frozenset[tuple[str, int]], list[Candidate] | str]]
        ] = {}

    def add(self, rule: Rule) -> None:
        """The constraints of one rule on all its rows."""
        assert rule.tree is not None
        for row in self.rows:
            if row.scope != rule.each:
                continue
            seen = cast(JudgedRow, row)
            try:
                applies = rule.when is None or _ask(rule.when, seen) is Answer.YES
                known = applies and _ask(rule.tree, seen) is not Answer.UNKNOWN
            except Exception:  # the audit has named the rule that crashes here; it says nothing
                continue
            number = len(self.judged)
            try:
                own = constraints(
                    rule.tree, _Binding(self, row), number, when=rule.when, known=known
                )
            except Unusable:
                continue
            mask = 0
            for one in own:
                mask |= one.cells
            self.judged.append(_Judged(rule, row, known, mask))
            self.constraints.extend(own)

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
        at = self.places.get(key)
        if at is not None:
            cell = self.cells[at]
            if cell is not None and (row, name) not in cell.seen:
                cell.seen.append((row, name))
            return at
        if figure.state == "dash" or (figure.value is None and row.scope in ("kpi", "kpi_year")):
            return None
        self.places[key] = at = len(self.cells)
        self._append(row, name, figure, definition, key)
        return at

    def _append(
        self,
        row: Row,
        name: str,
        figure: Figure,
        definition: FieldDefinition,
        key: tuple[str, str | None],
    ) -> None:
        unit = (
            figure.unit
            if figure.unit and figure.unit != definition.unit and figure.unit in row.form.units
            else definition.unit
        )
        factor = row.factor(unit)
        grid = definition.step
        if figure.value is not None and EXACT.remainder(figure.value, grid):
            grid = Decimal(1).scaleb(min(0, cast(int, figure.value.as_tuple().exponent)))
        step = None if figure.value is None else int(Fraction(figure.value) / Fraction(grid))
        computed = definition.formula_cell or figure.value is None
        weight = (
            float(definition.weight)
            if definition.weight is not None
            else COMPUTED
            if computed
            else 1.0
        )
        one_step = figures.base_units(grid, factor)
        width = figures.base_units(definition.step, factor)
        self.variables.append(Variable(name, one_step, definition.rounding, width, weight))
        self.steps.append(step)
        self.cells.append(_Cell(figure, *key, factor, grid, [(row, name)]))

    def book(self, row: Row, node: Call) -> int:
        """The variable that stands for what the book agrees on."""
        key = (node.function, node.arguments[0], row.scope, row.column)
        if key not in self.agreed:
            self.agreed[key] = len(self.variables)
            self.variables.append(Variable("agreed", 1, weight=AGREED, agreed=True))
            self.steps.append(0)
            self.cells.append(None)
        return self.agreed[key]

    def explain(self, finding: Finding, rule: Rule, row: Row) -> tuple[Suspect, ...]:
        """The suspects of a finding: the explanations of its rule, or, if that is no constraint,
        those that touch its cells.
        """
        extra = (
            ()
            if any(one is rule for one in self.rules) or why_unusable(rule) is not None
            else (rule,)
        )
        solved = self.solved(extra)
        for marks, found in solved:
            if (rule.code, id(row)) in marks:
                return self.suspects(found)
        cells = {(cell.field, cell.year) for cell in finding.cells}
        for _, found in solved:
            touching = (
                [] if isinstance(found, str) else [one for one in found if self.touches(one, cells)]
            )
            if touching:
                return self.suspects(touching)
        return ()

    def touches(self, candidate: Candidate, cells: Collection[tuple[str, str | None]]) -> bool:
        named = [self.cells[at] for at, _ in candidate.slips]
        return any(cell is not None and (cell.field, cell.year) in cells for cell in named)

    def solved(
        self, extra: tuple[Rule, ...]
    ) -> list[tuple[frozenset[tuple[str, int]], list[Candidate] | str]]:
        """For each group of connected rules that fails: its rules and rows, and its explanations
        or why there are none.
        """
        key = tuple(rule.code for rule in extra)
        if key in self._explained:
            return self._explained[key]
        judged, own = len(self.judged), len(self.constraints)
        for rule in extra:
            self.add(rule)
        derived, parts = sums(self.constraints)
        rows, years = self.neighbours()
        weights = [variable.weight for variable in self.variables]
        allowed = sum(
            1 << at for at, step in enumerate(self.steps) if step is not None and step < 0
        )
        context = Context(
            self.steps, weights, rows, years, parts, derived, allowed | self.may_be_negative()
        )
        problem = Problem(
            self.variables, self.steps, self.constraints, 0, 0, self.accepts, context.guesses
        )
        solved: list[tuple[frozenset[tuple[str, int]], list[Candidate] | str]] = []
        for component in components(self.constraints, 0):
            if all(one.condition.holds(problem) for one in component):
                continue
            found, whole = candidates(problem, component, context, Budget(NODES))
            marks = frozenset(
                (self.judged[one.rule].rule.code, id(self.judged[one.rule].row))
                for one in component
            )
            if found:
                solved.append((marks, found))
            else:
                solved.append(
                    (
                        marks,
                        "infeasible" if whole or contradictory(problem, component) else "undecided",
                    )
                )
        del self.judged[judged:], self.constraints[own:]
        self._explained[key] = solved
        return solved

    def may_be_negative(self) -> int:
        """The cells (a mask) of the form's group of figures that may be negative."""
        allowed = {name for row in self.rows[:1] for name in row.groups.get("negative_allowed", ())}
        return sum(
            1 << at
            for at, cell in enumerate(self.cells)
            if cell is not None and cell.field in allowed
        )

    def neighbours(self) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
        """The cells beside each in its column, and its own of other years."""
        columns: dict[str | None, list[int]] = {}
        series: dict[str, list[int]] = {}
        for at, cell in enumerate(self.cells):
            if cell is not None:
                columns.setdefault(cell.year, []).append(at)
                series.setdefault(cell.field, []).append(at)
        rows = {
            at: tuple(column[max(0, n - 1) : n] + column[n + 1 : n + 2])
            for column in columns.values()
            for n, at in enumerate(column)
        }
        years = {
            at: tuple(other for other in several if other != at)
            for several in series.values()
            for at in several
        }
        return rows, years

    def accepts(self, point: Mapping[int, int], rules: Collection[int]) -> bool:
        """The exact judge on a corrected record; rules on what is doubted of the book are not
        asked.
        """
        changed = doubted = 0
        corrected: dict[int, dict[str, Value]] = {}
        for at, step in point.items():
            changed |= 1 << at
            if self.variables[at].agreed:
                doubted |= 1 << at
            cell = self.cells[at]
            for row, name in cell.seen if cell else ():
                values = corrected.get(id(row))
                if values is None:
                    values = corrected[id(row)] = dict(row.values)
                values[name] = stands_for(self.variables[at], step)
        asked = [self.judged[rule] for rule in rules]
        return all(
            judged.passes(_Corrected(judged.row, corrected))
            for judged in asked
            if judged.cells & changed and not judged.cells & doubted
        )

    def suspects(self, found: Sequence[Candidate] | str) -> tuple[Suspect, ...]:
        if isinstance(found, str):
            return (Suspect(cells=(), slip=slip(found), share=Decimal(0)),)
        ranked = combined([found], SHOWN)
        return tuple(
            Suspect(
                cells=tuple(self.cell(one, at) for at, _ in one.slips),
                slip=slip(one.slip),
                share=share,
            )
            for one, share in ranked
            if share or len(ranked) == 1
        )

    def cell(self, candidate: Candidate, at: int) -> SuspectCell:
        cell = self.cells[at]
        if cell is None:
            return SuspectCell(field="agreed")
        low, high = (
            None if end is None else EXACT.multiply(Decimal(end), cell.grid)
            for end in candidate.domains.get(at, (None, None))
        )
        return SuspectCell(
            field=cell.field,
            year=cell.year,
            value=cell.figure.value,
            corrected=EXACT.multiply(Decimal(candidate.point[at]), cell.grid),
            low=None if low == high else low,
            high=None if low == high else high,
            unit=cell.figure.unit,
        )


def _key(row: Row, name: str) -> tuple[str, str | None]:
    """Field and year of a cell, as findings name them."""
    if row.scope == "kpi" and (name == "due_actual" or name.startswith("actuals.")):
        return "actuals", str(
            row.kpi.due_year
        ) if name == "due_actual" and row.kpi else name.removeprefix("actuals.")
    if row.scope == "kpi_year":
        return "actuals", row.column
    return name, row.column


def _figures(row: Row) -> list[str]:
    """The names of a row's figures, in the form's order."""
    if row.scope == "year":
        return [name for name in row.form.fields if (("year", name) in row.rows.definitions)]
    if row.scope == "sheet":
        return [name for name in row.form.fields if (("sheet", name) in row.rows.definitions)]
    if row.scope == "kpi":
        return ["target", "declared_rate", *row.groups.get("actuals", ()), "due_actual"]
    return ["actual"] if row.scope == "kpi_year" else []


class _Binding:
    """What the names of a rule stand for on one row of a book."""

    def __init__(self, record: _Record, row: Row) -> None:
        self.record, self.row = record, row

    @property
    def variables(self) -> Sequence[Variable]:
        return self.record.variables

    @property
    def steps(self) -> Sequence[int | None]:
        return self.record.steps

    def field(self, node: Field) -> Quantity | Missing | Index:
        here: Row | None = self.row
        for link in node.links:
            here = here.link(link) if here else None
        return BLANK if here is None else self._named(here, node.name)

    def _named(self, row: Row, name: str) -> Quantity | Missing | Index:
        at = self.record.index(row, name)
        if at is not None:
            return Index(at)
        value = row.values.get(name, BLANK)
        return UNKNOWN if isinstance(value, str) else value

    def members(self, node: Node) -> list[Quantity | Missing | Index]:
        return [
            self._named(cast(Row, here), name)
            for here, name in members(node, cast(JudgedRow, self.row))
        ]

    def param(self, call: Call) -> Quantity | Missing:
        value = self.row.param(quoted(call))
        return UNKNOWN if value is None else value

    def over_group(self, call: Call) -> AgreedValue | Quantity | Missing:
        declared = call.arguments[-1]
        if isinstance(declared, Name) and (value := self.row.param(declared.value)) is not None:
            return value
        expression = call.arguments[0]
        shared = self.row.over_group(call.function, expression, measure(expression))
        return UNKNOWN if shared is None else AgreedValue(self.record.book(self.row, call), shared)

    def constant(self, node: Node) -> Answer:
        return _ask(node, cast(JudgedRow, self.row))
