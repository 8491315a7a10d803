"""The faults of the folder: what a department does to a sheet, and what would be the answer.

A kind of fault is a function that changes a project and returns the answer, or None where the
project does not offer what the fault needs. ``KINDS`` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Final

from tests.documents.folder.sheets import (
    COLUMNS,
    EVALUATED,
    POPULATION,
    SOURCES,
    Indicator,
    Key,
    Project,
    rounded,
)

__all__ = ["HIDDEN_KINDS", "INDICATOR_KINDS", "KINDS", "Answer"]


@dataclass(frozen=True)
class Answer:
    """What a report should say of a fault.

    ``cells`` are the wrong cells with their right values: a text where the value is known (empty
    for a blank cell), None where the figures cannot tell it. ``followers`` may be named beside
    them, for they were computed from them or are wrong with them. ``codes`` are the rules of a
    finding that says what is wrong by itself, without a suspect.
    """

    cells: Mapping[Key, str | None] = field(default_factory=dict[Key, "str | None"])
    followers: frozenset[Key] = frozenset()
    codes: frozenset[str] = frozenset()


Fault = Callable[[Random, Project], Answer | None]

_RATIOS: Final = {"total_cost": "cost_per_capita", SOURCES[1]: "bond_burden_per_capita"}


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _filled(project: Project, names: Iterable[str], year: str) -> list[Key]:
    """Those of some fields that have an amount in a column."""
    return [(name, year) for name in names if project.amount(name, year)]


def _years(project: Project) -> tuple[str, ...]:
    return COLUMNS[project.is_new :]


def _is_typed(project: Project) -> bool:
    """Whether totals and sources are typed, so that no figure but a ratio follows another."""
    return project.style in ("typed", "computed ratios")


def _answer(project: Project, *keys: Key, codes: Iterable[str] = ()) -> Answer:
    """The answer for cells of the clean project."""
    cells = {key: _text(project.figures.get(key)) for key in keys}
    return Answer(cells, project.followers(*keys), frozenset(codes))


# A figure mistyped.

_SLIPPING: Final = ("total_cost", *SOURCES, "staff_cost")


def _digits(value: Decimal, change: Callable[[str], str]) -> Decimal:
    """A value whose digits were changed; the decimal point and the sign stay."""
    exponent = int(value.as_tuple().exponent)
    digits = str(abs(value).scaleb(-exponent).quantize(Decimal(1)))
    return Decimal(change(digits)).scaleb(exponent).copy_sign(value)


def _slip(
    random: Random, project: Project, change: Callable[[str], str], names: Iterable[str]
) -> Answer | None:
    if not _is_typed(project):
        return None
    keys = [key for year in _years(project) for key in _filled(project, names, year)]
    random.shuffle(keys)
    for key in keys:
        value = project.figures[key]
        if value is None or abs(value) < 10:
            continue
        wrong = _digits(value, change)
        if wrong in (0, value):
            continue
        return _mistyped(project, {key: wrong})
    return None


def _mistyped(project: Project, values: Mapping[Key, Decimal | None]) -> Answer:
    """Type values into cells, and calculate what follows; the answer are the values before."""
    answer = _answer(project, *values)
    for key, value in values.items():
        project.retype(key, value)
    project.calculate()
    return answer


def digit_inserted(random: Random, project: Project) -> Answer | None:
    """3,533 becomes 35,343."""

    def change(digits: str) -> str:
        at = random.randrange(1, len(digits))
        return digits[:at] + str(random.randrange(10)) + digits[at:]

    return _slip(random, project, change, _SLIPPING)


def digit_dropped(random: Random, project: Project) -> Answer | None:
    """12,345 becomes 1,245."""

    def change(digits: str) -> str:
        at = random.randrange(len(digits))
        return digits[:at] + digits[at + 1 :]

    return _slip(random, project, change, _SLIPPING)


def digit_replaced(random: Random, project: Project) -> Answer | None:
    """7,699 becomes 7,609."""

    def change(digits: str) -> str:
        at = random.randrange(len(digits) - 1)
        return digits[:at] + str(random.randrange(1, 10)) + digits[at + 1 :]

    return _slip(random, project, change, _SLIPPING)


def digits_swapped(random: Random, project: Project) -> Answer | None:
    """12,345 becomes 13,245."""

    def change(digits: str) -> str:
        at = random.randrange(len(digits) - 1)
        return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]

    return _slip(random, project, change, _SLIPPING)


def zero_added(random: Random, project: Project) -> Answer | None:
    """1,500 becomes 15,000."""
    return _slip(random, project, lambda digits: digits + "0", SOURCES)


def headcount_without_point(_random: Random, project: Project) -> Answer | None:
    """1.5 becomes 15."""
    if ("staff_cost", EVALUATED) in project.formulas:
        return None
    return _mistyped(
        project, {("headcount", EVALUATED): project.amount("headcount", EVALUATED) * 10}
    )


def ratio_mistyped(_random: Random, project: Project) -> Answer | None:
    """A typed cost per capita with two digits exchanged."""
    key = ("cost_per_capita", None)
    value = project.figures[key]
    if key in project.formulas or value is None or value < 100:
        return None
    digits = str(value)
    if digits[0] == digits[1]:
        return None
    return _mistyped(project, {key: Decimal(digits[1] + digits[0] + digits[2:])})


def sign_lost(_random: Random, project: Project) -> Answer | None:
    """A reduction is printed as an addition."""
    key = (SOURCES[4], EVALUATED)
    if project.amount(*key) >= 0 or not _is_typed(project):
        return None
    return _mistyped(project, {key: -project.amount(*key)})


def last_year_left(random: Random, project: Project) -> Answer | None:
    """Last year's figure was not typed over."""
    key = random.choice(SOURCES), EVALUATED
    before = project.figures[key[0], "2023"]
    if before is None or not _is_typed(project) or before == project.figures[key]:
        return None
    return _mistyped(project, {key: before})


