"""Marked copies of documents: for each department, with its own sheets alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from auditor.records.text import Text

__all__ = ["NoCopy", "PartCopy"]


class PartCopy(NamedTuple):
    """A marked copy; see ``auditor.reports.workbook.links.Copy`` for ``pages``."""

    data: bytes
    ending: str
    pages: Mapping[int, int] = MappingProxyType({})


class NoCopy(NamedTuple):
    """A document of which no marked copy could be made, and why."""

    document: str
    why: Text
