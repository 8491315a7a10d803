"""The indicators (KPIs) of a block: which of its columns are their names, targets and actuals, and
what the form says of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Final

from auditor.drafting.blocks import Block, BlockColumn
from auditor.drafting.board import Spot
from auditor.drafting.headings import heading_of, printed_label
from auditor.drafting.vocabulary import Vocabulary
from auditor.forms.words import squeezed
from auditor.readers.years_in_headings import without_year
from auditor.records.figures import Rounding, shown

__all__ = ["Indicators", "indicators_in"]

_BASELINE: Final = "baseline_value"
_NUMBERS: Final = ("target", "actuals", "declared_rate")
_OVER: Final = ("project", "department")
"""What stands over several indicators, and is merged over their rows."""


_Year = tuple[int | None, str] | None
_FEWEST_RATES: Final = 5
_SHARE: Final = 0.97
_ROUNDINGS: Final[tuple[tuple[Rounding, Decimal], ...]] = (
    ("half_up", Decimal("0.1")),
    ("half_up", Decimal(1)),
    ("truncate", Decimal(1)),
    ("truncate", Decimal("0.1")),
    ("half_up", Decimal("0.01")),
)
"""How rates may be rounded; what forms assume is the first one."""


@dataclass
class Indicators:
    """The indicators of a block. ``columns`` has what stands in each of them by its number in the
    block; ``labels`` are the headings as the form has them.

    ``others`` are what dated columns say that are no actuals, such as 中間目標値. ``achieved`` and
    ``missed`` are the words of the document that say so, and ``unclear`` those that may say either.
    """

    columns: dict[int, str]
    labels: dict[str, str]
    others: tuple[str, ...] = ()
    achieved: list[str] = field(default_factory=list[str])
    missed: list[str] = field(default_factory=list[str])
    unclear: list[str] = field(default_factory=list[str])
    rates: list[tuple[Decimal, Decimal, Decimal]] = field(
        default_factory=list["tuple[Decimal, Decimal, Decimal]"]
    )
    """Target, actual and rate of the same indicator and year."""
    years: dict[int, _Year] = field(default_factory=dict[int, "_Year"])
    """The years of its columns."""
    rows: list[Spot] = field(default_factory=list[Spot])
    """The first cell of each indicator of a table of them."""
    numbers: int = 0

    @property
    def are_named(self) -> bool:
        """Whether each indicator has a name of its own, not only that of a project."""
        return "name" in self.labels

    def take(self, block: Block, row: int) -> bool:
        """Count what a row of a block prints of indicators; whether that is any number."""
        cells = {number: block.columns[number].cells.get(row) for number in self.columns}
        numbers = sum(
            cell is not None and cell.is_number and self.columns[number] in _NUMBERS
            for number, cell in cells.items()
        )
        self.numbers += numbers
        self._take_rates(cells)
        named = next((n for n, part in self.columns.items() if part == "name"), None)
        name = cells.get(named) if named is not None else None
        if name is not None and name.top == row and numbers:
            self.rows.append(name)
        return numbers > 0

    def _take_rates(self, cells: Mapping[int, Spot | None]) -> None:
        """Take up the rates of a row whose target and actual are known."""
        values: dict[str, dict[_Year, Decimal]] = {part: {} for part in _NUMBERS}
        for number, spot in cells.items():
            part = self.columns[number]
            if part in values and spot is not None and spot.value is not None:
                values[part][self.years.get(number)] = spot.value
        targets, actuals = values["target"], values["actuals"]
        for year, rate in values["declared_rate"].items():
            target = targets.get(year) if len(targets) > 1 else next(iter(targets.values()), None)
            actual = actuals.get(year) if len(actuals) > 1 else next(iter(actuals.values()), None)
            if target and actual is not None:
                self.rates.append((target, actual, rate))

    @property
    def rate_rounding(self) -> tuple[Rounding, Decimal] | None:
        """How rates are rounded where it is another way than forms assume; None where it is not
        known.
        """
        if len(self.rates) < _FEWEST_RATES:
            return None
        for mode, step in _ROUNDINGS:
            hold = sum(
                shown(Fraction(actual) * 100 / Fraction(target), mode, step) == rate
                for target, actual, rate in self.rates
            )
            if hold >= _SHARE * len(self.rates):
                return None if (mode, step) == _ROUNDINGS[0] else (mode, step)
        return None

    @property
    def year_label(self) -> tuple[str, tuple[str, ...]] | None:
        """The pattern of the headings of actuals, and those of other dated columns; None where
        all dated columns are actuals.
        """
        if not self.others:
            return None
        return ".", tuple(re.escape(squeezed(text)) for text in self.others)


def indicators_in(block: Block, vocabulary: Vocabulary) -> Indicators | None:
    """The indicators of a block; None where it has no targets with actuals beside them."""
    parts = {
        number: part
        for number, column in enumerate(block.columns)
        if (part := _part(column, vocabulary)) is not None
    }
    named = "name" in parts.values()
    if named and "actuals" not in parts.values():
        # 指標名, 目標値, R5, R6: what is dated and says nothing else is what was reached.
        years = {
            n: "actuals" for n, column in enumerate(block.columns) if _is_year(column, vocabulary)
        }
        parts |= {number: part for number, part in years.items() if number not in parts}
    if not {"target", "actuals"} <= set(parts.values()):
        return None
    if not named and not _stand_together(block, parts, vocabulary):
        return None
    if named and not _has_one_target_a_year(block, parts, vocabulary):
        return None
    indicators = Indicators(dict(sorted(parts.items())), _labels(block, parts, vocabulary))
    indicators.years = {number: _year(block.columns[number], vocabulary) for number in parts}
    if named:
        indicators.labels = {**_over(block, parts, vocabulary), **indicators.labels}
        indicators.others = tuple(dict.fromkeys(_other_dates(block, parts, vocabulary)))
    _words(indicators, block, vocabulary)
    return indicators


def _is_year(column: BlockColumn, vocabulary: Vocabulary) -> bool:
    """Whether a heading is a year and nothing else."""
    heading = heading_of(column.heading, vocabulary)
    return heading.is_year and not heading.word


def _part(column: BlockColumn, vocabulary: Vocabulary) -> str | None:
    """What of an indicator stands in a column."""
    heading = heading_of(column.heading, vocabulary)
    texts = [column.heading]
    if heading.is_dated:
        texts = [heading.rest or heading.word]
        if heading.is_year and not heading.word:
            # 実績値 over R5, 目標値 over R6
            texts = [text for text in column.groups if not heading_of(text, vocabulary).is_dated]
    for text in filter(None, texts):
        part = vocabulary.kpi_part(text)
        if part in _NUMBERS and not _holds_values(column):
            return None
        if part is not None:
            return part
    # What was reached in the year before all others.
    return "actuals" if heading.is_dated and _is_baseline(column, vocabulary) else None


def _is_baseline(column: BlockColumn, vocabulary: Vocabulary) -> bool:
    texts = (column.heading, *column.groups)
    rests = (heading.rest for heading in (heading_of(text, vocabulary) for text in texts))
    names = (vocabulary.names_of(rest) for rest in rests if rest)
    return any(of_text[:1] == (_BASELINE,) for of_text in names)


def _holds_values(column: BlockColumn) -> bool:
    """Whether a column has numbers, or nothing yet."""
    return column.is_of_numbers or not column.texts


def _stand_together(block: Block, parts: dict[int, str], vocabulary: Vocabulary) -> bool:
    """Whether each target has an actual right beside it, and they are of one year."""
    targets = [number for number, part in parts.items() if part == "target"]
    groups = chain.from_iterable(block.columns[number].groups for number in targets)
    dated = any(heading_of(text, vocabulary).is_dated for text in groups)
    return not dated and all(parts.get(number + 1) == "actuals" for number in targets)


def _has_one_target_a_year(block: Block, parts: dict[int, str], vocabulary: Vocabulary) -> bool:
    """Whether each indicator has a name and one target, or one for each of several years."""
    names = [number for number, part in parts.items() if part == "name"]
    years = [
        _year(block.columns[number], vocabulary)
        for number, part in parts.items()
        if part == "target"
    ]
    dated = len(years) == 1 or None not in years
    return len(names) == 1 and dated and len(set(years)) == len(years)


def _year(column: BlockColumn, vocabulary: Vocabulary) -> _Year:
    """The year in a heading or over it, with or without its era."""
    headings = (heading_of(text, vocabulary) for text in (column.heading, *column.groups))
    return next(((h.year, h.short) for h in headings if h.is_dated), None)


def _labels(block: Block, parts: dict[int, str], vocabulary: Vocabulary) -> dict[str, str]:
    """The label of each part: the heading of its first column, without the year of figures."""
    labels: dict[str, str] = {}
    for number, part in sorted(parts.items()):
        column = block.columns[number]
        if part in labels or (part == "actuals" and _is_baseline(column, vocabulary)):
            continue
        text = "".join(column.heading.split())
        if part in _NUMBERS:
            text = _undated(column, vocabulary) or text
        labels[part] = text
    return labels


def _undated(column: BlockColumn, vocabulary: Vocabulary) -> str:
    """A heading without its year, or the one over it where it is nothing but a year."""
    if _is_year(column, vocabulary):
        return next(("".join(text.split()) for text in column.groups), "")
    rest, year = without_year(squeezed(column.heading))
    return rest if year is not None else ""


def _over(block: Block, parts: dict[int, str], vocabulary: Vocabulary) -> dict[str, str]:
    """The columns of what indicators belong to: their project and their department."""
    first = next(number for number, part in sorted(parts.items()) if part == "name")
    labels: dict[str, str] = {}
    before: list[str] = []
    for number, column in enumerate(block.columns):
        if number in parts or column.is_of_numbers or not column.texts:
            continue
        label = vocabulary.label_of(column.heading)
        text = "".join(column.heading.split())
        if label == "department":
            labels.setdefault("department", text)
        elif label == "name":
            labels.setdefault("project", text)
        elif label != "number" and number < first:
            before.append(text)
    if before:
        labels.setdefault("project", before[-1])
    return {name: labels[name] for name in _OVER if name in labels}


def _other_dates(block: Block, parts: dict[int, str], vocabulary: Vocabulary) -> Iterator[str]:
    """What dated headings say that are those of no part."""
    for number, column in enumerate(block.columns):
        heading = heading_of(column.heading, vocabulary)
        if heading.is_dated and number not in parts:
            yield printed_label(heading.rest or heading.word or column.heading)


def _words(indicators: Indicators, block: Block, vocabulary: Vocabulary) -> None:
    """The words by which the document says whether a target was reached."""
    numbers = [n for n, part in indicators.columns.items() if part == "declared_achieved"]
    texts: dict[str, None] = {}
    for number in numbers:
        texts |= dict.fromkeys(block.columns[number].texts)
    for text in texts:
        said = vocabulary.achievement(text)
        words = {True: indicators.achieved, False: indicators.missed, None: indicators.unclear}
        words[said].append(text)
