"""Measures how well ``auditor.locate`` finds wrong cells, beside baselines and the best that
anyone could do.

``python -m benchmarks.locate`` writes docs/suspects.md; ``--cases`` sets how many cases each line
has, ``--fit`` prints the slip model's numbers as fitted on other seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from math import log, sqrt
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any, Final, NamedTuple, cast

import auditor
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Sheet
from auditor.rules.suspects import Suspect
from auditor.suspects import slips
from auditor.suspects.locating import Suspects, Undecided, locate
from auditor.suspects.plain import layout
from auditor.testing import book
from auditor_datasets import faults, load, names
from benchmarks.blocks import BLOCK_HEADER, block_line
from benchmarks.blocks import KINDS as BLOCKS
from benchmarks.calibration import certainty_table
from benchmarks.corrupted import (
    CELLS,
    FIXED,
    FORMULAS,
    GENERATORS,
    OFFICE,
    ROUNDING,
    STEPS,
    Case,
    Kind,
    arbitrary_chance,
    corrections,
    draw,
    office_prior,
    slip_chance,
)
from benchmarks.measure import machine, on_one_core
from benchmarks.pages import put_between

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "suspects.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SEED: Final = 20_000
FIT_SEED: Final = 10_000
ALL: Final = 200
"""As many explanations as are asked for, to see whether the truth is among them."""

KINDS: Final[tuple[Kind, Kind]] = ("slip", "arbitrary")

Guess = Mapping[str, Decimal] | None
"""The cells that a method calls wrong, with what it would put there; None where it gives up."""


def located(case: Case, limit: int = ALL) -> Suspects:
    """The program's own answer."""
    return locate(case.values, FORMULAS, steps=STEPS, rounding=ROUNDING, fixed=FIXED, limit=limit)


def true(case: Case) -> dict[str, Decimal]:
    """The truth as a guess."""
    return {name: step * STEPS[name] for name, step in case.truth.items()}


def guess_of(explanation: Suspect) -> dict[str, Decimal]:
    """An explanation as a guess."""
    return {cell.field: cell.corrected for cell in explanation.cells if cell.corrected is not None}


class Score(NamedTuple):
    """How often a method named the true cells, and how often with their true values."""

    first: int = 0
    exact: int = 0
    cases: int = 0

    def add(self, guess: Guess, truth: Mapping[str, Decimal]) -> Score:
        named = guess is not None and set(guess) == set(truth)
        return Score(self.first + named, self.exact + (named and guess == truth), self.cases + 1)


def share(hits: int, cases: int) -> str:
    """A share in per cent with its 95 % interval (Wilson)."""
    if not cases:
        return "—"
    z = 1.96
    middle = (hits + z * z / 2) / (cases + z * z)
    half = z / (cases + z * z) * sqrt(hits * (cases - hits) / cases + z * z / 4)
    return f"{hits / cases:.1%} ({middle - half:.1%}–{middle + half:.1%})"


def ideal(case: Case) -> dict[str, Decimal]:
    """What Bayes' rule makes of one wrong cell for one who knows the office generator by heart."""
    best: tuple[float, str, int] | None = None
    for name in CELLS:
        for value in corrections(name, case.printed):
            record = {**case.printed, name: value}
            seen = case.printed[name]
            chance = (slip_chance(name, record, seen, OFFICE) + arbitrary_chance(seen)) / 2
            belief = (
                chance * office_prior(name, record) / (office_prior(name, case.printed) or 1e-12)
            )
            if best is None or belief > best[0]:
                best = (belief, name, value)
    assert best is not None
    return {best[1]: best[2] * STEPS[best[1]]}


