"""Suspects: which cells are wrong, what they should say, and how likely that is; for sheets, and
for any record.
"""

from auditor.suspects.locating import (
    Correction,
    Explanation,
    Explanations,
    Infeasible,
    Undecided,
    locate,
)

__all__ = ["Correction", "Explanation", "Explanations", "Infeasible", "Undecided", "locate"]
