"""The files of an audit as they are before publication: each is looked at in a child process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from pydantic import ValidationError

from auditor.files.confined import Limits, Stopped, Task, broken_down, confined
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
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Disclosures, ...]:
    """What each file would give away, in the order of the paths. A file that can't be looked at is
    so reported, and keeps no other from being looked at.

    ``name_of`` gives the name that a path has in the result, its own if it is left out.
    ``factor`` raises the ``limits`` of each file, ``jobs`` files are looked at at a time,
    ``progress`` hears how many of how many are done.
    """
    files: list[Disclosures] = []
    for disclosures in _each(paths, name_of, (limits or Limits()).raised(factor), factor, jobs):
        files.append(disclosures)
        if progress is not None:
            progress(len(files), len(paths))
    return tuple(files)


def _each(
    paths: Sequence[str],
    name_of: Callable[[str], str],
    limits: Limits,
    factor: int,
    jobs: int,
) -> Iterator[Disclosures]:
    task = Task("auditor.publication.child:Looks", (str(factor),), limits, _DOING)
    look = partial(_look, task, name_of)
    if jobs <= 1 or len(paths) <= 1:
        yield from map(look, paths)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        results = [pool.submit(look, path) for path in paths]
        try:
            yield from (result.result() for result in results)
        finally:
            # Whoever stops (Ctrl-C) does not wait for the files that were not begun.
            pool.shutdown(wait=False, cancel_futures=True)


def _look(task: Task, name_of: Callable[[str], str], path: str) -> Disclosures:
    """What one file would give away, or why that is not known."""
    name = name_of(path)
    try:
        source = Source.open(path)
    except UnreadableDocument as fault:
        return _missed(name, fault.message)
    place = confined(task)
    try:
        place.start(name, source.data)
        answer = place.ask({"ask": "disclosures"})
        try:
            disclosures = Disclosures.model_validate_json(answer["disclosures"])
        except (ValidationError, KeyError, TypeError):
            raise broken_down(task) from None
    except Stopped as fault:
        return _missed(name, fault.message)
    finally:
        place.end()
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
