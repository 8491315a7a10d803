"""Work on one document apart from this program: a bad document ends that work alone.

A ``Confined`` place takes one document after the other: start, ask, end. It is a child process
(``process``); its answers are JSON, never code. A program that is itself such a place works
``in_place``, and says so by ``using``.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from threading import Event
from typing import Any, Final, NamedTuple, Protocol, TypeVar, cast

from pydantic import ValidationError

from auditor.records.errors import CodedError
from auditor.records.text import Text, Why

__all__ = [
    "PATIENCE",
    "PROGRESS",
    "READY",
    "Confine",
    "Confined",
    "Limits",
    "Stopped",
    "Task",
    "Worker",
    "answered",
    "answered_if_any",
    "at_once",
    "broken_down",
    "confined",
    "fields_of",
    "in_order",
    "not_started",
    "replied",
    "too_slow",
    "using",
]

MIB: Final = 1 << 20
PROGRESS: Final = b".\n"
READY: Final = b"ready\n"
"""A worker's first line: from here on, what ends it comes of a document."""
PATIENCE: Final = 10
MOST_AT_ONCE: Final = 4
WORTH_A_PROCESS: Final = 100
"""To read so many sheets takes longer than to start a process."""

Result = TypeVar("Result")


class Limits(NamedTuple):
    """What work on one document may take: seconds of processor time, bytes of memory, bytes of an
    answer.

    Each page (or worksheet, or mark) that is done earns ``seconds_a_part`` more, so that long
    documents have the time they need. ``wall_clock`` ends work that takes too little processor
    time to use it up: work that hangs, or any on a system without such a limit (Windows). It is
    generous, because a busy machine slows down a document that does nothing wrong; each part earns
    ``PATIENCE`` times its processor time.

    After so many ``documents`` a process has another take its place: what libraries hold on to is
    let go.
    """

    seconds: float = 16
    seconds_a_part: float = 0.2
    wall_clock: float = 220
    memory: int = 900 * MIB
    answer: int = 256 * MIB
    documents: int = 50

    def raised(self, factor: int) -> Limits:
        """``factor`` times as much of everything for a document."""
        return self._replace(
            seconds=self.seconds * factor,
            seconds_a_part=self.seconds_a_part * factor,
            wall_clock=self.wall_clock * factor,
            memory=self.memory * factor,
            answer=self.answer * factor,
        )


class Stopped(CodedError):
    """The work came to no end. A worker raises it too, for a document that it refuses."""


