"""Seeded records with known mistakes: two generators of consistent records, each with its own
ways of going wrong.

The slip model's numbers are fitted on records of the ``office`` generator under other seeds;
nothing is fitted on ``keypad``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import log10
from random import Random
from typing import Final, Literal

__all__ = [
    "CELLS",
    "FIXED",
    "FORMULAS",
    "GENERATORS",
    "KEYPAD",
    "OFFICE",
    "ROUNDING",
    "STEPS",
    "Case",
    "Kind",
    "arbitrary_chance",
    "corrections",
    "draw",
    "holds",
    "office_prior",
    "slip_chance",
]

Kind = Literal["slip", "arbitrary"]
YEARS: Final = (2023, 2024, 2025)
SOURCES: Final = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
FIELDS: Final = (
    "total_cost",
    *SOURCES,
    "staff_cost",
    "headcount",
    "cost_per_capita",
    "bond_burden_per_capita",
)
CELLS: Final = tuple(f"{name}_{year}" for year in YEARS for name in FIELDS)
FIXED: Final = ("population", *(f"unit_cost_{year}" for year in YEARS))
FORMULAS: Final = tuple(
    formula
    for year in YEARS
    for formula in (
        f"total_cost_{year} == {' + '.join(f'{source}_{year}' for source in SOURCES)}",
        f"staff_cost_{year} == headcount_{year} * unit_cost_{year}",
        f"cost_per_capita_{year} == 1000 * total_cost_{year} / population",
        f"bond_burden_per_capita_{year} == 1000 * local_bonds_{year} / population",
    )
)
TENTHS: Final = ("headcount", "cost_per_capita", "bond_burden_per_capita")
ROUNDED: Final = ("staff_cost", "cost_per_capita", "bond_burden_per_capita")
STEPS: Final = {
    name: Decimal("0.1") if name.startswith(TENTHS) else Decimal(1) for name in (*CELLS, *FIXED)
}
ROUNDING: Final[dict[str, Literal["half_up"]]] = {
    name: "half_up" for name in CELLS if name.startswith(ROUNDED)
}
ARBITRARY_TOP: Final = 6
"""Arbitrary values are spread evenly over so many orders of magnitude, in steps."""


@dataclass(frozen=True)
class Case:
    """A record with mistakes, and the true values of the cells that have them, in steps."""

    printed: Mapping[str, int]
    truth: Mapping[str, int]
    kind: Kind

    @property
    def values(self) -> dict[str, Decimal]:
        return {name: step * STEPS[name] for name, step in self.printed.items()}


def _rounded(value: Decimal, step: Decimal) -> int:
    return int((value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _completed(record: dict[str, int]) -> dict[str, int]:
    """The record with its computed cells, in the order of the form."""
    population = record["population"]
    for year in YEARS:
        total = sum(record[f"{source}_{year}"] for source in SOURCES)
        record[f"total_cost_{year}"] = total
        record[f"staff_cost_{year}"] = _rounded(
            Decimal(record[f"headcount_{year}"] * record[f"unit_cost_{year}"]) / 10, Decimal(1)
        )
        record[f"cost_per_capita_{year}"] = _rounded(
            Decimal(1000 * total) / population, Decimal("0.1")
        )
        record[f"bond_burden_per_capita_{year}"] = _rounded(
            Decimal(1000 * record[f"local_bonds_{year}"]) / population, Decimal("0.1")
        )
    return {name: record[name] for name in (*CELLS, *FIXED)}


def _city(random: Random, people: tuple[int, int], cost: tuple[int, int]) -> dict[str, int]:
    """What the sheets of a book have in common; there are fifty books."""
    city = Random(f"{people}/{random.randrange(50)}")
    return {
        "population": city.randrange(*people),
        **{f"unit_cost_{year}": city.randrange(*cost) for year in YEARS},
    }


def office(random: Random) -> dict[str, int]:
    """A project as a form has it: figures of any size, some sources empty, a little general
    revenue below nought.
    """
    record = _city(random, (20_000, 800_000), (7_000, 7_600))
    for year in YEARS:
        record[f"headcount_{year}"] = random.randrange(1, 60)
        for source in SOURCES:
            record[f"{source}_{year}"] = (
                0 if random.random() < 0.3 else round(10 ** random.uniform(1, 6))
            )
        if random.random() < 0.03:
            record[f"general_revenue_{year}"] *= -1
    return _completed(record)


def keypad(random: Random) -> dict[str, int]:
    """A project as it is budgeted: round figures that carry over from year to year, few sources."""
    record = _city(random, (5_000, 2_000_000), (6_500, 8_500))
    used = random.sample(SOURCES, random.randrange(2, 5))
    base = {
        source: round(random.lognormvariate(8.5, 1.4)) if source in used else 0
        for source in SOURCES
    }
    for year in YEARS:
        record[f"headcount_{year}"] = 1 + round(random.expovariate(0.1))
        for source in SOURCES:
            amount = round(base[source] * random.uniform(0.7, 1.3))
            record[f"{source}_{year}"] = amount // 10 * 10 if random.random() < 0.5 else amount
    return _completed(record)


Results = list[int | None]
"""What a slip can make of a figure, each result as likely as the others; None where it makes
nothing.
"""
Slipping = Callable[[str, Mapping[str, int]], Results]


def _digits(value: int) -> tuple[int, str]:
    return (-1 if value < 0 else 1), str(abs(value))


def _swapped(name: str, record: Mapping[str, int]) -> Results:
    sign, text = _digits(record[name])
    return [
        sign * int(text[:at] + text[at + 1] + text[at] + text[at + 2 :])
        for at in range(len(text) - 1)
    ]


def _dropped(name: str, record: Mapping[str, int]) -> Results:
    sign, text = _digits(record[name])
    return (
        [sign * int(text[:at] + text[at + 1 :]) for at in range(len(text))] if len(text) > 1 else []
    )


def _doubled(name: str, record: Mapping[str, int]) -> Results:
    sign, text = _digits(record[name])
    return [sign * int(text[: at + 1] + text[at:]) for at in range(len(text))]


def _inserted(name: str, record: Mapping[str, int]) -> Results:
    sign, text = _digits(record[name])
    return [
        sign * int(text[:at] + digit + text[at:])
        for at in range(len(text) + 1)
        for digit in "0123456789"
    ]


def _mistyped(name: str, record: Mapping[str, int]) -> Results:
    sign, text = _digits(record[name])
    return [
        sign * int(text[:at] + digit + text[at + 1 :])
        for at in range(len(text))
        for digit in "0123456789"
    ]


_BESIDE: Final = {
    "0": "12", "1": "024", "2": "0135", "3": "26", "4": "157", "5": "2468", "6": "359", "7": "48", "8": "579", "9": "68",
}  # fmt: skip


def _beside(name: str, record: Mapping[str, int]) -> Results:
    """The key beside the right one."""
    sign, text = _digits(record[name])
    return [
        sign * int(text[:at] + digit + text[at + 1 :])
        for at in range(len(text))
        for digit in _BESIDE[text[at]]
    ]


def _unsigned(name: str, record: Mapping[str, int]) -> Results:
    return [-record[name]]


def _thousand(name: str, record: Mapping[str, int]) -> Results:
    value = record[name]
    return [value * 1000, value // 1000 if value % 1000 == 0 else None]


def _neighbour(name: str, record: Mapping[str, int]) -> Results:
    at = CELLS.index(name)
    return [record[CELLS[other]] if 0 <= other < len(CELLS) else None for other in (at - 1, at + 1)]


def _other_year(name: str, record: Mapping[str, int]) -> Results:
    field, _, year = name.rpartition("_")
    return [record[f"{field}_{other}"] for other in YEARS if str(other) != year]


def _left_out(name: str, record: Mapping[str, int]) -> Results:
    field, _, year = name.rpartition("_")
    return (
        [record[name] - record[f"{source}_{year}"] for source in SOURCES]
        if field == "total_cost"
        else []
    )


def _jumped(name: str, record: Mapping[str, int]) -> Results:
    """Two digits with one between them swapped: a slip that the model has no word for."""
    sign, text = _digits(record[name])
    return [
        sign * int(text[:at] + text[at + 2] + text[at + 1] + text[at] + text[at + 3 :])
        for at in range(len(text) - 2)
    ]


def _twin(name: str, record: Mapping[str, int]) -> Results:
    """Two equal digits beside each other mistyped alike: another that it has no word for."""
    sign, text = _digits(record[name])
    twins = [at for at in range(len(text) - 1) if text[at] == text[at + 1]]
    return [
        sign * int(text[:at] + digit * 2 + text[at + 2 :]) for at in twins for digit in "0123456789"
    ]


def _rounded_off(name: str, record: Mapping[str, int]) -> Results:
    """The figure in hundreds: a third."""
    value = record[name]
    return [round(value, -2) if abs(value) >= 100 else None]


# How often each slip happens. Digits: in proportion to Verhoeff (1969), with fewer of the rest;
# see docs/suspects.md.
OFFICE: Final[dict[Slipping, float]] = {
    _mistyped: 0.40, _swapped: 0.16, _dropped: 0.12, _doubled: 0.06, _inserted: 0.07,
    _unsigned: 0.03, _thousand: 0.04, _neighbour: 0.04, _other_year: 0.05, _left_out: 0.03,
}  # fmt: skip
KEYPAD: Final[dict[Slipping, float]] = {
    _beside: 0.31, _swapped: 0.18, _dropped: 0.1, _doubled: 0.1, _inserted: 0.03, _unsigned: 0.02,
    _thousand: 0.08, _neighbour: 0.02, _other_year: 0.05, _jumped: 0.05, _twin: 0.03, _rounded_off: 0.03,
}  # fmt: skip
GENERATORS: Final[
    dict[str, tuple[Callable[[Random], dict[str, int]], Mapping[Slipping, float]]]
] = {
    "office": (office, OFFICE),
    "keypad": (keypad, KEYPAD),
}


def slipped(
    name: str, record: Mapping[str, int], slips: Mapping[Slipping, float], random: Random
) -> int:
    """Another value for a cell, by one of the slips."""
    while True:
        slip = random.choices(list(slips), list(slips.values()))[0]
        results = slip(name, record)
        value = random.choice(results) if results else None
        if value is not None and value != record[name]:
            return value


def slip_chance(
    name: str, true: Mapping[str, int], printed: int, slips: Mapping[Slipping, float]
) -> float:
    """How likely ``slipped`` makes this of a cell."""
    hit = some = 0.0
    for slip, weight in slips.items():
        results = slip(name, true)
        if results:
            hit += weight * results.count(printed) / len(results)
            some += (
                weight
                * sum(one is not None and one != true[name] for one in results)
                / len(results)
            )
    return hit / some if some else 0.0


def arbitrary_chance(printed: int) -> float:
    """How likely an arbitrary value is this one."""
    if not 0 <= printed <= 10**ARBITRARY_TOP - 1:
        return 0.0
    top = min(printed + 1.5, 10**ARBITRARY_TOP)
    return (log10(top) - log10(max(printed + 0.5, 1))) / ARBITRARY_TOP


def holds(record: Mapping[str, int]) -> bool:
    """Whether the record is one that a generator makes: every computed cell is right."""
    return _completed(dict(record)) == record


def corrections(name: str, record: Mapping[str, int]) -> list[int]:
    """The values of a cell with which all computed cells are right."""
    field, _, year = name.rpartition("_")
    if field in SOURCES:
        others = sum(record[f"{source}_{year}"] for source in SOURCES if source != field)
        values = [record[f"total_cost_{year}"] - others]
    elif field == "headcount":
        near = record[f"staff_cost_{year}"] * 10 // record[f"unit_cost_{year}"]
        values = [near - 1, near, near + 1, near + 2]
    else:
        values = [_completed({**record, name: 0})[name]]
    return [value for value in values if value != record[name] and holds({**record, name: value})]


def office_prior(name: str, record: Mapping[str, int]) -> float:
    """How often ``office`` draws this value of a cell; computed cells follow from the others."""
    field, _, _ = name.rpartition("_")
    value = record[name]
    if field == "headcount":
        return 1 / 59 if 1 <= value < 60 else 0.0
    if field not in SOURCES:
        return 1.0
    if value == 0:
        return 0.3
    size = abs(value)
    share = (
        0.7 * (log10(min(size + 0.5, 10**6)) - log10(max(size - 0.5, 10))) / 5
        if 10 <= size <= 10**6
        else 0.0
    )
    if field != "general_revenue":
        return share if value > 0 else 0.0
    return share * (0.97 if value > 0 else 0.03)


def _arbitrary(name: str, record: Mapping[str, int], random: Random) -> int:
    while (value := round(10 ** random.uniform(0, ARBITRARY_TOP)) - 1) == record[name]:
        pass
    return value


def draw(generator: str, kind: Kind, mistakes: int, random: Random) -> Case:
    """A record with so many wrong cells, each seen by the rules: it alone would make some rule
    fail.
    """
    make, slips = GENERATORS[generator]
    while True:
        record = make(random)
        names = random.sample(CELLS, mistakes)
        printed = dict(record)
        for name in names:
            printed[name] = (
                slipped(name, record, slips, random)
                if kind == "slip"
                else _arbitrary(name, record, random)
            )
        if all(not holds({**record, name: printed[name]}) for name in names) and not holds(printed):
            return Case(printed, {name: record[name] for name in names}, kind)
