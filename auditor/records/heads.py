"""The head of records that were kept: of which act they are the record, when and by whom."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict

__all__ = ["RecordsHead", "RecordsKind"]

RecordsKind = Literal["round", "frozen"]
"""The records of an audit, or those of what was finally approved (校了)."""


class RecordsHead(Record):
    """What stands over kept records.

    ``tool_version`` is the program's; ``role`` is that of whoever made them (never a person's
    name), ``files`` has the SHA-256 of every file, those that could not be read among them.
    """

    kind: RecordsKind
    tool_version: str
    made_at: AwareDatetime | None = None
    round: int = 1
    role: str = ""
    files: Frozen[str, str] = Field(default_factory=FrozenDict)
