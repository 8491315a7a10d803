"""Which column of a relation is the one that is computed: labels say it, or signs, or the order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from auditor.drafting.numbers import Numbers
from auditor.drafting.relation import Equation, EquationKind, Term

__all__ = ["is_rate", "is_total", "oriented"]

_DIFFERENCE: Final = re.compile(
    r"比較|増減|差引(?!一般)|差額|不用|残額|残高|未執行|収支|^差|差$|不足|超過|過不足"
)
_TOTAL: Final = re.compile(r"合計|総額|総計|総コスト|総事業費|小計|計$|^計|現額|トータル|全体")
_RATE: Final = re.compile(r"率|比$|比\(|割合|%|進捗|達成度|構成|1人当たり|1人あたり|単価")
_MANY: Final = 20
"""One value of so many has to be negative in a column of differences."""


def is_total(heading: str) -> bool:
    """Whether a plain heading is that of a sum."""
    return _TOTAL.search(heading) is not None and not is_difference(heading)


def is_difference(heading: str) -> bool:
    """Whether a plain heading is that of a difference."""
    return _DIFFERENCE.search(heading) is not None


def is_rate(heading: str) -> bool:
    """Whether a plain heading is that of a rate or a figure per person."""
    return _RATE.search(heading) is not None


def oriented(numbers: Numbers, balance: Mapping[int, int]) -> Equation:
    """An equation from columns that balance: added with their signs they are 0."""
    ordered = sorted(balance)
    ups = [at for at in ordered if balance[at] > 0]
    downs = [at for at in ordered if balance[at] < 0]
    lone = [side[0] for side in (ups, downs) if len(side) == 1]
    total = _total(numbers, ordered, lone)
    sign = -balance[total]
    terms = tuple(
        Term(numbers.columns[at].key, balance[at] * sign) for at in ordered if at != total
    )
    # What is added stands before what is taken away.
    terms = tuple(sorted(terms, key=lambda term: -term.sign))
    kind: EquationKind = "sum" if all(term.sign > 0 for term in terms) else "difference"
    if len(terms) == 1:
        kind = "equal"
    return Equation(kind, numbers.columns[total].key, terms)


def _total(numbers: Numbers, ordered: list[int], lone: list[int]) -> int:
    """The computed column. A column alone on its side is a sum of the others."""
    headings = numbers.headings
    totals = [at for at in ordered if is_total(headings[at])]
    if len(ordered) == 2:
        return (totals or ordered)[-1]
    sums = [at for at in totals if at in lone]
    differences = [at for at in ordered if is_difference(headings[at])]
    if differences:
        # 実質収支 = 形式収支 - 財源 is a difference, 計 = 残額 + 残高 a sum of such columns.
        several = len(differences) > 1 and differences[-1] not in lone
        return sums[-1] if sums and several else differences[-1]
    if not sums and len(ordered) == 3:
        negative = [at for at in ordered if _often_negative(numbers.filled[at])]
        if negative == ordered[-1:]:
            return negative[0]
    return next(places[-1] for places in (sums, lone, totals, ordered) if places)


def _often_negative(values: list[int]) -> bool:
    figures = sum(value != 0 for value in values)
    return sum(value < 0 for value in values) * _MANY >= figures > 0