def value_missing(random: Random, project: Project) -> Answer | None:
    """A source was never entered, in a year whose neighbours have it."""
    keys = _filled(project, SOURCES[:4], EVALUATED)
    if not keys or project.is_new or not _is_typed(project):
        return None
    return _mistyped(project, {random.choice(keys): None})


def ratio_missing(_random: Random, project: Project) -> Answer | None:
    """A figure that the form requires was never entered."""
    key = ("cost_per_capita", None)
    if key in project.formulas:
        return None
    answer = _answer(project, key, codes=["REQ001"])
    project.retype(key, None)
    return answer


def part_over_whole(_random: Random, project: Project) -> Answer | None:
    """A source is larger than the total: the bonds have a digit too many."""
    key = (SOURCES[1], EVALUATED)
    value = project.amount(*key)
    if not value or not _is_typed(project):
        return None
    wrong = _digits(value, lambda digits: digits[0] + "4" + digits[1:])
    if wrong <= project.amount("total_cost", EVALUATED):
        return None
    return _mistyped(project, {key: wrong})


def component_and_ratio(_random: Random, project: Project) -> Answer | None:
    """The bonds are ten times as large, and the ratio was computed from them."""
    key, ratio = (SOURCES[1], EVALUATED), ("bond_burden_per_capita", None)
    value = project.amount(*key)
    if not value or not _is_typed(project):
        return None
    answer = replace(_mistyped(project, {key: value * 10}), followers=frozenset({ratio}))
    project.figures[ratio] = rounded(value * 10_000 / POPULATION, "0.1")
    return answer


def carried(random: Random, project: Project) -> Answer | None:
    """A digit inserted in a source is carried into its sum; the ratio was typed before."""
    keys = [key for key in _filled(project, SOURCES, EVALUATED) if key[0] != SOURCES[1]]
    total = ("total_cost", EVALUATED)
    if project.style != "typed ratios" or not keys:
        return None
    key = random.choice(keys)
    project.figures[key] = _digits(
        project.amount(*key), lambda digits: digits[0] + "5" + digits[1:]
    )
    project.calculate()
    # The figures tell how much the total is too large, not by which of its parts.
    return Answer({total: None}, frozenset((source, EVALUATED) for source in SOURCES))


