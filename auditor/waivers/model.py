"""What a waiver says: which finding is accepted as it is, why, by which role and until when."""

from __future__ import annotations

from datetime import date as Day
from typing import Literal

from auditor.records.figures import Record

__all__ = ["Waiver", "WaiverKind"]

WaiverKind = Literal["端数調整", "様式の例外", "複数課共管", "出典・基準日の相違", "その他"]
"""Why a finding is accepted. The words are those of the offices that write the file."""


class Waiver(Record):
    """One entry of a file of waivers.

    ``rule``, ``place`` and ``values`` are those of the finding that it is for: it holds for these
    values alone. ``role`` accepted the finding on a ``date`` (never a person's name), before which
    the waiver does not count; after ``until`` it does not count any more. ``department``,
    ``sheet`` and ``field`` say in words what it is about, for those who read the file. ``file`` and
    ``line`` are where it stands, the file by its name alone.

    With a ``fiscal_year`` it is for the book of that year alone. ``recurring`` is that of the
    finding: by it and the ``department`` the same place is known in the next year's book, where
    it is open again, and shown with the reason of this year.
    """

    rule: str
    place: str
    values: str
    reason: str
    kind: WaiverKind
    role: str
    date: Day
    until: Day | None = None
    department: str = ""
    sheet: str = ""
    field: str = ""
    fiscal_year: int | None = None
    recurring: str = ""
    file: str = ""
    line: int = 0
