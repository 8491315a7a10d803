"""Suspects: which cells are wrong, what they should say, and how likely that is.

For the findings of sheets, and for any record.
"""

from auditor.suspects.locating import Infeasible, Suspects, Undecided, locate

__all__ = ["Infeasible", "Suspects", "Undecided", "locate"]