# What only a workbook can tell.


def text_skipped(random: Random, project: Project) -> Answer | None:
    """A source is stored as text, so that the sum skips it."""
    year = random.choice(_years(project))
    # A text in another formula than a sum is one that nobody calculates again.
    keys = [key for key in _filled(project, SOURCES, year) if key[0] != SOURCES[1]]
    if ("total_cost", year) not in project.formulas or not keys:
        return None
    answer = _answer(project, ("total_cost", year))
    negative = [key for key in keys if project.amount(*key) < 0]
    project.as_text.add(random.choice(negative or keys))
    project.calculate()
    return answer


def _sum_misses(project: Project, year: str, end: int) -> Answer | None:
    total = ("total_cost", year)
    formula = project.formulas.get(total)
    source = SOURCES[0] if end == 0 else SOURCES[-1]
    if formula is None or not project.amount(source, year):
        return None
    answer = _answer(project, total)
    parts = formula.parts[1:] if end == 0 else formula.parts[:-1]
    project.formulas[total] = replace(formula, parts=parts)
    project.calculate()
    return answer


def sum_misses_first(random: Random, project: Project) -> Answer | None:
    """The sum begins a row too late."""
    return _sum_misses(project, random.choice(_years(project)), 0)


def sum_misses_last(random: Random, project: Project) -> Answer | None:
    """The sum ends a row too early."""
    return _sum_misses(project, random.choice(_years(project)), -1)


def typed_over(random: Random, project: Project) -> Answer | None:
    """A wrong number was typed over a formula; those of the other years are there."""
    keys = [key for key in project.formulas if key[0] in ("total_cost", SOURCES[4])]
    if not keys or project.is_new:
        return None
    key = random.choice(keys)
    wrong = project.amount(*key) + random.choice((-1, 1)) * random.randrange(90, 999)
    return _mistyped(project, {key: wrong})


def stale(random: Random, project: Project) -> Answer | None:
    """A source was corrected, and nothing was calculated anew."""
    total = ("total_cost", random.choice(_years(project)))
    keys = [key for key in _filled(project, SOURCES, total[1] or "") if key[0] != SOURCES[1]]
    if total not in project.formulas or not keys:
        return None
    key = random.choice(keys)
    project.figures[key] = project.amount(*key) + random.randrange(100, 5_000)
    after = project.copied()
    after.calculate()
    # A typed ratio was typed from the total that is stale.
    ratios = {(_RATIOS["total_cost"], None)} if total[1] == EVALUATED else set[Key]()
    answer = _answer(after, total)
    return replace(answer, followers=answer.followers | ratios)


# Cells, rows and columns that changed their places.


def exchanged(_random: Random, project: Project) -> Answer | None:
    """Total and grant stand in each other's place."""
    keys = ("total_cost", EVALUATED), (SOURCES[0], EVALUATED)
    total, grants = (project.figures[key] for key in keys)
    if grants is None or total == grants or not _is_typed(project):
        return None
    # Of two sources, a lost sign of the other explains as much where no typed ratio tells.
    if project.formulas and len(_filled(project, SOURCES, EVALUATED)) < 3:
        return None
    return _mistyped(project, {keys[0]: grants, keys[1]: total})


def _columns_exchanged(project: Project, names: Iterable[str]) -> Answer | None:
    if project.is_new or project.formulas:
        return None
    values: dict[Key, Decimal | None] = {}
    for name in names:
        before, after = (project.figures[name, year] for year in ("2023", EVALUATED))
        if before != after:
            values |= {(name, "2023"): after, (name, EVALUATED): before}
    return _mistyped(project, values)


def sources_exchanged(_random: Random, project: Project) -> Answer | None:
    """The sources of two years stand in each other's column; the totals are right."""
    return _columns_exchanged(project, SOURCES)


