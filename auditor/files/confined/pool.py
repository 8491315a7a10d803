"""Works that are done several at a time.

They are done in threads that the program does not wait for: whoever stops it (Ctrl-C) waits for no
document that is still being read.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, TimeoutError
from typing import Final, Generic, TypeVar

__all__ = ["Results"]

Result = TypeVar("Result")
_WAIT: Final = 1.0
"""After so many seconds a waiting program looks up: on Windows, Ctrl-C is not heard before."""


class Results(Iterator[Result]):
    """What each of the works gives, in their order; ``jobs`` of them are done at a time, from now
    on. Once it is closed, no other work begins.
    """

    def __init__(self, works: Sequence[Callable[[], Result]], jobs: int) -> None:
        self._pool = _Pool(works)
        for _ in range(jobs):
            threading.Thread(target=self._pool.work, daemon=True).start()

    def __next__(self) -> Result:
        if not self._pool.results:
            raise StopIteration
        return _waited(self._pool.results.popleft())

    def close(self) -> None:
        """Begin no other work."""
        self._pool.stop()


def _waited(result: Future[Result]) -> Result:
    while True:
        try:
            return result.result(_WAIT)
        except TimeoutError:
            if result.done():  # the work itself raised it
                raise


class _Pool(Generic[Result]):
    """Works, and what becomes of them."""

    def __init__(self, works: Sequence[Callable[[], Result]]) -> None:
        futures = [Future[Result]() for _ in works]
        self.results: deque[Future[Result]] = deque(futures)
        self._todo = iter(list(zip(works, futures, strict=True)))
        self._taking = threading.Lock()
        self._stopped = False

    def stop(self) -> None:
        """Begin no other work."""
        self._stopped = True

    def work(self) -> None:
        """Do one work after the other, until there is none that nobody has begun."""
        while not self._stopped:
            with self._taking:
                work, result = next(self._todo, (None, None))
            if work is None or result is None:
                return
            try:
                result.set_result(work())
            except BaseException as fault:
                result.set_exception(fault)
