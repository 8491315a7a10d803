"""What is read of one printed cell beside its number, and how a value is shown without its print."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from auditor.records.figures import (
    Figure,
    Place,
    as_printed,
    exact,
    held_besides,
    is_dust,
    parse_figure,
    printed_number,
)

PLACE = Place(line=3)


@pytest.mark.parametrize(
    ("text", "state", "value", "printed", "unit"),
    [
        ("", "blank", None, "", "千円"),
        ("\u3000 ", "blank", None, "", "千円"),
        ("－", "dash", None, "－", "千円"),
        ("--", "dash", None, "--", "千円"),
        ("---", "text", None, "---", "千円"),
        (" 約3 ", "text", None, "約3", "千円"),
        (" 3 ", "number", Decimal(3), "3", "千円"),
        ("3円", "number", Decimal(3), "3円", "円"),
        ("3百万円", "number", Decimal(3), "3百万円", "百万円"),
        ("3人", "text", None, "3人", "千円"),
        ("3隻", "number", Decimal(3), "3隻", "隻"),
        ("円", "text", None, "円", "千円"),
    ],
)
def test_a_cell_keeps_its_print_its_unit_and_its_place(
    text: str, state: str, value: Decimal | None, printed: str, unit: str
) -> None:
    units = ("円", "百万円", "人", "隻", "")
    figure = parse_figure(text, unit="千円", units=units, place=PLACE, placed_by="position")
    assert figure == Figure(
        state=state, value=value, printed=printed, unit=unit, place=PLACE, placed_by="position"
    )


@pytest.mark.parametrize("unit", ["", "隻", "％"])
def test_any_unit_may_be_printed_where_none_of_another_measure_is_usual(unit: str) -> None:
    figure = parse_figure("5円", unit=unit, units=("円",))
    assert (figure.state, figure.unit) == (("text", unit) if unit == "％" else ("number", "円"))
    assert parse_figure("5％", unit="%", units=("％",)).unit == "％"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(5)", -5),
        ("（ ¥5 ）", -5),
        ("¥△5", -5),
        ("△¥5", -5),
        ("△ 5", -5),
        ("+5", 5),
        ("+¥ 5", 5),
        ("△0", 0),
        ("1\u2009234", 1234),
        ("1､234", 1234),
        ("9" * 40, int("9" * 40)),
        ("9" * 41, None),
        ("(\u20095)", None),
        ("(△5)", None),
        ("(+5)", None),
        ("¥¥5", None),
        ("(5", None),
        ("5)", None),
        ("△", None),
        ("1\u200923", None),
        ("5-", None),
    ],
)
def test_signs_brackets_and_marks_of_money(text: str, value: int | None) -> None:
    assert printed_number(text) == value
    assert str(printed_number("△0")) == "0"


def test_a_value_without_print_is_shown_as_it_would_be_printed() -> None:
    assert [as_printed("x", value) for value in (None, Decimal(1))] == ["x", "x"]
    assert as_printed("", None) == ""
    assert as_printed("", Decimal(1_200)).replace(",", "") == "1200"
    assert as_printed("", Decimal("1E+99")).count("0") == 99
    assert as_printed("", Decimal("1E+100")) == "1E+100"
    assert as_printed("", Decimal("1E-100")) == "1E-100"


def test_a_cell_holds_another_number_where_it_is_more_than_dust() -> None:
    def held(value: str | None, inside: str | None) -> Decimal | None:
        numbers = [None if text is None else Decimal(text) for text in (value, inside)]
        return held_besides(Figure(value=numbers[0], held=numbers[1], state="number"))

    assert held("12", "12.3") == Decimal("12.3")
    assert held("12", "12.0000000001") is None
    assert held("12", "12.000000002") == Decimal("12.000000002")
    assert held("1000000", "1000000.00000001") is None
    assert held("12", None) is held(None, "12") is held_besides(None) is None
    edge = Decimal("1e-9")
    assert [is_dust(edge), is_dust(-edge), is_dust(edge * 2)] == [True, True, False]
    assert is_dust(Decimal("1e-8"), Decimal(1), Decimal(-1_000_000))
    assert not is_dust(Decimal("1e-8"), Decimal(999_999))


def test_a_point_is_a_whole_number_where_it_is_one() -> None:
    points = (Decimal("2.0"), Fraction(4, 2), 2, Decimal("0.5"), Fraction(1, 2))
    assert [exact(point) for point in points] == [2, 2, 2, Fraction(1, 2), Fraction(1, 2)]
    assert [type(exact(point)) for point in points] == [int, int, int, Fraction, Fraction]
