"""What a printed cell becomes, with all that goes with it, and the numbers that need no rounding."""

from __future__ import annotations

from decimal import Decimal, Inexact
from typing import Final, get_args

import pytest

from auditor.records.decimals import EXACT
from auditor.records.figures import MODES, Figure, Interval, Place, Rounding, parse_figure

PLACE: Final = Place(line=3)
UNITS: Final = ("千円", "百万円", "円", "人", "千人", "件", "%")


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("", "千円", Figure(state="blank", unit="千円")),
        (" \u3000", "人", Figure(state="blank", unit="人")),
        ("－", "千円", Figure(state="dash", printed="－", unit="千円")),
        ("未定", "千円", Figure(state="text", printed="未定", unit="千円")),
        (
            "1,234",
            "千円",
            Figure(state="number", value=Decimal(1234), printed="1,234", unit="千円"),
        ),
        (
            "5百万円",
            "千円",
            Figure(state="number", value=Decimal(5), printed="5百万円", unit="百万円"),
        ),
        ("5千人", "人", Figure(state="number", value=Decimal(5), printed="5千人", unit="千人")),
        ("5千円", "人", Figure(state="text", printed="5千円", unit="人")),
        ("5千人", "千円", Figure(state="text", printed="5千人", unit="千円")),
        ("5百万円", "件", Figure(state="text", printed="5百万円", unit="件")),
        ("5％", "%", Figure(state="text", printed="5％", unit="%")),
        ("5%", "%", Figure(state="number", value=Decimal(5), printed="5%", unit="%")),
        ("5%", "千人", Figure(state="text", printed="5%", unit="千人")),
    ],
)
def test_a_cell_keeps_its_unit_and_its_place(text: str, unit: str, expected: Figure) -> None:
    figure = parse_figure(text, unit=unit, units=UNITS, place=PLACE, placed_by="position")
    assert figure == expected.model_copy(update={"place": PLACE, "placed_by": "position"})


def test_what_would_have_to_be_rounded_is_not_computed() -> None:
    assert EXACT.divide(Decimal(1), Decimal(8)) == Decimal("0.125")
    with pytest.raises(Inexact):
        EXACT.divide(Decimal(1), Decimal(3))


POINTS: Final = {("exact", -1), ("exact", 0), ("exact", 1), ("up", 0)}


@pytest.mark.parametrize("name", get_args(Rounding))
def test_a_figure_stands_for_what_is_rounded_to_it(name: Rounding) -> None:
    """It is among that itself."""
    for sign in (-1, 0, 1):
        around = MODES[name].around(sign)
        assert isinstance(around, Interval) == ((name, sign) not in POINTS)
        if isinstance(around, Interval):
            assert around.lo <= 0 <= around.hi
            assert around.hi - around.lo >= 1
        else:
            assert around == 0
