"""The search for garbage in a process that is this program's own.

An audit of a folder makes much that stays, and sentences and claims that refer to one another,
which only that search frees. It looks through all that stays again and again, unless it is told
what it is.
"""

from __future__ import annotations

import gc
from typing import Final

__all__ = ["all_lasts", "all_loaded"]

_YOUNGEST: Final = 3_000
"""A search after so many new objects, not after hundreds, saves a twentieth of an audit's time;
after ten times as many, garbage takes more memory than that is worth.
"""


def all_loaded() -> None:
    """What is there by now stays to the end of the process; what comes is searched seldom."""
    gc.freeze()
    gc.set_threshold(_YOUNGEST)
    gc.enable()


def all_lasts() -> None:
    """All that is not garbage by now stays to the end. Only in a process that is the command's own:
    in another, more than the audit may live.
    """
    if gc.get_freeze_count():
        gc.collect()
        gc.freeze()
