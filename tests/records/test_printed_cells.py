"""What is read of one printed cell beside its number, and how a value is shown without its print."""

from __future__ import annotations

from decimal import Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction

import pytest

from auditor.records.decimals import EXACT, ended, is_bounded, number, plain_digits
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
        ("(12", None),
        ("12)", None),
        ("()", None),
        ("¥", None),
        ("+", None),
        ("(¥)", None),
        ("△¥", None),
        ("¥△", None),
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


def test_products_and_sums_keep_ten_thousand_digits_and_never_round() -> None:
    most = Decimal("9" * 10_000)
    assert EXACT.plus(most) == most
    assert EXACT.multiply(Decimal("9" * 5_000), Decimal(10) ** 5_000).adjusted() == 9_999
    for value in (Decimal("9" * 10_001), Decimal("1." + "3" * 10_000)):
        with pytest.raises(Inexact):
            EXACT.plus(value)
    with pytest.raises(DivisionByZero):
        EXACT.divide(most, Decimal(0))
    with pytest.raises(InvalidOperation):
        EXACT.subtract(Decimal("Infinity"), Decimal("Infinity"))
    with pytest.raises(Overflow):
        EXACT.multiply(Decimal("1e999999"), Decimal("1e999999"))


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("0", True),
        ("9" * 60, False),
        ("9" * 41, True),
        ("9" * 42, False),
        ("1e40", True),
        ("1e41", False),
        ("1e-40", True),
        ("1e-41", False),
        ("1." + "3" * 59, True),
        ("1." + "3" * 60, False),
        ("0e-60", False),
        ("0e-40", True),
        ("NaN", False),
        ("Infinity", False),
    ],
)
def test_numbers_that_can_be_computed_with_are_of_few_digits(text: str, is_so: bool) -> None:
    assert is_bounded(Decimal(text)) is is_so


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 8), "0.125"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(3, 50), "0.06"),
        (Fraction(7, 1_000), "0.007"),
        (Fraction(1, 3), None),
        (Fraction(1, 70), None),
        (Fraction(22, 2), "11"),
        (1_200, "1200"),
        (0, "0"),
    ],
)
def test_values_whose_digits_end_are_decimals(value: Fraction | int, text: str | None) -> None:
    decimal = ended(value)
    assert (None if decimal is None else str(decimal)) == text


def test_texts_of_numbers() -> None:
    values = [Decimal(text) for text in ("0", "-0.50", "1234567.5", "-1e6", "999")]
    assert [number(value) for value in values] == ["0", "△0.50", "1,234,567.5", "△1,000,000", "999"]
    plain = ["0", "-0.50", "1234567.5", "-1000000", "999"]
    assert [plain_digits(value) for value in values] == plain


def test_a_figure_lists_its_own_names_and_shows_what_is_stated() -> None:
    names = dir(Figure())
    assert names == sorted(names)
    assert {"value", "printed", "shown"} <= set(names)
    assert not [name for name in names if name.startswith(("_", "model_"))]
    figure = Figure(value=Decimal(3), state="number", printed="3")
    assert repr(figure) == "Figure(value=Decimal('3'), state='number', printed='3')"
    assert repr(Place(line=3)) == "Place(line=3)"


def test_numbers_of_numpy_are_the_decimals_that_they_print_as() -> None:
    numpy = pytest.importorskip("numpy")
    for given in (numpy.float32("0.1"), numpy.int64(7), numpy.float64("2.5"), 0.5, 4, "1.50", None):
        expected = None if given is None else Decimal(str(given))
        assert Figure(value=given, state="number").value == expected
