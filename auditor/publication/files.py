"""The files of an audit as they are before publication: each is looked at in a child process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from pydantic import ValidationError

from auditor.files.confined import Limits, Stopped, Task, answered, broken_down, in_order
from auditor.publication.disclosures import Disclosures
from auditor.readers.source import Source, UnreadableDocument
from auditor.records.model import NotChecked
from auditor.records.text import Text, Why

__all__ = ["disclosures_in"]

_DOING: Final = Text(en="looking through", ja="公開前の確認")


def disclosures_in(
    paths: Sequence[str],
    *,
    name_of: Callable[[str], str] = str,
    limits: Limits | None = None,
    factor: int = 1,
    jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Disclosures, ...]:
    """What each file would give away, in the order of the paths. A file that can't be looked at is
    so reported, and keeps no other from being looked at.

    ``name_of`` gives the name that a path has in the result, its own if it is left out.
    ``factor`` raises the ``limits`` of each file, ``jobs`` files are looked at at a time,
    ``progress`` hears how many of how many are done.
    """
    limits = (limits or Limits()).raised(factor)
    task = Task("auditor.publication.child:Looks", (str(factor),), limits, _DOING)
    works = [partial(_look, task, path, name_of(path)) for path in paths]
    files: list[Disclosures] = []
    for disclosures in in_order(works, jobs):
        files.append(disclosures)
        if progress is not None:
            progress(len(files), len(paths))
    return tuple(files)


def _look(task: Task, path: str, name: str) -> Disclosures:
    """What one file would give away, or why that is not known."""
    try:
        source = Source.open(path)
        answer = answered(task, name, source.data, {"ask": "disclosures"})
    except (UnreadableDocument, Stopped) as fault:
        return _missed(name, fault.message)
    try:
        disclosures = Disclosures.model_validate_json(answer["disclosures"])
    except (ValidationError, KeyError, TypeError):
        return _missed(name, broken_down(task).message)
    reasons = (_worded(reason.why) for reason in disclosures.not_checked)
    missed = tuple(NotChecked(document=name, why=why) for why in reasons)
    return disclosures.model_copy(update={"not_checked": missed})


def _missed(path: str, why: Why) -> Disclosures:
    return Disclosures(path=path, not_checked=(NotChecked(document=path, why=_worded(why)),))


def _worded(why: Why) -> Why:
    """Why something was not looked at, told from what reading could not do with the same file."""
    return Why(
        code=why.code,
        en=f"before publication: {why.en}",
        ja=f"公開前の確認：{why.ja}",
    )
