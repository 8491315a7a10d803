"""Made-up columns of numbers with relations that are known, for the tests of drafts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from auditor.drafting.columns import NumberColumn
from auditor.drafting.relation import Relation

Values = list[Decimal | None]


def decimals(values: Sequence[int | None]) -> tuple[Decimal | None, ...]:
    return tuple(None if value is None else Decimal(value) for value in values)


def amounts(random: Random, rows: int, *, often: float = 1.0, high: int = 200_000) -> list[int]:
    """Amounts as projects have them: many small, few large, some nothing."""
    return [int(high ** random.random()) if random.random() < often else 0 for _ in range(rows)]


def column(
    key: str, heading: str, values: Sequence[int | Decimal | None], group: str = ""
) -> NumberColumn:
    cells = tuple(None if value is None else Decimal(value) for value in values)
    return NumberColumn(key, heading, cells, group)


def faulty(random: Random, values: Sequence[int], hundredths: int) -> list[int]:
    """Values with slips in at most so many rows of a hundred: a figure too many, one off."""
    result = list(values)
    for row in random.sample(range(len(result)), len(result) * hundredths // 100):
        result[row] += random.choice([1, -9, 90, 900, 5417])
    return result


def rounded(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), ROUND_HALF_UP)


def shuffled(random: Random, columns: Sequence[NumberColumn]) -> list[NumberColumn]:
    """The same columns, each in an order of its own."""
    return [
        NumberColumn(
            entry.key,
            entry.heading,
            tuple(random.sample(entry.values, len(entry.values))),
            entry.group,
            entry.unit,
            entry.total,
        )
        for entry in columns
    ]


def written(entry: Relation) -> str:
    """A relation in short: ``total = a + b``."""
    equation = entry.equation
    signs = " × " if equation.kind == "product" else ""
    if signs:
        terms = signs.join(term.key for term in equation.terms)
    else:
        terms = "".join(f" {'+' if term.sign > 0 else '-'} {term.key}" for term in equation.terms)
        terms = terms.removeprefix(" + ").strip()
    if len(equation.terms) > 1 and equation.divisor:
        terms = f"({terms})"
    divisor = " + ".join(term.key for term in equation.divisor)
    factor = "" if equation.factor == 1 else f"{equation.factor.normalize():f} × "
    whole = f" ÷ {divisor}" if divisor else ""
    whole = " ÷ all" if equation.kind == "share" else whole
    return f"{equation.total} = {factor}{terms}{whole}"


def wide_list(rows: int = 407, years: int = 6, noise: int = 1, seed: int = 7) -> list[NumberColumn]:
    """A list of projects with the same columns for each of six years, as a city publishes one:
    codes and periods in front, then in each year five funding sources and their total, hours and
    the staff cost at 4.0 thousand yen each, both costs together, indicators with their targets.
    """
    random = Random(seed)
    columns = [
        column("no", "No.", [row + 1 for row in range(rows)]),
        column("policy", "政策コード", sorted(random.randrange(1, 8) for _ in range(rows))),
        column("code", "事業", sorted(random.randrange(10101, 70512) for _ in range(rows))),
        column("from", "事業期間（始期）", [random.randrange(10, 32) for _ in range(rows)]),
        column("to", "事業期間（終期）", [random.choice([None, 7, 8, 9, 10]) for _ in range(rows)]),
    ]
    chances = (0.25, 0.3, 0.08, 0.15, 0.9)
    sources = [amounts(random, rows, often=chance) for chance in chances]
    hours = amounts(random, rows, often=0.93, high=3000)
    for year in range(years):
        columns += _year(random, rows, f"{year + 1}", sources, hours, noise)
    return columns


def _year(
    random: Random,
    rows: int,
    year: str,
    sources: list[list[int]],
    hours: list[int],
    noise: int,
) -> list[NumberColumn]:
    """The columns of one year; sources are the same as in the year before in one row of three."""
    for values in sources:
        fresh = random.sample(values, rows)
        values[:] = [
            value if random.random() < 0.35 else other
            for value, other in zip(values, fresh, strict=True)
        ]
    hours[:] = [hour if random.random() < 0.6 else hour + random.randrange(50) for hour in hours]
    total = [sum(parts) for parts in zip(*sources, strict=True)]
    staff = [hour * 4 for hour in hours]
    full = [cost + other for cost, other in zip(total, staff, strict=True)]
    names = ["国庫支出金", "県支出金", "地方債", "その他", "一般財源"]
    columns = [
        column(f"{key}{year}", name, [value or None for value in values])
        for key, name, values in zip("abcde", names, sources, strict=True)
    ]
    columns += [
        column(f"A{year}", "直接事業費", faulty(random, total, noise)),
        column(f"h{year}", "職員従事時間", [hour or None for hour in hours]),
        column(f"B{year}", "職員人件費", staff),
        column(f"T{year}", "総コスト", faulty(random, full, noise)),
    ]
    for number in range(9):
        target = [random.choice([None, random.randrange(1, 500)]) for _ in range(rows)]
        actual = [
            None if value is None else max(0, value + random.randrange(-20, 20)) for value in target
        ]
        columns.append(column(f"t{number}.{year}", f"指標{number + 1}目標値", target))
        columns.append(column(f"r{number}.{year}", f"指標{number + 1}実績値", actual))
    columns.append(column(f"k{year}", "評価", [random.choice([1, 2, 3]) for _ in range(rows)]))
    return columns


def item_list(rows: int = 3000, seed: int = 3) -> list[NumberColumn]:
    """Items of a budget book: this year's, last year's and their difference, twice, with the rate
    of the change.
    """
    random = Random(seed)
    last = amounts(random, rows, often=0.97)
    this = [
        max(0, value + random.randrange(-5000, 9000)) if random.random() < 0.8 else value
        for value in last
    ]
    settled = [int(value * random.uniform(0.6, 1)) for value in last]
    return [
        column("kan", "款", sorted(random.randrange(1, 14) for _ in range(rows))),
        column("this", "本年度", [value or None for value in this]),
        column("last", "前年度", [value or None for value in last]),
        column("change", "比較", [one - other for one, other in zip(this, last, strict=True)]),
        column(
            "rate",
            "増減率",
            [
                None if not other else rounded(Decimal(100 * (one - other)) / other, "0.1")
                for one, other in zip(this, last, strict=True)
            ],
        ),
        column("settled", "決算額", settled),
        column(
            "done",
            "執行率",
            [
                None if not other else rounded(Decimal(100 * one) / other, "0.1")
                for one, other in zip(settled, last, strict=True)
            ],
        ),
        column("left", "不用額", [other - one for one, other in zip(settled, last, strict=True)]),
    ]


Keys = frozenset[str]


def decoy(random: Random, key: str, rows: int) -> NumberColumn:
    """A column that is in no relation: ratings, counts, amounts, percentages, ages."""
    amount = amounts(random, rows, often=random.random())
    cells: list[list[int | None]] = [
        [random.randrange(0, 4) for _ in range(rows)],
        [random.choice([None, None, 1, 2, 10]) for _ in range(rows)],
        list(amount),
        [random.choice([0, 50, 100]) for _ in range(rows)],
        [random.randrange(100, 140) for _ in range(rows)],
    ]
    return column(key, "参考", random.choice(cells))


def block(
    random: Random, rows: int, *, faults: int = 0, rare: bool = True
) -> tuple[list[NumberColumn], set[Keys]]:
    """A block with a sum of parts, a sum of two, and sometimes a rate, among decoys; with them the
    columns of each relation. ``faults`` of a hundred totals have a slip.
    """
    number = random.randrange(2, 13)
    often = [random.choice([1, 1, 0.6, 0.3, 0.05 if rare else 1]) for _ in range(number)]
    often[random.randrange(number)] = 0.95
    parts = [
        amounts(random, rows, often=chance, high=random.choice([300, 20_000, 500_000]))
        for chance in often
    ]
    if random.random() < 0.2:
        parts[0] = [-value for value in parts[0]]
    total = faulty(random, [sum(row) for row in zip(*parts, strict=True)], faults)
    other = amounts(random, rows, often=0.8)
    columns = [decoy(random, f"x{at}", rows) for at in range(random.randrange(4))]
    columns += [
        column(f"p{at}", f"内訳{at + 1}", [value or None for value in values])
        for at, values in enumerate(parts)
    ]
    place = random.choice([len(columns), len(columns) - number])
    columns.insert(place, column("t", "歳出", total))
    columns += [decoy(random, f"y{at}", rows) for at in range(random.randrange(4))]
    columns.append(column("b", "別の費用", other))
    both = [value + besides for value, besides in zip(total, other, strict=True)]
    columns.append(column("T", "両方", both))
    names = {entry.key for entry in columns if entry.key[0] == "p" and any(entry.values)}
    expected = {frozenset({"t", *names}), frozenset({"t", "b", "T"})}
    if random.random() < 0.5:
        paid = [int(value * random.uniform(0.3, 1)) for value in total]
        rates = [
            rounded(Decimal(100 * part) / value, "0.1") if value else None
            for part, value in zip(paid, total, strict=True)
        ]
        columns += [column("s", "支出", paid), column("r", "執行率", rates)]
        expected.add(frozenset({"s", "t", "r"}))
    return columns, expected
