"""Products that the text works out: 月平均1,017件×12か月＝12,204件, and monthly means beside the
figure of the year, whose counters may be exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from auditor.narrative.model import Claim
from auditor.narrative.quantities import Quantity
from auditor.narrative.statements import SheetText, Statement
from auditor.narrative.wording import COUNT, GAP, TIMES, Wording
from auditor.narrative.words import Words
from auditor.records.sentences import Mark

__all__ = ["read"]


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kind ``product``: one of the ``factors``, how many ``times``, and their
    ``product``. A monthly mean of which
    twelve are exactly a figure of another counter has both counters.
    """
    multiplied = _multiplied(text.words)
    for statement in text.figured:
        if "×" in statement.text:
            yield from _worked_out(statement, multiplied)
        if _MONTHLY in statement.text:
            yield from _exchanged(statement)


_MONTHS: Final = 12
_LEAST_MEAN: Final = 20
"""Smaller means come out by chance."""
_MOST_QUANTITIES: Final = 60
_MONTHLY: Final = "月平均"


@lru_cache(maxsize=64)
def _multiplied(words: Words) -> re.Pattern[str]:
    total = words.pattern("total", "cumulative").pattern
    any_count = f"[{COUNT}{TIMES}]"
    return re.compile(
        rf"(?P<one>{COUNT})×(?P<other>{any_count})(?:=|で、?{GAP}{{0,4}}?(?:{total}))(?P<product>{COUNT})"
    )


def _worked_out(statement: Statement, multiplied: re.Pattern[str]) -> Iterator[Claim]:
    """A件×B回＝C件."""
    wording = statement.wording
    for match in multiplied.finditer(wording.text):
        if _is_longer(wording, match):
            continue
        one, other = wording.quantity(match, "one"), wording.quantity(match, "other")
        product = wording.quantity(match, "product")
        if one is None or other is None or product is None:
            continue
        if any(quantity.after or quantity.is_signed for quantity in (one, other, product)):
            continue
        if statement.words.are_alike(one.counter, product.counter) or statement.words.are_alike(
            other.counter, product.counter
        ):
            yield _claim(statement, {"factors.1": one, "times": other, "product": product}, {})


def _is_longer(wording: Wording, match: re.Match[str]) -> bool:
    """Whether more than two are multiplied, or something is added."""
    text = wording.text
    return text[match.start() - 1 : match.start()] in tuple("×+-÷/") if match.start() else False


def _exchanged(statement: Statement) -> Iterator[Claim]:
    """A monthly mean in one counter and twelve of them in that of another mean: 月平均1,017件,
    月平均1,183枚, 12,204枚.
    """
    quantities = statement.tokens.quantities
    if len(quantities) > _MOST_QUANTITIES:
        return
    means = [each for each in quantities if _MONTHLY in each.before and each.scale == ""]
    for mean in means:
        if mean.value < _LEAST_MEAN:
            continue
        others = [each for each in means if each.start != mean.start]
        for year in quantities:
            if year.value != mean.value * _MONTHS or year.unit == mean.unit or not year.is_exact:
                continue
            if any(statement.words.are_alike(year.counter, other.counter) for other in others):
                words = {"counter": year.counter, "other_counter": mean.counter}
                yield _claim(statement, {"factors.1": mean, "product": year}, words)


def _claim(statement: Statement, quantities: dict[str, Quantity], words: dict[str, str]) -> Claim:
    marks = [
        Mark(start=quantity.start, end=quantity.end, name=name)
        for name, quantity in quantities.items()
    ]
    product = quantities["product"]
    return Claim(
        kind="product",
        sentence=statement.sentence(*marks),
        figures={name: quantity.figure for name, quantity in quantities.items()},
        words={"counter": product.counter, "noun": product.noun, "within": "sentence"} | words,
    )
