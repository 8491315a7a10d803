"""Which column a figure belongs to where a document's text has lost it.

The evidence, in this order: the printed position; the columns of the total with the words for new
and single-year projects; arithmetic; the form's usual place. All rows are placed together, so
that one wrong figure can't move another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from itertools import chain, combinations, permutations, product
from typing import Any, Final, NamedTuple, cast

from auditor.forms.model import Column, Form
from auditor.records.figures import (
    Answer,
    Figure,
    PlacedBy,
    Quantity,
    agreed,
    base_units,
    divide,
    equal,
    multiply,
    spread,
)
from auditor.records.model import Status

__all__ = ["Evidence", "Placed", "Row", "joined", "place", "unit_costs"]

Amount = int | Fraction | None
_STAFF: Final = ("staff_cost", "headcount")
# Far above what any real sheet needs; beyond it, rows with too many values are not puzzled out.
_MOST_CHOICES: Final = 2_000
# How many figures too many a row has at most, where neighbours are joined in every way.
_MOST_JOINED: Final = 3
# The cost of one employee moves by a few per cent from year to year, never by a quarter.
_UNIT_COST_RANGE: Final = Fraction(5, 4)


class Way(NamedTuple):
    """One way for a row's figures to stand in the columns (None: nothing does), with their
    amounts in base units.

    Nothing and a dash amount to 0; what text amounts to is not known.
    """

    cells: tuple[Figure | None, ...]
    amounts: tuple[Amount, ...]


Choice = Mapping[str, Way]
"""One way for each field's row."""


class Row(NamedTuple):
    """A row's figures in their printed order, and the columns that they can stand in.

    ``parts`` are independent of each other: figures beside the label, and figures printed apart
    from it.
    """

    field: str
    parts: tuple[tuple[tuple[Figure, ...], tuple[int, ...]], ...]
    loose: int | None = None
    """The part whose lines may stand in any order."""

    @property
    def loose_columns(self) -> tuple[int, ...]:
        """The columns of that part, if the order of its lines matters."""
        if self.loose is None:
            return ()
        figures, columns = self.parts[self.loose]
        return columns if len(_orders(figures)) > 1 else ()


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known besides a sheet's rows.

    ``prior_evaluated``: the year before the sheet's own was evaluated. ``unit_costs``: what one
    employee costs in each column, where the other sheets of the document agree on it, in base
    units.
    """

    form: Form
    status: Status | None = None
    prior_evaluated: bool = True
    sheet_figures: Mapping[str, Figure] = field(default_factory=dict[str, Figure])
    unit_costs: tuple[Quantity | None, ...] = ()

    @cached_property
    def evaluated(self) -> int | None:
        """The column that the sheet evaluates."""
        columns = self.form.columns
        return min(
            (i for i, column in enumerate(columns) if column.offset == 0),
            key=lambda i: columns[i].kind != "settled",
            default=None,
        )

    @cached_property
    def of_all_people(self) -> dict[str, Quantity]:
        """What the per-capita figures say of amounts in the evaluated column."""
        population = self.sheet_figures.get("population")
        if population is None or not population.value:
            return {}
        people = base_units(population.value, self.form.factor(population.unit))
        return {
            of: multiply(_rounded(figure, name, self.form), people)
            for name, of in (
                ("cost_per_capita", "total_cost"),
                ("bond_burden_per_capita", "funding.local_bonds"),
            )
            if (figure := self.sheet_figures.get(name)) and figure.value is not None
        }


class Placed(NamedTuple):
    """A row in its columns, which evidence put it there, and whether nothing is left to doubt."""

    way: Way
    by: PlacedBy
    certain: bool

    @property
    def cells(self) -> tuple[Figure | None, ...]:
        return self.way.cells


def place(rows: Sequence[Row], evidence: Evidence) -> dict[str, Placed]:
    """Every row in its columns. Money comes first: the total's columns then speak for staff cost
    and headcount.
    """
    ways = {row.field: _ways(row, evidence.form) for row in rows}
    staff = {name: ways.pop(name) for name in map(str, _STAFF) if name in ways}
    money = _settle(
        ways,
        evidence,
        None,
        _money_errors,
        partial(_odd_money, staff.get("staff_cost", ()), evidence.form),
    )
    total = money.get("total_cost")
    way = None if total is None else total.way
    placed = _settle(staff, evidence, way, _staff_errors, partial(_odd_staff, way))
    if total is not None and not total.certain:
        # What speaks for them is no surer than the total.
        for name, its in placed.items():
            placed[name] = its._replace(certain=its.by == "position")
    placed = money | placed
    for row in rows:
        if not _has_unit_costs(row.loose_columns, evidence):
            placed[row.field] = placed[row.field]._replace(certain=False)
    return placed


def _has_unit_costs(columns: Sequence[int], evidence: Evidence) -> bool:
    """Whether the unit costs of the columns are known whose lines may stand in any order: costs
    of one employee that are merely alike prove no order.
    """
    costs = evidence.unit_costs or (None,) * len(evidence.form.columns)
    return all(costs[column] is not None for column in columns)


def unit_costs(sheets: Iterable[Sequence[Row]], form: Form) -> tuple[Quantity | None, ...]:
    """What the sheets agree that one employee costs, by column, from the rows whose figures are
    sure of their columns.
    """
    by_column: list[list[Quantity]] = [[] for _ in form.columns]
    for rows in sheets:
        ways: list[tuple[Way, ...]] = []
        for name in _STAFF:
            ways += [_ways(row, form) for row in rows if row.field == name]
        if len(ways) == len(_STAFF) and all(len(way) == 1 for way in ways):
            (costs,), (headcounts,) = ways
            for index, (cost, heads) in enumerate(
                zip(costs.cells, headcounts.amounts, strict=True)
            ):
                if (
                    cost
                    and cost.value
                    and heads
                    and (each := divide(_rounded(cost, "staff_cost", form), heads)) is not None
                ):
                    by_column[index].append(each)
    return tuple(map(agreed, by_column))


def _ways(row: Row, form: Form) -> tuple[Way, ...]:
    """All ways for a row's figures to stand in the columns."""
    width = len(form.columns)
    ways: list[Way] = []
    spread_out = [
        list(
            chain.from_iterable(
                _spread_out(order, columns)
                for order in (_orders(figures) if index == row.loose else [figures])
            )
        )
        for index, (figures, columns) in enumerate(row.parts)
    ]
    for parts in product(*spread_out):
        cells: list[Figure | None] = [None] * width
        for part in parts:
            for column, figure in part:
                cells[column] = figure
        ways.append(Way(tuple(cells), tuple(_amount(figure, form) for figure in cells)))
    return tuple(ways)