def columns_exchanged(_random: Random, project: Project) -> Answer | None:
    """Totals and sources of two years stand in each other's column."""
    return _columns_exchanged(project, ("total_cost", *SOURCES))


def one_row_off(_random: Random, project: Project) -> Answer | None:
    """The bonds were typed into the row of the fees, which is blank."""
    bonds, fees = (SOURCES[1], EVALUATED), (SOURCES[2], EVALUATED)
    if not project.amount(*bonds) or project.figures[fees] is not None:
        return None
    if project.formulas:
        return None
    return _mistyped(project, {bonds: None, fees: project.figures[bonds]})


def row_copied(_random: Random, project: Project) -> Answer | None:
    """The row of the bonds is a copy of that of the grants; the totals are right."""
    names = SOURCES[0], SOURCES[1]
    years = _years(project)
    if any(not project.amount(name, year) for name in names for year in years):
        return None
    # A typed ratio tells which of the two rows is the copy.
    if project.formulas:
        return None
    return _mistyped(
        project, {(SOURCES[1], year): project.figures[SOURCES[0], year] for year in years}
    )


def row_copied_with_total(_random: Random, project: Project) -> Answer | None:
    """The row of the bonds is a copy of that of the grants, and the totals agree with it."""
    names = SOURCES[0], SOURCES[1]
    years = _years(project)
    if any(not project.amount(name, year) for name in names for year in years):
        return None
    if project.style != "typed ratios":
        return None
    for year in years:
        project.figures[SOURCES[1], year] = project.figures[SOURCES[0], year]
    project.calculate()
    key = (SOURCES[1], EVALUATED)
    others = ((name, year) for name in (SOURCES[1], "total_cost") for year in years)
    # Bonds and total are known from the ratios, up to their rounding.
    return Answer({key: None}, frozenset(others) - {key})


def column_copied(_random: Random, project: Project) -> Answer | None:
    """The year's column is last year's throughout."""
    if project.is_new or project.formulas:
        return None
    names = ("total_cost", *SOURCES, "headcount", "staff_cost")
    for name in names:
        project.figures[name, EVALUATED] = project.figures[name, "2023"]
    column = frozenset((name, EVALUATED) for name in names)
    total = ("total_cost", EVALUATED)
    return Answer({total: None}, column - {total}, frozenset({"BOK005"}))


def thousandfold(_random: Random, project: Project) -> Answer | None:
    """The year's column was typed in yen."""
    names = ("total_cost", *SOURCES, "staff_cost")
    keys = _filled(project, names, EVALUATED)
    if project.formulas:
        return None
    return _mistyped(project, {key: project.amount(*key) * 1000 for key in keys})


def population_differs(random: Random, project: Project) -> Answer | None:
    """A sheet has another population than its book, and computes with it."""
    key = ("population", None)
    if project.style not in ("formulas", "computed ratios"):
        return None
    ratios = frozenset((ratio, None) for ratio in _RATIOS.values())
    answer = replace(_answer(project, key), followers=ratios)
    other = POPULATION + random.choice((-1, 1)) * random.randrange(900, 3_000)
    project.figures[key] = other
    for ratio in ratios:
        formula = project.formulas[ratio]
        if formula.constant is not None:
            project.formulas[ratio] = replace(formula, constant=other)
    project.calculate()
    return answer


# Words.


def _word(project: Project, year: str, word: str, codes: Iterable[str]) -> Answer | None:
    if project.is_new:
        return None
    project.words["result", year] = word
    return Answer(codes=frozenset(codes))


def unknown_word(_random: Random, project: Project) -> Answer | None:
    """The evaluation is no word of the form."""
    return _word(project, EVALUATED, "継続", ["EVL006"])


def ended_before(_random: Random, project: Project) -> Answer | None:
    """A project that was ended is evaluated again."""
    return _word(project, "2023", "終了", ["EVL001"])


def evaluation_missing(_random: Random, project: Project) -> Answer | None:
    """The evaluation is blank, and nothing says why."""
    return _word(project, EVALUATED, "", ["EVL002", "RD004", "REQ001"])


