"""Made-up documents of the layouts that cities publish, whose forms are drafted."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from tests.documents.workbook_writer import PlainWorksheet
from tests.layouts.described import Headed, Lines, Pairs, Piece, Table, Value, worksheet_of

__all__ = ["budget", "cards", "grants", "kinds_on_rows", "one_year", "sheets", "wide"]

_WORDS = (
    "除雪",
    "図書館",
    "防災",
    "観光",
    "移住",
    "保育",
    "健診",
    "公園",
    "道路",
    "農道",
    "消防",
    "広報",
)
_DEPARTMENTS = ("総務課", "福祉課", "建設課")
_SOURCES = ("国庫支出金", "県支出金", "市債", "一般財源")
_THOUSANDS = Lines(["（単位：千円）"], align="right")


def _name(number: int) -> str:
    return f"{_WORDS[number % len(_WORDS)]}試験事業{number // len(_WORDS) or ''}"


class _Figures:
    """Amounts that add up, the same for each document of a kind."""

    def __init__(self) -> None:
        self.random = random.Random(17)

    def amount(self) -> int:
        return self.random.randrange(10, 9000)

    def sources(self) -> list[int]:
        return [self.random.choice([0, self.amount()]) for _ in _SOURCES[:3]] + [self.amount()]


def grants(rows: int = 30) -> PlainWorksheet:
    """A plain list with a rate and a total row."""
    figures = _Figures()
    body: list[list[Value]] = []
    decided_total = confirmed_total = 0
    for number in range(rows):
        decided = figures.amount()
        confirmed = decided - figures.random.randrange(decided // 2)
        rate = Decimal(100 * confirmed) / decided
        rate = rate.quantize(Decimal("0.1"), ROUND_HALF_UP)
        body.append(
            [
                number + 1,
                f"{_name(number)}補助金",
                _DEPARTMENTS[number % 3],
                decided,
                confirmed,
                rate,
            ]
        )
        decided_total, confirmed_total = decided_total + decided, confirmed_total + confirmed
    body.append([None, "合計", None, decided_total, confirmed_total, None])
    headings = [
        "No.",
        "補助金名",
        "担当課",
        "交付決定額（千円）",
        "交付確定額（千円）",
        "執行率（％）",
    ]
    return worksheet_of(
        "一覧", [Lines(["令和６年度　補助金交付実績一覧", ""]), Table(headings, body)]
    )


def one_year(rows: int = 40, wrong: Sequence[int] = ()) -> PlainWorksheet:
    """A list of one year whose sources stand under a group; ``wrong`` rows do not add up."""
    figures = _Figures()
    body: list[list[Value]] = []
    for number in range(rows):
        sources = figures.sources()
        total = sum(sources) + (27 if number in wrong else 0)
        body.append([_name(number), _DEPARTMENTS[number % 3], total, *sources])
    headings: list[Headed] = ["事業名", "担当課", "決算額", ("左の財源内訳", _SOURCES)]
    top: list[Piece] = [Lines(["令和６年度　主要な施策の成果一覧"]), _THOUSANDS]
    return worksheet_of("一覧", [*top, Table(headings, body)])


def wide(
    years: Sequence[str] = (), rows: int = 40, wrong: Sequence[int] = (), blocks: int = 3
) -> PlainWorksheet:
    """A list with the same headings for each year, under groups that say the ``years`` or not."""
    figures = _Figures()
    of_year = [*_SOURCES, "事業費計（A）", "延べ業務時間", "人件費計(B)", "トータルコスト(A)＋(B)"]
    count = len(years) or blocks
    body: list[list[Value]] = []
    for number in range(rows):
        row: list[Value] = [number + 1, _name(number), _DEPARTMENTS[number % 3]]
        for year in range(count):
            sources = figures.sources()
            total = sum(sources) + (27 if number in wrong and year == 1 else 0)
            hours = figures.random.randrange(20, 900)
            row += [*sources, total, hours, 4 * hours, total + 4 * hours]
        body.append(row)
    grouped: list[Headed] = [(year, of_year) for year in years]
    repeated: list[Headed] = list(of_year * count)
    headings: list[Headed] = ["No.", "事務事業名", "部課名", *(grouped or repeated)]
    top: list[Piece] = [Lines(["令和６年度　事務事業集計表"]), _THOUSANDS]
    return worksheet_of("集計", [*top, Table(headings, body)])


def kinds_on_rows(projects: int = 15) -> PlainWorksheet:
    """A list with a row for the budget and one for the settlement of each project."""
    figures = _Figures()
    body: list[list[Value]] = []
    for number in range(projects):
        for kind in ("予算", "決算"):
            sources = figures.sources()
            body.append([_name(number), kind, sum(sources), *sources])
    headings = ["事業名", "区分", "事業費", *_SOURCES]
    top: list[Piece] = [Lines(["令和６年度　事業別予算決算一覧"]), _THOUSANDS]
    return worksheet_of("一覧", [*top, Table(headings, body, merged_down=[0])])


def _sheet(number: int, figures: _Figures) -> list[Piece]:
    columns = [figures.sources() for _ in range(3)]
    body: list[list[Value]] = [["事業費", *map(sum, columns)]]
    for at, source in enumerate(_SOURCES):
        body.append([source, *(column[at] for column in columns)])
    headings: list[Headed] = [
        "区分",
        ("令和５年度", ["決算額"]),
        ("令和６年度", ["決算額"]),
        ("令和７年度", ["予算額"]),
    ]
    return [
        Lines(["令和６年度　事務事業評価調書"]),
        Pairs([[("事業名", _name(number)), ("担当課", _DEPARTMENTS[number % 3])]]),
        _THOUSANDS,
        Table(headings, body),
        Lines([""]),
    ]


def sheets(count: int = 6, *, below: bool = False) -> list[PlainWorksheet]:
    """Sheets of projects, on a worksheet each or below each other on one."""
    figures = _Figures()
    pieces = [_sheet(number, figures) for number in range(count)]
    if not below:
        return [worksheet_of(f"{at}", part) for at, part in enumerate(pieces, 1)]
    every: list[Piece] = []
    for part in pieces:
        every += part
    return [worksheet_of("一覧", every)]


def cards(count: int = 25) -> PlainWorksheet:
    """Cards without years: what was budgeted, spent and left, in yen."""
    figures = _Figures()
    pieces: list[Piece] = []
    for number in range(count):
        budgeted, spent = figures.amount() + 9000, figures.amount()
        pieces += [
            Lines(["令和６年度　行政報告書"]),
            Pairs(
                [
                    [("事務事業名", _name(number))],
                    [("所管課", _DEPARTMENTS[number % 3])],
                    [("予算現額（円）", budgeted)],
                    [("支出済額（円）", spent)],
                    [("不用額（円）", budgeted - spent)],
                ]
            ),
            Lines([""]),
        ]
    return worksheet_of("報告書", pieces)


def budget(rows: int = 25) -> PlainWorksheet:
    """A table of items with this year's and last year's budget, and a total row."""
    figures = _Figures()
    body: list[list[Value]] = []
    sums = [0, 0, 0]
    for number in range(rows):
        this, last = figures.amount(), figures.amount()
        amounts = [this, last, this - last]
        body.append([f"{number + 1} {_WORDS[number % len(_WORDS)]}費", *amounts])
        sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
    body.append(["歳出合計", *sums])
    top: list[Piece] = [Lines(["令和７年度　一般会計歳出予算"]), _THOUSANDS]
    return worksheet_of("歳出", [*top, Table(["款", "本年度予算額", "前年度予算額", "比較"], body)])