def first_minimal(case: Case) -> Guess:
    """The first minimal set of scipy's mixed-integer program: a switch for each cell lets it move
    as far as a large number.
    """
    import numpy
    from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

    far = 10.0**7
    count = len(CELLS)
    places = {name: at for at, name in enumerate(CELLS)}
    rows: list[list[float]] = []
    lows: list[float] = []
    highs: list[float] = []

    def row(factors: Mapping[str, float], low: float, high: float) -> None:
        line = [0.0] * (2 * count)
        for name, factor in factors.items():
            line[places[name]] = factor
        rows.append(line)
        lows.append(low)
        highs.append(high)

    population = case.printed["population"]
    for year in (2023, 2024, 2025):
        sources = [
            name
            for name in CELLS
            if name.endswith(str(year))
            and name.split("_")[0] in ("grants", "local", "fees", "other", "general")
        ]
        row({f"total_cost_{year}": 1.0, **dict.fromkeys(sources, -1.0)}, 0, 0)
        unit = case.printed[f"unit_cost_{year}"] / 10
        row({f"staff_cost_{year}": 1.0, f"headcount_{year}": -unit}, -0.5, 0.5)
        row({f"cost_per_capita_{year}": 1.0, f"total_cost_{year}": -10000 / population}, -0.5, 0.5)
        row(
            {f"bond_burden_per_capita_{year}": 1.0, f"local_bonds_{year}": -10000 / population},
            -0.5,
            0.5,
        )
    for at, name in enumerate(CELLS):
        for sign in (1.0, -1.0):
            line = [0.0] * (2 * count)
            line[at], line[count + at] = sign, -far
            rows.append(line)
            lows.append(-numpy.inf)
            highs.append(sign * case.printed[name])
    found = cast(
        Any,
        milp(
            numpy.array([0.0] * count + [1.0] * count),
            integrality=numpy.ones(2 * count),
            bounds=Bounds(
                cast(Any, [-far] * count + [0.0] * count), cast(Any, [far] * count + [1.0] * count)
            ),
            constraints=LinearConstraint(numpy.array(rows), cast(Any, lows), cast(Any, highs)),
            options={"time_limit": 10},
        ),
    )
    if found.x is None:
        return None
    return {
        name: round(found.x[at]) * STEPS[name]
        for at, name in enumerate(CELLS)
        if found.x[count + at] > 0.5
    }


def any_minimal(found: Sequence[Suspect], random: Random) -> Guess:
    """One of the smallest explanations, drawn evenly."""
    least = min((len(one.cells) for one in found), default=0)
    smallest = [one for one in found if len(one.cells) == least]
    return guess_of(random.choice(smallest)) if smallest else None


class Line(NamedTuple):
    """One line of the table."""

    name: str
    among: int
    ten: int
    ours: Score
    ideal: Score
    minimal: Score
    program: Score
    undecided: int
    times: Sequence[float]

    def markdown(self) -> str:
        cases = self.ours.cases
        ordered = sorted(self.times)
        speed = f"{median(ordered) * 1000:.2f} · {ordered[int(0.95 * cases)] * 1000:.1f} · {ordered[-1] * 1000:.0f}"
        cells = [
            self.name,
            share(self.among, cases),
            f"{self.ten / cases:.1%}",
            share(self.ours.first, cases),
            share(self.ours.exact, cases),
            f"{self.ideal.first / self.ideal.cases:.1%} · {self.ideal.exact / self.ideal.cases:.1%}"
            if self.ideal.cases
            else "—",
            share(self.minimal.first, cases),
            share(self.program.first, self.program.cases),
            str(self.undecided),
            speed,
        ]
        return f"| {' | '.join(cells)} |"


HEADER: Final = """| wrong cells | truth among the candidates | among the first ten | first | first with the exact value \
| ideal observer: first · exact | random minimal set: first | scipy's first minimal set | undecided | ms: median · 95 % · most |
|---|---|---|---|---|---|---|---|---|---|"""


def measured(generator: str, kind: Kind, mistakes: int, cases: int, programs: int) -> Line:
    """One line: so many cases of one generator, kind of mistake and number of wrong cells."""
    random = Random(f"{SEED}/{generator}/{kind}/{mistakes}")
    even = Random(SEED)
    among = ten = undecided = 0
    ours, best, minimal, program = Score(), Score(), Score(), Score()
    times: list[float] = []
    for number in range(cases):
        case = draw(generator, kind, mistakes, random)
        values, truth = case.values, true(case)
        start = process_time()
        try:
            found = locate(values, FORMULAS, steps=STEPS, rounding=ROUNDING, fixed=FIXED, limit=ALL)
        except Undecided:
            found, undecided = Suspects(), undecided + 1
        times.append(process_time() - start)
        ranks = [rank for rank, one in enumerate(found) if set(one.fields) == set(truth)]
        among += bool(ranks)
        ten += bool(ranks) and ranks[0] < 10
        ours = ours.add(guess_of(found[0]) if found else None, truth)
        minimal = minimal.add(any_minimal(found, even), truth)
        if mistakes == 1 and generator == "office":
            best = best.add(ideal(case), truth)
        if number < programs:
            program = program.add(first_minimal(case), truth)
    name = f"{mistakes} {'typing slip' if kind == 'slip' else 'arbitrary value'}{'s' if mistakes > 1 else ''}"
    return Line(name, among, ten, ours, best, minimal, program, undecided, times)


# — books, by way of the audit —

SOURCES_OF_BOOKS: Final = ("generated", "shipped")
TYPED: Final = tuple(list(OFFICE)[:7])


def books(source: str) -> list[Book]:
    """Consistent books of the generator, or the shipped data as it was published."""
    if source == "generated":
        return [book(sheets=10, seed=seed, kpis=0) for seed in range(SEED, SEED + 20)]
    return [found for name in names() if not faults(name) for found in load(name) if found.sheets]


