"""Work on one document in a child process of its own: a bad document ends that process alone.

The child has limits on processor time and memory (where the system enforces them), and on the
time that it may exist for; what it answers is JSON, never code.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

from pydantic import ValidationError

from auditor.records.errors import CodedError
from auditor.records.text import Text, Why

__all__ = ["PROGRESS", "Child", "Limits", "Stopped", "Worker"]

_MIB: Final = 1 << 20
_PACKAGES: Final = Path(__file__).resolve().parents[3]
PROGRESS: Final = b".\n"
PATIENCE: Final = 10
# Ends a process whose processor time is over. Windows has none.
_OVERTIME: Final[int | None] = getattr(signal, "SIGPROF", None)


@dataclass(frozen=True)
class Limits:
    """What work on one document may take: seconds of processor time, bytes of memory, bytes of an
    answer.

    Each page (or worksheet, or mark) that is done earns ``seconds_a_part`` more, so that long
    documents have the time they need. ``wall_clock`` ends a child that works too little to use up
    its processor time: one that hangs, or any on a system without such a limit (Windows). It is
    generous, because a busy machine slows down a child that does nothing wrong; each part earns
    ``PATIENCE`` times its processor time.
    """

    seconds: float = 16
    seconds_a_part: float = 0.2
    wall_clock: float = 220
    memory: int = 900 * _MIB
    answer: int = 256 * _MIB

    def raised(self, factor: int) -> Limits:
        """``factor`` times as much of everything."""
        return Limits(
            self.seconds * factor,
            self.seconds_a_part * factor,
            self.wall_clock * factor,
            self.memory * factor,
            self.answer * factor,
        )


class Stopped(CodedError):
    """The work came to no end. A worker raises it too, for a document that it refuses."""


class Worker(Protocol):
    """What works in the child. It tells ``progress`` of each part; a CodedError is a refusal of
    the document.
    """

    def answer(
        self, path: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> Mapping[str, object]:
        """The answer to a question about a document, as JSON takes it. The document stays the
        same from question to question.
        """
        ...


class Child:
    """One process with one document. It ends itself when its processor time is over, and is ended
    when it has been there for too long.

    ``worker`` names the class of the Worker as ``module:class``, made there with ``arguments``;
    ``doing`` is the work, for complaints.
    """

    def __init__(
        self,
        worker: str,
        arguments: Sequence[str],
        path: str,
        data: bytes,
        limits: Limits,
        doing: Text,
    ) -> None:
        self.limits, self.doing, self.late = limits, doing, False
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        numbers = (limits.seconds, limits.seconds_a_part, limits.memory)
        options = [*map(str, numbers), worker, *arguments]
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-P", "-m", "auditor.files.confined.child", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self.deadline = time.monotonic() + limits.wall_clock
        self.ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()
        self._tell(json.dumps({"path": path, "size": len(data)}).encode() + b"\n", data)

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self.process.stdin is not None and self.process.stdout is not None
        return self.process.stdin, self.process.stdout

    def _tell(self, *parts: bytes) -> None:
        # A child that is gone gives no answer, which says so.
        with contextlib.suppress(OSError, ValueError):
            for part in parts:
                self._pipes[0].write(part)
            self._pipes[0].flush()

    def asked(self, question: Mapping[str, str]) -> dict[str, Any]:
        """The child's answer; raises Stopped for its refusal, or where it gives none."""
        self._tell(json.dumps(question).encode() + b"\n")
        try:
            while (line := self._pipes[1].readline(self.limits.answer)) == PROGRESS:
                self.deadline += PATIENCE * self.limits.seconds_a_part
            answer: Any = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self.broken_down()
        fields = cast(dict[str, Any], answer)
        if "refused" in fields:
            try:
                why = Why.model_validate(fields["refused"])
            except ValidationError:
                raise self.broken_down() from None
            raise Stopped(why.code, why.en, why.ja)
        if "memory" in fields:
            raise self._too_large()
        if "crashed" in fields:
            fault = str(fields["crashed"])[:200]
            raise Stopped(
                "crashed",
                f"{self.doing.en} it failed: {fault}",
                f"{self.doing.ja}が途中で止まりました: {fault}",
            )
        return fields

    def broken_down(self) -> Stopped:
        """Why there is no answer."""
        self.end()
        if _OVERTIME is not None and self.process.returncode == -_OVERTIME:
            most = f"{self.limits.seconds:g}"
            return self._too_slow(f"{most} s of processor time", f" CPU 時間 {most} 秒")
        if self.late:
            most = f"{self.limits.wall_clock:g}"
            return self._too_slow(f"{most} s", f" {most} 秒")
        return Stopped(
            "broke-reader",
            f"the process {self.doing.en} it broke down: "
            "the file is damaged, too large for the memory allowed, or made to do harm",
            f"{self.doing.ja}中のプロセスが異常終了しました。"
            "ファイルが壊れているか、大きすぎるか、悪意のある内容です",
        )

    def _too_slow(self, most_en: str, most_ja: str) -> Stopped:
        return Stopped(
            "too-slow",
            f"{self.doing.en} it took longer than {most_en} and was given up; "
            "split it, print it anew, or allow more (--limits)",
            f"{self.doing.ja}が{most_ja}以内に終わらないため中止しました。"
            "分割するか、印刷し直すか、--limits で上限を上げてください",
        )

    def _too_large(self) -> Stopped:
        most = f"{self.limits.memory // _MIB} MiB"
        return Stopped(
            "too-much-memory",
            f"{self.doing.en} it needs more than {most} of memory; "
            "split it, or allow more (--limits)",
            f"{self.doing.ja}に {most} を超えるメモリーが必要です。"
            "分割するか、--limits で上限を上げてください",
        )

    def _watch(self) -> None:
        """Kill the process when it has been there for too long."""
        while (rest := self.deadline - time.monotonic()) > 0:
            if self.ended.wait(rest):
                return
        self.late = True
        self.process.kill()

    def end(self) -> None:
        """End the process; it holds nothing that could get lost."""
        self.ended.set()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.close()
