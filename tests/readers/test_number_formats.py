"""What number formats show, against what a spreadsheet program shows."""

from __future__ import annotations

import operator
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.readers.workbook.number_formats import BUILT_IN, NumberFormat
from auditor.records.figures import parse_figure


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("General", "8030", "8030"),
        ("General", "0.5", "0.5"),
        ("#,##0", "-1234", "-1,234"),
        ('#,##0;"△ "#,##0', "-39168", "△ 39,168"),
        ("#,##0;△#,##0", "-39168.5", "△39,169"),
        ('#,##0;[Red]▲#,##0;"-"', "0", "-"),
        ('#,##0;"△"#,##0;', "0", ""),
        ("0.0", "52.52657", "52.5"),
        ("0.0", "0.25", "0.3"),
        ("0", "2.5", "3"),
        ("0.0", "-0.04", "0.0"),
        ("0.0%", "0.853", "85.3%"),
        ("#,##0,", "8030499", "8,030"),
        ("#,##0_ ;[Red]\\-#,##0\\ ", "-5", "-5"),
        ("#,##0;(#,##0)", "-12", "(12)"),
        ('#,##0"千円"', "8030", "8,030千円"),
        ('0"年度"', "2024", "2024年度"),
        ("[>=1000]#,##0;0.00", "5", "5.00"),
        ("[$-411]ge.m", "45352", "R6.3"),
        ('[$-411]ggge"年"m"月"d"日"', "45747", "令和7年3月31日"),
        ("yyyy/m/d", "45747", "2025/3/31"),
        ("yyyy/m/d h:mm", "45747.5", "2025/3/31 12:00"),
        ("0.00E+00", "12345", "1.23E+04"),
        ("##0.0E+0", "12345", "12.3E+3"),
        ("# ?/?", "2.5", "2 1/2"),
        ("[h]:mm", "1.5", "36:00"),
        ("h:mm AM/PM", "0.75", "6:00 PM"),
        ("mmss.0", "0.0000115741", "0001.0"),
        ("mmm-yy", "45352", "Mar-24"),
        ("d-mmm", "45352", "1-Mar"),
        ('h"時"mm"分"', "0.5", "12時00分"),
        ('0"."0,"万"', "1234567", "123.5万"),
        ('0"億"0000"万"', "123456", "12億3456万"),
        ('[=0]"－";#,##0,', "8030000", "8,030"),
        ('[=0]"－";#,##0,', "0", "－"),
        ("[<1000]0;#,##0,", "-39168000", "-39168000"),
        ("[<1000]0;#,##0,", "8030000", "8,030"),
        ('[>=1000000]#,##0,;[<0]"△ "#,##0;#,##0', "8030", "8,030"),
        ('[>=1000000]#,##0,;[<0]"△ "#,##0;#,##0', "-8030", "△ 8,030"),
        ('[>=1000000]#,##0,;[<0]"△ "#,##0;#,##0', "8030000", "8,030"),
        ('[>=0]#,##0;"△ "#,##0', "-5", "△ 5"),
        ('[=0]"-";"△ "#,##0;#,##0', "5", "5"),
        ('[=0]"-";"△ "#,##0;#,##0', "-5", "△ 5"),
        ("#,##0;@", "-5", "-5"),
        ("General", "0.333333333333333", "0.333333333"),
        ("General", "1234.56789012345", "1234.56789"),
        ("General", "4.66E-11", "0"),
        ("@", "12", "12"),
        ("#", "0", ""),
    ],
)
def test_shown(code: str, value: str, shown: str) -> None:
    assert NumberFormat(code).show(Decimal(value)).strip() == shown


@given(
    st.integers(-(10**14), 10**14),
    st.sampled_from(
        ["#,##0", '#,##0;"△ "#,##0', "#,##0;▲#,##0", "0", "#,##0_);(#,##0)", "General"]
    ),
)
def test_a_shown_integer_reads_as_itself(value: int, code: str) -> None:
    assert parse_figure(NumberFormat(code).show(Decimal(value))).value == value


_NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4
)


@st.composite
def _placeholders(draw: st.DrawFn) -> tuple[str, int, int]:
    """Placeholders for digits, how many decimals they print, and the power of ten before that."""
    decimals = draw(st.integers(0, 3))
    whole = draw(st.sampled_from(["0", "#,##0", "##0"]))
    commas, percent = draw(st.integers(0, 2)), draw(st.booleans())
    code = whole + ("." + "0" * decimals if decimals else "") + "," * commas
    return code + ("%" if percent else ""), decimals, 2 * percent - 3 * commas


