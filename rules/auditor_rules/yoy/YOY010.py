"""YOY010: the population is not last year's."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import auditor
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed


@auditor.rule(
    """
code = "YOY010"
name = "population-of-last-year"
severity = "warning"
each = "book"
needs = ["earlier", "population"]
since = "0.1"

[title]
en = "The population is that of last year's book"
ja = "市の人口が、前年度の冊子と同じです"
[why]
en = "A city seldom has exactly as many people as a year before. The figure was probably left in, and all amounts a head follow from it."
ja = "1年後の人口が1人の差もなく同じになることは、まずありません。前年度の数値のままの可能性があり、市民一人あたりの額もすべて影響を受けます。"
[action]
en = "Compare with the population on the reference date."
ja = "基準日の人口と照合してください。"

[[cases]]
form = "kushiro"
sheets = [{ population = 157000 }, { population = 157000 }]
earlier = { sheets = [{ population = 159000 }] }
outcome = "pass"

[[cases]]
form = "kushiro"
sheets = [{ population = 159000 }, { population = 159000 }]
earlier = { sheets = [{ population = 159000 }] }
outcome = "fail"
equation = "159,000人 = 159,000人"

[[cases]]
form = "kushiro"
note = "one sheet among many is another rule's"
sheets = [{ population = 157000 }, { population = 157000 }, { population = 159000 }]
earlier = { sheets = [{ population = 159000 }] }
outcome = "pass"

[[cases]]
form = "kushiro"
sheets = [{ population = 157000 }]
earlier = { sheets = [{ population = "15,9" }] }
outcome = "not_applicable"
"""
)
def population_of_last_year(row: Row) -> Verdict:
    """Compare what most sheets of each book print."""
    earlier = row.link("earlier")
    if earlier is None:
        return NOT_APPLICABLE
    here, there = _usual(row.rows), _usual(earlier.rows)
    if here is None or there is None:
        return NOT_APPLICABLE
    figures = here.figure("population"), there.figure("population")
    if figures[0] is None or figures[1] is None or figures[0].value != figures[1].value:
        return PASS
    texts = (f"{figure.shown()}{figure.unit}" for figure in figures if figure is not None)
    return failed((here, "population"), (there, "population"), equation=" = ".join(texts))


def _usual(rows: Rows) -> Row | None:
    """The first sheet that prints the population which most sheets of its book print."""
    counts: Counter[Decimal] = Counter()
    first: dict[Decimal, Row] = {}
    for row in rows.of("sheet"):
        figure = row.figure("population")
        if figure is not None and figure.value:
            counts[figure.value] += 1
            first.setdefault(figure.value, row)
    ((value, _), *_) = counts.most_common(1) or ((None, 0),)
    return None if value is None else first[value]
