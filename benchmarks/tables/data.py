"""Makes tidy tables of any size from a seed, as Parquet files: a country's consistent sheets, one
sheet-year in a hundred made wrong.

Nothing is made as records: a size of ten million is written book by book, in bounded memory. A
sheet has three columns, as Kushiro's form has; about 200 sheets and 24 KPIs are a book, ten
fiscal years a city. New, single-year and ended sheets leave blanks and zeros where printed ones
do.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

__all__ = ["TABLES", "make", "written"]

TABLES: Final = ("sheets", "years", "evaluations", "kpis", "kpi_years")
SOURCES: Final = ("grants", "local_bonds", "fees", "other_specific", "general_revenue")
COLUMNS: Final = 3
SHEETS: Final = 200
"""How many sheets a book has, about."""
KPIS: Final = 24
FISCAL_YEARS: Final = range(2015, 2025)
"""Those of one city's books."""
BATCH: Final = 200
"""How many books are made at once."""
BAD: Final = 100
"""One sheet-year in so many has a wrong figure, and as many of the KPIs a wrong flag."""

_STATUS: Final = ("continuing", "new", "single_year", "not_evaluated")
_REASONS: Final = (
    "",
    "年度からの新規事業のため",
    "年度のみの事業のため",
    "評価を実施していないため",
)
_RESULTS: Final = ("拡充", "継続維持", "縮小", "終了")
_MEANINGS: Final = ("expand", "continue", "reduce", "end")
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
_INDICATORS: Final = ("利用者数", "相談件数", "参加団体数", "満足度")
_UNITS: Final = ("人", "件", "団体", "%")

# What arithmetic makes of NumPy's typed arrays, type checkers don't follow.
np: Any = importlib.import_module("numpy")
Numbers = Any
Marks = Any
Generator = Any


def make(folder: Path, sheet_years: int, seed: int = 0) -> Path:
    """Write the tables into ``folder``, sorted by book and sheet, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    country = _Country.of(sheet_years, seed)
    parquet: Any = importlib.import_module("pyarrow.parquet")
    writers: dict[str, Any] = {}
    try:
        for batch in range(0, country.books, BATCH):
            books = np.arange(batch, min(batch + BATCH, country.books))
            random = np.random.default_rng([seed, batch])
            frames: dict[str, Any] = {
                **_sheets(country, books, random),
                **_kpis(country, books, random),
            }
            for name, frame in frames.items():
                table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
                if name not in writers:
                    writers[name] = parquet.ParquetWriter(
                        folder / f"{name}.parquet", table.schema, compression="zstd"
                    )
                writers[name].write_table(table)
    finally:
        for writer in writers.values():
            writer.close()
    return folder


def written(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of a folder."""
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES}


