"""Readers run in a child process, so that a document made to do harm, or only broken, ends that process and nothing else.

The child has a limit on memory (where the system enforces one) and on time; what it answers is JSON, never code.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from auditor.forms import Form
from auditor.model import Why
from auditor.readers.source import Reading, Source, UnreadableDocument

__all__ = ["PROGRESS", "GuardedReader", "Limits", "reading_adapter"]

_MIB: Final = 1 << 20
_PACKAGES: Final = Path(__file__).resolve().parents[2]
PROGRESS: Final = b".\n"


@cache
def reading_adapter() -> TypeAdapter[Reading]:
    """How a reading goes through JSON; built only where something is read."""
    return TypeAdapter(Reading)


@dataclass(frozen=True)
class Limits:
    """What reading one document may take: seconds of time, bytes of memory, bytes of an answer.

    Each page (or worksheet) that has been read earns ``seconds_a_part`` more, so that long documents have the time they need.
    """

    seconds: float = 16
    seconds_a_part: float = 0.2
    memory: int = 900 * _MIB
    answer: int = 256 * _MIB

    def raised(self, factor: int) -> Limits:
        """``factor`` times as much of everything."""
        return Limits(self.seconds * factor, self.seconds_a_part * factor, self.memory * factor, self.answer * factor)


class GuardedReader:
    """A reader of documents that are no text, run in a child process that lives as long as one document is being read.

    ``reader`` names its class as ``module:class``; ``knows`` decides by the first bytes, here, whether a document is its business,
    and ``ready`` may raise UnreadableDocument where something has to be installed first.
    """

    def __init__(
        self,
        name: str,
        reader: str,
        knows: Callable[[Source], bool],
        limits: Limits | None = None,
        *,
        ready: Callable[[Source], None] | None = None,
    ) -> None:
        self.name, self.reader, self.knows, self.ready = name, reader, knows, ready
        self.limits, self.factor = limits or Limits(), 1
        self._child: tuple[weakref.ref[Source], _Child, str | None] | None = None

    def raised(self, factor: int) -> GuardedReader:
        """The same reader with ``factor`` times its limits here, and those of the reader in the child."""
        other = GuardedReader(self.name, self.reader, self.knows, self.limits.raised(factor), ready=self.ready)
        other.factor = self.factor * factor
        return other

    def words(self, source: Source) -> str | None:
        """All text of the document, or None where it is none of this reader's; raises UnreadableDocument for a broken one."""
        if not self.knows(source):
            return None
        return self._asked(source)[1]

    def accepts(self, source: Source, form: Form) -> bool:
        """Any document that the reader knows: which form it has, its words say."""
        return bool(form.fields) and self.words(source) is not None

    def read(self, source: Source, form: Form) -> Reading:
        """The records; raises UnreadableDocument where the document, or a limit, does not let the child make any."""
        child, _ = self._asked(source)
        try:
            answer = child.asked({"ask": "read", "form": form.model_dump_json(by_alias=True)})
            try:
                return reading_adapter().validate_json(answer["reading"])
            except (ValidationError, KeyError, TypeError):
                raise child.broken_down() from None
        finally:
            self._let_go()

    def _asked(self, source: Source) -> tuple[_Child, str | None]:
        """The child that has the document open, and the document's words; None where it turns out to be none of this reader's."""
        if self._child is not None and self._child[0]() is source:
            return self._child[1], self._child[2]
        self._let_go()
        if self.ready is not None:
            self.ready(source)
        child = _Child(self.reader, source, self.limits, self.factor)
        try:
            words = child.asked({"ask": "words"}).get("words", 0)
            if words is not None and not isinstance(words, str):
                raise child.broken_down()
        except BaseException:
            child.end()
            raise
        weakref.finalize(source, child.end)
        self._child = weakref.ref(source), child, words
        return child, words

    def _let_go(self) -> None:
        if self._child is not None:
            self._child[1].end()
        self._child = None


class _Child:
    """One process with one document. It is ended when its time is over, whatever it is doing."""

    def __init__(self, reader: str, source: Source, limits: Limits, factor: int) -> None:
        self.path, self.limits, self.late = source.path, limits, False
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        options = [reader, str(limits.seconds), str(limits.memory), str(factor)]
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-P", "-m", "auditor.readers.child", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self.deadline = time.monotonic() + limits.seconds
        self.ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()
        self._tell(json.dumps({"path": source.path, "size": len(source.data)}).encode() + b"\n", source.data)

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self.process.stdin is not None and self.process.stdout is not None
        return self.process.stdin, self.process.stdout

    def _tell(self, *parts: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # a child that is gone gives no answer, which says so
            for part in parts:
                self._pipes[0].write(part)
            self._pipes[0].flush()

    def asked(self, question: dict[str, str]) -> dict[str, Any]:
        """The child's answer; raises UnreadableDocument for its complaint, or where it gives none."""
        self._tell(json.dumps(question).encode() + b"\n")
        try:
            while (line := self._pipes[1].readline(self.limits.answer)) == PROGRESS:
                self.deadline += self.limits.seconds_a_part
            answer: Any = json.loads(line) if line.endswith(b"\n") else None
        except (OSError, ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise self.broken_down()
        told = cast(dict[str, Any], answer)
        if "unreadable" in told:
            try:
                why = Why.model_validate(told["unreadable"])
            except ValidationError:
                raise self.broken_down() from None
            raise UnreadableDocument(self.path, why.code, why.en, why.ja)
        if "memory" in told:
            raise self._too_large()
        if "crashed" in told:
            said = str(told["crashed"])[:200]
            raise UnreadableDocument(self.path, "crashed", f"the reader failed: {said}", f"読み取りプログラムが途中で止まりました: {said}")
        return told

    def broken_down(self) -> UnreadableDocument:
        """Why there is no answer."""
        self.end()
        if self.late:
            most = f"{self.limits.seconds:g}"
            return UnreadableDocument(
                self.path,
                "too-slow",
                f"reading it took longer than {most} s and was given up; split it, or print it anew",
                f"読み取りに {most} 秒を超えたため中止しました。分割するか、印刷し直してください",
            )
        return UnreadableDocument(
            self.path,
            "broke-reader",
            "the process that read it broke down: the file is damaged, too large for the memory allowed, or made to do harm",
            "読み取り中のプロセスが異常終了しました。ファイルが壊れているか、大きすぎるか、悪意のある内容です",
        )

    def _too_large(self) -> UnreadableDocument:
        most = f"{self.limits.memory // _MIB} MiB"
        return UnreadableDocument(
            self.path,
            "too-much-memory",
            f"reading it needs more than {most} of memory; split it",
            f"読み取りに {most} を超えるメモリーが必要です。分割してください",
        )

    def _watch(self) -> None:
        """Kill the process when its time is over."""
        while (left := self.deadline - time.monotonic()) > 0:
            if self.ended.wait(left):
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
