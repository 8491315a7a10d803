"""What lasts to the end of the command.

An audit of a folder makes much that stays, and sentences and claims that refer to one another,
which only the search for garbage frees. That looks through all that stays again and again, unless
it is told what it is.
"""

from __future__ import annotations

import gc

__all__ = ["all_lasts"]


def all_lasts() -> None:
    """All that is not garbage by now stays to the end. Only in a process that is the command's own:
    in another, more than the audit may live.
    """
    if gc.get_freeze_count():
        gc.collect()
        gc.freeze()