def spoilt(book: Book, kind: Kind, random: Random) -> tuple[Book, Sheet, str, str | None, Decimal]:
    """A book with one wrong figure; the sheet that has it, its field and year, and its true
    value.
    """
    while True:
        sheet = random.choice(book.sheets)
        cells: list[tuple[str, str | None, Figure]] = [
            (name, None, figure)
            for name in ("population", "cost_per_capita", "bond_burden_per_capita")
            if (figure := getattr(sheet, name))
        ]
        for column, year in sheet.years.items():
            cells += [
                (name, column, figure)
                for name in ("total_cost", "staff_cost", "headcount")
                if (figure := getattr(year, name))
            ]
            cells += [(f"funding.{name}", column, figure) for name, figure in year.funding.items()]
        field, key, figure = random.choice([cell for cell in cells if cell[2].value is not None])
        assert figure.value is not None
        step = (
            Decimal("0.1")
            if field in ("headcount", "cost_per_capita", "bond_burden_per_capita")
            else Decimal(1)
        )
        true_steps = int(figure.value / step)
        value = spoil(true_steps, kind, random)
        if value is None or value == true_steps:
            continue
        wrong = figure.model_copy(update={"value": value * step, "printed": f"{value * step:,}"})
        if key is None:
            changed = sheet.model_copy(update={field: wrong})
        else:
            year = sheet.years[key]
            name = field.removeprefix("funding.")
            update = (
                {"funding": FrozenDict({**year.funding, name: wrong})}
                if name != field
                else {field: wrong}
            )
            changed = sheet.model_copy(
                update={"years": FrozenDict({**sheet.years, key: year.model_copy(update=update)})}
            )
        sheets = tuple(changed if one is sheet else one for one in book.sheets)
        return book.model_copy(update={"sheets": sheets}), changed, field, key, figure.value


def spoil(value: int, kind: Kind, random: Random) -> int | None:
    """Another value for a figure, in steps."""
    if kind == "arbitrary":
        return round(10 ** random.uniform(0, 6)) - 1
    slip = random.choices(TYPED, [OFFICE[one] for one in TYPED])[0]
    results = slip("figure", {"figure": value})
    return random.choice(results) if results else None


def in_books(source: str, kind: Kind, cases: int) -> str:
    """How often a finding's suspects name the one wrong figure of a book; only figures whose
    change makes a new finding count.
    """
    random = Random(f"{SEED}/{source}/{kind}")
    originals = books(source)
    known = [{finding.id for finding in auditor.audit(one).findings} for one in originals]
    among = first = exact = done = 0
    while done < cases:
        number = random.randrange(len(originals))
        wrong, sheet, field, year, value = spoilt(originals[number], kind, random)
        report = auditor.audit(wrong)
        new = {
            one.id
            for one in report.findings
            if one.id not in known[number] and one.severity == "error"
        }
        causes = [
            one
            for one in report.causes
            if one.sheet
            and one.sheet.number == sheet.number
            and one.document == sheet.document
            and one.suspects
            and new.intersection(one.findings)
        ]
        if not causes:
            continue
        done += 1
        suspects = causes[0].suspects
        cells = [[(cell.field, cell.year) for cell in one.cells] for one in suspects]
        among += [(field, year)] in cells
        if cells[0] == [(field, year)]:
            first += 1
            exact += suspects[0].cells[0].corrected == value
    what = "typing slip" if kind == "slip" else "arbitrary value"
    return f"| {source} | {what} | {cases:,} | {share(among, cases)} | {share(first, cases)} | {share(exact, cases)} |"


# — the slip model's numbers —


@contextmanager
def chances(numbers: Mapping[str, float]) -> Generator[None]:
    """The slip model with other numbers."""
    kept = dict(slips.CHANCES)
    slips.CHANCES.update(numbers)
    try:
        yield
    finally:
        slips.CHANCES.update(kept)


_BY_HAND: Final = ("left-blank", "point-lost", "share-for-percentage", "cells-swapped")
"""Slips of one cell that do not occur in the training cases."""


