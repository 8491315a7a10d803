"""A minute of the fuzzer, with the same inputs every time; ``make fuzz`` goes on from there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.fuzzing.kinds import KINDS
from tests.fuzzing.model import case_of

ROOT: Final = Path(__file__).resolve().parents[2]
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


def test_each_kind_has_inputs() -> None:
    assert set(INPUTS) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_the_same_number_gives_the_same_input(name: str) -> None:
    assert case_of(KINDS[name], SEED, 5).case == case_of(KINDS[name], SEED, 5).case


def test_nothing_fails(tmp_path: Path) -> None:
    """The fuzzer forks its workers, so that it has a process of its own: one without threads, as
    tests of other things leave behind.
    """
    inputs = ",".join(f"{name}={count}" for name, count in INPUTS.items())
    command = [sys.executable, "-m", "tests.fuzzing", "--seed", str(SEED), "--inputs", inputs]
    process = subprocess.run(
        [*command, "--folder", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert f"| {KINDS['text'].name} | {INPUTS['text']} |" in process.stdout
