"""The list of errata as CSV, which ``reading`` takes back."""

from __future__ import annotations

from auditor.errata.columns import cells_of, head_texts
from auditor.errata.model import Draft
from auditor.reports.csv_table import cell, csv_text
from auditor.reports.wording import Wording

__all__ = ["errata_csv"]


def errata_csv(draft: Draft, words: Wording, *, before_submission: bool = False) -> str:
    """The rows of a draft alone: what else it lists has no place in one table."""
    heads = head_texts(words, before_submission=before_submission)
    rows = [cells_of(row, words, cell) for row in draft.rows]
    return csv_text(list(heads.values()), rows)
