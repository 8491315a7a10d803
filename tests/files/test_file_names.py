"""File names made of what documents say: every system takes them, and they stay apart on each."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.files.names import loose_name, safe_name

TEXTS = st.text(max_size=8) | st.text("AaÅå\u030aﬀSSßſがか\u3099İi\u0307", max_size=4)
WAYS: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    lambda text: unicodedata.normalize("NFC", text),
    lambda text: unicodedata.normalize("NFD", text),
)
"""What file systems make of a name."""


@given(st.lists(TEXTS, max_size=6), st.sampled_from(WAYS))
def test_names_stay_apart_however_a_file_system_writes_them(
    texts: list[str], way: Callable[[str], str]
) -> None:
    taken: set[str] = set()
    names = [safe_name(text, taken, "none", ".xlsx") for text in texts]
    assert len(set(map(way, names))) == len(names)
    assert taken == set(map(loose_name, names))


@pytest.mark.parametrize(
    "text", ["CON", "nul.txt", "com1", "COM¹", "lpt³.a", "CONIN$", "aux.tar.gz", "prn "]
)
def test_no_name_is_that_of_a_device(text: str) -> None:
    assert safe_name(text, set(), "none") == f"_{text.strip()}"


@pytest.mark.parametrize("text", ["課.", "課. .", "課 ", "..", "課" * 100, "a/b", "a\0b", "\ud800"])
def test_a_name_ends_in_nothing_that_a_system_drops(text: str) -> None:
    name = safe_name(text, set(), "none", ".xlsx")
    stem = name.removesuffix(".xlsx")
    assert stem == stem.strip(". ") != ""
    assert len(name.encode()) < 200
    assert not set('/\\:*?"<>|\0') & set(name)
