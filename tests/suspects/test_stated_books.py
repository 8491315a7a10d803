"""What is said of small wrong books, in full: every suspect, every span, every belief.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Final, get_args

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.records.figures import Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Evidence, Remark, RemarkCell, Sheet
from auditor.rules.causes import Cause
from auditor.rules.rows import Rows
from auditor.suspects.explaining import explained
from auditor.suspects.explanation import Explanation
from auditor.suspects.sheets import SheetExplaining
from auditor.testing import book
from auditor.testing.build import RandomChooser
from auditor_rules.corruptions import corrupt
from benchmarks.blocks import cells_of, explanations, fault, with_values
from tests.suspects.listed_grants import PARTS, causes_of
from tests.suspects.recorded import Recorder, Stored, suspect_lines
from tests.suspects.test_pairs_of_books import audited, books, with_total

STORED: Final = Stored("books")
Answer = list[dict[str, Any]]
Change = Callable[[Decimal], Decimal | None]


# --- how answers are written down


def _of_book(wrong: Book | None) -> Answer:
    if wrong is None:
        return []
    judged, several = explanations(wrong)
    return [_explanation(each, [item.finding.rule for item in judged]) for each in several]


def _explanation(each: Explanation, rules: Sequence[str]) -> dict[str, Any]:
    return {
        "settles": [f"{number} {rules[number]}" for number in each.contradictions],
        "none": str(each.none_of_these),
        "suspects": suspect_lines(each.suspects),
    }


def _of_causes(causes: Sequence[Cause]) -> Answer:
    return [
        {
            "findings": len(cause.findings),
            "certainty": cause.certainty,
            "none": str(cause.none_of_these),
            "suspects": suspect_lines(cause.suspects),
            "cells": [f"{cell.sheet} {cell.field} {cell.year}" for cell in cause.cells],
        }
        for cause in causes
    ]


# --- books of the shipped forms


def _of_block(kind: str, seed: int) -> Answer:
    slip = fault(kind, seed, sheets=4)
    return _of_book(None if slip is None else slip.book)


def _of_corruption(kind: str, seed: int) -> Answer:
    clean = book(sheets=4, seed=seed, kpis=3)
    wrong = corrupt(kind, clean, load().forms["kushiro"], RandomChooser(seed))
    return _of_book(None if wrong is None else wrong.book)


def _changed(clean: Book, sheet: Sheet, wrong: Sheet, **changes: object) -> Book:
    sheets = tuple(wrong if one is sheet else one for one in clean.sheets)
    return clean.model_copy(update={"sheets": sheets, **changes})


@lru_cache
def _full() -> tuple[Book, Sheet, str]:
    """A book, and a sheet of it with columns of three sources and more."""
    clean = book(sheets=4, seed=129, kpis=0)
    sheet = clean.sheets[1]
    return clean, sheet, str(sheet.fiscal_year)


def _of_changes(changes: Mapping[str, Change], columns: Sequence[int] = (0,)) -> Answer:
    """What is said of a sheet of which some figures changed, in the column of its year and in
    those so many years before or after it. ``source`` stands for the n-th that is filled.
    """
    clean, sheet, column = _full()
    cells = cells_of(sheet)
    wrong: dict[tuple[str, str | None], Decimal | None] = {}
    for offset in columns:
        year = str(int(column) + offset)
        filled = [
            name
            for (name, at), figure in cells.items()
            if at == year and name.startswith("funding.") and figure.value
        ]
        blank = [
            name
            for (name, at), figure in cells.items()
            if at == year and name.startswith("funding.") and not figure.value
        ]
        for name, change in changes.items():
            named = _named(name, filled, blank)
            key = (named, year) if (named, year) in cells else (named, None)
            wrong[key] = change(cells[key].value or Decimal(0))
    return _of_book(_changed(clean, sheet, with_values(sheet, wrong)))


def _named(name: str, filled: Sequence[str], blank: Sequence[str]) -> str:
    if name.startswith("source"):
        return filled[int(name.removeprefix("source")) % len(filled)]
    return blank[0] if name == "blank" else name


def _digit(value: Decimal) -> Decimal:
    """Its second digit is another."""
    digits = str(value)
    return Decimal(f"{digits[0]}{(int(digits[1]) + 4) % 10}{digits[2:]}")


def _swapped(value: Decimal) -> Decimal:
    """Its last two digits that differ changed places."""
    digits = str(value)
    at = next(at for at in range(len(digits) - 1, 0, -1) if digits[at] != digits[at - 1])
    return Decimal(digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :])


def _emptied(_value: Decimal) -> None:
    return None


def _set(value: int) -> Change:
    return lambda _: Decimal(value)


def _more(value: int) -> Change:
    return lambda old: old + value


CHANGES: Final[dict[str, tuple[Mapping[str, Change], Sequence[int]]]] = {
    "a digit of a total": ({"total_cost": _digit}, (0,)),
    "a digit of a source": ({"source0": _digit}, (0,)),
    "two digits of a source swapped": ({"source1": _swapped}, (0,)),
    "a source emptied": ({"source1": _emptied}, (0,)),
    "a source in yen": ({"source0": lambda old: old * 1000}, (0,)),
    "a source in millions": ({"source0": lambda old: old // 1000}, (0,)),
    "a source below zero": ({"source0": lambda old: -old}, (0,)),
    "a total below zero": ({"total_cost": lambda old: -old}, (0,)),
    "a total off by one": ({"total_cost": _more(1)}, (0,)),
    "a total off by one the other way": ({"total_cost": _more(-1)}, (0,)),
    "a total of last year off by one": ({"total_cost": _more(1)}, (-1,)),
    "a total of nothing": ({"total_cost": _set(0)}, (0,)),
    "a blank source filled in": ({"blank": _set(777)}, (0,)),
    "a round amount filled in": ({"blank": _set(100000)}, (0,)),
    "everything emptied": (
        {"source0": _emptied, "source1": _emptied, "source2": _emptied, "source3": _emptied},
        (0,),
    ),
    "two sources": ({"source0": _digit, "source1": _swapped}, (0,)),
    "a source and the total": ({"source0": _digit, "total_cost": _swapped}, (0,)),
    "totals of two years": ({"total_cost": _digit}, (0, -1)),
    "totals of three years": ({"total_cost": _digit}, (0, -1, 1)),
    "sources of two years": ({"source0": _digit}, (0, -1)),
    "a source in two years emptied": ({"source0": _emptied}, (0, -1)),
    "staff": ({"headcount": _more(1)}, (0,)),
    "staff in tenths": ({"headcount": lambda old: old * 10}, (0,)),
    "staff cost": ({"staff_cost": _digit}, (0,)),
    "staff cost and staff": ({"staff_cost": _digit, "headcount": _more(2)}, (0,)),
    "staff cost of two years": ({"staff_cost": _digit}, (0, -1)),
    "cost per head": ({"cost_per_capita": lambda old: old * 10}, (0,)),
    "cost per head off by a step": ({"cost_per_capita": _more(1)}, (0,)),
    "burden per head": ({"bond_burden_per_capita": _more(3)}, (0,)),
    "population": ({"population": _more(1000)}, (0,)),
    "population, its digits": ({"population": _swapped}, (0,)),
    "population and total": ({"population": _more(1000), "total_cost": _digit}, (0,)),
    "population and staff cost": ({"population": _more(90), "staff_cost": _digit}, (0,)),
    "total and staff cost": ({"total_cost": _digit, "staff_cost": _swapped}, (0,)),
    "total, staff cost and population": (
        {"total_cost": _digit, "staff_cost": _swapped, "population": _more(10)},
        (0,),
    ),
}


def _of_row_copied(upper: int, lower: int) -> Answer:
    """What is said where a row repeats another in every column."""
    clean, sheet, _ = _full()
    cells = cells_of(sheet)
    names = list(dict.fromkeys(name for name, _ in cells if name.startswith("funding.")))
    wrong: dict[tuple[str, str | None], Decimal | None] = {
        (names[lower], column): cells[names[upper], column].value for column in sheet.years
    }
    return _of_book(_changed(clean, sheet, with_values(sheet, wrong)))


def _of_unit(factor: Decimal, *prefixes: str) -> Answer:
    """What is said where amounts of a column are so many times what they should be."""
    clean, sheet, year = _full()
    wrong: dict[tuple[str, str | None], Decimal | None] = {
        (name, at): Decimal(round(figure.value * factor))
        for (name, at), figure in cells_of(sheet).items()
        if at == year and name.startswith(prefixes) and figure.value
    }
    return _of_book(_changed(clean, sheet, with_values(sheet, wrong)))


# --- what readers know of cells


def _of_formulas(name: str, change: Change) -> Answer:
    """What is said where the totals are formulas, and a figure is wrong."""
    clean, sheet, column = _full()
    key = (name, column)
    wrong = with_values(sheet, {key: change(cells_of(sheet)[key].value or Decimal(0))})
    years = dict(wrong.years)
    for at, year in years.items():
        if year.total_cost is not None:
            total = year.total_cost.model_copy(update={"formula": "SUM(B3:B9)"})
            years[at] = year.model_copy(update={"total_cost": total})
    return _of_book(_changed(clean, sheet, wrong.model_copy(update={"years": FrozenDict(years)})))


def _of_remark(evidence: Evidence | None, recomputed: int | None, off: int = 700) -> Answer:
    clean, sheet, column = _full()
    total = cells_of(sheet)["total_cost", column].value or Decimal(0)
    right = None if recomputed is None else total + recomputed
    wrong = with_values(sheet, {("total_cost", column): total - off})
    is_text = evidence == "text"
    cell = RemarkCell(sheet=sheet.number, field="total_cost", year=column, recomputed=right)
    remark = Remark(
        rule="XLS001",
        sheet=sheet.number,
        field="funding.fees" if is_text else "total_cost",
        year=column,
        evidence=evidence,
        recomputed=None if is_text else right,
        cells=(cell,) if is_text else (),
    )
    (document,) = clean.documents
    documents = (document.model_copy(update={"remarks": (remark,)}),)
    return _of_book(_changed(clean, sheet, wrong, documents=documents))


# --- words


def _of_words(first: tuple[str, str], second: tuple[str, str]) -> Answer:
    """What is said of a sheet whose first two evaluations say this."""
    clean = book(sheets=4, seed=2, kpis=0)
    sheet = next(sheet for sheet in clean.sheets if len(sheet.evaluations) >= 2)
    words = dict(sheet.evaluations)
    for key, (word, meaning) in zip(sorted(words), (first, second), strict=False):
        update = {"result": word, "meaning": meaning, "reason": None, "reason_code": None}
        words[key] = words[key].model_copy(update=update)
    wrong = sheet.model_copy(update={"evaluations": FrozenDict(words)})
    return _of_book(_changed(clean, sheet, wrong))


def _of_kpi(seed: int, actual: int = 0) -> Answer:
    """What is said of a target whose declared achievement is the contrary, and whose figures are
    so much more.
    """
    clean = book(sheets=0, seed=seed, kpis=4)
    kpi = next(kpi for kpi in clean.kpis if kpi.declared_achieved is not None)
    other = {"achieved": "missed", "missed": "achieved"}[kpi.declared_achieved or ""]
    changes: dict[str, Any] = {"declared_achieved": other}
    if actual:
        target = kpi.target
        value = (target.value or Decimal(0)) + actual
        changes["target"] = target.model_copy(update={"value": value, "printed": str(value)})
    wrong = kpi.model_copy(update=changes)
    kpis = tuple(wrong if one is kpi else one for one in clean.kpis)
    return _of_book(clean.model_copy(update={"kpis": kpis}))


# --- sentences


SENTENCES: Final = {
    "a part": ("相談は98,803件中98,464件（利用率99.8％）であった。",),
    "a ratio": ("相談は98,803件中98,644件（利用率98.9％）であった。",),
    "a sum": ("参加者は、男性40人、女性35人の合計57人であった。",),
    "a rest": ("申込17事業のうち2事業が辞退し、残りの51事業を採択した。",),
    "a difference": ("相談件数は前年度1,200件から1,350件となり、15件増加した。",),
    "a fall": ("相談件数は前年度1,350件から1,200件となり、105件減少した。",),
    "two sentences": (
        "相談は98,803件中98,464件（利用率99.8％）であった。",
        "参加者は、男性40人、女性35人の合計57人であった。",
    ),
}


def _of_sentences(*lines: str) -> Answer:
    session = load()
    form = session.forms["kushiro"]
    plain = book(1, 1, form)
    (sheet,) = plain.sheets
    places = {"achieved": Place(line=12)}
    sheet = sheet.model_copy(update={"achieved": "\n".join(lines), "places": places})
    rules = session.rules.select(["TXT010", "TXT012", "TXT014", "TXT015", "FND"])
    return _of_causes(
        audit([plain.model_copy(update={"sheets": (sheet,)})], rules, session.forms).causes
    )


# --- rows of a list


AMOUNTS: Final = ("total_cost", "staff_cost", "funding.")
SUM: Final = 'total == sum(group("parts"))'
RATE: Final = "rate == grant / total * 100"
NEGATIVE: Final = {"total": 10**6, "grant": 500000, "public": 1200000, "private": 300}
ROWS: Final[dict[str, tuple[Any, ...]]] = {
    "an exchange": (
        {"grant": 10426264, "total": 3749029, "rate": "36.0"},
        [RATE, "grant <= total"],
        {},
    ),
    "a divisor of no broken rule": (
        {"total": 4000, "grant": 2500, "spent": 6100, "rate": "41.0"},
        [RATE],
        {},
    ),
    "bounds in a row": (
        {"least": 90, "likely": 50, "most": 10},
        ["least <= likely", "likely <= most"],
        {},
    ),
    "a bound beside a sum": (
        {"budget": 500, "initial": 600, "reserve": 0, "spent": 900},
        ['budget == sum(group("parts"))', "spent <= budget"],
        {"parts": ["initial", "reserve"]},
    ),
    "a bound alone": ({"budget": 500, "spent": 900}, ["spent <= budget"], {}),
    "a blank part in millions": (
        {"total": 9000000, "grant": 3000000, "public": 2000000, "private": None, "rate": "33.3"},
        [SUM, RATE],
        PARTS,
    ),
    "a blank part or a digit": (
        {"total": 48213, "grant": 20031, "public": 27282, "private": None},
        [SUM],
        PARTS,
    ),
    "a difference of one": (
        {"total": 48214, "grant": 20031, "public": 27282, "private": 900},
        [SUM],
        PARTS,
    ),
    "a share": ({"total": 100, "grant": 60, "rate": "0.6"}, [RATE], {}),
    "a share of three places": ({"total": 3, "grant": 2, "rate": "0.667"}, [RATE], {}),
    "a percentage a hundred times": ({"total": 100, "grant": 60, "rate": "6000"}, [RATE], {}),
    "nothing says that it may be negative": ({**NEGATIVE, "rate": "50.0"}, [SUM, RATE], PARTS),
    "not to be negative": (
        {**NEGATIVE, "rate": "50.0"},
        [SUM, RATE],
        {**PARTS, "not_negative": ["total", "public", "private"]},
    ),
    "none is negative": (
        {**NEGATIVE, "rate": "50.0"},
        [SUM, RATE],
        {**PARTS, "negative_allowed": []},
    ),
    "one may be negative": (
        {**NEGATIVE, "rate": "50.0"},
        [SUM, RATE],
        {**PARTS, "negative_allowed": ["private"]},
    ),
}
OWN: Final = "total == grant + public"
FIELDS: Final = ("total", "grant", "public")
SUMS: Final = [f"{name} == sum(details.{name})" for name in FIELDS]
RIGHT: Final = [(4812, 4000, 812), (913, 900, 13), (10021, 10000, 21)]
TOTAL: Final = (15746, 14900, 846)
LISTS: Final[dict[str, tuple[Mapping[int, tuple[int | None, ...]], tuple[int, ...], list[str]]]] = {
    "a row's own total": ({0: (4821, 4000, 812)}, TOTAL, [OWN, *SUMS]),
    "a part of a row": ({2: (10021, 1000, 21)}, TOTAL, [OWN, *SUMS]),
    "the total row": ({}, (15764, 14900, 846), [OWN, *SUMS]),
    "a part of the total row": ({}, (15746, 14900, 864), [OWN, *SUMS]),
    "confirmed by columns": ({0: (4877, 4000, 812)}, TOTAL, [OWN, *SUMS[1:]]),
    "a blank part": ({1: (None, 900, 13)}, TOTAL, SUMS[:1]),
    "a slip of no rule of the row": ({1: (931, 900, 13)}, TOTAL, SUMS[:1]),
    "an arbitrary figure": ({}, (99999, 14900, 846), SUMS[:1]),
    "two rows": ({0: (4821, 4000, 812), 1: (931, 900, 13)}, TOTAL, [OWN, *SUMS]),
    "three rows": (
        {0: (4821, 4000, 812), 1: (931, 900, 13), 2: (10021, 10000, 12)},
        TOTAL,
        [OWN, *SUMS],
    ),
    "a row bound by a rule": ({0: (4813, 4000, 813)}, TOTAL, [OWN, *SUMS]),
    "below zero": ({}, (746, 14900, 846), SUMS[:1]),
    "the other way round": (
        {0: (4821, 4000, 812)},
        TOTAL,
        [OWN, "sum(details.total) == total"],
    ),
    "at most": ({0: (9812, 4000, 812)}, TOTAL, ["sum(details.total) <= total"]),
}


def _of_row(printed: Any, formulas: Any, groups: Any) -> Answer:
    return _of_causes(causes_of({"Bridge": printed}, formulas, groups))


def _of_list(
    changes: Mapping[int, tuple[int | None, ...]], total: tuple[int, ...], formulas: list[str]
) -> Answer:
    rows = [changes.get(number, row) for number, row in enumerate(RIGHT)]
    several: dict[str, Any] = {
        f"p{number}": dict(zip(FIELDS, row, strict=True)) for number, row in enumerate(rows, 1)
    }
    several["Total"] = dict(zip(FIELDS, total, strict=True))
    return _of_causes(causes_of(several, formulas, Total={"role": "total", "totals": ("all",)}))


def _of_crowd(count: int, formula: str) -> Answer:
    """What is said where every row looks at all rows, and a total adds them up."""
    rows: dict[str, tuple[int, ...]] = {
        f"p{number}": (100 + number, 90, 10 + number) for number in range(count)
    }
    rows["Total"] = tuple(map(sum, zip(*rows.values(), strict=True)))
    several: dict[str, Any] = {
        name: dict(zip(FIELDS, row, strict=True)) for name, row in rows.items()
    }
    labels = {"role": "total", "totals": ("all",)}
    return _of_causes(causes_of(several, [OWN, formula], Total=labels))


def _of_children(office: tuple[int, ...], *parts: tuple[int | None, ...]) -> Answer:
    rows = {"Office": office, **{f"p{number}": part for number, part in enumerate(parts, 1)}}
    several: dict[str, Any] = {
        name: dict(zip(FIELDS, row, strict=True)) for name, row in rows.items()
    }
    labels = {name: {"parent": "Office"} for name in rows if name != "Office"}
    return _of_causes(causes_of(several, [OWN, "total == sum(children.total)"], **labels))


BLOCKS: Final = {
    "figures exchanged": (0, 2, 7, 11, 12, 19),
    "columns exchanged": (0, 1, 2, 18),
    "sources of two columns exchanged": (0, 1, 2, 7, 17),
    "one row off": (0, 18),
    "column in another unit": (1, 5, 20),
    "column copied": (0, 3, 18),
    "copied from another sheet": (0, 6, 9),
    "never entered": (3, 6, 9, 10),
    "last year's value": (0, 1, 4, 7),
    "population with what follows": (0, 2),
}
CORRUPTED: Final = {
    "total_changed": (2, 8),
    "source_changed": (1, 4, 6),
    "bonds_blanked": (2,),
    "sources_blanked": (1, 2, 3, 8),
    "sign_added": (1, 2),
    "column_copied": (1, 9),
    "per_capita_changed": (2, 9),
    "burden_changed": (3,),
    "population_changed": (2, 4),
    "staff_cost_changed": (2, 5),
    "headcount_changed": (2, 9),
    "achievement_flipped": (1, 5),
    "rate_changed": (1, 13),
    "evaluated_after_end": (1, 2),
    "direction_turned": (1, 2),
}
CASES: Final[dict[str, Callable[[], Answer]]] = {
    **{
        f"{kind} {seed}": partial(_of_block, kind, seed) for kind in BLOCKS for seed in BLOCKS[kind]
    },
    **{
        f"{kind} {seed}": partial(_of_corruption, kind, seed)
        for kind in CORRUPTED
        for seed in CORRUPTED[kind]
    },
    **{name: partial(_of_changes, *changes) for name, changes in CHANGES.items()},
    **{
        f"row {lower} repeats row {upper}": partial(_of_row_copied, upper, lower)
        for upper, lower in ((0, 1), (2, 1), (1, 3))
    },
    "amounts in yen": partial(_of_unit, Decimal(1000), *AMOUNTS),
    "staff cost in yen": partial(_of_unit, Decimal(1000), "staff_cost"),
    "amounts in millions": partial(_of_unit, Decimal("0.001"), *AMOUNTS),
    "a formula's total": partial(_of_formulas, "total_cost", _digit),
    "a part of a formula": partial(_of_formulas, "funding.general_revenue", _digit),
    **{
        f"{evidence} {recomputed}": partial(_of_remark, evidence, recomputed)
        for evidence in get_args(Evidence)
        for recomputed in (None, 0)
    },
    "a remark that is no evidence": partial(_of_remark, None, 0),
    "stale, but wrong": partial(_of_remark, "stale", 44),
    "ended and continued": partial(_of_words, ("終了", "end"), ("拡充", "expand")),
    "ended twice": partial(_of_words, ("終了", "end"), ("終了", "end")),
    **{f"a target {seed}": partial(_of_kpi, seed) for seed in (0, 1, 5, 8)},
    **{f"a target that is more {seed}": partial(_of_kpi, seed, 1000) for seed in (0, 8)},
    **{f"sentence: {name}": partial(_of_sentences, *SENTENCES[name]) for name in SENTENCES},
    **{f"row: {name}": partial(_of_row, *row) for name, row in ROWS.items()},
    **{f"list: {name}": partial(_of_list, *rows) for name, rows in LISTS.items()},
    **{
        f"{count} rows: {formula}": partial(_of_crowd, count, formula)
        for formula in (
            "total == max(rows.total)",
            "total <= sum(rows.total) / 20",
            "total == sum(rows.grant) / 9",
            "grant == sum(details.grant) / 5",
        )
        for count in (4, 9, 12)
    },
    "children: a part": partial(_of_children, (5725, 4900, 825), (4821, 4000, 812), (913, 900, 13)),
    "children: the parent": partial(
        _of_children, (5752, 4900, 825), (4812, 4000, 812), (913, 900, 13)
    ),
    "children: a blank": partial(
        _of_children, (5725, 4900, 825), (4812, 4000, 812), (None, 900, 13)
    ),
}


# --- two books


def _of_pair(of_this_year: int, of_last_year: int) -> Answer:
    """What is said where the total of this book, or of last year's, is so many times as much."""
    this, last_year, column, total = books()
    if of_this_year > 1:
        this = with_total(this, column, total * of_this_year)
    if of_last_year > 1:
        last_year = with_total(last_year, column, total * of_last_year)
    return _of_causes(audited(load().rules, this, last_year).causes)