def against_budget(_random: Random, project: Project) -> Answer | None:
    """Expanded, and yet the budget falls."""
    before, after = (project.amount("total_cost", year) for year in COLUMNS[1:])
    if before <= after:
        return None
    return _word(project, "2023", "拡充", ["EVL005"])


def filler(random: Random, project: Project) -> Answer | None:
    """Filler was left in a text."""
    key = random.choice((("purpose", None), ("planned", None), ("direction", EVALUATED)))
    project.words[key] = "あああああ"
    return Answer(codes=frozenset({"TXT001"}))


def wrong_year(_random: Random, project: Project) -> Answer | None:
    """The column of 令和７年度 is headed 令和10年度."""
    project.headings["2025"] = "令和10年度"
    return Answer(codes=frozenset({"RD006"}))


# What no figure of the folder contradicts.


def under_another_source(_random: Random, project: Project) -> Answer | None:
    """A grant stands under fees; the total is the same, and no ratio looks at either."""
    grant, fees = (SOURCES[0], EVALUATED), (SOURCES[2], EVALUATED)
    if not project.amount(*grant) or project.figures[fees] is not None:
        return None
    answer = _answer(project, grant, fees)
    project.figures[fees], project.figures[grant] = project.figures[grant], None
    return answer


def narrative_repeated(_random: Random, project: Project) -> Answer | None:
    """The evaluation's text is last year's, word for word."""
    if project.is_new:
        return None
    project.words["issues", EVALUATED] = project.words["issues", "2023"]
    return Answer(codes=frozenset({"TXT002"}))


def rating_against_text(_random: Random, project: Project) -> Answer | None:
    """The evaluation is to continue, the text says to end."""
    if project.is_new:
        return None
    project.words["direction", EVALUATED] = "・本事業は今年度をもって廃止する。"
    return Answer(codes=frozenset({"EVL009"}))


KINDS: Final[Mapping[str, Fault]] = {
    fault.__name__: fault
    for fault in (
        digit_inserted,
        digit_dropped,
        digit_replaced,
        digits_swapped,
        zero_added,
        headcount_without_point,
        ratio_mistyped,
        sign_lost,
        last_year_left,
        value_missing,
        ratio_missing,
        part_over_whole,
        component_and_ratio,
        carried,
        text_skipped,
        sum_misses_first,
        sum_misses_last,
        typed_over,
        stale,
        exchanged,
        sources_exchanged,
        columns_exchanged,
        one_row_off,
        row_copied,
        row_copied_with_total,
        column_copied,
        thousandfold,
        population_differs,
        unknown_word,
        ended_before,
        evaluation_missing,
        against_budget,
        filler,
        wrong_year,
    )
}
HIDDEN_KINDS: Final[Mapping[str, Fault]] = {
    fault.__name__: fault
    for fault in (under_another_source, narrative_repeated, rating_against_text)
}


# Indicators.


def flag_wrong(_random: Random, row: Indicator) -> tuple[Indicator, Answer]:
    """An indicator that missed its target is said to have met it, or the other way round."""
    flag = "未達成" if row.flag == "達成" else "達成"
    right = "achieved" if row.flag == "達成" else "missed"
    answer = Answer({("declared_achieved", None): right}, codes=frozenset({"KPI001"}))
    return replace(row, flag=flag), answer


def rate_wrong(random: Random, row: Indicator) -> tuple[Indicator, Answer]:
    """The rate of achievement is misprinted."""
    others = [digit for digit in "123456789" if digit != str(row.rate)[0]]
    wrong = _digits(row.rate, lambda digits: random.choice(others) + digits[1:])
    answer = Answer({("declared_rate", None): str(row.rate)}, codes=frozenset())
    return replace(row, rate=wrong), answer


INDICATOR_KINDS: Final[Mapping[str, Callable[[Random, Indicator], tuple[Indicator, Answer]]]] = {
    fault.__name__: fault for fault in (flag_wrong, rate_wrong)
}
