"""A minute of the fuzzer, with the same inputs every time; ``make fuzz`` goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.fuzzing.fuzzing import Fuzzing
from tests.fuzzing.kinds import KINDS
from tests.fuzzing.model import case_of

SEED: Final = 21
INPUTS: Final = {
    "text": 16,
    "csv": 12,
    "tsv": 8,
    "json": 20,
    "xlsx": 10,
    "xlsx-parts": 10,
    "xls": 6,
    "xls-bytes": 8,
    "pdf": 4,
    "pdf-parts": 6,
    "other": 6,
    "rules": 6,
    "forms": 6,
    "settings": 8,
    "waivers": 12,
    "rounds": 10,
    "formulas": 20,
    "answers": 5,
    "hooks": 8,
    "options": 8,
}
"""How many inputs of each kind are run."""


@pytest.fixture(scope="module")
def fuzzing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzing]:
    """One fuzzer for all kinds: what it loads is loaded once."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    running = Fuzzing(folder)
    yield running
    running.close()


def test_each_kind_has_inputs() -> None:
    assert set(INPUTS) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_the_same_number_gives_the_same_input(name: str) -> None:
    assert case_of(KINDS[name], SEED, 5).case == case_of(KINDS[name], SEED, 5).case


@pytest.mark.parametrize("name", KINDS)
def test_nothing_fails(name: str, fuzzing: Fuzzing) -> None:
    before = len(fuzzing.lines)
    for number in range(INPUTS[name]):
        fuzzing.try_case(KINDS[name], SEED, number)
    assert fuzzing.lines[before:] == []
