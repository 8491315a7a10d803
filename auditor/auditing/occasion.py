"""The occasion of an audit: when, by whom and about what it was made, and in which round."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.settings.model import Figures

__all__ = ["FIGURES_KINDS", "FiguresKind", "Occasion"]

FiguresKind = Literal["", "expected", "settled"]
"""What the settled figures of a round are: 決算見込額 or 確定額; empty where nobody says."""

FIGURES_KINDS: Final[Mapping[Figures | None, FiguresKind]] = {
    None: "",
    "見込": "expected",
    "確定": "settled",
}
"""The kinds by what the settings call them."""


class Occasion(NamedTuple):
    """What a report says of the audit as an act, beside its result.

    ``title`` is the report's (件名), empty where nobody gave one. ``made_at`` has a time zone.
    ``round`` counts the audits of the same documents from 1; ``made_by`` is the role of whoever
    audits (never a person's name). ``settings_file`` is the name of the file that the settings
    are from, empty without one.
    """

    title: str = ""
    made_at: datetime | None = None
    round: int = 1
    office: str = ""
    made_by: str = ""
    settings_file: str = ""
    figures: FiguresKind = ""
