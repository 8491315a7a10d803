"""Texts of no cells are told apart quickly, and none that has any is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.readers import delimited
from auditor.readers.delimited import rows_in

_LINES = st.lists(st.text('a1,\t;" 　\xa0\x85\r', max_size=9), max_size=14)


@given(lines=_LINES, end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_told_by_its_lines_is_told_by_its_rows(lines: list[str], end: str) -> None:
    text = end.join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_may_part", lambda text, delimiter: delimiter in text)
        rows = rows_in(text)
    assert rows_in(text) == rows


def test_lines_without_cells_are_not_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_split", lambda *_: pytest.fail("it was split"))
    assert rows_in("文,章\n" + "文章\n" * 20) is None
