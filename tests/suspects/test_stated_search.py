"""What each step of the search says of small records.

That is which cells can be corrected, which sets of them are the smallest, how much each is
believed, what blocks settle, and what caused it.

The records are those of ``locate``, also with cells that were computed from others, as sheets
have them. ``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you
commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import combinations, product
from random import Random
from typing import Any, Final

import pytest

from auditor.records.errors import AuditorError
from auditor.suspects.beliefs import Context
from auditor.suspects.blocks import Block, Blocks, Component
from auditor.suspects.candidates import Candidate, exchange_belief, exchanged, joined
from auditor.suspects.causes import causes_of
from auditor.suspects.diagnosis import Diagnosis, diagnosis
from auditor.suspects.expressions import Domains, Span, bits, mask_of
from auditor.suspects.layout import Layout
from auditor.suspects.pairs import pairs
from auditor.suspects.plain import PlainRecord, plain_record
from auditor.suspects.problem import Budget, Correction
from auditor.suspects.ranking import ranking
from auditor.suspects.search import contradictory, search
from auditor.suspects.settling import Settling
from auditor.suspects.worlds import Part, worlds
from tests.suspects.recorded import Stored, digits
from tests.suspects.test_stated_locate import CASES, by_year, case

STORED: Final = Stored("search")
Column = dict[str, int | None]
BATCHES: Final = 24
COMPUTED: Final = 0.99
SEARCHES: Final = (
    (60, 1.0, 30, 300),
    (3, 0.5, 6, 300),
    (60, 2.0, 9, 25),
    (60, 2.0, 2, 300),
    (60, 3.0, 5, 300),
)
TYPED: Final = 0.1
DAMS: Final = (
    *("905 504 401 210 191", "1341 711 630 300 330"),
    "771 400 371 200 171",
)


def _dams(*columns: str, more: Sequence[str] = ()) -> dict[str, Any]:
    """Columns of a total and two parts, the second of which is a sum of two others."""
    names = "t x y p q"
    years = ("2022", "2023", "2024")[: len(columns)]
    sums = [f"y_{year} == p_{year} + q_{year}" for year in years]
    values: dict[str, Any] = {}
    for year, column in zip(years, columns, strict=True):
        figures = [None if each == "-" else int(each) for each in column.split()]
        values |= {
            f"{name}_{year}": figure for name, figure in zip(names.split(), figures, strict=True)
        }
    totals = [f"t_{year} == x_{year} + y_{year}" for year in years]
    return case(values, [*totals, *sums, *more])


MORE: Final[dict[str, dict[str, Any]]] = {
    "a part of a part": _dams("905 504 401 201 191", DAMS[1]),
    "a part with its sum": _dams("905 504 410 219 191", DAMS[1], DAMS[2]),
    "a sum of parts": _dams("905 504 410 210 191", DAMS[1]),
    "a total and a part": _dams("950 504 401 210 119", DAMS[1]),
    "parts exchanged": _dams("905 504 401 330 300", "1341 711 630 210 191"),
    "all but the totals exchanged": _dams("905 711 630 300 330", "1341 504 401 210 191"),
    "in thousands": _dams("905000 504000 401000 210000 191000", DAMS[1], more=["t_2022 <= 9000"]),
    "parts in thousands": _dams("905 504000 401000 210 191", DAMS[1]),
    "in millions": _dams(
        "905 504 401 210 191", "1341000 711000 630000 300000 330000", more=["t_2022 >= t_2023"]
    ),
    "round in another year": _dams(
        "905000 504000 401000 - -", "3000 1000 2000 - 2000", more=["t_2022 <= 2 * t_2023"]
    ),
    "a column copied": _dams(DAMS[0], DAMS[0], more=["t_2023 == 1341"]),
    "a column copied, with a rest": _dams(
        DAMS[0], DAMS[0], DAMS[2], more=["t_2023 == 1341", "x_2023 + 700 >= t_2023"]
    ),
    "rows copied": _dams("905 504 504 210 191", "1341 711 711 300 330"),
    "rows copied, small": _dams("3 1 1 1 1", "5 2 2 1 2"),
    "one row off": _dams("905 401 504 210 191", DAMS[1]),
    "one row off to a blank": _dams("905 - 905 210 191", "1341 711 630 300 330"),
    "a blank beside its figure": case(
        {"t": 900, "x": None, "y": 500, "z": 400, "p": 900},
        ["p == sum(x, z)", "t == sum(x, y, z)"],
    ),
    "nought beside its figure": case(
        {"t": 900, "x": 0, "y": 500, "z": 400, "p": 900, "q": None},
        ["p == sum(x, z)", "t == sum(x, y, z)", "z >= zero(q)"],
    ),
    "a blank far from its figure": case(
        {"t": 900, "x": None, "z": 400, "y": 500, "p": 900},
        ["p == sum(x, z)", "t == sum(x, y, z)"],
    ),
    "a blank result beside a figure": case(
        {"x": 500, "y": None, "z": 400, "p": 900, "q": 100},
        ["y == x + z", "p == sum(y, q) - 100", "q <= 800"],
    ),
    "two figures and a blank": case(
        {"x": None, "y": 500, "u": 70, "v": None, "p": 500, "q": 70},
        ["p == sum(x, u) - 70", "q == sum(v, y) - 500"],
    ),
    "a blank exchanged": by_year(
        "t x y z", "900 400 500 -", "700 - 300 400", more=["x_2022 == 500"]
    ),
    "in thousands by an equation": _dams(
        "905000 504000 401000 210000 191000", DAMS[1], more=["t_2022 == t_2023 - 436"]
    ),
    "in thousands beside round years": _dams(
        "905000 504000 401000 210000 191000",
        "3000 1000 2000 - 2000",
        DAMS[2],
        more=["t_2022 == t_2024 + 134"],
    ),
    "in thousands, not beside round years": _dams(
        "900000 500000 400000 - 400000",
        "3000 1000 2000 - 2000",
        more=["t_2022 * 10 == 3 * t_2023"],
    ),
    "in ones by an equation": _dams(
        DAMS[0],
        "1341000 711000 630000 300000 330000",
        more=["t_2023 == t_2022 + 436000"],
    ),
    "bounds of one": case({"x": 9, "y": 5, "z": 3, "u": 1}, ["x <= y", "x <= z", "x <= u"]),
    "bounds of several": case(
        {"x": 9, "y": 5, "z": 3, "u": 1}, ["x <= y", "y <= z", "z <= u"], fixed=["u"]
    ),
    "a bound beside two sums": case(
        {"x": 120, "a": 110, "b": 20, "y": 30, "p": 25, "q": 8, "most": 100},
        ["x == a + b", "y == p + q", "x <= most", "p <= q"],
    ),
    "a bound that a sum mends": case(
        {"x": 120, "a": 70, "b": 20, "most": 100}, ["x == a + b", "x <= most"]
    ),
    "one rule of two bounds": case(
        {"x": 120, "a": 70, "b": 20, "most": 100}, ["x == a + b and x <= most", "a >= b"]
    ),
    "an or of sums": case(
        {"x": 12, "a": 7, "b": 2, "c": 4}, ["x == a + b or x == a + c", "c >= b"]
    ),
    "an or of bounds and sums": case(
        {"x": 12, "a": 7, "b": 2, "c": 4},
        ["x <= a and b <= c or x == a + c and b > 0", "x >= a", "a == b + c + 9"],
    ),
    "an or that is met": case(
        {"x": 12, "a": 7, "b": 2, "c": 12}, ["x == c or x == a", "x == a + b"]
    ),
    "wide": case({"x": 10, "y": 3000, "z": 4}, ["x * z == y", "x >= 5"]),
    "in tenths": case(
        {"x": "10.5", "y": 21, "z": 4, "n": 3},
        ["y == x * n", "z <= y"],
        steps={"x": "0.1"},
        rounding={"x": "half_up"},
    ),
    "a square that is none": case({"x": 5, "y": 26}, ["x * x == y"], fixed=["y"]),
    "a square of a wide cell": case({"x": 5, "y": 10**6 + 3}, ["x * x == y"], fixed=["y"]),
    "columns alike but for one": by_year("t x y", "900 500 350", "850 500 400"),
    "rows alike but for one": by_year("t x y", "900 500 500", "800 300 500", "150 70 70"),
    "two figures copied": by_year("t x", "500 500", "500 500", more=["t_2023 == t_2022 + 9"]),
    "three figures copied": by_year(
        "t x y", "500 300 200", "500 300 200", more=["t_2023 == t_2022 + 9"]
    ),
    "one figure in thousands": by_year("t x", "905 905", "0 1341000", more=["x_2023 == 1341"]),
    "two figures in thousands": by_year(
        "t x", "905 905", "1341000 1341000", more=["t_2023 == t_2022 + 436"]
    ),
    "a row copied in one year": by_year("t x y", "900 500 500", "- - -", more=["y_2022 == 400"]),
    "a row copied in two years": by_year(
        "t x y", "900 500 500", "700 300 300", more=["y_2022 + x_2023 <= 800"]
    ),
    "a row copied in three years": by_year("t x y", "91 50 50", "73 32 32", "17 9 9"),
    "copied, but for nothing": by_year("t x y", "0 0 0", "0 0 0", more=["t_2022 == 3"]),
    "a row that one year lacks": case(
        {"t_1": 90, "x_1": 50, "y_1": 50, "t_2": 70, "y_2": 71, "t_3": 8, "x_3": 5},
        ["t_1 == x_1 + y_1", "t_2 == y_2", "t_3 == x_3 + 3"],
    ),
    "rows exchanged in some years": case(
        {
            "t_1": 90,
            "y_1": 50,
            "x_1": 40,
            "u_1": 200,
            "t_2": 70,
            "y_2": 71,
            "u_2": 9,
            "t_3": 80,
            "y_3": 50,
            "x_3": 30,
            "u_3": 150,
        },
        ["u_1 == 4 * y_1 + x_1 - 10", "u_3 == 4 * x_3 + y_3 - 20", "t_2 == y_2 - 1"],
    ),
    "a row copied, one of it wrong": by_year("t x y", "90 50 50", "64 32 32", "17 9 8"),
    "a row copied, two of it wrong": by_year("t x y", "90 50 50", "60 32 32", "18 9 9"),
    "a row copied, three of it wrong": by_year("t x y", "90 50 50", "60 32 32", "13 9 9"),
    **{
        f"parts of columns exchanged, {name} fixed": by_year(
            "t x y", "1341 504 401", "905 711 630", fixed=[name]
        )
        for name in ("x_2022", "x_2023", "t_2023")
    },
    "a coarse quotient": case(
        {"x": 57, "y": 3100, "z": 2060},
        ["x == (y + z) / 100"],
        rounding={"x": "half_up"},
    ),
    "two cells exchanged": case({"x": 9, "y": 4}, ["y == x + 5"]),
    "two cells exchanged in a bound": case({"x": 9, "y": 4}, ["x <= y"]),
    "a mean": case({"m": 8, "x": 4, "y": 9, "z": 12, "n": 3}, ["m == (x + y + z) / n"]),
}


def _slip(kind: int, columns: Mapping[str, Column], name: str, other: str) -> None:
    """Makes a slip of a kind in columns, in a part or in two of them."""
    first, second, *_ = columns.values()
    match kind:
        case 0:
            first[name], first[other] = first[other], first[name]
            first["t"], first[name] = first[name], first["t"]
        case 1:
            first[name], second[name] = second[name], first[name]
        case 2:
            before = dict(first)
            first.update(second)
            second.update(before)
            second[name] = (second[name] or 0) + 7
        case 3:
            second.update({key: step and step * 1000 for key, step in second.items()})
        case 4:
            second.update(first)
        case 5:
            first[name] = None
        case 6:
            second["t"], second[name] = 10 * (second["t"] or 0), (second[name] or 0) + 90
        case _:
            for column in columns.values():
                column[name], column["t"] = column["t"], column[name]


def _random(seed: int) -> dict[str, Any]:
    """Columns of a total and its parts, some of them blank, with one slip of several figures or of
    one, and a sum over the columns.
    """
    random = Random(seed)
    years = ("2022", "2023", "2024")[: random.choice((2, 2, 3))]
    names = ("x", "y", "z", "w")[: random.choice((3, 4))]
    columns: dict[str, Column] = {}
    round_to = random.choice((1, 1, 1000))
    for year in years:
        parts: dict[str, int | None] = {
            name: None if random.random() < 0.3 else random.randint(1, 999) * round_to
            for name in names
        }
        columns[year] = {"t": sum(part or 0 for part in parts.values()), **parts}
    total = sum(column["t"] or 0 for column in columns.values())
    name, other = random.sample(names, 2)
    _slip(seed % 8, columns, name, other)
    values: dict[str, Any] = {"s": total}
    for year, column in columns.items():
        values |= {f"{name}_{year}": figure for name, figure in column.items()}
    formulas = [
        f"t_{year} == sum({', '.join(f'{name}_{year}' for name in names)})" for year in years
    ]
    formulas.append(f"s == {' + '.join(f't_{year}' for year in years)}")
    if seed % 3 == 0:
        formulas.append(f"x_{years[0]} <= 300")
    return case(values, formulas)


RANDOM: Final = {f"random {seed}": _random(seed) for seed in range(48)}
RECORDS: Final[dict[str, dict[str, Any]]] = {**CASES, **MORE, **RANDOM}


def _record(name: str) -> PlainRecord:
    options = RECORDS[name]
    return plain_record(
        options["values"],
        tuple(options["formulas"]),
        options.get("weights", {}),
        options.get("steps"),
        options.get("rounding"),
        options.get("fixed", ()),
        {},
    )


@cache
def _ready(name: str) -> PlainRecord | None:
    """The record of a case; None where it is none of figures alone, or refused."""
    if {"words", "nodes"} & RECORDS[name].keys():
        return None
    try:
        record = _record(name)
    except (AuditorError, ValueError, AttributeError):
        return None
    return record if record.rules.components and len(record.names) < 16 else None


def _batch(number: int, names: Sequence[str]) -> Iterator[tuple[str, PlainRecord]]:
    for name in names[number::BATCHES]:
        record = _ready(name)
        if record is not None:
            yield name, record


def _like_a_sheet(name: str, record: PlainRecord) -> PlainRecord:
    """The same as sheets have it: formulas compute what rules compute, more was typed from others,
    and a blank cell is no figure that nobody gave.
    """
    other = _record(name)
    derived = record.rules.derived
    variables = [
        replace(variable, follows=COMPUTED if derived >> at & 1 else TYPED)
        for at, variable in enumerate(other.problem.variables)
    ]
    other.problem = replace(other.problem, variables=variables, missing=0)
    results = {at: {(other.problem.steps[at] or 0) + 3: "typed-over"} for at in bits(derived)}
    computed = derived & ~1
    other.context = replace(other.context, computed=computed, results=results, _scored={})
    return other


def _broken(record: PlainRecord) -> list[Component]:
    return [component for component in record.rules.components if record.breaks(component)]


def _shown(step: int | None, span: Span | None) -> str:
    """What a cell should say, and what is left of it, where that is more."""
    return f"{step}" if span == (step, step) else f"{step} {span}"


def _correction(correction: Correction) -> str:
    cells = ", ".join(
        f"{at} {_shown(correction.point[at], span)}" for at, span in correction.domains.items()
    )
    return f"{list(bits(correction.cells))} {digits(correction.cost)}: {cells}"


def _candidate(option: Candidate) -> str:
    cells = ", ".join(
        f"{at} {code} {_shown(option.point[at], option.domains.get(at))}"
        for at, code in option.slips
    )
    more = "" if option.count == 1 else f" of {option.count}"
    more += f" unknown {option.unknown}" if option.unknown else ""
    more += f" times {digits(option.plausibility)}" if option.plausibility != 1.0 else ""
    besides = {at: step for at, step in option.point.items() if at not in dict(option.slips)}
    more += f" and {besides}" if besides else ""
    return f"{digits(option.belief)} {option.slip}{more}: {cells}"


# --- the steps


def _of_rules(number: int) -> Iterator[str]:
    for name, record in _batch(number, list(RECORDS)):
        rules = record.rules
        groups = [[constraint.rule for constraint in group] for group in rules.components]
        yield f"{name}: {groups} {list(bits(rules.derived))} {rules.sums} {rules.coarse}"
        units = (["a", "b", "a", "b", "b", "a", "b"], ["%", "a", "b"], ["%", "a", "a", "b", "b"])
        percentages = [list(bits(rules.percentages([*some, *["a"] * 20]))) for some in units]
        same = list(bits(rules.percentages(["%", *["yen"] * 20])))
        breaks = [number for number, group in enumerate(rules.components) if record.breaks(group)]
        yield f"{list(bits(rules.tenths))} {percentages} {same} {breaks} {rules.weights}"
        judged = [contradictory(record.problem, group) for group in rules.components]
        points = [
            *({at: (step or 0) + 1} for at, step in enumerate(record.problem.steps)),
            *({at: 0} for at in range(len(record.names))),
            *({at: None} for at in range(len(record.names))),
        ]
        accepted = [record.accepts(point, range(len(rules.judges))) for point in points]
        yield f"{judged} {''.join('-+'[each] for each in accepted)}"


def _of_settling(number: int) -> Iterator[str]:
    """Single cells and pairs, freed."""
    for name, record in _batch(number, list(RECORDS)):
        problem = record.problem
        closed = problem.fixed | problem.missing
        for component in _broken(record):
            cells = [at for at in range(len(record.names)) if not closed >> at & 1]
            cells = [at for at in cells if any(each.cells >> at & 1 for each in component)]
            yield f"{name} {[each.rule for each in component]}"
            sets = [*combinations(cells, 1), *combinations(cells[:5], 2)]
            for several in sets[:12]:
                free = mask_of(several)
                settling = Settling(problem, component, Budget(60))
                answer = settling.examine(free | problem.missing, free)
                rest = f"{settling.budget.nodes} {settling.undecided}"
                if isinstance(answer, int):
                    yield f"{several}: {list(bits(answer))} {rest}"
                else:
                    yield f"{_correction(answer)} {rest}"


def _of_search(number: int) -> Iterator[str]:
    for name, record in _batch(number, list(RECORDS)):
        for component in _broken(record):
            for limit, reach, further, nodes in SEARCHES:
                budget = Budget(nodes)
                outcome = search(
                    record.problem, component, budget, limit=limit, reach=reach, further=further
                )
                yield f"{name} {limit} {budget.nodes} {outcome.complete} {len(outcome.corrections)}"
                if limit == 60 and nodes == 300:
                    yield from map(_correction, outcome.corrections[:8])


def _of_ranking(number: int) -> Iterator[str]:
    """As they are, and as they are where formulas compute what rules compute."""
    for name, record in _batch(number, list(RECORDS)):
        for each in (record, _like_a_sheet(name, record)):
            for component in _broken(each):
                budget = Budget(300)
                options, complete = ranking(each.problem, component, each.context, budget)
                yield f"{name} {budget.nodes} {complete} {len(options)}"
                yield from map(_candidate, sorted(options, key=lambda option: -option.belief)[:8])


def _of_pairs(number: int) -> Iterator[str]:
    """Pairs of slips, whatever the best explanation is believed."""
    for name, record in _batch(number, list(RECORDS)):
        problem, context = record.problem, record.context
        for component in _broken(record):
            broken = [constraint for constraint in component if problem.breaks(constraint)]
            at = next(iter(bits(broken[0].cells & ~problem.fixed)), None) if broken else None
            if at is None:
                continue
            for belief in (1e-5, 1e-8, 1e-12):
                option = Candidate(((at, "arbitrary"),), "arbitrary", {at: 0}, {at: (0, 0)}, belief)
                several = list(pairs(problem, component, context, broken, [option]))
                yield f"{name} {at} {belief} {len(several)}"
                yield from map(_correction, several[:5])
            both = Candidate(((0, "x"), (1, "x")), "x", {}, {}, 1e-9)
            assert list(pairs(problem, component, context, broken, [both])) == []


def _columns(layout: Layout) -> Layout:
    """A layout of which the first column is that of another sheet, too."""
    return layout._replace(copied=list(layout.columns)[:1])


def _of_blocks(number: int) -> Iterator[str]:
    """Blocks that the judge passes, and all that settle what is broken."""
    names = [name for name in RECORDS if "_2022" in str(RECORDS[name]) or name in MORE]
    for name, record in _batch(number, names):
        rules = record.rules
        sheet = _like_a_sheet(name, record)
        lenient = replace(sheet.problem, accepts=lambda _point, _rules: True)
        for of, several, layout, more in (
            (record, record.problem, record.layout, False),
            (sheet, sheet.problem, _columns(record.layout), False),
            (sheet, lenient, record.layout, True),
        ):
            blocks = Blocks(several, of.context, layout, _broken(of), rules.sums, rules.names, more)
            settled = blocks.settling(Budget(300))
            yield f"{name}: {len(settled)}"
            for option, settles in settled[:10]:
                yield f"{sorted(settles)} {_candidate(option)}"


# --- what may have happened


def _diagnoses(record: PlainRecord) -> Iterator[tuple[str, Diagnosis]]:
    yield "apart", diagnosis(record, Budget(300))
    yield "more", diagnosis(record, Budget(300), more=True, unlisted=lambda _: 1e-5)
    judge = record.rules.judges[-1]
    about = (judge.name, id(judge.row))
    yield "about", diagnosis(record, Budget(300), about=about)

    def factor(option: Candidate) -> float:
        if len(option.slips) > 1:
            return 0.5
        return 0.0 if option.slips[:1] == ((0, "arbitrary"),) else 1.0

    yield "weighed", diagnosis(record, Budget(300), factor)


def _of_diagnosis(number: int) -> Iterator[str]:
    for name, record in _batch(number, list(RECORDS)):
        if not _broken(record):
            continue
        several = list(_diagnoses(record))
        if name not in CASES:
            several += list(_diagnoses(_like_a_sheet(name, record)))[:2]
        for kind, outcome in several:
            broken = [[each.rule for each in component] for component in outcome.broken]
            yield f"{name} {kind}: {broken} {dict(outcome.unexplained)} {outcome.complete}"
            for world in outcome.worlds[:3]:
                for part in world:
                    best = _candidate(part.candidates[0])
                    yield (
                        f"{sorted(part.settles)} {digits(part.none)} {digits(part.total)} "
                        f"{len(part.candidates)} {best}"
                    )


class _Numbered:
    """Contradictions that are the rules: each is settled by what changes a cell of it."""

    def __init__(self, record: PlainRecord, outcome: Diagnosis) -> None:
        self.record, self.outcome = record, outcome

    def of_component(self, number: int) -> list[int]:
        return sorted({each.rule for each in self.outcome.broken[number]})

    def besides(self, option: Candidate) -> list[int]:
        """Also one about no cell at all, which any explanation settles."""
        mask = mask_of(at for at, _ in option.slips)
        several = range(len(self.record.rules.judges))
        return [*(number for number in several if self.cells(number) & mask), len(several)]

    def cells(self, number: int) -> int:
        judges = self.record.rules.judges
        return judges[number].cells if number < len(judges) else 0


def _of_causes(number: int) -> Iterator[str]:
    for name, record in _batch(number, list(RECORDS)):
        if not _broken(record):
            continue
        of = record if name in CASES else _like_a_sheet(name, record)
        for kind, outcome in list(_diagnoses(of))[:2]:
            causes = causes_of(of, outcome, _Numbered(of, outcome))
            yield f"{name} {kind}: {len(causes)}"
            for cause in causes:
                yield f"{sorted(cause.contradictions)} {len(cause.options)}"
                for option, share in cause.options[:5]:
                    yield f"{digits(share)} of {_candidate(option)}"


def _of_alike() -> Iterator[str]:
    """Causes of two sums, with explanations that are believed alike."""
    record = plain_record(
        {"t": 9, "x": 4, "y": 4, "s": 7, "p": 5, "q": 3},
        ("t == x + y", "s == p + q"),
        {},
        None,
        None,
        (),
        {},
    )
    first = [
        _alike(0.4, 1, 2),
        _alike(0.4, 0),
        _alike(0.4, 2),
        _alike(0.1, 0, code="sign-lost"),
        _alike(0.1, 1, 2, code="cells-swapped", count=1),
        _alike(0.05, 0, 1, 2, count=2),
        _alike(0.05, 0, code="digit-dropped", step=70),
    ]
    second = [_alike(0.2, 3), _alike(0.2, 4, 5, count=2), _alike(0.1, 3, code="other")]
    both = _alike(0.3, 0, 3, code="columns-exchanged", count=1)
    apart = _alike(0.02, 0, 4, code="several", count=2)
    broken = _broken(record)
    for blocks in ([], [both], [apart], [both, apart]):
        for unlisted in (0.0, 0.25):
            parts = [Part.of(0, first, True, unlisted), Part.of(1, second, True)]
            several = worlds(parts, [Block(each, frozenset((0, 1))) for each in blocks])
            outcome = Diagnosis(broken, several, {}, True)
            for cause in causes_of(record, outcome, _Numbered(record, outcome)):
                yield f"{sorted(cause.contradictions)} {len(cause.options)}"
                for option, share in cause.options:
                    yield f"{digits(share)} of {_candidate(option)}"


def _alike(
    belief: float, *cells: int, code: str = "arbitrary", count: int = 0, step: int = 7
) -> Candidate:
    slips = tuple((at, code) for at in cells)
    point = {at: step + at for at in cells}
    domains: Domains = {at: (step, step + at) for at in cells}
    return Candidate(slips, code, point, domains, belief, count or len(cells), 1 << cells[0])


# --- small steps


def _of_small_steps() -> Iterator[str]:
    """How far narrowing and trying goes."""
    for rounds in ("x <= y - 1", "y <= x - 1", "x >= 0", "y <= 500"), ("x == 2 * y", "y == 2 * x"):
        record = plain_record({"x": 1, "y": 2, "z": 3}, tuple(rounds), {}, None, None, (), {})
        (component,) = record.rules.components
        for start, first in product((None, 0, 1), ((None, None), (1, 10**12))):
            settling = Settling(record.problem, component, Budget(9))
            domains: Domains = {0: first, 1: (-3, None)}
            yield f"{rounds} {settling.narrowed(component, domains, start)} {domains}"
            domains = {0: first}
            yield f"{settling.narrowed(component, domains)} {domains}"
            domains = {0: (None, 9), 1: (2, None)}
            yield f"{settling.solved(component, domains, 3)} {domains}"
    for least, most in ((0, 62), (0, 63), (0, 64), (-3, 61), (7, 7), (None, None), (None, 5)):
        formulas = ["x * x == y"]
        formulas += [] if least is None else [f"x >= {least}"]
        formulas += [] if most is None else [f"x <= {most}"]
        for square in (17, 3600, 64 * 64):
            values = {"x": 5, "y": square}
            record = plain_record(values, tuple(formulas), {}, None, None, ("y",), {})
            (component,) = record.rules.components
            settling = Settling(record.problem, component, Budget(200))
            answer = settling.examine(1, 1)
            text = answer if isinstance(answer, int) else _correction(answer)
            yield f"{formulas} {square}: {text} {settling.budget.nodes} {settling.undecided}"
            for every in (False, True):
                tries = list(settling.candidates(0, (least, most), every))
                yield f"{len(tries)} {tries[:30]}"
            yield f"{[settling.edge({0: 5}, 0, end) for end in (5, 6, 60, -2)]}"


def _of_sides() -> Iterator[str]:
    """An ``or`` of so many sides, and what any of them leaves."""
    for count in (2, 31, 32, 33):
        sides = " or ".join(f"x == {number} + y" for number in range(count))
        for more in ((), ("x == 3 or x == 99",), ("z == 1 or z == y", "x <= 40 or z > 9")):
            values = {"x": -4, "y": 7, "z": 2}
            record = plain_record(values, (sides, *more), {}, None, None, (), {})
            (component, *_) = record.rules.components
            for free in (1, 2, 5):
                settling = Settling(record.problem, component, Budget(200))
                answer = settling.examine(free, free)
                text = answer if isinstance(answer, int) else _correction(answer)
                yield f"{count} {more} {free}: {text} {settling.budget.nodes}"


def _of_candidates() -> Iterator[str]:
    """Exchanges, and explanations together."""
    for steps in ([5], [5, 8], [5, 8, 9], [5, 8, 9, None]):
        weights = [1.0, 2.0, 0.5, 1.0][: len(steps)]
        context = Context(steps, weights, {}, {}, {})
        record = plain_record(
            dict(zip("abcd", steps, strict=False)),
            ("a == 1",),
            {},
            None,
            None,
            (),
            {},
        )
        for a, b in combinations(range(len(steps)), 2):
            yield f"{steps} {a} {b}: {digits(exchange_belief(a, b, context))}"
            for point in ({a: steps[b], b: steps[a]}, {a: steps[b], b: 1}, {a: 1, b: steps[a]}):
                yield f"{point}: {digits(exchanged((a, b), point, record.problem, context))}"
        point = dict(enumerate(steps))
        yield digits(exchanged(range(len(steps)), point, record.problem, context))
    several = [
        Candidate(((1, "x"),), "x", {1: 5, 7: 8}, {1: (5, 5)}, 0.5, 1, 2),
        Candidate(((3, "y"), (4, "y")), "y", {3: 6, 4: None}, {3: (6, 9)}, 0.25, 2, 8, 0.5),
        Candidate((), "missing", {5: 1}, {5: (0, 1)}, 0.125, 3),
        Candidate(((6, "x"),), "x", {6: 5}, {6: (5, 5)}, 0.5, 4, 64),
    ]
    for count in range(1, 5):
        for options in combinations(several, count):
            yield repr(joined(options))


SMALL: Final = {
    "alike": _of_alike,
    "small steps": _of_small_steps,
    "sides": _of_sides,
    "candidates": _of_candidates,
}
STEPS: Final[dict[str, Callable[[int], Iterator[str]]]] = {
    "rules": _of_rules,
    "settling": _of_settling,
    "search": _of_search,
    "ranking": _of_ranking,
    "pairs": _of_pairs,
    "blocks": _of_blocks,
    "diagnosis": _of_diagnosis,
    "causes": _of_causes,
}
PARTS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    **{
        f"{name} {number}": partial(STEPS[name], number)
        for name, number in product(STEPS, range(BATCHES))
    },
    **SMALL,
}


@pytest.mark.parametrize("name", PARTS)
def test_a_step_of_the_search_says_what_it_said(name: str) -> None:
    STORED.compare(name, {"lines": list(PARTS[name]())})


def test_each_stored_step_has_a_part() -> None:
    STORED.cases_are(PARTS)
