"""The shipped data: figures of real reports as records, copies of them with known faults, and the
loaders of both.

README.md beside this file says where the figures come from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import auditor_rules
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.source import Source
from auditor.records.figures import Record
from auditor.records.model import Book

__all__ = ["Fault", "faults", "load", "names", "path"]

HERE: Final = Path(__file__).parent


class Fault(Record):
    """One fault of a faulty data set: the changed cell, what it printed and prints, and the codes
    that must fire because of it.

    ``sheet`` or ``kpi`` is the number of the record; ``codes`` are those of errors and warnings.
    """

    sheet: int | None = None
    kpi: int | None = None
    field: str
    year: str | None = None
    was: str
    printed: str
    slip: str
    codes: tuple[str, ...]


def names() -> tuple[str, ...]:
    """The names of the data sets."""
    return tuple(
        sorted(file.stem for file in HERE.glob("*/*.json") if not file.stem.endswith(".faults"))
    )


def path(name: str) -> Path:
    """The file of a data set, in the form that ``auditor read --format json`` prints; raises
    KeyError for an unknown name.
    """
    if name not in names():
        raise KeyError(f"there is no data set {name!r}; there are {', '.join(names())}")
    return next(HERE.glob(f"*/{name}.json"))


def load(name: str) -> tuple[Book, ...]:
    """The books of a data set."""
    file = path(name)
    result = RecordsJsonReader().read_records(Source.open(file), _forms())
    if result.not_checked:
        raise ValueError(f"{file}: {result.not_checked[0].why.en}")
    return result.books


def faults(name: str) -> tuple[Fault, ...]:
    """The known faults of a data set; none for one that holds the figures as they were published."""
    listed = path(name).with_suffix(".faults.json")
    if not listed.exists():
        return ()
    return tuple(
        Fault.model_validate(fault)
        for fault in json.loads(listed.read_text(encoding="utf-8"))["faults"]
    )


def _forms() -> dict[str, Form]:
    files = [
        file for folder in auditor_rules.auditor_forms() for file in sorted(folder.glob("*.toml"))
    ]
    return {form.name: form for form in map(load_form, files)}
