"""The occasion of an audit: when, by whom and about what it was made, and in which round."""

from __future__ import annotations

from datetime import datetime

from auditor.records.figures import Record

__all__ = ["Occasion"]


class Occasion(Record):
    """What a report says of the audit as an act, beside its result.

    ``title`` is the report's (件名), empty where nobody gave one. ``made_at`` has a time zone.
    ``round`` counts the audits of the same documents from 1; ``made_by`` is the role of whoever
    audits (never a person's name).
    """

    title: str = ""
    made_at: datetime | None = None
    round: int = 1
    office: str = ""
    made_by: str = ""
