"""Builds books whose figures all agree, for any form: true amounts are chosen first, and each is
then printed as the form prints it.

Nothing is filtered: a figure's printed form stands for its true amount whatever the rounding, so
no rule can refute it.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, Protocol, TypeVar

from auditor.forms.model import Column, FieldDefinition, Form
from auditor.records.decimals import EXACT, number
from auditor.records.figures import Figure, Place, exact, shown
from auditor.records.model import (
    YEAR_FIELDS,
    Book,
    Document,
    Evaluation,
    FiscalYear,
    Kpi,
    Sheet,
    Status,
    figures_of_sheet,
    figures_of_year,
)

__all__ = [
    "ENDINGS",
    "FISCAL_YEAR",
    "BookBuilder",
    "Chain",
    "Chooser",
    "Details",
    "Fill",
    "RandomChooser",
    "State",
    "blank",
    "book",
    "build_book",
    "chance",
    "one_of",
    "printed_figure",
]

T = TypeVar("T")

FISCAL_YEAR: Final = 2024
ENDINGS: Final = frozenset(
    {"end", "complete", "abolish"}
)  # the canonical words after which no budget follows
_TOPICS: Final = (
    "道路",
    "公園",
    "図書館",
    "防災",
    "観光",
    "子育て支援",
    "上水道",
    "文化財",
    "森林",
    "港湾",
    "介護予防",
    "学校給食",
)
_ACTIVITIES: Final = ("整備事業", "維持管理事業", "推進事業", "更新事業", "支援事業", "調査事業")
_DEPARTMENTS: Final = (
    "総務部総務課",
    "財政部財政課",
    "市民環境部市民生活課",
    "福祉部福祉課",
    "産業部観光課",
    "都市整備部土木課",
)
_STAGES: Final = (("当初",), ("当初", "12月補正"), ("9月補正",), ("当初", "6月補正", "3月補正"))
_INDICATORS: Final = (
    ("利用者数", "人"),
    ("相談件数", "件"),
    ("参加団体数", "団体"),
    ("満足度", "%"),
    ("売上額", "円"),
)


class Chooser(Protocol):
    """Where choices come from: a random generator, or hypothesis. The least integer is the
    simplest.
    """

    def integer(self, least: int, greatest: int) -> int:
        """A whole number between two, both among them."""
        ...


Fill = Callable[[Chooser, str | None, Mapping[str, Fraction]], Mapping[str, Fraction | None]]
"""Sets figures so that they agree with the rules of a form: from the key of a column (None for the
sheet itself) and the true amounts by field, in base units (yen, persons), it gives the amounts to
print instead; None is a blank cell. Figures that the form does not print there are left out.
"""


@dataclass(frozen=True)
class Details:
    """What the sheets of a built book say beside what makes their figures agree."""

    departments: Sequence[str] = _DEPARTMENTS
    """The departments that sheets are of."""
    names: Sequence[str] = ()
    """The names of the first sheets, in their order; the others have made-up ones."""
    narrative: bool = False
    """Whether plans and achievements are told."""
    fill: Fill | None = None
    """Sets figures that only the form has, or others; without it, the form's own have any amount."""


USUAL: Final = Details()