class Worker(Protocol):
    """What works in the confined place, made anew for each document. It tells ``progress`` of each
    part; a CodedError is a refusal of the document.
    """

    def answer(
        self, path: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> Mapping[str, object]:
        """The answer to a question about a document, as JSON takes it. The document stays the
        same from question to question.
        """
        ...


class Task(NamedTuple):
    """A kind of work. ``worker`` names the class of the Worker as ``module:class``, made with
    ``arguments``; ``doing`` is the work, for messages.
    """

    worker: str
    arguments: tuple[str, ...]
    limits: Limits
    doing: Text


class Confined(Protocol):
    """A place where work on untrusted documents can do no harm. The limits of its task count for
    each document, from its start.
    """

    def start(self, path: str, data: bytes) -> None:
        """Take a document."""
        ...

    def ask(self, question: Mapping[str, str]) -> dict[str, Any]:
        """The worker's answer; raises Stopped for its refusal, or where it gives none."""
        ...

    def end(self) -> None:
        """Let the document go. What nobody has ended is ended with the program."""
        ...


Confine = Callable[[Task], Confined]
"""Makes the place for a task."""


_CONFINE: Final[ContextVar[Confine | None]] = ContextVar("confine", default=None)


def confined(task: Task) -> Confined:
    """The place for a task: a child process, unless ``using`` says otherwise."""
    confine = _CONFINE.get()
    if confine is not None:
        return confine(task)
    from auditor.files.confined.process import Child

    return Child(task)


@contextmanager
def using(confine: Confine) -> Generator[None]:
    """Let this maker make the places of all tasks while the context lasts."""
    token = _CONFINE.set(confine)
    try:
        yield
    finally:
        _CONFINE.reset(token)


def replied(
    worker: Worker,
    path: str,
    data: bytes,
    question: Mapping[str, str],
    progress: Callable[[], None],
) -> Mapping[str, object]:
    """What a worker answers, or that it refused, broke, or lacked memory, as ``fields_of`` reads
    it.
    """
    try:
        return worker.answer(path, data, question, progress)
    except MemoryError:
        return {"memory": True}
    except CodedError as fault:
        return {"refused": fault.message.model_dump()}
    except Exception:
        # Whoever asked reports it in a line; other documents are worked on all the same.
        if os.environ.get("AUDITOR_TRACEBACK"):
            traceback.print_exc()
        return {"crashed": True}


def answered(task: Task, path: str, data: bytes, question: Mapping[str, str]) -> dict[str, Any]:
    """The answer to the only question about a document; raises Stopped."""
    place = confined(task)
    try:
        place.start(path, data)
        return place.ask(question)
    finally:
        place.end()


def answered_if_any(
    task: Task, data: bytes, question: Mapping[str, str], over: Event
) -> dict[str, Any]:
    """The answer to work that can be done here as well; empty where there is none. ``over`` is set
    where no process can be had, and none is asked for then.
    """
    if over.is_set():
        return {}
    try:
        return answered(task, "", data, question)
    except Stopped as fault:
        if fault.message.code in ("no-process", "broke-reader"):
            over.set()
        return {}


def at_once(sheets: int) -> int:
    """In how many processes at a time so many sheets, or documents, are best read: as many as this
    program has processors, but no more than ``MOST_AT_ONCE``, each of which needs its memory, and
    a process for ``WORTH_A_PROCESS`` sheets.
    """
    if hasattr(os, "sched_getaffinity"):
        processors = len(os.sched_getaffinity(0))
    else:
        processors = os.cpu_count() or 1
    return max(1, min(processors, MOST_AT_ONCE, sheets // WORTH_A_PROCESS))


def in_order(works: Sequence[Callable[[], Result]], jobs: int | None) -> Iterator[Result]:
    """What each of the works gives, in their order; ``jobs`` of them are done at a time, in
    threads that nobody waits for (``pool``), or one after the other in this one. None stands for
    as many as are best.
    """
    jobs = at_once(len(works)) if jobs is None else jobs
    if jobs <= 1 or len(works) <= 1:
        yield from (work() for work in works)
        return
    from auditor.files.confined.pool import Results  # most runs have one job

    with closing(Results(works, jobs)) as results:
        yield from results


def fields_of(answer: object, task: Task) -> dict[str, Any]:
    """What a worker's answer holds; raises Stopped where it is a refusal or no answer."""
    if not isinstance(answer, dict):
        raise broken_down(task)
    fields = cast(dict[str, Any], answer)
    doing = task.doing
    if "refused" in fields:
        try:
            why = Why.model_validate(fields["refused"])
        except ValidationError:
            raise broken_down(task) from None
        raise Stopped(why.code, why.en, why.ja)
    if "memory" in fields:
        most = f"{task.limits.memory // MIB} MiB"
        raise Stopped(
            "too-much-memory",
            f"{doing.en} it needs more than {most} of memory; split it, or allow more (--limits)",
            f"{doing.ja}に{most}を超えるメモリーが必要です。"
            "分割するか、--limits で上限を上げてください",
        )
    if "crashed" in fields:
        raise Stopped(
            "crashed",
            f"{doing.en} it failed: the file is damaged, or written as no usual program writes it; "
            "open it in the program that made it and save it anew",
            f"{doing.ja}が途中で止まりました。ファイルが壊れているか、通常と異なる書き方のファイルです。"
            "作成したソフトで開いて保存し直してください",
        )
    return fields


def broken_down(task: Task) -> Stopped:
    """Why there is no answer: the worker is gone, or gives none that can be understood."""
    return Stopped(
        "broke-reader",
        f"the process {task.doing.en} it broke down: the file is damaged, too large for the memory "
        "allowed, or made to do harm; open it in the program that made it and save it anew, or "
        "split it",
        f"{task.doing.ja}の途中で、プログラムが異常終了しました。ファイルが壊れているか、大きすぎる"
        "可能性があります。作成したソフトで開いて保存し直すか、分割してください。"
        "ほかの文書でも続く場合は、管理者に連絡してください",
    )


def ended_at_once(task: Task) -> Stopped:
    """Why there is no answer: the process started, and ended before it was ready to work. The file
    is not to blame.
    """
    return Stopped(
        "no-process",
        f"the process for {task.doing.en} it ended right after its start; the file is not to "
        "blame: ask your administrator whether security software ends it, or install this program "
        "anew",
        f"{task.doing.ja}用のプログラムが、起動した直後に終了しました。ファイルが原因ではありません。"
        "セキュリティー対策ソフトに止められていないか、このプログラムが正しく導入されているかを"
        "確かめるよう、管理者に連絡してください",
    )


def not_started(task: Task, fault: OSError) -> Stopped:
    """Why there is no process to work in: the system lets none start. The file is not to blame."""
    return Stopped(
        "no-process",
        f"the process for {task.doing.en} it can't be started ({fault.strerror or fault}); the "
        "file is not to blame: ask your administrator",
        f"{task.doing.ja}用のプログラムを起動できません。ファイルが原因ではありません。"
        "管理者に連絡してください",
    )


def too_slow(task: Task, *, by_clock: bool) -> Stopped:
    """Why the work was given up: its processor time is over, or its time ``by_clock``."""
    if by_clock:
        seconds = f"{task.limits.wall_clock:g}"
        most = Text(en=f"{seconds} s", ja=f"{seconds}秒")
    else:
        seconds = f"{task.limits.seconds:g}"
        most = Text(en=f"{seconds} s of processor time", ja=f"CPU時間{seconds}秒")
    return Stopped(
        "too-slow",
        f"{task.doing.en} it took longer than {most.en} and was given up; "
        "split it, print it anew, or allow more (--limits)",
        f"{task.doing.ja}が{most.ja}以内に終わらないため中止しました。"
        "分割するか、印刷し直すか、--limits で上限を上げてください",
    )
