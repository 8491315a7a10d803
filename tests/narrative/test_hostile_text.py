"""Hostile text: reading it never raises and takes no more than its length, and no pattern of the
readers can match in more ways than the check of patterns allows.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import narrative
from auditor.auditing.session import load
from auditor.forms.pattern_runs import check_runs
from auditor.forms.pattern_syntax import PatternError
from auditor.narrative.claims import claims_of
from auditor.testing import book

FORM: Final = load().forms["kushiro"]
(SHEET,) = book(sheets=1, seed=1, form=FORM).sheets

PIECES: Final = (
    *"（）()「」【】1９0計①・　 \n\t。、：～〜-－△▲％%．.，,/年月日人件円千万億割倍増減約",
    *("合計", "うち", "件中", "のうち", "内訳", "前年度", "令和", "R6.", "2024年", "（金）", "全"),
    *(
        "令和６年６月２１日",
        "1,234件",
        "なし",
        "延べ",
        "ほか",
        "(1)",
        "第1条",
        "ポイント",
        "×",
        "＝",
    ),
)
RUNS: Final = (
    *("（", "1", "９", "計", "①", "　", " ", "\n", "年", "～", "・", "、", "。", "1,", "1.", "１0"),
    *(
        "1件",
        "1件\n",
        "計1件、",
        "・1件\n",
        "1件中",
        "1人のうち",
        "1件（",
        "（1件）",
        "1×2＝",
        "1%",
    ),
    *(
        "令和６年６月２１日",
        "6/1",
        "R6.6.1～",
        "①1件",
        "A、",
        "年度 1 2 3\n",
        "「",
        "あ\n",
        "第1条",
    ),
)
LENGTH: Final = 100_000
"""Of a run that holds no quantities; one that does has a fifth of it."""


def read(text: str) -> int:
    """How many claims a sheet with this text makes."""
    sheet = SHEET.model_copy(update={"achieved": text, "planned": text[:200]})
    return len(claims_of(sheet, FORM))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_mixture_of_signs_is_read(text: str) -> None:
    read(text)


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    read(text)


@pytest.mark.parametrize("unit", RUNS)
def test_a_long_run_of_one_thing_is_read(unit: str) -> None:
    """What took the square of its length, or more, would not end here."""
    length = LENGTH if len(unit) == 1 else LENGTH // 5
    read(unit * (length // len(unit)))


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern of the readers of prose, with its module and name."""
    for module in pkgutil.walk_packages(narrative.__path__, f"{narrative.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name.removeprefix('auditor.narrative.')}.{name}", value


LOOK_AROUND: Final = re.compile(r"\(\?<?[=!]")
LONGEST: Final = 500


def plainer(pattern: str) -> str:
    """The pattern without names of groups and look-around, which can only match more; a repeated
    name stands for a character.
    """
    pattern = re.sub(r"\(\?P<[^>]*>", "(", pattern)
    pattern = re.sub(r"\(\?P=[^)]*\)", ".", pattern)
    while match := LOOK_AROUND.search(pattern):
        pattern = pattern[: match.start()] + pattern[closing(pattern, match.start()) :]
    return re.sub(r"\((?!\?)(?=\))|\(\)", "", pattern)


def closing(pattern: str, start: int) -> int:
    """Where the group ends that begins at ``start``."""
    depth, at, in_class = 0, start, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return at + 1
        at += 1
    raise ValueError(pattern)


def is_bounded(pattern: str) -> bool:
    """Whether no repetition is without an end: then a start in the text has so many ways at most,
    however long the text is.
    """
    signs = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "x", pattern)
    return not re.search(r"[*+]|\{[0-9]*,\}", signs)


@pytest.mark.parametrize(("name", "pattern"), list(patterns()), ids=lambda value: str(value)[:40])
def test_no_pattern_can_blow_up(name: str, pattern: re.Pattern[str]) -> None:
    if is_bounded(plainer(pattern.pattern)):
        return
    try:
        check_runs(plainer(pattern.pattern))
    except PatternError as error:
        pytest.fail(f"{name}: {error}")