def fit(cases: int) -> str:
    """The chance of each slip by expectation and maximisation on known mistakes, and the odds
    that explain their number best.
    """
    random = Random(FIT_SEED)
    training = [
        draw("office", kind, mistakes, random)
        for mistakes in (1, 2, 3)
        for kind in KINDS
        for _ in range(cases)
    ]
    names = list(STEPS)
    numbers = dict(slips.CHANCES)
    for _ in range(20):
        counts = dict.fromkeys(numbers, 0.5)
        errors = sums = 0
        with chances(numbers):
            for case in training:
                for name, value in case.truth.items():
                    parts = _parts(case, names.index(name), value)
                    total = sum(parts.values())
                    errors += 1
                    sums += name.startswith("total_cost")
                    for code, part in parts.items():
                        counts[code] += part / total
        known = {code: slips.CHANCES[code] for code in _BY_HAND}
        rest = 1 - sum(known.values())
        whole = sum(count for code, count in counts.items() if code not in known)
        numbers = {code: known.get(code, rest * count / whole) for code, count in counts.items()}
        numbers["part-left-out"] *= errors / sums  # a slip of sums alone
    lines = [
        "CHANCES: Final[dict[str, float]] = {",
        *(f'    "{code}": {number:.3f},' for code, number in numbers.items()),
        "}",
    ]
    with chances(numbers):
        odds = max(
            (0.003, 0.006, 0.01, 0.02, 0.03, 0.05, 0.08),
            key=lambda odds: _explained(training[:: max(1, len(training) // 1200)], odds),
        )
    return "\n".join([*lines, f"ODDS: Final = {odds}"])


def _parts(case: Case, at: int, value: int) -> dict[str, float]:
    """The chance of each slip that may have made a cell what it is."""
    names = list(STEPS)
    rows, years, *_ = layout(names)
    steps = [case.printed[name] for name in names]
    printed = steps[at]
    parts = {"arbitrary": slips.CHANCES["arbitrary"] * slips.ARBITRARY / (abs(printed) + 1)}
    for code, part in slips.ways(value, printed):
        parts[code] = slips.CHANCES[code] * part
    for code, cells in (
        ("neighbour-value", rows.get(at, ())),
        ("other-year-value", years.get(at, ())),
    ):
        alike = sum(steps[other] == printed for other in cells) if printed else 0
        if alike:
            parts[code] = slips.CHANCES[code] * alike / len(cells)
    if names[at].startswith("total_cost"):
        year = names[at].rpartition("_")[2]
        others = [
            case.printed[name]
            for name in CELLS
            if name.endswith(year) and name in FORMULAS[(int(year) - 2023) * 4]
        ]
        if value - printed in others:
            parts["part-left-out"] = slips.CHANCES["part-left-out"] / 5
    return parts


def _explained(training: Sequence[Case], odds: float) -> float:
    """How well shares of belief under these odds foretell the truth."""
    kept = slips.ODDS
    slips.ODDS = odds  # type: ignore[misc]
    try:
        total = 0.0
        for case in training:
            try:
                found = located(case, 50)
            except Undecided:
                found = Suspects()
            told = next(
                (float(one.share) for one in found if set(one.fields) == set(case.truth)), 0.0
            )
            total += log(max(told, 0.001))
        return total
    finally:
        slips.ODDS = kept  # type: ignore[misc]


def main() -> None:
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--cases", type=int, default=3000)
    asking.add_argument(
        "--programs", type=int, default=200, help="cases for scipy's program, which is slow"
    )
    asking.add_argument("--fit", action="store_true")
    asked = asking.parse_args()
    if asked.fit:
        print(fit(max(50, asked.cases // 2)))
        return
    on_one_core()
    parts: list[str] = [
        f"{datetime.now(UTC):%Y-%m-%d}, sheet-auditor {auditor.__version__}, {machine()}; "
        f"{asked.cases:,} cases a line, {asked.programs:,} for scipy"
    ]
    for generator in GENERATORS:
        lines: list[str] = []
        for kind in KINDS:
            for mistakes in (1, 2, 3):
                line = measured(generator, kind, mistakes, asked.cases, asked.programs)
                lines.append(line.markdown())
                print(lines[-1], flush=True)
        parts.append(f"**{generator}** generator:\n\n{HEADER}\n" + "\n".join(lines))
    lines = [
        in_books(source, kind, max(1, asked.cases // 10))
        for source in SOURCES_OF_BOOKS
        for kind in KINDS
    ]
    heads = "| books | one wrong figure | cases | among the first five | first | first with the exact value |\n|---|---|---|---|---|---|"
    parts.append(f"**Books**, by way of the audit:\n\n{heads}\n" + "\n".join(lines))
    print(parts[-1])
    certainty = certainty_table(asked.cases, str(SEED))
    parts.append(f"**Certainty**, on records with one wrong figure in seven of ten:\n\n{certainty}")
    print(parts[-1], flush=True)
    seeds = range(SEED, SEED + max(1, asked.cases // 30))
    lines = [block_line(kind, seeds) for kind in BLOCKS]
    parts.append("**Slips of blocks** in generated books:\n\n" + "\n".join([BLOCK_HEADER, *lines]))
    print(parts[-1])
    put_between(PAGE, BEGIN, END, "\n\n".join(parts))


if __name__ == "__main__":
    main()
