"""The vocabulary of the shipped pack, with which forms are drafted."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from auditor.auditing.session import SHIPPED
from auditor.drafting.vocabulary import Vocabulary, load_vocabulary

__all__ = ["shipped_vocabulary"]


@cache
def shipped_vocabulary() -> Vocabulary:
    """The words of the pack that ships with the program."""
    return load_vocabulary(Path(str(files(SHIPPED[-1]).joinpath("vocabulary.toml"))))
