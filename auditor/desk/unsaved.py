"""How much of the work is not in the saved file: what would be gone if the page were closed.

It is the difference of two works, whatever the way from one to the other: an answer that was taken
back is no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.desk.dropped import DroppedFile
from auditor.desk.work import Work

__all__ = ["changes_between"]


def changes_between(saved: Work, now: Work) -> int:
    """The number of changes: each answer, each form, rule, file of waivers or settings, and one for
    a round that was handed out. The documents are one change together, as they are put in by one
    drop, and lie in her folder still.
    """
    return (
        _different(_answers(saved), _answers(now))
        + _other_files(saved.forms, now.forms)
        + _other_files(saved.waivers, now.waivers)
        + (saved.settings != now.settings)
        + (_documents(saved) != _documents(now))
        + (_rounds(saved) != _rounds(now))
    )


def _answers(work: Work) -> Mapping[str, object]:
    return {**work.answers, **work.conflicts}


def _different(saved: Mapping[str, object], now: Mapping[str, object]) -> int:
    return sum(saved.get(key) != now.get(key) for key in {*saved, *now})


def _other_files(saved: Iterable[DroppedFile], now: Iterable[DroppedFile]) -> int:
    before = {file.name: file.text for file in saved}
    return _different(before, {file.name: file.text for file in now})


def _documents(work: Work) -> tuple[object, ...]:
    return work.documents, work.earlier, work.last_year


def _rounds(work: Work) -> tuple[object, ...]:
    return work.delivered_at, work.earlier_at
