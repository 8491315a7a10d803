"""Claims: what a sheet's prose says of figures and days, in parts that rules can name.

A claim is what a rule of ``each = "claim"`` is judged on. What is ambiguous is no claim: the
readers of claims leave out what a careful person could read in two ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from pydantic import Field

from auditor.records.figures import Figure, Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.sentences import Sentence

if TYPE_CHECKING:
    from auditor.narrative.statements import SheetText

__all__ = [
    "CLAIM_KINDS",
    "Claim",
    "ClaimKind",
    "PluggedReader",
    "Reference",
]

ClaimKind = Literal[
    "share",  # whole, part, ratio: A件中B件（率C％）
    "sum",  # total, parts: 合計, 計, 内訳, bullets, small tables
    "cumulative",  # total, part: 延べ人数 and 実人数
    "remainder",  # whole, part, rest: 17事業のうち１事業が辞退、16事業
    "change",  # before, after, difference, ratio, direction: 前年度比, 増, 減
    "product",  # factors, product: 月平均1,017件 × 12 = 12,204枚
    "count",  # stated, counted: 全10回 and ten items
    "date",  # a day of the calendar, with its weekday where one is printed
    "period",  # first and last day, and how long it is said to be
    "year_pair",  # 2024年（令和６年）
    "fiscal_year",  # a fiscal year that the text names
    "table",  # stated, printed: a figure of the sheet's own tables, repeated in words
    "indicator",  # stated, printed: an actual of the table of indicators, repeated in words
    "repeated",  # stated, other: the same quantity in another place of the sheet
    "target",  # target, actual: a stated target against what was reached
    "cumulative",  # total, part: 延べ人数 and 実人数
]
"""The kinds of claims that the engine reads; plugins add others."""

CLAIM_KINDS: Final[tuple[ClaimKind, ...]] = get_args(ClaimKind)


class Reference(Record):
    """A figure of the sheet's tables that a claim is held against: the ``scope`` of its row
    (``sheet``, ``year``, ``kpi``, ``kpi_year``), the row's key (a column, a year), the number of
    the KPI, and the field.
    """

    scope: Literal["sheet", "year", "kpi", "kpi_year"]
    column: str | None = None
    kpi: int | None = None
    field: str


class Claim(Record):
    """One claim of a sheet's prose.

    ``figures`` are its figures as printed, by the names of the scope ``claim`` (``whole``,
    ``parts.1`` …); a figure's unit is the scale and the counter as printed (千円, 件, ％).
    ``values`` are numbers that the calendar or a count gives (``days_in_month``,
    ``counted`` items), ``words`` its texts (``noun``, ``counter``, ``direction`` …).
    ``references`` name figures of the sheet's tables under such names.
    """

    kind: str
    sentence: Sentence
    figures: Frozen[str, Figure] = Field(default_factory=FrozenDict)
    values: Frozen[str, int] = Field(default_factory=FrozenDict)
    words: Frozen[str, str] = Field(default_factory=FrozenDict)
    references: Frozen[str, Reference] = Field(default_factory=FrozenDict)


class PluggedReader(NamedTuple):
    """A reader of claims that a ``plugin`` gives: a function from a sheet's sentences to claims."""

    plugin: str
    read: Callable[[SheetText], Iterable[Claim]]
