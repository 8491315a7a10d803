"""Entries that are added to a file of waivers: what is there stays, and it is whole or not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.toml.bounds import LARGEST
from auditor.waivers.loading import WaiverError, read_waivers
from auditor.waivers.model import Waiver, WaiverKind
from auditor.waivers.writing import UnfitFile, add_waivers, one_line

KEYS = st.text("0123456789abcdef", min_size=12, max_size=12)
TEXTS = st.text(min_size=1, max_size=30).map(one_line).filter(bool)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def waivers(draw: st.DrawFn) -> Waiver:
    day = draw(DAYS)
    year = draw(st.none() | st.integers(2000, 2040))
    return Waiver(
        rule=draw(st.sampled_from(["FND001", "PCC001"])),
        place=draw(KEYS),
        values=draw(KEYS),
        reason=draw(TEXTS),
        kind=draw(st.sampled_from(get_args(WaiverKind))),
        role=draw(TEXTS),
        date=day,
        until=draw(st.none() | st.dates(day, date(2031, 1, 1))),
        department=draw(st.just("") | TEXTS),
        field=draw(st.just("") | TEXTS),
        fiscal_year=year,
        recurring=draw(KEYS) if year is not None else "",
    )


LISTS = st.lists(waivers(), max_size=4, unique_by=lambda each: (each.rule, each.place, each.values))
BETWEEN = st.sampled_from(["", "\n", "# 手書きの注記\n", "\r\n# CRLF\r\n", "# 改行なし"])


def said(path: Path) -> list[Waiver]:
    return [
        waiver.model_copy(update={"file": "", "line": 0})
        for waiver in (read_waivers([path]) if path.exists() else [])
    ]


@given(LISTS, LISTS, BETWEEN)
def test_what_is_written_is_read_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[Waiver],
    second: list[Waiver],
    between: str,
) -> None:
    path = tmp_path_factory.mktemp("waivers") / "確認済み.toml"
    assert add_waivers(path, first).added == tuple(first)
    assert said(path) == first
    with path.open("ab") as file:
        file.write(between.encode())
    before = path.read_bytes() if path.exists() else b""
    done = add_waivers(path, [*second, *first])
    assert path.read_bytes().startswith(before)
    assert len(done.added) + len(done.present) <= len(second) + len(first)
    assert said(path) == [*first, *done.added]
    # Once more adds nothing.
    before = path.read_bytes()
    assert add_waivers(path, [*first, *second]).added == ()
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "waiver = []\n",
        "[[waiver]]\nrule = 1\n",
        "[[waiver]\n",
        "x = 1\n",
        "#" * LARGEST,
    ],
)
@given(waiver=waivers())
def test_a_file_with_faults_stays_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, text: str, waiver: Waiver
) -> None:
    path = tmp_path_factory.mktemp("waivers") / "確認済み.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((WaiverError, UnfitFile)):
        add_waivers(path, [waiver])
    assert path.read_text(encoding="utf-8") == text


def test_a_reason_of_several_lines_is_one_line() -> None:
    assert one_line(" 切捨てで\r\n 転記 \x00した") == "切捨てで転記 した"
    assert one_line("as\nprinted\u200b") == "as printed"
