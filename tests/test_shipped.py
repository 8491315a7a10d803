"""What the engine brings itself: each of its readers and report formats is given through the
hooks, and has tests of its own.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import auditor.readers
import auditor.reports
from auditor import shipped
from auditor.readers.guarded import GuardedReader

TESTS = Path(__file__).parent


def classes_with(package: ModuleType, *methods: str) -> Iterator[type]:
    """The named classes of a package, protocols aside, that have these methods."""
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for value in vars(importlib.import_module(info.name)).values():
            if isinstance(value, type) and value.__module__ == info.name:
                protocol = getattr(value, "_is_protocol", False)
                if not protocol and all(hasattr(value, name) for name in ("name", *methods)):
                    yield value


READERS = {
    reader.__name__
    for methods in (("accepts", "read"), ("accepts_records", "read_records"))
    for reader in classes_with(auditor.readers, *methods)
}


def test_every_reader_is_shipped() -> None:
    names = {
        reader.reader.rpartition(":")[2]  # it runs in a child process, by its name
        if isinstance(reader, GuardedReader)
        else type(reader).__name__
        for reader in shipped.auditor_readers()
    }
    assert len(READERS) >= 5
    assert names == READERS


def test_every_reader_has_tests() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TESTS.glob("readers/test_*.py")]
    assert [name for name in sorted(READERS) if not any(name in text for text in texts)] == []


def test_every_report_format_is_shipped() -> None:
    reports = {report.__name__ for report in classes_with(auditor.reports, "render")}
    assert len(reports) >= 4
    formats = {name: shipped.format_named(name) for name in get_args(shipped.FormatName)}
    assert {type(report).__name__ for report in formats.values()} == reports
    assert [report.name for report in shipped.auditor_reports()] == list(formats)
    assert [report.name for report in formats.values()] == list(formats)
