"""What number formats show, against what a spreadsheet program shows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.readers.workbook.number_formats import NumberFormat
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
        ("yyyy/m/d h:mm", "45747.5", "2025-03-31"),
        ("0.00E+00", "12345", "12345"),
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


@given(
    st.text(max_size=30),
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=3
    ),
)
def test_no_format_fails(code: str, value: Decimal) -> None:
    assert isinstance(NumberFormat(code).show(value), str)