def _of_figures_of_last_year(*names: str) -> Answer:
    """What is said where some figures of last year's book are others."""
    this, last_year, column, _ = books()
    first, *others = last_year.sheets
    cells = cells_of(first)
    wrong: dict[tuple[str, str | None], Decimal | None] = {
        (name, column): (cells[name, column].value or Decimal(0)) + 4321 for name in names
    }
    sheets = (with_values(first, wrong), *others)
    last_year = last_year.model_copy(update={"sheets": sheets})
    return _of_causes(audited(load().rules, this, last_year).causes)


CASES["two books: a source"] = partial(_of_figures_of_last_year, "funding.fees")
CASES["two books: a total and a source"] = partial(
    _of_figures_of_last_year, "total_cost", "funding.fees"
)
CASES["two books: two sources"] = partial(
    _of_figures_of_last_year, "funding.fees", "funding.grants"
)

for _pair in ((10, 1), (1, 10), (1, 1000), (7, 7), (10, 7)):
    CASES["two books: {} and {}".format(*_pair)] = partial(_of_pair, *_pair)


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_of_a_book_is_what_was_said(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(monkeypatch)
    STORED.compare(name, recorder.answer(CASES[name]()))


def test_progress_is_told_and_a_search_that_fails_names_its_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slip = fault("figures exchanged", 0, sheets=4)
    assert slip is not None
    judged, _ = explanations(slip.book)
    session = load()
    rows = Rows(slip.book, session.forms["kushiro"])
    contradictions = [(item.finding, item.rule, item.row) for item in judged if item.row]
    steps: list[tuple[int, int]] = []

    def progress(done: int, every: int) -> None:
        steps.append((done, every))

    explained(rows, session.rules, contradictions, progress)
    assert steps == [(0, 1)]

    def failing(_: SheetExplaining) -> list[Explanation]:
        raise ValueError("as it may")

    monkeypatch.setattr(SheetExplaining, "explanations", failing)
    several, (failure,) = explained(rows, session.rules, contradictions)
    assert several == []
    assert failure.row is contradictions[0][2]
    assert str(failure.fault) == "as it may"


def test_each_stored_answer_has_a_case() -> None:
    STORED.cases_are(CASES)