class RandomChooser:
    """Choices from a seeded generator: the same seed, the same choices."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, least: int, greatest: int) -> int:
        """A whole number between two, both among them."""
        return self._random.randint(least, greatest)


def one_of(chooser: Chooser, options: Sequence[T]) -> T:
    """One of the options; the first is the simplest."""
    return options[chooser.integer(0, len(options) - 1)]


def chance(chooser: Chooser, percent: int) -> bool:
    """True ``percent`` times in a hundred; False is the simpler."""
    return chooser.integer(0, 99) >= 100 - percent


def book(
    sheets: int = 10,
    seed: int = 0,
    form: Form | None = None,
    *,
    kpis: int | None = None,
    fiscal_year: int = FISCAL_YEAR,
    details: Details = USUAL,
) -> Book:
    """A consistent book of a form (the registered one with the most figures, if none is given).

    It has one KPI for every third sheet unless told otherwise; the same seed gives the same book.
    ``details`` has departments, names, narrative, and figures that a form's own rules hold together.
    """
    return build_book(
        form or largest_form(),
        RandomChooser(seed),
        sheets,
        sheets // 3 if kpis is None else kpis,
        fiscal_year,
        f"book-{seed}",
        details,
    )


def largest_form() -> Form:
    """The registered form with the most figures."""
    from auditor.auditing.session import load

    return max(load().forms.values(), key=lambda form: len(form.fields))


def build_book(
    form: Form,
    chooser: Chooser,
    sheets: int,
    kpis: int,
    fiscal_year: int = FISCAL_YEAR,
    path: str = "book",
    details: Details = USUAL,
) -> Book:
    """A consistent book from the choices of ``chooser``."""
    builder = BookBuilder(form, chooser, fiscal_year, path, details)
    made = tuple(builder.sheet(position) for position in range(1, sheets + 1))
    indicators = tuple(builder.kpi(position) for position in range(1, kpis + 1)) if form.kpi else ()
    return builder.book(made, indicators)


def printed_figure(
    value: Decimal, definition: FieldDefinition, place: Place | None = None
) -> Figure:
    """A figure with its digits in groups of three, as many decimals as the form's step, and △ for
    a minus.
    """
    exponent = definition.step.as_tuple().exponent
    if isinstance(exponent, int) and exponent < 0 and not EXACT.remainder(value, definition.step):
        value = EXACT.quantize(value, definition.step)
    value = value if value else value.copy_abs()
    return Figure(
        value=value, state="number", printed=number(value), unit=definition.unit, place=place
    )


def blank(definition: FieldDefinition) -> Figure:
    """An empty cell."""
    return Figure(unit=definition.unit)


def _common_multiple(values: Sequence[Fraction]) -> Fraction:
    """The least amount of which every value has a whole number in it; 1 for no value."""
    if not values:
        return Fraction(1)
    denominator = math.lcm(*(value.denominator for value in values))
    return Fraction(math.lcm(*(int(value * denominator) for value in values)), denominator)


State = Literal["running", "blank", "zero"]
Chain = tuple[str | None, ...]


def _cells(year: FiscalYear) -> list[Decimal | None]:
    return [figure.value for _, figure in year.figure_items()]


@dataclass
class BookBuilder:
    """Builds the sheets and KPIs of one book, in which nothing contradicts anything."""

    form: Form
    chooser: Chooser
    fiscal_year: int
    path: str
    """What its document is called."""
    details: Details = USUAL
    population: int = field(init=False)
    unit_costs: dict[str, Fraction] = field(init=False)

    def __post_init__(self) -> None:
        form, chooser = self.form, self.chooser
        grid = self._grid(["population"])
        self.population = int(math.ceil(chooser.integer(1_000, 400_000) / grid) * grid)
        self.columns: dict[str, Column] = {
            form.column_id(column, self.fiscal_year): column for column in form.columns
        }
        self.evaluated: str | None = form.evaluated_column(self.fiscal_year, self.fiscal_year)
        self.unit_costs = {
            key: self._unit_cost(self.fiscal_year + column.offset)
            for key, column in self.columns.items()
        }
        summed = form.groups.get("funding", form.funding) if form.funding_complete else ()
        self.parts: list[str] = [
            f"funding.{part}" for part in summed if f"funding.{part}" in form.fields
        ]
        self.sources: list[str] = [f"funding.{source}" for source in form.funding]
        self.chains: Mapping[Status, list[Chain]] = self._chains()

    def book(self, sheets: Sequence[Sheet], kpis: Sequence[Kpi]) -> Book:
        """The book of some sheets and KPIs, which stand in one document."""
        document = Document.of(self.path, self.form.name, self.fiscal_year, sheets, kpis)
        return Book(
            form=self.form.name,
            fiscal_year=self.fiscal_year,
            documents=(document,),
            sheets=tuple(sheets),
            kpis=tuple(kpis),
        )

    # — what a figure's true amount may be —

    def _step(self, name: str) -> Fraction:
        definition = self.form.fields[name]
        return Fraction(definition.step) * Fraction(self.form.factor(definition.unit))

    def _grid(self, names: Sequence[str]) -> Fraction:
        """True amounts are multiples of this, so that exact fields can print them."""
        fields = self.form.fields
        return _common_multiple(
            [
                self._step(name)
                for name in names
                if name in fields and fields[name].rounding == "exact"
            ]
        )

    def _unit_cost(self, year: int) -> Fraction:
        declared = self.form.param("staff_unit_cost", year)
        unit = self.form.factor(self.form.param_units.get("staff_unit_cost", ""))
        return (
            Fraction(declared * unit)
            if declared is not None
            else Fraction(self.chooser.integer(6_000, 9_000) * 1_000)
        )

    def _figure(self, name: str, amount: Fraction) -> Figure:
        definition = self.form.fields[name]
        return printed_figure(
            shown(
                exact(amount / Fraction(self.form.factor(definition.unit))),
                definition.rounding,
                definition.step,
            ),
            definition,
        )

    def _with_own(self, key: str | None, amounts: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """The amounts with those of the figures that only the form has, and what ``fill`` says."""
        each = "sheet" if key is None else "year"
        result = dict(amounts)
        for name, stands in self.form.own_figures.items():
            if stands == each and not chance(self.chooser, 10):
                size = 10 ** self.chooser.integer(0, 6)
                result[name] = self.chooser.integer(0, size) * self._step(name)
        if self.details.fill is not None:
            for name, amount in self.details.fill(self.chooser, key, result).items():
                result.pop(name, None)
                if amount is not None:
                    result[name] = amount
        return result

    # — a column of the budget table —

    def _amounts(self, key: str) -> tuple[dict[str, Fraction], Fraction]:
        """The total and the sources that are printed, which add up exactly before anything is
        rounded, and the least change that shows.
        """
        chooser = self.chooser
        grid = self._grid(["total_cost", *self.sources])
        if key == self.evaluated:
            ratios = [
                name for name in ("cost_per_capita", "bond_burden_per_capita") if self._exact(name)
            ]
            grid = _common_multiple(
                [grid, *(self._step(name) * self.population for name in ratios)]
            )
        widest = max(
            (
                self._step(name)
                for name in ("total_cost", *self.sources)
                if name in self.form.fields
            ),
            default=grid,
        )
        grain = grid * max(1, widest // grid // 16)
        size = 10 ** chooser.integer(1, 6)
        sources = {
            name: chooser.integer(1, size) * grain
            for name in self.parts[:-1]
            if chance(chooser, 30)
        }
        given = sum(sources.values(), Fraction(0))
        total = chooser.integer(0 if sources else 1, size) * grain + given
        if self.parts:
            balance = self.parts[-1]
            allowed = balance.removeprefix("funding.") in self.form.groups.get(
                "negative_allowed", ()
            )
            if sources and allowed and chance(chooser, 20):
                total = (
                    chooser.integer(0, int(given / grain)) * grain
                )  # more comes in than it costs
            if total != given or not sources or self.form.fields[balance].formula_cell:
                sources[balance] = total - given
        inner = [
            name for name in self.sources if name not in self.parts
        ]  # うち…: a part that the sum leaves out
        sources |= {name: chooser.integer(0, int(total / grain)) * grain for name in inner}
        return {"total_cost": total, **sources}, math.ceil(widest / grain) * grain

    def _exact(self, name: str) -> bool:
        return name in self.form.fields and self.form.fields[name].rounding == "exact"

    def _staff(self, key: str) -> dict[str, Fraction]:
        """A headcount and what it costs at the year's unit cost, enough that neither is printed
        as 0.
        """
        cost = self.unit_costs[key]
        fields = self.form.fields
        step = self._step("headcount") if "headcount" in fields else Fraction(1, 10)
        grain = step if self._exact("headcount") else step / 10
        if self._exact("staff_cost"):
            grain = _common_multiple([grain * cost, self._step("staff_cost")]) / cost
        least = max(step, self._step("staff_cost") / cost if "staff_cost" in fields else step)
        headcount = grain * self.chooser.integer(
            math.ceil(least / grain), math.ceil((least + 8) / grain)
        )
        return {"headcount": headcount, "staff_cost": headcount * cost}

    def year(
        self, key: str, state: State, status: Status, unlike: Sequence[FiscalYear]
    ) -> tuple[FiscalYear, dict[str, Fraction]]:
        """One column and its true amounts. Formula cells print 0 where nothing was typed; the
        column looks copied from none of ``unlike``, if it shows a total or its parts.
        """
        required = [name for name in self.form.amounts if self._required(name, key, status)]
        if state == "running":
            amounts, least = self._amounts(key)
            amounts = self._with_own(key, amounts | self._staff(key))
            record = self._column(
                key, amounts | {name: amounts.get(name, Fraction(0)) for name in required}
            )
            copies = list(map(_cells, unlike))
            raised = ("total_cost", *self.parts[-1:])
            shows = any(self.form.prints(name, self.columns[key]) for name in raised)
            while shows and _cells(record) in copies:
                amounts |= {name: amounts.get(name, Fraction(0)) + least for name in raised}
                record = self._column(
                    key, amounts | {name: amounts.get(name, Fraction(0)) for name in required}
                )
            return record, amounts
        named = [*YEAR_FIELDS, *self.parts[-1:], *required] if state == "zero" or required else []
        amounts = {name: Fraction(0) for name in named}
        return self._column(key, amounts), amounts

    def _column(self, key: str, amounts: Mapping[str, Fraction]) -> FiscalYear:
        column = self.columns[key]
        cells = {
            name: self._figure(name, amounts.get(name, Fraction(0)))
            if self.form.prints(name, column)
            and (name in amounts or self.form.fields[name].formula_cell)
            else blank(self.form.fields[name])
            for name in self.form.amounts
        }
        return FiscalYear(
            year=self.fiscal_year + column.offset, kind=column.kind, **figures_of_year(cells)
        )

    def _required(self, name: str, key: str, status: Status) -> bool:
        if not self.form.prints(name, self.columns[key]):
            return False
        settled = self.columns[key].kind == "settled"
        match self.form.fields[name].required:
            case "always":
                return True
            case "evaluated year":
                return key == self.evaluated
            case "settled years":
                return settled
            case "settled years of continuing projects":
                return settled and status == "continuing"
            case "never":
                return False

    # — evaluations —

    def _chains(self) -> Mapping[Status, list[Chain]]:
        """For each status, the words that may stand in the evaluated years, None where a reason
        stands instead.
        """
        form = self.form
        years = sorted(form.evaluated)
        words = list(form.evaluations)
        earlier = sum(offset < 0 for offset in years)
        running = [word for word in words if form.evaluations[word] not in ENDINGS] or words
        if len(years) <= 3:
            continuing: list[Chain] = (
                list(itertools.product(*[running] * (len(years) - 1), words)) if years else []
            )
        else:
            continuing = [(word,) * len(years) for word in running]
        chains: dict[Status, list[Chain]] = {"continuing": continuing}
        if earlier and words:
            for status in form.reasons:
                if status != "continuing":
                    later = itertools.product(words, repeat=len(years) - earlier)
                    chains[status] = [(*[None] * earlier, *chain) for chain in later]
        return {
            status: [chain for chain in found if not self._banned(chain)]
            for status, found in chains.items()
        }

    def _banned(self, chain: Chain) -> bool:
        meanings = [None if word is None else self.form.evaluations[word] for word in chain]
        return any(
            None not in (before, after)
            and change.before in ("*", before)
            and change.after in ("*", after)
            for change in self.form.evaluation_changes.banned
            for before, after in itertools.pairwise(meanings)
        )

    def fits(self, chain: Chain, ended: bool, totals: Mapping[str, Fraction]) -> bool:
        """Whether what is said of the coming budgets agrees with their totals, and of the end
        with ``ended``.
        """
        order = list(self.columns)
        if (chain[-1] is not None and self.form.evaluations[chain[-1]] in ENDINGS) != ended:
            return False
        for offset, word in zip(sorted(self.form.evaluated), chain, strict=True):
            column = self.form.directed_column(self.fiscal_year + offset, self.fiscal_year)
            if word is None or column is None:
                continue
            meaning, total = self.form.evaluations[word], totals.get(column)
            index = order.index(column)
            earlier = totals.get(order[index - 1]) if index else None
            if meaning in ENDINGS and total:
                return False
            if total is None or earlier is None:
                continue
            if (meaning == "expand" and total < earlier) or (
                meaning == "reduce" and total > earlier
            ):
                return False
        return True

    def _evaluations(
        self, name: str, status: Status, ended: bool, totals: Mapping[str, Fraction]
    ) -> dict[str, Evaluation]:
        years = [self.fiscal_year + offset for offset in sorted(self.form.evaluated)]
        fitting = [chain for chain in self.chains[status] if self.fits(chain, ended, totals)]
        blanks: Chain = (
            ()
            if status == "continuing"
            else tuple(None for year in years if year < self.fiscal_year)
        )
        chain = one_of(self.chooser, fitting) if fitting else blanks
        return self.evaluations(name, status, chain)

    def evaluations(self, name: str, status: Status, chain: Chain) -> dict[str, Evaluation]:
        """The evaluations with these words, a reason where there is none."""
        years = [self.fiscal_year + offset for offset in sorted(self.form.evaluated)]
        made: dict[str, Evaluation] = {}
        for year, word in zip(years, chain, strict=False):
            if word is None:
                made[str(year)] = Evaluation(
                    year=year, reason=self.form.reasons[status], reason_code=status
                )
            else:
                issues, direction = f"{name}の{year}年度の課題", f"{name}の{year}年度以降の方向性"
                made[str(year)] = Evaluation(
                    year=year,
                    result=word,
                    meaning=self.form.meaning(word),
                    issues=issues,
                    direction=direction,
                )
        return made

    # — sheets and KPIs —

    def ratios(self, amounts: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """What is printed a head, by the amounts of the evaluated column."""
        total = amounts.get("total_cost", Fraction(0))
        bonds = amounts.get("funding.local_bonds", Fraction(0))
        return {
            "cost_per_capita": total / self.population,
            "bond_burden_per_capita": bonds / self.population,
        }

    def sheet_figures(self, amounts: Mapping[str, Fraction]) -> dict[str, Figure]:
        """How the form prints a sheet's own figures."""
        amounts = self._with_own(None, amounts)
        return {
            key: blank(definition)
            if definition.each is not None and definition.required == "never" and key not in amounts
            else self._figure(key, amounts.get(key, Fraction(0)))
            for key, definition in self.form.fields.items()
            if key in self.form.sheet_figures
        }

    def sheet(self, position: int) -> Sheet:
        """A consistent sheet with a number."""
        form, chooser, details = self.form, self.chooser, self.details
        if position <= len(details.names):
            name = details.names[position - 1]
        else:
            name = f"{one_of(chooser, _TOPICS)}{one_of(chooser, _ACTIVITIES)}{position}"
        status: Status = "continuing"
        if len(self.chains) > 1 and chance(chooser, 35):
            status = one_of(chooser, [status for status in self.chains if status != "continuing"])
        endings = any(meaning in ENDINGS for meaning in form.evaluations.values())
        ended = endings and (status == "single_year" or chance(chooser, 15))
        after: State = "zero" if chance(chooser, 50) else "blank"
        years: dict[str, FiscalYear] = {}
        totals: dict[str, Fraction] = {}
        amounts = {"population": Fraction(self.population)}
        for key, column in self.columns.items():
            state: State = "running"
            if column.offset < 0 and status != "continuing":
                state = "blank"
            elif column.offset > 0 and (ended or status == "single_year"):
                state = after
            before = list(years.values())[-1:]
            years[key], true = self.year(key, state, status, before)
            if "total_cost" in true:
                totals[key] = true["total_cost"]
            if key == self.evaluated:
                amounts |= self.ratios(true)

        return Sheet(
            document=self.path,
            number=position,
            name=name,
            budget_stages=one_of(chooser, _STAGES),
            fiscal_year=self.fiscal_year,
            department=one_of(chooser, details.departments),
            category="主要事業",
            purpose=f"{name}の目的",
            planned=f"{name}を計画する。" if details.narrative else "",
            achieved=f"{name}を実施した。" if details.narrative else "",
            population_as_of=date(self.fiscal_year + 1, 3, 31),
            **figures_of_sheet(self.sheet_figures(amounts)),
            evaluations=self._evaluations(name, status, ended, totals),
            status=status,
            years=years,
            place=Place(line=100 * position),
        )

    def kpi(self, position: int) -> Kpi:
        """An indicator that is met or missed, or not yet measured; what it declares is true."""
        table, chooser = self.form.kpi, self.chooser
        assert table is not None
        fitting = [
            (name, unit) for name, unit in _INDICATORS if table.direction(name)[1] == "assumed"
        ]
        name, unit = one_of(chooser, fitting or [("指標", "件")])
        step = Fraction(table.actual.step)
        target = chooser.integer(10, 10 ** chooser.integer(2, 6))
        highest = max(target, int(target * min(Fraction(table.jump_factor), Fraction(3))))
        years = range(self.fiscal_year - 4, self.fiscal_year + 1)
        first = chooser.integer(years[0], years[-1])
        amounts = {
            year: Fraction(chooser.integer(target, highest)) * step
            for year in years
            if year >= first
        }
        lower = chance(chooser, 20)
        due = max(first, self.fiscal_year + chooser.integer(-1, 2))
        aim = Fraction(one_of(chooser, (target, highest, (target + highest) // 2))) * step
        reached = amounts.get(due)
        met = None if reached is None else reached <= aim if lower else reached >= aim
        rate = (
            Fraction(0)
            if reached is None or lower or not aim or chance(chooser, 50)
            else reached / aim * 100
        )
        return Kpi(
            document=self.path,
            number=position,
            fiscal_year=self.fiscal_year,
            project=f"{one_of(chooser, _TOPICS)}{one_of(chooser, _ACTIVITIES)}",
            grant_type="交付金",
            name=name,
            target=self._measured(aim, table.target, unit),
            unit=unit,
            due=f"{due + 1}-03",
            actuals={
                str(year): self._measured(amounts[year], table.actual, unit)
                if year in amounts
                else Figure(state="dash", printed="-", unit=unit)
                for year in years
            },
            direction="lower" if lower else "higher",
            direction_source="declared" if lower or chance(chooser, 30) else "assumed",
            declared_achieved=None
            if met is None or chance(chooser, 40)
            else "achieved"
            if met
            else "missed",
            declared_rate=self._measured(rate, table.rate, table.rate.unit) if rate else None,
            place=Place(line=position),
        )

    def _measured(self, value: Fraction, definition: FieldDefinition, unit: str) -> Figure:
        """A figure of the KPI table, in its indicator's own unit."""
        return printed_figure(
            shown(exact(value), definition.rounding, definition.step),
            definition.model_copy(update={"unit": unit}),
        )
