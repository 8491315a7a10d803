"""Work on several files at a time, with the results in the order of the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

__all__ = ["in_order"]

Result = TypeVar("Result")


def in_order(works: Sequence[Callable[[], Result]], jobs: int) -> Iterator[Result]:
    """What each of the works gives, in their order; ``jobs`` of them are done at a time, in
    threads, or one after the other in this one.
    """
    if jobs <= 1 or len(works) <= 1:
        yield from (work() for work in works)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        results = [pool.submit(work) for work in works]
        try:
            yield from (result.result() for result in results)
        finally:
            # Whoever stops (Ctrl-C) does not wait for the files that were not begun.
            pool.shutdown(wait=False, cancel_futures=True)
