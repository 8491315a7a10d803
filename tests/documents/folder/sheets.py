"""The sheets of the folder before they are laid out: figures, formulas over them, and words.

All figures agree at first. Departments keep their workbooks in one of five ways (``STYLES``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Final, Literal, assert_never, get_args

__all__ = [
    "COLUMNS",
    "EVALUATED",
    "FISCAL_YEAR",
    "POPULATION",
    "SOURCES",
    "STYLES",
    "UNIT_COSTS",
    "Formula",
    "Indicator",
    "Key",
    "Project",
    "Style",
    "departments",
    "indicators",
    "rounded",
]

Key = tuple[str, str | None]
"""A figure: its field, and its column where it has one."""

Style = Literal["formulas", "typed ratios", "computed ratios", "balance", "typed"]
"""``formulas``: totals are sums and the ratios are computed. ``typed ratios``: only the totals are
computed; ``computed ratios``: only the ratios. ``balance``: as ``computed ratios``, and the general
revenue is what the other sources leave of the total, the staff cost is computed, too. ``typed``:
no cell has a formula.
"""
STYLES: Final[tuple[Style, ...]] = get_args(Style)

FISCAL_YEAR: Final = 2024
EVALUATED: Final = "2024"
COLUMNS: Final = ("2023", "2024", "2025")
SOURCES: Final = (
    "funding.grants",
    "funding.local_bonds",
    "funding.fees",
    "funding.other_specific",
    "funding.general_revenue",
)
POPULATION: Final = Decimal(143_862)
UNIT_COSTS: Final = {"2023": 7_214, "2024": 7_305, "2025": 7_452}

_ACTIVITIES: Final = ("整備事業", "維持管理事業", "推進事業", "更新事業", "支援事業")
_DEPARTMENTS: Final = (
    ("総務部", ("総務課", "防災課", "情報政策課", "人事課", "広報課")),
    ("財政部", ("管財課", "契約課", "市民税課", "収納課")),
    ("市民部", ("市民課", "環境課", "交通安全課", "国保年金課", "清掃課")),
    ("福祉部", ("福祉課", "子育て課", "高齢課", "障がい課", "健康課")),
    ("産業部", ("商工課", "観光課", "農林課", "水産課")),
    ("都市部", ("道路課", "公園課", "住宅課", "河川課")),
    ("教育部", ("学校課", "生涯学習課", "図書館", "文化財課")),
)
_TOPICS: Final = ("施設", "情報", "地域", "安全", "環境", "交流")


@dataclass(frozen=True)
class Formula:
    """What a cell computes from others: ``parts`` are those it adds, or, behind the first, those
    that it subtracts.

    A ratio is thousands of yen by persons, a cost is persons by thousands of yen. ``constant``
    stands for a second cell: the number of persons, or the unit cost.
    """

    kind: Literal["sum", "balance", "ratio", "cost"]
    parts: tuple[Key, ...]
    constant: Decimal | None = None


@dataclass
class Project:
    """One sheet: what its cells store, the formulas over them, and its words.

    ``as_text`` are the numbers stored as text; ``words`` are texts by field, and results by
    ``result`` and year. The population is a word of a sentence, or ``population_apart`` in a cell
    of its own, to which formulas refer.
    """

    name: str
    department: str
    style: Style
    figures: dict[Key, Decimal | None]
    formulas: dict[Key, Formula]
    words: dict[Key, str]
    is_new: bool = False
    population_apart: bool = False
    as_text: set[Key] = field(default_factory=set[Key])
    headings: dict[str, str] = field(default_factory=dict[str, str])

    def copied(self) -> Project:
        """A project that can be changed without this one."""
        return replace(
            self,
            figures=dict(self.figures),
            formulas=dict(self.formulas),
            words=dict(self.words),
            as_text=set(self.as_text),
            headings=dict(self.headings),
        )

    def amount(self, name: str, year: str | None = None) -> Decimal:
        """A figure's amount; 0 where it is blank."""
        return self.figures.get((name, year)) or Decimal(0)

    def retype(self, key: Key, value: Decimal | None) -> None:
        """Type a value into a cell, over a formula where it has one."""
        self.formulas.pop(key, None)
        self.figures[key] = value

    def calculate(self, but: Sequence[Key] = ()) -> None:
        """Work out the formulas anew, as a spreadsheet program does; ``but`` keep their results."""
        for key, formula in self.formulas.items():
            if key not in but:
                self.figures[key] = self._result(formula)

    def _result(self, formula: Formula) -> Decimal:
        first, *others = formula.parts
        match formula.kind:
            case "sum":
                parts = (part for part in formula.parts if part not in self.as_text)
                return sum((self.amount(*part) for part in parts), Decimal(0))
            case "balance":
                return self.amount(*first) - sum(map(self._amount, others), Decimal(0))
            case "ratio":
                persons = formula.constant or self.amount("population")
                return rounded(self.amount(*first) * 1000 / persons, "0.1")
            case "cost":
                return rounded(self.amount(*first) * (formula.constant or 0), "1")
            case _:
                assert_never(formula.kind)

    def _amount(self, key: Key) -> Decimal:
        return self.amount(*key)

    def followers(self, *keys: Key) -> frozenset[Key]:
        """The cells that are computed from some others, directly or through others."""
        reached = set(keys)
        for key, formula in self.formulas.items():
            if not reached.isdisjoint(formula.parts):
                reached.add(key)
        return frozenset(reached.difference(keys))