def _orders(figures: Sequence[Figure]) -> list[list[Figure]]:
    """The figures with their lines in every order that prints something else; the one that is
    printed comes first.
    """
    lines: dict[int | None, list[Figure]] = {}
    for figure in figures:
        lines.setdefault(figure.place.line if figure.place else None, []).append(figure)
    orders: dict[tuple[str, ...], list[Figure]] = {}
    for order in permutations(lines.values()):
        in_order = list(chain.from_iterable(order))
        orders.setdefault(tuple(figure.printed for figure in in_order), in_order)
    return list(orders.values())


def _spread_out(
    figures: Sequence[Figure], columns: Sequence[int]
) -> list[list[tuple[int, Figure]]]:
    """The figures in some of the columns; where they are too many, neighbours are one text: a
    number broken by a space.
    """
    if len(figures) <= len(columns):
        return [
            list(zip(chosen, figures, strict=True))
            for chosen in combinations(columns, len(figures))
        ]
    usual = tuple(range(1, len(columns)))
    cuts = (
        [usual]
        if len(figures) > len(columns) + _MOST_JOINED
        else list(combinations(range(1, len(figures)), len(usual)))
    )
    return [
        [
            (column, joined(figures[start:end]))
            for column, start, end in zip(columns, (0, *ends), (*ends, len(figures)), strict=True)
        ]
        for ends in cuts
    ]


def joined(figures: Sequence[Figure]) -> Figure:
    """Several figures as the one text that they may be, a number broken by spaces; one alone
    stays itself.
    """
    first, *others = figures
    if not others:
        return first
    printed = " ".join(figure.printed for figure in figures)
    return Figure(state="text", printed=printed, unit=first.unit, place=first.place)


