"""Columns whose numbers are of another size than those of the same figure in other years, as if
they had been printed in another unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from auditor.drafting.columns import NumberColumn
from auditor.drafting.measures import Layout, Measure
from auditor.drafting.units import UnitDoubt, unit_doubts
from auditor.records.text import Text

__all__ = ["UnitNote", "unit_notes"]


@dataclass(frozen=True)
class UnitNote:
    """What there is to ask about the unit of a figure, by the key of its measure."""

    key: str
    text: Text


def unit_notes(layout: Layout, name_of: Callable[[int], Text]) -> Iterator[UnitNote]:
    """The doubts about the units of yearly figures; ``name_of`` gives what a column is called."""
    for measure in layout.measures:
        if measure.each != "year":
            continue
        columns = [
            NumberColumn(str(at), measure.heading, _values(layout, measure, at))
            for at in range(len(layout.columns))
        ]
        for doubt in unit_doubts(columns):
            yield UnitNote(measure.key, _text(measure, doubt, name_of))


def _values(layout: Layout, measure: Measure, column: int) -> tuple[Decimal | None, ...]:
    spots = (measure.cells.get((record, column)) for record in range(len(layout.records)))
    return tuple(None if spot is None else spot.value for spot in spots)


def _text(measure: Measure, doubt: UnitDoubt, name_of: Callable[[int], Text]) -> Text:
    heading = " ".join(measure.heading.split())
    column, other = name_of(int(doubt.key)), name_of(int(doubt.other))
    factor = doubt.factor
    times = f"{10 ** abs(factor.power):,}"
    size_en = "times as large as" if factor.power > 0 else "times smaller than"
    size_ja = f"{times}倍" if factor.power > 0 else f"{times}分の1"
    # 令和５年度決算額 says what it is of already.
    plain = column.ja.endswith(heading)
    figure_en = column.en if plain else f"“{heading}” of {column.en}"
    figure_ja = column.ja if plain else f"「{heading}」の{column.ja}"
    return Text(
        en=f"{figure_en} is about {times} {size_en} that of {other.en} "
        f"({factor.holds:,} of {factor.of:,} rows). Is it in the same unit?",
        ja=f"{figure_ja}の数値は、{other.ja}の約{size_ja}です"
        f"（{factor.of:,}件中{factor.holds:,}件）。単位は同じですか。",
    )
