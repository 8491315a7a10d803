"""Figures of one sentence that are taken together because they fit, or miss it by one digit: two
counts and a rate, two counts and how far they are apart.

The patterns of sentences say more; these claims are made where none of them is there. Their
``qualifier`` is the word that binds the figures, which is less than a statement of what is whole
and what is part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import permutations
from typing import Final

from auditor.narrative.likeness import agrees, one_slip
from auditor.narrative.model import Claim, ClaimKind
from auditor.narrative.quantities import Quantity
from auditor.narrative.scales import RATIOS
from auditor.narrative.statements import Statement
from auditor.records.sentences import Mark

__all__ = ["fits_others", "fitting_change", "fitting_share"]

_COMPARED: Final = re.compile("比|より|から|に比べ|と比べ|と比較|に対し|→")
_PERCENT: Final = frozenset({"%", "パーセント", "割"})
_FEWEST_DIGITS: Final = 3
"""Numbers of fewer digits look like each other by chance."""
_TWO: Final = 2
_THREE: Final = 3


def fitting_share(statement: Statement) -> Iterator[Claim]:
    """The share of the only two figures of one counter and the only rate of a sentence."""
    words = statement.words
    rate = _only_rate(statement)
    if rate is None or not rate.is_exact or rate.after or rate.is_signed:
        return
    text = statement.wording.text
    binding = words.pattern("share").search(text)
    if binding is None or words.pattern("unrelated", "before").search(text) is not None:
        return
    pair = _alike(statement, _TWO)
    if len(pair) != _TWO or any(each.after or not each.is_exact for each in pair):
        return
    part, whole = sorted(pair, key=lambda quantity: quantity.in_base_units)
    quota = words.pattern("quota")
    is_quota = quota.search(part.noun) is not None and quota.search(whole.noun) is None
    if is_quota:
        part, whole = whole, part
    if not part.value:
        return
    value = part.in_base_units / whole.in_base_units
    if not agrees(rate, value) and not (_is_named(rate, text) and _fits(rate, value)):
        return
    more = {"bound": "more"} if is_quota or quota.search(whole.noun) is not None else {}
    figures = {"whole": whole, "part": part, "ratio": rate}
    yield _claim(statement, "share", figures, {"qualifier": binding.group(), **more})


def fitting_change(statement: Statement) -> Iterator[Claim]:
    """The change between the only two figures of one counter, with the only amount that is said
    to be a rise or a fall.
    """
    words = statement.words
    text = statement.wording.text
    if words.pattern("of_these").search(text) is not None:
        return
    binding = words.pattern("before").search(text)
    changes = [each for each in statement.tokens.quantities if _direction(statement, each)]
    if binding is None or len(changes) != 1 or not changes[0].is_exact:
        return
    (change,) = changes
    is_rate = change.counter in RATIOS
    if is_rate and change.counter not in _PERCENT:
        return
    if is_rate and _only_rate(statement) is None:
        return
    figures = [
        each
        for each in _alike(statement, _TWO if is_rate else _THREE, beside=change)
        if each is not change
    ]
    if len(figures) != _TWO or any(each.after or not each.is_exact for each in figures):
        return
    small, large = sorted(figures, key=lambda quantity: quantity.in_base_units)
    before, after = (small, large) if _direction(statement, change) == "rise" else (large, small)
    apart = large.in_base_units - small.in_base_units
    if is_rate and not before.value:
        return
    value = apart / before.in_base_units if is_rate else apart
    amount = change._replace(value=abs(change.value))
    if agrees(amount, value) or (_COMPARED.search(text) is not None and _fits(amount, value)):
        named = {"before": before, "after": after, "ratio" if is_rate else "difference": change}
        yield _claim(statement, "change", named, {"qualifier": binding.group()})


def fits_others(
    statement: Statement, value: Value, amount: Quantity, one: Quantity, other: Quantity
) -> bool:
    """Whether an amount is not what ``value`` makes of two figures, but what it makes of two
    others of their sentence, or of one of them and another of the paragraph: then it may well be
    said of those.
    """
    if agrees(amount, value(one.in_base_units, other.in_base_units)):
        return False
    if len(statement.tokens.quantities) > _MOST_QUANTITIES:
        return True
    here = _numbers(statement, one, without=amount)
    if any(agrees(amount, value(a, b)) for a, b in permutations(here, 2)):
        return True
    first = one.in_base_units
    return any(
        agrees(amount, value(first, number)) or agrees(amount, value(number, first))
        for near in statement.paragraph.statements[:_MOST]
        if near is not statement and len(near.tokens.quantities) <= _MOST_QUANTITIES
        for number in _numbers(near, one)
        if number != first
    )


def _numbers(
    statement: Statement, like: Quantity, without: Quantity | None = None
) -> Sequence[Decimal]:
    """The figures of a sentence that count the same as another, but for nothing."""
    numbers = {
        quantity.in_base_units
        for quantity in statement.tokens.quantities
        if quantity.value
        and quantity is not without
        and statement.words.are_alike(quantity.counter, like.counter)
    }
    return sorted(numbers)[:_MOST]


_MOST: Final = 12
"""So many figures of a sentence, and sentences of a paragraph, are tried at most."""
_MOST_QUANTITIES: Final = 60
"""A sentence of more figures is a table, of which any two may fit."""
Value = Callable[[Decimal, Decimal], Decimal]
_NAME: Final = re.compile(r"([一-龠ァ-ヶー]{2})[一-龠ァ-ヶー]{0,20}$")


def _is_named(rate: Quantity, text: str) -> bool:
    """Whether a rate has no name, or is called after something else in the sentence: 回収率 after
    回収.
    """
    name = _NAME.search(rate.noun)
    if name is None or "率" not in rate.noun:
        return True
    return text.replace(rate.noun, "").find(name[1]) >= 0


def _direction(statement: Statement, quantity: Quantity) -> str:
    if quantity.after in statement.words["rise"]:
        return "rise"
    return "fall" if quantity.after in statement.words["fall"] else ""


def _only_rate(statement: Statement) -> Quantity | None:
    rates = [each for each in statement.tokens.quantities if each.counter in RATIOS]
    return rates[0] if len(rates) == 1 and rates[0].counter in _PERCENT else None


def _alike(statement: Statement, count: int, beside: Quantity | None = None) -> Sequence[Quantity]:
    """The figures of the only counter that so many figures of the sentence have: with ``beside``,
    if it is no rate, of its counter.
    """
    groups: dict[str, list[Quantity]] = {}
    if len(statement.tokens.quantities) > _MOST_QUANTITIES:
        return ()
    for quantity in statement.tokens.quantities:
        if quantity.counter and quantity.counter not in RATIOS:
            group = next((g for g in groups if statement.words.are_alike(g, quantity.counter)), "")
            groups.setdefault(group or quantity.counter, []).append(quantity)
    fitting = [group for group in groups.values() if len(group) == count]
    if beside is not None and beside.counter not in RATIOS:
        fitting = [group for group in fitting if beside in group]
    return fitting[0] if len(fitting) == 1 else ()


def _fits(quantity: Quantity, value: Decimal) -> bool:
    """Whether a figure is a value in base units with one slip."""
    printed = str((quantity.value / quantity.step).quantize(Decimal(1)))
    if len(printed) < _FEWEST_DIGITS:
        return False
    digits = value / quantity.factor / quantity.step
    return any(
        one_slip(printed, str(digits.quantize(Decimal(1), rounding)))
        for rounding in (ROUND_HALF_UP, ROUND_DOWN)
    )


def _claim(
    statement: Statement,
    kind: ClaimKind,
    quantities: Mapping[str, Quantity],
    words: Mapping[str, str],
) -> Claim:
    marks = [
        Mark(start=quantity.start, end=quantity.end, name=name)
        for name, quantity in quantities.items()
    ]
    first = next(iter(quantities.values()))
    return Claim(
        kind=kind,
        sentence=statement.sentence(*marks),
        figures={name: quantity.figure for name, quantity in quantities.items()},
        words={"counter": first.counter, "within": "sentence", **words},
    )