@dataclass(frozen=True)
class _Country:
    """What its books have in common: how many there are, and each city's population and unit
    costs (thousand yen) by year.
    """

    sheets: int
    books: int
    population: Numbers
    unit_costs: Numbers

    @classmethod
    def of(cls, sheet_years: int, seed: int) -> _Country:
        sheets = -(-sheet_years // COLUMNS)
        books = max(1, round(sheets / SHEETS))
        cities = -(-books // len(FISCAL_YEARS))
        random = np.random.default_rng(seed)
        population = random.integers(1_000, 400_000, cities)
        return cls(
            sheets,
            books,
            population,
            random.integers(6_000, 9_000, (cities, len(FISCAL_YEARS) + 2)),
        )

    def identity(self, books: Numbers) -> dict[str, pl.Series]:
        """The columns that say which book a row belongs to."""
        city = pl.Series(books // len(FISCAL_YEARS) + 1).cast(pl.String).str.zfill(4)
        year = pl.Series(self.fiscal_year(books))
        names = pl.select(
            pl.concat_str(pl.lit("city-"), city, pl.lit("-"), year.cast(pl.String))
        ).to_series()
        return {
            "book": names,
            "form": pl.repeat("kushiro", len(books), eager=True),
            "fiscal_year": year,
        }

    def fiscal_year(self, books: Numbers) -> Numbers:
        return FISCAL_YEARS[0] + books % len(FISCAL_YEARS)


def _sheets(country: _Country, books: Numbers, random: Generator) -> dict[str, pl.DataFrame]:
    """The sheets of some books, their columns and evaluations: consistent first, then one row of
    the columns in ``BAD`` made wrong.
    """
    first = np.arange(books[0], books[-1] + 2) * country.sheets // country.books
    book = np.repeat(books, np.diff(first))
    number = np.arange(first[0], first[-1])
    count = len(number)
    slips = _Slips.of(number)
    draw = random.random
    population = country.population[book // len(FISCAL_YEARS)]
    status = np.where((draw(count) < 0.35) & ~slips.any, random.integers(1, len(_STATUS), count), 0)
    ended = ((draw(count) < 0.15) & ~slips.any) | (status == _STATUS.index("single_year"))
    running = np.stack([status == 0, np.ones(count, np.bool_), ~ended], axis=1)
    zeros = ~running & (draw((count, 1)) < 0.5) & np.array([False, False, True])

    amounts, there = _amounts(running, random)
    total = amounts.sum(axis=2)
    city, year = book // len(FISCAL_YEARS), book % len(FISCAL_YEARS)
    unit_cost = np.stack(
        [country.unit_costs[city, year + column] for column in range(COLUMNS)], axis=1
    )
    headcount = random.integers(1, 81, (count, COLUMNS)) * running
    staff_cost = (headcount * unit_cost + 5) // 10
    per_capita = [
        _rounded(10_000 * figure, population) for figure in (total[:, 1], amounts[:, 1, 1])
    ]

    extra = random.integers(1, 100, (count, COLUMNS))
    amounts[:, :, 4] += np.where(slips["source"], 9 * extra, 0)
    amounts[:, :, 1] += np.where(slips["bonds"], 9 * extra + population[:, None] // 100, 0)
    there[:, :, 1] |= slips["bonds"]
    total = np.where(slips["total"], total * 10 + extra % 10, total)
    staff_cost += np.where(slips["staff_cost"], 9 * extra, 0)
    headcount = np.where(slips["headcount"], headcount * 10, headcount)
    per_capita[0] += np.where(slips["cost_per_capita"][:, 1], extra[:, 0], 0)
    per_capita[1] += np.where(slips["bond_burden_per_capita"][:, 1], extra[:, 0], 0)

    keys = {**country.identity(book), "sheet": pl.Series(number - first[book - books[0]] + 1)}
    topic, activity, department = (
        random.integers(0, len(words), count) for words in (_TOPICS, _ACTIVITIES, _DEPARTMENTS)
    )
    named = pl.select(
        pl.concat_str(
            _chosen(_TOPICS, topic), _chosen(_ACTIVITIES, activity), keys["sheet"].cast(pl.String)
        )
    ).to_series()
    sheets = pl.DataFrame(
        {
            **{name: keys[name] for name in ("book", "sheet", "form", "fiscal_year")},
            "number": keys["sheet"],
            "name": named,
            "department": _chosen(_DEPARTMENTS, department),
            "status": _chosen(_STATUS, status),
            "population": population,
            "cost_per_capita": _tenths(per_capita[0]),
            "bond_burden_per_capita": _tenths(per_capita[1]),
        }
    )
    rows = np.repeat(np.arange(count), COLUMNS)
    offset = np.tile(np.arange(COLUMNS), count)
    fiscal_year = country.fiscal_year(book)[rows]
    printed = (running | zeros).ravel()
    years = pl.DataFrame(
        {
            "book": keys["book"].gather(rows),
            "sheet": keys["sheet"].gather(rows),
            "year": fiscal_year - 1 + offset,
            "kind": _chosen(("settled", "settled", "budgeted"), offset),
            "form": keys["form"].gather(rows),
            "fiscal_year": fiscal_year,
            "total_cost": _blank(1000 * total.ravel(), printed),
            **{
                f"funding.{name}": _blank(1000 * amounts[:, :, at].ravel(), there[:, :, at].ravel())
                for at, name in enumerate(SOURCES)
            },
            "staff_cost": 1000 * staff_cost.ravel(),
            "headcount": _tenths(_blank(headcount.ravel(), printed)),
        }
    )
    return {
        "sheets": sheets,
        "years": years,
        "evaluations": _evaluations(country, book, keys, status, ended, slips, random),
    }


def _amounts(running: Marks, random: Generator) -> tuple[Numbers, Marks]:
    """The sources (thousand yen) of each sheet and column, and which of them are printed.

    General revenue is what the others leave of the total; it is a formula's cell, so that it
    prints 0 where nothing was typed.
    """
    shape = running.shape
    size = 10 ** random.integers(1, 7, (*shape, 1))
    others = (random.random((*shape, 4)) < 0.3) & running[:, :, None]
    given = np.where(others, 1 + (random.random((*shape, 4)) * size).astype(np.int64), 0)
    sums = given.sum(axis=2)
    rest = (random.random(shape) * size[:, :, 0]).astype(np.int64) + (sums == 0)
    surplus = (random.random(shape) < 0.2) & (sums > 0)  # more comes in than it costs
    rest = np.where(surplus, -(random.random(shape) * (sums + 1)).astype(np.int64), rest) * running
    return np.concatenate([given, rest[:, :, None]], axis=2), np.concatenate(
        [others, np.ones((*shape, 1), np.bool_)], axis=2
    )


@dataclass(frozen=True)
class _Slips:
    """Which figures are made wrong. What is wrong of an evaluated column may also be a figure or
    evaluation of its sheet.
    """

    kinds: Mapping[str, Marks]
    any: Marks

    @classmethod
    def of(cls, number: Numbers) -> _Slips:
        """One row of a column in ``BAD``, each kind in turn: ``number`` are the sheets' numbers
        in the country.
        """
        row = COLUMNS * number[:, None] + np.arange(COLUMNS)
        bad = row % BAD == 42
        turn = row // BAD // COLUMNS % 8
        evaluated = np.array([False, True, False])
        of_sheet = {"cost_per_capita": (0, 7), "bond_burden_per_capita": (1,), "evaluation": (2,)}
        of_year = {"total": (3,), "staff_cost": (4,), "headcount": (5,), "bonds": (6,)}
        kinds = {
            name: bad & evaluated & np.isin(turn, turns)
            for name, turns in (of_sheet | of_year).items()
        }
        for kind, turns in {
            "source": (0, 4),
            "total": (1, 5),
            "staff_cost": (2, 6),
            "headcount": (3, 7),
        }.items():
            kinds[kind] = kinds.get(kind, False) | (bad & ~evaluated & np.isin(turn, turns))
        return cls(kinds, bad.any(axis=1))

    def __getitem__(self, kind: str) -> Marks:
        return self.kinds[kind]


def _evaluations(
    country: _Country,
    book: Numbers,
    keys: Mapping[str, pl.Series],
    status: Numbers,
    ended: Marks,
    slips: _Slips,
    random: Generator,
) -> pl.DataFrame:
    """Two a sheet: last year's, blank with a reason where the project was not evaluated, and this
    year's.
    """
    count = len(book)
    end = _RESULTS.index("終了")
    before = np.where(slips["evaluation"].any(axis=1), end, random.integers(0, end, count))
    result = np.stack(
        [before, np.where(ended, end, random.integers(0, end, count))], axis=1
    ).ravel()
    there = np.stack([status == 0, np.ones(count, np.bool_)], axis=1).ravel()
    rows = np.repeat(np.arange(count), 2)
    fiscal_year = country.fiscal_year(book)[rows]
    reason = status[rows]
    frame = pl.DataFrame(
        {
            "book": keys["book"].gather(rows),
            "sheet": keys["sheet"].gather(rows),
            "year": fiscal_year - 1 + np.tile(np.arange(2), count),
            "form": keys["form"].gather(rows),
            "fiscal_year": fiscal_year,
            "result": _chosen(_RESULTS, result),
            "meaning": _chosen(_MEANINGS, result),
            "reason": _chosen(_REASONS, reason),
            "reason_code": _chosen(_STATUS, reason),
            "there": there,
        }
    )
    evaluated = pl.when("there").then(pl.col("result", "meaning"))
    return frame.with_columns(
        evaluated, pl.when(~pl.col("there")).then(pl.col("reason", "reason_code"))
    ).drop("there")


def _kpis(country: _Country, books: Numbers, random: Generator) -> dict[str, pl.DataFrame]:
    """The KPIs of some books and their years; flags are right, but for one KPI in ``BAD``."""
    book = np.repeat(books, KPIS)
    count = len(book)
    draw = random.random
    kpi = np.tile(np.arange(KPIS), len(books))
    wrong = (book * KPIS + kpi) % BAD == 7
    fiscal_year = country.fiscal_year(book)
    least = random.integers(10, 10 ** random.integers(2, 7, count))
    target = least * random.integers(1, 4, count)
    first = random.integers(0, 5, count)  # the first of five printed years, those before are dashes
    actual = (least[:, None] * (1 + 2 * draw((count, 5)))).astype(np.int64)
    due = np.where(wrong, 4, np.maximum(first, 4 + random.integers(-1, 3, count)))
    lower = draw(count) < 0.2
    reached = actual[np.arange(count), np.minimum(due, 4)]
    met = np.where(lower, reached <= target, reached >= target)
    told = ((draw(count) < 0.6) & (due <= 4)) | wrong
    keys = country.identity(book)
    keys["kpi"] = pl.Series(kpi + 1)
    topic, activity = (random.integers(0, len(words), count) for words in (_TOPICS, _ACTIVITIES))
    indicator = random.integers(0, len(_INDICATORS), count)
    month = pl.select(
        pl.concat_str(pl.Series(fiscal_year - 3 + due).cast(pl.String), pl.lit("-03"))
    ).to_series()
    kpis = pl.DataFrame(
        {
            **{name: keys[name] for name in ("book", "kpi", "form", "fiscal_year")},
            "number": keys["kpi"],
            "project": pl.select(
                pl.concat_str(_chosen(_TOPICS, topic), _chosen(_ACTIVITIES, activity))
            ).to_series(),
            "name": _chosen(_INDICATORS, indicator),
            "target": _tenths(10 * target),
            "unit": _chosen(_UNITS, indicator),
            "due": month,
            "direction": _chosen(("higher", "lower"), lower.astype(np.int64)),
            "direction_source": _chosen(
                ("assumed", "declared"), (lower | (draw(count) < 0.3)).astype(np.int64)
            ),
            "declared_achieved": _chosen(("missed", "achieved"), (met ^ wrong).astype(np.int64)),
            "told": told,
        }
    )
    rows = np.repeat(np.arange(count), 5)
    offset = np.tile(np.arange(5), count)
    printed = offset >= first[rows]
    kpi_years = pl.DataFrame(
        {
            "book": keys["book"].gather(rows),
            "kpi": keys["kpi"].gather(rows),
            "year": fiscal_year[rows] - 4 + offset,
            "actual": _tenths(_blank(10 * actual.ravel(), printed)),
            "printed": printed,
        }
    )
    return {
        "kpis": kpis.with_columns(
            pl.when("told").then("declared_achieved").alias("declared_achieved")
        ).drop("told"),
        "kpi_years": kpi_years.with_columns(
            pl.when(~pl.col("printed")).then(pl.lit("dash")).alias("actual.state")
        ).drop("printed"),
    }


def _rounded(numerator: Numbers, denominator: Numbers) -> Numbers:
    """Half up; neither is negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def _blank(values: Numbers, there: Marks) -> pl.Series:
    return (
        pl.DataFrame({"value": values, "there": there})
        .select(pl.when("there").then("value"))
        .to_series()
    )


def _tenths(values: pl.Series | Numbers) -> pl.Series:
    """Whole numbers of tenths (below 10¹⁵, where a float is sure of them) as decimals with one
    place.
    """
    return (pl.Series(values) / 10).cast(pl.Decimal(18, 1))


def _chosen(words: tuple[str, ...], at: Numbers) -> pl.Series:
    return pl.Series(words).gather(at)