@given(_NUMBERS, _placeholders(), st.sampled_from(["", "△ ", "▲", "-", "("]), st.booleans())
def test_the_printed_text_reads_as_the_printed_value(
    number: Decimal, placeholders: tuple[str, int, int], minus: str, with_unit: bool
) -> None:
    code, decimals, shift = placeholders
    unit = "千円" if with_unit else ""
    if unit:
        code = f'{code}"{unit}"'
    if minus:
        code = f'{code};"{minus}"{code}' + ('")"' if minus == "(" else "")
    printed = NumberFormat(code).printed(number)
    held = number.scaleb(shift)
    expected = held.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert printed.kind == "number" and not printed.misleads
    assert printed.held == held
    assert printed.value == expected
    if minus == "(":
        assert printed.text.startswith("(") == (number < 0)
    else:
        text = printed.text.replace("%", "")
        assert parse_figure(text, units=("千円",)).value == expected


_SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
}


@given(
    _NUMBERS,
    st.lists(
        st.tuples(st.sampled_from(sorted(_SIGNS)), st.sampled_from([-1000, 0, 1000, 10**6])),
        min_size=1,
        max_size=2,
    ),
    st.lists(_placeholders(), min_size=3, max_size=3),
)
def test_the_scale_is_that_of_the_section_that_a_number_uses(
    number: Decimal,
    conditions: list[tuple[str, int]],
    placeholders: list[tuple[str, int, int]],
) -> None:
    """As many sections as conditions, and one for the rest."""
    heads = [f"[{sign}{limit}]" for sign, limit in conditions] + [""]
    sections = list(zip(heads, placeholders, strict=False))
    printed = NumberFormat(";".join(head + code for head, (code, _, _) in sections)).printed(number)
    chosen = next(
        (at for at, (sign, limit) in enumerate(conditions) if _SIGNS[sign](number, limit)),
        len(conditions),
    )
    _, decimals, shift = placeholders[chosen]
    if printed.kind == "unknown":
        # Negative numbers alone in a section without a minus: programs differ.
        assert number < 0 and len(conditions) == 1 and chosen == 1
        return
    assert printed.held == number.scaleb(shift)
    size = abs(number).scaleb(shift).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert printed.value is not None and abs(printed.value) == size
    text = printed.text.replace("%", "")
    assert parse_figure(text).value == printed.value


@given(st.text(max_size=30) | st.text('0#?,.;%[]<>="△\\_*@ymdhsgeEA/P+-万', max_size=25), _NUMBERS)
def test_what_is_printed_is_text_whatever_the_code(code: str, value: Decimal) -> None:
    printed = NumberFormat(code).printed(value)
    assert (printed.value is not None) or printed.kind != "number"


def test_every_format_that_a_file_names_by_number_alone_is_known() -> None:
    known = {*range(23), *range(27, 59)} - {*range(23, 27)}
    assert set(BUILT_IN) == known - {23, 24, 25, 26}
    for code in BUILT_IN.values():
        for value in ("45352.5", "0", "-3.2"):
            NumberFormat(code).printed(Decimal(value))
    days = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
    for number, code in BUILT_IN.items():
        assert (NumberFormat(code).printed(Decimal(45352)).kind == "day") == (number in days)


@given(
    st.text(max_size=30),
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=3
    ),
)
def test_no_format_fails(code: str, value: Decimal) -> None:
    assert isinstance(NumberFormat(code).show(value), str)


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("**", "words", "*"),
        ("*-", "words", "-"),
        ("**#,##0", "number", "*8,030"),
        ("* #,##0", "number", "8,030"),
        ('#,##0"1"', "unknown", "8,0301"),
        ('"9"#,##0', "unknown", "98,030"),
        ('#,##0"円1"', "number", "8,030円1"),
        ('#,##0"²"', "number", "8,030²"),
    ],
)
def test_what_fills_and_words_add_to_a_number_is_printed(code: str, kind: str, text: str) -> None:
    printed = NumberFormat(code).printed(Decimal(8030))

    assert (printed.kind, printed.text) == (kind, text)