def _amount(figure: Figure | None, form: Form) -> Amount:
    if figure is None or figure.state == "dash":
        return 0
    return None if figure.value is None else base_units(figure.value, form.factor(figure.unit))


def _rounded(figure: Figure, name: str, form: Form) -> Quantity:
    """All amounts in base units that print as the figure, which is a number."""
    definition = form.fields[name]
    return spread(
        cast(Decimal, figure.value), definition.rounding, definition.step, form.factor(figure.unit)
    )


def _settle(
    rows: Mapping[str, tuple[Way, ...]],
    evidence: Evidence,
    total: Way | None,
    errors: Callable[[Choice, Evidence], tuple[int, ...]],
    oddness: Callable[[Choice], int],
) -> dict[str, Placed]:
    """Narrow the choices by one kind of evidence after the other; a row is settled by what left
    it only one way.
    """
    settled: dict[str, PlacedBy] = {
        name: "position" for name, ways in rows.items() if len(ways) == 1
    }
    doubtful = [name for name in rows if name not in settled]
    options: list[tuple[Way, ...]] = []
    size = 1
    for name, ways in rows.items():
        if size * len(ways) > _MOST_CHOICES:
            ways = ways[:1]
            settled[name] = "usual_place"
        size *= len(ways)
        options.append(ways)
    choices: list[Choice] = [dict(zip(rows, ways, strict=True)) for ways in product(*options)]
    stages: tuple[tuple[PlacedBy, Callable[[Choice], tuple[Any, ...]]], ...] = (
        ("total_columns", lambda choice: (_contradictions(choice, doubtful, evidence, total),)),
        ("arithmetic", lambda choice: (_texts(choice, doubtful), *errors(choice, evidence))),
        ("usual_place", lambda choice: (oddness(choice), _unusual(choice, evidence))),
    )
    certain: set[PlacedBy] = {"position", "total_columns"}
    for by, cost in stages:
        costs = [cost(choice) for choice in choices]
        least = min(costs)
        choices = [choice for choice, its in zip(choices, costs, strict=True) if its == least]
        if by == "arithmetic" and not any(least[1:]):
            certain.add(by)
        for name in rows:
            if len({id(choice[name]) for choice in choices}) == 1:
                settled.setdefault(name, by)
    best = next(iter(choices))  # the usual places tell any two choices apart
    return {name: Placed(best[name], settled[name], settled[name] in certain) for name in rows}


def _contradictions(
    choice: Choice, doubtful: Sequence[str], evidence: Evidence, total: Way | None
) -> int:
    """Figures in years that the sheet's words or its total rule out: where they stand counts, not
    what they say.

    Cells with a formula print their 0 in any year, so they contradict nothing.
    """
    total = total or choice.get("total_cost")
    years = None if total is None else total.cells
    rows = [choice[name].cells for name in doubtful if not evidence.form.fields[name].formula_cell]
    return sum(
        _weight(column, evidence, years is not None and years[index] is None)
        * sum(cells[index] is not None for cells in rows)
        for index, column in enumerate(evidence.form.columns)
    )


def _weight(column: Column, evidence: Evidence, has_no_total: bool) -> int:
    """How much speaks against a figure in a column."""
    if column.offset < 0 and evidence.status in ("new", "single_year"):
        return 2 + has_no_total
    # A sheet of a single year may still print the next year's 0.
    return (column.offset > 0 and evidence.status == "single_year") + has_no_total


def _texts(choice: Choice, doubtful: Sequence[str]) -> int:
    """Figures that are text: a number broken by a space makes one, a wrong way to put it together
    makes more.
    """
    cells = chain.from_iterable(choice[name].cells for name in doubtful)
    return sum(figure is not None and figure.state == "text" for figure in cells)


def _money_errors(choice: Choice, evidence: Evidence) -> tuple[int, ...]:
    """In how many years the total is not the sum of its sources, and how many per-capita figures
    of the evaluated year don't fit.
    """
    sums = sum(_refuted(choice))
    per_capita = 0
    if (now := evidence.evaluated) is not None:
        for name, expected in evidence.of_all_people.items():
            amount = choice[name].amounts[now] if name in choice else None
            per_capita += amount is not None and equal(amount, expected) is Answer.NO
    return sums, per_capita


