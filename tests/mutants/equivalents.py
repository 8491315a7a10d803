"""Mutants that no test can notice, each with the reason: ``equivalents.toml``.

An entry names the module, the function and the code before and after, not the line, so that it
survives moves. One that no mutant answers to any more is a fault of the list.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tests.mutants.changes import Mutant

__all__ = ["FILE", "equivalents", "outdated"]

FILE: Final = Path(__file__).with_name("equivalents.toml")

Key = tuple[str, str, str, str]


def equivalents(path: Path = FILE) -> dict[Key, str]:
    """The reasons, by the keys of mutants."""
    entries = tomllib.loads(path.read_text("utf-8")).get("equivalent", [])
    return {
        (entry["module"], entry["function"], entry["old"], entry["new"]): entry["reason"]
        for entry in entries
    }


def outdated(reasons: Mapping[Key, str], mutants: Iterable[Mutant]) -> list[Key]:
    """The entries for changes that can't be made any more."""
    keys = {mutant.key for mutant in mutants}
    return [key for key in reasons if key not in keys]