@dataclass(frozen=True)
class Indicator:
    """A row of the table of indicators; ``flag`` and ``rate`` are what it says of itself."""

    project: str
    name: str
    target: Decimal
    actuals: tuple[Decimal, ...]
    flag: str
    rate: Decimal


def rounded(value: Decimal, step: str) -> Decimal:
    """A value half up to a step."""
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def departments(random: Random, count: int, sheets: int) -> list[list[Project]]:
    """The projects of ``count`` departments, ``sheets`` in all, each department's in one style;
    every style is there where there are departments enough.
    """
    names = [f"{part}{section}" for part, sections in _DEPARTMENTS for section in sections]
    sizes = [sheets // count + (index < sheets % count) for index in range(count)]
    titles = _titles(random)
    folder: list[list[Project]] = []
    styles = [*STYLES, *random.choices(STYLES, (6, 4, 3, 2, 7), k=max(count - len(STYLES), 0))]
    random.shuffle(styles)
    for department, size, style in zip(names[:count], sizes, styles[:count], strict=True):
        folder.append([_project(random, next(titles), department, style) for _ in range(size)])
    return folder


def _titles(random: Random) -> Iterator[str]:
    """Names of projects; none comes twice."""
    number = 0
    while True:
        number += 1
        topic, activity = random.choice(_TOPICS), random.choice(_ACTIVITIES)
        yield f"{topic}{activity}第{number}号"


def _project(random: Random, name: str, department: str, style: Style) -> Project:
    is_new = random.random() < 0.08
    figures: dict[Key, Decimal | None] = {("population", None): POPULATION}
    used = [SOURCES[4], *random.sample(SOURCES[:4], random.randrange(1, 4))]
    bases = {source: round(10 ** random.uniform(2.5, 5.3)) for source in used}
    for year in COLUMNS:
        blank = is_new and year == "2023"
        for source in SOURCES:
            amount = round(bases.get(source, 0) * random.uniform(0.7, 1.3))
            figures[source, year] = Decimal(amount) if amount and not blank else None
        heads = Decimal(random.randrange(1, 60)) / 10
        figures["headcount", year] = None if blank else heads
        figures["staff_cost", year] = None if blank else rounded(heads * UNIT_COSTS[year], "1")
    if random.random() < 0.3 and "funding.other_specific" in used:
        _surplus(figures, is_new)
    for year in COLUMNS:
        total = sum((figures[source, year] or Decimal(0) for source in SOURCES), Decimal(0))
        figures["total_cost", year] = None if is_new and year == "2023" else total
    words = _words(name, is_new)
    apart = len(department) % 2 == 0
    project = Project(name, department, style, figures, {}, words, is_new, apart)
    _put_formulas(project)
    before, after = (project.amount("total_cost", year) for year in COLUMNS[1:])
    if not is_new and before < after and random.random() < 0.5:
        # A wrong total then contradicts a word, too.
        project.words["result", "2023"] = "拡充"
    return project


def _surplus(figures: dict[Key, Decimal | None], is_new: bool) -> None:
    """More specific revenue than the project costs: the general revenue is below 0."""
    for year in COLUMNS[is_new:]:
        general = figures["funding.general_revenue", year] or Decimal(0)
        other = figures["funding.other_specific", year] or Decimal(0)
        figures["funding.other_specific", year] = other + 2 * general
        figures["funding.general_revenue", year] = -general


def _words(name: str, is_new: bool) -> dict[Key, str]:
    words: dict[Key, str] = {
        ("purpose", None): f"{name}により、市民の安全で快適な暮らしを支える。",
        ("planned", None): f"●{name}の計画\n・研修を年{len(name)}回実施する。",
        ("achieved", None): f"●{name}の実績\n・研修を年{len(name)}回実施した。",
    }
    for year in ("2023", "2024"):
        words["result", year] = "継続維持"
        words["issues", year] = (
            f"・{name}の利用者の声を聞く機会が少ない（令和{int(year) - 2018}年度）。"
        )
        words["direction", year] = f"・引き続き{name}に取り組む（令和{int(year) - 2016}年度以降）。"
    if is_new:
        words["result", "2023"] = ""
        words["issues", "2023"] = "令和６年度からの新規事業のため、空欄となります。"
        words["direction", "2023"] = words["issues", "2023"]
    return words


def _put_formulas(project: Project) -> None:
    """The formulas of the project's style, those that others need first; the ratios at last."""
    style = project.style
    years = COLUMNS[project.is_new :]
    if style in ("formulas", "typed ratios"):
        for year in years:
            parts = tuple((source, year) for source in SOURCES)
            project.formulas["total_cost", year] = Formula("sum", parts)
    if style == "balance":
        for year in years:
            parts = (("total_cost", year), *((source, year) for source in SOURCES[:4]))
            project.formulas[SOURCES[4], year] = Formula("balance", parts)
            unit_cost = Decimal(UNIT_COSTS[year])
            project.formulas["staff_cost", year] = Formula(
                "cost", (("headcount", year),), unit_cost
            )
    constant = None if project.population_apart else POPULATION
    ratios = {"cost_per_capita": "total_cost", "bond_burden_per_capita": "funding.local_bonds"}
    for ratio, amount in ratios.items():
        project.formulas[ratio, None] = Formula("ratio", ((amount, EVALUATED),), constant)
    project.calculate()
    if style in ("typed ratios", "typed"):
        for ratio in ratios:
            del project.formulas[ratio, None]


def indicators(random: Random, count: int) -> list[Indicator]:
    """Indicators whose flags and rates say what the figures say."""
    rows: list[Indicator] = []
    for number in range(1, count + 1):
        target = Decimal(random.randrange(20, 900) * 5)
        start = int(target * random.randrange(70, 125) / 100)
        made = [Decimal(round(start * random.uniform(0.93, 1.07))) for _ in range(5)]
        made[1] = max(made[1], target)  # an indicator that never meets its target is a finding
        actuals = tuple(made)
        rows.append(
            Indicator(
                f"交付金活用事業第{(number + 1) // 2}号",
                f"指標{number}の利用者数",
                target,
                actuals,
                "達成" if actuals[-1] >= target else "未達成",
                rounded(actuals[-1] * 100 / target, "0.1"),
            )
        )
    return rows
