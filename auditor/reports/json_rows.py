"""The report for programs with the rows behind outcomes, where they were asked for."""

from __future__ import annotations

from pydantic import ConfigDict

from auditor.reports.json_report import ReportDocument
from auditor.rules.outcomes import OutcomeRows

__all__ = ["DocumentWithRows"]


class DocumentWithRows(ReportDocument):
    """The content of ``--format json``. ``audit`` is there where a command made the report,
    ``baseline``, ``last_year`` and ``accounts`` where such were given; what follows them is there
    where it was asked for only, from ``since`` on what changed since an earlier round, and
    ``outcome_rows`` the rows behind outcomes.
    """

    model_config = ConfigDict(title="ReportDocument")

    outcome_rows: tuple[OutcomeRows, ...] | None = None
