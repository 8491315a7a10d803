"""The numbers of a block as whole numbers of one scale, and which columns can be in an equation.

Codes, years, numbers in sequence and constants are no operands: they agree with anything by chance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from auditor.drafting.columns import NumberColumn

__all__ = ["Numbers", "Unfit", "plain", "unfit"]

Unfit = Literal["blank", "constant", "code", "sequence", "year"]
"""Why a column can be in no equation that only numbers speak for."""

_DIGITS: Final = 15
"""What spreadsheets keep of a number; what stands behind is binary noise."""
_CUT: Final = Context(prec=_DIGITS)
_MOST_PLACES: Final = 12
_ENOUGH: Final = 20
_CODE: Final = re.compile(
    r"コード|番号|連番|整理|枝番|電話|郵便|^(no\.?|id|款|項|目|節|区分|順位)$"
)
_AMOUNT: Final = re.compile(r"額|費|円|金|数|率|比|債|財源|収入|支出|予算|決算|人口|面積|%")
_YEAR: Final = re.compile(r"(開始|終了|始|終|目標|達成)年度?$|始期|終期")
_YEARS: Final = range(1868, 2101)


def plain(text: str) -> str:
    """A heading in one width, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def unfit(column: NumberColumn) -> Unfit | None:
    """Why a column is no operand; None where it can be one."""
    values = [value for value in column.values if value is not None]
    figures = [value for value in values if value]
    if not figures:
        return "blank"
    # One value beside blanks is no constant: it is there or not.
    if len(set(values)) == 1 and len(values) * 10 >= len(column.values) * 9 > 9:
        return "constant"
    if any(value != value.to_integral_value() for value in figures):
        return None
    whole = [int(value) for value in values]
    heading = plain(column.heading)
    if _like_years(whole, heading):
        return "year"
    if _in_sequence(whole):
        return "sequence"
    if _CODE.search(heading) or (not _AMOUNT.search(heading) and _like_codes(whole)):
        return "code"
    return None


def _like_years(whole: Sequence[int], heading: str) -> bool:
    """Whether numbers are years of some calendar."""
    if all(value in _YEARS for value in whole):
        return len(whole) >= _ENOUGH or not _AMOUNT.search(heading)
    return _YEAR.search(heading) is not None and all(0 < value < 100 for value in whole)


def _in_sequence(whole: Sequence[int]) -> bool:
    """Whether numbers count something: nearly each is the one before or the next."""
    steps = [after - before for before, after in pairwise(whole)]
    if len(steps) < 3:
        return False
    counted = sum(step in (0, 1) for step in steps)
    return counted * 10 >= len(steps) * 9 and sum(step == 1 for step in steps) * 2 >= len(steps)


def _like_codes(whole: Sequence[int]) -> bool:
    """Whether numbers of one length repeat, or never fall: the codes of a classification do."""
    if len(whole) < _ENOUGH or any(value <= 0 for value in whole):
        return False
    if len({len(str(value)) for value in whole}) > 1:
        return False
    falls = sum(after < before for before, after in pairwise(whole))
    return len(set(whole)) * 2 <= len(whole) or falls * 10 <= len(whole)


@dataclass
class Numbers:
    """The columns of a block as whole numbers: a printed value times ``scale``.

    ``cells[c][r]`` is None for a blank, ``filled[c][r]`` 0. ``operands`` are the columns that
    can be in an equation, in their order.
    """

    columns: Sequence[NumberColumn]
    scale: int = field(init=False)
    cells: list[list[int | None]] = field(init=False)
    filled: list[list[int]] = field(init=False)
    operands: list[int] = field(init=False)
    place: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        cut = [[_trimmed(value) for value in column.values] for column in self.columns]
        places = max((_places(values) for values in cut), default=0)
        self.scale = 10**places
        self.cells = [[_scaled(value, places) for value in values] for values in cut]
        self.filled = [[value or 0 for value in values] for values in self.cells]
        self.operands = [at for at, column in enumerate(self.columns) if unfit(column) is None]
        self.place = {column.key: at for at, column in enumerate(self.columns)}

    @cached_property
    def rows(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    @cached_property
    def steps(self) -> list[int]:
        """For each column the largest power of ten that nearly all its values are multiples of."""
        return [_step(values) for values in self.cells]

    @cached_property
    def rare(self) -> list[bool]:
        """Whether a column has figures in so few rows that a relation may pass them over."""
        return [sum(map(bool, values)) * 33 <= self.rows for values in self.filled]

    @cached_property
    def headings(self) -> list[str]:
        return [plain(column.heading) for column in self.columns]

    @cached_property
    def bodies(self) -> list[str]:
        """Headings without those of their groups."""
        return [
            plain(column.heading.removeprefix(column.group) if column.group else column.heading)
            for column in self.columns
        ]

    def whole(self, at: int) -> int:
        """What the row of totals prints of a column or, without one, what its values add up to."""
        total = self.columns[at].total
        if total is None:
            return sum(self.filled[at])
        return int(total.scaleb(len(str(self.scale)) - 1).to_integral_value())

    def decimal(self, scaled: int) -> Decimal:
        """A scaled number as it is printed."""
        value = Decimal(scaled) / self.scale
        return value if value != value.to_integral_value() else Decimal(int(value))


def _scaled(value: Decimal | None, places: int) -> int | None:
    return None if value is None else int(value.scaleb(places).to_integral_value())


def _trimmed(value: Decimal | None) -> Decimal | None:
    """A value without binary noise."""
    if value is None or len(value.as_tuple().digits) <= _DIGITS:
        return value
    return _CUT.plus(value)


def _places(values: Iterable[Decimal | None]) -> int:
    places = 0
    for value in values:
        if value:
            exponent = value.normalize(_CUT).as_tuple().exponent
            if isinstance(exponent, int):
                places = max(places, -exponent)
    return min(places, _MOST_PLACES)


def _step(values: Sequence[int | None]) -> int:
    figures = [value for value in values if value]
    if not figures:
        return 1
    step = 1
    while sum(value % (step * 10) == 0 for value in figures) * 100 >= len(figures) * 97:
        step *= 10
    return step