def _refuted(choice: Choice) -> list[bool]:
    """For each column, whether the total is not the sum of its sources; what is not known refutes
    nothing.
    """
    sources = [way.amounts for name, way in choice.items() if name.startswith("funding.")]
    if "total_cost" not in choice or not sources:
        return []
    refuted: list[bool] = []
    for total, *parts in zip(choice["total_cost"].amounts, *sources, strict=True):
        amounts = [part for part in parts if part is not None]
        is_known = total is not None and len(amounts) == len(parts)
        refuted.append(is_known and total != sum(amounts))
    return refuted


def _staff_errors(choice: Choice, evidence: Evidence) -> tuple[int, ...]:
    """In how many years there are staff and no staff cost or the other way round, and how many
    costs of one employee don't fit.
    """
    if len(choice) < len(_STAFF):
        return (0,)
    alone = misfits = 0
    unit_costs: list[Fraction] = []
    for index, (cost, heads) in enumerate(
        zip(*(choice[name].amounts for name in _STAFF), strict=True)
    ):
        if cost is None or heads is None:
            continue
        alone += bool(cost) != bool(heads)
        if cost and heads:
            each = evidence.unit_costs[index] if evidence.unit_costs else None
            if each is None:
                unit_costs.append(Fraction(cost) / heads)
            else:
                figure = cast(Figure, choice["staff_cost"].cells[index])
                printed = _rounded(figure, "staff_cost", evidence.form)
                misfits += equal(printed, multiply(each, heads)) is Answer.NO
    if unit_costs and max(unit_costs) > min(unit_costs) * _UNIT_COST_RANGE:
        misfits += 1
    return alone, misfits


def _odd_money(staff_cost: Sequence[Way], form: Form, choice: Choice) -> int:
    """How odd a choice is that arithmetic does not tell from others.

    Where a sum is wrong, a 0 or a dash may be what is wrong with it; where it is right, a 0 is
    odd beside a cost or staff. The bare 0 of a formula belongs where there is no cost.
    """
    return sum(_oddities(staff_cost, form, choice))


def _oddities(staff_cost: Sequence[Way], form: Form, choice: Choice) -> Iterator[int]:
    """How odd each figure is that is odd where it stands."""
    costs = next(iter(staff_cost)).amounts if len(staff_cost) == 1 else None
    for column, refuted in enumerate(_refuted(choice)):
        total = choice["total_cost"]
        figure, amount = total.cells[column], total.amounts[column]
        if figure and costs:
            yield costs[column] == 0 or (amount == 0 and not refuted)
        for name, way in choice.items():
            if name != "total_cost" and way.cells[column] and way.amounts[column] == 0:
                if form.fields[name].formula_cell and None in way.cells:
                    yield bool(amount)
                elif not refuted:
                    yield 2 if amount else 1


def _odd_staff(total: Way | None, choice: Choice) -> int:
    """Years with staff and no cost, or with a cost and a staff cost of 0."""
    costs = () if total is None else total.amounts
    amounts = chain.from_iterable(
        zip(way.cells, way.amounts, costs, strict=False) for way in choice.values()
    )
    return sum(
        figure is not None and amount is not None and bool(amount) != bool(cost)
        for figure, amount, cost in amounts
    )


def _unusual(choice: Choice, evidence: Evidence) -> list[Any]:
    """The settled year that the sheet evaluates comes first, then the year before if it was
    evaluated, else the next.
    """
    columns = evidence.form.columns

    def rank(index: int) -> tuple[int, int, bool]:
        """How far a column is from the evaluated one."""
        offset = columns[index].offset
        toward = offset if evidence.prior_evaluated else -offset
        return abs(offset), toward, columns[index].kind != "settled"

    order = sorted(range(len(columns)), key=rank)
    return [
        (
            sorted(order.index(i) for i, figure in enumerate(way.cells) if figure),
            [figure.printed for figure in way.cells if figure],
        )
        for way in choice.values()
    ]
